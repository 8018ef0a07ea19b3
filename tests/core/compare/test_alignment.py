"""Lanes move together by what they call, part where they differ, and wait for one another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from core.compare.alignment import Alignment
from core.trace.events import Kind
from core.trace.trace import Trace
from tests.core.compare.lanes import DESIGNS, deep, guarded, random_lanes
from tests.examples import examples
from tests.runs import bundled_run, run_scenario, stack_at

Key = tuple[str, ...]

NO_RECURSION = {"unwinder.model": "own"}
"""depth-law on the unwinder that x86_64 has, which allocates nothing."""


def keys_of(trace: Trace) -> list[list[tuple[int, Key]]]:
    """Position and meaning of what takes part, by operation: the rule, event by event."""
    operations: list[list[tuple[int, Key]]] = [[]]
    for position in range(len(trace)):
        kind, name = trace.kind(position), trace.function(position).name
        key: Key = (kind.name, name)
        if kind is Kind.TASK_SWITCHED:
            key = ("switched to", str(trace.argument(position)))
        elif kind is Kind.STOPPED:
            key = ("stopped", name, trace.info.outcome)
        elif kind not in (Kind.CALLED, Kind.RETURNED):
            continue
        if kind is Kind.CALLED and trace.parents[position] < 0:
            last = operations[-1]
            before = [last.pop()] if last and last[-1][1][0] == "switched to" else []
            if last:
                operations.append([])
            operations[-1] += before
        operations[-1].append((position, key))
    return operations if operations[-1] else operations[:-1]


def partings_by_hand(traces: list[Trace]) -> list[tuple[int, tuple[int, ...]]]:
    """Operation and events of each parting, found by walking along."""
    keys = [keys_of(trace) for trace in traces]
    found = []
    for operation in range(max(map(len, keys))):
        rows = [own[operation] if operation < len(own) else None for own in keys]
        going_on = [row for row in rows if row is not None]
        shared = 0
        while all(
            shared < len(row) and row[shared][1] == going_on[0][shared][1] for row in going_on
        ):
            shared += 1
            if any(shared == len(row) for row in going_on):
                break
        if any(len(row) > shared for row in going_on):
            events = (
                event_of(trace, own, operation, shared)
                for trace, own in zip(traces, keys, strict=True)
            )
            found.append((operation, tuple(events)))
    return found


def event_of(trace: Trace, own: list[list[tuple[int, Key]]], operation: int, shared: int) -> int:
    """The first event of an operation that is not shared, or the last one there is."""
    if operation < len(own) and shared < len(own[operation]):
        return own[operation][shared][0]
    return own[operation + 1][0][0] - 1 if operation + 1 < len(own) else len(trace) - 1


# -- what it must show ------------------------------------------------------------------------


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("name", ["mail-chain", "depot-growth", "two-tasks", "stack-list"])
def test_identical_guards_never_part(name: str, design: str) -> None:
    traces = guarded(name, design, design, design)
    alignment = Alignment(traces)
    assert alignment.partings == ()
    assert alignment.moments == len(traces[0])
    assert alignment.positions_at(17) == (17, 17, 17)


def test_scan_and_flag_part_at_the_first_recursive_allocation() -> None:
    scan, flag = guarded("depot-growth", "scan", "bit1")
    alignment = Alignment([scan, flag])
    first = alignment.partings[0]
    assert first.operation == 0
    for trace, event in zip((scan, flag), first.events, strict=True):
        nested = trace.names_at(event - 1)
        assert nested.count("save_stack") == 2
        assert nested[-1] == "save_stack"
    at_scan, at_flag = first.events
    assert (scan.kind(at_scan), scan.function(at_scan).name) == (Kind.CALLED, "stack_trace_save")
    assert (flag.kind(at_flag), flag.function(at_flag).name) == (Kind.RETURNED, "save_stack")
    # It is the first one: no save was in another before it was called.
    called = flag.open_call(at_flag - 1)
    assert all(flag.names_at(p).count("save_stack") < 2 for p in range(called))


def test_the_mails_three_part_where_one_bit_wraps() -> None:
    lanes = guarded("depth-law", "uint", "bit1", "bit2", max_depth=2)
    (parting,) = Alignment(lanes).partings
    uint, bit1, bit2 = lanes
    at_uint, at_bit1, at_bit2 = parting.events
    assert uint.kind(at_uint - 1) is bit2.kind(at_bit2 - 1) is Kind.SHORT_CIRCUITED
    # The second save of one bit wrapped it to 0, so the third one tests 0 and goes on.
    (first_wrap, *_) = bit1.positions(Kind.WARNED)
    assert first_wrap < at_bit1
    assert bit1.names_at(int(first_wrap)).count("save_stack") == 2
    tested = [p for p in range(int(first_wrap), at_bit1) if bit1.kind(p) is Kind.TESTED]
    assert [bit1.argument(position) for position in tested] == [0]
    assert bit1.function(at_bit1).name == "allocating_unwind"


def test_without_recursion_no_guard_differs() -> None:
    lanes = [run_scenario("depth-law", NO_RECURSION, guard=design) for design in DESIGNS]
    assert Alignment(lanes).partings == ()


# -- together, apart, waiting -----------------------------------------------------------------


def test_together_a_lane_with_fewer_events_of_its_own_waits() -> None:
    none, uint = (
        run_scenario("depth-law", NO_RECURSION, guard=design) for design in ("none", "uint")
    )
    alignment = Alignment([none, uint])
    assert alignment.moments == len(uint) > len(none)
    waits = 0
    for moment in range(1, alignment.moments):
        ours, theirs = alignment.positions_at(moment)
        assert stack_at(none, ours) == stack_at(uint, theirs)
        waits += ours == alignment.positions_at(moment - 1)[0]
    assert waits == len(uint) - len(none)


def test_apart_each_goes_its_own_way_and_waits_at_the_next_operation() -> None:
    lanes = deep("depth-law", 1, 3)
    alignment = Alignment(lanes)
    shallow, deeper = lanes
    parting = alignment.partings[0]
    begins = int(alignment.operation_moments[1])
    before = alignment.positions_at(begins - 1)
    assert shallow.names_at(before[0]) == deeper.names_at(before[1]) == []
    # The shallow one was there long before.
    assert alignment.moment_of(0, before[0]) < begins - 100
    for lane, position in enumerate(alignment.positions_at(begins)):
        assert lanes[lane].parents[position] == -1
        assert lanes[lane].kind(position) is Kind.CALLED
    for step in range(20):
        assert alignment.positions_at(parting.moment + step) == tuple(
            event + step for event in parting.events
        )


def test_a_lane_that_died_stays_while_the_others_go_on_together() -> None:
    lanes = guarded("depth-law", "uint", "bit1", "bit2", max_depth=2)
    alignment = Alignment(lanes)
    assert lanes[1].info.outcome == "stack_overflow"
    assert [parting.operation for parting in alignment.partings] == [0]
    for moment in range(int(alignment.operation_moments[1]), alignment.moments):
        uint, bit1, bit2 = alignment.positions_at(moment)
        assert bit1 == len(lanes[1]) - 1
        assert uint == bit2
    assert alignment.positions_at(alignment.moments - 1) == tuple(len(t) - 1 for t in lanes)


def test_the_end_of_a_run_is_a_parting_too() -> None:
    whole = run_scenario("depth-law", guard="uint")
    cut = run_scenario("depth-law", guard="uint", budget_events=500)
    (parting,) = Alignment([whole, cut]).partings
    assert parting.events[1] == 499
    assert cut.kind(499) is Kind.STOPPED
    assert 499 <= parting.events[0] <= 505
    same = Alignment([cut, run_scenario("depth-law", guard="uint", budget_events=500)])
    assert same.partings == ()


def test_two_runs_that_end_otherwise_at_the_same_place_part_there() -> None:
    overflowed = bundled_run("no-guard-overflow")
    sites = [
        replace(site, facts=(("as", "deadlock"),)) if site.kind is Kind.STOPPED else site
        for site in overflowed.sites
    ]
    deadlocked = Trace(
        overflowed.codes,
        sites,
        overflowed.functions,
        overflowed.values,
        overflowed.wide,
        overflowed.info,
    )
    (parting,) = Alignment([overflowed, deadlocked]).partings
    assert parting.events == (len(overflowed) - 1,) * 2


def test_two_tasks_that_take_turns_are_aligned_by_their_operations() -> None:
    lanes = deep("two-tasks", 1, 2, 3)
    alignment = Alignment(lanes)
    assert len(alignment.operation_moments) == 4
    for moment in alignment.operation_moments[1:]:
        before, here = (alignment.positions_at(int(moment) + step) for step in (-1, 0))
        assert all(lane.names_at(at) == [] for lane, at in zip(lanes, before, strict=True))
        switched = [lane.kind(at) for lane, at in zip(lanes, here, strict=True)]
        assert switched == [Kind.TASK_SWITCHED] * 3


def test_other_kernels_part_where_they_name_a_function_otherwise() -> None:
    lanes = [run_scenario("depth-law", kernel=kernel) for kernel in ("5.12", "6.1")]
    parting = Alignment(lanes).partings[0]
    names = [t.function(at).name for t, at in zip(lanes, parting.events, strict=True)]
    assert names == ["__alloc_pages_nodemask", "__alloc_pages"]


# -- the axis ---------------------------------------------------------------------------------


def test_moments_outside_the_axis_are_its_ends() -> None:
    lanes = guarded("depot-growth", "scan", "bit1")
    alignment = Alignment(lanes)
    ends = tuple(len(trace) - 1 for trace in lanes)
    assert alignment.positions_at(-1) == alignment.positions_at(-9) == (-1, -1)
    assert alignment.positions_at(alignment.moments) == ends
    assert alignment.positions_at(10**9) == ends
    assert alignment.positions_of(1, [-5, -1, 10**9]).tolist() == [-1, -1, ends[1]]
    assert alignment.moment_of(0, -1) == -1
    assert alignment.moment_of(0, 10**9) == alignment.moment_of(0, ends[0])
    assert alignment.moments_of(0, [-7, 10**6]).tolist() == [-1, alignment.moment_of(0, ends[0])]
    assert alignment.operation_at(-1) == -1


def test_a_parting_is_in_force_to_the_end_of_its_operation() -> None:
    alignment = Alignment(guarded("depot-growth", "scan", "bit1"))
    first, second = alignment.partings
    next_operation = int(alignment.operation_moments[first.operation + 1])
    assert alignment.parting_at(-1) is None
    assert alignment.parting_at(first.moment - 1) is None
    assert alignment.parting_at(first.moment) == first
    assert alignment.parting_at(next_operation - 1) == first
    assert alignment.parting_at(next_operation) is None
    assert alignment.parting_at(second.moment + 1) == second
    assert alignment.operation_at(second.moment) == second.operation == 9


def test_an_empty_run_has_no_moments() -> None:
    whole = bundled_run("quiet-kmalloc")
    empty = Trace(
        np.zeros(0, np.uint32), whole.sites, whole.functions, whole.values, {}, whole.info
    )
    alone = Alignment([empty, empty])
    assert (alone.moments, alone.partings) == (0, ())
    assert alone.positions_at(3) == (-1, -1)
    assert alone.moments_of(0, [0, 3]).tolist() == [-1, -1]
    beside = Alignment([empty, whole])
    assert beside.moments == len(whole)
    assert beside.positions_at(5) == (-1, 5)


# -- laws -------------------------------------------------------------------------------------


def partings_are_where_calls_and_returns_first_differ(
    traces: list[Trace], alignment: Alignment
) -> None:
    found = [(p.operation, p.events) for p in alignment.partings]
    assert found == partings_by_hand(traces)


def every_event_is_reached_once_in_order(traces: list[Trace], alignment: Alignment) -> None:
    moments = np.arange(-1, alignment.moments)
    steps = []
    for lane, trace in enumerate(traces):
        stood = alignment.positions_of(lane, moments)
        steps.append(np.diff(stood))
        assert stood[0] == -1
        assert stood[-1] == len(trace) - 1
        assert np.isin(steps[-1], (0, 1)).all()
        arrived = alignment.moments_of(lane, np.arange(len(trace)))
        assert (alignment.positions_of(lane, arrived) == np.arange(len(trace))).all()
        assert (stood[arrived + 1] == np.arange(len(trace))).all()
        assert (alignment.positions_of(lane, arrived - 1) == np.arange(len(trace)) - 1).all()
    # At no moment does everybody wait.
    assert np.maximum.reduce(steps).all()


def many_at_once_is_each_alone(traces: list[Trace], alignment: Alignment) -> None:
    moments = np.linspace(-1, alignment.moments - 1, 50).astype(int)
    each = [alignment.positions_at(int(moment)) for moment in moments]
    for lane, trace in enumerate(traces):
        assert alignment.positions_of(lane, moments).tolist() == [p[lane] for p in each]
        positions = np.linspace(-1, len(trace) - 1, 50).astype(int)
        alone = [alignment.moment_of(lane, int(position)) for position in positions]
        assert alignment.moments_of(lane, positions).tolist() == alone


def lanes_come_to_what_they_share_at_the_same_moment(
    traces: list[Trace], alignment: Alignment
) -> None:
    parted = {parting.operation: parting for parting in alignment.partings}
    keys = [keys_of(trace) for trace in traces]
    for operation in range(min(map(len, keys))):
        for column in zip(*(own[operation] for own in keys), strict=False):
            moments = {alignment.moment_of(lane, at) for lane, (at, _) in enumerate(column)}
            assert len(moments) == 1
            if len({key for _, key in column}) > 1:
                assert moments == {parted[operation].moment}
                break


@examples(50)
@given(random_lanes())
def test_the_laws_of_any_lanes(traces: list[Trace]) -> None:
    """All of them are asked of the same lanes: running those takes longer than to judge them."""
    alignment = Alignment(traces)
    partings_are_where_calls_and_returns_first_differ(traces, alignment)
    every_event_is_reached_once_in_order(traces, alignment)
    many_at_once_is_each_alone(traces, alignment)
    lanes_come_to_what_they_share_at_the_same_moment(traces, alignment)
