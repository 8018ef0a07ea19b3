"""What a real kernel counted and where it died; the simulation must say the same."""

from __future__ import annotations

import pytest

from core.scenario.report import report
from tests.runs import counts, run_scenario, stack_at


@pytest.mark.parametrize("n_events", [1, 2, 7])
@pytest.mark.parametrize(
    ("design", "depth"),
    [("uint", 1), ("uint", 2), ("uint", 3), ("uint", 4), ("bit2", 1), ("bit2", 2), ("bit2", 3)],
)
def test_the_law_of_depth(design: str, depth: int, n_events: int) -> None:
    trace = run_scenario("depth-law", {"events": n_events}, guard=design, max_depth=depth)
    measured = counts(trace)
    assert measured["save_stack_calls"] == n_events * (2 ** (depth + 1) - 1)
    assert measured["guard_hits"] == n_events * 2**depth
    assert measured["unwinds"] == n_events * (2**depth - 1)
    assert measured["deepest_recursion"] == depth
    assert measured["depot_pools"] == 1
    assert trace.info.outcome == "completed"


def test_the_overflow_is_the_real_kernels_to_the_byte() -> None:
    trace = run_scenario("no-guard-overflow")
    data = report(trace)
    assert data["outcome"] == "stack_overflow"
    assert data["outcome_detail"] == {
        "function": "get_page_from_freelist",
        "used_bytes": 16456,
        "thread_bytes": 16384,
    }
    assert data["stack"]["levels"] == 29
    assert data["stack"]["bytes_per_level"] == 536
    first_save = next(i for i in range(len(trace)) if stack_at(trace, i).endswith("save_stack"))
    assert trace.frames_at(first_save)[-1].used_bytes == 648 + 80 + 184 + 72 + 168


def test_a_level_of_the_overflow_reads_like_the_crashed_kernels_call_trace() -> None:
    trace = run_scenario("no-guard-overflow")
    level = "__alloc_pages;get_page_from_freelist;__set_page_owner;save_stack;allocating_unwind"
    base = (
        "entry_SYSCALL_64_after_hwframe;do_syscall_64;__do_sys_clone;kernel_clone;copy_process;"
        "mm_init;pgd_alloc;__get_free_pages"
    )
    expected = ";".join([base, *[level] * 29, "__alloc_pages;get_page_from_freelist"])
    assert stack_at(trace, len(trace) - 1) == expected


@pytest.mark.parametrize(("design", "depth"), [("bit2", 4), ("bit1", 2)])
def test_a_field_that_wraps_never_guards(design: str, depth: int) -> None:
    trace = run_scenario("two-bit-wrap", guard=design, max_depth=depth)
    assert trace.info.outcome == "stack_overflow"
    assert counts(trace)["guard_hits"] == 0
    assert "never guards" in trace.info.warnings[0]
    assert report(trace)["stack"]["levels"] == 29


def test_depth_three_still_fits_two_bits() -> None:
    trace = run_scenario("two-bit-wrap", max_depth=3)
    assert trace.info.outcome == "completed"
    assert trace.info.warnings == ()
    assert counts(trace)["deepest_recursion"] == 3
