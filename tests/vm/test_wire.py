"""Framing and envelopes of the wire: whatever comes in, the answer is a message or an AppError."""

from __future__ import annotations

import json
import typing
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import AppError, Code, ConnectionLostError, ParamError, StopRefusedError
from app.vm import wire
from app.vm.wire import DEPTH_LIMIT, MESSAGE_LIMIT_BYTES, DocumentStream, FramingError

_LEAF = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)  # fmt: skip


def _one_deeper(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return inner | st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)


_JSON = _one_deeper(_one_deeper(_LEAF))
_MESSAGES = st.lists(st.dictionaries(st.text(), _JSON, max_size=4), max_size=5)
_patiently = settings(deadline=None)


def documents(stream: DocumentStream, *slices: bytes) -> list[bytes]:
    found = []
    for data in slices:
        stream.feed(data)
        while (document := stream.next_document()) is not None:
            found.append(document)
    return found


@_patiently
@given(_MESSAGES, st.lists(st.integers(0, 400), max_size=8), st.sampled_from(["", " ", "\r\n"]))
def test_any_slicing_of_the_stream_gives_the_same_messages(messages, cuts, between) -> None:
    data = between.join(json.dumps(message) for message in messages).encode()
    places = sorted({0, len(data), *(min(cut, len(data)) for cut in cuts)})
    slices = [data[start:end] for start, end in pairwise(places)]

    found = [wire.decode(document) for document in documents(DocumentStream(), *slices)]

    assert found == messages


@_patiently
@given(_MESSAGES)
def test_what_is_encoded_can_be_read_again_and_is_one_line_of_ascii(messages) -> None:
    lines = b"".join(wire.encode(message) for message in messages)

    assert lines.isascii()
    assert lines.count(b"\n") == len(messages)
    assert [wire.decode(d) for d in documents(DocumentStream(), lines)] == messages


@_patiently
@given(st.binary(max_size=300))
def test_arbitrary_bytes_end_in_messages_or_in_an_error(data) -> None:
    with suppress(ParamError):
        for document in documents(DocumentStream(), data):
            wire.parse_request(wire.decode(document))


@_patiently
@given(st.text(alphabet='{}[]":,\\ a1\n', max_size=80))
def test_bytes_that_look_like_json_end_in_messages_or_in_an_error(text) -> None:
    with suppress(ParamError):
        for document in documents(DocumentStream(), b"{" + text.encode()):
            wire.parse_request(wire.decode(document))


def test_brackets_and_quotes_inside_text_do_not_end_a_message() -> None:
    message = {"execute": 'a"}]{[', "id": "\\"}

    assert wire.decode(documents(DocumentStream(), wire.encode(message))[0]) == message


def test_blanks_between_messages_are_no_messages() -> None:
    found = documents(
        DocumentStream(), b" \t", b"\r\n{} ", b"\n{ }", b" " * 3 * MESSAGE_LIMIT_BYTES
    )

    assert found == [b"{}", b"{ }"]


def test_an_escape_cut_between_two_slices_is_understood() -> None:
    found = documents(DocumentStream(), b'{"a":"\\', b'""}')

    assert [wire.decode(document) for document in found] == [{"a": '"'}]


def test_a_message_as_long_as_the_limit_passes_and_one_byte_more_does_not() -> None:
    frame = len(b'{"a":""}')
    longest = b'{"a":"' + b"x" * (MESSAGE_LIMIT_BYTES - frame) + b'"}'

    assert documents(DocumentStream(), longest) == [longest]
    with pytest.raises(FramingError, match="longer than"):
        documents(DocumentStream(), longest[:-2] + b'x"}')


def test_a_message_that_never_ends_is_refused_at_the_limit() -> None:
    stream = DocumentStream()
    assert documents(stream, b'{"a":"', b"x" * (MESSAGE_LIMIT_BYTES - 6)) == []

    with pytest.raises(FramingError, match="longer than"):
        documents(stream, b"x")


def test_nesting_is_allowed_to_the_limit_and_no_deeper() -> None:
    def nested(levels: int) -> bytes:
        return b'{"a":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"

    assert len(documents(DocumentStream(), nested(DEPTH_LIMIT))) == 1
    with pytest.raises(FramingError, match="nested"):
        documents(DocumentStream(), nested(DEPTH_LIMIT + 1))
    with pytest.raises(FramingError, match="nested"):
        documents(DocumentStream(), nested(10_000))


@pytest.mark.parametrize("data", [b"[]", b"null", b"x", b"\xff", b"]", b'"', b"1 {}"])
def test_only_objects_stand_in_the_stream(data) -> None:
    with pytest.raises(FramingError, match="object"):
        documents(DocumentStream(), data)


def test_messages_before_a_broken_one_are_still_given_out() -> None:
    stream = DocumentStream()
    stream.feed(b'{"a":1}]')

    assert stream.next_document() == b'{"a":1}'
    with pytest.raises(FramingError):
        stream.next_document()


@pytest.mark.parametrize(
    "document",
    [
        b"{]",
        b"{a}",
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":1e999}',
        b'{"a":' + b"1" * 5000 + b"}",
        b'{"a":"\xff"}',
        b'{"a":1,"a":1}',
        b'{"b":[{"a":1,"\\u0061":2}]}',
        b'{"a":"\x01"}',
        b"{\x00}",
    ],
)
def test_what_is_not_json_is_refused(document) -> None:
    with pytest.raises(ParamError, match="not valid JSON"):
        wire.decode(document)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({}, "execute"),
        ({"execute": 5}, "execute"),
        ({"execute": None}, "execute"),
        ({"execute": "ping", "arguments": []}, "arguments"),
        ({"execute": "ping", "arguments": None}, "arguments"),
        ({"exec-oob": "ping"}, "exec-oob"),
        ({"execute": "ping", "\n" * 500: 1}, "has no member"),
    ],
)
def test_a_command_of_the_wrong_shape_is_refused_with_what_is_wrong(message, words) -> None:
    with pytest.raises(ParamError) as caught:
        wire.parse_request(message)

    assert words in caught.value.message
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 200


@_patiently
@given(_JSON)
def test_an_answer_repeats_whatever_the_id_was(identity) -> None:
    request = wire.parse_request({"execute": "ping", "id": identity})

    assert wire.answer(request, {})["id"] == identity
    assert wire.failure(ParamError("no"), request.echo)["id"] == identity


def test_an_answer_to_a_command_without_id_has_none() -> None:
    request = wire.parse_request({"execute": "ping"})

    assert wire.answer(request, {}) == {"return": {}}


def test_an_error_carries_code_sentence_remedy_and_detail() -> None:
    error = StopRefusedError("It runs on.", remedy="Force it.", detail="60 s")

    assert wire.failure(error, {"id": 7}) == {
        "error": {
            "class": "VM_STOP_REFUSED",
            "desc": "It runs on.",
            "data": {"remedy": "Force it.", "detail": "60 s"},
        },
        "id": 7,
    }


def test_the_greeting_is_what_qmp_clients_look_for() -> None:
    qmp = wire.greeting()["QMP"]

    assert qmp["capabilities"] == []
    assert set(qmp["version"]["qemu"]) == {"major", "minor", "micro"}


def test_an_event_tells_its_time_to_the_millisecond() -> None:
    message = wire.event("vmCreated", {"seq": 1}, 1_700_000_000_123)

    assert message["timestamp"] == {"seconds": 1_700_000_000, "microseconds": 123_000}


def test_an_error_whose_command_was_not_begun_says_so_on_both_sides() -> None:
    error = wire.failure(wire.not_begun(), {})["error"]

    assert error["data"]["begun"] is False
    assert isinstance(wire.error_from_wire(error), wire.ManagerEndedError)
    assert type(wire.error_from_wire({**error, "data": {}})) is ConnectionLostError


@pytest.mark.parametrize("error", [{}, {"class": 5, "desc": None, "data": []}, {"class": "VM_NEW"}])
def test_an_error_that_makes_little_sense_is_still_one(error) -> None:
    assert isinstance(wire.error_from_wire(error), AppError)


def test_every_code_crosses_the_wire() -> None:
    for code in typing.cast("list[Code]", list(Code)):
        assert wire.error_to_wire(AppError("x", code=code))["class"] == code.value
