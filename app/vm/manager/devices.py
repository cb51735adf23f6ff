"""Discs, and the devices that are to come: `DevicesApi` on this computer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from app.errors import INVALID_FILE_PATH, PathError, StateError
from app.vm.api.devices import DevicesApi
from app.vm.machine import Machine
from app.vm.manager.core import ManagerCore
from app.vm.manager.not_yet import Later, not_yet
from app.vm.model import VmInfo
from app.vm.off_loop import ask
from app.vm.state import VmState
from app.vm.unbroken import unbroken

if TYPE_CHECKING:
    from app.vm.devices import ChannelInfo
    from app.vm.records import FileDescriptorRequest, SharedFolder, UsbDevice


class Devices(ManagerCore, DevicesApi):
    """Functions of `DevicesApi`."""

    @override
    async def mount_cd_drive_to_vm(self, vm_name: str, iso_path: Path) -> VmInfo:
        machine = self._machine(vm_name)
        _refuse_unless_off(machine)
        return await self._change_disc(machine, await self._usable_file(iso_path))

    @override
    async def unmount_cd_drive_from_vm(self, vm_name: str, iso_path: Path | None = None) -> VmInfo:
        machine = self._machine(vm_name)
        _refuse_unless_off(machine)
        if iso_path is not None and not await ask(iso_path, _holds, machine, iso_path):
            raise PathError(
                f"{INVALID_FILE_PATH}: {iso_path} is not in the drive.",
                remedy="Look at the machine's status for the disc that is.",
            )
        return await self._change_disc(machine, None)

    @override
    async def mount_usb_to_vm(self, vm_name: str, device: UsbDevice) -> None:
        self._machine(vm_name)
        raise not_yet(Later.USB)

    @override
    async def unmount_usb_from_vm(self, vm_name: str, device: UsbDevice) -> None:
        self._machine(vm_name)
        raise not_yet(Later.USB)

    @override
    async def add_shared_folder(
        self, vm_name: str, path: Path, *, read_only: bool = False
    ) -> SharedFolder:
        self._machine(vm_name)
        await ask(path, self.paths.check_folder, path)
        raise not_yet(Later.SHARES)

    @override
    async def remove_shared_folder(self, vm_name: str, path: Path) -> None:
        self._machine(vm_name)
        raise not_yet(Later.SHARES)

    @override
    async def create_channel(self, vm_name: str, channel_info: ChannelInfo) -> ChannelInfo:
        self._machine(vm_name)
        raise not_yet(Later.CHANNELS)

    @override
    async def send_data_to_vm(self, vm_name: str, channel_name: str, data: bytes) -> None:
        self._machine(vm_name)
        raise not_yet(Later.CHANNELS)

    @override
    async def recv_data_from_vm(
        self, vm_name: str, channel_name: str, *, timeout_s: float = 0.0
    ) -> bytes:
        self._machine(vm_name)
        raise not_yet(Later.CHANNELS)

    @override
    async def get_file_descriptor_request(self, vm_name: str) -> tuple[FileDescriptorRequest, ...]:
        self._machine(vm_name)
        raise not_yet(Later.FILE_REQUESTS)

    @override
    async def set_vm_memory_balloon(self, vm_name: str, size: int) -> int:
        self._machine(vm_name)
        raise not_yet(Later.BALLOON)

    async def _change_disc(self, machine: Machine, disc: Path | None) -> VmInfo:
        async with machine.editing:
            _refuse_unless_off(machine)
            await unbroken(machine.save(replace(machine.config, disc=disc)))
        machine.tell_changed()
        return machine.info()


def _refuse_unless_off(machine: Machine) -> None:
    if machine.state not in {VmState.STOPPED, VmState.ERROR, VmState.AVAILABLE}:
        raise StateError(
            "The disc can only be changed while the machine is off.",
            remedy="Shut the machine down first.",
        )
    machine.refuse_unreachable()


def _holds(machine: Machine, disc: Path) -> bool:
    """Whether this disc, or the file that it is a link to, is in the drive."""
    absolute = disc.expanduser().absolute()
    return machine.config.disc in {absolute, absolute.resolve()}
