"""What each function sends to a manager, how long it waits, and what it makes of the answer."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from app.errors import ConnectionLostError
from app.vm.api import STOP_TIMEOUT_S, ManagerApi
from app.vm.functions import functions
from app.vm.limits import ValueRange
from app.vm.remote import QUICK_S, SLOW_S, RemoteFunctions


class Line(RemoteFunctions):
    """Notes what is asked and gives one answer to everything."""

    def __init__(self, answer: object = None) -> None:
        self.asked: list[tuple[str, Mapping[str, Any], float]] = []
        self._answer = answer

    @override
    async def ask(self, command: str, arguments: Mapping[str, object], timeout_s: float) -> object:
        self.asked.append((command, arguments, timeout_s))
        return self._answer


def test_every_function_is_there_as_it_is_described() -> None:
    for function in functions().values():
        remote = getattr(RemoteFunctions, function.method)
        described = getattr(ManagerApi, function.method)
        assert inspect.signature(remote) == inspect.signature(described)
        assert remote.__doc__ == described.__doc__


async def test_a_call_is_sent_in_the_wires_words_without_what_is_not_given() -> None:
    line = Line({})
    await line.show_window()
    await line.show_window(Path("/a.iso"))
    await line.destroy_snapshot("demo", snapshot_id="7")

    assert [asked[:2] for asked in line.asked] == [
        ("showWindow", {}),
        ("showWindow", {"isoPath": "/a.iso"}),
        ("destroySnapshot", {"vmName": "demo", "snapshotId": "7"}),
    ]


async def test_an_answer_is_read_as_the_functions_result() -> None:
    assert await Line({"min": 1, "max": 8}).get_vm_available_cpu_num_range() == ValueRange(
        min=1, max=8
    )
    assert await Line("AP8=").recv_data_from_vm("demo", "data") == b"\0\xff"


@pytest.mark.parametrize("answer", [None, [], {"min": 1}, {"min": "1", "max": 8}])
async def test_an_answer_without_sense_leaves_the_outcome_unknown(answer) -> None:
    with pytest.raises(ConnectionLostError, match="outcome is unknown") as lost:
        await Line(answer).get_vm_available_cpu_num_range()

    assert lost.value.remedy


async def test_what_only_asks_is_given_up_sooner_than_what_works() -> None:
    line = Line({"vms": []})
    await line.list_vms()
    await line.destroy_vm("demo")

    assert [timeout_s for _, _, timeout_s in line.asked] == [QUICK_S, SLOW_S]


async def test_what_waits_for_the_guest_is_waited_for_so_much_longer() -> None:
    line = Line({"vmName": "a", "vmId": "12345678123456781234567812345678", "state": 9})
    await line.stop_vm("a")
    await line.stop_vm("a", timeout_s=1000.0)

    usual, long = (timeout_s for _, _, timeout_s in line.asked)
    assert usual > SLOW_S + STOP_TIMEOUT_S - 1
    assert long > SLOW_S + 999
