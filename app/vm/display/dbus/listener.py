"""What QEMU tells a display listener, without I/O (QEMU's ui/dbus-display1.xml).

QEMU calls us: each call is answered, most of them before anything is done about it, because newer
versions wait for the answer with the guest standing still. Pixels are received straight into the
picture's memory. Where they are in memory that QEMU shares, only its descriptor comes, and whoever
takes the events copies from there.
"""

from __future__ import annotations

import os
import struct
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from app.vm.display.dbus import messages
from app.vm.display.dbus.messages import Header, Kind
from app.vm.display.dbus.values import Reader
from app.vm.stream import Destination, Parser, ProtocolError, Skip, Wire

LISTENER = "org.qemu.Display1.Listener"
MAP = "org.qemu.Display1.Listener.Unix.Map"
PROPERTIES = "org.freedesktop.DBus.Properties"
PEER = "org.freedesktop.DBus.Peer"

_BYTES_PER_PIXEL = 4
_MAX_STRIDE = 1 << 20
_MAX_CURSOR_PX = 1024  # a side; QEMU itself stops at 512
_FORMATS = frozenset({0x20020888, 0x20028888})
"""pixman's x8r8g8b8 and a8r8g8b8, which is B G R X in memory; QEMU converts all others to these."""
_UNKNOWN = "org.freedesktop.DBus.Error.UnknownMethod"


@dataclass(frozen=True, slots=True)
class PictureReplaced:
    """The picture has another size and new memory, which has no pixels yet."""

    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class PixelsReceived:
    """These pixels have been received into the picture."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True, slots=True)
class PictureShared:
    """The whole picture is in memory that QEMU shares.

    Attributes:
        fd: descriptor of that memory; whoever gets the event closes it.
        offset: of the first pixel, bytes.
        stride: bytes from one row to the next.
        width_px: as the picture's, which was replaced before if it was another.
        height_px: the same.
    """

    fd: int
    offset: int
    stride: int
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class SharedChanged:
    """These pixels have changed in the memory that is shared."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True, slots=True)
class CursorChanged:
    """The guest's cursor: `width_px * height_px` pixels B G R A; `hot_x`, `hot_y` points."""

    width_px: int
    height_px: int
    hot_x: int
    hot_y: int
    argb: bytes


@dataclass(frozen=True, slots=True)
class CursorSwitched:
    """The guest's cursor is shown or hidden; its place is where the pointer is."""

    visible: bool


@dataclass(frozen=True, slots=True)
class SizeUnknown:
    """The picture has another size, and nobody told which (`ListenerWire`)."""


ListenerEvent = (
    PictureReplaced
    | SizeUnknown
    | PixelsReceived
    | PictureShared
    | SharedChanged
    | CursorChanged
    | CursorSwitched
)


class Picture(Protocol):
    """Memory for the pixels."""

    def rows(self, x: int, y: int, w: int, h: int) -> Sequence[memoryview]:
        """Where the pixels of a rectangle go, row after row; ValueError when it is outside."""


class ListenerWire(Wire[ListenerEvent]):
    """Reads QEMU's side of a listener's connection, from its first byte.

    QEMU tells a listener of a new size only with a whole picture; its text modes never draw one
    (ui/dbus-listener.c of 7.2, dbus_gfx_switch). A part that lies outside is told as `SizeUnknown`
    and dropped: a new listener gets the whole picture.

    Args:
        allocate: makes the memory for a picture of this width and height; ValueError when it is
            too large or empty. Called before the `PictureReplaced` that tells of it.

    Attributes:
        fds: the transport puts descriptors here as they come; what nobody takes is closed.
    """

    def __init__(self, allocate: Callable[[int, int], Picture]) -> None:
        self._allocate = allocate
        self._size = (0, 0)
        self._picture: Picture | None = None
        self._is_shared = False
        self._serial = 0
        self.fds: deque[int] = deque()
        super().__init__(self._parse())

    def close(self) -> None:
        """Close the descriptors that nobody has taken; nothing more can be received."""
        self._parser.close()  # it may hold those of half a message
        while self.fds:
            os.close(self.fds.popleft())

    def _parse(self) -> Parser[None]:
        yield from messages.authenticate(self._outbox)
        while True:
            header = yield from messages.read_header()
            fds = self._take_fds(header.fds)
            try:
                yield from self._handle(header, fds)
            finally:
                for fd in fds:
                    os.close(fd)

    def _take_fds(self, count: int) -> list[int]:
        if count > len(self.fds):
            raise ProtocolError("a message without its descriptors")
        return [self.fds.popleft() for _ in range(count)]

    def _handle(self, header: Header, fds: list[int]) -> Parser[None]:
        """Handle one message; descriptors that are taken leave `fds`."""
        match header.kind, header.interface, header.member:
            case Kind.CALL, "org.qemu.Display1.Listener", "Scanout":
                yield from self._scanout(header)
            case Kind.CALL, "org.qemu.Display1.Listener", "Update":
                yield from self._update(header)
            case Kind.CALL, interface, member:
                values = yield from self._small_body(header)
                self._call(header, interface, member, values, fds)
            case _:
                yield Skip(header.body_bytes)  # nobody here waits for answers or signals

    # Calls with pixels.

    def _scanout(self, header: Header) -> Parser[None]:
        """``Scanout(uuuuay)``: the whole picture."""
        _check_signature(header, "uuuuay")
        width, height, stride, pixman, size = yield from self._numbers(header, "IIIII")
        _check_pixels(width, height, stride, pixman, size)
        self._replace(width, height)
        self._is_shared = False
        yield from self._pixels((0, 0, width, height), stride, size)
        self._answer(header)

    def _update(self, header: Header) -> Parser[None]:
        """``Update(iiiiuuay)``: a part of it."""
        _check_signature(header, "iiiiuuay")
        x, y, w, h, stride, pixman, size = yield from self._numbers(header, "iiiiIII")
        if min(w, h) < 0:
            raise ProtocolError(f"an update of {w}x{h}")
        if not w or not h:  # virtio-gpu flushes nothing while a guest changes its outputs
            yield Skip(size)
            self._answer(header)
            return
        _check_pixels(w, h, stride, pixman, size)
        if self._picture is None or self._is_inside(x, y, w, h):
            yield from self._pixels((x, y, w, h), stride, size)
        else:
            yield Skip(size)
            self._events.append(SizeUnknown())
        self._answer(header)

    def _numbers(self, header: Header, letters: str) -> Parser[tuple[int, ...]]:
        """The numbers before the pixels; the last one is how many bytes of these follow."""
        length = struct.calcsize("<" + letters)
        if header.body_bytes < length:
            raise ProtocolError("a picture without its size")
        numbers = struct.unpack(header.order + letters, (yield length))
        if header.body_bytes != length + numbers[-1]:
            raise ProtocolError("a picture that is shorter or longer than it says")
        return numbers

    def _pixels(self, place: tuple[int, int, int, int], stride: int, size: int) -> Parser[None]:
        x, y, w, h = place
        try:
            rows = self._picture.rows(x, y, w, h) if self._picture is not None else None
        except ValueError as err:
            raise ProtocolError(str(err)) from err
        if rows is None:
            raise ProtocolError("a part of a picture that is not there")
        gap = stride - w * _BYTES_PER_PIXEL
        if not gap:
            yield Destination(rows)
            yield Skip(size - h * stride)
        else:
            yield from self._with_gaps(rows, w, h, gap, size - (h - 1) * stride)
        self._events.append(PixelsReceived(x, y, w, h))

    def _with_gaps(
        self, rows: Sequence[memoryview], w: int, h: int, gap: int, last_bytes: int
    ) -> Parser[None]:
        length = w * _BYTES_PER_PIXEL
        if len(rows) != h:  # the full width: one buffer without gaps
            whole = rows[0]
            rows = [whole[at : at + length] for at in range(0, h * length, length)]
        for row in rows[:-1]:
            yield Destination([row])
            yield Skip(gap)
        yield Destination([rows[-1]])
        yield Skip(last_bytes - length)

    # Small calls.

    def _small_body(self, header: Header) -> Parser[tuple[Any, ...]]:
        if header.member == "CursorDefine" and header.interface == LISTENER:
            _check_signature(header, "iiiiay")  # first: another one could be millions of values
            most = 4 * _MAX_CURSOR_PX**2 + 64
        else:
            most = messages.MAX_SMALL_BODY
        if header.body_bytes > most:
            raise ProtocolError(f"a {header.member} of {header.body_bytes} bytes")
        data = yield from self._take(header.body_bytes)
        reader = Reader(data, header.order)
        values = reader.values(header.signature)
        if not reader.done:
            raise ProtocolError("a message longer than what it holds")
        return values

    def _call(
        self,
        header: Header,
        interface: str,
        member: str,
        values: tuple[Any, ...],
        fds: list[int],
    ) -> None:
        match interface, member:
            case "org.qemu.Display1.Listener", "CursorDefine":
                self._answer(header)
                self._cursor(*values)
            case "org.qemu.Display1.Listener", "MouseSet":
                _check_signature(header, "iii")
                self._answer(header)
                self._events.append(CursorSwitched(values[2] != 0))
            case "org.qemu.Display1.Listener", "Disable":
                self._answer(header)  # the last picture stays until there is another
            case "org.qemu.Display1.Listener.Unix.Map", "ScanoutMap":
                _check_signature(header, "huuuuu")
                self._answer(header)
                self._shared(values, fds)
            case "org.qemu.Display1.Listener.Unix.Map", "UpdateMap":
                _check_signature(header, "iiii")
                self._answer(header)
                self._shared_changed(*values)
            case _:
                self._ask(header, interface, member, values)

    def _ask(self, header: Header, interface: str, member: str, values: tuple[Any, ...]) -> None:
        match interface, member, values:
            case "org.freedesktop.DBus.Peer", "Ping", ():
                self._answer(header)
            case "org.freedesktop.DBus.Properties", "GetAll", (str(wanted),):
                has = [("Interfaces", ("as", [MAP]))] if wanted == LISTENER else []
                self._answer(header, "a{sv}", (has,))
            case "org.freedesktop.DBus.Properties", "Get", (str(wanted), "Interfaces") if (
                wanted == LISTENER
            ):
                self._answer(header, "v", (("as", [MAP]),))
            case _:
                self._refuse(header)

    def _cursor(self, w: int, h: int, hot_x: int, hot_y: int, argb: bytes) -> None:
        if not (0 <= w <= _MAX_CURSOR_PX and 0 <= h <= _MAX_CURSOR_PX):
            raise ProtocolError(f"a cursor of {w}x{h}")
        if len(argb) != w * h * _BYTES_PER_PIXEL:
            raise ProtocolError("a cursor that is shorter or longer than it says")
        hot_x, hot_y = max(0, min(hot_x, w - 1)), max(0, min(hot_y, h - 1))
        self._events.append(CursorChanged(w, h, hot_x, hot_y, argb))

    def _shared(self, values: tuple[Any, ...], fds: list[int]) -> None:
        index, offset, width, height, stride, pixman = values
        if index >= len(fds):
            raise ProtocolError("shared memory without its descriptor")
        _check_picture(width, height, stride, pixman)
        self._replace(width, height)
        self._is_shared = True
        self._events.append(PictureShared(fds.pop(index), offset, stride, width, height))

    def _shared_changed(self, x: int, y: int, w: int, h: int) -> None:
        if not self._is_shared:
            raise ProtocolError("a change of memory that is not shared")
        if min(w, h) < 0:
            raise ProtocolError(f"an update of {w}x{h}")
        if not w or not h:
            return
        inside = self._is_inside(x, y, w, h)
        self._events.append(SharedChanged(x, y, w, h) if inside else SizeUnknown())

    def _is_inside(self, x: int, y: int, w: int, h: int) -> bool:
        width, height = self._size
        return min(x, y) >= 0 and x + w <= width and y + h <= height

    def _replace(self, w: int, h: int) -> None:
        if (w, h) == self._size:
            return
        try:
            self._picture = self._allocate(w, h)
        except (ValueError, OSError) as err:
            raise ProtocolError(str(err)) from err
        self._size = (w, h)
        self._events.append(PictureReplaced(w, h))

    # Answers.

    def _answer(self, header: Header, signature: str = "", values: Sequence[Any] = ()) -> None:
        if header.wants_reply:
            self._outbox += messages.reply(self._next(), header.serial, signature, values)

    def _refuse(self, header: Header) -> None:
        if header.wants_reply:
            words = f"no {header.interface}.{header.member} here"
            self._outbox += messages.refusal(self._next(), header.serial, _UNKNOWN, words)

    def _next(self) -> int:
        self._serial = self._serial % 0xFFFFFFFF + 1
        return self._serial


def _check_signature(header: Header, expected: str) -> None:
    if header.signature != expected:
        raise ProtocolError(f"a {header.member} of type {header.signature!r}")


def _check_picture(w: int, h: int, stride: int, pixman: int) -> None:
    if pixman not in _FORMATS:
        raise ProtocolError(f"pixels in format {pixman:#x}")
    if not w or not h or not w * _BYTES_PER_PIXEL <= stride <= _MAX_STRIDE:
        raise ProtocolError(f"a picture of {w}x{h} with rows of {stride} bytes")


def _check_pixels(w: int, h: int, stride: int, pixman: int, size: int) -> None:
    _check_picture(w, h, stride, pixman)
    if not (h - 1) * stride + w * _BYTES_PER_PIXEL <= size <= h * stride:
        raise ProtocolError(f"{size} bytes for a picture of {w}x{h}")
