"""Tables: of a profile a row a group of records, of a trace a row a call; CSV and Parquet."""

from __future__ import annotations

import csv as csv_module
import io
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np

from core.errors import RecordingError
from core.recording.from_trace import self_times
from core.recording.labels import label_of
from core.recording.profile import StackProfile
from core.recording.writers.groups import groups_of
from core.recording.writers.marks import start_ns
from core.trace.call_spans import CallSpans
from core.trace.events import SITE_MASK
from core.trace.signals import tasks_of
from core.trace.trace import Trace

_CHUNK_ROWS = 1 << 15

Columns = dict[str, Any]
"""Columns by name: numbers as arrays, text as (numbers, values), None where a cell is empty."""


def write_csv(content: Trace | StackProfile, stream: BinaryIO) -> None:
    """Write a table as CSV with a line of names first."""
    text = io.TextIOWrapper(stream, "utf-8", "replace", newline="", write_through=True)
    writer = csv_module.writer(text, lineterminator="\n")
    try:
        for number, columns in enumerate(_chunks(content)):
            if not number:
                writer.writerow(columns)
            writer.writerows(zip(*map(_cells, columns.values()), strict=True))
    finally:
        text.detach()  # it would close the stream


def write_parquet(content: Trace | StackProfile, stream: BinaryIO) -> None:
    """Write a table as Parquet; text is kept as numbers of values.

    Raises:
        RecordingError: pyarrow is not installed.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise RecordingError(
            "Parquet needs the pyarrow package",
            where="--to parquet",
            advice="pip install 'ownerscope[export]', or convert to csv",
        ) from None
    writer = None
    for columns in _chunks(content):
        table = pyarrow.table({name: _arrow(each, pyarrow) for name, each in columns.items()})
        if writer is None:
            writer = parquet.ParquetWriter(stream, table.schema, compression="zstd")
        writer.write_table(table)
    if writer is not None:
        writer.close()


def _cells(column: Any) -> list[Any]:
    if isinstance(column, tuple):
        numbers, values = column
        return [values[number] for number in numbers.tolist()]
    if isinstance(column, np.ma.MaskedArray):
        return ["" if cell is None else cell for cell in column.tolist()]
    cells: list[Any] = column.tolist()
    return cells


def _arrow(column: Any, pyarrow: Any) -> Any:
    if isinstance(column, tuple):
        numbers, values = column
        text = pyarrow.array(list(values), pyarrow.string())
        return pyarrow.DictionaryArray.from_arrays(pyarrow.array(numbers, pyarrow.int32()), text)
    if isinstance(column, np.ma.MaskedArray):
        return pyarrow.array(column.data, mask=np.ma.getmaskarray(column))
    return pyarrow.array(column)


def _chunks(content: Trace | StackProfile) -> Iterator[Columns]:
    """Yield the rows in parts; the first part is there even where there are no rows."""
    columns = _calls(content) if isinstance(content, Trace) else _groups(content)
    sizes = (len(each[0] if isinstance(each, tuple) else each) for each in columns.values())
    for first in range(0, max(1, next(sizes)), _CHUNK_ROWS):
        part = slice(first, first + _CHUNK_ROWS)
        yield {
            name: (each[0][part], each[1]) if isinstance(each, tuple) else each[part]
            for name, each in columns.items()
        }


def _groups(profile: StackProfile) -> Columns:
    """A row a group: what it weighs, its dimensions, its stack root first."""
    groups = groups_of(profile)
    labels = [label_of(frame) for frame in profile.stacks.frames]
    stacks = [
        ";".join(labels[number] for number in profile.stacks.ids_of(stack).tolist())
        for stack in range(len(profile.stacks))
    ]
    columns: Columns = dict(groups.weights)
    for name, codes in groups.codes.items():
        columns[name] = (codes, profile.dimensions[name].values)
    columns["stack"] = (groups.stack, stacks)
    return columns


def _calls(trace: Trace) -> Columns:
    """A row a call, in order: whose, how deep, what, from where, when, how long.

    ``end_ns`` is empty for calls that are still open at the end, ``ns`` is up to there.
    """
    spans = CallSpans(trace)
    order = np.argsort(spans.calls)
    calls, ends = spans.calls[order], spans.ends[order]
    rows = [(row.depth, row.last - row.first) for row in spans.rows]
    depths = np.repeat([depth for depth, _ in rows], [size for _, size in rows])[order]
    function = np.array([site.function for site in trace.sites], np.int32)
    names = [*(each.name for each in trace.functions), ""]
    callers = trace.parents[calls]
    outermost = callers < 0
    called_from = function[trace.codes[np.maximum(callers, 0)] & SITE_MASK]
    tasks = tasks_of(trace, calls)
    still_open = ends >= len(trace)
    begin = trace.clock.begins(calls)
    end = trace.clock.at(np.minimum(ends, len(trace) - 1))
    return {
        "pid": np.array([task.pid for task in trace.info.tasks], np.int64)[tasks],
        "comm": (tasks, [task.comm for task in trace.info.tasks]),
        "depth": depths.astype(np.int64),
        "function": (function[trace.codes[calls] & SITE_MASK], names),
        "caller": (np.where(outermost, len(names) - 1, called_from), names),
        "begin_ns": begin + start_ns(trace),
        "end_ns": np.ma.MaskedArray(end + start_ns(trace), still_open),
        "ns": end - begin,
        "self_ns": self_times(trace, spans)[order],
    }
