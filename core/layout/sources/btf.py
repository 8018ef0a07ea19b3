"""A kernel's structs out of BTF, the type information every modern kernel carries.

Format: Documentation/bpf/btf.rst of the kernel. Only what is asked for is resolved. BTF holds no
release, no architecture and no alignment: the first two come from the caller, and an alignment is
what the type itself shows.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from core.errors import LayoutError, did_you_mean
from core.layout.model import TASK_STRUCT, KernelLayout, SourceKind, StructLayout
from core.layout.sources.btf_header import DUMP_AGAIN
from core.layout.sources.btf_kinds import Kind
from core.layout.sources.btf_resolve import Resolver
from core.layout.sources.btf_types import TypeSection
from core.layout.sources.files import read_file
from core.layout.sources.packed import unpacked

_AGGREGATES = (Kind.STRUCT, Kind.UNION)
_MOST_NAMED = 2000
"""Names that a misspelt one is compared with; a whole kernel has about 100 of one beginning."""

_TAGGED: dict[str, tuple[Kind, ...]] = {
    "struct": (Kind.STRUCT,),
    "union": (Kind.UNION,),
    "enum": (Kind.ENUM, Kind.ENUM64),
}
_NAMED = (Kind.TYPEDEF, Kind.INT, Kind.ENUM, Kind.ENUM64, Kind.FLOAT)


class BtfKernel:
    """The structs of a kernel that BTF describes (a ``KernelTypes``).

    Args:
        data: The uncompressed blob.
        name: Short name of the layouts.
        label: Name for people, ``name`` where empty.
        kernel: Release, which BTF does not hold.
        arch: Architecture, which BTF does not hold.
        source: What was read, for people.
        kind: What was read, for programs.
        where: What errors begin with, ``name`` where empty.

    Raises:
        LayoutError: The data are no BTF, damaged, or a module's.
    """

    def __init__(
        self,
        data: bytes | memoryview,
        *,
        name: str,
        label: str = "",
        kernel: str = "",
        arch: str = "",
        source: str = "BTF",
        kind: SourceKind = "btf",
        where: str = "",
    ) -> None:
        self._name, self._label, self._kernel, self._arch = name, label or name, kernel, arch
        self._source, self._kind, self._where = source, kind, where or name
        self._types = TypeSection(data, name=self._where)
        self._resolver: Resolver | None = None

    def layout(self, struct: str = TASK_STRUCT) -> KernelLayout:
        """Return a struct with where it is from; errors as ``KernelTypes``."""
        found = self.find(struct)
        if found is None:
            raise self._unknown(struct)
        if not found.size_bytes and struct == TASK_STRUCT:
            raise LayoutError(f"struct {struct} has no size", where=self._where, advice=DUMP_AGAIN)
        resolver = self._resolved()
        return KernelLayout(
            self._name,
            self._label,
            self._kernel,
            self._arch,
            self._source,
            found,
            kind=self._kind,
            pointer_bytes=resolver.pointer_bytes,
            notes=self._types.notes,
        )

    def find(self, struct: str) -> StructLayout | None:
        """Return a struct or union by its tag, or None."""
        # A union of the same name is another type: C keeps both in one namespace, but whole
        # kernels are put together from many files.
        found = self._types.find(struct, Kind.STRUCT) or self._types.find(struct, Kind.UNION)
        return self._resolved().struct_layout(found) if found is not None else None

    def size_and_align(self, typedef: str) -> tuple[int, int] | None:
        """Return size and likely alignment in bytes of a typedef, an enum or a base type."""
        found = self._types.find(typedef, *_NAMED)
        return self._resolved().size_and_align(found.type_id) if found is not None else None

    def natural_align_bytes(self, name: str) -> int:
        """Return a type's alignment as pahole counts it: sizes alone, no attributes; 0: unknown.

        Args:
            name: A typedef, a base type, or a tag with its keyword, ``struct page``.
        """
        keyword, _, tag = name.partition(" ")
        kinds = _TAGGED.get(keyword, ())
        found = self._types.find(tag, *kinds) if kinds else self._types.find(name, *_NAMED)
        return self._resolved().natural_bytes(found.type_id) if found is not None else 0

    def struct_names(self) -> tuple[str, ...]:
        """Return the tags of all structs and unions."""
        return self._types.names(_AGGREGATES)

    def _resolved(self) -> Resolver:
        if self._resolver is None:
            self._resolver = Resolver(self._types, self._arch)
        return self._resolver

    def _unknown(self, struct: str) -> LayoutError:
        if struct == TASK_STRUCT:
            advice = "give the BTF of a whole kernel, not that of a module or of a BPF program"
            return LayoutError(f"no struct {struct} in this BTF", where=self._where, advice=advice)
        # Comparing names is slow work, and damaged data may have millions.
        start = struct[:2]
        names = (name for name in self.struct_names() if name.startswith(start))
        near = did_you_mean(struct, islice(names, _MOST_NAMED))
        advice = near if near.startswith("did you mean") else ""
        return LayoutError(f"no struct {struct}", where=self._where, advice=advice)


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
    """Return the task_struct of a kernel's BTF, also of BTF that is compressed.

    Args and errors as ``BtfKernel``, and there is no task_struct.
    """
    plain = unpacked(data, name=where or name)
    kernel_types = BtfKernel(
        plain, name=name, label=label, kernel=kernel, arch=arch, source=source, where=where
    )
    return kernel_types.layout()


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
