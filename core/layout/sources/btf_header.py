"""The header of a BTF blob: byte order and where its sections are."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from core.errors import LayoutError
from core.layout.model import Endian

MAGICS: dict[bytes, Endian] = {b"\x9f\xeb": "little", b"\xeb\x9f": "big"}

HEADER_BYTES = 24
LAYOUT_HEADER_BYTES = 32
"""In newer kernels the header may name a third section: the lengths of each kind of type."""

DUMP_AGAIN = "the BTF is damaged: dump it again"
WHOLE_KERNEL = "give the kernel's own BTF, such as /sys/kernel/btf/vmlinux"


@dataclass(frozen=True, slots=True)
class Header:
    """Where a blob's sections are, in bytes from its start.

    Attributes:
        endian: Byte order of the blob, and of the machine it describes.
        types_at: Offset of the type section.
        types: Its bytes, not copied: they are megabytes.
        strings_at: Offset of the string section.
        strings: Its bytes; they begin and end with a zero.
        layout: Four bytes a kind, its lengths; empty where the blob does not give them.
    """

    endian: Endian
    types_at: int
    types: memoryview
    strings_at: int
    strings: bytes
    layout: bytes


def read_header(data: bytes | memoryview, *, name: str) -> Header:
    """Return the header of an uncompressed blob.

    Args:
        data: The whole blob.
        name: What to call it in errors.

    Raises:
        LayoutError: It is no BTF, is truncated or belongs to a module.
    """
    blob = memoryview(data).cast("B")
    endian, numbers = _numbers(blob, name)
    header_bytes, type_offset, type_bytes, string_offset, string_bytes, *rest = numbers
    types_at, strings_at = header_bytes + type_offset, header_bytes + string_offset
    types = _section(blob, "type", types_at, type_bytes, name)
    if type_bytes % 4:
        raise damaged(f"a type section of {type_bytes} bytes, no multiple of 4", types_at, name)
    strings = bytes(_section(blob, "string", strings_at, string_bytes, name))
    _check_strings(strings, strings_at, name)
    layout = b""
    if rest:
        layout = bytes(_section(blob, "layout", header_bytes + rest[0], rest[1], name))
    return Header(endian, types_at, types, strings_at, strings, layout)


def damaged(problem: str, offset_bytes: int, name: str) -> LayoutError:
    """Return the error for damaged data at a byte of the blob."""
    return LayoutError(f"{problem} (byte {offset_bytes})", where=name, advice=DUMP_AGAIN)


def _numbers(data: memoryview, name: str) -> tuple[Endian, tuple[int, ...]]:
    """Return byte order and the header's numbers from ``hdr_len`` on."""
    magic = bytes(data[:2])
    endian = MAGICS.get(magic)
    if endian is None:
        raise LayoutError(
            f"begins with {magic.hex(' ') or 'nothing'}, not with BTF's 9f eb or eb 9f (byte 0)",
            where=name,
            advice="give BTF, such as /sys/kernel/btf/vmlinux or the .BTF section of a vmlinux",
        )
    if len(data) < HEADER_BYTES:
        raise _truncated(f"the header of {HEADER_BYTES} bytes", HEADER_BYTES, len(data), name)
    if data[2] != 1:
        raise LayoutError(
            f"BTF version {data[2]} (byte 2), this reader knows version 1",
            where=name,
            advice="update the program, or encode the BTF with an older pahole",
        )
    order = "<" if endian == "little" else ">"
    (header_bytes,) = struct.unpack_from(order + "I", data, 4)
    if not HEADER_BYTES <= header_bytes <= len(data):
        raise damaged(f"a header of {header_bytes} bytes", 4, name)
    has_layout = header_bytes >= LAYOUT_HEADER_BYTES
    return endian, struct.unpack_from(order + ("7I" if has_layout else "5I"), data, 4)


def _section(
    data: memoryview, title: str, offset_bytes: int, size_bytes: int, name: str
) -> memoryview:
    end_bytes = offset_bytes + size_bytes
    if end_bytes > len(data):
        raise _truncated(f"the {title} section", end_bytes, len(data), name)
    return data[offset_bytes:end_bytes]


def _truncated(what: str, end_bytes: int, data_bytes: int, name: str) -> LayoutError:
    return LayoutError(
        f"truncated: {what} ends at byte {end_bytes}, the data at byte {data_bytes}",
        where=name,
        advice="copy the file again",
    )


def _check_strings(strings: bytes, strings_at: int, name: str) -> None:
    if strings[:1] != b"\0":
        raise LayoutError(
            f"the string section (byte {strings_at}) does not begin with the empty name: this is"
            " split BTF of a module, which continues the BTF of its kernel",
            where=name,
            advice=WHOLE_KERNEL,
        )
    if strings[-1:] != b"\0":
        last_at = strings_at + len(strings) - 1
        raise damaged("the string section does not end with a zero", last_at, name)
