"""Everything about one machine, with its buttons."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.views import words
from app.views.commands import Commands
from app.views.icons import Glyph
from app.views.pictures import PictureStore, is_coming, paint_picture
from app.views.problems import sentence
from app.views.recovery.card import RecoveryCard
from app.views.snapshots.recent import RecentSnapshots
from app.views.tasks.board import TaskBoard
from app.views.tasks.strip import TaskStrip
from app.views.widgets.buttons import Button
from app.views.widgets.labels import ElidedLabel, GlyphLabel, label, set_tip
from app.views.widgets.layouts import column, frame, ground, line, row, set_look
from app.views.widgets.note import Note
from app.views.widgets.status import StateSign
from app.vm.model import VmInfo
from app.vm.state import Action, VmState

WIDTH_PX = 316
FORCE_OFFERED_MS = 30_000
"""A step that is under way gets this long before the panel offers to cut the power."""
_CLOCK_MS = 30_000
_PAGE_CONTENT_PX = 480
_ANY_WIDTH_PX = 16_777_215  # QWIDGETSIZE_MAX


class MachinePicture(QWidget):
    """A machine's picture, 5:3."""

    def __init__(self, pictures: PictureStore) -> None:
        super().__init__()
        self._pictures = pictures
        self._info: VmInfo | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        pictures.loaded.connect(self.update)

    def show_machine(self, info: VmInfo) -> None:
        """Show this one's."""
        self._info = info
        self.update()

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        return round(width * 3 / 5)

    @override
    def sizeHint(self) -> QSize:
        return QSize(WIDTH_PX - 32, self.heightForWidth(WIDTH_PX - 32))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._info is None:
            return
        painter = QPainter(self)
        picture = self._pictures.get(self._info.thumbnail)
        paint_picture(painter, QRectF(self.rect()), self._info, picture, radius_px=14)


class DetailPanel(QWidget):
    """Shows one machine.

    Signals:
        back_wanted: the button back to the list; only where the panel is a page of its own.
        menu_wanted: more actions, at this place on the screen.
        rename_wanted, insert_wanted: the person wants to name it, to choose a disc.
        cancel_wanted: end the task of this number.
    """

    back_wanted = Signal()
    menu_wanted = Signal(QPoint)
    rename_wanted = Signal()
    insert_wanted = Signal()
    cancel_wanted = Signal(object)

    def __init__(self, commands: Commands, pictures: PictureStore, board: TaskBoard) -> None:
        super().__init__()
        self._commands = commands
        self._info: VmInfo | None = None
        self._force_is_due = False
        self._due = QTimer(self, singleShot=True, interval=FORCE_OFFERED_MS)
        self._due.timeout.connect(self._offer_force)
        self._clock = QTimer(self, interval=_CLOCK_MS)
        self._clock.timeout.connect(self._show_state)
        self._clock.start()
        outer = column(self)
        panel = frame("panel")
        outer.addWidget(panel)
        self._scroller = scroller = QScrollArea()
        scroller.setWidgetResizable(True)
        scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column(panel).addWidget(scroller)
        scroller.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._content = content = ground("scrolled")
        scroller.setWidget(content)
        layout = column(content, margins=16, spacing=12)
        self._back = Button(self.tr("All machines"), "ghost", glyph=Glyph.LEFT)
        self._back.clicked.connect(self.back_wanted)
        self._back.hide()
        layout.addWidget(self._back, 0, Qt.AlignmentFlag.AlignLeft)
        self._picture = MachinePicture(pictures)
        layout.addWidget(self._picture)
        self._build_head(layout)
        self._strip = TaskStrip(board)
        self._strip.cancel_wanted.connect(self.cancel_wanted)
        layout.addWidget(self._strip)
        self._build_buttons(layout)
        self._note = Note("bad")
        layout.addWidget(self._note)
        self.recovery = RecoveryCard(commands)
        layout.addWidget(self.recovery)
        self._facts = QWidget()
        facts = column(self._facts, spacing=12)
        facts.addWidget(line())
        self._build_facts(facts)
        facts.addWidget(line())
        self._build_disc(facts)
        layout.addWidget(self._facts)
        self.snapshots = RecentSnapshots(commands)
        layout.addWidget(self.snapshots)
        layout.addStretch(1)

    def show_machine(self, info: VmInfo) -> None:
        """Show this machine as it is now."""
        before, self._info = self._info, info
        if before is None or (before.id, before.state) != (info.id, info.state):
            self._force_is_due = False
            if info.state.is_changing:
                self._due.start()
            else:
                self._due.stop()
        self._picture.show_machine(info)
        self._strip.show_machine(info.id)
        self.snapshots.show_machine(info)
        self.recovery.show_machine(info)
        self._name.setText(info.name)
        self._rename.setVisible(Action.RENAME in info.actions)
        self._show_state()
        self._show_buttons()
        self._show_note()
        self._show_facts()

    def show_as_page(self, *, is_page: bool) -> None:
        """Fill the page and offer the way back, or stand beside the grid."""
        self._back.setVisible(is_page)
        self.setMinimumWidth(0 if is_page else WIDTH_PX)
        self.setMaximumWidth(_ANY_WIDTH_PX if is_page else WIDTH_PX)
        self._content.setMaximumWidth(_PAGE_CONTENT_PX if is_page else WIDTH_PX)

    def focus_main(self) -> None:
        """Give the keyboard to the main button."""
        (self._main if self._main.isVisible() else self._more).setFocus()

    def _build_head(self, layout: QVBoxLayout) -> None:
        head = row(spacing=4)
        self._name = ElidedLabel(role="title")
        self._rename = Button(kind="icon", glyph=Glyph.PENCIL, name=self.tr("Rename (F2)"))
        self._rename.clicked.connect(self.rename_wanted)
        head.addWidget(self._name, 1)
        head.addWidget(self._rename)
        layout.addLayout(head)
        self._condition = QWidget()
        state = row(self._condition, spacing=7)
        self._sign = StateSign()
        self._state = ElidedLabel(role="caption")
        self._chip = label(role="chip")
        state.addWidget(self._sign)
        state.addWidget(self._state, 1)
        state.addWidget(self._chip)
        layout.addWidget(self._condition)

    def _build_buttons(self, layout: QVBoxLayout) -> None:
        self._buttons = QWidget()
        bar = row(self._buttons, spacing=8)
        self._main = Button("", "primary", glyph=Glyph.EXPAND)
        self._main.clicked.connect(self._open)
        self._pause = Button(kind="square", glyph=Glyph.PAUSE, name=self.tr("Pause"))
        self._pause.clicked.connect(self._toggle)
        self._stop = Button(kind="square", glyph=Glyph.POWER, name=self.tr("Shut down"))
        self._stop.clicked.connect(self._press_power)
        self._force = Button(self.tr("Force off"), "danger", glyph=Glyph.BOLT)
        self._force.clicked.connect(self._cut_power)
        self._more = Button(kind="square", glyph=Glyph.MORE, name=self.tr("More actions"))
        self._more.clicked.connect(self._want_menu)
        bar.addWidget(self._main, 1)
        bar.addWidget(self._force, 1)
        for button in (self._pause, self._stop, self._more):
            bar.addWidget(button)
        layout.addWidget(self._buttons)

    def _build_facts(self, layout: QVBoxLayout) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(9)
        grid.setColumnStretch(2, 1)
        self._values: dict[str, ElidedLabel] = {}
        facts = (
            ("cpus", Glyph.CHIP, self.tr("Processors")),
            ("memory", Glyph.MEMORY, self.tr("Memory")),
            ("disk", Glyph.DISK, self.tr("Disk")),
            ("firmware", Glyph.FIRMWARE, self.tr("Firmware")),
            ("network", Glyph.NET, self.tr("Network")),
            ("created", Glyph.PLUS, self.tr("Created")),
            ("used", Glyph.CLOCK, self.tr("Last used")),
        )
        for number, (key, glyph, text) in enumerate(facts):
            value = ElidedLabel()
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            name = label(text, tone="text2")
            grid.addWidget(GlyphLabel(glyph), number, 0)
            grid.addWidget(name, number, 1)
            grid.addWidget(value, number, 2)
            self._values[key] = value
        layout.addLayout(grid)

    def _build_disc(self, layout: QVBoxLayout) -> None:
        bar = row(spacing=10)
        self._disc = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self._insert = Button(kind="icon", glyph=Glyph.FOLDER, name=self.tr("Insert a disc…"))
        self._insert.clicked.connect(self.insert_wanted)
        self._eject = Button(kind="icon", glyph=Glyph.EJECT, name=self.tr("Eject the disc"))
        self._eject.clicked.connect(self._take_disc_out)
        bar.addWidget(GlyphLabel(Glyph.DISC))
        bar.addWidget(self._disc, 1)
        bar.addWidget(self._insert)
        bar.addWidget(self._eject)
        layout.addLayout(bar)

    def _show_state(self) -> None:
        info = self._info
        if info is None:
            return
        self._sign.show_state(words.state_token(info.state), spins=info.state.is_changing)
        lasted = ""
        if info.state.has_process:
            lasted = words.running_time(info.started_ms, words.now_ms())
        self._state.setText(" · ".join(filter(None, (words.state_word(info), lasted))))
        chip, meaning = words.accelerator(info.accelerator if info.state.has_process else "")
        self._chip.setText(chip)
        self._chip.setVisible(bool(chip))
        set_tip(self._chip, meaning)

    def _show_buttons(self) -> None:
        info = self._info
        if info is None:
            return
        actions = info.actions
        can_force = Action.FORCE_STOP in actions and Action.STOP not in actions
        if info.state.is_changing:
            can_force = can_force and self._force_is_due
        self._force.setVisible(can_force)
        self._main.setVisible(not can_force and info.state is not VmState.UPDATE)
        self._main.setEnabled(Action.OPEN in actions)
        text, tip, glyph = self._main_words(actions)
        self._main.setText(text)
        self._main.say(text, tip=tip)
        self._main.show_glyph(glyph)
        self._pause.setVisible(Action.PAUSE in actions)
        self._stop.setVisible(Action.STOP in actions)
        self._more.setVisible(bool(actions))
        self._buttons.setVisible(bool(actions) or info.state is not VmState.UPDATE)

    def _main_words(self, actions: frozenset[Action]) -> tuple[str, str, Glyph]:
        """Text, tip and icon of the main button."""
        if Action.START in actions:
            tip = self.tr("Starts the machine and opens its window")
            if self._info is not None and self._info.state is VmState.ERROR:
                return self.tr("Try again"), tip, Glyph.PLAY
            return self.tr("Start"), tip, Glyph.PLAY
        if Action.RESUME in actions:
            tip = self.tr("Lets the machine go on and opens its window")
            return self.tr("Resume"), tip, Glyph.PLAY
        return self.tr("Open"), self.tr("Opens the machine's window"), Glyph.EXPAND

    def _show_note(self) -> None:
        info = self._info
        if info is None:
            return
        if info.problem:
            self._note.say("bad", sentence(info.problem), sentence(info.remedy))
        elif info.state is VmState.PAUSED and info.reason == "disk_full":
            self._note.say(
                "warn",
                self.tr("The disk of this computer is full."),
                self.tr("Make room, then let the machine go on."),
            )
        elif info.state is VmState.PAUSED and info.reason == "gate":
            self._note.say(
                "warn",
                self.tr("Paused because PC mode went off."),
                self.tr("It goes on by itself when PC mode is back."),
            )
        is_held = info.state is VmState.PAUSED and info.reason in {"disk_full", "gate"}
        self._note.setVisible(bool(info.problem) or is_held)

    def _show_facts(self) -> None:
        info = self._info
        if info is None:
            return
        # Nobody knows yet what a machine will be that is being imported; the strip tells of it.
        self._facts.setVisible(not is_coming(info))
        self._condition.setVisible(not is_coming(info))
        is_known = info.cpus > 0
        for key, text in (
            ("cpus", str(info.cpus)),
            ("memory", words.size(info.memory_mib)),
            ("disk", words.size(info.disk_mib)),
            ("firmware", words.firmware(info.firmware)),
            ("network", words.network(info.net_mode)),
            ("created", words.moment(info.created_ms)),
            ("used", words.moment(info.last_started_ms)),
        ):
            self._values[key].setText(text if is_known else "?")
        disc = info.disc.name if info.disc else self.tr("No disc inserted")
        self._disc.setText(disc)
        set_look(self._disc, tone="" if info.disc else "text2")
        if info.disc:
            set_tip(self._disc, str(info.disc))
        can_change = Action.CHANGE_DISC in info.actions
        self._insert.setVisible(can_change)
        self._eject.setVisible(can_change and info.disc is not None)

    def _offer_force(self) -> None:
        self._force_is_due = True
        self._show_buttons()

    def _want_menu(self) -> None:
        self.menu_wanted.emit(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def _open(self) -> None:
        if self._info is not None:
            self._commands.open(self._info)

    def _toggle(self) -> None:
        if self._info is not None:
            self._commands.toggle(self._info)

    def _press_power(self) -> None:
        if self._info is not None:
            self._commands.stop(self._info)

    def _cut_power(self) -> None:
        if self._info is not None:
            self._commands.force_stop(self._info)

    def _take_disc_out(self) -> None:
        if self._info is not None:
            self._commands.eject_disc(self._info)
