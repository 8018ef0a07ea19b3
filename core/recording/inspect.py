"""A recording as plain data: what ``ownerscope inspect --json`` prints and its text is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.recording.opening import read_recording
from core.recording.profile import PAGES, RECORDS, StackProfile
from core.recording.questions.expression import FUNCTION
from core.recording.questions.query import (
    STACK,
    SUBSYSTEM,
    Group,
    Grouped,
    filtered,
    picked,
    stacks_used,
)
from core.recording.questions.special import HANDLES, special_records
from core.recording.questions.subsystem import INFERRED
from core.recording.reading import Reading
from core.recording.source import Progress, open_source
from core.trace.trace import Trace

if TYPE_CHECKING:
    from core.recording.questions.diff import Difference

SCHEMA = 1

SAVED = "ownertrace"
"""The format of traces that this program saved."""

KINDS = tuple(handle.kind for handle in HANDLES)
TITLES = tuple(handle.title for handle in HANDLES)
"""Of records that page_owner itself owns."""

_NO_FUNCTION = re.compile(r"\[unknown\w*\]|(?:0x)?[0-9a-f]{8,}|")

Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Inspected:
    """A recording, or a saved trace.

    Attributes:
        name: The file's name.
        format: Name of its format.
        title: The format's name for people.
        content: A trace where the file has order, else a profile.
        reading: What happened while it was read.
    """

    name: str
    format: str
    title: str
    content: Trace | StackProfile
    reading: Reading

    @property
    def profile(self) -> StackProfile:
        """Its stacks, without their order where it has one."""
        if isinstance(self.content, StackProfile):
            return self.content
        from core.recording.from_trace import profile_of

        return profile_of(self.content)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a recording.

    Attributes:
        by: What records are grouped by; empty for stacks of profiles, and functions of traces.
        top: How many groups are told, 0 for all.
        picks: A filter, empty for everything.
        weight: What groups are sorted by; empty for the heaviest kind.
        normalised: Whether shares are compared, and not weights as they are.
    """

    by: str = ""
    top: int = 20
    picks: str = ""
    weight: str = ""
    normalised: bool = False


def opened(where: Path | str, progress: Progress | None = None) -> Inspected:
    """Read a recording or a saved trace, or standard input for ``-``.

    Raises:
        RecordingError: It cannot be read, is empty, or in no format that is known.
        TraceFileError: It is a saved trace, and damaged or newer than this program.
    """
    from core.trace.file import from_bytes, looks_like_trace

    source = open_source(where, progress)
    try:
        if looks_like_trace(source.head()):
            trace = from_bytes(source.whole(), where=source.name)
            return Inspected(source.name, SAVED, "saved trace of ownerscope", trace, Reading())
        found = read_recording(source)
    finally:
        source.close()
    return Inspected(
        found.name, found.format.name, found.format.title, found.content, found.reading
    )


def inspect(recording: Inspected, asked: Asked, base: Inspected | None = None) -> Told:
    """Return what there is to say about a recording.

    Args:
        recording: What was read.
        asked: What is asked of it.
        base: What it is compared with.

    Raises:
        RecordingError: The filter, the grouping or the weight makes no sense for it.
        PatternError: A regular expression in the filter is none.
    """
    told: Told = {"schema": SCHEMA, "format": recording.format, "title": recording.title}
    profile = recording.profile
    shown = _picked(profile, asked)
    if isinstance(recording.content, Trace):
        from core.recording.inspect_trace import of_trace, top_of_trace

        told |= {"kind": "trace", "name": recording.name, **of_trace(recording.content)}
        told |= _read_notes(recording.reading, told)
        by = asked.by or FUNCTION
        groups = Grouped(shown, by, asked.weight)
        told |= _grouping(groups, asked, told) | {"top": list(top_of_trace(groups, asked.top))}
    else:
        told |= {"kind": "profile", "name": recording.name, **_of_profile(profile, shown)}
        told |= _read_notes(recording.reading, told)
        groups = Grouped(shown, asked.by or STACK, asked.weight)
        told |= _grouping(groups, asked, told) | {"top": list(_top(groups, asked.top))}
    if base is not None:
        told |= _compared(_picked(base.profile, asked), shown, groups.by, asked, base.name)
        told["notes"] += _units_apart(base.profile, profile, told["compared"]["weight"])
    return told


def _picked(profile: StackProfile, asked: Asked) -> StackProfile:
    return filtered(profile, picked(profile, asked.picks)) if asked.picks.strip() else profile


def _grouping(groups: Grouped, asked: Asked, told: Told) -> Told:
    if groups.by == SUBSYSTEM:
        told["notes"].append(INFERRED)
    return {
        "by": groups.by,
        "weight": groups.weight,
        "total": groups.total,
        "filter": asked.picks,
        "groups": len(groups),
    }


def _read_notes(reading: Reading, told: Told) -> Told:
    """What reading the file came to; a trace has kept that itself, a saved one from its file."""
    notes = dict.fromkeys((*told.get("notes", ()), *reading.notes))
    lines = max(reading.lines, told.get("lines", 0))
    bad_lines = max(reading.bad_lines, told.get("bad_lines", 0))
    first_bad = reading.first_bad or told.get("first_bad", "")
    return {"lines": lines, "bad_lines": bad_lines, "first_bad": first_bad, "notes": [*notes]} | (
        {"bad_records": reading.bad_records, "truncated_records": reading.truncated_records}
    )


def _of_profile(profile: StackProfile, shown: StackProfile) -> Told:
    special = {each.handle.kind: each for each in special_records(shown)}
    return {
        "unit": profile.info.unit,
        "records_in_file": profile.total(RECORDS),
        **{name: _total(shown, name) for name in (RECORDS, PAGES, "bytes")},
        **{name: _total(shown, name) for name in shown.weights if name not in (RECORDS, PAGES)},
        "unique_stacks": stacks_used(shown),
        "special": {kind: special[kind].records if kind in special else 0 for kind in KINDS},
        "special_means": {kind: f"{each.title}: {each.sentence}" for kind, each in special.items()},
        "recursions": _recursions(shown),
        "findings": [
            {"title": title, "text": text}
            for title, text in profile.info.findings
            if title not in TITLES  # they are told above, of the records that the filter picks
        ],
    }


def _total(profile: StackProfile, weight: str) -> int | None:
    """Return what all records weigh, None where the file does not say."""
    return profile.total(weight) if weight in profile.weights else None


def _recursions(profile: StackProfile) -> list[Told]:
    """Return the functions that are on a stack more than once, the deepest first.

    ``[unknown]`` is no function, and neither is an address.
    """
    stacks = profile.stacks
    functions, of_frame = stacks.names
    holders = np.repeat(np.arange(len(stacks)), stacks.depths)
    pairs = holders * (len(functions) + 1) + of_frame[stacks.ids]
    keys, often = np.unique(pairs, return_counts=True)
    keys, often = keys[often > 1], often[often > 1]
    holder, function = keys // (len(functions) + 1), keys % (len(functions) + 1)
    records = profile.by_stack(RECORDS)[holder]
    found = []
    for number in np.unique(function[records > 0]).tolist():
        if _NO_FUNCTION.fullmatch(functions[number]):
            continue
        own = function == number
        found.append(
            {
                "function": functions[number],
                "records": int(records[own].sum()),
                "deepest": int(often[own].max()),
            }
        )
    return sorted(found, key=lambda each: (-each["deepest"], -each["records"]))


def _top(groups: Grouped, most: int) -> Iterator[Told]:
    for group in groups.top(most):
        told = {**named(groups, group), **group.weights}
        if group.own:
            told["self"] = group.own
        yield told


def named(groups: Grouped, group: Group) -> Told:
    """Return what a group is: its stack, or its value under the name of what was grouped by."""
    if group.stack < 0:
        return {groups.by: group.value}
    frames = groups.profile.stacks.frames_of(group.stack)
    return {"stack": [each.name for each in frames], "frames": [each.text for each in frames]}


def _compared(base: StackProfile, new: StackProfile, by: str, asked: Asked, name: str) -> Told:
    from core.recording.questions.diff import ProfileDiff

    diff = ProfileDiff(base, new, asked.weight, normalised=asked.normalised)
    counts = {str(status): count for status, count in diff.statuses(by).items()}
    return {
        "base": {"name": name, **{weight: base.total(weight) for weight in diff.common}},
        "compared": {"weight": diff.weight, "normalised": diff.normalised, **counts},
        "differences": [
            _difference(each, by, normalised=asked.normalised) for each in diff.by(by, asked.top)
        ],
    }


def _units_apart(base: StackProfile, new: StackProfile, weight: str) -> list[str]:
    """Say that what is compared is not the same thing on both sides, if it is not."""
    units = base.info.unit, new.info.unit
    if weight != RECORDS or units[0] == units[1]:
        return []
    return [
        f"The two do not count the same: the base counts {units[0]}, this file {units[1]}. Look at "
        "what only one of them has; how much a number changed says nothing."
    ]


def _difference(each: Difference, by: str, *, normalised: bool) -> Told:
    value = list(each.functions) if by == STACK else each.value
    return {
        by: value,
        "base": each.base,
        **each.new,
        "change": each.change if normalised else int(each.change),
        "status": str(each.status),
    }
