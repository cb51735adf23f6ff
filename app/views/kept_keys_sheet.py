"""Which keys go to a machine and which stay with this computer."""

from __future__ import annotations

from functools import partial
from typing import Protocol
from uuid import UUID

from PySide6.QtCore import QCoreApplication, QSize, Signal
from PySide6.QtWidgets import QVBoxLayout
from typing_extensions import override

from app.views.icons import Glyph
from app.views.widgets.buttons import Button, Segments
from app.views.widgets.fields import add_choice
from app.views.widgets.labels import GlyphLabel, label
from app.views.widgets.layouts import column, frame, line, row
from app.views.widgets.note import Note
from app.views.widgets.sheet import Sheet
from app.vm.display.key_groups import KeyGroup
from app.vm.model import VmInfo

_WIDTH_PX = 640
_MACHINE, _HERE = "machine", "here"


class KeptKeys(Protocol):
    """Where the choices are (`app.desktop.kept_keys`)."""

    @property
    def can_hand_back(self) -> bool:
        """Whether this desktop can be given single keys while a machine has all others."""

    def of_machine(self, vm_id: UUID) -> frozenset[KeyGroup]:
        """What stays with this computer while that machine has the keyboard."""

    def choose(self, vm_id: UUID, groups: frozenset[KeyGroup]) -> None:
        """It was chosen now.

        Raises:
            OSError: it cannot be written; it holds all the same until the program ends.
        """


class KeptKeysSheet(Sheet):
    """A row for each group of keys; a choice counts at once.

    Signals:
        failed: a choice could not be written down; a sentence.
    """

    failed = Signal(str)

    def __init__(self, info: VmInfo, kept: KeptKeys) -> None:
        """Show what is chosen for the machine `info`."""
        super().__init__(self.tr("Keyboard"), QSize(_WIDTH_PX, 10_000))
        self._vm_id, self._kept = info.id, kept
        self.rows: dict[KeyGroup, Segments] = {}
        outer = column(self, margins=(24, 20, 20, 18), spacing=14)
        head = row(spacing=12)
        head.addWidget(GlyphLabel(Glyph.KEYBOARD, "brand_text", 24))
        heading = self.tr("Keyboard of “%1”").replace("%1", info.name)
        head.addWidget(label(heading, "heading", wrap=True), 1)
        outer.addLayout(head)
        outer.addWidget(label(self._explanation(), "caption", wrap=True))
        self._add_rows(outer)
        if not kept.can_hand_back:
            outer.addWidget(Note("warn", *self._why_not()))
        outer.addStretch(1)
        footer = row(margins=(0, 6, 0, 0))
        close = Button(self.tr("Close"), "primary")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        footer.addStretch(1)
        footer.addWidget(close)
        outer.addLayout(footer)

    @override
    def wanted_size(self, room: QSize) -> QSize:
        width = min(_WIDTH_PX, room.width())
        layout = self.layout()
        height = room.height() if layout is None else layout.totalHeightForWidth(width)
        return QSize(width, min(height, room.height()))

    def _add_rows(self, outer: QVBoxLayout) -> None:
        card = frame("card")
        inner = column(card, margins=(16, 4, 16, 4), spacing=0)
        chosen = self._kept.of_machine(self._vm_id)
        for group, (name, keys) in _texts().items():
            if self.rows:
                inner.addWidget(line())
            choice = Segments(
                name, [(_MACHINE, self.tr("Machine")), (_HERE, self.tr("This computer"))]
            )
            choice.choose(_HERE if group in chosen else _MACHINE)
            choice.group.idClicked.connect(partial(self._choose, group))
            self.rows[group] = choice
            add_choice(inner, name, keys, choice, padding_px=5)
        outer.addWidget(card)

    def _choose(self, group: KeyGroup, _button: int) -> None:
        others = self._kept.of_machine(self._vm_id) - {group}
        stays = self.rows[group].key() == _HERE
        try:
            self._kept.choose(self._vm_id, others | {group} if stays else others)
        except OSError:
            self.failed.emit(self.tr("The choice holds until you quit; it cannot be saved."))

    def _explanation(self) -> str:
        return self.tr(
            "Who gets these keys in exclusive mode. In an ordinary window the desktop takes its "
            "shortcuts first, and what stays here never reaches the machine."
        )

    def _why_not(self) -> tuple[str, str]:
        return (
            self.tr("This desktop gives a machine all of its shortcuts, or none."),
            self.tr("In exclusive mode these keys all go to the machine, whatever is chosen here."),
        )


def _texts() -> dict[KeyGroup, tuple[str, str]]:
    """What each group is called, and its keys."""
    translate = QCoreApplication.translate
    return {
        KeyGroup.SWITCH_WINDOWS: (translate("KeptKeys", "Switch windows"), "Alt+Tab, Alt+`"),
        KeyGroup.SUPER: (
            translate("KeptKeys", "Overview and start menu"),
            translate("KeptKeys", "Super, alone and with others"),
        ),
        KeyGroup.CLOSE_WINDOW: (translate("KeptKeys", "Close the window"), "Alt+F4"),
        KeyGroup.WORKSPACES: (
            translate("KeptKeys", "Switch workspaces"),
            translate("KeptKeys", "Ctrl+Alt and an arrow"),
        ),
        KeyGroup.SCREENSHOT: (
            translate("KeptKeys", "Screenshot"),
            translate("KeptKeys", "Print, alone and with others"),
        ),
        KeyGroup.VOLUME: (
            translate("KeptKeys", "Volume"),
            translate("KeptKeys", "Mute, quieter, louder"),
        ),
        KeyGroup.PLAYER: (
            translate("KeptKeys", "Player"),
            translate("KeptKeys", "Play, stop, next and previous track"),
        ),
    }
