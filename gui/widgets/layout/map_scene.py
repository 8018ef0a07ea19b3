"""What the map of a struct shows, and what is said about each of its parts. No painting."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Protocol

from core.lesson.covered import COST
from gui.covered import MARK
from gui.geometry.struct_map import Candidate, Contents, Kind

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

    from core.layout.model import KernelLayout, Member
    from core.layout.what_if import WhatIf
    from gui.covered import Covered

NOTHING_OPEN = "Open a kernel to see its task_struct"


class MapSession(Protocol):
    """What the map needs of the layout's session."""

    @property
    def layout_changed(self) -> SignalInstance:
        """Another kernel or struct is open."""
        ...

    @property
    def answer_changed(self) -> SignalInstance:
        """Another field or place: ``answer`` is new."""
        ...

    @property
    def member_selected(self) -> SignalInstance:
        """Another member is selected, or none."""
        ...

    @property
    def pointed_changed(self) -> SignalInstance:
        """A lesson points at other members."""
        ...

    @property
    def pointed(self) -> tuple[str, ...]:
        """Names of the members that a lesson points at."""
        ...

    @property
    def layout(self) -> KernelLayout | None:
        """The struct as the kernel has it."""
        ...

    @property
    def answer(self) -> WhatIf | None:
        """What a new field does to it, None where there is no field."""
        ...

    @property
    def covered(self) -> Covered:
        """What is not said for the moment, because a lesson asks for it."""
        ...

    @property
    def line_bytes(self) -> int:
        """Size of a cache line."""
        ...

    @property
    def selected(self) -> str:
        """Name of the selected member, empty for none."""
        ...

    def select(self, member: str) -> None:
        """Select a member, or none."""
        ...

    def set_place(self, place: str) -> object:
        """Put the new field somewhere else: ``after:MEMBER``, ``before:MEMBER``."""
        ...

    def can_place(self, place: str) -> str:
        """Return why the field cannot go there, empty where it can."""
        ...


@dataclass(frozen=True, slots=True)
class MapScene:
    """A struct, with the new field in it where there is one.

    Attributes:
        contents: What fills it.
        line_bytes: Size of a cache line.
        label: The kernel, for people.
        big_endian: Whether bits count from the most significant one.
        was_bytes: Size of the struct without the new field; 0 where that is not known.
        asked: Whether a lesson asks how much it grows.
    """

    contents: Contents
    line_bytes: int
    label: str
    big_endian: bool
    was_bytes: int = 0
    asked: bool = False

    @property
    def names(self) -> tuple[str, str]:
        """The kernel and the struct."""
        return self.label, self.contents.struct.name

    @property
    def title(self) -> str:
        """The struct and its size."""
        struct = self.contents.struct
        lines = -(-struct.size_bytes // self.line_bytes)
        noun = "line" if lines == 1 else "lines"
        keyword = "union" if struct.is_union else "struct"
        if self.asked and self.was_bytes:
            sizes = f"{self.was_bytes:,} → {MARK} bytes  ·  cache lines of {self.line_bytes}"
            return f"{keyword} {struct.name}  ·  {sizes}"
        grown = 0 < self.was_bytes != struct.size_bytes
        size = f"{self.was_bytes:,} → " if grown else ""
        return (
            f"{keyword} {struct.name}  ·  {size}{struct.size_bytes:,} bytes"
            f"  ·  {lines:,} cache {noun} of {self.line_bytes}"
        )


def scene_of(session: MapSession) -> MapScene | None:
    """Return what there is to show, None where nothing is open."""
    layout, answer = session.layout, session.answer
    if layout is None:
        return None
    was_bytes = 0
    if answer is None:
        contents = Contents(layout.struct)
    else:
        was_bytes = answer.before.size_bytes
        candidate = Candidate(answer.field.name, answer.field.offset_bits)
        contents = Contents(answer.after, candidate, answer.before)
    return MapScene(
        contents,
        max(1, session.line_bytes),
        layout.label,
        layout.big_endian,
        was_bytes,
        COST in session.covered,
    )


def amount(bits: int) -> str:
    """Return a size: ``24 bytes``, ``3 bits``, ``2 bytes + 3 bits``."""
    whole, rest = divmod(bits, 8)
    parts = []
    if whole or not rest:
        parts.append(f"{whole:,} byte{'' if whole == 1 else 's'}")
    if rest:
        parts.append(f"{rest} bit{'' if rest == 1 else 's'}")
    return " + ".join(parts)


def offset(bits: int) -> str:
    """Return an offset as bytes in decimal and hexadecimal, with the bit where it is inside."""
    whole, rest = divmod(bits, 8)
    text = f"{whole:,} (0x{whole:x})"
    return f"{text}, bit {rest}" if rest else text


def alignment(member: Member) -> str:
    """Return how a member is aligned, and how sure that is."""
    if member.is_bitfield:
        return f"bits of a {member.unit_bytes}-byte unit" if member.unit_bytes else "bits"
    if member.align_known:
        return amount(member.align_bytes * 8)
    if 0 < member.least_align_bytes != member.align_bytes:
        return f"likely {member.align_bytes}, at least {amount(member.least_align_bytes * 8)}"
    return f"at least {amount(member.align_bytes * 8)}"


_GAPS = {
    Kind.HOLE: "hole",
    Kind.BIT_HOLE: "unused bits",
    Kind.PADDING: "padding at the end",
}


def facts(scene: MapScene, index: int) -> list[tuple[str, str]]:
    """Return what there is to say about a span, as names and values."""
    contents = scene.contents
    span = contents.spans[index]
    first_line = span.first_bit // (scene.line_bytes * 8)
    last_line = max(span.first_bit, span.end_bits - 1) // (scene.line_bytes * 8)
    lines = f"{first_line:,}" if first_line == last_line else f"{first_line:,} to {last_line:,}"
    member = span.member
    size_bits = span.size_bits if member is None else member.size_bits
    found = [
        ("offset", offset(span.first_bit)),
        ("size", amount(size_bits)),
        ("cache line", lines),
    ]
    if member is None:
        return found
    if span.size_bits < size_bits:
        found.insert(2, ("shown", f"{amount(span.size_bits)}; another member has the rest"))
    if not member.is_union:
        found.insert(0, ("type", member.type_name))
        found.append(("alignment", alignment(member)))
    for gap in contents.gap_after(index):
        what = "padding after it" if gap.kind is Kind.PADDING else "unused after it"
        found.append((what, amount(gap.size_bits)))
    if span.moved:
        found.append(("moved from", offset(span.from_bits)))
    return found


def heading(scene: MapScene, index: int) -> str:
    """Return what a span is called."""
    span = scene.contents.spans[index]
    if span.kind.is_gap:
        return f"{_GAPS[span.kind]}: {amount(span.size_bits)}"
    if span.kind is Kind.CANDIDATE:
        return f"{span.label} (the new field)"
    return f"union of {', '.join(span.names)}" if len(span.names) > 1 else span.label


def tip(scene: MapScene, index: int) -> str:
    """Return what the tool tip says about a span, as rich text."""
    rows = "".join(
        f"<tr><td>{escape(name)}&nbsp;&nbsp;</td><td>{escape(value)}</td></tr>"
        for name, value in facts(scene, index)
        if name != "size" or not scene.contents.spans[index].kind.is_gap
    )
    return f"<p style='margin:0'><b>{escape(heading(scene, index))}</b></p><table>{rows}</table>"


def line_tip(scene: MapScene, line: int) -> str:
    """Return what the tool tip says about a cache line."""
    first = line * scene.line_bytes
    last = min(first + scene.line_bytes, scene.contents.struct.size_bytes) - 1
    return f"<b>cache line {line:,}</b><br>bytes {first:,} to {last:,}<br>0x{first:x} to 0x{last:x}"


def spoken(scene: MapScene | None, selected: str) -> str:
    """Return what a screen reader says: the selected member's facts, else the struct's."""
    if scene is None:
        return f"{NOTHING_OPEN}."
    index = scene.contents.index_of(selected)
    if index < 0:
        new = scene.contents.candidate
        extra = f" The new field is {scene.contents.spans[new].label}." if new >= 0 else ""
        return f"{scene.title.replace('  ·  ', ', ')}. No member is selected.{extra}"
    said = ", ".join(f"{name} {value}" for name, value in facts(scene, index))
    return f"{heading(scene, index)}: {said}."
