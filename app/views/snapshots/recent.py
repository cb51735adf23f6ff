"""The newest snapshots of the present machine, for the panel beside the machines."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QWidget
from shiboken6 import isValid

from app.views import words
from app.views.commands import Commands
from app.views.icons import Glyph
from app.views.widgets.buttons import Button
from app.views.widgets.labels import ElidedLabel, GlyphLabel, label
from app.views.widgets.layouts import column, line, row
from app.vm.model import VmInfo
from app.vm.records import Snapshot
from app.vm.state import Action

_SHOWN = 3
_AFTER_MS = 200
"""Who walks through the machines with the arrow keys does not want the lists of all of them."""


class RecentSnapshots(QWidget):
    """A heading with the ways to all snapshots and to a new one, and the newest below it.

    It is hidden where there is nothing to say: no list could be had.
    """

    def __init__(self, commands: Commands) -> None:
        super().__init__()
        self._commands = commands
        self._info: VmInfo | None = None
        self._soon = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self._soon.timeout.connect(self._load)
        layout = column(self, spacing=6)
        layout.addWidget(line())
        head = row(spacing=2)
        head.addWidget(label(self.tr("Snapshots"), "strong"), 1)
        self.all = Button(kind="icon", glyph=Glyph.CLOCK, name=self.tr("All snapshots"))
        self.all.clicked.connect(self._show_all)
        self.take = Button(kind="icon", glyph=Glyph.PLUS, name=self.tr("Take snapshot"))
        self.take.show_glyph(Glyph.PLUS, token="brand_text")  # noqa: S106 - a colour's name
        self.take.clicked.connect(self._want_one)
        head.addWidget(self.all)
        head.addWidget(self.take)
        layout.addLayout(head)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(9)
        grid.setColumnStretch(1, 1)
        self._lines: list[tuple[GlyphLabel, ElidedLabel, QWidget]] = []
        self._times = [label(role="caption") for _ in range(_SHOWN)]
        for number, time in enumerate(self._times):
            time.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            parts = (GlyphLabel(Glyph.SNAPSHOT), ElidedLabel(), time)
            for place, part in enumerate(parts):
                grid.addWidget(part, number, place)
            self._lines.append(parts)
        layout.addLayout(grid)
        self.hide()

    def show_machine(self, info: VmInfo) -> None:
        """Show those of this machine, as soon as it stays for a moment."""
        before, self._info = self._info, info
        self.take.setEnabled(Action.SNAPSHOT in info.actions)
        if before is None or before.id != info.id:
            self.hide()
            self._soon.start()
        elif before.state != info.state:
            self._soon.start()

    def machine_changed(self) -> None:
        """Something of the machine may be another now."""
        if self._info is not None and not self._soon.isActive():
            self._soon.start()

    def _load(self) -> None:
        panel = self.parentWidget()
        if self._info is not None and panel is not None and panel.isVisible():
            self._commands.list_snapshots(self._info, self._show)

    def _show(self, vm: VmInfo, found: tuple[Snapshot, ...] | None) -> None:
        if not isValid(self):  # The pages were made anew meanwhile, in another language.
            return
        if self._info is None or vm.id != self._info.id:
            return
        newest = list(reversed(found or ()))[:_SHOWN]
        for number, parts in enumerate(self._lines):
            is_used = number < len(newest)
            for part in parts:
                part.setVisible(is_used)
            if is_used:
                parts[1].setText(newest[number].name)
                self._times[number].setText(words.moment(newest[number].created_ms))
        self.all.setVisible(bool(newest))
        if self.isHidden() is (found is not None):
            self.setVisible(found is not None)

    def _show_all(self) -> None:
        if self._info is not None:
            self._commands.snapshots_wanted.emit(self._info)

    def _want_one(self) -> None:
        if self._info is not None:
            self._commands.snapshot_wanted.emit(self._info)
