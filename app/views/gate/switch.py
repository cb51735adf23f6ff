"""PC mode as the windows know it, and the ways to change it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from app.views.actions import Actions
from app.vm.api import ManagerApi
from app.vm.gate import GateStatus, PcMode
from app.vm.posture import Posture

_NAME = "pc mode"


class GateManager(ManagerApi, Protocol):
    """The manager for a person at its own screen: its API, and what only they may do."""

    async def continue_anyway(self) -> GateStatus:
        """Take the keyboard as attached until the sensor tells something else than now.

        Raises:
            StoreError: it cannot be written down; nothing was changed.
        """


class GateSwitch(QObject):
    """Holds the newest state that the manager told, and asks it for another one.

    Signals:
        changed: look at `status` again; also after a wish that was not granted, so that a control
            that the person has moved goes back.
    """

    changed = Signal()

    def __init__(self, manager: GateManager, actions: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self._manager, self._actions = manager, actions
        self._status: GateStatus | None = None

    @property
    def status(self) -> GateStatus | None:
        """PC mode and posture; None before the manager has told."""
        return self._status

    @property
    def is_closed(self) -> bool:
        """Whether it is known that machines may not run."""
        return self._status is not None and not self._status.open

    def tell(self, status: GateStatus) -> None:
        """Take over what the manager says now."""
        if status != self._status:
            self._status = status
            self.changed.emit()

    def turn_on(self, then: Callable[[], None] | None = None) -> None:
        """Let machines run, whatever is in the way; calls `then` when they may."""

        async def work() -> None:
            status = await open_gate(self._manager)
            if then is not None and status.open:
                then()

        self._run(work(), self.tr("PC mode could not be turned on"))

    def turn_off(self) -> None:
        """Let no machine run."""
        self.set_mode(PcMode.OFF)

    def set_mode(self, mode: PcMode) -> None:
        """Switch PC mode."""

        async def work() -> None:
            await self._manager.set_pc_mode(mode)

        self._run(work(), self.tr("PC mode could not be changed"))

    def set_posture(self, posture: Posture | None) -> None:
        """Let `posture` stand in for the sensor's; None: follow the sensor."""

        async def work() -> None:
            await self._manager.set_posture(posture)

        self._run(work(), self.tr("The posture could not be set"))

    def _run(self, work: Coroutine[object, object, None], title: str) -> None:
        async def then_look_again() -> None:
            try:
                await work
            finally:
                self.changed.emit()

        if self._actions.is_running(_NAME):
            work.close()
            self.changed.emit()
        else:
            self._actions.run(then_look_again(), name=_NAME, title=title)


async def open_gate(manager: GateManager) -> GateStatus:
    """Let machines run, whatever is in the way: PC mode that is off, or the posture.

    Raises:
        StoreError: it cannot be written down.
    """
    status = await manager.get_pc_mode()
    if status.mode is PcMode.OFF:
        status = await manager.set_pc_mode(PcMode.AUTOMATIC)
    if not status.open:
        status = await manager.continue_anyway()
    return status
