"""A recording opened: unpacked, its format told by its content, read into one of two models."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import RecordingError
from core.recording.formats import FORMATS, Format, format_of
from core.recording.reading import Reading
from core.recording.source import Progress, Source, open_source

if TYPE_CHECKING:
    from core.recording.profile import StackProfile
    from core.trace.trace import Trace


@dataclass(frozen=True, slots=True)
class Recording:
    """A file that was read.

    Attributes:
        name: What it is called.
        format: The format it was in.
        content: A trace where the file has order, else a profile.
        reading: What happened while it was read.
    """

    name: str
    format: Format
    content: Trace | StackProfile
    reading: Reading

    @property
    def trace(self) -> Trace | None:
        """The trace, None where it is a profile."""
        from core.trace.trace import Trace

        return self.content if isinstance(self.content, Trace) else None

    @property
    def profile(self) -> StackProfile | None:
        """The profile, None where it is a trace."""
        from core.recording.profile import StackProfile

        return self.content if isinstance(self.content, StackProfile) else None


def open_recording(where: Path | str, progress: Progress | None = None) -> Recording:
    """Read a file, or standard input for ``-``.

    Raises:
        RecordingError: It cannot be read, is empty, or in no format that is known.
    """
    source = open_source(where, progress)
    try:
        return read_recording(source)
    finally:
        source.close()


def read_recording(source: Source) -> Recording:
    """Read what a source holds.

    Raises:
        RecordingError: It is empty, or in no format that is known.
    """
    head = source.head()
    if not head.strip():
        problem = source.cut or "the file is empty"
        raise RecordingError(problem, where=source.name, advice="record it again")
    found = format_of(head)
    if found is None:
        known = ", ".join(each.title for each in FORMATS)
        raise RecordingError(
            "in no format that is known here", where=source.name, advice=f"known: {known}"
        )
    reading = Reading()
    content = found.read(source, reading)
    if source.cut:
        reading.early_end = f"The file ends early: {source.cut}; what could be unpacked was read."
        reading.note(reading.early_end)
    return Recording(source.name, found, content, reading)
