"""Input against a fake monitor and against QEMU."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from app.vm.display import qmp_input
from app.vm.display.keymap import Key, from_evdev
from app.vm.display.qmp_input import QmpInput
from app.vm.display.rfb.connection import RfbDisplay
from app.vm.display.seam import Button
from tests.fakes.qmp_monitor import FakeMonitor
from tests.helpers.waiting import eventually_sync
from tests.vm.display.qemu import Machine
from tests.vm.display.watcher import Watcher

SET_1 = dict(zip("qwertyuiop", range(0x10, 0x1A), strict=True))


@pytest.fixture
def monitor() -> Iterator[FakeMonitor]:
    fake = FakeMonitor()
    yield fake
    fake.stop()
    assert not [t for t in threading.enumerate() if t.name == "input"]


def nothing() -> None:
    """For tests that do not count what was sent."""


def key(number: int, *, down: bool) -> dict[str, object]:
    return {"type": "key", "data": {"down": down, "key": {"type": "number", "data": number}}}


def press(inputs: QmpInput, number: int) -> None:
    inputs.key(number, down=True)
    inputs.key(number, down=False)


def test_what_is_done_before_the_greeting_is_sent_after_it(monitor):
    inputs = QmpInput(monitor.client, nothing)
    press(inputs, 30)
    monitor.wait_for(lambda: len(monitor.events) == 2)
    assert monitor.events == [key(30, down=True), key(30, down=False)]
    inputs.close()


def test_buttons_motion_and_both_wheels_are_spelled_as_in_the_schema(monitor):
    inputs = QmpInput(monitor.client, nothing)
    inputs.button(Button.SIDE, down=True)
    inputs.move_to(1.5, -1.0)
    inputs.button(Button.SIDE, down=False)
    inputs.move_by(-3, 4)
    inputs.wheel(-1, 2)
    monitor.wait_for(lambda: len(monitor.commands) == 5)
    inputs.close()

    def button(name: str, *, down: bool) -> dict[str, object]:
        return {"type": "btn", "data": {"down": down, "button": name}}

    def axis(kind: str, name: str, value: int) -> dict[str, object]:
        return {"type": kind, "data": {"axis": name, "value": value}}

    left = [button("wheel-left", down=down) for down in (True, False)]
    up = [button("wheel-up", down=down) for down in (True, False)]
    assert [c["arguments"]["events"] for c in monitor.commands] == [
        [button("side", down=True)],
        [axis("abs", "x", 32767), axis("abs", "y", 0)],
        [button("side", down=False)],
        [axis("rel", "x", -3), axis("rel", "y", 4)],
        [*left, *up, *up],
    ]
    assert {c["execute"] for c in monitor.commands} == {"input-send-event"}


def test_nothing_is_sent_for_no_motion_and_no_notch(monitor):
    inputs = QmpInput(monitor.client, nothing)
    inputs.move_by(0, 0)
    inputs.wheel(0, 0)
    inputs.close()
    assert monitor.commands == []


def test_the_last_of_many_positions_arrives_and_most_do_not(monitor):
    inputs = QmpInput(monitor.client, nothing)
    for step in range(1001):
        inputs.move_to(step / 1000, 0.0)
    monitor.wait_for(lambda: monitor.events and monitor.events[-2]["data"]["value"] == 32767)
    assert len(monitor.commands) < 50
    inputs.close()


def test_the_display_is_told_after_each_writing(monitor):
    sent = threading.Semaphore(0)
    inputs = QmpInput(monitor.client, sent.release)
    press(inputs, 30)
    monitor.wait_for(lambda: len(monitor.events) == 2)
    assert sent.acquire(timeout=5)
    inputs.close()


def test_a_monitor_that_does_not_answer_gets_sixteen_commands_and_the_window_goes_on(monitor):
    inputs = QmpInput(monitor.client, nothing)
    press(inputs, 1)
    monitor.wait_for(lambda: len(monitor.events) == 2)
    monitor.freeze()
    begin = time.monotonic()
    for number in range(5000):
        inputs.key(number % 100 + 1, down=True)
        inputs.move_to(number / 5000, 0.5)
        inputs.key(number % 100 + 1, down=False)
    assert time.monotonic() - begin < 5
    monitor.wait_for(lambda: len(monitor.commands) == 18)
    monitor.thaw()
    down = set()
    eventually_sync(lambda: not inputs._queue and not inputs._unanswered)
    for event in monitor.events:
        if event["type"] == "key":
            number = event["data"]["key"]["data"]
            (down.add if event["data"]["down"] else down.discard)(number)
    assert down == set()
    assert len(monitor.commands) < 1000
    inputs.close()


def test_closing_waits_until_the_releases_have_been_carried_out(monitor):
    inputs = QmpInput(monitor.client, nothing)
    press(inputs, 1)
    monitor.wait_for(lambda: len(monitor.events) == 2)
    for number in range(1, 101):
        inputs.key(number, down=False)
    inputs.close()
    assert [event["data"]["key"]["data"] for event in monitor.events[2:]] == list(range(1, 101))


def test_closing_gives_a_dead_monitor_a_quarter_of_a_second(monitor):
    inputs = QmpInput(monitor.client, nothing)
    press(inputs, 1)
    monitor.wait_for(lambda: len(monitor.events) == 2)
    monitor.freeze()
    press(inputs, 1)
    begin = time.monotonic()
    inputs.close()
    inputs.close()
    assert 0.2 < time.monotonic() - begin < 2
    press(inputs, 1)  # nobody listens any more


def test_a_monitor_that_is_silent_for_long_is_told_once_until_it_answers(monitor, monkeypatch):
    monkeypatch.setattr(qmp_input, "SILENT_S", 0.1)
    told: list[int] = []
    inputs = QmpInput(monitor.client, nothing, on_silent=lambda: told.append(1))
    press(inputs, 1)
    monitor.wait_for(lambda: len(monitor.events) == 2)
    monitor.freeze()
    press(inputs, 2)
    eventually_sync(lambda: told)
    press(inputs, 3)
    monitor.wait_for(lambda: len(monitor.events) == 6)
    assert not threading.Event().wait(0.3)
    assert told == [1]
    monitor.thaw()
    eventually_sync(inputs._is_idle)
    monitor.freeze()
    press(inputs, 4)
    eventually_sync(lambda: len(told) == 2)
    monitor.thaw()
    inputs.close()


def test_a_monitor_that_answers_is_never_silent(monitor, monkeypatch):
    monkeypatch.setattr(qmp_input, "SILENT_S", 0.15)
    told: list[int] = []
    inputs = QmpInput(monitor.client, nothing, on_silent=lambda: told.append(1))
    for number in range(1, 6):
        press(inputs, number)
        eventually_sync(inputs._is_idle)
        assert not threading.Event().wait(0.08)
    assert told == []
    inputs.close()


def test_a_lost_monitor_is_told_once_in_a_sentence(monitor):
    said: list[str] = []
    inputs = QmpInput(monitor.client, nothing, on_closed=said.append)
    assert inputs.closed is None
    monitor.hang_up()
    eventually_sync(lambda: said)
    assert said == ["The engine ended the input monitor's connection."]
    assert inputs.closed == said[0]
    press(inputs, 1)
    inputs.close()
    assert len(said) == 1


def test_one_may_close_it_when_it_is_told_of_the_loss(monitor):
    made: list[QmpInput] = []
    inputs = QmpInput(monitor.client, nothing, on_closed=lambda _: made[0].close())
    made.append(inputs)
    monitor.hang_up()
    eventually_sync(lambda: inputs.closed)
    inputs.close()


def test_our_own_close_is_not_told(monitor):
    said: list[str] = []
    QmpInput(monitor.client, nothing, on_closed=said.append).close()
    assert said == []


@pytest.mark.parametrize(
    "line",
    [b"no json\n", b"[1]\n", b"[" * 100_000 + b"\n", b"\xff\xfe\n", b'{"error": {"class": "X"}}\n'],
)
def test_nonsense_ends_the_connection_with_a_sentence(line):
    monitor = FakeMonitor(greets=False)
    inputs = QmpInput(monitor.client, nothing)
    monitor.say(line)
    eventually_sync(lambda: inputs.closed)
    assert inputs.closed.startswith("The input monitor sent something that makes no sense: ")
    inputs.close()
    monitor.stop()


def test_a_line_without_end_is_refused_before_it_fills_the_memory():
    monitor = FakeMonitor(greets=False)
    inputs = QmpInput(monitor.client, nothing)
    endless = b"x" * 64 * 1024 * 1024
    with pytest.raises(OSError, match=r"Broken pipe|reset"):
        monitor.say(endless)
    eventually_sync(lambda: inputs.closed)
    assert "a line without end" in inputs.closed
    assert len(inputs._lines) < 2 * 1024 * 1024
    inputs.close()
    monitor.stop()


def test_a_monitor_that_is_taken_already_is_given_up(monkeypatch):
    monkeypatch.setattr("app.vm.display.qmp_input._GREETING_S", 0.05)
    monitor = FakeMonitor(greets=False)
    inputs = QmpInput(monitor.client, nothing)
    eventually_sync(lambda: inputs.closed)
    assert inputs.closed.startswith("The input monitor did not answer")
    inputs.close()
    monitor.stop()


def test_a_refused_input_is_noted_and_the_rest_goes_on(monitor, caplog):
    monitor.error = {"class": "GenericError", "desc": "no handler"}
    inputs = QmpInput(monitor.client, nothing)
    with caplog.at_level(logging.INFO):
        press(inputs, 1)
        monitor.wait_for(lambda: len(monitor.events) == 2)
        inputs.close()
    assert caplog.text.count("no handler") == 1


def test_events_and_empty_lines_of_the_monitor_are_passed_over(monitor):
    inputs = QmpInput(monitor.client, nothing)
    press(inputs, 1)
    monitor.wait_for(lambda: len(monitor.events) == 2)
    monitor.say(b'\r\n{"event": "RTC_CHANGE", "data": {}}\r\n\r\n')
    press(inputs, 2)
    monitor.wait_for(lambda: len(monitor.events) == 4)
    inputs.close()
    assert inputs.closed == "The input monitor was closed."


# QEMU.


@pytest.fixture
def machine(own_folders) -> Iterator[Machine]:
    made = Machine(own_folders)
    made.execute("cont")
    eventually_sync(lambda: made.typed() is not None, timeout_s=20)
    yield made
    made.stop()


def test_what_is_typed_arrives_once_and_in_order(machine):
    inputs = QmpInput(machine.input.dup(), nothing)
    for letter in "qwertyuiop" * 3:
        before = machine.typed()
        press(inputs, SET_1[letter])
        eventually_sync(lambda before=before: machine.typed() != before)
    assert machine.typed() == "qwertyuiop" * 3
    inputs.close()


def test_what_was_typed_just_before_the_close_arrives(machine):
    inputs = QmpInput(machine.input.dup(), nothing)
    for letter in "qwert":
        press(inputs, SET_1[letter])
    inputs.close()
    eventually_sync(lambda: machine.typed() == "qwert")


def test_the_engine_takes_every_kind_of_input(machine, caplog):
    inputs = QmpInput(machine.input.dup(), nothing)
    with caplog.at_level(logging.INFO):
        for code in range(1, 256):
            if (number := from_evdev(code)) is not None and number != 0xDE:  # not the power key
                press(inputs, number)
                eventually_sync(lambda: not inputs._unanswered)
        inputs.move_to(0.5, 0.5)
        for button in Button:
            inputs.button(button, down=True)
            inputs.button(button, down=False)
        inputs.move_by(3, 3)
        inputs.wheel(1, 1)
        inputs.wheel(-1, -1)
        inputs.close()
    assert "did not take" not in caplog.text
    assert not inputs._complained


def test_a_key_that_was_released_just_before_the_close_is_not_down(machine):
    inputs = QmpInput(machine.input.dup(), nothing)
    inputs.key(Key.LEFT_SHIFT, down=True)
    press(inputs, SET_1["q"])
    eventually_sync(lambda: machine.typed() == "Q")
    inputs.key(Key.LEFT_SHIFT, down=False)
    inputs.close()
    letter = {"type": "qcode", "data": "w"}
    for down in (True, False):
        event = {"type": "key", "data": {"down": down, "key": letter}}
        machine.execute("input-send-event", events=[event])
    eventually_sync(lambda: len(machine.typed()) == 2)
    assert machine.typed() == "Qw"


def test_a_key_is_seen_on_the_display(machine):
    display = RfbDisplay(machine.connect())
    seen = Watcher(display)
    inputs = QmpInput(machine.input.dup(), display.input_sent)
    seen.until(lambda: seen.framebuffer and seen.framebuffer.width_px == 720)
    before = bytes(seen.framebuffer.memory)
    press(inputs, SET_1["q"])
    seen.until(lambda: bytes(seen.framebuffer.memory) != before)
    inputs.close()
    display.close()


def test_the_sockets_are_closed_at_the_end(monitor):
    ours = monitor.client
    QmpInput(ours, nothing).close()
    assert ours.fileno() == -1
    with pytest.raises(OSError, match="descriptor"):
        ours.recv(1, socket.MSG_DONTWAIT)
