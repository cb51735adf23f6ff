"""A message bus of this computer (D-Bus), for what the desktop and the system offer.

Nobody waits for a bus: calls are queued and answered by a thread of their own. A bus or a service
that is not there is normal on small systems; it is said once in the log, and the answer is None.
"""

from __future__ import annotations

import itertools
import logging
import os
import selectors
import socket
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jeepney import HeaderFields, MatchRule, Message, MessageType, message_bus
from jeepney.fds import FileDescriptor
from jeepney.io.blocking import DBusConnection, open_dbus_connection

_log = logging.getLogger(__name__)

Answer = Callable[[tuple[Any, ...] | None], None]
"""Called once, on the bus's thread: what came back, or None when nothing can come; must not block.

Descriptors come as `jeepney.fds.FileDescriptor` and are the receiver's to close.
"""
Heard = Callable[[tuple[Any, ...], str], None]
"""Called on the bus's thread with a signal's values and the path of the object that sent it."""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A signal that a service sends to everybody.

    Attributes:
        sender: the service's well-known name; the bus lets through only what its owner sends.
        interface: where the signal is defined.
        member: the signal's name.
    """

    sender: str
    interface: str
    member: str

    @property
    def rule(self) -> MatchRule:
        """What the bus has to be asked for."""
        return MatchRule(
            type="signal", sender=self.sender, interface=self.interface, member=self.member
        )


@dataclass(frozen=True, slots=True)
class _Call:
    message: Message
    answer: Answer


class HostBus:
    """One connection to a bus, made at the first use and made anew after it was lost.

    Any thread may call; nothing blocks.

    Args:
        name: for the log.
        address: where the bus is, in D-Bus's own spelling; empty when there is none.
    """

    def __init__(self, name: str, address: str) -> None:
        self._name, self._address = name, address
        self._lock = threading.Lock()
        self._calls: deque[_Call] = deque()
        self._listeners: list[tuple[Broadcast, Heard]] = []
        self._waker: socket.socket | None = None  # None: no thread runs
        self._closed = False

    def call(self, message: Message, answer: Answer) -> None:
        """Send a method call; of a bus that is closed the answer never comes."""
        with self._lock:
            if self._closed:
                return
            self._calls.append(_Call(message, answer))
            self._wake()

    def listen(self, broadcast: Broadcast, heard: Heard) -> None:
        """Call `heard` for each such signal from now on."""
        with self._lock:
            self._listeners.append((broadcast, heard))
            if not self._closed:
                self._wake()

    def close(self) -> None:
        """Send what is queued, then end the connection; any number of times."""
        with self._lock:
            self._closed = True
            if self._waker is not None:
                self._waker.close()
                self._waker = None

    def _wake(self) -> None:
        """Have the thread look at what is new, and start it first if there is none.

        The lock is held.
        """
        woken: socket.socket | None = None
        if self._waker is None:
            self._waker, woken = socket.socketpair()
            self._waker.setblocking(False)
        with suppress(BlockingIOError):  # full: it will look anyway
            self._waker.send(b"\0")
        if woken is None:
            return
        threading.Thread(
            target=self._run, args=(woken,), name=f"{self._name} bus", daemon=True
        ).start()

    # From here on: the bus's thread.

    def _run(self, woken: socket.socket) -> None:
        waiting: dict[int, Answer] = {}
        try:
            with self._connect() as connection:
                _Traffic(connection, woken, waiting, self._take, self._heard).serve()
        except Exception as err:  # noqa: BLE001 - a strange bus must not take the program down
            _log.info("There is no %s bus: %s", self._name, str(err) or type(err).__name__)
        for answer in (*waiting.values(), *self._give_up(woken)):
            answer(None)

    def _connect(self) -> DBusConnection:
        if not self._address:
            raise ConnectionError("it has no address")
        return open_dbus_connection(self._address, enable_fds=True)

    def _take(self) -> tuple[list[_Call], list[Broadcast]]:
        with self._lock:
            calls, broadcasts = list(self._calls), [asked for asked, _ in self._listeners]
            self._calls.clear()
            return calls, broadcasts

    def _heard(self, interface: str, member: str) -> list[Heard]:
        with self._lock:
            return [
                heard
                for asked, heard in self._listeners
                if (asked.interface, asked.member) == (interface, member)
            ]

    def _give_up(self, woken: socket.socket) -> list[Answer]:
        """The connection is gone: the next call makes another; returns who waits in vain."""
        with self._lock:  # both ends at once: nobody writes to an end that nobody reads
            woken.close()
            if self._waker is not None:
                self._waker.close()
                self._waker = None
            calls, self._calls = self._calls, deque()
        return [call.answer for call in calls]


class _Traffic:
    """What goes over one connection, until the other end of `woken` is closed."""

    def __init__(
        self,
        connection: DBusConnection,
        woken: socket.socket,
        waiting: dict[int, Answer],
        take: Callable[[], tuple[list[_Call], list[Broadcast]]],
        heard: Callable[[str, str], list[Heard]],
    ) -> None:
        self._connection, self._woken = connection, woken
        self._waiting, self._take, self._heard = waiting, take, heard
        self._asked: set[Broadcast] = set()
        self._serials = itertools.count(1 << 16)  # the connection counts for itself from 1

    def serve(self) -> None:
        with selectors.DefaultSelector() as ready:
            ready.register(self._connection.sock, selectors.EVENT_READ)
            ready.register(self._woken, selectors.EVENT_READ)
            is_open = True
            while is_open:
                for key, _ in ready.select():
                    if key.fileobj is self._woken:
                        is_open = bool(self._woken.recv(4096))
                        self._send()
                    else:
                        self._receive()

    def _send(self) -> None:
        calls, broadcasts = self._take()
        for broadcast in broadcasts:
            if broadcast not in self._asked:
                self._asked.add(broadcast)
                self._connection.send(message_bus.AddMatch(broadcast.rule))
        for call in calls:
            serial = next(self._serials)
            self._waiting[serial] = call.answer
            self._connection.send(call.message, serial=serial)

    def _receive(self) -> None:
        """Take every message that is there; what the parser holds is not seen by a selector."""
        while True:
            try:
                message = self._connection.receive(timeout=0)
            except TimeoutError:
                return
            self._dispatch(message)

    def _dispatch(self, message: Message) -> None:
        fields = message.header.fields
        match message.header.message_type:
            case MessageType.signal if HeaderFields.destination not in fields:
                interface, member = fields[HeaderFields.interface], fields[HeaderFields.member]
                for heard in self._heard(interface, member):
                    heard(message.body, fields[HeaderFields.path])
            case MessageType.method_return if self._is_awaited(message):
                self._waiting.pop(fields[HeaderFields.reply_serial])(message.body)
            case MessageType.error if self._is_awaited(message):
                _log.info("%s: %s", fields.get(HeaderFields.error_name), message.body[:1])
                self._waiting.pop(fields[HeaderFields.reply_serial])(None)
            case _:
                # Signals that somebody sent to us alone are not the service's own word.
                _drop(message)

    def _is_awaited(self, message: Message) -> bool:
        return message.header.fields.get(HeaderFields.reply_serial) in self._waiting


def _drop(message: Message) -> None:
    for value in message.body:
        if isinstance(value, FileDescriptor):
            value.close()


def session_bus() -> HostBus:
    """The bus of the person's session (D-Bus specification, "Well-known Message Bus Instances").

    systemd's user bus stands in where no variable names one.
    """
    address = os.environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    socket_file = Path(os.environ.get("XDG_RUNTIME_DIR", "")) / "bus"
    if not address and socket_file.is_absolute() and socket_file.is_socket():
        address = f"unix:path={socket_file}"
    return HostBus("session", address)


def system_bus() -> HostBus:
    """The computer's own bus."""
    address = os.environ.get("DBUS_SYSTEM_BUS_ADDRESS", "")
    return HostBus("system", address or "unix:path=/run/dbus/system_bus_socket")
