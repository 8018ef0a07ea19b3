"""The step plots of a run, one under the other on the timeline's axis."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.errors import OwnerscopeError
from core.saving import write_aside
from core.trace.plotted import plotted_signals
from gui.widgets.controls import MenuButton
from gui.widgets.in_sight import InSight
from gui.widgets.plots import signal_export
from gui.widgets.plots.signal_plot import SignalPlot
from gui.widgets.plots.stage import PlotStage

if TYPE_CHECKING:
    from core.trace.plotted import PlottedSignal
    from gui.session import Session
    from gui.theme import ThemeManager
    from gui.viewport import Viewport

USUAL: tuple[str, ...] = (
    "stack_bytes", "stack_depth", "recursion", "guard_value", "depot_pages", "owners_lost",
)  # fmt: skip
"""What is shown before anybody chose."""
_AT_ONCE_EVENTS = 500_000
"""A longer run's signals are built one after the other, so that the window goes on living."""
_SLIM_PX = 22
"""Height of the buttons above the plots, at 100 %."""
_NOTHING_OPEN = "Open a scenario to plot its run."
_NOTHING_CHOSEN = "No value is plotted: choose some under Values."
_KINDS = {".svg": "a drawing (*.svg)", ".png": "a picture (*.png)", ".csv": "a table (*.csv)"}


class SignalPlots(QWidget):
    """Step plots on the axis of the timeline.

    Args:
        session: What is open.
        viewport: What part of it is in view.
        themes: The theme in force.

    Signals:
        shown_changed: Other values are plotted.
        exported: Carries a sentence: what was written.
        failed: Carries a sentence about something the user can fix.
    """

    shown_changed = Signal()
    exported = Signal(str)
    failed = Signal(str)

    def __init__(self, session: Session, viewport: Viewport, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._viewport, self._themes = session, viewport, themes
        self.stage = PlotStage(session, viewport, themes, self.width)
        self._chosen: tuple[str, ...] = USUAL
        self.known: tuple[PlottedSignal, ...] = ()
        self.plots: dict[str, SignalPlot] = {}
        self._builder = QTimer(self, singleShot=True, interval=0)
        self._builder.timeout.connect(self._build_one)
        self.setAccessibleName("Plots")
        self._make()
        in_sight = InSight(self)
        in_sight.connect_to(session.trace_changed, self._take_trace)
        in_sight.connect_to(session.position_changed, self._moved)
        in_sight.connect_to(session.range_changed, self._repaint)
        viewport.changed.connect(self._repaint)
        viewport.crosshair_moved.connect(self._repaint)
        themes.changed.connect(self._dress)
        self._dress()
        self._take_trace()

    def _make(self) -> None:
        self.chooser = MenuButton("Values plotted", self._themes, self.fill_choice)
        self.saver = MenuButton("Export the plots", self._themes, self.fill_export)
        self.chooser.show_value("Values", "Which values are plotted")
        self.saver.show_value("Export", "What is in view as SVG, PNG or CSV")
        self._bar = QHBoxLayout()
        self._bar.addStretch()
        self._bar.addWidget(self.chooser)
        self._bar.addWidget(self.saver)
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.empty = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._column.addWidget(self.empty)
        # Plots that never change are thin; what they leave free stays below them.
        self._column.addStretch(0)
        self.scroller = QScrollArea(widgetResizable=True)
        self.scroller.setFrameShape(QFrame.Shape.NoFrame)
        # The ring that other areas keep for the focus would move the plots off the axis.
        self.scroller.setStyleSheet("QScrollArea { border: none; }")
        self.scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroller.setWidget(self._inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(self._bar)
        whole.addWidget(self.scroller, 1)

    # -- what is plotted ------------------------------------------------------------------

    @property
    def shown(self) -> tuple[str, ...]:
        """The names of the values that are plotted, from top to bottom."""
        return tuple(self.plots)

    def show_only(self, names: Sequence[str]) -> None:
        """Plot these values; those that this run does not have come back with one that has."""
        if tuple(names) != self._chosen:
            self._chosen = tuple(names)
            self._fill()
            self.shown_changed.emit()

    def toggle(self, name: str) -> None:
        """Plot a value, or leave it out."""
        wanted = set(self._chosen) ^ {name}
        names = [each.name for each in self.known]
        kept = [each for each in self._chosen if each in wanted and each not in names]
        self.show_only([*(each for each in names if each in wanted), *kept])

    def _take_trace(self) -> None:
        trace = self._session.trace
        self.known = plotted_signals(trace) if trace is not None else ()
        self._fill(anew=True)

    def _fill(self, *, anew: bool = False) -> None:
        """Make a plot for each value that is wanted and known."""
        focused = next((name for name, plot in self.plots.items() if plot.hasFocus()), "")
        before = {} if anew else self.plots
        wanted = [each for each in self.known if each.name in self._chosen]
        for name, plot in self.plots.items():
            self._column.removeWidget(plot)
            if anew or name not in {each.name for each in wanted}:
                plot.hide()
                plot.deleteLater()
        self.plots = {each.name: before.get(each.name) or self._plot(each) for each in wanted}
        for at, plot in enumerate(self.plots.values()):
            self._column.insertWidget(at, plot, 1)
            plot.show()  # now: a layout would do it after the next paint
        self.empty.setVisible(not self.plots)
        self.empty.setText(_NOTHING_CHOSEN if self.known else _NOTHING_OPEN)
        if focused in self.plots:
            self.plots[focused].setFocus()
        self._build()

    def _plot(self, plotted: PlottedSignal) -> SignalPlot:
        return SignalPlot(self.stage, plotted)

    def _build(self) -> None:
        trace = self._session.trace
        if trace is not None and len(trace) <= _AT_ONCE_EVENTS:
            for plot in self.plots.values():
                plot.build()
        else:
            self._builder.start()

    def _build_one(self) -> None:
        """Build the next signal of a long run, and come back for the one after it."""
        for plot in self.plots.values():
            if plot.series is None:
                plot.build()
                self._builder.start()
                return

    # -- what changes ---------------------------------------------------------------------

    def _moved(self, _position: int) -> None:
        for plot in self.plots.values():
            plot.say()
            plot.update()

    def _repaint(self) -> None:
        for plot in self.plots.values():
            plot.update()

    def _dress(self) -> None:
        chrome = self._themes.metrics.chrome
        # Every line that the buttons take is one less for the plots.
        self._bar.setContentsMargins(chrome(10), chrome(2), chrome(10), chrome(2))
        for button in (self.chooser, self.saver):
            button.setFixedHeight(chrome(_SLIM_PX))
        self._bar.setSpacing(chrome(6))
        self.empty.setFont(self._themes.metrics.ui())
        self.empty.setStyleSheet(f"color: {self._themes.theme.muted}")
        for plot in self.plots.values():
            plot.fit()
        self.update()
        self._repaint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ground."""
        theme = self._themes.theme
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(theme.window))

    # -- menus ----------------------------------------------------------------------------

    def fill_choice(self, menu: QMenu) -> None:
        """Fill a menu with the values of this run, those that are plotted ticked."""
        for each in self.known:
            action = menu.addAction(each.label)
            action.setToolTip(each.about)
            action.setCheckable(True)
            action.setChecked(each.name in self.plots)
            action.triggered.connect(partial(self.toggle, each.name))

    def fill_export(self, menu: QMenu) -> None:
        """Fill a menu with the kinds of files."""
        for suffix, what in _KINDS.items():
            action = menu.addAction(f"Save as {what.partition(' (')[0]} ({suffix[1:].upper()}) …")
            action.setEnabled(bool(self.plots))
            action.triggered.connect(partial(self.ask_where, suffix))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the values and the exports where the mouse is."""
        menu = self.context_menu()
        menu.popup(event.globalPos() if not event.globalPos().isNull() else self._corner())

    def context_menu(self) -> QMenu:
        """Return the menu of the plots."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        self.fill_choice(menu)
        menu.addSeparator()
        self.fill_export(menu)
        return menu

    def _corner(self) -> QPoint:
        return self.mapToGlobal(QPoint(0, 0))

    # -- export ---------------------------------------------------------------------------

    def ask_where(self, suffix: str) -> None:
        """Ask for a file, and export to it."""
        chosen, _kind = QFileDialog.getSaveFileName(
            self, "Export the plots", f"plots{suffix}", _KINDS[suffix]
        )
        if chosen:
            path = Path(chosen)
            self.export(path if path.suffix == suffix else path.with_name(path.name + suffix))

    def export(self, path: Path) -> bool:
        """Write what is in view to a file; its suffix says how. False where that failed."""
        write = {
            ".svg": self.export_svg, ".png": self.export_png, ".csv": self.export_csv,
        }[path.suffix]  # fmt: skip
        try:
            write(path)
        except OSError as error:
            self.failed.emit(f"{path}: {error.strerror or error}; choose another place")
        except OwnerscopeError as error:
            self.failed.emit(str(error))
        else:
            self.exported.emit(f"Written: {path}")
            return True
        return False

    def export_png(self, path: Path) -> None:
        """Write what is in view as a picture, twice its size on the screen.

        Raises:
            OSError: It cannot be written.
        """
        write_aside(path, signal_export.png(self._sheet()))

    def export_svg(self, path: Path) -> None:
        """Write what is in view as a drawing whose text is text.

        Raises:
            OSError: It cannot be written.
        """
        write_aside(path, signal_export.svg(self._sheet()))

    def export_csv(self, path: Path) -> None:
        """Write the selected part of the run, else what is in view, as a table.

        Raises:
            OSError: It cannot be written.
            OwnerscopeError: There are too many rows.
        """
        from core.trace.signal_table import signals_csv

        trace = self._session.trace
        assert trace is not None
        first, last = self._session.range or self._viewport.seen
        plotted = [plot.plotted for plot in self.plots.values()]
        write_aside(path, signals_csv(trace, plotted, first, last))

    def _sheet(self) -> signal_export.Sheet:
        for plot in self.plots.values():
            plot.build()
        series = [plot.series for plot in self.plots.values() if plot.series is not None]
        return signal_export.Sheet(self.stage, tuple(series), self.width())
