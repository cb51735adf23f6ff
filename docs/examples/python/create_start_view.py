"""Make a machine, start it and look at it (`vm_manager` document, 12.4), in Python.

python create_start_view.py NAME [MEMORY_MIB DISK_MIB]
"""

from __future__ import annotations

import asyncio
import sys

from app.errors import AppError
from app.vm.api import ManagerApi
from app.vm.events import StateChanged, Subscription
from app.vm.model import CfgInfo, NetMode
from app.vm.session import open_manager
from app.vm.state import VmState


async def create_start_view(manager: ManagerApi, vm_name: str, cfg: CfgInfo) -> None:
    """The sample of the document; a window is asked for, since 1001 is nobody's."""
    with manager.subscribe() as events:
        await manager.create_vm(vm_name, cfg)
        await manager.start_vm(vm_name, cfg)
        window_id = await manager.request_vm_window()
        view = await manager.create_vm_view(vm_name, window_id, 1280, 720)
        print(f"window {view.window_id}: {view.width_px} x {view.height_px}")
        await tell_states(events)


async def tell_states(events: Subscription) -> None:
    """Print the states that the machine goes through, until it is viewed."""
    async for event in events:
        if isinstance(event, StateChanged):
            print(f"state: {event.state.wire_name}")
            if event.state is VmState.VIEWING:
                return


async def main() -> int:
    """Read the command line and do it."""
    vm_name, *sizes = sys.argv[1:]
    memory, disk = map(int, sizes or (4096, 64 * 1024))
    cfg = CfgInfo(cpu_num=2, memory_size=memory, disk_size=disk, net_mode=NetMode.MODE_NAT)
    try:
        async with open_manager() as manager:
            await create_start_view(manager, vm_name, cfg)
    except AppError as err:
        print(f"vm error: {err.code}: {err.message} {err.remedy}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
