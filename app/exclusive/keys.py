"""Keys by name: the ones that release, the combinations that can be sent, the numbers of events."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication
from PySide6.QtGui import QKeyEvent

from app.vm.display import keymap
from app.vm.display.keymap import Key

_CONTEXT = "Keys"


@dataclass(frozen=True, slots=True)
class ReleaseKey:
    """A key that gives keyboard and pointer back when it is tapped alone."""

    number: int
    english: object  # the stub of QT_TRANSLATE_NOOP says no more

    @property
    def label(self) -> str:
        """What stands on the key, in the language of the program."""
        return QCoreApplication.translate(_CONTEXT, str(self.english))


RELEASE_KEYS = {
    "right_ctrl": ReleaseKey(Key.RIGHT_CTRL, QT_TRANSLATE_NOOP("Keys", "Right Ctrl")),
    "right_alt": ReleaseKey(Key.RIGHT_ALT, QT_TRANSLATE_NOOP("Keys", "Right Alt")),
    "menu": ReleaseKey(Key.MENU, QT_TRANSLATE_NOOP("Keys", "Menu")),
    "pause": ReleaseKey(Key.PAUSE, QT_TRANSLATE_NOOP("Keys", "Pause")),
    "scroll_lock": ReleaseKey(Key.SCROLL_LOCK, QT_TRANSLATE_NOOP("Keys", "Scroll Lock")),
}
"""By the names of `app.settings.Settings.release_key`."""


@dataclass(frozen=True, slots=True)
class Combination:
    """Keys that are pressed one after the other and let go in reverse."""

    text: str
    numbers: tuple[int, ...]


COMBINATIONS = (
    Combination("Ctrl+Alt+Del", (Key.LEFT_CTRL, Key.LEFT_ALT, Key.DELETE)),
    *(
        Combination(f"Ctrl+Alt+F{index}", (Key.LEFT_CTRL, Key.LEFT_ALT, key))
        for index, key in enumerate(
            (Key.F1, Key.F2, Key.F3, Key.F4, Key.F5, Key.F6, Key.F7), start=1
        )
    ),
    Combination("F11", (Key.F11,)),
    Combination("Print", (Key.PRINT,)),
    Combination("Super", (Key.LEFT_META,)),
)
"""What the desktop, or this window, may keep for itself."""


def number_of(event: QKeyEvent) -> int | None:
    """The engine's number of a physical key; None when the event came from no physical key.

    The layout plays no part: the guest has a layout of its own.
    """
    return keymap.from_x11(event.nativeScanCode())
