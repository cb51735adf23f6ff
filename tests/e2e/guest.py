"""TinyOS from outside: what it says on the serial port, and its screen as the engine has it."""

from __future__ import annotations

import json
import os
import socket
import threading
from pathlib import Path

from PIL import Image

from tests.helpers.waiting import eventually_sync

_POLL_S = 0.005


class Serial(threading.Thread):
    """Listens to the serial port of a machine, through as many runs as come.

    The port keeps nothing for those who come late, so this looks for its socket all the time.
    """

    def __init__(self, short_id: str = "*") -> None:
        super().__init__(name="serial", daemon=True)
        self._run = Path(os.environ["XDG_RUNTIME_DIR"])
        self._pattern = f"duplex-vm/*/{short_id}/serial"
        self._done = threading.Event()
        self._text = b""

    def run(self) -> None:
        while not self._done.wait(_POLL_S):
            for path in self._run.glob(self._pattern):
                self._listen(path)

    def _listen(self, path: Path) -> None:
        with socket.socket(socket.AF_UNIX) as port:
            port.settimeout(0.1)
            try:
                port.connect(str(path))
            except OSError:  # its engine has gone
                return
            while not self._done.is_set():
                try:
                    piece = port.recv(65536)
                except TimeoutError:
                    continue
                except OSError:
                    return
                if not piece:
                    return
                self._text += piece

    def stop(self) -> None:
        self._done.set()
        self.join()

    def lines(self) -> list[str]:
        """Every whole line so far."""
        return self._text.decode(errors="replace").split("\r\n")[:-1]

    def wait_for(self, line: str, *, times: int = 1, timeout_s: float = 20.0) -> list[str]:
        """Wait until `line` was said so often; all lines up to now."""

        def lines() -> list[str]:
            found = self.lines()
            assert found.count(line) >= times, found[-12:]
            return found

        return eventually_sync(lines, timeout_s=timeout_s, what=f"{line!r} on the serial port")

    def strokes(self) -> list[str]:
        """``1e down`` and so on, in order."""
        return [line[4:] for line in self.lines() if line.startswith("key ")]

    def ticks(self) -> int:
        """How many seconds the system has counted, over all its runs."""
        return sum(line.startswith("tick ") for line in self.lines())


def screen_of(short_id: str, scratch: Path) -> Image.Image:
    """The machine's screen as the engine itself writes it down."""
    run = Path(os.environ["XDG_RUNTIME_DIR"])
    [path] = run.glob(f"duplex-vm/*/{short_id}/qmp-aux")
    target = scratch / "screen.ppm"
    with socket.socket(socket.AF_UNIX) as monitor:
        monitor.settimeout(20)
        monitor.connect(str(path))
        with monitor.makefile("rwb") as lines:
            lines.readline()  # the greeting
            dump = {"execute": "screendump", "arguments": {"filename": str(target)}}
            for command in ({"execute": "qmp_capabilities"}, dump):
                lines.write(json.dumps(command).encode() + b"\n")
                lines.flush()
                while "return" not in (answer := json.loads(lines.readline())):
                    assert "event" in answer, answer
    with Image.open(target) as picture:
        return picture.convert("RGB")
