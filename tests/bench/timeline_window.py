"""Frames of a timeline in a real window: run by ``bench_timeline`` under Xvfb, not by itself.

python -m tests.bench.timeline_window TRACE prints the milliseconds of a frame by zoom, as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.trace import file as trace_file
from tests.bench.bench_timeline import PASSES, ZOOMS, look_at, median_ms, view_of


def main(path: Path) -> None:
    """Show a timeline of a saved run and measure its frames, sent to the display."""
    application = QApplication([])
    view, viewport = view_of(trace_file.load(path))
    view.show()
    QTest.qWaitForWindowExposed(view)
    found = {}
    for zoom in ZOOMS:

        def frame(number: int, zoom: int = zoom) -> None:
            look_at(viewport, zoom, number)
            view.repaint()
            application.sendPostedEvents()

        frame(0)
        found[zoom] = min(median_ms(frame) for _ in range(PASSES))
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
