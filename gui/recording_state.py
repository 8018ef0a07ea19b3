"""What is open in the Recordings workspace, how it is looked at, and what comes of that.

From the file to the picture in four steps, each worked out when it is first asked for and again
only when something before it has changed:

    recording -> profile -> shown (filter, hidden frames, recursion) -> tree (weight, order) -> hits

A recorded trace is a profile as well, of its call paths, so every view works for both.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.covered import Covered
from gui.recording_look import BY_SUBSYSTEM, FLAME, HEAVY, TIME
from gui.recording_tree import Narrowing, TreeGrower, TreeWork

if TYPE_CHECKING:
    from core.recording.opening import Recording
    from core.recording.profile import StackProfile
    from core.recording.questions.call_tree import CallTree, Flags, Order
    from core.recording.questions.diff import ProfileDiff
    from core.trace.trace import Trace
    from gui.recording_search import TreeSearch

MOST_CHARTED_EVENTS = 1_000_000
"""Longer traces are shown in order of their first appearance here; the timeline has them all."""


class RecordingState(QObject):
    """What is asked of an open recording; ``RecordingSession`` is what changes it.

    Attributes:
        recording: What is open, None for nothing.
        base: What it is compared with, None for nothing.
        weight: What a frame's width means, a name of ``weights``.
        order: One of ``ORDERS``.
        view: One of ``VIEWS``.
        upward: Whether the root is drawn at the foot (a flame graph) and not on top (an icicle).
        inverted: Whether stacks are read from their innermost function.
        colouring: One of ``COLOURINGS``.
        normalised: Whether shares are compared and not weights.
        filter: Which records are shown (``core.recording.questions.expression``), empty for all.
        filter_error: Why the filter that was typed is none, as a sentence; the last good one holds.
        hidden: Functions that are left out of every stack.
        kept: Functions of which a stack must have one to be shown; none for all.
        collapse: Whether a function that calls itself is one frame.
        search: The regular expression that is looked for, empty for none.
        search_error: Why it is none, as a sentence.
        selected: The selected node of ``tree``, -1 for none.
        function: The selected function, that of the selected node where there is one.
        covered: What is not to be said for the moment.

    Signals:
        tree_grown: A large tree, worked out beside the window, is there.
    """

    tree_grown = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.covered = Covered(self)
        self.recording: Recording | None = None
        self.base: Recording | None = None
        self.weight = ""
        self.order: Order = HEAVY
        self.view = FLAME
        self.upward = False
        self.inverted = False
        self.colouring = BY_SUBSYSTEM
        self.normalised = False
        self.filter = ""
        self.filter_error = ""
        self.hidden: tuple[str, ...] = ()
        self.kept: tuple[str, ...] = ()
        self.collapse = False
        self.search = ""
        self.search_error = ""
        self.selected = -1
        self.function = ""
        self._profiles: dict[int, StackProfile] = {}
        self._shown: StackProfile | None = None
        self._shown_base: StackProfile | None = None
        self._grower = TreeGrower(self)
        self._grower.grown.connect(self._take_tree)
        self._diff: ProfileDiff | None = None
        self._tree: CallTree | None = None
        self._found: TreeSearch | None = None

    # -- what is open ---------------------------------------------------------------------

    @property
    def trace(self) -> Trace | None:
        """The recording as a trace, None where it has no order."""
        return self.recording.trace if self.recording is not None else None

    @property
    def profile(self) -> StackProfile | None:
        """The recording as a profile: all of it, a trace's call paths too."""
        return self._profile_of(self.recording)

    @property
    def base_profile(self) -> StackProfile | None:
        """What it is compared with as a profile."""
        return self._profile_of(self.base)

    @property
    def weights(self) -> tuple[str, ...]:
        """What a frame's width can mean; in a comparison what both have."""
        profile, base = self.profile, self.base_profile
        if profile is None:
            return ()
        return tuple(each for each in profile.weights if base is None or each in base.weights)

    @property
    def title(self) -> str:
        """What a title calls it: the file, and the one it is compared with."""
        if self.recording is None:
            return ""
        name = Path(self.recording.name).name
        return f"{Path(self.base.name).name} → {name}" if self.base is not None else name

    @property
    def comparing(self) -> bool:
        """Whether there is something to compare with."""
        return self.base is not None

    def _profile_of(self, recording: Recording | None) -> StackProfile | None:
        if recording is None:
            return None
        if recording.profile is not None:
            return recording.profile
        if id(recording) not in self._profiles:
            from core.recording.from_trace import profile_of

            assert recording.trace is not None
            self._profiles[id(recording)] = profile_of(recording.trace)
        return self._profiles[id(recording)]

    # -- what is shown of it --------------------------------------------------------------

    @property
    def shown(self) -> StackProfile | None:
        """What is left of the profile by filter, hidden and kept frames and collapsed recursion."""
        if self._shown is None and self.profile is not None:
            self._shown = self._narrowing.of(self.profile)
        return self._shown

    @property
    def shown_base(self) -> StackProfile | None:
        """What is left of the one it is compared with."""
        if self._shown_base is None and self.base_profile is not None:
            self._shown_base = self._narrowing.of(self.base_profile)
        return self._shown_base

    @property
    def diff(self) -> ProfileDiff | None:
        """What differs between the two, None where nothing is compared."""
        if self._diff is None and self.shown is not None and self.shown_base is not None:
            from core.recording.questions.diff import ProfileDiff

            self._diff = ProfileDiff(
                self.shown_base, self.shown, self.weight, normalised=self.normalised
            )
        return self._diff

    @property
    def tree(self) -> CallTree | None:
        """What is shown as a tree of calls; of both recordings together in a comparison.

        None where nothing is open, and while a large one is ``growing``: then ``tree_changed`` says
        when it is there.
        """
        if self._tree is None and self.shown is not None and not self.growing:
            self._tree = self._grower.grow(self._work())
        return self._tree

    @property
    def growing(self) -> bool:
        """Whether the tree is being worked out beside the window."""
        return self._grower.busy

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return bool(self.filter or self.hidden or self.kept)

    @property
    def _narrowing(self) -> Narrowing:
        return Narrowing(self.filter, self.kept, self.hidden, self.collapse)

    def _work(self) -> TreeWork:
        assert self.shown is not None
        trace = self.trace if self.order == TIME else None
        if trace is not None and len(trace) > MOST_CHARTED_EVENTS:
            trace = None
        return TreeWork(
            self.shown, self.shown_base, self.weight, self.order, self.inverted, trace,
            self._narrowing,
        )  # fmt: skip

    def _take_tree(self, tree: CallTree) -> None:
        self._tree = tree
        self.tree_grown.emit()

    def _forget_shown(self) -> None:
        self._shown = self._shown_base = None
        self._forget_tree()

    def _forget_tree(self) -> None:
        self._diff = self._tree = None
        self._grower.give_up()
        self._forget_hits()
        self.selected = -1

    def _forget_hits(self) -> None:
        self._found = None

    # -- what is found in it --------------------------------------------------------------

    @property
    def _finding(self) -> TreeSearch | None:
        tree = self.tree
        if tree is None or not self.search or self.search_error:
            return None
        if self._found is None:
            from gui.recording_search import TreeSearch

            self._found = TreeSearch(tree, self.search)
        return self._found

    @property
    def found_names(self) -> Flags | None:
        """Which of the tree's ``names`` are looked for, shape (names,); None where nothing is."""
        found = self._finding
        return found.found_names if found is not None else None

    @property
    def hits(self) -> Flags | None:
        """Which nodes of the tree are looked for, shape (nodes,); None where nothing is."""
        found = self._finding
        return found.hits if found is not None else None

    @property
    def hit_count(self) -> int:
        """How many nodes are looked for."""
        return int(self.hits.sum()) if self.hits is not None else 0

    @property
    def hit_number(self) -> int:
        """Which hit is selected, counted from 1 in the order of ``next_hit``; 0 for none."""
        found = self._finding
        return found.number_of(self.selected) if found is not None else 0

    @property
    def matched_share(self) -> float:
        """How much of everything shown has a function on its stack that is looked for, 0 to 1."""
        found = self._finding
        return found.share if found is not None else 0.0

    def name_of(self, node: int) -> str:
        """Return the function of a node of the tree."""
        return self.tree.name_of(node) if self.tree is not None and node > 0 else ""
