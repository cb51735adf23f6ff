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
    from app.vm.client import FollowingManager, RemoteManager
    from app.vm.peer import Peer

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
            WireService(manager, socket_path) as service,
        ):
            manager.service = service
            yield manager


@asynccontextmanager
async def following_manager(
    root: Path | None = None, *, peer: Peer | None = None
) -> AsyncIterator[FollowingManager]:
    """Talk to the manager of the library, and to the next one when it goes; never be it.

    Args:
        root: the library; the user's own when None.
        peer: who we are, shown to the person where we need a permission.

    Raises:
        ConnectionLostError: nobody manages the library.
        StoreError: the folder for sockets cannot be used.
    """
    from app.vm.client import FollowingManager  # noqa: PLC0415 - a manager never needs it

    socket_path = manager_socket(root or paths.library_dir())
    async with FollowingManager(socket_path, peer=peer) as manager:
        yield manager


async def _acquire_or_connect(
    library: Library, try_acquire: Callable[[], bool]
) -> RemoteManager | None:
    """None with the lock taken, else a connection. Both can fail while a manager comes or goes."""
    now_s = asyncio.get_running_loop().time
    deadline = now_s() + _CONTACT_S
    while True:
        with storing(f"The library {library.root} cannot be used."):
            if try_acquire():
                return None
        from app.vm.client import CONNECT_S, connect  # noqa: PLC0415 - a manager never needs it

        try:
            patience_s = min(CONNECT_S, max(deadline - now_s(), _RETRY_S))
            return await connect(manager_socket(library.root), patience_s)
        except ConnectionLostError as err:
            if now_s() > deadline:
                raise ConnectionLostError(
                    f"{SERVICE_GONE}: another program manages this library but does not answer.",
                    remedy="Close that program; your machines go on meanwhile.",
                    detail=err.detail,
                ) from err
        await asyncio.sleep(_RETRY_S)
