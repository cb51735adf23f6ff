"""What was found about a machine, in its panel."""

from __future__ import annotations

from uuid import uuid4

import pytest
from PySide6.QtWidgets import QLabel

from app.errors import Code, StoreError
from app.views.recovery.card import RecoveryCard
from app.views.widgets.buttons import Button
from app.views.widgets.sheet import Sheet
from app.vm.events import DataRecovery
from app.vm.records import Finding, Recovered, RecoveryKind, RecoveryStep
from app.vm.state import VmState
from tests.fakes.manager import FakeManager
from tests.helpers.waiting import eventually
from tests.views.conftest import Desk, OpenDesk, speaks

DAMAGED = "The disk disk0.qcow2 is damaged in 3 places."


class Found:
    """What the manager finds, and the steps that it was asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.findings: list[Finding] = []
        self.asked = 0
        self._patch = monkeypatch

    def prepare(self, manager: FakeManager) -> None:
        """Let the manager find these."""

        async def listed() -> tuple[Finding, ...]:
            self.asked += 1
            return tuple(self.findings)

        self._patch.setattr(manager, "list_findings", listed)

    def add(
        self, manager: FakeManager, name: str, kind: RecoveryKind, *steps: RecoveryStep, **more: str
    ) -> None:
        """One more finding about a machine."""
        known = manager._find(name)
        values = {"sentence": "The disk disk0.qcow2 is damaged.", **more}
        self.findings.append(
            Finding(vm_id=known.id, vm_name=name, kind=kind, steps=steps, **values)  # type: ignore[arg-type]
        )


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Found:
    return Found(monkeypatch)


def card(desk: Desk) -> RecoveryCard:
    return desk.window.library.detail.recovery


def buttons(desk: Desk) -> list[str]:
    return [b.text() for b in card(desk).findChildren(Button) if b.isVisible()]


def texts(desk: Desk) -> list[str]:
    return [text.text() for text in card(desk).findChildren(QLabel) if text.isVisible()]


def press(desk: Desk, text: str) -> None:
    next(b for b in card(desk).findChildren(Button) if b.isVisible() and b.text() == text).click()


def top_sheet(desk: Desk) -> Sheet:
    top = desk.window.sheets.top
    assert top is not None
    return top


async def test_a_machine_without_findings_shows_nothing_to_recover(
    open_desk: OpenDesk, found: Found
) -> None:
    def prepare(manager: FakeManager) -> None:
        found.prepare(manager)
        found.add(manager, "Ubuntu", RecoveryKind.IMAGE_UNCHECKED, RecoveryStep.CHECK)

    async with open_desk("Debian", "Ubuntu", prepare=prepare) as desk:
        desk.select("Ubuntu")
        await eventually(lambda: buttons(desk) == ["Check"])
        before = found.asked
        desk.select("Debian")
        await eventually(lambda: found.asked > before)
        await eventually(lambda: not desk.actions._tasks.keys() - {"follow"})
        assert not card(desk).isVisible()


async def test_a_check_begins_at_once_and_tells_what_became_of_it(
    open_desk: OpenDesk, found: Found
) -> None:
    def prepare(manager: FakeManager) -> None:
        found.prepare(manager)
        said = "Its last run had no clean end; its disks are looked through before the next."
        kind = RecoveryKind.IMAGE_UNCHECKED
        found.add(manager, "Debian", kind, RecoveryStep.CHECK, sentence=said)

    async with open_desk("Debian", prepare=prepare) as desk:
        await eventually(lambda: buttons(desk) == ["Check"])
        assert texts(desk) == [found.findings[0].sentence]
        press(desk, "Check")
        await eventually(lambda: "recover Debian check" in desk.manager.calls)
        await eventually(desk.window.toast.isVisible)
        assert desk.window.sheets.top is None
        found.findings.clear()
        vm = desk.machine("Debian")
        desk.manager.hub.publish(
            DataRecovery(
                vm_id=vm.id, vm_name=vm.name, sentence="It is whole.", step=RecoveryStep.CHECK
            )
        )
        await eventually(lambda: not card(desk).isVisible())


async def test_a_repair_asks_and_says_that_the_disk_is_copied_first(
    open_desk: OpenDesk, found: Found
) -> None:
    def prepare(manager: FakeManager) -> None:
        found.prepare(manager)
        manager.add("Debian", problem=DAMAGED, remedy="Repair it.")
        found.add(manager, "Debian", RecoveryKind.IMAGE_DAMAGED, RecoveryStep.REPAIR)

    async with open_desk(prepare=prepare) as desk:
        await eventually(lambda: buttons(desk) == ["Repair…"])
        assert texts(desk) == []  # the note above tells it already
        press(desk, "Repair…")
        sheet = await desk.sheet()
        assert sheet.accessibleName() == "Repair the disk of “Debian”?"
        assert "The disk is copied first" in sheet.accessibleDescription()
        await desk.press("Cancel")
        await desk.no_sheet()
        await eventually(
            lambda: not desk.actions.is_running(f"recover {desk.machine('Debian').id}")
        )
        press(desk, "Repair…")
        await desk.press("Copy and repair")
        await eventually(lambda: "recover Debian repair" in desk.manager.calls)
        assert [call for call in desk.manager.calls if call.startswith("recover")] == [
            "recover Debian repair"
        ]


async def test_a_machine_that_is_not_available_offers_its_repair(
    open_desk: OpenDesk, found: Found
) -> None:
    def prepare(manager: FakeManager) -> None:
        found.prepare(manager)
        manager.add(
            "Debian", VmState.UNAVAILABLE, problem=DAMAGED, remedy="", problem_code=Code.DAMAGED
        )
        found.add(manager, "Debian", RecoveryKind.IMAGE_DAMAGED, RecoveryStep.REPAIR)

    async with open_desk(prepare=prepare) as desk:
        await eventually(lambda: buttons(desk) == ["Repair…"])
        refusal = StoreError("It stays damaged.", remedy="Go back to a backup.")

        async def refuse(*_: object, **__: object) -> None:
            raise refusal

        found._patch.setattr(desk.manager, "recover_user_data", refuse)
        press(desk, "Repair…")
        await desk.press("Copy and repair")
        title = "Debian could not be recovered"
        await eventually(lambda: top_sheet(desk).accessibleName() == title)
        error = top_sheet(desk)
        assert "It stays damaged." in {text.text() for text in error.findChildren(QLabel)}


async def test_a_clean_up_names_the_one_file_that_goes(open_desk: OpenDesk, found: Found) -> None:
    def prepare(manager: FakeManager) -> None:
        found.prepare(manager)
        for number in range(6):
            found.add(
                manager,
                "Debian",
                RecoveryKind.LEFTOVER,
                RecoveryStep.CLEAN_UP,
                sentence="The copy of a disk from before its repair.",
                file=f"old{number}.qcow2",
            )

    async with open_desk("Debian", prepare=prepare) as desk:
        await eventually(lambda: buttons(desk) == ["Clean up…"] * 4)
        assert texts(desk)[-1] == "and 2 more"
        press(desk, "Clean up…")
        sheet = await desk.sheet()
        assert "old0.qcow2" in sheet.accessibleDescription()
        await desk.press("Remove")
        await eventually(lambda: "recover Debian clean_up old0.qcow2" in desk.manager.calls)


async def test_a_machine_without_a_disk_goes_to_the_trash_as_a_whole(
    open_desk: OpenDesk, found: Found
) -> None:
    def prepare(manager: FakeManager) -> None:
        found.prepare(manager)
        kind, step = RecoveryKind.NO_DISK, RecoveryStep.CLEAN_UP
        found.add(manager, "Debian", kind, step, file="disk0.qcow2")

    async with open_desk("Debian", prepare=prepare) as desk:
        await eventually(lambda: buttons(desk) == ["Clean up…"])
        press(desk, "Clean up…")
        assert (await desk.sheet()).accessibleName() == "Move “Debian” to the trash?"
        await desk.press("Move to trash")
        await eventually(lambda: "recover Debian clean_up" in desk.manager.calls)


async def test_nothing_is_offered_while_the_machine_runs(open_desk: OpenDesk, found: Found) -> None:
    def prepare(manager: FakeManager) -> None:
        found.prepare(manager)
        found.add(manager, "Debian", RecoveryKind.IMAGE_UNCHECKED, RecoveryStep.CHECK)

    async with open_desk("Debian", prepare=prepare) as desk:
        await eventually(lambda: buttons(desk) == ["Check"])
        await desk.manager.start_vm("Debian")
        await eventually(lambda: desk.machine("Debian").state is VmState.RUNNING)
        await eventually(lambda: not card(desk).isVisible())


CUT_OFF = "The export to /home/a/out.qcow2 was cut off."


def cut_off(manager: FakeManager, found: Found) -> None:
    """A machine, and work on it that was cut off."""
    found.prepare(manager)
    steps = (RecoveryStep.CONTINUE, RecoveryStep.CLEAN_UP)
    kind = RecoveryKind.INTERRUPTED_TASK
    found.add(manager, "Debian", kind, *steps, sentence=CUT_OFF, file="/home/a/out.qcow2")


async def test_work_that_was_cut_off_goes_on_at_once_and_its_end_is_told(
    open_desk: OpenDesk, found: Found
) -> None:
    async with open_desk("Debian", prepare=lambda manager: cut_off(manager, found)) as desk:
        await eventually(lambda: buttons(desk) == ["Continue", "Clean up…"])
        assert texts(desk) == [CUT_OFF]
        press(desk, "Continue")
        wanted = "recover Debian continue /home/a/out.qcow2"
        await eventually(lambda: wanted in desk.manager.calls)
        await eventually(desk.window.toast.isVisible)
        assert desk.window.sheets.top is None


async def test_what_work_has_left_that_was_cut_off_is_cleaned_up_after_a_question(
    open_desk: OpenDesk, found: Found
) -> None:
    async with open_desk("Debian", prepare=lambda manager: cut_off(manager, found)) as desk:
        await eventually(lambda: buttons(desk) == ["Continue", "Clean up…"])
        press(desk, "Clean up…")
        sheet = await desk.sheet()
        assert sheet.accessibleName() == "Clean up what is left of “Debian”?"
        assert "Your own files stay as they are." in sheet.accessibleDescription()
        await desk.press("Cancel")
        await desk.no_sheet()
        vm = desk.machine("Debian")
        await eventually(lambda: not desk.actions.is_running(f"recover {vm.id}"))
        assert not [call for call in desk.manager.calls if call.startswith("recover")]
        press(desk, "Clean up…")
        await desk.press("Clean up")
        wanted = "recover Debian clean_up /home/a/out.qcow2"
        await eventually(lambda: wanted in desk.manager.calls)


async def test_work_that_cannot_go_on_offers_to_clean_up_only_and_says_why_in_chinese(
    open_desk: OpenDesk, found: Found
) -> None:
    def prepare(manager: FakeManager) -> None:
        found.prepare(manager)
        found.add(
            manager,
            "Debian",
            RecoveryKind.INTERRUPTED_TASK,
            RecoveryStep.CLEAN_UP,
            sentence=f"{CUT_OFF} It cannot go on: The machine is not in the library any more.",
        )

    async with open_desk("Debian", prepare=prepare) as desk:
        desk.settings.change(language="zh_CN")
        desk.appearance.apply()
        await eventually(lambda: speaks(desk, "zh_CN"))
        await eventually(lambda: buttons(desk) == ["清理…"])
        (told,) = texts(desk)
        assert "/home/a/out.qcow2" in told
        assert "cut off" not in told
        assert "It cannot" not in told
        assert "machine" not in told


def cut_off_import(manager: FakeManager, found: Found) -> None:
    """An import that was to make a machine, which is not there therefore."""
    found.prepare(manager)
    found.findings.append(
        Finding(
            vm_id=uuid4(),
            vm_name="old",
            kind=RecoveryKind.INTERRUPTED_TASK,
            sentence="The import of /home/a/old.vmdk was cut off.",
            file="/home/a/old.vmdk",
            steps=(RecoveryStep.CONTINUE, RecoveryStep.CLEAN_UP),
        )
    )


async def test_an_import_that_was_cut_off_is_told_at_the_start_and_goes_on_from_the_tasks(
    open_desk: OpenDesk, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = []

    def prepare(manager: FakeManager) -> None:
        cut_off_import(manager, found)

        async def recover(name: str, *, step: RecoveryStep, file: str) -> Recovered:
            wanted.append((name, step, file))
            found.findings.clear()
            said = "The work that was cut off is done."
            return Recovered(vm_id=uuid4(), vm_name=name, step=step, sentence=said)

        monkeypatch.setattr(manager, "recover_user_data", recover)

    async with open_desk("Debian", prepare=prepare) as desk:
        toast = desk.window.toast
        await eventually(toast.isVisible)
        assert toast.accessibleName() == "The import of /home/a/old.vmdk was cut off."
        assert not card(desk).isVisible(), "it is about no machine"
        toast.act()
        page = desk.window.tasks_page
        assert page is not None
        await eventually(page.cut_off.isVisible)
        offered = page.cut_off.findChildren(Button)
        assert [button.text() for button in offered] == ["Continue", "Clean up…"]
        offered[0].click()
        await eventually(lambda: wanted == [("old", RecoveryStep.CONTINUE, "/home/a/old.vmdk")])
        await eventually(lambda: not page.cut_off.isVisible())
        assert toast.accessibleName() == "The work that was cut off is done."


async def test_work_on_a_machine_that_is_listed_is_told_in_its_panel_only(
    open_desk: OpenDesk, found: Found
) -> None:
    async with open_desk("Debian", prepare=lambda manager: cut_off(manager, found)) as desk:
        await eventually(lambda: buttons(desk) == ["Continue", "Clean up…"])
        desk.window.show_page(1)
        page = desk.window.tasks_page
        assert page is not None
        asked = found.asked
        await eventually(lambda: found.asked > asked)
        assert not page.cut_off.isVisible()
