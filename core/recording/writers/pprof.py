"""pprof's profile.proto, in gzip: a sample a group of records, its dimensions as labels.

The encoder is our own: the format is five small messages of numbers (pprof, proto/profile.proto).
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from typing import BinaryIO

from core.recording.profile import KERNEL, RECORDS, Frame, StackProfile
from core.recording.writers.groups import Groups, groups_of

_SAMPLE_TYPE, _SAMPLE, _MAPPING, _LOCATION, _FUNCTION, _STRING = range(1, 7)
_DEFAULT_SAMPLE_TYPE = 14
"""Fields of Profile."""

UNITS = {RECORDS: "count", "pages": "pages", "bytes": "bytes", "ns": "nanoseconds"}
_PREFERRED = ("bytes", "ns", RECORDS)

_LENGTH_DELIMITED = 2
_CHUNK_SAMPLES = 1 << 12


def write(content: StackProfile, stream: BinaryIO) -> None:
    """Write a profile."""
    with gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=6, mtime=0) as packed:
        strings = _Strings()
        for weight in content.weights:
            unit = strings.number(UNITS.get(weight, "count"))
            packed.write(_message(_SAMPLE_TYPE, _numbers((strings.number(weight), unit))))
        _write_frames(content.stacks.frames, strings, packed)
        _write_samples(content, groups_of(content), strings, packed)
        preferred = next(each for each in _PREFERRED if each in content.weights)
        packed.write(_number(_DEFAULT_SAMPLE_TYPE, strings.number(preferred)))
        for text in strings.numbers:
            packed.write(_message(_STRING, text.encode("utf-8", "replace")))


class _Strings:
    """The table of strings, whose first is empty."""

    def __init__(self) -> None:
        self.numbers = {"": 0}

    def number(self, text: str) -> int:
        return self.numbers.setdefault(text, len(self.numbers))


def _write_frames(frames: Iterable[Frame], strings: _Strings, packed: gzip.GzipFile) -> None:
    """Write a location and a function a frame, and a mapping a module; the kernel's is first."""
    modules = {KERNEL: 1}
    parts = []
    for number, frame in enumerate(frames, 1):
        mapping = modules.setdefault(frame.module or KERNEL, len(modules) + 1)
        line = _message(4, _number(1, number))
        parts.append(_message(_LOCATION, _number(1, number) + _number(2, mapping) + line))
        name, system = strings.number(frame.name), strings.number(frame.text)
        parts.append(_message(_FUNCTION, _numbers((number, name, system))))
    for module, number in modules.items():
        filename = _number(5, strings.number(module))
        has_functions = _number(7, 1)
        parts.append(_message(_MAPPING, _number(1, number) + filename + has_functions))
    packed.write(b"".join(parts))


def _write_samples(
    profile: StackProfile, groups: Groups, strings: _Strings, packed: gzip.GzipFile
) -> None:
    stacks = profile.stacks
    locations = [
        _message(1, b"".join(_varint(n + 1) for n in reversed(stacks.ids_of(stack).tolist())))
        for stack in range(len(stacks))
    ]
    labels = {
        name: [_label(name, value, strings) for value in profile.dimensions[name].values]
        for name in groups.codes
    }
    columns = [[labels[name][code] for code in c.tolist()] for name, c in groups.codes.items()]
    weights = [column.tolist() for column in groups.weights.values()]
    parts = []
    for number, stack in enumerate(groups.stack.tolist()):
        values = b"".join(_varint(column[number]) for column in weights)
        own = b"".join(column[number] for column in columns)
        parts.append(_message(_SAMPLE, locations[stack] + _message(2, values) + own))
        if len(parts) == _CHUNK_SAMPLES:
            packed.write(b"".join(parts))
            parts.clear()
    packed.write(b"".join(parts))


def _label(name: str, value: str, strings: _Strings) -> bytes:
    """Return a sample's label; a value that is not known has none."""
    if not value:
        return b""
    return _message(3, _numbers((strings.number(name), strings.number(value))))


# -- protobuf's wire format -----------------------------------------------------------------------


def _varint(number: int) -> bytes:
    """Return seven bits a byte, the lowest first; negative numbers as 64 bits."""
    number &= (1 << 64) - 1
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def _number(field: int, number: int) -> bytes:
    return _varint(field << 3) + _varint(number)


def _numbers(values: Iterable[int]) -> bytes:
    """Return numbers as the fields 1, 2, 3, ..."""
    return b"".join(_number(field, value) for field, value in enumerate(values, 1))


def _message(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | _LENGTH_DELIMITED) + _varint(len(content)) + content
