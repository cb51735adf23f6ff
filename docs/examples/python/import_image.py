"""Make a machine from a disk image, start it and see it (`vm_manager` document, 12.2), in Python.

python import_image.py NAME IMAGE
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from app.errors import AppError
from app.vm.api import ManagerApi
from app.vm.events import DiskMigration, Subscription
from app.vm.records import MigrationOptions
from app.vm.session import open_manager


async def import_image(manager: ManagerApi, vm_name: str, image: Path) -> None:
    """Import in the background, follow it to its end, then start and show the machine."""
    await manager.grant_path(image)  # As if the person had chosen it in a dialog.
    options = MigrationOptions(guest_os_image_path=str(image))
    with manager.subscribe() as events:
        await manager.import_vm_disk_image(vm_name, options, background=True)
        await follow(events)
    path = await manager.get_vm_disk_image_path(vm_name)
    print(f"its disk: {path.name}, {await manager.get_vm_disk_size(vm_name)} MiB")
    started = await manager.start_vm(vm_name)
    print(f"started: {started.state.wire_name}")
    window_id = await manager.request_vm_window()
    view = await manager.create_vm_view(vm_name, window_id, 1024, 768)
    print(f"in window {view.window_id}: {view.width_px} x {view.height_px}")


async def follow(events: Subscription) -> None:
    """Tell of the import until it is over."""
    async for event in events:
        if isinstance(event, DiskMigration) and event.task.phase.is_over:
            print(f"imported: {event.task.phase.value}, {event.task.progress} %")
            if event.task.error:
                raise AppError(event.task.error)
            return


async def main() -> int:
    """Read the command line and do it."""
    vm_name, image = sys.argv[1:]
    try:
        async with open_manager() as manager:
            await import_image(manager, vm_name, Path(image))
    except AppError as err:
        print(f"vm error: {err.message} {err.remedy}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
