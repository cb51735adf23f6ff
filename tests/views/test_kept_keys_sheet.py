"""The sheet in which people choose which keys stay with this computer."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from app.views.kept_keys_sheet import KeptKeysSheet
from app.vm.display.key_groups import USUALLY_KEPT, KeyGroup
from tests.views.conftest import Desk, OpenDesk


def opened(desk: Desk) -> KeptKeysSheet:
    info = desk.manager._find("Debian")
    desk.window.commands.keys_wanted.emit(info)
    sheet = desk.window.sheets.top
    assert isinstance(sheet, KeptKeysSheet)
    return sheet


def here(sheet: KeptKeysSheet) -> set[KeyGroup]:
    return {group for group, choice in sheet.rows.items() if choice.key() == "here"}


async def test_each_group_has_a_row_and_a_choice_counts_at_once(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        sheet = opened(desk)
        assert set(sheet.rows) == set(KeyGroup)
        assert here(sheet) == USUALLY_KEPT
        sheet.rows[KeyGroup.SUPER].group.button(1).click()
        sheet.rows[KeyGroup.VOLUME].group.button(0).click()
        vm_id = desk.manager._find("Debian").id
        expected = {KeyGroup.SUPER, KeyGroup.PLAYER}
        assert desk.window._outside.kept_keys.of_machine(vm_id) == expected
        sheet.accept()
        assert here(opened(desk)) == expected


async def test_the_keyboard_alone_is_enough(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        sheet = opened(desk)
        first = sheet.rows[KeyGroup.SWITCH_WINDOWS]
        first.focus()
        QTest.keyClick(first.group.button(0), Qt.Key.Key_Right)
        assert KeyGroup.SWITCH_WINDOWS in here(sheet)
        vm_id = desk.manager._find("Debian").id
        assert KeyGroup.SWITCH_WINDOWS in desk.window._outside.kept_keys.of_machine(vm_id)


@pytest.mark.parametrize("can", [True, False])
async def test_a_desktop_that_gives_all_or_none_is_said(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch, can: bool
) -> None:
    async with open_desk("Debian") as desk:
        kind = type(desk.window._outside.kept_keys)
        monkeypatch.setattr(kind, "can_hand_back", property(lambda _: can))
        texts = [label.text() for label in opened(desk).findChildren(QLabel)]
        assert any("all of its shortcuts, or none" in text for text in texts) is not can


async def test_a_choice_that_cannot_be_saved_is_said(
    open_desk: OpenDesk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_desk("Debian") as desk:
        (tmp_path / "kept-keys.json").mkdir()
        opened(desk).rows[KeyGroup.SUPER].group.button(1).click()
        assert "cannot be saved" in desk.window.toast._text.text()
