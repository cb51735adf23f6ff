"""A window over a manager in memory, and hands to use it with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QLocale
from PySide6.QtWidgets import QApplication

from app.desktop.kept_keys import KeptKeys
from app.settings import SettingsFile
from app.views.actions import Actions
from app.views.appearance import Appearance
from app.views.main_window import MainWindow, Outside
from app.views.widgets.buttons import Button
from app.views.widgets.sheet import Sheet
from app.vm.limits import HostSize
from app.vm.model import VmInfo
from tests.fakes.manager import FakeManager
from tests.helpers.waiting import eventually

HOST = HostSize(cpus=8, memory_mib=12 * 1024, memory_total_mib=16 * 1024, free_disk_mib=182 * 1024)


@dataclass
class Desk:
    """The window, what is behind it, and what it did outside."""

    window: MainWindow
    manager: FakeManager
    actions: Actions
    settings: SettingsFile
    appearance: Appearance
    opened: list[tuple[str, bool]] = field(default_factory=list)
    refreshed: list[str] = field(default_factory=list)

    def machine(self, name: str) -> VmInfo:
        """What the window knows about a machine."""
        return next(info for info in self.window.model.infos if info.name == name)

    def select(self, name: str) -> None:
        """Make this machine the present one."""
        self.window.library.select(self.machine(name))

    async def sheet(self) -> Sheet:
        """The sheet that has the keyboard, as soon as there is one."""
        return await eventually(lambda: self.window.sheets.top, what="a sheet")

    async def no_sheet(self) -> None:
        """All sheets are closed."""
        await eventually(lambda: self.window.sheets.top is None, what="no sheet")

    async def press(self, text: str) -> None:
        """Press the button of the topmost sheet that says `text`."""
        sheet = await self.sheet()
        buttons = [b for b in sheet.findChildren(Button) if b.text() == text]
        assert buttons, [b.text() for b in sheet.findChildren(Button)]
        buttons[0].click()


def speaks(desk: Desk, language: str) -> bool:
    """Whether the pages are in this language by now; a new one builds them anew."""
    wanted = {"en": "Settings", "zh_CN": "设置"}[language]
    names = {button.accessibleName() for button in desk.window.navigation.findChildren(Button)}
    return wanted in names


OpenDesk = Callable[..., AbstractAsyncContextManager[Desk]]


@pytest.fixture
def appearance(qapp: QApplication, tmp_path: Path) -> Iterator[tuple[SettingsFile, Appearance]]:
    """The application in English and light, with its own settings."""
    settings = SettingsFile(tmp_path / "settings.toml")
    settings.change(language="en", look="light", reduce_motion=True)
    before = QLocale()
    dresser = Appearance(qapp, settings)
    dresser.apply()
    yield settings, dresser
    settings.change(language="en", look="light")
    dresser.apply()
    QLocale.setDefault(before)
    dresser.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def open_desk(
    appearance: tuple[SettingsFile, Appearance], tmp_path: Path, qapp: QApplication
) -> OpenDesk:
    """Open the window over the given machines: `async with open_desk() as desk`."""
    settings, dresser = appearance

    @asynccontextmanager
    async def opening(
        *machines: str,
        width: int = 1280,
        height: int = 760,
        prepare: Callable[[FakeManager], None] | None = None,
    ) -> AsyncIterator[Desk]:
        manager, actions = FakeManager(), Actions()
        for name in machines:
            manager.add(name)
        if prepare is not None:
            prepare(manager)
        desk: list[Desk] = []

        async def open_machine(name: str, exclusive: bool) -> None:
            desk[0].opened.append((name, exclusive))

        async def refresh(name: str) -> None:
            desk[0].refreshed.append(name)

        outside = Outside(
            manager=manager,
            open_machine=open_machine,
            host_size=lambda: HOST,
            refresh_picture=refresh,
            kept_keys=KeptKeys(tmp_path / "kept-keys.json"),
            state_folder=tmp_path / "state",
        )
        window = MainWindow(outside, settings, actions, dresser)
        desk.append(Desk(window, manager, actions, settings, dresser))
        window.resize(width, height)
        window.show()
        window.start()
        try:
            total = len(await manager.list_vms())
            await eventually(lambda: window.model.rowCount() == total, what="the list")
            yield desk[0]
        finally:
            window.sheets.close_all()
            await actions.close()
            window.finish()
            window.hide()
            window.deleteLater()
            qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    return opening
