"""A machine that is open on one of two monitors, and opened again from the other one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from Xlib.display import Display
from Xlib.ext import randr
from Xlib.protocol import rq

from tests.e2e import program
from tests.e2e.desk import ENTER, F11, KEY_A, LEFT_CTRL, RIGHT_CTRL, Desk
from tests.e2e.machines import create
from tests.helpers.screen import window_manager, x_server
from tests.helpers.waiting import eventually_sync

pytestmark = [pytest.mark.x11, pytest.mark.slow]

WINDOW = f"one — {program.TITLE}"
MONITOR_PX = 1440
KEY_Z = 52


@pytest.fixture
def desk() -> Iterator[Desk]:
    """Two monitors beside each other (RandR 1.5, SetMonitor)."""
    with x_server(f"{2 * MONITOR_PX}x900x24") as display:
        put_two_monitors(display)
        with window_manager(display):
            made = Desk(display)
            try:
                yield made
            finally:
                made.close()


class SetMonitor(rq.Request):
    """RRSetMonitor (randr.h); the library's own cannot write its list of outputs."""

    _request = rq.Struct(
        rq.Card8("opcode"),
        rq.Opcode(43),
        rq.RequestLength(),
        rq.Window("window"),
        rq.Card32("name"),
        rq.Bool("primary"),
        rq.Bool("automatic"),
        rq.LengthOf("outputs", 2),
        rq.Int16("x"),
        rq.Int16("y"),
        rq.Card16("width"),
        rq.Card16("height"),
        rq.Card32("width_mm"),
        rq.Card32("height_mm"),
        rq.List("outputs", rq.Card32Obj),
    )


def put_two_monitors(display: str) -> None:
    server = Display(display)
    root = server.screen().root
    [output] = root.xrandr_get_screen_resources().outputs
    for name, outputs, left in (("left", [output], 0), ("right", [], MONITOR_PX)):
        SetMonitor(
            display=server.display,
            opcode=server.display.get_extension_major(randr.extname),
            window=root,
            name=server.intern_atom(name),
            primary=False,
            automatic=False,
            x=left,
            y=0,
            width=MONITOR_PX,
            height=900,
            width_mm=380,
            height_mm=240,
            outputs=outputs,
        )
    server.sync()
    server.close()


def put(desk: Desk, title: str, left: int) -> None:
    desk.person("windowmove", desk.windows()[title].id, left, 60)
    eventually_sync(lambda: abs(desk.box(title).left - left) < 40, what=f"{title!r} at {left}")


def monitor_of(desk: Desk, title: str) -> int:
    return desk.box(title).middle[0] // MONITOR_PX


@pytest.mark.parametrize("exclusive", [False, True])
def test_it_says_that_it_is_open_there_and_is_moved_here(
    desk, serial, open_window, disc, exclusive
):
    open_window()
    create("one", disc)
    serial.wait_for("ready")
    program.told("show", "one")
    desk.wait_for_window(WINDOW)
    put(desk, program.TITLE, 80)
    put(desk, WINDOW, MONITOR_PX + 100)
    if exclusive:
        desk.press(F11)
        eventually_sync(lambda: desk.box(WINDOW).left == MONITOR_PX, what="it fills its monitor")
        desk.press(RIGHT_CTRL)
    desk.person("windowactivate", "--sync", desk.windows()[program.TITLE].id)
    desk.press(ENTER)
    desk.wait_for_window(WINDOW)
    assert monitor_of(desk, WINDOW) == 1, "nothing moves before the person says so"

    desk.person("windowactivate", "--sync", desk.windows()[program.TITLE].id)
    desk.press(LEFT_CTRL, KEY_Z)  # what the message offers
    eventually_sync(lambda: monitor_of(desk, WINDOW) == 0, what="it comes")
    desk.wait_for_window(WINDOW)
    if exclusive:
        eventually_sync(lambda: desk.box(WINDOW).left == 0, what="it fills this monitor")
    desk.press(KEY_A)
    serial.wait_for("key 1e up")
    program.told("kill", "one")
