from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LayoutError
from core.layout.arch import ARCHITECTURES
from core.layout.field import parse_field
from core.layout.model import KernelLayout, Member, StructLayout, flattened
from core.layout.named_place import GUARD_BIT, edit_at
from core.layout.relayout import (
    Alignments,
    Reading,
    check_reproduces,
    least_alignments,
    least_struct_align,
    most_alignments,
    relaid,
)
from core.layout.what_if import Rules, WhatIf, answer, struct_align, without_own_guard
from tests.core.layout.kernels import analysis, bits, btf_kernel, plain, struct_of, truth_rows

X86 = ARCHITECTURES["x86_64"]
RULES = Rules(X86)
KERNELS = [row["file_tag"] for row in truth_rows() if row["variant"] == "none"]


def ask(layout: KernelLayout, field: str, place: str, rules: Rules = RULES) -> WhatIf:
    return answer(layout, parse_field(field, X86), place, rules)


def offsets(struct: StructLayout) -> str:
    return " ".join(
        f"{m.name}@{m.offset_bits // 8}" + (f":{m.offset_bits % 8}" if m.is_bitfield else "")
        for m in flattened(struct.members)
        if m.name
    )


SMALL = struct_of(
    plain("a", 0), plain("b", 8, 8), plain("c", 16, 1), plain("thread", 64, 64), size_bytes=128
)


def test_a_field_in_a_hole_moves_nothing() -> None:
    found = ask(SMALL, "uint", "after:a")
    assert offsets(found.after) == "a@0 page_owner_depth@4 b@8 c@16 thread@64"
    assert found.moved == ()
    assert (found.growth.min, found.growth.max) == (0, 0)
    assert found.basis.startswith("exact")


def test_a_field_that_does_not_fit_moves_what_follows() -> None:
    found = ask(SMALL, "unsigned long x", "after:a")
    assert offsets(found.after) == "a@0 x@8 b@16 c@24 thread@64"
    assert [(m.member, m.from_bits // 8, m.to_bits // 8) for m in found.moved] == [
        ("b", 8, 16),
        ("c", 16, 24),
    ]


def test_a_field_can_cost_a_whole_cache_line() -> None:
    full = struct_of(plain("a", 0, 8), plain("thread", 8, 56), size_bytes=64)
    full = replace(full, struct=replace(full.struct, align_bytes=64))
    found = ask(full, "u8", "end")
    assert found.growth.best == 64
    assert found.growth.known
    assert found.basis == "exact: the source tells the alignments"


def test_what_the_source_lost_makes_an_interval() -> None:
    # thread may be aligned to 8, or to 64: its offset allows both, and nothing else tells.
    lost = struct_of(plain("a", 0, 64), plain("x", 64, 64), size_bytes=128, name="other")
    found = ask(lost, "unsigned long y", "before:x")
    assert found.growth.min == 8
    assert found.growth.max == 128
    assert not found.growth.exact
    assert found.basis.startswith("likely")


def test_bits_share_a_word_and_shift_those_behind_them() -> None:
    word = struct_of(bits("in_memstall", 0), bits("in_eventfd", 1), plain("atomic_flags", 8, 8))
    found = ask(word, "bit2", "upstream")
    assert (
        offsets(found.after) == "in_memstall@0:0 page_owner_depth@0:1 in_eventfd@0:3 atomic_flags@8"
    )
    assert (found.field.byte_offset, found.field.bit_offset, found.field.cache_line) == (0, 1, 0)


def test_a_zero_width_bitfield_keeps_its_word() -> None:
    # ``unsigned :0`` shows as a bitfield that stands further on than it had to.
    word = struct_of(bits("a", 0), bits("b", 32), plain("thread", 8, 8))
    found = ask(word, "bit1", "after:a")
    assert offsets(found.after) == "a@0:0 in_page_owner@0:1 b@4:0 thread@8"


def test_a_field_inside_an_anonymous_struct_makes_it_grow() -> None:
    inner = Member("", "struct", 0, 64, members=(plain("x", 0), plain("y", 4)), align_bytes=4)
    layout = struct_of(inner, plain("z", 8, 8), plain("thread", 64, 64))
    found = ask(layout, "uint", "after:x")
    assert offsets(found.after) == "x@0 page_owner_depth@4 y@8 z@16 thread@64"
    assert found.after.members[0].size_bits == 96


@pytest.mark.parametrize(
    ("field", "place", "expected"),
    [
        ("uint", "nowhere", "no place 'nowhere'; give v1, upstream"),
        ("uint", "after:nothing", "no member 'nothing' to put it after"),
        ("uint", "after:threat", "did you mean thread?"),
        ("uint", "upstream", "a bit in a word of bits"),
        ("bit1", "upstream", "has none of in_memstall"),
        ("uint", "after:u", "in an anonymous union"),
    ],
)
def test_a_place_that_is_none_is_refused(field: str, place: str, expected: str) -> None:
    union = Member("", "union", 40 * 8, 32, is_union=True, members=(plain("u", 40), plain("v", 40)))
    layout = struct_of(*SMALL.struct.members[:3], union, SMALL.struct.members[3])
    with pytest.raises(LayoutError, match=expected):
        ask(layout, field, place)


def test_places_of_task_struct_belong_to_task_struct() -> None:
    other = struct_of(plain("a", 0), plain("thread", 64, 64), name="mm_struct")
    with pytest.raises(LayoutError, match="place v1 is one of task_struct"):
        ask(other, "uint", "v1")
    assert ask(other, "uint", "").field.place == "end"
    assert ask(other, "uint", "").field.byte_offset == 128


def test_a_layout_the_rules_do_not_explain_is_not_predicted() -> None:
    # 4 bytes, a gap of 4 and another int: no alignment explains it, so something is not shown.
    odd = struct_of(plain("a", 0), plain("b", 12), plain("thread", 64, 64))
    with pytest.raises(LayoutError, match="b of struct task_struct stands at byte 12"):
        ask(odd, "uint", "end")


@pytest.mark.parametrize(
    ("align", "expected"),
    [(3, "no power of two"), (256, "no multiple of 256"), (4, "aligned to 8 bytes at least")],
)
def test_an_alignment_that_contradicts_the_struct_is_refused(align: int, expected: str) -> None:
    layout = struct_of(plain("a", 0, 8), plain("thread", 8, 8), size_bytes=16, name="other")
    layout = replace(layout, struct=replace(layout.struct, size_bytes=16))
    with pytest.raises(LayoutError, match=expected):
        struct_align(layout.struct, Rules(X86, align_bytes=align))


def other(*members: Member, size_bytes: int) -> KernelLayout:
    return struct_of(*members, size_bytes=size_bytes, name="other")


def test_a_packed_struct_stays_packed() -> None:
    packed = other(plain("a", 0, 1), plain("b", 1, 4), plain("c", 5, 1), size_bytes=6)
    found = ask(packed, "u32 x", "after:b")
    assert offsets(found.after) == "a@0 b@1 x@5 c@9"
    assert (found.growth.min, found.growth.best) == (4, 4)


def test_a_struct_without_a_gap_may_be_packed_too() -> None:
    dense = other(plain("a", 0), plain("b", 4, 1), plain("c", 5, 1), plain("d", 6, 2), size_bytes=8)
    growth = ask(dense, "u8", "after:b").growth
    assert (growth.min, growth.best, growth.exact) == (1, 4, False)
    # what nothing could pack any tighter is exact all the same
    assert ask(dense, "u32 x", "end").growth.min == 4


def test_bits_without_a_name_are_not_taken_for_an_alignment() -> None:
    # {u32 a; u32 :32; u32 c;}: 8-byte alignment would explain c, but not a size of 12.
    hidden = other(plain("a", 0), plain("c", 8), size_bytes=12)
    with pytest.raises(LayoutError, match="c of struct other stands at byte 8"):
        ask(hidden, "u8", "after:a")


def test_nothing_follows_a_flexible_array() -> None:
    flexible = Member("data", "char[0]", 64, 0, False, 1, 0)
    layout = other(plain("n", 0), plain("m", 4), flexible, size_bytes=8)
    assert offsets(ask(layout, "uint", "end").after) == "n@0 m@4 page_owner_depth@8 data@12"
    with pytest.raises(
        LayoutError, match="flexible array, which nothing may follow; give before:data"
    ):
        ask(layout, "uint", "after:data")


def test_a_name_is_taken_once() -> None:
    with pytest.raises(LayoutError, match="has a member c already"):
        ask(SMALL, "u8 c", "end")


def test_moves_that_are_only_likely_say_so() -> None:
    lost = struct_of(plain("a", 0, 64), plain("x", 64, 64), size_bytes=128, name="other")
    assert not ask(lost, "unsigned long y", "before:x").moved_exact
    assert ask(SMALL, "uint", "after:a").moved_exact


def test_an_empty_struct_takes_a_field() -> None:
    growth = ask(other(size_bytes=0), "uint", "").growth
    assert (growth.min, growth.max) == (4, 4)


def shuffled() -> KernelLayout:
    inner = tuple(plain(name, 4 * at) for at, name in enumerate(("stack", "in_memstall", "comm")))
    return struct_of(Member("", "struct", 0, 8 * 96, members=inner), plain("thread", 96, 32))


def test_a_shuffled_struct_is_refused_with_the_reason() -> None:
    with pytest.raises(LayoutError, match="inside an anonymous struct, as CONFIG_RANDSTRUCT"):
        ask(shuffled(), "uint", "end")
    with pytest.raises(LayoutError, match=r"/boot/config-6\.1 has CONFIG_RANDSTRUCT"):
        ask(SMALL, "uint", "end", Rules(X86, shuffled_by="/boot/config-6.1"))


@pytest.mark.parametrize("file_tag", ["x86_64-debian-amd64", "arm64-rand1", "s390x-debian-s390x"])
def test_a_member_order_that_no_source_has_is_refused(file_tag: str) -> None:
    layout = btf_kernel(file_tag).layout()
    mixed, offset = [], 0
    for member in sorted(layout.struct.members, key=lambda m: m.name[::-1]):
        if not member.is_bitfield and not member.members:
            mixed.append(replace(member, offset_bits=offset))
            offset += member.size_bits + 63 & ~63
    struct = StructLayout("task_struct", offset // 8, tuple(mixed), layout.struct.endian)
    with pytest.raises(LayoutError, match="an order that no source has"):
        ask(replace(layout, struct=struct), "uint", "before:comm")


def test_the_kernels_own_guard_is_shown_and_taken_out() -> None:
    layout = btf_kernel("x86_64-debian-amd64").layout()
    with_bit = answer(layout, parse_field("bit1", X86), "upstream", RULES).after
    own = replace(layout, struct=with_bit)
    found = without_own_guard(own, RULES)
    assert found is not None
    assert found.field.name == GUARD_BIT
    assert (found.field.byte_offset, found.field.bit_offset) == (2344, 11)
    assert found.before.members == layout.struct.members
    assert found.growth.best == 0
    assert without_own_guard(layout, RULES) is None


@pytest.mark.parametrize("file_tag", KERNELS)
def test_every_reading_gives_a_real_struct_back_as_it_is(file_tag: str) -> None:
    found = analysis(file_tag)
    struct = found.layout.struct
    readings = (
        least_alignments(struct),
        Alignments(Reading.LIKELY, found.align.best, found.align.best),
        most_alignments(struct),
    )
    for alignments in readings:
        check_reproduces(struct, alignments, file_tag)
        assert relaid(struct, alignments).members == struct.members


TAGS = st.sampled_from(["x86_64-tinyconfig", "i386-defconfig", "s390x-tinyconfig", "arm-rand1"])
FIELDS = st.sampled_from(["uint", "u8", "bit1", "bit2", "u64 x", "char c[5]", "unsigned long b:7"])


@given(file_tag=TAGS, field=FIELDS, at=st.integers(0, 10_000), before=st.booleans())
def test_a_field_anywhere_pushes_and_never_pulls(
    file_tag: str, field: str, at: int, before: bool
) -> None:
    found = analysis(file_tag)
    members = [m for m in found.layout.struct.members if m.name]
    name = members[at % len(members)].name
    what_if = found.ask(field, f"{'before' if before else 'after'}:{name}").what_if
    growth = what_if.growth
    assert growth.min <= growth.best <= growth.max
    assert growth.min >= 0
    assert all(move.to_bits >= move.from_bits for move in what_if.moved)
    assert what_if.after.size_bytes % found.align.best == 0
    placed = [m for m in what_if.after.members if m.name == what_if.field.name]
    assert [m.offset_bits for m in placed] == [what_if.field.offset_bits]
    ends = [m.end_bits for m in what_if.after.members]
    starts = [m.offset_bits for m in what_if.after.members[1:]]
    assert all(end <= start for end, start in zip(ends, starts, strict=False))


@given(file_tag=TAGS, at=st.integers(0, 10_000))
def test_taking_a_field_out_again_gives_the_struct_back(file_tag: str, at: int) -> None:
    found = analysis(file_tag)
    struct = found.layout.struct
    member = struct.members[at % len(struct.members)]
    field = parse_field("u8", found.machine.arch).member()
    edit = edit_at(struct, f"after:{member.name}" if member.name else "end", field)
    alignments = least_alignments(struct)
    after = relaid(struct, alignments, edit)
    # The struct without it keeps what alignments its members had *before*, so only that it fits.
    out = relaid(after, replace(alignments), replace(edit, inserted=None))
    assert out.size_bytes <= after.size_bytes
    assert least_struct_align(struct) <= found.align.best
