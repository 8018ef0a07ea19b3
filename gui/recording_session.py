"""What the Recordings workspace is about: a recording, what of it is shown, one to compare with.

From the file to the picture in four steps, each worked out when it is first asked for and again
only when something before it has changed:

    recording -> profile -> shown (filter, hidden frames, recursion) -> tree (weight, order) -> hits

A recorded trace is a profile as well, of its call paths, so every view works for both.
"""

from __future__ import annotations

import contextlib
import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from core.errors import OwnerscopeError, PatternError
from gui.covered import Covered
from gui.recording_reader import RecordingReader
from gui.recording_tree import TreeWork

if TYPE_CHECKING:
    from core.recording.opening import Recording
    from core.recording.profile import StackProfile
    from core.recording.questions.call_tree import CallTree, Flags, Order
    from core.recording.questions.diff import ProfileDiff
    from core.trace.trace import Trace
    from gui.recording_search import TreeSearch

TIME: Order = "time"
HEAVY: Order = "heavy"
NAME: Order = "name"
ORDERS = (TIME, HEAVY, NAME)
"""How what was called by the same function is ordered: as it came, heaviest first, by name."""

MOST_AT_ONCE = 100_000
"""A tree of more is worked out beside the window, which goes on meanwhile."""
MOST_CHARTED_EVENTS = 1_000_000
"""Longer traces are shown in order of their first appearance here; the timeline has them all."""

FLAME, SANDWICH = "flame", "sandwich"
VIEWS = (FLAME, SANDWICH)

BY_SUBSYSTEM, BY_MODULE, BY_FUNCTION, BY_DIFFERENCE = "subsystem", "module", "function", "diff"
COLOURINGS = (BY_SUBSYSTEM, BY_MODULE, BY_FUNCTION, BY_DIFFERENCE)
"""What a colour says; the last one where there is something to compare with, and then at first."""


class Look(NamedTuple):
    """How a recording is looked at when it is opened.

    Attributes:
        order: One of ``ORDERS``.
        view: One of ``VIEWS``.
        search: The functions that are looked for, as a regular expression that is one.
        function: The function that is selected.
    """

    order: Order = HEAVY
    view: str = FLAME
    search: str = ""
    function: str = ""


_PLAIN = Look()


class RecordingSession(QObject):
    """What is open, how it is looked at, and what is selected in it.

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
        recording_changed: Another recording or base is open, or none.
        tree_changed: What is shown is other: ``shown``, ``tree`` and ``diff`` are to be asked
            again. ``selected`` is -1 by then.
        look_changed: The same tree looks otherwise: view, upward, colouring.
        search_changed: Something else is looked for or found, or another hit is in front.
        selection_changed: Another node or function is selected, or none.
        filter_changed: ``filter`` or ``filter_error`` is another one.
        reading_started: A file is being read (its path).
        progressed: Bytes read so far, and bytes of the file (0: not known).
        reading_ended: It is no longer, however that ended.
        failed: A sentence about something the user can fix; what was open stays open.
        warned: A sentence about what was opened.
    """

    recording_changed = Signal()
    tree_changed = Signal()
    look_changed = Signal()
    search_changed = Signal()
    selection_changed = Signal()
    filter_changed = Signal()
    reading_started = Signal(object)
    progressed = Signal(object, object)
    reading_ended = Signal()
    failed = Signal(str)
    warned = Signal(str)
    _grown = Signal(object, object)

    def __init__(
        self, reader: RecordingReader | None = None, parent: QObject | None = None
    ) -> None:
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
        self._work_under_way: TreeWork | None = None
        self._grown.connect(self._take_tree)
        self._diff: ProfileDiff | None = None
        self._tree: CallTree | None = None
        self._found: TreeSearch | None = None
        self._wanted_as_base = False
        self._queue: list[tuple[Path, bool]] = []
        self.reader = reader or RecordingReader(self)
        self.reader.started.connect(self.reading_started)
        self.reader.progressed.connect(self.progressed)
        self.reader.finished.connect(self._take)
        self.reader.failed.connect(self._reading_failed)

    # -- opening --------------------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Read a file and show it; the window goes on meanwhile."""
        self._read(path, as_base=False)

    def open_base(self, path: Path) -> None:
        """Read a file to compare what is open with."""
        self._read(path, as_base=True)

    def open_two(self, base: Path, new: Path) -> None:
        """Read two files, the second to be compared with the first."""
        self._read(new, as_base=False)
        self._queue.append((base, True))

    @property
    def busy(self) -> bool:
        """Whether a file is being read."""
        return self.reader.busy

    def cancel(self) -> None:
        """Give up what is being read; what was open stays."""
        self._queue.clear()
        if self.reader.cancel():
            self.reading_ended.emit()

    def show(
        self, recording: Recording, look: Look = _PLAIN, profile: StackProfile | None = None
    ) -> None:
        """Show what was read.

        Args:
            recording: What was read.
            look: How it is looked at; of all else nothing is left of before.
            profile: It as a profile, where that is at hand.
        """
        if recording is not self.recording:
            self._profiles.clear()
        if profile is not None:
            self._profiles[id(recording)] = profile
        self.recording, self.base = recording, None
        self.weight = ""
        self.filter, self.filter_error = "", ""
        self.hidden, self.kept, self.collapse = (), (), False
        self._forget_search()
        self.search = look.search
        self.order = look.order
        self.view, self.inverted, self.normalised = look.view, False, False
        self.colouring = BY_SUBSYSTEM
        self._opened(look.function)

    def looks_as(self, look: Look) -> bool:
        """Whether what is open is looked at so, and everything of it is shown."""
        return (
            look == Look(self.order, self.view, self.search, self.function)
            and self.selected < 0
            and not (self.narrowed or self.collapse or self.inverted or self.comparing)
        )

    def compare_with(self, base: Recording | None) -> None:
        """Compare what is open with something else, or with nothing any more."""
        if self.recording is None:
            return
        self.base = base
        self.colouring = BY_DIFFERENCE if base is not None else BY_SUBSYSTEM
        if base is not None and self.order == TIME:
            self.order = HEAVY  # two recordings have no time in common
        self._opened()

    def swap(self) -> None:
        """Compare the other way round."""
        if self.recording is not None and self.base is not None:
            self.recording, self.base = self.base, self.recording
            self._opened()

    def close(self) -> None:
        """Show nothing."""
        self.cancel()
        self.recording = self.base = None
        self._profiles.clear()
        self._opened()

    def _opened(self, function: str = "") -> None:
        profile = self.profile
        if self.weight not in self.weights:
            self.weight = self._main_weight() if profile is not None else ""
        self.function = function
        self._forget_shown()
        self.recording_changed.emit()
        self.filter_changed.emit()
        self.look_changed.emit()
        self._changed()

    def _main_weight(self) -> str:
        from core.recording.questions.query import main_weight

        assert self.profile is not None
        wanted = main_weight(self.profile)
        return wanted if wanted in self.weights else self.weights[0]

    def _read(self, path: Path, *, as_base: bool) -> None:
        self.cancel()
        self._wanted_as_base = as_base and self.recording is not None
        self.reader.read(path)

    def _take(self, recording: Recording) -> None:
        self.reading_ended.emit()
        if self._wanted_as_base:
            self.compare_with(recording)
        else:
            self.show(recording)
        self._warn_of(recording)
        if self._queue:
            path, as_base = self._queue.pop(0)
            self._read(path, as_base=as_base)

    def _warn_of(self, recording: Recording) -> None:
        """Say that not all of a file was there or could be read."""
        said, parts = recording.reading, []
        if said.early_end:
            parts.append(said.early_end)
        if said.bad_lines:
            lines = "line" if said.bad_lines == 1 else "lines"
            parts.append(
                f"{said.bad_lines:,} {lines} made no sense and were left out; "
                f"the first is {said.first_bad}"
            )
        if parts:
            self.warned.emit(f"{Path(recording.name).name}: {' '.join(parts)}")

    def _reading_failed(self, sentence: str) -> None:
        self._queue.clear()
        self.reading_ended.emit()
        self.failed.emit(sentence)

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
            self._shown = self._narrowed(self.profile)
        return self._shown

    @property
    def shown_base(self) -> StackProfile | None:
        """What is left of the one it is compared with."""
        if self._shown_base is None and self.base_profile is not None:
            self._shown_base = self._narrowed(self.base_profile)
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
            work = self._work()
            if work.size <= MOST_AT_ONCE:
                self._tree = work.done()
            else:
                self._work_under_way = work
                threading.Thread(target=self._grow, args=(work,), daemon=True).start()
        return self._tree

    @property
    def growing(self) -> bool:
        """Whether the tree is being worked out beside the window."""
        return self._work_under_way is not None

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return bool(self.filter or self.hidden or self.kept)

    def _narrowed(self, profile: StackProfile) -> StackProfile:
        from core.recording.questions.query import filtered, picked
        from core.recording.questions.transform import collapse_recursion, hide, keep

        if self.filter:
            profile = filtered(profile, picked(profile, self.filter))
        if self.kept:
            profile = keep(profile, self.kept)
        if self.hidden:
            profile = hide(profile, self.hidden)
        return collapse_recursion(profile) if self.collapse else profile

    def _work(self) -> TreeWork:
        assert self.shown is not None
        trace = self.trace if self.order == TIME else None
        if trace is not None and len(trace) > MOST_CHARTED_EVENTS:
            trace = None
        return TreeWork(
            self.shown, self.shown_base, self.weight, self.order, self.inverted, trace,
            self._narrowed,
        )  # fmt: skip

    def _grow(self, work: TreeWork) -> None:
        """Work a tree out in a thread of its own: numpy lets the window's go on meanwhile."""
        done = work.done()
        with contextlib.suppress(RuntimeError):  # the window may be gone by then
            self._grown.emit(work, done)

    def _take_tree(self, work: TreeWork, tree: CallTree) -> None:
        if work is not self._work_under_way:
            return  # something else is shown by now
        self._work_under_way = None
        self._tree = tree
        self._changed()

    def _forget_shown(self) -> None:
        self._shown = self._shown_base = None
        self._forget_tree()

    def _forget_tree(self) -> None:
        self._diff = self._tree = self._work_under_way = None
        self._forget_hits()
        self.selected = -1

    def _changed(self) -> None:
        self.tree_changed.emit()
        self.selection_changed.emit()
        if self.search:
            self.search_changed.emit()

    # -- how it is looked at --------------------------------------------------------------

    def set_weight(self, weight: str) -> None:
        """Let widths mean something else, a name of ``weights``."""
        if weight in self.weights and weight != self.weight:
            self.weight = weight
            self._forget_tree()
            self._changed()

    def set_order(self, order: str) -> None:
        """Order what was called by the same function otherwise; leaves the sandwich."""
        wanted = next((known for known in ORDERS if known == order), HEAVY)
        if wanted == self.order and self.view == FLAME:
            return
        self.order, self.view = wanted, FLAME
        self._forget_tree()
        self.look_changed.emit()
        self._changed()

    def set_view(self, view: str) -> None:
        """Show all stacks, or the callers and callees of the selected function."""
        if view != self.view:
            self.view = view
            self.look_changed.emit()

    def set_upward(self, upward: bool) -> None:
        """Draw the root at the foot, or on top."""
        if upward != self.upward:
            self.upward = upward
            self.look_changed.emit()

    def set_inverted(self, inverted: bool) -> None:
        """Read stacks from their innermost function, or from their root."""
        if inverted != self.inverted:
            self.inverted = inverted
            self._forget_tree()
            self.look_changed.emit()
            self._changed()

    def set_colouring(self, colouring: str) -> None:
        """Let colours say something else."""
        if colouring != self.colouring:
            self.colouring = colouring
            self.look_changed.emit()

    def set_normalised(self, normalised: bool) -> None:
        """Compare shares of everything, or weights as they are."""
        if normalised != self.normalised:
            self.normalised = normalised
            self._forget_tree()
            self.look_changed.emit()
            self._changed()

    def set_collapse(self, collapse: bool) -> None:
        """Show a function that calls itself as one frame, or each call."""
        if collapse != self.collapse:
            self.collapse = collapse
            self._forget_shown()
            self.look_changed.emit()
            self._changed()

    def set_filter(self, text: str) -> bool:
        """Show only some records; a filter that is none leaves the one before in force."""
        from core.recording.questions.query import picked

        try:
            for profile in (self.profile, self.base_profile):
                if profile is not None:
                    picked(profile, text)
        except OwnerscopeError as error:
            self.filter_error = str(error)
            self.filter_changed.emit()
            return False
        before, self.filter_error = self.filter, ""
        self.filter = text.strip()
        if self.filter != before:
            self._forget_shown()
        self.filter_changed.emit()
        if self.filter != before:
            self._changed()
        return True

    def hide(self, function: str) -> None:
        """Leave a function out of every stack; what it called is its caller's then."""
        self._set_frames((*self.hidden, function), self.kept)

    def keep(self, function: str) -> None:
        """Show only stacks with this function, or with one that was kept before."""
        self._set_frames(self.hidden, (*self.kept, function))

    def show_all(self) -> None:
        """Hide no frames, keep all."""
        self._set_frames((), ())

    def _set_frames(self, hidden: tuple[str, ...], kept: tuple[str, ...]) -> None:
        hidden, kept = tuple(dict.fromkeys(hidden)), tuple(dict.fromkeys(kept))
        if (hidden, kept) != (self.hidden, self.kept):
            self.hidden, self.kept = hidden, kept
            self._forget_shown()
            self.look_changed.emit()
            self._changed()

    def reset(self) -> None:
        """Select nothing, look for nothing: the whole again; filter and frames stay as they are."""
        self.set_search("")
        self.select(-1)
        self.set_view(FLAME)

    # -- looking for functions ------------------------------------------------------------

    def set_search(self, pattern: str) -> None:
        """Look for functions by a regular expression; an empty one ends the search.

        A pattern without capitals finds them too, as in every search of this program.
        """
        if pattern == self.search:
            return
        from core.trace.search import compiled

        self._forget_search()
        self.search = pattern
        try:
            compiled(pattern)
        except PatternError as error:
            self.search_error = str(error)
        self.search_changed.emit()

    def look_for(self, function: str) -> None:
        """Look for one function by its whole name."""
        self.set_search(f"^{re.escape(function)}$")

    def _forget_search(self) -> None:
        self.search, self.search_error = "", ""
        self._forget_hits()

    def _forget_hits(self) -> None:
        self._found = None

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

    def next_hit(self) -> None:
        """Select the hit after the selected node; after the last the first."""
        self._to_hit(1)

    def previous_hit(self) -> None:
        """Select the hit before the selected node; before the first the last."""
        self._to_hit(-1)

    def _to_hit(self, way: int) -> None:
        found = self._finding
        hit = found.beside(self.selected, way) if found is not None else None
        if hit is not None:
            self.select(hit)

    # -- what is selected -----------------------------------------------------------------

    def select(self, node: int) -> None:
        """Select a node of the tree, -1 for none; its function is selected too."""
        if node == self.selected:
            return
        self.selected = node
        if node > 0:
            self.function = self.name_of(node)
        self.selection_changed.emit()

    def select_function(self, function: str) -> None:
        """Select a function without any of its nodes; the sandwich is about it."""
        if function != self.function or self.selected >= 0:
            self.function, self.selected = function, -1
            self.selection_changed.emit()

    def name_of(self, node: int) -> str:
        """Return the function of a node of the tree."""
        return self.tree.name_of(node) if self.tree is not None and node > 0 else ""
