"""An archive becomes the machine that it describes, or there is nothing."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import io
import json
import os
import subprocess
import tarfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import AppError, DiskLessError, MediaError, NotSupportedError, ParamError
from app.vm import importing_archive
from app.vm.hardware import MOST_DISKS, disk_bus
from app.vm.images.archive import proposed_name
from app.vm.manager import VmManager
from app.vm.model import Chipset, Device, DeviceKind, DiskBus, Firmware, VmConfig
from app.vm.records import MigrationOptions, TaskPhase
from app.vm.state import VmState
from app.vm.store import load_config
from tests.guests.tiny import NoRecordError, TinyOptions, build_tiny_disc, read_record
from tests.helpers.waiting import eventually
from tests.vm.disks import MIB, files_in, run, same, write_pattern
from tests.vm.images.descriptions import (
    cpus,
    described,
    disk_item,
    item,
    memory,
    of_virtualbox,
    of_vmware,
)
from tests.vm.makers import python
from tests.vm.managing import managing, small

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

SECRET = b"a secret of the person's " * 4000
AHCI = item(20, 3, ResourceSubType="AHCI")
FIRST = '<File ovf:id="f1" ovf:href="disk1.vmdk"/>'


def a_disk(folder: Path, form: str = "vmdk", byte: int = 0x5A, mib: int = 16) -> bytes:
    """An image of a disk with content."""
    plain, image = folder / "plain.qcow2", folder / "image"
    run("qemu-img", "create", "-q", "-f", "qcow2", plain, f"{mib}M")
    write_pattern(plain, byte)
    words = ["-o", "subformat=streamOptimized"] if form == "vmdk" else []
    run("qemu-img", "convert", "-f", "qcow2", "-O", form, *words, plain, image)
    data = image.read_bytes()
    plain.unlink()
    image.unlink()
    return data


def manifest_of(files: Mapping[str, bytes], algorithm: str = "SHA256") -> bytes:
    """Digests of all files."""
    lines = (
        f"{algorithm}({name})= {hashlib.new(algorithm, data).hexdigest()}\n"
        for name, data in files.items()
    )
    return "".join(lines).encode()


def packed(files: Mapping[str, bytes]) -> bytes:
    """A tar archive."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def of(path: Path, **more: int) -> MigrationOptions:
    """Options that name an archive."""
    return MigrationOptions(guest_os_image_path=str(path), **more)


def nothing_of_it(root: Path) -> bool:
    """Whether no machine was begun, and no byte of the secret came into the library."""
    machines = root / "machines"
    left = files_in(machines) if machines.exists() else set()
    files = (file for file in root.rglob("*") if file.is_file())
    return not left and not any(SECRET[:100] in file.read_bytes() for file in files)


async def config_of(manager: VmManager, name: str) -> VmConfig:
    """What is stored of a machine."""
    return load_config((await manager.get_vm_status(name)).folder)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The person's folder."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The library."""
    return tmp_path / "library"


def two_disks(out: Path) -> dict[str, bytes]:
    """The files of a machine of VirtualBox."""
    system, data = a_disk(out), a_disk(out, byte=0x33, mib=32)
    text = of_virtualbox().replace(b"17179869184", str(16 * MIB).encode())
    names = ("Win 10.ovf", "Win 10-disk001.vmdk", "Win 10-disk002.vmdk")
    return dict(zip(names, (text, system, data), strict=True))


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    """All files there, and when they were changed."""
    return {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.iterdir()}


@pytest.mark.parametrize("kind", ["ova", "ovf"])
async def test_a_machine_with_two_disks_is_taken_over_and_starts(
    root: Path, out: Path, kind: str
) -> None:
    files = two_disks(out)
    whole = {**files, "Win 10.mf": manifest_of(files), "Win 10.cert": b"nobody reads it"}
    path = out / f"Win 10.{kind}"
    if kind == "ova":
        path.write_bytes(packed(whole))
    else:
        for name, data in whole.items():
            (out / name).write_bytes(data)
    before = contents(out)

    async with managing(root) as manager:
        done = await manager.import_vm_disk_image("demo", of(path))
        assert (done.phase, done.progress) == (TaskPhase.DONE, 100)
        info = await manager.get_vm_status("demo")
        assert (info.state, info.firmware) == (VmState.AVAILABLE, Firmware.UEFI)
        config = await config_of(manager, "demo")
        host = manager.host_size()
        assert config.cpus == min(4, host.cpus)
        assert config.memory_mib == (
            4096 if host.memory_total_mib >= 4096 else host.memory_total_mib // 2
        )
        assert config.system == "windows-10"
        assert config.hardware.clock == "localtime"
        assert config.hardware.device("nic0").driver == "e1000"
        assert [disk.id for disk in config.disks] == ["disk0", "disk1"]
        names = ("Win 10-disk001.vmdk", "Win 10-disk002.vmdk")
        for disk, name in zip(config.disks, names, strict=True):
            assert disk_bus(config.hardware, disk.id) is DiskBus.SATA
            original = root.parent / name
            original.write_bytes(files[name])
            assert same(info.folder / disk.file, original, "vmdk")
        assert not [name for name in files_in(info.folder) if name.endswith(".part")]
        await manager.start_vm("demo", small(disk_size=16, bios_path="uefi"))
    assert contents(out) == before


@pytest.mark.parametrize("form", ["qcow2", "raw", "vdi", "vhdx", "vmdk"])
async def test_an_image_of_every_kind_is_read_in_its_place(
    root: Path, out: Path, form: str
) -> None:
    image = bytearray(a_disk(out, form))
    if form == "raw":
        image[510:512] = b"\x55\xaa"
    (out / "a.ova").write_bytes(packed({"a.ovf": described(), "disk1.vmdk": bytes(image)}))
    (out / "original").write_bytes(image)
    async with managing(root) as manager:
        await manager.import_vm_disk_image("demo", of(out / "a.ova"))
        assert same(await manager.get_vm_disk_image_path("demo"), out / "original", form)


async def test_a_packed_disk_is_unpacked(root: Path, out: Path) -> None:
    image = a_disk(out)
    text = described(files=FIRST.replace("/>", ' ovf:compression="gzip"/>'))
    files = {"a.ovf": text, "disk1.vmdk": gzip.compress(image)}
    (out / "a.ova").write_bytes(packed({**files, "a.mf": manifest_of(files, "SHA1")}))
    (out / "original").write_bytes(image)
    async with managing(root) as manager:
        await manager.import_vm_disk_image("demo", of(out / "a.ova"))
        disk = await manager.get_vm_disk_image_path("demo")
        assert same(disk, out / "original", "vmdk")
        assert files_in(disk.parent) == {"disk0.qcow2", "machine.json"}


async def test_a_disk_without_a_file_is_empty_and_one_with_more_room_grows(
    root: Path, out: Path
) -> None:
    disks = (
        '<Disk ovf:diskId="d1" ovf:fileRef="f1" ovf:capacity="48"'
        ' ovf:capacityAllocationUnits="byte * 2^20"/>'
        f'<Disk ovf:diskId="d2" ovf:capacity="{24 * MIB}"/>'
    )
    text = described(
        disks=disks, hardware=(cpus(), memory(), AHCI, disk_item(1, 3, 0), disk_item(2, 3, 1))
    )
    (out / "a.ova").write_bytes(packed({"a.ovf": text, "disk1.vmdk": a_disk(out)}))
    async with managing(root) as manager:
        await manager.import_vm_disk_image("demo", of(out / "a.ova"))
        config = await config_of(manager, "demo")
        folder = (await manager.get_vm_status("demo")).folder
        assert [disk.size_mib for disk in config.disks] == [48, 24]
        run("qemu-img", "create", "-q", "-f", "qcow2", out / "empty", "24M")
        assert same(folder / config.disks[1].file, out / "empty")


async def test_a_machine_of_vmware_gets_devices_that_its_guest_knows(root: Path, out: Path) -> None:
    image = a_disk(out, mib=16)
    text = of_vmware().replace(b'ovf:size="4096"', f'ovf:size="{len(image)}"'.encode())
    text = text.replace(b'capacity="40"', b'capacity="16"').replace(b"2^30", b"2^20")
    (out / "s.ova").write_bytes(packed({"s.ovf": text, "my server-disk1.vmdk": image}))
    async with managing(root) as manager:
        await manager.import_vm_disk_image("demo", of(out / "s.ova"))
        config = await config_of(manager, "demo")
        assert config.system == "debian"
        assert disk_bus(config.hardware, "disk0") is DiskBus.SATA
        assert config.hardware.device("nic0").driver == "e1000e"


@pytest.mark.parametrize(
    ("controller", "board", "bus"),
    [
        (item(5, 3, ResourceSubType="PIIX4"), Chipset.I440FX, DiskBus.IDE),
        (AHCI, Chipset.Q35, DiskBus.SATA),
        (item(20, 3, ResourceSubType="VirtioSCSI"), Chipset.Q35, DiskBus.VIRTIO),
        (item(6, 3, ResourceSubType="lsilogic"), Chipset.Q35, DiskBus.SATA),
    ],
)
@pytest.mark.parametrize("number", [1, MOST_DISKS])
async def test_a_machine_starts_with_its_disks_on_every_bus(
    root: Path, out: Path, controller: str, board: Chipset, bus: DiskBus, *, number: int
) -> None:
    disks = "".join(
        f'<Disk ovf:diskId="d{n}" ovf:fileRef="f1" ovf:capacity="{16 * MIB}"/>'
        for n in range(number)
    )
    items = [disk_item(n, 3, n) for n in range(number)]
    text = described(disks=disks, hardware=(cpus(1), memory(64), controller, *items))
    (out / "a.ova").write_bytes(packed({"a.ovf": text, "disk1.vmdk": a_disk(out)}))
    async with managing(root) as manager:
        await manager.import_vm_disk_image("demo", of(out / "a.ova"))
        config = await config_of(manager, "demo")
        assert (config.hardware.chipset, disk_bus(config.hardware, "disk0")) == (board, bus)
        assert [disk.id for disk in config.disks] == [f"disk{n}" for n in range(number)]
        await manager.start_vm("demo")


async def test_what_is_more_than_this_computer_has_is_taken_down(root: Path, out: Path) -> None:
    text = described(hardware=(cpus(255), memory(60 << 10, "GB"), AHCI, disk_item(1, 3, 0)))
    (out / "a.ova").write_bytes(packed({"a.ovf": text, "disk1.vmdk": a_disk(out)}))
    async with managing(root) as manager:
        await manager.import_vm_disk_image("demo", of(out / "a.ova"))
        host, config = manager.host_size(), await config_of(manager, "demo")
        assert config.cpus == host.cpus
        assert config.memory_mib == host.memory_total_mib // 2


# What is refused.

Maker = Callable[[Path], Path]
"""Makes a hostile file in a folder."""


def ova(**changes: object) -> Maker:
    """An archive of a description with changes, and its disk."""

    def make(out: Path) -> Path:
        text = described(**changes)  # type: ignore[arg-type] # its own parameters
        return written(out, {"a.ovf": text, "disk1.vmdk": a_disk(out)})

    return make


def written(out: Path, files: Mapping[str, bytes]) -> Path:
    """An archive in the person's folder."""
    (out / "a.ova").write_bytes(packed(files))
    return out / "a.ova"


def with_link(kind: bytes) -> Maker:
    """An archive with a link to the secret instead of its disk."""

    def make(out: Path) -> Path:
        path = written(out, {"a.ovf": described()})
        with tarfile.open(path, "a") as archive:
            info = tarfile.TarInfo("disk1.vmdk")
            info.type, info.linkname = kind, str(out / "secret.img")
            archive.addfile(info)
        return path

    return make


def with_name(name: str) -> Maker:
    """An archive with a further file."""
    return lambda out: written(
        out, {"a.ovf": described(), "disk1.vmdk": a_disk(out), name: b"x" * 600}
    )


def twice(out: Path) -> Path:
    """An archive with two disks of one name."""
    image = a_disk(out)
    path = written(out, {"a.ovf": described(), "disk1.vmdk": image})
    with tarfile.open(path, "a") as archive:
        info = tarfile.TarInfo("disk1.vmdk")
        info.size = len(image)
        archive.addfile(info, io.BytesIO(image))
    return path


def cut(out: Path) -> Path:
    """An archive without its last third."""
    path = ova()(out)
    os.truncate(path, path.stat().st_size * 2 // 3)
    return path


def with_image(data: Callable[[Path], bytes]) -> Maker:
    """An archive with this instead of its disk."""
    return lambda out: written(out, {"a.ovf": described(), "disk1.vmdk": data(out)})


def leading(out: Path) -> bytes:
    """A qcow2 image on top of the secret."""
    image = out / "leading"
    secret = ["-F", "raw", "-b", out / "secret.img"]
    run("qemu-img", "create", "-q", "-f", "qcow2", *secret, image, "16M")
    return image.read_bytes()


def flat(out: Path) -> bytes:
    """A VMDK descriptor whose extent is the secret."""
    lines = (
        "# Disk DescriptorFile", "version=1", "CID=12345678", "parentCID=ffffffff",
        'createType="monolithicFlat"', f'RW 100 FLAT "{out / "secret.img"}" 0',
        'ddb.adapterType = "ide"', "",
    )  # fmt: skip
    return "\n".join(lines).encode()


def spoiled(out: Path) -> Path:
    """An archive whose disk was changed after its manifest was written."""
    files = {"a.ovf": described(), "disk1.vmdk": a_disk(out)}
    manifest = manifest_of(files)
    image = bytearray(files["disk1.vmdk"])
    image[-600] ^= 1
    return written(out, {**files, "disk1.vmdk": bytes(image), "a.mf": manifest})


def unlisted(out: Path) -> Path:
    """An archive whose manifest leaves the disk out."""
    text = described()
    files = {"a.ovf": text, "disk1.vmdk": a_disk(out)}
    return written(out, {**files, "a.mf": manifest_of({"a.ovf": text})})


def two_manifests(out: Path) -> Path:
    """An archive with two lists of digests."""
    files = {"a.ovf": described(), "disk1.vmdk": a_disk(out)}
    return written(out, {**files, "a.mf": manifest_of(files), "b.mf": manifest_of(files)})


def bomb(out: Path) -> Path:
    """A packed disk that is much larger than the description says."""
    text = described(files=FIRST.replace("/>", ' ovf:compression="gzip"/>'))
    return written(out, {"a.ovf": text, "disk1.vmdk": gzip.compress(bytes(200 * MIB), 9)})


def broken_stream(out: Path) -> Path:
    """A packed disk that is none."""
    text = described(files=FIRST.replace("/>", ' ovf:compression="gzip"/>'))
    return written(out, {"a.ovf": text, "disk1.vmdk": b"\x1f\x8b" + bytes(1000)})


def folder_with(href: str, beside: Callable[[Path], object] = lambda _: None) -> Maker:
    """A description in a folder, with a file that it refers to."""

    def make(out: Path) -> Path:
        inside = out / "inside"
        inside.mkdir()
        beside(inside)
        files = f'<File ovf:id="f1" ovf:href="{href}"/>'
        (inside / "a.ovf").write_bytes(described(files=files))
        return inside / "a.ovf"

    return make


def link(inside: Path) -> None:
    """A link to the secret beside the description."""
    (inside / "disk1.vmdk").symlink_to(inside.parent / "secret.img")


def linked_manifest(inside: Path) -> None:
    """A manifest that is a link."""
    (inside / "disk1.vmdk").write_bytes(a_disk(inside))
    (inside / "a.mf").symlink_to(inside.parent / "secret.img")


ENTITIES = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
HOSTILE: dict[str, tuple[Maker, str]] = {
    "a link": (with_link(tarfile.SYMTYPE), "holds a link"),
    "a hard link": (with_link(tarfile.LNKTYPE), "holds a hard link"),
    "a name with dots": (with_name("../../evil"), "leads elsewhere"),
    "an absolute name": (with_name("/tmp/evil"), "leads elsewhere"),  # noqa: S108 - never written
    "two files of one name": (twice, "two files"),
    "two descriptions": (with_name("b.ovf"), "2 descriptions"),
    "no description": (lambda out: written(out, {"a.txt": b"x"}), "0 descriptions"),
    "no archive": (lambda out: (out / "a.ova").write_bytes(SECRET) and out / "a.ova", "not a tar"),
    "a cut off archive": (cut, "cut off"),
    "an outside entity": (ova(before=ENTITIES, name="&a;"), "document type or entities"),
    "an entity bomb": (ova(before=BOMB, name="&b;"), "document type or entities"),
    "4096 processors": (
        ova(hardware=(cpus(4096), memory(), AHCI, disk_item(1, 3, 0))),
        "4096 processors",
    ),
    "no memory": (
        ova(hardware=(cpus(), memory(0), AHCI, disk_item(1, 3, 0))),
        "no machine can have",
    ),
    "a size that lies": (ova(files=FIRST.replace("/>", ' ovf:size="7"/>')), "has 7 bytes"),
    "a missing disk": (lambda out: written(out, {"a.ovf": described()}), "is missing"),
    "a chunked disk": (ova(files=FIRST.replace("/>", ' ovf:chunkSize="9"/>')), "pieces"),
    "a disk larger than told": (
        with_image(lambda out: a_disk(out, mib=128)),
        "larger than its description",
    ),
    "a backing file": (with_image(leading), "does not stand alone|leads"),
    "an extent outside": (with_image(flat), "leads|other files|outside|elsewhere"),
    "the secret as a disk": (with_image(lambda _: SECRET), "does not look like a disk"),
    "a changed disk": (spoiled, "not what its manifest says"),
    "a disk without a digest": (unlisted, "no digest of disk1.vmdk"),
    "two manifests": (two_manifests, "2 lists of digests"),
    "a bomb": (bomb, "larger than it may be"),
    "a broken stream": (broken_stream, "cannot be unpacked"),
    "a file in the folder above": (folder_with("../secret.img"), "does not lie beside it"),
    "an absolute file": (folder_with("/etc/passwd"), "does not lie beside it"),
    "a link beside": (folder_with("disk1.vmdk", link), "is a link"),
    "a linked manifest": (folder_with("disk1.vmdk", linked_manifest), "is a link"),
    "a pipe beside": (
        folder_with("disk1.vmdk", lambda inside: os.mkfifo(inside / "disk1.vmdk")),
        "not a file",
    ),
    "a missing file": (folder_with("disk1.vmdk"), "is missing"),
}


@pytest.mark.parametrize("kind", HOSTILE)
async def test_what_is_hostile_or_broken_leaves_nothing(root: Path, out: Path, kind: str) -> None:
    make, words = HOSTILE[kind]
    (out / "secret.img").write_bytes(SECRET)
    path = make(out)
    async with managing(root) as manager:
        began = time.monotonic()
        with pytest.raises(MediaError, match=words) as caught:
            await manager.import_vm_disk_image("demo", of(path))
        assert time.monotonic() - began < 10
        assert caught.value.remedy
        assert manager.snapshot() == ()
    assert nothing_of_it(root)
    assert (out / "secret.img").read_bytes() == SECRET


async def test_a_packed_disk_without_a_size_is_not_unpacked(root: Path, out: Path) -> None:
    text = described(
        files=FIRST.replace("/>", ' ovf:compression="gzip"/>'),
        hardware=(cpus(), memory(), AHCI, disk_item(1, 3, 0, "ovf:/file/f1")),
    )
    path = written(out, {"a.ovf": text, "disk1.vmdk": gzip.compress(a_disk(out))})
    async with managing(root) as manager:
        with pytest.raises(NotSupportedError, match="packed disk"):
            await manager.import_vm_disk_image("demo", of(path))
    assert nothing_of_it(root)


async def test_a_disk_that_could_outgrow_the_free_space_is_refused(root: Path, out: Path) -> None:
    disks = f'<Disk ovf:diskId="d1" {{}} ovf:capacity="{1 << 45}"/>'
    for reference in ("", 'ovf:fileRef="f1"'):
        path = ova(disks=disks.format(reference))(out)
        async with managing(root) as manager:
            with pytest.raises(DiskLessError):
                await manager.import_vm_disk_image("demo", of(path))
        assert nothing_of_it(root)


async def test_an_archive_does_not_become_the_disk_of_a_machine(root: Path, out: Path) -> None:
    path = ova()(out)
    async with managing(root) as manager:
        await manager.create_vm("demo", small())
        with pytest.raises(ParamError, match="whole machine"):
            await manager.import_vm_disk_image("demo", of(path))
        for wish in ({"disk_size": 64}, {"is_keep_snapshots": True}, {"snapshot_time": 5}):
            with pytest.raises(ParamError, match="taken as it is"):
                await manager.import_vm_disk_image("new", of(path, **wish))
        assert [info.name for info in manager.snapshot()] == ["demo"]


async def test_a_file_that_changes_meanwhile_is_refused(
    root: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ova()(out)
    real = importing_archive.grow_image

    async def touched(image: Path, size_mib: int) -> None:
        await real(image, size_mib)
        os.utime(path, (1, 1))

    monkeypatch.setattr(importing_archive, "grow_image", touched)
    async with managing(root) as manager:
        with pytest.raises(MediaError, match="was changed"):
            await manager.import_vm_disk_image("demo", of(path))
    assert nothing_of_it(root)


async def test_cancelled_nothing_is_left(
    root: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ova()(out)
    copied, real = asyncio.Event(), importing_archive.grow_image

    async def waits(image: Path, size_mib: int) -> None:
        await real(image, size_mib)
        copied.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(importing_archive, "grow_image", waits)
    before = path.read_bytes()
    async with managing(root) as manager:
        task = await manager.import_vm_disk_image("demo", of(path), background=True)
        await copied.wait()
        ended = await manager.cancel_task(task.task_id)
        assert ended.phase is TaskPhase.CANCELLED
        assert manager.snapshot() == ()
    assert nothing_of_it(root)
    assert path.read_bytes() == before


# There and back.


def without_own(config: VmConfig) -> VmConfig:
    """A machine without what every machine has for itself."""
    devices: tuple[Device, ...] = tuple(
        replace(device, mac="") for device in config.hardware.devices
    )
    return replace(
        config, name="x", id=config.id.__class__(int=0), created_ms=0, last_started_ms=0,
        hardware=replace(config.hardware, devices=devices),
    )  # fmt: skip


@pytest.mark.parametrize("system", ["ubuntu-desktop", "windows-11", "windows-xp", "unknown"])
async def test_what_we_export_comes_back_as_an_equal_machine(
    root: Path, out: Path, system: str
) -> None:
    firmware = "uefi" if system == "windows-11" else "bios"
    cfg = small(cpu_num=2, memory_size=192, system=system, bios_path=firmware)
    async with managing(root) as manager:
        await manager.create_vm("demo", cfg)
        original = await config_of(manager, "demo")
        folder = (await manager.get_vm_status("demo")).folder
        write_pattern(folder / original.disks[0].file, 0x44)
        await manager.export_vm_disk_image("demo", of(out / "a.ova"))
        await manager.import_vm_disk_image("back", of(out / "a.ova"))
        back = await config_of(manager, "back")
        assert without_own(back) == without_own(original)
        copy = (await manager.get_vm_status("back")).folder
        assert same(folder / original.disks[0].file, copy / back.disks[0].file)


async def test_several_disks_come_back_too(root: Path, out: Path) -> None:
    files = two_disks(out)
    text = files["Win 10.ovf"].replace(b'<Firmware type="EFI"/>', b'<Firmware type="BIOS"/>')
    (out / "a.ova").write_bytes(packed({**files, "Win 10.ovf": text}))
    async with managing(root) as manager:
        await manager.import_vm_disk_image("demo", of(out / "a.ova"))
        await manager.export_vm_disk_image("demo", of(out / "b.ova"))
        await manager.import_vm_disk_image("back", of(out / "b.ova"))
        first, back = await config_of(manager, "demo"), await config_of(manager, "back")
        assert without_own(back) == without_own(first)
        assert [device.kind for device in back.hardware.devices].count(DeviceKind.DISK) == 2
        one = (await manager.get_vm_status("demo")).folder
        other = (await manager.get_vm_status("back")).folder
        for disk in first.disks:
            assert same(one / disk.file, other / disk.file)


@pytest.mark.timeout_s(120)
async def test_a_guest_starts_again_after_it_went_out_and_came_back(root: Path, out: Path) -> None:
    disc = build_tiny_disc(out / "tiny.iso", TinyOptions())
    async with managing(root) as manager:
        info = await manager.create_vm("demo", small(), iso=disc)
        await manager.start_vm("demo")
        await eventually(lambda: boots(info.folder) == 1, timeout_s=30)
        await manager.stop_vm("demo", timeout_s=20)
        await manager.export_vm_disk_image("demo", of(out / "a.ova"))
        await manager.import_vm_disk_image("back", of(out / "a.ova"))
        back = await manager.get_vm_status("back")
        assert boots(back.folder) == 1
        await manager.start_vm("back")
        await eventually(lambda: boots(back.folder) == 2, timeout_s=30)
        assert boots(info.folder) == 1


def boots(folder: Path) -> int:
    """How often the guest counted a start."""
    try:
        return read_record(folder / "disk0.qcow2").boots
    except (NoRecordError, subprocess.CalledProcessError):
        return 0


# Names and memory.


def test_the_name_in_the_archive_is_proposed_and_made_free(tmp_path: Path) -> None:
    path = written(tmp_path, {"a.ovf": described(name="  Büro\u202e 1 ")})
    assert proposed_name(path, ()) == "Büro\ufffd 1"
    assert proposed_name(path, ("BÜRO\ufffd 1", "büro\ufffd 1 2")) == "Büro\ufffd 1 3"
    (tmp_path / "a.ova").write_bytes(b"x" * 2000)
    with pytest.raises(AppError):
        proposed_name(path, ())


IMPORT = """
import asyncio, json, resource, sys
from pathlib import Path
from uuid import uuid4
from app.vm.importing_archive import ArchiveImport
from app.vm.limits import HostSize
from app.vm.records import TaskInfo, TaskKind
from app.vm.tasks import Task

host = HostSize(cpus=2, memory_mib=4096, memory_total_mib=8192, free_disk_mib=100_000)
info = TaskInfo(task_id=uuid4(), kind=TaskKind.IMPORT, vm_name="x", vm_id=uuid4())
work = ArchiveImport(Path(sys.argv[1]), lambda: host)
config = asyncio.run(work.build(uuid4(), "x", Path(sys.argv[2]), Task(info, lambda _: None)))
status = Path("/proc/self/status").read_text()
ours = int(status.partition("VmHWM:")[2].split()[0])
tools = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
used = [ours, tools]
print(json.dumps({"disks": len(config.disks), "mib": [kib / 1024 for kib in used]}))
"""


def test_an_import_takes_less_than_300_mib_of_memory(tmp_path: Path) -> None:
    raw, image = tmp_path / "raw", tmp_path / "image"
    with raw.open("wb") as file:
        for _ in range(320):
            file.write(os.urandom(MIB))
    words = ["-o", "subformat=streamOptimized", str(raw), str(image)]
    run("qemu-img", "convert", "-f", "raw", "-O", "vmdk", *words)
    raw.unlink()
    disk = f'<Disk ovf:diskId="d1" ovf:fileRef="f1" ovf:capacity="{320 * MIB}"/>'
    path = tmp_path / "a.ova"
    with image.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    text = described(disks=disk)
    manifest = manifest_of({"a.ovf": text}) + f"SHA256(disk1.vmdk)= {digest}\n".encode()
    path.write_bytes(packed({"a.ovf": text, "a.mf": manifest}))
    with tarfile.open(path, "a") as archive:
        archive.add(image, "disk1.vmdk")
    image.unlink()
    (tmp_path / "building").mkdir()

    with python(IMPORT, path, tmp_path / "building") as process:
        words_out, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    found = json.loads(words_out)
    assert found["disks"] == 1
    ours, of_tools = found["mib"]
    assert ours < 300
    assert of_tools < 300
