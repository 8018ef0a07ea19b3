"""speedscope's own JSON: evented profiles are a trace, sampled ones a profile.

Facts from speedscope's file-format-spec.ts: frames are shared, values are in a unit a profile,
``at`` never falls. A file with both kinds is read as the trace of its evented profiles: only they
have order, and the sampled ones are left out with a note.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from core.errors import RecordingError
from core.recording.calls.recorded import trace_of
from core.recording.calls.stacks import CALL, RETURN
from core.recording.labels import frame_of_label
from core.recording.profile import RECORDS, Frame, ProfileBuilder, ProfileInfo, StackProfile
from core.recording.readers.json_text import begin_of, lines_in, printable, shown, text_of
from core.recording.readers.timed_marks import Mark, columns_of, info_of
from core.recording.reading import Reading
from core.recording.source import Source
from core.trace.info import TaskInfo
from core.trace.trace import Trace

_NS = {"nanoseconds": 1, "microseconds": 10**3, "milliseconds": 10**6, "seconds": 10**9}
"""Nanoseconds a unit; a unit that is no time is counted as it is."""

_WEIGHTS = {"none": RECORDS, "bytes": "bytes"}
_MOST = 1 << 60
_WEIGHT_NAME = re.compile(r"[a-z_]{1,20}")
_WHOSE = re.compile(r"(?P<comm>.*)-(?P<pid>\d{1,9})", re.DOTALL)
"""What a task's profile is called here: ``sh-40``, as ftrace writes it."""

Number = int | float


class _Event(msgspec.Struct):
    type: str = ""
    frame: Number = -1
    at: Number = float("nan")


class _Evented(msgspec.Struct, tag_field="type", tag="evented"):
    name: str = ""
    unit: str = "none"
    events: list[_Event] = []


class _Sampled(msgspec.Struct, tag_field="type", tag="sampled"):
    name: str = ""
    unit: str = "none"
    samples: list[list[Number]] = []
    weights: list[Number] = []


class _Frame(msgspec.Struct):
    name: str = ""


class _Shared(msgspec.Struct):
    frames: list[_Frame] = []


class _File(msgspec.Struct):
    shared: _Shared
    profiles: list[_Evented | _Sampled] = []


def tell(head: bytes) -> float:
    """Return how sure it is that a file with these first bytes is speedscope's."""
    if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] != b"{":
        return 0.0
    if b"speedscope.app/file-format-schema.json" in head:
        return 1.0
    return 0.8 if b'"profiles"' in head and b'"shared"' in head else 0.0


def read(source: Source, reading: Reading) -> Trace | StackProfile:
    """Read a file.

    Raises:
        RecordingError: It is damaged so early that nothing is left of it.
    """
    data = source.whole()
    reading.lines = lines_in(data)
    try:
        file = msgspec.json.decode(data, type=_File)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        file = _what_is_left(text_of(data), source.name, reading)
    evented = [each for each in file.profiles if isinstance(each, _Evented)]
    sampled = [each for each in file.profiles if isinstance(each, _Sampled)]
    if not evented:
        return _profile(file.shared.frames, sampled, source.title, reading)
    if sampled:
        reading.note(f"{len(sampled):,} sampled profiles are left out: they have no order.")
    return _trace(file.shared.frames, evented, source.title, reading)


def _what_is_left(text: str, name: str, reading: Reading) -> _File:
    """Read a file that is cut or damaged, profile by profile."""
    value, end = begin_of(text)
    try:
        shared = msgspec.convert(value["shared"], _Shared)
        profiles = value.get("profiles", [])
    except (TypeError, KeyError, AttributeError, UnicodeEncodeError, msgspec.ValidationError):
        raise RecordingError(
            "the JSON is damaged before its frames and profiles",
            where=name,
            advice="export it again",
        ) from None
    if end is not None:
        reading.truncated_records += 1
        reading.bad_line(
            text.count("\n", 0, end) + 1, text[end : end + 200].split("\n", maxsplit=1)[0]
        )
        reading.note("The JSON is cut or damaged: what comes after that is left out.")
    return _File(shared, _whole_profiles(profiles, reading))


def _whole_profiles(values: Any, reading: Reading) -> list[_Evented | _Sampled]:
    found = []
    for number, value in enumerate(values if isinstance(values, list) else [], 1):
        try:
            found.append(msgspec.convert(value, _Evented | _Sampled))
        except (msgspec.ValidationError, UnicodeEncodeError) as error:  # half a character
            reading.bad_line(number, str(error), "profile")
    return found


# -- evented --------------------------------------------------------------------------------------


def _trace(frames: list[_Frame], profiles: list[_Evented], name: str, reading: Reading) -> Trace:
    rows: list[Mark] = []
    number = 0
    for owner, profile in enumerate(profiles):
        scale, last = _NS.get(profile.unit, 1), -_MOST
        for event in profile.events:
            number += 1
            at = _whole(event.at, scale)
            frame = _index(event.frame, len(frames))
            if at is None or at < last or frame is None or event.type not in ("O", "C"):
                reading.bad_line(number, shown(event), "event")
                continue
            last = at
            rows.append((at, owner, CALL if event.type == "O" else RETURN, frame))
    tasks = [_task(printable(profile.name)) for profile in profiles]
    names: dict[str, int] = {}
    same = [names.setdefault(printable(frame.name), len(names)) for frame in frames]
    marks = [(at, owner, kind, same[frame]) for at, owner, kind, frame in rows]
    recording = info_of("speedscope", name, reading)
    return trace_of(columns_of(marks), list(names), tasks, recording)


def _task(name: str) -> TaskInfo:
    found = _WHOSE.fullmatch(name)
    return TaskInfo(int(found["pid"]), found["comm"]) if found else TaskInfo(-1, name)


def _whole(value: Number, scale: int) -> int | None:
    """Return a value in whole small units, None where it is no number that makes sense."""
    scaled = value * scale
    return round(scaled) if abs(scaled) < _MOST else None


def _index(value: Number, size: int) -> int | None:
    return int(value) if 0 <= value < size and value == int(value) else None


# -- sampled --------------------------------------------------------------------------------------


def _profile(
    frames: list[_Frame], profiles: list[_Sampled], name: str, reading: Reading
) -> StackProfile:
    """Return a record a sample.

    Profiles of the very same samples, one of them called records, are the weights of one profile:
    so a profile is written here. Other files have a thread or a process a profile, which becomes
    the dimension ``profile``.
    """
    shared = [frame_of_label(printable(frame.name)) for frame in frames]
    builder = ProfileBuilder(ProfileInfo("speedscope", name, "samples"))
    names = [profile.name for profile in profiles]
    if (
        len(profiles) > 1
        and RECORDS in names
        and len(set(names)) == len(names)
        and all(_WEIGHT_NAME.fullmatch(each) for each in names)
        and all(profile.samples == profiles[0].samples for profile in profiles)
    ):
        _add(builder, profiles, names, shared, {}, reading)
        return builder.build()
    for profile in profiles:
        weight = _WEIGHTS.get(profile.unit, "ns" if profile.unit in _NS else RECORDS)
        dimensions = {"profile": printable(profile.name)} if len(profiles) > 1 else {}
        _add(builder, [profile], [weight], shared, dimensions, reading)
    return builder.build()


def _add(
    builder: ProfileBuilder,
    profiles: list[_Sampled],
    weights: list[str],
    shared: list[Frame],
    dimensions: dict[str, str],
    reading: Reading,
) -> None:
    """Add the samples of profiles that have the same ones."""
    fractions = 0
    scales = [_NS.get(profile.unit, 1) for profile in profiles]
    for number, sample in enumerate(profiles[0].samples):
        indexes = [_index(each, len(shared)) for each in sample]
        values = [each.weights[number : number + 1] for each in profiles]
        if any(each is None for each in indexes) or not all(values):
            reading.bad_line(number + 1, str(sample), "sample")
            continue
        whole = [_whole(each[0], scale) for each, scale in zip(values, scales, strict=True)]
        if any(each is None or each < 0 for each in whole):
            reading.bad_line(number + 1, str(sample), "sample")
            continue
        fractions += any(each[0] * s % 1 != 0 for each, s in zip(values, scales, strict=True))
        weighs = {w: each for w, each in zip(weights, whole, strict=True) if each is not None}
        stack = [shared[each] for each in indexes if each is not None]
        builder.add(stack, weights=weighs, dimensions=dimensions)
    if fractions:
        reading.note(f"{fractions:,} weights have fractions and are rounded to whole numbers.")
