from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from core.guards.catalog import (
    ALTERNATIVES,
    COSTS,
    COUNTING,
    DESIGNS,
    EITHER_WORD,
    REVIEWED,
    STORED,
    STORIES,
)
from core.trace.info import GUARD_DESIGNS

TRUTH = Path(__file__).parents[2] / "data" / "layout_truth.csv"


def grown(variant: str) -> Counter[int]:
    with TRUTH.open(newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["variant"] == variant]
    return Counter(int(row["growth_vs_none"]) for row in rows)


def test_a_trace_can_come_from_every_design() -> None:
    assert (*DESIGNS, "unknown") == GUARD_DESIGNS
    assert (*REVIEWED, *ALTERNATIVES) == tuple(DESIGNS)


@pytest.mark.parametrize("told", [STORIES, COSTS], ids=["stories", "costs"])
def test_every_design_has_one_sentence(told: dict[str, str]) -> None:
    assert list(told) == list(DESIGNS)
    for sentence in told.values():
        assert not sentence[0].islower()
        assert sentence.endswith(".")
        assert ". " not in sentence


def test_what_can_go_into_either_word_is_kept_in_task_struct() -> None:
    assert set(EITHER_WORD) < set(STORED) < set(COUNTING) < set(DESIGNS)


def test_the_costs_quote_what_gcc_built() -> None:
    assert grown("uint_v1") == {0: 24, 64: 1}
    assert "24 of 25 kernels (64 bytes in the other)" in COSTS["uint"]
    assert grown("bit1_upstream") == grown("bit2_upstream") == {0: 17}
    assert "all 17 kernels" in COSTS["bit1"]
    assert "all 17 kernels" in COSTS["bit2"]
