"""Indexes over the event column: who encloses an event, and how many of each site came before.

Both are built once, vectorised, when a trace is made or opened. Lengths are in events.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from core.trace.events import SITE_BITS, SITE_MASK, WIDE_ARGUMENT

Codes = npt.NDArray[np.uint32]
Positions = npt.NDArray[np.int32]

BLOCK_EVENTS = 256
"""Events a row of the count index covers: a seek counts at most this many by hand."""
_SITES_A_BLOCK = 2
"""With more sites rows are further apart, so that an event costs 8 bytes of the index at most."""


def enclosing_calls(
    codes: Codes, is_call: npt.NDArray[np.bool_], is_return: npt.NDArray[np.bool_]
) -> Positions:
    """Return for each event the position of the call it happened in, -1 at the outermost level.

    For a return that is the call that returned; for a call it is the caller's call.

    Args:
        codes: Events of *one* task in order.
        is_call: By site number, whether the site is a call.
        is_return: By site number, whether the site is a return.
    """
    sites = codes & SITE_MASK
    called = is_call[sites]
    change = called.astype(np.int16) - is_return[sites].astype(np.int16)
    depth = np.cumsum(change, dtype=np.int16) - change
    parents = np.full(len(codes), -1, np.int32)
    if not len(codes):
        return parents
    order = np.argsort(depth, kind="stable").astype(np.int32)
    bounds = np.concatenate(([0], np.cumsum(np.bincount(depth))))
    calls: Positions = np.empty(0, np.int32)
    for start, end in pairwise(bounds.tolist()):
        level = order[start:end]
        if len(calls):
            parents[level] = calls[np.searchsorted(calls, level) - 1]
        calls = level[called[level]]
    return parents


def parents_of(
    codes: Codes,
    is_call: npt.NDArray[np.bool_],
    is_return: npt.NDArray[np.bool_],
    switches: list[tuple[int, int]],
) -> Positions:
    """Return ``enclosing_calls`` for a trace of several tasks.

    Args:
        codes: All events.
        is_call: By site number, whether the site is a call.
        is_return: By site number, whether the site is a return.
        switches: (position, task) from which on events belong to a task, sorted.
    """
    if len({task for _, task in switches}) <= 1:
        return enclosing_calls(codes, is_call, is_return)
    starts = [position for position, _ in switches]
    lengths = np.diff([*starts, len(codes)])
    owner = np.repeat(np.array([task for _, task in switches], np.int32), lengths)
    parents = np.full(len(codes), -1, np.int32)
    for task in np.unique(owner):
        (where,) = np.nonzero(owner == task)
        local = enclosing_calls(codes[where], is_call, is_return)
        parents[where] = np.where(local >= 0, where[local], -1)
    return parents


class CountIndex:
    """How often each site happened up to a position, and what that adds up to.

    Every count and the simulated clock are sums over these numbers.

    Args:
        codes: All events.
        n_sites: How many sites there are.
    """

    def __init__(self, codes: Codes, n_sites: int) -> None:
        self._codes = codes
        self._n_sites = n_sites
        self._block_events = max(BLOCK_EVENTS, n_sites // _SITES_A_BLOCK)

    @cached_property
    def _blocks(self) -> npt.NDArray[np.int32]:
        n_blocks = len(self._codes) // self._block_events
        counts = np.zeros((n_blocks + 1, self._n_sites), np.int32)
        for block in range(n_blocks):
            start = block * self._block_events
            sites = self._codes[start : start + self._block_events] & SITE_MASK
            counts[block + 1] = np.bincount(sites, minlength=self._n_sites)
        return np.cumsum(counts, axis=0, dtype=np.int32)

    def up_to(self, position: int) -> npt.NDArray[np.int64]:
        """Return the number of events of each site in ``[0, position]``; -1 gives zeros."""
        block = (position + 1) // self._block_events
        rest = self._codes[block * self._block_events : position + 1] & SITE_MASK
        counts: npt.NDArray[np.int64] = self._blocks[block] + np.bincount(
            rest, minlength=self._n_sites
        )
        return counts

    @property
    def nbytes(self) -> int:
        """Memory of the index in bytes."""
        return int(self._blocks.nbytes)


def arguments_of(codes: Codes) -> Codes:
    """Return the packed arguments of events (wide ones are still their marker)."""
    return codes >> np.uint32(SITE_BITS)


def whole_arguments(
    codes: Codes, wide: Mapping[int, int], positions: npt.NDArray[np.integer[Any]]
) -> npt.NDArray[np.int64]:
    """Return the arguments of events at some positions, wide ones included.

    Args:
        codes: All events.
        wide: Arguments too large for a code, by position.
        positions: Which events, rising.
    """
    packed: Codes = codes[positions]
    arguments: npt.NDArray[np.int64] = (packed >> np.uint32(SITE_BITS)).astype(np.int64)
    for at in np.flatnonzero(arguments == WIDE_ARGUMENT).tolist():
        arguments[at] = wide[int(positions[at])]
    return arguments
