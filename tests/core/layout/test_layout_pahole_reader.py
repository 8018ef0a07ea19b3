from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LayoutError
from core.layout.model import Member, StructLayout
from core.layout.pahole_text import printed
from core.layout.sources.btf import BtfKernel
from core.layout.sources.packed import unpacked
from core.layout.sources.pahole import PaholeKernel, looks_like_pahole, read_pahole
from tests.examples import examples

DATA = Path(__file__).parents[2] / "data"
RECORDED: dict[str, str] = json.loads((DATA / "pahole.json").read_text())["printed"]
WHOLE = "debian-6.1-amd64-vmlinux.btf.zst"
KERNELS = [*(path.name for path in sorted((DATA / "btf").glob("*.btf"))), WHOLE]

MODERN = """\
struct demo {
	int                        state;                /*     0     4 */

	/* XXX 4 bytes hole, try to pack */

	void *                     stack;                /*     8     8 */
	unsigned int               first:1;              /*    16: 0  4 */
	unsigned int               second:2;             /*    16: 1  4 */

	/* XXX 29 bits hole, try to pack */

	union {
		struct page *      page;                 /*    24     8 */
		struct {
			u32        low;                  /*    24     4 */
			u32        high;                 /*    28     4 */
		};                                       /*    24     8 */
	};                                               /*    24     8 */
	struct {
		char               name[16];             /*    32    16 */
	} tag[2];                                        /*    32    32 */
	/* --- cacheline 1 boundary (64 bytes) --- */
	struct list_head           tasks;                /*    64    16 */
	int                        (*run)(struct demo *, int); /*    80     8 */

	/* size: 96, cachelines: 2, members: 8 */
	/* sum members: 76, holes: 2, sum holes: 8 */
	/* sum bitfield members: 3 bits, bit holes: 1, sum bit holes: 29 bits */
	/* padding: 8 */
	/* last cacheline: 32 bytes */
};
"""

Facts = tuple[object, ...]


def read(text: str, struct: str = "demo", **facts: str) -> StructLayout:
    return read_pahole(text, name="mail", **facts).layout(struct).struct


def facts_of(members: tuple[Member, ...]) -> tuple[Facts, ...]:
    """What the text tells of members: whether a typedef is one of a union it does not."""
    return tuple(
        (one.name, one.offset_bits, one.size_bits, one.is_bitfield, one.unit_bytes)
        + ((one.is_union, facts_of(one.members)) if is_listed(one) else ())
        for one in members
    )


def is_listed(member: Member) -> bool:
    return member.type_name.partition("[")[0] in ("struct", "union")


@cache
def kernel(name: str) -> BtfKernel:
    return BtfKernel(bytes(unpacked((DATA / "btf" / name).read_bytes(), name=name)), name=name)


@pytest.mark.parametrize("name", KERNELS)
def test_a_task_struct_that_was_printed_is_read_back(name: str) -> None:
    struct = kernel(name).layout().struct
    again = read(printed(struct, kernel(name)), "task_struct")
    assert again.size_bytes == struct.size_bytes
    assert facts_of(again.members) == facts_of(struct.members)
    assert again.names == struct.names


def test_structs_of_a_whole_kernel_that_were_printed_are_read_back() -> None:
    types = kernel(WHOLE)
    for name in types.struct_names()[::17]:
        struct = types.find(name)
        assert struct is not None
        again = read_pahole(printed(struct, types), name="mail").find(name)
        assert again is not None
        assert facts_of(again.members) == facts_of(struct.members), name
        assert again.size_bytes == struct.size_bytes or struct.is_union


@pytest.mark.parametrize("name", RECORDED)
def test_what_pahole_printed_is_read(name: str) -> None:
    struct = kernel(WHOLE).find(name)
    assert struct is not None
    assert facts_of(read(RECORDED[name], name).members) == facts_of(struct.members)


def test_the_parts_of_a_struct() -> None:
    demo = read(MODERN)
    assert demo.size_bytes == 96
    assert [one.name for one in demo.members] == [
        "state", "stack", "first", "second", "", "tag", "tasks", "run",
    ]  # fmt: skip
    assert demo.member("second") == Member(
        "second", "unsigned int", 129, 2, is_bitfield=True, align_bytes=4, unit_bytes=4
    )
    assert demo.member("high").offset_bits == 28 * 8
    assert demo.members[4].is_union
    assert demo.member("tag").type_name == "struct[2]"
    assert demo.member("tag").members[0].name == "name"
    assert demo.member("run").type_name == "int (*)(struct demo *, int)"
    assert demo.member("run").align_bytes == 8


def wrapped(text: str) -> str:
    """As a mail program breaks lines."""
    return text.replace("/*    16: 1  4 */", "/*    16:\n1  4\n */").replace(
        "void *   ", "void\n* "
    )


def expanded(text: str) -> str:
    """As ``pahole -E`` lists structs in place."""
    inner = (
        "struct list_head {\n\t\tstruct list_head * next; /*    64     8 */\n"
        "\t\tstruct list_head * prev; /*    72     8 */\n\t} tasks; /*    64    16 */\n"
    )
    return text.replace("struct list_head           tasks;                /*    64    16 */", inner)


SHAPES: dict[str, Callable[[str], str]] = {
    "quoted": lambda text: "".join(f"> {line}\n" for line in text.splitlines()),
    "quoted twice": lambda text: "".join(f"> > {line}\n" for line in text.splitlines()),
    "quoted tightly": lambda text: "".join(f">>{line}\n" for line in text.splitlines()),
    "added by a diff": lambda text: "".join(f"+{line}\n" for line in text.splitlines()),
    "removed by a diff": lambda text: "".join(f"-{line}\n" for line in text.splitlines()),
    "context of a diff": lambda text: "".join(f" {line}\n" for line in text.splitlines()),
    "with spaces": lambda text: text.expandtabs(),
    "without any": lambda text: "\n".join(line.strip() for line in text.splitlines()),
    "from Windows": lambda text: text.replace("\n", "\r\n"),
    "wrapped": wrapped,
    "expanded": expanded,
    "without cache lines": lambda text: "".join(
        line for line in text.splitlines(keepends=True) if "cacheline 1" not in line
    ),
    "as it is printed since 1.26": lambda text: text.replace(
        "/* --- cacheline 1 boundary (64 bytes) --- */",
        "/* --- cacheline 0 boundary (0 bytes) was 64 bytes ago --- */",
    ).replace("/* padding: 8 */", "/* padding: 8 */\n\t/* member types with holes: 1, total: 1 */"),
    "within a mail": lambda text: (
        f"Hi,\n\nin struct foo {{ I see\n\n{text}\nas (x > y) {{ z }}\n--\n"
    ),
    "behind C": lambda text: f"struct other {{\n\tint a; /* why */\n}};\n{text}",
    "on one line": lambda text: " ".join(text.split()),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_ways_a_text_is_pasted(shape: str) -> None:
    demo = read(SHAPES[shape](MODERN))
    assert facts_of(demo.members) == facts_of(read(MODERN).members)
    assert demo.size_bytes == 96


def test_hexadecimal_numbers() -> None:
    text = MODERN.replace("/*    24     8 */", "/*  0x18   0x8 */")
    text = text.replace("/*    16: 1  4 */", "/*  0x10:0x1 0x4 */").replace("80     8", "0x50 0x8")
    assert facts_of(read(text).members) == facts_of(read(MODERN).members)


def test_of_a_diff_the_new_side_is_taken() -> None:
    lines = MODERN.splitlines(keepends=True)
    state = lines.index("\tint                        state;                /*     0     4 */\n")
    old = [f" {line}" for line in lines]
    old[state : state + 1] = [
        "-\tlong int                   state;                /*     0     8 */\n",
        f"+{lines[state]}",
    ]
    diff = "--- a/before\n+++ b/after\n@@ -1,30 +1,30 @@\n" + "".join(old)
    assert read(diff) == read(MODERN)


def test_several_structs_each_by_its_name() -> None:
    list_head = (
        "struct list_head {\n\tstruct list_head * next; /* 0 8 */\n\tstruct list_head * prev;"
        " /* 8 8 */\n\n\t/* size: 16, cachelines: 1, members: 2 */\n};\n"
    )
    types = read_pahole(f"{MODERN}\n{list_head}", name="mail")
    assert types.struct_names() == ("demo", "list_head")
    assert types.layout("demo").struct.member("tasks").align_bytes == 8
    assert types.layout("demo").struct.member("tasks").least_align_bytes == 0
    assert types.find("nothing") is None
    with pytest.raises(LayoutError, match=r"no struct list_heat in this text; did you mean"):
        types.layout("list_heat")


def test_structs_listed_in_place_can_be_asked_for() -> None:
    types = read_pahole(expanded(MODERN), name="mail")
    inner = types.find("list_head")
    assert inner is not None
    assert (inner.size_bytes, [one.offset_bits for one in inner.members]) == (16, [0, 64])
    assert types.layout("demo").struct.member("tasks").type_name == "struct list_head"
    assert "list_head" in types.struct_names()


def test_a_typedef_that_is_expanded_keeps_its_name() -> None:
    text = (
        "struct a {\n\t/* typedef pid_t -> __kernel_pid_t */ int pid; /* 0 4 */\n"
        "\t/* typedef atomic_t */ struct {\n\t\tint counter; /* 4 4 */\n\t} count; /* 4 4 */\n"
        "\t/* size: 8, cachelines: 1, members: 2 */\n};"
    )
    assert [one.type_name for one in read(text, "a").members] == ["pid_t", "atomic_t"]


OLD = """\
struct old {
	int                        a;                    /*     0     4 */
	unsigned int               b:1;                  /*     4:31  4 */
	unsigned int               c:2;                  /*     4:29  4 */

	/* XXX 29 bits hole, try to pack */

	union {
		struct page *      p;                    /*           8 */
		long unsigned int  v;                    /*           8 */
	};                                               /*     8     8 */
	struct {
		int                x;                    /*     0     4 */
		int                y;                    /*     4     4 */
	} pos;                                           /*    16     8 */
	char                       end;                  /*    24     1 */
}; /* size: 32, cachelines: 1 */
   /* bit holes: 1, sum bit holes: 29 bits */
   /* padding: 7 */
   /* last cacheline: 32 bytes */
"""


def test_text_of_the_oldest_versions() -> None:
    """They counted bits from the end, and nested offsets from the nested struct's start."""
    types = read_pahole(OLD, name="mail")
    old = types.layout("old").struct
    assert old.size_bytes == 32
    assert (old.member("b").offset_bits, old.member("c").offset_bits) == (32, 33)
    assert (old.member("p").offset_bits, old.member("v").offset_bits) == (64, 64)
    assert [one.offset_bits for one in old.member("pos").members] == [128, 160]
    assert any("counted from the other end" in note for note in types.layout("old").notes)


def test_bits_without_numbers_follow_one_another() -> None:
    text = (
        "struct a {\n\tint x:3; /* 0 4 */\n\tint y:5; /* 0 4 */\n}; /* size: 4, cachelines: 1 */\n"
        "   /* bit_padding: 24 bits */\n"
    )
    assert [one.offset_bits for one in read(text, "a").members] == [0, 3]


def test_a_big_endian_machine_is_told_by_its_architecture() -> None:
    types = read_pahole(MODERN, name="mail", arch="s390x")
    assert types.layout("demo").big_endian
    assert types.layout("demo").notes == ()
    little = read_pahole(MODERN, name="mail").layout("demo")
    assert not little.big_endian
    assert any("byte order" in note for note in little.notes)
    assert (little.kind, little.arch, little.pointer_bytes) == ("pahole", "", 8)


def one_member(declaration: str, offset: int, size: int, total: int, pointer: int = 8) -> Member:
    text = (
        f"struct a {{\n\tvoid * p; /* 0 {pointer} */\n"
        f"\tchar fill[{offset - pointer}]; /* {pointer} {offset - pointer} */\n"
        f"\t{declaration}; /* {offset} {size} */\n"
        f"\t/* size: {total}, cachelines: 1, members: 3 */\n}};\n"
    )
    return read(text, "a").members[-1]


@pytest.mark.parametrize(
    ("declaration", "offset", "size", "likely", "least"),
    [
        ("u64 x", 16, 8, 8, 0),
        ("long unsigned int x[4]", 16, 32, 8, 0),
        ("char comm[16]", 13, 16, 1, 0),
        ("enum mode x", 12, 4, 4, 0),
        ("int packed", 9, 4, 1, 0),
        ("struct page * x", 16, 8, 8, 0),
        ("struct unknown x", 16, 64, 8, 1),
        ("struct unknown x", 12, 4, 4, 1),
        ("strange_t x", 10, 6, 2, 1),
        ("atomic_t x", 12, 4, 4, 0),
    ],
)
def test_alignments_are_those_a_type_or_its_place_shows(
    declaration: str, offset: int, size: int, likely: int, least: int
) -> None:
    total = offset + size
    member = one_member(declaration, offset, size, total)
    assert (member.align_bytes, member.least_align_bytes) == (likely, least)
    assert not member.align_known


def test_eight_bytes_aligned_to_four_are_noticed() -> None:
    assert one_member("u64 x", 12, 8, 20, pointer=4).align_bytes == 4
    assert one_member("u64 x", 16, 8, 24, pointer=4).align_bytes == 8


def test_types_aligned_to_cache_lines_are_known_by_name() -> None:
    assert one_member("struct sched_entity se", 128, 256, 384).line_bytes == 256
    assert one_member("struct sched_statistics stats", 64, 64, 128).line_bytes == 64
    assert one_member("struct thread_struct thread", 128, 4480, 4608).line_bytes == 128
    assert one_member("struct thread_struct thread", 16, 152, 168).line_bytes == 0
    assert one_member("struct page x", 64, 64, 128).line_bytes == 0


def test_an_attribute_counts_only_where_pahole_cannot_have_guessed_it() -> None:
    guessed = (
        "struct a {\n\tint x; /* 0 4 */\n\n\t/* XXX 60 bytes hole, try to pack */\n\n"
        "\tint y __attribute__((__aligned__(64))); /* 64 4 */\n\n"
        "\t/* size: 128, cachelines: 2, members: 2 */\n"
        "\t/* sum members: 8, holes: 1, sum holes: 60 */\n\t/* padding: 60 */\n"
        "} __attribute__((__aligned__(64)));\n"
    )
    types = read_pahole(guessed, name="mail")
    layout = types.layout("a")
    assert not layout.struct.member("y").align_known
    assert layout.struct.align_bytes == 0
    assert any("guesses" in note for note in layout.notes)
    told = (
        "struct a {\n\tlong int x[8]; /* 0 64 */\n"
        "\tint y __attribute__((__aligned__(64))); /* 64 4 */\n\n"
        "\t/* size: 128, cachelines: 2, members: 2 */\n\t/* padding: 60 */\n"
        "} __attribute__((__aligned__(64)));\n"
    )
    struct = read(told, "a")
    assert struct.member("y").align_known
    assert (struct.member("y").align_bytes, struct.align_bytes) == (64, 64)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("sum members: 76", "sum members: 72", r"mail:27: the members' sizes add up to 76 bytes"),
        ("size: 96", "size: 104", r"mail:29: padding: 8, but .* come to 16"),
        ("size: 96", "size: 80", r"mail:26: member run at bit 640 does not fit"),
        ("members: 8 ", "members: 9 ", r"mail:26: members: 9, but .* come to 8"),
        ("padding: 8", "padding: 4", r"mail:29: padding: 4, but .* come to 8"),
        ("sum holes: 8", "sum holes: 4", r"mail:27: sum holes: 4, but .* come to 8"),
        ("members: 3 bits", "members: 4 bits", r"mail:28: sum bitfield members: 4"),
        ("/*     8     8 */", "/*     2     8 */", r"mail:6: stack begins at bit 16, before state"),
        ("/*     8     8 */", "", r"mail:6: stack has no offset and size; print it without"),
        ("first:1", "first:40", r"mail:7: 40 bits of first do not fit"),
        ("size: 96, cachelines: 2, members: 8", "", r"mail:1: struct demo has no line with its s"),
        ("};\n", "", r"mail:1: struct demo has no closing brace"),
        ("; /*    80", " /*    80", r"before a closing brace"),
    ],
)  # fmt: skip
def test_a_text_that_contradicts_itself_is_refused_with_its_line(
    old: str, new: str, complaint: str
) -> None:
    text = MODERN.replace(old, new) if old != "};\n" else MODERN.removesuffix(old)
    with pytest.raises(LayoutError, match=complaint):
        read(text)


def test_lines_that_were_lost_are_noticed() -> None:
    for line in ("void *  ", "tasks", "run)", "first:1"):
        text = "".join(one for one in MODERN.splitlines(keepends=True) if line not in one)
        with pytest.raises(LayoutError, match=r"mail:\d+: "):
            read(text)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "no struct in this text; give what `pahole -C task_struct vmlinux` prints"),
        ("int main(void) { return 0; }", "no struct in this text"),
        ("struct a {\n\tint x;\n};\n", "mail:1: no member of struct a has its offset and size"),
        ("struct a {\n\tint x; /* 0 4 */\n", "mail:1: struct a has no closing brace"),
        (
            "struct a {\n\tint x; /* 0 4 */\n\tif (x) { }\n}",
            "before a brace, where a struct was ex",
        ),
        ("struct a {\n\tint x; /* 0 4 */\n/* }", "no closing brace|not closed"),
    ],
)
def test_what_is_no_pahole_text_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(LayoutError, match=complaint):
        read_pahole(text, name="mail")


def test_pahole_s_own_doubts_are_believed() -> None:
    text = MODERN.replace("padding: 8", "padding: 4").replace(
        "\t/* last cacheline",
        "\t/* BRAIN FART ALERT! 96 bytes != 76 (member bytes) */\n\t/* last c",
    )
    assert read(text).size_bytes == 96


def test_other_structs_are_only_read_when_asked_for() -> None:
    broken = MODERN.replace("demo", "broken").replace("size: 96", "size: 80")
    types = read_pahole(MODERN + broken, name="mail")
    assert types.layout("demo").struct.size_bytes == 96
    with pytest.raises(LayoutError, match=r"mail:57: member run"):
        types.find("broken")


def test_a_pahole_text_is_known_by_its_beginning() -> None:
    assert looks_like_pahole(MODERN.encode())
    assert looks_like_pahole(SHAPES["quoted"](MODERN).encode())
    assert looks_like_pahole(b"struct a {\n int x; /*  0x18   0x8 */")
    assert not looks_like_pahole(b"struct a {\n int x; /* a counter */\n};")
    assert not looks_like_pahole(b'{"schema": 2}')
    assert not looks_like_pahole(b"")


def test_sizes_of_types() -> None:
    types = read_pahole(MODERN, name="mail")
    assert types.size_and_align("unsigned int") == (4, 4)
    assert types.size_and_align("long unsigned int") == (8, 8)
    assert types.size_and_align("u32") == (4, 4)
    assert types.size_and_align("void") is None
    assert types.size_and_align("pid_t") is None


def bounded(text: str) -> PaholeKernel | None:
    start = time.process_time()
    types: PaholeKernel | None = None
    try:
        types = read_pahole(text, name="mail")
        for name in types.struct_names()[:4]:
            printed(types.layout(name).struct, types)
    except LayoutError as error:
        assert "\n" not in str(error)
    assert time.process_time() - start < 10, "work must not grow with the square of the text"
    return types


PIECES = """\
struct a {
union {
enum {
}
};
} x[3];
/* 0 4 */
/* 8:3 4 */
/*
*/
int x;
int :0;
>
+
-
0x1
struct b *
__attribute__((__aligned__(64)))
(*f)(
)
[
]
/* size: 8, cachelines: 1, members: 2 */
/* padding: 4 */
"""
pieces = st.sampled_from([*PIECES.splitlines(), "\n"])


@examples(75)
@given(st.lists(pieces, max_size=40))
def test_no_text_does_harm(parts: list[str]) -> None:
    bounded(" ".join(parts))


@examples(75)
@given(st.lists(st.tuples(st.integers(0, len(MODERN)), st.integers(0, 60), pieces), max_size=4))
def test_no_damage_to_a_text_does_harm(changes: list[tuple[int, int, str]]) -> None:
    text = MODERN
    for at, length, piece in changes:
        text = text[:at] + piece + text[at + length :]
    bounded(text)


@pytest.mark.parametrize(
    "text",
    [
        "struct a {" * 30_000,
        "{" * 300_000,
        "/*" * 150_000,
        "> " * 150_000,
        "struct a { int x; /* 0 4 */" + "/*" * 150_000 + "};",
        "struct a { int x; /* 0 4 */ int " + "(" * 300_000 + "};",
        "struct a { int x; /* 0 4 */" + "struct {" * 40_000 + "};",
        "struct a { int x; /* 0 4 */" + "a b; /* 0 0 */" * 25_000 + "};",
        "struct a { int x; /* 0 4 */ int " + "*" * 3_000 + "y; /* 8 8 */ };",
        "struct a { int x" + "[9]" * 1_000 + "; /* 0 4 */ /* size: 4, cachelines: 1 */ };",
        "struct " + "a" * 300_000 + " {",
        "".join(
            f"struct s{n} {{ struct s{n + 1} x; /* 0 4 */ /* size: 4, cachelines: 1 */ }};"
            for n in range(5_000)
        ),
        "struct a { struct a x; /* 0 4 */ struct a y; /* 4 4 */ /* size: 8, cachelines: 1 */ };",
    ],
    ids=range(13),
)
def test_garbage_is_refused_quickly(text: str) -> None:
    bounded(text)
