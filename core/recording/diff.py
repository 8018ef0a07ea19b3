"""Two profiles side by side: what was added, is gone, grew or shrank.

Stacks are matched by the names of their functions: offsets differ from build to build, and a
function that was moved is still the same one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

from core.errors import RecordingError, did_you_mean
from core.recording.profile import (
    RECORDS,
    Frame,
    Ints,
    Longs,
    ProfileInfo,
    StackProfile,
    StackTableBuilder,
)
from core.recording.query import STACK, Group, Grouped, main_weight

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

    def by(self, by: str = STACK) -> list[Difference]:
        """Return what differs in groups, the largest change first.

        Args:
            by: See ``query.groupings``.

        Raises:
            RecordingError: One of the two cannot be grouped by that.
        """
        base, new = (self._groups(profile, by) for profile in (self.base, self.new))
        none = dict.fromkeys(self.common, 0)
        found = [
            self._difference(
                key, base.get(key, none), new.get(key, none), functions=key if by == STACK else ()
            )
            for key in {**base, **new}
        ]
        return sorted(found, key=lambda each: (-abs(each.change), each.value))

    @cached_property
    def merged(self) -> StackProfile:
        """Both in one: a record for each stack of functions that one of them has.

        It weighs ``BASE`` and ``NEW``, normalised where that is asked for: then ``BASE`` is what it
        would be if all were as heavy as in the new one. ``RECORDS`` are those of the new one, so a
        view that shows what vanished draws the larger of ``BASE`` and ``NEW``.
        """
        builder = StackTableBuilder()
        columns = [_merge(builder, profile, self.weight) for profile in (self.base, self.new)]
        records = _merge(builder, self.new, RECORDS)
        stacks = builder.build()
        base, new, counts = (
            np.concatenate((column, np.zeros(len(stacks) - len(column), np.int64)))
            for column in (*columns, records)
        )
        if self.normalised and self.base_total:
            base = np.rint(base * (self.new_total / self.base_total)).astype(np.int64)
        rows: Ints = np.arange(len(stacks), dtype=np.int32)
        info = ProfileInfo("diff", f"{self.base.info.title} → {self.new.info.title}")
        return StackProfile(stacks, rows, {RECORDS: counts, BASE: base, NEW: new}, info=info)

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

    def change(self, base: int, new: int) -> float:
        """Return by how much a weight changed: as it is, or as a share of everything."""
        if not self.normalised:
            return new - base
        return _share(new, self.new_total) - _share(base, self.base_total)

    def _difference(
        self,
        key: tuple[str, ...],
        base: dict[str, int],
        new: dict[str, int],
        functions: tuple[str, ...],
    ) -> Difference:
        before, after = base[self.weight], new[self.weight]
        change, status = self.change(before, after), self.status(before, after)
        return Difference(";".join(key), base, new, change, status, functions)

    def _groups(self, profile: StackProfile, by: str) -> dict[tuple[str, ...], dict[str, int]]:
        """Return the weights of each group by what it is."""
        sums: dict[tuple[str, ...], dict[str, int]] = {}
        for group in Grouped(profile, by, self.weight):
            here = sums.setdefault(_key(profile, group), dict.fromkeys(self.common, 0))
            for name in self.common:
                here[name] += group.weights[name]
        return sums


def _key(profile: StackProfile, group: Group) -> tuple[str, ...]:
    if group.stack < 0:
        return (group.value,)
    return tuple(profile.stacks.names_of(group.stack))


def _share(part: int, total: int) -> float:
    return part / total if total else 0.0


def _merge(builder: StackTableBuilder, profile: StackProfile, weight: str) -> Longs:
    """Add a profile's stacks to those collected, and return what each of these weighs in it."""
    functions, of_frame = profile.stacks.names
    number = np.array([builder.frame(Frame(name, name)) for name in functions] or [0], np.int64)
    ids = number[of_frame][profile.stacks.ids].tolist()
    bounds = profile.stacks.bounds.tolist()
    used = np.flatnonzero(np.bincount(profile.stack, minlength=len(profile.stacks)))
    merged = [builder.stack(ids[bounds[each] : bounds[each + 1]]) for each in used.tolist()]
    size = max(merged, default=-1) + 1
    weights = profile.by_stack(weight)[used]
    return np.bincount(np.array(merged, np.int64), weights, size).astype(np.int64)
