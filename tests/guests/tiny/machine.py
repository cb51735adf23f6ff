"""A bare QEMU for the tests of TinyOS itself: no code of the application is in it."""

from __future__ import annotations

import json
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from tests.helpers.waiting import eventually_sync

Bus = Literal["virtio", "ahci", "ide"]

_QEMU = "qemu-system-x86_64"
_ANSWER_S = 20.0
_DISKS: dict[Bus, list[str]] = {
    "virtio": ["virtio-blk-pci,drive=disk,bootindex=1"],
    "ahci": ["ide-hd,drive=disk,bus=ide.0,bootindex=1"],
    "ide": ["ide-hd,drive=disk,bus=ide.0,bootindex=1"],
}
USB_INPUT = ("qemu-xhci,id=usb", "usb-kbd,bus=usb.0", "usb-tablet,bus=usb.0")


class TinyMachine:
    """A machine under TCG from entering the context to leaving it, when it is killed if need be.

    Args:
        disk: first in the boot order; none for a machine without.
        disc: second in the boot order.
        disc_first: the disc comes before the disk.
        disk_format: of `disk`.
        board: ``q35`` or ``pc``.
        bus: how the disk is attached; ``ide`` is for the board ``pc``.
        display: QEMU's name of the display device.
        devices: further ones, as for `-device`.
    """

    def __init__(
        self,
        disk: Path | None = None,
        disc: Path | None = None,
        *,
        disc_first: bool = False,
        disk_format: str = "raw",
        board: str = "q35",
        bus: Bus = "virtio",
        display: str = "VGA",
        devices: Sequence[str] = (),
    ) -> None:
        words = [
            _QEMU, "-nodefaults", "-no-user-config", "-display", "none", "-m", "64",
            "-accel", "tcg,tb-size=32", "-machine", board, "-boot", "strict=on",
        ]  # fmt: skip
        if disk is not None:
            words += ["-drive", f"if=none,id=disk,format={disk_format},file={disk}"]
            devices = (*_DISKS[bus], *devices)
        if disc is not None:
            words += ["-drive", f"if=none,id=disc,format=raw,readonly=on,file={disc}"]
            devices = (f"ide-cd,drive=disc,bus=ide.1,bootindex={0 if disc_first else 2}", *devices)
        for device in (display, *devices):
            words += ["-device", device]
        self._words = words

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="tinyos-")
        self.folder = Path(self._folder.name)
        self._serial = self.folder / "serial"
        self._serial.touch()
        monitor, other_end = socket.socketpair()
        with other_end:
            self.process = subprocess.Popen(
                [
                    *self._words,
                    "-serial", f"file:{self._serial}",
                    "-chardev", f"socket,id=qmp,fd={other_end.fileno()}",
                    "-mon", "chardev=qmp,mode=control",
                ],
                pass_fds=[other_end.fileno()],
            )  # fmt: skip
        monitor.settimeout(_ANSWER_S)
        self._monitor = monitor
        self._lines = monitor.makefile("rb")
        self._lines.readline()  # the greeting
        self.execute("qmp_capabilities")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()
        self._lines.close()
        self._monitor.close()
        self._folder.cleanup()

    def kill(self) -> None:
        """End QEMU as a crash would, if it still runs."""
        self.process.kill()
        self.process.wait()

    def serial(self) -> list[str]:
        """Every whole line that came over the serial port so far."""
        text = self._serial.read_bytes().decode("ascii")
        return text.split("\r\n")[:-1]

    def wait_for(self, line: str, *, times: int = 1, timeout_s: float = 15.0) -> list[str]:
        """Wait until the serial port said `line` so often; return all lines up to then."""

        def lines() -> list[str]:
            found = self.serial()
            assert found.count(line) >= times, found[-12:]
            return found

        return eventually_sync(lines, timeout_s=timeout_s, what=f"{line!r} on the serial port")

    def wait_for_end(self, *, timeout_s: float = 15.0) -> None:
        """Wait until the machine was powered off and QEMU ended by itself."""
        self.process.wait(timeout_s)
        assert self.process.returncode == 0

    def execute(self, command: str, **arguments: Any) -> Any:
        """Run a command of the monitor and return its answer; events are passed over."""
        self._monitor.sendall(json.dumps({"execute": command, "arguments": arguments}).encode())
        while True:
            answer = json.loads(self._lines.readline())
            if "event" not in answer:
                return answer["return"]

    def key(self, *numbers: int, down: bool = True, up: bool = True) -> None:
        """Press each key of these numbers and let go of it, or one of the two."""
        events = [
            {"type": "key", "data": {"down": state, "key": {"type": "number", "data": number}}}
            for number in numbers
            for state, wanted in ((True, down), (False, up))
            if wanted
        ]
        self.execute("input-send-event", events=events)

    def picture(self) -> tuple[int, int, bytes]:
        """Width, height and pixels (three bytes each: red, green, blue) of the screen now."""
        file = self.folder / "picture.ppm"
        self.execute("screendump", filename=str(file))
        magic, size, depth, pixels = file.read_bytes().split(b"\n", 3)
        assert (magic, depth) == (b"P6", b"255")
        width, height = map(int, size.split())
        return width, height, pixels
