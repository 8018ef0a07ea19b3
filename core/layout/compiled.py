"""A struct laid out by a C compiler, which has the last word on the rules of its ABI.

The struct is written down with each member as so many bytes of a given alignment and with its real
bitfields, once as it is and once with the field, and compiled to an object. Constants in a section
of their own tell the offsets; a bitfield's place shows in an instance in which only its bits are
set. What the compiler cannot know is what the source lost: the alignments are the likeliest ones
(or those that the source or the user tells), and it must give back the struct as it is with them.
"""

from __future__ import annotations

import shutil
import struct as binary
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import LayoutError
from core.layout.abi import bitfield_offset_bits
from core.layout.field import parse_field
from core.layout.model import TASK_STRUCT
from core.layout.named_place import default_place, edit_at
from core.layout.randstruct import refuse_shuffled
from core.layout.relayout import Alignments, Edit, likely_alignments, relaid, with_cursors
from core.layout.what_if import Interval, WhatIf, answer

if TYPE_CHECKING:
    from core.layout.analysis import Analysis
    from core.layout.arch import Architecture
    from core.layout.model import Member, StructLayout

_SECTION = ".ownerscope"
_PATIENCE_S = 60
_UNITS = {
    1: "unsigned char",
    2: "unsigned short",
    4: "unsigned int",
    8: "unsigned long long",
    16: "unsigned __int128",
}
FIND = "cc"
"""Stands for whatever compiler there is for the architecture."""


@dataclass(frozen=True, slots=True)
class Compiler:
    """A compiler with the options that make it compile for an architecture."""

    command: tuple[str, ...]

    @property
    def version(self) -> str:
        """What it calls itself."""
        try:
            run = subprocess.run(
                [self.command[0], "--version"],
                capture_output=True,
                text=True,
                timeout=_PATIENCE_S,
                check=False,
            )
        except (OSError, subprocess.SubprocessError):
            return self.command[0]
        return (run.stdout.splitlines() or [self.command[0]])[0]


def find_compiler(arch: Architecture, wanted: str = FIND) -> Compiler:
    """Return a compiler for an architecture.

    Args:
        arch: The architecture.
        wanted: A command, or ``cc`` for any that fits.

    Raises:
        LayoutError: There is none here.
    """
    if wanted != FIND:
        found = shutil.which(wanted)
        if found is None:
            raise LayoutError(f"there is no compiler {wanted!r}", where="--exact")
        return Compiler((found,))
    for command in _candidates(arch):
        found = shutil.which(command[0])
        if found is not None and _compiles(Compiler((found, *command[1:])), arch):
            return Compiler((found, *command[1:]))
    names = " or ".join(command[0] for command in arch.compilers) or "a cross compiler"
    raise LayoutError(
        f"there is no compiler for {arch.name or 'this architecture'} here",
        where="--exact",
        advice=f"install {names}, or leave --exact out",
    )


def compiled(analysis: Analysis, field_text: str, place: str = "", cc: str = FIND) -> WhatIf:
    """Return what a field does to a struct as a compiler lays it out.

    Args:
        analysis: The struct.
        field_text: As ``core.layout.field.parse_field`` takes it.
        place: As ``core.layout.place.edit_at`` takes it.
        cc: A compiler's command, or ``cc`` for any that fits.

    Raises:
        LayoutError: There is no compiler, it fails, or it does not give the struct back as it is.
    """
    layout = analysis.layout
    refuse_shuffled(layout, analysis.rules.shuffled_by)
    field = parse_field(field_text, analysis.machine.arch, analysis.types)
    predicted = answer(layout, field, place, analysis.rules)
    place = place or default_place(layout.struct, is_bitfield=field.is_bitfield)
    edit = edit_at(layout.struct, place, field.member(), where=layout.name)
    if edit.path:
        raise LayoutError(
            f"place {place} is inside an anonymous struct, which is compiled as one piece",
            where="--exact",
            advice="leave --exact out, or give a place beside it",
        )
    compiler = find_compiler(analysis.machine.arch, cc)
    alignments = likely_alignments(layout.struct, analysis.align.best)
    sizes = _compiled_sizes(compiler, analysis, alignments, edit, predicted)
    growth = sizes - layout.struct.size_bytes
    if growth != predicted.growth.best:
        raise LayoutError(
            f"{compiler.command[0]} makes the struct grow by {growth} bytes, the rules of this"
            f" program by {predicted.growth.best}",
            where="--exact",
            advice="please report it with the kernel's BTF",
        )
    # A compiler knows its rules, not the alignments that the source lost. task_struct's are known
    # but for its own; of other structs they stay likely.
    is_settled = predicted.growth.exact or layout.struct.name == TASK_STRUCT
    said = predicted.growth
    sure = Interval(growth, growth, growth, known=True)
    align = analysis.align
    is_sure = predicted.growth.exact or align.known or align.exact
    given = "" if is_sure else f", the struct aligned to {align.best} bytes (likely)"
    if not is_settled:
        given += f"; with the alignments that the source lost {said.min} to {said.max} bytes"
    return replace(
        predicted,
        growth=sure if is_settled else said,
        basis=f"compiled: {compiler.version}{given}",
    )


def source_text(struct: StructLayout, tag: str, alignments: Alignments, edit: Edit | None) -> str:
    """Return a struct as C that a compiler lays out as the kernel's is.

    Members are named ``m0``, ``m1``, ... in order; the new field is ``added``.
    """
    keyword = "union" if struct.is_union else "struct"
    lines = [f"{keyword} {tag} {{"]
    for index, (member, cursor_bits) in enumerate(with_cursors(struct.members, struct.is_union)):
        if edit is not None and edit.index == index and edit.inserted is not None:
            lines.append(_declared(edit.inserted, "added", edit.inserted.align_bytes))
        if member.is_bitfield:
            lines += _bitfield(member, f"m{index}", cursor_bits)
        else:
            align_bytes = alignments.of(member, cursor_bits, alignments.struct_bytes)
            lines.append(_declared(member, f"m{index}", align_bytes))
    if edit is not None and edit.index == len(struct.members) and edit.inserted is not None:
        lines.append(_declared(edit.inserted, "added", edit.inserted.align_bytes))
    packed = "packed, " if alignments.is_packed else ""
    lines.append(f"}} __attribute__(({packed}aligned({alignments.struct_bytes})));")
    return "\n".join(lines)


def _declared(member: Member, name: str, align_bytes: int) -> str:
    if member.is_bitfield:
        return f"\t{_UNITS[member.unit_bytes]} {name}:{member.size_bits};"
    size_bytes = member.size_bits // 8
    attributes = f"__attribute__((packed, aligned({align_bytes})))"
    return f"\tstruct {{ char c[{size_bytes}]; }} {name} {attributes};"


def _bitfield(member: Member, name: str, cursor_bits: int) -> Iterator[str]:
    unit = _UNITS[member.unit_bytes]
    rule = (member.size_bits, member.unit_bytes, member.align_bytes)
    if bitfield_offset_bits(cursor_bits, *rule) != member.offset_bits:
        yield f"\t{unit} :0;"
    yield f"\t{unit} {name}:{member.size_bits};"


def _candidates(arch: Architecture) -> Iterator[tuple[str, ...]]:
    """Yield commands that may compile for an architecture, cross compilers and this machine's."""
    yield from arch.compilers
    yield from (("gcc",), ("cc",), ("clang",))
    if arch.name == "i386":
        yield from (("gcc", "-m32"), ("clang", "-m32"))
    for command in arch.compilers:
        target = command[0].removesuffix("-gcc")
        yield ("clang", f"--target={target}", *command[1:])


def _compiles(compiler: Compiler, arch: Architecture) -> bool:
    """Whether a compiler makes objects of an architecture."""
    try:
        data = _compile(compiler, "int one;")
    except LayoutError:
        return False
    from core.layout.sources.elf import Elf

    return Elf(data, where=compiler.command[0]).arch == arch.name


def _compiled_sizes(
    compiler: Compiler,
    analysis: Analysis,
    alignments: Alignments,
    edit: Edit,
    predicted: WhatIf,
) -> int:
    """Return sizeof with the field, once the compiler agrees about everything that can be seen."""
    struct, name = analysis.layout.struct, analysis.layout.name
    again = _laid_out(compiler, struct, alignments, None)
    expected = [member.offset_bits for member in struct.members]
    if again.size_bytes != struct.size_bytes or again.offsets_bits != expected:
        raise LayoutError(
            f"{compiler.command[0]} does not give back struct {struct.name} as it is, so it cannot"
            " tell what it becomes",
            where=name,
            advice="give --align, or leave --exact out",
        )
    now = _laid_out(compiler, struct, alignments, edit)
    after = relaid(struct, alignments, edit)
    moved = [member.offset_bits for i, member in enumerate(after.members) if i != edit.index]
    if now.offsets_bits != moved or now.added_bits != predicted.field.offset_bits:
        raise LayoutError(
            f"{compiler.command[0]} puts a member elsewhere than the rules of this program",
            where=name,
            advice="please report it with the kernel's BTF",
        )
    return now.size_bytes


@dataclass(frozen=True, slots=True)
class _LaidOut:
    """What a compiler made of a struct: its size and where members and the field are, in bits."""

    size_bytes: int
    offsets_bits: list[int]
    added_bits: int


def _laid_out(
    compiler: Compiler, struct: StructLayout, alignments: Alignments, edit: Edit | None
) -> _LaidOut:
    from core.layout.sources.elf import Elf

    added = edit.inserted if edit is not None else None
    plain = [f"m{i}" for i, m in enumerate(struct.members) if not m.is_bitfield]
    bitfields = [f"m{i}" for i, m in enumerate(struct.members) if m.is_bitfield]
    if added is not None:
        (bitfields if added.is_bitfield else plain).append("added")
    keyword = "union" if struct.is_union else "struct"
    text = [source_text(struct, "S", alignments, edit)]
    offsets = "".join(f", __builtin_offsetof({keyword} S, {name})" for name in plain)
    text.append(
        f'const unsigned long long offsets[] __attribute__((section("{_SECTION}"), used)) ='
        f" {{ sizeof({keyword} S){offsets} }};"
    )
    text += [
        f'const {keyword} S only_{name} __attribute__((section("{_SECTION}.{name}"), used)) ='
        f" {{ .{name} = -1 }};"
        for name in bitfields
    ]
    elf = Elf(_compile(compiler, "\n".join(text)), where=compiler.command[0])
    table = bytes(_section(elf, _SECTION))
    order = ">" if elf.endian == "big" else "<"
    numbers = binary.unpack(f"{order}{len(plain) + 1}Q", table[: 8 * (len(plain) + 1)])
    found = {name: byte * 8 for name, byte in zip(plain, numbers[1:], strict=True)}
    for name in bitfields:
        found[name] = _first_bit(bytes(_section(elf, f"{_SECTION}.{name}")), elf.endian == "big")
    return _LaidOut(
        numbers[0],
        [found[f"m{index}"] for index in range(len(struct.members))],
        found.get("added", -1),
    )


def _section(elf: object, name: str) -> memoryview:
    from core.layout.sources.elf import Elf

    assert isinstance(elf, Elf)
    section = elf.find(name)
    if section is None:
        raise LayoutError(f"the compiled object has no section {name}", where="--exact")
    return elf.bytes_of(section)


def _first_bit(data: bytes, big_endian: bool) -> int:
    """Return where the first set bit is, counted as the byte order of the machine has it."""
    at = next(index for index, byte in enumerate(data) if byte)
    byte = data[at]
    bit = 8 - byte.bit_length() if big_endian else (byte & -byte).bit_length() - 1
    return at * 8 + bit


def _compile(compiler: Compiler, text: str) -> bytes:
    """Return the object that a compiler makes of C.

    Raises:
        LayoutError: It cannot be run, takes a minute or fails.
    """
    with tempfile.TemporaryDirectory(prefix="ownerscope-") as folder:
        out = Path(folder) / "struct.o"
        command = [*compiler.command, "-w", "-O0", "-g0", "-c", "-x", "c", "-o", str(out), "-"]
        try:
            run = subprocess.run(
                command,
                input=text,
                capture_output=True,
                text=True,
                timeout=_PATIENCE_S,
                check=False,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise LayoutError(f"{compiler.command[0]}: {error}", where="--exact") from error
        if run.returncode or not out.exists():
            said = next((line for line in run.stderr.splitlines() if line.strip()), "it failed")
            raise LayoutError(f"{compiler.command[0]}: {said.strip()}", where="--exact")
        return out.read_bytes()
