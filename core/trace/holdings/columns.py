"""The events that concern one thing as columns, and how to find the last of each group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from core.trace.events import SITE_MASK, Kind, Site
from core.trace.index import Positions, whole_arguments
from core.trace.trace import Trace

Numbers = npt.NDArray[np.int64]
Rows = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Happened:
    """Events of some kinds, in order.

    Attributes:
        at: Their positions, rising, shape (n,).
        site: Their site numbers.
        kind: Their kinds.
        argument: Their arguments, wide ones included.
    """

    at: Positions
    site: npt.NDArray[np.int32]
    kind: npt.NDArray[np.int8]
    argument: Numbers

    def __len__(self) -> int:
        return len(self.at)

    def where(self, mask: Mask) -> Happened:
        """Return those events that a mask of shape (n,) marks."""
        return Happened(self.at[mask], self.site[mask], self.kind[mask], self.argument[mask])

    def of(self, *kinds: Kind) -> Happened:
        """Return the events of some kinds."""
        return self.where(np.isin(self.kind, kinds))

    def until(self, position: int) -> int:
        """Return how many of the events have happened at a position."""
        return int(np.searchsorted(self.at, np.int32(position), side="right"))


def happened(trace: Trace, *kinds: Kind) -> Happened:
    """Return all events of some kinds."""
    at = trace.positions(*kinds)
    site = (trace.codes[at] & SITE_MASK).astype(np.int32)
    return Happened(at, site, trace.site_kinds[site], whole_arguments(trace.codes, trace.wide, at))


def by_site(sites: Sequence[Site], value: Any) -> Numbers:
    """Return a table of a number by site number; ``value`` makes it of a site."""
    return np.array([value(site) for site in sites], np.int64)


def last_marked(mask: Mask) -> Rows:
    """Return for each row the last row up to it that is marked, -1 where there is none."""
    rows = np.where(mask, np.arange(len(mask)), -1)
    return np.maximum.accumulate(rows) if len(rows) else rows


class Groups:
    """Rows sorted by group and, inside one, by position.

    Args:
        group: Group of each event, shape (n,), in the order of the events.
        at: Positions of the events, rising; -1 is before the run.
        n_groups: How many groups there are.
        n_events: Events of the whole run.
    """

    def __init__(
        self, group: npt.NDArray[Any], at: Positions, n_groups: int, n_events: int
    ) -> None:
        self.order: Rows = np.argsort(group, kind="stable")
        self.group = group[self.order].astype(np.int64)
        self.at = at[self.order]
        self.start: Rows = np.searchsorted(self.group, np.arange(n_groups + 1)).astype(np.intp)
        self._span = n_events + 2

    @cached_property
    def _keys(self) -> Numbers:
        keys: Numbers = self.group * self._span + (self.at.astype(np.int64) + 1)
        return keys

    def last(self, position: int, n_groups: int | None = None) -> Rows:
        """Return each group's last row at a position, -1 where it has none yet.

        Args:
            position: The position.
            n_groups: Only the first so many groups; None for all.
        """
        n = len(self.start) - 1 if n_groups is None else n_groups
        wanted = np.arange(n, dtype=np.int64) * self._span + (position + 1)
        rows: Rows = np.searchsorted(self._keys, wanted, side="right") - 1
        return np.where(rows >= self.start[:n], rows, -1)

    def last_of(self, group: int, position: int) -> int:
        """Return one group's last row at a position, -1 where it has none yet."""
        first, end = int(self.start[group]), int(self.start[group + 1])
        row = first + int(np.searchsorted(self.at[first:end], np.int32(position), side="right")) - 1
        return row if row >= first else -1

    def first_of_group(self) -> Rows:
        """Return for each row the first row of its group."""
        return self.start[self.group]
