"""Where a recording comes from: a file or standard input, unpacked on the way, in chunks.

Nothing here knows a format. A source is read once, from the start; its first bytes can be looked at
before, which is how a format is told by its content.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from core.errors import RecordingError

CHUNK_BYTES = 8 << 20
HEAD_BYTES = 1 << 16
"""What is looked at to tell a format."""

STANDARD_INPUT = "-"
_MAGICS = {b"\x1f\x8b": "gzip", b"\xfd7zXZ\0": "xz", b"\x28\xb5\x2f\xfd": "zstd", b"BZh": "bzip2"}
_WINDOW_BYTES = 1 << 31
"""Dumps are compressed with ``zstd --long``: the largest window that needs no 64-bit format."""
_PACKED_BYTES = 1 << 14
"""Unpacked at a time: zstd makes up to 32,768 times as much of it."""

Progress = Callable[[int, int], None]
"""Told how many bytes of the file were read so far, and how many there are (0: not known)."""


class Source:
    """The bytes of a recording, unpacked where they are compressed.

    Args:
        raw: The bytes as they are in the file.
        name: What errors and titles call it.
        total_bytes: Size of the file, 0 where it is not known.
        progress: Told after each chunk.

    Attributes:
        name: What errors and titles call it.
        path: The file, None where it is none.
        packing: How it is compressed; empty where it is not.
        progress: Told after each chunk how far it is.
        cut: Why the bytes end early, as a clause; empty while they do not.
    """

    def __init__(
        self, raw: BinaryIO, *, name: str, total_bytes: int = 0, progress: Progress | None = None
    ) -> None:
        self.name, self.total_bytes = name, total_bytes
        self.path: Path | None = None
        self.cut = ""
        self._raw, self._counted = raw, _Counted(raw)
        self.progress = progress
        buffered = io.BufferedReader(self._counted, 1 << 20)
        magic = buffered.peek(8)[:8]
        packing = next((name for begin, name in _MAGICS.items() if magic.startswith(begin)), "")
        self.packing = packing
        # What comes before damage is lost with a read() that runs into it, not with a read1().
        self._take = _unpacker(packing, cast(BinaryIO, buffered)) if packing else buffered.read
        self._head = b""

    @property
    def title(self) -> str:
        """The file's name without its folder."""
        return self.path.name if self.path is not None else self.name

    @property
    def read_bytes(self) -> int:
        """Bytes of the file that were read so far."""
        return self._counted.count

    def close(self) -> None:
        """Close the file; standard input stays open."""
        if self.path is not None:
            self._raw.close()

    def head(self) -> bytes:
        """Return the first bytes, at most ``HEAD_BYTES``; they are read again afterwards."""
        if not self._head:
            self._head = self._read(HEAD_BYTES)
        return self._head

    def chunks(self, size: int = CHUNK_BYTES) -> Iterator[bytes]:
        """Yield all bytes once, in chunks of about a size."""
        begin, self._head = self._head, b""
        if begin:
            yield begin
        while chunk := self._read(size):
            yield chunk
            if self.progress is not None:
                self.progress(self.read_bytes, self.total_bytes)

    def whole(self, most_bytes: int = 1 << 30) -> bytes:
        """Return all bytes, for formats that can only be read at once.

        Raises:
            RecordingError: They are more than ``most_bytes``.
        """
        data = bytearray()
        for chunk in self.chunks():
            data += chunk
            if len(data) > most_bytes:
                raise RecordingError(
                    f"more than {most_bytes >> 20} MiB, and this format can only be read whole",
                    where=self.name,
                    advice="cut it into parts, or convert it to folded stacks first",
                )
        return bytes(data)

    def line_chunks(self, size: int = CHUNK_BYTES) -> Iterator[bytes]:
        """Yield all bytes once, each chunk ending at the end of a line (the last may not)."""
        rest = b""
        for chunk in self.chunks(size):
            end = chunk.rfind(b"\n") + 1
            if not end:
                rest += chunk
                continue
            yield rest + chunk[:end] if rest else chunk[:end]
            rest = chunk[end:]
        if rest:
            yield rest

    def _read(self, size: int) -> bytes:
        """Return so many bytes, fewer at the end only; damage in compressed data is an end."""
        parts: list[bytes] = []
        while size > 0 and not self.cut:
            try:
                part = self._take(size)
            except Exception as error:  # each unpacker has its own, and they share no base
                self.cut = f"the {self.packing or 'file'} data are damaged or cut short ({error})"
                break
            if not part:
                break
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


class _Counted(io.RawIOBase):
    """Counts what is read through it."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        count: int = self._raw.readinto(buffer) or 0  # type: ignore[attr-defined]
        self.count += count
        return count


def _unpacker(packing: str, packed: BinaryIO) -> Callable[[int], bytes]:
    """Return what unpacks the next bytes, at most so many and none at the end."""
    if packing == "gzip":
        import gzip

        return gzip.GzipFile(fileobj=packed).read1
    if packing == "xz":
        import lzma

        return lzma.LZMAFile(packed).read1
    if packing == "bzip2":
        import bz2

        return bz2.BZ2File(packed).read1
    return _Unzstd(packed).read1


class _Unzstd:
    """Unpacks zstd frame by frame: zstandard's own reader tells no cut file from a whole one.

    Args:
        packed: The packed bytes.
    """

    def __init__(self, packed: BinaryIO) -> None:
        import zstandard

        self._unpacker = zstandard.ZstdDecompressor(max_window_size=_WINDOW_BYTES)
        self._packed = packed
        self._frame: zstandard.ZstdDecompressionObj | None = None
        self._unused = b""
        self._plain = memoryview(b"")

    def read1(self, size: int) -> bytes:
        """Return up to so many bytes, none at the end.

        Raises:
            EOFError: The file ends within a frame.
        """
        while not self._plain:
            packed = self._unused or self._packed.read(_PACKED_BYTES)
            if not packed and self._frame is None:
                return b""
            if not packed:
                raise EOFError("the file ends before its last frame does")
            self._unpack(packed)
        part, self._plain = self._plain[:size], self._plain[size:]
        return bytes(part)

    def _unpack(self, packed: bytes) -> None:
        if self._frame is None:
            self._frame = self._unpacker.decompressobj()
        self._plain, self._unused = memoryview(self._frame.decompress(packed)), b""
        if self._frame.eof:
            self._unused, self._frame = self._frame.unused_data, None


def open_source(where: Path | str, progress: Progress | None = None) -> Source:
    """Open a file, or standard input for ``-``.

    Raises:
        RecordingError: It cannot be read.
    """
    if str(where) == STANDARD_INPUT:
        if sys.stdin is None:
            raise RecordingError(
                "it is closed",
                where="standard input",
                advice="pipe a recording into it, or name a file",
            )
        return Source(sys.stdin.buffer, name="standard input", progress=progress)
    path = Path(where)
    try:
        raw = path.open("rb", buffering=0)
        total = os.fstat(raw.fileno()).st_size
        source = Source(raw, name=str(path), total_bytes=total, progress=progress)
    except OSError as error:
        raise RecordingError(
            f"cannot read the recording: {error.strerror or error}", where=str(path)
        ) from None
    source.path = path
    return source
