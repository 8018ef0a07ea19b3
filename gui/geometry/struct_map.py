"""What fills a struct, bit by bit: its members, and what lies between and behind them.

Every bit of the struct belongs to exactly one span, so that a drawing of the spans is a drawing
of the struct. Members of anonymous structs are spans of their own; an anonymous union is one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from core.layout.model import Member, StructLayout, flattened


class Kind(IntEnum):
    """What a span is."""

    PLAIN = 0
    BITFIELD = 1
    CANDIDATE = 2
    HOLE = 3
    BIT_HOLE = 4
    PADDING = 5

    @property
    def is_gap(self) -> bool:
        """Whether no member uses these bits."""
        return self >= Kind.HOLE


class Span(NamedTuple):
    """A run of bits that belong to one member or to none.

    Attributes:
        kind: What it is.
        first_bit: Where it begins in the struct.
        end_bits: The first bit after it; ``first_bit`` for a member without a size.
        names: The member's name; all names of an anonymous union; none for a gap.
        member: The member, the anonymous union itself; None for a gap.
        direct: Whether the member is one of the struct's own, not inside an anonymous one.
        shade: 0 or 1, another one than that of the members beside it.
        from_bits: Where the member stood before the candidate came, -1 where it has not moved.
    """

    kind: Kind
    first_bit: int
    end_bits: int
    names: tuple[str, ...] = ()
    member: Member | None = None
    direct: bool = True
    shade: int = 0
    from_bits: int = -1

    @property
    def label(self) -> str:
        """Its name: ``a|b`` for a union."""
        return "|".join(self.names)

    @property
    def key(self) -> str:
        """The name by which it is selected, empty for a gap."""
        return self.names[0] if self.names else ""

    @property
    def size_bits(self) -> int:
        """How many bits it has."""
        return self.end_bits - self.first_bit

    @property
    def moved(self) -> bool:
        """Whether the candidate pushed it to another place."""
        return self.from_bits >= 0


class Candidate(NamedTuple):
    """The new field, by its name and its place: a kernel may have a member of that name."""

    name: str
    offset_bits: int


class Contents:
    """The spans of a struct in the order of their bits.

    Args:
        struct: The struct, with the candidate in it where there is one.
        candidate: Which member is the candidate.
        before: The struct without it; tells which members have moved.
    """

    def __init__(
        self,
        struct: StructLayout,
        candidate: Candidate | None = None,
        before: StructLayout | None = None,
    ) -> None:
        self.struct = struct
        self.size_bits = struct.size_bytes * 8
        self.spans = tuple(_filled(_leaves(struct), self.size_bits, candidate, before))
        self._starts = [span.first_bit for span in self.spans]
        self.members = tuple(i for i, span in enumerate(self.spans) if span.names)
        self._by_name: dict[str, int] = {}
        self.candidate = -1
        for index in self.members:
            span = self.spans[index]
            if span.kind is Kind.CANDIDATE:
                self.candidate = index
            for name in span.names:
                self._by_name.setdefault(name, index)
        if self.candidate >= 0:
            self._by_name[self.spans[self.candidate].key] = self.candidate

    def index_of(self, name: str) -> int:
        """Return the index of a member's span, -1 where there is none of that name."""
        return self._by_name.get(name, -1)

    def find(self, name: str) -> Span | None:
        """Return a member's span, also one in an anonymous struct or union."""
        index = self.index_of(name)
        return self.spans[index] if index >= 0 else None

    def index_at(self, bit: int) -> int:
        """Return the index of the span a bit belongs to, -1 outside the struct."""
        if not 0 <= bit < self.size_bits:
            return -1
        return bisect_right(self._starts, bit) - 1

    def at(self, bit: int) -> Span | None:
        """Return the span a bit belongs to, None outside the struct."""
        index = self.index_at(bit)
        return self.spans[index] if index >= 0 else None

    def touching(self, first_bit: int, end_bits: int) -> range:
        """Return the indexes of the spans that have a bit, or stand, in a run of bits."""
        start = bisect_left(self._starts, first_bit)
        if start and self.spans[start - 1].end_bits > first_bit:
            start -= 1
        return range(start, bisect_left(self._starts, end_bits, lo=start))

    def gap_after(self, index: int) -> tuple[Span, ...]:
        """Return the gaps between a span and the member after it."""
        found = []
        for span in self.spans[index + 1 : index + 4]:
            if not span.kind.is_gap:
                break
            found.append(span)
        return tuple(found)

    def stepped(self, name: str, by: int) -> str:
        """Return the member so many members on, no further than the ends."""
        if not self.members:
            return ""
        at = self.index_of(name)
        order = bisect_left(self.members, at) if at >= 0 else (-1 if by > 0 else len(self.members))
        order = max(0, min(len(self.members) - 1, order + by))
        return self.spans[self.members[order]].key

    # -- where a candidate could stand ------------------------------------------------------------

    def place_at(self, bit: int) -> tuple[str, int]:
        """Return the place nearest to a bit and the bit it begins at: where a drop would go.

        Returns:
            ``after:MEMBER`` or ``before:MEMBER`` (empty for a struct without members), and the
            bit to draw the mark at.
        """
        others = self._others()
        if not others:
            return "", 0
        index = self.index_at(max(0, min(bit, self.size_bits - 1)))
        span = self.spans[index]
        order = bisect_right(others, index)
        if span.names and index != self.candidate and 2 * bit < span.first_bit + span.end_bits:
            order -= 1
        return self._place(others, order), self._mark(others, order)

    def places_beyond(self, by: int) -> Iterator[tuple[str, int]]:
        """Yield the places before (-1) or after (1) the candidate's own, nearest first.

        Each is as ``place_at`` returns it.
        """
        others = self._others()
        order = bisect_right(others, self.candidate) + by
        while self.candidate >= 0 and others and 0 <= order <= len(others):
            yield self._place(others, order), self._mark(others, order)
            order += by

    def _others(self) -> list[int]:
        return [index for index in self.members if index != self.candidate]

    def _place(self, others: list[int], order: int) -> str:
        """Name the place before ``others[order]`` by a member of the struct itself, if one is."""
        before = self.spans[others[order - 1]] if order else None
        after = self.spans[others[order]] if order < len(others) else None
        if before is None or (after is not None and after.direct and not before.direct):
            return f"before:{after.key}" if after is not None else ""
        return f"after:{before.names[-1]}"

    def _mark(self, others: list[int], order: int) -> int:
        return self.spans[others[order - 1]].end_bits if order else 0


def _leaves(struct: StructLayout) -> list[tuple[Member, tuple[str, ...], bool]]:
    """What is drawn side by side: members by offset, with their names, and whether direct."""
    if struct.is_union and struct.members:
        names = tuple(inner.name for inner in flattened(struct.members) if inner.name)
        whole = Member("", "union", 0, max(m.end_bits for m in struct.members), is_union=True)
        return [(whole, names or ("(anonymous)",), True)]
    found = list(_members(struct.members, direct=True))
    found.sort(key=lambda leaf: leaf[0].offset_bits)
    return found


def _members(
    members: tuple[Member, ...], *, direct: bool
) -> Iterator[tuple[Member, tuple[str, ...], bool]]:
    for member in members:
        if member.name:
            yield member, (member.name,), direct
        elif member.is_union or not member.members:
            names = tuple(inner.name for inner in flattened(member.members) if inner.name)
            # An anonymous union's names are reached like members of the struct, but it is not one.
            yield member, names or ("(anonymous)",), False
        else:
            yield from _members(member.members, direct=False)


def _filled(
    leaves: list[tuple[Member, tuple[str, ...], bool]],
    size_bits: int,
    candidate: Candidate | None,
    before: StructLayout | None,
) -> Iterator[Span]:
    """Yield the members cut to what no other one has taken, and the gaps between them."""
    cursor, unit_end, shade = 0, 0, 0
    for member, names, direct in leaves:
        first, end = max(member.offset_bits, cursor), min(member.end_bits, size_bits)
        if end <= first and member.size_bits:
            # Damaged data only: a member that lies wholly inside another one.
            continue
        first = min(first, size_bits)
        yield from _gaps(cursor, first, unit_end)
        is_new = candidate is not None and candidate == (names[0], member.offset_bits)
        kind = Kind.BITFIELD if member.is_bitfield else Kind.PLAIN
        old = before.find(names[0]) if before is not None and not is_new else None
        from_bits = _from_bits(old, names[0], member)
        shade = 1 - shade
        end = max(first, end)
        yield Span(
            Kind.CANDIDATE if is_new else kind, first, end, names, member, direct, shade, from_bits
        )
        cursor, unit_end = end, _unit_end(member, end)
    if cursor < size_bits:
        yield Span(Kind.PADDING, cursor, size_bits)


def _from_bits(old: Member | None, name: str, member: Member) -> int:
    """Where a member stood, -1 where it still stands there."""
    if old is None:
        return -1
    now = member.offset_bits
    if not member.name:
        inner = next((m for m in flattened(member.members) if m.name == name), member)
        now = inner.offset_bits
    return old.offset_bits if old.offset_bits != now else -1


def _unit_end(member: Member, end_bits: int) -> int:
    """Where the storage unit of a bitfield ends; nothing for another member."""
    unit_bits = member.unit_bytes * 8
    if not member.is_bitfield or not unit_bits:
        return end_bits
    return -(-end_bits // unit_bits) * unit_bits


def _gaps(first: int, end: int, unit_end: int) -> Iterator[Span]:
    """Yield a gap as pahole counts it: the unit's unused bits, whole bytes, and loose bits."""
    used = min(end, max(first, unit_end))
    if used % 8:
        used = min(end, -(-used // 8) * 8)
    if used > first:
        yield Span(Kind.BIT_HOLE, first, used)
    whole = max(used, end // 8 * 8)
    if whole > used:
        yield Span(Kind.HOLE, used, whole)
    if end > whole:
        yield Span(Kind.BIT_HOLE, whole, end)
