"""``ownerscope inspect``: the contract of its options, its JSON, its text and its complaints."""

from __future__ import annotations

import gzip
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from core import cli
from core.commands.inspect import ProgressLine, progress_text
from core.commands.inspect_text import tell

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"
BOOT = str(RECORDINGS / "ftrace-function_graph-boot-recursion-excerpt.txt.zst")
GUARD = str(RECORDINGS / "guard-graph-alloc1-limit1.txt.zst")
CONSOLE = str(RECORDINGS / "guard-console-B.txt.zst")
PERF = str(RECORDINGS / "perf-script-mm_page_alloc-g.txt.zst")

DUMP = """\
Page allocated via order 2, mask 0x0(), pid 1, tgid 1 (swapper/0), ts 1 ns, free_ts 0 ns
PFN 1 type Unmovable Block 0 type Unmovable Flags 0x0(zone=0)
 register_dummy_stack+0x28/0x43
 kernel_init+0x16/0x110

Page allocated via order 0, mask 0xcc0(GFP_KERNEL), pid 7, tgid 7 (sh), ts 2 ns, free_ts 0 ns
PFN 2 type Unmovable Block 0 type Unmovable Flags 0x0(zone=0)
 allocate_slab+0x28/0x43
 fork+0x16/0x110

"""


def ownerscope(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = cli.main(["inspect", *words])
    out, err = capsys.readouterr()
    return status, out, err


def told(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    status, out, err = ownerscope(capsys, *words, "--json")
    assert (status, err) == (0, "")
    return json.loads(out)


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    status, out, err = ownerscope(capsys, *words)
    assert (status, err) == (0, "")
    return out


@pytest.fixture
def dump(tmp_path: Path) -> str:
    path = tmp_path / "dump.txt"
    path.write_text(DUMP)
    return str(path)


PROFILE_KEYS = {
    "schema": 1, "format": "page_owner", "kind": "profile", "records": 2, "pages": 5,
    "bytes": 20480, "unique_stacks": 2, "bad_records": 0, "truncated_records": 0,
    "special": {"dummy": 1, "failure": 0, "early": 0}, "bad_lines": 0, "first_bad": "", "notes": [],
}  # fmt: skip


def test_json_of_a_profile_keeps_its_contract(
    capsys: pytest.CaptureFixture[str], dump: str
) -> None:
    data = told(capsys, dump)
    assert {key: data[key] for key in PROFILE_KEYS} == PROFILE_KEYS
    assert data["top"] == [
        {
            "stack": ["kernel_init", "register_dummy_stack"],
            "frames": ["kernel_init+0x16/0x110", "register_dummy_stack+0x28/0x43"],
            "records": 1, "pages": 4, "bytes": 16384,
        },
        {
            "stack": ["fork", "allocate_slab"],
            "frames": ["fork+0x16/0x110", "allocate_slab+0x28/0x43"],
            "records": 1, "pages": 1, "bytes": 4096,
        },
    ]  # fmt: skip


def test_json_of_a_trace_keeps_its_contract(capsys: pytest.CaptureFixture[str]) -> None:
    data = told(capsys, GUARD)
    assert (data["schema"], data["format"], data["kind"]) == (1, "function_graph", "trace")
    assert data["calls"] == {"closed": 1562, "open_at_end": 0, "open_at_start": 0}
    assert (data["cpus"], data["tasks"], data["max_depth"]) == (1, 3, 8)
    assert data["guard_hits"] == 210
    assert data["bad_lines"] == 0
    assert data["hit_comments"] == {"all": 404, "apart": 194}
    assert data["duration_ns"] > 0
    first = data["recursions"][0]
    assert first.keys() == {"function", "calls", "deepest", "stack"}
    assert (first["function"], first["calls"], first["deepest"]) == ("save_stack", 210, 2)
    assert first["stack"].count("save_stack") == 2
    assert data["top"][0].keys() == {"function", "calls", "ns", "self_ns"}


def test_options_reach_what_they_are_for(capsys: pytest.CaptureFixture[str], dump: str) -> None:
    data = told(capsys, dump, "--by", "comm", "--top", "1", "--filter", "order < 5")
    assert [each["comm"] for each in data["top"]] == ["swapper/0"]
    assert data["groups"] == 2
    assert len(told(capsys, dump, "--by", "function", "--top", "0")["top"]) == 4
    by_records = told(capsys, dump, "--by", "subsystem", "--weight", "records")
    assert by_records["weight"] == "records"


def test_a_difference_says_what_became_of_each(
    capsys: pytest.CaptureFixture[str], dump: str, tmp_path: Path
) -> None:
    after = tmp_path / "after.txt"
    after.write_text(DUMP.split("\n\n")[1].replace("order 0", "order 3") + "\n\n")
    data = told(capsys, str(after), "--diff", dump)
    assert [(each["stack"], each["change"], each["status"]) for each in data["differences"]] == [
        (["fork", "allocate_slab"], 7, "grown"),
        (["kernel_init", "register_dummy_stack"], -4, "gone"),
    ]
    out = shown(capsys, str(after), "--diff", dump, "--by", "subsystem")
    assert "+7  " in out
    assert "1 gone, 1 grown" in out
    shares = told(capsys, str(after), "--diff", dump, "--normalised")["differences"]
    assert sorted(each["change"] for each in shares) == pytest.approx([-0.8, 0.8])


def test_a_pipe_gets_whole_lines_and_no_blanks_at_their_ends(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = shown(capsys, CONSOLE)
    (stack,) = (line for line in out.splitlines() if "entry_SYSCALL_64_after_hwframe" in line)
    assert stack.count("save_stack") == 29
    for text in (out, shown(capsys, PERF), shown(capsys, GUARD)):
        assert not [line for line in text.splitlines() if line != line.rstrip()]


def test_what_is_said_of_several_guards_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, GUARD).splitlines()
    said = [
        line for line in lines if "210 times the recorded guard turned a save away that" in line
    ]
    assert said == [
        "  no guard; depth counter, at most 2; depth counter, at most 3; 2-bit field, at most 3:"
        " 210 times the recorded guard turned a save away that this one lets pass: what it would"
        " have called, and cost, is not in the recording."
    ]


def test_a_terminal_gets_whole_words_in_its_width(
    capsys: pytest.CaptureFixture[str], dump: str
) -> None:
    console = Console(width=60, force_terminal=True, color_system=None, highlight=False)
    for words in ((GUARD, "--top", "3"), (dump, "--diff", dump)):
        data = told(capsys, *words)
        tell(
            data | {"notes": ["A sentence that is longer than the terminal is wide, by far."]},
            console,
        )
        lines = capsys.readouterr().out.splitlines()
        assert not [line for line in lines if len(line) > 60 and "◀" not in line]
        assert not [line for line in lines if "…" in line]


def test_what_a_filter_leaves_is_counted_in_words(
    capsys: pytest.CaptureFixture[str], dump: str
) -> None:
    out = shown(capsys, dump, "--filter", "comm = nobody")
    assert "0 records of 2, 0 pages (0 bytes)" in out
    assert out.splitlines()[-1] == "there is nothing to show"
    assert "1 page (4.00 KiB)" in shown(capsys, dump, "--filter", "pages = 1")


def test_an_unknown_frame_is_no_recursion(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, PERF)["recursions"] == []


def test_a_trace_without_times_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "bare.txt"
    path.write_text("# tracer: function_graph\n#\nf() {\n  g();\n}\n")
    assert "4 events, no times" in shown(capsys, str(path))


def test_standard_input_and_packed_files_are_read(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dump: str
) -> None:
    packed = tmp_path / "dump.gz"
    packed.write_bytes(gzip.compress(DUMP.encode()))
    assert told(capsys, str(packed))["records"] == 2
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(DUMP.encode())))
    data = told(capsys, "-", "--diff", dump)
    assert (data["records"], data["name"]) == (2, "standard input")
    assert data["compared"]["same"] == 2


def test_people_see_what_it_is_and_what_is_special(
    capsys: pytest.CaptureFixture[str], dump: str
) -> None:
    out = shown(capsys, dump)
    assert "page_owner dump" in out
    assert "2 records, 5 pages (20.00 KiB), 2 different stacks" in out
    assert "dummy        Cut by the recursion guard: 1 record (4 pages). The page was" in out
    assert "kernel_init > register_dummy_stack" in out
    assert "80.0%" in out
    assert "1 of 2; --top 0 shows all" in shown(capsys, dump, "--top", "1")
    assert "inferred" in shown(capsys, dump, "--by", "subsystem")


def test_a_guard_hit_is_drawn_as_the_stack_it_happened_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = shown(capsys, BOOT).splitlines()
    at = lines.index("  1 guard hit here:")
    drawn = [line.strip(" └").split(" ")[0] for line in lines[at + 1 : at + 7]]
    assert drawn == [
        "__set_page_owner", "save_stack", "__alloc_pages", "get_page_from_freelist",
        "__set_page_owner", "save_stack",
    ]  # fmt: skip
    assert "turned away" in lines[at + 6]
    out = "\n".join(lines)
    assert "An estimate" in out
    assert "1-bit flag" in out


def test_a_crash_is_told_with_what_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    out = shown(capsys, CONSOLE)
    assert "save_stack, 29 times on one stack, in 1 call trace\n" in out
    assert "28 levels deep, 536 bytes" in out


def test_bad_lines_are_counted_and_the_first_is_quoted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "bad.txt"
    path.write_text(DUMP + "[red]what is that[/]\n")
    out = shown(capsys, str(path))
    assert "1 line could not be understood, the first is line 11: '[red]what is that[/]'" in out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("nowhere.txt",), "nowhere.txt: cannot read the recording"),
        ((PERF, "--top", "-1"), "--top: -1 is less than 0"),
        ((PERF, "--by", "colour"), "--by: records cannot be grouped by 'colour'"),
        ((PERF, "--filter", "order >"), "filter, column 8: expected a value after >"),
        ((PERF, "--filter", "odrer > 1"), "filter, column 1: nothing here is called 'odrer'"),
        ((PERF, "--filter", "comm ~ ["), "expected a regular expression"),
        ((PERF, "--weight", "kilos"), "the records have no 'kilos'"),
        ((PERF, "--diff", "nowhere.txt"), "nowhere.txt: cannot read"),
        (("-", "--diff", "-"), "--diff: standard input can be read only once"),
        ((PERF, "--normalised"), "--normalised: there is nothing to compare with"),
        ((), "the following arguments are required: FILE"),
        ((str(RECORDINGS.parent),), "cannot read the recording"),
        ((str(Path(__file__).parents[2] / "LICENSE"),), "in no format that is known here"),
    ],
)
def test_bad_input_is_one_line_and_2(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], expected: str
) -> None:
    status, out, err = ownerscope(capsys, *words)
    assert (status, out) == (2, "")
    assert expected in err
    assert err.count("\n") == 1


def test_a_mistyped_filter_is_told_before_the_file_is_opened(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "column 8" in ownerscope(capsys, "nowhere.txt", "--filter", "order >")[2]


def test_progress_says_how_far_and_how_fast() -> None:
    assert progress_text(50_000_000, 200_000_000, 0.5) == "read 50 of 200 MB, 100 MB/s, 25%"
    assert progress_text(50_000_000, 0, 1) == "read 50 MB, 50 MB/s"


def test_progress_is_quiet_at_first_and_leaves_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [10.0]
    monkeypatch.setattr("core.commands.inspect.time.monotonic", lambda: now[0])
    line = ProgressLine()
    for now[0], done in ((10.1, 10), (10.4, 20), (10.6, 30), (10.65, 35), (11.0, 40)):
        line(done * 10**6, 40 * 10**6)
    line.clear()
    err = capsys.readouterr().err
    assert err.count("read ") == 2
    assert "read 30 of 40 MB, 50 MB/s, 75%" in err
    assert err.endswith("\r\x1b[K")


def test_the_pages_of_events_are_not_said_to_be_in_use(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "trace.txt"
    event = "sh-1 [000] ..... 1.000000: mm_page_{}: page=0 pfn=0x10 order=1 migratetype=0"
    path.write_text(f"# tracer: nop\n#\n{event.format('alloc')}\n{event.format('free')}\n")
    assert "2 events, 4 pages and 16.00 KiB allocated or freed, 2" in shown(capsys, str(path))
