"""Questions to a profile: which records a filter picks, and what they come to in groups.

A value of a dimension is tested once and not once a record, and a stack once and not once for each
record that has it: a dump has some hundred thousand records and a few thousand of either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from core.errors import RecordingError, did_you_mean
from core.recording.profile import (
    BYTES,
    KERNEL,
    NO_VALUE,
    PAGES,
    RECORDS,
    UNKNOWN,
    Dimension,
    Ints,
    Longs,
    StackProfile,
    StackTable,
)
from core.recording.questions.expression import (
    FUNCTION,
    NO_UNITS,
    SIZE_UNITS,
    TIME_UNITS,
    Every,
    Expression,
    Flags,
    Not,
    Some,
    Term,
    Units,
    parse,
)

STACK, FRAME, INNERMOST, ROOT = "stack", "frame", "innermost", "root"
DEPTH, SPECIAL, SUBSYSTEM, MODULE, AGE = "depth", "special", "subsystem", "module", "age"

_ALIASES = {"ts": "ts_ns", "free_ts": "free_ts_ns", "func": FUNCTION, "size": BYTES, "page": PAGES}
_UNITS = {"ts_ns": TIME_UNITS, "free_ts_ns": TIME_UNITS, AGE: TIME_UNITS, "ns": TIME_UNITS}
_UNITS |= {BYTES: SIZE_UNITS}
_OF_STACK = (INNERMOST, ROOT, SPECIAL, SUBSYSTEM, MODULE)
"""Texts that a stack has even where the file has no such dimension."""


def names(profile: StackProfile) -> tuple[str, ...]:
    """Return every name a filter of a profile can use, those of the file first."""
    own = [*profile.dimensions, *profile.numbers, *profile.weights]
    age = [AGE] if "ts_ns" in profile.numbers else []
    return tuple(dict.fromkeys([*own, *age, FUNCTION, FRAME, DEPTH, *_OF_STACK]))


def groupings(profile: StackProfile) -> tuple[str, ...]:
    """Return everything the records of a profile can be grouped by."""
    return tuple(dict.fromkeys([STACK, FUNCTION, *profile.dimensions, *_OF_STACK]))


def dimension(profile: StackProfile, name: str) -> Dimension | None:
    """Return a text of each record, from the file or told by its stack; None for no such name."""
    if name in profile.dimensions:
        return profile.dimensions[name]
    if name not in _OF_STACK:
        return None
    of_stack = _stack_dimension(profile.stacks, name)
    return Dimension(of_stack.codes[profile.stack], of_stack.values)


def numbers(profile: StackProfile, name: str) -> Longs | None:
    """Return a number of each record, ``UNKNOWN`` for none; None for no such name.

    An age is how long before the newest record of the file a record was made, in nanoseconds.
    """
    if name == DEPTH:
        return profile.stacks.depths[profile.stack]
    if name == AGE:
        made = profile.numbers.get("ts_ns")
        if made is None:
            return None
        return np.where(made == UNKNOWN, UNKNOWN, made.max(initial=UNKNOWN) - made)
    return profile.weights.get(name, profile.numbers.get(name))


# -- filters ------------------------------------------------------------------------------------


def picked(profile: StackProfile, by: str | Expression) -> Flags:
    """Return which records a filter picks, shape (records,).

    Args:
        profile: The records.
        by: A filter as it was typed, or parsed; an empty one picks all.

    Raises:
        RecordingError: It has no such name, or makes no sense; the error names the place.
        PatternError: A regular expression in it is none.
    """
    if isinstance(by, str):
        if not by.strip():
            return np.ones(len(profile), np.bool_)
        by = parse(by)
    return _holds(profile, by)


def filtered(profile: StackProfile, mask: Flags) -> StackProfile:
    """Return the records of a profile that a mask picks; the stacks keep their numbers."""
    return replace(
        profile,
        stack=profile.stack[mask],
        weights={name: column[mask] for name, column in profile.weights.items()},
        dimensions={
            name: Dimension(each.codes[mask], each.values)
            for name, each in profile.dimensions.items()
        },
        numbers={name: column[mask] for name, column in profile.numbers.items()},
    )


def _holds(profile: StackProfile, expression: Expression) -> Flags:
    if isinstance(expression, Not):
        return ~_holds(profile, expression.part)
    if isinstance(expression, Term):
        held = _term(profile, replace(expression, name=_real_name(profile, expression)))
        return ~held if expression.opposite else held
    join = np.logical_and if isinstance(expression, Every) else np.logical_or
    assert isinstance(expression, Every | Some)
    held = _holds(profile, expression.parts[0]).copy()
    for part in expression.parts[1:]:
        join(held, _holds(profile, part), out=held)
    return held


def _real_name(profile: StackProfile, term: Term) -> str:
    known = names(profile)
    for name in (term.name, _ALIASES.get(term.name, ""), term.name.lower()):
        if name in known:
            return name
    raise term.error(f"nothing here is called {term.name!r}", did_you_mean(term.name, known))


def _term(profile: StackProfile, term: Term) -> Flags:
    """Return which records have what a term asks for, leaving aside the opposite."""
    if term.name in (FUNCTION, FRAME):
        return _on_stack(profile.stacks, term)[profile.stack]
    found = dimension(profile, term.name)
    if found is not None:
        return _tested(found.values, term)[found.codes]
    column = numbers(profile, term.name)
    assert column is not None
    if term.op.endswith("~"):
        values, codes = np.unique(column, return_inverse=True)
        return _tested(tuple(map(str, values.tolist())), term)[codes.reshape(-1)]
    units: Units = _UNITS.get(term.name, NO_UNITS)
    held = term.compare(column, units)
    if term.name not in profile.weights and term.name != DEPTH:
        held &= column != UNKNOWN
    return held


def _tested(values: tuple[str, ...], term: Term) -> Flags:
    accepts = term.accepts
    return np.array([accepts(value) for value in values], np.bool_)


def _on_stack(stacks: StackTable, term: Term) -> Flags:
    """Return the stacks with a frame that a term asks for."""
    if term.name == FUNCTION:
        functions, of_frame = stacks.names
        hits = _tested(functions, term)[of_frame]
    else:
        hits = _tested(tuple(frame.text for frame in stacks.frames), term)
    before = np.concatenate(([0], np.cumsum(hits[stacks.ids])))
    return before[stacks.bounds[1:]] > before[stacks.bounds[:-1]]


# -- what a stack says --------------------------------------------------------------------------


def _stack_dimension(stacks: StackTable, name: str) -> Dimension:
    if name == SUBSYSTEM:
        from core.recording.questions.subsystem import subsystems

        return subsystems(stacks)
    if name == SPECIAL:
        return _special(stacks)
    if name == MODULE:
        return _modules(stacks)
    functions, of_frame = stacks.names
    return Dimension(_end(stacks, of_frame, innermost=name == INNERMOST), (*functions, ""))


def _special(stacks: StackTable) -> Dimension:
    """Return the kind of special handle each stack is, ``NO_VALUE`` for real ones."""
    from core.recording.questions.special import HANDLES, stacks_with

    codes: Ints = np.zeros(len(stacks), np.int32)
    for code, handle in enumerate(HANDLES, start=1):
        codes[stacks_with(stacks, handle.function)] = code
    return Dimension(codes, (NO_VALUE, *(handle.kind for handle in HANDLES)))


def _end(stacks: StackTable, of_frame: Ints, *, innermost: bool) -> Ints:
    """Return the name at an end of each stack; an empty stack has the one after the last."""
    ends: Ints = np.full(len(stacks), int(of_frame.max(initial=-1)) + 1, np.int32)
    some = np.flatnonzero(stacks.depths)
    at = stacks.bounds[1:][some] - 1 if innermost else stacks.bounds[:-1][some]
    ends[some] = of_frame[stacks.ids[at]]
    return ends


def _modules(stacks: StackTable) -> Dimension:
    """Return the module of each stack's innermost frame that has one."""
    values = tuple(dict.fromkeys([KERNEL, *(each.module or KERNEL for each in stacks.frames)]))
    number = {value: code for code, value in enumerate(values)}
    of_frame = np.array([number[each.module or KERNEL] for each in stacks.frames], np.int64)
    inside = of_frame[stacks.ids] > 0
    places = np.where(inside, np.arange(len(stacks.ids)), -1)
    last = np.full(len(stacks), -1, np.int64)
    np.maximum.at(last, np.repeat(np.arange(len(stacks)), stacks.depths), places)
    codes = np.zeros(len(stacks), np.int32)
    codes[last >= 0] = of_frame[stacks.ids[last[last >= 0]]]
    return Dimension(codes, values)


# -- groups -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Group:
    """Records that have something in common.

    Attributes:
        value: What it is: a function, a module, ...; for a stack its functions, root first,
            joined by ``;``.
        weights: By name what the records weigh together; for a function those of every record
            that has it on its stack, each counted once however often the function is there.
        own: For a function what the records weigh whose innermost frame it is; else empty.
        stack: For a stack its number, else -1.
    """

    value: str
    weights: dict[str, int]
    own: dict[str, int]
    stack: int = -1


class Grouped:
    """The records of a profile in groups, heaviest first.

    Args:
        profile: The records.
        by: ``stack``, ``function`` or the name of a dimension (see ``groupings``).
        weight: What is heavy; the profile's heaviest kind where it is empty.

    Raises:
        RecordingError: There is no such grouping or weight.
    """

    def __init__(self, profile: StackProfile, by: str = STACK, weight: str = "") -> None:
        self.profile = profile
        asked, by = by, _ALIASES.get(by, by)
        self.by = by
        self.weight = weight or main_weight(profile)
        if self.weight not in profile.weights:
            advice = did_you_mean(weight, profile.weights)
            raise RecordingError(f"the records have no {weight!r}", where="--weight", advice=advice)
        known = groupings(profile)
        if by not in known:
            advice = did_you_mean(by, known)
            raise RecordingError(
                f"records cannot be grouped by {asked!r}", where="--by", advice=advice
            )
        self._values: Callable[[int], str]
        self._own: dict[str, Longs] = {}
        if by == STACK:
            self._values = lambda stack: ";".join(profile.stacks.names_of(stack))
            counts = np.bincount(profile.stack, minlength=len(profile.stacks))
            self._totals = {name: profile.by_stack(name) for name in profile.weights}
        elif by == FUNCTION:
            counts = self._functions()
        else:
            counts = self._dimension(by)
        order = np.lexsort((np.arange(len(counts)), -self._totals[self.weight]))
        self._order = order[counts[order] > 0]

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[Group]:
        return self.top(0)

    def top(self, most: int) -> Iterator[Group]:
        """Yield the heaviest groups, all for 0."""
        for number in (self._order[:most] if most else self._order).tolist():
            yield Group(
                self._values(number),
                {name: int(column[number]) for name, column in self._totals.items()},
                {name: int(column[number]) for name, column in self._own.items()},
                number if self.by == STACK else -1,
            )

    @cached_property
    def total(self) -> int:
        """What all records weigh together."""
        return self.profile.total(self.weight)

    def _functions(self) -> Longs:
        profile, stacks = self.profile, self.profile.stacks
        functions, of_frame = stacks.names
        self._values = functions.__getitem__
        size = len(functions) + 1
        holders = np.repeat(np.arange(len(stacks)), stacks.depths)
        pairs = np.sort(holders * size + of_frame[stacks.ids])
        pairs = pairs[np.diff(pairs, prepend=-1) > 0]
        stack_of, function_of = pairs // size, pairs % size
        ends = _end(stacks, of_frame, innermost=True)
        by_stack = {name: profile.by_stack(name) for name in profile.weights}
        self._totals = {
            name: _sums(function_of, column[stack_of], size) for name, column in by_stack.items()
        }
        self._own = {name: _sums(ends, column, size) for name, column in by_stack.items()}
        used = np.bincount(profile.stack, minlength=len(stacks))[stack_of]
        return _sums(function_of, used, size)

    def _dimension(self, name: str) -> Longs:
        found = dimension(self.profile, name)
        assert found is not None
        self._values = found.values.__getitem__
        size, codes = len(found.values), found.codes
        weights = self.profile.weights
        self._totals = {each: _sums(codes, column, size) for each, column in weights.items()}
        return np.bincount(codes, minlength=size)


def grouped(profile: StackProfile, by: str = STACK, weight: str = "") -> list[Group]:
    """Return the records of a profile in groups, heaviest first (see ``Grouped``).

    Raises:
        RecordingError: There is no such grouping or weight.
    """
    return list(Grouped(profile, by, weight))


def main_weight(profile: StackProfile) -> str:
    """Return what the records of a profile are weighed by where nothing else is asked for."""
    return next((name for name in (PAGES, BYTES, "ns") if profile.total(name)), RECORDS)


def stacks_used(profile: StackProfile) -> int:
    """Return how many different stacks the records have."""
    return int(np.count_nonzero(np.bincount(profile.stack, minlength=len(profile.stacks))))


def _sums(codes: Ints | Longs, column: Longs, size: int) -> Longs:
    """Return the sums of a column by code, exact up to 2^53."""
    return np.bincount(codes, weights=column, minlength=size).astype(np.int64)
