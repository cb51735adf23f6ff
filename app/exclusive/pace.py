"""How often a picture is taken over from its display, at most."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer

from app.exclusive.lock_guest import Attention

BACKGROUND_MS = 50
"""Between two pictures of a machine that is in sight while the person works elsewhere."""


class Pace(QObject):
    """Lets calls through at once, or at most one each `BACKGROUND_MS`; the last is never lost.

    A display that is not asked for the next picture sends none (VNC), or gathers the changes
    (D-Bus), so a slower pace saves the engine's work and ours. Nothing runs between calls.

    Args:
        act: the call that is paced; on the window's thread.
        parent: lives as long as this.
    """

    def __init__(self, act: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._act = act
        self._is_slow = False
        self._since = QElapsedTimer()
        self._later = QTimer(self, singleShot=True)
        self._later.setTimerType(Qt.TimerType.PreciseTimer)  # coarse ones are 5 % late, or early
        self._later.timeout.connect(self._now)

    def attend(self, attention: Attention) -> None:
        """Take the pace that belongs to how much of the machine is seen.

        A hidden one is asked nothing (`Surface.watch`), so it needs no pace of its own.
        """
        self._is_slow = attention is Attention.BACKGROUND
        if not self._is_slow and self._later.isActive():
            self._now()

    def call(self) -> None:
        """Act now, or as soon as the pace allows; several calls until then are one."""
        if self._later.isActive():
            return
        wait_ms = BACKGROUND_MS - self._since.elapsed() if self._since.isValid() else 0
        if self._is_slow and wait_ms > 0:
            self._later.start(wait_ms)
        else:
            self._now()

    def _now(self) -> None:
        self._later.stop()
        self._since.start()
        self._act()
