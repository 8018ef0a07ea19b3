"""``ownerscope compare``: lanes in order, JSON, a table for people, one line of complaint."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from core import cli
from core.commands.compare_text import tell
from core.compare.lanes import lanes_of
from core.compare.run import compare
from core.scenario.loader import open_scenario


def ownerscope(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = cli.main(["compare", *words])
    out, err = capsys.readouterr()
    return status, out, err


def compare_json(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    status, out, err = ownerscope(capsys, *words, "--json")
    assert (status, err) == (0, "")
    data: dict[str, Any] = json.loads(out)
    return data


def values(data: dict[str, Any], measure: str) -> list[Any]:
    (found,) = [row["values"] for row in data["differences"] if row["measure"] == measure]
    return list(found)


def test_the_law(capsys: pytest.CaptureFixture[str]) -> None:
    data = compare_json(capsys, "depth-law", "--guards", "uint", "--max-depth", "1,2,3,4")
    assert data["schema"] == 1
    assert [lane["guard"]["max_depth"] for lane in data["lanes"]] == [1, 2, 3, 4]
    assert values(data, "save_stack_calls") == [8 * (2 ** (n + 1) - 1) for n in (1, 2, 3, 4)]
    assert values(data, "guard_hits") == [8 * 2**n for n in (1, 2, 3, 4)]
    assert values(data, "unwinds") == [8 * (2**n - 1) for n in (1, 2, 3, 4)]


def test_one_overflow_and_three_completions(capsys: pytest.CaptureFixture[str]) -> None:
    data = compare_json(capsys, "mail-chain", "--guards", "scan,uint,bit1,bit2")
    outcomes = [lane["outcome"] for lane in data["lanes"]]
    assert outcomes == ["stack_overflow", "completed", "completed", "completed"]
    assert values(data, "outcome") == outcomes
    (parting,) = data["parts_at"]
    assert parting["operation"] == 0
    assert len(parting["events"]) == 4
    assert data["summary"].startswith("Backtrace scan overflows the stack;")


def test_lanes_are_guards_by_depths_by_kernels_by_architectures(
    capsys: pytest.CaptureFixture[str],
) -> None:
    data = compare_json(
        capsys, "depth-law", "--guards", "uint,bit2", "--max-depth", "1, 2", "--kernel",
        "6.1,6.12", "--arch", "arm64,x86_64", "--set", "events=1",
    )  # fmt: skip
    told = [
        (lane["guard"]["design"], lane["guard"]["max_depth"], lane["kernel"], lane["arch"])
        for lane in data["lanes"]
    ]
    assert told == [
        (guard, depth, kernel, arch)
        for guard in ("uint", "bit2")
        for depth in (1, 2)
        for kernel in ("6.1", "6.12")
        for arch in ("arm64", "x86_64")
    ]


def test_the_lanes_are_the_runs(capsys: pytest.CaptureFixture[str]) -> None:
    data = compare_json(capsys, "depot-growth", "--guards", "bit1,bit1", "--set", "callers=3")
    assert cli.main(["run", "depot-growth", "--guard", "bit1", "--set", "callers=3", "--json"]) == 0
    alone = json.loads(capsys.readouterr().out)
    assert data["lanes"] == [alone, alone]
    assert data["parts_at"] == []


def test_without_guards_the_mails_three(capsys: pytest.CaptureFixture[str]) -> None:
    data = compare_json(capsys, "depth-law")
    told = [(lane["guard"]["design"], lane["guard"]["max_depth"]) for lane in data["lanes"]]
    assert told == [("uint", 2), ("bit1", 2), ("bit2", 2)]


def test_layout_and_budget_hold_for_all_lanes(capsys: pytest.CaptureFixture[str]) -> None:
    data = compare_json(
        capsys, "depth-law", "--layout", "debian-6.1-arm64", "--budget", "300", "--max-depth", "1"
    )
    assert {lane["layout"]["name"] for lane in data["lanes"]} == {"debian-6.1-arm64"}
    assert {lane["outcome"] for lane in data["lanes"]} == {"budget_exhausted"}
    assert {lane["events"] for lane in data["lanes"]} == {300}


def test_bits_are_compared_in_both_words(capsys: pytest.CaptureFixture[str]) -> None:
    data = compare_json(
        capsys, "depot-growth", "--guards", "uint,bit1", "--word", "current,serialized"
    )
    told = [(lane["guard"]["design"], lane["guard"]["word"]) for lane in data["lanes"]]
    assert told == [("uint", None), ("bit1", "current"), ("bit1", "serialized")]
    assert len(set(data["labels"])) == 3


def test_a_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = ownerscope(capsys, "depth-law")
    assert (status, err) == (0, "")
    lines = [line.rstrip() for line in out.splitlines()]
    assert lines[0] == "What each level costs"
    assert lines[1] == "all with depth 2, Linux 6.1, x86_64"
    assert lines[3].startswith("1-bit field overflows the stack;")
    assert lines[5].split() == ["unsigned", "int", "1-bit", "field", "2-bit", "field"]
    assert lines[6].split() == ["outcome", "completed", "stack", "overflow", "completed"]
    assert "They part in 1 of 8 operations, first in operation 1:" in lines
    assert "1-bit field, event 44: save_stack tests page_owner_depth: it is 0" in out
    assert "warning: 1-bit field: a 1-bit field counts from 0 to 1" in out


def test_a_narrow_terminal_gets_the_table_in_parts() -> None:
    lanes = lanes_of(["none", "uint", "bit1"], [1, 2])
    found = compare(open_scenario("depot-growth"), {}, lanes)
    for width, parts in ((400, 1), (100, 2), (60, 6)):
        console = Console(width=width, force_terminal=True, no_color=True, file=io.StringIO())
        tell(found, console)
        lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
        assert sum("guard hits" in line for line in lines) == parts
        assert sum(line.count("stack overflow") for line in lines) == 3


def test_lanes_that_never_part(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = ownerscope(capsys, "mail-chain")
    assert "They never part" in out
    assert out.count("inferred: the task_struct of Debian 6.1 amd64 stands in for ia64 5.12") == 1
    _, out, _ = ownerscope(capsys, "mail-chain", "--guards", "bit1")
    assert "part" not in out


def test_tables_to_paste(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = ownerscope(capsys, "depth-law", "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert status == 0
    assert rows[0]["measure"] == "outcome"
    assert rows[0]["1-bit field"] == "stack_overflow"
    status, out, _ = ownerscope(capsys, "depth-law", "--markdown")
    assert status == 0
    assert all(line.startswith("| ") and line.endswith("|") for line in out.splitlines())


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["mailchain"], "did you mean mail-chain?"),
        (["mail-chain", "--guards", "uint,bit7"], "--guards: there is no guard 'bit7'; did you"),
        (["mail-chain", "--guards", "uint,,bit1"], "--guards: expected values with commas"),
        (["mail-chain", "--guards", ""], "--guards: expected values with commas"),
        (["mail-chain", "--word", "current,own"], "--word: there is no word 'own'"),
        (["mail-chain", "--max-depth", "1,x"], "--max-depth: expected"),
        (["mail-chain", "--max-depth", "0"], "--max-depth: expected"),
        (["mail-chain", "--max-depth", "-1"], "--max-depth"),
        (["mail-chain", "--max-depth", "1_0"], "--max-depth: expected"),
        (["mail-chain", "--max-depth", "9" * 5000], "--max-depth: expected"),
        (["mail-chain", "--max-depth", "1,2,3,4,5,6"], "18 lanes are more than the 16"),
        (["mail-chain", "--arch", "ia64,"], "--arch: expected values with commas"),
        (["mail-chain", "--kernel", "6.12"], "removed from the kernel"),
        (["mail-chain", "--kernel", "5.12,7.0"], "7.0"),
        (["mail-chain", "--layout", "nosuch"], "no layout or file 'nosuch'"),
        (["mail-chain", "--budget", "0"], "--budget: expected"),
        (["mail-chain", "--set", "size"], "--set: expected NAME=VALUE"),
        (["mail-chain", "--json", "--csv"], "not allowed with"),
        ([], "see 'ownerscope compare --help'"),
    ],
)
def test_bad_input_is_one_line_and_two(
    capsys: pytest.CaptureFixture[str], words: list[str], expected: str
) -> None:
    status, out, err = ownerscope(capsys, *words)
    assert status == 2
    assert out == ""
    assert err.count("\n") == 1
    assert len(err) < 500
    assert expected in err


def test_an_option_given_twice_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = ownerscope(capsys, "mail-chain", "--guards", "uint", "--guards", "bit1")
    assert (status, out) == (2, "")
    assert err.startswith("ownerscope: --guards is given twice")
    status, _, _ = ownerscope(capsys, "depth-law", "--set", "events=2", "--set", "events=3")
    assert status == 0, "what is set may be many things"


def test_an_answer_that_cannot_be_written_is_one_line() -> None:
    program = "import sys; from core import cli; sys.exit(cli.main(['compare', 'mail-chain']))"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", program], stdout=full, stderr=subprocess.PIPE, text=True,
            check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("ownerscope: cannot write the answer")
    assert done.stderr.count("\n") == 1
