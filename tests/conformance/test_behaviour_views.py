"""One view a machine, one machine a window, and the document's words where that is not so."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from app.errors import BIND_FAILED, WINDOW_EXISTS, WINDOW_ID_ERROR, NotSupportedError, ViewError
from app.vm.events import ViewState
from app.vm.manager import VmManager
from app.vm.state import VmState
from tests.conformance.serving import CFG, Wire, served_wire
from tests.helpers.waiting import eventually
from tests.vm.managing import managing, running_machine, small

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

S = VmState
SAMPLE_WINDOW = 1001
"""The window of the document's sample code (section 12.4), which nobody has asked for."""


async def two_machines(wire: Wire) -> None:
    for name in ("one", "two"):
        await wire.ask("createVm", vmName=name, cfg=CFG)


def view_of(name: str, window: int, width: int = 640, height: int = 480) -> dict[str, object]:
    return {"vmName": name, "windowId": window, "width": width, "height": height}


async def bound(manager: VmManager, name: str) -> int:
    """A window that shows the machine."""
    window = manager.bindings.issue_window()
    await manager.create_vm_view(name, window, 640, 480)
    return window


async def test_a_second_view_of_a_machine_is_refused_in_the_document_s_words(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        await two_machines(wire)
        window, other = manager.bindings.issue_window(), manager.bindings.issue_window()
        made = await wire.ask("createVmView", **view_of("one", window))
        assert made == {
            "vmName": "one",
            "vmId": (await wire.ask("getVmStatus", vmName="one"))["vmId"],
            "windowId": window,
            "width": 640,
            "height": 480,
            "visible": True,
        }
        refused = await wire.refusal("createVmView", **view_of("one", other))
        assert (refused["class"], refused["desc"]) == ("VM_WINDOW", "The window already exists.")
        with pytest.raises(ViewError, match=f"^{WINDOW_EXISTS}$"):
            await manager.create_vm_view("one", other, 640, 480)

        await wire.ask("destroyVmView", windowId=window)
        await wire.ask("createVmView", **view_of("one", other))


async def test_a_window_that_shows_another_machine_cannot_be_bound(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        await two_machines(wire)
        window = await bound(manager, "one")
        refused = await wire.refusal("createVmView", **view_of("two", window))
        assert refused["class"] == "VM_WINDOW"
        assert refused["desc"] == "Failed to bind the surface to the window."
        with pytest.raises(ViewError, match=f"^{BIND_FAILED}$"):
            await manager.create_vm_view("two", window, 640, 480)


@pytest.mark.parametrize("window", [SAMPLE_WINDOW, 0, -1, 2**40])
async def test_a_window_that_nobody_asked_for_is_unknown_to_every_function(
    root: Path, window: int
) -> None:
    async with served_wire(root) as (manager, wire):
        await two_machines(wire)
        for command, arguments in (
            ("createVmView", view_of("one", window)),
            ("destroyVmView", {"windowId": window}),
            ("setVmViewSize", {"width": 640, "height": 480, "windowId": window}),
            ("ModifyResolution", {"width": 640, "height": 480, "windowId": window}),
            ("LockGuest", {"windowId": window}),
        ):
            refused = await wire.refusal(command, **arguments)
            assert (refused["class"], refused["desc"]) == ("VM_WINDOW", "WindowId err"), command
        with pytest.raises(ViewError, match=f"^{WINDOW_ID_ERROR}$"):
            await manager.create_vm_view("one", window, 640, 480)


async def test_a_window_that_was_closed_is_unknown_for_ever(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        await two_machines(wire)
        window = await bound(manager, "one")
        await wire.ask("destroyVmView", windowId=window)
        assert (await wire.refusal("destroyVmView", windowId=window))["desc"] == WINDOW_ID_ERROR
        manager.bindings.withdraw_window(window)
        refused = await wire.refusal("createVmView", **view_of("one", window))
        assert refused["desc"] == WINDOW_ID_ERROR


@pytest.mark.parametrize("size", [(0, 480), (640, 0), (-1, -1), (16385, 480), (640, 1 << 31)])
async def test_a_view_has_a_size_that_a_screen_could_have(
    root: Path, size: tuple[int, int]
) -> None:
    async with served_wire(root) as (manager, wire):
        await two_machines(wire)
        window = manager.bindings.issue_window()
        refused = await wire.refusal("createVmView", **view_of("one", window, *size))
        assert refused["class"] == "VM_ERROR_INVALID_PARAM"
        assert "from 1 to 16384" in refused["desc"]


async def test_a_view_s_size_is_set_with_a_number_or_where_there_is_only_one(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        await two_machines(wire)
        none = await wire.refusal("setVmViewSize", width=800, height=600)
        assert none["desc"] == WINDOW_ID_ERROR
        first = await bound(manager, "one")
        sized = await wire.ask("setVmViewSize", width=800, height=600)
        assert (sized["windowId"], sized["width"], sized["height"]) == (first, 800, 600)
        second = await bound(manager, "two")
        many = await wire.refusal("setVmViewSize", width=1024, height=768)
        assert many["desc"] == WINDOW_ID_ERROR
        sized = await wire.ask("setVmViewSize", width=1024, height=768, windowId=second)
        assert (sized["windowId"], sized["width"]) == (second, 1024)


class Asking:
    """A screen whose guests take what they are asked for once they are let."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int, int]] = []
        self.lets = asyncio.Event()
        self.cannot = False

    async def ask_resolution(self, window_id: int, width_px: int, height_px: int) -> None:
        self.asked.append((window_id, width_px, height_px))
        await self.lets.wait()
        if self.cannot:
            raise NotSupportedError("The machine's display device has sizes of its own only.")


async def test_a_resolution_is_asked_of_the_guest_and_waited_for(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        await two_machines(wire)
        first = await bound(manager, "one")
        refused = await wire.refusal("ModifyResolution", width=800, height=600)
        assert refused["class"] == "NOT_SUPPORT"  # without a screen
        manager.screen = screen = Asking()  # type: ignore[assignment] # all that is used of it
        asked = asyncio.create_task(wire.ask("ModifyResolution", width=800, height=600))
        await eventually(lambda: screen.asked == [(first, 800, 600)])
        assert not asked.done()
        screen.lets.set()
        view = await asked
        assert (view["windowId"], view["width"], view["height"]) == (first, 800, 600)
        screen.cannot = True
        with pytest.raises(NotSupportedError):
            await manager.modify_resolution(640, 480, first)
        assert manager.bindings.only(first).width_px == 800
        manager.screen = None


async def test_a_view_is_visible_from_its_binding_to_its_end_unless_it_is_hidden(
    root: Path,
) -> None:
    async with served_wire(root) as (manager, wire):
        await two_machines(wire)
        assert await wire.ask("checkVmWindowVisible", vmName="one") is False
        window = await bound(manager, "one")
        assert await wire.ask("checkVmWindowVisible", vmName="one") is True
        assert await wire.ask("checkVmWindowVisible", vmName="two") is False
        manager.tell_view_state(window, ViewState.HIDDEN)
        assert await wire.ask("checkVmWindowVisible", vmName="one") is False
        manager.tell_view_state(window, ViewState.UNFOCUSED)
        assert await manager.check_vm_window_visible("one") is True
        await wire.ask("destroyVmView", windowId=window)
        assert await wire.ask("checkVmWindowVisible", vmName="one") is False


async def test_a_bound_machine_is_viewing_while_it_runs_and_the_view_outlives_the_run(
    root: Path,
) -> None:
    async with managing(root) as manager:
        await manager.create_vm("demo", small())
        window = await bound(manager, "demo")
        assert (await manager.get_vm_status("demo")).state is S.STOPPED
        assert (await manager.start_vm("demo")).state is S.VIEWING
        assert (await manager.pause_vm("demo")).state is S.PAUSED
        assert (await manager.resume_vm("demo")).state is S.VIEWING
        off = await manager.force_stop_vm("demo")
        assert (off.state, off.window_id) == (S.STOPPED, window)
        await manager.destroy_vm_view(window)
        assert (await manager.get_vm_status("demo")).window_id is None


async def test_a_machine_that_is_destroyed_leaves_its_window_free(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        await two_machines(wire)
        window = await bound(manager, "one")
        wire.told()
        await wire.ask("destroyVm", vmName="one")
        released, removed = wire.told()[-2:]
        assert (released["event"], released["data"]["viewStateName"], removed["event"]) == (
            "vmViewStateChange",
            "RELEASED",
            "vmRemoved",
        )
        assert (released["data"]["vmName"], released["data"]["reason"]) == ("one", "removed")
        await wire.ask("createVmView", **view_of("two", window))
        assert (await wire.ask("undoDestroyVm", vmName="one"))["windowId"] is None
        await bound(manager, "one")


async def test_what_needs_a_screen_says_that_there_is_none(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        await running_machine(manager)
        window = await bound(manager, "demo")
        for command, arguments in (
            ("requestVmWindow", {}),
            ("LockGuest", {"windowId": window}),
            ("showVm", {"vmName": "demo"}),
            ("showWindow", {}),
        ):
            refused = await wire.refusal(command, **arguments)
            assert refused["class"] == "NOT_SUPPORT", command
            assert "screen" in refused["desc"]
            assert refused["data"]["remedy"]


async def test_a_machine_that_is_not_there_has_no_view(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        window = manager.bindings.issue_window()
        for command, arguments in (
            ("createVmView", view_of("nobody", window)),
            ("checkVmWindowVisible", {"vmName": "nobody"}),
            ("showVm", {"vmName": "nobody"}),
        ):
            assert (await wire.refusal(command, **arguments))["class"] == "VM_NOT_FOUND", command
