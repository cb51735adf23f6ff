"""Qt's connection to a Wayland compositor, for a protocol that Qt does not speak.

libwayland-client is called by ctypes. Its registry is read on an event queue of its own, so that
Qt hears nothing of it; the inhibitors are put on Qt's queue, whose events Qt deals out on the
window's thread, so that nobody has to look for them.

The tables below are what wayland-scanner makes of keyboard-shortcuts-inhibit-unstable-v1.xml.
"""

from __future__ import annotations

import ctypes
import logging
from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar

from PySide6.QtGui import QGuiApplication, QNativeInterface
from PySide6.QtWidgets import QWidget

_log = logging.getLogger(__name__)

_MANAGER = b"zwp_keyboard_shortcuts_inhibit_manager_v1"
_INHIBITOR = b"zwp_keyboard_shortcuts_inhibitor_v1"
# Opcodes: the order of the requests in the protocols' files.
_DISPLAY_GET_REGISTRY = 1
_REGISTRY_BIND = 0
_MANAGER_INHIBIT = 1
_INHIBITOR_DESTROY = 0

_POINTER, _UINT = ctypes.c_void_p, ctypes.c_uint32


class _Argument(ctypes.Union):
    """wl_argument, wayland-util.h."""

    _fields_: ClassVar = [("u", _UINT), ("s", ctypes.c_char_p), ("o", _POINTER)]


class _Interface(ctypes.Structure):
    """wl_interface, wayland-util.h."""


class _Message(ctypes.Structure):
    """wl_message, wayland-util.h."""

    _fields_: ClassVar = [
        ("name", ctypes.c_char_p),
        ("signature", ctypes.c_char_p),
        ("types", ctypes.POINTER(ctypes.POINTER(_Interface))),
    ]


_Interface._fields_ = [
    ("name", ctypes.c_char_p),
    ("version", ctypes.c_int),
    ("method_count", ctypes.c_int),
    ("methods", ctypes.POINTER(_Message)),
    ("event_count", ctypes.c_int),
    ("events", ctypes.POINTER(_Message)),
]

_Row = tuple[bytes, bytes, tuple[_Interface, ...]]  # name, signature, types of its arguments

_INTERFACE = ctypes.POINTER(_Interface)
_ARGUMENTS = ctypes.POINTER(_Argument)
_FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "wl_display_create_queue": (_POINTER, (_POINTER,)),
    "wl_display_roundtrip_queue": (ctypes.c_int, (_POINTER, _POINTER)),
    "wl_display_flush": (ctypes.c_int, (_POINTER,)),
    "wl_event_queue_destroy": (None, (_POINTER,)),
    "wl_proxy_create_wrapper": (_POINTER, (_POINTER,)),
    "wl_proxy_wrapper_destroy": (None, (_POINTER,)),
    "wl_proxy_set_queue": (None, (_POINTER, _POINTER)),
    "wl_proxy_add_listener": (ctypes.c_int, (_POINTER, _POINTER, _POINTER)),
    "wl_proxy_destroy": (None, (_POINTER,)),
    "wl_proxy_marshal_array": (None, (_POINTER, _UINT, _ARGUMENTS)),
    "wl_proxy_marshal_array_constructor_versioned": (
        _POINTER,
        (_POINTER, _UINT, _ARGUMENTS, _INTERFACE, _UINT),
    ),
}

_GLOBAL = ctypes.CFUNCTYPE(None, _POINTER, _POINTER, _UINT, ctypes.c_char_p, _UINT)
_GLOBAL_REMOVE = ctypes.CFUNCTYPE(None, _POINTER, _POINTER, _UINT)
_PLAIN_EVENT = ctypes.CFUNCTYPE(None, _POINTER, _POINTER)


class _Tables:
    """The two interfaces; libwayland keeps pointers into them, so they live for ever."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._keep: list[object] = []
        surface = _Interface.in_dll(library, "wl_surface_interface")
        seat = _Interface.in_dll(library, "wl_seat_interface")
        self.registry = _Interface.in_dll(library, "wl_registry_interface")
        self.inhibitor = self._interface(
            _INHIBITOR,
            [(b"destroy", b"", ())],
            [(b"active", b"", ()), (b"inactive", b"", ())],
        )
        self.manager = self._interface(
            _MANAGER,
            [
                (b"destroy", b"", ()),
                (b"inhibit_shortcuts", b"noo", (self.inhibitor, surface, seat)),
            ],
            [],
        )

    def _interface(self, name: bytes, methods: list[_Row], events: list[_Row]) -> _Interface:
        return _Interface(
            name, 1, len(methods), self._table(methods), len(events), self._table(events)
        )

    def _table(self, rows: list[_Row]) -> ctypes.Array[_Message]:
        table = (_Message * max(1, len(rows)))()
        for at, (name, signature, types) in enumerate(rows):
            pointers = (_INTERFACE * max(1, len(types)))()
            for place, kind in enumerate(types):
                pointers[place] = ctypes.pointer(kind)
            self._keep.append(pointers)
            table[at] = _Message(name, signature, ctypes.cast(pointers, ctypes.POINTER(_INTERFACE)))
        self._keep.append(table)
        return table


class ShortcutsInhibition:
    """The compositor's manager of shortcut inhibitors, bound once for the whole program."""

    def __init__(self, library: Any, native: QNativeInterface.QWaylandApplication) -> None:
        self._library, self._native = library, native
        self._tables = _Tables(library)
        self._display = native.display()
        self._told: dict[int, Callable[[bool], None]] = {}  # by the inhibitor's address
        # For ever: one that is called may have its inhibitor destroyed meanwhile.
        self._events = (
            _PLAIN_EVENT(lambda _data, proxy: self._answered(proxy, active=True)),
            _PLAIN_EVENT(lambda _data, proxy: self._answered(proxy, active=False)),
        )
        self._listeners = _listeners(*self._events)
        self._manager = self._bind()

    @property
    def is_offered(self) -> bool:
        """Whether the compositor has the protocol."""
        return bool(self._manager)

    def inhibit(self, window: QWidget, told: Callable[[bool], None]) -> SurfaceInhibitor | None:
        """Ask for a window that is shown; None when it has no surface or there is no keyboard.

        Args:
            window: top-level; the caller destroys the inhibitor before its surface goes.
            told: called on the window's thread with each answer of the compositor.
        """
        seat = self._native.seat()
        handle = window.windowHandle()
        if not self._manager or not seat or handle is None or not handle.isVisible():
            return None
        # The platform's window id is the wl_surface.
        arguments = (_Argument * 3)(_Argument(o=None), _Argument(), _Argument())
        arguments[1].o, arguments[2].o = int(handle.winId()), seat
        proxy = self._library.wl_proxy_marshal_array_constructor_versioned(
            self._manager, _MANAGER_INHIBIT, arguments, ctypes.byref(self._tables.inhibitor), 1
        )
        if not proxy:
            return None
        self._told[proxy] = told
        self._library.wl_proxy_add_listener(proxy, self._listeners, None)
        self._library.wl_display_flush(self._display)
        return SurfaceInhibitor(self, proxy)

    def destroy(self, proxy: int) -> None:
        """Take one wish back, by the inhibitor's address."""
        self._told.pop(proxy, None)
        self._library.wl_proxy_marshal_array(proxy, _INHIBITOR_DESTROY, None)
        self._library.wl_proxy_destroy(proxy)
        self._library.wl_display_flush(self._display)

    def _answered(self, proxy: int, *, active: bool) -> None:
        told = self._told.get(proxy)
        if told is not None:
            told(active)

    def _bind(self) -> int | None:
        """Find the global and bind it; on a queue of our own."""
        library, display = self._library, self._display
        queue = library.wl_display_create_queue(display)
        wrapper = library.wl_proxy_create_wrapper(display)
        library.wl_proxy_set_queue(wrapper, queue)
        new_id = (_Argument * 1)(_Argument(o=None))
        registry = library.wl_proxy_marshal_array_constructor_versioned(
            wrapper, _DISPLAY_GET_REGISTRY, new_id, ctypes.byref(self._tables.registry), 1
        )
        library.wl_proxy_wrapper_destroy(wrapper)
        found = self._globals(registry, queue)
        manager = None
        if _MANAGER in found:
            arguments = (_Argument * 4)()
            arguments[0].u, arguments[1].s, arguments[2].u = found[_MANAGER], _MANAGER, 1
            manager = library.wl_proxy_marshal_array_constructor_versioned(
                registry, _REGISTRY_BIND, arguments, ctypes.byref(self._tables.manager), 1
            )
            library.wl_proxy_set_queue(manager, None)  # inhibitors inherit Qt's queue
        library.wl_proxy_destroy(registry)
        library.wl_event_queue_destroy(queue)
        return manager

    def _globals(self, registry: int, queue: int) -> dict[bytes, int]:
        """Names and numbers of what the compositor offers."""
        found: dict[bytes, int] = {}

        def on_global(_data: Any, _proxy: Any, number: int, name: bytes, _version: int) -> None:
            found[name] = number

        def on_remove(_data: Any, _proxy: Any, number: int) -> None:
            for name in [name for name, known in found.items() if known == number]:
                del found[name]

        callbacks = (_GLOBAL(on_global), _GLOBAL_REMOVE(on_remove))  # alive until the answer
        listeners = _listeners(*callbacks)
        self._library.wl_proxy_add_listener(registry, listeners, None)
        self._library.wl_display_roundtrip_queue(self._display, queue)
        return found


class SurfaceInhibitor:
    """One surface's wish. Destroy it before the surface goes."""

    def __init__(self, owner: ShortcutsInhibition, proxy: int) -> None:
        self._owner, self._proxy = owner, proxy

    def destroy(self) -> None:
        """Take the wish back; a second call changes nothing."""
        proxy, self._proxy = self._proxy, 0
        if proxy:
            self._owner.destroy(proxy)


def _listeners(*callbacks: Any) -> ctypes.Array[ctypes.c_void_p]:
    return (_POINTER * len(callbacks))(*(ctypes.cast(call, _POINTER) for call in callbacks))


@cache
def shortcuts_inhibition() -> ShortcutsInhibition | None:
    """What the compositor of this program offers; None when it offers nothing of the kind.

    Wants Qt 6.11, which tells the seat, and libwayland-client, which Qt's platform has loaded.
    """
    application = QGuiApplication.instance()
    if QGuiApplication.platformName() != "wayland" or not isinstance(application, QGuiApplication):
        return None
    native = application.nativeInterface()
    if not isinstance(native, QNativeInterface.QWaylandApplication):
        return None
    try:
        offered = ShortcutsInhibition(_typed_library(), native)
    except OSError as err:
        _log.info("%s", err)
        return None
    if not offered.is_offered:
        _log.info("The compositor keeps its shortcuts: it has no %s.", _MANAGER.decode())
        return None
    return offered


def _typed_library() -> Any:
    library = ctypes.CDLL("libwayland-client.so.0")
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
