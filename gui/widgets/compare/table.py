"""What the comparison comes to: a sentence, and a table of measures, differences first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.lesson.covered import TABLES
from gui.covered import ASKED, MARK
from gui.icons import icon
from gui.widgets.compare.difference_model import DifferenceModel
from gui.widgets.cover import Cover
from gui.widgets.elided import ElidedLabel
from gui.widgets.in_sight import InSight
from gui.widgets.layout.copy_table import CopyTable

if TYPE_CHECKING:
    from gui.compare_session import CompareSession
    from gui.theme import ThemeManager

EVENTS_AT_ONCE = 1_000_000
"""Figures of larger runs are worked out after the window has shown the rest."""
_BESIDE = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
_LECTURE_HALL = 2.0
"""From this scale on the buttons have no icons, so that the sentence has the width."""
_LEAST_ROWS = 2
"""Rows of the table that stay when it is made small."""
_MEASURE_PX = 260
"""Least width of the measures' column at the scale of 1."""


class _Sentence(ElidedLabel):
    """A sentence over as many lines as it takes: it is what all the rest comes to."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)

    def _fit(self) -> None:
        if self.text() != self.whole:
            self.setText(self.whole)


class DifferencesPanel(QWidget):
    """The sentence and the table.

    Args:
        session: What is compared.
        themes: The theme in force.
    """

    copied = Signal(str)
    """Something is on the clipboard now; carries what, as a sentence begins."""

    def __init__(self, session: CompareSession, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self.model = DifferenceModel(themes, self)
        self.sentence = _Sentence()
        self.copy_button, self.csv_button = QToolButton(), QToolButton()
        self.table = CopyTable(themes)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._work_out)
        self._said = ""
        self._build()
        in_sight = InSight(self)
        in_sight.connect_to(session.traces_changed, self._take)
        in_sight.connect_to(session.cursor.covered.changed, self._show)
        themes.changed.connect(self._dress)
        self._dress()
        self._take()

    def _build(self) -> None:
        self._head, self._column = QHBoxLayout(), QVBoxLayout(self)
        # The table goes where there is no room for it, so its least height is not the panel's.
        self._column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        self._head.addWidget(self.sentence, 1)
        for button, text, tip, copy in (
            (self.copy_button, "Markdown", "Copy the table as Markdown", self.copy_markdown),
            (self.csv_button, "CSV", "Copy the table as CSV", self.copy_csv),
        ):
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.clicked.connect(copy)
            self._head.addWidget(button)
        self._column.addLayout(self._head)
        self.cover = Cover(self.table, self._session.cursor.covered, TABLES, self._themes)
        self._column.addWidget(self.cover, 1)
        self.table.setSortingEnabled(False)
        self.table.setModel(self.model)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setAccessibleName("What the lanes came to")
        self.table.resized.connect(self._fit_columns)

    # -- what is shown --------------------------------------------------------------------

    def _take(self) -> None:
        traces = self._session.traces
        self._later.stop()
        if sum(map(len, traces)) > EVENTS_AT_ONCE:
            self.sentence.set_text("…")
            self.model.take((), ())
            self._later.start()
        else:
            self._work_out()

    def _work_out(self) -> None:
        from core.compare.differences import differences
        from core.compare.summary import summary

        traces, labels = self._session.traces, self._session.labels
        rows = differences(traces, self._session.plans) if traces else ()
        self.model.take(labels, rows)
        self._said = summary(labels, rows) if rows else "Nothing is compared yet."
        self._show()
        self._fit_columns()

    def _show(self) -> None:
        """Say what it comes to, unless a lesson asks for that."""
        asked = TABLES in self._session.cursor.covered
        self.sentence.set_text(MARK if asked else self._said, ASKED if asked else "")
        if asked:
            self.sentence.setAccessibleName(ASKED)
        for button in (self.copy_button, self.csv_button):
            button.setEnabled(bool(self.model.rows) and not asked)

    def least_height(self) -> int:
        """Return the height of the sentence alone, in the width there is."""
        edges = self._column.contentsMargins()
        wrapped = self.sentence.heightForWidth(max(self.sentence.width(), 1))
        head = max(wrapped, self.copy_button.sizeHint().height())
        return head + edges.top() + edges.bottom()

    def readable_height(self) -> int:
        """Return the height of the sentence and a few rows of the table."""
        header = self.table.horizontalHeader().sizeHint().height()
        rows = _LEAST_ROWS * self.table.verticalHeader().defaultSectionSize()
        frame = 2 * self.table.frameWidth()
        return self.least_height() + self._column.spacing() + header + rows + frame

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the table where there is room for a row or two of it."""
        super().resizeEvent(event)
        self._column.activate()
        line = self.table.verticalHeader().defaultSectionSize()
        self.cover.setVisible(self.height() >= self.readable_height() - line)

    def minimumSizeHint(self) -> QSize:
        """Return room for a line of the sentence: a lecture hall wants the stacks."""
        edges = self._column.contentsMargins()
        line = max(self.sentence.fontMetrics().height(), self.copy_button.sizeHint().height())
        return QSize(self._themes.metrics.chrome(240), line + edges.top() + edges.bottom())

    # -- copying --------------------------------------------------------------------------

    def copy_markdown(self) -> None:
        """Put the sentence and the table on the clipboard as Markdown."""
        from core.compare.tables import as_markdown

        if self.model.rows:
            table = as_markdown(self.model.labels, self.model.rows)
            QGuiApplication.clipboard().setText(f"{self.sentence.whole}\n\n{table}")
            self.copied.emit("The table as Markdown")

    def copy_csv(self) -> None:
        """Put the table on the clipboard as CSV."""
        from core.compare.tables import as_csv

        if self.model.rows:
            QGuiApplication.clipboard().setText(as_csv(self.model.labels, self.model.rows))
            self.copied.emit("The table as CSV")

    # -- look -----------------------------------------------------------------------------

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        px, ratio = metrics.chrome, self.devicePixelRatioF()
        self._column.setContentsMargins(px(12), px(8), px(12), px(6))
        self._column.setSpacing(px(6))
        self._head.setSpacing(px(6))
        self.sentence.setFont(metrics.frame().ui("title", bold=True))
        for button in (self.copy_button, self.csv_button):
            button.setIcon(icon("copy", theme, metrics.chrome(16), ratio=ratio))
            button.setIconSize(QSize(1, 1) * metrics.chrome(16))
            large = metrics.scale >= _LECTURE_HALL
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly if large else _BESIDE)
            button.setFont(metrics.frame().ui())
        self.table.dress()
        self.model.dress()
        self._fit_columns()

    def _fit_columns(self) -> None:
        """Give the measures what they need, and share the rest among the lanes."""
        metrics, header = self._themes.metrics, self.table.horizontalHeader()
        lanes = len(self.model.labels)
        if not lanes:
            return
        font = QFontMetrics(metrics.ui(bold=True))
        texts = [str(self.model.index(row, 0).data()) for row in range(self.model.rowCount())]
        longest = max(map(font.horizontalAdvance, texts), default=0) + metrics.px(20)
        room = self.table.viewport().width()
        first = min(max(longest, metrics.px(_MEASURE_PX)), room // 2)
        header.resizeSection(0, first)
        share = (room - first) // lanes
        for lane in range(lanes):
            header.resizeSection(1 + lane, share)
