"""Garbage is collected between events, and never in the middle of one.

A collection looks at every object there is: that takes tens of milliseconds once layouts and
recordings are open, and Python begins one wherever it happens to be, which may be a frame of an
animation or the step of a lesson that somebody waits for. A widget in a cycle of references could
even be collected while Qt paints it.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 400


class CollectBetweenEvents(QObject):
    """Takes over from Python when garbage is collected; Python's thresholds stay in force.

    Args:
        parent: It ends with this one, and Python collects again.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()
        # What is there now stays: modules, classes, the window. Nobody has to look at it again.
        gc.collect()
        gc.freeze()
        gc.disable()
        parent.destroyed.connect(gc.enable)

    def collect(self) -> None:
        """Collect what Python would have collected by now, the young ones first."""
        for generation, most in enumerate(self._thresholds):
            if gc.get_count()[generation] <= most:
                return
            gc.collect(generation)
