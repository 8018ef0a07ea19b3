"""A trace as a file: versioned, checked, compressed if wanted, written aside and renamed.

A JSON head (msgspec) with everything that is not a column, then the columns as they lie in memory,
little endian, then a checksum of it all. The worker process hands its run to the window in this
form; a saved trace is the same, with the workspace it was looked at in.

What is read is not trusted: nothing is allocated by a length that the file claims, and what the
columns point at is looked at once (``core.trace.file_checks``).
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import msgspec
import numpy as np
import zstandard

from core.errors import TraceFileError
from core.saving import write_aside
from core.trace.events import SITE_BITS, WIDE_ARGUMENT, Function, Kind, Site
from core.trace.file_checks import Damage, check_columns, check_head
from core.trace.index import Codes
from core.trace.info import TraceInfo
from core.trace.trace import Trace

MAGIC = b"ownerscope trace\n"
SCHEMA = 4
_NUMBER = struct.Struct("<I")
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_BYTES_AN_EVENT = 8
_BYTES_A_TIME = 8

MOST_SHRUNK = 200
"""Traces shrink to a sixth or so, because their parents rise all the way; what claims
to have shrunk to less than 1/200 is not read."""

_WINDOW_BYTES = 1 << 27
_CHUNK_BYTES = 1 << 20

SAVE_AGAIN = "save it again"


class _Head(msgspec.Struct):
    schema: int
    length: int
    functions: list[tuple[str, str, int, str, str, bool]]
    sites: list[tuple[int, int, str, str, int, tuple[tuple[str, str], ...]]]
    values: list[int]
    wide: dict[int, int]
    info: TraceInfo
    workspace: dict[str, Any] = {}
    timed: bool = False


class _Version(msgspec.Struct):
    schema: int


def _from_1(encoded: bytes) -> bytes:
    """Schema 2 has a workspace, and says more about the run; what is not known keeps defaults."""
    head = msgspec.json.decode(encoded, type=dict[str, Any])
    return msgspec.json.encode(head | {"schema": 2, "workspace": {}})


def _from_2(encoded: bytes) -> bytes:
    """Schema 3 has more room for sites (``_widened``), and may have a column of times."""
    head = msgspec.json.decode(encoded, type=dict[str, Any])
    return msgspec.json.encode(head | {"schema": 3})


def _from_3(encoded: bytes) -> bytes:
    """Schema 4 has kinds of event for interrupts, other CPUs and lost updates: none in old runs."""
    head = msgspec.json.decode(encoded, type=dict[str, Any])
    return msgspec.json.encode(head | {"schema": 4})


UPGRADES: dict[int, Callable[[bytes], bytes]] = {1: _from_1, 2: _from_2, 3: _from_3}
"""By old schema: a function from an old head to the next schema's."""

_NARROW_SITE_BITS = 12
_FIRST_WIDE = 3
"""Up to schema 2 a code had 12 bits for its site."""

_FIRST_WITH_CHECKSUM = 2


# -- writing ------------------------------------------------------------------------------------


def to_bytes(trace: Trace, workspace: dict[str, Any] | None = None) -> bytes:
    """Return a trace as bytes, its parent index included.

    Args:
        trace: The run.
        workspace: How it was looked at; whatever JSON can say.
    """
    head = _Head(
        schema=SCHEMA,
        length=len(trace),
        functions=[
            (f.name, f.subsystem, f.stack_bytes, f.essential, f.source, f.inferred)
            for f in trace.functions
        ],
        sites=[(int(s.kind), s.function, s.label, s.text, s.cost_ns, s.facts) for s in trace.sites],
        values=list(trace.values),
        wide=trace.wide,
        info=trace.info,
        workspace=workspace or {},
        timed=trace.times_ns is not None,
    )
    encoded = msgspec.json.encode(head)
    # Columns that are aligned in a file are used where they lie.
    encoded += b" " * (-(len(MAGIC) + _NUMBER.size + len(encoded)) % _BYTES_AN_EVENT)
    columns = trace.codes.astype("<u4").tobytes() + trace.parents.astype("<i4").tobytes()
    if trace.times_ns is not None:
        columns += trace.times_ns.astype("<i8").tobytes()
    data = b"".join((MAGIC, _NUMBER.pack(len(encoded)), encoded, columns))
    return data + _NUMBER.pack(zlib.crc32(data))


def save(
    trace: Trace, path: Path, *, workspace: dict[str, Any] | None = None, compress: bool = True
) -> None:
    """Write a trace aside and rename it, so that an old file is never half overwritten.

    Args:
        trace: The run.
        path: Where to.
        workspace: How it was looked at; whatever JSON can say.
        compress: Whether it is compressed (zstd).

    Raises:
        OSError: It cannot be written.
    """
    data = to_bytes(trace, workspace)
    write_aside(path, compressed(data) if compress else data)


def compressed(data: bytes) -> bytes:
    """Return a saved trace compressed, its magic in a block of its own: a few bytes tell it."""
    packer = zstandard.ZstdCompressor(level=6).compressobj(size=len(data))
    first = packer.compress(data[: len(MAGIC)]) + packer.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    return first + packer.compress(data[len(MAGIC) :]) + packer.flush()


# -- reading ------------------------------------------------------------------------------------


def looks_like_trace(head: bytes) -> bool:
    """Return whether a file that begins with these bytes is a saved trace.

    Args:
        head: Its first bytes; 64 are enough for what this version writes, and for a compressed
            file of the first schema 128 KiB.
    """
    if not head.startswith(_ZSTD_MAGIC):
        return head.startswith(MAGIC)
    try:
        return _Compressed(head).take(len(MAGIC)) == MAGIC
    except (Damage, zstandard.ZstdError):
        return False


def load(path: Path) -> Trace:
    """Read a trace from a file.

    Raises:
        TraceFileError: It cannot be read or is no trace this program knows.
    """
    return load_with_workspace(path)[0]


def load_with_workspace(path: Path) -> tuple[Trace, dict[str, Any]]:
    """Read a trace and the workspace saved with it, empty where none was.

    Raises:
        TraceFileError: It cannot be read or is no trace this program knows.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TraceFileError(f"cannot read the trace: {error.strerror}", where=str(path)) from None
    return from_bytes_with_workspace(data, where=str(path))


def from_bytes(data: bytes, *, where: str) -> Trace:
    """Return the trace in some bytes.

    Raises:
        TraceFileError: They are no trace, damaged, or newer than this program.
    """
    return from_bytes_with_workspace(data, where=where)[0]


def from_bytes_with_workspace(data: bytes, *, where: str) -> tuple[Trace, dict[str, Any]]:
    """Return the trace in some bytes and the workspace beside it.

    Raises:
        TraceFileError: They are no trace, damaged, or newer than this program.
    """
    try:
        return _read(data)
    except _Newer as newer:
        raise TraceFileError(str(newer), where=where, advice="update ownerscope") from None
    except Damage as damage:
        raise TraceFileError(damage.problem, where=where, advice=damage.advice) from None
    except zstandard.ZstdError:
        raise TraceFileError(
            "the compressed trace is damaged", where=where, advice=SAVE_AGAIN
        ) from None


class _Newer(Exception):
    """A schema that only a newer version knows."""


class _Source(Protocol):
    def take(self, length: int) -> bytes | memoryview:
        """Return so many bytes, fewer only at the end."""


class _Plain:
    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)

    def take(self, length: int) -> memoryview:
        part, self._data = self._data[:length], self._data[length:]
        return part


class _Compressed:
    """Undoes compression as far as it is asked to and no further."""

    def __init__(self, data: bytes) -> None:
        self._most = len(data) * MOST_SHRUNK
        unpacker = zstandard.ZstdDecompressor(max_window_size=_WINDOW_BYTES)
        self._reader = unpacker.stream_reader(io.BytesIO(data), read_across_frames=True)

    def take(self, length: int) -> memoryview:
        if length > self._most:
            raise Damage(f"it claims {length:,} bytes and is far too short for them")
        parts = bytearray()
        while len(parts) < length:
            part = self._reader.read(min(_CHUNK_BYTES, length - len(parts)))
            if not part:
                break
            parts += part
        return memoryview(parts).toreadonly()


def _read(data: bytes) -> tuple[Trace, dict[str, Any]]:
    source: _Source = _Compressed(data) if data.startswith(_ZSTD_MAGIC) else _Plain(data)
    start = source.take(len(MAGIC) + _NUMBER.size)
    if start[: len(MAGIC)] != MAGIC or len(start) < len(MAGIC) + _NUMBER.size:
        raise Damage("not a saved trace", advice="")
    (length,) = _NUMBER.unpack(start[len(MAGIC) :])
    encoded = source.take(length)
    first_schema, head = _read_head(encoded)
    event_bytes = _BYTES_AN_EVENT + (_BYTES_A_TIME if head.timed else 0)
    columns = source.take(head.length * event_bytes)
    if len(columns) != head.length * event_bytes:
        raise Damage(
            f"expected {head.length} events, found room for {len(columns) // event_bytes}",
            advice="the file is cut off; save it again",
        )
    if first_schema >= _FIRST_WITH_CHECKSUM:
        _check_sum(source, (start, encoded, columns))
    if len(source.take(1)):
        raise Damage("there is more in it than its events")
    return _trace(head, columns, first_schema), head.workspace


def _check_sum(source: _Source, parts: tuple[bytes | memoryview, ...]) -> None:
    total = 0
    for part in parts:
        total = zlib.crc32(part, total)
    if source.take(_NUMBER.size) != _NUMBER.pack(total):
        raise Damage("its checksum is wrong: it is damaged or cut off")


def _read_head(encoded: bytes | memoryview) -> tuple[int, _Head]:
    """Return the schema of the file and its head in today's."""
    try:
        first = schema = msgspec.json.decode(encoded, type=_Version).schema
        upgraded = bytes(encoded)
        while schema < SCHEMA and schema in UPGRADES:
            upgraded = UPGRADES[schema](upgraded)
            schema += 1
        if schema != SCHEMA:
            raise _Newer(f"trace schema {schema} is not {SCHEMA}, the one this version knows")
        head = msgspec.json.decode(upgraded, type=_Head)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Damage("the trace's head is damaged") from None
    check_head(head.length, head.functions, head.sites, head.values, head.wide, head.info)
    return first, head


def _trace(head: _Head, columns: bytes | memoryview, schema: int) -> Trace:
    codes = np.require(np.frombuffer(columns, "<u4", head.length), np.uint32, "A")
    wide = head.wide
    if schema < _FIRST_WIDE:
        codes, wide = _widened(codes, wide)
    whole = np.frombuffer(columns, "<i4", head.length, head.length * 4)
    parents = np.require(whole, np.int32, "A")
    times = None
    if head.timed:
        times = np.require(
            np.frombuffer(columns, "<i8", head.length, head.length * _BYTES_AN_EVENT), np.int64, "A"
        )
    trace = Trace(
        codes,
        [
            Site(Kind(kind), function, label, text, cost_ns, facts)
            for kind, function, label, text, cost_ns, facts in head.sites
        ],
        [Function(*function) for function in head.functions],
        head.values,
        wide,
        head.info,
        parents,
        times,
    )
    check_columns(trace)
    return trace


def _widened(codes: Codes, wide: dict[int, int]) -> tuple[Codes, dict[int, int]]:
    """Return codes that had 12 bits for the site as those that have 16."""
    sites = codes & np.uint32((1 << _NARROW_SITE_BITS) - 1)
    arguments = codes >> np.uint32(_NARROW_SITE_BITS)
    large = np.flatnonzero(arguments >= WIDE_ARGUMENT).tolist()
    # What was in the side table before stays as it is there, be it right or damaged.
    moved = {at: int(arguments[at]) for at in large if at not in wide}
    arguments = np.minimum(arguments, np.uint32(WIDE_ARGUMENT))
    return sites | arguments << np.uint32(SITE_BITS), {**moved, **wide}
