"""From a scenario to a finished run: resolve the place, build the machine, run, keep the trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from core.errors import LayoutError, ScenarioError, did_you_mean
from core.guards.base import RecursionGuard
from core.guards.catalog import BIT_SIZES, make_guard
from core.guards.counter import StoredGuard
from core.guards.storage import Place
from core.kernel.chooser import Chooser, ScriptedChooser
from core.kernel.machine import Machine, MachineConfig, Outcome, Progress
from core.kernel.profile import Profile, load_profile, turned_on
from core.layout.library import find, for_kernel
from core.layout.model import KernelLayout
from core.layout.place import place_bits, place_uint, word_with
from core.scenario.loader import ScenarioText, Value, fill
from core.scenario.schema import Scenario
from core.scenario.work import TaskWork
from core.trace.info import (
    GuardInfo,
    LayoutInfo,
    NamedField,
    StackRecord,
    TaskInfo,
    TraceInfo,
)
from core.unwind.catalog import AVAILABLE, make_unwinder

if TYPE_CHECKING:
    from core.trace.trace import Trace

DEFAULT_BUDGET_EVENTS = 20_000_000


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the user changes about a scenario; None leaves what the file says."""

    guard: str | None = None
    max_depth: int | None = None
    arch: str | None = None
    kernel: str | None = None
    layout: str | None = None
    budget_events: int = DEFAULT_BUDGET_EVENTS


@dataclass(frozen=True, slots=True)
class Plan:
    """A scenario with everything resolved, ready to run.

    Attributes:
        scenario: With its parameters filled in and the overrides applied.
        profile: The kernel.
        layout: The task_struct.
        guard: The guard.
        place: Where the guard keeps its state, None where it keeps none.
        unwinder: Name of the unwinder.
        warnings: What the user should know before the run.
        budget_events: The run ends after this many events.
    """

    scenario: Scenario
    profile: Profile
    layout: KernelLayout
    guard: RecursionGuard
    place: Place | None
    unwinder: str
    warnings: tuple[str, ...]
    budget_events: int


def plan(
    source: ScenarioText,
    settings: Mapping[str, Value] | None = None,
    overrides: Overrides | None = None,
) -> Plan:
    """Resolve a scenario.

    Raises:
        ScenarioError: A parameter or an override asks for the impossible.
        ProfileError: The kernel does not exist or never had the architecture.
        LayoutError: The layout cannot be read.
    """
    overrides = overrides or Overrides()
    scenario = _overridden(fill(source, settings), overrides)
    kernel, arch = scenario.kernel.version, scenario.kernel.arch
    profile = load_profile(kernel, arch)
    unwinder, warnings = _unwinder_for(scenario, profile)
    if unwinder == "allocating":
        profile = load_profile(kernel, arch, experiment=True)
    layout = find(scenario.kernel.layout) if scenario.kernel.layout else for_kernel(kernel, arch)
    _check_room(profile, layout)
    place = _place(scenario.guard.design, layout)
    guard = make_guard(scenario.guard.design, scenario.guard.max_depth, place)
    if isinstance(guard, StoredGuard) and guard.warning():
        warnings.append(guard.warning())
    ignored = turned_on(profile, scenario.kernel.page_owner)[1]
    if ignored:
        warnings.append(ignored)
    return Plan(
        scenario, profile, layout, guard, place, unwinder, tuple(warnings), overrides.budget_events
    )


_LEAST_STACK_BYTES = 4096
"""What must be left of a stack that task_struct shares, for boot and a first call."""


def _check_room(profile: Profile, layout: KernelLayout) -> None:
    size_bytes = layout.struct.size_bytes
    if profile.shares_stack and size_bytes > profile.thread_bytes - _LEAST_STACK_BYTES:
        raise LayoutError(
            f"task_struct of {size_bytes:,} bytes leaves no stack: {profile.arch} keeps it in the "
            f"same {profile.thread_bytes:,} bytes",
            where=layout.name,
            advice="choose another layout",
        )


def _overridden(scenario: Scenario, overrides: Overrides) -> Scenario:
    kernel, guard = scenario.kernel, scenario.guard
    if overrides.guard is not None and overrides.guard not in (*BIT_SIZES, "none", "scan"):
        raise ScenarioError(
            f"there is no guard {overrides.guard!r}",
            where="--guard",
            advice=did_you_mean(overrides.guard, (*BIT_SIZES, "none", "scan")),
        )
    if overrides.max_depth is not None and overrides.max_depth < 1:
        raise ScenarioError(
            f"expected a maximum depth of at least 1, got {overrides.max_depth}",
            where="--max-depth",
        )
    if overrides.budget_events < 1:
        raise ScenarioError(
            f"expected at least 1 event, got {overrides.budget_events}", where="--budget"
        )
    return msgspec.structs.replace(
        scenario,
        kernel=msgspec.structs.replace(
            kernel,
            version=overrides.kernel or kernel.version,
            arch=overrides.arch or kernel.arch,
            layout=overrides.layout or kernel.layout,
        ),
        guard=msgspec.structs.replace(
            guard,
            design=overrides.guard or guard.design,
            max_depth=overrides.max_depth or guard.max_depth,
        ),
    )


def _unwinder_for(scenario: Scenario, profile: Profile) -> tuple[str, list[str]]:
    wanted = scenario.unwinder.model
    if wanted == "own":
        return profile.unwinder, []
    if wanted in AVAILABLE[profile.arch]:
        return wanted, []
    return profile.unwinder, [
        f"{profile.arch} has no unwinder {wanted!r}: it walks with its own, {profile.unwinder}"
    ]


def _place(design: str, layout: KernelLayout) -> Place | None:
    if design not in BIT_SIZES:
        return None
    return place_uint(layout) if design == "uint" else place_bits(layout, BIT_SIZES[design])


def build(plan: Plan, chooser: Chooser | None = None) -> Machine:
    """Return the machine of a plan, booted and with its tasks, before its first event."""
    scenario, profile = plan.scenario, plan.profile
    fail = scenario.fail
    failures = {
        "page": fail.page,
        "kmalloc": fail.kmalloc,
        "depot": fail.depot,
        "trylock": fail.trylock,
    }
    config = MachineConfig(
        page_owner=turned_on(profile, scenario.kernel.page_owner)[0],
        page_owner_built_in=scenario.kernel.config_page_owner,
        smp=scenario.kernel.config_smp,
        slab_always_empty=scenario.memory.slab == "always_empty",
        free_objects=scenario.memory.free_objects,
        memory_bytes=scenario.memory.limit_mib << 20,
        depot_free_bytes=scenario.depot.free_bytes if scenario.depot.free_bytes >= 0 else None,
        depot_spare=scenario.depot.spare,
        depot_disabled=scenario.depot.disabled,
        depot_pools_left=scenario.depot.pools_left if scenario.depot.pools_left >= 0 else None,
        task_bytes=_task_bytes(plan),
        first_word=_neighbour_bits(plan),
        budget_events=plan.budget_events,
    )
    machine = Machine(
        profile,
        config,
        plan.guard,
        make_unwinder(plan.unwinder, profile.arch),
        chooser or ScriptedChooser(failures),
        plan.place,
    )
    for table in scenario.tasks:
        machine.add_task(table.comm, table.pid)
    return machine


def _task_bytes(plan: Plan) -> int:
    end = plan.place.byte_offset + plan.place.unit_bytes if plan.place else 0
    return max(plan.layout.struct.size_bytes, end)


def _neighbour_bits(plan: Plan) -> int:
    """Return a first content of the storage word in which a neighbour of the field is set.

    sched_remote_wakeup is set in any task that another CPU woke: a neighbour that is 1 makes it
    visible that the guard leaves it alone.
    """
    word = 0
    if plan.place is None or plan.place.bit_size == plan.place.unit_bytes * 8:
        return word
    for bit in word_with(plan.layout, plan.place, plan.guard.field):
        if bit.name == "sched_remote_wakeup":
            neighbour = Place(
                plan.place.byte_offset,
                plan.place.unit_bytes,
                bit.bit_offset,
                bit.bit_size,
                plan.place.big_endian,
            )
            word = neighbour.with_value(word, 1)
    return word


def run(plan: Plan, progress: Progress | None = None, chooser: Chooser | None = None) -> Trace:
    """Run a plan to its end and return the trace."""
    machine = build(plan, chooser)
    outcome = machine.run(
        [
            (task, TaskWork(machine, task, table))
            for task, table in zip(machine.tasks, plan.scenario.tasks, strict=True)
        ],
        progress,
    )
    return trace_of(plan, machine, outcome)


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
        tasks=tuple(
            TaskInfo(task.pid, task.comm, machine.config.first_word) for task in machine.tasks
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


def _inferred(plan: Plan, unwinder_note: str) -> tuple[str, ...]:
    notes = list(plan.profile.notes)
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
    )
