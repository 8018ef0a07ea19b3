"""Saved traces: what is damaged or newer is said in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import TraceFileError
from core.trace import file as trace_file
from tests.runs import bundled_run

DATA = trace_file.to_bytes(bundled_run("mail-chain"))


@given(st.integers(0, len(DATA) - 1))
def test_a_trace_cut_anywhere_is_an_error_and_no_traceback(length: int) -> None:
    with pytest.raises(TraceFileError) as caught:
        trace_file.from_bytes(DATA[:length], where="cut.trace")
    assert str(caught.value).startswith("cut.trace: ")


def test_a_newer_trace_is_refused() -> None:
    newer = DATA.replace(b'"schema":1', b'"schema":9', 1)
    with pytest.raises(TraceFileError, match=r"schema 9 is not 1.*update ownerscope"):
        trace_file.from_bytes(newer, where="new.trace")


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(TraceFileError, match="No such file"):
        trace_file.load(tmp_path / "none")


def test_damaged_compression_says_so(tmp_path: Path) -> None:
    path = tmp_path / "trace"
    trace_file.save(bundled_run("mail-chain"), path)
    path.write_bytes(path.read_bytes()[:-20] + b"x" * 20)
    with pytest.raises(TraceFileError):
        trace_file.load(path)
