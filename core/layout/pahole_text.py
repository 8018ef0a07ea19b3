"""A struct as ``pahole -C`` prints it, line for line.

The format is that of pahole 1.24: columns, cache line marks, holes, the attributes it infers and
the lines of sums at the end. Two things BTF knows and a ``StructLayout`` does not: the values of
an anonymous enum, and what a pointer to an anonymous struct points to; such members are printed
without them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from core.layout.holes import BEFORE_ALL, count_holes, summary_of_anonymous
from core.layout.model import KernelTypes, Member, StructLayout
from core.layout.pahole_infer import Inference, aligned_text
from core.layout.pahole_remarks import (
    Body,
    Neighbours,
    counted_text,
    forced_alignments,
    hole_remarks,
    sums,
    unexplained,
)
from core.layout.pahole_types import (
    VOID,
    CType,
    DeclarationError,
    function_text,
    in_columns,
    parse_type,
)

LINE_BYTES = 64
"""Cache line pahole counts in where nobody says otherwise and the machine has lines of 64."""

_TYPE_COLUMNS = 26
_NAME_COLUMNS = 23
_UNION_NAME_COLUMNS = 21
"""Columns of types and names in pahole, and of names where a union is printed by itself."""

_NESTED_COLUMNS = 8
"""Columns of its types that a nested struct gives up for its indent of one tab."""

_ANONYMOUS = frozenset(("struct", "union", "enum"))

_PACKED = " __attribute__((__packed__))"


def printed(
    struct: StructLayout,
    kernel: KernelTypes | None = None,
    *,
    line_bytes: int = LINE_BYTES,
    pointer_bytes: int = 0,
) -> str:
    """Return a struct or union in pahole's format.

    Args:
        struct: What to print.
        kernel: Where the types of its members are looked up: their alignments tell which
            members were aligned by an attribute, and their padding is remarked upon. Without it
            both are left out where the struct itself does not show them.
        line_bytes: Size of a cache line.
        pointer_bytes: Size of a pointer; 0: that of the struct's own pointers.
    """
    inference = Inference(struct, kernel, pointer_bytes, line_bytes)
    return _Printer(inference, line_bytes).whole(struct)


@dataclass(frozen=True, slots=True)
class _Place:
    """What the struct around a member hands on to it.

    Attributes:
        depth: Tabs before it.
        type_columns: Columns of the types.
        name_columns: Columns of the names.
        ends: Whether it comes last in a struct of several members.
        in_union: Whether a union is around it, however far out.
        packs: Whether it can only stand where it does if its struct is packed.
        is_const: Whether the type is part of a ``const`` one.
    """

    depth: int
    type_columns: int
    name_columns: int
    ends: bool = False
    in_union: bool = False
    packs: bool = False
    is_const: bool = False

    @property
    def tabs(self) -> str:
        return "\t" * self.depth


@dataclass(slots=True)
class _Paragraph:
    """Lines of a struct's body. Remarks part from members by one empty line on either side."""

    tabs: str
    parts: list[str] = field(default_factory=list)
    in_remarks: bool = False

    def remark_before(self, remark: str) -> None:
        self._open()
        self.parts.append(f"{self.tabs}{remark}\n")

    def remark_after(self, remark: str) -> None:
        self._open()
        self.parts.append(f"\n{self.tabs}{remark}")

    def member(self, text: str) -> None:
        if self.in_remarks:
            self.parts.append("\n")
            self.in_remarks = False
        self.parts.append(f"{self.tabs}{text}")

    def _open(self) -> None:
        if not self.in_remarks:
            self.parts.append("\n")
            self.in_remarks = True


class _Printer:
    """Prints one struct; remembers the cache line that was last remarked upon."""

    def __init__(self, inference: Inference, line_bytes: int) -> None:
        self._inference = inference
        self._line_bytes = line_bytes
        self._line = 0

    def whole(self, struct: StructLayout) -> str:
        keyword = f"{'union' if struct.is_union else 'struct'} {struct.name}"
        counted = count_holes(struct.members, 0, struct.size_bytes, is_union=struct.is_union)
        inferred = self._inference.of(struct.members, 0, counted)
        body = Body(keyword, struct.members, 0, counted, inferred)
        if struct.is_union:
            return f"{self._union(body, _Place(1, _TYPE_COLUMNS, _UNION_NAME_COLUMNS))};\n"
        text = self._struct(body, _Place(1, _TYPE_COLUMNS, _NAME_COLUMNS))
        footer = "".join(f"\t/* {line} */\n" for line in self._footer(body))
        packed = _PACKED if inferred.is_packed else ""
        return f"{text}\n{footer}}}{packed}{inferred.aligned};\n"

    def _union(self, body: Body, place: _Place) -> str:
        lines, line = [f"{body.keyword} {{\n"], self._line
        inside = replace(place, in_union=True)
        for index in range(len(body.members)):
            lines.append(f"{place.tabs}{self._member(body, index, inside)}\n")
            self._line = line  # every member begins where the union does
        return "".join(lines) + f"{place.tabs[1:]}}}"

    def _struct(self, body: Body, place: _Place) -> str:
        paragraph = _Paragraph(place.tabs)
        remarks = hole_remarks(body.counted)
        for remark in remarks.get(BEFORE_ALL, ()):
            paragraph.remark_before(remark)
        shared = Neighbours(body)
        for index, member in enumerate(body.members):
            filler = shared.filler(index)
            if filler is not None:
                paragraph.parts.append(self._filler(member, filler, place))
            combined = shared.combined(index)
            if combined:
                paragraph.remark_before(combined)
            ends = 0 < index == len(body.members) - 1
            paragraph.member(self._member(body, index, replace(place, ends=ends)))
            padding_bytes = self._inference.padding_bytes(member, _parsed(member))
            if padding_bytes:
                remark = (
                    f"/* XXX last struct has {counted_text(padding_bytes, 'byte')} of padding */"
                )
                paragraph.remark_after(remark)
            for remark in remarks.get(index, ()):
                paragraph.remark_after(remark)
            paragraph.parts.append("\n")
            shared.step(index)
        return f"{body.keyword} {{\n{''.join(paragraph.parts)}"

    def _filler(self, member: Member, width_bits: int, place: _Place) -> str:
        """Return the unnamed bitfield that keeps two bitfields apart."""
        head = f"\n{place.tabs}/* Force alignment to the next boundary: */\n"
        declared = self._declared(member, _parsed(member), "", place)
        return f"{head if not width_bits else ''}{place.tabs}{declared}:{width_bits};\n"

    def _member(self, body: Body, index: int, place: _Place) -> str:
        member, aligned = body.members[index], body.inferred.member_aligns[index]
        offset_bytes = body.base_bits // 8 + body.storage_bytes(member)
        mark = self._line_mark(offset_bytes, place)
        found = _parsed(member)
        if index in body.inferred.packed_members:
            place = replace(place, packs=True)
        width = f":{member.size_bits}" if member.is_bitfield else ""
        attribute = aligned_text(aligned)
        text = f"{self._declared(member, found, member.name, place)}{width}{attribute};"
        columns = place.type_columns + place.name_columns
        if found.kind == "base" and found.name in _ANONYMOUS:
            used = len(member.name) if member.name else -1
            if self._is_packed(member, place):
                used += len(_PACKED)
            # printf pads as far to the other side where a width is negative.
            columns = abs(columns - used - len(attribute) - 3)
        else:
            columns -= len(text)
        where = self._where(member, body, offset_bytes)
        return f"{mark}{text}{' ' * max(columns, 1)}{where}"

    def _where(self, member: Member, body: Body, offset_bytes: int) -> str:
        """Return the remark with a member's offset and size."""
        if not member.is_bitfield:
            return f"/* {offset_bytes:5} {member.size_bits // 8:5} */"
        bit = member.offset_bits - body.base_bits - body.storage_bytes(member) * 8
        return f"/* {offset_bytes:5}:{bit:2} {member.unit_bytes:2} */"

    def _line_mark(self, offset_bytes: int, place: _Place) -> str:
        """Return the remark that a cache line was crossed, where one was."""
        line, past_bytes = divmod(offset_bytes, self._line_bytes)
        if line <= self._line:
            return ""
        self._line = line
        ago = f" was {counted_text(past_bytes, 'byte')} ago" if past_bytes else ""
        at_bytes = offset_bytes - past_bytes
        return f"/* --- cacheline {line} boundary ({at_bytes} bytes){ago} --- */\n{place.tabs}"

    def _declared(self, member: Member, found: CType, name: str, place: _Place) -> str:
        """Return the declaration of a name, types and names in their columns."""
        columns = place.type_columns
        if found.kind == "function":
            return function_text(found, name, type_columns=columns)
        if found.kind == "pointer" and found.target.kind == "function":
            return function_text(found.target, name, is_pointer=True, type_columns=columns)
        if found.kind == "const" and found.target != VOID:
            inner = replace(place, type_columns=columns - len("const "), is_const=True)
            return f"const {self._declared(member, found.target, name, inner)}"
        if found.kind == "array":
            return self._array(member, found, name, place)
        if found.kind == "base" and found.name in _ANONYMOUS:
            return self._anonymous(member, found, name, place)
        return in_columns(found, name, columns)

    def _array(self, member: Member, found: CType, name: str, place: _Place) -> str:
        """Return the declaration of an array; one without elements may be a flexible member."""
        element, count = found.target, str(found.count)
        if not found.count and element.kind == "const":
            element = element.target
        if place.ends and not found.count and not place.in_union:
            count = ""
        return f"{self._declared(member, element, name, place)}[{count}]"

    def _anonymous(self, member: Member, found: CType, name: str, place: _Place) -> str:
        """Return an anonymous struct or union with its members, an enum without its values."""
        suffix = f" {name}" if name else ""
        if found.name == "enum":
            return f"enum {{\n{place.tabs}}}{suffix}"
        counted = summary_of_anonymous(member)
        inferred = self._inference.of(member.members, member.offset_bits, counted)
        body = Body(found.name, member.members, member.offset_bits, counted, inferred)
        columns = place.type_columns - _NESTED_COLUMNS
        inside = _Place(
            place.depth + 1, columns, place.name_columns, ends=place.ends, in_union=place.in_union
        )
        if member.is_union:
            return f"{self._union(body, inside)}{suffix}"
        if self._is_packed(member, place):
            return f"{self._struct(body, inside)}{place.tabs}}}{_PACKED}{suffix}"
        sums = ""
        if place.is_const:  # pahole forgets to leave the sums out here
            sums = "\n" + "".join(f"{inside.tabs}/* {line} */\n" for line in self._footer(body))
        return f"{self._struct(body, inside)}{sums}{place.tabs}}}{inferred.aligned}{suffix}"

    def _is_packed(self, member: Member, place: _Place) -> bool:
        """Tell whether an anonymous member's struct is packed, by its own or its place's look."""
        if member.is_union or not member.members:
            return False
        counted = summary_of_anonymous(member)
        inferred = self._inference.of(member.members, member.offset_bits, counted)
        return place.packs or inferred.is_packed

    def _footer(self, body: Body) -> list[str]:
        """Return the lines of sums."""
        counted = body.counted
        lines = -(-counted.size_bytes // self._line_bytes)
        texts = [
            f"size: {counted.size_bytes}, cachelines: {lines}, members: {counted.member_count}",
            *sums(counted),
        ]
        if counted.padding_bytes:
            texts.append(f"padding: {counted.padding_bytes}")
        paddings = [self._inference.padding_bytes(one, _parsed(one)) for one in body.members]
        if any(paddings):
            number = sum(padding > 0 for padding in paddings)
            texts.append(f"paddings: {number}, sum paddings: {sum(paddings)}")
        if counted.bit_padding_bits:
            texts.append(f"bit_padding: {counted.bit_padding_bits} bits")
        texts += forced_alignments(body)
        past_bytes = (body.base_bits // 8 + counted.size_bytes) % self._line_bytes
        if past_bytes:
            texts.append(f"last cacheline: {past_bytes} bytes")
        if counted.unexplained_bits:
            texts.append(unexplained(counted))
        return texts


def _parsed(member: Member) -> CType:
    try:
        return parse_type(member.type_name)
    except DeclarationError:  # printed as it is
        return CType("base", member.type_name)
