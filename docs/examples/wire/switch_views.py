"""From a window to exclusive mode and back (`vm_manager` document, 12.3), over the socket.

python switch_views.py SOCKET NAME
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from qemu.qmp import EventListener, ExecuteError, QMPClient


async def switch(qmp: QMPClient, vm_name: str) -> None:
    """A machine that runs gets a window, goes to exclusive mode, and back to another window."""
    with qmp.listener("focusStateChange") as events:
        await qmp.execute("on", {"event": "focusStateChange"})
        first = await new_view(qmp, events, vm_name)
        await qmp.execute("LockGuest", {"windowId": first})
        print(f"window {first} is exclusive")

        # The binding is free, the machine goes on.
        await qmp.execute("destroyVmView", {"windowId": first})
        await focus_of(events, first, focused=False)

        second = await new_view(qmp, events, vm_name)
        size = {"width": 800, "height": 600, "windowId": second}
        view: Any = await qmp.execute("setVmViewSize", size)
        print(f"window {view['windowId']}: {view['width']} x {view['height']}")


async def new_view(qmp: QMPClient, events: EventListener, vm_name: str) -> int:
    """A new window that shows the machine and has the keyboard."""
    window_id: Any = await qmp.execute("requestVmWindow")
    wanted = {"vmName": vm_name, "windowId": window_id, "width": 1280, "height": 720}
    await qmp.execute("createVmView", wanted)
    await focus_of(events, window_id, focused=True)
    return int(window_id)


async def focus_of(events: EventListener, window_id: int, *, focused: bool) -> None:
    """Wait for the document's FocusStateChangeEvent about a window."""
    async for event in events:
        data: Any = event["data"]
        if data["windowId"] == window_id:
            print(f"window {window_id} has the keyboard: {data['focused']}")
            if data["focused"] is focused:
                return


async def main() -> int:
    """Read the command line and do it."""
    socket, vm_name = sys.argv[1:]
    qmp = QMPClient("example")
    await qmp.connect(socket)
    try:
        await switch(qmp, vm_name)
    except ExecuteError as err:
        print(f"vm error: {err.error_class}: {err}", file=sys.stderr)
        return 1
    finally:
        await qmp.disconnect()
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
