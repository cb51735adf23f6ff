"""What was found about the present machine, with a button for each step that is offered."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.views.commands import Commands
from app.views.recovery.finding import finding_frame
from app.views.widgets.labels import label
from app.views.widgets.layouts import column
from app.vm.model import VmInfo
from app.vm.records import Finding, RecoveryKind

_AFTER_MS = 200
"""Who walks through the machines with the arrow keys does not want a look at all of them."""
_SHOWN = 4


class RecoveryCard(QWidget):
    """The findings of one machine; hidden while there are none."""

    def __init__(self, commands: Commands) -> None:
        super().__init__()
        self._commands = commands
        self._info: VmInfo | None = None
        self._found: tuple[Finding, ...] = ()
        self._soon = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self._soon.timeout.connect(self._load)
        self._list = column(self, spacing=8)
        self.hide()

    def show_machine(self, info: VmInfo) -> None:
        """Show what there is to do about this machine, as soon as it stays for a moment."""
        before, self._info = self._info, info
        is_same = before is not None and before.id == info.id
        is_busy = info.state.has_process or info.state.is_changing
        if not is_same or is_busy:
            self._show(info, ())
        if not is_busy and (before is None or not is_same or before.state != info.state):
            self._soon.start()

    def machine_changed(self) -> None:
        """Something of the machine may be another now."""
        if self._info is not None and not self._soon.isActive():
            self._soon.start()

    def _load(self) -> None:
        info, panel = self._info, self.parentWidget()
        if info is None or panel is None or not panel.isVisible():
            return
        if not info.state.has_process and not info.state.is_changing:
            self._commands.list_findings(info, self._show)

    def _show(self, vm: VmInfo, found: tuple[Finding, ...]) -> None:
        if not isValid(self):  # The pages were made anew meanwhile, in another language.
            return
        if self._info is None or vm.id != self._info.id:
            return
        # The panel's note tells what is wrong with the whole machine already.
        found = tuple(one for one in found if one.steps or _is_told_here(vm, one))
        if found == self._found:
            return
        self._found = found
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for finding in found[:_SHOWN]:
            is_told = _is_told_here(vm, finding)
            made = finding_frame(finding, self._commands.recover, is_told=is_told)
            self._list.addWidget(made)
        if len(found) > _SHOWN:
            more = self.tr("and %1 more").replace("%1", str(len(found) - _SHOWN))
            self._list.addWidget(label(more, "caption"))
        self.setVisible(bool(found))


def _is_told_here(vm: VmInfo, finding: Finding) -> bool:
    told_here = {RecoveryKind.LEFTOVER, RecoveryKind.INTERRUPTED_TASK}
    return finding.kind in told_here or not vm.problem
