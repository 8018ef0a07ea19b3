"""What is put side by side: lanes, the presets, and short names that tell lanes apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypedDict

from core.errors import ScenarioError
from core.guards.catalog import COUNTING, EITHER_WORD
from core.scenario.run import Overrides

if TYPE_CHECKING:
    from core.trace.trace import Trace

_OWN = ("guard", "max_depth", "kernel", "arch", "word")
"""What a lane changes about the scenario."""

MOST_LANES = 16
"""As many columns as a terminal, and a reader, can hold."""

_GUARDS = {
    "none": "no guard",
    "scan": "backtrace scan",
    "uint": "unsigned int",
    "bit1": "1-bit field",
    "bit2": "2-bit field",
    "atomic": "atomic counter",
    "percpu": "per-CPU counter",
    "gfp": "gfp flag",
}
_WORDS = {"current": "current word", "serialized": "serialized word"}
_AS_UPSTREAM = "current"
"""The word that needs no name as long as nobody leaves it."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One run of a comparison: what it changes about the scenario.

    Attributes:
        guard: Design of the guard; None leaves what the scenario says, as in the others.
        max_depth: How many saves may be under way at once.
        kernel: Kernel version.
        arch: Architecture.
        word: Which word of bits the guard's are in, current or serialized.
    """

    guard: str | None = None
    max_depth: int | None = None
    kernel: str | None = None
    arch: str | None = None
    word: str | None = None

    def overrides(self, base: Overrides) -> Overrides:
        """Return what the whole comparison changes, with what this lane changes on top.

        The word of another guard's bits is none of a guard's that has no choice.
        """
        own = {name: getattr(self, name) for name in _OWN}
        changed = {name: value for name, value in own.items() if value is not None}
        if not _has_choice(self.guard):
            changed["word"] = None
        return replace(base, **changed)


class LaneChanges(TypedDict, total=False):
    """Some fields of a ``Lane``."""

    guard: str | None
    max_depth: int | None
    kernel: str | None
    arch: str | None
    word: str | None


@dataclass(frozen=True, slots=True)
class Preset:
    """Lanes that belong together, under a name.

    Attributes:
        name: The key.
        title: What a person reads.
        about: One sentence.
        lanes: The lanes.
    """

    name: str
    title: str
    about: str
    lanes: tuple[Lane, ...]


STORAGES = ("uint", "bit1", "bit2")
"""The mail's three: what is compared where nobody says what."""

PRESETS: tuple[Preset, ...] = (
    Preset(
        "storages",
        "The mail's three",
        "The three ways to store the state that the review of the patch weighed.",
        tuple(map(Lane, STORAGES)),
    ),
    Preset(
        "patch",
        "Before and after the patch",
        "The backtrace scan of Linux 5.12 and the flag that took its place in 5.13.",
        (Lane("scan", 1), Lane("bit1", 1)),
    ),
    Preset(
        "depths",
        "Depth 1, 2, 3",
        "One counter that lets one, two or three saves be under way at once.",
        (Lane("uint", 1), Lane("uint", 2), Lane("uint", 3)),
    ),
    Preset(
        "guarded",
        "Without and with a guard",
        "What happens when nothing stops the recursion, and what the flag makes of it.",
        (Lane("none", 1), Lane("bit1", 1)),
    ),
    Preset(
        "words",
        "Right and wrong word",
        "One bit in the word that only current writes, and in the one that other CPUs write too.",
        (Lane("bit1", 1, word="current"), Lane("bit1", 1, word="serialized")),
    ),
    Preset(
        "alternatives",
        "The flag and its alternatives",
        "The flag that landed, a counter with atomics, one a CPU, and a flag in the gfp mask.",
        (Lane("bit1", 1), Lane("atomic", 1), Lane("percpu", 1), Lane("gfp", 1)),
    ),
)


def preset(name: str) -> Preset:
    """Return the preset of a name.

    Raises:
        KeyError: There is none.
    """
    return {known.name: known for known in PRESETS}[name]


def lanes_of(
    guards: Sequence[str] = (),
    depths: Sequence[int] = (),
    kernels: Sequence[str] = (),
    arches: Sequence[str] = (),
    words: Sequence[str] = (),
) -> tuple[Lane, ...]:
    """Return every guard at every depth on every kernel on every architecture, in that order.

    Nothing given for one of them leaves it as the scenario has it. A lane may be there twice.

    Args:
        guards: Designs.
        depths: Maximum depths.
        kernels: Versions.
        arches: Architectures.
        words: Words of bits, for the guards that have a choice; the others have one lane.

    Raises:
        ScenarioError: They are more than ``MOST_LANES``.
    """
    placed = [(guard, word) for guard in guards or (None,) for word in _words_for(guard, words)]
    count = len(placed)
    for given in (depths, kernels, arches):
        count *= max(1, len(given))
    if count > MOST_LANES:
        raise ScenarioError(
            f"{count:,} lanes are more than the {MOST_LANES} that can be compared at once",
            advice="give fewer guards, depths, kernels or architectures",
        )
    return tuple(
        Lane(guard, depth, kernel, arch, word)
        for guard, word in placed
        for depth in depths or (None,)
        for kernel in kernels or (None,)
        for arch in arches or (None,)
    )


def _words_for(guard: str | None, words: Sequence[str]) -> Sequence[str | None]:
    return words if words and _has_choice(guard) else (None,)


def _has_choice(guard: str | None) -> bool:
    """Whether a guard's field can be in either word, as far as the lane says which guard it is."""
    return guard is None or guard in EITHER_WORD


# -- names ------------------------------------------------------------------------------------


def lane_label(lane: Lane) -> str:
    """Return a lane's name before it has run: all that it changes about the scenario."""
    words = [
        _GUARDS.get(lane.guard, lane.guard) if lane.guard is not None else "",
        f"depth {lane.max_depth}" if lane.max_depth and _counts(lane.guard) else "",
        _WORDS.get(lane.word, lane.word) if lane.word and _has_choice(lane.guard) else "",
        f"Linux {lane.kernel}" if lane.kernel else "",
        lane.arch or "",
    ]
    return ", ".join(word for word in words if word) or "as the scenario has it"


def _counts(guard: str | None) -> bool:
    """Whether a maximum depth means anything, as far as the lane itself says which guard it is."""
    return guard is None or guard in COUNTING


def labels(traces: Sequence[Trace]) -> list[str]:
    """Return a short name for each of some runs: only what tells them apart.

    Runs that differ in nothing are numbered.
    """
    words = _words(traces)
    telling = [_tells_apart(column) for column in zip(*words, strict=True)]
    names = [
        ", ".join(word for word, tells in zip(each, telling, strict=True) if word and tells)
        or each[0]
        for each in words
    ]
    return _numbered(names)


def shared_words(traces: Sequence[Trace]) -> str:
    """Return what some runs have in common: what ``labels`` leaves out."""
    columns = list(zip(*_words(traces), strict=True))
    shared = [next(filter(None, column), "") for column in columns if not _tells_apart(column)]
    return ", ".join(word for word in shared if word)


def _words(traces: Sequence[Trace]) -> list[tuple[str, ...]]:
    """Return what there is to say about each run, the same things in the same order."""
    named = any(trace.info.guard.word not in ("", _AS_UPSTREAM) for trace in traces)
    return [_words_of(trace, named) for trace in traces]


def _words_of(trace: Trace, word_named: bool) -> tuple[str, ...]:
    info = trace.info
    guard = info.guard
    depth = f"depth {guard.max_depth}" if guard.design in COUNTING else ""
    word = _WORDS.get(guard.word, "") if word_named else ""
    return _GUARDS[guard.design], depth, word, f"Linux {info.kernel}", info.arch


def _tells_apart(column: Sequence[str]) -> bool:
    """Whether a word differs between runs; that a guard has no depth tells nothing."""
    return len({word for word in column if word}) > 1


def _numbered(names: list[str]) -> list[str]:
    often = Counter(names)
    seen: Counter[str] = Counter()
    numbered = []
    for name in names:
        seen[name] += 1
        numbered.append(f"{name} ({seen[name]})" if often[name] > 1 else name)
    return numbered
