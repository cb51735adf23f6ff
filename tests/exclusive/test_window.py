"""The window over a fake machine: states, ways out, what is said."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtWidgets import QApplication, QPushButton

from app.errors import ConnectionLostError, NotSupportedError, StateError
from app.exclusive.grab import Capture
from app.exclusive.keys import RELEASE_KEYS
from app.exclusive.overlay import LIGHT
from app.exclusive.verdicts import Reason
from app.exclusive.view_options import ViewOptions
from app.vm.display.keymap import Key
from app.vm.display.seam import Button, Rect
from app.vm.events import ViewState
from app.vm.gate import PcMode
from app.vm.posture import Posture
from app.vm.state import VmState
from tests.fakes.session import FakeSession, gate_status
from tests.helpers.waiting import eventually

KEY_A, KEY_F11, KEY_RIGHT_CTRL = 30, 87, 97


async def test_opening_shows_the_picture_and_hands_the_keyboard_over(open_window):
    opened = open_window()
    await opened.hold()
    opened.tap(KEY_A)
    assert opened.session.input.strokes() == [(0x1E, True), (0x1E, False)]
    assert opened.window.windowTitle() == "Windows 11"
    assert opened.surface.picture_size == QSize(640, 400)


async def test_opening_once_more_says_that_it_is_open_also_when_it_gets_the_keyboard(open_window):
    opened = open_window()
    await opened.hold()
    opened.window.input.release(Reason.FOCUS)
    opened.window.say_already_open()
    opened.window.present()
    await eventually(lambda: opened.grab.holding)
    toast = opened.window._floating.toast
    assert toast.isVisible()
    assert "Already open" in toast.accessibleName()


async def test_the_window_takes_the_guests_size(open_window):
    opened = open_window()
    await opened.hold()
    await eventually(lambda: opened.window.size() == QSize(640, 400))


async def test_a_size_that_the_person_chose_is_kept(open_window):
    opened = open_window()
    await opened.hold()
    await eventually(lambda: opened.window.size() == QSize(640, 400))
    opened.window.resize(700, 500)
    opened.session.display.resize(720, 400)
    opened.session.display.show()
    await eventually(lambda: opened.surface.picture_size == QSize(720, 400))
    await eventually(lambda: opened.window._size.is_at_rest)
    assert opened.window.size() == QSize(700, 500)


async def test_the_guest_is_asked_once_for_the_size_that_the_person_chose(open_window):
    opened = open_window()
    await opened.hold()
    await eventually(lambda: opened.window.size() == QSize(640, 400))
    for width in range(700, 760, 10):
        opened.window.resize(width, 500)
    await eventually(lambda: opened.session.display.wishes)
    assert opened.session.display.wishes == [(750, 500)]
    assert opened.sizes.kept == QSize(750, 500)
    opened.session.display.resize(750, 500)
    opened.session.display.show()
    await eventually(lambda: opened.surface.picture_size == QSize(750, 500))
    assert opened.surface.placement.scale == 1.0
    await eventually(lambda: opened.window._size.is_at_rest)
    assert opened.session.display.wishes == [(750, 500)]


async def test_a_guest_that_follows_has_the_screens_size_in_exclusive_mode_and_goes_back(
    open_window,
):
    opened = open_window()
    await opened.hold()
    await eventually(lambda: opened.window.size() == QSize(640, 400))
    opened.window.enter_exclusive()
    await eventually(lambda: opened.session.display.wishes)
    screen = opened.window.screen().size()
    assert opened.session.display.wishes == [screen.toTuple()]
    opened.session.display.resize(*screen.toTuple())
    opened.session.display.show()
    await eventually(lambda: opened.surface.picture_size == screen)
    await eventually(lambda: opened.window._size.is_at_rest)
    opened.window.leave_exclusive()
    await eventually(lambda: len(opened.session.display.wishes) == 2)
    assert opened.session.display.wishes[1] == (640, 400)
    assert opened.window.size() == QSize(640, 400)
    assert opened.sizes.kept is None


async def test_a_device_that_cannot_follow_is_told_once_and_asked_no_more(open_window):
    opened = open_window()
    failures = []
    opened.window.resolutionFailed.connect(lambda: failures.append(True))
    await opened.hold()
    await eventually(lambda: opened.window.size() == QSize(640, 400))
    opened.window.resize(900, 500)
    await eventually(lambda: opened.session.display.wishes)
    opened.session.display.refuse_size()
    await eventually(lambda: failures)
    opened.window.resize(1000, 600)
    await eventually(lambda: opened.window._size.is_at_rest)
    assert opened.session.display.wishes == [(900, 500)]
    assert failures == [True]


async def test_a_guest_is_asked_for_a_resolution_and_the_window_follows(open_window):
    opened = open_window()
    await opened.hold()
    await eventually(lambda: opened.window.size() == QSize(640, 400))
    display = opened.session.display
    asked = asyncio.create_task(opened.window.ask_resolution(QSize(700, 440)))
    await eventually(lambda: display.wishes == [(700, 440)])
    assert not asked.done()
    display.resize(700, 440)
    display.show()
    await asked
    await eventually(lambda: opened.window.size() == QSize(700, 440))
    await opened.window.ask_resolution(QSize(700, 440))
    assert display.wishes == [(700, 440)]


async def test_a_guest_that_cannot_take_a_resolution_says_so(open_window, monkeypatch):
    opened = open_window()
    with pytest.raises(StateError, match="no picture"):
        await opened.window.ask_resolution(QSize(700, 440))
    await opened.hold()
    await eventually(lambda: opened.window.size() == QSize(640, 400))
    asked = asyncio.create_task(opened.window.ask_resolution(QSize(700, 440)))
    await eventually(lambda: opened.session.display.wishes)
    opened.session.display.refuse_size()
    with pytest.raises(NotSupportedError, match="sizes of its own only"):
        await asked
    monkeypatch.setattr("app.exclusive.window_size._PATIENCE_S", 0.05)
    with pytest.raises(StateError, match="did not take the size"):
        await opened.window.ask_resolution(QSize(600, 440))
    assert opened.window.size() == QSize(640, 400)


async def test_a_window_opens_with_the_size_that_the_person_chose_last_time(open_window):
    opened = open_window(kept_size=QSize(700, 560))
    await opened.hold()
    assert opened.window.size() == QSize(700, 560)
    await eventually(lambda: opened.session.display.wishes == [(700, 560)])


async def test_more_is_asked_for_only_after_painting(open_window):
    opened = open_window()
    await opened.present()
    display = opened.session.display
    await eventually(lambda: display.requests == 1)
    display.show(Rect(0, 0, 10, 10))
    await eventually(lambda: display.requests == 2)


async def test_a_hidden_window_asks_for_nothing_until_it_is_shown_again(open_window):
    opened = open_window()
    await opened.hold()
    display = opened.session.display
    await eventually(lambda: display.requests == 1)
    opened.window.hide()
    assert not opened.grab.holding
    display.show(Rect(0, 0, 10, 10))
    await eventually(lambda: opened.surface._owes_request)
    assert display.requests == 1
    opened.window.show()
    await eventually(lambda: display.requests == 2)


async def test_the_release_key_gives_back_and_a_click_hands_over_again(open_window):
    opened = open_window()
    await opened.hold()
    opened.tap(KEY_RIGHT_CTRL)
    assert not opened.grab.holding
    assert opened.window._floating.line.isVisible()
    assert opened.window._floating.toast.accessibleName().startswith("Keyboard is back.")
    assert opened.window._bar.is_open
    opened.tap(KEY_A)
    opened.click((100, 100))
    assert opened.grab.holding
    assert not opened.window._floating.line.isVisible()
    assert opened.session.input.strokes() == []
    assert not any(event[0] == "button" for event in opened.session.input.events)


async def test_the_first_hint_stays_until_the_key_was_used(open_window):
    opened = open_window(learned=False)
    await opened.hold()
    opened.window.enter_exclusive()
    hint = opened.window._floating.hint
    assert hint.isVisible()
    assert "Try it now: press Right Ctrl." in hint.accessibleName()
    assert not hint._timer.isActive()
    opened.tap(KEY_RIGHT_CTRL)
    assert opened.memory.release_learned
    assert not hint.isVisible()
    opened.click((100, 100))
    assert hint.isVisible()
    assert "Try it now" not in hint.accessibleName()
    assert hint._timer.isActive()


async def test_other_ways_out_do_not_count_as_having_learned_the_key(open_window):
    opened = open_window(learned=False)
    await opened.hold()
    opened.window.release(Reason.LOCKED)
    assert not opened.memory.release_learned


async def test_exclusive_mode_fills_the_screen_and_captures(open_window):
    opened = open_window()
    await opened.hold()
    assert not opened.capture.is_active
    opened.window.enter_exclusive()
    assert opened.window.isFullScreen()
    assert opened.capture.is_active
    opened.window.leave_exclusive()
    assert not opened.window.isFullScreen()
    assert not opened.capture.is_active
    assert opened.grab.holding


async def test_a_refused_capture_is_said_and_stays_said_in_the_bar(open_window):
    opened = open_window(granted=False)
    await opened.hold()
    opened.window.enter_exclusive()
    note = opened.window._floating.note
    assert note.isVisible()
    assert note.accessibleName() == (
        "Some shortcuts stay with this computer. Another program holds the keyboard."
    )
    assert opened.window._floating.hint.isVisible()
    assert opened.window._bar._warn.isVisibleTo(opened.window._bar)
    opened.tap(KEY_A)
    assert len(opened.session.input.strokes()) == 2


async def test_an_answer_that_comes_late_is_waited_for(open_window):
    opened = open_window(granted=None)
    await opened.hold()
    opened.window.enter_exclusive()
    assert opened.grab.capture is Capture.ASKED
    assert not opened.window._floating.note.isVisible()
    opened.capture.answer(False)
    assert opened.window._floating.note.isVisible()


async def test_f11_is_ours_in_a_window_and_the_guests_in_exclusive_mode(open_window):
    opened = open_window()
    await opened.hold()
    opened.tap(KEY_F11)
    assert opened.window.is_exclusive
    assert opened.session.input.strokes() == []
    opened.tap(KEY_F11)
    assert opened.session.input.strokes() == [(Key.F11, True), (Key.F11, False)]
    assert opened.window.is_exclusive
    opened.tap(KEY_RIGHT_CTRL)
    opened.tap(KEY_F11, key=Qt.Key.Key_F11)
    assert not opened.window.is_exclusive


async def test_a_pause_lifts_everything_and_resume_goes_on(open_window):
    opened = open_window()
    await opened.hold()
    opened.key(KEY_A, down=True)
    opened.session.become(VmState.PAUSED)
    assert opened.session.input.holds_nothing
    card = opened.window._floating.card
    assert card.isVisible()
    assert card.accessibleName().startswith("Paused")
    card._button.click()
    await eventually(lambda: opened.grab.holding)
    assert not card.isVisible()


async def test_a_machine_that_went_off_offers_to_start_and_connects_again(open_window):
    opened = open_window()
    await opened.hold()
    first = opened.session.display
    opened.session.become(VmState.STOPPED)
    assert first.is_closed
    assert opened.session.inputs[0].is_closed
    assert opened.window._floating.card._button.text() == "Start"
    assert opened.surface.picture_size == QSize(640, 400)  # the last picture stays
    opened.window._floating.card._button.click()
    await eventually(lambda: len(opened.session.displays) == 2 and opened.grab.holding)


async def test_a_machine_that_failed_says_why(open_window):
    opened = open_window()
    await opened.hold()
    opened.session.problem = "The machine ended unexpectedly (code 1)."
    opened.session.become(VmState.ERROR)
    assert "(code 1)" in opened.window._floating.card.accessibleName()
    assert opened.window._floating.card._button.text() == "Start again"


async def test_an_icon_that_loses_the_gate_stays_an_icon(open_window):
    opened = open_window()
    await opened.hold()
    opened.window.enter_exclusive()
    opened.window.setWindowState(opened.window.windowState() | Qt.WindowState.WindowMinimized)
    assert opened.window.isMinimized()
    opened.session.set_gate(gate_status(PcMode.OFF))
    assert opened.window.isMinimized()
    assert not opened.window.is_exclusive
    opened.window.present()
    assert not opened.window.isFullScreen()


async def test_why_it_failed_is_told_in_the_persons_language(open_window):
    opened = open_window()
    await opened.hold()
    opened.session.problem = "The start was cut off."
    opened.session.words = {opened.session.problem: "启动被中断。"}
    opened.session.become(VmState.ERROR)
    assert "启动被中断。" in opened.window._floating.card.accessibleName()


async def test_a_machine_that_shuts_down_still_takes_keys(open_window):
    opened = open_window()
    await opened.hold()
    opened.session.become(VmState.STOPPING)
    assert opened.grab.holding
    assert not opened.window._floating.card.isVisible()


async def test_a_lost_connection_is_tried_once_more_by_itself(open_window):
    opened = open_window()
    await opened.hold()
    opened.key(KEY_A, down=True)
    opened.session.display.break_off("The engine ended the display's connection.")
    await eventually(lambda: not opened.grab.holding)
    assert opened.session.inputs[0].holds_nothing
    assert not opened.window._floating.card.isVisible()
    await eventually(lambda: len(opened.session.displays) == 2 and opened.grab.holding)


async def test_a_connection_that_stays_lost_is_said_with_a_remedy(open_window):
    opened = open_window()
    await opened.hold()
    opened.session.failure = ConnectionLostError("It cannot be reached.", remedy="Try again.")
    opened.session.display.break_off("gone")
    card = opened.window._floating.card
    await eventually(card.isVisible)
    assert card.accessibleName().endswith("It cannot be reached. Try again.")
    opened.session.failure = None
    card._button.click()
    await eventually(lambda: opened.grab.holding)
    assert not card.isVisible()


async def test_a_lost_input_monitor_counts_as_a_lost_connection(open_window):
    opened = open_window()
    await opened.hold()
    opened.session.on_input_closed("The engine closed the input monitor.")
    await eventually(lambda: len(opened.session.inputs) == 2)
    assert opened.session.displays[0].is_closed


async def test_closing_lifts_all_lets_the_machine_run_and_says_so(open_window, qtbot):
    opened = open_window()
    await opened.hold()
    opened.key(KEY_A, down=True)
    said, closed = [], []
    opened.window.closedWhileRunning.connect(said.append)
    opened.window.closed.connect(closed.append)
    opened.window.close()
    assert said == ["Windows 11"]
    assert closed == [1]
    assert opened.session.state is VmState.RUNNING
    assert opened.session.input.holds_nothing
    assert opened.session.input.is_closed
    assert opened.session.display.is_closed
    assert not opened.session.is_watched


async def test_closing_a_window_of_a_machine_that_is_off_says_nothing(open_window):
    opened = open_window(session=FakeSession(state=VmState.STOPPED))
    await opened.present()
    said = []
    opened.window.closedWhileRunning.connect(said.append)
    opened.window.close()
    assert said == []


async def test_closing_while_it_connects_leaves_no_connection(open_window):
    opened = open_window()
    opened.window.close()
    await eventually(lambda: opened.session.inputs and not opened.tasks.tasks)
    assert opened.session.display.is_closed
    assert opened.session.input.is_closed


async def test_a_new_name_is_shown_everywhere(open_window):
    opened = open_window()
    opened.session.name = "<b>Rechner & Söhne</b>"
    opened.session.become(VmState.RUNNING)
    assert opened.window.windowTitle() == "<b>Rechner & Söhne</b>"
    assert opened.window._bar._name.textFormat() is Qt.TextFormat.PlainText


async def test_pointer_buttons_and_wheel_reach_the_guest(open_window):
    opened = open_window()
    await opened.hold()
    await eventually(lambda: opened.window.size() == QSize(640, 400))
    opened.move((639, 399))
    opened.click((0, 0), Qt.MouseButton.ForwardButton)
    opened.wheel(0, 60)
    opened.wheel(0, 60)
    opened.wheel(-120, 0)
    assert opened.session.input.events == [
        ("move_to", 1.0, 1.0),
        ("move_to", 0.0, 0.0),
        ("button", Button.EXTRA, True),
        ("move_to", 0.0, 0.0),
        ("button", Button.EXTRA, False),
        ("wheel", 0, 1),
        ("wheel", 1, 0),
    ]


async def test_nothing_of_the_pointer_reaches_the_guest_after_a_release(open_window):
    opened = open_window()
    await opened.hold()
    opened.tap(KEY_RIGHT_CTRL)
    opened.move((10, 10))
    opened.wheel(0, 120)
    assert opened.session.input.events == []


async def test_a_guest_that_knows_only_motion_catches_the_pointer_by_a_click(open_window):
    opened = open_window()
    await opened.hold()
    opened.session.display.set_pointer(absolute=False)
    await eventually(lambda: not opened.grab.takes_pointer)
    opened.move((10, 10))
    opened.click((100, 100))
    assert opened.window._pointer.is_locked
    assert "top edge" not in opened.window._floating.hint.accessibleName()
    middle = opened.surface.rect().center()
    opened.session.input.events.clear()
    opened.move((middle.x(), middle.y()))
    opened.move((middle.x() + 7, middle.y() - 3))
    opened.move((middle.x() + 10, middle.y() - 3))
    assert opened.session.input.events == [("move_by", 7, -3), ("move_by", 3, 0)]
    opened.tap(KEY_RIGHT_CTRL)
    assert not opened.window._pointer.is_locked


async def test_the_pointer_held_on_the_top_edge_opens_the_bar_and_gives_back(open_window):
    opened = open_window()
    await opened.hold()
    opened.window.enter_exclusive()
    opened.key(KEY_A, down=True)
    opened.move((50, 0))
    await eventually(lambda: not opened.grab.holding)
    assert opened.window._bar.is_open
    assert opened.session.input.holds_nothing


async def test_a_pointer_that_only_touches_the_top_edge_changes_nothing(open_window):
    opened = open_window()
    await opened.hold()
    opened.window.enter_exclusive()
    opened.move((50, 0))
    opened.move((50, 20))
    assert not opened.window._edge._timer.isActive()


async def test_the_bar_never_takes_the_focus_from_the_guest(open_window):
    opened = open_window()
    await opened.hold()
    bar = opened.window._bar
    bar.open()
    for button in bar.findChildren(QPushButton):
        assert button.focusPolicy() is Qt.FocusPolicy.NoFocus
    bar._keys.click()
    assert opened.window.focusWidget() is opened.surface
    opened.tap(KEY_A)
    assert len(opened.session.input.strokes()) == 2


async def test_after_a_release_the_bar_is_walked_by_tab(open_window):
    opened = open_window()
    await opened.hold()
    opened.tap(KEY_RIGHT_CTRL)
    seen = set()
    for _ in range(12):
        opened.window.focusNextPrevChild(True)
        seen.add(opened.window.focusWidget())
    assert opened.window._bar._hand in seen
    opened.window._bar._hand.click()
    assert opened.grab.holding
    assert opened.window.focusWidget() is opened.surface


async def test_tab_and_shortcuts_are_the_guests_while_it_holds(open_window):
    opened = open_window()
    await opened.hold()
    assert not opened.surface.focusNextPrevChild(True)
    opened.tap(15, key=Qt.Key.Key_Tab)
    assert opened.session.input.strokes() == [(Key.TAB, True), (Key.TAB, False)]


async def test_every_button_has_a_name_and_only_working_ones_are_there(open_window):
    opened = open_window()
    await opened.hold()
    opened.window._bar.open()
    for button in opened.window._bar.findChildren(QPushButton):
        if button.isVisibleTo(opened.window._bar):
            assert button.accessibleName()
    for button in opened.window._bar.panel.findChildren(QPushButton):
        assert button.accessibleName().startswith(("Send ", "Type "))


async def test_a_combination_goes_to_the_guest_and_leaves_nothing_down(open_window):
    opened = open_window()
    await opened.hold()
    opened.tap(KEY_RIGHT_CTRL)
    opened.window._bar._keys.click()
    opened.window._bar.panel.buttons[0].click()
    assert opened.session.input.strokes() == [
        (Key.LEFT_CTRL, True),
        (Key.LEFT_ALT, True),
        (Key.DELETE, True),
        (Key.DELETE, False),
        (Key.LEFT_ALT, False),
        (Key.LEFT_CTRL, False),
    ]
    assert not opened.window._bar.panel.isVisible()


async def test_a_silent_machine_gives_back_and_is_said_to_be_silent(open_window):
    opened = open_window()
    await opened.hold()
    opened.session.on_input_silent()
    await eventually(lambda: not opened.grab.holding)
    await opened.hold()
    opened.key(KEY_A, down=True)
    opened.window.report_silence()
    assert opened.session.input.holds_nothing
    assert opened.window._floating.toast.accessibleName() == "The machine does not answer."
    assert opened.window._bar.is_open


async def test_the_state_of_the_view_is_told(open_window):
    opened = open_window()
    states = []
    opened.window.viewStateChanged.connect(states.append)
    await opened.present()
    opened.window.hide()
    assert states[-1] == ViewState.HIDDEN
    assert ViewState.FOCUSED in states


@pytest.mark.parametrize("width", [480, 640, 1000, 1600])
@pytest.mark.parametrize("state", [VmState.RUNNING, VmState.PAUSED, VmState.ERROR])
async def test_nothing_that_floats_is_cut_by_the_window(open_window, width, state):
    opened = open_window(granted=False, learned=False)
    await opened.hold()
    window = opened.window
    window.enter_exclusive()
    window.showNormal()
    window.resize(width, 420)
    opened.session.become(state)
    window._bar.open()
    QApplication.sendPostedEvents()
    parts = [
        window._floating.hint,
        window._floating.toast,
        window._floating.note,
        window._floating.card,
        window._bar,
    ]
    for part in parts:
        if part.isVisible():
            assert window.rect().contains(part.geometry()), part
            assert part.width() >= part.minimumSizeHint().width(), part


async def test_a_window_closed_by_the_window_manager_is_closed_once(open_window):
    opened = open_window()
    closed = []
    opened.window.closed.connect(closed.append)
    opened.window.close()
    QApplication.sendEvent(opened.window, QEvent(QEvent.Type.Close))
    assert closed == [1]


async def test_the_bar_goes_away_by_itself_unless_it_is_pinned(open_window):
    opened = open_window()
    await opened.hold()
    bar = opened.window._bar
    bar.open(linger_ms=1)
    await eventually(lambda: not bar.is_open and not bar.isVisible())
    bar._pin.setChecked(True)
    bar.open(linger_ms=1)
    await eventually(lambda: not bar._linger.isActive())
    assert bar.is_open


async def test_the_bar_pauses_and_resumes(open_window):
    opened = open_window()
    await opened.hold()
    button = opened.window._bar._pause
    assert button.accessibleName() == "Pause"
    button.click()
    await eventually(lambda: opened.session.state is VmState.PAUSED)
    assert button.accessibleName() == "Resume"
    button.click()
    await eventually(lambda: opened.grab.holding)


async def test_the_bar_changes_the_mode(open_window):
    opened = open_window()
    await opened.hold()
    button = opened.window._bar._mode
    assert button.accessibleName() == "Exclusive mode"
    button.click()
    assert opened.window.is_exclusive
    assert button.accessibleName() == "Window"
    button.click()
    assert not opened.window.is_exclusive


async def test_a_pointer_that_the_guest_does_not_have_is_the_computers(open_window):
    opened = open_window()
    await opened.hold()
    assert opened.surface.cursor().shape() is Qt.CursorShape.BitmapCursor
    opened.session.display.set_pointer(absolute=False)
    await eventually(lambda: opened.surface.cursor().shape() is Qt.CursorShape.ArrowCursor)
    opened.click((100, 100))
    assert opened.surface.cursor().shape() is Qt.CursorShape.BlankCursor


async def test_other_choices_count_at_once(open_window):
    opened = open_window()
    await opened.hold()
    opened.window.apply(ViewOptions(release_key=RELEASE_KEYS["pause"], colors=LIGHT))
    opened.tap(KEY_RIGHT_CTRL)
    assert opened.grab.holding
    opened.tap(119)
    assert not opened.grab.holding


async def test_of_two_windows_only_the_one_with_the_focus_holds(open_window):
    first, second = open_window(), open_window(session=FakeSession("Debian"))
    await first.hold()
    first.key(KEY_A, down=True)
    await second.hold()
    await eventually(lambda: not first.grab.holding)
    assert first.session.input.holds_nothing


@pytest.mark.parametrize(
    ("gate", "title"),
    [
        (gate_status(PcMode.OFF), "PC mode is off."),
        (gate_status(posture=Posture.TABLET), "Keyboard detached."),
        (gate_status(posture=Posture.FOLDED), "The computer is folded."),
    ],
)
async def test_a_lost_gate_ends_exclusive_mode_gives_back_and_says_why(open_window, gate, title):
    opened = open_window()
    await opened.hold()
    opened.window.enter_exclusive()
    opened.key(KEY_A, down=True)
    opened.session.set_gate(gate)
    assert not opened.window.is_exclusive
    assert not opened.window.isFullScreen()
    assert not opened.capture.is_active
    assert opened.session.input.holds_nothing
    assert opened.window._floating.note.isVisible()
    assert opened.window._floating.note.accessibleName() == (
        f"{title} Keyboard and pointer are yours. Windows 11 is paused in a moment."
    )
    opened.session.become(VmState.PAUSED, "gate")
    assert not opened.window._floating.note.isVisible()
    assert opened.window._floating.card.accessibleName().startswith(title)
    assert opened.window._floating.card.accessibleName().startswith(
        f"{title} Windows 11 was paused."
    )


async def test_nothing_hands_over_while_the_gate_is_closed(open_window):
    opened = open_window()
    await opened.hold()
    opened.window.lose_gate()  # at once, before the news of it are here
    assert not opened.grab.holding
    opened.session.set_gate(gate_status(PcMode.OFF))
    opened.click((100, 100))
    opened.window.present()
    opened.window.enter_exclusive()
    opened.tap(KEY_F11, key=Qt.Key.Key_F11)
    opened.window._bar._keys.click()
    opened.window._bar.panel.buttons[0].click()
    assert not opened.grab.holding
    assert not opened.window.is_exclusive
    assert opened.session.input.events == []
    assert not opened.window._bar._hand.isEnabled()
    assert not opened.window._bar._mode.isEnabled()
    opened.session.set_gate(gate_status())
    assert not opened.grab.holding
    assert not opened.window._floating.note.isVisible()
    opened.click((100, 100))
    assert opened.grab.holding


async def test_a_machine_that_the_gate_paused_can_go_on_anyway(open_window):
    opened = open_window()
    await opened.hold()
    opened.session.set_gate(gate_status(posture=Posture.TABLET))
    opened.session.become(VmState.PAUSED, "gate")
    card = opened.window._floating.card
    assert (card._other.text(), card._button.text()) == ("Keep paused", "Continue anyway")
    card._button.click()
    await eventually(lambda: opened.grab.holding)
    assert not card.isVisible()


async def test_a_machine_that_the_gate_paused_can_be_kept_paused(open_window):
    opened = open_window()
    await opened.hold()
    opened.session.set_gate(gate_status(PcMode.OFF))
    opened.session.become(VmState.PAUSED, "gate")
    card = opened.window._floating.card
    assert card._button.text() == "Turn on"
    card._other.click()
    await eventually(lambda: opened.session.reason == "")
    assert card.isVisible()
    assert not card._other.isVisible()
    assert card._button.text() == "Turn on and resume"


async def test_the_card_goes_by_itself_when_the_gate_comes_back(open_window):
    opened = open_window()
    await opened.hold()
    opened.session.set_gate(gate_status(posture=Posture.FOLDED))
    opened.session.become(VmState.PAUSED, "gate")
    opened.session.set_gate(gate_status())
    opened.session.become(VmState.RESUMING)
    opened.session.become(VmState.VIEWING)
    assert not opened.window._floating.card.isVisible()
    assert not opened.grab.holding


@pytest.mark.parametrize(
    ("state", "button"),
    [(VmState.STOPPED, "Turn on and start"), (VmState.PAUSED, "Turn on and resume")],
)
async def test_a_machine_that_is_refused_is_one_click_away(open_window, state, button):
    opened = open_window(session=FakeSession(state=state))
    opened.session.gate = gate_status(PcMode.OFF)
    opened.session.tell()
    await opened.present()
    card = opened.window._floating.card
    assert "Machines need a keyboard and an upright screen." in card.accessibleName()
    assert card._button.text() == button
    assert not opened.window._bar._pause.isEnabled()
    card._button.click()
    await eventually(lambda: opened.session.state is VmState.RUNNING)
    await eventually(lambda: opened.grab.holding)


async def test_a_question_over_the_picture_takes_the_keyboard_for_its_time(open_window):
    opened = open_window()
    await opened.hold()
    opened.key(KEY_A, down=True)
    opened.window.cover(True)
    assert opened.session.input.holds_nothing
    assert not opened.grab.holding
    opened.window.cover(False)
    assert opened.grab.holding


async def test_a_size_that_was_asked_for_is_kept(open_window):
    opened = open_window()
    opened.window.resize_picture(QSize(600, 410))
    await opened.hold()
    await eventually(lambda: opened.window._size.is_at_rest)
    assert opened.window.size() == QSize(600, 410)
    opened.window.enter_exclusive()
    opened.window.resize_picture(QSize(500, 400))
    assert opened.window.isFullScreen()


async def test_a_full_disk_is_said_with_where_and_can_go_on(open_window):
    opened = open_window()
    await opened.hold()
    opened.session.problem = "The disk of the machines folder is full: 12 MiB are free."
    opened.session.become(VmState.PAUSED, "disk_full")
    said = opened.window._floating.card.accessibleName()
    assert said.startswith("This computer's disk is full. Windows 11 was paused.")
    assert "12 MiB are free" in said
    buttons = opened.window._floating.card.findChildren(QPushButton)
    next(button for button in buttons if button.text() == "Resume").click()
    await eventually(lambda: opened.session.state is VmState.RUNNING)


async def test_characters_that_no_key_has_sent_are_typed_by_the_layouts_keys(
    open_window, monkeypatch
):
    monkeypatch.setenv("XKB_DEFAULT_LAYOUT", "us")
    opened = open_window()
    await opened.hold()
    none = Qt.KeyboardModifier.NoModifier
    for kind, text in ((QEvent.Type.KeyPress, "A"), (QEvent.Type.KeyRelease, "A")):
        event = QKeyEvent(kind, 0, none, 0, 0, 0, text)
        QApplication.sendEvent(opened.surface, event)
    assert opened.session.input.strokes() == [
        (Key.LEFT_SHIFT, True), (0x1E, True), (0x1E, False), (Key.LEFT_SHIFT, False),
    ]  # fmt: skip
    opened.tap(KEY_RIGHT_CTRL)
    before = len(opened.session.input.strokes())
    QApplication.sendEvent(opened.surface, QKeyEvent(QEvent.Type.KeyPress, 0, none, 0, 0, 0, "b"))
    assert len(opened.session.input.strokes()) == before


async def test_a_screen_reader_is_told_both_ways_out(open_window, monkeypatch):
    told = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", told.append)
    opened = open_window()
    await opened.hold()
    opened.window.enter_exclusive()
    messages = [event.message() for event in told if event.type() == QAccessible.Event.Announcement]
    assert any("Right Ctrl" in text and "Ctrl+Alt" in text for text in messages)


async def test_a_display_is_told_whether_anybody_sees_it(open_window):
    opened = open_window()
    await opened.hold()
    assert opened.session.display.is_watched
    opened.window.showMinimized()
    await eventually(lambda: not opened.session.display.is_watched)
    opened.window.showNormal()
    await eventually(lambda: opened.session.display.is_watched)
    opened.window.hide()
    assert not opened.session.display.is_watched


async def test_the_state_of_the_view_can_be_told_again(open_window):
    opened = open_window()
    await opened.present()
    states = []
    opened.window.viewStateChanged.connect(states.append)
    opened.window.tell_view_state()
    assert states == [ViewState.FOCUSED]


@pytest.mark.parametrize("width", [480, 640, 1600])
async def test_the_card_of_a_lost_gate_is_not_cut(open_window, width):
    opened = open_window(session=FakeSession("A machine with a very long name " * 3))
    await opened.hold()
    opened.window.resize(width, 420)
    opened.session.set_gate(gate_status(posture=Posture.TABLET))
    opened.session.become(VmState.PAUSED, "gate")
    QApplication.sendPostedEvents()
    card = opened.window._floating.card
    assert opened.window.rect().contains(card.geometry())
    for button in card.findChildren(QPushButton):
        assert button.width() >= button.minimumSizeHint().width()
