"""The guest's picture on the screen, and the keyboard and pointer events over it.

The reader thread writes into the picture's memory and wakes us with one queued signal; we take
what changed, repaint that, and only then ask for more. Nothing here copies a picture.
"""

from __future__ import annotations

import math
from typing import Protocol

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCursor,
    QFocusEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.exclusive.cursors import dot_cursor, guest_cursor
from app.exclusive.keys import number_of
from app.exclusive.machine_view import ViewDisplay
from app.exclusive.pace import Pace
from app.exclusive.panning import Panning
from app.exclusive.placement import Placement, place, place_actual
from app.vm.display.framebuffer import Framebuffer
from app.vm.display.seam import Button, CursorShape, Rect

_REST_MS = 150
# Blending this many screen pixels costs less than a millisecond: no need to wait for rest.
_SMALL_PX = 1 << 17

_BUTTONS = {
    Qt.MouseButton.LeftButton: Button.LEFT,
    Qt.MouseButton.MiddleButton: Button.MIDDLE,
    Qt.MouseButton.RightButton: Button.RIGHT,
    Qt.MouseButton.BackButton: Button.SIDE,
    Qt.MouseButton.ForwardButton: Button.EXTRA,
}
_MODIFIERS = (
    Qt.KeyboardModifier.ShiftModifier
    | Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)
# With these Qt reports the modifiers as they are after the event, and as none when left and right
# are both held: only a yes can be believed.
_MODIFIER_KEYS = frozenset(
    {
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_Meta,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Super_L,
        Qt.Key.Key_Super_R,
    }
)


class InputSink(Protocol):
    """Who hears what happens over the picture. Positions are 0.0 to 1.0 of the guest's picture."""

    def owns_keys(self) -> bool:
        """Whether keys are the guest's, so that they may do nothing in our own window."""

    def key(self, number: int, *, down: bool, repeat: bool, time_ms: int = 0) -> None:
        """A physical key moved, at that time of the window system's."""

    def foreign_key(self, code: int) -> None:
        """A physical key that no guest knows went down; `code` is X11's."""

    def text(self, text: str) -> None:
        """Characters came from no physical key: from a tool, or an on-screen keyboard."""

    def modifiers(self, *, active: bool) -> None:
        """An event told whether any modifier is held."""

    def button(self, button: Button, *, down: bool, at: tuple[float, float]) -> None:
        """A pointer button moved."""

    def moved(self, at: tuple[float, float], where: QPoint) -> None:
        """The pointer moved; `where` is the same in the widget's own coordinates."""

    def wheel(self, angle: QPoint) -> None:
        """The wheels turned; eighths of a degree, positive is left and up."""

    def left(self) -> None:
        """The pointer went away."""


class Surface(QWidget):
    """Paints one display. It has to lie at the left upper corner of its window.

    Only there do the window's logical pixels, which may be 1.25 or 1.5 screen pixels wide, begin
    on a screen pixel, so that the picture can be exact.

    Attributes:
        pace: how often it takes a new picture, at most.
    """

    pictureResized = Signal(int, int)
    """The guest's picture has another size, in guest pixels; it is already shown."""
    pointerModeChanged = Signal(bool)
    """Whether the guest takes absolute positions."""
    ledsChanged = Signal(object)
    """The guest has set these lights (`app.vm.display.seam.Leds`)."""
    resizeRefused = Signal()
    """The guest's device cannot take a size that it was asked for."""
    displayClosed = Signal(str)
    """The display's connection ended; why."""
    _woken = Signal()

    def __init__(self, sink: InputSink, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sink = sink
        self._display: ViewDisplay | None = None
        self._framebuffer: Framebuffer | None = None  # keeps alive what `_image` shows
        self._image = QImage()
        self._placement: Placement | None = None
        self._is_actual = False
        self._panning = Panning(self._replace, self)
        self._shape: CursorShape | None = None
        self._cursor_hidden = False
        self._cursor_own = True
        self._is_seen = False
        self._owes_request = False
        self._rough = QRegion()
        self._at_rest = False
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._refine)
        self.pace = Pace(self._take, self)
        self._woken.connect(self.pace.call, Qt.ConnectionType.QueuedConnection)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    @property
    def picture_size(self) -> QSize:
        """Guest pixels; empty before the first picture."""
        return self._image.size()

    @property
    def is_larger(self) -> bool:
        """Whether the picture has more pixels than the window has room for."""
        picture, view = self._image.size(), self.view_size_px
        return picture.width() > view.width() or picture.height() > view.height()

    def show_actual(self, actual: bool) -> None:
        """Show a picture that is larger than the window pixel by pixel, or made to fit.

        The rest comes into sight when the pointer is held near an edge.
        """
        self._is_actual = actual
        self._panning.stop()
        self._replace()

    @property
    def view_size_px(self) -> QSize:
        """The room for the picture, in screen pixels."""
        return QSize(*self._view_size())

    @property
    def placement(self) -> Placement | None:
        """Where the picture lies, in screen pixels; None before the first one."""
        return self._placement

    def attach(self, display: ViewDisplay) -> None:
        """Show this display from now on; the picture of the one before stays until it has one."""
        self._display = display
        display.watch(visible=self._is_seen)
        display.start(self._woken.emit)

    def watch(self, *, visible: bool) -> None:
        """Tell the display, this one and those to come, whether anybody can see the picture."""
        self._is_seen = visible
        if self._display is not None:
            self._display.watch(visible=visible)

    def detach(self) -> None:
        """Let go of the display, which is the caller's to close. The last picture stays."""
        self._display = None
        self._owes_request = False

    def picture(self) -> QImage:
        """A copy of the present picture at the guest's own size."""
        return self._image.copy()

    def show_cursor(self, *, own: bool, hidden: bool = False) -> None:
        """Choose the cursor: the computer's `own`, or the guest's; or none at all."""
        self._cursor_own, self._cursor_hidden = own, hidden
        self._apply_cursor()

    # From the display.

    def _take(self) -> None:
        if self._display is None:
            return
        changes = self._display.take()
        if changes.framebuffer is not None:
            self._adopt(changes.framebuffer)
        elif changes.rects:
            self._repaint(changes.rects)
        self._owes_request = True
        if not changes.rects and changes.framebuffer is None and self.isVisible():
            self._request()  # no paint event will come
        if changes.cursor is not None:
            self._shape = changes.cursor
            self._apply_cursor()
        if changes.absolute_pointer is not None:
            self.pointerModeChanged.emit(changes.absolute_pointer)
        if changes.leds is not None:
            self.ledsChanged.emit(changes.leds)
        if changes.resize_refused:
            self.resizeRefused.emit()
        if changes.closed is not None:
            self.displayClosed.emit(changes.closed)

    def _adopt(self, framebuffer: Framebuffer) -> None:
        before = self._image.size()
        self._image = QImage(
            framebuffer.memory,
            framebuffer.width_px,
            framebuffer.height_px,
            framebuffer.stride,
            QImage.Format.Format_RGB32,
        )
        self._framebuffer = framebuffer
        self._replace()
        if self._image.size() != before:
            self.pictureResized.emit(framebuffer.width_px, framebuffer.height_px)

    def _repaint(self, rects: tuple[Rect, ...]) -> None:
        if self._placement is None:
            return
        ratio = self.devicePixelRatioF()
        for rect in rects:
            self.update(_to_logical(self._placement.to_view(rect), ratio))

    # Geometry.

    def _view_size(self) -> tuple[int, int]:
        """Screen pixels; where a logical size is no whole number of them, rounded as Qt does."""
        ratio = self.devicePixelRatioF()
        width, height = (math.floor(side * ratio + 0.5) for side in (self.width(), self.height()))
        return max(1, width), max(1, height)

    def _replace(self) -> None:
        if self._image.isNull():
            return
        scale = self._placement.scale if self._placement else 0.0
        picture = (self._image.width(), self._image.height())
        view = self._view_size()
        self._panning.resize(picture, view)
        if self._is_actual and self.is_larger:
            self._placement = place_actual(*picture, *view, self._panning.before)
        else:
            self._placement = place(*picture, *view)
        if self._placement.scale != scale:
            self._apply_cursor()
        self.update()

    def _at(self, position: QPointF) -> tuple[float, float]:
        if self._placement is None:
            return 0.0, 0.0
        ratio = self.devicePixelRatioF()
        return self._placement.to_guest(position.x() * ratio, position.y() * ratio)

    def _apply_cursor(self) -> None:
        if self._cursor_hidden:
            self.setCursor(Qt.CursorShape.BlankCursor)
        elif self._cursor_own:
            self.setCursor(Qt.CursorShape.ArrowCursor)
        else:
            self.setCursor(self._guest_cursor())

    def _guest_cursor(self) -> QCursor:
        if self._shape is None or self._placement is None:
            return dot_cursor()
        return guest_cursor(
            self._shape, scale=self._placement.scale, ratio=self.devicePixelRatioF()
        )

    # Painting.

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        painter = QPainter(self)
        painter.scale(1 / ratio, 1 / ratio)  # from here on: screen pixels
        dirty = QRegion()
        for rect in event.region():  # type: ignore[attr-defined]  # the stub lacks __iter__
            dirty += _to_device(rect, ratio)
        if self._placement is None:
            self._fill_black(painter, dirty)
        else:
            self._paint_picture(painter, dirty, self._placement, event.region())
        painter.end()
        self._request()

    def _request(self) -> None:
        if self._owes_request and self._display is not None:
            self._owes_request = False
            self._display.request_update()

    def _paint_picture(
        self, painter: QPainter, dirty: QRegion, placement: Placement, logical: QRegion
    ) -> None:
        target = QRect(placement.x, placement.y, placement.w, placement.h)
        self._fill_black(painter, dirty - target)
        inside = dirty & target
        if placement.scale == 1.0:
            for rect in inside:  # type: ignore[attr-defined]
                painter.drawImage(rect, self._image, rect.translated(-target.topLeft()))
            return
        if not placement.is_sharp:
            self._choose_blending(painter, inside, logical)
        # Whole, and clipped: parts drawn on their own would show their seams.
        painter.setClipRegion(inside)
        painter.drawImage(QRectF(target), self._image, QRectF(self._image.rect()))

    def _choose_blending(self, painter: QPainter, inside: QRegion, logical: QRegion) -> None:
        area = sum(rect.width() * rect.height() for rect in inside)  # type: ignore[attr-defined]
        if self._at_rest or area <= _SMALL_PX:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            self._rough -= logical
            self._at_rest = False
        else:
            self._rough += logical
        if not self._rough.isEmpty():
            self._rest.start()

    def _refine(self) -> None:
        self._at_rest = True
        self.update(self._rough)

    @staticmethod
    def _fill_black(painter: QPainter, region: QRegion) -> None:
        for rect in region:  # type: ignore[attr-defined]
            painter.fillRect(rect, Qt.GlobalColor.black)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._replace()

    # Events.

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and self._sink.owns_keys():
            event.accept()  # ours to hear as a key press; no shortcut of the window may act
            return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._replace()
            self._apply_cursor()
        return super().event(event)

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        return not self._sink.owns_keys() and super().focusNextPrevChild(next)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._key(event, down=True)

    @override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self._key(event, down=False)

    def _key(self, event: QKeyEvent, *, down: bool) -> None:
        if not self._sink.owns_keys():
            event.ignore()
            return
        is_modifier = event.key() in _MODIFIER_KEYS
        if down and not is_modifier:
            self._tell_modifiers(event.modifiers())
        number = number_of(event)
        if number is not None:
            repeat, time_ms = event.isAutoRepeat(), event.timestamp()
            self._sink.key(number, down=down, repeat=repeat, time_ms=time_ms)
        elif down and event.text():
            self._sink.text(event.text())
        elif down and event.nativeScanCode() and not event.isAutoRepeat():
            self._sink.foreign_key(event.nativeScanCode())
        if down and is_modifier and event.modifiers() & _MODIFIERS:
            self._sink.modifiers(active=True)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Nothing to repaint: the base class would paint everything again."""

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        """Nothing to repaint."""

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._button(event, down=True)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._button(event, down=True)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._button(event, down=False)

    def _button(self, event: QMouseEvent, *, down: bool) -> None:
        self._tell_modifiers(event.modifiers())
        button = _BUTTONS.get(event.button())
        if button is not None:
            self._sink.button(button, down=down, at=self._at(event.position()))

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._tell_modifiers(event.modifiers())
        if self._is_actual:
            ratio = self.devicePixelRatioF()
            at = event.position() * ratio
            self._panning.pointer((at.x(), at.y()), self._view_size())
        self._sink.moved(self._at(event.position()), event.position().toPoint())

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._panning.stop()
        self._sink.left()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        self._tell_modifiers(event.modifiers())
        angle, alt = event.angleDelta(), Qt.KeyboardModifier.AltModifier
        if event.modifiers() & alt and QGuiApplication.platformName() == "xcb":
            angle = angle.transposed()  # undo what Qt does on X11; the guest has the Alt key, too
        self._sink.wheel(angle)
        event.accept()

    def _tell_modifiers(self, modifiers: Qt.KeyboardModifier) -> None:
        self._sink.modifiers(active=bool(modifiers & _MODIFIERS))


def _to_logical(rect: Rect, ratio: float) -> QRect:
    """The widget's part that covers these screen pixels."""
    return QRectF(rect.x / ratio, rect.y / ratio, rect.w / ratio, rect.h / ratio).toAlignedRect()


def _to_device(rect: QRect, ratio: float) -> QRect:
    """The screen pixels that this part of the widget touches."""
    return QRectF(
        rect.x() * ratio, rect.y() * ratio, rect.width() * ratio, rect.height() * ratio
    ).toAlignedRect()
