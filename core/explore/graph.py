"""The state space as a picture can show it, where it is small enough for one."""

from __future__ import annotations

from core.explore.budget import pack
from core.explore.reduction import Reduction
from core.explore.request import ExploreRequest
from core.explore.result import GraphEdge, GraphNode, StateGraph
from core.explore.search import Pace, Search
from core.explore.starts import Deviations, Start, described, deviations_of, replay
from core.explore.subject import PRUNED, RunEnd, Subject
from core.explore.table import SeenStates
from core.kernel.choices import Option, Point, Way

MOST_NODES = 2_000
"""More states than this are a picture of nothing."""

_START = -1
"""Stands for the fingerprint of the state before the first point."""


class _TooMany(Exception):
    pass


class _Drawing:
    """Notes nodes and edges while a search goes on."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._numbers: dict[object, int] = {("start", _START): 0}
        self.nodes: list[tuple[int, str, str, Deviations]] = [(0, "", "", ())]
        self.edges: dict[tuple[int, int, str], None] = {}
        self._start: Start = ()
        self._deviations: Deviations = ()
        self._at, self._way, self._depth = 0, Way.GO_ON, 0

    def begins(self, start: Start) -> None:
        self._start, self._deviations = start, deviations_of(start)
        self._at, self._way, self._depth = 0, Way.GO_ON, 0

    def comes_to(self, point: Point, fingerprint: int) -> None:
        deviates = bool(self._start) and point.number == self._start[1]
        before = self._deviations[:-1] if deviates else self._deviations
        known = ("point", fingerprint) in self._numbers
        node = self._node(("point", fingerprint), point.number + 1, "", "", before)
        if not deviates or not known:
            self._edge(node)
        self._at, self._depth = node, point.number + 1
        option: Option | None = point.options[self._start[2]] if deviates else None
        self._way = option.way if option is not None else Way.GO_ON

    def ends(self, end: RunEnd) -> None:
        broken = end.violations[0].property if end.violations else ""
        if end.outcome == PRUNED:
            if not broken:
                return
            # What broke on the way here must be seen, though the rest was seen before.
            end = replay(self._subject, self._deviations)[0]
        key = ("end", self._at, self._way, end.outcome, broken)
        self._edge(self._node(key, self._depth + 1, end.outcome, broken, self._deviations))

    def _node(self, key: object, depth: int, outcome: str, broken: str, choices: Deviations) -> int:
        number = self._numbers.get(key)
        if number is None:
            if len(self.nodes) >= MOST_NODES:
                raise _TooMany
            number = self._numbers[key] = len(self.nodes)
            self.nodes.append((depth, outcome, broken, choices))
        return number

    def _edge(self, node: int) -> None:
        self.edges[self._at, node, self._way.name.lower()] = None


def state_graph(subject: Subject, request: ExploreRequest) -> StateGraph | None:
    """Return the state space within a bound; None where it has more than 2,000 states.

    A state where nothing could be chosen is in no picture, whatever is asked for.

    Args:
        subject: What was explored, and so knows who touches what.
        request: How it was explored.
    """
    while True:
        drawing = _Drawing(subject)
        reduction = Reduction(subject.touched_by()) if request.reduction else None
        search = Search(
            subject,
            pack(request.bound),
            seen=SeenStates(),
            reduction=reduction,
            watcher=drawing,
        )
        try:
            if search.go() is Pace.DONE:
                break
        except _TooMany:
            return None
    return StateGraph(
        tuple(
            GraphNode(depth, outcome, broken, _words(subject, choices))
            for depth, outcome, broken, choices in drawing.nodes
        ),
        tuple(GraphEdge(*edge) for edge in drawing.edges),
    )


def _words(subject: Subject, deviations: Deviations) -> tuple[str, ...]:
    return described(subject, replay(subject, deviations)[1].chosen) if deviations else ()
