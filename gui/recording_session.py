"""What the Recordings workspace is about: a recording, what of it is shown, one to compare with."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.errors import OwnerscopeError, PatternError
from gui.recording_files import RecordingFiles
from gui.recording_look import BY_DIFFERENCE, BY_SUBSYSTEM, FLAME, HEAVY, ORDERS, TIME, Look
from gui.recording_reader import RecordingReader
from gui.recording_state import RecordingState

if TYPE_CHECKING:
    from core.recording.opening import Recording
    from core.recording.profile import StackProfile

_PLAIN = Look()


class RecordingSession(RecordingState):
    """Opens, narrows, orders, looks for and selects, and says what has changed.

    Attributes:
        reader: Reads a file beside the window.

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

    def __init__(
        self, reader: RecordingReader | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.reader = reader or RecordingReader(self)
        self.reader.started.connect(self.reading_started)
        self.reader.progressed.connect(self.progressed)
        self._files = files = RecordingFiles(self.reader, self)
        files.ended.connect(self.reading_ended)
        files.read.connect(self._take)
        files.failed.connect(self.failed)
        files.warned.connect(self.warned)
        self.tree_grown.connect(self._changed)

    # -- opening --------------------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Read a file and show it; the window goes on meanwhile."""
        self._files.open(path)

    def open_base(self, path: Path) -> None:
        """Read a file to compare what is open with."""
        self._files.open(path, as_base=self.recording is not None)

    def open_two(self, base: Path, new: Path) -> None:
        """Read two files, the second to be compared with the first."""
        self._files.open_two(base, new)

    @property
    def busy(self) -> bool:
        """Whether a file is being read."""
        return self._files.busy

    def cancel(self) -> None:
        """Give up what is being read; what was open stays."""
        self._files.cancel()

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

    def _take(self, recording: Recording, as_base: bool) -> None:
        if as_base:
            self.compare_with(recording)
        else:
            self.show(recording)

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
