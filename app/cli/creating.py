"""``create``: from an ISO file to a machine, with what suits the system on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.machines import answer_about
from app.cli.output import Answer
from app.cli.verb import NAME, CommandFailedError, absolute, verb
from app.errors import AppError, error_from_code

if TYPE_CHECKING:
    from app.cli.work import Work
    from app.vm.media.facts import Notice
    from app.vm.model import CfgInfo


@verb("create")
@NAME
@click.option(
    "--iso", type=click.Path(path_type=Path), help="Installation disc; without it, an empty drive."
)
@click.option("--cpus", type=click.IntRange(1), metavar="N", help="Processors.")
@click.option("--memory", "memory_mib", type=click.IntRange(1), metavar="MIB", help="Memory.")
@click.option("--disk", "disk_mib", type=click.IntRange(1), metavar="MIB", help="Disk.")
@click.option("--firmware", type=click.Choice(["bios", "uefi"]), help="What starts the machine.")
@click.option("--start", "start_it", is_flag=True, help="Start it at once.")
async def create(
    work: Work,
    name: str,
    *,
    iso: Path | None,
    cpus: int | None,
    memory_mib: int | None,
    disk_mib: int | None,
    firmware: str | None,
    start_it: bool,
) -> Answer:
    """Make a machine for the system on an ISO file.

    What you do not say follows from the system on the disc and from this computer.
    """
    from app.vm.wire_values import vm_to_wire  # noqa: PLC0415 - not for --help

    disc = None if iso is None else absolute(iso)
    cfg, warnings = await _settle(
        disc, cpus=cpus, memory_mib=memory_mib, disk_mib=disk_mib, firmware=firmware
    )
    vm = await work.change(lambda manager: manager.create_vm(name, cfg, iso=disc))
    if start_it:
        try:
            vm = await work.ask(lambda manager: manager.start_vm(name))
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


async def _settle(
    iso: Path | None,
    *,
    cpus: int | None,
    memory_mib: int | None,
    disk_mib: int | None,
    firmware: str | None,
) -> tuple[CfgInfo, list[Notice]]:
    """The machine's settings: the person's choice first, then what suits disc and host."""
    from app.paths import library_dir  # noqa: PLC0415 - not for --help
    from app.vm.limits import host_size  # noqa: PLC0415
    from app.vm.media.catalogue import HostSize, mismatch, suggest  # noqa: PLC0415
    from app.vm.media.reader import inspect_disc  # noqa: PLC0415
    from app.vm.model import CfgInfo, Firmware  # noqa: PLC0415

    facts = None if iso is None else await inspect_disc(iso)
    here = host_size(library_dir())
    advice = suggest(
        facts,
        HostSize(
            cpus=here.cpus, memory_mib=here.memory_total_mib, free_disk_mib=here.free_disk_mib
        ),
    )
    warnings = list(advice.warnings)
    if facts is not None and firmware is not None:
        chosen = Firmware(firmware)
        advised = mismatch(facts, advice.firmware, system=advice.system)
        warnings = [notice for notice in warnings if notice not in advised]
        warnings = [*mismatch(facts, chosen, system=advice.system), *warnings]
    cfg = CfgInfo(
        cpu_num=cpus or advice.cpus,
        memory_size=memory_mib or advice.memory_mib,
        disk_size=disk_mib or advice.disk_mib,
        bios_path=firmware or advice.firmware.value,
        system=advice.system.id,
    )
    return cfg, warnings


def _notice_data(notice: Notice) -> dict[str, object]:
    return {"id": notice.id.value, "message": notice.message, "remedy": notice.remedy}
