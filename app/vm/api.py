"""The control plane's functions, as the window, the command line and the wire service share them.

Two things have this shape: `app.vm.manager.VmManager`, which is the manager, and
`app.vm.client.RemoteManager`, which talks to one over its socket. Names are the `vm_manager`
document's in Python's spelling. A function returns when what it names is true, or raises an
`AppError`. A machine is named by `vm_name`; case does not matter.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from app.vm.events import Subscription
from app.vm.model import CfgInfo, VmInfo

STOP_TIMEOUT_S = 60.0


class ManagerApi(Protocol):
    """What can be asked of a manager."""

    async def list_vms(self) -> tuple[VmInfo, ...]:
        """All machines, running ones first, then by last use."""

    async def get_vm_status(self, vm_name: str) -> VmInfo:
        """One machine.

        Raises:
            UnknownVmError: there is none of that name.
        """

    async def create_vm(self, vm_name: str, cfg: CfgInfo, *, iso: Path | None = None) -> VmInfo:
        """Make a machine with an empty disk; returns when it is STOPPED and safely on disk."""

    async def start_vm(self, vm_name: str, cfg: CfgInfo | None = None) -> VmInfo:
        """Start it; returns when it is RUNNING. `cfg` holds for this run only."""

    async def stop_vm(self, vm_name: str, *, timeout_s: float = STOP_TIMEOUT_S) -> VmInfo:
        """Press the power button and wait.

        Raises:
            StopRefusedError: the guest did not switch itself off in time; it runs on.
        """

    async def force_stop_vm(self, vm_name: str) -> VmInfo:
        """Cut the power; what the guest had not saved is lost."""

    async def pause_vm(self, vm_name: str) -> VmInfo:
        """Let the machine stand still."""

    async def resume_vm(self, vm_name: str) -> VmInfo:
        """Let a paused machine go on."""

    async def destroy_vm(self, vm_name: str) -> None:
        """Move a stopped machine into the trash; `undo_destroy_vm` takes it back."""

    async def undo_destroy_vm(self, vm_name: str) -> VmInfo:
        """Take the machine of that name that was destroyed last out of the trash."""

    async def rename_vm(self, vm_name: str, new_name: str) -> VmInfo:
        """Give it another name."""

    async def mount_cd_drive_to_vm(self, vm_name: str, iso_path: Path) -> VmInfo:
        """Put a disc image into the drive of a stopped machine."""

    async def unmount_cd_drive_from_vm(self, vm_name: str, iso_path: Path | None = None) -> VmInfo:
        """Take the disc out; with `iso_path` only when it is that one."""

    async def screenshot_vm(self, vm_name: str, target: Path) -> Path:
        """Write the present picture of a live machine as PNG to `target`."""

    async def show_vm(self, vm_name: str) -> None:
        """Open, or raise, the machine's window on the screen of the manager.

        Raises:
            NotSupportedError: this manager has no screen.
        """

    async def show_window(self, iso: Path | None = None) -> None:
        """Raise the manager's main window, and begin a new machine from `iso` when given.

        Raises:
            NotSupportedError: this manager has no screen.
        """

    def subscribe(self) -> AbstractContextManager[Subscription]:
        """Read all events published from now on, inside a ``with`` block."""
