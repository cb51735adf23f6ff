"""The second page: which system it is, its name and its firmware."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QLineEdit
from typing_extensions import override

from app.views import words
from app.views.widgets.buttons import Segments
from app.views.widgets.fields import Field
from app.views.widgets.labels import label
from app.views.widgets.layouts import column, row
from app.views.wizard.page import Notices, WizardPage
from app.views.wizard.plan import Plan
from app.views.wizard.source_check import all_systems, system_name
from app.vm.media.systems import UNKNOWN
from app.vm.model import MAX_NAME_CHARACTERS, Firmware


class SystemPage(WizardPage):
    """Shows what was recognised and lets the person decide otherwise."""

    def __init__(self, plan: Plan, title: str, caption: str) -> None:
        super().__init__(plan, title, caption)
        self._name_edit = QLineEdit()
        self._name_edit.setMaxLength(MAX_NAME_CHARACTERS * 2)
        self._name_edit.textEdited.connect(self._name_edited)
        self._name = Field(self.tr("Name"), self._name_edit)
        self._system = QComboBox()
        self._system.setMaxVisibleItems(14)
        for system in all_systems():
            self._system.addItem(system_name(system), system.id)
        self._system.activated.connect(self._system_chosen)
        self._system_field = Field(
            self.tr("System"),
            self._system,
            help_text=self.tr("Decides which devices the machine gets."),
        )
        self._firmware = Segments(
            self.tr("Firmware"),
            [(str(each), words.firmware(each)) for each in (Firmware.UEFI, Firmware.BIOS)],
        )
        self._firmware.group.idClicked.connect(self._firmware_chosen)
        self.content.addWidget(self._name)
        self.content.addWidget(self._system_field)
        firmware = column(spacing=6)
        firmware.addWidget(label(self.tr("Firmware"), "strong"))
        held = row()
        held.addWidget(self._firmware)
        held.addStretch(1)
        firmware.addLayout(held)
        firmware.addWidget(
            label(self.tr("What starts the machine. It cannot be changed later."), "caption")
        )
        self.content.addLayout(firmware)
        self._notices = Notices()
        self.content.addSpacing(6)
        self.content.addWidget(self._notices)
        self.content.addStretch(1)
        self.refresh()

    @override
    def refresh(self) -> None:
        if not self._name_edit.hasFocus() and self._name_edit.text() != self.plan.name:
            self._name_edit.setText(self.plan.name)
            self._name.show_error(self.plan.name_problem)
        with QSignalBlocker(self._system):
            wanted = self._system.findData(self.plan.suggestion.system.id)
            self._system.setCurrentIndex(max(0, wanted))
        self._firmware.choose(str(self.plan.firmware))
        self._notices.show_notices(self.plan.notices)

    @override
    def focus_first(self) -> None:
        self._name_edit.setFocus()
        self._name_edit.selectAll()

    @override
    def show_problem(self) -> bool:
        problem = self.plan.name_problem if self._name_edit.text() else self._empty_problem()
        self._name.show_error(problem)
        if problem:
            self._name_edit.setFocus()
        return bool(problem)

    def show_taken(self, problem: str) -> None:
        """The manager refused the name."""
        self._name.show_error(problem)
        self._name_edit.setFocus()

    def _empty_problem(self) -> str:
        self._name_edit.setText(self.plan.name)
        return self.plan.name_problem

    def _name_edited(self, text: str) -> None:
        self.plan.change(name=text)
        self._name.show_error(self.plan.name_problem if text else "")
        proposal = self.tr("Without a name it is called “%1”.").replace("%1", self.plan.name)
        self._name.show_help("" if text else proposal)

    def _system_chosen(self, _: int) -> None:
        chosen = str(self._system.currentData())
        # What the disc itself says is no entry: another disc may say something else.
        is_recognised = self.plan.facts is None and chosen == UNKNOWN
        self.plan.change(system="" if is_recognised else chosen, firmware="")

    def _firmware_chosen(self, _: int) -> None:
        self.plan.change(firmware=self._firmware.key())
