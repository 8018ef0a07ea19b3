"""What is looked for in the run at hand, and the way from hit to hit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.errors import PatternError

if TYPE_CHECKING:
    from core.trace.search import Hits
    from gui.session import Session


class Search(QObject):
    """A pattern over function names, and where its functions are called.

    Args:
        session: Whose run is searched and whose cursor goes to the hits.

    Attributes:
        pattern: What is looked for, empty for nothing.
        hits: What was found; None where nothing is looked for, nothing is open or the pattern is
            none.
        error: Why the pattern is none, as a sentence; else empty.
    """

    changed = Signal()
    """Another pattern, or other hits."""
    failed = Signal(str)
    """The pattern is no regular expression; says why."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.pattern = ""
        self.hits: Hits | None = None
        self.error = ""
        session.trace_changed.connect(self._look)

    def set_pattern(self, pattern: str) -> None:
        """Look for another pattern; an empty one ends the search."""
        if pattern != self.pattern:
            self.pattern = pattern
            self._look()

    def look_for(self, function: str) -> None:
        """Look for one function by its whole name."""
        self.set_pattern(f"^{re.escape(function)}$")

    def clear(self) -> None:
        """Look for nothing."""
        self.set_pattern("")

    @property
    def number(self) -> int:
        """How many hits the cursor has come to, the one under it included."""
        return self.hits.number_at(self.session.position) if self.hits is not None else 0

    @property
    def total(self) -> int:
        """How many hits there are."""
        return len(self.hits) if self.hits is not None else 0

    def next(self) -> None:
        """To the hit after the cursor; after the last one to the first."""
        if self.hits is not None and len(self.hits):
            to = self.hits.next_hit(self.session.position)
            self.session.seek(int(self.hits.positions[0]) if to is None else to)

    def previous(self) -> None:
        """To the hit before the cursor; before the first one to the last."""
        if self.hits is not None and len(self.hits):
            to = self.hits.previous_hit(self.session.position)
            self.session.seek(int(self.hits.positions[-1]) if to is None else to)

    def _look(self) -> None:
        from core.trace.search import search

        trace, before = self.session.trace, self.error
        self.hits, self.error = None, ""
        try:
            if trace is not None and self.pattern:
                self.hits = search(trace, self.pattern)
        except PatternError as error:
            self.error = str(error)
        self.changed.emit()
        if self.error and self.error != before:
            self.failed.emit(self.error)
