"""Commands on one machine, and the list of all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.granting import Meant, granted
from app.cli.long_work import to_its_end
from app.cli.output import Answer, facts, say, table
from app.cli.verb import FILE, NAME, absolute, verb
from app.cli.words import MIB, Seconds

if TYPE_CHECKING:
    from app.cli.work import Work
    from app.vm.api import ManagerApi
    from app.vm.model import CfgInfo, VmInfo


def answer_about(vm: VmInfo, sentence: str) -> Answer:
    """A machine as it is now, and what has become of it."""
    from app.vm.wire_values import vm_to_wire  # noqa: PLC0415 - not for --help

    return Answer(data={"vm": vm_to_wire(vm)}, show=say(f"“{vm.name}” {sentence}"))


@verb("list", covers=["listVms"])
async def list_(work: Work) -> Answer:
    """List all machines, running ones first."""
    from app.vm.wire_values import vm_to_wire  # noqa: PLC0415

    vms = await work.ask(lambda manager: manager.list_vms())
    return Answer(
        data={"vms": [vm_to_wire(vm) for vm in vms]},
        show=table(
            ("NAME", "STATE", "CPUS", "MEMORY", "DISK", "DISC"),
            [_row(vm) for vm in vms],
            empty="There are no machines yet. “create” makes one.",
        ),
    )


@verb("status", covers=["getVmStatus"])
@NAME
async def status(work: Work, name: str) -> Answer:
    """Tell everything about a machine."""
    from app.vm.wire_values import vm_to_wire  # noqa: PLC0415

    vm = await work.ask(lambda manager: manager.get_vm_status(name))
    return Answer(data={"vm": vm_to_wire(vm)}, show=facts(_lines(vm)))


@verb("start", covers=["startVm"])
@NAME
@click.option("--cpus", type=click.IntRange(1), metavar="N", help="Processors, for this run only.")
@click.option("--memory", "memory_mib", type=MIB, metavar="MIB", help="Memory, for this run only.")
async def start(work: Work, name: str, *, cpus: int | None, memory_mib: int | None) -> Answer:
    """Start a machine; returns when it runs."""

    async def step(manager: ManagerApi) -> VmInfo:
        cfg = None
        if cpus or memory_mib:
            vm = await manager.get_vm_status(name)
            cfg = settings_of(vm, cpus=cpus, memory_mib=memory_mib)
        return await manager.start_vm(name, cfg)

    vm = await work.ask(step, leaves_manager=True)
    return answer_about(vm, "is running.")


def settings_of(vm: VmInfo, *, cpus: int | None, memory_mib: int | None) -> CfgInfo:
    """A machine's settings with another number of processors or other memory."""
    from app.vm.model import CfgInfo, Firmware  # noqa: PLC0415 - not for --help
    from app.vm.store import FIRMWARE_FILE  # noqa: PLC0415

    is_own_image = vm.firmware is Firmware.FILE
    return CfgInfo(
        cpu_num=cpus or vm.cpus,
        memory_size=memory_mib or vm.memory_mib,
        disk_size=vm.disk_mib,
        net_mode=vm.net_mode,
        bios_path=str(vm.folder / FIRMWARE_FILE) if is_own_image else vm.firmware.value,
        system=vm.system,
    )


@verb("stop", covers=["stopVm"])
@click.option(
    "--timeout",
    "timeout_s",
    type=Seconds(0, 24 * 3600),
    default=60.0,
    metavar="S",
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


@verb("kill", covers=["forceStopVm"])
@NAME
async def kill(work: Work, name: str) -> Answer:
    """Cut a machine's power; what it had not saved is lost."""
    vm = await work.ask(lambda manager: manager.force_stop_vm(name))
    return answer_about(vm, "is off.")


@verb("pause", covers=["pauseVm"])
@NAME
async def pause(work: Work, name: str) -> Answer:
    """Let a machine stand still."""
    vm = await work.ask(lambda manager: manager.pause_vm(name))
    return answer_about(vm, "is paused.")


@verb("resume", covers=["resumeVm"])
@NAME
async def resume(work: Work, name: str) -> Answer:
    """Let a paused machine go on."""
    vm = await work.ask(lambda manager: manager.resume_vm(name), leaves_manager=True)
    return answer_about(vm, "is running.")


@verb("delete", covers=["destroyVm"])
@NAME
async def delete(work: Work, name: str) -> Answer:
    """Move a machine that is off into the trash."""
    await work.change(lambda manager: manager.destroy_vm(name))
    return Answer(
        data={"deleted": name},
        show=say(f"“{name}” is in the trash; “undelete” takes it back."),
    )


@verb("undelete", covers=["undoDestroyVm"])
@NAME
async def undelete(work: Work, name: str) -> Answer:
    """Take a machine out of the trash."""
    vm = await work.change(lambda manager: manager.undo_destroy_vm(name))
    return answer_about(vm, "is back.")


@verb("rename", covers=["renameVm"])
@NAME
@click.argument("new_name", metavar="NEW")
async def rename(work: Work, name: str, new_name: str) -> Answer:
    """Give a machine another name."""
    vm = await work.change(lambda manager: manager.rename_vm(name, new_name))
    return answer_about(vm, f"is the new name of “{name}”.")


@verb("duplicate", covers=["duplicateVm"])
@NAME
@click.argument("new_name", metavar="NEW")
async def duplicate(work: Work, name: str, new_name: str) -> Answer:
    """Make a copy of a machine that is off."""

    async def step(manager: ManagerApi) -> VmInfo:
        await to_its_end(work, manager, name, lambda: manager.duplicate_vm(name, new_name))
        return await manager.get_vm_status(new_name)

    vm = await work.change(step)
    return answer_about(vm, f"is a copy of “{name}”.")


@verb("insert", covers=["mountCDDriveToVm"])
@NAME
@click.argument("file", type=FILE)
async def insert(work: Work, name: str, file: Path) -> Answer:
    """Put an ISO file into the drive of a machine that is off."""
    iso = absolute(file)

    async def step(manager: ManagerApi) -> VmInfo:
        async with granted(manager, iso):
            return await manager.mount_cd_drive_to_vm(name, iso)

    vm = await work.ask(step)
    return answer_about(vm, f"has {iso} in its drive.")


@verb("eject", covers=["unmountCDDriveFromVm"])
@NAME
@click.argument("file", type=FILE, required=False)
async def eject(work: Work, name: str, file: Path | None) -> Answer:
    """Take the disc out of a machine that is off. With FILE only when it is that one."""
    iso = None if file is None else absolute(file)
    vm = await work.ask(lambda manager: manager.unmount_cd_drive_from_vm(name, iso))
    return answer_about(vm, "has an empty drive.")


@verb("screenshot", covers=["screenshotVm"])
@NAME
@click.argument("file", type=FILE, metavar="OUT.png")
async def screenshot(work: Work, name: str, file: Path) -> Answer:
    """Write the present picture of a running machine as PNG."""
    target = absolute(file)

    async def step(manager: ManagerApi) -> Path:
        async with granted(manager, target, meant=Meant.FILE_TO_WRITE):
            return await manager.screenshot_vm(name, target)

    written = await work.ask(step)
    return Answer(data={"path": str(written)}, show=say(f"The picture is in {written}."))


def _row(vm: VmInfo) -> tuple[str, ...]:
    return (
        vm.name,
        _state(vm),
        str(vm.cpus),
        _size(vm.memory_mib),
        _size(vm.disk_mib),
        vm.disc.name if vm.disc else "",
    )


def _lines(vm: VmInfo) -> dict[str, str]:
    return {
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
        "Window": "" if vm.window_id is None else str(vm.window_id),
        "Acceleration": vm.accelerator,
        "Folder": str(vm.folder),
        "Id": str(vm.id),
    }


def _state(vm: VmInfo) -> str:
    word = vm.state.name.lower()
    return f"{word} ({vm.reason})" if vm.reason else word


def _size(size_mib: int) -> str:
    from app.vm.limits import in_gib  # noqa: PLC0415 - not for --help

    return in_gib(size_mib)
