"""The Layout workspace: a kernel's struct as cache lines, and what one more field in it costs.

At the left the map and the storage word enlarged, at the right what it costs, the members as a
table, or the same question asked of many kernels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.lesson.covered import COST
from gui.widgets.arrange import keep_splitters, scrolled, splitter
from gui.widgets.controls import Segments
from gui.widgets.cover import Cover
from gui.widgets.flow import FlowLayout
from gui.widgets.folding_bar import FoldingBar
from gui.widgets.layout.bar import LayoutBar
from gui.widgets.layout.bits import StorageWordView
from gui.widgets.layout.columns import StorageColumns
from gui.widgets.layout.machine import MachineFields
from gui.widgets.layout.map import StructMap
from gui.widgets.layout.members import MembersPanel
from gui.widgets.layout.staircase import StaircaseView
from gui.widgets.layout.survey import SurveyPanel
from gui.widgets.layout.tasks import TasksPanel
from gui.workspaces.room import SharedRoom

if TYPE_CHECKING:
    from gui.layout_session import LayoutSession
    from gui.window import MainWindow

PANELS = (
    ("cost", "Cost", "What the three storages cost: slab, memory, the next step"),
    ("members", "Members", "Every member in a table"),
    ("survey", "Kernels", "The same question asked of many kernels"),
)
_RIGHT_SHARE = 46
"""Percent of the width that the panels get, until one drags."""
_PLOT_PX, _PLOT_SHARE = 190, 34
"""Least height of the staircase at 100 %, and its percentage of a low panel, until one drags."""
_BOTH_PX = 240
"""Least height of the panel at 100 % at which the staircase has its place in it."""
_TASKS_PX = 190
"""Least height of the panel at 100 % at which the number of tasks has its place below it."""
_WORD_PX = 220
"""Least height at 100 % at which the storage word has its place below the map."""
_WORD_SHARE = 36
"""Percent of the height that the storage word gets at most, until one drags."""


class LayoutWorkspace(SharedRoom):
    """The views of the Layout workspace, arranged.

    ``main_view`` has the keyboard where nobody else does.

    Args:
        window: For its theme, commands and settings.
        session: What is looked at.
    """

    def __init__(self, window: MainWindow, session: LayoutSession) -> None:
        super().__init__()
        self._window, self._session = window, session
        themes = window.themes
        self.bar = LayoutBar(session, themes)
        self.main_view = self.map = StructMap(session, themes)
        self.bits = StorageWordView(session, themes)
        self.columns = StorageColumns(session, themes)
        self.staircase = StaircaseView(session, themes)
        self.tasks = TasksPanel(session, themes)
        self.members = MembersPanel(session, themes)
        self.survey = SurveyPanel(session, themes)
        self.choice = Segments(PANELS, themes, self.show_panel)
        self.machine = MachineFields(session, themes)
        self._panels = QStackedWidget()
        self._head = QFrame()
        self._splitters = self._arrange()
        self._dragged = keep_splitters(self._splitters, window.settings, "layout")
        for changed in (session.layout_changed, session.answer_changed):
            changed.connect(self._share_later)
        themes.changed.connect(self._dress)
        self._dress()
        self.show_panel("cost")

    @property
    def panel(self) -> str:
        """Name of the panel in front at the right."""
        return PANELS[self._panels.currentIndex()][0]

    def show_panel(self, name: str) -> None:
        """Bring a panel at the right to the front."""
        names = [panel for panel, _, _ in PANELS]
        self._panels.setCurrentIndex(names.index(name))
        self.choice.show_value(name)

    def _arrange(self) -> dict[str, QSplitter]:
        left = splitter(Qt.Orientation.Vertical, self.map, self.bits)
        left.setStretchFactor(0, 1)
        cost = splitter(Qt.Orientation.Vertical, scrolled(self.columns, "Cost"), self.staircase)
        cost.setStretchFactor(1, 1)
        # The map and the word stay: in them one can find out what is asked.
        self.cost, self.kernels = self._covered(_with(cost, self.tasks)), self._covered(self.survey)
        for panel in (self.cost, self.members, self.kernels):
            self._panels.addWidget(panel)
        right = QWidget()
        column, head, choices = QVBoxLayout(right), QVBoxLayout(self._head), QWidget()
        row = FlowLayout(choices)
        for widget in (self.choice, self.machine):
            row.addWidget(widget)
        head.addWidget(choices)
        column.addWidget(self._head)
        column.addWidget(self._panels, 1)
        columns = splitter(Qt.Orientation.Horizontal, left, right)
        columns.setStretchFactor(0, 1)
        whole = QVBoxLayout(self)
        what = "Kernel, struct and field"
        whole.addWidget(FoldingBar(self.bar, what, self._window.themes, self))
        whole.addWidget(columns, 1)
        for box in (whole, column):
            box.setContentsMargins(0, 0, 0, 0)
            box.setSpacing(0)
        return {"columns": columns, "left": left, "cost": cost}

    def _covered(self, panel: QWidget) -> Cover:
        """Return a panel that says what a field costs, covered where a lesson asks for that."""
        return Cover(panel, self._session.covered, COST, self._window.themes)

    def _dress(self) -> None:
        px = self._window.themes.metrics.frame().px
        row = self._head.layout()
        assert row is not None
        row.setContentsMargins(px(14), px(8), px(14), px(8))
        self._share_later()

    # -- heights --------------------------------------------------------------------------

    def _share(self) -> None:
        """Give each view the height it needs, as far as there is one and nobody has dragged."""
        px = self._window.themes.metrics.px
        columns, left, cost = (self._splitters[name] for name in ("columns", "left", "cost"))
        if "columns" not in self._dragged:
            right = columns.width() * _RIGHT_SHARE // 100
            columns.setSizes([columns.width() - right, right])
        if "left" not in self._dragged:
            whole = left.height()
            most = whole * _WORD_SHARE // 100
            word = min(self.bits.wanted_height(most), most)
            left.setSizes([whole - word, word])
        whole = cost.height()
        # The answer and the table before the plot: a large scale leaves room for one of them.
        self.staircase.setVisible(whole >= px(_BOTH_PX))
        self.tasks.setVisible(self._panels.height() >= px(_TASKS_PX))
        self.bits.setVisible(left.height() >= px(_WORD_PX) or self.bits in self.pointed)
        self.machine.setVisible(self._head.width() >= self.machine.sizeHint().width() + px(14))
        if "cost" not in self._dragged:
            plot = min(px(_PLOT_PX), whole * _PLOT_SHARE // 100)
            table = min(self.columns.wanted_height(), whole - plot)
            cost.setSizes([table, whole - table])


def _with(above: QWidget, below: QWidget) -> QWidget:
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.addWidget(above, 1)
    column.addWidget(below)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return whole


def create(window: MainWindow, session: LayoutSession) -> LayoutWorkspace:
    """Return the Layout workspace of a window."""
    return LayoutWorkspace(window, session)
