"""The way from one window to its machine: picture and input, opened together and lost together."""

from __future__ import annotations

import logging
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.errors import AppError
from app.exclusive.controller import InputController
from app.exclusive.machine_view import MachineSession, Spawn, Unpluggable, ViewDisplay
from app.exclusive.surface import Surface
from app.vm.display.seam import Input
from app.vm.state import VmState

_log = logging.getLogger(__name__)

_RECONNECT_MS = 800

TAKES_INPUT = frozenset({VmState.RUNNING, VmState.VIEWING, VmState.STOPPING})
"""States in which what a person types reaches the guest."""
HAS_PICTURE = TAKES_INPUT | {
    VmState.PAUSING,
    VmState.PAUSED,
    VmState.RESUMING,
    VmState.SNAPSHOTTING,
}
"""States in which the engine shows a picture."""


class ViewConnection(QObject):
    """Connects a surface and an input controller to the machine as long as it has a picture.

    A connection that is lost is made once more by itself, a little later: most often the machine
    ended, and its state is about to say so. After that the person is asked (`reconnect`).

    Args:
        session: the machine.
        surface: shows the picture; the last one stays when the connection is lost.
        controller: sends what the person types.
        spawn: starts background work.
        parent: lives as long as this.
        head: which of the machine's screens. A further one is plugged in while it is connected.
    """

    changed = Signal()
    """It was made, is lost, or was given up."""
    opened = Signal()
    """It was made; the picture comes with the next `pictureResized` of the surface."""
    silent = Signal()
    """The machine has taken no input for long, though the connection stands."""
    _inputLost = Signal(object, str)
    _inputSilent = Signal(object)

    def __init__(
        self,
        session: MachineSession,
        surface: Surface,
        controller: InputController,
        spawn: Spawn,
        parent: QObject,
        *,
        head: int = 0,
    ) -> None:
        super().__init__(parent)
        self._head = head
        self._session, self._surface, self._controller = session, surface, controller
        self._spawn = spawn
        self._display: ViewDisplay | None = None
        self._attempt: object | None = None  # of a connection that is being made
        self._made_by: object | None = None  # the attempt that made the present one
        self._lost = ""
        self._retried = False
        self._again = QTimer(self, singleShot=True, interval=_RECONNECT_MS)
        self._again.timeout.connect(self._try_again)
        queued = Qt.ConnectionType.QueuedConnection
        self._inputLost.connect(self._input_lost, queued)
        self._inputSilent.connect(self._input_silent, queued)
        surface.displayClosed.connect(self._lose)
        surface.pictureResized.connect(partial(session.layout.put, head))

    @property
    def is_open(self) -> bool:
        """Whether picture and input are there."""
        return self._display is not None

    @property
    def problem(self) -> str:
        """Why it was given up, a sentence or two; empty while there is hope."""
        return "" if self._again.isActive() or self._attempt is not None else self._lost

    def follow(self) -> None:
        """Make or end the connection, as the machine's state asks."""
        state = self._session.state
        if not state.has_process:
            self._lost, self._retried = "", False
            self.close()
        elif state in HAS_PICTURE and not self._lost:
            self._ensure()

    def wish_size(self, width_px: int, height_px: int) -> None:
        """Ask the guest for this size, in its pixels; nothing while there is no connection."""
        if self._display is not None:
            self._display.wish_size(width_px, height_px)

    def reconnect(self) -> None:
        """Try again because the person wants it."""
        self._lost, self._retried = "", False
        self.changed.emit()

    def close(self) -> None:
        """End it, or stop trying; everything that the guest holds is lifted first."""
        self._again.stop()
        self._attempt = None
        channel = self._controller.disconnect()
        if channel is not None:
            channel.close()
        self._surface.detach()
        self._session.layout.remove(self._head)
        display, self._display = self._display, None
        if display is not None:
            display.close()

    def unplug(self) -> None:
        """Take a further screen away from the guest, which moves its windows to another one."""
        if self._head and isinstance(self._display, Unpluggable):
            self._display.unplug()

    def _ensure(self) -> None:
        if self._display is None and self._attempt is None:
            self._attempt = attempt = object()
            self._spawn(self._connect(attempt), f"view of {self._session.name}")

    async def _connect(self, attempt: object) -> None:
        try:
            display, channel = await self._open(attempt)
        except AppError as err:
            _log.info("%s: the view could not connect: %s", self._session.name, err.message)
            if self._attempt is attempt:
                self._attempt = None
                self._lost = f"{err.message} {err.remedy}".strip()
                self.changed.emit()
            return
        if self._attempt is not attempt:  # closed, or the machine went off meanwhile
            channel.close()
            display.close()
            return
        self._attempt, self._display, self._lost = None, display, ""
        self._controller.connect(channel)
        self._surface.attach(display)
        if not (known := self._surface.picture_size).isEmpty():  # if it stays, nobody tells
            self._session.layout.put(self._head, known.width(), known.height())
        self.opened.emit()
        self.changed.emit()

    async def _open(self, attempt: object) -> tuple[ViewDisplay, Input]:
        display = await self._session.open_display(self._head)
        try:
            channel = await self._session.open_input(
                display.input_sent,
                lambda why: self._inputLost.emit(attempt, why),
                lambda: self._inputSilent.emit(attempt),
                self._head,
            )
        except BaseException:
            display.close()
            raise
        self._made_by = attempt
        return display, channel

    def _lose(self, why: str) -> None:
        _log.info("%s: the view lost its connection: %s", self._session.name, why)
        self.close()
        self._lost = why
        self._again.start()
        self.changed.emit()

    def _input_lost(self, attempt: object, why: str) -> None:
        if self._display is not None and self._made_by is attempt:
            self._lose(why)

    def _input_silent(self, attempt: object) -> None:
        if self._display is not None and self._made_by is attempt:
            self.silent.emit()

    def _try_again(self) -> None:
        if not self._retried and self._session.state in HAS_PICTURE:
            self._retried = True
            self._lost = ""
        self.changed.emit()
