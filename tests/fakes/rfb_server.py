"""A VNC server for one client, in this process: RFC 6143 as QEMU speaks it.

It behaves like QEMU's where the client can notice: pointer mode and key acknowledgement come by
themselves after SetEncodings, as updates that answer no request; a wish for a size is answered at
once (3: cannot, 4: forwarded); a change of size is an update of its own.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

SET_PIXEL_FORMAT, SET_ENCODINGS, UPDATE_REQUEST, SET_DESKTOP_SIZE, QEMU = 0, 2, 3, 251, 255

Box = tuple[int, int, int, int]


@dataclass
class FakeRfbServer:
    """Start it with `start`, which gives the client's socket.

    Attributes:
        width_px: of the guest's screen.
        height_px: of the guest's screen.
        resizable: whether a wished size is taken over.
        speaks_qemu: whether it takes physical keys.
        flood: answer every request at once with everything.
        messages: what the client sent after the handshake: type and body.
    """

    width_px: int = 64
    height_px: int = 48
    resizable: bool = False
    flood: bool = False
    speaks_qemu: bool = True
    messages: list[tuple[int, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.picture = bytearray(self.width_px * self.height_px * 4)
        self._changed = threading.Condition()
        self._dirty: list[Box] = []
        self._request: bool | None = None  # incremental?
        self._sock, self._client = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="fake-rfb")

    def start(self) -> socket.socket:
        self._thread.start()
        return self._client

    def serve(self, viewer: socket.socket) -> None:
        """Instead of `start`: serve a client that has come to a socket of the test's."""
        self._client.close()
        self._sock.close()
        self._sock = viewer
        self._thread.start()

    def stop(self) -> None:
        self.hang_up()
        if self._thread.ident is not None:
            self._thread.join()
        else:
            self._client.close()  # nobody got it
            self._sock.close()

    def hang_up(self) -> None:
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            self._sock.close()  # the client was faster

    def say(self, data: bytes) -> None:
        """Send anything."""
        with self._changed:
            self._sock.sendall(data)

    def paint(self, box: Box, colour: bytes) -> None:
        """Fill a part of the guest's screen; it is sent when it is asked for."""
        x, y, w, h = box
        with self._changed:
            for row in range(y, y + h):
                at = (row * self.width_px + x) * 4
                self.picture[at : at + w * 4] = colour * w
            self._dirty.append(box)
            self._answer()

    def resize(self, width_px: int, height_px: int) -> None:
        with self._changed:
            self._resize(width_px, height_px, reason=0)

    def define_cursor(
        self, width_px: int, height_px: int, hot: tuple[int, int], bgra: bytes
    ) -> None:
        with self._changed:
            self._pseudo((*hot, width_px, height_px), -314, struct.pack("!i", 0) + bgra)

    def set_absolute(self, absolute: bool) -> None:
        with self._changed:
            self._pseudo((int(absolute), 0, self.width_px, self.height_px), -257)

    def wait_for(self, condition: Callable[[], object], timeout_s: float = 5.0) -> None:
        """Wait for a message that makes `condition` true."""
        with self._changed:
            assert self._changed.wait_for(condition, timeout_s), self.messages

    def count(self, kind: int) -> int:
        return sum(message[0] == kind for message in self.messages)

    def _run(self) -> None:
        with self._sock, suppress(EOFError, OSError):  # the client has gone, or the test hung up
            self._handshake()
            while True:
                self._message()

    def _handshake(self) -> None:
        self._sock.sendall(b"RFB 003.008\n")
        assert self._read(12) == b"RFB 003.008\n"
        self._sock.sendall(b"\x01\x01")
        assert self._read(1) == b"\x01"
        self._sock.sendall(bytes(4))
        assert self._read(1) == b"\x01"
        pixels = struct.pack("!BBBBHHHBBB3x", 32, 24, 0, 1, 255, 255, 255, 16, 8, 0)
        self._sock.sendall(
            struct.pack("!HH", self.width_px, self.height_px)
            + pixels
            + struct.pack("!I", 4)
            + b"fake"
        )

    def _message(self) -> None:
        kind = self._read(1)[0]
        match kind:
            case 0:
                body = self._read(19)
            case 2:
                head = self._read(3)
                body = head + self._read(4 * struct.unpack("!xH", head)[0])
            case 3:
                body = self._read(9)
            case 4:
                body = self._read(7)
            case 5:
                body = self._read(5)
            case 251:
                head = self._read(7)
                body = head + self._read(16 * head[5])
            case 255:
                body = self._read(11)
            case _:
                raise AssertionError(f"message {kind}")
        with self._changed:
            self.messages.append((kind, body))
            self._changed.notify_all()
            self._react(kind, body)

    def _react(self, kind: int, body: bytes) -> None:
        match kind:
            case 2:
                encodings = struct.unpack(f"!{len(body) // 4}i", body[3:])
                if -258 in encodings and self.speaks_qemu:
                    self._pseudo((0, 0, self.width_px, self.height_px), -258)
                if -257 in encodings:
                    self._pseudo((1, 0, self.width_px, self.height_px), -257)
            case 3:
                if not body[0]:
                    self._dirty = [(0, 0, self.width_px, self.height_px)]
                self._request = bool(body[0]) and self._request is not False
                self._answer()
            case 251:
                width, height = struct.unpack("!xHH", body[:5])
                self._sized(1, 4 if self.resizable else 3)
                if self.resizable:
                    self._resize(width, height, reason=0)

    def _answer(self) -> None:
        if self.flood:
            self._dirty = [(0, 0, self.width_px, self.height_px)]
        if self._request is None or not self._dirty:
            return
        boxes, self._dirty, self._request = self._dirty, [], None
        parts: list[bytes | memoryview] = [struct.pack("!BxH", 0, len(boxes))]
        view = memoryview(self.picture)
        for x, y, w, h in boxes:
            parts.append(struct.pack("!HHHHi", x, y, w, h, 0))
            if w == self.width_px:
                parts.append(view[y * w * 4 : (y + h) * w * 4])
            else:
                starts = [(row * self.width_px + x) * 4 for row in range(y, y + h)]
                parts += [view[at : at + w * 4] for at in starts]
        for part in parts:
            self._sock.sendall(part)

    def _resize(self, width_px: int, height_px: int, *, reason: int) -> None:
        self.width_px, self.height_px = width_px, height_px
        self.picture = bytearray(width_px * height_px * 4)
        self._sized(reason, 0)
        self._dirty = [(0, 0, width_px, height_px)]
        self._answer()

    def _sized(self, reason: int, status: int) -> None:
        screen = struct.pack("!B3xIHHHHI", 1, 7, 0, 0, self.width_px, self.height_px, 0)
        self._pseudo((reason, status, self.width_px, self.height_px), -308, screen)

    def _pseudo(self, box: Box, encoding: int, data: bytes = b"") -> None:
        self._sock.sendall(struct.pack("!BxHHHHHi", 0, 1, *box, encoding) + data)

    def _read(self, count: int) -> bytes:
        data = self._sock.recv(count, socket.MSG_WAITALL)
        if len(data) < count:
            raise EOFError
        return data
