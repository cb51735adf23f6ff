"""The way through the wizard with the pointer: Ctrl+N, then always the primary button."""

from __future__ import annotations

from pathlib import Path

from app.views.tokens import LIGHT
from tests.e2e.desk import KEY_N, LEFT_CTRL, Box, Desk
from tests.e2e.program import TITLE
from tests.helpers.waiting import eventually_sync

PRIMARY = (LIGHT.brand, LIGHT.brand_hover, LIGHT.brand_press)
_SHEET_WIDTH_PX, _STEPS_WIDTH_PX = 920, 216
_STEP_HEIGHT_PX = 16
_BUTTON_PX, _CIRCLE_PX = 48, 8


def step(desk: Desk) -> int:
    """How far down the list of steps the present one is filled, in pixels; 0 without a wizard.

    The open wizard lies in the middle of the main window, with the list in its left.
    """
    x, y = desk.box(TITLE).middle
    left = x - _SHEET_WIDTH_PX // 2
    steps = Box(left, y - 300, left + _STEPS_WIDTH_PX, y)
    circle = desk.lowest_bar((LIGHT.brand,), steps, width_px=_CIRCLE_PX)
    return circle[1] - steps.top if circle else 0


def click_primary(desk: Desk) -> None:
    """Click the primary button of whatever the main window shows."""
    point = eventually_sync(
        lambda: desk.lowest_bar(PRIMARY, desk.box(TITLE), width_px=_BUTTON_PX),
        what="a primary button",
    )
    desk.click(*point)


def click_on_to_the_next_step(desk: Desk) -> None:
    """Click the primary button and wait until a step further down is shown."""
    before = step(desk)
    click_primary(desk)
    wait_for_step_below(desk, before)


def wait_for_step_below(desk: Desk, before: int) -> None:
    """Wait until the wizard shows a step below that one; 0 for any."""
    eventually_sync(lambda: step(desk) > before + _STEP_HEIGHT_PX, what="the wizard's next step")


def open_wizard(desk: Desk) -> None:
    """Press Ctrl+N in the main window."""
    desk.wait_for_window(TITLE)
    desk.press(LEFT_CTRL, KEY_N)
    wait_for_step_below(desk, 0)


def create_by_clicks(desk: Desk, disc: Path) -> None:
    """From the main window to a machine: type the disc's path, accept everything else."""
    open_wizard(desk)
    desk.type(str(disc))
    for _ in range(3):
        click_on_to_the_next_step(desk)
    click_primary(desk)
