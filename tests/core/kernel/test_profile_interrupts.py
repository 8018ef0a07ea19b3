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
        assert len(path) <= 9
    assert all(reason for reason in profile.absent_paths.values())


@pytest.mark.parametrize("profile", PROFILES, ids=name_of)
def test_the_ways_end_where_something_is_decided(profile: Profile) -> None:
    ends = {name: path[-1] for name, path in profile.paths.items() if path}
    assert ends["wake"] == "__ttwu_queue_wakelist"
    assert ends["set_scheduler"] == "__sched_setscheduler"
    assert ends["fork_task"] == "dup_task_struct"
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


def test_what_differs_by_version() -> None:
    by_kernel = {kernel: load_profile(kernel, "x86_64") for kernel in kernels()}
    assert [p.slab_irqs_off for p in by_kernel.values()] == [True, False, False]
    assert [p.filters_irq_stacks for p in by_kernel.values()] == [False, True, True]
    assert [p.rq_lock for p in by_kernel.values()] == ["rq->lock", "rq->__lock", "rq->__lock"]


@pytest.mark.parametrize("profile", PROFILES, ids=name_of)
def test_a_stack_is_cut_behind_its_interrupt(profile: Profile) -> None:
    """Every interrupt but x86's NMI has a function the depot cuts at, where it has any."""
    cut = {
        name: profile.irq_boundary & set(profile.paths[name])
        for name in ("hardirq", "timer", "softirq", "nmi")
    }
    assert cut["softirq"]
    assert bool(cut["hardirq"]) is bool(cut["timer"]) is (profile.arch != "ia64")
    assert bool(cut["nmi"]) is (profile.arch == "arm64")


@pytest.mark.parametrize("profile", PROFILES, ids=name_of)
def test_where_interrupts_have_a_stack_of_their_own_a_note_says_so(profile: Profile) -> None:
    assert profile.irq_own_stack is (profile.arch != "ia64")
    assert bool(profile.irq_note) is profile.irq_own_stack
