"""What this computer allows: ``capability``, ``limits``, ``host-id``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.exit_codes import ExitCode
from app.cli.output import Answer, facts, harmless, say
from app.cli.verb import verb

if TYPE_CHECKING:
    from rich.console import Console

    from app.cli.work import Work
    from app.vm.api import ManagerApi
    from app.vm.capability import Capability
    from app.vm.gate import Reason
    from app.vm.limits import ValueRange

_ENGINE = "engine-"
"""How the ids of reasons begin that are the engine's."""


@verb("capability", covers=["checkVmCapability"])
async def capability(work: Work) -> Answer:
    """Tell whether machines may and can run here now.

    The exit code is 0 when they can, 6 when this computer lacks what they need, and 9 when PC mode
    or the posture forbids them.
    """
    from app.vm.wire_types import write_value  # noqa: PLC0415 - not for --help

    found = await work.ask(lambda manager: manager.check_vm_capability())
    return Answer(
        data={"capability": write_value(found)},
        show=lambda console: _show(console, found),
        exit_code=_exit_code(found),
    )


def _exit_code(found: Capability) -> ExitCode:
    if found.supported:
        return ExitCode.OK
    lacking = any(reason.blocking and reason.id.startswith(_ENGINE) for reason in found.reasons)
    return ExitCode.HOST if lacking else ExitCode.REFUSED


def _show(console: Console, found: Capability) -> None:
    verdict = "Machines can run here." if found.supported else "Machines cannot run here now."
    console.print(verdict)
    facts(
        {
            "Acceleration": found.accelerator,
            "PC mode": found.pc_mode.value,
            "Posture": found.posture.value,
        }
    )(console)
    show_reasons(console, found.reasons)


def show_reasons(console: Console, reasons: tuple[Reason, ...]) -> None:
    """Print what is in the way, and what to do about it."""
    for reason in reasons:
        console.print(f"{'✗' if reason.blocking else '!'} {harmless(reason.message)}")
        if reason.remedy:
            console.print(f"  → {harmless(reason.remedy)}")


@verb("limits", covers=["getVmAvailableCpuNumRange", "getVmAvailableMemorySizeRange"])
async def limits(work: Work) -> Answer:
    """Tell how many processors and how much memory are to be had."""
    from app.vm.limits import in_gib  # noqa: PLC0415 - not for --help
    from app.vm.wire_types import write_value  # noqa: PLC0415

    async def step(manager: ManagerApi) -> tuple[ValueRange, ValueRange]:
        return (
            await manager.get_vm_available_cpu_num_range(),
            await manager.get_vm_available_memory_size_range(),
        )

    cpus, memory = await work.ask(step)
    return Answer(
        data={"cpus": write_value(cpus), "memory": write_value(memory)},
        show=facts(
            {
                "Processors": f"{cpus.min} to {cpus.max}",
                "Memory": f"{in_gib(memory.min)} to {in_gib(memory.max)}",
            }
        ),
    )


async def _ask_number(manager: ManagerApi) -> str:
    """Ask for it under our name, which the question to the person shows."""
    from app.vm.client import RemoteManager  # noqa: PLC0415 - not for --help
    from app.vm.peer import Peer  # noqa: PLC0415

    if isinstance(manager, RemoteManager):
        await manager.introduce(Peer("duplex-vm host-id"))
    return await manager.get_host_sn()


@verb("host-id", covers=["getHostSN"])
async def host_id(work: Work) -> Answer:
    """Tell this computer's number.

    Every library has another one, so that nobody is known by it elsewhere. It has to be
    allowed: permission set --computer ohos.permission.sec.ACCESS_UDID always
    """
    number = await work.ask(_ask_number)
    return Answer(data={"hostId": number}, show=say(number))
