"""The size of an exclusive window, and of the guest's picture in it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.errors import NotSupportedError, StateError
from app.exclusive.machine_view import SizeMemory
from app.exclusive.size_agreement import SizeAgreement
from app.exclusive.surface import Surface

_FIRST_SIZE = QSize(1024, 640)
LEAST_SIZE = QSize(480, 300)
# A starting system changes its mode often, and a person who drags a border even more.
_REST_MS = 250
_PATIENCE_S = 5.0
_SPECIAL = Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen


class WindowSize(QObject):
    """Keeps window and guest at one size (`SizeAgreement`), once both are at rest.

    Args:
        window: whose size it is; top-level.
        surface: shows the picture, over the whole window.
        wish: asks the guest for a size in its pixels.
        memory: what the person chose for this machine on a monitor.
    """

    resolutionFailed = Signal()
    """The guest cannot take the size that it was asked for; told once a connection."""

    def __init__(
        self,
        window: QWidget,
        surface: Surface,
        wish: Callable[[int, int], None],
        memory: SizeMemory,
    ) -> None:
        super().__init__(window)
        self._window, self._surface = window, surface
        self._wish, self._memory = wish, memory
        self._agreement = SizeAgreement()
        self._given = QSize()  # what we gave the window; it has another one when a person chose
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._settle)
        surface.pictureResized.connect(self._picture_resized)
        surface.resizeRefused.connect(self._refused)

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing is going to be done about the present sizes."""
        return not self._rest.isActive()

    def begin(self) -> None:
        """Give the window its first size: what the person chose on this monitor, or the usual."""
        self._window.setMinimumSize(LEAST_SIZE)
        kept = self._memory.size_on(self._monitor())
        if kept is None:
            self._given = self._bounded(_FIRST_SIZE)
            self._window.resize(self._given)
        else:
            self._window.resize(self._bounded(self._logical(kept)).expandedTo(LEAST_SIZE))

    def connected(self) -> None:
        """The picture comes over a new connection."""
        self._agreement.connected()
        self._rest.start()

    def window_resized(self) -> None:
        """The window has another size."""
        self._rest.start()

    def give(self, size_px: QSize) -> None:
        """Make the picture so many screen pixels large, as if the person had; it stays so."""
        self._given = QSize()
        wanted = self._bounded(self._logical(size_px)).expandedTo(LEAST_SIZE)
        self._window.resize(wanted)

    async def ask(self, size_px: QSize) -> None:
        """Ask the guest for a picture of this size; returns when it has it.

        Raises:
            NotSupportedError: the guest's device has sizes of its own only.
            StateError: the guest did not take it within 5 s.
        """
        if self._surface.picture_size == size_px:
            return
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def resized(width_px: int, height_px: int) -> None:
            if (width_px, height_px) == size_px.toTuple() and not answer.done():
                answer.set_result(None)

        def refused() -> None:
            if not answer.done():
                answer.set_exception(_cannot_follow())

        surface = self._surface
        surface.pictureResized.connect(resized)
        surface.resizeRefused.connect(refused)
        try:
            self._agreement.asked((size_px.width(), size_px.height()))
            self._wish(size_px.width(), size_px.height())
            async with asyncio.timeout(_PATIENCE_S):
                await answer
        except TimeoutError as err:
            raise _did_not_follow() from err
        finally:
            surface.pictureResized.disconnect(resized)
            surface.resizeRefused.disconnect(refused)

    def stop(self) -> None:
        """The window goes."""
        self._rest.stop()

    # Inside.

    def _picture_resized(self, width_px: int, height_px: int) -> None:
        self._agreement.picture_changed((width_px, height_px))
        self._rest.start()

    def _refused(self) -> None:
        if not self._agreement.is_refused:
            self._agreement.refused()
            self.resolutionFailed.emit()

    def _settle(self) -> None:
        if not self._window.isVisible() or self._window.isMinimized():
            return
        is_special = bool(self._window.windowState() & _SPECIAL)
        chosen = is_special or self._window.size() != self._given
        view = self._surface.view_size_px
        self._agreement.view_changed((view.width(), view.height()), chosen=chosen)
        if chosen and not is_special:
            self._memory.keep(self._monitor(), view)
        if (size := self._agreement.wish_due()) is not None:
            self._wish(*size)
        if (size := self._agreement.fit_due()) is not None:
            self._fit(QSize(*size))

    def _fit(self, picture: QSize) -> None:
        """Give the window the guest's size, as far as the screen has room."""
        given = self._bounded(self._logical(picture)).expandedTo(LEAST_SIZE)
        if given == self._given:
            return
        self._given = given
        self._window.resize(given)
        room = self._window.screen().availableGeometry()
        frame = self._window.frameGeometry()
        if not room.contains(frame):
            frame.moveCenter(room.center())
            self._window.move(frame.topLeft())

    def _logical(self, size_px: QSize) -> QSize:
        ratio = self._window.devicePixelRatioF()
        return QSize(math.ceil(size_px.width() / ratio), math.ceil(size_px.height() / ratio))

    def _bounded(self, size: QSize) -> QSize:
        """At most what the screen has room for, with the ratio kept."""
        window = self._window
        border = window.frameGeometry().size() - window.size() if window.isVisible() else QSize()
        room = window.screen().availableGeometry().size() - border.expandedTo(QSize(0, 0))
        if size.width() <= room.width() and size.height() <= room.height():
            return size
        return size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)

    def _monitor(self) -> str:
        """The screen by what stays the same when it is plugged in again."""
        screen = self._window.screen()
        parts = (screen.manufacturer(), screen.model(), screen.serialNumber(), screen.name())
        return " ".join(part for part in parts if part)


def _cannot_follow() -> NotSupportedError:
    return NotSupportedError(
        "The machine's display device has sizes of its own only.",
        remedy="Choose one of them in the system's own settings; the picture is made to fit.",
    )


def _did_not_follow() -> StateError:
    return StateError(
        f"The system in the machine did not take the size within {_PATIENCE_S:g} seconds.",
        remedy="Wait until it has started, or install the driver for its display device.",
    )
