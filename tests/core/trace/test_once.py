"""What a run comes to is worked out once, and is not what keeps the run."""

from __future__ import annotations

import gc
from weakref import ref

from core.trace.function_table import function_table
from core.trace.once import once_a_run
from core.trace.save_tree import save_tree
from core.trace.trace import Trace
from tests.runs import run_scenario


def test_each_run_is_worked_out_once() -> None:
    asked: list[Trace] = []

    @once_a_run
    def length(trace: Trace) -> int:
        asked.append(trace)
        return len(trace)

    first, second = run_scenario("mail-chain"), run_scenario("mail-chain")
    assert [length(first), length(second), length(first)] == [len(first), len(second), len(first)]
    assert asked == [first, second]


def test_a_run_nobody_has_is_forgotten() -> None:
    trace = run_scenario("mail-chain")
    # Both know their run.
    function_table(trace)
    save_tree(trace)
    seen = ref(trace)
    del trace
    gc.collect()
    assert seen() is None
