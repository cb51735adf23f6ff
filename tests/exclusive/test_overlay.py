"""The colours over the guest: readable on every ground."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from app.exclusive.overlay import DARK, LIGHT

PAIRS = [
    ("text", "raised"),
    ("text2", "raised"),
    ("on_brand", "brand"),
    ("text", "warn_tint"),
    ("text2", "warn_tint"),
    ("warn", "warn_tint"),
    ("text", "tint"),
]


def luminance(color: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = QColor(color).getRgbF()[:3]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colors", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_every_text_has_the_contrast_of_4_5_to_1(colors, text, ground):
    low, high = sorted(luminance(getattr(colors, name)) for name in (text, ground))
    assert (high + 0.05) / (low + 0.05) >= 4.5
