"""Which shortcut a key belongs to, by what is held with it."""

from __future__ import annotations

import pytest

from app.vm.display.key_groups import KeyGroup, chosen_groups, group_of
from app.vm.display.keymap import Key, from_x11, to_x11

CTRL, ALT, SHIFT, META = Key.LEFT_CTRL, Key.LEFT_ALT, Key.LEFT_SHIFT, Key.LEFT_META


@pytest.mark.parametrize(
    ("number", "held", "group"),
    [
        (Key.TAB, (ALT,), KeyGroup.SWITCH_WINDOWS),
        (Key.TAB, (ALT, SHIFT), KeyGroup.SWITCH_WINDOWS),
        (Key.GRAVE, (Key.RIGHT_ALT,), KeyGroup.SWITCH_WINDOWS),
        (Key.TAB, (), None),
        (Key.TAB, (CTRL,), None),
        (Key.TAB, (CTRL, ALT), None),
        (Key.F4, (ALT,), KeyGroup.CLOSE_WINDOW),
        (Key.F4, (), None),
        (META, (), KeyGroup.SUPER),
        (Key.RIGHT_META, (ALT,), KeyGroup.SUPER),
        (Key.LEFT, (CTRL, ALT), KeyGroup.WORKSPACES),
        (Key.UP, (CTRL, ALT, SHIFT), KeyGroup.WORKSPACES),
        (Key.LEFT, (ALT,), None),
        (Key.PRINT, (SHIFT,), KeyGroup.SCREENSHOT),
        (Key.MUTE, (), KeyGroup.VOLUME),
        (Key.LOUDER, (ALT,), KeyGroup.VOLUME),
        (Key.PLAY, (), KeyGroup.PLAYER),
        (Key.PREVIOUS_TRACK, (), KeyGroup.PLAYER),
        (Key.DELETE, (CTRL, ALT), None),
        (0x1E, (ALT,), None),
        (Key.TAB, (META, ALT), None),
    ],
)
def test_a_key_belongs_to_its_shortcut(number, held, group):
    assert group_of(number, held) is group


def test_names_of_other_versions_are_left_out():
    assert chosen_groups(["volume", "super", "teleport"]) == {KeyGroup.VOLUME, KeyGroup.SUPER}


def test_every_key_has_a_code_of_x11_that_leads_back_to_it():
    numbers = {number for code in range(256) if (number := from_x11(code)) is not None}
    assert all(from_x11(to_x11(number)) == number for number in numbers)
    assert (to_x11(Key.TAB), to_x11(Key.PRINT), to_x11(0xFF)) == (23, 107, None)
