"""The main job, once, on a computer without a screen: a system from a disc to a running machine.

    PYTHONPATH=. QT_QPA_PLATFORM=offscreen python packaging/offscreen.py FOLDER

A tiny disc is built, a machine is made from it with what the wizard would suggest, it installs
itself and starts from its own disk. FOLDER then holds `running-system.png`, the machine's own
picture, and `main-window.png`, the library with it. Everything else is in a folder that goes away.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from app import paths
from app.desktop.application import Desktop, Wishes, make_application
from app.settings import SettingsFile
from app.views.appearance import Appearance
from app.vm.manager import VmManager
from app.vm.media.catalogue import HostSize, suggest
from app.vm.media.reader import inspect_disc
from app.vm.model import CfgInfo
from app.vm.qemu.argv import SERIAL, socket_path
from app.vm.session import open_manager
from tests.guests.tiny import build_tiny_disc

INSTALL_S = 120.0


@contextlib.contextmanager
def private_folders() -> Iterator[Path]:
    """Keep the person's own library, settings and sockets out of this."""
    with tempfile.TemporaryDirectory(prefix="duplex-vm-") as name:
        root = Path(name)
        for kind in ("DATA_HOME", "CACHE_HOME", "CONFIG_HOME", "STATE_HOME", "RUNTIME_DIR"):
            folder = root / kind.lower()
            folder.mkdir(mode=0o700)
            os.environ[f"XDG_{kind}"] = str(folder)
        yield root


async def run_main_job(app: QApplication, disc: Path, output: Path) -> None:
    """Disc to machine to pictures."""
    settings = SettingsFile(paths.config_dir() / "settings.toml")
    appearance = Appearance(app, settings)
    appearance.apply()
    async with open_manager() as manager:
        if not isinstance(manager, VmManager):
            raise TypeError("a fresh library has no other manager")
        desktop = Desktop(manager, settings, appearance)
        async with asyncio.TaskGroup() as tasks:
            window = tasks.create_task(desktop.run(Wishes()))
            try:
                await install_and_picture(manager, desktop, disc, output)
            finally:
                for info in manager.snapshot():
                    await manager.force_stop_vm(info.name)
                desktop.main_window.quit_confirmed.emit()
                await window


async def install_and_picture(
    manager: VmManager, desktop: Desktop, disc: Path, output: Path
) -> None:
    """Install from the disc and take both pictures."""
    await manager.grant_path(disc)
    host = manager.host_size()
    found = suggest(
        await inspect_disc(disc),
        HostSize(cpus=host.cpus, memory_mib=host.memory_mib, free_disk_mib=host.free_disk_mib),
    )
    cfg = CfgInfo(
        cpu_num=found.cpus,
        memory_size=found.memory_mib,
        disk_size=found.disk_mib,
        bios_path=found.firmware,
        system=found.system.id,
    )
    info = await manager.create_vm(found.machine_name, cfg, iso=disc)
    await manager.start_vm(info.name)
    await asyncio.wait_for(hear_of_first_boot(manager, info.id.hex[:8]), INSTALL_S)
    picture = await manager.grant_path(output / "running-system.png")
    await manager.screenshot_vm(info.name, picture)
    await picture_of_library(manager, desktop, info.name, output / "main-window.png")


async def hear_of_first_boot(manager: VmManager, run: str) -> None:
    """Listen to the machine's serial port until the system from the disk has started."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.connect(os.fspath(socket_path(paths.runtime_dir(manager.library.root) / run, SERIAL)))
    reader, writer = await asyncio.open_connection(sock=line)
    try:
        async for text in reader:
            if text.startswith(b"tick"):  # a system that counts seconds is up
                return
    finally:
        writer.close()
    raise ConnectionError("the machine ended before its system was up")


async def picture_of_library(manager: VmManager, desktop: Desktop, name: str, target: Path) -> None:
    """Photograph the main window with the machine's present picture in it."""
    window = desktop.main_window
    loaded = asyncio.Event()
    window.pictures.loaded.connect(loaded.set)
    await manager.refresh_thumbnail(name)
    window.library.select(await manager.get_vm_status(name))
    await asyncio.wait_for(loaded.wait(), 10)
    window.grab().save(str(target))


def main() -> int:
    """Do the main job; 0 when both pictures are there."""
    output = Path(sys.argv[1]).resolve()
    output.mkdir(parents=True, exist_ok=True)
    with private_folders() as root:
        disc = build_tiny_disc(root / "tiny.iso")
        app = make_application(["duplex-vm"])
        with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
            runner.run(run_main_job(app, disc, output))
    for name in ("running-system.png", "main-window.png"):
        sys.stdout.write(f"saved {output / name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
