"""A private Wayland compositor (sway without a screen), and a person at its keyboard (wtype)."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.helpers.waiting import eventually_sync

_NOBODY = 65534  # sway refuses to run as root
_CONFIGURATION = """xwayland disable
default_border none
bindsym Mod1+F4 exec touch {mark}
"""


class Compositor:
    """A running sway.

    Attributes:
        environment: what a program needs to come to its screen.
    """

    def __init__(self, folder: Path, runtime: dict[str, str]) -> None:
        self._folder, self._runtime = folder, runtime
        sockets = [path for path in folder.glob("wayland-*") if path.suffix != ".lock"]
        self.environment = {"WAYLAND_DISPLAY": str(sockets[0]), "QT_QPA_PLATFORM": "wayland"}

    @property
    def shortcut_fired(self) -> bool:
        """Whether the compositor's own Alt+F4 has acted since the last look."""
        mark = self._folder / "fired"
        fired = mark.exists()
        mark.unlink(missing_ok=True)
        return fired

    def type(self, *words: str) -> None:
        """Move keys, by wtype."""
        environment = {**os.environ, **self.environment}
        subprocess.run(["wtype", *words], env=environment, check=True, timeout=20)

    def alt_f4(self) -> None:
        """Press the compositor's own shortcut."""
        self.type("-M", "alt", "-k", "F4", "-m", "alt")

    def order(self, *words: str) -> None:
        """Run a command of sway(5)."""
        [socket] = self._folder.glob("sway-ipc.*.sock")
        command = ["swaymsg", "--socket", str(socket), *words]
        subprocess.run(command, check=True, timeout=20, stdout=subprocess.DEVNULL)


@contextmanager
def sway() -> Iterator[Compositor]:
    """Run sway until the end of the block, with a keyboard that stays."""
    folder = Path(tempfile.mkdtemp(prefix="dvm-wl-"))
    (folder / "config").write_text(_CONFIGURATION.format(mark=folder / "fired"))
    as_nobody = {}
    if os.geteuid() == 0:
        os.chown(folder, _NOBODY, _NOBODY)
        as_nobody = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}
    runtime = {
        **{name: value for name, value in os.environ.items() if name != "DISPLAY"},
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "WLR_BACKENDS": "headless",
        "WLR_LIBINPUT_NO_DEVICES": "1",
        "WLR_RENDERER": "pixman",
    }
    runtime.pop("WAYLAND_DISPLAY", None)
    server = subprocess.Popen(
        ["sway", "-c", str(folder / "config")],
        env=runtime,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **as_nobody,
    )
    try:
        eventually_sync(lambda: any(folder.glob("sway-ipc.*.sock")) and any(folder.glob("wayl*")))
        made = Compositor(folder, runtime)
        keyboard = subprocess.Popen(
            ["wtype", "-s", "120000"], env={**os.environ, **made.environment}
        )  # a seat without a keyboard gives no window the focus
        try:
            yield made
        finally:
            keyboard.kill()
            keyboard.wait()
    finally:
        server.terminate()
        server.wait(5)
        shutil.rmtree(folder)


@pytest.fixture
def compositor() -> Iterator[Compositor]:
    """A private compositor for this test alone. Sets no variable."""
    missing = [tool for tool in ("sway", "swaymsg", "wtype") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"no {', '.join(missing)} (packaging/bootstrap.sh installs them for tests)")
    with sway() as made:
        yield made
