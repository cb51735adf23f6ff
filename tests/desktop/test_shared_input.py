"""One connection for input, shared by the windows of a machine's screens."""

from __future__ import annotations

import asyncio
import threading

import pytest

from app.desktop.shared_input import Listener, SharedInput
from app.errors import ConnectionLostError
from app.vm.display.screen_layout import ScreenLayout
from app.vm.display.seam import Button
from tests.fakes.display import RecordingInput


class Engine:
    """Opens connections and remembers them."""

    def __init__(self) -> None:
        self.channels: list[RecordingInput] = []
        self.listeners: list[Listener] = []
        self.failure: Exception | None = None

    async def open(self, listener: Listener) -> RecordingInput:
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        self.listeners.append(listener)
        self.channels.append(RecordingInput())
        return self.channels[-1]


class Heard:
    """What a window was told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.listener = Listener(
            lambda: self.told.append("sent"), self.told.append, lambda: self.told.append("silent")
        )


@pytest.fixture
def engine() -> Engine:
    return Engine()


async def test_both_windows_send_over_one_connection_that_goes_with_the_last(engine):
    shared = SharedInput(engine.open, ScreenLayout())
    first, second = await asyncio.gather(
        shared.attach(0, Heard().listener), shared.attach(1, Heard().listener)
    )
    [channel] = engine.channels
    first.key(30, down=True)
    second.button(Button.LEFT, down=True)
    assert channel.events == [("key", 30, True), ("button", "left", True)]
    first.key(30, down=False)
    second.button(Button.LEFT, down=False)
    first.close()
    first.close()
    assert not channel.is_closed
    second.close()
    assert channel.is_closed
    second.key(30, down=True)
    assert len(channel.events) == 4


async def test_a_place_on_the_second_screen_is_its_place_in_the_whole(engine):
    layout = ScreenLayout()
    layout.put(0, 1000, 500)
    layout.put(1, 1000, 500)
    shared = SharedInput(engine.open, layout)
    left = await shared.attach(0, Heard().listener)
    right = await shared.attach(1, Heard().listener)
    left.move_to(0.0, 1.0)
    right.move_to(1.0, 1.0)
    right.move_to(0.0, 0.0)
    assert engine.channels[0].events == [
        ("move_to", 0.0, 1.0),
        ("move_to", 1.0, 1.0),
        ("move_to", pytest.approx(1000 / 1999), 0.0),
    ]


async def test_all_windows_hear_of_the_connection_on_any_thread(engine):
    heard = [Heard(), Heard()]
    shared = SharedInput(engine.open, ScreenLayout())
    for head, each in enumerate(heard):
        await shared.attach(head, each.listener)
    [listener] = engine.listeners

    def reader() -> None:
        listener.after_send()
        listener.on_silent()
        listener.on_closed("gone")

    thread = threading.Thread(target=reader)
    thread.start()
    thread.join()
    assert [each.told for each in heard] == [["sent", "silent", "gone"]] * 2


async def test_after_a_loss_the_next_window_gets_a_new_connection(engine):
    shared = SharedInput(engine.open, ScreenLayout())
    old = await shared.attach(0, Heard().listener)
    engine.listeners[0].on_closed("gone")
    new = await shared.attach(0, Heard().listener)
    old.close()
    new.key(30, down=True)
    assert engine.channels[0].is_closed
    assert not engine.channels[1].is_closed
    assert engine.channels[1].events == [("key", 30, True)]


async def test_a_connection_that_fails_leaves_nothing_and_is_tried_anew(engine):
    shared = SharedInput(engine.open, ScreenLayout())
    engine.failure = ConnectionLostError("The engine does not answer.")
    with pytest.raises(ConnectionLostError):
        await shared.attach(0, Heard().listener)
    engine.failure = None
    await shared.attach(0, Heard().listener)
    assert len(engine.channels) == 1
