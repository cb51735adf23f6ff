"""Who is the manager: one process a library, everybody else is its client.

The lock in the library decides; the socket serves the others. Window, command line and scripts all
come in through `open_manager`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app import paths
from app.errors import SERVICE_GONE, ConnectionLostError
from app.vm.api import ManagerApi
from app.vm.locks import FileLock
from app.vm.manager import VmManager
from app.vm.service import WireService
from app.vm.store import Library, storing

if TYPE_CHECKING:
    from app.vm.client import RemoteManager

_log = logging.getLogger(__name__)

SOCKET = "manager.sock"
_CONTACT_S = 10.0
_RETRY_S = 0.05


def manager_socket(library: Path) -> Path:
    """Where the manager of `library` listens."""
    return paths.runtime_dir(library) / SOCKET


@asynccontextmanager
async def open_manager(
    root: Path | None = None, *, wait_for_machines: bool = True
) -> AsyncIterator[ManagerApi]:
    """Be the manager of the library when nobody is, else talk to the one who is.

    A `VmManager` inside the block means that this process is the manager, and serves others.

    Raises:
        ConnectionLostError: somebody holds the lock but does not answer.
        StoreError: the library or the folder for sockets cannot be used.
    """
    library = Library(root or paths.library_dir())
    with storing(f"The library {library.root} cannot be used."):
        library.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with FileLock(library.lock_path) as lock:
        remote = await _acquire_or_connect(library, lock.try_acquire)
        if remote is not None:
            async with remote:
                yield remote
            return
        socket_path = manager_socket(library.root)
        async with (
            VmManager.open(library, wait_for_machines=wait_for_machines) as manager,
            WireService(manager, socket_path),
        ):
            yield manager


async def _acquire_or_connect(
    library: Library, try_acquire: Callable[[], bool]
) -> RemoteManager | None:
    """None with the lock taken, else a connection. Both can fail while a manager comes or goes."""
    deadline = asyncio.get_running_loop().time() + _CONTACT_S
    while True:
        with storing(f"The library {library.root} cannot be used."):
            if try_acquire():
                return None
        from app.vm.client import connect  # noqa: PLC0415 - the manager itself never needs it

        try:
            return await connect(manager_socket(library.root))
        except ConnectionLostError as err:
            if asyncio.get_running_loop().time() > deadline:
                raise ConnectionLostError(
                    f"{SERVICE_GONE}: another program manages this library but does not answer.",
                    remedy="Close that program; your machines go on meanwhile.",
                    detail=err.detail,
                ) from err
        await asyncio.sleep(_RETRY_S)
