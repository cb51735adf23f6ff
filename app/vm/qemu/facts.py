"""What the installed QEMU is and can do, asked over QMP, never read from help texts.

The answer is cached by the binary's path, size and time of change: a start does not pay for it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import socket
import subprocess
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from app import paths
from app.atomic import write_atomically
from app.errors import ENGINE_MISSING, ConnectionLostError, EngineError, NotSupportedError
from app.vm.model import Chipset
from app.vm.qemu.argv import DBUS_DISPLAY
from app.vm.qemu.monitor import Monitor
from app.vm.unbroken import unbroken

_log = logging.getLogger(__name__)

OLDEST = (7, 2)
_BINARIES = ("qemu-system-x86_64", "/usr/libexec/qemu-kvm")
_ALIASES = {Chipset.Q35: "q35", Chipset.I440FX: "pc"}
_CACHE_VERSION = 2
_QUERY_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineFacts:
    """One QEMU binary.

    Attributes:
        binary: its path.
        version: such as ``7.2.22``.
        machines: board alias (``q35``, ``pc``) to the newest versioned name (``pc-q35-7.2``).
        accelerators: built-in ones, such as ``kvm`` and ``tcg``.
        commands: QMP commands it knows, to test for features.
        dbus_display: it starts with ``-display dbus``, which may be a package of its own.
    """

    binary: str
    version: str
    machines: dict[str, str]
    accelerators: tuple[str, ...]
    commands: tuple[str, ...]
    dbus_display: bool = False

    def machine_type(self, chipset: Chipset) -> str:
        """Versioned board for a new machine.

        Raises:
            NotSupportedError: this build has no such board.
        """
        try:
            return self.machines[_ALIASES[chipset]]
        except KeyError:
            raise NotSupportedError(
                f"This QEMU has no {chipset} board.",
                remedy="Install the distribution's full QEMU for x86 machines.",
            ) from None


def find_binary() -> Path:
    """The QEMU to use.

    Raises:
        NotSupportedError: none is installed.
    """
    for name in _BINARIES:
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    raise NotSupportedError(
        f"{ENGINE_MISSING}: QEMU is not installed.",
        remedy="Install qemu-system-x86 and qemu-utils with your package manager.",
    )


async def engine_facts(binary: Path | None = None) -> EngineFacts:
    """Facts of `binary`, or of the one that `find_binary` finds; from the cache when it is true.

    Raises:
        NotSupportedError: not installed, or too old.
        EngineError: it does not start.
    """
    chosen = binary or find_binary()
    key = _cache_key(chosen)
    facts = _read_cache(key)
    if facts is None:
        facts = await _ask(chosen)
        _write_cache(key, facts)
    if tuple(int(part) for part in facts.version.split(".")[:2]) < OLDEST:
        raise NotSupportedError(
            f"QEMU {facts.version} is too old.", remedy="Install QEMU 7.2 or newer."
        )
    return facts


def _cache_key(binary: Path) -> str:
    try:
        info = binary.stat()
    except OSError as err:
        raise EngineError(f"QEMU cannot be started: {err.strerror}.", detail=repr(err)) from err
    return f"{_CACHE_VERSION} {binary.resolve()} {info.st_size} {info.st_mtime_ns}"


def _cache_path() -> Path:
    return paths.cache_dir() / "engine.json"


def _read_cache(key: str) -> EngineFacts | None:
    try:
        document = json.loads(_cache_path().read_bytes())
        if document["key"] != key:
            return None
        facts = document["facts"]
        return EngineFacts(
            binary=str(facts["binary"]),
            version=".".join(str(int(part)) for part in facts["version"].split(".")),
            machines={str(alias): str(name) for alias, name in facts["machines"].items()},
            accelerators=tuple(str(name) for name in facts["accelerators"]),
            commands=tuple(str(name) for name in facts["commands"]),
            dbus_display=facts["dbus_display"] is True,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # Only a cache: ask again.


def _write_cache(key: str, facts: EngineFacts) -> None:
    try:
        paths.cache_dir().mkdir(parents=True, exist_ok=True)
        write_atomically(_cache_path(), json.dumps({"key": key, "facts": asdict(facts)}).encode())
    except OSError as err:
        _log.info("the engine's facts cannot be cached: %s", err)


async def _ask(binary: Path) -> EngineFacts:
    """Ask an engine that has the D-Bus display; one that ends instead of starting has none."""
    try:
        return await _ask_with(binary, dbus_display=True)
    except EngineError:
        return await _ask_with(binary, dbus_display=False)


async def _ask_with(binary: Path, *, dbus_display: bool) -> EngineFacts:
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            process = _start(binary, theirs, DBUS_DISPLAY if dbus_display else "none")
        try:
            monitor = await Monitor.connect(ours, timeout_s=_QUERY_S)
            try:
                return replace(await _query(monitor, binary), dbus_display=dbus_display)
            finally:
                await monitor.close()
        except ConnectionLostError as err:
            text = await unbroken(asyncio.to_thread(_end, process))
            raise EngineError(f"QEMU does not start: {text[-300:]}", detail=text) from err
        except (KeyError, TypeError, AttributeError) as err:
            raise EngineError("QEMU answers in an unknown way.", detail=repr(err)) from err
        finally:
            await unbroken(asyncio.to_thread(_end, process))


def _start(binary: Path, monitor: socket.socket, display: str) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            [
                str(binary), "-no-user-config", "-nodefaults", "-display", display,
                "-machine", "none", "-S",
                "-chardev", f"socket,id=m,fd={monitor.fileno()}", "-mon", "chardev=m,mode=control",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=(monitor.fileno(),),
            start_new_session=True,
            cwd="/",
        )  # fmt: skip
    except OSError as err:
        raise EngineError(f"QEMU cannot be started: {err.strerror}.", detail=repr(err)) from err


def _end(process: subprocess.Popen[bytes]) -> str:
    """End it, which holds nothing of value, and return its words; blocks for a moment."""
    if process.stderr is None or process.stderr.closed:
        return ""
    with process:
        process.kill()
        words = process.stderr.read(64 * 1024)
    return words.decode(errors="replace").strip()


async def _query(monitor: Monitor, binary: Path) -> EngineFacts:
    version = (await monitor.execute("query-version"))["qemu"]
    machines = await monitor.execute("query-machines")
    accelerators = await monitor.execute("qom-list-types", {"implements": "accel"})
    commands = await monitor.execute("query-commands")
    return EngineFacts(
        binary=os.fspath(binary),
        version=f"{version['major']}.{version['minor']}.{version['micro']}",
        machines={item["alias"]: item["name"] for item in machines if "alias" in item},
        accelerators=tuple(
            sorted(
                item["name"].removesuffix("-accel") for item in accelerators if "-" in item["name"]
            )
        ),
        commands=tuple(sorted(item["name"] for item in commands)),
    )
