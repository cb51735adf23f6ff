"""Long work is written down before its first step, and forgotten when nobody wants it any more."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import select
import subprocess
import sys
import threading
from pathlib import Path
from uuid import uuid4

import pytest

from app.errors import EngineError, StateError
from app.vm import task_journal
from app.vm.events import EventHub
from app.vm.locks import is_locked
from app.vm.orphans import end_orphans, inherited
from app.vm.records import MigrationOptions, TaskInfo, TaskKind, TaskPhase
from app.vm.task_journal import Part, TaskJournal, Wish, continuing, stamp_of
from app.vm.tasks import Task, Tasks

VM = uuid4()
WISH = Wish(file="/a/b.qcow2", options=MigrationOptions(guest_os_image_path="/a/b.qcow2"))


def info(kind: TaskKind = TaskKind.EXPORT) -> TaskInfo:
    return TaskInfo(task_id=uuid4(), kind=kind, vm_name="demo", vm_id=VM)


async def run(journal: TaskJournal, work: object, *, sources: tuple[Path, ...] = ()) -> TaskInfo:
    async with asyncio.TaskGroup() as parent:
        tasks = Tasks(parent, EventHub(), journal)
        return await tasks.run(
            TaskKind.IMPORT,
            "demo",
            VM,
            work,
            wish=WISH,
            sources=sources,  # type: ignore[arg-type]
        )


async def test_work_is_on_disk_before_its_first_step_and_gone_after_its_last(
    tmp_path: Path,
) -> None:
    journal, source = TaskJournal(tmp_path / "tasks"), tmp_path / "source"
    source.write_text("data")

    async def work(task: Task) -> None:
        (record,) = journal.records()
        assert (record.task_id, record.kind) == (task.info.task_id, TaskKind.IMPORT)
        assert (record.vm_id, record.vm_name, record.wish) == (VM, "demo", WISH)
        assert [(one.path, one.stamp) for one in record.sources] == [
            (str(source), stamp_of(source))
        ]
        await task.note_part(tmp_path / "p", (1, 2))
        (record,) = journal.records()
        assert record.parts == (Part(path=str(tmp_path / "p"), identity="1:2"),)
        assert is_locked(journal.lock_path(record.task_id))
        assert inherited.get() is not None

    done = await run(journal, work, sources=(source,))
    assert done.phase is TaskPhase.DONE
    assert list((tmp_path / "tasks").iterdir()) == []


async def test_work_that_fails_is_forgotten(tmp_path: Path) -> None:
    journal = TaskJournal(tmp_path / "tasks")

    async def work(_: Task) -> None:
        assert journal.records()
        raise EngineError("It broke.")

    with pytest.raises(BaseExceptionGroup) as caught:
        await run(journal, work)
    assert caught.group_contains(EngineError)
    assert list((tmp_path / "tasks").iterdir()) == []


@pytest.mark.parametrize("let_go", [True, False])
async def test_work_that_ends_with_its_manager_is_kept_and_what_is_cancelled_is_not(
    tmp_path: Path, *, let_go: bool
) -> None:
    journal, began = TaskJournal(tmp_path / "tasks"), asyncio.Event()

    async def work(_: Task) -> None:
        began.set()
        await asyncio.Event().wait()

    async with asyncio.TaskGroup() as parent:
        tasks = Tasks(parent, EventHub(), journal)
        told = await tasks.run(TaskKind.EXPORT, "demo", VM, work, background=True, wish=WISH)
        await began.wait()
        if let_go:
            tasks.let_go()
        else:
            await tasks.cancel(told.task_id)
    assert [record.task_id for record in journal.records()] == [told.task_id] * let_go
    assert not is_locked(journal.lock_path(told.task_id))


async def test_what_is_begun_again_takes_the_place_of_its_record(tmp_path: Path) -> None:
    journal = TaskJournal(tmp_path)
    old = info()
    journal.begin(old, WISH, ()).close(keep=True)

    async def work(task: Task) -> None:
        assert [record.task_id for record in journal.records()] == [task.info.task_id]

    with continuing(old.task_id):
        await run(journal, work)
    assert journal.records() == []


def test_what_is_damaged_foreign_or_newer_is_shown_as_nothing_and_left_alone(
    tmp_path: Path,
) -> None:
    journal = TaskJournal(tmp_path)
    whole = info()
    journal.begin(whole, WISH, ()).close(keep=True)
    text = (tmp_path / f"{whole.task_id.hex}.json").read_text()
    newer = json.dumps({**json.loads(text), "schema_version": 99})
    more = json.dumps({**json.loads(text), "shell": "rm"})
    other = json.dumps({**json.loads(text), "vm_name": 7})
    odd = {
        f"{uuid4().hex}.json": text,  # another one's number
        f"{uuid4().hex}.json ": text,
        f"{uuid4().hex.upper()}.json": text,
        "note.txt": "mine",
    }
    odd |= {
        f"{uuid4().hex}.json": words
        for words in ("", "{", "[]", newer, more, other, "x" * 300_000, '{"a":' * 5000)
    }
    for name, words in odd.items():
        (tmp_path / name).write_text(words)
    (tmp_path / f"{uuid4().hex}.json").mkdir()
    os.mkfifo(tmp_path / f"{uuid4().hex}.json")
    before = sorted(tmp_path.iterdir())
    assert [record.task_id for record in journal.records()] == [whole.task_id]
    journal.sweep()
    assert sorted(tmp_path.iterdir()) == before
    assert all((tmp_path / name).read_text() == words for name, words in odd.items())


def test_locks_without_a_record_are_swept_away_unless_somebody_holds_them(tmp_path: Path) -> None:
    journal = TaskJournal(tmp_path)
    held, free = (tmp_path / f"{uuid4().hex}.lock" for _ in range(2))
    cut_off = tmp_path / f".{uuid4().hex}.json.abcd1234"
    for path in (held, free, cut_off):
        path.touch()
    with held.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        journal.sweep()
    assert list(tmp_path.iterdir()) == [held]


def test_the_sweep_leaves_a_record_alone_that_is_just_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = TaskJournal(tmp_path / "tasks")
    sweeps: list[threading.Thread] = []
    write = task_journal.write_atomically
    replace = Path.replace

    def replace_late(self: Path, target: Path) -> Path:
        sweeps.append(threading.Thread(target=journal.sweep))
        sweeps[-1].start()
        sweeps[-1].join(0.2)  # it waits for the record, or would be done long since
        return replace(self, target)

    def write_late(path: Path, data: bytes) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", replace_late)
            write(path, data)

    monkeypatch.setattr(task_journal, "write_atomically", write_late)
    task = info()
    opened = journal.begin(task, Wish(file="/a"), ())
    for sweep in sweeps:
        sweep.join(5)
        assert not sweep.is_alive()
    assert [record.task_id for record in journal.records()] == [task.task_id]
    assert is_locked(journal.lock_path(task.task_id))
    opened.close(keep=False)


def test_only_who_inherited_the_lock_is_ended_not_who_has_the_file_open(tmp_path: Path) -> None:
    journal = TaskJournal(tmp_path)
    opened = journal.begin(info(), WISH, ())
    lock = journal.lock_path(opened.record.task_id)
    sleeper = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    heir = subprocess.Popen(sleeper, stdin=subprocess.PIPE, pass_fds=(opened.descriptor,))
    with lock.open() as reading:
        reader = subprocess.Popen(sleeper, stdin=subprocess.PIPE, pass_fds=(reading.fileno(),))
    os.close(opened.descriptor)  # as when the manager dies
    assert is_locked(lock)
    handle = os.pidfd_open(heir.pid)
    try:
        assert end_orphans(lock) == 1
        ended = select.poll()
        ended.register(handle, select.POLLIN)
        assert ended.poll(0)
        assert not is_locked(lock)
        assert reader.poll() is None
        assert end_orphans(lock) == 0
    finally:
        os.close(handle)
        for process in (heir, reader):
            process.kill()
            process.communicate()


def test_a_lock_that_nobody_can_be_ended_for_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This process is never ended, however long it holds the lock."""
    monkeypatch.setattr("app.vm.orphans._END_MS", 50)
    journal = TaskJournal(tmp_path)
    opened = journal.begin(info(), WISH, ())
    with pytest.raises(StateError, match="still at its files"):
        journal.end_orphans(opened.record.task_id)
    opened.close(keep=False)
    assert list(tmp_path.iterdir()) == []
