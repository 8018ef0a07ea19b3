"""Saved traces: they come back as they were, and what is damaged or newer is said in one line."""

from __future__ import annotations

import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from core.errors import TraceFileError
from core.guards.catalog import DESIGNS
from core.trace import file as trace_file
from core.trace.call_spans import CallSpans
from core.trace.counts import COUNT_NAMES
from core.trace.events import SITE_BITS, SITE_MASK, WIDE_ARGUMENT, Kind
from core.trace.explain import explain
from core.trace.guard_word import moment_at
from core.trace.holdings.pages import Which
from core.trace.holdings.state import Holdings
from core.trace.info import GUARD_DESIGNS
from core.trace.plotted import plotted_signals
from core.trace.save_tree import save_tree
from core.trace.short_circuit import short_circuit_at
from core.trace.stops import parse_stop, positions
from core.trace.trace import Trace
from core.trace.word_history import copies_at, history_at, lost_update_at
from tests.core.trace.two_cpus import lost_update
from tests.examples import examples
from tests.runs import bundled_run, run_scenario

DATA = trace_file.to_bytes(bundled_run("mail-chain"))
OLD = Path(__file__).parents[2] / "data" / "schema-1.trace"
_START = len(trace_file.MAGIC) + 4


def parts(data: bytes = DATA) -> tuple[dict[str, Any], bytes]:
    """The head of a saved trace, to be changed, and its columns."""
    length = int.from_bytes(data[_START - 4 : _START], "little")
    head = msgspec.json.decode(data[_START : _START + length], type=dict[str, Any])
    return head, data[_START + length : -4]


def joined(head: dict[str, Any], columns: bytes, *, checksum: bool = True) -> bytes:
    """A file of a head and columns with the right checksum, as somebody with bad intent makes."""
    encoded = msgspec.json.encode(head)
    encoded += b" " * (-(_START + len(encoded)) % 8)
    data = trace_file.MAGIC + len(encoded).to_bytes(4, "little") + encoded + columns
    return data + zlib.crc32(data).to_bytes(4, "little") if checksum else data


def refused(data: bytes) -> str:
    """The one line that is said about some bytes."""
    with pytest.raises(TraceFileError) as caught:
        trace_file.from_bytes(data, where="bad.trace")
    line = str(caught.value)
    assert line.startswith("bad.trace: ")
    assert "\n" not in line
    return line


# -- what is saved comes back -------------------------------------------------------------------


def test_a_workspace_comes_back_with_its_trace(tmp_path: Path) -> None:
    path = tmp_path / "run.trace"
    workspace = {"position": 7, "range": [3, 9], "stops": [{"on": "function", "name": "push"}]}
    for compress in (True, False):
        trace_file.save(bundled_run("mail-chain"), path, workspace=workspace, compress=compress)
        trace, again = trace_file.load_with_workspace(path)
        assert again == workspace
        assert trace_file.to_bytes(trace, workspace) == trace_file.to_bytes(
            bundled_run("mail-chain"), workspace
        )
        assert trace_file.to_bytes(trace_file.load(path)) == DATA


def test_without_a_workspace_it_is_empty(tmp_path: Path) -> None:
    trace_file.save(bundled_run("mail-chain"), tmp_path / "run.trace")
    assert trace_file.load_with_workspace(tmp_path / "run.trace")[1] == {}


def test_large_arguments_come_back() -> None:
    plain = bundled_run("mail-chain")
    codes = plain.codes.copy()
    at = int(plain.positions(Kind.OWNER_HANDLE)[0])
    codes[at] = (codes[at] & SITE_MASK) | WIDE_ARGUMENT << SITE_BITS
    trace = Trace(
        codes, plain.sites, plain.functions, plain.values, {at: 1 << 40}, plain.info, plain.parents
    )
    again = trace_file.from_bytes(trace_file.to_bytes(trace), where="wide")
    assert again.argument(at) == 1 << 40


def test_a_trace_of_the_first_schema_still_opens() -> None:
    trace, workspace = trace_file.load_with_workspace(OLD)
    now = run_scenario("depot-growth", {"callers": 2}, kernel="5.12")
    assert workspace == {}
    assert len(trace) == len(now)
    for position in range(-1, len(trace)):
        assert explain(trace, position) == explain(now, position)
    assert trace.state_at(len(trace) - 1) == now.state_at(len(now) - 1)
    assert trace.info.depot.pool_bytes == 0
    assert {record.pool for record in trace.info.records} == {-1}


def test_an_old_trace_that_is_saved_again_has_the_new_schema(tmp_path: Path) -> None:
    trace_file.save(trace_file.load(OLD), tmp_path / "again.trace", compress=False)
    assert b'"schema":4' in (tmp_path / "again.trace").read_bytes()[:64]
    assert len(trace_file.load(tmp_path / "again.trace")) == len(trace_file.load(OLD))


# -- what it is ---------------------------------------------------------------------------------


def test_a_few_bytes_tell_a_trace(tmp_path: Path) -> None:
    path = tmp_path / "run.trace"
    for compress in (True, False):
        trace_file.save(bundled_run("mail-chain"), path, compress=compress)
        data = path.read_bytes()
        assert trace_file.looks_like_trace(data)
        assert trace_file.looks_like_trace(data[:64])
        assert not trace_file.looks_like_trace(data[:8])
    assert trace_file.looks_like_trace(OLD.read_bytes())


@pytest.mark.parametrize(
    "other",
    [
        b"",
        b"\x9f\xeb\x01\x00",
        b'schema = 1\nname = "x"\n',
        b"\x28\xb5\x2f\xfd",
        b"\x28\xb5\x2f\xfd" + b"\xff" * 60,
        zstandard.compress(b"another thing, compressed"),
    ],
)
def test_what_is_no_trace_does_not_look_like_one(other: bytes) -> None:
    assert not trace_file.looks_like_trace(other)
    refused(other)


# -- damage -------------------------------------------------------------------------------------


@given(st.integers(0, len(DATA) - 1))
def test_a_trace_cut_anywhere_is_an_error_and_no_traceback(length: int) -> None:
    refused(DATA[:length])


@given(st.integers(0, len(DATA) - 1), st.integers(1, 255))
def test_any_changed_byte_is_found(at: int, change: int) -> None:
    damaged = bytearray(DATA)
    damaged[at] ^= change
    refused(bytes(damaged))


PACKED = trace_file.compressed(DATA)


@given(st.integers(0, len(PACKED) - 1), st.integers(1, 255), st.booleans())
def test_damaged_compression_is_an_error_and_no_traceback(at: int, change: int, cut: bool) -> None:
    damaged = bytearray(PACKED)
    damaged[at] ^= change
    try:
        again = trace_file.from_bytes(bytes(damaged[:at] if cut else damaged), where="bad.trace")
    except TraceFileError as error:
        assert str(error).startswith("bad.trace: ")
    else:  # a bit of zstd's own head that changes nothing
        assert trace_file.to_bytes(again) == DATA


@given(st.binary(max_size=200))
def test_any_bytes_are_an_error_and_no_traceback(data: bytes) -> None:
    refused(data)
    refused(trace_file.MAGIC + data)
    refused(b"\x28\xb5\x2f\xfd" + data)


def test_more_than_its_events_is_said() -> None:
    refused(DATA + b"x")
    refused(trace_file.compressed(DATA) + b"x")
    refused(trace_file.compressed(DATA) * 2)


def test_a_newer_trace_is_refused() -> None:
    newer = DATA.replace(b'"schema":4', b'"schema":9', 1)
    assert "schema 9 is not 4" in refused(newer)
    assert "update ownerscope" in refused(newer)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(TraceFileError, match="No such file"):
        trace_file.load(tmp_path / "none")


def test_damaged_compression_says_so(tmp_path: Path) -> None:
    path = tmp_path / "trace"
    trace_file.save(bundled_run("mail-chain"), path)
    path.write_bytes(path.read_bytes()[:-20] + b"x" * 20)
    with pytest.raises(TraceFileError):
        trace_file.load(path)


# -- made with bad intent: the checksum is right ------------------------------------------------


def test_the_hand_made_file_is_as_the_real_one() -> None:
    head, columns = parts()
    assert trace_file.to_bytes(trace_file.from_bytes(joined(head, columns), where="x")) == DATA


ABSURD = [-(1 << 70), -1, 1 << 20, 1 << 31, 1 << 40, 1 << 63, 1 << 70, "x", None, 1.5, [], {}]


@st.composite
def bad_heads(draw: st.DrawFn, data: bytes = DATA) -> dict[str, Any]:
    """A head in which one value, anywhere, is another."""
    head, _ = parts(data)
    place: Any = head
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            break
        key = draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or draw(st.integers(0, 9)) == 0:
            place[key] = draw(st.sampled_from(ABSURD))
            break
        place = place[key]
    return head


@examples(200)
@given(bad_heads())
def test_an_absurd_head_is_refused_or_harmless(head: dict[str, Any]) -> None:
    try:
        trace = trace_file.from_bytes(joined(head, parts()[1]), where="bad.trace")
    except TraceFileError as error:
        assert str(error).startswith("bad.trace: ")
        assert "\n" not in str(error)
        return
    use(trace)


BETWEEN = trace_file.to_bytes(lost_update())


@examples(200)
@given(bad_heads(BETWEEN))
def test_an_absurd_head_of_a_run_on_two_cpus_is_refused_or_harmless(head: dict[str, Any]) -> None:
    try:
        trace = trace_file.from_bytes(joined(head, parts(BETWEEN)[1]), where="bad.trace")
    except TraceFileError as error:
        assert "\n" not in str(error)
        return
    use(trace)
    use_cpus(trace)


@examples(150)
@given(st.data())
def test_an_absurd_event_of_a_run_on_two_cpus_is_refused_or_harmless(data: st.DataObject) -> None:
    head, columns = parts(BETWEEN)
    codes = np.frombuffer(columns, "<u4").copy()
    at = data.draw(st.integers(0, head["length"] - 1))
    site = data.draw(st.integers(0, len(head["sites"]) - 1))
    argument = data.draw(st.sampled_from([0, 1, 2, 3, 99, 65534]))
    codes[at] = site | argument << 16
    try:
        trace = trace_file.from_bytes(joined(head, codes.tobytes()), where="bad.trace")
    except TraceFileError as error:
        assert "\n" not in str(error)
        return
    use_cpus(trace)


def use_cpus(trace: Trace) -> None:
    """Ask everything about CPUs and what comes between, at every third event.

    Where that begins differs from run to run, so that many of them come by every event.
    """
    cpus = trace.cpus
    for spans in (cpus.tenures, cpus.interrupts, cpus.lock_waits, cpus.irqs_off):
        assert (spans.starts[1:] >= spans.starts[:-1]).all()
    for text in ("interrupt", "lost-update", "switch", "lock-wait"):
        positions(trace, parse_stop(text))
    locks = Holdings(trace).locks
    for position in range(-1 + int(trace.codes.sum()) % 3, len(trace), 3):
        cpus.currents(position)
        moment_at(trace, position)
        history_at(trace, position)
        copies_at(trace, position)
        lost_update_at(trace, position)
        assert len(locks.at(position).cycle) >= 0
        if position >= 0:
            explain(trace, position)
            if trace.kind(position) is Kind.SHORT_CIRCUITED:
                short_circuit_at(trace, position)


def use(trace: Trace) -> None:
    """Ask a trace everything the window asks."""
    save_tree(trace)
    CallSpans(trace)
    for plotted in plotted_signals(trace):
        plotted.signal.value_at(len(trace) // 2)
    for stop in ("guard==1", "recursion>=1", "order>=0", "short-circuit", "owner-lost"):
        positions(trace, parse_stop(stop))
    holdings = Holdings(trace)
    for position in {-1, 0, len(trace) // 2, len(trace) - 1}:
        assert set(trace.state_at(position).counts) == set(COUNT_NAMES)
        if position < len(trace):
            explain(trace, position)
        state = holdings.at(position)
        for which in Which:
            state.pages.rows(0, 50, which)
        state.depot.pools(0, 50)
        state.depot.records(0, 50)
        state.locks.rows(0, 50)


@examples(150)
@given(st.data())
def test_absurd_columns_are_refused_or_harmless(data: st.DataObject) -> None:
    head, columns = parts()
    n = head["length"]
    numbers = np.frombuffer(columns, "<u4").copy()
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, 2 * n - 1))
        numbers[at] = data.draw(
            st.one_of(
                st.integers(0, (1 << 32) - 1),
                st.integers(0, len(head["sites"])),
                st.integers(0, n),
                st.sampled_from(numbers.tolist()),
            )
        )
    try:
        trace = trace_file.from_bytes(joined(head, numbers.tobytes()), where="bad.trace")
    except TraceFileError as error:
        assert "\n" not in str(error)
        return
    use(trace)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda head: head["sites"].clear(), "site that does not exist"),
        (lambda head: head["functions"].clear(), "there is no function"),
        (lambda head: head["sites"][0].__setitem__(0, 99), "99 is no kind"),
        (lambda head: head["sites"][0].__setitem__(3, "{function:>99999999999}"), "a word"),
        (lambda head: head["sites"][0].__setitem__(3, "{function.__class__}"), "a word"),
        (lambda head: head["sites"][0].__setitem__(3, "{"), "a word"),
        (lambda head: head["sites"][0].__setitem__(5, [["order", "9" * 5000]]), "order"),
        (lambda head: head["wide"].update({"1": 5}), "large arguments"),
        (lambda head: head["wide"].update({"99999999999": 5}), "belongs to no event"),
        (lambda head: head["info"]["tasks"].clear(), "no task"),
        (lambda head: head["info"]["guard"].update(bit_size=1 << 60), "outside its storage unit"),
        (lambda head: head["info"].update(records=[]), "records it does not have"),
        (lambda head: head.update(length=1 << 40), "it claims 1,099,511,627,776 events"),
        (lambda head: head.update(length=head["length"] + 1), "found room for"),
        (lambda head: head.update(workspace=[]), "head is damaged"),
        (lambda head: head["info"].update(page_bytes=0), "a page has no size"),
        (lambda head: head["info"]["guard"].update(design="bits"), "there is no guard 'bits'"),
        (lambda head: head.update(length=0), "it claims 0 events"),
    ],
)
def test_what_is_wrong_is_said(change: Any, said: str) -> None:
    head, columns = parts()
    change(head)
    assert said in refused(joined(head, columns))


def test_parents_must_come_before() -> None:
    head, columns = parts()
    numbers = np.frombuffer(columns, "<i4").copy()
    for parent in (5, 9, 1 << 30, -2):
        numbers[head["length"] + 5] = parent
        assert "damaged" in refused(joined(head, numbers.tobytes()))


def test_a_return_must_have_its_call() -> None:
    head, columns = parts()
    numbers = np.frombuffer(columns, "<i4").copy()
    numbers[-1] = -1  # the last event returns from the outermost function
    assert "returns that was not called" in refused(joined(head, numbers.tobytes()))


def test_a_call_returns_once() -> None:
    head, columns = parts()
    n = head["length"]
    numbers = np.frombuffer(columns, "<u4").copy()
    trace = bundled_run("mail-chain")
    returns = trace.positions(Kind.RETURNED)
    again = next(at for at in range(int(returns[0]) + 1, n) if trace.kind(at) is Kind.STEPPED)
    numbers[again] = numbers[returns[0]]
    numbers[n + again] = numbers[n + returns[0]]
    assert "a call returns twice" in refused(joined(head, numbers.tobytes()))


def test_the_guards_a_trace_knows_are_those_there_are() -> None:
    assert set(GUARD_DESIGNS) == {*DESIGNS, "unknown"}


# -- nothing is allocated by a claimed length ---------------------------------------------------


def most_bytes(data: bytes) -> int:
    """Memory that refusing some bytes takes at most."""
    tracemalloc.start()
    refused(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_a_huge_claim_takes_no_memory() -> None:
    head, columns = parts()
    head["length"] = 2_000_000_000
    assert most_bytes(joined(head, columns)) < 4 << 20
    assert most_bytes(trace_file.compressed(joined(head, columns))) < 4 << 20
    assert most_bytes(trace_file.MAGIC + b"\xff\xff\xff\xff" + b"x" * 50) < 4 << 20


def test_a_bomb_takes_no_memory() -> None:
    head, _ = parts()
    head["length"] = 16 << 20
    encoded = msgspec.json.encode(head)
    start = trace_file.MAGIC + len(encoded).to_bytes(4, "little") + encoded
    bomb = zstandard.ZstdCompressor(level=3).compress(start + bytes(128 << 20))
    assert len(bomb) < 100_000
    assert most_bytes(bomb) < 32 << 20


# -- times --------------------------------------------------------------------------------------


def test_a_trace_of_the_second_schema_opens_with_its_codes_widened() -> None:
    trace, workspace = trace_file.load_with_workspace(OLD.with_name("schema-2.trace"))
    now = run_scenario("depot-growth", {"callers": 2}, kernel="5.12")
    assert workspace == {"position": 3}
    assert trace.codes.tolist() == now.codes.tolist()
    assert trace.wide == now.wide
    assert trace.state_at(len(trace) - 1) == now.state_at(len(now) - 1)


def test_a_trace_of_the_third_schema_opens_as_one_cpu_without_interrupts() -> None:
    trace, workspace = trace_file.load_with_workspace(OLD.with_name("schema-3.trace"))
    now = run_scenario("depot-growth", {"callers": 2}, kernel="5.12")
    assert workspace == {"position": 3}
    assert [explain(trace, at) for at in range(len(trace))] == [
        explain(now, at) for at in range(len(now))
    ]
    assert trace.cpus.plain


def _timed(times: list[int]) -> Trace:
    plain = bundled_run("mail-chain")
    column = np.array(times + [times[-1]] * (len(plain) - len(times)), np.int64)
    return Trace(
        plain.codes, plain.sites, plain.functions, plain.values, plain.wide, plain.info,
        plain.parents, column,
    )  # fmt: skip


def test_recorded_times_come_back_and_are_the_clock() -> None:
    trace = trace_file.from_bytes(trace_file.to_bytes(_timed([5, 5, 70])), where="timed")
    assert [trace.clock_ns(at) for at in (-1, 0, 1, 2, 3)] == [0, 5, 5, 70, 70]
    assert trace.state_at(1).clock_ns == 5
    assert trace.clock.at(np.array([-1, 0, 2])).tolist() == [0, 5, 70]
    assert trace.clock.positions_at(np.array([0, 4, 5, 69])).tolist() == [-1, -1, 1, 1]
    assert trace.clock.end_ns == 70


def test_times_that_fall_are_damage() -> None:
    assert "its times do not rise" in refused(trace_file.to_bytes(_timed([5, 4])))
    assert "its times do not rise" in refused(trace_file.to_bytes(_timed([-1, 4])))
