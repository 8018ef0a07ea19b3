"""Compressed data, known by their content: all that Linux compresses kernels and files with.

Every format is unpacked in steps and up to a limit, so that a small file that would unpack to
gigabytes costs no more than saying so.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar, cast

from core.errors import LayoutError

Data = bytes | memoryview

_AnyData = TypeVar("_AnyData", bytes, memoryview, Data)

MOST_TIMES = 10
"""A compressed kernel unpacks to 3 to 8 times its size."""

LEAST_LIMIT_BYTES = 32 << 20
"""What a small file may unpack to in any case."""

_LAYERS = 2
"""Somebody sends a vmlinuz.xz; nobody wraps thrice."""

_STEP_BYTES = 1 << 20
_INPUT_BYTES = 1 << 16
_ZSTD_INPUT_BYTES = 1 << 9
"""4 bytes of zstd may stand for a block of 128 KiB: a step makes 16 MiB at the most."""

_MEMORY_BYTES = 256 << 20
"""For a decoder's dictionary; kernels are packed with up to 128 MiB (6.1, scripts/xz_wrap.sh)."""

_LZ4_BLOCK_BYTES = 8 << 20
"""LZ4_DEFAULT_UNCOMPRESSED_CHUNK_SIZE (6.1, lib/decompress_unlz4.c)."""

ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
LZ4_LEGACY_MAGIC = b"\x02\x21\x4c\x18"

MAGICS: dict[str, bytes] = {
    "gzip": b"\x1f\x8b\x08",
    "xz": b"\xfd7zXZ\0",
    "zstd": ZSTD_MAGIC,
    "bzip2": b"BZh",
    "lz4": b"\x04\x22\x4d\x18",
    "legacy lz4": LZ4_LEGACY_MAGIC,
    "lzma": b"\x5d\0\0",
}
"""What data in each format begin with."""

_HEAD_BYTES = 16


def packing(head: Data) -> str:
    """Return the name of the compression that data begin with, empty where it is none.

    Args:
        head: The data, or at least their first 16 bytes.
    """
    begin = bytes(head[:_HEAD_BYTES])
    title = next((title for title, magic in MAGICS.items() if begin.startswith(magic)), "")
    if title == "bzip2" and not (begin[3:4].isdigit() and begin[4:10] == b"1AY&SY"):
        return ""
    # LZMA alone has no magic: what tells it is a length that is unknown, or below 2**40.
    if title == "lzma" and begin[10:13] not in (b"\xff\xff\xff", b"\0\0\0"):
        return ""
    return title


def limit_bytes(packed_bytes: int) -> int:
    """Return how many bytes a compressed file of a size may unpack to."""
    return max(LEAST_LIMIT_BYTES, MOST_TIMES * packed_bytes)


def unpacked(data: _AnyData, *, name: str) -> _AnyData | bytes:
    """Return the data, decompressed where they are compressed (also twice).

    Args:
        data: A whole file. What follows the compressed data, such as the size that kernels
            append, is left out.
        name: What to call it in errors.

    Raises:
        LayoutError: The compressed data are damaged, cut short, or unpack to more than
            ``limit_bytes``.
    """
    most_bytes = limit_bytes(len(data))
    found: _AnyData | bytes = data
    for _ in range(_LAYERS):
        title = packing(found)
        if not title:
            break
        found = unpacked_as(title, found, most_bytes=most_bytes, name=name)
    return found


def unpacked_as(title: str, data: Data, *, most_bytes: int, name: str) -> bytes:
    """Return data decompressed from one of the formats of ``MAGICS``, or from zlib's.

    Raises:
        LayoutError: They are damaged, cut short, or unpack to more than ``most_bytes``.
    """
    plain = io.BytesIO()
    problem = _unpack(title, data, plain, most_bytes)
    if problem is None:
        return plain.getvalue()
    if plain.tell() > most_bytes:
        raise LayoutError(
            f"the {title} data unpack to more than {most_bytes >> 20} MiB, which is no kernel",
            where=name,
            advice="unpack it yourself and give the file that is inside",
        )
    raise LayoutError(
        f"the {title} data are damaged: {problem or 'out of memory'}",
        where=name,
        advice="fetch the file again",
    ) from problem


def salvaged(title: str, data: Data, *, most_bytes: int) -> tuple[bytes, bool]:
    """Return what data that may not be compressed at all unpack to, and whether that is whole.

    Args:
        title: One of ``MAGICS``.
        data: Where it seems to begin; something else may follow.
        most_bytes: Where to stop.
    """
    plain = io.BytesIO()
    problem = _unpack(title, data, plain, most_bytes)
    # The legacy format has no end, so what follows it looks like damage.
    is_whole = problem is None or (title == "legacy lz4" and 0 < plain.tell() <= most_bytes)
    return plain.getvalue(), is_whole


def _unpack(title: str, data: Data, plain: io.BytesIO, most_bytes: int) -> Exception | None:
    """Unpack into ``plain``, one step past the limit at most; return what stopped it."""
    try:
        for chunk in _chunks(title, memoryview(data)):
            plain.write(chunk)
            if plain.tell() > most_bytes:
                return OverflowError()
    except Exception as error:  # each decoder has its own, and they share no base
        return error.with_traceback(None)  # which would keep the data alive
    return None


class _Decoder(Protocol):
    """What ``lzma``, ``bz2`` and ``lz4.frame`` have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes | None: ...
    def decompress(self, data: Data, max_length: int) -> bytes: ...


class _Zlib:
    """zlib's decoder, of gzip too, with the manners of the others."""

    def __init__(self, window_bits: int = zlib.MAX_WBITS) -> None:
        self._decoder = zlib.decompressobj(window_bits)

    @property
    def eof(self) -> bool:
        return self._decoder.eof

    @property
    def needs_input(self) -> bool:
        return not self._decoder.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._decoder.unused_data

    def decompress(self, data: Data, max_length: int) -> bytes:
        return self._decoder.decompress(self._decoder.unconsumed_tail or data, max_length)


class _Zstd:
    """zstd's decoder with the manners of the others, but for ``max_length``."""

    needs_input = True

    def __init__(self) -> None:
        import zstandard  # costs start-up time that plain files need not pay

        self._decoder = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()

    @property
    def eof(self) -> bool:
        return self._decoder.eof

    @property
    def unused_data(self) -> bytes:
        return self._decoder.unused_data

    def decompress(self, data: Data, max_length: int) -> bytes:
        return self._decoder.decompress(data)


def _gzip() -> _Decoder:
    return _Zlib(zlib.MAX_WBITS | 16)


def _xz() -> _Decoder:
    import lzma

    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY_BYTES)


def _lzma() -> _Decoder:
    import lzma

    return lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=_MEMORY_BYTES)


def _bzip2() -> _Decoder:
    import bz2

    return bz2.BZ2Decompressor()


def _lz4() -> _Decoder:
    import lz4.frame

    return cast(_Decoder, lz4.frame.LZ4FrameDecompressor())


_DECODERS: dict[str, Callable[[], _Decoder]] = {
    "gzip": _gzip,
    "zlib": _Zlib,
    "xz": _xz,
    "zstd": _Zstd,
    "bzip2": _bzip2,
    "lz4": _lz4,
    "lzma": _lzma,
}


def _chunks(title: str, data: memoryview) -> Iterator[bytes]:
    """Yield what data unpack to, several compressed streams in a row included."""
    if title == "legacy lz4":
        yield from _lz4_legacy(data)
        return
    at, input_bytes = 0, _ZSTD_INPUT_BYTES if title == "zstd" else _INPUT_BYTES
    while at == 0 or packing(data[at : at + _HEAD_BYTES]) == title:
        decoder = _DECODERS[title]()
        while not decoder.eof:
            chunk = data[at : at + input_bytes] if decoder.needs_input else data[:0]
            if decoder.needs_input and not chunk:
                raise EOFError("they are cut short")
            at += len(chunk)
            yield decoder.decompress(chunk, _STEP_BYTES)
        at -= len(decoder.unused_data or b"")


def _lz4_legacy(data: memoryview) -> Iterator[bytes]:
    """Yield the blocks of the frame that ``lz4 -l`` makes and kernels use; it has no end mark."""
    import lz4.block

    at = 0
    while at + 4 <= len(data):
        if data[at : at + 4] == LZ4_LEGACY_MAGIC:  # one frame after another, none of them empty
            at += 4
        if at + 4 > len(data):
            raise EOFError("they are cut short")
        (block_bytes,) = struct.unpack_from("<I", data, at)
        at += 4
        if at == len(data) or not block_bytes:  # kernels append the size of the whole
            return
        if at + block_bytes > len(data):
            raise EOFError("they are cut short")
        block = data[at : at + block_bytes]
        yield lz4.block.decompress(block, uncompressed_size=_LZ4_BLOCK_BYTES)
        at += block_bytes
