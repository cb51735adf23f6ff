"""Make a machine, start it and look at it (`vm_manager` document, 12.4), over the socket.

python create_start_view.py SOCKET NAME [MEMORY_MIB DISK_MIB]
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from qemu.qmp import EventListener, ExecuteError, QMPClient


async def create_start_view(qmp: QMPClient, vm_name: str, cfg: dict[str, Any]) -> None:
    """The sample of the document; a window is asked for, since 1001 is nobody's."""
    with qmp.listener("vmStateChange") as events:
        await qmp.execute("on", {"event": "vmStateChange"})
        await qmp.execute("createVm", {"vmName": vm_name, "cfg": cfg})
        await qmp.execute("startVm", {"vmName": vm_name, "cfg": cfg})
        window_id = await qmp.execute("requestVmWindow")
        wanted = {"vmName": vm_name, "windowId": window_id, "width": 1280, "height": 720}
        view: Any = await qmp.execute("createVmView", wanted)
        print(f"window {view['windowId']}: {view['width']} x {view['height']}")
        await tell_states(events)


async def tell_states(events: EventListener) -> None:
    """Print the states that the machine goes through, until it is viewed."""
    async for event in events:
        data: Any = event["data"]
        print(f"state: {data['stateName']}")
        if data["stateName"] == "STATE_VIEWING":
            return


async def main() -> int:
    """Read the command line and do it."""
    socket, vm_name, *sizes = sys.argv[1:]
    memory, disk = map(int, sizes or (4096, 64 * 1024))
    cfg = {"cpuNum": 2, "memorySize": memory, "diskSize": disk, "netMode": "MODE_NAT"}
    qmp = QMPClient("example")
    await qmp.connect(socket)
    try:
        await create_start_view(qmp, vm_name, cfg)
    except ExecuteError as err:
        print(f"vm error: {err.error_class}: {err}", file=sys.stderr)
        return 1
    finally:
        await qmp.disconnect()
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
