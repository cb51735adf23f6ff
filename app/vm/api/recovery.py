"""Recovery: what an unclean end, or somebody's hand, left of machines, and what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from app.vm.records import Finding, Recovered, RecoveryStep


class RecoveryApi(Protocol):
    """Recovery."""

    async def list_findings(self) -> tuple[Finding, ...]:
        """What there is to do about machines that are off; the look changes nothing.

        It finds files that nothing uses, disks that are damaged or unchecked, folders without
        settings or without disks, and second copies.
        """

    async def recover_user_data(
        self, vm_name: str, *, step: RecoveryStep | None = None, file: str = ""
    ) -> Recovered:
        """Do something about what was found in a machine that is off.

        Without a step it does what cannot hurt: its disks are looked through, space that is lost
        is won back, unfinished files are removed.

        Args:
            vm_name: which machine, by the name under which it is listed.
            step: what to do.
            file: for `CLEAN_UP`, the one file to remove. Without it unfinished files go, and
                copies from before a repair; a former disk goes only by its name.

        Returns:
            What became of it, when it is done.

        Raises:
            UnknownVmError: there is none of that name.
            ParamError: no leftover has that name.
            StateError: the machine is not off, has nothing to adopt, another program uses its
                disk, or the work was cancelled.
            NotSupportedError: there is no qemu-img.
            DiskLessError: there is no room for the copy before a repair.
            StoreError: a file cannot be read or written, or the disk is, or stays, damaged.
            EngineError: a tool refused.

        Events: vmDataRecovery, vmDiskMigration, vmStateChange, vmCreated, vmRemoved.
        """
