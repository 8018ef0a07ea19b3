from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import LayoutError
from core.layout.analysis import Question, analyse, assumptions
from core.layout.arch import ARCHITECTURES, architecture, told_by
from core.layout.model import KernelLayout, StructLayout
from core.layout.report import report
from core.layout.source_analysis import analyse_source, shuffling_config
from tests.core.layout import made
from tests.core.layout.kernels import DATA, analysis, btf_kernel, plain, struct_of

BTF = DATA / "btf"


class OneStruct:
    """A kernel that has one struct."""

    def __init__(self, layout: KernelLayout) -> None:
        self._layout = layout

    def layout(self, struct: str = "task_struct") -> KernelLayout:
        return self._layout

    def find(self, struct: str) -> StructLayout | None:
        return self._layout.struct if struct == self._layout.struct.name else None

    def size_and_align(self, typedef: str) -> tuple[int, int] | None:
        return None

    def struct_names(self) -> tuple[str, ...]:
        return (self._layout.struct.name,)


def test_architectures_have_other_names_too() -> None:
    assert architecture("aarch64") is ARCHITECTURES["arm64"]
    assert architecture("i686") is ARCHITECTURES["i386"]
    with pytest.raises(LayoutError, match="no architecture 'x86_65'; did you mean x86_64"):
        architecture("x86_65")


def test_every_architecture_of_the_contract_is_known() -> None:
    assert set(ARCHITECTURES) == {
        "x86_64", "i386", "arm", "armeb", "arm64", "aarch64_be", "riscv32", "riscv64", "ppc64le",
        "ppc64", "s390x", "mips", "mips64el",
    }  # fmt: skip


def test_an_architecture_is_not_guessed_against_the_byte_order() -> None:
    kernel = btf_kernel("x86_64-tinyconfig")
    assert told_by(kernel, "little", 8) == "x86_64"
    assert told_by(kernel, "little", 4) == "i386"
    assert told_by(kernel, "big", 8) == ""


def test_a_kernel_of_an_unknown_architecture_is_looked_at_all_the_same() -> None:
    layout = struct_of(plain("a", 0), plain("thread", 64, 64))
    found = analyse(OneStruct(layout), Question())
    assert found.machine.arch.name == ""
    assert "architecture unknown" in assumptions(found)
    assert found.ask("uint", "after:a").what_if.growth.best == 0


def test_every_pointer_of_the_report_leads_somewhere() -> None:
    found = analysis("s390x-debian-s390x")
    told = report(found, found.ask("bit2"), found.compare())
    assert told["source"]["endian"] == "big"
    assert told["field"]["bit_offset"] == 10
    moved = {one["member"]: one["to_bit"] - one["from_bit"] for one in told["moved"]}
    assert set(moved.values()) == {2}
    names = [member["name"] for member in told["member_list"]]
    assert set(moved) <= set(names)
    assert told["cache_line_bytes"] == 256
    assert told["in_page_owner"] is None


def test_a_configuration_is_found_beside_the_kernel(tmp_path: Path) -> None:
    kernel = tmp_path / "vmlinux-6.1"
    kernel.write_bytes((BTF / "x86_64-tinyconfig.btf").read_bytes())
    assert shuffling_config(str(kernel)) == ""
    config = tmp_path / "config-6.1"
    config.write_text("# CONFIG_RANDSTRUCT is not set\nCONFIG_SLUB=y\n")
    assert shuffling_config(str(kernel)) == ""
    config.write_text("CONFIG_GCC_PLUGIN_RANDSTRUCT=y\n")
    assert shuffling_config(str(kernel)) == str(config)
    found = analyse_source(str(kernel), Question())
    with pytest.raises(LayoutError, match="has CONFIG_RANDSTRUCT"):
        found.ask("uint")
    assert shuffling_config("debian-6.1-amd64") == ""


def test_a_configuration_is_found_inside_the_kernel(tmp_path: Path) -> None:
    config = made.PACKERS["gzip"](b"CONFIG_RANDSTRUCT=y\n")
    btf = (BTF / "x86_64-tinyconfig.btf").read_bytes()
    kernel = tmp_path / "vmlinux"
    kernel.write_bytes(made.elf({".BTF": btf, ".rodata": b"IKCFG_ST" + config + b"IKCFG_ED"}))
    assert shuffling_config(str(kernel)) == f"{kernel}: IKCONFIG"
    with pytest.raises(LayoutError, match="IKCONFIG has CONFIG_RANDSTRUCT"):
        analyse_source(str(kernel), Question()).ask("uint")


def test_members_that_overlap_are_lies() -> None:
    layout = struct_of(plain("a", 0, 8), plain("b", 4, 8), plain("thread", 64, 64))
    with pytest.raises(
        LayoutError, match="made-up: struct task_struct: members, holes and padding"
    ):
        analyse(OneStruct(layout), Question())
