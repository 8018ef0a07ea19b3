"""Words, locks and short-circuits where interrupts and other CPUs come between."""

from __future__ import annotations

from core.trace.events import Kind
from core.trace.guard_word import Phase, moment_at, verdict_of, watched_at
from core.trace.holdings.locks import LocksState
from core.trace.holdings.state import Holdings
from core.trace.info import TaskInfo
from core.trace.short_circuit import short_circuit_at
from core.trace.stops import describe, format_stop, parse_stop, positions
from core.trace.trace import Trace
from core.trace.word_history import copies_at, fields_of, history_at, lost_update_at
from tests.core.trace.two_cpus import FLAG, KWORKER, RESET, SH, TASKS, Smp, guard, lost_update
from tests.runs import bundled_run

LOST = lost_update()
AT = int(LOST.positions(Kind.LOST_UPDATE)[0])


def locks(trace: Trace, position: int | None = None) -> LocksState:
    return Holdings(trace).locks.at(len(trace) - 1 if position is None else position)


# -- the word -----------------------------------------------------------------------------------


def test_both_copies_are_seen_and_the_stale_one_is_told() -> None:
    stored = AT - 3
    assert LOST.kind(stored) is Kind.STORED
    (copy,) = copies_at(LOST, stored)
    assert (copy.who, copy.word, copy.stale) == ("kworker/17", RESET, True)
    assert copy.where == "CPU 1: sched_setscheduler"
    (before,) = copies_at(LOST, stored - 2)
    assert not before.stale
    assert copies_at(LOST, AT) == ()


def test_a_store_of_an_old_copy_is_lost_and_names_both_writers() -> None:
    moment = moment_at(LOST, AT - 1)
    assert (moment.phase, moment.lost, moment.memory) == (Phase.STORED, True, RESET)
    assert verdict_of(moment, LOST.info.guard).tone == "warning"
    for position in (AT - 1, AT):
        lost = lost_update_at(LOST, position)
        assert lost is not None
        assert lost.guard
        assert (lost.bits, lost.of, lost.fields) == (FLAG, "sh/40", "in_page_owner")
        assert lost.sentence == (
            "Lost update: kworker/17 writes back an older copy, and bits 0x200 (in_page_owner) "
            "that sh/40 wrote are gone."
        )
    assert lost_update_at(LOST, AT - 2) is None
    assert lost_update_at(LOST, AT + 1) is None


def test_the_history_says_who_wrote_what() -> None:
    newest, older = history_at(LOST, AT)
    assert (newest.who, newest.where) == ("kworker/17", "CPU 1: sched_setscheduler")
    assert (newest.word, newest.changed, newest.lost) == (RESET, FLAG | RESET, FLAG)
    assert (older.who, older.where, older.lost) == ("sh/40", "CPU 0: save_stack", 0)
    assert fields_of(LOST.info.guard, newest.changed) == "sched_reset_on_fork, in_page_owner"
    assert history_at(LOST, 3) == ()


def test_the_word_stays_in_sight_while_another_cpu_goes_on() -> None:
    switch = int(LOST.positions(Kind.TASK_SWITCHED)[0])
    assert watched_at(LOST, switch) == SH
    assert moment_at(LOST, switch).phase is Phase.IDLE
    assert {moment_at(LOST, at).memory for at in range(switch)} == {0}


def test_an_interrupt_leaves_the_copy_of_whom_it_interrupted() -> None:
    run = Smp(TASKS, cpus=1).call("save_stack").word(Kind.LOADED, 0)
    run.event(Kind.IRQS_OFF).event(Kind.IRQS_ON).interrupt(0).interrupt_ends(0)
    trace = run.trace()
    moments = [moment_at(trace, at) for at in range(1, len(trace))]
    assert {(moment.phase, moment.register) for moment in moments} == {(Phase.LOADED, 0)}


# -- short-circuits -----------------------------------------------------------------------------


def hit_in(*, interrupt: bool, inner_save: bool = False, outer_save: bool = True) -> Trace:
    run = Smp(TASKS, cpus=1).call("__set_page_owner")
    run.call("save_stack") if outer_save else run
    if interrupt:
        run.interrupt(0)
    if inner_save:
        run.call("__set_page_owner", "save_stack", "arch_stack_walk")
    run.call("__alloc_pages", "__set_page_owner", "save_stack")
    return run.event(Kind.SHORT_CIRCUITED, 1, "test").trace()


def test_a_hit_in_an_interrupt_amid_a_save_is_no_recursion() -> None:
    trace = hit_in(interrupt=True)
    hit = short_circuit_at(trace, len(trace) - 1)
    assert (hit.interrupt, hit.stuck) == ("nic", False)
    assert hit.reason == "in interrupt nic, which came amid a save"


def test_what_such_a_hit_spares_is_the_walk_that_the_interrupted_save_did() -> None:
    trace = bundled_run("interrupt-in-a-save")
    hit = short_circuit_at(trace, int(trace.short_circuits[0]))
    assert hit.interrupt
    assert {function.subsystem for function in hit.avoided} <= {"unwinder"}


def test_a_hit_below_a_save_of_the_interrupt_itself_is_a_recursion() -> None:
    for trace in (hit_in(interrupt=False), hit_in(interrupt=True, inner_save=True)):
        hit = short_circuit_at(trace, len(trace) - 1)
        assert (hit.interrupt, hit.stuck) == ("", False)
        assert hit.reason == "a save inside a save"


def test_a_hit_with_no_save_under_way_says_that_the_guard_was_left_on() -> None:
    trace = hit_in(interrupt=False, outer_save=False)
    hit = short_circuit_at(trace, len(trace) - 1)
    assert hit.stuck
    assert hit.reason == "though no save is under way on its stack"


def test_recursion_counts_the_saves_of_an_interrupt_on_the_interrupted_stack() -> None:
    run = Smp(TASKS, cpus=1).call("save_stack").event(Kind.WALK_STARTED, 0, "walk")
    run.interrupt(0).call("save_stack").event(Kind.WALK_STARTED, 0, "walk")
    trace = run.back().interrupt_ends(0).back().trace()
    signal = trace.recursion[SH]
    assert [signal.value_at(at) for at in range(len(trace))] == [0, 1, 1, 1, 1, 2, 1, 1, 1, 0]


# -- locks --------------------------------------------------------------------------------------


def test_owner_and_waiter_say_where_they_are() -> None:
    run = Smp(TASKS).call("a").interrupt(0).event(Kind.LOCK_TAKEN, 0)
    trace = run.on(KWORKER).call("b").event(Kind.LOCK_SPUN, 0).trace()
    lock = locks(trace).lock(0)
    assert (lock.holder, lock.waiters) == ("sh/40", ("kworker/17",))
    assert str(lock.owner) == "sh/40 on CPU 0 in interrupt nic"
    (wait,) = lock.waits
    assert wait.sentence == (
        "kworker/17 on CPU 1 waits for depot pool_lock, held by sh/40 on CPU 0 in interrupt nic."
    )
    assert locks(trace).cycle == ()


def test_two_that_wait_for_each_other_are_a_circle() -> None:
    run = Smp(TASKS).call("a").event(Kind.LOCK_TAKEN, 0)
    run.on(KWORKER).call("b").event(Kind.LOCK_TAKEN, 1).event(Kind.LOCK_SPUN, 0)
    run.on(SH).event(Kind.LOCK_SPUN, 1).event(Kind.STOPPED)
    trace = run.trace()
    assert locks(trace, len(trace) - 3).cycle == ()
    cycle = locks(trace).cycle
    assert [(w.waiter.name, w.lock, w.holder.name) for w in cycle] == [
        ("kworker/17", "depot pool_lock", "sh/40"),
        ("sh/40", "rq->lock", "kworker/17"),
    ]


def test_an_interrupt_that_spins_on_what_it_interrupted_waits_for_ever() -> None:
    run = Smp(TASKS[:1], cpus=1).call("a").event(Kind.LOCK_TAKEN, 0)
    trace = run.interrupt(0).event(Kind.LOCK_SPUN, 0).trace()
    (wait,) = locks(trace).cycle
    assert wait.sentence == (
        "sh/40 in interrupt nic waits for depot pool_lock, held by the task it interrupted, sh/40."
    )


def test_who_takes_its_own_lock_again_waits_for_itself() -> None:
    run = Smp((TaskInfo(1, "init"),), cpus=1).call("a")
    trace = run.event(Kind.LOCK_TAKEN, 1).event(Kind.LOCK_SPUN, 1).trace()
    (wait,) = locks(trace).cycle
    assert wait.sentence == "init/1 waits for rq->lock, which it holds itself."


# -- stops --------------------------------------------------------------------------------------


def test_stops_at_what_comes_between() -> None:
    for text, kind in (
        ("interrupt", Kind.INTERRUPTED),
        ("lost-update", Kind.LOST_UPDATE),
        ("switch", Kind.TASK_SWITCHED),
        ("lock-wait", Kind.LOCK_SPUN),
    ):
        stop = parse_stop(text)
        assert format_stop(stop) == text
        assert describe(stop)
        assert positions(LOST, stop).tolist() == LOST.positions(kind).tolist()


def test_the_guards_value_is_watched_by_whose_word_it_is() -> None:
    assert positions(LOST, parse_stop("guard==1")).tolist() == [AT - 3]
    assert positions(LOST, parse_stop("guard==0")).tolist() == [AT - 1]
    run = Smp(TASKS, guard_info=guard(per_cpu=True)).call("save_stack")
    trace = run.word(Kind.STORED, FLAG).on(KWORKER).word(Kind.STORED, FLAG).trace()
    assert positions(trace, parse_stop("guard==1")).tolist() == [1, 3]
