"""The display against an engine that plays by the rules, and against one that does not."""

from __future__ import annotations

import os
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from jeepney.low_level import MessageType

from app.vm.display.dbus.connection import DbusDisplay
from app.vm.display.seam import CursorShape, Leds, Rect
from tests.fakes.dbus_engine import (
    CONSOLE,
    KEYBOARD,
    LISTENER,
    MAP,
    MOUSE,
    PEER,
    PROPERTIES,
    XRGB,
    FakeDbusEngine,
    Peer,
    memory,
    scanout,
)
from tests.helpers.descriptors import open_descriptors
from tests.helpers.waiting import eventually_sync
from tests.vm.display.dbus.test_listener import call
from tests.vm.display.watcher import Watcher

WIDTH, HEIGHT = 64, 48


def pixels(w: int, h: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(w * h * 4)


WHOLE = pixels(WIDTH, HEIGHT)


@pytest.fixture
def engine() -> Iterator[FakeDbusEngine]:
    before = open_descriptors()
    made = FakeDbusEngine()
    yield made
    made.stop()
    assert open_descriptors() <= before


@pytest.fixture
def watch(engine: FakeDbusEngine) -> Iterator[Callable[..., Watcher]]:
    """Makes displays with their watchers and closes them."""
    made: list[Watcher] = []

    def make(head: int = 0) -> Watcher:
        made.append(Watcher(DbusDisplay(engine.start(), head=head)))
        return made[-1]

    yield make
    for watcher in made:
        watcher.display.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("display")]


def shown(engine: FakeDbusEngine, seen: Watcher) -> Peer:
    """The listener, which has its first picture."""
    peer = engine.listener()
    scanout(peer, WIDTH, HEIGHT, WHOLE)
    seen.until(lambda: seen.framebuffer)
    return peer


def share(peer: Peer, fd: int, *, offset: int = 0, stride: int = WIDTH * 4) -> MessageType:
    body = (fd, offset, WIDTH, HEIGHT, stride, XRGB)
    return peer.ask("ScanoutMap", "huuuuu", body, interface=MAP).header.message_type


def test_the_first_picture_comes_whole(engine, watch):
    seen = watch()
    shown(engine, seen)
    assert (seen.framebuffer.width_px, seen.framebuffer.height_px) == (WIDTH, HEIGHT)
    assert seen.rects == [Rect(0, 0, WIDTH, HEIGHT)]
    assert seen.framebuffer.memory == WHOLE


def test_the_head_that_was_asked_for_is_the_one_that_is_shown(engine, watch):
    seen = watch(head=2)
    shown(engine, seen)
    assert engine.paths == {"/org/qemu/Display1/Console_2"}


def test_a_part_is_told_as_a_part(engine, watch):
    seen = watch()
    peer = shown(engine, seen)
    seen.rects = []
    part = pixels(5, 3, seed=2)
    peer.ask("Update", "iiiiuuay", (7, 9, 5, 3, 20, XRGB, part))
    seen.until(lambda: seen.rects)
    assert seen.rects == [Rect(7, 9, 5, 3)]
    at = (9 * WIDTH + 7) * 4
    assert seen.framebuffer.memory[at : at + 20] == part[:20]


def test_the_same_size_again_is_no_new_memory(engine, watch):
    seen = watch()
    peer = shown(engine, seen)
    first, updates = seen.framebuffer, seen.updates
    scanout(peer, WIDTH, HEIGHT, pixels(WIDTH, HEIGHT, seed=2))
    seen.until(lambda: seen.updates > updates)
    assert seen.framebuffer is first


def test_another_size_is_told_with_its_pixels(engine, watch):
    seen = watch()
    peer = shown(engine, seen)
    first = seen.framebuffer
    scanout(peer, HEIGHT, WIDTH, WHOLE)
    seen.until(lambda: seen.framebuffer is not first)
    assert seen.framebuffer.generation == first.generation + 1
    assert seen.framebuffer.memory == WHOLE
    assert sum(rect.w * rect.h for rect in seen.rects) == WIDTH * HEIGHT


def test_a_part_outside_of_the_picture_makes_it_come_anew(engine, watch):
    seen = watch()
    peer = shown(engine, seen)
    with suppress(EOFError):  # the display may be gone from there already
        peer.ask("Update", "iiiiuuay", (0, HEIGHT, 5, 3, 20, XRGB, pixels(5, 3)))
    scanout(engine.listener(2), WIDTH, HEIGHT + 3, pixels(WIDTH, HEIGHT + 3))
    seen.until(lambda: seen.framebuffer.height_px == HEIGHT + 3)
    assert seen.closed is None


def test_shared_memory_is_copied_and_its_changes_too(engine, watch):
    seen = watch()
    fd = memory(WHOLE)
    peer = engine.listener()
    assert share(peer, fd) is MessageType.method_return
    seen.until(lambda: seen.framebuffer)
    assert seen.framebuffer.memory == WHOLE
    seen.rects = []
    row = pixels(WIDTH, 1, seed=5)
    os.pwrite(fd, row, 3 * WIDTH * 4)
    peer.ask("UpdateMap", "iiii", (0, 3, WIDTH, 1), interface=MAP)
    seen.until(lambda: seen.rects)
    os.close(fd)
    assert seen.rects == [Rect(0, 3, WIDTH, 1)]
    assert seen.framebuffer.memory[3 * WIDTH * 4 :][: WIDTH * 4] == row


def test_a_hundred_memories_leave_no_descriptor(engine, watch):
    seen = watch()
    peer = shown(engine, seen)
    fd, other = memory(WHOLE), memory(pixels(WIDTH, HEIGHT, seed=8))
    share(peer, fd)
    peer.ask("Ping", interface=PEER)  # by its answer all that came before is done
    before = open_descriptors()
    for number in range(100):
        share(peer, other if number % 2 else fd)
    peer.ask("Ping", interface=PEER)
    assert open_descriptors() <= before
    os.close(fd)
    os.close(other)


def test_an_answer_comes_while_nobody_takes_anything(engine):
    display = DbusDisplay(engine.start())
    display.start(lambda: None)
    peer = engine.listener()
    begin = time.monotonic()
    for _ in range(50):
        scanout(peer, WIDTH, HEIGHT, WHOLE)
    assert time.monotonic() - begin < 2
    assert len(display.take().rects) == 1
    display.close()


@pytest.mark.parametrize("cut", [1, WIDTH * HEIGHT * 4])
def test_memory_smaller_than_its_picture_ends_the_display_not_the_program(engine, watch, cut):
    seen = watch()
    peer = shown(engine, seen)
    fd = memory(WHOLE[:-cut])
    share(peer, fd)
    seen.until(lambda: seen.closed)
    assert "smaller" in seen.closed
    os.close(fd)


def test_memory_that_is_cut_off_ends_the_display_not_the_program(engine, watch):
    seen = watch()
    fd = memory(WHOLE)
    peer = engine.listener()
    share(peer, fd)
    seen.until(lambda: seen.framebuffer)
    os.ftruncate(fd, 0)
    peer.ask("UpdateMap", "iiii", (0, 0, 9, 9), interface=MAP)
    seen.until(lambda: seen.closed)
    assert "smaller" in seen.closed
    assert seen.framebuffer.memory == WHOLE
    os.close(fd)


def test_a_pipe_instead_of_memory_is_not_waited_for(engine, watch):
    seen = watch()
    reading, writing = os.pipe()
    share(engine.listener(), reading)
    os.close(reading)
    seen.until(lambda: seen.closed)
    os.close(writing)
    assert "not in memory" in seen.closed


@pytest.mark.parametrize("stride", [0, WIDTH * 4 - 4, 0xFFFFFFFC, 0x80000000])
def test_rows_that_overflow_are_refused(engine, watch, stride):
    seen = watch()
    peer = engine.listener()
    fd = memory(WHOLE)
    with suppress(EOFError):
        share(peer, fd, stride=stride)
    os.close(fd)
    seen.until(lambda: seen.closed)
    assert f"rows of {stride} bytes" in seen.closed


def test_more_descriptors_than_messages_end_the_display(engine, watch):
    seen = watch()
    peer = engine.listener()
    fds = [memory(b"x") for _ in range(9)]
    peer.send_raw(b"l", fds)
    for fd in fds:
        os.close(fd)
    seen.until(lambda: seen.closed)
    assert "too many descriptors" in seen.closed


def test_nonsense_on_either_connection_ends_the_display(engine, watch):
    seen = watch()
    engine.listener()
    engine.control.send_raw(b"nonsense, but long enough")
    seen.until(lambda: seen.closed)
    assert "not a message" in seen.closed


def test_who_asks_and_reads_no_answers_is_not_listened_to_for_ever(engine, watch):
    seen = watch()
    peer = shown(engine, seen)
    peer.deaf = True
    question = call("Get", "ss", (LISTENER, "Interfaces"), interface=PROPERTIES) * 200
    for _ in range(200):  # 40,000 of them
        peer.send_raw(question)
    seen.until(lambda: seen.closed)
    assert "does not read" in seen.closed


def test_pointer_mode_and_lights_are_told_at_first_and_when_they_change(engine, watch):
    engine.values[MOUSE, "IsAbsolute"] = ("b", True)
    engine.values[KEYBOARD, "Modifiers"] = ("u", 4)
    seen = watch()
    shown(engine, seen)
    seen.until(lambda: seen.absolute and seen.leds)
    assert seen.leds == Leds(caps=True, num=False, scroll=False)
    engine.change(MOUSE, "IsAbsolute", ("b", False))
    engine.change(KEYBOARD, "Modifiers", ("u", 3))
    seen.until(lambda: seen.absolute is False and seen.leds.num)
    assert seen.leds == Leds(caps=False, num=True, scroll=True)


def test_what_another_head_tells_is_not_meant(engine, watch):
    seen = watch(head=1)
    shown(engine, seen)
    engine.change(KEYBOARD, "Modifiers", ("u", 4), path="/org/qemu/Display1/Console_0")
    engine.change(CONSOLE, "Width", ("u", 9), path="/org/qemu/Display1/Console_0")
    engine.change(KEYBOARD, "Modifiers", ("u", 2))
    seen.until(lambda: seen.leds and seen.leds.num)
    assert not seen.leds.caps


def test_a_size_that_is_wished_for_is_asked_for(engine, watch):
    seen = watch()
    shown(engine, seen)
    seen.display.wish_size(1000, 700)
    eventually_sync(lambda: engine.wishes)
    assert engine.wishes == [(1000, 700)]
    assert not seen.refused


def test_a_device_that_cannot_follow_says_so(engine, watch):
    engine.refuses.add("SetUIInfo")
    seen = watch()
    shown(engine, seen)
    seen.display.wish_size(1000, 700)
    seen.until(lambda: seen.refused)
    assert seen.closed is None


@pytest.mark.parametrize("size", [(0, 5), (5, 65536)])
def test_a_size_that_is_none_is_a_fault_of_the_caller(engine, watch, size):
    with pytest.raises(ValueError, match="x"):
        watch().display.wish_size(*size)


def test_the_cursor_is_told_and_hidden_and_shown_again(engine, watch):
    seen = watch()
    peer = shown(engine, seen)
    argb = pixels(3, 2, seed=4)
    peer.ask("CursorDefine", "iiiiay", (3, 2, 1, 0, argb))
    seen.until(lambda: seen.cursor)
    assert seen.cursor == CursorShape(3, 2, 1, 0, argb)
    peer.ask("MouseSet", "iii", (5, 5, 0))
    seen.until(lambda: seen.cursor.width == 0)
    peer.ask("MouseSet", "iii", (5, 5, 1))
    seen.until(lambda: seen.cursor.width == 3)
    wakes = seen.wakes
    peer.ask("MouseSet", "iii", (6, 5, 1))
    peer.ask("Ping", interface=PEER)
    assert seen.wakes == wakes  # it has only moved


def test_a_picture_that_nobody_sees_is_not_sent(engine, watch):
    seen = watch()
    peer = shown(engine, seen)
    seen.display.watch(visible=False)
    eventually_sync(lambda: peer.ended)
    assert seen.closed is None
    seen.display.watch(visible=True)
    scanout(engine.listener(2), WIDTH, HEIGHT, pixels(WIDTH, HEIGHT, seed=6))
    updates = seen.updates
    seen.until(lambda: seen.updates > updates)


def test_a_size_that_only_the_console_tells_of_makes_the_picture_come_anew(engine, watch):
    seen = watch()
    shown(engine, seen)
    engine.change(CONSOLE, "Width", ("u", WIDTH - 8))
    engine.change(CONSOLE, "Height", ("u", HEIGHT))
    scanout(engine.listener(2), WIDTH - 8, HEIGHT, pixels(WIDTH - 8, HEIGHT))
    seen.until(lambda: seen.framebuffer.width_px == WIDTH - 8)


@pytest.mark.parametrize("silent", [True, False])
def test_an_engine_that_shows_nothing_is_given_up(engine, watch, monkeypatch, silent):
    monkeypatch.setattr("app.vm.display.dbus.connection._HANDSHAKE_S", 0.3)
    engine.silent = silent
    seen = watch()
    seen.until(lambda: seen.closed)
    assert "did not answer" in seen.closed


def test_a_listener_that_is_refused_ends_the_display(engine, watch):
    engine.refuses.add("RegisterListener")
    seen = watch()
    seen.until(lambda: seen.closed)
    assert "no listener is taken" in seen.closed


@pytest.mark.parametrize("which", ["control", "listener"])
def test_an_engine_that_hangs_up_is_told(engine, watch, which):
    seen = watch()
    peer = shown(engine, seen)
    (engine.control if which == "control" else peer).hang_up()
    seen.until(lambda: seen.closed)
    assert seen.closed == "The engine ended the display's connection."


def test_it_can_be_closed_at_any_time_and_twice(engine):
    for wait in (False, True):
        display = DbusDisplay(engine.start())
        display.start(lambda: None)
        if wait:
            engine.listener()
        display.close()
        display.close()
    ours, theirs = socket.socketpair()
    with theirs:
        DbusDisplay(ours).close()
    assert not [t for t in threading.enumerate() if t.name.startswith("display")]


def test_it_can_be_closed_from_wake(engine):
    display = DbusDisplay(engine.start())
    woken = threading.Event()

    def wake() -> None:
        display.close()
        woken.set()

    display.start(wake)
    assert woken.wait(5)
    display.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("display")]
