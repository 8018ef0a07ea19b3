from __future__ import annotations

import pytest
from hypothesis import example, given, reject
from hypothesis import strategies as st

from core.explore.budget import pack
from core.explore.reduction import Reduction
from core.explore.result import Bound
from core.explore.search import Pace, Search
from core.explore.table import SeenStates
from core.explore.tally import Tally
from tests.core.explore.toys import (
    ABBA,
    LOCKED_UPDATE,
    LOST_UPDATE,
    SELF_LOCK,
    Step,
    Toy,
    ToySubject,
)
from tests.examples import examples

USUAL = Bound(2, 1, 0)


MOST_RUNS = 3_000
"""A few of the toys have a hundred times as many ways as the others; nothing else is about them."""


def explored(toy: Toy, bound: Bound = USUAL, pruning: bool = True, reduction: bool = True) -> Tally:
    subject = ToySubject(toy)
    known = Reduction() if reduction else None
    while True:
        seen = SeenStates() if pruning else None
        search = Search(subject, pack(bound), seen=seen, reduction=known)
        pace = search.go(MOST_RUNS)
        if pace is Pace.PAUSED:
            reject()
        if pace is Pace.DONE:
            return search.tally
        assert pace is Pace.GREW


def verdict(tally: Tally) -> dict[str, int]:
    """What was broken, and what the cheapest way cost."""
    return {name: found.cost for name, found in tally.found.items()}


def test_an_update_is_lost_with_one_switch() -> None:
    tally = explored(LOST_UPDATE)
    assert verdict(tally) == {"no-lost-update": 1}
    assert tally.found["no-lost-update"].deviations == ((1, 1),)


def test_nothing_is_lost_without_a_switch_or_with_a_lock() -> None:
    assert verdict(explored(LOST_UPDATE, Bound(0, 1, 0))) == {}
    assert verdict(explored(LOCKED_UPDATE)) == {}


def test_two_locks_taken_in_both_orders() -> None:
    assert verdict(explored(ABBA)) == {"no-deadlock": 1}
    assert verdict(explored(ABBA, Bound(0, 0, 0))) == {}


def test_an_interrupt_that_takes_a_lock_of_what_it_interrupts() -> None:
    assert verdict(explored(SELF_LOCK, Bound(0, 1, 0))) == {"no-deadlock": 1}


def test_the_default_way_is_one_run() -> None:
    assert explored(LOST_UPDATE, Bound(0, 0, 0)).runs == 1


CELLS = 3
steps = st.one_of(
    st.tuples(st.sampled_from(["load", "load", "lock", "unlock"]), st.integers(0, CELLS - 1)),
    st.tuples(
        st.sampled_from(["store", "store", "alloc", "check"]),
        st.integers(0, CELLS - 1),
        st.integers(0, 2),
    ),
    st.tuples(
        st.sampled_from(["irq_off", "irq_on", "preempt_off", "preempt_on", "push", "pop"]),
        st.integers(0, 1),
    ),
    st.tuples(st.sampled_from(["deep"]), st.integers(1, 3)),
)


def as_steps(some: list[Step]) -> tuple[Step, ...]:
    return tuple(some)


@st.composite
def toys(draw: st.DrawFn) -> Toy:
    threads = draw(st.integers(1, 3))
    body = st.lists(steps, min_size=1, max_size=6).map(as_steps)
    rare: st.SearchStrategy[tuple[Step, ...]] = st.sampled_from([(), (), (), (("die", 0),)])
    return Toy(
        tuple((*draw(body), *draw(rare)) for _ in range(threads)),
        tuple(sorted(draw(st.lists(st.integers(0, 1), min_size=threads, max_size=threads)))),
        tuple(draw(st.lists(body.map(lambda some: some[:3]), min_size=0, max_size=2))),
        cells=CELLS,
        finals=True,
    )


SWITCH_THEN_INTERRUPT = Toy(
    ((("load", 0),), (("load", 1),), (("deep", 1),)),
    (0, 0, 0),
    ((("store", 1, 1),),),
    cells=CELLS,
    finals=True,
)
"""The second reads, and only then the first is interrupted: it takes no interrupts at its end."""

SWITCH_THEN_SHALLOW_INTERRUPT = Toy(
    ((("load", 0), ("push", 0), ("load", 0)), (("load", 1),)),
    (0, 0),
    ((("deep", 1), ("store", 1, 1)),),
    cells=CELLS,
    finals=True,
)
"""The same, where the interrupt does well only before the stack grows."""

SWITCH_THEN_WOKEN = Toy(
    (
        (("lock", 0), ("store", 1, 1), ("load", 2), ("preempt_off", 1), ("store", 1, 2)),
        (("lock", 0), ("load", 1)),
        (("load", 1), ("unlock", 0)),
    ),
    (0, 0, 1),
    cells=CELLS,
    finals=True,
)
"""Before preemption goes off the third lets the second go on, which then preempts the first."""

NESTED: list[tuple[Toy, Bound, str, int]] = [
    (SWITCH_THEN_INTERRUPT, Bound(1, 1, 0), "completed [0, 1, 0] [0, 0, 0]", 2),
    (SWITCH_THEN_SHALLOW_INTERRUPT, Bound(1, 1, 0), "completed [0, 1, 0] [0, 0]", 2),
    (SWITCH_THEN_WOKEN, Bound(2, 0, 0), "completed [0, 2, 0] [0, 1, 1]", 2),
]


@pytest.mark.parametrize(("toy", "bound", "end", "spent"), NESTED)
def test_what_must_happen_twice_before_one_step_is_found(
    toy: Toy, bound: Bound, end: str, spent: int
) -> None:
    assert verdict(explored(toy, bound, pruning=False, reduction=False))[end] == spent
    assert verdict(explored(toy, bound))[end] == spent


UNLOCKED_BY_AN_INTERRUPT = Toy(
    (
        (("lock", 1), ("load", 0), ("alloc", 0, 1)),
        (
            ("store", 2, 0),
            ("preempt_off", 0),
            ("preempt_on", 0),
            ("load", 1),
            ("lock", 1),
            ("deep", 2),
        ),
        (("deep", 1),),
    ),
    (1, 1, 1),
    ((("unlock", 1), ("deep", 1), ("store", 1, 1)),),
    cells=CELLS,
    finals=True,
)


@examples(30)
@example(SWITCH_THEN_INTERRUPT, Bound(1, 1, 0))
@example(SWITCH_THEN_SHALLOW_INTERRUPT, Bound(1, 1, 0))
@example(SWITCH_THEN_WOKEN, Bound(2, 0, 0))
@example(UNLOCKED_BY_AN_INTERRUPT, Bound(1, 2, 1))
@given(
    toys(),
    st.builds(Bound, st.integers(0, 2), st.integers(0, 2), st.integers(0, 1)),
)
def test_pruning_and_reduction_change_no_verdict(toy: Toy, bound: Bound) -> None:
    plain = explored(toy, bound, pruning=False, reduction=False)
    for pruning, reduction in ((True, False), (False, True), (True, True)):
        other = explored(toy, bound, pruning, reduction)
        assert verdict(other) == verdict(plain), (pruning, reduction)
        assert other.runs <= plain.runs
