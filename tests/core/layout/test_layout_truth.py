"""Every row of the truth table: what gcc made of task_struct with a field in a place."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from core.layout.analysis import Analysis, Question, analyse
from core.layout.pahole_text import printed
from core.layout.sources.pahole import read_pahole
from core.layout.what_if import WhatIf
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


def what_if(found: Analysis, row: Row) -> WhatIf:
    field, _, place = row["variant"].partition("_")
    return found.ask(field, place).what_if


@cache
def answers(file_tag: str) -> list[tuple[Row, WhatIf]]:
    """Each field that gcc was given in a kernel, and what is said of it."""
    rows = [row for row in FIELDS if row["file_tag"] == file_tag]
    return [(row, what_if(analysis(file_tag), row)) for row in rows]


each_kernel = pytest.mark.parametrize("kernel", KERNELS, ids=lambda row: row["file_tag"])


def test_the_table_is_whole() -> None:
    assert (len(FIELDS), len(KERNELS)) == (218, 25)
    assert sum(len(answers(row["file_tag"])) for row in KERNELS) == 218
    assert {row["arch"] for row in KERNELS} >= {
        "x86_64", "i386", "arm", "armeb", "arm64", "aarch64_be", "riscv32", "riscv64", "ppc64le",
        "s390x",
    }  # fmt: skip


@each_kernel
def test_a_field_lands_where_the_compiler_put_it_and_costs_what_it_cost(kernel: Row) -> None:
    for row, found in answers(kernel["file_tag"]):
        where, true_growth = label(row), int(row["growth_vs_none"])
        assert found.field.byte_offset == int(row["member_byte_offset"]), where
        assert found.field.bit_offset == int(row["member_bit_offset"]), where
        assert found.field.size_bits == int(row["bit_size"]), where
        assert found.field.cache_line == int(row["cacheline_of_member_l1"]), where
        assert found.growth.min <= true_growth <= found.growth.max, where
        assert found.growth.best == true_growth, where
        assert found.sizeof_after.best == int(row["sizeof_task_struct"]), where
        if found.growth.exact:
            assert found.growth.min == true_growth, where


@each_kernel
def test_with_the_alignment_given_the_answer_is_exact(kernel: Row) -> None:
    for row, _ in answers(kernel["file_tag"]):
        given = Question(align_bytes=int(row["struct_align"]))
        growth = what_if(analysis(row["file_tag"], given), row).growth
        true_growth = int(row["growth_vs_none"])
        assert (growth.min, growth.max, growth.best) == (true_growth,) * 3, label(row)


@each_kernel
def test_architecture_and_alignment_are_read_off_the_types(kernel: Row) -> None:
    found = analysis(kernel["file_tag"])
    assert found.machine.arch.name == kernel["arch"]
    assert found.align.best == int(kernel["struct_align"])
    assert found.align.min <= int(kernel["struct_align"]) <= found.align.max
    assert found.rules.line_bytes == int(kernel["l1_cache_bytes"])


def test_most_answers_are_a_single_value_and_none_is_wide() -> None:
    single = Counter[bool]()
    for kernel in KERNELS:
        widest = analysis(kernel["file_tag"]).align.max
        for row, found in answers(kernel["file_tag"]):
            single[found.growth.exact] += 1
            assert found.growth.max - found.growth.min <= widest, label(row)
    assert single[True] / single.total() >= 0.95, single


@each_kernel
def test_pasted_text_gives_the_same_answer(kernel: Row) -> None:
    pasted = text_analysis(kernel["file_tag"], kernel["arch"])
    for row, _ in answers(kernel["file_tag"]):
        found, true_growth = what_if(pasted, row), int(row["growth_vs_none"])
        assert found.field.byte_offset == int(row["member_byte_offset"]), label(row)
        assert found.field.bit_offset == int(row["member_bit_offset"]), label(row)
        assert found.growth.min <= true_growth <= found.growth.max, label(row)
        assert found.growth.best == true_growth, label(row)
