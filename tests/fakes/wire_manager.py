"""A manager in memory for the tests of the wire and of the command line: no engine, no files.

It keeps the promises of `ManagerApi` that callers can see: states by the transition table, events
for every change, the right errors.
"""

from __future__ import annotations

import asyncio
import uuid
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from app.errors import NotSupportedError, ParamError, StateError, StopRefusedError, UnknownVmError
from app.paths import fold_name
from app.vm.api import STOP_TIMEOUT_S
from app.vm.events import (
    EventHub,
    StateChanged,
    Subscription,
    VmChanged,
    VmCreated,
    VmRemoved,
    VmRenamed,
)
from app.vm.model import CfgInfo, VmInfo, check_name
from app.vm.state import Trigger, VmState, advance, allowed


class WireManager:
    """`ManagerApi` in memory.

    Attributes:
        screen: whether `show_vm` and `show_window` work; `shown` and `raised` are what they were
            asked for.
        obedient: whether the guest obeys the power button.
        gate: `start_vm` waits for it between STARTING and RUNNING; open at first.
        broken: raised by `list_vms` when set, to stand for a bug.
    """

    def __init__(self) -> None:
        self.hub = EventHub()
        self.screen = True
        self.obedient = True
        self.shown: list[str] = []
        self.raised: list[Path | None] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.broken: Exception | None = None
        self.calls: list[str] = []
        self._machines: dict[str, VmInfo] = {}
        self._trash: dict[str, VmInfo] = {}

    async def list_vms(self) -> tuple[VmInfo, ...]:
        if self.broken is not None:
            raise self.broken
        return tuple(self._machines.values())

    async def get_vm_status(self, vm_name: str) -> VmInfo:
        return self._find(vm_name)

    async def create_vm(self, vm_name: str, cfg: CfgInfo, *, iso: Path | None = None) -> VmInfo:
        name = check_name(vm_name)
        if fold_name(name) in self._machines:
            raise ParamError(f"“{name}” is taken.", remedy="Choose another name.")
        vm = VmInfo(
            id=uuid.uuid4(),
            name=name,
            state=VmState.STOPPED,
            cpus=cfg.cpu_num,
            memory_mib=cfg.memory_size,
            disk_mib=cfg.disk_size,
            firmware=cfg.firmware,
            net_mode=cfg.net_mode,
            system=cfg.system,
            disc=iso,
            created_ms=1_700_000_000_000,
            folder=Path("/library/machines/x"),
            actions=allowed(VmState.STOPPED),
        )
        self._machines[fold_name(name)] = vm
        self.hub.publish(VmCreated(vm_id=vm.id, vm_name=name))
        return vm

    async def start_vm(self, vm_name: str, cfg: CfgInfo | None = None) -> VmInfo:
        self.calls.append(f"start {vm_name}")
        vm = self._find(vm_name)
        if vm.state in {VmState.RUNNING, VmState.VIEWING}:
            return vm
        self._move(vm_name, Trigger.START)
        await self.gate.wait()
        return self._move(vm_name, Trigger.STARTED)

    async def stop_vm(self, vm_name: str, *, timeout_s: float = STOP_TIMEOUT_S) -> VmInfo:
        self.calls.append(f"stop {vm_name} {timeout_s:g}")
        self._move(vm_name, Trigger.STOP)
        if not self.obedient:
            self._move(vm_name, Trigger.STOP_REFUSED)
            raise StopRefusedError("The guest did not switch itself off.", remedy="Force it.")
        return self._move(vm_name, Trigger.EXITED, "guest-shutdown")

    async def force_stop_vm(self, vm_name: str) -> VmInfo:
        vm = self._find(vm_name)
        return self._move(vm_name, Trigger.EXITED) if vm.state.has_process else vm

    async def pause_vm(self, vm_name: str) -> VmInfo:
        self._move(vm_name, Trigger.PAUSE)
        return self._move(vm_name, Trigger.PAUSED)

    async def resume_vm(self, vm_name: str) -> VmInfo:
        self._move(vm_name, Trigger.RESUME)
        return self._move(vm_name, Trigger.RESUMED)

    async def destroy_vm(self, vm_name: str) -> None:
        vm = self._find(vm_name)
        advance(vm.state, Trigger.DESTROY)
        self._trash[fold_name(vm_name)] = self._machines.pop(fold_name(vm_name))
        self.hub.publish(VmRemoved(vm_id=vm.id, vm_name=vm.name))

    async def undo_destroy_vm(self, vm_name: str) -> VmInfo:
        vm = self._trash.pop(fold_name(vm_name), None)
        if vm is None:
            raise UnknownVmError(f"“{vm_name}” is not in the trash.")
        self._machines[fold_name(vm_name)] = vm
        self.hub.publish(VmCreated(vm_id=vm.id, vm_name=vm.name))
        return vm

    async def rename_vm(self, vm_name: str, new_name: str) -> VmInfo:
        vm = replace(self._find(vm_name), name=check_name(new_name))
        del self._machines[fold_name(vm_name)]
        self._machines[fold_name(new_name)] = vm
        self.hub.publish(VmRenamed(vm_id=vm.id, vm_name=vm.name, old_name=vm_name))
        return vm

    async def mount_cd_drive_to_vm(self, vm_name: str, iso_path: Path) -> VmInfo:
        return self._put(replace(self._at_rest(vm_name), disc=iso_path))

    async def unmount_cd_drive_from_vm(self, vm_name: str, iso_path: Path | None = None) -> VmInfo:
        return self._put(replace(self._at_rest(vm_name), disc=None))

    async def screenshot_vm(self, vm_name: str, target: Path) -> Path:
        if not self._find(vm_name).state.has_process:
            raise StateError("The machine is off.")
        await asyncio.to_thread(target.write_bytes, b"\x89PNG\r\n\x1a\n")
        return target

    async def show_vm(self, vm_name: str) -> None:
        vm = self._find(vm_name)
        if not self.screen:
            raise NotSupportedError("This manager has no screen.")
        self.shown.append(vm.name)

    async def show_window(self, iso: Path | None = None) -> None:
        if not self.screen:
            raise NotSupportedError("This manager has no screen.")
        self.raised.append(iso)

    def subscribe(self) -> AbstractContextManager[Subscription]:
        return self.hub.subscribe()

    def _find(self, vm_name: str) -> VmInfo:
        try:
            return self._machines[fold_name(vm_name)]
        except KeyError:
            raise UnknownVmError(
                f"There is no machine “{vm_name}”.", remedy="Look at the list."
            ) from None

    def _at_rest(self, vm_name: str) -> VmInfo:
        vm = self._find(vm_name)
        if vm.state.has_process:
            raise StateError("The machine is on.", remedy="Switch it off first.")
        return vm

    def _put(self, vm: VmInfo) -> VmInfo:
        self._machines[fold_name(vm.name)] = vm
        self.hub.publish(VmChanged(vm_id=vm.id, vm_name=vm.name))
        return vm

    def _move(self, vm_name: str, trigger: Trigger, reason: str = "") -> VmInfo:
        vm = self._find(vm_name)
        state = advance(vm.state, trigger)
        moved = replace(vm, state=state, reason=reason, actions=allowed(state))
        self._machines[fold_name(vm_name)] = moved
        self.hub.publish(
            StateChanged(
                vm_id=vm.id, vm_name=vm.name, state=state, previous=vm.state, reason=reason
            )
        )
        return moved
