"""The garbage collector on Qt's thread: what it finds, it ends there."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from app.desktop.collector import collect_on_qts_thread, collect_what_is_due
from tests.helpers.waiting import eventually

# Many times what CPython lets pass by itself without a look at the youngest objects.
MANY = 20_000


class Dropped(QObject):
    """Holds itself, as objects do whose callbacks are their own methods, and has a timer to end."""

    def __init__(self) -> None:
        super().__init__()
        self.myself = self
        self.timer = QTimer(self)
        self.timer.start(60_000)


def ends_of_a_dropped_object() -> list[str]:
    """The names of the threads on which an object ends that nobody holds any more."""
    ends: list[str] = []
    weakref.finalize(Dropped(), lambda: ends.append(threading.current_thread().name))
    return ends


def make_many_objects_on_another_thread(held: list[list[int]]) -> None:
    def make() -> None:
        held.extend([number] for number in range(MANY))

    thread = threading.Thread(target=make, name="reader")
    thread.start()
    thread.join()


@pytest.fixture(scope="module", autouse=True)
def collector(qapp: QApplication) -> None:
    """As in the program, only sooner."""
    collect_on_qts_thread(qapp, every_ms=10)


async def test_an_object_that_nobody_holds_ends_on_qts_thread_soon() -> None:
    ends = ends_of_a_dropped_object()
    held: list[list[int]] = []
    make_many_objects_on_another_thread(held)
    assert ends == []
    await eventually(lambda: ends == ["MainThread"])


def test_an_object_that_has_become_old_ends_there_too() -> None:
    ends: list[str] = []
    held: list[list[int]] = []
    dropped = Dropped()
    weakref.finalize(dropped, lambda: ends.append(threading.current_thread().name))
    gc.collect()  # what is left has become old
    del dropped
    for _ in range(200):  # each brings the next older generation's turn nearer
        make_many_objects_on_another_thread(held)
        collect_what_is_due()
        if ends:
            break
    assert ends == ["MainThread"]
