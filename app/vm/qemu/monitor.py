"""One QMP connection with its rules: time limits, bounded events, translated errors.

`qemu.qmp` does the protocol. Its own event history grows for the life of a client, so that
built-in listener is silenced and a bounded one stands in (QEMU's interop/qmp-spec; the library's
`events.py`). One client belongs to one connection and is never used again.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from qemu.qmp import ConnectError, ExecInterruptedError, ExecuteError, QMPClient, Runstate
from qemu.qmp.error import QMPError
from qemu.qmp.events import EventListener
from qemu.qmp.message import Message
from qemu.qmp.protocol import StateError as QmpStateError
from typing_extensions import override

from app.errors import ConnectionLostError, EngineError
from app.vm.unbroken import unbroken

_log = logging.getLogger(__name__)
# It logs expected ends as errors, and a cancelled connect as a bug of its own.
logging.getLogger("qemu.qmp").setLevel(logging.CRITICAL + 1)

FAST_S = 5.0
SLOW_S = 60.0
CONNECT_S = 2.0
_EVENT_LIMIT = 256


class _BoundedListener(EventListener):
    """Keeps the newest events only; a reader that fell behind asks for the status anyway.

    `None` in the queue is the end of the link.
    """

    def __init__(self) -> None:
        super().__init__()
        self.inbox: asyncio.Queue[Message | None] = asyncio.Queue(_EVENT_LIMIT)

    @override
    async def put(self, event: Message) -> None:
        if self.accept(event):
            self.offer(event)

    def offer(self, item: Message | None) -> None:
        """Queue without waiting; the oldest goes when there is no room."""
        if self.inbox.full():
            self.inbox.get_nowait()
        self.inbox.put_nowait(item)


class Monitor:
    """A live QMP connection. Belongs to one loop; commands may run concurrently."""

    def __init__(self, client: QMPClient, listener: _BoundedListener) -> None:
        self._client = client
        self._listener = listener
        self._giving = asyncio.Lock()
        loop = asyncio.get_running_loop()
        self._watch = loop.create_task(self._tell_the_end(), name="monitor-watch")

    @classmethod
    async def connect(
        cls, address: Path | socket.socket, *, timeout_s: float = CONNECT_S
    ) -> Monitor:
        """Connect and negotiate.

        Raises:
            ConnectionLostError: nobody answers there in time. A second client of the same
                monitor is never greeted, which looks the same.
        """
        client = QMPClient("monitor")
        client.events.names = {"-none-"}
        listener = _BoundedListener()
        client.register_listener(listener)
        target = address if isinstance(address, socket.socket) else str(address)
        try:
            async with asyncio.timeout(timeout_s):
                await client.connect(target)
        except (ConnectError, TimeoutError, AssertionError) as err:
            # The library asserts that nobody hangs up right after the negotiation.
            await unbroken(_hang_up(client))
            raise ConnectionLostError(
                "The engine does not answer on its control socket.", detail=repr(err)
            ) from err
        except BaseException:
            await unbroken(_hang_up(client))
            raise
        return cls(client, listener)

    async def execute(
        self,
        command: str,
        arguments: Mapping[str, object] | None = None,
        *,
        timeout_s: float | None = FAST_S,
    ) -> Any:
        """Run one command and return what it returns.

        Without a time limit it is waited for as long as the link lives.

        Raises:
            EngineError: the engine refused it; `detail` holds class and text.
            ConnectionLostError: the link died or the time is over; the outcome is unknown.
        """
        try:
            async with asyncio.timeout(timeout_s):
                return await self._client.execute(command, arguments)
        except ExecuteError as err:
            raise EngineError(
                "The engine refused a command.", detail=f"{command}: {err.error_class}: {err}"
            ) from err
        except TimeoutError as err:  # an OSError too
            raise ConnectionLostError(
                "The machine's engine does not answer.", detail=f"{command}: {timeout_s} s"
            ) from err
        except (ExecInterruptedError, QmpStateError, QMPError, OSError) as err:
            raise ConnectionLostError("The machine's engine is gone.", detail=repr(err)) from err

    async def give_descriptor(self, descriptor: int, name: str) -> None:
        """Let the engine have a descriptor under a name; ours stays the caller's to close.

        Raises:
            EngineError: the engine refused it.
            ConnectionLostError: the link died.
        """
        async with self._giving:  # The engine gives the name to what came last.
            if self._client.runstate is not Runstate.RUNNING:
                raise ConnectionLostError("The machine's engine is gone.", detail="getfd")
            try:
                self._client.send_fd_scm(descriptor)
            except (QMPError, OSError) as err:
                raise ConnectionLostError(
                    "The machine's engine is gone.", detail=repr(err)
                ) from err
            await self.execute("getfd", {"fdname": name})

    def tell(self, event: Mapping[str, Any]) -> None:
        """Queue an event of our own behind those that have come."""
        self._listener.offer(Message(event))

    async def events(self) -> AsyncIterator[Mapping[str, Any]]:
        """QMP events in order; ends when the link does. One reader only."""
        while (event := await self._listener.inbox.get()) is not None:
            yield dict(event)

    async def _tell_the_end(self) -> None:
        while self._client.runstate is Runstate.RUNNING:
            await self._client.runstate_changed()
        self._listener.offer(None)

    async def close(self) -> None:
        """Let go of the connection; the engine does not mind."""
        self._watch.cancel()
        self._listener.offer(None)
        # Cut off in the middle, nobody would take what had ended the connection before.
        await unbroken(_hang_up(self._client))


async def _hang_up(client: QMPClient) -> None:
    """End what is left of a connection. `disconnect` raises again what had ended it before."""
    try:
        async with asyncio.timeout(CONNECT_S):
            await client.disconnect()
    except Exception as err:  # noqa: BLE001 - anything may come from the other side, even no text
        _log.debug("monitor ended: %r", err)
