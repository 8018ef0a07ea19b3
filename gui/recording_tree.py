"""The tree of calls that is shown: what it is made of, and making it beside the window."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from core.recording.profile import StackProfile
    from core.recording.questions.call_tree import CallTree, Order
    from core.trace.trace import Trace

MOST_AT_ONCE = 100_000
"""A tree of more is worked out beside the window, which goes on meanwhile."""


class Narrowing(NamedTuple):
    """What of a recording is shown, as ``RecordingState`` has it."""

    filter: str
    kept: tuple[str, ...]
    hidden: tuple[str, ...]
    collapse: bool

    def of(self, profile: StackProfile) -> StackProfile:
        """Return what is left of a profile."""
        from core.recording.questions.query import filtered, picked
        from core.recording.questions.transform import collapse_recursion, hide, keep

        if self.filter:
            profile = filtered(profile, picked(profile, self.filter))
        if self.kept:
            profile = keep(profile, self.kept)
        if self.hidden:
            profile = hide(profile, self.hidden)
        return collapse_recursion(profile) if self.collapse else profile


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
    narrowing: Narrowing

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

        shown = self.shown if self.trace is None else self.narrowing.of(chart_of(self.trace))
        return CallTree.of(
            shown,
            self.weight,
            self.base,
            self.order,
            inverted=self.inverted,
        )


class TreeGrower(QObject):
    """Works trees out, a large one in a thread: numpy lets the window go on meanwhile.

    Signals:
        grown: Carries the tree of the last work, where it took a thread.
    """

    grown = Signal(object)
    _done = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._under_way: TreeWork | None = None
        self._done.connect(self._take)

    @property
    def busy(self) -> bool:
        """Whether a tree is being worked out."""
        return self._under_way is not None

    def grow(self, work: TreeWork) -> CallTree | None:
        """Return a tree, or None where it takes a thread: then ``grown`` will have it."""
        if work.size <= MOST_AT_ONCE:
            return work.done()
        self._under_way = work
        threading.Thread(target=self._work, args=(work,), daemon=True).start()
        return None

    def give_up(self) -> None:
        """Want nothing any more of what is under way."""
        self._under_way = None

    def _work(self, work: TreeWork) -> None:
        done = work.done()
        with contextlib.suppress(RuntimeError):  # the window may be gone by then
            self._done.emit(work, done)

    def _take(self, work: TreeWork, tree: CallTree) -> None:
        if work is self._under_way:  # else something else is shown by now
            self._under_way = None
            self.grown.emit(tree)
