"""Settings, Privacy: what holds, what is changed, what is open to machines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel

from app.errors import StoreError
from app.views.privacy.page import PrivacyPage
from app.views.privacy.table import COLUMNS, PermissionModel
from app.views.widgets.question import ErrorSheet
from app.vm.permissions import Answer, Permission, PermissionKind, PermissionState
from app.vm.state import VmState
from tests.fakes.manager import FakeManager
from tests.helpers.waiting import eventually
from tests.views.conftest import Desk, OpenDesk, speaks

CAMERA = Permission(PermissionKind.CAMERA)
CLIPBOARD = Permission(PermissionKind.CLIPBOARD_READ)
HOST_ID = Permission(PermissionKind.HOST_ID)
FOLDER = Permission(PermissionKind.SHARED_FOLDER, "/home/anna/shared <b>")
USB = Permission(PermissionKind.USB_DEVICE, "046d:c52b")


def two_machines(manager: FakeManager) -> None:
    manager.add("Windows", VmState.RUNNING)
    manager.add("Debian")


@asynccontextmanager
async def privacy(open_desk: OpenDesk, **more: object) -> AsyncIterator[tuple[Desk, PrivacyPage]]:
    """The page, with two machines unless a test wants others."""
    async with open_desk(**{"prepare": two_machines, **more}) as desk:
        desk.window.show_page(2)
        settings = desk.window.settings_page
        assert settings is not None
        settings.show_subject("privacy")
        page = desk.window._privacy
        assert page is not None
        await eventually(lambda: page._computer is not None)
        await eventually(lambda: not busy(desk))
        yield desk, page


def busy(desk: Desk) -> bool:
    return any(name.startswith("privacy") for name in desk.actions._tasks)


def cell(page: PrivacyPage, name: str, kind: PermissionKind) -> QModelIndex:
    model = page._model
    for number in range(model.rowCount()):
        row = model.row(number)
        if row.name == name and row.item is None:
            return model.index(number, 1 + COLUMNS.index(kind))
    raise AssertionError(name)


def answer(page: PrivacyPage, name: str, permission: Permission) -> str:
    """What the table says."""
    model = page._model
    for number in range(model.rowCount()):
        row = model.row(number)
        if row.name == name and row.item == permission:
            return str(model.index(number, len(COLUMNS)).data())
    return str(cell(page, name, permission.kind).data())


def choose(page: PrivacyPage, index: QModelIndex, text: str) -> None:
    """Open a cell by keyboard and choose from its box."""
    page.table.setCurrentIndex(index)
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    box = page.table.viewport().findChild(QComboBox)
    assert box is not None
    number = box.findText(text)
    box.setCurrentIndex(number)
    box.activated.emit(number)


async def test_machines_are_rows_and_the_answers_follow_events(open_desk: OpenDesk) -> None:
    async with privacy(open_desk) as (desk, page):
        assert [page._model.row(n).name for n in range(2)] == ["Debian", "Windows"]
        assert answer(page, "Debian", CAMERA) == "Ask"
        await desk.manager.set_permission(CAMERA, Answer.NEVER, "Debian")
        await desk.manager.set_permission(CLIPBOARD, Answer.ONCE, "Windows")
        await eventually(lambda: answer(page, "Debian", CAMERA) == "Never")
        await eventually(lambda: answer(page, "Windows", CLIPBOARD) == "This time")


async def test_folders_and_devices_have_rows_of_their_own(open_desk: OpenDesk) -> None:
    async with privacy(open_desk) as (desk, page):
        for permission in (FOLDER, USB):
            await desk.manager.set_permission(permission, Answer.ALWAYS, "Windows")
        await eventually(lambda: page._model.rowCount() == 4)
        index = page._model.index(2, len(COLUMNS))
        spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
        assert spoken == "Windows, Shared folder, /home/anna/shared <b>, Allowed"
        assert "&lt;b&gt;" in page._model.index(2, 0).data(Qt.ItemDataRole.ToolTipRole)
        choose(page, index, "Ask")
        await eventually(lambda: page._model.rowCount() == 3)


async def test_an_answer_is_changed_by_keyboard_alone(open_desk: OpenDesk) -> None:
    async with privacy(open_desk) as (desk, page):
        choose(page, cell(page, "Debian", PermissionKind.CAMERA), "Allowed")
        await eventually(lambda: answer(page, "Debian", CAMERA) == "Allowed")
        states = await desk.manager.get_permissions("Debian")
        assert PermissionState(permission=CAMERA, answer=Answer.ALWAYS) in states
        await eventually(lambda: page.table.viewport().findChild(QComboBox) is None)
        QTest.keyClick(page.table, Qt.Key.Key_Right)
        assert page.table.currentIndex().column() == 1 + COLUMNS.index(PermissionKind.MICROPHONE)


async def test_a_click_opens_the_box(open_desk: OpenDesk) -> None:
    async with privacy(open_desk) as (_desk, page):
        index = cell(page, "Windows", PermissionKind.MICROPHONE)
        place = page.table.visualRect(index).center()
        QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        box = page.table.viewport().findChild(QComboBox)
        assert box is not None
        assert box.accessibleName() == "Windows, Microphone, Ask"
        assert [box.itemText(n) for n in range(box.count())] == ["Ask", "Allowed", "Never"]


async def test_an_answer_for_this_run_is_in_its_box(open_desk: OpenDesk) -> None:
    async with privacy(open_desk) as (desk, page):
        await desk.manager.set_permission(CLIPBOARD, Answer.ONCE, "Windows")
        await eventually(lambda: answer(page, "Windows", CLIPBOARD) == "This time")
        page.table.edit(cell(page, "Windows", PermissionKind.CLIPBOARD_READ))
        box = page.table.viewport().findChild(QComboBox)
        assert box is not None
        assert box.currentText() == "This time"


def test_a_refusal_for_this_run_can_be_taken_back(qapp) -> None:
    manager = FakeManager()
    info = manager.add("Debian")
    model = PermissionModel(qapp)
    model.show_machines((info,))
    state = PermissionState(permission=CAMERA, answer=Answer.ASK, refused=True)
    model.put({info.id: (state,)})
    wanted: list[object] = []
    model.wanted.connect(lambda *what: wanted.append(what))
    index = model.index(0, 1 + COLUMNS.index(PermissionKind.CAMERA))
    assert index.data() == "Not now"
    assert model.has_answers
    assert not model.setData(index, Answer.ASK)
    assert wanted == [("Debian", CAMERA, Answer.ASK)]
    assert not model.setData(model.index(0, 0), Answer.ASK)
    model.deleteLater()


def test_the_model_keeps_the_rules_of_models(qapp) -> None:
    manager = FakeManager()
    model = PermissionModel(qapp)
    tester = QAbstractItemModelTester(
        model, QAbstractItemModelTester.FailureReportingMode.Fatal, qapp
    )
    first, second = manager.add("b"), manager.add("a")
    model.show_machines((first, second))
    allowed = PermissionState(permission=FOLDER, answer=Answer.ALWAYS)
    model.put({first.id: (allowed,)})
    assert [model.row(n).name for n in range(model.rowCount())] == ["a", "b", "b"]
    model.show_machines((second,))
    model.put({first.id: (allowed,)})  # gone meanwhile
    assert model.rowCount() == 1
    tester.deleteLater()
    model.deleteLater()


async def test_an_answer_that_cannot_be_kept_is_told_and_the_cell_stays(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with privacy(open_desk) as (desk, page):

        async def refuse(*_: object) -> None:
            raise StoreError("The permissions cannot be written.")

        monkeypatch.setattr(desk.manager, "set_permission", refuse)
        choose(page, cell(page, "Debian", PermissionKind.CAMERA), "Allowed")
        sheet = await desk.sheet()
        assert isinstance(sheet, ErrorSheet)
        assert sheet.accessibleName() == "The answer for Debian could not be changed"
        assert answer(page, "Debian", CAMERA) == "Ask"


async def test_programs_on_this_computer_have_a_row(open_desk: OpenDesk) -> None:
    async with privacy(open_desk) as (desk, page):
        assert page.host_id.currentText() == "Ask"
        page.host_id.setCurrentIndex(2)
        page.host_id.activated.emit(2)
        await eventually(lambda: page._computer and page._computer.answer is Answer.NEVER)
        await desk.manager.set_permission(HOST_ID, Answer.ONCE)
        await eventually(lambda: page.host_id.currentText() == "This time")


async def test_forget_all_asks_once_and_forgets_everything(open_desk: OpenDesk) -> None:
    async with privacy(open_desk) as (desk, page):
        assert not page._forget.isEnabled()
        await desk.manager.set_permission(CAMERA, Answer.NEVER, "Debian")
        await desk.manager.set_permission(FOLDER, Answer.ALWAYS, "Windows")
        await desk.manager.set_permission(HOST_ID, Answer.ALWAYS)
        await eventually(page._forget.isEnabled)
        await eventually(lambda: page._model.rowCount() == 3 and page.host_id.currentIndex() == 1)
        page._forget.click()
        await desk.press("Cancel")
        await desk.no_sheet()
        assert answer(page, "Debian", CAMERA) == "Never"
        page._forget.click()
        await desk.press("Forget all")
        await eventually(lambda: not page._forget.isEnabled())
        assert answer(page, "Debian", CAMERA) == "Ask"
        assert page.host_id.currentText() == "Ask"


async def test_what_is_open_is_listed_and_can_be_removed_and_taken_back(
    open_desk: OpenDesk, tmp_path: Path
) -> None:
    discs = [tmp_path / "a.iso", tmp_path / "b.iso"]
    for disc in discs:
        disc.touch()

    def with_grants(manager: FakeManager) -> None:
        two_machines(manager)
        manager.granted += [*discs, tmp_path, Path("/gone")]

    async with privacy(open_desk, prepare=with_grants) as (desk, page):
        await eventually(lambda: page.paths.count() == 4)
        assert not page._remove.isEnabled()
        page.paths.setFocus()
        page.paths.item(0).setSelected(True)
        page.paths.item(1).setSelected(True)
        QTest.keyClick(page.paths, Qt.Key.Key_Delete)
        await eventually(lambda: desk.manager.granted == [tmp_path, Path("/gone")])
        await eventually(lambda: desk.window.toast.can_act)
        assert desk.window.toast.accessibleName() == "Removed 2 entries"
        desk.window.toast.act()
        await eventually(lambda: page.paths.count() == 4)
        page.paths.clearSelection()
        page.paths.item(1).setSelected(True)
        page._remove.click()
        await eventually(lambda: desk.window.toast.accessibleName().startswith("Removed “"))


async def test_without_machines_and_grants_the_page_says_so(open_desk: OpenDesk) -> None:
    async with privacy(open_desk, prepare=None) as (desk, page):
        assert page._no_machines.isVisible()
        assert page._no_paths.isVisible()
        assert not page.paths.isVisible()
        assert not page._remove.isVisible()
        desk.manager.add("Debian")
        await eventually(page.table.isVisible)


async def test_machines_come_are_renamed_and_go(open_desk: OpenDesk) -> None:
    async with privacy(open_desk) as (desk, page):
        desk.manager.add("Arch")
        await eventually(lambda: page._model.rowCount() == 3)
        await desk.manager.rename_vm("Debian", "Zorin")
        await eventually(lambda: page._model.row(2).name == "Zorin")
        await desk.manager.destroy_vm("Arch")
        await eventually(lambda: page._model.rowCount() == 2)


async def test_a_reader_that_fell_behind_asks_for_everything(open_desk: OpenDesk) -> None:
    async with privacy(open_desk) as (desk, page):
        debian = desk.machine("Debian")
        desk.manager._answers[debian.id, CAMERA] = Answer.NEVER
        desk.manager.fall_behind()
        await eventually(lambda: answer(page, "Debian", CAMERA) == "Never")


async def test_tab_passes_the_table_in_one_step_and_everything_has_a_name(
    open_desk: OpenDesk, tmp_path: Path
) -> None:
    def with_grant(manager: FakeManager) -> None:
        two_machines(manager)
        manager.granted.append(tmp_path)

    async with privacy(open_desk, prepare=with_grant) as (desk, page):
        await eventually(lambda: page.paths.count() == 1)
        await desk.manager.set_permission(CAMERA, Answer.NEVER, "Debian")
        await eventually(page._forget.isEnabled)
        page.paths.item(0).setSelected(True)
        page._forget.setFocus()
        seen = []
        for _ in range(4):
            desk.window.focusNextPrevChild(True)
            seen.append(desk.window.focusWidget())
        assert seen == [page.table, page.host_id, page.paths, page._remove]
        controls = [*page.findChildren(QComboBox), *page.findChildren(QAbstractButton)]
        shown = [widget for widget in controls if widget.isVisible()]
        assert all(widget.accessibleName() for widget in [*shown, page.table, page.paths])


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("look", ["light", "dark"])
async def test_nothing_is_cut_at_the_least_width(
    open_desk: OpenDesk, language: str, look: str
) -> None:
    async with open_desk("N" * 128, width=960, height=600) as desk:
        desk.settings.change(language=language, look=look)
        desk.appearance.apply()
        await eventually(lambda: speaks(desk, language))
        desk.window.show_page(2)
        settings = desk.window.settings_page
        assert settings is not None
        settings.show_subject("privacy")
        page = desk.window._privacy
        assert page is not None
        await eventually(lambda: page._computer is not None)
        assert not desk.window.grab().isNull()
        header = page.table.horizontalHeader()
        assert header.length() == page.table.viewport().width()
        for text in page.findChildren(QLabel):
            if text.isVisible():
                assert text.height() >= text.heightForWidth(text.width()), text.text()


async def test_a_thousand_machines_are_no_burden(open_desk: OpenDesk) -> None:
    def many(manager: FakeManager) -> None:
        for number in range(1000):
            manager.add(f"Machine {number}")

    async with privacy(open_desk, prepare=many) as (desk, page):
        assert page._model.rowCount() == 1000
        assert page.table.height() < 500
        assert not desk.window.grab().isNull()


async def test_colours_follow_the_look(open_desk: OpenDesk, tmp_path: Path) -> None:
    async with privacy(open_desk, prepare=lambda manager: manager.granted.append(tmp_path)) as (
        desk,
        page,
    ):
        await eventually(lambda: page.paths.count() == 1)
        before = page.paths.item(0).icon().cacheKey()
        desk.settings.change(look="dark")
        desk.appearance.apply()
        await eventually(lambda: page.paths.item(0).icon().cacheKey() != before)
