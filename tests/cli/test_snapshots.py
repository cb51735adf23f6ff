"""``snapshot``: what people type and see; how a snapshot is named in short."""

from __future__ import annotations

import pytest

from app.cli.exit_codes import ExitCode


def rows(demo) -> list[str]:
    assert demo.run("snapshot", "list", "demo") == 0
    return demo.out.splitlines()


def test_a_snapshot_is_kept_listed_renamed_gone_back_to_and_forgotten(demo) -> None:
    code, answer = demo.run_json("snapshot", "create", "demo", "before", "--note", "as it was")
    assert code == 0
    made = answer["snapshot"]
    assert (made["name"], made["note"]) == ("before", "as it was")
    number = made["snapshotId"]
    assert demo.run_json("snapshot", "list", "demo")[1]["snapshots"] == [made]
    assert rows(demo)[1].split()[:3] == [number[:8], "*", "before"]

    code, answer = demo.run_json("snapshot", "rename", "demo", "before", "clean")
    assert (code, answer["snapshot"]["name"]) == (0, "clean")
    back = ("snapshot", "restore", "demo", "clean", "--no-safety")
    assert demo.run_json(*back) == (0, {"restored": number})
    assert demo.run_json("snapshot", "delete", "demo", number[:6]) == (0, {"deleted": number})
    assert rows(demo) == ["“demo” has no snapshots."]


def test_going_back_keeps_the_machine_first_unless_told_otherwise(demo) -> None:
    demo.run("snapshot", "create", "demo", "one")
    assert demo.run("snapshot", "restore", "demo", "one") == 0
    assert len(rows(demo)) == 3, "the head, the snapshot, and the one that is for safety"


def test_what_follows_a_snapshot_stands_below_it_and_further_in(demo) -> None:
    for name in ("one", "two"):
        demo.run("snapshot", "create", "demo", name)
    demo.run("snapshot", "restore", "demo", "one", "--no-safety")
    demo.run("snapshot", "create", "demo", "three")
    names = [line[10:].split("20")[0].rstrip() for line in rows(demo)[1:]]
    assert [name.strip("* ") for name in names] == ["one", "two", "three"]
    depths = [len(name) - len(name.lstrip("* ")) for name in names]
    assert depths[1] == depths[2] > depths[0]


def test_without_a_name_it_is_called_after_the_time(demo) -> None:
    code, answer = demo.run_json("snapshot", "create", "demo")
    assert code == 0
    assert answer["snapshot"]["name"].startswith("20")


def test_a_name_that_several_have_is_no_answer(demo) -> None:
    for _ in range(2):
        demo.run("snapshot", "create", "demo", "twin")
    code, answer = demo.run_json("snapshot", "delete", "demo", "twin")
    assert code == ExitCode.USAGE
    assert "2 snapshots" in answer["error"]["message"]
    assert len(rows(demo)) == 3


def test_a_snapshot_is_noted_locked_and_unlocked(demo) -> None:
    demo.run("snapshot", "create", "demo", "one")
    code, answer = demo.run_json("snapshot", "note", "demo", "one", "as it was")
    assert (code, answer["snapshot"]["note"]) == (0, "as it was")
    code, answer = demo.run_json("snapshot", "lock", "demo", "one")
    assert (code, answer["snapshot"]["locked"]) == (0, True)
    assert rows(demo)[1].endswith("(locked) as it was")
    code, answer = demo.run_json("snapshot", "delete", "demo", "one")
    assert code == ExitCode.WRONG_STATE
    assert answer["error"]["remedy"] == "Unlock the snapshot first."
    assert demo.run("snapshot", "unlock", "demo", "one") == 0
    assert demo.run("snapshot", "note", "demo", "one", "") == 0
    assert demo.run("snapshot", "delete", "demo", "one") == 0


@pytest.mark.parametrize(
    "verb",
    [("restore",), ("delete",), ("rename", "new"), ("note", "text"), ("lock",), ("unlock",)],
)
def test_one_that_is_not_there_is_said_with_where_to_look(demo, verb) -> None:
    first, *rest = verb
    code, answer = demo.run_json("snapshot", first, "demo", "nothing", *rest)
    assert code == ExitCode.USAGE
    assert "snapshot list demo" in answer["error"]["remedy"]
