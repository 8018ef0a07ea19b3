from __future__ import annotations

import struct
import time

import pytest

from core.errors import LayoutError
from core.layout.model import KernelLayout
from core.layout.sources.vmlinuz import find_btf, looks_like_vmlinuz, vmlinuz_kernel
from tests.core.layout.made import (
    BTF,
    PACKERS,
    bzimage,
    elf,
    memory_image,
    vmlinux,
    zboot,
)

VMLINUX = vmlinux()
ARM64_BYTES, X86_BYTES = 3776, 7296


def opened(data: bytes) -> KernelLayout:
    return vmlinuz_kernel(data, name="vmlinuz", where="boot/vmlinuz").layout()


@pytest.mark.parametrize("title", [*PACKERS, "raw"])
def test_a_bzimage_of_every_compression(title: str) -> None:
    payload = VMLINUX if title == "raw" else PACKERS[title](VMLINUX)
    if title not in ("gzip", "raw"):  # the kernel's build appends the size (scripts/Makefile.lib)
        payload += len(VMLINUX).to_bytes(4, "little")
    data = bzimage(payload)
    assert looks_like_vmlinuz(data)
    layout = opened(data)
    assert (layout.kernel, layout.arch, layout.kind) == ("6.1.192-boot", "x86_64", "vmlinuz")
    assert layout.struct.size_bytes == X86_BYTES


@pytest.mark.parametrize("title", ["gzip", "xz", "zstd", "legacy lz4", "lzma", "bzip2"])
def test_a_kernel_that_nothing_points_to_is_looked_for(title: str) -> None:
    packed = PACKERS[title](VMLINUX)
    initramfs = PACKERS["gzip"](b"070701 no kernel" * 999)
    layout = opened(b"\x1f\x8b\x08 not gzip" + b"\x7f" * 1000 + initramfs + packed + b"\x55" * 5000)
    assert layout.struct.size_bytes == X86_BYTES
    assert layout.kernel == "6.1.192-made"


def test_images_of_arm64_and_riscv() -> None:
    plain = memory_image("arm64-defconfig")
    for data in (plain, zboot(PACKERS["gzip"](plain)), zboot(plain)):
        assert looks_like_vmlinuz(data)
        layout = opened(data)
        assert (layout.arch, layout.kernel) == ("arm64", "6.1.192-made")
        assert layout.struct.size_bytes == ARM64_BYTES
    assert opened(memory_image("riscv64-defconfig-k6.12", b"RSC\x05")).arch == "riscv64"


def test_a_big_endian_memory_image() -> None:
    layout = opened(PACKERS["gzip"](memory_image("s390x-debian-s390x", b"")))
    assert layout.big_endian
    assert layout.arch == ""


def test_the_larger_of_two_btfs_is_the_kernels() -> None:
    small, large = (
        (BTF / f"{name}.btf").read_bytes() for name in ("x86_64-tinyconfig", "arm-rand1")
    )
    for data in (small + large, large + small):
        assert find_btf(bytes(77) + data) == large
    assert find_btf(bytes(1000)) is None
    assert find_btf(b"\x9f\xeb\x01\0") is None


def test_a_newer_header_with_a_layout_section() -> None:
    blob = (BTF / "x86_64-tinyconfig.btf").read_bytes()
    magic, _, *numbers = struct.unpack_from("<II4I", blob)
    newer = (
        struct.pack("<II6I", magic, 32, *numbers, numbers[2] + numbers[3], 8) + blob[24:] + bytes(8)
    )
    assert find_btf(bytes(100) + newer + bytes(50)) == newer


def test_a_payload_outside_the_file() -> None:
    data = bzimage(PACKERS["gzip"](VMLINUX))
    with pytest.raises(
        LayoutError, match=r"boot/vmlinuz: cut short: the setup header says .* copy"
    ):
        opened(data[: len(data) // 2])
    with pytest.raises(LayoutError, match="cut short: the zboot header"):
        opened(zboot(PACKERS["gzip"](VMLINUX))[:5000])


@pytest.mark.parametrize("title", PACKERS)
def test_a_damaged_payload_is_one_error(title: str) -> None:
    payload = bytearray(PACKERS[title](VMLINUX))
    payload[len(payload) // 2 : len(payload) // 2 + 200] = b"\x33" * 200
    with pytest.raises(LayoutError, match=rf"boot/vmlinuz: the {title} data are damaged"):
        opened(bzimage(bytes(payload)))


def test_a_kernel_without_btf_says_what_to_do() -> None:
    with pytest.raises(LayoutError, match="CONFIG_DEBUG_INFO_BTF=y"):
        opened(bzimage(PACKERS["gzip"](elf({".text": bytes(100)}))))
    with pytest.raises(LayoutError, match=r"no BTF in this kernel image.*CONFIG_DEBUG_INFO_BTF=y"):
        opened(b"MZ" + bytes(100_000))


def test_a_file_full_of_false_beginnings_takes_no_time() -> None:
    started = time.process_time()
    beginnings = (
        b"\x9f\xeb\x01\0",
        b"\x1f\x8b\x08",
        b"BZh91AY&SY",
        b"\x02\x21\x4c\x18",
        b"\xfd7zXZ\0",
    )
    for begin in beginnings:
        with pytest.raises(LayoutError):
            opened(b"MZ" + begin * (1_000_000 // len(begin)))
    assert time.process_time() - started < 10
