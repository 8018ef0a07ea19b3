"""What has just happened, as one sentence that can be read from the last row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QFontMetrics,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from core.lesson.covered import BITS, LENGTH
from core.trace.events import Kind
from gui.covered import ASKED, MARK
from gui.theme import Metrics, Role, TextStep, ThemeManager
from gui.widgets.elided import ElidedLabel
from gui.widgets.in_sight import InSight
from gui.widgets.sentences import (
    event_text,
    fits,
    height_of,
    longest_sentences,
    names_in,
    sentence_html,
    time_text,
)
from gui.widgets.wrapped import WrappedLabel

if TYPE_CHECKING:
    from core.trace.stops import Stop
    from core.trace.trace import Trace
    from gui.expected import Expected
    from gui.session import Session

RESTED_MS = 450
"""How long the cursor must rest before its sentence is read out. Playing at the ordinary pace goes
on before that, except where a moment is held because it matters."""

SIGNS = {
    Kind.SHORT_CIRCUITED: "short-circuit",
    Kind.WARNED: "warning",
    Kind.STOPPED: "the run ends",
    Kind.LOST_UPDATE: "lost update",
    Kind.INTERRUPTED: "interrupt",
}
"""What stands beside an emphasised sentence, by what happened."""

BEFORE = "Nothing has happened yet."
NO_RUN = "Open a scenario to see what the kernel does."
CLOCK_NOTE = (
    "Simulated time: a teaching clock that gives each step a plausible cost. Not a measurement."
)
RECORDED_NOTE = "Time as the recording has it"
PUT_TOGETHER_NOTE = (
    "Time put together from the durations in the recording: it passed at least so much of it"
)

_LARGEST_SCALE = 2.0
_SHARED_PX = 250
"""In a workspace of this height the sentence has the scale of 1, and in a higher one more."""
_MOST_FITTING = 32
"""So many sizes are remembered; the steps of a lesson share few runs and widths."""
_LOW_PX: dict[TextStep, int] = {"heading": 500, "title": 320}
"""Height of the workspace, at the scale of 1, from which on the sentence may be so large."""
_LARGEST: tuple[tuple[TextStep, int], ...] = (("heading", 3), ("title", 4), ("body", 99))
"""Sizes of the sentence, and in how many lines the run's longest one must fit to get that size."""
_SHORT_PX = 360
"""Below this width at 100 % the sign of an emphasised sentence is its letter only."""


NO_STOP = (-2, "")
"""Where playing stopped last, and why: nowhere."""


def _clock_note(trace: Trace | None) -> str:
    """Return what kind of time a run has."""
    recording = trace.info.recording if trace is not None else None
    if recording is None:
        return CLOCK_NOTE
    return PUT_TOGETHER_NOTE if recording.times_inferred else RECORDED_NOTE


class ExplanationStrip(QWidget):
    """The sentence of the event at the cursor, with its number, time and task.

    Its height is that of the run's longest sentence, so that nothing jumps while it plays.

    Args:
        session: Whose trace and cursor it follows.
        themes: The theme in force.
        largest: The largest size of the sentence.
    """

    def __init__(
        self, session: Session, themes: ThemeManager, largest: TextStep = "heading"
    ) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        steps = [step for step, _lines in _LARGEST]
        self._steps = _LARGEST[steps.index(largest) :]
        self._room_px = 0
        self._role: Role | None = None
        self._playing = self._breakable = False
        self._names: frozenset[str] = frozenset()
        self._longest = [NO_RUN]
        self._fitting: dict[tuple[object, ...], tuple[TextStep, bool, int]] = {}
        self.text = NO_RUN
        self.sentence = WrappedLabel()
        self.sentence.setTextFormat(Qt.TextFormat.RichText)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.sentence.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.sign = QLabel()
        self.facts_label = ElidedLabel()
        self.rest = QTimer(self, singleShot=True, interval=RESTED_MS)
        self.rest.timeout.connect(self.announce)
        # Placed by hand: its height stays while a run plays, and a layout would have the whole
        # window laid out at every event.
        for part in (self.sentence, self.sign, self.facts_label):
            part.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Explanation")
        in_sight = InSight(self)
        in_sight.connect_to(session.trace_changed, self._take_trace)
        in_sight.connect_to(session.position_changed, self._move)
        for changed in (session.trace_changed, session.position_changed, session.covered.changed):
            in_sight.connect_to(changed, self._show)
        themes.changed.connect(self._dress)
        self._take_trace()
        self._dress()

    def set_playing(self, playing: bool) -> None:
        """Keep silent while it plays; read the sentence out when it pauses."""
        self._playing = playing
        if playing:
            self.rest.stop()
        else:
            self.announce()

    def set_room(self, height_px: int) -> None:
        """Leave the picture its share of a workspace that is low.

        Args:
            height_px: The workspace's height.
        """
        before = self._sizes()
        self._room_px = height_px
        if self._sizes() != before:
            self._dress()

    def show_stop(self, position: int, stop: Stop) -> None:
        """Say at which stop playing stopped, as long as the cursor stays there."""
        from core.trace.stops import describe

        self._stopped = position, f"stopped: {describe(stop)}"
        self._show()

    def announce(self) -> None:
        """Read the sentence out to whoever listens rather than looks."""
        if self.isVisible() and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.text))

    # -- what is shown --------------------------------------------------------------------------

    def prepare(self, expected: Expected) -> None:
        """Find the size of the sentences of a run where the cursor will probably be."""
        trace = expected.trace
        self._fitted(longest_sentences(trace) or [BEFORE], names_in(trace))

    def _take_trace(self) -> None:
        trace = self._session.trace
        self._names = frozenset()
        self._longest = [NO_RUN]
        self._stopped = NO_STOP
        if trace is not None:
            self._names, self._longest = names_in(trace), longest_sentences(trace) or [BEFORE]
        self._size_sentence()

    def _move(self, position: int) -> None:
        if position != self._stopped[0]:
            self._stopped = NO_STOP
        if self._playing or not QAccessible.isActive() or not self.isVisible():
            return
        self.rest.start()

    def _show(self) -> None:
        trace, state = self._session.trace, self._session.state()
        if trace is None or state is None:
            self.text, self._role = NO_RUN, None
            facts = ""
        else:
            from core.trace.explain import explain

            mark = MARK if BITS in self._session.covered else ""
            self.text, self._role = explain(trace, state.position, mark=mark), self._role_at(trace)
            task = trace.info.tasks[state.task]
            event = event_text(state.position, len(trace))
            if LENGTH in self._session.covered:
                event = f"{event.rpartition(' ')[0]} {MARK}"
            parts = [event, time_text(state.clock_ns), task.label]
            parts += _place(trace, state.position)
            if self._stopped[0] == state.position:
                parts.append(self._stopped[1])
            facts = " · ".join(parts)
        asked = LENGTH in self._session.covered
        self.facts_label.set_text(facts, ASKED if asked else _clock_note(trace) if facts else "")
        html = self._html(self.text)
        self.sentence.setText(f"<b>{html}</b>" if self._role is not None else html)
        ink = self._role.ink if self._role is not None else self._themes.theme.text
        sheet = f"color: {ink}"
        if self.sentence.styleSheet() != sheet:  # to put it on again is to style it again
            self.sentence.setStyleSheet(sheet)
        self._show_sign()
        self._place()
        self.setAccessibleDescription(" ".join(filter(None, (self.text, facts))))
        self.update()

    def _show_sign(self) -> None:
        role, metrics = self._role, self._metrics
        self.sign.setVisible(role is not None)
        if role is not None:
            short, trace = self.width() < metrics.px(_SHORT_PX), self._session.trace
            assert trace is not None
            said = SIGNS[trace.kind(self._session.position)]
            self.sign.setText(role.glyph if short else f"{role.glyph}  {said}")
            self.sign.setToolTip(said)
            size = metrics.ui("caption").pixelSize()
            sheet = (
                f"background: {role.colour}; color: {role.on_colour}; padding: 0 {metrics.px(7)}px;"
                f" border-radius: {metrics.px(4)}px; font-size: {size}px; font-weight: 600"
            )
            if self.sign.styleSheet() != sheet:
                self.sign.setStyleSheet(sheet)

    def _role_at(self, trace: Trace) -> Role | None:
        """The emphasis of the event: the guard's for a short-circuit, warnings and the end."""
        if self._session.position < 0:
            return None
        theme = self._themes.theme
        emphasis = {
            Kind.SHORT_CIRCUITED: theme.role("guard"),
            Kind.WARNED: theme.warning,
            Kind.STOPPED: theme.danger,
            Kind.LOST_UPDATE: theme.danger,
            Kind.INTERRUPTED: theme.role("interrupt"),
        }
        return emphasis.get(trace.kind(self._session.position))

    # -- how large ------------------------------------------------------------------------------

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._metrics
        self.facts_label.setFont(metrics.ui("caption"))
        self.facts_label.setStyleSheet(f"color: {theme.muted}")
        self.sign.setFont(metrics.ui("caption", bold=True))
        self._size_sentence()
        self._show()
        self.updateGeometry()

    def _size_sentence(self) -> None:
        """Take the largest text in which the longest sentence fits, and the height it needs."""
        step, self._breakable, height = self._fitted(self._longest, self._names)
        self.sentence.setFont(self._metrics.ui(step))
        if height != self.sentence.height():
            self.sentence.setFixedHeight(height)
            self.updateGeometry()
        self._place()

    def _inside(self) -> QRect:
        """Where the sentence and the facts are."""
        px, low = self._metrics.px, self._is_low("title")
        above = px(5 if low else 10)
        return self.rect().adjusted(px(14) + px(4), above, -px(14), -above)

    def _row_px(self) -> int:
        """Height of the facts, with a sign or without."""
        fonts = (self._metrics.ui("caption", bold=bold) for bold in (False, True))
        return max(QFontMetrics(font).height() for font in fonts)

    def _place(self) -> None:
        """Put the sentence above and the facts below."""
        inside, row = self._inside(), self._row_px()
        self.sentence.setGeometry(inside.x(), inside.y(), inside.width(), self.sentence.height())
        left, top = inside.x(), inside.bottom() + 1 - row
        if not self.sign.isHidden():
            wide = min(self.sign.sizeHint().width(), inside.width())
            self.sign.setGeometry(left, top, wide, row)
            left += wide + self._metrics.px(10)
        self.facts_label.setGeometry(left, top, max(0, inside.right() + 1 - left), row)

    def _fitted(self, longest: Sequence[str], names: frozenset[str]) -> tuple[TextStep, bool, int]:
        """Return what ``_fit`` finds at the width as it is."""
        width = max(1, self._inside().width())
        asked = width, tuple(longest), names, self._sizes()
        if asked not in self._fitting:
            while len(self._fitting) >= _MOST_FITTING:
                del self._fitting[next(iter(self._fitting))]
            self._fitting[asked] = self._fit(width, longest, names)
        return self._fitting[asked]

    def _fit(
        self, width: int, longest: Sequence[str], names: frozenset[str]
    ) -> tuple[TextStep, bool, int]:
        """Return a size of type, whether words have to be broken in it, and the height it needs."""
        metrics = self._metrics
        for step, most_lines in self._steps:
            if self._is_low(step):
                continue
            font = metrics.ui(step)
            breakable = not all(fits(text, font, width) for text in longest)
            family = metrics.mono_family
            written = (sentence_html(text, names, family, breakable=breakable) for text in longest)
            height = max(height_of(html, font, width) for html in written)
            if height < (most_lines + 0.5) * QFontMetricsF(font).lineSpacing():
                break
        return step, breakable, height

    def _sizes(self) -> tuple[object, ...]:
        """Return what the sizes in here depend on, besides the width and the text."""
        return self._metrics, *(self._is_low(step) for step in _LOW_PX)

    def _is_low(self, step: TextStep) -> bool:
        """Whether the workspace has too little height for so large a sentence."""
        room = self._room_px / self._themes.metrics.scale
        return bool(self._room_px) and room < _LOW_PX.get(step, 0)

    def _html(self, text: str) -> str:
        family = self._metrics.mono_family
        return sentence_html(text, self._names, family, breakable=self._breakable)

    @property
    def _metrics(self) -> Metrics:
        """The sizes in force; the sentence stops growing before it pushes the stack away."""
        metrics = self._themes.metrics
        shared = max(1.0, self._room_px / _SHARED_PX) if self._room_px else _LARGEST_SCALE
        return replace(metrics, scale=min(metrics.scale, _LARGEST_SCALE, shared))

    def sizeHint(self) -> QSize:
        """Return the height in force; any width will do."""
        around = self.height() - self._inside().height()
        between = self._metrics.px(2 if self._is_low("title") else 6)
        return QSize(
            self._metrics.px(480), around + self.sentence.height() + between + self._row_px()
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the sentence to another width."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._size_sentence()
            self._show()
        self._place()

    def event(self, event: QEvent) -> bool:
        """Stop waiting to speak when hidden."""
        if event.type() == QEvent.Type.Hide:
            self.rest.stop()
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the emphasis: a tint and a bar."""
        theme, metrics = self._themes.theme, self._metrics
        with QPainter(self) as painter:
            role = self._role
            painter.fillRect(self.rect(), QColor(role.soft if role else theme.surface))
            bar = QRectF(0, 0, metrics.px(4), self.height())
            painter.fillRect(bar, QColor(role.colour if role else theme.border))


def _place(trace: Trace, position: int) -> list[str]:
    """The CPU and the interrupt, where a run has several CPUs or any interrupt."""
    if trace.cpus.plain or position < 0:
        return []
    from core.trace.explain import interrupt_at

    cpu = [f"CPU {trace.cpus.cpu_at(position)}"] if trace.cpus.several else []
    interrupt = interrupt_at(trace, position)
    return [*cpu, *([f"in interrupt {interrupt}"] if interrupt else [])]
