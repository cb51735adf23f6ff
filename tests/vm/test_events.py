"""The one stream of events: numbered without gaps, bounded for every reader."""

from __future__ import annotations

import asyncio
import uuid

from hypothesis import given
from hypothesis import strategies as st

from app.vm.events import EventHub, Resync, Subscription, VmChanged, VmEvent

VM = uuid.uuid4()


def an_event() -> VmChanged:
    return VmChanged(vm_id=VM, vm_name="demo")


def waiting(reader: Subscription) -> list[VmEvent]:
    found = []
    while not reader._queue.empty():
        found.append(reader._queue.get_nowait())
    return found


async def test_events_arrive_in_order_without_a_gap() -> None:
    hub = EventHub()
    with hub.subscribe() as reader:
        for _ in range(100):
            hub.publish(an_event())
        numbers = [(await anext(reader)).seq for _ in range(100)]

    assert numbers == list(range(1, 101))
    assert hub.last_seq == 100


async def test_every_reader_gets_every_event_from_its_start_on() -> None:
    hub = EventHub()
    with hub.subscribe() as early:
        hub.publish(an_event())
        with hub.subscribe() as late:
            hub.publish(an_event())
            assert [event.seq for event in waiting(early)] == [1, 2]
            assert [event.seq for event in waiting(late)] == [2]


async def test_a_reader_that_left_costs_nothing_more() -> None:
    hub = EventHub()
    with hub.subscribe() as reader:
        hub.publish(an_event())
    hub.publish(an_event())

    assert len(waiting(reader)) == 1
    assert hub._readers == []


async def test_a_slow_reader_gets_one_resync_instead_of_its_backlog() -> None:
    hub = EventHub()
    with hub.subscribe(4) as slow, hub.subscribe() as quick:
        for _ in range(6):
            hub.publish(an_event())

        assert [type(event) for event in waiting(slow)] == [Resync, VmChanged]
        assert len(waiting(quick)) == 6
        hub.publish(an_event())
        assert [event.seq for event in waiting(slow)] == [7]


async def test_publishing_never_waits_for_a_reader() -> None:
    hub = EventHub()
    with hub.subscribe(2) as reader:
        for _ in range(10_000):
            hub.publish(an_event())
        assert reader._queue.qsize() <= 2


async def test_a_reader_that_stops_waiting_misses_nothing() -> None:
    hub = EventHub()
    with hub.subscribe() as reader:
        waits = asyncio.ensure_future(anext(reader))
        await asyncio.sleep(0)
        waits.cancel()
        hub.publish(an_event())
        assert (await anext(reader)).seq == 1


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 8))
def test_a_reader_never_meets_a_gap_that_it_was_not_told_of(reads: list[bool], limit: int) -> None:
    hub = EventHub()
    with hub.subscribe(limit) as reader:
        last, told = 0, False
        for read in reads:
            if not read:
                hub.publish(an_event())
            elif not reader._queue.empty():
                event = reader._queue.get_nowait()
                if isinstance(event, Resync):
                    told = True
                    continue
                assert event.seq == last + 1 or told
                last, told = event.seq, False
        assert reader._queue.qsize() <= limit
