"""The function tracer's text, next to counts made with nothing but string methods."""

from __future__ import annotations

from collections import Counter

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

PLAIN, STACKS = "ftrace-function-plain.txt", "ftrace-function-stacktrace.txt"


def read(data: bytes | str) -> tuple[StackProfile, Reading]:
    return read_by("function_tracer", data)


def test_each_hit_without_a_stack_is_a_caller_and_a_function() -> None:
    profile, reading = read(sample(PLAIN))
    words = [line.split() for line in sample(PLAIN).decode().splitlines() if "<-" in line]
    expected = Counter(f"{caller.removeprefix('<-')};{name}" for *_, name, caller in words)
    assert Counter(stacks_of(profile)) == expected
    assert counted(profile, "comm") == Counter(word[0].rpartition("-")[0] for word in words)
    assert counted(profile, "pid") == Counter(word[0].rpartition("-")[2] for word in words)
    assert (reading.lines, reading.bad_lines, reading.notes) == (2000, 0, [])
    assert profile.numbers["ts_ns"][0] == 222_402_977_000


def test_each_hit_has_the_stack_below_it_without_the_trampoline() -> None:
    profile, reading = read(sample(STACKS))
    text = sample(STACKS).decode()
    blocks = [part.split("\n ") for part in text.split("<stack trace>\n ")[1:]]
    expected: Counter[str] = Counter()
    for block in blocks:
        frames = [line.split("\n")[0].removeprefix("=> ") for line in block]
        assert frames[0] == "brd_init"
        expected[";".join(reversed([f for f in frames[1:] if "-" not in f]))] += 1
    assert len(profile) == text.count("<-") == text.count("<stack trace>") == 3387
    assert Counter(stacks_of(profile)) == expected
    assert not any("brd_init" in stack for stack in expected)
    assert reading.bad_lines == reading.bad_records == 0
    assert len(reading.notes) == 1
    assert "brd_init" in reading.notes[0]


HEADER = "            sh-44      [001] .....   1.000001: "
OTHER = "            sh-45      [000] .....   1.000002: "


def test_a_stack_finds_its_hit_across_lines_of_another_cpu() -> None:
    profile, _ = read(
        f"{HEADER}inner <-outer\n{OTHER}far <-away\n{HEADER}<stack trace>\n"
        " => tramp\n => inner\n => outer\n => root\n"
    )
    assert sorted(stacks_of(profile)) == ["away;far", "root;outer;inner"]
    assert counted(profile, "pid") == {"44": 1, "45": 1}


def test_a_hit_in_an_interrupt_comes_between_a_hit_and_its_stack() -> None:
    profile, _ = read(
        f"{HEADER}one <-x\n{HEADER}two <-y\n{HEADER}<stack trace>\n => two\n => y\n => one\n"
        f"{HEADER}<stack trace>\n => one\n => x\n"
    )
    assert stacks_of(profile) == ["one;y;two", "x;one"]


def test_a_first_entry_that_is_the_function_itself_stays() -> None:
    profile, reading = read(f"{HEADER}a <-a\n{HEADER}<stack trace>\n => a\n => a\n => b\n")
    assert stacks_of(profile) == ["b;a;a"]
    assert reading.notes == []


def test_every_spelling_of_a_hit() -> None:
    profile, reading = read(
        "# tracer: function\n"
        "   bash-4251  [01] 10152.583854: path_put <-path_walk\n"
        "   bash-4251  (   4250) [001] d..1. 10152.583855: a+0x0/0x10 <-b+0x4/0x20\n"
        "   <idle>-0   (-----) [001] d..1. 10152.583856: f <-g\n"
        "   bash-4251  [001] 10152.583857: function:             c <-- d\n"
        "   bash-4251  [001] d..2. 10152.583858: function:             lone\n"
        "   bash-4251    0d..1.  16us+: h <-i\n"
    )
    assert reading.bad_lines == 0
    assert stacks_of(profile) == ["path_walk;path_put", "b;a", "g;f", "d;c", "lone", "i;h"]
    assert values_of(profile, "tgid") == ["", "4250", "", "", "", ""]
    assert profile.numbers["ts_ns"].tolist()[-1] == 16_000


def test_user_stacks_are_left_out_and_said() -> None:
    profile, reading = read(f"{HEADER}f <-g\n{HEADER}<user stack trace>\n =>  <00007f00>\n")
    assert stacks_of(profile) == ["g;f"]
    assert reading.bad_lines == 0
    assert "user space" in reading.notes[0]


def test_a_file_may_begin_and_end_in_a_stack() -> None:
    begin = sample(STACKS).index(b" => __set_page_owner")
    cut = sample(STACKS)[begin : begin + 5000]
    profile, reading = read(cut)
    assert len(profile) == cut.count(b"<-")
    assert reading.bad_lines == 0
    assert "begins in the middle" in reading.notes[0]
    assert tell_by("function_tracer", cut) > 0.9


def test_a_stack_with_a_bad_line_is_left_out_and_the_rest_is_kept() -> None:
    good = first_lines(STACKS, 60)
    lines = good.split(b"\n")
    at = next(number for number, line in enumerate(lines) if line == b" => __alloc_pages")
    profile, reading = read(with_line(good, at, b"\xff noise"))
    assert len(profile) == len(read(good)[0]) - 1
    assert (reading.bad_lines, reading.bad_records) == (1, 1)
    assert reading.first_bad.startswith(f"line {at + 1}: ")


@given(comm=COMMS)
def test_any_name_of_a_task_is_read(comm: str) -> None:
    profile, reading = read(f"{comm:>16}-12      [001] d..1.   222.402977: a <-b\n".encode())
    assert values_of(profile, "comm") == [comm]
    assert values_of(profile, "pid") == ["12"]
    assert reading.bad_lines == 0


@given(end=st.integers(0, 8000), begin=st.integers(0, 8000))
def test_a_file_cut_anywhere_keeps_what_is_whole(begin: int, end: int) -> None:
    data = first_lines(STACKS, 200)[min(begin, end) : max(begin, end)]
    profile, reading = read(data)
    whole = [line for line in data.split(b"\n")[1:-1] if b"<-" in line]
    assert len(whole) <= len(profile) <= len(whole) + 3
    assert reading.bad_lines <= 2


@given(number=st.integers(0, 199), noise=NOISE)
def test_a_line_of_noise_costs_at_most_its_record(number: int, noise: bytes) -> None:
    good = first_lines(STACKS, 200)
    profile, reading = read(with_line(good, number, noise))
    assert len(read(good)[0]) - 2 <= len(profile) <= len(read(good)[0])
    assert reading.bad_lines <= 1
    assert reading.lines == 200


def test_events_that_were_lost_are_told() -> None:
    hit = "              sh-44      [001] .....   222.402980: foo <-bar\n"
    profile, reading = read(f"{hit}CPU:1 [LOST 3 EVENTS]\n{hit}CPU:0 [LOST 40 EVENTS]\n")
    assert (len(profile), reading.bad_lines) == (2, 0)
    assert reading.notes == ["The tracer lost 43 events."]
