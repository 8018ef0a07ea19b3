"""``ownerscope convert``: files in, files out, one line where something is wrong."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.trace.events import Kind
from core.trace.file import load, save
from tests.core.test_cli import ownerscope
from tests.runs import bundled_run

FOLDED = b"sh;__alloc_pages;save_stack 3\nsh;__alloc_pages 2\n"


def test_folded_to_speedscope_and_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begin, middle, end = (tmp_path / name for name in ("a.folded", "b.json", "c.txt"))
    begin.write_bytes(FOLDED)
    assert ownerscope(capsys, "convert", str(begin), str(middle)) == (0, "", "")
    assert json.loads(middle.read_text())["profiles"][0]["weights"] == [3, 2]
    assert ownerscope(capsys, "convert", str(middle), str(end)) == (0, "", "")
    assert end.read_bytes() == FOLDED


def test_what_was_left_out_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begin = tmp_path / "a.folded"
    begin.write_bytes(FOLDED * 3 + b"what is this\n" + FOLDED)
    status, out, err = ownerscope(capsys, "convert", str(begin), "-", "--to", "folded")
    assert status == 0
    assert err == "ownerscope: 1 line could not be understood; line 7: 'what is this'\n"
    assert out == "sh;__alloc_pages;save_stack 12\nsh;__alloc_pages 8\n"


def test_a_packed_file_that_is_cut_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begin = tmp_path / "a.folded.gz"
    begin.write_bytes(gzip.compress(FOLDED)[:-4])
    status, out, err = ownerscope(capsys, "convert", str(begin), "-", "--to", "folded")
    assert (status, out) == (0, FOLDED.decode())
    assert err.startswith("ownerscope: The file ends early: the gzip data are damaged or cut short")


def test_a_saved_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = bundled_run("mail-chain")
    saved, out = tmp_path / "a.ownertrace", tmp_path / "a.json"
    save(run, saved)
    assert ownerscope(capsys, "convert", str(saved), str(out)) == (0, "", "")
    events = json.loads(out.read_text())["traceEvents"]
    calls = len(run.positions(Kind.CALLED))
    assert sum(event["ph"] == "B" for event in events) == calls
    again = tmp_path / "b.ownertrace"
    assert ownerscope(capsys, "convert", str(out), str(again)) == (0, "", "")
    recording = load(again).info.recording
    assert recording is not None and recording.format == "chrome"


def test_from_standard_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(FOLDED)))
    out = tmp_path / "x.csv"
    assert ownerscope(capsys, "convert", "-", str(out)) == (0, "", "")
    assert out.read_text().splitlines()[0] == "records,stack"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("no-such-file", "x.csv"), "no-such-file: cannot read the recording"),
        (("no-such-file", "x.png"), "x.png: which format is meant cannot be told"),
        (("IN", "x.csv", "--to", "cvs"), "--to: there is no format 'cvs'; did you mean csv?"),
        (("IN", "x.csv", "--to", "chrome"), "--to chrome: a profile has no order"),
        (("IN", "-"), "standard output: which format is meant"),
        (("IN", "no/such/folder/x.csv"), "cannot write the file: No such file or directory"),
        (("IN",), "the following arguments are required: OUT"),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    words: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begin = tmp_path / "a.folded"
    begin.write_bytes(FOLDED)
    given = [str(begin) if word == "IN" else word for word in words]
    status, out, err = ownerscope(capsys, "convert", *given)
    assert (status, out) == (2, "")
    assert err.startswith("ownerscope: ") and err.count("\n") == 1
    assert said in err


def test_help_names_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    from core.recording.convert import TARGETS

    status, out, _ = ownerscope(capsys, "convert", "--help")
    assert status == 0
    assert all(target.name in out for target in TARGETS)
