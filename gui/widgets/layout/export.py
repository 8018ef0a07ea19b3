"""What the Layout workspace shows as text to keep: a report for a mail, tables for a sheet."""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from core.layout.field import GUARD_FIELDS
from gui.geometry.columns import (
    STORAGES,
    assumed_text,
    conclusion,
    count_text,
    each_of,
    facts,
    growth_text,
    interval_text,
    landing_text,
    many_of,
    memory_text,
    moves_text,
    own_guard_text,
    page_owner_text,
    steps_beyond,
    storage_name,
)
from gui.widgets.layout.member_rows import Row, RowKind, member_rows

if TYPE_CHECKING:
    from core.layout.analysis import Analysis, Answer
    from core.layout.survey import SurveyRow
    from core.layout.task_cost import TaskCost
    from gui.layout_session import LayoutSession

_MOST_MOVES = 20
_MAIL_COLUMNS = 78
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the start of a formula."""


def as_text(session: LayoutSession) -> str:
    """Return a report in plain text, to be pasted into a mail; empty where nothing is open."""
    from core.layout.analysis import assumptions

    analysis = session.analysis
    if analysis is None:
        return ""
    lines = [*_kernel_lines(analysis)]
    if session.priced is not None:
        lines += ["", *_field_lines(analysis, session.priced, session.tasks)]
    elif session.reason:
        lines += ["", f"No prediction: {session.reason}"]
    else:
        lines += ["", _cost("now", analysis.before, analysis, session.tasks)]
    answers = session.comparison()
    if answers:
        lines += ["", conclusion(analysis, answers, steps_beyond(analysis))]
    if analysis.has_own_guard:
        lines += ["", own_guard_text(analysis, _without(analysis))]
    last = (assumed_text(assumptions(analysis)), page_owner_text(analysis.page_owner))
    lines += ["", *(line for line in last if line)]
    return "\n".join(map(_wrapped, lines)) + "\n"


def members_csv(session: LayoutSession) -> str:
    """Return the members, holes and padding as CSV; only the head where nothing is open.

    Offsets and sizes are in bits as well as in bytes: a bitfield is no whole number of bytes.
    """
    layout = session.layout
    rows = member_rows(layout.struct, session.answer) if layout is not None else ()
    head = (
        "kind", "name", "type", "depth", "offset_bits", "size_bits", "offset", "bit",
        "size_bytes", "cache_line", "align", "align_known", "hole_after_bits", "moves_to_bits",
    )  # fmt: skip
    return _csv(head, (_member_cells(row, session.line_bytes) for row in rows))


def survey_csv(rows: Iterable[SurveyRow]) -> str:
    """Return a survey as CSV, a kernel a row."""
    head = [
        "name", "label", "kernel", "arch", "sizeof", "holes", "sum_holes", "objects",
        "bytes_per_task", "growth_left",
    ]  # fmt: skip
    told = ("growth_min", "growth_max", "growth_likely", "sizeof", "objects", "bytes_per_task")
    head += [f"{field}_{what}" for field in GUARD_FIELDS for what in told]
    return _csv([*head, "problem"], map(_survey_cells, rows))


def markdown(session: LayoutSession) -> str:
    """Return the three storages side by side as a table in Markdown; empty if impossible."""
    analysis, answers = session.analysis, session.comparison()
    if analysis is None or not answers:
        return ""
    layout = analysis.layout
    lines = [
        f"### {_escaped(layout.label)}: struct {_escaped(layout.struct.name)},"
        f" {layout.struct.size_bytes:,} bytes",
        "",
        "| | " + " | ".join(STORAGES.values()) + " |",
        "|---|" + "---|" * len(answers),
    ]
    for fact in facts(analysis, answers, session.tasks):
        cells = [
            f"**{_escaped(value)}**" if at in fact.best else _escaped(value)
            for at, value in enumerate(fact.values)
        ]
        lines.append(f"| {fact.label} | " + " | ".join(cells) + " |")
    lines += ["", conclusion(analysis, answers, steps_beyond(analysis))]
    return "\n".join(lines) + "\n"


# -- the report -----------------------------------------------------------------------------------


def _kernel_lines(analysis: Analysis) -> Iterator[str]:
    layout, struct, holes = analysis.layout, analysis.layout.struct, analysis.holes
    keyword = "union" if struct.is_union else "struct"
    release = f" {layout.kernel}" if layout.kernel and layout.kernel not in layout.label else ""
    arch = f", {layout.arch}" if layout.arch and layout.arch not in layout.label else ""
    yield f"{keyword} {struct.name} of {layout.label}{release}{arch}"
    yield f"Read from: {layout.source}"
    members = count_text(len(struct.names), "member")
    align = interval_text(analysis.align)
    yield f"Size: {struct.size_bytes:,} bytes, aligned to {align}, {members}"
    parts = (
        f"{count_text(len(holes.holes), 'hole')} ({holes.sum_holes_bytes:,} bytes)",
        f"{count_text(len(holes.bit_holes), 'bit hole')} ({holes.sum_bit_holes_bits} bits)",
        f"{holes.padding_bytes:,} bytes of padding",
    )
    yield f"Unused: {', '.join(parts)}"


def _field_lines(analysis: Analysis, priced: Answer, tasks: int) -> Iterator[str]:
    what_if = priced.what_if
    placed, field = what_if.field, what_if.field.field
    yield f"New field: {field.declaration}"
    yield f"Place: {placed.place}, {landing_text(placed)}, cache line {placed.cache_line:,}"
    yield f"Growth: {growth_text(what_if.growth)}, sizeof {interval_text(what_if.sizeof_after)}"
    yield f"Sure: {what_if.basis}"
    names = [move.member for move in what_if.moved]
    listed = ", ".join(names[:_MOST_MOVES])
    more = f" and {len(names) - _MOST_MOVES:,} more" if len(names) > _MOST_MOVES else ""
    yield f"Moves: {moves_text(len(names))}" + (f" ({listed}{more})" if names else "")
    yield _cost("now", analysis.before, analysis, tasks)
    yield _cost(f"with {storage_name(field.asked, field.name)}", priced.after, analysis, tasks)
    if priced.at_most != priced.after:
        yield _cost("at most", priced.at_most, analysis, tasks)


def _cost(when: str, cost: TaskCost, analysis: Analysis, tasks: int) -> str:
    slab = cost.slab
    return (
        f"Slab {when}: objects of {slab.object_bytes:,} bytes, {slab.objects} in a slab of"
        f" {slab.slab_bytes:,}; {cost.bytes_per_task:,} bytes {each_of(analysis)},"
        f" {memory_text(slab.memory_bytes(tasks))} for {many_of(analysis, tasks)};"
        f" {count_text(cost.growth_left, 'byte')} of room in the slab"
    )


def _wrapped(line: str) -> str:
    """Return a line broken as mails are, names and numbers whole."""
    return textwrap.fill(
        line,
        width=_MAIL_COLUMNS,
        subsequent_indent="" if line.endswith(".") else "    ",  # a sentence, or a fact
        break_long_words=False,
        break_on_hyphens=False,
    )


def _without(analysis: Analysis) -> Answer | None:
    from core.errors import OwnerscopeError

    try:
        return analysis.without_own_guard()
    except OwnerscopeError:
        return None


# -- tables -----------------------------------------------------------------------------------


def _member_cells(row: Row, line_bytes: int) -> list[object]:
    unit_bits = row.unit_bytes * 8
    unit, bit = divmod(row.offset_bits, unit_bits) if unit_bits else (0, 0)
    return [
        row.kind.value, row.name, row.type_name, row.depth, row.offset_bits, row.size_bits,
        unit * unit_bits // 8 if unit_bits else row.offset_bits // 8, bit if unit_bits else "",
        "" if row.size_bits % 8 else row.size_bits // 8, row.lines(line_bytes)[0],
        row.align_bytes or "", int(row.align_known) if row.align_bytes else "",
        row.gap_bits if row.kind is RowKind.MEMBER else "",
        row.moved_to_bits if row.moved_to_bits >= 0 else "",
    ]  # fmt: skip


def _survey_cells(row: SurveyRow) -> list[object]:
    numbers: Sequence[object] = (
        row.sizeof, row.holes, row.sum_holes, row.objects, row.bytes_per_task, row.growth_left,
    )  # fmt: skip
    cells: list[object] = [row.name, row.label, row.kernel, row.arch]
    cells += [""] * len(numbers) if row.problem else numbers
    problems = [row.problem]
    for field in GUARD_FIELDS:
        cost = row.cost(field)
        if cost is None or cost.growth is None or cost.sizeof_after is None:
            cells += [""] * 6
            problems.append(cost.problem if cost is not None else "")
        else:
            growth = cost.growth
            cells += [growth.min, growth.max, growth.best, cost.sizeof_after.best]
            cells += [cost.objects, cost.bytes_per_task]
    return [*cells, "; ".join(dict.fromkeys(problem for problem in problems if problem))]


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
    return made.getvalue()


def _harmless(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula; names come from strangers' files."""
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return cell


def _escaped(text: str) -> str:
    """Return a text that Markdown shows as it is."""
    for sign in "\\`*_[]<>|":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())
