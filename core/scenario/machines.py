"""From a plan to a machine, booted and with its tasks and interrupts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.guards.storage import Place
from core.kernel.chooser import Chooser, ScriptedChooser
from core.kernel.config import MachineConfig
from core.kernel.interrupts import Source
from core.kernel.machine import Machine
from core.kernel.memory import SERIALIZED_FIELDS
from core.kernel.profile import turned_on
from core.kernel.sched import Scheduler
from core.kernel.tasks import Task
from core.layout.model import KernelLayout
from core.layout.place import place_of, word_with
from core.scenario.checks import LOCKING, NEEDS_SCHEDULER, forked, names_of
from core.scenario.choices import ChosenChooser, parse_choices
from core.scenario.schema import HandlerWork, Work
from core.scenario.work import HandlerOperations, Shared, TaskWork
from core.unwind.catalog import make_unwinder

if TYPE_CHECKING:
    pass

from core.scenario.plan import Plan

_OTHER_FIELDS = (*SERIALIZED_FIELDS, "sched_remote_wakeup")
"""Bits beside the guard's that the simulation writes, or names where they get lost."""


def _fields(layout: KernelLayout) -> dict[str, Place]:
    places = {name: place_of(layout, name) for name in _OTHER_FIELDS}
    return {name: place for name, place in places.items() if place is not None}


def build(plan: Plan, chooser: Chooser | None = None) -> Machine:
    """Return the machine of a plan, booted and with its tasks, before its first event."""
    scenario, profile = plan.scenario, plan.profile
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
        cpus=scenario.kernel.cpus,
        takes_turns=scenario.schedule.policy == "turns",
        preemption=scenario.kernel.preempt == "full",
        wakeup_rule=scenario.kernel.wakeup_rule,
        fields=_fields(plan.layout),
    )
    machine = Machine(
        profile,
        config,
        plan.guard,
        make_unwinder(plan.unwinder, profile.arch),
        chooser or _chooser(plan),
        plan.place,
    )
    unborn = forked(scenario)
    for table in scenario.tasks:
        machine.add_task(
            table.comm,
            table.pid,
            cpu=table.cpu,
            migrates=table.migrates,
            born=table.name not in unborn,
        )
    return machine


def _chooser(plan: Plan) -> Chooser:
    scenario = plan.scenario
    fail = scenario.fail
    failures = {
        "page": fail.page,
        "kmalloc": fail.kmalloc,
        "depot": fail.depot,
        "trylock": fail.trylock,
    }
    if not scenario.schedule.choices:
        return ScriptedChooser(failures)
    names = names_of(scenario)
    choices = parse_choices(scenario.schedule.choices, names, where=scenario.name)
    return ChosenChooser(choices, failures, names, scenario.name, lenient=plan.changed)


def work_of(plan: Plan, machine: Machine) -> list[tuple[Task, TaskWork]]:
    """Return what each task of a machine does, its interrupts made ready too."""
    scenario = plan.scenario
    asked: list[Work | HandlerWork] = [work for task in scenario.tasks for work in task.work]
    asked += [work for each in scenario.interrupts for work in each.work]
    ops = {work.op for work in asked}
    locks = [work.lock for work in asked if work.op in LOCKING]
    shared = Shared(
        machine,
        Scheduler(machine) if ops & set(NEEDS_SCHEDULER) else None,
        {name: machine.locks.create(name) for name in dict.fromkeys(locks)},
        {table.name: number for number, table in enumerate(scenario.tasks)},
    )
    numbers = {table.name: number for number, table in enumerate(scenario.interrupts)}
    for table in scenario.interrupts:
        operations = HandlerOperations(shared, table.work)
        machine.add_interrupt(
            Source(
                table.name,
                table.kind,
                table.cpus,
                numbers.get(table.raises, -1),
                table.at_most,
                operations,
                operations.forget,
                operations.held,
            )
        )
    return [
        (task, TaskWork(shared, task, table))
        for task, table in zip(machine.tasks, scenario.tasks, strict=True)
    ]


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
