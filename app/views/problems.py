"""Failures in the person's language.

The control plane speaks English, because the command line and the wire share its sentences. Here
is the list of them, with %1 for what varies; a sentence that is on it is shown translated, any
other one as it is. Those about images and about disks have files of their own.
`tests/views/test_problems.py` keeps the list and the control plane together.
"""

from __future__ import annotations

import re
from functools import cache

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from app.errors import NOT_PC_MODE
from app.views.disk_sentences import DISK_SENTENCES
from app.views.engine_sentences import ENGINE_SENTENCES
from app.views.image_sentences import IMAGE_SENTENCES, PHRASES

_MARKED = (
    # app/vm/model.py: names
    QT_TRANSLATE_NOOP("Sentences", "The machine needs a name."),
    QT_TRANSLATE_NOOP("Sentences", "Type a name."),
    QT_TRANSLATE_NOOP("Sentences", "The name has %1 characters; %2 are allowed."),
    QT_TRANSLATE_NOOP("Sentences", "Choose a shorter name."),
    QT_TRANSLATE_NOOP("Sentences", "Long work is under way, and would be cut off."),
    QT_TRANSLATE_NOOP("Sentences", "Wait until it is done, or end it."),
    QT_TRANSLATE_NOOP("Sentences", "The name begins or ends with a blank."),
    QT_TRANSLATE_NOOP("Sentences", "Remove the blank."),
    QT_TRANSLATE_NOOP("Sentences", "The name has a character that cannot be shown."),
    QT_TRANSLATE_NOOP("Sentences", "Use letters, digits, signs and single blanks."),
    QT_TRANSLATE_NOOP("Sentences", "There is already a machine called “%1”."),
    QT_TRANSLATE_NOOP("Sentences", "Choose another name."),
    QT_TRANSLATE_NOOP("Sentences", "There is no machine called “%1”."),
    QT_TRANSLATE_NOOP("Sentences", "Look at the list of machines."),
    # app/vm/limits.py: what the host has
    QT_TRANSLATE_NOOP("Sentences", "%1 processors were asked for; this computer has %2."),
    QT_TRANSLATE_NOOP("Sentences", "Use %1 or fewer."),
    QT_TRANSLATE_NOOP("Sentences", "Not enough free memory: needs %1, %2 are free."),
    QT_TRANSLATE_NOOP(
        "Sentences", "Close other programs or machines, or give this machine less memory."
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Not enough disk space in the machines folder: the disk may grow to %1, %2 are free.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "Choose a smaller disk, or make room."),
    QT_TRANSLATE_NOOP(
        "Sentences", "Not enough disk space in the machines folder: %1 MiB are free."
    ),
    QT_TRANSLATE_NOOP("Sentences", "Make room on that disk, then start again."),
    QT_TRANSLATE_NOOP("Sentences", "Not enough disk space in the machines folder."),
    QT_TRANSLATE_NOOP("Sentences", "Make room on that disk."),
    # app/vm/machine.py
    QT_TRANSLATE_NOOP("Sentences", "The disk of this computer is full: %1 MiB are free in %2."),
    QT_TRANSLATE_NOOP("Sentences", "Make room there, then resume the machine."),
    # app/vm/space_guard.py
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Not enough disk space to go on: %1 MiB are free in %2, %3 MiB are needed.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Disk space gets short: %1 are free in %2. Machines are paused below %3 MiB.",
    ),
    # app/vm/store.py
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The machine could not be moved to the trash, which lies on another disk.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "Put %1 on the disk of the machines, then delete it again."),
    # app/vm/host.py
    QT_TRANSLATE_NOOP("Sentences", "Hardware acceleration is off; machines will be slow."),
    QT_TRANSLATE_NOOP("Sentences", "Install a QEMU with KVM support."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Switch on virtualization (VT-x or AMD-V) in this computer's firmware.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Your account may not use /dev/kvm. Add it to the group “kvm”, then log out and in again.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "KVM is there but guests do not run on it. If this computer is itself a virtual machine, "
        "nested virtualization has to be switched on outside.",
    ),
    # app/vm/manager.py, machine.py, state.py
    QT_TRANSLATE_NOOP("Sentences", "The machine ended unexpectedly (code %1)."),
    QT_TRANSLATE_NOOP("Sentences", "The machine ended unexpectedly."),
    QT_TRANSLATE_NOOP("Sentences", "Start it again; its disk is as it was."),
    QT_TRANSLATE_NOOP("Sentences", "This is not possible while the machine is %1."),
    QT_TRANSLATE_NOOP("Sentences", "Wait until the machine has reached another state."),
    QT_TRANSLATE_NOOP("Sentences", "The machine is off."),
    QT_TRANSLATE_NOOP("Sentences", "Start it first."),
    QT_TRANSLATE_NOOP("Sentences", "This machine is already running."),
    QT_TRANSLATE_NOOP("Sentences", "Open it instead of starting it."),
    QT_TRANSLATE_NOOP("Sentences", "The machine runs, but cannot be reached."),
    QT_TRANSLATE_NOOP("Sentences", "The machine runs, but does not answer."),
    QT_TRANSLATE_NOOP("Sentences", "The machine runs, but its control files are missing."),
    QT_TRANSLATE_NOOP("Sentences", "Force it off, then start it again."),
    QT_TRANSLATE_NOOP("Sentences", "The disc can only be changed while the machine is off."),
    QT_TRANSLATE_NOOP("Sentences", "Shut the machine down first."),
    QT_TRANSLATE_NOOP("Sentences", "The files of this machine are missing or damaged."),
    QT_TRANSLATE_NOOP("Sentences", "A disk is missing: %1."),
    QT_TRANSLATE_NOOP("Sentences", "%1 is missing."),
    QT_TRANSLATE_NOOP("Sentences", "%1 cannot be read."),
    QT_TRANSLATE_NOOP("Sentences", "Restore it from a backup."),
    QT_TRANSLATE_NOOP("Sentences", "Put the file back into the machine's folder."),
    QT_TRANSLATE_NOOP("Sentences", "This is a copy of the machine in %1."),
    QT_TRANSLATE_NOOP("Sentences", "Move one of the two folders out of the library."),
    QT_TRANSLATE_NOOP("Sentences", "The machine's firmware settings (vars.fd) are missing."),
    # app/vm/gate.py, posture.py: PC mode
    QT_TRANSLATE_NOOP("Sentences", "not PC mode: PC mode is off."),
    QT_TRANSLATE_NOOP("Sentences", "not PC mode: The computer is used as a tablet."),
    QT_TRANSLATE_NOOP("Sentences", "not PC mode: The computer is folded."),
    QT_TRANSLATE_NOOP(
        "Sentences", "not PC mode: PC mode is off. The computer is used as a tablet."
    ),
    QT_TRANSLATE_NOOP("Sentences", "not PC mode: PC mode is off. The computer is folded."),
    QT_TRANSLATE_NOOP(
        "Sentences", "not PC mode: PC mode is off while the computer is used as a tablet."
    ),
    QT_TRANSLATE_NOOP("Sentences", "not PC mode: PC mode is off while the computer is folded."),
    QT_TRANSLATE_NOOP("Sentences", "Turn PC mode on, or make it automatic."),
    QT_TRANSLATE_NOOP("Sentences", "Attach the keyboard, or put the computer on its stand."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Turn PC mode on, or make it automatic. "
        "Attach the keyboard, or put the computer on its stand.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "No tablet sensor on this computer."),
    QT_TRANSLATE_NOOP("Sentences", "The tablet sensor is gone."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Set the posture by hand, or restart Duplex VM when the sensor is back.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The tablet sensor is not readable by this account."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Allow it until the next restart with “%1”, then start Duplex VM again; "
        "or set the posture by hand.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "PC mode and posture cannot be stored."),
    QT_TRANSLATE_NOOP(
        "Sentences", "Look whether the folder is there and whether you may write to it."
    ),
    # app/vm/permissions.py, consent.py
    QT_TRANSLATE_NOOP("Sentences", "The permissions cannot be written."),
    QT_TRANSLATE_NOOP("Sentences", "There are too many permissions in this library."),
    QT_TRANSLATE_NOOP("Sentences", "Set some that are not needed any more to “ask”."),
    QT_TRANSLATE_NOOP(
        "Sentences", "A newer version of Duplex VM wrote the permissions of this library."
    ),
    QT_TRANSLATE_NOOP("Sentences", "Update Duplex VM on this computer."),
    # app/vm/path_policy.py and its neighbours
    QT_TRANSLATE_NOOP("Sentences", "Invalid file path: %1 cannot be found."),
    QT_TRANSLATE_NOOP("Sentences", "Invalid file path: %1 may not be opened by you."),
    QT_TRANSLATE_NOOP("Sentences", "Invalid file path: %1 may not be read by you."),
    QT_TRANSLATE_NOOP("Sentences", "Invalid file path: %1 is neither a file nor a folder."),
    QT_TRANSLATE_NOOP("Sentences", "Invalid file path: %1 is empty."),
    QT_TRANSLATE_NOOP("Sentences", "Choose another file."),
    QT_TRANSLATE_NOOP("Sentences", "Too many files and folders are opened to machines."),
    QT_TRANSLATE_NOOP(
        "Sentences", "Remove some, under Settings > Privacy or with “duplex-vm grant”."
    ),
    QT_TRANSLATE_NOOP("Sentences", "share path is not authorized: %1 belongs to the system."),
    QT_TRANSLATE_NOOP("Sentences", "share path is not authorized: %1 belongs to another person."),
    QT_TRANSLATE_NOOP("Sentences", "share path is not authorized: %1 belongs to Duplex VM itself."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "share path is not authorized: %1 is where keys, passwords or a program's private data "
        "are kept.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences", "share path is private sandbox path: %1 belongs to a library of machines."
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Copy what the machine may have into a folder such as Downloads, and choose it there.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences", "Choose a folder in it that holds only what the machine may have."
    ),
    QT_TRANSLATE_NOOP(
        "Sentences", "Export the machine's disk to another folder, and choose it there."
    ),
    QT_TRANSLATE_NOOP("Sentences", "What you have opened to machines cannot be remembered."),
    # app/vm/qemu
    QT_TRANSLATE_NOOP("Sentences", "Load native module failed: QEMU is not installed."),
    QT_TRANSLATE_NOOP(
        "Sentences", "Install qemu-system-x86 and qemu-utils with your package manager."
    ),
    QT_TRANSLATE_NOOP("Sentences", "UEFI firmware is not installed."),
    QT_TRANSLATE_NOOP("Sentences", "Install the package ovmf (or edk2-ovmf), or use BIOS."),
    QT_TRANSLATE_NOOP("Sentences", "The machine's engine does not answer."),
    QT_TRANSLATE_NOOP("Sentences", "The machine's engine is gone."),
    QT_TRANSLATE_NOOP("Sentences", "The machine's engine ended at once (code %1): %2"),
    QT_TRANSLATE_NOOP("Sentences", "Look at the details; the checkup may tell what is missing."),
    QT_TRANSLATE_NOOP("Sentences", "Another program is using this machine's disk."),
    QT_TRANSLATE_NOOP("Sentences", "Close that program, then start again."),
    QT_TRANSLATE_NOOP("Sentences", "There is not enough free memory for this machine."),
    QT_TRANSLATE_NOOP("Sentences", "Close other programs or machines, or give it less memory."),
    # app/vm/media/reader.py and its neighbours
    QT_TRANSLATE_NOOP("Sentences", "The file is not there."),
    QT_TRANSLATE_NOOP("Sentences", "Choose the file again."),
    QT_TRANSLATE_NOOP("Sentences", "You may not read this file."),
    QT_TRANSLATE_NOOP("Sentences", "Change its permissions, or copy it into a folder of your own."),
    QT_TRANSLATE_NOOP("Sentences", "The file cannot be read."),
    QT_TRANSLATE_NOOP("Sentences", "Try to copy it to another place first."),
    QT_TRANSLATE_NOOP("Sentences", "This is a folder, not a file."),
    QT_TRANSLATE_NOOP("Sentences", "This is a drive, not a file."),
    QT_TRANSLATE_NOOP("Sentences", "This is a pipe, not a file."),
    QT_TRANSLATE_NOOP("Sentences", "Copy the disc into an .iso file first, then choose that file."),
    QT_TRANSLATE_NOOP("Sentences", "Choose the .iso file of the system that you want to install."),
    QT_TRANSLATE_NOOP(
        "Sentences", "The file does not answer: its drive or network share is too slow."
    ),
    QT_TRANSLATE_NOOP("Sentences", "Copy it to a local disk, then choose the copy."),
    # app/vm/snapshots, app/vm/qemu/snapshot_jobs.py
    QT_TRANSLATE_NOOP("Sentences", "What it kept is gone from the machine's disks."),
    QT_TRANSLATE_NOOP("Sentences", "Only some of the machine's disks have it."),
    QT_TRANSLATE_NOOP("Sentences", "The machine has got another disk since: take that out first."),
    QT_TRANSLATE_NOOP("Sentences", "A disk has several of this name."),
    QT_TRANSLATE_NOOP("Sentences", "A snapshot cannot have this name."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Use 1 to %1 characters that can be shown, without a blank at either end.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "A note can have at most %1 characters."),
    QT_TRANSLATE_NOOP("Sentences", "Write a shorter note."),
    QT_TRANSLATE_NOOP("Sentences", "The note has a character that cannot be shown."),
    QT_TRANSLATE_NOOP("Sentences", "Take it out of the note."),
    QT_TRANSLATE_NOOP("Sentences", "There is no room in the list for more than %1 snapshots."),
    QT_TRANSLATE_NOOP("Sentences", "Delete snapshots that nobody needs."),
    QT_TRANSLATE_NOOP("Sentences", "What belongs to the snapshot cannot be written."),
    QT_TRANSLATE_NOOP("Sentences", "The snapshot cannot be made."),
    QT_TRANSLATE_NOOP("Sentences", "The snapshot cannot be made. The disk is full."),
    QT_TRANSLATE_NOOP("Sentences", "Make the snapshot when the machine is off."),
    QT_TRANSLATE_NOOP("Sentences", "The snapshot cannot be deleted."),
    QT_TRANSLATE_NOOP("Sentences", "The machine's disks do not have this snapshot."),
    QT_TRANSLATE_NOOP("Sentences", "The machine cannot go back to this snapshot."),
    QT_TRANSLATE_NOOP("Sentences", "The machine could not be taken back to the snapshot."),
    QT_TRANSLATE_NOOP("Sentences", "Force it off. Its disks may be those of the snapshot."),
    QT_TRANSLATE_NOOP("Sentences", "This snapshot is of the disks alone."),
    QT_TRANSLATE_NOOP("Sentences", "Switch the machine off, then go back to it."),
    QT_TRANSLATE_NOOP("Sentences", "The machine's disk is being copied or changed already."),
    QT_TRANSLATE_NOOP("Sentences", "Wait until that is done."),
    QT_TRANSLATE_NOOP("Sentences", "An NVMe disk cannot be kept with the machine's memory."),
    QT_TRANSLATE_NOOP("Sentences", "A shared folder cannot be kept with the machine's memory."),
    QT_TRANSLATE_NOOP(
        "Sentences", "The guest uses a shared folder, which cannot be kept with its memory."
    ),
    QT_TRANSLATE_NOOP(
        "Sentences", "The guest's channels cannot be kept with the machine's memory."
    ),
    QT_TRANSLATE_NOOP("Sentences", "3D graphics cannot be kept with the machine's memory."),
    QT_TRANSLATE_NOOP(
        "Sentences", "This processor's clock cannot be kept with the machine's memory."
    ),
    QT_TRANSLATE_NOOP("Sentences", "A USB device of this machine cannot be kept with its memory."),
    QT_TRANSLATE_NOOP("Sentences", "A device of this machine cannot be kept with its memory."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Not enough disk space in the machines folder: the snapshot may take %1, %2 are free.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "Make room, delete a snapshot, or shut the machine down first."),
    QT_TRANSLATE_NOOP(
        "Sentences", "Detach it first, or shut the machine down: then its disks are kept."
    ),
    QT_TRANSLATE_NOOP(
        "Sentences", "This takes the disks back, which is possible while the machine is off only."
    ),
    QT_TRANSLATE_NOOP("Sentences", "Shut the machine down, or force it off, then go back."),
    QT_TRANSLATE_NOOP("Sentences", "Choose another snapshot, or delete this one."),
    QT_TRANSLATE_NOOP(
        "Sentences", "The snapshot's memory was kept with %1, but machines run with %2 now."
    ),
    QT_TRANSLATE_NOOP("Sentences", "Go back to its disks only, with the machine off."),
    QT_TRANSLATE_NOOP(
        "Sentences", "The machine has other hardware now than the snapshot's memory knows."
    ),
    QT_TRANSLATE_NOOP("Sentences", "Shut the machine down, then go back; or to its disks only."),
    QT_TRANSLATE_NOOP("Sentences", "Only snapshots that were made here can be changed."),
    QT_TRANSLATE_NOOP("Sentences", "It stays as the disk has it."),
    QT_TRANSLATE_NOOP("Sentences", "“%1” is locked."),
    QT_TRANSLATE_NOOP("Sentences", "Unlock the snapshot first."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The machine was going back to a snapshot, and nobody can tell which: its disks may be of "
        "different moments.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "Go back to a snapshot: that gives all disks the same moment."),
    QT_TRANSLATE_NOOP("Sentences", "“%1” has no such snapshot."),
    QT_TRANSLATE_NOOP("Sentences", "Look at the list of its snapshots."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The memory of the snapshot could not be loaded: the machine is off, with its disks.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "Start it."),
    QT_TRANSLATE_NOOP("Sentences", "The way back to the snapshot cannot be written down."),
    QT_TRANSLATE_NOOP("Sentences", "The disk's snapshots cannot be read."),
)
SENTENCES: tuple[str, ...] = tuple(
    str(text) for text in (*_MARKED, *DISK_SENTENCES, *ENGINE_SENTENCES, *IMAGE_SENTENCES)
)
# Their values are sentences of the control plane themselves.
_HOLD_SENTENCES = frozenset(
    {
        "There are disks, but no settings that can be read: %1",
        "%1 It could not be repaired any further.",
        "%1 It cannot go on: %2",
        "The machine cannot go back to this snapshot. %1",
    }
)


def sentence(text: str) -> str:
    """A sentence of the control plane in the person's language, where we know it."""
    return _translated(text, _patterns(SENTENCES))


def in_words(text: str) -> str:
    """The same for several sentences after one another; those that we do not know stay."""
    whole = sentence(text)
    if whole != text or ". " not in text:
        return whole
    parts = re.split(r"(?<=\.) (?=[A-Z“])", text)
    return " ".join(sentence(part) for part in parts).replace("。 ", "。")


def refusal(text: str) -> str:
    """The same for the gate's sentences, without the document's words before them."""
    return sentence(text).removeprefix(f"{NOT_PC_MODE}: ")


def _translated(text: str, patterns: tuple[tuple[str, re.Pattern[str]], ...]) -> str:
    for template, pattern in patterns:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        translated = QCoreApplication.translate("Sentences", template)
        if translated == template:
            return text
        inside = _patterns(SENTENCES if template in _HOLD_SENTENCES else PHRASES)
        values = [_translated(value, inside) for value in match.groups()]
        return _filled(translated, values)
    return text


def _filled(template: str, values: list[str]) -> str:
    return re.sub(r"%(\d)", lambda place: values[int(place[1]) - 1], template)


@cache
def _patterns(templates: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The one with the most words of its own comes first: “%1 is empty.” fits much else."""
    first = sorted(templates, key=lambda template: -len(re.sub(r"%\d", "", template)))
    return tuple((template, _pattern(template)) for template in first)


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"%\d", template)
    return re.compile("(.+?)".join(re.escape(part) for part in parts), re.DOTALL)
