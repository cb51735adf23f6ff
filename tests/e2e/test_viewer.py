"""The bare viewer: the whole program, a real engine, a real screen, keys and clicks of a person."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from Xlib.display import Display

from app.cli.exit_codes import ExitCode
from tests.helpers.waiting import eventually_sync
from tests.vm.display.qemu import Machine

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.x11, pytest.mark.slow]


def viewer_command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "app", "viewer", *arguments]


@contextmanager
def viewer(display: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        viewer_command(*arguments),
        cwd=ROOT,
        env={**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"},
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


@pytest.fixture
def machine(own_folders) -> Iterator[Machine]:
    made = Machine(own_folders)
    made.execute("cont")
    eventually_sync(lambda: made.typed() is not None, timeout_s=20)
    yield made
    made.stop()


def active_title(display: str) -> str:
    """Title of the window that has the focus by EWMH."""
    connection = Display(display)
    try:
        root = connection.screen().root
        active = root.get_full_property(connection.intern_atom("_NET_ACTIVE_WINDOW"), 0)
        if active is None or not active.value[0]:
            return ""
        window = connection.create_resource_object("window", active.value[0])
        title = window.get_full_property(connection.intern_atom("_NET_WM_NAME"), 0)
        return title.value.decode() if title else ""
    finally:
        connection.close()


def press(display: str, key: str) -> None:
    environment = {**os.environ, "DISPLAY": display}
    subprocess.run(["xdotool", "key", key], env=environment, check=True)


def test_a_person_sees_and_types_into_any_vnc_server(managed_display, machine) -> None:
    with viewer(managed_display, "--vnc", f"unix:{machine.vnc}", "--title", "Lab"):
        eventually_sync(lambda: active_title(managed_display).startswith("Lab"), timeout_s=20)

        def typed() -> bool:
            press(managed_display, "x")
            return "x" in (machine.typed() or "")

        eventually_sync(typed, timeout_s=20)


def test_at_a_monitor_the_picture_is_pushed_and_keys_go_in(managed_display, own_folders) -> None:
    control = own_folders / "qmp"
    machine = Machine(
        own_folders,
        "-display", "dbus,p2p=on", "-qmp", f"unix:{control},server=on,wait=off",
    )  # fmt: skip
    try:
        machine.execute("cont")
        eventually_sync(lambda: machine.typed() is not None, timeout_s=20)
        with viewer(managed_display, "--qmp", str(control), "--title", "Lab"):
            eventually_sync(lambda: active_title(managed_display).startswith("Lab"), timeout_s=20)

            def typed() -> bool:
                press(managed_display, "x")
                return "x" in (machine.typed() or "")

            eventually_sync(typed, timeout_s=20)
    finally:
        machine.stop()


def test_the_viewer_ends_when_its_window_is_closed(managed_display, machine) -> None:
    with viewer(managed_display, "--vnc", f"unix:{machine.vnc}", "--title", "Lab") as process:
        eventually_sync(lambda: active_title(managed_display).startswith("Lab"), timeout_s=20)
        press(managed_display, "alt+F4")  # the window manager's
        process.wait(10)


def test_nobody_at_the_place_is_a_sentence_and_an_exit_code(x_display, tmp_path) -> None:
    ended = subprocess.run(
        viewer_command("--vnc", f"unix:{tmp_path}/nobody"),
        cwd=ROOT,
        env={**os.environ, "DISPLAY": x_display, "QT_QPA_PLATFORM": "xcb"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == ExitCode.CONNECTION
    assert "There is nobody at unix:" in ended.stderr
