"""What each guard costs on the work that is open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QBrush, QColor, QResizeEvent

from core.compare.probes import PROBE_EVENTS, GuardCost, LessWork, cost_of, less_work, probe
from core.guards.catalog import DESIGNS
from gui.theme import mix
from gui.widgets.plots.keys import Key
from gui.widgets.plots.small import SmallPlot, Stop
from gui.widgets.sentences import time_text

if TYPE_CHECKING:
    from gui.session import Session
    from gui.theme import ThemeManager

NAMES = {
    "none": "no guard",
    "scan": "scan",
    "uint": "unsigned int",
    "bit1": "1 bit",
    "bit2": "2 bits",
    "atomic": "atomic",
    "percpu": "per CPU",
    "gfp": "gfp flag",
}
_TICKS = {
    "none": "none",
    "scan": "scan",
    "uint": "uint",
    "bit1": "1 bit",
    "bit2": "2 bits",
    "atomic": "atomic",
    "percpu": "per\nCPU",
    "gfp": "gfp\nflag",
}
"""What stands below a bar: eight of them have little room."""
_FAILED = {
    "stack_overflow": "overflow",
    "deadlock": "deadlock",
    "out_of_memory": "no memory",
    "budget_exhausted": "cut short",
}
"""How a run ended, in as few letters as fit over a bar."""
_CROSS, _WORD_PX = "✕", 56
"""What says it where a bar is narrower than the word."""
_BAR, _ROOM = 0.62, 1.22


class GuardCostPlot(SmallPlot):
    """Simulated time in saves and in the guard itself, a bar a guard.

    The guards are run on the open scenario one after the other while the plot is in sight; where
    that would be long, all of them on less of its work, and where even that fails only the guard
    that is open is shown.

    Args:
        session: What is open.
        themes: The theme in force.
    """

    title = "What each guard costs on this work"
    file_name = "guard-cost"
    bottom, left = "", "simulated time, µs"

    def __init__(self, session: Session, themes: ThemeManager) -> None:
        self._session = session
        self.costs: dict[str, GuardCost | None] = {}
        """By design; None where it was too long or impossible to run."""
        self.work: LessWork | None = None
        """The part of the work that is run, None for the whole."""
        self._was_narrow = False
        self._next = QTimer(singleShot=True, interval=0)
        self._next.timeout.connect(self._run_one)
        super().__init__(themes)
        session.trace_changed.connect(self._changed)

    def start(self) -> None:
        """Run the guards that have not been run yet."""
        trace, plan = self._session.trace, self._session.plan
        if trace is None or not len(trace) or plan is None:
            return
        if not self.costs and self._is_long():
            assert self._session.source is not None
            self.work = less_work(self._session.source, self._session.settings, len(trace))
            if self.work is None:
                self._show_open_only()
        elif not self.costs:
            self.costs[trace.info.guard.design] = cost_of(trace)
        if len(self.costs) < len(DESIGNS):
            self._next.start()

    def _is_long(self) -> bool:
        """Return whether the run that is open is longer than a probe may be."""
        trace = self._session.trace
        return trace is not None and (
            trace.info.outcome == "budget_exhausted" or len(trace) > PROBE_EVENTS
        )

    def _show_open_only(self) -> None:
        """Show the open run, which is there anyway, and no other."""
        trace = self._session.trace
        assert trace is not None
        self.work, self.costs = None, dict.fromkeys(DESIGNS)
        self.costs[trace.info.guard.design] = cost_of(trace)

    def _changed(self) -> None:
        self.costs, self.work = {}, None
        self.at = -1
        if self.isVisible():
            self.start()
            self.refill()

    def _run_one(self) -> None:
        """Run the next guard; the open one first, which tells whether the work is short enough."""
        session = self._session
        if session.source is None or session.trace is None or not self.isVisible():
            return
        opened = session.trace.info.guard.design
        left = [each for each in (opened, *DESIGNS) if each not in self.costs]
        if not left:
            return
        settings = self.work.settings if self.work is not None else session.settings
        cost = probe(session.source, settings, session.overrides, left[0])
        if cost is None and self.work is not None and left[0] == opened:
            self.work = self.work.less()
            if self.work is None:
                self._show_open_only()
        else:
            self.costs[left[0]] = cost
        self.refill()
        if len(self.costs) < len(DESIGNS):
            self._next.start()

    @property
    def known(self) -> list[GuardCost]:
        """What is known, in the order of the bars."""
        found = (self.costs.get(design) for design in DESIGNS)
        return [cost for cost in found if cost is not None]

    # -- what is plotted ------------------------------------------------------------------

    def fill(self, item: Any) -> None:
        """Draw a bar a guard: the saves, and on top the guard's own lines."""
        import pyqtgraph as pg

        theme, known = self.themes.theme, self.known
        self._was_narrow = self._narrow()
        axis = item.getAxis("bottom")
        axis.setTicks([[(at, self._tick(cost)) for at, cost in enumerate(known)]])
        if not known:
            return
        saves = [cost.times.save_ns / 1000 for cost in known]
        own = [cost.times.guard_ns / 1000 for cost in known]
        edge = self.pen(theme.surface, 1)
        for at, cost in enumerate(known):
            done = cost.outcome == "completed"
            colour = self._save_colour() if done else mix(theme.danger.colour, theme.surface, 0.2)
            item.addItem(
                pg.BarGraphItem(
                    x=[at], height=[saves[at]], width=_BAR, brush=QColor(colour),
                    pen=edge if done else self.pen(theme.danger.ink),
                )
            )  # fmt: skip
        own_colour = theme.role("guard").colour
        item.addItem(
            pg.BarGraphItem(
                x=list(range(len(known))), y0=saves, height=own, width=_BAR,
                brush=QColor(own_colour), pen=self.pen(own_colour, 1),
            )
        )  # fmt: skip
        for at, cost in enumerate(known):
            self._label(item, at, saves[at] + own[at], cost)
        item.setXRange(-0.6, max(len(known) - 0.4, 1.6), padding=0)
        tallest = max(one + other for one, other in zip(saves, own, strict=True))
        item.setYRange(0, max(tallest, 1e-3) * _ROOM, padding=0)

    def _label(self, item: Any, at: int, top: float, cost: GuardCost) -> None:
        """Write over a bar how much of it is the guard."""
        import pyqtgraph as pg

        theme, metrics = self.themes.theme, self.themes.metrics
        failed = cost.outcome != "completed"
        text = self._failed_text(cost.outcome) if failed else f"{cost.instructions:,}"
        colour = QColor(theme.danger.ink if failed else theme.text)
        ground = QBrush(QColor(theme.surface))
        label = pg.TextItem(text, colour, anchor=(0.5, 1), fill=ground)
        # The crosshair goes behind the words.
        label.setZValue(60)
        label.setFont(metrics.ui("caption"))
        label.setPos(at, top)
        item.addItem(label, ignoreBounds=True)

    def _tick(self, cost: GuardCost) -> str:
        here = self._session.trace is not None and (
            self._session.trace.info.guard.design == cost.design
        )
        return f"{_TICKS[cost.design]}\n(open)" if here else _TICKS[cost.design]

    def _failed_text(self, outcome: str) -> str:
        return _CROSS if self._narrow() else _FAILED.get(outcome, outcome.replace("_", " "))

    def _narrow(self) -> bool:
        """Whether a bar and its gap are narrower than a word over it."""
        return self.width() < self.themes.metrics.chrome(_WORD_PX) * (len(self.known) + 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write anew what stands over the bars where that fits now, or no more."""
        super().resizeEvent(event)
        if self._narrow() != self._was_narrow:
            self.refill()

    def _save_colour(self) -> str:
        return mix(self.themes.theme.role("page_owner").colour, self.themes.theme.surface, 0.7)

    def stops(self) -> Sequence[Stop]:
        """Return a stop a bar."""
        return [Stop(at, self._said(cost)) for at, cost in enumerate(self.known)]

    def _said(self, cost: GuardCost) -> str:
        times = cost.times
        parts = [
            f"{NAMES[cost.design]}: {cost.instructions:,} instructions and "
            f"{time_text(times.guard_ns)} in the guard itself",
            f"{time_text(times.save_ns)} in {cost.saves:,} saves",
            f"{cost.hits:,} guard hits",
            f"{cost.lost:,} owners lost",
        ]
        if cost.outcome != "completed":
            parts.append(f"the run ended with {_outcome(cost)}")
        said = ", ".join(parts) + "."
        return said[0].upper() + said[1:]

    def keys_now(self) -> Sequence[Key]:
        """Return what the parts of a bar mean."""
        theme = self.themes.theme
        keys = [
            Key("bar", "guard itself (number: its instructions)", theme.role("guard").colour),
            Key("bar", "saving stacks", self._save_colour()),
        ]
        if any(cost.outcome != "completed" for cost in self.known):
            keys.append(Key("box", "up to where the run failed", theme.danger.ink))
        return keys

    def caption_now(self) -> str:
        """Return what was run, and what could not be."""
        trace = self._session.trace
        if trace is None:
            return "Open a scenario to see what guards cost on its work."
        said = (
            f"{trace.info.scenario}, maximum depth {trace.info.guard.max_depth}. Time is the "
            "simulated clock's, instructions are a model: nobody measured them."
        )
        if self.work is not None:
            said = f"Run on {self.work.words}, because the whole is long. {said}"
        missing = [NAMES[each] for each in DESIGNS if self.costs.get(each, trace) is None]
        if missing:
            said += (
                f" Not shown: {', '.join(missing)}; that run would be longer than "
                f"{PROBE_EVENTS:,} events, or cannot be made here."
            )
        return said

    def table(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        """Return a row a guard."""
        head = (
            "guard", "max_depth", "outcome", "guard_instructions", "guard_ns", "save_ns", "run_ns",
            "saves", "guard_hits", "owners_lost",
        )  # fmt: skip
        return head, [
            (
                cost.design, cost.max_depth, cost.outcome, cost.instructions, *cost.times,
                cost.saves, cost.hits, cost.lost,
            )
            for cost in self.known
        ]  # fmt: skip


def _outcome(cost: GuardCost) -> str:
    return cost.outcome.replace("_", " ")
