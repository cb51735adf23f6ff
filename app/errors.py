"""Failures we expect: a stable code, one sentence, and what the person can do next.

One class per *reaction* of a caller, not per cause:

    AppError
    ├── ParamError               a value cannot be right; ask again
    │   ├── StartParamError      the machine's required settings are missing or out of range
    │   ├── PathError            a file or folder is not what it has to be
    │   │   └── PathRefusedError it is there, but nobody may hand it to a machine
    │   └── UnknownVmError       no machine of that name
    ├── StateError               right, but not now; the state says when
    │   └── StopRefusedError     the guest did not switch itself off; force is on offer
    ├── MemoryLessError          the host has too little free memory
    ├── DiskLessError            the host has too little free disk space
    ├── NotSupportedError        this host or this engine cannot do it
    ├── NotPcModeError           the gate is closed: PC mode is off, or the posture is wrong
    ├── PermissionDeniedError    nobody allowed it, or somebody forbade it
    ├── EngineError              the virtual machine monitor failed
    ├── ConnectionLostError      manager or engine is gone, or a call's outcome is unknown
    ├── StoreError               what is on disk is damaged or cannot be written
    │   └── NewerVersionError    a newer version of this program wrote it; hands off
    ├── MediaError               an installation disc cannot be used as it is
    └── ViewError                a window cannot be bound to a machine

A bug is no AppError: it reaches the log with its traceback.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class Code(StrEnum):
    """Stable names of failures.

    The first group and its spelling come from the `vm_manager` document (section 11); texts that
    the document gives without a code have a code of ours.
    """

    OK = "VM_OK"
    INVALID_PARAM = "VM_ERROR_INVALID_PARAM"
    IPC_FAILED = "VM_ERROR_IPC_FAILED"
    START_PARAM_INVALID = "SA_VM_START_PARAM_INVALID"
    MEMORY_LESS = "SA_VM_MEMORY_LESS"
    DISK_LESS = "SA_VM_DISK_LESS"
    NOT_SUPPORT = "NOT_SUPPORT"
    ENGINE_FAILED = "STRATOVIRT_START_FAILED"
    ENGINE_KILLED = "STRATOVIRT_KILLED"

    # Ours.
    NAME_TAKEN = "VM_NAME_TAKEN"
    NOT_FOUND = "VM_NOT_FOUND"
    WRONG_STATE = "VM_WRONG_STATE"
    STOP_REFUSED = "VM_STOP_REFUSED"
    INVALID_PATH = "VM_INVALID_PATH"
    WINDOW = "VM_WINDOW"
    DAMAGED = "VM_DAMAGED"
    MEDIA = "VM_MEDIA"
    NOT_PC_MODE = "VM_NOT_PC_MODE"
    PERMISSION_DENIED = "VM_PERMISSION_DENIED"
    PATH_REFUSED = "VM_PATH_REFUSED"


# Texts that are part of the contract (`vm_manager` document, sections 6.3, 7.3, 11.1 and 13).
WINDOW_EXISTS = "The window already exists."
WINDOW_ID_ERROR = "WindowId err"
BIND_FAILED = "Failed to bind the surface to the window."
INVALID_FILE_PATH = "Invalid file path"
INVALID_PATH = "Invalid path"
PATH_IS_PRIVATE = "share path is private sandbox path"
PATH_NOT_AUTHORIZED = "share path is not authorized"
IMAGE_PATH_MISSING = "failed to convert parameter to guestOSImagePath"
DEVICE_ID_EMPTY = "device id is empty"
IMAGE_SIZE_FAILED = "GetVmDiskImageFileSize failed"
NOT_PC_MODE = "not PC mode"
PERMISSION_DENIED = "permission denied"
SERVICE_GONE = "WriteInterfaceToken failed"
ENGINE_MISSING = "Load native module failed"


class AppError(Exception):
    """A failure we expected.

    Attributes:
        code: stable name for programs; the class decides it unless one is given.
        message: one sentence for people, in English.
        remedy: what the person can do next, a sentence or empty.
        detail: raw material for "Details" (a log's last lines), never needed to understand.
    """

    default_code: ClassVar[Code] = Code.INVALID_PARAM

    def __init__(
        self, message: str, *, remedy: str = "", detail: str = "", code: Code | None = None
    ) -> None:
        super().__init__(message)
        self.message, self.remedy, self.detail = message, remedy, detail
        self.code = code or self.default_code


class ParamError(AppError):
    """A value cannot be right; ask again."""


class StartParamError(ParamError):
    """The machine's required settings are missing or out of range."""

    default_code = Code.START_PARAM_INVALID


class PathError(ParamError):
    """A file or folder is missing, unreadable or not what it has to be."""

    default_code = Code.INVALID_PATH


class PathRefusedError(PathError):
    """The path exists, but is private, secret or outside of what the person has opened."""

    default_code = Code.PATH_REFUSED


class UnknownVmError(ParamError):
    """There is no machine of that name."""

    default_code = Code.NOT_FOUND


class StateError(AppError):
    """The request is right, but not in the present state."""

    default_code = Code.WRONG_STATE


class StopRefusedError(StateError):
    """The guest did not switch itself off in time. It goes on running; the caller may force it."""

    default_code = Code.STOP_REFUSED


class MemoryLessError(AppError):
    """The host has too little free memory for what was asked."""

    default_code = Code.MEMORY_LESS


class DiskLessError(AppError):
    """The host has too little free disk space for what was asked."""

    default_code = Code.DISK_LESS


class NotSupportedError(AppError):
    """This host, or this engine, cannot do it."""

    default_code = Code.NOT_SUPPORT


class NotPcModeError(AppError):
    """The gate is closed: PC mode is off, or the posture is none to work in."""

    default_code = Code.NOT_PC_MODE


class PermissionDeniedError(AppError):
    """The person has not allowed it, or has forbidden it."""

    default_code = Code.PERMISSION_DENIED


class EngineError(AppError):
    """The virtual machine monitor failed; `detail` ends with its last words on stderr."""

    default_code = Code.ENGINE_FAILED


class ConnectionLostError(AppError):
    """The manager or the engine is gone; a call that was under way may or may not have happened."""

    default_code = Code.IPC_FAILED


class StoreError(AppError):
    """What is on disk is damaged, or cannot be written."""

    default_code = Code.DAMAGED


class NewerVersionError(StoreError):
    """A newer version of this program wrote it: neither to be read nor to be replaced.

    Its code is the same: only this program's own store reacts to it.
    """


class MediaError(AppError):
    """An installation disc cannot be used as it is."""

    default_code = Code.MEDIA


class ViewError(AppError):
    """A window cannot be bound to a machine; the text is the `vm_manager` document's."""

    default_code = Code.WINDOW


_CLASSES: dict[Code, type[AppError]] = {
    cls.default_code: cls
    for cls in (
        ParamError,
        StartParamError,
        PathError,
        PathRefusedError,
        UnknownVmError,
        StateError,
        StopRefusedError,
        MemoryLessError,
        DiskLessError,
        NotSupportedError,
        NotPcModeError,
        PermissionDeniedError,
        EngineError,
        ConnectionLostError,
        StoreError,
        MediaError,
        ViewError,
    )
}
_CLASSES[Code.NAME_TAKEN] = ParamError


def error_from_code(code: str, message: str, *, remedy: str = "", detail: str = "") -> AppError:
    """Rebuild an error that crossed a process border; unknown codes become a plain AppError."""
    try:
        known = Code(code)
    except ValueError:
        return AppError(message, remedy=remedy, detail=f"{code}: {detail}")
    return _CLASSES.get(known, AppError)(message, remedy=remedy, detail=detail, code=known)
