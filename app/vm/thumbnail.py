"""Small pictures of a machine's screen for its card."""

from __future__ import annotations

import asyncio
import io
import tempfile
from pathlib import Path

from app.atomic import write_atomically
from app.vm.engine import Running
from app.vm.store import THUMBNAIL

_WIDTH_PX, _HEIGHT_PX = 640, 400
_MAX_PIXELS = 8192 * 8192


async def take_thumbnail(running: Running, folder: Path) -> None:
    """Replace the machine's thumbnail by its present picture."""
    with tempfile.TemporaryDirectory(prefix="duplex-vm-") as scratch:
        shot = Path(scratch) / "screen.png"
        await running.screenshot(shot)
        await asyncio.to_thread(_shrink, shot, folder / THUMBNAIL)


def _shrink(shot: Path, target: Path) -> None:
    from PIL import Image  # noqa: PLC0415 - costs 30 ms that a start should not pay

    Image.MAX_IMAGE_PIXELS = _MAX_PIXELS  # the guest chooses the size
    with Image.open(shot, formats=["PNG"]) as picture:
        picture.thumbnail((_WIDTH_PX, _HEIGHT_PX))
        buffer = io.BytesIO()
        picture.convert("RGB").save(buffer, "PNG")
    write_atomically(target, buffer.getvalue())
