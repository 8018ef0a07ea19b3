"""The timeline as a drawing, a picture or a table of the calls in view."""

from __future__ import annotations

import contextlib
import csv
import io
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from core.errors import OwnerscopeError
from core.saving import write_aside
from gui.drawn import png_of, svg_of
from gui.widgets.timeline.words import part_title

if TYPE_CHECKING:
    from core.trace.call_spans import CallSpans
    from core.trace.trace import Trace
    from gui.widgets.timeline.view import TimelineView

KINDS = "Drawing (*.svg);;Picture (*.png);;Calls as a table (*.csv)"
"""What a file dialog offers."""
SUFFIXES = (".svg", ".png", ".csv")
MOST_ROWS = 1_000_000
PNG_SCALE = 2.0
_BAND_PX = 30


def svg(view: TimelineView) -> bytes:
    """Return what is in view as a drawing; names are text, calls that are wide are shapes."""
    return svg_of(_sheet_size(view), lambda painter: _draw_sheet(painter, view), _title(view))


def png(view: TimelineView) -> bytes:
    """Return what is in view as a picture, twice its size on the screen."""
    image = QImage(_sheet_size(view) * PNG_SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(PNG_SCALE)
    with QPainter(image) as painter:
        _draw_sheet(painter, view)
    return png_of(image)


def _sheet_size(view: TimelineView) -> QSize:
    """The timeline with a band above it for a title and one below for what colours mean."""
    return QSize(view.width(), view.height() + 2 * view.look.metrics.px(_BAND_PX))


def _title(view: TimelineView) -> str:
    trace = view.model.trace
    return part_title(trace, *view.viewport.seen) if trace is not None else "Timeline of calls"


def _draw_sheet(painter: QPainter, view: TimelineView) -> None:
    theme, metrics = view.look.theme, view.look.metrics
    size, band, pad = _sheet_size(view), metrics.px(_BAND_PX), metrics.px(12)
    painter.fillRect(QRectF(0, 0, size.width(), size.height()), QColor(theme.surface))
    painter.setPen(QColor(theme.text))
    painter.setFont(metrics.ui(bold=True))
    line = QRectF(pad, 0, size.width() - 2 * pad, band)
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, _title(view))
    painter.save()
    painter.translate(0, band)
    view.draw(painter, as_shapes=True)
    painter.restore()
    _draw_legend(painter, view, QRectF(pad, size.height() - band, line.width(), band))


def _draw_legend(painter: QPainter, view: TimelineView, line: QRectF) -> None:
    """Name the subsystems that are called; colours by function mean nothing but themselves."""
    trace, look = view.model.trace, view.look
    if trace is None or view.model.colouring != "subsystem":
        return
    called = {function.subsystem for function in trace.functions}
    font, side, x = look.metrics.ui("caption"), look.metrics.px(10), line.left()
    measure = QFontMetricsF(font)
    painter.setFont(font)
    for name, role in look.theme.roles.items():
        if name in called:
            square = QRectF(x, line.center().y() - side / 2, side, side)
            painter.fillRect(square, QColor(role.colour))
            painter.setPen(QColor(look.theme.text))
            wide = measure.horizontalAdvance(role.label)
            room = QRectF(x + 1.5 * side, line.top(), wide + side, line.height())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, role.label)
            x += wide + 3 * side


def calls_csv(trace: Trace, spans: CallSpans, first: int, last: int) -> bytes:
    """Return the calls that are on a stack between two positions, a call a line, by their order.

    Events count from 1, as everywhere in the interface; a call that never returned has no end.

    Raises:
        OwnerscopeError: There are too many of them.
    """
    (inside,) = np.nonzero((spans.calls <= last) & (spans.ends > first))
    if len(inside) > MOST_ROWS:
        raise OwnerscopeError(
            f"expected at most {MOST_ROWS:,} calls, {len(inside):,} are in view",
            where="export",
            advice="zoom in, or select a part",
        )
    inside = inside[np.argsort(spans.calls[inside], kind="stable")]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ("event", "return_event", "task", "depth", "function", "subsystem", "stack_bytes",
         "recursion_level", "start_ns", "duration_ns")
    )  # fmt: skip
    calls, ends = spans.calls[inside], spans.ends[inside]
    starts_ns = trace.clock.begins(calls)
    ends_ns = trace.clock.at(np.minimum(ends, len(trace) - 1))
    names = [task.label for task in trace.info.tasks]
    for span, call, end, start_ns, end_ns in zip(
        inside.tolist(), calls.tolist(), ends.tolist(), starts_ns.tolist(), ends_ns.tolist(),
        strict=True,
    ):  # fmt: skip
        row, function = spans.rows[spans.row_of(span)], trace.function(call)
        writer.writerow(
            (call + 1, end + 1 if end < len(trace) else "", names[row.task], row.depth,
             function.name, function.subsystem, function.stack_bytes, int(spans.levels[span]),
             start_ns, end_ns - start_ns)
        )  # fmt: skip
    return out.getvalue().encode()


def contents_of(view: TimelineView, suffix: str) -> Callable[[], bytes]:
    """Return what makes the contents of a file of what is in view, or of the selected part.

    Pictures are drawn now; a table is made when it is asked for, in whatever thread.

    Raises:
        OwnerscopeError: The suffix is none of ``SUFFIXES``.
    """
    trace, spans = view.model.trace, view.model.spans
    if suffix == ".svg":
        drawn = svg(view)
        return lambda: drawn
    if suffix == ".png":
        painted = png(view)
        return lambda: painted
    if suffix == ".csv" and trace is not None and spans is not None:
        return partial(calls_csv, trace, spans, *view.part)
    raise OwnerscopeError(f"expected a name that ends in {', '.join(SUFFIXES)}", where="export")


class Exporter(QObject):
    """Writes exports without stopping the window: a table may have a million lines.

    Signals:
        written: Carries the path.
        failed: Carries a sentence.
    """

    written = Signal(object)
    failed = Signal(str)

    def export(self, view: TimelineView, path: Path) -> None:
        """Write what is in view to a file, as a table the selected part; the suffix says how.

        What was there stays until all is written.
        """
        try:
            contents = contents_of(view, path.suffix)
        except OwnerscopeError as error:
            self.failed.emit(str(error))
            return
        # Not a daemon: the program ends when the file is whole.
        threading.Thread(target=self._write, args=(contents, path)).start()

    def _write(self, contents: Callable[[], bytes], path: Path) -> None:
        problem = ""
        try:
            write_aside(path, contents())
        except OSError as error:
            problem = f"{path}: {error.strerror or error}; choose another place"
        except OwnerscopeError as error:
            problem = str(error)
        with contextlib.suppress(RuntimeError):  # the window is gone
            self.failed.emit(problem) if problem else self.written.emit(path)
