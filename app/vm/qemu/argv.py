"""QEMU's command line: a pure function of the hardware record, the host and this run.

Nothing is left to QEMU's defaults (`-nodefaults`), and values that people choose travel as JSON
objects wherever QEMU takes them, so that no comma or equals sign in a path can become an option
(QEMU manual page; qemu-options of 7.2). Golden files in the tests hold the result for every layout.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.errors import StoreError
from app.vm.hardware import (
    AGENT_PORT,
    GUEST_AGENT_PORT,
    INSTALL_DRIVE,
    MOST_SCREENS,
    SYSTEM_DISK,
)
from app.vm.limits import translation_buffer_mib
from app.vm.model import Chipset, Device, DeviceKind, Firmware, VmConfig
from app.vm.store import FIRMWARE_FILE, PID_FILE, VARIABLES_FILE

MONITOR, MONITOR_INPUT, MONITOR_AUX = "qmp", "qmp-input", "qmp-aux"
MONITORS = (MONITOR, MONITOR_INPUT, MONITOR_AUX)
DBUS_DISPLAY = "dbus,p2p=on"
"""Of ``-display``: a client is given a connection of its own, there is no bus."""
VNC, SERIAL, AGENT, GUEST_AGENT = "vnc", "serial", "agent", "qga"
VNC_OF_HEAD = (VNC, *(f"vnc-{head}" for head in range(1, MOST_SCREENS)))
"""Each screen has a server of its own."""
SOCKETS = (*MONITORS, *VNC_OF_HEAD, SERIAL, AGENT, GUEST_AGENT)
"""File names of the sockets inside a run's folder."""

_PORT_NAMES = {
    AGENT_PORT: (AGENT, "com.redhat.spice.0"),
    GUEST_AGENT_PORT: (GUEST_AGENT, "org.qemu.guest_agent.0"),
}
_SANDBOX = "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"
_DISK_BOOT_INDEX, _DISC_BOOT_INDEX, _FURTHER_BOOT_INDEX = 1, 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What the host adds to a machine for one run.

    Attributes:
        binary: the QEMU to start.
        accelerator: ``kvm`` or ``tcg``.
        sockets: folder of the run's sockets.
        uefi_code: firmware code, for UEFI machines.
        dbus_display: this QEMU can push its pictures; VNC is there in any case.
    """

    binary: str
    accelerator: str
    sockets: Path
    uefi_code: Path | None = None
    dbus_display: bool = False


def build_argv(config: VmConfig, folder: Path, run: RunOptions) -> list[str]:
    """Whole command line of one run, binary first.

    Args:
        config: the machine, with this run's settings applied.
        folder: the machine's folder, with its disks.
        run: what the host adds.

    Raises:
        StoreError: the record has a port that nothing can be connected to.
    """
    groups = (
        [run.binary, "-no-user-config", "-nodefaults", "-S", "-display", _display(run)],
        _identity(config, folder),
        _board(config, run),
        _firmware(config, folder, run),
        _monitors(run.sockets),
        _network(config),
        *(_device(device, config, folder, run) for device in config.hardware.devices),
        _console(run.sockets),
        *(_further_screen(head, device, run.sockets) for head, device in _further_screens(config)),
    )
    return [word for group in groups for word in group]


def _display(run: RunOptions) -> str:
    return DBUS_DISPLAY if run.dbus_display else "none"


def disk_options(config: VmConfig, folder: Path, disk_id: str) -> list[dict[str, object]]:
    """What the command line says of one disk: its file, its image and its device, in this order.

    The monitor takes the same (`blockdev-add` twice, `device_add`), so that a disk which comes to
    a running machine is the one that the next start gives it.

    Args:
        config: the machine with the disk.
        folder: the machine's folder.
        disk_id: which disk.

    Raises:
        KeyError: there is none of that id.
    """
    device = config.hardware.device(disk_id)
    options = _placed(device)
    words = [*_disk(device, config, folder, options), "-device", _json(options)]
    return [json.loads(word) for word in words[1::2]]


def socket_path(sockets: Path, name: str) -> Path:
    """Path of one of `SOCKETS`."""
    return sockets / name


def _identity(config: VmConfig, folder: Path) -> list[str]:
    short = config.id.hex[:8]
    return [
        "-name", f"guest={_plain(config.name)},process=duplex-vm-{short},debug-threads=on",
        "-uuid", str(config.id),
        "-pidfile", str(folder / PID_FILE),
        "-msg", "timestamp=on",
        "-sandbox", _SANDBOX,
    ]  # fmt: skip


def _board(config: VmConfig, run: RunOptions) -> list[str]:
    hardware = config.hardware
    board = [_plain(hardware.machine_type), "vmport=off", "memory-backend=ram0"]
    if hardware.firmware is Firmware.UEFI:
        board += ["pflash0=fw-code", "pflash1=fw-vars"]
    memory = {
        "qom-type": "memory-backend-memfd",
        "id": "ram0",
        "size": config.memory_mib << 20,
        "share": True,
    }
    return [
        "-machine", ",".join(board),
        "-accel", _accelerator(config, run),
        "-cpu", "host" if run.accelerator == "kvm" else "max",
        "-smp", f"{config.cpus},sockets=1,cores={config.cpus},threads=1",
        "-m", f"{config.memory_mib}M",
        "-object", _json(memory),
        "-rtc", f"base={_plain(hardware.clock)},driftfix=slew",
        "-boot", "strict=on",
        "-action", "shutdown=poweroff,reboot=reset,panic=pause",
    ]  # fmt: skip


def _accelerator(config: VmConfig, run: RunOptions) -> str:
    if run.accelerator == "kvm":
        return "kvm"
    return f"tcg,thread=multi,tb-size={translation_buffer_mib(config.memory_mib)}"


def _firmware(config: VmConfig, folder: Path, run: RunOptions) -> list[str]:
    if config.hardware.firmware is Firmware.FILE:
        return ["-bios", str(folder / FIRMWARE_FILE)]
    if config.hardware.firmware is not Firmware.UEFI:
        return []
    if run.uefi_code is None:
        raise ValueError("a UEFI machine needs its firmware's path")
    return [
        *_blockdev("fw-code", run.uefi_code, driver="raw", read_only=True),
        *_blockdev("fw-vars", folder / VARIABLES_FILE, driver="raw"),
    ]


def _monitors(sockets: Path) -> list[str]:
    words = []
    for name in MONITORS:
        words += [*_chardev(name, sockets), "-mon", f"chardev={name},mode=control"]
    return words


def _network(config: VmConfig) -> list[str]:
    if any(device.kind is DeviceKind.NETWORK for device in config.hardware.devices):
        return ["-netdev", "user,id=net0"]
    return []


def _console(sockets: Path) -> list[str]:
    serial: dict[str, object] = {"driver": "isa-serial", "id": "serial0", "chardev": SERIAL}
    return [
        *_chardev(SERIAL, sockets),
        "-device", _json(serial),
        # Several viewers may look on; input does not come this way.
        "-vnc", f"unix:{_plain(str(sockets / VNC))},share=force-shared",
    ]  # fmt: skip


def _further_screens(config: VmConfig) -> Iterator[tuple[int, Device]]:
    for device in config.hardware.devices:
        for head in range(1, min(device.outputs, MOST_SCREENS)):
            yield head, device


def _further_screen(head: int, device: Device, sockets: Path) -> list[str]:
    place = f"unix:{_plain(str(sockets / VNC_OF_HEAD[head]))}"
    return ["-vnc", f"{place},share=force-shared,display={_plain(device.id)},head={head}"]


def _device(device: Device, config: VmConfig, folder: Path, run: RunOptions) -> list[str]:
    words: list[str] = []
    options = _placed(device)
    if device.kind is DeviceKind.DISK:
        words += _disk(device, config, folder, options)
    elif device.kind is DeviceKind.CDROM:
        words += _optical_drive(device, config, options)
    elif device.kind is DeviceKind.SERIAL_PORT:
        if device.id not in _PORT_NAMES:
            raise StoreError(f"The machine has a serial port that is not known: {device.id}.")
        chardev, options["name"] = _PORT_NAMES[device.id]
        words += _chardev(chardev, run.sockets)
        options |= {"chardev": chardev, "nr": device.port}
    else:
        options |= _simple_options(device, config)
    return [*words, "-device", _json(options)]


def _placed(device: Device) -> dict[str, object]:
    options: dict[str, object] = {"driver": device.driver, "id": device.id}
    if device.bus:
        options["bus"] = device.bus
    if device.addr:
        options["addr"] = device.addr
    return options


def _simple_options(device: Device, config: VmConfig) -> dict[str, object]:
    options: dict[DeviceKind, dict[str, object]] = {
        DeviceKind.ROOT_PORT: {"chassis": device.port, "slot": device.port},
        DeviceKind.SERIAL: {"max_ports": 31},
        DeviceKind.BALLOON: {"deflate-on-oom": True, "free-page-reporting": True},
        # Without an option ROM the firmware does not try to start from the network.
        DeviceKind.NETWORK: {"netdev": "net0", "mac": device.mac, "romfile": ""},
    }
    if device.driver == "qemu-xhci":
        return {"p2": 8, "p3": 8}  # ports for sticks and passed-through devices
    if device.outputs > 1:
        return {"max_outputs": min(device.outputs, MOST_SCREENS)}
    if device.driver == "VGA" and config.hardware.chipset is Chipset.Q35:
        return {"vgamem_mb": 64}  # room for 4K modes; the default of 16 ends at 2560x1600
    return options.get(device.kind, {})


def _disk(device: Device, config: VmConfig, folder: Path, options: dict[str, object]) -> list[str]:
    disk = next(disk for disk in config.disks if disk.id == device.id)
    options |= {"drive": disk.id, "werror": "stop", "rerror": "stop"}
    if device.driver.startswith("ide-"):
        options["unit"] = device.port
    # SeaBIOS shows no virtio disk without an index to a boot loader, which may need a second one.
    further = _FURTHER_BOOT_INDEX + config.disks.index(disk)
    options["bootindex"] = _DISK_BOOT_INDEX if disk.id == SYSTEM_DISK else further
    return _blockdev(disk.id, folder / disk.file, driver="qcow2", discard=True)


def _optical_drive(device: Device, config: VmConfig, options: dict[str, object]) -> list[str]:
    options["unit"] = device.port
    medium = config.enhance_file_path
    if device.id == INSTALL_DRIVE:
        options["bootindex"] = _DISC_BOOT_INDEX
        medium = str(config.disc) if config.disc else ""
    if not medium:
        return []
    node = f"{device.id}-medium"
    options["drive"] = node
    return _blockdev(node, Path(medium), driver="raw", read_only=True)


def _blockdev(
    node: str, file: Path, *, driver: str, read_only: bool = False, discard: bool = False
) -> list[str]:
    storage: dict[str, object] = {
        "driver": "file",
        "node-name": f"{node}-file",
        "filename": str(file),
        "read-only": read_only,
        "auto-read-only": False,
    }
    image: dict[str, object] = {
        "driver": driver,
        "node-name": node,
        "read-only": read_only,
        "file": f"{node}-file",
    }
    if discard:
        storage |= {"discard": "unmap", "aio": "threads"}
        image |= {"discard": "unmap", "detect-zeroes": "unmap"}
    if driver == "qcow2":
        image["backing"] = None  # Whatever its header names, the engine opens no other file.
    return ["-blockdev", _json(storage), "-blockdev", _json(image)]


def _chardev(name: str, sockets: Path) -> list[str]:
    return ["-chardev", f"socket,id={name},path={_plain(str(sockets / name))},server=on,wait=off"]


def _json(options: dict[str, object]) -> str:
    return json.dumps(options, separators=(",", ":"), ensure_ascii=False)


def _plain(text: str) -> str:
    """A value inside a comma-separated option: QEMU reads two commas as one."""
    return text.replace(",", ",,")
