"""Nothing is used that nobody allowed, and what is taken back ends at once."""

from __future__ import annotations

import asyncio
import json
import shlex
import tempfile
import threading
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import (
    AppError,
    ConnectionLostError,
    NewerVersionError,
    ParamError,
    PermissionDeniedError,
    StateError,
    StoreError,
)
from app.vm.consent import MAX_DECISIONS, ConsentFile, Decision
from app.vm.permissions import (
    END_LIMIT_S,
    Answer,
    Choice,
    Grant,
    Permission,
    PermissionKind,
    Permissions,
    PermissionState,
)
from tests.helpers.waiting import eventually
from tests.vm.asking import (
    CAMERA,
    CLIPBOARD,
    FOLDER,
    HOST_ID,
    MICROPHONE,
    NAME,
    OTHER_RUN,
    OTHER_VM,
    RUN,
    VM,
    Person,
    permissions_in,
)

DENIED = pytest.raises(PermissionDeniedError)


async def is_allowed(
    permissions: Permissions,
    permission: Permission = CAMERA,
    *,
    subject: UUID | None = VM,
    run_ms: int = RUN,
) -> bool:
    try:
        await permissions.check(subject, NAME, permission, run_ms=run_ms)
    except PermissionDeniedError:
        return False
    return True


def answers(permissions: Permissions, subject: UUID | None = VM, run_ms: int = RUN) -> dict:
    return {state.permission: state.answer for state in permissions.listed(subject, run_ms=run_ms)}


def a_check(permissions: Permissions, permission: Permission = CAMERA) -> asyncio.Task[None]:
    return asyncio.ensure_future(permissions.check(VM, NAME, permission, run_ms=RUN))


@contextmanager
def broken_disk(library: Path) -> Iterator[None]:
    """A library that cannot be written inside the block."""
    away = library.with_name("away")
    library.rename(away)
    try:
        yield
    finally:
        away.rename(library)


@asynccontextmanager
async def slow_disk() -> AsyncIterator[threading.Event]:
    """A disk that has written nothing before the event is set, or the block is left."""
    loop = asyncio.get_running_loop()
    pool, go = ThreadPoolExecutor(1), threading.Event()
    loop.set_default_executor(pool)
    loop.run_in_executor(None, go.wait)
    try:
        yield go
    finally:
        go.set()


async def turns(count: int = 20) -> None:
    """Let everything that can go on go on; a disk that stands still holds the rest."""
    for _ in range(count):
        await asyncio.sleep(0)


class Use:
    """Something that goes on as long as it may, and can be slow or fail when it has to end."""

    def __init__(self) -> None:
        self.ends = self.ended = 0
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.failure: BaseException | None = None
        self.grant: Grant | None = None

    async def end(self) -> None:
        self.ends += 1
        await self.may_end.wait()
        if self.failure is not None:
            raise self.failure
        self.ended += 1

    async def begin(
        self, permissions: Permissions, permission: Permission = CAMERA, *, run_ms: int = RUN
    ) -> Grant:
        self.grant = await permissions.hold(VM, NAME, permission, self.end, run_ms=run_ms)
        return self.grant


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    folder.mkdir()
    return folder


# Every answer, with and without a window, in the run in which it was given and in the next.


async def decide(library: Path, answer: Answer | Choice) -> None:
    """Give an answer in one manager; the tests look at it in the next one."""
    person = Person(answer) if isinstance(answer, Choice) else None
    async with permissions_in(library, person) as permissions:
        if isinstance(answer, Choice):
            await is_allowed(permissions)
        else:
            await permissions.set(VM, CAMERA, answer, run_ms=RUN)


STORED = [*Answer, *Choice]
WINDOWS = [None, *Choice]


@pytest.mark.parametrize("stored", STORED, ids=repr)
@pytest.mark.parametrize("window", WINDOWS, ids=repr)
@pytest.mark.parametrize("same_run", [True, False], ids=["same run", "another run"])
async def test_an_answer_holds_as_long_as_it_says_and_then_it_is_asked(
    library: Path, stored: Answer | Choice, window: Choice | None, *, same_run: bool
) -> None:
    await decide(library, stored)
    person = Person() if window is None else Person(window)
    holds = {"always": True, "never": False}
    if same_run:
        holds |= {"once": True, "deny": False}
    expected = holds.get(stored.value, window in {Choice.ONCE, Choice.ALWAYS})

    async with permissions_in(library, person if window else None) as permissions:
        allowed = await is_allowed(permissions, run_ms=RUN if same_run else OTHER_RUN)

    assert allowed is expected
    asked_again = stored.value not in holds and window is not None
    assert len(person.asked) == asked_again


@pytest.mark.parametrize(
    ("choice", "first", "second", "next_run"),
    [
        (Choice.DENY, False, False, True),
        (Choice.ONCE, True, True, True),
        (Choice.ALWAYS, True, True, False),
    ],
)
async def test_a_person_is_asked_once_a_run_at_most(
    library: Path, choice: Choice, first: bool, second: bool, next_run: bool
) -> None:
    person = Person(choice, Choice.DENY)
    async with permissions_in(library, person) as permissions:
        assert await is_allowed(permissions) is first
        assert await is_allowed(permissions) is second
        assert len(person.asked) == 1
        await is_allowed(permissions, run_ms=OTHER_RUN)
        assert len(person.asked) == (2 if next_run else 1)


async def test_an_answer_is_about_one_machine_and_one_thing(library: Path) -> None:
    other_folder = Permission(PermissionKind.SHARED_FOLDER, "/srv/others")
    async with permissions_in(library) as permissions:
        await permissions.set(VM, FOLDER, Answer.ALWAYS)

        assert await is_allowed(permissions, FOLDER)
        assert not await is_allowed(permissions, other_folder)
        assert not await is_allowed(permissions, FOLDER, subject=OTHER_VM)
        assert not await is_allowed(permissions, CAMERA)


async def test_a_machine_that_is_off_is_allowed_this_one_use(library: Path) -> None:
    person = Person(Choice.ONCE, Choice.DENY, Choice.ALWAYS)
    async with permissions_in(library, person) as permissions:
        assert await is_allowed(permissions, FOLDER, run_ms=0)
        assert not await is_allowed(permissions, FOLDER, run_ms=0)
        assert await is_allowed(permissions, FOLDER, run_ms=0)
        assert await is_allowed(permissions, FOLDER, run_ms=RUN)

    assert len(person.asked) == 3


async def test_for_programs_on_this_computer_once_lasts_as_long_as_the_manager(
    library: Path,
) -> None:
    person = Person(Choice.ONCE)
    async with permissions_in(library, person) as permissions:
        assert await is_allowed(permissions, HOST_ID, subject=None)
        assert await is_allowed(permissions, HOST_ID, subject=None, run_ms=OTHER_RUN)
        await permissions.set(VM, CAMERA, Answer.ALWAYS)
    async with permissions_in(library) as permissions:
        assert not await is_allowed(permissions, HOST_ID, subject=None)
        await permissions.set(None, HOST_ID, Answer.ALWAYS)
    async with permissions_in(library) as permissions:
        assert await is_allowed(permissions, HOST_ID, subject=None)
        assert not await is_allowed(permissions, HOST_ID)


async def test_programs_on_this_computer_are_given_nothing_that_is_a_machine_s(
    library: Path,
) -> None:
    async with permissions_in(library, Person(Choice.ALWAYS)) as permissions:
        with pytest.raises(ParamError):
            await permissions.check(None, "", CAMERA)
        with pytest.raises(ParamError):
            await permissions.hold(None, "", CAMERA, Use().end)
        with pytest.raises(ParamError):
            await permissions.set(None, CAMERA, Answer.ALWAYS)


async def test_once_needs_a_run(library: Path) -> None:
    async with permissions_in(library) as permissions:
        with pytest.raises(StateError):
            await permissions.set(VM, CAMERA, Answer.ONCE)
        await permissions.end_run(VM, run_ms=RUN)
        with pytest.raises(StateError):
            await permissions.set(VM, CAMERA, Answer.ONCE, run_ms=RUN)
        await permissions.set(VM, CAMERA, Answer.ONCE, run_ms=OTHER_RUN)
        assert await is_allowed(permissions, run_ms=OTHER_RUN)


# What is said when it is denied.


@pytest.mark.parametrize(
    ("permission", "name", "sentence", "command"),
    [
        (
            CLIPBOARD, "demo", "“demo” may not read this computer's clipboard",
            "duplex-vm permission set demo clipboard-read always",
        ),
        (
            FOLDER, "it's; rm -rf", "“it's; rm -rf” may not use the folder “/srv/my files”", "",
        ),
        (
            MICROPHONE, "-rf", "“-rf” may not use the microphone",
            "duplex-vm permission set -- -rf ohos.permission.MICROPHONE always",
        ),
    ],
)  # fmt: skip
async def test_the_remedy_is_the_command_that_allows_it(
    library: Path, permission: Permission, name: str, sentence: str, command: str
) -> None:
    async with permissions_in(library) as permissions:
        with pytest.raises(PermissionDeniedError) as caught:
            await permissions.check(VM, name, permission, run_ms=RUN)

    assert caught.value.message == f"permission denied: {sentence}: there is no window to ask in."
    assert not command or caught.value.remedy == command
    words = [word for word in shlex.split(caught.value.remedy) if word != "--"]
    assert words == ["duplex-vm", "permission", "set", name, str(permission), "always"]


async def test_a_program_on_this_computer_is_called_by_its_name(library: Path) -> None:
    async with permissions_in(library) as permissions:
        with pytest.raises(PermissionDeniedError) as caught:
            await permissions.check(None, "", HOST_ID, client="inventory")
        with pytest.raises(PermissionDeniedError, match="a program may not"):
            await permissions.check(None, "", HOST_ID)

    assert caught.value.message.startswith(
        "permission denied: “inventory” may not learn this computer's number:"
    )
    assert caught.value.remedy == (
        "duplex-vm permission set --computer ohos.permission.sec.ACCESS_UDID always"
    )


async def test_the_reason_of_a_denial_is_told(
    library: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(request: object) -> Choice:
        raise KeyError("no dialog")

    async with permissions_in(library, answer_limit_s=0.02) as permissions:
        await permissions.set(VM, MICROPHONE, Answer.NEVER)
        with pytest.raises(PermissionDeniedError, match="it is forbidden"):
            await permissions.check(VM, NAME, MICROPHONE, run_ms=RUN)
        permissions.ask_person = Person()
        with pytest.raises(PermissionDeniedError, match="nobody answered in time"):
            await permissions.check(VM, NAME, CAMERA, run_ms=RUN)
        permissions.ask_person = broken
        with pytest.raises(PermissionDeniedError, match="could not be asked"):
            await permissions.check(VM, NAME, CAMERA, run_ms=RUN)
        permissions.ask_person = Person(Choice.DENY)
        for _ in range(2):
            with pytest.raises(PermissionDeniedError, match="the answer was no"):
                await permissions.check(VM, NAME, CAMERA, run_ms=RUN)


# What is listed and told.


async def test_everything_that_was_decided_is_listed_beside_what_can_always_be_asked(
    library: Path,
) -> None:
    fixed = (CAMERA, MICROPHONE, CLIPBOARD, Permission(PermissionKind.FILE_REQUEST))
    person = Person(Choice.DENY)
    async with permissions_in(library, person) as permissions:
        assert [state.permission for state in permissions.listed(VM)] == list(fixed)
        assert {state.answer for state in permissions.listed(VM)} == {Answer.ASK}
        await is_allowed(permissions, MICROPHONE)
        await permissions.set(VM, FOLDER, Answer.NEVER)
        await permissions.set(VM, CLIPBOARD, Answer.ONCE, run_ms=RUN)
        await permissions.set(OTHER_VM, CAMERA, Answer.ALWAYS)

        assert permissions.listed(VM, run_ms=RUN) == (
            PermissionState(permission=fixed[0], answer=Answer.ASK),
            PermissionState(permission=fixed[1], answer=Answer.ASK, refused=True),
            PermissionState(permission=fixed[2], answer=Answer.ONCE),
            PermissionState(permission=FOLDER, answer=Answer.NEVER),
            PermissionState(permission=fixed[3], answer=Answer.ASK),
        )
        assert answers(permissions, run_ms=OTHER_RUN)[CLIPBOARD] is Answer.ASK
        assert answers(permissions, None) == {HOST_ID: Answer.ASK}


async def test_a_no_for_this_run_can_be_taken_back(library: Path) -> None:
    person = Person(Choice.DENY, Choice.ONCE)
    async with permissions_in(library, person) as permissions:
        assert not await is_allowed(permissions)
        await permissions.set(VM, CAMERA, Answer.ASK)
        assert await is_allowed(permissions)


async def test_every_change_is_told(library: Path) -> None:
    told: list[object] = []
    person = Person(Choice.ONCE, Choice.DENY)
    async with permissions_in(library, person) as permissions:
        permissions.on_change = lambda *change: told.append(change)
        await permissions.set(VM, CAMERA, Answer.ALWAYS)
        await permissions.set(VM, CAMERA, Answer.NEVER)
        await is_allowed(permissions, MICROPHONE)
        await is_allowed(permissions, CLIPBOARD)
        await permissions.end_run(VM, run_ms=RUN)
        await permissions.forget(VM)

    assert told == [
        (VM, CAMERA, Answer.ALWAYS),
        (VM, CAMERA, Answer.NEVER),
        (VM, MICROPHONE, Answer.ONCE),
        (VM, CLIPBOARD, Answer.ASK),
        (VM, MICROPHONE, Answer.ASK),
        (VM, CLIPBOARD, Answer.ASK),
        (VM, CAMERA, Answer.ASK),
    ]


async def test_a_listener_that_fails_decides_nothing(
    library: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*change: object) -> None:
        raise KeyError("listener")

    use = Use()
    async with permissions_in(library) as permissions:
        permissions.on_change = broken
        await permissions.set(VM, CAMERA, Answer.ALWAYS)
        await use.begin(permissions)
        await permissions.set(VM, CAMERA, Answer.NEVER)

    assert use.ends == 1
    assert "cannot be told" in caplog.text


# Questions that are open.


@pytest.mark.parametrize(
    ("answer", "allowed"), [(Answer.ALWAYS, True), (Answer.ONCE, True), (Answer.NEVER, False)]
)
async def test_an_answer_from_elsewhere_answers_the_open_question(
    library: Path, answer: Answer, allowed: bool
) -> None:
    person = Person()
    async with permissions_in(library, person) as permissions:
        asking = [asyncio.ensure_future(is_allowed(permissions)) for _ in range(3)]
        await person.dialog()
        await permissions.set(VM, CAMERA, answer, run_ms=RUN)

        assert await asyncio.gather(*asking) == [allowed] * 3
        await eventually(lambda: not person.open)


async def test_an_open_question_stays_when_it_is_to_be_asked_anyway(library: Path) -> None:
    person = Person()
    async with permissions_in(library, person) as permissions:
        asking = a_check(permissions)
        await person.dialog()
        await permissions.set(VM, CAMERA, Answer.ASK)
        await permissions.set(VM, MICROPHONE, Answer.NEVER)
        await permissions.set(OTHER_VM, CAMERA, Answer.NEVER)
        await person.choose(Choice.ONCE)
        await asking

    assert len(person.asked) == 1


@pytest.mark.parametrize("how", ["end of the run", "end of any run", "forgotten"])
async def test_the_questions_of_a_machine_go_when_it_goes(library: Path, how: str) -> None:
    person = Person()
    async with permissions_in(library, person) as permissions:
        asking = a_check(permissions)
        await person.dialog()
        if how == "forgotten":
            await permissions.forget(VM)
        else:
            await permissions.end_run(VM, run_ms=RUN if how == "end of the run" else 0)

        with pytest.raises(PermissionDeniedError, match="ended meanwhile"):
            await asking
        await eventually(lambda: not person.open)


async def test_a_manager_that_leaves_denies_nothing_for_good(library: Path) -> None:
    person = Person()
    async with permissions_in(library, person) as permissions:
        asking = a_check(permissions)
        await person.dialog()
        permissions.let_go()

        with pytest.raises(ConnectionLostError):
            await asking
        with pytest.raises(ConnectionLostError):
            await permissions.set(VM, CAMERA, Answer.NEVER)
    async with permissions_in(library, Person(Choice.ONCE)) as permissions:
        assert await is_allowed(permissions)


# Holders.


@pytest.mark.parametrize("answer", [Answer.NEVER, Answer.ASK])
async def test_a_permission_that_is_taken_back_ends_every_use_of_it(
    library: Path, answer: Answer
) -> None:
    uses, other = [Use(), Use(), Use()], Use()
    async with permissions_in(library) as permissions:
        await permissions.set(VM, CAMERA, Answer.ALWAYS)
        await permissions.set(VM, MICROPHONE, Answer.ALWAYS)
        for use in uses:
            await use.begin(permissions)
        kept = await other.begin(permissions, MICROPHONE)

        await permissions.set(VM, CAMERA, answer)

        assert [(use.ends, use.grant and use.grant.revoked) for use in uses] == [(1, True)] * 3
        assert (other.ends, kept.revoked) == (0, False)
        await permissions.set(VM, CAMERA, Answer.NEVER)
        assert [use.ends for use in uses] == [1, 1, 1]


async def test_a_use_goes_on_while_always_becomes_once(library: Path) -> None:
    use = Use()
    async with permissions_in(library) as permissions:
        await permissions.set(VM, CAMERA, Answer.ALWAYS)
        await use.begin(permissions)
        await permissions.set(VM, CAMERA, Answer.ONCE, run_ms=RUN)
        assert use.ends == 0
        await permissions.set(VM, CAMERA, Answer.ONCE, run_ms=OTHER_RUN)
        assert use.ends == 1


async def test_a_use_that_has_ended_by_itself_is_left_alone(library: Path) -> None:
    use = Use()
    async with permissions_in(library) as permissions:
        await permissions.set(VM, CAMERA, Answer.ALWAYS)
        with await use.begin(permissions) as grant:
            assert (grant.subject, grant.permission, grant.run_ms) == (VM, CAMERA, RUN)
        grant.close()
        await permissions.set(VM, CAMERA, Answer.NEVER)

    assert use.ends == 0


async def test_what_is_not_allowed_cannot_be_held(library: Path) -> None:
    async with permissions_in(library, Person(Choice.DENY)) as permissions:
        with DENIED:
            await Use().begin(permissions)
        with pytest.raises(StateError, match="off"):
            await Use().begin(permissions, run_ms=0)


async def test_the_end_of_a_run_ends_its_uses_and_its_answers_and_no_others(library: Path) -> None:
    ended, goes_on, other = Use(), Use(), Use()
    async with permissions_in(library) as permissions:
        await permissions.set(VM, CAMERA, Answer.ALWAYS)
        await permissions.set(VM, MICROPHONE, Answer.ONCE, run_ms=RUN)
        await permissions.set(OTHER_VM, CAMERA, Answer.ALWAYS)
        await ended.begin(permissions)
        await goes_on.begin(permissions, run_ms=OTHER_RUN)
        other.grant = await permissions.hold(OTHER_VM, NAME, CAMERA, other.end, run_ms=RUN)

        await permissions.end_run(VM, run_ms=RUN)

        assert (ended.ends, goes_on.ends, other.ends) == (1, 0, 0)
        assert answers(permissions)[MICROPHONE] is Answer.ASK
        with pytest.raises(PermissionDeniedError, match="ended meanwhile"):
            await Use().begin(permissions)
        await permissions.end_run(VM)
        assert (ended.ends, goes_on.ends, other.ends) == (1, 1, 0)
        assert await is_allowed(permissions, run_ms=OTHER_RUN)
    async with permissions_in(library) as permissions:
        assert not await is_allowed(permissions, MICROPHONE)


async def test_a_forgotten_machine_has_no_uses_and_no_answers(library: Path) -> None:
    use, other = Use(), Use()
    async with permissions_in(library) as permissions:
        for subject in (VM, OTHER_VM):
            await permissions.set(subject, CAMERA, Answer.ALWAYS)
            await permissions.set(subject, FOLDER, Answer.NEVER)
        await use.begin(permissions)
        other.grant = await permissions.hold(OTHER_VM, NAME, CAMERA, other.end, run_ms=RUN)

        await permissions.forget(VM)

        assert (use.ends, other.ends) == (1, 0)
        assert set(answers(permissions).values()) == {Answer.ASK}
    async with permissions_in(library) as permissions:
        assert not await is_allowed(permissions)
        assert answers(permissions, OTHER_VM)[FOLDER] is Answer.NEVER


async def test_uses_are_ended_at_the_same_time_and_one_that_fails_stops_no_other(
    library: Path, caplog: pytest.LogCaptureFixture
) -> None:
    slow, broken, late, cancelled, good = (Use() for _ in range(5))
    slow.may_end.clear()
    broken.failure = KeyError("it broke")
    late.failure = TimeoutError("its own")
    cancelled.failure = asyncio.CancelledError()
    async with permissions_in(library) as permissions:
        await permissions.set(VM, CAMERA, Answer.ALWAYS)
        for use in (slow, broken, late, cancelled, good):
            await use.begin(permissions)

        setting = asyncio.ensure_future(permissions.set(VM, CAMERA, Answer.NEVER))
        await eventually(lambda: all(use.ends for use in (slow, broken, late, cancelled, good)))
        assert not setting.done()
        slow.may_end.set()
        await setting

    assert "it broke" in caplog.text
    assert "did not end" in caplog.text


async def test_a_use_that_does_not_end_holds_nobody_up_for_ever(
    library: Path, caplog: pytest.LogCaptureFixture
) -> None:
    use = Use()
    use.may_end.clear()
    async with permissions_in(library, end_limit_s=0.02) as permissions:
        await permissions.set(VM, CAMERA, Answer.ALWAYS)
        await use.begin(permissions)
        await permissions.set(VM, CAMERA, Answer.NEVER)

    assert use.ends == 1
    assert "did not end in 0.02 s" in caplog.text


async def test_whoever_forbids_it_a_second_time_waits_for_the_end_too(library: Path) -> None:
    use = Use()
    use.may_end.clear()
    async with permissions_in(library) as permissions:
        await permissions.set(VM, CAMERA, Answer.ALWAYS)
        await use.begin(permissions)
        first = asyncio.ensure_future(permissions.set(VM, CAMERA, Answer.NEVER))
        await eventually(lambda: use.ends)
        others = [
            asyncio.ensure_future(permissions.set(VM, CAMERA, Answer.ASK)),
            asyncio.ensure_future(permissions.end_run(VM, run_ms=RUN)),
            asyncio.ensure_future(permissions.forget(VM)),
        ]
        await turns()
        async with asyncio.timeout(END_LIMIT_S / 2):  # not held up by somebody else's camera
            await permissions.set(OTHER_VM, CAMERA, Answer.ALWAYS)
        assert not any(task.done() for task in (first, *others))
        use.may_end.set()
        await asyncio.gather(first, *others)

    assert use.ends == 1


async def test_an_end_that_waits_for_the_end_itself_is_cut_short(
    library: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ends = 0
    async with permissions_in(library, end_limit_s=0.02) as permissions:

        async def end() -> None:
            nonlocal ends
            ends += 1
            await permissions.end_run(VM, run_ms=RUN)

        await permissions.set(VM, CAMERA, Answer.ALWAYS)
        await permissions.hold(VM, NAME, CAMERA, end, run_ms=RUN)
        await permissions.set(VM, CAMERA, Answer.NEVER)

    assert ends == 1


async def test_a_use_that_closes_before_it_is_told_is_not_told(library: Path) -> None:
    ends = 0
    async with permissions_in(library) as permissions:
        await permissions.set(VM, CAMERA, Answer.ALWAYS)
        grants: list[Grant] = []

        async def end() -> None:
            nonlocal ends
            ends += 1
            for grant in grants:
                grant.close()

        grants += [await permissions.hold(VM, NAME, CAMERA, end, run_ms=RUN) for _ in range(2)]
        await permissions.set(VM, CAMERA, Answer.NEVER)

        assert all(grant.revoked for grant in grants)
        assert ends == 1


async def read_to_the_end(reader: asyncio.StreamReader) -> None:
    with suppress(ConnectionError):  # an abort may arrive as a reset
        while await reader.read(1 << 20):
            continue


async def test_a_real_stream_ends_for_its_reader_when_it_is_forbidden(library: Path) -> None:
    """A share in small: whoever reads gets more and more, until it is taken back."""
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        try:
            while True:
                writer.write(b"picture" * 1000)
                await writer.drain()
        except ConnectionError:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)

    async def end() -> None:
        server.close()
        for writer in writers:
            writer.transport.abort()
        await server.wait_closed()

    async with permissions_in(library, Person(Choice.ALWAYS)) as permissions:
        await permissions.hold(VM, NAME, CAMERA, end, run_ms=RUN)
        host, port = server.sockets[0].getsockname()
        reader, writer = await asyncio.open_connection(host, port)
        assert await reader.readexactly(70_000)

        await permissions.set(VM, CAMERA, Answer.NEVER)

        await read_to_the_end(reader)
        with pytest.raises(ConnectionError):
            await asyncio.open_connection(host, port)
        writer.close()


# Races with the disk.


async def test_a_yes_does_not_count_before_it_is_on_disk(library: Path) -> None:
    async with permissions_in(library) as permissions, slow_disk() as go:
        setting = asyncio.ensure_future(permissions.set(VM, CAMERA, Answer.ALWAYS))
        await turns()
        assert not await is_allowed(permissions)
        assert answers(permissions)[CAMERA] is Answer.ASK

        go.set()
        await setting
        assert await is_allowed(permissions)


async def test_a_person_s_yes_lets_nobody_in_before_it_is_on_disk(library: Path) -> None:
    person = Person()
    async with permissions_in(library, person) as permissions, slow_disk() as go:
        asking = [a_check(permissions), a_check(permissions)]
        await person.choose(Choice.ALWAYS)
        await eventually(lambda: not person.open)
        asking.append(a_check(permissions))
        await turns()
        assert not any(task.done() for task in asking)

        go.set()
        await asyncio.gather(*asking)
    assert len(person.asked) == 1


async def test_a_no_counts_and_ends_the_use_before_it_is_on_disk(library: Path) -> None:
    use = Use()
    async with permissions_in(library) as permissions:
        await permissions.set(VM, CAMERA, Answer.ALWAYS)
        await use.begin(permissions)
        async with slow_disk() as go:
            setting = asyncio.ensure_future(permissions.set(VM, CAMERA, Answer.NEVER))
            await eventually(lambda: use.ends)
            assert not await is_allowed(permissions)
            assert not setting.done()
            go.set()
            await setting
    assert [decision.answer for decision in ConsentFile(library).read()] == [Answer.NEVER]


@pytest.mark.parametrize("no", [Answer.NEVER, Answer.ASK])
async def test_a_no_overtakes_a_yes_that_is_on_its_way_to_the_disk(
    library: Path, no: Answer
) -> None:
    async with permissions_in(library) as permissions, slow_disk() as go:
        yes = asyncio.ensure_future(permissions.set(VM, CAMERA, Answer.ALWAYS))
        waits = asyncio.ensure_future(permissions.set(VM, CAMERA, Answer.ONCE, run_ms=RUN))
        await turns()
        setting = asyncio.ensure_future(permissions.set(VM, CAMERA, no))
        await turns()
        go.set()
        await asyncio.gather(yes, waits, setting)

        assert not await is_allowed(permissions)
    async with permissions_in(library) as permissions:
        assert answers(permissions)[CAMERA] is no


async def test_the_later_of_two_who_say_yes_has_the_last_word(library: Path) -> None:
    async with permissions_in(library) as permissions, slow_disk() as go:
        setting = [
            asyncio.ensure_future(permissions.set(VM, CAMERA, answer, run_ms=RUN))
            for answer in (Answer.ALWAYS, Answer.ONCE)
        ]
        await turns()
        go.set()
        await asyncio.gather(*setting)
        assert answers(permissions)[CAMERA] is Answer.ONCE
    async with permissions_in(library) as permissions:
        assert answers(permissions)[CAMERA] is Answer.ONCE


@pytest.mark.parametrize(
    ("no", "asked"), [(Answer.NEVER, 1), (Answer.ASK, 2)], ids=["never", "ask"]
)
async def test_a_no_overtakes_what_a_person_has_just_chosen(
    library: Path, no: Answer, asked: int
) -> None:
    person, use = Person(), Use()
    async with permissions_in(library, person) as permissions, slow_disk() as go:
        holding = asyncio.ensure_future(use.begin(permissions))
        await person.choose(Choice.ALWAYS)
        await eventually(lambda: not person.open)
        setting = asyncio.ensure_future(permissions.set(VM, CAMERA, no))
        await turns()
        go.set()
        if no is Answer.ASK:
            await person.choose(Choice.DENY)
        with DENIED:
            await holding
        await setting

    assert len(person.asked) == asked
    assert use.ends == 0


@pytest.mark.parametrize("known", [True, False], ids=["known run", "any run"])
async def test_a_run_that_ends_while_its_answer_is_written_gets_nothing(
    library: Path, *, known: bool
) -> None:
    person, use = Person(), Use()
    async with permissions_in(library, person) as permissions, slow_disk() as go:
        holding = asyncio.ensure_future(use.begin(permissions))
        await person.choose(Choice.ONCE)
        await eventually(lambda: not person.open)
        ending = asyncio.ensure_future(permissions.end_run(VM, run_ms=RUN if known else 0))
        with DENIED:
            await holding
        go.set()
        await ending
        assert answers(permissions)[CAMERA] is Answer.ASK
    assert ConsentFile(library).read() == ()


async def test_a_setter_that_is_cancelled_has_set_it_all_the_same(library: Path) -> None:
    use = Use()
    use.may_end.clear()
    async with permissions_in(library) as permissions:
        await permissions.set(VM, CAMERA, Answer.ALWAYS)
        await use.begin(permissions)
        setting = asyncio.ensure_future(permissions.set(VM, CAMERA, Answer.NEVER))
        await eventually(lambda: use.ends)
        setting.cancel()
        await asyncio.sleep(0)
        assert not setting.done()
        use.may_end.set()
        await asyncio.wait([setting])

        assert setting.cancelled()
        assert use.ended == 1
        assert not await is_allowed(permissions)
    assert [decision.answer for decision in ConsentFile(library).read()] == [Answer.NEVER]


async def take_back(permissions: Permissions, how: Answer | str) -> None:
    if how == "end of the run":
        await permissions.end_run(VM, run_ms=RUN)
    elif how == "forgotten":
        await permissions.forget(VM)
    else:
        await permissions.set(VM, CAMERA, Answer(how))


WAYS_TO_TAKE_BACK = [Answer.NEVER, Answer.ASK, "end of the run", "forgotten"]


@pytest.mark.parametrize("lead", range(-4, 5))
@pytest.mark.parametrize("how", WAYS_TO_TAKE_BACK)
async def test_no_moment_between_the_look_and_the_entry_lets_a_use_slip_through(
    library: Path, how: Answer | str, lead: int
) -> None:
    """One of the two comes some turns of the loop before the other, or in the same one."""
    use = Use()
    async with permissions_in(library) as permissions:
        await permissions.set(VM, CAMERA, Answer.ALWAYS)
        beginning, taking = use.begin(permissions), take_back(permissions, how)
        works = (beginning, taking) if lead < 0 else (taking, beginning)
        first = asyncio.ensure_future(works[0])
        await turns(abs(lead))
        for failure in await asyncio.gather(first, works[1], return_exceptions=True):
            assert failure is None or isinstance(failure, (Grant, PermissionDeniedError)), failure

        assert use.grant is None or (use.grant.revoked and use.ends == 1)


@pytest.mark.parametrize("count", range(12))
@pytest.mark.parametrize("how", WAYS_TO_TAKE_BACK)
async def test_nor_does_a_person_s_yes_at_that_moment(
    library: Path, how: Answer | str, count: int
) -> None:
    person, use = Person(Choice.ALWAYS), Use()
    async with permissions_in(library, person) as permissions:
        holding = asyncio.ensure_future(use.begin(permissions))
        await turns(count)
        permissions.ask_person = None
        await take_back(permissions, how)
        with suppress(PermissionDeniedError):
            await holding

        if use.grant is not None and not use.grant.revoked:
            assert how in {Answer.ASK, "forgotten"}
            assert answers(permissions)[CAMERA] is Answer.ALWAYS  # the person was later


@pytest.mark.parametrize("first", ["button", "end, by a turn", "end, by less than a turn"])
async def test_a_button_pressed_in_the_moment_in_which_the_run_ends_allows_nothing(
    library: Path, first: str
) -> None:
    person = Person()
    async with permissions_in(library, person) as permissions:
        asking = a_check(permissions)
        await person.dialog()
        if first == "button":
            person.open[0].set_result(Choice.ONCE)
            ending = asyncio.ensure_future(permissions.end_run(VM))
        else:
            ending = asyncio.ensure_future(permissions.end_run(VM))
            await turns(1 if first == "end, by a turn" else 0)
            person.open[0].set_result(Choice.ONCE)
        with DENIED:
            await asking
        await ending
        await eventually(lambda: not person.open)
        await turns()

        assert answers(permissions)[CAMERA] is Answer.ASK


async def test_a_yes_that_cannot_be_kept_comes_too_late_for_a_run_that_has_ended(
    library: Path, caplog: pytest.LogCaptureFixture
) -> None:
    person = Person()
    async with permissions_in(library, person) as permissions, slow_disk() as go:
        asking = a_check(permissions)
        await person.choose(Choice.ALWAYS)
        await eventually(lambda: not person.open)
        with broken_disk(library):
            ending = asyncio.ensure_future(permissions.end_run(VM))
            with DENIED:
                await asking
            go.set()
            await ending
            await eventually(lambda: "cannot be kept" in caplog.text)
            await turns()

        assert answers(permissions)[CAMERA] is Answer.ASK


# When it cannot be kept.


async def test_a_yes_that_cannot_be_written_changes_nothing(library: Path) -> None:
    async with permissions_in(library) as permissions:
        with broken_disk(library), pytest.raises(StoreError, match="cannot be written"):
            await permissions.set(VM, CAMERA, Answer.ALWAYS)
        assert not await is_allowed(permissions)
        await permissions.set(VM, CAMERA, Answer.ALWAYS)
        assert await is_allowed(permissions)


async def test_a_no_that_cannot_be_written_holds_as_long_as_the_manager(library: Path) -> None:
    use = Use()
    async with permissions_in(library) as permissions:
        await permissions.set(VM, CAMERA, Answer.ALWAYS)
        await use.begin(permissions)
        with broken_disk(library), pytest.raises(StoreError, match="cannot be written"):
            await permissions.set(VM, CAMERA, Answer.NEVER)

        assert use.ends == 1
        assert not await is_allowed(permissions)
        await permissions.set(VM, MICROPHONE, Answer.ALWAYS)
    async with permissions_in(library) as permissions:
        assert not await is_allowed(permissions)
        assert await is_allowed(permissions, MICROPHONE)


async def test_a_no_that_cannot_be_written_is_written_when_it_is_said_again(library: Path) -> None:
    async with permissions_in(library) as permissions:
        await permissions.set(VM, CAMERA, Answer.ALWAYS)
        with broken_disk(library), pytest.raises(StoreError):
            await permissions.set(VM, CAMERA, Answer.NEVER)
        await permissions.set(VM, CAMERA, Answer.NEVER)
    async with permissions_in(library) as permissions:
        assert answers(permissions)[CAMERA] is Answer.NEVER


@pytest.mark.parametrize("choice", list(Choice))
async def test_a_person_s_answer_that_cannot_be_kept_holds_for_this_run(
    library: Path, choice: Choice, caplog: pytest.LogCaptureFixture
) -> None:
    person = Person(choice, Choice.DENY)
    async with permissions_in(library, person) as permissions:
        with broken_disk(library):
            assert await is_allowed(permissions) is (choice is not Choice.DENY)
            # A no does not wait for the disk.
            await eventually(lambda: "the answer cannot be kept" in caplog.text)
        assert await is_allowed(permissions) is (choice is not Choice.DENY)
        assert len(person.asked) == 1
        assert answers(permissions)[CAMERA] in {Answer.ONCE, Answer.ASK}
        assert not await is_allowed(permissions, run_ms=OTHER_RUN)
        assert len(person.asked) == 2


async def test_always_for_a_machine_that_is_off_holds_for_this_use_when_it_cannot_be_kept(
    library: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with permissions_in(library, Person(Choice.ALWAYS)) as permissions:
        with broken_disk(library):
            assert await is_allowed(permissions, FOLDER, run_ms=0)
        permissions.ask_person = None
        assert not await is_allowed(permissions, FOLDER, run_ms=0)


async def test_a_no_that_overtakes_a_yes_which_cannot_be_written_stands(library: Path) -> None:
    person = Person()
    async with permissions_in(library, person) as permissions, slow_disk() as go:
        asking = a_check(permissions)
        await person.choose(Choice.ALWAYS)
        await eventually(lambda: not person.open)
        with broken_disk(library):
            setting = asyncio.ensure_future(permissions.set(VM, CAMERA, Answer.ASK))
            await turns()
            go.set()
            await setting  # nothing was ever written, so there is nothing to take off
            await person.dialog()
            assert len(person.asked) == 2
            assert answers(permissions)[CAMERA] is Answer.ASK
            permissions.let_go()
            with pytest.raises(ConnectionLostError):
                await asking


async def test_the_end_of_a_run_is_no_failure_when_it_cannot_be_written(library: Path) -> None:
    use = Use()
    async with permissions_in(library) as permissions:
        await permissions.set(VM, CAMERA, Answer.ONCE, run_ms=RUN)
        await use.begin(permissions)
        with broken_disk(library):
            await permissions.end_run(VM, run_ms=RUN)
        assert use.ends == 1
        with broken_disk(library), pytest.raises(StoreError):
            await permissions.forget(VM)
    async with permissions_in(library) as permissions:
        assert not await is_allowed(permissions, run_ms=OTHER_RUN)


async def test_a_newer_file_is_left_alone_and_everything_is_asked(
    library: Path, caplog: pytest.LogCaptureFixture
) -> None:
    newer = json.dumps({"schema_version": 9})
    (library / "permissions.json").write_text(newer)
    async with permissions_in(library, Person(Choice.ALWAYS)) as permissions:
        for answer in (Answer.ALWAYS, Answer.NEVER, Answer.ASK):
            with pytest.raises(NewerVersionError):
                await permissions.set(VM, CAMERA, answer)
        assert await is_allowed(permissions)
        assert answers(permissions)[CAMERA] is Answer.ONCE

    assert (library / "permissions.json").read_text() == newer


async def test_a_full_file_takes_a_no_for_now_and_no_yes(
    library: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folders = [
        Permission(PermissionKind.SHARED_FOLDER, f"/{number}") for number in range(MAX_DECISIONS)
    ]
    ConsentFile(library).write(
        [Decision(subject=VM, permission=one, answer=Answer.ALWAYS) for one in folders]
    )
    async with permissions_in(library, Person(Choice.ALWAYS)) as permissions:
        for answer in (Answer.ALWAYS, Answer.NEVER):
            with pytest.raises(StoreError, match="too many"):
                await permissions.set(VM, CAMERA, answer)
        assert answers(permissions)[CAMERA] is Answer.NEVER
        assert await is_allowed(permissions, MICROPHONE)
        assert answers(permissions)[MICROPHONE] is Answer.ONCE
        await permissions.set(VM, folders[0], Answer.NEVER)  # takes the place of a yes
        await permissions.set(VM, folders[1], Answer.ASK)
        await permissions.set(VM, CAMERA, Answer.ALWAYS)
        assert await is_allowed(permissions)


async def test_answers_of_earlier_runs_do_not_pile_up(library: Path) -> None:
    async with permissions_in(library) as permissions:
        for number in range(5):
            permission = Permission(PermissionKind.USB_DEVICE, f"{number}")
            await permissions.set(VM, permission, Answer.ONCE, run_ms=RUN + number)
        await permissions.set(OTHER_VM, CAMERA, Answer.ONCE, run_ms=RUN)

    assert len(ConsentFile(library).read()) == 2


# Any sequence.


class SteppedDisk(ThreadPoolExecutor):
    """Works when it is told to, and always in the same order: a sequence can be played again."""

    def __init__(self) -> None:
        super().__init__(1)
        self.fast = True
        self._jobs: deque[tuple[Future[object], Callable[[], object]]] = deque()

    def submit(self, fn, /, *args, **kwargs):
        job: Future[object] = Future()
        self._jobs.append((job, partial(fn, *args, **kwargs)))
        if self.fast:
            self.work()
        return job

    def work(self) -> None:
        """Do everything that waits."""
        while self._jobs:
            job, do = self._jobs.popleft()
            try:
                job.set_result(do())
            except Exception as err:  # noqa: BLE001 - whoever waits for the job gets it
                job.set_exception(err)


SUBJECTS = (VM, OTHER_VM)
KEYS = [(subject, thing) for subject in SUBJECTS for thing in (CAMERA, FOLDER)]
subjects, things = st.sampled_from((VM, VM, OTHER_VM)), st.sampled_from((CAMERA, CAMERA, FOLDER))
holds = st.tuples(st.just("hold"), subjects, things, st.integers(0, 9), st.booleans())
choices = st.tuples(st.just("choose"), st.sampled_from(list(Choice)))
sets = st.tuples(st.just("set"), subjects, things, st.sampled_from(list(Answer)))
yeses = st.tuples(st.just("set"), subjects, things, st.just(Answer.ALWAYS))
others = st.one_of(
    st.tuples(st.just("close"), st.integers(0, 9)),
    st.tuples(st.just("cancel"), st.integers(0, 9)),
    st.tuples(st.just("end_run"), subjects, st.booleans()),
    st.tuples(st.just("forget"), subjects),
    st.tuples(st.just("window"), st.booleans()),
    st.tuples(st.just("disk"), st.sampled_from(["works", "broken", "fast", "slow"])),
)
turns_of_the_loop = st.tuples(st.just("turn"), st.integers(0, 12))
steps = st.one_of(holds, choices, yeses, sets, others, turns_of_the_loop)


class SteppedUse:
    """A use whose end takes some turns of the loop, and may fail."""

    def __init__(self, subject: UUID, thing: Permission, run_ms: int) -> None:
        self.subject, self.thing, self.run_ms = subject, thing, run_ms
        self.turns, self.fails = 0, False
        self.grant: Grant | None = None
        self.closed = False
        self.ends = self.ended = 0

    @property
    def live(self) -> bool:
        return self.grant is not None and not self.closed and not self.grant.revoked

    async def begin(self, permissions: Permissions) -> None:
        self.grant = await permissions.hold(
            self.subject, NAME, self.thing, self.end, run_ms=self.run_ms
        )

    async def end(self) -> None:
        self.ends += 1
        for _ in range(self.turns):
            await asyncio.sleep(0)
        self.ended += 1
        if self.fails:
            raise KeyError("it cannot end")


class Story:
    """Runs steps beside each other and looks after every turn of the loop."""

    def __init__(self, permissions: Permissions, library: Path, disk: SteppedDisk) -> None:
        self.permissions, self.library, self.disk = permissions, library, disk
        self.person = Person()
        self.uses: list[SteppedUse] = []
        self.tasks: list[asyncio.Task[object]] = []
        self.runs = dict.fromkeys(SUBJECTS, RUN)
        self.dead: set[tuple[UUID, int]] = set()
        self.yeses: Counter[tuple[UUID, Permission]] = Counter()
        self.forbidden: set[tuple[UUID, Permission]] = set()

    def look(self) -> None:
        for use in self.uses:
            if not use.live:
                continue
            states = answers(self.permissions, use.subject, use.run_ms)
            assert states.get(use.thing) in {Answer.ONCE, Answer.ALWAYS}, "not allowed"
            assert (use.subject, use.run_ms) not in self.dead, "the run has ended"
            assert (use.subject, use.thing) not in self.forbidden, "the last word was no"
        assert all(most == 1 for most in self.person.most_open.values()), "two dialogs"

    def spawn(self, work) -> None:
        self.tasks.append(asyncio.ensure_future(work))

    async def step(self, name: str, *values) -> None:
        await getattr(self, f"on_{name}")(*values)
        await self.on_turn(3)

    async def on_hold(self, subject, thing, turns, fails) -> None:
        use = SteppedUse(subject, thing, self.runs[subject])
        use.turns, use.fails = turns, fails
        self.uses.append(use)
        self.spawn(use.begin(self.permissions))

    async def on_set(self, subject, thing, answer) -> None:
        work = self.permissions.set(subject, thing, answer, run_ms=self.runs[subject])
        if answer in {Answer.ONCE, Answer.ALWAYS}:
            self.said_yes((subject, thing))
            self.spawn(work)
        else:
            self.spawn(self.say_no(work, (subject, thing)))

    def said_yes(self, *keys) -> None:
        self.yeses.update(keys)
        self.forbidden.difference_update(keys)

    async def say_no(self, work, *keys) -> None:
        """Note for which of `keys` nobody has said yes since."""
        before = self.yeses.copy()
        try:
            await work
        finally:
            self.forbidden.update(key for key in keys if self.yeses[key] == before[key])

    async def on_choose(self, choice) -> None:
        if self.person.open and not self.person.open[0].done():
            self.said_yes(*KEYS)
            self.person.open[0].set_result(choice)

    async def on_close(self, number) -> None:
        if self.uses and (use := self.uses[number % len(self.uses)]).grant is not None:
            use.grant.close()
            use.closed = True

    async def on_cancel(self, number) -> None:
        if self.tasks:
            self.tasks[number % len(self.tasks)].cancel()

    async def on_end_run(self, subject, known) -> None:
        ended, self.runs[subject] = self.runs[subject], self.runs[subject] + 1

        async def end() -> None:
            await self.permissions.end_run(subject, run_ms=ended if known else 0)
            if known:
                self.dead.add((subject, ended))

        self.spawn(end())

    async def on_forget(self, subject) -> None:
        keys = [key for key in KEYS if key[0] == subject]
        self.spawn(self.say_no(self.permissions.forget(subject), *keys))

    async def on_window(self, there) -> None:
        self.permissions.ask_person = self.person if there else None

    async def on_disk(self, how) -> None:
        away = self.library.with_name("away")
        self.disk.work()
        self.disk.fast = how != "slow"
        if how == "works" and away.exists():
            away.rename(self.library)
        elif how == "broken" and self.library.exists():
            self.library.rename(away)

    async def on_turn(self, count) -> None:
        for _ in range(count):
            await asyncio.sleep(0)
            self.look()

    async def finish(self) -> None:
        await self.on_disk("fast")
        self.permissions.let_go()
        for outcome in await asyncio.gather(*self.tasks, return_exceptions=True):
            expected = (AppError, asyncio.CancelledError, type(None))
            assert isinstance(outcome, expected), outcome
        self.look()
        for use in self.uses:
            assert use.ends == use.ended <= 1
            if use.grant is not None and use.grant.revoked and not use.closed:
                assert use.ends == 1, "told that it is revoked, but not ended"


@pytest.mark.usefixtures("caplog")
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(steps, min_size=20, max_size=60))
def test_after_no_sequence_goes_a_use_on_that_is_not_allowed(sequence) -> None:
    async def run() -> None:
        disk = SteppedDisk()
        asyncio.get_running_loop().set_default_executor(disk)
        with tempfile.TemporaryDirectory() as folder:
            library = Path(folder) / "library"
            library.mkdir()
            async with permissions_in(library) as permissions:
                story = Story(permissions, library, disk)
                permissions.ask_person = story.person
                for step in sequence:
                    await story.step(*step)
                await story.finish()

    with asyncio.Runner() as runner:
        runner.run(run())
