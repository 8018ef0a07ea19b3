"""Everything the program says about one struct of one kernel, put together.

The terminal and the window ask the same questions here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from core.errors import LayoutError
from core.layout import host
from core.layout.arch import (
    ALIASES,
    ARCHITECTURES,
    Architecture,
    architecture,
    line_told_by,
    told_by,
)
from core.layout.field import GUARD_FIELDS, parse_field
from core.layout.holes import Holes, summary
from core.layout.model import TASK_STRUCT, KernelLayout, KernelTypes
from core.layout.named_place import GUARD_BIT
from core.layout.page_owner_cost import PageOwnerCost, page_owner_cost
from core.layout.task_cost import (
    ASSUMED_CPUS,
    ASSUMED_TASKS,
    ASSUMED_XSTATE_BYTES,
    Machine,
    TaskCache,
    TaskCost,
    cache_of,
    release_of,
)
from core.layout.what_if import (
    Interval,
    Rules,
    WhatIf,
    answer,
    struct_align,
    without_own_guard,
)

if TYPE_CHECKING:
    from core.layout.staircase import Step


@dataclass(frozen=True, slots=True)
class Question:
    """What the user says about a kernel; 0 and empty stand for nothing said.

    Attributes:
        struct: The struct.
        align_bytes: Its alignment.
        arch: The architecture.
        release: The kernel's release.
        cpus: CPUs present.
        page_bytes: PAGE_SIZE.
        xstate_bytes: The "context size" of x86's boot message.
        line_bytes: Size of a cache line.
        tasks: How many tasks to count the memory of.
        shuffled_by: The configuration that says CONFIG_RANDSTRUCT, as a path.
        on_this_machine: Whether it is the running kernel, so that the machine can be asked.
    """

    struct: str = TASK_STRUCT
    align_bytes: int = 0
    arch: str = ""
    release: str = ""
    cpus: int = 0
    page_bytes: int = 0
    xstate_bytes: int = 0
    line_bytes: int = 0
    tasks: int = 0
    shuffled_by: str = ""
    on_this_machine: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What one field does, down to the memory it costs.

    Attributes:
        what_if: Where it lands and what moves.
        after: What a task costs with it.
        at_most: What a task costs if the struct grows as much as it can.
    """

    what_if: WhatIf
    after: TaskCost
    at_most: TaskCost


@dataclass(frozen=True, slots=True)
class Analysis:
    """One struct of one kernel on one machine.

    Attributes:
        types: The kernel, for more of its structs.
        layout: The struct.
        question: What the user said.
        machine: What the kernel runs on, with what is assumed about it.
        rules: What what-ifs go by.
        align: What the struct's alignment can be.
        holes: What is unused in it.
        cache: Where its objects come from.
        before: What one object costs now.
        page_owner: What page_owner itself costs on this release.
        steps: The staircases that were worked out, by place.
    """

    types: KernelTypes
    layout: KernelLayout
    question: Question
    machine: Machine
    rules: Rules
    align: Interval
    holes: Holes
    cache: TaskCache
    before: TaskCost
    page_owner: PageOwnerCost
    steps: dict[str, tuple[Step, ...]] = field(default_factory=dict, repr=False, compare=False)
    _answers: dict[tuple[str, str], Answer] = field(default_factory=dict, repr=False, compare=False)

    @property
    def tasks(self) -> int:
        """How many tasks to count the memory of."""
        return self.question.tasks or ASSUMED_TASKS

    @property
    def has_own_guard(self) -> bool:
        """Whether the kernel has in_page_owner already."""
        return GUARD_BIT in self.layout.struct

    def ask(self, field_text: str, place: str = "") -> Answer:
        """Return what a field does.

        Args:
            field_text: As ``core.layout.field.parse_field`` takes it.
            place: As ``core.layout.place.edit_at`` takes it; empty for the patches' own.

        Raises:
            LayoutError: The field or the place is none, or nothing can be predicted.
        """
        known = self._answers.get((field_text, place))
        if known is None:
            parsed = parse_field(field_text, self.machine.arch, self.types)
            known = self.priced(answer(self.layout, parsed, place, self.rules))
            self._answers[field_text, place] = known
        return known

    def compare(self) -> tuple[Answer, ...]:
        """Return the answers for the three storages, each where its patch put it.

        Raises:
            LayoutError: As ``ask``.
        """
        places = {"uint": "v1", "bit1": "upstream", "bit2": "upstream"}
        is_task = self.layout.struct.name == TASK_STRUCT
        return tuple(self.ask(name, places[name] if is_task else "end") for name in GUARD_FIELDS)

    def without_own_guard(self) -> Answer | None:
        """Return what the kernel's own in_page_owner costs, or None where it has none."""
        found = without_own_guard(self.layout, self.rules)
        return self.priced(found) if found is not None else None

    def priced(self, what_if: WhatIf) -> Answer:
        """Return a what-if with what it costs."""
        sizes = what_if.sizeof_after
        return Answer(what_if, self.cache.cost(sizes.best), self.cache.cost(sizes.max))


def analyse(types: KernelTypes, question: Question) -> Analysis:
    """Return what there is to say about a struct.

    Raises:
        LayoutError: There is no such struct, or what the user says contradicts it.
    """
    layout = types.layout(question.struct)
    arch, arch_is_guess = _architecture(types, layout, question.arch)
    machine = _machine(layout, types, question, arch, arch_is_guess)
    line_bytes = question.line_bytes or line_told_by(layout.struct, arch)
    rules = Rules(arch, line_bytes, question.align_bytes, question.shuffled_by)
    align = struct_align(layout.struct, rules)
    cache_align = max(line_bytes, arch.task_align_bytes)
    if layout.struct.name != TASK_STRUCT:
        cache_align = align.best
    cache = cache_of(layout, types, machine, cache_align)
    return Analysis(
        types=types,
        layout=replace(layout, arch=layout.arch or arch.name),
        question=question,
        machine=machine,
        rules=rules,
        align=align,
        holes=_holes(layout),
        cache=cache,
        before=cache.cost(layout.struct.size_bytes),
        page_owner=page_owner_cost(machine.release, machine.page_bytes),
    )


def _holes(layout: KernelLayout) -> Holes:
    """Return what is unused in a struct, held against its size as pahole does."""
    holes = summary(layout.struct)
    try:
        holes.check_identity()
    except LayoutError as error:
        where = f"{layout.name}: struct {layout.struct.name}"
        raise LayoutError(error.problem, where=where, advice=error.advice) from error
    return holes


def assumptions(analysis: Analysis) -> tuple[str, ...]:
    """Return what nobody told and the answer rests on, a phrase each."""
    machine, assumed = analysis.machine, analysis.machine.assumed
    phrases = {
        "arch": f"architecture {machine.arch.name or 'unknown'}",
        "release": f"the rules of Linux {machine.release[0]}.{machine.release[1]}",
        "cpus": f"{machine.cpus} CPUs",
        "page_bytes": f"pages of {machine.page_bytes} bytes",
    }
    if analysis.cache.state.applies:
        phrases["xstate_bytes"] = f"{machine.xstate_bytes} bytes of register state"
    return tuple(phrase for name, phrase in phrases.items() if name in assumed)


def _architecture(
    types: KernelTypes, layout: KernelLayout, given: str
) -> tuple[Architecture, bool]:
    """Return the architecture, and whether it is inferred from the types."""
    if given:
        arch = architecture(given)
        if (arch.endian, arch.pointer_bytes) != (layout.endian, layout.pointer_bytes):
            raise LayoutError(
                f"{given} is {arch.endian}-endian with pointers of {arch.pointer_bytes} bytes, but"
                f" {layout.name} is {layout.endian}-endian with {layout.pointer_bytes}",
                where="--arch",
                advice="leave it out, or give the architecture the kernel was built for",
            )
        if layout.arch and ALIASES.get(layout.arch, layout.arch) != arch.name:
            raise LayoutError(
                f"{layout.name} is of {layout.arch}, not of {given}",
                where="--arch",
                advice="leave it out",
            )
        return arch, False
    name = layout.arch or told_by(types, layout.endian, layout.pointer_bytes)
    known = ARCHITECTURES.get(ALIASES.get(name, name))
    if known is not None:
        return known, not layout.arch
    # One that nobody described: what its own types tell, and what most others have.
    wide_bytes = _wide_align(layout)
    return Architecture(
        name, layout.pointer_bytes, layout.endian, wide_align_bytes=wide_bytes
    ), True


def _wide_align(layout: KernelLayout) -> int:
    """Return 4 where an 8-byte integer stands at an odd multiple of 4, as i386 has them."""
    return next(
        (
            4
            for member in layout.struct.members
            if member.align_bytes == 4 and member.unit_bytes == 8 and not member.members
        ),
        8,
    )


def _machine(
    layout: KernelLayout,
    types: KernelTypes,
    question: Question,
    arch: Architecture,
    arch_is_guess: bool,
) -> Machine:
    here = question.on_this_machine
    release, release_is_guess = release_of(layout, types, question.release)
    assumed = {"arch"} if arch_is_guess else set[str]()
    if release_is_guess:
        assumed.add("release")

    def told(name: str, given: int, of_host: Iterable[int], otherwise: int) -> int:
        if given:
            return given
        for value in of_host if here else ():
            if value:
                return value
        assumed.add(name)
        return otherwise

    cpus = told("cpus", question.cpus, (host.cpus_present(),) if here else (), ASSUMED_CPUS)
    page_bytes = told(
        "page_bytes", question.page_bytes, (host.page_bytes(),) if here else (), arch.page_bytes
    )
    is_x86 = arch.name in ("x86_64", "i386")
    xstate = told(
        "xstate_bytes",
        question.xstate_bytes,
        (host.register_state_bytes(),) if here and is_x86 else (),
        (host.likely_register_state_bytes() if here else 0) or ASSUMED_XSTATE_BYTES,
    )
    return Machine(arch, release, cpus, page_bytes, xstate, frozenset(assumed))
