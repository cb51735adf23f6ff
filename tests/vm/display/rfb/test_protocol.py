from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.vm.display.framebuffer import Framebuffer
from app.vm.display.rfb import protocol
from app.vm.display.rfb.protocol import (
    CursorChanged,
    ExtendedKeysAccepted,
    LedsChanged,
    PictureReplaced,
    PointerModeChanged,
    ProtocolError,
    RectUpdated,
    RfbClient,
    SizeAnswered,
    UpdateEnded,
)

WIDTH, HEIGHT = 40, 30
INIT = struct.pack("!HH16xI", WIDTH, HEIGHT, 4) + b"QEMU"
HELLO = b"RFB 003.008\n" + b"\x01\x01" + bytes(4) + INIT


def rect(x: int, y: int, w: int, h: int, *more: int | bytes) -> bytes:
    encoding, data = (*more, *(0, b"")[len(more) :])
    return struct.pack("!HHHHi", x, y, w, h, encoding) + data


def update(*rects: bytes) -> bytes:
    return struct.pack("!BxH", 0, len(rects)) + b"".join(rects)


def pixels(count: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(count * 4)


def screens(*ids: int) -> bytes:
    return struct.pack("!B3x", len(ids)) + b"".join(
        struct.pack("!IHHHHI", number, 0, 0, WIDTH, HEIGHT, 5) for number in ids
    )


STREAM = (
    HELLO
    + update(rect(1, 0, WIDTH, HEIGHT, -257))
    + update(rect(0, 0, WIDTH, HEIGHT, -258))
    + update(rect(0, 0, 1, 1, -261, b"\x06"))
    + update(rect(0, 0, 1, 1, -261, b"\x01"))
    + update(rect(0, 0, WIDTH, HEIGHT, 0, pixels(WIDTH * HEIGHT)))
    + b"\x02"
    + struct.pack("!BxHH", 1, 0, 3)
    + bytes(18)
    + b"\x03"
    + struct.pack("!3xI", 9000)
    + bytes(9000)
    + update(
        rect(16, 3, 16, 20, 0, pixels(16 * 20)),
        rect(0, 29, WIDTH, 1, 0, pixels(WIDTH)),
        rect(5, 5, 0, 9),
        rect(2, 1, 10, 3, -239, pixels(30) + b"\xaa\x80" * 3),
        rect(0, 0, 40, 40, -314, bytes(4) + pixels(1600)),
    )
    + update()
    + update(rect(1, 3, WIDTH, HEIGHT, -308, screens(9, 10)))
    + update(rect(0, 0, WIDTH, HEIGHT, -223))
    + update(rect(0, 0, 20, 10, -223), rect(0, 0, 20, 10, 0, pixels(200)))
    + update(rect(0, 0, 40, 20, 0, pixels(800)))
    + update(rect(1, 0, 64, 8, -308, screens()))
    + update(rect(0, 0, 64, 8, 0, pixels(512)))
)


class Memory:
    """Hands out framebuffers and remembers them."""

    def __init__(self) -> None:
        self.pictures: list[Framebuffer] = []

    def allocate(self, width: int, height: int) -> Framebuffer:
        self.pictures.append(Framebuffer(width, height, len(self.pictures) + 1))
        return self.pictures[-1]


def feed(stream: bytes, sizes: list[int]) -> tuple[list[object], list[bytes], bytes]:
    memory = Memory()
    client, events, at = RfbClient(memory.allocate), [], 0
    try:
        for size in [*sizes, len(stream)]:
            events += client.receive(stream[at : at + size])
            at += size
        client.check()
    except ProtocolError as err:
        events.append(str(err))
    return events, [bytes(p.memory) for p in memory.pictures], client.data_to_send()


def fails(stream: bytes) -> str:
    last = feed(stream, [])[0][-1]
    assert isinstance(last, str), last
    return last


@given(st.lists(st.integers(0, 5000)))
def test_any_slicing_gives_the_same_events_and_pixels(sizes):
    assert feed(STREAM, sizes) == feed(STREAM, [])


def test_a_byte_at_a_time_gives_the_same_events_and_pixels():
    assert feed(STREAM, [1] * len(STREAM)) == feed(STREAM, [])


def test_every_message_becomes_its_events_in_order():
    events = feed(STREAM, [])[0]
    cursors = [e for e in events if isinstance(e, CursorChanged)]
    rest = [e for e in events if not isinstance(e, CursorChanged)]
    assert rest == [
        PictureReplaced(WIDTH, HEIGHT),
        PointerModeChanged(absolute=True),
        UpdateEnded(pixels=False),
        ExtendedKeysAccepted(),
        UpdateEnded(pixels=False),
        LedsChanged(caps=True, num=True, scroll=False),
        UpdateEnded(pixels=False),
        LedsChanged(caps=False, num=False, scroll=True),
        UpdateEnded(pixels=False),
        RectUpdated(0, 0, WIDTH, HEIGHT),
        UpdateEnded(pixels=True),
        RectUpdated(16, 3, 16, 20),
        RectUpdated(0, 29, WIDTH, 1),
        UpdateEnded(pixels=True),
        UpdateEnded(pixels=False),
        SizeAnswered(accepted=False),
        UpdateEnded(pixels=False),
        UpdateEnded(pixels=False),
        PictureReplaced(20, 10),
        RectUpdated(0, 0, 20, 10),
        UpdateEnded(pixels=True),
        UpdateEnded(pixels=True),  # outside: skipped
        SizeAnswered(accepted=True),
        PictureReplaced(64, 8),
        UpdateEnded(pixels=False),
        RectUpdated(0, 0, 64, 8),
        UpdateEnded(pixels=True),
    ]
    assert [(c.width_px, c.height_px, c.hot_x, c.hot_y) for c in cursors] == [
        (10, 3, 2, 1),
        (40, 40, 0, 0),
    ]


def test_pixels_land_where_the_rectangle_says():
    picture = bytearray(pixels(WIDTH * HEIGHT))
    part = pixels(16 * 20)
    for row in range(20):
        at = ((3 + row) * WIDTH + 16) * 4
        picture[at : at + 64] = part[row * 64 : row * 64 + 64]
    picture[29 * WIDTH * 4 :] = pixels(WIDTH)
    assert feed(STREAM, [])[1] == [bytes(picture), pixels(200), pixels(512)]


def test_the_mask_of_a_cursor_becomes_its_alpha():
    events = feed(STREAM, [])[0]
    cursor = next(e for e in events if isinstance(e, CursorChanged))
    assert cursor.argb[3::4] == bytes([255, 0] * 5) * 3
    assert cursor.argb[0::4] == pixels(30)[0::4]


def test_an_empty_cursor_is_told_so_that_it_can_be_hidden():
    events = feed(HELLO + update(rect(0, 0, 0, 0, -239)), [])[0]
    assert CursorChanged(0, 0, 0, 0, b"") in events


def test_the_client_says_what_it_wants():
    sent = feed(HELLO, [])[2]
    assert sent[:14] == b"RFB 003.008\n\x01\x01"
    assert sent[14:34] == bytes(
        [0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0]
    ) + bytes(3)
    wanted = (0, -223, -239, -257, -258, -261, -308, -314)
    assert struct.unpack("!BxH8i", sent[34:]) == (2, 8, *wanted)


def test_the_screen_of_the_server_is_kept_for_a_wish():
    client = RfbClient(Memory().allocate)
    client.receive(HELLO + update(rect(0, 0, WIDTH, HEIGHT, -308, screens(9, 10))))
    assert client.screen == (9, 5)


def test_messages_of_ours_have_the_bytes_of_the_documents():
    assert protocol.update_request(640, 480, incremental=True).hex() == "03010000000002800" + "1e0"
    assert protocol.update_request(640, 480, incremental=False)[1] == 0
    assert protocol.set_desktop_size(640, 480, (9, 5)) == bytes.fromhex(
        "fb00 0280 01e0 01 00 00000009 0000 0000 0280 01e0 00000005"
    )
    assert protocol.no_op() == bytes.fromhex("ff00 0000 00000000 0000005d")


@pytest.mark.parametrize(
    ("stream", "words"),
    [
        (b"HTTP/1.1 400", "not a VNC server"),
        (b"RFB 003.0x8\n", "not a VNC server"),
        (b"RFB 003.003\n", "too old"),
        (HELLO[:12] + b"\x01\x02", "password"),
        (HELLO[:12] + b"\x00" + struct.pack("!I", 5) + b"no\x1b\x07!", "refused: no!"),
        (HELLO[:12] + b"\x00" + struct.pack("!I", 5000), "refused"),
        (HELLO[:14] + struct.pack("!II", 1, 3) + b"bad", "refused: bad"),
        (HELLO[:18] + struct.pack("!HH16xI", 0, 5, 0), "0x5"),
        (HELLO[:18] + struct.pack("!HH16xI", 16384, 16384, 0), "16384x16384"),
        (HELLO[:18] + struct.pack("!HH16xI", 5, 5, 1 << 31), "a name of"),
        (HELLO + b"\x04", "message type 4"),
        (HELLO + b"\x03" + struct.pack("!3xI", 0x80000000), "a text of"),
        (HELLO + update(rect(0, 0, 1, 1, 7)), "encoding 7"),
        (HELLO + update(rect(0, 0, 65535, 65535)), "a rectangle of 65535x65535"),
        (HELLO + update(rect(0, 0, 1025, 1, -239)), "a cursor of 1025x1"),
        (HELLO + update(rect(0, 0, 1, 1025, -314)), "a cursor of 1x1025"),
        (HELLO + update(rect(0, 0, 1, 1, -314, struct.pack("!i", 5))), "in encoding 5"),
        (HELLO + update(rect(0, 0, 0, 0, -223)), "0x0"),
    ],
)
def test_nonsense_is_refused_by_name(stream, words):
    assert words in fails(stream)


def test_a_name_of_bearable_length_is_skipped():
    stream = HELLO[:18] + struct.pack("!HH16xI", 5, 5, 100_000) + bytes(100_000)
    assert feed(stream, [])[0] == [PictureReplaced(5, 5)]
