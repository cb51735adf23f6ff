"""The gate: machines may run only in PC mode, and while the computer stands to be worked with.

`judge` decides, a pure function of mode and posture. `Gate` knows both: the mode is the person's
choice, the posture comes from them or from a sensor. What the gate means for machines that run is
in `app.vm.gate_rules`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from app.errors import NOT_PC_MODE, AppError, NotPcModeError, ParamError, StoreError
from app.reading import UnreadableError
from app.vm.kept_document import KeptDocument
from app.vm.posture import NoSensor, Posture
from app.vm.unbroken import unbroken

_log = logging.getLogger(__name__)

SCHEMA_VERSION = 1
GATE_FILE = "gate.json"
GATE = "gate"
"""Reason of what the gate did: a view released, a machine paused."""
_CANNOT_STORE = "PC mode and posture cannot be stored."


class PcMode(StrEnum):
    """What the person chose."""

    OFF = "off"
    ON = "on"
    AUTOMATIC = "automatic"


class PostureSource(StrEnum):
    """Where the posture comes from."""

    SIMULATED = "simulated"
    SENSOR = "sensor"
    ASSUMED = "assumed"


class Lasting(StrEnum):
    """How long a simulated posture stands in for the sensor's."""

    FOR_GOOD = "for-good"
    UNTIL_SENSOR_CHANGES = "until-sensor-changes"


class ReasonId(StrEnum):
    """Stable names of the gate's own reasons."""

    MODE_OFF = "mode-off"
    MODE_FOLLOWS_POSTURE = "mode-follows-posture"
    POSTURE = "posture"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that is in the way, or worth knowing.

    Attributes:
        id: stable name for programs and translations.
        message: one sentence for people.
        remedy: what the person can do, a sentence or empty.
        blocking: machines may not run; otherwise it is only told.
    """

    id: str
    message: str
    remedy: str
    blocking: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GateStatus:
    """The gate at one moment.

    Attributes:
        mode: as set.
        posture: the one that counts.
        source: where that posture comes from.
        sensor: this computer has one that can be read.
        simulated: posture that stands in for the sensor's, None when none does.
        reasons: why the gate is closed.
        sensor_note: why there is no sensor, never blocking; None when there is one.
    """

    mode: PcMode
    posture: Posture
    source: PostureSource
    sensor: bool
    simulated: Posture | None
    reasons: tuple[Reason, ...]
    sensor_note: Reason | None = None

    @property
    def open(self) -> bool:
        """Machines may run."""
        return not any(reason.blocking for reason in self.reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSettings:
    """What is kept over restarts.

    Attributes:
        mode: the person's choice.
        simulated: posture that stands in for the sensor's.
        lasting: for how long it does so.
        sensor_seen: what the sensor told when that was said; None without one.
    """

    mode: PcMode = PcMode.AUTOMATIC
    simulated: Posture | None = None
    lasting: Lasting = Lasting.FOR_GOOD
    sensor_seen: Posture | None = None

    def __post_init__(self) -> None:
        if self.lasting is Lasting.UNTIL_SENSOR_CHANGES and self.simulated is None:
            raise ParamError("There is no simulated posture that could end.")


class PostureSensor(Protocol):
    """Tells the posture; `app.vm.posture.TabletSwitch` is one."""

    @property
    def posture(self) -> Posture | None:
        """What it says now, None when it cannot tell."""

    @property
    def absence(self) -> NoSensor | None:
        """Why it cannot tell, None when it can."""

    async def start(self, changed: Callable[[], None]) -> None:
        """Look for it and call `changed` on this loop whenever it tells something else."""

    def close(self) -> None:
        """Stop following."""


Listener = Callable[[GateStatus, GateStatus], None]


def judge(mode: PcMode, posture: Posture) -> tuple[Reason, ...]:
    """Why machines may not run in `mode` and `posture`; empty when they may.

    In automatic mode it is the mode that is off while the posture is wrong; in the others the
    posture is a reason of its own, also beside a mode that is off: both have to be put right.
    """
    reasons = []
    if mode is PcMode.OFF:
        reasons.append(
            _refusal(ReasonId.MODE_OFF, "PC mode is off.", "Turn PC mode on, or make it automatic.")
        )
    how = _WRONG_POSTURES.get(posture)
    if how is not None:
        remedy = "Attach the keyboard, or put the computer on its stand."
        if mode is PcMode.AUTOMATIC:
            sentence = f"PC mode is off while the computer is {how}."
            reasons.append(_refusal(ReasonId.MODE_FOLLOWS_POSTURE, sentence, remedy))
        else:
            reasons.append(_refusal(ReasonId.POSTURE, f"The computer is {how}.", remedy))
    return tuple(reasons)


def status_of(
    settings: GateSettings, sensed: Posture | None, absence: NoSensor | None
) -> GateStatus:
    """The gate with these settings, when the sensor says this.

    Args:
        settings: the person's choices.
        sensed: what the sensor tells, None when it cannot.
        absence: why it cannot.
    """
    if settings.simulated is not None:
        posture, source = settings.simulated, PostureSource.SIMULATED
    elif sensed is not None:
        posture, source = sensed, PostureSource.SENSOR
    else:
        posture, source = Posture.KEYBOARD_ATTACHED, PostureSource.ASSUMED
    return GateStatus(
        mode=settings.mode,
        posture=posture,
        source=source,
        sensor=sensed is not None,
        simulated=settings.simulated,
        reasons=judge(settings.mode, posture),
        sensor_note=None if absence is None else _note(absence),
    )


def gate_document(path: Path) -> KeptDocument[GateSettings]:
    """The file that keeps the settings."""
    return KeptDocument(
        path,
        GateSettings,
        schema_version=SCHEMA_VERSION,
        what=path.name,
        without_it="the defaults hold",
        cannot_write=_CANNOT_STORE,
        make_folder=True,
    )


_WRONG_POSTURES = {Posture.TABLET: "used as a tablet", Posture.FOLDED: "folded"}


class Gate:
    """Mode and posture of this computer; belongs to one asyncio loop.

    Args:
        path: the file that keeps the person's choices; read at once, its folder need not be there.
        sensor: followed from `start` on.
    """

    def __init__(self, path: Path, sensor: PostureSensor) -> None:
        self._kept, self._sensor = gate_document(path), sensor
        self._settings = self._load()
        self._writing = asyncio.Lock()
        self._tasks: asyncio.TaskGroup | None = None
        self._following = False
        self._listeners: dict[object, Listener] = {}
        self._told = self.status()

    def status(self) -> GateStatus:
        """Mode and posture now, and what is in the way."""
        return status_of(self._settings, self._sensor.posture, self._sensor.absence)

    def check(self) -> None:
        """Return when machines may run now.

        Raises:
            NotPcModeError: with everything that is in the way.
        """
        status = self.status()
        if not status.open:
            raise _not_pc_mode(status)

    def on_change(self, callback: Listener) -> Callable[[], None]:
        """Call `callback` on the gate's loop with the status before and after each change.

        Returns:
            A function that takes it off again.
        """
        token = object()
        self._listeners[token] = callback

        def take_off() -> None:
            self._listeners.pop(token, None)

        return take_off

    async def start(self, tasks: asyncio.TaskGroup) -> None:
        """Look for the sensor and follow it on this loop until `close`.

        What the first look finds is no change, and nobody is told of it. A later call looks again
        for a sensor that was not there.

        Args:
            tasks: of the owner; late writes run there.
        """
        is_first, self._tasks = self._tasks is None, tasks
        await self._sensor.start(self._sensor_changed)
        self._following = True
        self._drop_what_has_ended()
        if is_first:
            self._told = self.status()
        else:
            self._tell()

    def close(self) -> None:
        """Stop following the sensor; nobody is told of anything any more."""
        self._following = False
        self._listeners.clear()
        self._sensor.close()

    async def set_mode(self, mode: PcMode) -> GateStatus:
        """Switch PC mode; it is on disk before anybody hears of it.

        Raises:
            StoreError, DiskLessError: it cannot be stored; nothing has changed.
            NewerVersionError, UnreadableError: the file is left alone; the change holds until this
                program ends. So it is with a damaged one that cannot be set aside, a StoreError.
        """
        return await self._change(lambda settings: replace(settings, mode=mode))

    async def set_posture(self, posture: Posture | None) -> GateStatus:
        """Let `posture` stand in for the sensor's; None: follow the sensor again.

        Raises:
            StoreError, DiskLessError: as `set_mode`.
        """
        return await self._change(
            lambda settings: GateSettings(mode=settings.mode, simulated=posture)
        )

    async def continue_anyway(self) -> GateStatus:
        """Take the keyboard as attached until the sensor tells something else than now.

        Raises:
            StoreError, DiskLessError: as `set_mode`.
        """
        seen = self._sensor.posture
        return await self._change(
            lambda settings: replace(
                settings,
                simulated=Posture.KEYBOARD_ATTACHED,
                lasting=Lasting.UNTIL_SENSOR_CHANGES,
                sensor_seen=seen,
            )
        )

    async def _change(self, change: Callable[[GateSettings], GateSettings]) -> GateStatus:
        async with self._writing:
            return await unbroken(self._carry_out(change))  # File and memory stay one.

    async def _carry_out(self, change: Callable[[GateSettings], GateSettings]) -> GateStatus:
        wanted = change(self._settings)
        if wanted == self._settings:
            return self.status()
        obstacle = await asyncio.to_thread(self._kept.obstacle)
        if obstacle is None:
            await asyncio.to_thread(self._kept.write, wanted)
        self._settings = change(self._settings)  # The sensor may have ended something meanwhile.
        self._drop_what_has_ended()
        self._tell()
        if obstacle is not None:
            raise type(obstacle)(
                f"{_CANNOT_STORE} They hold until Duplex VM ends.",
                remedy=f"Look at the file {self._kept.path.name} in the library.",
                detail=str(obstacle),
            ) from obstacle
        return self.status()

    def _sensor_changed(self) -> None:
        if self._following:
            self._drop_what_has_ended()
            self._tell()

    def _drop_what_has_ended(self) -> None:
        """End a posture that holds only until the sensor changes, when it has."""
        settings, seen = self._settings, self._sensor.posture
        if settings.lasting is Lasting.FOR_GOOD or seen in {None, settings.sensor_seen}:
            return
        self._settings = GateSettings(mode=settings.mode)
        if self._tasks is not None:
            self._tasks.create_task(self._write_late(), name="gate")

    async def _write_late(self) -> None:
        """Store what the sensor has ended; that holds, whether it can be stored or not."""
        async with self._writing:
            try:
                await unbroken(asyncio.to_thread(self._store_what_holds))
            except AppError as err:
                _log.warning("the end of a simulated posture was not stored: %s", err)

    def _store_what_holds(self) -> None:
        if self._kept.obstacle() is None:  # Of one in the way the log has told already.
            self._kept.write(self._settings)

    def _tell(self) -> None:
        before, after = self._told, self.status()
        if after == before:
            return
        self._told = after
        _log.info("PC mode %s, posture %s: %s", after.mode, after.posture, _word(after))
        for listener in tuple(self._listeners.values()):
            try:
                listener(before, after)
            except Exception:  # noqa: BLE001 - one listener's trouble is not the others'
                _log.exception("a listener of the gate failed")

    def _load(self) -> GateSettings:
        try:
            return self._kept.read() or GateSettings()
        except UnreadableError as err:
            # It may say Off. Only the person opens what they may have closed.
            _log.warning("PC mode is off until somebody sets it: %s %s", err, err.detail)
            return GateSettings(mode=PcMode.OFF)
        except StoreError as err:
            _log.warning("the defaults hold: %s", err)
            return GateSettings()


def _refusal(reason: ReasonId, sentence: str, remedy: str) -> Reason:
    return Reason(reason, f"{NOT_PC_MODE}: {sentence}", remedy, blocking=True)


def _note(absence: NoSensor) -> Reason:
    return Reason(absence.gap, absence.message, absence.remedy, blocking=False)


def _not_pc_mode(status: GateStatus) -> NotPcModeError:
    """One error of all reasons; the document's text stands in front, once."""
    first, *others = (reason for reason in status.reasons if reason.blocking)
    more = [reason.message.removeprefix(f"{NOT_PC_MODE}: ") for reason in others]
    remedies = dict.fromkeys(reason.remedy for reason in (first, *others))
    ids = ", ".join(reason.id for reason in (first, *others))
    return NotPcModeError(
        " ".join([first.message, *more]),
        remedy=" ".join(remedies),
        detail=f"{ids}: mode {status.mode}, posture {status.posture} ({status.source})",
    )


def _word(status: GateStatus) -> str:
    return "the gate is open" if status.open else "the gate is closed"
