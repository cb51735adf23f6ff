"""The manager on real QEMU: what each function promises, alone and against the others."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import threading
import time
import uuid
from itertools import pairwise, product
from operator import le
from pathlib import Path
from typing import cast

import pytest
from PIL import Image

from app import paths
from app.errors import (
    INVALID_FILE_PATH,
    WINDOW_EXISTS,
    AppError,
    Code,
    NotSupportedError,
    ParamError,
    PathError,
    PathRefusedError,
    StartParamError,
    StateError,
    StopRefusedError,
    StoreError,
    UnknownVmError,
    ViewError,
)
from app.vm import limits
from app.vm.engine import LaunchPlan, RunStatus
from app.vm.events import (
    HostChanged,
    StateChanged,
    ViewState,
    ViewStateChanged,
    VmChanged,
    VmCreated,
    VmRemoved,
    VmRenamed,
)
from app.vm.manager import VmManager
from app.vm.manager.core import Screen
from app.vm.model import Firmware, NetMode
from app.vm.qemu.engine import QemuEngine
from app.vm.state import Action, VmState
from app.vm.store import CONFIG_FILE, GOOD_COPY, Library, Stored, load_config
from app.vm.thumbnail import ViewPicture
from tests.guests.tiny import NoRecordError, TinyOptions, build_tiny_disc, read_record
from tests.helpers.descriptors import open_descriptors
from tests.helpers.waiting import eventually
from tests.vm.makers import DISK_FILE, a_config, a_firmware_image
from tests.vm.managing import (
    kill_engine,
    left_behind,
    managing,
    outcomes,
    reaches,
    running_machine,
    runs,
    small,
    told,
)

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

S = VmState


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "library"


def left_in(root: Path) -> list[Path]:
    machines = root / "machines"
    return list(machines.iterdir()) if machines.exists() else []


def an_iso(path: Path) -> Path:
    path.write_bytes(b"\0" * 65536)
    return path


# -- Making ----------------------------------------------------------------------------------


async def test_a_new_machine_is_stopped_and_safely_on_disk(root: Path, tmp_path: Path) -> None:
    disc = an_iso(tmp_path / "a,b = 'c\" 中.iso")
    async with managing(root) as manager:
        with manager.subscribe() as reader:
            info = await manager.create_vm("Debian 12", small(system="debian12"), iso=disc)
            events = told(reader)

    assert (info.state, info.cpus, info.memory_mib, info.disk_mib) == (S.STOPPED, 1, 64, 16)
    assert (info.disc, info.system) == (disc, "debian12")
    assert [type(event) for event in events] == [VmCreated, StateChanged]
    assert [event.seq for event in events] == [1, 2]
    async with managing(root) as manager:
        assert (await manager.get_vm_status("DEBIAN 12")).id == info.id
        assert manager.snapshot()[0].state is S.STOPPED


async def test_a_machine_with_uefi_gets_its_own_settings(root: Path) -> None:
    async with managing(root) as manager:
        info = await manager.create_vm("demo", small(bios_path="uefi"))
        assert (info.folder / "vars.fd").stat().st_size > 1000
        assert (await manager.start_vm("demo")).state is S.RUNNING


async def test_a_machine_gets_a_copy_of_the_firmware_that_was_brought_along(
    root: Path, tmp_path: Path
) -> None:
    image = tmp_path / "own, firmware.bin"
    shutil.copy(a_firmware_image(), image)
    content = image.read_bytes()
    async with managing(root) as manager:
        info = await manager.create_vm("demo", small(bios_path=str(image)))
        image.unlink()

        assert info.firmware is Firmware.FILE
        assert (info.folder / "firmware.bin").read_bytes() == content
        assert (await manager.start_vm("demo", small(bios_path=str(image)))).state is S.RUNNING
    async with managing(root) as manager:
        (info.folder / "firmware.bin").unlink()
    async with managing(root) as manager:
        assert manager.snapshot()[0].state is S.UNAVAILABLE


@pytest.mark.parametrize("size", [0, 1, 65535, 65537, (16 << 20) + 65536])
async def test_what_cannot_be_firmware_is_refused_and_leaves_nothing(
    root: Path, tmp_path: Path, size: int
) -> None:
    image = tmp_path / "firmware.bin"
    with image.open("wb") as file:
        file.truncate(size)
    async with managing(root) as manager:
        with pytest.raises(PathError, match=INVALID_FILE_PATH):
            await manager.create_vm("demo", small(bios_path=str(image)))

        assert manager.snapshot() == ()
        assert left_in(root) == []


async def test_a_name_is_taken_as_soon_as_somebody_makes_it(root: Path) -> None:
    async with managing(root) as manager:
        answers = await outcomes(*(manager.create_vm(n, small()) for n in ("a", "A", "a", "b")))

        refused = [answer for answer in answers if isinstance(answer, ParamError)]
        assert len(refused) == 2
        assert {answer.code for answer in refused} == {Code.NAME_TAKEN}
        assert sorted(info.name.lower() for info in manager.snapshot()) == ["a", "b"]
        assert len(list((root / "machines").iterdir())) == 2


async def test_a_making_that_is_cancelled_at_any_moment_is_whole_or_nothing(root: Path) -> None:
    async with managing(root) as manager:
        await manager.create_vm("first", small())
        for delay_ms in (0, 1, 3, 5, 7, 9, 11, 13, 15, 18, 22, 30):
            task = asyncio.ensure_future(manager.create_vm("demo", small()))
            await asyncio.wait([task], timeout=delay_ms / 1000)
            task.cancel()
            await outcomes(task)
            there = {info.name: info for info in manager.snapshot()}
            on_disk = {entry.config.name: entry for entry in Library(root).scan()}
            assert there.keys() == on_disk.keys()
            assert not list((root / "machines").glob(".new-*"))
            if "demo" in there:
                assert there["demo"].state is S.STOPPED
                assert on_disk["demo"].problem is None
                await manager.destroy_vm("demo")


async def test_making_is_refused_with_the_right_code(root: Path, tmp_path: Path) -> None:
    async with managing(root) as manager:
        host = manager.host_size()
        cases = [
            (small(cpu_num=host.cpus + 1), Code.START_PARAM_INVALID),
            (small(memory_size=host.memory_total_mib + 1), Code.MEMORY_LESS),
            (small(disk_size=10**9), Code.DISK_LESS),
            (small(cpu_num=10**400), Code.START_PARAM_INVALID),
            (small(memory_size=10**400), Code.MEMORY_LESS),
            (small(disk_size=10**400), Code.DISK_LESS),
            (small(net_mode=NetMode.MODE_BRIDGE), Code.NOT_SUPPORT),
            (small(enhance_file_path=str(tmp_path / "none.iso")), Code.INVALID_PATH),
        ]
        for cfg, code in cases:
            with pytest.raises(AppError) as caught:
                await manager.create_vm("demo", cfg)
            assert caught.value.code is code
            assert caught.value.remedy
        assert manager.snapshot() == ()
        assert not (root / "machines").exists()


@pytest.mark.parametrize("kind", ["missing", "folder", "empty", "pipe", "no text"])
async def test_a_disc_that_cannot_be_one_is_refused(root: Path, tmp_path: Path, kind: str) -> None:
    disc = tmp_path / "x.iso"
    match kind:
        case "folder":
            disc.mkdir()
        case "empty":
            disc.touch()
        case "pipe":
            subprocess.run(["mkfifo", disc], check=True)  # noqa: ASYNC221 - over at once
        case "no text":
            disc = tmp_path / "\udcff.iso"
            disc.write_bytes(b"x")
    async with managing(root) as manager:
        with pytest.raises(PathError, match=r"Invalid (file )?path"):
            await manager.create_vm("demo", small(), iso=disc)
        await manager.create_vm("demo", small())
        with pytest.raises(PathError, match=r"Invalid (file )?path"):
            await manager.mount_cd_drive_to_vm("demo", disc)


async def test_a_library_that_cannot_be_written_is_an_error_for_people(root: Path) -> None:
    root.mkdir()  # noqa: ASYNC240 - a test's own folder
    (root / "machines").touch()
    async with managing(root) as manager:
        with pytest.raises(StoreError, match="cannot be made") as caught:
            await manager.create_vm("demo", small())
        assert caught.value.remedy
        assert manager.snapshot() == ()


# -- Start, stop, pause ------------------------------------------------------------------------


async def test_the_life_of_a_machine_is_told_step_by_step(root: Path) -> None:
    async with managing(root) as manager:
        await manager.create_vm("demo", small())
        with manager.subscribe() as reader:
            info = await manager.start_vm("demo")
            assert (info.state, info.accelerator) == (
                S.RUNNING,
                (await manager.host_report()).accelerator,
            )
            assert (await manager.pause_vm("demo")).state is S.PAUSED
            assert (await manager.resume_vm("demo")).state is S.RUNNING
            info = await manager.force_stop_vm("demo")
            events = [event for event in told(reader) if isinstance(event, StateChanged)]

        assert (info.state, info.reason, info.accelerator) == (S.STOPPED, "forced", "")
        assert [event.state for event in events] == [
            S.STARTING, S.RUNNING, S.PAUSING, S.PAUSED, S.RESUMING, S.RUNNING, S.STOPPED,
        ]  # fmt: skip
        assert all(a.state is b.previous for a, b in pairwise(events))
        assert left_behind(info) == []


async def test_what_is_so_already_is_a_success(root: Path) -> None:
    async with managing(root) as manager:
        await manager.create_vm("demo", small())
        assert (await manager.stop_vm("demo")).state is S.STOPPED
        assert (await manager.force_stop_vm("demo")).state is S.STOPPED
        for _ in range(2):
            assert (await manager.start_vm("demo")).state is S.RUNNING
        assert (await manager.resume_vm("demo")).state is S.RUNNING
        for _ in range(2):
            assert (await manager.pause_vm("demo")).state is S.PAUSED
        with pytest.raises(StateError):
            await manager.start_vm("demo")
        assert manager.snapshot()[0].state is S.PAUSED


async def test_a_name_that_nobody_has_is_said_by_every_function(root: Path) -> None:
    async with managing(root) as manager:
        for call in (
            manager.get_vm_status, manager.start_vm, manager.stop_vm, manager.force_stop_vm,
            manager.pause_vm, manager.resume_vm, manager.destroy_vm, manager.undo_destroy_vm,
            manager.unmount_cd_drive_from_vm, manager.show_vm,
        ):  # fmt: skip
            with pytest.raises(UnknownVmError) as caught:
                await call("nobody")
            assert caught.value.code is Code.NOT_FOUND


async def test_a_guest_that_ignores_the_button_runs_on_and_force_is_offered(root: Path) -> None:
    async with managing(root) as manager:
        info = await running_machine(manager)
        with pytest.raises(StopRefusedError) as caught:
            await manager.stop_vm("demo", timeout_s=0.1)

        assert caught.value.code is Code.STOP_REFUSED
        assert "force" in caught.value.remedy
        status = await manager.get_vm_status("demo")
        assert (status.state, status.reason) == (S.RUNNING, "stop-refused")
        assert runs(info)
        assert {Action.STOP, Action.FORCE_STOP} <= status.actions


async def test_a_stop_that_nobody_waits_for_any_more_does_not_stay_for_ever(root: Path) -> None:
    async with managing(root) as manager:
        await running_machine(manager)
        task = asyncio.ensure_future(manager.stop_vm("demo"))
        await reaches(manager, "demo", S.STOPPING)
        task.cancel()
        await outcomes(task)

        assert manager.snapshot()[0].state is S.RUNNING


async def test_settings_for_one_run_are_for_that_run_alone(root: Path) -> None:
    async with managing(root) as manager:
        await manager.create_vm("demo", small())
        info = await manager.start_vm("demo", small(memory_size=96))
        assert info.memory_mib == 96
        assert load_config(info.folder).memory_mib == 64
    async with VmManager.open(Library(root)) as manager:
        await manager.create_vm("other", small())
        await manager.start_vm("other", small(memory_size=96))
    async with managing(root) as manager:
        assert (await manager.get_vm_status("other")).memory_mib == 96  # it runs so, still
        await manager.force_stop_vm("other")
        assert (await manager.get_vm_status("other")).memory_mib == 64
        assert (await manager.start_vm("demo")).memory_mib == 64


async def test_what_a_run_cannot_change_is_refused(root: Path) -> None:
    async with managing(root) as manager:
        await manager.create_vm("demo", small())
        for cfg, code in (
            (small(disk_size=17), Code.START_PARAM_INVALID),
            (small(bios_path="uefi"), Code.START_PARAM_INVALID),
            (small(net_mode=NetMode.MODE_BRIDGE), Code.NOT_SUPPORT),
            (small(cpu_num=manager.host_size().cpus + 1), Code.START_PARAM_INVALID),
            (small(memory_size=10**7), Code.MEMORY_LESS),
        ):
            with pytest.raises(AppError) as caught:
                await manager.start_vm("demo", cfg)
            assert caught.value.code is code
        assert (await manager.start_vm("demo")).state is S.RUNNING


async def test_the_document_s_matrix_starts_or_is_refused_with_the_right_code(root: Path) -> None:
    async with managing(root) as manager:
        most = manager.host_size().cpus
        bad = Code.START_PARAM_INVALID
        cpus = {1: None, most: None, most + 1: bad, 0: bad, -1: bad, "2": bad}
        memory = {64: None, 96: None, 63: bad, 0: bad, 10**7: Code.MEMORY_LESS, "64": bad}
        disk = {16: None, 15: bad, 0: bad, 10**9: Code.DISK_LESS, None: bad}
        # What is good meets everything; of two faults the first to be checked is told.
        cases = [
            (c, m, d)
            for c, m, d in product(cpus, memory, disk)
            if [cpus[c], memory[m], disk[d]].count(None) >= 2
        ]
        for number, (c, m, d) in enumerate(cases):
            expected = cpus[c] or memory[m] or disk[d]
            answer = await start_of_a_new_machine(manager, f"m{number}", c, m, d)
            assert answer == (expected or S.RUNNING), (c, m, d)
        for wrong in (True, 1.0, None, "1"):
            for field in ("cpu_num", "memory_size", "disk_size"):
                with pytest.raises(StartParamError):
                    small(**{field: wrong})


async def test_every_window_size_meets_every_size_of_machine_or_is_refused(root: Path) -> None:
    sizes = {(1, 1): True, (800, 600): True, (3840, 2160): True, (0, 600): False, (800, -1): False}
    async with managing(root) as manager:
        for number, (cpus, memory) in enumerate(product((1, manager.host_size().cpus), (64, 96))):
            name = f"m{number}"
            await manager.create_vm(name, small(cpu_num=cpus, memory_size=memory))
            await manager.start_vm(name)
            for (width, height), fits in sizes.items():
                window = manager.bindings.issue_window()
                if not fits:
                    with pytest.raises(ViewError) as refused:
                        manager.bind_view(name, window, width, height)
                    assert refused.value.code is Code.WINDOW
                    continue
                manager.bind_view(name, window, width, height)
                assert (await manager.get_vm_status(name)).state is S.VIEWING
                manager.free_view(window)
            assert (await manager.get_vm_status(name)).state is S.RUNNING


async def start_of_a_new_machine(
    manager: VmManager, name: str, cpus: object, memory: object, disk: object
) -> VmState | Code:
    """What becomes of it: its state, or the code of the refusal. It is off afterwards."""
    try:
        cfg = small(cpu_num=cpus, memory_size=memory, disk_size=disk)
        await manager.create_vm(name, cfg)
        state = (await manager.start_vm(name)).state
        await manager.force_stop_vm(name)
    except AppError as err:
        return err.code
    return state


async def test_a_disc_that_was_deleted_does_not_stop_a_start(root: Path, tmp_path: Path) -> None:
    disc, tools = an_iso(tmp_path / "x.iso"), an_iso(tmp_path / "tools.iso")
    async with managing(root) as manager:
        await manager.create_vm("demo", small(enhance_file_path=str(tools)), iso=disc)
        disc.unlink()
        tools.unlink()
        info = await manager.start_vm("demo")

    assert info.state is S.RUNNING
    assert info.disc == disc  # it may come back


async def test_a_disc_that_may_not_be_used_ends_the_start_and_says_what_to_do(
    root: Path, tmp_path: Path
) -> None:
    disc = an_iso(tmp_path / "x.iso")
    async with managing(root) as manager:
        info = await manager.create_vm("demo", small(), iso=disc)
        disc.unlink()
        disc.symlink_to("/etc/passwd")
        with pytest.raises(PathRefusedError, match="passwd") as caught:
            await manager.start_vm("demo")
        status = await manager.get_vm_status("demo")
        assert (status.state, status.reason) == (S.ERROR, "start-failed")
        assert caught.value.message in status.problem
        assert caught.value.remedy
        assert not runs(info)

        await manager.unmount_cd_drive_from_vm("demo")
        assert (await manager.start_vm("demo")).state is S.RUNNING


async def test_a_machine_from_before_the_grants_keeps_its_disc(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disc = an_iso(tmp_path / "x.iso")
    async with managing(root) as manager:
        await manager.create_vm("demo", small(), iso=disc)
    assert not (root / "grants.json").exists()
    monkeypatch.setenv("XDG_DOWNLOAD_DIR", str(tmp_path / "elsewhere"))

    async with managing(root) as manager:
        assert (await manager.start_vm("demo")).state is S.RUNNING  # at once, and it waits
        assert await manager.get_granted_paths() == (disc,)


async def test_a_path_that_can_be_none_is_not_granted_and_said_so(root: Path) -> None:
    async with managing(root) as manager:
        with pytest.raises(PathError, match=r"^Invalid path: .* has a name that is too long"):
            await manager.grant_path(Path("/srv") / ("a" * 300))
        assert await manager.get_granted_paths() == ()


async def test_a_start_whose_disk_has_gone_says_so_and_can_be_tried_again(root: Path) -> None:
    async with managing(root) as manager:
        info = await manager.create_vm("demo", small())
        (info.folder / DISK_FILE).rename(info.folder / "aside")
        with pytest.raises(AppError):
            await manager.start_vm("demo")
        status = await manager.get_vm_status("demo")
        assert status.state is S.ERROR
        assert status.problem
        (info.folder / "aside").rename(info.folder / DISK_FILE)
        assert (await manager.start_vm("demo")).state is S.RUNNING
        assert (await manager.get_vm_status("demo")).problem == ""


async def test_a_start_that_is_cancelled_at_any_moment_leaves_no_process(root: Path) -> None:
    async with managing(root) as manager:
        info = await manager.create_vm("demo", small())
        await manager.host_report()
        for delay_ms in (0, 1, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 50):
            task = asyncio.ensure_future(manager.start_vm("demo"))
            await asyncio.wait([task], timeout=delay_ms / 1000)
            if task.done():
                await manager.force_stop_vm("demo")
                continue
            task.cancel()
            await outcomes(task)
            assert task.cancelled()
            assert not runs(info)
            status = await manager.get_vm_status("demo")
            assert (status.state, status.reason) == (S.STOPPED, "start-cancelled")
            assert left_behind(info) == []
        assert (await manager.start_vm("demo")).state is S.RUNNING


async def test_a_start_needs_room_on_the_disk(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with managing(root) as manager:
        await manager.create_vm("demo", small())
        monkeypatch.setattr(limits, "START_FREE_DISK_MIB", 10**9)
        with pytest.raises(AppError) as caught:
            await manager.start_vm("demo")
        assert caught.value.code is Code.DISK_LESS


# -- The guest's own doing -----------------------------------------------------------------------


@pytest.mark.timeout_s(60)
async def test_a_system_installs_itself_and_switches_off_when_asked(
    root: Path, tmp_path: Path
) -> None:
    disc = build_tiny_disc(tmp_path / "tiny.iso", TinyOptions())
    async with managing(root) as manager:
        info = await manager.create_vm("demo", small(), iso=disc)
        await manager.start_vm("demo")
        await eventually(lambda: boots(info.folder) == 1, timeout_s=30)
        info = await manager.stop_vm("demo", timeout_s=20)
        assert (info.state, info.reason) == (S.STOPPED, "guest-shutdown")
        assert left_behind(info) == []

        disc.unlink()
        await manager.start_vm("demo")
        await eventually(lambda: boots(info.folder) == 2, timeout_s=30)
        await manager.pause_vm("demo")  # which sees no button: it is let go for that
        assert (await manager.stop_vm("demo", timeout_s=20)).reason == "guest-shutdown"
        record = read_record(info.folder / DISK_FILE)
        assert (record.installs, record.boots, record.clean) == (1, 2, True)


def boots(folder: Path) -> int:
    try:
        return read_record(folder / DISK_FILE).boots
    except (NoRecordError, subprocess.CalledProcessError):
        return 0


# -- Accidents ---------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [S.RUNNING, S.PAUSED, S.VIEWING, S.STOPPING], ids=str)
async def test_an_engine_that_is_killed_is_told_within_three_seconds_and_starts_again(
    root: Path, state: VmState, caplog: pytest.LogCaptureFixture
) -> None:
    async with managing(root) as manager:
        info = await running_machine(manager)
        stopping = None
        match state:
            case S.PAUSED:
                await manager.pause_vm("demo")
            case S.VIEWING:
                manager.bind_view("demo", manager.bindings.issue_window(), 640, 480)
            case S.STOPPING:
                stopping = asyncio.ensure_future(manager.stop_vm("demo"))
        await reaches(manager, "demo", state)

        kill_engine(info)
        status = await reaches(manager, "demo", S.ERROR, within_s=3)

        assert (status.reason, status.problem_code) == ("engine-died", Code.ENGINE_KILLED)
        assert "ended unexpectedly" in status.problem
        assert status.remedy
        assert "ended unexpectedly" in caplog.text
        if stopping is not None:
            assert (await stopping).state is S.ERROR
        assert left_behind(info) == []
        assert (await manager.start_vm("demo")).state in {S.RUNNING, S.VIEWING}


async def test_an_engine_that_is_ended_politely_from_outside_is_stopped(root: Path) -> None:
    async with managing(root) as manager:
        info = await running_machine(manager)
        kill_engine(info, signal.SIGTERM)

        status = await reaches(manager, "demo", S.STOPPED, within_s=3)
        assert status.reason == "host-signal"


async def test_one_machine_s_trouble_is_not_the_others(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with managing(root) as manager:
        await running_machine(manager, "good")
        bad = await running_machine(manager, "bad")
        # A bug in what follows the machine: an event that nobody can understand.
        running = manager.running("bad")
        running._monitor._listener.offer({"event": "SHUTDOWN", "data": 7})
        await reaches(manager, "bad", S.ERROR)

        assert "lost sight" in caplog.text
        assert (await manager.get_vm_status("good")).state is S.RUNNING
        assert (await manager.get_vm_status("bad")).actions == {Action.FORCE_STOP}
        assert runs(bad)
        # It is looked after all the same, and comes back.
        status = await reaches(manager, "bad", S.RUNNING, within_s=8)
        assert status.reason == "adopted"
        assert (await manager.force_stop_vm("bad")).state is S.STOPPED


async def test_a_start_that_its_manager_did_not_live_to_finish_is_finished_by_the_next(
    root: Path,
) -> None:
    async with managing(root) as manager:
        info = await manager.create_vm("demo", small())
        config = load_config(info.folder)
    sockets = paths.runtime_dir(root) / config.id.hex[:8]
    plan = LaunchPlan(config=config, accelerator="tcg", folder=info.folder, sockets=sockets)
    # Launched and standing before its first instruction; nobody lets it go.
    await (await QemuEngine().launch(plan)).detach()

    async with managing(root) as manager:
        status = await manager.get_vm_status("demo")
        assert (status.state, status.reason) == (S.RUNNING, "adopted")
        assert await manager.running("demo").query_status() is RunStatus.RUNNING


async def test_without_qemu_the_manager_stays_and_looks_again_later(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with managing(root) as manager:
        await manager.create_vm("demo", small())
        with monkeypatch.context() as without:
            without.setenv("PATH", "/nowhere")
            for _ in range(2):
                with pytest.raises(NotSupportedError):
                    await manager.host_report()
            with pytest.raises(NotSupportedError):
                await manager.start_vm("demo")
            with pytest.raises(NotSupportedError):
                await manager.create_vm("other", small())
            assert (await manager.get_vm_status("demo")).state is S.ERROR
        assert (await manager.start_vm("demo")).state is S.RUNNING


async def test_the_probe_runs_once_and_is_told(root: Path) -> None:
    async with managing(root) as manager:
        with manager.subscribe() as reader:
            reports = await asyncio.gather(*(manager.host_report() for _ in range(5)))
            events = [event for event in told(reader) if isinstance(event, HostChanged)]

    assert len(set(reports)) == 1
    assert len(events) == 1
    assert events[0].accelerator == reports[0].accelerator


# -- Adoption ----------------------------------------------------------------------------------


async def test_a_manager_that_goes_leaves_its_machines_and_the_next_takes_them_over(
    root: Path,
) -> None:
    names = [f"m{number}" for number in range(6)]
    async with VmManager.open(Library(root)) as manager:
        for name in names:
            info = await running_machine(manager, name)
        await manager.pause_vm("m5")
        before = {info.name: info for info in manager.snapshot()}

    assert runs(info)
    begun = time.monotonic()
    async with managing(root) as manager:
        assert time.monotonic() - begun < 2
        for info in manager.snapshot():
            assert info.state is (S.PAUSED if info.name == "m5" else S.RUNNING)
            assert info.started_ms == before[info.name].started_ms
            assert info.accelerator == before[info.name].accelerator
        assert (await manager.resume_vm("m5")).state is S.RUNNING
        assert (await manager.force_stop_vm("m0")).state is S.STOPPED


async def test_the_library_is_there_before_the_machines_have_answered(root: Path) -> None:
    async with VmManager.open(Library(root)) as manager:
        await running_machine(manager)
    async with managing(root, wait_for_machines=False) as manager:
        status = await manager.get_vm_status("demo")
        assert (status.state, status.reason) == (S.STARTING, "adopting")
        assert (await manager.start_vm("demo")).state is S.RUNNING


async def test_a_machine_can_be_started_while_others_are_taken_over(root: Path) -> None:
    async with VmManager.open(Library(root)) as manager:
        await manager.create_vm("off", small())
        for number in range(4):
            await running_machine(manager, f"on{number}")
    async with managing(root, wait_for_machines=False) as manager:
        assert (await manager.start_vm("off")).state is S.RUNNING
        await manager.adopted()
        states = {info.name: info.state for info in manager.snapshot()}
        assert set(states.values()) == {S.RUNNING}
        assert (await manager.pause_vm("off")).state is S.PAUSED


async def test_a_machine_that_ended_while_nobody_watched_is_stopped(root: Path) -> None:
    async with VmManager.open(Library(root)) as manager:
        info = await running_machine(manager)
    kill_engine(info)
    await eventually(lambda: not runs(info))
    async with managing(root) as manager:
        assert (await manager.get_vm_status("demo")).state is S.STOPPED
        assert left_behind(info) == []
        assert (await manager.start_vm("demo")).state is S.RUNNING


async def unreachable(root: Path) -> None:
    """A library with one machine that runs and has lost its sockets."""
    async with VmManager.open(Library(root)) as manager:
        info = await running_machine(manager)
        sockets = paths.runtime_dir(root) / info.id.hex[:8]
    shutil.rmtree(sockets)


async def test_a_machine_that_cannot_be_reached_is_never_shown_as_stopped(root: Path) -> None:
    await unreachable(root)
    async with managing(root) as manager:
        info = await manager.get_vm_status("demo")
        assert (info.state, info.reason) == (S.ERROR, "unreachable")
        assert info.actions == {Action.FORCE_STOP}
        assert info.remedy
        for call in (manager.start_vm, manager.destroy_vm, manager.stop_vm):
            with pytest.raises(StateError):
                await call("demo")
        assert runs(info)

        stopped = await manager.force_stop_vm("demo")
        assert (stopped.state, stopped.reason, stopped.problem) == (S.STOPPED, "forced", "")
        assert not runs(info)
        assert left_behind(info) == []
        assert (await manager.start_vm("demo")).state is S.RUNNING


async def test_the_end_of_a_machine_that_cannot_be_reached_is_seen(root: Path) -> None:
    await unreachable(root)
    async with managing(root) as manager:
        kill_engine(manager.snapshot()[0])

        assert (await reaches(manager, "demo", S.STOPPED, within_s=3)).reason == "ended"
        assert (await manager.start_vm("demo")).state is S.RUNNING


@pytest.mark.parametrize("damage", ["description", "disk"])
async def test_a_damaged_machine_that_runs_can_be_ended_and_nothing_else(
    root: Path, damage: str
) -> None:
    async with VmManager.open(Library(root)) as manager:
        info = await running_machine(manager)
    if damage == "disk":
        (info.folder / DISK_FILE).rename(info.folder / "aside")
    else:
        (info.folder / CONFIG_FILE).write_bytes(b"{")
        (info.folder / GOOD_COPY).unlink()
    async with managing(root) as manager:
        found = manager.snapshot()[0]
        assert found.state is S.UNAVAILABLE
        assert found.actions == {Action.FORCE_STOP}
        with pytest.raises(StateError):
            await manager.destroy_vm(found.name)
        assert runs(info)
        assert (await manager.force_stop_vm(found.name)).state is S.UNAVAILABLE
        assert not runs(info)
        assert manager.snapshot()[0].actions >= {Action.DESTROY}
        with pytest.raises(StoreError):
            await manager.start_vm(found.name)


# -- At once -----------------------------------------------------------------------------------


async def test_many_starts_at_once_are_one_start(root: Path) -> None:
    async with managing(root) as manager:
        await manager.create_vm("demo", small())
        answers = await outcomes(*(manager.start_vm("demo") for _ in range(20)))

        assert {answer.state for answer in answers} == {S.RUNNING}
        assert len({answer.started_ms for answer in answers}) == 1


async def test_a_start_and_a_destroy_at_once_never_lose_a_running_machine(root: Path) -> None:
    async with managing(root) as manager:
        for number in range(4):
            info = await manager.create_vm("demo", small())
            calls = [manager.start_vm("demo"), manager.destroy_vm("demo")]
            await outcomes(*(reversed(calls) if number % 2 else calls))
            there = {info.name: info for info in manager.snapshot()}
            if "demo" in there:
                assert there["demo"].state is S.RUNNING
                assert info.folder.exists()
                await manager.force_stop_vm("demo")
                await manager.destroy_vm("demo")
            assert not runs(info)
            assert not info.folder.exists()


async def test_stop_and_force_at_once_end_the_machine(root: Path) -> None:
    async with managing(root) as manager:
        await running_machine(manager)
        answers = await outcomes(
            manager.stop_vm("demo"),
            manager.stop_vm("demo"),
            manager.force_stop_vm("demo"),
            manager.force_stop_vm("demo"),
        )

        assert {answer.state for answer in answers} == {S.STOPPED}
        assert (await manager.get_vm_status("demo")).reason == "forced"


async def test_two_refused_stops_leave_the_machine_running(root: Path) -> None:
    async with managing(root) as manager:
        await running_machine(manager)
        answers = await outcomes(*(manager.stop_vm("demo", timeout_s=0.2) for _ in range(2)))

        assert all(isinstance(answer, StopRefusedError) for answer in answers)
        assert (await manager.get_vm_status("demo")).state is S.RUNNING
        assert (await manager.pause_vm("demo")).state is S.PAUSED


async def test_force_while_it_starts_ends_it(root: Path) -> None:
    async with managing(root) as manager:
        info = await manager.create_vm("demo", small())
        started, stopped = await outcomes(manager.start_vm("demo"), manager.force_stop_vm("demo"))

        assert stopped.state is S.STOPPED
        assert isinstance(started, AppError) or started.state in {S.RUNNING, S.STOPPED}
        await eventually(lambda: not runs(info))
        assert (await manager.start_vm("demo")).state is S.RUNNING


async def test_pauses_and_resumes_in_any_order_end_in_a_true_state(root: Path) -> None:
    async with managing(root) as manager:
        await running_machine(manager)
        for _ in range(10):
            answers = await outcomes(
                manager.pause_vm("demo"),
                manager.resume_vm("demo"),
                manager.pause_vm("demo"),
                manager.resume_vm("demo"),
            )
            assert all(
                isinstance(answer, StateError) or answer.state in {S.PAUSED, S.RUNNING}
                for answer in answers
            )
            status = await manager.get_vm_status("demo")
            engine = await manager.running("demo").query_status()
            assert engine.name == status.state.name
        await outcomes(manager.pause_vm("demo"), manager.force_stop_vm("demo"))
        assert (await reaches(manager, "demo", S.STOPPED)).reason == "forced"


async def test_a_pause_that_nobody_waits_for_still_ends(root: Path) -> None:
    async with managing(root) as manager:
        await running_machine(manager)
        for turns in range(6):
            task = asyncio.ensure_future(manager.pause_vm("demo"))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await outcomes(task)
            status = await manager.get_vm_status("demo")
            assert status.state in {S.RUNNING, S.PAUSED}
            assert (await manager.resume_vm("demo")).state is S.RUNNING


async def test_of_two_who_rename_a_machine_at_once_one_is_told_that_it_is_gone(root: Path) -> None:
    async with managing(root) as manager:
        await manager.create_vm("demo", small())
        answers = await outcomes(manager.rename_vm("demo", "a"), manager.rename_vm("demo", "b"))

        assert [type(answer) for answer in answers].count(UnknownVmError) == 1
        assert manager.snapshot()[0].name in {"a", "b"}


async def test_a_rename_during_a_start_is_not_lost(root: Path) -> None:
    async with managing(root) as manager:
        for number in range(6):
            old, new = f"n{number}", f"n{number + 1}"
            if number == 0:
                await manager.create_vm(old, small())
            renamed, _ = await outcomes(manager.rename_vm(old, new), manager.start_vm(old))
            if isinstance(renamed, StateError):  # the start was first
                renamed = await manager.rename_vm(old, new)
            info = await manager.get_vm_status(new)
            assert load_config(info.folder).name == new
            assert load_config(info.folder).last_started_ms == info.last_started_ms > 0
            await manager.force_stop_vm(new)


async def test_two_machines_never_get_one_name(root: Path) -> None:
    async with managing(root) as manager:
        await manager.create_vm("a", small())
        await manager.create_vm("b", small())
        answers = await outcomes(
            manager.rename_vm("a", "C"),
            manager.rename_vm("b", "c"),
            manager.create_vm("c", small()),
        )

        assert sum(isinstance(answer, ParamError) for answer in answers) == 2
        names = [info.name.lower() for info in manager.snapshot()]
        assert len(set(names)) == len(names)


# -- Names, discs, trash -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a,b=c", "-x", '👩\u200d💻 it\'s "me"', "中" * 83], ids=ascii)
async def test_a_machine_of_any_name_lives_its_whole_life(tmp_path: Path, name: str) -> None:
    root = tmp_path / f"li,b=r {name[:20]}"
    async with managing(root) as manager:
        await running_machine(manager, name)
        await manager.pause_vm(name)
        await manager.force_stop_vm(name)
        await manager.rename_vm(name, "plain")
        await manager.rename_vm("plain", name)
        await manager.destroy_vm(name)
        assert (await manager.undo_destroy_vm(name)).name == name


async def test_a_rename_keeps_the_files_and_is_told(root: Path) -> None:
    async with managing(root) as manager:
        info = await manager.create_vm("old", small())
        with manager.subscribe() as reader:
            renamed = await manager.rename_vm("OLD", "Old")
            assert [e.old_name for e in told(reader) if isinstance(e, VmRenamed)] == ["old"]
        assert (renamed.name, renamed.id, renamed.folder) == ("Old", info.id, info.folder)
        for bad in ("", " x", "a\nb", "x" * 129):
            with pytest.raises(ParamError):
                await manager.rename_vm("old", bad)
        await manager.create_vm("taken", small())
        with pytest.raises(ParamError) as caught:
            await manager.rename_vm("old", "TAKEN")
        assert caught.value.code is Code.NAME_TAKEN


async def test_a_change_that_cannot_be_written_changes_nothing(root: Path, tmp_path: Path) -> None:
    async with managing(root) as manager:
        info = await manager.create_vm("old", small())
        (info.folder / GOOD_COPY).mkdir()
        with pytest.raises(StoreError, match="cannot be written"):
            await manager.rename_vm("old", "new")
        with pytest.raises(StoreError, match="cannot be written"):
            await manager.mount_cd_drive_to_vm("old", an_iso(tmp_path / "x.iso"))
        assert manager.snapshot()[0].name == "old"
        assert manager.snapshot()[0].disc is None
        assert load_config(info.folder).name == "old"


async def test_a_disc_is_put_in_and_taken_out_while_the_machine_is_off(
    root: Path, tmp_path: Path
) -> None:
    disc = an_iso(tmp_path / "x.iso")
    async with managing(root) as manager:
        info = await manager.create_vm("demo", small())
        with manager.subscribe() as reader:
            assert (await manager.mount_cd_drive_to_vm("demo", disc)).disc == disc
            assert [type(event) for event in told(reader)] == [VmChanged]
        assert load_config(info.folder).disc == disc
        with pytest.raises(PathError, match="not in the drive"):
            await manager.unmount_cd_drive_from_vm("demo", tmp_path / "other.iso")
        await manager.start_vm("demo")
        for call in (
            manager.mount_cd_drive_to_vm("demo", disc),
            manager.unmount_cd_drive_from_vm("demo"),
        ):
            with pytest.raises(StateError):
                await call
        await manager.force_stop_vm("demo")
        assert (await manager.unmount_cd_drive_from_vm("demo", disc)).disc is None
        assert (await manager.unmount_cd_drive_from_vm("demo")).disc is None
        assert load_config(info.folder).disc is None


async def test_a_destroyed_machine_comes_back_as_it_was(root: Path) -> None:
    async with managing(root) as manager:
        info = await manager.create_vm("demo", small())
        with manager.subscribe() as reader:
            await manager.destroy_vm("demo")
            assert [type(e) for e in told(reader)] == [StateChanged, VmRemoved]
            assert manager.snapshot() == ()
            assert not info.folder.exists()
            back = await manager.undo_destroy_vm("DEMO")
            assert [type(e) for e in told(reader)] == [VmCreated]
        assert (back.id, back.state, back.folder) == (info.id, S.STOPPED, info.folder)
        with pytest.raises(UnknownVmError):
            await manager.undo_destroy_vm("demo")
        assert (await manager.start_vm("demo")).state is S.RUNNING
        with pytest.raises(StateError):
            await manager.destroy_vm("demo")


async def test_an_undo_does_not_take_a_name_that_is_used_again(root: Path) -> None:
    async with managing(root) as manager:
        await manager.create_vm("demo", small())
        await manager.destroy_vm("demo")
        undone, made = await outcomes(
            manager.undo_destroy_vm("demo"), manager.create_vm("demo", small())
        )
        assert sum(isinstance(answer, ParamError) for answer in (undone, made)) == 1
        assert len(manager.snapshot()) == 1


async def test_destroys_and_undos_at_once_happen_once(root: Path) -> None:
    async with managing(root) as manager:
        await manager.create_vm("demo", small())
        answers = await outcomes(*(manager.destroy_vm("demo") for _ in range(4)))
        assert answers.count(None) == 1
        assert all(answer is None or isinstance(answer, AppError) for answer in answers)
        answers = await outcomes(*(manager.undo_destroy_vm("demo") for _ in range(4)))
        assert sum(not isinstance(answer, AppError) for answer in answers) == 1
        assert not any(
            isinstance(a, BaseException) and not isinstance(a, AppError) for a in answers
        )
        assert len(manager.snapshot()) == 1


@pytest.mark.parametrize("damaged", [False, True])
async def test_a_destroy_that_fails_leaves_the_machine_as_it_was(root: Path, damaged: bool) -> None:
    async with managing(root) as manager:
        info = await manager.create_vm("demo", small())
    if damaged:
        (info.folder / DISK_FILE).unlink()
    (root / "trash").touch()
    async with managing(root) as manager:
        before = await manager.get_vm_status("demo")
        with pytest.raises(StoreError, match="trash"):
            await manager.destroy_vm("demo")
        after = await manager.get_vm_status("demo")
        assert (after.state, after.problem) == (before.state, before.problem)
        assert info.folder.exists()


async def test_a_rename_that_comes_late_never_brings_a_destroyed_machine_back(root: Path) -> None:
    async with managing(root) as manager:
        for number in range(5):
            info = await manager.create_vm(f"m{number}", small())
            await outcomes(
                manager.rename_vm(info.name, "new"),
                manager.destroy_vm(info.name),
                manager.unmount_cd_drive_from_vm(info.name),
            )
            if manager.snapshot():
                await manager.destroy_vm("new")
            assert not info.folder.exists()
        assert Library(root).scan() == []


async def test_damaged_and_copied_machines_are_shown_and_left_alone(root: Path) -> None:
    async with managing(root) as manager:
        good = await manager.create_vm("good", small())
        bad = await manager.create_vm("bad", small())
    shutil.copytree(good.folder, good.folder.with_name("my copy"))
    (bad.folder / CONFIG_FILE).write_bytes(b"damaged")
    async with managing(root) as manager:
        found = {info.folder.name: info for info in manager.snapshot()}
        assert found[good.folder.name].state is S.STOPPED
        for name in ("my copy", bad.folder.name):
            info = found[name]
            assert info.state is S.UNAVAILABLE
            assert info.problem
            assert info.actions == {Action.DESTROY}
            for call in (
                manager.start_vm(info.name),
                manager.rename_vm(info.name, "other"),
                manager.unmount_cd_drive_from_vm(info.name),
            ):
                with pytest.raises(AppError):
                    await call
        assert (bad.folder / CONFIG_FILE).read_bytes() == b"damaged"
        await manager.destroy_vm(found["my copy"].name)
        assert len(manager.snapshot()) == 2


# -- Pictures and views ------------------------------------------------------------------------


async def test_a_picture_of_the_screen_is_a_png_or_an_error_for_people(
    root: Path, tmp_path: Path
) -> None:
    async with managing(root) as manager:
        await running_machine(manager)
        target = await manager.screenshot_vm("demo", tmp_path / "a,b.png")
        assert target.read_bytes()[:4] == b"\x89PNG"
        for bad in (tmp_path / "none" / "x.png", tmp_path):
            with pytest.raises(PathError, match=r"Invalid (file )?path"):
                await manager.screenshot_vm("demo", bad)
        with manager.subscribe() as reader:
            await manager.refresh_thumbnail("demo")
            assert [type(event) for event in told(reader)] == [VmChanged]
        info = await manager.force_stop_vm("demo")
        assert info.thumbnail is not None
        with pytest.raises(StateError):
            await manager.screenshot_vm("demo", target)
        await manager.refresh_thumbnail("demo")


class Seen:
    """A screen whose window shows a picture of one colour, or is out of sight."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.in_sight = True

    def picture(self, window_id: int) -> ViewPicture | None:
        self.asked.append(window_id)
        pixels = bytes((30, 20, 10, 0)) * (1600 * 800)
        return ViewPicture(1600, 800, pixels) if self.in_sight else None


async def test_the_small_picture_of_a_machine_in_sight_is_its_windows(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with managing(root) as manager:
        await running_machine(manager)
        window = manager.bindings.issue_window()
        manager.bind_view("demo", window, 800, 600)
        screen = Seen()
        manager.screen = cast("Screen", screen)
        running = manager.running("demo")
        shots: list[Path] = []
        taken = running.screenshot

        async def screenshot(target: Path) -> None:
            shots.append(target)
            await taken(target)

        monkeypatch.setattr(running, "screenshot", screenshot)
        await manager.refresh_thumbnail("demo")
        small = (await manager.get_vm_status("demo")).thumbnail
        assert small is not None
        with Image.open(small) as picture:
            assert (picture.size, picture.getpixel((5, 5))) == ((640, 320), (10, 20, 30))
        assert (screen.asked, shots) == ([window], [])
        screen.in_sight = False
        await manager.refresh_thumbnail("demo")
        assert len(shots) == 1


async def test_a_view_makes_a_running_machine_viewing_and_stays_over_a_pause(root: Path) -> None:
    async with managing(root) as manager:
        info = await running_machine(manager)
        window = manager.bindings.issue_window()
        with manager.subscribe() as reader:
            manager.bind_view("demo", window, 800, 600)
            assert (await manager.get_vm_status("demo")).state is S.VIEWING
            with pytest.raises(ViewError, match=WINDOW_EXISTS):
                manager.bind_view("demo", manager.bindings.issue_window(), 800, 600)
            await manager.pause_vm("demo")
            assert (await manager.get_vm_status("demo")).window_id == window
            assert (await manager.resume_vm("demo")).state is S.VIEWING
            assert (await manager.set_vm_view_size(1024, 768)).width_px == 1024
            manager.tell_view_state(window, ViewState.FOCUSED)
            manager.free_view(window)
            views = [e.view_state for e in told(reader) if isinstance(e, ViewStateChanged)]
        assert views == [ViewState.BOUND, ViewState.FOCUSED, ViewState.RELEASED]
        assert (await manager.get_vm_status("demo")).state is S.RUNNING
        assert runs(info)


async def test_without_a_screen_nothing_can_be_shown(root: Path) -> None:
    async with managing(root) as manager:
        await manager.create_vm("demo", small())
        with pytest.raises(NotSupportedError):
            await manager.show_vm("demo")


# -- The manager itself ------------------------------------------------------------------------


async def test_an_error_of_the_caller_comes_out_as_it_is(root: Path) -> None:
    with pytest.raises(KeyError):
        async with VmManager.open(Library(root)):
            raise KeyError("mine")


async def test_a_manager_that_is_cancelled_lets_its_machines_run_on(root: Path) -> None:
    ready = asyncio.Event()

    async def manage() -> None:
        async with VmManager.open(Library(root)) as manager:
            await running_machine(manager)
            ready.set()
            await asyncio.Event().wait()

    task = asyncio.ensure_future(manage())
    await ready.wait()
    task.cancel()
    await outcomes(task)
    assert task.cancelled()

    async with managing(root) as manager:
        assert manager.snapshot()[0].state is S.RUNNING


async def test_a_start_that_outlives_the_manager_leaves_no_engine(root: Path) -> None:
    async with VmManager.open(Library(root)) as manager:
        info = await manager.create_vm("demo", small())
        await manager.host_report()
        task = asyncio.ensure_future(manager.start_vm("demo"))
        await reaches(manager, "demo", S.STARTING)

    answer = (await outcomes(task))[0]
    assert isinstance(answer, (AppError, asyncio.CancelledError))
    assert not runs(info)


async def test_a_thousand_machines_are_listed_in_no_time(root: Path) -> None:
    async with managing(root) as manager:
        for number in range(1000):
            config = a_config(name=f"machine {number}", id=uuid.uuid4())
            manager._registry.add(Stored(root / "machines" / f"m{number}", config))
        spent_s = 1.0
        for _ in range(3):  # the best: the garbage of other tests may be collected in one
            begun = time.process_time()
            infos = manager.snapshot()
            spent_s = min(spent_s, time.process_time() - begun)

        for info in infos:
            manager._registry.remove(manager._registry.find(info.name))
        assert len(infos) == 1000
        assert spent_s < 0.1


@pytest.mark.slow
@pytest.mark.timeout_s(120)
async def test_fifty_rounds_leave_nothing_behind(root: Path) -> None:
    async with managing(root) as manager:
        info = await running_machine(manager)
        await manager.force_stop_vm("demo")
        before = footprint(info.folder)
        for _ in range(50):
            await manager.start_vm("demo")
            await manager.force_stop_vm("demo")
        # What an earlier test had dropped may have gone meanwhile, so that there is less.
        await eventually(lambda: all(map(le, footprint(info.folder), before)))
        assert not (paths.runtime_dir(root) / info.id.hex[:8]).exists()


def footprint(folder: Path) -> tuple[int, int, int, frozenset[str]]:
    """Descriptors, threads, tasks of this process, and the machine's files."""
    files = frozenset(path.name for path in folder.iterdir()) - {"engine.log.1"}
    # The loop's own pool gets its few threads when it first needs them, and keeps them.
    pooled = sum(thread.name.startswith("asyncio_") for thread in threading.enumerate())
    return (
        open_descriptors(),
        len(list(Path("/proc/self/task").iterdir())) - pooled,
        len(asyncio.all_tasks()),
        files,
    )
