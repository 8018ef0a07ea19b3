"""What the Explore workspace says: verdicts, choices, estimates and figures in plain words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.explore.estimate import Estimate
    from core.explore.result import (
        Bound,
        Counterexample,
        Exploration,
        Progress,
        PropertyResult,
        StateGraph,
    )

OK, DANGER, WARNING, INFO = "ok", "danger", "warning", "info"
_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TITLES = {
    "guard-clear": "The guard is clear again",
    "no-false-hit": "Nobody is turned away for nothing",
    "no-lost-update": "No update is lost",
    "no-deadlock": "No deadlock",
    "no-overflow": "The stack is large enough",
    "termination": "Every run ends",
    "owner-kept": "Every page keeps its owner",
    "no-failure-handle": "No page has the failure handle",
    "within-max-depth": "Saves nest no deeper than allowed",
}
_BROKEN = {
    "guard-clear": "the guard stays set",
    "no-false-hit": "somebody is turned away for nothing",
    "no-lost-update": "an update is lost",
    "no-deadlock": "a deadlock",
    "no-overflow": "a stack overflows",
    "termination": "a run never ends",
    "owner-kept": "a page loses its owner",
    "no-failure-handle": "a page has no handle",
    "within-max-depth": "saves nest deeper than allowed",
}
_WAYS = {
    "go_on": "goes on",
    "cpu": "another CPU goes on",
    "preempt": "another task goes on",
    "interrupt": "an interrupt comes",
    "fail": "an allocation fails",
    "migrate": "a task moves to another CPU",
}


class Verdict(NamedTuple):
    """An answer as one sentence.

    Attributes:
        kind: Name of the theme's role.
        sentence: Large enough to be read from the last row.
        told: What happened in full.
        note: What else one should know.
    """

    kind: str
    sentence: str
    told: str = ""
    note: str = ""


# -- numbers --------------------------------------------------------------------------------------


def counted(n: int, one: str, many: str = "", *, digits: bool = False) -> str:
    """Return a number of things: "2 interrupts", or "two interrupts" in running text."""
    number = f"{n:,}" if digits or n >= len(_SMALL) else _SMALL[n]
    return f"{number} {one if n == 1 else many or one + 's'}"


def listed(parts: Iterable[str]) -> str:
    """Return parts as a list in a sentence: "a, b and c"."""
    *most, last = list(parts) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def rounded(n: int) -> int:
    """Return a number with two digits that mean something."""
    if n < 100:
        return n
    step = int(10 ** (math.floor(math.log10(n)) - 1))
    return round(n / step) * step


def duration(seconds: float) -> str:
    """Return a duration as one says it."""
    if seconds < 1:
        return "under a second"
    if seconds < 90:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"
    for unit, size in (("minute", 60), ("hour", 3600), ("day", 86400), ("year", 31_557_600)):
        limit = {"minute": 90, "hour": 48, "day": 730}.get(unit, math.inf)
        if seconds / size < limit:
            return counted(max(1, round(seconds / size)), unit, digits=True)
    return "for ever"


def estimate_words(estimate: Estimate | None) -> str:
    """Return what an exploration is likely to take."""
    if estimate is None:
        return ""
    about = "" if estimate.exact else "about "
    runs = estimate.runs if estimate.exact else rounded(estimate.runs)
    return f"{about}{counted(runs, 'run', digits=True)}, {duration(estimate.seconds)}"


def doubt_words(estimate: Estimate) -> str:
    """Return the question before an exploration that will take long."""
    return (
        f"This bound means about {rounded(estimate.runs):,} runs and "
        f"{duration(estimate.seconds)}. Lower a bound, or explore all the same; what is found can "
        "be kept at any time."
    )


def bound_words(bound: Bound) -> str:
    """Return what may happen in a run: "2 interrupts and 2 switches"."""
    parts = [
        counted(bound.irqs, "interrupt", digits=True),
        counted(bound.preemptions, "switch", "switches", digits=True),
    ]
    if bound.failures:
        parts.append(counted(bound.failures, "failed allocation", digits=True))
    return listed(parts)


# -- the answer -----------------------------------------------------------------------------------


def verdict_of(result: Exploration) -> Verdict:
    """Return the answer as a sentence."""
    runs = counted(result.runs, "run", digits=True)
    first = cheapest(result)
    if first is not None:
        found = first.counterexample
        what = f"{broken_words(first.name)} {after_words(found)}" if found else first.name
        said = f"{found.sentence[:1].upper()}{found.sentence[1:].rstrip('.')}." if found else ""
        stopped = "" if result.complete else "It was stopped: there may be a shorter one."
        return Verdict(DANGER, f"Counterexample: {what}.", said, stopped)
    if not result.complete:
        return Verdict(
            WARNING,
            f"Not finished: no bad outcome in the {runs} tried before it was stopped.",
            note="This is no proof. Explore again, or lower a bound.",
        )
    return Verdict(OK, f"Verified: no bad outcome in {runs}, at most {bound_words(result.bound)}.")


def where_broken(graph: StateGraph, broken: PropertyResult | None) -> int:
    """Return the state in which a property breaks, by its shortest run if that is drawn; or -1."""
    if broken is None or broken.counterexample is None:
        return -1
    places = [at for at, node in enumerate(graph.nodes) if node.broken == broken.name]
    wanted = broken.counterexample.choices
    same = [at for at in places if graph.nodes[at].choices == wanted]
    return next(iter((*same, *places)), -1)


def cheapest(result: Exploration) -> PropertyResult | None:
    """Return the broken property that takes least to break."""
    broken = [each for each in result.properties if not each.holds]
    return min(broken, key=lambda each: _cost(each.counterexample), default=None)


def _cost(found: Counterexample | None) -> tuple[int, int]:
    if found is None:
        return 1 << 30, 0
    return found.switches + found.interrupts + found.failures, found.events


def broken_words(name: str) -> str:
    """Return what is so where a property is broken, in a few words."""
    return _BROKEN.get(name) or f"“{property_title(name).lower()}” does not hold"


def after_words(found: Counterexample) -> str:
    """Return what it took: "after one switch and one interrupt"."""
    parts = []
    if found.switches:
        parts.append(counted(found.switches, "switch", "switches"))
    if found.interrupts:
        parts.append(counted(found.interrupts, "interrupt"))
    if found.failures:
        parts.append(counted(found.failures, "failed allocation"))
    return f"after {listed(parts)}" if parts else "without a switch or an interrupt"


def figures_of(result: Exploration) -> str:
    """Return what the answer is made of, as a line."""
    parts = [
        counted(result.runs, "run", digits=True),
        counted(result.states, "state", digits=True),
        f"{result.pruned:,} pruned",
        duration(result.seconds),
    ]
    if result.seconds >= 1:
        parts.insert(3, f"{result.runs / result.seconds:,.0f} runs/s")
    return "   ·   ".join(parts)


def lost_words(result: Exploration) -> str:
    """Return how many pages lost their owner, and why."""
    lost = [f"{pages:,} {reason}" for reason, pages in result.owners_lost.items() if pages]
    return f"Pages that lose their owner, at most in one run: {listed(lost)}." if lost else ""


def progress_words(progress: Progress | None, *, stopping: bool) -> str:
    """Return what is said while it goes on."""
    if stopping:
        return "Stopping; what was found is kept…"
    if progress is None:
        return "Exploring…"
    if progress.broken:
        return "A counterexample is found; looking for the rest…"
    return f"Exploring: no bad outcome in {counted(progress.runs, 'run', digits=True)} so far"


# -- properties and choices -----------------------------------------------------------------------


def property_title(name: str) -> str:
    """Return a property's name as a heading."""
    return _TITLES.get(name) or name.replace("-", " ").capitalize()


def choice_words(choice: str) -> tuple[str, str]:
    """Return where a choice is made, and what then happens.

    Args:
        choice: As a scenario writes it, such as ``5 interrupt nic``.
    """
    number, _, rest = choice.partition(" ")
    way, _, what = rest.partition(" ")
    last = what.rpartition(" ")
    said = {
        "interrupt": f"interrupt {what} comes",
        "cpu": f"{last[2]} goes on, on CPU {last[0]}" if last[0] else f"CPU {what} goes on",
        "preempt": f"{what} takes over this CPU",
        "fail": "the allocation fails",
        "migrate": f"{last[0]} moves to CPU {last[2]}",
    }
    return f"Point {number}", said.get(way, rest)


def way_of(choice: str) -> str:
    """Return what sort of thing a choice is: go_on, cpu, preempt, interrupt, fail or migrate."""
    return choice.partition(" ")[2].partition(" ")[0] or "go_on"


def facts_words(found: Counterexample) -> str:
    """Return the size of a counterexample."""
    return "   ·   ".join(
        (
            counted(found.switches, "switch", "switches", digits=True),
            counted(found.interrupts, "interrupt", digits=True),
            *((counted(found.failures, "failed allocation", digits=True),) * bool(found.failures)),
            counted(found.events, "event", digits=True),
        )
    )


# -- states ---------------------------------------------------------------------------------------

GOES_ON, ENDED_WELL, ENDED_BADLY, SEEN = "goes on", "ended well", "ended badly", "seen before"
_GOOD = ("completed",)
_PRUNED = "pruned"


def outcome_of(graph: StateGraph, node: int) -> str:
    """Return what became of a run in a state: one of the four."""
    state = graph.nodes[node]
    if state.broken:
        return ENDED_BADLY
    if not state.outcome:
        return GOES_ON
    if state.outcome == _PRUNED:
        return SEEN
    return ENDED_WELL if state.outcome in _GOOD else ENDED_BADLY


def state_words(graph: StateGraph, node: int) -> str:
    """Return what a state says in full."""
    state, outcome = graph.nodes[node], outcome_of(graph, node)
    what = {
        GOES_ON: "the run goes on",
        ENDED_WELL: "the run ended well",
        SEEN: "seen before: the rest is known",
        ENDED_BADLY: f"the run ended badly: {broken_words(state.broken)}"
        if state.broken
        else f"the run ended badly: {state.outcome.replace('_', ' ')}",
    }[outcome]
    if node == 0:
        return f"The start; {what}"
    where = counted(state.depth, "point", digits=True)
    return f"State {node:,}, {where} from the start; {what}"


def way_words(way: str) -> str:
    """Return what a step between two states is."""
    return _WAYS.get(way, way.replace("_", " "))
