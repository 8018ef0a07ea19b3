"""Where the columns of a function_graph file stand, and all lines of a chunk read by it at once.

A file has one layout from end to end; few lines differ, where a number is wider than its column.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.recording.calls.stacks import CALL, COMMENT, RETURN
from core.recording.readers.function_graph.lines import COLUMNS, LEAF, body_of

Bytes = npt.NDArray[np.uint8]
Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_LINES_LOOKED_AT = 400
_WIDEST = 160
"""Bytes before a function that are looked at."""

_EVENTS = (CALL, RETURN, COMMENT, LEAF)


@dataclass(frozen=True, slots=True)
class Layout:
    """Places of columns, in bytes from the start of a line; spans are (first, end).

    Attributes:
        bars: Place and byte of each mark between columns; the function comes after the last.
        time: The absolute time, None where there is none.
        point: Place of its decimal point.
        whose: CPU and task together, (0, 0) where there is neither.
        duration: Where durations begin, None where there are none.
    """

    bars: tuple[tuple[int, int], ...]
    time: tuple[int, int] | None
    point: int
    whose: tuple[int, int]
    duration: int | None

    @property
    def body(self) -> int:
        """Where the function begins, with its indentation."""
        return self.bars[-1][0] + 1


def layout_of(head: bytes) -> Layout | None:
    """Return the commonest layout of a file's first lines, None where they have no columns."""
    found: Counter[Layout] = Counter()
    marks: Counter[tuple[int, int]] = Counter()
    for line in head.split(b"\n", _LINES_LOOKED_AT)[:_LINES_LOOKED_AT]:
        columns = COLUMNS.match(line)
        if columns is None or body_of(columns["body"]).kind not in _EVENTS:
            continue
        end = columns.start("body")
        bars = tuple((at, line[at]) for at in range(min(end, _WIDEST)) if line[at] in b"|)")
        if not bars or columns["since"] is not None:
            continue
        time = (0, columns.end("time")) if columns["time"] else None
        point = columns.start("time") + columns["time"].index(b".") if columns["time"] else 0
        first = line.index(b"|") + 1 if columns["time"] else 0
        last = max(columns.end("cpu"), columns.end("task"))
        # A task that is narrower than its column is followed by spaces; its bar is the end.
        bar_ends = [at for at, _ in bars if at >= last > 0]
        whose = (first, bar_ends[0]) if bar_ends else (0, 0)
        if columns["us"]:
            marks[(bars[-1][0], columns.start("us"))] += 1
        found[Layout(bars, time, point, whose, None)] += 1
    if not found:
        return None
    layout = found.most_common(1)[0][0]
    starts = {at: n for (bar, at), n in marks.items() if bar == layout.bars[-1][0]}
    duration = max(starts, key=lambda at: starts[at]) if starts else None
    return Layout(layout.bars, layout.time, layout.point, layout.whose, duration)


class Lines:
    """The lines of a chunk, as bytes in a row.

    Args:
        chunk: Whole lines.
        layout: Where their columns stand.

    Attributes:
        starts: Where each line begins.
        fits: Whether its marks stand where the layout has them.
    """

    def __init__(self, chunk: bytes, layout: Layout) -> None:
        self._layout = layout
        self._bytes: Bytes = np.frombuffer(chunk + b"\n" * (_WIDEST + 32), np.uint8)
        ends = np.flatnonzero(self._bytes[: len(chunk)] == ord("\n"))
        starts = np.concatenate((np.zeros(1, np.int64), ends + 1))
        self.starts: Longs = starts[:-1] if not chunk or chunk.endswith(b"\n") else starts
        lengths = np.diff(np.append(self.starts, len(chunk) + 1))
        self.fits: Flags = lengths > layout.body
        for at, byte in layout.bars:
            self.fits &= self._bytes[self.starts + at] == byte

    def _window(self, first: int, width: int, lines: Longs | slice = slice(None)) -> Bytes:
        rows = np.lib.stride_tricks.sliding_window_view(self._bytes, width)
        return rows[self.starts[lines] + first]

    def times_ns(self) -> Longs | None:
        """Absolute times; lines whose time is no number no longer fit."""
        if self._layout.time is None:
            return None
        first, end = self._layout.time
        point = self._layout.point
        window = self._window(first, end - first)
        digits = window - np.uint8(ord("0"))
        is_digit = digits < 10
        spaces = window[:, : point - first] == ord(" ")
        self.fits &= window[:, point - first] == ord(".")
        self.fits &= (is_digit[:, : point - first] | spaces).all(axis=1)
        self.fits &= is_digit[:, point - first + 1 :].all(axis=1)
        value = np.zeros(len(window), np.int64)
        for column in range(end - first):
            if column != point - first:
                value = value * 10 + np.where(is_digit[:, column], digits[:, column], 0)
        scale: int = 10 ** (9 - (end - point - 1))
        return value * scale

    def durations_ns(self, lines: Longs) -> Longs:
        """How long calls took, by line; lines without a number no longer fit."""
        assert self._layout.duration is not None
        first = self._layout.duration
        window = self._window(first, self._layout.bars[-1][0] - first, lines)
        digits = window - np.uint8(ord("0"))
        value: Longs = np.zeros(len(window), np.int64)
        going = np.ones(len(window), np.bool_)
        seen_point = np.zeros(len(window), np.bool_)
        places = np.zeros(len(window), np.int64)
        for column in range(min(window.shape[1], 12)):
            digit = digits[:, column]
            is_digit = going & (digit < 10)
            np.copyto(value, value * 10 + digit, where=is_digit)
            places += is_digit & seen_point
            is_point = window[:, column] == ord(".")
            going = is_digit | (going & is_point & ~seen_point)
            seen_point |= is_point
        self.fits[lines[digits[:, 0] > 9]] = False
        return value * _POWERS[np.clip(3 - places, 0, 3)] // _POWERS[np.clip(places - 3, 0, 9)]

    def whose(self) -> npt.NDArray[np.uint64] | None:
        """CPU and task of each line as rows of numbers that are equal where the text is."""
        first, end = self._layout.whose
        if end <= first:
            return None
        width = -(-(end - first) // 8) * 8
        window = np.ascontiguousarray(self._window(first, width))
        window[:, end - first :] = 0
        return window.view(np.uint64)

    def whose_text(self, line: int) -> bytes:
        """CPU and task of a line."""
        first, end = self._layout.whose
        start = int(self.starts[line])
        return self._bytes[start + first : start + end + 1].tobytes()


_POWERS = 10 ** np.arange(10, dtype=np.int64)
