"""The manual page is what the commands say, and any formatter can show it."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from app.cli.coverage import walk
from app.cli.exit_codes import ExitCode
from app.cli.main import commands
from tests.cli.terminal import ROOT

FOLDER = ROOT / "packaging" / "man"
PAGE = FOLDER / "duplex-vm.1"
MACROS = {".TH", ".SH", ".SS", ".PP", ".TP", ".IP", ".B", ".I", ".RS", ".RE", ".br", ".nf", ".fi"}


@pytest.fixture
def maker() -> ModuleType:
    """The script, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("make_manual", FOLDER / "make_manual.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_committed_page_is_what_the_commands_say(maker) -> None:
    again = "PYTHONPATH=. python packaging/man/make_manual.py packaging/man/duplex-vm.1"

    assert PAGE.read_text(encoding="ascii") == maker.manual(), again


def test_the_page_names_every_command_option_and_exit_code() -> None:
    page = PAGE.read_text(encoding="ascii").replace("\\-", "-")

    for words, verb in walk(commands):
        assert f"duplex-vm {words}" in page
        for option in verb.params:
            assert all(spelling in page for spelling in option.opts if spelling.startswith("--"))
    for code in ExitCode:
        assert f".B {code.value}\n" in page
    assert "DUPLEX_VM_IDLE_EXIT_S" in page


def test_every_line_is_text_or_a_macro_that_every_formatter_has() -> None:
    lines = PAGE.read_text(encoding="ascii").splitlines()
    requests = {line.split()[0] for line in lines if line.startswith((".", "'"))}

    assert requests <= MACROS | {".nh"}
    assert lines[0].startswith(".TH DUPLEX\\-VM 1 ") or lines[0].startswith(".TH DUPLEX-VM 1 ")
    assert all(lines), "an empty line is a request of its own to old formatters"
    assert lines.count(".nf") == lines.count(".fi")
    assert lines.count(".RS") == lines.count(".RE")


def test_every_escape_is_known_and_every_dash_can_be_copied() -> None:
    text = PAGE.read_text(encoding="ascii")
    escapes = set(re.findall(r"\\(?:\(..|\[.*?\]|.)", text))

    assert escapes <= {r"\-", r"\&", r"\e", r"\(lq", r"\(rq", r"\(aq", r"\(->"}
    assert not re.search(r"(?<!\\)--", text)


@pytest.mark.parametrize(
    ("text", "roff"),
    [
        ("--json", r"\-\-json"),
        (".profile", r"\&.profile"),
        ("it's", r"it\(aqs"),
        ("a\\b", r"a\eb"),
        ("“汉”", r"\(lq\[u6C49]\(rq"),
    ],
)
def test_text_is_shown_as_it_is(maker, text, roff) -> None:
    assert maker._roff(text) == roff


def test_the_script_writes_the_page_it_is_told_to(tmp_path: Path) -> None:
    target = tmp_path / "page.1"
    subprocess.run(
        [sys.executable, FOLDER / "make_manual.py", target],
        env={"PYTHONPATH": str(ROOT)},
        check=True,
    )

    assert target.read_bytes() == PAGE.read_bytes()
