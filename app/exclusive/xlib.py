"""What Qt does not tell of an X server, asked over Qt's own connection: libX11 and libXss.

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
_X11 = {
    "XkbSetDetectableAutoRepeat": (_INT, (_POINTER, _INT, _INTS)),
    "XkbGetNamedIndicator": (_INT, (_POINTER, _LONG, _POINTER, _INTS, _POINTER, _POINTER)),
    "XInternAtom": (_LONG, (_POINTER, ctypes.c_char_p, _INT)),
    "XQueryKeymap": (_INT, (_POINTER, ctypes.c_char_p)),
    "XGetScreenSaver": (_INT, (_POINTER, _INTS, _INTS, _INTS, _INTS)),
    "XDefaultRootWindow": (_LONG, (_POINTER,)),
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
    """

    def __init__(self, pointer: int, x11: Any, xss: Any | None) -> None:
        self._pointer, self._x11, self._xss = pointer, x11, xss

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
        bits = ctypes.create_string_buffer(32)
        self._x11.XQueryKeymap(self._pointer, bits)
        codes = (code for code in range(256) if bits.raw[code // 8] >> code % 8 & 1)
        return frozenset(number for code in codes if (number := keymap.from_x11(code)) is not None)

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
    return XDisplay(native.display(), x11, _xss())


@cache
def _x11() -> Any | None:
    return _typed("libX11.so.6", _X11)


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
