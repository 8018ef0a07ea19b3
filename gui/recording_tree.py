"""What a tree of calls is made of, so that it can be made beside the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from core.recording.profile import StackProfile
    from core.recording.questions.call_tree import CallTree, Order
    from core.trace.trace import Trace


class TreeWork(NamedTuple):
    """What a tree is made of, so that it can be made without asking the window again.

    A profile of paths has lost the order of a trace, so in time a trace is told anew, each stretch
    for itself.
    """

    shown: StackProfile
    base: StackProfile | None
    weight: str
    order: Order
    inverted: bool
    trace: Trace | None
    narrowed: Callable[[StackProfile], StackProfile]

    @property
    def size(self) -> int:
        """Records that are put in order; in other orders only different stacks count."""
        if self.trace is not None:
            return len(self.trace)
        return len(self.shown) if self.order == "time" else len(self.shown.stacks)

    def done(self) -> CallTree:
        """Do it."""
        from core.recording.from_trace import chart_of
        from core.recording.questions.call_tree import CallTree

        shown = self.shown if self.trace is None else self.narrowed(chart_of(self.trace))
        return CallTree.of(
            shown,
            self.weight,
            self.base,
            self.order,
            inverted=self.inverted,
        )
