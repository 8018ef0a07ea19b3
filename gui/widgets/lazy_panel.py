"""A panel that works nothing out while nobody looks at it."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget


class LazyPanel(QWidget):
    """Connect what makes the panel's content old to ``renew``, and fill it in ``take``."""

    def __init__(self) -> None:
        super().__init__()
        self._stale = True

    def renew(self) -> None:
        """Take what is new: now, or when the panel is shown next."""
        self._stale = True
        if self.isVisible():
            self.catch_up()

    def catch_up(self) -> None:
        """Take what is new now."""
        self._stale = False
        self.take()

    def take(self) -> None:
        """Take what is new."""
        raise NotImplementedError

    def showEvent(self, event: QShowEvent) -> None:
        """Take what is new since somebody looked last."""
        super().showEvent(event)
        if self._stale:
            self.catch_up()
