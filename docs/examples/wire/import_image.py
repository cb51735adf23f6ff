"""Make a machine from a disk image, start it and look at it (`vm_manager` document, 12.2).

python import_image.py SOCKET NAME IMAGE
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from qemu.qmp import EventListener, ExecuteError, QMPClient


async def import_image(qmp: QMPClient, vm_name: str, image: str) -> None:
    """Import in the background, follow it to its end, then start and show the machine."""
    await qmp.execute("grantPath", {"path": image})  # As if the person had chosen it in a dialog.
    wanted = {
        "vmName": vm_name,
        "options": {"guestOSImagePath": image},
        "background": True,
    }
    with qmp.listener("vmDiskMigration") as events:
        await qmp.execute("on", {"event": "vmDiskMigration"})
        await qmp.execute("importVmDiskImage", wanted)
        await follow(events)
    path: Any = await qmp.execute("getVmDiskImagePath", {"vmName": vm_name})
    size = await qmp.execute("getVmDiskSize", {"vmName": vm_name})
    print(f"its disk: {path.rpartition('/')[2]}, {size} MiB")
    started: Any = await qmp.execute("startVm", {"vmName": vm_name})
    print(f"started: {started['stateName']}")
    window_id = await qmp.execute("requestVmWindow")
    shown = {"vmName": vm_name, "windowId": window_id, "width": 1024, "height": 768}
    view: Any = await qmp.execute("createVmView", shown)
    print(f"in window {view['windowId']}: {view['width']} x {view['height']}")


async def follow(events: EventListener) -> None:
    """Tell of the import until it is over."""
    async for event in events:
        task: Any = event["data"]
        if task["phase"] in {"done", "failed", "cancelled"}:
            print(f"imported: {task['phase']}, {task['progress']} %")
            if task["error"]:
                sys.exit(f"vm error: {task['error']}")
            return


async def main() -> int:
    """Read the command line and do it."""
    socket, vm_name, image = sys.argv[1:]
    qmp = QMPClient("example")
    await qmp.connect(socket)
    try:
        await import_image(qmp, vm_name, image)
    except ExecuteError as err:
        print(f"vm error: {err.error_class}: {err}", file=sys.stderr)
        return 1
    finally:
        await qmp.disconnect()
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
