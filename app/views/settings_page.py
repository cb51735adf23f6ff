"""The person's choices; each applies at once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QScrollArea,
    QStackedWidget,
    QWidget,
)

from app.settings import SettingsFile
from app.views.chord_field import ChordField
from app.views.widgets.buttons import Segments
from app.views.widgets.fields import add_choice
from app.views.widgets.labels import label
from app.views.widgets.layouts import Scrolled, column, frame, line, row
from app.views.widgets.toggle import Toggle
from app.vm.display.chord import chosen_chord

_log = logging.getLogger(__name__)
_CONTENT_PX = 760
_GENERAL, _KEYBOARD, _STORAGE, _PRIVACY = "general", "keyboard", "storage", "privacy"
_KEPT_DAYS = (0, 7, 30, 90)
_SNAPSHOT_HOURS = (0, 1, 4, 12, 24)


class SettingsPage(QWidget):
    """Shows and changes the settings, one subject at a time.

    Signals:
        changed: a setting has another value now.
        failed: the file could not be written; why, in words.
    """

    changed = Signal()
    failed = Signal(str)

    def __init__(
        self,
        settings: SettingsFile,
        make_privacy: Callable[[], QWidget],
        make_trash: Callable[[], QWidget],
    ) -> None:
        """Show `settings`; the other two make what they are called after when it is wanted."""
        super().__init__()
        self._settings, self._make_privacy = settings, make_privacy
        self._make_trash = make_trash
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = column(self, margins=(24, 20, 24, 0), spacing=14)
        head = row(spacing=16)
        head.addWidget(label(self.tr("Settings"), "title"))
        head.addStretch(1)
        self.subjects = Segments(
            self.tr("Settings"),
            [
                (_GENERAL, self.tr("General")),
                (_KEYBOARD, self.tr("Keyboard")),
                (_STORAGE, self.tr("Storage")),
                (_PRIVACY, self.tr("Privacy")),
            ],
        )
        self.subjects.group.idClicked.connect(lambda _: self.show_subject(self.subjects.key()))
        head.addWidget(self.subjects)
        outer.addLayout(head)
        self._stack = QStackedWidget()
        self._shown: dict[str, QWidget] = {}
        outer.addWidget(self._stack, 1)
        self.show_subject(_GENERAL)

    def show_subject(self, key: str) -> None:
        """Show the settings of one subject: ``general``, ``keyboard``, ``storage``, ``privacy``."""
        if key not in self._shown:
            make = {
                _GENERAL: self._general,
                _KEYBOARD: self._keyboard,
                _STORAGE: self._storage,
                _PRIVACY: self._make_privacy,
            }
            self._shown[key] = _scrolled(make[key]())
            self._stack.addWidget(self._shown[key])
        self.subjects.choose(key)
        self._stack.setCurrentWidget(self._shown[key])

    def _general(self) -> QFrame:
        card = frame("card")
        layout = column(card, margins=(16, 6, 16, 6), spacing=0)
        self.language = self._choice(
            "language",
            self.tr("Language"),
            [("system", self.tr("Same as the system")), ("en", "English"), ("zh_CN", "简体中文")],
        )
        self.look = self._choice(
            "look",
            self.tr("Look"),
            [
                ("system", self.tr("Same as the system")),
                ("light", self.tr("Light")),
                ("dark", self.tr("Dark")),
            ],
        )
        self.motion = Toggle(self.tr("Reduce motion"), is_on=self._settings.values.reduce_motion)
        self.motion.toggled.connect(lambda is_on: self._change("reduce_motion", is_on))
        add_choice(layout, self.tr("Language"), "", self.language)
        layout.addWidget(line())
        add_choice(layout, self.tr("Look"), "", self.look)
        layout.addWidget(line())
        add_choice(layout, self.tr("Reduce motion"), self.tr("No sliding or fading."), self.motion)
        return card

    def _keyboard(self) -> QFrame:
        card = frame("card")
        layout = column(card, margins=(16, 6, 16, 6), spacing=0)
        self.release_key = self._choice(
            "release_key",
            self.tr("Release key"),
            [
                ("right_ctrl", self.tr("Right Ctrl")),
                ("right_alt", self.tr("Right Alt")),
                ("menu", self.tr("Menu")),
                ("pause", self.tr("Pause")),
                ("scroll_lock", self.tr("Scroll Lock")),
            ],
        )
        add_choice(
            layout,
            self.tr("Release key"),
            self.tr("Press it alone to get keyboard and pointer back from a machine."),
            self.release_key,
        )
        layout.addWidget(line())
        name = self.tr("Release combination")
        self.release_chord = ChordField(name, chosen_chord(self._settings.values.release_chord))
        self.release_chord.chosen.connect(lambda text: self._change("release_chord", text))
        caption = self.tr("Gives them back as well, for keyboards without that key.")
        add_choice(layout, name, caption, self.release_chord)
        layout.addWidget(line())
        words = self.tr("Chosen for each machine, in its menu: “Keyboard…”.")
        add_choice(layout, self.tr("Shortcuts that stay with this computer"), words, QWidget())
        return card

    def _storage(self) -> QWidget:
        page = QWidget()
        outer = column(page, spacing=12)
        card = frame("card")
        layout = column(card, margins=(16, 6, 16, 6), spacing=0)
        days = sorted({*_KEPT_DAYS, self._settings.values.trash_days})
        texts = [self.tr("%1 days").replace("%1", str(number)) for number in days]
        texts[0] = self.tr("Until I empty the trash")
        name = self.tr("Keep deleted machines")
        self.trash_days = self._choice("trash_days", name, list(zip(days, texts, strict=True)))
        add_choice(layout, name, self.tr("After that they are removed for good."), self.trash_days)
        hours = sorted({*_SNAPSHOT_HOURS, self._settings.values.snapshot_hours})
        texts = [self.tr("Every %1 hours").replace("%1", str(number)) for number in hours]
        texts[:2] = [self.tr("Never"), self.tr("Every hour")]
        name = self.tr("Keep running machines by themselves")
        self.snapshot_hours = self._choice(
            "snapshot_hours", name, list(zip(hours, texts, strict=True))
        )
        caption = self.tr("As snapshots with memory; the newest ten of each machine stay.")
        add_choice(layout, name, caption, self.snapshot_hours)
        name = self.tr("Keep a snapshot before changes")
        is_on = self._settings.values.snapshot_before_changes
        self.before_changes = Toggle(name, is_on=is_on)
        self.before_changes.toggled.connect(
            lambda is_on: self._change("snapshot_before_changes", is_on)
        )
        layout.addWidget(line())
        caption = self.tr("Of a machine that is off, before its disk grows.")
        add_choice(layout, name, caption, self.before_changes)
        outer.addWidget(card)
        outer.addWidget(self._make_trash())
        return page

    def _choice(self, key: str, name: str, choices: Sequence[tuple[object, str]]) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        box.setMinimumWidth(200)
        for value, text in choices:
            box.addItem(text, value)
        with QSignalBlocker(box):
            box.setCurrentIndex(box.findData(getattr(self._settings.values, key)))
        box.currentIndexChanged.connect(lambda _: self._change(key, box.currentData()))
        return box

    def _change(self, key: str, value: object) -> None:
        try:
            self._settings.change(**{key: value})
        except OSError as err:
            _log.warning("the settings cannot be written: %s", err)
            self.failed.emit(self.tr("The settings hold until you quit; they cannot be saved."))
        self.changed.emit()


def _scrolled(content: QWidget) -> QScrollArea:
    """`content` at the left, not wider than can be read, and scrolled where it is too high."""
    scroller = QScrollArea()
    scroller.setWidgetResizable(True)
    scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    held = Scrolled()
    held.setMaximumWidth(_CONTENT_PX)
    layout = column(held, margins=(0, 0, 0, 24))
    layout.addWidget(content)
    layout.addStretch(1)
    scroller.setWidget(held)
    return scroller
