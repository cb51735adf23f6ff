"""A QEMU monitor that is asked where the picture is, and then taken for keys and pointer.

A monitor has one client at a time, so one connection has to do for both. All functions block.
"""

from __future__ import annotations

import json
import socket
from typing import Any

from app.errors import ConnectionLostError, EngineError
from app.vm.display.places import VncPlace, connect
from app.vm.engine import DisplayKind, DisplayLink

_ANSWER_S = 5.0
_MAX_LINE_BYTES = 1024 * 1024
_FD_NAME = "viewer"


class BareMonitor:
    """Negotiates on a connection and asks; `release` gives it on, as good as new.

    Args:
        sock: connected to a monitor that speaks QMP; stays ours until it is released or closed.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def greet(self) -> None:
        """Begin.

        Raises:
            ConnectionLostError: it is no monitor, or somebody else has it.
        """
        self._sock.settimeout(_ANSWER_S)
        if "QMP" not in self._line():
            raise _no_monitor("it greets in another way")
        self.execute("qmp_capabilities")

    def find_display(self) -> DisplayLink:
        """Connect to the picture in the best way that this engine has.

        Raises:
            EngineError: it shows its picture to nobody.
            ConnectionLostError: it does not answer.
        """
        try:
            return DisplayLink(DisplayKind.DBUS, self._link_dbus())
        except EngineError:
            return DisplayLink(DisplayKind.VNC, connect(self._vnc_place()))

    def execute(self, command: str, arguments: dict[str, object] | None = None) -> Any:
        """Run one command and return what it returns.

        Raises:
            EngineError: the engine refused it.
            ConnectionLostError: it does not answer.
        """
        message = json.dumps({"execute": command, "arguments": arguments or {}})
        try:
            self._sock.sendall(message.encode() + b"\n")
        except OSError as err:
            raise _no_monitor(err) from err
        while True:
            answer = self._line()
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise EngineError("The engine refused a command.", detail=str(answer["error"]))

    def release(self) -> socket.socket:
        """Give the connection on; nothing of what it said is left unread in here."""
        self._sock.settimeout(None)
        return self._sock

    def close(self) -> None:
        """End the connection."""
        self._sock.close()

    def _link_dbus(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self._sock, [b" "], [theirs.fileno()])
                self.execute("getfd", {"fdname": _FD_NAME})
            try:
                self.execute("add_client", {"protocol": "@dbus-display", "fdname": _FD_NAME})
            except EngineError:
                self.execute("closefd", {"fdname": _FD_NAME})
                raise
        except BaseException:
            ours.close()
            raise
        return ours

    def _vnc_place(self) -> VncPlace:
        found = self.execute("query-vnc")
        match found:
            case {"enabled": True, "family": "unix", "service": str(path)}:
                return VncPlace(path=path)
            case {"enabled": True, "host": str(host), "service": str(port)} if port.isdigit():
                return VncPlace(host=host, port=int(port))
            case _:
                raise EngineError(
                    "This engine shows its picture to nobody.",
                    remedy="Start it with -display dbus,p2p=on or with -vnc.",
                    detail=str(found),
                )

    def _line(self) -> dict[str, Any]:
        """One message; byte by byte, so that what follows is left to whoever comes next."""
        line = bytearray()
        try:
            while not line.endswith(b"\n"):
                if not (byte := self._sock.recv(1)) or len(line) > _MAX_LINE_BYTES:
                    raise _no_monitor("it ended, or says too much")
                line += byte
            message = json.loads(line)
        except (OSError, ValueError, RecursionError) as err:
            raise _no_monitor(err) from err
        if not isinstance(message, dict):
            raise _no_monitor("it says what has no meaning")
        return message


def _no_monitor(why: object) -> ConnectionLostError:
    return ConnectionLostError(
        "No QEMU monitor answers there.",
        remedy="Name a QMP socket that no other program uses.",
        detail=str(why),
    )
