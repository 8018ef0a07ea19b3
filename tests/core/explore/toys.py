"""Small programs to explore: threads on CPUs, interrupts, locks and memory, as a table of steps."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from core.explore.request import ExploreRequest
from core.explore.subject import PRUNED, PointChooser, RunEnd, Violation
from core.kernel.choices import FAIL, GO_ON, Option, Point, Way

Step = tuple[str, int] | tuple[str, int, int]
"""(what, variable or lock, number)."""

SHUTS = frozenset({"irq_off", "irq_on", "preempt_off", "preempt_on"})

LOCKS = 100
"""Locks are numbered as objects behind the variables."""


@dataclass(frozen=True)
class Toy:
    """A program.

    ``load``: the accumulator gets a variable; ``store``: a variable gets it plus a number;
    ``alloc``: as a store of a number, and may fail; ``check``: breaks "check" where a variable is
    not a number; ``die``: the run dies where it is; ``push``, ``pop``: the stack; ``deep``: the run
    dies where the stack is at least so deep; ``lock``, ``unlock``, ``irq_off``, ``irq_on``,
    ``preempt_off``, ``preempt_on`` as their names say; with the number 1 those come with the step
    before and are no points, as where spin_lock turns preemption off.

    Attributes:
        threads: The steps of each.
        cpus: The CPU of each.
        handlers: The steps of each interrupt.
        cells: How many variables.
        finals: Whether each way to end is a property of its own, which runs break that end so.
        expected: What the first variable must be at the end, to hold "no-lost-update".
    """

    threads: tuple[tuple[Step, ...], ...]
    cpus: tuple[int, ...]
    handlers: tuple[tuple[Step, ...], ...] = ()
    cells: int = 4
    finals: bool = False
    expected: int | None = None


class Died(Exception):
    pass


class GivenUp(Exception):
    pass


class Frame:
    """What a thread or a handler has done; a handler leaves the stack as deep as it found it."""

    __slots__ = ("acc", "at", "base", "context", "steps")

    def __init__(self, steps: tuple[Step, ...], context: int, base: int = 0) -> None:
        self.steps, self.context, self.base, self.at, self.acc = steps, context, base, 0, 0


class ToySubject:
    def __init__(self, toy: Toy) -> None:
        self.toy = toy
        self.touched: dict[int, set[int]] = {}
        self.runs = 0

    @property
    def properties(self) -> tuple[str, ...]:
        return ("check", "no-lost-update", "no-deadlock", "no-death")

    def describe(self, option: Option) -> str:
        return f"{option.way.name.lower()} {option.argument}"

    def touched_by(self) -> dict[int, frozenset[int]]:
        return {number: frozenset(who) for number, who in self.touched.items()}

    def abandon(self) -> NoReturn:
        raise GivenUp

    def stack(self) -> int:
        return self.depth[self.running]

    def fingerprint(self) -> int:
        return hash(
            (
                tuple(self.memory),
                # Not -1 - number: Python's hashes of -1 and -2 are the same one.
                tuple(
                    tuple((f.context + LOCKS, f.base, f.at, f.acc + 1) for f in frames)
                    for frames in self.frames
                ),
                tuple(self.irqs_off),
                tuple(self.preempt_off),
                tuple(self.depth),
                tuple(sorted(self.owner.items())),
                tuple(sorted(self.current.items())),
                self.running,
            )
        )

    # What can go on.

    def _blocked(self, thread: int) -> bool:
        frame = self.frames[thread][-1]
        step = frame.steps[frame.at] if frame.at < len(frame.steps) else ("end", 0)
        return step[0] == "lock" and step[1] in self.owner

    def _done(self, thread: int) -> bool:
        frames = self.frames[thread]
        return len(frames) == 1 and frames[0].at == len(frames[0].steps)

    def _preemptible(self, thread: int) -> bool:
        off = self.irqs_off[thread] or self.preempt_off[thread] or len(self.frames[thread]) > 1
        return self._done(thread) or not off

    def _stuck(self, thread: int) -> bool:
        """Whether a thread is done or blocked; asked so often that it is said once more."""
        frames = self.frames[thread]
        frame = frames[-1]
        if frame.at == len(frame.steps):
            return len(frames) == 1
        step = frame.steps[frame.at]
        return step[0] == "lock" and step[1] in self.owner

    def _others(self) -> Iterator[Option]:
        cpus = self.toy.cpus
        here = cpus[self.running]
        for cpu, current in self.current.items():
            stuck = self._stuck(current)
            if cpu != here and not stuck:
                yield Option(Way.CPU, current, cpu)
            elif (cpu == here or stuck) and cpus.count(cpu) > 1 and self._preemptible(current):
                for thread, at in enumerate(cpus):
                    if at == cpu and thread != current and not self._stuck(thread):
                        yield Option(Way.PREEMPT, thread, cpu)

    def _interrupts(self) -> Iterator[Option]:
        frames = self.frames[self.running]
        if not self.irqs_off[self.running]:
            serving = max((-frame.context for frame in frames[1:]), default=0)
            for number in range(serving, len(self.toy.handlers)):
                yield Option(Way.INTERRUPT, number, self.toy.cpus[self.running])

    # Running.

    def run(self, chooser: PointChooser) -> RunEnd:
        toy = self.toy
        self.runs += 1
        self.memory = [0] * toy.cells
        self.frames = [[Frame(steps, number)] for number, steps in enumerate(toy.threads)]
        self.irqs_off = [0] * len(toy.threads)
        self.preempt_off = [0] * len(toy.threads)
        self.depth = [0] * len(toy.threads)
        self.owner: dict[int, int] = {}
        self.current = {cpu: toy.cpus.index(cpu) for cpu in sorted(set(toy.cpus))}
        self.running = 0
        self.points = self.events = 0
        self.violations: dict[str, Violation] = {}
        try:
            outcome = self._run(chooser)
        except GivenUp:
            return RunEnd(PRUNED, self.events, tuple(self.violations.values()))
        except Died:
            outcome = "died"
            self._violate("no-death")
        if outcome == "deadlock":
            self._violate("no-deadlock")
        if outcome == "completed" and toy.expected not in (None, self.memory[0]):
            self._violate("no-lost-update")
        if toy.finals and outcome != "completed":
            # How far the others were is chance: a step that nobody notices is made now or never.
            self._violate(outcome)
        elif toy.finals:
            accs = [frames[0].acc for frames in self.frames]
            self._violate(f"{outcome} {self.memory} {accs}")
        return RunEnd(outcome, self.events, tuple(self.violations.values()))

    def _violate(self, name: str) -> None:
        self.violations.setdefault(name, Violation(name, self.events, f"{name} is broken"))

    def _run(self, chooser: PointChooser) -> str:
        while True:
            thread = self.running
            frame = self.frames[thread][-1]
            if frame.at == len(frame.steps) and len(self.frames[thread]) > 1:
                self.depth[thread] = self.frames[thread].pop().base
                continue
            done, blocked = self._done(thread), self._blocked(thread)
            step: Step = ("end", 0) if done else frame.steps[frame.at]
            touches = self._touches(step, frame.context)
            if done or blocked:
                options = tuple(self._others())
                if not options:
                    return (
                        "completed" if all(map(self._done, range(len(self.frames)))) else "deadlock"
                    )
                what = "end" if done else "block"
            else:
                failure = (FAIL,) if step[0] == "alloc" else ()
                options = (GO_ON, *self._others(), *self._interrupts(), *failure)
                what = step[0]
            option = options[0]
            if touches is not None and len(options) > 1:
                forced = done or blocked
                in_interrupt = len(self.frames[thread]) > 1
                shut_out = bool(self.irqs_off[thread]), bool(self.preempt_off[thread])
                point = Point(
                    self.points, thread, what, touches, options, forced, in_interrupt, shut_out
                )
                self.points += 1
                option = options[chooser.choose(point)]
            self._do(option, step, frame)

    def _touches(self, step: Step, context: int) -> int | None:
        """Return the object of a step, -1 where there is none, None where it is no point."""
        what = step[0]
        if what in {"push", "pop", "deep", "die"}:
            return None
        if what in SHUTS and step[1]:
            return None
        if what == "end" or what in SHUTS:
            return -1
        number = step[1] + (LOCKS if what in {"lock", "unlock"} else 0)
        self.touched.setdefault(number, set()).add(context)
        return number

    def _do(self, option: Option, step: Step, frame: Frame) -> None:
        if option.way in {Way.CPU, Way.PREEMPT}:
            self.running = option.argument
            self.current[option.cpu] = option.argument
        elif option.way == Way.INTERRUPT:
            handler = self.toy.handlers[option.argument]
            frame = Frame(handler, -1 - option.argument, self.depth[self.running])
            self.frames[self.running].append(frame)
        else:
            self.events += 1
            frame.at += 1
            self._step(step, frame, failed=option.way == Way.FAIL)

    def _step(self, step: Step, frame: Frame, failed: bool) -> None:
        what, number, thread = step[0], step[1], self.running
        value = step[2] if len(step) > 2 else 0
        if what == "load":
            frame.acc = self.memory[number]
        elif what == "store":
            self.memory[number] = frame.acc + value
        elif what == "alloc":
            frame.acc = -1 if failed else frame.acc
            self.memory[number] += 0 if failed else value
        elif what == "check" and self.memory[number] != value:
            self._violate("check")
        elif what == "lock":
            self.owner[number] = thread
        elif what == "unlock":
            self.owner.pop(number, None)
        elif what in {"irq_off", "irq_on"}:
            self.irqs_off[thread] = what == "irq_off"
        elif what in {"preempt_off", "preempt_on"}:
            self.preempt_off[thread] = what == "preempt_off"
        elif what == "push":
            self.depth[thread] += 1
        elif what == "pop":
            self.depth[thread] = max(frame.base, self.depth[thread] - 1)
        elif what == "die" or (what == "deep" and self.depth[thread] >= number):
            raise Died


ADD: tuple[Step, ...] = (("load", 0), ("store", 0, 1))
LOST_UPDATE = Toy((ADD, ADD), (0, 1), expected=2)
LOCKED_UPDATE = Toy(
    ((("lock", 0), *ADD, ("unlock", 0)), (("lock", 0), *ADD, ("unlock", 0))), (0, 1), expected=2
)
ABBA = Toy(
    (
        (("lock", 0), ("lock", 1), ("unlock", 1), ("unlock", 0)),
        (("lock", 1), ("lock", 0), ("unlock", 0), ("unlock", 1)),
    ),
    (0, 1),
)
SELF_LOCK = Toy(((("lock", 0), ("unlock", 0)),), (0,), ((("lock", 0), ("unlock", 0)),))
BUSY_STEPS = 30
BUSY = Toy(
    (
        tuple(step for _ in range(BUSY_STEPS // 2) for step in ADD),
        tuple(step for _ in range(BUSY_STEPS // 2) for step in ADD),
    ),
    (0, 1),
    (ADD,),
)

MIDDLING = Toy((ADD * 2, ADD * 2, ADD), (0, 1, 1), (ADD,), expected=5)

TOYS = {
    "middling": MIDDLING,
    "lost-update": LOST_UPDATE,
    "locked-update": LOCKED_UPDATE,
    "abba": ABBA,
    "self-lock": SELF_LOCK,
    "busy": BUSY,
}


def make_toy(request: ExploreRequest) -> ToySubject:
    """Make the toy a request names as its scenario."""
    return ToySubject(TOYS[request.where])


class MortalToy(ToySubject):
    """Ends its process in the middle of a run, as often as wanted over all processes together."""

    def __init__(self, toy: Toy, graves: Path, deaths: int) -> None:
        super().__init__(toy)
        self.graves, self.deaths = graves, deaths

    def run(self, chooser: PointChooser) -> RunEnd:
        if self.runs >= 20 and multiprocessing.parent_process() is not None and self._may_die():
            os._exit(1)
        return super().run(chooser)

    def _may_die(self) -> bool:
        """Take a death that is left. Two processes never take the same: a file is made once."""
        for number in range(self.deaths):
            try:
                (self.graves / str(number)).touch(exist_ok=False)
            except FileExistsError:
                continue
            return True
        return False


def make_mortal(request: ExploreRequest) -> ToySubject:
    """Make a toy whose processes die as often as the settings say."""
    settings = request.settings
    return MortalToy(TOYS[request.where], Path(str(settings["graves"])), int(settings["deaths"]))
