"""What the sheets say about a machine's disks, and what each state allows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from app.views import words
from app.vm.model import VmInfo
from app.vm.records import DiskInfo
from app.vm.state import Action

_MIB = 1 << 20


def disk_name(disk: DiskInfo, disks: Sequence[DiskInfo]) -> str:
    """``System disk``, ``Disk 2``, or the file of one that is only kept."""
    translate = QCoreApplication.translate
    if not disk.disk_id:
        return disk.file
    if disk.system:
        return translate("DiskWords", "System disk")
    number = [one.disk_id for one in disks if one.disk_id].index(disk.disk_id) + 1
    return translate("DiskWords", "Disk %1").replace("%1", str(number))


def disk_sizes(disk: DiskInfo) -> str:
    """Its size for the guest, and what it takes up here."""
    translate = QCoreApplication.translate
    if not disk.size_mib:
        return translate("DiskWords", "It cannot be read.")
    text = translate("DiskWords", "%1, takes up %2 on this computer")
    taken = words.size(max(1, -(-disk.file_bytes // _MIB)))
    return text.replace("%1", words.size(disk.size_mib)).replace("%2", taken)


def is_at_rest(info: VmInfo) -> bool:
    """Whether its disks can be taken out, put back into shape and the like."""
    return Action.UPDATE in info.actions


def takes_disks(info: VmInfo) -> bool:
    """Whether its disks can grow and it can get more: at rest, or with its engine up."""
    return is_at_rest(info) or Action.SCREENSHOT in info.actions


def why_not_now(info: VmInfo) -> str:
    """Why something has to wait until the machine is off."""
    translate = QCoreApplication.translate
    if info.state.has_process:
        return translate("DiskWords", "Shut the machine down first.")
    return translate("DiskWords", "Wait until the machine is at rest.")
