"""The manager's socket: other processes of the same user drive the manager through it.

The framing is `app.vm.wire`, the commands are `app.vm.wire_commands`. It guards against mistakes
and against other users, not against programs of the same user.

What a client can do to others is bounded: so many clients, so many commands of each at a time, one
message of limited size, one queue of events that collapses into a `resync`, and a limited time in
which it has to read what it is sent. A command that was begun runs to its end when its client goes.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import stat
import struct
import time
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from app.errors import AppError, Code, NotSupportedError, ParamError, StoreError
from app.vm import wire
from app.vm.api import ManagerApi
from app.vm.events import Resync, Subscription, VmEvent
from app.vm.wire import DocumentStream, FramingError, Request
from app.vm.wire_commands import COMMANDS, run_command
from app.vm.wire_fields import Fields
from app.vm.wire_values import EVENT_NAMES, RESYNC, event_to_wire

_log = logging.getLogger(__name__)

MAX_CLIENTS = 128
MAX_COMMANDS = 32
"""Commands of one client that are not answered yet; then we stop reading from it."""
SEND_TIMEOUT_S = 30.0
"""A client that has read nothing for so long is let go."""
HANG_UP_S = 1.0
CLOSE_GRACE_S = 5.0
"""So long a closing service waits for the commands of its clients."""
_CHUNK_BYTES = 64 * 1024
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
        send_timeout_s: see `SEND_TIMEOUT_S`.
    """

    def __init__(
        self,
        manager: ManagerApi,
        socket_path: Path,
        *,
        peer: Callable[[socket.socket], int] = peer_uid,
        send_timeout_s: float = SEND_TIMEOUT_S,
    ) -> None:
        self.manager = manager
        self.send_timeout_s = send_timeout_s
        self._path = socket_path
        self._peer = peer
        self._server: asyncio.Server | None = None
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
        return self._server is None

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
                self._accept, sock=listener, limit=_CHUNK_BYTES, backlog=_BACKLOG
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
        if refusal:
            _log.warning("refused a connection: %s", refusal)
            writer.transport.abort()
            return
        client = _Client(self, reader, writer)
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
        if self.closing:
            return "the service is closing"
        if len(self._clients) >= MAX_CLIENTS:
            return f"there are {len(self._clients)} already"
        return ""

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._clients.discard(task)
        if not task.cancelled() and (err := task.exception()) is not None:
            _log.error("a client's connection failed", exc_info=err)


class _Client:
    """One connection."""

    def __init__(
        self, service: WireService, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._service = service
        self._reader = reader
        self._writer = writer
        self._negotiated = False
        self._wanted: set[str] = set()
        self._commands: set[asyncio.Task[None]] = set()
        self._last_in_order: asyncio.Task[None] | None = None
        self._room = asyncio.Semaphore(MAX_COMMANDS)

    async def run(self) -> None:
        """Serve the client until it goes."""
        try:
            with self._service.manager.subscribe() as events:
                async with asyncio.TaskGroup() as tasks:
                    pump = tasks.create_task(self._pump(events), name="wire-events")
                    try:
                        await self._converse()
                    finally:
                        pump.cancel()
        finally:
            await self._hang_up()

    async def _converse(self) -> None:
        stream = DocumentStream()
        try:
            await self._send(wire.greeting())
            while data := await self._reader.read(_CHUNK_BYTES):
                stream.feed(data)
                while (document := stream.next_document()) is not None:
                    await self._take(document)
                    await asyncio.sleep(0)  # A burst of messages leaves others their turn.
        except FramingError as err:
            await self._send(wire.failure(err, {}))
        except ConnectionError as err:
            _log.debug("a client went away: %r", err)
        # A client that only closed its sending side still wants its answers.
        if self._commands and not self._gone:
            await asyncio.wait(self._commands)

    async def _take(self, document: bytes) -> None:
        echo: Mapping[str, Any] = {}
        try:
            message = wire.decode(document)
            echo = wire.echo_of(message)
            request = wire.parse_request(message)
            self._check_order(request)
            if self._service.closing:
                raise wire.not_begun()
        except AppError as err:
            await self._send(wire.failure(err, echo))
            return
        await self._room.acquire()
        before = None if request.echo else self._last_in_order
        task = self._service.spawn(self._do(request, before), name=f"wire-{request.command}")
        self._commands.add(task)
        task.add_done_callback(self._done)
        if not request.echo:
            self._last_in_order = task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._commands.discard(task)
        self._room.release()

    def _check_order(self, request: Request) -> None:
        if request.command == "qmp_capabilities":
            if self._negotiated:
                raise ParamError("The connection is negotiated already.")
            fields = Fields(request.arguments)
            wanted = fields.value("enable", [])
            fields.finish()
            if wanted != []:
                raise ParamError("This service offers no capabilities to enable.")
            self._negotiated = True
        elif not self._negotiated:
            raise ParamError(
                "The connection is not negotiated yet.", remedy="Send qmp_capabilities first."
            )

    async def _do(self, request: Request, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        try:
            answer = wire.answer(request, await self._result(request))
        except AppError as err:
            answer = wire.failure(err, request.echo)
        except Exception as err:  # noqa: BLE001 - the caller of a command with a bug gets an answer
            _log.exception("%s failed", wire.printable(request.command))
            bug = AppError(
                "The manager failed in an unexpected way.",
                remedy="Look at the machine's state before you go on; the log tells more.",
                detail=repr(err),
                code=Code.IPC_FAILED,
            )
            answer = wire.failure(bug, request.echo)
        # The command's own events are queued by now: one turn of the loop lets the pump, which
        # they woke, send them before the answer.
        await asyncio.sleep(0)
        await self._send(answer)

    async def _result(self, request: Request) -> object:
        match request.command:
            case "qmp_capabilities":
                return {}
            case "on":
                self._wanted |= _chosen(request.arguments)
                return {"events": sorted(self._wanted)}
            case "off":
                self._wanted -= _chosen(request.arguments)
                return {"events": sorted(self._wanted)}
            case command if command in COMMANDS:
                return await run_command(self._service.manager, command, request.arguments)
            case unknown:
                raise NotSupportedError(
                    f"There is no command “{wire.printable(unknown)}”.",
                    remedy="Ask queryCommands for what there is.",
                )

    async def _pump(self, events: Subscription) -> None:
        async for event in events:
            name, data = event_to_wire(event)
            if name in self._wanted or (name == RESYNC and self._wanted):
                await self._send(wire.event(name, data, _time_of(event)))

    @property
    def _gone(self) -> bool:
        return self._writer.transport.is_closing()

    async def _send(self, message: Mapping[str, object]) -> None:
        if self._gone:
            return
        self._writer.write(wire.encode(message))
        try:
            async with asyncio.timeout(self._service.send_timeout_s):
                await self._writer.drain()
        except TimeoutError:
            _log.warning("let a client go that does not read")
            self._writer.transport.abort()
        except ConnectionError as err:
            _log.debug("a client went away: %r", err)

    async def _hang_up(self) -> None:
        self._writer.close()
        try:
            async with asyncio.timeout(HANG_UP_S):
                await self._writer.wait_closed()
        except TimeoutError:
            self._writer.transport.abort()
        except ConnectionError as err:
            _log.debug("a client went away: %r", err)


def _chosen(arguments: Mapping[str, Any]) -> set[str]:
    fields = Fields(arguments)
    name = fields.text("event")
    fields.finish()
    if name == "*":
        return set(EVENT_NAMES)
    if name not in EVENT_NAMES:
        raise ParamError(
            f"There is no event “{wire.printable(name)}”.",
            remedy=f"Choose one of {', '.join(EVENT_NAMES)}, or * for all.",
        )
    return {name}


def _time_of(event: VmEvent) -> int:
    return time.time_ns() // 1_000_000 if isinstance(event, Resync) else event.time_ms


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
