"""Lanes for tests: bundled scenarios under several guards, and random ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from hypothesis import strategies as st

from core.guards.catalog import BIT_SIZES, make_guard
from core.kernel.chooser import ScriptedChooser
from core.layout.place import place_bits, place_uint
from core.scenario.run import Plan, run
from core.trace.trace import Trace
from tests.core.kernel.test_laws import plans
from tests.runs import run_scenario

DESIGNS = ("none", "scan", "uint", "bit1", "bit2")
FEW_EVENTS = 1_500


def guarded(name: str, *designs: str, max_depth: int | None = None) -> list[Trace]:
    """Run a bundled scenario once under each of some guards."""
    return [run_scenario(name, guard=design, max_depth=max_depth) for design in designs]


def deep(name: str, *depths: int, guard: str = "uint") -> list[Trace]:
    """Run a bundled scenario once at each of some maximum depths."""
    return [run_scenario(name, guard=guard, max_depth=depth) for depth in depths]


class RandomChooser(ScriptedChooser):
    """Lets tasks run in any order."""

    def __init__(self, seed: int, made: Plan) -> None:
        fail = made.scenario.fail
        super().__init__(
            {"page": fail.page, "kmalloc": fail.kmalloc, "depot": fail.depot, "trylock": ()}
        )
        self._random = Random(seed)

    def next_task(self, runnable: Sequence[int], current: int) -> int:
        """Return any of the tasks."""
        del current
        return self._random.choice(list(runnable))


def guarded_by(made: Plan, design: str, max_depth: int) -> Plan:
    """Return the same work under another guard."""
    place = None
    if design in BIT_SIZES:
        bits = BIT_SIZES[design]
        place = place_uint(made.layout) if design == "uint" else place_bits(made.layout, bits)
    return replace(made, guard=make_guard(design, max_depth, place), place=place)


@st.composite
def random_lanes(draw: st.DrawFn) -> list[Trace]:
    """Two to four short runs of the same random work; some stop, some have tasks in any order."""
    made = replace(draw(plans()), budget_events=draw(st.integers(50, FEW_EVENTS)))
    any_order = draw(st.booleans())
    traces = []
    for lane in range(draw(st.integers(2, 4))):
        guard = draw(st.sampled_from(DESIGNS)), draw(st.integers(1, 3))
        chooser = RandomChooser(lane // 2, made) if any_order else None
        traces.append(run(guarded_by(made, *guard), chooser=chooser))
    return traces
