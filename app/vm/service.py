"""The manager's socket: other processes of the same user drive the manager through it.

The framing is `app.vm.wire`, the commands are `app.vm.wire_commands`, each client is a
`app.vm.wire_connection`. It guards against mistakes and against other users, not against programs
of the same user.

What a client can do to others is bounded: so many clients, so many commands of each at a time, one
message of limited size, one queue of events that collapses into a `resync`, and a limited time in
which it has to negotiate, and to read what it is sent. A command that was begun runs to its end
when its client goes, long work that it waited for excepted; of those there are only so many either.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import stat
import struct
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from app.errors import StateError, StoreError
from app.vm import wire
from app.vm.api import ManagerApi

_log = logging.getLogger(__name__)

MAX_CLIENTS = 128
MAX_COMMANDS = 32
"""Commands of one client that are not answered yet; then we stop reading from it."""
MAX_COMMANDS_OF_ALL = MAX_CLIENTS * MAX_COMMANDS
"""Commands under way, also of clients that have gone; then none is begun."""
NEGOTIATION_S = 60.0
"""A client that has not negotiated after so long is let go; people type slowly."""
SEND_TIMEOUT_S = 30.0
"""A client that does not take what it is sent for so long is let go."""
CHUNK_BYTES = 16 * 1024
"""Looking through so much of the worst input takes less than 20 ms; then others get their turn."""
CLOSE_GRACE_S = 5.0
"""So long a closing service waits for the commands of its clients."""
_BACKLOG = 64
_UCRED = struct.Struct("3i")  # pid, uid, gid: struct ucred, unix(7)


def peer_uid(connection: socket.socket) -> int:
    """User at the other end of a unix socket when it was connected (SO_PEERCRED, unix(7))."""
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
    uid: int = _UCRED.unpack(raw)[1]
    return uid


class WireService:
    """Serves one manager on one socket. Belongs to one loop.

    Args:
        manager: gets the commands.
        socket_path: in a folder that only this user can enter. A socket that is there already
            is taken for the leftover of a dead manager: hold the manager's lock before.
        peer: finds the user at the other end of a connection.
        negotiation_s: see `NEGOTIATION_S`.
        send_timeout_s: see `SEND_TIMEOUT_S`.
    """

    def __init__(
        self,
        manager: ManagerApi,
        socket_path: Path,
        *,
        peer: Callable[[socket.socket], int] = peer_uid,
        negotiation_s: float = NEGOTIATION_S,
        send_timeout_s: float = SEND_TIMEOUT_S,
    ) -> None:
        self.manager = manager
        self.negotiation_s = negotiation_s
        self.send_timeout_s = send_timeout_s
        self._path = socket_path
        self._peer = peer
        self._server: asyncio.Server | None = None
        self._gives_way = False
        self._inode: tuple[int, int] | None = None
        self._clients: set[asyncio.Task[None]] = set()
        self._commands: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.close(grace_s=CLOSE_GRACE_S if kind is None else 0)

    @property
    def closing(self) -> bool:
        """Whether no command may begin any more."""
        return self._server is None or self._gives_way

    @property
    def client_count(self) -> int:
        """How many clients are connected."""
        return len(self._clients)

    async def start(self) -> None:
        """Listen; when this returns, clients can connect.

        Raises:
            StoreError: there is something else in the socket's place, or no socket can be made.
        """
        listener = self._bind()
        try:
            self._server = await asyncio.start_unix_server(
                self._accept, sock=listener, limit=CHUNK_BYTES, backlog=_BACKLOG
            )
        except BaseException:
            listener.close()
            self._remove_socket()
            raise

    async def close(self, *, grace_s: float = CLOSE_GRACE_S) -> None:
        """Stop serving: no new clients and commands, then end what is left. May be called twice.

        Args:
            grace_s: commands that were begun get so long to come to their end; then they are
                cancelled, and their clients cannot know the outcome.
        """
        server, self._server = self._server, None
        if server is None:
            return
        self._remove_socket()
        server.close()
        if self._commands:
            await asyncio.wait(self._commands, timeout=grace_s)
        running = [*self._commands, *self._clients]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await server.wait_closed()

    def give_way(self) -> None:
        """Begin nothing any more: another process is to be the manager. `close` comes soon."""
        self._gives_way = True

    def check_room(self) -> None:
        """Return when a command may begin.

        Raises:
            ManagerEndedError: the service is closing.
            StateError: too many are under way.
        """
        if self.closing:
            raise wire.not_begun()
        if len(self._commands) >= MAX_COMMANDS_OF_ALL:
            raise StateError(
                "The manager is busy with too many commands.", remedy="Wait until some have ended."
            )

    def spawn(self, work: Coroutine[Any, Any, None], *, name: str) -> asyncio.Task[None]:
        """Run a command's work as a task that may outlive its client, but not the service."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._commands.add(task)
        task.add_done_callback(self._commands.discard)
        return task

    def _bind(self) -> socket.socket:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            _check_private(self._path.parent)
            _remove_stale(self._path)
            listener.bind(str(self._path))
            self._path.chmod(0o600)
            info = self._path.lstat()
            listener.setblocking(False)
        except OSError as err:
            listener.close()
            raise StoreError(
                f"The socket {self._path} cannot be made: {err.strerror or err}.",
                remedy="Set XDG_RUNTIME_DIR to a folder of yours with a short name.",
            ) from err
        except BaseException:
            listener.close()
            raise
        self._inode = (info.st_dev, info.st_ino)
        return listener

    def _remove_socket(self) -> None:
        try:
            info = self._path.lstat()
        except FileNotFoundError:
            return
        if (info.st_dev, info.st_ino) == self._inode:  # Else another manager has put its own.
            self._path.unlink(missing_ok=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        refusal = self._refusal(writer.get_extra_info("socket"))
        if refusal or self.closing:
            if refusal:
                _log.warning("refused a connection: %s", refusal)
            writer.transport.abort()
            return
        # Everything about commands and their types: a window's first paint does not need it.
        from app.vm.wire_connection import Connection  # noqa: PLC0415

        client = Connection(self, reader, writer)
        task = asyncio.get_running_loop().create_task(client.run(), name="wire-client")
        self._clients.add(task)
        task.add_done_callback(self._forget)

    def _refusal(self, connection: socket.socket) -> str:
        try:
            uid = self._peer(connection)
        except OSError as err:
            return f"its user is not known ({err})"
        if uid != os.getuid():
            return f"it comes from user {uid}"
        if len(self._clients) >= MAX_CLIENTS:
            return f"there are {len(self._clients)} already"
        return ""

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._clients.discard(task)
        if not task.cancelled() and (err := task.exception()) is not None:
            _log.error("a client's connection failed", exc_info=err)


def _check_private(folder: Path) -> None:
    info = folder.stat()
    if info.st_uid != os.getuid() or info.st_mode & 0o077:
        raise StoreError(
            f"The folder for sockets, {folder}, is not private to you.",
            remedy="Take its permissions away from others (chmod 700).",
        )


def _remove_stale(path: Path) -> None:
    try:
        info = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(info.st_mode):
        raise StoreError(
            f"{path} is in the way and not a socket.", remedy="Move it somewhere else."
        )
    path.unlink()
