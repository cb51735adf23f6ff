"""Where nothing is handed to a machine, whoever asks."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from app import paths
from app.errors import PATH_IS_PRIVATE, PATH_NOT_AUTHORIZED
from app.vm.closed_places import ClosedPlaces, Objection, Standing
from app.vm.real_path import PathKind
from app.vm.user_folders import UserFolders
from tests.vm.persons import Person, a_person, closed_to

LIBRARY = "home/ann/.local/share/duplex-vm"

# What may be done with a file at most: nothing, read, or write it too.
FILES = {
    "home/ann/x": "write",
    "home/ann/projects/p.iso": "write",
    "home/ann/Downloads/.hidden/h.iso": "write",
    "home/discs/shared.iso": "write",
    "srv/discs/srv.iso": "write",
    "mnt/data/data.iso": "write",
    "media/plain/d.iso": "write",
    "tmp/t.iso": "write",
    "var/tmp/t.iso": "write",
    "var/mnt/x": "write",
    "run/media/ann/STICK/stick.iso": "write",
    "run/user/1000/gvfs/smb/net.iso": "write",
    "home/ann/.bashrc": "read",
    "home/ann/.config/autostart/x.desktop": "read",
    "home/ann/.local/share/gnome-boxes/images/box.iso": "read",
    "home/ann/.var/app/org.gnome.Boxes/box.iso": "read",
    "usr/share/virtio-win/virtio.iso": "read",
    "var/lib/libvirt/images/pool.iso": "read",
    f"{LIBRARY}/machines/one/disk0.qcow2": "private",
    f"{LIBRARY}/grants.json": "private",
    "home/ann/.ssh/id": "nothing",
    "home/ann/.SSH/id": "nothing",
    "home/ann/Documents/backup/.ssh/id": "nothing",
    "mnt/data/home/.gnupg/key": "nothing",
    "home/ann/.netrc": "nothing",
    "home/ann/.config/chromium/cookies": "nothing",
    "home/ann/.config/duplex-vm/settings.toml": "nothing",
    "home/ann/.local/share/keyrings/login": "nothing",
    "home/ann/.var/app/org.mozilla.firefox/profile": "nothing",
    "home/ann/snap/firefox/profile": "nothing",
    "home/ann/.kube/config": "nothing",
    "etc/passwd": "nothing",
    "usr/lib/x.so": "nothing",
    "usr/x": "nothing",
    "var/lib/secret": "nothing",
    "dev/sda": "nothing",
    "proc/1/mem": "nothing",
    "root/x": "nothing",
    "run/media/bob/STICK/bob.iso": "nothing",
    "run/user/1000/bus": "nothing",
    "run/user/1001/gvfs/x": "nothing",
}

# What may be done with a folder, with everything in it.
FOLDERS = {
    "home/ann/Downloads": "write",
    "home/ann/projects": "write",
    "home/discs": "write",
    "srv": "write",
    "media/plain": "write",
    "run/media/ann": "write",
    "usr/share": "read",
    "usr/share/virtio-win": "read",
    "home/ann/.config": "nothing",
    "home/ann/.config/autostart": "nothing",
    "home/ann/.local/share/gnome-boxes": "nothing",
    "home/ann/.var/app/org.gnome.Boxes": "nothing",
    LIBRARY: "private",
    f"{LIBRARY}/machines": "private",
    "home/ann": "nothing",
    "home/ann/snap": "nothing",
    "home": "nothing",
    "": "nothing",
    "etc": "nothing",
    "run/media": "nothing",
    "run": "nothing",
    "usr": "nothing",
    "var": "nothing",
}


@pytest.fixture(scope="module")
def ann(tmp_path_factory: pytest.TempPathFactory) -> Person:
    return a_person(tmp_path_factory.mktemp("person"))


def asked(closed: ClosedPlaces, place: Path, kind: PathKind, *, write: bool) -> Objection | None:
    """What speaks against it, with what is there now."""
    info = place.lstat() if place.exists() else None
    return closed.objection(place, info, kind=kind, write=write)


def verdict(closed: ClosedPlaces, place: Path, kind: PathKind) -> str:
    """The word that the tables above use."""
    if asked(closed, place, kind, write=True) is None:
        assert asked(closed, place, kind, write=False) is None
        return "write"
    objection = asked(closed, place, kind, write=False)
    if objection is None:
        return "read"
    assert objection.reason
    assert objection.remedy.endswith(".")
    return {PATH_IS_PRIVATE: "private", PATH_NOT_AUTHORIZED: "nothing"}[objection.text]


@pytest.mark.parametrize(("place", "expected"), FILES.items())
def test_a_file_is_as_open_as_its_place(ann: Person, place: str, expected: str) -> None:
    assert verdict(ann.closed, ann.root / place, PathKind.FILE) == expected


@pytest.mark.parametrize(("place", "expected"), FOLDERS.items())
def test_a_folder_is_as_open_as_what_is_in_it(ann: Person, place: str, expected: str) -> None:
    assert verdict(ann.closed, ann.root / place, PathKind.FOLDER) == expected


def test_a_folder_around_a_library_alone_is_private(ann: Person) -> None:
    library = ann.root / "srv/machines/library"
    library.mkdir(parents=True)
    closed = closed_to(ann.folders, library, ann.root)

    assert verdict(closed, ann.root / "srv/machines", PathKind.FOLDER) == "private"
    assert verdict(closed, library / "x", PathKind.FILE) == "private"
    assert verdict(closed, ann.root / "srv/machines/x", PathKind.FILE) == "write"


def test_a_closed_place_that_is_a_link_closes_where_it_leads(tmp_path: Path) -> None:
    ann = a_person(tmp_path)
    real = ann.root / "mnt/data/profile"
    real.mkdir()
    (ann.home / ".aws").symlink_to(real)

    assert verdict(ann.closed, real / "x", PathKind.FILE) == "nothing"
    assert verdict(ann.closed, real.parent, PathKind.FOLDER) == "nothing"
    assert verdict(ann.closed, real.parent / "x", PathKind.FILE) == "write"


def test_a_link_opens_nothing(tmp_path: Path) -> None:
    ann = a_person(tmp_path)
    (ann.root / "run/user/1000/doc").symlink_to(ann.root / "var/lib")
    (ann.home / ".var/app/org.virt_manager.virt-manager").symlink_to(ann.home / ".kube")

    assert verdict(ann.closed, ann.root / "var/lib/secret", PathKind.FILE) == "nothing"
    assert verdict(ann.closed, ann.home / ".kube/config", PathKind.FILE) == "nothing"


def test_a_machine_on_another_disk_is_as_private_as_the_others(tmp_path: Path) -> None:
    ann = a_person(tmp_path)
    real = ann.root / "mnt/data/big-machine"
    real.mkdir()
    (ann.library / "machines/big").symlink_to(real)

    assert verdict(ann.closed, real / "disk0.qcow2", PathKind.FILE) == "private"


def test_a_home_behind_a_link_is_home(tmp_path: Path) -> None:
    ann = a_person(tmp_path)
    (ann.root / "var/home").mkdir()
    ann.home.rename(ann.root / "var/home/ann")
    ann.home.symlink_to(ann.root / "var/home/ann")
    real = ann.home.resolve()

    assert verdict(ann.closed, real / "projects/p.iso", PathKind.FILE) == "write"
    assert verdict(ann.closed, real / ".bashrc", PathKind.FILE) == "read"
    assert verdict(ann.closed, real / ".netrc", PathKind.FILE) == "nothing"
    assert verdict(ann.closed, real, PathKind.FOLDER) == "nothing"
    assert verdict(ann.closed, real / ".local/share/duplex-vm/x", PathKind.FILE) == "private"


def test_another_name_of_a_secret_file_is_known_by_its_identity(tmp_path: Path) -> None:
    ann = a_person(tmp_path)
    (ann.downloads / "harmless").hardlink_to(ann.home / ".netrc")

    assert verdict(ann.closed, ann.downloads / "harmless", PathKind.FILE) == "nothing"


def test_the_home_of_root_is_roots_own(tmp_path: Path) -> None:
    ann = a_person(tmp_path)
    home = ann.root / "root"
    (home / ".ssh").mkdir(parents=True)
    folders = replace(ann.folders, home=home, config_home=home / ".config")
    closed = closed_to(folders, home / "library", ann.root)

    assert verdict(closed, home / "x", PathKind.FILE) == "write"
    assert verdict(closed, home / ".ssh/id", PathKind.FILE) == "nothing"
    assert verdict(closed, home, PathKind.FOLDER) == "nothing"
    assert verdict(ann.closed, home / "x", PathKind.FILE) == "nothing"


OTHER = 12345
"""A user number that nobody has."""


def a_foreign(ann: Person, place: str) -> Path:
    """A folder that is not Ann's, whose number is `OTHER`: the test's, or nobody's for root."""
    folder = ann.root / place
    if os.getuid() == 0:
        os.chown(folder, OTHER + 1, OTHER + 1)
    return folder


def test_what_is_in_another_persons_home_is_theirs(tmp_path: Path) -> None:
    ann = a_person(tmp_path, owner=OTHER)
    foreign = a_foreign(ann, "home/bob")

    assert verdict(ann.closed, foreign / "Downloads/bob.iso", PathKind.FILE) == "nothing"
    assert verdict(ann.closed, foreign / "new", PathKind.FILE) == "nothing"
    assert verdict(ann.closed, foreign / "Downloads", PathKind.FOLDER) == "nothing"
    assert verdict(ann.closed, foreign, PathKind.FOLDER) == "nothing"
    assert verdict(ann.closed, foreign / "went/x", PathKind.FILE) == "nothing"


def test_a_folder_beside_the_homes_is_shared_by_its_owner_alone(tmp_path: Path) -> None:
    ann = a_person(tmp_path, owner=OTHER)
    beside = ann.root / "home/discs"

    assert verdict(ann.closed, beside, PathKind.FOLDER) == "nothing"


def test_settings_elsewhere_are_hidden_too_but_never_home(ann: Person) -> None:
    folders = replace(ann.folders, config_home=ann.root / "srv/config", data_home=ann.home)
    closed = closed_to(folders, ann.library, ann.root)

    assert verdict(closed, ann.root / "srv/config/any/x", PathKind.FILE) == "read"
    assert verdict(closed, ann.root / "srv/config/chromium/x", PathKind.FILE) == "nothing"
    assert verdict(closed, ann.home / "projects/p.iso", PathKind.FILE) == "write"


def test_nothing_of_our_own_is_open_to_a_machine(
    monkeypatch: pytest.MonkeyPatch, own_folders: Path, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(own_folders / "home"))
    closed = ClosedPlaces.for_user(UserFolders.of_this_user(), tmp_path / "library")

    expected = {
        tmp_path / "library/machines/x": "private",
        paths.library_dir() / "machines/x": "private",
        paths.config_dir() / "settings.toml": "nothing",
        paths.cache_dir() / "x": "nothing",
        paths.state_dir() / "x.log": "nothing",
        paths.runtime_dir(tmp_path) / "manager.sock": "nothing",
        Path(f"/tmp/duplex-vm-{os.getuid()}/x"): "nothing",  # noqa: S108 - nobody writes there
        Path("/etc/passwd"): "nothing",
        own_folders / "home/.ssh/id": "nothing",
        own_folders / "home/x": "write",
        tmp_path / "x": "write",
    }
    assert {place: verdict(closed, place, PathKind.FILE) for place in expected} == expected


def test_the_tighter_of_two_rules_wins() -> None:
    order = [Standing.OPEN, Standing.HIDDEN, Standing.SYSTEM, Standing.SECRET, Standing.PRIVATE]
    assert order == sorted(order)
