"""A profile as a file: how the process that read a dump hands it to the window.

A JSON head (msgspec) with everything that is not a column, then the columns as they lie in memory,
little endian, then a checksum of it all. What is read is not trusted: nothing is allocated by a
length that the file claims, and what the columns point at is looked at once.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from core.errors import RecordingError
from core.recording.profile import (
    RECORDS,
    Dimension,
    Frame,
    ProfileInfo,
    StackProfile,
    StackTable,
)
from core.recording.reading import Reading
from core.saving import opened_aside

MAGIC = b"ownerscope profile\n"
SCHEMA = 1
_NUMBER = struct.Struct("<I")
_ALIGNMENT = 8
_READ_AGAIN = "read the recording again"

Column = npt.NDArray[Any]


class _Head(msgspec.Struct):
    schema: int
    records: int
    stacks: int
    ids: int
    frames: list[Frame]
    weights: list[str]
    dimensions: list[tuple[str, list[str]]]
    numbers: list[str]
    info: ProfileInfo
    reading: Reading
    format: str


class _Damage(Exception):
    """What is wrong, as a clause."""


# -- writing ------------------------------------------------------------------------------------


def save(profile: StackProfile, reading: Reading, path: Path, *, format_name: str = "") -> None:
    """Write a profile aside and rename it.

    Args:
        profile: The records.
        reading: What happened while they were read.
        path: Where to.
        format_name: Name of the format they were read from.

    Raises:
        OSError: It cannot be written.
    """
    head = _Head(
        schema=SCHEMA,
        records=len(profile),
        stacks=len(profile.stacks),
        ids=len(profile.stacks.ids),
        frames=list(profile.stacks.frames),
        weights=list(profile.weights),
        dimensions=[(name, list(each.values)) for name, each in profile.dimensions.items()],
        numbers=list(profile.numbers),
        info=profile.info,
        reading=reading,
        format=format_name,
    )
    encoded = msgspec.json.encode(head)
    # Columns that are aligned in a file are used where they lie.
    encoded += b" " * (-(len(MAGIC) + _NUMBER.size + len(encoded)) % _ALIGNMENT)
    columns = [
        profile.stacks.bounds,
        *profile.weights.values(),
        *profile.numbers.values(),
        profile.stacks.ids,
        profile.stack,
        *(each.codes for each in profile.dimensions.values()),
    ]
    kinds = _kinds(head)
    total = 0
    with opened_aside(path) as stream:
        for part in (MAGIC, _NUMBER.pack(len(encoded)), encoded):
            total = zlib.crc32(part, total)
            stream.write(part)
        for column, (kind, _) in zip(columns, kinds, strict=True):
            data = np.ascontiguousarray(column, kind).data
            total = zlib.crc32(data, total)
            stream.write(data)
        stream.write(_NUMBER.pack(total))


def _kinds(head: _Head) -> list[tuple[str, int]]:
    """Return type and length of each column, in the order of the file: the wide ones first."""
    wide = [("<i8", head.stacks + 1)]
    wide += [("<i8", head.records)] * (len(head.weights) + len(head.numbers))
    narrow = [("<i4", head.ids)]
    return wide + narrow + [("<i4", head.records)] * (1 + len(head.dimensions))


# -- reading ------------------------------------------------------------------------------------


def load(path: Path) -> tuple[StackProfile, Reading, str]:
    """Read a profile, the notes about its file, and the name of that file's format.

    Raises:
        RecordingError: It cannot be read, is no profile, damaged or cut off.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RecordingError(
            f"cannot read the profile: {error.strerror or error}", where=str(path)
        ) from None
    return from_bytes(data, where=str(path))


def from_bytes(data: bytes, *, where: str) -> tuple[StackProfile, Reading, str]:
    """Return the profile in some bytes, with what stands beside it.

    Raises:
        RecordingError: They are no profile, damaged or cut off.
    """
    try:
        return _read(data)
    except _Damage as damage:
        raise RecordingError(str(damage), where=where, advice=_READ_AGAIN) from None


def _read(data: bytes) -> tuple[StackProfile, Reading, str]:
    begin = len(MAGIC) + _NUMBER.size
    if not data.startswith(MAGIC) or len(data) < begin + _NUMBER.size:
        raise _Damage("this is no profile")
    view = memoryview(data)
    if zlib.crc32(view[: -_NUMBER.size]) != _NUMBER.unpack(view[-_NUMBER.size :])[0]:
        raise _Damage("the profile's checksum is wrong: it is damaged or cut off")
    (length,) = _NUMBER.unpack(view[len(MAGIC) : begin])
    head = _read_head(view[begin : begin + length])
    room = len(data) - begin - length - _NUMBER.size
    if sum(np.dtype(kind).itemsize * max(0, n) for kind, n in _kinds(head)) != room:
        raise _Damage("the profile's columns are not as long as it says")
    return _profile(head, _columns(head, data, begin + length)), head.reading, head.format


def _read_head(encoded: memoryview) -> _Head:
    try:
        head = msgspec.json.decode(encoded, type=_Head)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise _Damage("the profile's head is damaged") from None
    if head.schema != SCHEMA:
        raise _Damage(f"profile schema {head.schema} is not {SCHEMA}, the one this version knows")
    if min(head.records, head.stacks, head.ids) < 0:
        raise _Damage("the profile claims less than nothing")
    names = [*head.weights, *(name for name, _ in head.dimensions), *head.numbers]
    if RECORDS not in head.weights or len(set(names)) != len(names):
        raise _Damage("the profile's columns have no names, or the same")
    return head


def _columns(head: _Head, data: bytes, at: int) -> Iterator[Column]:
    for kind, length in _kinds(head):
        yield np.require(np.frombuffer(data, kind, length, at), np.dtype(kind[1:]), "A")
        at += np.dtype(kind).itemsize * length


def _profile(head: _Head, columns: Iterator[Column]) -> StackProfile:
    bounds = next(columns)
    weights = {name: next(columns) for name in head.weights}
    numbers = {name: next(columns) for name in head.numbers}
    ids, stack = next(columns), next(columns)
    dimensions = {name: Dimension(next(columns), tuple(values)) for name, values in head.dimensions}
    _check_indexes(ids, len(head.frames), "a stack has a frame")
    _check_indexes(stack, head.stacks, "a record has a stack")
    for (name, values), each in zip(head.dimensions, dimensions.values(), strict=True):
        _check_indexes(each.codes, len(values), f"a record has a value of {name[:40]!r}")
    if bounds[0] != 0 or bounds[-1] != head.ids or (np.diff(bounds) < 0).any():
        raise _Damage("the profile is damaged: its stacks do not follow one another")
    table = StackTable(head.frames, ids, bounds)
    return StackProfile(table, stack, weights, dimensions, numbers, head.info)


def _check_indexes(column: Column, end: int, what: str) -> None:
    if len(column) and not (int(column.min()) >= 0 and int(column.max()) < end):
        raise _Damage(f"the profile is damaged: {what} that does not exist")
