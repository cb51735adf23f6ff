"""Disk images for other programs: which format, and how one is written, checked and named.

Source: qemu-img(1) of QEMU 7.2; VMware's "Virtual Disk Format 5.0" for the descriptor in a VMDK.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from app.errors import DiskLessError, EngineError, NotSupportedError, ParamError
from app.vm.images.source import ImageFormat, ImageSnapshot, ImageSource
from app.vm.limits import MIB, in_gib
from app.vm.qemu.image_size import virtual_size
from app.vm.qemu.tool import qemu_img
from app.vm.records import MigrationOptions
from app.vm.unbroken import unbroken

FAILURE = "The disk could not be exported."
_INFO_S = 60.0
_NOT_CHECKABLE, _LEAKS = 63, 3  # exit codes of qemu-img check
_VMDK_HEADER = struct.Struct("<4sIIQQQQ")  # magic, version, flags, capacity, grain, at, length
_VMDK_MAGIC = b"KDMV"
_SECTOR = 512
_BLOCK = 512  # the unit of st_blocks, stat(2)


class ExportFormat(StrEnum):
    """Formats that can be written, by the names of `imageFormat`."""

    QCOW2 = "qcow2"
    RAW = "raw"
    VMDK = "vmdk"
    VDI = "vdi"
    VHDX = "vhdx"
    VHD = "vhd"
    OVA = "ova"


_BY_SUFFIX = MappingProxyType(
    {
        ".qcow2": ExportFormat.QCOW2,
        ".img": ExportFormat.RAW,
        ".raw": ExportFormat.RAW,
        ".vmdk": ExportFormat.VMDK,
        ".vdi": ExportFormat.VDI,
        ".vhdx": ExportFormat.VHDX,
        ".vhd": ExportFormat.VHD,
        ".ova": ExportFormat.OVA,
    }
)
_WRITTEN_AS = MappingProxyType(
    {
        ExportFormat.QCOW2: ("qcow2", ("-o", "cluster_size=64k")),
        ExportFormat.RAW: ("raw", ()),
        ExportFormat.VMDK: ("vmdk", ()),
        ExportFormat.VDI: ("vdi", ()),
        ExportFormat.VHDX: ("vhdx", ()),
        # Without force_size the disk is rounded up to what old BIOSes can count.
        ExportFormat.VHD: ("vpc", ("-o", "force_size=on")),
        ExportFormat.OVA: ("vmdk", ("-o", "subformat=streamOptimized")),
    }
)
_COMPRESSED = MappingProxyType(
    {
        ExportFormat.QCOW2: ("qcow2", ("-c", "-o", "cluster_size=64k,compression_type=zstd")),
        ExportFormat.VMDK: ("vmdk", ("-o", "subformat=streamOptimized")),
        ExportFormat.OVA: _WRITTEN_AS[ExportFormat.OVA],  # It always is.
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPlan:
    """What to write.

    Attributes:
        target: the file that shall be there in the end.
        format: of it.
        compress: smaller and slower.
        keep_snapshots: the whole image with what is in it.
        snapshot_time_ms: as it was then, milliseconds since 1970 UTC; 0 for now.
    """

    target: Path
    format: ExportFormat
    compress: bool = False
    keep_snapshots: bool = False
    snapshot_time_ms: int = 0

    @property
    def is_of_now(self) -> bool:
        """Neither an older state nor one with older ones in it: a running machine can give it."""
        return not self.keep_snapshots and not self.snapshot_time_ms

    @property
    def is_dense(self) -> bool:
        """Nobody can tell beforehand how small it becomes."""
        return self.compress or self.format is ExportFormat.OVA


def plan_export(options: MigrationOptions, target: Path) -> ExportPlan:
    """What these options ask for.

    Raises:
        ParamError: an unknown format, or what does not go together.
        NotSupportedError: the format cannot hold it.
    """
    form = _format(options.image_format, target)
    if options.compress and form not in _COMPRESSED:
        raise ParamError(
            f"Images in the format {form} cannot be compressed.",
            remedy="Export without compression, or as qcow2, vmdk or ova.",
        )
    if options.disk_size:
        raise ParamError(
            "An exported disk keeps its size.", remedy="Let the machine's disk grow instead."
        )
    if options.snapshot_time < 0:
        raise ParamError("snapshotTime is before 1970.")
    if options.is_keep_snapshots:
        _check_keeping(options, form)
    return ExportPlan(
        target=target,
        format=form,
        compress=options.compress,
        keep_snapshots=options.is_keep_snapshots,
        snapshot_time_ms=options.snapshot_time,
    )


def source_of(image: Path) -> ImageSource:
    """A machine's own disk as the converter opens it; blocks for one read.

    Raises:
        StoreError: it cannot be read, or is no qcow2 image.
    """
    return ImageSource(path=image, format=ImageFormat.QCOW2, virtual_bytes=virtual_size(image))


async def snapshots_in(source: ImageSource) -> tuple[ImageSnapshot, ...]:
    """Snapshots inside a machine's own disk, in the order in which the image has them.

    Raises:
        EngineError: it cannot be read.
    """
    answer = await qemu_img(
        "info", "--output=json", _name(source), failure=FAILURE, limit_s=_INFO_S
    )
    return tuple(
        ImageSnapshot(
            tag=str(found["id"]),
            created_ms=int(found["date-sec"]) * 1000 + int(found["date-nsec"]) // 1_000_000,
            state_bytes=int(found["vm-state-size"]),
        )
        for found in json.loads(answer).get("snapshots", ())
    )


def snapshot_at(snapshots: Sequence[ImageSnapshot], time_ms: int) -> str:
    """Id in the image of the newest snapshot that is not newer than `time_ms`.

    Raises:
        ParamError: all are newer, or there is none.
    """
    old_enough = [snapshot for snapshot in snapshots if snapshot.created_ms <= time_ms]
    if not old_enough:
        raise ParamError(
            "The disk has no snapshot from that time or before.",
            remedy="Choose a later time, or export the disk as it is now.",
        )
    return max(old_enough, key=lambda snapshot: snapshot.created_ms).tag


async def needed_bytes(source: ImageSource, *, in_use: bool = False) -> int:
    """Bytes that a sparse copy takes up at most; an estimate while the disk is in use.

    Raises:
        EngineError: it cannot be read.
    """
    sharing = ["-U"] if in_use else []
    answer = await qemu_img(
        "measure", *sharing, "--output=json", "-O", "qcow2", _name(source),
        failure=FAILURE, limit_s=_INFO_S,
    )  # fmt: skip
    return int(json.loads(answer)["required"])


def taken_up(image: Path) -> int:
    """Bytes that a file takes up on its disk; blocks."""
    return image.stat().st_blocks * _BLOCK


def free_bytes(folder: Path) -> int:
    """Free space of the file system that a folder lies on; blocks."""
    return shutil.disk_usage(folder).free


def check_room(folder: Path, needed: int) -> None:
    """Refuse what would not fit; blocks.

    Raises:
        DiskLessError: with how much is missing.
    """
    missing = needed - free_bytes(folder)
    if missing > 0:
        raise DiskLessError(
            f"Not enough disk space in {folder.name or folder}: the copy needs "
            f"{in_gib(-(-needed // MIB))}, {in_gib(-(-missing // MIB))} more than are free.",
            remedy="Make room there, or choose another place.",
        )


async def write_image(
    source: ImageSource,
    part: Path,
    plan: ExportPlan,
    on_progress: Callable[[float], None],
    *,
    snapshot_id: str = "",
    name: str = "",
    failure: str = FAILURE,
) -> None:
    """Convert a disk into `part`, and check what was written.

    Args:
        source: what nobody changes meanwhile.
        part: of a name that nothing has yet; the caller removes it when this fails.
        plan: the format.
        on_progress: told fractions of 1.
        snapshot_id: take this snapshot instead of the present state.
        name: what the image will be called; its own descriptor says so where it has one.
        failure: the sentence that says what could not be done.

    Raises:
        DiskLessError: the disk is full.
        EngineError: qemu-img refused.
    """
    form, words = (_COMPRESSED if plan.compress else _WRITTEN_AS)[plan.format]
    older = ["-l", f"snapshot.id={snapshot_id}"] if snapshot_id else []
    arguments = [*words, *older, "-O", form, _name(source), str(part)]
    # VMDK writes its tables bit by bit, which past the cache takes five times as long.
    direct = ["-T", "none"] if form == "vmdk" else ["-t", "none", "-T", "none"]
    try:
        await _convert([*direct, "-W", "-m", "8", *arguments], on_progress, failure)
    except DiskLessError:
        raise
    except EngineError as err:
        if "O_DIRECT" not in err.detail and "Invalid argument" not in err.detail:
            raise
        await _convert(arguments, on_progress, failure)
    await check_image(form, part)
    if form == "vmdk":
        await unbroken(asyncio.to_thread(rename_extent, part, name or plan.target.name))


async def check_image(form: str, part: Path) -> None:
    """Let the tool look through an image that was just written, where it can.

    Raises:
        EngineError: it is not whole.
    """
    description = {"driver": form, "file": {"driver": "file", "filename": str(part)}}
    await qemu_img(
        "check", "--output=json", f"json:{json.dumps(description)}",
        failure="The new image is not whole.", good=(0, _LEAKS, _NOT_CHECKABLE),
    )  # fmt: skip


def rename_extent(image: Path, name: str) -> None:
    """Let the descriptor inside a VMDK name the file as it will be called; blocks.

    Other programs look for the extent under the name that stands there.
    """
    old, new = (f'"{text}"'.encode() for text in (image.name, name))
    with image.open("r+b") as file:
        magic, _, _, _, _, at, length = _VMDK_HEADER.unpack(file.read(_VMDK_HEADER.size))
        if magic != _VMDK_MAGIC or not at:
            return
        file.seek(at * _SECTOR)
        text = file.read(length * _SECTOR)
        changed = text.rstrip(b"\0").replace(old, new)
        if b'"' not in name.encode() and len(changed) < len(text):
            file.seek(at * _SECTOR)
            file.write(changed.ljust(len(text), b"\0"))
            file.flush()
            os.fsync(file.fileno())


async def _convert(
    arguments: Sequence[str], on_progress: Callable[[float], None], failure: str
) -> None:
    await qemu_img("convert", "-p", *arguments, failure=failure, on_progress=on_progress)


def _name(source: ImageSource) -> str:
    return f"json:{json.dumps(source.blockdev())}"


def _format(name: str, target: Path) -> ExportFormat:
    try:
        return ExportFormat(name.casefold()) if name else _BY_SUFFIX[target.suffix.casefold()]
    except (KeyError, ValueError):
        unknown = f"format “{name}”" if name else f"ending of {target.name}"
        raise ParamError(
            f"The {unknown} stands for no format that can be written.",
            remedy=f"Use one of {', '.join(ExportFormat)}.",
        ) from None


def _check_keeping(options: MigrationOptions, form: ExportFormat) -> None:
    if form is not ExportFormat.QCOW2:
        raise NotSupportedError(
            f"Images in the format {form} cannot hold snapshots.",
            remedy="Export as qcow2, or without the snapshots.",
        )
    if options.compress or options.snapshot_time:
        raise ParamError(
            "An image that keeps its snapshots is copied as it is.",
            remedy="Export it without compression and without a time.",
        )
