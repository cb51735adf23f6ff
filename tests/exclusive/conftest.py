"""What the tests of the exclusive window share."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from Xlib.display import Display

from app.exclusive.view_options import ViewOptions
from app.exclusive.window import ExclusiveWindow
from tests.exclusive.x11_desk import App
from tests.fakes.session import FakeCapture, FakeMemory, FakeSession, FakeSizes, Tasks
from tests.helpers.screen import x_server
from tests.helpers.waiting import eventually

ROOT = Path(__file__).parents[2]
_X11 = 8
STILL = ViewOptions(reduce_motion=True)


class Opened:
    """One window over a fake machine, with everything that it was made of."""

    def __init__(
        self, session: FakeSession, capture: FakeCapture, memory: FakeMemory, sizes: FakeSizes
    ) -> None:
        self.session, self.capture, self.memory = session, capture, memory
        self.tasks = Tasks()
        self.sizes = sizes
        self.window = ExclusiveWindow(
            session,
            1,
            spawn=self.tasks,
            hints=memory,
            sizes=self.sizes,
            options=STILL,
            capture=capture,
        )
        self.surface = self.window._surface

    @property
    def grab(self) -> Any:
        return self.window.input.grab

    async def present(self) -> None:
        """Show it, and wait until the guest has the keyboard, if its machine takes input."""
        self.window.present()
        self.window.activateWindow()
        await eventually(self.window.isActiveWindow)
        if self.session.picture is not None and self.session.state.has_process:
            await eventually(lambda: not self.surface.picture_size.isEmpty())

    async def hold(self) -> None:
        await self.present()
        await eventually(lambda: self.grab.holding)

    def key(self, evdev: int, *, down: bool, repeat: bool = False, key: int = 0x41) -> None:
        kind = QEvent.Type.KeyPress if down else QEvent.Type.KeyRelease
        none = Qt.KeyboardModifier.NoModifier
        event = QKeyEvent(kind, key, none, evdev + _X11, 0, 0, "", repeat)
        target = self.window.focusWidget() or self.window
        QApplication.sendEvent(target, event)

    def tap(self, evdev: int, key: int = 0x41) -> None:
        self.key(evdev, down=True, key=key)
        self.key(evdev, down=False, key=key)

    def mouse(self, kind: QEvent.Type, at: tuple[float, float], button: Any = None) -> None:
        button = button or Qt.MouseButton.NoButton
        point = QPointF(*at)
        QApplication.sendEvent(
            self.surface,
            QMouseEvent(
                kind,
                point,
                QPointF(self.surface.mapToGlobal(point)),
                button,
                button,
                Qt.KeyboardModifier.NoModifier,
            ),
        )

    def click(self, at: tuple[float, float], button: Any = Qt.MouseButton.LeftButton) -> None:
        self.mouse(QEvent.Type.MouseButtonPress, at, button)
        self.mouse(QEvent.Type.MouseButtonRelease, at, button)

    def move(self, at: tuple[float, float]) -> None:
        self.mouse(QEvent.Type.MouseMove, at)

    def wheel(self, x: int, y: int) -> None:
        at = QPointF(5, 5)
        QApplication.sendEvent(
            self.surface,
            QWheelEvent(
                at,
                at,
                QPoint(),
                QPoint(x, y),
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            ),
        )


@pytest.fixture
def open_window(qapp) -> Iterator[Any]:
    """Makes windows over fake machines; they are closed at the end."""
    made: list[Opened] = []

    def make(
        *,
        session: FakeSession | None = None,
        granted: bool | None = True,
        learned: bool = True,
        kept_size: QSize | None = None,
    ) -> Opened:
        opened = Opened(
            session or FakeSession(),
            FakeCapture(granted=granted),
            FakeMemory(learned=learned),
            FakeSizes(kept_size),
        )
        made.append(opened)
        return opened

    yield make
    for opened in made:
        opened.window.close()
        opened.window.deleteLater()
        assert all(recorded.holds_nothing for recorded in opened.session.inputs)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def pixels(widget: QWidget) -> QImage:
    """What the widget paints, as a screen would show it: without transparency."""
    ratio = widget.devicePixelRatioF()
    image = QImage(widget.size() * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.magenta)
    widget.render(image)
    image.setDevicePixelRatio(1)
    return image


async def pass_time(ms: int) -> None:
    """Let a timer of the window run out; for what must *not* happen before."""
    await asyncio.sleep(ms / 1000)


@pytest.fixture
def x_display() -> Iterator[str]:
    """A private X server that is never without a client.

    A server starts anew when its last client leaves, and drops whoever is just connecting.
    """
    with x_server() as name:
        connection = Display(name)
        try:
            yield name
        finally:
            connection.close()


@pytest.fixture
def app(managed_display: str) -> Iterator[App]:
    """A window that holds the keyboard, with openbox around it."""
    made = App(managed_display)
    try:
        made.until(lambda r: r["holding"] and r["size"] == [640, 400], "the window holds")
        x, y = made.do("report")["middle"]
        made.person("mousemove", x, y)
        made.until(lambda r: any(e[0] == "move_to" for e in r["events"]))
        made.do("forget")
        yield made
        report = made.do("report")
        assert report["holding"] or not report["guest_holds"]
    finally:
        made.end()


@pytest.fixture
def exclusive(app: App) -> App:
    """The same window, filling the screen, with all keys captured."""
    app.do("exclusive")
    app.until(lambda r: r["capture"] == "GRANTED" and r["exclusive"] and r["size"] == [1920, 1080])
    app.do("forget")
    return app
