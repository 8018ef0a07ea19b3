"""What a guard costs besides the saves: its own instructions, and its field in task_struct."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.errors import LayoutError
from core.guards.catalog import STORED
from core.layout.library import THIS_MACHINE, bundled
from core.trace.events import SITE_MASK, Kind, Site
from core.trace.index import arguments_of

if TYPE_CHECKING:
    from core.scenario.run import Plan
    from core.trace.trace import Trace

UNKNOWN = "not known"
"""What a field adds to a layout that cannot be asked."""

_COMPARE_AND_BRANCH = 2

_INDIVISIBLE = ("atomic", "percpu")
"""Designs that change their counter in one instruction, whatever the trace shows of it."""

_FLAG = "gfp"
"""The design that tests a mask, of which a trace has an event only where the flag was there."""

_TEST = "test"
"""Label of the lines that look at the field (core/guards/counter.py)."""

_SAME_FIELD = {"atomic": "uint"}
"""Designs whose field takes the room of another one's: an atomic_t is an int."""

_SCAN = "scan"
"""Label of the scan's lines in save_stack (core/guards/scan.py)."""

_BY_KIND = {
    Kind.LOADED: 1,
    Kind.MODIFIED: 1,
    Kind.STORED: 1,
    Kind.TESTED: _COMPARE_AND_BRANCH,
    Kind.SHORT_CIRCUITED: _COMPARE_AND_BRANCH,
}


def guard_instructions(trace: Trace) -> int:
    """Return how many instructions the guard itself took: a model, nobody counted them.

    A load, a change in a register and a store are one instruction each, a test is a compare and a
    branch. An atomic or per-CPU counter is changed by a single one. The scan compares and branches
    once an entry it looks at: all of them where none matches, else those up to the one that does.
    The flag in the mask is tested once an owner record and set once a walk. Wraps and warnings cost
    nothing, and neither does what others do to the word the guard's field is in (the fact ``of``).
    """
    often = trace.counts_index.up_to(len(trace) - 1)
    count = {_FLAG: _of_flag}.get(trace.info.guard.design, _of_field)
    others = [_scans(site) or bool(site.fact("of")) for site in trace.sites]
    sites = zip(trace.sites, others, strict=True)
    each = np.array([0 if other else count(trace, site) for site, other in sites])
    return int(often.dot(each)) + _COMPARE_AND_BRANCH * _entries_scanned(trace)


def _of_field(trace: Trace, site: Site) -> int:
    if trace.info.guard.design in _INDIVISIBLE and site.label != _TEST:
        return int(site.kind is Kind.STORED)
    return _BY_KIND.get(site.kind, 0)


def _of_flag(trace: Trace, site: Site) -> int:
    if site.kind is Kind.CALLED and trace.functions[site.function].name == "__set_page_owner":
        return _COMPARE_AND_BRANCH
    return int(site.kind is Kind.WALK_ENDED)


def _scans(site: Site) -> bool:
    return site.label == _SCAN and site.kind in (Kind.STEPPED, Kind.SHORT_CIRCUITED)


def _entries_scanned(trace: Trace) -> int:
    """Return how many entries the scan looked at; a match tells the entry's number, from 0."""
    scans = np.array([_scans(site) for site in trace.sites], np.bool_)
    if not scans.any():
        return 0
    codes = trace.codes[scans[trace.codes & SITE_MASK]]
    matched = (trace.site_kinds == Kind.SHORT_CIRCUITED)[codes & SITE_MASK]
    return int(arguments_of(codes).sum(dtype=np.int64) + np.count_nonzero(matched))


def added_task_bytes(trace: Trace, plan: Plan | None = None) -> int | str | None:
    """Return what the guard's field adds to sizeof(task_struct) in the run's layout.

    Args:
        trace: The run.
        plan: What it was run from; it knows the file of a layout that is not bundled.

    Returns:
        Bytes; "0 to 64" where the layout allows several answers; ``UNKNOWN`` where it gives none;
        None for a guard without a field there, one that counts for a CPU included.
    """
    design = trace.info.guard.design
    if design not in STORED:
        return None
    source = (plan.scenario.kernel.layout if plan is not None else "") or trace.info.layout.name
    if plan is None and source not in (*bundled(), THIS_MACHINE):
        return UNKNOWN
    return _growth(source, _SAME_FIELD.get(design, design), _stamp(source))


def _stamp(source: str) -> tuple[int, ...]:
    """Return when a file was last written and its size: another content is another question."""
    try:
        status = Path(source).expanduser().stat()
    except (OSError, RuntimeError, ValueError):  # no file, no such user, a zero in the name
        return ()
    return status.st_mtime_ns, status.st_size


@cache
def _growth(source: str, design: str, stamp: tuple[int, ...]) -> int | str:
    del stamp
    from core.layout.analysis import Question
    from core.layout.source_analysis import analyse_source

    try:
        analysis = analyse_source(source, Question())
        # A kernel that has in_page_owner gives its own bit to a field of one.
        own = analysis.without_own_guard() if design == "bit1" else None
        growth = (own or analysis.ask(design)).what_if.growth
    except LayoutError:
        # A shuffled struct, or one the rules of C do not explain: the run does not need to know.
        return UNKNOWN
    return growth.min if growth.exact else f"{growth.min} to {growth.max}"
