"""The disks of a machine that runs, asked and changed through its monitor."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any, Protocol

from app.errors import AppError, EngineError, ParamError, StateError
from app.vm.qemu.monitor import FAST_S, SLOW_S

_log = logging.getLogger(__name__)

_VIRTIO = "/virtio-backend"
"""Ends the path of a virtio disk's part that holds the image; before it stands the disk itself."""
_DISK = re.compile(r"disk[0-9]+")
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


async def disk_ids(execute: Execute) -> frozenset[str]:
    """Disks and drives that the guest has, by the ids of their devices.

    Raises:
        ConnectionLostError: the engine does not answer.
    """
    places = [str(block.get("qdev", "")) for block in await execute("query-block")]
    return frozenset(PurePath(place.removesuffix(_VIRTIO)).name for place in places if place)


async def plug_disk(execute: Execute, options: Sequence[Mapping[str, object]]) -> None:
    """Give the guest a disk; refused, nothing of it is left.

    Args:
        execute: of the machine's monitor.
        options: see `app.vm.qemu.argv.disk_options`.

    Raises:
        EngineError: the engine refused.
        ConnectionLostError: it does not answer; the guest may have the disk.
    """
    *nodes, device = options
    added: list[str] = []
    try:
        for node in nodes:
            await execute("blockdev-add", node, timeout_s=SLOW_S)
            added.append(str(node["node-name"]))
        await execute("device_add", device, timeout_s=SLOW_S)
    except EngineError as err:
        await _remove_nodes(execute, reversed(added))
        raise EngineError("The disk could not be added.", detail=err.detail) from err


async def clear_unplugged(execute: Execute) -> None:
    """Let go of images that were on their way to a guest when whoever brought them ended.

    Raises:
        EngineError: the engine refused to tell.
        ConnectionLostError: it does not answer.
    """
    plugged = await disk_ids(execute)
    found = await execute("query-named-block-nodes", {"flat": True})
    nodes = {str(node["node-name"]) for node in found}
    disks = {name for node in nodes if _DISK.fullmatch(name := node.removesuffix("-file"))}
    for disk_id in sorted(disks - plugged):
        names = (disk_id, f"{disk_id}-file")
        await _remove_nodes(execute, (name for name in names if name in nodes))


async def _remove_nodes(execute: Execute, names: Iterable[str]) -> None:
    """Remove what nothing uses; what cannot go now goes when the machine is adopted, or ends."""
    for name in names:
        try:
            await execute("blockdev-del", {"node-name": name})
        except AppError as err:
            _log.warning("the engine keeps %s: %s", name, err.detail)


def busy(err: EngineError) -> StateError | None:
    """The same refusal in words for people when the disk is in use by other long work."""
    if not any(words in err.detail for words in _BUSY):
        return None
    return StateError(
        "The machine's disk is being copied or changed already.",
        remedy="Wait until that is done.",
        detail=err.detail,
    )
