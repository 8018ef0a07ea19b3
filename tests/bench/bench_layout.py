"""What one more field costs: how soon the terminal and a survey answer, and how often rightly."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from core.layout.analysis import Question, analyse
from core.layout.library import THIS_MACHINE_BTF
from core.layout.sources.btf import BtfKernel
from core.layout.survey import survey
from tests.bench.row import Row
from tests.core.layout.kernels import DATA, truth_rows

RUNS = 15
SURVEY_S = 2.0
SURVEYED = 20
BEST_SHARE, SINGLE_SHARE = 0.95, 0.85


def _median_ms(command: Sequence[str]) -> float:
    # Without cached bytecode every start compiles the program again.
    environ = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    times = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env=environ)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times[1:])


def bench_whole_command() -> list[Row]:
    """The whole process, with Python's own start in it, beside pahole's."""
    pahole = shutil.which("pahole")
    if pahole is None or not THIS_MACHINE_BTF.exists():
        return []
    ours_ms = _median_ms([sys.executable, "-m", "core.cli", "layout"])
    theirs_ms = _median_ms([pahole, "-C", "task_struct", str(THIS_MACHINE_BTF)])
    return [
        Row(
            name="ownerscope layout, the whole process",
            measured=round(ours_ms),
            unit="ms",
            compared_with=f"pahole -C task_struct: {theirs_ms:.0f} ms",
            ratio=ours_ms / theirs_ms,
            target="at most twice pahole's",
            ok=ours_ms <= 2 * theirs_ms,
        )
    ]


def bench_survey() -> list[Row]:
    """Twenty kernels opened, and the three storages asked of each."""
    files = [str(path) for path in sorted((DATA / "btf").glob("*.btf"))][:SURVEYED]
    start = time.perf_counter()
    rows = survey(files)
    took_s = time.perf_counter() - start
    failed = [row.name for row in rows if row.problem]
    return [
        Row(
            name=f"a survey of {len(files)} kernels",
            measured=round(took_s, 2),
            unit="s",
            compared_with="could not be read: " + ", ".join(failed) if failed else "",
            ratio=None,
            target=f"within {SURVEY_S:.0f} s",
            ok=took_s <= SURVEY_S and not failed,
        )
    ]


def bench_truth() -> list[Row]:
    """How often the prediction from BTF alone is what the compiler did."""
    rows = [row for row in truth_rows() if row["variant"] != "none"]
    right = {"place": 0, "inside": 0, "best": 0, "single": 0}
    for row in rows:
        data = Path(DATA / "btf" / f"{row['file_tag']}.btf").read_bytes()
        found = analyse(BtfKernel(data, name=row["file_tag"]), Question())
        field, _, place = row["variant"].partition("_")
        what_if, growth = found.ask(field, place).what_if, int(row["growth_vs_none"])
        landed = (str(what_if.field.byte_offset), str(what_if.field.bit_offset))
        right["place"] += landed == (row["member_byte_offset"], row["member_bit_offset"])
        right["inside"] += what_if.growth.min <= growth <= what_if.growth.max
        right["best"] += what_if.growth.best == growth
        right["single"] += what_if.growth.exact
    wanted = {"place": 1.0, "inside": 1.0, "best": BEST_SHARE, "single": SINGLE_SHARE}
    titles = {
        "place": "byte and bit offset right",
        "inside": "true growth inside the interval",
        "best": "likeliest growth right, without help",
        "single": "answers that are a single value",
    }
    return [
        Row(
            name=f"truth table: {titles[key]}",
            measured=count,
            unit=f"of {len(rows)}",
            compared_with="gcc, read back",
            ratio=None,
            target=f"{wanted[key]:.0%}",
            ok=count >= wanted[key] * len(rows),
        )
        for key, count in right.items()
    ]
