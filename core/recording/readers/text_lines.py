"""The lines of a recording that is text, decoded and counted."""

from __future__ import annotations

from collections.abc import Iterator

from core.recording.reading import Reading
from core.recording.source import Source


class TextLines:
    """Yields (number from 1, line without its end), once.

    Args:
        source: The file.
        reading: Counts the lines.

    Attributes:
        cut: Whether the last line has no end: its record may be cut there.
    """

    def __init__(self, source: Source, reading: Reading) -> None:
        self._source, self._reading = source, reading
        self.cut = False

    def __iter__(self) -> Iterator[tuple[int, str]]:
        for chunk in self._source.line_chunks():
            lines = chunk.decode("utf-8", "replace").split("\n")
            self.cut = bool(lines[-1])
            if not self.cut:
                lines.pop()
            first = self._reading.lines + 1
            self._reading.lines += len(lines)
            for number, line in enumerate(lines, first):
                yield number, line.rstrip("\r")

    def cut_at(self, number: int) -> bool:
        """Return whether the line being read is the last one and has no end."""
        return self.cut and number == self._reading.lines


def head_lines(head: bytes) -> list[str]:
    """Return the lines of a file's first bytes that hold something, without a cut last one."""
    lines = head.decode("utf-8", "replace").split("\n")
    lines = lines[:-1] or lines
    return [line for line in map(str.rstrip, lines) if line]
