"""``trash``: what was deleted can be seen, taken back, and removed for good."""

from __future__ import annotations

from app.cli.exit_codes import ExitCode


def test_what_was_deleted_is_listed_with_what_takes_it_back(demo) -> None:
    assert demo.run("trash", "list") == 0
    assert demo.out == "The trash is empty.\n"
    assert demo.run("delete", "demo") == 0

    code, answer = demo.run_json("trash", "list")
    (entry,) = answer["trash"]
    assert (code, entry["vmName"]) == (0, "demo")
    assert demo.run("trash", "list") == 0
    assert entry["trashId"] in demo.out
    assert demo.run("trash", "restore", entry["trashId"]) == 0
    assert demo.out == "“demo” is back.\n"
    assert demo.run("status", "demo") == 0


def test_one_machine_or_all_are_removed_for_good(demo) -> None:
    assert demo.run("delete", "demo") == 0
    _, answer = demo.run_json("trash", "list")

    assert demo.run("trash", "empty", "nosuch") == ExitCode.UNKNOWN_VM
    assert demo.run_json("trash", "empty", answer["trash"][0]["trashId"]) == (0, {"freedBytes": 1})
    assert demo.run_json("trash", "list") == (0, {"trash": []})
    assert demo.run("trash", "empty") == 0
    assert demo.out == "0 MiB are free again.\n"
