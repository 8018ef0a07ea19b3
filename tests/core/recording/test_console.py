"""A kernel log with call traces: a real overflow, and what other kernels and tools write."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.recording.profile import NO_VALUE, UNKNOWN, StackProfile
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


KASAN = """\
[   10.000001] ==================================================================
[   10.000002] BUG: KASAN: use-after-free in use_it+0x10/0x20
[   10.000003] Read of size 8 at addr ffff888012345678 by task reader/77
[   10.000004] CPU: 1 PID: 77 Comm: reader Not tainted 5.15.0 #1
[   10.000005] Call Trace:
[   10.000006]  dump_stack_lvl+0x34/0x44
[   10.000007]  use_it+0x10/0x20
[   10.000008]  entry_SYSCALL_64_after_hwframe+0x44/0xae
[   10.000009] {blank}
[   10.000010] Allocated by task 5 on cpu 3 at 9.123456s:
[   10.000011]  kasan_save_stack+0x1b/0x40
[   10.000012]  make_it+0x10/0x20
[   10.000013] {blank}
[   10.000014] Freed by task 6:
[   10.000015]  kfree+0x1b/0x40
[   10.000016]  drop_it+0x10/0x20
[   10.000017] {blank}
[   10.000018] The buggy address belongs to the physical page:
[   10.000019] page:00000000f2 refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x12345
[   10.000020] flags: 0x100000000000200(slab|node=0|zone=1)
[   10.000021] page dumped because: kasan: bad access detected
[   10.000022] page_owner tracks the page as allocated
[   10.000023] page last allocated via order 3, migratetype Unmovable, gfp_mask 0xcc0(GFP_KERNEL), \
pid 8, tgid 7 (a (b), c), ts 400, free_ts 300
[   10.000024]  post_alloc_hook+0x1/0x2
[   10.000025]  alloc_it mm/page_alloc.c:4324 [inline]
[   10.000026]  first+0x1/0x2 mm/slub.c:12
[   10.000027] page last free pid 9 tgid 9 stack trace:
[   10.000028]  reset_page_owner+0x1/0x2
[   10.000029]  second+0x1/0x2
[   10.000030] {blank}
[   10.000031] Memory state around the buggy address:
[   10.000032]  ffff888012345600: fb fb fb fb fb fb fb fb fb fb fb fb fb fb fb fb
""".replace("{blank}", "")


def names_of(log_text: str) -> list[tuple[str, list[str]]]:
    reports = console_log(log_text.encode()).reports
    return [(report.kind, [frame.name for frame in report.stack]) for report in reports]


def test_who_allocated_and_who_freed_are_records_of_their_own() -> None:
    assert names_of(KASAN) == [
        ("bug", ["entry_SYSCALL_64_after_hwframe", "use_it", "dump_stack_lvl"]),
        ("object allocated", ["make_it", "kasan_save_stack"]),
        ("object freed", ["drop_it", "kfree"]),
        ("page allocated", ["first", "alloc_it", "post_alloc_hook"]),
        ("page freed", ["second", "reset_page_owner"]),
    ]


def test_what_is_told_of_them_is_in_dimensions_and_numbers() -> None:
    profile, reading = read(KASAN)
    assert reading.bad_lines == 0
    assert values_of(profile, "pid") == ["77", "5", "6", "8", "9"]
    assert values_of(profile, "order")[3:] == ["3", NO_VALUE]
    assert values_of(profile, "gfp")[3] == "0xcc0(GFP_KERNEL)"
    assert values_of(profile, "type")[3] == "Unmovable"
    assert values_of(profile, "comm")[3:] == ["a (b), c", ""]
    assert values_of(profile, "tgid")[3:] == ["7", "9"]
    assert profile.numbers["ts_ns"].tolist() == [10_000_002_000, 9_123_456_000, UNKNOWN, 400, 300]
    assert profile.numbers["pfn"].tolist() == [UNKNOWN, UNKNOWN, UNKNOWN, 0x12345, 0x12345]


@pytest.mark.parametrize(
    ("above", "kind"),
    [
        ("page allocated via order 0, migratetype Movable, gfp_mask 0x1(A|B)", "page allocated"),
        (
            "page last allocated via order 0, migratetype Movable, gfp_mask 0x1(A), pid 3, ts 7, "
            "free_ts 5",
            "page allocated",
        ),
        ("page last free stack trace:", "page freed"),
        ("Last potentially related work creation:", "work queued"),
        ("Second to last call_rcu():", "work queued"),
    ],
)
def test_words_of_other_kernels(above: str, kind: str) -> None:
    assert names_of(f"{above}\n inner+0x1/0x2\n outer+0x1/0x2\n\nrest\n") == [
        (kind, ["outer", "inner"])
    ]


def test_a_report_goes_on_below_the_page_that_it_dumps() -> None:
    bad = (
        "BUG: Bad page state in process sh  pfn:00012\n"
        "page:0000 refcount:0 mapcount:0 mapping:0 index:0x0 pfn:0x12\n"
        "page_owner tracks the page as freed\n"
        "page last allocated via order 0, migratetype Movable, gfp_mask 0x1(A)\n"
        + "".join(f" deep{at}+0x1/0x2\n" for at in range(90))
        + "page_owner free stack trace missing\n"
        "CPU: 0 PID: 4 Comm: sh Not tainted 6.1.0 #1\nCall Trace:\n <TASK>\n bad_page+0x1/0x2\n"
        " </TASK>\n"
    )
    (bug, page) = console_log(bad.encode()).reports
    assert (bug.kind, bug.comm, [frame.name for frame in bug.stack]) == ("bug", "sh", ["bad_page"])
    assert (page.kind, len(page.stack)) == ("page allocated", 90)


def test_frames_with_file_and_line() -> None:
    decoded = (
        "Call Trace:\n <TASK>\n dump_stack_lvl (lib/dump_stack.c:107 discriminator 4)\n"
        " do_it (drivers/it.c:12) it\n ? left.part.0 (mm/x.c:3)\n inl mm/y.c:4 [inline]\n </TASK>\n"
    )
    assert names_of(decoded) == [("call trace", ["inl", "do_it", "dump_stack_lvl"])]
