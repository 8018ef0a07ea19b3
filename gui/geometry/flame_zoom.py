"""What part of a flame graph is in view, and the ways there and back."""

from __future__ import annotations

import numpy as np

from core.recording.questions.call_tree import CallTree
from gui.geometry.axis import View

_SLACK = 1e-9
"""Rounding in widths that are sums, as a share."""
_LEAST_SHARE = 1e-12
_MOST_STEPS = 200


class FlameZoom:
    """A view of a tree, the frame it looks into, and where it was before.

    Attributes:
        tree: The tree.
        view: What is in view, in units of the tree's width.
        node: The frame that is looked into: it holds all that is in view. 0 for the whole.
    """

    def __init__(self, tree: CallTree) -> None:
        self.tree = tree
        self.whole = View(0.0, float(tree.width[0]))
        self.view = self.whole
        self.node = 0
        self._history: list[tuple[View, int]] = []
        self._gliding = False
        narrowest = float(tree.width[1:].min(initial=self.whole.width)) / 2
        self._least = max(narrowest, self.whole.width * _LEAST_SHARE)

    @property
    def is_whole(self) -> bool:
        """Whether all of the tree is in view."""
        return self.view == self.whole

    def span(self, node: int) -> View:
        """Return what a frame covers."""
        return View(float(self.tree.x[node]), self.tree.end(node))

    def into(self, node: int) -> bool:
        """Look into a frame; says whether that is elsewhere than before."""
        view = self.span(node) if node else self.whole
        if (view, node) == (self.view, self.node):
            return False
        if view != self.view:
            self._remember()
        self._gliding = False
        self.view, self.node = view, node
        return True

    def zoom(self, factor: float, at: float) -> bool:
        """Make the view ``factor`` times as wide; ``at`` stays where it is."""
        at = min(max(at, self.view.first), self.view.last)
        return self._glide(self.view.zoomed(factor, at))

    def pan(self, share: float) -> bool:
        """Move the view by a share of its width."""
        return self._glide(self.view.panned(share))

    def back(self) -> bool:
        """Go where the view was before; False where that is nowhere."""
        self._gliding = False
        if self._history:
            self.view, self.node = self._history.pop()
            return True
        return False

    def out(self) -> bool:
        """Look at the whole."""
        return self.into(0)

    def _remember(self) -> None:
        self._history = [*self._history[-_MOST_STEPS:], (self.view, self.node)]

    def _glide(self, view: View) -> bool:
        """Go on to a view; all of a movement is one step back."""
        view = view.within(self.whole, min(self._least, self.whole.width))
        if view == self.view:
            return False
        if not self._gliding:
            self._remember()
        self._gliding = True
        self.view = view
        while self.node and not self._holds(self.node):
            self.node = int(self.tree.parent[self.node])
        return True

    def _holds(self, node: int) -> bool:
        span = self.span(node)
        slack = _SLACK * span.width
        return View(span.first - slack, span.last + slack).holds(self.view)

    def children_in_view(self, node: int) -> np.ndarray:
        """Return the frames below a frame of which a part is in view."""
        below = self.tree.children_of(node)
        x = self.tree.x[below.start : below.stop]
        ends = x + self.tree.width[below.start : below.stop]
        (inside,) = np.nonzero((x < self.view.last) & (ends > self.view.first))
        return inside + below.start
