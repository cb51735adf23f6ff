"""Files that are not what they should be, and files that do not answer."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from app.errors import MediaError
from app.vm.media import reader
from app.vm.media.facts import NoticeId
from app.vm.media.reader import FileSource, inspect_disc, read_disc
from tests.vm.media.discs import BIOS, Boot, build_disc

ANSWER_S = 2.0


@pytest.fixture(autouse=True)
def no_reader_left():
    """Every thread that a test made wait has ended with the test."""
    yield
    for thread in threading.enumerate():
        if thread.name == "disc-reader":
            thread.join(5)
            assert not thread.is_alive()


def refused(path: Path, **options) -> MediaError:
    started = time.monotonic()
    with pytest.raises(MediaError) as caught:
        read_disc(path, **options)
    assert time.monotonic() - started < ANSWER_S
    assert caught.value.message.endswith(".")
    assert caught.value.remedy.endswith(".")
    return caught.value


class SlowSource:
    """A file on a share that stopped answering after it was opened."""

    def __init__(self, healed: threading.Event) -> None:
        self.size_bytes = 1_000_000
        self._healed = healed

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def read(self, offset: int, length: int) -> bytes:
        self._healed.wait(30)
        return bytes(length)


def test_a_disc_in_a_file_is_read(tmp_path):
    path = tmp_path / "disc.iso"
    path.write_bytes(build_disc(volume="FILE", boot=[Boot(BIOS)]))

    facts = read_disc(path)

    assert facts.volume_id == "FILE"
    assert facts.boots_bios


async def test_a_disc_is_read_without_blocking_the_loop(tmp_path):
    path = tmp_path / "disc.iso"
    path.write_bytes(build_disc(volume="FILE"))

    assert (await inspect_disc(path)).volume_id == "FILE"


@pytest.mark.parametrize(
    "name", ["-rf.iso", "a,b=c.iso", "q'u\"o.iso", "🙂 盘.iso", "%s\n.iso", "盘" * 80 + ".iso"]
)
def test_any_name_that_a_file_can_have_is_fine(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(build_disc())

    assert read_disc(path).volume_id == "TEST"


def test_a_link_to_a_disc_is_followed(tmp_path):
    (tmp_path / "disc.iso").write_bytes(build_disc())
    (tmp_path / "link.iso").symlink_to("disc.iso")

    assert read_disc(tmp_path / "link.iso").volume_id == "TEST"


def test_a_missing_file_is_said_so(tmp_path):
    assert "not there" in refused(tmp_path / "none.iso").message


def test_a_link_to_nothing_and_a_ring_of_links_are_refused(tmp_path):
    (tmp_path / "gone.iso").symlink_to("nothing")
    (tmp_path / "ring.iso").symlink_to("ring.iso")

    assert "not there" in refused(tmp_path / "gone.iso").message
    assert "cannot be read" in refused(tmp_path / "ring.iso").message


def test_a_name_that_no_file_can_have_is_refused(tmp_path):
    assert "name" in refused(tmp_path / "a\0b").message
    assert "cannot be read" in refused(tmp_path / ("x" * 300)).message


def test_a_folder_is_refused(tmp_path):
    assert refused(tmp_path).message == "This is a folder, not a file."


def test_a_pipe_without_a_writer_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe.iso")

    assert "a pipe" in refused(tmp_path / "pipe.iso").message


def test_a_pipe_loses_nothing_by_being_looked_at(tmp_path):
    os.mkfifo(tmp_path / "pipe.iso")
    receiver = os.open(tmp_path / "pipe.iso", os.O_RDONLY | os.O_NONBLOCK)
    sender = os.open(tmp_path / "pipe.iso", os.O_WRONLY)
    try:
        os.write(sender, b"for somebody else")
        refused(tmp_path / "pipe.iso")
        assert os.read(receiver, 100) == b"for somebody else"
    finally:
        os.close(sender)
        os.close(receiver)


def test_a_socket_is_refused(own_folders):
    place = own_folders / "disc.iso"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))
        assert "a socket" in refused(place).message
    place.unlink()


@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero", "/dev/tty"])
def test_a_device_is_refused(device):
    assert "a device" in refused(Path(device)).message


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "empty.iso").touch()

    assert refused(tmp_path / "empty.iso").message == "The file is empty."


def test_a_huge_file_of_holes_is_refused_at_once(tmp_path):
    path = tmp_path / "holes.iso"
    with path.open("wb") as file:
        file.truncate(2**40)

    assert "not a disc image" in refused(path).message


def test_a_cut_disc_in_a_file_is_told(tmp_path):
    path = tmp_path / "cut.iso"
    path.write_bytes(build_disc(files={"data": bytes(100_000)})[:-50_000])

    (problem,) = read_disc(path).problems
    assert problem.id is NoticeId.CUT_SHORT
    assert problem.params["missing_bytes"] == 50_000


UNREADABLE = """
import os, sys
from pathlib import Path
from app.errors import MediaError
from app.vm.media.reader import read_disc
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    read_disc(Path(sys.argv[1]))
except MediaError as err:
    print(err.message)
"""


def test_an_unreadable_file_is_said_so(tmp_path):
    # In a process of its own, which gives up root when the tests have it.
    path = tmp_path / "secret.iso"
    path.write_bytes(build_disc())
    path.chmod(0)

    said = subprocess.run(
        [sys.executable, "-c", UNREADABLE, str(path)],
        cwd=Path(reader.__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )

    assert said.stdout.strip() == "You may not read this file."


def test_a_medium_that_fails_is_said_so(tmp_path):
    class Failing(SlowSource):
        def read(self, offset, length):
            raise OSError(5, "Input/output error")

    error = refused(tmp_path, opener=lambda _: Failing(threading.Event()))

    assert "cannot be read" in error.message
    assert "Input/output error" in error.detail


def test_a_file_that_shrinks_meanwhile_is_said_so(tmp_path):
    class Shrinking(SlowSource):
        def read(self, offset, length):
            return b""

    error = refused(tmp_path, opener=lambda _: Shrinking(threading.Event()))

    assert "became shorter" in error.message


def test_reads_in_small_portions_give_the_same_facts(tmp_path):
    path = tmp_path / "disc.iso"
    path.write_bytes(build_disc(files={".disk/info": b"x" * 5000}, boot=[Boot(BIOS)]))

    class Portions(FileSource):
        def read(self, offset, length):
            return super().read(offset, min(length, 1000))

    assert read_disc(path, opener=Portions) == read_disc(path)


def test_a_file_that_does_not_answer_is_given_up(tmp_path):
    healed = threading.Event()
    try:
        error = refused(tmp_path, opener=lambda _: SlowSource(healed), limit_s=0.1)
    finally:
        healed.set()

    assert "does not answer" in error.message


def test_opening_that_does_not_answer_is_given_up(tmp_path):
    healed = threading.Event()

    def opener(_):
        healed.wait(30)
        return SlowSource(healed)

    try:
        error = refused(tmp_path, opener=opener, limit_s=0.1)
    finally:
        healed.set()

    assert "does not answer" in error.message


async def test_a_file_that_does_not_answer_leaves_the_loop_alone(tmp_path):
    healed = threading.Event()
    ticks = 0

    async def tick():
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.01)

    ticking = asyncio.create_task(tick())
    started = time.monotonic()
    try:
        with pytest.raises(MediaError, match="does not answer"):
            await inspect_disc(tmp_path, opener=lambda _: SlowSource(healed), limit_s=0.2)
    finally:
        healed.set()
        ticking.cancel()

    assert time.monotonic() - started < ANSWER_S
    assert ticks > 3


async def test_looking_can_be_cancelled(tmp_path):
    healed = threading.Event()
    begun = threading.Event()

    def opener(_):
        begun.set()
        return SlowSource(healed)

    looking = asyncio.create_task(inspect_disc(tmp_path, opener=opener))
    await asyncio.to_thread(begun.wait, 5)
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking
    healed.set()


def test_an_answer_after_the_loop_was_closed_disturbs_nobody(tmp_path):
    healed = threading.Event()

    async def look():
        with pytest.raises(MediaError):
            await inspect_disc(tmp_path, opener=lambda _: SlowSource(healed), limit_s=0.05)

    asyncio.run(look())
    healed.set()


def test_a_file_that_drips_is_given_up_between_reads(tmp_path):
    class Dripping(SlowSource):
        def read(self, offset, length):
            self._healed.wait(0.2)
            return bytes(length)

    error = refused(tmp_path, opener=lambda _: Dripping(threading.Event()), limit_s=0.1)

    assert "does not answer" in error.message


def test_too_many_files_that_do_not_answer_are_refused_at_once(tmp_path):
    healed = threading.Event()
    try:
        for _ in range(reader.MAX_WAITING):
            refused(tmp_path, opener=lambda _: SlowSource(healed), limit_s=0.01)
        error = refused(tmp_path, opener=lambda _: SlowSource(healed))
    finally:
        healed.set()

    assert "still not answering" in error.message


def test_a_bug_is_not_dressed_up_as_an_error_for_people(tmp_path):
    def opener(_):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        read_disc(tmp_path, opener=opener)


async def test_a_bug_reaches_the_loop_too(tmp_path):
    def opener(_):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await inspect_disc(tmp_path, opener=opener)
