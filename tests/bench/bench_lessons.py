"""Going through every bundled lesson with a clicker: from the key to the painted step."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.row import Row

if TYPE_CHECKING:
    from gui.lesson_bindings import LessonParts
    from gui.presenter.presenting import Presenting

STEP_MS = 50.0
SIZE, HALL = (1280, 800), (1920, 1080)
"""The window's size, and the audience's screen."""
QUIET_MS = 400
"""What a speaker says between two steps at least: then the next step is prepared."""

MOST_MS = 10_000
"""So long a recording may take to be read."""


def bench_lesson_steps() -> list[Row]:
    """Show every step of every lesson, each prepared while the one before was looked at.

    In the program's window, and before an audience, where the window lies behind.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    _ = QApplication.instance() or QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        parts, presenting = _window(Path(folder))
        rows = [_row("window", _all_steps(parts))]
        presenting.start()
        presenting.audience.showNormal()
        presenting.audience.resize(*HALL)
        rows.append(_row("hall", _all_steps(parts)))
        presenting.stop()
        parts.session.close()
        parts.window.close()
    return rows


def _all_steps(parts: LessonParts) -> list[tuple[float, float]]:
    """Go through all lessons; return how long each next step took, and what work it was, in ms."""
    from PySide6.QtWidgets import QApplication

    from core.lesson.loader import bundled, open_lesson

    taken = []
    for name in bundled():
        parts.session.open(open_lesson(name))
        _wait(parts)
        for _step in parts.session.steps[1:]:
            begun, worked = time.perf_counter(), time.thread_time()
            parts.session.next()
            QApplication.processEvents()
            now, work = time.perf_counter(), time.thread_time()
            taken.append(((now - begun) * 1000, (work - worked) * 1000))
            _wait(parts)
    return taken


def _row(where: str, taken: list[tuple[float, float]]) -> Row:
    median = statistics.median(time for time, _work in taken)
    # The late ones by the processor's time: what else runs on the machine is not ours.
    late = sorted(work for _time, work in taken)[int(len(taken) * 0.95)]
    return Row(
        name=f"next of {len(taken)} steps in the {where} (95 % take at most {late:.0f} ms)",
        measured=round(median, 1),
        unit="ms",
        compared_with="",
        ratio=None,
        target=f"under {STEP_MS:.0f} ms from the key",
        ok=median < STEP_MS,
    )


def _window(folder: Path) -> tuple[LessonParts, Presenting]:
    from gui.actions import ActionRegistry
    from gui.app import _add_workspaces
    from gui.collecting import CollectBetweenEvents
    from gui.controller import Controller
    from gui.presenter.bindings import PresenterParts
    from gui.settings import Settings
    from gui.theme import ThemeManager
    from gui.window import MainWindow

    settings = Settings(folder / "settings.ini")
    window = MainWindow(ThemeManager(settings), ActionRegistry(settings), settings)
    window.themes.set_motion(False)
    parts = _add_workspaces(window, Controller(window))
    for name in window.workspaces:
        window.build_workspace(name)
    window.resize(*SIZE)
    window.show()
    window.show_workspace("live")
    CollectBetweenEvents(window)
    presenter = window.findChild(PresenterParts)
    assert presenter is not None
    return parts, presenter.presenting


def _wait(parts: LessonParts) -> None:
    """Let what was shown be looked at for a moment."""
    from PySide6.QtWidgets import QApplication

    begun = time.perf_counter()
    while True:
        # Without a sleep: a virtual processor that has slept runs at half its speed at first.
        QApplication.processEvents()
        waited = (time.perf_counter() - begun) * 1000
        if waited > MOST_MS or (waited > QUIET_MS and not parts.session.stage.pending):
            return
