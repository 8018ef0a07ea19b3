"""One line of the table that the benches make."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured, against what it was compared and what was aimed at.

    Attributes:
        name: What was done, with the amount of work.
        measured: The result, in ``unit``.
        unit: Unit of ``measured``, as in "ms" or "M events/s".
        compared_with: The other way to do it, with its own result; empty where there is none.
        ratio: How many times better than ``compared_with``; None where there is none.
        target: What is aimed at, in words, as in "< 16 ms" or "2x faster".
        ok: Whether the target is met.
    """

    name: str
    measured: float
    unit: str
    compared_with: str
    ratio: float | None
    target: str
    ok: bool
