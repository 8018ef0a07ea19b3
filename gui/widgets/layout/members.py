"""The members of a struct as a table: sorted, filtered, copied, and a way into the structs."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtGui import QFontMetrics, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.layout.model import TASK_STRUCT
from gui.widgets.elided import ElidedLabel
from gui.widgets.in_sight import InSight
from gui.widgets.layout.copy_table import CopyTable
from gui.widgets.layout.member_model import Column, MemberFilter, MemberModel, cell_text, heads
from gui.widgets.layout.member_pointer import PointedRows
from gui.widgets.layout.member_rows import Row, member_rows

if TYPE_CHECKING:
    from gui.layout_session import LayoutSession
    from gui.theme import ThemeManager

_WIDEST_PX = {Column.NAME: 260, Column.TYPE: 260, Column.MOVES: 220}
"""Columns of names that may be long get no more than this unless there is room, at 100 %."""
_LEAST_PX = {Column.TYPE: 150, Column.NAME: 180}
"""They are cut down to this, in this order, before other columns go out of sight."""
_SORT_PX = 22
"""What a head needs beside its text for the arrow that says how rows are sorted, at 100 %."""

_EMPTY = "Open a kernel to see its task_struct."


class MembersPanel(QWidget):
    """The members of the open struct.

    Args:
        session: What is open and selected.
        themes: The theme in force.
    """

    def __init__(self, session: LayoutSession, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self._trail: list[str] = []
        self._longest: dict[Column, int] = {}
        self._syncing = self._unseen = False
        self.model = MemberModel(themes, self)
        self.proxy = MemberFilter(self)
        self.proxy.setSourceModel(self.model)
        self.table = CopyTable(themes)
        self.back = QPushButton(flat=True)
        self.title = ElidedLabel()
        self.filter = QLineEdit(clearButtonEnabled=True)
        self.gaps = QCheckBox("Holes")
        self.count = QLabel()
        self._build()
        in_sight = InSight(self)
        in_sight.connect_to(session.answer_changed, self._show)
        in_sight.connect_to(session.member_selected, self._follow)
        in_sight.connect_to(session.pointed_changed, self._point)
        themes.changed.connect(self._dress)
        self._show()
        self._point()
        self._dress()

    def _build(self) -> None:
        self._head, self._tools, self._column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        self._head.addWidget(self.back)
        self._head.addWidget(self.title, 1)
        self._tools.addWidget(self.filter, 1)
        self._tools.addWidget(self.gaps)
        self._tools.addWidget(self.count)
        self._column.addLayout(self._head)
        self._column.addLayout(self._tools)
        self._column.addWidget(self.table, 1)
        self.setAccessibleName("Members")
        self.table.setAccessibleName("Members of the struct")
        self.table.setModel(self.proxy)
        header = self.table.horizontalHeader()
        self.table.setItemDelegate(PointedRows(header, self._themes, self.table))
        self.table.resized.connect(self._fit_columns)
        self.table.activated.connect(self._activate)
        self.table.went_back.connect(self.go_back)
        self.table.selectionModel().currentChanged.connect(self._select)
        self.filter.setPlaceholderText("Filter names and types")
        self.filter.setAccessibleName("Filter members: text or regular expression")
        self.filter.textChanged.connect(self._filter)
        self.gaps.setToolTip("Show what is unused between members as rows of their own")
        self.gaps.setChecked(True)
        self.gaps.toggled.connect(self._show_gaps)
        self.back.clicked.connect(self.go_back)

    # -- what is shown --------------------------------------------------------------------

    def _show(self) -> None:
        layout, what_if = self._session.layout, self._session.answer
        struct = layout.struct if layout is not None else None
        rows = member_rows(struct, what_if) if struct is not None else ()
        scrolled = self.table.verticalScrollBar().value()
        same = self._trail[-1:] == [struct.name] if struct is not None else False
        self._syncing = True
        self.model.show_rows(rows, self._session.line_bytes)
        self._syncing = False
        self._longest = _longest(rows, self.model.line_bytes)
        self._show_trail(struct.name if struct is not None else "")
        if struct is None:
            self.title.set_text(_EMPTY)
        else:
            keyword = "union" if struct.is_union else "struct"
            trail = " › ".join(self._trail[:-1])
            trail = f"{trail} › " if trail else ""
            assert layout is not None
            size = f"{struct.size_bytes:,} bytes"
            self.title.set_text(f"{trail}{keyword} {struct.name}, {size}, {layout.label}")
        self._fit_columns()
        self._count()
        if same:
            self.table.verticalScrollBar().setValue(scrolled)
        self._follow(self._session.selected)

    def _show_trail(self, struct: str) -> None:
        """Remember the way from task_struct to the struct that is shown."""
        if struct in self._trail:
            del self._trail[self._trail.index(struct) + 1 :]
        elif struct:
            start = [] if struct == TASK_STRUCT or self._trail else [TASK_STRUCT]
            self._trail = [*self._trail, *start, struct] if struct != TASK_STRUCT else [struct]
        else:
            self._trail = []
        above = self._trail[-2] if len(self._trail) > 1 else ""
        self.back.setVisible(bool(above))
        self.back.setText(f"← {above}")
        self.back.setAccessibleName(f"Back to {above}")

    def _count(self) -> None:
        shown, members = self.proxy.rowCount(), len(self.model.rows)
        if shown == members:
            self.count.setText(f"{members:,} rows")
        else:
            self.count.setText(f"{shown:,} of {members:,}")
        spoken = f"{shown} of {members} rows"
        self.table.setAccessibleDescription(
            f"{spoken}, no regular expression" if self.proxy.pattern_is_plain else spoken
        )

    def _filter(self, text: str) -> None:
        self.proxy.look_for(text)
        self.filter.setToolTip(
            "No regular expression: looked for as it stands" if self.proxy.pattern_is_plain else ""
        )
        self._count()
        self._follow(self._session.selected)

    def _show_gaps(self, shown: bool) -> None:
        self.proxy.show_gaps(shown)
        self._fit_columns()
        self._count()
        self._follow(self._session.selected)

    # -- what is chosen -------------------------------------------------------------------

    def _select(self, now: QModelIndex, _before: QModelIndex) -> None:
        if self._syncing or not now.isValid():
            return
        self._syncing = True
        self._session.select(self.row_at(now).name)
        self._syncing = False

    def _follow(self, name: str) -> None:
        """Show what was chosen elsewhere."""
        if self._syncing:
            return
        source = self.model.row_of(name) if name else -1
        index = self.proxy.mapFromSource(self.model.index(source, 0)) if source >= 0 else None
        chosen = self.table.selectionModel()
        self._syncing = True
        if index is None or not index.isValid():
            chosen.clear()
        elif chosen.currentIndex().row() != index.row() or not chosen.hasSelection():
            flags = QItemSelectionModel.SelectionFlag
            index = index.siblingAtColumn(max(0, chosen.currentIndex().column()))
            chosen.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
            self.table.scrollTo(index)
        self._syncing = False

    def _point(self) -> None:
        """Ring the members that a lesson points at, the first of them in view."""
        self.model.point(self._session.pointed)
        self._unseen = not self.isVisible()
        self._show_pointed()

    def _show_pointed(self) -> None:
        for row in self.model.pointed:
            index = self.proxy.mapFromSource(self.model.index(row, 0))
            if index.isValid():
                self.table.scrollTo(index)
                return

    def showEvent(self, event: QShowEvent) -> None:
        """Have what a lesson points at in view when it is first looked at."""
        super().showEvent(event)
        if self._unseen:
            self._unseen = False
            self._show_pointed()

    def row_at(self, index: QModelIndex) -> Row:
        """Return the row of an index of the table."""
        return self.model.rows[self.proxy.mapToSource(index).row()]

    def _activate(self, index: QModelIndex) -> None:
        """Open the struct that a member is, points to or is an array of."""
        tag, analysis = self.row_at(index).tag, self._session.analysis
        if not tag or analysis is None or tag == analysis.layout.struct.name:
            return
        from core.errors import OwnerscopeError

        try:
            found = analysis.types.find(tag)
        except OwnerscopeError as error:
            self._session.failed.emit(str(error))
            return
        if found is not None:
            self._session.show_struct(tag)

    def go_back(self) -> None:
        """Show the struct from which this one was opened."""
        if len(self._trail) > 1:
            had_focus = self.back.hasFocus()
            self._session.show_struct(self._trail[-2])
            if had_focus and not self.back.isVisible():
                self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- how it looks ---------------------------------------------------------------------

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        pad = metrics.px(8)
        self._column.setContentsMargins(pad, pad, pad, pad)
        for layout in (self._column, self._head, self._tools):
            layout.setSpacing(metrics.px(6))
        self.title.setFont(metrics.ui(bold=True))
        self.count.setFont(metrics.ui("caption"))
        self.count.setStyleSheet(f"color: {theme.muted}")
        self.table.dress()
        self.model.dress()
        self._fit_columns()

    def _fit_columns(self) -> None:
        """Make columns as wide as what they say, and give the rest to names and types."""
        metrics, header = self._themes.metrics, self.table.horizontalHeader()
        mono, head_font = QFontMetrics(metrics.mono()), QFontMetrics(metrics.ui())
        char_px, pad = mono.horizontalAdvance("0"), metrics.px(16)
        wanted = {}
        for column, head in zip(Column, heads(), strict=True):
            text_px = (self._longest.get(column, 0) + 1) * char_px + pad
            wanted[column] = max(text_px, head_font.horizontalAdvance(head) + metrics.px(_SORT_PX))
        # Where nothing moves there is nothing to say about it, and holes that are rows of their
        # own need no column: names and types need the room.
        for column, idle in (
            (Column.MOVES, not self._longest.get(Column.MOVES, 0)),
            (Column.GAP, self.gaps.isChecked()),
        ):
            self.table.setColumnHidden(column, idle)
            wanted[column] *= not idle
        widths = {
            column: min(width, metrics.px(_WIDEST_PX.get(column, 400)))
            for column, width in wanted.items()
        }
        room = self.table.viewport().width() - sum(widths.values())
        for column in (Column.NAME, Column.TYPE):
            more = min(max(room, 0), wanted[column] - widths[column])
            widths[column] += more
            room -= more
        widths[Column.TYPE] += max(room, 0)
        for column, least_px in _LEAST_PX.items():
            least = min(widths[column], metrics.px(least_px))
            cut = min(max(-room, 0), widths[column] - least)
            widths[column] -= cut
            room += cut
        for column, width in widths.items():
            if not self.table.isColumnHidden(column):
                header.resizeSection(column, width)


@lru_cache(maxsize=16)
def _longest(rows: tuple[Row, ...], line_bytes: int) -> dict[Column, int]:
    """Return how many characters the longest text of each column has."""
    return {
        column: max((len(cell_text(row, column, line_bytes)) for row in rows), default=0)
        for column in Column
    }
