"""What the control plane says reaches people in their language."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import app
from app.errors import AppError, DiskLessError
from app.settings import SettingsFile
from app.views.appearance import Appearance
from app.views.problems import SENTENCES, _patterns, in_words, sentence
from app.vm import limits
from app.vm.display.socket_thread import ending
from app.vm.growth_advice import growth_advice
from app.vm.host import HostReport, KvmVerdict
from app.vm.images.headers import Content
from app.vm.limits import HostSize
from app.vm.media.reader import read_disc
from app.vm.model import check_name
from app.vm.qemu.snapshot_jobs import blocked_by, load_error
from app.vm.recovery.leftovers import LeftoverKind
from app.vm.snapshots import listing
from app.vm.snapshots.manifest import check_note, check_snapshot_name
from app.vm.space_guard import SpaceLimits, short_notice
from app.vm.state import Trigger, VmState, advance
from app.vm.stream import ProtocolError
from tests.views.raised_sentences import SAMPLE, raised, spoken

SMALL = HostSize(cpus=1, memory_mib=100, memory_total_mib=200, free_disk_mib=10)
FAILURES: list[Callable[[], object]] = [
    lambda: limits.check_cpus(9, SMALL),
    lambda: limits.check_memory(8192, SMALL, emulated=True),
    lambda: limits.check_new_disk(8192, SMALL),
    lambda: limits.check_free_disk(SMALL),
    lambda: check_name(""),
    lambda: check_name("x" * 200),
    lambda: check_name(" x"),
    lambda: check_name("\x00"),
    lambda: check_snapshot_name(" x"),
    lambda: check_note("x" * 100_000),
    lambda: check_note("\x00"),
    lambda: advance(VmState.STOPPED, Trigger.PAUSE),
    lambda: read_disc(Path("/nowhere/at/all.iso")),
    lambda: read_disc(Path("/")),
]


@pytest.mark.parametrize("fail", FAILURES)
def test_failures_are_told_in_chinese(
    appearance: tuple[SettingsFile, Appearance], fail: Callable[[], object]
) -> None:
    settings, dresser = appearance
    settings.change(language="zh_CN")
    dresser.apply()
    with pytest.raises(AppError) as caught:
        fail()
    for text in (caught.value.message, caught.value.remedy):
        assert not text or is_chinese(sentence(text)), text


@pytest.mark.parametrize("verdict", [v for v in KvmVerdict if v is not KvmVerdict.WORKS])
def test_what_is_found_about_this_computer_is_told_in_chinese(
    appearance: tuple[SettingsFile, Appearance], verdict: KvmVerdict
) -> None:
    settings, dresser = appearance
    settings.change(language="zh_CN")
    dresser.apply()
    report = HostReport(verdict)
    assert is_chinese(sentence(report.notice))
    assert is_chinese(sentence(report.remedy))


def test_the_values_of_a_sentence_stay(appearance: tuple[SettingsFile, Appearance]) -> None:
    settings, dresser = appearance
    text = "Not enough free memory: needs 8.2 GiB, 3.1 GiB are free."
    assert sentence(text) == text
    settings.change(language="zh_CN")
    dresser.apply()
    shown = sentence(text)
    assert is_chinese(shown)
    assert shown.index("8.2 GiB") < shown.index("3.1 GiB")
    assert sentence("There is already a machine called “%2 (a+b)*”.") == (
        "已有名为“%2 (a+b)*”的虚拟机。"
    )


async def test_what_is_told_of_short_space_is_told_in_chinese(
    appearance: tuple[SettingsFile, Appearance],
) -> None:
    settings, dresser = appearance
    settings.change(language="zh_CN")
    dresser.apply()
    space = SpaceLimits(free_mib=lambda _: 150)
    assert is_chinese(sentence(short_notice(1500, Path("/a. b"), space)))
    with pytest.raises(DiskLessError) as caught:
        await space.check_resume(Path("/machines"))
    shown = sentence(caught.value.message)
    assert is_chinese(shown)
    assert shown.index("/machines") < shown.index("150 MiB") < shown.index("200 MiB")
    assert is_chinese(sentence(caught.value.remedy))


def test_no_sentence_is_there_twice() -> None:
    assert len(set(SENTENCES)) == len(SENTENCES)


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def test_what_is_wrong_with_a_snapshot_is_told_in_chinese(
    appearance: tuple[SettingsFile, Appearance],
) -> None:
    settings, dresser = appearance
    settings.change(language="zh_CN")
    dresser.apply()
    for problem in (listing.GONE, listing.IN_PART, listing.AMBIGUOUS):
        assert is_chinese(sentence(problem)), problem
    for reason in ("nvme", "vhost-user-fs", "VirtFS", "virgl", "invtsc", "/usb-", "something"):
        assert is_chinese(sentence(blocked_by(reason))), reason
    for error in (load_error("does not exist in one or more devices"), load_error("else")):
        assert is_chinese(sentence(error.message)), error.message


VM = Path(app.__file__).parent / "vm"
MODULES = [
    *(VM / f"{name}.py" for name in ("importing", "importing_archive", "exporting", "growth")),
    *(VM / f"{name}.py" for name in ("duplicating", "compacting", "disks", "trash", "tasks")),
    *sorted((VM / "images").glob("*.py")),
    *sorted((VM / "recovery").glob("*.py")),
    *sorted((VM / "snapshots").glob("*.py")),
    *(VM / "qemu" / f"{name}.py" for name in ("tool", "backup", "live_disks")),
    *(VM / "qemu" / f"{name}.py" for name in ("snapshot_jobs", "live_snapshots")),
    *(VM / "manager" / f"{name}.py" for name in ("disks", "recovery", "snapshots", "trash")),
]
NOT_SHOWN = {f"{SAMPLE} The disk is full."}
"""What begins with a sentence of the caller; those begin with one that is told elsewhere."""


def test_every_sentence_about_disks_and_snapshots_is_told_in_chinese(
    appearance: tuple[SettingsFile, Appearance],
) -> None:
    settings, dresser = appearance
    settings.change(language="zh_CN")
    dresser.apply()
    found = [(path, *said) for path in MODULES for said in raised(path)]
    assert len(found) > 250
    english = [
        f"{path.relative_to(VM)}:{line}: {text}"
        for path, line, text in found
        if text not in NOT_SHOWN and text != SAMPLE and not is_chinese(sentence(text))
    ]
    assert english == []


ENGINE = [
    *(VM / f"{name}.py" for name in ("power", "registry", "machine", "hardware", "limits")),
    *(VM / f"{name}.py" for name in ("store", "codec", "off_loop")),
    *sorted((VM / "qemu").glob("*.py")),
    *(VM / "manager" / f"{name}.py" for name in ("life", "core")),
]


def test_every_sentence_about_the_engine_and_the_machines_files_is_told_in_chinese(
    appearance: tuple[SettingsFile, Appearance],
) -> None:
    settings, dresser = appearance
    settings.change(language="zh_CN")
    dresser.apply()
    found = [(path, *said) for path in ENGINE for said in raised(path)]
    assert len(found) > 150
    english = [
        f"{path.relative_to(VM)}:{line}: {text}"
        for path, line, text in found
        if text not in NOT_SHOWN and text != SAMPLE and not is_chinese(sentence(text))
    ]
    assert english == []


@pytest.mark.parametrize("what", ["display", "input monitor"])
@pytest.mark.parametrize(
    "failure",
    [None, ProtocolError("7"), EOFError(), TimeoutError(), OSError(5, "no"), KeyError()],
    ids=repr,
)
def test_why_a_picture_or_a_keyboard_was_lost_is_told_in_chinese(
    appearance: tuple[SettingsFile, Appearance], what: str, failure: Exception | None
) -> None:
    settings, dresser = appearance
    settings.change(language="zh_CN")
    dresser.apply()
    assert is_chinese(in_words(ending(failure, what, 2.0)))


def test_sentences_after_one_another_are_each_told_in_chinese(
    appearance: tuple[SettingsFile, Appearance],
) -> None:
    said = "The machine's picture cannot be reached. Look whether the machine still runs."
    assert in_words(said) == said
    settings, dresser = appearance
    settings.change(language="zh_CN")
    dresser.apply()
    assert in_words(said) == "无法连接虚拟机的画面。请查看虚拟机是否仍在运行。"
    assert in_words("Nobody knows this. The start was cut off.") == (
        "Nobody knows this. 启动被中断。"
    )
    assert in_words("") == ""


FINDERS = [
    *(VM / "recovery" / f"{name}.py" for name in ("findings", "interrupted")),
    *(VM / "manager" / f"{name}.py" for name in ("recovery", "interrupted")),
]


def test_what_is_found_and_done_in_recovery_is_told_in_chinese_to_its_last_part(
    appearance: tuple[SettingsFile, Appearance],
) -> None:
    settings, dresser = appearance
    settings.change(language="zh_CN")
    dresser.apply()
    inner = "Its disks are whole."
    found = [(path, *said) for path in FINDERS for said in spoken(path, inner)]
    assert sum(inner in text and text != inner for _, _, text in found) > 3
    found += [(VM, 0, f"{kind.value}.") for kind in LeftoverKind]
    english = [
        f"{path.relative_to(VM)}:{line}: {text}"
        for path, line, text in found
        if not is_chinese(sentence(text)) or inner in sentence(text)
    ]
    assert english == []


def test_what_a_guest_has_to_do_about_a_larger_disk_is_told_in_chinese(
    appearance: tuple[SettingsFile, Appearance],
) -> None:
    settings, dresser = appearance
    settings.change(language="zh_CN")
    dresser.apply()
    for system in ("debian", "windows-11", "windows-xp", "freebsd", "unknown"):
        for text in growth_advice(system):
            assert is_chinese(sentence(text)), text


def test_what_is_damaged_in_an_image_is_told_in_chinese(
    appearance: tuple[SettingsFile, Appearance],
) -> None:
    settings, dresser = appearance
    settings.change(language="zh_CN")
    dresser.apply()
    start = f"{SAMPLE} is damaged: "
    said = {text for path in MODULES for _, text in raised(path) if text.startswith(start)}
    told = {text.removeprefix(start).removesuffix(".") for text in said} - {SAMPLE}
    assert len(told) > 60
    assert [text for text in told if text in sentence(f"{start}{text}.")] == []
    kinds = [content.value for content in Content if content.value]
    assert [kind for kind in kinds if kind in sentence(f"x is {kind}, not a disk image.")] == []


def test_every_template_is_found_for_itself() -> None:
    first = dict(_patterns(SENTENCES))
    for template in SENTENCES:
        text = re.sub(r"%\d", SAMPLE, template)
        assert next(name for name, pattern in first.items() if pattern.fullmatch(text)) == template
