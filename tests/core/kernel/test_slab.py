"""kmalloc: when it needs a page and when it does not."""

from __future__ import annotations

import pytest

from core.kernel.slab_cache import Cache, size_classes
from core.trace.events import Kind
from tests.runs import counts, run_scenario, run_text, stack_at

WORK = """
schema = 1
name = "slab"
title = "t"
shows = "s"
[kernel]
version = "6.1"
arch = "x86_64"
[memory]
%s
[[tasks]]
%s
"""


def test_the_ordinary_kmalloc_is_two_frames_and_out() -> None:
    trace = run_scenario("quiet-kmalloc")
    assert counts(trace)["page_allocations"] == 0
    assert counts(trace)["save_stack_calls"] == 0
    deepest = max(range(len(trace)), key=lambda i: len(trace.calls_at(i)))
    assert stack_at(trace, deepest).endswith("driver_op;kmalloc_trace;__kmem_cache_alloc_node")


def test_the_first_page_is_needed_when_the_objects_at_hand_are_gone() -> None:
    trace = run_scenario("quiet-kmalloc", {"allocations": 17, "free_objects": 16})
    assert counts(trace)["page_allocations"] == 1
    before = int(trace.positions(Kind.PAGE_ALLOCATED)[0])
    assert len([i for i in trace.positions(Kind.OBJECT_TAKEN) if i < before]) == 16


def test_size_zero_allocates_nothing_and_large_sizes_go_to_the_page_allocator() -> None:
    nothing = run_scenario("quiet-kmalloc", {"size": 0})
    assert counts(nothing)["page_allocations"] == 0
    large = run_scenario("quiet-kmalloc", {"size": 8193, "allocations": 1})
    taken = int(large.positions(Kind.PAGE_ALLOCATED)[0])
    assert large.site(taken).fact("order") == "2"
    assert "kmalloc_large;alloc_pages;__alloc_pages" in stack_at(large, taken)


def test_an_empty_slab_goes_back_only_when_the_node_keeps_enough() -> None:
    few = run_scenario("quiet-kmalloc", {"size": 4096, "allocations": 24})
    assert counts(few)["page_frees"] == 0
    many = run_scenario("quiet-kmalloc", {"size": 4096, "allocations": 400})
    assert counts(many)["page_frees"] > 0
    freed = int(many.positions(Kind.PAGE_FREED)[0])
    assert "kfree;__kmem_cache_free;__slab_free;discard_slab;__free_slab;__free_pages" in stack_at(
        many, freed
    )


@pytest.mark.parametrize(
    ("size", "objects", "order"),
    # /proc/slabinfo of a running 6.1 kernel: objects a slab, pages a slab.
    [(8192, 4, 3), (4096, 8, 3), (2048, 16, 3), (1024, 16, 2), (512, 16, 1), (256, 16, 0),
     (192, 21, 0), (128, 32, 0), (96, 42, 0), (64, 64, 0), (32, 128, 0), (8, 512, 0)],
)  # fmt: skip
def test_slabs_are_as_large_as_a_real_kernels(size: int, objects: int, order: int) -> None:
    cache = Cache(size, 4096)
    assert (cache.objects, cache.order) == (objects, order)


def test_size_classes() -> None:
    assert size_classes(4096, 8) == [8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, 8192]
    assert size_classes(4096, 128) == [128, 256, 512, 1024, 2048, 4096, 8192]


def test_a_slab_page_shows_the_mask_of_the_first_try() -> None:
    trace = run_scenario("quiet-kmalloc", {"size": 1024, "free_objects": 0, "allocations": 1})
    taken = int(trace.positions(Kind.PAGE_ALLOCATED)[0])
    mask = trace.site(taken).fact("gfp")
    assert mask == "__GFP_IO|__GFP_FS|__GFP_NOWARN|__GFP_NORETRY|__GFP_NOMEMALLOC|__GFP_COMP"


def test_a_chosen_kmalloc_fails() -> None:
    text = WORK % ("", "[[tasks.work]]\nop = 'kmalloc'\nrepeat = 3\n[fail]\nkmalloc = [2]")
    trace = run_text(text)
    assert len(trace.positions(Kind.OBJECT_TAKEN)) == 2
    assert len(trace.positions(Kind.ALLOCATION_FAILED)) == 1


@pytest.mark.parametrize("size", [64, 664, 4096])
def test_a_kmalloc_that_may_wait_never_just_fails(size: int) -> None:
    text = WORK % (
        "limit_mib = 1",
        f"[[tasks.work]]\nop = 'kmalloc'\nsize = {size}\nrepeat = 90000",
    )
    trace = run_text(text)
    assert trace.info.outcome == "out_of_memory"
    assert "GFP_KERNEL" in str(trace.info.outcome_detail["gfp"])


def test_objects_at_hand_may_be_more_than_one_slab() -> None:
    trace = run_scenario("quiet-kmalloc", {"allocations": 200, "free_objects": 200})
    assert counts(trace)["page_allocations"] == 0
    trace = run_scenario("quiet-kmalloc", {"allocations": 201, "free_objects": 200})
    assert counts(trace)["page_allocations"] == 1


def test_a_large_object_and_size_zero_take_the_short_way() -> None:
    trace = run_scenario("quiet-kmalloc", {"size": 8193, "allocations": 1})
    freed = int(trace.positions(Kind.PAGE_FREED)[0])
    assert "kfree;__free_pages" in stack_at(trace, freed)
    nothing = run_scenario("quiet-kmalloc", {"size": 0, "allocations": 1})
    assert all("__kmem_cache_alloc_node" not in stack_at(nothing, i) for i in range(len(nothing)))
