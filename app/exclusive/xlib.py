"""What Qt does not tell of an X server, asked over Qt's own connection: libX11, libXss, libXtst.

Qt's platform xcb is built on an Xlib `Display`, so these calls see the same client as Qt does;
its flags, such as detectable auto-repeat, hold for Qt's events too. Answers come at once.
"""

from __future__ import annotations

import ctypes
import logging
from functools import cache
from typing import Any

from PySide6.QtGui import QGuiApplication, QNativeInterface

from app.vm.display import keymap

_log = logging.getLogger(__name__)


class _SaverInfo(ctypes.Structure):
    """XScreenSaverInfo, X11/extensions/scrnsaver.h."""

    _fields_ = (
        ("window", ctypes.c_ulong),
        ("state", ctypes.c_int),
        ("kind", ctypes.c_int),
        ("til_or_since", ctypes.c_ulong),
        ("idle", ctypes.c_ulong),
        ("event_mask", ctypes.c_ulong),
    )


_POINTER, _INT, _LONG = ctypes.c_void_p, ctypes.c_int, ctypes.c_ulong
_INTS = ctypes.POINTER(_INT)
_POINTER_ROOT = 1  # X.h
_X11 = {
    "XkbSetDetectableAutoRepeat": (_INT, (_POINTER, _INT, _INTS)),
    "XkbGetNamedIndicator": (_INT, (_POINTER, _LONG, _POINTER, _INTS, _POINTER, _POINTER)),
    "XInternAtom": (_LONG, (_POINTER, ctypes.c_char_p, _INT)),
    "XGetInputFocus": (_INT, (_POINTER, ctypes.POINTER(_LONG), _INTS)),
    "XFlush": (_INT, (_POINTER,)),
    "XQueryKeymap": (_INT, (_POINTER, ctypes.c_char_p)),
    "XGetScreenSaver": (_INT, (_POINTER, _INTS, _INTS, _INTS, _INTS)),
    "XDefaultRootWindow": (_LONG, (_POINTER,)),
}
_XTST = {
    "XTestQueryExtension": (_INT, (_POINTER, _INTS, _INTS, _INTS, _INTS)),
    "XTestFakeKeyEvent": (_INT, (_POINTER, ctypes.c_uint, _INT, _LONG)),
}
_XSS = {
    "XScreenSaverQueryExtension": (_INT, (_POINTER, _INTS, _INTS)),
    "XScreenSaverQueryInfo": (_INT, (_POINTER, _LONG, ctypes.POINTER(_SaverInfo))),
}


class XDisplay:
    """Qt's connection to an X server; of the window's thread.

    Args:
        pointer: Xlib's `Display *`.
        x11: libX11, with the types of its functions set.
        xss: libXss, or None where it is not installed.
        xtst: libXtst, likewise.
    """

    def __init__(self, pointer: int, x11: Any, xss: Any | None, xtst: Any | None) -> None:
        self._pointer, self._x11, self._xss, self._xtst = pointer, x11, xss, xtst

    @property
    def can_play_keys(self) -> bool:
        """Whether `play_key` does anything here."""
        values = [_INT() for _ in range(4)]  # event and error base, version
        return self._xtst is not None and bool(
            self._xtst.XTestQueryExtension(self._pointer, *map(ctypes.byref, values))
        )

    def play_key(self, code: int, *, down: bool) -> None:
        """Move a key as if a person did (XTEST); the keyboard of the desk stays as it is."""
        if self._xtst is not None:
            self._xtst.XTestFakeKeyEvent(self._pointer, code, down, 0)
            self._x11.XFlush(self._pointer)

    def set_detectable_repeat(self, on: bool) -> bool:
        """Whether a key that repeats is told as presses only, without releases between them.

        Returns:
            False when the server cannot.
        """
        supported = _INT()
        self._x11.XkbSetDetectableAutoRepeat(self._pointer, on, ctypes.byref(supported))
        return bool(supported.value)

    def keys_down(self) -> frozenset[int]:
        """The engine's numbers of the keys that are physically down."""
        numbers = (keymap.from_x11(code) for code in self.codes_down())
        return frozenset(number for number in numbers if number is not None)

    def codes_down(self) -> frozenset[int]:
        """X11's codes of the same keys, and of those that have no number."""
        bits = ctypes.create_string_buffer(32)
        self._x11.XQueryKeymap(self._pointer, bits)
        return frozenset(code for code in range(256) if bits.raw[code // 8] >> code % 8 & 1)

    def has_focus(self, window: int) -> bool:
        """Whether keys go to this window when nobody has grabbed the keyboard.

        Without a window manager the focus may follow the pointer; that counts as a yes.
        """
        focus, revert_to = _LONG(), _INT()
        self._x11.XGetInputFocus(self._pointer, ctypes.byref(focus), ctypes.byref(revert_to))
        return focus.value in {window, _POINTER_ROOT}

    def light(self, name: str) -> bool | None:
        """Whether a light such as "Caps Lock" is on; None when the keyboard has none."""
        atom = self._x11.XInternAtom(self._pointer, name.encode(), True)
        on = _INT()
        known = atom and self._x11.XkbGetNamedIndicator(
            self._pointer, atom, None, ctypes.byref(on), None, None
        )
        return bool(on.value) if known else None

    def saver_delay_s(self) -> int:
        """After how long without input the server's screen saver comes; 0 for never."""
        values = [_INT() for _ in range(4)]  # timeout, interval, blanking, exposures
        self._x11.XGetScreenSaver(self._pointer, *map(ctypes.byref, values))
        return max(0, values[0].value)

    def idle_ms(self) -> int | None:
        """For how long nobody has touched keyboard or pointer; None when that is not known."""
        base, error = _INT(), _INT()
        if self._xss is None or not self._xss.XScreenSaverQueryExtension(
            self._pointer, ctypes.byref(base), ctypes.byref(error)
        ):
            return None
        info = _SaverInfo()
        root = self._x11.XDefaultRootWindow(self._pointer)
        if not self._xss.XScreenSaverQueryInfo(self._pointer, root, ctypes.byref(info)):
            return None
        return int(info.idle)


def qt_display() -> XDisplay | None:
    """Qt's connection, or None on other platforms than X11."""
    if QGuiApplication.platformName() != "xcb":
        return None
    application = QGuiApplication.instance()
    x11 = _x11()
    native = application.nativeInterface() if isinstance(application, QGuiApplication) else None
    if x11 is None or not isinstance(native, QNativeInterface.QX11Application):
        return None
    return XDisplay(native.display(), x11, _xss(), _xtst())


@cache
def _x11() -> Any | None:
    return _typed("libX11.so.6", _X11)


@cache
def _xtst() -> Any | None:
    return _typed("libXtst.so.6", _XTST)


@cache
def _xss() -> Any | None:
    return _typed("libXss.so.1", _XSS)


def _typed(name: str, functions: dict[str, tuple[Any, tuple[Any, ...]]]) -> Any | None:
    try:
        library = ctypes.CDLL(name)
    except OSError as err:
        _log.info("%s", err)
        return None
    for function, (result, arguments) in functions.items():
        entry = getattr(library, function)
        entry.restype, entry.argtypes = result, arguments
    return library
