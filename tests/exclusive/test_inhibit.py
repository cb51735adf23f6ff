"""Sleep and the screen lock held off, against services that a test has put on a private bus."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from app.exclusive.inhibit import Inhibitor, screen_inhibitor, sleep_inhibitor
from app.host_bus import HostBus
from tests.exclusive.conftest import ROOT
from tests.helpers.descriptors import open_descriptors
from tests.helpers.message_bus import LOGIN1, PORTAL, SCREEN_SAVER
from tests.helpers.waiting import eventually_sync

KINDS = {
    "sleep": (sleep_inhibitor, LOGIN1),
    "screen": (screen_inhibitor, SCREEN_SAVER),
    "portal": (screen_inhibitor, PORTAL),
}

HOLD = """
import sys
from app.exclusive.inhibit import screen_inhibitor, sleep_inhibitor
from app.host_bus import HostBus
bus = HostBus("test", sys.argv[1])
for made in (sleep_inhibitor(bus), screen_inhibitor(bus)):
    made.start()
sys.stdin.read()
"""


@pytest.fixture
def bus(bus_address: str) -> Iterator[HostBus]:
    made = HostBus("test", bus_address)
    yield made
    made.close()
    eventually_sync(lambda: "test bus" not in [t.name for t in threading.enumerate()])


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_held_from_start_to_stop(bus, fake_desktop, kind):
    make, service = KINDS[kind]
    desktop, inhibitor = fake_desktop(service), make(bus)
    assert not inhibitor.is_held
    inhibitor.start()
    eventually_sync(lambda: inhibitor.is_held)
    assert desktop.holding() == [kind]
    inhibitor.stop()
    assert not inhibitor.is_held
    eventually_sync(lambda: desktop.holding() == [])


@pytest.mark.parametrize("kind", KINDS)
def test_starts_and_stops_may_come_in_any_number(bus, fake_desktop, kind):
    make, service = KINDS[kind]
    desktop, inhibitor = fake_desktop(service), make(bus)
    inhibitor.stop()
    for _ in range(5):
        inhibitor.start()
        inhibitor.start()
        inhibitor.stop()
        inhibitor.stop()
    inhibitor.start()
    eventually_sync(lambda: inhibitor.is_held and desktop.holding() == [kind])
    inhibitor.stop()
    eventually_sync(lambda: desktop.holding() == [])


@pytest.mark.parametrize("kind", KINDS)
def test_a_grant_that_comes_after_the_stop_is_given_back(bus, fake_desktop, kind):
    make, service = KINDS[kind]
    desktop, inhibitor = fake_desktop(service), make(bus)
    desktop.waits = True
    inhibitor.start()
    eventually_sync(lambda: any(name.endswith(".Inhibit") for name in desktop.called))
    before = open_descriptors()
    inhibitor.stop()
    desktop.answer()
    if kind != "sleep":
        eventually_sync(lambda: desktop.called[-1].endswith(("UnInhibit", "Close")))
    eventually_sync(lambda: desktop.holding() == [])
    assert not inhibitor.is_held
    assert open_descriptors() == before + (kind == "sleep")  # the fake's end of its pipe


def test_login1_is_asked_to_block_sleep_and_told_who_and_why(bus, fake_desktop):
    desktop, inhibitor = fake_desktop(LOGIN1), sleep_inhibitor(bus)
    inhibitor.start()
    eventually_sync(lambda: inhibitor.is_held)
    what, who, why, mode = desktop.arguments["Inhibit"]
    assert (what, who, mode) == ("sleep", "Duplex VM", "block")
    assert why
    inhibitor.stop()


def test_no_child_inherits_the_descriptor_that_holds_sleep_off(bus, fake_desktop):
    desktop, inhibitor = fake_desktop(LOGIN1), sleep_inhibitor(bus)
    inhibitor.start()
    eventually_sync(lambda: inhibitor.is_held)
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, close_fds=False) as child:
        inhibitor.stop()
        eventually_sync(lambda: desktop.holding() == [])
        assert child.stdin is not None
        child.stdin.close()


@pytest.mark.parametrize("refuses", [True, False])
def test_the_portal_stands_in_for_a_screen_saver_that_refuses_or_is_not_there(
    bus, fake_desktop, refuses
):
    portal = fake_desktop(PORTAL)
    if refuses:
        fake_desktop(SCREEN_SAVER).refuses.add(f"{SCREEN_SAVER}.Inhibit")
    inhibitor = screen_inhibitor(bus)
    inhibitor.start()
    eventually_sync(lambda: inhibitor.is_held)
    assert portal.holding() == ["portal"]
    assert portal.arguments["Inhibit"][:2] == ("", 8)
    inhibitor.stop()
    eventually_sync(lambda: portal.holding() == [])


@pytest.mark.parametrize("make", [sleep_inhibitor, screen_inhibitor])
@pytest.mark.parametrize("address", ["", None])
def test_a_computer_without_bus_or_service_is_normal(bus_address, make, address, caplog):
    caplog.set_level("INFO")
    bus = HostBus("test", bus_address if address is None else address)
    inhibitor: Inhibitor = make(bus)
    for count in (1, 2):
        inhibitor.start()
        eventually_sync(lambda n=count: caplog.text.count("Nothing here can hold off") == n)
        assert not inhibitor.is_held
        inhibitor.stop()
    bus.close()
    assert not [record for record in caplog.records if record.levelname not in {"INFO", "DEBUG"}]


def test_a_strange_answer_holds_nothing(bus, fake_desktop, monkeypatch):
    desktop, inhibitor = fake_desktop(LOGIN1), sleep_inhibitor(bus)
    strange = {f"{LOGIN1}.Manager.Inhibit": type(desktop)._get_session}
    monkeypatch.setattr("tests.helpers.message_bus._REPLIES", strange)
    got: list[str] = []
    monkeypatch.setattr(
        "app.exclusive.inhibit._log.info", lambda text, *what: got.append(text % what)
    )
    inhibitor.start()
    eventually_sync(lambda: any("Nothing here" in text for text in got))
    assert not inhibitor.is_held
    assert any("strange" in text for text in got)


def test_a_process_that_is_killed_holds_nothing_any_more(bus_address, fake_desktop):
    desktop = fake_desktop(LOGIN1, SCREEN_SAVER)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, bus_address], cwd=ROOT, stdin=subprocess.PIPE
    ) as holder:
        eventually_sync(lambda: sorted(desktop.holding()) == ["screen", "sleep"])
        holder.send_signal(signal.SIGKILL)
        eventually_sync(lambda: desktop.holding() == [])
        assert holder.stdin is not None
        holder.stdin.close()
