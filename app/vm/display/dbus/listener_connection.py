"""The connection over which QEMU tells a listener what it shows."""

from __future__ import annotations

import array
import os
import socket
from typing import Protocol, assert_never

from app.vm.display.dbus import listener
from app.vm.display.dbus.listener import ListenerEvent, ListenerWire
from app.vm.display.dbus.messages import MAX_FDS
from app.vm.display.dbus.shared_picture import SharedPicture
from app.vm.display.framebuffer import Framebuffer
from app.vm.display.seam import CursorShape, Rect
from app.vm.display.socket_thread import SocketThread
from app.vm.stream import ProtocolError

THREAD_NAME = "display"
MOST_UNREAD_BYTES = 1 << 20
"""Answers that the engine does not take: an engine that floods with questions is left."""
_INT_BYTES = array.array("i").itemsize


class Owner(Protocol):
    """Whom a listener tells; see `app.vm.display.dbus.connection.DbusDisplay`."""

    def allocate(self, width_px: int, height_px: int) -> Framebuffer:
        """Make the memory for a picture of another size."""

    def received(self, rect: Rect) -> None:
        """These pixels are in the picture's memory now."""

    def pixels_began(self) -> None:
        """The first picture has come."""

    def cursor_defined(self, shape: CursorShape) -> None:
        """The guest's cursor looks like that."""

    def cursor_switched(self, *, visible: bool) -> None:
        """The guest shows its cursor, or none."""

    def size_unknown(self) -> None:
        """A part was told of that lies outside of the picture."""

    def listener_ended(self, ended: ListenerConnection, failure: Exception | None) -> None:
        """The connection is at its end; without a failure `close` was called."""


class ListenerConnection:
    """QEMU's calls to us, on a thread of their own; descriptors that come are closed here.

    Args:
        sock: one end of a pair whose other end QEMU is given; from now on ours to close.
        display: hears of everything, on that thread.

    Attributes:
        has_pixels: whether the first picture has come.
    """

    def __init__(self, sock: socket.socket, display: Owner) -> None:
        self._sock, self._display = sock, display
        self._wire = ListenerWire(self._allocate)
        self._framebuffer: Framebuffer | None = None
        self._shared: SharedPicture | None = None
        self.has_pixels = False
        self._thread = SocketThread(
            sock,
            name=THREAD_NAME,
            readable=self._readable,
            deadline=lambda: None,
            due=lambda _now: None,
            ended=self._ended,
        )

    def start(self) -> None:
        """Start reading; the introduction goes out at once."""
        self._thread.start()
        self._thread.send(self._wire.data_to_send())

    def close(self) -> None:
        """End it; QEMU forgets the listener."""
        self._thread.close()

    def _allocate(self, width_px: int, height_px: int) -> Framebuffer:
        self._framebuffer = self._display.allocate(width_px, height_px)
        return self._framebuffer

    def _readable(self) -> None:
        self._receive(socket.MSG_DONTWAIT)
        while self._wire.exact:
            # One system call for a whole picture: nothing else is to be done meanwhile, and
            # `close` shuts the socket down.
            self._receive(socket.MSG_WAITALL)
        self._wire.check()

    def _receive(self, flags: int) -> None:
        room = socket.CMSG_LEN(MAX_FDS * _INT_BYTES)
        count, ancillary, told, _ = self._sock.recvmsg_into(
            self._wire.space(), room, flags | socket.MSG_CMSG_CLOEXEC
        )
        for level, kind, data in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                self._wire.fds.extend(_descriptors(data))
        if told & socket.MSG_CTRUNC or len(self._wire.fds) > MAX_FDS:
            raise ProtocolError("too many descriptors")
        if not count:
            raise EOFError
        events = self._wire.received(count)
        if answer := self._wire.data_to_send():
            self._thread.send(answer)  # first: newer QEMUs wait for it
            if self._thread.backlog > MOST_UNREAD_BYTES:
                raise ProtocolError("it asks and does not read the answers")
        self._handle_all(events)

    def _handle_all(self, events: list[ListenerEvent]) -> None:
        """Handle them in their order; descriptors in those that are not reached are closed."""
        left = iter(events)
        try:
            for event in left:
                self._handle(event)
        finally:
            for event in left:
                if isinstance(event, listener.PictureShared):
                    os.close(event.fd)

    def _handle(self, event: ListenerEvent) -> None:
        display = self._display
        match event:
            case listener.PictureReplaced():
                pass  # told with its first pixels
            case listener.SizeUnknown():
                display.size_unknown()
            case listener.PixelsReceived(x, y, w, h):
                self._forget_shared()
                self._received(Rect(x, y, w, h))
            case listener.PictureShared(fd, offset, stride, width_px, height_px):
                self._forget_shared()
                self._shared = SharedPicture(fd, offset, stride)
                self._copy(Rect(0, 0, width_px, height_px))
            case listener.SharedChanged(x, y, w, h):
                self._copy(Rect(x, y, w, h))
            case listener.CursorChanged(w, h, hot_x, hot_y, argb):
                display.cursor_defined(CursorShape(w, h, hot_x, hot_y, argb))
            case listener.CursorSwitched(visible):
                display.cursor_switched(visible=visible)
            case _:
                assert_never(event)

    def _copy(self, rect: Rect) -> None:
        if self._shared is None or self._framebuffer is None:
            raise ProtocolError("a change of memory that is not shared")
        self._shared.copy(self._framebuffer, rect)
        self._received(rect)

    def _received(self, rect: Rect) -> None:
        self._display.received(rect)
        if not self.has_pixels:
            self.has_pixels = True
            self._display.pixels_began()

    def _forget_shared(self) -> None:
        shared, self._shared = self._shared, None
        if shared is not None:
            shared.close()

    def _ended(self, failure: Exception | None) -> None:
        self._wire.close()
        self._forget_shared()
        self._display.listener_ended(self, failure)


def _descriptors(data: bytes) -> list[int]:
    numbers = array.array("i")
    numbers.frombytes(data[: len(data) - len(data) % _INT_BYTES])
    return numbers.tolist()
