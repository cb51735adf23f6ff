"""Install a system from a disc (`vm_manager` document, 12.1), over the socket.

python install_from_disc.py SOCKET NAME DISC [MEMORY_MIB DISK_MIB]
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from qemu.qmp import ExecuteError, QMPClient


async def install(qmp: QMPClient, vm_name: str, disc: str, cfg: dict[str, Any]) -> None:
    """The five steps of the document."""
    vm: Any = await qmp.execute("createVm", {"vmName": vm_name, "cfg": cfg})
    print(f"made: {vm['stateName']}, a disk of {vm['diskSize']} MiB")

    # A program may name files in the person's own folders; others a person grants.
    vm = await qmp.execute("mountCDDriveToVm", {"vmName": vm_name, "isoPath": disc})
    print(f"in the drive: {vm['isoPath']}")

    vm = await qmp.execute("startVm", {"vmName": vm_name})
    print(f"started: {vm['stateName']}")

    window_id = await qmp.execute("requestVmWindow")
    wanted = {"vmName": vm_name, "windowId": window_id, "width": 1280, "height": 720}
    await qmp.execute("createVmView", wanted)
    view: Any = await qmp.execute("setVmViewSize", {"width": 1024, "height": 768})
    print(f"in window {view['windowId']}: {view['width']} x {view['height']}")
    visible = await qmp.execute("checkVmWindowVisible", {"vmName": vm_name})
    print(f"to be seen: {visible}")


async def main() -> int:
    """Read the command line and do it."""
    socket, vm_name, disc, *sizes = sys.argv[1:]
    memory, disk = map(int, sizes or (4096, 64 * 1024))
    cfg = {"cpuNum": 2, "memorySize": memory, "diskSize": disk}
    qmp = QMPClient("example")
    await qmp.connect(socket)
    try:
        await install(qmp, vm_name, disc, cfg)
    except ExecuteError as err:
        print(f"vm error: {err.error_class}: {err}", file=sys.stderr)
        return 1
    finally:
        await qmp.disconnect()
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
