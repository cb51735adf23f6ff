"""A private message bus, and the desktop's services on it as far as a test wants them."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from jeepney import (
    DBusAddress,
    HeaderFields,
    MatchRule,
    Message,
    MessageType,
    message_bus,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import unwrap_msg

LOGIN1 = "org.freedesktop.login1"
SCREEN_SAVER = "org.freedesktop.ScreenSaver"
PORTAL = "org.freedesktop.portal.Desktop"
GNOME_SAVER = "org.gnome.ScreenSaver"
OWN_SESSION = "/org/freedesktop/login1/session/_31"
_REQUEST = "/org/freedesktop/portal/desktop/request/1_5/t"

# No service is started by the bus: what answers is what the test has put there.
_CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow send_type="signal"/>
<allow eavesdrop="false"/><allow own="*"/></policy></busconfig>
"""


@contextmanager
def private_bus() -> Iterator[str]:
    """Run a bus until the end of the block; yields its address."""
    folder = Path(tempfile.mkdtemp(prefix="dvm-bus-"))
    configuration = folder / "bus.conf"
    configuration.write_text(_CONFIGURATION.format(path=folder / "bus"))
    daemon = subprocess.Popen(
        ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--print-address"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert daemon.stdout is not None
        address = daemon.stdout.readline().strip()
        assert address, "the bus did not start"
        yield address
    finally:
        daemon.terminate()
        daemon.wait(5)
        daemon.stdout.close()
        shutil.rmtree(folder)


class FakeDesktop:
    """Owns names on a bus and does what the real services do; see `holding`.

    Attributes:
        called: every method that was called, as "interface.member".
        arguments: of the last call of each member.
        refuses: names of members that answer with an error.
        waits: while set, nothing is answered.
    """

    def __init__(self, address: str, *names: str) -> None:
        self.called: list[str] = []
        self.arguments: dict[str, tuple[Any, ...]] = {}
        self.refuses: set[str] = set()
        self.waits = False
        self._held_back: list[Message] = []
        self._pipes: list[int] = []
        self._cookies: dict[int, str] = {}  # and who has it
        self._requests: dict[str, str] = {}
        self._lock = threading.RLock()
        self._connection = open_dbus_connection(address, enable_fds=True)
        gone = MatchRule(type="signal", interface="org.freedesktop.DBus", member="NameOwnerChanged")
        for question in (*map(message_bus.RequestName, names), message_bus.AddMatch(gone)):
            unwrap_msg(self._connection.send_and_get_reply(question, timeout=5))
        self._stop_reader, self._stop_writer = os.pipe()
        self._thread = threading.Thread(target=self._serve, name="fake desktop")
        self._thread.start()

    def holding(self) -> list[str]:
        """What is held off now, each with a word: "sleep", "screen", "portal"."""
        with self._lock:
            sleepers = ["sleep" for pipe in self._pipes if not _is_hung_up(pipe)]
            return sleepers + ["screen"] * len(self._cookies) + ["portal"] * len(self._requests)

    def emit(self, path: str, interface: str, member: str, *body: object, to: str = "") -> None:
        """Send a signal; its values are strings and booleans."""
        signature = "".join("b" if isinstance(value, bool) else "s" for value in body)
        message = new_signal(DBusAddress(path, interface=interface), member, signature, body)
        if to:
            message.header.fields[HeaderFields.destination] = to
        with self._lock:
            self._connection.send(message)

    def answer(self) -> None:
        """Answer what was held back."""
        with self._lock:
            self.waits = False
            held_back, self._held_back = self._held_back, []
            for message in held_back:
                self._answer(message)

    def clients(self) -> list[str]:
        """Unique names of whoever is on the bus beside us."""
        with contextlib.closing(self._another()) as asking:
            reply = asking.send_and_get_reply(message_bus.ListNames(), timeout=5)
            ours = {asking.unique_name, self._connection.unique_name}
            return [name for name in reply.body[0] if name.startswith(":") and name not in ours]

    def stop(self) -> None:
        os.close(self._stop_writer)
        self._thread.join(5)
        os.close(self._stop_reader)
        self._connection.close()
        for pipe in self._pipes:
            os.close(pipe)

    def _another(self) -> Any:
        path, _ = self._connection.sock.getpeername(), None
        return open_dbus_connection(f"unix:path={path}")

    def _serve(self) -> None:
        poll = select.poll()
        poll.register(self._stop_reader)
        poll.register(self._connection.sock, select.POLLIN)
        while self._stop_reader not in (ready := dict(poll.poll())):
            assert ready
            with self._lock:
                self._read()

    def _read(self) -> None:
        while True:
            try:
                message = self._connection.receive(timeout=0)
            except TimeoutError:
                return
            except ConnectionResetError:
                return
            if message.header.message_type is MessageType.method_call:
                self._called(message)
            elif message.header.fields.get(HeaderFields.member) == "NameOwnerChanged":
                self._forget(message.body)

    def _called(self, message: Message) -> None:
        fields = message.header.fields
        member = fields[HeaderFields.member]
        self.called.append(f"{fields[HeaderFields.interface]}.{member}")
        self.arguments[member] = message.body
        if self.waits:
            self._held_back.append(message)
        else:
            self._answer(message)

    def _answer(self, message: Message) -> None:
        fields = message.header.fields
        name = f"{fields[HeaderFields.interface]}.{fields[HeaderFields.member]}"
        if name in self.refuses:
            self._connection.send(new_error(message, "org.freedesktop.DBus.Error.AccessDenied"))
            return
        sender, reply = fields[HeaderFields.sender], _REPLIES.get(name, FakeDesktop._unknown)
        reply(self, message, sender)

    def _login_inhibit(self, message: Message, _sender: str) -> None:
        reader, writer = os.pipe()
        self._pipes.append(reader)
        self._connection.send(new_method_return(message, "h", (writer,)))
        os.close(writer)

    def _get_session(self, message: Message, _sender: str) -> None:
        self._connection.send(new_method_return(message, "o", (OWN_SESSION,)))

    def _saver_inhibit(self, message: Message, sender: str) -> None:
        cookie = len(self.called) + 100
        self._cookies[cookie] = sender
        self._connection.send(new_method_return(message, "u", (cookie,)))

    def _saver_uninhibit(self, message: Message, _sender: str) -> None:
        del self._cookies[message.body[0]]
        self._connection.send(new_method_return(message))

    def _portal_inhibit(self, message: Message, sender: str) -> None:
        self._requests[_REQUEST] = sender
        self._connection.send(new_method_return(message, "o", (_REQUEST,)))

    def _portal_close(self, message: Message, _sender: str) -> None:
        del self._requests[message.header.fields[HeaderFields.path]]
        self._connection.send(new_method_return(message))

    def _unknown(self, message: Message, _sender: str) -> None:
        self._connection.send(new_error(message, "org.freedesktop.DBus.Error.UnknownMethod"))

    def _forget(self, body: tuple[str, str, str]) -> None:
        name, _, new = body
        if not new:
            self._cookies = {c: who for c, who in self._cookies.items() if who != name}
            self._requests = {r: who for r, who in self._requests.items() if who != name}


_REPLIES: dict[str, Callable[[FakeDesktop, Message, str], None]] = {
    f"{LOGIN1}.Manager.Inhibit": FakeDesktop._login_inhibit,
    f"{LOGIN1}.Manager.GetSession": FakeDesktop._get_session,
    f"{SCREEN_SAVER}.Inhibit": FakeDesktop._saver_inhibit,
    f"{SCREEN_SAVER}.UnInhibit": FakeDesktop._saver_uninhibit,
    "org.freedesktop.portal.Inhibit.Inhibit": FakeDesktop._portal_inhibit,
    "org.freedesktop.portal.Request.Close": FakeDesktop._portal_close,
}


def _is_hung_up(pipe: int) -> bool:
    """Whether nobody has the other end any more; that is how login1 knows."""
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    return any(event & select.POLLHUP for _, event in poll.poll(0))


@pytest.fixture
def bus_address() -> Iterator[str]:
    """A private bus for this test alone; its address. Sets no variable."""
    if shutil.which("dbus-daemon") is None:
        pytest.skip("no dbus-daemon (packaging/bootstrap.sh installs it for tests)")
    with private_bus() as address:
        yield address


@pytest.fixture
def fake_desktop(bus_address: str) -> Iterator[Callable[..., FakeDesktop]]:
    """Makes services on `bus_address`; they end with the test."""
    made: list[FakeDesktop] = []

    def make(*names: str) -> FakeDesktop:
        made.append(FakeDesktop(bus_address, *names))
        return made[-1]

    yield make
    for desktop in made:
        desktop.stop()
