"""BTF types as C spells them in a cast: ``struct page *``, ``char[16]``, ``int (*)(void *)``."""

from __future__ import annotations

from core.layout.sources.btf_kinds import LAST_KIND, Kind
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
"""Functions in one another that are spelled out: nobody reads on."""

_MOST_LINKS = 1000
"""Types that one type is spelled with; the kernel's longest function pointers need 60. Damaged
data could have functions that take and return functions without end."""


def spelled(types: TypeSection, type_id: int) -> str:
    """Return a type as C spells it.

    Args:
        types: The section it is in.
        type_id: Its number.

    Raises:
        LayoutError: The type refers to itself, or to one that does not exist.
    """
    return _Speller(types).spelled(type_id, 0)


class _Speller:
    """Spells one type."""

    def __init__(self, types: TypeSection) -> None:
        self._types = types
        self._links_left = _MOST_LINKS

    def spelled(self, type_id: int, depth: int) -> str:
        types = self._types
        inner, qualifiers = "", ""
        found = types.type_at(type_id)
        for _ in range(CHAIN):
            self._links_left -= 1
            if found.kind in _QUALIFIERS:
                qualifiers += _QUALIFIERS[found.kind]
            elif found.kind == Kind.PTR:
                inner, qualifiers = f"*{qualifiers}{inner}", ""
            elif found.kind == Kind.ARRAY:
                inner = f"{_grouped(inner)}[{types.words[found.words_at + 2]}]"
                found = types.type_at(types.words[found.words_at])
                continue
            elif found.kind == Kind.FUNC_PROTO:
                inner = f"{_grouped(inner)}({self._parameters(found, depth)})"
            else:
                space = " " if inner[:1] in ("*", "(") else ""
                return f"{qualifiers}{_base_name(found)}{space}{inner}"
            found = types.type_at(found.size_or_type)
        raise damaged_type(types, found, "refers to itself")

    def _parameters(self, proto: Type, depth: int) -> str:
        if depth > _DEEPEST:
            return "..."
        spelt: list[str] = []
        for at in range(proto.words_at, proto.words_at + 2 * proto.element_count, 2):
            type_id = self._types.words[at + 1]
            if not type_id or self._links_left < 0:
                spelt.append("...")
                break
            spelt.append(self.spelled(type_id, depth + 1))
        return ", ".join(spelt) or "void"


def _grouped(inner: str) -> str:
    return f"({inner})" if inner.startswith("*") else inner


def _base_name(found: Type) -> str:
    if found.kind > LAST_KIND:
        return found.name or "?"
    tag = _TAGS.get(found.kind, "")
    if found.kind == Kind.FWD:
        tag = "union" if found.flag else "struct"
    return f"{tag} {found.name}".strip()
