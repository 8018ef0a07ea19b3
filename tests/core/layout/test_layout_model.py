from __future__ import annotations

import pytest

from core.errors import LayoutError
from core.layout.model import Member, NamedBit, StructLayout


def plain(name: str, offset_bits: int, size_bits: int = 32) -> Member:
    return Member(name, "unsigned int", offset_bits, size_bits, False, 4, size_bits // 8)


def bits(name: str, offset_bits: int, size_bits: int = 1) -> Member:
    return Member(name, "unsigned int", offset_bits, size_bits, True, 4, 4)


def anonymous(*members: Member, is_union: bool = False) -> Member:
    first = min(m.offset_bits for m in members)
    end = max(m.end_bits for m in members)
    kind = "union" if is_union else "struct"
    return Member("", kind, first, end - first, is_union=is_union, members=members)


def words(found: tuple[NamedBit, ...]) -> list[tuple[str, int, int]]:
    return [(bit.name, bit.bit_offset, bit.bit_size) for bit in found]


STRUCT = StructLayout(
    "task_struct",
    24,
    (
        plain("flags", 0),
        bits("in_execve", 32),
        bits("in_iowait", 33, 2),
        plain("net_xmit", 48, 8),
        anonymous(plain("rcu_users", 64), plain("rcu", 64, 64), is_union=True),
        anonymous(plain("seq", 128), anonymous(plain("deep", 160))),
    ),
)


def test_members_in_anonymous_parts_are_found_at_absolute_offsets() -> None:
    assert STRUCT.member("rcu").offset_bytes == 8
    assert STRUCT.member("seq").offset_bits == 128
    assert STRUCT.member("deep").offset_bits == 160
    assert STRUCT.names == (
        "flags",
        "in_execve",
        "in_iowait",
        "net_xmit",
        "rcu_users",
        "rcu",
        "seq",
        "deep",
    )
    assert "deep" in STRUCT
    assert "deeper" not in STRUCT
    assert STRUCT.find("deeper") is None


def test_an_unknown_member_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(LayoutError, match=r"no member 'in_iowiat'; did you mean in_iowait\?"):
        STRUCT.member("in_iowiat")


def test_a_word_is_covered_by_named_bits_and_gaps() -> None:
    assert words(STRUCT.word_at(4)) == [
        ("in_execve", 0, 1),
        ("in_iowait", 1, 2),
        ("", 3, 13),
        ("net_xmit", 16, 8),
        ("", 24, 8),
    ]
    assert [bit.is_gap for bit in STRUCT.word_at(4)] == [False, False, True, False, True]


def test_a_word_cuts_what_is_larger_and_names_a_union_by_all_it_holds() -> None:
    assert words(STRUCT.word_at(0)) == [("flags", 0, 32)]
    assert words(STRUCT.word_at(8)) == [("rcu_users|rcu", 0, 32)]
    assert words(STRUCT.word_at(16, 8)) == [("seq", 0, 32), ("deep", 32, 32)]


@pytest.mark.parametrize("byte_offset", [-4, 21, 24])
def test_a_word_outside_the_struct_is_refused(byte_offset: int) -> None:
    with pytest.raises(LayoutError, match="24 bytes"):
        STRUCT.word_at(byte_offset)


def test_a_member_past_the_end_is_refused() -> None:
    with pytest.raises(LayoutError, match="member late at bit 32 does not fit into the 4 bytes"):
        StructLayout("task_struct", 4, (plain("late", 32),))
    with pytest.raises(LayoutError, match="member inner"):
        StructLayout("task_struct", 4, (Member("", "struct", 0, 32, members=(bits("inner", 40),)),))
