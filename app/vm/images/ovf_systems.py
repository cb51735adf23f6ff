"""Which entry of our catalogue a description means by its system, where that is certain.

Sources: VMware's `VirtualMachineGuestOsIdentifier`; VirtualBox' identifiers of guest systems.
"""

from __future__ import annotations

import re

_OURS = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NAMES = tuple(
    (re.compile(pattern, re.ASCII | re.IGNORECASE), system)
    for pattern, system in (
        (r"windows11(_64)?(guest)?", "windows-11"),
        (r"windows9(_64)?guest|windows10(_64)?", "windows-10"),
        (r"windows7(_64)?(guest)?", "windows-7"),
        (r"winxp\w*guest|windowsxp(_64)?", "windows-xp"),
        (r"windows2022srvnext_64guest|windows2025_64", "windows-server-2025"),
        (r"windows2019srvnext_64guest|windows2022_64", "windows-server-2022"),
        (r"windows2019srv_64guest|windows[89]server64guest|windows201[269]_64", "windows-server"),
        (r"debian\d*(_64)?(guest)?", "debian"),
        (r"fedora(_?64)?(guest)?", "fedora"),
        (r"rhel\d+(_64)?guest|redhat\d*(_64)?", "rhel"),
        (r"rockylinux_64guest", "rocky"),
        (r"almalinux_64guest", "almalinux"),
        (r"opensuse_leap(_64)?", "opensuse-leap"),
        (r"opensuse_tumbleweed(_64)?", "opensuse-tumbleweed"),
        (r"archlinux(_64)?", "arch"),
        (r"gentoo(_64)?", "gentoo"),
        (r"freebsd\d*(_?64)?(guest)?", "freebsd"),
        (r"openbsd(_64)?", "openbsd"),
        (r"netbsd(_64)?", "netbsd"),
    )
)
_LONGEST = 64


def systems_named(*names: str) -> tuple[str, ...]:
    """Identifiers that the catalogue may have, by what a description says about its system.

    Args:
        names: an identifier of ours, of VMware or of VirtualBox; other words lead to nothing.
    """
    found = []
    for name in names:
        text = name.strip()
        if len(text) > _LONGEST:
            continue
        found += [system for pattern, system in _NAMES if pattern.fullmatch(text)]
        if _OURS.fullmatch(text):
            found.append(text)
    return tuple(dict.fromkeys(found))
