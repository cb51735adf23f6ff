"""The verbs of the API's functions over a manager in memory: JSON, words for people, exit codes."""

from __future__ import annotations

import json

import pytest

from app import __version__
from app.cli.exit_codes import ExitCode
from app.vm.functions import functions
from app.vm.gate import PcMode
from app.vm.permissions import Answer, Permission, PermissionKind
from app.vm.posture import Posture
from tests.fakes.wire_manager import HOST_SN

HOST_ID = PermissionKind.HOST_ID.value


# This computer ------------------------------------------------------------------------------------


def test_the_capability_is_a_verdict_with_reasons_and_remedies(terminal) -> None:
    code, answer = terminal.run_json("capability")

    assert code == 0
    assert answer["capability"]["supported"] is True
    assert answer["capability"]["accelerator"] == "tcg"
    assert [reason["id"] for reason in answer["capability"]["reasons"]] == ["kvm-missing"]
    assert terminal.run("capability") == 0
    assert terminal.out.startswith("Machines can run here.\n")
    assert "! Machines will be slow.\n  → Switch on virtualization.\n" in terminal.out


def test_a_closed_gate_is_told_as_the_reason_and_by_the_exit_code(terminal) -> None:
    terminal.manager.pc_mode = PcMode.OFF
    code, answer = terminal.run_json("capability")

    assert code == ExitCode.REFUSED
    assert answer["capability"]["supported"] is False
    assert terminal.run("capability") == ExitCode.REFUSED
    assert "✗ not PC mode: PC mode is off." in terminal.out


def test_a_missing_engine_is_a_lack_of_this_computer(terminal) -> None:
    found = terminal.manager.check_vm_capability

    async def without_engine():
        from dataclasses import replace  # noqa: PLC0415 - only here

        from app.vm.gate import Reason  # noqa: PLC0415

        missing = Reason("engine-missing", "Load native module failed.", "Install it.", True)
        return replace(await found(), supported=False, accelerator="", reasons=(missing,))

    terminal.manager.check_vm_capability = without_engine

    assert terminal.run("capability") == ExitCode.HOST
    assert "✗ Load native module failed.\n  → Install it." in terminal.out


def test_the_limits_are_two_ranges(terminal) -> None:
    assert terminal.run_json("limits") == (
        0,
        {
            "cpus": {"min": 1, "max": 8, "step": 1},
            "memory": {"min": 64, "max": 4096, "step": 1},
        },
    )
    assert terminal.run("limits") == 0
    assert terminal.out == "Processors: 1 to 8\nMemory:     64 MiB to 4 GiB\n"


def test_the_hosts_number_is_told_only_where_it_is_allowed(terminal) -> None:
    code, answer = terminal.run_json("host-id")
    assert (code, answer["error"]["code"]) == (ExitCode.REFUSED, "VM_PERMISSION_DENIED")

    allowing = answer["error"]["remedy"].removeprefix("duplex-vm ").split()
    assert terminal.run(*allowing) == 0
    assert terminal.run_json("host-id") == (0, {"hostId": HOST_SN})
    assert terminal.run("host-id") == 0
    assert terminal.out == f"{HOST_SN}\n"


# Disks and snapshots ------------------------------------------------------------------------------


def test_a_disk_tells_where_and_how_large_it_is(demo) -> None:
    assert demo.run_json("disk", "path", "demo") == (
        0,
        {"path": "/library/machines/x/disk0.qcow2"},
    )
    assert demo.run_json("disk", "size", "demo") == (0, {"diskSize": 1024})
    assert demo.run_json("disk", "file-size", "demo") == (0, {"fileSize": 196608})
    assert demo.run("disk", "path", "demo") == 0
    assert demo.out == "/library/machines/x/disk0.qcow2\n"
    assert demo.run("disk", "size", "demo") == 0
    assert demo.out == "1024 MiB\n"
    assert demo.run("disk", "file-size", "demo") == 0
    assert demo.out == "196608 bytes\n"


NOT_BUILT_YET = [
    ("usb", "attach", "demo", "046d:c52b", "--info", "Receiver"),
    ("usb", "detach", "demo", "046d:c52b"),
    ("share", "add", "demo", "FOLDER", "--read-only"),
    ("share", "remove", "demo", "FOLDER"),
    ("channel", "create", "demo", "data", "--type", "usb"),
    ("channel", "send", "demo", "data", "FILE"),
    ("channel", "receive", "demo", "data", "--timeout", "0.1"),
    ("channel", "requests", "demo"),
    ("balloon", "demo", "256"),
    ("proxy", "sync", "demo", "on"),
    ("proxy", "share", "demo", "off"),
    ("proxy", "status", "demo"),
    ("proxy", "feature"),
]


@pytest.mark.parametrize("argv", NOT_BUILT_YET, ids=" ".join)
def test_what_is_not_built_yet_says_so(demo, tmp_path, argv) -> None:
    (tmp_path / "file").write_bytes(b"x")
    places = {"FILE": str(tmp_path / "file"), "FOLDER": str(tmp_path)}
    argv = [places.get(word, word) for word in argv]
    code, answer = demo.run_json(*argv)

    assert code == ExitCode.HOST
    assert answer["error"]["code"] == "NOT_SUPPORT"
    assert demo.run(*argv) == ExitCode.HOST
    assert "in this version yet." in demo.err
    assert demo.out == ""


@pytest.mark.parametrize(
    "argv", [argv for argv in NOT_BUILT_YET if "demo" in argv and argv[0:2] != ("disk", "import")]
)
def test_a_machine_that_does_not_exist_is_told_first(terminal, tmp_path, argv) -> None:
    (tmp_path / "file").touch()
    places = {"FILE": str(tmp_path / "file"), "FOLDER": str(tmp_path)}

    assert terminal.run(*(places.get(word, word) for word in argv)) == ExitCode.UNKNOWN_VM


def test_an_empty_device_number_has_the_documents_words(demo) -> None:
    code, answer = demo.run_json("usb", "attach", "demo", "")

    assert (code, answer["error"]["message"]) == (ExitCode.USAGE, "device id is empty")


# What the verbs say when the manager can do it ----------------------------------------------------


def test_a_disk_that_grew_tells_its_size(demo) -> None:
    async def grow(vm_name: str, size: int, *, disk_id: str = "") -> int:
        return size

    demo.manager.set_vm_disk_size = grow

    assert demo.run_json("disk", "grow", "demo", "2048") == (0, {"diskSize": 2048})
    assert demo.run("disk", "grow", "demo", "2048") == 0
    assert demo.out == "The disk has 2048 MiB now.\n"


def test_an_imported_image_is_named_by_its_file_or_by_the_person(demo, tmp_path) -> None:
    asked = []

    async def take(vm_name: str, options) -> None:
        asked.append((vm_name, options))

    demo.manager.import_vm_disk_image = take
    demo.manager.export_vm_disk_image = take
    image = tmp_path / "old machine.qcow2"
    image.touch()

    assert demo.run_json("import", str(image)) == (0, {"imported": "old machine"})
    assert demo.run_json("import", str(image), "--name", "new") == (0, {"imported": "new"})
    assert demo.run("disk", "import", "demo", str(image), "--size", "64") == 0
    assert demo.out == "“demo” has the disk of old machine.qcow2.\n"
    assert demo.run_json("export", "demo", str(image)) == (0, {"path": str(image)})
    names = [name for name, _ in asked]
    assert names == ["old machine", "new", "demo", "demo"]
    assert {options.guest_os_image_path for _, options in asked} == {str(image)}
    assert asked[2][1].disk_size == 64


def test_a_file_of_a_machine_s_name_does_not_become_its_disk_unasked(demo, tmp_path) -> None:
    image = tmp_path / "demo.qcow2"
    image.touch()
    code, answer = demo.run_json("import", str(image))

    assert (code, answer["error"]["code"]) == (ExitCode.USAGE, "VM_NAME_TAKEN")
    assert "--name" in answer["error"]["remedy"]
    assert not any(call.startswith("import ") for call in demo.manager.calls)
    assert demo.run("disk", "import", "demo", str(image)) == 0
    assert f"import demo {image}" in demo.manager.calls


def test_data_of_a_channel_is_base64_for_programs(demo) -> None:
    async def take(vm_name: str, channel_name: str, *, timeout_s: float = 0.0) -> bytes:
        return b"\x00\xffdata"

    demo.manager.recv_data_from_vm = take

    assert demo.run_json("channel", "receive", "demo", "data") == (0, {"data": "AP9kYXRh"})


def test_what_is_sent_comes_from_a_file_or_from_standard_input(demo, tmp_path) -> None:
    sent = []

    async def give(vm_name: str, channel_name: str, data: bytes) -> None:
        sent.append(data)

    demo.manager.send_data_to_vm = give
    (tmp_path / "data").write_bytes(b"\x00\xff")

    assert demo.run_json("channel", "send", "demo", "data", str(tmp_path / "data")) == (
        0,
        {"sent": 2},
    )
    assert sent == [b"\x00\xff"]


def test_devices_and_folders_that_were_handed_over_are_named(demo, tmp_path) -> None:
    from app.vm.records import SharedFolder  # noqa: PLC0415 - only here

    async def hand(vm_name: str, device: object) -> None:
        return None

    async def share(vm_name: str, path, *, read_only: bool = False) -> SharedFolder:
        return SharedFolder(path=path, name="share", read_only=read_only)

    async def unshare(vm_name: str, path) -> None:
        return None

    async def shrink(vm_name: str, size: int) -> int:
        return size

    demo.manager.mount_usb_to_vm = demo.manager.unmount_usb_from_vm = hand
    demo.manager.add_shared_folder, demo.manager.remove_shared_folder = share, unshare
    demo.manager.set_vm_memory_balloon = shrink

    assert demo.run_json("usb", "attach", "demo", "1:2") == (0, {"attached": "1:2"})
    assert demo.run_json("usb", "detach", "demo", "1:2") == (0, {"detached": "1:2"})
    shared = demo.run_json("share", "add", "demo", str(tmp_path), "--read-only")[1]["share"]
    assert (shared["path"], shared["readOnly"]) == (str(tmp_path), True)
    assert demo.run_json("share", "remove", "demo", str(tmp_path)) == (
        0,
        {"removed": str(tmp_path)},
    )
    assert demo.run_json("balloon", "demo", "256") == (0, {"memorySize": 256})


def test_a_switch_of_the_proxy_tells_how_it_stands(demo) -> None:
    async def switch(vm_name: str, *, enabled: bool) -> None:
        return None

    async def is_on(vm_name: str = "") -> bool:
        return True

    demo.manager.set_proxy_auto_sync_enabled = switch
    demo.manager.set_vm_net_proxy_share_enabled = switch
    demo.manager.is_vm_net_proxy_enabled = is_on
    demo.manager.is_host_network_sync_feature_enabled = is_on

    assert demo.run_json("proxy", "sync", "demo", "off") == (0, {"enabled": False})
    assert demo.run_json("proxy", "share", "demo", "on") == (0, {"enabled": True})
    assert demo.run_json("proxy", "status", "demo") == (0, {"enabled": True})
    assert demo.run("proxy", "feature") == 0
    assert demo.out == "on\n"


# Views --------------------------------------------------------------------------------------------


def test_a_view_is_bound_looked_at_resized_and_freed(demo) -> None:
    code, answer = demo.run_json("view", "request", "--activation-token", "t")
    assert (code, answer) == (0, {"windowId": 1})
    assert demo.run_json("view", "visible", "demo") == (0, {"visible": False})
    code, answer = demo.run_json("view", "create", "demo", "1", "1280", "720")
    assert code == 0
    view = answer["view"]
    assert (view["vmName"], view["windowId"], view["width"]) == ("demo", 1, 1280)
    assert demo.run_json("view", "visible", "demo") == (0, {"visible": True})
    assert demo.run_json("view", "resize", "800", "600")[1]["view"]["height"] == 600
    assert demo.run_json("view", "resize", "640", "480", "--window", "1")[1]["view"]["width"] == 640
    assert demo.run_json("view", "lock", "1") == (0, {"locked": 1})
    assert demo.run_json("view", "resolution", "800", "500")[1]["view"]["height"] == 500
    assert demo.run_json("view", "destroy", "1") == (0, {"destroyed": 1})
    assert demo.run_json("status", "demo")[1]["vm"]["windowId"] is None


def test_people_get_a_sentence_about_a_view(demo) -> None:
    assert demo.run("view", "request") == 0
    assert demo.out == "1\n"
    assert demo.run("view", "create", "demo", "1", "1280", "720") == 0
    assert demo.out == "“demo” is in window 1, 1280x720.\n"
    assert demo.run("view", "visible", "demo") == 0
    assert demo.out == "yes\n"
    assert demo.run("view", "destroy", "1") == 0
    assert demo.out == "Window 1 is free.\n"


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("create", "demo", "1001", "1280", "720"), "WindowId err"),
        (("create", "demo", "1", "1280", "720"), "The window already exists."),
        (("destroy", "9"), "WindowId err"),
        (("lock", "9"), "WindowId err"),
        (("resize", "1", "1", "--window", "9"), "WindowId err"),
    ],
)
def test_the_documents_words_about_windows_reach_the_person(demo, argv, message) -> None:
    demo.run("view", "request")
    if "exists" in message:
        demo.run("view", "create", "demo", "1", "1280", "720")
        demo.run("view", "request")
    code, answer = demo.run_json("view", *argv)

    assert code == ExitCode.FAILED
    assert (answer["error"]["code"], answer["error"]["message"]) == ("VM_WINDOW", message)


def test_the_main_window_comes_up_with_a_disc_that_is_opened_to_machines(demo, tmp_path) -> None:
    disc = tmp_path / "a.iso"
    disc.touch()

    assert demo.run_json("show-window") == (0, {"shown": True})
    assert demo.run("show-window", "--iso", str(disc)) == 0
    assert demo.out == "The window is in front.\n"
    assert demo.manager.raised == [None, disc]
    assert demo.manager.granted == [disc]
    demo.manager.screen = False
    assert demo.run("show-window") == ExitCode.HOST


# Mode, posture, permissions, paths ----------------------------------------------------------------


def test_mode_tells_and_switches(terminal) -> None:
    code, answer = terminal.run_json("mode")
    assert (code, answer["gate"]["mode"], answer["gate"]["open"]) == (0, "automatic", True)
    assert terminal.run("mode", "off") == 0
    assert terminal.out == (
        "PC mode:  off\nPosture:  keyboard-attached (assumed)\nMachines: may not run\n"
        "✗ not PC mode: PC mode is off.\n  → Turn PC mode on, or make it automatic.\n"
    )
    assert terminal.manager.pc_mode is PcMode.OFF
    assert terminal.run("mode", "sideways") == ExitCode.USAGE


def test_a_posture_can_be_said_and_taken_back(terminal) -> None:
    code, answer = terminal.run_json("posture", "set", "tablet")
    gate = answer["gate"]
    assert (code, gate["posture"], gate["source"], gate["open"]) == (
        *(0, "tablet", "simulated", False),
    )
    assert terminal.manager.posture is Posture.TABLET
    for words in (("posture", "auto"), ("posture", "set", "auto")):
        assert terminal.run("posture", "set", "stand") == 0
        assert terminal.run(*words) == 0
        assert terminal.manager.posture is None
    assert "keyboard-attached (assumed)" in terminal.out


def test_posture_and_posture_get_are_the_same(terminal) -> None:
    assert terminal.run_json("posture") == terminal.run_json("posture", "get")
    assert terminal.run_json("permission") == terminal.run_json("permission", "list")
    assert terminal.run_json("grant") == terminal.run_json("grant", "list") == (0, {"paths": []})
    assert terminal.run("posture", "tablet") == ExitCode.USAGE


@pytest.mark.parametrize("verb", [("start", "demo"), ("create", "new", "--memory", "64")])
def test_a_closed_gate_refuses_with_its_own_exit_code(demo, verb) -> None:
    assert demo.run("posture", "set", "folded") == 0

    code, answer = demo.run_json(*verb)
    assert (code, answer["error"]["code"]) == (ExitCode.REFUSED, "VM_NOT_PC_MODE")
    assert answer["error"]["message"].startswith("not PC mode")


def test_permissions_of_a_machine_are_listed_and_set(demo) -> None:
    code, answer = demo.run_json("permission", "list", "demo")
    assert code == 0
    assert {one["permission"]: one["answer"] for one in answer["permissions"]} == {
        "ohos.permission.CAMERA": "ask",
        "ohos.permission.MICROPHONE": "ask",
        "clipboard-read": "ask",
        "file-request": "ask",
    }
    assert demo.run("permission", "set", "demo", "clipboard-read", "always") == 0
    assert demo.out == "clipboard-read is set to “always” for “demo”.\n"
    assert demo.run_json("permission", "set", "demo", "shared-folder:/home/me", "never") == (
        0,
        {"vmName": "demo", "permission": "shared-folder:/home/me", "answer": "never"},
    )
    assert demo.run("permission", "list", "demo") == 0
    lines = [line.split() for line in demo.out.splitlines()]
    assert ["clipboard-read", "always"] in lines
    assert ["shared-folder:/home/me", "never"] in lines


@pytest.mark.parametrize("words", [(HOST_ID, "always"), ("--computer", HOST_ID, "always")])
def test_without_a_machine_programs_on_this_computer_are_meant(terminal, words) -> None:
    assert terminal.run_json("permission", "set", *words) == (
        0,
        {"vmName": None, "permission": HOST_ID, "answer": "always"},
    )
    code, answer = terminal.run_json("permission", "list")
    assert code == 0
    assert [(one["permission"], one["answer"]) for one in answer["permissions"]] == [
        (HOST_ID, "always")
    ]
    assert terminal.manager._answers == {(None, Permission(PermissionKind.HOST_ID)): Answer.ALWAYS}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), ExitCode.USAGE),
        (("clipboard-read",), ExitCode.USAGE),
        (("demo", "clipboard-read", "perhaps"), ExitCode.USAGE),
        (("demo", "flight", "always"), ExitCode.USAGE),
        (("--computer", "demo", HOST_ID, "always"), ExitCode.USAGE),
        (("clipboard-read", "always"), ExitCode.USAGE),
        (("a", "b", "c", "always"), ExitCode.USAGE),
        (("none", "clipboard-read", "always"), ExitCode.UNKNOWN_VM),
        (("demo", "clipboard-read", "once"), ExitCode.WRONG_STATE),
    ],
)
def test_a_permission_that_cannot_be_set_says_why(demo, words, code) -> None:
    assert demo.run("permission", "set", *words) == code
    assert demo.err


def test_a_machine_with_a_dash_in_front_has_permissions_too(terminal) -> None:
    terminal.run("create", "--memory", "64", "--disk", "16", "--", "-x")

    assert terminal.run("permission", "set", "--", "-x", "clipboard-read", "always") == 0


def test_paths_are_opened_listed_and_closed(terminal, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "exchange").mkdir()

    assert terminal.run_json("grant", "add", "exchange") == (
        0,
        {"path": str(tmp_path / "exchange")},
    )
    assert terminal.run("grant") == 0
    assert terminal.out.split() == ["PATH", str(tmp_path / "exchange")]
    assert terminal.run("grant", "add", "no/folder") == ExitCode.USAGE
    assert terminal.run_json("grant", "remove", "exchange") == (
        0,
        {"removed": str(tmp_path / "exchange")},
    )
    assert terminal.run("grant", "remove", "exchange") == ExitCode.USAGE
    assert terminal.run("grant") == 0
    assert terminal.out == "Nothing was opened yet.\n"


# The manager --------------------------------------------------------------------------------------


def test_the_manager_tells_who_it_is(terminal) -> None:
    code, answer = terminal.run_json("ping")

    assert code == 0
    assert answer["manager"]["version"] == __version__
    assert (answer["manager"]["screen"], answer["manager"]["handover"]) == (True, True)
    assert terminal.run("ping") == 0
    assert "Library:    /library\n" in terminal.out


def test_the_api_tells_its_names(terminal) -> None:
    code, answer = terminal.run_json("api")

    assert (code, answer["api"]["functions"]) == (0, list(functions()))
    assert terminal.run("api") == 0
    assert json.loads(terminal.out) == answer["api"]


def test_a_manager_hands_over_where_it_offers_that(terminal) -> None:
    assert terminal.run_json("hand-over") == (0, {"handedOver": True})
    assert terminal.manager.handed_over
    terminal.manager.handover = False
    assert terminal.run("hand-over") == ExitCode.HOST


def test_serving_beside_a_manager_says_who_it_is(terminal) -> None:
    code, answer = terminal.run_json("serve")

    assert (code, answer["manager"]["handover"]) == (0, True)
    assert terminal.run("serve", "--idle-exit", "1") == 0
    assert terminal.out.startswith("The machines are managed already, by process ")
