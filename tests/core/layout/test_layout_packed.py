from __future__ import annotations

import subprocess
import sys
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LayoutError
from core.layout.sources.packed import LEAST_LIMIT_BYTES, limit_bytes, packing, unpacked
from tests.core.layout.made import BTF, PACKERS

PLAIN = (BTF / "x86_64-tinyconfig.btf").read_bytes() * 8
FORMATS = pytest.mark.parametrize("title", PACKERS)


@FORMATS
def test_each_format_is_known_and_unpacked(title: str) -> None:
    packed = PACKERS[title](PLAIN)
    assert packing(packed) == title
    assert unpacked(packed, name="x") == PLAIN
    assert unpacked(memoryview(packed), name="x") == PLAIN


@FORMATS
def test_two_streams_in_a_row_and_what_kernels_append(title: str) -> None:
    packed = PACKERS[title](PLAIN)
    assert unpacked(packed + packed, name="x") == PLAIN * 2
    assert unpacked(packed + len(PLAIN).to_bytes(4, "little"), name="x") == PLAIN


@FORMATS
@pytest.mark.parametrize("part", [0.01, 0.5, 0.99])
def test_a_cut_file_is_one_error(title: str, part: float) -> None:
    packed = PACKERS[title](PLAIN)
    with pytest.raises(LayoutError, match=rf"some\.file: the {title} data are damaged: .+; fetch"):
        unpacked(packed[: max(14, int(len(packed) * part))], name="some.file")


@FORMATS
def test_damage_is_one_error(title: str) -> None:
    packed = bytearray(PACKERS[title](PLAIN))
    packed[len(packed) // 2 : len(packed) // 2 + 100] = b"\xa5" * 100
    with pytest.raises(LayoutError, match=f"the {title} data are damaged"):
        unpacked(bytes(packed), name="x")


@pytest.mark.parametrize("title", ["gzip", "xz", "zstd", "bzip2", "lz4", "legacy lz4", "lzma"])
def test_a_bomb_is_refused_before_it_fills_the_memory(title: str) -> None:
    bomb = PACKERS[title](bytes(48 << 20))
    if limit_bytes(len(bomb)) > LEAST_LIMIT_BYTES:  # lz4 packs no better than 1 to 255
        bomb = bomb[: LEAST_LIMIT_BYTES // 10]
    tracemalloc.start()
    with pytest.raises(LayoutError, match=r"unpack to more than 32 MiB.*unpack it yourself"):
        unpacked(bomb, name="x")
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes < 3 * LEAST_LIMIT_BYTES


def test_what_is_packed_twice_is_unpacked_and_what_is_packed_thrice_is_not() -> None:
    twice = PACKERS["gzip"](PACKERS["zstd"](PLAIN))
    assert unpacked(twice, name="x") == PLAIN
    assert packing(unpacked(PACKERS["xz"](twice), name="x")) == "zstd"


def test_a_large_file_may_unpack_to_ten_times_its_size() -> None:
    assert limit_bytes(100) == 32 << 20
    assert limit_bytes(100 << 20) == 1000 << 20


def test_plain_data_are_given_back_as_they_are() -> None:
    assert unpacked(PLAIN, name="x") is PLAIN
    assert unpacked(b"", name="x") == b""
    assert packing(b"BZhello, this is text") == ""
    assert packing(b"\x5d\0\0 no lzma either") == ""


@given(st.sampled_from(sorted(PACKERS)), st.binary(max_size=300))
def test_whatever_follows_a_magic_is_unpacked_or_one_error(title: str, rest: bytes) -> None:
    head = PACKERS[title](b"abc")[:12]
    try:
        unpacked(head + rest, name="x")
    except LayoutError as error:
        assert str(error).startswith("x: the ")


def test_the_library_imports_no_decoder_and_no_json_reader() -> None:
    program = "import core.layout.library, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded.isdisjoint({"msgspec", "zstandard", "lz4", "drgn", "numpy"})
