from __future__ import annotations

import pytest

from app.vm.display.keymap import Key, from_evdev, from_x11


@pytest.mark.parametrize(
    ("code", "number"),
    [(1, Key.ESC), (30, 0x1E), (88, Key.F12), (97, Key.RIGHT_CTRL), (100, Key.RIGHT_ALT),
     (86, 0x56), (94, 0x7B), (95, 0x5C), (102, Key.HOME), (104, Key.PAGE_UP), (109, Key.PAGE_DOWN),
     (110, Key.INSERT), (111, Key.DELETE), (119, Key.PAUSE), (125, Key.LEFT_META), (127, Key.MENU),
     (99, Key.PRINT), (103, Key.UP), (105, Key.LEFT), (106, Key.RIGHT), (107, Key.END),
     (108, Key.DOWN), (185, 0x5F)],
)  # fmt: skip
def test_a_key_of_linux_has_its_number(code, number):
    assert from_evdev(code) == number
    assert from_x11(code + 8) == number


@pytest.mark.parametrize("code", [0, -1, 128, 182, 186, 700])
def test_other_codes_have_none(code):
    assert from_evdev(code) is None


def test_a_synthetic_key_without_a_code_has_none():
    assert from_x11(0) is None


def test_no_two_keys_share_a_number_but_print_and_sysrq():
    numbers = [from_evdev(code) for code in range(256)]
    known = [number for number in numbers if number is not None]
    assert {n for n in known if known.count(n) > 1} == {Key.PRINT}
    assert all(0 < number < 256 for number in known)
