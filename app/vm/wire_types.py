"""Python's types on the wire, there and back.

A frozen dataclass is an object whose members are its fields in camelCase; an enumeration of numbers
travels as its number (and may come as its name too), one of texts as its text; bytes are base64.
What comes in is checked against the type, strictly or leniently as `Fields` says. Types with a
shape of their own on the wire (`app.vm.wire_values`) say so with `travels`.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import typing
from collections.abc import Callable, Hashable, Mapping
from enum import Enum, IntEnum
from functools import cache, singledispatch
from inspect import Parameter
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import UUID

from app.vm.api.bounds import Bounds
from app.vm.gate import GateStatus
from app.vm.permissions import Permission
from app.vm.wire_fields import Fields

ValueT = TypeVar("ValueT")

_MISSING = Parameter.empty
_FIELD_SPELLINGS = {
    "guest_os_image_path": "guestOSImagePath",
    "width_px": "width",
    "height_px": "height",
    "size_mib": "diskSize",
    "disk_mib": "diskSize",
    "memory_mib": "memorySize",
    "created_ms": "createTime",
}


def camel(word: str) -> str:
    """``get_vm_status`` as the document writes it: ``getVmStatus``."""
    first, *rest = word.split("_")
    return first + "".join(part.capitalize() for part in rest)


def field_name(name: str) -> str:
    """A dataclass's field on the wire."""
    return _FIELD_SPELLINGS.get(name) or camel(name)


def is_optional(hint: Any) -> bool:
    """Whether None is among the values of a type."""
    return type(None) in typing.get_args(hint)


# Out ----------------------------------------------------------------------------------------------


@singledispatch
def write_value(value: Any) -> Any:
    """A value for the wire.

    Raises:
        TypeError: nobody said how such a value travels; a bug.
    """
    if dataclasses.is_dataclass(value):
        return {
            field_name(field.name): write_value(getattr(value, field.name))
            for field in dataclasses.fields(value)
        }
    raise TypeError(f"{type(value).__name__} does not travel")


@write_value.register(bool | int | float | str | None)
def _(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


@write_value.register(Path | UUID | Permission)
def _(value: Any) -> Any:
    return str(value)


@write_value.register
def _(value: bytes) -> Any:
    return base64.b64encode(value).decode("ascii")


@write_value.register(list | tuple | set | frozenset)
def _(value: Any) -> Any:
    return [write_value(item) for item in value]


@write_value.register
def _(value: Mapping) -> Any:  # type: ignore[type-arg] # dispatch takes no parameters
    return {str(name): write_value(item) for name, item in value.items()}


@write_value.register
def _(value: GateStatus) -> Any:
    return {**write_value.dispatch(object)(value), "open": value.open}


# In -----------------------------------------------------------------------------------------------


def read_value(fields: Fields, name: str, hint: Any, *, default: Any = _MISSING) -> Any:
    """Take the member `name`, which has to be of the type `hint`.

    Args:
        fields: the object.
        name: of the member.
        hint: a type, also ``Annotated`` with `Bounds`, a union with None, or a tuple of one type.
        default: returned when the member is not given; without one it has to be, unless None is
            a value of the type.

    Raises:
        ParamError: it is missing or cannot be read as that type.
    """
    if fields.has(name):
        return _read(fields, name, *_without_extras(hint))
    if default is not _MISSING:
        return default
    if is_optional(hint):
        return None
    raise fields.missing(name)


def _without_extras(hint: Any) -> tuple[Any, Bounds | None]:
    """The plain type, and its limits."""
    if is_optional(hint):
        hint = next(part for part in typing.get_args(hint) if part is not type(None))
    if typing.get_origin(hint) is Annotated:
        plain, *extras = typing.get_args(hint)
        return plain, next((extra for extra in extras if isinstance(extra, Bounds)), None)
    return hint, None


def _read(fields: Fields, name: str, hint: Any, bounds: Bounds | None) -> Any:
    if typing.get_origin(hint) is tuple:
        kind = typing.get_args(hint)[0]
        return tuple(
            read_value(fields.single(name, item), name, kind) for item in fields.items(name)
        )
    if hint in _READERS:
        return _READERS[hint](fields, name)
    if hint is int:
        return fields.integer(name, bounds=bounds)
    if hint is float:
        return fields.number(name, bounds=bounds)
    if issubclass(hint, Enum):
        return fields.member(name, hint) if issubclass(hint, IntEnum) else fields.word(name, hint)
    return read_record(fields.record(name), hint)


def read_record(record: Fields, kind: type[ValueT]) -> ValueT:
    """An object as a frozen dataclass.

    Raises:
        ParamError: a member is missing, of the wrong type, or unknown.
    """
    values = {
        field: read_value(record, name, hint, default=default)
        for field, name, hint, default in _plan(typing.cast(Hashable, kind))
    }
    record.finish()
    return kind(**values)


@cache
def _plan(kind: Hashable) -> tuple[tuple[str, str, Any, Any], ...]:
    """A dataclass's fields: name here, name on the wire, type, default."""
    hints = typing.get_type_hints(kind, include_extras=True)
    return tuple(
        (field.name, field_name(field.name), hints[field.name], _default_of(field))
        for field in dataclasses.fields(kind)  # type: ignore[arg-type] # nothing else comes here
    )


def _default_of(field: dataclasses.Field[Any]) -> Any:
    if field.default is not dataclasses.MISSING:
        return field.default
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()  # shared by all readers: values are frozen
    return _MISSING


def _read_bytes(fields: Fields, name: str) -> bytes:
    text = fields.value(name)  # as long as a message may be
    try:
        return base64.b64decode(text if isinstance(text, str) else "?", validate=True)
    except (binascii.Error, ValueError) as err:
        raise fields.wrong(name, "bytes in base64") from err


def _read_uuid(fields: Fields, name: str) -> UUID:
    try:
        return UUID(fields.text(name))
    except ValueError as err:
        raise fields.wrong(name, "an id") from err


def _read_object(fields: Fields, name: str) -> dict[str, Any]:
    value = fields.value(name)
    if not isinstance(value, dict):
        raise fields.wrong(name, "an object")
    return value


_READERS: dict[Any, Callable[[Fields, str], Any]] = {
    dict[str, Any]: _read_object,
    str: Fields.text,
    bool: Fields.flag,
    Path: Fields.path,
    bytes: _read_bytes,
    UUID: _read_uuid,
    Permission: lambda fields, name: Permission.parse(fields.text(name)),
}


def travels(
    kind: type[ValueT], write: Callable[[ValueT], Any], read: Callable[[Fields, str], ValueT]
) -> None:
    """Let a type have a shape of its own on the wire; `read` takes the member of that name."""
    write_value.register(kind)(write)
    _READERS[kind] = read
