"""Sentences about the engine, the picture and the machines' files, for `app.views.problems`."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

ENGINE_SENTENCES = (
    # app/vm/power.py, registry.py, machine.py
    QT_TRANSLATE_NOOP(
        "Sentences", "The machine's memory did not belong to its disks: it was switched off."
    ),
    QT_TRANSLATE_NOOP("Sentences", "The machine is %1 now."),
    QT_TRANSLATE_NOOP("Sentences", "Look at the machine's state before you go on."),
    QT_TRANSLATE_NOOP("Sentences", "“%1” did not switch itself off within %2 s."),
    QT_TRANSLATE_NOOP("Sentences", "Wait, shut it down from inside, or force it off."),
    QT_TRANSLATE_NOOP("Sentences", "The start was cut off."),
    QT_TRANSLATE_NOOP("Sentences", "Start the machine again."),
    QT_TRANSLATE_NOOP("Sentences", "The manager is leaving."),
    QT_TRANSLATE_NOOP("Sentences", "Start Duplex VM again."),
    QT_TRANSLATE_NOOP("Sentences", "The machine's engine was lost."),
    # app/vm/qemu: the engine
    QT_TRANSLATE_NOOP("Sentences", "QEMU cannot be started: %1."),
    QT_TRANSLATE_NOOP("Sentences", "QEMU does not start: %1"),
    QT_TRANSLATE_NOOP("Sentences", "QEMU answers in an unknown way."),
    QT_TRANSLATE_NOOP("Sentences", "QEMU %1 is too old."),
    QT_TRANSLATE_NOOP("Sentences", "Install QEMU 7.2 or newer."),
    QT_TRANSLATE_NOOP("Sentences", "This QEMU has no %1 board."),
    QT_TRANSLATE_NOOP("Sentences", "Install the distribution's full QEMU for x86 machines."),
    QT_TRANSLATE_NOOP("Sentences", "The machine is being started, but does not come up."),
    QT_TRANSLATE_NOOP("Sentences", "The machine's engine ended while it was being started."),
    QT_TRANSLATE_NOOP("Sentences", "Another machine answers on this one's control socket."),
    QT_TRANSLATE_NOOP("Sentences", "The machine's engine could not be ended."),
    QT_TRANSLATE_NOOP("Sentences", "The machine's engine could not be ended from here."),
    QT_TRANSLATE_NOOP("Sentences", "Look for the process in a system monitor."),
    QT_TRANSLATE_NOOP("Sentences", "The engine refused a command."),
    QT_TRANSLATE_NOOP("Sentences", "The engine does not answer on its control socket."),
    QT_TRANSLATE_NOOP(
        "Sentences", "It cannot be seen which files the machine's engine has opened."
    ),
    QT_TRANSLATE_NOOP(
        "Sentences", "Run QEMU as the same user as Duplex VM, or start the machine without discs."
    ),
    QT_TRANSLATE_NOOP(
        "Sentences", "share path is not authorized: %1 was exchanged while the machine started."
    ),
    QT_TRANSLATE_NOOP(
        "Sentences", "Look who changes this file, choose it again, and start the machine."
    ),
    QT_TRANSLATE_NOOP("Sentences", "The machine has a serial port that is not known: %1."),
    QT_TRANSLATE_NOOP(
        "Sentences", "The UEFI firmware that fits this machine is not installed any more."
    ),
    QT_TRANSLATE_NOOP("Sentences", "Invalid file path: %1 is no firmware image; it has %2 bytes."),
    QT_TRANSLATE_NOOP("Sentences", "Choose an image of 64 KiB to 16 MiB, a multiple of 64 KiB."),
    QT_TRANSLATE_NOOP("Sentences", "Invalid file path: %1 became shorter while it was read."),
    # app/vm/qemu: disks
    QT_TRANSLATE_NOOP("Sentences", "The disk %1 is cut off at its beginning."),
    QT_TRANSLATE_NOOP("Sentences", "The disk %1 is not a qcow2 image."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Put the machine's own disk back, or convert this one with qemu-img into one that does.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The disk %1 cannot be used."),
    QT_TRANSLATE_NOOP("Sentences", "Put the machine's own disk back."),
    QT_TRANSLATE_NOOP("Sentences", "The disk could not be made."),
    QT_TRANSLATE_NOOP("Sentences", "The disk could not be made within %1 s."),
    QT_TRANSLATE_NOOP("Sentences", "Look whether the disk of this computer answers."),
    QT_TRANSLATE_NOOP("Sentences", "The disks cannot be taken back to the snapshot."),
    QT_TRANSLATE_NOOP("Sentences", "The machine has no free place for another disk while it runs."),
    QT_TRANSLATE_NOOP("Sentences", "The machine's board has no free slot for another disk."),
    QT_TRANSLATE_NOOP("Sentences", "Take another device off first."),
    # app/vm/display, and what connects to it
    QT_TRANSLATE_NOOP("Sentences", "The machine has no such screen."),
    QT_TRANSLATE_NOOP("Sentences", "It has %1 at most."),
    QT_TRANSLATE_NOOP("Sentences", "The machine's picture cannot be reached."),
    QT_TRANSLATE_NOOP("Sentences", "Look whether the machine still runs."),
    QT_TRANSLATE_NOOP("Sentences", "The display was closed."),
    QT_TRANSLATE_NOOP("Sentences", "The display sent something that makes no sense: %1."),
    QT_TRANSLATE_NOOP("Sentences", "The engine ended the display's connection."),
    QT_TRANSLATE_NOOP("Sentences", "The display did not answer within %1 seconds."),
    QT_TRANSLATE_NOOP("Sentences", "The display's connection failed: %1."),
    QT_TRANSLATE_NOOP("Sentences", "The display failed by a fault of this program."),
    QT_TRANSLATE_NOOP("Sentences", "The input monitor was closed."),
    QT_TRANSLATE_NOOP("Sentences", "The input monitor sent something that makes no sense: %1."),
    QT_TRANSLATE_NOOP("Sentences", "The engine ended the input monitor's connection."),
    QT_TRANSLATE_NOOP("Sentences", "The input monitor did not answer within %1 seconds."),
    QT_TRANSLATE_NOOP("Sentences", "The input monitor's connection failed: %1."),
    QT_TRANSLATE_NOOP("Sentences", "The input monitor failed by a fault of this program."),
    # app/vm/store.py, codec.py, off_loop.py, manager, limits.py
    QT_TRANSLATE_NOOP("Sentences", "The file is far too large for what it should hold."),
    QT_TRANSLATE_NOOP("Sentences", "The file does not hold what it should."),
    QT_TRANSLATE_NOOP("Sentences", "A newer version of Duplex VM wrote this file."),
    QT_TRANSLATE_NOOP("Sentences", "The file is not readable."),
    QT_TRANSLATE_NOOP("Sentences", "The file does not say which version wrote it."),
    QT_TRANSLATE_NOOP("Sentences", "The description names no disk."),
    QT_TRANSLATE_NOOP("Sentences", "A %1 is not a file: %2."),
    QT_TRANSLATE_NOOP("Sentences", "Put the file itself into the machine's folder, no link to it."),
    QT_TRANSLATE_NOOP("Sentences", "A %1 is missing: %2."),
    QT_TRANSLATE_NOOP("Sentences", "The machine in %1 has the same name."),
    QT_TRANSLATE_NOOP("Sentences", "The trash has no machine called “%1”."),
    QT_TRANSLATE_NOOP("Sentences", "Look for it in the list of machines."),
    QT_TRANSLATE_NOOP("Sentences", "There is already a folder %1 in the library."),
    QT_TRANSLATE_NOOP("Sentences", "Rename or move that machine first."),
    QT_TRANSLATE_NOOP("Sentences", "Invalid file path: %1 does not answer."),
    QT_TRANSLATE_NOOP(
        "Sentences", "Look after the drive or network share that it lies on, then try again."
    ),
    QT_TRANSLATE_NOOP("Sentences", "The machine is running."),
    QT_TRANSLATE_NOOP("Sentences", "Shut it down first, then delete it."),
    QT_TRANSLATE_NOOP("Sentences", "This machine cannot be renamed now."),
    QT_TRANSLATE_NOOP("Sentences", "Wait until it has reached another state."),
    QT_TRANSLATE_NOOP("Sentences", "Look at the machine's status for what is wrong."),
    QT_TRANSLATE_NOOP("Sentences", "This computer cannot be probed."),
    QT_TRANSLATE_NOOP("Sentences", "This manager has no screen."),
    QT_TRANSLATE_NOOP("Sentences", "Start Duplex VM on a desktop."),
    QT_TRANSLATE_NOOP("Sentences", "%1 of memory were asked for; this computer has %2."),
    QT_TRANSLATE_NOOP("Sentences", "Give the machine less memory."),
)
