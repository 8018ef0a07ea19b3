"""A kernel log with call traces: a real overflow, and what other kernels and tools write."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.recording.profile import StackProfile
from core.recording.readers.console import console_log
from core.recording.reading import Reading
from tests.core.recording.text_recordings import (
    COMMS,
    NOISE,
    read_by,
    sample,
    stacks_of,
    tell_by,
    values_of,
    with_line,
)

GUARD = "guard-console-B.txt"


def read(data: bytes | str) -> tuple[StackProfile, Reading]:
    return read_by("console", data)


def trace_lines() -> list[str]:
    """The lines of the real call trace, cut out with nothing but string methods."""
    text = sample(GUARD).decode("utf-8", "replace").replace("\r", "")
    block = text.split("Call Trace:\n")[1].split("</TASK>")[0]
    lines = [line.split("] ", 1)[1] for line in block.split("\n") if "] " in line]
    return [line for line in lines if (line.startswith(" ") and "+0x" in line) or "0xffff" in line]


def test_the_overflow_of_a_real_kernel() -> None:
    log = console_log(sample(GUARD))
    (report,) = log.reports
    assert (report.kind, report.comm, report.pid, report.cpu) == ("stack overflow", "sh", "39", "0")
    assert report.release == log.release == "6.1.192"
    assert report.ts_ns == 3_659_269_000
    assert report.certain_counts["save_stack"] == 29
    assert report.unsure_counts["save_stack"] == 29
    assert log.levels is not None
    assert (log.levels.count, log.levels.apart_bytes) == (28, (536,))


def test_the_call_trace_is_that_of_the_file_and_begins_with_rip() -> None:
    certain = [line.strip().split("+0x")[0] for line in trace_lines() if "?" not in line]
    unsure = [line.strip(" ?").split("+0x")[0] for line in trace_lines() if "?" in line]
    (report,) = console_log(sample(GUARD)).reports
    assert [frame.name for frame in reversed(report.stack)] == [
        "__rb_reserve_next.constprop.0",
        *certain,
    ]
    assert [frame.name for frame in report.unsure] == unsure
    assert Counter(certain)["save_stack"] == Counter(unsure)["save_stack"] == 29


def test_the_profile_has_one_record_and_says_what_it_found() -> None:
    profile, reading = read(sample(GUARD))
    (stack,) = stacks_of(profile)
    assert stack.startswith("entry_SYSCALL_64_after_hwframe;do_syscall_64;__do_sys_clone;")
    assert stack.endswith(";ring_buffer_lock_reserve;__rb_reserve_next.constprop.0")
    assert values_of(profile, "event") == ["stack overflow"]
    assert profile.numbers["uncertain"].tolist() == [sum("?" in line for line in trace_lines())]
    overflow, levels = profile.info.findings
    assert overflow[0] == "Stack overflow"
    assert "save_stack 29 times (and 29 with “?”)" in overflow[1]
    assert "28 levels deep, 536 bytes" in levels[1]
    assert (reading.lines, reading.bad_lines) == (646, 0)


X86 = """\
[   10.000001] WARNING: CPU: 1 PID: 7 at mm/page_alloc.c:5 f+0x1/0x2 [ext4]
[   10.000002] CPU: 1 UID: 0 PID: 7 Comm: a (b) c Tainted: G        W          6.12.0-rc1 #1
[   10.000003] RIP: 0010:f+0x1/0x2 [ext4]
[   10.000004] Call Trace:
[   10.000005]  <TASK>
[   10.000006]  ? __warn+0x7f/0x130
[   10.000007]  g+0x3/0x4
[   10.000008]  h+0x5/0x6 [mod abcdef0123]
[   10.000009]  </TASK>
[   10.000010] ---[ end trace 0000000000000000 ]---
"""
ARM64 = """\
Insufficient stack space to handle exception!
CPU: 2 PID: 9 Comm: sh Not tainted 5.11.0 #1
pc : f+0x1/0x2
lr : g+0x3/0x4
Call trace:
 f+0x1/0x2
 g+0x3/0x4
 h+0x5/0x6
Kernel panic - not syncing: kernel stack overflow
CPU: 2 PID: 9 Comm: sh Not tainted 5.11.0 #1
Call trace:
 dump_backtrace+0x0/0x1e0
 panic+0x5/0x6
"""


@pytest.mark.parametrize(
    "before",
    ["", "\r", "<4>", "Nov 23 00:05:12 host kernel: ", "2026-11-23T00:05:12+0000 h kernel: "],
)
def test_what_stands_before_a_line_does_not_matter(before: str) -> None:
    text = "".join(f"{before}{line}\r\n" for line in X86.splitlines())
    (report,) = console_log(text.encode()).reports
    assert (report.kind, report.comm, report.pid, report.cpu) == ("warning", "a (b) c", "7", "1")
    assert report.release == "6.12.0-rc1"
    assert [frame.name for frame in report.stack] == ["h", "g", "f"]
    assert [frame.module for frame in report.stack] == ["mod", "", "ext4"]
    assert [frame.name for frame in report.unsure] == ["__warn"]
    assert values_of(read(text)[0], "module") == ["ext4"]
    assert tell_by("console", text.encode()) > 0.8


def test_a_log_without_times_and_with_a_trace_for_the_panic() -> None:
    overflow, panic = console_log(ARM64.encode()).reports
    assert (overflow.kind, panic.kind) == ("stack overflow", "panic")
    assert [frame.name for frame in overflow.stack] == ["h", "g", "f"]
    assert [frame.name for frame in panic.stack] == ["panic", "dump_backtrace"]


def test_a_journal_without_kernel_times() -> None:
    text = "".join(f"Nov 23 00:05:12 host kernel: {line}\n" for line in ARM64.splitlines())
    assert [report.kind for report in console_log(text.encode()).reports] == [
        "stack overflow",
        "panic",
    ]
    assert tell_by("console", text.encode()) > 0.8


def test_the_table_of_the_stack_tracer_gives_levels_too() -> None:
    rows = [
        f"  {n})   {4480 - 268 * n}     268   {name}+0x1/0x2\n"
        for n, name in enumerate(["save_stack", "__set_page_owner"] * 3)
    ]
    log = console_log(
        ("        Depth    Size   Location    (6 entries)\n" + "".join(rows)).encode()
    )
    assert log.levels is not None
    assert (log.levels.count, log.levels.apart_bytes) == (3, (536,))


def test_a_log_without_a_call_trace_is_empty_and_says_so() -> None:
    text = sample(GUARD)[: sample(GUARD).index(b"BUG: TASK") - 20]
    profile, reading = read(text)
    assert len(profile) == 0
    assert reading.notes == ["A kernel log without a call trace."]
    assert tell_by("console", text) > 0.7


def test_a_line_of_another_program_in_a_call_trace_is_bad_and_costs_nothing_else() -> None:
    lines = X86.splitlines(keepends=True)
    lines.insert(6, "login: \n")
    profile, reading = read("".join(lines))
    assert stacks_of(profile) == ["h;g;f"]
    assert reading.first_bad == "line 7: 'login: '"


@given(comm=COMMS.filter(lambda comm: "\x1b" not in comm))
def test_any_name_of_a_task_is_read(comm: str) -> None:
    text = X86.replace("a (b) c", comm).encode()
    (report,) = console_log(text).reports
    assert report.comm == comm
    assert len(report.stack) == 3


@given(begin=st.integers(0, 43_000), end=st.integers(0, 43_000))
def test_a_file_cut_anywhere_keeps_what_is_whole(begin: int, end: int) -> None:
    data = sample(GUARD)[min(begin, end) : max(begin, end)]
    profile, reading = read(data)
    assert len(profile) == (b"] Call Trace:\r\n" in data or data.endswith(b"Call Trace:\r"))
    assert reading.bad_lines <= 1


@given(number=st.integers(230, 520), noise=NOISE)
def test_a_line_of_noise_costs_at_most_itself(number: int, noise: bytes) -> None:
    data = with_line(sample(GUARD), number, noise)
    profile, reading = read(data)
    assert len(profile) == (b"Call Trace:\r" in data)
    if len(profile):
        assert profile.stacks.depths[0] >= 156
    assert reading.bad_lines <= 1


@pytest.mark.parametrize(
    ("lines", "stack"),
    [
        (  # x86, 5.16 and later: an interrupt on the way, its registers name a frame
            " <IRQ>\n foo+0x1/0x2 [bar]\n </IRQ>\n <TASK>\n asm_sysvec+0x1/0x2\n"
            "RIP: 0010:do_idle+0x1/0x2\nCode: 00 <f4> c3\nRSP: 0018:ffff EFLAGS: 00000206\n"
            " cpu_startup+0x1/0x2\n </TASK>\n",
            "cpu_startup;do_idle;asm_sysvec;foo",
        ),
        (" <EOI>  [<ffffffff81234567>] baz+0x1/0x2\n", "baz"),  # x86, 4.9
        (
            " [<00000000001140a2>] show_stack+0x8a/0xd0 \n([<00000000001140a2>] foo+0x8a/0xd0)\n"
            "Last Breaking-Event-Address:\n [<00>] bar+0x1/0x2\n",
            "foo;show_stack",
        ),  # s390
        (
            "[c000000003b0bc60] [c000000000f5f2b4] dump+0x74/0xa8 (unreliable)\n"
            "[c000000003b0bc60] [c000000000f5f2b4] foo+0x74/0xa8\n--- interrupt: c00 at 0x7fff8c\n"
            "NIP:  00007fff LR: 7ff\n[c000000003b0bc60] [c000000000f5f2b4] call+0x74/0xa8\n",
            "call;foo",
        ),  # powerpc
        (
            " [<a000000100013b30>] build_script+0x50/0xa0\n"
            "                                sp=e000000102d0 bsp=e000000102c1\n"
            " [<a000000100013b30>] kmalloc+0x50/0xa0\n"
            "                                sp=e000000102d0 bsp=e000000102c1\n",
            "kmalloc;build_script",
        ),  # ia64
        (" unwind_backtrace from show_stack+0x10/0x14\n", "show_stack"),  # arm, 5.18 and later
        ("[<c010f2c4>] (unwind_backtrace) from [<c010b5b8>] (show_stack+0x10/0x14)\n r4:c1234567\n"
         "[<c010b5b8>] (show_stack) from [<c0a0>] (dump_stack+0x10/0x14)\n",
         "dump_stack;show_stack"),  # arm before
    ],
)  # fmt: skip
def test_call_traces_of_every_architecture(lines: str, stack: str) -> None:
    text = "".join(f"[   12.345678] {line}\n" for line in f"Call Trace:\n{lines}".splitlines())
    profile, reading = read_by("console", text)
    assert stacks_of(profile) == [stack]
    assert reading.bad_lines == 0
