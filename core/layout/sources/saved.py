"""Layouts saved by this program: versioned JSON, a line a member."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

from core.errors import LayoutError
from core.layout.model import Endian, KernelLayout, Member, StructLayout
from core.layout.sources.files import read_file

SCHEMA = 1

_T = TypeVar("_T")
_Count = Annotated[int, msgspec.Meta(ge=0, le=2**31)]
_Positive = Annotated[int, msgspec.Meta(ge=1, le=2**31)]


class _SavedMember(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A member; ``unit_bytes`` 0 stands for the plain case (see ``_unit_bytes``)."""

    name: str = ""
    type_name: str
    offset_bits: _Count
    size_bits: _Count
    is_bitfield: bool = False
    align_bytes: _Positive = 1
    unit_bytes: _Count = 0
    is_union: bool = False
    members: tuple[_SavedMember, ...] = ()


class _SavedStruct(msgspec.Struct, frozen=True):
    name: str
    size_bytes: _Positive
    endian: Endian
    members: tuple[_SavedMember, ...]


class _SavedLayout(msgspec.Struct, frozen=True):
    schema: int
    name: str
    label: str
    kernel: str
    arch: str
    source: str
    task_struct: _SavedStruct


class _Versioned(msgspec.Struct, frozen=True):
    schema: int


def read_saved(data: bytes, *, name: str) -> KernelLayout:
    """Return a layout this program saved.

    Args:
        data: The JSON text.
        name: What to call it in errors.

    Raises:
        LayoutError: It is no JSON, no layout, or from a newer version of the program.
    """
    schema = _decoded(data, _Versioned, name).schema
    if schema != SCHEMA:
        raise LayoutError(
            f"layout schema {schema}, this program knows up to {SCHEMA}",
            where=f"{name}: $.schema",
            advice="update the program" if schema > SCHEMA else "save the layout again",
        )
    saved = _decoded(data, _SavedLayout, name)
    struct = saved.task_struct
    try:
        members = tuple(map(_member, struct.members))
        task_struct = StructLayout(struct.name, struct.size_bytes, members, struct.endian)
    except LayoutError as error:
        raise LayoutError(
            error.problem, where=f"{name}: $.task_struct.members", advice=error.advice
        ) from error
    return KernelLayout(
        saved.name, saved.label, saved.kernel, saved.arch, saved.source, task_struct
    )


def write_saved(layout: KernelLayout) -> bytes:
    """Return a layout as JSON text.

    Each member has a line of its own, so that two versions of a file can be compared.
    ``borrowed_for`` is left out: it belongs to a use of the layout, not to the layout.
    """
    struct = layout.task_struct
    saved = _SavedLayout(
        schema=SCHEMA,
        name=layout.name,
        label=layout.label,
        kernel=layout.kernel,
        arch=layout.arch,
        source=layout.source,
        task_struct=_SavedStruct(struct.name, struct.size_bytes, struct.endian, ()),
    )
    head, _, tail = msgspec.json.encode(saved).rpartition(b'"members":[]')
    lines = b",\n".join(msgspec.json.encode(_saved_member(m)) for m in struct.members)
    return head + b'"members":[\n' + lines + b"\n]" + tail + b"\n"


def load(path: Path) -> KernelLayout:
    """Return the layout of a file this program saved.

    Raises:
        LayoutError: The file cannot be read or is no saved layout.
    """
    return read_saved(read_file(path), name=str(path))


def _decoded(data: bytes, kind: type[_T], name: str) -> _T:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise LayoutError(
            f"no saved layout: {error}", where=name, advice="save it again from its BTF"
        ) from error


def _saved_member(member: Member) -> _SavedMember:
    plain = not member.is_bitfield and member.unit_bytes * 8 == member.size_bits
    return _SavedMember(
        name=member.name,
        type_name=member.type_name,
        offset_bits=member.offset_bits,
        size_bits=member.size_bits,
        is_bitfield=member.is_bitfield,
        align_bytes=member.align_bytes,
        unit_bytes=0 if plain else member.unit_bytes,
        is_union=member.is_union,
        members=tuple(map(_saved_member, member.members)),
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
    )


def _unit_bytes(saved: _SavedMember) -> int:
    """Return the size of the declared type: the member's own, or ``unsigned int`` for bits."""
    if saved.unit_bytes:
        return saved.unit_bytes
    return 4 if saved.is_bitfield else saved.size_bits // 8
