"""From the start click to a machine that runs, beside the engine's own time for the same argv."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from app.errors import ConnectionLostError
from app.vm.client import RemoteManager, connect
from tests.bench.figures import Figure, interleaved, median, spread
from tests.bench.home import Home, end, home
from tests.bench.outside import NotSeenError, Screen, pause, until
from tests.helpers.screen import window_manager, x_server

_ROUNDS = 9
_MORE_S = 0.060
_NAME = "launched"
_PATIENCE_S = 15.0
_STEP_S = 1e-3


def launch() -> Iterator[Figure]:
    """Time to the first answer, through the open application and without it."""
    with x_server() as name, window_manager(name), Screen(name), home(name) as place:
        place.command("create", _NAME, "--memory", "64", "--disk", "64", "--firmware", "bios")
        place.command("doctor")
        application = place.open_application()
        try:
            with asyncio.Runner() as runner:
                found = _measure(runner, place)
        finally:
            end(application)
    ours, engine = median(found["ours"]), median(found["engine"])
    yield Figure(
        what="engine alone, spawn to guest runs",
        value=engine,
        unit="s",
        note=spread(found["engine"]),
    )
    yield Figure(
        what="start asked for to guest runs", value=ours, unit="s", note=spread(found["ours"])
    )
    yield Figure(
        what="manager's own part of a start", value=ours - engine, unit="s", budget=_MORE_S
    )


def _measure(runner: asyncio.Runner, place: Home) -> dict[str, list[float]]:
    manager = runner.run(_entered(place))
    try:
        runner.run(manager.start_vm(_NAME))
        record = json.loads((_folder(place) / "run.json").read_bytes())
        runner.run(manager.force_stop_vm(_NAME))

        def ours() -> float:
            began = time.perf_counter()
            runner.run(manager.start_vm(_NAME))
            took_s = time.perf_counter() - began
            runner.run(manager.force_stop_vm(_NAME))
            pause(0.1)
            return took_s

        return interleaved(
            {"ours": ours, "engine": lambda: _engine_alone(record, _folder(place))},
            rounds=_ROUNDS,
        )
    finally:
        with contextlib.suppress(ConnectionLostError):
            runner.run(manager.force_stop_vm(_NAME))
        runner.run(manager.__aexit__(None, None, None))


async def _entered(place: Home) -> RemoteManager:
    return await (await connected(place)).__aenter__()


async def connected(place: Home) -> RemoteManager:
    """The manager in the application's process, once it serves; not entered yet."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        for path in (place.root / "run" / "duplex-vm").glob("*/manager.sock"):
            with contextlib.suppress(ConnectionLostError):
                return await connect(path)
        if time.monotonic() > deadline:
            raise NotSeenError("the application does not serve its library")
        await asyncio.sleep(0.05)


def _folder(place: Home) -> Path:
    return next((place.library / "machines").iterdir())


def _engine_alone(record: dict[str, object], folder: Path) -> float:
    """Spawn the same words, connect, negotiate, let the guest go; then end it."""
    sockets = Path(str(record["sockets"]))
    sockets.mkdir(mode=0o700, exist_ok=True)
    for stale in sockets.iterdir():
        stale.unlink()
    monitor = sockets / "qmp"
    began = time.perf_counter()
    engine = subprocess.Popen(
        list(record["argv"]), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/"
    )
    try:
        with until(lambda: _try_connect(monitor), "the monitor", step_s=_STEP_S) as connection:
            with connection.makefile("rwb") as lines:
                lines.readline()
                for command in ("qmp_capabilities", "cont"):
                    lines.write(json.dumps({"execute": command}).encode() + b"\n")
                    lines.flush()
                    while "return" not in json.loads(lines.readline()):
                        pass
            return time.perf_counter() - began
    finally:
        end(engine)
        for name in (*sockets.iterdir(), folder / "engine.pid"):
            name.unlink(missing_ok=True)


def _try_connect(path: Path) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(path))
    except OSError:
        connection.close()
        return None
    return connection
