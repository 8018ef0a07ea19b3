from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli import main
from core.scenario.loader import open_scenario


def explored(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = main(["explore", *words, "--jobs", "1"])
    out, err = capsys.readouterr()
    return status, out, err


def test_a_proof_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = explored(capsys, "wrong-word", "--word", "current", "--irqs", "0")
    assert (status, err) == (0, "")
    assert out.splitlines()[0] == "No bad outcome in 16 runs, at most 2 switches."
    assert "holds  no-lost-update" in out


def test_a_counterexample_is_a_story(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = explored(capsys, "wrong-word")
    assert status == 1
    assert "broken no-lost-update" in out
    assert "How no-lost-update breaks with 1 switch" in out
    assert "Meanwhile CPU 1 goes on, where chrt/41 runs." in out
    assert "A lost update: sh/40 stores the word it loaded before chrt/41 wrote" in out


def test_pages_lose_their_owners(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = explored(capsys, "smp-depth-two", "--max-depth", "1")
    assert "at most 11 pages lost their owners: short-circuited by design" in out


def test_json_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = explored(capsys, "wrong-word", "--json", "--property", "no-lost-update")
    assert status == 1
    told = json.loads(out)
    assert next(iter(told)) == "schema"
    assert told["schema"] == 1
    assert told["bound"] == {"preemptions": 2, "irqs": 1, "failures": 0}
    assert told["verdict"] == "counterexample"
    assert {"runs", "states", "pruned", "seconds"} < set(told)
    (only,) = told["properties"]
    assert (only["name"], only["holds"]) == ("no-lost-update", False)
    found = only["counterexample"]
    assert (found["switches"], found["interrupts"]) == (1, 0)
    assert found["choices"] == ["3 cpu 1 chrt/41"]
    assert found["events"] > found["event"] > 0


def test_saving_and_running_the_counterexample(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "lost.toml"
    assert explored(capsys, "wrong-word", "--save", str(path))[0] == 1
    assert main(["run", str(path)]) == 0
    assert "lost update" in capsys.readouterr().out
    path.unlink()
    status, _, err = explored(capsys, "wrong-word", "--word", "current", "--save", str(path))
    assert (status, err) == (0, "no counterexample: nothing saved\n")
    assert not path.exists()


def test_the_scenario_gives_the_bound(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    text = open_scenario("wrong-word").text.partition("[explore]")[0]
    path.write_text(f"{text}\n[explore]\npreemptions = 0\nirqs = 3\n")
    told = json.loads(explored(capsys, str(path), "--json")[1])
    assert told["bound"] == {"preemptions": 0, "irqs": 3, "failures": 0}
    told = json.loads(explored(capsys, str(path), "--json", "--irqs", "0")[1])
    assert told["bound"] == {"preemptions": 0, "irqs": 0, "failures": 0}


def test_a_sweep_has_a_row_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    sweep = ("--sweep", "guard=bit1,uint", "--sweep", "word=current,serialized")
    status, out, _ = explored(capsys, "wrong-word", *sweep)
    assert status == 1
    rows = out.splitlines()[1:]
    assert [row.split("  ")[0] for row in rows] == [
        "guard=bit1, word=current",
        "guard=bit1, word=serialized",
        "guard=uint, word=current",
        "guard=uint, word=serialized",
    ]
    assert "verified" in rows[0]
    assert "counterexample" in rows[1]
    assert "not possible" in rows[3]
    told = json.loads(explored(capsys, "wrong-word", *sweep, "--json")[1])
    assert [row.get("verdict") for row in told["rows"]] == [
        "verified",
        "counterexample",
        "verified",
        None,
    ]
    assert "problem" in told["rows"][3]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("wrong-wort",), "did you mean wrong-word?"),
        (("wrong-word", "--property", "guard-cleer"), "did you mean guard-clear?"),
        (("wrong-word", "--guard", "bit3"), "there is no guard 'bit3'"),
        (("wrong-word", "--irqs", "-1"), "--irqs: expected a number from 0 to 100, got -1"),
        (("wrong-word", "--preemptions", "101"), "--preemptions: expected a number from 0 to 100"),
        (("wrong-word", "--set", "x"), "expected NAME=VALUE"),
        (("wrong-word", "--sweep", "gard=bit1"), "did you mean guard?"),
        (("wrong-word", "--sweep", "irqs=1", "--save", "x"), "a sweep has no one counterexample"),
        (("wrong-word", "--dask", "nowhere"), "no dask scheduler answers at 'nowhere'"),
    ],
)
def test_bad_input_is_one_line(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], problem: str
) -> None:
    status, out, err = explored(capsys, *words)
    assert (status, out) == (2, "")
    assert problem in err
    assert err.count("\n") == 1


def test_jobs_that_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explore", "wrong-word", "--jobs", "-1"]) == 2
    assert "expected 1 to 1000 processes, got -1" in capsys.readouterr().err


def test_what_would_take_ages_is_refused_unless_it_is_meant(
    capsys: pytest.CaptureFixture[str],
) -> None:
    bound = ("--irqs", "40", "--preemptions", "40")
    status, _, err = explored(capsys, "soft-interrupt", *bound)
    assert status == 2
    assert "40 switches, 40 interrupts and 0 failures come to" in err
    assert "choose a lower bound, or add --yes" in err
    assert err.count("\n") == 1


TOLD = rb"\d runs \([\d,]+ a second\), [\d,]+ states, [\d,]+ to go"


def test_progress_in_a_terminal_and_ctrl_c_keeps_what_was_found() -> None:
    command = [sys.executable, "-m", "core.cli", "explore", "soft-interrupt", "--json", "--yes"]
    command += ["--irqs", "9", "--preemptions", "9", "--jobs", "1"]
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        told = b""
        while not re.search(TOLD, told):  # a line may come in pieces
            told += os.read(ours, 4096)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
    os.close(ours)
    done = json.loads(out)
    assert (done["verdict"], done["complete"]) == ("incomplete", False)
    assert done["runs"] > 0
    assert process.returncode == 130
