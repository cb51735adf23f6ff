"""Snapshots as rows, newest first, and the lines that join each to the one that it follows."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.vm.records import Snapshot

NOW = "now"
"""Key of the row of the machine as it is now; ids of snapshots are never so short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row, and the lines in it.

    Lines run in lanes, counted from 0 at the left. Each line has a flag: it leads from the
    machine as it is now to its past.

    Attributes:
        key: id of the snapshot, or `NOW`.
        parent: key of the row that it follows, empty for none.
        level: 1 for one that follows none, 2 for what follows that one.
        lane: of the row's own sign.
        joins: lines that come from above and end in the sign, with their lanes.
        passes: lines that only pass, with their lanes.
        goes_on: a line goes on from the sign, down to what it follows.
        is_past: the machine, as it is now, stems from it.
    """

    key: str
    parent: str
    level: int
    lane: int
    joins: Mapping[int, bool]
    passes: Mapping[int, bool]
    goes_on: bool
    is_past: bool


def rows_of(snapshots: Sequence[Snapshot], parents: Mapping[str, str]) -> list[Row]:
    """The machine as it is now, then its snapshots, each above the one that it follows.

    Args:
        snapshots: those to be shown, oldest first.
        parents: of these and of those that are out of sight, by id.
    """
    known = {one.snapshot_id for one in snapshots}
    above = {one.snapshot_id: shown_parent(one.snapshot_id, known, parents) for one in snapshots}
    above[NOW] = next((one.snapshot_id for one in snapshots if one.current), "")
    keys = [NOW, *_newest_first(snapshots, above)]
    place = {key: number for number, key in enumerate(keys)}
    # What a damaged list says to follow a newer one, or itself, follows nothing.
    above = {key: up if place.get(up, -1) > place[key] else "" for key, up in above.items()}
    past = set(_line(NOW, above))
    lanes: list[tuple[str, bool] | None] = []
    return [_row(key, above, past, lanes) for key in keys]


def shown_parent(key: str, known: set[str], parents: Mapping[str, str]) -> str:
    """The nearest one before `key` that is shown; empty when there is none."""
    seen = {key}
    up = parents.get(key, "")
    while up and up not in known and up not in seen:
        seen.add(up)
        up = parents.get(up, "")
    return up if up in known else ""


def _newest_first(snapshots: Sequence[Snapshot], above: Mapping[str, str]) -> list[str]:
    """Ids, newest first, but none before what follows it: clocks may have been set back."""
    age = {one.snapshot_id: -number for number, one in enumerate(snapshots)}
    waiting = Counter(above[key] for key in age)
    ready = [(age[key], key) for key in age if not waiting[key]]
    heapq.heapify(ready)
    found: dict[str, None] = {}
    while len(found) < len(age):
        if not ready:  # A circle, which only a damaged list has: begin anywhere.
            key = min((key for key in age if key not in found), key=age.__getitem__)
        else:
            key = heapq.heappop(ready)[1]
        if key in found:
            continue
        found[key] = None
        up = above[key]
        waiting[up] -= 1
        if up in age and not waiting[up]:
            heapq.heappush(ready, (age[up], up))
    return list(found)


def _line(key: str, above: Mapping[str, str]) -> list[str]:
    """`key`, what it follows, and so on."""
    line = []
    while key:
        line.append(key)
        key = above[key]
    return line


def _row(
    key: str, above: Mapping[str, str], past: set[str], lanes: list[tuple[str, bool] | None]
) -> Row:
    """The row of `key`; `lanes` are those of the row above, and those of this one afterwards."""
    joins = {n: line[1] for n, line in enumerate(lanes) if line is not None and line[0] == key}
    passes = {n: line[1] for n, line in enumerate(lanes) if line is not None and n not in joins}
    lane = min(joins, default=None)
    if lane is None:
        lane = next((n for n, line in enumerate(lanes) if line is None), len(lanes))
    if lane == len(lanes):
        lanes.append(None)
    for number in joins:
        lanes[number] = None
    up = above[key]
    lanes[lane] = (up, key in past) if up else None
    level = len(_line(key, above))
    return Row(
        key=key,
        parent=up,
        level=level,
        lane=lane,
        joins=joins,
        passes=passes,
        goes_on=bool(up),
        is_past=key in past,
    )
