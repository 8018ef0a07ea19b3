"""A run: how far it has come, the way to stop it, and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QWidget

from core.lesson.covered import FIGURES, OUTCOME
from core.trace.once import once_a_run
from gui.covered import ASKED, MARK
from gui.icons import pixmap
from gui.widgets.progress_card import ProgressCard

if TYPE_CHECKING:
    from core.trace.trace import Trace
    from gui.expected import Expected
    from gui.session import Session
    from gui.theme import Role, ThemeManager

PATIENCE_MS = 150
"""A run that is over sooner shows nothing: a flash would only disturb."""
LEAST_SECONDS = 0.05
"""Below this a rate says more about the clock than about the run."""

_BETWEEN = "   ·   "
_WIDEST = _BETWEEN.join(("88,888,888 events", "8.88 M events/s", "88% of the event budget"))

OUTCOMES = {
    "completed": ("ok", "success", "Completed"),
    "stack_overflow": ("danger", "error", "Stack overflow"),
    "deadlock": ("danger", "pause", "Deadlock"),
    "out_of_memory": ("danger", "error", "Out of memory"),
    "budget_exhausted": ("warning", "warning", "Event budget used up"),
    "recorded": ("info", "info", "Recorded"),
}
"""How a run can end: the role, the icon and the word."""
EVENTS_AT_ONCE = 1_000_000
"""The key figures of larger runs are worked out after the window has shown the rest."""


def rate_label(events_a_second: float) -> str:
    """Return a rate in three digits: 5.61 M events/s."""
    for unit, size in (("M ", 1e6), ("k ", 1e3)):
        if events_a_second >= size:
            return f"{events_a_second / size:.3g} {unit}events/s"
    return f"{events_a_second:.0f} events/s"


class RunProgress(ProgressCard):
    """A strip that shows while a run takes its time, or a card that floats over another widget.

    Args:
        session: Whose run, and who stops it.
        themes: The theme in force.
        parent: The Qt parent.
        over: What to float over, at its foot, so that nothing moves when it comes and goes.
        patience_ms: How long a run must last before it shows.
        clock: Seconds; for the rate.
    """

    def __init__(
        self,
        session: Session,
        themes: ThemeManager,
        parent: QWidget | None = None,
        over: QWidget | None = None,
        patience_ms: int = PATIENCE_MS,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._clock = clock
        self._began, self._events, self._budget = 0.0, 0, 0
        super().__init__(themes, QLabel(), patience_ms, over, parent)
        self.text.setMinimumWidth(1)
        self.cancel_button.setToolTip("Stop this run; what was played before stays")
        self.cancel_button.clicked.connect(session.cancel)
        session.run_started.connect(self._start)
        session.run_progressed.connect(self._progress)
        session.run_ended.connect(self.end)
        self.setAccessibleName("Run in progress")

    @property
    def share(self) -> float:
        """How much of the budget is used, 0 to 1."""
        return min(1.0, self._events / self._budget) if self._budget else 0.0

    def _start(self) -> None:
        self._began, self._events, self._budget = self._clock(), 0, 0
        self._patience.start()
        self._say()

    def _progress(self, events: int, budget: int) -> None:
        self._events, self._budget = events, budget
        self._say()

    def _say(self) -> None:
        parts = [f"{self._events:,} events"] if self._events else ["Running…"]
        seconds = self._clock() - self._began
        if self._events and seconds >= LEAST_SECONDS:
            parts.append(rate_label(self._events / seconds))
        if self._budget:
            parts.append(f"{self.share:.0%} of the event budget")
        self.setAccessibleDescription(", ".join(parts))
        metrics = self.text.fontMetrics()
        while self.isVisible() and len(parts) > 1:
            # Whole facts or none: the rate goes first, then how many events.
            if metrics.horizontalAdvance(_BETWEEN.join(parts)) <= self.text.width():
                break
            parts.pop(-2)
        self.text.setText(_BETWEEN.join(parts))
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for the line as it gets, with a button, and the bar under it."""
        widest = self.text.fontMetrics().horizontalAdvance(_WIDEST)
        edges = self._row.contentsMargins()
        wide = widest + self._row.spacing() + edges.left() + edges.right()
        return QSize(wide + self.cancel_button.sizeHint().width(), self._row.sizeHint().height())


def outcome_of(trace: Trace) -> str:
    """Return how a run ended; a recording ends where it was stopped, and that says nothing."""
    return trace.info.outcome if trace.info.recording is None else "recorded"


@once_a_run
def key_figure(trace: Trace) -> str:
    """Return what matters about a run in a few words: guard hits, levels, bytes a level.

    Where contexts got into each other's way, that is what matters.
    """
    from core.scenario.contexts import guards_left_set
    from core.scenario.report import stack_summary

    recording, hits = trace.info.recording, len(trace.short_circuits)
    if recording is not None:
        if recording.guard_hits is None:
            return "it cannot show guard hits"
        return f"{hits:,} guard hit{'s' * (hits != 1)}" if hits else "no guard hits"
    lost = len(trace.cpus.lost_updates)
    wrong = [f"{lost:,} lost update{'s' * (lost != 1)}"] if lost else []
    if guards_left_set(trace):
        wrong.append("guard left set")
    if wrong:
        return " · ".join(wrong)
    stack = stack_summary(trace)
    levels, per_level = stack["levels"] or 0, stack["bytes_per_level"]
    parts = [f"{hits:,} guard hit{'s' * (hits != 1)}"] if hits else []
    if levels:
        deep = f"{levels:,} level{'s' * (levels != 1)}"
        parts.append(f"{deep}, {per_level:,} bytes a level" if per_level else deep)
    return " · ".join(parts) or "no recursion"


def outcome_details(trace: Trace) -> str:
    """Return how a run ended in full, for the tool tip."""
    detail = ", ".join(
        f"{name.replace('_', ' ')}: {value:,}" if isinstance(value, int) else
        f"{name.replace('_', ' ')}: {value}"
        for name, value in trace.info.outcome_detail.items()
    )  # fmt: skip
    return detail[:1].upper() + detail[1:]


class ResultChip(QWidget):
    """How the run at hand ended: a sign, a word and its key figure.

    Args:
        session: Whose run.
        themes: The theme in force.
        parent: The Qt parent.
    """

    def __init__(
        self, session: Session, themes: ThemeManager, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._themes = session, themes
        self.word, self.figure = "", ""
        self._running = False
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._work_out)
        session.trace_changed.connect(self._take)
        session.run_started.connect(self._run_started)
        session.run_ended.connect(self._run_ended)
        session.covered.changed.connect(self._cover)
        self._take()

    def _take(self) -> None:
        trace = self._session.trace
        self.setVisible(trace is not None)
        self._later.stop()
        if trace is None:
            return
        self.word, self.figure = OUTCOMES[outcome_of(trace)][2], ""
        if len(trace) > EVENTS_AT_ONCE:
            self._say("…")
            self._later.start()
        else:
            self._work_out()

    def prepare(self, expected: Expected) -> None:
        """Work out ahead what there is to say of a run."""
        if len(expected.trace) <= EVENTS_AT_ONCE:
            key_figure(expected.trace)

    def _work_out(self) -> None:
        trace = self._session.trace
        if trace is not None:
            self._say(key_figure(trace))

    def _say(self, figure: str) -> None:
        self.figure = figure
        self._cover()
        self.updateGeometry()

    def _cover(self) -> None:
        """Say what is not asked for; the room stays that of the result."""
        trace, asked = self._session.trace, FIGURES in self._session.covered
        if trace is not None:
            self.setToolTip(ASKED if asked else outcome_details(trace))
        self._name()
        self.update()

    @property
    def shown(self) -> tuple[str, str]:
        """The word and the figure as they are shown, with a mark for what a lesson asks."""
        covered = self._session.covered
        return (
            MARK if OUTCOME in covered else self.word,
            MARK if FIGURES in covered else self.figure,
        )

    def _run_started(self) -> None:
        self._show_running(True)

    def _run_ended(self) -> None:
        self._show_running(False)

    def _show_running(self, running: bool) -> None:
        self._running = running
        self._name()
        self.update()

    def _name(self) -> None:
        asked = ASKED if FIGURES in self._session.covered else ""
        result = ", ".join(filter(None, (each.strip(MARK) for each in (*self.shown, asked))))
        now = f"Running; the run before: {result}" if self._running else f"Result: {result}"
        self.setAccessibleName(now)

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for the word over the figure."""
        metrics = self._themes.metrics.frame()
        word = QFontMetrics(metrics.ui("title", bold=True)).horizontalAdvance(self.word)
        figure = QFontMetrics(metrics.ui("caption")).horizontalAdvance(self.figure)
        return QSize(max(word, figure) + metrics.px(58), metrics.px(47))

    def minimumSizeHint(self) -> QSize:
        """Return the same: it is never clipped."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the chip."""
        trace = self._session.trace
        if trace is None:
            return
        theme, metrics = self._themes.theme, self._themes.metrics.frame()
        px = metrics.px
        name, sign, _ = OUTCOMES[outcome_of(trace)]
        word, figure = self.shown
        if OUTCOME in self._session.covered:
            name, sign = "info", "help"
        role: Role = getattr(theme, "info" if self._running else name)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(role.colour), 1))
            painter.setBrush(QColor(role.soft))
            inside = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(inside, px(8), px(8))
            side = px(24)
            image = pixmap(
                "rerun" if self._running else sign, role.ink, side, self.devicePixelRatioF()
            )
            painter.drawPixmap(px(12), (self.height() - side) // 2, image)
            text = self.rect().adjusted(px(46), px(5), -px(6), -px(6))
            flags = Qt.AlignmentFlag
            painter.setFont(metrics.ui("title", bold=True))
            painter.setPen(QColor(role.ink))
            painter.drawText(
                text, flags.AlignLeft | flags.AlignTop, "Running…" if self._running else word
            )
            painter.setFont(metrics.ui("caption"))
            painter.setPen(QColor(theme.text))
            if self._running:
                figure = "the run before is still shown"
            painter.drawText(text, flags.AlignLeft | flags.AlignBottom, figure)
