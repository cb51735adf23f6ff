"""What the buttons of the bar and of the card do to the machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from app.exclusive.connection import ViewConnection
from app.exclusive.machine_view import MachineSession, Spawn
from app.exclusive.state_card import Step


class CardSteps:
    """Carries them out, in the background where that takes time.

    Args:
        session: the machine.
        connection: to its picture.
        spawn: starts background work.
        hand_over: gives the machine keyboard and pointer, as soon as it takes them.
        gate_opened: called when the gate has been opened here.
    """

    def __init__(
        self,
        session: MachineSession,
        connection: ViewConnection,
        spawn: Spawn,
        hand_over: Callable[[], None],
        gate_opened: Callable[[], None],
    ) -> None:
        self._session, self._connection, self._spawn = session, connection, spawn
        self._hand_over, self._gate_opened = hand_over, gate_opened
        self._ended = False

    def end(self) -> None:
        """The window has closed: what waits for the gate is not done any more."""
        self._ended = True

    def pause(self) -> None:
        """Pause the machine."""
        self._spawn(self._session.pause(), f"pause {self._session.name}")

    def resume(self) -> None:
        """Let it go on."""
        self._spawn(self._session.resume(), f"resume {self._session.name}")

    def start(self) -> None:
        """Start it."""
        self._spawn(self._session.start(), f"start {self._session.name}")

    def take(self, step: Step) -> None:
        """Do what a button of the card says."""
        if step is not Step.KEEP_PAUSED:
            self._hand_over()
        match step:
            case Step.RESUME:
                self.resume()
            case Step.START:
                self.start()
            case Step.RECONNECT:
                self._connection.reconnect()
            case Step.KEEP_PAUSED:
                self.pause()
            case Step.CONTINUE:
                self._spawn(self._open_gate(None), "open the gate")
            case Step.OPEN_AND_RESUME:
                self._spawn(self._open_gate(self.resume), "open the gate")
            case Step.OPEN_AND_START:
                self._spawn(self._open_gate(self.start), "open the gate")
            case _:
                assert_never(step)

    async def _open_gate(self, then: Callable[[], None] | None) -> None:
        await self._session.open_gate()
        if self._ended or not self._session.gate.open:
            return
        self._gate_opened()
        self._hand_over()
        if then is not None:
            then()
