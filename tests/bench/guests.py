"""Guests on the screen of one of our machines, for benches that need one."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.home import Home, end, home
from tests.bench.outside import Colour, Screen, until
from tests.guests.drm import COLOURS, build_drm_disc
from tests.guests.tiny import TinyOptions, build_tiny_disc
from tests.helpers.screen import window_manager, x_server

# What both guests show in turn; each key that goes down brings the other one.
DARK: Colour = COLOURS[0][0]
BRIGHT: Colour = COLOURS[0][1]
_SCREEN = "1600x1000x24"  # 1280x800 fit with their frame, unscaled
_STARTS_S = 90.0


@dataclass(frozen=True, slots=True)
class Guest:
    """A guest that shows one colour and answers each key with the other one."""

    name: str
    place: Home
    screen: Screen
    application: subprocess.Popen[bytes]
    folder: Path

    @property
    def vnc(self) -> Path:
        """The engine's VNC socket."""
        return self._sockets / "vnc"

    @property
    def engine(self) -> int:
        """Process number of the engine."""
        return int((self.folder / "engine.pid").read_text())

    @property
    def way(self) -> str:
        """How our window gets its pictures just now, as the engine tells."""
        with socket.socket(socket.AF_UNIX) as monitor:
            monitor.settimeout(10)
            monitor.connect(str(self._sockets / "qmp-aux"))
            with monitor.makefile("rw") as lines:
                lines.readline()  # the greeting
                for command in ("qmp_capabilities", "query-vnc"):
                    lines.write(json.dumps({"execute": command}))
                    lines.flush()
                    while "return" not in (answer := json.loads(lines.readline())):
                        continue  # an event
        return "VNC" if answer["return"].get("clients") else "D-Bus"

    @property
    def _sockets(self) -> Path:
        return Path(json.loads((self.folder / "run.json").read_bytes())["sockets"])

    def open_window(self) -> Any:
        """Open our window over the guest and wait for the picture in it."""
        self.place.command("show", self.name)
        return self.wait_for_picture(self.name)

    def wait_for_picture(self, title: str) -> Any:
        """The window of that title, once the guest's picture is in it."""
        window = until(lambda: self.screen.window(title), f"a window called {title}")
        until(
            lambda: self.screen.pixel(*self.inside(window)) in {DARK, BRIGHT},
            f"the guest's picture in {title}",
            timeout_s=_STARTS_S,
        )
        return window

    def inside(self, window: Any) -> tuple[int, int]:
        """A place on the screen where the window shows the guest and nothing over it."""
        left, top, width, height = self.screen.place(window)
        return left + width // 2, top + height * 3 // 4


@contextmanager
def tiny_guest() -> Iterator[Guest]:
    """The tiny system, installed: 1280x800 on a VGA whose pictures QEMU has to fetch."""
    options = TinyOptions(first_video_mode="1280x800", tick=False, letter_commands=False)
    with _desk() as (place, screen):
        disc = build_tiny_disc(place.root / "tiny.iso", options)
        with _running("Tiny bench", place, screen, disc, "unknown") as guest:
            yield guest


@contextmanager
def drm_guest() -> Iterator[Guest]:
    """A Linux guest whose virtio-gpu pushes its pictures, and follows the window's size.

    Raises:
        tests.guests.drm.NotPossibleError: its disc cannot be made here.
    """
    with _desk() as (place, screen):
        disc = build_drm_disc(place.root / "drm.iso")
        with _running("DRM bench", place, screen, disc, "debian") as guest:
            yield guest


@contextmanager
def _desk() -> Iterator[tuple[Home, Screen]]:
    with (
        x_server(_SCREEN) as name,
        window_manager(name),
        Screen(name) as screen,
        home(name) as place,
    ):
        yield place, screen


@contextmanager
def _running(name: str, place: Home, screen: Screen, disc: Path, system: str) -> Iterator[Guest]:
    """Make a machine by the command line and let it run; the application is open."""
    place.command("doctor")
    application = place.open_application()
    options = ("--system", system, "--firmware", "bios", "--memory", "512", "--disk", "64")
    try:
        until(lambda: screen.window("Duplex VM"), "the main window")
        place.command("create", name, "--iso", str(disc), *options, "--start")
        try:
            folder = next((place.library / "machines").iterdir())
            yield Guest(name, place, screen, application, folder)
        finally:
            with contextlib.suppress(subprocess.CalledProcessError):
                place.command("kill", name)
    finally:
        end(application)
