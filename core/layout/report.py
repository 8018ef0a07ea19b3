"""The answer about a kernel's struct as plain data, for ``--json`` and for exports.

Offsets and sizes are bytes where a key does not say bits; ``bit_offset`` counts within the storage
unit at ``byte_offset``, on big endian from its most significant bit, as pahole prints it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.layout.analysis import Analysis, Answer, assumptions
from core.layout.model import flattened
from core.layout.task_cost import TaskCost
from core.layout.what_if import Interval, PlacedField, WhatIf

if TYPE_CHECKING:
    from core.layout.holes import Holes
    from core.layout.model import Member

SCHEMA = 1

Report = dict[str, Any]


def report(
    analysis: Analysis, answer: Answer | None = None, compared: tuple[Answer, ...] = ()
) -> Report:
    """Return everything about a struct, and about one field or several.

    Args:
        analysis: The struct.
        answer: The field that was asked about; its keys are null without one.
        compared: The storages, where they were asked for side by side.
    """
    layout = analysis.layout
    told: Report = {
        "schema": SCHEMA,
        "source": {
            "kind": layout.kind,
            "name": layout.name,
            "kernel": layout.kernel,
            "arch": layout.arch,
            "endian": layout.endian,
            "pointer_bytes": layout.pointer_bytes,
            "read_from": layout.source,
        },
        "struct": layout.struct.name,
        "sizeof": layout.struct.size_bytes,
        "align": {**_interval(analysis.align, "best"), "known": analysis.align.known},
        **_holes(analysis.holes),
        "cache_line_bytes": analysis.rules.line_bytes,
        **_field_keys(analysis, answer),
        "machine": _machine(analysis),
        "page_owner": {
            "record_bytes": analysis.page_owner.record_bytes,
            "page_ext_bytes": analysis.page_owner.page_ext_bytes,
            "mib_per_gib": analysis.page_owner.mib_per_gib,
            "measured": analysis.page_owner.measured,
        },
        "in_page_owner": _own_guard(analysis),
        "assumed": list(assumptions(analysis)),
        "notes": list(layout.notes),
    }
    if compared:
        told["fields"] = [_field_keys(analysis, one) for one in compared]
    told["member_list"] = [_member(member) for member in flattened(layout.struct.members)]
    return told


def _field_keys(analysis: Analysis, answer: Answer | None) -> Report:
    what_if = answer.what_if if answer is not None else None
    return {
        "field": _field(what_if.field) if what_if is not None else None,
        "growth": _growth(what_if) if what_if is not None else None,
        "sizeof_after": _interval(what_if.sizeof_after, "best") if what_if is not None else None,
        "moved": _moves(what_if) if what_if is not None else None,
        "moved_exact": what_if.moved_exact if what_if is not None else None,
        "slab": {
            "before": _cost(analysis.before),
            "after": _cost(answer.after) if answer is not None else None,
            "at_most": _cost(answer.at_most) if answer is not None else None,
            "growth_left": analysis.before.growth_left,
        },
        "tasks": {
            "count": analysis.tasks,
            "before_bytes": analysis.before.slab.memory_bytes(analysis.tasks),
            "after_bytes": answer.after.slab.memory_bytes(analysis.tasks) if answer else None,
            "at_most_bytes": answer.at_most.slab.memory_bytes(analysis.tasks) if answer else None,
        },
    }


def _growth(what_if: WhatIf) -> Report:
    return {
        **_interval(what_if.growth, "best"),
        "exact": what_if.growth.exact,
        "basis": what_if.basis,
    }


def _field(placed: PlacedField) -> Report:
    return {
        "name": placed.name,
        "declaration": placed.field.declaration,
        "asked": placed.field.asked,
        "place": placed.place,
        "byte_offset": placed.byte_offset,
        "bit_offset": placed.bit_offset,
        "bit_size": placed.size_bits,
        "cache_line": placed.cache_line,
    }


def _moves(what_if: WhatIf) -> list[Report]:
    """Return what moved, in bytes; in bits, with the unit said, where it is a bitfield."""
    bitfields = {m.name for m in flattened(what_if.before.members) if m.is_bitfield}
    moves: list[Report] = []
    for move in what_if.moved:
        one: Report = {
            "member": move.member,
            "from": move.from_bits // 8,
            "to": move.to_bits // 8,
        }
        if move.member in bitfields:
            one |= {"from_bit": move.from_bits, "to_bit": move.to_bits}
        moves.append(one)
    return moves


def _interval(interval: Interval, last: str) -> dict[str, int]:
    return {"min": interval.min, "max": interval.max, last: interval.best}


def _holes(holes: Holes) -> Report:
    return {
        "members": holes.member_count,
        "holes": len(holes.holes),
        "sum_holes": holes.sum_holes_bytes,
        "bit_holes": len(holes.bit_holes),
        "sum_bit_holes": holes.sum_bit_holes_bits,
        "padding": holes.padding_bytes,
        "bit_padding": holes.bit_padding_bits,
        "hole_list": [
            {"offset": hole.offset_bytes, "bytes": hole.size_bytes} for hole in holes.holes
        ],
    }


def _cost(cost: TaskCost) -> Report:
    return {
        "object_bytes": cost.slab.object_bytes,
        "order": cost.slab.order,
        "objects": cost.slab.objects,
        "waste": cost.slab.waste_bytes,
        "bytes_per_task": cost.bytes_per_task,
        "growth_left": cost.growth_left,
    }


def _machine(analysis: Analysis) -> Report:
    machine = analysis.machine
    return {
        "arch": machine.arch.name,
        "release": ".".join(map(str, machine.release)),
        "cpus": machine.cpus,
        "page_bytes": machine.page_bytes,
        "xstate_bytes": machine.xstate_bytes if analysis.cache.state.applies else None,
        "assumed": sorted(machine.assumed),
    }


def _own_guard(analysis: Analysis) -> Report | None:
    """Return where the kernel has in_page_owner already, and what it would be without."""
    if not analysis.has_own_guard:
        return None
    found = analysis.without_own_guard()
    assert found is not None
    what_if = found.what_if
    return {
        "byte_offset": what_if.field.byte_offset,
        "bit_offset": what_if.field.bit_offset,
        "bit_size": what_if.field.size_bits,
        "cache_line": what_if.field.cache_line,
        "sizeof_without": {
            "min": what_if.after.size_bytes - what_if.growth.max,
            "max": what_if.after.size_bytes - what_if.growth.min,
            "best": what_if.before.size_bytes,
        },
        "cost": _growth(what_if),
    }


def _member(member: Member) -> Report:
    told: Report = {
        "name": member.name,
        "type": member.type_name,
        "byte_offset": member.offset_bytes,
        "bytes": member.unit_bytes if member.is_bitfield else member.size_bits // 8,
    }
    if member.is_bitfield:
        unit_bits = max(member.unit_bytes, 1) * 8
        unit, bit = divmod(member.offset_bits, unit_bits)
        told |= {"byte_offset": unit * unit_bits // 8, "bit_offset": bit}
        told["bit_size"] = member.size_bits
    return told
