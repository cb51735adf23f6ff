"""This computer's number is stable in a library, and useless outside of it."""

from __future__ import annotations

import json
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.errors import NewerVersionError, StoreError
from app.reading import UnreadableError
from app.vm.host_id import host_serial

RAW = "4d1c0b5f7a3e4b8c9d2e6f1a0b3c5d7e"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    folder.mkdir()
    return folder


@pytest.fixture
def machine_id(tmp_path: Path) -> Path:
    """The file with the system's own number."""
    file = tmp_path / "machine-id"
    file.write_text(f"{RAW}\n")
    return file


def kept(library: Path) -> dict[str, object]:
    return json.loads((library / "host-id.json").read_bytes())


def test_it_has_32_digits_and_is_always_the_same(library: Path, machine_id: Path) -> None:
    serial = host_serial(library, machine_id=machine_id)

    assert re.fullmatch("[0-9A-F]{32}", serial)
    assert host_serial(library, machine_id=machine_id) == serial


def test_the_system_s_own_number_never_leaves(library: Path, machine_id: Path) -> None:
    serial = host_serial(library, machine_id=machine_id)

    assert serial != RAW.upper()
    assert RAW not in (library / "host-id.json").read_text().lower()


def test_another_library_has_another_number(tmp_path: Path, library: Path, machine_id) -> None:
    assert host_serial(tmp_path, machine_id=machine_id) != host_serial(
        library, machine_id=machine_id
    )


def test_another_computer_has_another_number_in_the_same_library(
    tmp_path: Path, library: Path, machine_id: Path
) -> None:
    other = tmp_path / "other-machine-id"
    other.write_text("f" * 32)

    assert host_serial(library, machine_id=other) != host_serial(library, machine_id=machine_id)


def test_the_salt_is_for_its_owner_only_and_nothing_else_is_left(library: Path, machine_id) -> None:
    host_serial(library, machine_id=machine_id)

    (file,) = library.iterdir()
    assert file.name == "host-id.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(bytes.fromhex(str(kept(library)["salt"]))) == 32


@pytest.mark.parametrize(
    "content", [None, "", "\n", "uninitialized\n", "0" * 32, RAW[:-1], RAW.upper(), "x" * 9999]
)
def test_a_computer_without_a_number_gets_one_that_the_library_keeps(
    tmp_path: Path, library: Path, content: str | None
) -> None:
    file = tmp_path / "machine-id"
    if content is not None:
        file.write_text(content)

    serial = host_serial(library, machine_id=file)

    assert re.fullmatch("[0-9A-F]{32}", serial)
    assert host_serial(library, machine_id=file) == serial
    assert host_serial(tmp_path, machine_id=file) != serial


def test_this_computer_has_one(library: Path) -> None:
    assert host_serial(library) == host_serial(library)


DAMAGED = {
    "cut off": b'{"schema_version": 1, "salt": "00',
    "no salt": b'{"schema_version": 1}',
    "short": json.dumps({"schema_version": 1, "salt": "00", "own_id": "0" * 64}).encode(),
    "no digits": json.dumps({"schema_version": 1, "salt": "g" * 64, "own_id": "0" * 64}).encode(),
    "a number": json.dumps({"schema_version": 1, "salt": 7, "own_id": "0" * 64}).encode(),
    "too large": b" " * 5000,
}


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_salt_is_set_aside_and_made_anew(
    library: Path, machine_id: Path, data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    before = host_serial(library, machine_id=machine_id)
    (library / "host-id.json").write_bytes(data)

    after = host_serial(library, machine_id=machine_id)

    assert after != before
    assert "gets a new number" in caplog.text
    assert (library / "host-id.json.damaged").read_bytes() == data
    assert host_serial(library, machine_id=machine_id) == after


def test_a_newer_file_is_left_alone(library: Path, machine_id: Path) -> None:
    newer = '{"schema_version": 2}'
    (library / "host-id.json").write_text(newer)

    with pytest.raises(NewerVersionError, match="this computer's number"):
        host_serial(library, machine_id=machine_id)
    assert (library / "host-id.json").read_text() == newer


def test_a_file_that_cannot_be_read_gives_no_other_number(library: Path, machine_id: Path) -> None:
    path = library / "host-id.json"
    path.symlink_to("/proc/self/mem")  # reading it is an I/O error, proc(5)

    with pytest.raises(UnreadableError, match="cannot be read"):
        host_serial(library, machine_id=machine_id)
    assert list(library.iterdir()) == [path]
    assert path.readlink() == Path("/proc/self/mem")


def test_a_library_that_cannot_be_written_is_an_error_for_people(
    tmp_path: Path, machine_id: Path
) -> None:
    with pytest.raises(StoreError, match="cannot be kept"):
        host_serial(tmp_path / "none", machine_id=machine_id)


def test_a_damaged_salt_that_cannot_be_set_aside_is_not_overwritten(
    library: Path, machine_id: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (library / "host-id.json").write_text("damaged")
    (library / "host-id.json.damaged").mkdir()

    with pytest.raises(StoreError):
        host_serial(library, machine_id=machine_id)
    assert (library / "host-id.json").read_text() == "damaged"


def test_many_who_ask_first_get_the_same_answer(library: Path, machine_id: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        serials = list(pool.map(lambda _: host_serial(library, machine_id=machine_id), range(32)))

    assert len(set(serials)) == 1


def test_the_number_is_the_first_half_of_the_keyed_hash(library: Path, machine_id: Path) -> None:
    document = {"schema_version": 1, "salt": "0b" * 32, "own_id": "00" * 32}
    (library / "host-id.json").write_text(json.dumps(document))

    # As `openssl dgst -sha256 -mac HMAC -macopt hexkey:0b0b...` computes it over the digits of RAW.
    expected = "8A13D25C1C9191FD3D0B725E79DBCE19"
    assert host_serial(library, machine_id=machine_id) == expected
