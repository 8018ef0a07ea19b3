"""The stops as a list: a sentence and what became of it in the run at hand."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from core.trace.stops import Stop, after, before, describe, format_stop

if TYPE_CHECKING:
    from core.trace.index import Positions
    from gui.playback import Playback
    from gui.session import Session

AnyIndex = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()


class StopRole(IntEnum):
    """What a row can be asked for beside Qt's own roles."""

    STOP = Qt.ItemDataRole.UserRole + 1
    DETAIL = Qt.ItemDataRole.UserRole + 2
    STOPPED_HERE = Qt.ItemDataRole.UserRole + 3
    SUBSYSTEM = Qt.ItemDataRole.UserRole + 4


_SUBSYSTEMS = {
    "recursion": "page_owner",
    "guard_value": "guard",
    "page_order": "allocator",
    "short_circuit": "guard",
    "owner_lost": "page_owner",
    "warning": "warning",
    "interrupt": "interrupt",
    "lost_update": "danger",
    "switch": "caller",
    "lock_wait": "lock",
}
"""Whose colour a stop has (``warning`` and ``danger`` are the theme's); a function has its own
subsystem's."""


def hits_text(hits: Positions, position: int) -> str:
    """Return how many hits there are and where the next one is, seen from a position.

    Events are counted from 1, as everywhere in the window.
    """
    if not len(hits):
        return "No hits in this run"
    count = f"{len(hits):,} {'hit' if len(hits) == 1 else 'hits'}"
    following, here = after(hits, position), before(hits, position + 1)
    if here == position:
        number = int(hits.searchsorted(hits.dtype.type(position))) + 1
        count = f"Hit {number:,} of {len(hits):,}" if len(hits) > 1 else "The only hit"
        return f"{count}, next at event {following + 1:,}" if following is not None else count
    if following is not None:
        return f"{count}, next at event {following + 1:,}"
    return f"{count}, the last was at event {int(hits[-1]) + 1:,}"


class StopsModel(QAbstractListModel):
    """The stops of a session.

    Args:
        session: Whose stops.
        playback: Who stops at them.
        parent: The Qt parent.
    """

    def __init__(self, session: Session, playback: Playback, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rows: tuple[Stop, ...] = session.stops.listed
        self._stopped: tuple[int, Stop] | None = None
        self._answers: dict[int, Callable[[Stop], object]] = {
            Qt.ItemDataRole.DisplayRole: describe,
            Qt.ItemDataRole.CheckStateRole: _check_state,
            Qt.ItemDataRole.ToolTipRole: self._tip,
            Qt.ItemDataRole.AccessibleTextRole: _spoken,
            Qt.ItemDataRole.AccessibleDescriptionRole: self._detail,
            StopRole.DETAIL: self._detail,
            StopRole.STOP: lambda stop: stop,
            StopRole.STOPPED_HERE: self._stopped_here,
            StopRole.SUBSYSTEM: self._subsystem,
        }
        session.stops.changed.connect(self._follow)
        session.position_changed.connect(self._refresh)
        session.trace_changed.connect(self._forget)
        playback.stopped_at.connect(self._take_stop)
        playback.playing_changed.connect(self._play)

    # -- Qt asks --------------------------------------------------------------------------

    def rowCount(self, parent: AnyIndex = _TOP) -> int:
        """Return the number of stops."""
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Every stop can be chosen, and turned on and off."""
        own = Qt.ItemFlag.ItemIsUserCheckable if index.isValid() else Qt.ItemFlag.NoItemFlags
        return super().flags(index) | own

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a row is asked for."""
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        answer = self._answers.get(role)
        return answer(self._rows[index.row()]) if answer is not None else None

    def setData(self, index: AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Turn a stop on or off."""
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        stop = self._rows[index.row()]
        if stop.enabled != (Qt.CheckState(value) is Qt.CheckState.Checked):
            self._session.stops.toggle(stop)
        return True

    def _detail(self, stop: Stop) -> str:
        if self._session.trace is None:
            return "No run yet"
        hits = hits_text(self._session.stops.hits_of(stop), self._session.position)
        if self._stopped is not None and self._stopped_here(stop):
            at = self._stopped[0]
            here = at == self._session.position
            where = "Stopped here" if here else f"Stopped at event {at + 1:,}"
            return f"{where} · {hits[:1].lower()}{hits[1:]}"
        return hits if stop.enabled else f"Off · {hits}"

    def _tip(self, stop: Stop) -> str:
        return f"{describe(stop)}\n{self._detail(stop)}\n{format_stop(stop.switched(True))}"

    def _stopped_here(self, stop: Stop) -> bool:
        return self._stopped is not None and self._stopped[1].same_as(stop)

    def _subsystem(self, stop: Stop) -> str:
        if stop.kind != "function":
            return _SUBSYSTEMS[stop.kind]
        trace = self._session.trace
        functions = trace.functions if trace is not None else ()
        return next((each.subsystem for each in functions if each.name == stop.value), "caller")

    # -- the session tells ------------------------------------------------------------------

    def _follow(self) -> None:
        """Tell the views as little as possible: what is chosen in them stays."""
        old, new = self._rows, self._session.stops.listed
        if _same(new[: len(old)], old) and len(new) == len(old) + 1:
            self.beginInsertRows(_TOP, len(old), len(old))
            self._rows = new
            self.endInsertRows()
        elif len(new) + 1 == len(old) and (gone := _one_gone(old, new)) is not None:
            self.beginRemoveRows(_TOP, gone, gone)
            self._rows = new
            self.endRemoveRows()
        elif not _same(old, new):
            self.beginResetModel()
            self._rows = new
            self.endResetModel()
        self._rows = new
        self._refresh()

    def _refresh(self, _position: int = -1) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def _take_stop(self, position: int, stop: Stop | None) -> None:
        self._stopped = (position, stop) if stop is not None else None
        self._refresh()

    def _play(self, playing: bool) -> None:
        if playing:
            self._forget()

    def _forget(self) -> None:
        self._stopped = None
        self._refresh()


def _check_state(stop: Stop) -> Qt.CheckState:
    return Qt.CheckState.Checked if stop.enabled else Qt.CheckState.Unchecked


def _spoken(stop: Stop) -> str:
    return f"{describe(stop)}, {'on' if stop.enabled else 'off'}"


def _same(one: tuple[Stop, ...], other: tuple[Stop, ...]) -> bool:
    return len(one) == len(other) and all(map(Stop.same_as, one, other))


def _one_gone(old: tuple[Stop, ...], new: tuple[Stop, ...]) -> int | None:
    """Return which one of the old stops is not among the new ones, None where more differs."""
    at = next((at for at, stop in enumerate(new) if not stop.same_as(old[at])), len(new))
    return at if _same(old[:at] + old[at + 1 :], new) else None
