"""The guard's word: what memory and register hold, and where its bits lie."""

from __future__ import annotations

from itertools import pairwise
from math import cos, radians, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.trace.events import SITE_BITS, Function, Kind
from core.trace.guard_word import Phase, moment_at, scan_at, verdict_of
from core.trace.info import GuardInfo, LayoutInfo, NamedField, TaskInfo, TraceInfo
from core.trace.recorder import Recorder
from core.trace.trace import Trace
from gui.geometry.word import Picture, Sizes, field_powers, is_number, picture_of, unnamed_runs
from tests.runs import run_scenario

NAMES = [
    "sched_remote_wakeup",
    "in_execve",
    "in_iowait",
    "in_memstall",
    "in_page_owner",
    "in_eventfd",
]
SIZES = Sizes(26, 13, 4, 34, 30)


def text_width(text: str) -> float:
    return 6.6 * len(text)


def guard_of(*, big_endian: bool = False, bit_size: int = 1) -> GuardInfo:
    fields = [NamedField(name, bit, 1) for bit, name in enumerate(NAMES)]
    fields[4] = NamedField("in_page_owner", 4, bit_size)
    fields[5] = NamedField("in_eventfd", 4 + bit_size, 1)
    fields.append(NamedField("", 5 + bit_size, 32 - 5 - bit_size))
    return GuardInfo(
        "bit1", 1, "in_page_owner", 2344, 4, 4, bit_size, big_endian, tuple(fields)
    )  # fmt: skip


NUMBER = GuardInfo(
    "uint", 1, "page_owner_depth", 5312, 4, 0, 32, False, (NamedField("page_owner_depth", 0, 32),)
)


# -- what memory and register hold --------------------------------------------------------------


@pytest.mark.parametrize(
    ("position", "phase", "memory", "register", "changed"),
    [
        (-1, Phase.IDLE, 0x001, None, 0),
        (11, Phase.IDLE, 0x001, None, 0),
        (12, Phase.LOADED, 0x001, 0x001, 0),
        (13, Phase.TESTED, 0x001, 0x001, 0),
        (14, Phase.LOADED, 0x001, 0x001, 0),
        (15, Phase.MODIFIED, 0x001, 0x801, 0x800),
        (16, Phase.STORED, 0x801, 0x801, 0x800),
        (17, Phase.IDLE, 0x801, None, 0),
        (18, Phase.IDLE, 0x801, None, 0),
        (35, Phase.REFUSED, 0x801, 0x801, 0),
        (36, Phase.IDLE, 0x801, None, 0),
        (101, Phase.MODIFIED, 0x801, 0x001, 0x800),
        (102, Phase.STORED, 0x001, 0x001, 0x800),
        (103, Phase.IDLE, 0x001, None, 0),
    ],
)
def test_the_flag_moment_by_moment(
    position: int, phase: Phase, memory: int, register: int | None, changed: int
) -> None:
    moment = moment_at(run_scenario("mail-chain"), position)
    assert (moment.phase, moment.memory, moment.register, moment.changed) == (
        phase,
        memory,
        register,
        changed,
    )
    assert not moment.wrapped
    assert not moment.lost


def test_the_steps_of_an_access() -> None:
    trace = run_scenario("mail-chain")
    assert moment_at(trace, 12).steps == (Phase.LOADED, Phase.TESTED)
    assert moment_at(trace, 35).steps == (Phase.LOADED, Phase.REFUSED)
    assert moment_at(trace, 14).steps == (Phase.LOADED, Phase.MODIFIED, Phase.STORED)
    assert moment_at(trace, 20).steps == ()


def test_memory_is_the_states_word_everywhere() -> None:
    for scenario in ("mail-chain", "two-tasks", "two-bit-wrap", "stack-list"):
        trace = run_scenario(scenario)
        for position in range(-1, len(trace)):
            moment = moment_at(trace, position)
            assert moment.memory == trace.word_at(position)
            assert (moment.register is None) is (moment.phase is Phase.IDLE)
            assert not moment.lost


def test_two_bits_wrap_at_the_fourth_save() -> None:
    trace = run_scenario("two-bit-wrap")
    wraps = [at for at in range(len(trace)) if moment_at(trace, at).wrapped]
    kinds = [trace.kind(at) for at in wraps[:2]]
    assert kinds == [Kind.MODIFIED, Kind.STORED]
    moment = moment_at(trace, wraps[0])
    assert (moment.before, moment.value) == (3, 0)
    verdict = verdict_of(moment, trace.info.guard)
    assert (verdict.text, verdict.tone) == ("page_owner_depth 3 → 0: wrapped", "warning")


@pytest.mark.parametrize(
    ("guard", "depth", "position", "text"),
    [
        ("bit1", 1, 13, "in_page_owner = 0 → go on"),
        ("bit1", 1, 35, "in_page_owner = 1 → return dummy_handle"),
        ("uint", 1, 13, "page_owner_depth 0 < 1 → go on"),
        ("uint", 1, 35, "page_owner_depth 1 ≥ 1 → return dummy_handle"),
        ("uint", 2, 35, "page_owner_depth 1 < 2 → go on"),
        ("bit1", 1, 15, "in_page_owner 0 → 1, in the register only"),
        ("bit1", 1, 16, "in_page_owner = 1 in memory now"),
        ("bit1", 1, 20, "in_page_owner = 1"),
    ],
)
def test_what_a_moment_comes_to(guard: str, depth: int, position: int, text: str) -> None:
    trace = run_scenario("mail-chain", guard=guard, max_depth=depth)
    assert verdict_of(moment_at(trace, position), trace.info.guard).text == text


def test_guards_without_state_are_always_idle() -> None:
    trace = run_scenario("depot-growth", guard="scan")
    assert all(moment_at(trace, at).phase is Phase.IDLE for at in range(len(trace)))


def interrupted() -> Trace:
    """A store that an interrupt's store came between: set, interrupt sets too, outer stores."""
    recorder = Recorder()
    outer, inner = Function("save_stack", "page_owner", 8), Function("irq", "interrupt", 8)

    def site(kind: Kind, function: Function, label: str) -> int:
        return recorder.site(kind, function, label, "")

    def note(code: int, word: int = 0) -> None:
        recorder.events.append(code | recorder.value_number(word) << SITE_BITS)

    note(site(Kind.CALLED, outer, "enter"))
    note(site(Kind.LOADED, outer, "set"), 0x0)
    note(site(Kind.CALLED, inner, "enter"))
    note(site(Kind.LOADED, inner, "set"), 0x0)
    note(site(Kind.MODIFIED, inner, "set"), 0x2)
    note(site(Kind.STORED, inner, "set"), 0x2)
    note(site(Kind.RETURNED, inner, "return"))
    note(site(Kind.MODIFIED, outer, "set"), 0x1)
    note(site(Kind.STORED, outer, "set"), 0x1)
    fields = (NamedField("in_page_owner", 0, 1), NamedField("other", 1, 1))
    info = TraceInfo(
        scenario="x", kernel="6.1", arch="x86_64", unwinder="orc",
        guard=GuardInfo("bit1", 1, "in_page_owner", 0, 4, 0, 1, False, fields),
        layout=LayoutInfo("x", "x", 64), thread_bytes=16384, page_bytes=4096,
        tasks=(TaskInfo(1, "sh"),),
    )  # fmt: skip
    return Trace(
        np.frombuffer(recorder.events, np.uint32), recorder.sites, recorder.functions,
        recorder.values, {}, info,
    )  # fmt: skip


def test_a_copy_survives_an_interrupt_and_its_store_loses_the_others() -> None:
    trace = interrupted()
    during = moment_at(trace, 2)
    assert (during.phase, during.register) == (Phase.LOADED, 0)
    after = moment_at(trace, 6)
    assert (after.phase, after.memory, after.register) == (Phase.LOADED, 2, 0)
    assert not moment_at(trace, 5).lost
    last = moment_at(trace, 8)
    assert last.lost
    assert last.changed == 0x3
    assert verdict_of(last, trace.info.guard).tone == "warning"


def test_the_entries_of_a_scan() -> None:
    trace = run_scenario("depot-growth", guard="scan")
    hit = int(trace.short_circuits[0])
    scan = scan_at(trace, hit)
    assert scan is not None
    assert scan.looked_for == "__set_page_owner"
    assert scan.match == 6
    assert scan.entries[6] == "__set_page_owner"
    assert scan.entries[0] == "get_page_from_freelist"
    assert len(scan.entries) <= 16
    missed = next(at for at in range(len(trace)) if trace.site(at).label == "scan")
    first = scan_at(trace, missed)
    assert first is not None
    assert (first.match is None) is (missed != hit)
    assert scan_at(trace, hit - 1) is None
    assert scan_at(trace, -1) is None


# -- where the bits lie ---------------------------------------------------------------------------

guards = st.one_of(
    st.just(NUMBER),
    st.builds(guard_of, big_endian=st.booleans(), bit_size=st.sampled_from([1, 2])),
)
widths = st.floats(150, 3000)


def sizes_at(scale: float) -> Sizes:
    return Sizes(26 * scale, 13 * scale, 4 * scale, 34 * scale, 30 * scale)


@given(guards, widths, st.floats(0.8, 3))
def test_bits_fill_the_width_most_significant_first(
    guard: GuardInfo, width: float, scale: float
) -> None:
    picture = picture_of(guard, width, sizes_at(scale), lambda text: text_width(text) * scale)
    for row in (picture.memory, picture.register):
        assert [cell.power for cell in row] == list(range(31, -1, -1))
        assert row[0].box.left == 0
        assert row[-1].box.right == pytest.approx(width)
        for one, other in pairwise(row):
            assert one.box.right == pytest.approx(other.box.left)
        assert {cell.box.top for cell in row} == {row[0].box.top}
    named = {round(cell.box.width, 6) for cell in picture.memory if cell.field >= 0}
    assert len(named) == 1


@given(guards, widths, st.floats(0.8, 3))
def test_nothing_overlaps_from_top_to_bottom(guard: GuardInfo, width: float, scale: float) -> None:
    picture = picture_of(guard, width, sizes_at(scale), lambda text: text_width(text) * scale)
    tops = [
        picture.memory_caption.bottom,
        picture.memory[0].box.top,
        picture.memory[0].box.bottom,
        picture.channel.top,
        picture.channel.bottom,
        picture.register_caption.bottom,
        picture.register[0].box.top,
        picture.register[0].box.bottom,
        picture.result.top,
        picture.height_px,
    ]
    assert tops == sorted(tops)
    assert picture.travel_px > 0


@given(guards, widths, st.floats(0.8, 3))
def test_names_stay_inside_the_drawing(guard: GuardInfo, width: float, scale: float) -> None:
    sizes = sizes_at(scale)
    picture = picture_of(guard, width, sizes, lambda text: text_width(text) * scale)
    assert {label.text for label in picture.labels} == {
        field.name for field in guard.word_fields if field.name
    }
    for label in picture.labels:
        level_px = text_width(label.text) * scale * picture.label_share
        level_px *= cos(radians(label.angle))
        left = label.x - level_px if label.ends_here else label.x
        if label.angle == 0:
            left = label.x - level_px / 2
            assert level_px <= label.right - label.left + 1e-6
        assert left >= -1e-6
        assert left + level_px <= width + 1e-6
        tall_px = text_width(label.text) * scale * picture.label_share
        tall_px *= abs(sin(radians(label.angle)))
        assert picture.memory_caption.bottom < label.y - tall_px
        assert label.y < picture.memory[0].box.top


@given(guards, widths)
def test_names_do_not_run_into_each_other(guard: GuardInfo, width: float) -> None:
    picture = picture_of(guard, width, SIZES, text_width)
    turned = sorted(picture.labels, key=lambda label: label.x)
    for one, other in pairwise(turned):
        if one.angle and one.angle == other.angle:
            apart = (other.x - one.x) * abs(sin(radians(one.angle)))
            assert apart >= SIZES.line_px * picture.label_share * 0.99


@given(guards, widths)
def test_bit_numbers_do_not_touch(guard: GuardInfo, width: float) -> None:
    picture = picture_of(guard, width, SIZES, text_width)
    ends = [
        (n.x - text_width(str(n.bit)) / 2, n.x + text_width(str(n.bit)) / 2)
        for n in picture.numbers
    ]
    assert all(one[1] < other[0] for one, other in pairwise(ends))
    assert ends[0][0] >= -1e-6
    assert ends[-1][1] <= width + 1e-6
    if not is_number(guard):
        assert 4 in {number.bit for number in picture.numbers}


def test_little_endian_counts_from_the_right() -> None:
    picture = picture_of(guard_of(), 480, SIZES, text_width)
    assert [picture.memory[0].bit, picture.memory[-1].bit] == [31, 0]
    assert list(field_powers(guard_of())) == [4]
    assert all(label.ends_here for label in picture.labels)


def test_big_endian_counts_from_the_left() -> None:
    guard = guard_of(big_endian=True)
    picture = picture_of(guard, 480, SIZES, text_width)
    assert [picture.memory[0].bit, picture.memory[-1].bit] == [0, 31]
    assert list(field_powers(guard)) == [27]
    field = next(cell for cell in picture.memory if cell.power == 27)
    assert guard.word_fields[field.field].name == "in_page_owner"
    assert not any(label.ends_here for label in picture.labels)
    assert guard.value_of(1 << 27) == 1


@pytest.mark.parametrize("big_endian", [False, True])
def test_the_fields_bits_are_those_the_guard_reads(big_endian: bool) -> None:
    guard = guard_of(big_endian=big_endian, bit_size=2)
    powers = field_powers(guard)
    assert guard.value_of(sum(1 << power for power in powers)) == 3
    picture = picture_of(guard, 480, SIZES, text_width)
    boxes = [cell.box for cell in picture.memory if cell.power in powers]
    assert picture.channel.left == boxes[0].left
    assert picture.channel.right == pytest.approx(boxes[1].right)


def test_bits_without_a_name_share_a_block() -> None:
    picture = picture_of(guard_of(), 480, SIZES, text_width)
    ((count, box),) = unnamed_runs(picture.memory)
    assert count == 26
    assert box.left == 0
    assert box.right == pytest.approx(min(label.left for label in picture.labels))
    assert unnamed_runs(picture_of(NUMBER, 480, SIZES, text_width).memory) == []


def test_a_number_has_a_level_name_and_byte_numbers() -> None:
    picture = picture_of(NUMBER, 400, SIZES, text_width)
    assert [label.angle for label in picture.labels] == [0]
    assert {31, 0} <= {number.bit for number in picture.numbers}
    assert is_number(NUMBER)


@given(guards, widths, st.floats(0.8, 3))
def test_without_its_neighbours_the_drawing_is_no_taller(
    guard: GuardInfo, width: float, scale: float
) -> None:
    sizes = sizes_at(scale)
    low = picture_of(guard, width, sizes, lambda text: text_width(text) * scale, neighbours=False)
    full = picture_of(guard, width, sizes, lambda text: text_width(text) * scale)
    assert low.height_px <= full.height_px + 1e-6
    (label,) = low.labels
    half = text_width(label.text) * scale * low.label_share / 2
    assert label.text == guard.field
    assert label.x - half >= -1e-6
    assert label.x + half <= width + 1e-6


@given(guards, widths, st.floats(0.8, 3))
def test_names_that_are_wanted_in_a_low_drawing_are_level_and_apart(
    guard: GuardInfo, width: float, scale: float
) -> None:
    def wide(text: str) -> float:
        return text_width(text) * scale

    wanted = ("sched_remote_wakeup", "in_iowait")
    low = picture_of(guard, width, sizes_at(scale), wide, neighbours=False, also=wanted)
    bare = picture_of(guard, width, sizes_at(scale), wide, neighbours=False)
    assert low.height_px == bare.height_px
    assert low.labels[0] == bare.labels[0]
    assert {label.text for label in low.labels} <= {guard.field, *wanted}
    sides = []
    for label in low.labels:
        half = wide(label.text) * low.label_share / 2
        sides.append((label.x - half, label.x + half))
        assert label.angle == 0
        assert label.x - half < label.right
        assert label.x + half > label.left
    assert min(left for left, _ in sides) >= -1e-6
    assert max(right for _, right in sides) <= width + 1e-6
    assert all(one[1] <= other[0] for one, other in pairwise(sorted(sides)))


def test_bit_0_has_its_name_in_a_low_drawing() -> None:
    low = picture_of(
        guard_of(), 600, SIZES, text_width, neighbours=False, also=["sched_remote_wakeup"]
    )
    (label,) = [label for label in low.labels if label.text == "sched_remote_wakeup"]
    last = low.memory[-1].box
    assert (label.left, label.right) == (last.left, last.right)


def test_bits_are_found_under_the_mouse() -> None:
    picture: Picture = picture_of(guard_of(), 480, SIZES, text_width)
    box = picture.memory[-1].box
    found = picture.cell_at(box.left + 1, box.top + 1)
    assert found is not None
    assert found.bit == 0
    below = picture.register[-1].box
    assert picture.cell_at(below.left + 1, below.top + 1) is not None
    assert picture.cell_at(0, 0) is None
