"""The search itself: every run within a bound, cheapest first.

A run is a start (where it leaves the default way) followed to its end by default. At each point
behind its last deviation a run adds, for every other option it could still afford, one more start.
Starts are taken in order of what they spend, as in CHESS (Musuvathi and Qadeer, 2007): all runs
without a switch or an interrupt, then all with one, and so on. So the first counterexample is one
with the fewest. Among runs that spend the same the last start found is taken first, which keeps the
list of starts short.

Two things keep the runs few; each can be left out without another verdict: states that were seen
before with as much left to spend (``table.py``), and points that nobody else can notice
(``reduction.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from core.errors import ScenarioError
from core.explore.budget import cost, covers, total, unpack
from core.explore.frontier import INDEX_BITS, MOST_OPTIONS, Frontier, Starts
from core.explore.reduction import ALWAYS, Reduction
from core.explore.starts import DEFAULT, Start, deviations_of, replay
from core.explore.subject import PRUNED, RunEnd, Subject
from core.explore.table import SeenStates
from core.explore.tally import Found, Tally
from core.explore.watcher import Watcher
from core.kernel.choices import Option, Point, Way

_LEARN_AT_ONCE = 64
"""After so many runs, who touched what is looked at only once in so many."""


class Pace(Enum):
    """Why a search returned."""

    DONE = "done"
    PAUSED = "paused"
    HALTED = "halted"
    GREW = "grew"
    """More is shared than was known: it must begin anew, with what it knows now."""


class _Alternative(NamedTuple):
    place: int
    option: Option
    codes: list[int]


class _Plan(NamedTuple):
    """What else can be afforded at a point: now, and whatever may be put off."""

    now: tuple[_Alternative, ...]
    later: tuple[_Alternative, ...]
    interrupts_later: bool


class _PutOff(NamedTuple):
    point: Point
    plan: _Plan
    stack: int


class Search:
    """One search with its table.

    Args:
        subject: What is explored.
        budget: What a run may spend, packed.
        starts: Where to begin; the default way if not given.
        seen: The table; None searches without pruning.
        reduction: What is shared; None offers every option everywhere.
        ceiling: Runs that spend more than this, all sorts together, are left out.
        first: Whether to end with the cheapest counterexamples.
        watcher: Sees every state.
    """

    def __init__(
        self,
        subject: Subject,
        budget: int,
        *,
        starts: Starts | None = None,
        seen: SeenStates | None = None,
        reduction: Reduction | None = None,
        ceiling: int | None = None,
        first: bool = False,
        watcher: Watcher | None = None,
    ) -> None:
        self.tally = Tally()
        self._subject, self._budget = subject, budget
        self._seen, self._reduction = seen, reduction
        self._shared = reduction.shared if reduction is not None else set()
        self._ceiling = total(budget) if ceiling is None else ceiling
        self._first, self._watcher = first, watcher
        self._frontier = Frontier({budget: [DEFAULT]} if starts is None else starts)
        self._codes: dict[int, list[int]] = {}
        self._plans: dict[tuple[tuple[Option, ...], bool, bool], _Plan] = {}
        self._left = budget
        self._start: Start = DEFAULT
        self._to_take: list[tuple[int, int]] = []
        self._next = self._last = self._at = -1
        self._put_off: _PutOff | None = None

    @property
    def cost(self) -> int:
        """What the runs spend that are tried now."""
        return total(self._budget) - total(self._left)

    @property
    def frontier(self) -> int:
        """How many starts wait."""
        return len(self._frontier)

    @property
    def made(self) -> dict[int, int]:
        """How many starts there were so far, tried or not, by what they have left to spend."""
        return self._frontier.made

    def waiting(self) -> Starts:
        """Return the starts that wait, by what they have left, dearest last."""
        return self._frontier.starts()

    def go(self, most_runs: int | None = None, halted: Callable[[], bool] = lambda: False) -> Pace:
        """Search until nothing is left, or something else comes up.

        Args:
            most_runs: Pause after so many runs in all.
            halted: Asked between runs; True ends the search with what it has.
        """
        tally, frontier = self.tally, self._frontier
        waiting = frontier.waiting
        while (left := frontier.cheapest()) >= 0:
            if self._first and tally.found:
                self._ceiling = min(self._ceiling, *(each.cost for each in tally.found.values()))
            if total(self._budget) - total(left) > self._ceiling:
                return Pace.DONE
            if left != self._left:
                self._left = left
                self._plans.clear()
            while waiting[left]:
                if most_runs is not None and tally.runs >= most_runs:
                    return Pace.PAUSED
                if halted():
                    return Pace.HALTED
                self._try(frontier.take(left))
                if self._learn():
                    return Pace.GREW
        return Pace.GREW if self._learn(always=True) else Pace.DONE

    def _learn(self, always: bool = False) -> bool:
        if self._reduction is None:
            return False
        runs = self.tally.runs
        if always or runs < _LEARN_AT_ONCE or runs % _LEARN_AT_ONCE == 0:
            return self._reduction.learn(self._subject.touched_by())
        return False

    def _try(self, start: Start) -> None:
        self._start = start
        to_take = self._to_take = list(deviations_of(start))
        self._last = to_take[-1][0] if to_take else -1
        to_take.reverse()
        self._next = to_take[-1][0] if to_take else -1
        self._at = -1
        if self._watcher is not None:
            self._watcher.begins(start)
        end = self._subject.run(self)
        self._flush()
        for left, codes in self._codes.items():
            if codes:
                self._frontier.add(left, start, codes)
                codes.clear()
        tally = self.tally
        tally.runs += 1
        tally.depth = max(tally.depth, self._at + 1)
        if end.outcome == PRUNED:
            tally.pruned += 1
        if end.owners_lost:
            tally.lost(end.owners_lost)
        if end.violations:
            self._judge(end)
        if self._seen is not None:
            tally.states, tally.forgetful = len(self._seen), self._seen.full
        if self._watcher is not None:
            self._watcher.ends(end)

    def _judge(self, end: RunEnd) -> None:
        """Keep what is better than the counterexamples so far."""
        spent = unpack(self._budget - self._left)
        deviations = deviations_of(self._start)
        best = self.tally.found
        for violation in end.violations:
            name = violation.property
            if name in best and best[name].cost < self.cost:
                continue
            events = end.events
            if end.outcome == PRUNED:
                # How long the whole run is nobody knows: it ends as another one did.
                if name in best and best[name].events <= events:
                    continue
                events = replay(self._subject, deviations)[0].events
            self.tally.better(
                name,
                Found(
                    spent.preemptions,
                    spent.irqs,
                    spent.failures,
                    events,
                    deviations,
                    violation.event,
                    violation.sentence,
                ),
            )

    def choose(self, point: Point) -> int:
        """Follow the start, then the default way; what else could happen becomes a start."""
        number = self._at = point.number
        if number <= self._last:
            return self._follow(point) if number == self._next else 0
        offered = (
            self._reduction is None
            or point.touches in self._shared
            or point.forced
            or point.what in ALWAYS
        )
        key = point.options, point.forced, offered
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = self._plan(*key)
        if self._put_off is not None:
            self._settle(self._put_off, point)
        if offered or plan.now:
            if self._watcher is not None:
                self._watcher.comes_to(point, self._subject.fingerprint())
            seen = self._seen
            if seen is not None and seen.known(self._subject.fingerprint(), self._left):
                self._subject.abandon()
            at = number << INDEX_BITS
            for index, _, codes in plan.now:
                codes.append(at | index)
        if plan.later:
            stack = self._subject.stack() if plan.interrupts_later else 0
            self._put_off = _PutOff(point, plan, stack)
        return 0

    def _follow(self, point: Point) -> int:
        """Take the next deviation of the start."""
        number, index = self._to_take.pop()
        if self._to_take:
            self._next = self._to_take[-1][0]
        elif self._watcher is not None:
            self._watcher.comes_to(point, self._subject.fingerprint())
        assert index < len(point.options), f"run differs when repeated, at point {number}"
        return index

    def _plan(self, options: tuple[Option, ...], forced: bool, offered: bool) -> _Plan:
        """Return what else can be afforded where there are these options.

        Raises:
            ScenarioError: There are more than can be told apart.
        """
        if len(options) > MOST_OPTIONS:
            raise ScenarioError(f"more than {MOST_OPTIONS:,} things can happen at one point")
        now: list[_Alternative] = []
        later: list[_Alternative] = []
        for index, option in enumerate(options):
            price = cost(option, forced)
            if index and covers(self._left, price):
                codes = self._codes.setdefault(self._left - price, [])
                alternative = _Alternative(index, option, codes)
                (now if offered or option.way == Way.FAIL else later).append(alternative)
        interrupts = any(each.option.way == Way.INTERRUPT for each in later)
        return _Plan(tuple(now), tuple(later), interrupts)

    def _settle(self, put_off: _PutOff, point: Point) -> None:
        """Try at a skipped point all of what was put off, unless all can be until the next one."""
        skipped, plan, stack = put_off
        if (
            skipped.task != point.task
            or skipped.in_interrupt != point.in_interrupt
            or skipped.shut_out != point.shut_out
            or (plan.interrupts_later and stack != self._subject.stack())
            or not (
                skipped.options == point.options
                or all(each.option in point.options for each in plan.later)
            )
        ):
            self._flush()
        self._put_off = None

    def _flush(self) -> None:
        """Try at the last skipped point what could be put off until then."""
        put_off, self._put_off = self._put_off, None
        if put_off is not None:
            at = put_off.point.number << INDEX_BITS
            for index, _, codes in put_off.plan.later:
                codes.append(at | index)
