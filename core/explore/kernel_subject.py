"""The simulated kernel as something that can be explored.

The machine is built and booted once. Each run starts from the remembered state: building one anew
would take longer than most runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NoReturn

import msgspec

from core.errors import ScenarioError, did_you_mean
from core.explore.properties import DEFAULT, PROPERTIES, Ended, judge
from core.explore.request import ExploreRequest
from core.explore.subject import PRUNED, PointChooser, RunEnd
from core.kernel.choices import Option, Point
from core.kernel.machine import Machine
from core.kernel.outcome import BudgetExhausted
from core.kernel.pages import SHORT_RUN_EVENTS
from core.scenario.checks import names_of
from core.scenario.choices import describe
from core.scenario.loader import parse
from core.scenario.run import Overrides, Plan, build, plan, work_of

BUDGET_EVENTS = SHORT_RUN_EVENTS
"""A run of more events than this is taken not to end, where the default run is shorter."""


class _Abandoned(Exception):
    """A run that is given up."""


class _Asking:
    """Hands the machine's questions on to whoever explores."""

    asks = True

    def __init__(self, plan: Plan) -> None:
        fail = plan.scenario.fail
        self._failures = {
            "page": frozenset(fail.page),
            "kmalloc": frozenset(fail.kmalloc),
            "depot": frozenset(fail.depot),
            "trylock": frozenset(fail.trylock),
        }
        self.asked: PointChooser | None = None

    def fails(self, what: str, number: int) -> bool:
        return number in self._failures[what]

    def next_task(self, runnable: Sequence[int], current: int) -> int:
        del current
        return runnable[0]

    def choose(self, point: Point) -> int:
        assert self.asked is not None
        return self.asked.choose(point)


class _GoesOn:
    """Lets nothing happen."""

    def choose(self, point: Point) -> int:
        del point
        return 0


class KernelSubject:
    """A scenario's kernel, run again and again.

    Args:
        made: The plan. Its schedule is put to "run_on": tasks do not take turns.
        properties: What each run is judged by; the usual ones if not given.
    """

    def __init__(self, made: Plan, properties: Sequence[str] = ()) -> None:
        self.plan = exploring(made)
        self._names = names_of(made.scenario)
        self.properties = tuple(properties) or made.scenario.explore.properties or DEFAULT
        for name in self.properties:
            if name not in PROPERTIES:
                raise ScenarioError(
                    f"there is no property {name[:40]!r}",
                    where="--property",
                    advice=did_you_mean(name, PROPERTIES),
                )
        self._asking = _Asking(self.plan)
        self._build()
        if self.run(_GoesOn()).outcome == BudgetExhausted.outcome:
            self.plan = replace(self.plan, budget_events=made.budget_events)
            self._build()
        self._counts_requests = any(
            (made.scenario.fail.page, made.scenario.fail.kmalloc, made.scenario.fail.depot)
        )

    def _build(self) -> None:
        self.machine: Machine = build(self.plan, self._asking)
        self._work = work_of(self.plan, self.machine)
        self.machine.remember_start()

    def run(self, chooser: PointChooser) -> RunEnd:
        """Run from a fresh start to the end."""
        machine = self.machine
        machine.start_again()
        self._asking.asked = chooser
        try:
            outcome = machine.run(self._work)
        except _Abandoned:
            return self._end(PRUNED, {})
        if outcome.name == "completed":
            machine.check_guards()
        return self._end(outcome.name, outcome.detail)

    def _end(self, outcome: str, detail: dict[str, str | int]) -> RunEnd:
        notes = self.machine.notes
        events = len(self.machine.recorder.events)
        ended = Ended(outcome, detail, events - 1, notes)
        return RunEnd(outcome, events, judge(ended, self.properties), dict(notes.owners_lost))

    def fingerprint(self) -> int:
        """Return a number for the state at a point; see ``Subject``."""
        machine = self.machine
        if not self._counts_requests:
            return machine.fingerprint()
        requests = machine.pages.requests, machine.slab.requests, machine.depot.requests
        return hash((machine.fingerprint(), requests))

    def stack(self) -> int:
        """Return a number for the frames below the next step."""
        machine = self.machine
        return hash((machine.used_bytes, tuple(map(id, machine.stack))))

    def abandon(self) -> NoReturn:
        """Give the run up."""
        raise _Abandoned

    def touched_by(self) -> dict[int, frozenset[int]]:
        """Return who has touched each shared object in any run so far."""
        return {
            number: frozenset(
                -1 - (bit >> 1) if bit & 1 else bit >> 1
                for bit in range(bits.bit_length())
                if bits >> bit & 1
            )
            for number, bits in enumerate(self.machine.cpus.touched)
            if bits
        }

    def describe(self, option: Option) -> str:
        """Return an option as a scenario's choices write it."""
        return describe(option, self._names)


def exploring(made: Plan) -> Plan:
    """Return a plan as it is explored: tasks take no turns, no choice is made, runs are short."""
    schedule = msgspec.structs.replace(made.scenario.schedule, policy="run_on", choices=())
    return replace(
        made,
        scenario=msgspec.structs.replace(made.scenario, schedule=schedule),
        budget_events=min(made.budget_events, BUDGET_EVENTS),
    )


def make_subject(request: ExploreRequest) -> KernelSubject:
    """Return the kernel that a request is about.

    Raises:
        OwnerscopeError: Its scenario, overrides or properties are not right.
    """
    overrides = Overrides(
        guard=request.guard,
        max_depth=request.max_depth,
        arch=request.arch,
        kernel=request.kernel,
        layout=request.layout,
        word=request.word,
    )
    made = plan(parse(request.text, where=request.where), request.settings, overrides)
    return KernelSubject(made, request.properties or ())
