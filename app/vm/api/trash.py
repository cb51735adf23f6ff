"""The trash: machines that were destroyed, until somebody empties it or they are too old."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from app.vm.model import VmInfo
    from app.vm.records import TrashedVm


class TrashApi(Protocol):
    """Trash."""

    async def list_trash(self) -> tuple[TrashedVm, ...]:
        """Destroyed machines, the one that was destroyed last first.

        Raises:
            StoreError: the trash cannot be read.
        """

    async def restore_from_trash(self, trash_id: str) -> VmInfo:
        """Take one machine out of the trash.

        Args:
            trash_id: as `list_trash` tells it.

        Raises:
            UnknownVmError: there is nothing of that id in the trash.
            StateError: this machine is in the library already.
            ParamError: another machine has the name now (`VM_NAME_TAKEN`).
            StoreError: it is damaged, or the library cannot be written.

        Events: vmCreated.
        """

    async def empty_trash(self, trash_id: str = "") -> int:
        """Remove destroyed machines for good: all of them, or one.

        Only files that this program makes are removed, and no link is followed. What else lies in
        a machine's folder stays in the trash.

        Args:
            trash_id: as `list_trash` tells it; empty for all.

        Returns:
            Bytes of this computer's disk that are free again.

        Raises:
            UnknownVmError: there is nothing of that id in the trash.
            StoreError: something cannot be removed; what could be has gone.
        """
