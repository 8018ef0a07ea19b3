"""zstd by content: what the readers share about compressed files."""

from __future__ import annotations

import io
from typing import BinaryIO

from core.errors import LayoutError

ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"

LARGEST_BYTES = 1 << 28
"""More than any kernel's BTF by far (a distribution's has 4 to 10 MB): a file that unpacks to
more is not one, and must not fill the memory."""

_CHUNK_BYTES = 1 << 20


def unpacked(data: bytes, *, name: str) -> bytes:
    """Return the data, decompressed where they are zstd.

    Args:
        data: A whole file.
        name: What to call it in errors.

    Raises:
        LayoutError: The compressed data are damaged or unpack to more than 256 MiB.
    """
    if not data.startswith(ZSTD_MAGIC):
        return data
    import zstandard  # costs start-up time that plain files need not pay

    try:
        with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data)) as stream:
            plain = _read_up_to(stream, LARGEST_BYTES)
    except (zstandard.ZstdError, MemoryError) as error:
        raise LayoutError(
            f"the zstd data are damaged: {error}", where=name, advice="fetch the file again"
        ) from error
    if plain is None:
        raise LayoutError(
            "unpacks to more than 256 MiB, which is no kernel's BTF",
            where=name,
            advice="give the BTF of one kernel",
        )
    return plain


def _read_up_to(stream: BinaryIO, most_bytes: int) -> bytes | None:
    """Return all of a stream, or None where there is more of it than allowed."""
    chunks, total_bytes = [], 0
    while chunk := stream.read(_CHUNK_BYTES):
        chunks.append(chunk)
        total_bytes += len(chunk)
        if total_bytes > most_bytes:
            return None
    return b"".join(chunks)
