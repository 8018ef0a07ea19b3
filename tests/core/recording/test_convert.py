"""Which format is meant, and what happens to the file that was there."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from core.errors import RecordingError
from core.recording.convert import PROFILE, TARGETS, TRACE, convert, target_of
from core.recording.from_trace import profile_of
from core.trace.file import load
from tests.core.recording.exchanged import written
from tests.runs import bundled_run

SUFFIXES = [(end, each.name) for each in TARGETS for end in each.suffixes]


@pytest.mark.parametrize(("end", "name"), SUFFIXES)
def test_the_end_of_a_name_tells_the_format(end: str, name: str) -> None:
    assert target_of(f"some.run{end.upper()}", None, TRACE).name == name


def test_json_is_the_one_that_can_hold_it() -> None:
    assert target_of("x.json", None, TRACE).name == "chrome"
    assert target_of("x.json", None, PROFILE).name == "speedscope"


def test_no_two_formats_have_the_same_suffix() -> None:
    assert len({end for end, _ in SUFFIXES}) == len(SUFFIXES)


def test_a_format_that_is_named_goes_before_the_suffix(tmp_path: Path) -> None:
    out = tmp_path / "x.csv"
    assert convert(bundled_run("mail-chain"), out, "chrome").name == "chrome"
    assert out.read_bytes() == written(bundled_run("mail-chain"), "chrome")


@pytest.mark.parametrize(
    ("out", "to", "said"),
    [
        ("x.folded", "flded", "did you mean folded?"),
        ("x.png", None, "name it with --to: folded, speedscope"),
        ("-", None, "standard output: which format is meant cannot be told"),
    ],
)
def test_what_is_meant_must_be_clear(out: str, to: str | None, said: str) -> None:
    with pytest.raises(RecordingError) as raised:
        convert(bundled_run("mail-chain"), out, to)
    assert said in str(raised.value)


@pytest.mark.parametrize("name", [each.name for each in TARGETS if PROFILE not in each.takes])
def test_a_profile_has_no_order_and_is_not_given_one(name: str, tmp_path: Path) -> None:
    profile = profile_of(bundled_run("mail-chain"))
    with pytest.raises(RecordingError, match="a profile has no order") as raised:
        convert(profile, tmp_path / "x", name)
    assert "write one of folded, speedscope, pprof, csv, parquet" in str(raised.value)
    assert list(tmp_path.iterdir()) == []


def test_a_trace_becomes_a_profile_where_only_profiles_can_be(tmp_path: Path) -> None:
    run = bundled_run("mail-chain")
    convert(run, tmp_path / "x.folded")
    assert (tmp_path / "x.folded").read_bytes() == written(profile_of(run), "folded")
    convert(run, tmp_path / "x.pb.gz")
    assert gzip.decompress((tmp_path / "x.pb.gz").read_bytes())


def test_a_saved_trace_is_the_programs_own(tmp_path: Path) -> None:
    run = bundled_run("mail-chain")
    convert(run, tmp_path / "x.ownertrace")
    assert (load(tmp_path / "x.ownertrace").codes == run.codes).all()


def test_a_writer_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.recording.writers import folded

    def fails(content: object, stream: object) -> None:
        stream.write(b"half")  # type: ignore[attr-defined]
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folded, "write", fails)
    out = tmp_path / "x.folded"
    out.write_bytes(b"before")
    with pytest.raises(RecordingError, match="No space left on device; write it elsewhere"):
        convert(bundled_run("mail-chain"), out)
    assert out.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [out]


def test_a_device_is_written_and_not_replaced() -> None:
    convert(bundled_run("mail-chain"), Path("/dev/null"), "folded")
    assert Path("/dev/null").is_char_device()
