"""What a film of 300 frames takes: time, memory, and how large the file is."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.row import Row

FRAMES, SIZE = 300, "1280x720"
MP4_S, GIF_S = 10.0, 8.0
MP4_MB, GIF_MB = 2.0, 8.0
MEMORY_MB = 300
RUNS = ("depot-growth", "depth-law")
"""863 events, and 2,754 of which each frame shows another stack: the worst of the bundled ones."""

_MEASURED = """
import resource, sys
from core.cli import main
status = main(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
raise SystemExit(status)
"""


def bench_film() -> list[Row]:
    """Films of whole runs as MP4 and as GIF, each in a process of its own."""
    targets = ((".mp4", MP4_S, MP4_MB), (".gif", GIF_S, GIF_MB))
    return [_film(run, *target) for run in RUNS for target in targets]


def _film(run: str, end: str, most_s: float, most_mb: float) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / f"film{end}"
        words = [sys.executable, "-c", _MEASURED, "render", run, str(out), "--size", SIZE]
        begun = time.perf_counter()
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        seconds, size_mb = time.perf_counter() - begun, out.stat().st_size / 1e6
        frames = _frames(out)
    memory_mb = int(done.stdout)
    return Row(
        name=f"{run} as {end[1:].upper()}, {frames} frames of {SIZE}: {size_mb:.1f} MB,"
        f" {memory_mb} MB of memory",
        measured=round(seconds, 2),
        unit="s",
        compared_with="",
        ratio=None,
        target=f"< {most_s:.0f} s, {most_mb:.0f} MB, {MEMORY_MB} MB of memory",
        ok=seconds < most_s and size_mb < most_mb and memory_mb < MEMORY_MB,
    )


def _frames(out: Path) -> int:
    if out.suffix == ".mp4":
        import av

        with av.open(str(out)) as film:
            return sum(1 for _ in film.decode(video=0))
    from PIL import Image

    with Image.open(out) as film:
        lasting = 0
        for at in range(getattr(film, "n_frames", 1)):
            film.seek(at)
            lasting += int(film.info["duration"])
    return round(lasting / 50)
