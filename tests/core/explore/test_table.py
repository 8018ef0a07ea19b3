from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.explore.budget import covers, pack, total, unpack
from core.explore.result import Bound
from core.explore.table import SeenStates

bounds = st.builds(Bound, st.integers(0, 3), st.integers(0, 3), st.integers(0, 3))


def as_much(one: Bound, other: Bound) -> bool:
    return (
        one.preemptions >= other.preemptions
        and one.irqs >= other.irqs
        and one.failures >= other.failures
    )


@given(bounds, bounds)
def test_a_budget_covers_what_has_no_more_of_anything(one: Bound, other: Bound) -> None:
    assert covers(pack(one), pack(other)) == as_much(one, other)


@given(bounds)
def test_a_budget_is_a_bound(bound: Bound) -> None:
    assert unpack(pack(bound)) == bound
    assert total(pack(bound)) == bound.preemptions + bound.irqs + bound.failures


@given(st.lists(st.tuples(st.integers(0, 2), bounds), max_size=30))
def test_a_state_is_known_where_it_was_seen_with_as_much(visits: list[tuple[int, Bound]]) -> None:
    table = SeenStates()
    seen: list[tuple[int, Bound]] = []
    for state, bound in visits:
        known = any(state == other and as_much(before, bound) for other, before in seen)
        assert table.known(state, pack(bound)) == known
        seen.append((state, bound))


def test_what_does_not_fit_is_not_remembered() -> None:
    table = SeenStates(most=2)
    budget = pack(Bound())
    assert not any(table.known(state, budget) for state in (1, 2, 3))
    assert table.full
    assert len(table) == 2
    assert table.known(1, budget)
    assert not table.known(3, budget)
