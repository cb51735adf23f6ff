"""Writes docs/api.md from the code: every function, event, record, enumeration, code and text.

    PYTHONPATH=. python packaging/api_docs.py            writes it
    PYTHONPATH=. python packaging/api_docs.py --check    fails when it is not what it should be

What a function does, takes and raises stands in its signature and docstring (`app.vm.api`), what a
value means in its class. Beside this file are the beginning, `api_introduction.md`, and examples,
`api_examples.toml`. What is not built yet, and whom it waits for, is in
`tests/conformance/names.toml`.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum, IntEnum
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID

from app import errors
from app.cli.coverage import verbs
from app.cli.exit_codes import exit_code_of
from app.errors import Code
from app.vm import api_names, events, gate, posture, records
from app.vm.api import GROUPS
from app.vm.api_names import CFG_FIELDS, ENUMERATIONS, MACHINE_FIELDS, RECORDS, type_name
from app.vm.document_paths import PREFIXES
from app.vm.events import EventType, ViewState, VmEvent
from app.vm.functions import Function, Parameter, functions
from app.vm.model import OPAQUE_NAMES
from app.vm.permissions import Answer, Permission, PermissionKind
from app.vm.state import VmState
from app.vm.wire_events import event_to_wire
from app.vm.wire_types import camel, field_name

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "api.md"
INTRODUCTION = ROOT / "packaging" / "api_introduction.md"
EXAMPLES = ROOT / "packaging" / "api_examples.toml"
NAMES = ROOT / "tests" / "conformance" / "names.toml"

_LINE = 88
"""Columns of an example in Python."""
_SECTION = re.compile(r"^(Args|Returns|Raises|Attributes|Events):", re.MULTILINE)
_ITEM = re.compile(r"^    (\w+): (.*(?:\n {6,}.*)*)", re.MULTILINE)

_ARGUMENTS: Mapping[str, str] = {
    "vm_name": "name of the machine",
    "iso_path": "image of the disc",
    "path": "file or folder",
    "window_id": "number of the window, from `requestVmWindow`",
    "width_px": "guest pixels",
    "height_px": "guest pixels",
    "enabled": "on or off",
    "mode": "off, on, or following the posture",
    "posture": "how the computer stands; without it, as its sensor says",
    "snapshot_id": "from `getSnapshotList`",
    "new_name": "the new name",
    "device": "which one",
}
"""What an argument means where the docstring has no need to say it."""

_MEMBERS: Mapping[str, str] = {
    "channelName": "names it",
    "channelType": "what carries it",
    "port": "its number on the bus",
    "macAddress": "its address",
    "netMode": "how it reaches the network",
    "pointerModel": "the engine's name of the pointer's model",
    "absolute": "the pointer goes where it is put",
    "removable": "its medium can be changed",
    "diskSize": "MiB; 0 for a drive",
    "memorySize": "MiB that the guest has at most",
    "min": "the smallest",
    "max": "the largest",
    "step": "from one to the next",
}
"""What a member means where its class has no need to say it."""

_CODES: Mapping[Code, str] = {
    Code.OK: "It is done.",
    Code.NAME_TAKEN: "Another machine has the name.",
    Code.ENGINE_KILLED: "A signal ended the engine.",
}
"""Codes that have no class of their own."""

_EVENT_CLASSES: Mapping[EventType, type] = {
    EventType.VM_STATE_CHANGE: events.StateChanged,
    EventType.VM_VIEW_STATE_CHANGE: events.ViewStateChanged,
    EventType.VM_DISK_MIGRATION: events.DiskMigration,
    EventType.VM_DISK_EXPORTED: events.DiskExported,
    EventType.VM_DATA_RECOVERY: events.DataRecovery,
    EventType.TABLET_SWITCH_STATE_CHANGE: events.TabletSwitchChanged,
    EventType.FOCUS_STATE_CHANGE: events.FocusChanged,
    EventType.VM_CREATED: events.VmCreated,
    EventType.VM_CHANGED: events.VmChanged,
    EventType.VM_REMOVED: events.VmRemoved,
    EventType.VM_RENAMED: events.VmRenamed,
    EventType.HOST_CHANGE: events.HostChanged,
    EventType.PERMISSION_CHANGE: events.PermissionChanged,
}

_MACHINE: Mapping[str, Any] = {"vm_id": UUID("12345678-1234-4678-9234-567812345678")}
_TASK = UUID("6f1d7a52-9c7e-4a55-8e0c-3a2d7f0c9b11")
_SAMPLES: Mapping[type, Mapping[str, Any]] = {
    events.StateChanged: {"state": VmState.RUNNING, "previous": VmState.STARTING},
    events.ViewStateChanged: {
        "window_id": 1,
        "view_state": ViewState.BOUND,
        "width_px": 1280,
        "height_px": 720,
    },
    events.DiskMigration: {
        "task": records.TaskInfo(
            task_id=_TASK,
            kind=records.TaskKind.EXPORT,
            vm_name="demo",
            vm_id=_MACHINE["vm_id"],
            phase=records.TaskPhase.COPYING,
            progress=42,
            left_s=7,
        )
    },
    events.DiskExported: {
        "task_id": _TASK,
        "path": Path("/home/ann/Downloads/copy.qcow2"),
        "size_bytes": 1_288_490_188,
    },
    events.DataRecovery: {
        "kind": records.RecoveryKind.IMAGE_UNCHECKED,
        "sentence": "The last run had no clean end; the disks are looked through at the next "
        "start.",
    },
    events.TabletSwitchChanged: {
        "gate": gate.GateStatus(
            mode=gate.PcMode.AUTOMATIC,
            posture=posture.Posture.TABLET,
            source=gate.PostureSource.SENSOR,
            sensor=True,
            simulated=None,
            reasons=gate.judge(gate.PcMode.AUTOMATIC, posture.Posture.TABLET),
        )
    },
    events.FocusChanged: {"window_id": 1, "focused": True},
    events.VmRenamed: {"old_name": "demo 1"},
    events.HostChanged: {"accelerator": "kvm"},
    events.PermissionChanged: {
        **_MACHINE,
        "permission": Permission(PermissionKind.MICROPHONE),
        "answer": Answer.ALWAYS,
    },
}


def main(arguments: list[str]) -> int:
    """Write the file, or compare it."""
    text = document()
    if arguments == ["--check"]:
        same = TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text
        if not same:
            print("docs/api.md is not what packaging/api_docs.py makes of the code.")
        return 0 if same else 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


def document() -> str:
    """The whole file."""
    parts = (
        [INTRODUCTION.read_text(encoding="utf-8")],
        _contents(),
        *(_group(group) for group in GROUPS),
        _events(),
        _records(),
        _enumerations(),
        _codes(),
        _texts(),
        _paths(),
        _opaque(),
        _open(),
    )
    return "\n".join(line for part in parts for line in part).rstrip("\n") + "\n"


# -- Functions -------------------------------------------------------------------------------------


def _contents() -> Iterator[str]:
    yield "## Contents"
    yield ""
    for group in GROUPS:
        links = ", ".join(_link(function.wire_name) for function in _functions_of(group))
        yield f"- **{_first_line(group)}** {links}"
    more = ("Events", "Records", "Enumerations", "Error codes", "Texts", "Paths", "Opaque names")
    yield f"- {', '.join(_link(title) for title in (*more, 'What is open'))}"
    yield ""


def _group(group: type) -> Iterator[str]:
    yield f"## {_first_line(group).removesuffix('.')}"
    yield ""
    for function in _functions_of(group):
        yield from _function(function)


def _functions_of(group: type) -> list[Function]:
    return [function for function in functions().values() if function.group is group]


def _function(function: Function) -> Iterator[str]:
    text, said = _taken_apart(function.doc)
    yield f"### {function.wire_name}"
    yield ""
    yield f"{_mark('function', function.wire_name)}{_wired(text)}"
    yield ""
    waits_for = _open_reason("function", function.wire_name)
    if waits_for:
        yield f"**Open**, answers `NOT_SUPPORT`: {waits_for}."
        yield ""
    yield "```python"
    yield _signature(function)
    yield "```"
    yield ""
    yield from _arguments(function, said.get("Args", {}))
    yield from _result(function, said.get("Returns", {}))
    yield from _errors(said.get("Raises", {}))
    told = api_names.events_of(function)
    if told:
        yield f"Events: {', '.join(_link(name, code=True) for name in told)}."
        yield ""
    yield from _examples(function)


def _signature(function: Function) -> str:
    described = inspect.signature(vars(function.group)[function.method])
    parameters = list(described.parameters.values())[1:]  # without `self`
    words = [f"{parameter.name}{_shown_type(parameter)}" for parameter in parameters]
    kinds = [parameter.kind for parameter in parameters]
    if inspect.Parameter.KEYWORD_ONLY in kinds:
        words.insert(kinds.index(inspect.Parameter.KEYWORD_ONLY), "*")
    result = _annotation(described.return_annotation)
    return _fitted(f"async def {function.method}", words, f" -> {result}: ...")


def _shown_type(parameter: inspect.Parameter) -> str:
    shown = f": {_annotation(parameter.annotation)}"
    if parameter.default is parameter.empty:
        return shown
    return f"{shown} = {_python(parameter.default)}"


def _annotation(annotation: Any) -> str:
    """As in the source, without the limits, which stand in the table."""
    text = annotation if isinstance(annotation, str) else str(annotation)
    text = re.sub(r"Annotated\[(\w+), [^\]]*\]", r"\1", text)
    return {"Pixels": "int", "SizeMib": "int"}.get(text, text)


def _arguments(function: Function, said: Mapping[str, str]) -> Iterator[str]:
    if not function.parameters:
        return
    yield "| argument | type | |"
    yield "|---|---|---|"
    for parameter in function.parameters:
        meaning = said.get(parameter.name) or _ARGUMENTS.get(parameter.name, "")
        words = [_wired(meaning).removesuffix(".")] if meaning else []
        if not parameter.required:
            words.append(_when_missing(parameter))
        yield f"| `{parameter.wire_name}` | {_linked(parameter.hint)} | {'; '.join(words)} |"
    yield ""


def _when_missing(parameter: Parameter) -> str:
    if parameter.default in {None, ""}:
        return "may be left out"
    if isinstance(parameter.default, float):
        return f"without it {parameter.default:g}"
    return f"without it {json.dumps(parameter.default)}"


def _result(function: Function, said: Mapping[str, str]) -> Iterator[str]:
    if function.result is type(None):
        return
    kind = _linked(function.result)
    meaning = said.get("", "")
    if function.method == "list_vms":
        meaning = "on the wire in a member `vms`."
    yield f"Result: {kind}{f': {_lower_first(_wired(meaning))}' if meaning else '.'}"
    yield ""


def _errors(said: Mapping[str, str]) -> Iterator[str]:
    if not said:
        return
    yield "| error | when |"
    yield "|---|---|"
    for name, when in said.items():
        kind = getattr(errors, name)
        yield f"| `{kind.default_code}` (`{name}`) | {_wired(when).removesuffix('.')} |"
    yield ""


def _examples(function: Function) -> Iterator[str]:
    example = _example(function.wire_name)
    yield "```python"
    yield python_call(function, example["wire"])
    yield "```"
    yield "```json"
    yield json.dumps(wire_call(function, example["wire"]), ensure_ascii=False)
    yield "```"
    yield "```sh"
    yield example["shell"]
    yield "```"
    yield ""


def wire_call(function: Function, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What a client sends."""
    call: dict[str, Any] = {"execute": function.wire_name}
    if arguments:
        call["arguments"] = dict(arguments)
    return call


def python_call(function: Function, arguments: Mapping[str, Any]) -> str:
    """The same call in Python; what holds anyway is left out."""
    values = function.read_arguments(arguments)
    given = {
        parameter.name: values[parameter.name]
        for parameter in function.parameters
        if parameter.wire_name in arguments
    }
    words = []
    by_position = True
    for name, parameter in function.signature.parameters.items():
        if name == "self" or name not in given:
            by_position = by_position and name == "self"
            continue
        alone = by_position and parameter.kind is not inspect.Parameter.KEYWORD_ONLY
        value = _python(given[name])
        words.append(value if alone else f"{name}={value}")
    kept = "" if function.result is type(None) else f"{_kept_as(function)} = "
    return _fitted(f"{kept}await manager.{function.method}", words, "")


def _kept_as(function: Function) -> str:
    names = {"VmInfo": "vm", "ViewInfo": "view", "int": "number", "bool": "answer", "bytes": "data"}
    return names.get(getattr(function.result, "__name__", ""), "found")


def _python(value: Any) -> str:
    match value:
        case Permission():
            words = f"Permission.parse({json.dumps(str(value))})"
        case Enum():
            words = f"{type(value).__name__}.{value.name}"
        case Path():
            words = f"Path({json.dumps(str(value))})"
        case UUID():
            words = f"UUID({json.dumps(str(value))})"
        case str():
            words = json.dumps(value, ensure_ascii=False)
        case bytes():
            words = f"b{json.dumps(value.decode('ascii'))}"
        case _ if dataclasses.is_dataclass(value):
            words = _made(value)
        case _:
            words = repr(value)
    return words


def _made(value: Any) -> str:
    """How a value of a dataclass is made; what holds anyway is left out."""
    given = (
        f"{field.name}={_python(getattr(value, field.name))}"
        for field in dataclasses.fields(value)
        if not _is_default(field, getattr(value, field.name))
    )
    return f"{type(value).__name__}({', '.join(given)})"


def _is_default(field: dataclasses.Field[Any], value: Any) -> bool:
    return field.default is not dataclasses.MISSING and bool(value == field.default)


def _fitted(head: str, words: list[str], tail: str) -> str:
    line = f"{head}({', '.join(words)}){tail}"
    if len(line) <= _LINE or not words:
        return line
    return "\n".join([f"{head}(", *(f"    {word}," for word in words), f"){tail}"])


# -- Events ----------------------------------------------------------------------------------------


def _events() -> Iterator[str]:
    yield "## Events"
    yield ""
    yield "All carry `seq`, which counts the events of this manager without gaps, and `time`."
    yield "Those of a machine carry `vmName` and `vmId` too. In Python they are classes of"
    yield "`app.vm.events`."
    yield ""
    for event in EventType:
        yield f"### {event.value}"
        yield ""
        waits_for = _open_reason("event", event.value)
        if waits_for:
            yield f"**Open**, can be chosen but is never sent: {waits_for}."
            yield ""
            continue
        kind = _EVENT_CLASSES[event]
        text, _ = _taken_apart(inspect.getdoc(kind) or "")
        about = re.sub(rf"^`{event.value}`(?: \(ours[^)]*\))?[.:]? ?", "", text)
        told = _upper_first(_wired(about))
        yield f"{_mark('event', event.value)}In Python `{kind.__name__}`. {told}"
        yield ""
        yield "```json"
        yield json.dumps(event_message(kind), ensure_ascii=False)
        yield "```"
        yield ""


def event_message(kind: type) -> dict[str, Any]:
    """An event of this class as it goes out, without its timestamp."""
    usual: dict[str, Any] = {"seq": 7, "time_ms": 1_767_225_600_000}
    if kind not in {events.HostChanged, events.TabletSwitchChanged, events.PermissionChanged}:
        usual |= {**_MACHINE, "vm_name": "demo"}
    event: VmEvent = kind(**usual, **_SAMPLES.get(kind, {}))
    name, data = event_to_wire(event)
    return {"event": str(name), "data": data}


# -- Values ----------------------------------------------------------------------------------------


def _records() -> Iterator[str]:
    yield "## Records"
    yield ""
    yield from _table_of(
        "CfgInfo", "Settings of a machine; the first three are required.", CFG_FIELDS
    )
    yield from _table_of("machine", "A machine's status.", MACHINE_FIELDS)
    for name, kind in RECORDS.items():
        yield from _record(name, kind)


def _record(name: str, kind: type) -> Iterator[str]:
    text, _ = _taken_apart(inspect.getdoc(kind) or "")
    waits_for = _names()["record"][name].get("open", "")
    yield f"### {name}"
    yield ""
    yield f"{_mark('record', name)}{_wired(text)}"
    yield ""
    if waits_for:
        yield f"**Open**: {waits_for.partition(': ')[2]}."
        yield ""
    yield "| member | type | |"
    yield "|---|---|---|"
    meanings = _meanings(kind)
    for member, type_text in api_names.record_fields(kind):
        meaning = _wired(meanings.get(member) or _MEMBERS.get(member, "")).removesuffix(".")
        shown = meaning if waits_for else _with_open(name, member, meaning)
        yield f"| `{member}` | {_link_type(type_text)} | {shown} |"
    yield ""


def _table_of(name: str, about: str, members: Mapping[str, str]) -> Iterator[str]:
    yield f"### {name}"
    yield ""
    yield f"{_mark('record', name)}{about}"
    yield ""
    yield "| member | |"
    yield "|---|---|"
    for member, meaning in members.items():
        yield f"| `{member}` | {_with_open(name, member, meaning)} |"
    yield ""


def _with_open(record: str, member: str, meaning: str) -> str:
    said = _names()["field"].get(record, {}).get(member, {}).get("open", "")
    reason = said.partition(": ")[2]
    return f"{meaning} *(open: {reason})*".strip() if said else meaning


def _meanings(kind: type) -> dict[str, str]:
    """What the docstrings of a dataclass and its bases say of its members, by their wire names."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__[:-1]):
        _, said = _taken_apart(inspect.cleandoc(base.__doc__ or ""))
        found |= {field_name(name): text for name, text in said.get("Attributes", {}).items()}
    if kind is gate.GateStatus:
        found["open"] = "machines may run"
    return found


def _enumerations() -> Iterator[str]:
    yield "## Enumerations"
    yield ""
    yield "On the wire those with numbers travel as the number, and may come as the name; the"
    yield "others travel as the word."
    yield ""
    for name, kind in ENUMERATIONS.items():
        yield f"### {name}"
        yield ""
        about = _first_line(kind)
        if kind is EventType:
            yield "The names of the [events](#events)."
        elif kind is Code:
            yield "The [error codes](#error-codes)."
        else:
            yield f"{_mark('enumeration', name)}{_wired(about)}"
            yield ""
            yield from _members(name, kind)
        yield ""


def _members(name: str, kind: type[Enum]) -> Iterator[str]:
    numbered = issubclass(kind, IntEnum)
    yield "| name | number | |" if numbered else "| word | |"
    yield "|---|---|---|" if numbered else "|---|---|"
    for member in kind:
        title = member.wire_name if isinstance(member, VmState) else member.name
        said = _names()["member"][name][title]
        word = camel(str(member.value)) if name == "Action" else member.value
        shown = f"`{title}` | {int(member.value)}" if numbered else f"`{word}`"
        reason = said.get("open", "").partition(": ")[2]
        yield f"| {shown} | {said['means']}{f' *(open: {reason})*' if reason else ''} |"


def _codes() -> Iterator[str]:
    yield "## Error codes"
    yield ""
    yield "| code | | in Python | exit code |"
    yield "|---|---|---|---|"
    for code in Code:
        error = errors.error_from_code(code, "")
        kind = type(error)
        meaning = _CODES.get(code) or _first_line(kind)
        python = f"`{kind.__name__}`" if kind is not errors.AppError else ""
        exit_code = 0 if code is Code.OK else int(exit_code_of(error))
        mark = _mark("code", code.value)
        waits_for = _open_reason("code", code.value)
        open_mark = f" *(open: {waits_for})*" if waits_for else ""
        yield f"| `{code}` | {mark}{_wired(meaning)}{open_mark} | {python} | {exit_code} |"
    yield ""


def _texts() -> Iterator[str]:
    yield "## Texts"
    yield ""
    yield "These are, or begin, the sentence of an error, to the letter of the document."
    yield ""
    yield "| text | section |"
    yield "|---|---|"
    for text in api_names.texts().values():
        yield f"| `{text}` | {_names()['text'][text]['section']} |"
    yield ""


def _paths() -> Iterator[str]:
    meanings = {
        "home": "the home folder; `Desktop`, `Documents` and `Download` below it are the person's, "
        "whatever they are called here",
        "external": "where removable media appear, such as `/run/media/USER`",
        "share": "the default shared folder, `Duplex VM` in the documents",
    }
    yield "## Paths"
    yield ""
    yield "Beginnings of paths that the document uses, and what they mean here. The longest that"
    yield "fits counts. A path without `file:` means the folder of that name where there is one on"
    yield "this computer."
    yield ""
    yield "| beginning | |"
    yield "|---|---|"
    for prefix, meaning in PREFIXES.items():
        yield f"| `{prefix}` | {meanings[meaning.value]} |"
    yield ""


def _opaque() -> Iterator[str]:
    yield "## Opaque names"
    yield ""
    yield "The document has these names and does not know what they mean. In `cfg` they are"
    yield "accepted with any value, kept with the machine, given back with its status, and not"
    yield f"interpreted: {', '.join(f'`{name}`' for name in OPAQUE_NAMES)}."
    yield ""


# -- What is open ----------------------------------------------------------------------------------


def _open() -> Iterator[str]:
    yield "## What is open"
    yield ""
    yield "Names that later work brings to life. A function that is open answers `NOT_SUPPORT` to"
    yield "right arguments, and what it will answer to wrong ones."
    yield ""
    for owner, names in groupby(sorted(_open_names()), key=lambda one: one[0]):
        yield f"**{owner.capitalize()}**"
        yield ""
        for reason, titles in _by_reason(names).items():
            yield f"- {reason}: {', '.join(f'`{title}`' for title in titles)}"
        yield ""


def _by_reason(names: Iterable[tuple[str, str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for _, reason, title in names:
        found.setdefault(reason, []).append(title)
    return found


def _open_names() -> Iterator[tuple[str, str, str]]:
    """Owner, reason and name of everything that is open."""
    for kind, members in _names().items():
        groups = members.items() if kind in {"field", "member"} else [("", members)]
        for group, names in groups:
            for name, said in names.items():
                if "open" in said:
                    owner, _, reason = said["open"].partition(": ")
                    yield owner, reason, f"{group}.{name}" if group else name


def _open_reason(kind: str, name: str) -> str:
    reason: str = _names()[kind][name].get("open", "")
    return reason.partition(": ")[2]


def _mark(kind: str, name: str) -> str:
    return "*(ours)* " if _names()[kind][name]["section"] == "ours" else ""


# -- Words -----------------------------------------------------------------------------------------


def _taken_apart(doc: str) -> tuple[str, dict[str, dict[str, str]]]:
    """A docstring's own text, and its sections by item; of `Returns` the item is empty."""
    text, *rest = _SECTION.split(doc)
    said: dict[str, dict[str, str]] = {}
    for title, body in zip(rest[::2], rest[1::2], strict=True):
        if title == "Returns":
            said[title] = {"": _joined(body)}
        else:
            said[title] = {name: _joined(words) for name, words in _ITEM.findall(body)}
    return _joined(text), said


def _joined(text: str) -> str:
    paragraphs = (" ".join(part.split()) for part in text.strip().split("\n\n"))
    return "\n\n".join(paragraphs)


def _wired(text: str) -> str:
    """A docstring's words with functions in the wire's spelling, for a table or a paragraph."""
    spelled = re.sub(r"``(.+?)``", r"`\1`", text)
    methods = {function.method: function.wire_name for function in functions().values()}
    return re.sub(
        r"`(\w+)`", lambda found: f"`{methods.get(found[1], found[1])}`", spelled
    ).replace("|", "\\|")


def _first_line(kind: type) -> str:
    return (inspect.getdoc(kind) or "").split("\n\n", 1)[0].replace("\n", " ")


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _linked(hint: Any) -> str:
    return _link_type(type_name(hint))


def _link_type(text: str) -> str:
    """A type's name with a link to where it is described."""
    before, name = ("list of ", text[8:]) if text.startswith("list of ") else ("", text)
    known = {*RECORDS, *ENUMERATIONS, "CfgInfo", "machine", "permission"}
    return f"{before}{_link(name)}" if name in known else text


def _link(title: str, *, code: bool = False) -> str:
    anchor = title.lower().replace(" ", "-")
    return f"[{f'`{title}`' if code else title}](#{anchor})"


def _example(name: str) -> dict[str, Any]:
    example: dict[str, Any] = _read(EXAMPLES)[name]
    if name not in verbs():
        raise KeyError(name)
    return example


def _names() -> dict[str, Any]:
    return _read(NAMES)


@cache
def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
