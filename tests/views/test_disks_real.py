"""Disks in the window over the real manager, real images and a real machine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from app.desktop.kept_keys import KeptKeys
from app.settings import SettingsFile
from app.views.actions import Actions
from app.views.appearance import Appearance
from app.views.disks.add_sheet import AddDiskSheet
from app.views.disks.advice_sheet import AdviceSheet
from app.views.disks.disks_sheet import DisksSheet
from app.views.disks.grow_sheet import GrowSheet
from app.views.machine_menu import machine_menu
from app.views.main_window import MainWindow, Outside
from app.views.widgets.buttons import Button
from app.views.widgets.sheet import Sheet
from app.vm.manager import VmManager
from app.vm.model import MIN_DISK_MIB, VmInfo
from app.vm.state import VmState
from tests.helpers.waiting import eventually
from tests.views.conftest import HOST
from tests.vm.images.makers import make, qemu_img
from tests.vm.managing import managing, runs

pytestmark = pytest.mark.slow
SLOW_S = 20
OFF = {VmState.AVAILABLE, VmState.STOPPED}


class Hands:
    """What a person does with the window."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window

    def names(self) -> set[str]:
        """Names of the machines that are shown."""
        return {info.name for info in self.window.model.infos}

    def machine(self, name: str) -> VmInfo:
        """What the window knows about a machine."""
        return next(info for info in self.window.model.infos if info.name == name)

    async def at_rest(self, name: str) -> VmInfo:
        """The machine, as soon as it is there and off."""
        await eventually(
            lambda: name in self.names() and self.machine(name).state in OFF,
            timeout_s=SLOW_S,
        )
        return self.machine(name)

    def drop(self, path: Path) -> None:
        """Let a file fall onto the window."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        buttons, modifier = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        self.window.dropEvent(
            QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, buttons, modifier)
        )

    def choose(self, name: str, entry: str) -> None:
        """Trigger an entry of the machine's menu."""
        menu = machine_menu(
            self.window,
            self.machine(name),
            self.window.commands,
            rename=self.window.library.rename,
            insert_disc=self.window.library.insert_disc,
            disks=self.window.disks,
            board=self.window.board,
        )
        next(action for action in menu.actions() if action.text() == entry).trigger()
        menu.deleteLater()

    async def sheet(self) -> Sheet:
        """The sheet that has the keyboard, as soon as there is one."""
        await eventually(lambda: self.window.sheets.top is not None, what="a sheet")
        top = self.window.sheets.top
        assert top is not None
        return top

    async def fill_in(self, text: str) -> None:
        """Write into the field of the sheet that comes."""
        sheet = await self.sheet()
        edit = sheet.findChild(QLineEdit)
        assert edit is not None
        edit.setText(text)

    async def press(self, text: str) -> None:
        """Press the button of the sheet that says `text`; it closes when all is well."""
        sheet = await self.sheet()
        next(b for b in sheet.findChildren(Button) if b.text() == text).click()
        await eventually(lambda: self.window.sheets.top is not sheet, timeout_s=SLOW_S)

    async def work_is_over(self) -> None:
        """Nothing is under way any more, and nothing has failed."""
        await eventually(lambda: self.window.board.under_way == 0, timeout_s=SLOW_S)
        assert [known.info.error for known in self.window.board.tasks if known.info.error] == []


@asynccontextmanager
async def opened(
    manager: VmManager, dressed: tuple[SettingsFile, Appearance], state_folder: Path
) -> AsyncIterator[Hands]:
    """The window over the manager; opening a machine starts it."""
    settings, dresser = dressed
    actions = Actions()

    async def open_machine(name: str, _exclusive: bool) -> None:
        await manager.start_vm(name)

    outside = Outside(
        manager=manager,
        open_machine=open_machine,
        host_size=lambda: HOST,
        refresh_picture=None,
        kept_keys=KeptKeys(state_folder / "kept-keys.json"),
        state_folder=state_folder,
    )
    window = MainWindow(outside, settings, actions, dresser)
    window.show()
    window.start()
    try:
        yield Hands(window)
    finally:
        window.sheets.close_all()
        await actions.close()
        window.finish()
        window.hide()
        window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def is_same(one: Path, other: Path) -> bool:
    """Whether both images hold the same; the shorter one counts as filled up with zeros."""
    said = qemu_img("compare", str(one), str(other))
    return "Images are identical." in said


async def test_a_dropped_image_becomes_a_machine_that_starts_and_can_be_exported(
    appearance: tuple[SettingsFile, Appearance], tmp_path: Path
) -> None:
    image = make(tmp_path, "qcow2", "Debian")
    async with (
        managing(tmp_path / "library") as manager,
        opened(manager, appearance, tmp_path / "state") as hands,
    ):
        hands.drop(image)
        await hands.press("Import")
        info = await hands.at_rest("Debian")
        await hands.work_is_over()
        hands.window.commands.open(info)
        await eventually(lambda: hands.machine("Debian").state is VmState.RUNNING, timeout_s=SLOW_S)
        assert runs(info)
        await manager.force_stop_vm("Debian")
        await hands.at_rest("Debian")
        hands.choose("Debian", "Export…")
        target = tmp_path / "out.qcow2"
        await hands.fill_in(str(target))
        await hands.press("Export")
        await eventually(target.exists, timeout_s=SLOW_S)
        await hands.work_is_over()
        assert is_same(image, target)


async def test_disks_are_added_grown_compacted_taken_out_and_put_back(
    appearance: tuple[SettingsFile, Appearance], tmp_path: Path
) -> None:
    image = make(tmp_path, "qcow2", "Debian")
    async with (
        managing(tmp_path / "library") as manager,
        opened(manager, appearance, tmp_path / "state") as hands,
    ):
        hands.drop(image)
        await hands.press("Import")
        await hands.at_rest("Debian")
        await hands.work_is_over()

        async def listed(count: int) -> DisksSheet:
            sheet = await eventually(
                lambda: (
                    hands.window.sheets.top
                    if isinstance(hands.window.sheets.top, DisksSheet)
                    else None
                )
            )
            await eventually(lambda: len(sheet._disks) == count)
            return sheet

        def click(sheet: DisksSheet, name: str) -> None:
            next(b for b in sheet.findChildren(Button) if b.accessibleName() == name).click()

        async def press(sheet: DisksSheet, name: str) -> None:
            click(sheet, name)
            await eventually(lambda: hands.window.sheets.top is not sheet)

        hands.choose("Debian", "Disks…")
        sheet = await listed(1)
        sheet.add.click()
        asked = await eventually(
            lambda: (
                hands.window.sheets.top
                if isinstance(hands.window.sheets.top, AddDiskSheet)
                else None
            )
        )
        asked._choose(32)
        await hands.press("Add")
        sheet = await listed(2)
        added = next(disk for disk in sheet._disks if not disk.system)
        await press(sheet, "Make larger…: Disk 2")
        await hands.press("Make larger")
        await eventually(lambda: isinstance(hands.window.sheets.top, AdviceSheet))
        await hands.press("Close")
        assert await manager.get_vm_disk_size("Debian", disk_id="disk1") > added.size_mib
        sheet = await listed(2)
        await press(sheet, "Take out…: Disk 2")
        await hands.press("Take out")
        await eventually(lambda: any(not disk.disk_id for disk in sheet._disks))
        sheet = await listed(2)
        kept = next(disk for disk in sheet._disks if not disk.disk_id)
        click(sheet, f"Put back: {kept.file}")
        await eventually(lambda: all(disk.disk_id for disk in sheet._disks))
        await press(sheet, "Free up space…: Disk 2")
        await hands.press("Free up space")
        await hands.work_is_over()
        await hands.at_rest("Debian")


async def test_a_machine_is_duplicated_grows_and_comes_back_from_the_trash(
    appearance: tuple[SettingsFile, Appearance], tmp_path: Path
) -> None:
    image = make(tmp_path, "qcow2", "Debian")
    async with (
        managing(tmp_path / "library") as manager,
        opened(manager, appearance, tmp_path / "state") as hands,
    ):
        hands.drop(image)
        await hands.press("Import")
        await hands.at_rest("Debian")
        await hands.work_is_over()
        hands.choose("Debian", "Duplicate…")
        await hands.press("Duplicate")
        copy = await hands.at_rest("Debian copy")
        await hands.work_is_over()
        assert is_same(image, copy.folder / "disk0.qcow2")
        hands.choose("Debian copy", "Make the disk larger…")
        sheet = await hands.sheet()
        assert isinstance(sheet, GrowSheet)
        await hands.press("Make larger")
        await eventually(lambda: isinstance(hands.window.sheets.top, AdviceSheet))
        await hands.press("Close")
        assert await manager.get_vm_disk_size("Debian copy") == 1024
        assert await manager.get_vm_disk_size("Debian") == MIN_DISK_MIB
        await hands.at_rest("Debian copy")
        hands.choose("Debian copy", "Delete")
        await eventually(lambda: hands.names() == {"Debian"})
        hands.window.show_page(2)
        settings = hands.window.settings_page
        assert settings is not None
        settings.show_subject("storage")

        def restore() -> Button:
            buttons = settings.findChildren(Button)
            found = [b for b in buttons if b.accessibleName() == "Restore Debian copy"]
            assert found
            return found[0]

        (await eventually(restore)).click()
        back = await hands.at_rest("Debian copy")
        assert back.id == copy.id
        assert await manager.get_vm_disk_size("Debian copy") == 1024


async def test_an_exported_archive_comes_in_again_as_a_machine(
    appearance: tuple[SettingsFile, Appearance], tmp_path: Path
) -> None:
    image = make(tmp_path, "qcow2", "Debian")
    archive = tmp_path / "Whole.ova"
    async with (
        managing(tmp_path / "library") as manager,
        opened(manager, appearance, tmp_path / "state") as hands,
    ):
        hands.drop(image)
        await hands.press("Import")
        before = await hands.at_rest("Debian")
        await hands.work_is_over()
        hands.choose("Debian", "Export…")
        sheet = await hands.sheet()
        next(b for b in sheet.findChildren(Button) if b.accessibleName() == "OVA").click()
        await hands.fill_in(str(archive))
        await hands.press("Export")
        await eventually(archive.exists, timeout_s=SLOW_S)
        await hands.work_is_over()
        hands.drop(archive)
        await hands.press("Import")
        info = await hands.at_rest("Whole")
        await hands.work_is_over()
        assert is_same(image, info.folder / "disk0.qcow2")
        assert (info.cpus, info.memory_mib) == (before.cpus, before.memory_mib)
