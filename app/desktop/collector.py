"""The garbage collector on Qt's thread alone.

CPython collects cycles on whichever thread happens to make an object, and here the displays and the
host's buses have threads that make many. A Qt object that ends there takes its timers with it from
the wrong side: Qt warns, keeps them, and crashes when one of them fires.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QAbstractEventDispatcher
from PySide6.QtWidgets import QApplication


def collect_on_qts_thread(application: QApplication) -> None:
    """Take the collector over: from now on it runs when Qt's loop has nothing else to do.

    So it needs no timer, wakes nothing up, and never runs in the middle of a picture.

    Args:
        application: of the calling thread.
    """
    gc.disable()
    gc.freeze()  # What was imported stays for good: nobody has to look at it each time.
    dispatcher = QAbstractEventDispatcher.instance(application.thread())
    dispatcher.aboutToBlock.connect(collect_what_is_due)


def collect_what_is_due() -> None:
    """Collect the oldest generation that has reached its threshold, as CPython would by itself."""
    for generation, (count, threshold) in reversed(
        tuple(enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)))
    ):
        if 0 < threshold < count:
            gc.collect(generation)
            return
