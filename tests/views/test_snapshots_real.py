"""The page of a machine's snapshots over the real manager and a real machine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.desktop.kept_keys import KeptKeys
from app.settings import SettingsFile
from app.views.actions import Actions
from app.views.appearance import Appearance
from app.views.main_window import MainWindow, Outside
from app.views.snapshots.page import SnapshotsPage
from app.views.snapshots.take_sheet import TakeSheet
from app.views.widgets.buttons import Button
from app.vm.manager import VmManager
from app.vm.state import VmState
from tests.helpers.waiting import eventually
from tests.views.conftest import HOST
from tests.vm.managing import managing, small

pytestmark = pytest.mark.slow


def press(window: MainWindow, text: str) -> bool:
    """Press the button of the topmost sheet that says `text`; False while there is none."""
    top = window.sheets.top
    buttons = [] if top is None else [b for b in top.findChildren(Button) if b.text() == text]
    for button in buttons[:1]:
        button.click()
    return bool(buttons)


@asynccontextmanager
async def opened(
    manager: VmManager, dressed: tuple[SettingsFile, Appearance], state_folder: Path
) -> AsyncIterator[MainWindow]:
    """The window over the manager's only machine, which shows its snapshots."""
    settings, dresser = dressed
    actions = Actions()

    async def open_machine(_name: str, _exclusive: bool) -> None:
        raise AssertionError("nobody asked for its window")

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
        await eventually(lambda: window.model.rowCount() == 1)
        window.commands.snapshots_wanted.emit(window.model.infos[0])
        yield window
    finally:
        window.sheets.close_all()
        await actions.close()
        window.finish()
        window.hide()
        window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def shown(page: SnapshotsPage) -> list[str]:
    """Names of what the page shows."""
    return [one.name for one in page.tree.rows.snapshots]


async def take(window: MainWindow, page: SnapshotsPage, name: str) -> None:
    """Take a snapshot by the page's own buttons."""
    await eventually(page.take.isEnabled)
    page.take.click()
    sheet = window.sheets.top
    assert isinstance(sheet, TakeSheet)
    sheet.name.setText(name)
    assert press(window, "Take snapshot")
    await eventually(lambda: name in shown(page), timeout_s=20)


async def test_a_running_machine_is_kept_goes_on_and_goes_back(
    appearance: tuple[SettingsFile, Appearance], tmp_path: Path
) -> None:
    async with managing(tmp_path / "library") as manager:
        await manager.create_vm("demo", small())
        async with opened(manager, appearance, tmp_path / "state") as window:
            page = window.snapshots
            assert page is not None
            await take(window, page, "Clean install")
            await manager.start_vm("demo")
            await eventually(lambda: window.model.infos[0].state is VmState.RUNNING)
            await take(window, page, "While it runs")
            live = next(one for one in page.tree.rows.snapshots if one.name == "While it runs")
            assert live.with_memory
            assert live.current
            await eventually(page.take.isEnabled)
            page.tree.choose(live.snapshot_id)
            QTest.keyClick(page.tree, Qt.Key.Key_Return)
            await eventually(lambda: press(window, "Go back"))
            await eventually(lambda: page._doing != "")
            await eventually(lambda: page._doing == "", timeout_s=20)
            assert window.sheets.top is None
            assert (await manager.get_vm_status("demo")).state is VmState.RUNNING
            await eventually(page.take.isEnabled)
            page.delete()
            assert shown(page) == ["Clean install"]
            await page.settle()
            left = await manager.get_snapshot_list("demo")
            assert [one.name for one in left] == ["Clean install"]


async def test_a_machine_that_is_off_starts_where_its_memory_was_kept_or_goes_back_to_the_disk(
    appearance: tuple[SettingsFile, Appearance], tmp_path: Path
) -> None:
    async with managing(tmp_path / "library") as manager:
        await manager.create_vm("demo", small())
        await manager.start_vm("demo")
        async with opened(manager, appearance, tmp_path / "state") as window:
            page = window.snapshots
            assert page is not None
            await take(window, page, "While it runs")
            live = page.tree.rows.snapshots[0]
            await eventually(page.take.isEnabled)
            await manager.force_stop_vm("demo")
            await eventually(lambda: window.model.infos[0].state is VmState.STOPPED)
            page.tree.choose(live.snapshot_id)
            page._ask(window.model.infos[0], live, disks_only=True)
            await eventually(lambda: press(window, "Go back"))
            await eventually(lambda: page._doing != "")
            await eventually(lambda: page._doing == "", timeout_s=20)
            assert (await manager.get_vm_status("demo")).state is VmState.STOPPED
            await eventually(page.take.isEnabled)
            QTest.keyClick(page.tree, Qt.Key.Key_Return)
            await eventually(lambda: press(window, "Snapshot, then go back"))
            await eventually(lambda: window.model.infos[0].state is VmState.RUNNING, timeout_s=20)
            await eventually(lambda: len(shown(page)) == 2, timeout_s=20)
            assert [one.automatic for one in page.tree.rows.snapshots].count(True) == 1
            await eventually(lambda: page._doing == "")
            assert window.sheets.top is None
