"""TinyOS does what its README promises, under real QEMU."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.vm.media.facts import BootPlatform
from app.vm.media.reader import read_disc
from tests.guests.tiny import (
    NoRecordError,
    TinyOptions,
    TinyRecord,
    build_tiny_disc,
    fill_sector,
    read_record,
    verify_fill,
)
from tests.guests.tiny.machine import USB_INPUT, Bus, TinyMachine
from tests.helpers.waiting import eventually_sync

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

DISK_BYTES = 16 << 20
A, B, F1, F2, F5, F6, F7, F8, F9, F12 = 0x1E, 0x30, 0x3B, 0x3C, 0x3F, 0x40, 0x41, 0x42, 0x43, 0x58
RIGHT_CTRL, UP, PAUSE, SHIFT = 0x9D, 0xC8, 0xC6, 0x2A
LETTER_P, LETTER_I, LETTER_F = 0x19, 0x17, 0x21
BLACK, WHITE = bytes.fromhex("000000"), bytes.fromhex("ffffff")
DARK, BRIGHT = bytes.fromhex("204060"), bytes.fromhex("e0c040")
INPUTS = pytest.mark.parametrize("devices", [(), USB_INPUT], ids=["ps2", "usb"])


def blank(path: Path, size: int = DISK_BYTES) -> Path:
    """An empty disk."""
    path.touch()
    os.truncate(path, size)
    return path


def power_off(machine: TinyMachine) -> None:
    """By the power button."""
    machine.execute("system_powerdown")
    machine.wait_for_end()


@pytest.fixture(scope="module")
def disc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_tiny_disc(tmp_path_factory.mktemp("tiny") / "tiny.iso")


@pytest.fixture(scope="module")
def installed(disc: Path) -> Path:
    """A disk with TinyOS on it that was never started. Copy it."""
    other = build_tiny_disc(disc.parent / "off.iso", TinyOptions(after_install="poweroff"))
    disk = blank(disc.parent / "installed.raw")
    with TinyMachine(disk, other) as machine:
        machine.wait_for_end()
    return disk


@pytest.fixture
def disk(installed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(installed, tmp_path / "disk.raw"))


@pytest.mark.parametrize(
    ("board", "bus", "display"),
    [("q35", "virtio", "virtio-vga"), ("q35", "ahci", "VGA"), ("pc", "ide", "VGA")],
)
def test_an_empty_disk_gets_the_system_and_starts_it_with_the_disc_still_in(
    disc: Path, tmp_path: Path, board: str, bus: Bus, display: str
) -> None:
    disk = blank(tmp_path / "disk.raw")

    with TinyMachine(disk, disc, board=board, bus=bus, display=display) as machine:
        lines = machine.wait_for("ready")

    assert lines == [
        "TinyOS set-up",
        f"disk sectors {DISK_BYTES // 512}",
        "install done, number 1",
        "restarting",
        "TinyOS",
        "boots 1",
        "installs 1",
        "last-stop clean",
        "power-button obeyed",
        "mode text",
        "ready",
    ]
    record = read_record(disk)
    assert (record.installs, record.finished, record.boots, record.clean) == (1, 1, 1, False)


def test_the_second_start_is_from_the_disk_and_installs_nothing(disc: Path, disk: Path) -> None:
    lines: list[str] = []
    for _ in range(2):
        with TinyMachine(disk, disc) as machine:
            lines = machine.wait_for("ready")
            power_off(machine)

    assert lines[:4] == ["TinyOS", "boots 2", "installs 1", "last-stop clean"]
    assert read_record(disk).clean


def test_a_disc_that_comes_first_installs_again_and_again_and_that_is_counted(
    disc: Path, disk: Path
) -> None:
    with TinyMachine(disk, disc, disc_first=True) as machine:
        machine.wait_for("install done, number 2")
        machine.wait_for("install done, number 3")

    assert read_record(disk).installs >= 3
    assert read_record(disk).boots == 0


def test_it_waits_for_a_key_and_asks_to_remove_the_disc_when_told_so(tmp_path: Path) -> None:
    disc = build_tiny_disc(
        tmp_path / "ask.iso", TinyOptions(after_install="ask", wait_for_key=True)
    )
    disk = blank(tmp_path / "disk.raw")

    with TinyMachine(disk, disc, devices=USB_INPUT) as machine:
        machine.wait_for("press a key to install TinyOS")
        assert not any(disk.read_bytes())
        machine.key(A)
        machine.wait_for("remove the disc, then press a key")
        machine.key(A)
        machine.wait_for("ready")


def test_without_a_key_in_time_the_next_drive_starts(disk: Path, tmp_path: Path) -> None:
    options = TinyOptions(wait_for_key=True, key_timeout_s=1)
    disc = build_tiny_disc(tmp_path / "late.iso", options)

    with TinyMachine(disk, disc, disc_first=True) as machine:
        lines = machine.wait_for("ready")

    assert "no key, starting the next drive" in lines
    assert "installs 1" in lines


def test_a_disk_that_is_too_small_is_said(tmp_path: Path) -> None:
    disc = build_tiny_disc(tmp_path / "big.iso", TinyOptions(fill_mib=16))
    disk = blank(tmp_path / "disk.raw")

    with TinyMachine(disk, disc) as machine:
        lines = machine.wait_for("set-up stopped")

    assert lines[-2] == "error: the disk is too small, TinyOS needs 34816 sectors"
    assert not any(disk.read_bytes())


def test_a_machine_without_a_disk_is_said(disc: Path) -> None:
    with TinyMachine(disc=disc) as machine:
        lines = machine.wait_for("set-up stopped")

    assert lines[-2] == "error: there is no hard disk"


def test_the_power_button_is_ignored_by_a_system_that_was_made_so(tmp_path: Path) -> None:
    disc = build_tiny_disc(tmp_path / "deaf.iso", TinyOptions(ignore_power_button=True))
    disk = blank(tmp_path / "disk.raw")

    with TinyMachine(disk, disc) as machine:
        machine.wait_for("ready")
        machine.execute("system_powerdown")
        machine.wait_for("power-button pressed")
        machine.wait_for("tick 1")
        machine.key(F8)
        machine.wait_for("power-button obeyed")
        power_off(machine)

    assert read_record(disk).clean


def test_a_system_that_was_killed_says_so_at_the_next_start_only(disk: Path) -> None:
    with TinyMachine(disk) as machine:
        machine.wait_for("ready")
    with TinyMachine(disk) as machine:
        second = machine.wait_for("ready")
        power_off(machine)
    with TinyMachine(disk) as machine:
        third = machine.wait_for("ready")

    assert "last-stop unclean" in second
    assert "last-stop clean" in third
    assert read_record(disk).unclean_starts == 1


@pytest.mark.parametrize(("board", "bus"), [("q35", "virtio"), ("q35", "ahci"), ("pc", "ide")])
def test_what_was_installed_on_qcow2_survives_the_death_of_the_engine(
    disc: Path, tmp_path: Path, board: str, bus: Bus
) -> None:
    disk = tmp_path / "disk.qcow2"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", disk, "16M"], check=True)

    with TinyMachine(disk, disc, disk_format="qcow2", board=board, bus=bus) as machine:
        machine.wait_for("ready")
        machine.kill()
    with TinyMachine(disk, disc, disk_format="qcow2", board=board, bus=bus) as machine:
        lines = machine.wait_for("ready")
        assert read_record(disk).boots == 2

    assert lines[:4] == ["TinyOS", "boots 2", "installs 1", "last-stop unclean"]


@INPUTS
def test_every_key_arrives_once_and_is_let_go(disk: Path, devices: Sequence[str]) -> None:
    others = (B, RIGHT_CTRL, UP, F12 - 1, PAUSE)
    with TinyMachine(disk, devices=devices) as machine:
        machine.wait_for("ready")
        machine.key(SHIFT, A, up=False)
        machine.wait_for("key 1e down")
        machine.key(A, SHIFT, down=False)
        machine.wait_for("key 2a up")
        for number in others:  # one at a time: QEMU's keyboards remember 16 codes
            machine.key(number)
            machine.wait_for(f"key {number:02x} up")
        machine.wait_for("tick 1")
        keys = [line for line in machine.serial() if line.startswith("key")]

    assert keys == [
        "key 2a down",
        "key 1e down",
        "key 1e up",
        "key 2a up",
        *(f"key {number:02x} {way}" for number in others for way in ("down", "up")),
    ]


@INPUTS
def test_video_modes_change_and_a_key_changes_the_whole_picture(
    disk: Path, devices: Sequence[str]
) -> None:
    with TinyMachine(disk, devices=devices) as machine:
        machine.wait_for("ready")
        seen = []
        for mode, pressed in ((F5, "1280x800"), (F6, "1920x1080")):
            machine.key(mode)
            machine.wait_for(f"mode {pressed}")
            machine.wait_for(f"key {mode:02x} up")
            seen += [look(machine)]
            machine.key(A)
            machine.wait_for("key 1e up", times=len(seen) + 1 >> 1)
            seen += [look(machine)]
        machine.key(F2)
        machine.wait_for("key 3c up")
        small = machine.picture()[:2]
        machine.key(F1)
        machine.wait_for("key 3b up")
        text = machine.picture()[:2]

    assert seen == [
        (1280, 800, BLACK, {DARK}),
        (1280, 800, WHITE, {BRIGHT}),
        (1920, 1080, BLACK, {DARK}),
        (1920, 1080, WHITE, {BRIGHT}),
    ]
    assert (small, text) == ((640, 400), (720, 400))


def look(machine: TinyMachine) -> tuple[int, int, bytes, set[bytes]]:
    """Size, colour of the marker, and all colours below the marker."""
    width, height, pixels = machine.picture()
    below = pixels[64 * width * 3 :]
    return width, height, pixels[:3], {below[at : at + 3] for at in range(0, len(below), 3)}


def test_a_mode_that_the_card_does_not_have_is_said(disk: Path) -> None:
    with TinyMachine(disk, display="VGA,vgamem_mb=4") as machine:
        machine.wait_for("ready")
        machine.key(F6)
        machine.wait_for("mode 1920x1080 missing")
        machine.wait_for("key 40 up")
        assert machine.picture()[:2] == (720, 400)


def test_a_card_with_room_for_one_picture_changes_it_too(disk: Path) -> None:
    with TinyMachine(disk, display="VGA,vgamem_mb=4") as machine:
        machine.wait_for("ready")
        machine.key(F5)
        machine.wait_for("key 3f up")
        machine.key(A)
        machine.wait_for("key 1e up")

        assert look(machine) == (1280, 800, WHITE, {BRIGHT})


@INPUTS
def test_a_flood_counts_its_frames_and_ends(disk: Path, devices: Sequence[str]) -> None:
    with TinyMachine(disk, devices=devices) as machine:
        machine.wait_for("ready")
        machine.key(F5)
        machine.wait_for("mode 1280x800")
        machine.key(F7)
        machine.wait_for("flood on")
        frames = eventually_sync(
            lambda: [int(n[7:]) for n in machine.serial() if n.startswith("frames ")][1:]
        )
        machine.key(F7)
        machine.wait_for("flood off")
        machine.wait_for("key 41 up", times=2)

        assert frames[0] > 20
        assert look(machine) == (1280, 800, BLACK, {DARK})


def test_letters_are_text_in_a_system_that_was_made_so(tmp_path: Path) -> None:
    options = TinyOptions(letter_commands=False, tick=False, first_video_mode="800x600")
    disc = build_tiny_disc(tmp_path / "letters.iso", options)
    disk = blank(tmp_path / "disk.raw")

    with TinyMachine(disk, disc) as machine:
        machine.wait_for("mode 800x600")
        machine.wait_for("ready")
        machine.key(LETTER_P, LETTER_I, LETTER_F)
        machine.wait_for("key 21 up")
        lines = machine.serial()

    assert lines[-6:] == [f"key {n} {way}" for n in ("19", "17", "21") for way in ("down", "up")]


def test_it_restarts_powers_off_and_dies_when_asked(disk: Path) -> None:
    with TinyMachine(disk) as machine:
        machine.wait_for("ready")
        machine.key(F9)
        machine.wait_for("stop restart")
        machine.wait_for("ready", times=2)
        assert machine.serial().count("last-stop clean") == 2
        machine.key(LETTER_P)
        machine.wait_for_end()
    with TinyMachine(disk) as machine:
        assert "last-stop clean" in machine.wait_for("ready")
        machine.key(F12)
        machine.wait_for("stop halt")

    assert not read_record(disk).clean


def test_the_fill_is_whole_and_damage_is_found(tmp_path: Path) -> None:
    options = TinyOptions(fill_mib=8, fill_seed=77, after_install="poweroff")
    disc = build_tiny_disc(tmp_path / "fill.iso", options)
    disk = tmp_path / "disk.qcow2"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", disk, "9M"], check=True)
    with TinyMachine(disk, disc, disk_format="qcow2") as machine:
        machine.wait_for_end()
        assert machine.serial()[2:10] == [f"fill {n} of 8 MiB" for n in range(1, 9)]

    report = verify_fill(disk)
    raw = tmp_path / "disk.raw"
    subprocess.run(["qemu-img", "convert", "-f", "qcow2", "-O", "raw", disk, raw], check=True)
    with raw.open("r+b") as file:
        file.seek(5000 * 512 + 511)
        file.write(b"\0")
        file.seek(-512, os.SEEK_END)
        file.truncate()

    assert (report.is_whole, report.sectors) == (True, 8 * 2048)
    assert verify_fill(raw).wrong == (5000, 9 * 2048 - 1)
    assert fill_sector(5000, 77) != fill_sector(5000, 78)


def test_an_install_cut_short_starts_nothing_and_the_next_one_is_number_two(
    disk: Path, tmp_path: Path
) -> None:
    disc = build_tiny_disc(tmp_path / "fill.iso", TinyOptions(fill_mib=8))
    with TinyMachine(disk, disc, disc_first=True) as machine:
        machine.wait_for("fill 1 of 8 MiB")
    cut = read_record(disk)

    assert disk.read_bytes()[510:512] == b"\0\0"
    with TinyMachine(disk, disc) as machine:
        lines = machine.wait_for("ready")

    assert (cut.installs, cut.finished, cut.fill_sectors) == (2, 1, 0)
    assert "install done, number 3" in lines
    assert verify_fill(disk).is_whole


def test_the_older_copy_of_the_record_counts_when_the_newer_is_damaged(installed: Path) -> None:
    content = bytearray(installed.read_bytes())
    record = read_record(installed)
    content[(62 + record.sequence % 2) * 512 + 20] ^= 1
    damaged = installed.with_name("damaged.raw")
    damaged.write_bytes(content)

    before = read_record(damaged)

    assert isinstance(before, TinyRecord)
    assert (before.sequence, before.finished) == (record.sequence - 1, 0)


def test_a_disk_without_a_record_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoRecordError, match=r"nothing\.raw holds no record"):
        read_record(blank(tmp_path / "nothing.raw", 100))


def test_the_disc_tells_its_names_and_starts_under_bios(disc: Path) -> None:
    facts = read_disc(disc)

    assert facts.volume_id == "DUPLEX_TINY"
    assert facts.publisher_id == "DUPLEX VM TESTS"
    assert facts.application_id == "TINYOS SETUP"
    assert [entry.platform for entry in facts.boot] == [BootPlatform.BIOS]
    assert not facts.problems


def test_the_disc_can_be_built_from_the_command_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.guests.tiny"]
    good = subprocess.run([*command, tmp_path / "a.iso", "--fill", "3"], check=False)
    bad = subprocess.run(
        [*command, tmp_path / "b.iso", "--fill", "-3"], check=False, capture_output=True, text=True
    )

    assert (good.returncode, bad.returncode) == (0, 2)
    assert (tmp_path / "a.iso").stat().st_size < 100_000
    assert "fill_mib is -3" in bad.stderr
