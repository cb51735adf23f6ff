"""``view``: a machine's picture in a window; ``show-window``: the main one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.granting import granted
from app.cli.output import Answer, say
from app.cli.verb import FILE, NAME, absolute, verb, verbs
from app.cli.words import PIXELS

if TYPE_CHECKING:
    from app.cli.work import Work
    from app.vm.api import ManagerApi
    from app.vm.records import ViewInfo

_WINDOW = click.argument("window_id", type=int, metavar="WINDOW")
_ONE_WINDOW = click.option(
    "--window",
    "window_id",
    type=int,
    metavar="WINDOW",
    help="Which window; without it there has to be one view only.",
)
_WIDTH = click.argument("width_px", type=PIXELS, metavar="WIDTH")
_HEIGHT = click.argument("height_px", type=PIXELS, metavar="HEIGHT")


@verb("request", covers=["requestVmWindow"])
@click.option(
    "--activation-token", default="", metavar="TOKEN", help="The desktop's leave to come up."
)
async def request(work: Work, *, activation_token: str) -> Answer:
    """Get the number of a new window, for “view create”."""
    window_id = await work.change(lambda manager: manager.request_vm_window(activation_token))
    return Answer(data={"windowId": window_id}, show=say(str(window_id)))


@verb("create", covers=["createVmView"])
@NAME
@_WINDOW
@_WIDTH
@_HEIGHT
async def create(work: Work, name: str, *, window_id: int, width_px: int, height_px: int) -> Answer:
    """Bind a machine's picture to exactly one window. The window opens."""
    view = await work.change(
        lambda manager: manager.create_vm_view(name, window_id, width_px, height_px)
    )
    return _about(view)


@verb("destroy", covers=["destroyVmView"])
@_WINDOW
async def destroy(work: Work, *, window_id: int) -> Answer:
    """Free a window and close it; the machine goes on."""
    await work.change(lambda manager: manager.destroy_vm_view(window_id))
    return Answer(data={"destroyed": window_id}, show=say(f"Window {window_id} is free."))


@verb("resize", covers=["setVmViewSize"])
@_WIDTH
@_HEIGHT
@_ONE_WINDOW
async def resize(work: Work, *, width_px: int, height_px: int, window_id: int | None) -> Answer:
    """Give a view another size, in the machine's pixels."""
    view = await work.ask(lambda manager: manager.set_vm_view_size(width_px, height_px, window_id))
    return _about(view)


@verb("visible", covers=["checkVmWindowVisible"])
@NAME
async def visible(work: Work, name: str) -> Answer:
    """Tell whether a machine has a view that is on the screen."""
    seen = await work.ask(lambda manager: manager.check_vm_window_visible(name))
    return Answer(data={"visible": seen}, show=say("yes" if seen else "no"))


@verb("resolution", covers=["ModifyResolution"])
@_WIDTH
@_HEIGHT
@_ONE_WINDOW
async def resolution(work: Work, *, width_px: int, height_px: int, window_id: int | None) -> Answer:
    """Ask the system in the machine for a picture of this size."""
    view = await work.ask(lambda manager: manager.modify_resolution(width_px, height_px, window_id))
    return _about(view)


@verb("lock", covers=["LockGuest"])
@_WINDOW
async def lock(work: Work, *, window_id: int) -> Answer:
    """Go to exclusive mode. The view gets the whole screen, keyboard and pointer."""
    await work.ask(lambda manager: manager.lock_guest(window_id))
    return Answer(
        data={"locked": window_id}, show=say(f"Window {window_id} has keyboard and pointer.")
    )


@verb("show-window", covers=["showWindow"])
@click.option("--iso", type=FILE, metavar="FILE", help="Begin a new machine from this disc.")
async def show_window(work: Work, *, iso: Path | None) -> Answer:
    """Raise the main window of Duplex VM where it is open."""
    disc = None if iso is None else absolute(iso)

    async def step(manager: ManagerApi) -> None:
        async with granted(manager, disc):
            await manager.show_window(disc)

    await work.ask(step)
    return Answer(data={"shown": True}, show=say("The window is in front."))


def _about(view: ViewInfo) -> Answer:
    from app.vm.wire_types import write_value  # noqa: PLC0415 - not for --help

    size = f"{view.width_px}x{view.height_px}"
    return Answer(
        data={"view": write_value(view)},
        show=say(f"“{view.vm_name}” is in window {view.window_id}, {size}."),
    )


view = verbs(
    "view",
    request,
    create,
    destroy,
    resize,
    visible,
    resolution,
    lock,
    about="Bind a machine's picture to a window, step by step.",
)
