"""Names for the Tab key: of machines, and of what they may be allowed.

Quick and quiet: the manager's socket is asked when there is one, else the library is looked at.
No manager is started for it, nothing heavy is imported, and whatever fails completes nothing.
"""

from __future__ import annotations

import json
import logging
import socket
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from app.cli.words import ANSWERS, HOST_PERMISSIONS, ITEM_PERMISSIONS, PLAIN_PERMISSIONS

_log = logging.getLogger(__name__)

MANAGER_SOCKET = "manager.sock"
MACHINES = "machines"
MACHINE_FILE = "machine.json"
_ANSWER_S = 1.0
_LARGEST_BYTES = 1 << 20
_CHUNK_BYTES = 64 * 1024
_MACHINE_PERMISSIONS = (*PLAIN_PERMISSIONS, *(f"{kind}:" for kind in ITEM_PERMISSIONS))


def machine_names(
    context: click.Context,  # noqa: ARG001 - click's shape
    parameter: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> list[str]:
    """Machines whose name begins so, whatever the case; never raises."""
    return _beginning(_machines(), incomplete)


def systems() -> list[str]:
    """Ids of the catalogue of systems, in the order of the alphabet."""
    from app.vm.media.systems import load_catalogue  # noqa: PLC0415 - not for --help

    return sorted(load_catalogue().systems)


def system_words(
    context: click.Context,  # noqa: ARG001 - click's shape
    parameter: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> list[str]:
    """Systems whose id begins so; never raises."""
    return _beginning(systems(), incomplete)


def permission_words(
    context: click.Context,
    parameter: click.Parameter,  # noqa: ARG001 - click's shape
    incomplete: str,
) -> list[str]:
    """What may stand at this place of ``permission set [NAME] PERMISSION ANSWER``; never raises."""
    given = [str(word) for word in context.params.get("words") or ()]
    if context.params.get("computer"):
        given = ["", *given]  # It stands in the place of a machine's name.
    match given:
        case []:
            return _beginning([*_machines(), *HOST_PERMISSIONS], incomplete)
        case [""]:
            return _beginning(HOST_PERMISSIONS, incomplete)
        case [name] if name not in HOST_PERMISSIONS:
            return _beginning(_MACHINE_PERMISSIONS, incomplete)
        case _:
            return _beginning(ANSWERS, incomplete)


def _beginning(names: Iterable[str], incomplete: str) -> list[str]:
    wanted = incomplete.casefold()
    return [name for name in names if name.casefold().startswith(wanted)]


def _machines() -> list[str]:
    try:
        from app.paths import library_dir, runtime_dir  # noqa: PLC0415 - not for --help

        library = library_dir()
        try:
            return _ask_manager(runtime_dir(library) / MANAGER_SOCKET)
        except OSError as err:
            _log.debug("no manager answers: %s", err)
        return sorted(_in_library(library / MACHINES))
    except Exception as err:  # noqa: BLE001 - a traceback at the prompt helps nobody who pressed Tab
        _log.debug("no names: %r", err)
        return []


def _ask_manager(path: Path) -> list[str]:
    """Names as the manager knows them.

    Raises:
        OSError: there is none, or it does not answer at once.
    """
    from app.vm.wire import decode, encode  # noqa: PLC0415 - not for --help

    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_ANSWER_S)
        connection.connect(str(path))
        connection.sendall(encode({"execute": "qmp_capabilities"}))
        connection.sendall(encode({"execute": "listVms", "id": 0}))
        for document in _documents(connection):
            answer = decode(document)
            if answer.get("id") == 0:
                return _names_in(answer)
    raise ConnectionError("it hung up")


def _documents(connection: socket.socket) -> Iterator[bytes]:
    from app.vm.wire import DocumentStream  # noqa: PLC0415 - not for --help

    stream = DocumentStream()
    deadline = time.monotonic() + _ANSWER_S
    while time.monotonic() < deadline and (data := connection.recv(_CHUNK_BYTES)):
        stream.feed(data)
        while (document := stream.next_document()) is not None:
            yield document


def _names_in(answer: dict[str, Any]) -> list[str]:
    return [str(vm["vmName"]) for vm in answer["return"]["vms"]]


def _in_library(machines: Path) -> Iterator[str]:
    from app.errors import StoreError  # noqa: PLC0415 - not for --help
    from app.reading import read_small_file  # noqa: PLC0415

    for folder in machines.iterdir():
        if folder.name.startswith("."):
            continue
        try:
            name = json.loads(read_small_file(folder / MACHINE_FILE, _LARGEST_BYTES))["name"]
        except (OSError, StoreError, ValueError, LookupError, TypeError) as err:
            _log.debug("%s: %s", folder.name, err)
        else:
            yield str(name)
