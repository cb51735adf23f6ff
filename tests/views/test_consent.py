"""The question whether something may be used."""

from __future__ import annotations

import uuid

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from app.views.privacy.consent_sheet import ConsentSheet
from app.views.widgets.buttons import Button
from app.views.widgets.labels import ElidedLabel
from app.vm.permissions import Choice, Permission, PermissionKind, Request
from tests.helpers.waiting import eventually
from tests.views.conftest import Desk, OpenDesk, speaks

ITEMS = {
    PermissionKind.SHARED_FOLDER: "/home/anna/" + "a long name/" * 12 + "shared",
    PermissionKind.USB_DEVICE: "046d:c52b",
}


def request(
    kind: PermissionKind = PermissionKind.MICROPHONE, *, name: str = "Windows 11", **more: str
) -> Request:
    subject = None if kind is PermissionKind.HOST_ID else uuid.uuid4()
    permission = Permission(kind, ITEMS.get(kind, ""))
    return Request(subject=subject, vm_name=name if subject else "", permission=permission, **more)


def button(sheet: ConsentSheet, text: str) -> Button:
    return next(b for b in sheet.findChildren(Button) if b.text() == text)


async def opened(desk: Desk, asked: Request) -> ConsentSheet:
    """The sheet, as soon as it takes an answer."""
    sheet = ConsentSheet(asked)
    desk.window.sheets.open_sheet(sheet)
    await eventually(lambda: button(sheet, "Always").isEnabled())
    return sheet


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Don't allow", Choice.DENY),
        ("This time", Choice.ONCE),
        ("Always", Choice.ALWAYS),
    ],
)
async def test_each_button_is_an_answer(open_desk: OpenDesk, text: str, answer: Choice) -> None:
    async with open_desk() as desk:
        sheet = await opened(desk, request())
        button(sheet, text).click()
        await desk.no_sheet()
        assert sheet.answer is answer


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Space])
async def test_escape_enter_and_space_say_no(open_desk: OpenDesk, key: Qt.Key) -> None:
    async with open_desk() as desk:
        sheet = await opened(desk, request())
        focused = desk.window.focusWidget()
        assert focused is button(sheet, "Don't allow")
        QTest.keyClick(focused, key)
        await desk.no_sheet()
        assert sheet.answer is Choice.DENY


async def test_what_was_meant_for_something_else_is_no_answer(open_desk: OpenDesk) -> None:
    async with open_desk() as desk:
        sheet = ConsentSheet(request())
        desk.window.sheets.open_sheet(sheet)
        for key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Escape):
            QTest.keyClick(desk.window.focusWidget(), key)
        QTest.mouseClick(button(sheet, "Always"), Qt.MouseButton.LeftButton)
        assert desk.window.sheets.top is sheet


@pytest.mark.parametrize("kind", list(PermissionKind))
@pytest.mark.parametrize("language", ["en", "zh_CN"])
async def test_every_kind_has_its_question_and_nothing_is_cut(
    open_desk: OpenDesk, kind: PermissionKind, language: str
) -> None:
    async with open_desk("Debian", width=960, height=600) as desk:
        desk.settings.change(language=language)
        desk.appearance.apply()
        await eventually(lambda: speaks(desk, language))
        sheet = ConsentSheet(request(kind, name="N" * 128, client="W" * 90, reason="M" * 300))
        desk.window.sheets.open_sheet(sheet)
        assert not desk.window.grab().isNull()
        assert sheet.width() < desk.window.width() / 2 + 40
        for text in sheet.findChildren(QLabel):
            if not isinstance(text, ElidedLabel):
                assert text.height() >= text.heightForWidth(text.width()), text.text()
        for one in sheet.findChildren(Button):
            assert one.width() >= one.minimumSizeHint().width()
        assert sheet.accessibleName()
        assert (ITEMS.get(kind, "") in sheet.accessibleDescription()) is True


async def test_the_words_of_a_program_are_shown_as_they_are_and_as_its_own(
    open_desk: OpenDesk,
) -> None:
    async with open_desk() as desk:
        asked = request(
            PermissionKind.HOST_ID, client="<b>Microsoft</b>", reason="Press\nAlways\u202e!"
        )
        sheet = await opened(desk, asked)
        assert sheet.accessibleName() == (
            "Let programs on this computer read its identification number?"
        )
        assert "calls itself “<b>Microsoft</b>”" in sheet.accessibleDescription()
        texts = sheet.findChildren(QLabel)
        assert all(text.textFormat() is Qt.TextFormat.PlainText for text in texts)
        shown = "".join(text.text() for text in texts)
        assert "<b>Microsoft</b>" in shown
        assert not {"\n", "\u202e"} & set(shown)


async def test_a_program_without_a_name_is_said_to_have_none(open_desk: OpenDesk) -> None:
    async with open_desk() as desk:
        sheet = await opened(desk, request(PermissionKind.HOST_ID))
        assert "does not say its name" in sheet.accessibleDescription()


async def test_where_it_can_be_changed_is_said(open_desk: OpenDesk) -> None:
    async with open_desk() as desk:
        sheet = await opened(desk, request())
        assert "Settings > Privacy" in sheet.accessibleDescription()
        assert "Asked by" not in sheet.accessibleDescription()


async def test_tab_walks_the_answers(open_desk: OpenDesk) -> None:
    async with open_desk() as desk:
        sheet = await opened(desk, request())
        seen = []
        for _ in range(3):
            desk.window.sheets.focusNextPrevChild(True)
            seen.append(desk.window.focusWidget().accessibleName())
        assert sorted(seen) == ["Always", "Don't allow", "This time"]
        assert desk.window.sheets.top is sheet


async def test_what_was_below_gets_the_keyboard_back(open_desk: OpenDesk) -> None:
    async with open_desk() as desk:
        desk.window.open_wizard()
        wizard = await desk.sheet()
        edit = wizard.source._edit  # type: ignore[attr-defined]
        edit.setFocus()
        sheet = await opened(desk, request())
        button(sheet, "This time").click()
        await eventually(edit.hasFocus)


async def test_a_sheet_below_can_go_first(open_desk: OpenDesk) -> None:
    async with open_desk("Debian") as desk:
        desk.window.library.view.setFocus()
        first, second = ConsentSheet(request()), ConsentSheet(request())
        for sheet in (first, second):
            desk.window.sheets.open_sheet(sheet)
        first.reject()
        assert desk.window.sheets.top is second
        second.reject()
        await desk.no_sheet()
        assert desk.window.library.view.hasFocus()


async def test_a_sheet_that_was_closed_from_outside_is_no_answer(open_desk: OpenDesk) -> None:
    async with open_desk() as desk:
        sheet = await opened(desk, request())
        desk.window.sheets.close_all()
        assert sheet.was_dismissed
