from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LayoutError
from core.layout.abi import align_up, bitfield_offset_bits
from core.layout.holes import (
    BEFORE_ALL,
    BitHole,
    Hole,
    Holes,
    element_bytes,
    summary,
    summary_of_anonymous,
)
from core.layout.model import Member, StructLayout
from core.layout.sources import btf
from core.layout.sources.btf import BtfKernel
from core.layout.sources.packed import unpacked

DATA = Path(__file__).parents[2] / "data"
RECORDED = json.loads((DATA / "pahole.json").read_text())

with (DATA / "layout_truth.csv").open(newline="") as stream:
    KERNELS = [row for row in csv.DictReader(stream) if row["variant"] == "none"]


@cache
def debian() -> BtfKernel:
    name = "debian-6.1-amd64-vmlinux.btf.zst"
    return BtfKernel(bytes(unpacked((DATA / "btf" / name).read_bytes(), name=name)), name=name)


def numbers(holes: Holes) -> list[int]:
    """What tests/record_pahole.py notes, in its order."""
    return [
        holes.size_bytes,
        holes.member_count,
        len(holes.holes),
        holes.sum_holes_bytes,
        len(holes.bit_holes),
        holes.sum_bit_holes_bits,
        holes.padding_bytes,
        holes.bit_padding_bits,
    ]


@pytest.mark.parametrize("row", KERNELS, ids=lambda row: row["file_tag"])
def test_a_task_struct_has_the_holes_pahole_found(row: dict[str, str]) -> None:
    holes = summary(btf.load(DATA / "btf" / f"{row['file_tag']}.btf").struct)
    holes.check_identity()
    columns = ("sizeof_task_struct", "n_members", "n_holes", "sum_holes", "n_bit_holes")
    expected = [int(row[column] or 0) for column in (*columns, "sum_bit_holes", "padding")]
    assert numbers(holes)[:7] == expected


def test_hundreds_of_structs_have_the_holes_pahole_found() -> None:
    assert len(RECORDED["counted"]) >= 300
    wrong = []
    for name, expected in RECORDED["counted"].items():
        struct = debian().find(name)
        assert struct is not None
        holes = summary(struct)
        holes.check_identity()
        if numbers(holes) != expected:
            wrong.append((name, numbers(holes), expected))
    assert not wrong


def plain(name: str, offset_bytes: int, size_bytes: int) -> Member:
    return Member(name, "u8", offset_bytes * 8, size_bytes * 8, unit_bytes=size_bytes)


def bits(name: str, offset_bits: int, width: int, unit_bytes: int = 4) -> Member:
    return Member(name, "unsigned int", offset_bits, width, is_bitfield=True, unit_bytes=unit_bytes)


def of(size_bytes: int, *members: Member, is_union: bool = False) -> Holes:
    return summary(StructLayout("s", size_bytes, members, is_union=is_union))


def test_holes_say_where_they_are() -> None:
    holes = of(24, plain("late", 2, 1), plain("far", 8, 4), plain("next", 12, 8))
    assert holes.holes == (Hole(BEFORE_ALL, 0, 2), Hole(0, 3, 5))
    assert (holes.padding_bytes, holes.sum_members_bytes, holes.sum_holes_bytes) == (4, 13, 7)


def test_bits_that_are_left_over_are_a_bit_hole_and_not_a_byte_hole() -> None:
    holes = of(12, bits("a", 0, 3), bits("b", 3, 5), plain("c", 8, 4))
    assert holes.bit_holes == (BitHole(1, 8, 24),)
    assert holes.holes == (Hole(1, 4, 4),)
    assert (holes.sum_bitfield_bits, holes.sum_members_bytes) == (8, 4)


def test_a_bitfield_that_comes_last_leaves_bit_padding() -> None:
    holes = of(16, plain("a", 0, 4), bits("b", 32, 3))
    assert (holes.bit_padding_bits, holes.padding_bytes) == (29, 8)
    holes.check_identity()


def test_a_bitfield_may_use_the_tail_of_the_member_before() -> None:
    holes = of(4, plain("a", 0, 1), bits("b", 8, 1))
    assert (holes.holes, holes.bit_holes, holes.bit_padding_bits) == ((), (), 23)


def test_a_bitfield_moved_to_the_next_unit_leaves_a_bit_hole() -> None:
    holes = of(8, bits("a", 0, 4), bits("b", 32, 4))
    assert holes.bit_holes == (BitHole(0, 4, 28),)
    assert (holes.bit_padding_bits, holes.padding_bytes) == (28, 0)


def test_a_union_and_an_empty_struct_have_none() -> None:
    union = of(8, plain("a", 0, 1), plain("b", 0, 4), is_union=True)
    assert (union.holes, union.padding_bytes, union.member_count) == ((), 0, 2)
    union.check_identity()
    empty = of(0)
    empty.check_identity()
    assert empty.padding_bytes == 0


def test_members_that_overlap_break_the_identity() -> None:
    holes = of(8, plain("a", 0, 8), plain("b", 4, 4))
    assert holes.unexplained_bits
    with pytest.raises(LayoutError, match=r"miss the size of 8 bytes by -32 bits"):
        holes.check_identity()


def test_an_anonymous_struct_is_counted_from_its_own_start() -> None:
    inner = (plain("x", 17, 1), plain("y", 20, 4))
    member = Member("", "struct", 16 * 8, 8 * 8, unit_bytes=8, members=inner)
    holes = summary_of_anonymous(member)
    assert holes.holes == (Hole(BEFORE_ALL, 0, 1), Hole(0, 2, 2))
    assert (holes.size_bytes, holes.padding_bytes) == (8, 0)


def test_an_array_has_elements() -> None:
    assert element_bytes(Member("a", "struct[4][2]", 0, 512, unit_bytes=64)) == 8
    assert element_bytes(Member("a", "int (*)(char[4])", 0, 64, unit_bytes=8)) == 8
    assert element_bytes(Member("a", "u8[0]", 0, 0, unit_bytes=0)) == 0


@st.composite
def structs(draw: st.DrawFn) -> StructLayout:
    """Structs as a compiler lays them out."""
    cursor_bits, members = 0, []
    for index in range(draw(st.integers(1, 12))):
        unit_bytes = draw(st.sampled_from([1, 2, 4, 8]))
        width = draw(st.integers(0, unit_bytes * 8))
        if width and draw(st.booleans()):
            at = bitfield_offset_bits(cursor_bits, width, unit_bytes, unit_bytes)
            members.append(bits(f"m{index}", at, width, unit_bytes))
        else:
            at = align_up(cursor_bits, unit_bytes * 8)
            members.append(plain(f"m{index}", at // 8, unit_bytes))
        cursor_bits = members[-1].end_bits
    align_bytes = max(member.unit_bytes for member in members)
    size_bytes = align_up(cursor_bits, align_bytes * 8) // 8
    return StructLayout("s", size_bytes, tuple(members))


@given(structs())
def test_members_holes_and_padding_make_the_size(struct: StructLayout) -> None:
    holes = summary(struct)
    holes.check_identity()
    assert all(hole.size_bytes > 0 for hole in holes.holes)
    assert all(hole.size_bits > 0 for hole in holes.bit_holes)
    assert 0 <= holes.bit_padding_bits < 64
