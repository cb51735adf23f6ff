"""Failures: codes, classes, and their way across a process border."""

from __future__ import annotations

import pytest

from app import errors
from app.errors import AppError, Code, NewerVersionError, StartParamError, error_from_code

DOCUMENT_CODES = {
    "VM_OK",
    "VM_ERROR_INVALID_PARAM",
    "VM_ERROR_IPC_FAILED",
    "SA_VM_START_PARAM_INVALID",
    "SA_VM_MEMORY_LESS",
    "SA_VM_DISK_LESS",
    "NOT_SUPPORT",
}


def subclasses(cls: type[AppError]) -> set[type[AppError]]:
    direct = set(cls.__subclasses__())
    return direct.union(*(subclasses(sub) for sub in direct)) if direct else direct


ALL = sorted(
    (cls for cls in subclasses(AppError) if cls.__module__ == "app.errors"),
    key=lambda cls: cls.__name__,
)


def test_the_document_s_codes_keep_their_spelling() -> None:
    assert {str(code) for code in Code} >= DOCUMENT_CODES


def test_the_document_s_texts_are_kept_to_the_letter() -> None:
    assert errors.WINDOW_EXISTS == "The window already exists."
    assert errors.WINDOW_ID_ERROR == "WindowId err"
    assert errors.BIND_FAILED == "Failed to bind the surface to the window."
    assert errors.INVALID_FILE_PATH == "Invalid file path"
    assert errors.SERVICE_GONE == "WriteInterfaceToken failed"
    assert errors.ENGINE_MISSING == "Load native module failed"


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_every_class_survives_a_process_border(cls: type[AppError]) -> None:
    sent = cls("It failed.", remedy="Do this.", detail="raw")

    back = error_from_code(str(sent.code), sent.message, remedy=sent.remedy, detail=sent.detail)

    assert type(back) is cls or cls is NewerVersionError  # which the store alone reacts to
    assert (back.code, back.message, back.remedy, back.detail) == (
        cls.default_code,
        "It failed.",
        "Do this.",
        "raw",
    )


def test_every_class_has_a_code_of_its_own() -> None:
    codes = [cls.default_code for cls in ALL if cls is not NewerVersionError]

    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("code", list(Code), ids=str)
def test_every_code_comes_back_as_itself(code: Code) -> None:
    assert error_from_code(str(code), "x").code is code


def test_an_unknown_code_is_kept_in_the_detail() -> None:
    back = error_from_code("VM_FROM_THE_FUTURE", "x", detail="raw")

    assert type(back) is AppError
    assert back.detail == "VM_FROM_THE_FUTURE: raw"


def test_a_given_code_wins_over_the_class_s() -> None:
    assert StartParamError("x", code=Code.NAME_TAKEN).code is Code.NAME_TAKEN


def test_the_drawing_in_the_module_names_every_class() -> None:
    assert errors.__doc__ is not None
    missing = [cls.__name__ for cls in ALL if cls.__name__ not in errors.__doc__]

    assert missing == []
