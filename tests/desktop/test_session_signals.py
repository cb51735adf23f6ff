from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from app.desktop.session_signals import SessionSignals
from app.exclusive.grab import Grab
from app.exclusive.verdicts import Reason, Released
from app.host_bus import HostBus
from tests.helpers.message_bus import (
    GNOME_SAVER,
    LOGIN1,
    OWN_SESSION,
    SCREEN_SAVER,
    FakeDesktop,
)
from tests.helpers.waiting import eventually

MANAGER = f"{LOGIN1}.Manager"


class Heard:
    """A window's grab, and why it was released."""

    def __init__(self, signals: SessionSignals) -> None:
        self.signals = signals
        self.reasons: list[Reason] = []
        self.grab = Grab()
        for verdicts in (
            self.grab.hand_over(),
            self.grab.focus(has=True),
            self.grab.shown(visible=True),
            self.grab.machine(live=True),
        ):
            assert verdicts is not None
        assert self.grab.holding
        signals.locked.connect(lambda: self._release(Reason.LOCKED))
        signals.sleeping.connect(lambda: self._release(Reason.SLEEP))

    def _release(self, reason: Reason) -> None:
        self.reasons.append(reason)
        for verdict in self.grab.release(reason):
            if isinstance(verdict, Released):
                assert verdict.reason is reason


@pytest.fixture
def heard(qapp, bus_address: str) -> Iterator[Callable[[FakeDesktop], Heard]]:
    bus = HostBus("test", bus_address)
    signals = SessionSignals(bus, bus)
    yield lambda _desktop: Heard(signals)
    bus.close()


async def listening(made: Heard, desktop: FakeDesktop) -> None:
    made.signals.start()
    made.signals.start()
    await eventually(lambda: made.signals._own_path == OWN_SESSION)
    assert desktop.called == [f"{MANAGER}.GetSession"]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (("/org/freedesktop/login1", MANAGER, "PrepareForSleep", True), Reason.SLEEP),
        ((OWN_SESSION, f"{LOGIN1}.Session", "Lock"), Reason.LOCKED),
        (("/org/freedesktop/ScreenSaver", SCREEN_SAVER, "ActiveChanged", True), Reason.LOCKED),
        (("/org/gnome/ScreenSaver", GNOME_SAVER, "ActiveChanged", True), Reason.LOCKED),
    ],
)
async def test_lock_and_sleep_take_the_keyboard_back(heard, fake_desktop, said, reason):
    desktop = fake_desktop(LOGIN1, SCREEN_SAVER, GNOME_SAVER)
    made = heard(desktop)
    await listening(made, desktop)
    desktop.emit(*said)
    await eventually(lambda: made.reasons == [reason])
    assert not made.grab.holding


async def test_waking_up_and_the_lock_of_another_session_change_nothing(heard, fake_desktop):
    desktop = fake_desktop(LOGIN1, SCREEN_SAVER)
    made = heard(desktop)
    await listening(made, desktop)
    desktop.emit("/org/freedesktop/login1", MANAGER, "PrepareForSleep", False)
    desktop.emit("/org/freedesktop/login1/session/other", f"{LOGIN1}.Session", "Lock")
    desktop.emit("/org/freedesktop/ScreenSaver", SCREEN_SAVER, "ActiveChanged", False)
    desktop.emit(OWN_SESSION, f"{LOGIN1}.Session", "Unlock")
    desktop.emit("/org/freedesktop/login1", MANAGER, "PrepareForSleep", True)
    await eventually(lambda: made.reasons)
    assert made.reasons == [Reason.SLEEP]


async def test_where_the_session_is_not_known_every_lock_counts(heard, fake_desktop):
    desktop = fake_desktop(LOGIN1)
    desktop.refuses.add(f"{MANAGER}.GetSession")
    made = heard(desktop)
    made.signals.start()
    await eventually(lambda: desktop.called)
    desktop.emit(OWN_SESSION, f"{LOGIN1}.Session", "Lock")
    await eventually(lambda: made.reasons == [Reason.LOCKED])


async def test_a_computer_without_buses_is_normal(qapp, caplog):
    caplog.set_level("INFO")
    bus = HostBus("test", "")
    signals = SessionSignals(bus, bus)
    signals.start()
    await eventually(lambda: "The session is not known" in caplog.text)
    assert not [record for record in caplog.records if record.levelname not in {"INFO", "DEBUG"}]
    bus.close()
