"""The table of what is heaviest, by function, stack or any dimension."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QVBoxLayout

from gui.widgets.controls import MenuButton
from gui.widgets.layout.copy_table import CopyTable
from gui.widgets.lazy_panel import LazyPanel
from gui.widgets.recordings.frame_menu import frame_menu
from gui.widgets.recordings.top_model import MOST_ROWS, TopModel, title_of
from gui.widgets.recordings.words import weight_name

if TYPE_CHECKING:
    from core.recording.questions.query import Group
    from gui.recording_session import RecordingSession
    from gui.theme import ThemeManager

_LEAST_PX, _PAD_PX, _MEASURED = 150, 26, 300
_TIGHT_PX = 80
"""Names go down to this before the share, the second number, goes out of sight."""


class TopPanel(LazyPanel):
    """The heaviest groups of what is shown; a click goes there in the flame graph.

    Args:
        session: What is shown.
        themes: The theme in force.
    """

    def __init__(self, session: RecordingSession, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self.model = TopModel(themes, self)
        self._wide: list[int] = []
        self.table = CopyTable(themes)
        self.table.setModel(self.model)
        self.by = MenuButton("Table by", themes, self._fill)
        self.copy_button = MenuButton("Copy", themes, self._fill_copies)
        self.count = QLabel()
        self._head, self._column = QHBoxLayout(), QVBoxLayout(self)
        self._head.addWidget(self.by)
        self._head.addWidget(self.count, 1)
        self._head.addWidget(self.copy_button)
        self._column.addLayout(self._head)
        self._column.addWidget(self.table, 1)
        self.model.layoutChanged.connect(self._wide.clear)
        self.table.clicked.connect(self._choose)
        self.table.activated.connect(self._enter)
        self.table.resized.connect(self._fit_columns)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._offer)
        self.table.setAccessibleName("Heaviest")
        self.setAccessibleName("Top")
        session.tree_changed.connect(self.renew)
        themes.changed.connect(self._dress)
        self._dress()

    def show_by(self, by: str) -> None:
        """Group by something else."""
        self.model.by = by
        self.catch_up()

    # -- what is shown --------------------------------------------------------------------

    def take(self) -> None:
        """Show what is new."""
        from core.recording.questions.query import groupings

        session, shown = self._session, self._session.shown
        by = self.model.by
        if shown is not None and by not in groupings(shown):
            by = "function"
        self.model.show_profile(shown, by, session.weight)
        self._wide.clear()
        self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.by.show_value(title_of(by), "What the rows are")
        self.copy_button.show_value("Copy", "The table as it is shown")
        rows, known = self.model.rowCount(), self.model.known
        self.count.setText(f"{rows:,} of {known:,}" if known > rows else f"{known:,}")
        self.count.setToolTip(f"The heaviest {MOST_ROWS:,}" if known > rows else "")
        for button in (self.by, self.copy_button):
            button.setEnabled(shown is not None)
        self._fit_columns()

    def about(self) -> str:
        """Return what the table is about, as a line."""
        session = self._session
        weight = weight_name(session.weight, session.profile).lower()
        where = f", {session.filter}" if session.filter else ""
        return f"{session.title}: {weight} by {title_of(self.model.by).lower()}{where}"

    def _fill(self, menu: QMenu) -> None:
        from core.recording.questions.query import groupings

        shown = self._session.shown
        for by in groupings(shown) if shown is not None else ():
            action = menu.addAction(title_of(by))
            action.setCheckable(True)
            action.setChecked(by == self.model.by)
            action.triggered.connect(lambda _=False, by=by: self._show_later(by))

    def _show_later(self, by: str) -> None:
        QTimer.singleShot(0, self, partial(self.show_by, by))

    def _fill_copies(self, menu: QMenu) -> None:
        menu.addAction("As Markdown").triggered.connect(self.copy_markdown)
        menu.addAction("As CSV").triggered.connect(self.copy_csv)

    # -- what the user does ---------------------------------------------------------------

    def _group(self, index: QModelIndex) -> Group | None:
        return self.model.groups[index.row()] if index.isValid() else None

    def _choose(self, index: QModelIndex) -> None:
        """Select a function and look for it everywhere, or go to a stack."""
        group, session = self._group(index), self._session
        if group is None:
            return
        if self.model.by in ("function", "innermost", "root") and group.value:
            session.look_for(group.value)
            session.select_function(group.value)
        elif self.model.by == "stack" and session.tree is not None:
            names = group.value.split(";")
            node = session.tree.find(names[::-1] if session.inverted else names)
            if node is not None:
                session.select(node)

    def _enter(self, index: QModelIndex) -> None:
        """Show only the records of a row."""
        group = self._group(index)
        if group is None:
            return
        if self.model.by == "stack":
            self._choose(index)
            return
        session, value = self._session, group.value.replace('"', "")
        term = f'{self.model.by} = "{value}"'
        session.set_filter(f"({session.filter}) and {term}" if session.filter else term)

    def _offer(self, place: QPoint) -> None:
        group = self._group(self.table.indexAt(place))
        if group is None or not group.value:
            return
        name = group.value.rpartition(";")[2]
        if self.model.by in ("function", "innermost", "root", "stack"):
            menu = frame_menu(self._session, name, self.table)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self.table.viewport().mapToGlobal(place))

    def copy_markdown(self) -> None:
        """Copy what is shown as a table in Markdown."""
        QGuiApplication.clipboard().setText(self.model.markdown(self.about()))

    def copy_csv(self) -> None:
        """Copy what is shown as CSV."""
        QGuiApplication.clipboard().setText(self.model.csv())

    # -- how it looks ---------------------------------------------------------------------

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        pad = metrics.px(8)
        self._column.setContentsMargins(pad, pad, pad, pad)
        self._column.setSpacing(metrics.px(6))
        self._head.setSpacing(metrics.px(8))
        self.count.setFont(metrics.ui("caption"))
        self.count.setStyleSheet(f"color: {theme.muted}")
        self.table.dress()
        self._wide.clear()
        self._fit_columns()

    def _measured(self) -> list[int]:
        """Return how wide what the columns of numbers say is, which any change of size asks."""
        if not self._wide:
            metrics = self._themes.metrics
            mono, ui = QFontMetrics(metrics.mono()), QFontMetrics(metrics.ui())
            for column in range(1, self.model.columnCount()):
                texts = self.model.numbers(column, _MEASURED)
                head = str(self.model.headerData(column, Qt.Orientation.Horizontal))
                wide = max(map(mono.horizontalAdvance, texts), default=0)
                wide = max(wide, ui.horizontalAdvance(head)) + metrics.px(_PAD_PX)
                self._wide.append(wide)
        return self._wide

    def _fit_columns(self) -> None:
        """Make columns of numbers as wide as what they say; names have the rest."""
        header, metrics = self.table.horizontalHeader(), self._themes.metrics
        room, others = self.table.viewport().width(), 0
        for column, wide in enumerate(self._measured(), 1):
            # A number that is cut is another number: what has no room goes out of sight.
            least = metrics.px(_LEAST_PX if column > 2 else _TIGHT_PX)
            hidden = others + wide > room - least and column > 1
            self.table.setColumnHidden(column, hidden)
            if not hidden:
                header.resizeSection(column, wide)
                others += wide
        if self.model.columnCount():
            header.resizeSection(0, max(metrics.px(_TIGHT_PX), room - others))
