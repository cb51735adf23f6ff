"""Choosing the combination that gives keyboard and pointer back, and trying it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from app.views.chord_field import ChordField
from app.vm.display.chord import CTRL_ALT

ESC, LEFT_CTRL, G, LEFT_ALT, SPACE, X11 = 1, 29, 34, 56, 57, 8


@pytest.fixture
def field(qapp: QApplication) -> Iterator[ChordField]:
    made = ChordField("Release combination", CTRL_ALT)
    made.show()
    yield made
    made.close()
    made.deleteLater()


def key(field: ChordField, evdev: int, *, down: bool) -> bool:
    kind = QEvent.Type.KeyPress if down else QEvent.Type.KeyRelease
    none = Qt.KeyboardModifier.NoModifier
    name = Qt.Key.Key_Space if evdev == SPACE else Qt.Key.Key_A
    event = QKeyEvent(kind, name, none, evdev + X11, 0, 0, "", False)
    event.ignore()
    QApplication.sendEvent(field.button, event)
    return event.isAccepted()


def press(field: ChordField, *codes: int) -> None:
    for code in codes:
        assert key(field, code, down=True)
    for code in reversed(codes):
        key(field, code, down=False)


def test_it_shows_the_combination_and_keys_do_nothing_before_a_click(field) -> None:
    assert field.button.text() == "Ctrl+Alt"
    key(field, LEFT_CTRL, down=True)
    key(field, G, down=True)
    assert field.chord == CTRL_ALT


def test_the_next_combination_is_taken_and_can_be_tried(field) -> None:
    told: list[str] = []
    field.chosen.connect(told.append)
    field.button.click()
    assert field.button.text() == "Press keys…"
    press(field, LEFT_CTRL, LEFT_ALT, G)
    assert told == ["ctrl+alt+g"]
    assert field.button.text() == "Ctrl+Alt+G"
    assert field.words.text() == "Try it now: press Ctrl+Alt+G."
    press(field, LEFT_CTRL, G)
    assert "another combination" in field.words.text()
    press(field, LEFT_CTRL, LEFT_ALT, G)
    assert "That is it" in field.words.text()
    assert told == ["ctrl+alt+g"]


def test_modifiers_alone_count_when_they_are_let_go(field) -> None:
    told: list[str] = []
    field.chosen.connect(told.append)
    field.record()
    for code in (LEFT_CTRL, LEFT_ALT):
        key(field, code, down=True)
    assert told == []
    for code in (LEFT_CTRL, LEFT_ALT):
        key(field, code, down=False)
    assert told == ["ctrl+alt"]


def test_a_single_key_is_no_combination_and_esc_keeps_what_is_there(field) -> None:
    told: list[str] = []
    field.chosen.connect(told.append)
    field.record()
    press(field, G)
    assert field.button.text() == "Press keys…"
    press(field, ESC)
    assert field.button.text() == "Ctrl+Alt"
    assert not field.words.isVisible()
    assert told == []


def test_space_begins_it_and_its_release_is_not_a_part_of_it(field) -> None:
    field.button.setFocus()
    key(field, SPACE, down=True)
    key(field, SPACE, down=False)
    assert field.button.text() == "Press keys…"
    press(field, LEFT_CTRL, LEFT_ALT, G)
    assert field.button.text() == "Ctrl+Alt+G"


def test_a_screen_reader_hears_what_it_says(field) -> None:
    field.record()
    assert field.button.accessibleName() == "Release combination"
    assert field.button.accessibleDescription().startswith("Press keys…. Press the keys together.")
