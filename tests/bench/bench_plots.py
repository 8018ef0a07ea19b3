"""What a frame of a step plot of 10 million changes costs, and other ways to draw the same."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.bench.row import Row

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from core.trace.signals import StepSignal
    from gui.widgets.plots.series import Series

POINTS = 10_000_000
SIZE = (1600, 120)
FRAME_MS = 8.0
RATIO = 5
ZOOMS = (1, 4, 16, 64, 256, 1024, 4096, 16_384, 262_144)
"""How many times closer than the whole."""
REPAINTS = 15
LONG_MS = 400.0
"""What takes longer is not repeated."""


def walk(points: int = POINTS) -> StepSignal:
    """Return a random walk of the size of a stack, which changes at every event."""
    import numpy as np

    from core.trace.signals import StepSignal

    steps = np.random.default_rng(4).integers(-300, 301, points)
    return StepSignal(np.arange(points, dtype=np.int32), np.abs(np.cumsum(steps)).astype(np.int64))


def bench_step_plot() -> list[Row]:
    """A step plot at every zoom; the same with drawRects and drawLines, and as a PlotDataItem."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QApplication

    from core.trace.plotted import PlottedSignal
    from gui.widgets.plots.series import series_of

    _application = QApplication.instance() or QApplication([])
    signal = walk()
    begun = time.perf_counter()
    series = series_of(PlottedSignal("stack_bytes", "Stack", "bytes", "a walk", lambda: signal))
    built_ms = (time.perf_counter() - begun) * 1000
    image = QImage(*SIZE, QImage.Format.Format_ARGB32_Premultiplied)
    ours, rects, items = [], [], []
    for zoom in ZOOMS:
        view = _view(zoom)
        ours.append(_median_ms(_ours(series, image, view)))
        rects.append(_median_ms(_rects(signal, series, image, view)))
        items.append(_median_ms(_item(signal, image, view)))
    ratio = statistics.median(theirs / mine for mine, theirs in zip(ours, rects, strict=True))
    item_ratio = statistics.median(theirs / mine for mine, theirs in zip(ours, items, strict=True))
    held = series.pyramid.nbytes / (signal.positions.nbytes + signal.values.nbytes)
    median = statistics.median(ours)
    return [
        Row(
            name=f"step plot of {POINTS:,} changes, a frame at the median of {len(ZOOMS)} zooms"
            f" (slowest {max(ours):.1f} ms; index {built_ms:.0f} ms, {held:.0%} of the signal)",
            measured=round(median, 2),
            unit="ms",
            compared_with=f"drawRects and drawLines: median {statistics.median(rects):.1f},"
            f" slowest {max(rects):,.0f} ms",
            ratio=ratio,
            target=f"under {FRAME_MS:.0f} ms, {RATIO}x",
            ok=median < FRAME_MS and ratio >= RATIO and held <= 0.25,
        ),
        Row(
            name="the same against a PlotDataItem (told, not aimed at)",
            measured=round(statistics.median(ours), 2),
            unit="ms",
            compared_with=f"PlotDataItem: median {statistics.median(items):.1f},"
            f" slowest {max(items):,.0f} ms",
            ratio=item_ratio,
            target="none",
            ok=True,
        ),
    ]


def _view(zoom: int) -> tuple[float, float]:
    """A third into the run, so many times closer than the whole."""
    width = POINTS / zoom
    first = 0.0 if zoom == 1 else POINTS / 3
    return first, min(first + width, float(POINTS))


def _median_ms(frame: Callable[[], object]) -> float:
    taken: list[float] = []
    for _ in range(REPAINTS + 1):
        begun = time.perf_counter()
        frame()
        taken.append((time.perf_counter() - begun) * 1000)
        if taken[-1] > LONG_MS:
            return taken[-1]
    return statistics.median(taken[1:])


def _ours(series: Series, image: QImage, view: tuple[float, float]) -> Callable[[], object]:
    """A frame from nothing: columns, picture, and the picture on the screen."""
    import numpy as np
    from PySide6.QtCore import QPointF, QRectF
    from PySide6.QtGui import QPainter

    from gui.geometry.steps import order_edges
    from gui.theme import LIGHT, Metrics
    from gui.widgets.plots.signal_paint import SignalPainter

    made, area = SignalPainter(LIGHT, Metrics()), QRectF(0, 0, *SIZE)

    def frame() -> None:
        edges = order_edges(np.linspace(*view, SIZE[0] + 1))
        with QPainter(image) as painter:
            made.ground(painter, series, area)
            painter.drawImage(QPointF(0, 0), made.picture(series, edges, SIZE[1], 1.0))
            made.scale(painter, series, area)

    return frame


def _in_view(signal: StepSignal, view: tuple[float, float]) -> tuple[int, int]:
    import numpy as np

    ends = np.array([int(view[0]), int(view[1])], np.int32)
    first, last = np.searchsorted(signal.positions, ends).tolist()
    return first, last


def _rects(
    signal: StepSignal, series: Series, image: QImage, view: tuple[float, float]
) -> Callable[[], object]:
    """The plain way to the same picture: all rectangles in view, and over them all lines."""
    import numpy as np
    from pyqtgraph.Qt.internals import PrimitiveArray
    from PySide6.QtCore import QLineF, QRectF, Qt
    from PySide6.QtGui import QColor, QPainter

    first, last = _in_view(signal, view)
    scale = SIZE[0] / (view[1] - view[0])

    def frame() -> None:
        count = last - first
        x = (signal.positions[first:last] - view[0]) * scale
        y = SIZE[1] - signal.values[first:last] * (SIZE[1] / series.high)
        areas, lines = PrimitiveArray(QRectF, 4), PrimitiveArray(QLineF, 4)
        areas.resize(count)
        lines.resize(2 * count - 1)
        areas.ndarray()[:] = np.column_stack((x, y, np.full(count, scale), SIZE[1] - y))
        held = lines.ndarray()
        held[:count] = np.column_stack((x, y, x + scale, y))
        held[count:] = np.column_stack((x[1:], y[:-1], x[1:], y[1:]))
        with QPainter(image) as painter:
            painter.fillRect(0, 0, *SIZE, QColor("white"))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor("#E4E5E6"))
            painter.drawRects(*areas.drawargs())
            painter.setPen(QColor("#83868D"))
            painter.drawLines(*lines.drawargs())

    return frame


def _item(signal: StepSignal, image: QImage, view: tuple[float, float]) -> Callable[[], object]:
    """The plotting library's own item, with its own ways to leave points out."""
    import pyqtgraph as pg
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QPainter

    widget = pg.PlotWidget(enableMenu=False)
    widget.resize(*SIZE)
    item = pg.PlotDataItem(autoDownsample=True, clipToView=True, downsampleMethod="peak")
    widget.addItem(item)
    widget.setXRange(*view, padding=0)
    item.setData(signal.positions, signal.values)

    def frame() -> None:
        # Another range each time, as a zoom gives it: nothing that was kept is of use.
        frame.turn = 1 - frame.turn  # type: ignore[attr-defined]
        widget.setXRange(view[0], view[1] * (1 - 1e-6 * frame.turn), padding=0)  # type: ignore[attr-defined]
        with QPainter(image) as painter:
            widget.render(painter, QRectF(0, 0, *SIZE))

    frame.turn = 0  # type: ignore[attr-defined]
    return frame
