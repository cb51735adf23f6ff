"""docs/api.md is what the code says, and its examples are calls that the code takes."""

from __future__ import annotations

import ast
import importlib.util
import json
import pathlib
import re
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import ModuleType
from typing import Any

import click

from app.cli.coverage import verbs, walk
from app.cli.main import commands
from app.cli.verb import Verb
from app.errors import Code
from app.vm import api_names, devices, gate, model, permissions, posture, records
from app.vm.events import EventType
from app.vm.functions import functions
from app.vm.wire_events import event_from_wire
from tests.conformance.names import all_names, of_kind
from tests.house.sources import ROOT

SCRIPT = ROOT / "packaging" / "api_docs.py"


@cache
def generator() -> ModuleType:
    """The script as a module; a package of that name would hide PyPI's `packaging`."""
    spec = importlib.util.spec_from_file_location("api_docs", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def text() -> str:
    return (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def headings() -> list[str]:
    return re.findall(r"^#+ (.+)$", without_code(text()), re.MULTILINE)


def without_code(document: str) -> str:
    return re.sub(r"^```.*?^```", "", document, flags=re.MULTILINE | re.DOTALL)


def examples() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name in functions():
        yield name, generator()._example(name)


# -- The file --------------------------------------------------------------------------------------


def test_the_file_is_what_the_generator_makes() -> None:
    assert text() == generator().document(), "PYTHONPATH=. python packaging/api_docs.py"


def test_the_generator_can_be_asked_whether_it_is() -> None:
    command = [sys.executable, str(SCRIPT), "--check"]
    done = subprocess.run(
        command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=False
    )

    assert (done.returncode, done.stdout) == (0, b""), done.stderr.decode()


def test_every_link_leads_to_one_heading() -> None:
    anchors = Counter(
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings()
    )
    links = set(re.findall(r"\]\(#([^)]+)\)", text()))

    assert not [anchor for anchor, count in anchors.items() if count > 1]
    assert links - set(anchors) == set()


def test_every_function_event_record_and_enumeration_has_a_section() -> None:
    wanted = [
        *functions(),
        *(event.value for event in EventType),
        *(name.name for name in of_kind("record")),
        *api_names.ENUMERATIONS,
    ]

    assert set(wanted) <= set(headings())


def test_every_code_text_and_opaque_name_is_told() -> None:
    told = without_code(text())
    wanted = [*Code, *api_names.texts().values(), *(name.name for name in of_kind("opaque"))]

    assert not [name for name in wanted if f"`{name}`" not in told]


def test_everything_that_is_open_is_told_with_its_reason() -> None:
    _, _, told = text().partition("## What is open")
    missing = [
        name.title
        for name in all_names()
        if name.open and (f"`{name.title}`" not in told or name.open.split(": ", 1)[1] not in told)
    ]

    assert not missing


def test_a_function_says_that_it_is_not_built_yet_as_long_as_it_is_open() -> None:
    says_so = {
        name for name, function in functions().items() if "not built yet.\n" in f"{function.doc}\n"
    }

    assert says_so - {"createVm"} == {name.name for name in of_kind("function") if name.open}


def test_no_cell_says_that_something_has_no_name_in_the_document_s_spelling() -> None:
    methods = [function.method for function in functions().values() if "_" in function.method]

    assert not [method for method in methods if f"`{method}`" in without_code(text())]


def test_every_piece_of_python_and_json_can_be_read() -> None:
    for source in re.findall(r"^```python\n(.*?)^```", text(), re.MULTILINE | re.DOTALL):
        ast.parse(source)
    for block in re.findall(r"^```json\n(.*?)^```", text(), re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            assert isinstance(json.loads(line), dict)


# -- Its examples ----------------------------------------------------------------------------------


def test_every_function_has_one_example_and_nothing_else_has() -> None:
    assert set(generator()._read(generator().EXAMPLES)) == set(functions())


def test_the_examples_on_the_wire_are_taken() -> None:
    for name, example in examples():
        function = functions()[name]
        read = function.read_arguments(example["wire"])
        assert read.keys() == {parameter.name for parameter in function.parameters}
        call = json.loads(json.dumps(generator().wire_call(function, example["wire"])))
        assert call["execute"] == name


def test_the_examples_in_python_are_the_same_calls() -> None:
    for name, example in examples():
        function = functions()[name]
        source = generator().python_call(function, example["wire"])
        (call,) = [
            node for node in ast.walk(ast.parse(source, mode="exec")) if is_call_of(node, function)
        ]
        args = [ast.unparse(argument) for argument in call.args]
        kwargs = {word.arg: ast.unparse(word.value) for word in call.keywords}
        given = function.signature.bind(*args, **kwargs).arguments
        names = {one.wire_name: one.name for one in function.parameters}
        assert given.keys() == {names[member] for member in example["wire"]}, name
        assert f"\n{source}\n" in text(), name


def is_call_of(node: ast.AST, function: Any) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == f"manager.{function.method}"


def test_the_examples_in_python_make_the_values_that_the_wire_carries() -> None:
    for name, example in examples():
        function = functions()[name]
        source = generator().python_call(function, example["wire"])
        called = Called()
        exec(re.sub(r"^(\w+ = )?await ", "", source), {**imports(), "manager": called})  # noqa: S102
        assert called.method == function.method
        sent = function.write_arguments(called.args, called.kwargs)
        assert function.read_arguments(sent) == function.read_arguments(example["wire"]), name


class Called:
    """A manager that notes how it is called."""

    def __getattr__(self, method: str) -> Callable[..., None]:
        def note(*args: Any, **kwargs: Any) -> None:
            self.method, self.args, self.kwargs = method, args, kwargs

        return note


def imports() -> dict[str, Any]:
    """What a reader of an example imports."""
    modules = (pathlib, devices, gate, model, permissions, posture, records)
    return {name: value for one in modules for name, value in vars(one).items()}


def test_the_examples_in_the_shell_are_commands_that_do_this_function() -> None:
    by_words = {tuple(words.split()): verb for words, verb in walk(commands)}
    for name, example in examples():
        line = example["shell"].rpartition("| ")[2]
        program, *words = shlex.split(line)
        assert program == "duplex-vm", name
        verb, rest = longest(by_words, words)
        assert name in verb.covers, f"{line} does {verb.covers}"
        with verb.make_context(verb.name, list(rest)) as context:
            assert isinstance(context, click.Context)
    assert set(verbs()) == set(functions())


def longest(
    by_words: Mapping[tuple[str, ...], Verb], words: list[str]
) -> tuple[Verb, tuple[str, ...]]:
    """The verb that the first words name, and what follows them."""
    for length in (2, 1):
        verb = by_words.get(tuple(words[:length]))
        if verb is not None:
            return verb, tuple(words[length:])
    raise AssertionError(f"no verb is called {words[:2]}")


def test_the_examples_of_events_are_what_the_wire_says() -> None:
    for event, kind in generator()._EVENT_CLASSES.items():
        message = generator().event_message(kind)
        assert message["event"] == event
        assert type(event_from_wire(message["event"], message["data"])) is kind
    silent = {name.name for name in of_kind("event") if name.open}
    assert {event.value for event in generator()._EVENT_CLASSES} == {*EventType} - silent
