"""Combinations that give keyboard and pointer back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ParamError
from app.vm.display.chord import CTRL_ALT, Chord, Modifier, chord_of, chosen_chord, parse_chord
from app.vm.display.keymap import Key

G = 0x22


@pytest.mark.parametrize(
    ("text", "chord", "label"),
    [
        ("ctrl+alt", CTRL_ALT, "Ctrl+Alt"),
        ("Alt+CTRL", CTRL_ALT, "Ctrl+Alt"),
        ("ctrl+alt+g", Chord(CTRL_ALT.modifiers, G), "Ctrl+Alt+G"),
        ("shift+f12", Chord(frozenset({Modifier.SHIFT}), Key.F12), "Shift+F12"),
        ("super+esc", Chord(frozenset({Modifier.META}), Key.ESC), "Super+Esc"),
    ],
)
def test_a_combination_is_read_and_shown(text, chord, label) -> None:
    assert parse_chord(text) == chord
    assert chord.label == label
    assert parse_chord(str(chord)) == chord


@pytest.mark.parametrize(
    "text",
    ["", "+", "ctrl", "g", "g+h", "ctrl+g+h", "ctrl+ctrl", "ctrl+nothing", "ctrl+", "a+" * 99],
)
def test_what_is_no_combination_is_refused_and_leaves_the_usual_way_out(text) -> None:
    with pytest.raises(ParamError, match="no combination"):
        parse_chord(text)
    assert chosen_chord(text) == CTRL_ALT


def test_the_combination_that_every_machine_needs_cannot_be_taken() -> None:
    with pytest.raises(ParamError, match="needed by machines"):
        parse_chord("alt+ctrl+delete")
    assert chord_of([Key.LEFT_CTRL, Key.LEFT_ALT, Key.DELETE]) is None


def test_left_and_right_are_the_same_but_one_of_each_has_to_be_held() -> None:
    assert CTRL_ALT.is_held_by([Key.RIGHT_CTRL, Key.LEFT_ALT])
    assert not CTRL_ALT.is_held_by([Key.LEFT_CTRL, Key.RIGHT_CTRL])
    assert not CTRL_ALT.is_held_by([Key.LEFT_CTRL, Key.LEFT_ALT, G])
    assert not CTRL_ALT.is_held_by([])


def test_keys_that_are_held_make_the_combination_they_are() -> None:
    assert chord_of([Key.LEFT_CTRL, Key.RIGHT_ALT]) == CTRL_ALT
    assert chord_of([Key.LEFT_CTRL, Key.LEFT_ALT, G]) == parse_chord("ctrl+alt+g")
    assert chord_of([Key.LEFT_CTRL]) is None
    assert chord_of([G]) is None
    assert chord_of([Key.LEFT_CTRL, G, 0x23]) is None
    assert chord_of([Key.LEFT_CTRL, 0x7D]) is None


@given(st.text(max_size=80))
def test_any_text_is_a_combination_or_refused(text: str) -> None:
    assert parse_chord(str(chosen_chord(text))) == chosen_chord(text)
