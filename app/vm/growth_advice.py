"""What a guest has to do before it can use what its disk has grown by.

A disk that grew is like a larger drive with the old partitions on it: nobody outside of the guest
can let those grow, because only its system knows what is in them.

Sources: growpart(1), resize2fs(8), xfs_growfs(8), btrfs-filesystem(8), lvextend(8); FreeBSD
Handbook, "Resizing and Growing Disks"; Microsoft's "Extend a basic volume".
"""

from __future__ import annotations

from app.vm.media.catalogue import find_system
from app.vm.media.systems import Family, System
from app.vm.model import DiskBus

_FIRST = "The disk is larger now, but the partitions in the machine are as large as before."
_LINUX = (
    (
        "In the machine, look with “lsblk” which partition of /dev/{disk} is the last one; here "
        "that is number 2."
    ),
    "Let it grow: “sudo growpart /dev/{disk} 2”.",
    (
        "Then let its file system grow: “sudo resize2fs /dev/{disk}2” for ext4, "
        "“sudo xfs_growfs /” for XFS, “sudo btrfs filesystem resize max /” for Btrfs."
    ),
    (
        "With LVM the second step is “sudo pvresize /dev/{disk}2” and then “sudo lvextend -r -l "
        "+100%FREE” with the path of the logical volume."
    ),
)
_WINDOWS = (
    (
        "In the machine, run “diskmgmt.msc”, right-click the last volume of the disk and choose "
        "“Extend Volume”."
    ),
    (
        "When that cannot be chosen, another partition lies between the volume and the free "
        "space; it has to be moved or deleted first."
    ),
)
_WINDOWS_XP = (
    (
        "Windows XP cannot extend the volume that it starts from: use a partition editor that "
        "starts from a disc, or add another disk to the machine."
    ),
)
_FREEBSD = (
    (
        "In the machine, run “gpart recover {disk}” and look with “gpart show {disk}” which "
        "partition is the last one; here that is number 3."
    ),
    "Let it grow: “gpart resize -i 3 {disk}”.",
    "Then let its file system grow: “growfs /” for UFS, “zpool online -e zroot {disk}p3” for ZFS.",
)
_OTHER = (
    (
        "Let them grow with the tools of the system in the machine, or with a partition editor "
        "that starts from a disc."
    ),
)


def growth_advice(system: str, number: int = 0) -> tuple[str, ...]:
    """Sentences for a person whose machine's disk has just grown, in the order of the steps.

    Args:
        system: identifier of the system catalogue.
        number: of the disk in the machine, 0 for the system disk.
    """
    found = find_system(system)
    steps = _steps(found)
    disk = _device(found, number)
    return (_FIRST, *(step.format(disk=disk) for step in steps))


def _steps(system: System) -> tuple[str, ...]:
    if system.family is Family.LINUX:
        return _LINUX
    if system.family is Family.WINDOWS:
        return _WINDOWS_XP if system.id == "windows-xp" else _WINDOWS
    return _FREEBSD if system.id == "freebsd" else _OTHER


def _device(system: System, number: int) -> str:
    """What the guest calls the disk."""
    is_virtio = system.profile.disk_bus is DiskBus.VIRTIO
    if system.family is Family.BSD:
        return f"{'vtbd' if is_virtio else 'ada'}{number}"
    return f"{'vd' if is_virtio else 'sd'}{chr(ord('a') + number)}"
