"""A file is replaced whole or not at all."""

from __future__ import annotations

import os
import random
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.atomic import write_atomically

ROOT = Path(__file__).parent.parent

WRITER = """
import sys
from pathlib import Path
from app.atomic import write_atomically
target = Path(sys.argv[1])
number = 0
print("ready", flush=True)
while True:
    number += 1
    write_atomically(target, f"{number}\\n".encode() * 20_000)
"""

LIMITED = """
import resource, signal, sys
from pathlib import Path
from app.atomic import write_atomically
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    write_atomically(Path(sys.argv[1]), b"x" * 100_000)
except OSError as err:
    print(err.errno)
"""


def test_the_content_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"old")

    write_atomically(target, b"new")

    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    target = tmp_path / "file"
    before = os.umask(0)
    try:
        write_atomically(target, b"new")
    finally:
        os.umask(before)

    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_folder_that_has_gone_is_not_made_again(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "gone" / "file", b"x")

    assert list(tmp_path.iterdir()) == []


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(b"precious")
    (tmp_path / "link").symlink_to("outside")

    write_atomically(tmp_path / "link", b"new")

    assert (tmp_path / "outside").read_bytes() == b"precious"
    assert (tmp_path / "link").read_bytes() == b"new"


def test_a_folder_in_its_place_is_left_alone_without_a_sibling(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()

    with pytest.raises(OSError, match="directory"):
        write_atomically(tmp_path / "file", b"x")

    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_disk_that_fills_up_leaves_the_old_file_and_no_sibling(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"old")

    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(target)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "27"  # EFBIG, which a full disk's ENOSPC stands beside
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_writer_killed_at_any_moment_leaves_one_whole_file(tmp_path: Path) -> None:
    target = tmp_path / "file"
    dice = random.Random(20)
    for _ in range(5):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(target)], cwd=ROOT, stdout=subprocess.PIPE
        )
        with writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            with pytest.raises(subprocess.TimeoutExpired):
                writer.wait(dice.uniform(0.0, 0.05))
            writer.kill()
        if target.exists():
            lines = target.read_bytes().splitlines()
            assert len(lines) == 20_000
            assert len(set(lines)) == 1
