"""C types taken apart, and put together again in pahole's spelling.

A type's name as ``Member.type_name`` has it, ``int (*)(struct page *)``, is a declaration without
the declared name. pahole prints most of them as C would, with a few spaces more: its
``const struct cred  *`` and ``char * const *`` are kept, because its readers compare texts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

TypeKind = Literal["base", "pointer", "array", "function", "const", "volatile", "restrict"]

_QUALIFIERS: dict[str, TypeKind] = {
    "const": "const",
    "volatile": "volatile",
    "restrict": "restrict",
    "__restrict": "restrict",
    "__restrict__": "restrict",
}
_TOKEN = re.compile(r"\s*(\.\.\.|[A-Za-z_$][\w$:]*|\d+|[*()\[\],]|\S)")

_STARTS_WORD = re.compile(r"[A-Za-z_$]")

_KEPT_TYPES, _KEPT_CHARACTERS = 1024, 200
"""How many types are remembered, and how long their texts may be: members of a struct, and all who
ask about them, spell the same few again and again."""

_DEEPEST = 32
"""Parentheses in one another; C needs three, damaged text may have thousands."""

_MOST_TOKENS = 300
"""Words and signs of one declaration; the longest function pointers of the kernel have 150."""

_TEXT_BYTES = 127
"""pahole writes the name of a type into 128 bytes, the last of them a zero (dwarves_fprintf.c,
pahole 1.24), and cuts what is longer."""


@dataclass(frozen=True, slots=True)
class CType:
    """A C type as a chain that ends at a base: ``char *[4]`` is an array of pointers to char.

    Attributes:
        kind: What this link of the chain is.
        name: The base's words, ``struct page``; empty for the other kinds.
        inner: What it points to, is made of, returns or qualifies; None for a base.
        count: Elements of an array.
        parameters: Of a function, without a trailing ``...``.
        variadic: Whether a function takes more than its parameters.
    """

    kind: TypeKind
    name: str = ""
    inner: CType | None = None
    count: int = 0
    parameters: tuple[CType, ...] = ()
    variadic: bool = False

    @property
    def target(self) -> CType:
        """What the link stands before; void where there is nothing."""
        return self.inner or VOID


VOID = CType("base", "void")


class DeclarationError(ValueError):
    """A text that is no C declaration."""


def parse_type(text: str) -> CType:
    """Return the type that a text spells.

    Raises:
        DeclarationError: The text is no type, or declares a name.
    """
    return _kept_type(text) if len(text) <= _KEPT_CHARACTERS else _type(text)


def _type(text: str) -> CType:
    name, found = parse_declaration(text)
    if name:
        raise DeclarationError(f"{text!r} declares {name}, where a type was expected")
    return found


_kept_type = lru_cache(_KEPT_TYPES)(_type)


def parse_declaration(text: str) -> tuple[str, CType]:
    """Return the name that a text declares (empty where it is a type alone) and its type.

    Raises:
        DeclarationError: The text is no declaration.
    """
    reader = _Reader(text)
    found = reader.declaration(0)
    if reader.token:
        raise reader.wrong()
    return found


class _Reader:
    """Reads one declaration, token by token."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _TOKEN.findall(text)
        if len(self._tokens) > _MOST_TOKENS:
            raise DeclarationError(f"more than {_MOST_TOKENS} words in a declaration")
        self._closing = _closing(self._tokens)
        self._at = 0

    @property
    def token(self) -> str:
        """The token to be read next; empty at the end."""
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def wrong(self) -> DeclarationError:
        """Return the error for the token to be read next."""
        met = f"met {self.token!r}" if self.token else "ended"
        return DeclarationError(f"{met} in the declaration {self._text.strip()[:60]!r}")

    def declaration(self, depth: int) -> tuple[str, CType]:
        qualifiers, words = self._specifiers()
        if not words:
            raise self.wrong()
        name = ""
        if self.token in ("", ":", ",", ")", "[") and len(words) > 1 and not _is_base(words):
            name = words.pop()
        found = CType("base", " ".join(words))
        for qualifier in reversed(qualifiers):
            found = CType(qualifier, inner=found)
        declared, found = self._declarator(found, depth)
        return declared or name, found

    def _specifiers(self) -> tuple[list[TypeKind], list[str]]:
        qualifiers: list[TypeKind] = []
        words: list[str] = []
        while _STARTS_WORD.match(token := self.token):
            if token in _QUALIFIERS:
                qualifiers.append(_QUALIFIERS[token])
            else:
                words.append(token)
            self._at += 1
        return qualifiers, words

    def _declarator(self, found: CType, depth: int) -> tuple[str, CType]:
        if depth > _DEEPEST:
            raise DeclarationError("too many parentheses in one another")
        while self.token == "*":
            self._at += 1
            found = CType("pointer", inner=found)
            qualifiers, words = self._specifiers()
            for qualifier in qualifiers:
                found = CType(qualifier, inner=found)
            if words:
                if len(words) > 1:
                    raise self.wrong()
                return words[0], self._suffixed(found, depth)
        if self.token == "(" and self._next_is_declarator():
            # What stands behind the parentheses belongs to the type that those inside declare.
            inside, closing = self._at + 1, self._closing.get(self._at, len(self._tokens))
            self._at = closing
            self._expect(")")
            whole = self._suffixed(found, depth)
            behind, self._at = self._at, inside
            name, found = self._declarator(whole, depth + 1)
            if self._at != closing:
                raise self.wrong()
            self._at = behind
            return name, found
        return "", self._suffixed(found, depth)

    def _next_is_declarator(self) -> bool:
        following = self._tokens[self._at + 1 : self._at + 2]
        return following in (["*"], ["("], ["["])

    def _suffixed(self, found: CType, depth: int) -> CType:
        if self.token == "[":
            self._at += 1
            count = 0
            if self.token.isdecimal():
                count = int(self.token)
                self._at += 1
            self._expect("]")
            return CType("array", inner=self._suffixed(found, depth), count=count)
        if self.token == "(":
            self._at += 1
            parameters, variadic = self._parameters(depth)
            inner = self._suffixed(found, depth)
            return CType("function", inner=inner, parameters=parameters, variadic=variadic)
        return found

    def _parameters(self, depth: int) -> tuple[tuple[CType, ...], bool]:
        if depth > _DEEPEST:
            raise DeclarationError("too many parentheses in one another")
        parameters: list[CType] = []
        variadic = False
        while self.token != ")":
            if self.token == "...":
                variadic = True
                self._at += 1
            else:
                parameters.append(self.declaration(depth + 1)[1])
            if self.token == ",":
                self._at += 1
            elif self.token != ")":
                raise self.wrong()
        self._at += 1
        if parameters == [VOID]:
            parameters = []
        return tuple(parameters), variadic

    def _expect(self, token: str) -> None:
        if self.token != token:
            raise self.wrong()
        self._at += 1


def _closing(tokens: list[str]) -> dict[int, int]:
    """Return the index of the closing parenthesis for that of each opening one."""
    opened: list[int] = []
    closing: dict[int, int] = {}
    for at, token in enumerate(tokens):
        if token == "(":
            opened.append(at)
        elif token == ")" and opened:
            closing[opened.pop()] = at
    return closing


BASE_WORDS = frozenset(
    (
        "void",
        "char",
        "short",
        "int",
        "long",
        "signed",
        "unsigned",
        "float",
        "double",
        "bool",
        "_Bool",
        "__int128",
        "_Complex",
    )
)
"""Words that make a base type of C."""

_TAGS = frozenset(("struct", "union", "enum", "class"))


def _is_base(words: list[str]) -> bool:
    """Tell whether all words belong to the type, so that none is a declared name."""
    if words[0] in _TAGS:
        return len(words) <= 2
    return all(word in BASE_WORDS for word in words)


def cast_spelling(found: CType, inner: str = "") -> str:
    """Return a type as a cast would have it: the spelling of ``Member.type_name``."""
    qualifiers = ""
    while found.kind in ("const", "volatile", "restrict"):
        qualifiers += f"{found.kind} "
        found = found.target
    if found.kind == "pointer":
        return cast_spelling(found.target, f"*{qualifiers}{inner}")
    grouped = f"({inner})" if inner.startswith("*") else inner
    if found.kind == "array":
        return cast_spelling(found.target, f"{grouped}[{found.count}]")
    if found.kind == "function":
        spelt = [cast_spelling(parameter) for parameter in found.parameters]
        spelt += ["..."] * found.variadic
        return cast_spelling(found.target, f"{grouped}({', '.join(spelt) or 'void'})")
    space = " " if inner[:1] in ("*", "(") else ""
    return f"{qualifiers}{found.name}{space}{inner}"


def in_columns(found: CType, name: str, columns: int) -> str:
    """Return the declaration of a name that stands behind its whole type.

    Args:
        found: The type.
        name: What is declared.
        columns: Columns the type takes at least; of a negative number the amount counts, as in C.
    """
    tag, _, tagged = found.name.partition(" ")
    if tag in _TAGS and tagged:
        return f"{tag} {tagged:<{abs(columns - len(tag) - 1)}} {name}"
    return f"{type_text(found):<{abs(columns)}} {name}"


def type_text(found: CType) -> str:
    """Return a type as pahole names it where no declared name belongs inside it."""
    return _type_text(found)[:_TEXT_BYTES]


def _type_text(found: CType) -> str:
    if found.kind == "base":
        return f"{found.name} " if found.name in _TAGS else found.name
    if found.kind == "pointer":
        target, const = found.target, ""
        if target.kind == "const" and target.target.kind == "pointer":
            target, const = target.target, "const "
        return f"{_type_text(target)} {const}*"
    if found.kind == "array":
        return _type_text(found.target)
    if found.kind == "function":
        return function_text(found, "")
    spelt = type_text(found.target)
    return f"{spelt} restrict " if found.kind == "restrict" else f"{found.kind} {spelt} "


def function_text(
    function: CType, name: str, *, is_pointer: bool = False, type_columns: int = 0
) -> str:
    """Return a function, or a pointer to one, as pahole declares it.

    Args:
        function: Its type.
        name: What is declared; may be empty.
        is_pointer: Whether it is a pointer to the function.
        type_columns: Columns its return type takes at least.
    """
    parameters = ", ".join(map(_parameter_text, function.parameters)) or "void"
    if function.variadic and function.parameters:
        parameters += ", ..."
    returned = type_text(function.target)
    return f"{returned:<{abs(type_columns)}} ({'*' * is_pointer}{name})({parameters})"


def _parameter_text(parameter: CType) -> str:
    if parameter.kind == "pointer" and parameter.target.kind == "function":
        return function_text(parameter.target, "", is_pointer=True)
    if parameter.kind == "function":
        return function_text(parameter, "")
    return type_text(parameter)
