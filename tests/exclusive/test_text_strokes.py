"""Which keys write a text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.exclusive.text_strokes import Layout, strokes_of
from app.vm.display.keymap import Key

SHIFT, ALT_GR = Key.LEFT_SHIFT, Key.RIGHT_ALT
SPACE, A, E, EQUALS = 0x39, 0x1E, 0x12, 0x0D
LAYOUT = Layout(
    "made up",
    {"a": (A,), "A": (SHIFT, A), "e": (E,), "€": (ALT_GR, E), " ": (SPACE,), "é": (0x03,)},
    {"\u0301": (EQUALS,), "\u0302": (SHIFT, EQUALS)},
)


def test_each_character_is_its_key_with_what_has_to_be_held() -> None:
    assert strokes_of("aA€", LAYOUT).strokes == ((A,), (SHIFT, A), (ALT_GR, E))


def test_line_ends_of_any_kind_are_one_enter() -> None:
    assert strokes_of("a\r\na\ra\n\t", LAYOUT).strokes == (
        (A,), (Key.ENTER,), (A,), (Key.ENTER,), (A,), (Key.ENTER,), (Key.TAB,),
    )  # fmt: skip


def test_a_dead_key_goes_before_its_letter() -> None:
    assert strokes_of("ê", LAYOUT).strokes == ((SHIFT, EQUALS), (E,))
    assert strokes_of("e\u0302", LAYOUT).strokes == ((SHIFT, EQUALS), (E,))


def test_a_letter_that_has_a_key_of_its_own_needs_no_dead_one() -> None:
    assert strokes_of("é", LAYOUT).strokes == ((0x03,),)


def test_a_mark_alone_is_its_dead_key_and_the_space_bar() -> None:
    assert strokes_of("^\N{ACUTE ACCENT}", LAYOUT).strokes == (
        (SHIFT, EQUALS),
        (SPACE,),
        (EQUALS,),
        (SPACE,),
    )


def test_what_no_key_writes_is_left_out_and_named_once() -> None:
    typed = strokes_of("a中a中ñ\0", LAYOUT)
    assert typed.strokes == ((A,), (A,))
    assert typed.missing == "中ñ\0"


@given(st.text(max_size=50))
def test_any_text_is_typed_or_named(text: str) -> None:
    typed = strokes_of(text, LAYOUT)
    assert all(typed.strokes)
    assert len(set(typed.missing)) == len(typed.missing)
