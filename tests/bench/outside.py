"""Looks at a program from outside: its window's pixels, its keys, its processor time."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from Xlib import X
from Xlib.display import Display
from Xlib.error import XError
from Xlib.ext import xtest

Colour = tuple[int, int, int]

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_PAUSE = threading.Event()  # never set: waiting on it is a precise pause


class NotSeenError(RuntimeError):
    """What a bench waited for did not happen."""


def pause(seconds: float) -> None:
    """Let time pass, as a person does between two keys."""
    _PAUSE.wait(seconds)


def until(
    condition: Callable[[], Any], what: str, *, timeout_s: float = 30.0, step_s: float = 0.02
) -> Any:
    """Wait for the first true value of `condition` and return it.

    Raises:
        NotSeenError: it did not come in time.
    """
    deadline = time.perf_counter() + timeout_s
    while not (found := condition()):
        if time.perf_counter() > deadline:
            raise NotSeenError(f"not within {timeout_s:g} s: {what}")
        pause(step_s)
    return found


class Screen:
    """One X display: what stands on it, and a person in front of it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._display = Display(name)
        self._root = self._display.screen().root

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._display.close()

    @property
    def size(self) -> tuple[int, int]:
        """Pixels."""
        screen = self._display.screen()
        return screen.width_in_pixels, screen.height_in_pixels

    def fill(self, colour: Colour) -> None:
        """Give the bare screen a colour that no program uses."""
        red, green, blue = colour
        self._root.change_attributes(background_pixel=red << 16 | green << 8 | blue)
        self._root.clear_area()
        self._display.sync()

    def pixel(self, x: int, y: int) -> Colour:
        """What is seen at one place of the screen."""
        data = self._root.get_image(x, y, 1, 1, X.ZPixmap, 0xFFFFFFFF).data
        return data[2], data[1], data[0]

    def wait_for_change(
        self, at: tuple[int, int], before: Colour, *, timeout_s: float = 10.0, step_s: float = 5e-4
    ) -> float:
        """Wait until the pixel has another colour; returns the moment by `perf_counter`.

        Raises:
            NotSeenError: it kept it.
        """
        deadline = time.perf_counter() + timeout_s
        while self.pixel(*at) == before:
            if time.perf_counter() > deadline:
                raise NotSeenError(f"the pixel at {at} stayed {before} for {timeout_s:g} s")
            pause(step_s)
        return time.perf_counter()

    def key(self, code: int, *, down: bool) -> None:
        """Move a key, by its X key code."""
        xtest.fake_input(self._display, X.KeyPress if down else X.KeyRelease, code)
        self._display.flush()

    def click(self, x: int, y: int) -> None:
        """Click with the left button."""
        xtest.fake_input(self._display, X.MotionNotify, x=x, y=y)
        xtest.fake_input(self._display, X.ButtonPress, 1)
        xtest.fake_input(self._display, X.ButtonRelease, 1)
        self._display.sync()

    def window(self, title: str) -> Any:
        """The visible client window whose title contains this; None when there is none."""
        atom = self._display.intern_atom("_NET_CLIENT_LIST")
        listed = self._root.get_full_property(atom, X.AnyPropertyType)
        for number in listed.value if listed is not None else ():
            window = self._display.create_resource_object("window", number)
            try:
                if title in self._title(window) and (
                    window.get_attributes().map_state == X.IsViewable
                ):
                    return window
            except XError:
                continue  # it closed between the list and the question
        return None

    def place(self, window: Any) -> tuple[int, int, int, int]:
        """Left, top, width and height of a window's inside, on the screen."""
        geometry = window.get_geometry()
        corner = window.translate_coords(self._root, 0, 0)
        return -corner.x, -corner.y, geometry.width, geometry.height

    def iconify(self, window: Any) -> None:
        """Ask the window manager to minimise it (ICCCM 4.1.4)."""
        from Xlib.protocol.event import ClientMessage  # noqa: PLC0415

        self._tell_manager(
            ClientMessage(
                window=window,
                client_type=self._display.intern_atom("WM_CHANGE_STATE"),
                data=(32, [3, 0, 0, 0, 0]),
            )
        )

    def close_window(self, window: Any) -> None:
        """Ask the window manager to close it (EWMH, _NET_CLOSE_WINDOW)."""
        from Xlib.protocol.event import ClientMessage  # noqa: PLC0415

        self._tell_manager(
            ClientMessage(
                window=window,
                client_type=self._display.intern_atom("_NET_CLOSE_WINDOW"),
                data=(32, [X.CurrentTime, 2, 0, 0, 0]),
            )
        )

    def _tell_manager(self, message: Any) -> None:
        mask = X.SubstructureRedirectMask | X.SubstructureNotifyMask
        self._root.send_event(message, event_mask=mask)
        self._display.sync()

    def _title(self, window: Any) -> str:
        atom = self._display.intern_atom("_NET_WM_NAME")
        found = window.get_full_property(atom, X.AnyPropertyType)
        return (
            found.value.decode(errors="replace")
            if found is not None
            else window.get_wm_name() or ""
        )


@dataclass(frozen=True, slots=True)
class Effort:
    """What a process used in some time.

    Attributes:
        cpu_s: processor seconds, of all its threads, user and system.
        wake_ups: times one of its threads went to sleep of its own will.
    """

    cpu_s: float
    wake_ups: int


class Meter:
    """Counts what a process uses from now on (proc(5)).

    schedstat counts nanoseconds, but those of a thread are gone when it ends; stat counts ticks of
    10 ms for the whole process. The greater of the two is taken, less the tick that may be cut.
    """

    def __init__(self, pid: int) -> None:
        self._process = Path(f"/proc/{pid}")
        self._threads = self._each()
        self._ticks = self._all()

    def read(self) -> Effort:
        """What it has used since."""
        nanoseconds = wake_ups = 0
        for thread, (used, slept) in self._each().items():
            used_before, slept_before = self._threads.get(thread, (0, 0))
            nanoseconds += used - used_before
            wake_ups += slept - slept_before
        ticks = self._all() - self._ticks
        return Effort(max(nanoseconds / 1e9, (ticks - 1) * _TICK_S), wake_ups)

    def _each(self) -> dict[str, tuple[int, int]]:
        found = {}
        for task in (self._process / "task").iterdir():
            try:
                used = int((task / "schedstat").read_text().split()[0])
                status = (task / "status").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue  # this thread has just ended
            slept = re.search(r"^voluntary_ctxt_switches:\s*(\d+)", status, re.MULTILINE)
            found[task.name] = used, int(slept[1]) if slept else 0
        return found

    def _all(self) -> int:
        fields = (self._process / "stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])


def memory_mib(pid: int) -> float:
    """Its proportional share of memory (PSS)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise NotSeenError(f"/proc/{pid}/smaps_rollup tells no Pss")
