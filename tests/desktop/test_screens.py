"""Further screens of a machine: windows that plug them in, and take them away again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from app.desktop.session import ManagedSession
from app.exclusive.grab import Grab
from app.exclusive.verdicts import Reason
from app.exclusive.window import ExclusiveWindow
from app.vm.display.key_groups import KeyGroup
from app.vm.state import VmState
from tests.desktop.conftest import OpenRoom, Room, SilentEngine
from tests.fakes.display import FakeDisplay, RecordingInput
from tests.helpers.waiting import eventually

Displays = dict[int, FakeDisplay]


@pytest.fixture
def displays(monkeypatch: pytest.MonkeyPatch) -> Displays:
    """What the machine's three screens show, once they are connected to."""
    made: Displays = {}

    async def open_display(_session: ManagedSession, head: int = 0) -> FakeDisplay:
        made[head] = display = FakeDisplay()
        display.resize(*((800, 600) if head == 0 else (640, 480)))
        display.show()
        return display

    async def open_input(_session: ManagedSession, *_: object) -> RecordingInput:
        return RecordingInput()

    monkeypatch.setattr(ManagedSession, "open_display", open_display)
    monkeypatch.setattr(ManagedSession, "_open_input", open_input)
    monkeypatch.setattr(SilentEngine, "screens", 3)
    return made


async def opened(room: Room) -> ExclusiveWindow:
    room.manager.add("Debian", VmState.RUNNING)
    room.windows.open(room.manager._find("Debian"))
    window = room.window("Debian")
    await eventually(lambda: not window._bar._screen.isHidden())
    return window


def further(room: Room) -> list[ExclusiveWindow]:
    return list(room.windows._further.windows())


async def one_more(room: Room, first: ExclusiveWindow) -> ExclusiveWindow:
    known = further(room)
    first._bar._screen.click()
    [window] = [each for each in further(room) if each not in known]
    await eventually(lambda: not window.picture().isNull())
    return window


async def test_a_machine_with_one_screen_is_offered_no_more(
    open_room: OpenRoom, displays: Displays, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SilentEngine, "screens", 1)
    async with open_room("Debian") as room:
        room.manager.add("Debian", VmState.RUNNING)
        room.windows.open(room.manager._find("Debian"))
        window = room.window("Debian")
        await eventually(lambda: not window.picture().isNull())
        assert window._bar._screen.isHidden()


async def test_a_further_screen_is_plugged_in_at_the_size_of_its_window(
    open_room: OpenRoom, displays: Displays
) -> None:
    async with open_room("Debian") as room:
        first = await opened(room)
        second = await one_more(room, first)
        assert second.windowTitle() == "Debian, screen 2"
        assert second._bar._screen.isHidden()
        size = second.size() * second.devicePixelRatio()
        await eventually(lambda: displays[1].wishes == [(size.width(), size.height())])
        assert displays[0].wishes == []
        displays[1].resize(size.width(), size.height())
        displays[1].show()
        await eventually(lambda: second.picture().size() == size)


async def test_there_are_as_many_as_the_machine_has_outputs(
    open_room: OpenRoom, displays: Displays
) -> None:
    async with open_room("Debian") as room:
        first = await opened(room)
        second, third = await one_more(room, first), await one_more(room, first)
        first._bar._screen.click()
        assert further(room) == [second, third]
        second.close()
        again = await one_more(room, first)
        assert again.windowTitle() == "Debian, screen 2"


async def test_closing_its_window_takes_a_screen_away_and_the_first_one_stays(
    open_room: OpenRoom, displays: Displays
) -> None:
    async with open_room("Debian") as room:
        first = await opened(room)
        second = await one_more(room, first)
        second.close()
        assert displays[1].is_unplugged
        assert displays[1].is_closed
        assert first.isVisible()
        assert not displays[0].is_closed
        assert room.manager.bindings.of_window(first.window_id) is not None
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert room.windows._further._leaving == {}


async def test_all_screens_go_with_the_first_one(open_room: OpenRoom, displays: Displays) -> None:
    async with open_room("Debian") as room:
        first = await opened(room)
        second = await one_more(room, first)
        first.close()
        assert not second.isVisible()
        assert displays[1].is_unplugged
        assert not displays[0].is_unplugged
        assert further(room) == []


async def test_the_pointer_of_the_second_screen_is_at_the_right_of_the_first(
    open_room: OpenRoom, displays: Displays
) -> None:
    async with open_room("Debian") as room:
        first = await opened(room)
        second = await one_more(room, first)
        displays[1].resize(800, 600)
        displays[1].show()
        await eventually(lambda: second.picture().width() == 800)
        layout = first.session.layout
        assert layout.place(1, 0.0, 0.0) == (pytest.approx(800 / 1599), 0.0)
        second.close()
        assert layout.place(0, 1.0, 1.0) == (1.0, 1.0)


async def test_a_screen_that_is_connected_anew_keeps_its_place(
    open_room: OpenRoom, displays: Displays
) -> None:
    async with open_room("Debian") as room:
        first = await opened(room)
        second = await one_more(room, first)
        displays[1].resize(800, 600)
        displays[1].show()
        await eventually(lambda: second.picture().width() == 800)
        lost = displays[0]
        lost.break_off("The engine ended the display's connection.")
        await eventually(lambda: displays[0] is not lost and not first._connection.problem)
        await eventually(lambda: first.session.layout.place(1, 0.0, 0.0)[0] > 0.4)


def _release(room: Room) -> None:
    room.windows._release_all(Reason.LOCKED)


def _choose(room: Room) -> None:
    vm_id = room.manager._find("Debian").id
    room.windows._kept_keys.choose(vm_id, frozenset({KeyGroup.SUPER}))
    room.windows.dress()


@pytest.mark.parametrize(
    ("do", "is_so"),
    [
        (_release, lambda grab: not grab.holding),
        (_choose, lambda grab: grab.kept == {KeyGroup.SUPER}),
    ],
)
async def test_what_counts_for_the_first_window_counts_for_all(
    open_room: OpenRoom,
    displays: Displays,
    do: Callable[[Room], None],
    is_so: Callable[[Grab], bool],
) -> None:
    async with open_room("Debian") as room:
        first = await opened(room)
        second = await one_more(room, first)
        await eventually(lambda: second.input.grab.holding or first.input.grab.holding)
        do(room)
        assert is_so(first.input.grab)
        assert is_so(second.input.grab)
