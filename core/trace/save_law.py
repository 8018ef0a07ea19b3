"""What one level more costs: the law of the doubling, said only where a run keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.trace.save_tree import save_tree

if TYPE_CHECKING:
    from core.trace.trace import Trace


_DEEPEST = 60
"""From this maximum depth on the law's numbers are told as powers."""


class Law(NamedTuple):
    """The law for N page events at maximum depth L, beside what a run counted.

    Attributes:
        page_events: N, the saves of the top level.
        max_depth: L, as the guard has it.
        wanted: Saves N(2^(L+1) - 1), guard hits N 2^L and unwinds N(2^L - 1).
        found: The same as counted.
    """

    page_events: int
    max_depth: int
    wanted: tuple[int, int, int]
    found: tuple[int, int, int]

    @property
    def holds(self) -> bool:
        """Whether the run keeps it."""
        return self.wanted == self.found


def law_of(trace: Trace) -> Law | None:
    """Compare a run with the law; None where it has no save or no guard that counts its depth."""
    tree, guard = save_tree(trace), trace.info.guard
    if not len(tree) or not guard.unit_bytes:
        return None
    n, depth = len(tree.tops), guard.max_depth
    found = (len(tree), int((tree.hit_at >= 0).sum()), int((tree.walk_at >= 0).sum()))
    # No run has so many saves; the numbers need not have a million digits to say so.
    powers = min(depth, _DEEPEST)
    wanted = (n * (2 ** (powers + 1) - 1), n * 2**powers, n * (2**powers - 1))
    return Law(n, depth, wanted, found)


def law(trace: Trace) -> str | None:
    """Return the law as a sentence where the run keeps it, else what differs; None without saves.

    The law: each walk asks for two saves, and the guard ends those of the level below the deepest.
    """
    tree, said = save_tree(trace), law_of(trace)
    if not len(tree):
        return None
    if said is None:
        guard = {"none": "No guard ran", "scan": "The scan has no maximum depth"}
        return (
            f"{guard.get(trace.info.guard.design, 'The guard keeps no state')}, so there is no "
            f"law to hold it to. The recursion went {_count(tree.depth, 'level')} deep."
        )
    n, depth = said.page_events, said.max_depth
    events = _count(n, "page event")
    if said.holds:
        saves, hits, unwinds = said.found
        return (
            f"{events} at maximum depth {depth}: {n:,} × (2^{depth + 1} − 1) = {saves:,} saves, "
            f"{n:,} × 2^{depth} = {hits:,} guard hits, {n:,} × (2^{depth} − 1) = "
            f"{_count(unwinds, 'unwind')}. Every walk asks for two saves, so each level "
            "is twice the one above."
        )
    names = ("save", "guard hit", "unwind")
    differs = ", ".join(
        f"{_count(found, name)} and not {_wanted(wanted, depth)}"
        for name, wanted, found in zip(names, said.wanted, said.found, strict=True)
        if found != wanted
    )
    return (
        f"The law of the doubling (every walk asks for two saves) does not hold here: {events} at "
        f"maximum depth {depth} made {differs}. {_why(trace)}"
    )


def _wanted(number: int, depth: int) -> str:
    return f"{number:,}" if depth < _DEEPEST else f"some 2^{depth}"


def _why(trace: Trace) -> str:
    """What is different about the run, as far as the run itself shows it."""
    tree = save_tree(trace)
    if trace.info.outcome != "completed":
        return "The run did not come to its end."
    walks = int((tree.walk_at >= 0).sum())
    below = len(tree) - len(tree.tops)
    if not below:
        return "No save asked for another one."
    if not walks:
        return "Nothing was walked."
    average = below / walks
    told = f"{average:.2f}".rstrip("0").rstrip(".") if average >= 0.01 else "under 0.01"
    return f"A save that walked led to {told} further saves on average."


def _count(number: int, name: str) -> str:
    return f"{number:,} {name}{'' if number == 1 else 's'}"
