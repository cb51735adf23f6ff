"""The functions of the API as the wire sees them, read off the signatures in `app.vm.api`.

A function's name, its parameters, their types, limits and defaults, and its result are written
once, in Python. From there follow the wire's spelling (camelCase, with the document's own spelling
where that differs), the reading of a client's arguments, the client's own calls, and the
documentation.
"""

from __future__ import annotations

import inspect
import pathlib
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, get_args, get_type_hints

from app.vm import (
    capability,
    devices,
    gate,
    limits,
    model,
    permissions,
    posture,
    records,
    wire_values,  # noqa: F401 - says how machines and settings travel
)
from app.vm.api import GROUPS
from app.vm.wire_fields import Fields
from app.vm.wire_types import camel, is_optional, read_value, write_value

ApiMethod = Callable[..., Coroutine[Any, Any, Any]]

_SPELLINGS: Mapping[str, str] = MappingProxyType(
    {
        "get_host_sn": "getHostSN",
        "mount_cd_drive_to_vm": "mountCDDriveToVm",
        "unmount_cd_drive_from_vm": "unmountCDDriveFromVm",
        "mount_usb_to_vm": "mountUSBToVm",
        "unmount_usb_from_vm": "unmountUSBFromVm",
        "modify_resolution": "ModifyResolution",
        "lock_guest": "LockGuest",
    }
)
"""Where the document's spelling is not the rule's."""

_PARAMETERS: Mapping[str, str] = MappingProxyType(
    {
        "iso": "isoPath",
        "target": "path",
        "timeout_s": "timeoutSeconds",
        "width_px": "width",
        "height_px": "height",
    }
)
_MISSING = inspect.Parameter.empty


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument.

    Attributes:
        name: in Python.
        wire_name: on the wire.
        hint: its type, with `Bounds` where it has limits.
        default: what holds when it is not given; `inspect.Parameter.empty` when it has to be.
    """

    name: str
    wire_name: str
    hint: Any
    default: Any

    @property
    def required(self) -> bool:
        """Whether it has to be given."""
        return self.default is _MISSING

    @property
    def is_path(self) -> bool:
        """Whether it is a path, or None."""
        return pathlib.Path in {self.hint, *get_args(self.hint)}


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the API.

    Attributes:
        group: the class in `app.vm.api` that describes it.
        method: its name in Python.
        wire_name: its name on the wire.
        parameters: in order.
        result: type of what it returns.
        doc: its docstring.
        signature: what it may be called with in Python.
    """

    group: type
    method: str
    wire_name: str
    parameters: tuple[Parameter, ...]
    result: Any
    doc: str
    signature: inspect.Signature

    def paths_in(self, arguments: Mapping[str, Any]) -> list[Any]:
        """What these arguments say where a path is wanted; reading it may block."""
        return [
            arguments[parameter.wire_name]
            for parameter in self.parameters
            if parameter.is_path and parameter.wire_name in arguments
        ]

    def read_arguments(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """A client's arguments as keyword arguments of the method.

        Blocks when there are paths in them, see `paths_in`: some mean a folder when it is there.

        Raises:
            ParamError: one is missing, unknown, of the wrong type or out of its limits.
        """
        fields = Fields(arguments)
        values = {
            parameter.name: read_value(
                fields, parameter.wire_name, parameter.hint, default=parameter.default
            )
            for parameter in self.parameters
        }
        fields.finish()
        return values

    def write_arguments(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """The same the other way round, for a client; what is None is left out.

        Raises:
            TypeError: the function cannot be called so.
        """
        given = self.signature.bind(*args, **kwargs).arguments
        return {
            parameter.wire_name: write_value(given[parameter.name])
            for parameter in self.parameters
            if given.get(parameter.name) is not None
        }

    def write_result(self, value: Any) -> object:
        """What the method returned, for the wire. A list of machines has a name around it."""
        if self.method == "list_vms":
            return {"vms": write_value(value)}
        return {} if value is None else write_value(value)

    def read_result(self, answer: object) -> Any:
        """The same the other way round, for a client.

        Raises:
            ParamError: the answer is none of this function.
        """
        if self.result is type(None):
            return None
        name, values = "result", {"result": answer}
        if self.method == "list_vms":
            name, values = "vms", answer if isinstance(answer, dict) else {}
        return read_value(Fields(values, lenient=True), name, self.result)


@cache
def functions() -> Mapping[str, Function]:
    """All functions by their names on the wire, in the order of the documentation."""
    found = (
        _describe(group, name, method)
        for group in GROUPS
        for name, method in vars(group).items()
        if inspect.iscoroutinefunction(method)
    )
    return MappingProxyType({function.wire_name: function for function in found})


@cache
def functions_by_method() -> Mapping[str, Function]:
    """The same by their names in Python."""
    return MappingProxyType({function.method: function for function in functions().values()})


@cache
def _names() -> dict[str, Any]:
    """What the signatures name.

    They import most of it for the type checker only: a window's first paint needs none of it.
    """
    modules = (pathlib, model, records, devices, capability, limits, gate, posture, permissions)
    return {name: value for module in modules for name, value in vars(module).items()}


def _describe(group: type, name: str, method: ApiMethod) -> Function:
    hints = get_type_hints(method, localns=_names(), include_extras=True)
    own = list(inspect.signature(method).parameters.values())[1:]  # without `self`
    parameters = tuple(
        Parameter(
            name=parameter.name,
            wire_name=_PARAMETERS.get(parameter.name, camel(parameter.name)),
            hint=hints[parameter.name],
            default=None if is_optional(hints[parameter.name]) else parameter.default,
        )
        for parameter in own
    )
    return Function(
        group=group,
        method=name,
        wire_name=_SPELLINGS.get(name, camel(name)),
        parameters=parameters,
        result=hints["return"],
        doc=inspect.getdoc(method) or "",
        signature=inspect.Signature(own),
    )
