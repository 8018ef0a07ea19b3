"""BTF types as C spells them in a cast: ``struct page *``, ``char[16]``, ``int (*)(void *)``."""

from __future__ import annotations

from core.layout.sources.btf_kinds import Kind
from core.layout.sources.btf_types import CHAIN, Type, TypeSection, damaged_type

_QUALIFIERS: dict[int, str] = {
    Kind.CONST: "const ",
    Kind.VOLATILE: "volatile ",
    Kind.RESTRICT: "restrict ",
    Kind.TYPE_TAG: "",
}
_TAGS: dict[int, str] = {
    Kind.STRUCT: "struct",
    Kind.UNION: "union",
    Kind.ENUM: "enum",
    Kind.ENUM64: "enum",
}


_DEEPEST = 3
_LONGEST = 2000
"""Functions in one another, and characters of one's parameters, that are spelled out."""


def spelled(types: TypeSection, type_id: int, depth: int = 0) -> str:
    """Return a type as C spells it.

    Args:
        types: The section it is in.
        type_id: Its number.
        depth: How many function types it is a parameter of.

    Raises:
        LayoutError: The type refers to itself, or to one that does not exist.
    """
    inner, qualifiers = "", ""
    found = types.type_at(type_id)
    for _ in range(CHAIN):
        if found.kind in _QUALIFIERS:
            qualifiers += _QUALIFIERS[found.kind]
        elif found.kind == Kind.PTR:
            inner, qualifiers = f"*{qualifiers}{inner}", ""
        elif found.kind == Kind.ARRAY:
            inner = f"{_grouped(inner)}[{types.words[found.words_at + 2]}]"
            found = types.type_at(types.words[found.words_at])
            continue
        elif found.kind == Kind.FUNC_PROTO:
            inner = f"{_grouped(inner)}({_parameters(types, found, depth)})"
        else:
            space = " " if inner[:1] in ("*", "(") else ""
            return f"{qualifiers}{_base_name(found)}{space}{inner}"
        found = types.type_at(found.size_or_type)
    raise damaged_type(types, found, "refers to itself")


def _parameters(types: TypeSection, proto: Type, depth: int) -> str:
    if depth > _DEEPEST:  # functions that take functions that take functions: nobody reads on
        return "..."
    spelt: list[str] = []
    length = 0
    for at in range(proto.words_at, proto.words_at + 2 * proto.element_count, 2):
        type_id = types.words[at + 1]
        spelt.append(spelled(types, type_id, depth + 1) if type_id and length < _LONGEST else "...")
        length += len(spelt[-1])
        if length >= _LONGEST:  # damaged data: C's longest function types have a tenth of it
            break
    return ", ".join(spelt) or "void"


def _grouped(inner: str) -> str:
    return f"({inner})" if inner.startswith("*") else inner


def _base_name(found: Type) -> str:
    if found.kind > max(Kind):
        return found.name or "?"
    tag = _TAGS.get(found.kind, "")
    if found.kind == Kind.FWD:
        tag = "union" if found.flag else "struct"
    return f"{tag} {found.name}".strip()
