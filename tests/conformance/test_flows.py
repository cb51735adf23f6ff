"""The document's flows (section 12) as programs of their own, beside the real window application.

The programs are those of docs/examples, in Python and over the wire with the plain QMP package.
What they are said to do is looked at from outside: on the screen, in the guest, by a command.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import paths
from tests.conformance.serving import wire_to
from tests.e2e import program
from tests.e2e.desk import Desk
from tests.e2e.desk import desk as open_desk
from tests.e2e.guest import Serial
from tests.e2e.program import Window
from tests.guests.tiny import TinyOptions, build_tiny_disc
from tests.helpers.waiting import eventually, eventually_sync
from tests.house.sources import ROOT

pytestmark = [pytest.mark.x11, pytest.mark.slow]

EXAMPLES = ROOT / "docs" / "examples"
SCREEN = "1440x900"
TITLE = f"demo — {program.TITLE}"
SMALL = ("64", "256")
each_face = pytest.mark.parametrize("face", ["python", "wire"])

Example = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def desk() -> Iterator[Desk]:
    with open_desk(SCREEN) as made:
        yield made


@pytest.fixture
def application(desk: Desk) -> Iterator[Window]:
    """The window application; afterwards its machines are off."""
    window = Window(desk)
    window.wait()
    yield window
    for name in program.machines():
        program.run("kill", name)
    window.end()


@pytest.fixture
def example(application: Window, desk: Desk, face: str) -> Example:
    """Runs one of the programs to its end."""

    def run(name: str, *words: str, fails: bool = False) -> subprocess.CompletedProcess[str]:
        (socket,) = Path(os.environ["XDG_RUNTIME_DIR"]).glob("duplex-vm/*/manager.sock")
        at = [str(socket)] if face == "wire" else []
        path = {"PYTHONPATH": str(ROOT)} if face == "python" else {"PYTHONPATH": ""}
        done = subprocess.run(
            [sys.executable, str(EXAMPLES / face / f"{name}.py"), *at, *words],
            cwd=EXAMPLES,
            env={**desk.environment, **path},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert bool(done.returncode) is fails, done.stderr
        return done

    return run


@pytest.fixture
def serial(own_folders: Path) -> Iterator[Serial]:
    port = Serial()
    port.start()
    yield port
    port.stop()


@each_face
def test_a_system_is_installed_from_a_disc_and_seen(
    example: Example, desk: Desk, serial: Serial, tmp_path: Path
) -> None:
    """12.1: createVm, mountCDDriveToVm, startVm, requestVmWindow, createVmView, setVmViewSize."""
    disc = build_tiny_disc(tmp_path / "tiny.iso", TinyOptions(tick=False, letter_commands=False))
    said = example("install_from_disc", "demo", str(disc), *SMALL).stdout.splitlines()

    assert said == [
        "made: STATE_STOPPED, a disk of 256 MiB",
        f"in the drive: {disc}",
        "started: STATE_RUNNING",
        "in window 1: 1024 x 768",
        "to be seen: True",
    ]
    serial.wait_for("ready")
    desk.wait_for_window(TITLE)
    assert program.state("demo") == "VIEWING"
    eventually_sync(lambda: size_of(desk) == (1024, 768), what="the size that was set")
    eventually_sync(lambda: colours_of(desk) > 1, what="a picture in the window")


def size_of(desk: Desk) -> tuple[int, int]:
    """Of the machine's window on the screen; nothing while it is not there, such as on a change."""
    if TITLE not in desk.windows():
        return 0, 0
    box = desk.box(TITLE)
    return box.right - box.left, box.bottom - box.top


def colours_of(desk: Desk) -> int:
    """How many different colours the machine's window shows."""
    found = desk.picture(desk.box(TITLE)).getcolors(maxcolors=1 << 24)
    return len(found or ())


@each_face
def test_a_disk_image_becomes_a_machine_that_is_seen(
    example: Example, desk: Desk, tmp_path: Path
) -> None:
    """12.2: importVmDiskImage, startVm, createVmView."""
    image, bad = tmp_path / "old.vmdk", tmp_path / "bad.qcow2"
    for words in (["-f", "vmdk", image], ["-f", "qcow2", "-F", "vmdk", "-b", image, bad]):
        size = ["48M"] if image in words[-1:] else []
        subprocess.run(["qemu-img", "create", "-q", *words, *size], check=True)
    said = example("import_image", "demo", str(image)).stdout.splitlines()

    assert said == [
        "imported: done, 100 %",
        "its disk: disk0.qcow2, 48 MiB",
        "started: STATE_RUNNING",
        "in window 1: 1024 x 768",
    ]
    desk.wait_for_window(TITLE)
    assert program.state("demo") == "VIEWING"
    refused = example("import_image", "other", str(bad), fails=True)
    assert "does not stand alone" in refused.stderr
    assert list(program.machines()) == ["demo"]


@each_face
def test_a_machine_is_made_started_and_viewed(example: Example, desk: Desk) -> None:
    """12.4: createVm, startVm, on, createVmView."""
    said = example("create_start_view", "demo", *SMALL).stdout.splitlines()

    assert said == [
        "window 1: 1280 x 720",
        "state: STATE_STOPPED",
        "state: STATE_STARTING",
        "state: STATE_RUNNING",
        "state: STATE_VIEWING",
    ]
    desk.wait_for_window(TITLE)
    refused = example("create_start_view", "demo", *SMALL, fails=True)
    assert refused.stderr.startswith("vm error: VM_NAME_TAKEN: ")


@each_face
def test_a_view_goes_to_exclusive_mode_and_back_to_a_window(example: Example, desk: Desk) -> None:
    """12.3: destroyVmView, createVmView, the focus event, setVmViewSize, and LockGuest before."""
    program.told("create", "demo", "--cpus", "1", "--memory", "64", "--disk", "16", "--start")
    said = example("switch_views", "demo").stdout.splitlines()

    assert [line for line in said if "False" not in line] == [
        "window 1 has the keyboard: True",
        "window 1 is exclusive",
        "window 2 has the keyboard: True",
        "window 2: 800 x 600",
    ]
    assert "window 1 has the keyboard: False" in said
    desk.wait_for_window(TITLE)
    assert program.state("demo") == "VIEWING"
    assert program.machines()["demo"]["windowId"] == 2


async def test_windows_open_grow_lock_close_and_come_back_as_a_program_asks(
    application: Window, desk: Desk
) -> None:
    make = ("create", "demo", "--cpus", "1", "--memory", "64", "--disk", "16", "--start")
    await asyncio.to_thread(program.told, *make)
    async with wire_to(paths.library_dir()) as wire:
        assert (await wire.ask("ping"))["screen"] is True
        window = await wire.ask("requestVmWindow")
        assert TITLE not in desk.windows(), "it opens when a machine is bound to it"
        view = {"vmName": "demo", "windowId": window, "width": 1280, "height": 720}
        assert (await wire.ask("createVmView", **view))["visible"] is True
        await eventually(lambda: size_of(desk) == (1280, 720), what="the window")
        await wire.until("focusStateChange", windowId=window, focused=True)
        again = await wire.ask("requestVmWindow")
        refused = await wire.refusal("createVmView", **{**view, "windowId": again})
        assert refused["desc"] == "The window already exists."

        await wire.ask("setVmViewSize", width=800, height=600)
        await eventually(lambda: size_of(desk) == (800, 600), what="the new size")
        await wire.ask("LockGuest", windowId=window)
        await eventually(lambda: size_of(desk) == (1440, 900), what="the whole screen")
        assert (await wire.ask("getVmStatus", vmName="demo"))["windowId"] == window

        await wire.ask("destroyVmView", windowId=window)
        await wire.until("focusStateChange", windowId=window, focused=False)
        await wire.until("vmViewStateChange", windowId=window, viewStateName="RELEASED")
        await eventually(lambda: TITLE not in desk.windows(), what="the window's end")
        assert (await wire.ask("getVmStatus", vmName="demo"))["stateName"] == "STATE_RUNNING"
        gone = await wire.refusal("createVmView", **view)
        assert gone["desc"] == "WindowId err", "its number is never used again"

        await wire.ask("showVm", vmName="demo")
        await eventually(lambda: desk.active() == TITLE, what="the machine's window")
        assert await wire.ask("checkVmWindowVisible", vmName="demo") is True
        await wire.ask("showWindow")
        await eventually(lambda: desk.active() == program.TITLE, what="the main window")
