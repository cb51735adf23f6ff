"""What is no permission is refused, and what was decided comes back from disk or not at all."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.errors import DEVICE_ID_EMPTY, NewerVersionError, ParamError, StoreError
from app.reading import UnreadableError
from app.vm.consent import (
    MAX_DECISIONS,
    MAX_ITEM_BYTES,
    THIS_PROCESS,
    Answer,
    ConsentFile,
    Decision,
    Permission,
    PermissionKind,
    Request,
)
from tests.vm.asking import CAMERA, CLIPBOARD, FOLDER, HOST_ID, NAME, OTHER_VM, RUN, VM

GOOD = (
    Decision(subject=VM, permission=CAMERA, answer=Answer.ALWAYS),
    Decision(subject=VM, permission=FOLDER, answer=Answer.NEVER),
    Decision(subject=VM, permission=CLIPBOARD, answer=Answer.ONCE, run_ms=RUN),
    Decision(subject=OTHER_VM, permission=CAMERA, answer=Answer.NEVER, run_ms=RUN),
    Decision(subject=None, permission=HOST_ID, answer=Answer.ALWAYS),
)


def stored(library: Path) -> dict[str, Any]:
    return json.loads((library / "permissions.json").read_bytes())


def store(library: Path, document: object) -> None:
    (library / "permissions.json").write_text(json.dumps(document))


# Permissions and their text.


def test_the_document_s_permissions_keep_their_names() -> None:
    names = [PermissionKind.CAMERA, PermissionKind.MICROPHONE, PermissionKind.HOST_ID]

    assert [str(name) for name in names] == [
        "ohos.permission.CAMERA",
        "ohos.permission.MICROPHONE",
        "ohos.permission.sec.ACCESS_UDID",
    ]


@pytest.mark.parametrize("kind", list(PermissionKind), ids=str)
def test_every_permission_is_read_back_from_its_text(kind: PermissionKind) -> None:
    items = {PermissionKind.SHARED_FOLDER: "/home/me/a:b 测试", PermissionKind.USB_DEVICE: "1-2:3"}
    permission = Permission(kind, items.get(kind, ""))

    assert Permission.parse(str(permission)) == permission
    assert str(permission) == f"{kind}:{permission.item}".rstrip(":")
    assert permission.item in permission.action


def test_a_permission_cannot_be_changed_into_another() -> None:
    with pytest.raises(FrozenInstanceError):
        CAMERA.item = "x"  # type: ignore[misc]


@pytest.mark.parametrize(
    "text",
    [
        "", ":", "camera", "CLIPBOARD-READ", "clipboard-read ", " clipboard-read", "\0",
        "clipboard-read:", "clipboard-read:x", "ohos.permission.CAMERA:/", "\ud800",
        "shared-folder", "shared-folder:", "shared-folder: ", "shared-folder:relative",
        "shared-folder:.", "shared-folder:/a/../b", "shared-folder:/..", "shared-folder://a",
        "shared-folder:/a\nb", "shared-folder:/a\0b", "shared-folder:/\u202egpj.exe",
        "shared-folder:/\x1b[2J", "shared-folder:/\udcff", "shared-folder:/a\u2028b",
        f"shared-folder:/{'a' * MAX_ITEM_BYTES}", f"shared-folder:/{'é' * (MAX_ITEM_BYTES // 2)}",
        "usb-device", "usb-device:", "usb-device:\t", "usb-device:1\r2",
    ],
    ids=lambda text: ascii(text[:40]),
)  # fmt: skip
def test_hostile_text_is_no_permission(text: str) -> None:
    with pytest.raises(ParamError) as caught:
        Permission.parse(text)

    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 200


@pytest.mark.parametrize("value", [None, 7, b"clipboard-read", ["clipboard-read"]])
def test_what_is_no_text_is_no_permission(value: Any) -> None:
    with pytest.raises(ParamError):
        Permission.parse(value)
    with pytest.raises(ParamError):
        Permission(value)
    with pytest.raises(ParamError):
        Permission(PermissionKind.SHARED_FOLDER, value)


def test_one_folder_has_one_spelling() -> None:
    wanted = Permission(PermissionKind.SHARED_FOLDER, "/home/me/Files")

    assert Permission.parse("shared-folder:/home//me/./Files/") == wanted
    for spelling in ("/home/me/Files/", "/home//me/Files", "/home/./me/Files"):
        with pytest.raises(ParamError, match="whole path"):
            Permission(PermissionKind.SHARED_FOLDER, spelling)


def test_folders_of_all_scripts_have_a_name() -> None:
    for name in ("/写真\u3000集", "/صور", "/नेपाल\u200d", "/a b ", "/\U0001f469\u200d\U0001f4bb"):
        assert Permission.parse(f"shared-folder:{name}").item == name


def test_a_device_without_an_id_is_refused_in_the_words_of_the_document() -> None:
    with pytest.raises(ParamError, match=DEVICE_ID_EMPTY):
        Permission(PermissionKind.USB_DEVICE)


@given(
    st.text(max_size=40)
    | st.sampled_from(list(PermissionKind)).flatmap(
        lambda kind: st.text(max_size=20).map(lambda item: f"{kind}:{item}")
    )
)
@example("shared-folder:/")
def test_any_text_is_a_permission_that_reads_back_or_an_error_for_people(text: str) -> None:
    try:
        permission = Permission.parse(text)
    except ParamError:
        return
    assert Permission.parse(str(permission)) == permission
    str(permission).encode()


def test_a_client_s_words_cannot_disturb_the_dialog() -> None:
    request = Request(
        subject=VM, vm_name=NAME, permission=CAMERA, client="a\u202eb\n" * 100, reason="\0" * 9999
    )

    assert request.client.startswith("a\ufffdb\ufffd")
    assert len(request.client) <= 64
    assert set(request.reason) == {"\ufffd"}
    assert len(request.reason) <= 200


# Decisions.


@pytest.mark.parametrize(
    ("answer", "run_ms", "subject"),
    [
        (Answer.ASK, 0, VM), (Answer.ONCE, 0, VM), (Answer.ALWAYS, RUN, VM),
        (Answer.ONCE, THIS_PROCESS, VM), (Answer.NEVER, -2, VM), (Answer.NEVER, RUN, None),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_is_refused(answer, run_ms, subject) -> None:
    permission = CAMERA if subject else HOST_ID

    with pytest.raises(ParamError):
        Decision(subject=subject, permission=permission, answer=answer, run_ms=run_ms)


def test_what_only_a_machine_can_have_is_not_given_to_programs() -> None:
    with pytest.raises(ParamError, match="given to a machine"):
        Decision(subject=None, permission=CAMERA, answer=Answer.ALWAYS)


# The file.


def test_what_was_decided_comes_back(tmp_path: Path) -> None:
    ConsentFile(tmp_path).write(GOOD)

    assert ConsentFile(tmp_path).read() == GOOD
    assert stat.S_IMODE((tmp_path / "permissions.json").stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [tmp_path / "permissions.json"]


def test_a_library_without_answers_has_no_file(tmp_path: Path) -> None:
    file = ConsentFile(tmp_path)

    assert file.read() == ()
    file.write(())
    assert not list(tmp_path.iterdir())


def test_the_same_answers_are_not_written_again(tmp_path: Path) -> None:
    file = ConsentFile(tmp_path)
    file.write(GOOD)
    (tmp_path / "permissions.json").unlink()

    file.write(tuple(reversed(GOOD)))
    assert not list(tmp_path.iterdir())
    file.write(GOOD[:1])
    assert ConsentFile(tmp_path).read() == GOOD[:1]


def a_decision(**changes: object) -> dict[str, object]:
    plain = {
        "subject": str(VM),
        "permission": {"kind": "shared-folder", "item": "/x"},
        "answer": "always",
        "run_ms": 0,
    }
    return plain | changes


DAMAGED = {
    "empty": b"",
    "cut off": b'{"schema_version": 1, "decisions": [{"subj',
    "another shape": json.dumps([1, 2]).encode(),
    "no version": json.dumps({"decisions": []}).encode(),
    "too large": b" " * (1 << 21),
} | {
    name: json.dumps({"schema_version": 1, "decisions": decisions}).encode()
    for name, decisions in {
        "no list": 7,
        "no decision": [None],
        "unknown field": [a_decision(extra=1)],
        "unknown answer": [a_decision(answer="perhaps")],
        "ask": [a_decision(answer="ask")],
        "answer of another type": [a_decision(answer=True)],
        "no id": [a_decision(subject="me")],
        "run as text": [a_decision(answer="once", run_ms="1")],
        "once without a run": [a_decision(answer="once")],
        "always with a run": [a_decision(run_ms=RUN)],
        "another process": [
            a_decision(
                subject=None,
                permission={"kind": PermissionKind.HOST_ID, "item": ""},
                answer="once",
                run_ms=-1,
            )
        ],
        "a machine's without a machine": [a_decision(subject=None)],
        "unknown permission": [a_decision(permission={"kind": "everything", "item": ""})],
        "folder outside": [a_decision(permission={"kind": "shared-folder", "item": "../x"})],
        "two answers": [a_decision(), a_decision(answer="never")],
    }.items()
}


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_file_is_set_aside_and_allows_nothing(
    tmp_path: Path, data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "permissions.json").write_bytes(data)
    file = ConsentFile(tmp_path)

    assert file.read() == ()
    assert "permissions.json is damaged, everything will be asked again" in caplog.text
    assert (tmp_path / "permissions.json.damaged").read_bytes() == data
    assert not (tmp_path / "permissions.json").exists()
    file.write(GOOD)
    assert ConsentFile(tmp_path).read() == GOOD


def test_the_tests_of_damage_damage_a_good_file(tmp_path: Path) -> None:
    store(tmp_path, {"schema_version": 1, "decisions": [a_decision()]})

    assert len(ConsentFile(tmp_path).read()) == 1


def test_a_damaged_file_that_cannot_be_set_aside_is_not_overwritten(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "permissions.json").write_text("damaged")
    (tmp_path / "permissions.json.damaged").mkdir()
    file = ConsentFile(tmp_path)

    assert file.read() == ()
    assert "could not be set aside" in caplog.text
    with pytest.raises(StoreError):
        file.write(GOOD)
    assert (tmp_path / "permissions.json").read_text() == "damaged"

    (tmp_path / "permissions.json.damaged").rmdir()
    file.write(GOOD)
    assert (tmp_path / "permissions.json.damaged").read_text() == "damaged"


def test_a_damaged_file_that_a_person_took_away_is_in_nobody_s_way(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "permissions.json").write_text("damaged")
    (tmp_path / "permissions.json.damaged").mkdir()
    file = ConsentFile(tmp_path)
    file.read()
    (tmp_path / "permissions.json").unlink()

    file.write(GOOD)
    assert ConsentFile(tmp_path).read() == GOOD


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["pipe", "folder"])
def test_what_is_no_file_at_all_is_set_aside(
    tmp_path: Path, make, caplog: pytest.LogCaptureFixture
) -> None:
    make(tmp_path / "permissions.json")
    file = ConsentFile(tmp_path)

    assert file.read() == ()
    file.write(GOOD)
    assert stored(tmp_path)["schema_version"] == 1


def test_a_newer_file_is_left_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    newer = {"schema_version": 2, "decisions": "in another way"}
    store(tmp_path, newer)
    file = ConsentFile(tmp_path)

    assert file.read() == ()
    assert "A newer version of Duplex VM wrote the permissions" in caplog.text
    for decisions in (GOOD, ()):
        with pytest.raises(NewerVersionError, match="permissions of this library"):
            file.write(decisions)
    assert stored(tmp_path) == newer
    assert list(tmp_path.iterdir()) == [tmp_path / "permissions.json"]


def test_a_file_that_cannot_be_read_is_left_alone_and_allows_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "permissions.json"
    path.symlink_to("/proc/self/mem")  # reading it is an I/O error, proc(5)
    file = ConsentFile(tmp_path)

    assert file.read() == ()
    assert "permissions.json cannot be read" in caplog.text
    with pytest.raises(UnreadableError):
        file.write(GOOD)
    assert path.readlink() == Path("/proc/self/mem")
    assert list(tmp_path.iterdir()) == [path]


def test_more_than_could_be_read_again_is_not_written(tmp_path: Path) -> None:
    def folders(count: int, length: int) -> list[Decision]:
        return [
            Decision(
                subject=VM,
                permission=Permission(PermissionKind.SHARED_FOLDER, f"/{number:0{length}}"),
                answer=Answer.ALWAYS,
            )
            for number in range(count)
        ]

    file = ConsentFile(tmp_path)
    most = folders(MAX_DECISIONS, 8)
    file.write(most)
    for too_many in (folders(MAX_DECISIONS + 1, 8), folders(300, MAX_ITEM_BYTES - 1)):
        with pytest.raises(StoreError, match="too many permissions"):
            file.write(too_many)

    assert list(ConsentFile(tmp_path).read()) == most


def test_a_file_that_cannot_be_written_is_an_error_for_people(tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    file = ConsentFile(library)
    library.rmdir()

    with pytest.raises(StoreError, match="permissions cannot be written"):
        file.write(GOOD)
    library.mkdir()
    file.write(GOOD)
    assert ConsentFile(library).read() == GOOD


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.usefixtures("caplog")
@settings(max_examples=100, deadline=None)
@given(value=json_values, field=st.sampled_from(["subject", "permission", "answer", "run_ms"]))
def test_whatever_a_field_holds_the_rest_of_the_program_goes_on(
    value: object, field: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    library = tmp_path_factory.mktemp("library")
    store(library, {"schema_version": 1, "decisions": [a_decision(**{field: value})]})

    for decision in ConsentFile(library).read():
        assert isinstance(decision, Decision)
