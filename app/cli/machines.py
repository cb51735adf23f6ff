"""Commands on one machine, and the list of all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.output import Answer, harmless, say
from app.cli.verb import NAME, absolute, verb

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from app.cli.work import Work
    from app.vm.model import VmInfo

_FILE = click.Path(path_type=Path)


def answer_about(vm: VmInfo, sentence: str) -> Answer:
    """A machine as it is now, and what has become of it."""
    from app.vm.wire_values import vm_to_wire  # noqa: PLC0415 - not for --help

    return Answer(data={"vm": vm_to_wire(vm)}, show=say(f"“{vm.name}” {sentence}"))


@verb("list")
async def list_(work: Work) -> Answer:
    """List all machines, running ones first."""
    from app.vm.wire_values import vm_to_wire  # noqa: PLC0415

    vms = await work.ask(lambda manager: manager.list_vms())
    return Answer(
        data={"vms": [vm_to_wire(vm) for vm in vms]}, show=lambda console: _show_list(console, vms)
    )


@verb("status")
@NAME
async def status(work: Work, name: str) -> Answer:
    """Tell everything about a machine."""
    from app.vm.wire_values import vm_to_wire  # noqa: PLC0415

    vm = await work.ask(lambda manager: manager.get_vm_status(name))
    return Answer(data={"vm": vm_to_wire(vm)}, show=lambda console: _show_status(console, vm))


@verb("start")
@NAME
async def start(work: Work, name: str) -> Answer:
    """Start a machine; returns when it runs."""
    vm = await work.ask(lambda manager: manager.start_vm(name))
    return answer_about(vm, "is running.")


@verb("stop")
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(0, 24 * 3600),
    default=60.0,
    show_default=True,
    help="Seconds to wait for the system to switch itself off.",
)
@NAME
async def stop(work: Work, name: str, *, timeout_s: float) -> Answer:
    """Press a machine's power button and wait until it is off.

    The system in it may ask its user or not obey; then it runs on and the exit code is 5. Only
    “kill” cuts the power.
    """
    vm = await work.ask(lambda manager: manager.stop_vm(name, timeout_s=timeout_s))
    return answer_about(vm, "is off.")


@verb("kill")
@NAME
async def kill(work: Work, name: str) -> Answer:
    """Cut a machine's power; what it had not saved is lost."""
    vm = await work.ask(lambda manager: manager.force_stop_vm(name))
    return answer_about(vm, "is off.")


@verb("pause")
@NAME
async def pause(work: Work, name: str) -> Answer:
    """Let a machine stand still."""
    vm = await work.ask(lambda manager: manager.pause_vm(name))
    return answer_about(vm, "is paused.")


@verb("resume")
@NAME
async def resume(work: Work, name: str) -> Answer:
    """Let a paused machine go on."""
    vm = await work.ask(lambda manager: manager.resume_vm(name))
    return answer_about(vm, "is running.")


@verb("delete")
@NAME
async def delete(work: Work, name: str) -> Answer:
    """Move a machine that is off into the trash."""
    await work.change(lambda manager: manager.destroy_vm(name))
    return Answer(
        data={"deleted": name},
        show=say(f"“{name}” is in the trash; “undelete” takes it back."),
    )


@verb("undelete")
@NAME
async def undelete(work: Work, name: str) -> Answer:
    """Take a machine out of the trash."""
    vm = await work.change(lambda manager: manager.undo_destroy_vm(name))
    return answer_about(vm, "is back.")


@verb("rename")
@NAME
@click.argument("new_name", metavar="NEW")
async def rename(work: Work, name: str, new_name: str) -> Answer:
    """Give a machine another name."""
    vm = await work.change(lambda manager: manager.rename_vm(name, new_name))
    return answer_about(vm, f"is the new name of “{name}”.")


@verb("insert")
@NAME
@click.argument("file", type=_FILE)
async def insert(work: Work, name: str, file: Path) -> Answer:
    """Put an ISO file into the drive of a machine that is off."""
    iso = absolute(file)
    vm = await work.ask(lambda manager: manager.mount_cd_drive_to_vm(name, iso))
    return answer_about(vm, f"has {iso} in its drive.")


@verb("eject")
@NAME
async def eject(work: Work, name: str) -> Answer:
    """Take the disc out of a machine that is off."""
    vm = await work.ask(lambda manager: manager.unmount_cd_drive_from_vm(name))
    return answer_about(vm, "has an empty drive.")


@verb("screenshot")
@NAME
@click.argument("file", type=_FILE, metavar="OUT.png")
async def screenshot(work: Work, name: str, file: Path) -> Answer:
    """Write the present picture of a running machine as PNG."""
    target = absolute(file)
    written = await work.ask(lambda manager: manager.screenshot_vm(name, target))
    return Answer(data={"path": str(written)}, show=say(f"The picture is in {written}."))


def _show_list(console: Console, vms: Iterable[VmInfo]) -> None:
    from rich.table import Table  # noqa: PLC0415 - only here
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("NAME", "STATE", "CPUS", "MEMORY", "DISK", "DISC"):
        table.add_column(title, no_wrap=True)
    for vm in vms:
        disc = harmless(vm.disc.name) if vm.disc else ""
        table.add_row(
            Text(vm.name),
            _state(vm),
            str(vm.cpus),
            _size(vm.memory_mib),
            _size(vm.disk_mib),
            Text(disc),
        )
    if table.row_count:
        console.print(table)
    else:
        console.print("There are no machines yet. “create” makes one.")


def _show_status(console: Console, vm: VmInfo) -> None:
    lines = {
        "Name": vm.name,
        "State": _state(vm),
        "Problem": vm.problem,
        "What to do": vm.remedy,
        "Processors": str(vm.cpus),
        "Memory": _size(vm.memory_mib),
        "Disk": _size(vm.disk_mib),
        "Firmware": vm.firmware.value.upper(),
        "System": vm.system,
        "Disc": str(vm.disc) if vm.disc else "",
        "Acceleration": vm.accelerator,
        "Folder": str(vm.folder),
        "Id": str(vm.id),
    }
    for title, text in lines.items():
        if text:
            console.print(f"{title + ':':14}{harmless(text)}")


def _state(vm: VmInfo) -> str:
    word = vm.state.name.lower()
    return f"{word} ({vm.reason})" if vm.reason else word


def _size(size_mib: int) -> str:
    from app.vm.limits import in_gib  # noqa: PLC0415 - not for --help

    return in_gib(size_mib)
