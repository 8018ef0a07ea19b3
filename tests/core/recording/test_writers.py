"""What is written can be read back equal, and passes for what it says it is."""

from __future__ import annotations

import csv
import gzip
import importlib
import io
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any, Literal

import msgspec
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from core.errors import RecordingError
from core.recording.convert import TARGETS, TRACE
from core.recording.formats import format_of as detected
from core.recording.from_trace import profile_of
from core.recording.profile import Frame, ProfileBuilder, ProfileInfo, StackProfile
from core.recording.writers.marks import OWN_GROUP, end_ns, processes_of
from core.recording.writers.speedscope import SCHEMA
from core.trace.events import Kind
from core.trace.file import from_bytes
from core.trace.function_table import function_table
from core.trace.info import TaskInfo
from core.trace.trace import Trace
from tests.core.recording.exchanged import (
    REAL_PROFILES,
    REAL_TRACES,
    by_task,
    closed,
    happened,
    profiles,
    read_back,
    real,
    summed,
    traces,
    written,
)
from tests.gui.recorded import recorded_run
from tests.runs import bundled_run

RUNS: dict[str, Callable[[], Trace]] = {
    "simulated": lambda: bundled_run("two-tasks"),
    "open at the end": lambda: bundled_run("no-guard-overflow"),
    "recorded": recorded_run,
}


def profile_with(*names: str, weight: int = 1) -> StackProfile:
    builder = ProfileBuilder(ProfileInfo("folded", "made"))
    builder.add([Frame(name, name) for name in names], weights={"records": weight})
    return builder.build()


# -- read back ------------------------------------------------------------------------------------


@given(profiles())
def test_folded_stacks_are_read_back(profile: StackProfile) -> None:
    again, reading = read_back(written(profile, "folded"), "folded")
    assert reading.bad_lines == 0
    assert summed(again, "records") == summed(profile, "records", dimensions=False)


@given(profiles())
def test_a_sampled_profile_is_read_back_with_its_weights(profile: StackProfile) -> None:
    again, reading = read_back(written(profile, "speedscope"), "speedscope")
    assert (reading.bad_lines, reading.notes) == (0, [])
    assert list(again.weights) == list(profile.weights)
    for weight in profile.weights:
        assert summed(again, weight) == summed(profile, weight, dimensions=False)


@given(traces())
def test_a_chrome_trace_is_read_back(trace: Trace) -> None:
    again, reading = read_back(written(trace, "chrome"), "chrome")
    assert (reading.bad_lines, reading.notes) == (0, [])
    assert happened(again) == happened(trace)


@given(traces())
def test_evented_profiles_are_read_back_and_what_was_open_is_closed(trace: Trace) -> None:
    again, reading = read_back(written(trace, "speedscope"), "speedscope")
    assert (reading.bad_lines, reading.notes) == (0, [])
    events = happened(trace)
    assert by_task(happened(again)) == closed(events, events[-1][3])


@pytest.mark.parametrize("name", RUNS)
def test_whole_runs_are_read_back(name: str) -> None:
    trace = RUNS[name]()
    events = happened(trace)
    chrome, _ = read_back(written(trace, "chrome"), "chrome")
    assert happened(chrome) == events
    speedscope, _ = read_back(written(trace, "speedscope"), "speedscope")
    assert by_task(happened(speedscope)) == closed(events, trace.clock.end_ns)


@given(traces())
def test_a_saved_recording_is_read_back(trace: Trace) -> None:
    again = from_bytes(written(trace, "ownertrace"), where="a file")
    assert happened(again) == happened(trace)
    assert again.info == trace.info


@pytest.mark.parametrize("name", REAL_TRACES)
def test_traces_of_real_kernels_are_read_back(name: str) -> None:
    trace = real(name)
    events = happened(trace)
    chrome, reading = read_back(written(trace, "chrome"), "chrome")
    assert happened(chrome) == events
    assert reading.bad_lines == 0
    data = written(trace, "speedscope")
    check_schema(data)
    speedscope, reading = read_back(data, "speedscope")
    assert by_task(happened(speedscope)) == closed(events, end_ns(trace))
    assert reading.bad_lines == 0


@pytest.mark.parametrize("name", REAL_PROFILES)
def test_profiles_of_real_kernels_are_read_back(name: str) -> None:
    profile = real(name)
    folded, _ = read_back(written(profile, "folded"), "folded")
    assert summed(folded, "records") == summed(profile, "records", dimensions=False)
    assert folded.total("records") == len(profile) > 0
    data = written(profile, "speedscope")
    check_schema(data)
    speedscope, _ = read_back(data, "speedscope")
    for weight in profile.weights:
        assert summed(speedscope, weight) == summed(profile, weight, dimensions=False)


# -- folded ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RUNS)
def test_folded_output_sums_to_the_records(name: str) -> None:
    trace = RUNS[name]()
    lines = written(profile_of(trace), "folded").decode().splitlines()
    counts = [int(line.rpartition(" ")[2]) for line in lines]
    assert sum(counts) == len(trace.positions(Kind.CALLED))
    assert len({line.rpartition(" ")[0] for line in lines}) == len(lines)


def test_folded_output_of_a_whole_dump_sums_to_its_records() -> None:
    dump = real("page_owner-6.1-67MB.txt.zst")
    lines = written(dump, "folded").decode().splitlines()
    assert sum(int(line.rpartition(" ")[2]) for line in lines) == len(dump) == 97_257


def test_names_that_would_break_a_line_are_changed_and_nothing_else() -> None:
    text = written(profile_with("a;b", "", " new\n\tline ", "cpu 12"), "folded").decode()
    assert text == "a:b;(no name);new line;cpu_12 1\n"
    assert written(profile_with(), "folded") == b"# folded stacks\n(no stack) 1\n"


def test_stacks_that_differ_in_offsets_only_are_one_line() -> None:
    builder = ProfileBuilder(ProfileInfo())
    builder.add([Frame("f", "f+0x1/0x9", "ext4")])
    builder.add([Frame("f", "f+0x2/0x9", "ext4")], weights={"records": 2})
    assert written(builder.build(), "folded") == b"# folded stacks\nf [ext4] 3\n"


# -- speedscope's schema --------------------------------------------------------------------------

Unit = Literal["none", "nanoseconds", "microseconds", "milliseconds", "seconds", "bytes"]


class _Strict(msgspec.Struct, forbid_unknown_fields=True):
    pass


class _Frame(_Strict):
    name: str
    file: str | None = None
    line: float | None = None
    col: float | None = None


class _Shared(_Strict):
    frames: list[_Frame]


class _Event(_Strict):
    type: Literal["O", "C"]
    frame: int
    at: float


class _Evented(_Strict, tag_field="type", tag="evented"):
    name: str
    unit: Unit
    startValue: float  # noqa: N815
    endValue: float  # noqa: N815
    events: list[_Event]


class _Sampled(_Strict, tag_field="type", tag="sampled"):
    name: str
    unit: Unit
    startValue: float  # noqa: N815
    endValue: float  # noqa: N815
    samples: list[list[int]]
    weights: list[float]


class _File(_Strict):
    """What speedscope's published schema (file-format-schema.json) has, and asks for."""

    schema: Literal["https://www.speedscope.app/file-format-schema.json"] = msgspec.field(
        name="$schema"
    )
    shared: _Shared
    profiles: list[_Evented | _Sampled]
    name: str | None = None
    activeProfileIndex: float | None = None  # noqa: N815
    exporter: str | None = None


def check_schema(data: bytes) -> _File:
    file = msgspec.json.decode(data, type=_File, strict=True)
    n_frames = len(file.shared.frames)
    for profile in file.profiles:
        assert profile.endValue >= profile.startValue
        if isinstance(profile, _Sampled):
            assert len(profile.samples) == len(profile.weights)
            assert all(0 <= frame < n_frames for stack in profile.samples for frame in stack)
            continue
        opened: list[int] = []
        last = profile.startValue
        for event in profile.events:
            assert last <= event.at <= profile.endValue
            last = event.at
            if event.type == "O":
                assert 0 <= event.frame < n_frames
                opened.append(event.frame)
            else:
                assert opened.pop() == event.frame
        assert opened == []
    return file


@given(traces(), profiles())
def test_speedscope_files_pass_the_published_schema(trace: Trace, profile: StackProfile) -> None:
    assert check_schema(written(trace, "speedscope")).schema == SCHEMA
    check_schema(written(profile, "speedscope"))


@pytest.mark.parametrize("name", RUNS)
def test_whole_runs_pass_the_published_schema(name: str) -> None:
    trace = RUNS[name]()
    check_schema(written(trace, "speedscope"))
    check_schema(written(profile_of(trace), "speedscope"))


# -- protobuf -------------------------------------------------------------------------------------


def pprof_messages() -> Any:
    """pprof's profile.proto as protobuf's own runtime knows it."""
    file = descriptor_pb2.FileDescriptorProto(
        name="profile.proto", package="perftools.profiles", syntax="proto3"
    )
    messages = {
        "ValueType": "type:1 unit:2",
        "Label": "key:1 str:2 num:3 num_unit:4",
        "Sample": "*location_id:1 *value:2 *label:3:Label",
        "Mapping": "id:1 filename:5 has_functions:7",
        "Line": "function_id:1 line:2",
        "Location": "id:1 mapping_id:2 address:3 *line:4:Line",
        "Function": "id:1 name:2 system_name:3",
        "Profile": "*sample_type:1:ValueType *sample:2:Sample *mapping:3:Mapping"
        " *location:4:Location *function:5:Function *string_table:6:string default_sample_type:14",
    }
    kinds = descriptor_pb2.FieldDescriptorProto
    for name, fields in messages.items():
        message = file.message_type.add(name=name)
        for word in fields.split():
            label, number, *kind = word.lstrip("*").split(":")
            field = message.field.add(name=label, number=int(number))
            field.label = kinds.LABEL_REPEATED if word[0] == "*" else kinds.LABEL_OPTIONAL
            if not kind:
                field.type = kinds.TYPE_INT64
            elif kind == ["string"]:
                field.type = kinds.TYPE_STRING
            else:
                field.type = kinds.TYPE_MESSAGE
                field.type_name = f".perftools.profiles.{kind[0]}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    found = pool.FindMessageTypeByName("perftools.profiles.Profile")
    return message_factory.GetMessageClass(found)


PPROF = pprof_messages()


@given(profiles())
def test_pprof_says_what_the_profile_says(profile: StackProfile) -> None:
    message = PPROF.FromString(gzip.decompress(written(profile, "pprof")))
    text = list(message.string_table)
    assert text[0] == ""
    types = [(text[each.type], text[each.unit]) for each in message.sample_type]
    assert types == [("records", "count"), ("pages", "pages"), ("bytes", "bytes")]
    assert text[message.default_sample_type] == "bytes"
    modules = {each.id: text[each.filename] for each in message.mapping}
    functions = {each.id: text[each.name] for each in message.function}
    places = {
        each.id: (
            functions[each.line[0].function_id],
            modules[each.mapping_id].removeprefix("kernel"),
        )
        for each in message.location
    }
    for number, weight in enumerate(profile.weights):
        found: Counter[Any] = Counter()
        for sample in message.sample:
            stack = tuple(places[place] for place in reversed(sample.location_id))
            labels = {text[label.key]: text[label.str] for label in sample.label}
            told = tuple((name, labels.get(name, "")) for name in profile.dimensions)
            found[stack, told] += sample.value[number]
        assert +found == summed(profile, weight)


@given(traces())
def test_perfetto_has_a_slice_a_call(trace: Trace) -> None:
    from perfetto.protos.perfetto.trace import perfetto_trace_pb2

    packets = perfetto_trace_pb2.Trace.FromString(written(trace, "perfetto")).packet
    tracks, names, found = {}, {}, []
    opened: dict[int, list[str]] = {}
    for packet in packets:
        for name in packet.interned_data.event_names:
            names[name.iid] = name.name
        if packet.HasField("track_descriptor"):
            thread = packet.track_descriptor.thread
            tracks[packet.track_descriptor.uuid] = (thread.tid, thread.thread_name)
        if not packet.HasField("track_event"):
            continue
        event = packet.track_event
        stack = opened.setdefault(event.track_uuid, [])
        begins = event.type == event.TYPE_SLICE_BEGIN
        if begins:
            stack.append(names[event.name_iid])
        name = stack[-1] if begins else stack.pop()
        found.append((begins, name, tracks[event.track_uuid], packet.timestamp))
    assert found == happened(trace)
    assert len({p.trusted_packet_sequence_id for p in packets}) == 1


def test_tasks_with_the_same_pid_are_threads_of_their_own() -> None:
    tasks = (TaskInfo(0, "swapper/0"), TaskInfo(40, "sh"), TaskInfo(0, "swapper/1"))
    assert processes_of(tasks) == [0, 40, OWN_GROUP + 2]


# -- tables ---------------------------------------------------------------------------------------


@given(profiles())
def test_a_table_of_a_profile_has_a_row_a_group(profile: StackProfile) -> None:
    rows = list(csv.DictReader(io.StringIO(written(profile, "csv").decode(), newline="")))
    table = parquet.read_table(io.BytesIO(written(profile, "parquet"))).to_pylist()
    assert [{name: str(cell) for name, cell in row.items()} for row in table] == rows
    named = list(profile.dimensions)
    for weight in profile.weights:
        found = {(row["stack"], *(row[name] for name in named)): int(row[weight]) for row in rows}
        assert len(found) == len(rows)
        expected: Counter[Any] = Counter()
        for (frames, told), weighs in summed(profile, weight).items():
            stack = ";".join(f"{name} [{module}]" if module else name for name, module in frames)
            expected[stack, *(value for _, value in told)] += weighs
        assert found == +expected


@pytest.mark.parametrize("name", RUNS)
def test_a_table_of_a_trace_has_a_row_a_call(name: str) -> None:
    trace = RUNS[name]()
    rows = list(csv.DictReader(io.StringIO(written(trace, "csv").decode(), newline="")))
    calls = trace.positions(Kind.CALLED).tolist()
    assert [row["function"] for row in rows] == [trace.function(call).name for call in calls]
    assert [int(row["depth"]) for row in rows] == [len(trace.calls_at(call)) - 1 for call in calls]
    assert [int(row["begin_ns"]) for row in rows] == [trace.begin_ns(call) for call in calls]
    returned = {trace.parents[at] for at in trace.positions(Kind.RETURNED).tolist()}
    assert [row["end_ns"] == "" for row in rows] == [call not in returned for call in calls]
    callers = [
        trace.function(trace.parents[call]).name if trace.parents[call] >= 0 else ""
        for call in calls
    ]
    assert [row["caller"] for row in rows] == callers
    self_ns: Counter[str] = Counter()
    for row in rows:
        self_ns[row["function"]] += int(row["self_ns"])
    expected = {each.function.name: each.self_ns for each in function_table(trace)}
    assert +self_ns == +Counter(expected)


# -- what is not there ----------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "package"), [("perfetto", "perfetto"), ("parquet", "pyarrow")])
def test_a_package_that_is_missing_is_named(
    name: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in [each for each in sys.modules if each.split(".")[0] == package]:
        monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(
        RecordingError, match=rf"{package} package; pip install 'ownerscope\[export"
    ):
        written(bundled_run("mail-chain"), name)


def test_every_target_has_its_writer() -> None:
    for target in TARGETS:
        module = importlib.import_module(f"core.recording.writers.{target.module}")
        assert callable(getattr(module, target.function))


def test_an_empty_profile_can_be_written() -> None:
    nothing = ProfileBuilder(ProfileInfo("folded", "made")).build()
    assert written(nothing, "folded") == b""
    check_schema(written(nothing, "speedscope"))
    assert written(nothing, "csv") == b"records,stack\n"
    assert PPROF.FromString(gzip.decompress(written(nothing, "pprof"))).sample == []
    assert parquet.read_table(io.BytesIO(written(nothing, "parquet"))).num_rows == 0


@pytest.mark.parametrize("name", [each.name for each in TARGETS if each.name != "ownertrace"])
def test_a_trace_in_which_nothing_happens_can_be_written(name: str) -> None:
    nothing, _ = read_back(b"[]", "chrome")
    target = next(each for each in TARGETS if each.name == name)
    data = written(nothing if TRACE in target.takes else profile_of(nothing), name)
    if name in ("chrome", "speedscope"):
        assert len(read_back(data, name)[0]) == 0


def test_a_trace_in_which_nothing_happens_is_not_saved() -> None:
    nothing, _ = read_back(b"[]", "chrome")
    with pytest.raises(RecordingError, match="not one call in it"):
        written(nothing, "ownertrace")


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


@given(st.lists(st.tuples(NAMES, st.integers(1, 99)), min_size=1, max_size=4))
def test_folded_stacks_of_one_frame_are_recognised_and_read_back(
    rows: list[tuple[str, int]],
) -> None:
    builder = ProfileBuilder(ProfileInfo("folded", "made"))
    for name, weight in rows:
        builder.add([Frame(name, name)], weights={"records": weight})
    data = written(builder.build(), "folded")
    found = detected(data)
    assert found is not None
    assert found.name == "folded"
    again, reading = read_back(data, "folded")
    assert reading.bad_lines == 0
    assert again.total("records") == sum(weight for _, weight in rows)
