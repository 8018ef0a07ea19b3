"""Two profiles side by side: what was added, is gone, grew or shrank.

Stacks are matched by the names of their functions: offsets differ from build to build, and a
function that was moved is still the same one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from core.errors import RecordingError, did_you_mean
from core.recording.profile import (
    RECORDS,
    Frame,
    Ints,
    Longs,
    ProfileInfo,
    StackProfile,
    StackTable,
    StackTableBuilder,
)
from core.recording.questions.query import STACK, Grouped, main_weight

Floats = npt.NDArray[np.float64]

BASE, NEW = "base", "new"
"""The weights of a merged profile."""


class Status(StrEnum):
    """What became of something from one profile to the other."""

    ADDED = "added"
    GONE = "gone"
    GROWN = "grown"
    SHRUNK = "shrunk"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Difference:
    """What something weighs in two profiles.

    Attributes:
        value: What it is: a function, a module, ...; for a stack its functions, root first,
            joined by ``;``.
        base: By name what it weighs in the first profile.
        new: By name what it weighs in the second.
        change: By how much of the weight that is looked at: the difference of the two, or of the
            two shares of everything where they are normalised.
        status: What became of it.
        functions: For a stack its functions, root first; else empty.
    """

    value: str
    base: dict[str, int]
    new: dict[str, int]
    change: float
    status: Status
    functions: tuple[str, ...] = ()


class ProfileDiff:
    """What differs between two profiles.

    Args:
        base: What was before.
        new: What it is compared with.
        weight: What is compared; the heaviest kind that both have where it is empty.
        normalised: Whether shares of everything are compared, and not weights as they are: for
            recordings that took differently long.

    Raises:
        RecordingError: One of them has no such weight.
    """

    def __init__(
        self, base: StackProfile, new: StackProfile, weight: str = "", *, normalised: bool = False
    ) -> None:
        self.base, self.new, self.normalised = base, new, normalised
        self.common = tuple(name for name in new.weights if name in base.weights)
        likely = main_weight(new)
        self.weight = weight or (likely if likely in self.common else RECORDS)
        if self.weight not in self.common:
            advice = did_you_mean(self.weight, self.common)
            raise RecordingError(
                f"the two do not both have {self.weight!r}", where="--weight", advice=advice
            )
        self.base_total, self.new_total = base.total(self.weight), new.total(self.weight)

    def by(self, by: str = STACK, most: int = 0) -> list[Difference]:
        """Return what differs in groups, the largest change first.

        Args:
            by: See ``query.groupings``.
            most: How many are wanted, 0 for all.

        Raises:
            RecordingError: One of the two cannot be grouped by that.
        """
        sides = self._by_stack() if by == STACK else self._by_value(by)
        base, new = sides.base[self.weight], sides.new[self.weight]
        changes = self._changes(base, new)
        order = np.argsort(-np.abs(changes), kind="stable")
        return [
            self._difference(sides, at, float(changes[at]))
            for at in (order[:most] if most else order).tolist()
        ]

    def statuses(self, by: str = STACK) -> dict[Status, int]:
        """Return how many groups were added, are gone, ..., those that are none left out."""
        sides = self._by_stack() if by == STACK else self._by_value(by)
        pairs = zip(sides.base[self.weight].tolist(), sides.new[self.weight].tolist(), strict=True)
        return dict(Counter(self.status(base, new) for base, new in pairs))

    @cached_property
    def merged(self) -> StackProfile:
        """Both in one: a record for each stack of functions that one of them has.

        It weighs ``BASE`` and ``NEW``, normalised where that is asked for: then ``BASE`` is what it
        would be if all were as heavy as in the new one. ``RECORDS`` are those of the new one, so a
        view that shows what vanished draws the larger of ``BASE`` and ``NEW``.
        """
        stacks, of_base, of_new = self._matched
        base = _sums(self.base, of_base, self.weight, len(stacks))
        new, records = (
            _sums(self.new, of_new, name, len(stacks)) for name in (self.weight, RECORDS)
        )
        if self.normalised and self.base_total:
            base = np.rint(base * (self.new_total / self.base_total)).astype(np.int64)
        rows: Ints = np.arange(len(stacks), dtype=np.int32)
        info = ProfileInfo("diff", f"{self.base.info.title} → {self.new.info.title}")
        return StackProfile(stacks, rows, {RECORDS: records, BASE: base, NEW: new}, info=info)

    def status(self, base: int, new: int) -> Status:
        """Return what became of something by its two weights."""
        if not base or not new:
            return Status.SAME if base == new else Status.GONE if base else Status.ADDED
        before, after = base, new
        if self.normalised:  # shares, without what division would round away
            before, after = base * self.new_total, new * self.base_total
        if before == after:
            return Status.SAME
        return Status.GROWN if after > before else Status.SHRUNK

    def _changes(self, base: Longs, new: Longs) -> Floats:
        if not self.normalised:
            return (new - base).astype(np.float64)
        # What a profile without any weight holds is no share of it.
        shares: Floats = new / (self.new_total or 1) - base / (self.base_total or 1)
        return shares

    def _difference(self, sides: _Sides, at: int, change: float) -> Difference:
        base, new = (
            {name: int(column[at]) for name, column in side.items()}
            for side in (sides.base, sides.new)
        )
        status = self.status(base[self.weight], new[self.weight])
        if sides.stacks is None:
            return Difference(sides.values[at], base, new, change, status)
        functions = tuple(sides.stacks.names_of(at))
        return Difference(";".join(functions), base, new, change, status, functions)

    @cached_property
    def _matched(self) -> tuple[StackTable, Ints, Ints]:
        """Every stack of functions that one of them has, and its number by stack of each."""
        builder = StackTableBuilder()
        of_base, of_new = (_match(builder, profile) for profile in (self.base, self.new))
        return builder.build(), of_base, of_new

    def _by_stack(self) -> _Sides:
        stacks, of_base, of_new = self._matched
        size = len(stacks)
        return _Sides(
            {name: _sums(self.base, of_base, name, size) for name in self.common},
            {name: _sums(self.new, of_new, name, size) for name in self.common},
            stacks=stacks,
        )

    def _by_value(self, by: str) -> _Sides:
        groups = [
            {group.value: group.weights for group in Grouped(profile, by, self.weight)}
            for profile in (self.base, self.new)
        ]
        values = tuple(sorted({**groups[0], **groups[1]}))
        base, new = (
            {
                name: np.array(
                    [weights[value][name] if value in weights else 0 for value in values], np.int64
                )
                for name in self.common
            }
            for weights in groups
        )
        return _Sides(base, new, values)


@dataclass(frozen=True, slots=True)
class _Sides:
    """The weights of groups in both profiles, by name and group.

    Attributes:
        base: Those of the first.
        new: Those of the second.
        values: What each group is.
        stacks: Where groups are stacks, these.
    """

    base: dict[str, Longs]
    new: dict[str, Longs]
    values: tuple[str, ...] = ()
    stacks: StackTable | None = None


def _match(builder: StackTableBuilder, profile: StackProfile) -> Ints:
    """Add a profile's stacks to those collected, by function; return the number of each there.

    A stack without records has none, and is not asked for.
    """
    functions, of_frame = profile.stacks.names
    number = np.array([builder.frame(Frame(name, name)) for name in functions] or [0], np.int64)
    ids = number[of_frame][profile.stacks.ids].tolist()
    bounds = profile.stacks.bounds.tolist()
    numbers: Ints = np.zeros(len(profile.stacks), np.int32)
    for stack in np.unique(profile.stack).tolist():
        numbers[stack] = builder.stack(ids[bounds[stack] : bounds[stack + 1]])
    return numbers


def _sums(profile: StackProfile, numbers: Ints, weight: str, size: int) -> Longs:
    """Return what a profile's records weigh by number of their stack."""
    weights = profile.weights[weight]
    return np.bincount(numbers[profile.stack], weights, size).astype(np.int64)
