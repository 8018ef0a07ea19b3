"""What a function does, in a few lines.

The texts are resources/listings/*.txt; their README tells the format. An event names a function and
a label; together they are a line (see ``core.trace.spots``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from core.trace.events import Kind, Site

if TYPE_CHECKING:
    from core.trace.info import TraceInfo

_SUFFIX = ".txt"
_KEPT_AS_IT_IS = ("none", "scan", "atomic", "percpu", "gfp")
"""The designs that a listing tells apart by their own name; the others are flags or counters."""
_CONDITION = re.compile(r"(\w+)(!?=)([\w.,]+)")
_CONDITIONS = re.compile(r"\s*\[([^\]]*)\]\s*$")
_SECTION = re.compile(r"== (?P<names>[^(]+?) \((?P<source>.+)\)$")
_CALL = re.compile(r"([A-Za-z_]\w*)\(")


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
    fitting = [section for section in _described_in(function) if section.conditions.hold(facts)]
    if not fitting:
        return _unknown(function)
    section = max(fitting, key=lambda section: len(section.conditions.tests))
    lines = [
        (label, text.format(function=function, field=field, max_depth=max_depth))
        for label, conditions, text in section.lines
        if conditions.hold(facts)
    ]
    return Listing(function, section.source, tuple(_numbered(lines)))


@cache
def _described_in(function: str) -> tuple[_Section, ...]:
    """Return the sections that describe a function, whatever the kernel."""
    return tuple(section for section in _library().sections if section.describes(function))


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
