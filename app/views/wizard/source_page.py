"""The first page: an ISO file, or an empty disk."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLineEdit, QWidget
from typing_extensions import override

from app.errors import MediaError
from app.views.actions import Actions
from app.views.disks.desk import image_dialog
from app.views.icons import Glyph
from app.views.library_page import disc_dialog
from app.views.problems import sentence
from app.views.widgets.buttons import Button
from app.views.widgets.fields import Field
from app.views.widgets.labels import label
from app.views.widgets.layouts import row
from app.views.widgets.note import Note
from app.views.widgets.options import OptionButton
from app.views.widgets.status import StateSign
from app.views.wizard.page import Notices, WizardPage
from app.views.wizard.plan import Plan, SourceKind
from app.views.wizard.source_check import found, look_at

_CHECK = "look at the disc"
_EXISTING = 2


class SourcePage(WizardPage):
    """Chooses the source and shows what is on the disc.

    Signals:
        checked: the disc that was chosen has been looked at; whether it can be used.
        start_over_wanted: entries of an earlier time are not wanted.
        import_wanted: the person has this disk image or archive already.
    """

    checked = Signal(bool)
    start_over_wanted = Signal()
    import_wanted = Signal(Path)

    def __init__(self, plan: Plan, actions: Actions) -> None:
        super().__init__(plan, _title(), "")
        self._actions = actions
        self._looked_at: Path | None = None
        self._is_looking = False
        self._again = Note("info", action=self.tr("Start over"))
        self._again.activated.connect(self.start_over_wanted)
        self._again.hide()
        self.content.addWidget(self._again)
        self._build_kinds()
        self._build_file()
        self._found = Note("ok")
        self._notices = Notices()
        self.content.addWidget(self._found)
        self.content.addWidget(self._notices)
        self.content.addStretch(1)
        self.refresh()

    @property
    def is_looking(self) -> bool:
        """Whether the disc is being looked at."""
        # The task itself ends only after it has told everybody.
        return self._is_looking and self.plan.draft.kind is SourceKind.ISO

    def show_earlier(self) -> None:
        """Say that entries of an earlier time are here."""
        self._again.say(
            "info",
            self.tr("You began this earlier; your entries are here."),
            action=self.tr("Start over"),
        )
        self._again.show()

    def choose_file(self, path: Path) -> None:
        """Take this file as the source and look at it."""
        self.plan.change(kind=SourceKind.ISO, iso=str(path))
        self.look()

    def forget(self) -> None:
        """Let go of the disc."""
        self._stop_looking()
        self._again.hide()
        self._file.show_error("")
        self.plan.learn(None)

    def look(self) -> None:
        """Look at the chosen disc, unless that was done."""
        path = self.plan.iso
        if path is None or path == self._looked_at:
            return
        self._looked_at = path
        self._file.show_error("")
        self.plan.learn(None)
        self._is_looking = True
        self._actions.cancel(_CHECK)
        self._actions.run(self._look(path), name=_CHECK)
        self.refresh()

    @override
    def refresh(self) -> None:
        is_iso = self.plan.draft.kind is SourceKind.ISO
        self._kinds.button(0 if is_iso else 1).setChecked(True)
        self._file.setVisible(is_iso)
        if self._edit.text() != self.plan.draft.iso:
            self._edit.setText(self.plan.draft.iso)
        self._looking.setVisible(is_iso and self._is_looking)
        facts = self.plan.facts
        if is_iso and facts is not None:
            suggestion = self.plan.suggestion
            self._found.say("ok", self.tr("Found: %1").replace("%1", found(suggestion, facts)))
        self._found.setVisible(is_iso and facts is not None)
        self._notices.show_notices(self.plan.notices_of_disc)

    @override
    def focus_first(self) -> None:
        (self._edit if self.plan.draft.kind is SourceKind.ISO else self._kinds.button(1)).setFocus()

    @override
    def show_problem(self) -> bool:
        if self.plan.draft.kind is SourceKind.EMPTY or self.plan.facts is not None:
            return False
        if not self._edit.text().strip():
            self._file.show_error(self.tr("Choose an ISO file."))
        self._edit.setFocus()
        return True

    def _build_kinds(self) -> None:
        self._kinds = QButtonGroup(self)
        grid = QGridLayout()
        grid.setSpacing(12)
        kinds = (
            (Glyph.DISC, self.tr("ISO file"), self.tr("Install a system from its disc")),
            (Glyph.BOX, self.tr("Empty disk"), self.tr("Insert a disc later")),
            (Glyph.IMPORT, self.tr("Existing"), self.tr("Import a disk or .ova")),
        )
        for number, (glyph, text, caption) in enumerate(kinds):
            option = OptionButton(glyph, text, caption)
            self._kinds.addButton(option, number)
            grid.addWidget(option, 0, (0, 2, 1)[number])
        self._kinds.idClicked.connect(self._choose_kind)
        self.content.addLayout(grid)

    def _build_file(self) -> None:
        held = QWidget()
        bar = row(held, spacing=10)
        self._edit = QLineEdit()
        self._edit.setPlaceholderText(self.tr("Path of the ISO file, or drop the file here"))
        self._edit.textEdited.connect(self._edited)
        self._edit.editingFinished.connect(self.look)
        browse = Button(self.tr("Browse…"), glyph=Glyph.FOLDER)
        browse.clicked.connect(self._browse)
        bar.addWidget(self._edit, 1)
        bar.addWidget(browse)
        held.setFocusProxy(self._edit)
        self._file = Field(self.tr("ISO file"), held)
        self._edit.setAccessibleName(self.tr("ISO file"))
        self.content.addWidget(self._file)
        self._looking = QWidget()
        line = row(self._looking, margins=(4, 0, 0, 0), spacing=10)
        sign = StateSign(16)
        sign.show_state("brand_text", spins=True)
        line.addWidget(sign)
        line.addWidget(label(self.tr("Looking at the disc…"), tone="text2"), 1)
        self.content.addWidget(self._looking)

    def _choose_kind(self, number: int) -> None:
        if number == _EXISTING:
            self.refresh()  # It is no source of this wizard: the choice stays as it was.
            self._browse_images()
            return
        self.plan.change(kind=SourceKind.ISO if number == 0 else SourceKind.EMPTY)
        if number == 0:
            self._edit.setFocus()

    def _edited(self, text: str) -> None:
        self._stop_looking()
        self._file.show_error("")
        self.plan.learn(None)
        self.plan.change(iso=text.strip())

    def _browse(self) -> None:
        start = Path(self._edit.text()).expanduser() if self._edit.text() else None
        dialog = disc_dialog(self, self.tr("Choose an ISO file"), start)
        dialog.fileSelected.connect(lambda name: self.choose_file(Path(name)))
        dialog.open()

    def _browse_images(self) -> None:
        dialog = image_dialog(self, self.tr("Import a disk or .ova"))
        dialog.fileSelected.connect(lambda name: self.import_wanted.emit(Path(name)))
        dialog.open()

    def _stop_looking(self) -> None:
        self._looked_at, self._is_looking = None, False
        self._actions.cancel(_CHECK)

    async def _look(self, path: Path) -> None:
        facts, problem = None, ""
        try:
            facts = await look_at(path)
        except MediaError as err:
            problem = " ".join(filter(None, (sentence(err.message), sentence(err.remedy))))
        finally:
            if path == self._looked_at:
                self._is_looking = False
                self.refresh()
        if path == self._looked_at:
            self._file.show_error(problem)
            self.plan.learn(facts)
            self.checked.emit(facts is not None)


def _title() -> str:
    return QCoreApplication.translate("SourcePage", "Where does the system come from?")
