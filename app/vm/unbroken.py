"""Steps that must not be left half done, whoever stops waiting for them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

_log = logging.getLogger(__name__)

ResultT = TypeVar("ResultT")


async def unbroken(work: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Run `work` to its end, also when the caller is cancelled; only then is the caller told.

    A thread cannot be stopped: a caller that leaves while one renames a folder would clean up under
    its hands. `work` has to end by itself, so every outside wait in it has a limit.
    """
    task = asyncio.get_running_loop().create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as err:
            cancelled = err
    if cancelled is None:
        return task.result()
    if not task.cancelled() and task.exception() is not None:
        _log.info("failed after its caller had left: %r", task.exception())
    raise cancelled
