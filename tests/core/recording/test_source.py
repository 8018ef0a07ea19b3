"""Where recordings come from: packed files, whole and cut, and standard input that is none."""

from __future__ import annotations

import gzip
import io
import lzma
import sys
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RecordingError
from core.recording.convert import convert
from core.recording.profile import ProfileBuilder, ProfileInfo
from core.recording.source import Source, open_source

PLAIN = b"".join(b"line %d of a recording\n" % number for number in range(20_000))


def packed(plain: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=3).compress(plain)


def unpacked(data: bytes) -> tuple[bytes, str]:
    source = Source(io.BytesIO(data), name="some.zst")
    return b"".join(source.chunks(1 << 16)), source.cut


def test_zstd_of_one_frame_and_of_many() -> None:
    assert unpacked(packed(PLAIN)) == (PLAIN, "")
    skipped = b"\x50\x2a\x4d\x18\x03\0\0\0abc"  # a frame that holds no data, as pzstd writes them
    assert unpacked(packed(PLAIN) + skipped + packed(b"") + packed(b"end\n")) == (
        PLAIN + b"end\n",
        "",
    )


@given(st.integers(5, len(packed(PLAIN)) - 1))
def test_zstd_that_is_cut_is_read_as_far_as_it_goes_and_told(end: int) -> None:
    plain, cut = unpacked(packed(PLAIN)[:end])
    assert PLAIN.startswith(plain)
    assert "zstd data are damaged or cut short" in cut


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, packed])
def test_what_stands_before_the_cut_is_not_lost(pack: Callable[[bytes], bytes]) -> None:
    plain, cut = unpacked(pack(PLAIN)[:-6])
    assert len(plain) > 0.7 * len(PLAIN)
    assert PLAIN.startswith(plain)
    assert "damaged or cut short" in cut


def test_standard_streams_that_are_closed_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(RecordingError, match="standard input: it is closed"):
        open_source("-")
    monkeypatch.setattr(sys, "stdout", None)
    profile = ProfileBuilder(ProfileInfo("folded", "some", "samples")).build()
    with pytest.raises(RecordingError, match="standard output: it is closed"):
        convert(profile, "-", "folded")
