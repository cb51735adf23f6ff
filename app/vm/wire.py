"""The wire service's framing: JSON documents in a byte stream, and what stands around them.

It is QMP's (QEMU, docs/interop/qmp-spec.rst): a greeting, `qmp_capabilities`, then commands
``{"execute": NAME, "arguments": {...}, "id": ANY}`` answered by ``{"return": ...}`` or
``{"error": {"class": CODE, "desc": SENTENCE, "data": {"remedy", "detail"}}}``, and events. `data`
in an error is ours; a stock client ignores it. No I/O here, and no knowledge of machines.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app import __version__
from app.errors import SERVICE_GONE, AppError, ConnectionLostError, ParamError, error_from_code

MESSAGE_LIMIT_BYTES = 1 << 20
DEPTH_LIMIT = 32
"""Objects and lists inside each other; the deepest message of ours needs 5."""

_OUTSIDE_TEXT = re.compile(rb'["{}\[\]]')
_INSIDE_TEXT = re.compile(rb'["\\]')
_NO_BLANK = re.compile(rb"[^ \t\r\n]")
_OPENING = b"{["
_MEMBERS = frozenset({"execute", "arguments", "id"})


class FramingError(ParamError):
    """The byte stream cannot be followed any further; the connection has to end."""


class ManagerEndedError(ConnectionLostError):
    """The manager goes, or has gone, and did not begin the command: it is safe to repeat it."""


class DocumentStream:
    """Cuts a byte stream into JSON objects, which need no separator between them.

    Give it bytes with `feed`, then call `next_document` until it returns None. What it holds
    never exceeds the message limit by more than what was fed last.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._position = 0
        self._depth = 0
        self._in_text = False

    def feed(self, data: bytes) -> None:
        """Add any slice of the stream."""
        self._buffer += data

    def next_document(self) -> bytes | None:
        """The next whole object, None when more bytes are needed.

        Raises:
            FramingError: no object begins here, it is too long, or too deep. The stream is of no
                use afterwards.
        """
        if self._depth == 0 and not self._at_object():
            return None
        while True:
            pattern = _INSIDE_TEXT if self._in_text else _OUTSIDE_TEXT
            found = pattern.search(self._buffer, self._position)
            # An escape may have put the position one byte beyond what has come so far.
            self._position = found.end() if found else max(self._position, len(self._buffer))
            if self._position > MESSAGE_LIMIT_BYTES:
                raise FramingError(f"The message is longer than {MESSAGE_LIMIT_BYTES} bytes.")
            if found is None:
                return None
            self._step(found[0])
            if self._depth == 0:
                return self._cut()

    def _at_object(self) -> bool:
        found = _NO_BLANK.search(self._buffer)
        del self._buffer[: found.start() if found else len(self._buffer)]
        if self._buffer and not self._buffer.startswith(b"{"):
            raise FramingError("A message has to be a JSON object.")
        return bool(self._buffer)

    def _step(self, mark: bytes) -> None:
        if mark == b'"':
            self._in_text = not self._in_text
        elif mark == b"\\":
            self._position += 1
        elif mark in _OPENING:
            self._depth += 1
            if self._depth > DEPTH_LIMIT:
                raise FramingError(f"The message is nested deeper than {DEPTH_LIMIT} levels.")
        else:
            self._depth -= 1

    def _cut(self) -> bytes:
        document = bytes(self._buffer[: self._position])
        del self._buffer[: self._position]
        self._position = 0
        return document


def decode(document: bytes) -> dict[str, Any]:
    """Read one object that `DocumentStream` cut out.

    Raises:
        ParamError: it is no JSON in UTF-8, holds a number that JSON does not have, or names a
            member twice, which readers of JSON take for different things (RFC 8259, section 4).
    """
    try:
        value = json.loads(
            document.decode(),
            parse_constant=_refuse_constant,
            parse_float=_finite_float,
            object_pairs_hook=_without_twins,
        )
    except ValueError as err:
        raise ParamError("The message is not valid JSON.", detail=str(err)) from err
    if not isinstance(value, dict):  # Brackets that do not match can look like an object.
        raise ParamError("A message has to be a JSON object.")
    return value


def _without_twins(members: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(members)
    if len(value) != len(members):
        raise ValueError("a member is there twice")
    return value


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _finite_float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is out of range")
    return value


def encode(message: Mapping[str, object]) -> bytes:
    """One message as a line; ASCII only, so that names in any script and odd paths survive."""
    return json.dumps(message, separators=(",", ":")).encode("ascii") + b"\r\n"


@dataclass(frozen=True, slots=True)
class Request:
    """A command as it came in.

    Attributes:
        command: its name.
        arguments: not checked yet.
        echo: ``{"id": ...}``, to go into the answer, or empty when the client gave no id; commands
            without one run one after the other.
    """

    command: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    echo: Mapping[str, Any] = field(default_factory=dict)


def echo_of(message: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a message, even of a wrong one, that its answer repeats."""
    return {"id": message["id"]} if "id" in message else {}


def parse_request(message: Mapping[str, Any]) -> Request:
    """Check the outer shape of a command.

    Raises:
        ParamError: it is none; answer with `echo_of`.
    """
    unknown = sorted(message.keys() - _MEMBERS)
    if unknown:
        raise ParamError(f"A command has no member “{printable(unknown[0])}”.")
    command = message.get("execute")
    if not isinstance(command, str):
        raise ParamError("A command has to have a name in “execute”.")
    arguments = message.get("arguments", {})
    if not isinstance(arguments, dict):
        raise ParamError("“arguments” has to be an object.")
    return Request(command, arguments, echo_of(message))


def printable(text: str) -> str:
    """A client's own words, short and harmless enough to be repeated in a sentence."""
    shown = text if text.isprintable() else ascii(text)[1:-1]
    return shown if len(shown) <= 80 else f"{shown[:80]}…"


def greeting() -> dict[str, Any]:
    """First message of the service.

    The version stands under ``qemu``, as QMP has it and stock shells print it; ``package`` tells
    who is really speaking.
    """
    major, minor, micro = (int(part) for part in __version__.split(".")[:3])
    version = {"qemu": {"major": major, "minor": minor, "micro": micro}, "package": "duplex-vm"}
    return {"QMP": {"version": version, "capabilities": []}}


def answer(request: Request, value: object) -> dict[str, Any]:
    """What a command returned."""
    return {"return": value, **request.echo}


def failure(error: AppError, echo: Mapping[str, Any]) -> dict[str, Any]:
    """Why a command was not done."""
    return {"error": error_to_wire(error), **echo}


def error_to_wire(error: AppError) -> dict[str, Any]:
    """An error's code, sentence, remedy and detail."""
    data: dict[str, object] = {"remedy": error.remedy, "detail": error.detail}
    if isinstance(error, ManagerEndedError):
        data["begun"] = False
    return {"class": str(error.code), "desc": error.message, "data": data}


def error_from_wire(error: Mapping[str, Any]) -> AppError:
    """The error that `error_to_wire` described; whatever is missing stays empty."""
    data = error.get("data")
    more: Mapping[str, Any] = data if isinstance(data, dict) else {}
    if more.get("begun") is False:
        return not_begun()
    return error_from_code(
        str(error.get("class", "")),
        str(error.get("desc", "")),
        remedy=str(more.get("remedy", "")),
        detail=str(more.get("detail", "")),
    )


def not_begun() -> ManagerEndedError:
    """What a manager that goes says to a new command."""
    return ManagerEndedError(
        f"{SERVICE_GONE}: the manager has ended; nothing was done.",
        remedy="Try again; start Duplex VM if it does not run.",
    )


def event(name: str, data: Mapping[str, object], time_ms: int) -> dict[str, Any]:
    """An event that happened `time_ms` milliseconds after the start of 1970, UTC."""
    seconds, rest_ms = divmod(time_ms, 1000)
    timestamp = {"seconds": seconds, "microseconds": rest_ms * 1000}
    return {"event": name, "data": dict(data), "timestamp": timestamp}
