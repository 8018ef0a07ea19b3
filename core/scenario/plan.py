"""A scenario with everything resolved: the kernel, the layout, the guard and its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import msgspec

from core.errors import LayoutError, ScenarioError, did_you_mean
from core.guards.base import RecursionGuard
from core.guards.catalog import BIT_SIZES, DESIGNS, EITHER_WORD, STORED, make_guard
from core.guards.counter import StoredGuard
from core.guards.storage import Place
from core.kernel.interrupts import PATHS
from core.kernel.profile import Profile, load_profile, turned_on
from core.layout.library import find, for_kernel
from core.layout.model import KernelLayout
from core.layout.place import place_bits, place_uint
from core.scenario.loader import ScenarioText, Value, fill
from core.scenario.schema import GuardTable, Scenario, Word
from core.unwind.catalog import AVAILABLE

if TYPE_CHECKING:
    pass


DEFAULT_BUDGET_EVENTS = 20_000_000
WORDS = ("current", "serialized")
"""The two words of bits in task_struct that a guard's bits can be in."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the user changes about a scenario; None leaves what the file says."""

    guard: str | None = None
    max_depth: int | None = None
    arch: str | None = None
    kernel: str | None = None
    layout: str | None = None
    budget_events: int = DEFAULT_BUDGET_EVENTS
    word: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A scenario with everything resolved, ready to run.

    Attributes:
        scenario: With its parameters filled in and the overrides applied.
        profile: The kernel.
        layout: The task_struct.
        guard: The guard.
        place: Where the guard keeps its state in task_struct, None where it keeps none there.
        unwinder: Name of the unwinder.
        warnings: What the user should know before the run.
        budget_events: The run ends after this many events.
        changed: Whether the user changed anything about the scenario but its budget: then its
            choices may not fit any more.
    """

    scenario: Scenario
    profile: Profile
    layout: KernelLayout
    guard: RecursionGuard
    place: Place | None
    unwinder: str
    warnings: tuple[str, ...]
    budget_events: int
    changed: bool = False


def plan(
    source: ScenarioText,
    settings: Mapping[str, Value] | None = None,
    overrides: Overrides | None = None,
) -> Plan:
    """Resolve a scenario.

    Raises:
        ScenarioError: A parameter or an override asks for the impossible.
        ProfileError: The kernel does not exist or never had the architecture.
        LayoutError: The layout cannot be read.
    """
    overrides = overrides or Overrides()
    scenario = _overridden(fill(source, settings), overrides)
    kernel, arch = scenario.kernel.version, scenario.kernel.arch
    profile = load_profile(kernel, arch)
    unwinder, warnings = _unwinder_for(scenario, profile)
    if unwinder == "allocating":
        profile = load_profile(kernel, arch, experiment=True)
    layout = find(scenario.kernel.layout) if scenario.kernel.layout else for_kernel(kernel, arch)
    _check_room(profile, layout)
    place = _place(scenario.guard, layout)
    _check_paths(scenario, profile, source.where)
    guard = make_guard(scenario.guard.design, scenario.guard.max_depth, place)
    if isinstance(guard, StoredGuard) and guard.warning():
        warnings.append(guard.warning())
    ignored = turned_on(profile, scenario.kernel.page_owner)[1]
    if ignored:
        warnings.append(ignored)
    return Plan(
        scenario,
        profile,
        layout,
        guard,
        place,
        unwinder,
        tuple(warnings),
        overrides.budget_events,
        bool(settings) or overrides != Overrides(budget_events=overrides.budget_events),
    )


_LEAST_STACK_BYTES = 4096
"""What must be left of a stack that task_struct shares, for boot and a first call."""


def _check_room(profile: Profile, layout: KernelLayout) -> None:
    size_bytes = layout.struct.size_bytes
    if profile.shares_stack and size_bytes > profile.thread_bytes - _LEAST_STACK_BYTES:
        raise LayoutError(
            f"task_struct of {size_bytes:,} bytes leaves no stack: {profile.arch} keeps it in the "
            f"same {profile.thread_bytes:,} bytes",
            where=layout.name,
            advice="choose another layout",
        )


def _overridden(scenario: Scenario, overrides: Overrides) -> Scenario:
    kernel, guard = scenario.kernel, scenario.guard
    if overrides.guard is not None and overrides.guard not in DESIGNS:
        raise ScenarioError(
            f"there is no guard {overrides.guard!r}",
            where="--guard",
            advice=did_you_mean(overrides.guard, DESIGNS),
        )
    if overrides.word is not None and overrides.word not in WORDS:
        raise ScenarioError(
            f"there is no word {overrides.word!r}",
            where="--word",
            advice=f"give {' or '.join(WORDS)}",
        )
    if overrides.max_depth is not None and overrides.max_depth < 1:
        raise ScenarioError(
            f"expected a maximum depth of at least 1, got {overrides.max_depth}",
            where="--max-depth",
        )
    if overrides.budget_events < 1:
        raise ScenarioError(
            f"expected at least 1 event, got {overrides.budget_events}", where="--budget"
        )
    return msgspec.structs.replace(
        scenario,
        kernel=msgspec.structs.replace(
            kernel,
            version=overrides.kernel or kernel.version,
            arch=overrides.arch or kernel.arch,
            layout=overrides.layout or kernel.layout,
        ),
        guard=msgspec.structs.replace(
            guard,
            design=overrides.guard or guard.design,
            max_depth=overrides.max_depth or guard.max_depth,
            word=_word(overrides, guard),
        ),
    )


def _unwinder_for(scenario: Scenario, profile: Profile) -> tuple[str, list[str]]:
    wanted = scenario.unwinder.model
    if wanted == "own":
        return profile.unwinder, []
    if wanted in AVAILABLE[profile.arch]:
        return wanted, []
    return profile.unwinder, [
        f"{profile.arch} has no unwinder {wanted!r}: it walks with its own, {profile.unwinder}"
    ]


def _word(overrides: Overrides, guard: GuardTable) -> Word:
    """Return the word the guard's bits lie in; a design without bits has no choice.

    Raises:
        ScenarioError: The serialized word was asked for and the guard does not fit into it.
    """
    design = overrides.guard or guard.design
    if overrides.word == "serialized" and design not in EITHER_WORD:
        raise ScenarioError(
            f"guard {design} has no bits that could be in the serialized word",
            where="--word",
            advice=f"give --guard {' or '.join(EITHER_WORD)} with it",
        )
    word = cast("Word", overrides.word or guard.word)
    return word if design in EITHER_WORD else "current"


def _place(guard: GuardTable, layout: KernelLayout) -> Place | None:
    if guard.design not in STORED:
        return None
    if guard.design not in EITHER_WORD:
        return place_uint(layout)
    return place_bits(layout, BIT_SIZES[guard.design], guard.word)


def _check_paths(scenario: Scenario, profile: Profile, where: str) -> None:
    """Refuse interrupts that the architecture does not have."""
    for interrupt in scenario.interrupts:
        path = PATHS[interrupt.kind]
        if not profile.paths.get(path):
            reason = profile.absent_paths.get(path, "it has none")
            raise ScenarioError(
                f"{profile.arch} has no interrupt of kind {interrupt.kind}: {reason}",
                where=f"{where}: interrupt {interrupt.name}",
                advice="take another kind or architecture",
            )
