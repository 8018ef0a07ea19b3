"""Breakpoints and watchpoints: what playing stops at, and at which positions of a trace.

A stop has a compact text form, the same in a scenario file, in the settings and in a saved run:

    function:save_stack     each call of a function; * and ? stand for any letters
    recursion>=2            so many saves of a task are past the guard at once
    guard==1                the guard's field becomes a value
    order>=2                a block of an order is taken off the free lists
    short-circuit           the guard returns dummy_handle
    owner-lost              an owner record gets dummy_handle or failure_handle
    warning                 the kernel warns
    interrupt               an interrupt comes
    lost-update             a store undoes one of another context
    switch                  a CPU goes on with another task, or another CPU goes on
    lock-wait               a task begins to spin on a lock that another one holds

A number may be compared with ``>=`` or ``==``. `` off`` after it keeps a stop without stopping.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from core.errors import ScenarioError, did_you_mean
from core.trace.events import SITE_MASK, Kind, Site
from core.trace.index import Positions, whole_arguments
from core.trace.signals import first_words, owners_of_words

if TYPE_CHECKING:
    from core.trace.trace import Trace

StopKind = Literal[
    "function",
    "recursion",
    "guard_value",
    "page_order",
    "short_circuit",
    "owner_lost",
    "warning",
    "interrupt",
    "lost_update",
    "switch",
    "lock_wait",
]
Comparison = Literal[">=", "=="]

_WORDS: dict[StopKind, str] = {
    "function": "function",
    "recursion": "recursion",
    "guard_value": "guard",
    "page_order": "order",
    "short_circuit": "short-circuit",
    "owner_lost": "owner-lost",
    "warning": "warning",
    "interrupt": "interrupt",
    "lost_update": "lost-update",
    "switch": "switch",
    "lock_wait": "lock-wait",
}
"""What a kind is called in the text form."""
_KINDS = {word: kind for kind, word in _WORDS.items()}

_EVENTS: dict[StopKind, Kind] = {
    "short_circuit": Kind.SHORT_CIRCUITED,
    "warning": Kind.WARNED,
    "interrupt": Kind.INTERRUPTED,
    "lost_update": Kind.LOST_UPDATE,
    "switch": Kind.TASK_SWITCHED,
    "lock_wait": Kind.LOCK_SPUN,
}
"""The kinds that stop at every event of one kind."""

BOUNDS: dict[StopKind, tuple[int, int]] = {
    "recursion": (1, 1_000_000),
    "guard_value": (0, (1 << 32) - 1),
    "page_order": (0, 10),
}
"""The kinds that have a number, with the least and the largest."""

_NUMBERED = re.compile(r"([a-z-]+)\s*(>=|==)\s*(\S*)")
_IDENTIFIER = re.compile(r"[A-Za-z0-9_.*?\[\]]+")
_OFF = " off"
_CHUNK_EVENTS = 1 << 16
"""Events looked at at once: what stays in the cache is looked at twice as fast."""


@dataclass(frozen=True, slots=True)
class Stop:
    """What playing stops at.

    Attributes:
        kind: What is watched.
        value: A function's name for ``function``, a number for the kinds in ``BOUNDS``, else "".
        comparison: How a number is compared.
        enabled: Whether it stops; a stop that is off is only kept.
    """

    kind: StopKind
    value: str | int = ""
    comparison: Comparison = ">="
    enabled: bool = True

    def switched(self, enabled: bool) -> Stop:
        """Return this stop, on or off."""
        return replace(self, enabled=enabled)

    def same_as(self, other: Stop) -> bool:
        """Whether two stops watch the same, on or off."""
        return self.switched(True) == other.switched(True)


# -- in words and as text -------------------------------------------------------------------------


_SENTENCES: dict[StopKind, tuple[str, str]] = {
    "function": ("Each call of {value}", "Each call of {value}"),
    "recursion": ("Recursion depth reaches {value}", "Recursion depth becomes exactly {value}"),
    "guard_value": ("Guard value reaches {value}", "Guard value becomes {value}"),
    "page_order": (
        "A block of order {value} or more is allocated",
        "A block of order {value} is allocated",
    ),
    "short_circuit": ("Any short-circuit", "Any short-circuit"),
    "owner_lost": ("A page loses its owner", "A page loses its owner"),
    "warning": ("Any warning of the kernel", "Any warning of the kernel"),
    "interrupt": ("An interrupt comes", "An interrupt comes"),
    "lost_update": ("An update is lost", "An update is lost"),
    "switch": ("Another task or CPU goes on", "Another task or CPU goes on"),
    "lock_wait": ("A task spins on a lock", "A task spins on a lock"),
}
"""A stop in words, with a number of at least its value and of exactly that."""


def describe(stop: Stop) -> str:
    """Return what a stop stops at, as a short sentence without its full stop."""
    value = stop.value
    if stop.kind == "function" and any(sign in str(value) for sign in "*?["):
        value = f"a function like {value}"
    return _SENTENCES[stop.kind][stop.comparison == "=="].format(value=value)


def format_stop(stop: Stop) -> str:
    """Return a stop's text form; ``parse_stop`` reads it."""
    text = _WORDS[stop.kind]
    if stop.kind == "function":
        text = f"{text}:{stop.value}"
    elif stop.kind in BOUNDS:
        text = f"{text}{stop.comparison}{stop.value}"
    return text if stop.enabled else text + _OFF


def parse_stop(text: str, *, where: str = "") -> Stop:
    """Return the stop that a text form stands for.

    Args:
        text: A stop as in the module's list.
        where: What an error names as the place.

    Raises:
        ScenarioError: There is no such stop, or its number or name is wrong.
    """
    bare = text.strip()
    enabled = not bare.endswith(_OFF)
    bare = bare.removesuffix(_OFF).rstrip()
    head, colon, name = bare.partition(":")
    if colon and head.strip() == "function":
        return Stop("function", _function_name(name.strip(), where), enabled=enabled)
    if found := _NUMBERED.fullmatch(bare):
        return replace(_numbered(found[1], found[2], found[3], where), enabled=enabled)
    kind = _KINDS.get(bare)
    if kind is None or kind == "function" or kind in BOUNDS:
        raise _unknown(bare, where)
    return Stop(kind, enabled=enabled)


def _function_name(name: str, where: str) -> str:
    if not _IDENTIFIER.fullmatch(name):
        raise ScenarioError(
            f"expected a function's name after 'function:', got {name[:80]!r}",
            where=where,
            advice="write it as in function:save_stack or function:*page_owner",
        )
    return name


def _numbered(word: str, comparison: str, digits: str, where: str) -> Stop:
    kind = _KINDS.get(word)
    if kind is None or kind not in BOUNDS:
        raise _unknown(f"{word}{comparison}{digits}", where)
    low, high = BOUNDS[kind]
    number = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 20 else -1
    if not low <= number <= high:
        raise ScenarioError(
            f"{word}: expected a number from {low:,} to {high:,}, got {digits[:80]!r}", where=where
        )
    return Stop(kind, number, ">=" if comparison == ">=" else "==")


def _unknown(text: str, where: str) -> ScenarioError:
    word = re.split(r"[\s:<>=]", text, maxsplit=1)[0]
    kind = _KINDS.get(word)
    if kind == "function":
        advice = "write it as in function:save_stack"
    elif kind in BOUNDS:
        advice = f"write it as in {word}>={max(1, BOUNDS[kind][0])} or {word}==1"
    elif kind is not None:
        advice = f"{word} stands alone"
    else:
        advice = did_you_mean(word, _KINDS)
    return ScenarioError(f"there is no stop {text[:80]!r}", where=where, advice=advice)


# -- in a trace -----------------------------------------------------------------------------------


def positions(trace: Trace, stop: Stop) -> Positions:
    """Return all positions at which playing stops, rising, shape (n,), int32.

    A stop that is off has the positions it would have when on. Depth and guard value are watched
    task by task and count where they come to hold, not as long as they do.
    """
    if stop.kind == "recursion":
        return _deep_saves(trace, stop)
    if stop.kind == "guard_value":
        return _guard_values(trace, stop)
    return _where(trace, _wanted(trace, stop))


def merged(trace: Trace, stops: Iterable[Stop]) -> Positions:
    """Return the positions of all stops that are on, rising, each once."""
    found = [positions(trace, stop) for stop in stops if stop.enabled]
    return np.unique(np.concatenate(found)) if found else np.empty(0, np.int32)


def next_stop(trace: Trace, stops: Iterable[Stop], position: int) -> int | None:
    """Return the first position after another at which playing stops, None if there is none."""
    return after(merged(trace, stops), position)


def previous_stop(trace: Trace, stops: Iterable[Stop], position: int) -> int | None:
    """Return the last position before another at which playing stops, None if there is none."""
    return before(merged(trace, stops), position)


def after(hits: Positions, position: int) -> int | None:
    """Return the first of some rising positions that is greater than a position."""
    at = int(hits.searchsorted(np.int32(position), side="right"))
    return int(hits[at]) if at < len(hits) else None


def before(hits: Positions, position: int) -> int | None:
    """Return the last of some rising positions that is less than a position."""
    at = int(hits.searchsorted(np.int32(position), side="left"))
    return int(hits[at - 1]) if at else None


def _where(trace: Trace, wanted: Callable[[Site], bool]) -> Positions:
    """Positions of all events whose site is wanted."""
    marks = np.array([wanted(site) for site in trace.sites], np.bool_)
    if not marks.any():
        return np.empty(0, np.int32)
    found = []
    for start in range(0, len(trace), _CHUNK_EVENTS):
        sites = (trace.codes[start : start + _CHUNK_EVENTS] & SITE_MASK).astype(np.intp)
        # No site is out of bounds; saying what to do if one were spares numpy the check.
        hits = np.flatnonzero(marks.take(sites, mode="clip"))
        if len(hits):
            found.append(hits.astype(np.int32) + np.int32(start))
    return np.concatenate(found) if found else np.empty(0, np.int32)


def _wanted(trace: Trace, stop: Stop) -> Callable[[Site], bool]:
    """Return which sites stop: for the kinds that an event alone decides."""
    if stop.kind == "function":
        return _called(trace, str(stop.value))
    if stop.kind == "page_order":
        return _of_order(stop)
    if stop.kind == "owner_lost":
        return lambda site: site.kind is Kind.OWNER_HANDLE and site.fact("lost") == "yes"
    kind = _EVENTS[stop.kind]
    return lambda site: site.kind is kind


def _called(trace: Trace, name: str) -> Callable[[Site], bool]:
    def wanted(site: Site) -> bool:
        called = trace.functions[site.function].name
        return site.kind is Kind.CALLED and (called == name or fnmatchcase(called, name))

    return wanted


def _of_order(stop: Stop) -> Callable[[Site], bool]:
    least = int(stop.value)

    def wanted(site: Site) -> bool:
        if site.kind is not Kind.PAGE_ALLOCATED:
            return False
        order = int(site.fact("order") or 0)
        return order >= least if stop.comparison == ">=" else order == least

    return wanted


def _holds(values: npt.NDArray[np.int64], stop: Stop) -> npt.NDArray[np.bool_]:
    number = int(stop.value)
    return values >= number if stop.comparison == ">=" else values == number


def _come_to_hold(values: npt.NDArray[np.int64], first: int, stop: Stop) -> npt.NDArray[np.bool_]:
    """Where a signal begins to satisfy a stop, given its value before."""
    now = _holds(values, stop)
    earlier = _holds(np.concatenate((np.array([first], np.int64), values[:-1])), stop)
    return now & ~earlier[: len(now)]


def _deep_saves(trace: Trace, stop: Stop) -> Positions:
    found = [
        signal.positions[_come_to_hold(signal.values, signal.first, stop)]
        for signal in trace.recursion.values()
    ]
    return np.sort(np.concatenate(found)).astype(np.int32) if found else np.empty(0, np.int32)


def _guard_values(trace: Trace, stop: Stop) -> Positions:
    guard = trace.info.guard
    stores = _where(trace, lambda site: site.kind is Kind.STORED)
    if not guard.unit_bytes or not len(stores):
        return np.empty(0, np.int32)
    fields = np.array([guard.value_of(word) for word in trace.values], np.int64)
    words = whole_arguments(trace.codes, trace.wide, stores)
    values, owners = fields[words], owners_of_words(trace, stores)
    found = []
    for number, first in enumerate(first_words(trace)):
        mine = owners == number
        begins = _come_to_hold(values[mine], guard.value_of(first), stop)
        found.append(stores[mine][begins])
    return np.sort(np.concatenate(found))
