"""The manager in another process, with the same face as the one in this process.

`connect` gives a `RemoteManager`, which speaks to `app.vm.service` through the `qemu.qmp` package.
It belongs to one connection. When that is lost, a call that waits raises `ConnectionLostError` (its
outcome is unknown), later ones `ManagerEndedError` (nothing was done), and every reader of events
gets a `Resync`, so that it asks, and learns of it.

`FollowingManager` connects again by itself, to whoever is the manager next.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from qemu.qmp import ConnectError, ExecInterruptedError, ExecuteError, QMPClient, Runstate
from qemu.qmp.error import QMPError
from qemu.qmp.events import EventListener
from qemu.qmp.message import Message
from qemu.qmp.protocol import StateError as QmpStateError
from typing_extensions import override

from app.errors import SERVICE_GONE, AppError, ConnectionLostError, ParamError
from app.vm.events import Resync, Subscription, VmEvent
from app.vm.peer import Peer, peer_to_wire
from app.vm.remote import QUICK_S, RemoteFunctions, unknown_outcome
from app.vm.wire import (
    MESSAGE_LIMIT_BYTES,
    ManagerEndedError,
    encode,
    error_from_wire,
    not_begun,
)
from app.vm.wire_events import event_from_wire

_log = logging.getLogger(__name__)

CONNECT_S = 5.0
FOLLOW_S = 10.0
"""So long a call waits for the next manager before it says that there is none."""
_RETRY_S = 0.05
_RETRY_MAX_S = 1.0


async def connect(
    socket_path: Path, timeout_s: float = CONNECT_S, *, readers: Readers | None = None
) -> RemoteManager:
    """Connect to the manager that listens on `socket_path`.

    Args:
        socket_path: see `app.vm.session.manager_socket`.
        timeout_s: for all of it.
        readers: get the events, beside those who read them at the connection itself.

    Raises:
        ConnectionLostError: nobody listens there, or nobody answers in time.
    """
    client = QMPClient("manager")
    # It logs as errors what we turn into AppErrors.
    client.logger.setLevel(logging.CRITICAL)
    client.events.names = {"-none-"}  # Its history only grows; ours is bounded.
    manager = RemoteManager(client, readers or Readers())
    try:
        async with asyncio.timeout(timeout_s):
            await client.connect(str(socket_path))
            await manager.listen()
    except (ConnectError, TimeoutError, AppError, AssertionError) as err:
        # The library asserts that nobody hangs up right after the negotiation.
        await manager.close()
        raise ConnectionLostError(
            f"{SERVICE_GONE}: no manager answers.",
            remedy="Start Duplex VM, then try again.",
            detail=f"{socket_path}: {err!r}",
        ) from err
    except BaseException:
        await manager.close()
        raise
    return manager


class Readers(EventListener):
    """Hands events to the bounded queues of all readers as they come in."""

    def __init__(self) -> None:
        super().__init__()
        self._readers: list[Subscription] = []

    @override
    async def put(self, event: Message) -> None:
        """Translate one event; runs in the connection's reader and never waits."""
        try:
            translated = _event(event)
        except ParamError as err:
            _log.warning("the manager sent an event that makes no sense: %s", err)
            translated = Resync()
        if translated is not None:
            self.offer(translated)

    @contextmanager
    def subscribe(self) -> Iterator[Subscription]:
        """A reader of everything that comes from now on, inside a ``with`` block."""
        reader = Subscription()
        self._readers.append(reader)
        try:
            yield reader
        finally:
            self._readers.remove(reader)

    def offer(self, event: VmEvent) -> None:
        """Give `event` to everybody who reads."""
        for reader in self._readers:
            reader.offer(event)

    def lost(self) -> None:
        """The connection has ended."""
        self.offer(Resync())


class _LastingReaders(Readers):
    """Readers who outlive connections: one `Resync` for each that is made again."""

    def __init__(self) -> None:
        super().__init__()
        self._live = False

    @override
    async def put(self, event: Message) -> None:
        # What comes before `resume` is in the state that readers ask for after it.
        if self._live:
            await super().put(event)

    @override
    def lost(self) -> None:
        self._live = False

    def resume(self) -> None:
        """There is a manager to be asked again."""
        self._live = True
        self.offer(Resync())


def _event(message: Message) -> VmEvent | None:
    name, data = message["event"], message.get("data", {})
    if not isinstance(name, str) or not isinstance(data, dict):
        raise ParamError("An event has a name and data.")
    return event_from_wire(name, data)


class RemoteManager(RemoteFunctions):
    """A `ManagerApi` at the other end of a socket; made by `connect`. Belongs to one loop."""

    def __init__(self, client: QMPClient, readers: Readers) -> None:
        self._client = client
        self._readers = readers
        self._watch: asyncio.Task[None] | None = None
        self._disconnecting = asyncio.Lock()
        client.register_listener(readers)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def connected(self) -> bool:
        """Whether the manager could be asked now."""
        return self._client.runstate is Runstate.RUNNING

    async def listen(self) -> None:
        """Ask for all events and watch the connection; part of `connect`."""
        loop = asyncio.get_running_loop()
        self._watch = loop.create_task(self._watch_connection(), name="manager-connection")
        await self.ask("on", {"event": "*"}, QUICK_S)

    async def introduce(self, peer: Peer) -> None:
        """Tell the manager who asks, for the dialogs in which it asks the person.

        Raises:
            ParamError: a name or a reason that cannot be shown.
        """
        await self.ask("introduce", peer_to_wire(peer), QUICK_S)

    async def close(self) -> None:
        """Let go of the connection. May be called twice; calls that wait raise."""
        await self._disconnect()
        await self.ended()

    async def ended(self) -> None:
        """Wait until the connection is no more."""
        if self._watch is not None:
            await asyncio.wait([self._watch])

    @contextmanager
    def subscribe(self) -> Iterator[Subscription]:
        """Read all events that arrive from now on, inside a ``with`` block."""
        with self._readers.subscribe() as reader:
            if not self.connected:
                reader.offer(Resync())
            yield reader

    @override
    async def ask(self, command: str, arguments: Mapping[str, object], timeout_s: float) -> object:
        """Send one command as it is and wait for its answer.

        Raises:
            AppError: what the manager says, or that it was lost.
        """
        _check_length(command, arguments)
        try:
            async with asyncio.timeout(timeout_s):
                return await self._client.execute(command, arguments)
        except ExecuteError as err:
            raise _rebuilt(err) from err
        except QmpStateError as err:
            raise not_begun() from err
        except (ExecInterruptedError, QMPError, OSError, EOFError) as err:  # TimeoutError is one
            raise unknown_outcome(f"{command}: {err!r}") from err

    async def _watch_connection(self) -> None:
        while self._client.runstate is Runstate.RUNNING:
            await self._client.runstate_changed()
        await self._disconnect()
        _log.info("the connection to the manager has ended")
        self._readers.lost()

    async def _disconnect(self) -> None:
        # Never cancelled and never twice at a time: the library's own tasks would be left behind.
        async with self._disconnecting:
            if self._client.runstate is Runstate.IDLE:
                return
            try:
                await self._client.disconnect()
            except (QMPError, OSError, EOFError) as err:
                _log.debug("the connection ended: %r", err)


class FollowingManager(RemoteFunctions):
    """A `ManagerApi` over whoever is the manager, now and after a hand-over or a crash.

    A call that was not begun waits for the next manager. One that was cut off raises: nobody knows
    what became of it. Every reader of events gets one `Resync` for each new connection. Belongs to
    one loop; made by `app.vm.session.following_manager`.

    Args:
        socket_path: where the managers listen, one after the other.
        peer: introduces itself with this to each of them.
        patience_s: see `FOLLOW_S`.
    """

    def __init__(
        self, socket_path: Path, *, peer: Peer | None = None, patience_s: float = FOLLOW_S
    ) -> None:
        self._path = socket_path
        self._peer = peer
        self._patience_s = patience_s
        self._readers = _LastingReaders()
        self._remote: RemoteManager | None = None
        self._there = asyncio.Event()
        self._follower: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Connect for the first time.

        Raises:
            ConnectionLostError: there is no manager.
            ParamError: the name or a reason of `peer` cannot be shown.
        """
        remote = await self._connect()
        self._take(remote)
        loop = asyncio.get_running_loop()
        self._follower = loop.create_task(self._follow(remote), name="follow-manager")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, tb: TracebackType | None
    ) -> None:
        if self._follower is not None:
            self._follower.cancel()
            await asyncio.wait([self._follower])

    @property
    def connected(self) -> bool:
        """Whether there is a manager that could be asked now."""
        return self._remote is not None and self._remote.connected

    def subscribe(self) -> AbstractContextManager[Subscription]:
        """Read all events of all managers from now on, inside a ``with`` block."""
        return self._readers.subscribe()

    @override
    async def ask(self, command: str, arguments: Mapping[str, object], timeout_s: float) -> object:
        """Send one command to the present manager, or the next one, and wait for its answer.

        Raises:
            AppError: what the manager says, or that it was lost, or that none came.
        """
        deadline = asyncio.get_running_loop().time() + self._patience_s
        while True:
            remote = await self._manager(deadline)
            try:
                return await remote.ask(command, arguments, timeout_s)
            except ManagerEndedError:
                await self._end_of(remote, deadline)

    async def _manager(self, deadline: float) -> RemoteManager:
        """The present manager, waited for."""
        try:
            async with asyncio.timeout_at(deadline):
                while (remote := self._remote) is None:
                    await self._there.wait()
        except TimeoutError:
            raise not_begun() from None
        return remote

    async def _end_of(self, remote: RemoteManager, deadline: float) -> None:
        """Wait for the end of a manager that begins nothing any more, then forget it."""
        try:
            async with asyncio.timeout_at(deadline):
                await remote.ended()
        except TimeoutError:
            raise not_begun() from None
        self._forget(remote)

    async def _follow(self, remote: RemoteManager) -> None:
        while True:
            async with remote:
                await remote.ended()
            self._forget(remote)
            remote = await self._next()
            self._take(remote)

    async def _next(self) -> RemoteManager:
        """Connect to the next manager, whenever it comes."""
        pause_s = _RETRY_S
        while True:
            try:
                return await self._connect()
            except AppError as err:
                _log.debug("no manager yet: %s %s", err, err.detail)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, _RETRY_MAX_S)

    async def _connect(self) -> RemoteManager:
        remote = await connect(self._path, readers=self._readers)
        try:
            if self._peer is not None:
                await remote.introduce(self._peer)
        except BaseException:
            await remote.close()
            raise
        return remote

    def _take(self, remote: RemoteManager) -> None:
        self._remote = remote
        self._there.set()
        self._readers.resume()

    def _forget(self, remote: RemoteManager) -> None:
        if self._remote is remote:
            self._remote = None
            self._there.clear()


def _check_length(command: str, arguments: Mapping[str, object]) -> None:
    """Refuse a message that a manager would hang up on; some room is for the id."""
    if len(encode({"execute": command, "arguments": arguments})) > MESSAGE_LIMIT_BYTES - 1024:
        raise ParamError(f"{command}: more than a message can hold.", remedy="Send it in parts.")


def _rebuilt(err: ExecuteError) -> AppError:
    error = err.received.get("error")
    return error_from_wire(error if isinstance(error, dict) else {})
