"""The simulated machine: tasks, a clock of events, and the parts of the kernel.

A simulated function is a Python method that says ``call``, does what the kernel does, calls the
next one, and says ``ret``. Nothing is replayed: a run goes to its end at once and leaves a trace.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from greenlet import greenlet

from core.guards.base import RecursionGuard
from core.guards.storage import Place, TaskImage
from core.kernel.chooser import Chooser, ScriptedChooser
from core.kernel.locks import Locks
from core.kernel.outcome import COMPLETED, BudgetExhausted, KernelStopped, StackOverflowed
from core.kernel.page_owner import PageOwner
from core.kernel.pages import PageAllocator
from core.kernel.profile import Profile
from core.kernel.slab import SlabAllocator
from core.kernel.stackdepot import StackDepot
from core.kernel.tasks import Task
from core.trace.events import SITE_BITS, WIDE_ARGUMENT, Function, Kind
from core.trace.recorder import Recorder
from core.trace.routine import Path, Routine
from core.unwind.base import Unwinder

CHECK_EVENTS = 65_536
"""How often the event budget is looked at, and progress reported, in events."""

_PYTHON_FRAMES_A_CALL = 3
"""Upper bound of Python frames one simulated call needs; the stack's bytes bound the calls."""

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class MachineConfig:
    """What a machine is built with, apart from its profile, guard and unwinder.

    Attributes:
        page_owner: Whether the boot parameter page_owner= turns it on.
        page_owner_built_in: CONFIG_PAGE_OWNER.
        smp: CONFIG_SMP.
        slab_always_empty: Every kmalloc finds its cache empty and asks for a new slab page.
        free_objects: Objects each kmalloc cache has at hand at the start (realistic freelists).
        memory_bytes: Memory the page allocator has.
        depot_free_bytes: Room left in the depot's current pool at the start, None for what the
            special stacks leave.
        depot_spare: Whether a spare pool is ready at the start.
        depot_disabled: The stack_depot_disable boot parameter.
        depot_pools_left: Pools the depot may still open, None for the kernel's own limit.
        task_bytes: sizeof(struct task_struct) of the layout.
        first_word: The first content of the guard's storage unit.
        budget_events: The run ends after this many events.
    """

    page_owner: bool = True
    page_owner_built_in: bool = True
    smp: bool = True
    slab_always_empty: bool = False
    free_objects: int = 16
    memory_bytes: int = 64 << 20
    depot_free_bytes: int | None = None
    depot_spare: bool = True
    depot_disabled: bool = False
    depot_pools_left: int | None = None
    task_bytes: int = 9792
    first_word: int = 0
    budget_events: int = 20_000_000


@dataclass(slots=True)
class Outcome:
    """How a run ended."""

    name: str = COMPLETED
    detail: dict[str, str | int] = field(default_factory=dict)


class Machine:
    """A machine with its tasks. ``task``, ``stack`` and ``used_bytes`` belong to who runs now."""

    def __init__(
        self,
        profile: Profile,
        config: MachineConfig,
        guard: RecursionGuard,
        unwinder: Unwinder,
        chooser: Chooser,
        place: Place | None = None,
    ) -> None:
        self.profile = profile
        self.config = config
        self.smp = config.smp
        self.chooser = chooser
        self.recorder = Recorder()
        self.append = self.recorder.events.append
        self.extend = self.recorder.events.extend
        self.warnings: list[str] = []
        reserved = config.task_bytes if profile.shares_stack else 0
        self.reserved_bytes = reserved
        self.stack_limit = profile.thread_bytes - reserved
        self._routines: dict[str, Routine] = {}
        self._place = place
        self.tasks: list[Task] = []
        self.task = Task(-1, 0, "swapper", TaskImage(config.task_bytes, place))
        self.stack = self.task.stack
        self.used_bytes = 0
        self.progress: Progress | None = None
        self._next_check = sys.maxsize
        self._scheduler: greenlet | None = None

        self.locks = Locks(self)
        self.guard = guard
        self.unwinder = unwinder
        self.pages = PageAllocator(self)
        self.slab = SlabAllocator(self)
        self.depot = StackDepot(self)
        self.page_owner = PageOwner(self)
        self.kmalloc = self.slab.kmalloc
        self.kfree = self.slab.kfree
        self.alloc_pages = self.pages.alloc_pages
        self.free_pages = self.pages.free_pages
        guard.attach(self)
        unwinder.attach(self)
        self.page_owner.attach_guard()
        self._boot()

    def _boot(self) -> None:
        """Bring page_owner up and set the depot as configured; none of it is recorded.

        Nothing fails at boot: chosen failures are numbered from the first event on.
        """
        chooser, self.chooser = self.chooser, ScriptedChooser()
        self.page_owner.boot()
        self.chooser = chooser
        self.depot.prepare(
            free_bytes=self.config.depot_free_bytes,
            spare=self.config.depot_spare,
            pools_left=self.config.depot_pools_left,
        )
        self.pages.requests = self.slab.requests = self.depot.requests = 0
        self.pools_at_start = self.depot.pools_in_use
        self.depot_at_start = self.depot.info()
        self.caches_at_start = tuple(cache.info() for cache in self.slab.caches)
        self.pages_at_start = self.pages.in_use()
        self.recorder.truncate(0)
        self._next_check = min(CHECK_EVENTS, self.config.budget_events)

    # -- building -------------------------------------------------------------------------

    def add_task(self, comm: str, pid: int) -> Task:
        """Add a task; its task_struct starts with the configured storage word."""
        image = TaskImage(self.config.task_bytes, self._place)
        if self._place is not None:
            image.store(self.config.first_word)
        task = Task(len(self.tasks), pid, comm, image)
        self.tasks.append(task)
        return task

    def routine(self, name: str) -> Routine:
        """Return a function of the profile, ready to be called."""
        routine = self._routines.get(name)
        if routine is None:
            routine = self._routines[name] = Routine(self.profile.functions[name], self.recorder)
        return routine

    def caller(self, function: Function) -> Routine:
        """Return a function that is no part of the profile: one of the workload's callers."""
        routine = self._routines.get(function.name)
        if routine is None:
            routine = self._routines[function.name] = Routine(function, self.recorder)
        return routine

    def path(self, name: str) -> Path:
        """Return a path of the profile, ready to be called."""
        return Path(self.routine(function) for function in self.profile.paths[name])

    def site(
        self, kind: Kind, routine: Routine, label: str, text: str, *, cost_ns: int = 2, **facts: str
    ) -> int:
        """Return the code of an event inside a function."""
        return self.recorder.site(
            kind, routine.function, label, text, cost_ns=cost_ns, facts=sorted(facts.items())
        )

    # -- calls ----------------------------------------------------------------------------

    def call(self, routine: Routine) -> None:
        """Enter a function."""
        used = self.used_bytes + routine.stack_bytes
        self.append(routine.called)
        self.stack.append(routine)
        self.used_bytes = used
        if used > self.stack_limit:
            self._overflow(routine)

    def ret(self, routine: Routine, value: int = 0) -> None:
        """Leave a function; ``value`` is what it returns, where that is worth recording."""
        self.used_bytes -= routine.stack_bytes
        self.stack.pop()
        if value < WIDE_ARGUMENT:
            self.append(routine.returned | value << SITE_BITS)
        else:
            self.recorder.add(routine.returned, value)

    def call_path(self, path: Path) -> None:
        """Enter all functions of a path."""
        used = self.used_bytes + path.stack_bytes
        if used > self.stack_limit:
            for routine in path.routines:
                self.call(routine)
        self.extend(path.called)
        self.stack.extend(path.routines)
        self.used_bytes = used

    def ret_path(self, path: Path) -> None:
        """Leave all functions of a path."""
        self.used_bytes -= path.stack_bytes
        del self.stack[len(self.stack) - path.length :]
        self.extend(path.returned)

    def warn(self, routine: Routine, label: str, text: str) -> None:
        """Record a warning the kernel would print."""
        self.warnings.append(text)
        self.append(self.site(Kind.WARNED, routine, label, text))

    def _overflow(self, routine: Routine) -> None:
        raise StackOverflowed(
            function=routine.name,
            used_bytes=self.used_bytes + self.reserved_bytes,
            thread_bytes=self.profile.thread_bytes,
        )

    # -- running --------------------------------------------------------------------------

    def check_budget(self) -> None:
        """Stop a run that used up its budget; called where every long run comes by."""
        length = len(self.recorder.events)
        if length < self._next_check:
            return
        self._check_whole_budget()
        if self.progress is not None:
            self.progress(length)
        self._next_check = min(length + CHECK_EVENTS, self.config.budget_events)

    def _budget_stop(self, room: int = 0) -> BudgetExhausted | None:
        """The stop that goes with too many events; one may come between two looks."""
        budget = self.config.budget_events
        if len(self.recorder.events) + room > budget:
            return BudgetExhausted(budget_events=budget)
        return None

    def _check_whole_budget(self) -> None:
        stop = self._budget_stop()
        if stop is not None:
            raise stop

    def run(
        self, works: Iterable[tuple[Task, Callable[[], None]]], progress: Progress | None = None
    ) -> Outcome:
        """Run the work of each task to its end, or until the kernel stops.

        Args:
            works: A task and what it does, each once. The first task begins.
            progress: Called now and then with the number of events so far.
        """
        self.progress = progress
        outcome = Outcome()
        depth_before = sys.getrecursionlimit()
        smallest = min(function.stack_bytes for function in self.profile.functions.values())
        calls = self.profile.thread_bytes // max(smallest, 8)
        sys.setrecursionlimit(depth_before + calls * _PYTHON_FRAMES_A_CALL)
        try:
            self._schedule(list(works))
            self._check_whole_budget()
        except KernelStopped as stopped:
            # The event that tells of the stop wants room in the budget too.
            stop = self._budget_stop(room=1) or stopped
            outcome = Outcome(stop.outcome, stop.detail)
            self._record_stop(stop)
        finally:
            sys.setrecursionlimit(depth_before)
        return outcome

    def _schedule(self, works: list[tuple[Task, Callable[[], None]]]) -> None:
        self._scheduler = greenlet.getcurrent()
        running = {task.number: greenlet(_until_done(task, work)) for task, work in works}
        current = works[0][0].number if works else 0
        try:
            while running:
                self._switch_to(self.tasks[current])
                running[current].switch()
                self.task.used_bytes = self.used_bytes
                if self.task.done:
                    del running[current]
                if running:
                    current = self.chooser.next_task(sorted(running), current)
        finally:
            self._scheduler = None

    def let_others_run(self) -> bool:
        """Give the CPU away; False where there is nobody to give it to."""
        if self._scheduler is None or sum(not task.done for task in self.tasks) < 2:
            return False
        self._scheduler.switch()
        return True

    def _switch_to(self, task: Task) -> None:
        if task is self.task:
            return
        first = self.task.number < 0
        self.task.used_bytes = self.used_bytes
        self.task = task
        self.stack = task.stack
        self.used_bytes = task.used_bytes
        if not first:
            self._note_switch(task)

    def _note_switch(self, task: Task) -> None:
        function = Function("schedule", "caller", 0, source="kernel/sched/core.c")
        code = self.recorder.site(
            Kind.TASK_SWITCHED, function, "switch", "The CPU goes on with {task}.", cost_ns=900
        )
        self.append(code | task.number << SITE_BITS)

    def _behind_the_stack(self) -> str:
        if self.profile.shares_stack:
            return "It runs into task_struct, which lies in the same pages, and the kernel dies."
        return "The guard page is hit and the kernel dies."

    def _record_stop(self, stop: KernelStopped) -> None:
        if isinstance(stop, BudgetExhausted):
            self.recorder.truncate(self.config.budget_events - 1)
        where = self.stack[-1].function if self.stack else Function("-", "caller", 0)
        text = {
            "stack_overflow": "The stack is full: {function} would need byte {used_bytes:,} of "
            "{thread_bytes:,}. " + self._behind_the_stack(),
            "deadlock": "{waits_in} waits for {lock}, which {holder} took in {taken_in} and "
            "cannot release: the task spins for ever.",
            "out_of_memory": "{function} found no page for an allocation that may not fail.",
            "budget_exhausted": "The run used up its budget of {budget_events:,} events.",
        }[stop.outcome].format_map(stop.detail)
        code = self.recorder.site(Kind.STOPPED, where, "stop", text, facts=[("as", stop.outcome)])
        self.append(code)


def _until_done(task: Task, work: Callable[[], None]) -> Callable[[], None]:
    def body() -> None:
        work()
        task.done = True

    return body
