"""What another guard would have done with a recorded trace: a guard a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QVBoxLayout

from gui.widgets.layout.copy_table import CopyTable
from gui.widgets.lazy_panel import LazyPanel
from gui.widgets.rows_model import RIGHT, Head, Index, RowsModel
from gui.widgets.sentences import time_text

if TYPE_CHECKING:
    from core.recording.questions.what_if import WhatIf
    from gui.recording_session import RecordingSession
    from gui.theme import ThemeManager

_ROLES = Qt.ItemDataRole
_HEADS = (
    Head("Guard", "The guard that is laid over the recording"),
    Head("Cut", "Calls of save_stack it would have turned away", RIGHT),
    Head("Calls", "Calls saved: that would not have been made", RIGHT),
    Head("Time", "Time saved, as it was recorded, tracing included", RIGHT),
    Head("?", "Unknown: calls turned away in the recording that this guard lets pass", RIGHT),
)
_PAD_PX, _LEAST_PX = 28, 132


class WhatIfModel(RowsModel):
    """Answers, a row each."""

    def __init__(self, themes: ThemeManager, parent: QObject | None = None) -> None:
        super().__init__(themes, parent)
        self.rows: Sequence[WhatIf] = ()

    def show_rows(self, rows: Sequence[WhatIf]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def _length(self) -> int:
        return len(self.rows)

    def _heads(self) -> Sequence[Head]:
        return _HEADS

    def data(self, index: Index, role: int = _ROLES.DisplayRole) -> Any:
        """Return what a cell shows."""
        if not index.isValid():
            return None
        row, at = self.rows[index.row()], index.column()
        if role == _ROLES.DisplayRole:
            return (
                _short(row.guard.title), f"{len(row.cut):,}",
                f"{row.saved_calls:,}",
                time_text(row.saved_ns) if row.saved_ns else "–",
                f"{row.not_knowable:,}" if row.not_knowable else "–",
            )[at]  # fmt: skip
        if role == _ROLES.TextAlignmentRole and at:
            return RIGHT
        if role == _ROLES.FontRole and at:
            return self._themes.metrics.mono()
        if role == _ROLES.ToolTipRole:
            return "\n".join(row.sentences)
        return None


def _short(title: str) -> str:
    """Return what a guard is called where there is little room."""
    return title.replace(", at most", " ≤").replace("depth counter", "counter")


class WhatIfPanel(LazyPanel):
    """The table of guards, and how far the answer of the chosen one goes.

    Args:
        session: What is open.
        themes: The theme in force.
    """

    cuts_wanted = Signal(object)
    """The user wants to see which calls a guard cuts (a ``WhatIf`` with at least one)."""

    def __init__(self, session: RecordingSession, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self.head = QLabel(wordWrap=True)
        self.model = WhatIfModel(themes, self)
        self.table = CopyTable(themes)
        self.table.setModel(self.model)
        self.table.setSortingEnabled(False)
        self.text = QLabel(wordWrap=True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.head)
        self._column.addWidget(self.table)
        self._column.addWidget(self.text)
        self._column.addStretch(1)
        self.table.clicked.connect(self._jump)
        self.table.activated.connect(self._jump)
        self.table.selectionModel().currentChanged.connect(self._tell)
        self.table.resized.connect(self._fit)
        self.table.setAccessibleName("Guards")
        self.setAccessibleName("What if")
        session.recording_changed.connect(self.renew)
        themes.changed.connect(self._dress)
        self._dress()

    def take(self) -> None:
        """Show what is new."""
        trace = self._session.trace
        rows: list[WhatIf] = []
        if trace is not None:
            from core.recording.questions.what_if import what_if_all

            rows = what_if_all(trace)
        self.model.show_rows(rows)
        self.table.setVisible(bool(rows))
        self.head.setText(
            "What would another guard have done here? A click marks what it cuts on the timeline."
            if rows
            else "Only a recording with an order of calls can be asked what another guard would "
            "have done: open one of function_graph."
        )
        self._tell()
        self._fit()

    def _tell(self) -> None:
        """Say how far the answer of the current row goes, or what goes for all of them."""
        at, rows = self.table.currentIndex().row(), self.model.rows
        if not rows:
            self.text.setText("")
            return
        self.text.setText("\n\n".join(rows[max(0, at)].sentences))

    def _jump(self, index: QModelIndex) -> None:
        row = self.model.rows[index.row()]
        if len(row.cut):
            self.cuts_wanted.emit(row)

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        pad = metrics.px(10)
        self._column.setContentsMargins(pad, pad, pad, pad)
        self._column.setSpacing(metrics.px(8))
        self.head.setFont(metrics.ui())
        self.text.setFont(metrics.ui())
        self.text.setStyleSheet(f"color: {theme.muted}")
        self.table.dress()
        self._fit()

    def _fit(self) -> None:
        """Show all rows, and columns as wide as what they say."""
        header, metrics = self.table.horizontalHeader(), self._themes.metrics
        mono, ui = QFontMetrics(metrics.mono()), QFontMetrics(metrics.ui())
        room, others = self.table.viewport().width(), 0
        for column in range(1, len(_HEADS)):
            texts = (
                str(self.model.index(row, column).data()) for row in range(len(self.model.rows))
            )
            wide = max(map(mono.horizontalAdvance, texts), default=0)
            wide = max(wide, ui.horizontalAdvance(_HEADS[column].text)) + metrics.px(_PAD_PX)
            header.resizeSection(column, wide)
            others += wide
        header.resizeSection(0, max(metrics.px(_LEAST_PX), room - others))
        rows = self.table.verticalHeader().defaultSectionSize() * max(1, len(self.model.rows))
        scroll = self.table.horizontalScrollBar()
        extra = scroll.sizeHint().height() if others + metrics.px(_LEAST_PX) > room else 0
        self.table.setFixedHeight(header.sizeHint().height() + rows + extra + metrics.px(6))
