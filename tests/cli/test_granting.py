"""What a command names is opened to machines, and closed again where that was in vain."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli.exit_codes import ExitCode
from app.errors import ConnectionLostError, EngineError
from tests.cli.terminal import SMALL, duplex_vm

_SIZE = ("--memory", "64", "--disk", "16")
_FILES = [
    ("insert", "demo", "PATH"),
    ("insert", "nosuch", "PATH"),
    ("create", "new", "--iso", "PATH"),
    ("create", "new", "--tools", "PATH", *_SIZE),
    ("create", "new", "--firmware", "PATH", *_SIZE),
    ("import", "PATH"),
    ("disk", "import", "demo", "PATH"),
    ("show-window", "--iso", "PATH"),
]
_TARGETS = [("screenshot", "demo", "PATH"), ("export", "demo", "PATH")]


def _with(argv: tuple[str, ...], path: Path | str) -> list[str]:
    return [word.replace("PATH", str(path)) for word in argv]


@pytest.mark.parametrize("argv", [*_FILES, *_TARGETS], ids=" ".join)
def test_a_folder_in_the_place_of_a_file_is_refused_and_never_opened(demo, tmp_path, argv) -> None:
    code, answer = demo.run_json(*_with(argv, tmp_path))

    assert (code, answer["error"]["code"]) == (ExitCode.USAGE, "VM_INVALID_PATH")
    assert answer["error"]["message"].startswith("Invalid file path")
    assert demo.manager.calls == []
    assert demo.manager.granted == []


@pytest.mark.parametrize("argv", [*_FILES, ("share", "add", "demo", "PATH")], ids=" ".join)
def test_what_is_missing_is_refused_before_anything_is_opened(demo, tmp_path, argv) -> None:
    there = tmp_path / "there.iso"
    there.touch()
    argv = (*argv, "--bios", str(there)) if "--tools" in argv else argv
    code, answer = demo.run_json(*_with(argv, tmp_path / "missing.iso"))

    assert (code, answer["error"]["code"]) == (ExitCode.USAGE, "VM_INVALID_PATH")
    assert "missing.iso" in answer["error"]["message"]
    assert answer["error"]["remedy"]
    assert demo.manager.calls == []


def test_a_file_in_the_place_of_a_folder_is_refused(demo, tmp_path) -> None:
    (tmp_path / "file").touch()

    assert demo.run("share", "add", "demo", str(tmp_path / "file")) == ExitCode.USAGE
    assert demo.manager.calls == []


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (("insert", "nosuch", "PATH/a.iso"), ExitCode.UNKNOWN_VM),
        (("create", "demo", "--tools", "PATH/a.iso", *_SIZE), ExitCode.USAGE),
        (("screenshot", "demo", "PATH/new.png"), ExitCode.WRONG_STATE),
        (("share", "add", "demo", "PATH"), ExitCode.HOST),
        (("import", "PATH/a.iso", "--name", "demo"), ExitCode.USAGE),
        (("export", "nosuch", "PATH/new.qcow2"), ExitCode.UNKNOWN_VM),
    ],
)
def test_what_was_opened_in_vain_is_closed_again(demo, tmp_path, argv, code) -> None:
    (tmp_path / "a.iso").touch()

    assert demo.run(*_with(argv, tmp_path)) == code
    assert any(call.startswith("grant ") for call in demo.manager.calls)
    assert demo.manager.granted == []


@pytest.mark.parametrize(
    "argv", [("insert", "nosuch", "PATH"), ("import", "PATH", "--name", "demo")]
)
def test_what_was_open_before_stays_open(demo, tmp_path, argv) -> None:
    file = tmp_path / "a.iso"
    file.touch()
    assert demo.run("grant", "add", str(file)) == 0

    assert demo.run(*_with(argv, file)) != 0
    assert demo.manager.granted == [file]


def test_of_several_none_stays_open_when_one_is_never_open_to_machines(demo, tmp_path) -> None:
    tools, keys = tmp_path / "tools.iso", tmp_path / "keys"
    keys.mkdir()
    for file in (tools, keys / "bios"):
        file.touch()
    demo.manager.never.add(keys)
    code = demo.run("create", "new", "--tools", str(tools), "--bios", str(keys / "bios"), *_SIZE)

    assert code == ExitCode.REFUSED
    assert demo.manager.granted == []


def test_what_a_lost_manager_may_have_done_keeps_what_it_needs(demo, tmp_path) -> None:
    async def lost(*_args: object, **_named: object) -> None:
        raise ConnectionLostError("It does not answer.")

    demo.manager.create_vm = lost
    (tmp_path / "a.iso").touch()
    code = demo.run("create", "new", "--tools", str(tmp_path / "a.iso"), *_SIZE)

    assert code == ExitCode.CONNECTION
    assert demo.manager.granted == [tmp_path / "a.iso"]


def test_that_it_cannot_be_closed_again_hides_not_why_it_failed(demo, tmp_path, caplog) -> None:
    async def full(path: Path) -> None:
        raise EngineError("The disk is full.")

    demo.manager.revoke_path = full
    (tmp_path / "a.iso").touch()

    assert demo.run("insert", "nosuch", str(tmp_path / "a.iso")) == ExitCode.UNKNOWN_VM
    assert "a.iso stays open to machines: The disk is full." in caplog.text
    caplog.clear()


@pytest.mark.parametrize(
    "argv",
    [
        *_FILES,
        *_TARGETS,
        ("eject", "demo", "PATH"),
        ("grant", "add", "PATH"),
        ("grant", "remove", "PATH"),
        ("share", "add", "demo", "PATH"),
        ("share", "remove", "demo", "PATH"),
        ("channel", "send", "demo", "data", "PATH"),
    ],
    ids=" ".join,
)
def test_an_empty_path_is_not_the_present_folder(demo, argv) -> None:
    code, answer = demo.run_json(*_with(argv, ""))

    assert (code, demo.manager.calls) == (ExitCode.USAGE, [])
    assert answer["error"]["message"]
    assert demo.run(*_with(argv, "")) == ExitCode.USAGE
    assert demo.err


@pytest.mark.slow  # fourteen processes
def test_a_real_library_opens_nothing_for_commands_that_fail(
    machine, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("XDG_DOWNLOAD_DIR", str(tmp_path / "downloads"))  # Open without a grant.
    file, link = tmp_path / "a.iso", tmp_path / "link.iso"
    file.touch()
    link.symlink_to(file)
    for argv in (
        ("insert", machine, str(tmp_path)),
        ("insert", "nosuch", str(link)),
        ("screenshot", machine, str(tmp_path / "new.png")),
        ("share", "add", machine, str(tmp_path)),
        ("create", "new", "--firmware", str(tmp_path), *SMALL),
        ("create", "new", "--firmware", str(file), *SMALL),
        ("create", "new", "--iso", str(tmp_path / "missing.iso"), *SMALL),
    ):
        done = duplex_vm(*argv)
        assert done.returncode != 0
        assert "Traceback" not in done.stderr
        assert json.loads(duplex_vm("grant", "--json").stdout) == {"paths": []}, argv
    file.write_bytes(b"disc")
    assert duplex_vm("insert", machine, str(link)).returncode == 0
    assert json.loads(duplex_vm("grant", "--json").stdout) == {"paths": [str(file)]}
