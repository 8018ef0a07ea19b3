"""What the scheduler does to tasks: sleep, wake, set a policy, fork, migrate.

Only as far as it meets page_owner: who writes which bits of whose task_struct under which lock
(kernel/sched/core.c, try_to_wake_up, __sched_setscheduler; kernel/fork.c, dup_task_struct).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core import gfp as gfp_masks
from core.kernel.memory import SERIALIZED_FIELDS, FieldCode
from core.trace.events import SITE_BITS, Kind
from core.trace.routine import Path

if TYPE_CHECKING:
    from core.kernel.machine import Machine
    from core.kernel.pages import Page
    from core.kernel.tasks import Task


class Scheduler:
    """The scheduler's functions; made only where a scenario asks for one of them.

    Args:
        machine: The machine, with all its tasks.
    """

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        name = machine.profile.rq_lock
        self._rq_locks = [
            machine.locks.create(f"{name} of CPU {cpu}" if machine.cpus.count > 1 else name)
            for cpu in range(machine.cpus.count)
        ]
        self._pi_locks = [
            machine.locks.create(f"{machine.profile.wake_lock} of {task.name}")
            for task in machine.tasks
        ]
        self._states = [machine.cpus.shared() for _ in machine.tasks]
        self._set, self._wake = machine.path("set_scheduler"), machine.path("wake")
        self._schedule, self._fork = machine.path("schedule"), machine.path("fork_task")
        self._migrate = machine.path("migrate")
        self._reset_on_fork = self._field("sched_reset_on_fork", self._set)
        self._remote_wakeup = self._field("sched_remote_wakeup", self._wake)
        self._declare()

    def _field(self, name: str, path: Path) -> FieldCode | None:
        place = self._machine.config.fields.get(name)
        if place is None:
            return None
        for task in self._machine.tasks:
            unit = task.image.unit(place)
            if unit.touches < 0:
                unit.touches = self._machine.cpus.shared()
        return FieldCode(self._machine, path.routines[-1], name, place)

    def _declare(self) -> None:
        def site(kind: Kind, path: Path, label: str, text: str, cost_ns: int = 4) -> int:
            return self._machine.site(kind, path.routines[-1], label, text, cost_ns=cost_ns)

        self._on_rq = site(
            Kind.STEPPED,
            self._wake,
            "check",
            "on_rq is set: the task has not gone to sleep, so the waker writes none of its bits.",
        )
        self._off_rq = site(
            Kind.STEPPED,
            self._wake,
            "check",
            "on_rq is 0: all that the sleeper wrote to its bits came before, so the waker may "
            "write sched_remote_wakeup.",
        )
        self._unlooked = site(
            Kind.STEPPED,
            self._wake,
            "check",
            "The rule is switched off: the waker does not look at on_rq.",
        )
        self._woken = site(Kind.TASK_WOKEN, self._wake, "wake", "{task} is awake.", 40)
        self._blocked = site(
            Kind.TASK_BLOCKED, self._schedule, "sleep", "{task} leaves the run queue: on_rq is 0."
        )
        self._stays = site(
            Kind.STEPPED, self._schedule, "sleep", "It has been woken meanwhile: it does not sleep."
        )
        self._forked = site(
            Kind.TASK_FORKED,
            self._fork,
            "copy",
            "{task} is there, with all that dup_task_struct copied from its parent.",
            200,
        )

    # -- other tasks' bits ----------------------------------------------------------------

    def set_scheduler(self, target: Task) -> None:
        """Set another task's policy, with SCHED_RESET_ON_FORK, under its run queue's lock."""
        machine = self._machine
        machine.call_path(self._set)
        routine = self._set.routines[-1]
        lock = self._rq_locks[target.cpu]
        machine.locks.acquire(lock, routine)
        if self._reset_on_fork is not None:
            self._reset_on_fork.write(target, 1)
        machine.locks.release(lock, routine)
        machine.ret_path(self._set)

    def wake(self, target: Task) -> None:
        """Wake a task. Its sched_remote_wakeup is written where it is asleep on another CPU."""
        machine = self._machine
        machine.call_path(self._wake)
        routine = self._wake.routines[-1]
        lock = self._pi_locks[target.number]
        machine.locks.acquire(lock, routine)
        if machine.asks:
            machine.cpus.point("load", self._states[target.number])
            machine.learn(target.asleep)
        looks = machine.config.wakeup_rule
        writes = target.asleep or not looks
        machine.append(
            self._unlooked if not looks else self._off_rq if target.asleep else self._on_rq
        )
        if writes and target.cpu != machine.task.cpu and self._remote_wakeup is not None:
            # !!(wake_flags & WF_MIGRATED): it wakes on the CPU on which it slept.
            self._remote_wakeup.write(target, 0)
        if target.asleep:
            target.asleep = False
            machine.cpus.changed()
            machine.append(self._woken | target.number << SITE_BITS)
        else:
            target.woken = True
        machine.locks.release(lock, routine)
        machine.ret_path(self._wake)

    # -- the task's own -------------------------------------------------------------------

    def sleep(self) -> None:
        """Leave the run queue until somebody wakes the current task; not if that has happened."""
        machine = self._machine
        task = machine.task
        machine.call_path(self._schedule)
        routine = self._schedule.routines[-1]
        lock = self._rq_locks[task.cpu]
        if task.preempt_off:
            machine.warn(routine, "sleep", f"BUG: scheduling while atomic: {task.name}.")
        machine.locks.acquire(lock, routine)
        if machine.asks:
            machine.cpus.point("store", self._states[task.number])
            machine.learn(task.woken)
        if task.woken:
            task.woken = False
            machine.append(self._stays)
        else:
            task.asleep = True
            machine.cpus.changed()
            machine.append(self._blocked | task.number << SITE_BITS)
        machine.locks.release(lock, routine)
        if task.asleep:
            machine.cpus.cannot_go_on()
        machine.ret_path(self._schedule)

    def fork(self, child: Task) -> Page | None:
        """Make a task: a copy of task_struct, and pages for its stack.

        The copy is made by the task itself, outside of any save: nothing that page_owner calls
        forks, and an interrupt cannot. So the child inherits a clear bit without being told to;
        copy_process does not clear it (kernel/fork.c).

        Returns:
            The pages of the child's stack, None where there were none and it is not made.
        """
        machine = self._machine
        parent = machine.task
        machine.call_path(self._fork)
        # ia64 keeps task_struct in the stack's pages, so it allocates first; the others copy first.
        page = self._stack_pages() if machine.profile.shares_stack else None
        self._copy(parent, child)
        if not machine.profile.shares_stack:
            page = self._stack_pages()
        if page is not None:
            child.born = True
            child.cpu = parent.cpu
            machine.cpus.changed()
            machine.append(self._forked | child.number << SITE_BITS)
        machine.ret_path(self._fork)
        return page

    def _stack_pages(self) -> Page | None:
        machine = self._machine
        order = (machine.profile.thread_bytes // machine.profile.page_bytes - 1).bit_length()
        page: Page | None = machine.alloc_pages(order, gfp_masks.GFP_KERNEL_ACCOUNT)
        return page

    def _copy(self, parent: Task, child: Task) -> None:
        machine = self._machine
        unit = parent.image.guard
        if machine.asks:
            machine.cpus.point("load", unit.touches)
            machine.learn(unit.load())
        child.image.bytes[:] = parent.image.bytes
        if machine.place is not None:
            self._note_copy(child)

    def _note_copy(self, child: Task) -> None:
        machine = self._machine
        code = machine.site(
            Kind.STORED,
            self._fork.routines[-1],
            "copy",
            "dup_task_struct copies task_struct whole: the child's word is {word} as the parent's, "
            f"{machine.guard.field} is {{value}}.",
            of=str(child.number),
            field=machine.guard.field,
            word="serialized" if self._in_serialized_word() else "current",
        )
        number = machine.recorder.value_number(child.image.guard.load())
        machine.append(code | number << SITE_BITS)

    def _in_serialized_word(self) -> bool:
        """Whether the guard's bits share their word with those that the scheduler serializes."""
        place, others = self._machine.place, self._machine.config.fields
        return place is not None and any(
            others[name].byte_offset == place.byte_offset
            for name in SERIALIZED_FIELDS
            if name in others
        )

    def migrate(self, cpu: int) -> None:
        """Move the current task to another CPU, as the migration thread does for it."""
        machine = self._machine
        task = machine.task
        if cpu == task.cpu:
            return
        machine.call_path(self._migrate)
        routine = self._migrate.routines[-1]
        lock = self._rq_locks[task.cpu]
        machine.locks.acquire(lock, routine)
        code = machine.site(
            Kind.TASK_MIGRATED,
            routine,
            "move",
            "set_task_cpu: {of} belongs to CPU {argument} now.",
            of=str(task.number),
        )
        machine.append(code | cpu << SITE_BITS)
        machine.locks.release(lock, routine)
        machine.cpus.leave(cpu)
        machine.ret_path(self._migrate)
