"""From a window to exclusive mode and back (`vm_manager` document, 12.3), in Python.

python switch_views.py NAME
"""

from __future__ import annotations

import asyncio
import sys

from app.errors import AppError
from app.vm.api import ManagerApi
from app.vm.events import FocusChanged, Subscription
from app.vm.session import open_manager


async def switch(manager: ManagerApi, vm_name: str) -> None:
    """A machine that runs gets a window, goes to exclusive mode, and back to another window."""
    with manager.subscribe() as events:
        first = await new_view(manager, events, vm_name)
        await manager.lock_guest(first)
        print(f"window {first} is exclusive")

        await manager.destroy_vm_view(first)  # The binding is free, the machine goes on.
        await focus_of(events, first, focused=False)

        second = await new_view(manager, events, vm_name)
        view = await manager.set_vm_view_size(800, 600, second)
        print(f"window {view.window_id}: {view.width_px} x {view.height_px}")


async def new_view(manager: ManagerApi, events: Subscription, vm_name: str) -> int:
    """A new window that shows the machine and has the keyboard."""
    window_id = await manager.request_vm_window()
    await manager.create_vm_view(vm_name, window_id, 1280, 720)
    await focus_of(events, window_id, focused=True)
    return window_id


async def focus_of(events: Subscription, window_id: int, *, focused: bool) -> None:
    """Wait for the document's FocusStateChangeEvent about a window."""
    async for event in events:
        if isinstance(event, FocusChanged) and event.window_id == window_id:
            print(f"window {window_id} has the keyboard: {event.focused}")
            if event.focused is focused:
                return


async def main() -> int:
    """Read the command line and do it."""
    try:
        async with open_manager() as manager:
            await switch(manager, sys.argv[1])
    except AppError as err:
        print(f"vm error: {err.code}: {err.message} {err.remedy}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
