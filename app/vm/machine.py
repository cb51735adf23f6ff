"""One machine of the library: its state, its run, and what it has to tell."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.errors import AppError, Code, ConnectionLostError, DiskLessError, EngineError, StateError
from app.vm.engine import (
    EngineExited,
    EngineResumed,
    EngineShutdown,
    EngineStopped,
    Running,
    RunStatus,
)
from app.vm.events import Published, StateChanged, VmChanged
from app.vm.gate import GATE
from app.vm.hardware import with_disks_of
from app.vm.limits import host_size
from app.vm.model import VmConfig, VmInfo
from app.vm.space_guard import DISK_FULL, SPACE
from app.vm.state import TRANSITIONS, Action, Trigger, VmState, advance, allowed
from app.vm.store import THUMBNAIL, save_config, storing

_log = logging.getLogger(__name__)

_RUN_REASONS = {
    RunStatus.IO_ERROR: "io-error",
    RunStatus.BROKEN: "guest-broken",
    RunStatus.PAUSED: "paused",
    RunStatus.SHUTDOWN: "shutdown",
    RunStatus.STARTING: "prelaunch",
}


class Machine:
    """State, configuration and live run of one machine. Belongs to the manager's loop.

    Attributes:
        config: as stored; changes hold from the next start on.
        run_config: with the settings of the present run, None when the machine is off.
        running: the live engine, None when the machine is off.
        problem: why it is UNAVAILABLE or in ERROR.
        window_id: of the bound view.
        run_ms: start of its present or last run here, milliseconds since 1970, UTC; 0 before.
        unreachable: an engine runs it, but cannot be talked to.
        forced: its power is being cut, so that however the engine ends is what was wished.
        editing: held while its description or its folder is being changed.
        manifest_lock: held while the list of its snapshots is being changed.
    """

    def __init__(
        self,
        config: VmConfig,
        folder: Path,
        publish: Callable[[Published], None],
        *,
        state: VmState = VmState.STOPPED,
        problem: AppError | None = None,
    ) -> None:
        self.config = config
        self.folder = folder
        self.state = state
        self.reason = ""
        self.problem = problem
        self.running: Running | None = None
        self.window_id: int | None = None
        self.run_ms = 0
        self.unreachable = False
        self.forced = False
        self.editing = asyncio.Lock()
        self.manifest_lock = asyncio.Lock()
        self.run_config: VmConfig | None = None
        self._publish = publish
        self._ending: EngineShutdown | None = None
        self._early_exit: EngineExited | None = None
        self._changed = asyncio.Event()

    @property
    def name(self) -> str:
        """Its present name."""
        return self.config.name

    @property
    def noted_by_gate(self) -> bool:
        """The gate has closed over it: it stands still for that, or is to."""
        return self.running is not None and self.running.paused_by == GATE

    @property
    def paused_by_gate(self) -> bool:
        """It stands still because the gate closed, and goes on when that opens."""
        return self.state is VmState.PAUSED and self.noted_by_gate

    def info(self) -> VmInfo:
        """The machine at this moment."""
        config = self.run_config or self.config
        thumbnail = self.folder / THUMBNAIL
        live = self.running if self.state.has_process else None
        return VmInfo(
            id=self.config.id,
            name=self.config.name,
            state=self.state,
            reason=self.reason,
            problem=self.problem.message if self.problem else "",
            remedy=self.problem.remedy if self.problem else "",
            problem_code=self.problem.code if self.problem else None,
            cpus=config.cpus,
            memory_mib=config.memory_mib,
            disk_mib=config.disks[0].size_mib if config.disks else 0,
            firmware=config.hardware.firmware,
            net_mode=config.net_mode,
            system=config.system,
            disc=self.config.disc,
            accelerator=live.accelerator if live else "",
            started_ms=live.started_ms if live else 0,
            created_ms=self.config.created_ms,
            last_started_ms=self.config.last_started_ms,
            thumbnail=thumbnail if thumbnail.exists() else None,
            folder=self.folder,
            window_id=self.window_id,
            actions=self._actions(),
            opaque=self.config.opaque,
        )

    def apply(self, trigger: Trigger, *, reason: str = "", problem: AppError | None = None) -> None:
        """Take the step that `trigger` stands for and tell everybody.

        Raises:
            StateError: the transition table does not have it.
        """
        self._enter(advance(self.state, trigger), reason, problem)
        if self.state is VmState.RUNNING and self.window_id is not None:
            self._enter(advance(self.state, Trigger.VIEW_BOUND), reason, problem)

    def apply_if_possible(
        self, trigger: Trigger, *, reason: str = "", problem: AppError | None = None
    ) -> None:
        """What the engine tells may be old news in the present state."""
        if (self.state, trigger) in TRANSITIONS:
            self.apply(trigger, reason=reason, problem=problem)

    def started(self) -> None:
        """The processors run; an end that was told before is told now."""
        self.apply_if_possible(Trigger.STARTED)
        if self._early_exit is not None:
            self._on_exited(self._early_exit)

    def gone(self, *, reason: str) -> None:
        """The engine that could not be reached has ended."""
        self.running = self.run_config = None
        self.unreachable = False
        if self.forced:
            reason = "forced"
        if self.state is VmState.UNAVAILABLE:
            self.tell_changed()
        self.apply_if_possible(Trigger.EXITED, reason=reason)

    def set_window(self, window_id: int | None) -> None:
        """Note which view is bound; a running machine becomes VIEWING, or RUNNING again."""
        self.window_id = window_id
        trigger = Trigger.VIEW_RELEASED if window_id is None else Trigger.VIEW_BOUND
        self.apply_if_possible(trigger)

    def change_config(self, config: VmConfig) -> None:
        """Take over a changed description, which is on disk already."""
        self.config = config
        self.tell_changed()

    def note_reason(self, reason: str) -> None:
        """The state stays, but now for another reason."""
        self.reason = reason
        self.tell_changed()

    def tell_changed(self) -> None:
        """Something in `info` is new that is no change of state."""
        self._publish(VmChanged(vm_id=self.config.id, vm_name=self.name))

    def live(self) -> Running:
        """The engine that runs it.

        Raises:
            StateError: the machine is off.
        """
        if self.running is None:
            raise StateError(
                "The machine is off.", remedy="Start it first.", detail=self.state.wire_name
            )
        return self.running

    def refuse_unreachable(self) -> None:
        """Raise a StateError for a machine that runs but cannot be talked to."""
        if self.unreachable:
            raise StateError(
                "The machine runs, but cannot be reached.",
                remedy="Force it off, then start it again.",
            )

    async def save(self, config: VmConfig) -> None:
        """Put a changed description on disk, then into effect; the caller holds `editing`."""
        with storing("The machine's description cannot be written."):
            await asyncio.to_thread(save_config, self.folder, config)
        self.config = config

    async def wait_for(self, wanted: Callable[[VmState], bool]) -> VmState:
        """Wait until the state fits."""
        while not wanted(self.state):
            await self._changed.wait()
        return self.state

    def attach(self, running: Running, run_config: VmConfig) -> None:
        """Take over a machine that has come up or was found running."""
        self.running, self.run_config = running, run_config
        self.run_ms = running.started_ms
        self._ending = self._early_exit = None
        self.unreachable = self.forced = False
        self._wake_waiters()

    async def watch(self) -> None:
        """Follow the live engine until it has gone. Cancelling lets go and leaves it running."""
        running = self.running
        if running is None:
            return
        try:
            async for event in running.events():
                match event:
                    case EngineStopped():
                        self._on_stopped(event)
                    case EngineResumed():
                        self.apply_if_possible(Trigger.RESUMED)
                    case EngineShutdown():
                        self._ending = event
                    case EngineExited():
                        self._on_exited(event)
        finally:
            await running.detach()

    async def adopt(self, running: Running) -> None:
        """Follow a machine that was found running, from the state that it is in now."""
        # This run may have been started with other settings, for itself alone.
        config = replace(
            self.config,
            cpus=running.cpus or self.config.cpus,
            memory_mib=running.memory_mib or self.config.memory_mib,
        )
        self.attach(running, config)
        try:
            # A disk may be written down that the guest was not given any more.
            self.run_config = with_disks_of(config, await running.disk_ids())
            status = await running.query_status()
            if status is RunStatus.STARTING:
                # The manager that was starting it died before it let the machine go.
                await running.resume()
                status = await running.query_status()
        except (ConnectionLostError, EngineError):
            status = RunStatus.BROKEN
        if status in {RunStatus.RUNNING, RunStatus.SHUTDOWN}:
            self.apply(Trigger.ADOPTED_RUNNING, reason="adopted")
            if running.paused_by == SPACE:  # The manager died before it had paused it.
                await self.forget_rule()
        else:
            reason = reason_of(running.paused_by) or _RUN_REASONS.get(status, "adopted")
            self.apply(Trigger.ADOPTED_PAUSED, reason=reason, problem=self._problem_of(reason))

    async def hold_for_space(self) -> None:
        """It stands still for another rule, and has no room to go on: a person has to see to it."""
        await self.note_rule(SPACE)
        if self.state is VmState.PAUSED:
            self.problem = self._disk_full()
            self.note_reason(DISK_FULL)

    async def forget_rule(self) -> None:
        """A machine that runs is paused by no rule; what is written down should say so too."""
        if self.running is not None and self.running.paused_by:
            await self.note_rule("")

    async def note_rule(self, rule: str) -> None:
        """Note which rule pauses a live machine, empty for none.

        A full disk must not keep a machine from being paused: then only this manager knows why.
        """
        running = self.running
        if running is None:
            return
        try:
            await running.note_paused_by(rule)
        except AppError as err:
            _log.warning("%s: why it is paused cannot be written down: %s", self.name, err)

    def mark_unreachable(self, problem: AppError) -> None:
        """It runs but cannot be talked to: never shown as STOPPED."""
        self.running = self.run_config = None
        self.unreachable = True
        if (self.state, Trigger.FAILED) in TRANSITIONS:
            self.apply(Trigger.FAILED, reason="unreachable", problem=problem)
        else:
            self.tell_changed()

    def _actions(self) -> frozenset[Action]:
        if self.unreachable:
            return frozenset({Action.FORCE_STOP})
        return allowed(self.state)

    def _on_stopped(self, event: EngineStopped) -> None:
        if event.status is RunStatus.STARTING and self.state is VmState.STARTING:
            return  # It has not run yet; whoever starts it lets it go.
        reason = DISK_FULL if event.disk_full else _RUN_REASONS.get(event.status, "")
        if event.status is RunStatus.BROKEN:
            _log.warning("%s: the guest cannot go on (%s)", self.name, reason)
        if self.state is VmState.PAUSING:
            reason = self.reason
        self.apply_if_possible(Trigger.PAUSED, reason=reason, problem=self._problem_of(reason))

    def _problem_of(self, reason: str) -> DiskLessError | None:
        return self._disk_full() if reason == DISK_FULL else None

    def _disk_full(self) -> DiskLessError:
        free_mib = host_size(self.folder).free_disk_mib
        return DiskLessError(
            f"The disk of this computer is full: {free_mib} MiB are free in {self.folder}.",
            remedy="Make room there, then resume the machine.",
        )

    def _on_exited(self, event: EngineExited) -> None:
        self.running = self.run_config = None
        if self.state is VmState.STARTING:  # Whoever starts it says how that went.
            self._early_exit = event
            self._wake_waiters()
            return
        self._early_exit = None
        if self.forced:
            self.apply_if_possible(Trigger.EXITED, reason="forced")
            return
        if self._ending is not None or event.code == 0:
            reason = self._ending.reason if self._ending else "ended"
            self.apply_if_possible(Trigger.EXITED, reason=reason)
            return
        by_signal = event.code is not None and event.code < 0
        code = "" if event.code is None else f" (code {event.code})"
        _log.warning("%s: the engine ended unexpectedly%s", self.name, code)
        problem = EngineError(
            f"The machine ended unexpectedly{code}.",
            remedy="Start it again; its disk is as it was.",
            detail=event.last_words,
            code=Code.ENGINE_KILLED if by_signal else None,
        )
        self.apply_if_possible(Trigger.FAILED, reason="engine-died", problem=problem)

    def _enter(self, state: VmState, reason: str, problem: AppError | None) -> None:
        previous, self.state = self.state, state
        self.reason, self.problem = reason, problem
        _log.info("%s: %s -> %s %s", self.name, previous.name, state.name, reason)
        self._publish(
            StateChanged(
                vm_id=self.config.id,
                vm_name=self.name,
                state=state,
                previous=previous,
                reason=reason,
            )
        )
        self._wake_waiters()

    def _wake_waiters(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


def reason_of(rule: str) -> str:
    """What is shown as the reason when this rule pauses a machine; empty for none."""
    return DISK_FULL if rule == SPACE else rule
