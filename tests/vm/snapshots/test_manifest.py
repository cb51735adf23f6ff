"""What is known of snapshots: names, trees, hostile files, and what becomes of half-done ones."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import NewerVersionError, ParamError, StateError
from app.reading import UnreadableError
from app.vm import kept_document
from app.vm.codec import to_json
from app.vm.engine import DiskSnapshot
from app.vm.machine import Machine
from app.vm.snapshots.disks import Held
from app.vm.snapshots.listing import AMBIGUOUS, GONE, IN_PART, listed, problem_of, settle
from app.vm.snapshots.manifest import (
    MANIFEST_VERSION,
    MAX_NOTE_CHARACTERS,
    Entry,
    EntryPhase,
    Manifest,
    change_manifest,
    check_note,
    check_snapshot_name,
    load_manifest,
)
from app.vm.snapshots.restoring import safety_name
from app.vm.snapshots.taking import MOST_AUTOMATIC, surplus
from app.vm.store import SNAPSHOTS_FILE
from tests.vm.makers import a_config

IDS = [uuid.UUID(int=number + (1 << 124)) for number in range(1, 6)]


def an_entry(number: int = 0, **changes: Any) -> Entry:
    values: dict[str, Any] = {"id": IDS[number], "name": f"number {number}", "config": a_config()}
    return Entry(**{**values, **changes})


def one(tag: str, memory: int = 0, ms: int = 0) -> DiskSnapshot:
    return DiskSnapshot(tag=tag, memory_bytes=memory, created_ms=ms)


def written(folder: Path, manifest: Manifest, version: int = MANIFEST_VERSION) -> Path:
    path = folder / SNAPSHOTS_FILE
    path.write_bytes(to_json(manifest, schema_version=version))
    return path


def a_machine(folder: Path) -> Machine:
    return Machine(a_config(), folder, lambda _: None)


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    manifest = Manifest(
        entries=(an_entry(0, note="two\nlines\t"), an_entry(1, parent=IDS[0], automatic=True)),
        current=IDS[1],
    )
    written(tmp_path, manifest)
    assert load_manifest(tmp_path) == manifest


def test_a_machine_without_snapshots_has_no_file_and_an_empty_list(tmp_path: Path) -> None:
    assert load_manifest(tmp_path) == Manifest()
    assert list(tmp_path.iterdir()) == []


HOSTILE: list[Any] = [
    b"",
    b"{",
    b"\xff\xfe",
    b"[]",
    b"null",
    b"[" * 100_000,
    b'{"schema_version": 1, "entries": 5}',
    b'{"schema_version": 1, "entries": [5]}',
    b'{"schema_version": 1, "entries": [{"id": "../../etc"}]}',
]


@pytest.mark.parametrize("data", HOSTILE, ids=range(len(HOSTILE)))
async def test_a_damaged_file_counts_as_none_and_is_set_aside_by_a_change_only(
    tmp_path: Path, data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / SNAPSHOTS_FILE
    path.write_bytes(data)
    assert load_manifest(tmp_path) == Manifest()
    assert path.read_bytes() == data, "whoever looks changes nothing"

    await change_manifest(a_machine(tmp_path), lambda present: present.with_entry(an_entry()))

    assert path.with_name(path.name + ".damaged").read_bytes() == data
    assert load_manifest(tmp_path).entries == (an_entry(),)
    assert "damaged" in caplog.text


def spoiled(**changes: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        to_json(Manifest(entries=(an_entry(),)), schema_version=MANIFEST_VERSION)
    )
    document["entries"][0].update(changes)
    return document


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "../../../etc/passwd"},
        {"id": 5},
        {"name": ""},
        {"name": " x"},
        {"name": "x" * 10_000},
        {"name": "a\nb"},
        {"note": "x" * (MAX_NOTE_CHARACTERS + 1)},
        {"note": "\x1b[2J"},
        {"created_ms": -1},
        {"memory_bytes": -1},
        {"created_ms": "soon"},
        {"phase": "perhaps"},
        {"config": {}},
        {"config": None},
    ],
    ids=str,
)
def test_an_entry_that_cannot_be_makes_the_list_a_damaged_one(
    tmp_path: Path, changes: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / SNAPSHOTS_FILE).write_text(json.dumps(spoiled(**changes)))
    assert load_manifest(tmp_path) == Manifest()
    assert "damaged" in caplog.text


def test_two_entries_with_one_id_make_the_list_a_damaged_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    document = spoiled()
    document["entries"] *= 2
    (tmp_path / SNAPSHOTS_FILE).write_text(json.dumps(document))
    assert load_manifest(tmp_path) == Manifest()
    assert "damaged" in caplog.text
    with pytest.raises(ParamError):
        Manifest(entries=(an_entry(), an_entry()))


async def test_the_list_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = written(tmp_path, Manifest(), MANIFEST_VERSION + 1)
    before = path.read_bytes()
    with pytest.raises(NewerVersionError):
        load_manifest(tmp_path)
    with pytest.raises(NewerVersionError):
        await change_manifest(a_machine(tmp_path), lambda present: present.with_entry(an_entry()))
    assert path.read_bytes() == before


async def test_a_list_that_cannot_be_read_now_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, Manifest(entries=(an_entry(),)))
    before = path.read_bytes()

    def refuse(*_: object) -> bytes:
        raise UnreadableError("snapshots.json cannot be read.")

    monkeypatch.setattr(kept_document, "read_small_file", refuse)
    with pytest.raises(UnreadableError):
        load_manifest(tmp_path)
    with pytest.raises(UnreadableError):
        await change_manifest(a_machine(tmp_path), lambda present: present.without(IDS[0]))
    assert path.read_bytes() == before


async def test_changes_at_the_same_time_are_all_made(tmp_path: Path) -> None:
    machine = a_machine(tmp_path)

    def adding(number: int) -> Callable[[Manifest], Manifest]:
        return lambda present: present.with_entry(an_entry(number))

    await asyncio.gather(*(change_manifest(machine, adding(number)) for number in range(5)))
    assert {entry.id for entry in load_manifest(tmp_path).entries} == set(IDS)


async def test_a_list_that_would_become_too_large_takes_no_more_and_keeps_what_it_has(
    tmp_path: Path,
) -> None:
    note = "x" * MAX_NOTE_CHARACTERS
    many = tuple(an_entry(0, id=uuid.UUID(int=number), note=note) for number in range(1, 2000))
    size = len(to_json(Manifest(entries=many[:1]), schema_version=1))
    fitting = many[: (1 << 20) // size - 1]
    written(tmp_path, Manifest(entries=fitting))
    with pytest.raises(StateError, match="no room in the list"):
        await change_manifest(a_machine(tmp_path), lambda present: replace(present, entries=many))
    assert load_manifest(tmp_path).entries == fitting


@pytest.mark.parametrize("name", ["clean", "Before going back to “x”", "日本語", "a" * 100])
def test_names_that_people_give_are_kept(name: str) -> None:
    assert check_snapshot_name(name) == name


@pytest.mark.parametrize("name", ["", " ", " a", "a ", "a\nb", "\x00", "a\u202eb", "a" * 1000])
def test_names_that_cannot_be_shown_are_refused_with_a_way_out(name: str) -> None:
    with pytest.raises(ParamError, match="cannot have this name") as caught:
        check_snapshot_name(name)
    assert caught.value.remedy


@given(name=st.text(max_size=300))
def test_the_safety_snapshot_has_a_name_whatever_the_other_one_is_called(name: str) -> None:
    assert check_snapshot_name(safety_name(name))


def test_names_are_kept_in_one_form() -> None:
    assert check_snapshot_name("e\u0301") == "é"


@pytest.mark.parametrize("note", ["x" * (MAX_NOTE_CHARACTERS + 1), "\x1b", "a\x00b", "\u2028"])
def test_notes_that_cannot_be_shown_are_refused(note: str) -> None:
    with pytest.raises(ParamError) as caught:
        check_note(note)
    assert caught.value.remedy


def test_a_note_may_have_lines() -> None:
    assert check_note("one\n\ttwo") == "one\n\ttwo"


def test_what_followed_one_that_goes_follows_its_parent() -> None:
    manifest = Manifest(
        entries=(an_entry(0), an_entry(1, parent=IDS[0]), an_entry(2, parent=IDS[1])),
        current=IDS[1],
    )
    left = manifest.without(IDS[1])
    assert [(entry.id, entry.parent) for entry in left.entries] == [
        (IDS[0], None),
        (IDS[2], IDS[0]),
    ]
    assert left.current == IDS[0]
    assert left.without(IDS[4]) == left


def test_parents_that_go_round_are_cut_and_what_hangs_on_them_stays() -> None:
    manifest = Manifest(
        entries=(
            an_entry(0, parent=IDS[1]),
            an_entry(1, parent=IDS[0]),
            an_entry(2, parent=IDS[0]),
            an_entry(3, parent=IDS[3]),
            an_entry(4, parent=uuid.UUID(int=99)),
        ),
        current=uuid.UUID(int=98),
    ).as_tree()
    assert [entry.parent for entry in manifest.entries] == [None, None, IDS[0], None, None]
    assert manifest.current is None


PARENTS = st.lists(st.sampled_from([None, *IDS, uuid.UUID(int=7)]), min_size=5, max_size=5)


@given(parents=PARENTS, current=st.sampled_from([None, *IDS, uuid.UUID(int=7)]))
def test_whatever_the_parents_say_it_is_a_tree_in_the_end(
    parents: list[uuid.UUID | None], current: uuid.UUID | None
) -> None:
    entries = tuple(an_entry(number, parent=parent) for number, parent in enumerate(parents))
    tree = Manifest(entries=entries, current=current).as_tree()
    assert [entry.id for entry in tree.entries] == IDS, "none is lost"
    for entry in tree.entries:
        way = [entry.id]
        parent = entry.parent
        while parent is not None:
            assert parent not in way
            way.append(parent)
            found = tree.find(parent)
            assert found is not None
            parent = found.parent
    assert tree.current in {None, *IDS}
    assert tree.as_tree() == tree


TAGS = [identity.hex for identity in IDS]
DISKS = st.lists(
    st.builds(one, st.sampled_from([*TAGS, "foreign"]), st.sampled_from([0, 4096])), max_size=6
)
MANIFESTS = st.builds(
    lambda phases, current: Manifest(
        entries=tuple(an_entry(number, phase=phase) for number, phase in enumerate(phases)),
        current=current if current in IDS[: len(phases)] else None,
    ),
    st.lists(st.sampled_from(list(EntryPhase)), max_size=5),
    st.sampled_from([None, *IDS]),
)
HELD = st.fixed_dictionaries({"disk0": DISKS, "disk1": DISKS})


def in_every(held: Held, tag: str) -> bool:
    return all(any(one.tag == tag for one in disk) for disk in held.values())


@given(manifest=MANIFESTS, held=HELD)
def test_what_was_cut_off_is_whole_in_every_disk_or_gone_from_all(
    manifest: Manifest, held: Held
) -> None:
    settled = settle(manifest, held)
    for entry in manifest.entries:
        left = settled.manifest.find(entry.id)
        if entry.phase is EntryPhase.COMPLETE:
            assert left is not None, "a finished one is never dropped"
            assert entry.tag not in settled.to_remove
        elif entry.phase is EntryPhase.CREATING and in_every(held, entry.tag):
            assert left is not None
            assert left.phase is EntryPhase.COMPLETE
            assert entry.tag not in settled.to_remove
        else:
            assert left is None
            assert entry.tag in settled.to_remove
    assert "foreign" not in settled.to_remove
    again = settle(settled.manifest, held)
    assert again.manifest == settled.manifest
    assert again.to_remove == ()


@given(manifest=MANIFESTS, held=HELD)
def test_nothing_that_is_in_some_disks_only_is_listed_as_whole(
    manifest: Manifest, held: Held
) -> None:
    found = listed(manifest, held, Path("/nonexistent"))
    assert len({snapshot.snapshot_id for snapshot in found}) == len(found)
    for snapshot in found:
        if not snapshot.problem:
            assert in_every(held, snapshot.snapshot_id)
    unfinished = {e.tag for e in manifest.entries if e.phase is EntryPhase.DELETING}
    assert not unfinished & {snapshot.snapshot_id for snapshot in found}
    assert sum(snapshot.current for snapshot in found) <= 1


def test_the_machine_stems_from_a_snapshot_that_was_cut_off_after_the_last_disk() -> None:
    manifest = Manifest(
        entries=(
            an_entry(0),
            an_entry(1, parent=IDS[0], phase=EntryPhase.CREATING, with_memory=True),
        ),
        current=IDS[0],
    )
    held = {"disk0": [one(TAGS[0]), one(TAGS[1], 9)], "disk1": [one(TAGS[0]), one(TAGS[1])]}
    settled = settle(manifest, held)
    whole = settled.manifest.find(IDS[1])
    assert whole is not None
    assert (whole.phase, whole.memory_bytes) == (EntryPhase.COMPLETE, 9)
    assert settled.manifest.current == IDS[1]


def test_what_disks_hold_and_nobody_knows_is_listed_by_its_own_name(tmp_path: Path) -> None:
    held = {"disk0": [one("by hand", 7, ms=5)], "disk1": [one("by hand", ms=4)]}
    (found,) = listed(Manifest(), held, tmp_path)
    assert (found.snapshot_id, found.name) == ("by hand", "by hand")
    assert (found.created_ms, found.size_bytes) == (5, 7)
    assert not found.with_memory, "nobody knows the hardware that it belongs to"
    assert found.problem == ""


@pytest.mark.parametrize(
    ("held", "problem"),
    [
        ({"disk0": [], "disk1": []}, GONE),
        ({"disk0": [one("a")], "disk1": []}, IN_PART),
        ({"disk0": [one("a"), one("a")], "disk1": [one("a")]}, AMBIGUOUS),
        ({"disk0": [one("a")], "disk1": [one("a")]}, ""),
        ({}, GONE),
    ],
)
def test_why_there_is_no_way_back_is_one_sentence(held: Held, problem: str) -> None:
    assert problem_of(held, "a") == problem


def test_a_name_that_is_a_number_is_ambiguous_for_the_tools() -> None:
    assert problem_of({"disk0": [one("1")]}, "1") == AMBIGUOUS


def test_an_entry_whose_tag_is_gone_says_so_and_stays_listed(tmp_path: Path) -> None:
    (found,) = listed(Manifest(entries=(an_entry(),)), {"disk0": []}, tmp_path)
    assert found.problem == GONE
    (found,) = listed(Manifest(entries=(an_entry(memory_bytes=5),)), None, tmp_path)
    assert (found.problem, found.size_bytes) == ("", 5), "nobody can ask the disks now"


def test_no_more_than_ten_automatic_ones_stay_and_a_persons_own_always_do() -> None:
    def entry(number: int, *, automatic: bool) -> Entry:
        return an_entry(0, id=uuid.UUID(int=number), automatic=automatic)

    own = tuple(entry(number, automatic=False) for number in range(1, 40))
    rules = tuple(entry(100 + number, automatic=True) for number in range(MOST_AUTOMATIC))
    full = Manifest(entries=(*own, *rules), current=own[0].id)
    assert surplus(full, None) == ()

    more = full.with_entry(entry(200, automatic=True))
    assert surplus(more, None) == rules[:1]
    assert surplus(more, rules[0].id) == rules[1:2], "the one that is gone back to stays"
    assert surplus(replace(more, current=rules[0].id), None) == rules[1:2]
    assert surplus(replace(more, current=rules[0].id), rules[1].id) == rules[2:3]
