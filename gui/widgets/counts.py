"""What has been counted up to the cursor, how the run ended, and what is inferred about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.lesson.covered import HITS, OUTCOME, SAVES, TOTALS, WARNINGS
from gui.covered import ASKED, MARK
from gui.icons import pixmap
from gui.theme import Metrics, Role, TextStep, ThemeManager
from gui.widgets.explanation import fits, sentence_html, time_text
from gui.widgets.in_sight import InSight
from gui.widgets.source import ElidedLabel

if TYPE_CHECKING:
    from core.trace.info import TraceInfo
    from core.trace.trace import Trace
    from gui.session import Session


class Count(NamedTuple):
    """How a count is shown: its name, the subsystem whose colour it has, and what it counts."""

    label: str
    subsystem: str
    about: str


COUNTS = {
    "save_stack_calls": Count("Stack saves", "page_owner", "Calls of save_stack"),
    "guard_hits": Count("Guard hits", "guard", "Saves that the guard ended with dummy_handle"),
    "unwinds": Count("Unwinds", "unwinder", "Walks of the stack"),
    "frames_unwound": Count("Frames unwound", "unwinder", "Frames of all walks together"),
    "page_allocations": Count("Page allocs", "allocator", "Blocks off the free lists"),
    "page_frees": Count("Page frees", "allocator", "Blocks put back on the free lists"),
    "depot_hits": Count("Depot hits", "depot", "Stacks that the depot knew already"),
    "depot_stores": Count("Depot stores", "depot", "Stacks that were new to the depot"),
    "depot_pools": Count("Depot pools", "depot", "Pools that hold records, the spare not counted"),
    "owner_lost": Count("Owners lost", "page_owner", "Pages whose allocating stack is not known"),
    "deepest_recursion": Count(
        "Recursion depth", "page_owner", "Most saves of one task under way at once"
    ),
}
"""Every count of ``core.trace.counts.COUNT_NAMES``, in its order."""

ASKED_BY = {HITS: ("guard_hits",), SAVES: ("save_stack_calls", "deepest_recursion")}
"""The counts that are covered where a lesson asks for them."""

IN_RECORDINGS = ("save_stack_calls", "guard_hits", "unwinds", "deepest_recursion")
"""What a recording of calls can tell; the rest happens inside functions."""

OUTCOMES = {
    "completed": ("Completed", "ok", "success"),
    "stack_overflow": ("Stack overflow", "danger", "error"),
    "deadlock": ("Deadlock", "danger", "error"),
    "out_of_memory": ("Out of memory", "danger", "error"),
    "budget_exhausted": ("Cut short", "warning", "warning"),
    "recorded": ("Recorded", "info", "info"),
}
"""How a run can end: its title, the theme's outcome, and the icon."""

_PAD_PX, _GAP_PX, _TILE_INSET_PX = 12, 6, 19
"""Around everything, between two counts, and inside a count, at 100 %."""
_MOST_COLUMNS = 4
_FORMS: tuple[tuple[TextStep, bool], ...] = (
    ("heading", False), ("title", False), ("body", False), ("body", True), ("caption", True),
)  # fmt: skip
"""How a count may look, the best first that lets the run's largest one fit: the size of the value,
and whether the total stands below it."""


def outcome_text(trace: Trace) -> str:
    """Return how the run ended, as a sentence."""
    from core.trace.events import Kind
    from core.trace.explain import explain

    last = len(trace) - 1
    if trace.info.recording is not None:
        took = time_text(trace.info.recording.duration_ns)
        return f"A real kernel did this: {len(trace):,} events in {took}."
    if last >= 0 and trace.kind(last) is Kind.STOPPED:
        return explain(trace, last)
    clock = time_text(trace.clock_ns(last))
    return f"All work was done in {len(trace):,} events and {clock} of simulated time."


def notes_of(info: TraceInfo) -> list[str]:
    """Return what is inferred or borrowed about a run, as sentences."""
    label, borrowed = info.layout.label, info.layout.borrowed_for
    notes = [info.unwinder_note, *info.inferred]
    if borrowed and not any(label in note for note in notes):
        notes.append(f"the task_struct of {label} stands in for {borrowed}")
    return [_sentence(note) for note in notes if note]


def _sentence(text: str) -> str:
    first = text.partition(" ")[0]
    # Identifiers such as ia64 keep their spelling.
    start = text[:1].upper() if first.isalpha() else text[:1]
    return start + text[1:].rstrip(".") + "."


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
        self.tiles = {name: _Tile(count, themes) for name, count in COUNTS.items()}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = QWidget()
        self._column = QVBoxLayout(content)
        self.range_label = QLabel(wordWrap=True)
        self.range_label.hide()
        self._column.addWidget(self.range_label)
        self._grid = QGridLayout()
        self._column.addLayout(self._grid)
        self._run = QVBoxLayout()
        self._column.addLayout(self._run)
        self._column.addStretch(1)
        self.setWidget(content)
        content.setBackgroundRole(QPalette.ColorRole.Base)
        self.lines: list[_Line] = []
        self._lines_were = (False, False)
        self.setAccessibleName("Counts")
        in_sight = InSight(self)
        in_sight.connect_to(session.trace_changed, self._take_trace)
        in_sight.connect_to(session.position_changed, self._move)
        in_sight.connect_to(session.range_changed, self._show_range)
        session.covered.changed.connect(self._cover)
        themes.changed.connect(self._dress)
        self._take_trace()
        self._dress()

    def _take_trace(self) -> None:
        trace = self._session.trace
        self._totals = {} if trace is None else trace.state_at(len(trace) - 1).counts
        self._show_lines()
        self._arrange()
        self._show_range()

    def _cover(self) -> None:
        if self._lines_covered() != self._lines_were:
            self._show_lines()
        self._show_range()

    def _lines_covered(self) -> tuple[bool, bool]:
        """Whether a lesson asks how the run ends, and what is said about the run before it."""
        return OUTCOME in self._session.covered, WARNINGS in self._session.covered

    def _show_lines(self) -> None:
        self._lines_were = self._lines_covered()
        trace = self._session.trace
        for line in self.lines:
            self._run.removeWidget(line)
            line.hide()
            line.deleteLater()
        self.lines = [] if trace is None else self._lines_of(trace)
        for line in self.lines:
            self._run.addWidget(line)
            line.dress()

    def _lines_of(self, trace: Trace) -> list[_Line]:
        info = trace.info
        outcome = info.outcome if info.recording is None else "recorded"
        title, role, icon = OUTCOMES.get(outcome, (outcome, "info", "info"))
        lines = [_Line(self._themes, role, icon, title, outcome_text(trace))]
        end_asked, warnings_asked = self._lines_covered()
        if end_asked:
            lines = [_Line(self._themes, "info", "help", "How it ends", f"{ASKED}.")]
        warnings = [f"{ASKED}."] * (warnings_asked and bool(info.warnings))
        lines += [
            _Line(self._themes, "warning", "warning", "Warning", _sentence(warning))
            for warning in warnings or info.warnings
        ]
        lines += [_Line(self._themes, "", "info", "", note) for note in notes_of(info)]
        return lines

    def _show_range(self) -> None:
        """Say which part of the run is counted, and count it; without one, follow the cursor."""
        chosen = self._session.range
        self.range_label.setVisible(chosen is not None)
        if chosen is None:
            self._move(self._session.position)
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

    def _move(self, position: int) -> None:
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
        widths = {form: _tile_width(metrics, form, largest) for form in _FORMS}
        form = next((form for form in _FORMS if widths[form] <= room), _FORMS[-1])
        if (form, metrics, self._themes.theme) != self._dressed:
            # A style sheet is dear, and most runs need no other.
            self._dressed = form, metrics, self._themes.theme
            for tile in self.tiles.values():
                tile.dress(form)
        columns = _columns(room, metrics.px(_GAP_PX), widths[form], _name_width(metrics))
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


def _name_width(metrics: Metrics) -> int:
    """Return how wide a count is whose name is the longest."""
    font = QFontMetrics(metrics.ui("caption"))
    longest = max(font.horizontalAdvance(count.label) for count in COUNTS.values())
    return longest + metrics.px(_TILE_INSET_PX)


def _tile_width(metrics: Metrics, form: tuple[TextStep, bool], largest: int) -> int:
    """Return how wide a count is that may grow to the largest one of the run."""
    step, stacked = form
    value = QFontMetrics(metrics.mono(step, bold=True)).horizontalAdvance(f"{largest:,}")
    total = QFontMetrics(metrics.ui("caption")).horizontalAdvance(f"of {largest:,}")
    side_by_side = max(value, total) if stacked else value + total + metrics.px(2 * 5)
    return side_by_side + metrics.px(_TILE_INSET_PX)


class _Tile(QWidget):
    """One count: its name, its value at the cursor, the run's total, and what the event added."""

    def __init__(self, count: Count, themes: ThemeManager) -> None:
        super().__init__()
        self.count, self._themes = count, themes
        self.value: int | None = None
        self.change = 0
        self._share = 0.0
        self._name = ElidedLabel()
        self.value_label, self.total_label, self.change_label = QLabel(), QLabel(), QLabel()
        self._column, self._row, top = QVBoxLayout(self), QHBoxLayout(), QHBoxLayout()
        top.addWidget(self._name, 1)
        top.addWidget(self.change_label)
        self._column.addLayout(top)
        self._column.addLayout(self._row)
        for label in (self.value_label, self.total_label):
            self._row.addWidget(label, 0, Qt.AlignmentFlag.AlignBaseline)
        self._row.addStretch(1)
        self._name.set_text(count.label, count.about)
        self.setToolTip(count.about)
        self.setAccessibleName(count.label)

    @property
    def _role(self) -> Role:
        return self._themes.theme.role(self.count.subsystem)

    @property
    def spoken(self) -> str:
        """What a screen reader says of it among the others."""
        name, shown, of = self.count.label, self.value_label.text(), self.total_label.text()
        return f"{name}: {ASKED}" if shown == MARK else f"{name} {shown} {of}".replace(",", "")

    def show_count(
        self,
        value: int | None,
        total: int | None,
        change: int,
        *,
        value_asked: bool = False,
        total_asked: bool = False,
    ) -> None:
        """Show a value; None where there is no run. What a lesson asks is left out."""
        self.value = None if value_asked else value
        self.change = change = 0 if value_asked else change
        self._share = value / total if value and total and not total_asked else 0.0
        shown = "–" if value is None else MARK if value_asked else f"{value:,}"
        if shown != self.value_label.text():
            self.value_label.setText(shown)
        of = "" if total is None else f"of {MARK if total_asked else f'{total:,}'}"
        if of != self.total_label.text():
            self.total_label.setText(of)
        self.change_label.setText(f"{change:+,}" if change else "")
        asked = f"{ASKED}. " if value_asked or total_asked else ""
        self.setToolTip(f"{asked}{self.count.about}")
        known = "" if value_asked else shown if total_asked else f"{shown} {of}"
        self.setAccessibleDescription(
            ", ".join(filter(None, (known, f"{asked}{self.count.about}")))
        )
        self.update()

    def dress(self, form: tuple[TextStep, bool]) -> None:
        """Take on the theme, the scale and a form of ``_FORMS``."""
        step, stacked = form
        ways = QBoxLayout.Direction
        self._row.setDirection(ways.TopToBottom if stacked else ways.LeftToRight)
        theme, metrics = self._themes.theme, self._themes.metrics
        self._column.setContentsMargins(metrics.px(11), metrics.px(5), metrics.px(8), metrics.px(8))
        self._column.setSpacing(0)
        self._row.setSpacing(metrics.px(5))
        self._name.setFont(metrics.ui("caption"))
        self._name.setStyleSheet(f"color: {theme.muted}")
        self.value_label.setFont(metrics.mono(step, bold=True))
        self.value_label.setStyleSheet(f"color: {theme.text}")
        self.total_label.setFont(metrics.ui("caption"))
        self.total_label.setStyleSheet(f"color: {theme.muted}")
        self.change_label.setFont(metrics.mono("caption", bold=True))
        self.change_label.setStyleSheet(f"color: {self._role.ink}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the card, tinted where the event changed it, and how much of the total is there."""
        theme, metrics, role = self._themes.theme, self._themes.metrics, self._role
        card = QRectF(self.rect())
        bar = card.adjusted(0, 0, metrics.px(3) - card.width(), 0)
        done = QRectF(bar.right(), card.bottom() - metrics.px(2), 0, metrics.px(2))
        done.setWidth((card.right() - bar.right()) * self._share)
        with QPainter(self) as painter:
            painter.setPen(QPen(QColor(theme.border), 1))
            painter.setBrush(QColor(role.soft if self.change else theme.window))
            painter.drawRect(card.adjusted(0.5, 0.5, -0.5, -0.5))
            painter.fillRect(bar, QColor(role.colour))
            painter.fillRect(done, QColor(role.colour))


class _Line(QWidget):
    """One fact about the run: an icon, a title and a sentence."""

    def __init__(
        self, themes: ThemeManager, outcome: str, icon: str, title: str, text: str
    ) -> None:
        super().__init__()
        self._themes, self._outcome, self._icon_name = themes, outcome, icon
        self.title, self.text = title, text
        self._icon, self._words = QLabel(), QLabel()
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.RichText)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._words.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(self._words, 1)
        self.setAccessibleName(f"{title}: {text}" if title else text)

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        theme, metrics = self._themes.theme, self._themes.metrics
        role: Role | None = getattr(theme, self._outcome) if self._outcome else None
        ink, side = role.ink if role else theme.muted, metrics.px(16)
        self._icon.setPixmap(pixmap(self._icon_name, ink, side, self.devicePixelRatioF()))
        self._row.setSpacing(metrics.px(8))
        self._words.setFont(metrics.ui("body" if role else "caption"))
        self._words.setStyleSheet(f"color: {theme.text if role else theme.muted}")
        self._write()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break long names only where they would not fit."""
        super().resizeEvent(event)
        self._write()

    def _write(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        role: Role | None = getattr(theme, self._outcome) if self._outcome else None
        room = self._words.width() if self.isVisible() else self.width()
        family, breakable = metrics.mono_family, not fits(self.text, self._words.font(), room)
        html = sentence_html(self.text, frozenset(), family, breakable=breakable)
        ink = role.ink if role else theme.muted
        head = f'<b style="color:{ink}">{self.title}</b> · ' if self.title else ""
        if head + html != self._words.text():
            self._words.setText(head + html)
