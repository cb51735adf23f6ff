"""The wizard's sheet: steps at the left, the page, and the buttons below it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout
from typing_extensions import override

from app.errors import AppError, Code
from app.views.actions import Actions
from app.views.commands import OpenMachine
from app.views.problems import sentence
from app.views.widgets.buttons import Button
from app.views.widgets.labels import label
from app.views.widgets.layouts import column, ground, row
from app.views.widgets.question import Choice, QuestionSheet
from app.views.widgets.sheet import Sheet, SheetHost
from app.views.widgets.steps import Steps
from app.views.wizard.page import WizardPage
from app.views.wizard.plan import Draft, Plan, forget_draft, load_draft, save_draft
from app.views.wizard.resources_page import ResourcesPage
from app.views.wizard.review_page import ReviewPage
from app.views.wizard.source_page import SourcePage
from app.views.wizard.system_page import SystemPage
from app.vm.api import ManagerApi
from app.vm.limits import HostSize
from app.vm.model import VmInfo

SIZE = QSize(920, 640)
SOURCE, SYSTEM, RESOURCES, REVIEW = range(4)
_SAVE_AFTER_MS = 400


class WizardSheet(Sheet):
    """Makes a machine.

    Signals:
        created: the new machine.
        import_wanted: the person has this disk image or archive already; the sheet is closed.
    """

    created = Signal(object)
    import_wanted = Signal(Path)

    def __init__(
        self,
        manager: ManagerApi,
        *,
        actions: Actions,
        sheets: SheetHost,
        host: HostSize,
        open_machine: OpenMachine,
        taken: Callable[[], frozenset[str]],
        draft_file: Path,
        iso: Path | None = None,
    ) -> None:
        """Begin.

        Args:
            manager: makes the machine.
            actions: runs what takes time.
            sheets: shows questions.
            host: what this computer has.
            open_machine: opens the machine's window when it has started.
            taken: gives the folded names of all machines.
            draft_file: where entries are kept until they are used.
            iso: a file to begin with; entries of an earlier time are left out then.
        """
        super().__init__(self.tr("Create a virtual machine"), SIZE, wide=True)
        self._manager, self._actions, self._sheets = manager, actions, sheets
        self._open_machine, self._draft_file = open_machine, draft_file
        self._plan = Plan(host, taken)
        self._goal: int | None = None
        self._is_done = False
        earlier = None if iso else load_draft(draft_file)
        if earlier is not None:
            self._plan.change(**{name: getattr(earlier, name) for name in Draft.__slots__})
        self._build()
        self._saver = QTimer(self, singleShot=True, interval=_SAVE_AFTER_MS)
        self._saver.timeout.connect(self._save)
        self._plan.changed.connect(self._saver.start)
        if earlier is not None:
            self.source.show_earlier()
            self.source.look()
        if iso is not None:
            self.source.choose_file(iso)

    @property
    def plan(self) -> Plan:
        """What is going to be made."""
        return self._plan

    @property
    def step(self) -> int:
        """Number of the present step."""
        return self._stack.currentIndex()

    def go_to(self, step: int) -> None:
        """Show this step."""
        self._stack.setCurrentIndex(step)
        self._steps.show_step(step)
        self._back.setVisible(step > SOURCE)
        self._shortcut.setVisible(step == SOURCE)
        self._next.setText(self.tr("Create") if step == REVIEW else self.tr("Next"))
        self._next.say(self._next.text())
        if step == REVIEW:
            self._next.setFocus()
        else:
            self._pages[step].focus_first()

    @override
    def focus_first(self) -> None:
        if self.step == REVIEW:
            self._next.setFocus()
        else:
            self._pages[self.step].focus_first()

    @override
    def reject(self) -> None:
        """Close; asks once when entries would be lost."""
        if self._is_done or not self._plan.draft.has_entries:
            self._leave()
            return
        question = QuestionSheet(
            self.tr("Throw your entries away?"),
            self.tr("The machine has not been created yet."),
            [
                Choice("", self.tr("Keep editing")),
                Choice("discard", self.tr("Throw away"), "danger"),
            ],
        )

        def answered(_: int) -> None:
            if question.choice == "discard":
                self._leave()

        question.finished.connect(answered)
        self._sheets.open_sheet(question)

    def _build(self) -> None:
        plan = self._plan
        self.source = SourcePage(plan, self._actions)
        self.system = SystemPage(plan, self.tr("What is it called, and how does it start?"), "")
        self.resources = ResourcesPage(
            plan,
            self.tr("How much of this computer may it use?"),
            self.tr("You can change this later while the machine is off."),
        )
        self.review = ReviewPage(plan, self.tr("Is this what you want?"), "")
        self._pages: list[WizardPage] = [self.source, self.system, self.resources, self.review]
        self.source.checked.connect(self._source_checked)
        self.source.start_over_wanted.connect(self._start_over)
        self.source.import_wanted.connect(self._give_way)
        self.review.step_wanted.connect(self.go_to)
        layout = row(self, spacing=0)
        side = ground("steps")
        side.setFixedWidth(216)
        column_of_steps = column(side, margins=(16, 26, 16, 16), spacing=18)
        column_of_steps.addWidget(label(self.windowTitle(), "heading", wrap=True))
        self._steps = Steps(
            [self.tr("Source"), self.tr("System"), self.tr("Resources"), self.tr("Review")]
        )
        column_of_steps.addWidget(self._steps)
        column_of_steps.addStretch(1)
        layout.addWidget(side)
        right = column(spacing=0)
        self._stack = QStackedWidget()
        for page in self._pages:
            self._stack.addWidget(page)
        right.addWidget(self._stack, 1)
        self._build_footer(right)
        layout.addLayout(right, 1)
        self.go_to(SOURCE)

    def _build_footer(self, layout: QVBoxLayout) -> None:
        footer = row(margins=(24, 10, 32, 20), spacing=10)
        cancel = Button(self.tr("Cancel"), "ghost")
        cancel.clicked.connect(self.reject)
        self._back = Button(self.tr("Back"))
        self._back.clicked.connect(lambda: self.go_to(self.step - 1))
        self._shortcut = Button(self.tr("Recommended settings"))
        self._shortcut.clicked.connect(lambda: self._advance(REVIEW))
        self._next = Button(self.tr("Next"), "primary")
        self._next.setMinimumWidth(110)
        # Not "auto default": inside another window Qt takes that away when the focus leaves once.
        self._next.setDefault(True)
        self._next.clicked.connect(self._press_next)
        footer.addWidget(cancel)
        footer.addStretch(1)
        footer.addWidget(self._shortcut)
        footer.addWidget(self._back)
        footer.addWidget(self._next)
        layout.addLayout(footer)

    def _press_next(self) -> None:
        if self.step == REVIEW:
            self._create()
        else:
            self._advance(self.step + 1)

    def _advance(self, goal: int) -> None:
        """Go on to `goal`, or to the first problem on the way."""
        self._goal = None
        if self.step == SOURCE:
            self.source.look()
            if self.source.is_looking:
                self._goal = goal  # and on when the answer is there
                return
        for step in range(self.step, goal):
            if self._pages[step].show_problem():
                if step != self.step:
                    self.go_to(step)
                    self._pages[step].show_problem()
                return
        self.go_to(goal)

    def _source_checked(self, is_usable: bool) -> None:
        goal, self._goal = self._goal, None
        if goal is not None and is_usable:
            QTimer.singleShot(0, self, lambda: self._advance(goal))
        elif goal is not None:
            self.source.show_problem()

    def _start_over(self) -> None:
        forget_draft(self._draft_file)
        self.source.forget()
        self._plan.change(**{name: getattr(Draft(), name) for name in Draft.__slots__})

    def _give_way(self, path: Path) -> None:
        """An image is imported instead; the entries are kept for the next time."""
        self._save()
        self._is_done = True
        self._saver.stop()
        self.source.forget()
        super().reject()
        self.import_wanted.emit(path)

    def _save(self) -> None:
        if not self._is_done and self._plan.draft.has_entries:
            save_draft(self._plan.draft, self._draft_file)

    def _create(self) -> None:
        if self._is_done:
            return
        for step in (SOURCE, SYSTEM, RESOURCES):
            if self._pages[step].show_problem():
                self.go_to(step)
                self._pages[step].show_problem()
                return
        self._next.setEnabled(False)
        self._next.setText(self.tr("Creating…"))
        title = self.tr("%1 could not be created").replace("%1", self._plan.name)
        self._actions.run(self._make(), name="create", title=title, again=self._create)

    async def _make(self) -> None:
        plan = self._plan
        try:
            if plan.iso is not None:  # chosen, typed or dropped: by a person
                await self._manager.grant_path(plan.iso)
            info = await self._manager.create_vm(plan.name, plan.cfg(), iso=plan.iso)
        except AppError as err:
            if err.code is not Code.NAME_TAKEN:
                raise
            self.go_to(SYSTEM)
            self.system.show_taken(sentence(err.message))
            return
        finally:
            self._next.setEnabled(True)
            self._next.setText(self.tr("Create") if self.step == REVIEW else self.tr("Next"))
        self._finish(info)

    def _finish(self, info: VmInfo) -> None:
        draft = self._plan.draft
        self._is_done = True
        self._saver.stop()
        forget_draft(self._draft_file)
        self.created.emit(info)
        self.accept()
        if draft.start_now:
            _start(
                self._actions,
                self._manager,
                self._open_machine,
                info,
                exclusive=draft.exclusive,
                title=self.tr("%1 could not start").replace("%1", info.name),
            )

    def _leave(self) -> None:
        self._is_done = True
        self._saver.stop()
        self.source.forget()
        forget_draft(self._draft_file)
        super().reject()


def _start(
    actions: Actions,
    manager: ManagerApi,
    open_machine: OpenMachine,
    info: VmInfo,
    *,
    exclusive: bool,
    title: str,
) -> None:
    """Start the new machine and open its window; the sheet is gone by then."""

    async def work() -> None:
        await manager.start_vm(info.name)
        await open_machine(info.name, exclusive)

    again = partial(_start, actions, manager, open_machine, info, exclusive=exclusive, title=title)
    actions.run(work(), name=f"open {info.id}", title=title, again=again)
