"""ia64's cache of unwind scripts at a position."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.trace.events import Kind
from core.trace.holdings.columns import Groups, Numbers, happened
from core.trace.info import CACHED_SCRIPTS
from core.trace.trace import Trace

UNWINDER = "ia64"
"""The one unwinder that has a cache of its own."""


@dataclass(frozen=True, slots=True)
class ScriptState:
    """One script in the cache.

    Attributes:
        slot: Its place in the cache, from 0.
        number: Its number in the trace.
        function: Whose frame it undoes.
        called: The function called there.
        built: Whether it has its instructions.
        lock: Number of its lock.
        made_at: Position at which it entered the cache.
        built_at: Position at which it was finished, -1 where it is half built.
        changed: Whether the event at the position is one of the two.
    """

    slot: int
    number: int
    function: str
    called: str
    built: bool
    lock: int
    made_at: int
    built_at: int
    changed: bool


@dataclass(frozen=True, slots=True)
class ScriptsState:
    """The cache.

    Attributes:
        capacity: How many scripts it holds.
        scripts: Those in it, oldest first.
        evicted: The script that the event at the position took out, None where it did not.
    """

    capacity: int
    scripts: tuple[ScriptState, ...]
    evicted: ScriptState | None


class ScriptIndex:
    """When scripts entered, were finished and left: first in, first out.

    Args:
        trace: The run.
    """

    def __init__(self, trace: Trace) -> None:
        self._info = trace.info.scripts
        self._added = happened(trace, Kind.SCRIPT_ADDED)
        self._evicted = happened(trace, Kind.SCRIPT_EVICTED)
        built = happened(trace, Kind.SCRIPT_BUILT)
        self._built_at = self._finished(
            Groups(built.argument, built.at, len(self._info), len(trace))
        )

    def _finished(self, built: Groups) -> Numbers:
        """Return for each entry when it was finished, -1 where it never was.

        A script is finished by the first such event after it entered, unless it entered anew.
        """
        n = len(self._added)
        finished = np.full(n, -1, np.int64)
        entered_anew: dict[int, int] = {}
        for entry in range(n - 1, -1, -1):
            number, at = int(self._added.argument[entry]), int(self._added.at[entry])
            row = built.last_of(number, at) + 1 or int(built.start[number])
            if row < built.start[number + 1]:
                when = int(built.at[row])
                if when < entered_anew.get(number, when + 1):
                    finished[entry] = when
            entered_anew[number] = at
        return finished

    def at(self, position: int) -> ScriptsState:
        """Return the cache at a position."""
        first, end = self._evicted.until(position), self._added.until(position)
        evicted = None
        if 0 < first <= len(self._added) and self._evicted.at[first - 1] == position:
            evicted = self._state(first - 1, position)
        scripts = tuple(self._state(entry, position) for entry in range(first, end))
        return ScriptsState(CACHED_SCRIPTS, scripts, evicted)

    def _state(self, entry: int, position: int) -> ScriptState:
        number, made_at = int(self._added.argument[entry]), int(self._added.at[entry])
        built_at = int(self._built_at[entry])
        built = 0 <= built_at <= position
        script = self._info[number]
        return ScriptState(
            entry % CACHED_SCRIPTS,
            number,
            script.function,
            script.called,
            built,
            script.lock,
            made_at,
            built_at if built else -1,
            position in (made_at, built_at),
        )
