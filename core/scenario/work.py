"""What a scenario's tasks ask of the machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle

from core.gfp import BY_NAME
from core.kernel.machine import Machine
from core.kernel.pages import Page
from core.kernel.slab import Slab
from core.kernel.tasks import Task
from core.scenario.schema import TaskTable, Work
from core.trace.events import Function
from core.trace.routine import Path, Routine

_CALLER_BYTES = 48
"""Frame of a made-up caller. Inferred: there is no such function."""

_OPS_A_DRIVER = 256
"""Above so many callers each has a driver of its own above it."""


class TaskWork:
    """Runs one task's work, operation by operation.

    Args:
        machine: Where it runs.
        task: Who runs it.
        table: What to do.
    """

    def __init__(self, machine: Machine, task: Task, table: TaskTable) -> None:
        self._machine = machine
        self._task = task
        self._table = table
        self._pages: list[Page] = []
        self._objects: list[Slab | Page] = []
        self._exit: Path | None = None

    def __call__(self) -> None:
        """Do everything, giving the CPU away between operations."""
        for work in self._table.work:
            operation = self._operation(work)
            callers = cycle(self._callers(work))
            for _ in range(work.repeat):
                self._from_caller(next(callers), operation, work)
                self._machine.check_budget()
                self._machine.let_others_run()

    def _from_caller(self, caller: Path, operation: Callable[[Work], None], work: Work) -> None:
        machine = self._machine
        path = self._exit if self._exit is not None and self._frees(work) else caller
        # A CPU is in an NMI while it runs this operation, whatever other tasks do in between.
        machine.depot.in_nmi = work.nmi
        machine.call_path(path)
        operation(work)
        machine.ret_path(path)
        machine.depot.in_nmi = False

    def _frees(self, work: Work) -> bool:
        return work.op == "free_pages" or (work.op == "page_events" and bool(self._pages))

    def _base(self, *paths: str) -> tuple[Routine, ...]:
        machine = self._machine
        names = [name for path in ("syscall", *paths) for name in machine.profile.paths[path]]
        return tuple(machine.routine(name) for name in names)

    def _callers(self, work: Work) -> Iterator[Path]:
        """Where the work is asked for: a fork (and an exit for frees), or made-up drivers.

        Many callers are so many pairs of a driver and an operation of it, so that a thousand
        distinct stacks need no thousand functions.
        """
        self._exit = None
        if work.base == "clone" and work.callers == 1:
            self._exit = Path(self._base("exit"))
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

    def _operation(self, work: Work) -> Callable[[Work], None]:
        return {
            "kmalloc": self._do_kmalloc,
            "kfree": self._do_kfree,
            "alloc_pages": self._do_alloc,
            "free_pages": self._do_free,
            "page_events": self._do_page_event,
        }[work.op]

    def _do_kmalloc(self, work: Work) -> None:
        thing = self._machine.kmalloc(work.size, BY_NAME[work.gfp])
        if thing is not None:
            self._objects.append(thing)

    def _do_kfree(self, work: Work) -> None:
        if self._objects:
            self._machine.kfree(self._objects.pop())

    def _do_alloc(self, work: Work) -> None:
        page = self._allocate(work)
        if page is not None:
            self._pages.append(page)

    def _do_free(self, work: Work) -> None:
        if self._pages:
            self._machine.free_pages(self._pages.pop())

    def _do_page_event(self, work: Work) -> None:
        """Allocate, free, allocate, free: every call is one page event."""
        if self._pages:
            self._do_free(work)
        else:
            self._do_alloc(work)

    def _allocate(self, work: Work) -> Page | None:
        """__get_free_pages calls __alloc_pages; a driver goes through alloc_pages."""
        machine = self._machine
        if work.base == "clone" and work.callers == 1:
            return machine.pages.alloc_directly(work.order, BY_NAME[work.gfp])
        page: Page | None = machine.alloc_pages(work.order, BY_NAME[work.gfp])
        return page
