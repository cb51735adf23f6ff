"""Windows by their numbers."""

from __future__ import annotations

import gc
from itertools import count

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from app.errors import BIND_FAILED, WINDOW_EXISTS, WINDOW_ID_ERROR, ViewError
from app.exclusive.binding import WindowRegistry
from app.exclusive.window import ExclusiveWindow
from tests.exclusive.conftest import STILL
from tests.fakes.session import FakeCapture, FakeMemory, FakeSession, FakeSizes, Tasks
from tests.helpers.waiting import eventually


@pytest.fixture
def registry(qapp):
    """Windows with numbers from 1."""
    numbers, tasks = count(1), Tasks()
    made = WindowRegistry(
        lambda: next(numbers),
        lambda session, window_id: ExclusiveWindow(
            session,
            window_id,
            spawn=tasks,
            hints=FakeMemory(),
            sizes=FakeSizes(),
            options=STILL,
            capture=FakeCapture(),
        ),
    )
    yield made
    made.close_all()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def refusal(call, *arguments) -> str:
    with pytest.raises(ViewError) as caught:
        call(*arguments)
    assert caught.value.remedy
    return caught.value.message


async def test_a_machine_is_bound_to_a_window_that_was_asked_for(registry):
    session, window_id = FakeSession(), registry.request()
    window = registry.bind(session, window_id)
    assert registry.window(window_id) is window
    assert registry.of_machine(session.vm_id) is window


async def test_a_machine_has_one_window_only(registry):
    session = FakeSession()
    registry.bind(session, registry.request())
    assert refusal(registry.bind, session, registry.request()) == WINDOW_EXISTS


@pytest.mark.parametrize("window_id", [0, -1, 1001])
async def test_an_unknown_number_is_refused(registry, window_id):
    assert refusal(registry.bind, FakeSession(), window_id) == WINDOW_ID_ERROR
    assert refusal(registry.window, window_id) == WINDOW_ID_ERROR


async def test_a_window_shows_one_machine_only(registry):
    window_id = registry.request()
    registry.bind(FakeSession(), window_id)
    assert refusal(registry.bind, FakeSession(), window_id) == BIND_FAILED


async def test_the_existing_window_is_raised(registry):
    session = FakeSession()
    window = registry.bind(session, registry.request())
    assert registry.show_existing(session.vm_id)
    assert window.isVisible()
    assert not registry.show_existing(FakeSession().vm_id)


async def test_a_closed_window_is_deleted_by_qt_and_never_by_the_collector(registry):
    gone = []
    window = registry.bind(FakeSession(), registry.request())
    window.destroyed.connect(lambda: gone.append(True))
    window.close()
    del window
    gc.collect()
    assert not gone
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert gone
    assert not registry._leaving


async def test_a_closed_window_is_forgotten_and_its_machine_can_be_shown_again(registry):
    session, window_id = FakeSession(), registry.request()
    registry.bind(session, window_id).close()
    assert refusal(registry.window, window_id) == WINDOW_ID_ERROR
    registry.bind(session, registry.request())
    await eventually(lambda: len(registry.windows()) == 1)
