"""Small pictures of a machine's screen for its card."""

from __future__ import annotations

import asyncio
import io
import tempfile
from pathlib import Path

from app.atomic import write_atomically
from app.errors import EngineError
from app.vm.engine import Running
from app.vm.store import THUMBNAIL
from app.vm.unbroken import unbroken

_WIDTH_PX, _HEIGHT_PX = 640, 400
_MAX_PIXELS = 8192 * 8192


async def take_thumbnail(running: Running, folder: Path) -> None:
    """Replace the machine's thumbnail by its present picture.

    Raises:
        AppError: there is no picture, or it cannot be made small or stored.
    """
    with tempfile.TemporaryDirectory(prefix="duplex-vm-") as scratch:
        shot = Path(scratch) / "screen.png"
        try:
            await running.screenshot(shot)
            await unbroken(asyncio.to_thread(_shrink, shot, folder / THUMBNAIL))
        except (OSError, ValueError, SyntaxError) as err:  # Pillow's for broken pictures
            raise EngineError("There is no small picture.", detail=repr(err)) from err


def _shrink(shot: Path, target: Path) -> None:
    from PIL import Image  # noqa: PLC0415 - costs 30 ms that a start should not pay

    with Image.open(shot, formats=["PNG"]) as picture:  # which reads no more than the header
        if picture.width * picture.height > _MAX_PIXELS:  # the guest chooses the size
            raise ValueError(f"{picture.width}x{picture.height} pixels")
        picture.thumbnail((_WIDTH_PX, _HEIGHT_PX))
        buffer = io.BytesIO()
        picture.convert("RGB").save(buffer, "PNG")
    write_atomically(target, buffer.getvalue())
