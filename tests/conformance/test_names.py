"""`names.toml` and the code say the same: every name has its faces and its proof, none is missing.

Both ways: what the file names has to be in the code, and what the code has has to be in the file.
"""

from __future__ import annotations

import ast
import inspect
import pkgutil
import re
from collections import Counter
from collections.abc import Mapping
from enum import Enum, IntEnum
from functools import cache
from typing import Any

from app.cli.coverage import verbs
from app.cli.words import EVENTS
from app.errors import Code
from app.vm.api import ManagerApi
from app.vm.api_names import (
    CFG_FIELDS,
    ENUMERATIONS,
    MACHINE_FIELDS,
    RECORDS,
    record_fields,
    texts,
    words_of,
)
from app.vm.client import RemoteManager
from app.vm.document_paths import PREFIXES
from app.vm.events import EventType
from app.vm.functions import functions
from app.vm.manager import VmManager
from app.vm.model import OPAQUE_NAMES, CfgInfo, VmInfo
from app.vm.state import VmState
from app.vm.wire_commands import CONNECTION_COMMANDS
from app.vm.wire_events import EVENT_NAMES
from tests.conformance.names import all_names, of_kind
from tests.house.sources import ROOT

OPEN_AT_MOST = {
    "function": 13,
    "argument": 7,
    "record": 3,
    "field": 14,
    "event": 2,
    "enumeration": 1,
    "member": 10,
    "code": 0,
    "text": 0,
    "opaque": 0,
    "prefix": 0,
    "other": 5,
}
"""How many names of each kind still wait for later work. It only goes down, and ends at nothing."""

OWNERS = {"devices", "disks", "engine", "guest link", "network", "snapshots", "view"}
"""Who owes what is open."""

OWN_NAMES = {"VmErrorCode", "EventType"}
"""Enumerations whose members are a kind of their own: codes and events."""


def names_of(kind: str, group: str = "") -> list[str]:
    return [name.name for name in of_kind(kind) if name.group == group]


def found(path: str) -> Any:
    """What a dotted path leads to."""
    return pkgutil.resolve_name(path)


# -- What is open ----------------------------------------------------------------------------------


def test_what_is_open_only_becomes_less() -> None:
    left = Counter(name.kind for name in all_names() if name.open)

    assert {kind: left[kind] for kind in OPEN_AT_MOST} == OPEN_AT_MOST, (
        "write the smaller number into OPEN_AT_MOST; a larger one is a step back"
    )


def test_what_answers_that_it_is_not_built_yet_is_open() -> None:
    unbuilt = {
        name
        for name, function in functions().items()
        if "not_yet(" in inspect.getsource(getattr(VmManager, function.method))
    }

    assert unbuilt
    assert unbuilt <= {name.name for name in of_kind("function") if name.open}


def test_what_is_open_says_who_owes_it_and_why() -> None:
    unclear = [
        f"{name.title}: {name.open}"
        for name in all_names()
        if name.open and not re.fullmatch(rf"({'|'.join(OWNERS)}): .{{10,}}", name.open)
    ]

    assert not unclear


def test_a_name_says_where_the_document_has_it() -> None:
    unclear = [
        f"{name.title}: {name.section}"
        for name in all_names()
        if name.section != "ours" and not are_sections(name.section.split(", "))
    ]

    assert not unclear, "sections in order, such as 4.1, 5.5; or ours"


def are_sections(words: list[str]) -> bool:
    numbers = [[int(part) for part in word.split(".")] for word in words]
    return numbers == sorted(numbers) and all(2 <= number[0] <= 14 for number in numbers)


# -- Proof -----------------------------------------------------------------------------------------


def test_what_is_done_is_shown_by_a_test() -> None:
    unproved = [name.title for name in all_names() if not (name.proof or name.open)]

    assert not unproved, "no test shows it, and nobody says why not"


def test_every_proof_is_there() -> None:
    missing = [
        f"{name.title}: {proof}"
        for name in all_names()
        for proof in name.proof
        if not source(proof)
    ]

    assert not missing


def test_the_proof_of_a_function_calls_it() -> None:
    silent = [
        f"{name.title}: {proof}"
        for name in of_kind("function")
        for proof in name.proof
        if name.name not in source(proof) and f".{name.more['python']}(" not in source(proof)
    ]

    assert not silent


def source(proof: str) -> str:
    """What a test says, empty when there is none of that name."""
    file, _, test = proof.partition("::")
    return proofs_in(file).get(test, "")


@cache
def proofs_in(file: str) -> Mapping[str, str]:
    """Sources of the tests in a file by their names; those that are marked to be skipped are none.

    The decorators belong to the source: a test may take what it is about as a parameter.
    """
    path = ROOT / file
    if not path.is_file() or not path.name.startswith("test_"):
        return {}
    text = path.read_text(encoding="utf-8")
    return {
        node.name: "\n".join(text.splitlines()[first_line(node) - 1 : node.end_lineno])
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not any(is_excuse(decorator) for decorator in node.decorator_list)
    }


def first_line(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def is_excuse(decorator: ast.expr) -> bool:
    return any(word in ast.unparse(decorator) for word in ("mark.skip", "mark.xfail"))


# -- Functions -------------------------------------------------------------------------------------


def test_a_function_has_a_face_in_python() -> None:
    missing = [
        f"{face.__name__}.{name.more['python']}"
        for name in of_kind("function")
        for face in (ManagerApi, VmManager, RemoteManager)
        if not inspect.iscoroutinefunction(getattr(face, name.more["python"], None))
    ]

    assert not missing


def test_a_function_has_a_face_on_the_wire() -> None:
    told = {name.name: name.more["python"] for name in of_kind("function")}

    assert told == {name: function.method for name, function in functions().items()}


def test_a_function_has_a_face_in_the_shell() -> None:
    missing = [name.name for name in of_kind("function") if not verbs().get(name.name)]

    assert not missing, "no verb does it"


def test_the_file_has_every_function() -> None:
    assert sorted(names_of("function")) == sorted(functions())

    coroutines = inspect.getmembers(ManagerApi, inspect.iscoroutinefunction)
    methods = {method for method, _ in coroutines if not method.startswith("_")}
    assert methods == {name.more["python"] for name in of_kind("function")}


def test_the_file_has_every_argument() -> None:
    taken: dict[str, set[str]] = {}
    for function in functions().values():
        for parameter in function.parameters:
            taken.setdefault(parameter.wire_name, set()).add(parameter.name)

    assert {name.name: set(name.more["python"]) for name in of_kind("argument")} == taken


# -- Records ---------------------------------------------------------------------------------------


def test_a_record_is_a_value_in_python() -> None:
    told = {name.name: found(name.more["python"]) for name in of_kind("record")}

    assert told == {"CfgInfo": CfgInfo, "machine": VmInfo, **RECORDS}


def test_the_file_has_every_record_and_every_member() -> None:
    members = {
        "CfgInfo": list(CFG_FIELDS),
        "machine": list(MACHINE_FIELDS),
        **{name: [member for member, _ in record_fields(kind)] for name, kind in RECORDS.items()},
    }

    assert sorted(names_of("record")) == sorted(members)
    for record, expected in members.items():
        assert sorted(names_of("field", record)) == sorted(expected), record


def test_a_member_of_a_record_has_a_face_in_python() -> None:
    kinds = {name.name: found(name.more["python"]) for name in of_kind("record")}
    missing = [
        name.title
        for name in of_kind("field")
        if not hasattr(kinds[name.group], name.more["python"])
    ]

    assert not missing


# -- Events ----------------------------------------------------------------------------------------


def test_the_file_has_every_event_and_each_can_be_chosen() -> None:
    told = sorted(names_of("event"))

    assert told == sorted(event.value for event in EventType)
    assert told == sorted(EVENT_NAMES), "on the wire"
    assert told == sorted(EVENTS), "in the shell"


def test_an_event_has_a_face_in_python_unless_it_is_open() -> None:
    for name in of_kind("event"):
        kind = found(name.more["python"]) if "python" in name.more else None
        assert inspect.isclass(kind) is not bool(name.open), name.title


# -- Enumerations ----------------------------------------------------------------------------------


def test_an_enumeration_is_one_in_python() -> None:
    told = {name.name: found(name.more["python"]) for name in of_kind("enumeration")}

    assert told == ENUMERATIONS


def test_the_file_has_every_enumeration_and_every_member_with_its_value() -> None:
    assert sorted(names_of("enumeration")) == sorted(ENUMERATIONS)

    for title, kind in ENUMERATIONS.items():
        if title in OWN_NAMES:
            continue
        told = {name.name: name.more["value"] for name in of_kind("member") if name.group == title}
        assert told == {spelling(member): plain(member) for member in kind}, title


def test_on_the_wire_an_enumeration_is_told_with_the_file_s_values() -> None:
    for title in ("VmState", "VmViewState", "NetMode", "ChannelType", "StorageType"):
        told = {name.name: name.more["value"] for name in of_kind("member") if name.group == title}
        assert words_of(ENUMERATIONS[title]) == told


def spelling(member: Enum) -> str:
    return member.wire_name if isinstance(member, VmState) else member.name


def plain(member: Enum) -> object:
    return int(member) if isinstance(member, IntEnum) else member.value


# -- Codes, texts, opaque names, paths -------------------------------------------------------------


def test_the_file_has_every_code() -> None:
    told = {name.more["python"]: name.name for name in of_kind("code")}

    assert told == {code.name: code.value for code in Code}


def test_the_file_has_every_text_to_the_letter() -> None:
    told = {name.more["python"]: name.name for name in of_kind("text")}

    assert told == texts()


def test_the_file_has_every_opaque_name() -> None:
    assert sorted(names_of("opaque")) == sorted(OPAQUE_NAMES)


def test_the_file_has_every_beginning_of_a_path() -> None:
    told = {name.name: name.more["means"] for name in of_kind("prefix")}

    assert told == {prefix: meaning.value for prefix, meaning in PREFIXES.items()}


# -- Everything else -------------------------------------------------------------------------------


def test_what_else_the_document_names_stands_for_something_here() -> None:
    of_the_wire = {None, "class", "desc", *EVENT_NAMES, *CONNECTION_COMMANDS}
    for name in of_kind("other"):
        assert name.more["stands"], name.title
        assert found(name.more["python"]) is not None, name.title
        assert name.more.get("wire") in of_the_wire, name.title


def test_the_data_file_has_no_member_that_nobody_reads() -> None:
    known = {"python", "wire", "value", "means", "stands"}

    assert {member for name in all_names() for member in name.more} <= known


def test_the_rule_about_proof_sees_what_it_should() -> None:
    tests = proofs_in("tests/conformance/test_names.py")

    assert "test_the_rule_about_proof_sees_what_it_should" in tests
    assert "ManagerApi" in tests["test_a_function_has_a_face_in_python"]
    assert proofs_in("tests/conformance/names.py") == {}
    assert proofs_in("tests/conformance/test_none.py") == {}
    assert is_excuse(ast.parse("pytest.mark.skipif(True)", mode="eval").body)
    assert not is_excuse(ast.parse("pytest.mark.slow", mode="eval").body)
