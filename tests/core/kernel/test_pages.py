"""The page allocator, and the hooks of page_owner on it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.guards.none import NoGuard
from core.kernel.chooser import ScriptedChooser
from core.kernel.config import MachineConfig
from core.kernel.machine import Machine
from core.kernel.pages import Page
from core.kernel.profile import load_profile
from core.trace.events import Kind
from core.unwind.catalog import make_unwinder
from tests.runs import counts, run_scenario, run_text, stack_at

TEXT = """
schema = 1
name = "pages"
title = "t"
shows = "s"
[kernel]
version = "%s"
arch = "x86_64"
[memory]
limit_mib = 1
[[tasks]]
[[tasks.work]]
op = "alloc_pages"
gfp = "%s"
order = %s
repeat = %s
[[tasks.work]]
op = "free_pages"
repeat = %s
"""


def test_memory_that_is_gone_stops_a_caller_that_may_wait() -> None:
    trace = run_text(TEXT % ("6.1", "GFP_KERNEL", 0, 300, 1))
    assert trace.info.outcome == "out_of_memory"
    assert trace.info.outcome_detail["function"] == "get_page_from_freelist"


def test_memory_that_is_gone_fails_a_caller_that_may_not() -> None:
    trace = run_text(TEXT % ("6.1", "GFP_ATOMIC", 0, 300, 300))
    assert trace.info.outcome == "completed"
    assert len(trace.positions(Kind.ALLOCATION_FAILED)) > 0
    assert counts(trace)["page_allocations"] == counts(trace)["page_frees"]


@pytest.mark.parametrize(
    ("kernel", "order", "path"),
    [
        ("6.1", 0, "__free_pages;free_unref_page;free_pcp_prepare;__reset_page_owner;save_stack"),
        ("6.1", 3, "__free_pages;free_unref_page;free_pcp_prepare;__reset_page_owner;save_stack"),
        ("6.1", 4, "__free_pages;__free_pages_ok;__reset_page_owner;save_stack"),
        ("5.12", 1, "__free_pages;__free_pages_ok;__reset_page_owner;save_stack"),
        ("6.12", 0, "__free_pages;free_unref_page;__reset_page_owner;save_stack"),
    ],
)
def test_the_way_of_a_free(kernel: str, order: int, path: str) -> None:
    trace = run_text(TEXT % (kernel, "GFP_KERNEL", order, 1, 1))
    assert any(stack_at(trace, i).endswith(path) for i in range(len(trace)))


@pytest.mark.parametrize(
    ("kernel", "path"),
    [
        ("5.12", "alloc_pages_current;__alloc_pages_nodemask;get_page_from_freelist"),
        ("6.1", "alloc_pages;__alloc_pages;get_page_from_freelist"),
        ("6.12", "alloc_pages_mpol_noprof;__alloc_pages_noprof;get_page_from_freelist"),
    ],
)
def test_the_way_of_an_allocation(kernel: str, path: str) -> None:
    trace = run_text(TEXT % (kernel, "GFP_KERNEL", 0, 1, 1))
    taken = int(trace.positions(Kind.PAGE_ALLOCATED)[0])
    assert stack_at(trace, taken).endswith(path)


def test_page_owner_off_is_a_static_branch_and_not_built_in_is_nothing() -> None:
    off = run_scenario("page-owner-off")
    assert counts(off)["save_stack_calls"] == 0
    assert len([i for i in range(len(off)) if off.site(i).label == "hook"]) == 4
    absent = run_scenario("page-owner-off", {"built_in": False})
    assert not [i for i in range(len(absent)) if absent.site(i).label == "hook"]
    on = run_scenario("page-owner-off", {"page_owner": "on"})
    assert counts(on)["save_stack_calls"] == 4


def machine_with(memory_bytes: int) -> Machine:
    return Machine(
        load_profile("6.1", "x86_64"),
        MachineConfig(page_owner=False, memory_bytes=memory_bytes),
        NoGuard(),
        make_unwinder("orc", "x86_64"),
        ScriptedChooser(),
    )


@given(st.lists(st.one_of(st.integers(0, 6), st.just(-1)), max_size=120))
def test_blocks_never_overlap_and_nothing_is_lost(steps: list[int]) -> None:
    machine = machine_with(1 << 20)
    held: list[Page] = []
    for step in steps:
        if step < 0:
            if held:
                machine.free_pages(held.pop(len(held) // 2))
            continue
        page = machine.alloc_pages(step, 0)
        if page is not None:
            held.append(page)
        covered = [pfn for p in held for pfn in range(p.pfn, p.pfn + (1 << p.order))]
        assert len(covered) == len(set(covered))
        assert all(p.pfn % (1 << p.order) == 0 for p in held)
    for page in held:
        machine.free_pages(page)
    # Everything free again: the largest block can be had after the per-cpu lists are drained.
    assert sum(1 for _ in iter(lambda: machine.alloc_pages(0, 0), None)) == machine.pages.n_pages
