"""A recording as plain data: counts that add up, and what the real files must show."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from core.errors import RecordingError, TraceFileError
from core.recording.formats import format_of
from core.recording.inspect import SAVED, Asked, Inspected, inspect, opened
from core.recording.reading import Reading
from core.recording.source import Source
from core.trace.file import to_bytes
from tests.core.recording.text_recordings import DUMP as DUMP_67MB
from tests.core.recording.text_recordings import RECORDINGS, dump_counted
from tests.runs import bundled_run

REAL = RECORDINGS


def inspected(name: str, asked: Asked | None = None, base: str = "") -> dict[str, Any]:
    before = opened(REAL / base) if base else None
    return inspect(opened(REAL / name), asked or Asked(), before)


def text(data: bytes) -> Inspected:
    found = format_of(data)
    assert found is not None
    reading = Reading()
    content = found.read(Source(io.BytesIO(data), name="sample"), reading)
    return Inspected("sample", found.name, found.title, content, reading)


def record(number: int, *frames: str, order: int = 0, comm: str = "sh") -> str:
    stack = "".join(f" {frame}+0x{len(frame):x}/0x99\n" for frame in frames)
    return (
        f"Page allocated via order {order}, mask 0xcc0(GFP_KERNEL), pid 7, tgid 7 ({comm}),"
        f" ts {number}000000000 ns, free_ts 0 ns\n"
        f"PFN {number} type Unmovable Block 0 type Unmovable Flags 0x0(zone=0)\n{stack}\n"
    )


DUMP = "".join(
    (
        record(1, "register_dummy_stack", "kernel_init", order=2),
        record(2, "register_early_stack", "kernel_init"),
        record(3, "allocate_slab", "kmem_cache_alloc", "fork", order=1),
        record(4, "allocate_slab", "kmem_cache_alloc", "fork"),
        record(9, "filemap_fault", "walk", "walk", "walk", comm="cat (1)"),
        "no such line\n",
    )
).encode()


@cache
def dump() -> Inspected:
    return text(DUMP)


def test_a_dump_is_told_with_all_its_counts() -> None:
    told = inspect(dump(), Asked())
    assert (told["schema"], told["format"], told["kind"]) == (1, "page_owner", "profile")
    assert (told["records"], told["pages"], told["bytes"]) == (5, 9, 9 * 4096)
    assert told["unique_stacks"] == 4
    assert told["special"] == {"dummy": 1, "failure": 0, "early": 1}
    assert told["bad_lines"] == 1
    assert told["first_bad"] == "line 30: 'no such line'"
    assert told["recursions"] == [{"function": "walk", "records": 1, "deepest": 3}]
    first = told["top"][0]
    assert first["stack"] == ["kernel_init", "register_dummy_stack"]
    assert first["frames"] == ["kernel_init+0xb/0x99", "register_dummy_stack+0x14/0x99"]
    assert (first["records"], first["pages"]) == (1, 4)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("order", [("2", 4), ("0", 3), ("1", 2)]),
        ("comm", [("sh", 8), ("cat (1)", 1)]),
        ("function", [("kernel_init", 5), ("register_dummy_stack", 4), ("fork", 3)]),
        ("subsystem", [("page_owner", 4), ("slab", 3), ("early boot", 1)]),
        ("special", [("", 4), ("dummy", 4), ("early", 1)]),
        ("module", [("kernel", 9)]),
        ("gfp", [("GFP_KERNEL", 9)]),
    ],
)
def test_groups_stand_under_the_name_they_are_grouped_by(
    by: str, expected: list[tuple[str, int]]
) -> None:
    told = inspect(dump(), Asked(by=by, top=3))
    assert [(each[by], each["pages"]) for each in told["top"]] == expected


def test_a_filter_counts_only_what_it_picks() -> None:
    told = inspect(dump(), Asked(picks="fork and order = 1", by="function"))
    assert (told["records"], told["records_in_file"], told["pages"]) == (1, 5, 2)
    assert told["unique_stacks"] == 1
    assert told["special"]["dummy"] == 0
    assert {each["function"] for each in told["top"]} == {
        "fork",
        "kmem_cache_alloc",
        "allocate_slab",
    }


def test_a_diff_names_what_came_and_went() -> None:
    after = text(
        (
            record(3, "allocate_slab", "kmem_cache_alloc", "fork", order=3)
            + record(5, "new_one", "fork")
        ).encode()
    )
    told = inspect(after, Asked(top=0), dump())
    found = {";".join(each["stack"]): each for each in told["differences"]}
    grown = found["fork;kmem_cache_alloc;allocate_slab"]
    assert (grown["base"]["pages"], grown["pages"], grown["change"]) == (3, 8, 5)
    assert grown["status"] == "grown"
    assert found["fork;new_one"]["status"] == "added"
    assert found["kernel_init;register_dummy_stack"]["status"] == "gone"
    assert told["base"]["records"] == 5
    assert told["compared"]["gone"] == 3


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(RecordingError, match="did you mean order"):
        inspect(dump(), Asked(by="ordre"))
    with pytest.raises(RecordingError, match="the records have no 'weigth'"):
        inspect(dump(), Asked(weight="weigth"))


def test_the_real_dump_has_every_record_and_stack_of_an_independent_count() -> None:
    """page_owner_sort itself merges only *neighbours* after a sort by text, so its counts of a
    stack are those of this count, and not a check of their own."""
    whole = opened(REAL / f"{DUMP_67MB}.zst")
    told = inspect(whole, Asked(top=0))
    records, pages, _ = dump_counted()
    assert told["records"] == sum(records.values()) == 97_257
    assert told["pages"] == sum(pages.values()) == 99_006
    assert told["unique_stacks"] == len(records) == len(told["top"]) == 467
    frames = {stack: tuple(reversed(stack.split("\n"))) for stack in records}
    assert {tuple(each["frames"]): each["records"] for each in told["top"]} == {
        frames[stack]: number for stack, number in records.items()
    }
    assert {tuple(each["frames"]): each["pages"] for each in told["top"]} == {
        frames[stack]: number for stack, number in pages.items()
    }
    assert (told["bad_lines"], told["bad_records"], told["truncated_records"]) == (0, 0, 0)
    assert told["special"] == {"dummy": 5, "failure": 0, "early": 4557}
    by = inspect(whole, Asked(by="subsystem", top=0))["top"]
    unknown = sum(each["pages"] for each in by if each["subsystem"] in ("other", "kernel start"))
    assert unknown < 99_006 / 100


@pytest.mark.parametrize(
    ("name", "hits", "comments", "nested"),
    [
        ("guard-graph-alloc0-limit1.txt.zst", 0, {"all": 0, "apart": 0}, 0),
        ("guard-graph-alloc1-limit1.txt.zst", 210, {"all": 404, "apart": 194}, 2),
        ("guard-graph-alloc1-limit2.txt.zst", 626, {"all": 824, "apart": 198}, 3),
    ],
)
def test_the_measured_guards_hit_as_often_as_measured(
    name: str, hits: int, comments: dict[str, int], nested: int
) -> None:
    told = inspected(name)
    assert (told["kind"], told["format"]) == ("trace", "function_graph")
    assert told["guard_hits"] == hits
    assert told["hit_comments"] == comments
    deepest = {each["function"]: each["deepest"] for each in told["recursions"]}
    assert deepest.get("__set_page_owner", 0) == nested
    assert sum(each["hits"] for each in told["guard_hit_stacks"]) == hits
    cut = {each["guard"]: each["cut"] for each in told["what_if"]}
    assert cut["1-bit flag"] >= (hits if nested == 2 else 0)


def test_the_real_boot_has_one_guard_hit_with_its_stack() -> None:
    told = inspected("ftrace-function_graph-boot-recursion-excerpt.txt.zst")
    assert told["guard_hits"] == 1
    assert told["guard_hit_stacks"] == [
        {
            "stack": [
                "__set_page_owner",
                "save_stack",
                "__alloc_pages",
                "get_page_from_freelist",
                "__set_page_owner",
                "save_stack",
            ],
            "hits": 1,
        }
    ]
    assert sum(told["calls"][name] for name in ("closed", "open_at_end")) == 338
    first = told["top"][0]
    assert (first["function"], first["calls"]) == ("__set_page_owner", 3)
    assert first["ns"] == told["duration_ns"]


def test_hits_are_unknown_where_the_file_shows_no_save() -> None:
    found = text(
        b" 0)               |  f() {\n 0)   1.000 us    |    g();\n 0)   2.000 us    |  }\n"
    )
    told = inspect(found, Asked())
    assert told["guard_hits"] is None
    assert "Guard hits cannot be told. No save_stack is in the file." in told["notes"]
    assert (told["max_depth"], told["calls"]["closed"], told["duration_ns"]) == (2, 2, 2000)
    assert told["top"] == [
        {"function": "f", "calls": 1, "ns": 2000, "self_ns": 1000},
        {"function": "g", "calls": 1, "ns": 1000, "self_ns": 1000},
    ]
    stacks = inspect(found, Asked(by="stack", picks="depth > 1"))["top"]
    assert [(each["stack"], each["calls"]) for each in stacks] == [(["f", "g"], 1)]


def test_the_real_overflow_shows_its_stack() -> None:
    told = inspected("guard-console-B.txt.zst")
    assert told["top"][0]["stack"].count("save_stack") == 29
    assert {"title": "Levels in the tracer's buffer"}.items() <= told["findings"][1].items()
    assert "28 levels deep, 536 bytes" in told["findings"][1]["text"]


def test_a_saved_run_is_inspected_too(tmp_path: Path) -> None:
    trace = bundled_run("mail-chain")
    path = tmp_path / "run.ownertrace"
    path.write_bytes(to_bytes(trace))
    told = inspect(opened(path), Asked())
    assert (told["format"], told["kind"]) == (SAVED, "trace")
    assert told["events"] == len(trace)
    assert told["guard_hits"] == len(trace.short_circuits)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(TraceFileError):
        opened(path)


def test_a_diff_of_calls_and_allocations_says_that_they_are_not_the_same() -> None:
    trace = text(
        b" 0)               |  fork() {\n 0)   1.000 us    |    work();\n 0)   2.000 us    |  }\n"
    )
    (note,) = (each for each in inspect(trace, Asked(), dump())["notes"] if "the base" in each)
    assert "the base counts records, this file calls" in note
    assert not any("the base" in each for each in inspect(dump(), Asked(), dump())["notes"])
