"""Speed of the machine's state at random positions of a long run."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import cache, partial

from core.scenario.loader import open_scenario
from core.scenario.run import Overrides, plan, run
from core.trace.holdings.pages import Which
from core.trace.holdings.state import Holdings, MachineState
from core.trace.trace import Trace
from tests.bench.row import Row

TOP_LEVEL_EVENTS = 1_300
DEPTH = 3
WORKLOADS: tuple[tuple[str, dict[str, int], str], ...] = (
    ("depth-law", {"events": TOP_LEVEL_EVENTS}, "the same pages again and again"),
    ("depot-growth", {"callers": 4000, "room": 0}, "a page and a stack for every call"),
)
LOOKS = 400
SHOWN_ROWS = 40
PANEL_SIZE = (380, 560)
PANEL_TABS = {
    "Pages": "depot-growth",
    "Depot": "depot-growth",
    "Slabs": "depth-law",
    "Locks": "depth-law",
}
MOST_AT_MS, MOST_SHOWN_MS = 2.0, 4.0


@cache
def long_run(name: str) -> Trace:
    """A run of about a million events, or all a scenario can give."""
    settings = next(values for scenario, values, _ in WORKLOADS if scenario == name)
    overrides = Overrides(guard="uint", max_depth=DEPTH)
    return run(plan(open_scenario(name), settings, overrides))


def shown(state: MachineState, which: Which) -> None:
    """What a panel asks for to be painted."""
    state.pages.rows(0, SHOWN_ROWS, which)
    state.depot.pools(0, SHOWN_ROWS)
    state.depot.records(0, SHOWN_ROWS)
    state.locks.rows(0, SHOWN_ROWS)


def _show_lost(holdings: Holdings, position: int) -> None:
    shown(holdings.at(position), Which.LOST)


def _milliseconds(work: Callable[[int], object], positions: list[int]) -> list[float]:
    times = []
    for position in positions:
        start = time.perf_counter()
        work(position)
        times.append((time.perf_counter() - start) * 1e3)
    return sorted(times)


def bench_holdings() -> list[Row]:
    """The state at a position, and what a panel shows of it."""
    rows = []
    for name, _, about in WORKLOADS:
        trace = long_run(name)
        holdings = Holdings(trace)
        start = time.perf_counter()
        holdings.at(0)
        built_s = time.perf_counter() - start
        chance = random.Random(1)
        positions = [chance.randrange(len(trace)) for _ in range(LOOKS)]
        at = _milliseconds(holdings.at, positions)
        lost = _milliseconds(partial(_show_lost, holdings), positions)
        events = f"{name}, {len(trace) / 1e6:.2f} million events"
        rows += [
            _row(f"{events}: state at random", at, f"{about}; index built in {built_s:.2f} s",
                 MOST_AT_MS),
            _row(f"{events}: rows of a panel, lost only", lost, "", MOST_SHOWN_MS),
        ]  # fmt: skip
    return rows


def bench_machine_panel() -> list[Row]:
    """A step with the panel in sight: the state, the widgets and the paint."""
    from PySide6.QtWidgets import QApplication

    from gui.runner import Runner
    from gui.session import Session
    from gui.theme import ThemeManager
    from gui.widgets.machine.panel import MachinePanel

    app = QApplication.instance() or QApplication([])
    rows = []
    for tab, name in PANEL_TABS.items():
        session = Session(Runner())
        panel = MachinePanel(session, ThemeManager())
        panel.resize(*PANEL_SIZE)
        panel.show()
        trace = long_run(name)
        session.open_saved(trace, None, {}, session.overrides)
        panel.show_tab(tab)
        app.processEvents()

        def step(position: int, session: Session = session) -> None:
            session.seek(position)
            app.processEvents()

        middle = len(trace) // 2
        times = _milliseconds(step, list(range(middle, middle + LOOKS)))
        rows.append(_row(f"{tab} in sight, a step of {name}", times, "", MOST_SHOWN_MS))
        panel.close()
    return rows


def _row(name: str, times: list[float], about: str, most_ms: float) -> Row:
    median, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
    return Row(
        name=name,
        measured=round(median, 3),
        unit="ms",
        compared_with=f"p99 {p99:.2f} ms; {about}" if about else f"p99 {p99:.2f} ms",
        ratio=None,
        target=f"median under {most_ms:g} ms",
        ok=median < most_ms,
    )
