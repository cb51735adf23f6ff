"""One client's connection to the manager's socket: commands in, answers and events out.

Commands with an id run at the same time; those without one run, and are answered, in order, wrong
ones too. A command that was begun runs to its end when its client goes, but long work that the
client waited for ends with it; what was begun in the background goes on.
"""

from __future__ import annotations

import asyncio
import logging
import select
import time
from collections.abc import Mapping
from typing import Any

from app.errors import AppError, Code, NotSupportedError, ParamError
from app.vm import wire
from app.vm.events import Resync, Subscription, VmEvent
from app.vm.peer import Peer, on_behalf_of, peer_from_wire
from app.vm.service import CHUNK_BYTES, MAX_COMMANDS, WireService
from app.vm.wire import DocumentStream, FramingError, Request
from app.vm.wire_commands import HAND_OVER, LONG_COMMANDS, is_command, run_command
from app.vm.wire_events import EVENT_NAMES, RESYNC, event_to_wire
from app.vm.wire_fields import Fields

_log = logging.getLogger(__name__)

HANG_UP_S = 1.0
_LOOK_AGAIN_S = 1.0
"""While a client's commands are waited for, so often it is looked whether the client lives."""


class Connection:
    """One client of a service; `run` is its life.

    Args:
        service: whose manager it asks.
        reader: what comes from it.
        writer: the way to it.
    """

    def __init__(
        self, service: WireService, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._service = service
        self._reader = reader
        self._writer = writer
        self._negotiated = False
        self._wanted: set[str] = set()
        self._peer = Peer()
        self._commands: set[asyncio.Task[None]] = set()
        self._long: set[asyncio.Task[None]] = set()
        self._last_in_order: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Serve the client until it goes."""
        patience = asyncio.get_running_loop().call_later(
            self._service.negotiation_s, self._lose_patience
        )
        try:
            with self._service.manager.subscribe() as events:
                async with asyncio.TaskGroup() as tasks:
                    pump = tasks.create_task(self._pump(events), name="wire-events")
                    try:
                        await self._converse()
                    finally:
                        pump.cancel()
        finally:
            patience.cancel()
            for task in self._long:
                task.cancel()
            await self._hang_up()

    async def _converse(self) -> None:
        try:
            await self._send(wire.greeting())
            await self._take_all()
            # A client that only closed its sending side still wants its answers.
            await self._until_fewer_than(1)
        except OSError as err:
            _log.debug("a client went away: %r", err)

    async def _take_all(self) -> None:
        stream = DocumentStream()
        while data := await self._reader.read(CHUNK_BYTES):
            stream.feed(data)
            try:
                while (document := stream.next_document()) is not None:
                    await self._take(document)
                    await asyncio.sleep(0)  # A burst of messages leaves others their turn.
            except FramingError as err:
                await self._begin(Request(""), wrong=err)
                return
            await asyncio.sleep(0)

    async def _take(self, document: bytes) -> None:
        echo: Mapping[str, Any] = {}
        try:
            message = wire.decode(document)
            echo = wire.echo_of(message)
            request = wire.parse_request(message)
            self._service.check_room()
            self._check_order(request)
        except AppError as err:
            await self._begin(Request("", echo=echo), wrong=err)
        else:
            await self._begin(request)

    async def _begin(self, request: Request, *, wrong: AppError | None = None) -> None:
        """Let a message be answered; one without id after those before it."""
        await self._until_fewer_than(MAX_COMMANDS)
        before = None if request.echo else self._last_in_order
        task = self._service.spawn(self._do(request, wrong, before), name="wire-command")
        self._commands.add(task)
        task.add_done_callback(self._commands.discard)
        if request.command in LONG_COMMANDS:
            self._long.add(task)
            task.add_done_callback(self._long.discard)
        if not request.echo:
            self._last_in_order = task

    async def _until_fewer_than(self, count: int) -> None:
        """Wait until fewer commands of this client are under way.

        Raises:
            ConnectionError: the client has gone meanwhile.
        """
        while len(self._commands) >= count:
            if self._has_gone():
                raise ConnectionResetError("while its commands were waited for")
            await asyncio.wait(
                self._commands, timeout=_LOOK_AGAIN_S, return_when=asyncio.FIRST_COMPLETED
            )

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

    async def _do(
        self, request: Request, wrong: AppError | None, before: asyncio.Task[None] | None
    ) -> None:
        if before is not None:
            await asyncio.wait([before])
        if wrong is not None:
            answer = wire.failure(wrong, request.echo)
        else:
            answer = await self._answer(request)
        # The command's own events are queued by now: one turn of the loop lets the pump, which
        # they woke, send them before the answer.
        await asyncio.sleep(0)
        await self._send(answer)

    async def _answer(self, request: Request) -> dict[str, Any]:
        try:
            return wire.answer(request, await self._result(request))
        except AppError as err:
            return wire.failure(err, request.echo)
        except Exception as err:  # noqa: BLE001 - the caller of a command with a bug gets an answer
            _log.exception("%s failed", wire.printable(request.command))
            bug = AppError(
                "The manager failed in an unexpected way.",
                remedy="Look at the machine's state before you go on; the log tells more.",
                detail=repr(err),
                code=Code.IPC_FAILED,
            )
            return wire.failure(bug, request.echo)

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
            case "introduce":
                self._peer = peer_from_wire(Fields(request.arguments))
                return {}
            case command if is_command(command):
                return await self._run(command, request.arguments)
            case unknown:
                raise NotSupportedError(
                    f"There is no command “{wire.printable(unknown)}”.",
                    remedy="Ask queryCommands for what there is.",
                )

    async def _run(self, command: str, arguments: Mapping[str, Any]) -> object:
        with on_behalf_of(self._peer):
            result = await run_command(self._service.manager, command, arguments)
        if command == HAND_OVER:
            self._service.give_way()
        return result

    async def _pump(self, events: Subscription) -> None:
        async for event in events:
            if not self._wanted:
                continue
            name, data = event_to_wire(event)
            if name in self._wanted or name == RESYNC:
                await self._send(wire.event(name, data, _time_of(event)))

    async def _send(self, message: Mapping[str, object]) -> None:
        if self._writer.transport.is_closing():
            return
        self._writer.write(wire.encode(message))
        try:
            async with asyncio.timeout(self._service.send_timeout_s):
                await self._writer.drain()
        except TimeoutError:
            _log.warning("let a client go that does not read")
            self._writer.transport.abort()
        except OSError as err:
            _log.debug("a client went away: %r", err)

    def _has_gone(self) -> bool:
        """Whether the client has closed both directions, not only its sending one.

        asyncio tells that only when something is sent; the kernel knows before (POLLHUP, poll(2)).
        """
        if self._writer.transport.is_closing():
            return True
        poll = select.poll()
        poll.register(self._writer.get_extra_info("socket"), 0)
        return bool(poll.poll(0))

    def _lose_patience(self) -> None:
        if not self._negotiated:
            _log.info("let a client go that does not negotiate")
            self._writer.transport.abort()

    async def _hang_up(self) -> None:
        self._writer.close()
        try:
            async with asyncio.timeout(HANG_UP_S):
                await self._writer.wait_closed()
        except TimeoutError:
            self._writer.transport.abort()
        except OSError as err:
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
