from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gui.geometry.easing import approach, ease_out, ease_out_back, share
from gui.geometry.stack import (
    HEAD_CARDS,
    LEAST_FOLDED,
    Arrangement,
    Box,
    Density,
    Sizes,
    Tail,
    arrange,
    card_parts,
    clamp_offset,
    flow,
    follow_offset,
    grid_of,
    indent_px,
    level_ranges,
    narrow_card_parts,
    offset_to_show,
    rows_that_fit,
)

SIZES = Sizes(card_px=(20, 32, 54), gap_px=(2, 3, 6), strip_px=26, fold_px=22)


def heights(arrangement: Arrangement) -> list[int]:
    return [slot.height_px for slot in arrangement.slots]


@st.composite
def tails(draw: st.DrawFn) -> Tail:
    least = draw(st.integers(0, 120))
    wanted = draw(st.integers(least, 300))
    return Tail(least, wanted, draw(st.integers(wanted, 600)))


counts = st.integers(1, 480)
viewports = st.integers(150, 2500)


@given(counts, st.integers(1, 480), viewports, tails(), st.booleans())
def test_cards_never_overlap_and_every_height_counts(
    count: int, level: int, viewport: int, tail: Tail, may_fold: bool
) -> None:
    placed = arrange(count, min(level, count), SIZES, viewport, tail, may_fold=may_fold)
    rows = [(slot.top_px, slot.height_px) for slot in placed.slots]
    if placed.fold is not None:
        rows.append((placed.fold.top_px, placed.fold.height_px))
    rows.sort()
    for (top, height), (following, _) in pairwise(rows):
        assert 0 < following - (top + height) <= max(SIZES.gap_px)
    last_top, last_height = rows[-1]
    assert rows[0][0] == 0
    assert placed.tail_top_px >= last_top + last_height
    assert placed.height_px == placed.tail_top_px + placed.tail_height_px
    gaps = sum(b - (a + h) for (a, h), (b, _) in pairwise(rows))
    assert last_top + last_height == sum(height for _, height in rows) + gaps


@given(counts, st.integers(1, 480), viewports, tails(), st.booleans())
def test_the_newest_card_is_inside_the_viewport_when_following(
    count: int, level: int, viewport: int, tail: Tail, may_fold: bool
) -> None:
    placed = arrange(count, min(level, count), SIZES, viewport, tail, may_fold=may_fold)
    newest = placed.slots[-1]
    assert newest.number == count - 1
    top = newest.top_px - follow_offset(placed, viewport)
    assert top >= 0
    assert top + newest.height_px <= viewport


@given(counts, st.integers(1, 480), viewports, tails())
def test_every_frame_is_a_card_or_in_the_fold_and_the_newest_level_is_never_folded(
    count: int, level: int, viewport: int, tail: Tail
) -> None:
    level = min(level, count)
    placed = arrange(count, level, SIZES, viewport, tail)
    shown = [slot.number for slot in placed.slots]
    folded: list[int] = []
    if placed.fold is not None:
        folded = list(range(placed.fold.first, placed.fold.first + placed.fold.n_frames))
        assert placed.fold.n_frames >= LEAST_FOLDED
        assert placed.fold.first == HEAD_CARDS
    assert sorted(shown + folded) == list(range(count))
    assert set(range(count - level, count)) - set(range(HEAD_CARDS)) <= set(shown)


@given(counts, viewports, tails())
def test_the_picture_fits_unless_the_newest_level_alone_does_not(
    count: int, viewport: int, tail: Tail
) -> None:
    placed = arrange(count, 1, SIZES, viewport, tail)
    everything = (HEAD_CARDS + LEAST_FOLDED + 1) * SIZES.pitch_px(Density.DENSE)
    room = SIZES.card_px[Density.ROOMY] + SIZES.strip_px + SIZES.fold_px + 10
    if viewport >= everything + room + max(tail.least_px, viewport // 2):
        assert follow_offset(placed, viewport) == 0


@given(counts, viewports, tails())
def test_newer_cards_are_never_smaller_than_older_ones(
    count: int, viewport: int, tail: Tail
) -> None:
    placed = arrange(count, 1, SIZES, viewport, tail)
    assert heights(placed)[:-1] == sorted(heights(placed)[:-1])
    assert placed.slots[-1].density >= Density.COMPACT


@given(counts, viewports, tails(), st.booleans(), st.floats(-50, 12_000))
def test_the_hit_test_agrees_with_the_rectangles(
    count: int, viewport: int, tail: Tail, may_fold: bool, y: float
) -> None:
    placed = arrange(count, 1, SIZES, viewport, tail, may_fold=may_fold)
    inside = [
        slot.number for slot in placed.slots if slot.top_px <= y < slot.top_px + slot.height_px
    ]
    assert placed.hit(y) == (inside[0] if inside else None)
    fold = placed.fold
    assert placed.hit_fold(y) == bool(fold and fold.top_px <= y < fold.top_px + fold.height_px)
    assert not (placed.hit_fold(y) and inside)


@given(counts, viewports, st.data())
def test_a_card_can_always_be_scrolled_into_view(
    count: int, viewport: int, data: st.DataObject
) -> None:
    placed = arrange(count, 1, SIZES, viewport, may_fold=False)
    assert placed.fold is None
    index = data.draw(st.integers(0, count - 1))
    before = data.draw(st.integers(0, follow_offset(placed, viewport)))
    offset = offset_to_show(placed, viewport, before, index)
    slot = placed.slot_of(index)
    assert slot is not None
    assert clamp_offset(placed, viewport, offset) == offset
    assert offset <= slot.top_px
    assert slot.top_px + slot.height_px <= offset + viewport
    if before <= slot.top_px and slot.top_px + slot.height_px <= before + viewport:
        assert offset == before


def test_an_empty_stack_has_room_for_what_lies_below_it() -> None:
    placed = arrange(0, 0, SIZES, 600, Tail(40, 90, 90))
    assert (placed.slots, placed.fold, placed.tail_top_px) == ((), None, 0)
    assert placed.tail_height_px == 90
    assert placed.hit(10) is None
    assert follow_offset(placed, 600) == 0


def test_a_few_cards_are_all_roomy_and_start_at_the_top() -> None:
    placed = arrange(3, 3, SIZES, 600)
    assert [slot.density for slot in placed.slots] == [Density.ROOMY] * 3
    assert heights(placed) == [54, 54, 54 + 26]
    assert [slot.top_px for slot in placed.slots] == [0, 60, 120]


def test_in_a_low_view_the_newest_card_is_compact() -> None:
    assert arrange(3, 1, SIZES, 150).slots[-1].density is Density.COMPACT


def test_a_long_stack_folds_its_old_frames_and_keeps_the_outermost() -> None:
    placed = arrange(155, 5, SIZES, 600)
    assert placed.fold is not None
    assert placed.slots[0].number == 0
    assert placed.slots[1].number == placed.fold.first + placed.fold.n_frames
    assert follow_offset(placed, 600) == 0
    assert placed.slot_of(placed.fold.first) is None
    unfolded = arrange(155, 5, SIZES, 600, may_fold=False)
    assert [slot.number for slot in unfolded.slots] == list(range(155))


def test_a_level_is_a_run_of_neighbouring_cards() -> None:
    cards = [(0, 0.0, 20.0), (1, 22.0, 42.0), (1, 44.0, 64.0), (2, 66.0, 86.0)]
    assert level_ranges(cards) == [(1, 22.0, 64.0), (2, 66.0, 86.0)]
    assert level_ranges([(0, 0.0, 20.0)]) == []


@given(st.integers(0, 60), st.integers(1, 30))
def test_levels_step_to_the_right_up_to_a_limit(level: int, step: int) -> None:
    assert indent_px(level, step) <= indent_px(level + 1, step) <= 6 * step


@given(st.floats(0, 2000), st.integers(1, 60), st.integers(0, 200))
def test_rows_and_the_last_one_fit_and_stand_for_all(room: float, row: int, count: int) -> None:
    shown, rest = rows_that_fit(room, row, count)
    assert shown + rest == count
    assert shown >= 0
    if room >= row:
        assert (shown + (rest > 0)) * row <= room


@given(st.lists(st.integers(1, 90)), st.floats(0, 300), st.integers(0, 20))
def test_chips_stay_between_their_edges(widths: list[int], right: float, gap: int) -> None:
    lefts = flow(10, right, widths, gap)
    for left, width, following in zip(lefts, widths, [*lefts[1:], None], strict=False):
        assert left + width <= right
        assert following is None or following == left + width + gap


@given(st.integers(160, 2400), st.sampled_from(Density))
def test_the_parts_of_a_card_do_not_overlap(width: int, density: Density) -> None:
    height = SIZES.card_px[density]
    parts = card_parts(width, height, density, 10, 70, 80)
    assert parts.band.right <= parts.tile.left
    assert parts.tile.right <= parts.title.left
    assert parts.tile.top >= 0
    assert parts.tile.bottom <= height
    if parts.title.width:
        assert parts.title.right <= parts.frame_bytes.left
    assert parts.frame_bytes.right <= parts.total_bytes.left <= width
    assert parts.frame_bytes.width or not parts.total_bytes.width
    assert parts.title.width >= 60
    assert parts.total_bytes.right <= width
    if density is Density.ROOMY:
        assert parts.title.bottom <= parts.detail.top
        assert parts.detail.bottom <= height


def test_a_box_contains_its_first_pixel_and_not_the_one_after_its_last() -> None:
    box = Box(10, 20, 30, 40)
    assert box.contains(10, 20)
    assert not box.contains(40, 20)
    assert not box.contains(10, 60)
    assert (box.right, box.bottom, box.middle) == (40, 60, 40)


# -- easing -----------------------------------------------------------------------------------


@given(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4), st.floats(0, 500), st.floats(0, 500))
def test_two_steps_end_where_one_long_step_does(
    value: float, target: float, first: float, second: float
) -> None:
    twice = approach(approach(value, target, first, 60, 0), target, second, 60, 0)
    assert abs(twice - approach(value, target, first + second, 60, 0)) < 1e-6


@given(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4), st.floats(1, 400))
def test_a_value_always_arrives_and_never_overshoots(
    value: float, target: float, elapsed: float
) -> None:
    for _ in range(800):
        nearer = approach(value, target, elapsed, 60)
        assert abs(nearer - target) <= abs(value - target)
        value = nearer
    assert value == target


def test_a_time_constant_of_zero_jumps() -> None:
    assert approach(0, 100, 0, 0) == 100


def test_easing_starts_at_nothing_and_ends_at_all_of_it() -> None:
    assert [share(-5, 100), share(50, 100), share(200, 100), share(1, 0)] == [0, 0.5, 1, 1]
    for ease in (ease_out, ease_out_back):
        assert abs(ease(0)) < 1e-9
        assert abs(ease(1) - 1) < 1e-9
    assert max(ease_out_back(at / 100) for at in range(101)) > 1.05


# -- interrupts and columns ---------------------------------------------------------------------

LINED = Sizes((20, 32, 54), (2, 3, 6), 26, 22, 20)


def gap_above(made: Arrangement, at: int) -> int:
    before, slot = made.slots[at - 1], made.slots[at]
    return slot.top_px - before.top_px - before.height_px


def test_a_separator_takes_room_above_its_card_only() -> None:
    plain = arrange(8, 2, LINED, 900)
    lined = arrange(8, 2, LINED, 900, separators=(3, 6))
    for at in range(1, 8):
        extra = 20 if at in (3, 6) else 0
        assert gap_above(lined, at) - LINED.gap_px[lined.slots[at - 1].density] == extra
    assert lined.height_px <= 900 or plain.height_px > 860


@given(
    st.integers(1, 60),
    st.integers(60, 1200),
    st.sets(st.integers(1, 59), max_size=4),
)
def test_separators_never_push_the_newest_card_out(
    count: int, viewport_px: int, separators: set[int]
) -> None:
    lines = sorted(at for at in separators if at < count)
    made = arrange(count, 2, LINED, viewport_px, separators=lines)
    assert made.slots[-1].number == count - 1
    tops = [slot.top_px for slot in made.slots]
    assert tops == sorted(tops)
    for one, other in pairwise(made.slots):
        assert one.top_px + one.height_px <= other.top_px


def test_the_line_of_a_folded_card_goes_to_the_first_one_after_it() -> None:
    made = arrange(40, 2, LINED, 300, separators=(10,))
    assert made.fold is not None
    assert made.slot_of(10) is None
    after = next(slot for slot in made.slots if slot.number > 10)
    bottom = made.fold.top_px + made.fold.height_px
    assert after.top_px - bottom >= 20


@given(st.floats(60, 700), st.floats(14, 60))
def test_the_parts_of_a_narrow_card_lie_inside_it_side_by_side(width: float, height: float) -> None:
    parts = narrow_card_parts(width, height, 4, 50)
    edges = [parts.band.right, parts.tile.left, parts.tile.right, parts.title.left]
    edges += [parts.title.right, parts.frame_bytes.left, parts.frame_bytes.right]
    assert all(a <= b + 1e-6 for a, b in pairwise(edges))
    assert edges[-1] <= width
    assert parts.title.width >= width * 0.6


@given(st.integers(1, 64), st.integers(0, 2000), st.integers(1, 300))
def test_columns_are_evenly_filled_and_no_narrower_than_they_must(
    count: int, width_px: int, least_px: int
) -> None:
    rows, columns = grid_of(count, width_px, least_px)
    assert rows * columns >= count > (rows - 1) * columns
    assert columns == 1 or columns * least_px <= width_px
    assert grid_of(0, width_px, least_px) == (0, 0)
