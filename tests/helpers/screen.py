"""A private X server for tests that need a real one, with or without a window manager."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.helpers.waiting import eventually_sync


@contextmanager
def x_server(size: str = "1920x1080x24") -> Iterator[str]:
    """Run an X server without a monitor; yields its display's name.

    The server picks a free number itself: fixed ones collide through stale lock files. It does not
    reset itself when its last client goes, which would cut off one that is just coming.
    """
    reader, writer = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", size, "-nolisten", "tcp", "-noreset"],
        pass_fds=[writer],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    try:
        with os.fdopen(reader) as answer:
            number = answer.readline().strip()  # ends when the server is up, or gone
        if not number:
            raise RuntimeError(f"Xvfb ended with {server.wait()}")
        yield f":{number}"
    finally:
        _end(server)


@contextmanager
def window_manager(display: str) -> Iterator[None]:
    """Run openbox on `display` until the end of the block; it manages windows from the start."""
    manager = subprocess.Popen(
        ["openbox", "--sm-disable"],
        env={**os.environ, "DISPLAY": display},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        eventually_sync(lambda: _is_managed(display), what=f"openbox on {display}")
        yield
    finally:
        _end(manager)


@pytest.fixture
def x_display() -> Iterator[str]:
    """A private X server for this test alone; its display's name. Sets no variable."""
    with x_server() as display:
        yield display


@pytest.fixture
def managed_display(x_display: str) -> Iterator[str]:
    """A private X server with openbox on it; its display's name. Sets no variable."""
    with window_manager(x_display):
        yield x_display


def _is_managed(display: str) -> bool:
    """Whether the root names a check window (EWMH, _NET_SUPPORTING_WM_CHECK)."""
    from Xlib import X  # noqa: PLC0415 - only tests with a screen pay for it
    from Xlib.display import Display  # noqa: PLC0415

    connection = Display(display)
    try:
        atom = connection.intern_atom("_NET_SUPPORTING_WM_CHECK")
        return connection.screen().root.get_full_property(atom, X.AnyPropertyType) is not None
    finally:
        connection.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
