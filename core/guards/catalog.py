"""The guards by name."""

from __future__ import annotations

from core.guards.base import RecursionGuard
from core.guards.counter import StoredGuard
from core.guards.none import NoGuard
from core.guards.scan import BacktraceScan
from core.guards.storage import Place

DESIGNS = {
    "none": "no guard",
    "scan": "backtrace scan (5.4 to 5.12)",
    "uint": "unsigned int counter (first version of the patch)",
    "bit1": "1-bit flag (landed in 5.13)",
    "bit2": "2-bit field (proposed in review)",
}
"""Every design with what it is."""

BIT_SIZES = {"uint": 32, "bit1": 1, "bit2": 2}
"""Width of the field of those designs that keep one."""


def make_guard(design: str, max_depth: int, place: Place | None) -> RecursionGuard:
    """Return a guard.

    Args:
        design: A key of ``DESIGNS``.
        max_depth: How many saves may be under way at once.
        place: Where its field lies; needed by the designs in ``BIT_SIZES``.
    """
    if design == "none":
        return NoGuard(max_depth)
    if design == "scan":
        return BacktraceScan(max_depth)
    if place is None:
        raise ValueError(f"guard {design} needs a place in task_struct")
    return StoredGuard(design, max_depth, place)
