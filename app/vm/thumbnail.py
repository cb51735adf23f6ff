"""Small pictures of a machine's screen for its card."""

from __future__ import annotations

import asyncio
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.atomic import write_atomically
from app.errors import EngineError
from app.vm.engine import Running
from app.vm.store import THUMBNAIL
from app.vm.unbroken import unbroken

if TYPE_CHECKING:
    from PIL.Image import Image

_WIDTH_PX, _HEIGHT_PX = 640, 400
_MAX_PIXELS = 8192 * 8192


@dataclass(frozen=True, slots=True)
class ViewPicture:
    """A picture that a window shows: `height_px` rows of `width_px` pixels, B G R X, no gaps."""

    width_px: int
    height_px: int
    pixels: bytes


async def keep_thumbnail(picture: ViewPicture, folder: Path) -> None:
    """Replace the machine's thumbnail by what its window shows; the engine has no work with it.

    Raises:
        EngineError: it cannot be made small or stored.
    """
    with _no_picture():
        await unbroken(asyncio.to_thread(_keep, picture, folder / THUMBNAIL))


async def take_thumbnail(running: Running, folder: Path) -> None:
    """Replace the machine's thumbnail by its present picture.

    Raises:
        AppError: there is no picture, or it cannot be made small or stored.
    """
    with tempfile.TemporaryDirectory(prefix="duplex-vm-") as scratch:
        shot = Path(scratch) / "screen.png"
        with _no_picture():
            await running.screenshot(shot)
            await unbroken(asyncio.to_thread(_shrink, shot, folder / THUMBNAIL))


@contextmanager
def _no_picture() -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, SyntaxError) as err:  # Pillow's for broken pictures
        raise EngineError("There is no small picture.", detail=repr(err)) from err


def _keep(picture: ViewPicture, target: Path) -> None:
    from PIL import Image  # noqa: PLC0415 - as below

    size = (picture.width_px, picture.height_px)
    _store(Image.frombuffer("RGB", size, picture.pixels, "raw", "BGRX", 0, 1), target)


def _shrink(shot: Path, target: Path) -> None:
    from PIL import Image  # noqa: PLC0415 - costs 30 ms that a start should not pay

    with Image.open(shot, formats=["PNG"]) as picture:  # which reads no more than the header
        if picture.width * picture.height > _MAX_PIXELS:  # the guest chooses the size
            raise ValueError(f"{picture.width}x{picture.height} pixels")
        _store(picture, target)


def _store(picture: Image, target: Path) -> None:
    buffer = io.BytesIO()
    picture.thumbnail((_WIDTH_PX, _HEIGHT_PX))
    picture.convert("RGB").save(buffer, "PNG")
    write_atomically(target, buffer.getvalue())
