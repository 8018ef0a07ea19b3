"""The small plots, one at a time: beside the timeline in a column, or large."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QMenu,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.saving import write_aside
from gui.widgets.controls import MenuButton, Segments
from gui.widgets.flow import FlowLayout
from gui.widgets.plots import small_export
from gui.widgets.plots.guard_cost import GuardCostPlot
from gui.widgets.plots.law import LawPlot
from gui.widgets.plots.stack_histogram import StackHistogram

if TYPE_CHECKING:
    from gui.session import Session
    from gui.theme import ThemeManager
    from gui.widgets.plots.small import SmallPlot

_KINDS = {".svg": "a drawing (*.svg)", ".png": "a picture (*.png)", ".csv": "a table (*.csv)"}
_OPTIONS = (
    ("law", "Law", "Unwinds against the maximum depth, measured and simulated"),
    ("stack", "Stack", "A histogram of the bytes in use on the stack"),
    ("cost", "Guard cost", "What each guard costs on the work that is open"),
)


class PlotsPanel(QWidget):
    """A choice of small plots; each works out what it shows when it is first seen.

    Args:
        session: What is open.
        themes: The theme in force.

    Signals:
        exported: Carries a sentence: what was written.
        failed: Carries a sentence about something the user can fix.
    """

    exported = Signal(str)
    failed = Signal(str)

    def __init__(self, session: Session, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.plots: dict[str, SmallPlot] = {
            "law": LawPlot(themes),
            "stack": StackHistogram(session, themes),
            "cost": GuardCostPlot(session, themes),
        }
        self.choice = Segments(_OPTIONS, themes, self.show_plot)
        self.saver = MenuButton("Export the plot", themes, self.fill_export)
        self.saver.show_value("Export", "This plot as SVG, PNG or CSV")
        head = QWidget()
        controls = FlowLayout(head)
        controls.addWidget(self.choice)
        controls.addWidget(self.saver)
        self._bar = QVBoxLayout()
        self._bar.addWidget(head)
        self._pages = QStackedWidget()
        for plot in self.plots.values():
            self._pages.addWidget(_scrolled(plot))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._bar)
        column.addWidget(self._pages, 1)
        self.setAccessibleName("Plots")
        themes.changed.connect(self._dress)
        self._dress()
        self.show_plot("stack")

    @property
    def shown(self) -> str:
        """The name of the plot that is shown."""
        return [*self.plots][self._pages.currentIndex()]

    @property
    def plot(self) -> SmallPlot:
        """The plot that is shown."""
        return self.plots[self.shown]

    def show_plot(self, name: str) -> None:
        """Show a plot."""
        self._pages.setCurrentIndex([*self.plots].index(name))
        self.choice.show_value(name)

    def _dress(self) -> None:
        chrome = self._themes.metrics.chrome
        self._bar.setContentsMargins(chrome(10), chrome(6), chrome(10), chrome(6))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ground."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self._themes.theme.window))

    # -- export ---------------------------------------------------------------------------

    def fill_export(self, menu: QMenu) -> None:
        """Fill a menu with the kinds of files."""
        for suffix, what in _KINDS.items():
            action = menu.addAction(f"Save as {what.partition(' (')[0]} ({suffix[1:].upper()}) …")
            action.triggered.connect(lambda _on, suffix=suffix: self.ask_where(suffix))

    def ask_where(self, suffix: str) -> None:
        """Ask for a file, and export to it."""
        chosen, _kind = QFileDialog.getSaveFileName(
            self, "Export the plot", self.plot.file_name + suffix, _KINDS[suffix]
        )
        if chosen:
            path = Path(chosen)
            self.export(path if path.suffix == suffix else path.with_name(path.name + suffix))

    def export(self, path: Path) -> bool:
        """Write the plot that is shown to a file; its suffix says how. False where that failed."""
        made = {".svg": small_export.svg, ".png": small_export.png}.get(path.suffix)
        try:
            write_aside(path, made(self.plot) if made is not None else self.plot.csv())
        except OSError as error:
            self.failed.emit(f"{path}: {error.strerror or error}; choose another place")
            return False
        self.exported.emit(f"Written: {path}")
        return True


def _scrolled(plot: SmallPlot) -> QScrollArea:
    """Put a plot where a low window can scroll it."""
    area = QScrollArea(widgetResizable=True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(plot)
    return area
