"""Folded stacks: a line a stack, ``root;caller;function N``, as the flame graph scripts write them.

Facts from FlameGraph's stackcollapse-perf.pl and difffolded.pl: the count is what follows the last
space, so names may hold spaces; a name may begin with the command (``sh;do_syscall_64;...``), which
cannot be told from a function and stays the root; ``_[k]`` behind a name means kernel. In a
differential file each stack has two counts, before and after: the second is the profile's, the
first its weight ``before``.
"""

from __future__ import annotations

import re
from array import array

import numpy as np

from core.recording.labels import frame_of_label
from core.recording.profile import RECORDS, ProfileInfo, StackProfile, StackTableBuilder
from core.recording.readers.text_lines import TextLines, head_lines
from core.recording.reading import Reading
from core.recording.source import Source

BEFORE = "before"
"""The weight of a differential file that is not its main one."""

MARK = "# folded stacks"
"""The first line of a file that could not be told otherwise; this program writes it."""

_MOST = 1 << 62
_COUNT = r"\d+(?:\.\d*)?(?:[eE][-+]?\d+)?"
_ONE = re.compile(rf"(?P<stack>\S.*?) +(?P<after>{_COUNT})\s*")
_TWO = re.compile(rf"(?P<stack>\S.*?) +(?P<before>{_COUNT}) +(?P<after>{_COUNT})\s*")
_STACK = re.compile(r"[^;\s](?:[^;]*[^;\s])?(?:;[^;\s](?:[^;]*[^;\s])?)+")
"""More than one frame, and none that is empty or blank at an end, as in lists and prose."""
_MOSTLY, _SOME = 0.8, 0.1


def tell(head: bytes) -> float:
    """Return how sure it is that a file with these first bytes holds folded stacks.

    The format has no sign of its own: it is what has stacks with counts and is nothing else. Much
    text has a number at the end of each line, so some lines must have more than one frame.
    """
    if head.startswith(MARK.encode() + b"\n"):
        return 1.0
    lines = [line for line in head_lines(head) if not line.startswith("#")]
    if len(lines) > 1 and not head.endswith(b"\n"):
        lines.pop()
    fitting = [line for line in lines if _ONE.fullmatch(line)]
    if not lines or len(fitting) < _MOSTLY * len(lines):
        return 0.0
    stacks = sum(_STACK.fullmatch(line) is not None for line in fitting)
    sure = len(fitting) / len(lines)
    if 2 * stacks >= len(fitting):
        return 0.5 * sure
    return 0.2 * sure if _SOME * len(fitting) <= stacks else 0.0


def read(source: Source, reading: Reading) -> StackProfile:
    """Read folded stacks: a record a line, which weighs what stands behind it."""
    two = _has_two_counts(source.head())
    pattern = _TWO if two else _ONE
    stacks = StackTableBuilder()
    frames: dict[str, int] = {}
    stack, after, before = array("i"), array("q"), array("q")
    fractions = 0
    for number, line in TextLines(source, reading):
        found = pattern.fullmatch(line)
        if found is None:
            if line.strip() and not line.startswith("#"):
                reading.bad_line(number, line)
            continue
        count, first = _whole(found["after"]), _whole(found["before"]) if two else 0
        if count is None or first is None:
            reading.bad_line(number, line)
            continue
        fractions += "." in found["after"]
        names = found["stack"].split(";")
        for name in names:
            if name not in frames:
                frames[name] = stacks.frame(frame_of_label(name))
        stack.append(stacks.stack([frames[name] for name in names]))
        after.append(count)
        before.append(first)
    if fractions:
        reading.note(f"{fractions:,} counts have fractions and are rounded to whole numbers.")
    weights = {RECORDS: np.array(after, np.int64)}
    if two:
        weights[BEFORE] = np.array(before, np.int64)
        reading.note("The file has two counts a stack: records are the second, after.")
    info = ProfileInfo("folded", source.title, "samples")
    return StackProfile(stacks.build(), np.array(stack, np.int32), weights, info=info)


def _has_two_counts(head: bytes) -> bool:
    """Return whether every line has two counts; one that does may be a name that ends in one."""
    lines = [line for line in head_lines(head) if _ONE.fullmatch(line) and line[0] != "#"]
    if len(lines) > 1 and not head.endswith(b"\n"):
        lines.pop()
    return bool(lines) and all(_TWO.fullmatch(line) for line in lines)


def _whole(text: str) -> int | None:
    """Return a count as a whole number, None where it is too large to be one."""
    count = float(text) if not text.isdigit() else int(text)
    return round(count) if count < _MOST else None
