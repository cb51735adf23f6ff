"""QEMU's side of the display over D-Bus, in a thread; it lies when the test wants it to.

Its messages are made and read by jeepney, which knows nothing of our own marshalling.
"""

from __future__ import annotations

import array
import os
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

from jeepney.fds import FileDescriptor
from jeepney.low_level import HeaderFields, Message, MessageType, Parser
from jeepney.wrappers import (
    DBusAddress,
    new_error,
    new_method_call,
    new_method_return,
    new_signal,
)

LISTENER = "org.qemu.Display1.Listener"
MAP = "org.qemu.Display1.Listener.Unix.Map"
PEER = "org.freedesktop.DBus.Peer"
PROPERTIES = "org.freedesktop.DBus.Properties"
MOUSE, KEYBOARD = "org.qemu.Display1.Mouse", "org.qemu.Display1.Keyboard"
CONSOLE = "org.qemu.Display1.Console"
XRGB = 0x20020888
_PATIENCE_S = 5.0


class Peer:
    """One connection: our client introduced itself, then both may call."""

    def __init__(self, sock: socket.socket, handle: Callable[[Peer, Message], None]) -> None:
        self._sock, self._handle = sock, handle
        self._parser, self._serial = Parser(), 0
        self._answers: dict[int, Message] = {}
        self._news = threading.Condition()
        self._ended = False
        self.deaf = False  # it reads no more
        self._thread = threading.Thread(target=self._run, name="fake engine", daemon=True)

    def accept(self) -> None:
        """Agree with the client's introduction, as GDBus does."""
        self._sock.settimeout(_PATIENCE_S)
        for answer in (b"OK 0123456789abcdef0123456789abcdef\r\n", b"AGREE_UNIX_FD\r\n", b""):
            self._read_line()
            self._sock.sendall(answer)
        self._sock.settimeout(None)
        self._thread.start()

    def send(self, message: Message) -> int:
        """Send it; its number."""
        self._serial += 1
        fds = array.array("i")
        self.send_raw(message.serialise(self._serial, fds), fds)
        return self._serial

    def send_raw(self, data: bytes, fds: Sequence[int] = ()) -> None:
        """Send these bytes, whatever they are."""
        with suppress(BrokenPipeError, ConnectionResetError):
            sent = socket.send_fds(self._sock, [data], fds) if fds else 0
            self._sock.sendall(data[sent:])

    def ask(
        self,
        member: str,
        signature: str = "",
        body: tuple[object, ...] = (),
        *,
        interface: str = LISTENER,
    ) -> Message:
        """Call, and wait for the answer as newer QEMUs do."""
        place = DBusAddress("/org/qemu/Display1/Listener", "bus.none", interface)
        message = new_method_call(place, member, signature or None, body)
        del message.header.fields[HeaderFields.destination]  # there is no bus
        serial = self.send(message)
        with self._news:
            there = self._news.wait_for(lambda: serial in self._answers or self._ended, _PATIENCE_S)
            assert there, f"no answer to {member}"
            if serial not in self._answers:
                raise EOFError
            return self._answers.pop(serial)

    def hang_up(self) -> None:
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.hang_up()
        if self._thread.ident is not None:
            self._thread.join(_PATIENCE_S)
            assert not self._thread.is_alive()
        self._sock.close()

    @property
    def ended(self) -> bool:
        return self._ended

    def _read_line(self) -> bytes:
        line = b""
        while not line.endswith(b"\r\n"):
            byte = self._sock.recv(1)
            assert byte, line
            line += byte
        return line

    def _run(self) -> None:
        with suppress(OSError):
            while (data := socket.recv_fds(self._sock, self._parser.bytes_desired(), 4))[0]:
                self._parser.add_data(data[0], [FileDescriptor(fd) for fd in data[1]])
                while (message := self._parser.get_next_message()) is not None:
                    self._heard(message)
                if self.deaf:
                    return
        with self._news:
            self._ended = True
            self._news.notify_all()

    def _heard(self, message: Message) -> None:
        kind = message.header.message_type
        if kind in {MessageType.method_return, MessageType.error}:
            with self._news:
                self._answers[message.header.fields[HeaderFields.reply_serial]] = message
                self._news.notify_all()
        else:
            self._handle(self, message)


class FakeDbusEngine:
    """An engine with one console.

    Attributes:
        silent: it answers no call.
        refuses: members that it refuses.
        wishes: sizes that it was asked for.
    """

    def __init__(self) -> None:
        self.silent = False
        self.refuses: set[str] = set()
        self.wishes: list[tuple[int, int]] = []
        self.values = {
            (MOUSE, "IsAbsolute"): ("b", False),
            (KEYBOARD, "Modifiers"): ("u", 0),
            (CONSOLE, "Width"): ("u", 0),
            (CONSOLE, "Height"): ("u", 0),
        }
        self.paths: set[str] = set()
        self._peers: list[Peer] = []
        self._listeners: list[Peer] = []
        self._refused: list[FileDescriptor] = []
        self._registered = threading.Condition()
        self._starter: threading.Thread | None = None

    def start(self) -> socket.socket:
        """Serve one client; its end."""
        ours, theirs = socket.socketpair()
        control = Peer(ours, self._called)
        self._peers.append(control)
        self._starter = threading.Thread(target=self._accept, args=(control,), daemon=True)
        self._starter.start()
        return theirs

    @property
    def control(self) -> Peer:
        return self._peers[0]

    def listener(self, number: int = 1) -> Peer:
        """The listener that was registered as the `number`-th one."""
        with self._registered:
            there = self._registered.wait_for(lambda: len(self._listeners) >= number, _PATIENCE_S)
            assert there, "nobody has registered"
            return self._listeners[number - 1]

    def change(
        self, interface: str, name: str, value: tuple[str, object], *, path: str = ""
    ) -> None:
        """Change a property of the console that was asked for, or of another, and tell."""
        self.values[interface, name] = value
        path = path or next(iter(self.paths))
        place = DBusAddress(path, interface=PROPERTIES)
        body = (interface, {name: value}, [])
        self.control.send(new_signal(place, "PropertiesChanged", "sa{sv}as", body))

    def stop(self) -> None:
        if self._starter is not None:
            for peer in self._peers:
                peer.hang_up()
            self._starter.join(_PATIENCE_S)
        for peer in self._peers:
            peer.close()
        for peer in self._listeners:  # there are no more of them from here on
            peer.close()
        for descriptor in self._refused:
            descriptor.close()

    def _accept(self, control: Peer) -> None:
        with suppress(OSError, AssertionError):
            if not self.silent:
                control.accept()

    def _called(self, peer: Peer, message: Message) -> None:
        fields = message.header.fields
        member = fields[HeaderFields.member]
        self.paths.add(fields[HeaderFields.path])
        if member in self.refuses:
            self._refused += [value for value in message.body if isinstance(value, FileDescriptor)]
            peer.send(new_error(message, "org.qemu.Display1.Error.Unsupported", "s", ("no",)))
        elif member == "RegisterListener":
            self._register(peer, message)
        elif member == "Get":
            peer.send(new_method_return(message, "v", (self.values[message.body],)))
        else:
            assert member == "SetUIInfo", member
            self.wishes.append(message.body[4:])
            peer.send(new_method_return(message))

    def _register(self, peer: Peer, message: Message) -> None:
        made = Peer(message.body[0].to_socket(), self._listener_called)
        with suppress(OSError, AssertionError):  # the client may have gone again
            peer.send(new_method_return(message))
            made.accept()
        with self._registered:
            self._listeners.append(made)
            self._registered.notify_all()

    @staticmethod
    def _listener_called(_peer: Peer, message: Message) -> None:
        raise AssertionError(f"a listener calls nobody: {message}")


def scanout(peer: Peer, w: int, h: int, pixels: bytes) -> None:
    """A whole picture as a copy."""
    reply = peer.ask("Scanout", "uuuuay", (w, h, w * 4, XRGB, pixels))
    assert reply.header.message_type is MessageType.method_return


def memory(data: bytes) -> int:
    """Memory to share, as QEMU makes it: nothing keeps anybody from making it smaller."""
    fd = os.memfd_create("picture")
    os.write(fd, data)
    return fd
