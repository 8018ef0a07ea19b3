"""Laws that hold for every run, whatever it is asked and whatever fails inside."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from core.guards.storage import Place
from core.kernel.machine import Machine
from core.scenario.loader import open_scenario
from core.scenario.run import Overrides, Plan, build, plan, trace_of, work_of
from core.scenario.schema import FailTable, Scenario, TaskTable, Work
from core.trace import file as trace_file
from core.trace.events import Kind
from core.trace.trace import Trace
from tests.examples import examples

NUMBERS = st.lists(st.integers(1, 60), max_size=6).map(tuple)
MACHINES = st.sampled_from(
    [
        ("5.12", "x86_64", "own"),
        ("6.1", "x86_64", "allocating"),
        ("6.12", "x86_64", "own"),
        ("6.1", "arm64", "allocating"),
        ("6.12", "arm64", "own"),
        ("5.12", "ia64", "mail"),
        ("6.1", "ia64", "ia64"),
    ]
)
OPS = ["kmalloc", "kfree", "alloc_pages", "free_pages", "page_events"]


@st.composite
def works(draw: st.DrawFn) -> Work:
    return Work(
        op=draw(st.sampled_from(OPS)),
        size=draw(st.sampled_from([0, 8, 64, 664, 4096, 8192, 40000])),
        order=draw(st.integers(0, 4)),
        gfp=draw(st.sampled_from(["GFP_KERNEL", "GFP_ATOMIC", "GFP_NOWAIT"])),
        repeat=draw(st.integers(1, 12)),
        callers=draw(st.integers(1, 12)),
        base=draw(st.sampled_from(["syscall", "clone"])),
        nmi=draw(st.booleans()),
    )


@st.composite
def plans(draw: st.DrawFn, designs: tuple[str, ...] = ("uint", "bit1", "bit2")) -> Plan:
    kernel, arch, unwinder = draw(MACHINES)
    design = draw(st.sampled_from(designs))
    depth = draw(st.integers(1, 3 if design != "bit1" else 2))
    base = plan(
        open_scenario("depot-growth"),
        {},
        Overrides(guard=design, max_depth=depth, kernel=kernel, arch=arch, budget_events=60_000),
    )
    scenario: Scenario = msgspec.structs.replace(
        base.scenario,
        unwinder=msgspec.structs.replace(base.scenario.unwinder, model=unwinder),
        memory=msgspec.structs.replace(
            base.scenario.memory,
            limit_mib=draw(st.sampled_from([1, 2, 64])),
            slab=draw(st.sampled_from(["realistic", "always_empty"])),
            free_objects=draw(st.integers(0, 8)),
        ),
        depot=msgspec.structs.replace(
            base.scenario.depot,
            free_bytes=draw(st.sampled_from([-1, 0, 100, 1000])),
            spare=draw(st.booleans()),
            pools_left=draw(st.sampled_from([-1, 0, 1])),
        ),
        fail=FailTable(
            page=draw(NUMBERS), kmalloc=draw(NUMBERS), depot=draw(NUMBERS), trylock=draw(NUMBERS)
        ),
        tasks=tuple(
            TaskTable(comm=f"task{n}", pid=n + 1, work=tuple(draw(st.lists(works(), max_size=5))))
            for n in range(draw(st.integers(1, 2)))
        ),
    )
    from dataclasses import replace

    return replace(
        base, scenario=scenario, unwinder=base.unwinder if unwinder == "own" else unwinder
    )


def simulate(made: Plan) -> tuple[Trace, Machine]:
    machine = build(made)
    outcome = machine.run(work_of(made, machine))
    return trace_of(made, machine, outcome), machine


def the_guards_field_is_zero_again(place: Place, trace: Trace, machine: Machine) -> None:
    if trace.info.outcome == "completed":
        for task in machine.tasks:
            assert place.value_of(task.image.load()) == 0
            assert task.saves == 0
            assert task.stack == []
            assert task.used_bytes == 0


def the_neighbours_of_the_guards_bits_never_change(
    place: Place, trace: Trace, machine: Machine
) -> None:
    for task in machine.tasks:
        untouched = bytearray(len(task.image.bytes))
        word = machine.config.first_word.to_bytes(
            place.unit_bytes, "big" if place.big_endian else "little"
        )
        untouched[place.byte_offset : place.byte_offset + place.unit_bytes] = word
        outside = ~(place.mask << place.shift)
        assert task.image.load() & outside == machine.config.first_word & outside
        start, end = place.byte_offset, place.byte_offset + place.unit_bytes
        assert task.image.bytes[:start] == untouched[:start]
        assert task.image.bytes[end:] == untouched[end:]
    for at in trace.positions(Kind.STORED, Kind.LOADED, Kind.MODIFIED):
        word_then = trace.values[trace.argument(int(at))]
        assert word_then & outside == machine.config.first_word & outside


def a_freed_page_never_stays_marked_allocated(trace: Trace, machine: Machine) -> None:
    handles: dict[int, int] = {}
    for i in range(len(trace)):
        kind, argument = trace.kind(i), trace.argument(i)
        if kind is Kind.OWNER_SET:
            pfn = argument
        elif kind is Kind.OWNER_HANDLE:
            handles[pfn] = argument
    in_flight = 1 if trace.info.outcome != "completed" else 0
    wrong = 0
    for page in machine.pages.pages.values():
        if not page.in_use:
            wrong += page.allocated
            if page.pfn in handles and page.free_handle:
                assert page.handle == handles[page.pfn]
    assert wrong <= in_flight


def it_ends_in_a_known_way_within_its_budget(made: Plan, trace: Trace, machine: Machine) -> None:
    assert trace.info.outcome in {
        "completed", "stack_overflow", "deadlock", "out_of_memory", "budget_exhausted",
    }  # fmt: skip
    assert len(trace) <= made.budget_events
    assert (trace.info.outcome == "completed") == (
        not len(trace) or trace.kind(len(trace) - 1) is not Kind.STOPPED
    )
    state = trace.state_at(len(trace) - 1)
    assert state.counts["save_stack_calls"] >= state.counts["unwinds"]
    if trace.info.outcome == "completed":
        early = [at for at in trace.short_circuits.tolist() if trace.site(at).label == "test"]
        assert state.counts["save_stack_calls"] == state.counts["unwinds"] + len(early)
        in_use = sum(page.in_use for page in machine.pages.pages.values())
        held_before = machine.pools_at_start + 1
        assert in_use == state.counts["page_allocations"] - state.counts["page_frees"] + held_before


@examples(125)
@given(plans(designs=("none", "scan", "uint", "bit1", "bit2")))
def test_the_laws_of_every_run(made: Plan) -> None:
    """All of them are asked of the same runs: thinking of one takes longer than to judge it."""
    trace, machine = simulate(made)
    it_ends_in_a_known_way_within_its_budget(made, trace, machine)
    a_freed_page_never_stays_marked_allocated(trace, machine)
    assert (made.place is None) is (made.guard.design in ("none", "scan"))
    if made.place is not None:
        the_guards_field_is_zero_again(made.place, trace, machine)
        the_neighbours_of_the_guards_bits_never_change(made.place, trace, machine)


@examples(30)
@given(plans())
def test_the_same_scenario_gives_the_same_trace(made: Plan) -> None:
    first, _ = simulate(made)
    second, _ = simulate(made)
    assert trace_file.to_bytes(first) == trace_file.to_bytes(second)
