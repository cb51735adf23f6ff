"""The theme that the application wears at present, for everything that paints itself.

There is one, as there is one QPalette: `app.views.appearance` sets it, widgets ask `current()`
whenever they paint and need not be told when it changes (Qt repaints them then).
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor

from app.views.tokens import LIGHT, Theme


@dataclass(slots=True)
class _Worn:
    theme: Theme = LIGHT
    reduce_motion: bool = False


_worn = _Worn()


def current() -> Theme:
    """The present theme."""
    return _worn.theme


def colour(token: str) -> QColor:
    """The present colour of a token's name, such as ``brand_text``."""
    return parse(getattr(_worn.theme, token))


def parse(value: str) -> QColor:
    """Colour from a token's value, ``#RRGGBB`` or ``rgba(r,g,b,a)`` with 0 to 255."""
    if value.startswith("#"):
        return QColor(value)
    red, green, blue, alpha = (int(part) for part in value[5:-1].split(","))
    return QColor(red, green, blue, alpha)


def motion_ms(duration_ms: int) -> int:
    """`duration_ms`, or 0 when the person wants no motion."""
    return 0 if _worn.reduce_motion else duration_ms


def wear(theme: Theme, *, reduce_motion: bool) -> None:
    """Set the present theme; only `app.views.appearance` and tests do this."""
    _worn.theme, _worn.reduce_motion = theme, reduce_motion
