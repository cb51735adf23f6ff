"""The Tab key: what is offered, from where, how quickly, and that it never fails."""

from __future__ import annotations

import asyncio
import os
import shlex
import socket
import subprocess
import sys
import time

import pytest

from app.cli import COMPLETION_VARIABLE, names, words
from app.cli.completion import SHELLS
from app.cli.main import run_command_line
from app.paths import library_dir, runtime_dir
from app.vm import store
from app.vm.model import CfgInfo
from app.vm.session import manager_socket
from app.vm.store import Library
from tests.cli.terminal import ROOT, duplex_vm, manager_elsewhere
from tests.fakes.wire_manager import WireManager
from tests.vm.makers import stored_machine

_CFG = CfgInfo(cpu_num=1, memory_size=64, disk_size=16)


@pytest.fixture
def tab(capsys, monkeypatch):
    """Completes the last of these words as bash would ask for it."""

    def press(*typed: str) -> list[str]:
        monkeypatch.setenv(COMPLETION_VARIABLE, "bash_complete")
        monkeypatch.setenv("COMP_WORDS", "\n".join(["duplex-vm", *typed]))
        monkeypatch.setenv("COMP_CWORD", str(len(typed)))
        assert run_command_line([]) == 0
        monkeypatch.delenv(COMPLETION_VARIABLE)
        lines = capsys.readouterr().out.replace("\\\\", "\\").splitlines()  # as `read` does
        return [line.partition(",")[2] for line in lines if line]

    return press


@pytest.fixture
def two_machines() -> Library:
    library = Library(library_dir())
    for name in ("Debian", "work machine"):
        stored_machine(library, name)
    return library


def test_commands_and_their_options_are_offered(tab) -> None:
    assert tab("st") == ["start", "status", "stop"]
    assert set(tab("disk", "")) == {
        *("path", "file-size", "size", "grow", "import", "export"),
        *("list", "add", "remove", "compact"),
    }
    assert tab("create", "--mem") == ["--memory"]
    assert "--json" in tab("disk", "size", "--")


def test_words_of_the_api_are_offered(tab) -> None:
    assert tab("posture", "set", "") == [*words.POSTURES, "auto"]
    assert tab("mode", "a") == ["automatic"]
    assert tab("events", "--event", "vmS") == ["vmStateChange"]
    assert tab("events", "--event", "") == list(words.EVENTS)
    assert tab("proxy", "sync", "demo", "") == ["on", "off"]
    assert tab("completion", "") == list(SHELLS)
    assert tab("create", "demo", "--system", "De") == ["debian"]


def test_machines_are_offered_from_the_library_whatever_their_case(tab, two_machines) -> None:
    assert tab("start", "") == ["Debian", "work\\ machine"]
    assert tab("start", "deb") == ["Debian"]
    assert tab("permission", "list", "w") == ["work\\ machine"]
    assert tab("rename", "Debian", "") == []
    assert not (two_machines.root / "manager.lock").exists()


def test_what_was_typed_in_quotes_is_understood(tab, two_machines) -> None:
    assert tab("start", "work\\ ma") == ["work\\ machine"]
    assert tab("start", "'work ma") == ["work\\ machine"]


def test_a_permission_is_completed_word_by_word(tab, two_machines) -> None:
    host_id = words.HOST_PERMISSIONS[0]

    assert tab("permission", "set", "") == ["Debian", "work\\ machine", host_id]
    assert tab("permission", "set", "Debian", "clip") == ["clipboard-read"]
    assert "usb-device:" in tab("permission", "set", "Debian", "")
    assert tab("permission", "set", "Debian", "clipboard-read", "al") == ["always"]
    assert tab("permission", "set", "--computer", "") == [host_id]
    assert tab("permission", "set", host_id, "") == list(words.ANSWERS)


def test_damaged_machines_and_strange_folders_spoil_nothing(tab, two_machines) -> None:
    machines = two_machines.machines
    (machines / "broken").mkdir()
    (machines / "broken" / "machine.json").write_text("{")
    (machines / "list").mkdir()
    (machines / "list" / "machine.json").write_text("[1]")
    os.mkfifo(machines / "pipe")
    (machines / "empty").mkdir()
    (machines / ".new-12345678").mkdir()

    assert tab("start", "") == ["Debian", "work\\ machine"]


def test_nothing_is_offered_where_nothing_is(tab) -> None:
    assert tab("start", "") == []
    assert not library_dir().exists()


def test_a_library_that_cannot_be_read_offers_nothing(tab, own_folders) -> None:
    library_dir().parent.mkdir(exist_ok=True)
    library_dir().write_text("no folder")

    assert tab("start", "") == []


@pytest.mark.parametrize("instruction", ["bash_nonsense", "tcsh_complete", "", "bash_complete"])
def test_a_shell_that_asks_nonsense_gets_no_traceback(monkeypatch, capsys, instruction) -> None:
    monkeypatch.setenv(COMPLETION_VARIABLE, instruction)
    monkeypatch.delenv("COMP_WORDS", raising=False)

    assert run_command_line([]) != 0
    assert capsys.readouterr().out == ""


async def test_a_manager_is_asked_where_there_is_one() -> None:
    manager = WireManager()
    await manager.create_vm("from the manager", _CFG)
    async with manager_elsewhere(manager):
        found = await asyncio.to_thread(names._machines)

    assert found == ["from the manager"]


def test_a_manager_that_is_silent_is_not_waited_for(two_machines) -> None:
    address = manager_socket(library_dir())
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(str(address))
        mute.listen()
        before = time.monotonic()
        found = names._machines()
        spent_s = time.monotonic() - before
    address.unlink()

    assert found == ["Debian", "work machine"]
    assert spent_s < 3


def test_the_names_of_files_are_those_of_the_manager() -> None:
    library = Library(library_dir())

    assert manager_socket(library_dir()) == runtime_dir(library_dir()) / names.MANAGER_SOCKET
    assert library.machines.name == names.MACHINES
    assert store.CONFIG_FILE == names.MACHINE_FILE


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_gets_its_script(capsys, shell) -> None:
    assert run_command_line(["completion", shell]) == 0

    script = capsys.readouterr().out
    assert f"{COMPLETION_VARIABLE}={shell}_complete" in script
    assert "duplex-vm" in script


def test_a_shell_that_asks_opens_no_window_and_imports_nothing_heavy() -> None:
    check = (
        "import sys, app.__main__; app.__main__.main([])\n"
        "heavy = {'PySide6', 'qasync', 'qemu', 'rich', 'psutil', 'PIL', 'app.vm.manager'}\n"
        "sys.exit(', '.join(sorted(heavy & sys.modules.keys())) or None)"
    )
    asked = {"COMP_WORDS": "duplex-vm start ", "COMP_CWORD": "2"}
    done = subprocess.run(
        [sys.executable, "-c", check],
        cwd=ROOT,
        env={**os.environ, **asked, COMPLETION_VARIABLE: "bash_complete"},
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("name", "typed_word", "inserted"),
    [
        ("work machine", "wor", "work\\ machine"),
        ("it's $(date) \\ *", "it", "it\\'s\\ \\$\\(date\\)\\ \\\\\\ \\*"),
        ("汉 a,b=c", "汉", "汉\\ a,b=c"),
    ],
)
def test_bash_inserts_any_name_as_one_word(tmp_path, name, typed_word, inserted) -> None:
    stored_machine(Library(library_dir()), name)
    program = tmp_path / "duplex-vm"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m app "$@"\n')
    program.chmod(0o755)
    script = tmp_path / "completion.bash"
    script.write_text(duplex_vm("completion", "bash").stdout)
    typed = (
        f". {shlex.quote(str(script))}\n"
        f"COMP_WORDS=(duplex-vm start {typed_word}); COMP_CWORD=2\n"
        '_duplex_vm_completion duplex-vm; printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", typed],
        env={
            **os.environ,
            "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == (f"{inserted}\n", "")


def test_the_scripts_and_the_manual_are_put_where_they_are_looked_for_and_taken_away(
    tmp_path,
) -> None:
    program = tmp_path / "venv" / "bin" / "duplex-vm"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m app "$@"\n')
    program.chmod(0o755)
    data = tmp_path / "data"

    def install(*options: str) -> int:
        return subprocess.run(
            [ROOT / "packaging" / "install-desktop-entry.sh", *options],
            env={
                **os.environ,
                "XDG_DATA_HOME": str(data),
                "DUPLEX_VM_VENV": str(program.parents[1]),
            },
            capture_output=True,
            check=False,
        ).returncode

    assert install() == 0
    manual = ROOT / "packaging" / "man" / "duplex-vm.1"
    assert (data / "man" / "man1" / "duplex-vm.1").read_bytes() == manual.read_bytes()
    for place in (
        "bash-completion/completions/duplex-vm",
        "zsh/site-functions/_duplex-vm",
        "fish/vendor_completions.d/duplex-vm.fish",
    ):
        assert COMPLETION_VARIABLE in (data / place).read_text()
    assert install("--remove") == 0
    assert [path for path in data.rglob("*duplex-vm*") if path.is_file()] == []
