"""Recovery over the wire: what is found, what is done about it, and files from a dead disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.vm.records import RecoveryStep
from tests.conformance.serving import CFG, served_wire
from tests.vm.disks import files_in, write_pattern
from tests.vm.recovery.guest_disks import as_qcow2, ext
from tests.vm.recovery.images import corrupt, image_of

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds


async def test_user_files_are_copied_out_of_a_disk_that_does_not_start(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "home").mkdir(parents=True)
    (tree / "home" / "letter.txt").write_text("To you.\n")
    (tree / "home" / "link").symlink_to("/etc/passwd")
    raw, target = ext(tmp_path / "raw", tree), tmp_path / "out"
    async with served_wire(tmp_path / "library") as (manager, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        (info,) = manager.snapshot()
        as_qcow2(raw, image_of(info))
        asked = {"vmName": "demo", "path": str(target)}
        task = await wire.ask("copyUserFiles", **asked)
        assert (task["kind"], task["phase"], task["progress"]) == ("recover", "done", 100)
        *_, event = await wire.until("vmDataRecovery", vmName="demo")
        assert event["data"]["file"] == str(target)
        assert event["data"]["sizeBytes"] == len("To you.\n")
        assert (target / "disk-ext4" / "home" / "letter.txt").read_text() == "To you.\n"
        assert files_in(target / "disk-ext4" / "home") == {"letter.txt"}
        assert "disk-ext4/home/link: a link" in (target / "report.txt").read_text()
        assert "there already" in (await wire.refusal("copyUserFiles", **asked))["desc"]


async def test_what_is_found_can_be_repaired_and_cleaned_up_step_by_step(tmp_path: Path) -> None:
    async with served_wire(tmp_path / "library") as (manager, wire):
        await wire.ask("createVm", vmName="demo", cfg=CFG)
        (info,) = manager.snapshot()
        image = image_of(info)
        write_pattern(image, 0x5A)
        corrupt(image)
        done = await wire.ask("recoverUserData", vmName="demo", step="repair")
        assert done["step"] == RecoveryStep.REPAIR
        *_, event = await wire.until("vmDataRecovery", vmName="demo")
        assert (event["data"]["step"], event["data"]["sentence"]) == ("repair", done["sentence"])

        (found,) = await wire.ask("listFindings")
        assert (found["vmName"], found["kind"], found["steps"]) == (
            "demo",
            "leftover",
            ["clean_up"],
        )
        assert found["sizeBytes"] > 0
        wrong = await wire.refusal(
            "recoverUserData", vmName="demo", step="check", file=found["file"]
        )
        assert "for a clean-up only" in wrong["desc"]
        other = await wire.refusal(
            "recoverUserData", vmName="demo", step="clean_up", file=image.name
        )
        assert "in use" in other["desc"]
        assert found["file"] in files_in(info.folder)

        done = await wire.ask("recoverUserData", vmName="demo", step="clean_up", file=found["file"])
        assert (done["step"], done["files"], done["findings"]) == ("clean_up", 1, [])
        *_, event = await wire.until("vmDataRecovery", vmName="demo", step="clean_up")
        assert event["data"]["sizeBytes"] == done["sizeBytes"] > 0
        assert found["file"] not in files_in(info.folder)
        assert await wire.ask("listFindings") == []
