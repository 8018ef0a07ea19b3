"""Real kernels and made-up structs for the tests of layouts."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from core.layout.analysis import Analysis, Question, analyse
from core.layout.model import Endian, KernelLayout, Member, StructLayout
from core.layout.sources.btf import BtfKernel

DATA = Path(__file__).parents[2] / "data"
Row = dict[str, str]


def truth_rows() -> list[Row]:
    """What gcc made of task_struct: a row for each kernel and field."""
    with (DATA / "layout_truth.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def btf_kernel(file_tag: str) -> BtfKernel:
    return BtfKernel((DATA / "btf" / f"{file_tag}.btf").read_bytes(), name=file_tag)


@cache
def analysis(file_tag: str, question: Question | None = None) -> Analysis:
    return analyse(btf_kernel(file_tag), question or Question())


def struct_of(
    *members: Member, size_bytes: int = 128, name: str = "task_struct", endian: Endian = "little"
) -> KernelLayout:
    struct = StructLayout(name, size_bytes, members, endian)
    return KernelLayout("made-up", "made up", "", "", "test", struct)


def plain(name: str, offset_bytes: int, size_bytes: int = 4) -> Member:
    size_bits = size_bytes * 8
    return Member(name, "int", offset_bytes * 8, size_bits, False, min(size_bytes, 8), size_bytes)


def bits(name: str, offset_bits: int, size_bits: int = 1) -> Member:
    return Member(name, "unsigned int", offset_bits, size_bits, True, 4, 4)
