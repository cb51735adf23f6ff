"""Somebody who hangs up right after the negotiation is one who does not answer, and no bug."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from app.errors import ConnectionLostError
from app.vm.client import connect
from app.vm.qemu.monitor import Monitor

_GREETING = {
    "QMP": {
        "version": {"qemu": {"major": 7, "minor": 2, "micro": 0}, "package": ""},
        "capabilities": [],
    }
}


async def _hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(json.dumps(_GREETING).encode() + b"\n")
    request = json.loads(await reader.read(4096))
    answer = {"return": {}, **({"id": request["id"]} if "id" in request else {})}
    writer.write(json.dumps(answer).encode() + b"\n")
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("reach", [connect, Monitor.connect], ids=["manager", "engine"])
async def test_who_hangs_up_after_the_negotiation_is_told_as_not_there(
    own_folders: Path, reach: Callable[[Path], Awaitable[object]]
) -> None:
    path = own_folders / "run" / "s"
    server = await asyncio.start_unix_server(_hang_up, str(path))
    async with server:
        for _ in range(5):
            with pytest.raises(ConnectionLostError):
                await reach(path)
    path.unlink(missing_ok=True)
