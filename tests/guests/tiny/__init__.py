"""TinyOS: a few kilobytes that install themselves, for tests and benches. See README.md.

`build_tiny_disc` makes the disc, `read_record` and `verify_fill` tell from the host what the
system wrote on its disk.
"""

from __future__ import annotations

from tests.guests.tiny.disc import AfterInstall, TinyOptions, VideoMode, build_tiny_disc
from tests.guests.tiny.record import (
    FillReport,
    NoRecordError,
    TinyRecord,
    fill_sector,
    read_record,
    verify_fill,
)

__all__ = [
    "AfterInstall",
    "FillReport",
    "NoRecordError",
    "TinyOptions",
    "TinyRecord",
    "VideoMode",
    "build_tiny_disc",
    "fill_sector",
    "read_record",
    "verify_fill",
]
