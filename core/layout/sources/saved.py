"""Kernels saved by this program: versioned JSON, a line a member."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec

from core.errors import LayoutError, did_you_mean
from core.layout.model import (
    TASK_STRUCT,
    Endian,
    KernelLayout,
    KernelTypes,
    Member,
    StructLayout,
    flattened,
)
from core.layout.sources.files import read_file

SCHEMA = 2

ALSO_SAVED = ("thread_struct", "fpu")
"""Structs beside task_struct and what it holds: on x86 they tell what its slab object leaves out
(6.1, arch/x86/kernel/fpu/init.c; in 6.18 task_struct no longer holds struct fpu)."""

TYPES_SAVED = (
    *("char", "short int", "int", "long int", "long long int", "_Bool", "bool"),
    *("unsigned char", "short unsigned int", "unsigned int", "long unsigned int"),
    *("long long unsigned int", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "size_t"),
    *("atomic_t", "atomic64_t", "atomic_long_t", "refcount_t", "spinlock_t", "raw_spinlock_t"),
    *("gfp_t", "pid_t", "kuid_t", "ktime_t", "cpumask_t", "nodemask_t", "depot_stack_handle_t"),
)
"""Types somebody may want a new field to have."""

_T = TypeVar("_T")
_Count = Annotated[int, msgspec.Meta(ge=0, le=2**40)]
_Positive = Annotated[int, msgspec.Meta(ge=1, le=2**31)]

_AGGREGATE = re.compile(r"(?:const |volatile )*(?:struct|union) (\w+)(?:\[\d+\])*")


class _SavedMember(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A member; without ``unit_bytes`` it is the plain case (see ``_unit_bytes``)."""

    name: str = ""
    type_name: str
    offset_bits: _Count
    size_bits: _Count
    is_bitfield: bool = False
    align_bytes: _Positive = 1
    unit_bytes: _Count | None = None
    is_union: bool = False
    members: tuple[_SavedMember, ...] = ()
    align_known: bool = False
    least_align_bytes: _Count = 0
    line_bytes: _Count = 0


class _SavedStruct(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    name: str
    size_bytes: _Count
    endian: Endian
    align_bytes: _Count = 0
    is_union: bool = False
    members: tuple[_SavedMember, ...]


class _Saved(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    schema: int
    name: str
    label: str
    kernel: str
    arch: str
    source: str
    pointer_bytes: Annotated[int, msgspec.Meta(ge=4, le=8)]
    notes: tuple[str, ...] = ()
    types: dict[str, tuple[_Count, _Positive]] = {}
    structs: tuple[_SavedStruct, ...]


class _Versioned(msgspec.Struct, frozen=True):
    schema: int


class SavedKernel:
    """The structs of a saved kernel (a ``KernelTypes``).

    Args:
        saved: What the file says.
        where: What errors begin with.
    """

    def __init__(self, saved: _Saved, *, where: str) -> None:
        self._saved, self._where = saved, where
        self._structs: dict[str, int] = {}
        for index, struct in enumerate(saved.structs):
            self._structs.setdefault(struct.name, index)
        self._read: dict[str, StructLayout] = {}

    def layout(self, struct: str = TASK_STRUCT) -> KernelLayout:
        """Return a struct with where it is from; errors as ``KernelTypes``."""
        saved, found = self._saved, self.find(struct)
        if found is None:
            near = did_you_mean(struct, self._structs)
            advice = near if near.startswith("did you mean") else "save it again with that struct"
            problem = f"no struct {struct} among the {len(self._structs)} that were saved"
            raise LayoutError(problem, where=self._where, advice=advice)
        return KernelLayout(
            saved.name,
            saved.label,
            saved.kernel,
            saved.arch,
            saved.source,
            found,
            kind="json",
            pointer_bytes=saved.pointer_bytes,
            notes=saved.notes,
        )

    def find(self, struct: str) -> StructLayout | None:
        """Return a struct or union by its tag, or None."""
        if struct not in self._structs:
            return None
        if struct not in self._read:
            self._read[struct] = self._struct(self._structs[struct])
        return self._read[struct]

    def size_and_align(self, typedef: str) -> tuple[int, int] | None:
        """Return size and likely alignment in bytes of a typedef, an enum or a base type.

        They are those that were saved, and those that members of the saved structs have.
        """
        if typedef in self._saved.types:
            return self._saved.types[typedef]
        for name in self._structs if typedef else ():
            struct = self.find(name)
            for member in flattened(struct.members) if struct else ():
                spelt = member.type_name.removeprefix("enum ")
                if not member.is_bitfield and typedef in (spelt, member.type_name):
                    return member.unit_bytes, member.align_bytes
        return None

    def struct_names(self) -> tuple[str, ...]:
        """Return the tags of all saved structs and unions."""
        return tuple(self._structs)

    def _struct(self, index: int) -> StructLayout:
        saved = self._saved.structs[index]
        try:
            return StructLayout(
                saved.name,
                saved.size_bytes,
                tuple(map(_member, saved.members)),
                saved.endian,
                saved.align_bytes,
                saved.is_union,
            )
        except LayoutError as error:
            where = f"{self._where}: $.structs[{index}].members"
            raise LayoutError(error.problem, where=where, advice=error.advice) from error
        except RecursionError as error:
            raise _no_layout("members in members without end", self._where) from error


def read_saved(data: bytes | memoryview, *, name: str) -> SavedKernel:
    """Return a kernel this program saved.

    Args:
        data: The JSON text.
        name: What to call it in errors.

    Raises:
        LayoutError: It is no JSON, no saved kernel, or from a newer version of the program.
    """
    schema = _decoded(data, _Versioned, name).schema
    if schema == SCHEMA:
        return SavedKernel(_decoded(data, _Saved, name), where=name)
    if schema not in UPGRADES:
        raise LayoutError(
            f"layout schema {schema}, this program knows up to {SCHEMA}",
            where=f"{name}: $.schema",
            advice="update the program" if schema > SCHEMA else "save the layout again",
        )
    tree = _decoded(data, dict[str, Any], name)
    try:
        while schema != SCHEMA:
            tree = UPGRADES[schema](tree)
            schema = tree["schema"]
        return SavedKernel(msgspec.convert(tree, _Saved), where=name)
    except (KeyError, TypeError, AttributeError) as error:
        raise _no_layout(f"not what schema {schema} says: {error}", name) from error
    except (msgspec.MsgspecError, RecursionError) as error:
        raise _no_layout(str(error), name) from error


def write_saved(
    types: KernelTypes, *, name: str = "", label: str = "", kernel: str = "", arch: str = ""
) -> bytes:
    """Return a kernel's task_struct as JSON text, with every named struct it holds by value.

    Each member has a line of its own, so that two versions of a file can be compared.
    ``borrowed_for`` is left out: it belongs to a use of the layout, not to the layout.

    Args:
        types: The kernel.
        name: Short name; this and the others as the kernel has them where empty.
        label: Name for people.
        kernel: Release.
        arch: Architecture.

    Raises:
        LayoutError: The kernel has no task_struct, or its data are damaged.
    """
    layout = types.layout()
    known = {each: found for each in TYPES_SAVED if (found := types.size_and_align(each))}
    head = _Saved(
        schema=SCHEMA,
        name=name or layout.name,
        label=label or layout.label,
        kernel=kernel or layout.kernel,
        arch=arch or layout.arch,
        source=layout.source,
        pointer_bytes=layout.pointer_bytes,
        notes=layout.notes,
        types=known,
        structs=(),
    )
    text = msgspec.json.encode(head).removesuffix(b"[]}")
    return text + b"[\n" + b",\n".join(map(_struct_text, _held(types))) + b"\n]}\n"


def load(path: Path) -> SavedKernel:
    """Return the kernel of a file this program saved.

    Raises:
        LayoutError: The file cannot be read or is no saved kernel.
    """
    return read_saved(read_file(path), name=str(path))


def _from_v1(tree: dict[str, Any]) -> dict[str, Any]:
    """Schema 1 had task_struct alone, and no size of a pointer: a member that is one tells it."""
    pointers = (m for m in tree["task_struct"]["members"] if m["type_name"].endswith("*"))
    bits = next((m["size_bits"] for m in pointers if not m.get("is_bitfield")), 64)
    structs = [tree["task_struct"]]
    rest = {key: value for key, value in tree.items() if key not in ("schema", "task_struct")}
    return {"schema": 2, **rest, "pointer_bytes": bits // 8, "structs": structs}


UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _from_v1}
"""What turns a file of a schema into one of the next."""


def _held(types: KernelTypes) -> Iterator[StructLayout]:
    """Yield task_struct, what it holds by value, and ``ALSO_SAVED``, each once."""
    waiting, seen = [TASK_STRUCT, *ALSO_SAVED], set[str]()
    while waiting:
        tag = waiting.pop(0)
        if tag in seen:
            continue
        seen.add(tag)
        struct = types.find(tag)
        if struct is None:
            continue
        yield struct
        for member in flattened(struct.members):
            held = _AGGREGATE.fullmatch(member.type_name)
            if held and not member.is_bitfield:
                waiting.append(held[1])


def _struct_text(struct: StructLayout) -> bytes:
    saved = _SavedStruct(
        name=struct.name,
        size_bytes=struct.size_bytes,
        endian=struct.endian,
        align_bytes=struct.align_bytes,
        is_union=struct.is_union,
        members=(),
    )
    head = msgspec.json.encode(saved).removesuffix(b"[]}")
    lines = b",\n".join(msgspec.json.encode(_saved_member(m)) for m in struct.members)
    return head + b"[\n" + lines + b"\n]}"


def _decoded(data: bytes | memoryview, kind: type[_T], name: str) -> _T:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _no_layout(str(error), name) from error


def _no_layout(problem: str, name: str) -> LayoutError:
    advice = "save it again from its BTF"
    return LayoutError(f"no saved layout: {problem}", where=name, advice=advice)


def _saved_member(member: Member) -> _SavedMember:
    plain = not member.is_bitfield and member.unit_bytes * 8 == member.size_bits
    return _SavedMember(
        name=member.name,
        type_name=member.type_name,
        offset_bits=member.offset_bits,
        size_bits=member.size_bits,
        is_bitfield=member.is_bitfield,
        align_bytes=member.align_bytes,
        unit_bytes=None if plain else member.unit_bytes,
        is_union=member.is_union,
        members=tuple(map(_saved_member, member.members)),
        align_known=member.align_known,
        least_align_bytes=member.least_align_bytes,
        line_bytes=member.line_bytes,
    )


def _member(saved: _SavedMember) -> Member:
    return Member(
        name=saved.name,
        type_name=saved.type_name,
        offset_bits=saved.offset_bits,
        size_bits=saved.size_bits,
        is_bitfield=saved.is_bitfield,
        align_bytes=saved.align_bytes,
        unit_bytes=_unit_bytes(saved),
        is_union=saved.is_union,
        members=tuple(map(_member, saved.members)),
        align_known=saved.align_known,
        least_align_bytes=saved.least_align_bytes,
        line_bytes=saved.line_bytes,
    )


def _unit_bytes(saved: _SavedMember) -> int:
    """Return the size of the declared type: the member's own, or ``unsigned int`` for bits."""
    if saved.unit_bytes is not None:
        return saved.unit_bytes
    return 4 if saved.is_bitfield else saved.size_bits // 8
