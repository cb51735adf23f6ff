"""One window a machine, in step with the manager, bound or not."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor

from app.desktop.session import ManagedSession
from app.desktop.windows import MachineWindows, _overlay_colors
from app.errors import NotPcModeError, ViewError
from app.exclusive.chain import HostBuses
from app.exclusive.verdicts import Reason
from app.host_bus import HostBus
from app.views.tokens import DARK, LIGHT, Theme
from app.vm.display.seam import Rect
from app.vm.events import RESOLUTION_FAILED, ViewState
from app.vm.gate import PcMode
from app.vm.posture import Posture
from app.vm.state import VmState
from app.vm.thumbnail import ViewPicture
from tests.desktop.conftest import OpenRoom, Room
from tests.fakes.display import FakeDisplay, RecordingInput
from tests.helpers.message_bus import LOGIN1, OWN_SESSION
from tests.helpers.waiting import eventually


def opened(room: Room, name: str = "Debian", *, exclusive: bool = False) -> int:
    room.windows.open(room.manager._find(name), exclusive=exclusive)
    return room.window(name).window_id


async def test_opening_binds_and_a_second_time_only_raises(open_room: OpenRoom) -> None:
    async with open_room("Debian") as room:
        window_id = opened(room)
        assert room.window("Debian").isVisible()
        assert room.manager.bindings.of_window(window_id) is not None
        assert opened(room) == window_id


async def test_a_closed_window_frees_the_machine(open_room: OpenRoom) -> None:
    async with open_room("Debian") as room:
        window_id = opened(room)
        told: list[int] = []
        room.windows.windowClosed.connect(told.append)
        room.window("Debian").close()
        assert told == [window_id]
        assert room.manager.bindings.of_window(window_id) is None
        assert not room.manager.bindings.is_free(window_id)
        assert room.windows._sessions == {}
        assert opened(room) != window_id


@pytest.fixture
def guest(monkeypatch) -> FakeDisplay:
    """The picture of every machine that runs."""
    display = FakeDisplay()
    display.resize(640, 400)
    display.show()

    async def open_display(_session: ManagedSession, _head: int = 0) -> FakeDisplay:
        return display

    async def open_input(_session: ManagedSession, *_: object) -> RecordingInput:
        return RecordingInput()

    monkeypatch.setattr(ManagedSession, "open_display", open_display)
    monkeypatch.setattr(ManagedSession, "open_input", open_input)
    return display


async def test_a_windows_picture_is_handed_out_while_it_is_in_sight(
    open_room: OpenRoom, guest: FakeDisplay
) -> None:
    async with open_room("Debian") as room:
        room.manager.add("Debian", VmState.RUNNING)
        window_id = opened(room)
        guest.resize(3, 2)
        guest.paint(Rect(0, 0, 3, 2), (1, 2, 3))
        guest.show()
        shown = ViewPicture(3, 2, bytes((1, 2, 3, 0)) * 6)
        await eventually(lambda: room.windows.picture(window_id) == shown)
        room.window("Debian").hide()
        assert room.windows.picture(window_id) is None
        assert room.windows.picture(window_id + 1) is None


async def test_a_program_asks_the_guest_for_a_resolution_and_waits_until_it_is_so(
    open_room: OpenRoom, guest: FakeDisplay
) -> None:
    async with open_room("Debian") as room:
        room.manager.add("Debian", VmState.RUNNING)
        window_id = opened(room)
        await eventually(lambda: not room.window("Debian").picture().isNull())
        asked = asyncio.create_task(room.windows.ask_resolution(window_id, QSize(720, 500)))
        await eventually(lambda: guest.wishes == [(720, 500)])
        guest.resize(720, 500)
        guest.show()
        await asked
        assert room.window("Debian").picture().size() == QSize(720, 500)


async def test_a_guest_that_cannot_follow_is_told_as_the_views_reason(
    open_room: OpenRoom, guest: FakeDisplay
) -> None:
    async with open_room("Debian") as room:
        room.manager.add("Debian", VmState.RUNNING)
        window_id = opened(room)
        await eventually(lambda: not room.window("Debian").picture().isNull())
        room.window("Debian").resize(700, 500)
        await eventually(lambda: guest.wishes == [(700, 500)])
        guest.refuse_size()
        await eventually(lambda: room.manager.reasons == [RESOLUTION_FAILED])
        assert room.manager.told[-1] == (window_id, ViewState.FOCUSED)


async def test_what_is_refused_leaves_nothing_behind(open_room: OpenRoom) -> None:
    async with open_room("Debian") as room:
        await room.manager.set_pc_mode(PcMode.OFF)
        with pytest.raises(NotPcModeError):
            opened(room)
        assert room.windows.of_machine(room.manager._find("Debian").id) is None
        assert room.windows._sessions == {}
        assert not room.manager.bindings.is_free(1)


async def test_a_program_opens_sizes_and_closes_a_window(open_room: OpenRoom) -> None:
    async with open_room("Debian") as room:
        window_id = room.windows.request("token")
        room.windows.open_view(room.manager._find("Debian"), window_id, QSize(700, 500))
        window = room.window("Debian")
        assert window.isVisible()
        assert window.size() == QSize(700, 500)
        binding = room.manager.bindings.of_window(window_id)
        assert binding is not None
        assert (binding.width_px, binding.height_px) == (700, 500)
        room.windows.resize_view(window_id, QSize(640, 480))
        assert window.size() == QSize(640, 480)
        room.windows.lock_guest(window_id)
        assert window.is_exclusive
        room.windows.close_view(window_id)
        assert room.windows.of_machine(window.session.vm_id) is None
        with pytest.raises(ViewError):
            room.windows.close_view(window_id)


async def test_a_window_that_nobody_asked_for_is_refused(open_room: OpenRoom) -> None:
    async with open_room("Debian") as room:
        with pytest.raises(ViewError):
            room.windows.open_view(room.manager._find("Debian"), 1001, QSize(700, 500))


async def test_a_lost_gate_ends_exclusive_mode_and_the_window_stays(open_room: OpenRoom) -> None:
    async with open_room("Debian") as room:
        window_id = opened(room, exclusive=True)
        assert room.window("Debian").is_exclusive
        room.gate_changed(await room.manager.set_posture(Posture.TABLET))
        window = room.window("Debian")
        assert window.isVisible()
        assert not window.is_exclusive
        assert room.manager.bindings.of_window(window_id) is None
        assert opened(room, exclusive=True) == window_id
        assert not window.is_exclusive


async def test_a_window_that_is_bound_again_tells_where_it_is(open_room: OpenRoom) -> None:
    async with open_room("Debian") as room:
        window_id = opened(room)
        await eventually(lambda: (window_id, ViewState.FOCUSED) in room.manager.told)
        room.gate_changed(await room.manager.set_pc_mode(PcMode.OFF))
        room.manager.told.clear()
        status = await room.manager.set_pc_mode(PcMode.AUTOMATIC)
        room.manager.bind_view("Debian", window_id, 640, 480)  # as the manager does by itself
        room.gate_changed(status)
        assert room.manager.told == [(window_id, ViewState.FOCUSED)]
        room.gate_changed(status)
        assert len(room.manager.told) == 1


async def test_a_window_that_stayed_unbound_is_bound_by_the_next_opening(
    open_room: OpenRoom,
) -> None:
    async with open_room("Debian") as room:
        window_id = opened(room)
        room.gate_changed(await room.manager.set_pc_mode(PcMode.OFF))
        room.gate_changed(await room.manager.set_pc_mode(PcMode.ON))
        assert room.manager.bindings.of_window(window_id) is None
        opened(room)
        assert room.manager.bindings.of_window(window_id) is not None


async def test_a_window_closed_while_it_is_unbound_is_gone_for_good(open_room: OpenRoom) -> None:
    async with open_room("Debian") as room:
        window_id = opened(room)
        room.gate_changed(await room.manager.set_pc_mode(PcMode.OFF))
        room.window("Debian").close()
        assert not room.manager.bindings.is_free(window_id)
        assert room.windows._sessions == {}
        room.windows.release_input(window_id)  # nobody is there any more


async def test_the_card_of_a_paused_machine_lets_it_go_on_or_stay(open_room: OpenRoom) -> None:
    async with open_room("Debian") as room:
        opened(room)
        room.gate_changed(await room.manager.set_posture(Posture.TABLET))
        room.manager.add("Debian", VmState.PAUSED, reason="gate")
        room.windows.update()
        card = room.window("Debian")._floating.card
        assert card.accessibleName().startswith("Keyboard detached. Debian was paused.")
        card._other.click()
        await eventually(lambda: room.manager._find("Debian").reason == "paused")
        room.windows.update()
        assert card._button.text() == "Turn on and resume"
        card._button.click()
        await eventually(lambda: room.manager._find("Debian").state is VmState.RUNNING)
        assert "continue anyway" in room.manager.calls


async def test_a_start_that_the_gate_refuses_is_offered_again(open_room: OpenRoom) -> None:
    async with open_room("Debian") as room:
        opened(room)
        room.gate_changed(await room.manager.set_pc_mode(PcMode.OFF))
        room.windows.wake(room.manager._find("Debian"))
        sheets = room.main_window.sheets
        sheet = await eventually(lambda: sheets.top, what="the refusal")
        sheet.choose("on")
        await eventually(lambda: room.manager._find("Debian").state is VmState.RUNNING)


@pytest.mark.parametrize("tokens", [LIGHT, DARK])
def test_the_last_picture_is_dimmed_and_not_hidden(tokens: Theme) -> None:
    scrim = QColor(_overlay_colors(tokens).scrim)
    assert scrim.isValid()
    assert 80 < scrim.alpha() < 180


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (("/org/freedesktop/login1", f"{LOGIN1}.Manager", "PrepareForSleep", True), Reason.SLEEP),
        ((OWN_SESSION, f"{LOGIN1}.Session", "Lock"), Reason.LOCKED),
    ],
)
async def test_lock_and_sleep_take_the_keyboard_back_from_every_window(
    open_room: OpenRoom, bus_address, fake_desktop, said, reason
) -> None:
    desktop = fake_desktop(LOGIN1)
    buses = HostBuses(HostBus("system", bus_address), HostBus("session", bus_address))
    async with open_room("Debian", "Fedora") as room:
        room.windows.close_all()
        windows = MachineWindows(
            room.manager, room.windows._settings, room.actions, room.windows._kept_keys, buses
        )
        for name in ("Debian", "Fedora"):
            windows.open(room.manager._find(name))
        released: list[tuple[int, Reason]] = []
        for window in windows._registry.windows():
            window.release = lambda why, at=window.window_id: released.append((at, why))
        await eventually(lambda: desktop.called)
        desktop.emit(*said)
        await eventually(lambda: len(released) == 2)
        assert [why for _, why in released] == [reason] * 2
        windows.close_all()


async def test_windows_of_machines_that_are_gone_are_closed(open_room: OpenRoom) -> None:
    async with open_room("Debian") as room:
        opened(room)
        vm_id = room.manager._find("Debian").id
        await room.manager.destroy_vm("Debian")
        room.windows.update()
        assert room.windows.of_machine(vm_id) is None
