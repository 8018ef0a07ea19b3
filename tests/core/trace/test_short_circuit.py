"""What a guard hit spared."""

from __future__ import annotations

from core.trace.events import Function
from core.trace.short_circuit import short_circuit_at
from tests.runs import bundled_run, run_scenario


def names(functions: tuple[Function, ...]) -> str:
    return ";".join(function.name for function in functions)


def test_the_depots_recursion_would_first_have_walked() -> None:
    trace = bundled_run("depot-growth")
    hit = short_circuit_at(trace, int(trace.short_circuits[0]))
    assert hit.before_walk
    assert names(hit.avoided) == (
        "stack_trace_save;arch_stack_walk;unwind_next_frame;stack_depot_save;__stack_depot_save;"
        "alloc_pages;__alloc_pages;get_page_from_freelist;__set_page_owner;save_stack"
    )


def test_a_scan_spares_only_what_comes_after_the_walk() -> None:
    trace = run_scenario("depot-growth", guard="scan")
    hit = short_circuit_at(trace, int(trace.short_circuits[0]))
    assert not hit.before_walk
    assert names(hit.avoided).startswith("stack_depot_save")


def test_a_free_inside_a_walk_is_cut_too() -> None:
    trace = bundled_run("depth-law")
    hits = [short_circuit_at(trace, int(at)) for at in trace.short_circuits]
    frees = [hit for hit in hits if "__reset_page_owner" in names(hit.stack[-2:])]
    assert frees
    assert all(names(hit.avoided).startswith("allocating_unwind") for hit in hits)


def test_the_scan_misses_a_free_then_alloc_at_the_first_level() -> None:
    # The address in __reset_page_owner is not the one in __set_page_owner: the nested
    # allocation inside a free's save is caught one level deeper only.
    trace = run_scenario("depth-law", {"events": 2}, guard="scan")
    assert trace.info.outcome == "stack_overflow"


def test_the_stack_lists_kmalloc_would_have_gone_the_way_of_the_save_before_it() -> None:
    trace = bundled_run("stack-list")
    hit = short_circuit_at(trace, int(trace.short_circuits[0]))
    assert names(hit.avoided).startswith(
        "stack_trace_save;arch_stack_walk;unwind_next_frame;add_stack_record_to_list"
    )
    assert names(hit.avoided).endswith("__set_page_owner;save_stack")


def test_every_short_circuit_says_what_it_avoided() -> None:
    for name in ("mail-chain", "depot-growth", "depth-law", "stack-list", "two-tasks"):
        for design in ("uint", "bit1", "scan"):
            trace = run_scenario(name, guard=design)
            assert all(
                short_circuit_at(trace, at).avoided for at in trace.short_circuits.tolist()[:50]
            )


def test_a_flag_in_the_mask_spares_the_whole_save() -> None:
    trace = run_scenario("depot-growth", guard="gfp")
    hit = short_circuit_at(trace, int(trace.short_circuits[0]))
    assert hit.before_walk
    assert hit.stack[-1].name == "__set_page_owner"
    names = [function.name for function in hit.avoided]
    assert names[:3] == ["save_stack", "stack_trace_save", "arch_stack_walk"]
    assert names[-1] == "__set_page_owner"
    assert not hit.stuck
