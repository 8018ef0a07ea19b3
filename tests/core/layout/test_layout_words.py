from __future__ import annotations

from typing import Any

import pytest

from core.errors import LayoutError
from core.guards.storage import Place
from core.layout.library import bundled, find
from core.layout.model import KernelLayout, Member
from core.layout.place import SERIALIZED, place_bits, place_of, word_with
from tests.core.layout.kernels import bits, btf_kernel, plain, struct_of, truth_rows

EVERY_LAYOUT = [*bundled(), *sorted({row["file_tag"] for row in truth_rows()})]


def any_kernel(name: str) -> KernelLayout:
    return find(name) if name in bundled() else btf_kernel(name).layout()


def word(layout: KernelLayout, place: Place) -> list[tuple[str, int, int]]:
    return [(bit.name, bit.bit_offset, bit.bit_size) for bit in word_with(layout, place, "new")]


def last_serialized(layout: KernelLayout) -> Place:
    places = [place_of(layout, name) for name in (*SERIALIZED, "sched_task_hot")]
    return max((p for p in places if p), key=lambda place: place.bit_offset)


def test_every_layout_is_looked_at() -> None:
    assert len(EVERY_LAYOUT) == 17 + 25
    assert sum(any_kernel(name).big_endian for name in EVERY_LAYOUT) == 6


@pytest.mark.parametrize("bit_size", [1, 2])
@pytest.mark.parametrize("name", EVERY_LAYOUT)
def test_bits_in_the_serialized_word_stand_after_the_schedulers_own(
    name: str, bit_size: int
) -> None:
    layout = any_kernel(name)
    place = place_bits(layout, bit_size, "serialized")
    last = last_serialized(layout)
    end = last.bit_offset + last.bit_size
    assert place == Place(last.byte_offset, 4, end, bit_size, layout.big_endian)
    old = [bit for bit in layout.struct.word_at(place.byte_offset) if not bit.is_gap]
    new = word_with(layout, place, "new")
    assert [bit for bit in new if bit.name not in ("", "new")] == old
    assert sum(bit.bit_size for bit in new) == 32


@pytest.mark.parametrize("name", EVERY_LAYOUT)
def test_the_two_words_are_not_the_same(name: str) -> None:
    layout = any_kernel(name)
    current, serialized = place_bits(layout, 1), place_bits(layout, 1, "serialized")
    remote = place_of(layout, "sched_remote_wakeup")
    assert remote is None or remote.byte_offset == current.byte_offset
    assert serialized.byte_offset == current.byte_offset - 4


@pytest.mark.parametrize("name", EVERY_LAYOUT)
def test_a_bit_of_the_kernel_is_where_the_word_shows_it(name: str) -> None:
    layout = any_kernel(name)
    for field in (*SERIALIZED, "sched_remote_wakeup"):
        place = place_of(layout, field)
        if place is None:
            assert field not in layout.struct
            continue
        bits_there = {b.name: b.bit_offset for b in layout.struct.word_at(place.byte_offset)}
        assert (bits_there[field], place.bit_size) == (place.bit_offset, 1)
        assert place.big_endian == layout.big_endian


def test_a_serialized_word_on_big_endian_counts_from_the_other_end() -> None:
    layout = btf_kernel("s390x-debian-s390x").layout()
    place = place_bits(layout, 2, "serialized")
    assert place.with_value(0, 3) == 0x0C00_0000
    reset = place_of(layout, "sched_reset_on_fork")
    assert reset is not None
    assert reset.with_value(0, 1) == 0x8000_0000


def test_a_full_serialized_word_is_left_and_the_strictly_current_one_stays_apart() -> None:
    serialized = [bits("sched_migrated", 0), *(bits(f"b{n}", n) for n in range(1, 31))]
    layout = struct_of(*serialized, bits("in_memstall", 32), plain("thread", 8))
    place = place_bits(layout, 2, "serialized")
    assert place == Place(4, 4, 0, 2)
    assert word(layout, place) == [("new", 0, 2), ("", 2, 30)]


def test_strictly_current_bits_in_the_same_word_stay_behind_the_serialized_ones() -> None:
    layout = struct_of(bits("sched_migrated", 0), bits("in_iowait", 1), plain("thread", 8))
    place = place_bits(layout, 1, "serialized")
    assert word(layout, place)[:3] == [("sched_migrated", 0, 1), ("new", 1, 1), ("in_iowait", 2, 1)]


def test_what_is_no_bit_in_one_word_has_no_place_as_one() -> None:
    layout = struct_of(plain("state", 0), bits("wide", 60, 8))
    assert [place_of(layout, name) for name in ("state", "wide", "absent")] == [None] * 3


def test_a_struct_without_a_serialized_word_is_refused() -> None:
    layout = struct_of(bits("in_memstall", 0))
    with pytest.raises(LayoutError, match="none of sched_reset_on_fork"):
        place_bits(layout, 1, "serialized")
    shuffled = struct_of(Member("", "struct", 0, 32, members=(bits("sched_migrated", 0),)))
    with pytest.raises(LayoutError, match="CONFIG_RANDSTRUCT"):
        place_bits(shuffled, 1, "serialized")


def test_the_words_are_named() -> None:
    unknown: Any = "elsewhere"
    with pytest.raises(ValueError, match="current, serialized"):
        place_bits(btf_kernel("x86_64-defconfig").layout(), 1, unknown)
