"""Discs, USB devices, shared folders, channels, memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Protocol

from app.vm.api.bounds import Bounds
from app.vm.model import MIN_MEMORY_MIB

if TYPE_CHECKING:
    from pathlib import Path

    from app.vm.devices import ChannelInfo
    from app.vm.model import VmInfo
    from app.vm.records import FileDescriptorRequest, SharedFolder, UsbDevice

LONGEST_WAIT_S = 3600.0


class DevicesApi(Protocol):
    """Devices and channels."""

    async def mount_cd_drive_to_vm(self, vm_name: str, iso_path: Path) -> VmInfo:
        """Put a disc image into the drive of a stopped machine.

        Raises:
            UnknownVmError: there is none of that name.
            StateError: the machine is on.
            PathError: no readable file, or one that may not be used (`VM_PATH_REFUSED`).

        Events: vmChanged.
        """

    async def unmount_cd_drive_from_vm(self, vm_name: str, iso_path: Path | None = None) -> VmInfo:
        """Take the disc out; with `iso_path` only when it is that one.

        Raises:
            UnknownVmError: there is none of that name.
            StateError: the machine is on.
            PathError: another disc is in the drive.

        Events: vmChanged.
        """

    async def mount_usb_to_vm(self, vm_name: str, device: UsbDevice) -> None:
        """Hand a USB device of this computer to the machine.

        Raises:
            UnknownVmError: there is none of that name.
            ParamError: `device id is empty`.
            NotSupportedError: not built yet.
        """

    async def unmount_usb_from_vm(self, vm_name: str, device: UsbDevice) -> None:
        """Take a USB device back.

        Raises:
            UnknownVmError: there is none of that name.
            ParamError: `device id is empty`.
            NotSupportedError: not built yet.
        """

    async def add_shared_folder(
        self, vm_name: str, path: Path, *, read_only: bool = False
    ) -> SharedFolder:
        """Let the machine see a folder of this computer.

        Args:
            vm_name: which machine.
            path: of the folder.
            read_only: the machine may not change it.

        Raises:
            UnknownVmError: there is none of that name.
            PathError: no folder, or one that may not be shared (`VM_PATH_REFUSED`).
            NotSupportedError: not built yet.
        """

    async def remove_shared_folder(self, vm_name: str, path: Path) -> None:
        """Share a folder no longer.

        Raises:
            UnknownVmError: there is none of that name.
            NotSupportedError: not built yet.
        """

    async def create_channel(self, vm_name: str, channel_info: ChannelInfo) -> ChannelInfo:
        """Make a channel for data between programs here and in the guest.

        Args:
            vm_name: which machine.
            channel_info: the channel's name and what carries it.

        Raises:
            UnknownVmError: there is none of that name.
            NotSupportedError: not built yet.
        """

    async def send_data_to_vm(self, vm_name: str, channel_name: str, data: bytes) -> None:
        """Send bytes over a channel.

        Args:
            vm_name: which machine.
            channel_name: one that was made.
            data: what to send.

        Raises:
            UnknownVmError: there is none of that name.
            NotSupportedError: not built yet.
        """

    async def recv_data_from_vm(
        self,
        vm_name: str,
        channel_name: str,
        *,
        timeout_s: Annotated[float, Bounds(0, LONGEST_WAIT_S)] = 0.0,
    ) -> bytes:
        """Take bytes that came over a channel.

        Args:
            vm_name: which machine.
            channel_name: one that was made.
            timeout_s: seconds to wait for some, when there are none.

        Returns:
            What has come, which may be nothing.

        Raises:
            UnknownVmError: there is none of that name.
            NotSupportedError: not built yet.
        """

    async def get_file_descriptor_request(self, vm_name: str) -> tuple[FileDescriptorRequest, ...]:
        """Files that the guest has asked for and nobody has answered.

        Raises:
            UnknownVmError: there is none of that name.
            NotSupportedError: not built yet.

        Events: fileRequest.
        """

    async def set_vm_memory_balloon(
        self, vm_name: str, size: Annotated[int, Bounds(MIN_MEMORY_MIB, 1 << 30)]
    ) -> int:
        """Ask the guest to get along with less of its memory, or give it back.

        Args:
            vm_name: which machine.
            size: MiB that it keeps.

        Returns:
            The MiB that it has now.

        Raises:
            UnknownVmError: there is none of that name.
            NotSupportedError: not built yet.
        """
