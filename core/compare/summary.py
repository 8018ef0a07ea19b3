"""A comparison in one or two sentences: how the runs ended, and what the guards cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.compare.costs import UNKNOWN
from core.compare.differences import Difference, Value
from core.kernel.outcome import COMPLETED

_ENDED = {
    "completed": ("completes", "complete"),
    "stack_overflow": ("overflows the stack", "overflow the stack"),
    "deadlock": ("deadlocks", "deadlock"),
    "out_of_memory": ("runs out of memory", "run out of memory"),
    "budget_exhausted": ("uses up its budget of events", "use up their budget of events"),
}

_COSTS = (
    ("unwinds", "the unwinds"),
    ("simulated_ns", "the simulated time"),
    ("guard_instructions", "the instructions in the guard itself"),
)
"""What lanes are weighed by: the first of these in which they differ."""

_BETWEEN = (("lost_updates", "lost updates"), ("guards_left_set", "guards left set"))
"""What can go wrong between contexts."""


def summary(labels: Sequence[str], differences: Sequence[Difference]) -> str:
    """Return one or two sentences that sum up a comparison.

    Args:
        labels: A name a lane.
        differences: The measures, in any order.
    """
    labels = [_spoken(label) for label in labels]
    values = {row.measure: row.values for row in differences}
    if not any(row.differs for row in differences):
        return f"{_outcomes(labels, values['outcome'])}. {_alike(labels)}"
    first = f"{_outcomes(labels, values['outcome'])}."
    clauses = [clause for clause in _clauses(labels, values) if clause]
    return f"{first} {_capital('; '.join(clauses))}." if clauses else first


def _alike(labels: Sequence[str]) -> str:
    if len(labels) == 1:
        return "There is nothing to compare it with."
    return "They come to the same in every measure."


# -- how they ended ---------------------------------------------------------------------------


def _outcomes(labels: Sequence[str], outcomes: Sequence[Value]) -> str:
    """Say how the runs ended, those that did not complete first."""
    groups = _groups(labels, outcomes)
    if len(groups) == 1:
        ((outcome, names),) = groups
        return _capital(_everyone(names, *_ended(str(outcome))))
    groups.sort(key=lambda group: group[0] == COMPLETED)
    said = [_those(names, *_ended(str(outcome))) for outcome, names in groups]
    if len(groups) == 2 and len(groups[1][1]) > 2:
        outcome, names = groups[1]
        said[1] = f"the other {_number(len(names))} {_ended(str(outcome))[1]}"
    return _capital("; ".join(said))


def _ended(outcome: str) -> tuple[str, str]:
    plain = outcome.replace("_", " ")
    return _ENDED.get(outcome, (f"ends with {plain}", f"end with {plain}"))


def _everyone(names: Sequence[str], one: str, several: str) -> str:
    if len(names) == 1:
        return f"{names[0]} {one}"
    return f"both {several}" if len(names) == 2 else f"all {_number(len(names))} {several}"


def _those(names: Sequence[str], one: str, several: str) -> str:
    return f"{_listed(names)} {one if len(names) == 1 else several}"


# -- what they cost ---------------------------------------------------------------------------


def _clauses(labels: Sequence[str], values: dict[str, tuple[Value, ...]]) -> list[str]:
    # A run that died has done less, so its counts are not held against the others'.
    done = [lane for lane, outcome in enumerate(values["outcome"]) if outcome == COMPLETED]
    ran = [labels[lane] for lane in done]
    lost = [values["owners_lost"][lane] for lane in done]
    between = [
        _per_lane(labels, values[measure], words, _plain_number)
        for measure, words in _BETWEEN
        if measure in values
    ]
    return [
        *between,
        _ratio(labels, values, done),
        _per_lane(ran, lost, "owners lost", _plain_number),
        _per_lane(labels, values["task_struct_bytes"], "added to task_struct", _bytes),
    ]


def _ratio(labels: Sequence[str], values: dict[str, tuple[Value, ...]], done: Sequence[int]) -> str:
    """Say how many times as much the dearest of the completed runs costs as the cheapest."""
    for measure, name in _COSTS:
        costs = {lane: cost for lane in done if isinstance(cost := values[measure][lane], int)}
        if len(costs) < 2 or len(set(costs.values())) < 2:
            continue
        most, least = max(costs.values()), min(costs.values())
        dear = _listed([labels[lane] for lane, cost in costs.items() if cost == most])
        cheap = _listed([labels[lane] for lane, cost in costs.items() if cost == least])
        several = sum(cost == most for cost in costs.values()) > 1
        needs = "need" if several else "needs"
        if not least:
            return f"{dear} {needs} {most:,} of {name}, {cheap} none"
        return f"{dear} {needs} {_times(most, least)} {name} of {cheap}"
    if len(done) > 1 and len(done) < len(labels):
        return f"those that complete cost the same{_each_loses(values, done)}"
    return ""


def _each_loses(values: dict[str, tuple[Value, ...]], done: Sequence[int]) -> str:
    lost = {values["owners_lost"][lane] for lane in done}
    if len(lost) > 1 or lost == {0}:
        return ""
    (number,) = lost
    return f" and lose {_plain_number(number)} owner{'' if number == 1 else 's'} each"


def _times(most: int, least: int) -> str:
    """Return a ratio in words: percents where it is small."""
    ratio = most / least
    if ratio < 1.1:
        return f"{max(ratio - 1, 0.001):.1%} more of"
    return f"{ratio:.1f}".removesuffix(".0") + " times"


def _per_lane(
    labels: Sequence[str], values: Sequence[Value], words: str, said: Callable[[Value], str]
) -> str:
    """Say a measure that differs, lanes with the same value together."""
    groups = [(value, names) for value, names in _groups(labels, values) if value is not None]
    if len(groups) < 2:
        return ""
    return f"{words}: " + ", ".join(f"{said(value)} with {_listed(n)}" for value, n in groups)


def _plain_number(value: Value) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _bytes(value: Value) -> str:
    return str(value) if value == UNKNOWN else f"{value} bytes"


# -- words ------------------------------------------------------------------------------------


def _groups(labels: Sequence[str], values: Sequence[Value]) -> list[tuple[Value, list[str]]]:
    """Return the values with the lanes that have them, in the order of the lanes."""
    groups: dict[Value, list[str]] = {}
    for label, value in zip(labels, values, strict=True):
        groups.setdefault(value, []).append(label)
    return list(groups.items())


def _spoken(label: str) -> str:
    """Return a label that can stand in a list: "unsigned int (depth 2)" for one with a comma."""
    name, comma, rest = label.partition(", ")
    return f"{name} ({rest})" if comma else name


def _listed(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def _number(count: int) -> str:
    return _WORDS[count] if count < len(_WORDS) else str(count)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
