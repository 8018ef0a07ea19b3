"""Weighted unique stacks: the model of every recording that has no order.

A dump of 600 MB holds some hundred thousand records and a few thousand different stacks. Each stack
is kept once, each record is a row of numbers: which stack, how much it weighs, and its dimensions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

Value = TypeVar("Value", int, str)
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]

RECORDS, PAGES, BYTES = "records", "pages", "bytes"
"""The weights; every profile has the first, those of memory have the others."""

UNKNOWN = -1
"""In columns of numbers: the file does not say."""

KERNEL = "kernel"
"""The module of frames that belong to none."""

NO_VALUE = ""
"""In dimensions: the record does not say."""


class Frame(NamedTuple):
    """One line of a stack.

    Attributes:
        name: The function, without offset and module.
        text: The line as the file has it, without what surrounds it; two frames with other texts
            make two stacks.
        module: The module it lies in; empty for the kernel itself.
    """

    name: str
    text: str
    module: str = ""


class StackTable:
    """Stacks, each different from the others.

    Args:
        frames: Every frame there is, each once.
        ids: Numbers of frames, stack after stack, root first.
        bounds: Where each stack begins in ``ids``, and the end, shape (stacks + 1,).
    """

    def __init__(self, frames: Sequence[Frame], ids: Ints, bounds: Longs) -> None:
        self.frames = tuple(frames)
        self.ids = ids
        self.bounds = bounds

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def ids_of(self, stack: int) -> Ints:
        """Return the numbers of a stack's frames, root first."""
        return self.ids[self.bounds[stack] : self.bounds[stack + 1]]

    def frames_of(self, stack: int) -> list[Frame]:
        """Return the frames of a stack, root first."""
        return [self.frames[number] for number in self.ids_of(stack).tolist()]

    def names_of(self, stack: int) -> list[str]:
        """Return the functions of a stack, root first."""
        return [frame.name for frame in self.frames_of(stack)]

    @cached_property
    def depths(self) -> Longs:
        """How many frames each stack has."""
        return np.diff(self.bounds)

    @cached_property
    def names(self) -> tuple[tuple[str, ...], Ints]:
        """Every function name once, and for each frame the number of its own."""
        numbers: dict[str, int] = {}
        of_frame = [numbers.setdefault(frame.name, len(numbers)) for frame in self.frames]
        return tuple(numbers), np.array(of_frame, np.int32)

    @property
    def nbytes(self) -> int:
        """Memory of the columns in bytes."""
        return self.ids.nbytes + self.bounds.nbytes


@dataclass(frozen=True, slots=True)
class Dimension:
    """What records can be told apart by, as text.

    Attributes:
        codes: Number of each record's value, shape (records,).
        values: The values; ``NO_VALUE`` where a record does not say.
    """

    codes: Ints
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProfileInfo:
    """What a profile says about its file.

    Attributes:
        format: Name of the format.
        title: The file's name.
        unit: What one record is called, in the plural: records, samples, events.
        findings: What the file shows beside its stacks, as sentences with a title each.
    """

    format: str = ""
    title: str = ""
    unit: str = RECORDS
    findings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class StackProfile:
    """Records, each with a stack, weights and dimensions.

    Attributes:
        stacks: The different stacks.
        stack: Number of each record's stack, shape (records,).
        weights: By name (``RECORDS`` always) what each record weighs, shape (records,), int64.
        dimensions: By name (order, gfp, pid, tgid, comm, memcg, type, ...) what tells them apart.
        numbers: By name (ts_ns, free_ts_ns, pfn, ...) one number a record, ``UNKNOWN`` for none.
        info: The file it came from.
    """

    stacks: StackTable
    stack: Ints
    weights: Mapping[str, Longs]
    dimensions: Mapping[str, Dimension] = field(default_factory=dict)
    numbers: Mapping[str, Longs] = field(default_factory=dict)
    info: ProfileInfo = ProfileInfo()

    def __len__(self) -> int:
        return len(self.stack)

    def total(self, weight: str) -> int:
        """Return what all records weigh together; 0 where the file has no such weight."""
        column = self.weights.get(weight)
        return int(column.sum()) if column is not None else 0

    def by_stack(self, weight: str) -> Longs:
        """Return what the records of each stack weigh together, shape (stacks,)."""
        return np.bincount(
            self.stack, weights=self.weights[weight], minlength=len(self.stacks)
        ).astype(np.int64)

    @property
    def nbytes(self) -> int:
        """Memory of the columns in bytes."""
        longs = sum(each.nbytes for each in (*self.weights.values(), *self.numbers.values()))
        codes = sum(each.codes.nbytes for each in self.dimensions.values())
        return self.stacks.nbytes + self.stack.nbytes + longs + codes


class StackTableBuilder:
    """Collects stacks, each once."""

    def __init__(self) -> None:
        self._frames: dict[Frame, int] = {}
        self._stacks: dict[tuple[int, ...], int] = {}

    def frame(self, frame: Frame) -> int:
        """Return a frame's number, the same one for the same frame."""
        return self._frames.setdefault(frame, len(self._frames))

    def stack(self, frames: Iterable[int]) -> int:
        """Return the number of a stack of frame numbers, root first."""
        return self._stacks.setdefault(tuple(frames), len(self._stacks))

    def build(self) -> StackTable:
        """Return what was collected."""
        bounds = np.zeros(len(self._stacks) + 1, np.int64)
        np.cumsum([len(stack) for stack in self._stacks], out=bounds[1:])
        ids = np.fromiter((number for stack in self._stacks for number in stack), np.int32)
        return StackTable(list(self._frames), ids, bounds)


class ProfileBuilder:
    """Collects records one by one: for formats of which nobody has gigabytes.

    Args:
        info: The file they come from.
    """

    def __init__(self, info: ProfileInfo) -> None:
        self._info = info
        self.stacks = StackTableBuilder()
        self._stack: list[int] = []
        self._weights: dict[str, list[int]] = {}
        self._dimensions: dict[str, list[str]] = {}
        self._numbers: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self._stack)

    def add(
        self,
        frames: Iterable[Frame],
        *,
        weights: Mapping[str, int] | None = None,
        dimensions: Mapping[str, str] | None = None,
        numbers: Mapping[str, int] | None = None,
    ) -> None:
        """Add a record; what others have and it has not is ``NO_VALUE``, ``UNKNOWN`` or 0.

        Args:
            frames: Its stack, root first.
            weights: What it weighs; one record where that is not given.
            dimensions: What tells it from others.
            numbers: Numbers of its own.
        """
        number = self.stacks.frame
        before = len(self._stack)
        self._stack.append(self.stacks.stack([number(frame) for frame in frames]))
        _append(self._weights, {RECORDS: 1, **(weights or {})}, before, 0)
        _append(self._dimensions, dimensions or {}, before, NO_VALUE)
        _append(self._numbers, numbers or {}, before, UNKNOWN)

    def build(self, info: ProfileInfo | None = None) -> StackProfile:
        """Return what was collected."""
        weights = {name: np.array(each, np.int64) for name, each in self._weights.items()}
        weights.setdefault(RECORDS, np.zeros(0, np.int64))
        return StackProfile(
            self.stacks.build(),
            np.array(self._stack, np.int32),
            weights,
            {name: dimension_of(each) for name, each in self._dimensions.items()},
            {name: np.array(each, np.int64) for name, each in self._numbers.items()},
            info or self._info,
        )


def _append(
    columns: dict[str, list[Value]], row: Mapping[str, Value], before: int, missing: Value
) -> None:
    """Add a row to columns of one length; a new column had nothing before."""
    for name in row:
        if name not in columns:
            columns[name] = [missing] * before
    for name, column in columns.items():
        column.append(row.get(name, missing))


def dimension_of(values: Iterable[str]) -> Dimension:
    """Return a dimension with a value for each record."""
    numbers: dict[str, int] = {}
    codes = np.fromiter((numbers.setdefault(v, len(numbers)) for v in values), np.int32)
    return Dimension(codes, tuple(numbers))
