"""Questions come one at a time, where the person is, and go when nobody wants to know any more."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from app.views.privacy.consent_sheet import ConsentSheet
from app.views.widgets.buttons import Button
from app.views.widgets.sheet import SheetHost
from app.vm.permissions import Choice, Permission, PermissionKind, Request
from tests.desktop.conftest import OpenRoom, Room
from tests.helpers.waiting import eventually


def request(room: Room, name: str = "", kind: PermissionKind = PermissionKind.CAMERA) -> Request:
    subject = room.manager._find(name).id if name else None
    kind = kind if name else PermissionKind.HOST_ID
    return Request(subject=subject, vm_name=name, permission=Permission(kind))


async def asked(host: SheetHost) -> ConsentSheet:
    """The question on that window, as soon as it takes an answer."""
    sheet = await eventually(lambda: host.top, what="a question")
    assert isinstance(sheet, ConsentSheet)
    await eventually(lambda: all(b.isEnabled() for b in sheet.findChildren(Button)))
    return sheet


def press(sheet: ConsentSheet, text: str) -> None:
    next(b for b in sheet.findChildren(Button) if b.text() == text).click()


async def test_a_question_of_a_program_comes_on_the_main_window(open_room: OpenRoom) -> None:
    async with open_room() as room, asyncio.TaskGroup() as tasks:
        task = tasks.create_task(room.consent.ask(request(room)))
        press(await asked(room.main_window.sheets), "Always")
        assert await task is Choice.ALWAYS
        assert room.raised == [1]


async def test_a_question_about_the_machine_at_hand_comes_on_its_window(
    open_room: OpenRoom,
) -> None:
    async with open_room("Debian") as room, asyncio.TaskGroup() as tasks:
        room.windows.open(room.manager._find("Debian"))
        window = room.window("Debian")
        await eventually(window.isActiveWindow)
        for answer in (Choice.ONCE, Choice.DENY):
            task = tasks.create_task(room.consent.ask(request(room, "Debian")))
            host = await eventually(lambda: room.consent._hosts.get(window.window_id))
            sheet = await asked(host)
            assert window.isAncestorOf(sheet)
            assert room.main_window.sheets.top is None
            press(sheet, {Choice.ONCE: "This time", Choice.DENY: "Don't allow"}[answer])
            assert await task is answer
        assert room.raised == []


async def test_a_window_without_room_leaves_it_to_the_main_window(open_room: OpenRoom) -> None:
    async with open_room("Debian") as room, asyncio.TaskGroup() as tasks:
        room.windows.open(room.manager._find("Debian"))
        window = room.window("Debian")
        window.resize(640, 400)
        await eventually(window.isActiveWindow)
        wordy = replace(request(room, "Debian"), client="tool", reason="word " * 40)
        task = tasks.create_task(room.consent.ask(wordy))
        press(await asked(room.main_window.sheets), "Don't allow")
        assert await task is Choice.DENY


async def test_the_guest_has_no_keys_while_a_question_lies_over_it(open_room: OpenRoom) -> None:
    async with open_room("Debian") as room, asyncio.TaskGroup() as tasks:
        room.windows.open(room.manager._find("Debian"))
        window = room.window("Debian")
        await eventually(window.isActiveWindow)
        window.input.run(window.input.grab.machine(live=True))
        assert window.input.grab.holding
        task = tasks.create_task(room.consent.ask(request(room, "Debian")))
        host = await eventually(lambda: room.consent._hosts.get(window.window_id))
        sheet = await asked(host)
        assert not window.input.grab.holding
        press(sheet, "This time")
        await task
        assert window.input.grab.holding


async def test_questions_queue_and_a_withdrawn_one_vanishes(open_room: OpenRoom) -> None:
    async with open_room("Debian", "Ubuntu") as room, asyncio.TaskGroup() as tasks:
        sheets = room.main_window.sheets
        first = tasks.create_task(room.consent.ask(request(room, "Debian")))
        second = tasks.create_task(room.consent.ask(request(room)))
        third = tasks.create_task(room.consent.ask(request(room, "Ubuntu")))
        shown = await asked(sheets)
        assert "Debian" in shown.accessibleName()
        second.cancel()
        first.cancel()
        await asyncio.wait([first, second])
        await eventually(lambda: sheets.top is not None and sheets.top is not shown)
        last = await asked(sheets)
        assert "Ubuntu" in last.accessibleName()
        assert len(sheets._sheets) == 1
        press(last, "Always")
        assert await third is Choice.ALWAYS


async def test_a_question_whose_window_goes_is_asked_again(open_room: OpenRoom) -> None:
    async with open_room("Debian") as room, asyncio.TaskGroup() as tasks:
        room.windows.open(room.manager._find("Debian"))
        window = room.window("Debian")
        await eventually(window.isActiveWindow)
        task = tasks.create_task(room.consent.ask(request(room, "Debian")))
        await eventually(lambda: room.consent._hosts.get(window.window_id))
        window.close()
        sheet = await asked(room.main_window.sheets)
        room.main_window.sheets.close_all()  # as for another language
        again = await asked(room.main_window.sheets)
        assert again is not sheet
        press(again, "This time")
        assert await task is Choice.ONCE
