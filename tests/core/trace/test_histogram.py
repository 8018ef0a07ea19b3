"""A histogram weighs every position once."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.scenario.loader import bundled
from core.trace.histogram import By, bin_width, histogram
from core.trace.plotted import plotted_signals
from tests.runs import bundled_run


@given(st.sampled_from(bundled()), st.data())
def test_it_is_the_sum_over_positions(name: str, data: st.DataObject) -> None:
    trace = bundled_run(name)
    first = data.draw(st.integers(0, len(trace) - 1))
    last = data.draw(st.integers(first, min(len(trace) - 1, first + 400)))
    by = data.draw(st.sampled_from(get_args(By)))
    signal = plotted_signals(trace)[0].signal
    found = histogram(trace, signal, first, last, by, most_bins=12)
    wanted: Counter[int] = Counter()
    for at in range(first, last + 1):
        following = trace.clock_ns(min(at + 1, len(trace) - 1))
        weight = 1 if by == "events" else following - trace.clock_ns(at)
        wanted[signal.value_at(at) // found.width] += weight
    assert found.weights.tolist() == [wanted[at] for at in range(len(found.weights))]
    assert found.peak == max(signal.value_at(at) for at in range(first, last + 1))
    assert found.total == sum(wanted.values())


@pytest.mark.parametrize(("peak", "width"), [(0, 1), (39, 1), (40, 2), (2224, 64), (30_784, 1024)])
def test_bins_are_round(peak: int, width: int) -> None:
    assert bin_width(peak, 40) == width
    assert peak // width < 40


def test_shares_add_up() -> None:
    trace = bundled_run("mail-chain")
    signal = plotted_signals(trace)[0].signal
    found = histogram(trace, signal, 0, len(trace) - 1, "events")
    assert found.total == len(trace)
    assert sum(found.share(at) for at in range(len(found.weights))) == pytest.approx(1)
