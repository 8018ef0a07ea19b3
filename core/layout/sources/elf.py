"""Sections of an ELF file (a vmlinux, a module, an object file), and the kernel in it.

Only headers are read, and of sections what is asked for: a vmlinux with debug information has
hundreds of megabytes. Format: the System V ABI, chapter 4.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from core.errors import LayoutError
from core.layout.model import Endian, KernelTypes, SourceKind
from core.layout.sources.facts import Facts
from core.layout.sources.packed import limit_bytes, unpacked_as

ELF_MAGIC = b"\x7fELF"

_ARCHES: dict[tuple[int, int, Endian], str] = {
    (3, 4, "little"): "i386",
    (8, 4, "big"): "mips",
    (8, 4, "little"): "mipsel",
    (8, 8, "big"): "mips64",
    (8, 8, "little"): "mips64el",
    (20, 4, "big"): "ppc",
    (21, 8, "big"): "ppc64",
    (21, 8, "little"): "ppc64le",
    (22, 8, "big"): "s390x",
    (40, 4, "little"): "arm",
    (40, 4, "big"): "armeb",
    (50, 8, "little"): "ia64",
    (62, 8, "little"): "x86_64",
    (183, 8, "little"): "arm64",
    (183, 8, "big"): "aarch64_be",
    (243, 4, "little"): "riscv32",
    (243, 8, "little"): "riscv64",
    (258, 8, "little"): "loongarch64",
}
"""e_machine (include/uapi/linux/elf-em.h), bytes of an address, byte order."""

_NO_BITS = 8
_COMPRESSED = 0x800
_RELOCATABLE = 1
_MOST_SECTIONS = 1 << 20
"""A kernel with a section for each function has a tenth of it."""

_COMPRESSIONS = {1: "zlib", 2: "zstd"}

_BANNER = re.compile(rb"Linux version (\d[^\s\0]{1,128}) \(")
_VERMAGIC = re.compile(rb"\0?vermagic=(\d[^\s\0]{1,128}) ")
_BANNER_BYTES = 64 << 20
"""The banner is in .rodata, which has 5 to 20 MiB."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section of an ELF file.

    Attributes:
        name: Its name, ``.BTF``.
        kind: ``sh_type``.
        flags: ``sh_flags``.
        offset_bytes: Where it begins in the file.
        size_bytes: Its size in the file; 0 where it has no bytes there.
        link: The section it refers to.
        info: The section that relocations apply to.
        index: Its number.
    """

    name: str
    kind: int
    flags: int
    offset_bytes: int
    size_bytes: int
    link: int
    info: int
    index: int


class Elf:
    """The headers of an ELF file.

    Args:
        data: The whole file; kept, not copied.
        where: What errors begin with.

    Attributes:
        endian: Byte order.
        address_bytes: 4 or 8.
        machine: ``e_machine``.
        arch: Architecture as the kernel's tree calls it; empty where Linux has none such.
        flags: ``e_flags``.
        is_relocatable: Whether it is an object file, whose addresses are not filled in.
        sections: All of them.

    Raises:
        LayoutError: It is no ELF file, or its headers lead outside of it.
    """

    def __init__(self, data: bytes | memoryview, *, where: str) -> None:
        self._data, self._where = memoryview(data), where
        head = bytes(self._data[:64])
        if not head.startswith(ELF_MAGIC):
            raise LayoutError(
                f"begins with {head[:4].hex(' ')}, not with ELF's 7f 45 4c 46", where=where
            )
        if head[4:5] not in (b"\1", b"\2") or head[5:6] not in (b"\1", b"\2") or len(head) < 52:
            raise self.damaged("its first 52 bytes are no ELF header")
        self.address_bytes = 4 * head[4]
        self.endian: Endian = "little" if head[5] == 1 else "big"
        self._order = "<" if self.endian == "little" else ">"
        kind, self.machine = self._numbers("HH", 16)
        self.is_relocatable = kind == _RELOCATABLE
        self.arch = _ARCHES.get((self.machine, self.address_bytes, self.endian), "")
        (self.flags,) = self._numbers("I", 48 if self.address_bytes == 8 else 36)
        self.sections = self._read_sections()

    def find(self, name: str) -> Section | None:
        """Return the first section of a name that has bytes, or None."""
        return next((s for s in self.sections if s.name == name and s.size_bytes), None)

    def bytes_of(self, section: Section) -> memoryview:
        """Return a section's bytes, not copied unless they are compressed.

        Raises:
            LayoutError: They are compressed and damaged, or in a way nobody knows.
        """
        end_bytes = section.offset_bytes + section.size_bytes
        raw = self._data[section.offset_bytes : end_bytes]
        if not section.flags & _COMPRESSED:
            return raw
        form = "IIQQ" if self.address_bytes == 8 else "III"
        head_bytes = struct.calcsize("<" + form)
        if len(raw) < head_bytes:
            raise self.damaged(f"the compressed section {section.name} has no header")
        kind = struct.unpack_from(self._order + form, raw)[0]
        title = _COMPRESSIONS.get(kind)
        if title is None:
            raise self.damaged(f"section {section.name} is compressed in the unknown way {kind}")
        most_bytes = limit_bytes(len(self._data))
        where = f"{self._where}: {section.name}"
        return memoryview(unpacked_as(title, raw[head_bytes:], most_bytes=most_bytes, name=where))

    def release(self) -> str:
        """Return the kernel's release, as its banner or a module's vermagic has it, or nothing."""
        for name, pattern in ((".rodata", _BANNER), (".modinfo", _VERMAGIC)):
            section = self.find(name)
            if section is not None and not section.flags & _COMPRESSED:
                found = found_release(self.bytes_of(section), pattern)
                if found:
                    return found
        return ""

    def damaged(self, problem: str) -> LayoutError:
        """Return the error for headers that cannot be right."""
        return LayoutError(
            f"the ELF file is damaged: {problem}", where=self._where, advice="fetch it again"
        )

    def _read_sections(self) -> tuple[Section, ...]:
        wide = self.address_bytes == 8
        (table_at,) = self._numbers("Q" if wide else "I", 40 if wide else 32)
        entry_bytes, count, names_index = self._numbers("HHH", 58 if wide else 46)
        if not table_at:
            return ()
        form = "IIQQQQII" if wide else "IIIIIIII"
        if entry_bytes < struct.calcsize("<" + form):
            raise self.damaged(f"a section header of {entry_bytes} bytes")
        if not count or names_index == 0xFFFF:  # too many for 16 bits: in the first header
            first = self._numbers(form, table_at)
            count, names_index = (
                count or first[5],
                first[6] if names_index == 0xFFFF else names_index,
            )
        if count > _MOST_SECTIONS or table_at + count * entry_bytes > len(self._data):
            raise self.damaged(f"{count} section headers at byte {table_at} end outside the file")
        headers = [self._numbers(form, table_at + i * entry_bytes) for i in range(count)]
        if not headers:
            return ()
        if names_index >= count:
            raise self.damaged(f"section names are in section {names_index} of {count}")
        names_at, names_bytes = headers[names_index][4], headers[names_index][5]
        names = bytes(self._data[names_at : names_at + names_bytes])
        return tuple(self._section(names, i, header) for i, header in enumerate(headers))

    def _section(self, names: bytes, index: int, header: tuple[int, ...]) -> Section:
        name_at, kind, flags, _, offset_bytes, size_bytes, link, info = header
        end = names.find(b"\0", name_at)
        name = names[name_at : end if end >= 0 else None][:256].decode("utf-8", "replace")
        if kind in (0, _NO_BITS):
            size_bytes = 0
        if size_bytes and offset_bytes + size_bytes > len(self._data):
            raise self.damaged(
                f"section {name or index} ends at byte {offset_bytes + size_bytes}, the file at"
                f" {len(self._data)}"
            )
        return Section(name, kind, flags, offset_bytes, size_bytes, link, info, index)

    def _numbers(self, form: str, at: int) -> tuple[int, ...]:
        try:
            return struct.unpack_from(self._order + form, self._data, at)
        except struct.error as error:
            raise self.damaged(f"a header at byte {at} lies outside the file") from error


def found_release(data: bytes | memoryview, pattern: re.Pattern[bytes] = _BANNER) -> str:
    """Return the release in a kernel's banner, ``Linux version 6.1.192 (...``, or nothing.

    Args:
        data: Where to look; only the first 64 MiB are looked at.
        pattern: What else to look for.
    """
    found = pattern.search(memoryview(data)[:_BANNER_BYTES])
    return found[1].decode("ascii", "replace") if found else ""


def elf_kernel(
    data: bytes | memoryview,
    *,
    name: str,
    label: str = "",
    kernel: str = "",
    arch: str = "",
    where: str = "",
    kind: SourceKind | None = None,
    prefer_dwarf: bool = False,
) -> KernelTypes:
    """Return the structs of an ELF file, from its BTF or else from its debug information.

    Args:
        data: The file.
        name: Short name of the layouts.
        label: Name for people, ``name`` where empty.
        kernel: Release; where empty, what the file tells.
        arch: Architecture; where empty, what the file tells.
        where: What errors begin with, ``name`` where empty.
        kind: What was read, for programs, where the ELF file was in another.
        prefer_dwarf: Whether to take the debug information where there is BTF too.

    Raises:
        LayoutError: It is damaged, or has neither.
    """
    from core.layout.sources.btf import BtfKernel

    where = where or name
    elf = Elf(data, where=where)
    btf, info = elf.find(".BTF"), elf.find(".debug_info")
    release = kernel or elf.release()
    facts = Facts(
        name=name, label=label or name, kernel=release, arch=arch or elf.arch, where=where
    )
    if btf is not None and not (prefer_dwarf and info is not None):
        source = f"BTF in {name}"
        blob = bytes(elf.bytes_of(btf))  # a mapped file may be replaced while it is open
        return BtfKernel(blob, source=source, kind=kind or "elf", **facts)
    if info is not None:
        from core.layout.sources.dwarf import DwarfKernel

        return DwarfKernel(elf, **facts)
    raise LayoutError(
        "the ELF file has neither BTF (.BTF) nor debug information (.debug_info)",
        where=where,
        advice="build the kernel with CONFIG_DEBUG_INFO_BTF=y, or give a vmlinux with debug"
        " information or an object file compiled with -g",
    )
