"""What waits for the first paint must get its turn, with a paint and without one."""

from __future__ import annotations

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from app.desktop.first_paint import first_paint


class Canvas(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.paints = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        self.paints += 1


async def test_it_resolves_once_the_window_is_painted(qapp) -> None:
    window = Canvas()
    painted = first_paint(window)
    assert not painted.done()
    window.show()
    await painted
    assert window.paints > 0
    window.repaint()  # the second one meets nobody
    window.close()


async def test_a_window_that_is_never_seen_holds_nothing_up_for_ever(qapp) -> None:
    window = Canvas()
    await first_paint(window)
    assert window.paints == 0
