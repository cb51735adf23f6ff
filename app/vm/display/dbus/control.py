"""What we ask of QEMU's console objects, and what they tell, without I/O.

The names are those of QEMU's ui/dbus-display1.xml. Calls that are asked for before both ends know
each other wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.vm.display.dbus import messages
from app.vm.display.dbus.listener import PROPERTIES
from app.vm.display.dbus.messages import Header, Kind
from app.vm.display.dbus.values import Reader
from app.vm.stream import Parser, ProtocolError, Skip, Wire

CONSOLE = "org.qemu.Display1.Console"
MOUSE = "org.qemu.Display1.Mouse"
KEYBOARD = "org.qemu.Display1.Keyboard"

_UNKNOWN = "org.freedesktop.DBus.Error.UnknownMethod"


def console_path(head: int) -> str:
    """Where the console of this head is; the first head is 0."""
    return f"/org/qemu/Display1/Console_{head}"


@dataclass(frozen=True, slots=True)
class Connected:
    """Both ends know each other; calls go out from now on."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A call was answered.

    Attributes:
        serial: the call's number.
        values: of the answer; empty when it was refused.
        error: words of the refusal, None when there was none.
    """

    serial: int
    values: tuple[Any, ...]
    error: str | None


@dataclass(frozen=True, slots=True)
class PropertyChanged:
    """A property of the object at a path, such as a console, has another value."""

    path: str
    interface: str
    name: str
    value: Any


ControlEvent = Connected | Answered | PropertyChanged


class ControlWire(Wire[ControlEvent]):
    """Reads QEMU's side of the connection that `add_client` has made, from its first byte."""

    def __init__(self) -> None:
        self._serial = 0
        super().__init__(self._parse())

    def call(
        self,
        path: str,
        interface: str,
        member: str,
        signature: str = "",
        values: Sequence[Any] = (),
        *,
        fds: int = 0,
    ) -> tuple[int, bytes]:
        """A call's number and its bytes; `fds` descriptors have to go with them."""
        self._serial = self._serial % 0xFFFFFFFF + 1
        data = messages.call(
            self._serial, path, interface, member, signature=signature, values=values, fds=fds
        )
        return self._serial, data

    def _parse(self) -> Parser[None]:
        yield from messages.authenticate(self._outbox)
        self._events.append(Connected())
        while True:
            header = yield from messages.read_header()
            if header.fds:
                raise ProtocolError("a descriptor that nobody asked for")
            if header.body_bytes > messages.MAX_SMALL_BODY:
                yield Skip(header.body_bytes)
                continue
            data = yield from self._take(header.body_bytes)
            self._handle(header, Reader(data, header.order).values(header.signature))

    def _handle(self, header: Header, values: tuple[Any, ...]) -> None:
        match header.kind:
            case Kind.RETURN:
                self._events.append(Answered(header.reply_to, values, None))
            case Kind.ERROR:
                words = str(values[0]) if values else header.error_name
                self._events.append(Answered(header.reply_to, (), words or "refused"))
            case Kind.SIGNAL if header.interface == PROPERTIES:
                self._changed(header.path, values)
            case Kind.CALL if header.wants_reply:
                self._serial = self._serial % 0xFFFFFFFF + 1
                self._outbox += messages.refusal(
                    self._serial, header.serial, _UNKNOWN, "nothing to be called here"
                )
            case _:
                pass

    def _changed(self, path: str, values: tuple[Any, ...]) -> None:
        """``PropertiesChanged(sa{sv}as)``."""
        match values:
            case (str(interface), list(pairs), list()):
                for name, value in pairs:
                    self._events.append(PropertyChanged(path, interface, str(name), value))
            case _:
                raise ProtocolError("a change of properties that makes no sense")
