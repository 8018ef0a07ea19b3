from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from core.errors import LayoutError
from core.guards.storage import Place
from core.layout.model import Endian, KernelLayout, Member, StructLayout
from core.layout.named_place import GUARD_BIT, UPSTREAM_AFTER
from core.layout.place import place_bits, place_uint, word_with
from core.layout.sources import btf

DATA = Path(__file__).parents[2] / "data"
Row = dict[str, str]


def truth(*variants: str) -> list[Row]:
    with (DATA / "layout_truth.csv").open(newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["variant"] in variants]


def label(row: Row) -> str:
    return f"{row['file_tag']}-{row['variant']}"


@cache
def kernel(file_tag: str) -> KernelLayout:
    return btf.load(DATA / "btf" / f"{file_tag}.btf")


UINT_ROWS = truth("uint_v1")
BIT_ROWS = truth("bit1_upstream", "bit2_upstream")


def expected(row: Row, *, big_endian: bool) -> Place:
    return Place(
        int(row["member_byte_offset"]),
        4,
        int(row["member_bit_offset"]),
        int(row["bit_size"]),
        big_endian,
    )


def struct_of(*members: Member, endian: Endian = "little") -> KernelLayout:
    struct = StructLayout("task_struct", 128, members, endian)
    return KernelLayout("made-up", "made up", "", "", "test", struct)


def plain(name: str, offset_bytes: int, size_bytes: int = 4) -> Member:
    size_bits = size_bytes * 8
    return Member(name, "int", offset_bytes * 8, size_bits, False, min(size_bytes, 8), size_bytes)


def bits(name: str, offset_bits: int, size_bits: int = 1) -> Member:
    return Member(name, "unsigned int", offset_bits, size_bits, True, 4, 4)


def word(layout: KernelLayout, place: Place, name: str = "new") -> list[tuple[str, int, int]]:
    return [(bit.name, bit.bit_offset, bit.bit_size) for bit in word_with(layout, place, name)]


def test_the_truth_table_is_whole() -> None:
    assert len(UINT_ROWS) == 25
    assert len(BIT_ROWS) == 34
    big = {row["file_tag"] for row in UINT_ROWS + BIT_ROWS if kernel(row["file_tag"]).big_endian}
    assert big == {"arm-rand1", "arm64-rand4", "s390x-debian-s390x", "s390x-tinyconfig"}


@pytest.mark.parametrize("row", UINT_ROWS, ids=label)
def test_the_uint_is_placed_as_the_compiler_placed_it(row: Row) -> None:
    layout = kernel(row["file_tag"])
    assert place_uint(layout) == expected(row, big_endian=layout.big_endian)


@pytest.mark.parametrize("row", BIT_ROWS, ids=label)
def test_the_bits_are_placed_as_the_compiler_placed_them(row: Row) -> None:
    layout = kernel(row["file_tag"])
    place = place_bits(layout, int(row["bit_size"]))
    assert place == expected(row, big_endian=layout.big_endian)


@pytest.mark.parametrize("row", UINT_ROWS, ids=label)
def test_the_uint_has_its_word_to_itself(row: Row) -> None:
    layout = kernel(row["file_tag"])
    assert word(layout, place_uint(layout)) == [("new", 0, 32)]


@pytest.mark.parametrize("row", BIT_ROWS, ids=label)
def test_bits_before_the_field_stay_and_those_after_it_move(row: Row) -> None:
    layout = kernel(row["file_tag"])
    place = place_bits(layout, int(row["bit_size"]))
    old = [b for b in layout.struct.word_at(place.byte_offset) if not b.is_gap]
    before = [(b.name, b.bit_offset, b.bit_size) for b in old if b.bit_offset < place.bit_offset]
    after = [
        (b.name, b.bit_offset + place.bit_size, b.bit_size)
        for b in old
        if b.bit_offset >= place.bit_offset
    ]
    new = word(layout, place)
    field = ("new", place.bit_offset, place.bit_size)
    assert [part for part in new if part[0]] == [*before, field, *after]
    assert sum(size for _, _, size in new) == 32


def test_a_debian_word_reads_as_named_bits() -> None:
    layout = kernel("x86_64-debian-amd64")
    assert word(layout, place_bits(layout, 2), "page_owner_depth")[9:] == [
        ("use_memdelay", 9, 1),
        ("in_memstall", 10, 1),
        ("page_owner_depth", 11, 2),
        ("in_eventfd", 13, 1),
        ("pasid_activated", 14, 1),
        ("reported_split_lock", 15, 1),
        ("in_thrashing", 16, 1),
        ("", 17, 15),
    ]


def test_a_kernel_with_the_guard_lends_its_own_bit() -> None:
    layout = struct_of(
        bits("in_memstall", 32), bits(GUARD_BIT, 33), bits("in_eventfd", 34), plain("thread", 64)
    )
    place = place_bits(layout, 1)
    assert place == Place(4, 4, 1, 1)
    assert word(layout, place, "guard") == [
        ("in_memstall", 0, 1),
        ("guard", 1, 1),
        ("in_eventfd", 2, 1),
        ("", 3, 29),
    ]
    assert word(layout, place_bits(layout, 2)) == [
        ("in_memstall", 0, 1),
        ("new", 1, 2),
        (GUARD_BIT, 3, 1),
        ("in_eventfd", 4, 1),
        ("", 5, 27),
    ]


@pytest.mark.parametrize("name", UPSTREAM_AFTER)
def test_the_bit_goes_after_the_first_name_of_the_list_that_is_there(name: str) -> None:
    later = UPSTREAM_AFTER[UPSTREAM_AFTER.index(name) :]
    members = [bits(other, 64 + index) for index, other in enumerate(reversed(later))]
    layout = struct_of(*members, endian="big")
    assert place_bits(layout, 1) == Place(8, 4, len(later), 1, big_endian=True)


def test_the_uint_goes_before_what_follows_where_kretprobes_are_off() -> None:
    layout = struct_of(plain("odd", 0, 1), plain("l1d_flush_kill", 8, 8), plain("rethooks", 16, 8))
    assert place_uint(layout).byte_offset == 16
    layout = struct_of(plain("odd", 0, 1), plain("unwind_info", 8, 8), plain("thread", 64, 64))
    assert place_uint(layout).byte_offset == 4
    layout = struct_of(plain("thread", 0, 64))
    assert place_uint(layout).byte_offset == 0


def test_bits_that_overflow_the_word_leave_it() -> None:
    flags = [bits(f"flag{index}", index) for index in range(29)]
    layout = struct_of(bits("in_memstall", 32 - 3, 1), bits("a", 30), bits("b", 31), bits("c", 32))
    layout = struct_of(*flags, *layout.struct.members)
    place = place_bits(layout, 2)
    assert place == Place(0, 4, 30, 2)
    assert word(layout, place)[-2:] == [("in_memstall", 29, 1), ("new", 30, 2)]


def test_a_field_that_does_not_fit_the_word_opens_the_next() -> None:
    layout = struct_of(bits("rest", 0, 30), bits("in_memstall", 30), plain("atomic_flags", 8, 8))
    assert place_bits(layout, 1) == Place(0, 4, 31, 1)
    assert place_bits(layout, 2) == Place(4, 4, 0, 2)
    assert word(layout, place_bits(layout, 2)) == [("new", 0, 2), ("", 2, 30)]


def test_a_byte_behind_the_bits_keeps_its_place_while_they_fit() -> None:
    layout = struct_of(bits("in_memstall", 0), plain("net_xmit", 1, 1), plain("atomic_flags", 8, 8))
    assert word(layout, place_bits(layout, 1)) == [
        ("in_memstall", 0, 1),
        ("new", 1, 1),
        ("", 2, 6),
        ("net_xmit", 8, 8),
        ("", 16, 16),
    ]
    assert word(layout, place_bits(layout, 8))[-2:] == [("net_xmit", 16, 8), ("", 24, 8)]


def test_a_shuffled_struct_is_refused() -> None:
    inner = (bits("in_memstall", 0), plain("thread", 8))
    layout = struct_of(Member("", "struct", 0, 96, members=inner))
    with pytest.raises(LayoutError, match="CONFIG_RANDSTRUCT"):
        place_bits(layout, 1)
    with pytest.raises(LayoutError, match="CONFIG_RANDSTRUCT"):
        place_uint(layout)


def test_a_struct_without_any_of_the_names_is_refused() -> None:
    layout = struct_of(plain("state", 0))
    with pytest.raises(LayoutError, match="made-up: struct task_struct has none of in_memstall"):
        place_bits(layout, 1)
    with pytest.raises(LayoutError, match="none of kretprobe_instances"):
        place_uint(layout)


@pytest.mark.parametrize("bit_size", [0, 33])
def test_the_width_is_checked(bit_size: int) -> None:
    with pytest.raises(ValueError, match="1 to 32"):
        place_bits(kernel("x86_64-defconfig"), bit_size)
