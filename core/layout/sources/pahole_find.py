"""Structs found in a text that people pasted: quoted, in a diff, amid other text."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass

from core.errors import LayoutError

DEEPEST = 32
"""Structs in one another, also where ``pahole -E`` expands all of them."""

NUMBER = r"(0x[0-9a-fA-F]{1,8}|\d{1,10})"
_HEADING_OR_BRACE = re.compile(r"\b(struct|union|class)\s{1,100}(\w{1,500})\s{0,100}\{|[{}]")
PLACE = re.compile(rf"\s*{NUMBER}(?:\s*:\s*{NUMBER})?\s+{NUMBER}\s*")
_PLACE_REMARK = re.compile(rf"/\*(?:{PLACE.pattern}\*/|\s*size: \d{{1,10}}, cachelines: )")
_QUOTES = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)
_ADDED = re.compile(r"^\+[ \t].*/\*", re.MULTILINE)
_REMOVED = re.compile(r"^-[ \t].*/\*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Found:
    """A struct's place in a text.

    Attributes:
        name: Its tag.
        is_union: Whether it is a union.
        start: Where its heading begins.
        body: Where what its braces enclose begins.
        end: Behind its closing brace; -1 where it is missing.
    """

    name: str
    is_union: bool
    start: int
    body: int
    end: int


def cleaned(text: str) -> str:
    """Return a text without quote marks, a diff's marks and carriage returns.

    Lines stay where they are. Of a diff the new side is taken.
    """
    text = text.replace("\r\n", "\n")
    if ">" in text:
        text = _QUOTES.sub("", text)
    if _ADDED.search(text):
        text = re.sub(r"^(?:-(?!-).*|\+|@@.*)", "", text, flags=re.MULTILINE)
    elif _REMOVED.search(text):
        text = re.sub(r"^(?:-|@@.*)", "", text, flags=re.MULTILINE)
    return text


def line_of(text: str, position: int) -> int:
    """Return the number of the line that a position is in."""
    return text.count("\n", 0, position) + 1


def find_structs(text: str) -> list[Found]:
    """Return what may be structs, in order; of nested ones the outermost that is closed."""
    found: list[Found] = []
    # Braces that wait for their closing one; more than that in one another are no struct's.
    opened: deque[re.Match[str]] = deque(maxlen=2 * DEEPEST)
    for brace in _HEADING_OR_BRACE.finditer(text):
        if brace[0] != "}":
            opened.append(brace)
            continue
        heading = opened.pop() if opened else None
        if heading is not None and heading[1]:
            while found and found[-1].start > heading.start():
                found.pop()
            found.append(_found(heading, brace.end()))
    found += (_found(heading, -1) for heading in opened if heading[1])
    return sorted(found, key=lambda one: one.start)


def _found(heading: re.Match[str], end: int) -> Found:
    return Found(heading[2], heading[1] == "union", heading.start(), heading.end(), end)


def has_places(text: str, found: Found, limit: int) -> bool:
    """Tell whether what may be a struct has a member with its offset, or at least its size."""
    end = found.end if found.end > 0 else limit
    return _PLACE_REMARK.search(text, found.body, end) is not None


def parse_error(
    problem: str, text: str, position: int, where: str, advice: str = ""
) -> LayoutError:
    """Return the error for a position in a text."""
    return LayoutError(
        problem,
        where=f"{where}:{line_of(text, position)}",
        advice=advice or "paste pahole's output whole, as it was printed",
    )
