"""What a finished run was: the machine's recording as a trace, with all that is no event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.guards.catalog import EITHER_WORD
from core.guards.percpu import PerCpuGuard
from core.kernel.machine import Machine
from core.kernel.outcome import Outcome
from core.layout.place import word_with
from core.trace.info import (
    GuardInfo,
    InterruptInfo,
    LayoutInfo,
    NamedField,
    StackRecord,
    TaskInfo,
    TraceInfo,
)

if TYPE_CHECKING:
    from core.trace.trace import Trace

from core.scenario.plan import Plan


def trace_of(plan: Plan, machine: Machine, outcome: Outcome) -> Trace:
    """Return what a machine recorded as a trace."""
    # numpy comes only now: the window paints first.
    import numpy as np

    from core.trace.trace import Trace

    recorder = machine.recorder
    return Trace(
        np.frombuffer(recorder.events, np.uint32),
        recorder.sites,
        recorder.functions,
        recorder.values,
        recorder.wide,
        _info(plan, machine, outcome),
    )


def _info(plan: Plan, machine: Machine, outcome: Outcome) -> TraceInfo:
    layout, profile = plan.layout, plan.profile
    return TraceInfo(
        scenario=plan.scenario.name,
        kernel=profile.kernel,
        arch=profile.arch,
        unwinder=plan.unwinder,
        unwinder_note=machine.unwinder.note,
        guard=_guard_info(plan),
        layout=LayoutInfo(
            layout.name, layout.label, layout.struct.size_bytes, layout.borrowed_for or ""
        ),
        thread_bytes=profile.thread_bytes,
        reserved_bytes=machine.reserved_bytes,
        page_bytes=profile.page_bytes,
        tasks=_tasks(plan, machine),
        cpus=machine.cpus.count,
        interrupts=tuple(
            InterruptInfo(source.name, source.kind) for source in machine.interrupts.sources
        ),
        locks=tuple(machine.locks.names),
        records=tuple(
            StackRecord(
                record.names,
                machine.depot.handle(record),
                record.size_bytes,
                record.pool,
                record.offset_bytes,
            )
            for record in machine.depot.records
        ),
        depot_pools_at_start=machine.pools_at_start,
        depot=machine.depot_at_start,
        caches=machine.caches_at_start,
        pages=machine.pages_at_start,
        scripts=machine.unwinder.scripts,
        outcome=outcome.name,
        outcome_detail=outcome.detail,
        warnings=(*plan.warnings, *machine.warnings),
        inferred=_inferred(plan, machine.unwinder.note),
    )


def _tasks(plan: Plan, machine: Machine) -> tuple[TaskInfo, ...]:
    parents = {
        work.target: number
        for number, table in enumerate(plan.scenario.tasks)
        for work in table.work
        if work.op == "fork"
    }
    return tuple(
        TaskInfo(
            task.pid,
            task.comm,
            machine.config.first_word,
            table.cpu,
            parents.get(table.name, -1),
        )
        for task, table in zip(machine.tasks, plan.scenario.tasks, strict=True)
    )


def _inferred(plan: Plan, unwinder_note: str) -> tuple[str, ...]:
    notes = list(plan.profile.notes)
    if plan.scenario.interrupts and plan.profile.irq_note:
        notes.append(plan.profile.irq_note)
    if any(work.op == "fork" for task in plan.scenario.tasks for work in task.work):
        notes.append(plan.profile.fork_note)
    if plan.scenario.kernel.cpus > 1:
        notes.append("the lists of free pages and objects that each CPU has are one for all here")
    if plan.unwinder == "ia64":
        notes.append(unwinder_note)
    if plan.layout.borrowed_for:
        notes.append(
            f"the task_struct of {plan.layout.label} stands in for {plan.layout.borrowed_for}"
        )
    if plan.profile.shares_stack:
        notes.append("ia64's register backing store is not charged to the stack")
    return tuple(notes)


def _guard_info(plan: Plan) -> GuardInfo:
    guard, place = plan.guard, plan.place
    if isinstance(guard, PerCpuGuard):
        counter = guard.place
        return GuardInfo(
            guard.design,
            guard.max_depth,
            field=guard.field,
            unit_bytes=counter.unit_bytes,
            bit_size=counter.bit_size,
            word_fields=(NamedField(guard.field, 0, counter.bit_size),),
            per_cpu=True,
        )
    if place is None:
        return GuardInfo(guard.design, guard.max_depth)
    fields = word_with(plan.layout, place, guard.field)
    return GuardInfo(
        design=guard.design,
        max_depth=guard.max_depth,
        field=guard.field,
        byte_offset=place.byte_offset,
        unit_bytes=place.unit_bytes,
        bit_offset=place.bit_offset,
        bit_size=place.bit_size,
        big_endian=place.big_endian,
        word_fields=tuple(NamedField(f.name, f.bit_offset, f.bit_size) for f in fields if f.name),
        word=plan.scenario.guard.word if guard.design in EITHER_WORD else "",
    )
