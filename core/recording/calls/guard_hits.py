"""Guard hits found from structure alone: a save inside a save of the same task that does nothing.

What a file shows is not always what happened: a filter may hide what save_stack calls, and
max_graph_depth cuts everything below a level. Where that cannot be told from a hit, the answer is
that it is not known.

The guard of Linux 5.4 to 5.12 (mm/page_owner.c, check_recursive_alloc()) turns a save away after it
has walked the stack: its hits look like saves that are allowed, so a file in which nested saves
walk and none is turned away does not tell either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.recording.calls.functions import recorded_function
from core.recording.calls.stacks import Calls

Longs = npt.NDArray[np.int64]

SAVE = "save_stack"
_ALWAYS = 3
"""A function that called others so often, and always, is one that does."""

_ALLOCATION = ("page_owner", "allocator", "slab")
"""What lies between one save and the next inside it: only nested saves show it for certain."""

_PAGES = ("page_owner", "allocator")
"""What cannot but lead to a save; slab functions mostly need no page."""


@dataclass(frozen=True, slots=True)
class GuardHits:
    """The guard hits of a recording.

    Attributes:
        calls: Place in ``Calls.marks`` of each save_stack that the guard turned away, rising.
        known: Whether the file can tell.
        why_not: Where it cannot, why, as a sentence.
    """

    calls: Longs
    known: bool
    why_not: str = ""

    @property
    def count(self) -> int | None:
        """How many there are, None where the file cannot tell."""
        return len(self.calls) if self.known else None


def guard_hits(calls: Calls, functions: Sequence[str]) -> GuardHits:
    """Find the guard hits of a recording.

    A hit is a call of save_stack with another save_stack of the same task around it that returned
    without a call inside, in a file in which saves show what they call.

    Args:
        calls: Its calls.
        functions: Name of each function.
    """
    none = np.empty(0, np.int64)
    if SAVE not in functions:
        return GuardHits(none, False, "No save_stack is in the file.")
    is_save = calls.functions == list(functions).index(SAVE)
    saves = np.flatnonzero(is_save & calls.is_call)
    if not len(saves):
        return GuardHits(none, False, "No save_stack is in the file.")
    if not _shows_walks(calls, saves, functions):
        return GuardHits(none, False, "No save_stack in the file shows what it calls.")
    if _is_cut(calls, is_save) or _may_be_cut(calls, is_save, functions):
        why = (
            "The recording is cut at a depth: saves there may only look like hits, and those "
            "below are not shown."
        )
        return GuardHits(none, False, why)
    nested = saves[_closed(calls, saves) & _inside_another(calls, is_save)[saves]]
    hits = nested[~calls.has_children[nested]]
    if len(nested) and not len(hits):
        why = "Nested saves all walk the stack: a guard that looks there afterwards is not seen."
        return GuardHits(none, False, why)
    return GuardHits(hits, True)


def _shows_walks(calls: Calls, saves: Longs, functions: Sequence[str]) -> bool:
    """Whether most saves that call something call more than what leads to another save."""
    inner = np.flatnonzero(calls.is_call & (calls.parent >= 0) & (calls.functions >= 0))
    inner = inner[np.isin(calls.parent[inner], saves)]
    present, which = np.unique(calls.functions[inner], return_inverse=True)
    others = [recorded_function(functions[each]).subsystem not in _ALLOCATION for each in present]
    walks = np.unique(calls.parent[inner[np.array(others, np.bool_)[which]]])
    return len(walks) > 0 and 2 * len(walks) >= int(np.count_nonzero(calls.has_children[saves]))


def _closed(calls: Calls, which: Longs) -> npt.NDArray[np.bool_]:
    """Whether calls began and returned in the file itself."""
    back = calls.partner[which]
    really = ~calls.made[calls.marks[np.maximum(back, 0)]] & ~calls.made[calls.marks[which]]
    return (back >= 0) & really


def _inside_another(calls: Calls, is_save: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Whether each call has another save around it."""
    change = np.where(is_save, np.where(calls.is_call, 1, -1), 0)
    before = np.cumsum(change) - change
    # What a task leaves open is no save of the next one.
    first = before[calls.starts]
    lengths = np.diff(np.append(calls.starts, len(calls.marks)))
    found: npt.NDArray[np.bool_] = before - np.repeat(first, lengths) > 0
    return found


def _may_be_cut(calls: Calls, is_save: npt.NDArray[np.bool_], functions: Sequence[str]) -> bool:
    """Whether a save shows an allocation at the greatest depth, where the next save may hide."""
    deepest = calls.is_call & (calls.depth == calls.depth.max()) & (calls.functions >= 0)
    deepest &= ~is_save & _inside_another(calls, is_save)
    names = [functions[each] for each in np.unique(calls.functions[deepest])]
    return any(recorded_function(name).subsystem in _PAGES for name in names)


def _is_cut(calls: Calls, is_save: npt.NDArray[np.bool_]) -> bool:
    """Whether functions at the greatest depth call nothing though elsewhere they always do."""
    depth = int(calls.depth.max())
    named = calls.functions >= 0  # a call that was open at the start may have no name
    closed = np.flatnonzero(calls.is_call & (calls.partner >= 0) & ~is_save & named)
    functions, parents = calls.functions[closed], calls.has_children[closed]
    n = int(functions.max(initial=-1)) + 1
    here = calls.depth[closed] == depth
    leaves_here = np.bincount(functions[here], minlength=n)
    above = np.bincount(functions[~here], minlength=n)
    with_children = np.bincount(functions[~here], weights=parents[~here], minlength=n)
    return bool(((leaves_here > 0) & (above >= _ALWAYS) & (with_children == above)).any())
