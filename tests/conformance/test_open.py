"""What this version does not do yet says so, in Python, on the wire and in the shell.

The functions are the open ones of `names.toml`. For arguments that are right each answers
NOT_SUPPORT; for wrong ones it answers in the document's words what it will answer when it is built.
"""

from __future__ import annotations

import asyncio
import io
import json
import shlex
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app import paths
from app.cli.exit_codes import ExitCode
from app.cli.main import run_command_line
from app.errors import (
    DEVICE_ID_EMPTY,
    IMAGE_PATH_MISSING,
    INVALID_FILE_PATH,
    INVALID_PATH,
    PATH_IS_PRIVATE,
    PATH_NOT_AUTHORIZED,
    AppError,
    NotSupportedError,
    ParamError,
)
from app.vm.functions import functions
from app.vm.manager import VmManager
from app.vm.records import MigrationOptions, UsbDevice
from app.vm.session import open_manager
from tests.conformance.names import open_functions
from tests.conformance.serving import CFG, Wire, wire_to
from tests.house.sources import ROOT
from tests.vm.managing import small

pytestmark = pytest.mark.slow  # real engines or whole programs: seconds, not milliseconds

EXAMPLES: dict[str, dict[str, Any]] = tomllib.loads(
    (ROOT / "packaging" / "api_examples.toml").read_text(encoding="utf-8")
)
NEEDS_A_VIEW = {"ModifyResolution"}
MAKES_A_MACHINE = {"createVm", "importVmDiskImage"}
each_open_function = pytest.mark.parametrize("function", open_functions())


@dataclass(frozen=True, slots=True)
class Faces:
    """The manager of this user's library, and a stock client of it."""

    manager: VmManager
    wire: Wire

    async def shell(self, line: str) -> tuple[int, dict[str, Any]]:
        """Run a command as another process would; its exit code and its answer in JSON."""
        _, _, command = line.rpartition("| ")
        _, verb, *words = shlex.split(command)
        with pytest.MonkeyPatch.context() as patch:
            said: list[str] = []
            patch.setattr("click.echo", lambda text="", **_: said.append(str(text)))
            patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"hello")))
            code = await asyncio.to_thread(run_command_line, [verb, *words, "--json"])
        return code, json.loads("\n".join(said))


@pytest.fixture
def home(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ann's home, in which the examples have their files."""
    home = own_folders / "ann"
    for folder in ("Documents", "Downloads"):
        (home / folder).mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_DOCUMENTS_DIR", str(home / "Documents"))
    monkeypatch.setenv("XDG_DOWNLOAD_DIR", str(home / "Downloads"))
    (home / "Downloads/old.qcow2").write_bytes(b"QFI\xfb")
    return home


@asynccontextmanager
async def faces() -> AsyncIterator[Faces]:
    """The manager that commands find, with the machine of the examples."""
    async with open_manager() as manager:
        assert isinstance(manager, VmManager)
        await manager.create_vm("demo", small())
        async with wire_to(paths.library_dir()) as wire:
            yield Faces(manager, wire)


def here(home: Path, value: Any) -> Any:
    """An example's arguments with Ann's home where it is in this test."""
    return json.loads(json.dumps(value).replace("/home/ann", str(home)))


@each_open_function
async def test_what_is_open_answers_so_in_python_on_the_wire_and_in_the_shell(
    home: Path, function: str
) -> None:
    example = here(home, EXAMPLES[function])
    async with faces() as all_three:
        if function in NEEDS_A_VIEW:
            window = all_three.manager.bindings.issue_window()
            await all_three.manager.create_vm_view("demo", window, 640, 480)
        described = functions()[function]
        method = getattr(all_three.manager, described.method)
        with pytest.raises(NotSupportedError) as caught:
            await method(**described.read_arguments(example["wire"]))
        assert caught.value.remedy

        refused = await all_three.wire.refusal(function, **example["wire"])
        assert (refused["class"], refused["desc"]) == ("NOT_SUPPORT", caught.value.message)

        code, answer = await all_three.shell(example["shell"].replace("~", str(home)))
        assert code == ExitCode.HOST == 6
        assert answer["error"]["code"] == "NOT_SUPPORT"
        assert answer["error"]["message"] == caught.value.message


@pytest.mark.parametrize(
    "function",
    [
        name
        for name, described in functions().items()
        if name not in MAKES_A_MACHINE
        and any(one.wire_name == "vmName" and one.required for one in described.parameters)
    ],
)
async def test_a_machine_that_is_not_there_is_said_before_anything_else(
    home: Path, function: str
) -> None:
    """In all functions that name one, those that are built and those that are not."""
    arguments = {**here(home, EXAMPLES[function]["wire"]), "vmName": "nobody"}
    async with faces() as all_three:
        refused = await all_three.wire.refusal(function, **arguments)
        assert refused["class"] == "VM_NOT_FOUND"
        assert refused["data"]["remedy"]
        method = getattr(all_three.manager, functions()[function].method)
        with pytest.raises(AppError) as caught:
            await method(**functions()[function].read_arguments(arguments))
        assert caught.value.code == "VM_NOT_FOUND"


@pytest.mark.parametrize("function", ["importVmDiskImage", "exportVmDiskImage"])
async def test_a_missing_image_path_is_said_in_the_document_s_words(
    home: Path, function: str
) -> None:
    with pytest.raises(ParamError, match=f"^{IMAGE_PATH_MISSING}$"):
        MigrationOptions()
    async with faces() as all_three:
        for options in ({}, {"guestOSImagePath": ""}, {"guestOSImagePath": None}):
            refused = await all_three.wire.refusal(function, vmName="demo", options=options)
            assert refused["class"] == "VM_ERROR_INVALID_PARAM"
            assert refused["desc"] == "failed to convert parameter to guestOSImagePath"
            assert "guestOSImagePath" in refused["data"]["remedy"]


@pytest.mark.parametrize("function", ["importVmDiskImage", "exportVmDiskImage"])
@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("{home}/loose.qcow2", PATH_NOT_AUTHORIZED),
        ("{library}/new.qcow2", PATH_IS_PRIVATE),
        ("{home}/Documents/none/a.qcow2", INVALID_FILE_PATH),
        ("{home}/Documents", INVALID_FILE_PATH),
        ("a.qcow2", INVALID_PATH),
    ],
)
async def test_an_image_that_may_not_be_used_is_refused_in_the_document_s_words(
    home: Path, function: str, path: str, words: str
) -> None:
    for folder in (home, paths.library_dir()):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "loose.qcow2").touch()
        (folder / "new.qcow2").touch()
    image = path.format(home=home, library=paths.library_dir())
    async with faces() as all_three:
        options = {"guestOSImagePath": image}
        refused = await all_three.wire.refusal(function, vmName="demo", options=options)
        assert refused["desc"].startswith(words)


@pytest.mark.parametrize("function", ["mountUSBToVm", "unmountUSBFromVm"])
async def test_an_empty_device_id_is_said_in_the_document_s_words(
    home: Path, function: str
) -> None:
    with pytest.raises(ParamError, match=f"^{DEVICE_ID_EMPTY}$"):
        UsbDevice(device_id="")
    async with faces() as all_three:
        for device in ({}, {"deviceId": ""}, {"deviceInfo": "Receiver"}):
            refused = await all_three.wire.refusal(function, vmName="demo", device=device)
            assert refused["class"] == "VM_ERROR_INVALID_PARAM"
            assert refused["desc"] == "device id is empty"
        verb = {"mountUSBToVm": "attach", "unmountUSBFromVm": "detach"}[function]
        code, answer = await all_three.shell(f"duplex-vm usb {verb} demo ''")
        assert code == ExitCode.USAGE
        assert answer["error"]["message"] == "device id is empty"


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        ("{home}", PATH_NOT_AUTHORIZED),
        ("{library}", PATH_IS_PRIVATE),
        ("{home}/Documents/none", INVALID_FILE_PATH),
        ("{home}/Downloads/old.qcow2", INVALID_FILE_PATH),
        ("Documents", INVALID_PATH),
    ],
)
async def test_a_folder_that_may_not_be_shared_is_refused_in_the_document_s_words(
    home: Path, folder: str, words: str
) -> None:
    path = folder.format(home=home, library=paths.library_dir())
    async with faces() as all_three:
        refused = await all_three.wire.refusal("addSharedFolder", vmName="demo", path=path)
        assert refused["desc"].startswith(words)


@pytest.mark.parametrize(
    ("function", "arguments", "words"),
    [
        ("setVmDiskSize", {"size": 15}, "from 16 to"),
        ("expandCapacity", {"size": "large"}, "whole number"),
        ("setVmMemoryBalloon", {"size": 63}, "from 64 to"),
        ("sendDataToVm", {"channelName": "x", "data": "not base64!"}, "base64"),
        ("recvDataFromVm", {"channelName": "x", "timeoutSeconds": -1}, "from 0 to"),
        ("setProxyAutoSyncEnabled", {"enabled": 1}, "true or false"),
        ("createSnapshot", {}, "snapshotName"),
        ("createChannel", {"channelInfo": {"channelType": "TYPE_PIGEON"}}, "TYPE_VIRTIO"),
    ],
)
async def test_a_wrong_value_is_said_to_be_wrong_and_not_to_be_missing_in_this_version(
    home: Path, function: str, arguments: dict[str, object], words: str
) -> None:
    async with faces() as all_three:
        refused = await all_three.wire.refusal(function, vmName="demo", **arguments)
        assert refused["class"] == "VM_ERROR_INVALID_PARAM"
        assert words in refused["desc"]


async def test_a_resolution_needs_a_view_to_be_asked_for(home: Path) -> None:
    async with faces() as all_three:
        refused = await all_three.wire.refusal("ModifyResolution", width=800, height=600)
        assert refused["desc"] == "WindowId err"


async def test_what_is_open_changes_nothing(home: Path) -> None:
    async with faces() as all_three:
        before = await all_three.wire.ask("getVmStatus", vmName="demo")
        all_three.wire.told()
        for function in open_functions():
            await all_three.wire.refusal(function, **here(home, EXAMPLES[function]["wire"]))
        assert await all_three.wire.ask("getVmStatus", vmName="demo") == before
        assert all_three.wire.told() == []
        assert len((await all_three.wire.ask("listVms"))["vms"]) == 1
    assert CFG["diskSize"] == 16
