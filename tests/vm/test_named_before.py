"""Machines from before the person had to open files to machines keep their discs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import PathRefusedError
from app.vm import grants, named_before
from app.vm.model import VmConfig
from app.vm.named_before import grant_named_before
from app.vm.path_policy import PathPolicy
from tests.vm.makers import a_config
from tests.vm.persons import Person, a_person


@pytest.fixture
def ann(tmp_path: Path) -> Person:
    return a_person(tmp_path)


def naming(disc: Path | None, tools: str = "") -> VmConfig:
    return replace(a_config(), disc=disc, enhance_file_path=tools)


async def load(ann: Person, *configs: VmConfig) -> list[Path]:
    """A load of the library by a new process; what is granted afterwards."""
    policy = PathPolicy(ann.library, ann.folders, ann.closed)
    await grant_named_before(ann.library, configs, lambda: policy)
    return [grant.path for grant in policy.listed()]


async def test_discs_that_stored_machines_name_are_opened(ann: Person) -> None:
    disc, tools = ann.root / "srv/discs/srv.iso", ann.root / "mnt/data/data.iso"

    assert await load(ann, naming(disc), naming(None, str(tools))) == [tools, disc]

    again = PathPolicy(ann.library, ann.folders, ann.closed)
    assert again.check_file(disc).path == disc


async def test_what_is_closed_missing_or_no_file_is_not_opened(ann: Person) -> None:
    names = ("home/ann/.ssh/id", "etc/passwd", "srv/none.iso", "srv/discs",
             "home/ann/.local/share/duplex-vm/machines/one/disk0.qcow2")  # fmt: skip

    assert await load(ann, *(naming(ann.root / name) for name in names)) == []


async def test_it_happens_once_in_the_life_of_a_library(ann: Person) -> None:
    assert await load(ann, naming(ann.downloads / "disc.iso")) == []

    disc = ann.root / "srv/discs/srv.iso"
    assert await load(ann, naming(disc)) == []
    with pytest.raises(PathRefusedError):
        ann.policy.check_file(disc)


async def test_what_the_person_took_back_is_not_opened_again(ann: Person) -> None:
    disc = ann.root / "srv/discs/srv.iso"
    await load(ann, naming(disc))
    PathPolicy(ann.library, ann.folders, ann.closed).revoke(disc)

    assert await load(ann, naming(disc)) == []


async def test_damaged_grants_open_nothing(ann: Person) -> None:
    (ann.library / "grants.json.damaged").write_text("?")

    assert await load(ann, naming(ann.root / "srv/discs/srv.iso")) == []


async def test_without_a_disc_nobody_asks_for_the_rules(ann: Person) -> None:
    def rules() -> PathPolicy:
        raise AssertionError("they cost time before the first paint")

    await grant_named_before(ann.library, [naming(None)], rules)
    assert not (ann.library / "grants.json").exists()


def test_the_names_of_the_files_are_the_same() -> None:
    assert grants.FILE_NAME == named_before._GRANTS_FILE
