from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.vm.stream import (
    INBOX_BYTES,
    MAX_BUFFERS,
    Destination,
    Parser,
    ProtocolError,
    Skip,
    Wire,
)


class Toy(Wire[bytes]):
    """A letter, a length, a body: B is bytes, R goes to rows of that many bytes, S is skipped."""

    def __init__(self, rows: int = 3) -> None:
        self._rows = rows
        super().__init__(self._parse())

    def _parse(self) -> Parser[None]:
        while True:
            kind, length = (yield 1), int.from_bytes((yield 3), "big")
            if kind == b"B":
                body = yield from self._take(length)
                self._events.append(body)
                self._outbox += b"+"
            elif kind == b"R":
                memory = memoryview(bytearray(length * self._rows))
                yield Destination(
                    [memory[n * length : (n + 1) * length] for n in range(self._rows)]
                )
                self._events.append(bytes(memory))
            elif kind == b"S":
                yield Skip(length)
                self._events.append(b"skipped")
            else:
                raise ProtocolError(f"kind {kind!r}")


def message(kind: bytes, length: int, body: bytes = b"") -> bytes:
    return kind + length.to_bytes(3, "big") + body


BIG = bytes(range(256)) * 60
STREAM = (
    message(b"B", 3, b"abc")
    + message(b"R", 5, b"0123456789abcde")
    + message(b"S", 70000, bytes(70000))
    + message(b"B", 0)
    + message(b"R", 0)
    + message(b"B", len(BIG), BIG)
    + message(b"S", 0)
    + message(b"R", 4000, BIG[:12000])
    + message(b"B", 4096, BIG[:4096])
    + message(b"B", 2, b"zz")
)


def feed(stream: bytes, sizes: list[int]) -> list[bytes | str]:
    wire, events, at = Toy(), [], 0
    try:
        for size in [*sizes, len(stream)]:
            events += wire.receive(stream[at : at + size])
            at += size
        wire.check()
    except ProtocolError as err:
        events.append(str(err))
    return events


@given(st.lists(st.integers(0, 9000)))
def test_any_slicing_gives_the_same_events(sizes):
    assert feed(STREAM, sizes) == feed(STREAM, [])


@given(st.lists(st.integers(1, 40)))
def test_what_came_before_a_break_is_told_whatever_the_slicing(sizes):
    broken = message(b"B", 3, b"abc") + message(b"R", 2, b"rowsro") + b"?" * 50
    assert feed(broken, sizes) == [b"abc", b"rowsro", "kind b'?'"]


def test_a_byte_at_a_time_is_enough():
    assert feed(STREAM, [1] * len(STREAM)) == feed(STREAM, [])


def test_a_broken_stream_stays_broken():
    wire = Toy()
    assert wire.receive(b"?...") == []
    for call in (wire.check, wire.space, lambda: wire.receive(b"")):
        with pytest.raises(ProtocolError, match="kind"):
            call()


def test_rows_are_received_into_without_a_detour():
    wire = Toy()
    wire.receive(message(b"R", 8, b"ab"))
    assert wire.exact
    space = wire.space()
    assert [len(buffer) for buffer in space] == [6, 8, 8]
    for buffer in space:
        buffer[:] = b"x" * len(buffer)
    assert wire.received(22) == [b"ab" + b"x" * 22]
    assert not wire.exact


def test_no_more_buffers_are_offered_than_one_system_call_takes():
    wire = Toy(rows=3000)
    wire.receive(message(b"R", 1))
    sizes = []
    while wire.exact:
        sizes.append(len(wire.space()))
        wire.received(sizes[-1])
    assert sizes == [MAX_BUFFERS, MAX_BUFFERS, 3000 - 2 * MAX_BUFFERS]


def test_skipping_takes_no_memory():
    wire = Toy()
    wire.receive(message(b"S", 0xFFFFFF))
    first = wire.space()[0]
    wire.received(len(first))
    assert wire.space()[0].obj is first.obj
    assert len(first) <= 65536


def test_reading_ahead_goes_on_where_the_inbox_ends():
    wire = Toy()
    head = message(b"B", INBOX_BYTES - 7, bytes(INBOX_BYTES - 7))
    tail = message(b"B", 100, b"t" * 100)
    assert len(wire.receive((head + tail)[:INBOX_BYTES])) == 1
    assert len(wire.space()[0]) == INBOX_BYTES - 2  # the rest of the next head moved down
    assert wire.receive((head + tail)[INBOX_BYTES:]) == [b"t" * 100]


def test_answers_are_handed_out_once():
    wire = Toy()
    wire.receive(message(b"B", 0) * 2)
    assert wire.data_to_send() == b"++"
    assert wire.data_to_send() == b""


def test_a_parser_that_asks_for_too_much_at_once_is_a_bug():
    def greedy() -> Parser[None]:
        yield INBOX_BYTES + 1

    with pytest.raises(ValueError, match="4097 bytes at once"):
        Wire(greedy())
