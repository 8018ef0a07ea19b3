"""Parts done by several processes: who does what, and what if one dies.

The processes are started anew (not forked: greenlets and Qt would not survive that) and get parts
over a pipe, so it is known which part a dead one had. How far each is they write into memory that
all share, and there they read that they shall stop.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from ctypes import c_int64
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any

from core.errors import EnvironmentProblem, OwnerscopeError
from core.explore.parts import Part, PartDone, do_part
from core.explore.request import ExploreRequest, MakeSubject
from core.explore.search import Search
from core.explore.tally import Tally

MOST_TRIES = 3
"""A part whose process dies is given to another one, so often in all."""

_BETWEEN_S = 0.04
_STEPS = 64
"""Runs between two looks at the shared memory."""

_RUNS, _STATES, _PRUNED, _FRONTIER, _COST, _NUMBERS = range(6)

Tell = Callable[[Tally, int, int], bool]
"""Hears counts of all parts, starts that wait, and cost; returns True to stop."""


class _Worker:
    """A process, our end of its pipe, and the part it has."""

    def __init__(self, arguments: Sequence[Any]) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(
            target=_serve, args=(theirs, *arguments), daemon=True
        )
        self.process.start()
        theirs.close()
        self.part: Part | None = None

    def give(self, part: Part) -> None:
        self.part = part
        with contextlib.suppress(ConnectionError):  # that it is dead is noticed later
            self.connection.send(part)

    def stop(self) -> None:
        self.connection.close()
        self.process.terminate()
        self.process.join()
        self.process.close()


class Processes:
    """Does parts in processes of their own.

    Args:
        request: What is explored.
        make: Makes its subject there.
    """

    def __init__(self, request: ExploreRequest, make: MakeSubject) -> None:
        self._request, self._make = request, make
        self._tries: dict[int, int] = {}
        self._todo: list[Part] = []
        self._done: dict[int, PartDone] = {}

    def do(self, parts: Sequence[Part], tell: Tell) -> list[PartDone]:
        """Do all parts; where ``tell`` says stop, each as far as it has come.

        Raises:
            EnvironmentProblem: A part's process died every time.
            OwnerscopeError: A subject cannot be made.
        """
        self._todo, self._done, self._tries = list(reversed(parts)), {}, {}
        numbers = multiprocessing.get_context("spawn").RawArray(c_int64, len(parts) * _NUMBERS + 1)
        arguments = (self._request, self._make, numbers)
        workers = [_Worker(arguments) for _ in range(min(self._request.processes, len(parts)))]
        try:
            for worker in workers:
                worker.give(self._next())
            while any(worker.part is not None for worker in workers):
                for at, worker in enumerate(workers):
                    if self._died(worker):
                        worker.stop()
                        workers[at] = _Worker(arguments)
                        workers[at].give(self._again(worker.part))
                if tell(*self._counts(numbers, len(parts))):
                    numbers[-1] = 1
                    self._todo.clear()
                wait(self._handles(workers), timeout=_BETWEEN_S)
        finally:
            for worker in workers:
                worker.stop()
        return [self._done[number] for number in sorted(self._done)]

    def _handles(self, workers: Sequence[_Worker]) -> list[Any]:
        busy = [worker for worker in workers if worker.part is not None]
        return [each for worker in busy for each in (worker.connection, worker.process.sentinel)]

    def _next(self) -> Part:
        return self._todo.pop()

    def _died(self, worker: _Worker) -> bool:
        """Take what a worker has done and give it more; return whether it died before."""
        if worker.part is None:
            return False
        try:
            while worker.connection.poll():
                done = worker.connection.recv()
                if isinstance(done, OwnerscopeError):
                    raise done
                self._done[done.number] = done
                worker.part = None
                if not self._todo:
                    return False
                worker.give(self._next())
        except (EOFError, ConnectionError):
            return worker.part is not None
        return not worker.process.is_alive() and not worker.connection.poll()

    def _again(self, part: Part | None) -> Part:
        assert part is not None
        self._tries[part.number] = tries = self._tries.get(part.number, 1) + 1
        if tries > MOST_TRIES:
            raise EnvironmentProblem(
                f"a process that explores died {MOST_TRIES} times over the same part",
                where="explore",
                advice="look whether memory runs out, or try with --jobs 1",
            )
        return part

    def _counts(self, numbers: Any, parts: int) -> tuple[Tally, int, int]:
        tally, frontier, cost = Tally(), 0, 0
        for part in range(parts):
            at = part * _NUMBERS
            done = self._done.get(part)
            if done is not None:
                tally.add(done.tally)
                continue
            tally.runs += numbers[at + _RUNS]
            tally.states += numbers[at + _STATES]
            tally.pruned += numbers[at + _PRUNED]
            frontier += numbers[at + _FRONTIER]
            cost = max(cost, numbers[at + _COST])
        return tally, frontier, cost


def _serve(
    connection: Connection, request: ExploreRequest, make: MakeSubject, numbers: Any
) -> None:
    """Do parts until the pipe is closed."""
    # The terminal sends Ctrl+C to all; what then happens is the first process's to decide.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        subject = make(request)
        while True:
            part = connection.recv()
            connection.send(do_part(subject, request, part, _Reporter(part.number, numbers)))
    except OwnerscopeError as error:
        connection.send(error)
    except (EOFError, ConnectionError):
        return


class _Reporter:
    """Writes down how far a part is, and reads whether to stop."""

    def __init__(self, part: int, numbers: Any) -> None:
        self._at, self._numbers = part * _NUMBERS, numbers
        self._steps = 0
        self._parent = os.getppid()

    def __call__(self, search: Search) -> bool:
        self._steps += 1
        if self._steps % _STEPS:
            return False
        numbers, at, tally = self._numbers, self._at, search.tally
        numbers[at + _RUNS], numbers[at + _STATES] = tally.runs, tally.states
        numbers[at + _PRUNED], numbers[at + _FRONTIER] = tally.pruned, search.frontier
        numbers[at + _COST] = search.cost
        # Whoever waits for the answer may have been killed.
        return bool(numbers[-1]) or os.getppid() != self._parent
