"""The command line's contract: JSON, exit status, one line of complaint."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from core import cli
from core.commands.run import GUARDS_HELP
from core.guards.catalog import DESIGNS

REPORT_KEYS = {
    "schema", "scenario", "kernel", "arch", "guard", "outcome", "outcome_detail", "warnings",
    "counts", "stack", "short_circuits", "events", "simulated_ns",
}  # fmt: skip


def ownerscope(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = cli.main(words)
    out, err = capsys.readouterr()
    return status, out, err


def run_json(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    status, out, err = ownerscope(capsys, "run", *words, "--json")
    assert (status, err) == (0, "")
    data: dict[str, Any] = json.loads(out)
    return data


def test_the_mail_chain_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    data = run_json(capsys, "mail-chain", "--guard", "bit1", "--essential")
    assert set(data) >= REPORT_KEYS
    assert data["schema"] == 1
    guard = data["guard"]
    assert (guard["design"], guard["max_depth"], guard["per_cpu"]) == ("bit1", 1, False)
    assert guard["storage"] == {"byte_offset": 2344, "bit_offset": 11, "bit_size": 1}
    hit = data["short_circuits"][0]
    assert hit["stack"] == [
        "kmalloc", "__set_page_owner", "save_stack", "unwind", "build_script", "kmalloc",
        "__set_page_owner", "save_stack",
    ]  # fmt: skip
    assert hit["avoided"][0] == "unwind"
    assert hit["returns"] == "dummy_handle"
    assert set(hit) == {"event", "task", "stack", "avoided", "returns"}
    assert set(data["stack"]) >= {"thread_bytes", "peak_bytes", "levels", "bytes_per_level"}


def test_whatever_the_outcome_the_status_is_zero(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_json(capsys, "no-guard-overflow")["outcome"] == "stack_overflow"
    assert run_json(capsys, "smp-depth-two")["outcome"] == "deadlock"
    assert run_json(capsys, "depth-law", "--budget", "500")["outcome"] == "budget_exhausted"


def test_only_the_first_hundred_short_circuits_are_listed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    data = run_json(capsys, "depth-law", "--set", "events=100")
    assert len(data["short_circuits"]) == 100
    assert data["counts"]["guard_hits"] == 400


def test_options_override_the_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    data = run_json(
        capsys, "depth-law", "--guard", "bit2", "--max-depth", "3", "--kernel", "6.12",
        "--arch", "arm64", "--layout", "debian-6.1-arm64", "--set", "events=3",
    )  # fmt: skip
    assert (data["kernel"], data["arch"]) == ("6.12", "arm64")
    assert data["guard"]["max_depth"] == 3
    assert data["layout"]["name"] == "debian-6.1-arm64"
    assert data["counts"]["save_stack_calls"] >= 3 * 15


@pytest.mark.parametrize("scenario", ["mail-chain", "no-guard-overflow", "smp-depth-two"])
def test_the_same_story_for_people(capsys: pytest.CaptureFixture[str], scenario: str) -> None:
    status, out, err = ownerscope(capsys, "run", scenario)
    assert (status, err) == (0, "")
    assert "save_stack" in out
    assert "stack:" in out
    if scenario == "mail-chain":
        assert "it is 1, so it returns dummy_handle without unwinding" in out
        assert "borrowed for ia64 5.12" in out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["run", "mailchain"], "did you mean mail-chain?"),
        (["run", "mail-chain", "--guard", "bit7"], "--guard: there is no guard 'bit7'"),
        (["run", "mail-chain", "--word", "own"], "--word: there is no word 'own'; give current"),
        (["run", "mail-chain", "--guard", "uint", "--word", "serialized"], "--word: guard uint"),
        (["run", "mail-chain", "--max-depth", "0"], "--max-depth: expected"),
        (["run", "mail-chain", "--max-depth", "x"], "--max-depth"),
        (["run", "mail-chain", "--budget", "-5"], "--budget: expected"),
        (["run", "mail-chain", "--arch", "ia64", "--kernel", "6.12"], "removed from the kernel"),
        (["run", "mail-chain", "--layout", "nosuch"], "no layout or file 'nosuch'"),
        (["run", "mail-chain", "--set", "size"], "--set: expected NAME=VALUE"),
        (["run", "mail-chain", "--set", "size=-1"], "--set size: expected a number from 0"),
        (["run", "mail-chain", "--nonsense"], "--nonsense"),
        (["run"], "see 'ownerscope run --help'"),
        (["rnu"], "did you mean run?"),
        (["--nonsense"], "--nonsense"),
    ],
)
def test_bad_input_is_one_line_and_two(
    capsys: pytest.CaptureFixture[str], words: list[str], expected: str
) -> None:
    status, out, err = ownerscope(capsys, *words)
    assert status == 2
    assert out == ""
    assert err.count("\n") == 1
    assert expected in err


def test_the_word_of_the_bits_is_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    told = {}
    for word in ("current", "serialized"):
        data = run_json(capsys, "depot-growth", "--word", word)
        assert data["guard"]["word"] == word
        told[word] = data["guard"]["storage"]["byte_offset"]
    assert told["serialized"] == told["current"] - 4
    _, out, _ = ownerscope(capsys, "run", "depot-growth", "--word", "serialized")
    assert "in the word that other CPUs write under the scheduler's locks" in out


def test_the_help_names_every_guard() -> None:
    listed = GUARDS_HELP.replace(" or ", ", ").split(", ")
    assert listed == list(DESIGNS)


def test_scenarios_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = ownerscope(capsys, "scenarios", "--json")
    assert status == 0
    names = [row["name"] for row in json.loads(out)["scenarios"]]
    assert "mail-chain" in names
    status, out, _ = ownerscope(capsys, "scenarios")
    assert all(name in out for name in names)


def test_doctor_tells_what_it_found(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = ownerscope(capsys, "doctor", "--json")
    data = json.loads(out)
    assert status == (0 if data["ok"] else 1)
    assert {"name", "ok", "required", "detail", "advice"} == set(data["findings"][0])


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f"{sys.executable} -m core.cli run depth-law --set events=100 --json | head -1"
    done = subprocess.run(
        ["/bin/sh", "-c", command], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout == "{\n"
    assert done.stderr == ""


def test_the_command_line_imports_no_qt() -> None:
    code = (
        "import sys; from core.cli import main; main(['run', 'mail-chain', '--json']);"
        "print(any(name.startswith(('PySide6', 'pyqtgraph', 'gui')) for name in sys.modules),"
        "file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr.strip() == "False"
