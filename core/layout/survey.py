"""One question asked of many kernels: what does a new field cost in each of them?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from core.errors import OwnerscopeError
from core.layout import library
from core.layout.analysis import Analysis, Question
from core.layout.field import GUARD_FIELDS
from core.layout.source_analysis import analyse_source
from core.layout.what_if import Interval


@dataclass(frozen=True, slots=True)
class FieldCost:
    """What one field costs in one kernel.

    Attributes:
        field: The field, as it was asked for.
        growth: What sizeof gains in bytes; None where nothing can be predicted.
        sizeof_after: The sizeof with it in bytes; None where nothing can be predicted.
        objects: Objects in a slab with it, in the likeliest case.
        bytes_per_task: What a task costs with it, in the likeliest case.
        at_most_per_task: What a task costs if the struct grows as much as it can.
        problem: Why nothing can be predicted; empty where it can.
    """

    field: str
    growth: Interval | None = None
    sizeof_after: Interval | None = None
    objects: int = 0
    bytes_per_task: int = 0
    at_most_per_task: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """One kernel of a survey.

    Attributes:
        name: What was asked for: a bundled kernel's name or a path.
        label: The kernel's name for people.
        kernel: Its release, empty where the source does not tell.
        arch: Its architecture, empty where nothing tells.
        sizeof: Size of the struct in bytes.
        holes: How many byte holes it has.
        sum_holes: Bytes in them.
        objects: Objects in a slab.
        bytes_per_task: What a task costs now.
        growth_left: Bytes an object can grow before a slab holds one fewer.
        costs: What each field costs, in the order asked.
        problem: Why the kernel cannot be looked at; empty where it can. The numbers are 0 then.
    """

    name: str
    label: str
    kernel: str = ""
    arch: str = ""
    sizeof: int = 0
    holes: int = 0
    sum_holes: int = 0
    objects: int = 0
    bytes_per_task: int = 0
    growth_left: int = 0
    costs: tuple[FieldCost, ...] = ()
    problem: str = ""

    def cost(self, field: str) -> FieldCost | None:
        """Return what a field costs, or None where it was not asked about."""
        return next((cost for cost in self.costs if cost.field == field), None)


def survey(
    names_or_paths: Iterable[str | Path],
    fields: str | tuple[str, ...] = GUARD_FIELDS,
    question: Question | None = None,
) -> tuple[SurveyRow, ...]:
    """Return a row for every kernel; one that cannot be read says so and stops nothing.

    Args:
        names_or_paths: Kernels as ``core.layout.library.open_kernel`` takes them.
        fields: One field or several, as ``core.layout.field.parse_field`` takes them; each goes
            where the patches put such a field.
        question: What is said about the machine. An architecture, a release or an alignment said
            here is said about every kernel.
    """
    return tuple(survey_row(name, fields, question) for name in names_or_paths)


def survey_row(
    name_or_path: str | Path,
    fields: str | tuple[str, ...] = GUARD_FIELDS,
    question: Question | None = None,
) -> SurveyRow:
    """Return the row of one kernel; arguments as for ``survey``."""
    name = str(name_or_path)
    try:
        analysis = analyse_source(name, question or Question())
    except OwnerscopeError as error:
        return SurveyRow(name, label_of(name), problem=str(error))
    layout, holes, before = analysis.layout, analysis.holes, analysis.before
    wanted = (fields,) if isinstance(fields, str) else fields
    return SurveyRow(
        name=name,
        label=layout.label or label_of(name),
        kernel=layout.kernel,
        arch=layout.arch,
        sizeof=layout.struct.size_bytes,
        holes=len(holes.holes),
        sum_holes=holes.sum_holes_bytes,
        objects=before.slab.objects,
        bytes_per_task=before.bytes_per_task,
        growth_left=before.growth_left,
        costs=tuple(_cost(analysis, field) for field in wanted),
    )


def kernels_at_hand() -> tuple[str, ...]:
    """Return the names of the bundled kernels and, where it carries BTF, of this machine."""
    here = (library.THIS_MACHINE,) if library.THIS_MACHINE_BTF.exists() else ()
    return (*library.bundled(), *here)


def label_of(name: str) -> str:
    """Return what to call a kernel nobody has opened: a path by its last part."""
    return Path(name).name or name


def _cost(analysis: Analysis, field: str) -> FieldCost:
    try:
        found = analysis.ask(field)
    except OwnerscopeError as error:
        return FieldCost(field, problem=str(error))
    what_if = found.what_if
    return FieldCost(
        field,
        what_if.growth,
        what_if.sizeof_after,
        found.after.slab.objects,
        found.after.bytes_per_task,
        found.at_most.bytes_per_task,
    )
