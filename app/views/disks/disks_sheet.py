"""All disks of one machine, and those that were taken out of it and are kept."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from app.views.disks.disk_words import (
    disk_name,
    disk_sizes,
    is_at_rest,
    takes_disks,
    why_not_now,
)
from app.views.icons import Glyph
from app.views.widgets.buttons import Button
from app.views.widgets.labels import ElidedLabel, GlyphLabel, breakable, label
from app.views.widgets.layouts import Scrolled, column, frame, row
from app.views.widgets.note import Note
from app.views.widgets.sheet import Sheet
from app.vm.model import VmInfo
from app.vm.records import DiskInfo

_SIZE = QSize(640, 440)


class DisksSheet(Sheet):
    """Lists the disks with what can be done about each; stays open meanwhile.

    Signals:
        add_wanted: one more disk.
        grow_wanted, compact_wanted, remove_wanted: of this `DiskInfo`.
        back_wanted: put this one, which is only kept, back into the machine.
    """

    add_wanted = Signal()
    grow_wanted = Signal(object)
    compact_wanted = Signal(object)
    remove_wanted = Signal(object)
    back_wanted = Signal(object)

    def __init__(self, info: VmInfo) -> None:
        super().__init__(self.tr("Disks"), _SIZE)
        self._info = info
        self._disks: tuple[DiskInfo, ...] = ()
        outer = column(self, margins=(24, 20, 20, 18), spacing=12)
        head = row(spacing=12)
        head.addWidget(GlyphLabel(Glyph.DISK, "brand_text", 24))
        self._title = label("", "heading", wrap=True)
        head.addWidget(self._title, 1)
        outer.addLayout(head)
        self._note = Note("bad")
        self._note.hide()
        outer.addWidget(self._note)
        self._list, scroller = _list()
        outer.addWidget(scroller, 1)
        footer = row(margins=(0, 6, 0, 0), spacing=10)
        self.add = Button(self.tr("Add disk…"), glyph=Glyph.PLUS)
        self.add.clicked.connect(self.add_wanted)
        self.close_button = Button(self.tr("Close"), "primary")
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        footer.addWidget(self.add)
        footer.addStretch(1)
        footer.addWidget(self.close_button)
        outer.addLayout(footer)
        self.show_machine(info)

    @property
    def info(self) -> VmInfo:
        """The machine, as it was told last."""
        return self._info

    def show_machine(self, info: VmInfo) -> None:
        """The machine has another name or state."""
        self._info = info
        title = self.tr("Disks of “%1”").replace("%1", info.name)
        self._title.setText(breakable(title))
        self.add.setEnabled(takes_disks(info))
        self.add.setToolTip("" if takes_disks(info) else why_not_now(info))
        self._show()

    def show_disks(self, disks: tuple[DiskInfo, ...]) -> None:
        """These are the machine's, and behind them those that are kept."""
        self._note.hide()
        self._disks = disks
        self._show()

    def show_problem(self, text: str, remedy: str) -> None:
        """They cannot be listed; what was shown stays."""
        self._note.say("bad", text, remedy)
        self._note.show()

    @override
    def focus_first(self) -> None:
        """Begin where nothing is changed."""
        self.close_button.setFocus()

    def _show(self) -> None:
        focused = self.focusWidget()
        name = focused.objectName() if isinstance(focused, Button) else ""
        while (item := self._list.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        kept = [disk for disk in self._disks if not disk.disk_id]
        for disk in self._disks:
            if disk.disk_id:
                self._list.addWidget(self._row(disk))
        if kept:
            self._list.addWidget(label(self.tr("Kept, but not in the machine"), "strong"))
        for disk in kept:
            self._list.addWidget(self._row(disk))
        self._list.addStretch(1)
        again = self.findChild(Button, name) if name else None
        if again is not None and again.isEnabled():
            again.setFocus()

    def _row(self, disk: DiskInfo) -> QFrame:
        card = frame("card")
        bar = row(card, margins=(14, 10, 10, 10), spacing=12)
        bar.addWidget(GlyphLabel(Glyph.DISK), 0, Qt.AlignmentFlag.AlignVCenter)
        texts = column(spacing=2)
        name = ElidedLabel(role="strong")
        name.setText(disk_name(disk, self._disks))
        sizes = ElidedLabel(role="caption")
        sizes.setText(disk_sizes(disk))
        texts.addWidget(name)
        texts.addWidget(sizes)
        bar.addLayout(texts, 1)
        for button in self._buttons(disk):
            bar.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        card.setAccessibleName(f"{name.text()}, {sizes.text()}")
        return card

    def _buttons(self, disk: DiskInfo) -> list[Button]:
        at_rest, takes = is_at_rest(self._info), takes_disks(self._info)
        if not disk.disk_id:
            back = Button(self.tr("Put back"), name=self._named(self.tr("Put back"), disk))
            return [self._ready(back, disk, "back", self.back_wanted, is_on=takes)]
        grow = self._icon(Glyph.GROW, self.tr("Make larger…"), disk)
        compact = self._icon(Glyph.BOX, self.tr("Free up space…"), disk)
        made = [
            self._ready(grow, disk, "grow", self.grow_wanted, is_on=takes),
            self._ready(compact, disk, "compact", self.compact_wanted, is_on=at_rest),
        ]
        if not disk.system:
            remove = self._icon(Glyph.EJECT, self.tr("Take out…"), disk)
            made.append(self._ready(remove, disk, "remove", self.remove_wanted, is_on=at_rest))
        return made

    def _icon(self, glyph: Glyph, text: str, disk: DiskInfo) -> Button:
        return Button(kind="icon", glyph=glyph, name=self._named(text, disk))

    def _named(self, text: str, disk: DiskInfo) -> str:
        return f"{text}: {disk_name(disk, self._disks)}"

    def _ready(
        self, button: Button, disk: DiskInfo, key: str, signal: object, *, is_on: bool
    ) -> Button:
        button.setObjectName(f"{key} {disk.file}")
        button.setEnabled(is_on)
        if not is_on:
            why = why_not_now(self._info)
            button.setToolTip(f"{button.accessibleName()}\n{why}")
            button.setAccessibleDescription(why)
        button.clicked.connect(partial(signal.emit, disk))  # type: ignore[attr-defined] # a signal
        return button


def _list() -> tuple[QVBoxLayout, QWidget]:
    scroller = QScrollArea()
    scroller.setWidgetResizable(True)
    scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    held = Scrolled()
    layout = column(held, spacing=8)
    scroller.setWidget(held)
    return layout, scroller
