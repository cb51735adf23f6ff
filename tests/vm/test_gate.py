"""The gate: which mode and posture let machines run, who says so, and what is kept of it."""

from __future__ import annotations

import asyncio
import json
import os
import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.atomic import write_atomically
from app.errors import (
    NOT_PC_MODE,
    Code,
    NewerVersionError,
    NotPcModeError,
    ParamError,
    StoreError,
)
from app.reading import UnreadableError
from app.vm import kept_document
from app.vm.gate import (
    Gate,
    GateSettings,
    GateStatus,
    Lasting,
    PcMode,
    PostureSource,
    Reason,
    ReasonId,
    judge,
    status_of,
)
from app.vm.posture import Posture
from tests.helpers.waiting import eventually
from tests.vm.gating import Sensor

OFF, ON, AUTO = PcMode.OFF, PcMode.ON, PcMode.AUTOMATIC
KEYBOARD, STAND = Posture.KEYBOARD_ATTACHED, Posture.STAND
TABLET, FOLDED = Posture.TABLET, Posture.FOLDED
MODE_OFF, FOLLOWS, POSTURE = "mode-off", "mode-follows-posture", "posture"

VERDICTS = [
    (OFF, KEYBOARD, [MODE_OFF]),
    (OFF, STAND, [MODE_OFF]),
    (OFF, TABLET, [MODE_OFF, POSTURE]),
    (OFF, FOLDED, [MODE_OFF, POSTURE]),
    (ON, KEYBOARD, []),
    (ON, STAND, []),
    (ON, TABLET, [POSTURE]),
    (ON, FOLDED, [POSTURE]),
    (AUTO, KEYBOARD, []),
    (AUTO, STAND, []),
    (AUTO, TABLET, [FOLLOWS]),
    (AUTO, FOLDED, [FOLLOWS]),
]

# Mode, what the sensor says (None: there is none), what is simulated; then what is expected:
# posture, its source, and the reasons.
Row = tuple[PcMode, Posture | None, Posture | None, Posture, str, list[str]]
TABLE: list[Row] = [
    (OFF, None, None, KEYBOARD, "assumed", [MODE_OFF]),
    (ON, None, None, KEYBOARD, "assumed", []),
    (AUTO, None, None, KEYBOARD, "assumed", []),
    (OFF, KEYBOARD, None, KEYBOARD, "sensor", [MODE_OFF]),
    (ON, KEYBOARD, None, KEYBOARD, "sensor", []),
    (AUTO, KEYBOARD, None, KEYBOARD, "sensor", []),
    (OFF, TABLET, None, TABLET, "sensor", [MODE_OFF, POSTURE]),
    (ON, TABLET, None, TABLET, "sensor", [POSTURE]),
    (AUTO, TABLET, None, TABLET, "sensor", [FOLLOWS]),
    (OFF, None, KEYBOARD, KEYBOARD, "simulated", [MODE_OFF]),
    (ON, None, KEYBOARD, KEYBOARD, "simulated", []),
    (AUTO, None, KEYBOARD, KEYBOARD, "simulated", []),
    (OFF, None, STAND, STAND, "simulated", [MODE_OFF]),
    (ON, None, STAND, STAND, "simulated", []),
    (AUTO, None, STAND, STAND, "simulated", []),
    (OFF, None, TABLET, TABLET, "simulated", [MODE_OFF, POSTURE]),
    (ON, None, TABLET, TABLET, "simulated", [POSTURE]),
    (AUTO, None, TABLET, TABLET, "simulated", [FOLLOWS]),
    (OFF, None, FOLDED, FOLDED, "simulated", [MODE_OFF, POSTURE]),
    (ON, None, FOLDED, FOLDED, "simulated", [POSTURE]),
    (AUTO, None, FOLDED, FOLDED, "simulated", [FOLLOWS]),
    (OFF, KEYBOARD, KEYBOARD, KEYBOARD, "simulated", [MODE_OFF]),
    (ON, KEYBOARD, KEYBOARD, KEYBOARD, "simulated", []),
    (AUTO, KEYBOARD, KEYBOARD, KEYBOARD, "simulated", []),
    (OFF, KEYBOARD, STAND, STAND, "simulated", [MODE_OFF]),
    (ON, KEYBOARD, STAND, STAND, "simulated", []),
    (AUTO, KEYBOARD, STAND, STAND, "simulated", []),
    (OFF, KEYBOARD, TABLET, TABLET, "simulated", [MODE_OFF, POSTURE]),
    (ON, KEYBOARD, TABLET, TABLET, "simulated", [POSTURE]),
    (AUTO, KEYBOARD, TABLET, TABLET, "simulated", [FOLLOWS]),
    (OFF, KEYBOARD, FOLDED, FOLDED, "simulated", [MODE_OFF, POSTURE]),
    (ON, KEYBOARD, FOLDED, FOLDED, "simulated", [POSTURE]),
    (AUTO, KEYBOARD, FOLDED, FOLDED, "simulated", [FOLLOWS]),
    (OFF, TABLET, KEYBOARD, KEYBOARD, "simulated", [MODE_OFF]),
    (ON, TABLET, KEYBOARD, KEYBOARD, "simulated", []),
    (AUTO, TABLET, KEYBOARD, KEYBOARD, "simulated", []),
    (OFF, TABLET, STAND, STAND, "simulated", [MODE_OFF]),
    (ON, TABLET, STAND, STAND, "simulated", []),
    (AUTO, TABLET, STAND, STAND, "simulated", []),
    (OFF, TABLET, TABLET, TABLET, "simulated", [MODE_OFF, POSTURE]),
    (ON, TABLET, TABLET, TABLET, "simulated", [POSTURE]),
    (AUTO, TABLET, TABLET, TABLET, "simulated", [FOLLOWS]),
    (OFF, TABLET, FOLDED, FOLDED, "simulated", [MODE_OFF, POSTURE]),
    (ON, TABLET, FOLDED, FOLDED, "simulated", [POSTURE]),
    (AUTO, TABLET, FOLDED, FOLDED, "simulated", [FOLLOWS]),
]


class Told:
    """What a listener heard, and what was on disk at that moment."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.heard: list[tuple[GateStatus, GateStatus]] = []
        self.on_disk: list[dict[str, object]] = []
        gate.on_change(self)

    def __call__(self, before: GateStatus, after: GateStatus) -> None:
        assert after == self.gate.status()
        self.heard.append((before, after))
        path = self.gate._kept.path
        self.on_disk.append(json.loads(path.read_text()) if path.is_file() else {})

    @property
    def open(self) -> list[tuple[bool, bool]]:
        return [(before.open, after.open) for before, after in self.heard]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library" / "gate.json"


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    tmp_path.chmod(0o500)
    yield Path("/proc") if os.geteuid() == 0 else tmp_path  # where not even root may write
    tmp_path.chmod(0o700)


def stored(path: Path) -> dict[str, object]:
    return json.loads(path.read_text())


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def make(kind: str, path: Path) -> None:
    path.parent.mkdir()
    match kind:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "unreadable":
            path.symlink_to("/proc/self/mem")  # reading it is an I/O error, proc(5)


def target_of(path: Path) -> str:
    return str(path.readlink())


def content_of(path: Path) -> bytes:
    return path.read_bytes()


def beside(path: Path) -> list[str]:
    """All files of the library."""
    return sorted(entry.name for entry in path.parent.glob("*"))


def ids(status: GateStatus) -> list[str]:
    return [reason.id for reason in status.reasons]


# Verdicts -----------------------------------------------------------------------------------------


def test_the_table_of_verdicts_has_every_mode_and_posture() -> None:
    assert {(mode, posture) for mode, posture, _ in VERDICTS} == {
        (mode, posture) for mode in PcMode for posture in Posture
    }


@pytest.mark.parametrize(("mode", "posture", "expected"), VERDICTS)
def test_mode_and_posture_decide(mode: PcMode, posture: Posture, expected: list[str]) -> None:
    reasons = judge(mode, posture)

    assert [reason.id for reason in reasons] == expected
    assert all(reason.blocking for reason in reasons)


def test_every_reason_has_the_document_s_text_a_sentence_and_a_remedy() -> None:
    found = {reason for mode, posture, _ in VERDICTS for reason in judge(mode, posture)}

    assert {reason.id for reason in found} == set(ReasonId)
    for reason in found:
        assert reason.message.startswith(f"{NOT_PC_MODE}: ")
        assert reason.message.endswith(".")
        assert reason.remedy.endswith(".")


def test_the_words_of_the_reasons_are_kept() -> None:
    remedy = "Attach the keyboard, or put the computer on its stand."
    assert judge(OFF, KEYBOARD) == (
        Reason(
            "mode-off",
            "not PC mode: PC mode is off.",
            "Turn PC mode on, or make it automatic.",
            blocking=True,
        ),
    )
    assert judge(AUTO, TABLET) == (
        Reason(
            "mode-follows-posture",
            "not PC mode: PC mode is off while the computer is used as a tablet.",
            remedy,
            blocking=True,
        ),
    )
    assert judge(ON, FOLDED) == (
        Reason("posture", "not PC mode: The computer is folded.", remedy, blocking=True),
    )


def test_the_table_of_combinations_is_complete() -> None:
    rows = [row[:3] for row in TABLE]

    assert len(rows) == len(set(rows))
    assert set(rows) == {
        (mode, sensed, simulated)
        for mode in PcMode
        for sensed in (None, KEYBOARD, TABLET)  # all that the kernel's switch can say
        for simulated in (None, *Posture)
    }


@pytest.mark.parametrize("row", TABLE, ids=str)
async def test_mode_sensor_and_simulated_posture_give_the_verdict(path: Path, row: Row) -> None:
    mode, sensed, simulated, posture, source, expected = row
    gate = Gate(path, Sensor(sensed))
    async with asyncio.TaskGroup() as tasks:
        await gate.start(tasks)
        await gate.set_mode(mode)
        status = await gate.set_posture(simulated)
        gate_error = refusal(gate)
        gate.close()

    assert (status.mode, status.posture, status.source) == (mode, posture, source)
    assert status.simulated is simulated
    assert status.sensor is (sensed is not None)
    assert (status.sensor_note is None) is status.sensor
    assert ids(status) == expected
    assert status.open is (not expected)
    assert (gate_error is None) is status.open


def refusal(gate: Gate) -> NotPcModeError | None:
    try:
        gate.check()
    except NotPcModeError as err:
        return err
    return None


async def test_the_refusal_names_every_reason_and_every_remedy_once(path: Path) -> None:
    gate = Gate(path, Sensor())
    await gate.set_mode(OFF)
    await gate.set_posture(TABLET)

    err = refusal(gate)

    assert err is not None
    assert err.code is Code.NOT_PC_MODE
    assert err.message == "not PC mode: PC mode is off. The computer is used as a tablet."
    assert err.remedy == (
        "Turn PC mode on, or make it automatic. "
        "Attach the keyboard, or put the computer on its stand."
    )
    assert err.detail == "mode-off, posture: mode off, posture tablet (simulated)"


def test_without_anything_set_or_sensed_the_gate_is_open(path: Path) -> None:
    gate = Gate(path, Sensor())

    assert gate.status() == GateStatus(
        mode=AUTO,
        posture=KEYBOARD,
        source=PostureSource.ASSUMED,
        sensor=False,
        simulated=None,
        reasons=(),
        sensor_note=Reason("no-sensor", "No tablet sensor on this computer.", "", blocking=False),
    )
    gate.check()
    assert not path.exists()  # looking writes nothing


def test_what_is_only_told_does_not_close_the_gate(path: Path) -> None:
    told = Reason("slow", "Machines are slow.", "", blocking=False)
    status = Gate(path, Sensor()).status()

    assert GateStatus(
        mode=status.mode,
        posture=status.posture,
        source=status.source,
        sensor=False,
        simulated=None,
        reasons=(told,),
    ).open


def test_the_status_follows_from_settings_and_sensor_alone() -> None:
    settings = GateSettings(mode=ON, simulated=TABLET)
    gone = Sensor().absence

    status = status_of(settings, None, gone)

    assert (status.mode, status.posture, status.source) == (ON, TABLET, "simulated")
    assert ids(status) == [POSTURE]
    assert status.sensor_note is not None
    assert not status_of(GateSettings(), TABLET, None).open


# Changes ------------------------------------------------------------------------------------------


async def test_what_the_first_look_finds_is_no_change(path: Path) -> None:
    sensor = Sensor(TABLET)
    gate = Gate(path, sensor)
    told = Told(gate)

    async with asyncio.TaskGroup() as tasks:
        await gate.start(tasks)

    assert not told.heard
    assert not gate.status().open
    gate.close()


async def test_a_sensor_that_a_later_look_finds_is_a_change(path: Path) -> None:
    sensor = Sensor()
    gate = Gate(path, sensor)
    told = Told(gate)

    async with asyncio.TaskGroup() as tasks:
        await gate.start(tasks)
        sensor.real = TABLET
        await gate.start(tasks)

    assert told.open == [(True, False)]
    gate.close()


async def test_listeners_hear_before_and_after_of_every_change(path: Path) -> None:
    sensor = Sensor(KEYBOARD)
    gate = Gate(path, sensor)
    told = Told(gate)

    async with asyncio.TaskGroup() as tasks:
        await gate.start(tasks)
        sensor.turn(TABLET)
        await gate.set_posture(STAND)
        await gate.set_mode(OFF)
        await gate.set_mode(ON)
        await gate.set_posture(None)

    assert told.open == [(True, False), (False, True), (True, False), (False, True), (True, False)]
    for (_, after), (before, _) in zip(told.heard, told.heard[1:], strict=False):
        assert after == before
    gate.close()


async def test_nobody_hears_of_a_change_that_is_none(path: Path) -> None:
    sensor = Sensor(KEYBOARD)
    gate = Gate(path, sensor)
    told = Told(gate)

    async with asyncio.TaskGroup() as tasks:
        await gate.start(tasks)
        sensor.turn(KEYBOARD)
        await gate.set_mode(AUTO)
        await gate.set_posture(None)

    assert not told.heard
    assert not beside(path)
    gate.close()


async def test_a_sensor_that_goes_away_is_told_and_the_keyboard_assumed(path: Path) -> None:
    sensor = Sensor(TABLET)
    gate = Gate(path, sensor)
    told = Told(gate)

    async with asyncio.TaskGroup() as tasks:
        await gate.start(tasks)
        sensor.turn(None)

    assert told.open == [(False, True)]
    status = gate.status()
    assert (status.posture, status.source) == (KEYBOARD, "assumed")
    assert status.sensor_note is not None
    assert status.sensor_note.id == "sensor-gone"
    gate.close()


async def test_a_listener_that_fails_does_not_deafen_the_others(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gate = Gate(path, Sensor())

    def broken(before: GateStatus, after: GateStatus) -> None:
        raise RuntimeError("broken listener")

    gate.on_change(broken)
    told = Told(gate)

    await gate.set_mode(OFF)

    assert told.open == [(True, False)]
    assert "a listener of the gate failed" in caplog.text
    assert "broken listener" in caplog.text


async def test_a_listener_that_was_taken_off_hears_nothing(path: Path) -> None:
    gate = Gate(path, Sensor())
    heard: list[GateStatus] = []
    take_off = gate.on_change(lambda _, after: heard.append(after))

    take_off()
    take_off()
    await gate.set_mode(OFF)

    assert not heard


async def test_after_close_nobody_hears_anything(path: Path) -> None:
    sensor = Sensor(KEYBOARD)
    gate = Gate(path, sensor)
    told = Told(gate)
    async with asyncio.TaskGroup() as tasks:
        await gate.start(tasks)

    gate.close()
    gate.close()
    await gate.set_mode(OFF)

    assert sensor.changed is None
    assert not told.heard


# Continue anyway ----------------------------------------------------------------------------------


async def test_continue_anyway_holds_until_the_sensor_tells_something_else(path: Path) -> None:
    sensor = Sensor(TABLET)
    gate = Gate(path, sensor)
    async with asyncio.TaskGroup() as tasks:
        await gate.start(tasks)

        status = await gate.continue_anyway()
        assert (status.open, status.simulated) == (True, KEYBOARD)
        sensor.turn(TABLET)  # the same once more is no change
        assert gate.status().open

        sensor.turn(KEYBOARD)
        assert (gate.status().source, gate.status().open) == ("sensor", True)
        sensor.turn(TABLET)
        assert (gate.status().source, gate.status().open) == ("sensor", False)
        gate.close()

    assert stored(path)["simulated"] is None


async def test_continue_anyway_survives_a_sensor_that_goes_away_and_comes_back(
    path: Path,
) -> None:
    sensor = Sensor(TABLET)
    gate = Gate(path, sensor)
    async with asyncio.TaskGroup() as tasks:
        await gate.start(tasks)
        await gate.continue_anyway()

        sensor.turn(None)
        assert gate.status().simulated is KEYBOARD
        sensor.turn(TABLET)
        assert gate.status().open
        gate.close()


async def test_a_posture_that_the_person_set_is_not_dropped_by_the_sensor(path: Path) -> None:
    sensor = Sensor(TABLET)
    gate = Gate(path, sensor)
    async with asyncio.TaskGroup() as tasks:
        await gate.start(tasks)
        await gate.continue_anyway()
        await gate.set_posture(KEYBOARD)  # this time for good

        sensor.turn(KEYBOARD)
        sensor.turn(TABLET)

        assert gate.status().simulated is KEYBOARD
        gate.close()


@pytest.mark.parametrize(
    ("at_start", "simulated"), [(TABLET, KEYBOARD), (None, KEYBOARD), (KEYBOARD, None)]
)
async def test_continue_anyway_ends_with_a_change_that_happened_between_two_managers(
    path: Path, at_start: Posture | None, simulated: Posture | None
) -> None:
    gate = Gate(path, Sensor(TABLET))
    async with asyncio.TaskGroup() as tasks:
        await gate.start(tasks)
        await gate.continue_anyway()
        gate.close()

    later = Gate(path, Sensor(at_start))
    async with asyncio.TaskGroup() as tasks:
        await later.start(tasks)
        assert later.status().simulated is simulated
        later.close()

    assert stored(path)["simulated"] == simulated


async def test_an_end_that_cannot_be_stored_holds_all_the_same(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sensor = Sensor(TABLET)
    gate = Gate(path, sensor)
    async with asyncio.TaskGroup() as tasks:
        await gate.start(tasks)
        await gate.continue_anyway()
        block(path)

        sensor.turn(KEYBOARD)

    assert gate.status().simulated is None
    assert "the end of a simulated posture was not stored" in caplog.text
    gate.close()


def block(path: Path) -> None:
    """Make writing impossible, for root too: the folder is a file from now on."""
    path.unlink()
    path.parent.rmdir()
    path.parent.touch()


# On disk ------------------------------------------------------------------------------------------


async def test_mode_and_posture_are_kept_over_restarts(path: Path) -> None:
    gate = Gate(path, Sensor())
    await gate.set_mode(ON)
    await gate.set_posture(FOLDED)

    later = Gate(path, Sensor())

    assert later.status() == gate.status()
    assert ids(later.status()) == [POSTURE]
    assert stored(path) == {
        "schema_version": 1,
        "mode": "on",
        "simulated": "folded",
        "lasting": "for-good",
        "sensor_seen": None,
    }


async def test_a_setting_is_on_disk_before_anybody_hears_of_it(path: Path) -> None:
    gate = Gate(path, Sensor())
    told = Told(gate)

    await gate.set_mode(OFF)
    await gate.set_posture(TABLET)

    assert [(seen["mode"], seen["simulated"]) for seen in told.on_disk] == [
        ("off", None),
        ("off", "tablet"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"schema_version": 0}',
        b'{"schema_version": 1, "mode": "sometimes"}',
        b'{"schema_version": 1, "mode": 1}',
        b'{"schema_version": 1, "simulated": "upside-down"}',
        b'{"schema_version": 1, "lasting": "until-sensor-changes"}',
        b'{"schema_version": 1, "colour": "red"}',
        random.Random(7).randbytes(300),
    ],
)
async def test_a_damaged_file_is_set_aside_and_the_defaults_hold(
    path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    put(path, content)

    gate = Gate(path, Sensor())

    assert gate.status().mode is AUTO
    assert gate.status().open
    assert beside(path) == ["gate.json.damaged"]
    assert content_of(path.with_name("gate.json.damaged")) == content
    assert "gate.json is damaged, the defaults hold" in caplog.text

    await gate.set_mode(OFF)
    assert Gate(path, Sensor()).status().mode is OFF


@pytest.mark.parametrize("kind", ["folder", "pipe"])
async def test_something_in_the_place_of_the_file_is_set_aside_too(
    path: Path, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    make(kind, path)

    gate = Gate(path, Sensor())

    assert beside(path) == ["gate.json.damaged"]
    await gate.set_mode(ON)
    assert Gate(path, Sensor()).status().mode is ON


async def test_a_damaged_file_that_cannot_be_set_aside_is_left_alone(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put(path, b"{")
    path.with_name("gate.json.damaged").mkdir()  # a file cannot take a folder's place
    gate = Gate(path, Sensor())
    told = Told(gate)

    with pytest.raises(StoreError) as failure:
        await gate.set_mode(OFF)

    assert failure.value.remedy
    assert "could not be set aside" in caplog.text
    assert content_of(path) == b"{"
    assert told.open == [(True, False)]  # it holds as long as this program runs


async def test_a_newer_version_s_file_is_left_alone_and_changes_hold_in_memory(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    content = b'{"schema_version": 2, "mode": "off", "lid": "closed"}'
    put(path, content)
    sensor = Sensor(TABLET)
    gate = Gate(path, sensor)
    told = Told(gate)
    assert gate.status().mode is AUTO
    assert "A newer version of Duplex VM wrote gate.json" in caplog.text

    async with asyncio.TaskGroup() as tasks:
        await gate.start(tasks)
        with pytest.raises(NewerVersionError):
            await gate.continue_anyway()
        assert gate.status().open
        sensor.turn(KEYBOARD)
        assert gate.status().simulated is None
        with pytest.raises(NewerVersionError):
            await gate.set_mode(OFF)
        await gate.set_mode(OFF)  # already so
        gate.close()

    assert gate.status().mode is OFF
    assert told.open == [(False, True), (True, True), (True, False)]
    assert content_of(path) == content
    assert beside(path) == ["gate.json"]


async def test_a_file_that_cannot_be_read_is_left_alone_and_may_have_said_off(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make("unreadable", path)
    gate = Gate(path, Sensor(KEYBOARD))
    told = Told(gate)

    assert ids(gate.status()) == [MODE_OFF]
    assert "gate.json cannot be read" in caplog.text
    with pytest.raises(UnreadableError) as failure:
        await gate.set_mode(AUTO)

    assert failure.value.remedy
    assert told.open == [(False, True)]  # the person has said it: it holds while this program runs
    assert target_of(path) == "/proc/self/mem"
    assert beside(path) == ["gate.json"]


async def test_an_earlier_damaged_file_is_never_overwritten(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put(path, b"{")
    path.with_name("gate.json.damaged").write_bytes(b"earlier")
    gate = Gate(path, Sensor())

    with pytest.raises(StoreError):
        await gate.set_mode(OFF)
    assert content_of(path.with_name("gate.json.damaged")) == b"earlier"
    assert content_of(path) == b"{"

    path.with_name("gate.json.damaged").unlink()
    await gate.set_mode(ON)
    assert Gate(path, Sensor()).status().mode is ON


async def test_a_setting_that_cannot_be_written_has_not_changed(path: Path) -> None:
    gate = Gate(path, Sensor())
    await gate.set_mode(ON)
    before = gate.status()
    told = Told(gate)
    block(path)

    with pytest.raises(StoreError) as failure:
        await gate.set_mode(OFF)

    assert failure.value.message
    assert failure.value.remedy
    assert gate.status() == before
    assert not told.heard


async def test_in_a_read_only_folder_the_setting_has_not_changed(read_only: Path) -> None:
    gate = Gate(read_only / "gate.json", Sensor())

    with pytest.raises(StoreError):
        await gate.set_mode(OFF)

    assert gate.status().open


# At the same time ---------------------------------------------------------------------------------


class SlowDisk:
    """Holds every write until the test lets it go on; counts who is inside."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.may_go = threading.Event()
        self.inside = threading.Event()
        self.now, self.most, self.count = 0, 0, 0
        monkeypatch.setattr(kept_document, "write_atomically", self.write)

    def write(self, path: Path, data: bytes) -> None:
        self.now += 1
        self.count += 1
        self.most = max(self.most, self.now)
        self.inside.set()
        assert self.may_go.wait(10)
        write_atomically(path, data)
        self.now -= 1


async def test_changes_at_the_same_time_happen_one_after_the_other(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SlowDisk(monkeypatch)
    gate = Gate(path, Sensor())
    told = Told(gate)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(gate.set_mode(OFF))
        tasks.create_task(gate.set_posture(TABLET))
        tasks.create_task(gate.set_mode(ON))
        tasks.create_task(gate.continue_anyway())
        await eventually(disk.inside.is_set)
        assert not told.heard
        disk.may_go.set()

    assert (disk.most, disk.count) == (1, 4)
    assert [(after.mode, after.simulated) for _, after in told.heard] == [
        (OFF, None),
        (OFF, TABLET),
        (ON, TABLET),
        (ON, KEYBOARD),
    ]
    assert Gate(path, Sensor()).status() == gate.status()


async def test_a_caller_that_leaves_during_the_write_leaves_file_and_memory_as_one(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SlowDisk(monkeypatch)
    gate = Gate(path, Sensor())
    told = Told(gate)

    async with asyncio.TaskGroup() as tasks:
        change = tasks.create_task(gate.set_mode(OFF))
        await eventually(disk.inside.is_set)
        change.cancel()
        await asyncio.sleep(0)
        disk.may_go.set()

    assert change.cancelled()
    assert stored(path)["mode"] == gate.status().mode == OFF
    assert told.open == [(True, False)]


async def test_what_the_sensor_ends_during_a_write_does_not_come_back_with_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sensor = Sensor(TABLET)
    gate = Gate(path, sensor)
    async with asyncio.TaskGroup() as tasks:
        await gate.start(tasks)
        await gate.continue_anyway()
        disk = SlowDisk(monkeypatch)
        change = tasks.create_task(gate.set_mode(ON))
        await eventually(disk.inside.is_set)

        sensor.turn(KEYBOARD)
        sensor.turn(TABLET)
        assert not gate.status().open  # at once, whatever the disk does
        disk.may_go.set()
        status = await change
        gate.close()

    assert (status.mode, status.simulated, status.open) == (ON, None, False)
    assert (stored(path)["mode"], stored(path)["simulated"]) == ("on", None)


async def test_a_sensor_that_changes_while_continue_anyway_is_stored_ends_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sensor = Sensor(TABLET)
    gate = Gate(path, sensor)
    disk = SlowDisk(monkeypatch)
    async with asyncio.TaskGroup() as tasks:
        await gate.start(tasks)
        change = tasks.create_task(gate.continue_anyway())
        await eventually(disk.inside.is_set)
        sensor.turn(KEYBOARD)
        disk.may_go.set()
        assert (await change).simulated is None
        gate.close()

    assert stored(path)["simulated"] is None


async def test_a_change_of_the_sensor_during_the_start_is_part_of_what_is_found(
    path: Path,
) -> None:
    class Hasty(Sensor):
        async def start(self, changed: Callable[[], None]) -> None:
            await super().start(changed)
            self.turn(TABLET)

    gate = Gate(path, Hasty(KEYBOARD))
    told = Told(gate)

    async with asyncio.TaskGroup() as tasks:
        await gate.start(tasks)

    assert not told.heard
    assert not gate.status().open
    gate.close()


def test_settings_that_could_not_end_are_refused() -> None:
    with pytest.raises(ParamError):
        GateSettings(lasting=Lasting.UNTIL_SENSOR_CHANGES)
