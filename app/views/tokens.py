"""Colours, one table a theme, and the arithmetic that proves they can be read.

Everything visible takes its colours from here. Values with a comma are translucent, so that
they are right on any ground.
"""

from __future__ import annotations

from dataclasses import dataclass

CAPTION_PX, BODY_PX, HEADING_PX, TITLE_PX, DISPLAY_PX = 12, 14, 16, 22, 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One theme's colours.

    Attributes:
        base: ground of the window.
        side: navigation column, list of steps.
        card: cards and panels.
        raised: menus, sheets and toasts.
        line: hairlines.
        text: body; `text2` is secondary, `text3` only for what is disabled, and for hints.
        brand: fill of the primary button, with its hovered and pressed shades.
        brand_text: the brand as text or icon.
        tint: ground of what is selected.
        ok, warn, bad: tones of states, each with a ground of its own.
        scrim: lies over the window behind a sheet.
        fill: buttons, fields and tracks; `fill2` when hovered, `press` when pressed.
        shade: lies over the picture of a machine that is off.
    """

    is_dark: bool
    base: str
    side: str
    card: str
    raised: str
    line: str
    text: str
    text2: str
    text3: str
    brand: str
    brand_hover: str
    brand_press: str
    on_brand: str
    tint: str
    brand_text: str
    ok: str
    warn: str
    bad: str
    ok_tint: str
    warn_tint: str
    bad_tint: str
    scrim: str
    fill: str
    fill2: str
    press: str
    shade: str


LIGHT = Theme(
    is_dark=False,
    base="#F1F3F5",
    side="#E8EBEF",
    card="#FFFFFF",
    raised="#FFFFFF",
    line="#DFE2E6",
    text="#17191C",
    text2="#585D65",
    text3="#868C95",
    brand="#0A59F7",
    brand_hover="#2C71F8",
    brand_press="#0848C8",
    on_brand="#FFFFFF",
    tint="#E3EDFF",
    brand_text="#0A50DE",
    ok="#16723A",
    warn="#A54B05",
    bad="#C02A1D",
    ok_tint="#E2F4E6",
    warn_tint="#FDF0E0",
    bad_tint="#FDE8E6",
    scrim="rgba(20,22,26,110)",
    fill="rgba(16,28,48,18)",
    fill2="rgba(16,28,48,32)",
    press="#D3D8DE",
    shade="rgba(10,12,16,140)",
)
DARK = Theme(
    is_dark=True,
    base="#131417",
    side="#191B1F",
    card="#1F2226",
    raised="#292D33",
    line="#33383F",
    text="#ECEDEF",
    text2="#ABB0B8",
    text3="#7B818A",
    brand="#246AF0",
    brand_hover="#3B7CF5",
    brand_press="#1A57CC",
    on_brand="#FFFFFF",
    tint="#1B2C4D",
    brand_text="#7FAEFF",
    ok="#5CC978",
    warn="#F0A04B",
    bad="#FF7A6B",
    ok_tint="#1B3323",
    warn_tint="#3A2A17",
    bad_tint="#40211F",
    scrim="rgba(0,0,0,150)",
    fill="rgba(255,255,255,20)",
    fill2="rgba(255,255,255,36)",
    press="#3D444D",
    shade="rgba(10,12,16,150)",
)


def contrast(first: str, second: str) -> float:
    """Contrast of two opaque colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def over(colour: str, ground: str) -> str:
    """The opaque colour that translucent `colour` (``rgba(r,g,b,a)``) makes on `ground`."""
    if colour.startswith("#"):
        return colour
    *channels, alpha = (int(part) for part in colour[5:-1].split(","))
    below = _channels(ground)
    mixed = (
        round((top * alpha + bottom * (255 - alpha)) / 255)
        for top, bottom in zip(channels, below, strict=True)
    )
    return "#" + "".join(f"{value:02X}" for value in mixed)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    red, green, blue = (_linear(value / 255) for value in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    if value <= 0.04045:
        return value / 12.92
    return float(((value + 0.055) / 1.055) ** 2.4)
