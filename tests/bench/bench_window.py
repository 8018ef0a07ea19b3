"""How soon the window is there, and what a frame of the playing stack costs."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from tests.bench.row import Row

STARTS = 7
FIRST_PAINT_MS = 500
CARDS = 64
FRAMES = 60
FRAME_MS = 4


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
