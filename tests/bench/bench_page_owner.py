"""Speed and memory of reading a page_owner dump of more than 600 MB."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import zstandard

from core.recording.readers.page_owner import dump as page_owner
from core.recording.readers.page_owner.helper import cpus
from core.recording.reading import Reading
from core.recording.source import Source
from tests.bench.row import Row

REAL = Path(__file__).parents[1] / "data/recordings/page_owner-6.1-67MB.txt.zst"
COPIES = 10
RECORDS = 97_257
SORT_MB_PER_S = 18
LEAST_TIMES, AIM_TIMES = 10, 20
MOST_MIB = 200
_NUMBERS = re.compile(
    rb"^Page allocated via .*, pid (\d+), tgid (\d+) \(.*\), ts (\d+) ns, free_ts (\d+) ns\n"
    rb"PFN (\d+) ",
    re.MULTILINE,
)
_MEASURE = """
import sys, threading, time
from pathlib import Path
import numpy
from core.recording import opening
from core.recording.readers.page_owner import dump as page_owner
from core.recording.reading import Reading
from core.recording.source import open_source
def resident(pid):  # shared pages are divided among those that share them
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return int(next(line for line in text.splitlines() if line.startswith("Pss:")).split()[1])
def all_of_us():
    kids = Path("/proc/self/task").glob("*/children")
    return sum(map(resident, ["self", *(pid for each in kids for pid in each.read_text().split())]))
base, peak, done = all_of_us(), [0], threading.Event()
def watch():
    while not done.wait(0.01):
        peak[0] = max(peak[0], all_of_us())
watcher = threading.Thread(target=watch)
watcher.start()
profile = page_owner.read(open_source(sys.argv[1]), Reading())
peak[0] = max(peak[0], all_of_us())
done.set()
watcher.join()
print((peak[0] - base) / 1024, base / 1024, len(profile))
"""


def _shifted(step: int, *, leading: bool) -> np.ndarray:
    """Return a table that turns digits into other digits; a leading one never becomes 0."""
    table = np.arange(256, dtype=np.uint8)
    digits = b"123456789" if leading else b"0123456789"
    for place, digit in enumerate(digits):
        table[digit] = digits[(place + step) % len(digits)]
    return table


@contextmanager
def long_dump() -> Iterator[Path]:
    """A dump of over 600 MB: the real one again and again, with other page frames, tasks and times.

    Each copy has other digits in the same places, so tasks that differed still differ.
    """
    real = zstandard.ZstdDecompressor(max_window_size=1 << 31).decompressobj()
    text = bytearray(real.decompress(REAL.read_bytes()))
    spans = np.array(
        [found.span(group) for found in _NUMBERS.finditer(text) for group in range(1, 6)]
    )
    digits = np.frombuffer(text, np.uint8)
    leading = spans[:, 0]
    lengths = spans[:, 1] - leading - 1
    before = np.repeat(np.cumsum(lengths) - lengths, lengths)
    others = np.repeat(leading + 1, lengths) + np.arange(lengths.sum()) - before
    first, rest = digits[leading].copy(), digits[others].copy()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page_owner.txt"
        with path.open("wb") as file:
            for copy in range(COPIES):
                digits[leading] = _shifted(copy, leading=True)[first]
                digits[others] = _shifted(copy, leading=False)[rest]
                file.write(text)
        yield path


def _count_lines_s(path: Path) -> float:
    """Seconds that ``wc -l`` takes."""
    count = shutil.which("wc")
    assert count is not None
    start = time.perf_counter()
    subprocess.run([count, "-l", str(path)], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def _read_s(path: Path) -> float:
    start = time.perf_counter()
    with path.open("rb", buffering=0) as raw:
        profile = page_owner.read(Source(raw, name="dump"), Reading())
    seconds = time.perf_counter() - start
    assert len(profile) == COPIES * RECORDS
    return seconds


def bench_reading() -> list[Row]:
    """Megabytes a second, all dimensions kept, and what it takes of memory."""
    with long_dump() as path:
        size_mb = path.stat().st_size / 1e6
        _count_lines_s(path)  # into the page cache
        lines_s = _count_lines_s(path)
        seconds = min(_read_s(path) for _ in range(3))
        measured = subprocess.run(
            [sys.executable, "-c", _MEASURE, str(path)], check=True, capture_output=True, text=True
        )
    speed, wc_speed = size_mb / seconds, size_mb / lines_s
    more_mib, base_mib, _ = map(float, measured.stdout.split())
    name = f"page_owner dump, {size_mb:,.0f} MB, {cpus()} CPUs"
    return [
        Row(
            f"{name}, read",
            speed,
            "MB/s",
            f"page_owner_sort --cull=stacktrace, {SORT_MB_PER_S} MB/s on such a machine",
            speed / SORT_MB_PER_S,
            f">= {LEAST_TIMES}x, aim {AIM_TIMES}x",
            speed >= LEAST_TIMES * SORT_MB_PER_S,
        ),
        Row(
            f"{name}, read",
            speed,
            "MB/s",
            f"wc -l in this run, {wc_speed:,.0f} MB/s",
            speed / wc_speed,
            "reported",
            True,
        ),
        Row(
            f"{name}, most memory of both processes",
            more_mib,
            "MiB",
            f"{base_mib:.0f} MiB before",
            None,
            f"<= {MOST_MIB} MiB",
            more_mib <= MOST_MIB,
        ),
    ]
