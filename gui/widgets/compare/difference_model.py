"""What lanes came to as a Qt model: a measure a row, a lane a column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont

from core.kernel.outcome import COMPLETED
from gui.compare_lane import LETTERS
from gui.widgets.progress import OUTCOMES
from gui.widgets.rows_model import LEFT, RIGHT, Head, Index, RowsModel

if TYPE_CHECKING:
    from core.compare.differences import Difference
    from gui.theme import Role, ThemeManager


_ROLES = Qt.ItemDataRole
DIFFERS = "≠"
"""The sign before a measure in which lanes differ."""
LEAST, MOST = "↓", "↑"
"""The signs of the least and of the most of a cost."""
_COSTS = frozenset(
    {
        "save_stack_calls", "unwinds", "frames_unwound", "owners_lost", "peak_stack_bytes",
        "depot_pages", "simulated_ns", "guard_instructions", "task_struct_bytes",
    }
)  # fmt: skip
"""Measures of which less is better."""


_MEASURE = Head("Measure", side=LEFT)


class DifferenceModel(RowsModel):
    """Measures, those first in which lanes differ.

    Args:
        themes: The theme in force.
        parent: The Qt parent.
    """

    def __init__(self, themes: ThemeManager, parent: QObject | None = None) -> None:
        super().__init__(themes, parent)
        self.rows: tuple[Difference, ...] = ()
        self.labels: tuple[str, ...] = ()
        self._lanes: tuple[Head, ...] = (_MEASURE,)

    def take(self, labels: Sequence[str], rows: Sequence[Difference]) -> None:
        """Show other measures."""
        self.beginResetModel()
        self.labels, self.rows = tuple(labels), tuple(rows)
        lanes = zip(LETTERS, self.labels, strict=False)
        self._lanes = (_MEASURE, *(Head(f"{a}  {label}", side=RIGHT) for a, label in lanes))
        self.endResetModel()

    def _length(self) -> int:
        return len(self.rows)

    def _heads(self) -> Sequence[Head]:
        return self._lanes

    def data(self, index: Index, role: int = _ROLES.DisplayRole) -> Any:
        """Return what a cell says, or how it looks."""
        if not index.isValid() or not 0 <= index.row() < len(self.rows):
            return None
        row, column = self.rows[index.row()], index.column()
        if role == _ROLES.DisplayRole:
            return self._measure(row) if column == 0 else self._value(row, column - 1)
        if role == _ROLES.ToolTipRole:
            return self._tip(row, column)
        if role == _ROLES.AccessibleTextRole:
            return self._read(row, column)
        return self._look(row, column, role)

    def _look(self, row: Difference, column: int, role: int) -> Any:
        if role == _ROLES.TextAlignmentRole:
            return self._lanes[column].side
        if role == _ROLES.FontRole:
            return self._font(row, column)
        if role == _ROLES.ForegroundRole:
            return QColor(self._ink(row, column))
        if role == _ROLES.BackgroundRole and row.measure == "outcome" and column:
            return QColor(self._outcome(row, column - 1).soft)
        return None

    # -- words ----------------------------------------------------------------------------

    @staticmethod
    def _measure(row: Difference) -> str:
        notes = ", ".join(note for note in (row.unit, "inferred" if row.inferred else "") if note)
        sign = f"{DIFFERS} " if row.differs else "   "
        return f"{sign}{row.label}{f' ({notes})' if notes else ''}"

    def _value(self, row: Difference, lane: int) -> str:
        if row.measure == "outcome":
            role = self._outcome(row, lane)
            return f"{role.glyph} {OUTCOMES[str(row.values[lane])][2]}"
        sign = self.sign(row, lane)
        return f"{sign} {row.texts[lane]}" if sign else row.texts[lane]

    def sign(self, row: Difference, lane: int) -> str:
        """Return whether a lane has the least or the most of a cost, empty for neither.

        A run that did not complete has done less, so only the others are weighed; the stack is
        the exception: what it took, it took.
        """
        if not row.differs or row.measure not in _COSTS:
            return ""
        values = {n: v for n, v in enumerate(row.values) if isinstance(v, int)}
        if row.measure != "peak_stack_bytes":
            values = {n: value for n, value in values.items() if self._completes(n)}
        if lane not in values or len(set(values.values())) < 2:
            return ""
        least, most = min(values.values()), max(values.values())
        return {least: LEAST, most: MOST}.get(values[lane], "")

    def _completes(self, lane: int) -> bool:
        outcome = next((row for row in self.rows if row.measure == "outcome"), None)
        return outcome is None or outcome.values[lane] == COMPLETED

    def _tip(self, row: Difference, column: int) -> str:
        if not column:
            return row.about.about
        word = {LEAST: "The least", MOST: "The most"}.get(self.sign(row, column - 1), "")
        weighed = "" if row.measure == "peak_stack_bytes" else " of the lanes that complete"
        return f"{word}{weighed}" if word else row.about.about

    def _read(self, row: Difference, column: int) -> str:
        if not column:
            return f"{row.label}, {'differs' if row.differs else 'the same in all lanes'}"
        word = {LEAST: ", the least", MOST: ", the most"}.get(self.sign(row, column - 1), "")
        unit = f" {row.unit}" if row.unit else ""
        return f"{self.labels[column - 1]}, {row.label}: {row.texts[column - 1]}{unit}{word}"

    # -- looks ----------------------------------------------------------------------------

    def _font(self, row: Difference, column: int) -> QFont:
        metrics = self._themes.metrics
        if not column or row.measure == "outcome":
            return metrics.ui(bold=row.differs)
        return metrics.mono(bold=row.differs)

    def _ink(self, row: Difference, column: int) -> str:
        theme = self._themes.theme
        if column and row.measure == "outcome":
            return self._outcome(row, column - 1).ink
        if not row.differs:
            return theme.muted
        sign = self.sign(row, column - 1) if column else ""
        return {LEAST: theme.ok.ink, MOST: theme.warning.ink}.get(sign, theme.text)

    def _outcome(self, row: Difference, lane: int) -> Role:
        role: Role = getattr(self._themes.theme, OUTCOMES[str(row.values[lane])][0])
        return role

    def dress(self) -> None:
        """Take on the theme in force."""
        if self.rows:
            last = self.index(len(self.rows) - 1, len(self.labels))
            self.dataChanged.emit(self.index(0, 0), last)
