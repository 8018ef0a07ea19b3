"""Every row of the truth table: what gcc made of task_struct with a field in a place."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from core.layout.analysis import Analysis, Question, analyse
from core.layout.pahole_text import printed
from core.layout.sources.pahole import read_pahole
from tests.core.layout.kernels import Row, analysis, btf_kernel, truth_rows

FIELDS = [row for row in truth_rows() if row["variant"] != "none"]
KERNELS = [row for row in truth_rows() if row["variant"] == "none"]


@cache
def text_analysis(file_tag: str, arch: str) -> Analysis:
    """The kernel as pahole's text tells of it, which has no types of members."""
    kernel = btf_kernel(file_tag)
    text = printed(kernel.layout().struct, kernel)
    return analyse(read_pahole(text, name=file_tag, arch=arch), Question())


def label(row: Row) -> str:
    return f"{row['file_tag']}-{row['variant']}"


def split(row: Row) -> tuple[str, str]:
    field, _, place = row["variant"].partition("_")
    return field, place


def test_the_table_is_whole() -> None:
    assert (len(FIELDS), len(KERNELS)) == (218, 25)
    assert {row["arch"] for row in KERNELS} >= {
        "x86_64", "i386", "arm", "armeb", "arm64", "aarch64_be", "riscv32", "riscv64", "ppc64le",
        "s390x",
    }  # fmt: skip


@pytest.mark.parametrize("row", FIELDS, ids=label)
def test_a_field_lands_where_the_compiler_put_it_and_costs_what_it_cost(row: Row) -> None:
    found = analysis(row["file_tag"]).ask(*split(row)).what_if
    true_growth = int(row["growth_vs_none"])
    assert found.field.byte_offset == int(row["member_byte_offset"])
    assert found.field.bit_offset == int(row["member_bit_offset"])
    assert found.field.size_bits == int(row["bit_size"])
    assert found.field.cache_line == int(row["cacheline_of_member_l1"])
    assert found.growth.min <= true_growth <= found.growth.max
    assert found.growth.best == true_growth
    assert found.sizeof_after.best == int(row["sizeof_task_struct"])
    if found.growth.exact:
        assert found.growth.min == true_growth


@pytest.mark.parametrize("row", FIELDS, ids=label)
def test_with_the_alignment_given_the_answer_is_exact(row: Row) -> None:
    given = Question(align_bytes=int(row["struct_align"]))
    growth = analysis(row["file_tag"], given).ask(*split(row)).what_if.growth
    assert (growth.min, growth.max, growth.best) == (int(row["growth_vs_none"]),) * 3


@pytest.mark.parametrize("row", KERNELS, ids=lambda row: row["file_tag"])
def test_architecture_and_alignment_are_read_off_the_types(row: Row) -> None:
    found = analysis(row["file_tag"])
    assert found.machine.arch.name == row["arch"]
    assert found.align.best == int(row["struct_align"])
    assert found.align.min <= int(row["struct_align"]) <= found.align.max
    assert found.rules.line_bytes == int(row["l1_cache_bytes"])


def test_most_answers_are_a_single_value_and_none_is_wide() -> None:
    single = Counter[bool]()
    for row in FIELDS:
        found = analysis(row["file_tag"])
        growth = found.ask(*split(row)).what_if.growth
        single[growth.exact] += 1
        assert growth.max - growth.min <= found.align.max, label(row)
    assert single[True] / single.total() >= 0.95, single


@pytest.mark.parametrize("row", FIELDS, ids=label)
def test_pasted_text_gives_the_same_answer(row: Row) -> None:
    found = text_analysis(row["file_tag"], row["arch"]).ask(*split(row)).what_if
    true_growth = int(row["growth_vs_none"])
    assert found.field.byte_offset == int(row["member_byte_offset"])
    assert found.field.bit_offset == int(row["member_bit_offset"])
    assert found.growth.min <= true_growth <= found.growth.max
    assert found.growth.best == true_growth
