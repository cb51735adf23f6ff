"""Foreign images: those that stand alone and are whole are taken, all others refused at once."""

from __future__ import annotations

import os
import random
import re
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import AppError, MediaError
from app.vm.images import inspection
from app.vm.images.inspection import inspect_image
from app.vm.images.looking import look_at
from app.vm.images.source import ImageFormat, Window
from tests.vm.images import makers
from tests.vm.images.makers import DISK_BYTES, descriptor, flat, made, patched, stream_with_footer

SECRET = b"secret of somebody else" * 1000


class Calls:
    """Counts what is asked of the disk tools."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.commands: list[str] = []
        run = inspection.qemu_img

        async def counted(*arguments: str, **named: Any) -> bytes:
            self.commands.append(arguments[0])
            return await run(*arguments, **named)

        monkeypatch.setattr(inspection, "qemu_img", counted)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    return Calls(monkeypatch)


async def refused(path: Path, words: str, **options: Any) -> MediaError:
    began = time.monotonic()
    with pytest.raises(MediaError, match=words) as caught:
        await inspect_image(path, **options)
    assert time.monotonic() - began < 10
    assert caught.value.remedy
    return caught.value


# What is taken.


@pytest.mark.parametrize("kind", makers.KINDS)
async def test_an_image_of_every_kind_is_taken_and_holds_its_disk(
    kind: str, tmp_path: Path
) -> None:
    image = makers.make(tmp_path / "in", kind)
    source = await inspect_image(image)
    assert source.path == image
    assert source.format == makers.KINDS[kind][1]
    assert source.virtual_bytes == DISK_BYTES
    others = {path for path in image.parent.iterdir() if path != image}
    assert set(source.extents) == others
    assert bool(others) == (kind in makers.SPLIT)
    assert makers.content(source, tmp_path) == makers.pattern()


@pytest.mark.parametrize("kind", makers.IN_ONE_FILE)
async def test_an_image_inside_an_archive_is_taken_in_its_place(kind: str, tmp_path: Path) -> None:
    data = made(kind)
    archive = tmp_path / "machine.ova"
    archive.write_bytes(b"x" * 1536 + data + b"y" * 10_000)
    source = await inspect_image(archive, window=Window(1536, len(data)))
    assert source.window == Window(1536, len(data))
    assert makers.content(source, tmp_path) == makers.pattern()


@pytest.mark.parametrize("kind", sorted(set(makers.IN_ONE_FILE) - {"raw"}))
async def test_an_image_cut_off_inside_an_archive_is_refused(kind: str, tmp_path: Path) -> None:
    data = made(kind)
    archive = tmp_path / "machine.ova"
    archive.write_bytes(data)
    with pytest.raises(MediaError):
        await inspect_image(archive, window=Window(0, len(data) // 2))


async def test_a_window_beyond_the_end_of_its_archive_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "machine.ova"
    archive.write_bytes(made("qcow2")[:-512])
    await refused(archive, "cut off", window=Window(0, len(made("qcow2"))))


async def test_a_stream_with_its_directory_at_its_end_is_taken(tmp_path: Path) -> None:
    image = tmp_path / "disk.vmdk"
    image.write_bytes(stream_with_footer())
    assert makers.content(await inspect_image(image), tmp_path) == makers.pattern()


async def test_snapshots_inside_an_image_are_listed(tmp_path: Path) -> None:
    image = makers.make(tmp_path, "qcow2")
    for tag in ("first", "zweiter Stand ü"):
        makers.qemu_img("snapshot", "-c", tag, str(image))
    source = await inspect_image(image)
    assert [snapshot.tag for snapshot in source.snapshots] == ["first", "zweiter Stand ü"]
    for snapshot in source.snapshots:
        assert abs(snapshot.created_ms / 1000 - time.time()) < 60
        assert snapshot.state_bytes == 0


@pytest.mark.parametrize("size", ["1G", "1000000512"])
async def test_an_empty_image_whose_last_cluster_is_not_written_whole_is_taken(
    tmp_path: Path, size: str
) -> None:
    image = tmp_path / "disk.qcow2"
    makers.qemu_img("create", "-q", "-f", "qcow2", str(image), size)
    assert image.stat().st_size % 65536
    assert (await inspect_image(image)).format is ImageFormat.QCOW2


def leaks_only(image: Path) -> bool:
    return subprocess.run(["qemu-img", "check", "-q", str(image)], check=False).returncode == 3


async def test_an_image_with_lost_clusters_only_is_taken(tmp_path: Path, calls: Calls) -> None:
    image = tmp_path / "disk.qcow2"
    image.write_bytes(made("qcow2") + bytes(65536))
    block_at = int.from_bytes(made("qcow2")[65536 : 65536 + 8], "big")
    unused = len(made("qcow2")) // 65536
    image.write_bytes(patched(image.read_bytes(), block_at + 2 * unused, ">H", 1))
    assert leaks_only(image)
    await inspect_image(image)
    assert calls.commands == ["info", "check"]


async def test_a_raw_disk_is_rounded_up_to_whole_sectors(tmp_path: Path) -> None:
    image = tmp_path / "disk.raw"
    image.write_bytes(makers.pattern()[:-100])
    assert (await inspect_image(image)).virtual_bytes == DISK_BYTES


@pytest.mark.parametrize("name", ["disk.img", "disk.raw", "disk.BIN", "disk.dd", "disk"])
async def test_an_empty_disk_is_taken_by_every_name_of_a_raw_one(tmp_path: Path, name: str) -> None:
    image = tmp_path / name
    image.write_bytes(bytes(makers.MIB))
    assert (await inspect_image(image)).format is ImageFormat.RAW


@pytest.mark.parametrize(
    "data", [b"just text\n" * 100, made("qcow2"), os.urandom(4096)], ids=["text", "qcow2", "noise"]
)
async def test_what_is_wanted_raw_is_taken_as_it_is(tmp_path: Path, data: bytes) -> None:
    image = tmp_path / "disk.img"
    image.write_bytes(data)
    source = await inspect_image(image, as_raw=True)
    assert source.format is ImageFormat.RAW
    assert makers.content(source, tmp_path)[: len(data)] == data


@pytest.mark.parametrize("name", ["nbd:x.qcow2", "-o,x=y.qcow2", "json:{}.qcow2", "a b'\"\\.qcow2"])
async def test_a_name_that_means_something_to_the_engine_is_only_a_name(
    tmp_path: Path, name: str
) -> None:
    image = tmp_path / name
    image.write_bytes(made("qcow2"))
    assert makers.content(await inspect_image(image), tmp_path) == makers.pattern()


# What is no image, or not this one.


async def test_a_link_is_refused_and_not_followed(tmp_path: Path, calls: Calls) -> None:
    link = tmp_path / "disk.qcow2"
    link.symlink_to(makers.make(tmp_path / "in", "qcow2"))
    await refused(link, "is a link to another file")
    assert calls.commands == []


async def test_a_folder_an_empty_file_a_pipe_and_nothing_are_refused(tmp_path: Path) -> None:
    folder, empty, pipe = (tmp_path / f"{name}.vdi" for name in ("folder", "empty", "pipe"))
    folder.mkdir()
    empty.touch()
    os.mkfifo(pipe)
    await refused(folder, "is a folder")
    await refused(empty, "is empty")
    await refused(pipe, "is a device or a pipe")
    await refused(tmp_path / "missing.vdi", "cannot be read: No such file")


NOT_IMAGES = {
    "qcow2 by a VDI's name": ("d.vdi", made("qcow2"), "is a qcow2 image, not a VDI one"),
    "VDI by a VMDK's name": ("d.vmdk", made("vdi"), "is a VDI image, not a VMDK one"),
    "qcow2 by a raw name": ("d.img", made("qcow2"), "is a qcow2 image, not a raw disk"),
    "fixed VHD by a raw name": ("d.raw", made("vhd fixed"), "is a fixed VHD image, not a raw disk"),
    "raw by a VDI's name": ("d.vdi", makers.pattern(), "is not a VDI image"),
    "unknown name": ("d.dat", makers.pattern(), "a name that is not one of a disk image"),
    "a disc": ("d.iso", bytes(0x8001) + b"CD001" + bytes(4096), "is an ISO 9660 disc"),
    "text": ("d.img", b"a letter\n" * 1000, "does not look like a disk"),
    "noise": ("d.raw", b"\1" + os.urandom(8192), "does not look like a disk"),
    "gzip": ("d.img", b"\x1f\x8b\x08" + bytes(100), "is a gzip archive"),
    "xz": ("d.qcow2", b"\xfd7zXZ\0" + bytes(100), "is an xz archive"),
    "tar": ("d.img", bytes(257) + b"ustar\x0000" + bytes(512), "is a tar archive"),
    "LUKS": ("d.img", b"LUKS\xba\xbe\0\1" + bytes(1024), "is an encrypted LUKS volume"),
}


@pytest.mark.parametrize("kind", NOT_IMAGES)
async def test_what_is_not_what_its_name_says_is_refused(
    kind: str, tmp_path: Path, calls: Calls
) -> None:
    name, data, words = NOT_IMAGES[kind]
    (tmp_path / name).write_bytes(data)
    await refused(tmp_path / name, words)
    assert calls.commands == []


# What leads elsewhere.


def backing(image: Path, target: str, driver: str = "qcow2") -> None:
    makers.qemu_img("create", "-q", "-u", "-f", driver, "-b", target, "-F", "raw", str(image), "8M")


@pytest.mark.parametrize("driver", ["qcow2", "qed"])
@pytest.mark.parametrize(
    "target",
    ["{secret}", "secret", "../in/secret", "nbd:localhost:1", "disk.{driver}", "{json}"],
)
async def test_a_backing_file_is_refused_before_any_other_program_sees_it(
    driver: str, target: str, tmp_path: Path, calls: Calls
) -> None:
    secret, image = tmp_path / "secret", tmp_path / f"disk.{driver}"
    secret.write_bytes(SECRET)
    as_json = f'json:{{"driver":"raw","file":{{"driver":"file","filename":"{secret}"}}}}'
    backing(image, target.format(secret=secret, json=as_json, driver=driver), driver)
    await refused(image, "does not stand alone: it has a backing file")
    assert calls.commands == []


@pytest.mark.parametrize("compat", ["0.10", "1.1"])
async def test_a_backing_file_is_refused_in_each_version(compat: str, tmp_path: Path) -> None:
    image = tmp_path / "disk.qcow2"
    makers.qemu_img(
        "create", "-q", "-u", "-f", "qcow2", "-o", f"compat={compat}",
        "-b", "secret", "-F", "raw", str(image), "8M",
    )  # fmt: skip
    await refused(image, "it has a backing file")


async def test_two_images_that_are_each_others_backing_file_are_refused_at_once(
    tmp_path: Path, calls: Calls
) -> None:
    backing(tmp_path / "a.qcow2", "b.qcow2")
    backing(tmp_path / "b.qcow2", "a.qcow2")
    await refused(tmp_path / "a.qcow2", "it has a backing file")
    assert calls.commands == []


async def test_an_external_data_file_is_refused(tmp_path: Path, calls: Calls) -> None:
    image = tmp_path / "disk.qcow2"
    options = f"data_file={tmp_path / 'secret'}"
    makers.qemu_img("create", "-q", "-f", "qcow2", "-o", options, str(image), "8M")
    await refused(image, "its data lies in another file")
    assert calls.commands == []


async def test_a_raw_name_over_an_image_that_leads_on_is_refused(
    tmp_path: Path, calls: Calls
) -> None:
    backing(tmp_path / "disk.img", "/etc/passwd")
    await refused(tmp_path / "disk.img", "is a qcow2 image, not a raw disk")
    assert calls.commands == []


DESCRIPTORS = {
    "absolute": (flat("/etc/passwd", 1), "outside of its own folder"),
    "parent folder": (flat("../secret"), "outside of its own folder"),
    "folder": (flat("in/secret"), "outside of its own folder"),
    "backslash": (flat("..\\secret"), "outside of its own folder"),
    "nbd": (flat("nbd:localhost:1"), "outside of its own folder"),
    "json": (flat("json:{}"), "outside of its own folder"),
    "dots": (flat(".."), "outside of its own folder"),
    "link": (flat("link"), "is a link to another file"),
    "folder as extent": (flat("in"), "is a folder"),
    "missing": (flat("nowhere.vmdk"), "the file nowhere.vmdk is missing"),
    "itself": (flat("disk.vmdk", 1), "names itself"),
    "short": (flat("short", DISK_BYTES // 512), "cut off"),
    "short behind its offset": (flat("short", 2)[:-1] + "1", "cut off"),
    "not sparse": ('RW 100 SPARSE "short"', "not a part of a VMDK image"),
    "over lines": ('RW 1\nFLAT\n"/etc/passwd" 0', "a line that means nothing"),
    "form feed": ('RW\f1 FLAT "/etc/passwd" 0', "control characters"),
    "zero part": (flat("short", 1) + "\nRW 100 ZERO", "of the kind ZERO"),
    "device": ('RW 100 VMFSRDM "short"', "of the kind VMFSRDM"),
    "read only": ('RDONLY 1 FLAT "short" 0', "may not be written"),
    "nothing": ("", "names no file"),
    "size of 0": (flat("short", 0), "a size that cannot be"),
    "absurd": (flat("short", 10**15), "a size that cannot be"),
    "parent": ('parentFileNameHint="short"', "differencing image"),
    "parent in a comment": ('# parentFileNameHint="short"', "differencing image"),
    "encrypted": ('encryption.keySafe = "x"\n' + flat("short", 1), "is encrypted"),
    "too many": ("\n".join([flat("short", 1)] * 1025), "more than 1024 files"),
}


@pytest.mark.parametrize("kind", DESCRIPTORS)
async def test_a_descriptor_that_leads_elsewhere_or_to_nothing_is_refused(
    kind: str, tmp_path: Path, calls: Calls
) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    (tmp_path / "secret").write_bytes(SECRET)
    (folder / "in").mkdir()
    (folder / "in" / "secret").write_bytes(SECRET)
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "short").write_bytes(bytes(1024))
    lines, words = DESCRIPTORS[kind]
    (folder / "disk.vmdk").write_text(descriptor(lines))
    await refused(folder / "disk.vmdk", words)
    assert calls.commands == []


async def test_a_child_of_another_vmdk_image_is_refused(tmp_path: Path, calls: Calls) -> None:
    image = tmp_path / "disk.vmdk"
    (tmp_path / "part").write_bytes(bytes(512))
    image.write_text(descriptor(flat("part", 1), parent="12341234"))
    await refused(image, "differencing image")
    makers.make(tmp_path, "vmdk monolithicSparse", "parent")
    image.unlink()
    makers.qemu_img(
        "create", "-q", "-f", "vmdk", "-b", str(tmp_path / "parent.vmdk"), "-F", "vmdk", str(image)
    )
    await refused(image, "differencing image")
    assert calls.commands == []


async def test_a_list_of_files_inside_a_sparse_image_is_not_obeyed(
    tmp_path: Path, calls: Calls
) -> None:
    """The engine takes the text inside of a file without a size as a list of other files."""
    data = bytearray(patched(made("vmdk monolithicSparse"), 12, "<Q", 0))
    text = descriptor(flat(str(tmp_path / "secret"), 1)).encode()
    data[512 : 512 + 20 * 512] = text.ljust(20 * 512, b"\0")
    (tmp_path / "secret").write_bytes(SECRET)
    (tmp_path / "inner.vmdk").write_bytes(data)
    await refused(tmp_path / "inner.vmdk", "has a size of 0")
    (tmp_path / "disk.vmdk").write_text(descriptor('RW 1 SPARSE "inner.vmdk"'))
    await refused(tmp_path / "disk.vmdk", "has a size of 0")
    assert calls.commands == []


async def test_a_descriptor_inside_an_archive_is_refused(tmp_path: Path, calls: Calls) -> None:
    text = descriptor(flat("machine.ova", 1)).encode()
    (tmp_path / "machine.ova").write_bytes(text + bytes(1024))
    error = await refused(
        tmp_path / "machine.ova", "in other files of the archive", window=Window(0, len(text))
    )
    assert "Unpack" in error.remedy
    assert calls.commands == []


# What is damaged, encrypted, or only a part.

SPOILED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "marked as corrupt": ("qcow2", lambda: patched(made("qcow2"), 72, ">Q", 2), "marked as"),
    "unknown feature": ("qcow2", lambda: patched(made("qcow2"), 72, ">Q", 1 << 40), "not known"),
    "encrypted": ("qcow2", lambda: patched(made("qcow2"), 32, ">I", 1), "is encrypted"),
    "qcow2 of no size": ("qcow2", lambda: patched(made("qcow2"), 24, ">Q", 0), "has a size of 0"),
    "qcow2 absurd": ("qcow2", lambda: patched(made("qcow2"), 24, ">Q", 1 << 60), "larger than 64"),
    "header length": ("qcow2", lambda: patched(made("qcow2"), 100, ">I", 7), "a length or a"),
    "cluster bits": ("qcow2", lambda: patched(made("qcow2"), 20, ">I", 63), "clusters cannot be"),
    "huge L1": ("qcow2", lambda: patched(made("qcow2"), 36, ">I", 1 << 31), "larger than they can"),
    "L1 outside": ("qcow2", lambda: patched(made("qcow2"), 40, ">Q", 1 << 50), "cut off"),
    "refcounts outside": ("qcow2", lambda: patched(made("qcow2"), 48, ">Q", 1 << 50), "cut off"),
    "refcounts huge": ("qcow2", lambda: patched(made("qcow2"), 56, ">I", 1 << 31), "larger than"),
    "many snapshots": ("qcow2", lambda: patched(made("qcow2"), 60, ">I", 65536), "1024 snapshots"),
    "start of a qcow2": ("qcow2", lambda: made("qcow2")[:512], "cut off"),
    "half a qcow2": ("qcow2", lambda: made("qcow2")[: 1 << 20], "cut off"),
    "most of a qcow2": ("qcow2", lambda: made("qcow2")[:-65536], "cut off"),
    "half a compressed": ("qcow2", lambda: made("qcow2 compressed")[: 1 << 20], "cut off"),
    "no refcounts": (
        "qcow2", lambda: patched(made("qcow2"), 131072, ">64s", bytes(64)), "is damaged"
    ),
    "half a QED": ("qed", lambda: made("qed")[: 1 << 20], "damaged or cut off"),
    "start of a QED": ("qed", lambda: made("qed")[:4096], "cut off"),
    "QED of no size": ("qed", lambda: patched(made("qed"), 48, "<Q", 0), "has a size of 0"),
    "VDI child": ("vdi", lambda: patched(made("vdi"), 0x4C, "<I", 4), "differencing image"),
    "VDI parent": ("vdi", lambda: patched(made("vdi"), 0x1B8, "<I", 4), "differencing image"),
    "VDI type": ("vdi", lambda: patched(made("vdi"), 0x4C, "<I", 9), "not one of a VDI image"),
    "VDI of no size": ("vdi", lambda: patched(made("vdi"), 0x170, "<Q", 0), "has a size of 0"),
    "half a VDI": ("vdi", lambda: made("vdi")[: 1 << 20], "cut off"),
    "most of a VDI": ("vdi", lambda: made("vdi")[:-512], "cut off"),
    "start of a VDI": ("vdi", lambda: made("vdi")[:512], "cut off"),
    "half a static VDI": ("vdi", lambda: made("vdi static")[: 4 << 20], "cut off"),
    "VHD child": ("vhd", lambda: patched(made("vhd dynamic"), 60, ">I", 4), "differencing image"),
    "VHD without an end": ("vhd", lambda: made("vhd dynamic")[:-512], "cut off"),
    "VHD without a middle": (
        "vhd", lambda: made("vhd dynamic")[: 2 << 20] + made("vhd dynamic")[-512:], "cut off"
    ),
    "fixed VHD child": ("vhd", lambda: patched(made("vhd fixed"), -452, ">I", 4), "differencing"),
    "fixed VHD too short": ("vhd", lambda: made("vhd fixed")[512:], "cut off"),
    "fixed VHD without an end": ("vhd", lambda: made("vhd fixed")[:-512], "beginning or end is"),
    "VHD of no size": ("vhd", lambda: patched(made("vhd dynamic"), 48, ">Q", 0), "a size of 0"),
    "half a VHDX": ("vhdx", lambda: made("vhdx")[: 8 << 20], "cut off"),
    "start of a VHDX": ("vhdx", lambda: made("vhdx")[:4096], "cut off"),
    "half a VMDK": ("vmdk", lambda: made("vmdk monolithicSparse")[: 1 << 20], "cut off"),
    "most of a VMDK": ("vmdk", lambda: made("vmdk monolithicSparse")[:-512], "cut off"),
    "start of a VMDK": ("vmdk", lambda: made("vmdk monolithicSparse")[:512], "cut off"),
    "half a stream": ("vmdk", lambda: made("vmdk streamOptimized")[: 1 << 20], "cut off"),
    "most of a stream": ("vmdk", lambda: made("vmdk streamOptimized")[: 60 - 65536], "cut off"),
    "stream without a footer": ("vmdk", lambda: stream_with_footer()[:-1024], "cut off"),
    "stream without an end": ("vmdk", lambda: stream_with_footer()[:-512], "cut off"),
    "stream of two minds": (
        "vmdk", lambda: patched(stream_with_footer(), -1024 + 12, "<Q", 8), "contradict each other"
    ),
    "VMDK as text": (
        "vmdk", lambda: patched(made("vmdk monolithicSparse"), 73, "<4s", b"\n\n\r\n"), "as text"
    ),
    "VMDK absurd": (
        "vmdk", lambda: patched(made("vmdk monolithicSparse"), 12, "<Q", 1 << 50), "larger than 64"
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", SPOILED)
async def test_a_damaged_or_cut_off_image_is_refused_with_its_fault(
    kind: str, tmp_path: Path
) -> None:
    extension, spoiled, words = SPOILED[kind]
    image = tmp_path / f"disk.{extension}"
    image.write_bytes(spoiled())
    await refused(image, words)


async def test_a_child_of_another_vhdx_image_is_refused(tmp_path: Path, calls: Calls) -> None:
    data = made("vhdx")
    parameters = bytes.fromhex("3767a1ca36fa434db3b633f0aa44e76b")
    item = data.index(parameters)
    metadata = item // 65536 * 65536
    at = metadata + int.from_bytes(data[item + 16 : item + 20], "little")
    (tmp_path / "disk.vhdx").write_bytes(patched(data, at + 4, "<I", 2))
    await refused(tmp_path / "disk.vhdx", "differencing image")
    assert calls.commands == []


async def test_an_image_encrypted_by_the_disk_tools_is_refused(
    tmp_path: Path, calls: Calls
) -> None:
    image = tmp_path / "disk.qcow2"
    makers.qemu_img(
        "create", "-q", "--object", "secret,id=s,data=open-sesame", "-f", "qcow2", "-o",
        "encrypt.format=aes,encrypt.key-secret=s", str(image), "8M",
    )  # fmt: skip
    await refused(image, "is encrypted")
    assert calls.commands == []


async def test_a_split_image_with_a_cut_off_part_is_refused(tmp_path: Path) -> None:
    image = makers.make(tmp_path, "vmdk twoGbMaxExtentSparse")
    part = tmp_path / "disk-s001.vmdk"
    part.write_bytes(part.read_bytes()[:-512])
    await refused(image, re.escape("disk-s001.vmdk is cut off"))


async def test_an_image_that_another_program_writes_to_is_refused(tmp_path: Path) -> None:
    image = makers.make(tmp_path, "qcow2")
    with subprocess.Popen(  # noqa: ASYNC220 - it has to hold the file meanwhile
        ["qemu-io", "-f", "qcow2", str(image)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None
        writer.stdin.write(b"length\n")
        writer.stdin.flush()
        while b"MiB" not in writer.stdout.readline():
            pass
        await refused(image, "is in use by another program")
        writer.stdin.close()
        writer.wait(10)


async def test_an_image_exchanged_while_it_is_looked_at_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = makers.make(tmp_path, "qcow2")
    run = inspection.qemu_img

    async def exchanging(*arguments: str, **named: Any) -> bytes:
        found = await run(*arguments, **named)
        if arguments[0] == "check":
            image.unlink()
            backing(image, "/etc/passwd")
        return found

    monkeypatch.setattr(inspection, "qemu_img", exchanging)
    await refused(image, "was changed while it was looked at")


async def test_disk_tools_that_do_not_come_back_are_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = makers.make(tmp_path / "in", "qcow2")
    tool = tmp_path / "qemu-img"
    tool.write_text("#!/bin/sh\nexec tail -f /dev/null\n")
    tool.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(inspection, "LIMIT_S", 0.5)
    await refused(image, "could not be looked through within")


@pytest.mark.slow
async def test_two_thousand_gibibytes_are_looked_at_in_time(tmp_path: Path) -> None:
    for extension, driver in (("qcow2", "qcow2"), ("vmdk", "vmdk"), ("vhdx", "vhdx")):
        image = tmp_path / f"disk.{extension}"
        makers.qemu_img("create", "-q", "-f", driver, str(image), "2000G")
        began = time.monotonic()
        assert (await inspect_image(image)).virtual_bytes == 2000 << 30
        assert time.monotonic() - began < 5


@pytest.mark.slow
@pytest.mark.parametrize("kind", makers.IN_ONE_FILE)
def test_flipped_bits_in_headers_raise_nothing_unexpected_and_hold_nothing_up(
    kind: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    image = makers.make(tmp_path_factory.mktemp("fuzz"), kind)
    data = made(kind)
    ends = len(data)

    @settings(max_examples=60, deadline=None)
    @given(
        changes=st.lists(
            st.tuples(
                st.one_of(
                    st.integers(0, 1023),
                    st.integers(ends - 1536, ends - 1),
                    st.integers(0, 300_000),
                ),
                st.integers(0, 255),
            ),
            min_size=1,
            max_size=12,
        ),
        end=st.one_of(st.just(ends), st.integers(1, ends)),
    )
    def spoil(changes: list[tuple[int, int]], end: int) -> None:
        spoiled = bytearray(data)
        for at, value in changes:
            spoiled[at % ends] = value
        image.write_bytes(spoiled[:end])
        began = time.process_time()
        with suppress(AppError):
            look_at(image, None, as_raw=False)
        assert time.process_time() - began < 1

    spoil()


@pytest.mark.slow
@pytest.mark.parametrize("kind", makers.IN_ONE_FILE)
async def test_flipped_bits_are_taken_or_refused_in_time_with_the_disk_tools_too(
    kind: str, tmp_path: Path
) -> None:
    image = makers.make(tmp_path, kind)
    chance = random.Random(kind)
    for _ in range(12):
        spoiled = bytearray(made(kind))
        for _ in range(4):
            spoiled[chance.choice([chance.randrange(600), chance.randrange(300_000)])] ^= (
                1 << chance.randrange(8)
            )
        image.write_bytes(spoiled)
        began = time.monotonic()
        with suppress(MediaError):
            await inspect_image(image)
        assert time.monotonic() - began < 10
