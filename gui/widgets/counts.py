"""What has been counted up to the cursor, how the run ended, and what is inferred about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from core.lesson.covered import OUTCOME, TOTALS, WARNINGS
from gui.covered import ASKED
from gui.theme import ThemeManager
from gui.widgets.counts_fact import Fact
from gui.widgets.counts_tile import FORMS, Tile, name_width, tile_width
from gui.widgets.counts_words import (
    ASKED_BY,
    COUNTS,
    IN_RECORDINGS,
    OUTCOMES,
    notes_of,
    outcome_text,
    sentence,
)
from gui.widgets.in_sight import InSight
from gui.widgets.wrapped import WrappedLabel

if TYPE_CHECKING:
    from core.trace.trace import Trace
    from gui.expected import Expected
    from gui.session import Session

_PAD_PX, _GAP_PX = 12, 6
"""Around everything, and between two counts, at 100 %."""
_MOST_COLUMNS = 4


class CountsPanel(QScrollArea):
    """The counts at the cursor, and what there is to know about the run.

    Args:
        session: Whose trace and cursor it follows.
        themes: The theme in force.
    """

    def __init__(self, session: Session, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self._totals: dict[str, int] = {}
        self._columns = 0
        self._dressed: tuple[object, ...] = ()
        self._shown: list[str] = []
        self.tiles = {name: Tile(count, themes) for name, count in COUNTS.items()}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = QWidget()
        self._column = QVBoxLayout(content)
        self.range_label = WrappedLabel()
        self.range_label.hide()
        self._column.addWidget(self.range_label)
        self._grid = QGridLayout()
        self._column.addLayout(self._grid)
        self._run = QVBoxLayout()
        self._column.addLayout(self._run)
        self._column.addStretch(1)
        self.setWidget(content)
        content.setBackgroundRole(QPalette.ColorRole.Base)
        self.lines: list[Fact] = []
        self._lines_were = (False, False)
        self.setAccessibleName("Counts")
        in_sight = InSight(self)
        in_sight.connect_to(session.trace_changed, self._take_trace)
        in_sight.connect_to(session.covered.changed, self._cover)
        for changed in (session.trace_changed, session.range_changed, session.covered.changed):
            in_sight.connect_to(changed, self._show_range)
        for changed in (
            session.trace_changed, session.position_changed, session.range_changed,
            session.covered.changed,
        ):  # fmt: skip
            in_sight.connect_to(changed, self._move)
        themes.changed.connect(self._dress)
        self._take_trace()
        self._dress()
        self._show_range()
        self._move()

    def prepare(self, expected: Expected) -> None:
        """Count a run and a place of it ahead."""
        trace = expected.trace
        for position in (len(trace) - 1, expected.position, max(-1, expected.position - 1)):
            trace.state_at(position)

    def _take_trace(self) -> None:
        trace = self._session.trace
        self._totals = {} if trace is None else trace.state_at(len(trace) - 1).counts
        self._show_lines()
        self._arrange()

    def _cover(self) -> None:
        if self._lines_covered() != self._lines_were:
            self._show_lines()

    def _lines_covered(self) -> tuple[bool, bool]:
        """Whether a lesson asks how the run ends, and what is said about the run before it."""
        return OUTCOME in self._session.covered, WARNINGS in self._session.covered

    def _show_lines(self) -> None:
        self._lines_were = self._lines_covered()
        trace = self._session.trace
        said = [] if trace is None else self._said_of(trace)
        while len(self.lines) > len(said):
            line = self.lines.pop()
            self._run.removeWidget(line)
            line.hide()
            line.deleteLater()
        # Those that are there say something else: whatever is new moves all there is around it.
        for line, words in zip(self.lines, said, strict=False):
            line.say(*words)
        for words in said[len(self.lines) :]:
            line = Fact(self._themes, *words)
            self.lines.append(line)
            self._run.addWidget(line)
            line.dress()
            line.show()  # now: a layout would do it after the next paint

    def _said_of(self, trace: Trace) -> list[tuple[str, str, str, str]]:
        """Return what the lines say, each as ``Fact`` takes it."""
        info = trace.info
        outcome = info.outcome if info.recording is None else "recorded"
        title, role, icon = OUTCOMES.get(outcome, (outcome, "info", "info"))
        said = [(role, icon, title, outcome_text(trace))]
        end_asked, warnings_asked = self._lines_covered()
        if end_asked:
            said = [("info", "help", "How it ends", f"{ASKED}.")]
        warnings = [f"{ASKED}."] * (warnings_asked and bool(info.warnings))
        said += [
            ("warning", "warning", "Warning", sentence(warning))
            for warning in warnings or info.warnings
        ]
        said += [("", "info", "", note) for note in notes_of(info)]
        return said

    def _show_range(self) -> None:
        """Say which part of the run is counted, and count it."""
        chosen = self._session.range
        self.range_label.setVisible(chosen is not None)
        if chosen is None:
            return
        from core.trace.function_table import range_counts

        assert self._session.trace is not None
        counts = range_counts(self._session.trace, *chosen)
        about = f"Counted in the range: events {chosen[0] + 1:,} to {chosen[1] + 1:,}"
        self.range_label.setText(about)
        spoken = [about]
        for name, tile in self.tiles.items():
            value, total = counts.get(name, 0), self._totals.get(name, 0)
            self._show_count(name, value, total, 0)
            if self._tells(name):
                spoken.append(tile.spoken)
        self.setAccessibleDescription(", ".join(spoken))

    def _show_count(self, name: str, value: int, total: int, change: int) -> None:
        covered = self._session.covered
        asked = any(name in names for place, names in ASKED_BY.items() if place in covered)
        self.tiles[name].show_count(
            value, total, change, value_asked=asked, total_asked=asked or TOTALS in covered
        )

    def _move(self) -> None:
        position = self._session.position
        if self._session.range is not None:
            return  # the range's counts do not follow the cursor
        trace, state = self._session.trace, self._session.state()
        if trace is None or state is None:
            for tile in self.tiles.values():
                tile.show_count(None, None, 0)
            self.setAccessibleDescription("No run yet.")
            return
        before = trace.state_at(position - 1).counts if position >= 0 else state.counts
        spoken = []
        for name, tile in self.tiles.items():
            value, total = state.counts.get(name, 0), self._totals.get(name, 0)
            self._show_count(name, value, total, value - before.get(name, 0))
            if self._tells(name):
                spoken.append(tile.spoken)
        self.setAccessibleDescription(", ".join(spoken))

    def _dress(self) -> None:
        metrics = self._themes.metrics
        pad = metrics.px(_PAD_PX)
        self._column.setContentsMargins(pad, pad, pad, pad)
        self._column.setSpacing(metrics.px(14))
        self._grid.setSpacing(metrics.px(_GAP_PX))
        self._run.setSpacing(metrics.px(8))
        self.range_label.setFont(metrics.ui(bold=True))
        self.range_label.setStyleSheet(f"color: {self._themes.theme.accent_ink}")
        for line in self.lines:
            line.dress()
        self._arrange()

    def _arrange(self) -> None:
        """Lay the counts out in as many columns as the width has room for."""
        metrics = self._themes.metrics
        room = self.viewport().width() - 2 * metrics.px(_PAD_PX)
        largest = max(self._totals.values(), default=0)
        widths = {form: tile_width(metrics, form, largest) for form in FORMS}
        form = next((form for form in FORMS if widths[form] <= room), FORMS[-1])
        if (form, metrics, self._themes.theme) != self._dressed:
            # Most runs need no other.
            self._dressed = form, metrics, self._themes.theme
            for tile in self.tiles.values():
                tile.dress(form)
        columns = _columns(room, metrics.px(_GAP_PX), widths[form], name_width(metrics))
        shown = [name for name in COUNTS if self._tells(name)]
        if columns == self._columns and shown == self._shown:
            return
        self._shown = shown
        for column in range(max(columns, self._columns)):
            self._grid.setColumnStretch(column, int(column < columns))
        self._columns = columns
        for at, name in enumerate(shown):
            self._grid.addWidget(self.tiles[name], at // columns, at % columns)
            self.tiles[name].show()
        for name in self.tiles.keys() - set(shown):
            self.tiles[name].hide()

    def _tells(self, name: str) -> bool:
        """Whether the run at hand has a count at all."""
        trace = self._session.trace
        return trace is None or trace.info.recording is None or name in IN_RECORDINGS

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room there is."""
        super().resizeEvent(event)
        self._arrange()


def _columns(room: int, gap: int, value_px: int, name_px: int) -> int:
    """Return how many counts stand side by side: two, if need be, with shortened names."""
    by_value = (room + gap) // (value_px + gap)
    by_name = (room + gap) // (max(value_px, name_px) + gap)
    return max(1, min(by_value, 2), min(by_name, _MOST_COLUMNS))
