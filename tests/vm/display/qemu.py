"""A small real machine to look at and to type into: QEMU under TCG with an echoing boot sector."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from pathlib import Path
from typing import Any

# Real mode: show ">"; wait for a key (int 16h), show its character (int 10h), again.
ECHO = bytes.fromhex("b83e0ecd10 b400cd16 b40ecd10 ebf6").ljust(510, b"\0") + b"\x55\xaa"
DISK_BYTES = 1024 * 1024  # the BIOS does not read a smaller one

TEXT_MEMORY = (0xB8000, 80 * 25 * 2)


class Machine:
    """A stopped machine with a VGA screen, a tablet, two monitors and a disk that echoes.

    Args:
        folder: for its disk, its socket and its dumps; short, because of the socket.
        devices: options beside those.
    """

    def __init__(self, folder: Path, *devices: str) -> None:
        self._folder = folder
        self.vnc = folder / "vnc"
        disk = folder / "disk"
        disk.write_bytes(ECHO.ljust(DISK_BYTES, b"\0"))
        self._monitor, control = socket.socketpair()
        self.input, inputs = socket.socketpair()
        self._process = subprocess.Popen(
            [
                "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-S",
                "-machine", "q35,accel=tcg", "-m", "32",
                *(() if "-display" in devices else ("-display", "none")),
                "-device", "VGA", "-device", "qemu-xhci", "-device", "usb-tablet",
                "-drive", f"if=none,id=disk,format=raw,file={disk}", "-device", "ide-hd,drive=disk",
                "-vnc", f"unix:{self.vnc}",
                *_monitor("control", control), *_monitor("input", inputs), *devices,
            ],
            pass_fds=[control.fileno(), inputs.fileno()],
        )  # fmt: skip
        control.close()
        inputs.close()
        self._lines = self._monitor.makefile("rb")
        self._next()
        self.execute("qmp_capabilities")

    def execute(self, command: str, **arguments: Any) -> Any:
        message = {"execute": command, "arguments": arguments}
        self._monitor.sendall(json.dumps(message).encode())
        while "return" not in (answer := self._next()):
            assert "error" not in answer, answer
        return answer["return"]

    def connect(self) -> socket.socket:
        """A connection to the VNC server."""
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(str(self.vnc))
        return sock

    def typed(self) -> str | None:
        """What the program on the disk has read of the keyboard; None before it runs."""
        _, prompt, typed = self.text().partition(">")
        return typed.rstrip() if prompt else None

    def text(self) -> str:
        """What the screen shows in text mode; lines are joined."""
        address, size = TEXT_MEMORY
        dump = self._folder / "dump"
        self.execute("pmemsave", val=address, size=size, filename=str(dump))
        return dump.read_bytes()[::2].decode("cp437")

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._lines.close()
        self._monitor.close()
        self.input.close()

    def signal(self, number: int) -> None:
        os.kill(self._process.pid, number)

    def _next(self) -> dict[str, Any]:
        line = self._lines.readline()
        assert line, "QEMU has ended"
        return json.loads(line)


def _monitor(name: str, sock: socket.socket) -> list[str]:
    return [
        "-chardev", f"socket,id={name},fd={sock.fileno()}", "-mon", f"chardev={name},mode=control"
    ]  # fmt: skip
