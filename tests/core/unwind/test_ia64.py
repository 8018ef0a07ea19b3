"""ia64 as its code reads: the deadlock with SMP, the half-built script without."""

from __future__ import annotations

import pytest

from core.trace.events import Kind
from core.trace.explain import explain
from tests.runs import counts, run_scenario, run_text, stack_at


def test_depth_two_deadlocks_and_names_the_lock() -> None:
    trace = run_scenario("smp-depth-two")
    assert trace.info.outcome == "deadlock"
    detail = trace.info.outcome_detail
    assert detail["lock"] == "the lock of the script for save_stack_trace"
    assert detail["holder"] == detail["waiter"] == "insmod/311"
    assert detail["taken_in"] == "build_script"
    assert detail["waits_in"] == "find_save_locs"
    assert "cannot release" in explain(trace, len(trace) - 1)


def test_depth_one_completes_where_depth_two_deadlocks() -> None:
    trace = run_scenario("smp-depth-two", max_depth=1)
    assert trace.info.outcome == "completed"
    assert counts(trace)["guard_hits"] > 0


WARM_CACHE = """
schema = 1
name = "warm-cache"
title = "t"
shows = "s"
[kernel]
version = "5.12"
arch = "ia64"
[unwinder]
model = "ia64"
[memory]
free_objects = 1
[[tasks]]
pid = 311
comm = "insmod"
[[tasks.work]]
op = "alloc_pages"
[[tasks.work]]
op = "kmalloc"
size = 664
[[tasks.work]]
op = "alloc_pages"
callers = 2
repeat = 2
"""


def test_a_nested_walk_that_misses_another_script_waits_for_unw_lock() -> None:
    # The first walk finds an object for each script it builds; then the last object is taken, and
    # the next script needs a page. The nested walk's scripts are cached up to one it misses.
    trace = run_text(WARM_CACHE, guard="uint", max_depth=2)
    assert trace.info.outcome == "deadlock"
    assert trace.info.outcome_detail["lock"] == "unw.lock"
    assert trace.info.outcome_detail["taken_in"] == "find_save_locs"
    assert run_text(WARM_CACHE, guard="uint", max_depth=1).info.outcome == "completed"


def test_without_a_guard_smp_deadlocks_and_up_completes() -> None:
    assert run_scenario("ia64-as-coded").info.outcome == "deadlock"
    up = run_scenario("ia64-as-coded", {"smp": False})
    assert up.info.outcome == "completed"
    # At most two nested levels, and the half-built script met first gives failure_handle.
    assert counts(up)["deepest_recursion"] <= 3
    assert counts(up)["owner_lost"] >= 1


def test_without_smp_there_are_no_locks() -> None:
    up = run_scenario("ia64-as-coded", {"smp": False})
    assert not len(up.positions(Kind.LOCK_TAKEN, Kind.LOCK_RELEASED, Kind.LOCK_SPUN))


def test_scripts_are_built_once() -> None:
    trace = run_scenario("ia64-as-coded", {"allocations": 2}, guard="bit1")
    once = run_scenario("ia64-as-coded", {"allocations": 1}, guard="bit1")
    assert counts(trace)["page_allocations"] == counts(once)["page_allocations"] + 1


@pytest.mark.parametrize("smp", [True, False])
def test_more_scripts_than_the_cache_holds(smp: bool) -> None:
    text = """
schema = 1
name = "evict"
title = "t"
shows = "s"
[kernel]
version = "5.12"
arch = "ia64"
config_smp = SMP
[unwinder]
model = "ia64"
[[tasks]]
[[tasks.work]]
op = "alloc_pages"
repeat = 400
callers = 200
""".replace("SMP", str(smp).lower())
    trace = run_text(text, guard="bit1")
    assert trace.info.outcome == "completed"
    built = [
        i for i in trace.positions(Kind.CALLED) if trace.function(int(i)).name == "build_script"
    ]
    assert len(built) > 200


def test_the_chain_down_to_the_nested_kmalloc() -> None:
    trace = run_scenario("smp-depth-two")
    deepest = stack_at(trace, len(trace) - 1)
    assert (
        "save_stack;stack_trace_save;save_stack_trace;unw_init_running;ia64_do_save_stack;"
        "unw_unwind;find_save_locs;build_script;desc_prologue;push;kmem_cache_alloc_trace"
    ) in deepest


def test_a_half_built_script_repeats_its_own_frame() -> None:
    up = run_scenario("ia64-as-coded", {"smp": False})
    repeated = [
        record.frames for record in up.info.records if len(set(record.frames)) == 1
        and len(record.frames) == 16
    ]  # fmt: skip
    functions = {frames[0] for frames in repeated}
    assert {"stack_trace_save", "save_stack", "__set_page_owner"} <= functions


def test_that_it_is_inferred_is_said() -> None:
    trace = run_scenario("ia64-as-coded")
    assert any("never watched on hardware" in note for note in trace.info.inferred)


def test_an_allocating_unwinder_unwinds_its_own_frame_too() -> None:
    plain = run_scenario("depth-law", {"events": 1}, guard="uint", max_depth=1)
    # clone's base has 8 frames; with the page allocator's two they are all saved, and four more
    # are walked: stack_trace_save, allocating_unwind, save_stack, __set_page_owner.
    assert counts(plain)["frames_unwound"] == 8 + 2 + 4
