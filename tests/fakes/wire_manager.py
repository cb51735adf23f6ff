"""A manager in memory for the tests of wire, command line and views: no engine, no files.

It keeps the promises of `ManagerApi` that callers can see: states by the transition table, events
for every change, the right errors. What the product does not do yet it does not do either.
"""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from app import __version__
from app.errors import (
    INVALID_FILE_PATH,
    NOT_PC_MODE,
    PATH_NOT_AUTHORIZED,
    PERMISSION_DENIED,
    AppError,
    NotPcModeError,
    NotSupportedError,
    ParamError,
    PathError,
    PathRefusedError,
    PermissionDeniedError,
    StateError,
    StopRefusedError,
    UnknownVmError,
)
from app.paths import fold_name
from app.vm.api import STOP_TIMEOUT_S
from app.vm.bindings import Binding, Bindings
from app.vm.capability import Capability
from app.vm.devices import ChannelInfo
from app.vm.events import (
    EventHub,
    EventType,
    FocusChanged,
    PermissionChanged,
    StateChanged,
    Subscription,
    TabletSwitchChanged,
    ViewState,
    ViewStateChanged,
    VmChanged,
    VmCreated,
    VmRemoved,
    VmRenamed,
)
from app.vm.functions import functions
from app.vm.gate import GateStatus, PcMode, PostureSource, Reason, judge
from app.vm.limits import ValueRange
from app.vm.model import CfgInfo, VmInfo, check_name
from app.vm.permissions import Answer, Permission, PermissionKind, PermissionState
from app.vm.posture import Posture
from app.vm.records import (
    DiskInfo,
    FileDescriptorRequest,
    Finding,
    ManagerInfo,
    MigrationOptions,
    Recovered,
    RecoveryStep,
    SharedFolder,
    Snapshot,
    TaskInfo,
    TaskKind,
    TaskPhase,
    TrashedVm,
    UsbDevice,
    ViewInfo,
)
from app.vm.snapshots.manifest import check_note
from app.vm.state import Trigger, VmState, advance, allowed

HOST_SN = "0123456789abcdef0123456789abcdef"
LIBRARY = Path("/library")
_SLOW = Reason("kvm-missing", "Machines will be slow.", "Switch on virtualization.", blocking=False)


class WireManager:
    """`ManagerApi` in memory.

    Attributes:
        screen: whether `show_vm` and `show_window` work; `shown` and `raised` are what they were
            asked for.
        obedient: whether the guest obeys the power button.
        gate: `start_vm` waits for it between STARTING and RUNNING; open at first.
        broken: raised by `list_vms` when set, to stand for a bug.
        calls: what was asked for, as far as a test may want to see it.
        pc_mode: `set_pc_mode`; `posture` is the simulated one. Both close the gate as in the
            product.
        granted: paths, in the order of their grants; `never` are folders that stay closed.
        last_cfg: what `start_vm` was given last.
        bad_image: raised by the next imports, when set.
        tasks: long work, as `list_tasks` tells it.
        handover: whether `hand_over` is on offer; `handed_over` tells that it was taken.
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
        self.pc_mode = PcMode.AUTOMATIC
        self.posture: Posture | None = None
        self.bindings = Bindings()
        self.granted: list[Path] = []
        self.never: set[Path] = {Path("/etc")}
        self.handover = True
        self.handed_over = False
        self.last_cfg: CfgInfo | None = None
        self._answers: dict[tuple[UUID | None, Permission], Answer] = {}
        self._machines: dict[str, VmInfo] = {}
        self._trash: dict[str, VmInfo] = {}
        self._snapshots: dict[UUID, list[Snapshot]] = {}
        self.tasks: list[TaskInfo] = []
        self.bad_image: AppError | None = None

    def subscribe(self) -> AbstractContextManager[Subscription]:
        return self.hub.subscribe()

    # -- Life ------------------------------------------------------------------------------------

    async def list_vms(self) -> tuple[VmInfo, ...]:
        if self.broken is not None:
            raise self.broken
        return tuple(self._machines.values())

    async def get_vm_status(self, vm_name: str) -> VmInfo:
        return self._find(vm_name)

    async def create_vm(self, vm_name: str, cfg: CfgInfo, *, iso: Path | None = None) -> VmInfo:
        self.calls.append(f"create {vm_name}")
        self._check_gate()
        name = self._free_name(vm_name)
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
        self._check_gate()
        self.last_cfg = cfg
        self._move(vm_name, Trigger.START)
        await self.gate.wait()
        vm = self._move(vm_name, Trigger.STARTED)
        return self._move(vm_name, Trigger.VIEW_BOUND) if vm.window_id is not None else vm

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
        self._check_gate()
        self._move(vm_name, Trigger.RESUME)
        return self._move(vm_name, Trigger.RESUMED)

    async def destroy_vm(self, vm_name: str) -> None:
        vm = self._find(vm_name)
        advance(vm.state, Trigger.DESTROY)
        binding = self.bindings.of_machine(vm.id)
        if binding is not None:
            await self.destroy_vm_view(binding.window_id)
        self._trash[fold_name(vm_name)] = self._machines.pop(fold_name(vm_name))
        self.hub.publish(VmRemoved(vm_id=vm.id, vm_name=vm.name))

    async def undo_destroy_vm(self, vm_name: str) -> VmInfo:
        vm = self._trash.get(fold_name(vm_name))
        if vm is None:
            raise UnknownVmError(f"“{vm_name}” is not in the trash.")
        self._machines[fold_name(self._free_name(vm_name))] = vm
        del self._trash[fold_name(vm_name)]
        self.hub.publish(VmCreated(vm_id=vm.id, vm_name=vm.name))
        return vm

    async def rename_vm(self, vm_name: str, new_name: str) -> VmInfo:
        old = self._find(vm_name)
        same = fold_name(old.name) == fold_name(check_name(new_name))
        name = check_name(new_name) if same else self._free_name(new_name)
        vm = replace(old, name=name)
        del self._machines[fold_name(vm_name)]
        self._machines[fold_name(new_name)] = vm
        self.hub.publish(VmRenamed(vm_id=vm.id, vm_name=vm.name, old_name=vm_name))
        return vm

    async def duplicate_vm(
        self, vm_name: str, new_name: str, *, background: bool = False
    ) -> TaskInfo:
        vm = replace(self._at_rest(vm_name), id=uuid.uuid4(), name=self._free_name(new_name))
        self._machines[fold_name(new_name)] = vm
        self.hub.publish(VmCreated(vm_id=vm.id, vm_name=vm.name))
        return self._done(TaskKind.DUPLICATE, vm)

    # -- Limits ----------------------------------------------------------------------------------

    async def check_vm_capability(self) -> Capability:
        gate = self._gate()
        return Capability(
            supported=gate.open,
            accelerator="tcg",
            pc_mode=gate.mode,
            posture=gate.posture,
            reasons=(*gate.reasons, _SLOW),
        )

    async def get_vm_available_cpu_num_range(self) -> ValueRange:
        return ValueRange(min=1, max=8)

    async def get_vm_available_memory_size_range(self) -> ValueRange:
        return ValueRange(min=64, max=4096)

    async def get_host_sn(self) -> str:
        permission = Permission(PermissionKind.HOST_ID)
        if self._answers.get((None, permission)) not in {Answer.ALWAYS, Answer.ONCE}:
            raise PermissionDeniedError(
                f"{PERMISSION_DENIED}: nobody allowed it.",
                remedy=f"duplex-vm permission set --computer {permission} always",
            )
        return HOST_SN

    # -- Disks -----------------------------------------------------------------------------------

    async def get_vm_disk_image_path(self, vm_name: str, *, disk_id: str = "") -> Path:
        return self._find(vm_name).folder / "disk0.qcow2"

    async def get_vm_disk_image_file_size(self, vm_name: str, *, disk_id: str = "") -> int:
        self._find(vm_name)
        return 196_608

    async def get_vm_disk_size(self, vm_name: str, *, disk_id: str = "") -> int:
        return self._find(vm_name).disk_mib

    async def set_vm_disk_size(self, vm_name: str, size: int, *, disk_id: str = "") -> int:
        vm = self._find(vm_name)
        if size < vm.disk_mib:
            raise ParamError("The disk is larger already.", remedy="Give a larger size.")
        self._put(replace(vm, disk_mib=size))
        return size

    async def expand_capacity(self, vm_name: str, size: int) -> int:
        return await self.set_vm_disk_size(vm_name, size)

    async def import_vm_disk_image(
        self, vm_name: str, options: MigrationOptions, *, background: bool = False
    ) -> TaskInfo:
        self.calls.append(f"import {vm_name} {options.guest_os_image_path}")
        if self.bad_image is not None:
            raise self.bad_image
        vm = self._machines.get(fold_name(vm_name))
        if vm is None:
            cfg = CfgInfo(cpu_num=2, memory_size=2048, disk_size=max(options.disk_size, 1024))
            vm = await self.create_vm(vm_name, cfg)
        return self._done(TaskKind.IMPORT, vm)

    async def export_vm_disk_image(
        self, vm_name: str, options: MigrationOptions, *, background: bool = False
    ) -> TaskInfo:
        self.calls.append(f"export {vm_name} {options.guest_os_image_path}")
        return self._done(TaskKind.EXPORT, self._find(vm_name))

    async def list_findings(self) -> tuple[Finding, ...]:
        return ()

    async def recover_user_data(
        self, vm_name: str, *, step: RecoveryStep | None = None, file: str = ""
    ) -> Recovered:
        vm = self._at_rest(vm_name)
        done = step or RecoveryStep.CHECK
        self.calls.append(f"recover {vm_name} {done} {file}".strip())
        return Recovered(vm_id=vm.id, vm_name=vm.name, step=done, sentence="All is well.")

    async def copy_user_files(
        self, vm_name: str, target: Path, *, disk_id: str = "", background: bool = False
    ) -> TaskInfo:
        self.calls.append(f"copy files {vm_name} {target} {disk_id}".strip())
        return self._done(TaskKind.RECOVER, self._at_rest(vm_name))

    # -- Long work and the trash ---------------------------------------------------------------

    async def list_tasks(self) -> tuple[TaskInfo, ...]:
        return tuple(self.tasks)

    async def cancel_task(self, task_id: UUID) -> TaskInfo:
        for number, task in enumerate(self.tasks):
            if task.task_id == task_id:
                if not task.phase.is_over:
                    self.tasks[number] = replace(task, phase=TaskPhase.CANCELLED)
                return self.tasks[number]
        raise ParamError("There is no such task.", remedy="Look at the list of tasks.")

    async def list_trash(self) -> tuple[TrashedVm, ...]:
        return tuple(
            TrashedVm(
                trash_id=f"1-{vm.name}", vm_id=vm.id, vm_name=vm.name, destroyed_ms=1, size_bytes=1
            )
            for vm in self._trash.values()
        )

    async def restore_from_trash(self, trash_id: str) -> VmInfo:
        return await self.undo_destroy_vm(trash_id.removeprefix("1-"))

    async def empty_trash(self, trash_id: str = "") -> int:
        known = [vm.trash_id for vm in await self.list_trash()]
        if trash_id and trash_id not in known:
            raise UnknownVmError(f"The trash has no “{trash_id}”.", remedy="Look at the list.")
        gone = [name for name in known if trash_id in {"", name}]
        for name in gone:
            del self._trash[fold_name(name.removeprefix("1-"))]
        return len(gone)

    async def list_vm_disks(self, vm_name: str) -> tuple[DiskInfo, ...]:
        vm = self._find(vm_name)
        return (
            DiskInfo(
                disk_id="disk0",
                file="disk0.qcow2",
                path=vm.folder / "disk0.qcow2",
                size_mib=vm.disk_mib,
                file_bytes=196_608,
                system=True,
            ),
        )

    async def add_vm_disk(self, vm_name: str, size: int = 0, *, file: str = "") -> str:
        self._find(vm_name)
        self.calls.append(f"add disk {vm_name} {size} {file}")
        return "disk1"

    async def remove_vm_disk(self, vm_name: str, disk_id: str) -> Path:
        self.calls.append(f"remove disk {vm_name} {disk_id}")
        return self._find(vm_name).folder / f"{disk_id}-0123abcd.qcow2"

    async def compact_vm_disk(
        self, vm_name: str, *, disk_id: str = "", background: bool = False
    ) -> TaskInfo:
        self.calls.append(f"compact {vm_name} {disk_id}")
        return self._done(TaskKind.COMPACT, self._find(vm_name))

    # -- Snapshots -------------------------------------------------------------------------------

    async def create_snapshot(
        self, vm_name: str, snapshot_name: str, *, note: str = ""
    ) -> Snapshot:
        vm = self._find(vm_name)
        advance(vm.state, Trigger.SNAPSHOT if vm.state.has_process else Trigger.UPDATE)
        kept = self._snapshots.setdefault(vm.id, [])
        snapshot = Snapshot(
            snapshot_id=uuid.uuid4().hex,
            name=check_name(snapshot_name),
            note=note,
            parent=next((one.snapshot_id for one in kept if one.current), ""),
            created_ms=time.time_ns() // 1_000_000,
            size_bytes=1 << 20 if vm.state.has_process else 0,
            with_memory=vm.state.has_process,
            current=True,
            disk_mib=vm.disk_mib,
        )
        kept[:] = [*(replace(one, current=False) for one in kept), snapshot]
        self._put(vm)
        return snapshot

    async def restore_snapshot(
        self, vm_name: str, snapshot_id: str, *, safety: bool = True, disks_only: bool = False
    ) -> None:
        vm = self._find(vm_name)
        wanted = self._snapshot(vm, snapshot_id)
        self._check_gate()
        if vm.state.has_process and (disks_only or not wanted.with_memory):
            raise StateError("The machine is on.", remedy="Switch it off first.")
        if safety:
            await self.create_snapshot(vm_name, f"Before going back to “{wanted.name}”")
        kept = self._snapshots[vm.id]
        kept[:] = [replace(one, current=one.snapshot_id == snapshot_id) for one in kept]
        self._put(vm)

    async def destroy_snapshot(self, vm_name: str, snapshot_id: str) -> None:
        vm = self._find(vm_name)
        gone = self._snapshot(vm, snapshot_id)
        if gone.locked:
            raise StateError(f"“{gone.name}” is locked.", remedy="Unlock the snapshot first.")
        self._snapshots[vm.id] = [
            replace(one, parent=gone.parent) if one.parent == snapshot_id else one
            for one in self._snapshots[vm.id]
            if one is not gone
        ]
        self._put(vm)

    async def rename_snapshot(self, vm_name: str, snapshot_id: str, new_name: str) -> Snapshot:
        vm = self._find(vm_name)
        old = self._snapshot(vm, snapshot_id)
        new = replace(old, name=check_name(new_name))
        kept = self._snapshots[vm.id]
        kept[kept.index(old)] = new
        self._put(vm)
        return new

    async def update_snapshot(
        self,
        vm_name: str,
        snapshot_id: str,
        *,
        note: str | None = None,
        locked: bool | None = None,
    ) -> Snapshot:
        vm = self._find(vm_name)
        old = self._snapshot(vm, snapshot_id)
        new = replace(
            old,
            note=old.note if note is None else check_note(note),
            locked=old.locked if locked is None else locked,
        )
        kept = self._snapshots[vm.id]
        kept[kept.index(old)] = new
        self._put(vm)
        return new

    async def get_snapshot_list(self, vm_name: str) -> tuple[Snapshot, ...]:
        return tuple(self._snapshots.get(self._find(vm_name).id, ()))

    # -- Views -----------------------------------------------------------------------------------

    async def request_vm_window(self, activation_token: str = "") -> int:
        self._need_screen()
        self.calls.append(f"window {activation_token}".strip())
        return self.bindings.issue_window()

    async def create_vm_view(
        self, vm_name: str, window_id: int, width_px: int, height_px: int
    ) -> ViewInfo:
        vm = self._find(vm_name)
        self._check_gate()
        binding = self.bindings.bind(vm.id, window_id, width_px, height_px)
        self._machines[fold_name(vm.name)] = replace(vm, window_id=window_id)
        self._tell_view(binding, ViewState.BOUND)
        if vm.state is VmState.RUNNING:
            self._move(vm.name, Trigger.VIEW_BOUND)
        return self._view(binding)

    async def destroy_vm_view(self, window_id: int) -> None:
        binding = self.bindings.release(window_id)
        vm = replace(self._of(binding), window_id=None)
        self._machines[fold_name(vm.name)] = vm
        self._tell_view(binding, ViewState.RELEASED)
        if vm.state is VmState.VIEWING:
            self._move(vm.name, Trigger.VIEW_RELEASED)

    async def set_vm_view_size(
        self, width_px: int, height_px: int, window_id: int | None = None
    ) -> ViewInfo:
        return self._view(self.bindings.resize(width_px, height_px, window_id))

    async def check_vm_window_visible(self, vm_name: str) -> bool:
        return self.bindings.of_machine(self._find(vm_name).id) is not None

    async def modify_resolution(
        self, width_px: int, height_px: int, window_id: int | None = None
    ) -> ViewInfo:
        return self._view(self.bindings.resize(width_px, height_px, window_id))

    async def lock_guest(self, window_id: int) -> None:
        binding = self.bindings.only(window_id)
        self._check_gate()
        vm = self._of(binding)
        self._tell_view(binding, ViewState.FOCUSED)
        self.hub.publish(
            FocusChanged(vm_id=vm.id, vm_name=vm.name, window_id=window_id, focused=True)
        )

    async def screenshot_vm(self, vm_name: str, target: Path) -> Path:
        if not self._find(vm_name).state.has_process:
            raise StateError("The machine is off.")
        await asyncio.to_thread(target.write_bytes, b"\x89PNG\r\n\x1a\n")
        return target

    async def show_vm(self, vm_name: str) -> None:
        vm = self._find(vm_name)
        self._need_screen()
        self.shown.append(vm.name)

    async def show_window(self, iso: Path | None = None) -> None:
        self._need_screen()
        self.raised.append(iso)

    # -- Devices ---------------------------------------------------------------------------------

    async def mount_cd_drive_to_vm(self, vm_name: str, iso_path: Path) -> VmInfo:
        return self._put(replace(self._at_rest(vm_name), disc=iso_path))

    async def unmount_cd_drive_from_vm(self, vm_name: str, iso_path: Path | None = None) -> VmInfo:
        vm = self._at_rest(vm_name)
        if iso_path is not None and vm.disc != iso_path:
            raise PathError(f"{INVALID_FILE_PATH}: {iso_path} is not in the drive.")
        return self._put(replace(vm, disc=None))

    async def mount_usb_to_vm(self, vm_name: str, device: UsbDevice) -> None:
        raise self._not_yet("USB devices cannot be handed to machines", vm_name)

    async def unmount_usb_from_vm(self, vm_name: str, device: UsbDevice) -> None:
        raise self._not_yet("USB devices cannot be handed to machines", vm_name)

    async def add_shared_folder(
        self, vm_name: str, path: Path, *, read_only: bool = False
    ) -> SharedFolder:
        raise self._not_yet("Folders cannot be shared with machines", vm_name)

    async def remove_shared_folder(self, vm_name: str, path: Path) -> None:
        raise self._not_yet("Folders cannot be shared with machines", vm_name)

    async def create_channel(self, vm_name: str, channel_info: ChannelInfo) -> ChannelInfo:
        raise self._not_yet("There are no data channels", vm_name)

    async def send_data_to_vm(self, vm_name: str, channel_name: str, data: bytes) -> None:
        raise self._not_yet("There are no data channels", vm_name)

    async def recv_data_from_vm(
        self, vm_name: str, channel_name: str, *, timeout_s: float = 0.0
    ) -> bytes:
        raise self._not_yet("There are no data channels", vm_name)

    async def get_file_descriptor_request(self, vm_name: str) -> tuple[FileDescriptorRequest, ...]:
        raise self._not_yet("Guests cannot ask for files", vm_name)

    async def set_vm_memory_balloon(self, vm_name: str, size: int) -> int:
        raise self._not_yet("A guest's memory cannot be changed while it runs", vm_name)

    # -- Network ---------------------------------------------------------------------------------

    async def set_proxy_auto_sync_enabled(self, vm_name: str, *, enabled: bool) -> None:
        raise self._not_yet("Guests cannot be told of this computer's proxy", vm_name)

    async def set_vm_net_proxy_share_enabled(self, vm_name: str, *, enabled: bool) -> None:
        raise self._not_yet("Guests cannot be told of this computer's proxy", vm_name)

    async def is_vm_net_proxy_enabled(self, vm_name: str) -> bool:
        raise self._not_yet("Guests cannot be told of this computer's proxy", vm_name)

    async def is_host_network_sync_feature_enabled(self) -> bool:
        raise self._not_yet("Guests cannot be told of this computer's proxy")

    # -- Rules -----------------------------------------------------------------------------------

    async def get_pc_mode(self) -> GateStatus:
        return self._gate()

    async def set_pc_mode(self, mode: PcMode) -> GateStatus:
        self.pc_mode = mode
        return self._tell_gate()

    async def set_posture(self, posture: Posture | None = None) -> GateStatus:
        self.posture = posture
        return self._tell_gate()

    async def get_permissions(self, vm_name: str | None = None) -> tuple[PermissionState, ...]:
        subject = None if vm_name is None else self._find(vm_name).id
        fixed = [
            Permission(kind)
            for kind in PermissionKind
            if not kind.has_item and (kind is PermissionKind.HOST_ID) == (subject is None)
        ]
        decided = [permission for owner, permission in self._answers if owner == subject]
        return tuple(
            PermissionState(
                permission=permission, answer=self._answers.get((subject, permission), Answer.ASK)
            )
            for permission in dict.fromkeys([*fixed, *decided])
        )

    async def set_permission(
        self, permission: Permission, answer: Answer, vm_name: str | None = None
    ) -> None:
        vm = None if vm_name is None else self._find(vm_name)
        if vm is None and permission.kind is not PermissionKind.HOST_ID:
            raise ParamError(f"{permission} is given to a machine.", remedy="Name the machine.")
        if answer is Answer.ONCE and vm is not None and not vm.state.has_process:
            raise StateError("The machine is off.", remedy="Start it first.")
        subject = None if vm is None else vm.id
        self._answers[subject, permission] = answer
        self.hub.publish(PermissionChanged(vm_id=subject, permission=permission, answer=answer))

    async def grant_path(self, path: Path) -> Path:
        self.calls.append(f"grant {path}")
        if path == Path("/") or any(path.is_relative_to(folder) for folder in self.never):
            raise PathRefusedError(f"{PATH_NOT_AUTHORIZED}: {path}", remedy="Choose another place.")
        if not await asyncio.to_thread(path.parent.is_dir):
            raise PathError(f"{INVALID_FILE_PATH}: {path.parent} is no folder.")
        if path not in self.granted:
            self.granted.append(path)
        return path

    async def revoke_path(self, path: Path) -> None:
        if path not in self.granted:
            raise PathError(f"{INVALID_FILE_PATH}: {path} was not granted.")
        self.granted.remove(path)

    async def get_granted_paths(self) -> tuple[Path, ...]:
        return tuple(self.granted)

    # -- The manager -----------------------------------------------------------------------------

    async def ping(self) -> ManagerInfo:
        return ManagerInfo(
            version=__version__,
            pid=os.getpid(),
            screen=self.screen,
            handover=self.handover,
            library=LIBRARY,
        )

    async def query_api(self) -> dict[str, Any]:
        return {"functions": list(functions()), "events": [event.value for event in EventType]}

    async def hand_over(self, to_display: str = "") -> None:
        if not self.handover:
            raise NotSupportedError("This manager does not let another one take its place.")
        self.handed_over = True

    # -- Inside ----------------------------------------------------------------------------------

    def _gate(self) -> GateStatus:
        posture = self.posture or Posture.KEYBOARD_ATTACHED
        return GateStatus(
            mode=self.pc_mode,
            posture=posture,
            source=PostureSource.ASSUMED if self.posture is None else PostureSource.SIMULATED,
            sensor=False,
            simulated=self.posture,
            reasons=judge(self.pc_mode, posture),
        )

    def _check_gate(self) -> None:
        reasons = self._gate().reasons
        if reasons:
            raise NotPcModeError(f"{NOT_PC_MODE}: the gate is closed.", remedy=reasons[0].remedy)

    def _tell_gate(self) -> GateStatus:
        gate = self._gate()
        self.hub.publish(TabletSwitchChanged(gate=gate))
        return gate

    def _need_screen(self) -> None:
        if not self.screen:
            raise NotSupportedError("This manager has no screen.")

    def _not_yet(self, what: str, vm_name: str | None = None) -> NotSupportedError:
        if vm_name is not None:
            self._find(vm_name)
        return NotSupportedError(f"{what} in this version yet.", remedy="Do without it for now.")

    def _of(self, binding: Binding) -> VmInfo:
        return next(vm for vm in self._machines.values() if vm.id == binding.vm_id)

    def _view(self, binding: Binding) -> ViewInfo:
        return ViewInfo(
            vm_name=self._of(binding).name,
            vm_id=binding.vm_id,
            window_id=binding.window_id,
            width_px=binding.width_px,
            height_px=binding.height_px,
            visible=True,
        )

    def _tell_view(self, binding: Binding, state: ViewState) -> None:
        self.hub.publish(
            ViewStateChanged(
                vm_id=binding.vm_id,
                vm_name=self._of(binding).name,
                window_id=binding.window_id,
                view_state=state,
                width_px=binding.width_px,
                height_px=binding.height_px,
            )
        )

    def _done(self, kind: TaskKind, vm: VmInfo) -> TaskInfo:
        task = TaskInfo(
            task_id=uuid.uuid4(),
            kind=kind,
            vm_name=vm.name,
            vm_id=vm.id,
            phase=TaskPhase.DONE,
            progress=100,
        )
        self.tasks.append(task)
        return task

    def _snapshot(self, vm: VmInfo, snapshot_id: str) -> Snapshot:
        for one in self._snapshots.get(vm.id, ()):
            if one.snapshot_id == snapshot_id:
                return one
        raise ParamError(f"“{vm.name}” has no such snapshot.", remedy="Look at the list.")

    def _find(self, vm_name: str) -> VmInfo:
        try:
            return self._machines[fold_name(vm_name)]
        except KeyError:
            raise UnknownVmError(
                f"There is no machine “{vm_name}”.", remedy="Look at the list."
            ) from None

    def _free_name(self, vm_name: str) -> str:
        name = check_name(vm_name)
        if fold_name(name) in self._machines:
            raise ParamError(f"“{name}” is taken.", remedy="Choose another name.")
        return name

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
