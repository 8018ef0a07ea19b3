"""A small interactive plot: a title, the plot, what its marks mean, and where it comes from.

The plotting library takes half a second to import, so a plot is made when it is first seen.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gui.widgets.own_keys import claims
from gui.widgets.plots.keys import Key, KeyRow

if TYPE_CHECKING:
    from gui.theme import ThemeManager

_LEAST_HIGH_PX = 170
_MOVES = {
    Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Home: -1_000_000,
    Qt.Key.Key_End: 1_000_000,
}  # fmt: skip


class Stop(NamedTuple):
    """A place where the crosshair stands, and what is said there."""

    x: float
    text: str


class SmallPlot(QWidget):
    """The frame of a small plot; what is in it is the subclass's.

    The crosshair follows the mouse, and the arrow keys where the plot has the keyboard.

    Args:
        themes: The theme in force.
    """

    title = ""
    file_name = "plot"
    bottom, left = "", ""
    """What the axes count."""
    zooms = False
    """Whether the wheel and the drag go along the horizontal axis."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self.themes = themes
        self.plot: Any = None
        self.at = -1
        """Index of the stop where the crosshair is, -1 for none."""
        self._line: Any = None
        self.heading = QLabel(self.title, wordWrap=True)
        self.extras = QHBoxLayout()
        self.readout = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.keys = KeyRow(themes)
        self.caption = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.heading)
        self._column.addLayout(self.extras)
        self._column.addWidget(self.keys)
        self._column.addWidget(self.readout)
        self._column.addWidget(self.caption)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.title)
        themes.changed.connect(self.dress)
        self.dress()

    # -- what the subclass says -----------------------------------------------------------

    def start(self) -> None:
        """Begin to work out what is shown; called whenever the plot comes into sight."""

    def fill(self, item: Any) -> None:
        """Draw into an empty plot item."""
        raise NotImplementedError

    def stops(self) -> Sequence[Stop]:
        """Return where the crosshair can stand, from left to right."""
        raise NotImplementedError

    def keys_now(self) -> Sequence[Key]:
        """Return what the marks mean."""
        raise NotImplementedError

    def caption_now(self) -> str:
        """Return where it comes from."""
        raise NotImplementedError

    def table(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        """Return the head and the rows of what is plotted."""
        raise NotImplementedError

    # -- the plot -------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Make the plot for the first showing."""
        super().showEvent(event)
        if self.plot is None:
            self._make()
        self.start()
        self.refill()

    def _make(self) -> None:
        import pyqtgraph as pg

        self.plot = pg.PlotWidget(enableMenu=False)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setFrameShape(self.plot.Shape.NoFrame)
        # The library wants 480 pixels; here the least height counts, and what there is above it.
        self.plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.plot.hideButtons()
        self.plot.getViewBox().setMouseEnabled(x=self.zooms, y=False)
        item = self.plot.getPlotItem()
        item.setLabel("bottom", self.bottom)
        item.setLabel("left", self.left)
        self.plot.scene().sigMouseMoved.connect(self._hover)
        self._column.insertWidget(2, self.plot, 1)
        self.dress()

    def refill(self) -> None:
        """Draw everything anew: the data or the colours are others."""
        self.keys.show_keys(self.keys_now())
        self.caption.setText(self.caption_now())
        if self.plot is None:
            return
        import pyqtgraph as pg

        item = self.plot.getPlotItem()
        item.clear()
        self.fill(item)
        pen = QPen(QColor(self.themes.theme.muted), 1, Qt.PenStyle.DashLine)
        pen.setCosmetic(True)
        self._line = pg.InfiniteLine(angle=90, pen=pen)
        self._line.setZValue(50)
        item.addItem(self._line, ignoreBounds=True)
        self.stand(self.at)

    # -- the crosshair --------------------------------------------------------------------

    def stand(self, at: int) -> None:
        """Put the crosshair on a stop; -1 takes it away."""
        stops = self.stops()
        self.at = max(-1, min(at, len(stops) - 1))
        if self._line is not None:
            self._line.setVisible(self.at >= 0)
            if self.at >= 0:
                self._line.setValue(stops[self.at].x)
        told = stops[self.at].text if self.at >= 0 else ""
        # A space keeps the line's place free: nothing below jumps when the mouse comes.
        self.readout.setText(told or " ")
        said = told or " ".join(stop.text for stop in stops)
        self.setAccessibleDescription(f"{said} {self.caption.text()}".strip())

    @contextmanager
    def without_crosshair(self) -> Iterator[None]:
        """Take the crosshair away for a picture: what it says is not in there."""
        self._line.setVisible(False)
        yield
        self._line.setVisible(self.at >= 0)

    def _hover(self, at: QPointF) -> None:
        box = self.plot.getViewBox()
        stops = self.stops()
        if not stops or not box.sceneBoundingRect().contains(at):
            return
        x = box.mapSceneToView(at).x()
        self.stand(min(range(len(stops)), key=lambda index: abs(stops[index].x - x)))

    def event(self, event: QEvent) -> bool:
        """Keep the arrows from the commands of the window."""
        return claims(event, _MOVES, plain=True) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the crosshair from stop to stop."""
        way = _MOVES.get(Qt.Key(event.key()))
        if way is None:
            super().keyPressEvent(event)
        elif self.stops():
            self.stand(max(0, self.at + way))

    # -- how it looks ---------------------------------------------------------------------

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        theme, metrics = self.themes.theme, self.themes.metrics
        px = metrics.px
        self._column.setContentsMargins(px(10), px(8), px(10), px(8))
        self._column.setSpacing(px(6))
        self.heading.setFont(metrics.ui(bold=True))
        self.readout.setFont(metrics.ui("caption", bold=True))
        self.caption.setFont(metrics.ui("caption"))
        self.caption.setStyleSheet(f"color: {theme.muted}")
        if self.plot is None:
            return
        self.plot.setMinimumHeight(px(_LEAST_HIGH_PX))
        self.plot.setBackground(theme.surface)
        item = self.plot.getPlotItem()
        for side in ("bottom", "left"):
            axis = item.getAxis(side)
            axis.setPen(QColor(theme.outline))
            axis.setTextPen(QColor(theme.text))
            axis.setTickFont(metrics.ui("caption"))
            axis.label.setFont(metrics.ui("caption"))
            axis.setStyle(tickTextOffset=px(4))
            axis.enableAutoSIPrefix(False)
        item.layout.setContentsMargins(0, px(8), px(16), 0)
        item.getAxis("left").setWidth(px(56))
        item.getAxis("bottom").setHeight(px(40))
        self.refill()

    def pen(self, colour: str, wide: float = 1.5, *, dashed: bool = False) -> QPen:
        """Return a pen that keeps its width at any zoom."""
        style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        made = QPen(QColor(colour), self.themes.metrics.px(wide), style)
        made.setCosmetic(True)
        return made

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the keyboard is elsewhere."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the surface, and the ring that says the keyboard is here."""
        theme, thick = self.themes.theme, self.themes.metrics.px(2)
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(theme.surface))
            if self.hasFocus():
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(QPen(QColor(theme.focus), thick))
                ring = QRectF(self.rect()).adjusted(thick / 2, thick / 2, -thick / 2, -thick / 2)
                painter.drawRoundedRect(ring, 2.0 * thick, 2.0 * thick)

    def csv(self) -> bytes:
        """Return what is plotted as CSV."""
        head, rows = self.table()
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)
        return out.getvalue().encode()
