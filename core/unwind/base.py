"""What an unwinder is to save_stack, and what it needs of the machine it runs on."""

from __future__ import annotations

from array import array
from typing import Any, Protocol

from core.guards.base import Entries
from core.trace.events import SITE_BITS, Kind
from core.trace.info import ScriptInfo
from core.trace.recorder import Recorder
from core.trace.routine import Path, Routine

MAX_ENTRIES = 16
"""mm/page_owner.c, PAGE_OWNER_STACK_DEPTH."""

SKIPPED_FRAMES = 3
"""stack_trace_save, save_stack and the function that called it are not saved."""

FRAME_NS = 55
"""Simulated time to unwind a frame. A teaching value."""


class Host(Protocol):
    """What an unwinder needs of the machine."""

    recorder: Recorder
    append: Any
    extend: Any
    stack: list[Routine]
    smp: bool
    locks: Any
    kmalloc: Any
    kfree: Any
    asks: bool
    cpus: Any
    pages: Any
    free_pages: Any
    used_bytes: int
    stack_limit: int

    def routine(self, name: str) -> Routine:
        """Return a function of the profile."""

    def learn(self, value: int) -> None:
        """Note what the running context has read."""

    def call(self, routine: Routine) -> None:
        """Enter a function."""

    def ret(self, routine: Routine, value: int = 0) -> None:
        """Leave a function."""

    def call_path(self, path: Path) -> None:
        """Enter functions in a row."""

    def ret_path(self, path: Path) -> None:
        """Leave functions in a row."""


class NumberedLock(Protocol):
    """A lock as an unwinder sees it: something with a number in the trace."""

    number: int


class Unwinder(Protocol):
    """Walks the stack of the current task.

    Attributes:
        name: As scenarios name it.
        note: What the interface says about where this model comes from.
    """

    name: str
    note: str

    @property
    def scripts(self) -> tuple[ScriptInfo, ...]:
        """The scripts it has had in a cache of its own, by number; empty where it has none."""

    def attach(self, host: Host) -> None:
        """Meet the machine."""

    def start_again(self) -> None:
        """Be as before the first event."""

    def fingerprint(self) -> tuple[int, ...]:
        """Return the state it keeps from one walk to the next."""

    def walk(self) -> Entries:
        """Walk from save_stack, the innermost frame, outwards; see ``Entries``."""


def entries_below_save_stack(stack: list[Routine], at: int) -> Entries:
    """Return the entries a complete walk saves.

    Args:
        stack: The calls on the stack.
        at: Index of save_stack's frame. Its caller is the last frame that is skipped.
    """
    caller = at - 1
    return tuple(stack[max(0, caller - MAX_ENTRIES) : caller + 1])


class Stateless:
    """An unwinder that keeps nothing from one walk to the next."""

    def start_again(self) -> None:
        """Has nothing to forget."""

    def fingerprint(self) -> tuple[int, ...]:
        """Has no state."""
        return ()


class FrameEvents:
    """The events of a walk that does nothing but look: one splice for all its frames.

    Args:
        host: The machine.
        walker: The function whose loop walks.
        step: The function it calls for each frame, None where that is inlined.
        outermost: The unwinder's outermost function that is not itself unwound, where that is
            not the walker.
    """

    def __init__(
        self, host: Host, walker: Routine, step: Routine | None, outermost: Routine | None = None
    ) -> None:
        self._host = host
        self._step = step
        where = step or walker
        self._unwound = host.recorder.site(
            Kind.FRAME_UNWOUND,
            where.function,
            "frame",
            "{function} unwinds a frame: {frame}.",
            cost_ns=FRAME_NS,
            facts=[("walker", (outermost or walker).name)],
        )
        self._ended = host.recorder.site(
            Kind.WALK_ENDED,
            walker.function,
            "end",
            "The walk is over: {argument} entries are saved.",
        )
        self._templates: dict[int, array[int]] = {}

    def record(self, n_frames: int, n_entries: int) -> None:
        """Record the unwinding of so many frames, innermost first."""
        template = self._templates.get(n_frames)
        if template is None:
            template = self._templates[n_frames] = self._template(n_frames)
        step = self._step
        if step is not None and self._host.used_bytes + step.stack_bytes > self._host.stack_limit:
            self._host.call(step)
        self._host.extend(template)
        self._host.append(self._ended | n_entries << SITE_BITS)

    def _template(self, n_frames: int) -> array[int]:
        codes = array("I")
        for frame in range(n_frames):
            unwound = self._unwound | frame << SITE_BITS
            if self._step is None:
                codes.append(unwound)
            else:
                codes.extend((self._step.called, unwound, self._step.returned))
        return codes
