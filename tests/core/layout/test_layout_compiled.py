"""A C compiler has the last word. setup installs gcc; cross compilers are asked where they are."""

from __future__ import annotations

import shutil

import pytest

from core.errors import LayoutError
from core.layout.arch import ARCHITECTURES
from core.layout.compiled import compiled, find_compiler, source_text
from core.layout.relayout import least_alignments
from tests.core.layout.kernels import Row, analysis, bits, plain, struct_of, truth_rows


def compilable(row: Row) -> bool:
    """Whether this machine has a compiler for a row: gcc for itself, or the cross compiler."""
    commands = ARCHITECTURES[row["arch"]].compilers
    return any(shutil.which(command[0]) for command in commands)


ROWS = [
    row
    for row in truth_rows()
    if row["variant"] in ("uint_v1", "uint_end", "bit2_grpend", "u8_grpend") and compilable(row)
]


def test_there_is_a_compiler_here() -> None:
    assert ROWS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['file_tag']}-{row['variant']}")
def test_it_says_what_gcc_said_of_the_kernel(row: Row) -> None:
    field, _, place = row["variant"].partition("_")
    found = compiled(analysis(row["file_tag"]), field, place)
    assert found.growth.exact
    assert found.growth.best == int(row["growth_vs_none"])
    assert found.field.byte_offset == int(row["member_byte_offset"])
    assert found.field.bit_offset == int(row["member_bit_offset"])
    assert found.basis.startswith("compiled: ")


def test_the_source_has_every_member_and_the_field() -> None:
    layout = struct_of(bits("a", 0, 3), bits("b", 32), plain("c", 8, 8), plain("d", 64, 64))
    text = source_text(layout.struct, "S", least_alignments(layout.struct), None)
    assert text.splitlines()[1:4] == [
        "\tunsigned int m0:3;",
        "\tunsigned int :0;",
        "\tunsigned int m1:1;",
    ]
    assert "m3 __attribute__((packed, aligned(64)))" in text


def test_an_architecture_without_a_compiler_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.layout.compiled.shutil.which", lambda _name: None)
    with pytest.raises(LayoutError, match="no compiler for mips64el here; install mips64el"):
        find_compiler(ARCHITECTURES["mips64el"])
    with pytest.raises(LayoutError, match="there is no compiler 'nosuch-cc'"):
        find_compiler(ARCHITECTURES["x86_64"], "nosuch-cc")


def test_a_compiler_that_fails_is_one_line() -> None:
    with pytest.raises(LayoutError, match="--exact: ") as caught:
        compiled(analysis("x86_64-tinyconfig"), "uint", "end", "false")
    assert "\n" not in str(caught.value)
