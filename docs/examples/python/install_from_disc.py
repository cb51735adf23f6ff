"""Install a system from a disc (`vm_manager` document, 12.1), in Python.

python install_from_disc.py NAME DISC [MEMORY_MIB DISK_MIB]
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from app.errors import AppError
from app.vm.api import ManagerApi
from app.vm.model import CfgInfo
from app.vm.session import open_manager


async def install(manager: ManagerApi, vm_name: str, disc: Path, cfg: CfgInfo) -> None:
    """The five steps of the document."""
    vm = await manager.create_vm(vm_name, cfg)
    print(f"made: {vm.state.wire_name}, a disk of {vm.disk_mib} MiB")

    # A program may name files in the person's own folders; others a person grants.
    vm = await manager.mount_cd_drive_to_vm(vm_name, disc)
    print(f"in the drive: {vm.disc}")

    vm = await manager.start_vm(vm_name)
    print(f"started: {vm.state.wire_name}")

    window_id = await manager.request_vm_window()
    await manager.create_vm_view(vm_name, window_id, 1280, 720)
    view = await manager.set_vm_view_size(1024, 768)
    print(f"in window {view.window_id}: {view.width_px} x {view.height_px}")
    print(f"to be seen: {await manager.check_vm_window_visible(vm_name)}")


async def main() -> int:
    """Read the command line and do it."""
    vm_name, disc, *sizes = sys.argv[1:]
    memory, disk = map(int, sizes or (4096, 64 * 1024))
    cfg = CfgInfo(cpu_num=2, memory_size=memory, disk_size=disk)
    try:
        async with open_manager() as manager:
            await install(manager, vm_name, Path(disc), cfg)
    except AppError as err:
        print(f"vm error: {err.code}: {err.message} {err.remedy}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
