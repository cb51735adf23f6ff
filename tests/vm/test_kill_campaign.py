"""Whoever is killed while disks come in, go out, grow, shrink or are copied: nothing is between.

A process of its own does one thing until it, its machine's engine or its converter is killed at a
moment that a seed chooses. Then the next manager finds every machine as it was before, or as it
shall be, and the person's own files as they were.
"""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import subprocess
import time
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.errors import AppError
from app.vm.manager import VmManager
from app.vm.model import VmInfo
from app.vm.records import Finding, RecoveryKind, RecoveryStep
from app.vm.recovery.leftovers import LeftoverKind
from app.vm.state import VmState
from app.vm.store import CONFIG_FILE, ENGINE_LOG, GOOD_COPY, THUMBNAIL, Library, read_config
from tests.vm.disks import MIB, about, files_in, run, write_pattern
from tests.vm.gating import Sensor
from tests.vm.killing import (
    EXPORT,
    GROWTHS,
    LIVE_EXPORT,
    NAME,
    NEW,
    OPERATIONS,
    QCOW2,
    RAW,
    SIZE_MIB,
    STEP_MIB,
    TOOL_S,
    VMDK,
    Row,
    Worker,
    is_live,
    kill,
    table,
    wait_for_tools,
    working,
)
from tests.vm.managing import managing, small

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

SEED = 20_261_125
RANDOM_MIB = 128
MOMENTS = {
    "import": 3, "import-copy": 2, "import-replace": 3, "export": 2, "export-live": 2,
    "grow": 2, "grow-live": 2, "compact": 2, "duplicate": 2,
}  # fmt: skip
LONG_MOMENTS = {
    "import": 30, "import-copy": 15, "import-replace": 25, "export": 20, "export-live": 25,
    "grow": 25, "grow-live": 20, "compact": 20, "duplicate": 20,
}  # fmt: skip
_VICTIMS = ["manager", "tools"]
_LIVE_VICTIMS = ["manager", "engine", "both"]
_STRETCH = 1.15
"""No run is as long as the one that was measured, and files take their places at its end."""
_OTHER_BYTE, _WASTE_BYTE = 0x5A, 0xA5
_LASTING = {CONFIG_FILE, GOOD_COPY, ENGINE_LOG, THUMBNAIL, ".launch.lock"}


@pytest.mark.timeout_s(300)
async def test_a_death_at_any_moment_leaves_the_state_before_or_after(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert set(MOMENTS) == set(LONG_MOMENTS) == set(OPERATIONS)
    await campaign(tmp_path, MOMENTS, SEED, measures=1)
    assert "Traceback" not in caplog.text


@pytest.mark.long
@pytest.mark.timeout_s(3600)
async def test_ten_times_as_many_deaths_leave_it_so_too(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await campaign(tmp_path, LONG_MOMENTS, SEED + 1, measures=3)
    assert "Traceback" not in caplog.text


async def campaign(root: Path, moments: dict[str, int], seed: int, *, measures: int) -> None:
    """Kill at all these moments; says what became of it before it fails."""
    scene = await prepare(root)
    rows = [await of_operation(scene, name, of, seed, measures) for name, of in moments.items()]
    failures = [failure for row in rows for failure in row.failures]
    print("\n".join([*table(rows), *failures]))
    assert not failures
    assert 2 * sum(row.inside for row in rows) >= sum(moments.values()), "too few hit the work"


@dataclass(frozen=True)
class Scene:
    """What each moment begins with.

    Attributes:
        library: where machines are.
        pristine: what `machines` holds at the beginning.
        outside: the person's files.
        digests: of the person's images.
        complaints: what the process says to nobody.
    """

    library: Path
    pristine: Path
    outside: Path
    digests: dict[str, str]
    complaints: Path

    @property
    def machines(self) -> Path:
        return self.library / "machines"

    def put_back(self) -> None:
        """Begin anew."""
        shutil.rmtree(self.machines)
        shutil.copytree(self.pristine, self.machines)
        shutil.rmtree(self.library / "tasks", ignore_errors=True)
        for name in files_in(self.outside) - set(self.digests):
            (self.outside / name).unlink()


async def prepare(root: Path) -> Scene:
    """One machine with a disk of random data and of space that nothing uses, and images."""
    outside = root / "outside"
    outside.mkdir()
    raw = outside / RAW
    data = random.Random(SEED).randbytes(RANDOM_MIB * MIB)
    with raw.open("wb") as file:  # The first MiB stays empty, so that no firmware starts it.
        file.seek(MIB)
        file.write(data)
        file.truncate(SIZE_MIB * MIB)
    run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, outside / QCOW2)
    other = root / "other.qcow2"
    shutil.copy(outside / QCOW2, other)
    write_pattern(other, _OTHER_BYTE)
    run("qemu-img", "convert", "-f", "qcow2", "-O", "vmdk", other, outside / VMDK)
    other.unlink()
    library = root / "library"
    async with managing(library) as manager:
        await manager.create_vm(NAME, small(disk_size=SIZE_MIB))
        image = await manager.get_vm_disk_image_path(NAME)
    run("qemu-img", "convert", "-n", "-f", "raw", "-O", "qcow2", raw, image)
    write_pattern(image, _WASTE_BYTE, at_mib=132, mib=8)
    run("qemu-io", "-f", "qcow2", "-c", "write -z 132M 8M", image)
    pristine = root / "pristine"
    shutil.copytree(library / "machines", pristine)
    digests = {name: digest(outside / name) for name in (RAW, QCOW2, VMDK)}
    return Scene(library, pristine, outside, digests, root / "complaints")


async def of_operation(scene: Scene, operation: str, moments: int, seed: int, measures: int) -> Row:
    chance = random.Random(f"{seed} {operation}")
    row = Row(operation)
    row.duration_s = max([await measured_s(scene, operation) for _ in range(measures)])
    victims = _LIVE_VICTIMS if is_live(operation) else _VICTIMS
    victims = chance.sample(victims, len(victims))
    for number in range(moments):
        # One in each of as many equal stretches: spread evenly, and at random all the same.
        moment_s = (number + chance.random()) / moments * row.duration_s * _STRETCH
        victim = victims[number % len(victims)]
        starts = number == moments - 1 or number % 4 == 0
        scene.put_back()
        try:
            await one_death(scene, row, moment_s, victim, starts=starts)
        except (AssertionError, AppError, OSError, subprocess.SubprocessError) as err:
            what = f"{operation} {number} ({victim} after {moment_s:.3f} s): {err!r}"
            row.failures.append(what)
    return row


async def measured_s(scene: Scene, operation: str) -> float:
    """So long it takes when nobody is killed."""
    scene.put_back()
    with working(scene.library, operation, scene.outside, scene.complaints) as worker:
        began = worker.wait_until_ready()
        worker.work_for(60)
        length_s = time.monotonic() - began
        worker.wait_out(60)
    assert worker.said[-1] == "done", f"{operation}: {worker.said}"
    async with managing(scene.library):
        pass  # it is off now
    return length_s


async def one_death(scene: Scene, row: Row, moment_s: float, victim: str, *, starts: bool) -> None:
    (folder,) = scene.machines.iterdir()
    places = (scene.library, scene.outside)
    with working(scene.library, row.operation, scene.outside, scene.complaints) as worker:
        began = worker.wait_until_ready()
        worker.work_for(moment_s)
        row.moments += 1
        row.victims[victim] += 1
        if worker.is_over():
            row.duration_s = min(row.duration_s, time.monotonic() - began)
        else:
            row.inside += 1
        kill(worker, victim, folder, *places)
    killed = time.monotonic()
    assert "Traceback" not in scene.complaints.read_text(), scene.complaints.read_text()
    async with opened(scene.library) as manager:  # at once, with converters still at work
        assert all(is_whole(info) for info in await manager.list_vms())
    row.longest_tool_s = max(row.longest_tool_s, wait_for_tools(killed, *places))
    async with opened(scene.library) as manager:
        first = await seen(manager)
    async with managing(scene.library) as manager:
        assert await seen(manager) == first, "to find it twice changes nothing"
        await manager.force_stop_vm(NAME)
        await verify(manager, scene, row, worker)
        if starts:
            for info in await manager.list_vms():
                await manager.start_vm(info.name)
                await manager.force_stop_vm(info.name)


async def verify(manager: VmManager, scene: Scene, row: Row, worker: Worker) -> None:
    """Everything is as it was before, or as it shall be; what was cut off can be cleared away."""
    infos = {info.name: info for info in await manager.list_vms()}
    may_be = {NAME, NEW} if row.operation in {"import", "import-copy", "duplicate"} else {NAME}
    assert NAME in infos
    assert set(infos) <= may_be
    assert files_in(scene.machines) == {info.folder.name for info in infos.values()}
    await clean_up_work(manager, row)
    is_after = NEW in infos
    for info in infos.values():
        assert is_whole(info)
        assert (await clear_away(manager, info, row)) == ()
        image = await manager.get_vm_disk_image_path(info.name)
        assert about(image)["virtual-size"] == info.disk_mib * MIB
        if row.operation.startswith("grow"):
            sizes = (worker.size_mib(), worker.size_mib() + STEP_MIB)
            assert info.disk_mib in sizes, f"{info.disk_mib} of {sizes}"
            is_after = info.disk_mib == SIZE_MIB + GROWTHS * STEP_MIB
        else:
            assert info.disk_mib == SIZE_MIB
        if row.operation == "compact":
            (before,) = scene.pristine.glob("*/disk0.qcow2")
            is_after = image.stat().st_size < before.stat().st_size
        if row.operation == "import-replace" and same(image, scene.outside / VMDK, "vmdk"):
            is_after = True
        else:
            assert same(image, scene.outside / RAW, "raw"), f"{info.name} holds something else"
    is_after |= verify_outside(scene, row)
    row.after += is_after
    row.before += not is_after


def verify_outside(scene: Scene, row: Row) -> bool:
    """The person's files are as they were; whether there is a whole copy among them."""
    assert {name: digest(scene.outside / name) for name in scene.digests} == scene.digests
    others = files_in(scene.outside) - set(scene.digests)
    copies = others & {EXPORT, LIVE_EXPORT}
    for name in copies:
        form = Path(name).suffix[1:]
        assert same(scene.outside / name, scene.outside / RAW, "raw", form=form), name
        assert check(scene.outside / name, form) == 0
    assert not others - copies, f"nobody removes that: {others - copies}"
    return bool(copies)


async def clean_up_work(manager: VmManager, row: Row) -> None:
    """What the journal knows of it goes, the unfinished files among the person's too."""
    found = await manager.list_findings()
    cut_off = [one for one in found if one.kind is RecoveryKind.INTERRUPTED_TASK]
    assert len(cut_off) <= 1, cut_off
    for one in cut_off:
        row.records += 1
        step = RecoveryStep.CLEAN_UP
        await manager.recover_user_data(one.vm_name, step=step, file=one.file)


async def clear_away(manager: VmManager, info: VmInfo, row: Row) -> tuple[Finding, ...]:
    """Let the manager repair and remove what was left; what it still finds afterwards."""
    names = {disk.path for disk in await manager.list_vm_disks(info.name) if disk.disk_id}
    leaks = sum(check(path, "qcow2") for path in names)
    found = [one for one in await manager.list_findings() if one.vm_name == info.name]
    if leaks or found:
        row.leaks += leaks
        await manager.recover_user_data(info.name)
    leftovers = [one for one in found if one.kind is RecoveryKind.LEFTOVER]
    row.leftovers += len(leftovers)
    for one in leftovers:
        if one.sentence.startswith(LeftoverKind.FORMER_DISK.value):
            step = RecoveryStep.CLEAN_UP
            await manager.recover_user_data(info.name, step=step, file=one.file)
    assert sum(check(path, "qcow2") for path in names) == 0, "leaks are repaired by us"
    kept = {disk.file for disk in read_config(info.folder / CONFIG_FILE).disks}
    if (info.folder / GOOD_COPY).exists():
        kept |= {disk.file for disk in read_config(info.folder / GOOD_COPY).disks}
    unknown = files_in(info.folder) - kept - _LASTING
    assert not unknown, f"nobody removes that: {unknown}"
    return tuple(one for one in await manager.list_findings() if one.vm_name == info.name)


async def seen(manager: VmManager) -> list[object]:
    """What a person sees of the library."""
    return [
        (info.name, info.state, info.disk_mib, files_in(info.folder))
        for info in await manager.list_vms()
    ]


def opened(library: Path) -> AbstractAsyncContextManager[VmManager]:
    """A manager; its machines run on afterwards."""
    return VmManager.open(Library(library), sensor=Sensor())


def is_whole(info: VmInfo) -> bool:
    return info.state is not VmState.UNAVAILABLE


def check(image: Path, form: str) -> int:
    """How many clusters of an image leak; more must not be wrong with it."""
    words = ["qemu-img", "check", "--output=json", "-f", form, str(image)]
    deadline = time.monotonic() + TOOL_S
    while True:  # A process that dies while it writes has no name any more, but its locks.
        done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=60)
        if "lock" not in done.stderr or time.monotonic() > deadline:
            break
    assert done.returncode in {0, 3}, f"{image.name}: {done.stdout} {done.stderr}"
    found = json.loads(done.stdout)
    assert not found.get("corruptions"), f"{image.name}: {done.stdout}"
    assert not found["check-errors"], f"{image.name}: {done.stdout}"
    return int(found.get("leaks", 0))


def same(one: Path, other: Path, other_form: str, *, form: str = "qcow2") -> bool:
    """Whether two disks hold the same; where one is longer, that is empty."""
    words = ["qemu-img", "compare", "-f", form, "-F", other_form, str(one), str(other)]
    return subprocess.run(words, check=False, capture_output=True, timeout=60).returncode == 0


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
