"""page_owner dumps: every version's text, odd ones, damaged ones."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.recording.formats import format_of
from core.recording.profile import StackProfile
from core.recording.readers.page_owner import dump as page_owner
from core.recording.readers.page_owner.helper import Helper
from core.recording.reading import Reading
from tests.core.recording.text_recordings import (
    NOISE,
    read_by,
    sample,
    stacks_of,
    tell_by,
    values_of,
    with_line,
)

DUMP = "page_owner-6.1-67MB.txt"
ORDER_2 = "order 2, mask 0x400dc0(GFP_KERNEL_ACCOUNT|__GFP_ZERO)"
PLACE = "PFN 256 type Movable Block 3 type Unmovable Flags 0x8(uptodate|zone=0)"
HEX_PLACE = PLACE.replace("256", "0x100")
STACK = " inner+0x1/0x20\n middle+0x2/0x30 [ext4]\n outer+0x3/0x40\n"
DIMENSIONS = ("order", "gfp", "pid", "tgid", "comm", "memcg", "type", "module")

VERSIONS = {
    "5.4": ("", PLACE, {}),
    "5.11": (", pid 7, ts 41 ns", PLACE, {"pid": "7", "ts_ns": 41}),
    "5.13": (
        ", pid 7, ts 41 ns, free_ts 9 ns",
        PLACE,
        {"pid": "7", "ts_ns": 41, "free_ts_ns": 9},
    ),
    "5.18": (
        ", pid 7, tgid 6 (a b), ts 41 ns, free_ts 9 ns",
        PLACE.replace("0x8(uptodate|zone=0)", "0x8(uptodate|node=0|zone=0)"),
        {"pid": "7", "tgid": "6", "comm": "a b", "ts_ns": 41, "free_ts_ns": 9},
    ),
    "6.6": (
        ", pid 7, tgid 6 (a b), ts 41 ns, free_ts 9 ns",
        HEX_PLACE,
        {"pid": "7", "tgid": "6", "comm": "a b", "ts_ns": 41, "free_ts_ns": 9},
    ),
    "6.12": (
        ", pid 7, tgid 6 (a b), ts 41 ns",
        HEX_PLACE,
        {"pid": "7", "tgid": "6", "comm": "a b", "ts_ns": 41},
    ),
}


def record(rest: str = "", place: str = PLACE, tail: str = STACK) -> str:
    return f"Page allocated via {ORDER_2}{rest}\n{place}\n{tail}\n"


def told(text: str | bytes) -> dict[str, object]:
    """All that the first record of a dump says."""
    profile, _ = read_by("page_owner", text)
    values = {name: values_of(profile, name)[0] for name in DIMENSIONS}
    numbers = {name: int(column[0]) for name, column in profile.numbers.items()}
    weights = {name: int(column[0]) for name, column in profile.weights.items()}
    return {**values, **numbers, **weights, "stack": stacks_of(profile)[0]}


def rows(profile: StackProfile) -> list[tuple[object, ...]]:
    """Each record with all it says, in the order of the file."""
    columns = [values_of(profile, name) for name in DIMENSIONS]
    columns += [column.tolist() for column in profile.numbers.values()]
    columns += [column.tolist() for column in profile.weights.values()]
    return list(zip(stacks_of(profile), *columns, strict=True))


@pytest.fixture(scope="module")
def some_records() -> bytes:
    """The first three megabytes of whole records, of many kinds."""
    text = sample(DUMP)
    middle = text.index(b"\n\n", 30_000_000) + 2
    return text[middle : text.index(b"\n\n", middle + 3_000_000) + 2]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_versions_header_is_read(version: str) -> None:
    rest, place, says = VERSIONS[version]
    unsaid = {"pid": "", "tgid": "", "comm": "", "ts_ns": -1, "free_ts_ns": -1, "memcg": ""}
    assert told(record(rest, place)) == {
        **unsaid,
        "order": "2",
        "gfp": "GFP_KERNEL_ACCOUNT|__GFP_ZERO",
        "type": "Movable",
        "module": "ext4",
        "pfn": 256,
        "records": 1,
        "pages": 4,
        "bytes": 16384,
        "stack": "outer;middle;inner",
        **says,
    }


def test_versions_may_be_mixed() -> None:
    text = "".join(record(rest, place) for rest, place, _ in VERSIONS.values())
    profile, reading = read_by("page_owner", text * 3)
    alone = [row for rest, place, _ in VERSIONS.values() for row in _rows_of(record(rest, place))]
    assert rows(profile) == alone * 3
    assert reading == Reading(lines=6 * 6 * 3)


def _rows_of(text: str) -> list[tuple[object, ...]]:
    return rows(read_by("page_owner", text)[0])


@given(
    comm=st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=40),
    version=st.sampled_from(["5.18", "6.6", "6.12"]),
    ts=st.integers(0, 2**63 - 1),
)
@example(comm="x), ts 1 ns", version="5.18", ts=5)
@example(comm="x), ts 1 ns, free_ts 2 ns", version="6.12", ts=5)
@example(comm=", pid 1, tgid 2 (y)", version="6.6", ts=5)
@example(comm="()(", version="6.12", ts=10**18)
@example(comm="\r", version="6.12", ts=0)
def test_any_command_name_is_read_back(comm: str, version: str, ts: int) -> None:
    rest, place, _ = VERSIONS[version]
    text = record(rest.replace("(a b)", f"({comm})").replace("ts 41 ns", f"ts {ts} ns"), place)
    found = told(text)
    assert (found["comm"], found["ts_ns"], found["tgid"]) == (comm, ts, "6")


def test_command_names_that_are_no_text_stay_apart() -> None:
    rest = VERSIONS["6.12"][0]
    raw = record(rest).encode()
    text = raw.replace(b"(a b)", b"(a\xffb)") + raw.replace(b"(a b)", b"(a\xfeb)")
    profile, _ = read_by("page_owner", text)
    assert values_of(profile, "comm") == ["a\\xffb", "a\\xfeb"]


@pytest.mark.parametrize(
    ("line", "memcg"),
    [
        ("Charged to memcg /", "/"),
        ("Charged to memcg /user.slice/a b", "/user.slice/a b"),
        ("Charged (via objcg) to memcg /x", "/x (via objcg)"),
        ("Charged to offline memcg gone", "gone (offline)"),
        ("Charged (via objcg) to offline memcg gone", "gone (offline, via objcg)"),
        ("Page has been migrated, last migrate reason: compaction", ""),
        ("Slab cache page", ""),
        ("Page has been migrated, last migrate reason: mempolicy_mbind\nCharged to memcg /m", "/m"),
        ("Slab cache page\nCharged (via objcg) to memcg /s", "/s (via objcg)"),
    ],
)
def test_optional_lines_are_known(line: str, memcg: str) -> None:
    profile, reading = read_by("page_owner", record(tail=f"{STACK}{line}\n"))
    assert values_of(profile, "memcg") == [memcg]
    assert stacks_of(profile) == ["outer;middle;inner"]
    assert reading == Reading(lines=6 + line.count("\n") + 1)


def test_module_is_that_of_the_innermost_frame_that_has_one() -> None:
    tails = (" a+0x1/0x2 [m]\n b+0x1/0x2 [n]\n", " a+0x1/0x2\n", " a+0x1/0x2\n b+0x1/0x2 [n]\n")
    profile, _ = read_by("page_owner", "".join(record(tail=tail) for tail in tails))
    assert values_of(profile, "module") == ["m", "kernel", "n"]


def test_addresses_are_frames() -> None:
    tail = " 0xffffffffc0a01234\n ffffffff81000001\n (null)\n"
    profile, reading = read_by("page_owner", record(tail=tail))
    assert stacks_of(profile) == ["(null);ffffffff81000001;0xffffffffc0a01234"]
    assert reading.bad_lines == 0


def test_unknown_migrate_types_and_huge_numbers_take_the_careful_way() -> None:
    place = "PFN 0xffffffffffffffff type Novel Block 0 type Novel Flags 0x0()"
    found = told(record(", pid -1, tgid -1 (x), ts 18446744073709551615 ns", place))
    assert (found["type"], found["pfn"], found["ts_ns"], found["pid"]) == ("Novel", -1, -1, "-1")
    assert found["pages"] == 4


def test_plain_and_careful_ways_agree(some_records: bytes) -> None:
    plain, _ = read_by("page_owner", some_records)
    careful, reading = read_by("page_owner", some_records.replace(b"\n\n", b"\n"))
    assert rows(careful) == rows(plain)
    assert len(plain) > 3000
    assert (reading.bad_lines, reading.truncated_records) == (0, 1)  # the last has no blank line


@pytest.mark.parametrize("head", ["x", " ns", "7 ns", ", free_ts 7 ns", "x" * 70])
def test_a_head_may_be_shorter_than_what_is_looked_for_before_its_end(head: str) -> None:
    """The first of all has nothing before it that could be looked at."""
    whole = record(", pid 7, ts 41 ns")
    profile, reading = read_by("page_owner", f"{head}\n{PLACE}\n{STACK}\n{whole}")
    assert rows(profile) == _rows_of(whole)
    assert reading.truncated_records == 1
    profile, reading = read_by("page_owner", f"{head}\n{head}\n{head}\n\n")
    assert not len(profile)
    assert reading.bad_lines or reading.truncated_records


def test_the_shortest_head_may_be_the_first() -> None:
    shortest = record().replace(ORDER_2, "order 2, mask 0x0()")
    assert [row[0] for row in _rows_of(shortest * 3)] == ["outer;middle;inner"] * 3


def test_odd_records_keep_their_place(some_records: bytes) -> None:
    text = some_records[: some_records.index(b"\n\n", 100_000) + 2]
    plain = rows(read_by("page_owner", text)[0])
    blocks = text.split(b"\n\n")
    odd = [0, 10, 11, len(plain) - 1]
    for number in odd:
        blocks[number] = blocks[number].replace(b"type ", b"type Un", 1)
    read = rows(read_by("page_owner", b"\n\n".join(blocks))[0])
    assert len(read) == len(plain)
    assert [number for number in range(len(plain)) if read[number] != plain[number]] == odd


@pytest.mark.parametrize("chunk_bytes", [333, 4096, 1 << 20])
def test_lines_may_end_as_on_windows(
    some_records: bytes, chunk_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_owner, "CHUNK_BYTES", chunk_bytes)
    text = some_records[: some_records.index(b"\n\n", 100_000) + 2]
    unix, reading = read_by("page_owner", text)
    windows, also = read_by("page_owner", text.replace(b"\n", b"\r\n"))
    assert rows(windows) == rows(unix)
    assert also == reading == Reading(lines=text.count(b"\n"))


def test_sorted_output_is_read_with_its_weights() -> None:
    rest, place, _ = VERSIONS["5.18"]
    text = (
        "3 times, 12 pages:\n" + record(rest, place)
        + "2 times, 8 pages, allocated by SLAB :\n" + record(rest, place)
        + "5 times:\n" + record(rest, place)
        + "4 times, 9 pages, PID 8, TGID 5, task_comm_name: c d:\n" + STACK + "\n"
        + "6 times, 7 pages, PID 9\n\n"
    )  # fmt: skip
    profile, reading = read_by("page_owner", text)
    assert profile.weights["records"].tolist() == [3, 2, 5, 4, 6]
    assert profile.weights["pages"].tolist() == [12, 8, 20, 9, 7]
    assert values_of(profile, "comm") == ["a b", "a b", "a b", "c d", ""]
    assert values_of(profile, "pid") == ["7", "7", "7", "8", "9"]
    assert values_of(profile, "order") == ["2", "2", "2", "", ""]
    assert reading.bad_lines == 0
    assert tell_by("page_owner", text.encode()) == 1
    assert tell_by("page_owner", b"4 times, 9 pages:\n" + STACK.encode()) > 0


class TestDamage:
    """A file cut or with noise: whole records are kept, and nothing is raised."""

    TEXT = "".join(record(rest, place) for rest, place, _ in VERSIONS.values()).encode()
    TEXT += record(VERSIONS["6.12"][0], tail=STACK + "Charged to memcg /\n").encode()
    FRAMES = 3

    @given(end=st.integers(0, len(TEXT)))
    def test_cut_at_its_end(self, end: int) -> None:
        text = self.TEXT[:end]
        whole = text.count(b"\n\n")
        profile, reading = read_by("page_owner", text)
        assert rows(profile)[:whole] == rows(read_by("page_owner", self.TEXT)[0])[:whole]
        rest = text[text.rfind(b"\n\n") + 2 :] if whole else text
        assert len(profile) - whole in ((0, 1) if rest else (0,))
        assert reading.truncated_records == bool(rest)
        assert (reading.bad_lines, reading.bad_records) == (0, 0)
        assert reading.lines == len(text.splitlines())

    @given(begin=st.integers(0, len(TEXT) - 1))
    def test_cut_at_its_begin(self, begin: int) -> None:
        text = self.TEXT[begin:]
        whole = len(re.findall(rb"^Page allocated via .*\nPFN ", text, re.MULTILINE))
        profile, reading = read_by("page_owner", text)
        everything = rows(read_by("page_owner", self.TEXT)[0])
        assert rows(profile) == everything[len(everything) - whole :]
        assert reading.truncated_records + reading.bad_lines <= 2

    @given(line=st.integers(0, TEXT.count(b"\n") - 1), noise=NOISE)
    def test_noise_for_a_line(self, line: int, noise: bytes) -> None:
        everything = rows(read_by("page_owner", self.TEXT)[0])
        profile, reading = read_by("page_owner", with_line(self.TEXT, line, noise))
        hit = self.TEXT.split(b"\n")[:line].count(b"")
        kept = rows(profile)
        assert kept[:hit] == everything[:hit]
        after = everything[hit + 1 :]
        assert not after or kept[-len(after) :] == after
        assert reading.lines == self.TEXT.count(b"\n")

    @pytest.mark.parametrize(
        ("line", "kept", "bad_records"),
        [(0, 6, 1), (1, 6, 1), (2, 6, 1), (3, 6, 1), (4, 7, 0), (5, 7, 0)],
        ids=["header", "place", "first frame", "second frame", "last frame", "blank line"],
    )
    def test_what_noise_costs(self, line: int, kept: int, bad_records: int) -> None:
        """A stack with a hole is left out; a line after it may be one that is new to us."""
        profile, reading = read_by("page_owner", with_line(self.TEXT, line + 6, b"##noise##"))
        assert len(profile) == kept
        assert (reading.bad_lines, reading.bad_records) == (1, bad_records)
        assert reading.first_bad == f"line {line + 7}: '##noise##'"
        assert reading.truncated_records == 0

    def test_numbers_of_bad_lines_hold_across_chunks(
        self, some_records: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lines = some_records.split(b"\n")
        whole = len(read_by("page_owner", some_records)[0])
        monkeypatch.setattr(page_owner, "CHUNK_BYTES", 50_000)
        for number in (9, 40_000, 70_000):
            header = next(n for n in range(number, len(lines)) if lines[n].startswith(b"Page all"))
            profile, reading = read_by("page_owner", with_line(some_records, header, b"~~"))
            assert reading.first_bad == f"line {header + 1:,}: '~~'"
            assert (len(profile), reading.bad_records) == (whole - 1, 1)

    def test_a_record_without_frames_counts_as_truncated(self) -> None:
        profile, reading = read_by("page_owner", record(tail="") + record())
        assert stacks_of(profile) == ["", "outer;middle;inner"]
        assert profile.total("pages") == 8
        assert (reading.truncated_records, reading.bad_lines) == (1, 0)

    @pytest.mark.parametrize(
        "text", [b"", b"\n\n\n", b"x", b"\0" * 70, b"\n" * 3 + b"PFN 1", b"\r"]
    )
    def test_next_to_nothing_is_an_empty_profile(self, text: bytes) -> None:
        profile, _ = read_by("page_owner", text)
        assert len(profile) == 0
        assert all(column.dtype == np.int64 for column in profile.numbers.values())

    def test_a_file_without_blank_lines_is_read_in_parts(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(page_owner, "_MOST_KEPT_BYTES", 3000)
        monkeypatch.setattr(page_owner, "CHUNK_BYTES", 1000)
        profile, reading = read_by("page_owner", record().replace("\n\n", "\n") * 100)
        assert stacks_of(profile) == ["outer;middle;inner"] * 100
        assert reading.bad_lines == 0


class TestTell:
    """A dump is told by its content, also from its middle."""

    def test_from_any_place_in_the_real_dump(self, some_records: bytes) -> None:
        for begin in range(0, 3000, 7):
            assert tell_by("page_owner", some_records[begin : begin + (1 << 16)]) == 1
        found = format_of(some_records[: 1 << 16])
        assert found is not None
        assert found.name == "page_owner"

    @pytest.mark.parametrize("version", VERSIONS)
    def test_from_the_first_record(self, version: str) -> None:
        rest, place, _ = VERSIONS[version]
        text = record(rest, place).encode()
        assert tell_by("page_owner", text) == 1
        assert tell_by("page_owner", text[30:]) > 0.5
        assert tell_by("page_owner", text.replace(b"\n", b"\r\n")) == 1

    @pytest.mark.parametrize(
        "text",
        [b"", STACK.encode(), b"page allocated via order 0", b"a;b 1\n", b"7 times a day:\n"],
    )
    def test_others_are_left_alone(self, text: bytes) -> None:
        assert tell_by("page_owner", text) == 0


class TestHelper:
    """A second process changes nothing but the time it takes, whatever becomes of it."""

    @pytest.fixture(autouse=True)
    def started(self, monkeypatch: pytest.MonkeyPatch) -> list[Helper]:
        """Have a helper from the first chunk on; keep those that were started."""
        started: list[Helper] = []

        class Kept(Helper):
            def __init__(self) -> None:
                super().__init__()
                started.append(self)

        monkeypatch.setattr(page_owner, "Helper", Kept)
        monkeypatch.setattr(page_owner, "cpus", lambda: 2)
        monkeypatch.setattr(page_owner, "CHUNK_BYTES", 100_000)
        monkeypatch.setattr(page_owner, "HELP_AFTER_BYTES", 0)
        return started

    def _alone(self, text: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[object, Reading]:
        with monkeypatch.context() as alone:
            alone.setattr(page_owner, "cpus", lambda: 1)
            profile, reading = read_by("page_owner", text)
        return rows(profile), reading

    def test_reads_the_same(
        self, some_records: bytes, started: list[Helper], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = with_line(some_records, 50_000, b"~~")
        expected = self._alone(text, monkeypatch)
        assert not started
        profile, reading = read_by("page_owner", text)
        assert (rows(profile), reading) == expected
        assert [each._process.returncode is not None for each in started] == [True]

    def test_is_not_missed_when_it_is_killed(
        self, some_records: bytes, started: list[Helper], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        expected = self._alone(some_records, monkeypatch)

        class Doomed(Helper):
            def __init__(self) -> None:
                super().__init__()
                started.append(self)
                self._process.kill()

        monkeypatch.setattr(page_owner, "Helper", Doomed)
        profile, reading = read_by("page_owner", some_records)
        assert (rows(profile), reading) == expected
        assert [each._process.returncode for each in started] == [-9]

    def test_ends_with_a_reader_that_fails(
        self, some_records: bytes, started: list[Helper], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def cancelled(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(page_owner._Notes, "take", cancelled)
        with pytest.raises(KeyboardInterrupt):
            read_by("page_owner", some_records)
        assert all(each._process.returncode is not None for each in started)
        assert started

    def test_is_done_without_where_none_can_be_started(
        self, some_records: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refused() -> Helper:
            raise OSError

        monkeypatch.setattr(page_owner, "Helper", refused)
        profile, _ = read_by("page_owner", some_records)
        assert len(profile) == some_records.count(b"\n\n")
