"""Disks in the window: files dropped, tasks shown, copies, growth and the trash."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel, QLineEdit

from app.errors import MediaError
from app.file_kinds import bare_name
from app.views.disks.export_sheet import ExportSheet
from app.views.disks.grow_sheet import GrowSheet
from app.views.disks.import_sheet import ImportSheet
from app.views.tasks.board import TaskBoard
from app.views.tasks.pace import Pace
from app.views.widgets.buttons import Button
from app.views.widgets.question import ErrorSheet
from app.vm.events import DiskMigration
from app.vm.records import TaskInfo, TaskKind, TaskPhase
from app.vm.state import VmState
from tests.helpers.waiting import eventually
from tests.views.conftest import Desk, OpenDesk


def drop(desk: Desk, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    buttons, modifier = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, buttons, modifier)
    desk.window.dropEvent(event)


def importing(name: str) -> TaskInfo:
    return TaskInfo(task_id=uuid4(), kind=TaskKind.IMPORT, vm_name=name, vm_id=uuid4())


def tell(desk: Desk, task: TaskInfo) -> None:
    event = DiskMigration(vm_id=task.vm_id, vm_name=task.vm_name, task=task)
    desk.manager.hub.publish(event)


@pytest.mark.parametrize(
    ("file", "name"),
    [("web.qcow2", "web"), ("web.img.xz", "web"), ("a.b.ova", "a.b"), ("disk.gz", "disk")],
)
def test_a_machine_is_called_after_its_file_without_the_endings(file: str, name: str) -> None:
    assert bare_name(Path(file)) == name


async def test_a_dropped_image_is_granted_and_becomes_a_machine(
    open_desk: OpenDesk, tmp_path: Path
) -> None:
    image = tmp_path / "Debian.qcow2.gz"
    image.write_bytes(b"x" * 2048)
    async with open_desk("Debian") as desk:
        drop(desk, image)
        sheet = await desk.sheet()
        assert isinstance(sheet, ImportSheet)
        edit = sheet.findChild(QLineEdit)
        assert edit is not None
        assert edit.text() == "Debian 2"  # the first name is taken
        await desk.press("Import")
        await desk.no_sheet()
        assert f"import Debian 2 {image}" in desk.manager.calls
        assert image in desk.manager.granted
        await eventually(lambda: desk.window.model.rowCount() == 2)


async def test_a_refused_image_is_told_and_the_sheet_stays(
    open_desk: OpenDesk, tmp_path: Path
) -> None:
    async with open_desk("Debian") as desk:
        desk.manager.bad_image = MediaError("x.vmdk is empty.", remedy="Copy it again.")
        drop(desk, tmp_path / "x.vmdk")
        await desk.press("Import")
        error = await eventually(
            lambda: (
                desk.window.sheets.top if isinstance(desk.window.sheets.top, ErrorSheet) else None
            )
        )
        assert error.accessibleName() == "x.vmdk could not be imported"
        await desk.press("Close")
        assert isinstance(desk.window.sheets.top, ImportSheet)


async def test_an_import_has_a_card_and_a_count_until_it_is_cancelled(
    open_desk: OpenDesk,
) -> None:
    async with open_desk("Debian") as desk:
        task = importing("web")
        tell(desk, replace(task, phase=TaskPhase.COPYING, progress=42))
        await eventually(lambda: desk.window.model.rowCount() == 2)
        names = {b.accessibleName() for b in desk.window.navigation.findChildren(Button)}
        assert "Tasks, 1 under way" in names
        tell(desk, replace(task, phase=TaskPhase.CANCELLED, progress=42))
        await eventually(lambda: desk.window.model.rowCount() == 1)
        assert desk.window.toast.isVisible()
        assert desk.window.board.under_way == 0


async def test_a_machine_that_is_being_imported_shows_how_far_it_is_and_no_facts(
    open_desk: OpenDesk,
) -> None:
    async with open_desk("Debian") as desk:
        task = importing("web")
        tell(desk, replace(task, phase=TaskPhase.COPYING, progress=42))
        await eventually(lambda: desk.window.model.rowCount() == 2)
        desk.select("web")
        panel = desk.window.library.detail

        def shown() -> set[str]:
            texts = {text.text() for text in panel.findChildren(QLabel) if text.isVisible()}
            buttons = {b.text() for b in panel.findChildren(Button) if b.isVisible()}
            return (texts | buttons) - {""}

        assert await eventually(lambda: shown() == {"web", "Importing 42 %", "Cancel"})
        desk.select("Debian")
        assert {"Processors", "2", "Off"} <= shown()


async def test_a_failed_import_tells_its_cause_and_can_be_cleared(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        task = importing("web")
        tell(desk, task)
        tell(desk, replace(task, phase=TaskPhase.FAILED, error="The disk is full."))
        await eventually(lambda: desk.window.toast.can_act)
        desk.window.toast.act()
        page = desk.window.tasks_page
        assert page is not None
        shown = page.row_of(task.task_id)
        assert shown is not None
        assert "The disk is full." in {text.text() for text in shown.findChildren(QLabel)}
        page.clear.click()
        assert page.row_of(task.task_id) is None


async def test_cancel_in_the_list_ends_the_task(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        task = importing("web")
        desk.manager.tasks.append(task)
        tell(desk, task)
        await eventually(lambda: desk.window.board.under_way == 1)
        desk.window.show_page(1)
        page = desk.window.tasks_page
        assert page is not None
        shown = page.row_of(task.task_id)
        assert shown is not None
        next(b for b in shown.findChildren(Button) if b.text() == "Cancel").click()
        await eventually(lambda: desk.window.board.under_way == 0)


async def test_an_export_asks_for_format_and_place(open_desk: OpenDesk, tmp_path: Path) -> None:
    async with open_desk("Debian") as desk:
        desk.window.disks.export(desk.machine("Debian"))
        sheet = await desk.sheet()
        assert isinstance(sheet, ExportSheet)
        edit = sheet.findChild(QLineEdit)
        assert edit is not None
        edit.setText(str(tmp_path / "out.qcow2"))
        next(b for b in sheet.findChildren(Button) if b.accessibleName() == "OVA").click()
        assert edit.text() == str(tmp_path / "out.ova")
        await desk.press("Export")
        await desk.no_sheet()
        assert f"export Debian {tmp_path / 'out.ova'}" in desk.manager.calls


async def test_a_machine_is_duplicated_under_a_free_name(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        desk.window.disks.duplicate(desk.machine("Debian"))
        await desk.press("Duplicate")
        await eventually(lambda: "Debian copy" in {i.name for i in desk.window.model.infos})


async def test_a_disk_grows_by_the_sheet(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        desk.window.disk_list.grow(desk.machine("Debian"))
        assert isinstance(await desk.sheet(), GrowSheet)
        await desk.press("Make larger")
        await eventually(lambda: desk.machine("Debian").disk_mib == 65 * 1024)


async def test_a_machine_that_is_being_changed_can_be_neither_copied_nor_grown(
    open_desk: OpenDesk,
) -> None:
    async with open_desk(prepare=lambda m: m.add("Debian", VmState.UPDATE)) as desk:
        busy = desk.machine("Debian")
        for wish in (
            desk.window.disks.export,
            desk.window.disks.duplicate,
            desk.window.disk_list.grow,
        ):
            wish(busy)
        assert desk.window.sheets.top is None
        assert desk.actions._tasks.keys() == {"follow"}


async def test_a_machine_comes_back_from_the_trash_or_goes_for_good(open_desk: OpenDesk) -> None:
    async with open_desk("Debian", "Ubuntu") as desk:
        for name in ("Debian", "Ubuntu"):
            await desk.manager.destroy_vm(name)
        desk.window.show_page(2)
        settings = desk.window.settings_page
        assert settings is not None
        settings.show_subject("storage")

        def button(name: str) -> Button:
            found = [b for b in settings.findChildren(Button) if b.accessibleName() == name]
            assert found
            return found[0]

        (await eventually(lambda: button("Restore Debian"))).click()
        await eventually(lambda: "Debian" in {i.name for i in desk.window.model.infos})
        (await eventually(lambda: button("Delete Ubuntu for good"))).click()
        assert (await desk.sheet()).accessibleName() == "Delete “Ubuntu” for good?"
        await desk.press("Delete for good")
        await desk.no_sheet()

        async def is_empty() -> bool:
            return not await desk.manager.list_trash()

        await eventually(is_empty)


def test_the_time_left_is_told_late_and_only_when_the_guesses_agree() -> None:
    steady, wild = Pace(0.0), Pace(0.0)
    for number in range(6):
        steady.hear(60 - number, float(number))
        wild.hear(60 if number % 2 else 600, float(number))
    assert steady.left_s(4.9) is None
    assert steady.left_s(5.0) == 55
    assert wild.left_s(5.0) is None


def test_a_late_answer_does_not_bring_an_ended_task_back(qapp: object) -> None:
    board = TaskBoard(None)  # type: ignore[arg-type] # no parent is fine for Qt
    task = importing("web")
    board.put(task)
    board.put(replace(task, phase=TaskPhase.DONE))
    board.put(task)
    assert board.under_way == 0
