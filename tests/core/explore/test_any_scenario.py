"""Any small scenario: leaving out what was seen, or what nobody notices, changes no answer."""

from __future__ import annotations

from hypothesis import HealthCheck, assume, given
from hypothesis import strategies as st

from core.explore.budget import pack
from core.explore.kernel_subject import KernelSubject
from core.explore.properties import PROPERTIES
from core.explore.reduction import Reduction
from core.explore.result import Bound
from core.explore.search import Pace, Search
from core.explore.table import SeenStates
from core.scenario.loader import parse
from core.scenario.run import plan
from tests.core.explore.any_scenario import any_scenario
from tests.examples import examples

MOST_RUNS = 250
BOUNDS = st.sampled_from([Bound(1, 1, 0), Bound(2, 0, 0), Bound(1, 0, 1), Bound(0, 2, 0)])
Answer = tuple[dict[str, int], dict[str, int]]


def answer(text: str, bound: Bound, *, pruning: bool, reduction: bool, most: int) -> Answer | None:
    """What breaks at what cost, and the most owners lost; None where it takes too many runs."""
    subject = KernelSubject(plan(parse(text, where="any")), tuple(PROPERTIES))
    shared = Reduction() if reduction else None
    pace = Pace.GREW
    while pace is Pace.GREW:
        seen = SeenStates(1_000_000) if pruning else None
        search = Search(subject, pack(bound), seen=seen, reduction=shared)
        pace = search.go(most_runs=most)
    if pace is not Pace.DONE:
        return None
    found = {name: found.cost for name, found in search.tally.found.items()}
    return found, dict(search.tally.owners_lost)


@examples(25, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(any_scenario(), BOUNDS)
def test_what_is_left_out_changes_no_answer(text: str, bound: Bound) -> None:
    everything = answer(text, bound, pruning=False, reduction=False, most=MOST_RUNS)
    assume(everything is not None)
    for pruning, reduction in ((True, True), (True, False), (False, True)):
        found = answer(text, bound, pruning=pruning, reduction=reduction, most=10**9)
        assert found == everything


@examples(20, suppress_health_check=[HealthCheck.too_slow])
@given(any_scenario(), st.lists(st.integers(0, 3), max_size=20))
def test_equal_choices_are_equal_runs(text: str, wishes: list[int]) -> None:
    subject = KernelSubject(plan(parse(text, where="any")))

    class Chooser:
        def choose(self, point: object) -> int:
            options, number = point.options, point.number  # type: ignore[attr-defined]
            prints.append(subject.fingerprint())
            return wishes[number] % len(options) if number < len(wishes) else 0

    recorded = []
    for _ in range(3):
        prints: list[int] = []
        end = subject.run(Chooser())
        recorded.append((end, prints, bytes(subject.machine.recorder.events)))
    assert recorded[0] == recorded[1] == recorded[2]
