"""Pointer and wheel on their way to the guest: motion without a place, whole notches.

Merging moves is the `Input`'s business, which knows what was sent and answered.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QWidget

_NOTCH = 120  # QWheelEvent.angleDelta: eighths of a degree of a usual wheel's step


class PointerLock:
    """Keeps the pointer inside a widget, so that there is always room for the next motion.

    WORKAROUND for what Qt 6.11 lacks (https://doc.qt.io/qt-6/qcursor.html#setPos): there is no
    way to ask for relative motion, so the pointer is put back to the middle when it strays. Where
    a program may not place the pointer, as on Wayland, motion ends at the edge.
    """

    def __init__(self) -> None:
        self._widget: QWidget | None = None
        self._last = QPoint()

    @property
    def is_locked(self) -> bool:
        """Whether the pointer is kept."""
        return self._widget is not None

    def lock(self, widget: QWidget) -> None:
        """Begin: the pointer goes to the middle and all its events come to `widget`."""
        self._widget = widget
        widget.grabMouse()
        self._last = widget.rect().center()
        QCursor.setPos(widget.mapToGlobal(self._last))

    def unlock(self) -> None:
        """Let the pointer go where it likes."""
        widget, self._widget = self._widget, None
        if widget is not None:
            widget.releaseMouse()

    def motion(self, where: QPoint) -> tuple[int, int]:
        """How far the pointer went since the last event, in screen pixels."""
        last, self._last = self._last, where
        widget = self._widget
        if widget is None:
            return 0, 0
        middle = widget.rect().center()
        if where == middle:  # our own doing: nobody moved
            return 0, 0
        stray = where - middle
        if 4 * abs(stray.x()) > widget.width() or 4 * abs(stray.y()) > widget.height():
            QCursor.setPos(widget.mapToGlobal(middle))
        ratio = widget.devicePixelRatioF()
        delta = where - last
        return round(delta.x() * ratio), round(delta.y() * ratio)


class EdgeWatch:
    """Notices a pointer that is held against the top edge.

    Args:
        delay_ms: for so long; a guest has things at its top edge, too.
        reached: called once each time; the pointer has to leave the edge before the next.
        parent: lives as long as this; the timer goes with it, on the thread of both.
    """

    def __init__(self, delay_ms: int, reached: Callable[[], None], parent: QObject) -> None:
        self._timer = QTimer(parent, singleShot=True, interval=delay_ms)
        self._timer.timeout.connect(reached)
        self._at_edge = False

    def set_delay(self, delay_ms: int) -> None:
        """Hold the pointer that long from now on."""
        self._timer.setInterval(delay_ms)

    def moved(self, where: QPoint, *, dragging: bool) -> None:
        """The pointer is here, in the widget's coordinates; a drag to the edge does not count."""
        at_edge = where.y() <= 0 and not dragging
        if at_edge and not self._at_edge:
            self._timer.start()
        elif not at_edge:
            self._timer.stop()
        self._at_edge = at_edge

    def left(self) -> None:
        """The pointer is somewhere else."""
        self._timer.stop()
        self._at_edge = False


class Notches:
    """Collects the small steps of touch pads until they make a notch of a wheel."""

    def __init__(self) -> None:
        self._x = self._y = 0

    def turn(self, angle: QPoint) -> tuple[int, int]:
        """Whole notches since the last call; positive is right and up.

        Args:
            angle: eighths of a degree, positive is left and up (QWheelEvent).
        """
        self._x, self._y = _join(self._x, -angle.x()), _join(self._y, angle.y())
        dx, self._x = _whole(self._x)
        dy, self._y = _whole(self._y)
        return dx, dy


def _join(rest: int, step: int) -> int:
    """A turn the other way begins anew: it must not have to work off the rest first."""
    return step if rest * step < 0 else rest + step


def _whole(angle: int) -> tuple[int, int]:
    notches = int(angle / _NOTCH)  # towards zero
    return notches, angle - notches * _NOTCH
