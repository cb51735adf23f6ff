"""Between the model's values and JSON. What comes from a file is not trusted."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from enum import IntEnum, StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from app.errors import AppError, NewerVersionError, StoreError

if TYPE_CHECKING:
    from cattrs import Converter

MAX_DOCUMENT_BYTES = 1 << 20
_LARGEST = 2**53 - 1  # RFC 8259, section 6: what every reader of JSON keeps exactly

ValueT = TypeVar("ValueT")


def _strict_int(value: object, _: type[int]) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r} is not a whole number")
    if abs(value) > _LARGEST:
        raise ValueError("a number is larger than anything that a machine has")
    return value


def _strict_bool(value: object, _: type[bool]) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is not true or false")
    return value


def _strict_str(value: object, _: type[str]) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    if not value.isascii():
        value.encode()  # A lone surrogate, which JSON can spell, could never be written again.
    return value


@cache
def _converter() -> Converter:
    """Made when the first document is read: an empty library's window does not wait for cattrs."""
    from cattrs.preconf.json import make_converter  # noqa: PLC0415

    made = make_converter(forbid_extra_keys=True, detailed_validation=False)
    made.register_structure_hook(int, _strict_int)  # cattrs itself would take "2" and 2.0
    made.register_structure_hook(bool, _strict_bool)  # a bool is an int, and would meet its hook
    made.register_structure_hook(str, _strict_str)
    # The enumerations are numbers and texts too, so they would meet the two hooks above.
    made.register_structure_hook(IntEnum, lambda value, kind: kind(_strict_int(value, int)))
    made.register_structure_hook(StrEnum, lambda value, kind: kind(_strict_str(value, str)))
    made.register_unstructure_hook(UUID, str)
    made.register_structure_hook(UUID, lambda value, _: UUID(_strict_str(value, str)))
    made.register_unstructure_hook(Path, str)
    made.register_structure_hook(Path, lambda value, _: Path(_strict_str(value, str)))
    return made


def to_json(value: object, **header: Any) -> bytes:
    """A value as an indented JSON document with `header` in front."""
    body = _converter().unstructure(value)
    return (json.dumps({**header, **body}, indent=2, ensure_ascii=False) + "\n").encode()


Migration = Callable[[dict[str, Any]], dict[str, Any]]


def from_json(
    kind: type[ValueT],
    data: bytes,
    *,
    schema_version: int,
    migrations: Mapping[int, Migration] = MappingProxyType({}),
) -> ValueT:
    """Read a document that `to_json` wrote with ``schema_version`` in its header.

    Args:
        kind: what it describes.
        data: the document.
        schema_version: the version of today.
        migrations: for each older version that can be read, the step to the next one.

    Raises:
        StoreError: damaged.
        NewerVersionError: written by a newer version of this program.
    """
    if len(data) > MAX_DOCUMENT_BYTES:
        raise StoreError("The file is far too large for what it should hold.")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as err:
        raise StoreError("The file is not readable.", detail=str(err)) from err
    if not isinstance(document, dict):
        raise StoreError("The file does not hold what it should.")
    version = document.pop("schema_version", None)
    if type(version) is int and version > schema_version:
        raise NewerVersionError(
            "A newer version of Duplex VM wrote this file.",
            remedy="Update Duplex VM on this computer.",
        )
    from cattrs.errors import CattrsError  # noqa: PLC0415 - see `_converter`

    try:
        while type(version) is int and version != schema_version and version in migrations:
            document, version = migrations[version](document), version + 1
        if type(version) is not int or version != schema_version:
            raise StoreError("The file does not say which version wrote it.")
        return _converter().structure(document, kind)
    except AppError as err:
        raise StoreError(err.message, detail=err.detail) from err
    except (CattrsError, ValueError, TypeError, KeyError, AttributeError, LookupError) as err:
        raise StoreError("The file does not hold what it should.", detail=repr(err)) from err
