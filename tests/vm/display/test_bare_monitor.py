"""A monitor that is asked for the picture, and then taken for keys."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from app.errors import ConnectionLostError, EngineError
from app.vm.display.bare_monitor import BareMonitor
from app.vm.display.qmp_input import QmpInput
from app.vm.engine import DisplayKind
from tests.helpers.waiting import eventually_sync
from tests.vm.display.qemu import Machine

GREETING = {"QMP": {"version": {}, "capabilities": []}}


class Scripted:
    """The other end: greets, and answers each command by what the test says."""

    def __init__(self, answer: Callable[[str], object], greeting: bytes | None = None) -> None:
        self.ours, self._theirs = socket.socketpair()
        self._answer = answer
        self._greeting = greeting if greeting is not None else _line(GREETING)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> None:
        self.ours.close()
        self._thread.join()

    def _run(self) -> None:
        with self._theirs, self._theirs.makefile("rb") as lines:
            try:
                self._theirs.sendall(self._greeting)
                for line in lines:
                    command = json.loads(line)["execute"]
                    self._theirs.sendall(_line({"event": "RESUME"}) + _line(self._answer(command)))
            except OSError:
                return  # the test has hung up


def _line(message: object) -> bytes:
    return json.dumps(message).encode() + b"\n"


def done(_command: str) -> object:
    return {"return": {}}


@pytest.fixture
def script() -> Iterator[Callable[..., BareMonitor]]:
    made: list[Scripted] = []

    def begin(answer: Callable[[str], object] = done, greeting: bytes | None = None) -> BareMonitor:
        made.append(Scripted(answer, greeting))
        return BareMonitor(made[-1].ours)

    yield begin
    for one in made:
        one.stop()


def test_events_in_between_are_passed_over(script) -> None:
    monitor = script(lambda command: {"return": command})
    monitor.greet()
    assert monitor.execute("query-status") == "query-status"


def test_a_refusal_is_an_error_of_the_engine(script) -> None:
    refused = {"error": {"class": "GenericError", "desc": "no"}}
    monitor = script(lambda command: refused if command == "stop" else {"return": {}})
    monitor.greet()
    with pytest.raises(EngineError):
        monitor.execute("stop")


@pytest.mark.parametrize(
    "greeting", [b"", b"RFB 003.008\n", b"[]\n", b"{}\n", b"[" * 100_000 + b"\n"]
)
def test_what_is_no_monitor_is_said_to_be_none(script, greeting) -> None:
    monitor = script(greeting=greeting)
    if not greeting:
        monitor._sock.shutdown(socket.SHUT_RDWR)
    with pytest.raises(ConnectionLostError, match="No QEMU monitor answers there"):
        monitor.greet()


def test_an_engine_that_shows_its_picture_to_nobody_says_what_it_needs(script) -> None:
    def answer(command: str) -> object:
        if command == "add_client":
            return {"error": {"class": "GenericError", "desc": "no"}}
        return {"return": {"enabled": False}}

    monitor = script(answer)
    monitor.greet()
    with pytest.raises(EngineError) as caught:
        monitor.find_display()
    assert "-display dbus,p2p=on" in caught.value.remedy


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "kind"),
    [(("-display", "dbus,p2p=on"), DisplayKind.DBUS), ((), DisplayKind.VNC)],
)
def test_a_real_engine_gives_its_best_way_and_then_takes_keys(own_folders, options, kind) -> None:
    machine = Machine(own_folders, *options)
    try:
        machine.execute("cont")
        eventually_sync(lambda: machine.typed() is not None, timeout_s=20)
        monitor = BareMonitor(machine.input)
        monitor.greet()
        link = monitor.find_display()
        link.sock.close()
        assert link.kind is kind
        typed = QmpInput(monitor.release(), lambda: None, negotiated=True)
        for down in (True, False):
            typed.key(0x2D, down=down)
        eventually_sync(lambda: machine.typed() == "x", timeout_s=20)
        typed.close()
    finally:
        machine.stop()
