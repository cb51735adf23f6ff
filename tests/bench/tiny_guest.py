"""The tiny system on the screen of one of our machines, for benches that need a guest."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.home import Home, end, home
from tests.bench.outside import Colour, Screen, until
from tests.guests.tiny import TinyOptions, build_tiny_disc
from tests.helpers.screen import window_manager, x_server

NAME = "Tiny bench"
DARK: Colour = (0x20, 0x40, 0x60)
BRIGHT: Colour = (0xE0, 0xC0, 0x40)
_SCREEN = "1600x1000x24"  # the guest's 1280x800 fit with their frame, unscaled
_INSTALLS_S = 60.0


@dataclass(frozen=True, slots=True)
class TinyGuest:
    """The guest shows 1280x800 in one colour; each key that goes down brings the other one."""

    place: Home
    screen: Screen
    application: subprocess.Popen[bytes]
    folder: Path

    @property
    def vnc(self) -> Path:
        """The engine's VNC socket."""
        return Path(self._run["sockets"]) / "vnc"

    @property
    def engine(self) -> int:
        """Process number of the engine."""
        return int((self.folder / "engine.pid").read_text())

    @property
    def _run(self) -> dict[str, Any]:
        return json.loads((self.folder / "run.json").read_bytes())

    def open_window(self) -> Any:
        """Open our window over the guest and wait for the picture in it."""
        self.place.command("show", NAME)
        return self.wait_for_picture(NAME)

    def wait_for_picture(self, title: str) -> Any:
        """The window of that title, once the guest's picture is in it."""
        window = until(lambda: self.screen.window(title), f"a window called {title}")
        until(
            lambda: self.screen.pixel(*self.inside(window)) in {DARK, BRIGHT},
            f"the guest's picture in {title}",
            timeout_s=_INSTALLS_S,
        )
        return window

    def inside(self, window: Any) -> tuple[int, int]:
        """A place on the screen where the window shows the guest and nothing over it."""
        left, top, width, height = self.screen.place(window)
        return left + width // 2, top + height * 3 // 4


@contextmanager
def tiny_guest() -> Iterator[TinyGuest]:
    """Install the tiny system by the command line and let it run; the application is open."""
    with (
        x_server(_SCREEN) as name,
        window_manager(name),
        Screen(name) as screen,
        home(name) as place,
    ):
        disc = build_tiny_disc(
            place.root / "tiny.iso",
            TinyOptions(first_video_mode="1280x800", tick=False, letter_commands=False),
        )
        place.command("doctor")
        application = place.open_application()
        try:
            until(lambda: screen.window("Duplex VM"), "the main window")
            place.command("create", NAME, "--iso", str(disc), "--disk", "64", "--start")
            try:
                folder = next((place.library / "machines").iterdir())
                yield TinyGuest(place, screen, application, folder)
            finally:
                with contextlib.suppress(subprocess.CalledProcessError):
                    place.command("kill", NAME)
        finally:
            end(application)
