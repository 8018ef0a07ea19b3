"""DWARF types as C spells them in a cast, in the words of ``btf_spell``."""

from __future__ import annotations

from core.layout.sources.dwarf_forms import At, Tag
from core.layout.sources.dwarf_units import DebugInfo, Entry

CHAIN = 64
"""Types in a row or in one another: no kernel comes near; damaged data can run in circles."""

_QUALIFIERS: dict[int, str] = {
    Tag.CONST: "const ",
    Tag.VOLATILE: "volatile ",
    Tag.RESTRICT: "restrict ",
    Tag.ATOMIC: "_Atomic ",
}
_TAGS: dict[int, str] = {Tag.STRUCT: "struct", Tag.UNION: "union", Tag.ENUM: "enum"}
_DEEPEST = 3
"""Functions that take functions that take functions: nobody reads on."""


def spelled(info: DebugInfo, at: int | None, depth: int = 0) -> str:
    """Return a type as C spells it.

    Args:
        info: Where it is described.
        at: Its place there; None for void.
        depth: How many function types it is a parameter of.

    Raises:
        LayoutError: The type refers to itself, or the data are damaged.
    """
    inner, qualifiers = "", ""
    for _ in range(CHAIN):
        found = info.entry(at) if at is not None else None
        if found is None:
            return _joined(qualifiers, "void", inner)
        if found.tag in _QUALIFIERS:
            qualifiers += _QUALIFIERS[found.tag]
        elif found.tag == Tag.POINTER:
            inner, qualifiers = f"*{qualifiers}{inner}", ""
        elif found.tag == Tag.ARRAY:
            inner = _grouped(inner) + "".join(f"[{count}]" for count in lengths(info, found))
        elif found.tag == Tag.SUBROUTINE:
            inner = f"{_grouped(inner)}({_parameters(info, found, depth)})"
        else:
            base = f"{_TAGS.get(found.tag, '')} {found.name}".strip()
            return _joined(qualifiers, base, inner)
        at = found.values.get(At.TYPE)
    raise info.damaged("a type refers to itself", at or 0)


def lengths(info: DebugInfo, array: Entry) -> list[int]:
    """Return the lengths of an array's dimensions, 0 where none is given."""
    found = []
    for child in info.children(array):
        if child.tag == Tag.SUBRANGE:
            count = child.values.get(At.COUNT)
            last = child.values.get(At.UPPER_BOUND, -1)
            # Older gcc says of an empty array that its last index is -1, which no sign tells.
            is_empty = last < 0 or last + 1 in (1 << 32, 1 << 64)
            found.append(count if count is not None else 0 if is_empty else last + 1)
    return found or [0]


def _parameters(info: DebugInfo, function: Entry, depth: int) -> str:
    if depth > _DEEPEST:
        return "..."
    spelt = [
        spelled(info, child.values.get(At.TYPE), depth + 1) if child.tag == Tag.PARAMETER else "..."
        for child in info.children(function)
        if child.tag in (Tag.PARAMETER, Tag.VARIADIC)
    ]
    return ", ".join(spelt) or "void"


def _joined(qualifiers: str, base: str, inner: str) -> str:
    space = " " if inner[:1] in ("*", "(") else ""
    return f"{qualifiers}{base}{space}{inner}"


def _grouped(inner: str) -> str:
    return f"({inner})" if inner.startswith("*") else inner
