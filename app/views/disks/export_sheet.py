"""Write a copy of a machine's disk, or of the whole machine, for another program."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QFileDialog, QGridLayout, QLineEdit, QWidget
from typing_extensions import override

from app.views.disks.sheet import WorkSheet
from app.views.icons import Glyph
from app.views.widgets.buttons import Button
from app.views.widgets.fields import Field
from app.views.widgets.layouts import row
from app.views.widgets.options import OptionButton

_WIDTH_PX = 620
_OPTION_PX = 58
FORMATS = ("qcow2", "ova", "vmdk", "vdi", "vhdx", "raw")
"""Names of the formats, as `MigrationOptions.image_format` has them."""
ENDINGS = {**{name: f".{name}" for name in FORMATS}, "raw": ".img"}
_CAN_COMPRESS = frozenset({"qcow2", "vmdk"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportWish:
    """What the person wants.

    Attributes:
        target: the file to write.
        image_format: one of `FORMATS`.
        compress: smaller and slower.
    """

    target: Path
    image_format: str
    compress: bool


class ExportSheet(WorkSheet):
    """Asks for the format and the place.

    Signals:
        wanted: write this (an `ExportWish`).
    """

    wanted = Signal(object)

    def __init__(self, name: str, target: Path, *, is_running: bool) -> None:
        """Ask; `target` is proposed and gets the ending of the format."""
        super().__init__(
            self.tr("Export"),
            self.tr("Export “%1”").replace("%1", name),
            self.tr("Export"),
            Glyph.EXPORT,
            width_px=_WIDTH_PX,
        )
        self._build_formats()
        self._compress = QCheckBox(self.tr("Compress: a smaller file, which takes longer"))
        self._compress.setAccessibleName(self._compress.text())
        self.content.addWidget(self._compress, 0, Qt.AlignmentFlag.AlignLeft)
        self._build_target(target, is_running=is_running)
        self._show_format()

    def show_problem(self, text: str) -> None:
        """The file cannot be written there."""
        if self.is_open:
            self._field.show_error(text)
            self._edit.setFocus()

    @override
    def focus_first(self) -> None:
        (self._formats.checkedButton() or self._edit).setFocus()

    @override
    def go(self) -> None:
        target = self._target()
        if target is None:
            self.show_problem(self.tr("Choose a file to write, with its folder."))
            return
        self.wanted.emit(
            ExportWish(
                target=target,
                image_format=self._format(),
                compress=self._compress.isEnabled() and self._compress.isChecked(),
            )
        )

    def _build_formats(self) -> None:
        captions = {
            "qcow2": ("qcow2", self.tr("QEMU, KVM and Duplex VM")),
            "ova": ("OVA", self.tr("Whole machine: VMware, VirtualBox")),
            "vmdk": ("VMDK", self.tr("VMware")),
            "vdi": ("VDI", self.tr("VirtualBox")),
            "vhdx": ("VHDX", self.tr("Hyper-V")),
            "raw": ("raw", self.tr("Any program; as large as the disk")),
        }
        self._formats = QButtonGroup(self)
        grid = QGridLayout()
        grid.setSpacing(10)
        for number, form in enumerate(FORMATS):
            text, caption = captions[form]
            glyph = Glyph.BOX if form == "ova" else Glyph.DISK
            option = OptionButton(glyph, text, caption, height_px=_OPTION_PX)
            self._formats.addButton(option, number)
            grid.addWidget(option, number // 2, number % 2)
        for side in (0, 1):
            grid.setColumnStretch(side, 1)
        self._formats.button(0).setChecked(True)
        self._formats.idClicked.connect(lambda _: self._show_format())
        self.content.addLayout(grid)

    def _build_target(self, target: Path, *, is_running: bool) -> None:
        held = QWidget()
        bar = row(held, spacing=10)
        self._edit: QLineEdit = QLineEdit(str(target))
        self._edit.textEdited.connect(lambda _: self._field.show_error(""))
        choose = Button(self.tr("Choose…"), glyph=Glyph.FOLDER)
        choose.clicked.connect(self._browse)
        bar.addWidget(self._edit, 1)
        bar.addWidget(choose)
        held.setFocusProxy(self._edit)
        help_text = self.tr("The machine cannot be started while it is exported.")
        if is_running:
            help_text = self.tr("The machine runs on; the copy is of this moment.")
        self._field: Field = Field(self.tr("File"), held, help_text=help_text)
        self._edit.setAccessibleName(self.tr("File"))
        self.content.addWidget(self._field)

    def _format(self) -> str:
        return FORMATS[self._formats.checkedId()]

    def _show_format(self) -> None:
        form = self._format()
        self._compress.setEnabled(form in _CAN_COMPRESS)
        self._compress.setChecked(self._compress.isChecked() and form in _CAN_COMPRESS)
        self._field.show_error("")
        self._edit.setText(_with_ending(self._edit.text(), ENDINGS[form]))

    def _target(self) -> Path | None:
        text = self._edit.text().strip()
        path = Path(_with_ending(text, ENDINGS[self._format()])).expanduser()
        return path if text and path.is_absolute() else None

    def _browse(self) -> None:
        dialog = QFileDialog(self, self.tr("Export to"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        # Nothing is ever replaced: the manager refuses a name that is taken.
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        ending = ENDINGS[self._format()]
        every = QCoreApplication.translate("LibraryPage", "All files")
        dialog.setNameFilters([f"*{ending}", f"{every} (*)"])
        dialog.setDefaultSuffix(ending.removeprefix("."))
        present = self._target()
        if present is not None:
            dialog.setDirectory(str(present.parent))
            dialog.selectFile(present.name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._choose)
        dialog.open()

    def _choose(self, name: str) -> None:
        self._field.show_error("")
        self._edit.setText(_with_ending(name, ENDINGS[self._format()]))


def _with_ending(text: str, ending: str) -> str:
    """The path with this ending in place of the one of another format."""
    if not text.strip():
        return text
    path = Path(text.strip())
    if path.suffix.casefold() in ENDINGS.values():
        return str(path.with_suffix(ending))
    return str(path) + ending
