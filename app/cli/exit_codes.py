"""What the number means with which a command ends: one table for all commands."""

from __future__ import annotations

from enum import IntEnum

from app.errors import AppError, Code


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
    REFUSED = 9
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
    ExitCode.REFUSED: "not allowed: PC mode, posture, permission, or a path that is closed",
    ExitCode.INTERRUPTED: "interrupted",
}

_BY_CODE = {
    Code.INVALID_PARAM: ExitCode.USAGE,
    Code.START_PARAM_INVALID: ExitCode.USAGE,
    Code.INVALID_PATH: ExitCode.USAGE,
    Code.NAME_TAKEN: ExitCode.USAGE,
    Code.NOT_FOUND: ExitCode.UNKNOWN_VM,
    Code.WRONG_STATE: ExitCode.WRONG_STATE,
    Code.STOP_REFUSED: ExitCode.STOP_REFUSED,
    Code.MEMORY_LESS: ExitCode.HOST,
    Code.DISK_LESS: ExitCode.HOST,
    Code.NOT_SUPPORT: ExitCode.HOST,
    Code.ENGINE_FAILED: ExitCode.ENGINE,
    Code.ENGINE_KILLED: ExitCode.ENGINE,
    Code.IPC_FAILED: ExitCode.CONNECTION,
    Code.NOT_PC_MODE: ExitCode.REFUSED,
    Code.PERMISSION_DENIED: ExitCode.REFUSED,
    Code.PATH_REFUSED: ExitCode.REFUSED,
}


def exit_code_of(error: AppError) -> ExitCode:
    """Exit code for a failure: by its code, which is the same here and from another process."""
    return _BY_CODE.get(error.code, ExitCode.FAILED)


def table() -> str:
    """The table for the help."""
    return "\n".join(f"  {code.value:>3}  {meaning}" for code, meaning in MEANINGS.items())
