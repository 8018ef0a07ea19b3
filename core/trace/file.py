"""A trace as a file: versioned, compressed if wanted, written aside and renamed.

A JSON head (msgspec) with everything that is not a column, then the columns as they lie in memory,
little endian. The worker process hands its run to the window in this form.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import zstandard

from core.errors import TraceFileError
from core.saving import write_aside
from core.trace.events import Function, Kind, Site
from core.trace.info import TraceInfo
from core.trace.trace import Trace

MAGIC = b"ownerscope trace\n"
SCHEMA = 1
_LENGTH = struct.Struct("<I")
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"

UPGRADES: dict[int, Callable[[bytes], bytes]] = {}
"""By old schema: a function from an old head to the next schema's. None is needed yet."""


class _Head(msgspec.Struct):
    schema: int
    length: int
    functions: list[tuple[str, str, int, str, str, bool]]
    sites: list[tuple[int, int, str, str, int, tuple[tuple[str, str], ...]]]
    values: list[int]
    wide: dict[str, int]
    info: TraceInfo


class _Version(msgspec.Struct):
    schema: int


def to_bytes(trace: Trace) -> bytes:
    """Return a trace as bytes, its parent index included."""
    head = _Head(
        schema=SCHEMA,
        length=len(trace),
        functions=[
            (f.name, f.subsystem, f.stack_bytes, f.essential, f.source, f.inferred)
            for f in trace.functions
        ],
        sites=[(int(s.kind), s.function, s.label, s.text, s.cost_ns, s.facts) for s in trace.sites],
        values=list(trace.values),
        wide={str(position): value for position, value in trace.wide.items()},
        info=trace.info,
    )
    encoded = msgspec.json.encode(head)
    columns = trace.codes.astype("<u4").tobytes() + trace.parents.astype("<i4").tobytes()
    return b"".join((MAGIC, _LENGTH.pack(len(encoded)), encoded, columns))


def from_bytes(data: bytes, *, where: str) -> Trace:
    """Return the trace in some bytes.

    Raises:
        TraceFileError: They are no trace, damaged, or newer than this program.
    """
    if data.startswith(_ZSTD_MAGIC):
        data = _decompressed(data, where)
    start = len(MAGIC) + _LENGTH.size
    if not data.startswith(MAGIC) or len(data) < start:
        raise TraceFileError("not a saved trace", where=where)
    (length,) = _LENGTH.unpack_from(data, len(MAGIC))
    head = _read_head(data[start : start + length], where)
    columns = data[start + length :]
    if len(columns) != head.length * 8:
        raise TraceFileError(
            f"expected {head.length} events, found room for {len(columns) // 8}",
            where=where,
            advice="the file is cut off; save it again",
        )
    codes = np.frombuffer(columns, "<u4", head.length)
    parents = np.frombuffer(columns, "<i4", head.length, head.length * 4)
    return Trace(
        codes,
        [
            Site(Kind(kind), function, label, text, cost_ns, facts)
            for kind, function, label, text, cost_ns, facts in head.sites
        ],
        [Function(*function) for function in head.functions],
        head.values,
        {int(position): value for position, value in head.wide.items()},
        head.info,
        parents,
    )


def _decompressed(data: bytes, where: str) -> bytes:
    try:
        return zstandard.ZstdDecompressor().decompressobj().decompress(data)
    except zstandard.ZstdError:
        raise TraceFileError(
            "the compressed trace is damaged", where=where, advice="save it again"
        ) from None


def _read_head(encoded: bytes, where: str) -> _Head:
    try:
        schema = msgspec.json.decode(encoded, type=_Version).schema
        while schema < SCHEMA and schema in UPGRADES:
            encoded = UPGRADES[schema](encoded)
            schema += 1
        if schema == SCHEMA:
            return msgspec.json.decode(encoded, type=_Head)
    except msgspec.MsgspecError:
        raise TraceFileError(
            "the trace's head is damaged", where=where, advice="save it again"
        ) from None
    raise TraceFileError(
        f"trace schema {schema} is not {SCHEMA}, the one this version knows",
        where=where,
        advice="update ownerscope",
    )


def save(trace: Trace, path: Path, *, compress: bool = True) -> None:
    """Write a trace aside and rename it, so that an old file is never half overwritten."""
    data = to_bytes(trace)
    if compress:
        data = zstandard.ZstdCompressor(level=6).compress(data)
    write_aside(path, data)


def load(path: Path) -> Trace:
    """Read a trace from a file.

    Raises:
        TraceFileError: It cannot be read or is no trace this program knows.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TraceFileError(f"cannot read the trace: {error.strerror}", where=str(path)) from None
    return from_bytes(data, where=str(path))
