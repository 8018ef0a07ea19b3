"""A profile with other stacks: frames hidden, recursion collapsed, cut at a function.

Functions are told by name, never by offset. Every record stays, with all its numbers; only
``keep`` and the two that cut leave out the records whose stack does not hold the function. Stacks
that have become equal are one afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.recording.profile import Longs, StackProfile, StackTable
from core.recording.questions.query import filtered
from core.recording.questions.trie import trie_of

if TYPE_CHECKING:
    Flags = npt.NDArray[np.bool_]
    Functions = str | Collection[str] | re.Pattern[str]
    """One function by its whole name, several, or a pattern that is found in the name."""


def hide(profile: StackProfile, functions: Functions) -> StackProfile:
    """Take functions out of all stacks; what they called moves up to who called them.

    A record all of whose frames are hidden keeps a stack of none.
    """
    return _with_frames(profile, ~_is_one_of(profile.stacks, functions))


def keep(profile: StackProfile, functions: Functions) -> StackProfile:
    """Return the records whose stack holds one of some functions; stacks stay as they are."""
    return filtered(profile, _holds(profile, functions)[profile.stack])


def callees(profile: StackProfile, functions: Functions) -> StackProfile:
    """Return the records that hold a function, their stacks cut to begin with it.

    Where it is on a stack several times, the outermost counts: so a record weighs once, and
    callers and callees meet at the same frame.
    """
    kept = keep(profile, functions)
    stacks = kept.stacks
    first = _outermost(stacks, functions)
    return _with_frames(kept, _places(stacks) >= np.repeat(first, stacks.depths))


def callers(profile: StackProfile, functions: Functions) -> StackProfile:
    """Return the records that hold a function, their stacks cut to end with its outermost call."""
    kept = keep(profile, functions)
    stacks = kept.stacks
    first = _outermost(stacks, functions)
    return _with_frames(kept, _places(stacks) <= np.repeat(first, stacks.depths))


def collapse_recursion(profile: StackProfile) -> StackProfile:
    """Leave each function on a stack once.

    A function that is called again, by itself or through others, takes the stack back to its
    outermost call: ``a;b;c;b;d`` becomes ``a;b;d``, ``a;a;b`` becomes ``a;b``. The cycles that go
    are those that the stack closed first, and no frame is on the result that was only in a cycle.
    """
    stacks = profile.stacks
    last = _last_calls(stacks)
    kept = np.zeros(len(stacks.ids), np.bool_)
    # A frame is followed by what follows the last call of the same function.
    at, ends = stacks.bounds[:-1], stacks.bounds[1:]
    while len(at):
        inside = at < ends
        at, ends = at[inside], ends[inside]
        kept[at] = True
        at = last[at] + 1
    return _with_frames(profile, kept)


# -- frames and stacks --------------------------------------------------------------------------


def matching(names: Collection[str], functions: Functions) -> Flags:
    """Return which names are meant, shape (names,)."""
    if isinstance(functions, re.Pattern):
        return np.array([bool(functions.search(name)) for name in names], np.bool_)
    wanted = {functions} if isinstance(functions, str) else set(functions)
    return np.array([name in wanted for name in names], np.bool_)


def _is_one_of(stacks: StackTable, functions: Functions) -> Flags:
    """Return which entries of ``ids`` are meant."""
    names, of_frame = stacks.names
    flags: Flags = matching(names, functions)[of_frame[stacks.ids]]
    return flags


def _places(stacks: StackTable) -> Longs:
    return np.arange(len(stacks.ids))


def _outermost(stacks: StackTable, functions: Functions) -> Longs:
    """Return where in ``ids`` each stack first holds a function; behind all where it does not."""
    first = np.full(len(stacks), len(stacks.ids), np.int64)
    (places,) = np.nonzero(_is_one_of(stacks, functions))
    of_stack = np.searchsorted(stacks.bounds, places, side="right") - 1
    first[of_stack[::-1]] = places[::-1]
    return first


def _holds(profile: StackProfile, functions: Functions) -> Flags:
    """Return which stacks hold one of some functions."""
    holds: Flags = _outermost(profile.stacks, functions) < len(profile.stacks.ids)
    return holds


def _last_calls(stacks: StackTable) -> Longs:
    """Return for each entry of ``ids`` where its function is last called on the same stack."""
    names, of_frame = stacks.names
    of_stack = np.repeat(np.arange(len(stacks)), stacks.depths)
    keys = of_stack * max(1, len(names)) + of_frame[stacks.ids]
    _, which = np.unique(keys, return_inverse=True)
    last = np.zeros(int(which.max(initial=-1)) + 1, np.int64)
    np.maximum.at(last, which, _places(stacks))
    return last[which]


def _with_frames(profile: StackProfile, kept: Flags) -> StackProfile:
    """Return a profile whose stacks have only some of their frames."""
    stacks = profile.stacks
    before = np.concatenate(([0], np.cumsum(kept)))
    ids, bounds = stacks.ids[kept], before[stacks.bounds]
    _, first, which = np.unique(trie_of(ids, bounds).end, return_index=True, return_inverse=True)
    # Of equal stacks the first stands for all.
    depths = np.diff(bounds)[first]
    new_bounds = np.concatenate(([0], np.cumsum(depths))).astype(np.int64)
    places = np.repeat(bounds[first] - new_bounds[:-1], depths) + np.arange(new_bounds[-1])
    table = StackTable(stacks.frames, ids[places], new_bounds)
    return replace(profile, stacks=table, stack=which.astype(np.int32)[profile.stack])
