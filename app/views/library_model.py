"""The machines as a Qt model: an adapter over the manager's events, which stays the truth.

Rows are kept in the order that people see: running machines first, then by last use.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from typing_extensions import override

from app.paths import fold_name
from app.views import words
from app.vm.events import (
    DataRecovery,
    DiskExported,
    DiskMigration,
    FocusChanged,
    HostChanged,
    PermissionChanged,
    Resync,
    StateChanged,
    TabletSwitchChanged,
    ViewStateChanged,
    VmChanged,
    VmCreated,
    VmEvent,
    VmRemoved,
    VmRenamed,
)
from app.vm.model import VmInfo
from app.vm.state import allowed

INFO_ROLE = int(Qt.ItemDataRole.UserRole) + 1
"""The row's VmInfo."""

_Key = tuple[bool, int, str, str]
_NO_INDEX = QModelIndex()


class LibraryModel(QAbstractListModel):
    """One row a machine. `put` and `apply` are called with what the manager says."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[VmInfo] = []
        self._keys: list[_Key] = []

    @property
    def infos(self) -> tuple[VmInfo, ...]:
        """All machines in the order of the rows."""
        return tuple(self._rows)

    def find(self, vm_id: UUID) -> VmInfo | None:
        """The machine of that id."""
        row = self.row_of(vm_id)
        return None if row is None else self._rows[row]

    def row_of(self, vm_id: UUID) -> int | None:
        """Row of the machine of that id."""
        for row, info in enumerate(self._rows):
            if info.id == vm_id:
                return row
        return None

    def names(self) -> frozenset[str]:
        """Folded names that are taken."""
        return frozenset(fold_name(info.name) for info in self._rows)

    def reset(self, infos: Iterable[VmInfo]) -> None:
        """Show exactly these machines; rows that stay keep their selection."""
        wanted = {info.id: info for info in infos}
        if not self._rows:
            self.beginResetModel()
            self._rows = sorted(wanted.values(), key=_key)
            self._keys = [_key(info) for info in self._rows]
            self.endResetModel()
            return
        known = {info.id: info for info in self._rows}
        for vm_id in known.keys() - wanted.keys():
            self.remove(vm_id)
        for vm_id, info in wanted.items():
            if known.get(vm_id) != info:  # `put` looks through the rows: not for each of many
                self.put(info)

    def put(self, info: VmInfo) -> None:
        """Add a machine, or replace what is known about it, and move its row where it belongs."""
        row = self.row_of(info.id)
        if row is None:
            self._insert(info)
            return
        if self._rows[row] == info:
            return
        self._rows[row] = info
        if _key(info) != self._keys[row]:
            row = self._move(row)
        index = self.index(row)
        self.dataChanged.emit(index, index)

    def remove(self, vm_id: UUID) -> None:
        """Take a machine away; does nothing when it is not there."""
        row = self.row_of(vm_id)
        if row is None:
            return
        self.beginRemoveRows(_NO_INDEX, row, row)
        del self._rows[row], self._keys[row]
        self.endRemoveRows()

    def apply(self, event: VmEvent) -> bool:
        """Fold one event into the rows; whether the manager has to be asked for the rest."""
        match event:
            case StateChanged():
                known = self.find(event.vm_id)
                if known is not None:
                    actions = allowed(event.state)
                    self.put(
                        replace(known, state=event.state, reason=event.reason, actions=actions)
                    )
                return True
            case VmRenamed():
                known = self.find(event.vm_id)
                if known is not None:
                    self.put(replace(known, name=event.vm_name))
                return True
            case VmRemoved():
                self.remove(event.vm_id)
                return False
            case VmCreated() | VmChanged() | ViewStateChanged() | Resync():
                return True
            case DiskMigration() | DiskExported() | DataRecovery():
                return False
            case FocusChanged() | HostChanged() | TabletSwitchChanged() | PermissionChanged():
                return False

    @override
    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if not index.isValid():
            return None
        info = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return info.name
            case Qt.ItemDataRole.AccessibleTextRole:
                return words.spoken(info)
            case _ if role == INFO_ROLE:
                return info
            case _:
                return None

    @override
    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        item = Qt.ItemFlag
        return item.ItemIsEnabled | item.ItemIsSelectable | item.ItemNeverHasChildren

    def _insert(self, info: VmInfo) -> None:
        key = _key(info)
        row = bisect.bisect_left(self._keys, key)
        self.beginInsertRows(_NO_INDEX, row, row)
        self._rows.insert(row, info)
        self._keys.insert(row, key)
        self.endInsertRows()

    def _move(self, row: int) -> int:
        """Move `row` to where its new key belongs; returns the row it has then."""
        info = self._rows[row]
        key = _key(info)
        others = self._keys[:row] + self._keys[row + 1 :]
        target = bisect.bisect_left(others, key)
        if target == row:
            self._keys[row] = key
            return row
        # Qt counts the target among the rows before the move (beginMoveRows).
        before = target + 1 if target > row else target
        self.beginMoveRows(_NO_INDEX, row, row, _NO_INDEX, before)
        del self._rows[row], self._keys[row]
        self._rows.insert(target, info)
        self._keys.insert(target, key)
        self.endMoveRows()
        return target


class NameFilter(QSortFilterProxyModel):
    """Rows whose name contains the search text; upper and lower case are the same."""

    def __init__(self, source: LibraryModel) -> None:
        super().__init__()
        self.setSourceModel(source)
        self.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)


def info_at(index: QModelIndex | QPersistentModelIndex) -> VmInfo | None:
    """The machine at `index`, None for no index."""
    info = index.data(INFO_ROLE)
    return info if isinstance(info, VmInfo) else None


def _key(info: VmInfo) -> _Key:
    return (
        not info.state.has_process,
        -max(info.last_started_ms, info.created_ms),
        info.name.casefold(),
        str(info.id),
    )
