"""What QEMU tells a listener: bytes in, events and answers out."""

from __future__ import annotations

import os
import random
import struct
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.vm.display.dbus.listener import (
    LISTENER,
    MAP,
    PEER,
    PROPERTIES,
    CursorChanged,
    CursorSwitched,
    ListenerEvent,
    ListenerWire,
    PictureReplaced,
    PictureShared,
    PixelsReceived,
    SharedChanged,
    SizeUnknown,
)
from app.vm.display.dbus.messages import Field, Header, Kind, message, read_header
from app.vm.display.dbus.values import Reader
from app.vm.display.framebuffer import Framebuffer
from app.vm.stream import ProtocolError, Wire
from tests.helpers.descriptors import open_descriptors

WIDTH, HEIGHT = 12, 7
XRGB, ARGB, RGB565 = 0x20020888, 0x20028888, 0x10020565
HELLO = b"OK 0123456789abcdef0123456789abcdef\r\nAGREE_UNIX_FD\r\n"


def pixels(w: int, h: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(w * h * 4)


def call(
    member: str,
    signature: str = "",
    values: Sequence[object] = (),
    *,
    interface: str = LISTENER,
    fds: int = 0,
    wants_reply: bool = True,
    serial: int = 7,
) -> bytes:
    fields: list[tuple[Field, object]] = [
        (Field.PATH, "/org/qemu/Display1/Listener"),
        (Field.INTERFACE, interface),
        (Field.MEMBER, member),
    ]
    if fds:
        fields.append((Field.UNIX_FDS, fds))
    return message(
        Kind.CALL,
        serial,
        fields=fields,
        signature=signature,
        values=values,
        wants_reply=wants_reply,
    )


def scanout(w: int, h: int, data: bytes, *, stride: int = 0, pixman: int = XRGB) -> bytes:
    return call("Scanout", "uuuuay", (w, h, stride or w * 4, pixman, data))


def update(x: int, y: int, w: int, h: int, data: bytes, *, stride: int = 0) -> bytes:
    return call("Update", "iiiiuuay", (x, y, w, h, stride or w * 4, XRGB, data))


def big_endian(data: bytes) -> bytes:
    """The same call of a QEMU on a big-endian host; for bodies of numbers and bytes alone."""
    body_bytes, serial, fields_bytes = struct.unpack_from("<III", data, 4)
    head = b"B" + data[1:4] + struct.pack(">III", body_bytes, serial, fields_bytes)
    fields, at = bytearray(data[16 : 16 + fields_bytes]), 0
    while at < fields_bytes:
        at += -at % 8
        signature = chr(fields[at + 2])
        at += 4
        if signature == "g":
            at += fields[at] + 2
            continue
        (number,) = struct.unpack_from("<I", fields, at)
        struct.pack_into(">I", fields, at, number)
        at += 4 + (number + 1 if signature in "so" else 0)
    body = data[16 + fields_bytes + -fields_bytes % 8 :]
    count = {"Scanout": 5, "Update": 7, "MouseSet": 3}[
        next(name for name in ("Scanout", "Update", "MouseSet") if name.encode() in data)
    ]
    numbers = struct.unpack_from(f"<{count}I", body)
    turned = struct.pack(f">{count}I", *numbers) + body[count * 4 :]
    return head + bytes(fields) + bytes(-fields_bytes % 8) + turned


class Answers(Wire[tuple[Header, tuple[object, ...]]]):
    """Reads what we have answered."""

    def __init__(self) -> None:
        super().__init__(self._parse())

    def _parse(self):
        while True:
            header = yield from read_header()
            body = yield from self._take(header.body_bytes)
            self._events.append((header, Reader(body, header.order).values(header.signature)))


class Heard:
    """A wire and all that came of it."""

    def __init__(self, *more: bytes) -> None:
        self.pictures: list[Framebuffer] = []
        self.wire = ListenerWire(self._allocate)
        self.wire.receive(HELLO)
        self.greeting = self.wire.data_to_send()
        self.events: list[ListenerEvent] = []
        for data in more:
            self.hear(data)

    def hear(self, data: bytes, sizes: Iterable[int] = ()) -> None:
        at = 0
        for size in sizes:
            self.events += self.wire.receive(data[at : at + size])
            at += size
        self.events += self.wire.receive(data[at:])
        self.wire.check()

    @property
    def picture(self) -> Framebuffer:
        return self.pictures[-1]

    @property
    def answers(self) -> list[tuple[Header, tuple[object, ...]]]:
        return Answers().receive(self.wire.data_to_send())

    def _allocate(self, width_px: int, height_px: int) -> Framebuffer:
        self.pictures.append(Framebuffer(width_px, height_px, len(self.pictures) + 1))
        return self.pictures[-1]


WHOLE = pixels(WIDTH, HEIGHT)
PART = pixels(5, 3, seed=2)
STREAM = (
    scanout(WIDTH, HEIGHT, WHOLE)
    + update(4, 2, 5, 3, PART)
    + call("CursorDefine", "iiiiay", (3, 2, 1, 1, pixels(3, 2)))
    + call("MouseSet", "iii", (4, 5, 1))
    + call("Disable")
    + call("GetAll", "s", (LISTENER,), interface=PROPERTIES)
)
EVENTS = [
    PictureReplaced(WIDTH, HEIGHT),
    PixelsReceived(0, 0, WIDTH, HEIGHT),
    PixelsReceived(4, 2, 5, 3),
    CursorChanged(3, 2, 1, 1, pixels(3, 2)),
    CursorSwitched(visible=True),
]


def composed() -> bytes:
    rows = bytearray(WHOLE)
    for number in range(3):
        at = ((2 + number) * WIDTH + 4) * 4
        rows[at : at + 20] = PART[number * 20 : number * 20 + 20]
    return bytes(rows)


@given(st.lists(st.integers(1, 60), max_size=60))
def test_it_does_not_matter_where_the_stream_is_cut(sizes: list[int]) -> None:
    heard = Heard()
    heard.hear(STREAM, sizes)
    assert heard.events == EVENTS
    assert bytes(heard.picture.memory) == composed()
    assert len(heard.answers) == 6


def test_every_byte_on_its_own_is_the_same_too() -> None:
    heard = Heard()
    heard.hear(STREAM, [1] * len(STREAM))
    assert heard.events == EVENTS
    assert bytes(heard.picture.memory) == composed()


def test_a_host_of_the_other_byte_order_is_understood() -> None:
    heard = Heard(
        big_endian(scanout(WIDTH, HEIGHT, WHOLE)),
        big_endian(update(4, 2, 5, 3, PART)),
        big_endian(call("MouseSet", "iii", (4, 5, 0))),
    )
    assert heard.events == [*EVENTS[:3], CursorSwitched(visible=False)]
    assert bytes(heard.picture.memory) == composed()
    assert [header.reply_to for header, _ in heard.answers] == [7, 7, 7]


def test_the_introduction_is_ours() -> None:
    user = str(os.geteuid()).encode().hex().encode()
    assert Heard().greeting == b"\0AUTH EXTERNAL " + user + b"\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n"


def test_rows_with_gaps_lose_them() -> None:
    gap = b"\xee" * 8
    rows = [WHOLE[at : at + WIDTH * 4] + gap for at in range(0, len(WHOLE), WIDTH * 4)]
    part = [PART[at : at + 20] + gap for at in range(0, len(PART), 20)]
    heard = Heard(
        scanout(WIDTH, HEIGHT, b"".join(rows), stride=WIDTH * 4 + 8),
        update(4, 2, 5, 3, b"".join(part)[:-8], stride=28),  # the last one may end with its pixels
    )
    assert bytes(heard.picture.memory) == composed()


def test_the_same_size_again_is_the_same_memory() -> None:
    heard = Heard(scanout(WIDTH, HEIGHT, WHOLE), scanout(WIDTH, HEIGHT, pixels(WIDTH, HEIGHT, 9)))
    assert len(heard.pictures) == 1
    heard.hear(scanout(HEIGHT, WIDTH, WHOLE))
    assert len(heard.pictures) == 2
    assert heard.events[-2:] == [
        PictureReplaced(HEIGHT, WIDTH),
        PixelsReceived(0, 0, HEIGHT, WIDTH),
    ]


def test_a_part_outside_of_the_picture_is_dropped_and_told() -> None:
    heard = Heard(scanout(WIDTH, HEIGHT, WHOLE), update(4, 5, 5, 3, PART))
    assert heard.events[2:] == [SizeUnknown()]
    assert bytes(heard.picture.memory) == WHOLE
    heard.hear(update(4, 2, 5, 3, PART))
    assert bytes(heard.picture.memory) == composed()


@pytest.mark.parametrize(("w", "h"), [(0, 0), (5, 0), (0, 3)])
def test_a_part_of_no_size_is_nothing_as_virtio_gpu_sends_it(w: int, h: int) -> None:
    heard = Heard(scanout(WIDTH, HEIGHT, WHOLE), update(2, 1, w, h, b""))
    assert len(heard.events) == 2
    assert len(heard.answers) == 2
    heard.hear(update(4, 2, 5, 3, PART))
    assert bytes(heard.picture.memory) == composed()


def test_questions_are_answered_at_once() -> None:
    heard = Heard(
        call("Ping", interface=PEER),
        call("GetAll", "s", (LISTENER,), interface=PROPERTIES),
        call("Get", "ss", (LISTENER, "Interfaces"), interface=PROPERTIES),
        call("GetAll", "s", ("another",), interface=PROPERTIES),
    )
    answers = heard.answers
    assert {header.kind for header, _ in answers} == {Kind.RETURN}
    assert [values for _, values in answers] == [
        (),
        ([("Interfaces", [MAP])],),
        ([MAP],),
        ([],),
    ]


@pytest.mark.parametrize(
    "data",
    [
        call("ScanoutDMABUF", "huuuutb", (0, 1, 1, 4, 1, 5, False), fds=1),
        call("UpdateDMABUF", "iiii", (0, 0, 1, 1)),
        call("Get", "ss", (LISTENER, "Other"), interface=PROPERTIES),
        call("Set", "ssv", (LISTENER, "Interfaces", ("as", [])), interface=PROPERTIES),
        call("Introspect", interface="org.freedesktop.DBus.Introspectable"),
    ],
    ids=["dmabuf", "dmabuf-update", "get", "set", "introspect"],
)
def test_what_we_cannot_do_is_refused_never_left_without_an_answer(data: bytes) -> None:
    before = open_descriptors()
    heard = Heard()
    if b"ScanoutDMABUF" in data:
        heard.wire.fds.append(os.open("/dev/null", os.O_RDONLY))
    heard.hear(data)
    ((header, _values),) = heard.answers
    assert (header.kind, header.reply_to) == (Kind.ERROR, 7)
    assert header.error_name == "org.freedesktop.DBus.Error.UnknownMethod"
    assert heard.events == []
    assert open_descriptors() <= before


def test_who_wants_no_answer_gets_none() -> None:
    heard = Heard(call("Ping", interface=PEER, wants_reply=False))
    heard.hear(call("Other", wants_reply=False))
    assert heard.answers == []


def test_shared_memory_comes_with_its_descriptor() -> None:
    fd = os.memfd_create("picture")
    heard = Heard()
    heard.wire.fds.append(fd)
    heard.hear(
        call("ScanoutMap", "huuuuu", (0, 16, WIDTH, HEIGHT, 64, ARGB), interface=MAP, fds=1)
        + call("UpdateMap", "iiii", (1, 2, 3, 4), interface=MAP)
    )
    assert heard.events == [
        PictureReplaced(WIDTH, HEIGHT),
        PictureShared(fd, 16, 64, WIDTH, HEIGHT),
        SharedChanged(1, 2, 3, 4),
    ]
    assert len(heard.answers) == 2
    os.close(fd)


def test_descriptors_that_nobody_takes_are_closed() -> None:
    before = open_descriptors()
    heard = Heard()
    heard.wire.fds.extend(os.memfd_create("picture") for _ in range(3))
    shared = (1, 0, WIDTH, HEIGHT, WIDTH * 4, XRGB)
    heard.hear(call("ScanoutMap", "huuuuu", shared, interface=MAP, fds=3))
    (taken,) = [event.fd for event in heard.events if isinstance(event, PictureShared)]
    os.close(taken)
    assert open_descriptors() <= before
    heard.wire.fds.append(os.memfd_create("picture"))
    half = call("Update", "iiiiuuay", (0, 0, 5, 3, 20, XRGB, PART), fds=1)
    heard.hear(half[:-8])  # it holds one, and the rest never comes
    heard.wire.close()
    assert open_descriptors() <= before


SHARED = (0, 0, WIDTH, HEIGHT, WIDTH * 4, XRGB)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (scanout(0, 5, b""), "0x5"),
        (scanout(5, 0, b""), "5x0"),
        (scanout(5, 3, PART[:-1]), "59 bytes"),
        (scanout(5, 3, PART + b"1234"), "64 bytes"),
        (scanout(5, 3, PART, stride=16), "rows of 16"),
        (scanout(5, 3, PART, stride=0xFFFFFFFF), "rows of 4294967295"),
        (scanout(0x40000000, 4, bytes(16), stride=16), "1073741824x4"),
        (scanout(1, 0x40000000, bytes(16), stride=4), "16 bytes"),
        (scanout(2, 20000, bytes(160000)), "2x20000"),
        (scanout(5, 3, PART, pixman=RGB565), "0x10020565"),
        (update(0, 0, 5, 3, PART), "not there"),
        (scanout(WIDTH, HEIGHT, WHOLE) + update(0, 0, -5, 3, PART, stride=20), "-5x3"),
        (scanout(WIDTH, HEIGHT, WHOLE) + update(0, 0, 5, -1, b""), "5x-1"),
        (call("Scanout", "uuuay", (5, 3, 20, PART)), "of type 'uuuay'"),
        (call("CursorDefine", "iiiiay", (-1, 3, 0, 0, b"")), "-1x3"),
        (call("CursorDefine", "iiiiay", (2000, 1, 0, 0, bytes(8000))), "2000x1"),
        (call("CursorDefine", "iiiiay", (3, 2, 0, 0, bytes(20))), "shorter or longer"),
        (call("CursorDefine", "av", ([("y", 1)] * 50,)), "of type 'av'"),
        (call("MouseSet", "ii", (1, 2)), "of type 'ii'"),
        (call("UpdateMap", "iiii", (0, 0, 1, 1), interface=MAP), "not shared"),
        (call("ScanoutMap", "huuuuu", SHARED, interface=MAP), "without its descriptor"),
        (call("ScanoutMap", "huuuuu", SHARED, interface=MAP, fds=1), "without its descriptors"),
        (call("Ping", fds=5), "5 descriptors"),
        (call("Anything", "ay", (bytes(70000),)), "70020 bytes|70004 bytes"),
        (b"l\x01\0\x01\0\0\0\x10\1\0\0\0\0\0\0\0", "268435456 bytes|without"),
        (b"l\x01\0\x01\0\0\0\x20\1\0\0\0\0\0\0\0", "536870912 bytes"),
        (b"l\x01\0\x01\0\0\0\0\1\0\0\0\0\0\1\0", "65536 of fields"),
        (b"x" * 16, "not a message"),
        (b"l\x01\0\x02" + bytes(12), "not a message"),
        (b"l\x05\0\x01\0\0\0\0\1\0\0\0\0\0\0\0", "not a message"),
    ],
)
def test_nonsense_is_refused_by_name(data: bytes, words: str) -> None:
    with pytest.raises(ProtocolError, match=words):
        Heard(data)


@pytest.mark.parametrize(
    ("x", "y", "w", "h"),
    [(-1, 0, 2, 2), (0, -1, 2, 2), (11, 0, 2, 2), (0, 6, 2, 2), (2**31 - 1, 0, 9, 9)],
)
def test_a_change_outside_of_shared_memory_is_never_one_of_pixels(
    x: int, y: int, w: int, h: int
) -> None:
    heard = Heard()
    heard.wire.fds.append(os.memfd_create("picture"))
    heard.hear(call("ScanoutMap", "huuuuu", SHARED, interface=MAP, fds=1))
    os.close(heard.events[-1].fd)
    heard.hear(call("UpdateMap", "iiii", (x, y, w, h), interface=MAP))
    assert heard.events[2:] == [SizeUnknown()]
    heard.hear(call("UpdateMap", "iiii", (0, 0, 0, 2), interface=MAP))
    assert len(heard.events) == 3
    with pytest.raises(ProtocolError, match="-1x2"):
        heard.hear(call("UpdateMap", "iiii", (0, 0, -1, 2), interface=MAP))


@pytest.mark.parametrize(
    "answer",
    [b"REJECTED EXTERNAL\r\n", b"OK 1\r\nERROR\r\n", b"x" * 600, b"ERROR \xff\r\n", b"\0" * 600],
)
def test_another_handshake_is_refused(answer: bytes) -> None:
    wire = ListenerWire(lambda w, h: Framebuffer(w, h, 1))
    wire.receive(answer)
    with pytest.raises(ProtocolError):
        wire.check()


def test_answers_and_signals_that_nobody_waits_for_are_skipped() -> None:
    noise = message(
        Kind.RETURN, 9, fields=[(Field.REPLY_SERIAL, 1)], signature="ay", values=(bytes(90000),)
    )
    assert Heard(noise, STREAM).events == EVENTS
