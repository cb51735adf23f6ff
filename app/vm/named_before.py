"""Discs that machines were given before the person had to open files to machines.

Versions before grants existed took any file that could be read. Their machines go on with what they
name: at the first load of a library that has no grants yet, those files are opened to machines, as
if the person had picked them now. What is never open to machines stays closed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import AppError
from app.vm.off_loop import ask

if TYPE_CHECKING:
    from app.vm.model import VmConfig
    from app.vm.path_policy import PathPolicy

_log = logging.getLogger(__name__)

_GRANTS_FILE = "grants.json"  # `app.vm.grants` comes after the first paint; a test compares them
_DAMAGED = _GRANTS_FILE + ".damaged"


async def grant_named_before(
    library: Path, configs: Iterable[VmConfig], paths: Callable[[], PathPolicy]
) -> None:
    """Open the discs of stored machines to machines, once in the life of a library.

    Without a disc, and at every later load, it costs two looks at most.

    Args:
        library: folder of the machines.
        configs: of all machines that can be read.
        paths: gives the rules; asked for only when something is to be granted.
    """
    named = {name for config in configs for name in _discs(config)}
    if not named or await asyncio.to_thread(_is_past, library):
        return
    policy = paths()
    # At once: a place that does not answer holds the others, and the first starts, up only once.
    await asyncio.gather(*(_grant(policy, path) for path in sorted(named)))
    try:
        await ask(library, policy.note_no_more)
    except AppError as err:
        _log.warning("the next start will open the machines' discs again: %s", err)


def _discs(config: VmConfig) -> Iterable[Path]:
    if config.disc is not None:
        yield config.disc
    if config.enhance_file_path:
        yield Path(config.enhance_file_path)


def _is_past(library: Path) -> bool:
    return any((library / name).exists() for name in (_GRANTS_FILE, _DAMAGED))


async def _grant(policy: PathPolicy, path: Path) -> None:
    try:
        await ask(path, policy.grant_file, path)
    except AppError as err:  # Its machine says so when it is started.
        _log.info("a machine's disc was not opened to machines: %s", err)
