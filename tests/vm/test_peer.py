"""A client's own words about itself: bounded, showable, and with the calls that they belong to."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from app.errors import ParamError
from app.vm.client import FollowingManager
from app.vm.consent import MAX_CLIENT_CHARACTERS, MAX_REASON_CHARACTERS
from app.vm.peer import (
    MOST_PERMISSIONS,
    Peer,
    on_behalf_of,
    peer_from_wire,
    peer_to_wire,
    present_peer,
)
from app.vm.permissions import Permission, PermissionKind
from app.vm.records import ManagerInfo
from app.vm.service import WireService
from app.vm.wire_fields import Fields
from tests.fakes.wire_manager import WireManager
from tests.helpers.waiting import eventually
from tests.vm.raw_client import call, negotiated

_HOST_ID = Permission(PermissionKind.HOST_ID)


def read(**said: Any) -> Peer:
    return peer_from_wire(Fields(said))


def test_who_says_nothing_is_nameless() -> None:
    assert present_peer() == Peer()
    assert present_peer().reason_for(_HOST_ID) == ""


def test_calls_inside_the_block_are_the_clients() -> None:
    with on_behalf_of(Peer("backup")):
        assert present_peer().name == "backup"
        with on_behalf_of(Peer("other")):
            assert present_peer().name == "other"
        assert present_peer().name == "backup"
    assert present_peer().name == ""


def test_a_name_and_reasons_are_kept() -> None:
    peer = read(
        clientName="  Sicherung 备份 ",
        permissions=[
            {"name": str(_HOST_ID), "reason": "to tell computers apart"},
            {"name": "usb-device:046d:c52b"},
        ],
    )

    assert peer.name == "Sicherung 备份"
    assert peer.reason_for(_HOST_ID) == "to tell computers apart"
    assert peer.reason_for(Permission.parse("usb-device:046d:c52b")) == ""
    assert peer.reason_for(Permission(PermissionKind.CAMERA)) == ""


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "clientName"),
        ({"clientName": 5}, "clientName"),
        ({"clientName": "a" * (MAX_CLIENT_CHARACTERS + 1)}, "at most 64"),
        ({"clientName": "a\nb"}, "printable"),
        ({"clientName": "a\u202eb"}, "printable"),
        ({"clientName": "a", "permissions": {}}, "a list"),
        ({"clientName": "a", "permissions": ["camera"]}, "an object"),
        ({"clientName": "a", "permissions": [{}]}, "“name” is missing"),
        ({"clientName": "a", "permissions": [{"name": "telepathy"}]}, "no permission"),
        ({"clientName": "a", "permissions": [{"name": str(_HOST_ID), "reason": "\x1b"}]},
         "printable"),
        ({"clientName": "a", "permissions": [{"name": str(_HOST_ID), "why": ""}]}, "not known"),
        ({"clientName": "a", "permissions": [
            {"name": str(_HOST_ID), "reason": "a" * (MAX_REASON_CHARACTERS + 1)}]}, "at most 200"),
        ({"clientName": "a", "permissions": [{"name": str(_HOST_ID)}] * (MOST_PERMISSIONS + 1)},
         "More than 16"),
        ({"clientName": "a", "uid": 0}, "not known"),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_refused(said, words) -> None:
    with pytest.raises(ParamError, match=words):
        read(**said)


class Curious(WireManager):
    """Notes on whose behalf it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked_by: list[tuple[str, str]] = []

    @override
    async def ping(self) -> ManagerInfo:
        before = present_peer()
        await asyncio.sleep(0)  # Another client's call gets its turn.
        assert present_peer() == before
        self.asked_by.append((before.name, before.reason_for(_HOST_ID)))
        return await super().ping()


async def test_calls_over_the_wire_are_made_on_behalf_of_who_introduced_itself(
    own_folders: Path,
) -> None:
    manager, path = Curious(), own_folders / "run" / "manager.sock"
    wants = [{"name": str(_HOST_ID), "reason": "because"}]
    async with WireService(manager, path), negotiated(path) as one, negotiated(path) as two:
        assert await one.ask(call("introduce", clientName="one", permissions=wants)) == {
            "return": {}
        }
        one.send(*[{**call("ping"), "id": number} for number in range(5)])
        two.send(*[{**call("ping"), "id": number} for number in range(5)])
        for client in (one, two):
            for _ in range(5):
                assert "return" in await client.receive()
        assert sorted(manager.asked_by) == [("", "")] * 5 + [("one", "because")] * 5

        assert "return" in await one.ask(call("introduce", clientName="again"))
        await one.ask(call("ping"))
        assert manager.asked_by[-1] == ("again", "")


async def test_a_wrong_introduction_leaves_the_one_before(own_folders: Path) -> None:
    manager, path = Curious(), own_folders / "run" / "manager.sock"
    async with WireService(manager, path), negotiated(path) as client:
        await client.ask(call("introduce", clientName="first"))
        refused = await client.ask(call("introduce", clientName="\n"))
        assert refused["error"]["class"] == "VM_ERROR_INVALID_PARAM"
        await client.ask(call("ping"))

    assert manager.asked_by == [("first", "")]


async def test_a_program_that_follows_introduces_itself_to_every_manager(
    own_folders: Path,
) -> None:
    path = own_folders / "run" / "manager.sock"
    peer = Peer("script", {_HOST_ID: "because"})
    first, second = Curious(), Curious()
    service = WireService(first, path)
    await service.start()
    async with FollowingManager(path, peer=peer) as manager:
        await manager.ping()
        await service.close()
        async with WireService(second, path):
            await manager.ping()

    assert first.asked_by == second.asked_by == [("script", "because")]


async def test_a_program_whose_name_cannot_be_shown_is_told_so(own_folders: Path) -> None:
    path = own_folders / "run" / "manager.sock"
    async with WireService(Curious(), path) as service:
        with pytest.raises(ParamError, match="printable"):
            async with FollowingManager(path, peer=Peer("\n")):
                pytest.fail("it cannot be introduced")
        await eventually(lambda: service.client_count == 0)


def test_an_introduction_arrives_as_it_was() -> None:
    peer = Peer("a b", {_HOST_ID: "because", Permission(PermissionKind.CAMERA): ""})

    assert peer_from_wire(Fields(peer_to_wire(peer))) == peer
