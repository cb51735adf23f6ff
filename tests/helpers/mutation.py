"""Changes messages of a protocol as a peer would that wants its reader to fall."""

from __future__ import annotations

import random
import struct


class Mutator:
    """Makes one to four changes to each message; the same seed makes the same ones.

    Args:
        seed: of the changes.
        number: how a 32-bit number lies on this wire, as in `struct`.
        spice: bytes that mean something to the reader.
    """

    _numbers = (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x04000000, 0x10000)

    def __init__(self, seed: int, *, number: str, spice: bytes) -> None:
        self._random = random.Random(seed)
        self._number, self._spice = number, spice

    def __call__(self, data: bytes) -> bytes:
        """A changed message; it may have become longer or shorter."""
        changed = bytearray(data)
        for _ in range(self._random.choice((1, 1, 1, 2, 4))):
            self._change(changed)
        return bytes(changed)

    def _change(self, data: bytearray) -> None:
        at = self._random.randrange(len(data))
        match self._random.randrange(6):
            case 0:
                data[at] ^= 1 << self._random.randrange(8)
            case 1:
                data[at] = self._random.randrange(256)
            case 2:
                data[at] = self._random.choice(self._spice)
            case 3:
                spot = at - at % 4
                data[spot : spot + 4] = struct.pack(
                    self._number, self._random.choice(self._numbers)
                )
            case 4:
                if len(data) > 20:
                    del data[at : at + self._random.randrange(1, 9)]
            case _:
                data[at:at] = self._random.randbytes(self._random.randrange(1, 9))
