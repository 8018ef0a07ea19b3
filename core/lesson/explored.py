"""What every order of a step's events comes to, for who reads of it.

A window asks in a process of its own. Who writes a page waits, so after so many runs it is enough.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from core.errors import LessonError, OwnerscopeError

if TYPE_CHECKING:
    from core.explore.result import Exploration
    from core.lesson.resolved import ResolvedStep

MOST_RUNS = 2_000
"""About a second."""


def explored(step: ResolvedStep) -> Exploration:
    """Return what exploring comes to, within the bound that the scenario names.

    Raises:
        LessonError: It cannot be explored; the step is named.
    """
    from core.explore.request import ExploreRequest
    from core.explore.result import Bound
    from core.scenario.loader import fill

    try:
        source, changed = step.source(), step.overrides
        says = fill(source, step.settings).explore
        return _explored(
            msgspec.json.encode(
                ExploreRequest(
                    where=source.where,
                    text=source.text,
                    settings=dict(step.settings),
                    guard=changed.guard,
                    max_depth=changed.max_depth,
                    arch=changed.arch,
                    kernel=changed.kernel,
                    layout=changed.layout,
                    word=changed.word,
                    bound=Bound(says.preemptions, says.irqs, says.failures),
                    jobs=1,
                    graph=True,
                )
            )
        )
    except LessonError:
        raise
    except OwnerscopeError as error:
        raise LessonError(str(error), where=step.where) from None


def told(found: Exploration) -> str:
    """Return the answer, and the shortest way to break what is broken, in a few sentences."""
    from core.explore.words import sentence, simplest

    first = simplest(found)
    how = first.counterexample if first is not None else None
    return " ".join(filter(None, (sentence(found), how.sentence if how is not None else "")))


@lru_cache(maxsize=4)
def _explored(request: bytes) -> Exploration:
    """Explore; a step's words and its picture ask for the same."""
    from core.explore.explore import Ticker, explore
    from core.explore.request import ExploreRequest
    from core.explore.tally import Tally

    class Patience(Ticker):
        def tell(self, tally: Tally, frontier: int, cost: int) -> bool:
            del frontier, cost
            return self.base.runs + tally.runs >= MOST_RUNS

    return explore(msgspec.json.decode(request, type=ExploreRequest), ticker=Patience())
