"""``viewer``: the window without machine and manager, for any VNC server or QEMU monitor."""

from __future__ import annotations

import click

from app.cli.outside import outside
from app.errors import NotSupportedError
from app.vm.display.places import Place, QmpPlace, vnc_place


@click.command("viewer")
@click.option("--vnc", metavar="PLACE", help="A VNC server: unix:PATH, or HOST:PORT.")
@click.option("--qmp", metavar="SOCKET", help="A QEMU monitor that nobody else uses.")
@click.option("--title", default="", help="The window's title; the place without it.")
@click.option("--fullscreen", is_flag=True, help="Begin in exclusive mode.")
@click.pass_context
def viewer(
    context: click.Context, vnc: str | None, qmp: str | None, title: str, *, fullscreen: bool
) -> int:
    """Show a display that is no machine of yours.

    For measuring, for looking into things, and to trust the window. At a monitor the picture
    comes the fastest way that this QEMU has, and keys go through the monitor.
    """
    if bool(vnc) == bool(qmp):
        raise click.UsageError("Name one place: --vnc PLACE or --qmp SOCKET.")
    place: Place = vnc_place(vnc) if vnc else QmpPlace(qmp or "")
    open_viewer = outside(context).open_viewer
    if open_viewer is None:
        raise NotSupportedError("There is no window here.", remedy="Use the whole program.")
    return open_viewer(place, title or str(place), fullscreen)
