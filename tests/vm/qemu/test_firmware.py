"""UEFI firmware is found by the distributions' descriptors, however odd they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.errors import NotSupportedError
from app.vm.qemu.firmware import find_uefi, make_variable_store
from app.vm.store import VARIABLES_FILE

BOARD = "pc-q35-7.2"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "code.fd").write_bytes(b"code")
    (tmp_path / "vars.fd").write_bytes(b"template")
    (tmp_path / "descriptors").mkdir()
    return tmp_path / "descriptors"


def descriptor(folder: Path, **changes: Any) -> dict[str, Any]:
    return {
        "interface-types": ["uefi"],
        "mapping": {
            "device": "flash",
            "executable": {"filename": str(folder.parent / "code.fd"), "format": "raw"},
            "nvram-template": {"filename": str(folder.parent / "vars.fd"), "format": "raw"},
        },
        "targets": [{"architecture": "x86_64", "machines": ["pc-i440fx-*", "pc-q35-*"]}],
        "features": ["acpi-s3", "verbose-dynamic"],
        **changes,
    }


def write(folder: Path, name: str, document: object) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(document if isinstance(document, str) else json.dumps(document))


def test_a_plain_firmware_is_found(folder: Path) -> None:
    write(folder, "60-edk2.json", descriptor(folder))

    files = find_uefi(BOARD, folders=[folder])

    assert files.code == folder.parent / "code.fd"
    assert files.template == folder.parent / "vars.fd"


@pytest.mark.parametrize(
    "changes",
    [
        {"interface-types": ["bios"]},
        {"features": ["secure-boot", "requires-smm"]},
        {"features": ["enrolled-keys"]},
        {"targets": [{"architecture": "aarch64", "machines": ["pc-q35-*"]}]},
        {"targets": [{"architecture": "x86_64", "machines": ["virt-*"]}]},
        {"mapping": {"device": "memory", "filename": "/x"}},
    ],
    ids=str,
)
def test_what_does_not_fit_is_passed_over(folder: Path, changes: dict[str, Any]) -> None:
    write(folder, "10-unfit.json", descriptor(folder, **changes))

    with pytest.raises(NotSupportedError, match="not installed") as caught:
        find_uefi(BOARD, folders=[folder])
    assert "ovmf" in caught.value.remedy


def test_odd_descriptors_harm_nobody(folder: Path) -> None:
    odd: list[object] = [
        "",
        "[]",
        "7",
        "{",
        "[" * 100_000,
        {},
        {"interface-types": 7},
        descriptor(folder, mapping=[]),
        descriptor(folder, mapping={"device": "flash", "executable": 7}),
        descriptor(folder, features=[{}]),
        descriptor(folder, targets=[{"architecture": "x86_64", "machines": [""]}]),
        descriptor(folder, targets=[{"architecture": "x86_64", "machines": [7]}]),
        descriptor(folder, targets=7),
    ]
    for number, document in enumerate(odd):
        write(folder, f"10-odd{number}.json", document)
    (folder / "20-folder.json").mkdir()
    write(folder, "90-good.json", descriptor(folder))

    assert find_uefi(BOARD, folders=[folder]).code.name == "code.fd"


def test_the_first_by_name_wins_and_the_administrator_s_folder_before_it(folder: Path) -> None:
    own = folder.parent / "etc"
    (folder.parent / "own.fd").write_bytes(b"own")
    mine = descriptor(folder)
    mine["mapping"]["executable"]["filename"] = str(folder.parent / "own.fd")
    write(folder, "20-a.json", descriptor(folder))
    write(folder, "30-b.json", descriptor(folder))
    write(own, "20-a.json", mine)

    assert find_uefi(BOARD, folders=[own, folder]).code.name == "own.fd"


def test_an_empty_file_of_the_administrator_hides_a_firmware(folder: Path) -> None:
    own = folder.parent / "etc"
    write(folder, "20-a.json", descriptor(folder))
    write(own, "20-a.json", "")

    with pytest.raises(NotSupportedError):
        find_uefi(BOARD, folders=[own, folder])


def test_a_firmware_whose_files_have_gone_is_passed_over(folder: Path) -> None:
    write(folder, "20-a.json", descriptor(folder))
    (folder.parent / "vars.fd").unlink()

    with pytest.raises(NotSupportedError):
        find_uefi(BOARD, folders=[folder])


def test_a_store_that_exists_gets_only_the_firmware_that_fits_it(folder: Path) -> None:
    write(folder, "20-a.json", descriptor(folder))

    assert find_uefi(BOARD, folders=[folder], store_size=8).code.name == "code.fd"
    with pytest.raises(NotSupportedError, match="any more"):
        find_uefi(BOARD, folders=[folder], store_size=9)


def test_a_machine_gets_a_store_of_its_own(folder: Path, tmp_path: Path) -> None:
    write(folder, "20-a.json", descriptor(folder))
    (tmp_path / "machine").mkdir()

    store = make_variable_store(find_uefi(BOARD, folders=[folder]), tmp_path / "machine")

    assert store == tmp_path / "machine" / VARIABLES_FILE
    assert store.read_bytes() == b"template"
    assert store.stat().st_mode & 0o777 == 0o600
