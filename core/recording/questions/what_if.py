"""What another guard would have done with a recorded run.

The recording holds which saves there were, which walked and which were turned away. A guard that is
stricter than the recorded one cuts some of them off, and what was inside falls away: that can be
counted. A looser guard lets calls pass that were turned away, and what they would have done nobody
has recorded: that is said, and not guessed.

Where each guard looks is as in mm/page_owner.c: v5.12 (scan), v5.13 (bit), and the patches of 2021
between them (depth counter, 2-bit field).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.trace.events import SITE_MASK, Kind
from core.trace.index import Positions
from core.trace.save_tree import SaveTree, save_tree
from core.trace.signals import tasks_of
from core.trace.trace import Trace

Flags = npt.NDArray[np.bool_]
Longs = npt.NDArray[np.int64]

SCANNED_ENTRIES = 16
"""PAGE_OWNER_STACK_DEPTH: what the scan sees of a stack, innermost first."""

_ESTIMATE = (
    "An estimate: times are as recorded, tracing included, and what follows from another guard "
    "later on is not in them."
)


@dataclass(frozen=True, slots=True)
class Guard:
    """A guard to lay over a recording.

    Attributes:
        design: none, scan, uint, bit1 or bit2.
        max_depth: How many saves of a task may be under way at once; 0 for no limit.
        title: Its name for people.
    """

    design: str
    max_depth: int
    title: str


GUARDS = (
    Guard("none", 0, "no guard"),
    Guard("scan", 1, "backtrace scan"),
    Guard("uint", 1, "depth counter, at most 1"),
    Guard("uint", 2, "depth counter, at most 2"),
    Guard("uint", 3, "depth counter, at most 3"),
    Guard("bit1", 1, "1-bit flag"),
    Guard("bit2", 3, "2-bit field, at most 3"),
)
"""Every guard that is laid over a recording, in the order of history and then of depth."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a guard would have done.

    Attributes:
        guard: The guard.
        cut: Positions of the save_stack calls it would have turned away, rising, int32.
        cut_anyway: How many of these the recorded guard turned away too.
        gone: How many more saves would not have been made, as the save around them was cut.
        saved_calls: Calls that fall away with it; the cut save_stack calls themselves stay.
        saved_ns: Recorded time that falls away.
        not_knowable: Calls turned away in the recording that would have gone on: what they would
            have done is not recorded.
        sentences: How far this goes and where it stops being an estimate.
    """

    guard: Guard
    cut: Positions
    cut_anyway: int
    gone: int
    saved_calls: int
    saved_ns: int
    not_knowable: int
    sentences: tuple[str, ...]


def what_if(trace: Trace, guard: Guard) -> WhatIf:
    """Lay a guard over a recorded run.

    Args:
        trace: A trace with save_stack calls, as recorded.
        guard: The guard.
    """
    saves = _Saves(trace)
    if guard.design == "scan":
        return _scan(saves, guard)
    return _limit(saves, guard)


def what_if_all(trace: Trace) -> list[WhatIf]:
    """Lay every guard of ``GUARDS`` over a recorded run."""
    return [what_if(trace, guard) for guard in GUARDS]


class _Saves:
    """The saves of a trace, and how many calls of their task come before any position.

    Args:
        trace: The trace.
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.tree: SaveTree = save_tree(trace)
        self.hit: Flags = self.tree.hit_at >= 0
        self.doubtful = trace.info.recording is not None and trace.info.recording.guard_hits is None
        calls = trace.positions(Kind.CALLED)
        self._n = np.int64(len(trace) + 1)
        self._keys = np.sort(tasks_of(trace, calls).astype(np.int64) * self._n + calls)

    def calls_between(self, tasks: Positions, first: Positions, last: Positions) -> int:
        """Return how many calls tasks made after some events and before others, all together."""
        base = tasks.astype(np.int64) * self._n
        before = np.searchsorted(self._keys, base + last, side="left")
        after = np.searchsorted(self._keys, base + first, side="right")
        return int((before - after).sum())

    def time_between(self, first: Positions, last: Positions) -> int:
        """Return the time between pairs of events, all together."""
        clock = self.trace.clock
        return int((clock.at(last) - clock.at(first)).sum())

    def sentences(self) -> list[str]:
        """What holds for every guard."""
        if not len(self.tree):
            return ["No save_stack is in the recording: a guard has nothing to do in it."]
        told = [_ESTIMATE]
        if self.doubtful:
            told.append(
                "The recording does not tell which saves were turned away; all are taken to have "
                "walked."
            )
        return told


def _limit(saves: _Saves, guard: Guard) -> WhatIf:
    """A guard that counts: it tests before the walk, so that a cut save does nothing at all."""
    tree = saves.tree
    level = tree.level
    limit = guard.max_depth or int(np.iinfo(np.int32).max) - 1
    cut = level == limit + 1
    passing = saves.hit & (level <= limit)
    gone = int(np.count_nonzero(level > limit + 1))
    ended = np.flatnonzero(cut & ~saves.hit)
    first, last = tree.call[ended], tree.end[ended]
    unknown = int(np.count_nonzero(passing))
    told = saves.sentences()
    if unknown:
        told.append(
            f"{_times(unknown)} the recorded guard turned a save away that this one lets pass: "
            "what it would have called, and cost, is not in the recording."
        )
    if guard.design == "none" and unknown:
        told.append("Nothing ends the recursion here: where every walk allocates, the stack ends.")
    if guard.design == "bit1":
        told.append("One bit is a depth counter that stops at 1: it cuts the same calls.")
    if guard.design == "bit2":
        told.append("Two bits count to 3: a larger maximum would never be reached.")
    return WhatIf(
        guard, tree.call[cut], int(np.count_nonzero(cut & saves.hit)), gone,
        saves.calls_between(tree.task[ended], first, last), saves.time_between(first, last),
        unknown, tuple(told),
    )  # fmt: skip


def _scan(saves: _Saves, guard: Guard) -> WhatIf:
    """The scan: it looks for an older instance after the walk, so that only the depot is spared."""
    tree = saves.tree
    found = _sees_itself(saves)
    walk_end = _walk_ends(saves)
    cut = found & ~saves.hit & _reached(tree, walk_end)
    shown = np.flatnonzero(cut & (walk_end >= 0))
    first, last = walk_end[shown], tree.end[shown]
    unknown = int(np.count_nonzero(saves.hit))
    inner = np.flatnonzero(tree.parent >= 0)
    outer_end = walk_end[tree.parent[inner]]
    in_walk = int(np.count_nonzero((outer_end < 0) | (tree.call[inner] < outer_end)))
    told = saves.sentences()
    if len(tree):
        told += _scan_sentences(unknown, in_walk, int(np.count_nonzero(cut)) - len(shown))
    nested = _below(tree, np.flatnonzero(cut), walk_end)
    return WhatIf(
        guard, tree.call[cut], 0, nested,
        saves.calls_between(tree.task[shown], first, last), saves.time_between(first, last),
        unknown, tuple(told),
    )  # fmt: skip


def _scan_sentences(unknown: int, in_walk: int, not_shown: int) -> list[str]:
    told = [
        "The scan comes after the walk: a save that it catches has paid for the walk already, and "
        "only putting the stack into the depot is spared.",
        f"It sees the {SCANNED_ENTRIES} innermost entries; functions that the recording does not "
        "show take entries too, so an older instance may lie out of its sight.",
    ]
    if unknown:
        told.append(
            f"{_times(unknown)} the recorded guard turned a save away before its walk, which the "
            "scan would have had to pay for: what that costs is not in the recording."
        )
    if in_walk:
        told.append(
            f"{_times(in_walk)} a save came before the walk of the save around it was over: an "
            "unwinder that allocates calls itself before any scan is reached, and where the "
            "recorded guard ended that, a scan does not."
        )
    if not_shown:
        told.append(f"{_times(not_shown)} the recording does not show where a walk ended.")
    return told


def _times(count: int) -> str:
    return "Once" if count == 1 else f"{count:,} times"


def _sees_itself(saves: _Saves) -> Flags:
    """Whether an older save with the same caller is among the entries a save's scan sees.

    The entries begin outside of the caller, __set_page_owner or __reset_page_owner, so one that is
    n frames further out is entry n - 1.
    """
    trace, tree = saves.trace, saves.tree
    found = np.zeros(len(tree), np.bool_)
    owner = trace.parents[tree.call] if len(tree) else tree.call
    names = [trace.functions[site.function].name for site in trace.sites]
    for save in np.flatnonzero(tree.parent >= 0).tolist():
        stack = trace.calls_at(int(tree.call[save]))
        older = int(tree.parent[save])
        place = {call: at for at, call in enumerate(stack)}
        mine = int(owner[save])
        while older >= 0 and not found[save]:
            other = int(owner[older])
            if mine in place and other in place:
                same = names[trace.codes[mine] & SITE_MASK] == names[trace.codes[other] & SITE_MASK]
                found[save] = same and place[mine] - place[other] <= SCANNED_ENTRIES
            older = int(tree.parent[older])
    return found


def _walk_ends(saves: _Saves) -> Positions:
    """Where the walk of each save returned, -1 where the recording does not show it."""
    trace, tree = saves.trace, saves.tree
    ends: Positions = np.full(len(tree), -1, np.int32)
    if not len(tree):
        return ends
    unwinds = np.array(
        [
            site.kind is Kind.RETURNED and trace.functions[site.function].subsystem == "unwinder"
            for site in trace.sites
        ],
        np.bool_,
    )
    returns = np.flatnonzero(unwinds[trace.codes & SITE_MASK])
    around = trace.parents[trace.parents[returns]]
    which = np.searchsorted(tree.call, around).clip(max=len(tree) - 1)
    inside = tree.call[which] == around
    ends[which[inside]] = returns[inside]  # rising: the last one stays
    return ends


def _reached(tree: SaveTree, walk_end: Positions) -> Flags:
    """Whether each save comes to its scan: no save that was turned away lies in its walk.

    With a scan that save would have walked too, and nobody knows how that would have ended.
    """
    reached = np.ones(len(tree), np.bool_)
    hits = np.flatnonzero(tree.hit_at >= 0)
    for inner, outer in _ancestors(tree, hits):
        in_walk = (walk_end[outer] < 0) | (tree.call[inner] < walk_end[outer])
        reached[outer[in_walk]] = False
    return reached


def _below(tree: SaveTree, cut: Longs, walk_end: Positions) -> int:
    """How many saves lie in what the scan spares: after the walk of a save that it cut."""
    gone = np.zeros(len(tree), np.bool_)
    is_cut = np.zeros(len(tree), np.bool_)
    is_cut[cut] = True
    for inner, outer in _ancestors(tree, np.arange(len(tree))):
        ended = (walk_end[outer] >= 0) & (walk_end[outer] < tree.call[inner])
        gone[inner[is_cut[outer] & ended]] = True
    return int(np.count_nonzero(gone))


def _ancestors(tree: SaveTree, saves: Longs) -> Iterator[tuple[Longs, Longs]]:
    """Yield saves with the save around each, then with the one around that, and so on."""
    inner, outer = saves, tree.parent[saves].astype(np.int64)
    while len(inner):
        inside = outer >= 0
        inner, outer = inner[inside], outer[inside]
        if len(inner):
            yield inner, outer
            outer = tree.parent[outer].astype(np.int64)
