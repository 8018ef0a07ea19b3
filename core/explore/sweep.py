"""Many explorations that differ in a few things: every guard at every depth on every kernel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

import msgspec

from core.errors import OwnerscopeError, ScenarioError, did_you_mean
from core.explore.request import ExploreRequest, MakeSubject
from core.explore.result import INCOMPLETE, Exploration
from core.scenario.loader import parse

_NUMBERS = ("irqs", "preemptions", "failures", "max_depth")
_WORDS = ("guard", "kernel", "arch", "layout", "word")
KEYS = (*_WORDS[:1], "max_depth", *_WORDS[1:], *_NUMBERS[:3])
"""What a sweep can go over, besides the scenario's parameters."""

MOST_ROWS = 10_000


class Row(msgspec.Struct, frozen=True):
    """One exploration of a sweep.

    Attributes:
        values: What makes it different from the others.
        request: What is explored.
        answer: What it came to; None where it was stopped before, or cannot be.
        problem: Why it cannot be explored; not every guard fits every kernel.
    """

    values: dict[str, str]
    request: ExploreRequest
    answer: Exploration | None = None
    problem: str = ""


def rows_of(base: ExploreRequest, axes: Iterable[str]) -> list[Row]:
    """Return the requests of a sweep, the last axis changing fastest.

    Args:
        base: What they have in common.
        axes: "guard=bit1,bit2", "max_depth=1,2"; a parameter of the scenario is one, too.

    Raises:
        ScenarioError: An axis is written wrong or given twice, or a value is none.
    """
    swept: dict[str, list[str]] = {}
    for axis in axes:
        name, equals, values = axis.partition("=")
        name = name.strip().replace("-", "_")
        items = [value.strip() for value in values.split(",")]
        if not equals or not name or not all(items):
            raise ScenarioError(f"expected NAME=VALUE,VALUE, got {axis[:80]!r}", where="--sweep")
        if name in swept:
            raise ScenarioError(f"{name} is given twice", where="--sweep")
        swept[name] = list(dict.fromkeys(items))
    _check_names(base, swept)
    rows = 1
    for items in swept.values():
        rows *= len(items)
    if rows > MOST_ROWS:
        raise ScenarioError(
            f"that are {rows:,} explorations, more than {MOST_ROWS:,}", where="--sweep"
        )
    combinations = product(*swept.values())
    return [
        Row(values, _with(base, values))
        for values in (dict(zip(swept, each, strict=True)) for each in combinations)
    ]


def _check_names(base: ExploreRequest, swept: dict[str, list[str]]) -> None:
    parameters = parse(base.text, where=base.where).parameters() if base.text else {}
    for name in swept:
        if name not in KEYS and name not in parameters:
            raise ScenarioError(
                f"nothing called {name[:40]!r} can be swept",
                where="--sweep",
                advice=did_you_mean(name, (*KEYS, *parameters)),
            )


def _with(base: ExploreRequest, values: dict[str, str]) -> ExploreRequest:
    request = base
    for name, value in values.items():
        if name in _NUMBERS:
            number = _number(name, value)
            if name == "max_depth":
                request = msgspec.structs.replace(request, max_depth=number)
            else:
                bound = msgspec.structs.replace(request.bound, **{name: number})
                request = msgspec.structs.replace(request, bound=bound)
        elif name in _WORDS:
            request = msgspec.structs.replace(request, **{name: value})
        else:
            settings = {**request.settings, name: value}
            request = msgspec.structs.replace(request, settings=settings)
    return request


def _number(name: str, value: str) -> int:
    # isdecimal, because int() also takes "+1" and "1_0", and chokes on a number of 5,000 digits.
    if not (value.isascii() and value.isdecimal() and len(value) < 8):
        raise ScenarioError(f"{name} is a number, not {value[:40]!r}", where="--sweep")
    return int(value)


def label(values: dict[str, str]) -> str:
    """Return what makes a row different, in a line."""
    return ", ".join(f"{name}={value}" for name, value in values.items())


def possible(rows: Sequence[Row], make: MakeSubject) -> list[Row]:
    """Return the rows, those that cannot be explored with the reason.

    Raises:
        OwnerscopeError: None of them can.
    """
    checked, first = [], None
    for row in rows:
        try:
            make(row.request)
        except OwnerscopeError as error:
            first = first or error
            checked.append(msgspec.structs.replace(row, problem=str(error)))
        else:
            checked.append(row)
    if first is not None and all(row.problem for row in checked):
        raise first
    return checked


def verdicts(rows: Sequence[Row]) -> list[str]:
    """Return the verdicts of the rows that can be explored; incomplete where one was not."""
    return [
        INCOMPLETE if row.answer is None else row.answer.verdict for row in rows if not row.problem
    ]
