"""A thread that waits on one socket, with writes from everywhere that never block."""

from __future__ import annotations

import os
import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from app.vm.stream import ProtocolError


class SocketThread:
    """Owns a connected socket: reads on a thread of its own, writes on the caller's.

    A write goes straight to the socket; what the socket does not take at once is sent by the
    thread as soon as it can. Apart from `close` nothing here ever blocks.

    Args:
        sock: a connected stream socket; from now on ours to close.
        name: of the thread.
        readable: called on the thread when bytes, or the end, can be read. An OSError, EOFError
            or ProtocolError that it raises ends the connection.
        deadline: called on the thread before each wait: when `due` is to be called, in seconds of
            `time.monotonic`, or None.
        due: called on the thread when the deadline has passed; it may raise like `readable`.
        ended: called on the thread as its last act, with what ended the connection, or None when
            that was `close`.
    """

    def __init__(
        self,
        sock: socket.socket,
        *,
        name: str,
        readable: Callable[[], None],
        deadline: Callable[[], float | None],
        due: Callable[[float], None],
        ended: Callable[[Exception | None], None],
    ) -> None:
        sock.setblocking(True)
        self._sock = sock
        self._readable, self._deadline, self._due, self._ended = readable, deadline, due, ended
        self._lock = threading.Lock()
        self._outbox = bytearray()
        self._closing = self._released = False
        self._wake_fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def on_thread(self) -> bool:
        """Whether the caller runs on this thread."""
        return threading.current_thread() is self._thread

    @property
    def backlog(self) -> int:
        """How many bytes the other end has not taken yet."""
        return len(self._outbox)

    def start(self) -> None:
        """Start the thread; nothing happens after `close`.

        Raises:
            RuntimeError: it was started before.
        """
        if not self._released:
            self._thread.start()

    def send(self, data: bytes | bytearray) -> None:
        """Send `data` after everything sent before. After the end it is dropped."""
        with self._lock:
            if self._closing or self._released:
                return
            was_empty = not self._outbox
            self._outbox += data
            if was_empty:
                self._flush()
                if self._outbox:
                    self._wake()

    def send_with_descriptor(self, data: bytes, descriptor: int) -> None:
        """Send a short message and a descriptor with it, which stays the caller's to close.

        Raises:
            ProtocolError: the other end does not take it at once.
            OSError: the connection is broken.
        """
        with self._lock:
            if self._closing or self._released:
                return
            if self._outbox:
                raise ProtocolError("it does not read")
            sent = socket.send_fds(self._sock, [data], [descriptor], socket.MSG_DONTWAIT)
            if sent != len(data):
                raise ProtocolError("it does not read")

    def wake(self) -> None:
        """Make the thread ask for its deadline again."""
        with self._lock:
            self._wake()

    def close(self) -> None:
        """End the connection; returns when the thread has ended. May be called again.

        On the thread itself it only asks for the end, which comes as soon as the callback returns.
        """
        with self._lock:
            if not self._closing and not self._released:
                self._closing = True
                self._wake()
                self._shut_down()
        if self._thread.ident is None:
            self._release()
        elif not self.on_thread:
            self._thread.join()

    def _run(self) -> None:
        # Only a fault of ours leaves this standing; its traceback goes to threading.excepthook.
        failure: Exception | None = RuntimeError("the reader failed")
        try:
            self._loop()
            failure = None
        except (OSError, EOFError, ProtocolError) as err:
            failure = err
        finally:
            self._release()
            self._ended(None if self._closing else failure)

    def _loop(self) -> None:
        number = self._sock.fileno()
        poller = select.poll()
        poller.register(self._wake_fd, select.POLLIN)
        while not self._closing:
            poller.register(number, select.POLLIN | (select.POLLOUT if self._outbox else 0))
            deadline = self._deadline()
            wait_ms = None if deadline is None else max(0.0, deadline - time.monotonic()) * 1000
            ready = dict(poller.poll(wait_ms))  # rounds up to whole milliseconds
            if self._wake_fd in ready:
                os.eventfd_read(self._wake_fd)
            if ready.get(number, 0) & select.POLLOUT:
                with self._lock:
                    self._flush()
            if ready.get(number, 0) & ~select.POLLOUT:
                self._readable()
            if deadline is not None and (now := time.monotonic()) >= deadline:
                self._due(now)

    def _flush(self) -> None:
        """Send what the socket takes; the lock is held."""
        try:
            sent = self._sock.send(self._outbox, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError:
            sent = len(self._outbox)  # the reader finds out why, and says so
        del self._outbox[:sent]

    def _wake(self) -> None:
        """The lock is held."""
        if not self._released:
            os.eventfd_write(self._wake_fd, 1)

    def _shut_down(self) -> None:
        """Wake a thread that waits in `recv`; the lock is held."""
        with suppress(OSError):  # the other end was faster: there is nothing left to shut down
            self._sock.shutdown(socket.SHUT_RDWR)

    def _release(self) -> None:
        with self._lock:
            if not self._released:
                self._released = True
                self._sock.close()
                os.close(self._wake_fd)


def ending(failure: Exception | None, what: str, patience_s: float) -> str:
    """Say why a connection ended, as a sentence.

    Args:
        failure: what `SocketThread` gave to `ended`.
        what: words for the connection, such as "display".
        patience_s: what a TimeoutError means.
    """
    match failure:
        case None:
            return f"The {what} was closed."
        case ProtocolError():
            return f"The {what} sent something that makes no sense: {failure}."
        case EOFError() | ConnectionError():  # the latter when it was killed
            return f"The engine ended the {what}'s connection."
        case TimeoutError():
            return f"The {what} did not answer within {patience_s:g} seconds."
        case OSError():
            return f"The {what}'s connection failed: {failure.strerror}."
        case _:
            return f"The {what} failed by a fault of this program."
