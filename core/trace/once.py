"""What a run comes to, worked out once and kept as long as somebody has the run."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from core.trace.trace import Trace

T = TypeVar("T")


def once_a_run(work: Callable[[Trace], T]) -> Callable[[Trace], T]:
    """Let a function of a trace alone be worked out once for each trace.

    The trace has what came of it, and no table beside it: an index that knows its trace would keep
    it there for ever.
    """

    @wraps(work)
    def worked_out(trace: Trace) -> T:
        known = trace.worked_out
        if work not in known:
            known[work] = work(trace)
        return cast("T", known[work])

    return worked_out
