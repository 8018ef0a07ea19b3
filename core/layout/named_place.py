"""Where a field goes: the places that the patches used, and any other by its neighbour.

``v1`` is the first version of the page_owner patch, after ``kretprobe_instances``; ``upstream`` is
what was merged, after ``in_memstall``; ``grpend`` the end of the strictly current bits; ``end``
before ``thread``, which must stay the last member.
"""

from __future__ import annotations

from core.errors import LayoutError, did_you_mean
from core.layout.model import TASK_STRUCT, Member, StructLayout
from core.layout.relayout import Edit

GUARD_BIT = "in_page_owner"
"""The kernel's own guard since Linux 5.13, where CONFIG_PAGE_OWNER is set."""

PLACES = ("v1", "upstream", "grpend", "end")
"""Places of task_struct that have a name of their own."""

V1_AFTER = "kretprobe_instances"
V1_BEFORE = ("rethooks", "l1d_flush_kill", "rv", "user_event_mm", "unwind_info")
"""What follows the v1 place, nearest first, for a kernel without CONFIG_KRETPROBES."""

UPSTREAM_AFTER = (
    "in_memstall",
    "use_memdelay",
    "frozen",
    "no_cgroup_migration",
    "brk_randomized",
    "in_lru_fault",
    "in_user_fault",
    "restore_sigmask",
    "in_iowait",
    "in_execve",
    "user_dumpable",
    "sched_rt_mutex",
    "sched_remote_wakeup",
)
"""The strictly-current word from the upstream place backwards; each has a CONFIG of its own."""

GRPEND_BEFORE = "atomic_flags"
END_BEFORE = "thread"

_OLDER = "take a layout of Linux 5.12 or later"


def default_place(struct: StructLayout, *, is_bitfield: bool) -> str:
    """Return where a field goes if nobody says: in task_struct as the patches had it."""
    if struct.name != TASK_STRUCT:
        return "end"
    return "upstream" if is_bitfield else "v1"


def edit_at(struct: StructLayout, place: str, field: Member, *, where: str = "") -> Edit:
    """Return the change that puts a field in a place.

    Args:
        struct: The struct as it is.
        place: ``v1``, ``upstream``, ``grpend``, ``end``, ``after:MEMBER`` or ``before:MEMBER``.
        field: The field, its offset of no account.
        where: What errors begin with.

    Raises:
        LayoutError: There is no such place, or the field cannot go there.
    """
    way, colon, name = place.partition(":")
    if colon and way in ("after", "before"):
        return _beside(struct, way, name, field, where)
    if place not in PLACES:
        raise LayoutError(
            f"no place {place!r}",
            where=where,
            advice=f"give {', '.join(PLACES)}, after:MEMBER or before:MEMBER",
        )
    if struct.name != TASK_STRUCT:
        if place == "end":
            # Nothing may follow a flexible array, so the end is before it.
            return Edit(len(struct.members) - _ends_flexibly(struct), field)
        raise LayoutError(
            f"place {place} is one of task_struct, not of struct {struct.name}",
            where=where,
            advice="give end, after:MEMBER or before:MEMBER",
        )
    way, name = _neighbour(struct, place, field, where)
    return _beside(struct, way, name, field, where)


def _neighbour(struct: StructLayout, place: str, field: Member, where: str) -> tuple[str, str]:
    """Return a named place of task_struct as ``after`` or ``before`` a member it has."""
    if place == "v1":
        name = first_present(struct, (V1_AFTER, *V1_BEFORE, END_BEFORE), where)
        return "after" if name == V1_AFTER else "before", name
    if place == "upstream":
        if not field.is_bitfield:
            raise LayoutError(
                f"place upstream is a bit in a word of bits, and {field.type_name} {field.name} is"
                " a whole member",
                where=where,
                advice="give a field with a width, such as bit1, or another place",
            )
        return "after", first_present(struct, UPSTREAM_AFTER, where)
    return "before", first_present(
        struct, (GRPEND_BEFORE if place == "grpend" else END_BEFORE,), where
    )


def first_present(struct: StructLayout, names: tuple[str, ...], where: str) -> str:
    """Return the first of some names that a struct has.

    Raises:
        LayoutError: It has none of them.
    """
    for name in names:
        if name in struct:
            return name
    raise LayoutError(
        f"struct {struct.name} has none of {', '.join(names)}, so the place is not known",
        where=where,
        advice=_OLDER,
    )


def _beside(struct: StructLayout, way: str, name: str, field: Member, where: str) -> Edit:
    found = find_member(struct.members, name)
    if found is None:
        near = did_you_mean(name, struct.names)
        raise LayoutError(
            f"struct {struct.name} has no member {name!r} to put it {way}",
            where=where,
            advice=near if near.startswith("did you mean") else "give the name of a member",
        )
    path, index, in_union = found
    if way == "after" and not path and name == struct.members[-1].name and _ends_flexibly(struct):
        raise LayoutError(
            f"{name} is a flexible array, which nothing may follow",
            where=where,
            advice=f"give before:{name}",
        )
    if in_union:
        raise LayoutError(
            f"{name} is in an anonymous union, where every member begins at the same byte",
            where=where,
            advice="give a member beside the union",
        )
    return Edit(index + (way == "after"), field, path)


def find_member(
    members: tuple[Member, ...], name: str, path: tuple[int, ...] = (), in_union: bool = False
) -> tuple[tuple[int, ...], int, bool] | None:
    """Return where a member is: the anonymous members that lead there, its index, in a union?"""
    for index, member in enumerate(members):
        if member.name == name:
            return path, index, in_union
        if not member.name and member.members:
            inner = find_member(member.members, name, (*path, index), member.is_union)
            if inner is not None:
                return inner
    return None


def _ends_flexibly(struct: StructLayout) -> bool:
    """Whether the last member is an array without a length."""
    last = struct.members[-1] if struct.members else None
    if last is None or last.size_bits or struct.is_union:
        return False
    return last.type_name.endswith(("[0]", "[]"))


def own_guard(struct: StructLayout) -> Edit | None:
    """Return the change that takes the kernel's own guard out, or None where it has none."""
    found = find_member(struct.members, GUARD_BIT)
    return Edit(found[1], None, found[0]) if found is not None else None
