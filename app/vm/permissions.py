"""Who may use what of this computer: asked, kept, looked at on every use, and taken back.

`Permissions.check` is asked on every use; `Permissions.hold` is the same for a use that lasts, such
as a shared folder: it registers how to end the use, which happens as soon as it is allowed no more.
Everything belongs to the manager's loop, and between the look at the table and the entry of a
holder nothing is awaited: what is taken back meanwhile either refuses the use or ends it.

A yes counts once it is on disk. A no counts at once, and stays in force in this process even when
it cannot be written: a full disk must not keep a microphone open.
"""

from __future__ import annotations

import asyncio
import logging
import shlex
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID

from app.errors import (
    PERMISSION_DENIED,
    AppError,
    DiskLessError,
    PermissionDeniedError,
    StateError,
    StoreError,
)
from app.vm.consent import (
    FOR_GOOD,
    THIS_PROCESS,
    Answer,
    AskPerson,
    Choice,
    ConsentFile,
    Decision,
    Key,
    Permission,
    PermissionKind,
    PermissionState,
    Request,
    check_subject,
)
from app.vm.questions import ANSWER_LIMIT_S, Question, Questions, Verdict, leaving
from app.vm.unbroken import unbroken

__all__ = [
    "Answer",
    "AskPerson",
    "Choice",
    "End",
    "Grant",
    "OnChange",
    "Permission",
    "PermissionKind",
    "PermissionState",
    "Permissions",
    "Request",
]

_log = logging.getLogger(__name__)

END_LIMIT_S = 5.0
"""So long a holder may take to end."""
COMPUTER_OPTION = "--computer"
"""Stands in a command for the name of a machine, where there is none."""

End = Callable[[], Awaitable[None]]
"""Ends a use. It ends by itself, or lets itself be cancelled when it takes longer than it may."""
OnChange = Callable[[UUID | None, Permission, Answer], None]
"""Told on the loop what holds from now on; subject, permission, answer."""

_WHY = {
    Verdict.FORBIDDEN: "it is forbidden",
    Verdict.REFUSED: "the answer was no",
    Verdict.NO_WINDOW: "there is no window to ask in",
    Verdict.NO_ANSWER: "nobody answered in time",
    Verdict.FAILED: "the question could not be asked",
    Verdict.ENDED: "it has ended meanwhile",
}


class Grant:
    """A use that is under way; close it when the use has ended, or use it as a ``with`` block.

    Attributes:
        subject: the machine's id, None for a program on this computer.
        permission: what is used.
        run_ms: the run that it belongs to.
        revoked: the use is allowed no more and is being ended, or has been.
    """

    def __init__(
        self, request: Request, run_ms: int, end: End, forget: Callable[[Grant], None]
    ) -> None:
        self.subject = request.subject
        self.permission = request.permission
        self.run_ms = run_ms
        self.revoked = False
        self._name = request.vm_name
        self._end = end
        self._forget = forget
        self._closed = self._ending = False
        self._ended = asyncio.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    @property
    def key(self) -> Key:
        """The question whose answer allows it."""
        return self.subject, self.permission

    def close(self) -> None:
        """The use has ended by itself; a second time does nothing."""
        self._closed = True
        self._forget(self)

    async def finish(self, limit_s: float) -> None:
        """End the use, for `Permissions`; whoever comes second waits for the first."""
        if self._ending:
            # Limited too: an `end` may itself wait for something that comes here.
            with suppress(TimeoutError):
                async with asyncio.timeout(limit_s):
                    await self._ended.wait()
            return
        self._ending = True
        try:
            if not self._closed:
                async with asyncio.timeout(limit_s):
                    await self._end()
        except TimeoutError:
            _log.warning(
                "%s: what uses %s did not end in %g s", self._name, self.permission, limit_s
            )
        except Exception:  # noqa: BLE001 - one holder's trouble is not the others'
            _log.exception("%s: what uses %s cannot be ended", self._name, self.permission)
        finally:
            self._ended.set()
            self._forget(self)


class _Coming:
    """A yes on its way to the disk; a no that comes meanwhile overtakes it."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision
        self.overtaken = False


class Permissions:
    """All permissions of one library; of the manager's loop.

    A subject is a machine's id, or None for programs on this computer, which may be allowed
    `PermissionKind.HOST_ID` only. `run_ms` is when the machine's present run began, milliseconds
    since 1970, UTC (`Running.started_ms`), 0 when it is off; without a machine it is not looked at,
    and this process takes the place of the run.

    Args:
        library: the library's folder, which is there.
        tasks: dialogs are tasks of it; the manager's.
        answer_limit_s: so long a dialog waits.
        end_limit_s: so long a holder may take to end.

    Attributes:
        on_change: told of every change.
    """

    def __init__(
        self,
        library: Path,
        tasks: asyncio.TaskGroup,
        *,
        answer_limit_s: float = ANSWER_LIMIT_S,
        end_limit_s: float = END_LIMIT_S,
    ) -> None:
        self.on_change: OnChange | None = None
        self._file = ConsentFile(library)
        self._questions = Questions(tasks, self._take, limit_s=answer_limit_s)
        self._end_limit_s = end_limit_s
        self._decisions: dict[Key, Decision] = {}
        self._only_here: set[Key] = set()  # in force, but not to be found on disk
        self._coming: set[_Coming] = set()
        self._writing = asyncio.Lock()
        self._grants: set[Grant] = set()
        self._ended_runs: dict[UUID, int] = {}
        self._has_let_go = False

    @property
    def ask_person(self) -> AskPerson | None:
        """Shows the dialog; None while there is no window."""
        return self._questions.ask_person

    @ask_person.setter
    def ask_person(self, ask_person: AskPerson | None) -> None:
        self._questions.ask_person = ask_person

    async def load(self) -> None:
        """Read what was decided; has to be the first call. What is damaged is asked again."""
        found = await asyncio.to_thread(self._file.read)
        self._decisions = {decision.key: decision for decision in found}

    def let_go(self) -> None:
        """The manager leaves: open dialogs go, and nothing is asked any more.

        Holders are not ended here: they end with whoever registered them.
        """
        self._has_let_go = True
        self._questions.let_go()

    # -- Uses ------------------------------------------------------------------------------------

    async def check(
        self,
        subject: UUID | None,
        vm_name: str,
        permission: Permission,
        *,
        run_ms: int = 0,
        client: str = "",
        reason: str = "",
    ) -> None:
        """Return when the use is allowed now; a person is asked when nobody has answered yet.

        Callers that want the same at the same time share one dialog; it shows the first one's
        client and reason. A machine that is off has no run to answer for: “this time” and “don't
        allow” then hold for this one use.

        Raises:
            PermissionDeniedError: it is not allowed; the remedy is the command that allows it.
            ParamError: only a machine can have this permission.
            ConnectionLostError: this manager is leaving.
        """
        request = Request(
            subject=subject, vm_name=vm_name, permission=permission, client=client, reason=reason
        )
        await self._admit(request, _run(subject, run_ms))

    async def hold(
        self,
        subject: UUID | None,
        vm_name: str,
        permission: Permission,
        end: End,
        *,
        run_ms: int = 0,
        client: str = "",
        reason: str = "",
    ) -> Grant:
        """`check` for a use that lasts: `end` is awaited when it is allowed no more.

        That is when the permission is taken back, when the run ends, and when the machine is
        forgotten. Close the grant when the use ends by itself.

        Raises:
            StateError: the machine is off.
            PermissionDeniedError, ParamError, ConnectionLostError: as `check`.
        """
        run = _run(subject, run_ms)
        if run == FOR_GOOD:
            raise StateError("The machine is off.", remedy="Start it first.")
        request = Request(
            subject=subject, vm_name=vm_name, permission=permission, client=client, reason=reason
        )
        await self._admit(request, run)
        # No await between the look at the table and here.
        grant = Grant(request, run, end, self._grants.discard)
        self._grants.add(grant)
        return grant

    # -- Answers ---------------------------------------------------------------------------------

    async def set(
        self, subject: UUID | None, permission: Permission, answer: Answer, *, run_ms: int = 0
    ) -> None:
        """Let `answer` hold; an open question about it is answered, or stays when it is ASK.

        Returns when it is on disk and every use that it does not allow has ended. A yes has no
        effect when a no overtakes it on its way to the disk.

        Raises:
            StateError: ONCE for a machine that is off.
            ParamError: only a machine can have this permission.
            StoreError, DiskLessError: it cannot be written. A yes then changes nothing; a no is in
                force as long as this process lasts.
        """
        if self._has_let_go:
            raise leaving()
        await unbroken(self._set(subject, permission, answer, run_ms))

    async def forget(self, subject: UUID | None) -> None:
        """Drop all answers of a subject that is no more, end its uses, withdraw its questions.

        Raises:
            StoreError, DiskLessError: it cannot be written; it is forgotten as long as this process
                lasts.
        """
        await unbroken(self._drop(subject, lambda _: True))

    async def end_run(self, subject: UUID, *, run_ms: int = 0) -> None:
        """A run has ended: so have its uses and what was answered for it; returns when they have.

        Args:
            subject: the machine's id.
            run_ms: start of the run; late callers of that run are refused from now on, and a next
                run that may have begun is left alone. 0 for whichever it was.
        """
        if run_ms:
            self._ended_runs[subject] = run_ms
        try:
            await unbroken(self._drop(subject, lambda run: run != FOR_GOOD and run_ms in {0, run}))
        except (StoreError, DiskLessError) as err:
            # Another run starts at another time: what stays on disk allows nothing.
            _log.info("answers of a run that has ended stay on disk: %s", err)

    def listed(self, subject: UUID | None, *, run_ms: int = 0) -> tuple[PermissionState, ...]:
        """Everything that somebody decided, and what can always be asked for, in a fixed order."""
        run = _run(subject, run_ms)
        fixed = {Permission(kind) for kind in PermissionKind if _is_fixed(kind, subject)}
        decided = {
            permission
            for (owner, permission), decision in self._decisions.items()
            if owner == subject and decision.holds_in(run)
        }
        kinds = list(PermissionKind)
        return tuple(
            self._state_of(subject, permission, run)
            for permission in sorted(
                fixed | decided, key=lambda one: (kinds.index(one.kind), one.item)
            )
        )

    # -- The table -------------------------------------------------------------------------------

    def _look(self, key: Key, run: int) -> Verdict:
        if self._has_ended(key[0], run):
            return Verdict.ENDED
        decision = self._decisions.get(key)
        if decision is None or not decision.holds_in(run):
            return Verdict.UNKNOWN
        if decision.allows:
            return Verdict.ALLOWED
        return Verdict.FORBIDDEN if decision.run_ms == FOR_GOOD else Verdict.REFUSED

    def _has_ended(self, subject: UUID | None, run: int) -> bool:
        return subject is not None and self._ended_runs.get(subject) == run

    def _state_of(self, subject: UUID | None, permission: Permission, run: int) -> PermissionState:
        decision = self._decisions.get((subject, permission))
        if decision is None or not decision.holds_in(run):
            return PermissionState(permission=permission, answer=Answer.ASK)
        refused = self._look(decision.key, run) is Verdict.REFUSED
        return PermissionState(permission=permission, answer=_shown(decision), refused=refused)

    async def _set(
        self, subject: UUID | None, permission: Permission, answer: Answer, run_ms: int
    ) -> None:
        check_subject(subject, permission)
        if answer is Answer.ASK:
            await self._revoke({(subject, permission): None})
            return
        run = _run(subject, run_ms) if answer is Answer.ONCE else FOR_GOOD
        if answer is Answer.ONCE and (run == FOR_GOOD or self._has_ended(subject, run)):
            raise StateError(
                "The machine is off; “once” lasts until a run ends.", remedy="Start it first."
            )
        decision = Decision(subject=subject, permission=permission, answer=answer, run_ms=run)
        if decision.allows:
            await self._grant(decision)
        else:
            await self._revoke({decision.key: decision})

    async def _drop(self, subject: UUID | None, of_run: Callable[[int], bool]) -> None:
        """Forget the answers, end the uses and withdraw the questions of these runs."""

        def is_meant(owner: UUID | None, run: int) -> bool:
            return owner == subject and of_run(run)

        for coming in self._coming:
            if is_meant(coming.decision.subject, coming.decision.run_ms):
                coming.overtaken = True
        self._questions.settle(
            lambda question: is_meant(question.request.subject, question.run_ms), Verdict.ENDED
        )
        await self._revoke(
            {
                key: None
                for key, decision in self._decisions.items()
                if is_meant(decision.subject, decision.run_ms)
            },
            also=lambda grant: is_meant(grant.subject, grant.run_ms),
        )

    async def _grant(self, decision: Decision) -> None:
        """Let a yes count, once it is on disk, unless something else was decided meanwhile."""
        coming = _Coming(decision)
        self._coming.add(coming)
        try:
            async with self._writing:
                if not coming.overtaken:
                    await self._write({decision.key: decision})
        except (StoreError, DiskLessError):
            if not coming.overtaken:
                raise
        finally:
            self._coming.discard(coming)
        if not coming.overtaken:
            await self._end_uses(self._bring_into_force({decision.key: decision}))

    async def _revoke(
        self,
        changes: Mapping[Key, Decision | None],
        *,
        also: Callable[[Grant], bool] = lambda _: False,
    ) -> None:
        """Let a no, or no answer at all, count at once; end the uses while it is written."""
        for coming in self._coming:
            if coming.decision.key in changes:
                coming.overtaken = True
        revoked = self._bring_into_force(changes, also=also)
        async with asyncio.TaskGroup() as tasks:
            writing = tasks.create_task(self._try_to_write(changes))
            tasks.create_task(self._end_uses(revoked))
        failure = writing.result()
        if failure is not None:
            raise failure

    def _bring_into_force(
        self,
        changes: Mapping[Key, Decision | None],
        *,
        only_here: bool = False,
        also: Callable[[Grant], bool] = lambda _: False,
    ) -> list[Grant]:
        """Change the table, answer the questions; returns the uses that are allowed no more."""
        self._decisions = _changed(self._decisions, changes)
        self._only_here.difference_update(changes)
        if only_here:
            self._only_here.update(changes)
        self._questions.settle(
            lambda question: self._look(question.key[:2], question.run_ms) is not Verdict.UNKNOWN,
            Verdict.UNKNOWN,
        )
        revoked = [
            grant
            for grant in self._grants
            if also(grant)
            or (not self._allows(grant) and (grant.key in changes or not grant.revoked))
        ]
        for grant in revoked:
            grant.revoked = True
        for (subject, permission), decision in changes.items():
            self._tell(subject, permission, _shown(decision))
        return revoked

    def _allows(self, grant: Grant) -> bool:
        return self._look(grant.key, grant.run_ms) is Verdict.ALLOWED

    async def _end_uses(self, grants: Iterable[Grant]) -> None:
        async with asyncio.TaskGroup() as tasks:
            for grant in grants:
                tasks.create_task(grant.finish(self._end_limit_s))

    async def _try_to_write(self, changes: Mapping[Key, Decision | None]) -> AppError | None:
        try:
            async with self._writing:
                await self._write({})
        except (StoreError, DiskLessError) as err:
            # The next write at least takes off the disk what they replaced.
            self._only_here.update(
                key for key, new in changes.items() if new and self._decisions.get(key) is new
            )
            return err
        return None

    async def _write(self, changes: Mapping[Key, Decision | None]) -> None:
        wanted = _changed(self._decisions, changes)
        kept = [
            decision
            for key, decision in wanted.items()
            if decision.run_ms != THIS_PROCESS and (key in changes or key not in self._only_here)
        ]
        await asyncio.to_thread(self._file.write, kept)

    def _tell(self, subject: UUID | None, permission: Permission, answer: Answer) -> None:
        if self.on_change is None:
            return
        try:
            self.on_change(subject, permission, answer)
        except Exception:  # noqa: BLE001 - a listener does not decide what is allowed
            _log.exception("a change of %s cannot be told", permission)

    # -- Questions -------------------------------------------------------------------------------

    async def _admit(self, request: Request, run: int) -> None:
        key = (request.subject, request.permission)
        check_subject(*key)
        verdict = self._look(key, run)
        while verdict is Verdict.UNKNOWN:
            answer = await self._questions.put(request, run)
            verdict = self._look(key, run)
            if verdict is Verdict.UNKNOWN:
                verdict = answer
        if verdict is Verdict.LEAVING:
            raise leaving()
        if verdict is not Verdict.ALLOWED:
            raise _denied(request, verdict)

    async def _take(self, question: Question, choice: Choice) -> Verdict:
        """Keep what a person chose, as well as it can be kept; never for longer than chosen."""
        subject, permission, run = question.key
        if question.settled:  # The run has ended since the button was pressed.
            return Verdict.ENDED
        if run == FOR_GOOD and choice is not Choice.ALWAYS:
            return Verdict.ALLOWED if choice is Choice.ONCE else Verdict.REFUSED
        decision = Decision(
            subject=subject,
            permission=permission,
            answer=_ANSWERS[choice],
            run_ms=FOR_GOOD if choice is Choice.ALWAYS else run,
        )
        try:
            if decision.allows:
                await self._grant(decision)
            else:
                await self._revoke({decision.key: decision})
        except (StoreError, DiskLessError) as err:
            _log.warning("%s: the answer cannot be kept: %s", permission, err)
            return await self._take_for_now(question, decision)
        return Verdict.UNKNOWN

    async def _take_for_now(self, question: Question, decision: Decision) -> Verdict:
        subject, permission, run = question.key
        if not decision.allows or question.settled:
            return Verdict.UNKNOWN
        if run == FOR_GOOD:
            return Verdict.ALLOWED
        once = Decision(subject=subject, permission=permission, answer=Answer.ONCE, run_ms=run)
        await self._end_uses(self._bring_into_force({once.key: once}, only_here=True))
        return Verdict.UNKNOWN


_ANSWERS = {Choice.DENY: Answer.NEVER, Choice.ONCE: Answer.ONCE, Choice.ALWAYS: Answer.ALWAYS}


def grant_command(subject: UUID | None, vm_name: str, permission: Permission) -> str:
    """The command that allows it for good, ready for a shell."""
    if subject is None:
        whose = [COMPUTER_OPTION]
    else:
        whose = ["--", vm_name] if vm_name.startswith("-") else [vm_name]
    return shlex.join(["duplex-vm", "permission", "set", *whose, str(permission), "always"])


def _run(subject: UUID | None, run_ms: int) -> int:
    return THIS_PROCESS if subject is None else run_ms


def _is_fixed(kind: PermissionKind, subject: UUID | None) -> bool:
    return not kind.has_item and (kind is PermissionKind.HOST_ID) == (subject is None)


def _shown(decision: Decision | None) -> Answer:
    """What holds, in words for people: a no for one run is asked again in the next."""
    if decision is None or (decision.run_ms != FOR_GOOD and not decision.allows):
        return Answer.ASK
    return decision.answer


def _changed(
    decisions: Mapping[Key, Decision], changes: Mapping[Key, Decision | None]
) -> dict[Key, Decision]:
    """The table after `changes`, without what was answered for earlier runs of their machines."""
    runs = {new.subject: new.run_ms for new in changes.values() if new and new.run_ms > FOR_GOOD}
    kept = {
        key: old
        for key, old in decisions.items()
        if key not in changes and not FOR_GOOD < old.run_ms < runs.get(old.subject, FOR_GOOD)
    }
    return kept | {key: new for key, new in changes.items() if new}


def _denied(request: Request, verdict: Verdict) -> PermissionDeniedError:
    if request.subject is not None:
        who = f"“{request.vm_name}”"
    else:
        who = f"“{request.client}”" if request.client else "a program"
    return PermissionDeniedError(
        f"{PERMISSION_DENIED}: {who} may not {request.permission.action}: {_WHY[verdict]}.",
        remedy=grant_command(request.subject, request.vm_name, request.permission),
    )
