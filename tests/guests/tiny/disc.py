"""Builds the set-up disc of TinyOS: assembles it, patches the options in, wraps it in an ISO."""

from __future__ import annotations

import functools
import io
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import pycdlib

AfterInstall = Literal["restart", "poweroff", "ask"]
VideoMode = Literal["text", "320x200", "800x600", "1024x768", "1280x800", "1920x1080"]

SECTORS_PER_MIB = 2048
FILL_SEED = 0x5EED5EED

_SOURCES = Path(__file__).parent
_MAGIC = b"TINYOPT1"
_OPTIONS = struct.Struct("<8s8BII8x")  # the structure `opt` of layout.asm
_BOOT_SECTOR = 512  # what El Torito counts a boot image in
_MOST_FILL_MIB = 1 << 20
_README = b"""TinyOS: a system of a few kilobytes that installs itself.
Start a machine from this disc and wait a second.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TinyOptions:
    """What a disc does, and the system that it installs.

    Attributes:
        after_install: restart (the disk must come first in the boot order, or this never ends),
            power off, or ask to remove the disc and restart when a key is pressed.
        wait_for_key: begin only when a key is pressed.
        key_timeout_s: how long to wait for that; then the next drive in the boot order starts.
            0 waits for ever.
        fill_mib: MiB of self-describing sectors that are written too, see `verify_fill`.
        fill_seed: goes into them, so that two installs can be told apart.
        ignore_power_button: the system notices the button and does nothing.
        tick: the system counts its seconds on the screen and the serial port.
        first_video_mode: what the system starts in.
        letter_commands: the letters f, i, r, p and h are commands (see README.md); without it
            any text can be typed, and the function keys do the same.
        volume_id: name of the disc, at most 32 characters.
    """

    after_install: AfterInstall = "restart"
    wait_for_key: bool = False
    key_timeout_s: int = 0
    fill_mib: int = 0
    fill_seed: int = FILL_SEED
    ignore_power_button: bool = False
    tick: bool = True
    first_video_mode: VideoMode = "text"
    letter_commands: bool = True
    volume_id: str = "DUPLEX_TINY"

    def __post_init__(self) -> None:
        if not 0 <= self.fill_mib <= _MOST_FILL_MIB:
            raise ValueError(f"fill_mib is {self.fill_mib}, not 0 to {_MOST_FILL_MIB}")
        if not 0 <= self.key_timeout_s <= 255:
            raise ValueError(f"key_timeout_s is {self.key_timeout_s}, not 0 to 255")
        if not 0 <= self.fill_seed < 1 << 32:
            raise ValueError(f"fill_seed is {self.fill_seed:#x}, not a number of 32 bits")


def build_tiny_disc(path: Path, options: TinyOptions = TinyOptions()) -> Path:
    """Write the disc's image to `path` and return it.

    Raises:
        FileNotFoundError: nasm is not installed.
        OSError: the file cannot be written.
    """
    program = boot_program(options)
    iso = pycdlib.PyCdlib()
    iso.new(
        interchange_level=3,
        rock_ridge="1.09",
        sys_ident="TINYOS",
        vol_ident=options.volume_id,
        pub_ident_str="DUPLEX VM TESTS",
        app_ident_str="TINYOS SETUP",
    )
    iso.add_fp(io.BytesIO(_README), len(_README), "/README.TXT;1", rr_name="readme.txt")
    iso.add_fp(io.BytesIO(program), len(program), "/TINYOS.BIN;1", rr_name="tinyos.bin")
    iso.add_eltorito(
        "/TINYOS.BIN;1",
        bootcatfile="/BOOT.CAT;1",
        rr_bootcatname="boot.cat",
        boot_load_size=len(program) // _BOOT_SECTOR,
    )
    iso.write(str(path))
    iso.close()
    return path


def boot_program(options: TinyOptions) -> bytes:
    """The program on the disc: the set-up, and in it the system; whole sectors of 512 bytes."""
    program = bytearray(_assemble())
    packed = _pack(options)
    places = list(_places(program))
    if len(places) != 2:
        raise RuntimeError(f"{len(places)} options blocks, not one in set-up and system each")
    for place in places:
        program[place : place + len(packed)] = packed
    return bytes(program)


def _pack(options: TinyOptions) -> bytes:
    return _OPTIONS.pack(
        _MAGIC,
        get_args(AfterInstall).index(options.after_install),
        options.wait_for_key,
        options.key_timeout_s,
        options.ignore_power_button,
        options.tick,
        get_args(VideoMode).index(options.first_video_mode),
        options.letter_commands,
        0,
        options.fill_mib * SECTORS_PER_MIB,
        options.fill_seed,
    )


def _places(program: bytes | bytearray) -> Iterator[int]:
    place = program.find(_MAGIC)
    while place >= 0:
        yield place
        place = program.find(_MAGIC, place + 1)


@functools.cache
def _assemble() -> bytes:
    with tempfile.TemporaryDirectory(prefix="tinyos-") as folder:
        for name in ("boot", "system", "setup"):  # the set-up holds the other two
            subprocess.run(
                [
                    "nasm", "-f", "bin", "-w+error",
                    "-I", f"{_SOURCES}/", "-I", f"{folder}/",
                    "-o", f"{folder}/{name}.bin", f"{_SOURCES / name}.asm",
                ],
                check=True,
            )  # fmt: skip
        return Path(folder, "setup.bin").read_bytes()
