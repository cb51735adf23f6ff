"""The way to QEMU's D-Bus display: one end of a pair of sockets, handed over the monitor.

QEMU takes it with ``add_client`` (qapi/misc.json); one that comes later takes the place of one that
came before (ui/dbus.c, dbus_display_add_client).
"""

from __future__ import annotations

import socket
from itertools import count

from app.vm.qemu.monitor import Monitor

_PROTOCOL = "@dbus-display"
_numbers = count(1)


async def link_dbus(monitor: Monitor) -> socket.socket:
    """Hand QEMU one end and return the other, which is the caller's to close.

    Raises:
        EngineError: this QEMU has no such display, or was started without.
        ConnectionLostError: it does not answer.
    """
    ours, theirs = socket.socketpair()
    name = f"display-{next(_numbers)}"
    try:
        with theirs:
            await monitor.give_descriptor(theirs.fileno(), name)
        # Whatever becomes of it, the engine has taken the name back (qmp_add_client).
        await monitor.execute("add_client", {"protocol": _PROTOCOL, "fdname": name})
    except BaseException:
        ours.close()
        raise
    return ours
