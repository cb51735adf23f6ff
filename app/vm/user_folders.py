"""The folders of the person at this computer: what a program may name without asking first.

Open to a program that names a path are the folders that a desktop keeps for a person's own files
(desktop, documents, downloads, music, pictures, videos, public), the default share, and removable
media. The home folder itself is not: next to those folders it holds what other programs keep there.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from app import paths
from app.vm.store import storing

SHARE_NAME = "Duplex VM"


def is_local_drive(folder: Path) -> bool:
    """Whether a drive of this computer is mounted there; blocks for two looks.

    A file system without a drive (network, FUSE) has the major device number 0.
    """
    try:
        return folder.is_mount() and os.major(folder.stat().st_dev) != 0
    except OSError:
        return False  # It went while we looked, as sticks do.


def is_folder_there(folder: Path) -> bool:
    """Whether there is a folder that can be seen; blocks for a look."""
    try:
        return folder.is_dir()
    except OSError:  # Where it would be nobody may look.
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFolders:
    """Where one person's things are. The paths may be links, and need not exist.

    Attributes:
        home: the home folder.
        desktop: `XDG_DESKTOP_DIR`; the next ones likewise.
        documents: has the default share in it.
        downloads: where discs mostly are.
        others: music, pictures, videos, public share.
        media: where the desktop mounts what this person plugs in, one folder a volume.
        drives: where an administrator's table mounts drives, `/media`; see `is_drive`.
        is_drive: whether a folder is a drive of this computer.
        config_home: where programs keep settings; the next ones likewise.
        data_home: what they store.
        cache_home: what they can make again.
        state_home: logs and histories.
        runtime: sockets of this login; None when there are none.
    """

    home: Path
    desktop: Path
    documents: Path
    downloads: Path
    others: tuple[Path, ...]
    media: tuple[Path, ...]
    drives: Path
    config_home: Path
    data_home: Path
    cache_home: Path
    state_home: Path
    runtime: Path | None = None
    is_drive: Callable[[Path], bool] = is_local_drive

    @classmethod
    def of_this_user(cls) -> UserFolders:
        """The folders of who runs this program, from its environment; blocks shortly."""
        user = _user_name()
        runtime = os.environ.get("XDG_RUNTIME_DIR", "")
        return cls(
            home=Path.home(),
            desktop=Path(platformdirs.user_desktop_dir()),
            documents=Path(platformdirs.user_documents_dir()),
            downloads=Path(platformdirs.user_downloads_dir()),
            others=(
                Path(platformdirs.user_music_dir()),
                Path(platformdirs.user_pictures_dir()),
                Path(platformdirs.user_videos_dir()),
                Path(platformdirs.user_publicshare_dir()),
            ),
            media=(Path("/run/media", user), Path("/media", user)),
            drives=Path("/media"),
            config_home=paths.config_dir().parent,
            data_home=paths.library_dir().parent,
            cache_home=paths.cache_dir().parent,
            state_home=paths.state_dir().parent,
            runtime=Path(runtime) if runtime.startswith("/") else None,
        )

    @property
    def system_share(self) -> Path:
        """The default shared folder, the document's `SYSTEM_SHARE`; need not exist yet."""
        return self.documents / SHARE_NAME

    @property
    def external(self) -> Path:
        """Where volumes appear on this computer; udisks has two habits. Blocks shortly."""
        return next((folder for folder in self.media if is_folder_there(folder)), self.media[0])

    def opens(self, real: Path) -> bool:
        """Whether a real path lies where programs may go without asking; blocks shortly.

        Of `/media` only the drives in it count, of `/mnt` nothing: what an administrator mounts
        there for good is a second disk, a network or a backup with whole homes in it. One grant
        opens such a place to who wants it.
        """
        if any(real.is_relative_to(root) for root in self._roots()):
            return True
        drives = _real(self.drives)
        if not real.is_relative_to(drives) or real == drives:
            return False
        return self.is_drive(drives / real.relative_to(drives).parts[0])

    def _roots(self) -> list[Path]:
        """Real places; a folder that the person has switched off is home itself and no root."""
        home = _real(self.home)
        wanted = (
            self.desktop, self.documents, self.downloads, *self.others, *self.media,
            self.system_share,
        )  # fmt: skip
        return [root for folder in wanted if not home.is_relative_to(root := _real(folder))]


def system_share_folder(folders: UserFolders) -> Path:
    """The default shared folder, made when it is missing; blocks.

    Raises:
        StoreError: it cannot be made.
    """
    folder = folders.system_share
    with storing("The default shared folder cannot be made."):
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def _user_name() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # in a container
        return str(os.getuid())


def _real(folder: Path) -> Path:
    return Path(os.path.realpath(folder))
