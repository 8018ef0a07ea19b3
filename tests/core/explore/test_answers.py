"""What the program says to the questions of the review, every interleaving tried."""

from __future__ import annotations

from typing import Any

import pytest

from core.explore.explore import explore
from core.explore.request import ExploreRequest
from core.explore.result import COUNTEREXAMPLE, VERIFIED, Bound, Counterexample, Exploration
from core.explore.saving import scenario_text
from core.scenario.loader import bundled, open_scenario
from core.trace.events import Kind
from core.trace.trace import Trace
from tests.runs import run_text

EVERYTHING: dict[str, Any] = {"pruning": False, "reduction": False}


def request_for(name: str, bound: Bound = Bound(), **wishes: Any) -> ExploreRequest:  # noqa: B008
    return ExploreRequest(where=name, text=open_scenario(name).text, bound=bound, jobs=1, **wishes)


def asked(name: str, bound: Bound = Bound(), **wishes: Any) -> Exploration:  # noqa: B008
    return explore(request_for(name, bound, **wishes))


def broken(answer: Exploration) -> dict[str, Counterexample]:
    return {each.name: each.counterexample for each in answer.properties if each.counterexample}


def played(request: ExploreRequest, answer: Exploration, name: str) -> Trace:
    result = next(each for each in answer.properties if each.name == name)
    return run_text(scenario_text(request, result))


@pytest.mark.parametrize("design", ["uint", "bit1", "bit2"])
def test_one_task_and_two_interrupts_leave_the_bit_clear_and_neighbours_intact(
    design: str,
) -> None:
    bound = Bound(preemptions=2, irqs=2)
    answer = asked("interrupt-in-a-save", bound, guard=design)
    whole = asked("interrupt-in-a-save", bound, guard=design, **EVERYTHING)
    assert answer.verdict == whole.verdict == VERIFIED
    # Nine points: no interrupt, one at any of them, two at any two or both at one.
    assert whole.runs == 1 + 9 + 45
    assert answer.owners_lost == {"in an interrupt that came amid a save": 2}


def test_in_the_serialized_word_one_switch_loses_an_update_and_it_plays() -> None:
    request = request_for("wrong-word")
    answer = explore(request)
    found = broken(answer)["no-lost-update"]
    assert answer.verdict == COUNTEREXAMPLE
    assert (found.switches, found.interrupts) == (1, 0)
    trace = played(request, answer, "no-lost-update")
    (at,) = (int(at) for at in trace.positions(Kind.LOST_UPDATE))
    assert at == found.event
    assert len(trace) == found.events
    site = trace.site(at)
    assert {site.fact("lost_by"), site.fact("kept_by")} == {"sh/40", "chrt/41"}


def test_in_the_strictly_current_word_nothing_is_lost() -> None:
    answer = asked("wrong-word", word="current")
    whole = asked("wrong-word", word="current", **EVERYTHING)
    assert answer.verdict == whole.verdict == VERIFIED
    assert whole.runs == 46


def test_the_wakers_rule_is_what_makes_its_neighbour_safe() -> None:
    assert asked("remote-wakeup").verdict == VERIFIED
    without = asked("remote-wakeup", settings={"rule": False})
    found = broken(without)["no-lost-update"]
    assert (found.switches, found.interrupts) == (1, 0)
    assert "sched_remote_wakeup" in found.sentence


def test_ia64_as_coded_deadlocks_at_depth_two_with_smp_only() -> None:
    assert asked("smp-depth-two", max_depth=1).verdict == VERIFIED
    found = broken(asked("smp-depth-two"))["no-deadlock"]
    assert found.choices == ()
    assert "which it holds itself" in found.sentence
    up = asked("smp-depth-two", settings={"smp": False})
    assert up.verdict == VERIFIED
    assert up.owners_lost["the depot gave no handle"] == 1


def test_a_per_cpu_counter_fails_on_preemption_and_on_migration() -> None:
    found = broken(asked("percpu-counter"))
    assert (found["no-false-hit"].switches, found["no-false-hit"].interrupts) == (1, 0)
    assert any("migrate" in choice for choice in found["guard-clear"].choices)
    assert asked("state-moves").verdict == VERIFIED


def test_the_scan_catches_a_free_one_level_deeper_and_never_without_end() -> None:
    bound = Bound(failures=1)
    assert asked("scan-free-then-alloc", bound).verdict == VERIFIED
    deeper = asked("scan-free-then-alloc", bound, properties=("within-max-depth",))
    assert "2 saves at once" in broken(deeper)["within-max-depth"].sentence
    trace = run_text(open_scenario("scan-free-then-alloc").text)
    deepest = max(signal.highest_up_to(len(trace)) for signal in trace.recursion.values())
    assert deepest == 3  # the free's, the first nested one, and the one that finds itself


def test_losing_owners_fails_a_run_only_where_that_is_asked() -> None:
    assert asked("interrupt-in-a-save").verdict == VERIFIED
    found = broken(asked("interrupt-in-a-save", properties=("owner-kept",)))["owner-kept"]
    assert (found.switches, found.interrupts) == (0, 1)


LONG = ("depth-law", "depot-growth", "stack-list", "two-bit-wrap", "no-guard-overflow")
CASES = [
    *((name, Bound(preemptions=0, irqs=2)) for name in bundled()),
    *((name, Bound(preemptions=1, irqs=0, failures=1)) for name in bundled() if name not in LONG),
]
"""One switch and one interrupt are tried in test_bundled.py."""


@pytest.mark.parametrize(("name", "bound"), CASES, ids=str)
def test_leaving_out_nothing_comes_to_the_same(name: str, bound: Bound) -> None:
    answers = [
        asked(name, bound, pruning=pruning, reduction=reduction)
        for pruning in (True, False)
        for reduction in (True, False)
    ]
    verdicts = {
        (
            answer.verdict,
            tuple((name, e.switches, e.interrupts) for name, e in broken(answer).items()),
            tuple(sorted(answer.owners_lost.items())),
        )
        for answer in answers
    }
    assert len(verdicts) == 1
