"""Text of perf script, next to counts made with nothing but string methods."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.recording.profile import StackProfile
from core.recording.reading import Reading
from tests.core.recording.text_recordings import (
    COMMS,
    NOISE,
    counted,
    first_lines,
    read_by,
    sample,
    stacks_of,
    tell_by,
    values_of,
    with_line,
)

PERF = "perf-script-mm_page_alloc-g.txt"


def read(data: bytes | str) -> tuple[StackProfile, Reading]:
    return read_by("perf_script", data)


def test_each_sample_is_a_record_with_its_frames() -> None:
    blocks = sample(PERF).decode().strip("\n").split("\n\n")
    expected: Counter[str] = Counter()
    for block in blocks:
        names = [line.split()[1].split("+0x")[0] for line in block.split("\n")[1:]]
        expected[";".join(reversed(names))] += 1
    profile, reading = read(sample(PERF))
    assert len(profile) == len(blocks) == 147
    assert Counter(stacks_of(profile)) == expected
    assert profile.total("pages") * 4096 == profile.total("bytes") == 147 * 4096
    assert counted(profile, "comm") == Counter(block.split()[0] for block in blocks)
    assert counted(profile, "pid") == Counter(block.split()[1] for block in blocks)
    assert counted(profile, "event") == {"kmem:mm_page_alloc": 147}
    assert set(counted(profile, "gfp")) == {b.split("gfp_flags=")[1].split()[0] for b in blocks}
    assert profile.numbers["ts_ns"][0] == 250_352_277_000
    assert (reading.lines, reading.bad_lines, reading.notes) == (2217, 0, [])


CHAIN = "\n\tffffffff81000001 inner+0x1 ([kernel.kallsyms])\n\t          400 main+0x2 (/bin/x)\n\n"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("perf   879 [001]   250.352277: cycles:ppp: ", ("perf", "879", "", "1", "cycles:ppp")),
        ("a b 1/2 [003] 1.5:  250000 cycles:", ("a b", "2", "1", "3", "cycles")),
        ("x 7 1.5: 1 cpu/event=0x3c/u:", ("x", "7", "", "", "cpu/event=0x3c/u")),
        ("swapper     0 [000] d..1. 1.5: cycles:", ("swapper", "0", "", "0", "cycles")),
        ("dead beef [000] 1.5: e:", ("dead beef", "", "", "0", "e")),
        (":-1    -1 [000] 1.5: e:", (":-1", "-1", "", "0", "e")),
        ("              dd   826 [001]  2.5: kmem:x: y=1", ("dd", "826", "", "1", "kmem:x")),
        ("sh 5 [000] K     1.5: cycles:", ("sh", "5", "", "0", "cycles")),
        ("sh 5 [000] Sp    1.5: cycles:", ("sh", "5", "", "0", "cycles")),
        ("foo 12 [002] 99 cycles:", ("foo", "12", "", "2", "cycles")),
        ("foo 12 cycles:", ("foo", "12", "", "", "cycles")),
    ],
)
def test_every_first_line(header: str, expected: tuple[str, ...]) -> None:
    profile, reading = read((header + CHAIN) * 2)
    names = ("comm", "pid", "tgid", "cpu", "event")
    found = [values_of(profile, name)[1] if name in profile.dimensions else "" for name in names]
    assert tuple(found) == expected
    assert stacks_of(profile) == ["main;inner"] * 2
    assert reading.bad_lines == 0


def test_a_period_is_a_weight() -> None:
    profile, _ = read("x 7 1.5: 250000 cycles:" + CHAIN + "x 7 1.6: cycles:" + CHAIN)
    assert profile.weights["period"].tolist() == [250_000, 0]
    assert "period" not in read(sample(PERF))[0].weights


def test_samples_without_a_call_chain() -> None:
    profile, reading = read(
        "  dd   826 [001]  2.5:   1 cycles:  ffffffff8105 native_write ([kernel.kallsyms])\n"
        "  cc   827 [001]  2.6: sched:sched_switch: prev_comm=a (b)\n"
    )
    assert stacks_of(profile) == ["native_write", "(sched:sched_switch)"]
    assert values_of(profile, "comm") == ["dd", "cc"]
    assert reading.bad_lines == 0


@pytest.mark.parametrize(
    ("frames", "stack", "modules", "module"),
    [
        ("1 a+0x1 ([ext4])\n 2 b (vmlinux)", "b;a", ["", "ext4"], "ext4"),
        ("1 b ([kernel.kallsyms])\n 2 a ([ext4])\n 3 m (/bin/x)", "m;a;b", None, "ext4"),
        ("1 b ([kernel.kallsyms])\n 3 m (/bin/x)", "m;b", ["x", ""], "kernel"),
        ("1 a (/lib/modules/6/nf-nat.ko.xz)", "a", ["nf_nat"], "nf_nat"),
        ("1 f(int, char)+0x3 (/lib/a b.so (deleted))", "f(int, char)", ["a b.so"], "a b.so"),
        ("1 i (inlined)\n 1 f+0x1 (/bin/x)\n x.c:12", "f;i", ["x", "x"], "x"),
        ("1 [unknown] ([unknown])", "[unknown]", ["[unknown]"], "[unknown]"),
        ("1 __vdso+0x1 ([vdso])", "__vdso", ["vdso"], "vdso"),
        ("s (/bin/x)\n t (/bin/x)", "t;s", ["x", "x"], "x"),
    ],
)
def test_every_frame(frames: str, stack: str, modules: list[str] | None, module: str) -> None:
    profile, reading = read(f"x 1 [000] 1.5: cycles:\n {frames}\n\n")
    assert reading.bad_lines == 0
    assert stacks_of(profile) == [stack]
    assert modules is None or [f.module for f in profile.stacks.frames_of(0)] == modules
    assert values_of(profile, "module") == [module]


def test_the_middle_of_a_file_tells_its_format() -> None:
    middle = sample(PERF)[50_123:]
    assert tell_by("perf_script", middle) > 0.9
    profile, reading = read(middle)
    assert len(profile) == middle.count(b"kmem:mm_page_alloc")
    assert reading.bad_lines <= 1


@given(comm=COMMS)
def test_any_name_of_a_task_is_read(comm: str) -> None:
    profile, reading = read(f"{comm:>16}  12 [001]   250.3: 5 cycles:u: \n\t1 a (/b)\n\n".encode())
    assert values_of(profile, "comm") == [comm]
    assert values_of(profile, "pid") == ["12"]
    assert reading.bad_lines == 0


@given(end=st.integers(0, 9000), begin=st.integers(0, 9000))
def test_a_file_cut_anywhere_keeps_what_is_whole(begin: int, end: int) -> None:
    data = first_lines(PERF, 150)[min(begin, end) : max(begin, end)]
    profile, reading = read(data)
    whole = [line for line in data.split(b"\n")[1:-1] if b"kmem:" in line]
    assert len(whole) <= len(profile) <= len(whole) + 2
    assert reading.bad_lines <= 1


@given(number=st.integers(0, 149), noise=NOISE)
def test_a_line_of_noise_costs_at_most_its_record(number: int, noise: bytes) -> None:
    good = first_lines(PERF, 150)
    profile, reading = read(with_line(good, number, noise))
    assert len(read(good)[0]) - 1 <= len(profile) <= len(read(good)[0]) + 1
    assert reading.bad_lines <= 1
