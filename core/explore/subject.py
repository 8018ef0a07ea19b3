"""What can be explored: something that runs from a fresh start and asks a chooser on its way."""

from __future__ import annotations

from typing import NoReturn, Protocol

import msgspec

from core.kernel.choices import Option, Point

PRUNED = "pruned"
"""The outcome of a run that was given up because its state had been seen before."""


class Violation(msgspec.Struct, frozen=True):
    """A property that a run broke.

    Attributes:
        property: Its name.
        event: Position in the run's trace at which it was broken.
        sentence: What happened, in plain words.
    """

    property: str
    event: int
    sentence: str


class RunEnd(msgspec.Struct, frozen=True):
    """How a run ended.

    Attributes:
        outcome: As a trace has it (completed, deadlock, ...), or ``PRUNED``.
        events: How many events it had.
        violations: The properties it broke, each at its first event.
        owners_lost: How many pages lost their owner, by reason.
    """

    outcome: str
    events: int
    violations: tuple[Violation, ...] = ()
    owners_lost: dict[str, int] = {}


class PointChooser(Protocol):
    """Who decides at the points of an explored run."""

    def choose(self, point: Point) -> int:
        """Return the index of the option that happens."""


class Subject(Protocol):
    """A program with choices, deterministic for equal ones."""

    @property
    def properties(self) -> tuple[str, ...]:
        """Names of the properties that its runs are judged by, in the order they are told in."""

    def run(self, chooser: PointChooser) -> RunEnd:
        """Run from a fresh start to the end.

        What is pending when something else was chosen than to go on is a point again before it
        happens, so that whatever may come between two steps can come in any order.
        """

    def fingerprint(self) -> int:
        """Return a number for the state at a point; to be called inside ``choose``.

        Equal states have equal numbers, and what can still happen from them is the same: it covers
        the simulated memory, who is where, what each has read, and the pages that lost their owner.
        It does not cover what the search has left to spend.
        """

    def stack(self) -> int:
        """Return a number for the frames below the next step; to be called inside ``choose``.

        An interrupt is served on top of them: what it does at two points may only be taken for the
        same where the numbers are equal.
        """

    def abandon(self) -> NoReturn:
        """Give the run up; to be called inside ``choose``. ``run`` then returns ``PRUNED``."""

    def touched_by(self) -> dict[int, frozenset[int]]:
        """Return, for each shared object, who has touched it in any run so far.

        Tasks count from 0; interrupts are -1 - their number. Whoever waits for a lock in vain has
        touched it too. It only grows. An object has the same number in every run and in every
        process.
        """

    def describe(self, option: Option) -> str:
        """Return an option as a file writes it down ("cpu 1", "interrupt nic", "fail")."""
