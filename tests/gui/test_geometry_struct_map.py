"""What fills a struct and where it is drawn: laws that hold for every struct, and real kernels."""

from __future__ import annotations

import csv
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.layout.model import Member, StructLayout
from core.layout.sources import btf
from gui.geometry.map_grid import Grid, Sizes, Zoom, grid_of
from gui.geometry.struct_map import Candidate, Contents, Kind, Span

DATA = Path(__file__).parents[1] / "data"
SIZES = Sizes(7, 10, 13, 2, (13, 26, 134), (22, 38, 40), 104)


def plain(name: str, offset_bytes: int, size_bytes: int) -> Member:
    return Member(name, f"u{size_bytes * 8}", offset_bytes * 8, size_bytes * 8)


def bits(name: str, offset_bits: int, size_bits: int) -> Member:
    return Member(name, "unsigned int", offset_bits, size_bits, True, 4, 4)


def told(contents: Contents) -> str:
    """Return spans as text: ``a0:32`` is a member, ``_32:32`` a hole, ``.`` and ``#`` the rest."""
    marks = {Kind.HOLE: "_", Kind.BIT_HOLE: ".", Kind.PADDING: "#"}
    return " ".join(
        f"{marks.get(span.kind, span.label)}{span.first_bit}:{span.size_bits}"
        for span in contents.spans
    )


SMALL = StructLayout("s", 32, (plain("a", 0, 4), plain("b", 8, 8), bits("f", 128, 1),
                               bits("g", 129, 2), plain("c", 24, 1)))  # fmt: skip


@st.composite
def structs(draw: st.DrawFn) -> StructLayout:
    """Draw any struct: holes, bitfields, unions, members without a size, members that overlap."""
    size_bytes = draw(st.integers(1, 300))
    members = []
    for number in range(draw(st.integers(0, 24))):
        first = draw(st.integers(0, size_bytes * 8))
        if draw(st.booleans()):
            first = first // 8 * 8
            size = draw(st.integers(0, (size_bytes * 8 - first) // 8)) * 8
            member = Member(f"m{number}", "t", first, size)
        else:
            size = draw(st.integers(0, min(64, size_bytes * 8 - first)))
            member = Member(f"m{number}", "t", first, size, True, 4, 4)
        if draw(st.integers(0, 5)) == 0:
            inner = (member, Member(f"n{number}", "t", first, size))
            is_union = draw(st.booleans())
            member = Member("", "union", first, size, is_union=is_union, members=inner)
        members.append(member)
    return StructLayout("s", size_bytes, tuple(members), is_union=draw(st.booleans()))


# -- spans ----------------------------------------------------------------------------------------


def test_members_and_what_lies_between_them() -> None:
    assert (
        told(Contents(SMALL)) == "a0:32 _32:32 b64:64 f128:1 g129:2 .131:29 _160:32 c192:8 #200:56"
    )


def test_a_bit_hole_ends_where_the_next_member_begins() -> None:
    struct = StructLayout("s", 4, (bits("f", 0, 3), plain("c", 1, 1)))
    assert told(Contents(struct)) == "f0:3 .3:5 c8:8 #16:16"


def test_what_an_anonymous_struct_holds_is_drawn_and_a_union_is_one() -> None:
    inner = (plain("x", 0, 4), plain("y", 4, 4))
    union = (plain("u", 8, 8), plain("v", 8, 4))
    struct = StructLayout("s", 16, (
        Member("", "struct", 0, 64, members=inner),
        Member("", "union", 64, 64, is_union=True, members=union),
    ))  # fmt: skip
    contents = Contents(struct)
    assert told(contents) == "x0:32 y32:32 u|v64:64"
    assert contents.index_of("v") == contents.index_of("u") == 2


def test_a_union_is_one_span() -> None:
    struct = StructLayout("u", 8, (plain("a", 0, 8), plain("b", 0, 2)), is_union=True)
    assert told(Contents(struct)) == "a|b0:64"


def test_what_has_no_size_is_there_all_the_same() -> None:
    struct = StructLayout("s", 8, (plain("a", 0, 4), plain("none", 4, 0), plain("b", 4, 4),
                                   plain("tail", 8, 0)))  # fmt: skip
    contents = Contents(struct)
    assert told(contents) == "a0:32 none32:0 b32:32 tail64:0"
    assert contents.at(32) == contents.find("b")
    assert contents.stepped("a", 1) == "none"
    grid = grid_of(contents, 64, Zoom.NAMES, 900, 400, SIZES)
    assert len(grid.cells_of(contents, contents.index_of("tail"))) == 1


def test_the_new_field_is_told_from_a_member_of_its_name() -> None:
    struct = StructLayout("s", 8, (plain("x", 0, 4), plain("x", 4, 4)))
    contents = Contents(struct, Candidate("x", 32))
    assert [span.kind for span in contents.spans] == [Kind.PLAIN, Kind.CANDIDATE]
    assert contents.index_of("x") == 1


def test_what_moved_knows_where_it_was() -> None:
    before = StructLayout("s", 8, (plain("a", 0, 4), plain("b", 4, 4)))
    after = StructLayout("s", 12, (plain("a", 0, 4), plain("new", 4, 4), plain("b", 8, 4)))
    contents = Contents(after, Candidate("new", 32), before)
    moved = {span.label: span.from_bits for span in contents.spans if span.moved}
    assert moved == {"b": 32}


@given(structs())
def test_every_bit_belongs_to_one_span(struct: StructLayout) -> None:
    contents = Contents(struct)
    cursor = 0
    for span in contents.spans:
        assert span.first_bit == cursor
        assert span.end_bits >= cursor
        cursor = span.end_bits
    assert cursor == struct.size_bytes * 8
    for bit in range(0, cursor, 3):
        at = contents.at(bit)
        assert at is not None
        assert at.first_bit <= bit < at.end_bits
    assert contents.at(-1) is None
    assert contents.at(cursor) is None


@given(structs())
def test_neighbours_have_different_shades(struct: StructLayout) -> None:
    contents = Contents(struct)
    members = [contents.spans[index] for index in contents.members]
    assert all(a.shade != b.shade for a, b in pairwise(members))


@given(structs(), st.integers(0, 2400), st.integers(0, 600))
def test_touching_finds_what_a_search_finds(struct: StructLayout, first: int, size: int) -> None:
    contents = Contents(struct)
    end = first + size

    def touches(span: Span) -> bool:
        inside = span.first_bit < end and span.end_bits > first
        return inside or (span.size_bits == 0 and first <= span.first_bit < end)

    wanted = [index for index, span in enumerate(contents.spans) if touches(span)]
    assert [*contents.touching(first, end)] == wanted or size == 0


@cache
def truth() -> list[dict[str, str]]:
    with (DATA / "layout_truth.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["variant"] == "none"]
    return [row for row in rows if (DATA / "btf" / f"{row['file_tag']}.btf").exists()]


@pytest.mark.parametrize("row", truth(), ids=lambda row: row["file_tag"])
def test_holes_are_those_that_pahole_found(row: dict[str, str]) -> None:
    struct = btf.load(DATA / "btf" / f"{row['file_tag']}.btf").struct
    spans = Contents(struct).spans
    holes = [span.size_bits // 8 for span in spans if span.kind is Kind.HOLE]
    loose = [span.size_bits for span in spans if span.kind is Kind.BIT_HOLE]
    padding = [span.size_bits // 8 for span in spans if span.kind is Kind.PADDING]
    assert (len(holes), sum(holes)) == (int(row["n_holes"]), int(row["sum_holes"]))
    assert (len(loose), sum(loose)) == (int(row["n_bit_holes"]), int(row["sum_bit_holes"]))
    assert sum(padding) == int(row["padding"])


# -- places ---------------------------------------------------------------------------------------


def with_field() -> Contents:
    struct = StructLayout("s", 24, (plain("a", 0, 8), plain("new", 8, 4), plain("b", 16, 8)))
    return Contents(struct, Candidate("new", 64))


@pytest.mark.parametrize(
    ("bit", "place"),
    [
        (0, "before:a"),
        (40, "after:a"),
        (70, "after:a"),
        (100, "after:a"),
        (130, "after:a"),
        (180, "after:b"),
        (9999, "after:b"),
        (-5, "before:a"),
    ],
)
def test_where_a_drop_goes(bit: int, place: str) -> None:
    assert with_field().place_at(bit)[0] == place


def test_the_mark_stands_where_the_member_before_ends() -> None:
    assert with_field().place_at(40) == ("after:a", 64)
    assert with_field().place_at(3) == ("before:a", 0)


def test_places_before_and_after_the_field() -> None:
    contents = with_field()
    assert [place for place, _ in contents.places_beyond(1)] == ["after:b"]
    assert [place for place, _ in contents.places_beyond(-1)] == ["before:a"]


def test_a_place_is_named_by_a_member_of_the_struct_itself() -> None:
    union = (plain("u", 8, 8), plain("v", 8, 4))
    struct = StructLayout("s", 32, (
        plain("a", 0, 8), Member("", "union", 64, 64, is_union=True, members=union),
        plain("b", 16, 8), plain("new", 24, 4),
    ))  # fmt: skip
    contents = Contents(struct, Candidate("new", 192))
    assert contents.place_at(64)[0] == "after:a"
    assert contents.place_at(127)[0] == "before:b"


def test_a_struct_without_members_has_no_place() -> None:
    contents = Contents(StructLayout("s", 8, ()))
    assert contents.place_at(3) == ("", 0)
    assert contents.stepped("", 1) == ""
    assert told(contents) == "#0:64"


@given(structs(), st.integers(-10, 2500))
def test_a_drop_always_has_a_place_beside_a_member(struct: StructLayout, bit: int) -> None:
    contents = Contents(struct)
    place, mark = contents.place_at(bit)
    assert (place == "") == (not contents.members)
    assert 0 <= mark <= contents.size_bits
    if place:
        way, name = place.split(":")
        span = contents.find(name)
        assert span is not None
        # The place is at one of that member's ends, gaps beside it included.
        others = [contents.spans[index] for index in contents.members]
        order = next(at for at, other in enumerate(others) if other is span)
        before = order if way == "before" else order + 1
        assert mark == (others[before - 1].end_bits if before else 0)


# -- rows -----------------------------------------------------------------------------------------


def check_cells(contents: Contents, grid: Grid) -> None:
    """Hold that the cells of a grid tile the struct, and that each point finds its bit."""
    cursor = 0
    for rows in grid.rows_between(0, grid.height_px):
        for cell in grid.cells(contents, rows):
            assert cell.first_bit == cursor
            cursor = cell.end_bits
            span = contents.spans[cell.span]
            assert span.first_bit <= cell.first_bit <= cell.end_bits <= span.end_bits
            box = cell.box
            # At the right end of its row a cell may be narrower than a pixel and round to none.
            left = grid.left(cell.row)
            assert left - 1 <= box.left <= box.left + box.width <= left + grid.cells_px + 1
            if box.width >= 3:
                bit = grid.bit_at(box.left + box.width / 2, box.middle)
                assert cell.first_bit <= bit < cell.end_bits
                assert grid.nearest_bit(box.left + box.width / 2, box.middle) == bit
    assert cursor == contents.size_bits


@settings(deadline=None)
@given(
    structs(),
    st.sampled_from(Zoom),
    st.sampled_from((64, 128, 256)),
    st.integers(200, 2000),
    st.integers(100, 1200),
)
def test_cells_tile_the_struct_at_every_size(
    struct: StructLayout, zoom: Zoom, line_bytes: int, width: int, height: int
) -> None:
    contents = Contents(struct)
    check_cells(contents, grid_of(contents, line_bytes, zoom, width, height, SIZES))


@given(structs(), st.sampled_from((Zoom.NAMES, Zoom.BITS)), st.integers(200, 2000))
def test_rows_are_ordered_and_found_by_their_height(
    struct: StructLayout, zoom: Zoom, width: int
) -> None:
    contents = Contents(struct)
    grid = grid_of(contents, 64, zoom, width, 400, SIZES)
    tops = [grid.top(row) for row in range(grid.rows)]
    assert tops == sorted(tops)
    assert all(grid.top(r) + grid.height(r) <= grid.top(r + 1) for r in range(grid.rows - 1))
    for row in range(grid.rows):
        middle = grid.top(row) + grid.height(row) / 2
        assert grid.bit_at(grid.ruler_px + 0.1, middle) == row * grid.row_bytes * 8
    assert grid.row_bytes * grid.byte_px == pytest.approx(grid.cells_px)
    assert 64 % grid.row_bytes == 0


@cache
def debian() -> Contents:
    return Contents(btf.load(DATA / "btf" / "x86_64-debian-amd64.btf").struct)


@pytest.mark.parametrize("size", [(500, 300), (800, 600), (1200, 700), (1920, 1080), (300, 1000)])
def test_the_overview_shows_the_whole_struct(size: tuple[int, int]) -> None:
    contents = debian()
    grid = grid_of(contents, 64, Zoom.OVERVIEW, *size, SIZES)
    check_cells(contents, grid)
    assert grid.height_px <= size[1]
    assert grid.columns * grid.column_px <= size[0]
    assert grid.row_px >= 2


def test_a_wide_view_has_more_columns_than_a_narrow_one() -> None:
    columns = [
        grid_of(debian(), 64, Zoom.OVERVIEW, width, 700, SIZES).columns for width in (400, 1900)
    ]
    assert columns[0] < columns[1]


def test_a_byte_gets_wider_with_each_zoom() -> None:
    grids = [grid_of(debian(), 64, zoom, 1200, 700, SIZES) for zoom in Zoom]
    widths = [grid.byte_px for grid in grids]
    assert widths == sorted(widths)
    assert all(grid.byte_px >= least for grid, least in zip(grids[1:], SIZES.byte_px, strict=True))


def test_rows_with_narrow_bitfields_are_tall_where_bits_are_shown() -> None:
    contents = debian()
    grid = grid_of(contents, 64, Zoom.BITS, 1200, 700, SIZES)
    word = contents.find("sched_remote_wakeup")
    pid = contents.find("pid")
    assert word is not None
    assert pid is not None
    assert grid.is_tall(grid.row_of(word.first_bit))
    assert not grid.is_tall(grid.row_of(pid.first_bit))
    assert grid.height(grid.row_of(word.first_bit)) > grid.height(grid.row_of(pid.first_bit))


def test_beside_the_cells_is_nothing() -> None:
    grid = grid_of(debian(), 64, Zoom.NAMES, 1200, 700, SIZES)
    assert grid.bit_at(5, 50) == -1
    assert grid.bit_at(1199, 50) == -1
    assert grid.bit_at(400, grid.height_px + 50) == -1
    assert grid.bit_at(400, -5) == -1
    assert grid.line_at(5, grid.top(3) + 2) == 3
    assert grid.line_at(400, grid.top(3) + 2) == -1


def test_a_place_at_the_end_of_a_row_is_marked_there() -> None:
    grid = grid_of(debian(), 64, Zoom.NAMES, 1200, 700, SIZES)
    assert grid.x_of(64 * 8) == (1, grid.ruler_px)
    row, x = grid.x_of(64 * 8, ends=True)
    assert row == 0
    assert x == pytest.approx(grid.ruler_px + grid.cells_px)


def test_a_struct_of_4_gib_costs_no_more_than_a_small_one() -> None:
    size_bytes = (1 << 32) - 64
    struct = StructLayout("huge", size_bytes, (plain("a", 0, 4), plain("all", 64, size_bytes - 64)))
    contents = Contents(struct)
    for zoom in Zoom:
        grid = grid_of(contents, 64, zoom, 900, 600, SIZES)
        middle = grid.height_px / 2
        cells = [
            cell
            for rows in grid.rows_between(middle, middle + 600)
            for cell in grid.cells(contents, rows)
        ]
        assert 0 < len(cells) < 5000
        bit = grid.nearest_bit(400, middle)
        assert contents.at(bit) == contents.find("all")
