"""Who runs where: CPUs, the tasks in their queues, and the points at which that can change.

Each task runs in a greenlet of its own, so it can be held up anywhere. Only one of them takes steps
at a time; another CPU's task going on is an interleaving, not a switch. Where a task cannot go on
(it sleeps, spins on a lock or has ended) the choice among the others is forced.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from greenlet import greenlet

from core.kernel.choices import FAIL, GO_ON, Option, Point, Way
from core.kernel.locks import deadlock_of
from core.trace.events import SITE_BITS, Kind

if TYPE_CHECKING:
    from core.kernel.machine import Machine
    from core.kernel.tasks import Task

TURN, INTERLEAVE, PREEMPT, BLOCK, EXIT, MIGRATE = (
    "turn",
    "interleave",
    "preempt",
    "block",
    "exit",
    "migrate",
)
_SENTENCES = {
    INTERLEAVE: "Meanwhile CPU {cpu} goes on, where {task} runs.",
    MIGRATE: "CPU {cpu} is idle and pulls {task} from another CPU's queue.",
}
_SWITCH_NS = 900
"""Simulated time of a context switch. A teaching value."""


_Options = dict[tuple[int, bool, tuple[bool, ...]], tuple[Option, ...]]
"""The options that were worked out, by what they depend on."""


class Cpus:
    """The CPUs of a machine and what moves tasks between them.

    Args:
        machine: Whose they are.
        count: How many.

    Attributes:
        running: Each CPU's current task, None where it has had none.
        points: How many choice points the run came by.
        touched: For each shared object the contexts that touched it, one bit each (see ``_actor``).
    """

    def __init__(self, machine: Machine, count: int) -> None:
        self._machine = machine
        self.count = count
        self.running: list[Task | None] = [None] * count
        self.points = 0
        self.touched: list[int] = []
        self.takes_turns = machine.config.takes_turns
        self._may_preempt = machine.config.preemption
        self._scheduler: greenlet | None = None
        self._greenlets: dict[int, greenlet] = {}
        self._next: tuple[Task, str] | None = None
        self._switches: dict[tuple[int, str], int] = {}
        self._known: _Options | None = None
        self._by_state: dict[tuple[int, ...], _Options] = {}

    # -- choice points --------------------------------------------------------------------

    def shared(self) -> int:
        """Return the number of a new object that contexts may share."""
        self.touched.append(0)
        return len(self.touched) - 1

    def point(self, what: str, touches: int, *, can_fail: bool = False) -> bool:
        """Let happen what may happen before a step; only called where the chooser asks.

        Args:
            what: What the step is (see ``Point``).
            touches: Number of the shared object it touches, -1 for none.
            can_fail: Whether the step is an allocation that may fail.

        Returns:
            Whether it fails.
        """
        machine = self._machine
        task = machine.task
        if touches >= 0:
            self.touched[touches] |= 1 << self._actor(task)
        while True:
            shut_out = (what == "irq", task.irqs_off > 0, task.in_nmi, not task.preemptible)
            options = self._options_now(task, can_fail, shut_out)
            if len(options) == 1:
                break
            number, self.points = self.points, self.points + 1
            # Amid a lock a step may go on to its release, which others notice: nobody may take it
            # for one that touches only what is its own.
            seen = -1 if task.preempt_off else touches
            amid = bool(task.interrupts)
            point = Point(number, task.number, what, seen, options, False, amid, shut_out)
            chosen = machine.chooser.choose(point)
            if not chosen:
                break
            option = options[chosen]
            if option.way is Way.FAIL:
                task.trail = hash((task.trail, 2))
                return True
            self._let_happen(option)
        task.trail = hash((task.trail, 1))
        return False

    @staticmethod
    def _actor(task: Task) -> int:
        """Who takes steps now: tasks have even bits, interrupts odd ones."""
        return task.interrupts[-1] * 2 + 1 if task.interrupts else task.number * 2

    def changed(self) -> None:
        """Note that who could take a step has changed: other options hold."""
        self._known = None

    def _options_now(
        self, task: Task, can_fail: bool, shut_out: tuple[bool, ...]
    ) -> tuple[Option, ...]:
        """Return the options; they are worked out only where something has changed."""
        known = self._known
        if known is None:
            known = self._known = self._by_state.setdefault(self._state(), {})
        key = (task.number, can_fail, shut_out)
        options = known.get(key)
        if options is None:
            options = known[key] = self._options(task, shut_out[0], can_fail)
        return options

    def _state(self) -> tuple[int, ...]:
        """Return all that options depend on, beside the task itself."""
        tasks = self._machine.tasks
        state = [task.cpu << 2 | task.ready << 1 | (task.waits_for is not None) for task in tasks]
        state += [-1 if task is None else task.number for task in self.running]
        return (*state, *self._machine.interrupts.used_up())

    def _options(self, task: Task, irq: bool, can_fail: bool) -> tuple[Option, ...]:
        """Return what can happen before a step of a task; first that nothing does.

        Args:
            task: Who takes it.
            irq: Whether the step turns interrupts off: then only what that shuts out is offered.
            can_fail: Whether it is an allocation that may fail.
        """
        options = [GO_ON]
        if can_fail:
            options.append(FAIL)
        options += self._machine.interrupts.possible(task)
        if not irq:
            options += self._other_cpus(task)
        if self._may_preempt and task.preemptible:
            options += [
                Option(Way.PREEMPT, other.number, task.cpu)
                for other in self._machine.tasks
                if other.cpu == task.cpu and other is not task and other.ready
            ]
        if self.count > 1 and not irq:
            options += self._migrations()
        return tuple(options)

    def _other_cpus(self, task: Task) -> list[Option]:
        if self.count == 1:
            return []
        options = []
        for cpu, current in enumerate(self.running):
            if cpu != task.cpu:
                options += [
                    Option(Way.CPU, each.number, cpu) for each in self._may_go_on(current, cpu)
                ]
        return options

    def _may_go_on(self, current: Task | None, cpu: int) -> list[Task]:
        """Return the tasks that a CPU could go on with: its current one, or any in its queue."""
        if current is not None and current.cpu == cpu:
            if current.ready:
                return [current]
            if current.waits_for is not None:
                return []  # it spins: the CPU is busy
        return [task for task in self._machine.tasks if task.cpu == cpu and task.ready]

    def _migrations(self) -> list[Option]:
        idle = [cpu for cpu in range(self.count) if not self._busy(cpu)]
        if not idle:
            return []
        return [
            Option(Way.MIGRATE, task.number, cpu)
            for task in self._machine.tasks
            if task.migrates and task.ready and self.running[task.cpu] is not task
            for cpu in idle
        ]

    def _busy(self, cpu: int) -> bool:
        return any(
            task.cpu == cpu and (task.ready or task.waits_for is not None)
            for task in self._machine.tasks
        )

    def _let_happen(self, option: Option) -> None:
        machine = self._machine
        if option.way is Way.INTERRUPT:
            machine.interrupts.take(option.argument)
            return
        task = machine.tasks[option.argument]
        if option.way is Way.MIGRATE:
            task.cpu = option.cpu
            self.changed()
        how = {Way.CPU: INTERLEAVE, Way.PREEMPT: PREEMPT, Way.MIGRATE: MIGRATE}[option.way]
        self._give_way(task, how)

    def _give_way(self, task: Task, how: str) -> None:
        assert self._scheduler is not None
        self._next = task, how
        self._scheduler.switch()

    # -- giving the CPU away --------------------------------------------------------------

    def end_of_operation(self) -> None:
        """Give the CPU away where tasks take turns; else this is a point like any other."""
        if self.takes_turns:
            if self._scheduler is not None and sum(task.ready for task in self._machine.tasks) > 1:
                self._scheduler.switch()
        elif self._machine.asks:
            self.point("end", -1)

    def cannot_go_on(self) -> None:
        """Let others run until the current task is ready again.

        Raises:
            Deadlocked: It never will be, because of the lock it spins on.
        """
        task = self._machine.task
        while not task.ready:
            if self._scheduler is None:
                raise deadlock_of(self._machine.tasks, task)
            self._scheduler.switch()

    def preempt(self) -> None:
        """Go on with the next task of this CPU's queue, as a tick does, where there is one."""
        task = self._machine.task
        if not (self._may_preempt and task.preemptible):
            return
        queue = [t for t in self._machine.tasks if t.cpu == task.cpu and t.ready and t is not task]
        if queue:
            later = [other for other in queue if other.number > task.number]
            self._give_way((later or queue)[0], PREEMPT)

    def leave(self, cpu: int) -> None:
        """Take the current task to another CPU's queue; it goes on once it has that CPU."""
        task = self._machine.task
        task.cpu = cpu
        self.changed()
        current = self.running[cpu]
        if current is None or not self._occupies(current, cpu):
            self._give_way(task, MIGRATE)
        else:
            assert self._scheduler is not None
            self._scheduler.switch()

    @staticmethod
    def _occupies(task: Task, cpu: int) -> bool:
        return task.cpu == cpu and (task.ready or task.waits_for is not None)

    # -- running --------------------------------------------------------------------------

    def run(self, works: list[tuple[Task, Callable[[], None]]]) -> None:
        """Run the work of each task to its end; the first task begins."""
        machine = self._machine
        self._scheduler = greenlet.getcurrent()
        self._greenlets = {
            task.number: greenlet(self._until_done(task, work)) for task, work in works
        }
        self._next = None
        for task, _ in works:
            if self.running[task.cpu] is None and task.born:
                self.running[task.cpu] = task
        at = works[0][0] if works else None
        how = TURN
        try:
            while at is not None:
                self._switch_to(at, how)
                self._greenlets[at.number].switch()
                machine.task.used_bytes = machine.used_bytes
                at, how = self._wanted() or self._pick(machine.task)
        finally:
            self._scheduler = None
            self._greenlets = {}

    def _until_done(self, task: Task, work: Callable[[], None]) -> Callable[[], None]:
        def body() -> None:
            work()
            task.done = True
            self.changed()

        return body

    def _wanted(self) -> tuple[Task, str] | None:
        """Return whom the last one gave way to, if to anybody."""
        wanted, self._next = self._next, None
        return wanted

    def _pick(self, last: Task) -> tuple[Task | None, str]:
        """Return who goes on where the last one gave way, and how that came."""
        tasks = self._machine.tasks
        options = self._other_cpus(last)
        own = self.running[last.cpu]
        if own is last or own is None or not self._occupies(own, last.cpu):
            own_queue = [] if last.waits_for is not None else self._queue(last)
            options = [*(Option(Way.PREEMPT, t.number, last.cpu) for t in own_queue), *options]
        elif own.ready:
            options = [Option(Way.PREEMPT, own.number, last.cpu), *options]
        if self.count > 1:
            options += self._migrations()
        if not options:
            self._nobody_is_ready(last)
            return None, TURN
        option = options[self._choose(last, options)]
        task = tasks[option.argument]
        if option.way is Way.MIGRATE:
            task.cpu = option.cpu
            self.changed()
            return task, MIGRATE
        if task.cpu != last.cpu:
            return task, INTERLEAVE
        if last.ready:
            return task, TURN
        return task, EXIT if last.done else BLOCK

    def _queue(self, last: Task) -> list[Task]:
        return [task for task in self._machine.tasks if task.cpu == last.cpu and task.ready]

    def _choose(self, last: Task, options: list[Option]) -> int:
        chooser = self._machine.chooser
        if len(options) == 1:
            return 0
        if self.takes_turns:
            wanted = chooser.next_task(sorted({o.argument for o in options}), last.number)
            return next(at for at, option in enumerate(options) if option.argument == wanted)
        if not self._machine.asks:
            return 0
        number, self.points = self.points, self.points + 1
        what = "end" if last.done else "block"
        return chooser.choose(Point(number, last.number, what, -1, tuple(options), forced=True))

    def _nobody_is_ready(self, last: Task) -> None:
        waiting = [task for task in self._machine.tasks if task.waits_for is not None]
        if waiting:
            raise deadlock_of(self._machine.tasks, last if last in waiting else waiting[0])
        for task in self._machine.tasks:
            if task.born and task.asleep:
                self._machine.warnings.append(f"{task.name} sleeps and nobody wakes it")

    def _switch_to(self, task: Task, how: str) -> None:
        machine = self._machine
        if self.running[task.cpu] is not task:
            self.running[task.cpu] = task
            self.changed()
        if task is machine.task:
            return
        first = machine.task.number < 0
        machine.task.used_bytes = machine.used_bytes
        machine.task = task
        machine.stack = task.stack
        machine.used_bytes = task.used_bytes
        if not first:
            self._note_switch(task, how)

    def _note_switch(self, task: Task, how: str) -> None:
        code = self._switches.get((task.cpu, how))
        if code is None:
            code = self._switches[task.cpu, how] = self._declare_switch(task.cpu, how)
        self._machine.append(code | task.number << SITE_BITS)

    def _declare_switch(self, cpu: int, how: str) -> int:
        function = self._machine.profile.functions["schedule"]
        text = _SENTENCES.get(how, "The CPU goes on with {task}.")
        facts = [] if self.count == 1 else [("cpu", str(cpu)), ("how", how)]
        return self._machine.recorder.site(
            Kind.TASK_SWITCHED,
            function,
            "switch",
            text.replace("{cpu}", str(cpu)),
            cost_ns=0 if how == INTERLEAVE else _SWITCH_NS,
            facts=facts,
        )

    # -- for exploring --------------------------------------------------------------------

    def start_again(self) -> None:
        """Be as before the first event."""
        self.running = [None] * self.count
        self.points = 0
        self._next = None
        self.changed()

    def fingerprint(self) -> tuple[int, ...]:
        """Return who runs where, and what each task has done and read."""
        state = [self._machine.task.number]
        state += [-2 if task is None else task.number for task in self.running]
        for task in self._machine.tasks:
            flags = task.done | task.asleep << 1 | task.woken << 2 | task.born << 3
            state += (task.cpu << 4 | flags, task.trail, *task.trails)
        return tuple(state)
