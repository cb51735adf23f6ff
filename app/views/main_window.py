"""The main window: navigation, pages, and what lies over them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QEvent, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget
from typing_extensions import override

from app.errors import AppError, NotPcModeError
from app.file_kinds import is_disc, is_image
from app.settings import SettingsFile
from app.views.actions import Actions
from app.views.appearance import Appearance
from app.views.commands import Commands, OpenMachine
from app.views.disks.desk import DiskDesk
from app.views.disks.disks_desk import DisksDesk
from app.views.feed import follow
from app.views.gate.card import PcModeCard
from app.views.gate.switch import GateManager, GateSwitch
from app.views.icons import Glyph
from app.views.library_model import LibraryModel
from app.views.library_page import LibraryPage, RefreshPicture
from app.views.navigation import Navigation
from app.views.pictures import PictureStore, is_coming
from app.views.problems import refusal, sentence
from app.views.tasks import words as task_words
from app.views.tasks.board import Known, TaskBoard
from app.views.widgets.focus import KeyboardFocus
from app.views.widgets.layouts import ground, row
from app.views.widgets.question import Choice, ErrorSheet, QuestionSheet
from app.views.widgets.sheet import SheetHost
from app.views.widgets.toast import Toast
from app.vm.events import DiskExported, HostChanged, PermissionChanged
from app.vm.gate import GateStatus
from app.vm.model import VmInfo
from app.vm.records import Finding, TaskInfo, TaskKind, TaskPhase
from app.vm.state import VmState

if TYPE_CHECKING:  # bring more along, which the first paint need not wait for
    from app.views.kept_keys_sheet import KeptKeys
    from app.views.privacy.page import PrivacyPage
    from app.views.settings_page import SettingsPage
    from app.views.snapshots.page import SnapshotsPage
    from app.views.tasks.page import TasksPage
    from app.vm.limits import HostSize

LEAST_SIZE = QSize(960, 600)
FIRST_SIZE = QSize(1280, 760)
WIDE_NAVIGATION_PX = 980
_LIBRARY, _TASKS, _SETTINGS = range(3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What the window needs from elsewhere; `app.__main__` hands it in.

    Attributes:
        manager: the library's manager.
        open_machine: shows a machine's window.
        host_size: what this computer has; called when the wizard opens.
        refresh_picture: takes a new picture of a machine; None where nobody can.
        kept_keys: which keys stay with this computer, for each machine.
        state_folder: where geometry and the wizard's draft are kept.
    """

    manager: GateManager
    open_machine: OpenMachine
    host_size: Callable[[], HostSize]
    refresh_picture: RefreshPicture | None
    kept_keys: KeptKeys
    state_folder: Path


class MainWindow(QWidget):
    """The window of the library.

    Signals:
        quit_confirmed: the person wants to leave, and has said what becomes of the machines.
    """

    quit_confirmed = Signal()

    def __init__(
        self,
        outside: Outside,
        settings: SettingsFile,
        actions: Actions,
        appearance: Appearance,
    ) -> None:
        super().__init__()
        self._outside, self._settings = outside, settings
        self._actions, self._appearance = actions, appearance
        self._notice, self._page = "", _LIBRARY
        self._is_leaving = False
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            raise TypeError("a window needs a QApplication")
        self.keyboard = KeyboardFocus(app)
        self.model = LibraryModel()
        self.pictures = PictureStore(self)
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("Duplex VM")
        self.setMinimumSize(LEAST_SIZE)
        self.setAcceptDrops(True)
        self.sheets = SheetHost(self, self.keyboard)
        self.sheets.covered.connect(self._cover)
        self.toast = Toast(self)
        self.commands = Commands(outside.manager, actions, self.sheets, outside.open_machine)
        self.commands.deleted.connect(self._offer_undelete)
        self.commands.renamed.connect(self._offer_former_name)
        self.commands.recovered.connect(self.toast.say)
        self.commands.snapshots_wanted.connect(self.show_snapshots)
        self.commands.snapshot_wanted.connect(self._ask_for_snapshot)
        self.commands.keys_wanted.connect(self._show_keys)
        self.board = TaskBoard(self)
        self.board.changed.connect(self._show_task)
        self.board.ended.connect(self._tell_end)
        self.board.removed.connect(self._show_count)
        self.disks = DiskDesk(
            outside.manager,
            actions=actions,
            sheets=self.sheets,
            board=self.board,
            taken=self.model.names,
        )
        self.disks.began.connect(self._show_machine)
        self.disk_list = DisksDesk(
            outside.manager,
            actions=actions,
            sheets=self.sheets,
            machine=self.model.find,
            host_size=outside.host_size,
        )
        self.disk_list.began.connect(self._show_machine)
        self.model.rowsRemoved.connect(lambda: self.disk_list.machine_changed(None))
        self.board.ended.connect(lambda known: self.disk_list.machine_changed(known.info.vm_id))
        self.commands.disks_wanted.connect(self.disk_list.show)
        self.commands.growth_wanted.connect(self.disk_list.grow)
        self.switch = GateSwitch(outside.manager, actions, self)
        actions.failed.connect(self.show_error)
        self._is_cut_off_told = False
        self._layout = row(self, spacing=0)
        self._content: QWidget | None = None
        self._rebuild = QTimer(self, singleShot=True, interval=0)
        self._rebuild.timeout.connect(self._build_anew)
        self._build()
        self._keys = self._make_keys()
        self._geometry = QSettings(
            str(outside.state_folder / "window.ini"), QSettings.Format.IniFormat
        )
        self._restore_size()

    def start(self, known: tuple[VmInfo, ...] = (), gate: GateStatus | None = None) -> None:
        """Begin to follow the manager; needs the running loop.

        Args:
            known: machines that are known already, shown at once.
            gate: PC mode, likewise.
        """
        if gate is not None:
            self.switch.tell(gate)
        if known:
            self.model.reset(known)
            self.library.show_listed()
        work = follow(self._outside.manager, self.model, self)
        self._actions.run(work, name="follow", title=self.tr("The machines cannot be listed"))

    def show_notice(self, text: str) -> None:
        """Say one thing about this computer above the machines; nothing when empty."""
        self._notice = text
        self.library.show_notice(text)

    def show_error(
        self, error: AppError, title: str = "", again: Callable[[], None] | None = None
    ) -> None:
        """Tell of a failure with its remedy; where one click heals it, `again` follows."""
        title = title or self.tr("That did not work")
        details = "\n".join(filter(None, (str(error.code), error.message, error.detail)))
        choices = [Choice("", self.tr("Close"), "primary")]
        cause = sentence(error.message)
        if isinstance(error, NotPcModeError):
            cause = refusal(error.message)
            choices = [Choice("", self.tr("Close")), Choice("on", self.tr("Turn on"), "primary")]
        sheet = ErrorSheet(title, cause, sentence(error.remedy), details, choices)

        def answered(_: int) -> None:
            if sheet.choice == "on":
                self.switch.turn_on(again)

        sheet.finished.connect(answered)
        self.sheets.open_sheet(sheet)

    def show_gate(self) -> None:
        """Show PC mode, why it is off when it is, and the posture."""
        if self.sheets.top is not None:
            return
        from app.views.gate.sheet import PcModeSheet  # noqa: PLC0415 - rarely needed

        self.sheets.open_sheet(PcModeSheet(self.switch))

    def open_wizard(self, iso: Path | None = None) -> None:
        """Begin a new machine, with `iso` as its source when there is one."""
        if self.sheets.top is not None:
            return
        # Only now: the wizard brings the disc reader and its catalogue along.
        from app.views.wizard.sheet import WizardSheet  # noqa: PLC0415

        sheet = WizardSheet(
            self._outside.manager,
            actions=self._actions,
            sheets=self.sheets,
            host=self._outside.host_size(),
            open_machine=self._outside.open_machine,
            taken=self.model.names,
            draft_file=self._outside.state_folder / "wizard-draft.json",
            iso=iso,
        )
        sheet.created.connect(self._select_created)
        sheet.import_wanted.connect(self.disks.import_file)
        self.sheets.open_sheet(sheet)

    def open_file(self, path: Path) -> None:
        """Begin what a file is for: a new machine from a disc, or the import of an image."""
        if is_image(path):
            self.disks.import_file(path)
        else:
            self.open_wizard(path)

    def ask_to_quit(self) -> None:
        """Leave; asks what becomes of running machines before."""
        if not self._is_leaving and self.sheets.top is None:
            self._actions.run(self._quit(), name="quit")

    def finish(self) -> None:
        """Remember the window's size and end what runs beside it; for the end of the program."""
        self._geometry.setValue("geometry", self.saveGeometry())
        self._geometry.sync()
        self.pictures.finish()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        if self._is_leaving:
            event.accept()
            return
        event.ignore()
        self.ask_to_quit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.navigation.show_texts(is_wide=self.width() >= WIDE_NAVIGATION_PX)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._rebuild.start()

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        moved = super().focusNextPrevChild(next)
        self.keyboard.mark(self.focusWidget())
        return moved

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped_file(event) is not None and self.sheets.top is None:
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        file = _dropped_file(event)
        if file is not None:
            event.acceptProposedAction()
            self.open_file(file)

    def _build(self) -> None:
        """Make the pages, in the present language."""
        content = ground("page")
        layout = row(content, spacing=0)
        self.navigation = Navigation(
            [
                (Glyph.MACHINE, self.tr("Virtual machines")),
                (Glyph.TASKS, self.tr("Tasks")),
                (Glyph.GEAR, self.tr("Settings")),
            ]
        )
        self.library = LibraryPage(
            self.model,
            commands=self.commands,
            actions=self._actions,
            sheets=self.sheets,
            pictures=self.pictures,
            switch=self.switch,
            refresh_picture=self._outside.refresh_picture,
            disks=self.disks,
            board=self.board,
        )
        self.library.import_wanted.connect(lambda: self.disks.choose_import(self))
        self.library.gate_wanted.connect(self.show_gate)
        self.library.create_wanted.connect(self.open_wizard)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.library)
        self.tasks_page: TasksPage | None = None
        self.settings_page: SettingsPage | None = None
        self._privacy: PrivacyPage | None = None
        self.snapshots: SnapshotsPage | None = None
        self.pc_mode = PcModeCard(self.switch)
        self.pc_mode.pressed.connect(self.show_gate)
        self.navigation.add_footer(self.pc_mode)
        self.navigation.chosen.connect(self.show_page)
        layout.addWidget(self.navigation)
        layout.addWidget(self._pages, 1)
        self._show_count()
        self._content = content
        self._layout.addWidget(content)
        self.sheets.raise_()

    def _build_anew(self) -> None:
        """Make the pages again, because the language is another one."""
        page, current = self._page, self.library.view.current()
        kept = self.snapshots.info() if self.snapshots and self.snapshots.isVisible() else None
        self.sheets.close_all()
        old, self._content = self._content, None
        if self._privacy is not None:
            self._privacy.leave()
        if self.snapshots is not None:
            self.snapshots.leave()
        if old is not None:
            self._layout.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._build()
        for key in self._keys:
            self.removeAction(key)
        self._keys = self._make_keys()
        self.navigation.show_texts(is_wide=self.width() >= WIDE_NAVIGATION_PX)
        self.library.show_listed()
        if current is not None:
            self.library.select(current)
        self.show_notice(self._notice)
        self.show_page(page)
        if kept is not None:
            self.show_snapshots(kept)

    def show_page(self, number: int) -> None:
        """Show the machines (0), the tasks (1) or the settings (2)."""
        self._page = number
        page: QWidget = self.library
        if number == _TASKS:
            page = self._tasks()
        if number == _SETTINGS and self.settings_page is None:
            from app.views.settings_page import SettingsPage  # noqa: PLC0415 - rarely needed

            made = SettingsPage(self._settings, self._make_privacy, self._make_trash)
            made.changed.connect(self._appearance.apply)
            made.failed.connect(self.toast.say)
            self.settings_page = made
            self._pages.addWidget(made)
        if number == _SETTINGS and self.settings_page is not None:
            page = self.settings_page
        self._pages.setCurrentWidget(page)
        self.navigation.choose(number)
        if number == _LIBRARY:
            self.library.focus_first()

    def show_snapshots(self, info: VmInfo) -> None:
        """Show the snapshots of one machine; Escape returns to the machines."""
        if self.snapshots is None:
            from app.views.snapshots.page import SnapshotsPage  # noqa: PLC0415 - rarely needed

            self.snapshots = SnapshotsPage(
                self._outside.manager,
                self.model,
                commands=self.commands,
                actions=self._actions,
                sheets=self.sheets,
                toast=self.toast,
            )
            self.snapshots.back_wanted.connect(partial(self.show_page, _LIBRARY))
            self._pages.addWidget(self.snapshots)
        self._page = _LIBRARY
        self.navigation.choose(_LIBRARY)
        self._pages.setCurrentWidget(self.snapshots)
        self.snapshots.show_machine(info)

    def _ask_for_snapshot(self, info: VmInfo) -> None:
        self.show_snapshots(info)
        if self.snapshots is not None:
            self.snapshots.ask_to_take()

    def _show_keys(self, info: VmInfo) -> None:
        from app.views.kept_keys_sheet import KeptKeysSheet  # noqa: PLC0415 - rarely needed

        sheet = KeptKeysSheet(info, self._outside.kept_keys)
        sheet.failed.connect(self.toast.say)
        self.sheets.open_sheet(sheet)

    def machine_changed(self, vm_id: UUID | None) -> None:
        """Something of this machine, or of any when None, is another now."""
        shown = self.library.view.current()
        if shown is not None and vm_id in {None, shown.id}:
            self.library.detail.snapshots.machine_changed()
            self.library.detail.recovery.machine_changed()
        if self.snapshots is not None:
            self.snapshots.machine_changed(vm_id)
        self.disk_list.machine_changed(vm_id)

    def _tasks(self) -> TasksPage:
        if self.tasks_page is None:
            from app.views.tasks.page import TasksPage  # noqa: PLC0415 - rarely needed

            self.tasks_page = TasksPage(self.board, self.commands)
            self.tasks_page.cancel_wanted.connect(self.disks.cancel)
            self.tasks_page.act_wanted.connect(self._act_on)
            self._pages.addWidget(self.tasks_page)
        return self.tasks_page

    def _make_trash(self) -> QWidget:
        from app.views.trash.page import TrashCard  # noqa: PLC0415 - rarely needed

        return TrashCard(
            self._outside.manager,
            self.model,
            actions=self._actions,
            sheets=self.sheets,
            toast=self.toast,
        )

    def _make_privacy(self) -> QWidget:
        from app.views.privacy.page import PrivacyPage  # noqa: PLC0415 - rarely needed

        self._privacy = PrivacyPage(
            self._outside.manager,
            self.model,
            actions=self._actions,
            sheets=self.sheets,
            toast=self.toast,
        )
        return self._privacy

    # What the feed tells.

    def listed(self) -> None:
        """The first list is in the model."""
        self.library.show_listed()  # of the present pages: a new language builds new ones
        if not self._is_cut_off_told:
            self._is_cut_off_told = True
            self.commands.list_cut_off(self._tell_cut_off)

    def _tell_cut_off(self, found: tuple[Finding, ...]) -> None:
        """Say once, at the start, what a crash has cut off and no machine's panel tells."""
        if found:
            self.toast.say(
                sentence(found[0].sentence), self.tr("Show"), lambda: self.show_page(_TASKS)
            )

    def host_changed(self, event: HostChanged) -> None:
        """Something was found out about this computer."""
        self.show_notice(event.notice)

    def gate_changed(self, status: GateStatus) -> None:
        """PC mode and posture, at first and after each change."""
        self.switch.tell(status)

    def permission_changed(self, event: PermissionChanged) -> None:
        """A permission was given or taken."""
        if self._privacy is not None:
            self._privacy.permission_changed(event.vm_id)

    def permissions_lost(self) -> None:
        """Events were missed: any permission may be another one now."""
        if self._privacy is not None and self._privacy.isVisible():
            self._privacy.load()

    def tasks_listed(self, tasks: tuple[TaskInfo, ...]) -> None:
        """All long work of the manager."""
        self.board.reset(tasks)

    def task_changed(self, task: TaskInfo) -> None:
        """Long work has begun, goes on, or is over."""
        self.board.put(task)

    def exported(self, event: DiskExported) -> None:
        """A copy of a machine is whole and in its place."""
        self.board.note_target(event.task_id, event.path)

    def _show_task(self, known: Known) -> None:
        """Let the library show a machine that is being imported, as long as it is."""
        info = known.info
        self._show_count()
        if info.kind is not TaskKind.IMPORT:
            return
        there = self.model.find(info.vm_id)
        if there is None and not info.phase.is_over:
            self.model.put(VmInfo(id=info.vm_id, name=info.vm_name, state=VmState.UPDATE))
        elif (
            there is not None
            and is_coming(there)
            and info.phase in {TaskPhase.FAILED, TaskPhase.CANCELLED}
        ):
            self.model.remove(info.vm_id)

    def _show_count(self) -> None:
        count = self.board.under_way
        spoken = self.tr("Tasks, %1 under way").replace("%1", str(count))
        self.navigation.show_count(_TASKS, count, spoken)

    def _tell_end(self, known: Known) -> None:
        """Say that long work is over, with the one thing to do about it."""
        info, text = known.info, task_words.title(known.info)
        if info.kind is TaskKind.GROW and info.phase is TaskPhase.DONE:
            return  # Whoever let it grow is told with its size.
        QApplication.alert(self)  # Does nothing while this window has the keyboard.
        if info.phase is TaskPhase.CANCELLED:
            self.toast.say(self.tr("%1; nothing of it is left").replace("%1", text))
        elif info.phase is TaskPhase.FAILED:
            self.toast.say(text, self.tr("Show"), partial(self.show_page, _TASKS))
        elif info.kind is TaskKind.IMPORT:
            self.toast.say(text, self.tr("Show"), partial(self._show_machine, info))
        elif known.target is not None:
            self.toast.say(text, self.tr("Show"), partial(self.disks.show_file, known.target))
        else:
            self.toast.say(text)

    def _show_machine(self, task: TaskInfo) -> None:
        self.show_page(_LIBRARY)
        there = self.model.find(task.vm_id)
        if there is not None:
            self.library.select(there)

    def _act_on(self, known: Known) -> None:
        """The button of a task that is over."""
        info = self.model.find(known.info.vm_id)
        if known.info.phase is TaskPhase.FAILED:
            self.disks.try_again(known, info, self)
        elif known.target is not None:
            self.disks.show_file(known.target)
        elif info is not None:
            self.commands.open(info)

    def _make_keys(self) -> list[QAction]:
        keys: list[tuple[str, Callable[[], None]]] = [
            ("Ctrl+N", self.open_wizard),
            ("Ctrl+F", self._search),
            ("Ctrl+1", partial(self.show_page, _LIBRARY)),
            ("Ctrl+I", lambda: self.disks.choose_import(self)),
            ("Ctrl+2", partial(self.show_page, _TASKS)),
            ("Ctrl+3", partial(self.show_page, _SETTINGS)),
            ("Ctrl+,", partial(self.show_page, _SETTINGS)),
            ("Ctrl+Z", self._undo),
            ("Ctrl+Q", self.ask_to_quit),
        ]
        made = []
        for sequence, act in keys:
            action = QAction(self)
            action.setShortcut(QKeySequence(sequence))
            action.triggered.connect(lambda _=False, act=act: act())
            self.addAction(action)
            made.append(action)
        return made

    def _search(self) -> None:
        self.show_page(_LIBRARY)
        self.library.search()

    def _undo(self) -> None:
        if self.toast.can_act:
            self.toast.act()

    def _cover(self, is_covered: bool) -> None:
        for key in self._keys:
            key.setEnabled(not is_covered)

    def _select_created(self, info: VmInfo) -> None:
        self.show_page(_LIBRARY)
        self.model.put(info)
        self.library.select(info)

    def _offer_undelete(self, name: str) -> None:
        self.toast.say(
            self.tr("Deleted “%1”").replace("%1", name),
            self.tr("Undo"),
            partial(self.commands.undo_delete, name),
        )

    def _offer_former_name(self, old: str, new: str) -> None:
        self.toast.say(
            self.tr("Renamed to “%1”").replace("%1", new),
            self.tr("Undo"),
            partial(self.commands.undo_rename, old, new),
        )

    async def _quit(self) -> None:
        running = [info for info in self.model.infos if info.state.has_process]
        if running:
            answer = await self.sheets.ask(self._quit_sheet(running))
            if not answer:
                return
            if answer == "stop":
                for info in running:
                    if not await self.commands.stop_or_ask(info.name):
                        return
        if self.snapshots is not None:
            await self.snapshots.settle()
        self._is_leaving = True
        self.finish()
        self.quit_confirmed.emit()

    def _quit_sheet(self, running: list[VmInfo]) -> QuestionSheet:
        names = self.tr(", ").join(f"“{info.name}”" for info in running[:3])
        if len(running) > 3:
            names += self.tr(" and %1 more").replace("%1", str(len(running) - 3))
        return QuestionSheet(
            self.tr("Machines are still running."),
            self.tr("%1: they go on without this window, and are here when you come back.").replace(
                "%1", names
            ),
            [
                Choice("", self.tr("Cancel")),
                Choice("stop", self.tr("Shut down and quit")),
                Choice("keep", self.tr("Keep running"), "primary"),
            ],
            glyph=Glyph.MACHINE,
        )

    def _restore_size(self) -> None:
        geometry = self._geometry.value("geometry")
        if not (geometry and self.restoreGeometry(geometry)):
            self.resize(FIRST_SIZE)


def _dropped_file(event: QDropEvent) -> Path | None:
    """The disc or disk image that is dragged, None for anything else."""
    for url in event.mimeData().urls():
        path = Path(url.toLocalFile()) if url.isLocalFile() else None
        if path is not None and (is_disc(path) or is_image(path)):
            return path
    return None
