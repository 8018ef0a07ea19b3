from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LayoutError
from core.layout.arch import ARCHITECTURES
from core.layout.field import Field, parse_field
from tests.core.layout.kernels import btf_kernel

X86, I386, ARM = (ARCHITECTURES[name] for name in ("x86_64", "i386", "arm"))
DEBIAN = btf_kernel("x86_64-debian-amd64")


def told(field: Field) -> tuple[str, int, int, bool]:
    return field.declaration, field.size_bits, field.align_bytes, field.is_bitfield


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("uint", ("unsigned int page_owner_depth;", 32, 4, False)),
        ("u8", ("u8 page_owner_depth;", 8, 1, False)),
        ("bit1", ("unsigned int in_page_owner:1;", 1, 4, True)),
        ("bit2", ("unsigned int page_owner_depth:2;", 2, 4, True)),
        ("unsigned long x", ("unsigned long x;", 64, 8, False)),
        ("  u64   x ", ("u64 x;", 64, 8, False)),
        ("unsigned x:3", ("unsigned x:3;", 3, 4, True)),
        ("void *p", ("void *p;", 64, 8, False)),
        ("struct page **pages;", ("struct page **pages;", 64, 8, False)),
        ("const char *name", ("char *name;", 64, 8, False)),
        ("char buf[16]", ("char buf[16];", 128, 1, False)),
        ("u32 grid[2][3]", ("u32 grid[2][3];", 192, 4, False)),
        ("long long x : 40", ("long long x:40;", 40, 8, True)),
        ("bool on", ("bool on;", 8, 1, False)),
    ],
)
def test_c_declarations(text: str, expected: tuple[str, int, int, bool]) -> None:
    assert told(parse_field(text, X86)) == expected


def test_the_architecture_decides_about_words_and_wide_integers() -> None:
    assert told(parse_field("long x", I386))[1:3] == (32, 4)
    assert told(parse_field("u64 x", I386))[1:3] == (64, 4)
    assert told(parse_field("u64 x", ARM))[1:3] == (64, 8)
    assert told(parse_field("void *x", ARM))[1:3] == (32, 4)


def test_the_kernels_own_types_are_known() -> None:
    assert told(parse_field("struct list_head node", X86, DEBIAN))[1:3] == (128, 8)
    assert told(parse_field("spinlock_t lock", X86, DEBIAN))[1:3] == (32, 4)
    # struct sched_avg is aligned to a cache line, which its size shows.
    assert parse_field("struct sched_avg avg", X86, DEBIAN).align_bytes in (8, 64)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "expected uint, u8, bit1, bit2 or a C declaration"),
        ("int", "expected uint"),
        ("int 3x", "expected uint"),
        ("unsigned x:0", "0 bits do not fit into unsigned"),
        ("unsigned x:33", "33 bits do not fit"),
        ("bool b:2", "2 bits do not fit into bool; give 1 to 1"),
        ("char *p:3", "only an integer type can have a width"),
        ("float f:3", "only an integer type can have a width"),
        ("struct nosuch x", "no type 'struct nosuch'"),
        ("nosuch_t x", "no type 'nosuch_t'"),
        ("long double x", "no type 'long double'"),
        ("banana u64 x", "no type 'banana u64'"),
        ("long char x", "C has no type 'long char'"),
        ("unsigned int int", "int is a keyword of C"),
        ("char big[99999999]", "a field of 99999999 bytes"),
    ],
)
def test_what_is_no_field_is_refused(text: str, expected: str) -> None:
    with pytest.raises(LayoutError, match=expected):
        parse_field(text, X86, DEBIAN)


@given(st.text(max_size=40))
def test_any_text_is_a_field_or_one_clear_error(text: str) -> None:
    try:
        field = parse_field(text, X86, DEBIAN)
    except LayoutError as error:
        assert "\n" not in str(error).strip("\n") or "\n" in text
    else:
        assert field.size_bits >= 0
