"""Sentences about images and archives, for `app.views.problems`: import and export."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

IMAGE_SENTENCES = (
    # Imports: app/vm/importing.py and its neighbour for archives
    QT_TRANSLATE_NOOP("Sentences", "A disk can have at most %1."),
    QT_TRANSLATE_NOOP("Sentences", "Choose another size, or none for that of the image."),
    QT_TRANSLATE_NOOP("Sentences", "An image that keeps its snapshots is taken as it is now."),
    QT_TRANSLATE_NOOP("Sentences", "Import it without a time, or without its snapshots."),
    QT_TRANSLATE_NOOP(
        "Sentences", "The file holds a whole machine, and cannot become the disk of one."
    ),
    QT_TRANSLATE_NOOP("Sentences", "Import it under a name that no machine has yet."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "A whole machine is taken as it is, with disks of their size and without snapshots.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences", "Import it without these wishes; its disks can grow afterwards."
    ),
    QT_TRANSLATE_NOOP("Sentences", "A packed disk whose size is not told cannot be imported."),
    QT_TRANSLATE_NOOP("Sentences", "Export the machine again without packing its disks."),
    # app/vm/images: archives of whole machines
    QT_TRANSLATE_NOOP("Sentences", "%1 is not complete: %2 is missing."),
    QT_TRANSLATE_NOOP("Sentences", "Copy or download all of its files again."),
    QT_TRANSLATE_NOOP("Sentences", "The path of %1 is not UTF-8."),
    QT_TRANSLATE_NOOP("Sentences", "Rename it."),
    QT_TRANSLATE_NOOP("Sentences", "%1 cannot be read: %2."),
    QT_TRANSLATE_NOOP("Sentences", "Look whether it is still there and whether you may read it."),
    QT_TRANSLATE_NOOP("Sentences", "%1 was changed while it was imported."),
    QT_TRANSLATE_NOOP("Sentences", "%1 was exchanged while it was imported."),
    QT_TRANSLATE_NOOP("Sentences", "%1 went away while it was imported."),
    QT_TRANSLATE_NOOP("Sentences", "Import it again."),
    QT_TRANSLATE_NOOP("Sentences", "Close the programs that use it, then import it again."),
    QT_TRANSLATE_NOOP("Sentences", "%1 has no digest of %2."),
    QT_TRANSLATE_NOOP(
        "Sentences", "Use another copy, or remove the manifest to import without a check."
    ),
    QT_TRANSLATE_NOOP("Sentences", "%1 has digests of a kind that is not known here: %2."),
    QT_TRANSLATE_NOOP("Sentences", "Export the machine again where it came from, with SHA256."),
    QT_TRANSLATE_NOOP("Sentences", "%1 is damaged: it is not what its manifest says."),
    QT_TRANSLATE_NOOP("Sentences", "Copy or download it again."),
    QT_TRANSLATE_NOOP("Sentences", "%1 is not a tar archive, or is damaged inside."),
    QT_TRANSLATE_NOOP("Sentences", "%1 holds %2; only plain files belong into it."),
    QT_TRANSLATE_NOOP("Sentences", "%1 holds a file with a name that leads elsewhere: %2"),
    QT_TRANSLATE_NOOP("Sentences", "Export the machine again where it came from."),
    QT_TRANSLATE_NOOP("Sentences", "%1 is not a machine's description in OVF 1 or 2."),
    QT_TRANSLATE_NOOP("Sentences", "%1 describes %2 machines; only one can be imported at a time."),
    QT_TRANSLATE_NOOP("Sentences", "Export the machines one by one where they came from."),
    QT_TRANSLATE_NOOP("Sentences", "%1 has a file that is cut into pieces, which cannot be read."),
    QT_TRANSLATE_NOOP("Sentences", "Export the machine again without cutting it into pieces."),
    QT_TRANSLATE_NOOP("Sentences", "%1 has a file that is packed with %2."),
    QT_TRANSLATE_NOOP("Sentences", "Export the machine again, packed with gzip or not at all."),
    QT_TRANSLATE_NOOP("Sentences", "%1 refers to a file that does not lie beside it: %2"),
    QT_TRANSLATE_NOOP(
        "Sentences", "Put all files of the machine into one folder, or export it again."
    ),
    QT_TRANSLATE_NOOP("Sentences", "%1 wants %2 processors; a machine can have 1 to %3."),
    QT_TRANSLATE_NOOP("Sentences", "Give it fewer where it came from, and export it again."),
    QT_TRANSLATE_NOOP(
        "Sentences", "%1 has a disk that is stored as the difference to another one."
    ),
    QT_TRANSLATE_NOOP(
        "Sentences", "Remove the machine's snapshots where it came from, and export it again."
    ),
    QT_TRANSLATE_NOOP("Sentences", "%1 has %2 disks; a machine here can have %3."),
    QT_TRANSLATE_NOOP("Sentences", "Take disks off where it came from, and export it again."),
    QT_TRANSLATE_NOOP("Sentences", "%1 gives a number of %2 that no machine can have."),
    QT_TRANSLATE_NOOP("Sentences", "%1 wants %2 bytes of memory, which no machine can have."),
    QT_TRANSLATE_NOOP("Sentences", "Change it where it came from, and export it again."),
    QT_TRANSLATE_NOOP(
        "Sentences", "%1 has a document type or entities, which a machine's description has not."
    ),
    QT_TRANSLATE_NOOP("Sentences", "Use another copy of it; this one may be made to do harm."),
    QT_TRANSLATE_NOOP("Sentences", "%1 is damaged: it is not XML."),
    QT_TRANSLATE_NOOP("Sentences", "%1 cannot be unpacked."),
    QT_TRANSLATE_NOOP("Sentences", "The unpacked image has no room on this disk."),
    QT_TRANSLATE_NOOP("Sentences", "Make room there."),
    # app/vm/images: looking at images
    QT_TRANSLATE_NOOP("Sentences", "%1 could not be looked through within %2 s."),
    QT_TRANSLATE_NOOP("Sentences", "Copy it to a faster disk, then try again."),
    QT_TRANSLATE_NOOP("Sentences", "%1 does not stand alone: it leads to another file."),
    QT_TRANSLATE_NOOP("Sentences", "%1 does not stand alone: it has a backing file."),
    QT_TRANSLATE_NOOP("Sentences", "%1 does not stand alone: its data lies in another file."),
    QT_TRANSLATE_NOOP(
        "Sentences", "Convert it where it came from into an image that holds its own data."
    ),
    QT_TRANSLATE_NOOP(
        "Sentences", "Convert it where it came from into an image without encryption."
    ),
    QT_TRANSLATE_NOOP("Sentences", "Convert it where it came from into an image without them."),
    QT_TRANSLATE_NOOP("Sentences", "Convert it where it came from into a qcow2 image."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Merge the two where it came from (qemu-img rebase -b ''), and take the result.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "%1 is marked as corrupt."),
    QT_TRANSLATE_NOOP(
        "Sentences", "Repair a copy of it with “qemu-img check -r all”, and take that."
    ),
    QT_TRANSLATE_NOOP(
        "Sentences", "Repair a copy of it with “qemu-img check -r all”, or use another copy."
    ),
    QT_TRANSLATE_NOOP("Sentences", "%1 needs features of qcow2 that are not known here."),
    QT_TRANSLATE_NOOP("Sentences", "%1 is damaged or cut off: the disk tools find errors in it."),
    QT_TRANSLATE_NOOP("Sentences", "%1 is in use by another program."),
    QT_TRANSLATE_NOOP("Sentences", "Shut the machine down that it belongs to, then try again."),
    QT_TRANSLATE_NOOP("Sentences", "%1 was not closed properly by the program that wrote it."),
    QT_TRANSLATE_NOOP(
        "Sentences", "Attach it in Windows or Hyper-V once and detach it, then take it."
    ),
    QT_TRANSLATE_NOOP("Sentences", "Decrypt it where it came from."),
    QT_TRANSLATE_NOOP(
        "Sentences", "Decrypt it where it came from, or import it as a raw disk all the same."
    ),
    QT_TRANSLATE_NOOP("Sentences", "Use another copy of it."),
    QT_TRANSLATE_NOOP("Sentences", "%1 is %2, not a disk image."),
    QT_TRANSLATE_NOOP("Sentences", "Unpack it, and choose the disk image inside."),
    QT_TRANSLATE_NOOP("Sentences", "%1 is %2, by a name that is not one of a disk image."),
    QT_TRANSLATE_NOOP(
        "Sentences", "Rename it so that it ends in .qcow2, .vmdk, .vdi, .vhd, .vhdx or .img."
    ),
    QT_TRANSLATE_NOOP("Sentences", "%1 is not a %2 image, or its beginning or end is missing."),
    QT_TRANSLATE_NOOP(
        "Sentences", "Copy or download it again, or rename it to .img if it is a raw disk."
    ),
    QT_TRANSLATE_NOOP("Sentences", "%1 is %2, not a %3 disk."),
    QT_TRANSLATE_NOOP("Sentences", "%1 is %2, not a %3 one."),
    QT_TRANSLATE_NOOP(
        "Sentences", "Rename it so that it ends in .%1, if that is what you were given."
    ),
    QT_TRANSLATE_NOOP("Sentences", "Rename it so that it ends in .%1."),
    QT_TRANSLATE_NOOP("Sentences", "%1 has its data in other files of the archive."),
    QT_TRANSLATE_NOOP("Sentences", "Unpack the archive, and import the unpacked image."),
    QT_TRANSLATE_NOOP("Sentences", "%1 was changed while it was looked at."),
    QT_TRANSLATE_NOOP("Sentences", "Close the programs that use it, then try again."),
    QT_TRANSLATE_NOOP(
        "Sentences", "%1 does not look like a disk: it has no partitions and no file system."
    ),
    QT_TRANSLATE_NOOP(
        "Sentences", "Choose another file, or import this one as a raw disk all the same."
    ),
    QT_TRANSLATE_NOOP("Sentences", "%1 is not complete: the file %2 is missing."),
    QT_TRANSLATE_NOOP("Sentences", "Put all files of the image into one folder."),
    QT_TRANSLATE_NOOP("Sentences", "%1 is a link to another file."),
    QT_TRANSLATE_NOOP("Sentences", "Choose the file that it leads to."),
    QT_TRANSLATE_NOOP("Sentences", "%1 is %2, not a file."),
    QT_TRANSLATE_NOOP("Sentences", "Choose a disk image."),
    QT_TRANSLATE_NOOP(
        "Sentences", "%1 is a differencing image: it needs another image beneath it."
    ),
    QT_TRANSLATE_NOOP(
        "Sentences", "Clone the disk in VirtualBox as one whole disk, and take that."
    ),
    QT_TRANSLATE_NOOP(
        "Sentences", "Merge it with its parent disk where it came from, and take the result."
    ),
    QT_TRANSLATE_NOOP(
        "Sentences", "Merge it with its parent disk in Hyper-V, and take the result."
    ),
    QT_TRANSLATE_NOOP(
        "Sentences", "Export the machine where it came from as one whole disk, and take that."
    ),
    QT_TRANSLATE_NOOP("Sentences", "Take the encryption away where it came from."),
    QT_TRANSLATE_NOOP("Sentences", "%1 has a part of the kind %2, which cannot be read."),
    QT_TRANSLATE_NOOP(
        "Sentences", "%1 has a part that may not be written, which cannot be read here."
    ),
    QT_TRANSLATE_NOOP("Sentences", "%1 leads to a file outside of its own folder."),
    QT_TRANSLATE_NOOP("Sentences", "Do not use this image, unless you know why it does so."),
    QT_TRANSLATE_NOOP("Sentences", "%1 is cut off: its end is missing."),
    QT_TRANSLATE_NOOP(
        "Sentences", "Copy or download it again, and compare its size with the original's."
    ),
    QT_TRANSLATE_NOOP("Sentences", "The imported disk cannot be read."),
    # app/vm/images/copying.py, packed.py, file_copy.py
    QT_TRANSLATE_NOOP("Sentences", "The disk image could not be imported."),
    QT_TRANSLATE_NOOP("Sentences", "The disk image could not be imported. %1."),
    QT_TRANSLATE_NOOP("Sentences", "The disk image could not be imported. The disk is full."),
    QT_TRANSLATE_NOOP("Sentences", "The snapshots in this image cannot be kept."),
    QT_TRANSLATE_NOOP(
        "Sentences", "Import it without them, or convert it to a qcow2 file of version 3 first."
    ),
    QT_TRANSLATE_NOOP("Sentences", "The image has no snapshot from that time or before."),
    QT_TRANSLATE_NOOP("Sentences", "Choose a later time, or import the disk as it is now."),
    QT_TRANSLATE_NOOP("Sentences", "The image has %1; disks only grow."),
    QT_TRANSLATE_NOOP("Sentences", "The imported disk could not grow."),
    QT_TRANSLATE_NOOP("Sentences", "The imported disk could not grow. The disk is full."),
    QT_TRANSLATE_NOOP("Sentences", "The imported disk is not whole."),
    # app/vm/exporting.py, app/vm/images/exporting.py, placing.py
    QT_TRANSLATE_NOOP("Sentences", "Snapshots can be exported while the machine is off only."),
    QT_TRANSLATE_NOOP("Sentences", "Shut it down first, or export the disk as it is now."),
    QT_TRANSLATE_NOOP(
        "Sentences", "A machine with several disks can be exported as a whole while it is off only."
    ),
    QT_TRANSLATE_NOOP("Sentences", "Shut it down first, or export its system disk alone."),
    QT_TRANSLATE_NOOP("Sentences", "The copy cannot be written."),
    QT_TRANSLATE_NOOP("Sentences", "The disk could not be exported."),
    QT_TRANSLATE_NOOP("Sentences", "The disk could not be exported. The disk is full."),
    QT_TRANSLATE_NOOP("Sentences", "The disk could not be exported. %1."),
    QT_TRANSLATE_NOOP("Sentences", "Images in the format %1 cannot be compressed."),
    QT_TRANSLATE_NOOP("Sentences", "Export without compression, or as qcow2, vmdk or ova."),
    QT_TRANSLATE_NOOP("Sentences", "An exported disk keeps its size."),
    QT_TRANSLATE_NOOP("Sentences", "Let the machine's disk grow instead."),
    QT_TRANSLATE_NOOP("Sentences", "snapshotTime is before 1970."),
    QT_TRANSLATE_NOOP("Sentences", "The disk has no snapshot from that time or before."),
    QT_TRANSLATE_NOOP("Sentences", "Choose a later time, or export the disk as it is now."),
    QT_TRANSLATE_NOOP(
        "Sentences", "Not enough disk space in %1: the copy needs %2, %3 more than are free."
    ),
    QT_TRANSLATE_NOOP("Sentences", "Make room there, or choose another place."),
    QT_TRANSLATE_NOOP("Sentences", "The new image is not whole."),
    QT_TRANSLATE_NOOP("Sentences", "The %1 stands for no format that can be written."),
    QT_TRANSLATE_NOOP("Sentences", "Use one of %1."),
    QT_TRANSLATE_NOOP("Sentences", "Images in the format %1 cannot hold snapshots."),
    QT_TRANSLATE_NOOP("Sentences", "Export as qcow2, or without the snapshots."),
    QT_TRANSLATE_NOOP("Sentences", "An image that keeps its snapshots is copied as it is."),
    QT_TRANSLATE_NOOP("Sentences", "Export it without compression and without a time."),
    QT_TRANSLATE_NOOP("Sentences", "%1 is there already."),
    QT_TRANSLATE_NOOP("Sentences", "Choose another name, or remove that file."),
    # app/vm/images/bounds.py and its neighbours
    QT_TRANSLATE_NOOP("Sentences", "%1 is damaged: %2."),
    QT_TRANSLATE_NOOP("Sentences", "%1 is encrypted."),
    QT_TRANSLATE_NOOP("Sentences", "%1 is not a file."),
    QT_TRANSLATE_NOOP("Sentences", "%1 is empty."),
)

# What stands after a colon or a verb in these sentences: translated alone, then set in.
PHRASES = (
    # what is wrong with an image or an archive
    QT_TRANSLATE_NOOP("Sentences", "it says that %1 has %2 bytes, but there are %3"),
    QT_TRANSLATE_NOOP("Sentences", "it holds %1 descriptions of a machine, not one"),
    QT_TRANSLATE_NOOP("Sentences", "it holds %1 lists of digests"),
    QT_TRANSLATE_NOOP("Sentences", "it is too large for what it should be"),
    QT_TRANSLATE_NOOP("Sentences", "%1 in it is too large"),
    QT_TRANSLATE_NOOP("Sentences", "it says that its disk has a size of 0"),
    QT_TRANSLATE_NOOP("Sentences", "it says that its disk is larger than 64 TiB"),
    QT_TRANSLATE_NOOP("Sentences", "the disk tools find another format in it"),
    QT_TRANSLATE_NOOP("Sentences", "its headers contradict each other about its size"),
    QT_TRANSLATE_NOOP("Sentences", "it is marked as corrupt"),
    QT_TRANSLATE_NOOP("Sentences", "it names itself as the file with its data"),
    QT_TRANSLATE_NOOP("Sentences", "it is not a part of a VMDK image"),
    QT_TRANSLATE_NOOP("Sentences", "its size is not the one that the descriptor gives"),
    QT_TRANSLATE_NOOP("Sentences", "it is too large for a list of digests"),
    QT_TRANSLATE_NOOP("Sentences", "it is not a text"),
    QT_TRANSLATE_NOOP("Sentences", "it lists too many files"),
    QT_TRANSLATE_NOOP("Sentences", "a line in it is no digest of a file"),
    QT_TRANSLATE_NOOP("Sentences", "a digest in it is too short or too long"),
    QT_TRANSLATE_NOOP("Sentences", "it attaches a disk that it does not describe"),
    QT_TRANSLATE_NOOP("Sentences", "it does not say what hardware the machine has"),
    QT_TRANSLATE_NOOP("Sentences", "it describes no machine"),
    QT_TRANSLATE_NOOP("Sentences", "the machine in it has no disk"),
    QT_TRANSLATE_NOOP("Sentences", "it refers to more than %1 files"),
    QT_TRANSLATE_NOOP("Sentences", "it has two files with one id"),
    QT_TRANSLATE_NOOP("Sentences", "it has two disks with one id"),
    QT_TRANSLATE_NOOP("Sentences", "a disk in it refers to a file that it does not list"),
    QT_TRANSLATE_NOOP("Sentences", "it attaches one disk twice"),
    QT_TRANSLATE_NOOP("Sentences", "it gives no number of %1"),
    QT_TRANSLATE_NOOP("Sentences", "it counts in a unit that is not known: %1"),
    QT_TRANSLATE_NOOP("Sentences", "it is larger than 1 MiB"),
    QT_TRANSLATE_NOOP("Sentences", "it has more elements than any machine"),
    QT_TRANSLATE_NOOP("Sentences", "its elements are too deep inside each other"),
    QT_TRANSLATE_NOOP("Sentences", "something follows the end of the stream"),
    QT_TRANSLATE_NOOP("Sentences", "what is packed in it is larger than it may be"),
    QT_TRANSLATE_NOOP("Sentences", "its header is not one of a qcow2 image of version 2 or 3"),
    QT_TRANSLATE_NOOP("Sentences", "the size of its clusters cannot be"),
    QT_TRANSLATE_NOOP("Sentences", "its tables are larger than they can be"),
    QT_TRANSLATE_NOOP("Sentences", "it says that it holds more than %1 snapshots"),
    QT_TRANSLATE_NOOP("Sentences", "its header has a length or a layout that cannot be"),
    QT_TRANSLATE_NOOP("Sentences", "its header says things that contradict each other"),
    QT_TRANSLATE_NOOP("Sentences", "it holds more than %1 files"),
    QT_TRANSLATE_NOOP("Sentences", "a header in it has another checksum"),
    QT_TRANSLATE_NOOP("Sentences", "a header in it has no size"),
    QT_TRANSLATE_NOOP("Sentences", "a file in it has an endless name"),
    QT_TRANSLATE_NOOP("Sentences", "a header in it gives all files one name or size"),
    QT_TRANSLATE_NOOP("Sentences", "an extended header in it cannot be read"),
    QT_TRANSLATE_NOOP("Sentences", "a file in it has a name that is not UTF-8"),
    QT_TRANSLATE_NOOP("Sentences", "two files in it are called %1"),
    QT_TRANSLATE_NOOP("Sentences", "its type is not one of a VDI image"),
    QT_TRANSLATE_NOOP("Sentences", "its type is not one of a VHD image"),
    QT_TRANSLATE_NOOP("Sentences", "the size of its blocks cannot be"),
    QT_TRANSLATE_NOOP("Sentences", "the number of its blocks cannot be"),
    QT_TRANSLATE_NOOP("Sentences", "the size or the number of its blocks cannot be"),
    QT_TRANSLATE_NOOP("Sentences", "its beginning is not one of a dynamic VHD image"),
    QT_TRANSLATE_NOOP("Sentences", "its second header is missing"),
    QT_TRANSLATE_NOOP("Sentences", "its footer is not one of a VHD image"),
    QT_TRANSLATE_NOOP("Sentences", "it has no metadata"),
    QT_TRANSLATE_NOOP("Sentences", "its metadata are not complete"),
    QT_TRANSLATE_NOOP("Sentences", "it has no region table"),
    QT_TRANSLATE_NOOP("Sentences", "its header is not one of a VMDK image"),
    QT_TRANSLATE_NOOP("Sentences", "it was changed by a transfer as text"),
    QT_TRANSLATE_NOOP("Sentences", "its descriptor is longer than 1 MiB"),
    QT_TRANSLATE_NOOP("Sentences", "its header and its footer contradict each other"),
    QT_TRANSLATE_NOOP("Sentences", "its descriptor holds control characters"),
    QT_TRANSLATE_NOOP("Sentences", "a part of it has a size that cannot be"),
    QT_TRANSLATE_NOOP("Sentences", "its descriptor does not say where the data of a part begins"),
    QT_TRANSLATE_NOOP("Sentences", "its descriptor does not name the file of a part"),
    QT_TRANSLATE_NOOP("Sentences", "its descriptor names no file with the disk's data"),
    QT_TRANSLATE_NOOP("Sentences", "its descriptor names more than %1 files"),
    QT_TRANSLATE_NOOP("Sentences", "its descriptor has a line that means nothing"),
    QT_TRANSLATE_NOOP("Sentences", "a disk in it is larger than its description says"),
    QT_TRANSLATE_NOOP("Sentences", "the file became shorter while it was copied"),
    QT_TRANSLATE_NOOP("Sentences", "the file is cut off"),
    # app/vm/images/headers.py and its neighbours: kinds of files
    QT_TRANSLATE_NOOP("Sentences", "a qcow2 image"),
    QT_TRANSLATE_NOOP("Sentences", "a QED image"),
    QT_TRANSLATE_NOOP("Sentences", "a VMDK image"),
    QT_TRANSLATE_NOOP("Sentences", "a VMDK descriptor"),
    QT_TRANSLATE_NOOP("Sentences", "a VDI image"),
    QT_TRANSLATE_NOOP("Sentences", "a VHD image"),
    QT_TRANSLATE_NOOP("Sentences", "a fixed VHD image"),
    QT_TRANSLATE_NOOP("Sentences", "a VHDX image"),
    QT_TRANSLATE_NOOP("Sentences", "a gzip archive"),
    QT_TRANSLATE_NOOP("Sentences", "an xz archive"),
    QT_TRANSLATE_NOOP("Sentences", "a bzip2 archive"),
    QT_TRANSLATE_NOOP("Sentences", "a zstd archive"),
    QT_TRANSLATE_NOOP("Sentences", "a zip archive"),
    QT_TRANSLATE_NOOP("Sentences", "a 7-Zip archive"),
    QT_TRANSLATE_NOOP("Sentences", "a tar archive"),
    QT_TRANSLATE_NOOP("Sentences", "an encrypted LUKS volume"),
    QT_TRANSLATE_NOOP("Sentences", "a qcow image of version 1"),
    QT_TRANSLATE_NOOP("Sentences", "a Parallels image"),
    QT_TRANSLATE_NOOP("Sentences", "a sparse ESX image"),
    QT_TRANSLATE_NOOP("Sentences", "an ISO 9660 disc"),
    QT_TRANSLATE_NOOP("Sentences", "not an image of a kind known here"),
    QT_TRANSLATE_NOOP("Sentences", "a folder"),
    QT_TRANSLATE_NOOP("Sentences", "a device or a pipe"),
    QT_TRANSLATE_NOOP("Sentences", "a hard link"),
    QT_TRANSLATE_NOOP("Sentences", "a symbolic link"),
    QT_TRANSLATE_NOOP("Sentences", "a sparse file"),
    QT_TRANSLATE_NOOP("Sentences", "a device"),
    QT_TRANSLATE_NOOP("Sentences", "a pipe"),
    QT_TRANSLATE_NOOP("Sentences", "something that is no file"),
    QT_TRANSLATE_NOOP("Sentences", "bytes of a file"),
    QT_TRANSLATE_NOOP("Sentences", "bytes of a disk"),
    QT_TRANSLATE_NOOP("Sentences", "bytes of memory"),
    QT_TRANSLATE_NOOP("Sentences", "processors"),
    QT_TRANSLATE_NOOP("Sentences", "format “%1”"),
    QT_TRANSLATE_NOOP("Sentences", "ending of %1"),
    # errno(3): what the system says most often
    QT_TRANSLATE_NOOP("Sentences", "No space left on device"),
    QT_TRANSLATE_NOOP("Sentences", "Permission denied"),
    QT_TRANSLATE_NOOP("Sentences", "No such file or directory"),
    QT_TRANSLATE_NOOP("Sentences", "Input/output error"),
    QT_TRANSLATE_NOOP("Sentences", "Read-only file system"),
    QT_TRANSLATE_NOOP("Sentences", "Disk quota exceeded"),
    QT_TRANSLATE_NOOP("Sentences", "Stale file handle"),
)
