"""Which keys people keep for this computer, and that their windows hear of it."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from app.desktop.kept_keys import KeptKeys
from app.vm.display.key_groups import USUALLY_KEPT, KeyGroup
from tests.desktop.conftest import OpenRoom

ONE, TWO = UUID(int=1), UUID(int=2)
CHOSEN = frozenset({KeyGroup.SUPER, KeyGroup.SCREENSHOT})


def test_a_choice_is_kept_for_its_machine(qapp, tmp_path) -> None:
    file = tmp_path / "state" / "kept-keys.json"
    kept = KeptKeys(file)
    told = []
    kept.changed.connect(lambda: told.append(1))
    assert kept.of_machine(ONE) == USUALLY_KEPT
    kept.choose(ONE, CHOSEN)
    kept.choose(TWO, frozenset())
    again = KeptKeys(file)
    assert (again.of_machine(ONE), again.of_machine(TWO)) == (CHOSEN, frozenset())
    assert len(told) == 2


@pytest.mark.parametrize("value", ["super", {"a": 1}, None, 5])
def test_what_is_no_choice_is_as_good_as_none(qapp, tmp_path, value) -> None:
    file = tmp_path / "kept-keys.json"
    file.write_text(json.dumps({ONE.hex: value}))
    assert KeptKeys(file).of_machine(ONE) == USUALLY_KEPT


def test_what_a_newer_version_wrote_in_it_is_left_out(qapp, tmp_path) -> None:
    file = tmp_path / "kept-keys.json"
    file.write_text(json.dumps({ONE.hex: ["super", "teleport", 7]}))
    assert KeptKeys(file).of_machine(ONE) == {KeyGroup.SUPER}


def test_a_choice_that_cannot_be_written_holds_all_the_same(qapp, tmp_path, caplog) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    kept = KeptKeys(tmp_path / "state" / "kept-keys.json")
    told = []
    kept.changed.connect(lambda: told.append(1))
    with pytest.raises(OSError, match=r"state"):
        kept.choose(ONE, CHOSEN)
    assert kept.of_machine(ONE) == CHOSEN
    assert told


async def test_an_open_window_takes_the_choice_at_once(open_room: OpenRoom) -> None:
    async with open_room("Debian", "Windows") as room:
        for name in ("Debian", "Windows"):
            room.windows.open(room.manager._find(name))
        kept = room.windows._kept_keys
        kept.choose(room.manager._find("Debian").id, CHOSEN)
        room.windows.dress()
        assert room.window("Debian").input.grab.kept == CHOSEN
        assert room.window("Windows").input.grab.kept == USUALLY_KEPT
