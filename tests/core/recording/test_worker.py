"""Recordings read in a process of their own: what it is told, what it says, what it leaves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

import resources
from core.recording import profile_file
from core.recording.opening import open_recording
from core.recording.reading import Reading
from core.recording.worker import Request, work
from core.trace import file as trace_file

FOLDER = Path(resources.__path__[0]) / "recordings"
PATHS = {
    "boot_dump": FOLDER / "page_owner-6.1-boot.txt.zst",
    "recursion": FOLDER / "function_graph-boot-recursion.txt.zst",
    "guard_hits": FOLDER / "function_graph-guard-hits.txt.zst",
}


def served(path: Path, result: Path) -> list[str]:
    said: list[str] = []
    work(Request(str(path), str(result)), said.append)
    return said


def test_a_profile_is_handed_over_whole(tmp_path: Path) -> None:
    said = served(PATHS["boot_dump"], tmp_path / "result")
    assert said[-1] == "done profile"
    profile, reading, name = profile_file.load(tmp_path / "result")
    direct = open_recording(PATHS["boot_dump"])
    assert direct.profile is not None
    assert name == "page_owner"
    assert reading == direct.reading
    assert len(profile) == 8552
    assert profile.total("pages") == direct.profile.total("pages")


def test_a_trace_is_handed_over_with_the_notes_beside_it(tmp_path: Path) -> None:
    assert served(PATHS["guard_hits"], tmp_path / "result")[-1] == "done trace"
    trace, workspace = trace_file.load_with_workspace(tmp_path / "result")
    assert workspace["format"] == "function_graph"
    assert msgspec.convert(workspace["reading"], Reading).bad_lines == 0
    assert trace.info.recording is not None
    assert trace.info.recording.guard_hits == 56


def test_progress_counts_the_bytes_of_the_file(tmp_path: Path) -> None:
    path = PATHS["boot_dump"]
    lines = [line for line in served(path, tmp_path / "r") if line.startswith("progress")]
    assert lines
    for line in lines:
        _, read, total = line.split()
        assert 0 < int(read) <= int(total) == path.stat().st_size


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"", "empty"), (b"\x00\x01\x02 nothing that is known\n", "no format that is known")],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    request = msgspec.json.encode(Request(str(path), str(tmp_path / "result")))
    run = subprocess.run(
        [sys.executable, "-m", "core.recording.worker"], input=request, capture_output=True,
        check=False,
    )  # fmt: skip
    assert run.returncode == 2
    assert run.stderr == b""
    (line,) = run.stdout.decode().splitlines()
    assert line.startswith("error ")
    assert expected in line
    assert not (tmp_path / "result").exists()


def test_a_result_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    request = Request(str(PATHS["recursion"]), str(tmp_path / "no" / "folder"))
    run = subprocess.run(
        [sys.executable, "-m", "core.recording.worker"], input=msgspec.json.encode(request),
        capture_output=True, check=False,
    )  # fmt: skip
    assert run.returncode == 2
    assert run.stdout.decode().splitlines()[-1].startswith("error cannot hand over")
