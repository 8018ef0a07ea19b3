"""The simulated machine: tasks, a clock of events, and the parts of the kernel.

A simulated function is a Python method that says ``call``, does what the kernel does, calls the
next one, and says ``ret``. Nothing is replayed: a run goes to its end at once and leaves a trace.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable

from core.guards.base import RecursionGuard
from core.guards.storage import Place, TaskImage
from core.kernel.chooser import Chooser, ScriptedChooser
from core.kernel.config import MachineConfig
from core.kernel.cpus import Cpus
from core.kernel.interrupts import Interrupts, Source
from core.kernel.locks import Locks
from core.kernel.memory import Memory
from core.kernel.notes import Notes, Remark
from core.kernel.outcome import (
    BudgetExhausted,
    KernelStopped,
    Outcome,
    StackOverflowed,
    stop_sentence,
)
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
        self.asks = False
        """Whether choice points are asked about; never at boot."""
        self.concurrent = config.cpus > 1
        """Whether contexts can meet: then sections with interrupts off are recorded too."""
        self.notes = Notes()
        self.recorder = Recorder()
        self.append = self.recorder.events.append
        self.extend = self.recorder.events.extend
        self.warnings: list[str] = []
        reserved = config.task_bytes if profile.shares_stack else 0
        self.reserved_bytes = reserved
        self.stack_limit = profile.thread_bytes - reserved
        smallest = min(function.stack_bytes for function in profile.functions.values())
        most_calls = profile.thread_bytes // max(smallest, 8)
        self._most_python_frames = most_calls * _PYTHON_FRAMES_A_CALL
        self._routines: dict[str, Routine] = {}
        self._irq_sites: dict[tuple[Kind, str], int] = {}
        self.place = place
        self.tasks: list[Task] = []
        self.task = Task(-1, 0, "swapper", TaskImage(config.task_bytes, place))
        self._nobody = self.task
        self.stack = self.task.stack
        self.used_bytes = 0
        self.progress: Progress | None = None
        self._next_check = sys.maxsize

        self.cpus = Cpus(self, config.cpus)
        self.locks = Locks(self)
        self.interrupts = Interrupts(self)
        self.memory = Memory(self)
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
        self.asks = chooser.asks
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

    def add_task(
        self, comm: str, pid: int, *, cpu: int = 0, migrates: bool = False, born: bool = True
    ) -> Task:
        """Add a task; its task_struct starts with the configured storage word.

        Args:
            comm: Name of its process.
            pid: Its process id.
            cpu: The CPU it starts on.
            migrates: Whether an idle CPU may pull it.
            born: Whether it exists from the start, and need not be forked first.
        """
        image = TaskImage(self.config.task_bytes, self.place)
        if self.place is not None:
            image.store(self.config.first_word)
        image.guard.touches = self.cpus.shared()
        task = Task(len(self.tasks), pid, comm, image, cpu, migrates, born=born)
        self.tasks.append(task)
        return task

    def add_interrupt(self, source: Source) -> None:
        """Add something that may interrupt."""
        self.concurrent = True
        self.interrupts.add(source)

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

    def fails(self, what: str, number: int, point: str, touches: int) -> bool:
        """Return whether an allocation fails.

        Args:
            what: Its sort, as ``Chooser.fails`` names it.
            number: Which of its sort it is, from 1.
            point: The same as ``Point.what``.
            touches: Number of the shared object it touches.
        """
        if self.asks and self.cpus.point(point, touches, can_fail=True):
            return True
        return self.chooser.fails(what, number)

    def check_guards(self) -> None:
        """Note every guard that is set though no save is in progress; at the end of a run."""
        for task in self.tasks:
            if task.born:
                self.check_guard(task)
        if not any(task.saves for task in self.tasks):
            for sentence in self.guard.stuck():
                self.remark(self.notes.stuck, sentence)

    def check_guard(self, task: Task) -> None:
        """Note where a task's guard is set though none of its saves is in progress."""
        guard = self.guard
        if self.place is None or task.saves:
            return
        value = self.place.value_of(task.image.guard.load())
        if value:
            self.remark(
                self.notes.stuck,
                f"The guard of {task.name} is stuck: {guard.field} is {value} though no save is in "
                "progress, so every page it asks for from now on loses its owner.",
            )

    def learn(self, value: int) -> None:
        """Note what the running context has read: from here on it may act by it."""
        self.task.trail = hash((self.task.trail, value))

    def remark(self, remarks: list[Remark], sentence: str) -> None:
        """Write down that something went wrong at the last event."""
        remarks.append(Remark(len(self.recorder.events) - 1, sentence))

    def _overflow(self, routine: Routine) -> None:
        raise StackOverflowed(
            function=routine.name,
            used_bytes=self.used_bytes + self.reserved_bytes,
            thread_bytes=self.profile.thread_bytes,
        )

    def remember_start(self) -> None:
        """Keep the state before the first event, to start from it again and again."""
        self._words_at_start = [bytes(task.image.bytes) for task in self.tasks]
        self._born_at_start = [task.born for task in self.tasks]
        self._cpus_at_start = [task.cpu for task in self.tasks]
        self.pages.remember_start()
        self.slab.remember_start()
        self.depot.remember_start()

    def start_again(self) -> None:
        """Be as before the first event; what was recorded is gone, its sites are kept."""
        del self.recorder.events[:]
        self.recorder.wide.clear()
        self.warnings.clear()
        self.notes.clear()
        for task, word in zip(self.tasks, self._words_at_start, strict=True):
            task.start_again(word)
        for task, born, cpu in zip(
            self.tasks, self._born_at_start, self._cpus_at_start, strict=True
        ):
            task.born, task.cpu = born, cpu
        self._next_check = min(CHECK_EVENTS, self.config.budget_events)
        self.task, self.used_bytes = self._nobody, 0
        self.stack = self._nobody.stack
        self.stack.clear()
        for part in (self.pages, self.slab, self.depot, self.cpus, self.locks, self.interrupts):
            part.start_again()
        for remembering in (self.guard, self.unwinder):
            remembering.start_again()

    def fingerprint(self) -> int:
        """Return a number for the state at a choice point (see ``core.explore.subject``)."""
        return hash(
            (
                *(unit.load() for task in self.tasks for unit in task.image.units),
                self.cpus.fingerprint(),
                self.locks.fingerprint(),
                self.interrupts.fingerprint(),
                self.pages.fingerprint(),
                self.slab.fingerprint(),
                self.depot.fingerprint(),
                self.guard.fingerprint(),
                self.unwinder.fingerprint(),
                tuple(sorted(self.notes.owners_lost.items())),
            )
        )

    # -- interrupts on and off ------------------------------------------------------------

    def irqs_off(self, routine: Routine) -> None:
        """Turn interrupts off on this CPU (local_irq_save); counts, so that sections may nest."""
        task = self.task
        if not task.irqs_off and self.concurrent:
            if self.asks:
                self.cpus.point("irq", -1)
            self.append(self._irq_site(Kind.IRQS_OFF, routine, "{function} turns interrupts off."))
        task.irqs_off += 1

    def irqs_on(self, routine: Routine) -> None:
        """Turn interrupts on again where this was the outermost section (local_irq_restore)."""
        task = self.task
        task.irqs_off -= 1
        if not task.irqs_off and self.concurrent:
            text = "{function} turns interrupts on again."
            self.append(self._irq_site(Kind.IRQS_ON, routine, text))

    def _irq_site(self, kind: Kind, routine: Routine, text: str) -> int:
        key = kind, routine.name
        code = self._irq_sites.get(key)
        if code is None:
            code = self._irq_sites[key] = self.site(kind, routine, "irqs", text)
        return code

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
        sys.setrecursionlimit(depth_before + self._most_python_frames)
        try:
            self.cpus.run(list(works))
            self._check_whole_budget()
        except KernelStopped as stopped:
            # The event that tells of the stop wants room in the budget too.
            stop = self._budget_stop(room=1) or stopped
            outcome = Outcome(stop.outcome, stop.detail)
            self._record_stop(stop)
        finally:
            sys.setrecursionlimit(depth_before)
        return outcome

    def _record_stop(self, stop: KernelStopped) -> None:
        if isinstance(stop, BudgetExhausted):
            self.recorder.truncate(self.config.budget_events - 1)
        where = self.stack[-1].function if self.stack else Function("-", "caller", 0)
        text = stop_sentence(stop, shares_stack=self.profile.shares_stack)
        code = self.recorder.site(Kind.STOPPED, where, "stop", text, facts=[("as", stop.outcome)])
        self.append(code)
