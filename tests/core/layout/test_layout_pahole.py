from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.layout.model import Member, StructLayout
from core.layout.pahole_text import printed
from core.layout.pahole_types import (
    CType,
    DeclarationError,
    cast_spelling,
    parse_declaration,
    parse_type,
    type_text,
)
from core.layout.sources.btf import BtfKernel
from core.layout.sources.packed import unpacked

DATA = Path(__file__).parents[2] / "data"
RECORDED: dict[str, str] = json.loads((DATA / "pahole.json").read_text())["printed"]


@cache
def debian() -> BtfKernel:
    name = "debian-6.1-amd64-vmlinux.btf.zst"
    return BtfKernel(bytes(unpacked((DATA / "btf" / name).read_bytes(), name=name)), name=name)


def test_there_is_enough_to_compare() -> None:
    assert len(RECORDED) >= 30
    assert "task_struct" in RECORDED


@pytest.mark.parametrize("name", RECORDED)
def test_a_struct_is_printed_byte_for_byte_as_pahole_prints_it(name: str) -> None:
    struct = debian().find(name)
    assert struct is not None
    assert printed(struct, debian()).splitlines() == RECORDED[name].splitlines()
    assert printed(struct, debian()) == RECORDED[name]


def test_without_its_kernel_a_struct_still_has_its_members() -> None:
    struct = debian().find("task_struct")
    assert struct is not None
    lines = printed(struct).splitlines()
    assert "\tunsigned int               __state;              /*    24     4 */" in lines
    assert "\t/* size: 9792, cachelines: 153, members: 252 */" in lines


def test_another_cache_line_moves_the_marks() -> None:
    struct = StructLayout(
        "pair",
        160,
        (
            Member("head", "char[128]", 0, 1024, unit_bytes=128),
            Member("tail", "char[32]", 1024, 256, unit_bytes=32),
        ),
    )
    assert "/* --- cacheline 2 boundary (128 bytes) --- */" in printed(struct)
    wide = printed(struct, line_bytes=128)
    assert "/* --- cacheline 1 boundary (128 bytes) --- */" in wide
    assert "cachelines: 2" in wide
    assert "/* last cacheline: 32 bytes */" in wide
    assert "cacheline 1" not in printed(struct, line_bytes=256)


def test_members_that_overlap_are_said_to() -> None:
    members = tuple(Member(name, "int", 0, 32, unit_bytes=4) for name in "ab")
    assert "BRAIN FART ALERT!" in printed(StructLayout("odd", 8, members))


def test_a_type_that_is_no_c_is_printed_as_it_is() -> None:
    struct = StructLayout("odd", 8, (Member("a", "<what?>", 0, 64, unit_bytes=8),))
    assert "\t<what?>                    a;                    /*     0     8 */" in printed(struct)


@pytest.mark.parametrize(
    ("spelt", "text"),
    [
        ("const struct cred *", "const struct cred  *"),
        ("char *const *", "char * const *"),
        ("struct page *[2]", "struct page *"),
        ("void *", "void *"),
        ("const void *", "const void  *"),
        ("int (*)(struct page *, ...)", "int ()(struct page *, ...) *"),
        ("volatile long unsigned int *", "volatile long unsigned int  *"),
        ("void (**)(int)", "void ()(int) * *"),
        ("char *restrict ", "char * restrict "),
    ],
)
def test_types_are_spelled_with_pahole_s_spaces(spelt: str, text: str) -> None:
    assert type_text(parse_type(spelt)) == text
    assert cast_spelling(parse_type(spelt)) == spelt


@pytest.mark.parametrize(
    ("text", "name", "spelt"),
    [
        ("unsigned int               __state", "__state", "unsigned int"),
        ("struct list_head           tasks", "tasks", "struct list_head"),
        ("char                       comm[16]", "comm", "char[16]"),
        ("long int                   (*fn)(struct restart_block *)", "fn",
         "long int (*)(struct restart_block *)"),
        ("pid_t pid", "pid", "pid_t"),
        ("const struct sched_class  * sched_class", "sched_class", "const struct sched_class *"),
        ("int (*(*get)(int))[4]", "get", "int (*(*)(int))[4]"),
        ("u8 flex[]", "flex", "u8[0]"),
        ("struct page * const * pages", "pages", "struct page *const *"),
    ],
)  # fmt: skip
def test_declarations_are_taken_apart(text: str, name: str, spelt: str) -> None:
    declared, found = parse_declaration(text)
    assert (declared, cast_spelling(found)) == (name, spelt)


@pytest.mark.parametrize(
    "text", ["", "int (", "int )", "(*)", "[4]", "int [x]", "int (*a)(", "*", "int,"]
)
def test_what_is_no_declaration_is_refused(text: str) -> None:
    with pytest.raises(DeclarationError):
        parse_declaration(text)


bases = st.sampled_from(["int", "struct page", "pid_t", "long unsigned int", "enum mode"])


def types() -> st.SearchStrategy[CType]:
    def wrapped(inner: st.SearchStrategy[CType]) -> st.SearchStrategy[CType]:
        pointers = st.builds(lambda one: CType("pointer", inner=one), inner)
        data = inner.filter(lambda one: one.kind != "function")
        values = data.filter(lambda one: one.kind != "array")
        arrays = st.builds(
            lambda one, n: CType("array", inner=one, count=n), data, st.integers(0, 9)
        )
        functions = st.builds(
            lambda one, args, more: CType("function", inner=one, parameters=args, variadic=more),
            values,
            st.lists(values, min_size=1, max_size=3).map(tuple),
            st.booleans(),
        )
        return st.one_of(pointers, arrays, functions)

    return st.recursive(st.builds(lambda name: CType("base", name), bases), wrapped, max_leaves=5)


@given(types())
def test_a_spelled_type_is_read_back(found: CType) -> None:
    assert parse_type(cast_spelling(found)) == found


@given(st.text(alphabet="int (*)[]4,ab.:;/{}const ", max_size=80))
def test_no_declaration_does_harm(text: str) -> None:
    try:
        parse_declaration(text)
    except DeclarationError as error:
        assert "\n" not in str(error)
