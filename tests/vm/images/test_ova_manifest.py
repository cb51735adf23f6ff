"""A manifest tells damage: every file is read in place and compared."""

from __future__ import annotations

import hashlib
import threading
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import MediaError
from app.vm.images.file_copy import StoppedError
from app.vm.images.ova_manifest import (
    FileDigest,
    Readable,
    check_complete,
    check_digests,
    parse_manifest,
)

DATA = bytes(range(256)) * 20_000
ALGORITHMS = ("sha1", "sha256", "sha384", "sha512")


def line(name: str, data: bytes = DATA, algorithm: str = "sha256") -> FileDigest:
    return FileDigest(name, algorithm, hashlib.new(algorithm, data).hexdigest())


def readable(data: bytes = DATA, size: int | None = None) -> Readable:
    return Readable("d.vmdk", size or len(data), lambda at, length: data[at : at + length])


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_kind_of_digest_is_compared(algorithm: str) -> None:
    told: list[float] = []
    good = line("d.vmdk", algorithm=algorithm)
    check_digests([(good, readable())], told.append, threading.Event())
    assert told == sorted(told)
    assert told[-1] == 1.0
    changed = readable(DATA[:-1] + b"!")
    with pytest.raises(MediaError, match=r"d\.vmdk is damaged") as caught:
        check_digests([(good, changed)], told.append, threading.Event())
    assert caught.value.remedy


@pytest.mark.parametrize(
    "text",
    [
        "SHA256({name})= {digest}\n",
        "SHA256({name}) = {upper}\r\n",
        "\nSHA256 ({name})={digest}",
        "SHA256(./{name})= {digest}\n\n",
    ],
)
def test_the_spellings_of_all_programs_are_read(text: str) -> None:
    digest = hashlib.sha256(DATA).hexdigest()
    data = text.format(name="Büro (1).vmdk", digest=digest, upper=digest.upper())
    assert parse_manifest(data.encode(), "a.mf") == (line("Büro (1).vmdk"),)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"SHA256(a)= 12", "too short"),
        (b"SHA256(a)= " + b"g" * 64, "no digest"),
        (b"MD5(a)= " + b"0" * 32, "MD5"),
        (b"SHA3(a)= " + b"0" * 64, "SHA3"),
        (b"hello", "no digest"),
        (b"\xff\xfe", "not a text"),
        (b"x" * (1 << 20), "too large"),
        (b"SHA1(a)= 0\n" * 2000, "too many"),
    ],
)
def test_what_is_no_manifest_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(MediaError, match=words) as caught:
        parse_manifest(data, "a.mf")
    assert caught.value.remedy


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_refused_or_read(data: bytes) -> None:
    try:
        found = parse_manifest(data, "a.mf")
    except MediaError:
        return
    assert all(entry.algorithm in ALGORITHMS for entry in found)


def test_a_file_without_a_digest_is_told() -> None:
    check_complete([line("a"), line("b")], ["a"], "m.ova")
    with pytest.raises(MediaError, match="no digest of c"):
        check_complete([line("a")], ["a", "c"], "m.ova")


def test_a_file_that_ends_early_is_told() -> None:
    with pytest.raises(MediaError, match="cut off"):
        check_digests(
            [(line("d.vmdk"), readable(size=len(DATA) + 1))], lambda _: None, threading.Event()
        )


def test_reading_stops_when_it_is_told_to() -> None:
    stop = threading.Event()
    with pytest.raises(StoppedError):
        check_digests([(line("d.vmdk"), readable())], lambda _: stop.set(), stop)


def test_a_large_file_needs_no_more_memory_than_a_small_one() -> None:
    size = 200 << 20
    block = bytes(1 << 20)
    whole = hashlib.sha1(usedforsecurity=False)
    for _ in range(200):
        whole.update(block)
    file = Readable("d.vmdk", size, lambda _, length: bytes(length))
    tracemalloc.start()
    try:
        digest = FileDigest("d.vmdk", "sha1", whole.hexdigest())
        check_digests([(digest, file)], lambda _: None, threading.Event())
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
