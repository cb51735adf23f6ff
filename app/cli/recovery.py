"""``recover``: what unclean ends left of machines, and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from app.cli.data_disks import DISK
from app.cli.granting import Meant, granted
from app.cli.long_work import to_its_end
from app.cli.output import Answer, say, table
from app.cli.verb import FILE, NAME, absolute, verb, verbs

if TYPE_CHECKING:
    from pathlib import Path

    from app.cli.work import Work
    from app.vm.api import ManagerApi
    from app.vm.records import Recovered, RecoveryStep

_MIB = 1 << 20


@verb("list", covers=["listFindings"])
async def list_(work: Work) -> Answer:
    """List what was found, and what can be done about it."""
    from app.vm.wire_types import write_value  # noqa: PLC0415 - not for --help

    found = await work.ask(lambda manager: manager.list_findings())
    rows = [
        (
            finding.vm_name,
            finding.sentence,
            finding.file,
            f"{finding.size_bytes // _MIB} MiB" if finding.size_bytes else "",
            ", ".join(step.value.replace("_", "-") for step in finding.steps),
        )
        for finding in found
    ]
    return Answer(
        data={"findings": write_value(found)},
        show=table(("NAME", "FOUND", "FILE", "SIZE", "STEPS"), rows, empty="All is well."),
    )


@verb("check", covers=["recoverUserData"])
@NAME
async def check(work: Work, name: str) -> Answer:
    """Look through a machine's disks, and remove unfinished files."""
    return await _do(work, name, None)


@verb("repair", covers=["recoverUserData"])
@NAME
async def repair(work: Work, name: str) -> Answer:
    """Repair a machine's damaged disk, after a copy of it was made."""
    from app.vm.records import RecoveryStep  # noqa: PLC0415 - not for --help

    return await _do(work, name, RecoveryStep.REPAIR)


@verb("adopt", covers=["recoverUserData"])
@NAME
async def adopt(work: Work, name: str) -> Answer:
    """Make a machine of disks without settings, or of a second copy."""
    from app.vm.records import RecoveryStep  # noqa: PLC0415 - not for --help

    return await _do(work, name, RecoveryStep.ADOPT)


@verb("clean-up", covers=["recoverUserData"])
@NAME
@click.argument("file", metavar="[FILE]", default="")
async def clean_up(work: Work, name: str, *, file: str) -> Answer:
    """Remove what nothing uses: unfinished files, copies, one FILE."""
    from app.vm.records import RecoveryStep  # noqa: PLC0415 - not for --help

    return await _do(work, name, RecoveryStep.CLEAN_UP, file)


@verb("continue", covers=["recoverUserData"])
@NAME
@click.argument("file", metavar="[FILE]", default="")
async def continue_(work: Work, name: str, *, file: str) -> Answer:
    """Begin work again that was cut off; FILE where there are several."""
    from app.vm.records import RecoveryStep  # noqa: PLC0415 - not for --help

    return await _do(work, name, RecoveryStep.CONTINUE, file)


@verb("files", covers=["copyUserFiles"])
@NAME
@click.argument("folder", type=FILE, metavar="FOLDER")
@DISK
async def files(work: Work, name: str, *, folder: Path, disk_id: str) -> Answer:
    """Copy the files of a disk that does not start to a new FOLDER.

    What could not be copied, and why, is told by report.txt in it.
    """
    target = absolute(folder)

    async def step(manager: ManagerApi) -> None:
        async with granted(manager, target, meant=Meant.FILE_TO_WRITE):
            await to_its_end(
                work, manager, name, lambda: manager.copy_user_files(name, target, disk_id=disk_id)
            )

    await work.change(step)
    return Answer(data={"path": str(target)}, show=say(f"The files are in {target}."))


async def _do(work: Work, name: str, step: RecoveryStep | None, file: str = "") -> Answer:
    from app.vm.wire_types import write_value  # noqa: PLC0415 - not for --help

    async def steps(manager: ManagerApi) -> Recovered:
        return await to_its_end(
            work, manager, name, lambda: manager.recover_user_data(name, step=step, file=file)
        )

    done = await work.change(steps)
    return Answer(
        data={"recovered": write_value(done)},
        show=say(done.sentence),
        notes=tuple(finding.sentence for finding in done.findings),
    )


recover = verbs(
    "recover",
    list_,
    check,
    repair,
    adopt,
    continue_,
    clean_up,
    files,
    usual="list",
    about="Look after what unclean ends left of machines.",
)
