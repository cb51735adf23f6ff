"""Long work at a terminal: how far it is, and Ctrl-C that ends the work itself; all real."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.exit_codes import ExitCode
from app.paths import library_dir
from app.vm.client import connect
from app.vm.records import MigrationOptions, TaskPhase
from app.vm.session import manager_socket
from tests.cli.terminal import ROOT, begin, duplex_vm, say
from tests.cli.test_waiting import Screen
from tests.helpers.waiting import eventually

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

_MIB = 1 << 20
_NOTHING_LEFT = "Cancelled: nothing of it is left."


@pytest.fixture
def screen() -> Iterator[Screen]:
    made = Screen()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def usual_terminal(monkeypatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A qcow2 image full of data, of the old version: it has to be converted."""
    data, path = tmp_path / "data", tmp_path / "old.qcow2"
    data.write_bytes(os.urandom(_MIB) * 96)
    convert = ["qemu-img", "convert", "-O", "qcow2", "-o", "compat=0.10"]
    subprocess.run([*convert, data, path], check=True)
    data.unlink()
    return path


@pytest.fixture
def slow_converter(tmp_path: Path, monkeypatch) -> None:
    """The real converter, held at 24 MB/s: 96 MiB take four seconds wherever this runs."""
    tool = shutil.which("qemu-img")
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "qemu-img"
    script.write_text(
        f'#!/bin/sh\n[ "$1" = convert ] && shift && exec "{tool}" convert -r 24000000 "$@"\n'
        f'exec "{tool}" "$@"\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


@pytest.fixture
def served(slow_converter) -> Iterator[subprocess.Popen[bytes]]:
    """A manager in another process."""
    with subprocess.Popen(
        [sys.executable, "-c", "from app.cli import run; run(['serve'])"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"Listening on /")
        yield process
        process.terminate()


def converters() -> list[int]:
    """Numbers of the converters that write into this test's library."""
    library = os.fsencode(library_dir())
    found = []
    for folder in Path("/proc").iterdir():
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0") if folder.name.isdigit() else []
        except OSError:  # It has ended.
            continue
        if b"convert" in words and any(library in word for word in words):
            found.append(int(folder.name))
    return found


def left_over() -> list[Path]:
    """Disks, and files that were to become some, in the library."""
    return [path for path in library_dir().rglob("*") if path.suffix in {".qcow2", ".part"}]


async def nothing_is_left() -> None:
    """Check that neither a file nor a converter, nor leave to read the image is there."""
    assert converters() == []
    assert left_over() == []
    assert (await say("list"))[1] == {"vms": []}
    assert (await say("grant", "list"))[1]["paths"] == []


async def copying(screen: Screen) -> None:
    """Wait until the terminal says that data flow."""
    await eventually(lambda: "“new”: copying" in screen.read())
    assert len(converters()) == 1


async def test_an_import_tells_how_far_it_is_and_erases_the_line(screen, image, served) -> None:
    process = await begin("import", str(image), "--name", "new", stderr=screen.slave)
    line = re.compile(r"“new”: copying +━[━╸╺ ]+ +\d+ %, \d s left")
    await eventually(lambda: line.search(screen.read()))
    out, _ = await process.communicate()

    assert (process.returncode, out.decode()) == (0, "“new” has the disk of old.qcow2.\n")
    screen.read()
    assert screen.text.endswith("\x1b[2K")


@pytest.mark.parametrize("as_json", [True, False])
async def test_on_a_pipe_or_in_json_nothing_is_told_meanwhile(
    screen, image, served, as_json
) -> None:
    more = ["--json"] if as_json else []
    stderr = screen.slave if as_json else asyncio.subprocess.PIPE
    process = await begin("import", str(image), "--name", "new", *more, stderr=stderr)
    _, err = await process.communicate()

    assert (process.returncode, err or b"", screen.read()) == (0, b"", "")


async def test_ctrl_c_ends_an_import_that_another_process_does(screen, image, served) -> None:
    process = await begin("import", str(image), "--name", "new", stderr=screen.slave)
    await copying(screen)
    process.send_signal(signal.SIGINT)
    out, _ = await process.communicate()

    assert (process.returncode, out) == (ExitCode.INTERRUPTED, b"")
    await nothing_is_left()
    assert screen.read().endswith(f"{_NOTHING_LEFT}\n")
    tasks = (await say("tasks", "list"))[1]["tasks"]
    assert [task["phase"] for task in tasks] == ["cancelled"]
    assert served.poll() is None


async def test_ctrl_c_ends_an_import_that_the_command_does_itself(
    screen, image, slow_converter
) -> None:
    process = await begin("import", str(image), "--name", "new", stderr=screen.slave)
    await copying(screen)
    process.send_signal(signal.SIGINT)
    out, _ = await process.communicate()

    assert (process.returncode, out) == (ExitCode.INTERRUPTED, b"")
    await nothing_is_left()
    assert screen.read().endswith(f"{_NOTHING_LEFT}\n")


async def test_ctrl_c_ends_an_export_and_a_compaction_and_leaves_the_machine(
    screen, image, served, tmp_path
) -> None:
    assert duplex_vm("import", str(image), "--name", "new").returncode == 0
    for argv in (("export", "new", str(tmp_path / "copy.vmdk")), ("disk", "compact", "new")):
        before = sorted(library_dir().rglob("*"))
        process = await begin(*argv, stderr=screen.slave)
        await eventually(lambda: "“new”: " in screen.read())
        process.send_signal(signal.SIGINT)
        await process.communicate()

        assert process.returncode == ExitCode.INTERRUPTED, argv
        assert screen.read().endswith(f"{_NOTHING_LEFT}\n"), argv
        assert sorted(library_dir().rglob("*")) == before
        assert sorted(path.name for path in tmp_path.glob("*copy*")) == []
        screen.text = ""


async def test_work_ends_with_the_command_that_waited_for_it_however_that_ends(
    screen, image, served
) -> None:
    process = await begin("import", str(image), "--name", "new", stderr=screen.slave)
    await copying(screen)
    process.kill()
    await process.wait()

    await eventually(lambda: not converters() and not left_over(), timeout_s=3)
    assert (await say("tasks", "list"))[1]["tasks"][0]["phase"] == "cancelled"


async def test_work_in_the_background_goes_on_when_its_client_goes(image, served) -> None:
    path = manager_socket(library_dir())
    async with await connect(path) as manager:
        await manager.grant_path(image)
        options = MigrationOptions(guest_os_image_path=str(image))
        begun = await manager.import_vm_disk_image("new", options, background=True)
        await eventually(converters)
    async with await connect(path) as manager:

        async def is_done() -> bool:
            return (await manager.list_tasks())[0].phase is TaskPhase.DONE

        await eventually(is_done, timeout_s=20)
        assert [task.task_id for task in await manager.list_tasks()] == [begun.task_id]
