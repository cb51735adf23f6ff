"""How many full frames a second a viewer really shows, and what each of them costs."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.bench.figures import Figure, median
from tests.bench.home import Home, end, home
from tests.bench.outside import Meter, NotSeenError, Screen, pause
from tests.bench.peers import (
    GVNCVIEWER,
    REMOTE_VIEWER,
    TIGERVNC,
    is_installed,
    open_gvncviewer,
    open_remote_viewer,
    open_tigervnc,
)
from tests.helpers.screen import window_manager, x_server
from tests.vm.makers import ROOT

_ROUNDS = 5
_WARMS_UP_S = 5.0  # longer than the bar and the hint over a fresh window stay
_COUNTS_S = 3.0
_LOOKS_S = 4e-4
_BARE = (0xFE, 0x01, 0xFD)
_MORE_THAN_PEERS = 1.5
_JUDGED = {"1920x1080", "3840x2160"}  # what the budget is for; 1280x800 is printed beside them
_CPU_MS = {(1280, 800): 2.5, (1920, 1080): 3.5, (3840, 2160): 11.0}

Open = Callable[[], "subprocess.Popen[bytes]"]


@dataclass(frozen=True, slots=True)
class Flow:
    """What one viewer did: frames seen on the screen a second, its processor time for each."""

    shown_hz: float
    cpu_ms: float


def flood() -> Iterator[Figure]:
    """Ours beside its peers, from 1280x800 to 3840x2160, full screen, unscaled."""
    for size in _CPU_MS:
        yield from _at(*size)


def _at(width_px: int, height_px: int) -> Iterator[Figure]:
    flows: dict[str, list[Flow]] = {}
    with (
        x_server(f"{width_px}x{height_px}x24") as name,
        window_manager(name),
        Screen(name) as screen,
        home(name) as place,
        _server(place, width_px, height_px) as (path, port),
    ):
        screen.fill(_BARE)
        viewers = _viewers(place, path, port)
        for number in range(_ROUNDS):
            for viewer, open_it in list(viewers.items())[:: 1 if number % 2 == 0 else -1]:
                flows.setdefault(viewer, []).append(_watch(screen, open_it))
    yield from _judge(f"{width_px}x{height_px}", flows, _CPU_MS[width_px, height_px])


def _viewers(place: Home, path: Path, port: int) -> dict[str, Open]:
    environment = place.environment
    viewers: dict[str, Open] = {"ours": partial(_open_ours, place, path)}
    if is_installed(TIGERVNC):
        viewers[TIGERVNC] = partial(open_tigervnc, path, environment, full_screen=True)
    if is_installed(GVNCVIEWER):
        viewers[GVNCVIEWER] = partial(open_gvncviewer, port, environment)
    if is_installed(REMOTE_VIEWER):
        viewers[REMOTE_VIEWER] = partial(open_remote_viewer, port, environment)
    return viewers


def _judge(size: str, flows: dict[str, list[Flow]], budget_ms: float) -> Iterator[Figure]:
    shown = {viewer: median([flow.shown_hz for flow in seen]) for viewer, seen in flows.items()}
    cpu = {viewer: median([flow.cpu_ms for flow in seen]) for viewer, seen in flows.items()}
    for viewer, value in shown.items():
        yield Figure(what=f"{size} full frames shown, {viewer}", value=value, unit="Hz")
    ratios = _ratios(flows)
    yield Figure(
        what=f"{size} full frames shown, against the best peer",
        value=median(ratios) if ratios else None,
        unit="x",
        budget=_MORE_THAN_PEERS if size in _JUDGED else None,
        more_is_better=True,
        note=", ".join(f"{ratio:.2f}" for ratio in ratios)
        or f"neither {TIGERVNC} nor {GVNCVIEWER} nor {REMOTE_VIEWER} is installed",
    )
    for viewer, value in cpu.items():
        yield Figure(
            what=f"{size} viewer's processor time a frame, {viewer}",
            value=value,
            unit="ms",
            budget=budget_ms if viewer == "ours" else None,
        )


def _ratios(flows: dict[str, list[Flow]]) -> list[float]:
    """Ours to the best peer of the same round; no round is compared with another one."""
    rounds = zip(*(seen for viewer, seen in flows.items() if viewer != "ours"), strict=True)
    best = [max(flow.shown_hz for flow in peers) for peers in rounds]
    return [ours.shown_hz / peer for ours, peer in zip(flows["ours"], best, strict=False)]


def _watch(screen: Screen, open_it: Open) -> Flow:
    """Count the colours that one place of the screen goes through."""
    width, height = screen.size
    at = width // 2, height * 3 // 4
    viewer = open_it()
    try:
        screen.wait_for_change(at, _BARE)
        pause(_WARMS_UP_S)
        meter, began = Meter(viewer.pid), time.perf_counter()
        frames, last = 0, screen.pixel(*at)
        while time.perf_counter() < began + _COUNTS_S:
            seen = screen.pixel(*at)
            frames += seen != last
            last = seen
            pause(_LOOKS_S)
        took_s = time.perf_counter() - began
        used = meter.read()
    finally:
        end(viewer)
    if not frames:
        raise NotSeenError(f"no picture after the first one: {viewer.args}")
    return Flow(frames / took_s, 1000 * used.cpu_s / frames)


def _open_ours(place: Home, path: Path) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "app", "viewer", "--vnc", f"unix:{path}", "--fullscreen"]
    return subprocess.Popen(words, cwd=ROOT, env=place.environment)


@contextmanager
def _server(place: Home, width_px: int, height_px: int) -> Iterator[tuple[Path, int]]:
    """The synthetic server's socket and port."""
    path = place.root / "flood"
    words = [
        sys.executable,
        "-m",
        "tests.bench.synthetic",
        str(path),
        str(width_px),
        str(height_px),
    ]
    server = subprocess.Popen(words, cwd=ROOT, env=place.environment, stdout=subprocess.PIPE)
    assert server.stdout is not None
    try:
        yield path, int(server.stdout.readline())
    finally:
        server.kill()  # it waits in `accept` and has nothing to save
        end(server)
        server.stdout.close()
