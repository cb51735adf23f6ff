"""The wizard, from a disc to a machine: with defaults in two clicks, and with every mistake."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.errors import DiskLessError
from app.paths import fold_name
from app.views import words
from app.views.widgets.question import ErrorSheet
from app.views.wizard.amounts import SizeBox, parse_size
from app.views.wizard.plan import Draft, SourceKind, load_draft, save_draft, unique_name
from app.views.wizard.sheet import RESOURCES, REVIEW, SOURCE, SYSTEM, WizardSheet
from app.vm.model import MAX_NAME_CHARACTERS, Firmware
from app.vm.state import VmState
from tests.helpers.waiting import eventually
from tests.views.conftest import HOST, Desk, OpenDesk
from tests.vm.media.discs import BIOS, Boot, build_disc


@pytest.fixture
def disc(tmp_path: Path) -> Path:
    """A disc of a system that nobody knows; it starts with BIOS."""
    path = tmp_path / "Tiny System, v1=.iso"
    path.write_bytes(build_disc(volume="TINY_SYSTEM", boot=[Boot(platform=BIOS)]))
    return path


async def wizard(desk: Desk) -> WizardSheet:
    sheet = await desk.sheet()
    assert isinstance(sheet, WizardSheet)
    return sheet


def type_into(edit: QLineEdit, text: str) -> None:
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, text)


async def test_two_clicks_make_start_and_open_a_machine(open_desk: OpenDesk, disc: Path) -> None:
    async with open_desk() as desk:
        desk.window.open_wizard()
        sheet = await wizard(desk)
        type_into(sheet.source._edit, str(disc))
        await desk.press("Recommended settings")
        await eventually(lambda: sheet.step == REVIEW)
        await desk.press("Create")
        await desk.no_sheet()
        await eventually(lambda: desk.opened == [("TINY_SYSTEM", True)])
        await eventually(lambda: desk.machine("TINY_SYSTEM").state is VmState.RUNNING)
        made = desk.machine("TINY_SYSTEM")
        assert made.disc == disc
        assert desk.manager.calls[:2] == [f"grant {disc}", "create TINY_SYSTEM"]
        assert made.firmware is Firmware.BIOS
        assert desk.window.library.view.current() == made
        assert not (desk.window._outside.state_folder / "wizard-draft.json").exists()


async def test_a_disc_that_may_not_be_used_is_told_and_the_entries_stay(
    open_desk: OpenDesk, disc: Path
) -> None:
    async with open_desk() as desk:
        desk.manager.never.add(disc.parent)
        desk.window.open_wizard(disc)
        sheet = await wizard(desk)
        await eventually(lambda: sheet.plan.facts is not None)
        await desk.press("Recommended settings")
        await desk.press("Create")
        await eventually(lambda: isinstance(desk.window.sheets.top, ErrorSheet))
        assert desk.window.sheets.top.accessibleName() == "TINY_SYSTEM could not be created"
        assert "create TINY_SYSTEM" not in desk.manager.calls
        await desk.press("Close")
        assert await desk.sheet() is sheet


async def test_what_is_on_the_disc_is_shown(open_desk: OpenDesk, disc: Path) -> None:
    async with open_desk() as desk:
        desk.window.open_wizard(disc)
        sheet = await wizard(desk)
        await eventually(lambda: sheet.plan.facts is not None)
        assert "TINY_SYSTEM" in sheet.source._found.accessibleName()
        assert "BIOS" in sheet.source._found.accessibleName()


@pytest.fixture
def cut_disc(disc: Path) -> Path:
    """The same disc, of which the end is missing."""
    disc.write_bytes(disc.read_bytes()[:-4096])
    return disc


async def test_a_cut_disc_is_told_and_does_not_hinder(open_desk: OpenDesk, cut_disc: Path) -> None:
    async with open_desk() as desk:
        desk.window.open_wizard(cut_disc)
        sheet = await wizard(desk)
        await eventually(lambda: sheet.plan.notices_of_disc)
        assert not sheet.source._notices.isHidden()
        await desk.press("Next")
        await eventually(lambda: sheet.step == SYSTEM)


async def test_a_missing_file_is_said_in_the_field_and_next_leads_there(
    open_desk: OpenDesk, tmp_path: Path
) -> None:
    async with open_desk() as desk:
        desk.window.open_wizard()
        sheet = await wizard(desk)
        await desk.press("Next")
        assert sheet.source._file.has_error
        type_into(sheet.source._edit, str(tmp_path / "gone.iso"))
        assert not sheet.source._file.has_error
        await desk.press("Next")
        await eventually(lambda: sheet.source._file.has_error)
        assert "not there" in sheet.source._file._help.text()
        assert sheet.step == SOURCE
        assert sheet.source._edit.hasFocus()


async def test_firmware_that_the_disc_cannot_use_is_warned_of(
    open_desk: OpenDesk, disc: Path
) -> None:
    async with open_desk() as desk:
        desk.window.open_wizard(disc)
        sheet = await wizard(desk)
        await eventually(lambda: sheet.plan.facts is not None)
        sheet.go_to(SYSTEM)
        assert sheet.system._notices.isHidden()
        sheet.system._firmware.group.button(0).click()  # UEFI
        assert sheet.plan.firmware is Firmware.UEFI
        assert not sheet.system._notices.isHidden()
        sheet.system._firmware.group.button(1).click()
        assert sheet.system._notices.isHidden()


@pytest.mark.parametrize("name", ["Debian", "dEBIAN", " x", "a\u0007b", "x" * 129])
async def test_a_name_that_cannot_be_is_refused_while_typing(
    open_desk: OpenDesk, disc: Path, name: str
) -> None:
    async with open_desk("Debian") as desk:
        desk.window.open_wizard(disc)
        sheet = await wizard(desk)
        await eventually(lambda: sheet.plan.facts is not None)
        sheet.go_to(SYSTEM)
        sheet.system._name_edit.setText(name)
        sheet.system._name_edit.textEdited.emit(name)
        assert sheet.system._name.has_error
        await desk.press("Next")
        assert sheet.step == SYSTEM
        assert sheet.system._name_edit.hasFocus()
        type_into(sheet.system._name_edit, "Good name")
        assert not sheet.system._name.has_error
        await desk.press("Next")
        assert sheet.step == RESOURCES
        await desk.press("Back")
        assert sheet.system._name_edit.text() == "Good name"


async def test_taking_too_much_is_told_and_recommended_takes_it_back(
    open_desk: OpenDesk, disc: Path
) -> None:
    async with open_desk() as desk:
        desk.window.open_wizard(disc)
        sheet = await wizard(desk)
        await eventually(lambda: sheet.plan.facts is not None)
        sheet.go_to(RESOURCES)
        memory = sheet.resources.memory
        memory.slider.setValue(memory.slider.maximum())
        assert sheet.plan.memory_mib == HOST.memory_total_mib
        assert memory._help.text() == "Leaves 0 MB for this computer."
        assert memory._help.property("tone") == "warn"
        memory.box.setValue(5 * 1024)
        assert sheet.plan.memory_mib == 5 * 1024
        assert memory._help.property("tone") == ""
        sheet.resources.cpus.box.setValue(8)
        assert "all processors" in sheet.resources.cpus._help.text()
        sheet.resources._recommended.activated.emit()
        assert sheet.plan.memory_mib == sheet.plan.suggestion.memory_mib
        assert sheet.plan.cpus == sheet.plan.suggestion.cpus


async def test_a_refusal_keeps_the_wizard_and_its_entries(open_desk: OpenDesk, disc: Path) -> None:
    async with open_desk() as desk:
        desk.window.open_wizard(disc)
        sheet = await wizard(desk)
        await eventually(lambda: sheet.plan.facts is not None)
        sheet.go_to(REVIEW)

        async def refuse(*_: object, **__: object) -> None:
            raise DiskLessError("Full.", remedy="Make room.")

        desk.manager.create_vm = refuse  # type: ignore[assignment,method-assign]
        await desk.press("Create")
        await eventually(lambda: desk.window.sheets.top is not sheet)
        await desk.press("Close")
        await eventually(lambda: desk.window.sheets.top is sheet)
        assert sheet.step == REVIEW
        assert sheet._next.isEnabled()
        assert sheet._next.text() == "Create"


async def test_a_name_taken_meanwhile_leads_back_to_the_name(
    open_desk: OpenDesk, disc: Path
) -> None:
    async with open_desk() as desk:
        desk.window.open_wizard(disc)
        sheet = await wizard(desk)
        await eventually(lambda: sheet.plan.facts is not None)
        sheet.plan.change(name="Taken")
        sheet.go_to(REVIEW)
        desk.manager.add("Taken")
        await eventually(lambda: desk.window.model.rowCount() == 1)
        await desk.press("Create")
        await eventually(lambda: sheet.step == SYSTEM)
        assert sheet.system._name.has_error


async def test_closing_with_entries_asks_once(open_desk: OpenDesk, disc: Path) -> None:
    async with open_desk() as desk:
        desk.window.open_wizard(disc)
        sheet = await wizard(desk)
        QTest.keyClick(sheet, Qt.Key.Key_Escape)
        assert desk.window.sheets.top is not sheet
        await desk.press("Keep editing")
        await eventually(lambda: desk.window.sheets.top is sheet)
        await desk.press("Cancel")
        await desk.press("Throw away")
        await desk.no_sheet()


async def test_closing_without_entries_asks_nothing(open_desk: OpenDesk) -> None:
    async with open_desk() as desk:
        desk.window.open_wizard()
        QTest.keyClick(await wizard(desk), Qt.Key.Key_Escape)
        await desk.no_sheet()


async def test_entries_survive_the_end_of_the_program(open_desk: OpenDesk, disc: Path) -> None:
    async with open_desk() as desk:
        file = desk.window._outside.state_folder / "wizard-draft.json"
        save_draft(Draft(iso=str(disc), name="Kept", memory_mib=3072), file)
        desk.window.open_wizard()
        sheet = await wizard(desk)
        assert sheet.plan.name == "Kept"
        assert sheet.plan.memory_mib == 3072
        await eventually(lambda: sheet.plan.facts is not None)
        assert not sheet.source._again.isHidden()
        await desk.press("Start over")
        assert sheet.plan.draft == Draft()
        assert not file.exists()


async def test_entries_are_kept_while_they_are_made(open_desk: OpenDesk, disc: Path) -> None:
    async with open_desk() as desk:
        file = desk.window._outside.state_folder / "wizard-draft.json"
        desk.window.open_wizard(disc)
        await eventually(lambda: load_draft(file) is not None)
        kept = load_draft(file)
        assert kept is not None
        assert kept.iso == str(disc)


async def test_an_empty_disk_needs_no_disc(open_desk: OpenDesk) -> None:
    async with open_desk() as desk:
        desk.window.open_wizard()
        sheet = await wizard(desk)
        sheet.source._kinds.button(1).click()
        assert sheet.plan.draft.kind is SourceKind.EMPTY
        await desk.press("Recommended settings")
        assert sheet.step == REVIEW
        sheet.review.start_now.click()
        assert not sheet.review.exclusive.isEnabled()
        await desk.press("Create")
        await desk.no_sheet()
        assert desk.machine("New machine").disc is None
        assert desk.opened == []


async def test_an_empty_disk_does_not_wait_for_a_disc_that_is_still_looked_at(
    open_desk: OpenDesk, disc: Path
) -> None:
    async with open_desk() as desk:
        desk.window.open_wizard()
        sheet = await wizard(desk)
        sheet.source.choose_file(disc)
        sheet.source._kinds.button(1).click()
        assert not sheet.source.is_looking
        await desk.press("Next")
        assert sheet.step == SYSTEM


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"kind": 3}', '{"other": 1}', '{"memory_mib": "x"}']
)
def test_a_broken_draft_is_no_draft(tmp_path: Path, content: str) -> None:
    file = tmp_path / "draft.json"
    file.write_text(content)
    assert load_draft(file) is None


def test_a_draft_comes_back_as_it_was(tmp_path: Path) -> None:
    draft = Draft(iso="/ä/中文.iso", name="中文", cpus=3, firmware="uefi", exclusive=False)
    save_draft(draft, tmp_path / "new" / "draft.json")
    assert load_draft(tmp_path / "new" / "draft.json") == draft
    assert json.loads((tmp_path / "new" / "draft.json").read_text(encoding="utf-8"))["cpus"] == 3


@given(st.text(min_size=1, max_size=140), st.integers(0, 20))
def test_a_unique_name_is_free_and_short_enough(name: str, others: int) -> None:
    name = name[:MAX_NAME_CHARACTERS]
    taken = {fold_name(name)} | {fold_name(f"{name} {n}") for n in range(2, others)}
    found = unique_name(name, frozenset(taken))
    assert fold_name(found) not in taken
    assert len(found) <= MAX_NAME_CHARACTERS


@pytest.mark.parametrize(
    ("text", "mib"),
    [
        ("8", 8192),
        ("8 GB", 8192),
        ("1,5 g", 1536),
        ("512 MB", 512),
        ("0.5GiB", 512),
        ("", None),
        ("x", None),
        ("-1", None),
        ("nan", None),
        ("1e99", None),
    ],
)
def test_sizes_are_read_as_people_write_them(text: str, mib: int | None) -> None:
    assert parse_size(text) == mib


@given(st.integers(1, 1 << 22), st.sampled_from(["C", "en_US", "de_DE", "fr_FR", "zh_CN"]))
def test_a_size_that_is_shown_is_read_as_nearly_the_same(
    qapp: object, mib: int, language: str
) -> None:
    before = QLocale()
    QLocale.setDefault(QLocale(language))
    try:
        read = parse_size(words.size(mib))
    finally:
        QLocale.setDefault(before)
    assert read is not None
    assert abs(read - mib) <= 52 if mib >= 1024 else read == mib


def test_what_is_typed_beyond_the_limits_becomes_the_limit(qapp: object) -> None:
    box = SizeBox()
    box.setRange(64, 16384)
    box.setValue(2048)
    assert box.text() == "2 GB"
    assert box.fixup("99 GB") == "16 GB"
    assert box.fixup("nonsense") == "2 GB"
    box.deleteLater()
