"""Work that was cut off and that no machine's panel can tell of, because there is none."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.views.commands import Commands
from app.views.recovery.finding import finding_frame
from app.views.widgets.labels import label
from app.views.widgets.layouts import column
from app.vm.records import Finding


class CutOffWork(QWidget):
    """Its findings above the tasks; hidden while there are none."""

    def __init__(self, commands: Commands) -> None:
        super().__init__()
        self._commands = commands
        self._found: tuple[Finding, ...] = ()
        layout = column(self, margins=(0, 0, 0, 16), spacing=8)
        layout.addWidget(label(self.tr("Cut off"), "heading"))
        self._list = column(spacing=8)
        layout.addLayout(self._list)
        self.hide()

    def refresh(self) -> None:
        """Look what there is now."""
        self._commands.list_cut_off(self.show_found)

    def show_found(self, found: tuple[Finding, ...]) -> None:
        """Show these."""
        if not isValid(self) or found == self._found:  # a new language makes the pages anew
            return
        self._found = found
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for finding in found:
            self._list.addWidget(finding_frame(finding, self._commands.recover))
        self.setVisible(bool(found))
