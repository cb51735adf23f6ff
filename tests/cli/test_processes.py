"""The command line as a process of its own, with the real manager and a real library."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.exit_codes import ExitCode
from app.cli.main import run_command_line
from app.vm.session import manager_socket
from tests.cli.terminal import ROOT, SMALL, duplex_vm, say
from tests.vm.media.discs import BIOS, Boot, build_disc

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

# A window application as far as the command line can see it: it is the manager, has a screen, and
# goes when it has shown the machine and nobody is connected any more.
_WINDOW = """
import asyncio, sys
from app.paths import library_dir
from app.vm.model import CfgInfo
from app.vm.service import WireService
from app.vm.session import manager_socket
from tests.fakes.wire_manager import WireManager

async def main():
    manager = WireManager()
    name = sys.argv[-1].removeprefix("--show=")
    await manager.create_vm(name, CfgInfo(cpu_num=1, memory_size=64, disk_size=16))
    async with WireService(manager, manager_socket(library_dir())) as service:
        async with asyncio.timeout(20):
            while not manager.shown or service.client_count:
                await asyncio.sleep(0.01)

asyncio.run(main())
"""


def test_the_help_imports_nothing_heavy() -> None:
    check = (
        "import sys; from app.cli import run; run(['--help'])\n"
        "heavy = {'PySide6', 'qasync', 'qemu', 'rich', 'psutil', 'PIL', 'app.vm.manager'}\n"
        "sys.exit(', '.join(sorted(heavy & sys.modules.keys())) or None)"
    )
    program = [sys.executable, "-c", check]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, b"")


def test_the_entry_alone_imports_no_command_line_library() -> None:
    check = "import sys, app.cli; sys.exit('click' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=False).returncode == 0


def test_a_machine_is_kept_between_commands_of_real_managers(tmp_path) -> None:
    name = "-系统 🖥"
    size = ("--cpus", "1", "--memory", "64", "--disk", "16")
    done = duplex_vm("create", "--json", *size, "--", name, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    made = json.loads(done.stdout)["vm"]

    listed = json.loads(duplex_vm("list", "--json").stdout)["vms"]
    assert [(vm["vmName"], vm["vmId"], vm["stateName"]) for vm in listed] == [
        (name, made["vmId"], "STATE_STOPPED")
    ]
    again = duplex_vm("create", "--json", *size, "--", name)
    assert again.returncode == ExitCode.USAGE
    assert json.loads(again.stdout)["error"]["code"] == "VM_NAME_TAKEN"
    assert duplex_vm("delete", "--", name).returncode == 0
    assert json.loads(duplex_vm("list", "--json").stdout) == {"vms": []}
    assert duplex_vm("undelete", "--", name).returncode == 0


def test_names_that_the_terminal_cannot_show_end_no_command() -> None:
    plain = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"}
    size = ("--cpus", "1", "--memory", "64", "--disk", "16")
    assert duplex_vm("create", *size, "汉 🖥", env={"PYTHONUTF8": "1"}).returncode == 0

    for argv, code in ((["list"], ExitCode.OK), (["status", "x"], ExitCode.UNKNOWN_VM)):
        done = duplex_vm(*argv, env=plain)
        assert done.returncode == code
        assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_crash() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = duplex_vm("--help", stdout=writing)
    finally:
        os.close(writing)

    assert done.returncode == ExitCode.FAILED
    assert done.stderr == ""


def test_a_missing_engine_is_in_the_way_and_the_checkup_says_so(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert run_command_line(["doctor", "--json"]) == 2
    answer = json.loads(capsys.readouterr().out)
    levels = {finding["id"]: finding["level"] for finding in answer["findings"]}
    assert (answer["level"], levels["engine"], levels["image-tool"]) == ("blocking",) * 3
    assert run_command_line(["doctor"]) == 2
    told = capsys.readouterr().out
    assert "✗ Load native module failed: QEMU is not installed." in told
    assert "→ Install" in told


def test_warnings_of_the_checkup_count_only_when_asked(capsys, monkeypatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)

    assert run_command_line(["doctor"]) == 0
    assert run_command_line(["doctor", "--strict"]) == 1
    assert "! There is no screen" in capsys.readouterr().out


@pytest.fixture
def window(tmp_path, monkeypatch) -> Iterator[Path]:
    """Makes the interpreter that `show` starts run a stand-in for the window application."""
    program, script = tmp_path / "python", tmp_path / "window.py"
    script.write_text(_WINDOW)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(sys, "executable", str(program))
    yield program
    socket = manager_socket(Path(os.environ["XDG_DATA_HOME"]) / "duplex-vm")
    shutil.rmtree(socket.parent.parent, ignore_errors=True)


def test_show_starts_the_window_application_and_waits_for_it(window, capsys) -> None:
    run_command_line(["create", "--cpus", "1", "--memory", "64", "--disk", "16", "--", "-demo 🖥"])

    assert run_command_line(["show", "--", "-demo 🖥"]) == 0
    assert "The window of “-demo 🖥” is open." in capsys.readouterr().out


def test_a_window_application_that_ends_is_told_with_its_words(window, capsys) -> None:
    run_command_line(["create", "--cpus", "1", "--memory", "64", "--disk", "16", "demo"])
    window.write_text("#!/bin/sh\necho no Qt here >&2\nexit 3\n")

    assert run_command_line(["show", "demo", "--json"]) == ExitCode.ENGINE
    answer = json.loads(capsys.readouterr().out.partition("\n")[2])
    assert answer["error"]["detail"] == "no Qt here"


def test_a_machine_that_is_not_there_starts_no_window(window, tmp_path) -> None:
    assert run_command_line(["show", "none"]) == ExitCode.UNKNOWN_VM


@pytest.fixture
def installed(tmp_path) -> Iterator[str]:
    """A machine with a disc that its firmware finds nothing to do with; off again at the end."""
    disc = tmp_path / "disc.iso"
    disc.write_bytes(build_disc(boot=[Boot(BIOS)]))
    done = duplex_vm("create", "demo", "--iso", str(disc), "--memory", "64", "--disk", "64")
    assert done.returncode == 0, done.stderr
    yield "demo"
    assert duplex_vm("kill", "demo").returncode == 0


@pytest.mark.timeout_s(120)
async def test_a_machine_runs_on_between_commands_that_come_and_go(installed, tmp_path) -> None:
    picture = tmp_path / "picture.png"

    starts = await asyncio.gather(*(say("start", installed) for _ in range(4)))
    assert [(code, answer["vm"]["stateName"]) for code, answer in starts] == [
        (0, "STATE_RUNNING")
    ] * 4
    assert len({answer["vm"]["startTime"] for _, answer in starts}) == 1
    assert (await say("screenshot", installed, str(picture)))[0] == 0
    assert (await asyncio.to_thread(picture.read_bytes)).startswith(b"\x89PNG")
    for verb, state in (("pause", "STATE_PAUSED"), ("resume", "STATE_RUNNING")):
        code, answer = await say(verb, installed)
        assert (code, answer["vm"]["stateName"]) == (0, state)
    assert (await say("stop", installed, "--timeout", "0.2"))[0] == ExitCode.STOP_REFUSED
    assert (await say("delete", installed))[0] == ExitCode.WRONG_STATE
    code, answer = await say("kill", installed)
    assert (code, answer["vm"]["stateName"]) == (0, "STATE_STOPPED")


def test_a_real_machine_runs_once_with_other_resources(machine) -> None:
    started = json.loads(duplex_vm("start", machine, "--memory", "96", "--json").stdout)["vm"]
    assert started["stateName"] == "STATE_RUNNING"
    argv = json.loads((Path(started["folder"]) / "run.json").read_text())["argv"]
    assert argv[argv.index("-m") + 1].startswith("96")
    ended = json.loads(duplex_vm("kill", machine, "--json").stdout)["vm"]
    assert ended["memorySize"] == 64


def test_a_real_machine_takes_what_the_command_line_named_from_anywhere(
    tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("XDG_DOWNLOAD_DIR", str(tmp_path / "downloads"))  # Open without a grant.
    disc = tmp_path / "disc.iso"
    disc.write_bytes(build_disc(boot=[Boot(BIOS)]))
    named = ("--iso", str(disc), "--tools", str(disc), "--memory", "64", "--disk", "64")

    assert duplex_vm("create", "demo", *named).returncode == 0
    assert duplex_vm("eject", "demo").returncode == 0
    assert duplex_vm("insert", "demo", "disc.iso", cwd=tmp_path).returncode == 0
    assert json.loads(duplex_vm("grant", "--json").stdout) == {"paths": [str(disc)]}
    refused = duplex_vm("insert", "demo", "/etc/hostname")
    assert refused.returncode == ExitCode.REFUSED
    assert refused.stderr.startswith("share path is not authorized")


def test_the_real_gate_and_permissions_answer_the_command_line() -> None:
    assert duplex_vm("posture", "set", "folded").returncode == 0
    assert duplex_vm("capability").returncode == ExitCode.REFUSED
    assert duplex_vm("create", "demo", *SMALL).returncode == ExitCode.REFUSED
    assert duplex_vm("posture", "auto").returncode == 0
    denied = json.loads(duplex_vm("host-id", "--json").stdout)["error"]
    assert denied["code"] == "VM_PERMISSION_DENIED"
    allowing = denied["remedy"].split("duplex-vm ", 1)[1].split()
    assert duplex_vm(*allowing).returncode == 0
    number = json.loads(duplex_vm("host-id", "--json").stdout)["hostId"]
    assert len(number) == 32
    assert json.loads(duplex_vm("host-id", "--json").stdout)["hostId"] == number
    assert len(json.loads(duplex_vm("api", "--json").stdout)["api"]["functions"]) > 50


def test_once_needs_a_manager_that_lasts() -> None:
    computer = ("permission", "set", "--computer", "ohos.permission.sec.ACCESS_UDID")
    done = duplex_vm(*computer, "once", "--json")

    assert done.returncode == ExitCode.WRONG_STATE
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "VM_WRONG_STATE"
    assert error["remedy"] == "Start Duplex VM first, or say “always”."
    assert duplex_vm("permission", "set", "clipboard-read", "once").returncode == ExitCode.USAGE
    assert duplex_vm(*computer, "always").returncode == 0


def test_where_no_manager_runs_nothing_has_to_be_handed_over() -> None:
    done = duplex_vm("hand-over")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "No manager runs; the next command or window becomes it.\n"
    assert json.loads(duplex_vm("hand-over", "--json").stdout) == {"handedOver": False}
