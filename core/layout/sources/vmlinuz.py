"""The kernel in a vmlinuz, an Image or a zImage: what a boot loader starts.

The boot code says where the compressed kernel is (x86, EFI zboot) or it is looked for by what
compressed data begin with. Inside is an ELF file, or the bare memory image of one, in which the
BTF is found by its header.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from core.errors import LayoutError
from core.layout.model import KernelTypes
from core.layout.sources.btf_header import HEADER_BYTES, LAYOUT_HEADER_BYTES
from core.layout.sources.elf import ELF_MAGIC, elf_kernel, found_release
from core.layout.sources.facts import Facts
from core.layout.sources.packed import (
    MAGICS,
    Data,
    limit_bytes,
    packing,
    salvaged,
    unpacked_as,
)

HEAD_BYTES = 0x250
"""As much of a file as ``looks_like_vmlinuz`` wants to see."""

_SECTOR_BYTES = 512
_IMAGES = {b"ARM\x64": "arm64", b"RSC\x05": "riscv64"}
"""At byte 0x38 (Documentation/arm64/booting.rst, Documentation/riscv/boot-image-header.rst)."""

_ZBOOT = b"zimg"
# One expression for each: a plain prefix is looked for ten times as fast as a choice of them.
_BTFS = (re.compile(rb"\x9f\xeb\x01"), re.compile(rb"\xeb\x9f\x01"))

_MOST_PAYLOADS = 64
"""Compressed data in a kernel file: the kernel, its configuration, an initramfs, a few modules."""

_MOST_CANDIDATES = 100_000
"""Places in a memory image that begin as BTF does: a real one has a handful."""

_SMALLEST_BTF_BYTES = 4096
"""Far below a kernel's; the test programs of bpf in an image are smaller."""


@dataclass(frozen=True, slots=True)
class Image:
    """A kernel as it lies in memory, or as an ELF file.

    Attributes:
        data: Its bytes, no longer compressed.
        arch: Architecture, where the boot code tells it.
        release: Release, where the boot code or the banner tells it.
    """

    data: Data
    arch: str = ""
    release: str = ""


def looks_like_vmlinuz(head: Data) -> bool:
    """Return whether a file begins like one of the kernels that boot loaders know.

    Args:
        head: The first ``HEAD_BYTES``, or fewer where there are no more.
    """
    begin = bytes(head[:HEAD_BYTES])
    is_x86 = begin[0x202:0x206] == b"HdrS" and begin[0x1FE:0x200] == b"\x55\xaa"
    return is_x86 or begin[:2] == b"MZ" or begin[0x38:0x3C] in _IMAGES


def images(data: Data, *, name: str) -> Iterator[Image]:
    """Yield the kernel images in a file, the likeliest first.

    Args:
        data: The whole file, itself not compressed.
        name: What to call it in errors.

    Raises:
        LayoutError: The boot code leads outside the file, or the kernel it names is damaged.
    """
    data = memoryview(data)  # slices of bytes would be copies
    begin = bytes(data[:HEAD_BYTES])
    if begin.startswith(ELF_MAGIC):
        yield Image(data, release=found_release(data))
        return
    if begin[0x202:0x206] == b"HdrS":
        yield from _x86(data, begin, name)
    elif begin[4:8] == _ZBOOT and begin[:2] == b"MZ":
        yield _zboot(data, begin, name)
    arch = _IMAGES.get(begin[0x38:0x3C], "")
    yield Image(data, arch, found_release(data))
    for plain in _found_payloads(data, name):
        inner_arch = _IMAGES.get(bytes(plain[0x38:0x3C]), arch)
        yield Image(plain, inner_arch, found_release(plain))


def vmlinuz_kernel(
    data: Data,
    *,
    name: str,
    label: str = "",
    kernel: str = "",
    arch: str = "",
    where: str = "",
) -> KernelTypes:
    """Return the structs of the kernel in a vmlinuz, an Image or a zImage.

    Args:
        data: The whole file.
        name: Short name of the layouts.
        label: Name for people, ``name`` where empty.
        kernel: Release; where empty, what the file tells.
        arch: Architecture; where empty, what the file tells.
        where: What errors begin with, ``name`` where empty.

    Raises:
        LayoutError: There is no kernel in it, or none with BTF.
    """
    from core.layout.sources.btf import BtfKernel

    where = where or name
    first_error: LayoutError | None = None
    for image in images(data, name=where):
        facts = Facts(
            name=name,
            label=label or name,
            kernel=kernel or image.release,
            arch=arch or image.arch,
            where=where,
        )
        try:
            if image.data[:4] == ELF_MAGIC:
                return elf_kernel(image.data, kind="vmlinuz", **facts)
            blob = find_btf(image.data)
            if blob is not None:
                return BtfKernel(blob, source=f"BTF in {name}", kind="vmlinuz", **facts)
        except LayoutError as error:
            first_error = first_error or error
    if first_error is not None:
        raise first_error
    raise LayoutError(
        "no BTF in this kernel image",
        where=where,
        advice="give a kernel that was built with CONFIG_DEBUG_INFO_BTF=y, or its vmlinux",
    )


def find_btf(data: Data) -> bytes | None:
    """Return the largest BTF in a memory image, found by its header; None where there is none.

    Of the header are checked: its length, that types come first and strings right after them, and
    that both lie inside the data.
    """
    best: tuple[int, int] = (0, 0)
    for pattern in _BTFS:
        for found in islice(pattern.finditer(data), _MOST_CANDIDATES):
            size_bytes = _btf_bytes(data, found.start())
            if size_bytes > best[1]:
                best = found.start(), size_bytes
    at, size_bytes = best
    return bytes(data[at : at + size_bytes]) if size_bytes >= _SMALLEST_BTF_BYTES else None


def _btf_bytes(data: Data, at: int) -> int:
    """Return the length of the BTF that begins at a byte, or 0 where it cannot be one."""
    if at + LAYOUT_HEADER_BYTES > len(data):
        return 0
    order = "<" if data[at] == 0x9F else ">"
    head, type_at, type_bytes, text_at, text_bytes, *layout = struct.unpack_from(
        order + "7I", data, at + 4
    )
    if head not in (HEADER_BYTES, LAYOUT_HEADER_BYTES) or type_at or text_at != type_bytes:
        return 0
    end_bytes: int = head + text_at + text_bytes
    if head == LAYOUT_HEADER_BYTES:
        end_bytes = max(end_bytes, head + sum(layout))
    starts_empty = at + head + text_at < len(data) and data[at + head + text_at] == 0
    return end_bytes if at + end_bytes <= len(data) and text_bytes and starts_empty else 0


def _x86(data: Data, begin: bytes, name: str) -> Iterator[Image]:
    """Yield the kernel of a bzImage; the fields are those of Documentation/x86/boot.rst (6.1)."""
    (version,) = struct.unpack_from("<H", begin, 0x206)
    (text_at,) = struct.unpack_from("<H", begin, 0x20E)
    release = ""
    if text_at:
        text = bytes(data[text_at + 0x200 : text_at + 0x280]).split(b"\0")[0].split(b" ")[0]
        release = text.decode("ascii", "replace") if text[:1].isdigit() else ""
    if version < 0x208 or len(begin) < HEAD_BYTES:  # before 2.6.26: to be looked for
        return
    setup_sectors = begin[0x1F1] or 4
    offset_bytes, size_bytes = struct.unpack_from("<II", begin, 0x248)
    at = (setup_sectors + 1) * _SECTOR_BYTES + offset_bytes
    yield Image(_payload(data, at, size_bytes, "the setup header", name), release=release)


def _zboot(data: Data, begin: bytes, name: str) -> Image:
    """Return the kernel of an EFI zboot image (6.1, libstub/zboot-header.S)."""
    at, size_bytes = struct.unpack_from("<II", begin, 8)
    plain = _payload(data, at, size_bytes, "the zboot header", name)
    return Image(plain, _IMAGES.get(bytes(plain[0x38:0x3C]), ""), found_release(plain))


def _payload(data: Data, at: int, size_bytes: int, header: str, name: str) -> Data:
    if at + size_bytes > len(data):
        raise LayoutError(
            f"cut short: {header} says the kernel ends at byte {at + size_bytes}, the file does at"
            f" {len(data)}",
            where=name,
            advice="copy the file again",
        )
    packed = data[at : at + size_bytes]
    title = packing(packed)
    if not title:  # CONFIG_KERNEL_UNCOMPRESSED, or a compression of the future
        return packed
    return unpacked_as(title, packed, most_bytes=limit_bytes(len(data)), name=name)


def _found_payloads(data: Data, name: str) -> Iterator[bytes]:
    """Yield what compressed data somewhere in a file unpack to; much only looks like them."""
    most_bytes = limit_bytes(len(data))
    work_bytes = 2 * most_bytes
    for at, title in _compressed_places(data):
        plain, is_whole = salvaged(title, data[at:], most_bytes=min(work_bytes, most_bytes))
        work_bytes -= len(plain)
        if is_whole:
            yield plain
        if work_bytes <= 0:
            return


def _compressed_places(data: Data) -> list[tuple[int, str]]:
    """Return where compressed data may begin, in order, with the name of their format."""
    places = []
    for title, magic in MAGICS.items():
        hits = islice(re.finditer(re.escape(magic), data), _MOST_CANDIDATES)
        real = (
            hit.start() for hit in hits if packing(data[hit.start() : hit.start() + 16]) == title
        )
        places += [(at, title) for at in islice(real, _MOST_PAYLOADS)]
    return sorted(places)[:_MOST_PAYLOADS]
