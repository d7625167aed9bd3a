"""Rows for QML that change one by one: a tile whose words change stays the same item under the same finger."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QByteArray, QModelIndex, QObject, QPersistentModelIndex, Qt

from kiosk_ui.view import Row

Index = QModelIndex | QPersistentModelIndex

FIELDS = ("control", "argument", "title", "detail", "said", "art", "tone", "live", "picture")
FIRST_ROLE = Qt.ItemDataRole.UserRole + 1
ROLES = {FIRST_ROLE + n: QByteArray(name.encode()) for n, name in enumerate(FIELDS)}
NOWHERE = QModelIndex()


class RowsModel(QAbstractListModel):
    """The rows of one screen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []

    def rowCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802 - Qt's name
        """How many there are."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = FIRST_ROLE) -> str | bool | None:
        """One field of one row."""
        if not index.isValid() or role not in ROLES:
            return None
        value: str | bool = getattr(self._rows[index.row()], FIELDS[role - FIRST_ROLE])
        return value

    def roleNames(self) -> dict[int, QByteArray]:  # noqa: N802 - Qt's name
        """The fields by name."""
        return dict(ROLES)

    def show(self, rows: Sequence[Row]) -> None:
        """Become these, moving and changing as little as possible."""
        self._drop_all_but({row.key for row in rows})
        for place, row in enumerate(rows):
            self._put(place, row)

    def _drop_all_but(self, keys: set[tuple[str, str]]) -> None:
        for place in reversed(range(len(self._rows))):
            if self._rows[place].key not in keys:
                self.beginRemoveRows(NOWHERE, place, place)
                del self._rows[place]
                self.endRemoveRows()

    def _put(self, place: int, row: Row) -> None:
        found = next((n for n, old in enumerate(self._rows) if n >= place and old.key == row.key), None)
        if found is None:
            self.beginInsertRows(NOWHERE, place, place)
            self._rows.insert(place, row)
            self.endInsertRows()
            return
        if found != place:
            self.beginMoveRows(NOWHERE, found, found, NOWHERE, place)
            self._rows.insert(place, self._rows.pop(found))
            self.endMoveRows()
        if self._rows[place] != row:
            self._rows[place] = row
            index = self.index(place)
            self.dataChanged.emit(index, index)
