"""Displays that belong to no machine of ours: where they are, and the way there."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import NoReturn

from typing_extensions import override

from app.errors import ConnectionLostError, ParamError

_UNIX = "unix:"
_VNC_PORT = 5900
_MOST_DISPLAYS = 100
"""As all viewers have it: a number below stands for a display, from there on for a port."""
_CONNECT_S = 5.0


@dataclass(frozen=True, slots=True)
class VncPlace:
    """A VNC server: at `path`, or at `host` and `port`."""

    path: str = ""
    host: str = ""
    port: int = 0

    @override
    def __str__(self) -> str:
        return f"{_UNIX}{self.path}" if self.path else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class QmpPlace:
    """A QEMU monitor at `path` that nobody else uses; it tells where the picture is."""

    path: str

    @override
    def __str__(self) -> str:
        return self.path


Place = VncPlace | QmpPlace


def vnc_place(text: str) -> VncPlace:
    """Read ``unix:PATH``, ``HOST:PORT``, ``HOST:DISPLAY`` or ``HOST``; IPv6 as ``[::1]:5900``.

    Raises:
        ParamError: it is none of these.
    """
    if text.startswith(_UNIX):
        path = text.removeprefix(_UNIX)
        return VncPlace(path=path) if path else _no_place(text)
    host, bracket, behind = text.removeprefix("[").partition("]")
    if not (text.startswith("[") and bracket):
        host, colon, port = text.partition(":")
        behind = colon + port
    if not host or (behind and not behind.startswith(":")) or ":" in behind[1:]:
        _no_place(text)
    return VncPlace(host=host, port=_port(behind[1:] or "0", text))


def _port(digits: str, text: str) -> int:
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 5):
        _no_place(text)
    number = int(digits)
    if number > 0xFFFF:
        _no_place(text)
    return number if number >= _MOST_DISPLAYS else _VNC_PORT + number


def _no_place(text: str) -> NoReturn:
    raise ParamError(
        f"“{text}” is no place of a VNC server.",
        remedy="Write unix:PATH, or HOST:PORT such as localhost:5900.",
    )


def connect(place: Place) -> socket.socket:
    """Connect; blocks for 5 s at most.

    Raises:
        ConnectionLostError: nobody is there.
    """
    try:
        if isinstance(place, VncPlace) and not place.path:
            connected = socket.create_connection((place.host, place.port), _CONNECT_S)
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        else:
            connected = _connect_unix(place.path)
    except (OSError, ValueError) as err:  # the latter for names that no host can have
        why = err.strerror if isinstance(err, OSError) and err.strerror else str(err)
        raise ConnectionLostError(
            f"There is nobody at {place}: {why}.",
            remedy="Look whether the engine or the server runs, and whether you may use it.",
        ) from err
    connected.settimeout(None)
    return connected


def _connect_unix(path: str) -> socket.socket:
    connected = socket.socket(socket.AF_UNIX)
    try:
        connected.settimeout(_CONNECT_S)
        connected.connect(path)
    except BaseException:
        connected.close()
        raise
    return connected
