"""A client's command is read and run without holding up the loop."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from app.errors import PathError
from app.vm import off_loop
from app.vm.functions import functions
from app.vm.wire_commands import run_command
from tests.fakes.wire_manager import WireManager

_PREFIX = Path("/mnt/data/external")
"""What it means depends on whether it is there."""


async def test_a_paths_meaning_is_looked_up_beside_the_loop(monkeypatch) -> None:
    looking: list[threading.Thread] = []
    is_dir = Path.is_dir

    def watched(path: Path) -> bool:
        if path == _PREFIX:
            looking.append(threading.current_thread())
        return is_dir(path)

    monkeypatch.setattr(Path, "is_dir", watched)
    manager = WireManager()

    for path in (str(_PREFIX / "x.iso"), "file://docs/storage/Users/currentUser/x.iso"):
        with pytest.raises(PathError):  # there is no such file
            await run_command(manager, "revokePath", {"path": path})

    assert looking
    assert threading.main_thread() not in looking


async def test_a_prefix_that_does_not_answer_is_given_up(monkeypatch) -> None:
    answers = threading.Event()
    monkeypatch.setattr(off_loop, "ANSWER_S", 0.05)
    monkeypatch.setattr(Path, "is_dir", lambda _: answers.wait())

    with pytest.raises(PathError, match=r"external/x\.iso does not answer"):
        await run_command(WireManager(), "grantPath", {"path": str(_PREFIX / "x.iso")})

    answers.set()


def test_only_what_is_given_where_a_path_is_wanted_is_looked_at() -> None:
    found = functions()

    assert found["createVm"].paths_in({"vmName": "/a", "isoPath": "/b"}) == ["/b"]
    assert found["createVm"].paths_in({"vmName": "/a"}) == []
    assert found["startVm"].paths_in({"vmName": "/a"}) == []
