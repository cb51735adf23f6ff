"""What the number means with which a command ends: one table for all commands."""

from __future__ import annotations

from enum import IntEnum

from app.errors import (
    AppError,
    ConnectionLostError,
    DiskLessError,
    EngineError,
    MemoryLessError,
    NotSupportedError,
    ParamError,
    StateError,
    StopRefusedError,
    UnknownVmError,
)


class ExitCode(IntEnum):
    """Exit codes; stable."""

    OK = 0
    FAILED = 1
    USAGE = 2
    UNKNOWN_VM = 3
    WRONG_STATE = 4
    STOP_REFUSED = 5
    HOST = 6
    ENGINE = 7
    CONNECTION = 8
    INTERRUPTED = 130


MEANINGS = {
    ExitCode.OK: "it is done, and true",
    ExitCode.FAILED: "it failed; doctor --strict: there are warnings",
    ExitCode.USAGE: "the command or a value is wrong; doctor: something is in the way",
    ExitCode.UNKNOWN_VM: "there is no such machine",
    ExitCode.WRONG_STATE: "not possible in the machine's present state",
    ExitCode.STOP_REFUSED: "the system did not switch itself off; it runs on",
    ExitCode.HOST: "this computer lacks memory, disk space, or an ability",
    ExitCode.ENGINE: "the engine (QEMU) failed",
    ExitCode.CONNECTION: "the manager or engine was lost; look at the machine's status",
    ExitCode.INTERRUPTED: "interrupted",
}

# The first row that fits counts, so subclasses stand before their base.
_BY_CLASS: tuple[tuple[type[AppError], ExitCode], ...] = (
    (UnknownVmError, ExitCode.UNKNOWN_VM),
    (ParamError, ExitCode.USAGE),
    (StopRefusedError, ExitCode.STOP_REFUSED),
    (StateError, ExitCode.WRONG_STATE),
    (MemoryLessError, ExitCode.HOST),
    (DiskLessError, ExitCode.HOST),
    (NotSupportedError, ExitCode.HOST),
    (EngineError, ExitCode.ENGINE),
    (ConnectionLostError, ExitCode.CONNECTION),
)


def exit_code_of(error: AppError) -> ExitCode:
    """Exit code for a failure."""
    for kind, code in _BY_CLASS:
        if isinstance(error, kind):
            return code
    return ExitCode.FAILED


def table() -> str:
    """The table for the help."""
    return "\n".join(f"  {code.value:>3}  {meaning}" for code, meaning in MEANINGS.items())
