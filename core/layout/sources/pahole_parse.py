"""pahole's text taken apart: structs, the lines of their members and what the last lines count.

It is read as people paste it: quoted, with a diff's marks, with wrapped lines, amid other text,
printed by any pahole since 1.9. Nothing is concluded here; offsets are those of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from core.errors import LayoutError
from core.layout.pahole_types import CType, DeclarationError, parse_declaration
from core.layout.sources.pahole_find import DEEPEST, NUMBER, PLACE, Found, parse_error

_MOST_MEMBERS = 20_000
"""Members of one struct with all in it: no kernel's struct has a tenth of it."""

_LONGEST_STRUCT = 1 << 20
"""Characters of one struct's text: ``pahole -E`` needs a tenth of it for a task_struct."""

_LONGEST_DECLARATION = 4_000
"""Characters of one member: the longest function pointers have a tenth of it."""

_LONGEST_REMARK = 500

_EVENT = re.compile(r"/\*|[{}]|;[\s;]*")
_SIZE_ONLY = re.compile(rf"\s*{NUMBER}\s*")
_COUNTS = re.compile(r"([a-z_][a-z_ ]{0,40}?)\s*:\s*(\d{1,10})")
_NEXT_REMARK = re.compile(r"\s*/\*")
_TYPEDEF = re.compile(r"\s*typedef\s+(\w{1,500})\b")
_ATTRIBUTE = re.compile(r"__attribute__\s*\(\(\s*_*([a-z]+?)_*\s*(?:\(\s*(\d{1,10})\s*\))?\s*\)\)")
_WIDTH = re.compile(r":\s*(\d{1,5})\s*$")
_OPENED = re.compile(r"(?:\b(const|volatile)\s+)?\b(struct|union|enum|class)(?:\s+(\w+))?\s*$")


@dataclass(slots=True)
class RawMember:
    """A member as the text has it.

    Attributes:
        name: Empty for an anonymous struct or union.
        type: Its type.
        position: Where it ends in the text, for errors.
        width_bits: Of a bitfield, 0 otherwise.
        align_bytes: What an attribute says, 0 where none does.
        is_packed: Whether an attribute says so of its struct.
        offset_bytes: From the text; None where it tells none.
        bit: The number behind the colon; None where there is none.
        size_bytes: From the text; None where it tells none.
        body: What its type holds, where the text expands it; None where it does not.
    """

    name: str
    type: CType
    position: int
    width_bits: int = 0
    align_bytes: int = 0
    is_packed: bool = False
    offset_bytes: int | None = None
    bit: int | None = None
    size_bytes: int | None = None
    body: RawBody | None = None


@dataclass(slots=True)
class RawBody:
    """A struct or union as the text has it.

    Attributes:
        tag: Empty for an anonymous one.
        is_union: Whether its members overlap.
        position: Where it begins in the text, for errors.
        is_enum: Whether it is an enum, of which nothing is kept.
        members: Its members.
        counts: The numbers of the lines at its end by what they count, ``size``, ``padding``,
            each with the position of its line.
        align_bytes: What an attribute behind it says, 0 where none does.
        is_packed: Whether an attribute says so.
        alias: The typedef that a remark before it names.
        qualifier: ``const`` or ``volatile`` before it, or nothing.
        is_doubted: Whether pahole itself says that the numbers do not add up.
    """

    tag: str
    is_union: bool
    position: int
    is_enum: bool = False
    members: list[RawMember] = field(default_factory=list)
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    align_bytes: int = 0
    is_packed: bool = False
    alias: str = ""
    qualifier: str = ""
    is_doubted: bool = False


def parse(text: str, found: Found, limit: int, where: str) -> RawBody:
    """Return a struct with its members.

    Args:
        text: The cleaned text.
        found: Where the struct is in it.
        limit: Where the next struct begins: up to there old versions put the last lines.
        where: What errors begin with.

    Raises:
        LayoutError: The text is damaged.
    """
    return _Parser(text, where).parse(found, limit)


class _Parser:
    """Reads one struct, brace by brace, without recursion."""

    def __init__(self, text: str, where: str) -> None:
        self._text = text
        self._where = where
        self._open: list[RawBody] = []
        self._closed: RawBody | None = None
        self._last: RawMember | None = None
        self._members_left = _MOST_MEMBERS
        self._alias = ""

    def parse(self, found: Found, limit: int) -> RawBody:
        if found.end < 0:
            raise self._error(f"struct {found.name} has no closing brace", found.start)
        if found.end - found.start > _LONGEST_STRUCT:
            raise self._error(f"struct {found.name} is longer than a megabyte", found.start)
        whole = RawBody(found.name, found.is_union, found.start)
        self._open.append(whole)
        end = self._read(found.body, found.end)
        self._read_behind(whole, end, limit)
        return whole

    def _read(self, at: int, end: int) -> int:
        """Read up to the brace that closes the struct and return the place behind it."""
        text = self._text
        before: list[str] = []
        while self._open and (event := _EVENT.search(text, at, end)):
            before.append(text[at : event.start()])
            at = event.end()
            if event[0] == "/*":
                closing = text.find("*/", at, end)
                if closing < 0:
                    raise self._error("a remark is not closed", event.start())
                self._remark(text[at:closing], at)
                at = closing + 2
                continue
            between = " ".join(before).strip()
            if len(between) > _LONGEST_DECLARATION:
                raise self._error(f"more than {_LONGEST_DECLARATION} characters of one member", at)
            self._step(event[0][0], between, event.start())
            before = []
        if self._open:  # a brace that was counted stands in a remark
            raise self._error("a closing brace is missing", at)
        return at

    def _step(self, event: str, between: str, at: int) -> None:
        """Take in what stands before a brace or a semicolon."""
        if self._open[-1].is_enum and event != "}":
            return
        if event == "{":
            self._enter(between, at)
        elif event == "}":
            if between and not self._open[-1].is_enum:
                raise self._error(f"{between[:40]!r} before a closing brace", at)
            self._closed, self._last = self._open.pop(), None
        elif self._closed is not None:
            self._add(self._of_body(self._closed, between, at))
            self._closed = None
        elif between:
            self._add(self._declared(between, at))

    def _enter(self, between: str, at: int) -> None:
        opened = _OPENED.search(_ATTRIBUTE.sub("", between))
        if opened is None:
            raise self._error(f"{between[-40:]!r} before a brace, where a struct was expected", at)
        if len(self._open) > DEEPEST:
            raise self._error("structs are nested too deeply", at)
        body = RawBody(opened[3] or "", opened[2] == "union", at, is_enum=opened[2] == "enum")
        body.qualifier, body.alias = opened[1] or "", self._alias
        self._alias, self._last = "", None
        self._open.append(body)

    def _add(self, member: RawMember | None) -> None:
        self._alias, self._last = "", member
        if member is None:
            return
        self._members_left -= 1
        if self._members_left < 0:
            raise self._error(f"more than {_MOST_MEMBERS} members", member.position)
        self._open[-1].members.append(member)

    def _declared(self, between: str, at: int) -> RawMember | None:
        """Return the member that a text declares; None for an unnamed bitfield."""
        member = RawMember("", CType("base"), at)
        bare = _read_attributes(between, member)
        width = _WIDTH.search(bare)
        if width is not None:
            member.width_bits, bare = int(width[1]), bare[: width.start()]
        if not bare or bare.startswith("static "):
            return None  # a static member of a C++ class takes no room in it
        try:
            member.name, member.type = parse_declaration(bare)
        except DeclarationError:
            # Offset and size are what counts: a type that is not understood keeps its spelling.
            *words, last = bare.split()
            member.name = last.lstrip("*").partition("[")[0]
            member.type = CType("base", " ".join(words) or bare)
        if not member.name and width is not None:
            return None
        if self._alias and member.type.kind == "base":
            member.type = CType("base", self._alias)
        return member

    def _of_body(self, body: RawBody, between: str, at: int) -> RawMember:
        """Return the member whose type's members the text has just listed."""
        keyword = "enum" if body.is_enum else "union" if body.is_union else "struct"
        spelt = f"{keyword} {body.tag}".strip()
        member = RawMember("", CType("base", spelt), at)
        bare = _read_attributes(between, member)
        body.is_packed, body.align_bytes = member.is_packed, 0
        width = _WIDTH.search(bare)
        if width is not None:
            member.width_bits, bare = int(width[1]), bare[: width.start()]
        try:
            # Any type's name stands in for what the braces held.
            member.name, declared = parse_declaration(f"{body.qualifier} int {bare}")
        except DeclarationError as error:
            raise self._error(str(error), at) from error
        by_value = member.type = _based_on(declared, spelt)
        while by_value.kind not in ("base", "pointer", "function"):
            by_value = by_value.target
        if by_value.kind == "base" and not body.is_enum:
            member.body = body
        if body.alias and member.type.kind == "base":
            member.type = CType("base", body.alias)
        return member

    def _remark(self, remark: str, at: int) -> None:
        """Take in what a remark tells of the member before it or of the struct around it."""
        body = self._open[-1] if self._open else None
        place = PLACE.fullmatch(remark)
        if place is not None:
            if self._last is not None:
                _set_place(self._last, place)
                self._last = None
            return
        alone = _SIZE_ONLY.fullmatch(remark)
        if alone is not None and self._last is not None:
            self._last.size_bytes = _number(alone[1])  # what old versions said of union members
            self._last = None
            return
        alias = _TYPEDEF.match(remark)
        if alias is not None:
            self._alias = alias[1]
        elif body is not None:
            _count(body, remark, at)

    def _read_behind(self, whole: RawBody, at: int, limit: int) -> None:
        """Read what follows the closing brace: attributes, and in old versions the last lines."""
        semicolon = self._text.find(";", at, min(limit, at + 200))
        if semicolon > 0:
            behind = RawMember("", CType("base"), at)
            _read_attributes(self._text[at:semicolon], behind)
            whole.align_bytes, whole.is_packed = behind.align_bytes, behind.is_packed
            at = semicolon + 1
        while (opened := _NEXT_REMARK.match(self._text, at, limit)) is not None:
            closing = self._text.find("*/", opened.end(), limit)
            if closing < 0:
                return
            _count(whole, self._text[opened.end() : closing], opened.end())
            at = closing + 2

    def _error(self, problem: str, position: int) -> LayoutError:
        return parse_error(problem, self._text, position, self._where)


def _read_attributes(between: str, member: RawMember) -> str:
    """Note the attributes in a text and return the rest of it."""
    for attribute in _ATTRIBUTE.finditer(between):
        if attribute[1] == "aligned" and attribute[2]:
            member.align_bytes = max(member.align_bytes, int(attribute[2]))
        member.is_packed |= attribute[1] == "packed"
    return _ATTRIBUTE.sub("", between).strip()


def _based_on(found: CType, name: str) -> CType:
    """Return a type with another base."""
    if found.inner is None:
        return CType("base", name)
    return replace(found, inner=_based_on(found.inner, name))


def _set_place(member: RawMember, place: re.Match[str]) -> None:
    member.offset_bytes, member.size_bytes = _number(place[1]), _number(place[3])
    member.bit = _number(place[2]) if place[2] else None


def _number(text: str) -> int:
    return int(text, 16) if text.startswith("0x") else int(text)


def _count(body: RawBody, remark: str, at: int) -> None:
    """Note the numbers of one of the last lines."""
    if len(remark) > _LONGEST_REMARK or "XXX" in remark or "---" in remark:
        return
    if "BRAIN FART" in remark:
        body.is_doubted = True
        return
    for count in _COUNTS.finditer(remark):
        body.counts.setdefault(count[1].strip(), (int(count[2]), at))
