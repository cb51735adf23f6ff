"""Values of the API are checked where they are made, in the document's words."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from app.errors import DEVICE_ID_EMPTY, IMAGE_PATH_MISSING, Code, ParamError
from app.vm import records
from app.vm.records import (
    ManagerInfo,
    MigrationOptions,
    SharedFolder,
    Snapshot,
    StorageType,
    UsbDevice,
)

ALL = [kind for kind in vars(records).values()
       if dataclasses.is_dataclass(kind) and kind.__module__ == records.__name__]  # fmt: skip


@pytest.mark.parametrize("given", [{}, {"guest_os_image_path": ""}, {"disk_size": 64}])
def test_an_image_without_a_path_is_refused_in_the_documents_words(given) -> None:
    with pytest.raises(ParamError) as caught:
        MigrationOptions(**given)

    assert caught.value.message == IMAGE_PATH_MISSING
    assert caught.value.code is Code.INVALID_PARAM
    assert "guestOSImagePath" in caught.value.remedy


def test_an_image_with_a_path_is_taken_as_it_is() -> None:
    options = MigrationOptions(guest_os_image_path="/a.qcow2")

    assert not options.is_keep_snapshots
    assert (options.snapshot_time, options.disk_size) == (0, 0)


@pytest.mark.parametrize("given", [{}, {"device_id": ""}, {"device_info": "A mouse"}])
def test_a_usb_device_without_an_id_is_refused_in_the_documents_words(given) -> None:
    with pytest.raises(ParamError) as caught:
        UsbDevice(**given)

    assert caught.value.message == DEVICE_ID_EMPTY
    assert caught.value.remedy


def test_a_shared_folder_is_one_that_the_person_chose_unless_it_is_said() -> None:
    folder = SharedFolder(path=Path("/a"), name="a")

    assert folder.storage_type is StorageType.USER_FOLDER
    assert not folder.read_only
    assert StorageType.SYSTEM_SHARE.value == 0


def test_a_first_snapshot_has_no_parent() -> None:
    assert Snapshot(snapshot_id="1", name="a").parent == ""


def test_a_manager_tells_where_its_library_is() -> None:
    info = ManagerInfo(version="1", pid=2, screen=False, handover=True, library=Path("/l"))

    assert (info.pid, info.library) == (2, Path("/l"))


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_record_is_frozen_and_made_by_names_only(kind) -> None:
    assert kind.__dataclass_params__.frozen
    assert all(field.kw_only for field in dataclasses.fields(kind))
    with pytest.raises(TypeError):
        kind("positional")
