"""What a scenario's tasks and interrupts ask of the machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from core.gfp import BY_NAME
from core.kernel.machine import Machine
from core.kernel.pages import Page
from core.kernel.slab_cache import Slab
from core.kernel.tasks import Task
from core.scenario.checks import LOCKING
from core.scenario.schema import HandlerWork, TaskTable, Work
from core.trace.events import SITE_BITS, Function, Kind
from core.trace.routine import Path, Routine

if TYPE_CHECKING:
    from core.kernel.locks import Lock
    from core.kernel.sched import Scheduler

_CALLER_BYTES = 48
"""Frame of a made-up caller. Inferred: there is no such function."""

_OPS_A_DRIVER = 256
"""Above so many callers each has a driver of its own above it."""


class Shared:
    """What the work of all tasks has in common.

    Args:
        machine: Where it runs.
        scheduler: What the scheduler can be asked for, None where nobody does.
        locks: The scenario's own locks, by name.
        names: The number of each task, by "comm/pid".
    """

    def __init__(
        self,
        machine: Machine,
        scheduler: Scheduler | None,
        locks: dict[str, Lock],
        names: dict[str, int],
    ) -> None:
        self.machine = machine
        self.locks = locks
        self._scheduler = scheduler
        self._names = names

    @property
    def scheduler(self) -> Scheduler:
        """The scheduler; there is one wherever a scenario asks for it."""
        assert self._scheduler is not None
        return self._scheduler

    def task(self, name: str) -> Task:
        """Return the task of a name."""
        return self.machine.tasks[self._names[name]]


class _Operations:
    """The operations, and what they hold: the pages and objects that are still to be freed."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._machine = shared.machine
        self._pages: list[Page] = []
        self._objects: list[Slab | Page] = []
        self._operations: dict[str, Callable[[Work | HandlerWork], None]] = {
            "kmalloc": self._do_kmalloc,
            "kfree": self._do_kfree,
            "alloc_pages": self._do_alloc,
            "free_pages": self._do_free,
            "page_events": self._do_page_event,
            "wake": lambda work: shared.scheduler.wake(shared.task(work.target)),
            "lock": self._do_lock,
            "trylock": self._do_trylock,
            "unlock": self._do_unlock,
        }

    def forget(self) -> None:
        """Hold nothing, as before the first event."""
        self._pages.clear()
        self._objects.clear()

    def held(self) -> tuple[int, ...]:
        """Return what is held as far as what happens next depends on it."""
        objects = (each.number if isinstance(each, Slab) else ~each.order for each in self._objects)
        return (*(page.order for page in self._pages), -5, *objects)

    def _do_kmalloc(self, work: Work | HandlerWork) -> None:
        thing = self._machine.kmalloc(work.size, BY_NAME[work.gfp])
        if thing is not None:
            self._objects.append(thing)

    def _do_kfree(self, work: Work | HandlerWork) -> None:
        del work
        if self._objects:
            self._machine.kfree(self._objects.pop())

    def _do_alloc(self, work: Work | HandlerWork) -> None:
        page = self._allocate(work)
        if page is not None:
            self._pages.append(page)

    def _do_free(self, work: Work | HandlerWork) -> None:
        del work
        if self._pages:
            self._machine.free_pages(self._pages.pop())

    def _do_page_event(self, work: Work | HandlerWork) -> None:
        """Allocate, free, allocate, free: every call is one page event."""
        if self._pages:
            self._do_free(work)
        else:
            self._do_alloc(work)

    def _allocate(self, work: Work | HandlerWork) -> Page | None:
        page: Page | None = self._machine.alloc_pages(work.order, BY_NAME[work.gfp])
        return page

    def _do_lock(self, work: Work | HandlerWork) -> None:
        lock = self._shared.locks[work.lock]
        irqs_off = isinstance(work, Work) and work.irqs_off
        self._machine.locks.acquire(lock, self._machine.stack[-1], irqs_off=irqs_off)

    def _do_unlock(self, work: Work | HandlerWork) -> None:
        lock = self._shared.locks[work.lock]
        if lock.holder is self._machine.task:
            self._machine.locks.release(lock, self._machine.stack[-1])

    def _do_trylock(self, work: Work | HandlerWork) -> None:
        lock = self._shared.locks[work.lock]
        irqs_off = isinstance(work, Work) and work.irqs_off
        self._machine.locks.try_acquire(lock, self._machine.stack[-1], irqs_off=irqs_off)


class HandlerOperations(_Operations):
    """Runs what an interrupt's handler does, within the handler's frame.

    Args:
        shared: What all work has in common.
        works: What to do.
    """

    def __init__(self, shared: Shared, works: tuple[HandlerWork, ...]) -> None:
        super().__init__(shared)
        self._works = works

    def __call__(self) -> None:
        """Do everything."""
        for work in self._works:
            operation = self._operations[work.op]
            for _ in range(work.repeat):
                operation(work)
                self._machine.check_budget()


class TaskWork(_Operations):
    """Runs one task's work, operation by operation, as often as it is called.

    Args:
        shared: What all work has in common.
        task: Who runs it.
        table: What to do.
    """

    def __init__(self, shared: Shared, task: Task, table: TaskTable) -> None:
        super().__init__(shared)
        self._task = task
        self._table = table
        self._known: dict[int, tuple[list[Path], Iterator[Path]]] = {}
        """By the work's place in the table: the callers so far, and those that never were."""
        self._exits: dict[int, Path | None] = {}
        scheduler = {
            "set_scheduler": lambda work: shared.scheduler.set_scheduler(shared.task(work.target)),
            "sleep": lambda _: shared.scheduler.sleep(),
            "fork": self._do_fork,
            "migrate": lambda work: shared.scheduler.migrate(work.to),
            "exit": self._do_exit,
        }
        self._operations.update(scheduler)

    def __call__(self) -> None:
        """Do everything, giving the CPU away between operations."""
        self.forget()
        machine = self._machine
        for at, work in enumerate(self._table.work):
            if at not in self._exits:
                self._exits[at] = self._exit_of(work)
            leaving = self._exits[at]
            operation = self._operations[work.op]
            for caller in islice(self._in_turn(at, work), work.repeat):
                path = leaving if leaving is not None and self._frees(work) else caller
                self._from_caller(path, operation, work)
                machine.check_budget()
                if machine.asks:
                    machine.check_guard(self._task)
                machine.cpus.end_of_operation()

    def _in_turn(self, at: int, work: Work) -> Iterator[Path]:
        """Yield the callers of a work again and again; each is made when it comes first."""
        known, more = self._known.setdefault(at, ([], self._callers(work)))
        number = 0
        while True:
            if number == len(known):
                caller = next(more, None)
                if caller is None:
                    number = 0
                else:
                    known.append(caller)
            yield known[number]
            number += 1

    def _from_caller(
        self, path: Path, operation: Callable[[Work | HandlerWork], None], work: Work
    ) -> None:
        machine = self._machine
        task = self._task
        task.in_nmi = work.nmi
        machine.call_path(path)
        if work.irqs_off and work.op not in LOCKING:
            machine.irqs_off(machine.stack[-1])
            operation(work)
            machine.irqs_on(machine.stack[-1])
        else:
            operation(work)
        machine.ret_path(path)
        task.in_nmi = False

    def _frees(self, work: Work) -> bool:
        return work.op == "free_pages" or (work.op == "page_events" and bool(self._pages))

    def _base(self, *paths: str) -> tuple[Routine, ...]:
        machine = self._machine
        names = [name for path in ("syscall", *paths) for name in machine.profile.paths[path]]
        return tuple(machine.routine(name) for name in names)

    def _exit_of(self, work: Work) -> Path | None:
        """Where frees come from: the process that was forked ends."""
        if work.base == "clone" and work.callers == 1:
            return Path(self._base("exit"))
        return None

    def _callers(self, work: Work) -> Iterator[Path]:
        """Where the work is asked for: a fork, a system call's own function, or made-up drivers.

        Many callers are so many pairs of a driver and an operation of it, so that a thousand
        distinct stacks need no thousand functions.
        """
        if work.op in ("set_scheduler", "fork"):
            # The paths of these begin behind the system call's entry.
            yield Path(self._base())
            return
        if work.op == "exit":
            yield Path((*self._base(), self._machine.routine("do_exit")))
            return
        if work.base == "clone" and work.callers == 1:
            yield Path(self._base("clone"))
            return
        base = self._base(*(["clone"] if work.base == "clone" else []))
        if work.callers == 1:
            yield Path((*base, self._driver("driver_op")))
            return
        for number in range(work.callers):
            driver, op = divmod(number, _OPS_A_DRIVER)
            names = [f"driver_{driver + 1}"] if work.callers > _OPS_A_DRIVER else []
            names.append(f"driver_op_{op + 1}")
            yield Path((*base, *map(self._driver, names)))

    def _driver(self, name: str) -> Routine:
        function = Function(name, "caller", _CALLER_BYTES, source="a driver", inferred=True)
        return self._machine.caller(function)

    def _allocate(self, work: Work | HandlerWork) -> Page | None:
        """__get_free_pages calls __alloc_pages; a driver goes through alloc_pages."""
        if isinstance(work, Work) and work.base == "clone" and work.callers == 1:
            return self._machine.pages.alloc_directly(work.order, BY_NAME[work.gfp])
        return super()._allocate(work)

    def _do_fork(self, work: Work | HandlerWork) -> None:
        page = self._shared.scheduler.fork(self._shared.task(work.target))
        if page is not None:
            self._pages.append(page)

    def _do_exit(self, work: Work | HandlerWork) -> None:
        """do_exit: give back what is held; the task's work is at its end."""
        del work
        while self._objects:
            self._machine.kfree(self._objects.pop())
        while self._pages:
            self._machine.free_pages(self._pages.pop())
        machine = self._machine
        code = machine.site(
            Kind.TASK_EXITED, machine.stack[-1], "exit", "{task} is no more.", cost_ns=200
        )
        machine.append(code | self._task.number << SITE_BITS)
