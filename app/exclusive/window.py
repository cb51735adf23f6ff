"""The exclusive window: one machine's picture with everything that floats over it.

It has two modes. In the ordinary one the guest gets the keys while the window has the focus, and
the desktop keeps its shortcuts. In the exclusive one the window fills the screen and the guest gets
all of them, until the person takes them back (`app.exclusive.grab`).

Closing the window ends neither the machine nor anything in it.
"""

from __future__ import annotations

import logging
import os
from typing import assert_never

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QGuiApplication,
    QHideEvent,
    QImage,
    QKeyEvent,
    QPalette,
    QResizeEvent,
    QScreen,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.errors import StateError
from app.exclusive.capture import Capture, capture_for
from app.exclusive.card_steps import CardSteps
from app.exclusive.chain import HostBuses, make_chain
from app.exclusive.clipboard_typing import ClipboardTyping
from app.exclusive.commentary import Commentary
from app.exclusive.connection import TAKES_INPUT, ViewConnection
from app.exclusive.controller import InputController, Notice
from app.exclusive.floating import Floating
from app.exclusive.grab import Grab
from app.exclusive.lock_guest import Attention
from app.exclusive.machine_view import HintMemory, MachineSession, SizeMemory, Spawn
from app.exclusive.pointer import EdgeWatch, PointerLock
from app.exclusive.surface import Surface
from app.exclusive.verdicts import (
    Entered,
    LockPointer,
    Reason,
    Refused,
    Released,
    UnlockPointer,
    Verdicts,
)
from app.exclusive.view_options import ViewOptions
from app.exclusive.window_size import WindowSize
from app.vm.display.keymap import Key
from app.vm.events import ViewState

_log = logging.getLogger(__name__)

_PATIENCE_MS = 1200


class ExclusiveWindow(QWidget):
    """The one window of one machine.

    Args:
        session: the machine.
        window_id: its number in the table of views.
        spawn: starts background work.
        hints: what this person knows already.
        sizes: what the person chose for this machine's window.
        options: the person's choices.
        capture: how to get all keys; what the platform has, unless a test brings its own.
        head: which of the machine's screens. A further one is there while its window is open.
    """

    closedWhileRunning = Signal(str)
    """The window was closed and the machine of this name goes on."""
    closed = Signal(int)
    """The window of this number is closed for good."""
    viewStateChanged = Signal(int)
    """FOCUSED, UNFOCUSED or HIDDEN of `app.vm.events.ViewState`."""
    screenWanted = Signal()
    """The person wants one more screen of the machine."""
    resolutionFailed = Signal()
    """The guest cannot take the window's size; its picture is made to fit."""

    def __init__(
        self,
        session: MachineSession,
        window_id: int,
        *,
        spawn: Spawn,
        hints: HintMemory,
        sizes: SizeMemory,
        options: ViewOptions | None = None,
        capture: Capture | None = None,
        buses: HostBuses | None = None,
        head: int = 0,
    ) -> None:
        super().__init__()
        self._head = head
        self._session, self.window_id = session, window_id
        self._options = options or ViewOptions()
        self._closed = False
        self._view_state: ViewState | None = None

        capture = capture or capture_for(self)
        grab = Grab(
            self._options.release_key.number,
            self._options.release_chord,
            kept=self._options.kept,
            hands_back=capture.hands_back,
        )
        edge = EdgeWatch(self._options.top_edge_delay_ms, self._edge_reached, self)
        self._edge = edge
        self._pointer = PointerLock()
        self._chain = make_chain(
            self,
            grab,
            capture,
            self._run,
            buses=buses,
            attend=self._attend,
        )
        self.input = InputController(
            grab,
            capture=self._chain.capture,
            is_old=self._chain.repeat.is_old,
            pointer=self._pointer,
            edge=edge,
            is_shortcut=self._is_shortcut,
            notify=self._notice,
        )
        self._surface = Surface(self.input, self)
        self._connection = ViewConnection(
            session, self._surface, self.input, spawn, self, head=head
        )
        self._floating = Floating(self, still=self._options.reduce_motion)
        self._bar = self._floating.bar
        self._told = Commentary(session, self.input, self._floating, hints, self._options)
        self._steps = CardSteps(session, self._connection, spawn, self._take_back, self._sync)
        self._typing = ClipboardTyping(self.input, self._floating, self)
        self._size = WindowSize(self, self._surface, self._connection.wish_size, sizes)
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)

        self._set_up()
        self._connect_signals()
        self._unsubscribe = session.subscribe(self._sync)
        self._sync()

    # For the composition root.

    @property
    def session(self) -> MachineSession:
        """The machine that is shown."""
        return self._session

    @property
    def is_exclusive(self) -> bool:
        """Whether it fills the screen and wants all keys."""
        return self.input.grab.exclusive

    @property
    def is_in_sight(self) -> bool:
        """Whether it is on the screen, if perhaps behind other windows."""
        return self.isVisible() and not self.isMinimized()

    def present(self, activation_token: str = "") -> None:
        """Show the window in front of the others, and hand the keyboard over.

        Args:
            activation_token: from whoever was clicked, as Wayland compositors demand
                (xdg-activation-v1); without one they may only mark the window.
        """
        self.input.run(self.input.grab.hand_over())
        if activation_token:
            os.environ["XDG_ACTIVATION_TOKEN"] = activation_token  # Qt takes it from there
        if self.isMinimized():
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    @property
    def can_move(self) -> bool:
        """Whether it can be put anywhere: a Wayland compositor decides that itself."""
        return QGuiApplication.platformName() != "wayland"

    def move_to(self, screen: QScreen) -> None:
        """Go to this monitor, exclusive or not as before."""
        was_exclusive = self.is_exclusive
        if was_exclusive:
            self.leave_exclusive()
        room = screen.availableGeometry()
        self.resize(self.size().boundedTo(room.size()))
        place = self.frameGeometry()
        place.moveCenter(room.center())
        self.move(place.topLeft())
        if was_exclusive:
            self.enter_exclusive()
        else:
            self.present()

    def say_already_open(self) -> None:
        """Tell somebody who opens it once more."""
        self._told.already_open()

    def enter_exclusive(self) -> None:
        """Fill the screen and take all keys; not while the gate is closed."""
        if not self._session.gate.open:
            return
        self.input.run(self.input.grab.hand_over())
        self._set_exclusive(True)
        self.showFullScreen()
        self._patience.start()

    def leave_exclusive(self) -> None:
        """Become an ordinary window again; the picture stays, and one that is an icon does, too."""
        self._set_exclusive(False)
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowFullScreen)

    def release(self, reason: Reason) -> None:
        """Give keyboard and pointer back to the person, at once: screen lock, sleep."""
        self.input.release(reason)

    def lose_gate(self) -> None:
        """Machines may not be worked with any more: give everything back, at once."""
        self.input.run(self.input.grab.gate(is_open=False))
        if self.is_exclusive:
            self.leave_exclusive()

    def cover(self, covered: bool) -> None:
        """A question lies over the picture: its keys are the person's, until it has gone."""
        self.input.run(self.input.grab.question(is_open=covered))

    def tell_view_state(self) -> None:
        """Send `viewStateChanged` again: who listens has been told nothing for a while."""
        self._view_state = None
        self._tell_view_state()

    def resize_picture(self, size_px: QSize) -> None:
        """Make the picture so many screen pixels large, as if the person had; it stays so."""
        if self.is_exclusive:
            return
        self._size.give(size_px)

    async def ask_resolution(self, size_px: QSize) -> None:
        """Ask the guest for a picture of this size, in its pixels; returns when it has it.

        Raises:
            NotSupportedError: the guest's device has sizes of its own only.
            StateError: there is no picture now, or the guest did not take the size in time.
        """
        if not self._connection.is_open:
            raise StateError(
                "There is no picture of the machine now.", remedy="Start the machine first."
            )
        await self._size.ask(size_px)

    def report_silence(self) -> None:
        """The machine has not answered for long: give everything back and say so."""
        self.input.release(Reason.SILENT)
        self._told.silent()

    def apply(self, options: ViewOptions) -> None:
        """Take other choices; motion keeps to what it was until the window is opened anew."""
        self._options = self._told.options = options
        self.input.grab.release_key = options.release_key.number
        self.input.grab.chord = options.release_chord
        self.input.grab.kept = options.kept
        self._edge.set_delay(options.top_edge_delay_ms)
        self._dress()

    def picture(self) -> QImage:
        """A copy of the guest's present picture at its own size; null before the first one."""
        return self._surface.picture()

    # Setting up.

    def _set_up(self) -> None:
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self._surface.show_cursor(own=True)
        self._size.begin()
        if not self._session.has_controls:
            self._bar.hide_pause()
        self._dress()

    def _dress(self) -> None:
        colors = self._options.colors
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.Window, Qt.GlobalColor.black)
        self.setPalette(palette)
        self._floating.dress(colors)

    def _connect_signals(self) -> None:
        surface, bar = self._surface, self._bar
        surface.pointerModeChanged.connect(self._pointer_mode)
        self._connection.changed.connect(self._sync)
        self._connection.opened.connect(self._size.connected)
        self._connection.silent.connect(self.report_silence)
        self._connection.opened.connect(self._chain.lights.forget)
        surface.ledsChanged.connect(self._chain.lights.told)
        self._size.resolutionFailed.connect(self.resolutionFailed)
        self._patience.timeout.connect(self._check_focus)
        bar.pauseClicked.connect(self._steps.pause)
        bar.resumeClicked.connect(self._steps.resume)
        bar.modeClicked.connect(self._toggle_mode)
        bar.releaseClicked.connect(lambda: self.input.release(Reason.BUTTON))
        bar.handOverClicked.connect(self._hand_over)
        bar.sendKeys.connect(self.input.press)
        bar.typeClipboard.connect(self._typing.begin)
        bar.actualClicked.connect(surface.show_actual)
        bar.screenClicked.connect(self.screenWanted)
        surface.pictureResized.connect(lambda _w, _h: bar.offer_actual(surface.is_larger))
        self._floating.card.chosen.connect(self._steps.take)

    # The machine.

    def _sync(self) -> None:
        """Follow the machine's name and state."""
        if self._closed:
            return
        state = self._session.state
        self.setWindowTitle(self._title())
        self._connection.follow()
        live = self._connection.is_open and state in TAKES_INPUT
        gate = self._session.gate
        if gate.open:
            self.input.run(self.input.grab.gate(is_open=True))
        else:
            self.lose_gate()
        self.input.run(self.input.grab.machine(live=live))
        self._bar.set_machine(self._title(), state, live=live, gate_open=gate.open)
        self._bar.offer_screen(live and not self._head and self._session.screens > 1)
        self._told.machine(live=live, lost=self._connection.problem)

    def _title(self) -> str:
        name = self._session.name
        if not self._head:
            return name
        text = self.tr("%1, screen %2").replace("%2", str(self._head + 1))
        return text.replace("%1", name)

    # Keyboard and pointer.

    def _run(self, verdicts: Verdicts) -> None:
        self.input.run(verdicts)

    def _attend(self, attention: Attention) -> None:
        self._surface.pace.attend(attention)

    def _notice(self, notice: Notice) -> None:
        match notice:
            case Entered():
                self._chain.lock.enter()
                self._surface.setFocus()
                self._update_cursor()
                self._told.entered()
            case Released(reason):
                self._chain.lock.leave()
                self._update_cursor()
                self._told.released(reason)
            case Refused():
                self._told.refused()
            case LockPointer():
                self._pointer.lock(self._surface)
                self._update_cursor()
                self._told.way_out()
            case UnlockPointer():
                self._pointer.unlock()
                self._update_cursor()
                if not self.is_exclusive:
                    self._floating.hint.hide()
            case _:
                assert_never(notice)

    def _check_focus(self) -> None:
        """An exclusive window that does not get the keyboard at all has to say so, too."""
        if self.is_exclusive and self.input.grab.is_hindered:
            self._told.refused()
            self._floating.show_line()

    def _take_back(self) -> None:
        self.input.run(self.input.grab.hand_over())

    def _is_shortcut(self, number: int) -> bool:
        """F11 is ours while the window is an ordinary one; an exclusive machine gets it too.

        So is the key that stops a text from being typed.
        """
        if self._typing.stop():
            return True
        if number != Key.F11 or self.is_exclusive or self.input.grab.keys_down:
            return False
        self.enter_exclusive()
        return True

    def _edge_reached(self) -> None:
        self._bar.open()
        if self.is_exclusive:
            self.input.release(Reason.EDGE)

    def _hand_over(self) -> None:
        self._surface.setFocus()
        self.input.run(self.input.grab.hand_over())

    def _pointer_mode(self, absolute: bool) -> None:
        self.input.run(self.input.grab.pointer_mode(absolute=absolute))
        self._update_cursor()

    def _update_cursor(self) -> None:
        """The guest's own where the guest has the pointer; none where it cannot be seen to move."""
        grab = self.input.grab
        self._surface.show_cursor(own=not grab.takes_pointer, hidden=grab.pointer_locked)

    # The window.

    def _toggle_mode(self) -> None:
        if self.is_exclusive:
            self.leave_exclusive()
        else:
            self.enter_exclusive()

    def _set_exclusive(self, exclusive: bool) -> None:
        self._bar.set_exclusive(exclusive)
        self.input.run(self.input.grab.mode(exclusive=exclusive))
        if not exclusive:
            self._floating.hint.hide()
            self._floating.note.hide()
            self._bar.set_refusal("")

    def _arrange(self) -> None:
        self._surface.setGeometry(self.rect())
        self._floating.arrange()

    def _tell_focus(self) -> None:
        self._chain.lock.shown(visible=self.is_in_sight, active=self.isActiveWindow())
        self._tell_view_state()

    def _tell_view_state(self) -> None:
        if not self.is_in_sight:
            state = ViewState.HIDDEN
        elif self.isActiveWindow():
            state = ViewState.FOCUSED
        else:
            state = ViewState.UNFOCUSED
        if state is not self._view_state and not self._closed:
            self._view_state = state
            self.viewStateChanged.emit(int(state))

    # Qt's.

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ActivationChange:
            self._tell_focus()
            has = self.isActiveWindow() or self.input.is_lent
            self.input.run(self.input.grab.focus(has=has))
        elif event.type() == QEvent.Type.WindowStateChange:
            self._visibility_changed()
            if self.is_exclusive and not (self.isFullScreen() or self.isMinimized()):
                self._set_exclusive(False)  # the window manager ended it
        super().changeEvent(event)

    def _visibility_changed(self) -> None:
        visible = self.is_in_sight
        self._surface.watch(visible=visible)
        self._tell_focus()
        self.input.run(self.input.grab.shown(visible=visible))

    @override
    def showEvent(self, event: QShowEvent) -> None:
        self._arrange()
        self._size.window_resized()
        self._visibility_changed()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        self._visibility_changed()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
        self._size.window_resized()
        self._bar.offer_actual(self._surface.is_larger)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys come here only while they are the person's."""
        if event.key() == Qt.Key.Key_F11:
            self._toggle_mode()
        else:
            super().keyPressEvent(event)

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        self._bar.open()
        return super().focusNextPrevChild(next)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        event.accept()
        if self._closed:
            return
        self._closed = True
        self._unsubscribe()
        self._patience.stop()
        self._typing.stop()
        self._told.end()
        self._steps.end()
        self._size.stop()
        self.input.run(self.input.grab.close())
        self._connection.unplug()
        self._connection.close()
        if self._session.state.has_process:
            self.closedWhileRunning.emit(self._session.name)
        self.closed.emit(self.window_id)
