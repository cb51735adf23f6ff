"""What the installed QEMU is, asked once and kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app import paths
from app.errors import ENGINE_MISSING, Code, EngineError, NotSupportedError
from app.vm.model import Chipset
from app.vm.qemu.facts import EngineFacts, engine_facts, find_binary
from tests.helpers.descriptors import open_descriptors


def cache() -> Path:
    return paths.cache_dir() / "engine.json"


async def test_the_installed_qemu_tells_what_the_product_needs() -> None:
    facts = await engine_facts()

    assert tuple(int(part) for part in facts.version.split(".")) >= (7, 2, 0)
    assert facts.machine_type(Chipset.Q35).startswith("pc-q35-")
    assert facts.machine_type(Chipset.I440FX).startswith("pc-i440fx-")
    assert "tcg" in facts.accelerators
    assert {"query-status", "screendump", "system_powerdown"} <= set(facts.commands)


async def test_the_answer_is_kept_until_the_binary_changes(tmp_path: Path) -> None:
    facts = await engine_facts()
    kept = json.loads(cache().read_text())
    kept["facts"]["version"] = "9.9.9"
    cache().write_text(json.dumps(kept))

    assert (await engine_facts()).version == "9.9.9"
    kept["key"] = "another binary"
    cache().write_text(json.dumps(kept))
    assert await engine_facts() == facts


async def test_a_damaged_cache_is_asked_again() -> None:
    facts = await engine_facts()
    good = json.loads(cache().read_text())
    for damage in (
        "",
        "[]",
        "{}",
        json.dumps(good | {"facts": None}),
        json.dumps(good | {"facts": {**good["facts"], "version": "new"}}),
        json.dumps(good | {"facts": {**good["facts"], "machines": []}}),
        json.dumps(good | {"facts": {}}),
    ):
        cache().write_text(damage)
        assert await engine_facts() == facts


async def test_no_qemu_is_said_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(NotSupportedError, match=ENGINE_MISSING) as caught:
        find_binary()
    assert "qemu-system-x86" in caught.value.remedy


@pytest.mark.parametrize("script", ["exit 1", "echo broken library >&2; exit 127", "sleep 0.01"])
async def test_a_qemu_that_does_not_start_says_why(tmp_path: Path, script: str) -> None:
    binary = tmp_path / "qemu"
    binary.write_text(f"#!/bin/sh\n{script}\n")
    binary.chmod(0o700)

    with pytest.raises(EngineError, match="does not start") as caught:
        await engine_facts(binary)
    assert caught.value.code is Code.ENGINE_FAILED
    assert "broken" in caught.value.detail or "broken" not in script
    assert not cache().exists()


@pytest.mark.parametrize("mode", [0o600, None])
async def test_a_binary_that_cannot_be_run_is_an_error_for_people(
    tmp_path: Path, mode: int | None
) -> None:
    binary = tmp_path / "qemu"
    if mode is not None:
        binary.touch(mode)

    with pytest.raises(EngineError, match="cannot be started"):
        await engine_facts(binary)


async def test_a_qemu_that_is_too_old_is_refused() -> None:
    await engine_facts()
    kept = json.loads(cache().read_text())
    kept["facts"]["version"] = "7.1.9"
    cache().write_text(json.dumps(kept))

    with pytest.raises(NotSupportedError, match="too old"):
        await engine_facts()


def test_a_board_that_is_not_built_in_is_said() -> None:
    facts = EngineFacts(binary="x", version="9.0.0", machines={}, accelerators=(), commands=())

    with pytest.raises(NotSupportedError, match="board"):
        facts.machine_type(Chipset.I440FX)


async def test_asking_leaves_no_descriptor_behind() -> None:
    await engine_facts()
    before = open_descriptors()
    for _ in range(3):
        cache().unlink()
        await engine_facts()

    assert open_descriptors() <= before
