"""Where in a run a step is: positions in words, found anew in whatever run is at hand.

4                        the event of that number, counted from 1
start, end               before the first event, after the last
first short-circuit      any stop of ``core.trace.stops``: first interrupt, first lost update,
                         first lock wait, first warning, first guard==1, first recursion>=2, ...
short-circuit 2          the second of them
before overflow          the last event at which the stack still holds
deepest                  where the stack is fullest
where lanes part         the first call or return that not all lanes share
save_stack call 2        a function's second call
save_stack return 1      a function's first return
first short-circuit - 1  any of them and so many events further or back

A recorded run has the same, as far as a recording tells them: it knows calls, returns and the hits
of a guard, but no bytes, bits, locks or interrupts. Its deepest place is where most calls are on a
stack.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.errors import LessonError, OwnerscopeError, did_you_mean
from core.trace.events import SITE_MASK, Kind

if TYPE_CHECKING:
    from core.trace.index import Positions
    from core.trace.trace import Trace

    Others = Trace | Sequence[Trace] | None

_SHIFTED = re.compile(r"(.+?)\s+([+-])\s*(\d{1,9})")
_CALL = re.compile(r"([A-Za-z_][A-Za-z0-9_.]*)\s+(call|return)(?:\s+(\d{1,9}))?")
_NTH = re.compile(r"first\s+(.+)|(.+?)\s+(\d{1,9})")
_MOST_LETTERS = 200
_HOW = "write it as 'first short-circuit', 'before overflow' or 'save_stack call 2'"


def position_of(text: str, trace: Trace, other: Others = None, *, where: str = "") -> int:
    """Return a position of a trace, -1 for the one before its first event.

    Args:
        text: The position in words (see the module).
        trace: The run.
        other: The other lane's run, or those of all others, for where they part.
        where: What errors begin with: the step.

    Raises:
        LessonError: The run has no such position.
    """
    words = " ".join(text.split())
    if len(words) > _MOST_LETTERS:
        raise _missing(words, "it is too long to be one", where)
    if shifted := _SHIFTED.fullmatch(words):
        by = int(shifted[3]) * (1 if shifted[2] == "+" else -1)
        position = position_of(shifted[1], trace, other, where=where) + by
        if not -1 <= position < len(trace):
            raise _missing(words, _length(trace), where)
        return position
    if words.isascii() and words.isdecimal():
        return _event(words, trace, where)
    if words in _NAMED:
        return _NAMED[words](trace, other, where)
    # A step asks for the same few positions over and over.
    known = trace.worked_out.get((position_of, words))
    if not isinstance(known, int):
        known = trace.worked_out[position_of, words] = _counted(words, trace, where)
    return known


def _counted(words: str, trace: Trace, where: str) -> int:
    """Return where a call, or what a stop is about, happens for the nth time."""
    if call := _CALL.fullmatch(words):
        return _nth_call(call[1], call[2], int(call[3] or 1), trace, where)
    return _nth_stop(words, trace, where)


def span_of(texts: Sequence[str], trace: Trace, *, what: str, where: str = "") -> tuple[int, int]:
    """Return the two ends of a part of a trace.

    Args:
        texts: The ends in words.
        trace: The run.
        what: What it is the part of, as a sentence begins: "a zoom".
        where: What errors begin with: the step.

    Raises:
        LessonError: They are not two, one does not exist, or the second comes before the first.
    """
    ends = [position_of(text, trace, where=where) for text in texts]
    if len(ends) != 2 or ends[0] >= ends[1]:
        raise LessonError(f"{what} is two positions, the second after the first", where=where)
    return ends[0], ends[1]


def _missing(text: str, why: str, where: str, advice: str = "") -> LessonError:
    return LessonError(f"there is no position {text[:80]!r}: {why}", where=where, advice=advice)


def _event(words: str, trace: Trace, where: str) -> int:
    number = int(words) if len(words) < 12 else 0
    if not 1 <= number <= len(trace):
        raise _missing(words, _length(trace), where)
    return number - 1


def _length(trace: Trace) -> str:
    return f"the {kind_of(trace)} has {len(trace):,} events"


def kind_of(trace: Trace) -> str:
    """Return what a sentence calls a trace: a run, or a recording."""
    return "run" if trace.info.recording is None else "recording"


def _deepest(trace: Trace, other: Others, where: str) -> int:
    if trace.info.recording is not None:
        from core.trace.plotted import plotted_signals

        calls = plotted_signals(trace)[0].signal
        return int(calls.positions[np.argmax(calls.values)]) if len(calls.positions) else -1
    from core.scenario.report import deepest_position

    return deepest_position(trace)


def _before_overflow(trace: Trace, other: Others, where: str) -> int:
    if trace.info.recording is not None:
        raise _missing(
            "before overflow", "a recording does not tell the bytes of its stacks", where
        )
    if trace.info.outcome != "stack_overflow":
        raise _missing("before overflow", "the stack does not overflow in this run", where)
    stopped = int(trace.positions(Kind.STOPPED)[0])
    # The call that no longer fits is the event before the one that says so.
    over = stopped - 1 if stopped and trace.kind(stopped - 1) is Kind.CALLED else stopped
    return max(-1, over - 1)


def _parting(trace: Trace, other: Others, where: str) -> int:
    from core.compare.alignment import Alignment
    from core.trace.trace import Trace

    others = (other,) if isinstance(other, Trace) else tuple(other or ())
    if not others:
        raise _missing("where lanes part", "there is one lane only", where)
    partings = Alignment((trace, *others)).partings
    if not partings:
        raise _missing("where lanes part", "the lanes do the same", where)
    return partings[0].events[0]


_NAMED: dict[str, Callable[[Trace, Others, str], int]] = {
    "start": lambda trace, other, where: -1,
    "end": lambda trace, other, where: len(trace) - 1,
    "deepest": _deepest,
    "before overflow": _before_overflow,
    "where lanes part": _parting,
}


def calls_of(trace: Trace, name: str, kind: Kind = Kind.CALLED) -> Positions:
    """Return the positions of all calls of a function, by its own name or the mail's."""
    wanted = np.array(
        [
            site.kind == kind
            and name in (trace.functions[site.function].name, _essential(trace, site.function))
            for site in trace.sites
        ],
        bool,
    )
    return np.flatnonzero(wanted[trace.codes & SITE_MASK]).astype(np.int32)


def _essential(trace: Trace, number: int) -> str:
    return trace.functions[number].essential or ""


def _nth_call(name: str, what: str, number: int, trace: Trace, where: str) -> int:
    found = calls_of(trace, name, Kind.CALLED if what == "call" else Kind.RETURNED)
    text = f"{name} {what} {number}"
    if not len(found):
        known = {function.name for function in trace.functions}
        near = did_you_mean(name, known)
        never = "is never called" if what == "call" else "never returns"
        why = f"{name} {never} in this {kind_of(trace)}"
        raise _missing(text, why, where, near if near.startswith("did you mean") else "")
    return _nth(found, number, text, trace, where)


def _nth(found: Positions, number: int, text: str, trace: Trace, where: str) -> int:
    if not 1 <= number <= len(found):
        times = f"{len(found):,} time{'' if len(found) == 1 else 's'}"
        raise _missing(text, f"it happens {times} in this {kind_of(trace)}", where)
    return int(found[number - 1])


def _nth_stop(words: str, trace: Trace, where: str) -> int:
    from core.trace.stops import parse_stop, positions

    match = _NTH.fullmatch(words)
    if match is None:
        raise _missing(words, "it is none that is known", where, _HOW)
    name = (match[1] or match[2]).replace(" ", "-")
    number = 1 if match[1] else int(match[3])
    try:
        found = positions(trace, parse_stop(name))
    except OwnerscopeError:
        raise _missing(words, "it is none that is known", where, _HOW) from None
    return _nth(found, number, words, trace, where)
