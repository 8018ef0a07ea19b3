"""Whatever holds a kernel's types, opened: what it is, its content tells and not its name."""

from __future__ import annotations

from pathlib import Path

from core.errors import LayoutError
from core.layout.model import KernelTypes
from core.layout.sources.btf_header import MAGICS as BTF_MAGICS
from core.layout.sources.elf import ELF_MAGIC, elf_kernel
from core.layout.sources.facts import Facts
from core.layout.sources.files import contents
from core.layout.sources.packed import Data, unpacked

KNOWN = (
    "BTF, a vmlinux, a vmlinuz, an object file compiled with -g, pahole's text or a saved kernel"
)
"""What can be opened, for advice."""

_HEAD_BYTES = 1 << 16
_SMALLEST_IMAGE_BYTES = 1 << 16
"""Below that nothing is looked for BTF in: no kernel is so small."""

_LARGEST_BYTES = 1 << 30
"""More BTF, text or JSON than any kernel has: it is not even read."""

_SUFFIXES = (".gz", ".xz", ".zst", ".bz2", ".lz4", ".lzma", ".btf", ".json")
_TEXT = b"\t\n\r\f\x1b" + bytes(range(0x20, 0x100))


def open_kernel(
    source: Path | Data,
    *,
    name: str = "",
    label: str = "",
    kernel: str = "",
    arch: str = "",
    where: str = "",
    prefer_dwarf: bool = False,
) -> KernelTypes:
    """Return the kernel in a file or in its bytes, compressed or not.

    Args:
        source: A file, or all bytes of one.
        name: Short name of the layouts; a file's own name, without its suffix, where empty.
        label: Name for people; a file's own name where empty. A saved kernel keeps its own.
        kernel: Release; what the content tells where empty.
        arch: Architecture; what the content tells where empty.
        where: What errors begin with; the path or the name where empty.
        prefer_dwarf: Whether to read a vmlinux's debug information, which has alignments, rather
            than its BTF where it has both.

    Raises:
        LayoutError: It cannot be read, is damaged, or holds no kernel's types.
    """
    title = label or name
    if isinstance(source, Path):
        title = source.name
        name, label = name or short_name(source), label or source.name
        where = where or str(source)
        source = contents(source)
    name = name or "kernel"
    where = where or name
    data = unpacked(source, name=where)
    head = bytes(data[:_HEAD_BYTES])
    is_image = head.startswith(ELF_MAGIC) or not (is_text(head) or head[:2] in BTF_MAGICS)
    if len(data) > _LARGEST_BYTES and not is_image:
        raise LayoutError(
            f"{len(data):,} bytes are no kernel's types", where=where, advice=f"give {KNOWN}"
        )
    facts = Facts(name=name, label=label or name, kernel=kernel, arch=arch, where=where)
    if head[:2] in BTF_MAGICS:
        from core.layout.sources.btf import BtfKernel

        # Copied, where it is mapped: a mapped file that is made anew while it is open is a crash.
        return BtfKernel(bytes(data), source=f"BTF, {title or name}", **facts)
    if head.startswith(ELF_MAGIC):
        return elf_kernel(data, prefer_dwarf=prefer_dwarf, **facts)
    if head.lstrip()[:1] == b"{" and is_text(head):
        from core.layout.sources.saved import read_saved

        return read_saved(data, name=where)
    if is_text(head):
        return _of_text(data, head, facts)
    return _of_image(data, head, facts)


def short_name(path: Path) -> str:
    """Return a file's name without the suffixes that say how it is packed."""
    name = path.name
    while name.endswith(_SUFFIXES):
        name = name.rpartition(".")[0]
    return name or path.name


def is_text(head: bytes) -> bool:
    """Return whether data begin as text does: no control characters but those of lines."""
    return bool(head) and not head.translate(None, _TEXT)


def _of_text(data: Data, head: bytes, facts: Facts) -> KernelTypes:
    from core.layout.sources.pahole import looks_like_pahole, read_pahole

    if not looks_like_pahole(head):
        raise _unknown(head, facts["where"])
    return read_pahole(bytes(data).decode("utf-8", "replace"), **facts)


def _of_image(data: Data, head: bytes, facts: Facts) -> KernelTypes:
    from core.layout.sources.vmlinuz import looks_like_vmlinuz, vmlinuz_kernel

    if looks_like_vmlinuz(head):
        return vmlinuz_kernel(data, **facts)
    if len(data) >= _SMALLEST_IMAGE_BYTES:  # other architectures' images begin with their code
        try:
            return vmlinuz_kernel(data, **facts)
        except LayoutError as error:
            raise _unknown(head, facts["where"]) from error
    raise _unknown(head, facts["where"])


def _unknown(head: bytes, where: str) -> LayoutError:
    begin = head[:4].hex(" ") or "nothing"
    return LayoutError(
        f"begins with {begin}: of no kind that tells a kernel's layout",
        where=where,
        advice=f"give {KNOWN}",
    )
