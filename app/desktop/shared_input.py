"""One machine's keyboard and pointer, shared by the windows of its screens.

The engine has one connection for input, and the guest one pointer over all of its screens.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from typing_extensions import override

from app.vm.display.screen_layout import ScreenLayout
from app.vm.display.seam import Button, Input


@dataclass(frozen=True, slots=True)
class Listener:
    """What one window hears of the connection; each is called on any thread and never blocks.

    Attributes:
        after_send: something was sent, by whichever window.
        on_closed: the connection is lost; why.
        on_silent: the machine has taken no input for long.
    """

    after_send: Callable[[], None]
    on_closed: Callable[[str], None]
    on_silent: Callable[[], None]


Open = Callable[[Listener], Awaitable[Input]]
"""Opens the connection."""


class SharedInput:
    """Opened for the first window and closed with the last one. Of the window's thread.

    Args:
        open_input: opens the connection; what it raises goes to the window that asked.
        layout: where the screens lie.
    """

    def __init__(self, open_input: Open, layout: ScreenLayout) -> None:
        self._open, self._layout = open_input, layout
        self._opening = asyncio.Lock()
        self._present: _Connection | None = None

    async def attach(self, head: int, listener: Listener) -> ScreenInput:
        """Input for the window of one screen.

        Raises:
            AppError: the machine cannot be reached.
        """
        async with self._opening:
            if self._present is None or self._present.is_over:
                self._present = _Connection()
                self._present.channel = await self._open(self._present.listener())
            return ScreenInput(self._present, head, self._layout, listener)


class _Connection:
    """One connection and the windows that use it."""

    def __init__(self) -> None:
        self.channel: Input | None = None
        self.listeners: tuple[Listener, ...] = ()  # replaced, never changed: other threads read it
        self._is_lost = False

    @property
    def is_over(self) -> bool:
        """Whether a new one has to be opened."""
        return self.channel is None or self._is_lost

    def listener(self) -> Listener:
        return Listener(self._sent, self._lost, self._silent)

    def leave(self, listener: Listener) -> None:
        """One window needs it no longer; the last one closes it."""
        self.listeners = tuple(each for each in self.listeners if each is not listener)
        if not self.listeners and self.channel is not None:
            channel, self.channel = self.channel, None
            channel.close()

    def _sent(self) -> None:
        for each in self.listeners:
            each.after_send()

    def _silent(self) -> None:
        for each in self.listeners:
            each.on_silent()

    def _lost(self, why: str) -> None:
        self._is_lost = True
        for each in self.listeners:
            each.on_closed(why)


class ScreenInput(Input):
    """What one window types and points at."""

    def __init__(
        self, connection: _Connection, head: int, layout: ScreenLayout, listener: Listener
    ) -> None:
        self._connection, self._head, self._layout = connection, head, layout
        self._listener = listener
        connection.listeners = (*connection.listeners, listener)

    @override
    def key(self, number: int, *, down: bool) -> None:
        if (channel := self._connection.channel) is not None:
            channel.key(number, down=down)

    @override
    def button(self, button: Button, *, down: bool) -> None:
        if (channel := self._connection.channel) is not None:
            channel.button(button, down=down)

    @override
    def move_to(self, x: float, y: float) -> None:
        if (channel := self._connection.channel) is not None:
            channel.move_to(*self._layout.place(self._head, x, y))

    @override
    def move_by(self, dx: int, dy: int) -> None:
        if (channel := self._connection.channel) is not None:
            channel.move_by(dx, dy)

    @override
    def wheel(self, dx: int, dy: int) -> None:
        if (channel := self._connection.channel) is not None:
            channel.wheel(dx, dy)

    @override
    def close(self) -> None:
        """Once or more often."""
        self._connection.leave(self._listener)
