"""What can be counted about a run, and what is said of its end and of what is inferred about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.lesson.covered import HITS, SAVES
from gui.widgets.sentences import time_text

if TYPE_CHECKING:
    from core.trace.info import TraceInfo
    from core.trace.trace import Trace


class Count(NamedTuple):
    """How a count is shown: its name, the subsystem whose colour it has, and what it counts."""

    label: str
    subsystem: str
    about: str


COUNTS = {
    "save_stack_calls": Count("Stack saves", "page_owner", "Calls of save_stack"),
    "guard_hits": Count("Guard hits", "guard", "Saves that the guard ended with dummy_handle"),
    "unwinds": Count("Unwinds", "unwinder", "Walks of the stack"),
    "frames_unwound": Count("Frames unwound", "unwinder", "Frames of all walks together"),
    "page_allocations": Count("Page allocs", "allocator", "Blocks off the free lists"),
    "page_frees": Count("Page frees", "allocator", "Blocks put back on the free lists"),
    "depot_hits": Count("Depot hits", "depot", "Stacks that the depot knew already"),
    "depot_stores": Count("Depot stores", "depot", "Stacks that were new to the depot"),
    "depot_pools": Count("Depot pools", "depot", "Pools that hold records, the spare not counted"),
    "owner_lost": Count("Owners lost", "page_owner", "Pages whose allocating stack is not known"),
    "deepest_recursion": Count(
        "Recursion depth", "page_owner", "Most saves of one task under way at once"
    ),
}
"""Every count of ``core.trace.counts.COUNT_NAMES``, in its order."""

ASKED_BY = {HITS: ("guard_hits",), SAVES: ("save_stack_calls", "deepest_recursion")}
"""The counts that are covered where a lesson asks for them."""

IN_RECORDINGS = ("save_stack_calls", "guard_hits", "unwinds", "deepest_recursion")
"""What a recording of calls can tell; the rest happens inside functions."""

OUTCOMES = {
    "completed": ("Completed", "ok", "success"),
    "stack_overflow": ("Stack overflow", "danger", "error"),
    "deadlock": ("Deadlock", "danger", "error"),
    "out_of_memory": ("Out of memory", "danger", "error"),
    "budget_exhausted": ("Cut short", "warning", "warning"),
    "recorded": ("Recorded", "info", "info"),
}
"""How a run can end: its title, the theme's outcome, and the icon."""


def outcome_text(trace: Trace) -> str:
    """Return how the run ended, as a sentence."""
    from core.trace.events import Kind
    from core.trace.explain import explain

    last = len(trace) - 1
    if trace.info.recording is not None:
        took = time_text(trace.info.recording.duration_ns)
        return f"A real kernel did this: {len(trace):,} events in {took}."
    if last >= 0 and trace.kind(last) is Kind.STOPPED:
        return explain(trace, last)
    clock = time_text(trace.clock_ns(last))
    return f"All work was done in {len(trace):,} events and {clock} of simulated time."


def notes_of(info: TraceInfo) -> list[str]:
    """Return what is inferred or borrowed about a run, as sentences."""
    label, borrowed = info.layout.label, info.layout.borrowed_for
    notes = [info.unwinder_note, *info.inferred]
    if borrowed and not any(label in note for note in notes):
        notes.append(f"the task_struct of {label} stands in for {borrowed}")
    return [sentence(note) for note in notes if note]


def sentence(text: str) -> str:
    """Return a note as a sentence of its own."""
    first = text.partition(" ")[0]
    # Identifiers such as ia64 keep their spelling.
    start = text[:1].upper() if first.isalpha() else text[:1]
    return start + text[1:].rstrip(".") + "."
