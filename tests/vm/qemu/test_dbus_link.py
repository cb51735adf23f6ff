"""The picture's faster way, through the engine seam, and the slower one for whom it fails."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import AppError, NotSupportedError
from app.vm.display.dbus.connection import DbusDisplay
from app.vm.engine import DisplayKind
from app.vm.qemu.argv import DBUS_DISPLAY
from app.vm.qemu.engine import QemuEngine
from app.vm.qemu.facts import engine_facts, find_binary
from tests.helpers.descriptors import open_descriptors
from tests.vm.display.watcher import Watcher
from tests.vm.makers import VM_ID
from tests.vm.qemu.test_engine import a_plan, launched

pytestmark = pytest.mark.slow  # real engines


async def test_the_picture_comes_over_dbus_where_the_engine_can(tmp_path: Path) -> None:
    async with launched(await a_plan(tmp_path / "vm")) as running:
        link = await running.open_display()
        assert link.kind is DisplayKind.DBUS
        seen = Watcher(DbusDisplay(link.sock))
        await asyncio.to_thread(seen.until, lambda: seen.framebuffer)
        seen.display.close()


async def test_whoever_wants_the_plain_way_gets_it_beside_the_other(tmp_path: Path) -> None:
    async with launched(await a_plan(tmp_path / "vm")) as running:
        with (await running.open_display()).sock:
            link = await running.open_display(plain=True)
            assert link.kind is DisplayKind.VNC
            with link.sock as connection:
                connection.settimeout(5)
                assert connection.recv(4) == b"RFB "


@pytest.mark.parametrize("head", [-1, 1])
async def test_a_screen_that_the_machine_does_not_have_is_refused(
    tmp_path: Path, head: int
) -> None:
    async with launched(await a_plan(tmp_path / "vm")) as running:
        assert running.screens == 1
        with pytest.raises(NotSupportedError, match="no such screen"):
            await running.open_display(head)


async def test_an_adopted_machine_shows_its_picture_over_dbus_too(tmp_path: Path) -> None:
    plan = await a_plan(tmp_path / "vm")
    async with launched(plan) as running:
        await running._monitor.close()
        adopted = await QemuEngine().adopt(VM_ID, plan.folder)
        assert adopted is not None
        link = await adopted.open_display()
        assert link.kind is DisplayKind.DBUS
        link.sock.close()
        await adopted.kill()
        await adopted.detach()


async def test_an_engine_of_an_older_program_is_shown_the_plain_way(tmp_path: Path) -> None:
    async with launched(await a_plan(tmp_path / "vm")) as running:
        argv = tuple(word.replace(DBUS_DISPLAY, "none") for word in running._record.argv)
        running._record = replace(running._record, argv=argv)
        link = await running.open_display()
        link.sock.close()
        assert link.kind is DisplayKind.VNC


async def test_an_engine_that_refuses_is_shown_the_plain_way(tmp_path: Path) -> None:
    async with launched(await a_plan(tmp_path / "vm")) as running:
        before = open_descriptors()
        await running._monitor.execute("query-status")
        execute = running._monitor.execute

        async def refusing(command, arguments=None, **more):
            if command == "add_client":
                arguments = {**arguments, "protocol": "@nothing"}
            return await execute(command, arguments, **more)

        running._monitor.execute = refusing  # type: ignore[method-assign]
        for _ in range(3):
            link = await running.open_display()
            link.sock.close()
            assert link.kind is DisplayKind.VNC
        assert open_descriptors() <= before


async def test_ten_links_at_once_are_ten(tmp_path: Path) -> None:
    async with launched(await a_plan(tmp_path / "vm")) as running:
        links = await asyncio.gather(*(running.open_display() for _ in range(10)))
        assert {link.kind for link in links} == {DisplayKind.DBUS}
        for link in links:
            link.sock.close()
        link = await running.open_display()
        seen = Watcher(DbusDisplay(link.sock))
        await asyncio.to_thread(seen.until, lambda: seen.framebuffer)
        seen.display.close()


async def test_without_its_monitor_an_engine_is_shown_the_plain_way(tmp_path: Path) -> None:
    async with launched(await a_plan(tmp_path / "vm")) as running:
        await running._monitor.close()
        link = await running.open_display()
        link.sock.close()
        assert link.kind is DisplayKind.VNC


async def test_an_engine_that_has_gone_is_an_error(tmp_path: Path) -> None:
    async with launched(await a_plan(tmp_path / "vm")) as running:
        os.kill(running.pid, signal.SIGKILL)
        await running._process.exited()
        with pytest.raises(AppError):
            await running.open_display()


async def test_facts_tell_whether_there_is_a_display_over_dbus(tmp_path: Path) -> None:
    assert (await engine_facts()).dbus_display
    binary = tmp_path / "qemu"
    binary.write_text(f'#!/bin/sh\ncase "$*" in *dbus*) exit 1;; esac\nexec {find_binary()} "$@"\n')
    binary.chmod(0o700)
    facts = await engine_facts(binary)
    assert not facts.dbus_display
    assert "tcg" in facts.accelerators
