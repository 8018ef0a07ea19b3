"""Calls and returns as the readers of JSON collect them, one by one, brought into columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.recording.calls.stacks import Columns
from core.recording.reading import Reading
from core.trace.info import RecordingInfo

Mark = tuple[int, int, int, int]
"""Time in ns, task, kind (``CALL`` or ``RETURN``) and function."""


def columns_of(marks: Sequence[Mark]) -> Columns:
    """Return marks by time, those of the same time in the order they are given in."""
    table = np.array(marks, np.int64).reshape(-1, 4)
    table = table[np.argsort(table[:, 0], kind="stable")]
    times, owners, kinds, functions = (table[:, column].copy() for column in range(4))
    return Columns(
        kinds.astype(np.uint8), functions.astype(np.int32), owners.astype(np.int32), times
    )


def info_of(form: str, title: str, reading: Reading) -> RecordingInfo:
    """Return what a reader knows of its file when it has read it.

    Args:
        form: Name of the format.
        title: The file's name.
        reading: The reader's notes.
    """
    return RecordingInfo(
        format=form,
        title=title,
        lines=reading.lines,
        bad_lines=reading.bad_lines,
        first_bad=reading.first_bad,
        notes=tuple(reading.notes),
    )
