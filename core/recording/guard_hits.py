"""Guard hits found from structure alone: a save inside a save of the same task that does nothing.

What a file shows is not always what happened: a filter may hide what save_stack calls, and
max_graph_depth cuts everything below a level. Where that cannot be told from a hit, the answer is
that it is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.recording.graph_calls import Calls

Longs = npt.NDArray[np.int64]

SAVE = "save_stack"
_ALWAYS = 3
"""A function that called others so often, and always, is one that does."""


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
    if not bool(calls.has_children[saves].any()):
        return GuardHits(none, False, "No save_stack in the file shows what it calls.")
    leaves = saves[_closed(calls, saves) & ~calls.has_children[saves]]
    hits = leaves[_inside_another(calls, is_save)[leaves]]
    if len(hits) and _cut_at(calls, is_save, int(calls.depth[hits].max())):
        why = "The recording is cut at a depth, and saves at that depth may only look like hits."
        return GuardHits(none, False, why)
    return GuardHits(hits, True)


def _closed(calls: Calls, which: Longs) -> npt.NDArray[np.bool_]:
    """Whether calls began and returned in the file itself."""
    back = calls.partner[which]
    really = ~calls.made[calls.marks[np.maximum(back, 0)]] & ~calls.made[calls.marks[which]]
    return (back >= 0) & really


def _inside_another(calls: Calls, is_save: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Whether each mark that is a save's call has another save around it."""
    change = np.where(is_save, np.where(calls.is_call, 1, -1), 0)
    before = np.cumsum(change) - change
    # What a task leaves open is no save of the next one.
    first = before[calls.starts]
    lengths = np.diff(np.append(calls.starts, len(calls.marks)))
    found: npt.NDArray[np.bool_] = before - np.repeat(first, lengths) > 0
    return found


def _cut_at(calls: Calls, is_save: npt.NDArray[np.bool_], depth: int) -> bool:
    """Whether the file shows nothing below a depth though functions there always call others."""
    if int(calls.depth.max()) > depth:
        return False
    named = calls.functions >= 0  # a call that was open at the start may have no name
    closed = np.flatnonzero(calls.is_call & (calls.partner >= 0) & ~is_save & named)
    functions, parents = calls.functions[closed], calls.has_children[closed]
    n = int(functions.max(initial=-1)) + 1
    here = calls.depth[closed] == depth
    leaves_here = np.bincount(functions[here], minlength=n)
    above = np.bincount(functions[~here], minlength=n)
    with_children = np.bincount(functions[~here], weights=parents[~here], minlength=n)
    return bool(((leaves_here > 0) & (above >= _ALWAYS) & (with_children == above)).any())
