"""Rules for every test: own folders, own loop, a time limit, and nothing left behind."""

from __future__ import annotations

import asyncio
import gc
import inspect
import logging
import os
import shutil
import signal
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helpers.leftovers import MARK, Before, Guard

# Before the first Qt import. Windows of the tests never come to a person's screen, where the focus
# is the person's; what needs a real screen starts a program of its own on a private one.
os.environ["QT_QPA_PLATFORM"] = "offscreen"

# A shell that starts the tests in the background has its children ignore Ctrl-C, and so would every
# program that they start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Inherited by every process that the tests start; leftovers are found by it.
os.environ[MARK] = uuid.uuid4().hex

pytest_plugins = ["tests.helpers.compositor", "tests.helpers.message_bus", "tests.helpers.screen"]

_TESTS = Path(__file__).parent
_QT_LOOP = (_TESTS / "views", _TESTS / "exclusive", _TESTS / "desktop")
_TIMEOUT_S = 30.0
_GUARD = pytest.StashKey[Guard]()
_BEFORE = pytest.StashKey[Before]()
_XDG = {
    "XDG_DATA_HOME": "data",
    "XDG_CONFIG_HOME": "config",
    "XDG_CACHE_HOME": "cache",
    "XDG_STATE_HOME": "state",
    "XDG_RUNTIME_DIR": "run",
}


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """The arguments of the one QApplication."""
    return ["duplex-vm-test"]


@pytest.fixture(autouse=True)
def own_folders(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Give the test its own XDG folders, and fail it when it leaves something behind.

    Yields the folder that holds them all. It is not pytest's `tmp_path`, because a unix socket's
    path may have 107 bytes only.
    """
    root = Path(tempfile.mkdtemp(prefix="dvm-"))
    for name, folder in _XDG.items():
        (root / folder).mkdir(mode=0o700)
        monkeypatch.setenv(name, str(root / folder))
    # A test holds off neither the sleep of this computer nor its screen lock.
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={root / 'no-bus'}")
    # What a command leaves behind to manage its machine ends by itself, and soon.
    monkeypatch.setenv("DUPLEX_VM_IDLE_EXIT_S", "0.5")
    # Where discs mostly are: machines may have what a test puts into its `tmp_path`.
    monkeypatch.setenv("XDG_DOWNLOAD_DIR", str(tmp_path_factory.getbasetemp()))
    guard = Guard(os.environ[MARK], (root, tmp_path_factory.getbasetemp().resolve()), root / "run")
    before = guard.look()
    yield root
    left = guard.leftovers(before)
    shutil.rmtree(root)
    if left:
        pytest.fail("the test left behind:\n  " + "\n  ".join(left), pytrace=False)


@pytest.fixture(autouse=True)
def no_unexpected_warning(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test when the program warned and the test did not expect it.

    A test that takes the fixture `caplog` expects warnings and looks at them itself.
    """
    if "caplog" in request.fixturenames:
        yield
        return
    warned = Warned()
    logging.getLogger().addHandler(warned)
    yield
    logging.getLogger().removeHandler(warned)
    if warned.lines:
        pytest.fail("unexpected in the log:\n  " + "\n  ".join(warned.lines), pytrace=False)


class Warned(logging.Handler):
    """Keeps what our own loggers and asyncio's say at WARNING and above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.partition(".")[0] in {"app", "asyncio"}:
            self.lines.append(f"{record.levelname} {record.name}: {self.format(record)}")


def pytest_collection_finish() -> None:
    """Keep what was collected out of the garbage collector's sight.

    Many tests collect garbage before they count what is left; going through all modules and tests
    each time would take a second.
    """
    gc.collect()
    gc.freeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Collect what has windows between the tests: on Qt's thread, see app.desktop.collector."""
    if _has_windows(item):
        gc.disable()
    elif not gc.isenabled():
        gc.collect()  # windows of the tests before, which may not end on another thread
        gc.enable()


def pytest_runtest_teardown() -> None:
    """Collect the young of a test with windows."""
    if not gc.isenabled():
        gc.collect(1)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Note what is there before the first test."""
    session.config.stash[_GUARD] = guard = Guard(os.environ[MARK], ())
    session.config.stash[_BEFORE] = guard.look()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run when a fixture of wider scope left something behind."""
    left = session.config.stash[_GUARD].leftovers(session.config.stash[_BEFORE])
    if not left:
        return
    session.exitstatus = pytest.ExitCode.TESTS_FAILED
    session.config.hook.pytest_runtest_logreport(
        report=pytest.TestReport(
            nodeid="the whole run",
            location=("tests/conftest.py", None, "the whole run"),
            keywords={},
            outcome="failed",
            longrepr="the run left behind:\n  " + "\n  ".join(left),
            when="teardown",
        )
    )


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run `async def` tests: on Qt's loop for what has windows, else on a plain one.

    The time limit is 30 s, or what the marker `timeout_s` says. Tasks that are left over are
    cancelled by the Runner.
    """
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    marker = pyfuncitem.get_closest_marker("timeout_s")
    limit_s = float(marker.args[0]) if marker else _TIMEOUT_S

    async def limited() -> None:
        try:
            async with asyncio.timeout(limit_s) as limit:
                await pyfuncitem.obj(**arguments)
        except TimeoutError:
            if not limit.expired():  # the test's own
                raise
            pytest.fail(f"not done within {limit_s:g} s (marker timeout_s)")

    with asyncio.Runner(loop_factory=_loop_factory(pyfuncitem)) as runner:
        loop = runner.get_loop()
        try:
            runner.run(limited())
        finally:
            runner.close()
            _end_timers(loop)
    return True


def _end_timers(loop: asyncio.AbstractEventLoop) -> None:
    """End what a loop of qasync leaves running: a Qt timer for every time limit that was not met.

    The collector would end them with the loop, on whatever thread it happens to run; Qt then keeps
    a timer of an object that is gone, and the process crashes when it fires.
    """
    timers = getattr(loop, "_timer", None)
    if timers is not None:
        import shiboken6  # noqa: PLC0415 - only where there is Qt

        shiboken6.delete(timers)


def _has_windows(item: pytest.Item) -> bool:
    return any(item.path.is_relative_to(folder) for folder in _QT_LOOP)


def _loop_factory(
    item: pytest.Function,
) -> Callable[[], asyncio.AbstractEventLoop] | None:
    if not _has_windows(item):
        return None
    app = item._request.getfixturevalue("qapp")
    import qasync  # noqa: PLC0415 - picks the Qt that is imported already

    return lambda: qasync.QEventLoop(app, already_running=False)
