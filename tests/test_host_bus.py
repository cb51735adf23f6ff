from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from jeepney import DBusAddress, new_method_call

from app import host_bus
from app.host_bus import Broadcast, HostBus
from tests.helpers.descriptors import open_descriptors
from tests.helpers.message_bus import LOGIN1, OWN_SESSION, SCREEN_SAVER, private_bus
from tests.helpers.waiting import eventually_sync

PLACE = DBusAddress("/org/freedesktop/login1", bus_name=LOGIN1, interface=f"{LOGIN1}.Manager")
GET_SESSION = new_method_call(PLACE, "GetSession", "s", ("auto",))
LOCK = Broadcast(LOGIN1, f"{LOGIN1}.Session", "Lock")


@pytest.fixture
def bus(bus_address: str) -> Iterator[HostBus]:
    made = HostBus("test", bus_address)
    yield made
    made.close()
    eventually_sync(lambda: not bus_threads())


def bus_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "test bus"]


def answers(bus: HostBus, message=GET_SESSION) -> list[object]:
    """Call, and wait for what comes back."""
    got: list[object] = []
    bus.call(message, got.append)
    eventually_sync(lambda: got)
    return got


def test_a_call_is_answered_on_another_thread(bus, fake_desktop):
    fake_desktop(LOGIN1)
    where: list[int] = []
    bus.call(GET_SESSION, lambda _body: where.append(threading.get_ident()))
    eventually_sync(lambda: where)
    assert where[0] != threading.get_ident()
    assert answers(bus) == [(OWN_SESSION,)]


def test_a_service_that_is_not_there_is_answered_with_none(bus):
    assert answers(bus) == [None]
    assert answers(bus) == [None]


def test_a_refusal_is_answered_with_none(bus, fake_desktop):
    fake_desktop(LOGIN1).refuses.add(f"{LOGIN1}.Manager.GetSession")
    assert answers(bus) == [None]


@pytest.mark.parametrize("address", ["", "unix:path=/nowhere/bus", "tcp:host=x", "nonsense"])
def test_a_bus_that_is_not_there_is_answered_with_none_each_time(address):
    bus = HostBus("test", address)
    assert answers(bus) == [None]
    assert answers(bus) == [None]
    bus.close()


def test_calls_and_losses_that_meet_leave_no_call_without_an_answer():
    bus = HostBus("test", "")
    got: list[object] = []
    for count in range(1, 301):
        bus.listen(LOCK, lambda *_what: None)
        bus.call(GET_SESSION, got.append)
        if count % 3 == 0:
            eventually_sync(lambda n=count: len(got) == n)
    eventually_sync(lambda: got == [None] * 300)
    bus.close()


def test_no_call_waits_for_a_bus_that_says_nothing(own_folders):
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(own_folders / "bus"))
        silent.listen()
        bus = HostBus("test", f"unix:path={own_folders / 'bus'}")
        got: list[object] = []
        begin = time.monotonic()
        bus.call(GET_SESSION, got.append)
        assert time.monotonic() - begin < 0.5
        eventually_sync(lambda: got == [None])
        bus.close()


def test_no_call_waits_for_a_service_that_says_nothing(bus, fake_desktop):
    desktop = fake_desktop(LOGIN1)
    desktop.waits = True
    got: list[object] = []
    bus.call(GET_SESSION, got.append)
    bus.call(GET_SESSION, got.append)
    eventually_sync(lambda: len(desktop.called) == 2)
    assert got == []
    desktop.answer()
    eventually_sync(lambda: got == [(OWN_SESSION,)] * 2)


def test_a_signal_is_heard_with_its_values_and_its_path(bus, fake_desktop):
    desktop = fake_desktop(LOGIN1)
    heard: list[object] = []
    bus.listen(LOCK, lambda *what: heard.append(what))
    sleep = Broadcast(LOGIN1, f"{LOGIN1}.Manager", "PrepareForSleep")
    bus.listen(sleep, lambda *what: heard.append(what))
    answers(bus)  # what was asked before has reached the bus
    desktop.emit("/a", f"{LOGIN1}.Session", "Unlock")
    desktop.emit("/a", f"{LOGIN1}.Session", "Lock")
    desktop.emit("/b", f"{LOGIN1}.Manager", "PrepareForSleep", True)
    eventually_sync(lambda: heard == [((), "/a"), ((True,), "/b")])


def test_what_others_say_in_the_services_name_is_not_heard(bus, fake_desktop):
    real, other = fake_desktop(LOGIN1), fake_desktop(SCREEN_SAVER)
    heard: list[object] = []
    bus.listen(LOCK, lambda *what: heard.append(what))
    answers(bus)
    other.emit("/false", f"{LOGIN1}.Session", "Lock")
    for name in real.clients():
        other.emit("/to_us_alone", f"{LOGIN1}.Session", "Lock", to=name)
    real.emit("/true", f"{LOGIN1}.Session", "Lock")
    eventually_sync(lambda: heard)
    answers(bus)
    assert heard == [((), "/true")]


def test_a_lost_bus_answers_with_none_and_the_next_call_finds_the_new_one(bus_address):
    with private_bus() as address:
        bus = HostBus("test", address)
        got: list[object] = []
        assert answers(bus) == [None]
        bus.call(GET_SESSION, got.append)
    eventually_sync(lambda: got == [None])
    eventually_sync(lambda: not bus_threads())
    bus._address = bus_address
    assert answers(bus) == [None]
    bus.close()


def test_listeners_are_asked_for_again_after_a_loss(bus_address, fake_desktop):
    heard: list[object] = []
    with private_bus() as address:
        bus = HostBus("test", address)
        bus.listen(LOCK, lambda *what: heard.append(what))
        answers(bus)
    eventually_sync(lambda: not bus_threads())
    bus._address = bus_address
    desktop = fake_desktop(LOGIN1)
    answers(bus)
    desktop.emit("/a", f"{LOGIN1}.Session", "Lock")
    eventually_sync(lambda: heard == [((), "/a")])
    bus.close()


def test_a_close_sends_what_is_queued_and_ends_the_thread(bus_address, fake_desktop):
    desktop = fake_desktop(LOGIN1)
    before = open_descriptors()
    bus = HostBus("test", bus_address)
    got: list[object] = []
    bus.call(GET_SESSION, got.append)
    bus.close()
    bus.close()
    bus.call(GET_SESSION, got.append)
    eventually_sync(lambda: not bus_threads())
    assert len(desktop.called) == 1
    assert got in ([None], [(OWN_SESSION,)])
    assert open_descriptors() == before


def test_descriptors_that_nobody_asked_for_are_closed(bus, fake_desktop):
    fake_desktop(LOGIN1)
    inhibit = new_method_call(PLACE, "Inhibit", "ssss", ("sleep", "a", "b", "block"))
    [(descriptor,)] = answers(bus, inhibit)
    before = open_descriptors()
    descriptor.close()
    assert open_descriptors() == before - 1


def test_the_buses_are_where_the_documents_say(monkeypatch, own_folders):
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.delenv("DBUS_SYSTEM_BUS_ADDRESS", raising=False)
    assert host_bus.session_bus()._address == ""
    assert host_bus.system_bus()._address == "unix:path=/run/dbus/system_bus_socket"
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/a")
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/b")
    assert host_bus.session_bus()._address == "unix:path=/a"
    assert host_bus.system_bus()._address == "unix:path=/b"
