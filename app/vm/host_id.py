"""This computer's number for `getHostSN`: stable, and telling nothing outside of one library.

The number that the system itself goes by (machine-id(5)) is to be kept from others, because whoever
knows it can recognise the computer everywhere. Here it goes through a keyed hash whose key belongs
to the library: another library on the same computer has another number.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path

from app.errors import ParamError, StoreError
from app.reading import read_small_file
from app.vm.kept_document import KeptDocument

_log = logging.getLogger(__name__)

MACHINE_ID = Path("/etc/machine-id")
HOST_ID_FILE = "host-id.json"
SCHEMA_VERSION = 1
_MAX_BYTES = 4096
_SECRET_BYTES = 32
_SERIAL_DIGITS = 32
_SECRET = re.compile("[0-9a-f]{64}")
_KNOWN = re.compile(rb"(?!0{32})[0-9a-f]{32}\n?")  # "uninitialized" while a system starts first
_making = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Secrets:
    """What a library keeps; both are 32 random bytes in hexadecimal digits.

    Attributes:
        salt: the key of the hash.
        own_id: stands in for the system's number on a computer that has none.
    """

    salt: str
    own_id: str

    def __post_init__(self) -> None:
        if not _SECRET.fullmatch(self.salt) or not _SECRET.fullmatch(self.own_id):
            raise ParamError("These are no 32 bytes.")


def host_serial(library_folder: Path, *, machine_id: Path = MACHINE_ID) -> str:
    """32 hexadecimal digits in upper case, always the same for this computer and library.

    Blocks; may be called in any thread. The first call makes `<library>/host-id.json`, which only
    its owner can read. When that is damaged it is set aside, and the number is a new one; when it
    cannot be read there is no number, for another one would not be this computer's.

    Args:
        library_folder: the library, which is there.
        machine_id: file with the system's number.

    Raises:
        StoreError: the library cannot be written.
        DiskLessError: the disk is full.
        NewerVersionError, UnreadableError: the file is left alone, see `KeptDocument`.
    """
    with _making:
        kept = _read_or_make(library_folder)
    known = _system_id(machine_id) or bytes.fromhex(kept.own_id)
    digest = hmac.digest(bytes.fromhex(kept.salt), known, hashlib.sha256)
    return digest.hex()[:_SERIAL_DIGITS].upper()


def _read_or_make(folder: Path) -> _Secrets:
    document = KeptDocument(
        folder / HOST_ID_FILE,
        _Secrets,
        schema_version=SCHEMA_VERSION,
        max_bytes=_MAX_BYTES,
        what="this computer's number",
        without_it="this computer gets a new number",
        cannot_write="This computer's number cannot be kept.",
    )
    kept = document.read()
    if kept is None:
        kept = _Secrets(
            salt=secrets.token_hex(_SECRET_BYTES), own_id=secrets.token_hex(_SECRET_BYTES)
        )
        document.write(kept)
    return kept


def _system_id(path: Path) -> bytes | None:
    """The system's number, None when it has none to go by."""
    try:
        data = read_small_file(path, _MAX_BYTES)
    except (FileNotFoundError, StoreError) as err:
        _log.info("the system has no number: %s", err)
        return None
    return data.strip() if _KNOWN.fullmatch(data) else None
