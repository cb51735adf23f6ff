"""What the person allows: PC mode and posture, permissions, paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from app.vm.gate import GateStatus, PcMode
    from app.vm.permissions import Answer, Permission, PermissionState
    from app.vm.posture import Posture


class RulesApi(Protocol):
    """PC mode, permissions, paths."""

    async def get_pc_mode(self) -> GateStatus:
        """PC mode, posture, and why the gate is closed when it is."""

    async def set_pc_mode(self, mode: PcMode) -> GateStatus:
        """Switch PC mode: off, on, or following the posture; kept over restarts.

        Raises:
            StoreError: it cannot be written down; nothing was changed, unless a newer version wrote
                the file: then it holds until this manager ends.

        Events: tabletSwitchStateChange.
        """

    async def set_posture(self, posture: Posture | None = None) -> GateStatus:
        """Say how the computer stands; without a posture its own sensor counts again.

        Raises:
            StoreError: it cannot be written down; nothing was changed, unless a newer version wrote
                the file: then it holds until this manager ends.

        Events: tabletSwitchStateChange.
        """

    async def get_permissions(self, vm_name: str | None = None) -> tuple[PermissionState, ...]:
        """What a machine may do; without a name, what programs on this computer may.

        Raises:
            UnknownVmError: there is none of that name.
        """

    async def set_permission(
        self, permission: Permission, answer: Answer, vm_name: str | None = None
    ) -> None:
        """Allow, forbid, or let it be asked again; what it stops is stopped when this returns.

        Args:
            permission: one of `Permission`; a shared folder or a USB device is named behind a
                colon, such as ``usb-device:046d:c52b``.
            answer: `once` holds until the machine's present run ends.
            vm_name: which machine; without one, programs on this computer are meant.

        Raises:
            UnknownVmError: there is none of that name.
            ParamError: the permission is not known, or not one of a machine.
            StateError: `once` for a machine that is off.
            StoreError: it cannot be written down. What was allowed is not then; what was forbidden
                is, as long as this manager lasts.

        Events: permissionChange.
        """

    async def grant_path(self, path: Path) -> Path:
        """Open a file or folder to machines, as choosing it in a dialog does.

        A file that does not exist yet may be made then, such as a picture of the screen.

        Returns:
            The real place that is open now.

        Raises:
            PathError: its folder is missing, or it is never open to machines (`VM_PATH_REFUSED`).
            StoreError: it cannot be written down.
        """

    async def revoke_path(self, path: Path) -> None:
        """Take a grant back; machines that run keep what they have open.

        Raises:
            PathError: it was not granted.
            StoreError: it cannot be written down.
        """

    async def get_granted_paths(self) -> tuple[Path, ...]:
        """Files and folders that a person has opened, by path."""
