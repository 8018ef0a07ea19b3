"""The run as a forest of save_stack calls: who asked for each, how it ended and what it cost.

A save that another one caused hangs below it, so a page event is a tree, and what a level more
costs is seen in how its rows grow. All columns are built in one pass over the events; a million
saves take less than a second.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from core.trace.events import SITE_MASK, Kind
from core.trace.index import Positions, parents_of
from core.trace.once import once_a_run
from core.trace.signals import tasks_of
from core.trace.spans import OwnTime

if TYPE_CHECKING:
    from core.trace.events import Site
    from core.trace.trace import Trace

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]
Small = npt.NDArray[np.int8]

_CHUNK_EVENTS = 1 << 16
_RESET, _LIST = "__reset_page_owner", "add_stack_record_to_list"


class Asker(IntEnum):
    """What a save is for."""

    ALLOC = 0
    """__set_page_owner: a page was allocated."""
    FREE = 1
    """__reset_page_owner: a page is being freed."""
    LIST = 2
    """__set_page_owner of a page that add_stack_record_to_list needed (since 6.9)."""


class Outcome(IntEnum):
    """How a save ended."""

    STORED = 0
    """It walked, and the stack was new to the depot."""
    KNOWN = 1
    """It walked, and the depot had the stack."""
    HIT = 2
    """The guard returned dummy_handle; nothing was walked."""
    FAILED = 3
    """It walked, and the depot gave no handle: failure_handle."""
    SCAN_HIT = 4
    """It walked, found itself in the walked stack and returned dummy_handle."""
    UNFINISHED = 5
    """The run ended inside it."""


class _Sign(IntEnum):
    """What an event says about the save it happened in; 0 says nothing."""

    SAVE = 1
    LIST = 2
    RETURN = 3
    WALK = 4
    HIT = 5
    FAIL = 6
    STORE = 7


class Level(NamedTuple):
    """One level of the recursion; a save is counted where its own event lies."""

    level: int
    saves: int
    unwinds: int
    hits: int
    failures: int


class SaveTree:
    """The saves of a run, in the order they were called. All columns have shape (n,).

    A list item's saves hang below the save whose new stack the item is for: the same bit guards
    both, though that save has returned by then.

    Args:
        trace: The run.

    Attributes:
        call: Position of the call, int32, rising.
        end: Position of the return; the last event where there is none.
        parent: The save that caused it (its index), -1 at the top level.
        level: 1 at the top level.
        asker: An ``Asker``.
        outcome: An ``Outcome``.
        task: Number of the task.
        walk_at: Position at which the walk began, -1 where nothing was walked.
        hit_at: Position at which the guard returned dummy_handle, -1 where it did not.
        fail_at: Position at which the save got no handle, -1 where it got one.
        events: Events of its task in the save itself, those of saves inside it left out.
        ns: Simulated nanoseconds of these events.
        frames: Frames it unwound itself.
        all_saves: Saves in its tree, itself included; ``all_unwinds``, ``all_hits``,
            ``all_events``, ``all_ns`` and ``all_frames`` are sums over the same tree.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._find(trace)
        self._measure(trace)
        self._add_up()

    def __len__(self) -> int:
        return len(self.call)

    # -- building -------------------------------------------------------------------------

    def _find(self, trace: Trace) -> None:
        """Find the saves, what each hangs below and what its events say."""
        signs_of_site = np.array([_sign(trace, site) for site in trace.sites], np.int8)
        at, signs = _signs(trace, signs_of_site)
        codes = trace.codes[at]
        is_call = np.isin(signs_of_site, (_Sign.SAVE, _Sign.LIST))
        starts = np.array([position for position, _ in trace.task_switches], np.int32)
        first = np.searchsorted(at, starts).tolist()
        switches = [
            (begin, task) for begin, (_, task) in zip(first, trace.task_switches, strict=True)
        ]
        inside = parents_of(codes, is_call, signs_of_site == _Sign.RETURN, switches)
        saves = np.flatnonzero(signs == _Sign.SAVE)
        node_of = np.full(len(at) + 1, -1, np.int32)  # one more: index -1 is no save
        node_of[saves] = np.arange(len(saves), dtype=np.int32)
        self.call: Positions = at[saves]
        self.task = tasks_of(trace, self.call)
        self._ends(trace, at, signs, node_of[inside])
        self._around = node_of[_out_of_lists(signs, inside, inside[saves])]
        self._families(trace, at, signs, node_of, inside[saves])
        self._judge(at, signs, node_of[inside])

    def _ends(self, trace: Trace, at: Positions, signs: Small, node: Positions) -> None:
        returned = (signs == _Sign.RETURN) & (node >= 0)
        self.end: Positions = np.full(len(self.call), len(trace) - 1, np.int32)
        self.end[node[returned]] = at[returned]
        self._returned: Flags = np.zeros(len(self.call), np.bool_)
        self._returned[node[returned]] = True

    def _families(
        self, trace: Trace, at: Positions, signs: Small, node_of: Positions, inside: Positions
    ) -> None:
        """Say what each save hangs below: the save around it, or the one its list item is for."""
        owner = trace.parents[self.call] if len(self.call) else self.call
        names = [trace.functions[site.function].name for site in trace.sites]
        frees = np.array([name == _RESET for name in names], np.bool_)
        sites = trace.codes[np.maximum(owner, 0)] & SITE_MASK if len(owner) else owner
        self.asker: Small = np.where((owner >= 0) & frees[sites], Asker.FREE, Asker.ALLOC).astype(
            np.int8
        )
        self.parent: Positions = node_of[inside]
        listed = (inside >= 0) & (signs[inside] == _Sign.LIST) if len(inside) else inside > 0
        self.asker[listed] = Asker.LIST
        self._by_owner = np.argsort(owner, kind="stable")
        self._owners = owner[self._by_owner]
        lists = at[inside[listed]]
        self.parent[listed] = self._saves_of(trace.parents[lists], lists)
        self.level = _levels(self.parent)

    def _saves_of(self, owners: Positions, lists: Positions) -> Positions:
        """Return the saves whose stacks are put on the list, -1 where there is none.

        Args:
            owners: Calls of __set_page_owner, which asked for the saves.
            lists: The calls of add_stack_record_to_list that they made.
        """
        if not len(self._owners):
            return np.full(len(owners), -1, np.int32)
        where = np.searchsorted(self._owners, owners).clip(max=len(self._owners) - 1)
        found = self._by_owner[where].astype(np.int32)
        same = (owners >= 0) & (self._owners[where] == owners)
        earlier = same & (self.call[found] < lists)
        return np.where(earlier, found, np.int32(-1))

    def _judge(self, at: Positions, signs: Small, node: Positions) -> None:
        def where(sign: _Sign) -> Positions:
            """Position of each save's event of a sort, -1 where it has none."""
            said = (signs == sign) & (node >= 0)
            found: Positions = np.full(len(self.call), -1, np.int32)
            found[node[said]] = at[said]
            return found

        self.walk_at = where(_Sign.WALK)
        self.hit_at = where(_Sign.HIT)
        self.fail_at = where(_Sign.FAIL)
        walked, hit = self.walk_at >= 0, self.hit_at >= 0
        self.outcome: Small = np.select(
            [~self._returned, hit & walked, hit, self.fail_at >= 0, where(_Sign.STORE) >= 0],
            [
                Outcome.UNFINISHED,
                Outcome.SCAN_HIT,
                Outcome.HIT,
                Outcome.FAILED,
                Outcome.STORED,
            ],
            Outcome.KNOWN,
        ).astype(np.int8)

    def _measure(self, trace: Trace) -> None:
        """What each save costs without the saves around which it lies."""
        own = OwnTime(trace)
        within = own.between(self.call, self.end, self.task)
        inner = np.flatnonzero(self._around >= 0)
        for column in within:
            np.subtract.at(column, self._around[inner], column[inner].copy())
        self.events, self.ns, self.frames = within
        del self._around, self._returned  # of no use later

    def _add_up(self) -> None:
        """Sum each tree from its deepest level up."""
        self.all_saves: Numbers = np.ones(len(self.call), np.int64)
        self.all_unwinds: Numbers = (self.walk_at >= 0).astype(np.int64)
        self.all_hits: Numbers = (self.hit_at >= 0).astype(np.int64)
        self.all_events, self.all_ns = self.events.copy(), self.ns.copy()
        self.all_frames = self.frames.copy()
        sums = (
            self.all_saves, self.all_unwinds, self.all_hits, self.all_events, self.all_ns,
            self.all_frames,
        )  # fmt: skip
        order = np.argsort(self.level, kind="stable")
        bounds = np.searchsorted(self.level[order], np.arange(1, self.depth + 2))
        for level in range(self.depth, 1, -1):
            nodes = order[bounds[level - 1] : bounds[level]]
            for column in sums:
                np.add.at(column, self.parent[nodes], column[nodes])

    # -- asking ---------------------------------------------------------------------------

    @property
    def depth(self) -> int:
        """How many levels there are."""
        return int(self.level.max()) if len(self.level) else 0

    @property
    def nbytes(self) -> int:
        """Memory of the columns in bytes."""
        return sum(each.nbytes for each in vars(self).values() if isinstance(each, np.ndarray))

    @cached_property
    def tops(self) -> Positions:
        """The saves of the top level, a page event each, rising."""
        return np.flatnonzero(self.parent < 0).astype(np.int32)

    @cached_property
    def _by_parent(self) -> tuple[Positions, npt.NDArray[np.int64]]:
        order = np.argsort(self.parent, kind="stable").astype(np.int32)
        return order, np.searchsorted(self.parent[order], np.arange(len(self) + 1))

    def children(self, node: int) -> Positions:
        """Return the saves right below one, in the order they were called."""
        order, bounds = self._by_parent
        return order[bounds[node] : bounds[node + 1]]

    def tree(self, top: int) -> Positions:
        """Return all saves of a tree, level by level, each level in the order of its parents."""
        return np.concatenate(self.rows(np.array([top], np.int32)))

    def rows(self, tops: Positions) -> list[Positions]:
        """Return the saves of some trees, a row for each level, below their parents in order."""
        found = [tops] if len(tops) else []
        order, bounds = self._by_parent
        while found and len(found[-1]):
            first, last = bounds[found[-1]], bounds[found[-1] + 1]
            lengths = last - first
            skip = np.repeat(first - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
            found.append(order[np.arange(lengths.sum()) + skip])
        return found[:-1]

    def top_level_of(self, node: int) -> int:
        """Return the top-level save whose tree a save is in."""
        while self.parent[node] >= 0:
            node = int(self.parent[node])
        return node

    def path(self, node: int) -> list[int]:
        """Return the saves from the top level down to one."""
        found = [node]
        while self.parent[found[-1]] >= 0:
            found.append(int(self.parent[found[-1]]))
        return found[::-1]

    def node_at(self, position: int) -> int:
        """Return the innermost save open after an event, -1 where there is none.

        While page_owner puts a stack on its list, that is the save the stack comes from.
        """
        for call in reversed(self._trace.calls_at(position)):
            name = self._trace.function(call).name
            if name == "save_stack":
                return int(np.searchsorted(self.call, np.int32(call)))
            if name == _LIST:
                owner = self._trace.parents[call : call + 1]
                return int(self._saves_of(owner, np.array([call], np.int32))[0])
        return -1

    def top_at(self, position: int) -> int:
        """Return the page event (its top-level save) that is or was last under way, -1 if none."""
        node = self.node_at(position)
        if node >= 0:
            return self.top_level_of(node)
        tops = self.tops
        begun = int(np.searchsorted(self.call[tops], np.int32(position), side="right"))
        return int(tops[begun - 1]) if begun else -1

    def by_level(self, first: int = 0, last: int | None = None) -> list[Level]:
        """Return what happened on each level, the outermost first.

        Args:
            first: The first event that counts.
            last: The last one; None is the run's last.
        """
        last = len(self._trace) - 1 if last is None else last

        def counted(positions: Positions) -> list[int]:
            inside = (positions >= max(0, first)) & (positions <= last)
            found: list[int] = np.bincount(self.level[inside], minlength=self.depth + 1).tolist()
            return found

        columns = (self.call, self.walk_at, self.hit_at, self.fail_at)
        rows = zip(*map(counted, columns), strict=True)
        return [Level(level, *row) for level, row in enumerate(rows) if level]


@once_a_run
def save_tree(trace: Trace) -> SaveTree:
    """Return the forest of a run, built once."""
    return SaveTree(trace)


def _sign(trace: Trace, site: Site) -> int:
    """What an event of a site says about the save around it."""
    name, kind = trace.functions[site.function].name, site.kind
    if kind is Kind.CALLED:
        return {"save_stack": _Sign.SAVE, _LIST: _Sign.LIST}.get(name, 0)
    if kind is Kind.RETURNED:
        return _Sign.RETURN if name in ("save_stack", _LIST) else 0
    if kind is Kind.STEPPED:
        return _Sign.FAIL if (name, site.label) == ("save_stack", "fail") else 0
    return {
        Kind.WALK_STARTED: _Sign.WALK,
        Kind.SHORT_CIRCUITED: _Sign.HIT,
        Kind.DEPOT_STORED: _Sign.STORE,
    }.get(kind, 0)


def _signs(trace: Trace, sign_of_site: Small) -> tuple[Positions, Small]:
    """The events that say something, and what; in pieces, so that they stay in the cache."""
    positions, signs = [np.empty(0, np.int32)], [np.empty(0, np.int8)]
    for start in range(0, len(trace), _CHUNK_EVENTS):
        sites = trace.codes[start : start + _CHUNK_EVENTS] & np.uint32(SITE_MASK)
        # Clipping costs nothing and spares numpy a slower check of each number.
        found = np.take(sign_of_site, sites, mode="clip")
        # numpy finds truths several times as fast as numbers.
        inside = np.flatnonzero(found != 0)
        positions.append((inside + start).astype(np.int32))
        signs.append(found[inside])
    return np.concatenate(positions), np.concatenate(signs)


def _out_of_lists(signs: Small, inside: Positions, around: Positions) -> Positions:
    """Go outwards from whatever stands around some saves until that is a save or nothing."""
    around = around.copy()
    listed = np.flatnonzero((around >= 0) & (signs[around] == _Sign.LIST)) if len(signs) else around
    while len(listed):
        around[listed] = inside[around[listed]]
        now = around[listed]
        listed = listed[(now >= 0) & (signs[now] == _Sign.LIST)]
    return around


def _levels(parent: Positions) -> Positions:
    level: Positions = np.zeros(len(parent), np.int32)
    waiting, depth = np.arange(len(parent)), 1
    now = parent < 0
    while len(waiting):
        level[waiting[now]] = depth
        waiting, depth = waiting[~now], depth + 1
        now = level[parent[waiting]] == depth - 1
    return level
