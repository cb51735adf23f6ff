"""How the computer stands, and the kernel's switch that tells it where there is one.

Sources: linux/input-event-codes.h (EV_SW, SW_TABLET_MODE, SW_MAX), linux/input.h (EVIOCGBIT,
EVIOCGSW, struct input_event) and asm-generic/ioctl.h (_IOC).
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import logging
import os
import struct
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from app.vm.unbroken import unbroken

_log = logging.getLogger(__name__)

EV_SW = 0x05
SW_TABLET_MODE = 0x01
_LONG_BYTES = struct.calcsize("@L")  # SW_MAX is 0x10: one long holds every switch.
_EVENT_BYTES = struct.calcsize("@LLHHi")  # struct input_event: seconds, microseconds, type, code...
_READ_BYTES = 64 * _EVENT_BYTES  # The kernel gives whole events only; more come at the next call.
_IOC_READ = 2 << 30 | _LONG_BYTES << 16 | ord("E") << 8  # _IOC(_IOC_READ, 'E', 0, one long)
_EVIOCGSW = _IOC_READ | 0x1B
_EVIOCGBIT_SW = _IOC_READ | 0x20 + EV_SW


class Posture(StrEnum):
    """How the computer stands."""

    KEYBOARD_ATTACHED = "keyboard-attached"
    STAND = "stand"
    TABLET = "tablet"
    FOLDED = "folded"


class SensorGap(StrEnum):
    """Stable names of why no sensor tells the posture."""

    NONE = "no-sensor"
    UNREADABLE = "sensor-unreadable"
    GONE = "sensor-gone"


@dataclass(frozen=True, slots=True)
class NoSensor:
    """Why no sensor tells the posture.

    Attributes:
        gap: stable name.
        message: one sentence for people.
        remedy: what the person can do, a sentence or empty.
    """

    gap: SensorGap
    message: str
    remedy: str = ""


NO_SENSOR = NoSensor(SensorGap.NONE, "No tablet sensor on this computer.")
SENSOR_GONE = NoSensor(
    SensorGap.GONE,
    "The tablet sensor is gone.",
    "Set the posture by hand, or restart Duplex VM when the sensor is back.",
)


class SwitchPorts(Protocol):
    """What `TabletSwitch` asks of the kernel. All of it blocks for a moment; called in a thread."""

    def devices(self) -> Sequence[Path]:
        """Every input device, in a fixed order; empty where there are none."""

    def switches(self, device: Path) -> int | None:
        """Bits of the switches that `device` has, asked without opening it; None: unknown."""

    def open(self, device: Path) -> int:
        """Open for reading, without blocking; the caller closes the descriptor.

        Raises:
            OSError: gone, or not for this account.
        """

    def ioctl(self, fd: int, request: int, buffer: bytearray) -> None:
        """Let the kernel fill `buffer`. Also called on the loop: it never waits for hardware.

        Raises:
            OSError: the device is gone, or does not know the request.
        """


class KernelPorts:
    """The real thing.

    Args:
        nodes: folder of the device files.
        classes: folder in which sysfs describes them.
    """

    def __init__(
        self, nodes: Path = Path("/dev/input"), classes: Path = Path("/sys/class/input")
    ) -> None:
        self._nodes, self._classes = nodes, classes

    def devices(self) -> Sequence[Path]:
        """See `SwitchPorts`."""
        return sorted(self._nodes.glob("event*"))

    def switches(self, device: Path) -> int | None:
        """See `SwitchPorts`. Longs in hexadecimal, the highest first (drivers/input/input.c)."""
        file = self._classes / device.name / "device" / "capabilities" / "sw"
        try:
            return int(file.read_text(encoding="ascii").split()[-1], 16)
        except (OSError, ValueError, IndexError) as err:
            _log.debug("%s: sysfs does not tell its switches: %r", device.name, err)
            return None

    def open(self, device: Path) -> int:
        """See `SwitchPorts`."""
        return os.open(device, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)

    def ioctl(self, fd: int, request: int, buffer: bytearray) -> None:
        """See `SwitchPorts`."""
        fcntl.ioctl(fd, request, buffer, True)


class TabletSwitch:
    """The kernel's tablet-mode switch; belongs to the loop that `start` ran on.

    Some computers have two such switches, one of which never moves: the computer is a tablet as
    soon as one of them says so. Only devices with the switch are opened, and what is read from
    them is thrown away unseen: an event only means that the state has to be asked for. So keys on
    the same device are nobody's business, and events that the kernel dropped do no harm.
    """

    def __init__(self, ports: SwitchPorts | None = None) -> None:
        self._ports = ports or KernelPorts()
        self._states: dict[int, bool] = {}  # descriptor: is a tablet
        self._names: dict[int, str] = {}
        self._absence: NoSensor = NO_SENSOR
        self._changed: Callable[[], None] | None = None
        self._looking = asyncio.Lock()

    @property
    def posture(self) -> Posture | None:
        """What the switch says now; None without one, see `absence`."""
        if not self._states:
            return None
        return Posture.TABLET if any(self._states.values()) else Posture.KEYBOARD_ATTACHED

    @property
    def absence(self) -> NoSensor | None:
        """Why there is no sensor; None when there is one."""
        return None if self._states else self._absence

    async def start(self, changed: Callable[[], None]) -> None:
        """Look for the switch, and follow it on the running loop until `close`.

        May be called again, to look again for one that was not there.

        Args:
            changed: called on the loop after `posture` or `absence` has changed; not for what this
                call finds.
        """
        self._changed = changed
        async with self._looking:
            if not self._states:
                await unbroken(self._look())  # A thread that opens files cannot be stopped.

    def close(self) -> None:
        """Stop following; there is no sensor any more, and nobody is told."""
        self._changed = None
        for fd in tuple(self._states):
            self._release(fd)

    async def _look(self) -> None:
        found, self._absence = await asyncio.to_thread(self._find)
        for fd, (name, is_tablet) in found.items():
            self._names[fd], self._states[fd] = name, is_tablet
            if self._changed is None:  # closed meanwhile
                self._release(fd)
            else:
                self._follow(fd)

    def _follow(self, fd: int) -> None:
        try:
            asyncio.get_running_loop().add_reader(fd, self._on_readable, fd)
        except OSError as err:
            self._lose(fd, err)

    def _find(self) -> tuple[dict[int, tuple[str, bool]], NoSensor]:
        """Open every device with the switch, in a thread; why there is none, if there is none."""
        found: dict[int, tuple[str, bool]] = {}
        absence = NO_SENSOR
        for device in self._ports.devices():
            switches = self._ports.switches(device)
            if switches is not None and not switches & (1 << SW_TABLET_MODE):
                continue
            try:
                fd = self._ports.open(device)
            except PermissionError:
                absence = _unreadable(device)
                continue
            except OSError as err:
                _log.debug("%s: cannot be opened: %s", device.name, err)
                continue
            is_tablet = self._first_state(fd, device.name)
            if is_tablet is None:
                os.close(fd)
            else:
                found[fd] = (device.name, is_tablet)
        return found, absence

    def _first_state(self, fd: int, name: str) -> bool | None:
        """What an opened device says; None when it has no such switch."""
        try:
            if self._ask(fd, _EVIOCGBIT_SW):
                _log.info("%s tells whether the computer is a tablet", name)
                return self._ask(fd, _EVIOCGSW)
        except OSError as err:
            _log.debug("%s: is no input device: %s", name, err)
        return None

    def _ask(self, fd: int, request: int) -> bool:
        """The tablet switch's bit in the kernel's answer: a bit field of one native long."""
        buffer = bytearray(_LONG_BYTES)
        self._ports.ioctl(fd, request, buffer)
        return bool(int.from_bytes(buffer, sys.byteorder) & (1 << SW_TABLET_MODE))

    def _on_readable(self, fd: int) -> None:
        before = (self.posture, self.absence)
        try:
            self._states[fd] = self._state_after_events(fd)
        except BlockingIOError:
            return  # Nothing new after all; the state was asked for when there was.
        except OSError as err:  # ENODEV: unplugged
            self._lose(fd, err)
        if self._changed is not None and (self.posture, self.absence) != before:
            self._changed()

    def _state_after_events(self, fd: int) -> bool:
        """Throw events away first, then ask: whatever comes later makes it readable again."""
        if not os.read(fd, _READ_BYTES):
            raise OSError(errno.ENODEV, "end of file")  # Readable for ever: the loop would spin.
        return self._ask(fd, _EVIOCGSW)

    def _lose(self, fd: int, err: OSError) -> None:
        _log.info("%s: the tablet switch is gone: %s", self._names[fd], err)
        self._release(fd)
        self._absence = SENSOR_GONE

    def _release(self, fd: int) -> None:
        asyncio.get_running_loop().remove_reader(fd)
        os.close(fd)
        del self._states[fd], self._names[fd]


def _unreadable(device: Path) -> NoSensor:
    # Not the group `input`: it would let every program of this account read every keyboard.
    return NoSensor(
        SensorGap.UNREADABLE,
        "The tablet sensor is not readable by this account.",
        f'Allow it until the next restart with “sudo setfacl -m "u:$USER:r" {device}”, '
        "then start Duplex VM again; or set the posture by hand.",
    )
