"""One line of ftrace's function_graph: its columns, and what it says of a call.

Everything before the function is optional and each option of the tracer adds or takes away a
column (kernel/trace/trace_functions_graph.c, v4.0 to v6.18): absolute or relative time, CPU, task,
latency flags, duration. A task is shown by seven characters, and any may be a bar. What a line
says is told by its end alone.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from core.recording.calls.stacks import CALL, COMMENT, NOT_KNOWN, RETURN

LEAF, NOTHING, UNCLEAR = 3, 4, 5
"""Kinds of lines beside those of events: a call and its return; no event; not understood."""

COLUMNS = re.compile(
    rb"""\s*(?:(?P<time>\d+\.\d{3,9})\s+\||(?P<since>\d+(?:\.\d+)?)\s+us\s+\|(?=\s*\d+\)))?
    (?:\s*(?P<cpu>\d+)\)\s?)?
    (?:\s*(?P<task>(?!/\*)(?:[^\s|][^|]{0,40}|(?!\|\s)\S.{0,6})-\d+)\s+\|)?
    (?:\s*(?P<flags>[.#*+~^\w-]{3,9})\s+\|)?
    (?:\s*(?P<mark>[+!\#*@$])?\s*(?P<us>\d+(?:\.\d+)?)\sus\s*\||\s*(?P<arrow>=+>|<=+)\s*\||\s*\|)?
    (?P<body>.*)""",
    re.VERBOSE | re.DOTALL,
)
SWITCH = re.compile(
    rb"\s*(?:\|?\s*(?P<cpu>\d+)\))?\s*(?P<old>\S.{0,40}?-\d+)\s+=>\s+(?P<new>\S.{0,40}?-\d+)\s*$"
)
LOST = re.compile(rb"\s*CPU:\s*\d+ \[LOST (?:(\d+) )?EVENTS\]")
"""Without a number where the ring buffer could not count them (kernel/trace/trace.c, 5.7)."""

_FUNCTION = re.compile(rb"([A-Za-z_.$0-9][\w.$+/:@-]*)(?: \[[\w-]+\])?\s?\(")
_NO_EVENT = re.compile(
    rb"\s*(?:#.*|-{10,}.*|\(Overruns: \d+\).*|CPU:\s*\d+ \[LOST .*|\d+us : .*"
    rb"|=> .*|.*: <(?:user )?stack trace>\s*)?$",
    re.DOTALL,
)
"""Stacks of events keep the form they have without this tracer (TRACE_STACK is not handled in
print_graph_function_flags()); so does the one at the end of irqsoff and its like."""

_ARROWS = (b"==========>", b"<==========")
"""Interrupts; the bar behind the arrow belongs to the column of durations and goes with it
(print_graph_irq())."""

COMMENT_BEGINS = b"/*"
_LONGEST_US = 15
"""Digits of a duration: more are a negative one, printed without its sign."""

_VALUE_BEGINS = (b" ret=", b" = ", b" => ")
"""What stands between a function that returns and what it returned (6.5 and later)."""

_VALUES = (b"=", b"ret=", b"<-")
"""What a comment behind a call begins with where it does not name the function."""


class Body(NamedTuple):
    """What the end of a line says.

    Attributes:
        kind: ``CALL``, ``RETURN``, ``COMMENT``, ``LEAF``, ``NOTHING`` or ``UNCLEAR``.
        text: The function, empty where a return does not name it; or the comment.
        indent: Spaces before it.
    """

    kind: int
    text: bytes
    indent: int


def body_of(line_end: bytes) -> Body:
    """Read the end of a line, from behind the last column on."""
    said = line_end.strip()
    indent = len(line_end) - len(line_end.lstrip())
    if not said:
        return Body(UNCLEAR, b"", indent)
    if said[:1] == b"}":
        return _closed(said[1:].lstrip(), indent)
    if said in _ARROWS:
        return Body(NOTHING, b"", indent)
    if said[:2] == COMMENT_BEGINS:
        kind = COMMENT if said[-2:] == b"*/" and len(said) > 3 else UNCLEAR
        return Body(kind, said[2:-2].strip(), indent)
    function = _FUNCTION.match(said)
    if not function:
        return Body(UNCLEAR, b"", indent)
    if said[-2:] == b"*/":
        said = said[: said.rfind(b"/*")].rstrip()
    kind = {b"{": CALL, b";": LEAF}.get(said[-1:], UNCLEAR)
    return Body(kind, function[1], indent)


def plain_of(line_end: bytes) -> bytes:
    """Return the end of a line without arguments and return value, which says the same of a call.

    An end that has neither is returned as it is.
    """
    if line_end[-2:] == b"*/":
        begin = line_end.rfind(b"/*")
        if line_end[begin - 2 : begin] == b"; ":
            return line_end[: begin - 1]
        if line_end[begin - 2 : begin] == b"} ":
            value = max(line_end.rfind(mark, begin + 3) for mark in _VALUE_BEGINS)
            return line_end[:value] + b" */" if value > 0 else line_end
        return line_end
    begin = line_end.find(b"(")
    if begin > 0 and line_end[-1:] in (b"{", b";") and line_end[begin + 1 : begin + 2] != b")":
        return line_end[:begin] + (b"() {" if line_end[-1:] == b"{" else b"();")
    return line_end


def _closed(rest: bytes, indent: int) -> Body:
    """A closing brace: alone, or with a comment that may name the function and what it returned."""
    if not rest:
        return Body(RETURN, b"", indent)
    if rest[:2] != b"/*" or rest[-2:] != b"*/":
        return Body(UNCLEAR, b"", indent)
    words = rest[2:-2].split(None, 1)
    named = words and not words[0].startswith(_VALUES)
    return Body(RETURN, words[0] if named else b"", indent)


def is_no_event(line: bytes) -> bool:
    """Whether a line belongs to the format without being an event: a heading, a rule, a blank."""
    return _NO_EVENT.match(line) is not None or b"buffer started ###" in line


def duration_ns(us: bytes) -> int:
    """Return a duration in nanoseconds, ``NOT_KNOWN`` where the clock went back meanwhile."""
    whole, _, _ = us.partition(b".")
    return nanoseconds(us, 3) if len(whole) <= _LONGEST_US else NOT_KNOWN


def nanoseconds(digits: bytes, unit_digits: int) -> int:
    """Return a decimal number in nanoseconds.

    Args:
        digits: As in ``63.596047``.
        unit_digits: Digits between its unit and nanoseconds: 9 for seconds, 3 for microseconds.
    """
    whole, _, part = digits.partition(b".")
    return int((whole + part[:unit_digits].ljust(unit_digits, b"0"))[:18])
