"""The depot: when it allocates, what it loses, and every reason it returns 0."""

from __future__ import annotations

import pytest

from core.kernel.jhash import jhash2
from core.trace.events import Kind
from core.trace.explain import explain
from core.trace.trace import Trace
from tests.runs import counts, run_scenario, run_text, stack_at

TEXT = """
schema = 1
name = "depot"
title = "t"
shows = "s"
[kernel]
version = "%(kernel)s"
arch = "x86_64"
[depot]
%(depot)s
[fail]
%(fail)s
[[tasks]]
[[tasks.work]]
op = "alloc_pages"
repeat = %(repeat)s
callers = %(callers)s
nmi = %(nmi)s
"""


def depot_run(
    kernel: str = "6.1",
    depot: str = "",
    fail: str = "",
    repeat: int = 4,
    callers: int = 4,
    nmi: str = "false",
) -> Trace:
    return run_text(
        TEXT
        % {
            "kernel": kernel,
            "depot": depot,
            "fail": fail,
            "repeat": repeat,
            "callers": callers,
            "nmi": nmi,
        }
    )


def reasons(trace: Trace) -> list[str]:
    return [trace.site(int(at)).fact("reason") for at in trace.positions(Kind.DEPOT_REFUSED)]


def test_jhash2_agrees_with_the_c_code() -> None:
    # Computed with a C program of lookup3's hashword over (i * 2654435761 + 7) for n words.
    words = [(i * 2654435761 + 7) & 0xFFFFFFFF for i in range(14)]
    expected = [
        1979019643, 289315507, 3950367201, 291181288, 3489742208, 4203755587, 1965101430,
        1198221244, 1513941197, 994425034, 2652478281, 3207960933, 2548719325, 1488460314,
    ]  # fmt: skip
    assert [jhash2(words[:n]) for n in range(14)] == expected


def test_a_known_stack_never_allocates() -> None:
    trace = depot_run(depot="spare = false\nfree_bytes = 0", repeat=5, callers=1)
    measured = counts(trace)
    assert measured["depot_stores"] == 1
    assert measured["depot_hits"] == 4
    assert measured["page_allocations"] == 5 + 1


@pytest.mark.parametrize("kernel", ["5.12", "6.1", "6.12"])
def test_growth_recurses_and_the_guard_answers(kernel: str) -> None:
    trace = run_scenario("depot-growth", {"callers": 3, "room": 4096}, kernel=kernel)
    hit = int(trace.short_circuits[0])
    names = stack_at(trace, hit)
    assert names.count("save_stack") == 2
    assert "stack_depot_save" in names.split("save_stack;")[1]
    assert counts(trace)["guard_hits"] == 1
    assert trace.info.outcome == "completed"


@pytest.mark.parametrize("kernel", ["5.12", "6.1", "6.12"])
def test_after_each_pool_the_next_new_stack_allocates(kernel: str) -> None:
    trace = run_scenario("depot-growth", {"callers": 400, "room": 0}, kernel=kernel)
    opened = counts(trace)["depot_pools"] - trace.info.depot_pools_at_start
    assert opened >= 2
    # One block for the pool that was missing at the start, one spare after each crossing.
    # (6.12 has hits of its own besides: its list items need slab pages.)
    through_depot = [
        hit for hit in trace.short_circuits if "depot_save" in stack_at(trace, int(hit))
    ]
    assert len(through_depot) == opened + 1


def test_the_guard_makes_the_depots_pages_order_two_with_dummy_handle() -> None:
    trace = run_scenario("depot-growth")
    for hit in trace.short_circuits:
        allocation = max(int(at) for at in trace.positions(Kind.PAGE_ALLOCATED) if at < hit)
        assert trace.site(allocation).fact("order") == "2"


@pytest.mark.parametrize("kernel", ["5.12", "6.1", "6.12"])
def test_a_failed_pool_gives_failure_handle(kernel: str) -> None:
    trace = run_scenario("depot-failure", kernel=kernel)
    assert reasons(trace) == ["no room", "no room"]
    assert counts(trace)["depot_stores"] == 3
    failed = int(trace.positions(Kind.DEPOT_REFUSED)[0])
    later = [explain(trace, i) for i in range(failed, failed + 12)]
    assert "The record's handle is failure_handle: who allocated the page is lost" in str(later)


def test_every_reason_to_return_zero() -> None:
    assert set(reasons(depot_run(depot="disabled = true"))) == {"disabled"}
    assert "no room" in reasons(
        depot_run(depot="spare = false\nfree_bytes = 0", fail="depot = [1]")
    )
    limited = depot_run(depot="pools_left = 0\nfree_bytes = 0")
    assert set(reasons(limited)) == {"limit"}
    assert any("reached limit capacity" in warning for warning in limited.info.warnings)
    nmi = depot_run(kernel="6.12", fail="trylock = [1]", nmi="true")
    assert "nmi" in reasons(nmi)
    up = run_scenario("ia64-as-coded", {"smp": False})
    assert "no entries" in reasons(up)


def test_an_nmi_never_allocates_for_the_depot() -> None:
    trace = depot_run(kernel="6.12", depot="spare = false\nfree_bytes = 0", nmi="true")
    assert set(reasons(trace)) == {"no room"}
    assert counts(trace)["guard_hits"] == 0


def test_records_take_what_the_kernels_structs_take() -> None:
    # A record of 16 entries is 160 bytes: 102 in a pool of 16 KiB (24 + 8 n, aligned to 16).
    from core.guards.none import NoGuard
    from core.kernel.chooser import ScriptedChooser
    from core.kernel.config import MachineConfig
    from core.kernel.machine import Machine
    from core.kernel.profile import load_profile
    from core.unwind.catalog import make_unwinder

    for kernel, size in (("5.12", 160), ("6.1", 160), ("6.12", 160)):
        machine = Machine(
            load_profile(kernel, "x86_64"),
            MachineConfig(),
            NoGuard(),
            make_unwinder("orc", "x86_64"),
            ScriptedChooser(),
        )
        assert machine.depot.record_bytes(16) == size
        assert machine.depot.pool_bytes // size == 102
        assert machine.depot.record_bytes(1) == (32 if kernel != "6.12" else 48)


def test_without_a_guard_the_depot_calls_itself_until_the_stack_is_gone() -> None:
    # The spare is still missing in every nested save, so every nested save asks for one.
    trace = run_scenario("depot-growth", {"callers": 1, "room": 0}, guard="none")
    assert trace.info.outcome == "stack_overflow"
    assert stack_at(trace, len(trace) - 1).count("stack_depot_save;__stack_depot_save") > 10


def test_a_pool_nobody_needs_is_freed_inside_the_save() -> None:
    # Two levels deep the inner save brings the pool and the spare; the outer one gives its own
    # pool back: a __reset_page_owner nested in a save.
    trace = run_scenario("depot-growth", {"callers": 1, "room": 4096}, guard="uint", max_depth=2)
    freed = [stack_at(trace, int(at)) for at in trace.positions(Kind.PAGE_FREED)]
    assert any("__stack_depot_save;__free_pages" in stack for stack in freed)


def test_the_last_pool_is_filled_once_it_is_there() -> None:
    # The depot moves on to its last pool without one; the next new stack brings it.
    trace = depot_run(
        depot="free_bytes = 0\nspare = false\npools_left = 1", fail="depot = [1]",
        repeat=20, callers=20,
    )  # fmt: skip
    assert reasons(trace)[0] == "no room"
    assert counts(trace)["depot_stores"] == 19


def test_a_pool_beyond_the_last_is_freed_before_6_9_and_kept_since() -> None:
    text = "free_bytes = 4096\nspare = false\npools_left = 0"
    old = depot_run("6.1", depot=text, repeat=3, callers=3)
    assert counts(old)["page_frees"] == 1
    new = depot_run("6.12", depot=text, repeat=3, callers=3)
    assert counts(new)["page_frees"] == 0


def test_an_nmi_belongs_to_the_operation_that_is_in_it() -> None:
    # The second save in an NMI finds the lock taken; only 6.9 and later try.
    trace = depot_run(kernel="6.12", fail="trylock = [2]", nmi="true")
    assert reasons(trace) == ["nmi"]
    assert counts(trace)["depot_stores"] == 3
    assert reasons(depot_run(kernel="6.1", fail="trylock = [2]", nmi="true")) == []
