"""What the machine holds at a position is what its events add up to, and what it really held."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kernel.machine import Machine
from core.scenario.loader import bundled, open_scenario, parse
from core.scenario.run import Overrides, Plan, build, plan, trace_of, work_of
from core.trace.events import Function, Kind
from core.trace.holdings.locks import LockState
from core.trace.holdings.pages import Which, owner_records_at
from core.trace.holdings.state import Holdings, MachineState
from core.trace.info import TaskInfo
from core.trace.recorder import Recorder
from core.trace.trace import Trace
from tests.core.kernel.test_laws import plans
from tests.core.trace.folded import Folded, same
from tests.core.unwind.test_ia64 import WARM_CACHE
from tests.examples import examples
from tests.runs import bundled_run, run_scenario

MACHINES = [("5.12", "x86_64"), ("6.1", "arm64"), ("6.12", "x86_64"), ("5.12", "ia64")]
GUARDS = ["none", "scan", "bit1", "bit2"]


def simulate(made: Plan) -> tuple[Trace, Machine]:
    machine = build(made)
    outcome = machine.run(work_of(made, machine))
    return trace_of(made, machine, outcome), machine


def at_end(trace: Trace) -> MachineState:
    return Holdings(trace).at(len(trace) - 1)


def as_the_machine_left_it(trace: Trace, machine: Machine) -> None:
    """Hold the last position against the machine itself."""
    state = at_end(trace)
    depot = machine.depot
    assert state.depot.n_pools == depot.pools
    assert state.depot.offset_bytes == depot.offset_bytes
    assert state.depot.missing == depot.pool_missing
    assert state.depot.spare == depot.spare_kept
    assert state.depot.n_records == len(depot.records)
    for row, record in zip(state.depot.records(0, len(depot.records)), depot.records, strict=True):
        assert (row.frames, row.pool, row.offset_bytes) == (
            record.names, record.pool, record.offset_bytes,
        )  # fmt: skip
    for pool in state.depot.pools(0, depot.pools):
        found = [record for record in depot.records if record.pool == pool.number]
        assert pool.n_records == len(found)
        assert [r.number for r in found[:1]] == [pool.first_record][: len(found)]
    for cache, real in zip(state.caches, machine.slab.caches, strict=True):
        assert cache.free == (-1 if real.current is None else real.current.free_objects)
        assert cache.cpu_partial == len(real.cpu_partial)
        assert cache.node_partial == len(real.node_partial)
        assert cache.partial_free == sum(
            slab.free_objects for slab in (*real.cpu_partial, *real.node_partial)
        )
    pages = state.pages
    rows = {row.pfn: row for row in pages.rows(0, pages.counts[Which.ALL])}
    assert {pfn for pfn, row in rows.items() if row.in_use} == {
        page.pfn for page in machine.pages.pages.values() if page.in_use
    }
    if trace.info.outcome == "completed":
        for page in machine.pages.pages.values():
            held_page = rows[page.pfn]
            assert held_page.handle == page.handle
            assert held_page.allocated == page.allocated
            if page.gfp:
                assert held_page.pid == page.pid
            if not page.allocated and held_page.recorded:
                assert held_page.free_handle == page.free_handle
    if state.scripts is not None:
        scripts = machine.unwinder._scripts  # type: ignore[attr-defined]
        assert [(s.number, s.built) for s in state.scripts.scripts] == [
            (script.number, script.built) for script in scripts.values()
        ]


# -- against folding, and against the machine ---------------------------------------------------


@pytest.mark.parametrize("name", bundled())
def test_any_position_is_what_folding_gives(name: str) -> None:
    trace = bundled_run(name)
    holdings, folded = Holdings(trace), Folded(trace)
    same(folded, holdings.at(-1))
    every = max(1, len(trace) // 90)
    for position in range(len(trace)):
        folded.step(position)
        if position % every == 0 or position > len(trace) - 10:
            same(folded, holdings.at(position))


@pytest.mark.parametrize("guard", GUARDS)
@pytest.mark.parametrize(("kernel", "arch"), MACHINES)
@pytest.mark.parametrize("name", ["depot-growth", "quiet-kmalloc", "depot-failure", "depth-law"])
def test_the_end_is_as_the_machine_left_it(name: str, kernel: str, arch: str, guard: str) -> None:
    # stack_depot and slab differ by version, the unwinder by architecture.
    overrides = Overrides(guard=guard, kernel=kernel, arch=arch, budget_events=100_000)
    trace, machine = simulate(plan(open_scenario(name), {}, overrides))
    if trace.info.outcome != "budget_exhausted":
        as_the_machine_left_it(trace, machine)


@pytest.mark.parametrize("name", bundled())
def test_every_scenario_ends_as_the_machine_left_it(name: str) -> None:
    as_the_machine_left_it(*simulate(plan(open_scenario(name))))


@examples(60)
@given(plans(designs=("none", "scan", "uint", "bit1", "bit2")), st.data())
def test_whatever_fails_the_state_is_known(made: Plan, data: st.DataObject) -> None:
    trace, machine = simulate(made)
    if trace.info.outcome != "budget_exhausted":
        as_the_machine_left_it(trace, machine)
    holdings, folded = Holdings(trace), Folded(trace)
    wanted = data.draw(st.sets(st.integers(-1, len(trace) - 1), max_size=4)) if len(trace) else {-1}
    for position in range(-1, max(wanted, default=-1) + 1):
        if position >= 0:
            folded.step(position)
        if position in wanted:
            same(folded, holdings.at(position))


def test_many_pools_and_slabs_are_followed() -> None:
    for kernel in ("5.12", "6.1", "6.12"):
        made = plan(
            open_scenario("depot-growth"), {"callers": 400, "room": 0}, Overrides(kernel=kernel)
        )
        as_the_machine_left_it(*simulate(made))
    for size in (64, 1024, 4096):
        settings_ = {"size": size, "allocations": 700, "free_objects": 40}
        as_the_machine_left_it(*simulate(plan(open_scenario("quiet-kmalloc"), settings_)))


# -- pages --------------------------------------------------------------------------------------


def test_on_a_short_circuit_only_the_stack_is_lost() -> None:
    trace = bundled_run("depot-growth")
    records = owner_records_at(Holdings(trace).pages, len(trace) - 1).values()
    lost = [record for record in records if record.lost == "dummy"]
    assert len(lost) == len(trace.short_circuits)
    for record in lost:
        assert record.handle == 1
        assert record.order == 2
        assert "__GFP_NOWARN" in record.gfp
        assert record.pid == 39
        assert record.comm == trace.info.tasks[0].comm
        assert record.ts_ns > 0
        assert record.allocated


def test_a_freed_page_keeps_its_old_handle() -> None:
    trace = bundled_run("depth-law")
    records = owner_records_at(Holdings(trace).pages, len(trace) - 1)
    assert records
    for record in records.values():
        assert not record.allocated
        assert record.handle
        assert record.free_handle
        assert record.free_ts_ns > record.ts_ns


def test_a_record_is_written_after_its_stack_is_saved() -> None:
    trace = bundled_run("mail-chain")
    index = Holdings(trace).pages
    hit = int(trace.short_circuits[0])
    assert owner_records_at(index, hit) == {}
    # The nested page's record is there first; the outer save is still walking.
    (nested,) = owner_records_at(index, hit + 3).values()
    assert nested.handle == 1
    last = owner_records_at(index, len(trace) - 1)
    assert [record.handle for record in last.values()] == [4, 1]


def test_tasks_have_pids_of_their_own() -> None:
    trace = run_scenario("two-tasks")
    records = owner_records_at(Holdings(trace).pages, len(trace) - 1)
    assert {record.pid for record in records.values()} <= {40, 17}


def test_pages_in_use_before_the_run_have_early_handle() -> None:
    trace = bundled_run("depot-growth")
    pages = Holdings(trace).at(-1).pages
    (early, *_) = pages.rows(0, 9)
    assert (early.lost, early.in_use, early.made_at, early.gfp) == ("early", True, -1, "")
    assert pages.counts[Which.EARLY] == pages.counts[Which.ALL] == len(trace.info.pages)
    assert pages.counts[Which.LOST] == 0


def test_a_page_given_away_again_is_pending_until_its_record_is_written() -> None:
    trace = bundled_run("depth-law")
    index = Holdings(trace).pages
    seen = set()
    for at in trace.positions(Kind.PAGE_ALLOCATED).tolist():
        page = index.at(at).page(trace.argument(at))
        assert page is not None
        assert page.in_use
        assert page.changed
        assert page.made_at == at
        assert page.pending == page.recorded
        seen.add(page.pending)
        later = next(p for p in trace.positions(Kind.OWNER_SET).tolist()
                     if p > at and trace.argument(p) == page.pfn)  # fmt: skip
        after = index.at(later).page(page.pfn)
        assert after is not None
        assert not after.pending
    assert seen == {False, True}


def test_a_page_keeps_its_row_as_the_run_goes_on() -> None:
    trace = bundled_run("depth-law")
    index = Holdings(trace).pages
    before: list[int] = []
    for position in range(0, len(trace), 97):
        pages = index.at(position)
        now = [row.pfn for row in pages.rows(0, 100_000)]
        assert now[: len(before)] == before
        assert [pages.row_of(pfn) for pfn in now] == list(range(len(now)))
        before = now


def test_rows_of_a_sort_are_found_by_their_page() -> None:
    trace = bundled_run("depot-growth")
    pages = at_end(trace).pages
    for which in Which:
        rows = pages.rows(0, 1000, which)
        assert [pages.row_of(row.pfn, which) for row in rows] == list(range(len(rows)))
    lost = pages.rows(0, 1, Which.LOST)[0]
    assert pages.row_of(lost.pfn, Which.EARLY) == -1
    assert pages.row_of(1 << 40) == -1
    assert pages.page(1 << 40) is None


def test_without_page_owner_pages_have_no_record() -> None:
    trace = bundled_run("page-owner-off")
    pages = at_end(trace).pages
    assert pages.counts[Which.ALL] > 0
    for row in pages.rows(0, 10):
        assert not row.recorded
        assert not row.pending
        assert row.lost == ""
        assert row.pid


# -- the depot ----------------------------------------------------------------------------------


def fills(state: MachineState) -> list[tuple[int, bool]]:
    return [(pool.used_bytes, pool.missing) for pool in state.depot.pools(0, 99)]


@pytest.mark.parametrize(("kernel", "keeps"), [("5.12", False), ("6.1", False), ("6.12", True)])
def test_a_failed_pool_loses_the_tail_only_in_older_kernels(kernel: str, keeps: bool) -> None:
    trace = run_scenario("depot-failure", kernel=kernel)
    holdings = Holdings(trace)
    refused = int(trace.positions(Kind.DEPOT_REFUSED)[0])
    before, after = holdings.at(refused - 1), holdings.at(refused)
    assert trace.info.depot.keeps_offset == keeps
    if keeps:
        assert fills(after) == fills(before)
        return
    assert after.depot.missing
    assert fills(after) == [*fills(before), (0, True)]
    old, new = after.depot.pools(0, 9)
    assert old.lost_bytes == trace.info.depot.pool_bytes - old.used_bytes
    assert (new.made_at, new.changed) == (refused, True)
    assert after.depot.changed


@pytest.mark.parametrize("kernel", ["5.12", "6.1", "6.12"])
def test_records_lie_side_by_side_in_their_pools(kernel: str) -> None:
    trace = run_scenario("depot-growth", {"callers": 300, "room": 0}, kernel=kernel)
    depot = at_end(trace).depot
    records = depot.records(0, depot.n_records)
    assert {record.pool for record in records} == set(range(depot.n_pools))
    for one, two in pairwise(records):
        if one.pool == two.pool and two.made_at != records[3].made_at:
            assert one.offset_bytes + one.size_bytes == two.offset_bytes
        assert one.made_at < two.made_at or two.made_at == -1
    assert [record.special for record in records[:4]] == ["dummy", "failure", "early", ""]
    assert all(record.made_at == -1 for record in records[:3])
    for record in records[3:]:
        assert trace.kind(record.made_at) is Kind.DEPOT_STORED
        assert trace.argument(record.made_at) == record.number
    for pool in depot.pools(1, depot.n_pools):
        assert trace.kind(pool.made_at) is Kind.POOL_OPENED
        assert trace.argument(pool.made_at) == pool.number


def test_what_filled_the_pool_before_the_run_is_known() -> None:
    trace = run_scenario("depot-growth", {"callers": 1, "room": 4096})
    depot = Holdings(trace).at(-1).depot
    (pool,) = depot.pools(0, 9)
    assert pool.before_bytes == pool.used_bytes == depot.pool_bytes - 4096
    assert pool.n_records == 3


def test_the_spare_is_there_from_the_event_that_kept_it() -> None:
    trace = run_scenario("depot-growth", {"callers": 3, "room": 4096})
    holdings = Holdings(trace)
    kept = int(trace.positions(Kind.SPARE_KEPT)[0])
    assert not holdings.at(kept - 1).depot.spare
    assert (holdings.at(kept).depot.spare, holdings.at(kept).depot.spare_at) == (True, kept)


# -- slabs --------------------------------------------------------------------------------------


def test_a_cache_counts_down_and_takes_a_new_slab() -> None:
    trace = run_scenario("quiet-kmalloc", {"size": 64, "allocations": 17, "free_objects": 16})
    holdings = Holdings(trace)

    def free(position: int) -> int:
        (cache,) = [c for c in holdings.at(position).caches if c.object_bytes == 64]
        return cache.free

    taken = trace.positions(Kind.OBJECT_TAKEN).tolist()
    assert free(-1) == 16
    # 5.12 to 6.x put 64 objects into a slab of 64 bytes each; the last one takes one of them.
    assert [free(at) for at in taken] == [*range(15, -1, -1), 63]


# -- locks --------------------------------------------------------------------------------------


def held(state: MachineState) -> list[LockState]:
    return list(state.locks.rows(0, 999, held_only=True))


def test_a_deadlock_ends_with_its_locks_held_and_a_waiter() -> None:
    trace = run_scenario("smp-depth-two")
    detail = trace.info.outcome_detail
    locks = {lock.name: lock for lock in held(at_end(trace))}
    assert detail["lock"] in locks
    lock = locks[str(detail["lock"])]
    assert (lock.holder, lock.function) == (detail["holder"], detail["taken_in"])
    assert lock.waiters == (detail["waiter"],)
    assert trace.kind(lock.made_at) is Kind.LOCK_TAKEN
    assert "unw.lock" in locks


def test_a_walk_that_waits_for_unw_lock_is_seen_waiting() -> None:
    trace, machine = simulate(
        plan(parse(WARM_CACHE, where="x"), {}, Overrides(guard="uint", max_depth=2))
    )
    (lock,) = [lock for lock in held(at_end(trace)) if lock.waiters]
    assert lock.name == "unw.lock"
    as_the_machine_left_it(trace, machine)


def handed_over() -> Trace:
    """One task takes a lock, the other spins on it until it is given back, and takes it."""
    recorder = Recorder()
    function = Function("holder", "lock", 0)
    codes = {
        kind: recorder.site(kind, function, "lock", kind.name)
        for kind in (Kind.LOCK_TAKEN, Kind.LOCK_RELEASED, Kind.LOCK_SPUN, Kind.TASK_SWITCHED)
    }
    for kind, argument in (
        (Kind.LOCK_TAKEN, 0), (Kind.TASK_SWITCHED, 1), (Kind.LOCK_SPUN, 0), (Kind.TASK_SWITCHED, 0),
        (Kind.LOCK_RELEASED, 0), (Kind.TASK_SWITCHED, 1), (Kind.LOCK_TAKEN, 0),
    ):  # fmt: skip
        recorder.add(codes[kind], argument)
    info = msgspec.structs.replace(
        bundled_run("two-tasks").info,
        tasks=(TaskInfo(1, "one"), TaskInfo(2, "two")),
        locks=("the_lock",),
    )
    return Trace(
        np.frombuffer(recorder.events, np.uint32), recorder.sites, recorder.functions, [], {}, info
    )


def test_a_task_that_waits_for_another_is_seen_waiting() -> None:
    index = Holdings(handed_over()).locks
    locks = [index.at(position).lock(0) for position in range(-1, 7)]
    nobody: tuple[str, ...] = ()
    assert [(lock.holder, lock.waiters) for lock in locks] == [
        ("", nobody),
        ("one/1", nobody),
        ("one/1", nobody),
        ("one/1", ("two/2",)),
        ("one/1", ("two/2",)),
        ("", ("two/2",)),
        ("", ("two/2",)),
        ("two/2", nobody),
    ]


def test_all_locks_are_free_at_the_end_of_a_completed_run() -> None:
    for name in bundled():
        trace = bundled_run(name)
        if trace.info.outcome == "completed":
            assert held(at_end(trace)) == []


def test_script_locks_come_with_their_scripts() -> None:
    trace = run_scenario("smp-depth-two")
    holdings = Holdings(trace)
    assert not any("script" in lock.name for lock in holdings.at(-1).locks.rows(0, 999))
    for at in trace.positions(Kind.SCRIPT_ADDED).tolist():
        before, after = holdings.at(at - 1).locks, holdings.at(at).locks
        script = trace.info.scripts[trace.argument(at)]
        assert after.count == before.count + 1
        assert after.rows(after.count - 1, after.count)[0].number == script.lock


def test_without_smp_no_lock_is_ever_taken() -> None:
    state = at_end(run_scenario("ia64-as-coded", {"smp": False}))
    assert not state.locks.ever_taken
    assert state.locks.held == ()


# -- scripts ------------------------------------------------------------------------------------

EVICT = """
schema = 1
name = "evict"
title = "t"
shows = "s"
[kernel]
version = "5.12"
arch = "ia64"
config_smp = SMP
[unwinder]
model = "ia64"
[[tasks]]
[[tasks.work]]
op = "alloc_pages"
repeat = 400
callers = 200
"""


@pytest.mark.parametrize("smp", ["true", "false"])
def test_the_oldest_script_leaves_a_full_cache(smp: str) -> None:
    made = plan(parse(EVICT.replace("SMP", smp), where="x"), {}, Overrides(guard="bit1"))
    trace, machine = simulate(made)
    as_the_machine_left_it(trace, machine)
    holdings = Holdings(trace)
    evicted = trace.positions(Kind.SCRIPT_EVICTED).tolist()
    assert evicted
    for at in evicted[::37]:
        before, now, after = (holdings.at(at + step).scripts for step in (-1, 0, 1))
        assert before is not None
        assert now is not None
        assert after is not None
        assert len(before.scripts) == before.capacity == 128
        assert now.scripts == before.scripts[1:]
        assert now.evicted is not None
        assert now.evicted.number == before.scripts[0].number
        newest = after.scripts[-1]
        assert (newest.slot, newest.built, newest.changed) == (now.evicted.slot, False, True)


def test_a_script_is_half_built_until_its_instructions_are_there() -> None:
    trace = run_scenario("smp-depth-two", max_depth=1)
    holdings = Holdings(trace)
    built = int(trace.positions(Kind.SCRIPT_BUILT)[0])
    before, after = holdings.at(built - 1).scripts, holdings.at(built).scripts
    assert before is not None
    assert after is not None
    assert not before.scripts[0].built
    assert after.scripts[0].built
    assert after.scripts[0].changed
    # With depth 2 the nested walk waits for the script that is being built.
    stuck = at_end(run_scenario("smp-depth-two")).scripts
    assert stuck is not None
    assert not all(script.built for script in stuck.scripts)


def test_other_unwinders_have_no_scripts() -> None:
    assert at_end(bundled_run("mail-chain")).scripts is None
    assert at_end(bundled_run("depot-growth")).scripts is None


# -- what changed -------------------------------------------------------------------------------

PARTS = {
    "pages": (
        Kind.PAGE_ALLOCATED, Kind.PAGE_FREED, Kind.OWNER_SET, Kind.OWNER_HANDLE, Kind.OWNER_FREED,
        Kind.FREE_HANDLE,
    ),
    "depot": (Kind.POOL_OPENED, Kind.DEPOT_STORED, Kind.SPARE_KEPT),
    "pool": (Kind.POOL_OPENED, Kind.DEPOT_STORED, Kind.SPARE_KEPT),
    "record": (Kind.DEPOT_STORED,),
    "caches": (Kind.OBJECT_TAKEN, Kind.OBJECT_FREED),
    "locks": (Kind.LOCK_TAKEN, Kind.LOCK_RELEASED, Kind.LOCK_SPUN),
    "scripts": (Kind.SCRIPT_ADDED, Kind.SCRIPT_BUILT),
}  # fmt: skip
"""Which events change what."""


def changed_parts(state: MachineState) -> dict[str, int]:
    """How many things of each part the event at the position changed."""
    depot, pages = state.depot, state.pages
    page = pages.page(pages.changed_pfn) if pages.changed_pfn >= 0 else None
    scripts = state.scripts.scripts if state.scripts is not None else ()
    counts = {
        "pages": page is not None and page.changed,
        "depot": depot.changed,
        "pool": sum(pool.changed for pool in depot.pools(0, depot.n_pools)),
        "record": sum(record.changed for record in depot.records(0, depot.n_records)),
        "caches": sum(cache.changed for cache in state.caches),
        "locks": sum(lock.changed for lock in state.locks.rows(0, state.locks.count)),
        "scripts": sum(script.changed for script in scripts),
    }
    return {part: int(count) for part, count in counts.items() if count}


@pytest.mark.parametrize("name", ["depot-growth", "stack-list", "smp-depth-two", "mail-chain"])
def test_what_an_event_is_about_is_marked_and_nothing_else(name: str) -> None:
    trace = bundled_run(name)
    holdings = Holdings(trace)
    for position in range(0, len(trace), max(1, len(trace) // 700)):
        kind = trace.kind(position)
        expected = {part: 1 for part, kinds in PARTS.items() if kind in kinds}
        assert changed_parts(holdings.at(position)) == expected, (position, kind)
    assert changed_parts(holdings.at(-1)) == {}
