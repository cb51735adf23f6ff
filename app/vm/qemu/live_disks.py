"""The disks of a machine that runs, asked and changed through its monitor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from app.errors import EngineError, ParamError, StateError
from app.vm.qemu.monitor import FAST_S, SLOW_S

_BUSY = ("is busy", "in use by", "Permission conflict")


class Execute(Protocol):
    """Runs one command of the monitor, see `app.vm.qemu.monitor.Monitor.execute`."""

    async def __call__(
        self,
        command: str,
        arguments: Mapping[str, object] | None = None,
        *,
        timeout_s: float | None = FAST_S,
    ) -> Any:
        """What it returns."""


async def disk_bytes(execute: Execute, disk_id: str) -> int:
    """Present size of a disk as the guest sees it, bytes.

    Raises:
        EngineError: there is no such disk.
        ConnectionLostError: the engine does not answer.
    """
    for node in await execute("query-named-block-nodes", {"flat": True}):
        if node["node-name"] == disk_id:
            return int(node["image"]["virtual-size"])
    raise EngineError("The machine's engine does not have this disk.", detail=disk_id)


async def grow_disk(execute: Execute, disk_id: str, size_bytes: int) -> None:
    """Let a disk grow under its guest, which is told so.

    Raises:
        ParamError: it is larger already. `block_resize` would shrink it without a word.
        StateError: the disk is busy, such as with an export.
        EngineError: the engine refused.
    """
    if size_bytes < await disk_bytes(execute, disk_id):
        raise ParamError("The disk is larger already; disks only grow.")
    try:
        await execute("block_resize", {"node-name": disk_id, "size": size_bytes}, timeout_s=SLOW_S)
    except EngineError as err:
        raise busy(err) or EngineError("The disk could not grow.", detail=err.detail) from err


def busy(err: EngineError) -> StateError | None:
    """The same refusal in words for people when the disk is in use by other long work."""
    if not any(words in err.detail for words in _BUSY):
        return None
    return StateError(
        "The machine's disk is being copied or changed already.",
        remedy="Wait until that is done.",
        detail=err.detail,
    )
