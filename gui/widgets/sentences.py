"""Sentences about a run as they are written and measured: names in mono, and what fits a line."""

from __future__ import annotations

import re
from html import escape
from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtGui import QFont, QFontMetricsF, QTextDocument

from core.trace.once import once_a_run

if TYPE_CHECKING:
    from core.trace.trace import Trace

_CANDIDATES = 4
"""How many of a run's longest sentences are measured."""
_WORD = re.compile(r"[A-Za-z_0-9][\w.-]*\w|\w")
_PID = re.compile(r"/(?=\d)")
_NUMBER = re.compile(r"0x[0-9a-f]+")
_CACHE = re.compile(r"kmalloc-\w+")
_SOLID = ("jhash2", "gfp", "pfn")


def time_text(clock_ns: int) -> str:
    """Return a time as people read it: 35 ns, 1.24 µs, 3.07 ms."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if clock_ns >= size:
            value = clock_ns / size
            digits = 2 if value < 10 else 1 if value < 100 else 0
            return f"{value:,.{digits}f} {unit}"
    return f"{clock_ns} ns"


def event_text(position: int, events: int) -> str:
    """Return where the cursor is, in words; events are counted from 1, as in the transport."""
    if not events:
        return "no events"
    if position < 0:
        return f"before event 1 of {events:,}"
    return f"event {position + 1:,} of {events:,}"


def is_identifier(word: str, names: frozenset[str]) -> bool:
    """Return whether a word of a sentence is the kernel's and not English."""
    return (
        word in names
        or "_" in word
        or word in _SOLID
        or bool(_NUMBER.fullmatch(word) or _CACHE.fullmatch(word))
    )


def sentence_html(
    sentence: str, names: frozenset[str], mono_family: str, *, breakable: bool = False
) -> str:
    """Return a sentence as rich text with the kernel's identifiers in the monospace font.

    Args:
        sentence: Plain text.
        names: Identifiers that do not look like any, such as ``push``.
        mono_family: The monospace font.
        breakable: Let a line end after an underscore, for names wider than a line.
    """
    parts, end = [], 0
    for found in _WORD.finditer(sentence):
        word = escape(found[0])
        parts.append(escape(sentence[end : found.start()]))
        if breakable:
            word = word.replace("_", "_\N{ZERO WIDTH SPACE}")
        if is_identifier(found[0], names):
            word = f"<span style=\"font-family:'{escape(mono_family)}'\">{word}</span>"
        parts.append(word)
        end = found.end()
    # A line does not end inside of comm/pid.
    return _PID.sub("/\N{WORD JOINER}", "".join(parts) + escape(sentence[end:]))


def fits(text: str, font: QFont, width_px: int) -> bool:
    """Return whether every word of a text fits a line, even in the wider monospace font."""
    longest = max(map(len, text.split()), default=0)
    return QFontMetricsF(font).horizontalAdvance("0" * longest) * 1.1 <= width_px


@once_a_run
def longest_sentences(trace: Trace) -> list[str]:
    """Return the sentences of a run that take the most room, with long words filled in."""
    from core.trace.explain import script_name

    names = sorted((function.name for function in trace.functions), key=len)
    locks = sorted(trace.info.locks, key=len)
    tasks = sorted((task.label for task in trace.info.tasks), key=len)
    scripts = sorted(map(script_name, trace.info.scripts), key=len)
    long = {
        "function": "", "caller": names[-1], "frame": names[-1], "stack_bytes": "1000",
        "argument": "0x00000000", "handle": "failure_handle", "pfn": "0x10000", "value": "0",
        "word": "0x" + "0" * 2 * trace.info.guard.unit_bytes,
        "lock": locks[-1] if locks else "", "task": tasks[-1] if tasks else "",
        "script": scripts[-1] if scripts else "", "of": tasks[-1] if tasks else "",
        "cpu": str(trace.info.cpus - 1), "bits": "0x00000000",
        "interrupt": max((i.name for i in trace.info.interrupts), key=len, default="no interrupt"),
    }  # fmt: skip
    filled = {
        site.text.format_map(
            {**long, **dict(site.facts), "function": trace.functions[site.function].name}
            | {"of": long["of"], "cpu": long["cpu"]}
        )
        for site in trace.sites
    }
    return sorted(filled, key=len)[-_CANDIDATES:]


def height_of(html: str, font: QFont, width_px: int) -> int:
    """Return how high a bold sentence is in a width."""
    document = QTextDocument()
    document.setDocumentMargin(0)
    document.setDefaultFont(font)
    document.setHtml(f"<b>{html}</b>")
    document.setTextWidth(width_px)
    return ceil(document.size().height()) + 1


@once_a_run
def names_in(trace: Trace) -> frozenset[str]:
    """Return the functions of a run, which sentences are about."""
    return frozenset(function.name for function in trace.functions)
