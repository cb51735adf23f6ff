"""A damaged disk is repaired by the disk tool, after it was copied as it is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from app.atomic import sync_folder
from app.vm.images.exporting import check_room, taken_up
from app.vm.images.file_copy import can_clone, copy_file, told_from_thread
from app.vm.recovery.checking import ImageState, repair
from app.vm.store import storing
from app.vm.unbroken import unbroken


async def repair_with_copy(
    image: Path, on_progress: Callable[[float], None]
) -> tuple[ImageState, Path]:
    """Copy a disk, then repair it; what is wrong afterwards, and the copy, which is kept.

    Args:
        image: nobody uses it.
        on_progress: told fractions of 1 of the copying.

    Raises:
        DiskLessError: there is no room for the copy; nothing was touched.
        AppError: the disk cannot be copied, or see `repair`; the copy, when whole, is kept.
    """
    number = time.time_ns() // 1_000_000
    copy = image.with_name(f"{image.stem}.before-repair-{number}.qcow2")
    with storing("The disk cannot be copied before its repair; nothing was changed."):
        if not await asyncio.to_thread(can_clone, image, image.parent):
            await asyncio.to_thread(lambda: check_room(image.parent, taken_up(image)))
        part = copy.with_name(f"{copy.name}.part")
        await told_from_thread(lambda tell, stop: copy_file(image, part, tell, stop), on_progress)
        await unbroken(asyncio.to_thread(_place, part, copy))
    return await repair(image), copy


def _place(part: Path, copy: Path) -> None:
    part.rename(copy)
    sync_folder(copy.parent)
