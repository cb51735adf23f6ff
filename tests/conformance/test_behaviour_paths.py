"""Which paths a client may name: the document's words, and what its prefixes mean here."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from app.errors import (
    INVALID_FILE_PATH,
    INVALID_PATH,
    PATH_IS_PRIVATE,
    PATH_NOT_AUTHORIZED,
)
from tests.conformance.serving import CFG, Wire, served_wire

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

HOME_PREFIXES = [
    "file://docs/storage/Users/currentUser/",
    "/docs/storage/Users/currentUser/",
    "/hmdfs/account/files/Docs/",
    "/local/files/Docs/",
]
SHARE_PREFIXES = [
    "/docs/storage/Users/currentUser/.VMDocs/.hwf_share/",
    "file://docs/storage/Users/currentUser/.VMDocs/.hwf_share/",
]
EXTERNAL_PREFIXES = ["file://docs/storage/External/", "/mnt/data/external/"]


@pytest.fixture
def home(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The person's home with the folders that a desktop makes, and a disc in some of them."""
    home = own_folders / "home"
    for variable, name in (("DOCUMENTS", "Documents"), ("DOWNLOAD", "Downloads")):
        (home / name).mkdir(parents=True)
        monkeypatch.setenv(f"XDG_{variable}_DIR", str(home / name))
    monkeypatch.setenv("HOME", str(home))
    for disc in ("Documents/doc.iso", "Downloads/disc.iso", "loose.iso", ".ssh/key.iso"):
        a_disc(home / disc)
    return home


def a_disc(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\0" * 65536)
    return path


async def each_use(wire: Wire, path: str) -> dict[str, dict[str, object]]:
    """What every function that takes a file answers to this one."""
    return {
        "createVm": await wire.refusal("createVm", vmName="new", cfg=CFG, isoPath=path),
        "tools": await wire.refusal("createVm", vmName="new", cfg={**CFG, "enhanceFilePath": path}),
        "mountCDDriveToVm": await wire.refusal("mountCDDriveToVm", vmName="demo", isoPath=path),
    }


async def test_files_of_the_person_s_own_folders_may_be_used_as_they_are(
    root: Path, home: Path
) -> None:
    async with served_wire(root) as (_, wire):
        disc = str(home / "Downloads/disc.iso")
        made = await wire.ask("createVm", vmName="demo", cfg=CFG, isoPath=disc)
        assert made["isoPath"] == disc
        other = str(home / "Documents/doc.iso")
        assert (await wire.ask("mountCDDriveToVm", vmName="demo", isoPath=other))[
            "isoPath"
        ] == other


async def test_a_file_outside_of_the_open_folders_is_not_authorized(root: Path, home: Path) -> None:
    async with served_wire(root) as (_, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        for command, refused in (await each_use(wire, str(home / "loose.iso"))).items():
            assert refused["class"] == "VM_PATH_REFUSED", command
            assert str(refused["desc"]).startswith(PATH_NOT_AUTHORIZED), command
            assert "grant add" in str(refused["data"]), "the command that opens it"
        assert len((await wire.ask("listVms"))["vms"]) == 1, "nothing was made"


async def test_a_grant_opens_it_and_taking_it_back_closes_it(root: Path, home: Path) -> None:
    loose = str(home / "loose.iso")
    async with served_wire(root) as (_, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        await wire.ask("grantPath", path=loose)
        assert await wire.ask("getGrantedPaths") == [loose]
        put = await wire.ask("mountCDDriveToVm", vmName="demo", isoPath=loose)
        assert put["isoPath"] == loose
    async with served_wire(root) as (_, wire):
        assert await wire.ask("getGrantedPaths") == [loose], "it is remembered"
        await wire.ask("revokePath", path=loose)
        assert await wire.ask("getGrantedPaths") == []
        await wire.refusal("mountCDDriveToVm", vmName="demo", isoPath=loose)
        refused = await wire.refusal("revokePath", path=loose)
        assert str(refused["desc"]).startswith(INVALID_FILE_PATH)


async def test_the_library_is_the_private_sandbox_and_no_grant_opens_it(
    root: Path, home: Path
) -> None:
    async with served_wire(root) as (manager, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        disk = str(await manager.get_vm_disk_image_path("demo"))
        for command, refused in (await each_use(wire, disk)).items():
            assert refused["class"] == "VM_PATH_REFUSED", command
            assert str(refused["desc"]).startswith(PATH_IS_PRIVATE), command
        refused = await wire.refusal("grantPath", path=disk)
        assert str(refused["desc"]).startswith(PATH_IS_PRIVATE)


@pytest.mark.parametrize("closed", [".ssh/key.iso", "/etc/passwd"])
async def test_no_grant_opens_what_is_closed_to_machines(
    root: Path, home: Path, closed: str
) -> None:
    async with served_wire(root) as (_, wire):
        refused = await wire.refusal("grantPath", path=str(home / closed))
        assert refused["class"] == "VM_PATH_REFUSED"


async def test_a_link_is_judged_by_where_it_leads(root: Path, home: Path) -> None:
    (home / "Downloads/link.iso").symlink_to(home / "loose.iso")
    async with served_wire(root) as (_, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        link = str(home / "Downloads/link.iso")
        refused = await wire.refusal("mountCDDriveToVm", vmName="demo", isoPath=link)
        assert str(refused["desc"]).startswith(PATH_NOT_AUTHORIZED)
        assert "leads to" in str(refused["desc"])


@pytest.mark.parametrize("kind", ["missing", "folder", "empty"])
async def test_a_file_that_is_none_is_an_invalid_file_path(
    root: Path, home: Path, kind: str
) -> None:
    path = home / "Downloads" / kind
    if kind == "folder":
        path.mkdir()
    elif kind != "missing":
        a_disc(path)
    if kind == "empty":
        path.write_bytes(b"")
    async with served_wire(root) as (_, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        for command, refused in (await each_use(wire, str(path))).items():
            assert refused["class"] == "VM_INVALID_PATH", command
            assert str(refused["desc"]).startswith(INVALID_FILE_PATH), command


@pytest.mark.parametrize(
    "path",
    ["disc.iso", "../disc.iso", "file://elsewhere/disc.iso", "file:///%zz", "/" + "x" * 4000],
)
async def test_a_text_that_is_no_path_is_an_invalid_path(root: Path, home: Path, path: str) -> None:
    async with served_wire(root) as (_, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        for command, refused in (await each_use(wire, path)).items():
            assert refused["class"] == "VM_INVALID_PATH", command
            assert str(refused["desc"]).startswith(INVALID_PATH), command


# -- The document's prefixes -----------------------------------------------------------------------


@pytest.mark.parametrize("prefix", HOME_PREFIXES)
async def test_the_document_s_user_folder_is_the_home_folder(
    root: Path, home: Path, prefix: str
) -> None:
    async with served_wire(root) as (_, wire):
        path = f"{prefix}Documents/doc.iso"
        made = await wire.ask("createVm", vmName="demo", cfg=CFG, isoPath=path)
        assert made["isoPath"] == str(home / "Documents/doc.iso")
        download = f"{prefix}Download/disc.iso"
        put = await wire.ask("mountCDDriveToVm", vmName="demo", isoPath=download)
        assert put["isoPath"] == str(home / "Downloads/disc.iso"), "called so here"
        loose = await wire.refusal("mountCDDriveToVm", vmName="demo", isoPath=f"{prefix}loose.iso")
        assert str(loose["desc"]).startswith(PATH_NOT_AUTHORIZED), "home itself is not open"


@pytest.mark.parametrize("prefix", SHARE_PREFIXES)
async def test_the_document_s_share_is_the_default_shared_folder(
    root: Path, home: Path, prefix: str
) -> None:
    disc = a_disc(home / "Documents/Duplex VM/shared.iso")
    async with served_wire(root) as (_, wire):
        path = f"{prefix}shared.iso"
        made = await wire.ask("createVm", vmName="demo", cfg=CFG, isoPath=path)
        assert made["isoPath"] == str(disc)


@pytest.mark.parametrize("prefix", EXTERNAL_PREFIXES)
async def test_the_document_s_external_folder_is_where_media_appear(
    root: Path, home: Path, prefix: str
) -> None:
    async with served_wire(root) as (_, wire):
        path = f"{prefix}no such stick/a.iso"
        refused = await wire.refusal("createVm", vmName="demo", cfg=CFG, isoPath=path)
        assert str(refused["desc"]).startswith(INVALID_FILE_PATH)
        assert "/media/" in str(refused["desc"]), "what it means here is said"


@pytest.mark.parametrize("prefix", [*HOME_PREFIXES, *SHARE_PREFIXES, *EXTERNAL_PREFIXES])
async def test_no_prefix_leads_out_of_its_folder(root: Path, home: Path, prefix: str) -> None:
    async with served_wire(root) as (_, wire):
        path = f"{prefix}../.ssh/key.iso"
        refused = await wire.refusal("createVm", vmName="demo", cfg=CFG, isoPath=path)
        assert str(refused["desc"]).startswith(INVALID_PATH)


# -- Where a picture may go ------------------------------------------------------------------------


async def test_a_picture_goes_only_where_a_client_may_write(root: Path, home: Path) -> None:
    async with served_wire(root) as (_, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        await wire.ask("startVm", vmName="demo")
        target = home / "Documents/screen.png"
        written = await wire.ask("screenshotVm", vmName="demo", path=str(target))
        assert written == str(target)
        with Image.open(target) as picture:
            assert picture.format == "PNG"
        by_prefix = "file://docs/storage/Users/currentUser/Documents/other.png"
        written = await wire.ask("screenshotVm", vmName="demo", path=by_prefix)
        assert written == str(home / "Documents/other.png")

        for path, words in (
            (home / "screen.png", PATH_NOT_AUTHORIZED),
            (home / "Documents/none/screen.png", INVALID_FILE_PATH),
            (home / "Documents", INVALID_FILE_PATH),
            (root / "machines/screen.png", PATH_IS_PRIVATE),
        ):
            refused = await wire.refusal("screenshotVm", vmName="demo", path=str(path))
            assert str(refused["desc"]).startswith(words), path
