"""Text of trace events, next to counts made with nothing but string methods."""

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

KMEM, TRACE_CMD = "kmem-events-stack.txt", "trace-cmd-report-kmem-stack.txt"


def read(data: bytes | str) -> tuple[StackProfile, Reading]:
    return read_by("trace_events", data)


def fields_of(text: str, name: str) -> list[str]:
    """Return the values of a field, in the order of the file."""
    return [part.split()[0] for part in text.split(f" {name}=")[1:]]


@pytest.mark.parametrize("name", [KMEM, TRACE_CMD])
def test_weights_and_dimensions_are_those_of_the_fields(name: str) -> None:
    text = sample(name).decode()
    profile, reading = read(sample(name))
    events = [line for line in text.splitlines() if ": mm_" in line or ": km" in line]
    orders = fields_of(text, "order")
    assert len(profile) == profile.total("records") == len(events)
    assert profile.total("pages") == sum(1 << int(order) for order in orders)
    assert profile.total("bytes") == sum(map(int, fields_of(text, "bytes_alloc"))) + sum(
        4096 << int(order) for order in orders
    )
    gfp = counted(profile, "gfp")
    assert gfp.pop("", 0) == text.count(" mm_page_free:")
    assert gfp == Counter(fields_of(text, "gfp_flags"))
    assert counted(profile, "event") == Counter(
        line.split(": ")[1].split(":")[0].strip() for line in events
    )
    assert counted(profile, "type")["Movable"] == fields_of(text, "migratetype").count("1")
    assert (reading.lines, reading.bad_lines) == (text.count("\n"), 0)
    assert len(reading.notes) == 1


@pytest.mark.parametrize(("name", "mark"), [(KMEM, "<stack trace>"), (TRACE_CMD, "kernel_stack:")])
def test_stacks_are_those_of_the_file_without_the_event_itself(name: str, mark: str) -> None:
    expected: Counter[str] = Counter()
    for block in sample(name).decode().split(mark)[1:]:
        lines = [line.strip() for line in block.splitlines() if line.strip().startswith("=>")]
        frames = [line.removeprefix("=> ") for line in lines]
        kept = [f for f in frames if not f.startswith("trace_event_raw_event_") and f != "0x0"]
        if kept:
            expected[";".join(reversed(kept))] += 1
    found = Counter(stacks_of(read(sample(name))[0]))
    without = {stack: count for stack, count in found.items() if stack not in expected}
    assert Counter(found) - Counter(without) == expected
    assert sum(without.values()) <= 1  # the file ends with an event that has lost its stack
    assert not any("0x0" in stack or "trace_event" in stack for stack in found)


HEADER = "            sh-44      [001] .....   1.000001: "


def test_an_event_without_a_stack_has_its_call_site_or_its_own_name() -> None:
    profile, reading = read(
        f"{HEADER}kmalloc: call_site=getname+0x2b/0x180 ptr=0 bytes_req=1 bytes_alloc=8\n"
        f"{HEADER}mm_page_alloc: page=0 pfn=0x10 order=3 migratetype=5 gfp_flags=GFP_KERNEL\n"
    )
    assert stacks_of(profile) == ["getname", "(mm_page_alloc)"]
    assert values_of(profile, "call_site") == ["getname", ""]
    assert values_of(profile, "type") == ["", "5"]
    assert profile.weights["pages"].tolist() == [0, 8]
    assert profile.weights["bytes"].tolist() == [8, 32768]
    assert profile.numbers["pfn"].tolist() == [-1, 16]
    assert reading.bad_lines == 0


def test_every_spelling_of_a_stack() -> None:
    frames = (
        "=> __traceiter_x\n=> a+0x1/0x2 <ffffffff8155e7f2>\n=> b [ext4]\n=> c (ffffffff8155e7f2)"
    )
    for head in ("<stack trace>", "kernel_stack:         <stack trace >", "kernel_stack: "):
        profile, reading = read(f"{HEADER}x: y=1\n{HEADER}{head}\n{frames}\n")
        assert stacks_of(profile) == ["c;b;a"]
        assert values_of(profile, "module") == ["ext4"]
        assert [f.text for f in profile.stacks.frames] == ["c", "b [ext4]", "a+0x1/0x2"]
        assert reading.bad_lines == 0


@pytest.mark.parametrize("field", ["order=99999999999", "order=-1", "order=x", "pfn=-0x1", "pfn="])
def test_fields_beyond_reason_weigh_nothing(field: str) -> None:
    profile, _ = read(f"{HEADER}mm_page_alloc: {field} ptr=1\n")
    assert profile.total("pages") == 0
    assert profile.total("records") == 1


def test_a_pfn_larger_than_a_column_is_unknown() -> None:
    profile, _ = read(f"{HEADER}mm_page_free: pfn=0xffffffffffffffff order=0\n{HEADER}a: pfn=1\n")
    assert "pfn" not in profile.numbers


def test_the_middle_of_a_file_tells_its_format() -> None:
    middle = sample(KMEM)[700_000:800_000]
    assert tell_by("trace_events", middle) > 0.8
    assert tell_by("function_tracer", middle) == 0


@given(comm=COMMS)
def test_any_name_of_a_task_is_read(comm: str) -> None:
    for text in (f"{comm:>16}-12      [001] d..1.   222.402977: a: b=1", f"{comm}-12 [1] 2.5: a:"):
        profile, reading = read(text.encode())
        assert values_of(profile, "comm") == [comm]
        assert values_of(profile, "event") == ["a"]
        assert reading.bad_lines == 0


@given(
    name=st.sampled_from([KMEM, TRACE_CMD]), end=st.integers(0, 9000), begin=st.integers(0, 9000)
)
def test_a_file_cut_anywhere_keeps_what_is_whole(name: str, begin: int, end: int) -> None:
    data = first_lines(name, 120)[min(begin, end) : max(begin, end)]
    profile, reading = read(data)
    whole = [line for line in data.split(b"\n")[1:-1] if b"gfp_flags" in line]
    assert len(whole) <= len(profile) <= len(whole) + 3
    assert reading.bad_lines <= 2


@given(name=st.sampled_from([KMEM, TRACE_CMD]), number=st.integers(0, 119), noise=NOISE)
def test_a_line_of_noise_costs_at_most_its_record(name: str, number: int, noise: bytes) -> None:
    good = first_lines(name, 120)
    profile, reading = read(with_line(good, number, noise))
    assert len(read(good)[0]) - 2 <= len(profile) <= len(read(good)[0])
    assert reading.bad_lines <= 1


def test_a_free_has_pages_and_bytes_where_its_order_is_known() -> None:
    profile, _ = read(
        f"{HEADER}mm_page_free: page=0 pfn=0x10 order=2\n{HEADER}mm_page_free: page=0 pfn=0x10\n"
    )
    assert profile.weights["pages"].tolist() == [4, 0]
    assert profile.weights["bytes"].tolist() == [4 * 4096, 0]


@pytest.mark.parametrize("page", ["(null)", "0000000000000000", "0x0", "0"])
def test_an_allocation_that_failed_has_no_pages(page: str) -> None:
    profile, _ = read(
        f"{HEADER}mm_page_alloc: page={page} pfn=0x0 order=3 migratetype=0 gfp_flags=GFP_KERNEL\n"
        f"{HEADER}mm_page_alloc: page={page} pfn=0x8 order=3 migratetype=0 gfp_flags=GFP_KERNEL\n"
    )
    assert profile.weights["pages"].tolist() == [0, 8]
    assert profile.numbers["pfn"].tolist() == [-1, 8]
