"""A VNC server that says anything at all: no crash, no memory without bounds."""

from __future__ import annotations

import random
import struct
import tracemalloc

import pytest

from app.vm.display.framebuffer import Framebuffer
from app.vm.display.rfb.protocol import PictureReplaced, RectUpdated, RfbClient, RfbEvent
from app.vm.stream import ProtocolError
from tests.helpers.mutation import Mutator

WIDTH, HEIGHT = 24, 10
VERSION, SECURITY, RESULT = b"RFB 003.008\n", b"\x01\x01", bytes(4)
INIT = struct.pack("!HH16xI", WIDTH, HEIGHT, 4) + b"QEMU"
HELLO = VERSION + SECURITY + RESULT + INIT
EVERY_RUN, LONG_RUN = 50_000, 1_000_000
_WAITS_FOR_LITTLE = 2000


def rect(x: int, y: int, w: int, h: int, *what: int | bytes) -> bytes:
    encoding, data = (*what, b"")[:2]
    return struct.pack("!HHHHi", x, y, w, h, encoding) + data


def update(*rects: bytes) -> bytes:
    return struct.pack("!BxH", 0, len(rects)) + b"".join(rects)


def pixels(count: int) -> bytes:
    return random.Random(count).randbytes(count * 4)


def messages() -> list[bytes]:
    """Every kind of message and every encoding, all of them right."""
    screen = struct.pack("!B3xIHHHHI", 1, 7, 0, 0, WIDTH, HEIGHT, 1)
    return [
        update(rect(0, 0, WIDTH, HEIGHT, 0, pixels(WIDTH * HEIGHT))),
        update(rect(3, 2, 5, 4, 0, pixels(20)), rect(0, 9, WIDTH, 1, 0, pixels(WIDTH))),
        update(rect(0, 0, WIDTH, HEIGHT, -223)),
        update(rect(1, 1, 5, 2, -239, pixels(10) + b"\xaa\x80")),
        update(rect(1, 1, 2, 2, -314, bytes(4) + pixels(4))),
        update(rect(1, 0, WIDTH, HEIGHT, -257), rect(0, 0, 0, 0, -258)),
        update(rect(0, 0, 1, 1, -261, b"\x05")),
        update(rect(1, 0, WIDTH, HEIGHT, -308, screen)),
        b"\x02",
        struct.pack("!BxHH", 1, 0, 3) + bytes(18),
        struct.pack("!B3xI", 3, 11) + b"hello world",
    ]


class Client:
    """A client's wire with the memory that it asked for, and a look at what it is told."""

    def __init__(self) -> None:
        self.size = (0, 0)
        self.wire = RfbClient(lambda w, h: Framebuffer(w, h, 1))

    @property
    def is_between_messages(self) -> bool:
        """Whether the next message is read as one, not as the rest of one before."""
        return not self.wire.exact and self.wire._end < _WAITS_FOR_LITTLE

    def hear(self, data: bytes, slices: random.Random) -> list[RfbEvent]:
        events: list[RfbEvent] = []
        at = 0
        while at < len(data):
            count = slices.choice((1, 7, 4096))
            events += self.wire.receive(data[at : at + count])
            at += count
        self.wire.check()
        for event in events:
            self._look(event)
        return events

    def _look(self, event: RfbEvent) -> None:
        """A rectangle outside of the picture would be painted out of bounds."""
        if isinstance(event, PictureReplaced):
            self.size = (event.width_px, event.height_px)
        elif isinstance(event, RectUpdated):
            assert 0 <= event.x < event.x + event.w <= self.size[0]
            assert 0 <= event.y < event.y + event.h <= self.size[1]


def greeted(slices: random.Random) -> Client:
    client = Client()
    client.hear(HELLO, slices)
    client.wire.data_to_send()
    return client


def attack(times: int, seed: int) -> int:
    """Say `times` changed messages, some of them greetings; how many broke the protocol."""
    chance = random.Random(seed)
    mutate = Mutator(seed, number="!I", spice=b"RFB\x00\x01\xff\xfe\x02\x03\xc5")
    right, refused = messages(), 0
    client = greeted(chance)
    for _ in range(times):
        greets = chance.random() < 0.1
        if greets:
            client = Client()
        try:
            client.hear(mutate(HELLO if greets else chance.choice(right)), chance)
            broken = greets or not client.is_between_messages
        except ProtocolError:
            refused += 1
            broken = True
        assert len(client.wire.data_to_send()) < 1000
        if broken:
            client = greeted(chance)
    return refused


def test_what_is_mutated_is_right_before_it_is() -> None:
    chance = random.Random(1)
    client = greeted(chance)
    told = [event for message in messages() for event in client.hear(message, chance)]
    assert sum(isinstance(event, RectUpdated) for event in told) == 3
    assert len({type(event) for event in told}) == 7  # all but a new size
    assert client.is_between_messages


@pytest.mark.slow  # 50,000 of them
def test_mutated_messages_do_no_harm() -> None:
    refused = attack(EVERY_RUN, seed=2)
    assert EVERY_RUN // 20 < refused < EVERY_RUN


@pytest.mark.slow
def test_mutated_messages_take_little_memory() -> None:
    attack(500, seed=1)
    tracemalloc.start()
    try:
        attack(5000, seed=3)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 24 << 20  # a cursor of the largest size, as pixels and as bytes, and little more


@pytest.mark.long
def test_a_million_mutated_messages_do_no_harm() -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    print("seed", seed)
    attack(LONG_RUN, seed)
