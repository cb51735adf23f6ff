"""One small file of this person's choices, a value for each machine."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from app.atomic import write_atomically

_log = logging.getLogger(__name__)

_MOST_MACHINES = 500
_MOST_BYTES = 1 << 20

ValueT = TypeVar("ValueT")


class MachineFile(Generic[ValueT]):
    """Read at its first use and written with each change; the oldest choices are forgotten first.

    Of one thread. A file that cannot be read is logged, and counts as empty: what is in it is
    only comfort.

    Args:
        file: where they are kept; the folder is made when it is missing.
        parse: makes a value of what was read, or None of what is none; values are written as JSON.
    """

    def __init__(self, file: Path, parse: Callable[[object], ValueT | None]) -> None:
        self._file, self._parse = file, parse
        self._values: dict[str, ValueT] | None = None

    def get(self, machine: str) -> ValueT | None:
        """What was chosen for a machine."""
        return self._known().get(machine)

    def put(self, machine: str, value: ValueT, *, write: bool = True) -> None:
        """It was chosen now.

        Args:
            machine: its id in hexadecimal.
            value: the choice.
            write: False for a choice that is in the file already, and is only the latest again.

        Raises:
            OSError: it cannot be written; it holds all the same until the program ends.
        """
        known = self._known()
        known.pop(machine, None)
        known[machine] = value
        self._values = newest(known, _MOST_MACHINES)
        if write:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomically(self._file, json.dumps(self._values, indent=1).encode())

    def _known(self) -> dict[str, ValueT]:
        if self._values is None:
            parsed = ((name, self._parse(value)) for name, value in self._read().items())
            self._values = {name: value for name, value in parsed if value is not None}
        return self._values

    def _read(self) -> dict[str, object]:
        try:
            with self._file.open("rb") as stream:
                document = json.loads(stream.read(_MOST_BYTES))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as err:
            _log.warning("%s cannot be read: %s", self._file.name, err)
            return {}
        return document if isinstance(document, dict) else {}


def newest(known: dict[str, ValueT], most: int) -> dict[str, ValueT]:
    """The last `most` of these."""
    return dict(list(known.items())[-most:])
