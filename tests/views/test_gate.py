"""PC mode as a person sees and changes it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QRadioButton

from app.errors import StoreError
from app.views.gate.sheet import PcModeSheet, TileButton
from app.views.problems import refusal
from app.views.widgets.buttons import Button
from app.views.widgets.note import Note
from app.views.widgets.question import ErrorSheet
from app.views.wizard.sheet import REVIEW, WizardSheet
from app.vm.gate import GateStatus, PcMode, PostureSource, Reason, judge
from app.vm.posture import Posture
from app.vm.state import VmState
from tests.helpers.waiting import eventually
from tests.views.conftest import Desk, OpenDesk, speaks

LEAST = {"width": 960, "height": 600}


def card(desk: Desk) -> str:
    """What a screen reader says of the card."""
    return desk.window.pc_mode._wide.accessibleName()


def note(desk: Desk) -> Note:
    return desk.window.library._gate


def button(parent: Note | PcModeSheet, text: str) -> Button:
    return next(b for b in parent.findChildren(Button) if b.text() == text)


async def gate_sheet(desk: Desk) -> PcModeSheet:
    sheet = await desk.sheet()
    assert isinstance(sheet, PcModeSheet)
    return sheet


def sensed(posture: Posture, mode: PcMode = PcMode.AUTOMATIC) -> GateStatus:
    return GateStatus(
        mode=mode,
        posture=posture,
        source=PostureSource.SENSOR,
        sensor=True,
        simulated=None,
        reasons=judge(mode, posture),
    )


async def test_the_card_says_how_things_stand_and_follows_events(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        await eventually(lambda: card(desk) == "PC mode: No tablet sensor on this computer")
        knob = desk.window.pc_mode._wide.knob
        assert knob.isChecked()
        assert knob.accessibleName() == "PC mode"
        await desk.manager.set_posture(Posture.STAND)
        await eventually(lambda: card(desk) == "PC mode: On, standing upright (simulated)")
        await desk.manager.set_posture(Posture.TABLET)
        await eventually(lambda: card(desk) == "PC mode: Off while used as a tablet")
        assert not knob.isChecked()
        await desk.manager.set_pc_mode(PcMode.OFF)
        await eventually(lambda: card(desk) == "PC mode: PC mode is off")


@pytest.mark.parametrize(
    ("posture", "said"),
    [
        (Posture.KEYBOARD_ATTACHED, "On, keyboard attached"),
        (Posture.STAND, "On, standing upright"),
        (Posture.FOLDED, "Off while folded"),
    ],
)
async def test_the_card_says_what_a_sensor_tells(
    open_desk: OpenDesk, posture: Posture, said: str
) -> None:
    async with open_desk("Debian") as desk:
        desk.window.gate_changed(sensed(posture))
        assert card(desk) == f"PC mode: {said}"


async def test_what_is_known_at_the_start_is_shown_at_once(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        desk.window.switch._status = None
        desk.window.pc_mode._show_status()
        assert card(desk) == "PC mode"
        assert not desk.window.pc_mode._wide.knob.isEnabled()
        height = desk.window.pc_mode.height()
        desk.window.switch.tell(sensed(Posture.KEYBOARD_ATTACHED))
        assert desk.window.pc_mode._wide.knob.isEnabled()
        assert desk.window.pc_mode.height() == height


async def test_the_toggle_turns_pc_mode_off_and_on(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        knob = desk.window.pc_mode._wide.knob
        await eventually(knob.isChecked)
        QTest.keyClick(knob, Qt.Key.Key_Space)
        await eventually(note(desk).isVisible)
        assert desk.manager.pc_mode is PcMode.OFF
        await eventually(lambda: not desk.actions.is_running("pc mode"))
        QTest.keyClick(knob, Qt.Key.Key_Space)
        await eventually(lambda: not note(desk).isVisible())
        assert desk.manager.pc_mode is PcMode.AUTOMATIC


async def test_turning_on_overrides_a_posture_that_is_in_the_way(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        await desk.manager.set_pc_mode(PcMode.OFF)
        await desk.manager.set_posture(Posture.FOLDED)
        await eventually(note(desk).isVisible)
        button(note(desk), "Turn on").click()
        await eventually(lambda: not note(desk).isVisible())
        assert "continue anyway" in desk.manager.calls


async def test_the_strip_says_what_machines_need_and_why_leads_to_the_reason(
    open_desk: OpenDesk,
) -> None:
    async with open_desk("Debian") as desk:
        await desk.manager.set_posture(Posture.TABLET)
        await eventually(note(desk).isVisible)
        assert note(desk).accessibleName() == "PC mode is off"
        assert note(desk).accessibleDescription() == (
            "Machines need a keyboard and an upright screen. This computer is used as a tablet."
        )
        button(note(desk), "Why?").click()
        sheet = await gate_sheet(desk)
        why = next(n for n in sheet.findChildren(Note))
        assert why.accessibleName() == "PC mode is off while the computer is used as a tablet."
        assert why.accessibleDescription().startswith("Attach the keyboard")


async def test_a_wish_that_cannot_be_stored_is_told_and_the_toggle_goes_back(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_desk("Debian") as desk:
        knob = desk.window.pc_mode._wide.knob
        await eventually(knob.isChecked)

        async def refuse(_mode: PcMode) -> GateStatus:
            raise StoreError("PC mode and posture cannot be stored.")

        monkeypatch.setattr(desk.manager, "set_pc_mode", refuse)
        knob.click()
        sheet = await desk.sheet()
        assert isinstance(sheet, ErrorSheet)
        assert sheet.accessibleName() == "PC mode could not be changed"
        assert knob.isChecked()


async def test_a_refused_start_is_healed_by_one_click(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        await desk.manager.set_pc_mode(PcMode.OFF)
        desk.window.commands.open(desk.machine("Debian"), exclusive=True)
        sheet = await desk.sheet()
        assert isinstance(sheet, ErrorSheet)
        assert sheet.accessibleName() == "Debian could not start"
        assert "not PC mode" not in sheet.accessibleDescription()
        await desk.press("Turn on")
        await eventually(lambda: desk.opened == [("Debian", True)])
        await eventually(lambda: desk.machine("Debian").state is VmState.RUNNING)


async def test_a_refused_start_can_be_left_alone(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        await desk.manager.set_pc_mode(PcMode.OFF)
        desk.window.commands.start(desk.machine("Debian"))
        await desk.press("Close")
        await desk.no_sheet()
        assert desk.manager.pc_mode is PcMode.OFF
        assert desk.machine("Debian").state is VmState.STOPPED


async def test_a_refused_resume_goes_on_after_one_click(open_desk: OpenDesk) -> None:
    async with open_desk(prepare=lambda m: m.add("Debian", VmState.PAUSED)) as desk:
        await desk.manager.set_posture(Posture.TABLET)
        desk.window.commands.resume(desk.machine("Debian"))
        await desk.press("Turn on")
        await eventually(lambda: desk.machine("Debian").state is VmState.RUNNING)


async def test_a_refused_new_machine_keeps_its_entries_and_is_made_after_one_click(
    open_desk: OpenDesk,
) -> None:
    async with open_desk() as desk:
        await desk.manager.set_pc_mode(PcMode.OFF)
        desk.window.open_wizard()
        wizard = await desk.sheet()
        assert isinstance(wizard, WizardSheet)
        wizard.source._kinds.button(1).click()
        wizard.plan.change(name="Spare")
        wizard.go_to(REVIEW)
        wizard._next.click()
        await eventually(lambda: isinstance(desk.window.sheets.top, ErrorSheet))
        assert wizard._next.text() == "Create"
        await desk.press("Turn on")
        await desk.no_sheet()
        await eventually(lambda: desk.opened == [("Spare", True)])


async def test_a_machine_that_the_gate_paused_says_so(open_desk: OpenDesk) -> None:
    def paused(manager: object) -> None:
        manager.add("Debian", VmState.PAUSED, reason="gate")  # type: ignore[attr-defined]

    async with open_desk(prepare=paused) as desk:
        said = desk.window.library.detail._note
        assert said.isVisible()
        assert said.accessibleName() == "Paused because PC mode went off."


async def test_the_sheet_changes_mode_and_posture_at_once(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        await eventually(lambda: desk.window.switch.status is not None)
        desk.window.pc_mode._wide.click()
        sheet = await gate_sheet(desk)
        assert sheet._modes.checkedButton().text() == "Automatic"
        sheet._modes.button(1).click()
        await eventually(lambda: desk.manager.pc_mode is PcMode.ON)
        await eventually(lambda: not desk.actions.is_running("pc mode"))
        tiles = {tile.accessibleName(): tile for tile in sheet.findChildren(TileButton)}
        tiles["Simulate: Tablet"].click()
        await eventually(lambda: desk.manager.posture is Posture.TABLET)
        await eventually(sheet._why.isVisible)
        assert sheet._now.text() == "Posture now: Tablet (simulated)"
        await eventually(lambda: not desk.actions.is_running("pc mode"))
        tiles["Follow the sensor"].click()
        await eventually(lambda: not sheet._why.isVisible())
        assert desk.manager.posture is None
        await desk.press("Done")
        await desk.no_sheet()


async def test_a_choice_while_another_is_under_way_goes_back(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_desk("Debian") as desk:
        await eventually(lambda: desk.window.switch.status is not None)
        desk.window.show_gate()
        sheet = await gate_sheet(desk)
        monkeypatch.setattr(desk.actions, "is_running", lambda name: name == "pc mode")
        sheet._modes.button(2).click()
        assert sheet._modes.checkedButton().text() == "Automatic"


async def test_the_sheet_tells_what_is_wrong_with_the_sensor(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        message, remedy = "The tablet sensor is gone.", "Set the posture by hand."
        status = GateStatus(
            mode=PcMode.AUTOMATIC,
            posture=Posture.KEYBOARD_ATTACHED,
            source=PostureSource.ASSUMED,
            sensor=False,
            simulated=None,
            reasons=(),
            sensor_note=Reason("sensor-gone", message, remedy, blocking=False),
        )
        desk.window.switch.tell(status)
        desk.window.show_gate()
        assert (await gate_sheet(desk))._sensor.text() == f"{message} {remedy}"


async def test_the_card_is_reached_by_tab_and_opened_by_enter(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        window = desk.window
        wide = window.pc_mode._wide
        window.library.view.setFocus()
        seen = []
        for _ in range(40):
            window.focusNextPrevChild(True)
            seen.append(window.focusWidget())
        assert wide in seen
        assert wide.knob in seen
        wide.setFocus()
        QTest.keyClick(wide, Qt.Key.Key_Return)
        sheet = await gate_sheet(desk)
        QTest.keyClick(sheet, Qt.Key.Key_Escape)
        await desk.no_sheet()
        assert wide.hasFocus()


async def test_the_sheet_is_walked_by_tab_and_every_control_has_a_name(
    open_desk: OpenDesk,
) -> None:
    async with open_desk("Debian") as desk:
        await desk.manager.set_pc_mode(PcMode.OFF)
        await eventually(note(desk).isVisible)
        desk.window.show_gate()
        sheet = await gate_sheet(desk)
        assert sheet._modes.checkedButton().hasFocus()
        seen = set()
        for _ in range(12):
            desk.window.sheets.focusNextPrevChild(True)
            seen.add(desk.window.focusWidget())
        assert sheet._done in seen
        assert any(isinstance(widget, QRadioButton) for widget in seen)
        assert any(isinstance(widget, TileButton) for widget in seen)
        shown = [b for b in sheet.findChildren(QAbstractButton) if b.isVisible()]
        assert all(b.accessibleName() for b in shown)


async def test_in_a_narrow_window_only_the_icon_is_left(open_desk: OpenDesk) -> None:
    async with open_desk("Debian", **LEAST) as desk:
        await eventually(lambda: desk.window.switch.status is not None)
        narrow = desk.window.pc_mode._narrow
        assert narrow.isVisible()
        assert not desk.window.pc_mode._wide.isVisible()
        assert narrow.accessibleName() == "PC mode: No tablet sensor on this computer"
        assert narrow.toolTip()
        narrow.click()
        await gate_sheet(desk)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("look", ["light", "dark"])
async def test_nothing_is_cut_at_the_least_size(
    open_desk: OpenDesk, language: str, look: str
) -> None:
    async with open_desk("Debian", **LEAST) as desk:
        desk.settings.change(language=language, look=look)
        desk.appearance.apply()
        await eventually(lambda: speaks(desk, language))
        await desk.manager.set_pc_mode(PcMode.OFF)
        await desk.manager.set_posture(Posture.FOLDED)
        await eventually(lambda: note(desk).isVisible())
        desk.window.show_gate()
        sheet = await gate_sheet(desk)
        assert not desk.window.grab().isNull()
        assert sheet._scroller.verticalScrollBar().maximum() == 0
        for text in sheet.findChildren(QLabel):
            if text.isVisible():
                assert text.height() >= text.heightForWidth(text.width()), text.text()


def test_the_documents_words_are_not_for_people() -> None:
    assert refusal("not PC mode: PC mode is off.") == "PC mode is off."
