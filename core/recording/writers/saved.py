"""The program's own saved trace."""

from __future__ import annotations

from typing import BinaryIO

from core.errors import RecordingError
from core.recording.writers.marks import title_of
from core.trace.file import compressed, to_bytes
from core.trace.trace import Trace


def write(content: Trace, stream: BinaryIO) -> None:
    """Write a trace as the window saves it.

    Raises:
        RecordingError: Nothing happens in it.
    """
    if not len(content):
        raise RecordingError(
            "there is not one call in it to save", where=title_of(content), advice="record it again"
        )
    stream.write(compressed(to_bytes(content)))
