"""QEMU behind the engine seam: launch, adoption, and one live machine."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from app.atomic import write_atomically
from app.errors import (
    AppError,
    ConnectionLostError,
    EngineError,
    MemoryLessError,
    NotSupportedError,
    PathRefusedError,
    StateError,
)
from app.vm.engine import (
    DiskSnapshot,
    DisplayKind,
    DisplayLink,
    EngineEvent,
    EngineExited,
    EngineResumed,
    EngineShutdown,
    EngineStopped,
    LaunchPlan,
    RunStatus,
)
from app.vm.locks import FileLock, is_locked
from app.vm.model import Firmware, VmConfig
from app.vm.qemu import live_disks, process, snapshot_jobs
from app.vm.qemu.argv import (
    DBUS_DISPLAY,
    MONITOR,
    MONITOR_INPUT,
    SOCKETS,
    VNC_OF_HEAD,
    RunOptions,
    build_argv,
    disk_options,
)
from app.vm.qemu.backup import clear_copies, copy_disk, remove_parts
from app.vm.qemu.dbus_link import link_dbus
from app.vm.qemu.disk_header import check_disk
from app.vm.qemu.facts import EngineFacts, engine_facts
from app.vm.qemu.firmware import find_uefi
from app.vm.qemu.live_snapshots import LiveSnapshots
from app.vm.qemu.monitor import FAST_S, SLOW_S, Monitor
from app.vm.qemu.process import EngineProcess
from app.vm.qemu.run_record import RunRecord, SnapshotMark
from app.vm.recovery.marker import mark_unclean
from app.vm.store import PID_FILE, RUN_FILE, VARIABLES_FILE, storing
from app.vm.unbroken import unbroken

_log = logging.getLogger(__name__)

START_S = 15.0
_POLL_S = 0.01
_NEW_S = 1.0
"""So long an engine that was just started may take to make its sockets when it is adopted."""
_QUIT_S = 5.0
_TERM_S = 5.0
_STATUS = {
    "prelaunch": RunStatus.STARTING,
    "inmigrate": RunStatus.STARTING,
    "running": RunStatus.RUNNING,
    "suspended": RunStatus.RUNNING,
    "paused": RunStatus.PAUSED,
    "debug": RunStatus.PAUSED,
    "watchdog": RunStatus.PAUSED,
    "save-vm": RunStatus.PAUSED,
    "restore-vm": RunStatus.BROKEN,  # Loads of ours find it standing: this one has failed.
    "finish-migrate": RunStatus.PAUSED,
    "postmigrate": RunStatus.PAUSED,
    "colo": RunStatus.PAUSED,
    "io-error": RunStatus.IO_ERROR,
    "internal-error": RunStatus.BROKEN,
    "guest-panicked": RunStatus.BROKEN,
    "shutdown": RunStatus.SHUTDOWN,
}
_LAUNCH_LOCK = ".launch.lock"
_SHOT = "duplex-vm-screen.png"  # So named that it is nobody else's, wherever a record leads to.
_RECONNECT_S, _RECONNECT_MAX_S = 0.5, 30.0
_BUSY_CONNECT_S = 10.0
_IDLE_S = 30.0
"""An engine that neither computes nor writes for so long is in the middle of nothing."""
_SETTLED = "SETTLED"
"""An event of our own: the engine answers again, and may be in another state."""


class QemuEngine:
    """Launches and finds QEMU processes."""

    async def facts(self) -> EngineFacts:
        """What the installed QEMU can do."""
        return await engine_facts()

    async def launch(self, plan: LaunchPlan) -> QemuRunning:
        """See `app.vm.engine.Engine.launch`."""
        from app.vm.qemu.open_files import check_open_files  # noqa: PLC0415 - at a start only

        facts = await engine_facts()
        record, argv = _prepare(plan, facts)
        with FileLock(plan.folder / _LAUNCH_LOCK, make_folder=False) as lock:
            with storing("The machine's folder cannot be written."):
                if not lock.try_acquire() or process.holder(plan.folder) is not None:
                    raise StateError(
                        "This machine is already running.",
                        remedy="Open it instead of starting it.",
                    )
                _clear_pid_file(plan.folder)
                _clean_sockets(plan.sockets)
                record.write(plan.folder)
            engine: EngineProcess | None = None
            monitor: Monitor | None = None
            try:
                engine = _spawn(argv, plan.folder, lock)
                monitor = await _first_contact(engine, plan.sockets, plan.folder)
                # It stands before its first instruction: nobody has read what it has open.
                await asyncio.to_thread(check_open_files, engine.pid, plan.files)
            except BaseException:
                await unbroken(_abandon(engine, monitor, plan))
                raise
            lock.hand_over()
        return QemuRunning(engine, monitor, plan.folder, record)

    def is_alive(self, folder: Path) -> bool:
        """See `app.vm.engine.Engine.is_alive`.

        An engine that has just been started has not locked its pidfile yet, but it has inherited
        the launch lock. Whoever started it may be dead by now.
        """
        return process.holder(folder) is not None or is_locked(folder / _LAUNCH_LOCK)

    async def adopt(self, vm_id: UUID, folder: Path) -> QemuRunning | None:
        """See `app.vm.engine.Engine.adopt`."""
        pid = await _settled_holder(folder)
        record = RunRecord.read(folder)
        if pid is None:
            self.clean_up(folder)
            return None
        if record is None or record.vm_id != str(vm_id) or pid == 0:
            raise ConnectionLostError(
                "The machine runs, but its control files are missing.",
                remedy="Force it off, then start it again.",
            )
        engine = _watch(pid, folder)
        if engine is None:
            self.clean_up(folder)
            return None
        try:
            monitor = await _contact(engine, record, vm_id)
        except (ConnectionLostError, EngineError) as err:
            engine.detach()
            raise ConnectionLostError(
                "The machine runs, but does not answer.",
                remedy="Force it off, then start it again.",
                detail=err.detail,
            ) from err
        except BaseException:
            engine.detach()
            raise
        running = QemuRunning(engine, monitor, folder, record)
        try:
            await running.settle()
        except BaseException:
            await unbroken(running.detach())
            raise
        return running if await _may_go_on(running, record) else None

    async def ended(self, folder: Path, within_s: float) -> bool:
        """See `app.vm.engine.Engine.ended`."""
        pid = process.holder(folder)
        engine = _watch(pid, folder) if pid else None
        if engine is None:
            if self.is_alive(folder):  # It cannot be seen from here: there is nothing to watch.
                await asyncio.sleep(within_s)
            return not self.is_alive(folder)
        try:
            return await engine.ended_within(within_s)
        finally:
            engine.detach()

    async def end_unreachable(self, folder: Path) -> None:
        """See `app.vm.engine.Engine.end_unreachable`."""
        pid = process.holder(folder)
        engine = _watch(pid, folder) if pid else None
        if engine is not None:
            try:
                await unbroken(_put_down(engine))
            finally:
                engine.detach()
        if self.is_alive(folder):
            raise EngineError(
                "The machine's engine could not be ended from here.",
                remedy="Look for the process in a system monitor.",
                detail=f"process {pid or 'that cannot be seen'}",
            )
        self.clean_up(folder)

    def clean_up(self, folder: Path) -> None:
        """See `app.vm.engine.Engine.clean_up`."""
        record = RunRecord.read(folder)
        if record is not None:
            mark_unclean(folder)  # Nobody saw the end.
            remove_parts(folder)
            _forget_ended_run(folder, Path(record.sockets))


class QemuRunning:
    """One live QEMU; implements `app.vm.engine.Running`."""

    def __init__(
        self, engine: EngineProcess, monitor: Monitor, folder: Path, record: RunRecord
    ) -> None:
        self._process = engine
        self._monitor = monitor
        self._folder = folder
        self._record = record
        self._sockets = Path(record.sockets)
        self._one_shot = asyncio.Lock()
        self._noting = asyncio.Lock()
        self._plugging = asyncio.Lock()
        self._job_changed = asyncio.Event()
        self._snapshots = LiveSnapshots(
            self.execute,
            record.snapshot,
            self._note_snapshot,
            self._tell_settled,
            self._job_changed,
        )
        self._ending = False  # it was told to end, or said so: its monitor goes before it does

    @property
    def accelerator(self) -> str:
        """``kvm`` or ``tcg``."""
        return self._record.accelerator

    @property
    def started_ms(self) -> int:
        """When it was launched, milliseconds since 1970, UTC."""
        return self._record.started_ms

    @property
    def cpus(self) -> int:
        """See `app.vm.engine.Running`."""
        return self._record.cpus

    @property
    def memory_mib(self) -> int:
        """See `app.vm.engine.Running`."""
        return self._record.memory_mib

    @property
    def paused_by(self) -> str:
        """See `app.vm.engine.Running`."""
        return self._record.paused_by

    async def note_paused_by(self, rule: str) -> None:
        """See `app.vm.engine.Running`. It stands in the run's record."""
        self._record = replace(self._record, paused_by=rule)
        await self._write_record()

    async def _note_snapshot(self, mark: SnapshotMark) -> None:
        self._record = replace(self._record, snapshot=mark)
        await self._write_record()

    async def _write_record(self) -> None:
        async with self._noting:  # The last word is the last one written, whatever threads do.
            with storing("The machine's folder cannot be written."):
                await unbroken(asyncio.to_thread(self._record.write, self._folder))

    @property
    def pid(self) -> int:
        """The process; nobody above the seam asks for it."""
        return self._process.pid

    async def events(self) -> AsyncIterator[EngineEvent]:
        """Events in order; ends after `EngineExited`. One reader only.

        A monitor that breaks while the process lives is connected again, and the status is told
        as an event, since it may have changed meanwhile.
        """
        while True:  # What was told before the end is read also when the process has gone.
            async for event in self._monitor.events():
                known = await self._translate(event)
                if known is not None:
                    yield known
            await self._monitor.close()
            if not await self._reconnect():
                break
            present = await self._present()
            if present is not None:
                yield present
        await self._process.exited()
        words = process.last_words(self._folder)
        if self._process.exit_code or (self._process.exit_code is None and not self._ending):
            mark_unclean(self._folder)
        _forget_ended_run(self._folder, self._sockets)
        self._process.detach()
        yield EngineExited(self._process.exit_code, words)

    async def query_status(self) -> RunStatus:
        """See `app.vm.engine.Running`."""
        answer = await self._monitor.execute("query-status")
        if self._snapshots.mark is SnapshotMark.BROKEN:
            return RunStatus.BROKEN
        return _STATUS.get(str(answer.get("status")), RunStatus.BROKEN)

    async def resume(self) -> None:
        """See `app.vm.engine.Running`."""
        self._snapshots.refuse_busy()
        await self._snapshots.refuse_to_run()
        await self._monitor.execute("cont")
        await self._snapshots.note_run()

    async def pause(self) -> None:
        """See `app.vm.engine.Running`."""
        self._snapshots.refuse_busy()
        await self._monitor.execute("stop")

    async def press_power_button(self) -> None:
        """See `app.vm.engine.Running`. A machine asleep (S3) is woken first."""
        answer = await self._monitor.execute("query-status")
        if answer.get("status") == "suspended":
            await self._monitor.execute("system_wakeup")
        await self._monitor.execute("system_powerdown")

    async def kill(self) -> None:
        """See `app.vm.engine.Running`. `quit` flushes the images; signals follow after 5 s each."""
        grace_s = _QUIT_S
        self._ending = True
        try:
            await self._monitor.execute("quit", timeout_s=_QUIT_S)
        except (ConnectionLostError, EngineError) as err:
            _log.info("%s: quit: %s", self._folder.name, err.detail)
            mark_unclean(self._folder)
            grace_s = 0.0
        if not await unbroken(_put_down(self._process, grace_s=grace_s)):
            raise EngineError(
                "The machine's engine could not be ended.",
                remedy="Look for the process in a system monitor.",
                detail=f"process {self._process.pid}",
            )
        _forget_ended_run(self._folder, self._sockets)

    async def screenshot(self, target: Path) -> None:
        """See `app.vm.engine.Running`. QEMU writes in place, so it writes beside first."""
        part = self._sockets / _SHOT
        async with self._one_shot:
            try:
                await self._monitor.execute(
                    "screendump", {"filename": str(part), "format": "png"}, timeout_s=SLOW_S
                )
                data = await asyncio.to_thread(part.read_bytes)
            finally:
                part.unlink(missing_ok=True)
        await unbroken(asyncio.to_thread(write_atomically, target, data))

    async def execute(
        self,
        command: str,
        arguments: Mapping[str, object] | None = None,
        *,
        timeout_s: float | None = FAST_S,
    ) -> Any:
        """Run one command of the monitor that there is now, see `Monitor.execute`."""
        return await self._monitor.execute(command, arguments, timeout_s=timeout_s)

    async def disk_bytes(self, disk_id: str) -> int:
        """See `app.vm.engine.Running`."""
        return await live_disks.disk_bytes(self.execute, disk_id)

    async def grow_disk(self, disk_id: str, size_bytes: int) -> None:
        """See `app.vm.engine.Running`."""
        with self._snapshots.kept_out():
            await live_disks.grow_disk(self.execute, disk_id, size_bytes)

    async def disk_ids(self) -> frozenset[str]:
        """See `app.vm.engine.Running`."""
        return await live_disks.disk_ids(self.execute)

    async def plug_disk(self, config: VmConfig, disk_id: str) -> None:
        """See `app.vm.engine.Running`."""
        options = disk_options(config, self._folder, disk_id)
        image = self._folder / next(disk.file for disk in config.disks if disk.id == disk_id)
        with self._snapshots.kept_out():
            await asyncio.to_thread(check_disk, image)
            async with self._plugging:
                await live_disks.plug_disk(self.execute, options)

    async def copy_disk(
        self, disk_id: str, target: Path, on_progress: Callable[[float], None]
    ) -> None:
        """See `app.vm.engine.Running`."""
        changed = self._job_changed
        with self._snapshots.kept_out():
            await copy_disk(self.execute, disk_id, target, on_progress, changed=changed)

    @property
    def resident_mib(self) -> int:
        """See `app.vm.engine.Running`. The guest's memory is the engine's only shared one."""
        return process.shared_mib(self._process.pid) or self._record.memory_mib

    async def snapshots(self) -> Mapping[str, tuple[DiskSnapshot, ...]]:
        """See `app.vm.engine.Running`."""
        return await snapshot_jobs.disk_snapshots(self.execute, timeout_s=FAST_S)

    async def snapshot_blocker(self) -> str:
        """See `app.vm.engine.Running`."""
        return await snapshot_jobs.blocker(self.execute)

    async def save_snapshot(self, tag: str, disk_ids: Sequence[str]) -> None:
        """See `app.vm.engine.Running`."""
        await self._snapshots.save(tag, disk_ids)

    async def load_snapshot(self, tag: str, disk_ids: Sequence[str]) -> None:
        """See `app.vm.engine.Running`."""
        await self._snapshots.load(tag, disk_ids)

    async def delete_snapshot(self, tag: str, disk_ids: Sequence[str]) -> None:
        """See `app.vm.engine.Running`."""
        await self._snapshots.delete(tag, disk_ids)

    async def settle(self) -> None:
        """Take back or bring to an end what nobody follows: copies, disks on their way, snapshots.

        Raises:
            ConnectionLostError: the engine does not answer.
        """
        await unbroken(clear_copies(self.execute, self._folder))
        try:
            async with self._plugging:
                await unbroken(live_disks.clear_unplugged(self.execute))
        except EngineError as err:
            _log.info("%s: cannot be asked for its disks: %s", self._folder.name, err.detail)
        try:
            await unbroken(self._snapshots.settle())
        except EngineError as err:
            _log.info("%s: cannot be asked for snapshots: %s", self._folder.name, err.detail)

    def _tell_settled(self) -> None:
        self._monitor.tell({"event": _SETTLED})

    @property
    def screens(self) -> int:
        """See `app.vm.engine.Running`."""
        return self._record.argv.count("-vnc")

    async def open_display(self, head: int = 0, *, plain: bool = False) -> DisplayLink:
        """See `app.vm.engine.Running`."""
        # A second client of QEMU's D-Bus display takes the first one's place.
        if not plain and not head and DBUS_DISPLAY in self._record.argv:
            try:
                return DisplayLink(DisplayKind.DBUS, await link_dbus(self._monitor))
            except (EngineError, ConnectionLostError) as err:
                _log.info("%s: its picture comes by VNC: %s", self._folder.name, err.detail)
        if not 0 <= head < self.screens:
            raise NotSupportedError(
                "The machine has no such screen.", remedy=f"It has {self.screens} at most."
            )
        connected = await asyncio.to_thread(self._connect, VNC_OF_HEAD[head])
        return DisplayLink(DisplayKind.VNC, connected)

    def open_input(self) -> socket.socket:
        """See `app.vm.engine.Running`."""
        return self._connect(MONITOR_INPUT)

    async def detach(self) -> None:
        """See `app.vm.engine.Running`."""
        await self._monitor.close()
        self._process.detach()

    def _connect(self, name: str) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(FAST_S)
            connection.connect(str(self._sockets / name))
            connection.settimeout(None)
        except OSError as err:
            connection.close()
            raise ConnectionLostError(
                "The machine's picture cannot be reached.",
                remedy="Look whether the machine still runs.",
                detail=repr(err),
            ) from err
        return connection

    async def _translate(self, event: Any) -> EngineEvent | None:
        data = event.get("data", {})
        match event.get("event"):
            case "STOP" | "RESUME" if self._snapshots.busy:
                return None  # Its own doing; the engine would not answer now.
            case "STOP" | "SETTLED":
                return await self._present()
            case "RESUME":
                return EngineResumed()
            case "SHUTDOWN":
                self._ending = True
                return EngineShutdown(bool(data.get("guest")), str(data.get("reason", "")))
            case "JOB_STATUS_CHANGE":
                self._job_changed.set()
                return None
            case _:
                return None

    async def _present(self) -> EngineEvent | None:
        try:
            status = await self.query_status()
            if status is RunStatus.RUNNING:
                return EngineResumed()
            full = status is RunStatus.IO_ERROR and await self._disk_is_full()
        except (ConnectionLostError, EngineError):
            return None  # It is going; the end is told next.
        return EngineStopped(status, disk_full=full)

    async def _disk_is_full(self) -> bool:
        blocks = await self._monitor.execute("query-block")
        return any(block.get("io-status") == "nospace" for block in blocks)

    async def _reconnect(self) -> bool:
        """Whether a living engine could be reached again; False once it has gone."""
        pause_s, told = _RECONNECT_S, False
        while not await self._process.ended_within(pause_s):
            try:
                self._monitor = await Monitor.connect(self._sockets / MONITOR)
                await self.settle()  # Whoever followed a job has lost it with the monitor.
            except ConnectionLostError as err:
                if not told and not self._ending:
                    _log.warning("%s: the monitor is lost: %s", self._folder.name, err.detail)
                told, pause_s = True, min(pause_s * 2, _RECONNECT_MAX_S)
            else:
                return True
        return False


def _prepare(plan: LaunchPlan, facts: EngineFacts) -> tuple[RunRecord, list[str]]:
    options = RunOptions(
        binary=facts.binary,
        accelerator=plan.accelerator,
        sockets=plan.sockets,
        uefi_code=_uefi_code(plan.config, plan.folder),
        dbus_display=facts.dbus_display,
    )
    for disk in plan.config.disks:
        check_disk(plan.folder / disk.file)
    argv = build_argv(plan.config, plan.folder, options)
    record = RunRecord(
        vm_id=str(plan.config.id),
        accelerator=plan.accelerator,
        started_ms=time.time_ns() // 1_000_000,
        sockets=str(plan.sockets),
        argv=tuple(argv),
        cpus=plan.config.cpus,
        memory_mib=plan.config.memory_mib,
        files=plan.files,
    )
    return record, argv


def _uefi_code(config: VmConfig, folder: Path) -> Path | None:
    if config.hardware.firmware is not Firmware.UEFI:
        return None
    store = folder / VARIABLES_FILE
    if not store.is_file():
        raise EngineError(
            "The machine's firmware settings (vars.fd) are missing.",
            remedy="Put the file back into the machine's folder.",
        )
    return find_uefi(config.hardware.machine_type, store_size=store.stat().st_size).code


async def _may_go_on(running: QemuRunning, record: RunRecord) -> bool:
    """Whether an engine that stands before its first instruction has the files it was given.

    Whoever launched it died before the look at them, or during it. Nothing has run yet, so nothing
    is lost when it is ended.
    """
    from app.vm.qemu.open_files import check_open_files  # noqa: PLC0415 - see `launch`

    try:
        if await running.query_status() is RunStatus.STARTING:
            await asyncio.to_thread(check_open_files, running.pid, record.files)
    except ConnectionLostError:
        return True  # The caller meets it again, and says so.
    except (PathRefusedError, EngineError) as err:
        _log.warning("ending a machine that must not start: %s", err)
        await unbroken(running.kill())
        await running.detach()
        return False
    return True


def _watch(pid: int, folder: Path) -> EngineProcess | None:
    """Watch an engine that runs already; None when it has gone meanwhile."""
    try:
        engine = EngineProcess(pid, None)
    except ProcessLookupError:
        return None
    if process.holder(folder) != pid:  # The number was used again between the two looks.
        engine.detach()
        return None
    return engine


def _spawn(argv: list[str], folder: Path, lock: FileLock) -> EngineProcess:
    try:
        return EngineProcess.spawn(argv, folder, inherits=[lock.descriptor])
    except OSError as err:
        raise EngineError(f"QEMU cannot be started: {err.strerror}.", detail=repr(err)) from err


async def _settled_holder(folder: Path) -> int | None:
    """Who runs the machine; waits for an engine that is just coming up to take its pidfile."""
    deadline = time.monotonic() + START_S
    while (pid := process.holder(folder)) is None and is_locked(folder / _LAUNCH_LOCK):
        if time.monotonic() > deadline:
            raise ConnectionLostError("The machine is being started, but does not come up.")
        await asyncio.sleep(_POLL_S)
    return pid


async def _contact(engine: EngineProcess, record: RunRecord, vm_id: UUID) -> Monitor:
    """Connect to an engine that runs; one that was just started may not listen yet."""
    is_new = time.time_ns() // 1_000_000 - record.started_ms < START_S * 1000
    deadline = time.monotonic() + (_NEW_S if is_new else 0)
    address = Path(record.sockets) / MONITOR
    while time.monotonic() < deadline and not address.exists():
        if await engine.ended_within(_POLL_S):
            break
    if record.snapshot in {SnapshotMark.SAVING, SnapshotMark.LOADING}:
        monitor = await _connect_to_busy(engine, address)
    else:
        monitor = await Monitor.connect(address)
    answer: Mapping[str, object] = {}
    try:
        answer = await monitor.execute("query-uuid")
    finally:
        if answer.get("UUID") != str(vm_id):
            await unbroken(monitor.close())
    if answer.get("UUID") != str(vm_id):
        raise ConnectionLostError("Another machine answers on this one's control socket.")
    return monitor


async def _connect_to_busy(engine: EngineProcess, address: Path) -> Monitor:
    """Connect to an engine that may be in the middle of a snapshot, and greets nobody meanwhile.

    Raises:
        ConnectionLostError: it has ended, or has done nothing for a while.
    """
    done, looked = -1, time.monotonic()
    while True:
        try:
            return await Monitor.connect(address, timeout_s=_BUSY_CONNECT_S)
        except ConnectionLostError:
            now = engine.work_done()
            if now != done:
                done, looked = now, time.monotonic()
            if time.monotonic() - looked > _IDLE_S or await engine.ended_within(_NEW_S):
                raise


async def _first_contact(engine: EngineProcess, sockets: Path, folder: Path) -> Monitor:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + START_S
    while True:
        if not engine.alive or loop.time() > deadline:
            raise _start_error(engine, folder)
        if (sockets / MONITOR).exists():
            try:
                return await Monitor.connect(sockets / MONITOR)
            except ConnectionLostError as err:
                _log.debug("not listening yet: %s", err.detail)
        await engine.ended_within(_POLL_S)


def _start_error(engine: EngineProcess, folder: Path) -> AppError:
    words = process.last_words(folder)
    if "Cannot lock pid file" in words:
        return StateError("This machine is already running.", detail=words)
    if 'Failed to get "write" lock' in words:
        return StateError(
            "Another program is using this machine's disk.",
            remedy="Close that program, then start again.",
            detail=words,
        )
    if engine.alive:
        return EngineError("The machine's engine does not answer.", detail=words)
    if "annot allocate memory" in words or "cannot set up guest memory" in words:
        return MemoryLessError(
            "There is not enough free memory for this machine.",
            remedy="Close other programs or machines, or give it less memory.",
            detail=words,
        )
    return EngineError(
        f"The machine's engine ended at once (code {engine.exit_code}): {_complaint(words)}",
        remedy="Look at the details; the checkup may tell what is missing.",
        detail=words,
    )


def _complaint(words: str) -> str:
    """The line that says what is wrong; hints and warnings stand around it."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    own = [line for line in lines if "qemu-" in line and " warning: " not in line]
    line = next(iter(own), lines[-1] if lines else "it said nothing")
    return line.partition(": ")[2][-200:] if own else line[-200:]


async def _abandon(engine: EngineProcess | None, monitor: Monitor | None, plan: LaunchPlan) -> None:
    """Take back a launch; the caller holds the launch lock."""
    if monitor is not None:
        await monitor.close()
    if engine is not None:
        if not await _put_down(engine):
            _log.error("%s: the engine could not be ended", plan.folder.name)
        engine.detach()
    _forget_run(plan.folder, plan.sockets)


async def _put_down(engine: EngineProcess, *, grace_s: float = 0.0) -> bool:
    """End the process; whether it has gone."""
    for number, wait_s in ((None, grace_s), (signal.SIGTERM, _TERM_S), (signal.SIGKILL, _TERM_S)):
        if number is not None:
            engine.send(number)
            engine.send(signal.SIGCONT)  # One that was suspended hears nothing else.
        if await engine.ended_within(wait_s):
            return True
    return False


def _clear_pid_file(folder: Path) -> None:
    """QEMU writes through a link and waits at a pipe; only what it made itself may be there."""
    path = folder / PID_FILE
    if path.is_symlink() or (path.exists() and not path.is_file()):
        path.unlink()


def _clean_sockets(sockets: Path) -> None:
    sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in (*SOCKETS, _SHOT):
        (sockets / name).unlink(missing_ok=True)


def _forget_ended_run(folder: Path, sockets: Path) -> None:
    """Remove what a run left behind, unless another launch is under way, which does that itself."""
    with FileLock(folder / _LAUNCH_LOCK, make_folder=False) as lock:
        try:
            mine = lock.try_acquire()
        except OSError:  # The folder has gone, or can only be read: nobody launches there.
            mine = True
        if mine:
            _forget_run(folder, sockets)


def _forget_run(folder: Path, sockets: Path) -> None:
    """Remove what a run leaves behind; only our own names, and only when the engine is gone.

    The caller holds the launch lock: nobody may be between the look and the removal.
    """
    if process.holder(folder) is not None:
        return
    # The record is a file that anybody may have written: of its folder only sockets are removed.
    left = [path for name in SOCKETS if (path := sockets / name).is_socket()]
    for path in (folder / RUN_FILE, folder / PID_FILE, sockets / _SHOT, *left):
        with contextlib.suppress(OSError):
            path.unlink()
    with contextlib.suppress(OSError):
        sockets.rmdir()
