"""Imports, exports and copies: from the wish to the task that does it."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QCoreApplication, QObject, QStandardPaths, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from app.errors import AppError, Code, PathError
from app.file_kinds import IMAGE_ENDINGS, bare_name
from app.views import words
from app.views.actions import Actions
from app.views.problems import sentence
from app.views.tasks.board import Known, TaskBoard
from app.views.widgets.sheet import SheetHost
from app.vm.api import ManagerApi
from app.vm.model import MAX_NAME_CHARACTERS, VmInfo
from app.vm.off_loop import ask
from app.vm.records import MigrationOptions, TaskInfo, TaskKind
from app.vm.state import Action

if TYPE_CHECKING:  # brought along by the first wish, which the first paint need not wait for
    from app.views.disks.export_sheet import ExportWish
    from app.views.disks.import_sheet import ImportSheet

_log = logging.getLogger(__name__)

_MIB = 1 << 20
_NO_FILE_NAME = str.maketrans(dict.fromkeys('/\\:*?"<>|', "-"))


class DiskDesk(QObject):
    """Asks what is missing, then lets the manager work; the board tells how it goes on.

    Signals:
        began: the person began this (a `TaskInfo`).
    """

    began = Signal(object)

    def __init__(
        self,
        manager: ManagerApi,
        *,
        actions: Actions,
        sheets: SheetHost,
        board: TaskBoard,
        taken: Callable[[], frozenset[str]],
    ) -> None:
        """Work for `manager`; `taken` gives the folded names of all machines."""
        super().__init__(sheets)
        self._manager, self._actions, self._sheets = manager, actions, sheets
        self._board, self._taken = board, taken

    # Import.

    def choose_import(self, parent: QWidget) -> None:
        """Ask for a disk image or an archive, then for what its machine is called."""
        dialog = image_dialog(parent, self.tr("Import a disk or .ova"))
        dialog.fileSelected.connect(lambda name: self.import_file(Path(name)))
        dialog.open()

    def import_file(self, path: Path) -> None:
        """Ask for the name of the machine that this file becomes."""
        if self._sheets.top is not None:
            return
        from app.views.disks.import_sheet import ImportSheet  # noqa: PLC0415 - rarely needed
        from app.views.wizard.plan import unique_name  # noqa: PLC0415 - rarely needed

        sheet = ImportSheet(path, unique_name(_machine_name(path), self._taken()), self._taken())
        sheet.wanted.connect(lambda name: self._import(sheet, path, name))
        self._sheets.open_sheet(sheet)
        self._actions.run(_measure(path, sheet), name=f"measure {path}")

    def _import(self, sheet: ImportSheet, path: Path, name: str) -> None:
        async def work() -> None:
            sheet.show_busy(is_busy=True)
            try:
                await self._manager.grant_path(path)  # dropped or chosen: by a person
                options = MigrationOptions(guest_os_image_path=str(path))
                task = await self._manager.import_vm_disk_image(name, options, background=True)
            except AppError as err:
                if err.code is not Code.NAME_TAKEN:
                    raise
                sheet.show_taken(sentence(err.message))
                return
            finally:
                sheet.show_busy(is_busy=False)
            sheet.close_done()
            self._begin(task, path)

        title = self.tr("%1 could not be imported").replace("%1", path.name)
        again = partial(self._import, sheet, path, name)
        self._actions.run(work(), name=f"import {path}", title=title, again=again)

    # Export.

    def export(self, info: VmInfo) -> None:
        """Ask for the format and the place of a copy."""
        if not can_copy(info) or self._sheets.top is not None:
            return

        async def work() -> None:
            folder = _documents()
            target = await ask(folder, _free_target, folder, info.name)
            if self._sheets.top is None:
                self._open_export(info, target)

        title = self.tr("%1 could not be exported").replace("%1", info.name)
        self._actions.run(work(), name=f"propose export {info.id}", title=title)

    def _open_export(self, info: VmInfo, target: Path) -> None:
        from app.views.disks.export_sheet import ExportSheet  # noqa: PLC0415 - rarely needed

        sheet = ExportSheet(info.name, target, is_running=info.state.has_process)

        def begin(wish: ExportWish) -> None:
            title = self.tr("%1 could not be exported").replace("%1", info.name)
            self._actions.run(work(wish), name=f"export {info.id}", title=title)

        async def work(wish: ExportWish) -> None:
            sheet.show_busy(is_busy=True)
            options = MigrationOptions(
                guest_os_image_path=str(wish.target),
                image_format=wish.image_format,
                compress=wish.compress,
            )
            try:
                await self._manager.grant_path(wish.target)  # chosen in a sheet: by a person
                task = await self._manager.export_vm_disk_image(info.name, options, background=True)
            except PathError as err:
                sheet.show_problem(" ".join(filter(None, _both(err))))
                return
            finally:
                sheet.show_busy(is_busy=False)
            sheet.close_done()
            self._begin(task)

        sheet.wanted.connect(begin)
        self._sheets.open_sheet(sheet)

    # Copies.

    def duplicate(self, info: VmInfo) -> None:
        """Ask for the name of a copy of the machine."""
        if Action.UPDATE not in info.actions or self._sheets.top is not None:
            return
        from app.views.disks.duplicate_sheet import DuplicateSheet  # noqa: PLC0415
        from app.views.wizard.plan import unique_name  # noqa: PLC0415 - rarely needed

        proposed = self.tr("%1 copy").replace("%1", info.name)[:MAX_NAME_CHARACTERS].strip()
        sheet = DuplicateSheet(info.name, unique_name(proposed, self._taken()), self._taken())

        def begin(name: str) -> None:
            title = self.tr("%1 could not be duplicated").replace("%1", info.name)
            self._actions.run(
                work(name),
                name=f"duplicate {info.id}",
                title=title,
                again=partial(begin, name),
            )

        async def work(name: str) -> None:
            sheet.show_busy(is_busy=True)
            try:
                task = await self._manager.duplicate_vm(info.name, name, background=True)
            except AppError as err:
                if err.code is not Code.NAME_TAKEN:
                    raise
                sheet.show_taken(sentence(err.message))
                return
            finally:
                sheet.show_busy(is_busy=False)
            sheet.close_done()
            self._begin(task)

        sheet.wanted.connect(begin)
        self._sheets.open_sheet(sheet)

    # Tasks.

    def cancel(self, task_id: UUID) -> None:
        """End long work; its own event tells when nothing of it is left."""

        async def work() -> None:
            self._board.put(await self._manager.cancel_task(task_id))

        self._actions.run(
            work(), name=f"cancel {task_id}", title=self.tr("The task could not be cancelled")
        )

    def try_again(self, known: Known, info: VmInfo | None, parent: QWidget) -> None:
        """After a failure, ask once more; `info` is the task's machine where there is one."""
        match known.info.kind:
            case TaskKind.IMPORT if known.source is not None:
                self.import_file(known.source)
            case TaskKind.IMPORT:
                self.choose_import(parent)
            case TaskKind.EXPORT if info is not None:
                self.export(info)
            case TaskKind.DUPLICATE if info is not None:
                self.duplicate(info)
            case _:
                _log.debug("nothing to try again for %s", known.info)

    def show_file(self, path: Path) -> None:
        """Show the folder of a file in the file manager."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))

    def _begin(self, task: TaskInfo, source: Path | None = None) -> None:
        if source is not None:
            self._board.note_source(task.task_id, source)
        self._board.put(task)
        self.began.emit(task)


def can_copy(info: VmInfo) -> bool:
    """Whether the machine's disk can be exported and can grow: at rest, or with its engine up."""
    return bool(info.actions & {Action.UPDATE, Action.SCREENSHOT})


def image_dialog(parent: QWidget, title: str) -> QFileDialog:
    """A dialog for a disk image or an archive, to be shown with `open()`; it deletes itself."""
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    translate = QCoreApplication.translate
    patterns = [f"*{ending}" for ending in IMAGE_ENDINGS]
    patterns += [pattern.upper() for pattern in patterns]
    dialog.setNameFilters(
        [
            translate("DiskDesk", "Disk images and machines") + f" ({' '.join(patterns)})",
            translate("LibraryPage", "All files") + " (*)",
        ]
    )
    where = QStandardPaths.StandardLocation.DownloadLocation
    folder = Path(QStandardPaths.writableLocation(where))
    if folder.is_dir():
        dialog.setDirectory(str(folder))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog


async def _measure(path: Path, sheet: ImportSheet) -> None:
    """Tell the sheet how large the file is; one that cannot be looked at is refused later."""
    try:
        size = (await ask(path, path.stat)).st_size
    except (OSError, AppError) as err:
        _log.info("the size of %s is not known: %s", path, err)
        return
    sheet.show_size(words.size(-(-size // _MIB)))


def _machine_name(path: Path) -> str:
    """A name that a machine may have, from the file's."""
    shown = "".join(sign if sign.isprintable() else " " for sign in bare_name(path))
    return shown[:MAX_NAME_CHARACTERS].strip() or QCoreApplication.translate("DiskDesk", "Machine")


def _both(err: AppError) -> tuple[str, str]:
    return sentence(err.message), sentence(err.remedy)


def _documents() -> Path:
    where = QStandardPaths.StandardLocation.DocumentsLocation
    return Path(QStandardPaths.writableLocation(where) or Path.home())


def _free_target(folder: Path, name: str) -> Path:
    """A file in `folder` that is not there with any ending of an export; blocks."""
    from app.views.disks.export_sheet import ENDINGS, FORMATS  # noqa: PLC0415 - rarely needed

    stem = name.translate(_NO_FILE_NAME).strip(". ") or "machine"
    number = 1
    while True:
        candidate = f"{stem} {number}" if number > 1 else stem
        if not any(os.path.lexists(folder / f"{candidate}{end}") for end in ENDINGS.values()):
            return folder / f"{candidate}{ENDINGS[FORMATS[0]]}"
        number += 1
