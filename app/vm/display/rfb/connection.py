"""A display over VNC: one thread that receives straight into the picture's memory."""

from __future__ import annotations

import logging
import socket
import threading
import time
from typing import assert_never

from app.vm.display.framebuffer import Framebuffer
from app.vm.display.pending import Pending
from app.vm.display.rfb import protocol
from app.vm.display.rfb.pokes import Pokes
from app.vm.display.rfb.protocol import RfbClient, RfbEvent
from app.vm.display.seam import Changes, CursorShape, Leds, Rect, Wake
from app.vm.display.socket_thread import SocketThread, ending

_log = logging.getLogger(__name__)

_HANDSHAKE_S = 2.0


class RfbDisplay:
    """`app.vm.display.seam.Display` for a VNC server that wants no password.

    There is at most one request for an update under way. The first, and the one after a change
    of size, are sent by the reader thread; all others by `request_update`. A picture that is not
    painted is therefore not followed by another.

    A new size is told with its first pixels, not before: until then the window has the old
    picture to show, never an empty one.

    Args:
        sock: connected to the server; from now on ours to close.
        rest_poke_s: while an update is awaited and somebody watches, make QEMU look at the guest's
            screen at least that often; None lets its polling slow down as it likes (see `Pokes`).
    """

    def __init__(self, sock: socket.socket, *, rest_poke_s: float | None = None) -> None:
        self._sock = sock
        self._thread = SocketThread(
            sock,
            name="display",
            readable=self._readable,
            deadline=self._deadline,
            due=self._due,
            ended=self._ended,
        )
        self._keeps_awake = rest_poke_s is not None

        # The reader thread's own.
        self._client = RfbClient(self._allocate)
        self._framebuffer: Framebuffer | None = None
        self._generation = 0
        self._is_new = False  # `_framebuffer` has no pixels yet
        self._asked = False  # for the whole picture, during the update that is coming in
        self._rects: list[Rect] = []  # of the update that is coming in
        self._handshake_ends = 0.0
        self._is_qemu = False  # it said that it knows QEMU's extended key event

        # Shared by all threads, under the lock.
        self._lock = threading.Lock()
        self._pokes = Pokes(rest_poke_s)
        self._size: tuple[int, int] | None = None  # None: not connected yet
        self._awaiting = False  # a request is under way
        self._watched = True
        self._wish: tuple[int, int] | None = None
        self._wish_sent = False  # and not answered yet
        self._pending = Pending(self._lock)

    def start(self, wake: Wake) -> None:
        """Start the reader thread and ask for the first whole picture.

        Args:
            wake: called on the reader thread, at most once between two `take`s; must not block.
                It may call anything here, `close` too.
        """
        self._pending.begin(wake)
        self._handshake_ends = time.monotonic() + _HANDSHAKE_S
        self._thread.start()

    def take(self) -> Changes:
        """Take everything that is pending. Any thread; never blocks."""
        return self._pending.take()

    def request_update(self) -> None:
        """Ask for what changes next, unless that was asked already. Any thread; never blocks."""
        with self._lock:
            if self._size is None or self._awaiting:
                return
            self._awaiting = True
            request = protocol.update_request(*self._size, incremental=True)
        self._thread.send(request)
        if self._keeps_awake:
            self._thread.wake()  # it counts the rest from now on

    def wish_size(self, width_px: int, height_px: int) -> None:
        """Ask the guest for this size. Any thread; never blocks.

        One wish is under way at a time; of those that come meanwhile only the newest is sent.

        Raises:
            ValueError: a side is not within 1 to 65535.
        """
        if not (0 < width_px < 65536 and 0 < height_px < 65536):
            raise ValueError(f"{width_px}x{height_px}")
        with self._lock:
            self._wish = (width_px, height_px)
        self._send_wish()

    def unplug(self) -> None:
        """Take this screen away from the guest; `close` comes next. Any thread; never blocks.

        QEMU turns an output off whose size is nothing (hw/display/virtio-gpu-base.c).
        """
        with self._lock:
            if self._size is None:
                return
        self._thread.send(protocol.set_desktop_size(0, 0, self._client.screen))

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the picture in guest pixels; zeros before the connection is up."""
        with self._lock:
            return self._size or (0, 0)

    @property
    def takes_key_numbers(self) -> bool:
        """Whether the server takes physical keys, as QEMU does."""
        return self._is_qemu

    def send_input(self, message: bytes) -> None:
        """Send a key or pointer event (`protocol`), once connected. Any thread; never blocks."""
        with self._lock:
            if self._size is None:
                return
        self._thread.send(message)
        self.input_sent()

    def input_sent(self) -> None:
        """Something was just typed or clicked: look for its effect soon. Any thread."""
        with self._lock:
            self._pokes.input_sent(time.monotonic())
        self._thread.wake()

    def watch(self, *, visible: bool) -> None:
        """Whether anybody sees the picture. Any thread; never blocks."""
        with self._lock:
            self._watched = visible
        if self._keeps_awake:
            self._thread.wake()

    def close(self) -> None:
        """End the connection; returns when the thread has ended, any number of times.

        Called from `wake` it returns at once, and the thread ends when `wake` returns.
        """
        self._thread.close()

    # From here on: the reader thread.

    def _readable(self) -> None:
        self._receive(socket.MSG_DONTWAIT)
        while self._client.exact:
            # One system call for a whole rectangle: nothing else is to be done meanwhile, and
            # `close` shuts the socket down.
            self._receive(socket.MSG_WAITALL)
        self._client.check()

    def _receive(self, flags: int) -> None:
        space = self._client.space()
        if len(space) == 1:
            count = self._sock.recv_into(space[0], 0, flags)
        else:
            count = self._sock.recvmsg_into(space, 0, flags)[0]
        if not count:
            raise EOFError
        for event in self._client.received(count):
            self._handle(event)
        if answer := self._client.data_to_send():
            self._thread.send(answer)

    def _handle(self, event: RfbEvent) -> None:
        match event:
            case protocol.RectUpdated():
                self._rects.append(Rect(event.x, event.y, event.w, event.h))
            case protocol.UpdateEnded():
                self._end_update(pixels=event.pixels)
            case protocol.PictureReplaced():
                self._replace(event.width_px, event.height_px)
            case protocol.CursorChanged():
                with self._lock:
                    self._pending.cursor = CursorShape(
                        event.width_px, event.height_px, event.hot_x, event.hot_y, event.argb
                    )
            case protocol.PointerModeChanged():
                with self._lock:
                    self._pending.absolute_pointer = event.absolute
            case protocol.LedsChanged():
                with self._lock:
                    self._pending.leds = Leds(event.caps, event.num, event.scroll)
            case protocol.SizeAnswered():
                with self._lock:
                    self._wish_sent = False
                    self._pending.is_refused |= not event.accepted
                self._send_wish()
            case protocol.ExtendedKeysAccepted():
                self._is_qemu = True
            case _:
                assert_never(event)

    def _allocate(self, width_px: int, height_px: int) -> Framebuffer:
        self._generation += 1
        self._framebuffer = Framebuffer(width_px, height_px, self._generation)
        return self._framebuffer

    def _replace(self, width_px: int, height_px: int) -> None:
        """Forget what was known of the old picture and ask for the whole new one."""
        _log.info("The picture has %d x %d pixels.", width_px, height_px)
        self._is_new = True
        self._rects = []
        with self._lock:
            is_first = self._size is None
            self._size = (width_px, height_px)
            self._awaiting = True
        self._asked = not is_first
        # Before everything else goes what the parser has to say: the pixel format.
        self._thread.send(
            self._client.data_to_send()
            + protocol.update_request(width_px, height_px, incremental=False)
        )
        if is_first:
            self._send_wish()

    def _end_update(self, *, pixels: bool) -> None:
        asked, self._asked = self._asked, False
        repeat: bytes | None = None
        with self._lock:
            if pixels:
                self._awaiting = asked
                self._deliver()
                self._pokes.picture_came()
            elif self._awaiting and not (asked or self._is_qemu) and self._size is not None:
                # By the RFC this was the answer. QEMU sends such updates without being asked.
                repeat = protocol.update_request(*self._size, incremental=True)
        if repeat is not None:
            self._thread.send(repeat)
        self._pending.tell()

    def _deliver(self) -> None:
        """Hand the received rectangles over; the lock is held."""
        if self._is_new:
            self._pending.show(self._framebuffer)
            self._is_new = False
        for rect in self._rects:
            self._pending.damage.add(rect)
        self._rects = []

    def _send_wish(self) -> None:
        """Send the newest wish, once connected and when the one before is answered."""
        with self._lock:
            if self._wish is None or self._wish_sent or self._size is None:
                return
            wish, self._wish, self._wish_sent = self._wish, None, True
        self._thread.send(protocol.set_desktop_size(*wish, self._client.screen))

    def _deadline(self) -> float | None:
        with self._lock:
            if self._size is None:
                return self._handshake_ends
            resting = self._awaiting and self._watched
            return self._pokes.deadline(resting=resting) if self._is_qemu else None

    def _due(self, now: float) -> None:
        with self._lock:
            connected = self._size is not None
            self._pokes.poked(now)
        if not connected:
            raise TimeoutError
        if (
            self._is_qemu and not self._thread.backlog
        ):  # a server that does not read is not helped by more
            self._thread.send(protocol.no_op())

    def _ended(self, failure: Exception | None) -> None:
        sentence = ending(failure, "display", _HANDSHAKE_S)
        _log.info("%s", sentence)
        with self._lock:
            self._pending.closed = sentence
        if failure is not None:
            self._pending.tell()
