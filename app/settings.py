"""The person's choices, in one TOML file that they may edit and that newer versions may extend.

What this version does not know, keys and values, is kept when the file is written again. A file
that cannot be read is set aside as `settings.toml.bad`, never overwritten, and the defaults hold.
"""

from __future__ import annotations

import logging
import tomllib
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import tomli_w

from app.atomic import write_atomically

_log = logging.getLogger(__name__)

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All choices with their defaults.

    Attributes:
        language: ``system``, ``en`` or ``zh_CN``.
        look: ``system``, ``light`` or ``dark``.
        reduce_motion: no animations.
        release_key: name of the key that gives keyboard and pointer back.
        release_chord: combination that does so, too (`app.vm.display.chord`).
        top_edge_delay_ms: how long the pointer is held on the top edge to open the bar.
        trash_days: days after which destroyed machines are removed for good; 0 for only by hand,
            which is also what holds when the settings cannot be read.
        snapshot_hours: hours after which a machine that runs is kept by itself; 0 for never.
        snapshot_before_changes: keep a machine that is off before its disk grows and the like.
        release_learned: the person has used the release key once, so the first-use hint may go.
    """

    language: str = "system"
    look: str = "system"
    reduce_motion: bool = False
    release_key: str = "right_ctrl"
    release_chord: str = "ctrl+alt"
    top_edge_delay_ms: int = 250
    trash_days: int = 0
    snapshot_hours: int = 0
    snapshot_before_changes: bool = True
    release_learned: bool = False


_CHOICES = {
    "language": frozenset({"system", "en", "zh_CN"}),
    "look": frozenset({"system", "light", "dark"}),
    "release_key": frozenset({"right_ctrl", "right_alt", "menu", "pause", "scroll_lock"}),
}


class SettingsFile:
    """Reads and writes one settings file; `values` is the present truth."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._foreign: dict[str, Any] = {}  # keys and values that this version does not know
        self.values = self._load()

    def change(self, **changes: Any) -> Settings:
        """Apply `changes`, write the file, return the new values.

        Raises:
            OSError: the file cannot be written; the values are changed all the same.
        """
        self.values = replace(self.values, **changes)
        for key in changes:
            self._foreign.pop(key, None)
        document = {"schema_version": SCHEMA_VERSION, **asdict(self.values), **self._foreign}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(self._path, tomli_w.dumps(document).encode())
        return self.values

    def _load(self) -> Settings:
        try:
            document = tomllib.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Settings()
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as err:
            self._set_aside(err)
            return Settings()
        defaults = Settings()
        valid = {
            field.name: document.pop(field.name)
            for field in fields(Settings)
            if field.name in document
            and _is_valid(field.name, document[field.name], getattr(defaults, field.name))
        }
        version = document.get("schema_version")
        if not isinstance(version, int) or version <= SCHEMA_VERSION:
            document.pop("schema_version", None)
        self._foreign = document
        return replace(defaults, **valid)

    def _set_aside(self, err: Exception) -> None:
        _log.warning("The settings file is damaged and was set aside: %s", err)
        try:
            self._path.replace(self._path.with_name(self._path.name + ".bad"))
        except OSError as rename_error:
            _log.warning("It could not be set aside: %s", rename_error)


def _is_valid(key: str, value: object, default: object) -> bool:
    if type(value) is not type(default):
        return False
    if isinstance(value, int) and not isinstance(value, bool):
        return 0 <= value <= 10_000
    return key not in _CHOICES or value in _CHOICES[key]
