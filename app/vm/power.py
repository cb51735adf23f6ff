"""Switching machines on and off, and what lies between: the life of one run.

Steps that an engine has begun are seen to their end, whoever stops waiting. The engine's events
move the state; where one does not come in time, the engine is asked.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app import paths
from app.errors import (
    AppError,
    ConnectionLostError,
    PathError,
    PathRefusedError,
    StateError,
    StopRefusedError,
)
from app.vm import limits
from app.vm.engine import Engine, LaunchPlan, Running, RunStatus
from app.vm.host import HostReport
from app.vm.machine import Machine, reason_of
from app.vm.making import for_this_run
from app.vm.model import CfgInfo, VmConfig, VmInfo
from app.vm.off_loop import ask
from app.vm.recovery.unclean import Checks
from app.vm.registry import Registry
from app.vm.space_guard import SPACE, SpaceLimits
from app.vm.state import Trigger, VmState
from app.vm.store import RESTORE_FILE, Library
from app.vm.unbroken import unbroken
from app.vm.updating import updating

if TYPE_CHECKING:
    from app.vm.path_policy import PathPolicy
    from app.vm.real_path import CheckedPath

_log = logging.getLogger(__name__)

_EVENT_S = 5.0
"""So long an event that follows a command may take; then the engine is asked."""
_UP = frozenset({VmState.RUNNING, VmState.VIEWING})
_OFF = frozenset({VmState.STOPPED, VmState.ERROR, VmState.AVAILABLE})


class Power:
    """Starts, stops, pauses and resumes the machines of one manager, on its loop.

    Args:
        library: where the machines' files are.
        engine: launches them.
        registry: follows the ones that run.
        host_report: tells whether acceleration works; may take 2 s at the first time.
        check_gate: raises NotPcModeError while machines may not run.
        paths: gives what says which of the person's files a machine may have; may block shortly.
        space: how much free space a machine needs to go on.

    Attributes:
        opening_discs: opens discs to machines, see `named_before`; a start waits for its end.
    """

    def __init__(
        self,
        library: Library,
        engine: Engine,
        registry: Registry,
        *,
        host_report: Callable[[], Awaitable[HostReport]],
        check_gate: Callable[[], None],
        paths: Callable[[], PathPolicy],
        space: SpaceLimits,
    ) -> None:
        self._library = library
        self._engine = engine
        self._registry = registry
        self._host_report = host_report
        self._check_gate = check_gate
        self._paths = paths
        self._space = space
        self.opening_discs: asyncio.Task[None] | None = None
        self._checks = Checks(engine.is_alive)

    async def start(self, machine: Machine, cfg: CfgInfo | None) -> VmInfo:
        """Start it; returns when it is RUNNING. `cfg` holds for this run only.

        A machine that runs already is a success; a paused one is not: resume it. After an unclean
        end its disks are looked through first.
        """
        await self._checks.before_start(machine)
        if machine.state is VmState.STARTING:
            return await self._join_start(machine)
        if machine.state in {VmState.RUNNING, VmState.VIEWING}:
            return machine.info()
        machine.refuse_unreachable()
        if machine.state is VmState.UNAVAILABLE and machine.problem is not None:
            raise machine.problem
        self._check_gate()
        if (machine.folder / RESTORE_FILE).exists():
            async with updating(machine, self._engine.is_alive):
                _log.info("%s: it went back to its snapshot first", machine.name)
        config = for_this_run(machine.config, cfg)
        return await self._switch_on(machine, config, None)

    async def start_from(
        self, machine: Machine, config: VmConfig, load: Callable[[Running], Awaitable[bool]]
    ) -> VmInfo:
        """Start it from memory that was kept.

        Args:
            machine: off.
            config: the machine as that memory knows it.
            load: called before the processors run; tells whether they shall.

        Raises:
            AppError: it could not be started, or what `load` raised; the machine is off.
        """
        self._check_gate()
        return await self._switch_on(machine, config, load)

    async def look_first(self, machine: Machine) -> None:
        """Look through its disks when its last run had no clean end; see `start`.

        Raises:
            AppError: one is damaged, or cannot be looked at.
        """
        await self._checks.before_start(machine)

    async def check_start(self, config: VmConfig) -> None:
        """Refuse settings that this computer cannot run now.

        Raises:
            ParamError, MemoryLessError, DiskLessError: which of them, and why.
            NotSupportedError: there is no QEMU.
        """
        report = await self._host_report()
        host = limits.host_size(self._library.root)
        limits.check_cpus(config.cpus, host)
        limits.check_memory(config.memory_mib, host, emulated=report.accelerator == "tcg")
        limits.check_free_disk(host)

    async def _switch_on(
        self,
        machine: Machine,
        config: VmConfig,
        load: Callable[[Running], Awaitable[bool]] | None,
    ) -> VmInfo:
        machine.apply(Trigger.START)
        try:
            await self._launch(machine, config, load)
        except AppError as err:
            if machine.forced:
                machine.apply_if_possible(Trigger.EXITED, reason="forced")
            machine.apply_if_possible(Trigger.START_FAILED, reason="start-failed", problem=err)
            raise
        except BaseException:
            machine.apply_if_possible(Trigger.EXITED, reason="start-cancelled")
            raise
        if machine.state is VmState.ERROR and machine.problem is not None:
            raise machine.problem
        return machine.info()

    async def stop(self, machine: Machine, timeout_s: float) -> VmInfo:
        """Press the power button and wait; force is offered, never used.

        Raises:
            StopRefusedError: the guest did not switch itself off in time; it runs on.
        """
        machine.refuse_unreachable()
        if machine.state in _OFF:
            return machine.info()
        if machine.state is not VmState.STOPPING:
            try:
                await self._press(machine)
            except ConnectionLostError:
                if not await _has_stopped(machine, _EVENT_S):
                    raise
        try:
            if not await _has_stopped(machine, timeout_s / 2):
                with suppress(AppError):  # Some desktops asked a question at the first press.
                    await machine.live().press_power_button()
                if not await _has_stopped(machine, timeout_s / 2):
                    raise _stop_refused(machine, timeout_s)
        except asyncio.CancelledError:
            machine.apply_if_possible(Trigger.STOP_REFUSED, reason="stop-cancelled")
            raise
        return machine.info()

    async def force_stop(self, machine: Machine) -> VmInfo:
        """Cut the power; what the guest had not saved is lost.

        Raises:
            EngineError: not even force ended the engine.
        """
        # One that is just coming up can be ended as soon as it is there.
        await machine.wait_for(
            lambda state: state is not VmState.STARTING or machine.running is not None
        )
        if machine.unreachable:
            machine.forced = True
            try:
                await self._engine.end_unreachable(machine.folder)
            except BaseException:
                machine.forced = False
                raise
            if machine.unreachable:
                machine.gone(reason="forced")
            return machine.info()
        if not machine.state.has_process:
            return machine.info()
        running = machine.live()
        machine.forced = True
        try:
            await running.kill()
        except BaseException:
            machine.forced = False
            raise
        await machine.wait_for(lambda state: not state.has_process)
        return machine.info()

    async def pause(self, machine: Machine, *, by: str = "") -> VmInfo:
        """Let the machine stand still.

        Args:
            machine: which.
            by: the rule that wants it, empty for a person. A person who pauses what a rule has
                paused already takes that over: no rule lets it go on then. What stands still for
                want of space is let go on by no rule anyway.

        Raises:
            StateError: it ended, or went on by itself, meanwhile.
        """
        if machine.state is not VmState.PAUSED:
            machine.apply(Trigger.PAUSE, reason=reason_of(by))
            await unbroken(self._pause(machine, by))
        elif not by and machine.live().paused_by not in {"", SPACE}:
            await machine.live().note_paused_by("")
            machine.note_reason("paused")
        return _reached(machine, VmState.PAUSED)

    async def resume(self, machine: Machine) -> VmInfo:
        """Let a paused machine go on.

        Raises:
            StateError: it ended meanwhile.
            DiskLessError: there is too little free space, or it was stopped again at once for that.
        """
        if machine.state is VmState.PAUSED:
            await self._space.check_resume(machine.folder)
        if machine.state not in _UP:
            self._check_gate()
            reason = machine.reason
            machine.apply(Trigger.RESUME)
            await unbroken(self._resume(machine, reason))
        return _reached(machine, *_UP)

    async def _launch(
        self,
        machine: Machine,
        config: VmConfig,
        load: Callable[[Running], Awaitable[bool]] | None,
    ) -> None:
        await self.check_start(config)
        report = await self._host_report()
        config, files = await self._with_present_discs(config)
        sockets = paths.runtime_dir(self._library.root) / config.id.hex[:8]
        running = await self._engine.launch(
            LaunchPlan(
                config=config,
                accelerator=report.accelerator,
                folder=machine.folder,
                sockets=sockets,
                files=files,
            )
        )
        followed = False
        try:
            machine.attach(running, config)
            self._registry.follow(machine)
            followed = True
            await self._note_start(machine)
            self._check_gate()  # It may have closed while the engine came up.
            runs = load is None or await load(running)
            if runs:
                await running.resume()
        except BaseException:
            await unbroken(_abandon(running, machine, followed=followed))
            raise
        if not runs:
            machine.apply_if_possible(Trigger.PAUSED, reason="paused")
        machine.started()

    async def _with_present_discs(
        self, config: VmConfig
    ) -> tuple[VmConfig, tuple[CheckedPath, ...]]:
        """The machine with the discs that are there, and what they are.

        An installed system starts without its disc.

        Raises:
            PathRefusedError: one is there and may not be used. The person is to hear of that: with
                an empty drive a system that is to be installed would only say that nothing starts.
        """
        if self.opening_discs is not None:
            await asyncio.wait([self.opening_discs])
        paths = self._paths()
        disc = await _present(config.disc, paths)
        tools = await _present(config.enhance_file_path, paths)
        present = replace(
            config,
            disc=disc.path if disc else None,
            enhance_file_path=str(tools.path) if tools else "",
        )
        return present, tuple(checked for checked in (disc, tools) if checked is not None)

    async def _join_start(self, machine: Machine) -> VmInfo:
        await machine.wait_for(lambda state: state is not VmState.STARTING)
        if machine.state is VmState.ERROR and machine.problem is not None:
            raise machine.problem
        if not machine.state.has_process:
            raise StateError("The start was cut off.", remedy="Start the machine again.")
        return machine.info()

    async def _note_start(self, machine: Machine) -> None:
        now_ms = time.time_ns() // 1_000_000
        try:
            async with machine.editing:
                config = replace(machine.config, last_started_ms=now_ms)
                await unbroken(machine.save(config))
        except AppError as err:  # The machine runs; only its place in the list is at stake.
            _log.warning("%s: the start could not be noted: %s", machine.name, err)

    async def _press(self, machine: Machine) -> None:
        was_paused, reason = machine.state is VmState.PAUSED, machine.reason
        machine.apply(Trigger.STOP)
        try:
            running = machine.live()
            if was_paused:
                # A machine that stands still cannot see the button.
                await _let_go_on(machine, running)
                was_paused = False
            await running.press_power_button()
        except BaseException:
            if machine.running is not None:
                back = Trigger.PAUSED if was_paused else Trigger.STOP_REFUSED
                machine.apply_if_possible(back, reason=reason)
            raise

    async def _pause(self, machine: Machine, by: str) -> None:
        try:
            running = machine.live()
            if by != running.paused_by:
                await machine.note_rule(by)
            await running.pause()
            await _see(machine, running, VmState.PAUSING)
        except AppError:
            if machine.state is VmState.PAUSING:
                machine.apply(Trigger.PAUSE_FAILED)
                await machine.forget_rule()
            raise

    async def _resume(self, machine: Machine, reason: str) -> None:
        try:
            running = machine.live()
            await _let_go_on(machine, running)
            await _see(machine, running, VmState.RESUMING)
            if machine.state in _UP:
                await machine.forget_rule()
        except AppError:
            if machine.state is VmState.RESUMING:
                machine.apply(Trigger.RESUME_FAILED, reason=reason)
            raise


async def _let_go_on(machine: Machine, running: Running) -> None:
    """Let the processors run. A way back to a snapshot ends before: what they write is kept."""
    if (machine.folder / RESTORE_FILE).exists():
        from app.vm.snapshots.journal import finish_live  # noqa: PLC0415 - seldom

        if not await finish_live(machine):
            raise StateError(
                "The machine's memory did not belong to its disks: it was switched off.",
                remedy="Start it.",
            )
    await running.resume()


def _reached(machine: Machine, *states: VmState) -> VmInfo:
    if machine.state in states:
        return machine.info()
    if machine.state in {VmState.ERROR, VmState.PAUSED} and machine.problem is not None:
        raise machine.problem
    raise StateError(
        f"The machine is {machine.state.name.lower()} now.",
        remedy="Look at the machine's state before you go on.",
        detail=f"{machine.state.wire_name} {machine.reason}",
    )


async def _see(machine: Machine, running: Running, changing: VmState) -> None:
    """Wait for the engine's event; ask when it does not come."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_EVENT_S):
            await machine.wait_for(lambda state: state is not changing)
    if machine.state is changing:
        runs = await running.query_status() is RunStatus.RUNNING
        pausing = changing is VmState.PAUSING
        stands = Trigger.PAUSED if pausing else Trigger.RESUME_FAILED
        machine.apply_if_possible(Trigger.RESUMED if runs else stands)


async def _abandon(running: Running, machine: Machine, *, followed: bool) -> None:
    """A start that failed or was cancelled after its launch leaves no engine behind."""
    try:
        await running.kill()
    except AppError as err:
        _log.warning("%s: the start cannot be taken back: %s", machine.name, err)
        machine.mark_unreachable(err)
        return
    if not followed:
        await running.detach()
    else:
        with suppress(TimeoutError):  # Its watcher has seen the end, before the state moves on.
            async with asyncio.timeout(_EVENT_S):
                await machine.wait_for(lambda _: machine.running is None)
    machine.running = machine.run_config = None


async def _has_stopped(machine: Machine, timeout_s: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout_s):
            await machine.wait_for(lambda state: not state.has_process)
    return not machine.state.has_process


def _stop_refused(machine: Machine, timeout_s: float) -> StopRefusedError:
    machine.apply_if_possible(Trigger.STOP_REFUSED, reason="stop-refused")
    return StopRefusedError(
        f"“{machine.name}” did not switch itself off within {timeout_s:.0f} s.",
        remedy="Wait, shut it down from inside, or force it off.",
    )


async def _present(disc: Path | str | None, paths: PathPolicy) -> CheckedPath | None:
    if not disc:
        return None
    try:
        return await ask(disc, paths.check_file, Path(disc), not_empty=True)
    except PathRefusedError:
        raise
    except PathError as err:
        _log.info("starting with an empty drive: %s", err)
    return None
