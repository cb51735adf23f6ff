"""`exportVmDiskImage` and `duplicateVm`: a copy is whole and in its place, or there is nothing."""

from __future__ import annotations

import asyncio
import tarfile
from pathlib import Path
from typing import Any

import pytest

from app.vm.events import DiskExported, DiskMigration
from app.vm.images import exporting
from app.vm.qemu.engine import QemuRunning
from app.vm.records import TaskPhase
from app.vm.wire_events import event_from_wire, event_to_wire
from tests.conformance.serving import CFG, Wire, engine_of, served_wire
from tests.helpers.waiting import eventually
from tests.vm.disks import about, files_in, holds, run, same, write_pattern
from tests.vm.managing import kill_engine, told

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The person's folder."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def slow_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let engines copy so slowly that a test can do things meanwhile."""
    real = QemuRunning.execute

    async def execute(self: QemuRunning, command: str, arguments: Any = None, **more: Any) -> Any:
        if command == "blockdev-backup":
            arguments = {**arguments, "speed": 64 * 1024}
        return await real(self, command, arguments, **more)

    monkeypatch.setattr(QemuRunning, "execute", execute)


async def a_machine(wire: Wire) -> Path:
    """A machine with content on its disk, which is returned."""
    await wire.ask("createVm", vmName="demo", cfg=CFG)
    image = Path(await wire.ask("getVmDiskImagePath", vmName="demo"))
    write_pattern(image, 0x3C)
    return image


async def export(wire: Wire, target: Path, *, background: bool = False, **options: object) -> Any:
    """Export and return the task."""
    wished = {"guestOSImagePath": str(target), **options}
    return await wire.ask("exportVmDiskImage", vmName="demo", options=wished, background=background)


async def copying(wire: Wire, manager: Any) -> tuple[dict[str, Any], str]:
    """The task and the engine's job of an export that has begun."""
    await wire.until("vmDiskMigration", kind="export")

    async def job() -> str:
        jobs = await manager._registry.find("demo").live().execute("query-jobs")
        return next((str(job["id"]) for job in jobs if job["status"] == "running"), "")

    name = await eventually(job)
    (task,) = [task for task in await wire.ask("listTasks") if task["phase"] != "done"]
    return task, name


@pytest.mark.parametrize(
    ("name", "form"),
    [("a.qcow2", "qcow2"), ("a.img", "raw"), ("a.vmdk", "vmdk"), ("a.vhd", "vpc")],
)
async def test_a_machine_that_is_off_gives_a_copy_with_the_same_content(
    root: Path, out: Path, name: str, form: str
) -> None:
    async with served_wire(root) as (_, wire):
        image = await a_machine(wire)
        wire.told()
        wished = {"guestOSImagePath": str(out / name)}
        task = await wire.ask("exportVmDiskImage", vmName="demo", options=wished)

        assert (task["kind"], task["phase"], task["progress"]) == ("export", "done", 100)
        seen = await wire.until("vmDiskMigration", phase="done")
        names = [event["event"] for event in seen]
        (told,) = [event["data"] for event in seen if event["event"] == "vmDiskExported"]
        assert told["path"] == str(out / name)
        assert told["taskId"] == task["taskId"]
        assert told["fileSize"] == (out / name).stat().st_size
        assert "vmStateChange" in names
        states = [e["data"]["stateName"] for e in seen if e["event"] == "vmStateChange"]
        assert states == ["STATE_UPDATE", "STATE_STOPPED"]
        assert same(image, out / name, form)
        assert holds(out / name, form, 0x3C)
    assert files_in(out) == {name}


@pytest.mark.parametrize(("name", "form"), [("a.qcow2", "qcow2"), ("a.raw", "raw")])
async def test_a_running_machine_gives_a_copy_and_runs_on(
    root: Path, out: Path, name: str, form: str
) -> None:
    async with served_wire(root) as (manager, wire):
        image = await a_machine(wire)
        await wire.ask("startVm", vmName="demo")
        await wire.until("vmStateChange", stateName="STATE_RUNNING")
        before = files_in(image.parent)
        await export(wire, out / name)

        seen = await wire.until("vmDiskExported")
        assert not [event for event in seen if event["event"] == "vmStateChange"]
        async with engine_of(root, manager.snapshot()[0]) as engine:
            assert (await engine.execute("query-status"))["status"] == "running"
            assert await engine.execute("query-jobs") == []
            nodes = await engine.execute("query-named-block-nodes", {"flat": True})
            assert not [n for n in nodes if n["node-name"].startswith("export")]
        assert files_in(image.parent) == before
        await wire.ask("forceStopVm", vmName="demo")
        assert same(image, out / name, form)
    assert files_in(out) == {name}


async def test_a_paused_machine_gives_a_copy_too(root: Path, out: Path) -> None:
    async with served_wire(root) as (_, wire):
        image = await a_machine(wire)
        await wire.ask("startVm", vmName="demo")
        await wire.ask("pauseVm", vmName="demo")
        await export(wire, out / "a.qcow2")
        assert (await wire.ask("getVmStatus", vmName="demo"))["stateName"] == "STATE_PAUSED"
        await wire.ask("forceStopVm", vmName="demo")
        assert same(image, out / "a.qcow2")


@pytest.mark.usefixtures("slow_copies")
async def test_an_export_that_is_cancelled_leaves_no_job_no_node_and_no_file(
    root: Path, out: Path
) -> None:
    async with served_wire(root) as (manager, wire):
        image = await a_machine(wire)
        await wire.ask("startVm", vmName="demo")
        before = files_in(image.parent)
        wire.told()
        started = await export(wire, out / "a.qcow2", background=True)
        assert started["phase"] == "checking"
        task, _ = await copying(wire, manager)

        ended = await wire.ask("cancelTask", taskId=task["taskId"])

        assert ended["phase"] == TaskPhase.CANCELLED
        assert (await wire.ask("listTasks"))[-1]["phase"] == "cancelled"
        async with engine_of(root, manager.snapshot()[0]) as engine:
            assert await engine.execute("query-jobs") == []
            nodes = await engine.execute("query-named-block-nodes", {"flat": True})
            assert not [n for n in nodes if n["node-name"].startswith("export")]
        assert files_in(image.parent) == before
        assert files_in(out) == set()
        assert not [e for e in wire.told() if e["event"] == "vmDiskExported"]


@pytest.mark.usefixtures("slow_copies")
async def test_an_engine_that_is_killed_during_an_export_is_said_so_and_nothing_stays(
    root: Path, out: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with served_wire(root) as (manager, wire):
        image = await a_machine(wire)
        before = files_in(image.parent)
        await wire.ask("startVm", vmName="demo")
        wire.told()
        work = asyncio.create_task(
            wire.refusal(
                "exportVmDiskImage",
                vmName="demo",
                options={"guestOSImagePath": str(out / "a.qcow2")},
            )
        )

        async def has_a_job() -> bool:
            return bool(await manager._registry.find("demo").live().execute("query-jobs"))

        await eventually(has_a_job)
        kill_engine(manager.snapshot()[0])
        refused = await work

        assert refused["class"] == "STRATOVIRT_START_FAILED"
        assert "lost while its disk was being copied" in refused["desc"]
        assert refused["data"]["remedy"]
        assert files_in(out) == set()
        left = files_in(image.parent) - before
        assert not [name for name in left if name.endswith(".part")]
        await eventually(lambda: manager.snapshot()[0].state.name == "ERROR")
    assert "ended unexpectedly" in caplog.text


async def test_a_file_that_is_there_is_never_replaced(root: Path, out: Path) -> None:
    async with served_wire(root) as (_, wire):
        await a_machine(wire)
        target = out / "a.qcow2"
        target.write_bytes(b"precious")
        options = {"guestOSImagePath": str(target)}
        refused = await wire.refusal("exportVmDiskImage", vmName="demo", options=options)
        assert refused["class"] == "VM_INVALID_PATH"
        assert "is there already" in refused["desc"]
        assert await wire.ask("listTasks") == [], "refused at once"
        assert target.read_bytes() == b"precious"
    assert files_in(out) == {"a.qcow2"}


async def test_a_file_that_comes_during_the_export_is_not_replaced_either(
    root: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = out / "a.qcow2"
    real = exporting.check_image

    async def somebody_else(form: str, part: Path) -> None:
        await real(form, part)
        target.write_bytes(b"precious")

    monkeypatch.setattr(exporting, "check_image", somebody_else)
    async with served_wire(root) as (_, wire):
        await a_machine(wire)
        options = {"guestOSImagePath": str(target)}
        refused = await wire.refusal("exportVmDiskImage", vmName="demo", options=options)
        assert "is there already" in refused["desc"]
        assert (await wire.ask("getVmStatus", vmName="demo"))["stateName"] == "STATE_STOPPED"
    assert target.read_bytes() == b"precious"
    assert files_in(out) == {"a.qcow2"}


@pytest.mark.parametrize("running", [False, True])
async def test_a_place_without_room_is_refused_before_anything_is_written(
    root: Path, out: Path, monkeypatch: pytest.MonkeyPatch, *, running: bool
) -> None:
    monkeypatch.setattr(exporting, "free_bytes", lambda _: 1 << 20)
    async with served_wire(root) as (_, wire):
        image = await a_machine(wire)
        if running:
            await wire.ask("startVm", vmName="demo")
        before = files_in(image.parent)
        options = {"guestOSImagePath": str(out / "a.raw")}
        refused = await wire.refusal("exportVmDiskImage", vmName="demo", options=options)
        assert refused["class"] == "SA_VM_DISK_LESS"
        assert "more than are free" in refused["desc"]
        assert files_in(image.parent) == before
    assert files_in(out) == set()


async def test_what_cannot_be_written_so_is_said_in_one_sentence(root: Path, out: Path) -> None:
    async with served_wire(root) as (_, wire):
        await a_machine(wire)
        for options, word in (
            ({"guestOSImagePath": str(out / "a.iso")}, "ending of a.iso"),
            ({"guestOSImagePath": str(out / "a.raw"), "compress": True}, "cannot be compressed"),
            ({"guestOSImagePath": str(out / "a.raw"), "imageFormat": "nbd"}, "“nbd”"),
            ({"guestOSImagePath": str(out / "a.vdi"), "isKeepSnapshots": True}, "cannot hold"),
            ({"guestOSImagePath": str(out / "a.qcow2"), "snapshotTime": 1}, "no snapshot"),
            ({"guestOSImagePath": str(out / "a.qcow2"), "diskSize": 64}, "keeps its size"),
            ({"guestOSImagePath": "/etc/a.qcow2"}, ""),
        ):
            refused = await wire.refusal("exportVmDiskImage", vmName="demo", options=options)
            assert word in refused["desc"]
            assert refused["data"]["remedy"]
        await wire.ask("startVm", vmName="demo")
        older = {"guestOSImagePath": str(out / "a.qcow2"), "isKeepSnapshots": True}
        refused = await wire.refusal("exportVmDiskImage", vmName="demo", options=older)
        assert refused["class"] == "VM_WRONG_STATE"
    assert files_in(out) == set()


async def test_snapshots_are_kept_left_out_or_taken_by_their_time(root: Path, out: Path) -> None:
    async with served_wire(root) as (_, wire):
        image = await a_machine(wire)
        run("qemu-img", "snapshot", "-c", "one", image)
        write_pattern(image, 0x11)
        moment = about(image)["snapshots"][0]["date-sec"] * 1000 + 1000
        await export(wire, out / "kept.qcow2", isKeepSnapshots=True)
        await export(wire, out / "now.qcow2", compress=True)
        await export(wire, out / "then.vmdk", snapshotTime=moment)
        assert [s["name"] for s in about(out / "kept.qcow2")["snapshots"]] == ["one"]
        assert same(image, out / "kept.qcow2")
        assert "snapshots" not in about(out / "now.qcow2")
        data = about(out / "now.qcow2")["format-specific"]["data"]
        assert data["compression-type"] == "zstd"
        assert same(image, out / "now.qcow2")
        assert holds(out / "then.vmdk", "vmdk", 0x3C)
    assert files_in(out) == {"kept.qcow2", "now.qcow2", "then.vmdk"}


async def test_a_client_of_ours_understands_what_is_told_of_an_export(
    root: Path, out: Path
) -> None:
    async with served_wire(root) as (manager, wire):
        await a_machine(wire)
        with manager.subscribe() as events:
            task = await export(wire, out / "a.qcow2")
            seen = told(events)
    for event in seen:
        assert event_from_wire(*event_to_wire(event)) == event
    (exported,) = [event for event in seen if isinstance(event, DiskExported)]
    assert (str(exported.task_id), exported.path) == (task["taskId"], out / "a.qcow2")
    assert [e.task.phase for e in seen if isinstance(e, DiskMigration)][-1] is TaskPhase.DONE


@pytest.mark.parametrize("running", [False, True])
async def test_a_whole_machine_leaves_as_one_archive(
    root: Path, out: Path, *, running: bool
) -> None:
    async with served_wire(root) as (_, wire):
        image = await a_machine(wire)
        if running:
            await wire.ask("startVm", vmName="demo")
        await export(wire, out / "My machine.ova")
        await wire.ask("forceStopVm", vmName="demo")
        with tarfile.open(out / "My machine.ova") as archive:
            names = archive.getnames()
            archive.extractall(out / "x", filter="data")
        assert [name.partition(".")[2] for name in names] == ["ovf", "mf", "vmdk"]
        assert same(image, out / "x" / names[-1], "vmdk")
        assert b"<ovf:Name>demo</ovf:Name>" in (out / "x" / names[0]).read_bytes()
    assert files_in(out) == {"My machine.ova", "x"}


async def test_a_machine_that_is_being_exported_is_not_started(
    root: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()
    real = exporting._convert

    async def held(*args: Any) -> None:
        begun.set()
        await may_end.wait()
        await real(*args)

    monkeypatch.setattr(exporting, "_convert", held)
    async with served_wire(root) as (_, wire):
        await a_machine(wire)
        await export(wire, out / "a.qcow2", background=True)
        await begun.wait()
        assert (await wire.ask("getVmStatus", vmName="demo"))["stateName"] == "STATE_UPDATE"
        assert (await wire.refusal("startVm", vmName="demo"))["class"] == "VM_WRONG_STATE"
        may_end.set()
        await wire.until("vmDiskMigration", phase="done")
        await wire.ask("startVm", vmName="demo")


async def test_a_machine_is_duplicated_and_both_run(root: Path) -> None:
    async with served_wire(root) as (manager, wire):
        image = await a_machine(wire)
        wire.told()
        task = await wire.ask("duplicateVm", vmName="demo", newName="twin")
        assert (task["kind"], task["phase"]) == ("duplicate", "done")
        await wire.until("vmCreated", vmName="twin")
        copy = Path(await wire.ask("getVmDiskImagePath", vmName="twin"))
        assert same(image, copy)
        for name in ("demo", "twin"):
            await wire.ask("startVm", vmName=name)
        assert len({info.id for info in manager.snapshot()}) == 2
        refused = await wire.refusal("duplicateVm", vmName="demo", newName="third")
        assert refused["class"] == "VM_WRONG_STATE"
        refused = await wire.refusal("duplicateVm", vmName="demo", newName="TWIN")
        assert refused["class"] == "VM_NAME_TAKEN"
