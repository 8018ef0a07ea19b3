"""An exploration in plain words, the same in the terminal, the window and files."""

from __future__ import annotations

from core.explore.result import (
    VERIFIED,
    Bound,
    Counterexample,
    Exploration,
    Progress,
    PropertyResult,
)


def counted(number: int, one: str, many: str = "") -> str:
    """Return "1 switch", "2 switches", "0 switches"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def spent(found: Counterexample | Bound) -> str:
    """Return what a run spent or may spend: "1 interrupt and 2 switches"; empty for nothing."""
    if isinstance(found, Bound):
        numbers = found.irqs, found.preemptions, found.failures
    else:
        numbers = found.interrupts, found.switches, found.failures
    sorts = (("interrupt", ""), ("switch", "switches"), ("failed allocation", ""))
    words = [counted(number, *sort) for number, sort in zip(numbers, sorts, strict=True) if number]
    return " and ".join(", ".join(words).rsplit(", ", 1))


def breaks_with(found: Counterexample) -> str:
    """Return what it takes, to go behind a verb: " with 1 switch"."""
    words = spent(found)
    return f" with {words}" if words else " all by itself"


def sentence(done: Exploration) -> str:
    """Return the verdict as one sentence."""
    runs = counted(done.runs, "run")
    bound = spent(done.bound)
    at_most = f"at most {bound}" if bound else "with no interrupt, switch or failed allocation"
    if done.verdict == VERIFIED:
        return f"No bad outcome in {runs}, {at_most}."
    broken = [each.name for each in done.properties if not each.holds]
    if not broken:
        return f"No bad outcome in {runs}, {at_most}, but it was stopped before all were tried."
    names = " and ".join(", ".join(broken).rsplit(", ", 1))
    where = f"Broken in {runs}, {at_most}"
    stopped = "" if done.complete else "; it was stopped before all were tried"
    return f"{where}: {names}{stopped}."


def simplest(done: Exploration) -> PropertyResult | None:
    """Return the property whose counterexample is the easiest to follow; None where all hold."""
    broken = [
        (found.switches + found.interrupts + found.failures, found.events, number, each)
        for number, each in enumerate(done.properties)
        if (found := each.counterexample) is not None
    ]
    return min(broken, key=lambda each: each[:3])[3] if broken else None


def progress_line(progress: Progress) -> str:
    """Return how far an exploration is, in a line."""
    rate = progress.runs / progress.seconds if progress.seconds else 0.0
    broken = f", broken: {', '.join(progress.broken)}" if progress.broken else ""
    return (
        f"{progress.runs:,} runs ({rate:,.0f} a second), {progress.states:,} states, "
        f"{progress.frontier:,} to go, {counted(progress.cost, 'thing')} in between{broken}"
    )
