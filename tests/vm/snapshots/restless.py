"""A manager that makes, deletes and goes back to snapshots until it is killed.

    python -m tests.vm.snapshots.restless LIBRARY KIND SEED MOMENT

It says ``ready`` when it begins and ``cycle`` after each round. The machine is of `MOMENT`, and the
name of each snapshot that it makes is the moment that it is of.
"""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

from app.errors import AppError
from app.vm.manager import VmManager
from app.vm.records import Snapshot
from tests.vm.snapshots.moments import NAME, machine_of, manager_of


def say(word: str) -> None:
    """Tell whoever will kill us how far we are."""
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


def moment_of(one: Snapshot) -> int | None:
    """The moment that a snapshot is of, when its name tells."""
    return int(one.name) if one.name.isdecimal() else None


class Restless:
    """Works on one machine."""

    def __init__(self, manager: VmManager, kind: str, seed: int, moment: int) -> None:
        self._manager = manager
        self._kind = kind
        self._random = random.Random(seed)
        self._moment: int | None = moment

    async def cycle(self) -> None:
        """One round."""
        manager = self._manager
        if self._moment is not None:
            await manager.create_snapshot(NAME, str(self._moment))
        listed = await manager.get_snapshot_list(NAME)
        others = [one for one in listed if moment_of(one) not in {self._moment, None}]
        target = self._random.choice(others or listed)
        if self._kind == "live" and self._random.random() < 0.3:
            await manager.force_stop_vm(NAME)  # It comes up from memory then.
        safety = self._random.random() < 0.3
        await manager.restore_snapshot(NAME, target.snapshot_id, safety=safety)
        self._moment = moment_of(target)
        listed = await manager.get_snapshot_list(NAME)
        for one in self._random.sample(listed, max(0, len(listed) - 3)):
            await manager.destroy_snapshot(NAME, one.snapshot_id)


async def main(root: Path, kind: str, seed: int, moment: int) -> None:
    """Work until killed, or until the machine has been."""
    async with manager_of(root) as manager:
        restless = Restless(manager, kind, seed, moment)
        say("ready")
        while True:
            try:
                await restless.cycle()
            except AppError as err:
                await asyncio.sleep(0)
                say(f"{type(err).__name__}: {err.message}")
                return
            if kind == "live" and not machine_of(manager).state.has_process:
                say("gone")
                return
            say("cycle")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
