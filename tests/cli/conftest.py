from __future__ import annotations

import pytest

from tests.cli.terminal import SMALL, Terminal, duplex_vm


@pytest.fixture(autouse=True)
def short_idle_exit(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command leaves behind ends by itself, and soon: no test may leave a process."""
    monkeypatch.setenv("DUPLEX_VM_IDLE_EXIT_S", "0.5")


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


@pytest.fixture
def demo(terminal: Terminal) -> Terminal:
    """A terminal whose manager has one machine."""
    assert terminal.run("create", "demo", "--memory", "512", "--disk", "1024", "--cpus", "1") == 0
    terminal.manager.calls.clear()
    return terminal


@pytest.fixture
def machine() -> str:
    """Name of a real machine in this test's library."""
    done = duplex_vm("create", "demo", *SMALL)
    assert done.returncode == 0, done.stderr
    return "demo"
