"""Key symbols of a US keyboard, for VNC servers that know nothing of physical keys.

From the number of a key (`app.vm.display.keymap`) to its symbol without any modifier, as RFC 6143
chapter 7.5.4 wants it: Latin-1 as it is, all else as X11's keysymdef.h has it. The server has to
take it back to a key, which only works when it believes in a US keyboard, too.
"""

from __future__ import annotations

from app.vm.display.keymap import Key

_NO_SYMBOL = 0

_ROWS = {0x02: "1234567890-=", 0x10: "qwertyuiop[]", 0x1E: "asdfghjkl;'`", 0x2B: "\\zxcvbnm,./"}
_KEYPAD = dict(enumerate((*"789-456+1230.",), start=0x47))
_KEYPAD_SYMBOL = 0xFF80  # and the character: XK_KP_0 is 0xFFB0

_NAMED: dict[int, int] = {
    Key.BACKSPACE: 0xFF08,
    Key.TAB: 0xFF09,
    Key.ENTER: 0xFF0D,
    Key.PAUSE: 0xFF13,
    Key.SCROLL_LOCK: 0xFF14,
    Key.ESC: 0xFF1B,
    Key.HOME: 0xFF50,
    Key.LEFT: 0xFF51,
    Key.UP: 0xFF52,
    Key.RIGHT: 0xFF53,
    Key.DOWN: 0xFF54,
    Key.PAGE_UP: 0xFF55,
    Key.PAGE_DOWN: 0xFF56,
    Key.END: 0xFF57,
    Key.PRINT: 0xFF61,
    Key.INSERT: 0xFF63,
    Key.MENU: 0xFF67,
    Key.NUM_LOCK: 0xFF7F,
    0x9C: 0xFF8D,  # Enter of the keypad
    0x37: 0xFFAA,  # * of the keypad
    0xB5: 0xFFAF,  # / of the keypad
    Key.LEFT_SHIFT: 0xFFE1,
    Key.RIGHT_SHIFT: 0xFFE2,
    Key.LEFT_CTRL: 0xFFE3,
    Key.RIGHT_CTRL: 0xFFE4,
    Key.CAPS_LOCK: 0xFFE5,
    Key.LEFT_ALT: 0xFFE9,
    Key.RIGHT_ALT: 0xFFEA,
    Key.LEFT_META: 0xFFEB,
    Key.RIGHT_META: 0xFFEC,
    Key.DELETE: 0xFFFF,
    Key.SPACE: 0x20,
    0x56: ord("<"),  # beside the left Shift, on keyboards of 105 keys
    **{Key.F1 + index: 0xFFBE + index for index in range(10)},
    Key.F11: 0xFFC8,
    Key.F12: 0xFFC9,
    **{number: _KEYPAD_SYMBOL + ord(text) for number, text in _KEYPAD.items()},
}
_SYMBOLS = {
    **{first + index: ord(text) for first, row in _ROWS.items() for index, text in enumerate(row)},
    **_NAMED,
}


def symbol_of(number: int) -> int:
    """The symbol of a key; 0 for one that a US keyboard does not have."""
    return _SYMBOLS.get(number, _NO_SYMBOL)
