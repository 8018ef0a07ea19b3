"""BTF that somebody damaged, by chance or on purpose: an error line, soon, and little memory."""

from __future__ import annotations

import struct
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LayoutError
from core.layout.holes import summary
from core.layout.pahole_text import printed
from core.layout.sources import btf
from core.layout.sources.btf import BtfKernel
from core.layout.sources.btf_kinds import Kind
from tests.core.layout.test_layout_btf import Blob
from tests.examples import examples

DATA = Path(__file__).parents[2] / "data" / "btf"
SMALL = (DATA / "x86_64-tinyconfig.btf").read_bytes()
BIG_ENDIAN = (DATA / "s390x-tinyconfig.btf").read_bytes()

MOST_SECONDS = 10
"""None takes one; work that grows with the square of the file would take minutes."""
MOST_TIMES = 10
ALLOWANCE_BYTES = 24 << 20
"""Memory may take ten times the file, and this much for limits that do not depend on its size."""


def use(data: bytes) -> bool:
    """Do everything with a blob that the program does; tell whether it could be read."""
    try:
        types = BtfKernel(data, name="x")
        layout = types.layout()
        names = types.struct_names()
        for name in names[:3]:
            found = types.find(name)
            if found is not None:
                summary(found)
        printed(layout.struct, types)
        types.size_and_align("u64")
    except LayoutError as error:
        assert "\n" not in str(error)
        assert len(str(error)) < 2000
        return False
    assert layout.struct.size_bytes > 0
    return True


def use_soon(data: bytes) -> bool:
    start = time.process_time()
    result = use(data)
    assert time.process_time() - start < MOST_SECONDS
    return result


def use_in_bounds(data: bytes, allowance_bytes: int = ALLOWANCE_BYTES) -> bool:
    tracemalloc.start()
    try:
        result = use_soon(data)  # which counting makes only two or three times as slow
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak_bytes < MOST_TIMES * len(data) + allowance_bytes
    return result


def test_what_is_not_damaged_can_be_used() -> None:
    assert use_in_bounds(SMALL)
    assert use_in_bounds(BIG_ENDIAN)


@given(st.integers(0, len(SMALL) - 1))
def test_any_cut_is_refused(length: int) -> None:
    with pytest.raises(LayoutError):
        btf.read_btf(SMALL[:length], name="x")


blobs = st.sampled_from([SMALL, BIG_ENDIAN])
places = st.integers(0, len(BIG_ENDIAN) - 1)
numbers = st.sampled_from([0, 1, 3, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 0x84000003, 0x14000000])


@examples(60)
@given(blobs, st.lists(st.tuples(places, st.integers(0, 255)), min_size=1))
def test_any_flipped_bytes(data: bytes, changes: list[tuple[int, int]]) -> None:
    changed = bytearray(data)
    for at, value in changes:
        changed[at] = value
    use_soon(bytes(changed))


@examples(60)
@given(blobs, st.lists(st.tuples(places, numbers | st.integers(0, 400)), min_size=1, max_size=6))
def test_any_numbers_that_lie(data: bytes, changes: list[tuple[int, int]]) -> None:
    """Counts, sizes, offsets and type ids, in the order of the blob."""
    order = "<" if data is SMALL else ">"
    changed = bytearray(data)
    for at, number in changes:
        struct.pack_into(order + "I", changed, at // 4 * 4, number)
    use_soon(bytes(changed))


@examples(40)
@given(blobs, st.lists(st.tuples(places, places, st.integers(0, 400)), min_size=1, max_size=4))
def test_any_splices(data: bytes, splices: list[tuple[int, int, int]]) -> None:
    for to, at, length in splices:
        data = data[:to] + data[at : at + length] + data[to + length :]
    use_soon(data)


@given(st.binary(max_size=400))
def test_garbage_is_refused(data: bytes) -> None:
    for magic in (b"\x9f\xeb\1\0\x18\0\0\0", b"\xeb\x9f\1\0\0\0\0\x18", b""):
        with pytest.raises(LayoutError):
            btf.read_btf(magic + data, name="x")


kinds = st.integers(0, 24)
small = st.integers(0, 12)


@examples(100)
@given(
    st.lists(st.tuples(kinds, small, small, st.lists(numbers | small, max_size=9), st.booleans()))
)
def test_any_types_in_any_order(
    types: list[tuple[int, int, int, list[int], bool]],
) -> None:
    """Types that refer to one another, to themselves, and to what cannot be referred to."""
    blob = Blob()
    for kind, size_or_type, count, words, flag in types:
        blob.add(kind, "n" * (count % 3), size_or_type=size_or_type, words=words, count=count % 4,
                 flag=flag)  # fmt: skip
    members = [(f"m{index}", index % 12, index * 64) for index in range(10)]
    blob.struct("task_struct", 128, *members)
    use_soon(blob.data())


def chain_of_arrays(blob: Blob) -> None:
    inner = 1
    for _ in range(40):
        inner = blob.add(Kind.ARRAY, words=[inner, 1, 0xFFFFFFFF])
    blob.struct("task_struct", 1 << 31, ("a", inner, 0))


def tree_of_structs(blob: Blob) -> None:
    """Each holds the one before a hundred times: 10 ** 60 members, if one counts them."""
    inner = 1
    for level in range(30):
        inner = blob.struct("" if level % 2 else f"s{level}", 8, *[("", inner, 0)] * 100)
    blob.struct("task_struct", 8, ("a", inner, 0))


def tree_of_anonymous_structs(blob: Blob) -> None:
    inner = blob.struct("", 8, ("x", 1, 0))
    for _ in range(30):
        inner = blob.struct("", 8, *[("", inner, 0)] * 100)
    blob.struct("task_struct", 8, ("", inner, 0))


def structs_in_a_circle(blob: Blob) -> None:
    count = 60
    for level in range(count):
        others = [3 + (level + step) % count for step in range(1, 30)]
        blob.struct(f"s{level}", 8, *[("a", other, 0) for other in others])
    blob.struct("task_struct", 8, ("a", 3, 0))


def typedefs_of_a_wide_struct(blob: Blob) -> None:
    wide = blob.struct("wide", 4, *[("", 1, 0)] * 2000)
    names = [blob.add(Kind.TYPEDEF, "t", size_or_type=wide) for _ in range(2000)]
    blob.struct("task_struct", 4, *[("m", name, 0) for name in names])


def functions_of_functions(blob: Blob) -> None:
    inner = 1
    for _ in range(12):
        proto = blob.add(
            Kind.FUNC_PROTO, size_or_type=inner, words=[0, inner] * 300, count=300
        )  # fmt: skip
        inner = blob.add(Kind.PTR, size_or_type=proto)
    blob.struct("task_struct", 8, ("call", inner, 0))


def one_long_name_for_all(blob: Blob) -> None:
    blob.strings += b"x" * 200_000 + b"\0"
    at = len(blob.strings) - 100_000
    count = 3000  # of 100 KB each
    words = [number for index in range(count) for number in (at + index, 1, 0)]
    blob.add(Kind.STRUCT, "task_struct", size_or_type=4, words=words, count=count)
    for index in range(count):
        blob.types.append(struct.pack("<3I", at + index, Kind.FWD << 24, 0))
        blob.types.append(struct.pack("<3I", at + index, Kind.STRUCT << 24, 0))


def many_names_that_are_near(blob: Blob) -> None:
    for index in range(5_000):
        blob.struct(f"task_struc{index}", 4)


def many_unknown_kinds(blob: Blob) -> None:
    for index in range(3_000):
        blob.add(
            20 + index % 100, "u", size_or_type=index, words=[index] * (index % 4), count=index
        )
    blob.struct("task_struct", 4, ("a", 1, 0))


def one_unknown_kind_of_many_sizes(blob: Blob) -> None:
    for index in range(3_000):
        blob.add(20, "u", words=[index] * (index % 7), count=index % 7)
        blob.add(Kind.PTR, size_or_type=1)
    blob.struct("task_struct", 4, ("a", 1, 0))


def more_members_than_there_is_room(blob: Blob) -> None:
    blob.add(Kind.STRUCT, "task_struct", size_or_type=4, count=0xFFFFFF)


def bitfields_beyond_everything(blob: Blob) -> None:
    members = [("b", 1, 0xFF000000 | 0xFFFFFF)] * 100
    blob.struct("task_struct", 0xFFFFFFFF, *members, flag=True)


MADE = [
    chain_of_arrays,
    tree_of_structs,
    tree_of_anonymous_structs,
    structs_in_a_circle,
    typedefs_of_a_wide_struct,
    functions_of_functions,
    one_long_name_for_all,
    many_names_that_are_near,
    many_unknown_kinds,
    one_unknown_kind_of_many_sizes,
    more_members_than_there_is_room,
    bitfields_beyond_everything,
]


@pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
def test_what_was_made_to_do_harm(make: object) -> None:
    assert callable(make)
    blob = Blob()
    make(blob)
    use_in_bounds(blob.data())


def test_a_large_file_of_small_types_takes_little_memory() -> None:
    blob = Blob()
    blob.types += [struct.pack("<3I", 1, Kind.STRUCT << 24, 0)] * 20_000
    blob.struct("task_struct", 4, ("a", 1, 0))
    assert use_in_bounds(blob.data(), allowance_bytes=4 << 20)
