"""Whatever a guest calls a file, its name here is one harmless segment, and the only one."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.vm.recovery.guest_names import NamesInFolder, harmless_name


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Grüße.txt", "Grüße.txt"),
        (" leading and trailing ", " leading and trailing "),
        (".hidden", ".hidden"),
        ("", "_"),
        (".", "_"),
        ("..", "_"),
        ("/etc/passwd", "_etc_passwd"),
        ("a\0b\nc\x1b[31m", "a_b_c_[31m"),
        ("photo\u202egpj.exe", "photo_gpj.exe"),
    ],
)
def test_a_name_stays_as_it_is_where_it_can(raw: str, name: str) -> None:
    assert harmless_name(raw.encode()) == name


def test_a_name_that_is_too_long_keeps_its_ending() -> None:
    name = harmless_name(("ü" * 200 + ".jpeg").encode())
    assert name.endswith("ü.jpeg")
    assert len(name.encode()) <= 255


def test_names_that_differ_in_case_only_get_numbers() -> None:
    names = NamesInFolder()
    given = [b"a.txt", b"A.TXT", b"a (2).txt", b"a.txt", b"noend", b"NOEND", b".rc", b".RC"]
    assert [names.free(raw) for raw in given] == [
        "a.txt", "A (2).TXT", "a (2) (2).txt", "a (3).txt", "noend", "NOEND (2)", ".rc", ".RC (2)"
    ]  # fmt: skip


@given(st.lists(st.one_of(st.binary(max_size=300), st.sampled_from([b"x", b"X", b"x" * 300]))))
def test_no_names_are_ever_harmful_or_the_same(raws: list[bytes]) -> None:
    names = NamesInFolder()
    found = [names.free(raw) for raw in raws]
    assert len({unicodedata.normalize("NFC", name).casefold() for name in found}) == len(raws)
    for name in found:
        assert 0 < len(name.encode()) <= 255
        assert name not in {".", ".."}
        assert not {"/", "\0", "\n", "\x1b"} & set(name)
