"""What happened while a file was read: lines that made no sense are counted, the first is kept."""

from __future__ import annotations

from dataclasses import dataclass, field

_MOST_QUOTED = 120


@dataclass(slots=True)
class Reading:
    """A reader's notes about one file.

    Attributes:
        lines: Lines read, the unit of ``first_bad``.
        bad_lines: Lines that could not be understood; what else the file holds is kept.
        first_bad: The first of them, quoted with its number, as ``line 7: 'text'``.
        bad_records: Records that had to be left out, because a line of theirs was bad.
        truncated_records: Records that end in the middle: kept as far as they go.
        early_end: Why the file ends before it should, as a sentence; empty where it does not.
        notes: What else there is to say, as sentences.
    """

    lines: int = 0
    bad_lines: int = 0
    first_bad: str = ""
    bad_records: int = 0
    truncated_records: int = 0
    early_end: str = ""
    notes: list[str] = field(default_factory=list)

    def bad_line(self, number: int, line: bytes | str, unit: str = "line") -> None:
        """Count a line that could not be understood.

        Args:
            number: Its number in the file, from 1.
            line: Its text.
            unit: What is numbered, in formats that are not made of lines.
        """
        self.bad_lines += 1
        if not self.first_bad:
            text = line.decode("utf-8", "replace") if isinstance(line, bytes) else line
            text = text.rstrip("\n")
            if len(text) > _MOST_QUOTED:
                text = text[: _MOST_QUOTED - 1] + "…"
            self.first_bad = f"{unit} {number:,}: {text!r}"

    def note(self, sentence: str) -> None:
        """Keep a sentence about the file, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)
