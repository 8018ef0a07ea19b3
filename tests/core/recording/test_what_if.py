"""Another guard laid over a recorded run: what it would have cut, and where nobody knows."""

from __future__ import annotations

import pytest

from core.recording.questions.what_if import GUARDS, Guard, WhatIf, what_if, what_if_all
from core.trace.events import Kind
from core.trace.trace import Trace
from tests.core.recording.graph_text import read_graph
from tests.core.recording.test_guard_hits import graph, real

NONE, SCAN, ONE, TWO, THREE, BIT1, BIT2 = GUARDS

TWO_LEVELS = """
__set_page_owner
  save_stack
    __alloc_pages
      __set_page_owner
        save_stack
          __alloc_pages
            __set_page_owner
              save_stack;
          stack_trace_save;
    stack_trace_save;
"""
"""A guard of depth 2: the third save is turned away."""

IN_DEPOT = """
__set_page_owner
  save_stack
    stack_trace_save;
    __alloc_pages
      __set_page_owner
        save_stack
          stack_trace_save;
          depot_init_pool
            memset;
          depot_alloc_stack;
"""
"""The depot grows after the walk, under a guard that lets a second save pass."""


def depth_of(trace: Trace, call: int) -> int:
    """How many saves are on the stack with a save, its own included."""
    return trace.names_at(call).count("save_stack")


def found(trace: Trace, guard: Guard) -> WhatIf:
    return what_if(trace, guard)


def test_a_stricter_guard_cuts_the_second_save_and_what_is_in_it() -> None:
    trace = graph(TWO_LEVELS)
    answer = found(trace, ONE)
    assert [depth_of(trace, call) for call in answer.cut.tolist()] == [2]
    assert (answer.cut_anyway, answer.gone) == (0, 1)
    assert answer.saved_calls == 4  # alloc, set, save, walk
    assert answer.saved_ns == 2_000  # the third save and the walk, a leaf of 1 us each
    assert answer.not_knowable == 0


def test_the_recorded_guard_cuts_what_was_cut() -> None:
    answer = found(graph(TWO_LEVELS), TWO)
    assert (len(answer.cut), answer.cut_anyway, answer.saved_calls, answer.saved_ns) == (1, 1, 0, 0)
    assert answer.not_knowable == 0


@pytest.mark.parametrize("guard", [NONE, THREE, BIT2])
def test_a_looser_guard_is_not_guessed_at(guard: Guard) -> None:
    answer = found(graph(TWO_LEVELS), guard)
    assert (len(answer.cut), answer.saved_calls, answer.not_knowable) == (0, 0, 1)
    assert any("is not in the recording" in sentence for sentence in answer.sentences)


def test_one_bit_is_a_depth_of_one_and_two_bits_one_of_three() -> None:
    trace = real("guard-graph-alloc1-limit2.txt")
    for one, other in ((ONE, BIT1), (THREE, BIT2)):
        a, b = found(trace, one), found(trace, other)
        assert a.cut.tolist() == b.cut.tolist()
        assert (a.saved_calls, a.saved_ns, a.not_knowable) == (
            b.saved_calls, b.saved_ns, b.not_knowable,
        )  # fmt: skip


def test_the_scan_spares_only_what_comes_after_the_walk() -> None:
    trace = graph(IN_DEPOT)
    answer = found(trace, SCAN)
    assert [depth_of(trace, call) for call in answer.cut.tolist()] == [2]
    assert answer.saved_calls == 3  # depot_init_pool, memset, depot_alloc_stack
    assert found(trace, ONE).saved_calls == 4  # and the walk
    assert 0 < answer.saved_ns < found(trace, ONE).saved_ns
    assert any("paid for the walk" in sentence for sentence in answer.sentences)


def test_the_scan_is_not_reached_where_the_walk_itself_recurses() -> None:
    answer = found(graph(TWO_LEVELS), SCAN)
    assert not len(answer.cut)
    assert answer.not_knowable == 1
    assert any("before any scan is reached" in sentence for sentence in answer.sentences)


def test_the_scan_does_not_see_a_save_for_a_free_inside_one_for_an_allocation() -> None:
    freeing = IN_DEPOT.replace("      __set_page_owner", "      __reset_page_owner")
    assert not len(found(graph(freeing), SCAN).cut)


def test_the_scan_sees_sixteen_entries() -> None:
    def trace_with(frames: int) -> Trace:
        lines = ["__set_page_owner", "  save_stack", "    stack_trace_save;"]
        lines += ["  " * (2 + at) + f"f{at}" for at in range(frames)]
        indent = "  " * (2 + frames)
        tail = ["__set_page_owner", "  save_stack", "    stack_trace_save;", "    depot_save;"]
        return graph("\n".join(lines + [indent + line for line in tail]))

    # the older __set_page_owner is entry 15, behind 14 functions and the older save_stack
    assert len(found(trace_with(14), SCAN).cut) == 1
    assert len(found(trace_with(15), SCAN).cut) == 0


def test_the_measured_experiment() -> None:
    trace = real("guard-graph-alloc1-limit2.txt")
    answer = found(trace, ONE)
    second = [
        call
        for call in trace.positions(Kind.CALLED).tolist()
        if trace.function(call).name == "save_stack" and depth_of(trace, call) == 2
    ]
    assert answer.cut.tolist() == second
    third = 840 - len(second)
    assert answer.gone == third
    inside, ns = 0, 0
    assert trace.times_ns is not None
    ends = {
        int(trace.parents[at]): at
        for at in trace.positions(Kind.RETURNED).tolist()
        if trace.function(at).name == "save_stack"
    }
    calls = set(trace.positions(Kind.CALLED).tolist())
    for call in second:
        task = trace.task_at(call)
        within = range(call + 1, ends[call])
        inside += sum(at in calls and trace.task_at(at) == task for at in within)
        hit = trace.kind(ends[call] - 1) is Kind.SHORT_CIRCUITED
        ns += 0 if hit else int(trace.times_ns[ends[call]] - trace.times_ns[call])
    assert (answer.saved_calls, answer.saved_ns) == (inside, ns)


def test_every_guard_is_answered_for_a_file_without_saves() -> None:
    for text in ("", " 0)   1.000 us    |  kfree();\n"):
        answers = what_if_all(read_graph(text)[0])
        assert [answer.guard for answer in answers] == list(GUARDS)
        assert all(not len(answer.cut) and answer.saved_ns == 0 for answer in answers)
        assert all("nothing to do" in answer.sentences[0] for answer in answers)


def test_saves_of_which_nobody_knows_are_said_to_have_walked() -> None:
    answer = found(graph("save_stack;\n"), ONE)
    assert any("does not tell which saves were turned away" in each for each in answer.sentences)
