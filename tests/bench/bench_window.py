"""How soon the window is there, and what a frame of the playing stack costs."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

from tests.bench.row import Row

STARTS = 7
FIRST_PAINT_MS = 500
CARDS = 64
FRAMES = 200
FRAME_SECONDS = 0.016
FRAME_MS = 4
SIZE = (1280, 800)


def _start_ms(code: str) -> float:
    """Milliseconds from start to end of a Python process that prints nothing of interest."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, env=_environ())
    return (time.perf_counter() - start) * 1000


def _environ() -> dict[str, str]:
    # Without cached bytecode every start compiles the program again: that is not a warm start.
    environ = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    if not environ.get("DISPLAY"):
        environ["QT_QPA_PLATFORM"] = "offscreen"
    return environ


def bench_first_paint() -> list[Row]:
    """From the start of the process to the first paint, and a bare PySide6 start beside it."""
    times = []
    for _ in range(STARTS + 1):
        done = subprocess.run(
            [sys.executable, "-m", "core.cli", "--exit-after-first-paint"],
            check=True, capture_output=True, text=True, env=_environ(),
        )  # fmt: skip
        times.append(float(done.stdout))
    warm_ms = sorted(times[1:])[STARTS // 2]
    bare_ms = _start_ms("from PySide6.QtWidgets import QApplication; QApplication([])")
    return [
        Row(
            name="first window painted, warm start",
            measured=round(warm_ms),
            unit="ms",
            compared_with=f"PySide6 with an empty QApplication: {bare_ms:.0f} ms",
            ratio=warm_ms / bare_ms,
            target=f"within {FIRST_PAINT_MS} ms",
            ok=warm_ms <= FIRST_PAINT_MS,
        )
    ]


def bench_stack_frame() -> list[Row]:
    """A frame of the playing stack with 64 cards, and a plain fill of the same picture."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QColor, QImage, QPainter
    from PySide6.QtWidgets import QApplication

    from gui.runner import Runner
    from gui.session import Session
    from gui.theme import ThemeManager
    from gui.widgets.stack.view import StackView

    _application = QApplication.instance() or QApplication([])
    session = Session(Runner())
    session.open("no-guard-overflow")
    assert session.trace is not None
    start = next(i for i in range(len(session.trace)) if len(session.trace.calls_at(i)) >= CARDS)
    now = [0.0]
    view = StackView(session, ThemeManager(), clock=lambda: now[0])
    view.resize(*SIZE)
    image = QImage(*SIZE, QImage.Format.Format_ARGB32_Premultiplied)
    times, fills = [], []
    for frame in range(FRAMES):
        session.seek(start + frame // 20 % 8)
        now[0] += FRAME_SECONDS
        view.tick()
        begun = time.perf_counter()
        with QPainter(image) as painter:
            view.draw(painter)
        times.append((time.perf_counter() - begun) * 1000)
        begun = time.perf_counter()
        with QPainter(image) as painter:
            painter.fillRect(image.rect(), QColor("black"))
        fills.append((time.perf_counter() - begun) * 1000)
    paint_ms, fill_ms = statistics.median(times), statistics.median(fills)
    return [
        Row(
            name=f"a frame of the playing stack, {CARDS} frames on it",
            measured=round(paint_ms, 2),
            unit="ms",
            compared_with=f"filling the same {SIZE[0]}x{SIZE[1]}: {fill_ms:.2f} ms",
            ratio=paint_ms / fill_ms,
            target=f"under {FRAME_MS} ms",
            ok=paint_ms < FRAME_MS,
        )
    ]
