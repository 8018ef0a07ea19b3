from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import LayoutError
from core.layout.sources import btf, saved

BTF_FILES = sorted((Path(__file__).parents[2] / "data" / "btf").glob("*.btf"))
TEXT = saved.write_saved(btf.load(BTF_FILES[0], kernel="6.1.192", arch="arm", label="Debian"))


def test_there_are_files() -> None:
    assert len(BTF_FILES) == 25


@pytest.mark.parametrize("path", BTF_FILES, ids=lambda path: path.stem)
def test_what_was_written_reads_back_the_same(path: Path) -> None:
    layout = btf.load(path, kernel="6.1.192", arch="arm", label='a "members":[] label')
    assert saved.read_saved(saved.write_saved(layout), name="x") == layout


def test_each_member_has_a_line() -> None:
    layout = saved.read_saved(TEXT, name="x")
    assert len(TEXT.splitlines()) == len(layout.task_struct.members) + 2


def test_bits_without_a_unit_are_those_of_an_unsigned_int() -> None:
    line = b'{"type_name":"unsigned int","offset_bits":3,"size_bits":1,"is_bitfield":true}'
    text = TEXT[: TEXT.index(b"\n") + 1] + line + b"\n]}}\n"
    assert saved.read_saved(text, name="x").task_struct.members[0].unit_bytes == 4


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        ((b'"schema":1', b'"schema":2'), r"old\.json: \$\.schema: layout schema 2, .* update the"),
        ((b'"schema":1', b'"schema":0'), r"layout schema 0, .* save the layout again"),
        ((b'"schema":1,', b""), r"missing required field `schema`"),
        ((b'"endian":"little"', b'"endian":"middle"'), r"\$\.task_struct\.endian"),
        ((b'"offset_bits":0', b'"offset_bits":"0"'), r"\$\.task_struct\.members\[0\]\.offset_bits"),
        ((b'"offset_bits":0', b'"offset_bits":-1'), r"\$\.task_struct\.members\[0\]\.offset_bits"),
        ((b'"offset_bits":0', b'"offset_bits":999999'), r"\$\.task_struct\.members: member \w+ at"),
        ((b'"name":"', b'"name":'), r"malformed.*\(byte \d+\)"),
        ((b'"name":"', b'"name":"\xff'), r"no saved layout"),
    ],
)
def test_damage_is_located(damage: tuple[bytes, bytes], complaint: str) -> None:
    assert damage[0] in TEXT
    with pytest.raises(LayoutError, match=complaint):
        saved.read_saved(TEXT.replace(*damage, 1), name="old.json")


def test_a_cut_file_and_endless_nesting_are_refused() -> None:
    with pytest.raises(LayoutError, match="truncated"):
        saved.read_saved(TEXT[:-50], name="x")
    member = b'{"type_name":"struct","offset_bits":0,"size_bits":8,"members":['
    head = TEXT[: TEXT.index(b"\n") + 1]
    with pytest.raises(LayoutError, match="no saved layout"):
        saved.read_saved(head + member * 100_000 + b"]}" * 100_000 + b"]}}", name="x")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match=r"gone\.json: cannot be read: No such file"):
        saved.load(tmp_path / "gone.json")
    (tmp_path / "here.json").write_bytes(TEXT)
    assert saved.load(tmp_path / "here.json").label == "Debian"
