"""The model follows the events, keeps its order, and keeps Qt's rules."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from app.views.library_model import LibraryModel, NameFilter, info_at
from app.vm.events import Resync, StateChanged, VmCreated, VmRemoved, VmRenamed
from app.vm.model import VmInfo
from app.vm.state import Action, VmState, allowed


def machine(name: str, state: VmState = VmState.STOPPED, *, used_ms: int = 1) -> VmInfo:
    return VmInfo(
        id=uuid.uuid5(uuid.NAMESPACE_DNS, name),
        name=name,
        state=state,
        cpus=2,
        memory_mib=2048,
        last_started_ms=used_ms,
        folder=Path("/library"),
        actions=allowed(state),
    )


@pytest.fixture
def model(qapp) -> LibraryModel:
    made = LibraryModel()
    made.tester = QAbstractItemModelTester(  # type: ignore[attr-defined]
        made, QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    return made


def names(model: LibraryModel) -> list[str]:
    return [info.name for info in model.infos]


def state_event(info: VmInfo, state: VmState) -> StateChanged:
    return StateChanged(vm_id=info.id, vm_name=info.name, state=state, previous=info.state)


def test_running_machines_come_first_then_the_last_used(model: LibraryModel) -> None:
    model.reset(
        [machine("old", used_ms=1), machine("new", used_ms=9), machine("on", VmState.RUNNING)]
    )
    assert names(model) == ["on", "new", "old"]


def test_a_machine_that_starts_moves_to_the_front_and_stays_the_same_row(
    model: LibraryModel,
) -> None:
    first, second = machine("a", used_ms=9), machine("b", used_ms=1)
    model.reset([first, second])
    moved: list[tuple[int, int]] = []
    model.rowsMoved.connect(lambda _p, start, _e, _d, row: moved.append((start, row)))
    model.apply(state_event(second, VmState.STARTING))
    assert names(model) == ["b", "a"]
    assert moved == [(1, 0)]
    assert model.infos[0].actions == allowed(VmState.STARTING)


def test_events_about_unknown_machines_change_nothing(model: LibraryModel) -> None:
    stranger = machine("x")
    assert model.apply(state_event(stranger, VmState.RUNNING))
    assert model.apply(VmCreated(vm_id=stranger.id, vm_name="x"))
    assert not model.apply(VmRemoved(vm_id=stranger.id, vm_name="x"))
    assert model.apply(Resync())
    assert model.rowCount() == 0


def test_a_rename_and_a_removal_are_shown(model: LibraryModel) -> None:
    one = machine("one")
    model.reset([one])
    model.apply(VmRenamed(vm_id=one.id, vm_name="uno", old_name="one"))
    assert names(model) == ["uno"]
    model.apply(VmRemoved(vm_id=one.id, vm_name="uno"))
    assert names(model) == []


def test_screen_readers_hear_name_state_and_size(model: LibraryModel) -> None:
    model.reset([machine("Debian", VmState.RUNNING)])
    spoken = model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Debian, Running, 2 processors, 2 GB"


def test_the_search_finds_parts_of_names_in_any_case(model: LibraryModel) -> None:
    found = NameFilter(model)
    model.reset([machine("Ubuntu 24.04"), machine("debian"), machine("ÜBUNTU")])
    found.setFilterFixedString("UBUN")
    assert [info_at(found.index(row, 0)).name for row in range(found.rowCount())] == [  # type: ignore[union-attr]
        "Ubuntu 24.04"
    ]
    found.setFilterFixedString(".*")
    assert found.rowCount() == 0


STEPS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from([*VmState, None]), st.integers(0, 3)), max_size=30
)


@given(STEPS)
def test_any_order_of_changes_keeps_the_order_and_qts_rules(
    steps: list[tuple[int, VmState | None, int]],
) -> None:
    model = LibraryModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    truth: dict[uuid.UUID, VmInfo] = {}
    for number, state, used_ms in steps:
        info = machine(f"m{number}", used_ms=used_ms)
        if state is None:
            truth.pop(info.id, None)
            model.remove(info.id)
        else:
            truth[info.id] = replace(info, state=state)
            model.put(truth[info.id])
    fresh = LibraryModel()
    fresh.reset(truth.values())
    assert model.infos == fresh.infos
    assert tester.model() is model


def test_a_new_list_replaces_the_old_one_without_a_reset(model: LibraryModel) -> None:
    model.reset([machine("a"), machine("b")])
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    model.reset([machine("b"), machine("c")])
    assert sorted(names(model)) == ["b", "c"]
    assert not resets
    assert Action.START in model.infos[0].actions
