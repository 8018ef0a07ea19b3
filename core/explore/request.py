"""What is to be explored: plain data that crosses processes and machines."""

from __future__ import annotations

import os
from collections.abc import Callable

import msgspec

from core.explore.result import Bound
from core.explore.subject import Subject
from core.scenario.loader import Value


class ExploreRequest(msgspec.Struct, frozen=True, kw_only=True):
    """An exploration as the user asks for it.

    Attributes:
        where: File name, or the name of a bundled scenario.
        text: The scenario's TOML.
        settings: Its parameters.
        guard: Another guard than the scenario's, as ``Overrides`` has it; so the next ones.
        word: Which word of bits the guard's bits are in: "current" or "serialized".
        bound: How much may happen in one run.
        properties: What is checked; None for what the scenario says, or else the usual ones.
        pruning: Whether a run is given up in a state that was seen before.
        reduction: Whether switches are tried only where they can make a difference.
        jobs: Processes; 0 for one a core. The answer does not depend on it.
        graph: Whether the state space is wanted where it is small.
        first: Whether to stop at the first counterexample.
    """

    where: str
    text: str
    settings: dict[str, Value] = {}
    guard: str | None = None
    max_depth: int | None = None
    arch: str | None = None
    kernel: str | None = None
    layout: str | None = None
    word: str | None = None
    bound: Bound = Bound()
    properties: tuple[str, ...] | None = None
    pruning: bool = True
    reduction: bool = True
    jobs: int = 0
    graph: bool = False
    first: bool = False

    @property
    def processes(self) -> int:
        """How many processes work on it."""
        return self.jobs or os.cpu_count() or 1


MakeSubject = Callable[[ExploreRequest], Subject]
"""Makes what is explored; found by name in other processes, so it is a function of a module."""
