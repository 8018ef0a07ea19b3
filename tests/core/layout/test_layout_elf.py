from __future__ import annotations

import struct
import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LayoutError
from core.layout.sources.elf import Elf, elf_kernel
from tests.core.layout.made import BANNER, BTF, elf, vmlinux
from tests.examples import examples

BLOB = (BTF / "x86_64-defconfig.btf").read_bytes()
VMLINUX = vmlinux()
COMPRESSED = 0x800


@pytest.mark.parametrize(
    ("machine", "address_bytes", "endian", "arch"),
    [
        (62, 8, "little", "x86_64"),
        (3, 4, "little", "i386"),
        (40, 4, "little", "arm"),
        (40, 4, "big", "armeb"),
        (183, 8, "little", "arm64"),
        (183, 8, "big", "aarch64_be"),
        (243, 4, "little", "riscv32"),
        (243, 8, "little", "riscv64"),
        (21, 8, "little", "ppc64le"),
        (21, 8, "big", "ppc64"),
        (22, 8, "big", "s390x"),
        (8, 4, "big", "mips"),
        (8, 8, "little", "mips64el"),
        (9999, 8, "little", ""),
    ],
)
def test_architecture_byte_order_and_sections(
    machine: int, address_bytes: int, endian: str, arch: str
) -> None:
    data = elf({".BTF": BLOB}, machine=machine, address_bytes=address_bytes, endian=endian)  # type: ignore[arg-type]
    read = Elf(data, where="x")
    assert (read.arch, read.address_bytes, read.endian) == (arch, address_bytes, endian)
    section = read.find(".BTF")
    assert section is not None
    assert read.bytes_of(section) == BLOB
    assert read.find(".debug_info") is None


def test_the_btf_of_a_vmlinux_with_release_and_architecture() -> None:
    layout = elf_kernel(VMLINUX, name="vmlinux").layout()
    assert (layout.kernel, layout.arch, layout.kind) == ("6.1.192-made", "x86_64", "elf")
    assert layout.struct.size_bytes == 7296
    assert layout.source == "BTF in vmlinux"


def test_what_the_caller_knows_goes_first() -> None:
    layout = elf_kernel(VMLINUX, name="x", label="L", kernel="6.2", arch="um").layout()
    assert (layout.label, layout.kernel, layout.arch) == ("L", "6.2", "um")


@pytest.mark.parametrize("kind", [1, 2])
def test_a_compressed_section(kind: int) -> None:
    packed = zlib.compress(BLOB) if kind == 1 else zstandard.ZstdCompressor().compress(BLOB)
    data = struct.pack("<IIQQ", kind, 0, len(BLOB), 1) + packed
    layout = elf_kernel(elf({".BTF": data}, flags={".BTF": COMPRESSED}), name="x").layout()
    assert layout.struct.size_bytes == 7296
    with pytest.raises(LayoutError, match=r"\.BTF: the .* data are damaged"):
        elf_kernel(elf({".BTF": data[:-90]}, flags={".BTF": COMPRESSED}), name="x")


def test_an_unknown_compression_and_one_without_a_header() -> None:
    for data in (struct.pack("<IIQQ", 9, 0, 1, 1), b"abc"):
        with pytest.raises(LayoutError, match="compressed"):
            elf_kernel(elf({".BTF": data}, flags={".BTF": COMPRESSED}), name="x")


def test_no_btf_and_no_debug_information() -> None:
    with pytest.raises(LayoutError, match=r"neither BTF.*CONFIG_DEBUG_INFO_BTF=y") as got:
        elf_kernel(elf({".text": b"abc"}), name="n", where="dir/vmlinux")
    assert str(got.value).startswith("dir/vmlinux: ")
    assert "\n" not in str(got.value)


def test_a_modules_btf_is_refused() -> None:
    strings_at = 24 + struct.unpack_from("<I", BLOB, 16)[0]
    split = BLOB[:strings_at] + b"x" + BLOB[strings_at + 1 :]
    with pytest.raises(LayoutError, match="split BTF of a module"):
        elf_kernel(elf({".BTF": split}), name="x").layout()


def test_the_release_of_a_module_and_of_nothing() -> None:
    module = elf({".modinfo": b"license=GPL\0vermagic=6.1.0-44-amd64 SMP preempt\0"})
    assert Elf(module, where="x").release() == "6.1.0-44-amd64"
    assert Elf(elf({".rodata": b"Linux version %s (nobody)"}), where="x").release() == ""
    assert Elf(elf({".data": BANNER}), where="x").release() == ""


@pytest.mark.parametrize(
    ("at", "form", "value", "complaint"),
    [
        (40, "<Q", 1 << 40, "section headers at byte .* end outside|lies outside"),
        (60, "<H", 0xFFF0, "65520 section headers"),
        (62, "<H", 77, "section names are in section 77 of 4"),
        (58, "<H", 3, "a section header of 3 bytes"),
        (4, "<B", 7, "no ELF header"),
        (5, "<B", 0, "no ELF header"),
    ],
)
def test_lying_headers_are_located(at: int, form: str, value: int, complaint: str) -> None:
    data = bytearray(VMLINUX)
    struct.pack_into(form, data, at, value)
    with pytest.raises(
        LayoutError, match=rf"^dir/vmlinux: the ELF file is damaged: .*({complaint})"
    ):
        elf_kernel(bytes(data), name="x", where="dir/vmlinux")


def test_a_section_that_ends_outside_the_file() -> None:
    with pytest.raises(LayoutError, match=r"damaged: .*ends? .*(outside|the file at)"):
        elf_kernel(VMLINUX[:-300], name="x")


@examples(75)
@given(st.lists(st.tuples(st.integers(0, 2**31), st.integers(0, 255)), max_size=12), st.booleans())
def test_no_damage_gets_through(changes: list[tuple[int, int]], in_headers: bool) -> None:
    data = bytearray(VMLINUX)
    for at, byte in changes:
        place = at % 64 if in_headers else len(data) - 1 - at % 320
        data[place] = byte
    try:
        elf_kernel(bytes(data), name="x").layout()
    except LayoutError as error:
        assert str(error)
