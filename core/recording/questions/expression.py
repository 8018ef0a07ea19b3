"""The language in which records are picked: ``order >= 2 and function ~ ext4 and not comm = init``.

    expression  =  term, joined by "and", "or", "not" and parentheses ("and" binds closer than "or")
    term        =  NAME OP VALUE  |  WORD
    OP          =  =  !=  ~  !~  <  <=  >  >=        (~ finds a regular expression)

A word alone means ``function ~ WORD``. A value reaches to the next blank, or stands in quotes;
parentheses inside a word belong to it as long as they pair (``ext4_(read|write)``). A value that is
a number is compared as one where the other side is one too. A pattern without capitals finds them
too, as in every search of this program.
"""

from __future__ import annotations

import math
import operator
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import PatternError, RecordingError
from core.trace.search import compiled

Flags = npt.NDArray[np.bool_]
Longs = npt.NDArray[np.int64]

FUNCTION = "function"
"""What a word alone is looked for in: any function on the stack."""

_OPERATORS = ("!=", "!~", "<=", ">=", "=", "~", "<", ">")
_ORDERS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_JOINERS = ("and", "or", "not")
_QUOTES = "\"'"
_MOST_NESTED = 100

Units = Mapping[str, int]
TIME_UNITS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
SIZE_UNITS = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
NO_UNITS: Units = {}
_WITH_UNIT = re.compile(r"(?P<number>\d[\d_]*(?:\.\d+)?)(?P<unit>[A-Za-z]+)", re.ASCII)


@dataclass(frozen=True)
class Term:
    """What one thing about a record must be.

    Attributes:
        name: What is looked at.
        op: One of the operators; ``!=`` and ``!~`` are the opposites of ``=`` and ``~``.
        value: What it is compared with.
        at: Place of the name in the expression, from 1.
        text: The whole expression.
    """

    name: str
    op: str
    value: str
    at: int = 1
    text: str = ""

    @property
    def opposite(self) -> bool:
        """Whether what the rest of the term asks for must not hold."""
        return self.op.startswith("!")

    @property
    def ordered(self) -> bool:
        """Whether it compares by size."""
        return self.op in _ORDERS

    @cached_property
    def accepts(self) -> Callable[[str], bool]:
        """Whether a text is what the term asks for, leaving aside that it may ask for the opposite.

        Raises:
            PatternError: The value is no regular expression.
            RecordingError: The value is no number, and is to be compared by size.
        """
        if self.op.endswith("~"):
            return self._pattern
        if self.ordered:
            return self._by_size
        value, number = self.value, number_of(self.value)
        if number is None:
            return value.__eq__
        return lambda text: text == value or number_of(text) == number

    def number(self, units: Units = NO_UNITS) -> float:
        """Return the value as a number.

        Args:
            units: The units that may stand behind it, and what they are in the smallest.

        Raises:
            RecordingError: It is none.
        """
        number = number_of(self.value, units)
        if number is None:
            known = f"units: {', '.join(units)}" if units else ""
            raise self.error(f"expected a number after {self.op}, found {self.value!r}", known)
        return number

    def compare(self, numbers: Longs, units: Units = NO_UNITS) -> Flags:
        """Return which numbers are what the term asks for, leaving aside the opposite.

        Raises:
            RecordingError: The value is no number.
        """
        holds: Callable[[Longs, float], Flags] = _ORDERS.get(self.op, operator.eq)
        return holds(numbers, self.number(units))

    def error(self, problem: str, advice: str = "") -> RecordingError:
        """Return an error about this term, with its place."""
        return _error(problem, self.text, self.at, advice)

    @property
    def _pattern(self) -> Callable[[str], bool]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of what a later Python may read otherwise
                search = compiled(self.value).search
        except PatternError as error:
            where = f"filter, column {self.at}"
            raise PatternError(
                f"{self.value!r}: {error.problem}", where=where, advice=error.advice
            ) from None
        return lambda text: search(text) is not None

    @property
    def _by_size(self) -> Callable[[str], bool]:
        number, holds = self.number(), _ORDERS[self.op]

        def accepts(text: str) -> bool:
            other = number_of(text)
            return other is not None and bool(holds(other, number))

        return accepts


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a part."""

    part: Expression


@dataclass(frozen=True, slots=True)
class Every:
    """Parts that all hold."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Parts, one of which at least holds."""

    parts: tuple[Expression, ...]


Expression = Term | Not | Every | Some


def number_of(text: str, units: Units = NO_UNITS) -> float | None:
    """Return a text as a number: decimal, 0x hexadecimal, or with a unit; None where it is none."""
    if not text or not text.isascii() or text[0] not in "0123456789-.":
        return None
    try:
        return int(text, 16) if text[:2].lower() == "0x" else int(text)
    except ValueError:
        pass
    found = _WITH_UNIT.fullmatch(text)
    try:
        if found is not None and found["unit"] in units:
            number = float(found["number"]) * units[found["unit"]]
        else:
            number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def terms_of(expression: Expression) -> Iterator[Term]:
    """Yield the terms of an expression, left to right."""
    if isinstance(expression, Term):
        yield expression
    elif isinstance(expression, Not):
        yield from terms_of(expression.part)
    else:
        for part in expression.parts:
            yield from terms_of(part)


def parse(text: str) -> Expression:
    """Return what a filter says.

    Args:
        text: The filter as it was typed.

    Raises:
        RecordingError: It does not follow the grammar; the error names the place.
        PatternError: A regular expression in it is none.
    """
    parser = _Parser(text)
    expression = parser.either()
    parser.end()
    for term in terms_of(expression):
        if term.op.endswith("~"):
            _ = term.accepts  # a pattern that is none is told at once
    return expression


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._nested = 0

    def either(self) -> Expression:
        parts = [self._both()]
        while self._takes("or"):
            parts.append(self._both())
        return Some(tuple(parts)) if len(parts) > 1 else parts[0]

    def _both(self) -> Expression:
        parts = [self._one()]
        while self._takes("and"):
            parts.append(self._one())
        return Every(tuple(parts)) if len(parts) > 1 else parts[0]

    def _one(self) -> Expression:
        self._nested += 1
        if self._nested > _MOST_NESTED:
            raise self._error("nested too deeply")
        try:
            if self._takes("not"):
                return Not(self._one())
            if self._takes("("):
                inside = self.either()
                if not self._takes(")"):
                    raise self._error("expected ) here")
                return inside
            return self._term()
        finally:
            self._nested -= 1

    def end(self) -> None:
        self._skip()
        if self._at < len(self._text):
            advice = "put a value that has blanks into quotes"
            raise self._error("expected 'and', 'or' or the end here", advice)

    def _term(self) -> Term:
        self._skip()
        begin = self._at
        name, quoted = self._word(_NAME_ENDS)
        if not quoted and (not name or name.lower() in _JOINERS):
            self._at = begin
            raise self._error("expected a name such as order or comm, or a word to look for")
        self._skip()
        op = next((op for op in _OPERATORS if self._text.startswith(op, self._at)), "")
        at = begin + 1
        if not op or quoted:
            return Term(FUNCTION, "~", name, at, self._text)
        self._at += len(op)
        if op == "=" and self._text.startswith("=", self._at):  # == is habit
            self._at += 1
        self._skip()
        value, quoted = self._word("")
        if not value and not quoted:
            raise self._error(f"expected a value after {op}", 'write "" for an empty one')
        return Term(name, op, value, at, self._text)

    def _word(self, ends: str) -> tuple[str, bool]:
        """Return the word that begins here, and whether it stood in quotes."""
        text, begin = self._text, self._at
        if begin < len(text) and text[begin] in _QUOTES:
            end = text.find(text[begin], begin + 1)
            if end < 0:
                raise self._error(f"expected another {text[begin]} to end what begins here")
            self._at = end + 1
            return text[begin + 1 : end], True
        opened = 0
        while self._at < len(text):
            letter = text[self._at]
            if letter.isspace() or letter in ends or (letter == ")" and not opened):
                break
            if letter == "\\" and text[self._at + 1 : self._at + 2] in ("(", ")", "\\"):
                self._at += 1
            opened += (letter == "(") - (letter == ")")
            self._at += 1
        self._at = min(self._at, len(text))
        return text[begin : self._at], False

    def _takes(self, wanted: str) -> bool:
        """Step over a joiner or a parenthesis if it is what comes next."""
        self._skip()
        end = self._at + len(wanted)
        if self._text[self._at : end].lower() != wanted:
            return False
        after = self._text[end : end + 1]
        if wanted in _JOINERS and after and not after.isspace() and after not in "()\"'":
            return False
        self._at = end
        return True

    def _skip(self) -> None:
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1

    def _error(self, problem: str, advice: str = "") -> RecordingError:
        return _error(problem, self._text, self._at + 1, advice)


_NAME_ENDS = "=!~<>"


def _error(problem: str, text: str, at: int, advice: str = "") -> RecordingError:
    rest = text[at - 1 :].strip()
    near = f"near {rest[:30]!r}" if rest else "at its end"
    return RecordingError(f"{problem} ({near})", where=f"filter, column {at}", advice=advice)
