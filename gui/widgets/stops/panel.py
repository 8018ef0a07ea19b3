"""Stops: what playing stops at, how often that happens, and a line to add another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.trace.stops import Stop, after, before
from gui.widgets.stops.adding import AddStop
from gui.widgets.stops.model import StopsModel
from gui.widgets.stops.rows import StopList

if TYPE_CHECKING:
    from gui.playback import Playback
    from gui.session import Session
    from gui.theme import ThemeManager

_WHAT = "A stop halts playing where something happens."
_HOW = "Both ways and at any speed; play again to go on."


class StopsPanel(QWidget):
    """The stops of a session.

    Args:
        session: Whose stops.
        playback: Who stops at them; going to a hit pauses it.
        themes: The theme in force.
    """

    def __init__(self, session: Session, playback: Playback, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._playback, self._themes = session, playback, themes
        self.adding = AddStop(session, themes)
        self.model = StopsModel(session, playback, self)
        self.list = StopList(themes)
        self.list.setModel(self.model)
        self.suggestion = QPushButton("Stop at any short-circuit")
        self.what, self.how = _words(_WHAT), _words(_HOW)
        self.total = _words("")
        self.restore, self.clear = QPushButton("As the scenario has it"), QPushButton("Remove all")
        self._build()
        session.stops.changed.connect(self._show)
        session.source_changed.connect(self._show)
        themes.changed.connect(self._dress)
        self._dress()

    def _build(self) -> None:
        self._empty = QWidget()
        self._empty_column = QVBoxLayout(self._empty)
        for label in (self.what, self.how):
            self._empty_column.addWidget(label)
        self._empty_column.addWidget(self.suggestion, 0, Qt.AlignmentFlag.AlignLeft)
        self._empty_column.addStretch(1)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.list)
        self._foot, self._column = QHBoxLayout(), QVBoxLayout(self)
        self._foot.addWidget(self.total, 1)
        for button in (self.restore, self.clear):
            button.setFlat(True)
            self._foot.addWidget(button)
        self._column.addWidget(self.adding)
        self._column.addWidget(self._pages, 1)
        self._column.addLayout(self._foot)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAccessibleName("Stops")
        self.setFocusProxy(self.list)
        self.restore.setToolTip("Take the stops that the scenario's file lists")
        self.suggestion.clicked.connect(self._take_suggestion)
        self.restore.clicked.connect(self._restore)
        self.clear.clicked.connect(self._session.stops.clear)
        self.list.removed.connect(self._remove)
        self.list.gone_to.connect(self._go)
        self.adding.added.connect(self._choose)

    # -- what the user does ---------------------------------------------------------------

    def _take_suggestion(self) -> None:
        stop = Stop("short_circuit")
        self._session.stops.add(stop)
        self._choose(stop)
        self.list.setFocus()

    def _restore(self) -> None:
        self._session.stops.replace(self._session.stops.of_scenario)

    def _remove(self, stop: Stop) -> None:
        """Take a stop away; the keyboard stays in the list, or goes on where it is empty."""
        at, had_focus = self.list.currentIndex().row(), self.list.hasFocus()
        self._session.stops.remove(stop)
        left = self.model.rowCount()
        if left:
            self.list.setCurrentIndex(self.model.index(max(0, min(at, left - 1))))
        elif had_focus:
            self.suggestion.setFocus()

    def _choose(self, stop: Stop) -> None:
        for at, listed in enumerate(self._session.stops.listed):
            if listed.same_as(stop):
                self.list.setCurrentIndex(self.model.index(at))

    def _go(self, stop: Stop, way: int) -> None:
        """Go to a hit of one stop, round the end of the run where there is none further on."""
        hits = self._session.stops.hits_of(stop)
        if not len(hits):
            return
        at = (after if way > 0 else before)(hits, self._session.position)
        self._playback.pause()
        self._session.seek(int(hits[0 if way > 0 else -1]) if at is None else at)

    # -- what is shown --------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Show what has changed while the panel was hidden."""
        super().showEvent(event)
        self._show()

    def _show(self) -> None:
        if not self.isVisible():
            return  # Counting hits in a long run takes some milliseconds a stop.
        stops = self._session.stops
        listed, own, total = stops.listed, stops.of_scenario, self._total_text()
        self._pages.setCurrentWidget(self.list if listed else self._empty)
        self.restore.setVisible(bool(own) and own != listed)
        self.clear.setVisible(len(listed) > 1)
        self.total.setText(total)
        self.total.setVisible(bool(listed))
        self.setAccessibleDescription(total or f"{_WHAT} {_HOW}")

    def _total_text(self) -> str:
        stops = self._session.stops
        on = sum(stop.enabled for stop in stops.listed)
        if not stops.listed:
            return ""
        if not on:
            return "All are off"
        places = len(stops.hits())
        return f"Stops at {places:,} {'event' if places == 1 else 'events'}"

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        px, frame = metrics.px, metrics.frame()
        self._column.setContentsMargins(px(12), px(10), px(12), px(8))
        self._column.setSpacing(px(8))
        self._empty_column.setContentsMargins(0, px(4), 0, 0)
        self._empty_column.setSpacing(px(6))
        for label, ink in ((self.what, theme.text), (self.how, theme.muted)):
            label.setFont(metrics.ui())
            label.setStyleSheet(f"color: {ink}")
        self.total.setFont(metrics.ui("caption"))
        self.total.setStyleSheet(f"color: {theme.muted}")
        self.suggestion.setFont(metrics.ui())
        for button in (self.restore, self.clear):
            button.setFont(frame.ui("caption"))
        self.list.dress()


def _words(text: str) -> QLabel:
    label = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label
