"""The commands over a manager in memory: what they print, and what their exit code says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.cli.coverage import walk
from app.cli.exit_codes import MEANINGS, ExitCode, exit_code_of
from app.cli.main import commands
from app.errors import AppError, Code, ConnectionLostError, EngineError, ParamError
from app.vm.model import CfgInfo, Firmware, VmInfo
from app.vm.state import VmState
from app.vm.wire import not_begun
from app.vm.wire_values import vm_to_wire
from tests.vm.media.discs import BIOS, UEFI, Boot, build_disc

_PLAIN = VmInfo(id=UUID(int=0), name="x", state=VmState.STOPPED)


@pytest.fixture
def iso(tmp_path) -> Path:
    path = tmp_path / "disc.iso"
    path.write_bytes(build_disc(volume="Debian 12.5.0 amd64 1", boot=[Boot(BIOS), Boot(UEFI)]))
    return path


def test_a_machine_is_made_from_an_iso_with_what_suits_it(terminal, iso) -> None:
    code, answer = terminal.run_json("create", "demo", "--iso", str(iso))

    assert code == 0
    vm = answer["vm"]
    assert (vm["vmName"], vm["isoPath"], vm["stateName"]) == ("demo", str(iso), "STATE_STOPPED")
    assert vm["cpuNum"] >= 1
    assert vm["memorySize"] >= 64
    assert vm["diskSize"] >= 1024
    assert isinstance(answer["warnings"], list)


def test_what_the_person_says_holds(terminal, iso) -> None:
    code, answer = terminal.run_json(
        *("create", "demo", "--iso", str(iso), "--cpus", "1", "--memory", "777"),
        *("--disk", "999", "--firmware", "uefi"),
    )

    assert code == 0
    chosen = {name: answer["vm"][name] for name in ("cpuNum", "memorySize", "diskSize", "firmware")}
    assert chosen == {"cpuNum": 1, "memorySize": 777, "diskSize": 999, "firmware": "uefi"}


def test_a_disc_that_says_nothing_is_taken_for_the_system_that_the_person_names(
    terminal, iso
) -> None:
    arguments = ("create", "demo", "--iso", str(iso), "--system", "debian", "--firmware", "bios")
    code, answer = terminal.run_json(*arguments)
    assert code == 0
    assert answer["vm"]["memorySize"] >= 1024
    code, answer = terminal.run_json("status", "demo")
    assert answer["vm"]["system"] == "debian"


def test_a_system_that_nobody_knows_is_refused_with_those_that_are_known(terminal, iso) -> None:
    assert terminal.run("create", "demo", "--iso", str(iso), "--system", "windos") == 2
    assert "There is no system “windos”. There are: almalinux," in terminal.err


def test_firmware_that_the_disc_does_not_start_with_is_warned_about(terminal, tmp_path) -> None:
    disc = tmp_path / "bios.iso"
    disc.write_bytes(build_disc(boot=[Boot(BIOS)]))
    arguments = ("create", "demo", "--iso", str(disc), "--firmware", "uefi")
    code, answer = terminal.run_json(*arguments)
    assert code == 0
    assert "bios-disc-on-uefi" in {warning["id"] for warning in answer["warnings"]}

    assert terminal.run("delete", "demo") == 0
    assert terminal.run(*arguments) == 0
    assert "starts with BIOS only" in terminal.err
    assert terminal.out.strip() == "“demo” is ready to start."


def test_firmware_that_the_disc_starts_with_is_not_warned_about(terminal, iso) -> None:
    _, answer = terminal.run_json("create", "demo", "--iso", str(iso), "--firmware", "uefi")

    assert not {warning["id"] for warning in answer["warnings"]} & {
        "bios-disc-on-uefi",
        "uefi-disc-on-bios",
    }


def test_create_and_start_in_one_command(terminal, iso) -> None:
    code, answer = terminal.run_json("create", "demo", "--iso", str(iso), "--start")

    assert (code, answer["vm"]["stateName"]) == (0, "STATE_RUNNING")


def test_a_machine_that_was_made_but_does_not_start_is_told_as_both(terminal, iso) -> None:
    async def refuse(vm_name: str, cfg: CfgInfo | None = None) -> VmInfo:
        raise EngineError("QEMU does not start.", remedy="Read the log.", detail="words")

    terminal.manager.start_vm = refuse
    code, answer = terminal.run_json("create", "demo", "--iso", str(iso), "--start")

    assert code == ExitCode.ENGINE
    assert answer["vm"]["stateName"] == "STATE_STOPPED"
    assert answer["error"] == {
        "code": "STRATOVIRT_START_FAILED",
        "message": "“demo” was made, but not started: QEMU does not start.",
        "remedy": "Read the log.",
        "detail": "words",
    }


def test_something_that_is_no_disc_makes_no_machine(terminal, tmp_path) -> None:
    letter = tmp_path / "letter.iso"
    letter.write_text("Dear all")
    code, answer = terminal.run_json("create", "demo", "--iso", str(letter))

    assert code == ExitCode.FAILED
    assert answer["error"]["code"] == "VM_MEDIA"
    assert terminal.run_json("list") == (0, {"vms": []})


def test_a_machine_lives_from_start_to_trash(demo) -> None:
    for verb, state in [
        ("start", "STATE_RUNNING"),
        ("pause", "STATE_PAUSED"),
        ("resume", "STATE_RUNNING"),
        ("stop", "STATE_STOPPED"),
        ("start", "STATE_RUNNING"),
        ("kill", "STATE_STOPPED"),
    ]:
        code, answer = demo.run_json(verb, "demo")
        assert (code, answer["vm"]["stateName"]) == (0, state)
    assert demo.run_json("delete", "demo") == (0, {"deleted": "demo"})
    assert demo.run_json("list") == (0, {"vms": []})
    code, answer = demo.run_json("undelete", "demo")
    assert (code, answer["vm"]["vmName"]) == (0, "demo")
    code, answer = demo.run_json("rename", "demo", "new")
    assert (code, answer["vm"]["vmName"]) == (0, "new")


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["start", "demo"], "“demo” is running."),
        (["kill", "demo"], "“demo” is off."),
        (["delete", "demo"], "“demo” is in the trash; “undelete” takes it back."),
        (["rename", "demo", "x"], "“x” is the new name of “demo”."),
        (["eject", "demo"], "“demo” has an empty drive."),
        (["show", "demo"], "The window of “demo” is open."),
    ],
)
def test_people_get_a_sentence(demo, argv, words) -> None:
    assert demo.run(*argv) == 0

    assert demo.out == words + "\n"
    assert demo.err == ""


def test_the_list_has_a_line_for_each_machine(demo, tmp_path) -> None:
    (tmp_path / "a [red]b.iso").touch()
    demo.run("insert", "demo", str(tmp_path / "a [red]b.iso"))
    demo.run("create", "二号 🖥 :smile: [bold]", "--memory", "2048")
    demo.run("start", "demo")
    assert demo.run("list") == 0

    lines = demo.out.splitlines()
    assert lines[0].split() == ["NAME", "STATE", "CPUS", "MEMORY", "DISK", "DISC"]
    assert lines[1].split()[:3] == ["demo", "running", "1"]
    assert lines[1].rstrip().endswith("a [red]b.iso")
    assert lines[2].startswith("二号 🖥 :smile: [bold] ")
    assert "2 GiB" in lines[2]


def test_the_list_in_json_is_what_the_wire_says(demo) -> None:
    _, answer = demo.run_json("list")
    _, status = demo.run_json("status", "demo")

    assert answer["vms"] == [status["vm"]]
    assert set(status["vm"]) == set(vm_to_wire(_PLAIN))


def test_the_status_tells_problem_and_remedy_and_nothing_empty(demo) -> None:
    assert demo.run("status", "DEMO") == 0

    assert "Name:" in demo.out
    assert "Memory:       512 MiB" in demo.out
    assert "Disc:" not in demo.out
    assert "Problem:" not in demo.out


def test_a_system_that_does_not_switch_off_runs_on_and_says_so(demo) -> None:
    demo.manager.obedient = False
    demo.run("start", "demo")
    assert demo.run("stop", "--timeout", "0.5", "demo") == ExitCode.STOP_REFUSED

    assert demo.err == "The guest did not switch itself off.\nForce it.\n"
    assert demo.out == ""
    assert demo.manager.calls[-1] == "stop demo 0.5"
    assert demo.run_json("status", "demo")[1]["vm"]["stateName"] == "STATE_RUNNING"


def test_a_screenshot_is_written_where_the_caller_stands(demo, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    demo.run("start", "demo")
    code, answer = demo.run_json("screenshot", "--", "demo", "-p 🖥.png")

    assert (code, answer) == (0, {"path": str(tmp_path / "-p 🖥.png")})
    assert (tmp_path / "-p 🖥.png").is_file()


def test_paths_are_seen_from_where_the_caller_stands(demo, tmp_path, monkeypatch) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a,b=c.iso").touch()
    monkeypatch.chdir(tmp_path / "sub")
    code, answer = demo.run_json("insert", "demo", "../a,b=c.iso")

    assert (code, answer["vm"]["isoPath"]) == (0, f"{tmp_path}/sub/../a,b=c.iso")


def test_a_relative_path_from_a_folder_that_is_gone_is_said(demo, tmp_path, monkeypatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    code, answer = demo.run_json("insert", "demo", "a.iso")
    monkeypatch.chdir(tmp_path)

    assert (code, answer["error"]["code"]) == (ExitCode.USAGE, "VM_INVALID_PATH")


@pytest.mark.parametrize(
    "name", ["-rf", "--json", "--help", "🖥", "a,b=c", 'it\'s "it"', "汉" * 83, "[red]x[/red]"]
)
def test_any_name_can_be_given(terminal, name) -> None:
    code, answer = terminal.run_json("create", "--memory", "64", "--disk", "16", "--", name)
    assert (code, answer["vm"]["vmName"]) == (0, name)
    assert terminal.run("start", "--", name) == 0
    assert terminal.out == f"“{name}” is running.\n"
    assert terminal.run("rename", "--", name, "-v") == 0
    assert terminal.run_json("status", "--", "-v")[1]["vm"]["vmName"] == "-v"


# What is named is opened to machines --------------------------------------------------------------


def test_what_a_person_names_is_granted_first(terminal, iso, tmp_path) -> None:
    tools, image = tmp_path / "tools.iso", tmp_path / "firmware.bin"
    for file in (tools, image):
        file.touch()
    code = terminal.run(
        *("create", "demo", "--iso", str(iso), "--tools", str(tools), "--bios", str(image))
    )

    assert code == 0
    granted = [f"grant {file}" for file in (iso, tools, image)]
    assert terminal.manager.calls == [*granted, "create demo"]
    assert terminal.run("insert", "demo", str(tools)) == 0
    assert terminal.manager.granted == [iso, tools, image]
    assert terminal.opened == 2


def test_a_picture_of_the_screen_opens_its_own_place_only(demo, tmp_path) -> None:
    target = tmp_path / "picture.png"
    demo.run("start", "demo")

    for _ in range(2):
        assert demo.run("screenshot", "demo", str(target)) == 0
    assert demo.manager.granted == [target]
    assert demo.run("screenshot", "demo", str(tmp_path / "no" / "a.png")) == ExitCode.USAGE


@pytest.mark.parametrize(
    "argv",
    [
        ("insert", "demo", "NEVER/a.iso"),
        ("create", "new", "--tools", "NEVER/a.iso", "--memory", "64", "--disk", "16"),
        ("create", "new", "--bios", "NEVER/a.iso", "--memory", "64", "--disk", "16"),
        ("screenshot", "demo", "NEVER/a.png"),
        ("show-window", "--iso", "NEVER/a.iso"),
        ("grant", "add", "NEVER/a.iso"),
    ],
)
def test_what_is_never_open_to_machines_is_refused(demo, tmp_path, argv) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "a.iso").touch()
    demo.manager.never.add(tmp_path / "keys")
    demo.run("start", "demo") if argv[0] == "screenshot" else None
    argv = [word.replace("NEVER", str(tmp_path / "keys")) for word in argv]
    code = demo.run(*argv)

    assert code == ExitCode.REFUSED
    assert demo.err.startswith("share path is not authorized")
    assert demo.run_json(*argv[:1], *argv[1:])[1]["error"]["code"] == "VM_PATH_REFUSED"
    assert demo.manager.granted == []
    assert len(demo.run_json("list")[1]["vms"]) == 1


def test_settings_of_the_document_reach_the_manager(terminal) -> None:
    code, answer = terminal.run_json(
        *("create", "demo", "--memory", "64", "--disk", "16", "--bios", "stratovirt-uefi"),
        *("--net", "bridge", "--bridge-ip", "10.0.0.2"),
    )

    assert (code, answer["vm"]["netMode"], answer["vm"]["firmware"]) == (0, "MODE_BRIDGE", "uefi")


def test_a_firmware_image_may_lie_where_the_caller_stands(terminal, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seabios").touch()

    assert terminal.run("create", "demo", "--bios", "seabios", "--memory", "64") == 0
    assert terminal.manager.granted == [tmp_path / "seabios"]
    assert terminal.run_json("status", "demo")[1]["vm"]["firmware"] == "file"
    assert terminal.run("start", "demo", "--cpus", "2") == 0
    assert terminal.manager.last_cfg.firmware is Firmware.FILE


def test_a_run_may_have_other_resources_than_the_machine(demo) -> None:
    assert demo.run("start", "demo", "--cpus", "2", "--memory", "640") == 0

    cfg = demo.manager.last_cfg
    assert (cfg.cpu_num, cfg.memory_size, cfg.disk_size, cfg.bios_path) == (2, 640, 1024, "bios")
    assert demo.run_json("status", "demo")[1]["vm"]["memorySize"] == 512
    assert demo.run("kill", "demo") == 0
    assert demo.run("start", "demo") == 0
    assert demo.manager.last_cfg is None


def test_only_the_disc_that_is_named_is_taken_out(demo, tmp_path) -> None:
    disc = tmp_path / "a.iso"
    disc.touch()
    demo.run("insert", "demo", str(disc))

    assert demo.run("eject", "demo", str(tmp_path / "b.iso")) == ExitCode.USAGE
    assert demo.run("eject", "demo", str(disc)) == 0
    assert demo.run_json("status", "demo")[1]["vm"]["isoPath"] is None


# Errors -------------------------------------------------------------------------------------------


def test_an_error_is_a_sentence_and_a_remedy_on_standard_error(terminal) -> None:
    assert terminal.run("start", "none") == ExitCode.UNKNOWN_VM

    assert terminal.out == ""
    assert terminal.err == "There is no machine “none”.\nLook at the list.\n"


def test_an_error_in_json_stands_on_standard_output(terminal) -> None:
    assert terminal.run_json("start", "none") == (
        ExitCode.UNKNOWN_VM,
        {
            "error": {
                "code": "VM_NOT_FOUND",
                "message": "There is no machine “none”.",
                "remedy": "Look at the list.",
                "detail": "",
            }
        },
    )
    assert terminal.err == ""


def test_control_characters_never_reach_the_terminal(terminal) -> None:
    assert terminal.run("start", "\x1b[31mred\x07") == ExitCode.UNKNOWN_VM

    assert "\x1b" not in terminal.err
    assert "\\x1b[31mred" in terminal.err


@pytest.mark.parametrize(
    "argv",
    [
        ["nope"],
        ["start"],
        ["start", "a", "b"],
        ["start", "-x", "a"],
        ["create", "a", "--cpus", "0"],
        ["create", "a", "--firmware", "coreboot"],
        ["stop", "a", "--timeout", "-1"],
        ["stop", "a", "--timeout", "nan"],
        ["stop", "a", "--timeout", "inf"],
        ["channel", "receive", "a", "data", "--timeout", "nan"],
        ["serve", "--idle-exit", "nan"],
        ["serve", "--idle-exit", "inf"],
        ["create", "", "--memory", "64", "--disk", "16"],
        ["create", "a", "--memory", "63", "--disk", "16"],
    ],
)
def test_a_wrong_command_or_value_is_code_two(terminal, argv) -> None:
    assert terminal.run(*argv) == ExitCode.USAGE
    assert terminal.err
    assert terminal.out == ""

    assert terminal.run(*argv, "--json") == ExitCode.USAGE
    assert set(json.loads(terminal.out)["error"]) == {"code", "message", "remedy", "detail"}
    assert terminal.err == ""


@pytest.mark.parametrize("code", [code for code in Code if code is not Code.OK])
def test_every_error_has_an_exit_code_that_is_not_zero(code) -> None:
    assert exit_code_of(AppError("x", code=code)) in set(ExitCode) - {ExitCode.OK}


def test_a_taken_name_is_a_wrong_value_wherever_the_manager_is(demo) -> None:
    taken = AppError("Taken.", code=Code.NAME_TAKEN)

    assert exit_code_of(taken) is exit_code_of(ParamError("Taken.")) is ExitCode.USAGE


def test_the_help_tells_every_exit_code(terminal) -> None:
    assert terminal.run("--help") == 0

    assert set(MEANINGS) == set(ExitCode)
    for code, meaning in MEANINGS.items():
        assert f"{code.value:>3}  {meaning}" in terminal.out


def test_every_command_explains_itself_and_speaks_json(terminal) -> None:
    for words, verb in walk(commands):
        assert terminal.run(*words.split(), "--help") == 0
        assert "--json" in terminal.out
        assert len(terminal.out.splitlines()[2].strip()) > 10
        assert verb.help


def test_no_sentence_of_the_help_is_cut_off(terminal, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    groups = [name for name, command in commands.commands.items() if hasattr(command, "commands")]

    for words in ([], *([name] for name in groups)):
        assert terminal.run(*words, "--help") == 0
        assert [line for line in terminal.out.splitlines()[1:] if line.endswith("...")] == []


def test_interrupting_is_its_own_code(terminal) -> None:
    async def interrupted() -> tuple[VmInfo, ...]:
        raise KeyboardInterrupt

    terminal.manager.list_vms = interrupted

    assert terminal.run("list") == ExitCode.INTERRUPTED


# A manager that goes ------------------------------------------------------------------------------


def failing_once(error: AppError, then: Callable[..., Any]) -> tuple[list[str], Callable[..., Any]]:
    calls: list[str] = []

    async def step(name: str, *more: object) -> object:
        calls.append(name)
        if len(calls) == 1:
            raise error
        return await then(name, *more)

    return calls, step


def test_what_a_going_manager_did_not_begin_is_asked_of_the_next(demo) -> None:
    calls, demo.manager.destroy_vm = failing_once(not_begun(), demo.manager.destroy_vm)
    before = demo.opened

    assert demo.run("delete", "demo") == 0
    assert calls == ["demo", "demo"]
    assert demo.opened == before + 2


def test_what_a_lost_manager_may_have_done_is_not_done_again(demo) -> None:
    lost = ConnectionLostError("The outcome is unknown.", remedy="Look.")
    calls, demo.manager.destroy_vm = failing_once(lost, demo.manager.destroy_vm)

    assert demo.run("delete", "demo") == ExitCode.CONNECTION
    assert calls == ["demo"]


def test_managers_that_always_go_are_given_up(demo) -> None:
    async def gone(name: str) -> VmInfo:
        raise not_begun()

    demo.manager.pause_vm = gone

    assert demo.run("pause", "demo") == ExitCode.CONNECTION


def test_an_environment_without_a_screen_cannot_show(demo, monkeypatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    demo.manager.screen = False

    assert demo.run("show", "demo") == ExitCode.HOST
    assert "no screen" in demo.err
