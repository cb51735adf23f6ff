"""What everything uses while a guest stands still on the screen, and while nobody looks."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.figures import Figure
from tests.bench.guests import Guest, tiny_guest
from tests.bench.home import end
from tests.bench.outside import Effort, Meter, pause, until
from tests.bench.peers import TIGERVNC, is_installed, open_tigervnc

_COUNTS_S = 10.0
_SETTLES_S = 8.0  # the bar has gone, QEMU's timer has slowed down, the host was probed
_OURS_PERCENT = 0.5
_ENGINE_PERCENT = 3.0
_HIDDEN_HZ = 2.0  # no timer of ours is faster than a second then; one for the loop itself


def idle() -> Iterator[Figure]:
    """Processor time and wake-ups: with the picture in sight, minimised, and in TigerVNC."""
    with tiny_guest() as guest:
        ours = guest.application.pid
        window = guest.open_window()
        watched = _over_a_while({"ours": ours, "engine": guest.engine})
        yield from _figures("still guest in sight", watched)

        guest.screen.iconify(window)
        guest.screen.iconify(guest.screen.window("Duplex VM"))
        until(lambda: guest.screen.window(guest.name) is None, "our window is minimised")
        hidden = _over_a_while({"ours": ours, "engine": guest.engine})
        yield Figure(
            what="everything minimised, our wake-ups",
            value=hidden["ours"].wake_ups / _COUNTS_S,
            unit="Hz",
            budget=_HIDDEN_HZ,
        )
        yield from _figures("everything minimised", hidden)
        guest.screen.close_window(window)
        yield from _tigervnc(guest, watched["engine"], alone=hidden["engine"])


def _figures(what: str, used: dict[str, Effort]) -> Iterator[Figure]:
    for name, budget in (("ours", _OURS_PERCENT), ("engine", None)):
        yield Figure(
            what=f"{what}, processor, {name}",
            value=_percent(used[name]),
            unit="%",
            budget=budget,
            note=f"{used[name].wake_ups / _COUNTS_S:.1f} wake-ups a second",
        )


def _tigervnc(guest: Guest, watched: Effort, *, alone: Effort) -> Iterator[Figure]:
    """What looking costs the engine: the guest's own clock ticks whether somebody looks or not."""
    yield Figure(
        what="engine, more in sight than minimised",
        value=_percent(watched) - _percent(alone),
        unit="%",
        budget=_ENGINE_PERCENT,
        note="the guest itself wakes 100 times a second",
    )
    if not is_installed(TIGERVNC):
        yield Figure(
            what="the same in TigerVNC", value=None, unit="%", note=f"{TIGERVNC} is not installed"
        )
        return
    viewer = open_tigervnc(guest.vnc, guest.place.environment)
    try:
        guest.wait_for_picture("TigerVNC")
        used = _over_a_while({"viewer": viewer.pid, "engine": guest.engine})
    finally:
        end(viewer)
    for name, effort_of in used.items():
        yield Figure(
            what=f"still guest in TigerVNC, processor, {name}",
            value=_percent(effort_of),
            unit="%",
            note=f"{effort_of.wake_ups / _COUNTS_S:.1f} wake-ups a second",
        )


def _percent(used: Effort) -> float:
    return 100 * used.cpu_s / _COUNTS_S


def _over_a_while(processes: dict[str, int]) -> dict[str, Effort]:
    pause(_SETTLES_S)
    meters = {name: Meter(pid) for name, pid in processes.items()}
    pause(_COUNTS_S)
    return {name: meter.read() for name, meter in meters.items()}
