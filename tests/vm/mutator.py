"""Sessions of the wire, right ones and spoiled ones, made from a seed.

A session is what one client sends: its messages in order, as bytes. Spoiling goes on two levels:
messages as values (order, members, types) and the stream as bytes (cuts, noise, floods).
"""

from __future__ import annotations

import copy
import json
import random
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from app.vm.api.bounds import Bounds
from app.vm.devices import ChannelInfo
from app.vm.events import EventType
from app.vm.functions import functions
from app.vm.gate import PcMode
from app.vm.model import CfgInfo
from app.vm.permissions import Answer, Permission
from app.vm.posture import Posture
from app.vm.records import MigrationOptions, RecoveryStep, UsbDevice
from app.vm.wire import DEPTH_LIMIT, MESSAGE_LIMIT_BYTES
from app.vm.wire_commands import QUERY_COMMANDS

Message = dict[str, Any]

_NAMES = ("a", "b", "c", "démo 测试")
_CFG = {"cpuNum": 1, "memorySize": 64, "diskSize": 16}
_BY_TYPE: dict[Any, tuple[Any, ...]] = {
    UUID: ("6f1d7a52-9c7e-4a55-8e0c-3a2d7f0c9b11", "", "x", 7, None),
    str: (*_NAMES, ""),
    int: (1, 2, 64, 1024),
    float: (0, 0.5, 2),
    bool: (True, False),
    bytes: ("", "AP8="),
    Path: ("/a.iso", "~/b", "file://docs/storage/Users/currentUser/Download/x.iso"),
    CfgInfo: (_CFG, {**_CFG, "profile": {"video": "virtio"}, "cd9": {"x": [1]}}),
    MigrationOptions: ({"guestOSImagePath": "/a.qcow2", "isKeepSnapshots": True},),
    UsbDevice: ({"deviceId": "046d:c52b"},),
    ChannelInfo: ({"channelName": "data", "channelType": "TYPE_VIRTIO"},),
    PcMode: tuple(PcMode),
    Posture: tuple(Posture),
    Answer: tuple(Answer),
    RecoveryStep: tuple(RecoveryStep),
    Permission: ("ohos.permission.CAMERA", "usb-device:046d:c52b"),
}
_ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 2**63, 10**400, "", "\0", "\ud800", "x" * 70_000, "*", [], [[[]]], {},
    {"": {"": ""}}, ["a"] * 5000, "../../etc/passwd", "qmp_capabilities", "__class__",
)  # fmt: skip
_NOISE: tuple[bytes, ...] = (
    b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\0", b"NaN", b"-Infinity", b"1e999", b"}", b"{", b"[",
    b"]", b'"', b"\\", b"\\u", b",", b":", b"//", b"\r\n", b" " * 1000, b"1" * 5000, b"GET /\r\n",
    b'{"execute":"ping","execute":"listVms"}', b'{"execute":"ping","id":1,"\\u0069d":2}', b"{}",
    b'{"execute":' + b"[" * (DEPTH_LIMIT + 1), b'{"a":' * 2000, b'{"id":"' + b"i" * 60_000 + b'"}',
)  # fmt: skip


def session(dice: random.Random) -> list[Message]:
    """What a proper client would send."""
    chosen = sorted(functions())
    commands = [_command(dice, dice.choice(chosen)) for _ in range(dice.randint(1, 8))]
    start: list[Message] = [{"execute": "qmp_capabilities"}]
    if dice.random() < 0.3:
        start.append({"execute": "introduce", "arguments": {"clientName": "fuzz"}})
    if dice.random() < 0.5:
        event = dice.choice(["*", *(event.value for event in EventType)])
        start.append({"execute": dice.choice(["on", "off"]), "arguments": {"event": event}})
    if dice.random() < 0.7:
        new = {"vmName": dice.choice(_NAMES), "cfg": _CFG}
        start.append({"execute": "createVm", "arguments": new})
    if dice.random() < 0.1:
        start.append({"execute": dice.choice(QUERY_COMMANDS)})
    return [*start, *commands]


def spoiled(dice: random.Random) -> bytes:
    """A session in which something is wrong, mostly; how much is chance too."""
    messages = session(dice)
    for _ in range(dice.choice([0, 1, 1, 2, 4])):
        dice.choice(_ON_MESSAGES)(dice, messages)
    separator = dice.choice(["", "\n", "\r\n", " \t"])
    stream = bytearray(separator.join(json.dumps(message) for message in messages).encode())
    for _ in range(dice.choice([0, 0, 1, 1, 3])):
        dice.choice(_ON_BYTES)(dice, stream)
    if dice.random() < 0.003:
        _flood(dice, stream)
    return bytes(stream)


def _command(dice: random.Random, name: str) -> Message:
    arguments = {
        parameter.wire_name: _value(dice, parameter.hint)
        for parameter in functions()[name].parameters
        if parameter.required or dice.random() < 0.5
    }
    message: Message = {"execute": name, "arguments": arguments}
    if dice.random() < 0.5:
        message["id"] = dice.choice([1, "x", None, [2], {"a": 1}])
    return message


def _value(dice: random.Random, hint: Any) -> Any:
    parts = typing.get_args(hint)
    if type(None) in parts:
        hint = next(part for part in parts if part is not type(None))
    if typing.get_origin(hint) is Annotated:
        hint, bounds = typing.get_args(hint)[:2]
        if isinstance(bounds, Bounds) and dice.random() < 0.3:
            return dice.choice([bounds.low, bounds.high, bounds.low - 1, bounds.high + 1])
    return copy.deepcopy(dice.choice(_BY_TYPE[hint]))


# Messages -----------------------------------------------------------------------------------------


def _swap(dice: random.Random, messages: list[Message]) -> None:
    dice.shuffle(messages)


def _drop(dice: random.Random, messages: list[Message]) -> None:
    if messages:
        del messages[dice.randrange(len(messages))]


def _twice(dice: random.Random, messages: list[Message]) -> None:
    messages.extend(dice.choices(messages, k=dice.randint(1, 40)) if messages else [])


def _wrong_member(dice: random.Random, messages: list[Message]) -> None:
    """Change, add or take away a member at any depth."""
    if not messages:
        return
    place: Any = dice.choice(messages)
    while dice.random() < 0.7:
        inner = [value for value in place.values() if isinstance(value, dict) and value]
        if not inner:
            break
        place = dice.choice(inner)
    name = dice.choice([*place, "surprise"]) if place else "surprise"
    if dice.random() < 0.2:
        place.pop(name, None)
    else:
        place[name] = copy.deepcopy(dice.choice(_ODD))  # it may be changed itself later


_ON_MESSAGES: tuple[Callable[[random.Random, list[Message]], None], ...] = (
    _swap, _drop, _twice, _wrong_member, _wrong_member, _wrong_member,
)  # fmt: skip


# Bytes --------------------------------------------------------------------------------------------


def _cut(dice: random.Random, stream: bytearray) -> None:
    del stream[dice.randint(0, len(stream)) :]


def _cut_out(dice: random.Random, stream: bytearray) -> None:
    start = dice.randint(0, len(stream))
    del stream[start : start + dice.randint(1, 30)]


def _noise(dice: random.Random, stream: bytearray) -> None:
    place = dice.randint(0, len(stream))
    stream[place:place] = dice.choice(_NOISE)


def _flip(dice: random.Random, stream: bytearray) -> None:
    for _ in range(dice.randint(1, 5)):
        if stream:
            stream[dice.randrange(len(stream))] ^= 1 << dice.randrange(8)


def _random_bytes(dice: random.Random, stream: bytearray) -> None:
    place = dice.randint(0, len(stream))
    stream[place:place] = dice.randbytes(dice.randint(1, 60))


def _repeat(dice: random.Random, stream: bytearray) -> None:
    start = dice.randint(0, len(stream))
    part = stream[start : start + dice.randint(1, 60)]
    stream[start:start] = part * dice.randint(1, 20)


_ON_BYTES: tuple[Callable[[random.Random, bytearray], None], ...] = (
    _cut, _cut_out, _noise, _noise, _flip, _random_bytes, _repeat,
)  # fmt: skip


def _flood(dice: random.Random, stream: bytearray) -> None:
    """More than any message may have, or very many messages."""
    if dice.random() < 0.3:
        stream += dice.choice([b"{}", b'{"execute":"ping"}', b'{"execute":5,"id":0}\n']) * 3000
        return
    atom = dice.choice([b"x", b'\\"', b"[]", b" ", b"\xff"])
    start = dice.choice([b"", b'{"a":"', b'{"a":['])
    stream += start + atom * ((MESSAGE_LIMIT_BYTES + 100_000) // len(atom))
