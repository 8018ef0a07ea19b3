"""Locks: who waits for whom for ever, and what that is called."""

from __future__ import annotations

import pytest

from core.trace.events import Kind
from core.trace.explain import explain
from tests.contexts import Choosing
from tests.runs import bundled_run, run_scenario, run_text

LOCKS = """
schema = 1
name = "t"
title = "t"
shows = "t"
[kernel]
version = "6.1"
arch = "x86_64"
config_smp = {smp}
{interrupt}
[[tasks]]
pid = 1
[[tasks.work]]
op = "lock"
lock = "a"
irqs_off = {irqs_off}
[[tasks.work]]
op = "{then}"
lock = "a"
irqs_off = {irqs_off}
"""
TAKES_A = """
[[interrupts]]
name = "nic"
at_most = 1
[[interrupts.work]]
op = "lock"
lock = "a"
[[interrupts.work]]
op = "unlock"
lock = "a"
"""


def text(
    *, smp: bool = True, then: str = "unlock", irqs_off: bool = False, interrupt: str = ""
) -> str:
    return LOCKS.format(
        smp=str(smp).lower(), then=then, irqs_off=str(irqs_off).lower(), interrupt=interrupt
    )


def test_a_lock_taken_twice_is_a_deadlock_with_itself() -> None:
    trace = run_text(text(then="lock"))
    assert trace.info.outcome == "deadlock"
    assert trace.info.outcome_detail["how"] == "self"
    assert trace.info.outcome_detail["lock"] == "a"
    assert "the task waits for itself" in explain(trace, len(trace) - 1)


def test_without_smp_locks_are_nothing() -> None:
    trace = run_text(text(smp=False, then="lock"))
    assert trace.info.outcome == "completed"
    assert len(trace.positions(Kind.LOCK_TAKEN)) == 0


def test_an_interrupt_that_wants_the_interrupted_contexts_lock_spins_for_ever() -> None:
    run = Choosing(text(interrupt=TAKES_A))
    held = next(each.number for each in run.seen if each.what == "irq")
    ended = Choosing(text(interrupt=TAKES_A), {held: "interrupt nic"})
    assert ended.end.outcome == "deadlock"
    (broken,) = ended.end.violations
    assert broken.property == "no-deadlock"
    assert "which the context it interrupted holds" in broken.sentence


def test_with_interrupts_off_it_cannot_come() -> None:
    run = Choosing(text(interrupt=TAKES_A, irqs_off=True))
    held = [each for each in run.seen if each.what == "irq"]
    assert [each.options for each in held[:1]] == [("go on", "interrupt nic")]  # before the lock
    assert not any("interrupt nic" in each.options for each in held[1:])


def test_two_locks_in_two_orders_end_in_a_circle() -> None:
    trace = bundled_run("two-locks")
    detail = trace.info.outcome_detail
    assert trace.info.outcome == "deadlock"
    assert detail["how"] == "abba"
    assert detail["cycle"] == (
        "sh/40 waits for b, which cron/41 holds; cron/41 waits for a, which sh/40 holds"
    )


def test_a_lock_of_another_cpu_is_waited_for_and_got() -> None:
    run = Choosing("two-locks", {0: "cpu 1 cron/41", 2: "cpu 0 sh/40"})
    assert run.end.outcome in ("completed", "deadlock")
    waited = run.machine.recorder
    spun = [site for site in waited.sites if site.kind is Kind.LOCK_SPUN]
    assert spun


@pytest.mark.parametrize(
    ("kernel", "outcome"), [("5.12", "deadlock"), ("6.1", "deadlock"), ("6.12", "completed")]
)
def test_an_nmi_amid_the_depots_lock(kernel: str, outcome: str) -> None:
    first = Choosing("nmi-in-the-depot", kernel=kernel)
    held = next(e for e in first.seen if e.what == "irq" and not any("fail" in o for o in e.options)
                and first.seen[e.number - 1].what == "lock")  # fmt: skip
    run = Choosing("nmi-in-the-depot", {held.number: "interrupt perf"}, kernel=kernel)
    assert run.end.outcome == outcome
    if outcome == "completed":
        assert run.end.owners_lost == {"the depot gave no handle": 1}


def test_ia64_as_coded_waits_for_itself_at_depth_two_and_not_at_one() -> None:
    deep = bundled_run("smp-depth-two")
    assert deep.info.outcome == "deadlock"
    assert deep.info.outcome_detail["how"] == "self"
    assert run_scenario("smp-depth-two", max_depth=1).info.outcome == "completed"
    assert run_scenario("smp-depth-two", {"kernel.config_smp": "false"}).info.outcome == "completed"
