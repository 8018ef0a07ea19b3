"""Real recordings that are text, whole or damaged, read by one reader."""

from __future__ import annotations

import io
from collections import Counter
from functools import cache
from importlib import import_module
from itertools import islice
from pathlib import Path
from types import ModuleType

import zstandard
from hypothesis import strategies as st

from core.recording.profile import StackProfile
from core.recording.reading import Reading
from core.recording.source import Source

RECORDINGS = Path(__file__).parents[2] / "data" / "recordings"
DUMP = "page_owner-6.1-67MB.txt"

COMMS = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\n"),
    min_size=1,
    max_size=15,
).filter(lambda comm: comm == comm.strip())
"""What prctl(PR_SET_NAME) takes, ends of lines excepted."""

PACKED = (b"\x1f\x8b", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"BZh")
"""What a file that begins so is: packed, and no text."""
NOISE = (
    st.binary(max_size=60)
    .map(lambda data: data.replace(b"\n", b"?"))
    .filter(lambda data: not data.startswith(PACKED))
)


@cache
def sample(name: str) -> bytes:
    """Return a real recording, unpacked."""
    with (RECORDINGS / f"{name}.zst").open("rb") as file:
        return zstandard.ZstdDecompressor().stream_reader(file).read()


@cache
def first_lines(name: str, count: int) -> bytes:
    """Return the first lines of a real recording."""
    with (RECORDINGS / f"{name}.zst").open("rb") as file:
        stream = io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(file))
        return b"".join(islice(stream, count))


@cache
def dump_counted() -> tuple[Counter[str], Counter[str], Counter[str]]:
    """How often each stack of the large dump is there, its pages, and each task's records.

    Counted in another way than the reader does. The kernel's own tool is no judge here:
    page_owner_sort merges a record into the one before it where both are equal, when it reads and
    again after sorting, and only then; so what it counts depends on what it was told to sort by,
    and without --cull it compares the records' whole text, in which page frame and time differ.
    Here nothing is sorted or merged: a Counter takes each record's stack.
    """
    records: Counter[str] = Counter()
    pages: Counter[str] = Counter()
    tasks: Counter[str] = Counter()
    for text in sample(DUMP).decode().split("\n\n")[:-1]:
        first, _, *others = text.split("\n")
        stack = "\n".join(line[1:] for line in others if line.startswith(" "))
        records[stack] += 1
        pages[stack] += 2 ** int(first.split(" order ")[1].split(",")[0])
        tasks[first.split(" (")[-1].split("), ts ")[0]] += 1
    return records, pages, tasks


def _reader(module: str) -> ModuleType:
    places = {"page_owner": "page_owner.dump", "page_owner_stacks": "page_owner.stacks"}
    return import_module(f"core.recording.readers.{places.get(module, module)}")


def read_by(module: str, data: bytes | str) -> tuple[StackProfile, Reading]:
    """Read a profile with the reader of a module."""
    data = data.encode() if isinstance(data, str) else data
    reading = Reading()
    source = Source(io.BytesIO(data), name="sample")
    content = _reader(module).read(source, reading)
    assert isinstance(content, StackProfile)
    assert len(content.weights["records"]) == len(content.stack)
    return content, reading


def tell_by(module: str, data: bytes) -> float:
    """Return how sure the reader of a module is of a file."""
    return float(_reader(module).tell(data[: 1 << 16]))


def stacks_of(profile: StackProfile) -> list[str]:
    """Return each record's stack as ``root;...;innermost``."""
    return [";".join(profile.stacks.names_of(stack)) for stack in profile.stack.tolist()]


def values_of(profile: StackProfile, dimension: str) -> list[str]:
    """Return each record's value of a dimension."""
    found = profile.dimensions[dimension]
    return [found.values[code] for code in found.codes.tolist()]


def counted(profile: StackProfile, dimension: str) -> Counter[str]:
    """Return how many records each value of a dimension has."""
    return Counter(values_of(profile, dimension))


def with_line(data: bytes, number: int, line: bytes) -> bytes:
    """Return a file with one of its lines replaced, counted round."""
    lines = data.splitlines(keepends=True)
    lines[number % len(lines)] = line + b"\n"
    return b"".join(lines)
