"""Where pools, records and scripts lie: nothing overlaps, and what is drawn is what is hit."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.geometry.machine import Box, Cells, Pools, PoolSizes, filled, record_at_byte

SIZES = PoolSizes(width=380, label_px=50, bar_px=18, gap_px=6, least_px=4)


def made(count: int = 3, *, spare: bool = True, pool_bytes: int = 16384) -> Pools:
    return Pools(count, spare, pool_bytes, SIZES)


def test_pools_lie_one_below_the_other_and_the_spare_below_them() -> None:
    pools = made()
    bars = [pools.bar(row) for row in range(4)]
    for upper, lower in pairwise(bars):
        assert lower.y - upper.bottom == SIZES.gap_px
        assert (lower.x, lower.width) == (upper.x, upper.width)
    assert bars[-1].bottom == pools.height_px
    assert bars[0].right == SIZES.width


def test_nothing_takes_no_room() -> None:
    assert made(0, spare=False).height_px == 0


def test_parts_fill_a_bar_as_bytes_fill_a_pool() -> None:
    pools = made(1)
    bar = pools.bar(0)
    assert pools.part(0, 0, 16384) == bar
    assert pools.part(0, 0, 8192).width == bar.width / 2
    assert pools.part(0, 8192, 16384).x == bar.x + bar.width / 2
    assert pools.part(0, 0, 99999) == bar


@given(
    st.lists(st.integers(16, 400).map(lambda n: n & ~15), min_size=1, max_size=80),
    st.integers(60, 2000),
)
def test_a_record_is_hit_where_it_is_drawn(sizes: list[int], width: int) -> None:
    pools = Pools(1, False, 16384, SIZES._replace(width=width))
    ends = [sum(sizes[: at + 1]) for at in range(len(sizes))]
    offsets = [0, *ends[:-1]]
    inside = [at for at, end in enumerate(ends) if end <= 16384]
    for at in inside:
        box = pools.part(0, offsets[at], ends[at])
        middle = pools.byte_at(box.x + box.width / 2)
        assert abs(middle - (offsets[at] + ends[at]) / 2) <= 1
        assert record_at_byte(offsets, ends, (offsets[at] + ends[at]) // 2) == at


def test_no_record_is_hit_behind_the_last_one() -> None:
    assert record_at_byte([0, 80], [80, 160], 160) == -1
    assert record_at_byte([48], [128], 47) == -1
    assert record_at_byte([], [], 0) == -1


@given(st.integers(0, 16383), st.integers(1, 200))
def test_what_must_be_seen_has_its_least_width_inside_of_the_bar(first: int, size: int) -> None:
    pools = made(1)
    box = pools.part(0, first, min(first + size, 16384), seen=True)
    bar = pools.bar(0)
    assert box.width >= SIZES.least_px
    assert bar.x <= box.x
    assert box.right <= bar.right + 1e-9


@given(st.floats(-10, 500), st.floats(-10, 120))
def test_a_row_is_hit_where_its_bar_is(x: float, y: float) -> None:
    pools = made()
    expected = [row for row in range(4) if pools.bar(row).holds(x, y)]
    assert pools.row_at(x, y) == (expected[0] if expected else -1)


@given(st.integers(0, 40), st.booleans(), st.floats(0, 900), st.floats(0, 300))
def test_rows_in_sight_are_those_that_reach_into_it(
    count: int, spare: bool, top: float, height: float
) -> None:
    pools = made(count, spare=spare)
    bars = {row: pools.bar(row) for row in range(count + spare)}
    seen = {row for row, bar in bars.items() if bar.bottom > top and bar.y < top + height}
    assert seen <= set(pools.rows_between(top, top + height))


def test_a_byte_is_inside_of_the_pool_wherever_the_mouse_is() -> None:
    pools = made()
    assert pools.byte_at(-5) == 0
    assert pools.byte_at(9999) == 16383


@pytest.mark.parametrize(
    ("width", "columns"), [(380, 16), (200, 8), (100, 4), (10, 1), (4000, 128)]
)
def test_rows_of_cells_are_powers_of_two(width: int, columns: int) -> None:
    assert Cells(128, width, 20, 18, 2).columns == columns


@given(st.integers(1, 200), st.floats(1, 900))
def test_cells_do_not_overlap_and_are_hit_where_they_are(count: int, width: float) -> None:
    cells = Cells(count, width, 20, 18, 2)
    for at in range(count):
        box = cells.cell(at)
        assert cells.at(box.x + box.width / 2, box.y + box.height / 2) == at
        if cells.columns > 1:
            assert box.right <= width + 1e-6
        assert box.bottom <= cells.total_px + 1e-6
        if at % cells.columns:
            assert cells.cell(at - 1).right <= box.x
    assert cells.at(-1, 5) == -1
    assert cells.at(5, cells.total_px + 1) == -1


def test_neighbours_stay_inside() -> None:
    cells = Cells(128, 380, 20, 18, 2)
    assert cells.neighbour(0, 0, 1) == 16
    assert cells.neighbour(0, -1, 0) == 0
    assert cells.neighbour(127, 1, 0) == 127
    assert cells.neighbour(120, 0, 1) == 120


def test_any_part_of_a_freelist_is_seen() -> None:
    bar = Box(10, 0, 100, 3)
    assert filled(bar, 0, 64, 2).width == 0
    assert filled(bar, 1, 1000, 2).width == 2
    assert filled(bar, 32, 64, 2).width == 50
    assert filled(bar, 99, 64, 2) == bar
    assert filled(bar, 5, 0, 2).width == 0
