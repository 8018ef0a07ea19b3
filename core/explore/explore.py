"""An exploration from a request to its answer."""

from __future__ import annotations

import time
from collections.abc import Callable

from core.explore.budget import pack
from core.explore.graph import MOST_NODES, state_graph
from core.explore.minimise import minimise
from core.explore.parallel import Processes
from core.explore.parts import (
    RUNS_ALONE,
    Part,
    PartDone,
    cut,
    do_part,
    search_for,
)
from core.explore.reduction import Reduction
from core.explore.request import ExploreRequest, MakeSubject
from core.explore.result import (
    COUNTEREXAMPLE,
    INCOMPLETE,
    VERIFIED,
    Counterexample,
    Exploration,
    Progress,
    PropertyResult,
)
from core.explore.search import Pace, Search
from core.explore.starts import described, replay
from core.explore.subject import Subject
from core.explore.tally import Found, Tally

_BETWEEN_S = 0.04
_STEPS = 16
"""Runs between two looks at the clock."""

Listen = Callable[[Progress], None]
DoParts = Callable[[list[Part], "Ticker"], list[PartDone]]


class Ticker:
    """Tells how far it is at most every 40 ms, and passes on that it shall stop.

    Args:
        listen: Hears the progress.
        halted: Says whether to stop.
        clock: Seconds; another one in tests.
    """

    def __init__(
        self,
        listen: Listen | None = None,
        halted: Callable[[], bool] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._listen, self._halted, self._clock = listen, halted, clock
        self._began = self._told = clock()
        self._steps = 0
        self.base = Tally()
        """What is done already, where a search is only a part."""
        self.waits = 0
        """Starts that wait besides."""

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._began

    def __call__(self, search: Search) -> bool:
        """Look at the clock now and then; called after every run."""
        self._steps += 1
        if self._steps % _STEPS:
            return False
        return self.tell(search.tally, search.frontier, search.cost)

    def tell(self, tally: Tally, frontier: int, cost: int) -> bool:
        """Tell how far it is if it is time to, and return whether to stop."""
        now = self._clock()
        if self._listen is not None and now - self._told >= _BETWEEN_S:
            self._told = now
            base = self.base
            self._listen(
                Progress(
                    base.runs + tally.runs,
                    base.states + tally.states,
                    base.pruned + tally.pruned,
                    self.waits + frontier,
                    cost,
                    now - self._began,
                    tuple(sorted({*base.found, *tally.found})),
                )
            )
        return self._halted is not None and self._halted()


def explore(
    request: ExploreRequest,
    make: MakeSubject | None = None,
    ticker: Ticker | None = None,
    do_parts: DoParts | None = None,
) -> Exploration:
    """Explore.

    Args:
        request: What.
        make: Makes the subject, here and in other processes; the simulated kernel's if not given.
        ticker: Hears how far it is, and may stop it.
        do_parts: Does parts elsewhere than in this machine's processes.

    Raises:
        OwnerscopeError: The scenario, a bound or a property is none.
    """
    if make is None:
        make = kernel_subject()
    ticker = ticker or Ticker()
    began = ticker.seconds
    pack(request.bound)
    subject = make(request)
    if do_parts is None:
        do_parts = _here(subject, request) if request.processes == 1 else _processes(request, make)
    tally, complete = _search(subject, request, ticker, do_parts)
    return _answer(subject, request, tally, complete, ticker.seconds - began)


def kernel_subject() -> MakeSubject:
    """Return what makes the simulated kernel's subject."""
    from core.explore.kernel_subject import make_subject

    return make_subject


def _search(
    subject: Subject, request: ExploreRequest, ticker: Ticker, do_parts: DoParts
) -> tuple[Tally, bool]:
    """Search until no more is found to be shared; return the last search's counts."""
    known = Reduction()
    while True:
        ticker.base, ticker.waits = Tally(), 0
        search = search_for(subject, request, known)
        pace = _alone(search, ticker)
        tally = search.tally
        if pace is Pace.GREW:
            continue
        if pace is not Pace.PAUSED:
            return tally, pace is Pace.DONE and not (request.first and tally.found)
        ceiling = None
        if request.first and tally.found:
            ceiling = min(found.cost for found in tally.found.values())
        parts = cut(search.waiting(), known.known(), ceiling)
        ticker.base = tally
        done = do_parts(parts, ticker)
        grew = [part for part in done if known.learn(part.touched)]
        if grew:
            continue
        for part in done:
            tally.add(part.tally)
        whole = len(done) == len(parts) and all(part.pace is Pace.DONE for part in done)
        return tally, whole and not (request.first and tally.found)


def _alone(search: Search, ticker: Ticker) -> Pace:
    """Search in this process for as long as there is not much to do for others."""
    most, pace = 0, Pace.PAUSED
    while pace is Pace.PAUSED and (not most or search.frontier < RUNS_ALONE):
        most += RUNS_ALONE
        pace = search.go(most, lambda: ticker(search))
    return pace


def _here(subject: Subject, request: ExploreRequest) -> DoParts:
    """Return what does parts in this process, one after the other."""

    def do_parts(parts: list[Part], ticker: Ticker) -> list[PartDone]:
        done: list[PartDone] = []
        base = ticker.base
        for part in parts:
            ticker.base = Tally()
            for each in (base, *(one.tally for one in done)):
                ticker.base.add(each)
            ticker.waits = sum(
                len(some) for other in parts[len(done) + 1 :] for some in other.starts.values()
            )
            done.append(do_part(subject, request, part, ticker))
            if done[-1].pace is Pace.HALTED:
                break
        ticker.base = base
        return done

    return do_parts


def _processes(request: ExploreRequest, make: MakeSubject) -> DoParts:
    """Return what does parts in this machine's processes."""
    return lambda parts, ticker: Processes(request, make).do(parts, ticker.tell)


def _answer(
    subject: Subject, request: ExploreRequest, tally: Tally, complete: bool, seconds: float
) -> Exploration:
    """Return what a search came to, its counterexamples as short as they get."""
    names = [*subject.properties]
    names += sorted(name for name in tally.found if name not in names)
    results = tuple(_judged(subject, name, tally.found.get(name)) for name in names)
    verdict = VERIFIED if complete else INCOMPLETE
    if tally.found:
        verdict = COUNTEREXAMPLE
    warnings = []
    if tally.forgetful:
        warnings.append("more states than fit were seen; some were explored more than once")
    graph = None
    if request.graph and tally.states <= MOST_NODES:
        graph = state_graph(subject, request)
    return Exploration(
        request.where,
        request.bound,
        tally.runs,
        tally.states,
        tally.pruned,
        round(seconds, 3),
        verdict,
        results,
        complete=complete,
        owners_lost=dict(sorted(tally.owners_lost.items())),
        depth=tally.depth,
        warnings=tuple(warnings),
        graph=graph,
    )


def _judged(subject: Subject, name: str, found: Found | None) -> PropertyResult:
    if found is None:
        return PropertyResult(name, holds=True)
    best = minimise(subject, name, found)
    chosen = replay(subject, best.deviations)[1].chosen
    counterexample = Counterexample(
        described(subject, chosen),
        best.events,
        best.preemptions,
        best.irqs,
        best.event,
        best.sentence,
        best.failures,
    )
    return PropertyResult(name, holds=False, counterexample=counterexample)
