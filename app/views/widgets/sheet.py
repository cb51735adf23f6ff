"""Sheets: dialogs inside the window, over a scrim, never with an event loop of their own.

A sheet is a QDialog that is no window: Esc, the default button and the role for screen readers
are Qt's. The host lies over the whole window, keeps Tab inside the topmost sheet and takes the
mouse away from what is below.
"""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QEvent, QObject, QPropertyAnimation, QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QDialog, QGraphicsOpacityEffect, QWidget
from typing_extensions import override

from app.views import theme
from app.views.widgets.focus import KeyboardFocus, next_inside
from app.views.widgets.layouts import set_look

_EDGE_PX = 16
_FADE_MS = 120


class Sheet(QDialog):
    """Base of all sheets.

    Attributes:
        choice: what was answered; the safe answer, empty, unless a button said otherwise.
        was_dismissed: it was closed from outside; the person has not answered.

    Signals:
        resized: `wanted_size` is another now.
    """

    resized = Signal()

    def __init__(self, title: str, size: QSize, *, wide: bool = False) -> None:
        """Make one of `size`, or smaller when the window is; `wide` ones have pages of cards."""
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("kind", "sheet")
        self.setProperty("wide", "true" if wide else "false")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.choice = ""
        self.was_dismissed = False
        self._size = size

    def wanted_size(self, room: QSize) -> QSize:
        """How large the sheet is where there is `room`."""
        return self._size.boundedTo(room)

    def focus_first(self) -> None:
        """Give the keyboard to where the person begins; called when the sheet has opened."""
        first = next_inside(self, None, forward=True)
        (first or self).setFocus()

    def choose(self, choice: str) -> None:
        """Answer and close."""
        self.choice = choice
        self.accept()


class SheetHost(QWidget):
    """Shows sheets over `parent`, the newest on top.

    Signals:
        covered: the first sheet came (True), or the last one went (False).
    """

    covered = Signal(bool)

    def __init__(self, parent: QWidget, keyboard: KeyboardFocus) -> None:
        super().__init__(parent)
        self._window, self._keyboard = parent, keyboard
        self._sheets: list[Sheet] = []
        self._before: list[QWidget | None] = []  # what had the keyboard, for each sheet
        parent.installEventFilter(self)
        self.hide()

    @property
    def top(self) -> Sheet | None:
        """The sheet that has the keyboard."""
        return self._sheets[-1] if self._sheets else None

    def open_sheet(self, sheet: Sheet) -> None:
        """Show `sheet` over everything; it is deleted when it has finished."""
        self._before.append(QApplication.focusWidget())
        if self.top is not None:
            self.top.setEnabled(False)
        self._sheets.append(sheet)
        sheet.setParent(self)
        sheet.finished.connect(lambda _: self._close(sheet))
        sheet.resized.connect(lambda: self._place(sheet))
        self.setGeometry(self._window.rect())
        self._place(sheet)
        self.show()
        self.raise_()
        sheet.show()
        self._place(sheet)  # once more: only now its texts have the size that the style sheet says
        sheet.raise_()
        sheet.focus_first()
        self._fade_in(sheet)
        if len(self._sheets) == 1:
            self.covered.emit(True)

    async def ask(self, sheet: Sheet) -> str:
        """Show `sheet` and wait for its choice; when cancelled, the sheet goes."""
        answered: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def settle(_: int) -> None:
            if not answered.done():
                answered.set_result(sheet.choice)

        sheet.finished.connect(settle)
        self.open_sheet(sheet)
        try:
            return await answered
        except asyncio.CancelledError:
            if answered.cancelled():  # else it is answered, closed, and may be gone already
                sheet.reject()
            raise

    def close_all(self) -> None:
        """Close every sheet with its safe answer."""
        for sheet in reversed(self._sheets.copy()):
            sheet.was_dismissed = True
            sheet.done(QDialog.DialogCode.Rejected)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and self._sheets:
            self.setGeometry(self._window.rect())
        return False

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        for sheet in self._sheets:
            self._place(sheet)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.colour("scrim"))

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        top = self.top
        if top is None:
            return super().focusNextPrevChild(next)
        found = next_inside(top, QApplication.focusWidget(), forward=next)
        if found is not None:
            reason = Qt.FocusReason.TabFocusReason if next else Qt.FocusReason.BacktabFocusReason
            found.setFocus(reason)
            self._keyboard.mark(found)
        return True

    def _place(self, sheet: Sheet) -> None:
        room = self.size() - QSize(2 * _EDGE_PX, 2 * _EDGE_PX)
        box = QRect(self.rect().topLeft(), sheet.wanted_size(room))
        box.moveCenter(self.rect().center())
        sheet.setGeometry(box)

    def _fade_in(self, sheet: Sheet) -> None:
        duration_ms = theme.motion_ms(_FADE_MS)
        if not duration_ms or not self.window().isActiveWindow():
            return
        effect = QGraphicsOpacityEffect(sheet)
        sheet.setGraphicsEffect(effect)
        fade = QPropertyAnimation(effect, b"opacity", effect)
        fade.setStartValue(0.0)
        fade.setEndValue(1.0)
        fade.setDuration(duration_ms)
        fade.finished.connect(lambda: sheet.setGraphicsEffect(None))  # type: ignore[arg-type]
        fade.start()

    def _close(self, sheet: Sheet) -> None:
        place = self._sheets.index(sheet)
        is_top = sheet is self.top
        before = self._before.pop(place)
        if not is_top:  # one below: what had the keyboard before it gets it after the next one
            self._before[place] = before
        del self._sheets[place]
        sheet.hide()
        sheet.deleteLater()
        if not is_top:
            return
        if self.top is not None:
            self.top.setEnabled(True)
            if not self._give_back(before, self.top):
                self.top.focus_first()
            return
        self.hide()
        set_look(self, kbd="false")
        if not self._give_back(before, self._window):
            self._window.setFocus()
        self.covered.emit(False)

    @staticmethod
    def _give_back(widget: QWidget | None, root: QWidget) -> bool:
        """Return the keyboard to what had it; False when that is not in `root` any more."""
        try:
            if widget is None or not root.isAncestorOf(widget) or not widget.isVisible():
                return False
            widget.setFocus()
        except RuntimeError:  # Qt has deleted it meanwhile: the pages were built anew.
            return False
        return True
