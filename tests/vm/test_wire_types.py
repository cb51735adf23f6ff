"""One type at a time on the wire: strict from clients, lenient from managers."""

from __future__ import annotations

import dataclasses
import json
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import pytest

from app.errors import Code, ParamError, PathError, StartParamError
from app.vm.api.bounds import Bounds
from app.vm.gate import GateStatus, PcMode, PostureSource
from app.vm.permissions import Permission, PermissionKind
from app.vm.posture import Posture
from app.vm.wire_fields import Fields
from app.vm.wire_types import camel, field_name, read_record, read_value, travels, write_value


class Colour(StrEnum):
    RED = "red"


class Size(IntEnum):
    SMALL = 0
    LARGE = 7


@dataclasses.dataclass(frozen=True, kw_only=True)
class Part:
    name: str
    width_px: int = 3
    where: Path | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Whole:
    parts: tuple[Part, ...] = ()
    colour: Colour = Colour.RED
    size: Size = Size.SMALL
    part: Part | None = None
    more: dict[str, Any] = dataclasses.field(default_factory=dict)


class Odd:
    """Travels in a shape of its own."""


def read(hint: Any, value: object, *, lenient: bool = False) -> Any:
    return read_value(Fields({"it": value}, lenient=lenient), "it", hint)


# Spelling -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "wire_name"),
    [("vm_name", "vmName"), ("path", "path"), ("guest_os_image_path", "guestOSImagePath"),
     ("width_px", "width"), ("size_mib", "diskSize"), ("created_ms", "createTime")],
)  # fmt: skip
def test_fields_are_spelled_as_in_the_document(name, wire_name) -> None:
    assert field_name(name) == wire_name


def test_camel_case_begins_small() -> None:
    assert camel("get_vm_status") == "getVmStatus"


# Out ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (Path("/a b/é"), "/a b/é"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Permission(PermissionKind.USB_DEVICE, "046d:c52b"), "usb-device:046d:c52b"),
        (b"\0\xff", "AP8="),
        ((1, "a", None), [1, "a", None]),
        (frozenset({1}), [1]),
        ({Colour.RED: Size.LARGE}, {"red": 7}),
        (Part(name="a"), {"name": "a", "width": 3, "where": None}),
    ],
)
def test_values_have_one_form_each(value, sent) -> None:
    assert write_value(value) == sent
    assert json.loads(json.dumps(write_value(value))) == sent


@pytest.mark.parametrize(("value", "kind"), [(Colour.RED, str), (Size.LARGE, int), (True, bool)])
def test_what_is_written_is_plain_for_every_reader(value, kind) -> None:
    assert type(write_value(value)) is kind


def test_the_gate_tells_beside_its_fields_whether_it_is_open() -> None:
    gate = GateStatus(
        mode=PcMode.ON,
        posture=Posture.KEYBOARD_ATTACHED,
        source=PostureSource.ASSUMED,
        sensor=False,
        simulated=None,
        reasons=(),
    )

    assert write_value(gate)["open"] is True
    assert read(GateStatus, write_value(gate), lenient=True) == gate


def test_what_nobody_said_how_to_write_is_a_bug() -> None:
    with pytest.raises(TypeError, match="Odd does not travel"):
        write_value(Odd())


# In -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hint", "sent", "value"),
    [
        (Colour, "red", Colour.RED),
        (Size, 7, Size.LARGE),
        (Size, "LARGE", Size.LARGE),
        (float, 3, 3.0),
        (bytes, "AP8=", b"\0\xff"),
        (bytes, "A" * 200_000, b"\0" * 150_000),
        (tuple[int, ...], [1, 2], (1, 2)),
        (int | None, None, None),
        (dict[str, Any], {"a": [None]}, {"a": [None]}),
        (Annotated[int, "no limits", Bounds(1, 2)], 2, 2),
        (Whole, {"parts": [{"name": "a"}], "size": "LARGE"},
         Whole(parts=(Part(name="a"),), size=Size.LARGE)),
        (Whole, {"part": {"name": "a", "width": None}}, Whole(part=Part(name="a"))),
    ],
)  # fmt: skip
def test_values_are_read_as_their_type(hint, sent, value) -> None:
    assert read(hint, sent) == value
    assert type(read(hint, sent)) is type(value)


@pytest.mark.parametrize(
    ("hint", "sent", "words"),
    [
        (str, 5, "text"),
        (str, "a\0", "null characters"),
        (str, "a" * 65_537, "reasonable length"),
        (str, "\ud800", "Unicode"),
        (int, True, "a whole number"),
        (int, 1.0, "a whole number"),
        (int, 2**53, "from -9007199254740991 to 9007199254740991"),
        (float, False, "a number"),
        (float, "1", "a number"),
        (float, 10**400, "a number from"),
        (float, float("nan"), "a number from"),
        (bool, 1, "true or false"),
        (bytes, 5, "base64"),
        (bytes, "é", "base64"),
        (bytes, "A", "base64"),
        (UUID, "1234", "an id"),
        (Colour, "blue", "one of red"),
        (Size, 3, "SMALL, LARGE"),
        (Size, False, "SMALL, LARGE"),
        (Size, [0], "SMALL, LARGE"),
        (tuple[int, ...], {}, "a list"),
        (tuple[int, ...], [1] * 10_001, "a list"),
        (tuple[int, ...], [1, None], "missing"),
        (dict[str, Any], [], "an object"),
        (Part, [], "an object"),
        (Part, {}, "“name” is missing"),
        (Part, {"name": "a", "x": 1}, "“x” is not known"),
        (Part, {"name": "a", "width_px": 1}, "“width_px” is not known"),
        (Whole, {"parts": [{"name": "a", "x": 1}]}, "“x” is not known"),
        (Permission, "telepathy", "no permission"),
    ],
)  # fmt: skip
def test_what_is_none_of_the_type_is_refused(hint, sent, words) -> None:
    with pytest.raises(ParamError, match=words) as caught:
        read(hint, sent)

    assert caught.value.code is Code.INVALID_PARAM


def test_what_is_refused_in_a_record_of_settings_has_their_class_to_the_last_item() -> None:
    settings = Fields({"whole": {"parts": [{"name": 5}]}}).record("whole", error=StartParamError)

    with pytest.raises(StartParamError):
        read_record(settings, Whole)


def test_a_newer_manager_may_tell_more() -> None:
    sent = {"parts": [{"name": "a", "x": 1}], "future": {}}

    assert read(Whole, sent, lenient=True) == Whole(parts=(Part(name="a"),))


def test_a_manager_tells_paths_as_they_are_and_a_client_as_the_document_does() -> None:
    of_document = "/docs/storage/Users/currentUser/x"

    assert read(Path, of_document, lenient=True) == Path(of_document)
    assert read(Path, "/a\udcff", lenient=True) == Path("/a\udcff")
    assert read(Path, of_document) == Path.home() / "x"
    assert read(Path, "~/x") == Path.home() / "x"
    with pytest.raises(PathError):
        read(Path, "~/x", lenient=True)
    with pytest.raises(PathError):
        read(Path, "/a\ud800", lenient=True)
    with pytest.raises(ParamError):
        read(Path, "/a\udcff")


def test_a_default_stands_for_what_is_not_given_or_null() -> None:
    for values in ({}, {"it": None}):
        assert read_value(Fields(values), "it", int, default=5) == 5
        assert read_value(Fields(values), "it", int | None) is None
        with pytest.raises(ParamError, match="missing"):
            read_value(Fields(values), "it", int)


def test_a_type_may_have_a_shape_of_its_own() -> None:
    odd = Odd()
    travels(Odd, lambda value: "odd", lambda fields, name: odd if fields.text(name) else Odd())

    assert write_value((odd,)) == ["odd"]
    assert read(Odd, "odd") is odd


# Members ------------------------------------------------------------------------------------------


def test_the_first_member_that_nobody_took_is_named_in_a_way_that_harms_no_terminal() -> None:
    fields = Fields({"a": 1, "\x1b[31m": 2})
    fields.integer("a")

    with pytest.raises(ParamError) as caught:
        fields.finish()
    assert "“\\x1b[31m” is not known" in caught.value.message


def test_a_null_that_nobody_asked_for_is_not_known_either() -> None:
    fields = Fields({"a": None, "b": None})
    assert not fields.has("a")

    with pytest.raises(ParamError, match="“b” is not known"):
        fields.finish()
    Fields({"b": None}, lenient=True).finish()
