"""From a key that goes down to the pixel that answers, through real guests."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from tests.bench.figures import Figure, median, spread
from tests.bench.guests import BRIGHT, DARK, Guest, drm_guest, tiny_guest
from tests.bench.home import end
from tests.bench.outside import pause, until
from tests.bench.peers import TIGERVNC, is_installed, open_tigervnc
from tests.guests.drm import NotPossibleError
from tests.helpers.waiting import eventually_sync

_BLOCKS = 4
_KEYS_A_BLOCK = 10
_HELD_S = 0.080
_PAUSE_S = (0.150, 0.450)
_KEY_A = 38  # X key code of the key called A on a US keyboard
_GUESTS: dict[str, tuple[Callable[[], AbstractContextManager[Guest]], float]] = {
    "VGA": (tiny_guest, 35.0),
    "virtio-gpu": (drm_guest, 15.0),
}


def latency() -> Iterator[Figure]:
    """Key to pixel in our window and in TigerVNC, in turns over the same guest."""
    for device, (make, budget_ms) in _GUESTS.items():
        try:
            with make() as guest:
                yield from _with(guest, device, budget_ms)
        except NotPossibleError as err:
            yield Figure(what=f"key to pixel, {device}", value=None, unit="ms", note=str(err))


def _with(guest: Guest, device: str, budget_ms: float) -> Iterator[Figure]:
    ours: list[float] = []
    theirs: list[float] = []
    dice = random.Random(1)
    for _ in range(_BLOCKS):
        window = guest.open_window()
        way = guest.way
        ours += _type(guest, window, dice)
        _close(guest, window)
        if is_installed(TIGERVNC):
            theirs += _tigervnc(guest, dice)
    p50_ms = 1000 * median(ours)
    ratio = f", {p50_ms / 1000 / median(theirs):.2f} x TigerVNC" if theirs else ""
    yield Figure(
        what=f"key to pixel, {device} over {way}, p50",
        value=p50_ms,
        unit="ms",
        budget=budget_ms,
        note=spread(ours) + ratio,
    )
    yield Figure(
        what="the same in TigerVNC",
        value=1000 * median(theirs) if theirs else None,
        unit="ms",
        note=spread(theirs) if theirs else f"{TIGERVNC} is not installed",
    )


def _tigervnc(guest: Guest, dice: random.Random) -> list[float]:
    viewer = open_tigervnc(guest.vnc, guest.place.environment)
    try:
        return _type(guest, guest.wait_for_picture("TigerVNC"), dice)
    finally:
        end(viewer)


def _close(guest: Guest, window: Any) -> None:
    guest.screen.close_window(window)
    until(lambda: guest.screen.window(guest.name) is None, "our window closes")


def _type(guest: Guest, window: Any, dice: random.Random) -> list[float]:
    """Press a key some times as people do, and take the time each time."""
    at = guest.inside(window)
    guest.screen.click(*at)
    pause(1.0)
    return [_press(guest, at, dice) for _ in range(_KEYS_A_BLOCK)]


def _press(guest: Guest, at: tuple[int, int], dice: random.Random) -> float:
    screen = guest.screen
    pause(dice.uniform(*_PAUSE_S))
    before = screen.pixel(*at)
    began = time.perf_counter()
    screen.key(_KEY_A, down=True)
    try:
        took_s = screen.wait_for_change(at, before) - began
        pause(max(0.0, _HELD_S - took_s))
    finally:
        screen.key(_KEY_A, down=False)
    eventually_sync(lambda: screen.pixel(*at) in {DARK, BRIGHT})
    return took_s
