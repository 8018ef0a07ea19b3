from __future__ import annotations

import pytest

from core.layout.abi import (
    align_up,
    bitfield_offset_bits,
    explained_align_bytes,
    largest_power,
    padded_align_bytes,
)


@pytest.mark.parametrize(
    ("cursor", "size", "unit_bytes", "align_bytes", "expected"),
    [
        (8, 1, 4, 4, 8),  # shares the tail of an 8-bit member
        (31, 1, 4, 4, 31),
        (31, 2, 4, 4, 32),  # would span two units
        (30, 3, 8, 8, 30),
        (32, 40, 8, 8, 64),
        (32, 40, 8, 4, 32),  # i386: an 8-byte type aligned to 4 may span two units of 4
        (60, 40, 8, 4, 64),
    ],
)
def test_a_bitfield_takes_the_next_bit_unless_it_spans_too_many_units(
    cursor: int, size: int, unit_bytes: int, align_bytes: int, expected: int
) -> None:
    assert bitfield_offset_bits(cursor, size, unit_bytes, align_bytes) == expected


def test_align_up() -> None:
    assert [align_up(n, 32) for n in (0, 1, 32, 33)] == [0, 32, 32, 64]


def test_a_gap_is_explained_by_the_least_alignment() -> None:
    assert explained_align_bytes(8, 64, 64) == 8
    assert explained_align_bytes(8, 64, 512) == 64
    assert explained_align_bytes(8, 448, 512) == 16
    assert explained_align_bytes(8, 8, 8) == 1  # packed


def test_padding_at_the_end_is_explained_by_the_least_alignment() -> None:
    assert padded_align_bytes(8, 64, 8) == 8
    assert padded_align_bytes(8, 64, 64) == 64
    assert padded_align_bytes(8, 96, 12) == 4


def test_the_largest_power_of_two_that_divides() -> None:
    assert [largest_power(n) for n in (1, 6, 8, 9792)] == [1, 2, 8, 64]
    assert largest_power(0) >= 1 << 20  # all of them do
