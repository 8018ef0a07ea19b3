"""A kernel's structs out of DWARF: a vmlinux with debug information, or one object file.

An object file is enough: compile one C file that includes linux/sched.h with ``-g``, with the
kernel's own flags. In contrast to BTF, alignments are known here.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.errors import LayoutError, did_you_mean
from core.layout.model import TASK_STRUCT, KernelLayout, StructLayout
from core.layout.sources.dwarf_forms import Tag
from core.layout.sources.dwarf_types import AGGREGATES, DwarfTypes
from core.layout.sources.dwarf_units import DebugInfo, Entry, defines
from core.layout.sources.elf import Elf

_NAMED = (Tag.TYPEDEF, Tag.BASE, Tag.ENUM)


class DwarfKernel:
    """The structs of a kernel that debug information describes (a ``KernelTypes``).

    Types are those of one unit, the one that task_struct was found in; only a struct it lacks is
    looked for in others.

    Args:
        elf: The file, which has ``.debug_info``.
        name: Short name of the layouts.
        label: Name for people, ``name`` where empty.
        kernel: Release.
        arch: Architecture, the file's where empty.
        where: What errors begin with, ``name`` where empty.

    Raises:
        LayoutError: The debug information is damaged.
    """

    def __init__(
        self,
        elf: Elf,
        *,
        name: str,
        label: str = "",
        kernel: str = "",
        arch: str = "",
        where: str = "",
    ) -> None:
        self._name, self._label, self._where = name, label or name, where or name
        self._kernel, self._arch = kernel, arch or elf.arch
        self._info = DebugInfo(elf, where=self._where)
        self._types = DwarfTypes(self._info, elf)
        self._home: int | None = None
        self._index: dict[tuple[int, str], int] | None = None
        self._found: dict[str, StructLayout | None] = {}

    def layout(self, struct: str = TASK_STRUCT) -> KernelLayout:
        """Return a struct with where it is from; errors as ``KernelTypes``."""
        found = self.find(struct)
        if found is None:
            raise self._unknown(struct)
        return KernelLayout(
            self._name,
            self._label,
            self._kernel,
            self._arch,
            f"DWARF in {self._name}",
            found,
            kind="dwarf",
            pointer_bytes=self._types.pointer_bytes,
        )

    def find(self, struct: str) -> StructLayout | None:
        """Return a struct or union by its tag, or None."""
        if struct not in self._found:
            entry = self._entry(struct) if struct else None
            self._found[struct] = self._types.struct_layout(entry) if entry else None
        return self._found[struct]

    def size_and_align(self, typedef: str) -> tuple[int, int] | None:
        """Return size and alignment in bytes of a typedef, an enum or a base type."""
        for tag in _NAMED if typedef else ():
            at = self._indexed().get((tag, typedef))
            if at is not None:
                return self._types.size_bytes(at), self._types.align(at, 0).bytes
        return None

    def struct_names(self) -> tuple[str, ...]:
        """Return the tags of all structs and unions of the unit that task_struct is in."""
        return tuple(dict.fromkeys(name for tag, name in self._indexed() if tag in AGGREGATES))

    def _entry(self, struct: str) -> Entry | None:
        home = self._home_unit()
        if struct != TASK_STRUCT:
            places = (self._indexed().get((tag, struct)) for tag in AGGREGATES)
            known = next((at for at in places if at is not None), None)
            if known is not None:
                return self._info.entry(known)
        entries = self._info.definitions(struct, AGGREGATES)
        if struct == TASK_STRUCT:
            entries = (entry for entry in entries if self._info.unit_of(entry.at).at == home)
        return next(iter(entries), None)

    def _home_unit(self) -> int | None:
        """Return where the unit begins that task_struct is described in; else the first one."""
        if self._home is None:
            entry = next(self._info.definitions(TASK_STRUCT, AGGREGATES), None)
            first = self._info.unit_of(0).at if entry is None and self._info.has_units else None
            self._home = self._info.unit_of(entry.at).at if entry is not None else first
        return self._home

    def _indexed(self) -> dict[tuple[int, str], int]:
        if self._index is None:
            self._index = {}
            for tag, name, at in self._top_types():
                self._index.setdefault((tag, name), at)
        return self._index

    def _top_types(self) -> Iterator[tuple[int, str, int]]:
        home = self._home_unit()
        if home is None:
            return
        for entry in self._info.top_entries(self._info.unit_of(home)):
            is_named = entry.tag in _NAMED
            if entry.name and (is_named or (entry.tag in AGGREGATES and defines(entry))):
                yield entry.tag, entry.name, entry.at

    def _unknown(self, struct: str) -> LayoutError:
        if struct == TASK_STRUCT:
            advice = (
                "give a vmlinux with full debug information (not CONFIG_DEBUG_INFO_REDUCED), or an"
                " object file of C that includes linux/sched.h, compiled with -g"
            )
            problem = f"no struct {struct} in this debug information"
            return LayoutError(problem, where=self._where, advice=advice)
        near = did_you_mean(struct, self.struct_names())
        advice = near if near.startswith("did you mean") else ""
        return LayoutError(f"no struct {struct}", where=self._where, advice=advice)
