"""Values of D-Bus as bytes and back (D-Bus specification 0.43, "Marshaling").

Only what messages between QEMU and a display hold. What we write is little-endian; what comes may
be either. The other end is not trusted: every length, offset and depth is checked.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

from app.vm.stream import ProtocolError

MAX_DEPTH = 8
"""Of containers in containers; the specification allows 32 of each kind."""
_MAX_SIGNATURE = 255

_PLAIN = {
    "y": ("B", 1), "n": ("h", 2), "q": ("H", 2), "i": ("i", 4), "u": ("I", 4), "h": ("I", 4),
    "b": ("I", 4), "x": ("q", 8), "t": ("Q", 8), "d": ("d", 8),
}  # fmt: skip
_ALIGNMENT = {
    **{code: size for code, (_, size) in _PLAIN.items()},
    "s": 4, "o": 4, "g": 1, "v": 1, "a": 4, "(": 8, "{": 8,
}  # fmt: skip


def split(signature: str) -> list[str]:
    """The complete types that a signature holds one after the other.

    Raises:
        ProtocolError: it is none.
    """
    if len(signature) > _MAX_SIGNATURE:
        raise ProtocolError("a signature that is too long")
    types, rest = [], signature
    while rest:
        length = _length_of_type(rest, 0)
        types.append(rest[:length])
        rest = rest[length:]
    return types


def _length_of_type(signature: str, depth: int) -> int:
    if not signature or depth > MAX_DEPTH:
        raise ProtocolError("a signature that makes no sense")
    code = signature[0]
    if code == "a":
        return 1 + _length_of_type(signature[1:], depth + 1)
    if code in "({":
        end = 1
        close = ")" if code == "(" else "}"
        while end < len(signature) and signature[end] != close:
            end += _length_of_type(signature[end:], depth + 1)
        if end >= len(signature) or end == 1:
            raise ProtocolError("a signature that makes no sense")
        return end + 1
    if code not in _ALIGNMENT:
        raise ProtocolError(f"a type {code!r}")
    return 1


class Reader:
    """Reads values from the bytes of a message's header fields or body.

    Args:
        data: the bytes; the first one is at an offset that is a multiple of 8.
        order: ``<`` or ``>``.
    """

    def __init__(self, data: bytes, order: str) -> None:
        self._data, self._order = data, order
        self._at = 0

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self._at == len(self._data)

    def values(self, signature: str) -> tuple[Any, ...]:
        """Read one value for each type of the signature.

        Raises:
            ProtocolError: the bytes do not hold them.
        """
        return tuple(self.value(one) for one in split(signature))

    def value(self, kind: str, depth: int = 0) -> Any:
        """Read one value of a complete type; structures are tuples, ``ay`` is bytes.

        Raises:
            ProtocolError: the bytes do not hold one.
        """
        if depth > MAX_DEPTH:
            raise ProtocolError("containers in containers without end")
        code = kind[0]
        self._align(_ALIGNMENT[code])
        if code in _PLAIN:
            letter, size = _PLAIN[code]
            value = struct.unpack(self._order + letter, self._take(size))[0]
            return bool(value) if code == "b" else value
        if code in "so":
            return self._text(self._number())
        if code == "g":
            return self._text(self._take(1)[0])
        if code == "v":
            types = split(self.value("g"))
            if len(types) != 1:
                raise ProtocolError("a variant of no type, or of several")
            return self.value(types[0], depth + 1)
        if code == "a":
            return self._array(kind[1:], depth)
        return tuple(self.value(one, depth + 1) for one in split(kind[1:-1]))

    def _array(self, kind: str, depth: int) -> Any:
        length = self._number()
        self._align(_ALIGNMENT[kind[0]])
        if kind == "y":
            return bytes(self._take(length))
        end = self._at + length
        if end > len(self._data):
            raise ProtocolError("an array longer than its message")
        items = []
        while self._at < end:
            items.append(self.value(kind, depth + 1))
        if self._at != end:
            raise ProtocolError("an array with half an element")
        return items

    def _number(self) -> int:
        return int(struct.unpack(self._order + "I", self._take(4))[0])

    def _text(self, length: int) -> str:
        raw = self._take(length + 1)
        if raw[-1]:
            raise ProtocolError("a text without its end")
        try:
            return raw[:-1].decode()
        except UnicodeDecodeError:
            raise ProtocolError("a text that is none") from None

    def _align(self, size: int) -> None:
        self._take(-self._at % size)

    def _take(self, count: int) -> bytes:
        end = self._at + count
        if end > len(self._data):
            raise ProtocolError("a message shorter than what it holds")
        taken, self._at = self._data[self._at : end], end
        return taken


def pack(signature: str, values: Sequence[Any]) -> bytes:
    """Values as little-endian bytes, to stand at an offset that is a multiple of 8.

    A variant is given as ``(signature, value)``, a dictionary as pairs.
    """
    data = bytearray()
    for kind, value in zip(split(signature), values, strict=True):
        _append(data, kind, value)
    return bytes(data)


def _append(data: bytearray, kind: str, value: Any) -> None:
    code = kind[0]
    data += bytes(-len(data) % _ALIGNMENT[code])
    if code in _PLAIN:
        data += struct.pack("<" + _PLAIN[code][0], value)
    elif code in "so":
        raw = value.encode()
        data += struct.pack("<I", len(raw)) + raw + b"\0"
    elif code == "g":
        data += bytes((len(value),)) + value.encode() + b"\0"
    elif code == "v":
        inner, content = value
        _append(data, "g", inner)
        _append(data, inner, content)
    elif code == "a":
        _append_array(data, kind[1:], value)
    else:
        for one, content in zip(split(kind[1:-1]), value, strict=True):
            _append(data, one, content)


def _append_array(data: bytearray, kind: str, items: Sequence[Any]) -> None:
    at = len(data)
    data += bytes(4)
    data += bytes(-len(data) % _ALIGNMENT[kind[0]])
    start = len(data)
    for item in items:
        _append(data, kind, item)
    struct.pack_into("<I", data, at, len(data) - start)
