"""Keyboard layouts of this computer, read by libxkbcommon, which Qt needs anyway.

The layout's names are those of xkeyboard-config: ``de``, ``us(intl)``. The library's functions are
those of ``xkbcommon/xkbcommon.h``; it is C, but its input are files of the system, not the guest's.
"""

from __future__ import annotations

import ctypes
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from PySide6.QtGui import QGuiApplication, QNativeInterface

from app.exclusive.text_strokes import Layout, Stroke
from app.vm.display import keymap
from app.vm.display.keymap import Key

_log = logging.getLogger(__name__)

_NAME = re.compile(r"(?P<layout>[a-z]{2,8})(\((?P<variant>[\w-]{1,40})\))?")
_SHIFT, _LEVEL_THREE = b"Shift", b"Mod5"
_DEAD = {
    0xFE50: "\N{COMBINING GRAVE ACCENT}",
    0xFE51: "\N{COMBINING ACUTE ACCENT}",
    0xFE52: "\N{COMBINING CIRCUMFLEX ACCENT}",
    0xFE53: "\N{COMBINING TILDE}",
    0xFE54: "\N{COMBINING MACRON}",
    0xFE55: "\N{COMBINING BREVE}",
    0xFE56: "\N{COMBINING DOT ABOVE}",
    0xFE57: "\N{COMBINING DIAERESIS}",
    0xFE58: "\N{COMBINING RING ABOVE}",
    0xFE59: "\N{COMBINING DOUBLE ACUTE ACCENT}",
    0xFE5A: "\N{COMBINING CARON}",
    0xFE5B: "\N{COMBINING CEDILLA}",
    0xFE5C: "\N{COMBINING OGONEK}",
}
"""Key symbols of dead keys (``xkbcommon-keysyms.h``) and what they put on the next letter."""


class _RuleNames(ctypes.Structure):
    """``struct xkb_rule_names``."""

    _fields_ = [(name, ctypes.c_char_p) for name in ("rules", "model", "layout", "variant", "opts")]


def present_layout() -> Layout | None:
    """The layout of the keyboard on the desk, as far as it can be known.

    On X11 the server's; elsewhere what XKB_DEFAULT_LAYOUT says, or ``us``. None without the
    library. Called on the window's thread.
    """
    application = QGuiApplication.instance()
    if isinstance(application, QGuiApplication) and application.platformName() == "xcb":
        native = application.nativeInterface()
        if isinstance(native, QNativeInterface.QX11Application):
            return _of_server(native.connection()) or layout("")
    return layout("")


@cache
def layout(name: str) -> Layout | None:
    """The layout of this name; None when this computer has none of it, or no library.

    Args:
        name: such as ``fr``; empty for what XKB_DEFAULT_LAYOUT says, or ``us``.
    """
    match = _NAME.fullmatch(name)
    library = _library(_CORE)
    if library is None or (name and match is None):
        return None
    parts = match.groupdict() if match else {}
    names = _RuleNames(
        layout=(parts.get("layout") or "").encode() or None,
        variant=(parts.get("variant") or "").encode() or None,
    )
    with _context(library) as context:
        compiled = library.xkb_keymap_new_from_names(context, ctypes.byref(names), 0)
        return _read(library, compiled, 0, name or "us") if compiled else None


def _of_server(connection: int) -> Layout | None:
    """The layout that the X server uses now; `connection` is an ``xcb_connection_t *``."""
    library, server = _library(_CORE), _library(_SERVER)
    if library is None or server is None:
        return None
    device = server.xkb_x11_get_core_keyboard_device_id(connection)
    if device < 0:
        return None
    with _context(library) as context:
        compiled = server.xkb_x11_keymap_new_from_device(context, connection, device, 0)
        if not compiled:
            return None
        state = server.xkb_x11_state_new_from_device(compiled, connection, device)
        group = library.xkb_state_serialize_layout(state, _EFFECTIVE) if state else 0
        library.xkb_state_unref(state)
        name = library.xkb_keymap_layout_get_name(compiled, group) or b""
        return _read(library, compiled, group, name.decode(errors="replace"))


@contextmanager
def _context(library: ctypes.CDLL) -> Iterator[int]:
    context = library.xkb_context_new(0)
    library.xkb_context_set_log_level(context, 0)  # a name that nobody knows is no news
    try:
        yield context
    finally:
        library.xkb_context_unref(context)


def _read(library: ctypes.CDLL, compiled: int, group: int, name: str) -> Layout:
    """Read one group of a keymap, which is unreferenced then."""
    characters: dict[str, Stroke] = {}
    dead: dict[str, Stroke] = {}
    try:
        for symbol, stroke in _symbols(library, compiled, group):
            if mark := _DEAD.get(symbol):
                dead.setdefault(mark, stroke)
            elif code := library.xkb_keysym_to_utf32(symbol):
                characters.setdefault(chr(code), stroke)
    finally:
        library.xkb_keymap_unref(compiled)
    return Layout(name, characters, dead)


def _symbols(library: ctypes.CDLL, compiled: int, group: int) -> Iterator[tuple[int, Stroke]]:
    """Each symbol of a group with the keys for it, the simplest first."""
    shift, third = (
        1 << library.xkb_keymap_mod_get_index(compiled, modifier)
        for modifier in (_SHIFT, _LEVEL_THREE)
    )
    held: dict[int, Stroke] = {
        0: (),
        shift: (Key.LEFT_SHIFT,),
        third: (Key.RIGHT_ALT,),
        shift | third: (Key.LEFT_SHIFT, Key.RIGHT_ALT),
    }
    first, last = (
        library.xkb_keymap_min_keycode(compiled),
        library.xkb_keymap_max_keycode(compiled),
    )
    for modifiers, keys in held.items():
        for code in range(first, last + 1):
            number = keymap.from_x11(code)
            if number is None or _is_keypad(number):
                continue
            for level in range(library.xkb_keymap_num_levels_for_key(compiled, code, group)):
                if modifiers in _masks(library, compiled, code, group, level):
                    for symbol in _at(library, compiled, code, group, level):
                        yield symbol, (*keys, number)


def _is_keypad(number: int) -> bool:
    """Whether what the key writes depends on Num Lock."""
    return 0x47 <= number <= 0x53


def _masks(library: ctypes.CDLL, compiled: int, code: int, group: int, level: int) -> list[int]:
    room = (ctypes.c_uint32 * 16)()
    count = library.xkb_keymap_key_get_mods_for_level(compiled, code, group, level, room, len(room))
    return list(room[:count])


def _at(library: ctypes.CDLL, compiled: int, code: int, group: int, level: int) -> list[int]:
    symbols = ctypes.POINTER(ctypes.c_uint32)()
    count = library.xkb_keymap_key_get_syms_by_level(
        compiled, code, group, level, ctypes.byref(symbols)
    )
    return [symbols[0]] if count == 1 else []


_POINTER, _INT, _CODE = ctypes.c_void_p, ctypes.c_int, ctypes.c_uint32
_KEY_LEVEL = (_POINTER, _CODE, _CODE, _CODE, _POINTER)
_EFFECTIVE = 1 << 7  # XKB_STATE_LAYOUT_EFFECTIVE

_Functions = Mapping[str, tuple[type[Any] | None, tuple[type[Any], ...]]]
_CORE: tuple[str, _Functions] = (
    "libxkbcommon.so.0",
    {
        "xkb_context_new": (_POINTER, (_INT,)),
        "xkb_context_set_log_level": (None, (_POINTER, _INT)),
        "xkb_context_unref": (None, (_POINTER,)),
        "xkb_keymap_new_from_names": (_POINTER, (_POINTER, _POINTER, _INT)),
        "xkb_keymap_unref": (None, (_POINTER,)),
        "xkb_keymap_min_keycode": (_CODE, (_POINTER,)),
        "xkb_keymap_max_keycode": (_CODE, (_POINTER,)),
        "xkb_keymap_num_levels_for_key": (_CODE, (_POINTER, _CODE, _CODE)),
        "xkb_keymap_mod_get_index": (_CODE, (_POINTER, ctypes.c_char_p)),
        "xkb_keymap_layout_get_name": (ctypes.c_char_p, (_POINTER, _CODE)),
        "xkb_keymap_key_get_syms_by_level": (_INT, _KEY_LEVEL),
        "xkb_keymap_key_get_mods_for_level": (ctypes.c_size_t, (*_KEY_LEVEL, ctypes.c_size_t)),
        "xkb_keysym_to_utf32": (_CODE, (_CODE,)),
        "xkb_state_serialize_layout": (_CODE, (_POINTER, _INT)),
        "xkb_state_unref": (None, (_POINTER,)),
    },
)
_SERVER: tuple[str, _Functions] = (
    "libxkbcommon-x11.so.0",
    {
        "xkb_x11_get_core_keyboard_device_id": (ctypes.c_int32, (_POINTER,)),
        "xkb_x11_keymap_new_from_device": (_POINTER, (_POINTER, _POINTER, ctypes.c_int32, _INT)),
        "xkb_x11_state_new_from_device": (_POINTER, (_POINTER, _POINTER, ctypes.c_int32)),
    },
)


def _library(wanted: tuple[str, _Functions]) -> ctypes.CDLL | None:
    name, functions = wanted
    try:
        library = ctypes.CDLL(name)
        for function, (result, arguments) in functions.items():
            made = getattr(library, function)
            made.restype, made.argtypes = result, arguments
    except (OSError, AttributeError) as err:
        _log.info("No keyboard layout can be read: %s", err)
        return None
    return library
