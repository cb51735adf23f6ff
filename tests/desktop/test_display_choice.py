"""Which way a window's picture takes, and which one when the first has failed."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from types import SimpleNamespace
from uuid import uuid4

import pytest

from app.desktop.session import ManagedSession
from app.vm.display.dbus.connection import DbusDisplay
from app.vm.display.rfb.connection import RfbDisplay
from app.vm.engine import DisplayKind, DisplayLink


class Engine:
    """A run of an engine whose pictures can be had over D-Bus, or not."""

    def __init__(self, *, pushes: bool = True) -> None:
        self.started_ms = 1_700_000_000_000
        self.pushes = pushes
        self.ends: list[socket.socket] = []

    async def open_display(self, head: int = 0, *, plain: bool = False) -> DisplayLink:
        ours, theirs = socket.socketpair()
        self.ends.append(ours)
        kind = DisplayKind.DBUS if self.pushes and not plain else DisplayKind.VNC
        return DisplayLink(kind, theirs)


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    for end in made.ends:
        end.close()


async def kind_of_next(session: ManagedSession) -> type[object]:
    display = await session.open_display()
    display.close()
    return type(display)


def session_of(engine: Engine) -> ManagedSession:
    manager = SimpleNamespace(running=lambda _name: engine)
    return ManagedSession(manager, SimpleNamespace(id=uuid4(), name="Debian"))  # type: ignore[arg-type]


async def test_pictures_are_pushed_at_first_and_polled_after_that_has_failed(engine) -> None:
    session = session_of(engine)
    assert await kind_of_next(session) is DbusDisplay
    assert await kind_of_next(session) is RfbDisplay
    assert await kind_of_next(session) is RfbDisplay


async def test_the_next_run_begins_anew(engine) -> None:
    session = session_of(engine)
    await kind_of_next(session)
    assert await kind_of_next(session) is RfbDisplay
    engine.started_ms += 60_000
    assert await kind_of_next(session) is DbusDisplay


async def test_another_window_begins_anew(engine) -> None:
    await kind_of_next(session_of(engine))
    assert await kind_of_next(session_of(engine)) is DbusDisplay


async def test_an_engine_that_pushes_nothing_is_polled(engine) -> None:
    engine.pushes = False
    session = session_of(engine)
    assert await kind_of_next(session) is RfbDisplay
    assert await kind_of_next(session) is RfbDisplay
