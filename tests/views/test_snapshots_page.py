"""The page of a machine's snapshots."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu

from app.errors import StateError
from app.views.snapshots import words
from app.views.snapshots.graph import NOW, rows_of
from app.views.snapshots.note_sheet import NoteSheet
from app.views.snapshots.page import SnapshotsPage
from app.views.snapshots.take_sheet import TakeSheet
from app.vm.records import Snapshot
from app.vm.state import VmState, allowed
from tests.fakes.snapshots import SnapshotManager
from tests.helpers.waiting import eventually
from tests.views import conftest
from tests.views.conftest import Desk, OpenDesk

Opened = tuple[Desk, SnapshotManager, SnapshotsPage]
Key = Qt.Key


@asynccontextmanager
async def opened(
    open_desk: OpenDesk,
    monkeypatch: pytest.MonkeyPatch,
    *names: str,
    state: VmState = VmState.STOPPED,
    **known: object,
) -> AsyncIterator[Opened]:
    monkeypatch.setattr(conftest, "FakeManager", SnapshotManager)
    async with open_desk(prepare=lambda manager: manager.add("Debian", state)) as desk:
        manager = desk.manager
        assert isinstance(manager, SnapshotManager)
        for name in names:
            await manager.create_snapshot("Debian", name)
        held = manager.kept.setdefault("Debian", [])
        held[:] = [replace(one, **known) for one in held]  # type: ignore[arg-type]
        desk.window.commands.snapshots_wanted.emit(desk.machine("Debian"))
        page = desk.window.snapshots
        assert page is not None
        await eventually(lambda: shown(page) == list(reversed(names)), what="the list")
        yield desk, manager, page
        if desk.window.snapshots is not None:
            await desk.window.snapshots.settle()


def shown(page: SnapshotsPage) -> list[str]:
    """Names of the rows below the machine as it is now."""
    rows = page.tree.rows
    return [rows.index(number).data() for number in range(1, rows.rowCount())]


def entry_of(page: SnapshotsPage, text: str) -> QAction:
    """An entry of the present snapshot's menu, which is open."""
    for old in page.findChildren(QMenu):
        old.close()
    page._show_menu(QPoint(5, 5))
    menu = page.findChildren(QMenu)[-1]
    return next(entry for entry in menu.actions() if entry.text() == text)


def choose(page: SnapshotsPage, text: str) -> None:
    entry_of(page, text).trigger()
    for menu in page.findChildren(QMenu):
        menu.close()


def kept(manager: SnapshotManager) -> list[str]:
    return [one.name for one in manager.kept["Debian"]]


def follows(key: str, parent: str, *, current: bool = False) -> Snapshot:
    return Snapshot(snapshot_id=key, name=key, parent=parent, current=current)


def parents(snapshots: list[Snapshot]) -> dict[str, str]:
    return {one.snapshot_id: one.parent for one in snapshots}


def test_a_branch_has_a_lane_of_its_own_down_to_where_it_began() -> None:
    listed = [follows("a", ""), follows("b", "a"), follows("c", "a", current=True)]
    rows = {row.key: row for row in rows_of(listed, parents(listed))}
    assert list(rows) == [NOW, "c", "b", "a"]
    assert {key: row.lane for key, row in rows.items()} == {NOW: 0, "c": 0, "b": 1, "a": 0}
    assert rows["b"].passes == {0: True}
    assert rows["a"].joins == {0: True, 1: False}
    assert {key: row.level for key, row in rows.items()} == {NOW: 3, "c": 2, "b": 2, "a": 1}


def test_one_out_of_sight_is_bridged_and_a_circle_ends() -> None:
    listed = [follows("a", ""), follows("c", "b", current=True)]
    above = {"a": "", "b": "a", "c": "b"}
    assert [row.parent for row in rows_of(listed, above)] == ["c", "a", ""]
    circle = [follows("a", "b", current=True), follows("b", "a")]
    assert {row.key for row in rows_of(circle, parents(circle))} == {NOW, "a", "b"}


def test_a_parent_is_below_what_follows_it_even_when_the_clock_was_set_back() -> None:
    listed = [follows("child", "parent"), follows("parent", "")]
    assert [row.key for row in rows_of(listed, parents(listed))] == [NOW, "child", "parent"]


async def test_a_snapshot_is_taken_with_its_note(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(open_desk, monkeypatch) as (desk, manager, page):
        await eventually(page._empty.isVisible)
        page.take.click()
        sheet = await desk.sheet()
        assert isinstance(sheet, TakeSheet)
        assert sheet.name.text()
        sheet.name.setText(" ")
        await desk.press("Take snapshot")
        assert desk.window.sheets.top is sheet
        sheet.name.setText("Clean")
        sheet.note.setText("just installed")
        await desk.press("Take snapshot")
        await eventually(lambda: shown(page) == ["Clean"])
        assert manager.kept["Debian"][0].note == "just installed"


async def test_a_screen_reader_hears_level_date_and_kind(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(open_desk, monkeypatch, "A", "B", with_memory=True) as (_, _manager, page):
        spoken = page.tree.rows.index(1).data(Qt.ItemDataRole.AccessibleTextRole)
        assert spoken.startswith("B, Level 2, ")
        assert "2023" in spoken or "/23" in spoken
        assert spoken.endswith(", 1 GB, with memory")


async def test_a_snapshot_made_elsewhere_appears(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(open_desk, monkeypatch, "A") as (_, manager, page):
        await manager.create_snapshot("Debian", "From the command line")
        await eventually(lambda: shown(page) == ["From the command line", "A"])


@pytest.mark.parametrize(
    ("button", "safety"), [("Snapshot, then go back", True), ("Go back", False)]
)
async def test_going_back_asks_whether_to_keep_what_is_now(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch, button: str, safety: bool
) -> None:
    async with opened(open_desk, monkeypatch, "Clean install") as (desk, manager, page):
        QTest.keyClick(page.tree, Key.Key_Return)
        sheet = await desk.sheet()
        assert sheet.accessibleName() == "Go back to “Clean install”?"
        assert (
            sheet.accessibleDescription()
            == "What you did after it is lost unless you take a snapshot now."
        )
        await desk.press(button)
        await eventually(lambda: manager.restored == [("s1", safety, False)])


async def test_enter_twice_takes_the_safe_way_and_escape_takes_none(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(open_desk, monkeypatch, "A", with_memory=True) as (desk, manager, page):
        QTest.keyClick(page.tree, Key.Key_Return)
        sheet = await desk.sheet()
        assert "The machine starts" in sheet.accessibleDescription()
        QTest.keyClick(sheet, Key.Key_Escape)
        await desk.no_sheet()
        QTest.keyClick(page.tree, Key.Key_Return)
        sheet = await desk.sheet()
        focus = sheet.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, Key.Key_Return)
        await eventually(lambda: manager.restored == [("s1", True, False)])


async def test_one_whose_memory_cannot_be_loaded_goes_back_to_the_disk(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(open_desk, monkeypatch, "A", with_memory=True) as (desk, manager, page):
        manager.unloadable = True
        page.ask_to_go_back()
        await desk.press("Go back")
        await eventually(
            lambda: (top := desk.window.sheets.top) and "could not" in top.accessibleName()
        )
        assert desk.window.sheets.top is not None
        assert (
            desk.window.sheets.top.accessibleDescription() == "The machine has other devices now."
        )
        await desk.press("Go back to the disk only…")
        name = "Go back to the disk of “A” only?"
        await eventually(lambda: (top := desk.window.sheets.top) and top.accessibleName() == name)
        await desk.press("Go back")
        await eventually(lambda: manager.restored == [("s1", False, True)])


async def test_a_running_machine_is_shut_down_before_it_goes_back_to_a_disk(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = VmState.RUNNING
    async with opened(open_desk, monkeypatch, "A", state=running) as (desk, manager, page):
        page.ask_to_go_back()
        await desk.press("Shut down")
        await eventually(lambda: desk.machine("Debian").state is VmState.STOPPED)
        await eventually(
            lambda: (top := desk.window.sheets.top) and "Go back" in top.accessibleName()
        )
        await desk.press("Go back")
        await eventually(lambda: manager.restored == [("s1", False, False)])


async def test_a_note_is_changed_and_one_that_is_too_long_stays_in_the_sheet(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(open_desk, monkeypatch, "A") as (desk, manager, page):
        page.tree.choose("s1")
        choose(page, "Edit note…")
        sheet = await desk.sheet()
        assert isinstance(sheet, NoteSheet)
        sheet.note.setPlainText("x" * 2001)
        await desk.press("Save")
        assert desk.window.sheets.top is sheet
        sheet.note.setPlainText("first line\nsecond")
        await desk.press("Save")
        await eventually(lambda: manager.kept["Debian"][0].note == "first line\nsecond")
        await desk.no_sheet()


async def test_one_that_is_locked_says_so_and_is_not_deleted(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(open_desk, monkeypatch, "A") as (desk, manager, page):
        page.tree.choose("s1")
        choose(page, "Lock")
        await eventually(lambda: manager.kept["Debian"][0].locked)
        await eventually(lambda: "locked" in words.spoken(page.tree.chosen(), 1))
        QTest.keyClick(page.tree, Key.Key_Delete)
        assert shown(page) == ["A"]
        assert "is locked" in desk.window.toast._text.text()
        entry = entry_of(page, "Delete")
        assert not entry.isEnabled()
        assert entry.toolTip() == "The snapshot is locked. Unlock it first."
        choose(page, "Unlock")
        await eventually(lambda: not manager.kept["Debian"][0].locked)


async def test_a_deleted_snapshot_is_kept_until_the_undo_time_is_over(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(open_desk, monkeypatch, "A", "B") as (desk, manager, page):
        page.tree.choose("s1")
        QTest.keyClick(page.tree, Key.Key_Delete)
        assert shown(page) == ["B"]
        assert kept(manager) == ["A", "B"]
        QTest.keyClick(desk.window, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert shown(page) == ["B", "A"]
        page.delete()
        page._undo_time.timeout.emit()
        await eventually(lambda: kept(manager) == ["B"])
        assert not desk.window.toast.can_act


async def test_a_second_delete_sends_the_first_and_neither_comes_back_into_sight(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(open_desk, monkeypatch, "A", "B", "C") as (desk, manager, page):
        manager.gate.clear()
        page.tree.choose("s2")
        page.delete()
        assert page.tree.rows.row(page.tree.rows.index_of("s3")).parent == "s1"  # type: ignore[union-attr]
        page.tree.choose("s3")
        page.delete()
        assert shown(page) == ["A"]
        manager.gate.set()
        await eventually(lambda: kept(manager) == ["A", "C"])
        assert shown(page) == ["A"]
        desk.window.toast.act()
        await eventually(lambda: shown(page) == ["C", "A"])


async def test_leaving_the_page_sends_a_delete_that_waits(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(open_desk, monkeypatch, "A") as (desk, manager, page):
        page.delete()
        QTest.keyClick(page, Key.Key_Escape)
        await eventually(lambda: kept(manager) == [])
        assert desk.window.library.isVisible()


async def test_quitting_sends_a_delete_that_waits(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(open_desk, monkeypatch, "A") as (desk, manager, page):
        page.delete()
        desk.window.ask_to_quit()
        await eventually(lambda: kept(manager) == [])


async def test_quitting_waits_for_a_delete_that_is_under_way(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(open_desk, monkeypatch, "A") as (desk, manager, page):
        left: list[list[str]] = []
        desk.window.quit_confirmed.connect(lambda: left.append(kept(manager)))
        manager.gate.clear()
        page.delete()
        QTest.keyClick(page.tree, Key.Key_Escape)
        desk.window.ask_to_quit()
        await eventually(lambda: desk.actions.is_running("quit"))
        manager.gate.set()
        await eventually(lambda: left == [[]])


async def test_another_language_leaves_the_page_where_it_is(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(open_desk, monkeypatch, "A") as (desk, _manager, page):
        desk.settings.change(language="zh_CN")
        desk.appearance.apply()
        await eventually(lambda: desk.window.snapshots is not page)
        fresh = desk.window.snapshots
        assert fresh is not None
        assert fresh.isVisible()
        assert fresh.take.text() == "创建快照"
        await eventually(lambda: shown(fresh) == ["A"])


async def test_f2_renames_in_place_and_escape_gives_up(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(open_desk, monkeypatch, "A") as (desk, manager, page):

        def editor() -> QLineEdit:
            QTest.keyClick(page.tree, Key.Key_F2)
            found = page.tree.viewport().findChild(QLineEdit)
            assert found is not None
            return found

        edit = editor()
        edit.setText("B")
        QTest.keyClick(edit, Key.Key_Escape)
        assert page.isVisible()
        await eventually(lambda: page.tree.viewport().findChild(QLineEdit) is None)
        edit = editor()
        edit.setText("Before update")
        QTest.keyClick(edit, Key.Key_Return)
        await eventually(lambda: kept(manager) == ["Before update"])
        await eventually(lambda: shown(page) == ["Before update"])
        assert desk.window.sheets.top is None


async def test_arrow_keys_walk_rows_and_lines(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(open_desk, monkeypatch, "A", "B", "C") as (_, _manager, page):
        tree = page.tree
        for key, wanted in (
            (Key.Key_Home, NOW), (Key.Key_End, "s1"), (Key.Key_Right, "s2"),
            (Key.Key_Left, "s1"), (Key.Key_Left, "s1"), (Key.Key_Up, "s2"), (Key.Key_Up, "s3"),
        ):  # fmt: skip
            QTest.keyClick(tree, key)
            assert tree.chosen_key() == wanted
        assert tree.property("kbd") == "true"


async def test_one_with_a_problem_cannot_be_gone_back_to(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {"problem": "Its file is gone."}
    async with opened(open_desk, monkeypatch, "A", **known) as (desk, manager, page):
        QTest.keyClick(page.tree, Key.Key_Return)
        assert desk.window.sheets.top is None
        page.delete()
        await page.settle()
        assert kept(manager) == []


async def test_buttons_follow_what_the_state_allows(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(open_desk, monkeypatch, "A") as (desk, manager, page):
        busy = VmState.SNAPSHOTTING
        manager.change("Debian", state=busy, actions=allowed(busy))
        await eventually(lambda: page._state.text() == "Working on a snapshot…")
        assert not page.take.isEnabled()
        page.delete()
        page.ask_to_go_back()
        assert kept(manager) == ["A"]
        assert desk.window.sheets.top is None
        free = VmState.RUNNING
        manager.change("Debian", state=free, actions=allowed(free))
        await eventually(page.take.isEnabled)


async def test_the_row_s_buttons_answer_the_pointer(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(open_desk, monkeypatch, "A") as (desk, _manager, page):
        tree = page.tree
        boxes = tree._delegate.boxes(tree.visualRect(tree.rows.index(1)).toRectF())
        left = Qt.MouseButton.LeftButton
        none = Qt.KeyboardModifier.NoModifier
        more = boxes.more.center().toPoint()
        QTest.mouseClick(tree.viewport(), left, none, QPoint(more))
        menu = page.findChild(QMenu)
        assert menu is not None
        assert [entry.text() for entry in menu.actions()] == [
            "Go back…", "Rename", "Edit note…", "Lock", "Delete",
        ]  # fmt: skip
        menu.close()
        QTest.mouseClick(tree.viewport(), left, none, QPoint(boxes.go.center().toPoint()))
        assert "Go back" in (await desk.sheet()).accessibleName()


async def test_a_machine_that_goes_takes_its_page_along(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(open_desk, monkeypatch, "A") as (desk, manager, _page):
        await manager.destroy_vm("Debian")
        await eventually(desk.window.library.isVisible)


async def test_the_panel_shows_the_newest_three_and_leads_to_all_and_to_a_new_one(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(open_desk, monkeypatch, "A", "B", "C", "D") as (desk, manager, page):
        page.back_wanted.emit()
        recent = desk.window.library.detail.snapshots
        desk.manager.change("Debian", cpus=4)

        def names() -> list[str]:
            return [parts[1].text() for parts in recent._lines if parts[1].isVisible()]

        await eventually(lambda: names() == ["D", "C", "B"])
        await manager.destroy_snapshot("Debian", "s4")
        await eventually(lambda: names() == ["C", "B", "A"])
        recent.all.click()
        assert page.isVisible()
        page.back_wanted.emit()
        recent.take.click()
        assert isinstance(await desk.sheet(), TakeSheet)


async def test_the_panel_is_silent_where_no_list_can_be_had(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_manager: object, _name: str) -> tuple[Snapshot, ...]:
        raise StateError("The machine's files are missing.")

    monkeypatch.setattr(SnapshotManager, "get_snapshot_list", refuse)
    monkeypatch.setattr(conftest, "FakeManager", SnapshotManager)
    async with open_desk("Debian") as desk:
        recent = desk.window.library.detail.snapshots
        answered: list[object] = []
        desk.window.commands.list_snapshots(
            desk.machine("Debian"), lambda _, found: answered.append(found)
        )
        await eventually(lambda: answered == [None])
        assert not recent.isVisible()
        assert desk.window.sheets.top is None


async def test_the_menu_of_a_machine_leads_to_its_snapshots(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        desk.window.library._show_menu(QPoint(10, 10))
        menu = desk.window.library.findChild(QMenu)
        assert menu is not None
        texts = [entry.text() for entry in menu.actions()]
        assert texts.index("Snapshots…") == texts.index("Rename…") - 1
        menu.actions()[texts.index("Snapshots…")].trigger()
        menu.close()
        assert desk.window.snapshots is not None
        assert desk.window.snapshots.isVisible()
