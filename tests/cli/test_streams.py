"""Commands whose standard streams are closed or full: no traceback, and the right exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.exit_codes import ExitCode
from tests.cli.terminal import ROOT, SMALL, duplex_vm

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

FULL = Path("/dev/full")
COMMANDS = [
    ("list",),
    ("list", "--json"),
    ("ping",),
    ("capability",),
    ("api",),
    ("completion", "bash"),
    ("--help",),
    ("--version",),
    ("doctor",),
    ("serve", "--idle-exit", "0"),
]


def closed(number: int, *argv: str) -> subprocess.CompletedProcess[str]:
    """Run a command from which this standard stream was taken, as a shell does with ``>&-``."""
    return duplex_vm(*argv, preexec_fn=lambda: os.close(number))


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("argv", COMMANDS, ids=" ".join)
def test_a_stream_that_is_closed_is_nowhere_to_print(argv, number) -> None:
    done = closed(number, *argv)

    assert (done.returncode, done.stderr) == (ExitCode.OK, "")
    assert bool(done.stdout) is (number != 1)


def test_the_work_is_done_also_where_nothing_can_be_said() -> None:
    for number, name in enumerate(("in", "out", "err")):
        assert closed(number, "create", name, *SMALL).returncode == 0
        assert closed(number, "status", "nosuch").returncode == ExitCode.UNKNOWN_VM
        assert closed(number, "nosuch").returncode == ExitCode.USAGE

    vms = json.loads(duplex_vm("list", "--json").stdout)["vms"]
    assert sorted(vm["vmName"] for vm in vms) == ["err", "in", "out"]


def test_a_machine_starts_without_any_standard_stream(machine) -> None:
    def close_all() -> None:
        for number in range(3):
            os.close(number)

    assert duplex_vm("start", machine, preexec_fn=close_all).returncode == 0
    state = json.loads(duplex_vm("status", machine, "--json").stdout)["vm"]["stateName"]
    assert duplex_vm("kill", machine).returncode == 0
    assert state == "STATE_RUNNING"


def test_events_and_the_whole_program_go_without_standard_output_too() -> None:
    program = [sys.executable, "-m", "app"]
    for argv, code in ((["list"], 0), (["events", "--count", "0"], ExitCode.USAGE)):
        done = subprocess.run(
            [*program, *argv],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            preexec_fn=lambda: os.close(1),
            timeout=60,
            check=False,
        )
        assert done.returncode == code
        assert b"Traceback" not in done.stderr


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("argv", COMMANDS, ids=" ".join)
def test_a_full_disk_is_one_sentence(argv, unbuffered) -> None:
    with FULL.open("w") as full:
        done = duplex_vm(*argv, stdout=full, env={"PYTHONUNBUFFERED": unbuffered})

    assert done.returncode == ExitCode.FAILED
    assert done.stderr == "The output cannot be written: No space left on device.\n"


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
def test_errors_on_a_full_disk_keep_their_exit_code(machine) -> None:
    with FULL.open("w") as full:
        assert duplex_vm("status", "nosuch", stderr=full).returncode == ExitCode.UNKNOWN_VM
        assert duplex_vm("nosuch", stderr=full).returncode == ExitCode.USAGE
        assert duplex_vm("list", stderr=full).returncode == 0
        done = duplex_vm("status", "nosuch", "--json", stdout=full)
        neither = duplex_vm("list", stdout=full, stderr=full)

    assert (done.returncode, neither.returncode) == (ExitCode.FAILED, ExitCode.FAILED)
    assert len(done.stderr.splitlines()) == 1
