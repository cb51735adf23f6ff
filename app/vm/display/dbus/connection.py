"""A display over QEMU's D-Bus, peer to peer: pictures are pushed as they change.

Two connections with a thread each. Over the first, which `add_client` has made, we call QEMU; over
the second, whose other end we hand over in `RegisterListener`, QEMU calls us. Both are drained all
the time: D-Bus has no flow control, and newer QEMUs stand still until a call is answered.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import assert_never

from app.vm.display.dbus.control import (
    CONSOLE,
    KEYBOARD,
    MOUSE,
    Answered,
    Connected,
    ControlEvent,
    ControlWire,
    PropertyChanged,
    console_path,
)
from app.vm.display.dbus.listener import PROPERTIES
from app.vm.display.dbus.listener_connection import (
    MOST_UNREAD_BYTES,
    THREAD_NAME,
    ListenerConnection,
)
from app.vm.display.framebuffer import Framebuffer
from app.vm.display.pending import Pending
from app.vm.display.seam import Changes, CursorShape, Leds, Rect, Wake
from app.vm.display.socket_thread import SocketThread, ending
from app.vm.stream import ProtocolError

_log = logging.getLogger(__name__)

_HANDSHAKE_S = 2.0
_MOST_RENEWALS, _RENEWALS_S = 50, 2.0
_PROPERTIES = (
    (CONSOLE, "Width"),
    (CONSOLE, "Height"),
    (MOUSE, "IsAbsolute"),
    (KEYBOARD, "Modifiers"),
)
_HIDDEN = CursorShape(0, 0, 0, 0, b"")
_LED_SCROLL, _LED_NUM, _LED_CAPS = 1, 2, 4  # QEMU_..._LED, include/ui/input.h


class DbusDisplay:
    """`app.vm.display.seam.Display` for QEMU from 7.0 on.

    Nothing has to be asked for: `request_update` does nothing. While nobody watches, QEMU has no
    listener and keeps its pictures to itself; then the whole picture comes again.

    Args:
        sock: the other end of what `add_client` was given; from now on ours to close.
        head: which of the machine's screens, from 0.
    """

    def __init__(self, sock: socket.socket, *, head: int = 0) -> None:
        self._path = console_path(head)
        self._control = ControlWire()
        self._sock = sock
        self._thread = SocketThread(
            sock,
            name="display control",
            readable=self._readable,
            deadline=self._deadline,
            due=self._due,
            ended=self._ended,
        )
        self._deadline_s: float | None = None
        self._is_connected = False
        self._awaited: dict[int, Callable[[Answered], None]] = {}

        self._listener: ListenerConnection | None = None  # the control thread's own
        self._size_px = [0, 0]  # of the console, as its properties say
        self._seen_size: tuple[int, ...] = ()
        self._renewals: deque[float] = deque(maxlen=_MOST_RENEWALS)

        # Shared by all threads, under the lock.
        self._lock = threading.Lock()
        self._watched = True
        self._closing = self._wants_renewal = False
        self._listener_failure: Exception | None = None
        self._framebuffer: Framebuffer | None = None
        self._generation = 0
        self._is_new = False  # `_framebuffer` has no pixels yet
        self._shape: CursorShape | None = None  # the last one that was defined
        self._is_cursor_shown = True
        self._wish: tuple[int, int] | None = None
        self._pending = Pending(self._lock)

    def start(self, wake: Wake) -> None:
        """Start the reader threads; the first whole picture comes by itself.

        Args:
            wake: called on a reader thread, at most once between two `take`s; must not block.
                It may call anything here, `close` too.
        """
        self._pending.begin(wake)
        self._deadline_s = time.monotonic() + _HANDSHAKE_S
        self._thread.start()
        self._thread.send(self._control.data_to_send())

    def take(self) -> Changes:
        """Take everything that is pending. Any thread; never blocks."""
        return self._pending.take()

    def request_update(self) -> None:
        """Nothing: pictures are pushed."""

    def input_sent(self) -> None:
        """Nothing: what an input changes is pushed, too."""

    def wish_size(self, width_px: int, height_px: int) -> None:
        """Ask the guest for this size. Any thread; never blocks.

        Raises:
            ValueError: a side is not within 1 to 65535.
        """
        if not (0 < width_px < 65536 and 0 < height_px < 65536):
            raise ValueError(f"{width_px}x{height_px}")
        with self._lock:
            self._wish = (width_px, height_px)
        self._thread.wake()

    def watch(self, *, visible: bool) -> None:
        """Whether anybody sees the picture. Any thread; never blocks."""
        with self._lock:
            self._watched = visible
        self._thread.wake()

    def close(self) -> None:
        """End the connections; returns when their threads have ended, any number of times.

        Called from `wake` it returns at once, and the threads end when `wake` returns.
        """
        with self._lock:
            self._closing = True
        if threading.current_thread().name == THREAD_NAME:
            self._thread.wake()  # which ends both; it waits for this thread then
        else:
            self._thread.close()

    # The control connection's thread.

    def _readable(self) -> None:
        (space,) = self._control.space()[:1]
        count = self._sock.recv_into(space, 0, socket.MSG_DONTWAIT)
        if not count:
            raise EOFError
        for event in self._control.received(count):
            self._handle(event)
        if answer := self._control.data_to_send():
            self._thread.send(answer)
            if self._thread.backlog > MOST_UNREAD_BYTES:
                raise ProtocolError("it asks and does not read the answers")
        self._control.check()
        self._catch_up()

    def _deadline(self) -> float | None:
        self._catch_up()
        return self._deadline_s if self._is_awaited() else None

    def _due(self, _now: float) -> None:
        if self._is_awaited():
            raise TimeoutError

    def _is_awaited(self) -> bool:
        """Whether the other end owes us the handshake, or its first picture."""
        with self._lock:
            has_picture = self._framebuffer is not None and not self._is_new
        return not self._is_connected or (self._listener is not None and not has_picture)

    def _handle(self, event: ControlEvent) -> None:
        match event:
            case Connected():
                self._thread.send(self._control.data_to_send())
                self._is_connected = True
                for interface, name in _PROPERTIES:
                    self._ask(interface, name)
            case Answered():
                awaited = self._awaited.pop(event.serial, None)
                if awaited is not None:
                    awaited(event)
            case PropertyChanged(path, interface, name, value):
                if path == self._path:  # not of another head
                    self._property(interface, name, value)
            case _:
                assert_never(event)

    def _catch_up(self) -> None:
        """Do what was wished for meanwhile: a size, a listener, none, the end."""
        with self._lock:
            wish = self._wish if self._is_connected else None
            self._wish = None if self._is_connected else self._wish
            renew, self._wants_renewal = self._wants_renewal, False
            watched, closing, failure = self._watched, self._closing, self._listener_failure
        if failure is not None:
            raise failure
        if closing:
            self._thread.close()
            return
        if not self._is_connected:
            return
        if wish is not None:
            self._call(self._size_answered, CONSOLE, "SetUIInfo", "qqiiuu", (0, 0, 0, 0, *wish))
        if renew or not watched:
            self._drop_listener()
        if watched and self._listener is None:
            self._register()
        self._check_size()

    def _renew(self) -> None:
        """The picture has another size: a new listener gets all of it. At most so often."""
        now = time.monotonic()
        if len(self._renewals) == _MOST_RENEWALS and now - self._renewals[0] < _RENEWALS_S:
            raise ProtocolError("a picture that changes its size without end")
        self._renewals.append(now)
        with self._lock:
            self._wants_renewal = True

    def _call(
        self,
        then: Callable[[Answered], None],
        interface: str,
        member: str,
        signature: str,
        values: tuple[object, ...],
    ) -> None:
        serial, data = self._control.call(self._path, interface, member, signature, values)
        self._awaited[serial] = then
        self._thread.send(data)

    def _ask(self, interface: str, name: str) -> None:
        def told(answer: Answered) -> None:
            if answer.error is None and len(answer.values) == 1:
                self._property(interface, name, answer.values[0])

        self._call(told, PROPERTIES, "Get", "ss", (interface, name))

    def _check_size(self) -> None:
        """Text modes are told by the console's properties alone."""
        with self._lock:
            picture = self._framebuffer
        size = tuple(self._size_px)
        is_fresh = self._listener is None or not self._listener.has_pixels
        if is_fresh or picture is None or 0 in size or size == self._seen_size:
            return
        self._seen_size = size
        if size != (picture.width_px, picture.height_px):
            self._renew()
            self._thread.wake()

    def _property(self, interface: str, name: str, value: object) -> None:
        match interface, name, value:
            case "org.qemu.Display1.Console", "Width" | "Height", int(size):
                self._size_px[name == "Height"] = size
                return
            case "org.qemu.Display1.Mouse", "IsAbsolute", bool(absolute):
                with self._lock:
                    self._pending.absolute_pointer = absolute
            case "org.qemu.Display1.Keyboard", "Modifiers", int(bits):
                with self._lock:
                    self._pending.leds = Leds(
                        bool(bits & _LED_CAPS), bool(bits & _LED_NUM), bool(bits & _LED_SCROLL)
                    )
            case _:
                return
        self._pending.tell()

    def _size_answered(self, answer: Answered) -> None:
        if answer.error is not None:
            _log.info("The guest cannot be asked for a size: %s", answer.error)
            with self._lock:
                self._pending.is_refused = True
            self._pending.tell()

    def _register(self) -> None:
        """Give QEMU a listener to call."""
        with self._lock:
            self._wants_renewal = False  # this is it
        self._deadline_s = time.monotonic() + _HANDSHAKE_S
        ours, theirs = socket.socketpair()
        made = self._listener = ListenerConnection(ours, self)
        with theirs:
            made.start()  # QEMU greets it before it answers, and waits meanwhile
            serial, data = self._control.call(
                self._path, CONSOLE, "RegisterListener", "h", (0,), fds=1
            )
            self._awaited[serial] = self._registered
            self._thread.send_with_descriptor(data, theirs.fileno())

    def _registered(self, answer: Answered) -> None:
        if answer.error is not None:
            raise ProtocolError(f"no listener is taken: {answer.error}")

    def _drop_listener(self) -> None:
        """End the listener; QEMU forgets it. Returns when its thread has ended."""
        dropped, self._listener = self._listener, None
        if dropped is not None:
            dropped.close()

    def _ended(self, failure: Exception | None) -> None:
        self._drop_listener()
        with self._lock:
            failure = None if self._closing else failure
            self._pending.closed = ending(failure, "display", _HANDSHAKE_S)
        _log.info("%s", self._pending.closed)
        if failure is not None:
            self._pending.tell()

    # The listener's thread.

    def allocate(self, width_px: int, height_px: int) -> Framebuffer:
        """Make the memory for a picture of another size."""
        with self._lock:
            self._generation += 1
            made = Framebuffer(width_px, height_px, self._generation)
            self._framebuffer, self._is_new = made, True
        _log.info("The picture has %d x %d pixels.", width_px, height_px)
        return made

    def received(self, rect: Rect) -> None:
        """These pixels are in the picture's memory now."""
        with self._lock:
            if self._is_new:
                self._pending.show(self._framebuffer)
                self._is_new = False
            self._pending.damage.add(rect)
        self._pending.tell()

    def pixels_began(self) -> None:
        """The listener has its first picture; another size that was told meanwhile counts now."""
        self._thread.wake()

    def cursor_defined(self, shape: CursorShape) -> None:
        """The guest's cursor looks like that."""
        with self._lock:
            self._shape = shape
            if self._is_cursor_shown:
                self._pending.cursor = shape
        self._pending.tell()

    def cursor_switched(self, *, visible: bool) -> None:
        """The guest shows its cursor, or none."""
        with self._lock:
            if visible == self._is_cursor_shown:
                return  # it has moved: it is where the pointer is
            self._is_cursor_shown = visible
            self._pending.cursor = self._shape if visible else _HIDDEN
        self._pending.tell()

    def size_unknown(self) -> None:
        """QEMU tells of a part that lies outside of the picture."""
        self._renew()
        self._thread.wake()

    def listener_ended(self, ended: ListenerConnection, failure: Exception | None) -> None:
        """The connection of a listener is at its end; without a failure we wanted that."""
        with self._lock:
            if failure is not None and ended is self._listener:
                self._listener_failure = failure
        self._thread.wake()
