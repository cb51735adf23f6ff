"""What comes from a file is not trusted: it is a machine or a StoreError, nothing else."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import NewerVersionError, StoreError
from app.vm.codec import MAX_DOCUMENT_BYTES, from_json, to_json
from app.vm.model import Chipset, DiskBus, Firmware, Profile, VmConfig
from tests.vm.makers import a_config

GOOD = a_config(name="dé 测试", disc=Path("/x/a,b.iso"), firmware=Firmware.UEFI)


def read(document: object) -> VmConfig:
    return from_json(VmConfig, json.dumps(document).encode(), schema_version=1)


def as_document() -> dict[str, Any]:
    return json.loads(to_json(GOOD, schema_version=1))


@pytest.mark.parametrize("chipset", list(Chipset), ids=str)
@pytest.mark.parametrize("bus", list(DiskBus), ids=str)
def test_every_machine_comes_back_as_it_was(chipset: Chipset, bus: DiskBus) -> None:
    config = a_config(profile=Profile(chipset=chipset, disk_bus=bus), disc=Path("/x.iso"))

    assert from_json(VmConfig, to_json(config, schema_version=1), schema_version=1) == config


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"null", b"7", b'"x"', b"\xff\xfe", b"{}", b'{"schema_version": 1}',
     b"[" * 200_000, b'{"a":' * 100_000, b"9" * 5000, b" " * (MAX_DOCUMENT_BYTES + 1)],
    ids=lambda data: f"{data[:12]!r} {len(data)}",
)  # fmt: skip
def test_what_is_no_machine_is_an_error_for_people(data: bytes) -> None:
    with pytest.raises(StoreError):
        from_json(VmConfig, data, schema_version=1)


@pytest.mark.parametrize("version", [2, 99, 10**30])
def test_a_newer_file_says_so(version: int) -> None:
    with pytest.raises(NewerVersionError, match="newer version of Duplex VM wrote this file"):
        read(as_document() | {"schema_version": version})


def test_a_newer_file_says_so_whatever_else_it_holds() -> None:
    with pytest.raises(NewerVersionError):
        read({"schema_version": 2, "machine": ["quite", "different"]})


def test_a_migration_that_meets_what_it_does_not_know_tells_of_damage() -> None:
    def step(document: dict[str, object]) -> dict[str, object]:
        raise KeyError("not there")

    with pytest.raises(StoreError):
        from_json(VmConfig, b'{"schema_version": 1}', schema_version=2, migrations={1: step})


@pytest.mark.parametrize("version", [0, -1, True, "1", 1.5, None, [1]])
def test_a_version_that_never_was_is_damage(version: object) -> None:
    with pytest.raises(StoreError) as caught:
        read(as_document() | {"schema_version": version})
    assert not isinstance(caught.value, NewerVersionError)


@pytest.mark.parametrize("key", [key for key in as_document() if key != "schema_version"])
def test_a_wrong_value_anywhere_is_a_machine_or_an_error_for_people(key: str) -> None:
    for value in (None, True, -1, 1.5, "x", "\ud800", [], {}, [[]], [{}], 10**40):
        with suppress(StoreError):
            read(as_document() | {key: value})


def test_an_unknown_key_is_damage_and_not_dropped_silently() -> None:
    with pytest.raises(StoreError):
        read(as_document() | {"surprise": 1})


def test_a_missing_key_is_damage() -> None:
    document = as_document()
    del document["hardware"]

    with pytest.raises(StoreError):
        read(document)


@pytest.mark.parametrize("value", ["2", True, 2.0, None])
def test_a_number_of_another_kind_is_not_taken_for_one(value: object) -> None:
    with pytest.raises(StoreError):
        read(as_document() | {"cpus": value})


@pytest.mark.parametrize("key", ["cpus", "memory_mib", "created_ms", "last_started_ms"])
@pytest.mark.parametrize("value", [10**18, -(10**18), 10**40])
def test_a_number_that_no_window_could_show_is_damage(key: str, value: int) -> None:
    with pytest.raises(StoreError):
        read(as_document() | {key: value})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_value_changed_anywhere_deep_inside_is_a_machine_or_an_error_for_people(data) -> None:
    document = as_document()
    place: Any = document
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], (dict, list)) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(json_values)

    try:
        read(document)
    except StoreError:
        return
