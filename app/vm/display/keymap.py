"""From the host's key codes to the number that the engine wants.

The number is the XT set 1 scan code, with 0x80 set for the codes that begin with E0. QEMU takes
it as "number" of a key (qapi/ui.json, KeyValue); its VNC and D-Bus displays take the same.

Linux counts keys in its own way (linux/input-event-codes.h). 1 to 84 and 86 to 88 were taken from
XT set 1 and are equal; the rest of a keyboard is in the table. X11 servers add 8, and so do
Wayland compositors.
"""

from __future__ import annotations

from enum import IntEnum

_X11_OFFSET = 8


class Key(IntEnum):
    """Numbers of the keys that the program itself speaks of; left and right are apart."""

    ESC = 0x01
    BACKSPACE = 0x0E
    TAB = 0x0F
    ENTER = 0x1C
    LEFT_CTRL = 0x1D
    GRAVE = 0x29
    LEFT_SHIFT = 0x2A
    RIGHT_SHIFT = 0x36
    LEFT_ALT = 0x38
    SPACE = 0x39
    CAPS_LOCK = 0x3A
    F1 = 0x3B
    F2 = 0x3C
    F3 = 0x3D
    F4 = 0x3E
    F5 = 0x3F
    F6 = 0x40
    F7 = 0x41
    F8 = 0x42
    F9 = 0x43
    F10 = 0x44
    NUM_LOCK = 0x45
    SCROLL_LOCK = 0x46
    PRINT = 0x54
    F11 = 0x57
    F12 = 0x58
    PREVIOUS_TRACK = 0x90
    NEXT_TRACK = 0x99
    RIGHT_CTRL = 0x9D
    MUTE = 0xA0
    PLAY = 0xA2
    STOP = 0xA4
    QUIETER = 0xAE
    LOUDER = 0xB0
    RIGHT_ALT = 0xB8
    PAUSE = 0xC6
    HOME = 0xC7
    UP = 0xC8
    PAGE_UP = 0xC9
    LEFT = 0xCB
    RIGHT = 0xCD
    END = 0xCF
    DOWN = 0xD0
    PAGE_DOWN = 0xD1
    INSERT = 0xD2
    DELETE = 0xD3
    LEFT_META = 0xDB
    RIGHT_META = 0xDC
    MENU = 0xDD


_EVDEV: dict[int, int] = {
    **{code: code for code in (*range(1, 85), *range(86, 89))},
    **dict(enumerate((0x73, 0x78, 0x77, 0x79, 0x70, 0x7B, 0x5C), start=89)),  # Japanese, Brazilian
    85: 0x76,
    96: 0x9C,  # Enter of the keypad
    97: 0x9D,
    98: 0xB5,
    99: 0x54,
    100: 0xB8,
    101: 0x5B,
    **dict(enumerate((0xC7, 0xC8, 0xC9, 0xCB, 0xCD, 0xCF, 0xD0, 0xD1, 0xD2, 0xD3), start=102)),
    112: 0xEF,
    113: Key.MUTE,
    114: Key.QUIETER,
    115: Key.LOUDER,
    116: 0xDE,  # power
    117: 0x59,
    118: 0xCE,
    119: 0xC6,
    120: 0x8B,
    121: 0x7E,
    122: 0x72,  # Hangul, Hanja, Yen
    123: 0x71,
    124: 0x7D,
    125: 0xDB,
    126: 0xDC,
    127: 0xDD,
    163: Key.NEXT_TRACK,
    164: Key.PLAY,
    165: Key.PREVIOUS_TRACK,
    166: Key.STOP,
    183: 0x5D,  # F13 to F15
    184: 0x5E,
    185: 0x5F,
}


_X11 = {number: code + _X11_OFFSET for code, number in _EVDEV.items()}


def from_evdev(code: int) -> int | None:
    """The number of a key of Linux (``KEY_...``); None for a key that PC keyboards lack."""
    return _EVDEV.get(code)


def from_x11(code: int) -> int | None:
    """The number of a key code of X11, or of ``QKeyEvent.nativeScanCode()`` on Linux.

    None also for 0, which input methods and synthetic events send.
    """
    return _EVDEV.get(code - _X11_OFFSET)


def to_x11(number: int) -> int | None:
    """The key code of X11 that has this number; None when there is none."""
    return _X11.get(number)
