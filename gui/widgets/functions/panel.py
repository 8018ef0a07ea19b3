"""The functions of the selected range, or of the whole run: what each cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QPainter,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
)

from gui.icons import icon
from gui.widgets.elided import ElidedLabel
from gui.widgets.functions.export import functions_csv, functions_markdown
from gui.widgets.functions.model import (
    SHARE_ROLE,
    TINT_ROLE,
    Column,
    FunctionFilter,
    FunctionModel,
    head_of,
)
from gui.widgets.in_sight import InSight
from gui.widgets.layout.copy_table import CopyTable
from gui.widgets.lazy_panel import LazyPanel
from gui.widgets.own_keys import claims

if TYPE_CHECKING:
    from core.trace.function_table import FunctionRow
    from gui.session import Session
    from gui.theme import ThemeManager

_LEAST_PX, _NARROW_PX = 150, 70
"""Names get no less than this where other columns can go out of sight, and where none can."""
_SPARED = (
    Column.SELF_EVENTS, Column.EVENTS, Column.PEAK, Column.SUBSYSTEM, Column.SELF_TIME, Column.CALLS
)  # fmt: skip
"""What goes out of sight where there is no room, the first one first."""
_PAD_PX = 30
"""What a cell has beside its text: padding, and the head's arrow."""
_EMPTY = "Open a scenario to see what its functions cost."


class FunctionsPanel(LazyPanel):
    """A table of functions that follows the selected range.

    Args:
        session: Whose run and range it shows, and whose cursor goes to calls.
        themes: The theme in force.
    """

    function_chosen = Signal(str)
    """The user chose a function by its name: a click, or Enter."""

    def __init__(self, session: Session, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self._wanted: dict[Column, int] = {}
        self.model = FunctionModel(themes, self)
        self.proxy = FunctionFilter(self)
        self.proxy.setSourceModel(self.model)
        self.table = _Table(themes)
        self.title, self.count = ElidedLabel(), QLabel()
        self.clear_button = QPushButton("Clear range")
        self.copy_button = QToolButton()
        self.filter = QLineEdit(clearButtonEnabled=True)
        self._build()
        in_sight = InSight(self)
        in_sight.connect_to(session.trace_changed, self.renew)
        in_sight.connect_to(session.range_changed, self.renew)
        themes.changed.connect(self._dress)
        self._dress()
        self._describe()

    def _build(self) -> None:
        self._head, self._tools, self._column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        self._head.addWidget(self.title, 1)
        self._head.addWidget(self.clear_button)
        self._tools.addWidget(self.filter, 1)
        self._tools.addWidget(self.count)
        self._tools.addWidget(self.copy_button)
        self._column.addLayout(self._head)
        self._column.addLayout(self._tools)
        self._column.addWidget(self.table, 1)
        self.setAccessibleName("Functions")
        self.table.setAccessibleName("Functions and what they cost")
        self.table.setModel(self.proxy)
        self.table.setItemDelegateForColumn(Column.TIME, _Bar(self))
        self.table.setItemDelegateForColumn(Column.SELF_TIME, _Bar(self))
        # Names differ at both ends: save_stack, set_page_owner, __set_page_owner_handle.
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.resized.connect(self._fit_columns)
        self.table.horizontalHeader().sortIndicatorChanged.connect(lambda *_: self._fit_columns())
        self.table.clicked.connect(lambda index: self.function_chosen.emit(self._name(index)))
        self.table.activated.connect(self._activate)
        self.filter.setPlaceholderText("Filter functions")
        self.filter.setAccessibleName("Filter functions: text or regular expression")
        self.filter.textChanged.connect(self._filter)
        self.clear_button.setToolTip("Show the whole run again")
        self.clear_button.clicked.connect(self._session.clear_range)
        self._build_copy()

    def _build_copy(self) -> None:
        menu = QMenu(self.copy_button)
        self.copy_button.setToolTip("Copy the table")
        menu.addAction("Copy as CSV", self.copy_csv)
        menu.addAction("Copy as Markdown", self.copy_markdown)
        self.copy_button.setMenu(menu)
        self.copy_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.copy_button.setAccessibleName("Copy the table")
        self.copy_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    # -- what is shown --------------------------------------------------------------------

    def take(self) -> None:
        """Add up what is selected, or the whole run."""
        from core.trace.function_table import function_table

        trace, chosen = self._session.trace, self._session.range
        here = self._name(self.table.currentIndex())
        rows = [] if trace is None else function_table(trace, *(chosen or ()))
        self.model.show_rows(rows)
        self._wanted.clear()
        self._choose(here)
        self._fit_columns()
        self._describe()

    def _choose(self, name: str) -> None:
        """Keep the row of a function chosen while the table changes under it."""
        for at, row in enumerate(self.model.rows):
            if name and row.function.name == name:
                index = self.proxy.mapFromSource(self.model.index(at, 0))
                if index.isValid():
                    self.table.setCurrentIndex(index)

    def about(self) -> str:
        """Return which events the table is about; they are counted from 1."""
        trace, chosen = self._session.trace, self._session.range
        if trace is None:
            return _EMPTY
        if chosen is None:
            return f"Whole run, {len(trace):,} events"
        first, last = chosen[0] + 1, chosen[1] + 1
        return (
            f"Events {first:,} to {last:,} (range)" if first != last else f"Event {first:,} (range)"
        )

    def _describe(self) -> None:
        self.title.set_text(self.about())
        had_focus = self.clear_button.hasFocus()
        self.clear_button.setVisible(self._session.range is not None)
        if had_focus and not self.clear_button.isVisible():
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        shown, known = self.proxy.rowCount(), self.model.rowCount()
        text = f"{shown} of {known}" if shown != known else f"{known} functions"
        self.count.setText(text if self._session.trace is not None else "")
        self.copy_button.setEnabled(shown > 0)
        self.table.setAccessibleDescription(f"{self.about()}. {text}")

    def _filter(self, text: str) -> None:
        self.proxy.look_for(text)
        self.filter.setToolTip(
            "No regular expression: looked for as it stands" if self.proxy.pattern_is_plain else ""
        )
        self._describe()

    def shown_rows(self) -> list[FunctionRow]:
        """Return the rows as they are shown: filtered and in order."""
        indexes = (self.proxy.index(at, 0) for at in range(self.proxy.rowCount()))
        return [self.model.rows[self.proxy.mapToSource(index).row()] for index in indexes]

    # -- what the user does ---------------------------------------------------------------

    def _name(self, index: QModelIndex) -> str:
        if not index.isValid():
            return ""
        return self.model.rows[self.proxy.mapToSource(index).row()].function.name

    def _activate(self, index: QModelIndex) -> None:
        """Go to the function's next call after the cursor."""
        self.function_chosen.emit(self._name(index))
        self.go_to_next_call(self._name(index))

    def go_to_next_call(self, name: str) -> None:
        """Move the cursor to a function's next call in the range; after the last to the first."""
        from core.trace.search import calls_of

        trace = self._session.trace
        if trace is None:
            return
        first, last = self._session.range or (0, len(trace) - 1)
        hits = calls_of(trace, name)
        to = hits.next_hit(max(self._session.position, first - 1))
        if to is None or to > last:
            to = hits.next_hit(first - 1)
        if to is not None and to <= last:
            self._session.seek(to)

    def copy_csv(self) -> None:
        """Copy what is shown as CSV."""
        QGuiApplication.clipboard().setText(functions_csv(self.shown_rows()))

    def copy_markdown(self) -> None:
        """Copy what is shown as a table in Markdown."""
        QGuiApplication.clipboard().setText(functions_markdown(self.shown_rows(), self.about()))

    # -- how it looks ---------------------------------------------------------------------

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        pad, side = metrics.px(8), metrics.px(16)
        self._column.setContentsMargins(pad, pad, pad, pad)
        for layout in (self._column, self._head, self._tools):
            layout.setSpacing(metrics.px(6))
        self.title.setFont(metrics.ui(bold=True))
        # The button comes and goes; the table must not jump.
        self.title.setMinimumHeight(self.clear_button.sizeHint().height())
        self.count.setFont(metrics.ui("caption"))
        self.count.setStyleSheet(f"color: {theme.muted}")
        self.copy_button.setIcon(icon("copy", theme, side, ratio=self.devicePixelRatioF()))
        self.copy_button.setIconSize(QSize(side, side))
        self.table.dress()
        self.model.dress()
        self._wanted.clear()
        self._fit_columns()

    def _fit_columns(self) -> None:
        """Make columns as wide as what they say, and give the names the rest.

        A number that is cut is another number: what has no room goes out of sight as a column.
        """
        header, px = self.table.horizontalHeader(), self._themes.metrics.px
        if not self._wanted:
            self._wanted.update({column: self._wanted_width(column) for column in Column})
        widths = dict(self._wanted)
        room = self.table.viewport().width()
        least = min(widths[Column.FUNCTION], px(_LEAST_PX))
        for column in _SPARED:
            others = sum(widths.values()) - widths[Column.FUNCTION]
            if others + least > room and column != header.sortIndicatorSection():
                del widths[column]
        others = sum(widths.values()) - widths[Column.FUNCTION]
        widths[Column.FUNCTION] = max(px(_NARROW_PX), room - others)
        for column in Column:
            self.table.setColumnHidden(column, column not in widths)
            if column in widths:
                header.resizeSection(column, widths[column])

    def _wanted_width(self, column: Column) -> int:
        """Return the width in which a column cuts nothing."""
        metrics = self._themes.metrics
        ui, mono = QFontMetrics(metrics.ui()), QFontMetrics(metrics.mono())
        font = ui if column is Column.SUBSYSTEM else mono
        rows = range(self.model.rowCount())
        texts = (str(self.model.index(row, column).data()) for row in rows)
        longest = max(map(font.horizontalAdvance, texts), default=0)
        return max(longest, ui.horizontalAdvance(head_of(column))) + metrics.px(_PAD_PX)


class _Table(CopyTable):
    """The table; Enter goes to the next call, whatever the platform opens rows with."""

    def event(self, event: QEvent) -> bool:
        """Keep Enter from the commands of the window."""
        return claims(event, (Qt.Key.Key_Return, Qt.Key.Key_Enter)) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the row on Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class _Bar(QStyledItemDelegate):
    """Draws how much of the largest value a cell is, under its text."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw the cell, and the bar at its foot."""
        super().paint(painter, option, index)
        share, tint = index.data(SHARE_ROLE), index.data(TINT_ROLE)
        if share:
            cell = QRectF(option.rect)
            thick = max(2.0, cell.height() / 9)
            room = cell.width() - 2 * thick
            wide = max(1.0, room * share)
            bar = QRectF(cell.right() - thick - wide, cell.bottom() - thick - 1, wide, thick)
            painter.fillRect(bar, QColor(tint))
