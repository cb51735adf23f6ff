"""What a person may type is what the API knows."""

from __future__ import annotations

import pytest

from app.cli import words
from app.vm.api.views import LARGEST_VIEW_PX
from app.vm.devices import ChannelType
from app.vm.events import EventType
from app.vm.gate import PcMode
from app.vm.model import CfgInfo, NetMode
from app.vm.permissions import Answer, PermissionKind
from app.vm.posture import Posture


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        (words.PC_MODES, PcMode),
        (words.POSTURES, Posture),
        (words.ANSWERS, Answer),
        (words.EVENTS, EventType),
    ],
)
def test_the_words_are_those_of_the_enumeration(typed, known) -> None:
    assert list(typed) == [member.value for member in known]


def test_every_permission_can_be_typed() -> None:
    typed = {*words.HOST_PERMISSIONS, *words.PLAIN_PERMISSIONS, *words.ITEM_PERMISSIONS}

    assert typed == set(PermissionKind)
    assert {kind for kind in PermissionKind if kind.has_item} == set(words.ITEM_PERMISSIONS)


def test_networks_and_channels_are_those_of_the_document() -> None:
    assert [NetMode[name] for name in words.NETWORKS.values()] == list(NetMode)
    assert [ChannelType[name] for name in words.CHANNELS.values()] == list(ChannelType)


@pytest.mark.parametrize("word", words.FIRMWARE)
def test_every_word_for_firmware_is_one_for_the_settings(word) -> None:
    assert CfgInfo(cpu_num=1, memory_size=64, disk_size=16, bios_path=word).firmware.value in word


def test_a_view_can_be_as_large_as_the_manager_takes_it() -> None:
    assert words.PIXELS.max == LARGEST_VIEW_PX
