"""The manager in another process, with the same face as the one in this process.

`connect` gives a `RemoteManager`, which speaks to `app.vm.service` through the `qemu.qmp` package.
One client belongs to one connection. When that is lost, a call that waits raises
`ConnectionLostError` (its outcome is unknown), later ones `ManagerEndedError` (nothing was done),
and every reader of events gets a `Resync`, so that it asks, and learns of it; connect again then.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from qemu.qmp import ConnectError, ExecInterruptedError, ExecuteError, QMPClient, Runstate
from qemu.qmp.error import QMPError
from qemu.qmp.events import EventListener
from qemu.qmp.message import Message
from qemu.qmp.protocol import StateError as QmpStateError
from typing_extensions import override

from app.errors import SERVICE_GONE, AppError, ConnectionLostError, ParamError
from app.vm.api import STOP_TIMEOUT_S
from app.vm.events import Resync, Subscription, VmEvent
from app.vm.model import CfgInfo, VmInfo
from app.vm.wire import error_from_wire, not_begun
from app.vm.wire_values import cfg_to_wire, event_from_wire, vm_from_wire

_log = logging.getLogger(__name__)

CONNECT_S = 5.0
QUICK_S = 15.0
"""For what only asks or writes a small file."""
SLOW_S = 300.0
"""For what starts or ends an engine, or makes a disk; the manager has closer limits of its own."""

ResultT = TypeVar("ResultT")


async def connect(socket_path: Path, timeout_s: float = CONNECT_S) -> RemoteManager:
    """Connect to the manager that listens on `socket_path`.

    Raises:
        ConnectionLostError: nobody listens there, or nobody answers in time.
    """
    client = QMPClient("manager")
    # It logs as errors what we turn into AppErrors.
    client.logger.setLevel(logging.CRITICAL)
    client.events.names = {"-none-"}  # Its history only grows; ours is bounded.
    manager = RemoteManager(client)
    try:
        async with asyncio.timeout(timeout_s):
            await client.connect(str(socket_path))
            await manager.listen()
    except (ConnectError, TimeoutError, AppError) as err:
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


class _Readers(EventListener):
    """Hands events to the bounded queues of all readers as they come in."""

    def __init__(self) -> None:
        super().__init__()
        self.readers: list[Subscription] = []

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

    def offer(self, event: VmEvent) -> None:
        """Give `event` to everybody who reads."""
        for reader in self.readers:
            reader.offer(event)


def _event(message: Message) -> VmEvent | None:
    name, data = message["event"], message.get("data", {})
    if not isinstance(name, str) or not isinstance(data, dict):
        raise ParamError("An event has a name and data.")
    return event_from_wire(name, data)


class RemoteManager:
    """A `ManagerApi` at the other end of a socket; made by `connect`. Belongs to one loop."""

    def __init__(self, client: QMPClient) -> None:
        self._client = client
        self._events = _Readers()
        self._watch: asyncio.Task[None] | None = None
        self._disconnecting = asyncio.Lock()
        client.register_listener(self._events)

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
        await self._ask("on", {"event": "*"}, QUICK_S)

    async def close(self) -> None:
        """Let go of the connection. May be called twice; calls that wait raise."""
        await self._disconnect()
        if self._watch is not None:
            await asyncio.wait([self._watch])

    async def list_vms(self) -> tuple[VmInfo, ...]:
        """See `ManagerApi`, as for all that follow."""
        answer = await self._ask("listVms", {}, QUICK_S)
        return _understood(lambda: tuple(vm_from_wire(vm) for vm in answer["vms"]))

    async def get_vm_status(self, vm_name: str) -> VmInfo:
        """One machine."""
        return await self._ask_vm("getVmStatus", {"vmName": vm_name}, QUICK_S)

    async def create_vm(self, vm_name: str, cfg: CfgInfo, *, iso: Path | None = None) -> VmInfo:
        """Make a machine."""
        arguments: dict[str, object] = {"vmName": vm_name, "cfg": cfg_to_wire(cfg)}
        if iso is not None:
            arguments["isoPath"] = str(iso)
        return await self._ask_vm("createVm", arguments, SLOW_S)

    async def start_vm(self, vm_name: str, cfg: CfgInfo | None = None) -> VmInfo:
        """Start it."""
        arguments: dict[str, object] = {"vmName": vm_name}
        if cfg is not None:
            arguments["cfg"] = cfg_to_wire(cfg)
        return await self._ask_vm("startVm", arguments, SLOW_S)

    async def stop_vm(self, vm_name: str, *, timeout_s: float = STOP_TIMEOUT_S) -> VmInfo:
        """Press the power button and wait."""
        arguments = {"vmName": vm_name, "timeoutSeconds": timeout_s}
        return await self._ask_vm("stopVm", arguments, timeout_s + SLOW_S)

    async def force_stop_vm(self, vm_name: str) -> VmInfo:
        """Cut the power."""
        return await self._ask_vm("forceStopVm", {"vmName": vm_name}, SLOW_S)

    async def pause_vm(self, vm_name: str) -> VmInfo:
        """Let the machine stand still."""
        return await self._ask_vm("pauseVm", {"vmName": vm_name}, SLOW_S)

    async def resume_vm(self, vm_name: str) -> VmInfo:
        """Let a paused machine go on."""
        return await self._ask_vm("resumeVm", {"vmName": vm_name}, SLOW_S)

    async def destroy_vm(self, vm_name: str) -> None:
        """Move a stopped machine into the trash."""
        await self._ask("destroyVm", {"vmName": vm_name}, SLOW_S)

    async def undo_destroy_vm(self, vm_name: str) -> VmInfo:
        """Take it out of the trash."""
        return await self._ask_vm("undoDestroyVm", {"vmName": vm_name}, SLOW_S)

    async def rename_vm(self, vm_name: str, new_name: str) -> VmInfo:
        """Give it another name."""
        arguments = {"vmName": vm_name, "newName": new_name}
        return await self._ask_vm("renameVm", arguments, QUICK_S)

    async def mount_cd_drive_to_vm(self, vm_name: str, iso_path: Path) -> VmInfo:
        """Put a disc into the drive."""
        arguments = {"vmName": vm_name, "isoPath": str(iso_path)}
        return await self._ask_vm("mountCDDriveToVm", arguments, SLOW_S)

    async def unmount_cd_drive_from_vm(self, vm_name: str, iso_path: Path | None = None) -> VmInfo:
        """Take the disc out."""
        arguments = {"vmName": vm_name}
        if iso_path is not None:
            arguments["isoPath"] = str(iso_path)
        return await self._ask_vm("unmountCDDriveFromVm", arguments, SLOW_S)

    async def screenshot_vm(self, vm_name: str, target: Path) -> Path:
        """Write the present picture; the manager writes the file."""
        arguments = {"vmName": vm_name, "path": str(target)}
        answer = await self._ask("screenshotVm", arguments, SLOW_S)
        return _understood(lambda: Path(answer["path"]))

    async def show_vm(self, vm_name: str) -> None:
        """Open, or raise, the machine's window on the manager's screen."""
        await self._ask("showVm", {"vmName": vm_name}, SLOW_S)

    async def show_window(self, iso: Path | None = None) -> None:
        """Raise the manager's main window, and begin a new machine from `iso` when given."""
        await self._ask("showWindow", {"isoPath": str(iso)} if iso else {}, SLOW_S)

    @contextmanager
    def subscribe(self) -> Iterator[Subscription]:
        """Read all events that arrive from now on, inside a ``with`` block."""
        reader = Subscription()
        self._events.readers.append(reader)
        try:
            if not self.connected:
                reader.offer(Resync())
            yield reader
        finally:
            self._events.readers.remove(reader)

    async def _ask_vm(
        self, command: str, arguments: Mapping[str, object], timeout_s: float
    ) -> VmInfo:
        answer = await self._ask(command, arguments, timeout_s)
        return _understood(lambda: vm_from_wire(answer))

    async def _ask(
        self, command: str, arguments: Mapping[str, object], timeout_s: float
    ) -> Mapping[str, Any]:
        try:
            async with asyncio.timeout(timeout_s):
                answer = await self._client.execute(command, arguments)
        except ExecuteError as err:
            raise _rebuilt(err) from err
        except QmpStateError as err:
            raise not_begun() from err
        except (ExecInterruptedError, QMPError, OSError, EOFError) as err:  # TimeoutError is one
            raise _unknown_outcome(f"{command}: {err!r}") from err
        if not isinstance(answer, dict):
            raise _unknown_outcome(f"{command}: answered {type(answer).__name__}")
        return answer

    async def _watch_connection(self) -> None:
        while self._client.runstate is Runstate.RUNNING:
            await self._client.runstate_changed()
        await self._disconnect()
        _log.info("the connection to the manager has ended")
        self._events.offer(Resync())

    async def _disconnect(self) -> None:
        # Never cancelled and never twice at a time: the library's own tasks would be left behind.
        async with self._disconnecting:
            if self._client.runstate is Runstate.IDLE:
                return
            try:
                await self._client.disconnect()
            except (QMPError, OSError, EOFError) as err:
                _log.debug("the connection ended: %r", err)


def _rebuilt(err: ExecuteError) -> AppError:
    error = err.received.get("error")
    return error_from_wire(error if isinstance(error, dict) else {})


def _unknown_outcome(detail: str) -> ConnectionLostError:
    return ConnectionLostError(
        f"{SERVICE_GONE}: the manager was lost during the call, so its outcome is unknown.",
        remedy="Look at the machine's state before you try again.",
        detail=detail,
    )


def _understood(read: Callable[[], ResultT]) -> ResultT:
    """Read an answer; one that makes no sense leaves the outcome unknown."""
    try:
        return read()
    except (ParamError, KeyError, TypeError, AttributeError, ValueError) as err:
        raise _unknown_outcome(repr(err)) from err
