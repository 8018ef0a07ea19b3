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
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QRectF, QSize, Signal
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from core.errors import OwnerscopeError
from core.saving import write_aside

if TYPE_CHECKING:
    from core.trace.call_spans import CallSpans
    from core.trace.trace import Trace
    from gui.widgets.timeline.view import TimelineView

KINDS = "Drawing (*.svg);;Picture (*.png);;Calls as a table (*.csv)"
"""What a file dialog offers."""
SUFFIXES = (".svg", ".png", ".csv")
MOST_ROWS = 1_000_000
PNG_SCALE = 2.0
_RESOLUTION = 96
"""Dots an inch: with it a pixel of the drawing is a pixel of CSS."""


def svg(view: TimelineView) -> bytes:
    """Return what is in view as a drawing; names are text, calls that are wide are shapes."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(_RESOLUTION)
    generator.setSize(view.size())
    generator.setViewBox(QRectF(0, 0, view.width(), view.height()))
    generator.setTitle("Timeline of calls")
    with QPainter(generator) as painter:
        view.draw(painter, as_shapes=True)
    return bytes(data.data())


def png(view: TimelineView) -> bytes:
    """Return what is in view as a picture, twice its size on the screen."""
    size = QSize(round(view.width() * PNG_SCALE), round(view.height() * PNG_SCALE))
    image = QImage(size, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(PNG_SCALE)
    with QPainter(image) as painter:
        view.draw(painter, as_shapes=True)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(data.data())


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
    starts_ns = trace.clock.at(calls - 1)
    ends_ns = trace.clock.at(np.minimum(ends, len(trace) - 1))
    names = [f"{task.comm}/{task.pid}" for task in trace.info.tasks]
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
