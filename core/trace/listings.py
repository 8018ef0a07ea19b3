"""What a function does, in a few lines, and which of them a position stands at.

The texts are resources/listings/*.txt; their README tells the format. An event names a function
and a label; here the two become a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from core.trace.events import SITE_MASK, Function, Kind, Site

if TYPE_CHECKING:
    from core.trace.info import TraceInfo
    from core.trace.trace import Trace

_SUFFIX = ".txt"
_KEPT_AS_IT_IS = ("none", "scan", "atomic", "percpu", "gfp")
"""The designs that a listing tells apart by their own name; the others are flags or counters."""
_CONDITION = re.compile(r"(\w+)(!?=)([\w.,]+)")
_CONDITIONS = re.compile(r"\s*\[([^\]]*)\]\s*$")
_SECTION = re.compile(r"== (?P<names>[^(]+?) \((?P<source>.+)\)$")
_CALL = re.compile(r"([A-Za-z_]\w*)\(")

_LOOK_BACK_EVENTS = 200_000
"""How many events of a call are looked at for the lines it has been through: a walk of a big run
has the same few lines ten thousand times."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a listing.

    Attributes:
        number: Counted from 1.
        labels: What events call it.
        text: As it is shown.
        exit_of: The event after which a call returns from this line, or an empty string.
    """

    number: int
    labels: tuple[str, ...]
    text: str
    exit_of: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What one function does.

    Attributes:
        function: The kernel's identifier.
        source: The kernel's source file, an empty string where nobody knows the function.
        lines: From ``enter`` to ``return``.
    """

    function: str
    source: str
    lines: tuple[Line, ...]

    @property
    def known(self) -> bool:
        """Whether this is more than the listing of a function that nobody has described."""
        return bool(self.source)

    def line_of(self, label: str) -> int | None:
        """Return the number of the line with a label."""
        return next((line.number for line in self.lines if label in line.labels), None)

    def exit_of(self, label: str) -> int | None:
        """Return the line a call returns from where its return follows an event at once."""
        return next((line.number for line in self.lines if line.exit_of == label), None)

    def call_line(self, callee: str) -> int | None:
        """Return the first line that calls a function, under its own or a generic name."""
        for line in self.lines[1:]:
            for called in _CALL.findall(line.text.partition("//")[0]):
                if callee == called or any(fnmatchcase(callee, n) for n in names_behind(called)):
                    return line.number
        return None


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a call is at a position.

    Attributes:
        function: Whose listing it is.
        listing: Its lines.
        line: The line the call is at, None where it has none.
        visited: The lines it was at before.
        event: Position of the event shown, or of the call an outer frame is in.
        outer: Whether the line is a call that has not returned, of a frame that is not the
            innermost one.
        stopped: Whether the run died here.
    """

    function: Function
    listing: Listing
    line: int | None
    visited: frozenset[int]
    event: int
    outer: bool = False
    stopped: bool = False


def label_of(site: Site) -> str:
    """Return what a listing calls an event's line: turning interrupts off and on are two."""
    if site.kind is Kind.IRQS_OFF:
        return "irqs_off"
    return "irqs_on" if site.kind is Kind.IRQS_ON else site.label


# -- the texts ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Conditions:
    """Things that must be so: (key, whether equal, values)."""

    tests: tuple[tuple[str, bool, tuple[str, ...]], ...]

    def hold(self, facts: dict[str, str]) -> bool:
        return all((facts[key] in values) is equal for key, equal, values in self.tests)


@dataclass(frozen=True, slots=True)
class _Section:
    names: tuple[str, ...]
    source: str
    conditions: _Conditions
    lines: tuple[tuple[str, _Conditions, str], ...]

    def describes(self, function: str) -> bool:
        return any(fnmatchcase(function, name) for name in self.names)


@dataclass(frozen=True, slots=True)
class _Library:
    sections: tuple[_Section, ...]
    names: dict[str, tuple[str, ...]]


@cache
def _library() -> _Library:
    """Read all listings, once."""
    sections: list[_Section] = []
    names: dict[str, tuple[str, ...]] = {}
    for item in sorted(resources.files("resources.listings").iterdir(), key=lambda f: f.name):
        if item.name.endswith(_SUFFIX):
            _read(item.read_text("utf-8"), sections, names)
    return _Library(tuple(sections), names)


def _read(text: str, sections: list[_Section], names: dict[str, tuple[str, ...]]) -> None:
    for block in re.split(r"^(?=== )", text, flags=re.MULTILINE):
        head, *rest = block.splitlines() or [""]
        if head.startswith("== "):
            head, conditions = _split_conditions(head)
            found = _SECTION.match(head)
            assert found is not None, head
            lines = tuple(_line(line) for line in rest if "|" in line and line[0] != "#")
            section_names = tuple(found["names"].split(", "))
            sections.append(_Section(section_names, found["source"], conditions, lines))
        for line in (head, *rest):
            if line.startswith("name "):
                generic, _, functions = line.removeprefix("name ").partition(" = ")
                names[generic] = (*names.get(generic, ()), *functions.split())


def _line(line: str) -> tuple[str, _Conditions, str]:
    left, _, text = line.partition("|")
    label, conditions = _split_conditions(left)
    return label.strip(), conditions, text.removeprefix(" ").rstrip()


def _split_conditions(text: str) -> tuple[str, _Conditions]:
    found = _CONDITIONS.search(text)
    if found is None:
        return text.rstrip(), _Conditions(())
    tests = tuple(
        (key, sign == "=", tuple(values.split(",")))
        for key, sign, values in _CONDITION.findall(found[1])
    )
    return text[: found.start()], _Conditions(tests)


def listing_for(info: TraceInfo, function_name: str) -> Listing:
    """Return what a function does in the kernel of a run; there is a listing for every name."""
    guard = info.guard
    return _listing(
        function_name, info.kernel, info.arch, info.unwinder, guard.design, guard.max_depth,
        guard.field, guard.word,
    )  # fmt: skip


@cache
def _listing(
    function: str, kernel: str, arch: str, unwinder: str, design: str, max_depth: int, field: str,
    word: str,
) -> Listing:  # fmt: skip
    kind = design
    if design not in _KEPT_AS_IT_IS:
        kind = "flag" if design == "bit1" and max_depth == 1 else "counter"
    facts = {"guard": kind, "kernel": kernel, "arch": arch, "unwinder": unwinder, "word": word}
    fitting = [
        section
        for section in _library().sections
        if section.describes(function) and section.conditions.hold(facts)
    ]
    if not fitting:
        return _unknown(function)
    section = max(fitting, key=lambda section: len(section.conditions.tests))
    lines = [
        (label, text.format(function=function, field=field, max_depth=max_depth))
        for label, conditions, text in section.lines
        if conditions.hold(facts)
    ]
    return Listing(function, section.source, tuple(_numbered(lines)))


def _unknown(function: str) -> Listing:
    lines = [("enter", f"{function}(...)"), ("", "    // not described"), ("return", "    return")]
    return Listing(function, "", tuple(_numbered(lines)))


def _numbered(lines: list[tuple[str, str]]) -> Iterator[Line]:
    for number, (labels, text) in enumerate(lines, 1):
        own = tuple(each.rstrip("!") for each in labels.split() if each[0] != "!")
        leaving = next((each.strip("!") for each in labels.split() if "!" in each), "")
        yield Line(number, own, text, leaving)


def names_behind(generic: str) -> tuple[str, ...]:
    """Return the functions that a generic name stands for, maybe with a * at their end."""
    return _library().names.get(generic, ())


# -- where a position stands ----------------------------------------------------------------


def spot_at(trace: Trace, position: int, call: int | None = None) -> Spot | None:
    """Return the listing and the line a position stands at.

    Args:
        trace: The run.
        position: Where the cursor is.
        call: The position of the call whose frame is to be shown, None for the event itself.

    Returns:
        None before the first event.
    """
    if position < 0:
        return None
    calls = trace.calls_at(position)
    if call in calls[:-1]:
        return _outer_spot(trace, position, calls, calls.index(call))
    return _event_spot(trace, position)


def _outer_spot(trace: Trace, position: int, calls: list[int], at: int) -> Spot:
    call, inner = calls[at], calls[at + 1]
    function = trace.function(call)
    listing = listing_for(trace.info, function.name)
    line = listing.call_line(trace.function(inner).name)
    if line is None:
        line = _last_line(trace, listing, inner, call)
    visited = _visited(trace, listing, function, call, inner)
    return Spot(function, listing, line, visited - {line}, inner, outer=True)


def _event_spot(trace: Trace, position: int) -> Spot:
    site = trace.site(position)
    function = trace.function(position)
    listing = listing_for(trace.info, function.name)
    call = _call_of(trace, position)
    line = listing.line_of(label_of(site))
    if site.kind is Kind.RETURNED:
        line = _exit_line(trace, listing, position, call) or line
    stopped = site.kind is Kind.STOPPED
    if stopped or (line is None and site.kind is Kind.LOST_UPDATE):
        line = _last_line(trace, listing, position, call)
    visited = _visited(trace, listing, function, call, position)
    return Spot(function, listing, line, visited - {line}, position, stopped=stopped)


def _call_of(trace: Trace, position: int) -> int:
    """The call of the event's function, -1 where it has no frame, as the scheduler has none.

    An event may belong to a function further out than the innermost frame: free_unref_page frees
    a page that its inlined end, free_pcp_prepare, has prepared.
    """
    function = trace.function(position)
    call = position if trace.kind(position) is Kind.CALLED else int(trace.parents[position])
    while call >= 0 and trace.function(call) != function:
        call = int(trace.parents[call])
    return call


def _exit_line(trace: Trace, listing: Listing, position: int, call: int) -> int | None:
    """The line of an early return: the event right before it was the reason."""
    before = position - 1
    if before <= call or trace.parents[before] != call:
        return None
    return listing.exit_of(label_of(trace.site(before)))


def _last_line(trace: Trace, listing: Listing, position: int, call: int) -> int | None:
    """The last line a call reached before it was interrupted or the run died in it."""
    start = max(call + 1, position - _LOOK_BACK_EVENTS)
    own = (trace.parents[start:position] == call).nonzero()[0] + start
    for at in own[::-1].tolist():
        where, site = trace.function(at), trace.site(at)
        if where.name == listing.function:
            line = listing.line_of(label_of(site))
        else:
            line = listing.call_line(where.name) if site.kind is Kind.CALLED else None
        if line is not None:
            return line
    return listing.line_of("enter")


def _visited(
    trace: Trace, listing: Listing, function: Function, call: int, before: int
) -> frozenset[int]:
    """The lines a call has been at before a position, its calls of others included."""
    if call < 0 or before <= call:
        return frozenset()
    start = max(call + 1, before - _LOOK_BACK_EVENTS)
    own = trace.parents[start:before] == call
    numbers = set((trace.codes[start:before][own] & SITE_MASK).tolist())
    lines = {listing.line_of("enter")}
    for site in (trace.sites[number] for number in numbers):
        where = trace.functions[site.function]
        if site.kind is Kind.CALLED:
            lines.add(listing.call_line(where.name))
        elif where.name == function.name:
            lines.add(listing.line_of(label_of(site)))
    return frozenset(line for line in lines if line is not None)
