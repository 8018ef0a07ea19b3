"""One question asked of many kernels."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.layout import library
from core.layout.analysis import Question, analyse
from core.layout.field import GUARD_FIELDS
from core.layout.survey import kernels_at_hand, survey, survey_row

BTF = Path(__file__).parents[2] / "data" / "btf"
DEBIAN = "debian-6.1-amd64"
PAYS = BTF / "arm64-rand1.btf"
"""A configuration whose v1 place has no hole: an unsigned int costs a whole line there."""


def test_every_bundled_kernel_has_a_row() -> None:
    rows = survey(library.bundled())
    assert [row.name for row in rows] == list(library.bundled())
    assert not any(row.problem for row in rows)
    assert all(tuple(cost.field for cost in row.costs) == GUARD_FIELDS for row in rows)


@pytest.mark.parametrize("source", [DEBIAN, str(PAYS), str(BTF / "s390x-debian-s390x.btf")])
def test_a_row_says_what_the_analysis_says(source: str) -> None:
    row = survey_row(source)
    analysis = analyse(library.open_kernel(source), Question())
    assert row.sizeof == analysis.layout.struct.size_bytes
    assert (row.holes, row.sum_holes) == (
        len(analysis.holes.holes), analysis.holes.sum_holes_bytes,
    )  # fmt: skip
    assert row.bytes_per_task == analysis.before.bytes_per_task
    assert row.growth_left == analysis.before.growth_left
    assert (row.kernel, row.arch) == (analysis.layout.kernel, analysis.layout.arch)
    for cost, answer in zip(row.costs, analysis.compare(), strict=True):
        assert cost.growth == answer.what_if.growth
        assert cost.sizeof_after == answer.what_if.sizeof_after
        assert cost.bytes_per_task == answer.after.bytes_per_task


def test_debian_6_1_costs_nothing_and_stands_on_the_edge() -> None:
    # Measured on Debian's 6.1 amd64 with 832 bytes of register state: five objects of 6,528.
    row = survey_row(DEBIAN)
    assert (row.sizeof, row.objects, row.bytes_per_task, row.growth_left) == (9792, 5, 6554, 0)
    assert [cost.growth.best for cost in row.costs if cost.growth is not None] == [0, 0, 0]


def test_a_line_that_is_paid_for_shows() -> None:
    row = survey_row(PAYS)
    uint, bit1 = row.cost("uint"), row.cost("bit1")
    assert uint is not None
    assert bit1 is not None
    assert uint.growth is not None
    assert uint.growth.best == 64
    assert bit1.growth is not None
    assert bit1.growth.best == 0


def test_a_bad_file_stops_nothing(tmp_path: Path) -> None:
    bad = tmp_path / "broken.btf"
    bad.write_bytes(b"\x9f\xeb\x01\x00 and then nothing that makes sense")
    rows = survey([bad, DEBIAN, tmp_path / "missing"])
    assert [bool(row.problem) for row in rows] == [True, False, True]
    assert rows[0].label == "broken.btf"
    assert "\n" not in rows[0].problem
    assert rows[0].cost("uint") is None


def test_a_shuffled_kernel_predicts_nothing(tmp_path: Path) -> None:
    kernel = tmp_path / "vmlinux"
    kernel.write_bytes(PAYS.read_bytes())
    (tmp_path / ".config").write_text("CONFIG_RANDSTRUCT=y\n")
    row = survey_row(kernel)
    assert row.sizeof
    assert not row.problem
    assert all("RANDSTRUCT" in cost.problem for cost in row.costs)


def test_a_field_that_is_none_is_a_problem_of_that_field() -> None:
    row = survey_row(DEBIAN, ("bit1", "no such thing at all"))
    assert not row.problem
    assert [bool(cost.problem) for cost in row.costs] == [False, True]


def test_one_field_may_be_given_by_itself() -> None:
    (row,) = survey([DEBIAN], "unsigned long x")
    assert [cost.field for cost in row.costs] == ["unsigned long x"]


def test_what_is_said_about_the_machine_counts() -> None:
    few = survey_row(DEBIAN, question=Question(xstate_bytes=2432))
    # The same kernel on a CPU with AVX-512: objects of 8,128, four in an order-3 slab.
    assert (few.objects, few.growth_left) == (4, 64)


def test_this_machine_is_offered_only_with_btf(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(library, "THIS_MACHINE_BTF", tmp_path / "vmlinux")
    assert kernels_at_hand() == library.bundled()
    (tmp_path / "vmlinux").write_bytes(b"")
    assert kernels_at_hand() == (*library.bundled(), library.THIS_MACHINE)
