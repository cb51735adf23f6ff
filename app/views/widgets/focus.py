"""Focus rings only for those who use the keyboard.

The style sheet draws a ring on what has the property `kbd`. Qt hands every Tab to the window's
`focusNextPrevChild`; windows tell us there, so that no filter has to look at every event.
"""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from app.views.widgets.layouts import set_look


class KeyboardFocus(QObject):
    """Keeps the property `kbd` right: set by Tab, gone with the focus."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        app.focusChanged.connect(self._moved)

    def mark(self, widget: QWidget | None) -> None:
        """`widget` got its focus by keyboard."""
        if widget is not None:
            set_look(widget, kbd="true")

    def _moved(self, old: QWidget | None, now: QWidget | None) -> None:
        if old is not None and old.property("kbd") == "true":
            set_look(old, kbd="false")


def next_inside(root: QWidget, now: QWidget | None, *, forward: bool) -> QWidget | None:
    """The widget inside `root` that Tab leads to from `now`, round and round."""
    start = now if now is not None and root.isAncestorOf(now) else root
    candidate: QWidget | None = start
    while True:
        if candidate is not None and forward:
            candidate = candidate.nextInFocusChain()
        elif candidate is not None:
            candidate = candidate.previousInFocusChain()
        if candidate is None or candidate is start:
            return None
        if root.isAncestorOf(candidate) and _takes_tab(candidate, root):
            return candidate


def _takes_tab(widget: QWidget, root: QWidget) -> bool:
    policy = widget.focusPolicy()
    return (
        bool(policy.value & 1)  # Qt::TabFocus
        and widget.focusProxy() is None
        and widget.isEnabled()
        and widget.isVisibleTo(root)
    )
