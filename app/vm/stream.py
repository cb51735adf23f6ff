"""Base of the parsers that do no I/O: bytes in, events out.

A parser is a generator that says what it needs next:

* a number: that many bytes, at most `INBOX_BYTES`, come back from its ``yield``;
* a `Destination`: memory that the transport fills directly, without a copy (pixels);
* a `Skip`: bytes that nobody wants.

The transport asks `Wire.space` where to put what it reads and tells `Wire.received` how much it
was. Short things are read ahead into a small inbox, so that many small messages cost one system
call; a destination is received into as it is. `Wire.receive` takes the same way with any slice of
a stream, for tests and for bytes that are in memory already.

The other end is not trusted: a parser checks every length before it asks for it.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Generic, TypeVar

INBOX_BYTES = 4096
"""How much is read ahead, and the most bytes that a parser may ask for as a number."""

MAX_BUFFERS = 1024
"""Most buffers of one `recvmsg` (IOV_MAX, limits.h)."""

_SCRAP_BYTES = 65536

EventT = TypeVar("EventT")


class ProtocolError(Exception):
    """The other end said what it must not say; the connection is of no more use."""


class Destination:
    """Rows of memory, filled one after the other.

    Args:
        rows: writable buffers of bytes, all of the same length.
    """

    def __init__(self, rows: Sequence[memoryview]) -> None:
        self._row_bytes = len(rows[0]) if rows else 0
        self._rows = rows if self._row_bytes else ()
        self._row = self._offset = 0

    @property
    def done(self) -> bool:
        """Whether all bytes have come."""
        return self._row == len(self._rows)

    def space(self) -> list[memoryview]:
        """Where the next bytes go: at most `MAX_BUFFERS` buffers, none of them empty."""
        rows = list(self._rows[self._row : self._row + MAX_BUFFERS])
        if self._offset:
            rows[0] = rows[0][self._offset :]
        return rows

    def advance(self, count: int) -> None:
        """Note that `count` bytes were put into the buffers of `space`, in their order."""
        full, self._offset = divmod(self._offset + count, self._row_bytes)
        self._row += full


class Skip:
    """Bytes that nobody wants; they take no memory whatever their number."""

    _scrap = memoryview(bytearray(_SCRAP_BYTES))  # shared: what is in it does not matter

    def __init__(self, count: int) -> None:
        self._left = count

    @property
    def done(self) -> bool:
        """Whether all bytes have come."""
        return self._left == 0

    def space(self) -> list[memoryview]:
        """Where the next bytes go."""
        return [self._scrap[: self._left]]

    def advance(self, count: int) -> None:
        """Note that `count` bytes were put into `space`."""
        self._left -= count


Sink = Destination | Skip
Need = int | Sink
ResultT = TypeVar("ResultT")
Parser = Generator[Need, bytes, ResultT]
"""A part of a parser; the ``yield`` of a `Sink` gives empty bytes."""


class Wire(Generic[EventT]):
    """One direction of a byte stream, parsed; and what the parser wants sent in return.

    Belongs to one thread.

    Args:
        parser: appends to `_events` and `_outbox`, raises ProtocolError, never returns. It starts
            here: a subclass sets its own fields before ``super().__init__(self._parse())``.
    """

    def __init__(self, parser: Parser[None]) -> None:
        self._inbox = memoryview(bytearray(INBOX_BYTES))
        self._start = self._end = 0  # what is unread of the inbox
        self._wanted = 0
        self._sink: Sink | None = None
        self._events: list[EventT] = []
        self._outbox = bytearray()
        self._error: ProtocolError | None = None
        self._parser = parser
        self._need(next(parser))

    @property
    def exact(self) -> bool:
        """Whether everything that fits into `space` must come: one may wait for all of it."""
        return self._sink is not None

    def check(self) -> None:
        """Raise what is wrong with the stream.

        Raises:
            ProtocolError: the stream broke; all events before the break were returned.
        """
        if self._error is not None:
            raise self._error

    def space(self) -> list[memoryview]:
        """Where the transport puts the next bytes: some into the first buffers, in order.

        Raises:
            ProtocolError: as `check`.
        """
        self.check()
        if self._sink is not None:
            return self._sink.space()
        if self._start == self._end:
            self._start = self._end = 0
        elif self._start + self._wanted > INBOX_BYTES:
            left = self._end - self._start
            self._inbox[:left] = bytes(self._inbox[self._start : self._end])
            self._start, self._end = 0, left
        return [self._inbox[self._end :]]

    def received(self, count: int) -> list[EventT]:
        """Note that `count` bytes were put into `space`; get the events that they completed."""
        if self._sink is not None:
            self._sink.advance(count)
        else:
            self._end += count
        try:
            self._run()
        except ProtocolError as err:
            self._error = err
        done, self._events = self._events, []
        return done

    def receive(self, data: bytes | bytearray | memoryview) -> list[EventT]:
        """Feed any slice of the stream; get the events that it completed.

        When the stream breaks in `data`, the events before the break are returned, and the next
        call of `check`, `space` or `receive` raises.

        Raises:
            ProtocolError: the stream was broken before.
        """
        self.check()
        events: list[EventT] = []
        rest = memoryview(data)
        while rest and self._error is None:
            count = _copy(rest, self.space())
            rest = rest[count:]
            events += self.received(count)
        return events

    def data_to_send(self) -> bytes:
        """What the parser wants sent; returned once."""
        data = bytes(self._outbox)
        self._outbox.clear()
        return data

    @staticmethod
    def _take(count: int) -> Parser[bytes]:
        """Ask for any number of bytes; the caller has checked that it is bearable."""
        if count <= INBOX_BYTES:
            data = yield count
            return data
        memory = bytearray(count)
        yield Destination([memoryview(memory)])
        return bytes(memory)

    def _run(self) -> None:
        while True:
            chunk = b""
            if self._sink is not None:
                self._pour(self._sink)
                if not self._sink.done:
                    return
            elif self._end - self._start >= self._wanted:
                chunk = bytes(self._inbox[self._start : self._start + self._wanted])
                self._start += self._wanted
            else:
                return
            self._need(self._parser.send(chunk))

    def _need(self, need: Need) -> None:
        if isinstance(need, int):
            if need > INBOX_BYTES:
                raise ValueError(f"{need} bytes at once: ask with _take or for a Destination")
            self._wanted, self._sink = need, None
        else:
            self._wanted, self._sink = 0, need

    def _pour(self, sink: Sink) -> None:
        """Give the sink what was read ahead."""
        while self._start < self._end and not sink.done:
            count = _copy(self._inbox[self._start : self._end], sink.space())
            sink.advance(count)
            self._start += count


def _copy(data: memoryview, buffers: list[memoryview]) -> int:
    """Copy as much of `data` as fits into the buffers; return how much it was."""
    done = 0
    for buffer in buffers:
        count = min(len(buffer), len(data) - done)
        buffer[:count] = data[done : done + count]
        done += count
        if done == len(data):
            break
    return done
