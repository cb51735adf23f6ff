"""Names and paths as people have them: started, or refused while they are typed."""

from __future__ import annotations

import shutil

import pytest

from app.views.tokens import LIGHT
from tests.e2e import program
from tests.e2e.desk import ENTER, KEY_A, LEFT_CTRL, Desk
from tests.e2e.machines import create
from tests.e2e.program import TITLE
from tests.e2e.wizard import (
    click_on_to_the_next_step,
    click_primary,
    step,
    wait_for_step_below,
)
from tests.helpers.waiting import eventually_sync

pytestmark = [pytest.mark.x11, pytest.mark.slow]

NAMES = (
    "a,b=c,file=/etc/passwd",
    "-name",
    "two  words and 'both' \"quotes\"",
    "penguin 🐧 👩‍💻",
    "驱" * 83 + "x",  # 250 bytes
    "汉" * 128,
    "%s $HOME `id` ;\\ {} <b>&amp;</b>",
)
TYPED = """-a,b="c d" 'e' $HOME;"""


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_machine_of_any_name_starts_from_a_disc_of_any_name(
    serial, no_machine_stays, disc, tmp_path, name
):
    folder = tmp_path / f"{name[:40]},=".replace("/", "_")
    folder.mkdir()
    file = folder / (name.encode()[:240].decode(errors="ignore").replace("/", "_") + ".iso")
    shutil.copy(disc, file)

    assert create(name, file)["vmName"] == name
    serial.wait_for("ready")
    assert program.machines()[name]["isoPath"] == str(file)
    assert len(program.engines()) == 1
    program.told("kill", "--", name)


def is_refused(desk: Desk) -> bool:
    """Whether something on the wizard's page is said to be wrong."""
    return desk.lowest_bar((LIGHT.bad,), desk.box(TITLE), width_px=2) is not None


def type_instead(desk: Desk, text: str) -> None:
    """Replace what stands in the field."""
    desk.press(LEFT_CTRL, KEY_A)
    desk.type(text)


def test_names_are_refused_while_they_are_typed_and_odd_ones_are_taken(
    desk, serial, open_window, disc, tmp_path
):
    file = tmp_path / "-a,b=c 'd' \"e\" 光盘 🐧.ISO"
    shutil.copy(disc, file)
    create("Taken", disc, start=False)
    open_window(str(file))
    desk.wait_for_window(TITLE)
    wait_for_step_below(desk, 0)
    click_on_to_the_next_step(desk)
    here = step(desk)
    assert not is_refused(desk)

    for wrong in ("tAKEN", "x" * 129):
        type_instead(desk, wrong)
        eventually_sync(lambda: is_refused(desk), what=f"a word against {wrong}")
        desk.press(ENTER)
        type_instead(desk, "fine")
        eventually_sync(lambda: not is_refused(desk), what="no word against a good name")
        assert step(desk) == here
    type_instead(desk, TYPED)
    desk.press(ENTER)
    wait_for_step_below(desk, here)
    click_on_to_the_next_step(desk)
    click_primary(desk)

    serial.wait_for("ready")
    made = program.machines()
    assert set(made) == {"Taken", TYPED}
    assert made[TYPED]["isoPath"] == str(file)
    program.told("kill", "--", TYPED)
