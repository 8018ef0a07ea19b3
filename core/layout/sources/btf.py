"""task_struct out of BTF, the type information every modern kernel carries.

Format: Documentation/bpf/btf.rst of the kernel. Only what task_struct reaches is resolved. BTF
holds no release, no architecture and no alignment: the first two come from the caller, and an
alignment is what the type itself shows.
"""

from __future__ import annotations

from pathlib import Path

from core.errors import LayoutError
from core.layout.abi import explained_align_bytes, padded_align_bytes
from core.layout.model import KernelLayout, Member, StructLayout
from core.layout.sources.btf_types import Kind, Type, TypeSection
from core.layout.sources.files import read_file
from core.layout.sources.packed import unpacked

_CHAIN = 64
"""Types in a row or in one another: no kernel comes near; damaged data can run in circles."""

_MOST_MEMBERS = 20_000
"""Members of one struct with its anonymous parts: damaged data could multiply without end."""

_TRANSPARENT = frozenset((Kind.TYPEDEF, Kind.VOLATILE, Kind.CONST, Kind.RESTRICT, Kind.TYPE_TAG))
_SIZED = frozenset((Kind.INT, Kind.STRUCT, Kind.UNION, Kind.ENUM, Kind.ENUM64, Kind.FLOAT))
_QUALIFIERS: dict[int, str] = {
    Kind.CONST: "const ",
    Kind.VOLATILE: "volatile ",
    Kind.RESTRICT: "restrict ",
    Kind.TYPE_TAG: "",
}
_TAGS: dict[int, str] = {
    Kind.STRUCT: "struct",
    Kind.UNION: "union",
    Kind.ENUM: "enum",
    Kind.ENUM64: "enum",
}
_LONGS = ("long unsigned int", "unsigned long", "long int", "long")


def read_btf(
    data: bytes,
    *,
    name: str,
    label: str = "",
    kernel: str = "",
    arch: str = "",
    source: str = "BTF",
    where: str = "",
) -> KernelLayout:
    """Return the task_struct of a kernel's BTF.

    Args:
        data: The .BTF section, or all of it compressed with zstd.
        name: Short name of the layout.
        label: Name for people, ``name`` where empty.
        kernel: Release, which BTF does not hold.
        arch: Architecture, which BTF does not hold.
        source: What was read.
        where: What errors begin with, ``name`` where empty.

    Raises:
        LayoutError: The data are no BTF, damaged, a module's, or hold no task_struct.
    """
    where = where or name
    types = TypeSection(unpacked(data, name=where), name=where)
    task_struct = types.find("task_struct", Kind.STRUCT)
    if task_struct is None:
        raise LayoutError(
            "no struct task_struct in this BTF",
            where=where,
            advice="give the BTF of a whole kernel, not that of a module or of a BPF program",
        )
    struct = _Resolver(types, arch).struct_layout(task_struct)
    return KernelLayout(name, label or name, kernel, arch, source, struct)


def of_file(
    data: bytes, path: Path, *, kernel: str = "", arch: str = "", label: str = ""
) -> KernelLayout:
    """Return the task_struct of a file's BTF; the file gives the layout its name.

    Raises:
        LayoutError: As ``read_btf``.
    """
    return read_btf(
        data,
        name=path.name.removesuffix(".zst").removesuffix(".btf"),
        label=label or path.name,
        kernel=kernel,
        arch=arch,
        source=f"BTF, {path.name}",
        where=str(path),
    )


def load(path: Path, *, kernel: str = "", arch: str = "", label: str = "") -> KernelLayout:
    """Return the task_struct of a BTF file.

    Raises:
        LayoutError: The file cannot be read, otherwise as ``read_btf``.
    """
    return of_file(read_file(path), path, kernel=kernel, arch=arch, label=label)


class _Resolver:
    """Sizes, alignments and names of the types a struct reaches."""

    def __init__(self, types: TypeSection, arch: str) -> None:
        self._types = types
        self._bares: dict[int, Type] = {}
        self._sizes: dict[int, int] = {}
        self._aligns: dict[int, int] = {}
        self._pointer_bytes = self._measured_pointer_bytes()
        # i386 aligns 8-byte integers to 4 inside structs.
        self._widest_align = 4 if arch == "i386" else 16
        self._members_left = _MOST_MEMBERS

    def struct_layout(self, struct: Type) -> StructLayout:
        """Return a struct with its anonymous parts resolved."""
        self._find_short_alignment(struct)
        members = self._members(struct, 0, 0)
        if not struct.size_or_type:
            raise self._damaged(struct, "has no size")
        return StructLayout(struct.name, struct.size_or_type, members, self._types.endian)

    def _members(self, parent: Type, base_bits: int, depth: int) -> tuple[Member, ...]:
        self._members_left -= parent.element_count
        if depth > _CHAIN or self._members_left < 0:
            raise self._damaged(parent, "has too many or too deeply nested members")
        return tuple(
            self._member(name, type_id, base_bits + offset_bits, width_bits, depth)
            for name, type_id, offset_bits, width_bits in self._raw_members(parent)
        )

    def _member(
        self, name: str, type_id: int, offset_bits: int, width_bits: int, depth: int
    ) -> Member:
        size_bytes, bare = self._size_bytes(type_id), self._bare(type_id)
        is_anonymous = not name and bare.kind in (Kind.STRUCT, Kind.UNION)
        return Member(
            name=name,
            type_name=self._spelled(type_id),
            offset_bits=offset_bits,
            size_bits=width_bits or size_bytes * 8,
            is_bitfield=width_bits > 0,
            align_bytes=self._align_bytes(type_id, depth),
            unit_bytes=size_bytes,
            is_union=is_anonymous and bare.kind == Kind.UNION,
            members=self._members(bare, offset_bits, depth + 1) if is_anonymous else (),
        )

    def _raw_members(self, parent: Type) -> list[tuple[str, int, int, int]]:
        """Return name, type id, offset and bitfield width (or 0) of each member, in bits."""
        words, raw = self._types.words, []
        for at in range(parent.words_at, parent.words_at + 3 * parent.element_count, 3):
            name, type_id, offset = self._types.text(words[at], at), words[at + 1], words[at + 2]
            if parent.flag:
                raw.append((name, type_id, offset & 0xFFFFFF, offset >> 24))
            else:
                raw.append((name, type_id, *self._old_bitfield(type_id, offset)))
        return raw

    def _old_bitfield(self, type_id: int, offset_bits: int) -> tuple[int, int]:
        """Return offset and width where a width can only be that of the integer type."""
        bare = self._bare(type_id)
        if bare.kind != Kind.INT:
            return offset_bits, 0
        encoding = self._types.words[bare.words_at]
        shift_bits, width_bits = encoding >> 16 & 0xFF, encoding & 0xFF
        if width_bits == bare.size_or_type * 8 and not shift_bits:
            return offset_bits, 0
        return offset_bits + shift_bits, width_bits

    def _bare(self, type_id: int) -> Type:
        """Return a type without typedefs and qualifiers."""
        if type_id in self._bares:
            return self._bares[type_id]
        found = self._types.type_at(type_id)
        for _ in range(_CHAIN):
            if found.kind not in _TRANSPARENT:
                self._bares[type_id] = found
                return found
            found = self._types.type_at(found.size_or_type)
        raise self._damaged(found, "refers to itself")

    def _size_bytes(self, type_id: int) -> int:
        if type_id in self._sizes:
            return self._sizes[type_id]
        count, bare = 1, self._bare(type_id)
        for _ in range(_CHAIN):
            if bare.kind != Kind.ARRAY:
                break
            count *= self._types.words[bare.words_at + 2]
            bare = self._bare(self._types.words[bare.words_at])
        if bare.kind == Kind.PTR:
            size_bytes = self._pointer_bytes * count
        elif bare.kind in _SIZED:
            size_bytes = bare.size_or_type * count
        elif bare.kind > max(Kind):
            raise self._types.unknown_kind(bare.kind, bare.type_id, bare.words_at - 3)
        else:
            raise self._damaged(bare, "has no size but is that of a member")
        self._sizes[type_id] = size_bytes
        return size_bytes

    def _align_bytes(self, type_id: int, depth: int) -> int:
        """Return the alignment of a type, as its own members show it."""
        if type_id in self._aligns:
            return self._aligns[type_id]
        bare = self._bare(type_id)
        if depth > _CHAIN:
            raise self._damaged(bare, "is nested too deeply")
        if bare.kind == Kind.ARRAY:
            align_bytes = self._align_bytes(self._types.words[bare.words_at], depth + 1)
        elif bare.kind in (Kind.STRUCT, Kind.UNION):
            align_bytes = self._aggregate_align_bytes(bare, depth + 1)
        else:
            size_bytes = self._size_bytes(type_id)
            # The largest power of two in it: an x87 long double has 12 bytes and aligns to 4.
            align_bytes = min(size_bytes & -size_bytes or 1, self._widest_align)
        self._aligns[type_id] = align_bytes
        return align_bytes

    def _aggregate_align_bytes(self, parent: Type, depth: int) -> int:
        """Return the least alignment of a struct or union that explains all its offsets."""
        align_bytes, cursor_bits, end_bits = 1, 0, 0
        for _, type_id, offset_bits, width_bits in self._raw_members(parent):
            wanted = self._align_bytes(type_id, depth)
            if not width_bits:
                wanted = explained_align_bytes(wanted, cursor_bits, offset_bits)
            align_bytes = max(align_bytes, wanted)
            member_end_bits = offset_bits + (width_bits or self._size_bytes(type_id) * 8)
            end_bits = max(end_bits, member_end_bits)
            cursor_bits = 0 if parent.kind == Kind.UNION else member_end_bits
        return padded_align_bytes(align_bytes, end_bits, parent.size_or_type)

    def _find_short_alignment(self, struct: Type) -> None:
        """Notice ABIs that align 8-byte integers to 4 (i386, arm without EABI) by an offset."""
        if self._pointer_bytes != 4:
            return
        for _, type_id, offset_bits, width_bits in self._raw_members(struct):
            bare = self._bare(type_id)
            is_wide = (bare.kind, bare.size_or_type, width_bits) == (Kind.INT, 8, 0)
            if is_wide and offset_bits % 64 == 32:
                self._widest_align = 4

    def _measured_pointer_bytes(self) -> int:
        """Return the size of ``long``, which in Linux is that of a pointer."""
        for name in _LONGS:
            found = self._types.find(name, Kind.INT)
            if found is not None:
                if found.size_or_type not in (4, 8):
                    raise self._damaged(found, f"{name} has {found.size_or_type} bytes")
                return found.size_or_type
        raise LayoutError(
            "no type long in this BTF, so the size of a pointer is not known",
            where=self._types.where,
            advice="give the BTF of a whole kernel",
        )

    def _spelled(self, type_id: int) -> str:
        """Return a type as C spells it; the parameters of a function are left out."""
        inner, qualifiers = "", ""
        found = self._types.type_at(type_id)
        for _ in range(_CHAIN):
            if found.kind in _QUALIFIERS:
                qualifiers += _QUALIFIERS[found.kind]
            elif found.kind == Kind.PTR:
                inner, qualifiers = f"*{qualifiers}{inner}", ""
            elif found.kind == Kind.ARRAY:
                inner = f"{_grouped(inner)}[{self._types.words[found.words_at + 2]}]"
                found = self._types.type_at(self._types.words[found.words_at])
                continue
            elif found.kind == Kind.FUNC_PROTO:
                inner = f"{_grouped(inner)}(...)"
            else:
                space = " " if inner[:1] in ("*", "(") else ""
                return f"{qualifiers}{_base_name(found)}{space}{inner}"
            found = self._types.type_at(found.size_or_type)
        raise self._damaged(found, "refers to itself")

    def _damaged(self, found: Type, problem: str) -> LayoutError:
        named = f" ({found.name})" if found.name else ""
        word = max(found.words_at - 3, 0)
        return self._types.damaged(f"type {found.type_id}{named} {problem}", word)


def _grouped(inner: str) -> str:
    return f"({inner})" if inner.startswith("*") else inner


def _base_name(found: Type) -> str:
    tag = _TAGS.get(found.kind, "")
    if found.kind == Kind.FWD:
        tag = "union" if found.flag else "struct"
    return f"{tag} {found.name}".strip()
