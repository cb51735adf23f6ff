"""A person's computer in a folder: home, system, other people, sticks, a library of machines."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from app.vm.closed_places import ClosedPlaces, rules_for
from app.vm.path_policy import PathPolicy
from app.vm.user_folders import UserFolders

FILES = (
    "home/ann/Desktop/desk.iso",
    "home/ann/Documents/doc.iso",
    "home/ann/Documents/backup/.ssh/id",
    "home/ann/Downloads/disc.iso",
    "home/ann/Downloads/sub/deep.iso",
    "home/ann/Downloads/.hidden/h.iso",
    "home/ann/Public/pub.iso",
    "home/ann/projects/p.iso",
    "home/ann/projects/sub/q.iso",
    "home/ann/.bashrc",
    "home/ann/.netrc",
    "home/ann/.ssh/id",
    "home/ann/.gnupg/key",
    "home/ann/.config/autostart/x.desktop",
    "home/ann/.config/chromium/cookies",
    "home/ann/.config/duplex-vm/settings.toml",
    "home/ann/.local/share/keyrings/login",
    "home/ann/.local/share/gnome-boxes/images/box.iso",
    "home/ann/.local/share/duplex-vm/machines/one/disk0.qcow2",
    "home/ann/.var/app/org.mozilla.firefox/profile",
    "home/ann/.var/app/org.gnome.Boxes/box.iso",
    "home/ann/snap/firefox/profile",
    "home/bob/Downloads/bob.iso",
    "home/discs/shared.iso",
    "run/media/ann/STICK/stick.iso",
    "run/media/bob/STICK/bob.iso",
    "run/user/1000/bus",
    "run/user/1000/gvfs/smb/net.iso",
    "media/drive/d.iso",
    "media/plain/d.iso",
    "mnt/data/data.iso",
    "srv/discs/srv.iso",
    "tmp/t.iso",
    "etc/passwd",
    "usr/share/virtio-win/virtio.iso",
    "usr/lib/x.so",
    "var/lib/libvirt/images/pool.iso",
    "var/lib/secret",
    "var/tmp/t.iso",
)


@dataclass(frozen=True, slots=True)
class Person:
    """Everything about her that a test may want; `root` stands for the root of the system."""

    root: Path
    folders: UserFolders
    library: Path
    closed: ClosedPlaces
    policy: PathPolicy

    @property
    def home(self) -> Path:
        return self.folders.home

    @property
    def downloads(self) -> Path:
        return self.folders.downloads


def a_person(root: Path, *, owner: int | None = None) -> Person:
    """Ann, on a computer below `root`, which is made.

    Args:
        root: an empty folder.
        owner: her user number; who runs the test when None.
    """
    root = root.resolve()
    for name in FILES:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    home = root / "home/ann"
    library = home / ".local/share/duplex-vm"
    folders = UserFolders(
        home=home,
        desktop=home / "Desktop",
        documents=home / "Documents",
        downloads=home / "Downloads",
        others=(home / "Music", home / "Public"),
        media=(root / "run/media/ann", root / "media/ann"),
        drives=root / "media",
        config_home=home / ".config",
        data_home=home / ".local/share",
        cache_home=home / ".cache",
        state_home=home / ".local/state",
        runtime=root / "run/user/1000",
        is_drive=lambda folder: folder.name == "drive",
    )
    closed = closed_to(folders, library, root, owner=owner)
    return Person(root, folders, library, closed, PathPolicy(library, folders, closed))


def closed_to(
    folders: UserFolders, library: Path, root: Path, *, owner: int | None = None
) -> ClosedPlaces:
    """The rules for a person below `root`."""
    own = (folders.config_home / "duplex-vm", folders.state_home / "duplex-vm")
    return ClosedPlaces(
        rules_for(folders, libraries=[library], own=own, root=root),
        home=folders.home,
        libraries=[library],
        owner=os.getuid() if owner is None else owner,
    )
