"""Which spans in view are drawn as themselves, and where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gui.geometry.axis import Axis
from gui.geometry.timeline import Coverage, SpanIndex

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.intp]


class WideSpans(NamedTuple):
    """Spans wide enough to be drawn as themselves, rows from the top and each from the left.

    Attributes:
        spans: Their numbers, shape (n,).
        rows: Which of the rows that were asked for each lies on.
        left: Left edges in pixels, none outside the axis.
        right: Right edges in pixels.
    """

    spans: Numbers
    rows: Numbers
    left: Floats
    right: Floats


def wide_spans(index: SpanIndex, seen: Coverage, axis: Axis, least_px: float) -> WideSpans:
    """Return the spans in a coverage that are at least so wide, two columns or more.

    Such a span covers two edges of columns in a row, so the spans at the edges are all that need
    to be looked at.
    """
    columns = seen.spans.shape[1] - 1
    if least_px * columns < 2 * axis.width:
        raise ValueError("only spans of at least two columns are found by looking at edges")
    # A span of two columns covers two edges in a row; in a crowded row there are none.
    same = seen.spans[:, 1:] == seen.spans[:, :-1]
    begins = same.copy()
    begins[:, 1:] &= ~same[:, :-1]
    rows, at = np.nonzero(begins)
    spans = seen.spans[rows, at]
    # After the end of a span, and before the first one of a row, edges have the same one too.
    own = (spans >= index.firsts[seen.rows[rows]]) & (
        seen.edges[at + 1] < index.ends.take(np.maximum(spans, 0))
    )
    return _wide(index, spans[own], rows[own], axis, least_px)


def spans_in_view(index: SpanIndex, slices: Sequence[tuple[int, int]], axis: Axis) -> WideSpans:
    """Return all spans of some rows, given as slices of what is in view, however thin."""
    counts = [last - first for first, last in slices]
    spans = np.concatenate(
        [np.empty(0, np.intp), *(np.arange(first, last, dtype=np.intp) for first, last in slices)]
    )
    rows = np.repeat(np.arange(len(slices)), counts)
    return _wide(index, spans, rows, axis, 0.0)


def _wide(
    index: SpanIndex, spans: Numbers, rows: Numbers, axis: Axis, least_px: float
) -> WideSpans:
    first, last = axis.left, axis.left + axis.width
    left = np.clip(axis.x_of(index.starts[spans].astype(np.float64)), first, last)
    right = np.clip(axis.x_of(index.ends[spans].astype(np.float64)), first, last)
    wide = right - left >= least_px
    return WideSpans(spans[wide], rows[wide], left[wide], right[wide])
