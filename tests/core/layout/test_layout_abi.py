from __future__ import annotations

import pytest

from core.layout.abi import (
    align_up,
    bitfield_offset_bits,
    explained_align_bytes,
    moved_offset_bits,
    padded_align_bytes,
)
from core.layout.model import Member


def bit(offset_bits: int, size_bits: int = 1) -> Member:
    return Member("flag", "unsigned int", offset_bits, size_bits, True, 4, 4)


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


def test_a_bit_moves_by_what_was_put_before_it() -> None:
    assert moved_offset_bits(bit(5), 5, 7) == 7


def test_a_bit_behind_a_zero_width_field_keeps_its_own_word() -> None:
    assert moved_offset_bits(bit(32), 5, 7) == 32
    assert moved_offset_bits(bit(32), 5, 33) == 64


def test_a_plain_member_moves_by_whole_alignments() -> None:
    byte = Member("net_xmit", "u8", 24, 8, False, 1, 1)
    assert moved_offset_bits(byte, 24, 24) == 24
    assert moved_offset_bits(byte, 24, 25) == 32
    line = Member("thread", "struct thread_struct", 512, 1024, False, 8, 128)
    assert moved_offset_bits(line, 64, 128) == 512
    assert moved_offset_bits(line, 64, 544) == 1024  # only 64-byte alignment explains the gap
