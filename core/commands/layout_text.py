"""A struct and what a field costs, told in the terminal.

Plain text, aligned by hand for one kernel: it is on the screen before a table library is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.layout.analysis import Analysis, Answer, assumptions
from core.layout.model import TASK_STRUCT, flattened
from core.layout.task_cost import TaskCost
from core.layout.what_if import Interval, WhatIf

Found = tuple[Analysis, Answer | None, tuple[Answer, ...]]

_MOST_MOVES = 4
_NAMES = 2
"""Columns of a survey that hold names."""
_WIDEST_NAME = 40


def tell(analysis: Analysis, answer: Answer | None, compared: tuple[Answer, ...]) -> None:
    """Print what there is to say about one kernel."""
    lines = [*_struct_lines(analysis)]
    for one in (answer, *compared):
        if one is not None:
            lines += ["", *_answer_lines(analysis, one)]
    if answer is None and not compared:
        lines += ["", _cost_line(analysis, analysis.before, ""), _left_line(analysis.before)]
        lines.append(_memory_line(analysis, None))
    lines += ["", *_last_lines(analysis)]
    print("\n".join(lines))


def tell_survey(found: list[Found]) -> None:
    """Print a table over several kernels, a line each and as wide as it needs to be."""
    asked = [_asked(answer, compared) for _, answer, compared in found]
    titles = ["kernel", "arch", "sizeof", "holes", "a task", "slab room"]
    rows = [titles + [one.what_if.field.field.asked for one in asked[0]]]
    for (analysis, _, _), answers in zip(found, asked, strict=True):
        rows.append([*_row(analysis), *(_cell(analysis, one) for one in answers)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = zip(row, widths, strict=True)
        padded = (
            cell.ljust(width) if at < _NAMES else cell.rjust(width)
            for at, (cell, width) in enumerate(cells)
        )
        print("  ".join(padded).rstrip())
    phrases = (phrase for analysis, _, _ in found for phrase in assumptions(analysis))
    notes = sorted({phrase for phrase in phrases if not phrase.startswith("architecture")})
    if notes:
        print(f"\nassumed where nothing tells: {', '.join(notes)}")


def _asked(answer: Answer | None, compared: tuple[Answer, ...]) -> list[Answer]:
    return [*([answer] if answer is not None else []), *compared]


def _row(analysis: Analysis) -> Iterator[str]:
    layout, holes = analysis.layout, analysis.holes
    label = layout.label
    yield label if len(label) <= _WIDEST_NAME else f"{label[: _WIDEST_NAME - 1]}…"
    yield layout.arch
    yield f"{layout.struct.size_bytes:,}"
    yield f"{len(holes.holes)} ({holes.sum_holes_bytes:,})"
    yield f"{analysis.before.bytes_per_task:,}"
    yield f"+{analysis.before.growth_left:,}"


def _cell(analysis: Analysis, answer: Answer) -> str:
    growth = answer.what_if.growth
    told = f"+{growth.best}"
    if not growth.exact:
        told = f"{growth.min}..{growth.max}, likely {told}"
    step = answer.after.bytes_per_task - analysis.before.bytes_per_task
    return told + (f" ({step:+,} a task)" if step else "")


def _struct_lines(analysis: Analysis) -> Iterator[str]:
    layout, struct, holes = analysis.layout, analysis.layout.struct, analysis.holes
    line_bytes = analysis.rules.line_bytes
    lines = -(-struct.size_bytes // line_bytes)
    kernel = f" {layout.kernel}" if layout.kernel and layout.kernel not in layout.label else ""
    keyword = "union" if struct.is_union else "struct"
    arch = layout.arch or "unknown architecture"
    arch = "" if arch in layout.label else f", {arch}"
    yield f"{keyword} {struct.name}: {layout.label}{kernel}{arch}"
    yield f"  from        {layout.source}"
    yield (
        f"  sizeof      {struct.size_bytes:,} bytes, {_count(lines, 'cache line')} of {line_bytes},"
        f" {_count(holes.member_count, 'member')}"
    )
    yield (
        f"  unused      {_count(len(holes.holes), 'hole')} ({holes.sum_holes_bytes} bytes),"
        f" {_count(len(holes.bit_holes), 'bit hole')} ({holes.sum_bit_holes_bits} bits),"
        f" {holes.padding_bytes} bytes of padding"
    )
    yield f"  alignment   {_alignment(analysis.align)}"
    if analysis.has_own_guard:
        yield from _own_guard_lines(analysis)
    for note in layout.notes:
        yield f"  note        {note}"


def _own_guard_lines(analysis: Analysis) -> Iterator[str]:
    own = analysis.without_own_guard()
    assert own is not None
    placed, growth = own.what_if.field, own.what_if.growth
    yield (
        f"  guard       in_page_owner is there already: byte {placed.byte_offset},"
        f" bit {placed.bit_offset}; without it sizeof would be"
        f" {own.what_if.before.size_bytes:,} ({_grows(growth)} is its cost)"
    )


def _answer_lines(analysis: Analysis, answer: Answer) -> Iterator[str]:
    what_if = answer.what_if
    placed = what_if.field
    bit = f", bit {placed.bit_offset}" if placed.field.is_bitfield else ""
    yield f"{placed.field.declaration}  at {placed.place}"
    yield f"  lands at    byte {placed.byte_offset:,}{bit}, cache line {placed.cache_line}"
    yield f"  moves       {_moves(what_if)}"
    yield f"  growth      {_grows(what_if.growth)}: {_sizeof(what_if)}"
    yield f"              {what_if.basis}"
    yield _cost_line(analysis, analysis.before, "before")
    yield _cost_line(analysis, answer.after, "after")
    if answer.at_most != answer.after:
        yield _cost_line(analysis, answer.at_most, "at most")
    yield _left_line(answer.after)
    yield _memory_line(analysis, answer)


def _last_lines(analysis: Analysis) -> Iterator[str]:
    cost = analysis.page_owner
    nearest = "" if cost.measured else " (the nearest earlier release that was measured)"
    yield (
        f"page_owner itself takes {cost.mib_per_gib:g} MiB of every GiB:"
        f" {cost.page_ext_bytes} bytes a page{nearest}"
    )
    assumed = assumptions(analysis)
    if assumed:
        yield f"assumed: {', '.join(assumed)}"


def _cost_line(analysis: Analysis, cost: TaskCost, when: str) -> str:
    slab = cost.slab
    title = f"slab {when}".strip()
    return (
        f"  {title:<11} {slab.object_bytes:,} bytes an object,"
        f" {slab.objects} in an order-{slab.order} slab, {slab.waste_bytes:,} left over:"
        f" {cost.bytes_per_task:,} bytes {_each(analysis)}"
    )


def _each(analysis: Analysis) -> str:
    """Return what one of the struct's objects is to a reader."""
    return "a task" if analysis.layout.struct.name == TASK_STRUCT else "an object"


def _left_line(cost: TaskCost) -> str:
    left, objects = cost.growth_left, cost.slab.objects
    if objects == 1:
        return "  slab room   a slab holds one object, so there is none to lose"
    return f"  slab room   {left:,} bytes an object, then a slab holds {objects - 1}, not {objects}"


def _memory_line(analysis: Analysis, answer: Answer | None) -> str:
    tasks = analysis.tasks
    noun = "tasks" if analysis.layout.struct.name == TASK_STRUCT else "objects"
    before = analysis.before.slab.memory_bytes(tasks)
    text = f"  {tasks:,} {noun}".ljust(13) + f" {_memory(before)}"
    if answer is None:
        return text
    after, at_most = (cost.slab.memory_bytes(tasks) for cost in (answer.after, answer.at_most))
    text += ", as before" if after == before else f" before, {_memory(after)} after"
    return text + (f", {_memory(at_most)} at most" if at_most != after else "")


def _memory(count_bytes: int) -> str:
    value, units = float(count_bytes), ("bytes", "KiB", "MiB", "GiB", "TiB")
    for unit in units:
        if value < 1024 or unit == units[-1]:
            return f"{value:,.0f} {unit}" if unit == "bytes" else f"{value:,.2f} {unit}"
        value /= 1024
    raise AssertionError


def _moves(what_if: WhatIf) -> str:
    moved = what_if.moved
    if not moved:
        return "nothing"
    units = {m.name: m.unit_bytes * 8 for m in flattened(what_if.before.members) if m.is_bitfield}
    shown = ", ".join(
        f"{one.member} {_offset(one.from_bits, units.get(one.member))}"
        f" -> {_offset(one.to_bits, units.get(one.member))}"
        for one in moved[:_MOST_MOVES]
    )
    more = f" and {len(moved) - _MOST_MOVES} more" if len(moved) > _MOST_MOVES else ""
    sure = "" if what_if.moved_exact else " (likely)"
    return f"{_count(len(moved), 'member')}{sure}: {shown}{more}"


def _offset(bits: int, unit_bits: int | None) -> str:
    """Return a byte, or for a bitfield its unit's byte and the bit in it, as pahole has them."""
    if unit_bits is None:
        return f"{bits // 8}"
    unit, bit = divmod(bits, unit_bits)
    return f"{unit * unit_bits // 8}:{bit}"


def _sizeof(what_if: WhatIf) -> str:
    after = what_if.sizeof_after
    if what_if.growth.exact and not what_if.growth.best:
        return f"sizeof stays {after.best:,}"
    return f"sizeof {what_if.before.size_bytes:,} -> {after.best:,}"


def _grows(growth: Interval) -> str:
    if growth.exact:
        return f"{growth.best:+,} bytes" if growth.best else "0 bytes"
    return f"{growth.min:,} to {growth.max:,} bytes, likely {growth.best:,}"


def _alignment(align: Interval) -> str:
    if align.known:
        return f"{align.best} bytes"
    if align.exact:
        return f"{align.best} bytes, nothing else explains the layout"
    return f"{align.min} to {align.max} bytes, likely {align.best}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
