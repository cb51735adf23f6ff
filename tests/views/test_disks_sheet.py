"""The list of a machine's disks, and what can be done there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import StoreError
from app.views.disks.add_sheet import AddDiskSheet
from app.views.disks.advice_sheet import AdviceSheet
from app.views.disks.disks_sheet import DisksSheet
from app.views.disks.grow_sheet import GrowSheet
from app.views.widgets.buttons import Button
from app.views.widgets.question import ErrorSheet, QuestionSheet
from app.vm.records import DiskInfo
from app.vm.state import VmState
from tests.helpers.waiting import eventually
from tests.views.conftest import Desk, OpenDesk

GIB = 1024


def disk(number: int, *, kept: bool = False, size_mib: int = 64 * GIB) -> DiskInfo:
    file = f"disk{number}.qcow2"
    return DiskInfo(
        disk_id="" if kept else f"disk{number}",
        file=file,
        path=Path("/library/machines/x") / file,
        size_mib=size_mib,
        file_bytes=3 << 30,
        system=number == 0 and not kept,
    )


def shows(desk: Desk, monkeypatch: pytest.MonkeyPatch, *disks: DiskInfo) -> None:
    """The machine has these disks."""

    async def list_vm_disks(_vm_name: str) -> tuple[DiskInfo, ...]:
        return disks

    monkeypatch.setattr(desk.manager, "list_vm_disks", list_vm_disks)


async def opened(desk: Desk) -> DisksSheet:
    desk.window.commands.disks_wanted.emit(desk.machine("Debian"))
    sheet = await desk.sheet()
    assert isinstance(sheet, DisksSheet)
    await eventually(lambda: rows(sheet))
    return sheet


def rows(sheet: DisksSheet) -> list[str]:
    """What a screen reader says of each disk."""
    widgets = (sheet._list.itemAt(n).widget() for n in range(sheet._list.count()))
    return [w.accessibleName() for w in widgets if w is not None and w.accessibleName()]


def button(sheet: DisksSheet, name: str) -> Button:
    return next(b for b in sheet.findChildren(Button) if b.accessibleName() == name)


async def test_disks_and_kept_images_are_listed_with_their_sizes(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_desk("Debian") as desk:
        broken = replace(disk(2), size_mib=0)
        shows(desk, monkeypatch, disk(0), disk(1), broken, disk(3, kept=True))
        sheet = await opened(desk)
        assert rows(sheet) == [
            "System disk, 64 GB, takes up 3 GB on this computer",
            "Disk 2, 64 GB, takes up 3 GB on this computer",
            "Disk 3, It cannot be read.",
            "disk3.qcow2, 64 GB, takes up 3 GB on this computer",
        ]
        names = {b.accessibleName() for b in sheet.findChildren(Button)}
        assert "Take out…: Disk 2" in names
        assert "Take out…: System disk" not in names


async def test_a_disk_is_added_with_the_size_that_was_chosen(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        sheet = await opened(desk)
        sheet.add.click()
        asked = await eventually(
            lambda: desk.window.sheets.top if desk.window.sheets.top is not sheet else None
        )
        assert isinstance(asked, AddDiskSheet)
        asked._choose(32 * GIB)
        await desk.press("Add")
        await eventually(lambda: f"add disk Debian {32 * GIB} " in desk.manager.calls)
        await eventually(lambda: desk.window.sheets.top is sheet)


async def test_a_disk_is_taken_out_after_a_question_and_put_back_without(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_desk("Debian") as desk:
        shows(desk, monkeypatch, disk(0), disk(1), disk(2, kept=True))
        sheet = await opened(desk)
        button(sheet, "Take out…: Disk 2").click()
        question = await eventually(
            lambda: desk.window.sheets.top if desk.window.sheets.top is not sheet else None
        )
        assert isinstance(question, QuestionSheet)
        assert "/library/machines/x/disk1.qcow2" in question.accessibleDescription()
        await desk.press("Take out")
        await eventually(lambda: "remove disk Debian disk1" in desk.manager.calls)
        await eventually(lambda: desk.window.sheets.top is sheet)
        button(sheet, "Put back: disk2.qcow2").click()
        await eventually(lambda: "add disk Debian 0 disk2.qcow2" in desk.manager.calls)


async def test_any_disk_grows_and_the_guests_part_is_told_in_steps(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_desk(prepare=lambda m: m.add("Debian", system="debian")) as desk:
        shows(desk, monkeypatch, disk(0), disk(1))
        sheet = await opened(desk)
        button(sheet, "Make larger…: Disk 2").click()
        await eventually(lambda: isinstance(desk.window.sheets.top, GrowSheet))
        await desk.press("Make larger")
        told = await eventually(
            lambda: (
                desk.window.sheets.top if isinstance(desk.window.sheets.top, AdviceSheet) else None
            )
        )
        assert told.accessibleName() == "The disk of “Debian” has 65 GB now"
        assert "/dev/vdb" in told.accessibleDescription()
        await desk.press("Close")
        await eventually(lambda: desk.window.sheets.top is sheet)


async def test_space_is_freed_in_the_background_after_a_question(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_desk("Debian") as desk:
        shows(desk, monkeypatch, disk(0), disk(1))
        sheet = await opened(desk)
        button(sheet, "Free up space…: Disk 2").click()
        await eventually(lambda: isinstance(desk.window.sheets.top, QuestionSheet))
        await desk.press("Free up space")
        await eventually(lambda: "compact Debian disk1" in desk.manager.calls)
        await desk.no_sheet()


async def test_what_a_running_machine_cannot_do_says_why(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_desk(prepare=lambda m: m.add("Debian", VmState.RUNNING)) as desk:
        shows(desk, monkeypatch, disk(0), disk(1))
        sheet = await opened(desk)
        for name in ("Take out…: Disk 2", "Free up space…: Disk 2"):
            waits = button(sheet, name)
            assert not waits.isEnabled()
            assert "Shut the machine down first." in waits.toolTip()
        assert button(sheet, "Make larger…: Disk 2").isEnabled()
        assert sheet.add.isEnabled()


async def test_the_list_follows_the_machine_and_goes_with_it(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_desk("Debian") as desk:
        shows(desk, monkeypatch, disk(0))
        sheet = await opened(desk)
        shows(desk, monkeypatch, disk(0), disk(1))
        desk.manager.change("Debian", cpus=3)
        await eventually(lambda: len(rows(sheet)) == 2)
        await desk.manager.destroy_vm("Debian")
        await desk.no_sheet()


async def test_a_list_that_cannot_be_had_says_why_and_keeps_what_was_shown(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_desk("Debian") as desk:
        shows(desk, monkeypatch, disk(0))
        sheet = await opened(desk)

        async def refused(_vm_name: str) -> tuple[DiskInfo, ...]:
            raise StoreError("The folder cannot be read.", remedy="Look at its permissions.")

        monkeypatch.setattr(desk.manager, "list_vm_disks", refused)
        desk.window.machine_changed(desk.machine("Debian").id)
        await eventually(sheet._note.isVisible)
        assert len(rows(sheet)) == 1


async def test_what_the_manager_refuses_is_told_over_the_list(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_desk("Debian") as desk:
        shows(desk, monkeypatch, disk(0), disk(1, kept=True))
        sheet = await opened(desk)

        async def refused(_vm_name: str, _size: int = 0, *, file: str = "") -> str:
            raise StoreError(f"{file} cannot be used.", remedy="Use another one.")

        monkeypatch.setattr(desk.manager, "add_vm_disk", refused)
        button(sheet, "Put back: disk1.qcow2").click()
        await eventually(lambda: isinstance(desk.window.sheets.top, ErrorSheet))
        await desk.press("Close")
        assert desk.window.sheets.top is sheet
