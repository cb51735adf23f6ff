"""What stands around the gate in tests: a sensor to turn, machines to stop, and a clock to move."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from app.errors import EngineError
from app.vm.gate import Gate, GateStatus
from app.vm.gate_rules import GateRules
from app.vm.posture import NO_SENSOR, SENSOR_GONE, NoSensor, Posture
from app.vm.state import TRANSITIONS, Trigger, VmState, advance

NOWHERE = Path("/nonexistent/gate.json")  # for gates whose settings are never changed
_UP = frozenset({VmState.RUNNING, VmState.VIEWING})


class Sensor:
    """A sensor that says what the test wants; silent before it is started, as the real one."""

    def __init__(self, posture: Posture | None = None) -> None:
        self.real = posture
        self.why = NO_SENSOR
        self.changed: Callable[[], None] | None = None

    @property
    def posture(self) -> Posture | None:
        return self.real if self.changed is not None else None

    @property
    def absence(self) -> NoSensor | None:
        return self.why if self.posture is None else None

    async def start(self, changed: Callable[[], None]) -> None:
        self.changed = changed

    def close(self) -> None:
        self.changed = None

    def turn(self, posture: Posture | None) -> None:
        self.real = posture
        if posture is None:
            self.why = SENSOR_GONE
        assert self.changed is not None
        self.changed()


class JumpingLoop(asyncio.SelectorEventLoop):
    """A loop whose clock the test moves on."""

    ahead_s = 0.0

    def time(self) -> float:
        return super().time() + self.ahead_s


def jump(seconds: float) -> None:
    """Let the running JumpingLoop believe that so much time has gone by."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, JumpingLoop)
    loop.ahead_s += seconds


@dataclass(eq=False)
class Guest:
    """One machine: its state, its window and who made it stand still."""

    state: VmState = VmState.RUNNING
    window: bool = True
    bound: bool = True
    paused_by: str = ""
    id: UUID = field(default_factory=uuid4)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.show()

    def apply(self, trigger: Trigger) -> None:
        self.state = advance(self.state, trigger)
        self.show()
        self.changed.set()
        self.changed = asyncio.Event()

    def show(self) -> None:
        """A bound machine that runs is VIEWING."""
        trigger = Trigger.VIEW_BOUND if self.bound else Trigger.VIEW_RELEASED
        self.state = TRANSITIONS.get((self.state, trigger), self.state)

    async def at_rest(self) -> None:
        while self.state.is_changing:
            await self.changed.wait()


class Household:
    """`GatedMachines` in memory, with the real table of states, and what a person does to them."""

    def __init__(self, gate: Gate, guests: Iterable[Guest]) -> None:
        self.gate = gate
        self.guests = {guest.id: guest for guest in guests}
        self.freed: set[UUID] = set()
        self.turns = 0  # of the loop, that a pause and a resume take
        self.held: dict[UUID, asyncio.Event] = {}
        self.failures: dict[UUID, Exception] = {}
        self.calls: list[tuple[str, UUID]] = []
        self.now = self.most = 0  # calls under way
        self.wrong_resumes: list[Guest] = []

    # What the rules ask for.

    def release_views(self) -> frozenset[UUID]:
        had = frozenset(guest.id for guest in self.guests.values() if guest.bound)
        for vm_id in had:
            self.guests[vm_id].bound = False
            self.guests[vm_id].show()
        self.freed |= had
        return had

    def bind_views_again(self) -> None:
        for vm_id in self.freed:
            guest = self.guests.get(vm_id)
            if guest is not None and guest.window:
                guest.bound = True
                guest.show()
        self.freed.clear()

    async def pause_for_gate(self, vm_id: UUID) -> None:
        guest = self.guests.get(vm_id)
        if guest is None:
            return
        self.calls.append(("pause", vm_id))
        await guest.at_rest()
        if guest.state not in _UP:
            return
        guest.paused_by = "gate"
        guest.apply(Trigger.PAUSE)
        try:
            await self._work(guest)
        except BaseException:
            guest.paused_by = ""
            if guest.state is VmState.PAUSING:
                guest.apply(Trigger.PAUSE_FAILED)
            raise
        if guest.state is VmState.PAUSING:
            guest.apply(Trigger.PAUSED)

    async def resume_from_gate(self, vm_id: UUID) -> None:
        guest = self.guests[vm_id]
        self.calls.append(("resume", vm_id))
        if guest.paused_by != "gate" or guest.state is not VmState.PAUSED:
            self.wrong_resumes.append(guest)
            return
        guest.apply(Trigger.RESUME)
        try:
            await self._work(guest)
        except BaseException:
            if guest.state is VmState.RESUMING:
                guest.apply(Trigger.RESUME_FAILED)
            raise
        if guest.state is VmState.RESUMING:
            guest.paused_by = ""
            guest.apply(Trigger.RESUMED)

    def paused_by_gate(self) -> frozenset[UUID]:
        return frozenset(
            guest.id
            for guest in self.guests.values()
            if guest.state is VmState.PAUSED and guest.paused_by == "gate"
        )

    # What the test wants of pauses and resumes.

    def hold(self, *guests: Guest) -> None:
        for guest in guests:
            self.held[guest.id] = asyncio.Event()

    def let_go(self, *guests: Guest) -> None:
        for guest in guests:
            self.held.pop(guest.id).set()

    def fail_once(self, guest: Guest, error: Exception | None = None) -> None:
        self.failures[guest.id] = error or EngineError("The engine does not answer.")

    async def _work(self, guest: Guest) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            for _ in range(self.turns):
                await asyncio.sleep(0)
            if guest.id in self.held:
                await self.held[guest.id].wait()
            if guest.id in self.failures:
                raise self.failures.pop(guest.id)
        finally:
            self.now -= 1

    # What a person, or the disk, does. All but force is refused while the machine is changing.

    def person_pauses(self, guest: Guest) -> None:
        if guest.state in _UP:
            guest.apply(Trigger.PAUSE)
            guest.apply(Trigger.PAUSED)
        if guest.state is VmState.PAUSED:
            guest.paused_by = "person"

    def person_resumes(self, guest: Guest) -> None:
        if guest.state is VmState.PAUSED and self.gate.status().open:
            guest.paused_by = ""
            guest.apply(Trigger.RESUME)
            guest.apply(Trigger.RESUMED)

    def person_stops(self, guest: Guest) -> None:
        if guest.state in _UP or guest.state is VmState.PAUSED:
            guest.paused_by = ""
            guest.apply(Trigger.EXITED)

    def person_forces_off(self, guest: Guest) -> None:
        if guest.state.has_process:
            guest.paused_by = ""
            guest.apply(Trigger.EXITED)

    def person_starts(self, guest: Guest) -> None:
        if guest.state is VmState.STOPPED and self.gate.status().open:
            guest.apply(Trigger.START)
            guest.apply(Trigger.STARTED)

    def person_destroys(self, guest: Guest) -> None:
        if guest.state is VmState.STOPPED:
            self.guests.pop(guest.id, None)

    def person_opens_window(self, guest: Guest) -> None:
        if self.gate.status().open:
            guest.window = guest.bound = True
            guest.show()

    def person_closes_window(self, guest: Guest) -> None:
        guest.window = guest.bound = False
        guest.show()

    def disk_fills(self, guest: Guest) -> None:
        if guest.state in _UP:
            guest.paused_by = "disk"
            guest.apply(Trigger.PAUSED)

    def disk_is_freed(self, guest: Guest) -> None:
        if guest.paused_by == "disk":
            guest.paused_by = ""
            guest.apply(Trigger.RESUMED)


@dataclass
class Ruled:
    """A gate with rules over machines, all in step."""

    sensor: Sensor
    gate: Gate
    machines: Household
    rules: GateRules
    published: list[tuple[GateStatus, GateStatus]]

    def lose(self) -> None:
        self.sensor.turn(Posture.TABLET)

    def regain(self) -> None:
        self.sensor.turn(Posture.KEYBOARD_ATTACHED)

    async def settled(self) -> None:
        """Nothing is under way any more."""
        while self.rules._settling:
            await asyncio.wait(self.rules._settling.values())


@asynccontextmanager
async def ruled(
    *guests: Guest,
    posture: Posture = Posture.KEYBOARD_ATTACHED,
    path: Path = NOWHERE,
    **options: Any,
) -> AsyncIterator[Ruled]:
    """Rules that are in force inside the block."""
    sensor = Sensor(posture)
    gate = Gate(path, sensor)
    machines = Household(gate, guests)
    published: list[tuple[GateStatus, GateStatus]] = []
    async with asyncio.TaskGroup() as tasks:
        await gate.start(tasks)
        rules = GateRules(
            gate,
            machines,
            tasks,
            publish=lambda before, after: published.append((before, after)),
            **options,
        )
        rules.start()
        try:
            yield Ruled(sensor, gate, machines, rules, published)
        finally:
            rules.close()
            gate.close()
