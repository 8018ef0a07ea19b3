"""The answer as one sentence, large enough for the last row; before it, how far the search is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.icons import pixmap
from gui.widgets.explore.words import (
    INFO,
    Verdict,
    figures_of,
    lost_words,
    progress_words,
    verdict_of,
)

if TYPE_CHECKING:
    from gui.explore_session import ExploreSession
    from gui.theme import Role, TextStep, ThemeManager

_SIGNS = {"ok": "success", "danger": "error", "warning": "warning", "info": "explore"}
_STEPS: tuple[TextStep, ...] = ("display", "heading", "title", "body")
_TALLEST_SHARE = 0.22
"""Of the window's height, for the sentence; a longer one is written smaller."""
_LEVEL = "Level: how many switches, interrupts and failures the runs have that are tried now"
_OUTDATED = "The question has changed since: explore again for its answer."


class VerdictBanner(QWidget):
    """A sign, the sentence, and what it is made of.

    Args:
        session: The answer, and how far it is.
        themes: The theme in force.
    """

    def __init__(self, session: ExploreSession, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self.verdict = Verdict(INFO, "")
        self._brief = False
        self.sign, self.sentence = QLabel(), QLabel(wordWrap=True)
        self.note, self.figures = QLabel(wordWrap=True), QLabel(wordWrap=True)
        flags = Qt.TextInteractionFlag.TextSelectableByMouse
        for label in (self.sentence, self.note, self.figures):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(flags)
        self._row, self._words = QHBoxLayout(self), QVBoxLayout()
        self._row.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addLayout(self._words, 1)
        for label in (self.sentence, self.note, self.figures):
            self._words.addWidget(label)
        session.started.connect(self.renew)
        session.progressed.connect(self.renew)
        session.ended.connect(self._end)
        session.question_changed.connect(self.renew)
        themes.changed.connect(self._dress)
        self._dress()
        self.renew()

    @property
    def role(self) -> Role:
        """The colours of what is said."""
        role: Role = getattr(self._themes.theme, self.verdict.kind)
        return role

    @property
    def share(self) -> float:
        """How much of the search is done as far as anybody can tell; 0 where none is under way."""
        session, progress = self._session, self._session.progress
        if not session.busy or progress is None:
            return 0.0
        if session.estimate is not None and session.estimate.runs:
            return min(0.98, progress.runs / session.estimate.runs)
        bound = session.bound
        return min(0.98, progress.cost / (bound.irqs + bound.preemptions + bound.failures + 1))

    def set_brief(self, brief: bool) -> None:
        """Leave out what is said below as well, where room is short."""
        if brief != self._brief:
            self._brief = brief
            self.renew()

    def renew(self) -> None:
        """Say what is so now."""
        session, result = self._session, self._session.result
        if session.busy:
            said = progress_words(session.progress, stopping=session.stopping)
            if session.preparing:
                said = "Finding out how many runs this is…"
            broken = session.progress is not None and session.progress.broken
            self.verdict = Verdict("danger" if broken else INFO, said)
            figures = self._progress_figures()
            self.figures.setToolTip(_LEVEL)
        elif result is not None:
            self.verdict = verdict_of(result)
            figures = figures_of(result)
        else:
            self.verdict, figures = Verdict(INFO, ""), ""
        if not session.busy:
            self.figures.setToolTip("")
        notes = ["" if self._brief else self.verdict.told, self.verdict.note]
        if not session.busy and result is not None:
            notes += [_OUTDATED if session.outdated else "", lost_words(result), *result.warnings]
        self._put(self.sentence, self.verdict.sentence)
        self._put(self.note, " ".join(filter(None, notes)))
        self._put(self.figures, figures)
        self.setAccessibleName(self.verdict.sentence)
        self.setAccessibleDescription(figures)
        self._colour()

    def _put(self, label: QLabel, text: str) -> None:
        if label.text() != text:
            label.setText(text)
        label.setVisible(bool(text))

    def _progress_figures(self) -> str:
        progress = self._session.progress
        if progress is None:
            return ""
        rate = progress.runs / progress.seconds if progress.seconds > 0 else 0
        most = self._session.bound
        level = most.irqs + most.preemptions + most.failures
        return "   ·   ".join(
            (
                f"{progress.runs:,} runs",
                f"{progress.states:,} states",
                f"{rate:,.0f} runs/s",
                f"level {progress.cost:,} of {level:,}",
                f"{progress.frontier:,} still to try",
                f"{progress.seconds:,.1f} s",
            )
        )

    def _end(self) -> None:
        self.renew()
        if self.verdict.sentence:
            told = QAccessibleAnnouncementEvent(self, self.verdict.sentence)
            QAccessible.updateAccessibility(told)

    # -- look -----------------------------------------------------------------------------

    def _dress(self) -> None:
        metrics = self._themes.metrics
        px = metrics.px
        self._row.setContentsMargins(px(20), px(12), px(16), px(12))
        self._row.setSpacing(px(14))
        self._words.setSpacing(px(3))
        self.note.setFont(metrics.ui())
        self.figures.setFont(metrics.ui())
        self._colour()

    def _colour(self) -> None:
        theme, px = self._themes.theme, self._themes.metrics.px
        sign = _SIGNS[self.verdict.kind]
        self.sign.setPixmap(pixmap(sign, self.role.ink, px(34), self.devicePixelRatioF()))
        self.sentence.setStyleSheet(f"color: {self.role.ink}")
        self.note.setStyleSheet(f"color: {theme.text}")
        self.figures.setStyleSheet(f"color: {theme.muted}")
        self._fit()
        self.update()

    def _fit(self) -> None:
        """Write the sentence as large as it may be: not over too much of the window."""
        metrics = self._themes.metrics
        room = max(1, self.width() - metrics.px(20 + 34 + 14 + 16))
        tallest = self.window().height() * _TALLEST_SHARE
        wrap = Qt.TextFlag.TextWordWrap
        for step in _STEPS:
            font = metrics.ui(step, bold=True)
            box = QFontMetrics(font).boundingRect(
                QRect(0, 0, room, 100_000), wrap, self.verdict.sentence
            )
            if box.height() <= tallest and box.width() <= room:
                break
        if font != self.sentence.font():
            self.sentence.setFont(font)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write as large as the room allows."""
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        """Return room for what is said."""
        return self._row.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Tint the banner, with a bar in full colour at its start and progress along its foot."""
        theme, px = self._themes.theme, self._themes.metrics.px
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self.role.soft))
            painter.fillRect(0, 0, px(6), self.height(), QColor(self.role.colour))
            painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(theme.border))
            if self._session.busy:
                groove = QRectF(0, self.height() - px(4), self.width(), px(4))
                painter.fillRect(groove, QColor(theme.pressed))
                groove.setWidth(groove.width() * self.share)
                painter.fillRect(groove, QColor(theme.accent))
