from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.explore.request import ExploreRequest
from core.explore.result import Bound, Exploration, Progress
from core.explore.worker import Request, request_for, work
from core.scenario.loader import open_scenario
from tests.core.explore.toys import make_toy


def answer(path: Path) -> Exploration:
    return msgspec.json.decode(path.read_bytes(), type=Exploration)


def kernel_request(name: str, **changes: Any) -> ExploreRequest:
    source = open_scenario(name)
    return ExploreRequest(where=source.where, text=source.text, jobs=1, **changes)


def test_progress_then_done(tmp_path: Path) -> None:
    said: list[str] = []
    request = ExploreRequest(where="busy", text="", jobs=1, bound=Bound(1, 1, 0))
    work(Request(request, str(tmp_path / "out")), said.append, lambda: False, make_toy)
    assert said[-1] == "done"
    for line in said[:-1]:
        word, _, rest = line.partition(" ")
        assert word == "progress"
        assert msgspec.json.decode(rest, type=Progress).runs > 0
    assert answer(tmp_path / "out").verdict == "verified"


def served(given: bytes) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "core.explore.worker"],
        input=given.decode(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_process_of_its_own(tmp_path: Path) -> None:
    done = served(request_for(kernel_request("wrong-word", graph=True), tmp_path / "out"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "done"
    found = answer(tmp_path / "out")
    assert found.verdict == "counterexample"
    assert found.graph is not None


def test_an_error_is_a_sentence(tmp_path: Path) -> None:
    done = served(request_for(kernel_request("wrong-word", guard="bit9"), tmp_path / "out"))
    assert done.returncode == 2
    assert done.stdout.startswith("error --guard: there is no guard 'bit9'")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("jobs", [1, 2])
def test_told_to_end_it_hands_over_what_it_has(tmp_path: Path, jobs: int) -> None:
    request = msgspec.structs.replace(
        kernel_request("soft-interrupt", bound=Bound(4, 4, 0)), jobs=jobs
    )
    with subprocess.Popen(
        [sys.executable, "-m", "core.explore.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(request_for(request, tmp_path / "out").decode())
        process.stdin.close()
        for line in process.stdout:
            if line.startswith("progress") and (
                jobs == 1 or msgspec.json.decode(line.partition(" ")[2], type=Progress).runs > 2_000
            ):
                break
        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read().splitlines()
        assert rest[-1] == "done"
    found = answer(tmp_path / "out")
    assert not found.complete
    assert found.runs > 0
