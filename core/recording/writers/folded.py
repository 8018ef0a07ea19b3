"""Folded stacks: ``root;caller;function N``, one line a different stack."""

from __future__ import annotations

import re
from typing import BinaryIO

from core.recording.labels import label_of
from core.recording.profile import RECORDS, StackProfile
from core.recording.readers.folded import MARK, tell
from core.recording.source import HEAD_BYTES

NO_STACK = "(no stack)"
NO_NAME = "(no name)"

_BREAKS = re.compile(r"\s+")
_LIKE_COUNT = re.compile(r" (?=(?:[-+.\d]+|\d+(?:\.\d*)?[eE][-+]?\d+)$)")
_CHUNK_LINES = 1 << 14


def write(content: StackProfile, stream: BinaryIO, weight: str = RECORDS) -> None:
    """Write a profile; what stacks of the same functions weigh is summed.

    Lines of one frame only may be any text with numbers. Then a remark says what they are; other
    tools pass over a line that ends in no count.

    Args:
        content: The profile.
        stream: Where to.
        weight: The number behind each stack; stacks that weigh nothing are left out.
    """
    stacks = content.stacks
    names = [_safe(label_of(frame)) for frame in stacks.frames]
    total: dict[str, int] = {}
    for stack, weighs in enumerate(content.by_stack(weight).tolist()):
        if weighs:
            line = _line([names[number] for number in stacks.ids_of(stack).tolist()])
            total[line] = total.get(line, 0) + weighs
    lines = [f"{stack} {weighs}\n" for stack, weighs in total.items()]
    if lines and not tell("".join(lines[:_CHUNK_LINES]).encode("utf-8", "replace")[:HEAD_BYTES]):
        lines.insert(0, MARK + "\n")
    for first in range(0, len(lines), _CHUNK_LINES):
        stream.write("".join(lines[first : first + _CHUNK_LINES]).encode("utf-8", "replace"))


def _safe(name: str) -> str:
    """Return a name without what ends a frame or a line; a colon is what other tools put there."""
    return _BREAKS.sub(" ", name.replace(";", ":")).strip() or NO_NAME


def _line(names: list[str]) -> str:
    """Join a stack; a number at its end would be read as a count."""
    return _LIKE_COUNT.sub("_", ";".join(names)) if names else NO_STACK
