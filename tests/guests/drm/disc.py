"""Builds the guest's disc: compiles its program, packs it with a kernel, makes the disc start."""

from __future__ import annotations

import gzip
import io
import subprocess
import tempfile
from pathlib import Path

import pycdlib

from tests.guests.drm.initrd import archive, modules
from tests.guests.drm.packages import NotPossibleError, check_tools, kernel_package, unpacked

# What init.c shows on its outputs in turn: at rest, and after a key.
COLOURS = (((0x20, 0x40, 0x60), (0xE0, 0xC0, 0x40)), ((0x60, 0x20, 0x40), (0x40, 0xE0, 0xC0)))

_PROGRAM = Path(__file__).with_name("init.c")
_CONFIG = b"""default guest
prompt 0
timeout 1
label guest
kernel /LINUX.IMG
append initrd=/INITRD.IMG console=ttyS0 quiet
"""


def build_drm_disc(target: Path) -> Path:
    """Write the disc to `target` and return that.

    Raises:
        NotPossibleError: a tool or the network is missing.
    """
    check_tools()
    with tempfile.TemporaryDirectory(prefix="drm-guest-") as name:
        folder = Path(name)
        kernel = unpacked(kernel_package(), folder / "kernel")
        loader = unpacked("isolinux", folder / "loader") / "usr/lib/ISOLINUX/isolinux.bin"
        library = (
            unpacked("syslinux-common", folder / "loader")
            / "usr/lib/syslinux/modules/bios/ldlinux.c32"
        )
        [image] = (kernel / "boot").glob("vmlinuz-*")
        files = {"init": _program(folder)}
        for number, module in enumerate(modules(kernel)):
            files[f"modules/{number:03}.ko"] = module
        _write_disc(
            target,
            {
                "ISOLINUX.BIN": loader.read_bytes(),
                "LDLINUX.C32": library.read_bytes(),
                "ISOLINUX.CFG": _CONFIG,
                "LINUX.IMG": image.read_bytes(),
                "INITRD.IMG": gzip.compress(archive(files)),
            },
        )
    return target


def _program(folder: Path) -> bytes:
    program = folder / "init"
    words = ["gcc", "-static", "-Os", "-Wall", "-Wextra", "-Werror", "-o", str(program)]
    done = subprocess.run([*words, str(_PROGRAM)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotPossibleError(f"gcc: {done.stderr.strip()[-300:]}")
    return program.read_bytes()


def _write_disc(target: Path, files: dict[str, bytes]) -> None:
    """An ISO 9660 disc that starts by El Torito, with the table that isolinux asks for."""
    disc = pycdlib.PyCdlib()
    disc.new(interchange_level=1, vol_ident="DRMGUEST")
    for name, data in files.items():
        disc.add_fp(io.BytesIO(data), len(data), f"/{name};1")
    disc.add_eltorito(
        "/ISOLINUX.BIN;1", bootcatfile="/BOOT.CAT;1", boot_load_size=4, boot_info_table=True
    )
    disc.write(str(target))
    disc.close()
