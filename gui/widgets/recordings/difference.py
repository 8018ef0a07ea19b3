"""Two recordings compared: which they are, how, and the list of what grew and what shrank."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QObject, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.widgets.controls import Segments
from gui.widgets.elided import ElidedLabel
from gui.widgets.flow import FlowLayout
from gui.widgets.layout.copy_table import CopyTable
from gui.widgets.lazy_panel import LazyPanel
from gui.widgets.recordings.words import share_text, weight_name, weight_text
from gui.widgets.rows_model import RIGHT, Head, Index, RowsModel

if TYPE_CHECKING:
    from core.recording.questions.diff import Difference
    from gui.actions import ActionRegistry
    from gui.recording_session import RecordingSession
    from gui.theme import ThemeManager

_ROLES = Qt.ItemDataRole
_MOST_ROWS = 2_000
_SIGNS = {
    "added": "＋ new",
    "gone": "✕ gone",
    "grown": "▲ grown",
    "shrunk": "▼ shrunk",
    "same": "=",
}
_MODES = (
    ("absolute", "Weights", "Weights as they are"),
    (
        "normalised",
        "Shares",
        "Shares of everything, in percentage points (pp): for recordings of different length  (Z)",
    ),
)
_BY = (
    ("function", "Functions", "What grew and shrank by function"),
    ("stack", "Stacks", "What grew and shrank by stack"),
)
_PAD_PX, _LEAST_PX, _TIGHT_PX = 26, 130, 70


def _columns(head: str) -> tuple[Head, ...]:
    return Head(head), Head(""), *(Head(each, side=RIGHT) for each in ("Change", "Base", "New"))


class DifferenceModel(RowsModel):
    """Differences, a row each, the largest change first.

    Args:
        themes: The theme in force.
        parent: The Qt parent.
    """

    def __init__(self, themes: ThemeManager, parent: QObject | None = None) -> None:
        super().__init__(themes, parent)
        self.rows: Sequence[Difference] = ()
        self._weight, self._normalised, self._columns = "", False, _columns("")

    def show_rows(self, rows: Sequence[Difference], weight: str, head: str, share: bool) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows, self._weight, self._normalised = rows, weight, share
        self._columns = _columns(head)
        self.endResetModel()

    def _length(self) -> int:
        return len(self.rows)

    def _heads(self) -> Sequence[Head]:
        return self._columns

    def data(self, index: Index, role: int = _ROLES.DisplayRole) -> Any:
        """Return what a cell shows."""
        if not index.isValid():
            return None
        row, at = self.rows[index.row()], index.column()
        made: Callable[[], Any] | None = {
            _ROLES.DisplayRole: lambda: self._texts(row)[at],
            _ROLES.TextAlignmentRole: lambda: RIGHT if at >= 2 else None,
            _ROLES.FontRole: lambda: self._font(at),
            _ROLES.ForegroundRole: lambda: self._colour(row) if at in (1, 2) else None,
            _ROLES.ToolTipRole: lambda: None if at else "\n".join(row.functions[::-1]) or row.value,
        }.get(_ROLES(role))
        return made() if made is not None else None

    def _font(self, column: int) -> QFont:
        metrics = self._themes.metrics
        return metrics.ui() if column == 1 else metrics.mono()

    def _colour(self, row: Difference) -> QColor:
        theme = self._themes.theme
        more = row.status in ("added", "grown")
        return QColor((theme.only_a if more else theme.only_b).ink)

    def _texts(self, row: Difference) -> tuple[str, ...]:
        name = " ← ".join(row.functions[::-1][:8]) if row.functions else row.value or "(none)"
        change = row.change
        if self._normalised:
            # The difference of two shares: a percentage of what it was is what frames say.
            told = f"{change * 100:+.2f} pp".replace("-", "−")
        else:
            told = f"{'+' if change > 0 else '−'}{weight_text(abs(int(change)), self._weight)}"
        base, new = row.base[self._weight], row.new[self._weight]
        return (
            name, _SIGNS[row.status], told if change else "0",
            weight_text(base, self._weight), weight_text(new, self._weight),
        )  # fmt: skip


class DifferencePanel(LazyPanel):
    """What is compared with what, and how it differs.

    Args:
        session: The two recordings.
        registry: For the buttons that are commands.
        themes: The theme in force.
    """

    def __init__(
        self, session: RecordingSession, registry: ActionRegistry, themes: ThemeManager
    ) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self._by = "function"
        self.names = ElidedLabel()
        self.about = ElidedLabel()
        self.left_off = ElidedLabel()
        self.choose_button = QPushButton("Compare with…")
        self.swap_button = QPushButton("Swap")
        self.alone_button = QPushButton("Stop")
        self.mode = Segments(
            _MODES, themes, lambda mode: session.set_normalised(mode == "normalised")
        )
        self.by = Segments(_BY, themes, self.show_by)
        self.model = DifferenceModel(themes, self)
        self.table = CopyTable(themes)
        self.table.setModel(self.model)
        self.table.setSortingEnabled(False)
        self._build(registry)
        session.recording_changed.connect(self.renew)
        session.tree_changed.connect(self.renew)
        themes.changed.connect(self._dress)
        self._dress()

    def _build(self, registry: ActionRegistry) -> None:
        self._column, self._row = QVBoxLayout(self), QHBoxLayout()
        for button, command in (
            (self.choose_button, "compare"), (self.swap_button, "swap"),
            (self.alone_button, "alone"),
        ):  # fmt: skip
            name = f"recordings.{command}"
            button.setToolTip(registry.action(name).toolTip())
            button.clicked.connect(lambda _=False, name=name: registry.run(name))
            self._row.addWidget(button)
        self._row.addStretch(1)
        choices = QWidget()
        self._flow = FlowLayout(choices)
        for each in (self.mode, self.by, QWidget()):
            self._flow.addWidget(each)
        self._column.addWidget(self.names)
        self._column.addWidget(self.about)
        self._column.addLayout(self._row)
        self._column.addWidget(choices)
        self._column.addWidget(self.table, 1)
        self._column.addWidget(self.left_off)
        self._column.addStretch(0)
        self._choices = choices
        self.table.clicked.connect(self._choose)
        self.table.activated.connect(self._choose)
        self.table.resized.connect(self._fit)
        self.table.setAccessibleName("Differences")
        self.setAccessibleName("Difference")

    def show_by(self, by: str) -> None:
        """List functions, or stacks."""
        self._by = by
        self.catch_up()

    def take(self) -> None:
        """Show what is new."""
        session, diff = self._session, self._session.diff
        comparing = diff is not None
        for widget in (self.swap_button, self.alone_button, self._choices, self.table):
            widget.setVisible(comparing)
        self._column.setStretch(self._column.count() - 1, 0 if comparing else 1)
        self.mode.show_value("normalised" if session.normalised else "absolute")
        self.by.show_value(self._by)
        self.choose_button.setEnabled(session.recording is not None)
        if diff is None:
            self.names.set_text("Nothing to compare with")
            self.about.set_text("Drop two recordings together, or choose a base")
            self.left_off.hide()
            self.model.show_rows((), "", "", False)
            return
        assert session.base is not None
        self.names.set_text(f"Base: {Path(session.base.name).name}", session.base.name)
        weight = weight_name(diff.weight, session.profile).lower()
        before, now = (weight_text(each, diff.weight) for each in (diff.base_total, diff.new_total))
        growth = diff.new_total / diff.base_total - 1 if diff.base_total else 0.0
        sign = "+" if growth >= 0 else "−"
        self.about.set_text(f"{before} → {now} {weight} ({sign}{share_text(abs(growth))})")
        rows = [each for each in diff.by(self._by) if each.status != "same"]
        self.left_off.set_text(f"The {_MOST_ROWS:,} largest of {len(rows):,} changes")
        self.left_off.setVisible(len(rows) > _MOST_ROWS)
        head = "Function" if self._by == "function" else "Stack"
        self.model.show_rows(rows[:_MOST_ROWS], diff.weight, head, session.normalised)
        self._fit()

    def _choose(self, index: QModelIndex) -> None:
        """Go to what a row is about in the flame graph."""
        row, session = self.model.rows[index.row()], self._session
        if not row.functions:
            session.look_for(row.value)
            session.select_function(row.value)
        elif session.tree is not None:
            names = row.functions[::-1] if session.inverted else row.functions
            node = session.tree.find(names)
            if node is not None:
                session.select(node)

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        pad = metrics.px(10)
        self._column.setContentsMargins(pad, pad, pad, pad)
        self._column.setSpacing(metrics.px(6))
        self._flow.gaps = metrics.px(10), metrics.px(6)
        self.names.setFont(metrics.ui(bold=True))
        self.about.setFont(metrics.ui())
        self.about.setStyleSheet(f"color: {theme.muted}")
        self.left_off.setFont(metrics.ui("caption"))
        self.left_off.setStyleSheet(f"color: {theme.muted}")
        self.table.dress()
        self._fit()

    def _fit(self) -> None:
        header, metrics = self.table.horizontalHeader(), self._themes.metrics
        mono, ui = QFontMetrics(metrics.mono()), QFontMetrics(metrics.ui())
        room, others = self.table.viewport().width(), 0
        rows = range(min(200, len(self.model.rows)))
        least = metrics.px(_LEAST_PX)
        for column in (1, 2, 4, 3):
            texts = (str(self.model.index(row, column).data()) for row in rows)
            wide = max(map((ui if column == 1 else mono).horizontalAdvance, texts), default=0)
            head = str(self.model.headerData(column, Qt.Orientation.Horizontal))
            wide = max(wide, ui.horizontalAdvance(head)) + metrics.px(_PAD_PX)
            hidden = column > 2 and others + wide > room - least
            self.table.setColumnHidden(column, hidden)
            if not hidden:
                header.resizeSection(column, wide)
                others += wide
        header.resizeSection(0, max(metrics.px(_TIGHT_PX), room - others))
