"""A field somebody would like to add: what its C declaration says about size and alignment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import LayoutError
from core.layout.model import Member
from core.layout.relayout import Reading, least_struct_align, most_struct_align

if TYPE_CHECKING:
    from core.layout.arch import Architecture
    from core.layout.model import KernelTypes

GUARD_FIELDS = ("uint", "bit1", "bit2")
"""The three storages that the review of the patch weighed, as ``--field`` names them."""

SHORT_FIELDS = {
    "uint": "unsigned int page_owner_depth",
    "u8": "u8 page_owner_depth",
    "bit1": "unsigned int in_page_owner:1",
    "bit2": "unsigned int page_owner_depth:2",
}
"""What stands for a declaration; u8 is there to compare with."""

_FIXED_BYTES = {
    **dict.fromkeys(("char", "bool", "_Bool", "u8", "s8", "__u8", "__s8", "uint8_t", "int8_t"), 1),
    **dict.fromkeys(("short", "u16", "s16", "__u16", "__s16", "uint16_t", "int16_t"), 2),
    **dict.fromkeys(("int", "u32", "s32", "__u32", "__s32", "uint32_t", "int32_t", "float"), 4),
    **dict.fromkeys(("atomic_t", "refcount_t", "pid_t", "gfp_t"), 4),
    **dict.fromkeys(("u64", "s64", "__u64", "__s64", "uint64_t", "int64_t", "double"), 8),
}
_WORD = ("long", "size_t", "ssize_t", "uintptr_t", "intptr_t", "atomic_long_t", "ptrdiff_t")
_NOT_IN_BITFIELDS = frozenset(("float", "double", "atomic_t", "refcount_t", "atomic_long_t"))

_DECLARATION = re.compile(
    r"""\s*(?P<type>(?:struct|union|enum)\s+\w+|\w+(?:\s+\w+)*?)
        \s*(?P<stars>(?:\*\s*(?:const\s*)?)*)
        \b(?P<name>[A-Za-z_]\w*)
        \s*(?P<array>(?:\[\s*\d+\s*\]\s*)*)
        (?::\s*(?P<bits>\d+))?\s*;?\s*""",
    re.VERBOSE | re.ASCII,
)
_INT_WORDS = frozenset(("signed", "unsigned", "int", "long", "short", "char"))
_INTEGERS = frozenset(
    " ".join(sorted(f"{sign}{kind}".split()))
    for sign in ("", "signed ", "unsigned ")
    for kind in (
        "", "char", "int", "short", "short int", "long", "long int", "long long", "long long int",
    )
    if sign or kind
)  # fmt: skip
"""Every way to write an integer type, its words in alphabetical order."""

_KEYWORDS = _INT_WORDS | {"struct", "union", "enum", "const", "volatile", "void", "float", "double"}
_QUALIFIERS = frozenset(("const", "volatile"))
_LARGEST_BYTES = 1 << 24


@dataclass(frozen=True, slots=True)
class Field:
    """A field as C declares it.

    Attributes:
        name: Its name.
        type_name: Its type, without the name.
        size_bits: Its width, or the size of its type.
        unit_bytes: Size of its declared type.
        align_bytes: Alignment of its declared type.
        is_bitfield: Whether it has a width.
        asked: What the user called it: ``uint``, or the declaration.
        most_align_bytes: The most that the alignment of its type can be, where the source has lost
            it; 0 where ``align_bytes`` is known.
    """

    name: str
    type_name: str
    size_bits: int
    unit_bytes: int
    align_bytes: int
    is_bitfield: bool
    asked: str
    most_align_bytes: int = 0

    @property
    def declaration(self) -> str:
        """The field as a line of C."""
        width = f":{self.size_bits}" if self.is_bitfield else ""
        type_name, bracket, array = self.type_name.partition("[")
        space = "" if type_name.endswith("*") else " "
        return f"{type_name}{space}{self.name}{bracket}{array}{width};"

    def member(self) -> Member:
        """Return it as a member whose offset nobody knows yet."""
        return Member(
            self.name,
            self.type_name,
            0,
            self.size_bits,
            self.is_bitfield,
            self.align_bytes,
            self.unit_bytes,
            align_known=True,
        )


def parse_field(text: str, arch: Architecture, types: KernelTypes | None = None) -> Field:
    """Return the field that a user describes.

    Args:
        text: ``uint``, ``u8``, ``bit1``, ``bit2``, or ``TYPE NAME[:BITS]`` as in C.
        arch: Gives the sizes of C's own types.
        types: Gives those of the kernel's types; without it only C's are known.

    Raises:
        LayoutError: It is no declaration, its type is not known, or its width does not fit.
    """
    asked = " ".join(text.split())
    found = _DECLARATION.fullmatch(SHORT_FIELDS.get(asked, asked))
    if found is None:
        raise LayoutError(
            f"expected uint, u8, bit1, bit2 or a C declaration such as 'unsigned long x' or"
            f" 'unsigned int x:3', got {text!r}",
            where="--field",
        )
    words = [word for word in found["type"].split() if word not in _QUALIFIERS]
    type_name = " ".join(words)
    if found["name"] in _KEYWORDS:
        raise LayoutError(f"{found['name']} is a keyword of C, not a name", where="--field")
    size_bytes, align_bytes = _pointer(arch) if found["stars"] else _sized(words, arch, types)
    most = 0 if found["stars"] else _most_align(words, types)
    stars = "".join(found["stars"].split()).replace("const", "const ").rstrip()
    spelt = f"{type_name} {stars}" if stars else type_name
    bits = found["bits"]
    if bits is not None:
        _check_bitfield(int(bits), size_bytes, words, bool(stars or found["array"]))
        return Field(found["name"], spelt, int(bits), size_bytes, align_bytes, True, asked)
    for count in re.findall(r"\d+", found["array"]):
        spelt += f"[{int(count)}]"
        size_bytes *= int(count)
    if size_bytes > _LARGEST_BYTES:
        raise LayoutError(
            f"a field of {size_bytes} bytes", where="--field", advice="give at most 16 MiB"
        )
    return Field(found["name"], spelt, size_bytes * 8, size_bytes, align_bytes, False, asked, most)


def _sized(words: list[str], arch: Architecture, types: KernelTypes | None) -> tuple[int, int]:
    """Return size and alignment of a type that is no pointer, in bytes."""
    type_name = " ".join(words)
    if words and _INT_WORDS.issuperset(words):
        return _integer(words, arch)
    if type_name in _FIXED_BYTES:
        return _aligned(_FIXED_BYTES[type_name], arch)
    if type_name in _WORD:
        return _pointer(arch)
    if types is None:
        raise LayoutError(f"the size of {type_name!r} is not known here", where="--field")
    found: tuple[int, int] | None
    if words[0] in ("struct", "union") and len(words) == 2:
        found = _struct(words[1], types)
    elif len(words) == 1 or (words[0] == "enum" and len(words) == 2):
        found = types.size_and_align(words[-1])
    else:
        found = None
    if found is None:
        raise LayoutError(
            f"this kernel has no type {type_name!r}",
            where="--field",
            advice="write it as C does, such as 'unsigned long x', 'struct list_head x' or"
            " 'void *x'",
        )
    return found


def _integer(words: list[str], arch: Architecture) -> tuple[int, int]:
    if " ".join(sorted(words)) not in _INTEGERS:
        raise LayoutError(f"C has no type {' '.join(words)!r}", where="--field")
    if "char" in words:
        return 1, 1
    if "short" in words:
        return 2, 2
    longs = words.count("long")
    if longs == 1:
        return _pointer(arch)
    return _aligned(8 if longs else 4, arch)


def _aligned(size_bytes: int, arch: Architecture) -> tuple[int, int]:
    return size_bytes, arch.wide_align_bytes if size_bytes == 8 else size_bytes


def _pointer(arch: Architecture) -> tuple[int, int]:
    return arch.pointer_bytes, arch.pointer_bytes


def _most_align(words: list[str], types: KernelTypes | None) -> int:
    """Return the most that the alignment of a struct of the kernel can be; 0 for other types."""
    if types is None or len(words) != 2 or words[0] not in ("struct", "union"):
        return 0
    found = types.find(words[1])
    return most_struct_align(found) if found is not None and not found.align_bytes else 0


def _struct(tag: str, types: KernelTypes) -> tuple[int, int] | None:
    found = types.find(tag)
    if found is None:
        return None
    return found.size_bytes, least_struct_align(found, Reading.LIKELY)


def _check_bitfield(bits: int, unit_bytes: int, words: list[str], is_derived: bool) -> None:
    if is_derived or words[0] in ("struct", "union") or words[-1] in _NOT_IN_BITFIELDS:
        raise LayoutError("only an integer type can have a width in bits", where="--field")
    # C gives a bool no more than its one bit of value.
    most = 1 if words[-1] in ("bool", "_Bool") else unit_bytes * 8
    if not 1 <= bits <= most:
        raise LayoutError(
            f"{bits} bits do not fit into {' '.join(words)}",
            where="--field",
            advice=f"give 1 to {most}",
        )
