"""Bits in a word: neighbours stay, values wrap, both byte orders."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.guards.storage import Place, TaskImage


@st.composite
def places(draw: st.DrawFn) -> Place:
    unit_bytes = draw(st.sampled_from([1, 2, 4, 8]))
    bit_size = draw(st.integers(1, unit_bytes * 8))
    bit_offset = draw(st.integers(0, unit_bytes * 8 - bit_size))
    byte_offset = draw(st.integers(0, 64))
    return Place(byte_offset, unit_bytes, bit_offset, bit_size, draw(st.booleans()))


@given(places(), st.data())
def test_only_the_fields_bits_change_and_values_wrap(place: Place, data: st.DataObject) -> None:
    word = data.draw(st.integers(0, 2 ** (place.unit_bytes * 8) - 1))
    value = data.draw(st.integers(-5, 2**33))
    written = place.with_value(word, value)
    assert place.value_of(written) == value % (1 << place.bit_size)
    outside = ~(place.mask << place.shift)
    assert written & outside == word & outside


@given(places(), st.data())
def test_an_image_gives_back_what_was_stored_and_touches_nothing_else(
    place: Place, data: st.DataObject
) -> None:
    image = TaskImage(128, place)
    image.bytes[:] = data.draw(st.binary(min_size=128, max_size=128))
    before = bytes(image.bytes)
    word = data.draw(st.integers(0, 2 ** (place.unit_bytes * 8) - 1))
    image.store(word)
    assert image.load() == word
    start, end = place.byte_offset, place.byte_offset + place.unit_bytes
    assert image.bytes[:start] == before[:start]
    assert image.bytes[end:] == before[end:]
    assert image.bytes[start:end] == word.to_bytes(
        place.unit_bytes, "big" if place.big_endian else "little"
    )


def test_big_endian_counts_from_the_most_significant_bit() -> None:
    assert Place(0, 4, 0, 1, big_endian=True).with_value(0, 1) == 0x80000000
    assert Place(0, 4, 0, 1).with_value(0, 1) == 1


@pytest.mark.parametrize(
    "wrong", [(0, 3, 0, 1), (-1, 4, 0, 1), (0, 4, 31, 2), (0, 4, 0, 0), (0, 4, -1, 1)]
)
def test_impossible_places_are_refused(wrong: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"storage unit|offsets|does not fit"):
        Place(*wrong)
