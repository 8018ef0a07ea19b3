"""What would give an answer away: the places that say in so many words what a step asks.

A picture in which one can find the answer stays: to find it there is what the class is asked. What
is covered is a number or a word that *is* the answer, in the program's window and before an
audience alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.lesson.schema import Question

OUTCOME = "outcome"
"""In a word how the run ends."""
FIGURES = "figures"
"""The run's key figures beside that word: hits, levels, bytes a level."""
LENGTH = "length"
"""How many events the run has: a run that goes on has more than one that is stopped."""
AHEAD = "ahead"
"""What comes after the cursor, as marks and outline of the scrubber and as words about it."""
TOTALS = "totals"
"""What each count comes to at the end of the run."""
HITS = "hits"
"""How many short-circuits there are, wherever they are counted."""
SAVES = "saves"
"""How many saves there are and were at once, wherever they are counted."""
BYTES = "bytes"
"""How many bytes of stack are in use, added up."""
BITS = "bits"
"""What the guard's bits hold at the cursor."""
WARNINGS = "warnings"
"""What is said about the run before it runs: that a counter will wrap, for one."""
TABLES = "tables"
"""Panels that add the whole run up: saves as a tree, plots, what differs, what is special."""
CALLS = "calls"
"""Functions with how often each is called or recorded."""
COST = "cost"
"""What the field does to the struct, in words, as a table, as a plot and for other kernels."""

_TOLD_BY = {
    "function": (AHEAD,),
    "bit": (FIGURES, WARNINGS, AHEAD),
    "outcome": (OUTCOME, FIGURES, LENGTH, AHEAD, TOTALS, WARNINGS, TABLES),
    "bytes": (FIGURES, TABLES),
    "saves": (FIGURES, TOTALS, TABLES, AHEAD),
    "hits": (FIGURES, HITS, TABLES, AHEAD),
    "growth": (COST,),
    "depth": (FIGURES, TOTALS, TABLES),
    "calls": (FIGURES, TOTALS, TABLES, CALLS),
    "records": (FIGURES, TOTALS, TABLES, CALLS),
}
"""What tells the answer to a question about each thing, wherever in the run it is true."""

_TOLD_HERE_BY = {"bit": (BITS,), "bytes": (BYTES,), "saves": (SAVES,)}
"""What tells it as well where it is true at the cursor."""


def covered_by(question: Question, *, here: bool) -> frozenset[str]:
    """Return the places that would give the answer to a question away.

    Args:
        question: The question, which nobody has answered yet.
        here: Whether its answer is true at the cursor, and not elsewhere in the run.
    """
    told = _TOLD_BY[question.about]
    return frozenset((*told, *(_TOLD_HERE_BY.get(question.about, ()) if here else ())))


def covered(questions: Iterable[tuple[Question, bool]]) -> frozenset[str]:
    """Return what the open questions of a step cover together, each with whether it is ``here``."""
    return frozenset().union(*(covered_by(question, here=here) for question, here in questions))
