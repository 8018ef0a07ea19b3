"""A struct as ``pahole -C`` prints it, line for line.

The format is that of pahole 1.24: columns, cache line marks, holes, the attributes it infers and
the lines of sums at the end. Two things BTF knows and a ``StructLayout`` does not: the values of
an anonymous enum, and what a pointer to an anonymous struct points to; such members are printed
without them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from core.layout.holes import (
    BEFORE_ALL,
    Holes,
    count_holes,
    storage_offset_bytes,
    summary_of_anonymous,
)
from core.layout.model import KernelTypes, Member, StructLayout
from core.layout.pahole_infer import Inference, Inferred, aligned_text
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
class _Body:
    """A struct or union to be printed: the outermost one or an anonymous one.

    Attributes:
        keyword: ``struct`` or ``union``, with the tag where it has one.
        members: Its members.
        base_bits: Where it begins in the outermost one.
        counted: Its holes and sums.
        inferred: What can be told of its attributes.
    """

    keyword: str
    members: tuple[Member, ...]
    base_bits: int
    counted: Holes
    inferred: Inferred

    def storage_bytes(self, member: Member) -> int:
        """Return the byte of this struct that a member is said to be at."""
        return storage_offset_bytes(member, self.base_bits)


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
        body = _Body(keyword, struct.members, 0, counted, inferred)
        if struct.is_union:
            return f"{self._union(body, _Place(1, _TYPE_COLUMNS, _UNION_NAME_COLUMNS))};\n"
        text = self._struct(body, _Place(1, _TYPE_COLUMNS, _NAME_COLUMNS))
        footer = "".join(f"\t/* {line} */\n" for line in self._footer(body))
        packed = _PACKED if inferred.is_packed else ""
        return f"{text}\n{footer}}}{packed}{inferred.aligned};\n"

    def _union(self, body: _Body, place: _Place) -> str:
        lines, line = [f"{body.keyword} {{\n"], self._line
        inside = replace(place, in_union=True)
        for index in range(len(body.members)):
            lines.append(f"{place.tabs}{self._member(body, index, inside)}\n")
            self._line = line  # every member begins where the union does
        return "".join(lines) + f"{place.tabs[1:]}}}"

    def _struct(self, body: _Body, place: _Place) -> str:
        paragraph = _Paragraph(place.tabs)
        remarks = _hole_remarks(body.counted)
        for remark in remarks.get(BEFORE_ALL, ()):
            paragraph.remark_before(remark)
        shared = _Shared(body)
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
                remark = f"/* XXX last struct has {_counted(padding_bytes, 'byte')} of padding */"
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

    def _member(self, body: _Body, index: int, place: _Place) -> str:
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

    def _where(self, member: Member, body: _Body, offset_bytes: int) -> str:
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
        ago = f" was {_counted(past_bytes, 'byte')} ago" if past_bytes else ""
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
        body = _Body(found.name, member.members, member.offset_bits, counted, inferred)
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

    def _footer(self, body: _Body) -> list[str]:
        """Return the lines of sums."""
        counted = body.counted
        lines = -(-counted.size_bytes // self._line_bytes)
        texts = [
            f"size: {counted.size_bytes}, cachelines: {lines}, members: {counted.member_count}",
            *_sums(counted),
        ]
        if counted.padding_bytes:
            texts.append(f"padding: {counted.padding_bytes}")
        paddings = [self._inference.padding_bytes(one, _parsed(one)) for one in body.members]
        if any(paddings):
            number = sum(padding > 0 for padding in paddings)
            texts.append(f"paddings: {number}, sum paddings: {sum(paddings)}")
        if counted.bit_padding_bits:
            texts.append(f"bit_padding: {counted.bit_padding_bits} bits")
        texts += _forced_alignments(body)
        past_bytes = (body.base_bits // 8 + counted.size_bytes) % self._line_bytes
        if past_bytes:
            texts.append(f"last cacheline: {past_bytes} bytes")
        if counted.unexplained_bits:
            texts.append(_unexplained(counted))
        return texts


class _Shared:
    """Tells where a bitfield shares bytes with the member before it, or is kept apart from it."""

    def __init__(self, body: _Body) -> None:
        self._body = body
        self._offsets = [body.storage_bytes(member) for member in body.members]
        self._bit_holes = {hole.after: hole.size_bits for hole in body.counted.bit_holes}
        self._last_bytes = 0

    def filler(self, index: int) -> int | None:
        """Return the width of the unnamed bitfield before a member; None where there is none."""
        hole_bits = self._bit_holes.get(index - 1, 0) if index else 0
        if not self._last_bytes or not hole_bits or not self._body.members[index].is_bitfield:
            return None
        return hole_bits if self._offsets[index] == self._offsets[index - 1] else 0

    def combined(self, index: int) -> str:
        """Return the remark on bytes that a member shares with the one before it."""
        if not index or not self._last_bytes:
            return ""
        last, member = self._body.members[index - 1], self._body.members[index]
        distance = self._offsets[index] - self._offsets[index - 1]
        joins = not distance and member.is_bitfield and not last.is_bitfield
        if distance < 0 or joins:
            return "/* Bitfield combined with previous fields */"
        if 0 < distance < self._last_bytes:
            return "/* Bitfield combined with next fields */"
        return ""

    def step(self, index: int) -> None:
        """Go past a member."""
        member = self._body.members[index]
        moved = not index or self._offsets[index] != self._offsets[index - 1]
        starts_bits = index and member.is_bitfield and not self._body.members[index - 1].is_bitfield
        if moved or not self._last_bytes or starts_bits:
            self._last_bytes = member.unit_bytes if member.is_bitfield else member.size_bits // 8


def _parsed(member: Member) -> CType:
    try:
        return parse_type(member.type_name)
    except DeclarationError:  # printed as it is
        return CType("base", member.type_name)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _hole_remarks(counted: Holes) -> dict[int, list[str]]:
    """Return the remarks on holes by the index of the member before them."""
    remarks: dict[int, list[str]] = {}
    for bit_hole in counted.bit_holes:
        remark = f"/* XXX {_counted(bit_hole.size_bits, 'bit')} hole, try to pack */"
        remarks.setdefault(bit_hole.after, []).append(remark)
    for hole in counted.holes:
        remark = f"/* XXX {_counted(hole.size_bytes, 'byte')} hole, try to pack */"
        remarks.setdefault(hole.after, []).append(remark)
    return remarks


def _sums(counted: Holes) -> list[str]:
    """Return the lines with the sums of members and holes; without holes there are none."""
    if not counted.holes and not counted.bit_holes:
        return []
    texts = []
    if counted.sum_members_bytes:
        holes = f", holes: {len(counted.holes)}, sum holes: {counted.sum_holes_bytes}"
        texts.append(f"sum members: {counted.sum_members_bytes}{holes if counted.holes else ''}")
    if counted.sum_bitfield_bits:
        rest = f" ({counted.sum_bitfield_bits // 8} bytes)"
        if counted.bit_holes:
            number, bits = len(counted.bit_holes), counted.sum_bit_holes_bits
            rest = f", bit holes: {number}, sum bit holes: {bits} bits"
        texts.append(f"sum bitfield members: {counted.sum_bitfield_bits} bits{rest}")
    return texts


def _forced_alignments(body: _Body) -> list[str]:
    """Return the line on members aligned by an attribute, and the holes that come of it."""
    aligned = [index for index, align in enumerate(body.inferred.member_aligns) if align]
    if not aligned:
        return []
    holes = {hole.after: hole.size_bytes for hole in body.counted.holes}
    forced = [holes[index - 1] for index in aligned if index - 1 in holes]
    text = f"forced alignments: {len(aligned)}"
    if forced:
        text += f", forced holes: {len(forced)}, sum forced holes: {sum(forced)}"
    return [text]


def _unexplained(counted: Holes) -> str:
    return (
        f"BRAIN FART ALERT! {counted.size_bytes} bytes != {counted.sum_members_bytes} (member"
        f" bytes) + {counted.sum_bitfield_bits} (member bits) + {counted.sum_holes_bytes} (byte"
        f" holes) + {counted.sum_bit_holes_bits} (bit holes), diff ="
        f" {counted.unexplained_bits} bits"
    )
