"""Which files and folders may be handed to a machine, and that no exchange gets around it."""

from __future__ import annotations

import ctypes
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.atomic import write_atomically
from app.errors import Code, PathError, PathRefusedError
from app.vm.path_policy import PathPolicy
from app.vm.real_path import PathKind
from tests.helpers.descriptors import open_descriptors
from tests.vm.makers import python
from tests.vm.persons import FILES, Person, a_person

PRIVATE = "share path is private sandbox path: "
REFUSED = "share path is not authorized: "
UNUSABLE = "Invalid file path: "
MALFORMED = "Invalid path: "
LIBC = ctypes.CDLL(None, use_errno=True)
OK = ""
CODES = {
    PRIVATE: Code.PATH_REFUSED,
    REFUSED: Code.PATH_REFUSED,
    UNUSABLE: Code.INVALID_PATH,
    MALFORMED: Code.INVALID_PATH,
}


@pytest.fixture
def ann(tmp_path: Path) -> Person:
    return a_person(tmp_path)


def answer(call: Callable[[], object]) -> str:
    """The document's text for a refusal; empty when nothing is refused."""
    try:
        call()
    except PathError as err:
        refusal = err
    else:
        return OK
    (text,) = [text for text in CODES if refusal.message.startswith(text)]
    assert refusal.code is CODES[text]
    assert refusal.remedy
    return text


# A path, and what is said of it as a file, as a folder, and when the person picks it.
TABLE: dict[str, tuple[str, str, str]] = {
    # The person's own folders are open without asking.
    "home/ann/Downloads/disc.iso": (OK, UNUSABLE, OK),
    "home/ann/Downloads/.hidden/h.iso": (OK, UNUSABLE, OK),
    "home/ann/Downloads": (UNUSABLE, OK, OK),
    "home/ann/Documents": (UNUSABLE, OK, OK),
    "run/media/ann/STICK/stick.iso": (OK, UNUSABLE, OK),
    "run/media/ann/STICK": (UNUSABLE, OK, OK),
    "media/drive/d.iso": (OK, UNUSABLE, OK),
    # What has to be picked.
    "home/ann/projects/p.iso": (REFUSED, UNUSABLE, OK),
    "home/ann/projects": (UNUSABLE, REFUSED, OK),
    "home/ann/.local/share/gnome-boxes/images/box.iso": (REFUSED, UNUSABLE, OK),
    "media/plain/d.iso": (REFUSED, UNUSABLE, OK),
    "mnt/data/data.iso": (REFUSED, UNUSABLE, OK),
    "srv/discs": (UNUSABLE, REFUSED, OK),
    "tmp/t.iso": (REFUSED, UNUSABLE, OK),
    "usr/share/virtio-win/virtio.iso": (REFUSED, UNUSABLE, OK),
    "var/lib/libvirt/images/pool.iso": (REFUSED, UNUSABLE, OK),
    # What nobody gets.
    "home/ann": (UNUSABLE, REFUSED, REFUSED),
    "home/ann/.config": (UNUSABLE, REFUSED, REFUSED),
    "home/ann/.ssh/id": (REFUSED, REFUSED, REFUSED),
    "home/ann/Documents/backup/.ssh/id": (REFUSED, REFUSED, REFUSED),
    "home/ann/.config/chromium": (REFUSED, REFUSED, REFUSED),
    "home/ann/.config/duplex-vm/settings.toml": (REFUSED, REFUSED, REFUSED),
    "home/ann/.local/share/duplex-vm": (PRIVATE, PRIVATE, PRIVATE),
    "home/ann/.local/share/duplex-vm/machines/one/disk0.qcow2": (PRIVATE, PRIVATE, PRIVATE),
    "etc/passwd": (REFUSED, REFUSED, REFUSED),
    "etc": (REFUSED, REFUSED, REFUSED),
    "": (UNUSABLE, REFUSED, REFUSED),
    # What is not there, or not of that kind.
    "home/ann/Downloads/none.iso": (UNUSABLE, UNUSABLE, UNUSABLE),
    "home/ann/Downloads/disc.iso/x": (UNUSABLE, UNUSABLE, UNUSABLE),
    "home/ann/Downloads/pipe": (UNUSABLE, UNUSABLE, UNUSABLE),
    "etc/pipe": (REFUSED, REFUSED, REFUSED),
    "home/ann/Downloads/circle": (UNUSABLE, UNUSABLE, UNUSABLE),
    "home/ann/Downloads/" + "x" * 300: (MALFORMED, MALFORMED, MALFORMED),
    # Where links lead counts, not where they lie.
    "home/ann/Downloads/to-keys": (REFUSED, REFUSED, REFUSED),
    "home/ann/Downloads/to-library/machines/one/disk0.qcow2": (PRIVATE, PRIVATE, PRIVATE),
    "home/ann/Downloads/to-srv/discs/srv.iso": (REFUSED, UNUSABLE, OK),
    "srv/to-disc": (OK, UNUSABLE, OK),
    "home/ann/Downloads/../.ssh/id": (REFUSED, REFUSED, REFUSED),
    "home/ann/projects/../Downloads/disc.iso": (OK, UNUSABLE, OK),
}


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Person:
    """Ann with everything on her computer that the tables name; no test changes it."""
    ann = a_person(tmp_path_factory.mktemp("person"))
    os.mkfifo(ann.downloads / "pipe")
    os.mkfifo(ann.root / "etc/pipe")
    (ann.downloads / "circle").symlink_to("circle")
    (ann.downloads / "to-keys").symlink_to("../.ssh/id")
    (ann.downloads / "to-library").symlink_to(ann.library)
    (ann.downloads / "link").symlink_to("../.bashrc")
    (ann.downloads / "to-srv").symlink_to(ann.root / "srv")
    (ann.root / "srv/to-disc").symlink_to(ann.downloads / "disc.iso")
    return ann


@pytest.mark.parametrize(("place", "said"), TABLE.items())
def test_what_is_said_of_a_path(
    crowd: Person, tmp_path: Path, place: str, said: tuple[str, str, str]
) -> None:
    policy = PathPolicy(tmp_path, crowd.folders, crowd.closed)
    path = f"{crowd.root}/{place}"

    assert answer(lambda: policy.check_file(path)) == said[0]
    assert answer(lambda: policy.check_folder(path)) == said[1]
    assert answer(lambda: policy.grant(path)) == said[2]


@pytest.mark.parametrize("place", [place for place, said in TABLE.items() if said[2] == OK])
def test_what_was_picked_may_be_used(crowd: Person, tmp_path: Path, place: str) -> None:
    policy = PathPolicy(tmp_path, crowd.folders, crowd.closed)
    path = crowd.root / place

    grant = policy.grant(path)

    check = policy.check_file if grant.kind is PathKind.FILE else policy.check_folder
    assert check(path).path == grant.path
    needed = TABLE[place][0 if grant.kind is PathKind.FILE else 1] == REFUSED
    assert [each.path for each in policy.listed()] == ([grant.path] if needed else [])


def test_what_is_allowed_is_told_with_its_identity(ann: Person) -> None:
    (ann.root / "srv/link").symlink_to(ann.downloads)
    info = (ann.downloads / "disc.iso").stat()

    checked = ann.policy.check_file(ann.root / "srv/link/disc.iso")

    assert checked.path == ann.downloads / "disc.iso"
    assert checked.identity == (info.st_dev, info.st_ino)
    assert checked.kind is PathKind.FILE
    assert ann.policy.check_folder(ann.downloads).kind is PathKind.FOLDER


def test_a_refusal_says_what_to_type(ann: Person) -> None:
    odd = ann.root / "srv/it's a disc.iso"
    odd.write_text("x")

    with pytest.raises(PathRefusedError) as caught:
        ann.policy.check_file(odd)

    command = caught.value.remedy.partition("run: ")[2]
    assert command == f"""duplex-vm grant add '{ann.root}/srv/it'"'"'s a disc.iso'"""


def test_a_refusal_never_offers_a_command_that_a_terminal_would_obey(ann: Person) -> None:
    odd = ann.root / "srv/a\nb"
    odd.write_text("x")

    with pytest.raises(PathRefusedError) as caught:
        ann.policy.check_file(odd)

    assert caught.value.remedy == "Choose it in a file dialog."
    assert caught.value.message.isprintable()


def test_a_refusal_says_where_a_link_leads(ann: Person) -> None:
    (ann.downloads / "link").symlink_to("../.netrc")

    with pytest.raises(PathRefusedError, match=r"/link leads to .*/\.netrc, which is where keys"):
        ann.policy.check_file(ann.downloads / "link")


def test_an_empty_file_is_no_disc(ann: Person) -> None:
    (ann.downloads / "empty.iso").touch()

    ann.policy.check_file(ann.downloads / "empty.iso")
    with pytest.raises(PathError, match=r"^Invalid file path: .* is empty"):
        ann.policy.check_file(ann.downloads / "empty.iso", not_empty=True)


def test_a_name_that_the_engine_cannot_be_told_is_refused(ann: Person) -> None:
    bad = os.fsdecode(os.fsencode(ann.downloads) + b"/\xff.iso")
    Path(bad).write_text("x")
    (ann.downloads / "fair.iso").symlink_to(bad)

    assert answer(lambda: ann.policy.check_file(Path(bad))) == MALFORMED
    assert answer(lambda: ann.policy.check_file(ann.downloads / "fair.iso")) == UNUSABLE
    assert answer(lambda: ann.policy.grant(ann.downloads / "fair.iso")) == UNUSABLE


@pytest.mark.parametrize("path", [Path("disc.iso"), Path(), Path("~bob/x"), Path("/a\0")])
def test_half_a_path_is_malformed(ann: Person, path: Path) -> None:
    for call in (ann.policy.check_file, ann.policy.check_folder, ann.policy.check_target,
                 ann.policy.grant, ann.policy.revoke, ann.policy.translate):  # fmt: skip
        assert answer(lambda call=call: call(path)) == MALFORMED


def test_text_is_in_the_documents_spelling_and_a_path_is_as_it_is(ann: Person) -> None:
    disc = ann.downloads / "disc.iso"
    for text in (
        "file://docs/storage/Users/currentUser/Download/disc.iso",
        "/local/files/Docs/Download/disc.iso",
        "~/Downloads/disc.iso",
        f"file://{disc}",
        Path("~/Downloads/disc.iso"),
        disc,
    ):
        assert ann.policy.check_file(text).path == disc
        assert ann.policy.translate(text) == disc
    stick = ann.policy.check_file("file://docs/storage/External/STICK/stick.iso")
    assert stick.path == ann.root / "run/media/ann/STICK/stick.iso"
    assert answer(lambda: ann.policy.check_file(Path("/local/files/Docs/x"))) == UNUSABLE


def test_the_default_share_is_there_when_it_is_asked_for(ann: Person) -> None:
    text = "/docs/storage/Users/currentUser/.VMDocs/.hwf_share/"

    assert answer(lambda: ann.policy.check_file(text + "none.iso")) == UNUSABLE
    assert not ann.folders.system_share.exists()
    assert ann.policy.check_folder(text, write=True).path == ann.folders.system_share
    shutil.rmtree(ann.folders.system_share)
    assert ann.policy.check_target(text + "shot.png") == ann.folders.system_share / "shot.png"
    assert ann.policy.system_share_folder() == ann.folders.system_share


def test_this_users_own_policy_holds_in_this_users_folders(
    monkeypatch: pytest.MonkeyPatch, own_folders: Path
) -> None:
    monkeypatch.setenv("HOME", str(own_folders / "home"))
    downloads = own_folders / "home/Music"
    downloads.mkdir(parents=True)
    (downloads / "x.iso").write_text("x")
    policy = PathPolicy.for_user(own_folders / "data/duplex-vm")

    assert policy.check_file(downloads / "x.iso").path == downloads.resolve() / "x.iso"
    assert answer(lambda: policy.check_file("/etc/passwd")) == REFUSED
    assert answer(lambda: policy.check_file("/dev/zero")) == REFUSED
    assert answer(lambda: policy.check_folder("~")) == REFUSED


# -- Grants ---------------------------------------------------------------------------------------


def test_what_is_open_anyway_takes_no_room_among_the_grants(ann: Person) -> None:
    ann.policy.grant(ann.root / "srv/discs")

    for name in ("home/ann/Downloads/disc.iso", "home/ann/Downloads", "srv/discs/srv.iso",
                 "srv/discs"):  # fmt: skip
        picked = ann.policy.grant(ann.root / name)
        assert picked.path == ann.root / name
        assert picked.kind is (PathKind.FILE if name.endswith(".iso") else PathKind.FOLDER)
    for name in ("home/ann/Downloads/shot.png", "srv/discs/new.png"):
        assert ann.policy.grant_target(ann.root / name).path == ann.root / name

    assert [grant.path for grant in ann.policy.listed()] == [ann.root / "srv/discs"]


def test_a_folder_in_the_place_of_a_file_that_was_picked_is_not_open_yet(ann: Person) -> None:
    place = ann.root / "srv/new"
    ann.policy.grant_target(place)
    place.mkdir()
    (place / "x.iso").write_text("x")
    assert answer(lambda: ann.policy.check_file(place / "x.iso")) == REFUSED

    ann.policy.grant(place)

    ann.policy.check_file(place / "x.iso")


def test_what_is_picked_is_a_file_a_folder_or_the_place_of_a_new_file(ann: Person) -> None:
    picked = [
        ann.policy.grant_picked(ann.root / name)
        for name in ("srv/discs/srv.iso", "mnt/data", "home/ann/shot.png")
    ]

    assert [each.kind for each in picked] == [PathKind.FILE, PathKind.FOLDER, PathKind.FILE]
    ann.policy.check_file(ann.root / "srv/discs/srv.iso")
    ann.policy.check_folder(ann.root / "mnt/data")
    ann.policy.check_target(ann.home / "shot.png")


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("tmp/" + "a" * 300, MALFORMED),
        ("tmp/t.iso/below", UNUSABLE),
        ("tmp/none/shot.png", UNUSABLE),
        ("tmp/circle", UNUSABLE),
        ("home/ann/.ssh/id", REFUSED),
        ("home/ann/.ssh/new", REFUSED),
        ("home/ann/.local/share/duplex-vm/new", PRIVATE),
    ],
)
def test_what_cannot_be_picked_is_said_for_people(ann: Person, place: str, said: str) -> None:
    (ann.root / "tmp/circle").symlink_to("circle")

    assert answer(lambda: ann.policy.grant_picked(f"{ann.root}/{place}")) == said
    assert ann.policy.listed() == ()


def test_a_grant_through_a_link_is_for_what_it_led_to(ann: Person) -> None:
    link = ann.root / "srv/link"
    link.symlink_to(ann.root / "mnt/data/data.iso")
    assert ann.policy.grant(link).path == ann.root / "mnt/data/data.iso"
    ann.policy.check_file(link)

    link.unlink()
    link.symlink_to(ann.root / "srv/discs/srv.iso")

    assert answer(lambda: ann.policy.check_file(link)) == REFUSED
    ann.policy.check_file(ann.root / "mnt/data/data.iso")


def test_a_granted_folder_that_becomes_a_link_opens_nothing_new(ann: Person) -> None:
    folder = ann.root / "srv/discs"
    ann.policy.grant(folder)
    ann.policy.check_file(folder / "srv.iso")

    folder.rename(ann.root / "srv/old")
    folder.symlink_to(ann.root / "mnt/data")

    assert answer(lambda: ann.policy.check_file(folder / "data.iso")) == REFUSED


def test_a_granted_folder_does_not_open_a_closed_place_in_it(ann: Person) -> None:
    ann.policy.grant(ann.root / "mnt/data")
    keys = ann.root / "mnt/data/backup/.ssh/id"
    keys.parent.mkdir(parents=True)
    keys.write_text("x")

    assert answer(lambda: ann.policy.check_file(keys)) == REFUSED


def test_a_grant_in_a_file_that_somebody_wrote_opens_no_closed_place(ann: Person) -> None:
    for place in (ann.root, ann.home, ann.home / ".ssh", ann.library):
        ann.policy._grants.add(place, PathKind.FOLDER)

    assert answer(lambda: ann.policy.check_file(ann.home / ".ssh/id")) == REFUSED
    assert answer(lambda: ann.policy.check_folder(ann.home)) == REFUSED
    assert answer(lambda: ann.policy.check_file(ann.library / "grants.json")) == PRIVATE
    assert answer(lambda: ann.policy.check_file(ann.root / "etc/passwd")) == REFUSED


def test_a_grant_taken_back_no_longer_opens(ann: Person) -> None:
    (ann.root / "srv/link").symlink_to("discs/srv.iso")
    for name in ("srv/discs/srv.iso", "srv/link"):
        ann.policy.grant(ann.root / "srv/discs/srv.iso")
        assert ann.policy.revoke(str(ann.root / name))
        assert answer(lambda: ann.policy.check_file(ann.root / "srv/discs/srv.iso")) == REFUSED
        assert not ann.policy.revoke(ann.root / name)


def test_a_grant_of_what_is_gone_can_be_taken_back(ann: Person) -> None:
    ann.policy.grant(ann.root / "tmp/t.iso")
    (ann.root / "tmp/t.iso").unlink()

    assert ann.policy.revoke(ann.root / "tmp/t.iso")
    assert ann.policy.listed() == ()


def test_the_grants_are_part_of_the_library(ann: Person) -> None:
    ann.policy.grant(ann.root / "srv/discs")

    again = PathPolicy(ann.library, ann.folders, ann.closed)

    again.check_folder(ann.root / "srv/discs")
    assert answer(lambda: again.check_file(ann.library / "grants.json")) == PRIVATE


# -- Targets --------------------------------------------------------------------------------------

TARGETS = {
    "home/ann/Downloads/shot.png": OK,
    "home/ann/Downloads/disc.iso": OK,
    "home/ann/Downloads/link": OK,
    "home/ann/Downloads/none/shot.png": UNUSABLE,
    "home/ann/Downloads/sub": UNUSABLE,
    "home/ann/Downloads/pipe": UNUSABLE,
    "home/ann/Downloads/disc.iso/shot.png": UNUSABLE,
    "home/ann/Downloads/..": UNUSABLE,
    "home/ann/Downloads": UNUSABLE,
    "": REFUSED,
    "run/media/ann/STICK/shot.png": OK,
    "home/ann/shot.png": REFUSED,
    "home/ann/.bashrc": REFUSED,
    "home/ann/.config/autostart/shot.png": REFUSED,
    "home/ann/.netrc": REFUSED,
    "home/ann/.local/share/duplex-vm/shot.png": PRIVATE,
    "home/ann/Downloads/to-library/shot.png": PRIVATE,
    "usr/share/shot.png": REFUSED,
    "etc/shot.png": REFUSED,
    "srv/shot.png": REFUSED,
}


@pytest.mark.parametrize(("place", "said"), TARGETS.items())
def test_what_is_said_of_a_target(crowd: Person, place: str, said: str) -> None:
    assert answer(lambda: crowd.policy.check_target(f"{crowd.root}/{place}")) == said


def test_a_target_that_was_named_in_a_dialog_may_be_written(ann: Person) -> None:
    shot = ann.home / "shot.png"
    ann.policy.grant_target(shot)

    assert ann.policy.check_target(shot) == shot
    assert answer(lambda: ann.policy.check_target(ann.home / "other.png")) == REFUSED
    for place in (".bashrc", ".ssh/x", ".config/autostart/x", "projects"):
        assert answer(lambda place=place: ann.policy.grant_target(ann.home / place)) in {
            REFUSED,
            UNUSABLE,
        }


def test_a_granted_folder_takes_targets(ann: Person) -> None:
    ann.policy.grant(ann.root / "srv/discs")

    assert ann.policy.check_target(ann.root / "srv/discs/new") == ann.root / "srv/discs/new"


def test_a_write_goes_into_the_folder_that_was_checked(ann: Person) -> None:
    folder = ann.downloads / "sub"
    with ann.policy.open_target(folder / "shot.png") as target:
        assert target.path == folder / "shot.png"
        folder.rename(ann.downloads / "moved")
        folder.symlink_to(ann.home / ".config/autostart")
        target.through.write_text("picture")

    assert (ann.downloads / "moved/shot.png").read_text() == "picture"
    assert not (ann.home / ".config/autostart/shot.png").exists()


def test_a_whole_file_is_put_in_place_through_the_open_folder(ann: Person) -> None:
    (ann.downloads / "link").symlink_to("../.bashrc")

    with ann.policy.open_target(ann.downloads / "link") as target:
        write_atomically(target.through, b"picture")

    assert (ann.downloads / "link").read_bytes() == b"picture"
    assert not (ann.downloads / "link").is_symlink()
    assert (ann.home / ".bashrc").read_text() == "home/ann/.bashrc"


# -- Opening --------------------------------------------------------------------------------------


def test_what_is_open_is_what_was_checked(ann: Person) -> None:
    disc = ann.downloads / "disc.iso"
    with ann.policy.open_file(disc) as opened:
        disc.unlink()
        disc.symlink_to("../.ssh/id")
        assert os.read(opened.fileno(), 100) == b"home/ann/Downloads/disc.iso"
        info = os.fstat(opened.descriptor)
        assert opened.checked.identity == (info.st_dev, info.st_ino)
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.write(opened.descriptor, b"x")
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(opened.descriptor if opened.descriptor >= 0 else 10_000)


def test_a_file_may_be_opened_to_be_written(ann: Person) -> None:
    with ann.policy.open_file(ann.downloads / "disc.iso", write=True) as opened:
        os.pwrite(opened.fileno(), b"HOME", 0)

    assert (ann.downloads / "disc.iso").read_text() == "HOME/ann/Downloads/disc.iso"


def test_what_can_only_be_read_is_not_opened_to_be_written(ann: Person) -> None:
    pool = ann.root / "var/lib/libvirt/images/pool.iso"
    ann.policy.grant(pool)

    ann.policy.open_file(pool).close()
    assert answer(lambda: ann.policy.open_file(pool, write=True)) == REFUSED


def test_a_folder_is_opened_to_work_below_it(ann: Person) -> None:
    with ann.policy.open_folder(ann.downloads) as opened:
        assert "disc.iso" in os.listdir(opened.fileno())  # noqa: PTH208 - of a descriptor
        assert opened.checked.path == ann.downloads
    assert answer(lambda: ann.policy.open_folder(ann.downloads / "disc.iso")) == UNUSABLE


def test_no_descriptor_is_left_open(ann: Person) -> None:
    os.mkfifo(ann.downloads / "pipe")
    (ann.downloads / "link").symlink_to(ann.home / ".ssh/id")
    ann.policy.listed()
    before = open_descriptors()

    for name in ("disc.iso", "pipe", "link", "none", "sub", "../../bob/Downloads/bob.iso"):
        path = ann.downloads / name
        for call in (ann.policy.check_file, ann.policy.check_folder, ann.policy.check_target,
                     ann.policy.grant):  # fmt: skip
            answer(lambda call=call, path=path: call(path))
        answer(lambda path=path: ann.policy.open_file(path).close())
        answer(lambda path=path: ann.policy.open_folder(path).close())
        answer(lambda path=path: ann.policy.open_target(path).close())

    assert open_descriptors() <= before


def test_no_descriptor_is_left_open_when_the_engine_cannot_be_told_the_name(ann: Person) -> None:
    odd = os.fsdecode(os.fsencode(ann.downloads) + b"/\xff")
    Path(odd).mkdir()
    Path(odd, "x.iso").write_text("x")
    (ann.downloads / "link").symlink_to(odd)
    ann.policy.listed()
    before = open_descriptors()

    with pytest.raises(PathError, match="UTF-8") as caught:
        ann.policy.open_file(ann.downloads / "link/x.iso")
    with pytest.raises(PathError, match="UTF-8") as caught:
        ann.policy.open_folder(ann.downloads / "link")
    del caught

    assert open_descriptors() <= before


UNREADABLE = """
import os, sys
from pathlib import Path
from app.errors import PathError
from tests.vm.persons import a_person
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
ann = a_person(Path(sys.argv[1]))
(ann.downloads / "disc.iso").chmod(0o200)
(ann.downloads / "fixed.iso").write_text("x")
(ann.downloads / "fixed.iso").chmod(0o400)
(ann.downloads / "sub").chmod(0o500)
(ann.home / "Public").chmod(0)
for call, path in (
    (ann.policy.check_file, "Downloads/disc.iso"),
    (ann.policy.open_file, "Downloads/disc.iso"),
    (lambda path: ann.policy.check_file(path, write=True), "Downloads/fixed.iso"),
    (ann.policy.check_target, "Downloads/sub/new"),
    (lambda path: ann.policy.check_folder(path, write=True), "Downloads/sub"),
    (ann.policy.check_folder, "Public"),
    (ann.policy.check_file, "Public/pub.iso"),
    (ann.policy.grant_picked, "Public/pub.iso"),
):
    try:
        call(ann.home / path)
    except PathError as err:
        print(err.message.removeprefix(f"Invalid file path: {ann.home}/"))
(ann.home / "Public").chmod(0o700)
(ann.downloads / "sub").chmod(0o700)
"""


def test_what_this_user_may_not_do_is_said() -> None:
    # In a process of its own, which gives up root when the tests have it, and in a folder that it
    # can still enter then.
    with tempfile.TemporaryDirectory() as scratch:
        Path(scratch).chmod(0o777)
        with python(UNREADABLE, scratch) as child:
            said, _ = child.communicate(timeout=30)

    assert said.splitlines() == [
        "Downloads/disc.iso may not be read by you.",
        "Downloads/disc.iso may not be read by you.",
        "Downloads/fixed.iso may not be changed by you.",
        "Downloads/sub may not be changed by you.",
        "Downloads/sub may not be changed by you.",
        "Public may not be read by you.",
        "Public/pub.iso may not be opened by you.",
        "Public/pub.iso may not be opened by you.",
    ]


# -- Exchanges while it is looked at --------------------------------------------------------------


@contextmanager
def endlessly(exchange: Callable[[], None]) -> Iterator[None]:
    """Repeat `exchange` in a thread as fast as it goes, while the block runs."""
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            exchange()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def rounds(look: Callable[[], bool]) -> None:
    """Look 150 times, and on until both answers came; `look` itself proves that each is right."""
    seen = set()
    for count in range(5000):
        seen.add(look())
        if count >= 150 and len(seen) == 2:
            return
    pytest.fail(f"only {seen} came")


def link_exchange(link: Path, *targets: Path) -> Callable[[], None]:
    """Let `link` lead to each of the targets in turn; it is never missing."""

    def exchange() -> None:
        for number, target in enumerate(targets):
            other = link.with_name(f".{number}")
            other.symlink_to(target)
            other.replace(link)

    exchange()
    return exchange


@pytest.mark.slow
def test_a_link_that_is_exchanged_all_the_time_never_leads_elsewhere(ann: Person) -> None:
    link, disc = ann.downloads / "link", ann.downloads / "disc.iso"
    good = disc.stat().st_ino

    def look() -> bool:
        try:
            with ann.policy.open_file(link) as opened:
                assert os.read(opened.fileno(), 100) == b"home/ann/Downloads/disc.iso"
                assert opened.checked.path == disc
            checked = ann.policy.check_file(link)
        except PathRefusedError:
            return False
        assert (checked.path, checked.inode) == (disc, good)
        return True

    with endlessly(link_exchange(link, disc, ann.home / ".ssh/id")):
        rounds(look)


def swap(one: Path, other: Path) -> None:
    """Exchange two names in one step, renameat2(2)."""
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    if LIBC.renameat2(here, os.fsencode(one), here, os.fsencode(other), exchange):
        raise OSError(ctypes.get_errno(), "renameat2")


@pytest.mark.slow
def test_a_folder_that_is_exchanged_all_the_time_never_leads_elsewhere(ann: Person) -> None:
    folder, other = ann.downloads / "sub", ann.downloads / "other"
    (folder / "id").write_text("harmless")
    good = (folder / "id").stat().st_ino
    other.symlink_to(ann.home / ".ssh")

    def look() -> bool:
        try:
            with ann.policy.open_file(folder / "id") as opened:
                assert os.read(opened.fileno(), 100) == b"harmless"
        except PathError:  # It led elsewhere, or was moved again and again while it was looked at.
            return False
        assert opened.checked.inode == good
        assert opened.checked.path in {folder / "id", other / "id"}
        return True

    with endlessly(lambda: swap(folder, other)):
        rounds(look)


@pytest.mark.slow
def test_a_write_lands_nowhere_else_while_folders_are_exchanged(ann: Person) -> None:
    link = ann.downloads / "link"
    inside, outside = ann.downloads / "sub", ann.home / ".config/autostart"

    def look() -> bool:
        try:
            with ann.policy.open_target(link / "shot.png") as target:
                target.through.write_text("picture")
        except PathRefusedError:
            return False
        assert target.path == inside / "shot.png"
        return True

    with endlessly(link_exchange(link, inside, outside)):
        rounds(look)
    assert sorted(path.name for path in outside.iterdir()) == ["x.desktop"]


@pytest.mark.slow
def test_a_grant_is_for_what_was_there_while_links_are_exchanged(ann: Person) -> None:
    link = ann.root / "srv/link"

    def look() -> bool:
        try:
            return ann.policy.grant(link).path == ann.root / "srv/discs/srv.iso"
        except PathRefusedError:
            return False

    with endlessly(link_exchange(link, ann.root / "srv/discs/srv.iso", ann.home / ".netrc")):
        rounds(look)
    assert [grant.path for grant in ann.policy.listed()] == [ann.root / "srv/discs/srv.iso"]


# -- No text gets out -----------------------------------------------------------------------------

GRANTED = ("mnt/data", "home/ann/projects/p.iso")
ROOTS = (
    "home/ann/Desktop", "home/ann/Documents", "home/ann/Downloads", "home/ann/Music",
    "home/ann/Public", "run/media/ann", "media/ann", "media/drive", *GRANTED,
)  # fmt: skip
NEVER = (
    "home/ann/.ssh", "home/ann/.netrc", "home/ann/.gnupg", "home/ann/.config/chromium",
    "home/ann/.config/duplex-vm", "home/ann/.local/share/duplex-vm", "home/ann/snap", "etc", "usr",
    "run/user", "run/media/bob", "home/ann/Documents/backup/.ssh",
)  # fmt: skip
LINK_PLACES = (
    "home/ann/Downloads/l0", "home/ann/Downloads/sub/l1", "home/ann/l2", "mnt/data/l3", "srv/l4",
    "home/ann/Desktop/l5",
)  # fmt: skip
PLACES = sorted(
    {str(place) for name in FILES for place in (Path(name), *Path(name).parents)} | {*LINK_PLACES}
)
IN_ROOTS = [place for place in PLACES if any(Path(place).is_relative_to(root) for root in ROOTS)]
BACK = "back"
"""A step up and down again."""
HOME_PREFIXES = (
    "file://docs/storage/Users/currentUser/", "/local/files/Docs/", "/hmdfs/account/files/Docs/",
)  # fmt: skip

places = st.one_of(st.sampled_from(IN_ROOTS), st.sampled_from(LINK_PLACES), st.sampled_from(PLACES))
steps = st.sampled_from(["", ".", BACK, BACK, "..", "sub", "l0", "l1", "l3", ".ssh", "%2e%2e"])
detours = st.lists(st.tuples(st.integers(1, 6), steps), max_size=2)
links = st.fixed_dictionaries({place: st.tuples(st.booleans(), places) for place in LINK_PLACES})
ways = st.sampled_from(["plain", "plain", "url", "~/", *HOME_PREFIXES])
escaped = st.sampled_from(["", "", ".", "abcdefghijklmnopqrstuvwxyz", "/."])


@st.composite
def texts(draw: st.DrawFn) -> Callable[[Path], str]:
    """A place, by way of detours, as a program might write it; called with the system's root."""
    segments = draw(places).split("/")
    for position, step in draw(detours):
        back = f"../{segments[min(position, len(segments)) - 1]}"
        segments.insert(position, back if step == BACK else step)
    way, letters = draw(ways), draw(escaped)
    return lambda root: spelt(root, "/".join(segments), way, letters)


@pytest.fixture(scope="module")
def crossroads(tmp_path_factory: pytest.TempPathFactory) -> Person:
    ann = a_person(tmp_path_factory.mktemp("crossroads"))
    for place in GRANTED:
        ann.policy.grant(ann.root / place)
    return ann


def escape(text: str, letters: str) -> str:
    """`text` as a URL's path, with these letters escaped as well."""
    return "".join(f"%{ord(c):02x}" if c in letters else quote(c) for c in text)


def spelt(root: Path, place: str, way: str, letters: str) -> str:
    """A place of the computer below `root` as a program might write it."""
    if way == "url":
        return "file://" + escape(f"{root}/{place}", letters)
    if way == "plain" or not place.startswith("home/ann/"):
        return f"{root}/{place}"
    rest = place.removeprefix("home/ann/").replace("Downloads", "Download", way != "~/")
    return way + (escape(rest, letters) if way.startswith("file:") else rest)


@contextmanager
def linked(root: Path, wanted: dict[str, tuple[bool, str]]) -> Iterator[None]:
    """Links as `wanted`: where each lies, whether its text is a whole path, and where it leads."""
    for place, (whole, target) in wanted.items():
        link = root / place
        link.symlink_to(root / target if whole else os.path.relpath(root / target, link.parent))
    try:
        yield
    finally:
        for place in wanted:
            (root / place).unlink()


def assert_within(ann: Person, real: Path) -> None:
    """Without a link in it, below a root or what was granted, and in no closed place."""
    assert Path(os.path.realpath(real.parent)) == real.parent
    place = real.relative_to(ann.root)
    assert any(place.is_relative_to(root) for root in ROOTS)
    assert not any(place.is_relative_to(closed) for closed in NEVER)


@pytest.mark.slow
@settings(deadline=None, max_examples=400)
@given(texts(), links)
def test_no_text_gets_out_of_the_open_folders(
    crossroads: Person, spell: Callable[[Path], str], wanted: dict[str, tuple[bool, str]]
) -> None:
    ann = crossroads
    text = spell(ann.root)
    with linked(ann.root, wanted):
        for check in (ann.policy.check_file, ann.policy.check_folder):
            if (checked := allowed(check, text)) is not None:
                info = checked.path.lstat()
                assert checked.identity == (info.st_dev, info.st_ino)
                assert not checked.path.is_symlink()
                assert_within(ann, checked.path)
        if (target := allowed(ann.policy.check_target, text)) is not None:
            assert_within(ann, target)


def allowed(check: Callable[[str], Any], text: str) -> Any:
    """What `check` hands on; None when it refuses."""
    try:
        return check(text)
    except PathError:
        return None
