"""Values of D-Bus: what is packed comes back, and nothing that is spoiled does harm."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.vm.display.dbus.values import Reader, pack, split
from app.vm.stream import ProtocolError

U32 = st.integers(0, 0xFFFFFFFF)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@given(
    U32, st.integers(-(2**31), 2**31 - 1), TEXT, st.binary(max_size=40), st.booleans(),
    st.lists(st.tuples(TEXT, U32), max_size=4), st.integers(0, 0xFFFF),
)  # fmt: skip
def test_what_is_packed_comes_back(  # noqa: PLR0917 - one of each type
    number, signed, text, raw, flag, pairs, short
) -> None:
    told = [(name, ("u", value)) for name, value in pairs]
    data = pack("ysibaya{sv}qg", (7, text, signed, flag, raw, told, short, "as"))
    assert Reader(data, "<").values("ysibaya{sv}qg") == (
        7, text, signed, flag, raw, pairs, short, "as",
    )  # fmt: skip
    assert Reader(pack("u", (number,)), "<").values("u") == (number,)


def test_numbers_of_the_other_order_are_read_as_they_are_meant() -> None:
    data = struct.pack(">IIHxx", 5, 0x01020304, 0xABCD)
    assert Reader(data[:10], ">").values("uuq") == (5, 0x01020304, 0xABCD)


def test_a_signature_is_taken_apart_into_complete_types() -> None:
    assert split("uaya{sv}(ii)v") == ["u", "ay", "a{sv}", "(ii)", "v"]


@pytest.mark.parametrize("signature", ["a", "(", "(i", "()", "{", "z", "a" * 99 + "i", "u" * 256])
def test_a_signature_that_makes_no_sense_is_refused(signature) -> None:
    with pytest.raises(ProtocolError):
        split(signature)


@pytest.mark.parametrize(
    ("data", "signature"),
    [
        (b"", "u"),
        (b"\x05\0\0\0abc", "s"),
        (b"\xff\xff\xff\xff", "s"),
        (b"\x01\0\0\0ab", "s"),
        (b"\x01\0\0\0\xff\0", "s"),
        (b"\xff\xff\xff\xff", "ay"),
        (b"\xff\xff\xff\x7f\0\0\0\0", "at"),
        (b"\x03\0\0\0\0\0\0\0", "au"),
        (b"\x01v\0" * 20 + b"\x01y\0\x05", "v"),
        (b"\0\0", "v"),
    ],
)
def test_bytes_that_do_not_hold_what_they_say_are_refused(data, signature) -> None:
    with pytest.raises(ProtocolError):
        Reader(data, "<").values(signature)


def test_mutated_bytes_never_do_more_than_fail() -> None:
    chance = random.Random(7)
    whole = pack("sa{sv}ayg", ("demo", [("a", ("as", ["x", "y"])), ("b", ("u", 5))], b"abc", "ii"))
    for _ in range(20_000):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            Reader(bytes(data), chance.choice("<>")).values("sa{sv}ayg")
        except ProtocolError:
            continue
