"""The chain of the mail, under every guard."""

from __future__ import annotations

import pytest

from core.trace.explain import explain
from tests.runs import counts, essential, run_scenario

CHAIN = (
    "kmalloc;__set_page_owner;save_stack;unwind;build_script;kmalloc;__set_page_owner;save_stack"
)


@pytest.mark.parametrize("design", ["bit1", "uint", "bit2"])
def test_a_guard_cuts_the_chain_at_the_second_save_stack(design: str) -> None:
    trace = run_scenario("mail-chain", guard=design)
    data = essential(trace)
    first = data["short_circuits"][0]
    assert ";".join(first["stack"]) == CHAIN
    assert first["returns"] == "dummy_handle"
    assert ";".join(first["avoided"]) == "unwind;build_script;kmalloc;__set_page_owner;save_stack"
    assert data["outcome"] == "completed"
    assert counts(trace)["save_stack_calls"] == 2
    assert counts(trace)["unwinds"] == 1
    assert counts(trace)["owner_lost"] == 1


@pytest.mark.parametrize("design", ["none", "scan"])
def test_without_a_guard_in_task_struct_the_stack_overflows(design: str) -> None:
    data = essential(run_scenario("mail-chain", guard=design))
    assert data["outcome"] == "stack_overflow"
    assert data["short_circuits"] == []
    assert data["guard"]["storage"] is None
    assert data["outcome_detail"]["used_bytes"] > data["outcome_detail"]["thread_bytes"]


def test_the_old_guard_on_ia64_is_too_late() -> None:
    trace = run_scenario("scan-on-ia64")
    assert trace.info.outcome == "stack_overflow"
    assert counts(trace)["unwinds"] == counts(trace)["save_stack_calls"]
    assert counts(trace)["frames_unwound"] == 0


def test_the_short_circuit_is_told_in_plain_words() -> None:
    trace = run_scenario("mail-chain", guard="bit1")
    hit = int(trace.short_circuits[0])
    assert explain(trace, hit) == (
        "save_stack tests in_page_owner: it is 1, so it returns dummy_handle without unwinding."
    )
    assert explain(trace, hit + 1) == "save_stack returns dummy_handle to __set_page_owner."


def test_another_architecture_walks_with_its_own_unwinder_and_says_so() -> None:
    trace = run_scenario("mail-chain", arch="x86_64", guard="none")
    assert trace.info.outcome == "completed"
    assert trace.info.unwinder == "orc"
    assert "x86_64 has no unwinder 'mail'" in trace.info.warnings[0]


def test_the_layout_stands_in_for_ia64_and_says_so() -> None:
    trace = run_scenario("mail-chain")
    assert trace.info.layout.name == "debian-6.1-amd64"
    assert trace.info.layout.borrowed_for == "ia64 5.12"
    assert any("ia64 frame sizes are not measured" in note for note in trace.info.inferred)
