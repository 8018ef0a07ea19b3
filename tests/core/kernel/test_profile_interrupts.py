"""Profiles: the ways of interrupts and of the scheduler, by version and architecture."""

from __future__ import annotations

import pytest

from core.kernel.profile import OPTIONAL_PATHS, Profile, arches, kernels, load_profile

PROFILES = [load_profile(kernel, arch) for kernel in kernels() for arch in arches(kernel)]
SCHEDULER_PATHS = ("schedule", "preempt", "wake", "set_scheduler", "fork_task", "migrate", "pull")


def name_of(profile: Profile) -> str:
    return f"{profile.kernel} {profile.arch}"


@pytest.mark.parametrize("profile", PROFILES, ids=name_of)
def test_every_way_is_there_or_says_why_not(profile: Profile) -> None:
    for name in (*OPTIONAL_PATHS, *SCHEDULER_PATHS):
        path = profile.path(name)
        assert bool(path) is (name not in profile.absent_paths), name
        assert len(path) <= 8
    assert all(reason for reason in profile.absent_paths.values())


@pytest.mark.parametrize("profile", PROFILES, ids=name_of)
def test_the_ways_end_where_something_is_decided(profile: Profile) -> None:
    ends = {name: path[-1] for name, path in profile.paths.items() if path}
    assert ends["wake"] == "ttwu_queue_wakelist"
    assert ends["set_scheduler"] == "__sched_setscheduler"
    assert ends["fork_task"] == "copy_process"
    assert ends["migrate"] == ends["pull"] == "set_task_cpu"
    assert ends["schedule"] == ends["preempt"] == "__schedule"
    assert ends["hardirq"] == "__handle_irq_event_percpu"
    assert ends["timer"] == ("sched_tick" if profile.kernel == "6.12" else "scheduler_tick")
    assert ends["softirq"] == ("__do_softirq" if profile.kernel == "5.12" else "handle_softirqs")


@pytest.mark.parametrize("profile", PROFILES, ids=name_of)
def test_interrupts_are_interrupts(profile: Profile) -> None:
    for name in ("hardirq", "softirq", "nmi"):
        assert {function.subsystem for function in profile.path(name)} <= {"interrupt"}
    for name in ("wake", "set_scheduler", "fork_task", "schedule", "migrate"):
        assert {function.subsystem for function in profile.path(name)} == {"caller"}


@pytest.mark.parametrize(
    ("function", "x86_64", "arm64"),
    # gcc 12 -fstack-usage, 6.1.192 defconfig with CONFIG_PAGE_OWNER, as the rest of the profile.
    [("handle_irq_event", 32, 48), ("__handle_irq_event_percpu", 48, 64), ("irq_exit_rcu", 8, 16),
     ("handle_softirqs", 96, 144), ("hrtimer_interrupt", 88, 96), ("update_process_times", 40, 48),
     ("scheduler_tick", 40, 64), ("__schedule", 80, 96), ("preempt_schedule_irq", 16, 32),
     ("try_to_wake_up", 80, 96), ("ttwu_queue_wakelist", 56, 80),
     ("do_sched_setscheduler", 104, 128), ("__sched_setscheduler", 112, 128),
     ("migration_cpu_stop", 80, 96), ("set_task_cpu", 40, 48), ("load_balance", 280, 320)],
)  # fmt: skip
def test_measured_frames(function: str, x86_64: int, arm64: int) -> None:
    for arch, stack_bytes in (("x86_64", x86_64), ("arm64", arm64)):
        measured = load_profile("6.1", arch).functions[function]
        assert measured.stack_bytes == stack_bytes
        assert not measured.inferred


def test_what_the_assembler_pushes_is_not_measured() -> None:
    entries = {("x86_64", "asm_common_interrupt"), ("x86_64", "asm_exc_nmi"),
               ("arm64", "el1h_64_irq")}  # fmt: skip
    for arch, entry in entries:
        assert load_profile("6.1", arch).functions[entry].inferred


def test_what_differs_by_version() -> None:
    by_kernel = {kernel: load_profile(kernel, "x86_64") for kernel in kernels()}
    assert [p.slab_irqs_off for p in by_kernel.values()] == [True, False, False]
    assert [p.filters_irq_stacks for p in by_kernel.values()] == [False, True, True]
    assert [p.rq_lock for p in by_kernel.values()] == ["rq->lock", "rq->__lock", "rq->__lock"]
    assert [p.depot.lock for p in by_kernel.values()] == ["depot_lock", "depot_lock", "pool_lock"]
    assert [p.depot.tries_in_nmi for p in by_kernel.values()] == [False, False, True]


@pytest.mark.parametrize("profile", PROFILES, ids=name_of)
def test_every_bit_that_others_write_has_its_lock(profile: Profile) -> None:
    always = {"sched_reset_on_fork", "sched_contributes_to_load", "sched_migrated"}
    assert always | {"sched_remote_wakeup"} <= set(profile.written)
    assert ("sched_psi_wake_requeue" in profile.written) is (profile.kernel == "5.12")
    assert "in_page_owner" not in profile.written
    assert profile.wake_lock == "p->pi_lock"
    assert profile.fork_note.endswith(".")


@pytest.mark.parametrize("profile", PROFILES, ids=name_of)
def test_a_stack_is_cut_behind_its_interrupt(profile: Profile) -> None:
    """Every interrupt but x86's NMI has a function the depot cuts at; ia64's have none."""
    cut = {
        name: profile.irq_boundary & set(profile.paths[name])
        for name in ("hardirq", "timer", "softirq", "nmi")
    }
    ia64 = profile.arch == "ia64"
    assert bool(cut["hardirq"]) is bool(cut["timer"]) is not ia64
    assert bool(cut["softirq"]) is (not ia64 or profile.kernel == "5.12")
    assert bool(cut["nmi"]) is (profile.arch == "arm64")


def test_gcc_leaves_the_softirqs_boundary_out_of_x86_64s_stacks() -> None:
    """handle_softirqs was split from __do_softirq; irq_exit_rcu calls it without the latter."""
    for kernel in ("6.1", "6.12"):
        assert "__do_softirq" not in load_profile(kernel, "x86_64").functions
        assert "__do_softirq" in load_profile(kernel, "arm64").paths["softirq"]
    assert "__do_softirq" in load_profile("5.12", "x86_64").paths["softirq"]


@pytest.mark.parametrize("profile", PROFILES, ids=name_of)
def test_where_interrupts_have_a_stack_of_their_own_a_note_says_so(profile: Profile) -> None:
    assert profile.irq_own_stack is (profile.arch != "ia64")
    assert bool(profile.irq_note) is profile.irq_own_stack
