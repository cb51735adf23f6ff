"""A foreign image is looked at before anything is read from it: by us, then by `qemu-img`.

Our own look decides what may be opened at all. What `qemu-img` says afterwards, with the chain of
files cut, has to agree with it.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from app.errors import EngineError, MediaError
from app.vm import off_loop
from app.vm.document_paths import shown
from app.vm.images.bounds import CUT_OFF_REMEDY, check_virtual_size, cut_off, damaged
from app.vm.images.looking import Look, check_unchanged, look_at
from app.vm.images.source import ImageFormat, ImageSnapshot, ImageSource, Window
from app.vm.qemu.tool import MEMORY_BYTES, qemu_img

LIMIT_S = 9.5
"""For all of it, however the image is made."""
_CHECKED = frozenset(
    {ImageFormat.QCOW2, ImageFormat.QED, ImageFormat.VMDK, ImageFormat.VDI, ImageFormat.VHDX}
)
_LEAKS_ONLY = 3  # qemu-img(1), "check"
_WORDS_OF_A_CUT = ("end of the file", "after end of file", "after EOF", "truncated")


async def inspect_image(
    path: Path, *, window: Window | None = None, as_raw: bool = False
) -> ImageSource:
    """What an image is, once it is known to stand alone and to be whole.

    Args:
        path: of a plain file; the files of a split VMDK image lie beside it.
        window: where in `path` the image lies, None for the whole file.
        as_raw: take its bytes as they are, whatever they or the name look like.

    Raises:
        MediaError: it leads elsewhere, is damaged, cut off, encrypted or in use, or is no image.
        NotSupportedError: there is no qemu-img.
        PathError: the place it lies in does not answer.
    """
    try:
        async with asyncio.timeout(LIMIT_S):
            look = await off_loop.ask(path, look_at, path, window, as_raw=as_raw)
            information = await _information(look)
            _compare(information, look)
            if look.source.format in _CHECKED:
                await _check(look, information.get("cluster-size", 0))
            await off_loop.ask(path, check_unchanged, look)
    except TimeoutError as err:
        raise MediaError(
            f"{shown(path.name)} could not be looked through within {LIMIT_S:.0f} s.",
            remedy="Copy it to a faster disk, then try again.",
        ) from err
    source = look.source
    return ImageSource(
        path=source.path,
        format=source.format,
        virtual_bytes=information["virtual-size"],
        window=window,
        extents=source.extents,
        snapshots=tuple(_snapshot(entry) for entry in information.get("snapshots", ())),
    )


async def _information(look: Look) -> dict[str, Any]:
    found = await _answer(look, "info")
    size, kind = found.get("virtual-size"), found.get("format")
    if not isinstance(size, int) or kind != look.source.format.value:
        raise damaged(look.name, "the disk tools find another format in it")
    return found


def _compare(found: dict[str, Any], look: Look) -> None:
    name, source = look.name, look.source
    check_virtual_size(found["virtual-size"], name)
    if look.is_exact and found["virtual-size"] != source.virtual_bytes:
        raise damaged(name, "its headers contradict each other about its size")
    if found.get("encrypted"):
        raise MediaError(f"{name} is encrypted.", remedy="Decrypt it where it came from.")
    data = found.get("format-specific", {}).get("data", {})
    if data.get("corrupt"):
        raise damaged(name, "it is marked as corrupt")
    known = {str(source.path), *map(str, source.extents)}
    others = {extent.get("filename") for extent in data.get("extents", ())} - known
    leads_on = "backing-filename" in found or "data-file" in data
    if leads_on or (others and source.window is None):
        raise MediaError(
            f"{name} does not stand alone: it leads to another file.",
            remedy="Convert it where it came from into an image that holds its own data.",
        )


async def _check(look: Look, cluster: int) -> None:
    found = await _answer(look, "check", good=(0, _LEAKS_ONLY))
    end = found.get("image-end-offset", 0)
    # A file needs not hold its last cluster whole.
    if end - cluster >= look.file_bytes:
        raise cut_off(look.name)


async def _answer(look: Look, command: str, *, good: tuple[int, ...] = (0,)) -> dict[str, Any]:
    description = f"json:{json.dumps(look.source.blockdev())}"
    failure = f"{look.name} is damaged or cut off: the disk tools find errors in it."
    try:
        output = await qemu_img(
            command, "--output=json", description,
            failure=failure, limit_s=LIMIT_S, memory_bytes=MEMORY_BYTES, good=good,
        )  # fmt: skip
        found = json.loads(output)
    except EngineError as err:
        raise _refusal(look, failure, err.detail) from err
    except ValueError as err:
        raise MediaError(failure, remedy="Use another copy of it.") from err
    if not isinstance(found, dict):
        raise MediaError(failure, remedy="Use another copy of it.")
    return found


def _refusal(look: Look, failure: str, words: str) -> MediaError:
    if any(sign in words for sign in _WORDS_OF_A_CUT):
        return MediaError(
            f"{look.name} is cut off: its end is missing.", remedy=CUT_OFF_REMEDY, detail=words
        )
    if "lock" in words and "another process" in words:
        return MediaError(
            f"{look.name} is in use by another program.",
            remedy="Shut the machine down that it belongs to, then try again.",
            detail=words,
        )
    if "log that needs to be replayed" in words:
        return MediaError(
            f"{look.name} was not closed properly by the program that wrote it.",
            remedy="Attach it in Windows or Hyper-V once and detach it, then take it.",
            detail=words,
        )
    remedy = "Use another copy of it."
    if look.source.format is ImageFormat.QCOW2:
        remedy = "Repair a copy of it with “qemu-img check -r all”, or use another copy."
    return MediaError(failure, remedy=remedy, detail=words)


def _snapshot(entry: dict[str, Any]) -> ImageSnapshot:
    created_ms = entry["date-sec"] * 1000 + entry["date-nsec"] // 1_000_000
    return ImageSnapshot(
        tag=entry["name"], created_ms=created_ms, state_bytes=entry["vm-state-size"]
    )
