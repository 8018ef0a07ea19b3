"""What views do not say for the moment, because a lesson asks for it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

MARK = "?"
"""What stands where something is covered."""
ASKED = "Asked by the lesson: answer it first"
"""What is said about it."""


class Covered(QObject):
    """The places that are covered, by their names in ``core.lesson.covered``.

    Signals:
        changed: Other places are covered, or none.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.places: frozenset[str] = frozenset()

    def __contains__(self, place: object) -> bool:
        return place in self.places

    def cover(self, places: frozenset[str]) -> None:
        """Cover these places and no others."""
        if places != self.places:
            self.places = places
            self.changed.emit()
