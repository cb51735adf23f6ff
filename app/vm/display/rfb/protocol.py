"""The client's side of the remote framebuffer protocol, without I/O.

RFC 6143, version 3.8, security type none, raw pixels; and the extensions of the community's
registry (github.com/rfbproto/rfbproto) that QEMU speaks: desktop size and extended desktop size,
cursor and cursor with alpha, QEMU's pointer motion change, extended key event and LED state.
Chapter numbers below are the RFC's. All numbers on the wire are big-endian; pixels are as we ask
for them: B G R X.

`RfbClient` reads what the server says. What we say are the functions at the end: bytes, nothing
else. Everything that the server announces is checked before memory is asked for.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NoReturn, Protocol

from app.vm.stream import Destination, Parser, ProtocolError, Skip, Wire

__all__ = ["ProtocolError", "RfbClient", "RfbEvent"]

_VERSION = b"RFB 003.008\n"
_SECURITY_NONE = 1
_BYTES_PER_PIXEL = 4

_MAX_RECT_BYTES = 256 * 1024 * 1024
_MAX_CURSOR_PX = 1024  # a side; QEMU itself stops at 512
_MAX_TEXT_BYTES = 16 * 1024 * 1024
_MAX_REASON_BYTES = 4096

_NO_OP_KEY = 0x5D  # F13; see `no_op`


class Encoding(IntEnum):
    """What a rectangle holds (7.7 and the registry)."""

    RAW = 0
    DESKTOP_SIZE = -223
    CURSOR = -239
    POINTER_MOTION_CHANGE = -257
    EXTENDED_KEY_EVENT = -258
    LED_STATE = -261
    EXTENDED_DESKTOP_SIZE = -308
    CURSOR_WITH_ALPHA = -314


class _ServerMessage(IntEnum):
    """7.6."""

    FRAMEBUFFER_UPDATE = 0
    SET_COLOUR_MAP_ENTRIES = 1
    BELL = 2
    SERVER_CUT_TEXT = 3


@dataclass(frozen=True, slots=True)
class PictureReplaced:
    """The picture has another size and new memory; as the first event: the connection is up."""

    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class RectUpdated:
    """These pixels have been received into the picture."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True, slots=True)
class UpdateEnded:
    """A framebuffer update is complete. `pixels`: at least one rectangle held pixels."""

    pixels: bool


@dataclass(frozen=True, slots=True)
class CursorChanged:
    """The guest's cursor: `width_px * height_px` pixels B G R A; `hot_x`, `hot_y` points."""

    width_px: int
    height_px: int
    hot_x: int
    hot_y: int
    argb: bytes


@dataclass(frozen=True, slots=True)
class PointerModeChanged:
    """Whether the guest takes absolute positions."""

    absolute: bool


@dataclass(frozen=True, slots=True)
class SizeAnswered:
    """The server's answer to `set_desktop_size`; accepted means done, or forwarded to the guest."""

    accepted: bool


@dataclass(frozen=True, slots=True)
class LedsChanged:
    """The lights of the guest's keyboard; all off also from a guest that has set none yet."""

    caps: bool
    num: bool
    scroll: bool


@dataclass(frozen=True, slots=True)
class ExtendedKeysAccepted:
    """The server understands `no_op`."""


RfbEvent = (
    PictureReplaced
    | RectUpdated
    | UpdateEnded
    | CursorChanged
    | PointerModeChanged
    | SizeAnswered
    | LedsChanged
    | ExtendedKeysAccepted
)


class Picture(Protocol):
    """Memory for the pixels."""

    def rows(self, x: int, y: int, w: int, h: int) -> Sequence[memoryview]:
        """Where the pixels of a rectangle go, row after row; ValueError when it is outside."""


class RfbClient(Wire[RfbEvent]):
    """Reads a server's side of a connection, from its first byte.

    Args:
        allocate: makes the memory for a picture of this width and height; ValueError when it is
            too large or empty. Called before the `PictureReplaced` that tells of it.
    """

    def __init__(self, allocate: Callable[[int, int], Picture]) -> None:
        self._allocate = allocate
        self._screen = (0, 0)
        super().__init__(self._parse())

    @property
    def screen(self) -> tuple[int, int]:
        """Id and flags of the first screen, to be repeated in `set_desktop_size`."""
        return self._screen

    def _parse(self) -> Parser[None]:
        yield from self._handshake()
        while True:
            kind = (yield 1)[0]
            match kind:
                case _ServerMessage.FRAMEBUFFER_UPDATE:
                    yield from self._update()
                case _ServerMessage.SET_COLOUR_MAP_ENTRIES:
                    # Has no meaning with true colour (7.6.2), but may be said.
                    (count,) = struct.unpack("!3xH", (yield 5))
                    yield Skip(count * 6)
                case _ServerMessage.BELL:
                    pass
                case _ServerMessage.SERVER_CUT_TEXT:
                    (length,) = struct.unpack("!3xI", (yield 7))
                    if length > _MAX_TEXT_BYTES:
                        raise ProtocolError(f"a text of {length} bytes")
                    yield Skip(length)  # the clipboard goes another way
                case _:
                    raise ProtocolError(f"message type {kind}")

    def _handshake(self) -> Parser[None]:
        """Chapters 7.1 to 7.3; leaves the first picture allocated and asked for in our format."""
        version = yield 12
        if version[:8] != b"RFB 003." or version[11:] != b"\n" or not version[8:11].isdigit():
            raise ProtocolError("not a VNC server")
        if int(version[8:11]) < 8:
            raise ProtocolError(f"VNC version 3.{int(version[8:11])} is too old")
        self._outbox += _VERSION

        count = (yield 1)[0]
        if not count:
            yield from self._refused()
        kinds = yield count
        if _SECURITY_NONE not in kinds:
            raise ProtocolError("a password is wanted")
        self._outbox.append(_SECURITY_NONE)
        (result,) = struct.unpack("!I", (yield 4))
        if result:
            yield from self._refused()

        self._outbox.append(1)  # shared
        width, height, name_length = struct.unpack("!HH16xI", (yield 24))
        if name_length > _MAX_TEXT_BYTES:
            raise ProtocolError(f"a name of {name_length} bytes")
        yield Skip(name_length)
        self._replace(width, height)
        self._outbox += set_pixel_format() + set_encodings(tuple(Encoding))

    def _refused(self) -> Parser[NoReturn]:
        """A reason string (7.1.2, 7.1.3), told by the error."""
        (length,) = struct.unpack("!I", (yield 4))
        if length > _MAX_REASON_BYTES:
            raise ProtocolError("refused")
        reason = yield length
        words = "".join(c for c in reason.decode("utf-8", "replace") if c.isprintable())
        raise ProtocolError(f"refused: {words}")

    def _update(self) -> Parser[None]:
        """7.6.1."""
        (count,) = struct.unpack("!xH", (yield 3))
        pixels = False
        for _ in range(count):
            x, y, w, h, encoding = struct.unpack("!HHHHi", (yield 12))
            match encoding:
                case Encoding.RAW:
                    yield from self._pixels(x, y, w, h)
                    pixels = True
                case Encoding.DESKTOP_SIZE:
                    self._resize(w, h)
                case Encoding.EXTENDED_DESKTOP_SIZE:
                    yield from self._extended_desktop_size(x, y, w, h)
                case Encoding.CURSOR:
                    yield from self._cursor(x, y, w, h)
                case Encoding.CURSOR_WITH_ALPHA:
                    yield from self._cursor_with_alpha(x, y, w, h)
                case Encoding.POINTER_MOTION_CHANGE:
                    self._events.append(PointerModeChanged(absolute=x != 0))
                case Encoding.LED_STATE:
                    # The registry's LED state: one byte; the bits are QEMU's (ui/input.h).
                    bits = (yield 1)[0]
                    self._events.append(LedsChanged(bool(bits & 4), bool(bits & 2), bool(bits & 1)))
                case Encoding.EXTENDED_KEY_EVENT:
                    self._events.append(ExtendedKeysAccepted())
                case _:
                    raise ProtocolError(f"encoding {encoding}")
        self._events.append(UpdateEnded(pixels))

    def _pixels(self, x: int, y: int, w: int, h: int) -> Parser[None]:
        """7.7.1, received straight into the picture."""
        size = w * h * _BYTES_PER_PIXEL
        try:
            rows = self._picture.rows(x, y, w, h)
        except ValueError:
            # A change of size can overtake pixels that were on their way: not worth the connection.
            if size > _MAX_RECT_BYTES:
                raise ProtocolError(f"a rectangle of {w}x{h}") from None
            yield Skip(size)
            return
        if size:
            yield Destination(rows)
            self._events.append(RectUpdated(x, y, w, h))

    def _resize(self, w: int, h: int) -> None:
        if (w, h) != self._size:
            self._replace(w, h)

    def _replace(self, w: int, h: int) -> None:
        try:
            self._picture = self._allocate(w, h)
        except ValueError as err:
            raise ProtocolError(str(err)) from err
        self._size = (w, h)
        self._events.append(PictureReplaced(w, h))

    def _extended_desktop_size(self, reason: int, status: int, w: int, h: int) -> Parser[None]:
        """The registry's ExtendedDesktopSize: `x` is who asked (1: we), `y` is 0 for done.

        QEMU answers 4, "request forwarded", when the guest decides, and 3 when the device cannot.
        """
        count = (yield 4)[0]
        screens = yield count * 16
        if count:
            self._screen = struct.unpack_from("!I8xI", screens)
        if reason == 1:
            self._events.append(SizeAnswered(status in {0, 4}))
        if status == 0:
            self._resize(w, h)

    def _cursor(self, x: int, y: int, w: int, h: int) -> Parser[None]:
        """7.8.1: pixels, then a mask of one bit a pixel, rows filled up to bytes."""
        _check_cursor(w, h)
        pixels = yield from self._take(w * h * _BYTES_PER_PIXEL)
        mask = yield from self._take((w + 7) // 8 * h)
        argb = bytearray(pixels)
        argb[3::4] = _alpha_of_mask(mask, w, h)
        self._events.append(CursorChanged(w, h, x, y, bytes(argb)))

    def _cursor_with_alpha(self, x: int, y: int, w: int, h: int) -> Parser[None]:
        """The registry's Cursor With Alpha, as QEMU sends it.

        QEMU passes its own cursor on as it is (ui/vnc.c, vnc_cursor_define): B G R A whatever
        pixel format was asked for.
        """
        _check_cursor(w, h)
        (encoding,) = struct.unpack("!i", (yield 4))
        if encoding != Encoding.RAW:
            raise ProtocolError(f"a cursor in encoding {encoding}")
        pixels = yield from self._take(w * h * _BYTES_PER_PIXEL)
        self._events.append(CursorChanged(w, h, x, y, pixels))


def _check_cursor(w: int, h: int) -> None:
    if w > _MAX_CURSOR_PX or h > _MAX_CURSOR_PX:
        raise ProtocolError(f"a cursor of {w}x{h}")


_ALPHA_OF_BYTE = [bytes(255 * (byte >> bit & 1) for bit in range(7, -1, -1)) for byte in range(256)]


def _alpha_of_mask(mask: bytes, w: int, h: int) -> bytes:
    stride = (w + 7) // 8
    rows = (mask[at : at + stride] for at in range(0, stride * h, stride or 1))
    return b"".join(b"".join(_ALPHA_OF_BYTE[byte] for byte in row)[:w] for row in rows)


def set_pixel_format() -> bytes:
    """7.5.1: 32 bits a pixel, little-endian, true colour, red at bit 16: B G R X in memory."""
    return struct.pack("!B3xBBBBHHHBBB3x", 0, 32, 24, 0, 1, 255, 255, 255, 16, 8, 0)


def set_encodings(encodings: Sequence[int]) -> bytes:
    """7.5.2."""
    return struct.pack(f"!BxH{len(encodings)}i", 2, len(encodings), *encodings)


def update_request(width_px: int, height_px: int, *, incremental: bool) -> bytes:
    """7.5.3, for the whole picture. Not incremental: send everything, changed or not."""
    return struct.pack("!BBHHHH", 3, incremental, 0, 0, width_px, height_px)


def set_desktop_size(width_px: int, height_px: int, screen: tuple[int, int]) -> bytes:
    """The registry's SetDesktopSize, with one screen as large as the whole."""
    number, flags = screen
    return struct.pack(
        "!BxHHBxIHHHHI", 251, width_px, height_px, 1, number, 0, 0, width_px, height_px, flags
    )


def key_event(symbol: int, *, down: bool) -> bytes:
    """7.5.4; `symbol` as in X11's keysymdef.h."""
    return struct.pack("!BBxxI", 4, down, symbol)


def pointer_event(mask: int, x: int, y: int) -> bytes:
    """7.5.5; bit 0 of `mask` is the left button, bits 3 to 6 are the wheel's ways."""
    return struct.pack("!BBHH", 5, mask, x, y)


def extended_key_event(symbol: int, number: int, *, down: bool) -> bytes:
    """QEMU's extended key event, only for servers that sent `ExtendedKeysAccepted`.

    Args:
        symbol: 0 where there is none.
        number: XT set 1, with 0x80 set for the E0 codes, as in `app.vm.display.keymap`.
        down: pressed, not released.
    """
    return struct.pack("!BBHII", 255, 0, down, symbol, number)


def no_op() -> bytes:
    """QEMU's extended key event: the release of a key that is not down.

    QEMU drops it (ui/kbd-state.c), but like every message of a type above 3 it sets the server's
    slowed-down refresh back to its shortest interval (ui/vnc.c, protocol_client_msg). Only for
    servers that sent `ExtendedKeysAccepted`.
    """
    return extended_key_event(0, _NO_OP_KEY, down=False)
