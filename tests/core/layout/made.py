"""Kernel files made for tests: an ELF file, a bzImage, an EFI zboot image, and compressed data."""

from __future__ import annotations

import bz2
import gzip
import lzma
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import lz4.block
import lz4.frame
import zstandard

BTF = Path(__file__).parents[2] / "data" / "btf"
BANNER = b"Linux version 6.1.192-made (somebody@somewhere) (gcc) #1 SMP\n\0"


def lz4_legacy(data: bytes) -> bytes:
    blocks = b""
    for at in range(0, len(data), 8 << 20):
        block = lz4.block.compress(data[at : at + (8 << 20)], store_size=False)
        blocks += struct.pack("<I", len(block)) + block
    return b"\x02\x21\x4c\x18" + blocks


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    # Without the time of day: what tests are named after must be the same in every process.
    "gzip": lambda data: gzip.compress(data, mtime=0),
    # A better preset takes 100 MB to write the first byte.
    "xz": lambda data: lzma.compress(data, preset=0),
    "zstd": lambda data: zstandard.ZstdCompressor(write_checksum=True).compress(data),
    "bzip2": bz2.compress,
    "lz4": lambda data: lz4.frame.compress(data, content_checksum=True),
    "legacy lz4": lz4_legacy,
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE, preset=0),
}


def elf(
    sections: dict[str, bytes],
    *,
    machine: int = 62,
    address_bytes: int = 8,
    endian: Literal["little", "big"] = "little",
    flags: dict[str, int] | None = None,
) -> bytes:
    """Return an ELF executable of these sections."""
    order, wide = "<" if endian == "little" else ">", address_bytes == 8
    names = b"\0" + b"".join(name.encode() + b"\0" for name in (*sections, ".shstrtab"))
    contents = {**sections, ".shstrtab": names}
    head_bytes = 64 if wide else 52
    body, headers = b"", [(0,) * 10]
    for name, data in contents.items():
        name_at = names.index(b"\0" + name.encode() + b"\0") + 1
        flag = (flags or {}).get(name, 0)
        headers.append((name_at, 1, flag, 0, head_bytes + len(body), len(data), 0, 0, 1, 0))
        body += data
    form = order + ("IIQQQQIIQQ" if wide else "10I")
    table = b"".join(struct.pack(form, *header) for header in headers)
    ident = b"\x7fELF" + bytes((2 if wide else 1, 1 if endian == "little" else 2, 1)) + bytes(9)
    address = "Q" if wide else "I"
    numbers = (2, machine, 1, 0, 0, head_bytes + len(body), 0, head_bytes, 0, 0)
    tail = (struct.calcsize(form), len(headers), len(headers) - 1)
    head = struct.pack(order + "HHI" + address * 3 + "IHHH" + "HHH", *numbers, *tail)
    return ident + head + body + table


def vmlinux(btf_name: str = "x86_64-defconfig", **options: object) -> bytes:
    sections = {".rodata": b"\1" * 99 + BANNER, ".BTF": (BTF / f"{btf_name}.btf").read_bytes()}
    return elf(sections, **options)  # type: ignore[arg-type]


def bzimage(payload: bytes, *, release: bytes = b"6.1.192-boot") -> bytes:
    """Return an x86 boot image: a setup part of two sectors, and the payload 64 bytes after it."""
    setup = bytearray(3 * 512)
    setup[0x1F1] = 2
    setup[0x1FE:0x200] = b"\x55\xaa"
    setup[0x202:0x206] = b"HdrS"
    struct.pack_into("<H", setup, 0x206, 0x20F)
    struct.pack_into("<H", setup, 0x20E, 0x300 - 0x200)
    text = release + b" (root@build) #1 SMP\0"
    setup[0x300 : 0x300 + len(text)] = text
    struct.pack_into("<II", setup, 0x248, 64, len(payload))
    return bytes(setup) + b"\x90" * 64 + payload + b"\xcc" * 100


def memory_image(btf_name: str, magic: bytes = b"ARM\x64") -> bytes:
    """Return an Image of arm64 or riscv: code and data as they lie in memory."""
    head = bytearray(0x40)
    head[0x38 : 0x38 + len(magic)] = magic
    # What begins as BTF does, but is none, must not be taken for it.
    decoy = b"\x9f\xeb\x01\0" + struct.pack("<5I", 24, 0, 1 << 30, 1 << 30, 100) + b"\x9f\xeb\x01"
    btf = (BTF / f"{btf_name}.btf").read_bytes()
    return bytes(head) + b"\x1f\x20\x03\xd5" * 5000 + BANNER + decoy + btf + bytes(30_000)


def zboot(payload: bytes) -> bytes:
    head = b"MZ\0\0zimg" + struct.pack("<II", 0x100, len(payload)) + bytes(8) + b"gzip"
    return head.ljust(0x100, b"\0") + payload + b"\xcc" * 10
