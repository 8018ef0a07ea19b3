"""How often a law is asked: less every day than where time is no matter."""

from __future__ import annotations

from typing import Any

from hypothesis import settings

EVERY_DAY = 50
"""What the profiles of every day ask of a law that says nothing itself."""


def every_day() -> bool:
    """Whether time matters: what says the same again may be left out."""
    return settings.default is None or settings.default.max_examples <= EVERY_DAY


def examples(number: int, **options: Any) -> settings:
    """Ask a law so often every day, and with the profile in force as much more often.

    Args:
        number: How often, where others are asked ``EVERY_DAY`` times.
        options: More settings of Hypothesis.
    """
    factor = settings.default.max_examples / EVERY_DAY if settings.default else 1
    return settings(max_examples=max(1, round(number * factor)), **options)
