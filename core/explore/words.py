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
    """Return "1 switch", "2 switches", "no switch"."""
    if not number:
        return f"no {one}"
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def spent(found: Counterexample | Bound) -> str:
    """Return what a run spent or may spend: "1 interrupt and 2 switches"."""
    if isinstance(found, Bound):
        numbers = found.irqs, found.preemptions, found.failures
    else:
        numbers = found.interrupts, found.switches, found.failures
    words = [
        counted(numbers[0], "interrupt"),
        counted(numbers[1], "switch", "switches"),
        *([counted(numbers[2], "failed allocation")] if numbers[2] else []),
    ]
    return ", ".join(words[:-1]) + f" and {words[-1]}"


def sentence(done: Exploration) -> str:
    """Return the verdict as one sentence."""
    runs = counted(done.runs, "run")
    bound = spent(done.bound)
    if done.verdict == VERIFIED:
        at_most = f"at most {bound}" if any((done.bound.irqs, done.bound.preemptions)) else bound
        return f"No bad outcome in {runs}, {at_most}."
    broken = [each for each in done.properties if not each.holds]
    if broken:
        names = ", ".join(each.name for each in broken)
        which = "is broken" if len(broken) == 1 else "are broken"
        end = "" if done.complete else "; it was stopped before everything was tried"
        return f"{names} {which} ({runs} within {bound}{end})."
    return f"Nothing bad in {runs}, but it was stopped before everything within {bound} was tried."


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
