"""Functions on their own stack, in recordings and in simulated runs."""

from __future__ import annotations

from collections import Counter, defaultdict

from hypothesis import given

from core.recording.questions.recursion import Recursion, recursions
from core.trace.events import Kind
from core.trace.trace import Trace
from tests.core.recording.graph_text import Machine, machines, read_graph
from tests.core.recording.test_guard_hits import graph, real
from tests.runs import bundled_run


def by_hand(trace: Trace) -> dict[str, tuple[int, int]]:
    """Calls and depth by name, with a stack a task."""
    stacks: dict[int, Counter[str]] = defaultdict(Counter)
    calls: Counter[str] = Counter()
    deepest: Counter[str] = Counter()
    for at in range(len(trace)):
        stack, name = stacks[trace.task_at(at)], trace.function(at).name
        if trace.kind(at) is Kind.RETURNED:
            stack[name] -= 1
        elif trace.kind(at) is Kind.CALLED:
            stack[name] += 1
            calls[name] += stack[name] > 1
            deepest[name] = max(deepest[name], stack[name])
    return {name: (calls[name], deepest[name]) for name in calls if calls[name]}


def told(found: list[Recursion]) -> dict[str, tuple[int, int]]:
    return {each.function: (each.calls, each.deepest) for each in found}


def test_a_function_that_calls_itself() -> None:
    found = recursions(graph("a\n  f\n    f\n      f;\n    f;\nf;\n"))
    assert [(each.function, each.calls, each.deepest, each.stack) for each in found] == [
        ("f", 3, 3, ("a", "f", "f", "f"))
    ]


def test_functions_that_call_each_other_are_both_found() -> None:
    assert told(recursions(graph("f\n  g\n    f\n      g;\n"))) == {"f": (1, 2), "g": (1, 2)}


def test_nothing_recurses_in_a_plain_file() -> None:
    assert recursions(graph("a\n  b;\n  b;\na;\n")) == []


def test_no_calls_no_recursion() -> None:
    assert recursions(read_graph("")[0]) == []


@given(machines())
def test_found_as_by_hand(machine: Machine) -> None:
    trace, _ = read_graph("".join(machine.text))
    found = recursions(trace)
    assert told(found) == by_hand(trace)
    for each in found:
        assert each.stack.count(each.function) == each.deepest
        assert each.stack[-1] == each.function


def test_the_real_recursion_of_page_owner() -> None:
    found = told(recursions(real("guard-graph-alloc1-limit1.txt")))
    assert found["save_stack"] == (210, 2)
    assert found["__set_page_owner"] == (105, 2)


def test_a_simulated_run() -> None:
    trace = bundled_run("mail-chain")
    assert told(recursions(trace)) == by_hand(trace)
    assert recursions(trace)
