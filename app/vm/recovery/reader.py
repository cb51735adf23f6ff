"""The process that reads a guest's file systems: run as ``python -m app.vm.recovery.reader``.

The libraries that understand file systems are C code, and the disk is a guest's: what goes wrong
in here ends this process alone. It gets one JSON object as its argument, and tells lines of JSON:
``{"at": fraction}`` as it goes on, ``{"done": ...}`` or ``{"failed": ...}`` at the end.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

from app.errors import AppError, MediaError

MEMORY_BYTES = 2 << 30
REPORT = "report.txt"
FULL, MEDIA, TARGET = "full", "media", "target"
_LARGEST_FILE_BYTES = 16 << 40
_TELL_S = 0.25
_FULL = {errno.ENOSPC, errno.EDQUOT}


class _Progress:
    """Tells how far it is, a few times a second; that it goes on at all is told by that, too."""

    def __init__(self, whole_bytes: int) -> None:
        self._whole_bytes = max(1, whole_bytes)
        self._told_s = 0.0

    def tell(self, copied_bytes: int) -> None:
        now_s = time.monotonic()
        if now_s - self._told_s >= _TELL_S:
            self._told_s = now_s
            say({"at": min(1.0, copied_bytes / self._whole_bytes)})


def say(message: dict[str, Any]) -> None:
    """Tell the parent. When it is gone, this ends the process: nobody wants the copy."""
    print(json.dumps(message), flush=True)  # noqa: T201 - the parent reads it


def main() -> int:
    """Do what the argument says."""
    wanted = json.loads(sys.argv[1])
    _limit(int(wanted["cpuSeconds"]))
    try:
        say({"done": _copy(Path(wanted["image"]), Path(wanted["target"]), wanted["mostBytes"])})
    except AppError as err:
        say({"failed": MEDIA, "sentence": err.message, "remedy": err.remedy})
    except BrokenPipeError:
        return 1
    except OSError as err:
        say({"failed": FULL if err.errno in _FULL else TARGET, "sentence": str(err)})
    except MemoryError:
        say({"failed": MEDIA, "sentence": "Its file systems need too much memory."})
    return 0


def _limit(cpu_s: int) -> None:
    os.umask(0o077)
    os.nice(5)
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, _LARGEST_FILE_BYTES),
    ):
        _, hard = resource.getrlimit(kind)
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (value, value))


def _copy(image: Path, target: Path, most_bytes: int) -> dict[str, Any]:
    # Only now: the limits have to hold for the libraries.
    from app.vm.recovery.account import Account, NoRoomError, TooManyError  # noqa: PLC0415
    from app.vm.recovery.disk_reading import Qcow2Disk  # noqa: PLC0415
    from app.vm.recovery.volumes import copy_volumes  # noqa: PLC0415

    try:
        with _opened(image) as disk:
            assert isinstance(disk, Qcow2Disk)  # noqa: S101 - for the type checker
            account = Account(most_bytes, _Progress(_written(disk)).tell)
            volumes = copy_volumes(disk, target, account)
    except NoRoomError:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from None
    except TooManyError:
        raise MediaError("It claims to hold more than five million files.") from None
    (target / REPORT).write_text(account.report(), encoding="utf-8", errors="replace")
    _sync(target)
    return {
        "files": account.files,
        "folders": account.folders,
        "bytes": account.copied_bytes,
        "leftOut": account.left_out.total(),
        "volumes": volumes,
    }


def _opened(image: Path) -> Any:
    from app.vm.recovery.disk_reading import Qcow2Disk  # noqa: PLC0415 - see `_copy`

    try:
        return Qcow2Disk(image)
    except OSError as err:
        _refuse_image(image, err)


def _written(disk: Any) -> int:
    try:
        return int(disk.written_bytes())
    except OSError:  # A table is damaged; what depends on it is said when it is read.
        return int(disk.size)


def _refuse_image(image: Path, err: OSError) -> NoReturn:
    raise MediaError(f"The disk {image.name} cannot be read: {err.strerror}.") from err


def _sync(folder: Path) -> None:
    """Make all of it safe on disk at once, syncfs(2)."""
    libc = ctypes.CDLL(None, use_errno=True)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if libc.syncfs(handle):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    finally:
        os.close(handle)


if __name__ == "__main__":
    sys.exit(main())
