"""An engine that says anything at all: no crash, no memory without bounds, no descriptor left."""

from __future__ import annotations

import os
import random
import tracemalloc

import pytest

from app.vm.display.dbus.control import CONSOLE, MOUSE, ControlWire
from app.vm.display.dbus.listener import (
    LISTENER,
    MAP,
    PROPERTIES,
    ListenerEvent,
    ListenerWire,
    PictureShared,
    PixelsReceived,
)
from app.vm.display.dbus.messages import Field, Kind, message
from app.vm.display.framebuffer import Framebuffer
from app.vm.stream import ProtocolError
from tests.helpers.descriptors import open_descriptors
from tests.helpers.mutation import Mutator

WIDTH, HEIGHT = 20, 8
ARGB = 0x20020888
HELLO = b"OK 0123456789abcdef0123456789abcdef\r\nAGREE_UNIX_FD\r\n"
EVERY_RUN, LONG_RUN = 50_000, 1_000_000


def said(
    member: str,
    signature: str = "",
    values: tuple[object, ...] = (),
    *,
    interface: str = LISTENER,
    kind: Kind = Kind.CALL,
    fds: int = 0,
) -> bytes:
    """A message of the engine."""
    fields = [
        (Field.PATH, "/org/qemu/Display1/Listener"),
        (Field.INTERFACE, interface),
        (Field.MEMBER, member),
    ]
    if fds:
        fields.append((Field.UNIX_FDS, fds))
    return message(
        kind, 7, fields=fields, signature=signature, values=values, wants_reply=kind is Kind.CALL
    )


def pixels(w: int, h: int) -> bytes:
    return random.Random(w * h).randbytes(w * h * 4)


def listener_calls() -> list[bytes]:
    """Every kind of call that a listener hears, all of them right."""
    whole = (WIDTH, HEIGHT, WIDTH * 4, ARGB, pixels(WIDTH, HEIGHT))
    variants = [("a", ("u", 3)), ("b", ("(sv)", ("x", ("ay", b"123"))))]
    return [
        said("Scanout", "uuuuay", whole),
        said("Update", "iiiiuuay", (3, 2, 5, 4, 20, ARGB, pixels(5, 4))),
        said("Update", "iiiiuuay", (0, 1, WIDTH, 2, WIDTH * 4, ARGB, pixels(WIDTH, 2))),
        said("CursorDefine", "iiiiay", (3, 2, 1, 1, pixels(3, 2))),
        said("MouseSet", "iii", (4, 5, 1)),
        said("Disable"),
        said("GetAll", "s", (LISTENER,), interface=PROPERTIES),
        said("Get", "ss", (LISTENER, "Interfaces"), interface=PROPERTIES),
        said("Ping", interface="org.freedesktop.DBus.Peer"),
        said("Anything", "a{sv}as", (variants, ["x", "y"])),
        said("ScanoutMap", "huuuuu", (0, 0, WIDTH, HEIGHT, WIDTH * 4, ARGB), interface=MAP, fds=1),
        said("UpdateMap", "iiii", (1, 1, 4, 4), interface=MAP),
    ]


def control_messages() -> list[bytes]:
    """Every kind of message that comes over the connection to the console."""
    changed = (MOUSE, [("IsAbsolute", ("b", True))], ["x"])
    size = (CONSOLE, [("Width", ("u", 9)), ("Height", ("u", 4))], [])
    return [
        message(
            Kind.RETURN, 3, fields=[(Field.REPLY_SERIAL, 1)], signature="v", values=(("b", 1),)
        ),
        message(
            Kind.ERROR,
            4,
            fields=[(Field.ERROR_NAME, "org.qemu.X"), (Field.REPLY_SERIAL, 2)],
            signature="s",
            values=("no",),
        ),
        said("PropertiesChanged", "sa{sv}as", changed, interface=PROPERTIES, kind=Kind.SIGNAL),
        said("PropertiesChanged", "sa{sv}as", size, interface=PROPERTIES, kind=Kind.SIGNAL),
        said("Ping", interface="org.freedesktop.DBus.Peer"),
    ]


def mutator(seed: int) -> Mutator:
    return Mutator(seed, number="<I", spice=b"aaa({v})gsoyuhBl\0\xff")


class Hearer:
    """A listener's wire with the memory that it asked for."""

    def __init__(self) -> None:
        self.wire = ListenerWire(self._allocate)
        self.wire.receive(HELLO)
        self.wire.data_to_send()
        self._generation = 0

    def hear(self, data: bytes, fd: int | None = None) -> list[ListenerEvent]:
        if fd is not None:
            self.wire.fds.append(fd)
        events = self.wire.receive(data)
        for event in events:
            if isinstance(event, PictureShared):
                os.close(event.fd)
        self.wire.check()
        return events

    def _allocate(self, width_px: int, height_px: int) -> Framebuffer:
        self._generation += 1
        return Framebuffer(width_px, height_px, self._generation)


def attack_listener(times: int, seed: int) -> int:
    """Say `times` changed messages, each after a right one; how many were no protocol at all."""
    calls, mutate, refused = listener_calls(), mutator(seed), 0
    chance = random.Random(seed)
    hearer = Hearer()
    hearer.hear(calls[0])
    for _ in range(times):
        call = chance.choice(calls)
        fd = os.open("/dev/null", os.O_RDONLY) if chance.random() < 0.02 else None
        try:
            hearer.hear(mutate(call), fd)
            broken = hearer.wire._sink is not None or hearer.wire._end > 2000
        except ProtocolError:
            refused += 1
            broken = True
        if broken:
            hearer.wire.close()
            hearer = Hearer()
            hearer.hear(calls[0])
        assert len(hearer.wire.data_to_send()) < 10_000
    hearer.wire.close()
    return refused


def attack_control(times: int, seed: int) -> int:
    """The same over the other connection."""
    said_there, mutate, refused = control_messages(), mutator(seed), 0
    chance = random.Random(seed)
    wire = ControlWire()
    wire.receive(HELLO)
    for _ in range(times):
        try:
            wire.receive(mutate(chance.choice(said_there)))
            wire.check()
            broken = wire._sink is not None or wire._end > 2000
        except ProtocolError:
            refused += 1
            broken = True
        if broken:
            wire = ControlWire()
            wire.receive(HELLO)
    return refused


def test_what_is_mutated_is_right_before_it_is() -> None:
    hearer = Hearer()
    told = []
    for call in listener_calls():
        fds = {b"ScanoutMap": os.open("/dev/null", os.O_RDONLY)} if b"ScanoutMap" in call else {}
        told += hearer.hear(call, fds.get(b"ScanoutMap"))
    assert sum(isinstance(event, PixelsReceived) for event in told) == 3
    assert len(told) == 8  # a new size with the first, and memory; not the questions
    wire = ControlWire()
    assert len(wire.receive(HELLO)) == 1
    assert sum(len(wire.receive(data)) for data in control_messages()) == 5
    wire.check()


@pytest.mark.slow  # 50,000 of them
def test_mutated_messages_do_no_harm() -> None:
    before = open_descriptors()
    refused = attack_listener(EVERY_RUN * 4 // 5, seed=2)
    refused += attack_control(EVERY_RUN // 5, seed=3)
    assert EVERY_RUN // 10 < refused < EVERY_RUN
    assert open_descriptors() <= before


@pytest.mark.slow
def test_mutated_messages_take_little_memory() -> None:
    attack_listener(500, seed=1)
    tracemalloc.start()
    try:
        attack_listener(4000, seed=4)
        attack_control(1000, seed=5)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 16 << 20


@pytest.mark.long
def test_a_million_mutated_messages_do_no_harm() -> None:
    before = open_descriptors()
    seed = random.SystemRandom().randrange(1 << 32)
    print("seed", seed)
    attack_listener(LONG_RUN * 4 // 5, seed)
    attack_control(LONG_RUN // 5, seed + 1)
    assert open_descriptors() <= before
