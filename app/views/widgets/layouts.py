"""Rows and columns in one line each."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

Margins = int | tuple[int, int, int, int]


def column(parent: QWidget | None = None, *, margins: Margins = 0, spacing: int = 8) -> QVBoxLayout:
    """A vertical layout; margins are left, top, right, bottom."""
    layout = QVBoxLayout(parent) if parent else QVBoxLayout()
    _measure(layout, margins, spacing)
    return layout


def row(parent: QWidget | None = None, *, margins: Margins = 0, spacing: int = 8) -> QHBoxLayout:
    """A horizontal layout; margins are left, top, right, bottom."""
    layout = QHBoxLayout(parent) if parent else QHBoxLayout()
    _measure(layout, margins, spacing)
    return layout


def frame(kind: str, parent: QWidget | None = None) -> QFrame:
    """A frame whose look the style sheet chooses by `kind`."""
    made = QFrame(parent)
    made.setProperty("kind", kind)
    return made


def line() -> QFrame:
    """A hairline."""
    return frame("line")


def ground(name: str, parent: QWidget | None = None) -> QWidget:
    """A plain widget with the background that the style sheet has for this object name."""
    made = QWidget(parent)
    made.setObjectName(name)
    made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return made


class Scrolled(QWidget):
    """Contents of a scroll area: as high as its texts are at the area's width, and no higher.

    The least height of a layout counts wrapped texts as if they had hardly any width.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("scrolled")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), 0)


def restyle(widget: QWidget) -> None:
    """Look at the style sheet again after a dynamic property has changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def set_look(widget: QWidget, **properties: str) -> None:
    """Set dynamic properties that the style sheet reads; does nothing when they are so already."""
    changed = False
    for name, value in properties.items():
        if widget.property(name) != value:
            widget.setProperty(name, value)
            changed = True
    if changed:
        restyle(widget)


def _measure(layout: QBoxLayout, margins: Margins, spacing: int) -> None:
    if isinstance(margins, int):
        margins = (margins, margins, margins, margins)
    layout.setContentsMargins(*margins)
    layout.setSpacing(spacing)
