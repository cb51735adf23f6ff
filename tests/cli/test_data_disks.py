"""``disk list``, ``add``, ``remove``, ``compact``, and ``--disk`` for all that was there before."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.cli.exit_codes import ExitCode
from app.vm.records import DiskInfo, TaskInfo, TaskKind, TaskPhase
from tests.cli.terminal import say

_MIB = 1 << 20
_FOLDER = Path("/library/machines/x")


def a_disk(disk_id: str, file: str, size_mib: int = 24) -> DiskInfo:
    return DiskInfo(
        disk_id=disk_id,
        file=file,
        path=_FOLDER / file,
        size_mib=size_mib,
        file_bytes=3 * _MIB // 2,
        system=disk_id == "disk0",
    )


@pytest.fixture
def asked(demo: Any) -> list[tuple[Any, ...]]:
    """What the manager was asked, function first."""
    found: list[tuple[Any, ...]] = []

    def answering(name: str, answer: Any) -> None:
        async def method(*args: Any, **more: Any) -> Any:
            found.append((name, *args, more))
            return answer

        setattr(demo.manager, name, method)

    disks = (a_disk("disk0", "disk0.qcow2"), a_disk("disk2", "disk2-0123abcd.qcow2"))
    answering("list_vm_disks", (*disks, a_disk("", "disk1-89abcdef.qcow2", 0)))
    answering("add_vm_disk", "disk1")
    answering("remove_vm_disk", _FOLDER / "disk1-89abcdef.qcow2")
    answering("compact_vm_disk", compacted(9 * _MIB, 3 * _MIB))
    answering("set_vm_disk_size", 48)
    answering("get_vm_disk_size", 24)
    answering("get_vm_disk_image_path", _FOLDER / "disk1.qcow2")
    answering("get_vm_disk_image_file_size", 4096)
    return found


def compacted(before: int, after: int) -> TaskInfo:
    return TaskInfo(
        task_id=uuid.uuid4(),
        kind=TaskKind.COMPACT,
        vm_name="demo",
        vm_id=uuid.uuid4(),
        phase=TaskPhase.DONE,
        before_bytes=before,
        after_bytes=after,
    )


def test_disks_are_listed_with_what_they_are_and_take_up(demo: Any, asked: list[Any]) -> None:
    assert demo.run("disk", "list", "demo") == 0
    title, system, data, kept = demo.out.splitlines()
    assert title.split() == ["ID", "WHAT", "SIZE", "TAKES", "UP", "FILE"]
    assert system.split() == ["disk0", "system", "24", "MiB", "1.5", "MiB", "disk0.qcow2"]
    assert data.split()[:2] == ["disk2", "data"]
    assert kept.split() == ["-", "taken", "out", "?", "1.5", "MiB", "disk1-89abcdef.qcow2"]
    code, answer = demo.run_json("disk", "list", "demo")
    assert code == 0
    assert [disk["diskId"] for disk in answer["disks"]] == ["disk0", "disk2", ""]
    assert answer["disks"][0]["fileBytes"] == 3 * _MIB // 2
    assert asked[0] == ("list_vm_disks", "demo", {})


def test_a_disk_is_added_new_or_put_back(demo: Any, asked: list[Any]) -> None:
    assert demo.run("disk", "add", "demo", "--size", "24") == 0
    assert demo.out == "“demo” has the disk disk1 now.\n"
    assert "partition and format" in demo.err
    code, answer = demo.run_json("disk", "add", "demo", "--file", "disk1-89abcdef.qcow2")
    assert (code, answer) == (0, {"diskId": "disk1"})
    assert asked == [
        ("add_vm_disk", "demo", 24, {"file": ""}),
        ("add_vm_disk", "demo", 0, {"file": "disk1-89abcdef.qcow2"}),
    ]
    assert demo.run("disk", "add", "demo", "--size", "0") == ExitCode.USAGE


def test_who_takes_a_disk_out_is_told_where_it_is_and_how_it_comes_back(
    demo: Any, asked: list[Any]
) -> None:
    assert demo.run("disk", "remove", "demo", "disk1") == 0
    assert str(_FOLDER / "disk1-89abcdef.qcow2") in demo.out
    assert "disk add demo --file disk1-89abcdef.qcow2" in demo.err
    assert demo.run_json("disk", "remove", "demo", "disk1") == (
        0,
        {"path": str(_FOLDER / "disk1-89abcdef.qcow2")},
    )
    assert asked[0] == ("remove_vm_disk", "demo", "disk1", {})
    assert demo.run("disk", "remove", "demo") == ExitCode.USAGE


def test_compacting_tells_both_sizes_or_that_there_was_nothing_to_give(
    demo: Any, asked: list[Any]
) -> None:
    assert demo.run("disk", "compact", "demo") == 0
    assert demo.out == "The disk takes up 3.0 MiB now; it was 9.0 MiB.\n"
    code, answer = demo.run_json("disk", "compact", "demo", "--disk", "disk2")
    assert (code, answer) == (0, {"beforeBytes": 9 * _MIB, "afterBytes": 3 * _MIB})
    assert asked == [
        ("compact_vm_disk", "demo", {"disk_id": ""}),
        ("compact_vm_disk", "demo", {"disk_id": "disk2"}),
    ]

    async def nothing(_: str, *, disk_id: str) -> TaskInfo:
        assert not disk_id
        return compacted(_MIB, _MIB)

    demo.manager.compact_vm_disk = nothing
    assert demo.run("disk", "compact", "demo") == 0
    assert "as before" in demo.out


@pytest.mark.parametrize(
    ("words", "function"),
    [
        (("path", "demo"), "get_vm_disk_image_path"),
        (("size", "demo"), "get_vm_disk_size"),
        (("file-size", "demo"), "get_vm_disk_image_file_size"),
        (("grow", "demo", "48"), "set_vm_disk_size"),
    ],
)
def test_another_disk_than_the_system_disk_is_meant_by_its_id(
    demo: Any, asked: list[Any], words: tuple[str, ...], function: str
) -> None:
    assert demo.run("disk", *words, "--disk", "disk2") == 0
    assert demo.run("disk", *words) == 0
    calls = [call for call in asked if call[0] == function]
    assert [call[-1]["disk_id"] for call in calls] == ["disk2", ""]


def test_who_lets_a_disk_grow_is_told_what_is_left_to_do_inside(
    demo: Any, asked: list[Any]
) -> None:
    assert demo.run("disk", "grow", "demo", "48") == 0
    assert demo.out == "The disk has 48 MiB now.\n"
    assert "the partitions in the machine are as large as before" in demo.err
    assert "tools of the system" in demo.err
    assert ("set_vm_disk_size", "demo", 48, {"disk_id": ""}) in asked
    assert demo.run_json("disk", "grow", "demo", "48") == (0, {"diskSize": 48})
    (machine,) = demo.manager._machines.values()
    demo.manager._put(replace(machine, system="debian"))
    demo.run("disk", "grow", "demo", "48", "--disk", "disk2")
    assert "sudo growpart /dev/vdb 2" in demo.err, "the second in the list"


@pytest.mark.slow  # whole programs: seconds, not milliseconds
async def test_a_real_machine_gets_a_disk_loses_it_and_gets_it_back(machine: str) -> None:
    assert await say("disk", "add", machine, "--size", "24") == (0, {"diskId": "disk1"})
    code, answer = await say("disk", "list", machine)
    assert (code, [disk["diskSize"] for disk in answer["disks"]]) == (0, [16, 24])
    code, answer = await say("disk", "compact", machine, "--disk", "disk1")
    assert code == 0
    assert answer["beforeBytes"] >= answer["afterBytes"] > 0
    assert await say("disk", "grow", machine, "32", "--disk", "disk1") == (0, {"diskSize": 32})
    code, answer = await say("disk", "remove", machine, "disk1")
    file = Path(answer["path"]).name
    assert (code, await say("disk", "add", machine, "--file", file)) == (
        0,
        (0, {"diskId": "disk1"}),
    )
    assert await say("disk", "size", machine, "--disk", "disk1") == (0, {"diskSize": 32})
