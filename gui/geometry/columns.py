"""What the three storages cost, as rows of text for columns side by side, and in one sentence.

Pure: numbers come in, words go out. The columns, the reports and the plot say things alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from core.layout.model import TASK_STRUCT

if TYPE_CHECKING:
    from core.layout.analysis import Analysis, Answer
    from core.layout.page_owner_cost import PageOwnerCost
    from core.layout.staircase import Step
    from core.layout.task_cost import TaskCost
    from core.layout.what_if import Interval, PlacedField

STORAGES = {"uint": "unsigned int", "bit1": "1 bit", "bit2": "2 bits"}
"""What the fields of ``core.layout.field.GUARD_FIELDS`` are called, in their order."""

_KIB = 1024


class Fact(NamedTuple):
    """One row of the comparison.

    Attributes:
        label: What it is about.
        tip: What that means, a sentence.
        values: What stands in each column.
        spoken: The same for a screen reader, where signs would not be read.
        best: The columns that are better than another one; none where all are alike.
        tips: What more there is to say about each value.
    """

    label: str
    tip: str
    values: tuple[str, ...]
    spoken: tuple[str, ...]
    best: frozenset[int] = frozenset()
    tips: tuple[str, ...] = ()


def count_text(number: int, noun: str) -> str:
    """Return ``1 byte``, ``2 bytes``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def growth_text(growth: Interval) -> str:
    """Return what sizeof gains: ``0 bytes``, ``+64 bytes``, ``0 to 64, likely 0 bytes``."""
    if growth.exact:
        return f"{_signed(growth.best)} {'byte' if abs(growth.best) == 1 else 'bytes'}"
    return f"{_signed(growth.min)} to {_signed(growth.max)}, likely {_signed(growth.best)} bytes"


def interval_text(interval: Interval) -> str:
    """Return a number that may not be settled: ``9,792`` or ``9,792 to 9,856, likely 9,792``."""
    if interval.exact:
        return f"{interval.best:,}"
    return f"{interval.min:,} to {interval.max:,}, likely {interval.best:,}"


def memory_text(size_bytes: int) -> str:
    """Return an amount of memory in the unit that suits it, with about three digits."""
    if size_bytes < _KIB:
        return count_text(size_bytes, "byte")
    size, unit = float(size_bytes), ""
    for unit in ("KiB", "MiB", "GiB", "TiB"):  # noqa: B007 - the last one is read below
        size /= _KIB
        if size < _KIB:
            break
    digits = 2 if size < 10 else 1 if size < 100 else 0
    return f"{size:,.{digits}f} {unit}"


def landing_text(placed: PlacedField) -> str:
    """Return where a field lands, in bytes and, for a bitfield, in bits."""
    byte = f"byte {placed.byte_offset:,}"
    return f"{byte}, bit {placed.bit_offset}" if placed.field.is_bitfield else byte


def adding(name: str) -> str:
    """Return the verb after what a field is called: two bits ``add``, everything else ``adds``."""
    return "add" if name == STORAGES["bit2"] else "adds"


def each_of(analysis: Analysis) -> str:
    """Return what a slab is full of: ``a task``, or ``an object`` of another struct."""
    return "a task" if analysis.layout.struct.name == TASK_STRUCT else "an object"


def many_of(analysis: Analysis, number: int) -> str:
    """Return so many of them: ``1,000 tasks``."""
    return count_text(number, each_of(analysis).partition(" ")[2])


def moves_text(count: int) -> str:
    """Return how many members stand elsewhere."""
    return count_text(count, "member") if count else "nothing"


def sureness(growth: Interval) -> str:
    """Return how sure an answer is, in a word."""
    return "exact" if growth.known or growth.exact else "likely"


def storage_name(asked: str, declaration: str) -> str:
    """Return what to call a field: one of the three storages, or as C declares it."""
    return STORAGES.get(asked, declaration)


def facts(analysis: Analysis, answers: Sequence[Answer], tasks: int) -> tuple[Fact, ...]:
    """Return the rows of the comparison, what it costs first.

    Args:
        analysis: The kernel as it is.
        answers: One a column.
        tasks: How many tasks to count the memory of.
    """
    before, what_ifs = analysis.before, [answer.what_if for answer in answers]
    landed = [landing_text(what_if.field) for what_if in what_ifs]
    lines = [f"line {what_if.field.cache_line:,}" for what_if in what_ifs]
    moves = [moves_text(len(what_if.moved)) for what_if in what_ifs]
    grown = [growth_text(what_if.growth) for what_if in what_ifs]
    left = [count_text(answer.after.growth_left, "byte") for answer in answers]
    each, many = each_of(analysis), many_of(analysis, tasks)
    sizes = tuple(f"sizeof {interval_text(what_if.sizeof_after)}" for what_if in what_ifs)
    return (
        _fact(
            "Growth", "What sizeof gains", grown,
            [(what_if.growth.best, what_if.growth.max) for what_if in what_ifs], tips=sizes,
        ),
        _fact(
            "How sure", "Whether anything else is possible",
            [sureness(what_if.growth) for what_if in what_ifs],
            tips=tuple(what_if.basis for what_if in what_ifs),
        ),
        _priced(
            f"Bytes {each}", f"What {each} costs, its share of the slab's waste included", before,
            answers, lambda cost: cost.bytes_per_task,
        ),
        _priced(
            "Objects a slab", "How many share a slab", before, answers,
            lambda cost: cost.slab.objects, more_is_better=True,
        ),
        _fact(
            "Slab room", "What an object can still grow before a slab holds one fewer", left,
            [-answer.after.growth_left for answer in answers],
        ),
        _priced(
            "Object", f"What the slab keeps for {each}, in bytes", before, answers,
            lambda cost: cost.slab.object_bytes,
        ),
        _fact("Lands at", "Where the field goes, counted from the start of the struct", landed),
        _fact("Cache line", f"Lines of {analysis.rules.line_bytes} bytes, from 0", lines),
        _fact(
            "Moves", "Members that stand elsewhere with the field in", moves,
            [len(what_if.moved) for what_if in what_ifs],
            tips=tuple(_moved_names(answer) for answer in answers),
        ),
        _priced(
            many, "Memory of so many, in whole slabs", before, answers,
            lambda cost: cost.slab.memory_bytes(tasks), shown=memory_text,
        ),
    )  # fmt: skip


def conclusion(analysis: Analysis, answers: Sequence[Answer], steps: Sequence[Step]) -> str:
    """Return what the comparison comes to, in one sentence with numbers.

    Args:
        analysis: The kernel as it is.
        answers: The answers compared, not empty.
        steps: What more bytes would cost; may be empty.
    """
    now = analysis.before.bytes_per_task
    head = _fits(analysis, answers)
    costs = {max(answer.after.bytes_per_task, answer.at_most.bytes_per_task) for answer in answers}
    if costs != {now}:
        return f"{head}."
    cost = f"{each_of(analysis)} costs {now:,} bytes" + (
        "" if _all_fit(answers) else " all the same"
    )
    return f"{head} and {cost}; {_beyond(steps, each_of(analysis))}."


def steps_beyond(analysis: Analysis) -> Sequence[Step]:
    """Return what more bytes cost where the first patch put its field; nothing if impossible."""
    from core.errors import OwnerscopeError
    from core.layout.staircase import steps_at

    try:
        return steps_at(analysis)
    except OwnerscopeError:
        return ()


def assumed_text(phrases: Sequence[str]) -> str:
    """Return what nobody told, as a line; empty where everything was told."""
    return f"Assumed: {', '.join(phrases)}." if phrases else ""


def page_owner_text(cost: PageOwnerCost) -> str:
    """Return what page_owner itself takes, as a sentence."""
    measured = "" if cost.measured else " (measured on an earlier release)"
    return (
        f"page_owner itself takes {cost.mib_per_gib:,.4g} MiB of every GiB of memory:"
        f" {cost.page_ext_bytes} bytes a page{measured}."
    )


def own_guard_text(analysis: Analysis, without: Answer | None) -> str:
    """Return what to say of a kernel that has in_page_owner already, as sentences.

    Args:
        analysis: Such a kernel.
        without: What its own guard costs; None where that cannot be told.
    """
    if without is None:
        own = analysis.layout.struct.member("in_page_owner")
        return f"This kernel has in_page_owner already, at byte {own.offset_bytes:,}."
    placed, growth = without.what_if.field, without.what_if.growth
    size_bytes = analysis.layout.struct.size_bytes
    where = f"{landing_text(placed)}, cache line {placed.cache_line:,}"
    if growth.exact and not growth.best:
        then = f"sizeof would be {size_bytes:,} without it too"
    else:
        least, most = size_bytes - growth.max, size_bytes - growth.min
        likely = f"{size_bytes - growth.best:,}"
        between = f" (between {least:,} and {most:,})" if not growth.exact else ""
        then = f"without it sizeof would be {likely}{between} instead of {size_bytes:,}"
    return f"This kernel has in_page_owner already, at {where}; {then}."


def slab_text(analysis: Analysis, answer: Answer) -> str:
    """Return how many objects share a slab, as it is and with the field, as sentences."""
    now, then = analysis.before.slab, answer.after.slab
    left = f"may grow by {count_text(answer.after.growth_left, 'byte')} before one is lost"
    if (now.objects, now.slab_bytes) == (then.objects, then.slab_bytes):
        of = f"{now.object_bytes:,} bytes"
        if then.object_bytes != now.object_bytes:
            of += f", with the field {then.object_bytes:,}"
        many = count_text(now.objects, "object")
        return f"A slab of {now.slab_bytes:,} bytes holds {many} of {of}; each {left}."
    other = then.slab_bytes != now.slab_bytes
    slab = f"a slab of {then.slab_bytes:,} bytes" if other else "it"
    return (
        f"A slab of {now.slab_bytes:,} bytes holds {count_text(now.objects, 'object')} of "
        f"{now.object_bytes:,} bytes. With the field {slab} holds "
        f"{count_text(then.objects, 'object')} of {then.object_bytes:,}."
    )


def rise_text(step: Step, here: Step, each: str = "a task") -> str:
    """Return what a rise of the staircase costs: ``4 objects a slab, +1,638 bytes a task``."""
    more = round(step.bytes_per_task) - round(here.bytes_per_task)
    return f"{count_text(step.objects, 'object')} a slab, +{more:,} bytes {each}"


# -- how the texts are made -------------------------------------------------------------------


def _signed(number: int) -> str:
    return f"{number:+,}" if number else "0"


def _fact(
    label: str,
    tip: str,
    values: Sequence[str],
    cost: Sequence[object] | None = None,
    spoken: Sequence[str] | None = None,
    tips: tuple[str, ...] = (),
) -> Fact:
    return Fact(label, tip, tuple(values), tuple(spoken or values), _best(cost), tips)


def _best(cost: Sequence[object] | None) -> frozenset[int]:
    """Return the columns of the least cost; none where all cost the same."""
    if cost is None or len(set(cost)) < 2:
        return frozenset()
    least = min(cost)  # type: ignore[type-var]
    return frozenset(at for at, one in enumerate(cost) if one == least)


def _priced(
    label: str,
    tip: str,
    before: TaskCost,
    answers: Sequence[Answer],
    number: Callable[[TaskCost], int],
    *,
    more_is_better: bool = False,
    shown: Callable[[int], str] = lambda count: f"{count:,}",
) -> Fact:
    """Return a row that has a number before and one after."""
    old = number(before)
    values, spoken, cost = [], [], []
    for answer in answers:
        new, last = number(answer.after), number(answer.at_most)
        doubt = f" (or {shown(last)})" if last != new else ""
        values.append((f"= {shown(new)}" if new == old else f"{shown(old)} → {shown(new)}") + doubt)
        spoken.append(
            (f"{shown(new)}, as now" if new == old else f"{shown(old)} now, then {shown(new)}")
            + doubt
        )
        cost.append((-new, -last) if more_is_better else (new, last))
    return _fact(label, tip, values, cost, spoken)


def _moved_names(answer: Answer) -> str:
    names = [move.member for move in answer.what_if.moved]
    more = f" and {len(names) - 5} more" if len(names) > 6 else ""
    return ", ".join(names[:5] if more else names) + more


def _all_fit(answers: Sequence[Answer]) -> bool:
    return all(answer.what_if.growth.max == 0 for answer in answers)


def _fits(analysis: Analysis, answers: Sequence[Answer]) -> str:
    """Return the first half of the conclusion: what becomes of sizeof, and at what price."""
    size_bytes, now = analysis.layout.struct.size_bytes, analysis.before.bytes_per_task
    if _all_fit(answers):
        all_of = {2: "Both", 3: "All three"}.get(len(answers), "All")
        return f"{all_of} fit into holes: sizeof stays {size_bytes:,}"
    each = each_of(analysis)
    fitting = [_called(answer) for answer in answers if answer.what_if.growth.max == 0]
    parts = []
    for answer in answers:
        growth = answer.what_if.growth
        if growth.max == 0:
            continue
        verb = adding(_called(answer)) if growth.exact else "may add"
        told = f"{_called(answer)} {verb} {growth_text(growth).replace('+', '')}"
        after, most = answer.after.bytes_per_task, answer.at_most.bytes_per_task
        if after != now:
            told += f" and makes {each} cost {after:,} bytes instead of {now:,}"
        elif most != now:
            told += f" and could make {each} cost {most:,} bytes instead of {now:,}"
        parts.append(told)
    told = "; ".join(parts)
    if not fitting:
        return f"Nothing fits into a hole for sure: {told}"
    verb = "fits" if len(fitting) == 1 else "fit"
    listed = " and ".join(fitting)
    return f"{listed[:1].upper()}{listed[1:]} {verb} into a hole; {told}"


def _called(answer: Answer) -> str:
    field = answer.what_if.field.field
    return storage_name(field.asked, field.declaration.rstrip(";"))


def _beyond(steps: Sequence[Step], each: str) -> str:
    """Return the second half: where the next rise is."""
    from core.layout.staircase import next_rise

    if not steps:
        return "how much more would fit cannot be told"
    rise = next_rise(tuple(steps), 0)
    if rise is None:
        return "so would anything up to 1,024 bytes"
    here = steps[0]
    more = round(rise.bytes_per_task - here.bytes_per_task)
    return (
        f"but {count_text(rise.added_bytes, 'byte')} would cost {count_text(more, 'byte')} {each}"
        f" ({here.objects} → {rise.objects} objects a slab)"
    )
