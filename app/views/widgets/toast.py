"""A short message at the bottom of the window, for 8 seconds, with at most one action."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPoint, QPropertyAnimation, Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QGraphicsDropShadowEffect, QWidget
from typing_extensions import override

from app.views import theme
from app.views.widgets.buttons import Button
from app.views.widgets.labels import ElidedLabel
from app.views.widgets.layouts import row

SHOWN_MS = 8000
_SLIDE_MS = 200
_BOTTOM_PX = 24
_MOST_PX = 560


class Toast(QFrame):
    """The one toast of a window; a new message takes the place of the old."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("kind", "toast")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._window = parent
        self._text = ElidedLabel()
        self._button = Button("", "ghost")
        self._button.clicked.connect(self.act)
        self._act: Callable[[], None] | None = None
        layout = row(self, margins=(18, 6, 8, 6), spacing=10)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._button)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.hide)
        self._slide = QPropertyAnimation(self, b"pos", self)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(28)
        shadow.setOffset(0, 6)
        shadow.setColor(QColor(0, 0, 0, 70))
        self.setGraphicsEffect(shadow)
        parent.installEventFilter(self)
        self.hide()

    @property
    def can_act(self) -> bool:
        """Whether there is an action to take at present, such as Undo."""
        return self.isVisible() and self._act is not None

    def say(self, text: str, action: str = "", act: Callable[[], None] | None = None) -> None:
        """Show `text`; the button `action` calls `act`, once."""
        self._text.setText(text)
        self._act = act
        self._button.setText(action)
        self._button.say(action)
        self._button.setVisible(act is not None)
        self.setAccessibleName(text)
        self._place()
        self.show()
        self.raise_()
        self._timer.start(SHOWN_MS)
        duration_ms = theme.motion_ms(_SLIDE_MS)
        if duration_ms:
            end = self.pos()
            self._slide.stop()
            self._slide.setDuration(duration_ms)
            self._slide.setStartValue(end + QPoint(0, 20))
            self._slide.setEndValue(end)
            self._slide.start()

    def act(self) -> None:
        """Take the action."""
        act, self._act = self._act, None
        self.hide()
        if act is not None:
            act()

    def withdraw(self, act: Callable[[], None]) -> None:
        """Take the message away if `act` is still its action: it cannot be taken any more."""
        if self._act is act:
            self._act = None
            self.hide()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _place(self) -> None:
        room = self._window.rect()
        words = self._text.fontMetrics().horizontalAdvance(self._text.text())
        button = 0 if self._button.isHidden() else self._button.sizeHint().width() + 10
        width = min(words + button + 40, _MOST_PX, room.width() - 32)
        height = 50
        self._slide.stop()
        self.setGeometry(
            (room.width() - width) // 2, room.height() - height - _BOTTOM_PX, width, height
        )
