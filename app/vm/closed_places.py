"""Where nothing is handed to a machine, whoever asks.

A guest is a stranger's program. These places stay closed to it even where a person has picked a
file in them, because nobody does that knowing what it means:

- libraries of machines: one machine's disk is no other machine's business;
- keys, passwords, browsers' and mail programs' data;
- this program's own settings and sockets, by which a guest would become the one who decides;
- the system's folders and other people's homes.

Some places are open in part. Hidden folders in home hold what programs keep there: a file in one
may be read when it was granted (virtual machine programs keep discs in `~/.local`), but none is
shared or written into, since who writes into `~/.config/autostart` runs programs as this person.
What packages bring (`/usr/share`, where virtio drivers lie) and libvirt's pool of discs can be
read.

Which rule holds is decided by the deepest place that has one, looked for from the file upwards. A
place is known by its path, by where its path leads, and by its identity, so that neither a link, a
bind mount, nor a file system without capitals gives it another name. A hard link to a file inside
a closed folder cannot be told from the file; only the person could have made it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from app import APP_NAME, paths
from app.errors import PATH_IS_PRIVATE, PATH_NOT_AUTHORIZED
from app.vm.real_path import Identity, PathKind, identity_of
from app.vm.user_folders import UserFolders


class Standing(IntEnum):
    """What holds in a place. Where two rules meet, the larger wins."""

    OPEN = 0
    READ_ONLY = 1
    HIDDEN = 2
    HOMES = 3
    SYSTEM = 4
    SECRET = 5
    OWN = 6
    PRIVATE = 7


@dataclass(frozen=True, slots=True)
class Rule:
    """`standing` holds in `place` and below it, as far as no deeper rule does."""

    place: Path
    standing: Standing


@dataclass(frozen=True, slots=True)
class Objection:
    """Why something is not handed over.

    Attributes:
        text: the `vm_manager` document's words for it.
        reason: goes on from a path: "is a folder of the system".
        remedy: what to do instead, a sentence.
    """

    text: str
    reason: str
    remedy: str


_CLOSED = frozenset(
    {Standing.HOMES, Standing.SYSTEM, Standing.OWN, Standing.SECRET, Standing.PRIVATE}
)
# Not the system's folders: a container or a build root shares them with places that are open.
_BY_IDENTITY = frozenset({Standing.OWN, Standing.SECRET, Standing.PRIVATE})
_SMALLER = "Choose a folder in it that holds only what the machine may have."
_COPY = "Copy what the machine may have into a folder such as Downloads, and choose it there."
_INSIDE = {
    Standing.READ_ONLY: ("may be read, but not be written into", _COPY),
    Standing.HIDDEN: ("is hidden in the home folder: of that, single files can be read", _COPY),
    Standing.HOMES: ("belongs to another person", _COPY),
    Standing.SYSTEM: ("belongs to the system", _COPY),
    Standing.OWN: ("belongs to Duplex VM itself", _COPY),
    Standing.SECRET: ("is where keys, passwords or a program's private data are kept", _COPY),
    Standing.PRIVATE: (
        "belongs to a library of machines",
        "Export the machine's disk to another folder, and choose it there.",
    ),
}
_AROUND = {
    Standing.HOMES: "has other people's homes in it",
    Standing.SYSTEM: "has the system in it",
    Standing.OWN: "has Duplex VM's own files in it",
    Standing.SECRET: "has keys, passwords or programs' private data in it",
    Standing.PRIVATE: "has a library of machines in it",
}

# Folders and files of a name that means keys or a browser's profile wherever it lies: in a backup,
# on a stick, in a project.
_SECRET_NAMES = frozenset({".gnupg", ".mozilla", ".password-store", ".pki", ".ssh", ".thunderbird"})
_SECRETS_IN_HOME = (
    ".ICEauthority", ".Xauthority", ".aws", ".azure", ".bash_history", ".bitcoin",
    ".cargo/credentials", ".cargo/credentials.toml", ".cert", ".claws-mail", ".docker",
    ".electrum", ".ethereum", ".gem/credentials", ".git-credentials", ".gnupg", ".icedove",
    ".kde/share/apps/kwallet", ".kube", ".lesshst", ".librewolf", ".mozilla", ".mutt", ".my.cnf",
    ".netrc", ".npmrc", ".oci", ".opera", ".password-store", ".pgpass", ".pki", ".psql_history",
    ".purple", ".putty", ".pypirc", ".python_history", ".ssh", ".sylpheed-2.0", ".terraform.d",
    ".thunderbird", ".tor-browser", ".vault-token", ".vnc", ".waterfox", ".zen", ".zsh_history",
    "Maildir", "Mail", "snap", ".var/app",
)  # fmt: skip
_SECRETS_IN_CONFIG = (
    "1Password", "Bitwarden", "BraveSoftware", "Element", "Nextcloud", "Proton", "Signal", "Slack",
    "chromium", "discord", "epiphany", "evolution", "falkon", "filezilla", "gcloud", "geary", "gh",
    "git/credentials", "glab-cli", "goa-1.0", "google-chrome", "google-chrome-beta",
    "google-chrome-unstable", "hub", "keepassxc", "microsoft-edge", "microsoft-edge-beta",
    "microsoft-edge-dev", "midori", "mozilla", "op", "opera", "opera-beta", "opera-developer",
    "qutebrowser", "rclone", "remmina", "sops", "thorium", "vivaldi", "vivaldi-snapshot",
    "yandex-browser",
)  # fmt: skip
_SECRETS_IN_DATA = (
    "Mailspring", "TelegramDesktop", "akonadi", "epiphany", "evolution", "falkon", "geary",
    "keepassxc", "keyrings", "kwalletd", "local-mail", "mozilla", "pass", "qutebrowser", "remmina",
    "torbrowser",
)  # fmt: skip
_SECRETS_IN_CACHE = (
    "BraveSoftware", "chromium", "evolution", "google-chrome", "microsoft-edge", "mozilla", "opera",
    "thunderbird", "vivaldi",
)  # fmt: skip
# Other programs' private folders are closed as a whole; of these one wants disks and discs.
_MACHINES_OF_OTHERS = (".var/app/org.gnome.Boxes", ".var/app/org.virt_manager.virt-manager")

_SYSTEM = (
    "bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "libx32", "lost+found", "proc", "root",
    "run", "sbin", "sys", "usr", "var",
)  # fmt: skip
# What is open in them: the names that some systems give `/mnt`, `/srv`, `/opt` and `/media`, and
# the second folder for temporary files.
_OPEN_IN_SYSTEM = ("var/mnt", "var/srv", "var/opt", "var/media", "var/tmp")
_READ_ONLY_IN_SYSTEM = ("usr/share", "usr/local/share", "var/lib/libvirt/images")
_HOMES = ("home", "var/home")
_ROOT = 0
_IN_RUNTIME = ("gvfs", "doc")  # network places and what a file dialog's portal hands out


class ClosedPlaces:
    """All rules for one person and one library. Its methods block; call them in a thread.

    Args:
        rules: in any order.
        home: of the person.
        libraries: whose machines' folders may be links to another disk.
        owner: user number of the person.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        *,
        home: Path,
        libraries: Iterable[Path] = (),
        owner: int,
    ) -> None:
        self._rules = tuple(rules)
        self._home = home
        self._libraries = tuple(libraries)
        self._owner = owner

    @classmethod
    def for_user(cls, folders: UserFolders, library: Path) -> ClosedPlaces:
        """The rules for who runs this program."""
        libraries = (library.absolute(), paths.library_dir())
        own = (
            paths.config_dir(),
            paths.cache_dir(),
            paths.state_dir(),
            Path(f"/tmp/{APP_NAME}-{os.getuid()}"),  # noqa: S108 - only to be kept out of it
        )
        return cls(
            rules_for(folders, libraries=libraries, own=own),
            home=folders.home,
            libraries=libraries,
            owner=os.getuid(),
        )

    def objection(
        self, real: Path, info: os.stat_result | None, *, kind: PathKind, write: bool
    ) -> Objection | None:
        """What speaks against handing something over, None when nothing does.

        Args:
            real: where it really lies.
            info: what it is; None for a file that is still to be made.
            kind: a folder is handed over with everything in it.
            write: the machine, or this program at its wish, may change it.
        """
        rules = _Resolved(self._all_rules(), self._home)
        standing = self._standing(rules, real, info, kind)
        if standing in _refused(kind, write=write):
            return _objection(standing, *_INSIDE[standing])
        inner = rules.closed_below(real) if kind is PathKind.FOLDER else []
        if inner:
            # Of home and the like the plainest reason counts, not that a library is in it too.
            return _objection(min(inner), _AROUND[min(inner)], _SMALLER)
        return None

    def _all_rules(self) -> Iterator[Rule]:
        yield from self._rules
        for library in self._libraries:
            yield from (Rule(place, Standing.PRIVATE) for place in _machines_elsewhere(library))

    def _standing(
        self, rules: _Resolved, real: Path, info: os.stat_result | None, kind: PathKind
    ) -> Standing:
        if not _SECRET_NAMES.isdisjoint(part.casefold() for part in real.parts):
            return Standing.SECRET
        above: list[os.stat_result | None] = []
        for place in (real, *real.parents):
            known = info if place == real else _look(place)
            standing = rules.at(place, known)
            if standing is Standing.HOMES:
                own = place != real and self._is_own(info, above, kind)
                return Standing.OPEN if own else Standing.HOMES
            if standing is not None:
                return standing
            if place != real:
                above.append(known)
        return Standing.OPEN

    def _is_own(
        self, info: os.stat_result | None, above: list[os.stat_result | None], kind: PathKind
    ) -> bool:
        """Whether something beside the homes is no other person's, such as `/home/discs`.

        The folders above it may be root's too. A folder itself has to be this user's: root's may
        be one of homes again, as where a domain has a folder of its own.
        """
        shared = all(each is not None and each.st_uid in {self._owner, _ROOT} for each in above)
        if kind is PathKind.FILE:
            return shared
        return shared and info is not None and info.st_uid == self._owner


class _Resolved:
    """The rules as they hold at one moment, with every link in them followed."""

    def __init__(self, rules: Iterable[Rule], home: Path) -> None:
        self._homes = {home, _real(home)}
        self._by_path: dict[Path, Standing] = {}
        self._by_identity: dict[Identity, Standing] = {}
        for rule in rules:
            self._add(rule)

    def at(self, place: Path, known: os.stat_result | None) -> Standing | None:
        """The rule of exactly this place, None when it has none."""
        found = []
        if place in self._by_path:
            found.append(self._by_path[place])
        if known is not None and identity_of(known) in self._by_identity:
            found.append(self._by_identity[identity_of(known)])
        if not found and place.parent in self._homes and place.name.startswith("."):
            return Standing.HIDDEN
        return max(found, default=None)

    def closed_below(self, folder: Path) -> list[Standing]:
        """Standing of each closed place inside of `folder`."""
        return [
            standing
            for place, standing in self._by_path.items()
            if standing in _CLOSED and folder in place.parents
        ]

    def _add(self, rule: Rule) -> None:
        self._put(rule.place, rule.standing)
        # A link may close more, but only the one of home may open anything: where an open place
        # leads is for its own rules to say.
        real = _real(rule.place)
        if rule.standing in _CLOSED or rule.place in self._homes:
            self._put(real, rule.standing)
        if rule.standing in _BY_IDENTITY and (info := _look(real)) is not None:
            known = self._by_identity.get(identity_of(info), rule.standing)
            self._by_identity[identity_of(info)] = max(known, rule.standing)

    def _put(self, place: Path, standing: Standing) -> None:
        if standing is Standing.SYSTEM and place in self._homes:
            return  # root's own home
        self._by_path[place] = max(self._by_path.get(place, standing), standing)


def rules_for(
    folders: UserFolders,
    *,
    libraries: Iterable[Path],
    own: Iterable[Path],
    root: Path = Path("/"),
) -> list[Rule]:
    """Every rule for one person.

    Args:
        folders: the person's.
        libraries: of machines.
        own: this program's settings, logs, and sockets.
        root: where the system's folders hang.
    """
    return [
        Rule(folders.home, Standing.OPEN),
        *(Rule(library, Standing.PRIVATE) for library in libraries),
        *(Rule(place, Standing.OWN) for place in own),
        *_secret_rules(folders),
        *_hidden_rules(folders),
        *_system_rules(folders, root),
    ]


def _secret_rules(folders: UserFolders) -> Iterator[Rule]:
    home = folders.home
    tables = (
        ((home,), _SECRETS_IN_HOME),
        ((home / ".config", folders.config_home), _SECRETS_IN_CONFIG),
        ((home / ".local/share", folders.data_home), _SECRETS_IN_DATA),
        ((home / ".cache", folders.cache_home), _SECRETS_IN_CACHE),
    )
    for bases, names in tables:
        for base in dict.fromkeys(bases):
            yield from (Rule(base / name, Standing.SECRET) for name in names)


def _hidden_rules(folders: UserFolders) -> Iterator[Rule]:
    bases = (folders.config_home, folders.data_home, folders.cache_home, folders.state_home)
    yield from (Rule(base, Standing.HIDDEN) for base in bases if not _is_above(base, folders.home))
    yield from (Rule(folders.home / name, Standing.HIDDEN) for name in _MACHINES_OF_OTHERS)


def _system_rules(folders: UserFolders, root: Path) -> Iterator[Rule]:
    yield from (Rule(root / name, Standing.SYSTEM) for name in _SYSTEM)
    yield from (Rule(root / name, Standing.OPEN) for name in _OPEN_IN_SYSTEM)
    yield from (Rule(root / name, Standing.READ_ONLY) for name in _READ_ONLY_IN_SYSTEM)
    yield from (Rule(root / name, Standing.HOMES) for name in _HOMES)
    yield from (Rule(place, Standing.OPEN) for place in folders.media)
    if folders.runtime is not None and not _is_above(folders.runtime, folders.home):
        yield Rule(folders.runtime, Standing.OWN)
        yield from (Rule(folders.runtime / name, Standing.OPEN) for name in _IN_RUNTIME)


def _refused(kind: PathKind, *, write: bool) -> frozenset[Standing]:
    refused = set(_CLOSED)
    if write:
        refused |= {Standing.READ_ONLY, Standing.HIDDEN}
    if kind is PathKind.FOLDER:
        refused.add(Standing.HIDDEN)
    return frozenset(refused)


def _objection(standing: Standing, reason: str, remedy: str) -> Objection:
    text = PATH_IS_PRIVATE if standing is Standing.PRIVATE else PATH_NOT_AUTHORIZED
    return Objection(text, reason, remedy)


def _machines_elsewhere(library: Path) -> list[Path]:
    """Where machines' folders lie that are links out of their library."""
    try:
        found = list(os.scandir(library / "machines"))
    except OSError:  # No library, no machines.
        return []
    return [Path(entry.path) for entry in found if entry.is_symlink()]


def _look(place: Path) -> os.stat_result | None:
    try:
        return place.lstat()
    except OSError:
        return None


def _real(place: Path) -> Path:
    return Path(os.path.realpath(place))


def _is_above(folder: Path, home: Path) -> bool:
    """Whether `home` is or lies in that folder, so that a rule there would be about home."""
    return home.is_relative_to(folder)
