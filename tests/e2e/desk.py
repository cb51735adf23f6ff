"""A person at a screen: what the eye sees is read from the X server, what the hand does is XTest.

Nothing here knows the application. Lengths are pixels of the screen.
"""

from __future__ import annotations

import functools
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageChops
from Xlib import X
from Xlib.display import Display
from Xlib.error import BadWindow
from Xlib.protocol.event import ClientMessage

from tests.helpers.screen import window_manager, x_server
from tests.helpers.waiting import eventually_sync

_EDGE_PX = 6
_ICONIC_STATE = 3

# X11 key codes: evdev + 8. xdotool's names may press other keys around them.
KEY_A, KEY_B, KEY_C, KEY_D, KEY_N = 38, 56, 54, 40, 57
ENTER, TAB, F4, F11, RIGHT_CTRL = 36, 23, 70, 95, 105
LEFT_CTRL, LEFT_SHIFT, LEFT_ALT = 37, 50, 64


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the screen; `right` and `bottom` are the first pixels outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def middle(self) -> tuple[int, int]:
        return (self.left + self.right) // 2, (self.top + self.bottom) // 2


class Desk:
    """One screen with a window manager on it."""

    def __init__(self, display: str) -> None:
        self.display = display
        self._x = Display(display)
        self._screen = self._x.screen()
        self._root = self._screen.root
        self.environment = {
            **os.environ,
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "QT_SCALE_FACTOR": "1",
        }

    def close(self) -> None:
        self._x.close()

    # The eye.

    def picture(self, part: Box | None = None) -> Image.Image:
        """What is on the screen now, or on a part of it."""
        if part is None:
            part = Box(0, 0, self._screen.width_in_pixels, self._screen.height_in_pixels)
        size = part.right - part.left, part.bottom - part.top
        data = self._root.get_image(part.left, part.top, *size, X.ZPixmap, 0xFFFFFFFF).data
        return Image.frombytes("RGB", size, data, "raw", "BGRX")

    def windows(self) -> dict[str, Any]:
        """Managed windows by their titles (EWMH, _NET_CLIENT_LIST and _NET_WM_NAME)."""
        found = {}
        for number in self._property(self._root, "_NET_CLIENT_LIST") or ():
            window = self._x.create_resource_object("window", number)
            title = self._title(window)
            if title is not None:
                found[title] = window
        return found

    def active(self) -> str | None:
        """Title of the window that the window manager gave the focus."""
        numbers = self._property(self._root, "_NET_ACTIVE_WINDOW")
        if not numbers or not numbers[0]:
            return None
        return self._title(self._x.create_resource_object("window", numbers[0]))

    def box(self, title: str) -> Box:
        """Where a window lies, without its frame."""
        window = self.windows()[title]
        size = window.get_geometry()
        place = window.translate_coords(self._root, 0, 0)
        left, top = -place.x, -place.y
        return Box(left, top, left + size.width, top + size.height)

    def lowest_bar(
        self, colours: tuple[str, ...], inside: Box, *, width_px: int
    ) -> tuple[int, int] | None:
        """A point in the lowest thing that is filled with one of these colours, as ``#0A59F7``.

        What is narrower than `width_px` does not count.
        """
        whole = self.picture(inside)
        mask = Image.new("L", whole.size)
        for colour in colours:
            apart = ImageChops.difference(whole, Image.new("RGB", whole.size, colour))
            most = functools.reduce(ImageChops.lighter, apart.split())
            mask = ImageChops.lighter(mask, most.point(lambda value: 0 if value else 1))
        width, height = mask.size
        cells = mask.tobytes()
        for row in range(height - 1, -1, -1):
            at = cells.find(b"\1" * width_px, row * width, (row + 1) * width)
            if at >= 0:
                return inside.left + at % width + width_px // 2, inside.top + row - _EDGE_PX
        return None

    def wait_for_window(self, title: str, *, timeout_s: float = 20.0) -> None:
        """Wait until there is a window of this title, and it has the focus."""
        eventually_sync(
            lambda: self.active() == title, timeout_s=timeout_s, what=f"the window {title!r}"
        )

    # The hand.

    def person(self, *words: str | int) -> None:
        """Move keys and pointer, by xdotool."""
        subprocess.run(["xdotool", *map(str, words)], env=self.environment, check=True, timeout=60)

    def press(self, *codes: int) -> None:
        """Press these keys together and let them go in reverse."""
        words: list[str | int] = []
        for code in codes:
            words += ["keydown", code]
        for code in reversed(codes):
            words += ["keyup", code]
        self.person(*words)

    def type(self, text: str) -> None:
        """Type letters."""
        self.person("type", "--delay", "4", "--", text)

    def click(self, x: int, y: int) -> None:
        """Click with the first button."""
        self.person("mousemove", x, y, "click", 1)

    def ask_to_close(self, title: str) -> None:
        """What a click on the frame's cross does (EWMH, _NET_CLOSE_WINDOW)."""
        message = ClientMessage(
            window=self.windows()[title],
            client_type=self._x.intern_atom("_NET_CLOSE_WINDOW"),
            data=(32, (X.CurrentTime, 2, 0, 0, 0)),
        )
        mask = X.SubstructureRedirectMask | X.SubstructureNotifyMask
        self._root.send_event(message, event_mask=mask)
        self._x.flush()

    def minimize(self, title: str) -> None:
        """Make an icon of a window (ICCCM 4.1.4, WM_CHANGE_STATE); asked for anew until it is one.

        A window manager drops the wish while the window is just changing its state.
        """

        def is_icon() -> bool:
            if self.is_mapped(title):
                self._wish_icon(title)
            return not self.is_mapped(title)

        eventually_sync(is_icon, what=f"{title!r} as an icon")

    def _wish_icon(self, title: str) -> None:
        message = ClientMessage(
            window=self.windows()[title],
            client_type=self._x.intern_atom("WM_CHANGE_STATE"),
            data=(32, (_ICONIC_STATE, 0, 0, 0, 0)),
        )
        mask = X.SubstructureRedirectMask | X.SubstructureNotifyMask
        self._root.send_event(message, event_mask=mask)
        self._x.flush()

    def is_mapped(self, title: str) -> bool:
        """Whether the window is on the screen, and no icon."""
        return bool(self.windows()[title].get_attributes().map_state == X.IsViewable)

    def process_of(self, title: str) -> int:
        """Number of the process that a window belongs to (EWMH, _NET_WM_PID)."""
        return int(self._property(self.windows()[title], "_NET_WM_PID")[0])

    def _property(self, window: Any, name: str) -> Any:
        found = window.get_full_property(self._x.intern_atom(name), X.AnyPropertyType)
        return None if found is None else found.value

    def _title(self, window: Any) -> str | None:
        """None for a window that has gone meanwhile."""
        try:
            title = self._property(window, "_NET_WM_NAME")
        except BadWindow:
            return None
        return None if title is None else bytes(title).decode(errors="replace")


@contextmanager
def desk(size: str) -> Iterator[Desk]:
    """A screen of `size` (``1440x900``) with openbox, for the length of the block."""
    with x_server(f"{size}x24") as display, window_manager(display):
        made = Desk(display)
        try:
            yield made
        finally:
            made.close()
