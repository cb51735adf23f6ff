"""The clipboard's text, typed into a guest that has no better way to get it."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication

from app.exclusive import clipboard_typing
from app.exclusive.clipboard_typing import MOST_CHARACTERS
from app.vm.display.keymap import Key
from tests.helpers.waiting import eventually

A, B, KEY_A = 0x1E, 0x30, 30


@pytest.fixture(autouse=True)
def us_keyboard(monkeypatch) -> None:
    monkeypatch.setenv("XKB_DEFAULT_LAYOUT", "us")


def copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def said(opened) -> str:
    return opened.window._floating.toast.accessibleName()


def ask(opened) -> None:
    opened.window._bar.panel.type.click()


async def test_a_text_is_typed_key_by_key_and_nothing_stays_down(open_window):
    opened = open_window()
    await opened.hold()
    copy("aB\n")
    ask(opened)
    assert "Typing" in said(opened)
    await eventually(lambda: not opened.window._typing.is_typing)
    assert opened.session.input.strokes() == [
        (A, True), (A, False),
        (Key.LEFT_SHIFT, True), (B, True), (B, False), (Key.LEFT_SHIFT, False),
        (Key.ENTER, True), (Key.ENTER, False),
    ]  # fmt: skip
    assert said(opened) == "The text was typed."


async def test_any_key_of_the_person_stops_it_and_does_nothing_else(open_window):
    opened = open_window()
    await opened.hold()
    copy("a" * 4000)
    ask(opened)
    await eventually(opened.session.input.strokes)
    opened.tap(KEY_A)
    typed = len(opened.session.input.strokes())
    assert not opened.window._typing.is_typing
    assert said(opened) == "Typing was stopped."
    assert typed % 2 == 0
    assert opened.session.input.holds_nothing
    opened.tap(KEY_A)
    assert len(opened.session.input.strokes()) == typed + 2


async def test_what_the_layout_lacks_is_left_out_and_said(open_window):
    opened = open_window()
    await opened.hold()
    copy("a中é")
    ask(opened)
    await eventually(lambda: not opened.window._typing.is_typing)
    assert opened.session.input.strokes() == [(A, True), (A, False)]
    assert said(opened).endswith("lacks: 中é")


async def test_a_machine_that_stops_taking_input_ends_it(open_window):
    opened = open_window()
    await opened.hold()
    copy("a" * 4000)
    ask(opened)
    await eventually(opened.session.input.strokes)
    opened.session.display.break_off("The engine ended the display's connection.")
    await eventually(lambda: not opened.window._typing.is_typing)


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "no text on the clipboard"), ("a" * (MOST_CHARACTERS + 1), "5000 characters at most")],
)
async def test_no_text_and_too_much_are_said_and_not_typed(open_window, text, words):
    opened = open_window()
    await opened.hold()
    copy(text)
    ask(opened)
    assert words in said(opened)
    assert not opened.window._typing.is_typing


async def test_a_computer_without_layouts_says_so(open_window, monkeypatch):
    monkeypatch.setattr(clipboard_typing, "present_layout", lambda: None)
    opened = open_window()
    await opened.hold()
    copy("a")
    ask(opened)
    assert "No keyboard layout" in said(opened)
