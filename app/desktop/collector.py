"""The garbage collector on Qt's thread alone.

CPython collects cycles on whichever thread happens to make an object, and here the displays and the
host's buses have threads that make many. A Qt object that ends there takes its timers with it from
the wrong side: Qt warns, keeps them, and crashes when one of them fires.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QCoreApplication, QTimer

EVERY_MS = 5000
"""Seldom enough to wake nothing up, often enough for what a busy library drops: 10 MB a second."""


def collect_on_qts_thread(application: QCoreApplication, every_ms: int = EVERY_MS) -> None:
    """Take the collector over: from now on it runs on the thread of `application` only.

    Not whenever the loop rests: that is a call from Qt into Python more for each picture.

    Args:
        application: of the calling thread.
        every_ms: how often it is looked whether something is due.
    """
    gc.disable()
    gc.freeze()  # What was imported stays for good: nobody has to look at it each time.
    timer = QTimer(application, interval=every_ms)
    timer.timeout.connect(collect_what_is_due)
    timer.start()


def collect_what_is_due() -> None:
    """Collect the oldest generation that has reached its threshold, as CPython would by itself."""
    for generation, (count, threshold) in reversed(
        tuple(enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)))
    ):
        if 0 < threshold < count:
            gc.collect(generation)
            return
