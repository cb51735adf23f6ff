"""``create``: from an ISO file to a machine, with what suits the system on it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.granting import check_named, granted
from app.cli.machines import answer_about
from app.cli.names import system_words, systems
from app.cli.output import Answer
from app.cli.verb import FILE, NAME, CommandFailedError, absolute, verb
from app.cli.words import FIRMWARE, MIB, NETWORKS
from app.errors import INVALID_FILE_PATH, AppError, PathError, error_from_code

if TYPE_CHECKING:
    from app.cli.work import Work
    from app.vm.api import ManagerApi
    from app.vm.media.catalogue import Suggestion
    from app.vm.media.facts import DiscFacts, Notice
    from app.vm.model import CfgInfo, VmInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the person said; None and empty stand for what follows from disc and computer."""

    cpus: int | None
    memory_mib: int | None
    disk_mib: int | None
    firmware: str | None
    network: str
    bridge_ip: str
    tools: Path | None
    system: str


def _known_system(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """The id, when the catalogue has it."""
    if value and value not in (known := systems()):
        raise click.BadParameter(
            f"There is no system “{value}”. There are: {', '.join(known)}.", context, parameter
        )
    return value


@verb("create", covers=["createVm"])
@NAME
@click.option(
    "--iso", type=FILE, metavar="FILE", help="Installation disc; without it, an empty drive."
)
@click.option(
    "--system",
    default="",
    metavar="ID",
    callback=_known_system,
    shell_complete=system_words,
    help="Which system it is for, when the disc does not say; “unknown” fits most.",
)
@click.option("--cpus", type=click.IntRange(1), metavar="N", help="Processors.")
@click.option("--memory", "memory_mib", type=MIB, metavar="MIB", help="Memory.")
@click.option("--disk", "disk_mib", type=MIB, metavar="MIB", help="Disk.")
@click.option(
    "--bios",
    "--firmware",
    "firmware",
    metavar="|".join([*FIRMWARE, "FILE"]),
    help="What starts the machine.",
)
@click.option(
    "--net",
    "network",
    type=click.Choice(list(NETWORKS)),
    default="nat",
    show_default=True,
    help="How it reaches the network.",
)
@click.option("--bridge-ip", default="", metavar="ADDRESS", help="Its address with --net bridge.")
@click.option(
    "--tools", type=FILE, metavar="FILE", help="Disc with tools for the system in the machine."
)
@click.option("--start", "start_it", is_flag=True, help="Start it at once.")
async def create(
    work: Work, name: str, *, iso: Path | None, tools: Path | None, start_it: bool, **more: Any
) -> Answer:
    """Make a machine for the system on an ISO file.

    What you do not say follows from the system on the disc and from this computer.
    """
    from app.vm.wire_values import vm_to_wire  # noqa: PLC0415 - not for --help

    disc = None if iso is None else absolute(iso)
    wishes = Wishes(tools=None if tools is None else absolute(tools), **more)
    named = (disc, wishes.tools, _file_of(wishes.firmware))
    await check_named(*named)  # Before the disc is read, which says less about what is wrong.
    cfg, warnings = await _settle(disc, wishes)

    async def step(manager: ManagerApi) -> VmInfo:
        async with granted(manager, *named):
            return await manager.create_vm(name, cfg, iso=disc)

    vm = await work.change(step)
    if start_it:
        try:
            vm = await work.ask(lambda manager: manager.start_vm(name), leaves_manager=True)
        except AppError as err:
            told = error_from_code(
                err.code,
                f"“{vm.name}” was made, but not started: {err.message}",
                remedy=err.remedy,
                detail=err.detail,
            )
            raise CommandFailedError(told, {"vm": vm_to_wire(vm)}) from err
    made = answer_about(vm, "is running." if start_it else "is ready to start.")
    return Answer(
        data={**made.data, "warnings": [_notice_data(notice) for notice in warnings]},
        show=made.show,
        notes=tuple(f"{notice.message} {notice.remedy}" for notice in warnings),
    )


async def _settle(iso: Path | None, wishes: Wishes) -> tuple[CfgInfo, list[Notice]]:
    """The machine's settings: the person's choice first, then what suits disc and host."""
    from app.paths import library_dir  # noqa: PLC0415 - not for --help
    from app.vm.limits import host_size  # noqa: PLC0415
    from app.vm.media.catalogue import HostSize, suggest  # noqa: PLC0415
    from app.vm.media.reader import inspect_disc  # noqa: PLC0415

    facts = None if iso is None else await inspect_disc(iso)
    here = host_size(library_dir())
    advice = suggest(
        facts,
        HostSize(
            cpus=here.cpus, memory_mib=here.memory_total_mib, free_disk_mib=here.free_disk_mib
        ),
        wishes.system,
    )
    return _settings(advice, wishes), _warnings(facts, advice, wishes.firmware)


def _settings(advice: Suggestion, wishes: Wishes) -> CfgInfo:
    from app.vm.model import CfgInfo, NetMode  # noqa: PLC0415 - not for --help

    file = _file_of(wishes.firmware)
    return CfgInfo(
        cpu_num=wishes.cpus or advice.cpus,
        memory_size=wishes.memory_mib or advice.memory_mib,
        disk_size=wishes.disk_mib or advice.disk_mib,
        net_mode=NetMode[NETWORKS[wishes.network]],
        bridge_ip=wishes.bridge_ip,
        bios_path=str(file) if file else wishes.firmware or advice.firmware.value,
        enhance_file_path=str(wishes.tools or ""),
        system=advice.system.id,
    )


def _warnings(facts: DiscFacts | None, advice: Suggestion, firmware: str | None) -> list[Notice]:
    """What to think of, with the firmware that was really chosen."""
    from app.vm.media.catalogue import mismatch  # noqa: PLC0415 - not for --help
    from app.vm.model import Firmware  # noqa: PLC0415

    if facts is None or firmware not in FIRMWARE:
        return list(advice.warnings)
    chosen = Firmware.BIOS if firmware == "bios" else Firmware.UEFI
    advised = mismatch(facts, advice.firmware, system=advice.system)
    others = [notice for notice in advice.warnings if notice not in advised]
    return [*mismatch(facts, chosen, system=advice.system), *others]


def _file_of(firmware: str | None) -> Path | None:
    """The firmware file, where one was named; a single word may be a mistyped one of ours."""
    if firmware is None or firmware in FIRMWARE:
        return None
    if not firmware:
        raise PathError(f"{INVALID_FILE_PATH}: the path is empty.", remedy="Name the file.")
    path = Path(firmware)
    return absolute(path) if "/" in firmware or path.is_file() else None


def _notice_data(notice: Notice) -> dict[str, object]:
    return {"id": notice.id.value, "message": notice.message, "remedy": notice.remedy}
