"""Colours can be read, and everything that names a colour or an icon finds it."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QFile

from app.paths import resources_dir
from app.views import icons, theme
from app.views.icons import Glyph
from app.views.stylesheet import stylesheet
from app.views.tokens import DARK, LIGHT, Theme, contrast, over

BODY, LARGE = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11
PAIRS = [
    *(("text", ground, BODY) for ground in ("base", "side", "card", "raised")),
    *(("text2", ground, BODY) for ground in ("base", "side", "card", "raised")),
    *((tone, "card", BODY) for tone in ("ok", "warn", "bad", "brand_text")),
    *((tone, f"{tone}_tint", BODY) for tone in ("ok", "warn", "bad")),
    *(("text2", f"{tone}_tint", BODY) for tone in ("ok", "warn", "bad")),
    ("text2", "tint", BODY),
    ("brand_text", "tint", BODY),
    ("on_brand", "brand", BODY),
    ("on_brand", "brand_press", BODY),
    ("text3", "card", LARGE),
    ("brand", "card", LARGE),
]  # fmt: skip


@pytest.mark.parametrize("worn", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground", "least"), PAIRS)
def test_text_can_be_read_on_every_ground(
    worn: Theme, text: str, ground: str, least: float
) -> None:
    assert contrast(getattr(worn, text), getattr(worn, ground)) >= least


@pytest.mark.parametrize("worn", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["base", "card", "raised"])
@pytest.mark.parametrize("fill", ["fill", "fill2"])
def test_buttons_can_be_read_on_every_ground(worn: Theme, ground: str, fill: str) -> None:
    button = over(getattr(worn, fill), getattr(worn, ground))
    assert contrast(worn.text, button) >= BODY


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("worn", [LIGHT, DARK], ids=["light", "dark"])
def test_the_style_sheet_names_only_images_that_exist(worn: Theme) -> None:
    icons.add_search_path()
    images = re.findall(r"url\((.+?)\)", stylesheet(worn))
    assert images
    assert all(QFile.exists(name) for name in images)


def test_every_icon_has_a_file_and_every_file_an_icon() -> None:
    files = {path.stem for path in (resources_dir() / "icons" / "line").glob("*.svg")}
    assert files == {str(glyph) for glyph in Glyph}


@pytest.mark.parametrize("glyph", list(Glyph))
def test_every_icon_draws_something_in_the_colour_that_is_asked_for(qapp, glyph: Glyph) -> None:
    picture = icons.pixmap(glyph, "#FF0000", 24, 2.0).toImage()
    solid = [
        picture.pixelColor(x, y)
        for x in range(picture.width())
        for y in range(picture.height())
        if picture.pixelColor(x, y).alpha() > 200
    ]
    assert solid
    assert all(colour.red() > 200 and colour.blue() < 60 for colour in solid)


def test_tokens_become_colours_with_their_transparency() -> None:
    assert theme.parse("rgba(16,28,48,18)").getRgb() == (16, 28, 48, 18)
    assert theme.parse("#0A59F7").getRgb() == (10, 89, 247, 255)
