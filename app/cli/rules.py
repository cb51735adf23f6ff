"""``mode``, ``posture``, ``permission``, ``grant``: what the person allows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.host import show_reasons
from app.cli.names import machine_names, permission_words
from app.cli.output import Answer, facts, say, table
from app.cli.verb import FILE, absolute, verb, verbs
from app.cli.words import ANSWERS, HOST_PERMISSIONS, PC_MODES, POSTURES
from app.errors import StateError

if TYPE_CHECKING:
    from rich.console import Console

    from app.cli.work import Work
    from app.vm.api import ManagerApi
    from app.vm.gate import GateStatus

_AUTO = "auto"
_COMPUTER = click.option(
    "--computer", is_flag=True, help="Programs on this computer are meant, not a machine."
)


@verb("mode", covers=["getPcMode", "setPcMode"])
@click.argument("mode", type=click.Choice(PC_MODES), required=False)
async def mode(work: Work, *, mode: str | None) -> Answer:
    """Tell PC mode and posture; with a word, switch PC mode.

    Off: machines may not run. On: they may while the keyboard is attached or the computer stands.
    Automatic: the posture decides alone.
    """
    from app.vm.gate import PcMode  # noqa: PLC0415 - not for --help

    if mode is None:
        return _about(await work.ask(lambda manager: manager.get_pc_mode()))
    return _about(await work.ask(lambda manager: manager.set_pc_mode(PcMode(mode))))


@verb("get", covers=["getPcMode"])
async def get_posture(work: Work) -> Answer:
    """Tell how the computer stands, and how that is known."""
    return _about(await work.ask(lambda manager: manager.get_pc_mode()))


@verb("set", covers=["setPosture"])
@click.argument("posture", type=click.Choice([*POSTURES, _AUTO]), metavar="POSTURE")
async def set_posture(work: Work, *, posture: str) -> Answer:
    """Say how the computer stands; “auto” lets its own sensor tell again.

    POSTURE is keyboard-attached, stand, tablet, folded or auto.
    """
    from app.vm.posture import Posture  # noqa: PLC0415 - not for --help

    wanted = None if posture == _AUTO else Posture(posture)
    return _about(await work.ask(lambda manager: manager.set_posture(wanted)))


@verb("auto", covers=["setPosture"])
async def auto_posture(work: Work) -> Answer:
    """Let the computer's own sensor tell its posture again."""
    return _about(await work.ask(lambda manager: manager.set_posture(None)))


def _about(gate: GateStatus) -> Answer:
    from app.vm.wire_types import write_value  # noqa: PLC0415 - not for --help

    return Answer(data={"gate": write_value(gate)}, show=lambda console: _show(console, gate))


def _show(console: Console, gate: GateStatus) -> None:
    facts(
        {
            "PC mode": gate.mode.value,
            "Posture": f"{gate.posture.value} ({gate.source.value})",
            "Machines": "may run" if gate.open else "may not run",
        }
    )(console)
    show_reasons(console, gate.reasons)


@verb("list", covers=["getPermissions"])
@click.argument("name", required=False, shell_complete=machine_names)
async def list_permissions(work: Work, name: str | None) -> Answer:
    """Tell what a machine may do. Without a name, what programs on this computer may."""
    from app.vm.wire_types import write_value  # noqa: PLC0415 - not for --help

    found = await work.ask(lambda manager: manager.get_permissions(name))
    return Answer(
        data={"permissions": write_value(found)},
        show=table(
            ("PERMISSION", "ANSWER"),
            [
                (str(one.permission), "ask (refused now)" if one.refused else one.answer.value)
                for one in found
            ],
            empty="There is nothing to allow.",
        ),
    )


@verb("set", covers=["setPermission"])
@click.argument(
    "words",
    nargs=-1,
    required=True,
    metavar="[NAME] PERMISSION ANSWER",
    shell_complete=permission_words,
)
@_COMPUTER
async def set_permission(work: Work, *, words: tuple[str, ...], computer: bool) -> Answer:
    """Allow something to a machine, forbid it, or let it be asked again.

    ANSWER is ask, once (until the machine's present run ends), always or never. Without NAME, or
    with --computer, it is about programs on this computer. Shared folders and USB devices are named
    behind a colon, such as usb-device:046d:c52b
    """
    from app.vm.permissions import Answer as Decision  # noqa: PLC0415 - not for --help
    from app.vm.permissions import Permission  # noqa: PLC0415

    name, wanted, answer = _understood(words, computer=computer)
    permission = Permission.parse(wanted)

    async def step(manager: ManagerApi) -> None:
        if name is None and answer == Decision.ONCE.value and wanted in HOST_PERMISSIONS:
            _need_lasting(manager)
        await manager.set_permission(permission, Decision(answer), name)

    await work.ask(step)
    whom = "programs on this computer" if name is None else f"“{name}”"
    return Answer(
        data={"vmName": name, "permission": str(permission), "answer": answer},
        show=say(f"{permission} is set to “{answer}” for {whom}."),
    )


def _need_lasting(manager: ManagerApi) -> None:
    """Refuse “once” for this computer where its manager is this command, and ends with it.

    Raises:
        StateError: no other process is the manager.
    """
    from app.cli.leaving import own_manager  # noqa: PLC0415 - not for --help

    if own_manager(manager) is not None:
        raise StateError(
            "No manager runs; “once” lasts until it ends.",
            remedy="Start Duplex VM first, or say “always”.",
        )


def _understood(words: tuple[str, ...], *, computer: bool) -> tuple[str | None, str, str]:
    """Machine (None for this computer), permission and answer."""
    if len(words) not in ({2} if computer else {2, 3}):
        raise click.UsageError("Give a machine's name or --computer, a permission and an answer.")
    *names, permission, answer = words
    if answer not in ANSWERS:
        raise click.UsageError(f"“{answer}” is no answer; use one of {', '.join(ANSWERS)}.")
    return (names[0] if names else None), permission, answer


@verb("list", covers=["getGrantedPaths"])
async def list_grants(work: Work) -> Answer:
    """List the files and folders that were opened to machines."""
    found = await work.ask(lambda manager: manager.get_granted_paths())
    return Answer(
        data={"paths": [str(path) for path in found]},
        show=table(("PATH",), [(str(path),) for path in found], empty="Nothing was opened yet."),
    )


@verb("add", covers=["grantPath"])
@click.argument("path", type=FILE, metavar="PATH")
async def add_grant(work: Work, *, path: Path) -> Answer:
    """Open a file or folder to machines."""
    wanted = absolute(path)
    granted = await work.ask(lambda manager: manager.grant_path(wanted))
    return Answer(data={"path": str(granted)}, show=say(f"{granted} is open to machines."))


@verb("remove", covers=["revokePath"])
@click.argument("path", type=FILE, metavar="PATH")
async def remove_grant(work: Work, *, path: Path) -> Answer:
    """Close a file or folder again. Machines that run keep what they have open."""
    wanted = absolute(path)
    await work.change(lambda manager: manager.revoke_path(wanted))
    return Answer(data={"removed": str(wanted)}, show=say(f"{wanted} is closed."))


posture = verbs(
    "posture",
    get_posture,
    set_posture,
    auto_posture,
    usual="get",
    about="Tell how the computer stands, or say it where no sensor does.",
)
permission = verbs(
    "permission",
    list_permissions,
    set_permission,
    usual="list",
    about="Say what machines, and programs on this computer, may do.",
)
grant = verbs(
    "grant",
    list_grants,
    add_grant,
    remove_grant,
    usual="list",
    about="Open files and folders to machines. Those in the usual places are open already.",
)
