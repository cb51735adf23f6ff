"""The trash of this computer's library: `TrashApi`, and what looks after it by itself."""

from __future__ import annotations

import asyncio
import logging
import time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from app import paths
from app.errors import AppError, StateError
from app.vm.api.trash import TrashApi
from app.vm.manager.core import ManagerCore
from app.vm.store import load_config, storing
from app.vm.unbroken import unbroken

if TYPE_CHECKING:
    from app.vm.model import VmInfo
    from app.vm.records import TrashedVm
    from app.vm.trash import Emptied

_log = logging.getLogger(__name__)

_DAY_S = 24 * 3600.0
_DAY_MS = 24 * 3600 * 1000
_FAILURE = "The trash cannot be emptied."


class Trash(ManagerCore, TrashApi):
    """Functions of `TrashApi`."""

    @cached_property
    def _emptying(self) -> asyncio.Lock:
        """Held while something is removed."""
        return asyncio.Lock()

    @override
    async def list_trash(self) -> tuple[TrashedVm, ...]:
        from app.vm.trash import list_entries  # noqa: PLC0415 - not for the first paint

        with storing("The trash cannot be read."):
            return tuple(await asyncio.to_thread(list_entries, self.library))

    @override
    async def restore_from_trash(self, trash_id: str) -> VmInfo:
        from app.vm.trash import find_entry  # noqa: PLC0415 - not for the first paint

        with storing("The trash cannot be read."):
            trashed = await asyncio.to_thread(find_entry, self.library, trash_id)
        config = await asyncio.to_thread(load_config, trashed)
        if self._registry.by_id(config.id) is not None:
            raise StateError("This machine is in the library already.")
        with self._registry.reserved(config.name):
            machine = await unbroken(self._take_back(trashed))
        return machine.info()

    @override
    async def empty_trash(self, trash_id: str = "") -> int:
        from app.vm.trash import find_entry, list_entries  # noqa: PLC0415 - not for the first paint

        with storing("The trash cannot be read."):
            if trash_id:
                entries = [await asyncio.to_thread(find_entry, self.library, trash_id)]
            else:
                listed = await asyncio.to_thread(list_entries, self.library)
                entries = [self.library.trash / entry.trash_id for entry in listed]
        return await self._empty(entries)

    async def keep_trash_small(self) -> None:
        """Finish what was cut off, and once a day empty what is too old; never returns."""
        while True:
            try:
                await self.empty_old_trash()
            except AppError as err:
                _log.warning("%s %s", err, err.detail)
            await asyncio.sleep(_DAY_S)

    async def empty_old_trash(self) -> None:
        """Empty what was cut off, and what is older than the person wants to keep it.

        Raises:
            StoreError: something cannot be removed.
        """
        from app.vm.trash import finish_emptying  # noqa: PLC0415 - not for the first paint

        if not await asyncio.to_thread(self.library.trash.is_dir):
            return
        async with self._emptying:
            with storing(_FAILURE):
                finished = await unbroken(asyncio.to_thread(finish_emptying, self.library))
        for emptied in finished:
            await self._forget_rights(emptied)
        days = await asyncio.to_thread(_trash_days)
        if days:
            oldest_ms = time.time_ns() // 1_000_000 - days * _DAY_MS
            old = [entry for entry in await self.list_trash() if entry.destroyed_ms < oldest_ms]
            await self._empty([self.library.trash / entry.trash_id for entry in old])

    async def _empty(self, entries: list[Path]) -> int:
        from app.vm.trash import empty_entry  # noqa: PLC0415 - not for the first paint

        freed, failure = 0, None
        for entry in entries:
            try:
                async with self._emptying:
                    with storing(_FAILURE):
                        emptied = await unbroken(
                            asyncio.to_thread(empty_entry, self.library, entry)
                        )
            except AppError as err:  # One entry's trouble is not the others'.
                failure = err
                continue
            freed += emptied.freed_bytes
            await self._forget_rights(emptied)
        if failure is not None:
            raise failure
        return freed

    async def _forget_rights(self, emptied: Emptied) -> None:
        """What the person allowed a machine ends with its last trace."""
        if not emptied.gone or self._registry.by_id(emptied.vm_id) is not None:
            return
        try:
            await self.permissions.forget(emptied.vm_id)
        except AppError as err:
            _log.warning("what a removed machine was allowed is still written down: %s", err)


def _trash_days() -> int:
    from app.settings import SettingsFile  # noqa: PLC0415 - not for the first paint

    return SettingsFile(paths.config_dir() / "settings.toml").values.trash_days
