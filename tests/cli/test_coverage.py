"""Every function of the API has a verb, and the manager of these tests has every function."""

from __future__ import annotations

import inspect

from app.cli.coverage import verbs, walk
from app.cli.main import SECTIONS, commands
from app.vm.functions import functions
from tests.fakes.wire_manager import WireManager


def test_every_function_of_the_api_has_a_verb() -> None:
    assert set(functions()) - set(verbs()) == set()


def test_no_verb_claims_a_function_that_does_not_exist() -> None:
    claimed = {function for _, verb in walk(commands) for function in verb.covers}

    assert claimed - set(functions()) == set()


def test_verbs_are_named_by_the_words_that_a_person_types() -> None:
    assert verbs()["getVmDiskSize"] == "disk size"
    assert verbs()["createVm"] == "create"
    assert verbs()["importVmDiskImage"] == "disk import"
    assert {words for words, _ in walk(commands)} >= {"posture set", "import", "grant add"}


def test_every_command_stands_in_one_section_of_the_help() -> None:
    shown = [command for members in SECTIONS.values() for command in members]

    assert shown == list(commands.commands.values())


def test_the_manager_in_memory_has_every_function_with_its_parameters() -> None:
    for function in functions().values():
        method = getattr(WireManager, function.method)
        own = list(inspect.signature(method).parameters)[1:]
        assert own == [parameter.name for parameter in function.parameters], function.method
