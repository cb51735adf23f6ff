"""Snapshots as a Qt model: the machine as it is now in row 0, then the snapshots, newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt, Signal
from PySide6.QtCore import QPersistentModelIndex as Kept
from PySide6.QtGui import QImage
from typing_extensions import override

from app.views.problems import sentence
from app.views.snapshots import words
from app.views.snapshots.graph import NOW, Row, rows_of
from app.views.widgets.labels import plain_tip
from app.views.words import now_ms
from app.vm.records import Snapshot

Index = QModelIndex | Kept
_NO_INDEX = QModelIndex()


class SnapshotModel(QAbstractListModel):
    """What the manager listed, in the order of the rows.

    Attributes:
        pictures: small ones, by id.
        now_text: what the row of the machine as it is now says beside its name.
        spins: something is under way on the machine.
        is_free: its state allows to keep it, and to take it back.

    Signals:
        renamed: id of a snapshot, and the name that was typed for it.
    """

    renamed = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.pictures: Mapping[str, QImage] = {}
        self.now_text = ""
        self.spins = False
        self.is_free = False
        self._rows: list[Row] = []
        self._by_id: dict[str, Snapshot] = {}

    @property
    def lanes(self) -> int:
        """How many lines run beside each other at most."""
        widest = [max((row.lane, *row.joins, *row.passes)) for row in self._rows]
        return 1 + max(widest, default=0)

    @property
    def snapshots(self) -> tuple[Snapshot, ...]:
        """All that are shown."""
        return tuple(self._by_id.values())

    def show(self, snapshots: Sequence[Snapshot], parents: Mapping[str, str]) -> None:
        """Show these.

        Args:
            snapshots: oldest first.
            parents: of these and of those that are out of sight, by id.
        """
        self.beginResetModel()
        self._by_id = {one.snapshot_id: one for one in snapshots}
        self._rows = rows_of(snapshots, parents) if snapshots else []
        self.endResetModel()

    def changed(self) -> None:
        """Something beside the list is another one now."""
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def row(self, index: Index) -> Row | None:
        """The row at `index`, None for no index."""
        return self._rows[index.row()] if index.isValid() else None

    def snapshot(self, index: Index) -> Snapshot | None:
        """The snapshot at `index`, None for the machine as it is now."""
        row = self.row(index)
        return None if row is None else self._by_id.get(row.key)

    def index_of(self, key: str) -> QModelIndex:
        """Where the snapshot of that id, or `NOW`, is; no index when it is not shown."""
        for number, row in enumerate(self._rows):
            if row.key == key:
                return self.index(number)
        return QModelIndex()

    def now_name(self) -> str:
        """Name of the first row."""
        return self.tr("Now")

    def can_go_back(self, one: Snapshot) -> bool:
        """Whether the machine may be taken back to it."""
        return self.is_free and not one.problem

    def opens_day(self, index: Index) -> bool:
        """Whether the row above is of another day."""
        number = index.row()
        return number == 0 or self.day(number) != self.day(number - 1)

    def day(self, number: int) -> str:
        """Day of the row of that number."""
        return words.day_and_clock(self._created_ms(number))[0]

    def clock(self, number: int) -> str:
        """Time of day of the row of that number; empty for the machine as it is now."""
        return words.day_and_clock(self._created_ms(number))[1] if number else ""

    @override
    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.row(index)
        if row is None:
            return None
        one = self._by_id.get(row.key)
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return self.now_name() if one is None else one.name
            case Qt.ItemDataRole.ToolTipRole if one is not None:
                parts = (one.name, one.note, sentence(one.problem))
                return plain_tip("\n".join(filter(None, parts)))
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(row, one)
            case _:
                return None

    @override
    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        one = self.snapshot(index)
        name = str(value).strip()
        if one is None or not name or name == one.name:
            return False
        self.renamed.emit(one.snapshot_id, name)
        return True

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        item = Qt.ItemFlag
        usual = item.ItemIsEnabled | item.ItemIsSelectable | item.ItemNeverHasChildren
        return usual if self.snapshot(index) is None else usual | item.ItemIsEditable

    def _spoken(self, row: Row, one: Snapshot | None) -> str:
        if one is not None:
            return words.spoken(one, row.level)
        parts = (self.now_name(), self.now_text, words.level_word(row.level))
        return ", ".join(filter(None, parts))

    def _created_ms(self, number: int) -> int:
        key = self._rows[number].key
        return now_ms() if key == NOW else self._by_id[key].created_ms
