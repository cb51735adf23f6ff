"""tests/conftest.py keeps its promises: run in a checkout of its own, on tests that break them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.waiting import NotInTimeError, eventually, eventually_sync
from tests.house.sources import ROOT

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A project with our test rules and no tests."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "tests").mkdir()
    for name in ("__init__.py", "conftest.py"):
        shutil.copy(ROOT / "tests" / name, tmp_path / "tests")
    shutil.copytree(ROOT / "tests/helpers", tmp_path / "tests/helpers")
    return tmp_path


def run_tests(checkout: Path, **sources: str) -> subprocess.CompletedProcess[str]:
    """Run these tests there; `views__loop` becomes tests/views/test_loop.py."""
    for name, source in sources.items():
        folder, _, stem = name.rpartition("__")
        file = checkout / "tests" / folder / f"test_{stem}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(source)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider"],
        cwd=checkout,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "DUPLEX_VM_TEST_GRACE_S": "0.2"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that waits for its parent to take note has ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in {"Z", "X"}


def test_a_process_in_a_session_of_its_own_is_found_named_and_ended(checkout: Path) -> None:
    result = run_tests(
        checkout,
        engine="""
import subprocess

def test_detached():
    process = subprocess.Popen(["sleep", "3141"], start_new_session=True)
    process.returncode = 0  # forget it, as a detached engine is forgotten
""",
    )

    assert result.returncode == 1
    found = re.search(r"left behind:\n\s+process (\d+): sleep 3141", result.stdout)
    assert found, result.stdout
    eventually_sync(lambda: not is_alive(int(found[1])), what="the end of the process")


def test_a_process_without_our_environment_is_found_by_our_folder(checkout: Path) -> None:
    result = run_tests(
        checkout,
        engine="""
import os, subprocess

# It has the folder open when it says so; then nobody has to guess how far it has come.
SCRIPT = '''
: >"$0/log"; mkfifo "$0/ready"
setsid sh -c 'exec 3<"$0/log"; : >"$0/ready"; exec tail -f "$0/log"' "$0" &
: <"$0/ready"
'''

def test_daemon():
    subprocess.run(
        ["sh", "-c", SCRIPT, os.environ["XDG_DATA_HOME"]],
        env={"PATH": os.environ["PATH"]}, check=True,
    )
""",
    )

    assert result.returncode == 1
    assert re.search(r"left behind:\n\s+process \d+: (tail -f|sh -c)", result.stdout), result.stdout


def test_sockets_and_files_in_the_runtime_folder_are_named(checkout: Path) -> None:
    result = run_tests(
        checkout,
        sockets="""
import os, socket

KEPT = []

def test_socket():
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(os.environ["XDG_RUNTIME_DIR"] + "/monitor.sock")
    listener.listen()
    KEPT.append(listener)

def test_the_next_one_is_not_blamed():
    KEPT.pop().close()

def test_port():
    KEPT.append(socket.create_server(("127.0.0.1", 0)))

def test_folders_may_stay():
    os.mkdir(os.environ["XDG_RUNTIME_DIR"] + "/empty")
    KEPT.pop().close()
""",
    )

    assert "in the runtime folder: socket monitor.sock" in result.stdout
    assert "listening socket unix" in result.stdout
    assert "listening socket tcp port" in result.stdout
    assert "4 passed, 2 errors" in result.stdout


def test_what_a_wider_fixture_leaves_fails_the_run(checkout: Path) -> None:
    result = run_tests(
        checkout,
        wide="""
import subprocess, pytest

@pytest.fixture(scope="session")
def server():
    process = subprocess.Popen(["sleep", "2718"])
    process.returncode = 0

def test_uses_it(server):
    pass
""",
    )

    assert result.returncode == 1
    assert re.search(r"the run left behind:\n\s+process \d+: sleep 2718", result.stdout)
    assert "1 passed, 1 error" in result.stdout


def test_coroutines_run_on_the_loop_of_their_part_with_a_time_limit(checkout: Path) -> None:
    plain = """
import asyncio, pytest

LEFT = []

async def test_plain_loop():
    assert "qasync" not in type(asyncio.get_running_loop()).__module__

async def test_leaves_a_task():
    LEFT.append(asyncio.get_running_loop().create_task(asyncio.sleep(1000)))
    await asyncio.sleep(0)

def test_the_task_was_cancelled():
    assert LEFT[0].cancelled()

@pytest.mark.timeout_s(0.05)
async def test_too_slow():
    await asyncio.sleep(1000)

async def test_own_timeout():
    async with asyncio.timeout(0):
        await asyncio.sleep(1000)
"""
    qt = """
import asyncio

async def test_qt_loop():
    assert "qasync" in type(asyncio.get_running_loop()).__module__
    process = await asyncio.create_subprocess_exec("true")
    assert await process.wait() == 0
    assert await asyncio.to_thread(lambda: 5) == 5
"""

    result = run_tests(checkout, plain=plain, views__loop=qt, exclusive__loop=qt)

    assert "5 passed" in result.stdout, result.stdout
    assert "2 failed" in result.stdout
    assert "not done within 0.05 s" in result.stdout
    assert re.search(r"FAILED .*test_own_timeout - TimeoutError", result.stdout)


def test_a_warning_that_nobody_expected_fails_the_test(checkout: Path) -> None:
    result = run_tests(
        checkout,
        log="""
import logging

def test_unexpected():
    logging.getLogger("app.vm.store").warning("%s is damaged", "x")

def test_expected(caplog):
    logging.getLogger("app.vm.store").warning("%s is damaged", "x")
    assert caplog.messages == ["x is damaged"]

def test_calm():
    logging.getLogger("app.vm.store").info("read")
    logging.getLogger("somebody.else").error("not ours")
""",
    )

    assert "unexpected in the log:\n  WARNING app.vm.store: x is damaged" in result.stdout
    assert "3 passed, 1 error" in result.stdout


def test_every_test_has_folders_of_its_own(checkout: Path) -> None:
    result = run_tests(
        checkout,
        folders="""
import os, stat
from pathlib import Path

SEEN = set()
NAMES = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")

def look():
    for name in NAMES:
        folder = Path(os.environ[name])
        assert folder not in SEEN
        SEEN.add(folder)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert not list(folder.iterdir())
        (folder / "empty").mkdir()

def test_one():
    look()

def test_two():
    look()
    assert sum(folder.exists() for folder in SEEN) == len(NAMES)

def test_short():
    longest = "duplex-vm/01234567/01234567/qmp-input.sock"
    assert len(os.environ["XDG_RUNTIME_DIR"]) + 1 + len(longest) <= 107
""",
    )

    assert result.returncode == 0, result.stdout


async def test_eventually_returns_the_first_true_answer() -> None:
    answers = iter([0, "", None, "yes"])

    assert await eventually(lambda: next(answers)) == "yes"


async def test_eventually_awaits_conditions_that_are_coroutines() -> None:
    async def condition() -> int:
        return 5

    assert await eventually(condition) == 5


async def test_eventually_takes_a_failed_assert_for_not_yet_and_tells_it_at_the_end() -> None:
    def condition() -> bool:
        raise AssertionError("three machines, not two")

    with pytest.raises(NotInTimeError, match=r"not within 0.02 s: two machines.*three machines"):
        await eventually(condition, timeout_s=0.02, what="two machines")


def test_eventually_without_a_loop_gives_up_at_the_deadline() -> None:
    with pytest.raises(NotInTimeError, match="the last answer was False"):
        eventually_sync(lambda: False, timeout_s=0.02)


@pytest.mark.x11
def test_the_private_screen_has_a_window_manager(managed_display: str) -> None:
    from Xlib.display import Display  # noqa: PLC0415 - only this test needs it

    connection = Display(managed_display)
    try:
        screen = connection.screen()
        assert (screen.width_in_pixels, screen.height_in_pixels) == (1920, 1080)
    finally:
        connection.close()
