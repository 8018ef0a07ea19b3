"""Scrubbing through four lanes of a million events: one seek, and the paint of all that changed."""

from __future__ import annotations

import os
import random
import statistics
import time
from typing import TYPE_CHECKING, cast

from tests.bench.row import Row

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.compare_session import CompareSession
    from gui.session import Session
    from gui.widgets.compare.strips import StripsView

LANES = 4
PAGE_EVENTS = 3_100
"""Top-level page events of the law's scenario: about a million events at the depths below."""
LEAST_EVENTS = 1_000_000
FRAMES = 240
FRAME_MS = 16.0
ZOOM_MS = 50.0
SIZE = (1600, 900)


def bench_compare_scrub() -> list[Row]:
    """Seeks anywhere, and in small steps, with everything painted; and a zoom of all strips."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication([])
    session = _session()
    page, strips = _page(session)
    page.show()
    assert strips.lanes
    application.processEvents()
    assert session.alignment is not None
    assert min(map(len, session.traces)) >= LEAST_EVENTS, [len(t) for t in session.traces]
    total = session.alignment.moments
    chance = random.Random(1)
    jumps = [chance.randrange(total) for _ in range(FRAMES)]
    drag = range(total // 3, total // 3 + 997 * FRAMES, 997)
    rows = []
    for name, moments in (("anywhere", jumps), ("dragging", list(drag))):
        times, work = [], []
        for moment in moments:
            begun, worked = time.perf_counter(), time.process_time()
            session.seek(moment)
            application.processEvents()
            times.append((time.perf_counter() - begun) * 1000)
            work.append((time.process_time() - worked) * 1000)
        # The late ones by the processor's time: what else runs on the machine is not ours.
        late = sorted(work)[int(len(work) * 0.95)]
        median = statistics.median(times)
        rows.append(_row(f"scrub {LANES} lanes of 1 M events, {name}", median, late))
    rows.append(_zoom(strips, total))
    page.close()
    return rows


def _row(name: str, median_ms: float, late_ms: float) -> Row:
    return Row(
        name=f"{name} (95 % take at most {late_ms:.1f} ms)",
        measured=round(median_ms, 2),
        unit="ms",
        compared_with="",
        ratio=None,
        target=f"under {FRAME_MS:.0f} ms, 60 frames a second",
        ok=max(median_ms, late_ms) < FRAME_MS,
    )


def _zoom(strips: StripsView, total: int) -> Row:
    """Draw all strips anew at many zooms."""
    from PySide6.QtWidgets import QApplication

    times, work = [], []
    for step in range(24):
        width = max(200.0, total * 0.6**step)
        begun, worked = time.perf_counter(), time.process_time()
        strips.viewport.show(total / 3, total / 3 + width, remember=False)
        QApplication.processEvents()
        times.append((time.perf_counter() - begun) * 1000)
        work.append((time.process_time() - worked) * 1000)
    worked_ms = statistics.median(work)
    return Row(
        name=f"zoom {LANES} strips of 1 M events ({worked_ms:.0f} ms of the processor)",
        measured=round(statistics.median(times), 2),
        unit="ms",
        compared_with="",
        ratio=None,
        target=f"under {ZOOM_MS:.0f} ms of the processor",
        ok=worked_ms < ZOOM_MS,
    )


def _session() -> CompareSession:
    """Return four lanes that have run."""
    from PySide6.QtWidgets import QApplication

    from core.compare.lanes import Lane
    from gui.compare_session import CompareSession
    from gui.runner import Runner
    from gui.session import Session

    main = Session(Runner(probe_events=20_000_000))
    assert main.open("depth-law")
    main.settings = {"events": PAGE_EVENTS}
    session = CompareSession(main, Runner(probe_events=20_000_000))
    main.setParent(session)
    session.lanes = tuple(
        Lane(guard, 2, kernel) for guard in ("uint", "bit2") for kernel in ("6.1", "6.12")
    )
    session.follow(True)
    while session.busy:
        QApplication.processEvents()
    return session


def _page(session: CompareSession) -> tuple[QWidget, StripsView]:
    """Return what the workspace paints when the cursor moves, in a window of its size."""
    from PySide6.QtWidgets import QVBoxLayout, QWidget

    from gui.theme import ThemeManager
    from gui.widgets.compare.columns import LaneColumns
    from gui.widgets.compare.strips import StripsView
    from gui.widgets.position_field import PositionField

    themes = ThemeManager()
    page = QWidget()
    column, strips = QVBoxLayout(page), StripsView(session, themes)
    column.addWidget(LaneColumns(session, themes), 2)
    column.addWidget(strips, 1)
    column.addWidget(PositionField(cast("Session", session.cursor), themes))
    page.resize(*SIZE)
    return page, strips
