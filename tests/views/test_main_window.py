"""The window as a person uses it: by keys and buttons, over a manager in memory."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QMenu, QWidget

from app.errors import MemoryLessError
from app.views.problems import sentence
from app.views.widgets.buttons import Button
from app.views.widgets.question import ErrorSheet, QuestionSheet
from app.views.wizard.sheet import WizardSheet
from app.vm.space_guard import SpaceLimits, short_notice
from app.vm.state import VmState
from tests.helpers.waiting import eventually
from tests.views.conftest import Desk, OpenDesk, speaks

Key = Qt.Key


def hit(widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    QTest.keyClick(widget, key, modifier or Qt.KeyboardModifier.NoModifier)


def detail_button(desk: Desk, name: str) -> Button:
    buttons = desk.window.library.detail.findChildren(Button)
    return next(b for b in buttons if b.accessibleName() == name)


async def test_an_empty_library_leads_to_the_wizard(open_desk: OpenDesk) -> None:
    async with open_desk() as desk:
        button = next(b for b in desk.window.findChildren(Button) if b.text() == "Create from ISO")
        await eventually(button.isVisible)
        button.click()
        assert isinstance(await desk.sheet(), WizardSheet)


async def test_enter_starts_the_machine_and_opens_its_window(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        desk.window.library.view.setFocus()
        hit(desk.window.library.view, Key.Key_Return)
        await eventually(lambda: desk.opened == [("Debian", False)])
        await eventually(lambda: desk.machine("Debian").state is VmState.RUNNING)


async def test_space_starts_pauses_and_goes_on(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        view = desk.window.library.view
        for state in (VmState.RUNNING, VmState.PAUSED, VmState.RUNNING):
            hit(view, Key.Key_Space)
            await eventually(lambda state=state: desk.machine("Debian").state is state)
            await eventually(lambda: not list(desk.actions._tasks.keys() - {"follow"}))
        assert desk.opened == []


async def test_a_step_under_way_disables_what_makes_no_sense(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        desk.manager.gate.clear()
        detail_button(desk, "Start").click()
        await eventually(lambda: desk.machine("Debian").state is VmState.STARTING)
        await eventually(lambda: not detail_button(desk, "Open").isEnabled())
        desk.manager.gate.set()
        await eventually(lambda: detail_button(desk, "Open").isEnabled())


async def test_a_failure_is_told_with_cause_and_remedy(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        desk.manager.refusal = MemoryLessError("needs 8 GiB", remedy="Close programs.")
        detail_button(desk, "Start").click()
        sheet = await desk.sheet()
        assert isinstance(sheet, ErrorSheet)
        assert sheet.accessibleName() == "Debian could not start"
        assert sheet.accessibleDescription() == "needs 8 GiB"
        await desk.press("Copy report")
        assert "SA_VM_MEMORY_LESS" in QApplication.clipboard().text()
        hit(sheet, Key.Key_Escape)
        await desk.no_sheet()


async def test_delete_can_be_undone(open_desk: OpenDesk) -> None:
    async with open_desk("Debian", "Ubuntu") as desk:
        desk.select("Debian")
        hit(desk.window.library.view, Key.Key_Delete)
        await eventually(lambda: desk.window.model.rowCount() == 1)
        await eventually(lambda: desk.window.toast.can_act)
        hit(desk.window, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await eventually(lambda: desk.window.model.rowCount() == 2)
        assert not desk.window.toast.isVisible()


async def test_a_guest_that_ignores_the_power_button_can_be_forced(open_desk: OpenDesk) -> None:
    async with open_desk(prepare=lambda m: m.add("Debian", VmState.RUNNING)) as desk:
        desk.manager.obedient = False
        detail_button(desk, "Shut down").click()
        assert (await desk.sheet()).accessibleName() == "Debian did not switch itself off."
        await desk.press("Wait")
        await eventually(lambda: len(desk.manager.calls) == 2)
        await desk.press("Force off")
        await eventually(lambda: desk.machine("Debian").state is VmState.STOPPED)


async def test_a_rename_refuses_names_while_typing_and_can_be_undone(open_desk: OpenDesk) -> None:
    async with open_desk("Debian", "Ubuntu") as desk:
        desk.select("Debian")
        desk.window.library.view.setFocus()
        hit(desk.window.library.view, Key.Key_F2)
        sheet = await desk.sheet()
        edit = sheet.findChild(QLineEdit)
        assert edit is not None
        edit.clear()
        QTest.keyClicks(edit, "uBUNTU")
        assert edit.accessibleDescription() == "There is already a machine called “uBUNTU”."
        hit(edit, Key.Key_Return)
        assert desk.window.sheets.top is sheet
        edit.setText("Sid <b>")
        hit(edit, Key.Key_Return)
        await desk.no_sheet()
        await eventually(lambda: "Sid <b>" in {info.name for info in desk.window.model.infos})
        await eventually(lambda: desk.window.toast.can_act)
        desk.window.toast.act()
        await eventually(lambda: "Debian" in {info.name for info in desk.window.model.infos})


async def test_the_search_narrows_the_grid_and_escape_widens_it(open_desk: OpenDesk) -> None:
    async with open_desk("Debian", "Ubuntu", "Windows") as desk:
        library = desk.window.library
        hit(desk.window, Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        search = library._search
        QTest.keyClicks(search, "bun")
        assert library.view.model().rowCount() == 1
        current = library.view.current()
        assert current is not None
        assert current.name == "Ubuntu"
        QTest.keyClicks(search, "xyz")
        assert library._stack.currentWidget() is library._nothing
        hit(search, Key.Key_Escape)
        assert library.view.model().rowCount() == 3


async def test_quitting_asks_what_becomes_of_running_machines(open_desk: OpenDesk) -> None:
    async with open_desk(prepare=lambda m: m.add("Debian", VmState.RUNNING)) as desk:
        left: list[int] = []
        desk.window.quit_confirmed.connect(lambda: left.append(1))
        desk.window.close()
        assert isinstance(await desk.sheet(), QuestionSheet)
        await desk.press("Cancel")
        await desk.no_sheet()
        assert not left
        assert desk.window.isVisible()
        await eventually(lambda: not desk.actions.is_running("quit"))
        hit(desk.window, Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
        await desk.press("Shut down and quit")
        await eventually(lambda: left)
        assert desk.manager._find("Debian").state is VmState.STOPPED


async def test_quitting_without_running_machines_does_not_ask(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        left: list[int] = []
        desk.window.quit_confirmed.connect(lambda: left.append(1))
        hit(desk.window, Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
        await eventually(lambda: left)


async def test_machines_that_are_kept_running_are_not_touched(open_desk: OpenDesk) -> None:
    async with open_desk(prepare=lambda m: m.add("Debian", VmState.RUNNING)) as desk:
        left: list[int] = []
        desk.window.quit_confirmed.connect(lambda: left.append(1))
        desk.window.ask_to_quit()
        await desk.press("Keep running")
        await eventually(lambda: left)
        assert desk.manager.calls == []


async def test_a_dropped_disc_opens_the_wizard_with_it(open_desk: OpenDesk, tmp_path: Path) -> None:
    async with open_desk("Debian") as desk:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(tmp_path / "system.ISO"))])
        event = QDropEvent(
            QPointF(5, 5),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        desk.window.dropEvent(event)
        sheet = await desk.sheet()
        assert isinstance(sheet, WizardSheet)
        assert sheet.plan.iso == tmp_path / "system.ISO"


async def test_in_a_narrow_window_enter_opens_the_panel_as_a_page(open_desk: OpenDesk) -> None:
    async with open_desk("Debian", width=960, height=600) as desk:
        library = desk.window.library
        assert not library.detail.isVisible()
        hit(library.view, Key.Key_Return)
        assert library.detail.isVisible()
        assert not library.view.isVisible()
        assert desk.opened == []
        hit(library, Key.Key_Escape)
        assert library.view.isVisible()
        desk.window.resize(1200, 700)
        await eventually(lambda: library.detail.isVisible() and library.view.isVisible())


async def test_the_notice_about_this_computer_can_be_hidden(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        desk.manager.tell_host("tcg", "Hardware acceleration is off; machines will be slow.")
        notice = desk.window.library._notice
        await eventually(notice.isVisible)
        assert notice.accessibleName().startswith("Hardware acceleration is off")
        next(b for b in notice.findChildren(Button) if b.text() == "Hide").click()
        assert not notice.isVisible()


async def test_two_things_about_this_computer_are_told_on_two_lines_in_chinese(
    open_desk: OpenDesk,
) -> None:
    async with open_desk("Debian") as desk:
        desk.settings.change(language="zh_CN")
        desk.appearance.apply()
        await eventually(lambda: speaks(desk, "zh_CN"))
        short = short_notice(1500, Path("/machines"), SpaceLimits())
        slow = "Hardware acceleration is off; machines will be slow."
        desk.manager.tell_host("tcg", f"{slow}\n{short}")
        notice = desk.window.library._notice
        await eventually(notice.isVisible)
        lines = notice.accessibleName().splitlines()
        assert len(lines) == 2
        assert "1.5 GiB" in lines[1]
        assert "/machines" in lines[1]
        assert not any("Disk space" in line or "acceleration" in line for line in lines)


async def test_a_reader_that_fell_behind_shows_the_truth_again(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        desk.manager._machines.clear()
        desk.manager.add("Ubuntu")
        desk.manager.fall_behind()
        await eventually(lambda: [i.name for i in desk.window.model.infos] == ["Ubuntu"])


async def test_pictures_are_taken_of_running_machines_that_can_be_seen(
    open_desk: OpenDesk,
) -> None:
    def two(manager: object) -> None:
        manager.add("on", VmState.RUNNING)  # type: ignore[attr-defined]
        manager.add("off")  # type: ignore[attr-defined]

    async with open_desk(prepare=two) as desk:
        await eventually(lambda: desk.refreshed)
        assert set(desk.refreshed) == {"on"}
        assert desk.window.library._timer.isActive()
        desk.window.hide()
        assert not desk.window.library._timer.isActive()
        seen = len(desk.refreshed)
        desk.window.library._refresh_pictures()
        await asyncio.sleep(0)
        assert len(desk.refreshed) == seen


async def test_no_picture_is_taken_of_a_machine_while_another_window_has_the_person(
    open_desk: OpenDesk,
) -> None:
    def two(manager: object) -> None:
        manager.add("behind", VmState.RUNNING)  # type: ignore[attr-defined]
        manager.add("in its window", VmState.VIEWING)  # type: ignore[attr-defined]

    async with open_desk(prepare=two) as desk:
        await eventually(desk.window.isActiveWindow)
        desk.window.library._refresh_pictures()
        await eventually(lambda: {"behind", "in its window"} <= set(desk.refreshed))
        other = QWidget()
        other.show()
        other.activateWindow()
        await eventually(lambda: other.isActiveWindow() and not desk.window.isActiveWindow())
        desk.refreshed.clear()
        desk.window.library._refresh_pictures()
        await eventually(lambda: desk.refreshed)
        assert set(desk.refreshed) == {"behind"}
        other.close()


async def test_the_menu_has_what_the_state_allows(open_desk: OpenDesk) -> None:
    async with open_desk(prepare=lambda m: m.add("Debian", VmState.PAUSED)) as desk:
        library = desk.window.library
        library._show_menu(library.mapToGlobal(QPoint(20, 20)))
        menu = library.findChild(QMenu)
        assert menu is not None
        texts = [action.text() for action in menu.actions() if action.text()]
        menu.close()
        assert "Resume" in texts
        assert "Shut down" in texts
        assert not {"Start without window", "Delete", "Insert disc…", "Pause"} & set(texts)


async def test_the_disc_can_be_taken_out_of_a_machine_that_is_off(open_desk: OpenDesk) -> None:
    async with open_desk(prepare=lambda m: m.add("Debian", disc=Path("/d/debian.iso"))) as desk:
        detail_button(desk, "Eject the disc").click()
        await eventually(lambda: desk.machine("Debian").disc is None)
        await eventually(lambda: not detail_button(desk, "Eject the disc").isVisible())


async def test_a_disc_that_was_chosen_is_granted_and_inserted(
    open_desk: OpenDesk, tmp_path: Path
) -> None:
    disc = tmp_path / "tools.iso"
    disc.touch()
    async with open_desk("Debian") as desk:
        desk.window.commands.insert_disc(desk.machine("Debian"), disc)
        await eventually(lambda: desk.machine("Debian").disc == disc)
        assert desk.manager.granted == [disc]


async def test_tab_reaches_every_control_and_each_has_a_name(open_desk: OpenDesk) -> None:
    async with open_desk("Debian", "Ubuntu") as desk:
        window = desk.window
        window.library.view.setFocus()
        seen: list[QWidget] = []
        for _ in range(40):
            window.focusNextPrevChild(True)
            widget = window.focusWidget()
            assert widget is not None
            if widget in seen:
                break
            assert widget.property("kbd") == "true"
            seen.append(widget)
        assert all(widget.accessibleName() for widget in seen), seen
        names = {widget.accessibleName() for widget in seen}
        assert {"Virtual machines", "New virtual machine", "Search machines by name"} <= names
        assert {"Start", "More actions", "Rename (F2)", "Insert a disc…"} <= names
        assert sum(widget.property("kbd") == "true" for widget in seen) == 1


async def test_tab_stays_inside_a_sheet_and_the_keys_below_it_rest(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        desk.window.show_error(MemoryLessError("x", detail="log"), "No")
        sheet = await desk.sheet()
        for _ in range(8):
            desk.window.sheets.focusNextPrevChild(True)
            assert sheet.isAncestorOf(desk.window.focusWidget())
        hit(desk.window, Key.Key_N, Qt.KeyboardModifier.ControlModifier)
        assert desk.window.sheets.top is sheet


async def test_a_hostile_name_is_shown_as_it_is(open_desk: OpenDesk) -> None:
    name = "<img src=x> & %1 %2"
    async with open_desk(name) as desk:
        detail = desk.window.library.detail
        assert detail._name.text() == name
        assert "&lt;img" in detail._name.toolTip()
        desk.window.library.delete()
        await eventually(lambda: desk.window.toast.can_act)
        assert desk.window.toast.accessibleName() == f"Deleted “{name}”"


async def test_a_thousand_machines_are_no_burden(open_desk: OpenDesk) -> None:
    def many(manager: object) -> None:
        for number in range(1000):
            manager.add(f"Machine {number}")  # type: ignore[attr-defined]

    async with open_desk(prepare=many) as desk:
        view = desk.window.library.view
        assert view.model().rowCount() == 1000
        assert len(view.visible_infos()) < 30
        hit(view, Key.Key_End)
        assert view.currentIndex().row() == 999
        assert not desk.window.grab().isNull()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("look", ["light", "dark"])
async def test_the_language_and_the_look_change_at_once(
    open_desk: OpenDesk, language: str, look: str
) -> None:
    async with open_desk("Debian") as desk:
        desk.window.show_page(2)
        desk.settings.change(language=language, look=look)
        desk.appearance.apply()
        wanted = {"en": "Settings", "zh_CN": "设置"}[language]
        names = desk.window.findChildren(Button)
        await eventually(
            lambda: wanted in {b.accessibleName() for b in desk.window.findChildren(Button)}
        )
        assert names
        assert desk.window._pages.currentWidget() is desk.window.settings_page
        ground = desk.window.grab().toImage().pixelColor(desk.window.width() // 2, 20)
        assert (ground.lightness() < 60) is (look == "dark")


def test_sentences_that_are_not_known_are_shown_as_they_are(qapp) -> None:
    assert sentence("Something new.") == "Something new."


async def test_arrows_walk_the_navigation(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        first = desk.window.navigation._group.button(0)
        first.setFocus()
        hit(first, Key.Key_Down)
        assert desk.window._pages.currentIndex() == 1
        assert not [w for w in desk.window.findChildren(QComboBox) if not w.accessibleName()]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
async def test_no_button_is_cut_at_the_least_size(open_desk: OpenDesk, language: str) -> None:
    async with open_desk("Debian", width=960, height=600) as desk:
        desk.settings.change(language=language)
        desk.appearance.apply()
        await eventually(lambda: not desk.window._rebuild.isActive())
        hit(desk.window.library.view, Key.Key_Return)
        await eventually(desk.window.library.detail.isVisible)
        desk.window.open_wizard()
        sheet = await desk.sheet()
        assert isinstance(sheet, WizardSheet)
        for step in range(4):
            sheet.go_to(step)
            assert not sheet.grab().isNull()  # lays it out
            cut = [
                button.text()
                for button in desk.window.findChildren(Button)
                if button.text()
                and button.isVisible()
                and button.width() < button.minimumSizeHint().width()
            ]
            assert not cut
