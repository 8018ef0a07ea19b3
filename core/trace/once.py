"""What a run comes to, worked out once and kept as long as somebody has the run."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from core.trace.trace import Trace

T = TypeVar("T")


def once_a_run(work: Callable[[Trace], T]) -> Callable[[Trace], T]:
    """Let a function of a trace alone be worked out once for each trace."""
    known: WeakKeyDictionary[Trace, T] = WeakKeyDictionary()

    @wraps(work)
    def worked_out(trace: Trace) -> T:
        if trace not in known:
            known[trace] = work(trace)
        return known[trace]

    return worked_out
