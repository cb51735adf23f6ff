"""Reads from the host what TinyOS wrote on its disk: the record, and the fill sectors."""

from __future__ import annotations

import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SECTOR = 512
RECORD_LBA = 62
FILL_LBA = 2048

_MAGIC = b"TINYREC1"
_RECORD = struct.Struct("<8s8I")  # the structure `rec` of layout.asm
_FILL_MAGIC = b"TFIL"
_FILL_HEAD = struct.Struct("<4sII")
_FILL_WORDS = (SECTOR - _FILL_HEAD.size) // 4
_FILL_FACTOR = 2654435761
_WORD = (1 << 32) - 1
_PIECE = 2048 * SECTOR
_QCOW2_MAGIC = b"QFI\xfb"
_QEMU_IMG_S = 300


class NoRecordError(ValueError):
    """No set-up of TinyOS ever began on this disk, or both copies of its record are damaged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TinyRecord:
    """What TinyOS knows of itself.

    Attributes:
        installs: set-ups begun on this disk.
        finished: set-ups that came to their end.
        boots: starts of the system since the last set-up began.
        clean: no system runs, and the last one ended as it should. False while it runs.
        unclean_starts: starts, of `boots`, that found the one before not ended as it should.
        fill_sectors: fill sectors from LBA 2048 on; 0 until the set-up has come to its end.
        fill_seed: their seed.
        sequence: grows with each write of the record.
    """

    installs: int
    finished: int
    boots: int
    clean: bool
    unclean_starts: int
    fill_sectors: int
    fill_seed: int
    sequence: int


@dataclass(frozen=True, slots=True)
class FillReport:
    """What became of the fill sectors.

    Attributes:
        sectors: how many there should be.
        wrong: numbers (LBA) of those that are not as they were written.
    """

    sectors: int
    wrong: tuple[int, ...]

    @property
    def is_whole(self) -> bool:
        """Whether there are fill sectors, and all of them are right."""
        return self.sectors > 0 and not self.wrong


def read_record(disk: Path) -> TinyRecord:
    """The newer valid copy of the record on `disk`, a raw or qcow2 file.

    A running machine may use the disk: then it is what QEMU has written to the file so far.

    Raises:
        NoRecordError: there is none.
        OSError: the file cannot be read.
        subprocess.CalledProcessError: it is a qcow2 file that `qemu-img` cannot read.
    """
    with _opened(disk, (RECORD_LBA + 2) * SECTOR) as raw:
        copies = raw.read_bytes()[RECORD_LBA * SECTOR : (RECORD_LBA + 2) * SECTOR]
    records = [record for at in (0, SECTOR) if (record := _parse(copies[at : at + SECTOR]))]
    if not records:
        raise NoRecordError(f"{disk} holds no record of TinyOS")
    return max(records, key=lambda record: record.sequence)


def verify_fill(disk: Path, *, sectors: int | None = None, seed: int | None = None) -> FillReport:
    """Compare every fill sector with what the set-up wrote there.

    Args:
        disk: a raw or qcow2 file.
        sectors: how many there should be; without it, what the record says.
        seed: theirs; without it, what the record says.

    Raises:
        NoRecordError: there is no record, and it was needed.
    """
    if sectors is None or seed is None:
        record = read_record(disk)
        sectors = record.fill_sectors if sectors is None else sectors
        seed = record.fill_seed if seed is None else seed
    wrong = []
    with _opened(disk, (FILL_LBA + sectors) * SECTOR) as raw, raw.open("rb") as file:
        file.seek(FILL_LBA * SECTOR)
        for first in range(FILL_LBA, FILL_LBA + sectors, _PIECE // SECTOR):
            last = min(first + _PIECE // SECTOR, FILL_LBA + sectors)
            expected = b"".join(fill_sector(lba, seed) for lba in range(first, last))
            found = file.read(len(expected))
            if found != expected:
                wrong += [
                    lba
                    for lba, at in zip(range(first, last), range(0, _PIECE, SECTOR), strict=False)
                    if found[at : at + SECTOR] != expected[at : at + SECTOR]
                ]
    return FillReport(sectors, tuple(wrong))


def fill_sector(lba: int, seed: int) -> bytes:
    """What the set-up writes to sector `lba`."""
    word = (lba * _FILL_FACTOR + seed) & _WORD
    return _FILL_HEAD.pack(_FILL_MAGIC, lba, seed) + word.to_bytes(4, "little") * _FILL_WORDS


def _parse(sector: bytes) -> TinyRecord | None:
    if len(sector) < SECTOR or sum(struct.unpack("<128I", sector)) & _WORD:
        return None
    magic, sequence, installs, finished, boots, clean, unclean, count, seed = _RECORD.unpack_from(
        sector
    )
    if magic != _MAGIC:
        return None
    return TinyRecord(
        installs=installs,
        finished=finished,
        boots=boots,
        clean=clean == 1,
        unclean_starts=unclean,
        fill_sectors=count,
        fill_seed=seed,
        sequence=sequence,
    )


@contextmanager
def _opened(disk: Path, size: int) -> Iterator[Path]:
    """A raw file with at least the first `size` bytes of `disk`, as far as it has them."""
    with disk.open("rb") as file:
        is_qcow2 = file.read(4) == _QCOW2_MAGIC
    if not is_qcow2:
        yield disk
        return
    with tempfile.TemporaryDirectory(prefix="tinyos-") as folder:
        raw = Path(folder, "disk.raw")
        block = min(size, _PIECE)
        # No skip=: whether count= includes what is skipped differs between versions of the tool.
        subprocess.run(
            [
                "qemu-img", "dd", "-U", "-f", "qcow2", "-O", "raw", f"bs={block}",
                f"count={-(-size // block)}", f"if={disk}", f"of={raw}",
            ],
            check=True,
            capture_output=True,
            timeout=_QEMU_IMG_S,
        )  # fmt: skip
        yield raw
