"""Owner records: what a short-circuit loses and what it does not."""

from __future__ import annotations

from core.trace.owners import owner_records_at
from tests.runs import bundled_run, run_scenario


def test_on_a_short_circuit_only_the_stack_is_lost() -> None:
    trace = bundled_run("depot-growth")
    records = owner_records_at(trace, len(trace) - 1).values()
    lost = [record for record in records if record.handle == 1]
    assert len(lost) == len(trace.short_circuits)
    for record in lost:
        assert record.order == 2
        assert "__GFP_NOWARN" in record.gfp
        assert record.pid == 39
        assert record.ts_ns > 0
        assert record.allocated


def test_a_freed_page_keeps_its_old_handle() -> None:
    trace = bundled_run("depth-law")
    records = owner_records_at(trace, len(trace) - 1)
    assert records
    for record in records.values():
        assert not record.allocated
        assert record.handle
        assert record.free_handle
        assert record.free_ts_ns > record.ts_ns


def test_a_record_is_written_after_its_stack_is_saved() -> None:
    trace = bundled_run("mail-chain")
    hit = int(trace.short_circuits[0])
    assert owner_records_at(trace, hit) == {}
    # The nested page's record is there first; the outer save is still walking.
    (nested,) = owner_records_at(trace, hit + 3).values()
    assert nested.handle == 1
    last = owner_records_at(trace, len(trace) - 1)
    assert [record.handle for record in last.values()] == [1, 4]


def test_tasks_have_pids_of_their_own() -> None:
    trace = run_scenario("two-tasks")
    pids = {record.pid for record in owner_records_at(trace, len(trace) - 1).values()}
    assert pids <= {40, 17}
