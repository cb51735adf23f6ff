"""The tablet switch: what it says is asked of the kernel, never taken from an event."""

from __future__ import annotations

import asyncio
import errno
import os
import random
import socket
import struct
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from app.vm.posture import (
    _EVENT_BYTES,
    EV_SW,
    SW_TABLET_MODE,
    KernelPorts,
    NoSensor,
    Posture,
    SensorGap,
    TabletSwitch,
)
from tests.helpers.descriptors import open_descriptors
from tests.helpers.waiting import eventually

LID = 1 << 0
TABLET = 1 << SW_TABLET_MODE
EVIOCGSW_8 = 0x8008451B  # linux/input.h on a 64-bit computer, written out
EVIOCGBIT_SW_8 = 0x80084525


class Device:
    """One input device: a real descriptor to read from, and the kernel's knowledge beside it."""

    def __init__(self, switches: int = TABLET, state: int = 0, *, sysfs: bool = True) -> None:
        self.switches, self.state, self.sysfs = switches, state, sysfs
        self.refusal: OSError | None = None
        self.lost = False
        self.asked = 0
        self.reader, self.writer = socket.socketpair()
        self.reader.setblocking(False)

    def send(self, data: bytes) -> None:
        self.writer.sendall(data)

    def turn(self, state: int, *, value: int | None = None) -> None:
        """The switch moves and says so; `value` when the event says something else."""
        self.state = state
        told = state >> SW_TABLET_MODE & 1 if value is None else value
        self.send(struct.pack("@LLHHi", 5, 7, EV_SW, SW_TABLET_MODE, told) + bytes(_EVENT_BYTES))


class Ports:
    """A kernel with these devices."""

    def __init__(self, **devices: Device) -> None:
        self.devices_by_name = devices
        self.opened: dict[int, Device] = {}
        self.hold = threading.Event()
        self.hold.set()
        self.inside = threading.Event()

    def devices(self) -> Sequence[Path]:
        self.inside.set()
        assert self.hold.wait(10)
        return [Path("/dev/input") / name for name in self.devices_by_name]

    def switches(self, device: Path) -> int | None:
        found = self.devices_by_name[device.name]
        return found.switches if found.sysfs else None

    def open(self, device: Path) -> int:
        found = self.devices_by_name[device.name]
        if found.refusal is not None:
            raise found.refusal
        fd = os.dup(found.reader.fileno())
        self.opened[fd] = found
        return fd

    def ioctl(self, fd: int, request: int, buffer: bytearray) -> None:
        device = self.opened[fd]
        device.asked += 1
        if device.lost:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        answers = {EVIOCGSW_8: device.state, EVIOCGBIT_SW_8: device.switches}
        assert len(buffer) == 8
        buffer[:] = answers[request].to_bytes(8, sys.byteorder)


class Told:
    """Counts how often a change was told, and remembers what was true then."""

    def __init__(self, switch: TabletSwitch) -> None:
        self.switch = switch
        self.postures: list[Posture | None] = []

    def __call__(self) -> None:
        self.postures.append(self.switch.posture)


@pytest.fixture
def device() -> Iterator[Device]:
    made = Device()
    yield made
    made.reader.close()
    made.writer.close()


@pytest.fixture
def other() -> Iterator[Device]:
    made = Device()
    yield made
    made.reader.close()
    made.writer.close()


async def followed(ports: Ports) -> tuple[TabletSwitch, Told]:
    switch = TabletSwitch(ports)
    told = Told(switch)
    await switch.start(told)
    return switch, told


def gap(switch: TabletSwitch) -> NoSensor:
    assert switch.posture is None
    assert switch.absence is not None
    return switch.absence


def test_an_event_has_the_kernel_s_size() -> None:
    assert _EVENT_BYTES == 24  # struct input_event on a 64-bit computer


async def test_a_computer_without_input_devices_has_no_sensor() -> None:
    switch, told = await followed(Ports())

    assert gap(switch) == NoSensor(SensorGap.NONE, "No tablet sensor on this computer.")
    assert not told.postures
    switch.close()


async def test_devices_without_the_switch_are_not_even_opened(device: Device) -> None:
    device.switches = LID
    ports = Ports(event0=device)

    switch, _ = await followed(ports)

    assert gap(switch).gap is SensorGap.NONE
    assert not ports.opened
    switch.close()


@pytest.mark.parametrize("switches", [0, LID, 1 << 2])
async def test_what_sysfs_does_not_tell_is_asked_of_the_device_which_is_then_closed(
    device: Device, switches: int
) -> None:
    device.sysfs, device.switches = False, switches
    ports = Ports(event0=device)
    before = open_descriptors()

    switch, _ = await followed(ports)

    assert gap(switch).gap is SensorGap.NONE
    assert ports.opened
    assert open_descriptors() == before
    switch.close()


@pytest.mark.parametrize("sysfs", [True, False])
@pytest.mark.parametrize(
    ("state", "posture"),
    [
        (0, Posture.KEYBOARD_ATTACHED),
        (LID, Posture.KEYBOARD_ATTACHED),
        (TABLET, Posture.TABLET),
        (TABLET | LID, Posture.TABLET),
    ],
)
async def test_the_first_state_is_the_one_that_the_switch_is_in(
    device: Device, state: int, posture: Posture, sysfs: bool
) -> None:
    device.switches, device.state, device.sysfs = TABLET | LID, state, sysfs

    switch, told = await followed(Ports(event0=device))

    assert switch.posture is posture
    assert switch.absence is None
    assert not told.postures  # what was found is no change
    switch.close()


async def test_every_move_of_the_switch_is_told_once(device: Device) -> None:
    switch, told = await followed(Ports(event0=device))

    device.turn(TABLET)
    await eventually(lambda: told.postures == [Posture.TABLET])
    device.turn(0)
    await eventually(lambda: told.postures == [Posture.TABLET, Posture.KEYBOARD_ATTACHED])
    switch.close()


async def test_an_event_that_says_something_else_than_the_kernel_is_not_believed(
    device: Device,
) -> None:
    switch, told = await followed(Ports(event0=device))

    asked = device.asked
    device.turn(0, value=1)
    await eventually(lambda: device.asked > asked)
    assert switch.posture is Posture.KEYBOARD_ATTACHED

    device.turn(TABLET, value=0)
    await eventually(lambda: told.postures == [Posture.TABLET])
    switch.close()


async def test_short_and_hostile_reads_do_no_harm(device: Device) -> None:
    switch, told = await followed(Ports(event0=device))
    chance = random.Random(4)

    for size in (1, 7, 23, 24, 25, 47, 1000, 9000):
        asked = device.asked
        device.send(chance.randbytes(size))
        await eventually(lambda asked=asked: device.asked > asked)
    device.turn(TABLET)

    await eventually(lambda: switch.posture is Posture.TABLET)
    assert told.postures == [Posture.TABLET]
    switch.close()


async def test_a_flood_of_events_leaves_the_loop_awake_and_the_last_state_counts(
    device: Device,
) -> None:
    switch, told = await followed(Ports(event0=device))
    device.writer.setblocking(False)

    for _ in range(200):
        device.turn(TABLET)
        await asyncio.sleep(0)
    device.turn(0)

    await eventually(lambda: told.postures[-1:] == [Posture.KEYBOARD_ATTACHED])
    assert told.postures == [Posture.TABLET, Posture.KEYBOARD_ATTACHED]
    switch.close()


@pytest.mark.parametrize("how", ["end of file", "read fails", "ioctl fails"])
async def test_a_device_that_goes_away_is_closed_and_told_as_gone(device: Device, how: str) -> None:
    device.state = TABLET
    ports = Ports(event0=device)
    before = open_descriptors()
    switch, told = await followed(ports)

    match how:
        case "end of file":
            device.writer.shutdown(socket.SHUT_WR)
        case "read fails":  # a peer that leaves with words unread resets the connection
            device.reader.send(b"never read")
            device.writer.close()
        case "ioctl fails":
            device.lost = True
            device.send(b"x")

    await eventually(lambda: told.postures)
    assert told.postures == [None]
    assert gap(switch).gap is SensorGap.GONE
    assert gap(switch).message
    assert gap(switch).remedy
    assert open_descriptors() == before - (how == "read fails")  # we closed that end ourselves
    switch.close()


async def test_a_spurious_wake_up_changes_nothing(device: Device) -> None:
    ports = Ports(event0=device)
    switch, told = await followed(ports)
    asked = device.asked

    switch._on_readable(next(iter(ports.opened)))

    assert (switch.posture, device.asked) == (Posture.KEYBOARD_ATTACHED, asked)
    assert not told.postures
    switch.close()


async def test_with_two_switches_the_computer_is_a_tablet_as_soon_as_one_says_so(
    device: Device, other: Device
) -> None:
    switch, told = await followed(Ports(event0=device, event1=other))

    other.turn(TABLET)
    await eventually(lambda: told.postures == [Posture.TABLET])
    asked = device.asked
    device.turn(TABLET)
    await eventually(lambda: device.asked > asked)
    assert told.postures == [Posture.TABLET]
    other.turn(0)
    device.turn(0)
    await eventually(lambda: told.postures == [Posture.TABLET, Posture.KEYBOARD_ATTACHED])
    switch.close()


async def test_of_two_switches_the_one_that_stays_is_followed_on(
    device: Device, other: Device
) -> None:
    other.state = TABLET
    switch, told = await followed(Ports(event0=device, event1=other))

    other.lost = True
    other.send(b"x")
    await eventually(lambda: told.postures == [Posture.KEYBOARD_ATTACHED])
    assert switch.absence is None
    device.turn(TABLET)
    await eventually(lambda: switch.posture is Posture.TABLET)
    switch.close()


@pytest.mark.parametrize("sysfs", [True, False])
async def test_a_switch_that_this_account_may_not_read_is_told_with_the_remedy(
    device: Device, sysfs: bool
) -> None:
    device.sysfs = sysfs
    device.refusal = PermissionError(errno.EACCES, "Permission denied")

    switch, _ = await followed(Ports(event7=device))

    absence = gap(switch)
    assert absence.gap is SensorGap.UNREADABLE
    assert "not readable by this account" in absence.message
    assert 'sudo setfacl -m "u:$USER:r" /dev/input/event7' in absence.remedy
    switch.close()


async def test_a_readable_switch_counts_beside_one_that_is_not(
    device: Device, other: Device
) -> None:
    other.refusal = PermissionError(errno.EACCES, "Permission denied")

    switch, _ = await followed(Ports(event0=other, event1=device))

    assert switch.posture is Posture.KEYBOARD_ATTACHED
    assert switch.absence is None
    switch.close()


@pytest.mark.parametrize("number", [errno.ENOENT, errno.ENODEV, errno.EIO])
async def test_a_device_that_is_gone_before_it_is_opened_is_none(
    device: Device, number: int
) -> None:
    device.refusal = OSError(number, os.strerror(number))

    switch, _ = await followed(Ports(event0=device))

    assert gap(switch).gap is SensorGap.NONE
    switch.close()


async def test_a_device_that_is_gone_before_it_answers_is_closed(device: Device) -> None:
    device.lost = True
    before = open_descriptors()

    switch, _ = await followed(Ports(event0=device))

    assert gap(switch).gap is SensorGap.NONE
    assert open_descriptors() == before
    switch.close()


async def test_a_descriptor_that_the_loop_cannot_watch_counts_as_gone(
    tmp_path: Path, device: Device
) -> None:
    ports = Ports(event0=device)
    plain = tmp_path / "plain"
    plain.touch()

    def open_file(_: Path) -> int:
        fd = os.open(plain, os.O_RDONLY)  # epoll refuses files
        ports.opened[fd] = device
        return fd

    ports.open = open_file
    before = open_descriptors()

    switch, told = await followed(ports)

    assert gap(switch).gap is SensorGap.GONE
    assert not told.postures
    assert open_descriptors() == before
    switch.close()


async def test_a_sensor_that_is_there_later_is_found_by_a_second_look(device: Device) -> None:
    ports = Ports()
    switch, told = await followed(ports)
    assert gap(switch).gap is SensorGap.NONE

    ports.devices_by_name["event0"] = device
    await switch.start(told)
    assert switch.posture is Posture.KEYBOARD_ATTACHED
    await switch.start(told)

    assert len(ports.opened) == 1  # one that is followed is not opened twice
    switch.close()


async def test_two_looks_at_once_open_the_device_once(device: Device) -> None:
    ports = Ports(event0=device)
    switch = TabletSwitch(ports)

    await asyncio.gather(switch.start(lambda: None), switch.start(lambda: None))

    assert len(ports.opened) == 1
    switch.close()


async def test_after_close_nothing_is_told_and_nothing_is_open(device: Device) -> None:
    before = open_descriptors()
    switch, told = await followed(Ports(event0=device))

    switch.close()
    device.turn(TABLET)
    await asyncio.sleep(0)

    assert switch.posture is None
    assert not told.postures
    assert open_descriptors() == before
    switch.close()


async def test_close_during_the_first_look_leaves_nothing_open(device: Device) -> None:
    ports = Ports(event0=device)
    ports.hold.clear()
    before = open_descriptors()
    switch = TabletSwitch(ports)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(switch.start(lambda: None))
        await eventually(ports.inside.is_set)
        switch.close()
        ports.hold.set()

    assert switch.posture is None
    assert ports.opened
    await eventually(lambda: open_descriptors() == before)


async def test_a_cancelled_look_leaves_nothing_that_close_does_not_close(device: Device) -> None:
    ports = Ports(event0=device)
    ports.hold.clear()
    switch = TabletSwitch(ports)

    async with asyncio.TaskGroup() as tasks:
        look = tasks.create_task(switch.start(lambda: None))
        await eventually(ports.inside.is_set)
        look.cancel()
        await asyncio.sleep(0)
        ports.hold.set()

    assert look.cancelled()
    assert ports.opened  # the thread has come to its end before the caller was told
    switch.close()
    for fd in ports.opened:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(fd)


def test_the_kernel_s_devices_are_listed_in_a_fixed_order(tmp_path: Path) -> None:
    for name in ("event3", "event0", "mouse0", "js0"):
        (tmp_path / name).touch()

    assert [path.name for path in KernelPorts(tmp_path).devices()] == ["event0", "event3"]
    assert not KernelPorts(tmp_path / "none").devices()


@pytest.mark.parametrize(
    ("content", "bits"),
    [("0\n", 0), ("2\n", 2), ("21\n", 0x21), ("1 3\n", 3), ("\n", None), ("zz\n", None),
     ("\udcff", None), (None, None)],
)  # fmt: skip
def test_what_sysfs_says_of_a_device_is_read_without_trust(
    tmp_path: Path, content: str | None, bits: int | None
) -> None:
    folder = tmp_path / "event3" / "device" / "capabilities"
    folder.mkdir(parents=True)
    if content is not None:
        (folder / "sw").write_bytes(content.encode(errors="surrogateescape"))

    assert KernelPorts(classes=tmp_path).switches(Path("/dev/input/event3")) == bits


async def test_files_that_are_no_devices_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "event0").touch()
    (tmp_path / "event1").symlink_to("nowhere")
    os.mkfifo(tmp_path / "event2")
    before = open_descriptors()

    switch = TabletSwitch(KernelPorts(tmp_path, tmp_path))
    await switch.start(lambda: None)

    assert gap(switch).gap is SensorGap.NONE
    assert open_descriptors() == before
    switch.close()


async def test_this_very_computer_can_be_asked() -> None:
    switch = TabletSwitch()

    await switch.start(lambda: None)

    assert (switch.posture is None) is (switch.absence is not None)
    switch.close()
