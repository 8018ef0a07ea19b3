"""Our pahole against the real one: the same numbers and text, and the time it takes."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path

from core.layout.holes import summary
from core.layout.model import TASK_STRUCT
from core.layout.pahole_text import printed
from core.layout.sources.btf import BtfKernel
from core.layout.sources.packed import unpacked
from core.layout.sources.pahole import read_pahole
from tests.bench.row import Row
from tests.record_pahole import WHOLE, counted, pahole

THIS_MACHINE = Path("/sys/kernel/btf/vmlinux")
SAMPLED = 300
PASSES = 9
MOST_MS = 12
LEAST_RATIO = {"vmlinux": 4}
LEAST_RATIO_ELSEWHERE = 3
LEAST_IDENTICAL = 0.99
GARBAGE_BYTES = 10_000_000
MOST_GARBAGE_SECONDS = 2


@cache
def folder() -> tempfile.TemporaryDirectory[str]:
    """A folder that goes when the benches end."""
    return tempfile.TemporaryDirectory(prefix="ownerscope-bench-")


@cache
def debian() -> Path:
    """The Debian kernel's BTF, unpacked."""
    path = Path(folder().name) / "debian-6.1.btf"
    path.write_bytes(unpacked(WHOLE.read_bytes(), name=WHOLE.name))
    return path


def kernels() -> list[Path]:
    """Kernels to compare with pahole on; none where it is not installed."""
    if shutil.which("pahole") is None:
        return []
    return [path for path in (debian(), THIS_MACHINE) if path.exists()]


def members_of(text: str) -> str:
    """What stands before the lines of sums."""
    return re.split(r"\n\n?(?=\t/\* size: )", text)[0]


def _best_ms(work: object) -> float:
    assert callable(work)
    best = float("inf")
    for _ in range(PASSES):
        start = time.perf_counter()
        work()
        best = min(best, (time.perf_counter() - start) * 1e3)
    return best


def bench_same_as_pahole() -> list[Row]:
    """Holes, text and the text read back, of task_struct and structs chosen by chance."""
    rows = []
    for path in kernels():
        types = BtfKernel(path.read_bytes(), name=path.name)
        names = random.Random(1).sample(types.struct_names(), SAMPLED)
        all_, same_holes, structs, whole, members, again = 0, 0, 0, 0, 0, 0
        for name in (TASK_STRUCT, *names):
            struct, text = types.find(name), pahole(name, path)
            if struct is None or "{" not in text:  # of some names pahole prints a typedef
                continue
            all_ += 1
            ours = printed(struct, types)
            whole += ours == text
            members += members_of(ours) == members_of(text)
            reread = read_pahole(text, name="pahole").find(name)
            again += reread is not None and _places(reread) == _places(struct)
            if not struct.is_union:
                holes = summary(struct)
                structs += 1
                same_holes += counted(text) == [
                    holes.size_bytes,
                    holes.member_count,
                    len(holes.holes),
                    holes.sum_holes_bytes,
                    len(holes.bit_holes),
                    holes.sum_bit_holes_bits,
                    holes.padding_bytes,
                    holes.bit_padding_bits,
                ]
        for what, same, of, least in (
            ("holes and padding", same_holes, structs, 1.0),
            ("members, byte for byte", members, all_, LEAST_IDENTICAL),
            ("whole text, byte for byte", whole, all_, LEAST_IDENTICAL),
            ("its text read back", again, all_, 1.0),
        ):
            rows.append(
                Row(
                    name=f"{path.name}: {what}",
                    measured=same,
                    unit=f"of {of} structs",
                    compared_with="pahole -C",
                    ratio=None,
                    target="all" if least == 1 else f"{least:.0%}",
                    ok=same >= least * of,
                )
            )
    return rows


def _places(struct: object) -> list[tuple[str, int, int]]:
    members = getattr(struct, "members", ())
    return [(one.name, one.offset_bits, one.size_bits) for one in members]


def bench_task_struct() -> list[Row]:
    """Opening a kernel's BTF and resolving its task_struct, against pahole's whole run."""
    rows = []
    for path in kernels():

        def resolve(path: Path = path) -> None:
            BtfKernel(path.read_bytes(), name="kernel").layout()

        def run(path: Path = path) -> None:
            command = ["pahole", "-C", TASK_STRUCT, str(path)]
            subprocess.run(command, capture_output=True, check=True)

        ours, theirs = _best_ms(resolve), _best_ms(run)
        least = LEAST_RATIO.get(path.name, LEAST_RATIO_ELSEWHERE)
        rows.append(
            Row(
                name=f"{path.name}: open and resolve task_struct",
                measured=round(ours, 2),
                unit="ms",
                compared_with=f"pahole -C, as a process: {theirs:.1f} ms",
                ratio=theirs / ours,
                target=f"< {MOST_MS} ms and {least}x faster",
                ok=ours < MOST_MS and theirs / ours >= least,
            )
        )
    return rows


def bench_text() -> list[Row]:
    """Printing and reading a task_struct, and refusing ten megabytes of garbage."""
    types = BtfKernel(debian().read_bytes(), name="debian")
    struct = types.layout().struct
    text = printed(struct, types)
    print_ms = _best_ms(lambda: printed(struct, types))
    read_ms = _best_ms(lambda: read_pahole(text, name="text"))
    head = "struct a {\n\tint x; /* 0 4 */\n"
    start = time.perf_counter()
    for garbage in ("struct a {", "/*", "{", ";", "> "):
        try:
            read_pahole(head + garbage * (GARBAGE_BYTES // 5 // len(garbage)), name="garbage")
        except ValueError:
            raise
        except Exception as error:
            assert type(error).__name__ == "LayoutError", error
    seconds = time.perf_counter() - start
    return [
        Row(
            "task_struct as pahole's text", round(print_ms, 2), "ms", "", None, "reported", ok=True
        ),
        Row(
            "task_struct from pahole's text", round(read_ms, 2), "ms", "", None, "reported", ok=True
        ),
        Row(
            name="10 MB that are no pahole text",
            measured=round(seconds, 2),
            unit="s",
            compared_with="",
            ratio=None,
            target=f"< {MOST_GARBAGE_SECONDS} s",
            ok=seconds < MOST_GARBAGE_SECONDS,
        ),
    ]
