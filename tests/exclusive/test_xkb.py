"""Layouts as this computer has them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from app.exclusive import xkb
from app.exclusive.xkb import layout, present_layout
from app.vm.display.keymap import Key
from tests.exclusive.conftest import ROOT

SHIFT, ALT_GR = Key.LEFT_SHIFT, Key.RIGHT_ALT


@pytest.mark.parametrize(
    ("name", "character", "stroke"),
    [
        ("us", "z", (0x2C,)),
        ("us", "@", (SHIFT, 0x03)),
        ("de", "z", (0x15,)),
        ("de", "@", (ALT_GR, 0x10)),
        ("de", "ß", (0x0C,)),
        ("fr", "a", (0x10,)),
        ("fr", "1", (SHIFT, 0x02)),
        ("fr", "é", (0x03,)),
        ("jp", "@", (0x1A,)),
        ("us(intl)", "é", (ALT_GR, 0x12)),
    ],
)
def test_a_character_is_where_the_layout_has_it(name, character, stroke) -> None:
    found = layout(name)
    assert found is not None
    assert found.name == name
    assert found.characters[character] == stroke


def test_digits_are_never_on_the_keypad_whose_meaning_changes() -> None:
    for name in ("us", "de", "fr", "jp"):
        found = layout(name)
        assert found is not None
        assert all(not 0x47 <= found.characters[digit][-1] <= 0x53 for digit in "0123456789")


def test_dead_keys_are_known_by_what_they_put_on_a_letter() -> None:
    found = layout("fr")
    assert found is not None
    assert found.dead["\N{COMBINING CIRCUMFLEX ACCENT}"] == (0x1A,)


@pytest.mark.parametrize("name", ["nonsense", "de;rm", "de(", "de(../x)", "DE", "x" * 99])
def test_a_name_that_is_none_is_no_layout(name) -> None:
    assert layout(name) is None


def test_without_the_library_there_is_no_layout(monkeypatch) -> None:
    monkeypatch.setattr(xkb, "_library", lambda _wanted: None)
    assert layout.__wrapped__("us") is None


def test_without_a_server_the_environment_decides(qapp) -> None:
    found = present_layout()
    assert found is not None
    assert found.characters["a"]


@pytest.mark.x11
def test_on_x11_the_servers_own_layout_is_taken(x_display) -> None:
    environment = {**os.environ, "DISPLAY": x_display, "QT_QPA_PLATFORM": "xcb"}
    subprocess.run(["setxkbmap", "de"], env=environment, check=True)
    program = (
        "from PySide6.QtGui import QGuiApplication\n"
        "from app.exclusive.xkb import present_layout\n"
        "application = QGuiApplication([])\n"
        "print(present_layout().characters['z'])"
    )
    told = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout == "(21,)\n"
