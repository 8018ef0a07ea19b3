"""Unwinders that never allocate: x86_64's ORC and arm64's frame records."""

from __future__ import annotations

from core.guards.base import Entries
from core.trace.info import ScriptInfo
from core.trace.routine import Path
from core.unwind.base import (
    SKIPPED_FRAMES,
    FrameEvents,
    Host,
    Stateless,
    entries_below_save_stack,
)


class OrcUnwinder(Stateless):
    """x86_64: arch_stack_walk calls unwind_next_frame once a frame (unwind_orc.c)."""

    name = "orc"
    scripts: tuple[ScriptInfo, ...] = ()
    note = "x86_64 ORC tables: walks without allocating"
    step = "unwind_next_frame"

    def attach(self, host: Host) -> None:
        """Meet the machine."""
        self._host = host
        names = ("stack_trace_save", "arch_stack_walk")
        self._path = Path(host.routine(name) for name in names)
        step = host.routine(self.step) if self.step else None
        self._frames = FrameEvents(host, self._path.routines[-1], step)

    def walk(self) -> Entries:
        """Walk the whole stack or until 16 entries are saved."""
        host = self._host
        stack = host.stack
        save_stack_at = self._save_stack_at()
        between = len(stack) - 1 - save_stack_at
        entries = entries_below_save_stack(stack, save_stack_at)
        host.call_path(self._path)
        n_entries = max(0, len(entries) - 1)
        self._frames.record(between + SKIPPED_FRAMES + n_entries, n_entries)
        host.ret_path(self._path)
        return entries

    def _save_stack_at(self) -> int:
        """Index of the innermost save_stack: the innermost frame, or one above it."""
        stack = self._host.stack
        at = len(stack) - 1
        while stack[at].name != "save_stack":
            at -= 1
        return at


class FramePointerUnwinder(OrcUnwinder):
    """arm64: frame records, the step is inlined into arch_stack_walk (stacktrace.c)."""

    name = "frame_pointer"
    note = "arm64 frame records: walks without allocating"
    step = ""
