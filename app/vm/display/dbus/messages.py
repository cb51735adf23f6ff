"""Messages of D-Bus and the talk before them (D-Bus specification 0.43, "Message Format", "Auth").

Both ends of our connections are clients to QEMU's authentication server, also where QEMU calls us
afterwards. There is no bus: nobody has a name.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from app.vm.display.dbus.values import Reader, pack
from app.vm.stream import Parser, ProtocolError

HEAD_BYTES = 16
_VERSION = 1
_NO_REPLY_EXPECTED = 1
_MAX_FIELDS = 4096
_MAX_LINE = 512
MAX_BODY = 256 * 1024 * 1024 + 64
"""The largest picture and what stands before it."""
MAX_SMALL_BODY = 64 * 1024
MAX_FDS = 4


class Kind(IntEnum):
    """Of a message."""

    CALL = 1
    RETURN = 2
    ERROR = 3
    SIGNAL = 4


class Field(IntEnum):
    """Of a message's header."""

    PATH = 1
    INTERFACE = 2
    MEMBER = 3
    ERROR_NAME = 4
    REPLY_SERIAL = 5
    DESTINATION = 6
    SENDER = 7
    SIGNATURE = 8
    UNIX_FDS = 9


_TYPES = {
    Field.PATH: "o",
    Field.INTERFACE: "s",
    Field.MEMBER: "s",
    Field.ERROR_NAME: "s",
    Field.REPLY_SERIAL: "u",
    Field.DESTINATION: "s",
    Field.SENDER: "s",
    Field.SIGNATURE: "g",
    Field.UNIX_FDS: "u",
}


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before a message's body.

    Attributes:
        order: ``<`` or ``>``: how the numbers of the body are to be read.
        kind: of the message.
        serial: its number.
        body_bytes: length of the body.
        wants_reply: whether the sender waits for one.
        reply_to: number of the call that it answers, 0 for none.
        path: of the object that is called, or tells.
        interface: of a call or signal.
        member: of a call or signal.
        error_name: of an error.
        signature: of the body.
        fds: number of descriptors that come with it.
    """

    order: str
    kind: Kind
    serial: int
    body_bytes: int
    wants_reply: bool
    reply_to: int = 0
    path: str = ""
    interface: str = ""
    member: str = ""
    error_name: str = ""
    signature: str = ""
    fds: int = 0


def read_header() -> Parser[Header]:
    """Read up to the first byte of a body.

    Raises:
        ProtocolError: it is no message, or larger than any that has a meaning here.
    """
    head = yield HEAD_BYTES
    order = {b"l": "<", b"B": ">"}.get(head[:1])
    if order is None or head[3] != _VERSION or head[1] not in set(Kind):
        raise ProtocolError("not a message")
    body_bytes, serial, fields_bytes = struct.unpack_from(order + "III", head, 4)
    if fields_bytes > _MAX_FIELDS - 8 or body_bytes > MAX_BODY or not serial:
        raise ProtocolError(f"a message of {body_bytes} bytes with {fields_bytes} of fields")
    raw = yield fields_bytes + -fields_bytes % 8
    fields = _fields(raw[:fields_bytes], order)
    fds = fields.get(Field.UNIX_FDS, 0)
    if fds > MAX_FDS:
        raise ProtocolError(f"{fds} descriptors")
    return Header(
        order=order,
        kind=Kind(head[1]),
        serial=serial,
        body_bytes=body_bytes,
        wants_reply=head[1] == Kind.CALL and not head[2] & _NO_REPLY_EXPECTED,
        reply_to=fields.get(Field.REPLY_SERIAL, 0),
        path=fields.get(Field.PATH, ""),
        interface=fields.get(Field.INTERFACE, ""),
        member=fields.get(Field.MEMBER, ""),
        error_name=fields.get(Field.ERROR_NAME, ""),
        signature=fields.get(Field.SIGNATURE, ""),
        fds=fds,
    )


def _fields(data: bytes, order: str) -> dict[int, Any]:
    """An array of structures of a code and a variant; unknown codes are to be ignored."""
    reader = Reader(data, order)
    found: dict[int, Any] = {}
    while not reader.done:
        code = reader.value("(y)")[0]
        signature = reader.value("g")
        expected = _TYPES.get(code)
        if expected is not None and signature != expected:
            raise ProtocolError(f"a header field {code} of type {signature!r}")
        values = reader.values(signature)
        if len(values) != 1:
            raise ProtocolError(f"a header field {code} of {len(values)} values")
        found[code] = values[0]
    return found


def message(
    kind: Kind,
    serial: int,
    *,
    fields: Sequence[tuple[Field, Any]] = (),
    signature: str = "",
    values: Sequence[Any] = (),
    wants_reply: bool = False,
) -> bytes:
    """A whole message in bytes."""
    body = pack(signature, values)
    told = [(code, (_TYPES[code], value)) for code, value in fields]
    if signature:
        told.append((Field.SIGNATURE, ("g", signature)))
    flags = 0 if wants_reply else _NO_REPLY_EXPECTED
    head = pack("yyyyuua(yv)", (ord("l"), kind, flags, _VERSION, len(body), serial, told))
    return head + bytes(-len(head) % 8) + body


def call(
    serial: int,
    path: str,
    interface: str,
    member: str,
    *,
    signature: str = "",
    values: Sequence[Any] = (),
    fds: int = 0,
) -> bytes:
    """A call that wants an answer; `fds` descriptors go with it."""
    fields = [(Field.PATH, path), (Field.INTERFACE, interface), (Field.MEMBER, member)]
    more = [(Field.UNIX_FDS, fds)] if fds else []
    return message(
        Kind.CALL,
        serial,
        fields=[*fields, *more],
        signature=signature,
        values=values,
        wants_reply=True,
    )


def reply(serial: int, to: int, signature: str = "", values: Sequence[Any] = ()) -> bytes:
    """The answer to a call that went well."""
    fields = [(Field.REPLY_SERIAL, to)]
    return message(Kind.RETURN, serial, fields=fields, signature=signature, values=values)


def refusal(serial: int, to: int, name: str, words: str) -> bytes:
    """The answer to a call that did not."""
    fields = [(Field.ERROR_NAME, name), (Field.REPLY_SERIAL, to)]
    return message(Kind.ERROR, serial, fields=fields, signature="s", values=(words,))


def authenticate(outbox: bytearray) -> Parser[None]:
    """Introduce ourselves as the user that we are, and agree to pass descriptors.

    Args:
        outbox: what is to be sent; the first part is there before anything was received.

    Raises:
        ProtocolError: the other end does not agree.
    """
    user = str(os.geteuid()).encode().hex()
    outbox += b"\0AUTH EXTERNAL " + user.encode() + b"\r\n"
    if not (yield from _line()).startswith(b"OK "):
        raise ProtocolError("the engine does not know this user")
    outbox += b"NEGOTIATE_UNIX_FD\r\n"
    if (yield from _line()) != b"AGREE_UNIX_FD":
        raise ProtocolError("the engine passes no descriptors")
    outbox += b"BEGIN\r\n"


def _line() -> Parser[bytes]:
    line = b""
    while not line.endswith(b"\r\n"):
        if len(line) > _MAX_LINE:
            raise ProtocolError("a line without end")
        line += yield 1
    return line[:-2]
