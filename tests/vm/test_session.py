"""One manager a library, between real processes: who it is, how it ends, who comes after."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from qemu.qmp import QMPClient

from app import paths
from app.errors import (
    SERVICE_GONE,
    AppError,
    ConnectionLostError,
    NotSupportedError,
    StopRefusedError,
    StoreError,
)
from app.vm.client import connect
from app.vm.events import Resync, StateChanged, Subscription
from app.vm.locks import FileLock, lock_holder
from app.vm.manager import VmManager
from app.vm.model import VmInfo
from app.vm.session import following_manager, manager_socket, open_manager
from app.vm.state import VmState
from app.vm.store import PID_FILE, Library
from app.vm.wire import ManagerEndedError
from tests.helpers.waiting import eventually
from tests.vm.makers import python
from tests.vm.managing import engine_pid, managing, outcomes, running_machine, runs, small, told

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

S = VmState

# Becomes the manager, or a client, of the library; then does what it is told, line by line.
PERSON = """
import asyncio, json, sys
from pathlib import Path
from app.errors import AppError
from app.vm.manager import VmManager
from app.vm.model import CfgInfo
from app.vm.session import open_manager

async def main():
    loop = asyncio.get_running_loop()
    async with open_manager(Path(sys.argv[1])) as manager:
        print(json.dumps("manager" if isinstance(manager, VmManager) else "client"), flush=True)
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            names = json.loads(line)
            command, names = names[0], names[1:]
            calls = [getattr(manager, command)(*name) for name in names]
            answers = []
            for answer in await asyncio.gather(*calls, return_exceptions=True):
                if isinstance(answer, AppError):
                    answers.append(str(answer.code))
                elif isinstance(answer, BaseException):
                    answers.append(repr(answer))
                else:
                    answers.append(answer.state.name if hasattr(answer, "state") else None)
            print(json.dumps(answers), flush=True)

asyncio.run(main())
"""

# Is the manager without a window until another one wants its place.
HEADLESS = """
import asyncio, sys
from pathlib import Path
from app.vm.session import open_manager

async def main():
    async with open_manager(Path(sys.argv[1])) as manager:
        manager.handover = asyncio.Event()
        print('"serving"', flush=True)
        await manager.handover.wait()
    print('"left"', flush=True)

asyncio.run(main())
"""

# Opens the library at each odd line that it gets, and leaves it at each even one.
RACER = """
import asyncio, json, sys
from pathlib import Path
from app.vm.manager import VmManager
from app.vm.session import open_manager

async def main():
    loop = asyncio.get_running_loop()
    print('"ready"', flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        async with open_manager(Path(sys.argv[1])) as manager:
            print(json.dumps("manager" if isinstance(manager, VmManager) else "client"), flush=True)
            await loop.run_in_executor(None, sys.stdin.readline)
        print('"left"', flush=True)

asyncio.run(main())
"""

LAUNCHER = """
import asyncio, sys
from pathlib import Path
from app.errors import AppError
from app.vm.engine import LaunchPlan
from app.vm.qemu.engine import QemuEngine
from app.vm.store import load_config
from app import paths

async def main():
    folder = Path(sys.argv[2])
    config = load_config(folder)
    sockets = paths.runtime_dir(Path(sys.argv[1])) / config.id.hex[:8]
    plan = LaunchPlan(config=config, accelerator="tcg", folder=folder, sockets=sockets)
    for _ in range(10):
        try:
            running = await QemuEngine().launch(plan)
        except AppError as err:
            continue
        await running.detach()

asyncio.run(main())
"""


class Person:
    """Another process that has opened the library."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.role = ""

    async def hear(self) -> object:
        assert self.process.stdout is not None
        line = await asyncio.to_thread(self.process.stdout.readline)
        assert line, "the other process has ended"
        return json.loads(line)

    def say(self, command: str, *calls: list[object]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([command, *calls]) + "\n")
        self.process.stdin.flush()

    async def do(self, command: str, *calls: list[object]) -> object:
        self.say(command, *calls)
        return await self.hear()

    async def leave(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        await asyncio.to_thread(self.process.wait, 10)


@asynccontextmanager
async def person(root: Path, script: str = PERSON, *, wait: bool = True) -> AsyncIterator[Person]:
    with python(script, root) as process:
        try:
            other = Person(process)
            if wait:
                other.role = str(await other.hear())
            yield other
        finally:
            process.kill()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "library"


async def clean_up(root: Path) -> None:
    async with managing(root):
        pass


def machine_folder(root: Path) -> Path:
    return next((root / "machines").iterdir())


async def test_the_first_is_the_manager_and_the_others_are_its_clients(root: Path) -> None:
    async with open_manager(root) as manager, person(root) as other:
        assert isinstance(manager, VmManager)
        assert other.role == "client"
        await manager.create_vm("demo", small())
        assert await other.do("start_vm", ["DEMO"]) == ["RUNNING"]
        assert (await manager.get_vm_status("demo")).state is S.RUNNING
        assert await other.do("force_stop_vm", ["demo"]) == ["STOPPED"]


async def test_two_libraries_have_two_managers(root: Path, tmp_path: Path) -> None:
    async with open_manager(root) as one, open_manager(tmp_path / "other") as two:
        assert isinstance(one, VmManager)
        assert isinstance(two, VmManager)


async def test_when_the_manager_goes_the_next_one_can_come_at_once(root: Path) -> None:
    for _ in range(3):
        async with person(root) as other:
            assert other.role == "manager"
            await other.leave()
            assert other.process.returncode == 0


@pytest.mark.parametrize("state", [S.RUNNING, S.PAUSED, S.STOPPING], ids=str)
async def test_a_manager_that_is_killed_leaves_its_machine_to_the_next_one(
    root: Path, state: VmState
) -> None:
    async with person(root) as other:
        await make(root, other)
        assert await other.do("start_vm", ["demo"]) == ["RUNNING"]
        if state is S.PAUSED:
            assert await other.do("pause_vm", ["demo"]) == ["PAUSED"]
        if state is S.STOPPING:
            other.say("stop_vm", ["demo"])
        pid = lock_holder(machine_folder(root) / PID_FILE)
        other.process.send_signal(signal.SIGKILL)

    begun = time.monotonic()
    async with managing_as_a_session(root) as manager:
        assert time.monotonic() - begun < 2
        info = manager.snapshot()[0]
        assert info.state is (S.PAUSED if state is S.PAUSED else S.RUNNING)
        assert engine_pid(info) == pid
        assert (await manager.force_stop_vm("demo")).state is S.STOPPED


async def make(root: Path, other: Person) -> None:
    """Have a machine made: the other process is the manager, so we are its client here."""
    async with open_manager(root) as manager:
        assert not isinstance(manager, VmManager)
        await manager.create_vm("demo", small())


@asynccontextmanager
async def managing_as_a_session(root: Path) -> AsyncIterator[VmManager]:
    async with open_manager(root) as manager:
        assert isinstance(manager, VmManager)
        try:
            yield manager
        finally:
            for info in manager.snapshot():
                await manager.force_stop_vm(info.name)


async def test_a_manager_killed_at_any_moment_of_a_start_leaves_a_machine_one_can_use(
    root: Path,
) -> None:
    async with managing(root) as manager:
        await manager.create_vm("demo", small())
    for delay_ms in (0, 20, 25, 30, 35, 40, 50, 70):
        async with person(root) as other:
            assert other.role == "manager"
            other.say("start_vm", ["demo"])
            with pytest.raises(subprocess.TimeoutExpired):
                await asyncio.to_thread(other.process.wait, delay_ms / 1000)
            other.process.send_signal(signal.SIGKILL)
        async with managing_as_a_session(root) as manager:
            info = manager.snapshot()[0]
            assert info.state in {S.STOPPED, S.RUNNING, S.PAUSED, S.ERROR}
            assert runs(info) == (info.state is not S.STOPPED)
            await manager.force_stop_vm("demo")
            assert (await manager.start_vm("demo")).state is S.RUNNING


async def test_twenty_starts_from_two_processes_give_one_engine(root: Path) -> None:
    async with managing_as_a_session(root) as manager:
        await manager.create_vm("demo", small())
        async with person(root) as one, person(root) as two:
            calls = [["demo"]] * 10
            answers = await asyncio.gather(one.do("start_vm", *calls), two.do("start_vm", *calls))
            assert answers == [["RUNNING"] * 10] * 2
        assert engines(root) == 1


async def test_starts_of_the_manager_and_launches_behind_its_back_give_one_engine(
    root: Path,
) -> None:
    async with managing(root) as manager:
        info = await manager.create_vm("demo", small())
        await manager.host_report()
        rival = python(LAUNCHER, root, info.folder)
        with rival:
            while rival.poll() is None:
                answers = await outcomes(*(manager.start_vm("demo") for _ in range(5)))
                assert all(isinstance(a, (VmInfo, AppError)) for a in answers)
                assert engines(root) <= 1
                await outcomes(manager.force_stop_vm("demo"))
        assert rival.returncode == 0
    await clean_up(root)  # what the rival launched belongs to the next manager


def engines(root: Path) -> int:
    """How many QEMU processes name this library on their command lines."""
    found = 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                words = (folder / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            found += b"-pidfile" in words and any(os.fsencode(root) in word for word in words)
    return found


async def test_two_managers_that_want_to_be_it_at_once_agree(root: Path) -> None:
    async with (
        person(root, wait=False) as one,
        person(root, wait=False) as two,
        person(root, wait=False) as three,
    ):
        roles = sorted([str(await p.hear()) for p in (one, two, three)])
        for other in (one, two, three):
            await other.leave()

    assert roles == ["client", "client", "manager"]


async def test_twenty_races_for_the_lock_have_one_winner_each(root: Path) -> None:
    async with person(root, RACER) as one, person(root, RACER) as two:
        for number in range(20):
            one.say("go")
            two.say("go")
            roles = {other: await other.hear() for other in (one, two)}
            assert sorted(map(str, roles.values())) == ["client", "manager"], number
            first, second = sorted(roles, key=lambda other: str(roles[other]))[:: (-1) ** number]
            for other in (first, second):  # The client goes first in one race, last in the next.
                assert await other.do("leave") == "left"


async def test_a_manager_that_stands_still_is_said_in_time_and_may_go_on(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with person(root) as other:
        other.process.send_signal(signal.SIGSTOP)  # The kernel still connects to its socket.
        with monkeypatch.context() as impatient:
            impatient.setattr("app.vm.session._CONTACT_S", 0.3)
            begun = time.monotonic()
            with pytest.raises(ConnectionLostError, match="does not answer"):
                async with open_manager(root):
                    pytest.fail("there cannot be a second manager")
            assert time.monotonic() - begun < 3
        other.process.send_signal(signal.SIGCONT)
        async with open_manager(root) as client:
            assert not isinstance(client, VmManager)
            assert await client.list_vms() == ()
        await other.leave()


async def test_somebody_who_holds_the_lock_and_does_not_answer_is_said(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.vm.session._CONTACT_S", 0.2)
    root.mkdir()  # noqa: ASYNC240 - a test's own folder
    with FileLock(Library(root).lock_path) as lock:
        lock.try_acquire()
        with pytest.raises(ConnectionLostError, match=SERVICE_GONE) as caught:
            async with open_manager(root):
                pytest.fail("there cannot be a second manager")
    assert caught.value.remedy


# Hand-over ----------------------------------------------------------------------------------------


async def test_a_manager_gives_way_and_its_machine_never_notices(root: Path) -> None:
    async with person(root, HEADLESS) as server, following_manager(root) as follower:
        await follower.create_vm("demo", small())
        info = await follower.start_vm("demo")
        before = engine_pid(info), info.started_ms
        async with engine_story(root, info) as story, asyncio.TaskGroup() as tasks:
            with follower.subscribe() as events:
                stop = tasks.create_task(outcomes(follower.stop_vm("demo", timeout_s=1.0)))
                await until_state(events, S.STOPPING)
                await refused_after_hand_over(root)
                waiting = tasks.create_task(follower.list_vms())
                assert isinstance((await stop)[0], StopRefusedError)  # It came to its own end.
                async with managing_as_a_session(root) as manager:
                    assert await server.hear() == "left"
                    assert [vm.state for vm in await waiting] == [S.RUNNING]
                    assert (await follower.ping()).pid == os.getpid()
                    now = manager.snapshot()[0]
                    assert (engine_pid(now), now.started_ms) == before
                    assert [event for event in told(events) if isinstance(event, Resync)] == [
                        Resync()
                    ]
                    assert set(story()) == {"POWERDOWN"}  # the wish to stop, and nothing else
                    assert (await follower.force_stop_vm("demo")).state is S.STOPPED


async def refused_after_hand_over(root: Path) -> None:
    """Ask the manager for its place; from then on it begins nothing."""
    async with await connect(manager_socket(root)) as asking:
        await asking.hand_over()
        for call in (asking.list_vms, asking.ping, asking.hand_over):
            with pytest.raises(ManagerEndedError, match="nothing was done"):
                await call()


async def until_state(events: Subscription, state: VmState) -> None:
    """Read events until a machine comes into this state."""
    async for event in events:
        if isinstance(event, StateChanged) and event.state is state:
            return


@asynccontextmanager
async def engine_story(root: Path, info: VmInfo) -> AsyncIterator[Callable[[], list[str]]]:
    """What the engine itself tells meanwhile, on the monitor that is there for tools."""
    client = QMPClient("story")
    await client.connect(str(paths.runtime_dir(root) / info.id.hex[:8] / "qmp-aux"))
    try:
        yield lambda: [str(event["event"]) for event in client.events.clear()]
    finally:
        with suppress(EOFError, OSError):  # The engine has ended.
            await client.disconnect()


async def test_a_machine_outlives_five_managers_who_give_way_to_each_other(root: Path) -> None:
    pids = set()
    async with managing_as_a_session(root) as manager:
        await manager.create_vm("demo", small())
    for number in range(5):
        async with person(root, HEADLESS) as server, open_manager(root) as client:
            if number == 0:
                await client.start_vm("demo")
            info = (await client.list_vms())[0]
            assert info.state is S.RUNNING
            pids.add(engine_pid(info))
            await client.hand_over()
            assert await server.hear() == "left"
            assert await asyncio.to_thread(server.process.wait, 10) == 0
    assert len(pids) == 1
    await clean_up(root)


async def test_a_manager_for_the_length_of_a_command_does_not_give_way(root: Path) -> None:
    async with person(root) as other:
        async with open_manager(root) as client:
            with pytest.raises(NotSupportedError):
                await client.hand_over()
            assert await other.do("list_vms", []) == [None]
            assert await client.list_vms() == ()
        await other.leave()


async def test_a_manager_killed_during_a_call_is_followed_by_the_next_one(root: Path) -> None:
    async with person(root, HEADLESS) as server, following_manager(root) as follower:
        await follower.create_vm("demo", small())
        info = await follower.start_vm("demo")
        pid = engine_pid(info)
        with follower.subscribe() as events:
            async with asyncio.TaskGroup() as tasks:
                stop = tasks.create_task(outcomes(follower.stop_vm("demo", timeout_s=30.0)))
                await until_state(events, S.STOPPING)
                server.process.send_signal(signal.SIGKILL)
                (cut,) = await stop
            assert type(cut) is ConnectionLostError
            assert "outcome is unknown" in cut.message
            async with managing_as_a_session(root) as manager:
                assert (await follower.get_vm_status("demo")).state is S.RUNNING
                assert engine_pid(manager.snapshot()[0]) == pid
                assert isinstance(await anext(events), Resync)
                assert not any(isinstance(event, Resync) for event in told(events))


async def test_nobody_to_follow_is_said(root: Path) -> None:
    with pytest.raises(ConnectionLostError, match="no manager answers"):
        async with following_manager(root):
            pytest.fail("there is nobody")


async def test_a_stale_socket_of_a_killed_manager_is_no_obstacle(root: Path) -> None:
    async with person(root) as other:
        other.process.send_signal(signal.SIGKILL)
    assert manager_socket(root).exists()

    async with open_manager(root) as manager:
        assert isinstance(manager, VmManager)
    assert not manager_socket(root).exists()


@pytest.mark.parametrize("kind", ["a file", "a file above", "no place"])
async def test_a_library_that_cannot_be_is_an_error_for_people(tmp_path: Path, kind: str) -> None:
    (tmp_path / "file").touch()
    root = {
        "a file": tmp_path / "file",
        "a file above": tmp_path / "file" / "library",
        "no place": Path("/proc/self/library"),
    }[kind]

    with pytest.raises(StoreError, match="cannot be used") as caught:
        async with open_manager(root):
            pytest.fail("there is no such library")
    assert caught.value.remedy


async def test_a_runtime_folder_that_is_too_deep_is_said_before_anything_starts(
    root: Path, own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = own_folders / "run" / ("x" * 80)
    deep.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))

    with pytest.raises(StoreError, match="too long"):
        async with open_manager(root):
            pytest.fail("no socket fits there")


async def test_a_library_in_a_new_place_is_private(root: Path) -> None:
    before = os.umask(0)
    try:
        async with open_manager(root) as manager:
            await manager.create_vm("demo", small())
    finally:
        os.umask(before)

    for path in (root, root / "machines", machine_folder(root)):
        assert path.stat().st_mode & 0o077 == 0
    for path in (root / "manager.lock", *machine_folder(root).iterdir()):
        assert path.stat().st_mode & 0o077 == 0


async def test_a_folder_whose_name_is_no_text_is_listed_for_clients_too(root: Path) -> None:
    (root / "machines" / os.fsdecode(b"\xff\xfe")).mkdir(parents=True)
    async with open_manager(root), person(root) as other:
        assert other.role == "client"
        async with open_manager(root) as client:
            listed = await client.list_vms()
    assert [info.state for info in listed] == [S.UNAVAILABLE]


async def test_a_manager_that_leaves_waits_for_no_machine(root: Path) -> None:
    async with open_manager(root) as manager:
        assert isinstance(manager, VmManager)
        for number in range(3):
            info = await running_machine(manager, f"m{number}")
        begun = time.monotonic()
    assert time.monotonic() - begun < 1
    assert runs(info)
    assert not (paths.runtime_dir(root) / "manager.sock").exists()
    await clean_up(root)
    await eventually(lambda: engines(root) == 0)
