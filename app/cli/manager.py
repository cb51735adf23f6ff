"""``ping``, ``api``, ``hand-over``: the manager itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from app.cli.output import Answer, facts, say
from app.cli.verb import verb

if TYPE_CHECKING:
    from app.cli.work import Work
    from app.vm.api import ManagerApi


@verb("ping", covers=["ping"])
async def ping(work: Work) -> Answer:
    """Tell who the manager is. Without one, this command is it for a moment."""
    from app.vm.wire_types import write_value  # noqa: PLC0415 - not for --help

    info = await work.ask(lambda manager: manager.ping())
    return Answer(
        data={"manager": write_value(info)},
        show=facts(
            {
                "Version": info.version,
                "Process": str(info.pid),
                "Windows": (info.display or "yes") if info.screen else "no",
                "Hands over": "yes" if info.handover else "no",
                "Library": str(info.library),
            }
        ),
    )


@verb("api", covers=["queryApi"])
async def api(work: Work) -> Answer:
    """Tell every name of the API. Functions, events, enumerations, error codes, texts."""
    names = await work.ask(lambda manager: manager.query_api())
    return Answer(data={"api": names}, show=lambda _: click.echo(json.dumps(names, indent=2)))


@verb("hand-over", covers=["handOver"])
@click.option(
    "--to-display",
    metavar="DISPLAY",
    default="",
    help="Where you want the windows; without it one that has windows stays.",
)
async def hand_over(work: Work, to_display: str) -> Answer:
    """Let another program be the manager; machines run on."""
    from app.cli.leaving import own_manager  # noqa: PLC0415 - not for --help

    async def step(manager: ManagerApi) -> bool:
        if own_manager(manager) is not None:  # For this moment only: nobody has the place.
            return False
        await manager.hand_over(to_display)
        return True

    handed_over = await work.change(step)
    sentence = (
        "The manager lets another one take over."
        if handed_over
        else "No manager runs; the next command or window becomes it."
    )
    return Answer(data={"handedOver": handed_over}, show=say(sentence))
