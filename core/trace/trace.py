"""A finished run: an immutable column of events and every question the program asks of it.

``position`` i means: events 0..i have happened. Before the first event the position is -1.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property, reduce
from operator import or_
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.trace.clock import Clock, RecordedClock, SummedClock
from core.trace.counts import CountRules
from core.trace.cpus import CpuView
from core.trace.events import SITE_BITS, SITE_MASK, WIDE_ARGUMENT, Function, Kind, Site
from core.trace.index import Codes, CountIndex, Positions, parents_of
from core.trace.info import TraceInfo
from core.trace.signals import StepSignal, owner_of_word, recursion_signals, word_signals


class Frame(NamedTuple):
    """One call on a stack.

    Attributes:
        call: Position of the event that made the call.
        function: What was called.
        used_bytes: Stack bytes in use once this frame is on the stack, counted from the top.
        occurrence: 1 for the function's first frame on this stack, 2 for its second, ...
    """

    call: int
    function: Function
    used_bytes: int
    occurrence: int


class State(NamedTuple):
    """Everything the kernel's state comes to at one position."""

    position: int
    task: int
    frames: tuple[Frame, ...]
    word: int
    clock_ns: int
    counts: dict[str, int]

    @property
    def stack_bytes(self) -> int:
        """Bytes of the current task's stack in use."""
        return self.frames[-1].used_bytes if self.frames else 0


class Trace:
    """The events of one run.

    Args:
        codes: Packed events (see ``core.trace.events``), shape (n,), uint32.
        sites: What the site numbers mean.
        functions: What the function numbers mean.
        values: Interned values (words of the guard's storage unit).
        wide: Arguments too large for a code, by position.
        info: The run it came from.
        parents: ``enclosing_calls``, if it is at hand already.
        times_ns: When each event happened, where it was recorded and not simulated, shape (n,),
            int64, never falling; the first is 0 or later.

    Attributes:
        worked_out: What functions of the trace found, by function (``core.trace.once``).
    """

    def __init__(
        self,
        codes: Codes,
        sites: Sequence[Site],
        functions: Sequence[Function],
        values: Sequence[int],
        wide: dict[int, int],
        info: TraceInfo,
        parents: Positions | None = None,
        times_ns: npt.NDArray[np.int64] | None = None,
    ) -> None:
        self.codes = codes
        self.sites = tuple(sites)
        self.functions = tuple(functions)
        self.values = tuple(values)
        self.wide = wide
        self.info = info
        self.times_ns = times_ns
        self.worked_out: dict[object, object] = {}
        # Indexing a memoryview gives a plain int in a third of the time numpy takes.
        self._codes: memoryview[int] = memoryview(codes.data)
        if parents is not None:
            self.__dict__["parents"] = parents

    def __len__(self) -> int:
        return len(self.codes)

    # -- one event ------------------------------------------------------------------------

    def site(self, position: int) -> Site:
        """Return the site of an event."""
        return self.sites[self._codes[position] & SITE_MASK]

    def kind(self, position: int) -> Kind:
        """Return what happened at a position."""
        return self.site(position).kind

    def argument(self, position: int) -> int:
        """Return an event's argument."""
        argument = self._codes[position] >> SITE_BITS
        return self.wide[position] if argument == WIDE_ARGUMENT else argument

    def function(self, position: int) -> Function:
        """Return the function an event happened in; for a call, the function called."""
        return self.functions[self.site(position).function]

    @cached_property
    def _called(self) -> list[tuple[Function, int]]:
        """Function and frame size by site; a function has one site for all its calls."""
        functions = (self.functions[site.function] for site in self.sites)
        return [(function, function.stack_bytes) for function in functions]

    # -- the stack ------------------------------------------------------------------------

    @cached_property
    def parents(self) -> Positions:
        """The call each event happened in, shape (n,), int32, -1 at the outermost level."""
        kinds = self.site_kinds
        return parents_of(
            self.codes, kinds == Kind.CALLED, kinds == Kind.RETURNED, self.task_switches
        )

    @cached_property
    def _parents(self) -> memoryview[int]:
        return memoryview(self.parents.data)

    @cached_property
    def site_kinds(self) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
        """Kind by site number."""
        return np.array([site.kind for site in self.sites], np.int8)

    def open_call(self, position: int) -> int:
        """Return the position of the innermost call open after an event, -1 if there is none."""
        if position < 0:
            return -1
        kind = self.kind(position)
        if kind is Kind.CALLED:
            return position
        parent = self._parents[position]
        if kind is Kind.RETURNED and parent >= 0:
            return self._parents[parent]
        return parent

    def calls_at(self, position: int) -> list[int]:
        """Return the positions of the calls open after an event, outermost first."""
        parents = self._parents
        call = self.open_call(position)
        calls = []
        while call >= 0:
            calls.append(call)
            call = parents[call]
        calls.reverse()
        return calls

    def frames_at(self, position: int) -> tuple[Frame, ...]:
        """Return the stack after an event, outermost frame first."""
        frames = []
        used = 0
        seen: dict[int, int] = {}
        codes, called, new = self._codes, self._called, tuple.__new__
        for call in self.calls_at(position):
            site = codes[call] & SITE_MASK
            function, stack_bytes = called[site]
            used += stack_bytes
            occurrence = seen[site] = seen.get(site, 0) + 1
            # Twice as fast as Frame(...), and this loop is most of a seek.
            frames.append(new(Frame, (call, function, used, occurrence)))
        return tuple(frames)

    def names_at(self, position: int) -> list[str]:
        """Return the function names on the stack after an event, outermost first."""
        return [self.function(call).name for call in self.calls_at(position)]

    # -- state ----------------------------------------------------------------------------

    @cached_property
    def counts_index(self) -> CountIndex:
        """How often each site happened up to any position."""
        return CountIndex(self.codes, len(self.sites))

    @cached_property
    def count_rules(self) -> CountRules:
        """Which sites add up to which count."""
        return CountRules(self.sites, self.functions, self.info)

    def state_at(self, position: int) -> State:
        """Return the state after an event; ``position`` -1 is the state before the run."""
        named, clock_ns = self.count_rules.named(self.counts_index.up_to(position))
        if self.times_ns is not None:
            clock_ns = self.clock_ns(position)
        named["deepest_recursion"] = max(
            [signal.highest_up_to(position) for signal in self.recursion.values()]
        )
        task, frames = self.task_at(position), self.frames_at(position)
        return State(position, task, frames, self.word_at(position), clock_ns, named)

    def clock_ns(self, position: int) -> int:
        """Return the time after an event in nanoseconds: simulated, or as it was recorded."""
        if self.times_ns is not None:
            return int(self.times_ns[position]) if position >= 0 else 0
        return self.count_rules.named(self.counts_index.up_to(position))[1]

    def begin_ns(self, position: int) -> int:
        """Return when an event began: a simulated one takes time, a recorded one none."""
        return self.clock_ns(position if self.times_ns is not None else position - 1)

    @cached_property
    def clock(self) -> Clock:
        """The time of many positions at once: simulated, or as it was recorded."""
        return SummedClock(self) if self.times_ns is None else RecordedClock(self.times_ns)

    @cached_property
    def task_switches(self) -> list[tuple[int, int]]:
        """(position, task) from which on events belong to a task; starts with (0, 0)."""
        positions = self.positions(Kind.TASK_SWITCHED)
        return [(0, 0), *((int(at), self.argument(int(at))) for at in positions)]

    @cached_property
    def switch_columns(self) -> tuple[Positions, npt.NDArray[np.int32]]:
        """``task_switches`` as columns: positions and tasks."""
        both = np.array(self.task_switches, np.int32).reshape(-1, 2)
        return np.ascontiguousarray(both[:, 0]), np.ascontiguousarray(both[:, 1])

    def task_at(self, position: int) -> int:
        """Return the number of the task an event belongs to."""
        switches = self.task_switches
        if len(switches) == 1:
            return 0
        return switches[max(0, bisect_right(switches, (position, len(self.info.tasks))) - 1)][1]

    def positions(self, *kinds: Kind) -> Positions:
        """Return the positions of all events of these kinds, rising."""
        wanted = np.isin(self.site_kinds, kinds)
        return np.flatnonzero(wanted[self.codes & SITE_MASK]).astype(np.int32)

    @cached_property
    def recursion(self) -> dict[int, StepSignal]:
        """How many saves of each task are past the guard at once, over positions."""
        return recursion_signals(self)

    @cached_property
    def _words(self) -> dict[int, StepSignal]:
        return word_signals(self)

    def word_at(self, position: int) -> int:
        """Return the guard's storage unit after an event: the running task's, or the one accessed.

        A unit that belongs to a CPU is the running CPU's.
        """
        return self._words[owner_of_word(self, position)].value_at(position)

    def word_of(self, owner: int, position: int) -> int:
        """Return the guard's storage unit of a task after an event, or of a CPU (``per_cpu``)."""
        return self._words[owner].value_at(position)

    def word_owner(self, position: int) -> int:
        """Return whose unit ``word_at`` tells: the number of a task, or of a CPU (``per_cpu``)."""
        return owner_of_word(self, position)

    @cached_property
    def ever_set(self) -> int:
        """The bits of the guard's storage units that are 1 anywhere in the run, as a mask."""
        return reduce(or_, (signal.ever_set for signal in self._words.values()), 0)

    @cached_property
    def stores(self) -> Positions:
        """Positions at which a guard's storage unit was written."""
        return self.positions(Kind.STORED)

    @cached_property
    def accesses(self) -> Positions:
        """Positions at which a guard's storage unit was read, changed or written."""
        return self.positions(Kind.LOADED, Kind.MODIFIED, Kind.STORED)

    @cached_property
    def cpus(self) -> CpuView:
        """Which task is on which CPU, and where."""
        return CpuView(self)

    @cached_property
    def short_circuits(self) -> Positions:
        """Positions at which the guard returned dummy_handle."""
        return self.positions(Kind.SHORT_CIRCUITED)

    @property
    def nbytes(self) -> int:
        """Memory of the columns and indexes in bytes (those built so far, all of them used)."""
        signals = [*self.recursion.values(), *self._words.values()]
        columns = self.codes.nbytes + self.parents.nbytes + self.counts_index.nbytes
        columns += self.times_ns.nbytes if self.times_ns is not None else 0
        return columns + sum(signal.nbytes for signal in signals)
