"""The disks of one machine: listed, added, taken out, put back, made larger and smaller again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from app.errors import AppError, UnknownVmError
from app.views import words
from app.views.actions import Actions
from app.views.disks.desk import can_copy
from app.views.disks.disk_words import disk_name
from app.views.icons import Glyph
from app.views.problems import sentence
from app.views.widgets.question import Choice, QuestionSheet
from app.views.widgets.sheet import SheetHost
from app.vm.api import ManagerApi
from app.vm.model import VmInfo
from app.vm.records import DiskInfo

if TYPE_CHECKING:  # brought along by the first wish, which the first paint need not wait for
    from app.views.disks.disks_sheet import DisksSheet
    from app.vm.limits import HostSize

_TAKE_OUT, _COMPACT = "out", "compact"


class DisksDesk(QObject):
    """Opens the list of a machine's disks and does what is asked there.

    Signals:
        began: long work was begun (a `TaskInfo`).
    """

    began = Signal(object)

    def __init__(
        self,
        manager: ManagerApi,
        *,
        actions: Actions,
        sheets: SheetHost,
        machine: Callable[[UUID], VmInfo | None],
        host_size: Callable[[], HostSize],
    ) -> None:
        """Work for `manager`; `machine` finds one as it is now."""
        super().__init__(sheets)
        self._manager, self._actions, self._sheets = manager, actions, sheets
        self._machine, self._host_size = machine, host_size
        self._sheet: DisksSheet | None = None
        self._asked = 0  # counts the lists that were asked for: only the newest is shown
        self._disks: tuple[DiskInfo, ...] = ()

    def show(self, info: VmInfo) -> None:
        """Open the list of this machine's disks."""
        if self._sheets.top is not None:
            return
        from app.views.disks.disks_sheet import DisksSheet  # noqa: PLC0415 - rarely needed

        sheet = self._sheet = DisksSheet(info)
        sheet.finished.connect(self._forget)
        sheet.add_wanted.connect(self._ask_to_add)
        sheet.grow_wanted.connect(self._ask_to_grow)
        sheet.compact_wanted.connect(self._ask_to_compact)
        sheet.remove_wanted.connect(self._ask_to_remove)
        sheet.back_wanted.connect(self._put_back)
        self._sheets.open_sheet(sheet)
        self._load()

    def machine_changed(self, vm_id: UUID | None) -> None:
        """Something of this machine, or of any when None, is another now."""
        sheet = self._sheet
        if sheet is None or vm_id not in {None, sheet.info.id}:
            return
        info = self._machine(sheet.info.id)
        if info is None:
            sheet.reject()
            return
        sheet.show_machine(info)
        self._load()

    def grow(self, info: VmInfo, disk: DiskInfo | None = None) -> None:
        """Ask how large a disk shall be; the system disk without one."""
        if not can_copy(info) or (disk is None and self._sheets.top is not None):
            return
        name = "" if disk is None else disk.disk_id

        async def look() -> None:
            present_mib = await self._manager.get_vm_disk_size(info.name, disk_id=name)
            self._open_grow(info, disk, present_mib)

        self._actions.run(look(), name=f"size {info.id}", title=self._title_grow(info))

    # The list.

    def _forget(self, _: int) -> None:
        self._sheet, self._disks = None, ()

    def _load(self) -> None:
        self._actions.run(self._read(), name=f"list disks {self._asked}")

    async def _read(self) -> None:
        sheet = self._sheet
        if sheet is None:
            return
        self._asked += 1
        number = self._asked
        try:
            disks = await self._manager.list_vm_disks(sheet.info.name)
        except UnknownVmError:
            return  # gone, or renamed: the list of machines is about to say so
        except AppError as err:
            if sheet is self._sheet and number == self._asked:
                sheet.show_problem(sentence(err.message), sentence(err.remedy))
            return
        if sheet is self._sheet and number == self._asked:
            self._disks = disks
            sheet.show_disks(disks)

    # What is asked for in it.

    def _present(self) -> VmInfo | None:
        return None if self._sheet is None else self._sheet.info

    def _ask_to_add(self) -> None:
        info = self._present()
        if info is None:
            return
        from app.views.disks.add_sheet import AddDiskSheet  # noqa: PLC0415 - rarely needed

        sheet = AddDiskSheet(info.name, self._host_size().free_disk_mib)

        async def work(size_mib: int) -> None:
            sheet.show_busy(is_busy=True)
            try:
                await self._manager.add_vm_disk(info.name, size_mib)
            finally:
                sheet.show_busy(is_busy=False)
            sheet.close_done()
            await self._read()

        title = self.tr("The disk could not be added")
        sheet.wanted.connect(
            lambda size_mib: self._actions.run(
                work(size_mib), name=f"add disk {info.id}", title=title
            )
        )
        self._sheets.open_sheet(sheet)

    def _put_back(self, disk: DiskInfo) -> None:
        info = self._present()
        if info is not None:
            work = self._manager.add_vm_disk(info.name, file=disk.file)
            self._do(info, work, self.tr("The disk could not be put back"))

    def _ask_to_remove(self, disk: DiskInfo) -> None:
        info = self._present()
        if info is None:
            return
        name = disk_name(disk, self._disks)
        question = QuestionSheet(
            self.tr("Take “%1” out of the machine?").replace("%1", name),
            self.tr("Its image is kept, and can be put back at any time:") + f"\n{disk.path}",
            [
                Choice("", self.tr("Cancel")),
                Choice(_TAKE_OUT, self.tr("Take out"), "primary"),
            ],
            glyph=Glyph.EJECT,
        )

        async def work() -> None:
            if await self._sheets.ask(question) == _TAKE_OUT:
                await self._manager.remove_vm_disk(info.name, disk.disk_id)
                await self._read()

        title = self.tr("The disk could not be taken out")
        self._actions.run(work(), name=f"remove disk {info.id}", title=title)

    def _ask_to_compact(self, disk: DiskInfo) -> None:
        info = self._present()
        if info is None:
            return
        name = disk_name(disk, self._disks)
        question = QuestionSheet(
            self.tr("Free up space of “%1”?").replace("%1", name),
            self.tr(
                "Its image is written anew without what the machine does not use any more. "
                "Meanwhile the machine stays off. Empty the trash in the machine before, and let "
                "its system trim the disk: what was deleted without that counts as used."
            ),
            [
                Choice("", self.tr("Cancel")),
                Choice(_COMPACT, self.tr("Free up space"), "primary"),
            ],
            glyph=Glyph.BOX,
        )

        async def work() -> None:
            if await self._sheets.ask(question) != _COMPACT:
                return
            task = await self._manager.compact_vm_disk(
                info.name, disk_id=disk.disk_id, background=True
            )
            if self._sheet is not None:
                self._sheet.accept()
            self.began.emit(task)

        title = self.tr("No space could be freed")
        self._actions.run(work(), name=f"compact disk {info.id}", title=title)

    def _ask_to_grow(self, disk: DiskInfo) -> None:
        info = self._present()
        if info is not None:
            self.grow(info, disk)

    def _open_grow(self, info: VmInfo, disk: DiskInfo | None, present_mib: int) -> None:
        from app.views.disks.grow_sheet import GrowSheet  # noqa: PLC0415 - rarely needed

        sheet = GrowSheet(info.name, present_mib, self._host_size().free_disk_mib)

        async def work(size_mib: int) -> None:
            sheet.show_busy(is_busy=True)
            try:
                disk_id = "" if disk is None else disk.disk_id
                now_mib = await self._manager.set_vm_disk_size(info.name, size_mib, disk_id=disk_id)
            finally:
                sheet.show_busy(is_busy=False)
            sheet.close_done()
            await self._read()
            self._tell_what_next(info, disk, now_mib)

        sheet.wanted.connect(
            lambda size_mib: self._actions.run(
                work(size_mib), name=f"grow {info.id}", title=self._title_grow(info)
            )
        )
        self._sheets.open_sheet(sheet)

    def _tell_what_next(self, info: VmInfo, disk: DiskInfo | None, now_mib: int) -> None:
        """The guest has to do its part: its partitions are as large as before."""
        from app.views.disks.advice_sheet import AdviceSheet  # noqa: PLC0415 - rarely needed
        from app.vm.growth_advice import growth_advice  # noqa: PLC0415

        title = self.tr("The disk of “%1” has %2 now").replace("%2", words.size(now_mib))
        inside = [one.disk_id for one in self._disks if one.disk_id]
        number = inside.index(disk.disk_id) if disk is not None and disk.disk_id in inside else 0
        advice = growth_advice(info.system, number)
        self._sheets.open_sheet(AdviceSheet(title.replace("%1", info.name), advice))

    def _do(self, info: VmInfo, work: Awaitable[object], title: str) -> None:
        async def done() -> None:
            await work
            await self._read()

        self._actions.run(done(), name=f"disk {info.id}", title=title)

    def _title_grow(self, info: VmInfo) -> str:
        return self.tr("The disk of %1 could not grow").replace("%1", info.name)
