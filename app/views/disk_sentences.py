"""Sentences about disks, the trash, long work, and recovery, for `app.views.problems`."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

DISK_SENTENCES = (
    # app/vm/tasks.py, app/vm/trash.py
    QT_TRANSLATE_NOOP("Sentences", "It was cancelled."),
    QT_TRANSLATE_NOOP("Sentences", "Start it again when you like."),
    QT_TRANSLATE_NOOP("Sentences", "There is no such task."),
    QT_TRANSLATE_NOOP("Sentences", "Look at the list of tasks."),
    QT_TRANSLATE_NOOP("Sentences", "Something went wrong inside."),
    QT_TRANSLATE_NOOP("Sentences", "The trash does not hold this machine."),
    QT_TRANSLATE_NOOP("Sentences", "Look at the list of the trash."),
    QT_TRANSLATE_NOOP(
        "Sentences", "%1 cannot be emptied: an older one of that name is in the way."
    ),
    QT_TRANSLATE_NOOP("Sentences", "Look what is in %1."),
    QT_TRANSLATE_NOOP("Sentences", "The trash cannot be emptied."),
    QT_TRANSLATE_NOOP("Sentences", "The trash cannot be read."),
    QT_TRANSLATE_NOOP("Sentences", "This machine is in the library already."),
    QT_TRANSLATE_NOOP("Sentences", "The machine cannot be taken out of the trash."),
    QT_TRANSLATE_NOOP("Sentences", "The machine could not be moved to the trash."),
    # app/vm/growth_advice.py, disks.py, compacting.py, duplicating.py, growth.py, manager/disks.py
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The disk is larger now, but the partitions in the machine are as large as before.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "In the machine, look with “lsblk” which partition of /dev/%1 is the last one; here "
        "that is number 2.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "Let it grow: “sudo growpart /dev/%1 2”."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Then let its file system grow: “sudo resize2fs /dev/%1” for ext4, “sudo xfs_growfs /”"
        " for XFS, “sudo btrfs filesystem resize max /” for Btrfs.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "With LVM the second step is “sudo pvresize /dev/%1” and then “sudo lvextend -r -l "
        "+100%FREE” with the path of the logical volume.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "In the machine, run “diskmgmt.msc”, right-click the last volume of the disk and "
        "choose “Extend Volume”.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "When that cannot be chosen, another partition lies between the volume and the free "
        "space; it has to be moved or deleted first.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Windows XP cannot extend the volume that it starts from: use a partition editor that "
        "starts from a disc, or add another disk to the machine.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "In the machine, run “gpart recover %1” and look with “gpart show %2” which partition "
        "is the last one; here that is number 3.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "Let it grow: “gpart resize -i 3 %1”."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Then let its file system grow: “growfs /” for UFS, “zpool online -e zroot %1” for ZFS.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Let them grow with the tools of the system in the machine, or with a partition editor"
        " that starts from a disc.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The machine has no disk called “%1”."),
    QT_TRANSLATE_NOOP("Sentences", "Look at the list of its disks."),
    QT_TRANSLATE_NOOP("Sentences", "The disk could not be added."),
    QT_TRANSLATE_NOOP("Sentences", "The machine's folder keeps no disk called “%1”."),
    QT_TRANSLATE_NOOP("Sentences", "The system disk cannot be taken out."),
    QT_TRANSLATE_NOOP("Sentences", "Import another image into the machine to exchange it."),
    QT_TRANSLATE_NOOP("Sentences", "The machine's snapshots need this disk."),
    QT_TRANSLATE_NOOP("Sentences", "Delete the snapshots first, or leave the disk in the machine."),
    QT_TRANSLATE_NOOP("Sentences", "A machine can have %1 disks at most."),
    QT_TRANSLATE_NOOP("Sentences", "Take another disk off first."),
    QT_TRANSLATE_NOOP("Sentences", "The disk could not be compacted; it is as it was."),
    QT_TRANSLATE_NOOP("Sentences", "The disk holds snapshots, which compacting would lose."),
    QT_TRANSLATE_NOOP(
        "Sentences", "Delete the machine's snapshots first, or leave the disk as it is."
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The disk was changed by somebody else while it was compacted; it is as they left it.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "Look who uses the file, then try again."),
    # and more of them
    QT_TRANSLATE_NOOP("Sentences", "%1 is smaller than %2 MiB."),
    QT_TRANSLATE_NOOP("Sentences", "GetVmDiskImageFileSize failed: %1 cannot be looked at."),
    QT_TRANSLATE_NOOP("Sentences", "Look whether the machine's folder is there and may be read."),
    QT_TRANSLATE_NOOP("Sentences", "The machine's disks cannot be listed."),
    QT_TRANSLATE_NOOP(
        "Sentences", "Either the size of a new disk is needed, or the file of one that is kept."
    ),
    QT_TRANSLATE_NOOP("Sentences", "Give one of the two."),
    QT_TRANSLATE_NOOP("Sentences", "A disk has %1 MiB or more."),
    QT_TRANSLATE_NOOP("Sentences", "Choose a larger size."),
    QT_TRANSLATE_NOOP("Sentences", "Say which disk."),
    QT_TRANSLATE_NOOP("Sentences", "The machine's files cannot be copied."),
    QT_TRANSLATE_NOOP("Sentences", "The machine's files cannot be made."),
    QT_TRANSLATE_NOOP("Sentences", "The disk has %1 already; disks only grow."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Not enough disk space in the machines folder: the disk may grow by %1, %2 are free.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "Choose a smaller size."),
    QT_TRANSLATE_NOOP("Sentences", "Choose a smaller size, or make room."),
    QT_TRANSLATE_NOOP("Sentences", "Choose %1 MiB or more."),
    QT_TRANSLATE_NOOP("Sentences", "The disk could not grow."),
    QT_TRANSLATE_NOOP("Sentences", "The disk could not grow. The disk is full."),
    QT_TRANSLATE_NOOP("Sentences", "The disk could not be added. The disk is full."),
    QT_TRANSLATE_NOOP(
        "Sentences", "The disk could not be compacted; it is as it was. The disk is full."
    ),
    QT_TRANSLATE_NOOP("Sentences", "The disk is larger already; disks only grow."),
    # app/vm/qemu: tool.py, backup.py, live_disks.py, live_snapshots.py
    QT_TRANSLATE_NOOP("Sentences", "qemu-img is not installed."),
    QT_TRANSLATE_NOOP("Sentences", "Install qemu-utils with your package manager."),
    QT_TRANSLATE_NOOP("Sentences", "qemu-img cannot be started: %1."),
    QT_TRANSLATE_NOOP("Sentences", "The machine's disk could not be copied."),
    QT_TRANSLATE_NOOP("Sentences", "The machine's disk could not be copied. The disk is full."),
    QT_TRANSLATE_NOOP("Sentences", "The copy of the machine's disk was ended from elsewhere."),
    QT_TRANSLATE_NOOP(
        "Sentences", "The machine's engine was lost while its disk was being copied."
    ),
    QT_TRANSLATE_NOOP("Sentences", "Export it again; nothing of this copy is left."),
    QT_TRANSLATE_NOOP("Sentences", "The machine's engine does not have this disk."),
    QT_TRANSLATE_NOOP(
        "Sentences", "A snapshot of the machine, or a copy of its disk, is under way."
    ),
    QT_TRANSLATE_NOOP(
        "Sentences", "The machine was not taken back to its snapshot as a whole and cannot go on."
    ),
    QT_TRANSLATE_NOOP("Sentences", "Force it off, then go back to the snapshot again."),
    QT_TRANSLATE_NOOP("Sentences", "The machine's engine was lost while a snapshot was under way."),
    QT_TRANSLATE_NOOP("Sentences", "The snapshot was ended from elsewhere."),
    QT_TRANSLATE_NOOP(
        "Sentences", "The machine could not be taken back to the snapshot. The disk is full."
    ),
    QT_TRANSLATE_NOOP("Sentences", "The snapshot cannot be deleted. The disk is full."),
    # app/vm/snapshots
    QT_TRANSLATE_NOOP("Sentences", "A snapshot has a time or a size below nothing."),
    QT_TRANSLATE_NOOP("Sentences", "Two snapshots have the same id."),
    QT_TRANSLATE_NOOP("Sentences", "The firmware's settings cannot be put back."),
    QT_TRANSLATE_NOOP("Sentences", "%1 is not a folder."),
    QT_TRANSLATE_NOOP("Sentences", "Move %1 out of the way."),
    QT_TRANSLATE_NOOP("Sentences", "A snapshot cannot have this tag."),
    QT_TRANSLATE_NOOP("Sentences", "The list of snapshots cannot be written."),
    QT_TRANSLATE_NOOP("Sentences", "The machine cannot go back to this snapshot. %1"),
    # app/vm/recovery
    QT_TRANSLATE_NOOP(
        "Sentences", "Export the disk, and look at the copy with a tool for the rescue of data."
    ),
    QT_TRANSLATE_NOOP(
        "Sentences", "The files of the disk do not fit into that folder: its disk would be full."
    ),
    QT_TRANSLATE_NOOP("Sentences", "The files cannot be copied."),
    QT_TRANSLATE_NOOP("Sentences", "%1 has a form that files cannot be copied out of."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Compact the disk first (“duplex-vm disk compact”): that writes it in the usual form.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "It claims to hold more than five million files."),
    QT_TRANSLATE_NOOP(
        "Sentences", "There is no file system on the disk that files can be copied out of: %1."
    ),
    QT_TRANSLATE_NOOP(
        "Sentences", "There is no file system on the disk that files can be copied out of."
    ),
    QT_TRANSLATE_NOOP("Sentences", "There is no disk in this folder that a machine can have."),
    QT_TRANSLATE_NOOP("Sentences", "Look what is in the folder."),
    QT_TRANSLATE_NOOP("Sentences", "The machine's settings cannot be written."),
    QT_TRANSLATE_NOOP(
        "Sentences", "Repair it: the disk is copied first, so that nothing can be lost by that."
    ),
    QT_TRANSLATE_NOOP("Sentences", "The disk %1 could not be looked through."),
    QT_TRANSLATE_NOOP("Sentences", "The disk %1 could not be looked through. The disk is full."),
    QT_TRANSLATE_NOOP("Sentences", "The disk %1 is damaged."),
    QT_TRANSLATE_NOOP("Sentences", "The disk %1 is damaged in one place."),
    QT_TRANSLATE_NOOP("Sentences", "The disk %1 is damaged in %2 places."),
    QT_TRANSLATE_NOOP(
        "Sentences", "The disk %1 is damaged: the disk tools cannot read its structure."
    ),
    QT_TRANSLATE_NOOP("Sentences", "Another program uses the disk %1."),
    QT_TRANSLATE_NOOP("Sentences", "End that program, then try again."),
    QT_TRANSLATE_NOOP(
        "Sentences", "Its last run had no clean end; its disks are looked through before the next."
    ),
    QT_TRANSLATE_NOOP("Sentences", "There are disks, but no settings that can be read: %1"),
    QT_TRANSLATE_NOOP(
        "Sentences", "The disk cannot be copied before its repair; nothing was changed."
    ),
    QT_TRANSLATE_NOOP("Sentences", "The machine's folder cannot be written."),
    QT_TRANSLATE_NOOP("Sentences", "Check it without a time limit: “duplex-vm recover check”."),
    QT_TRANSLATE_NOOP("Sentences", "Of work that was cut off; it is of no use."),
    QT_TRANSLATE_NOOP(
        "Sentences", "A disk that no machine uses, such as one that was replaced by an import."
    ),
    QT_TRANSLATE_NOOP("Sentences", "The copy of a disk from before its repair."),
    # app/vm/manager/recovery.py
    QT_TRANSLATE_NOOP("Sentences", "Its disks are whole."),
    QT_TRANSLATE_NOOP(
        "Sentences", "Its disks are whole. Space that nothing used was won back: %1 clusters."
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Its disks are whole. Space that nothing used was won back: %1 clusters. %2 unfinished"
        " files were removed.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "Its disks are whole. %1 unfinished files were removed."),
    QT_TRANSLATE_NOOP("Sentences", "Its disks are whole; nothing had to be repaired."),
    QT_TRANSLATE_NOOP("Sentences", "It was repaired. The disk from before is kept as %1."),
    QT_TRANSLATE_NOOP("Sentences", "It is a machine of its own now, called “%1”."),
    QT_TRANSLATE_NOOP("Sentences", "%1 files were removed; %2 MiB are free again."),
    QT_TRANSLATE_NOOP("Sentences", "It is in the trash."),
    QT_TRANSLATE_NOOP("Sentences", "The copy does not end."),
    QT_TRANSLATE_NOOP("Sentences", "An unfinished file cannot be removed."),
    QT_TRANSLATE_NOOP("Sentences", "A file cannot be removed."),
    QT_TRANSLATE_NOOP("Sentences", "The machine is not off."),
    QT_TRANSLATE_NOOP("Sentences", "Shut it down first."),
    QT_TRANSLATE_NOOP("Sentences", "A file can be named for a clean-up only."),
    QT_TRANSLATE_NOOP("Sentences", "%1 It could not be repaired any further."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Its copy from before the repair is %1, in the machine's folder. Go back to a backup "
        "or an export.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The machine has no settings that can be used."),
    QT_TRANSLATE_NOOP("Sentences", "This machine has settings of its own already."),
    QT_TRANSLATE_NOOP("Sentences", "%1 is in use, or none of this program's files."),
    QT_TRANSLATE_NOOP("Sentences", "Look at the list of what was found."),
    QT_TRANSLATE_NOOP("Sentences", "Its disks hold a snapshot that was made elsewhere: %1."),
    QT_TRANSLATE_NOOP("Sentences", "The snapshot is gone from the machine's disks."),
    QT_TRANSLATE_NOOP("Sentences", "The import of %1 was cut off."),
    QT_TRANSLATE_NOOP("Sentences", "The export to %1 was cut off."),
    QT_TRANSLATE_NOOP("Sentences", "Compacting the disk %1 was cut off."),
    QT_TRANSLATE_NOOP("Sentences", "The growth of the disk %1 was cut off."),
    QT_TRANSLATE_NOOP("Sentences", "Duplicating it to “%1” was cut off."),
    QT_TRANSLATE_NOOP("Sentences", "Work on %1 was cut off."),
    QT_TRANSLATE_NOOP("Sentences", "%1 It cannot go on: %2"),
    QT_TRANSLATE_NOOP("Sentences", "The machine is not in the library any more."),
    QT_TRANSLATE_NOOP("Sentences", "Clean up what is left of the work."),
    QT_TRANSLATE_NOOP("Sentences", "%1 is another than it was when the work began."),
    QT_TRANSLATE_NOOP("Sentences", "Clean up what is left of the work, then start it anew."),
    QT_TRANSLATE_NOOP("Sentences", "%1 cannot be looked at."),
    QT_TRANSLATE_NOOP("Sentences", "Look whether it is there and may be read."),
    QT_TRANSLATE_NOOP(
        "Sentences", "A converter of the work that was cut off is still at its files."
    ),
    QT_TRANSLATE_NOOP("Sentences", "Try again when it has ended."),
    QT_TRANSLATE_NOOP("Sentences", "The machine is just changing its state."),
    QT_TRANSLATE_NOOP("Sentences", "Try again in a moment."),
    QT_TRANSLATE_NOOP("Sentences", "No work on this machine was cut off."),
    QT_TRANSLATE_NOOP("Sentences", "Several pieces of work on this machine were cut off."),
    QT_TRANSLATE_NOOP("Sentences", "Name the file of the one to continue."),
    QT_TRANSLATE_NOOP("Sentences", "This kind of work cannot be continued."),
    QT_TRANSLATE_NOOP("Sentences", "The records of tasks cannot be read."),
    QT_TRANSLATE_NOOP("Sentences", "The record of a task cannot be removed."),
    QT_TRANSLATE_NOOP("Sentences", "The work cannot be written down."),
    QT_TRANSLATE_NOOP("Sentences", "The work that was cut off is done."),
    QT_TRANSLATE_NOOP("Sentences", "This machine's kind of disk cannot be added while it runs."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "In the machine, look with “lsblk” which partition of %1 is the last one; here that is "
        "number 2.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "Let it grow: “%1”."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Then let its file system grow: “%1” for ext4, “%2” for XFS, “%3” for Btrfs.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "With LVM the second step is “%1” and then “%2” with the path of the logical volume.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "In the machine, run “%1” and look with “%2” which partition is the last one; here that "
        "is number 3.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "Then let its file system grow: “%1” for UFS, “%2” for ZFS."),
)
