"""Looking for functions in the flame graph: a pattern, its share of everything, from hit to hit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.icons import icon
from gui.widgets.controls import CONTROL_PX, tip_button
from gui.widgets.keyboard import focus_home
from gui.widgets.pattern_field import PatternField
from gui.widgets.recordings.words import field_sheet, share_text

if TYPE_CHECKING:
    from gui.recording_session import RecordingSession
    from gui.theme import ThemeManager


class SearchBox(QWidget):
    """A regular expression over functions.

    Args:
        session: Whose tree is searched.
        themes: The theme in force.
    """

    def __init__(self, session: RecordingSession, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self.field = PatternField("Search functions  ( / )", clears=True)
        self.counter = QLabel()
        self.error = QLabel(wordWrap=True)
        self.previous_button = tip_button("Hit before  (P, Shift+Enter)")
        self.next_button = tip_button("Next hit  (N, Enter)")
        self._column, self._row = QVBoxLayout(self), QHBoxLayout()
        self._row.addWidget(self.field, 1)
        for widget in (self.counter, self.previous_button, self.next_button):
            self._row.addWidget(widget)
        self._column.addLayout(self._row)
        self._column.addWidget(self.error)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.field.textEdited.connect(session.set_search)
        self.field.textChanged.connect(self._cleared)
        self.field.went.connect(self._go)
        self.field.left.connect(self._leave)
        self.previous_button.clicked.connect(session.previous_hit)
        self.next_button.clicked.connect(session.next_hit)
        session.search_changed.connect(self._show)
        session.selection_changed.connect(self._count)
        session.recording_changed.connect(self._show)
        themes.changed.connect(self._dress)
        self._dress()

    def begin(self) -> None:
        """Let the user type over what was looked for."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def _cleared(self, text: str) -> None:
        """The cross in the field was clicked."""
        if not text:
            self._session.set_search("")

    def _leave(self) -> None:
        self._session.set_search("")
        focus_home(self)

    def _go(self, way: int) -> None:
        if way > 0:
            self._session.next_hit()
        else:
            self._session.previous_hit()

    def _show(self) -> None:
        session = self._session
        if self.field.text() != session.search:
            self.field.setText(session.search)
        self.error.setVisible(bool(session.search_error))
        self.error.setText(session.search_error[:1].upper() + session.search_error[1:])
        self.field.setStyleSheet(field_sheet(self._themes, bool(session.search_error)))
        for button in (self.previous_button, self.next_button):
            button.setEnabled(session.hit_count > 0)
        self._count()

    def _count(self) -> None:
        session = self._session
        text = ""
        if session.search and not session.search_error and session.tree is not None:
            total, number = session.hit_count, session.hit_number
            share = share_text(session.matched_share)
            first = f"{number:,} of {total:,}" if number else f"{total:,}"
            text = f"{first} · {share}" if total else "not found"
        self.counter.setText(text)
        self.counter.setToolTip("Frames that match, and how much of all has one on its stack")
        self.field.setAccessibleDescription(session.search_error or text)

    def _dress(self) -> None:
        metrics, theme = self._themes.metrics.frame(), self._themes.theme
        side, ratio = metrics.px(16), self.devicePixelRatioF()
        self._row.setSpacing(metrics.px(4))
        self.field.setFont(metrics.mono())
        for label, colour in ((self.counter, theme.muted), (self.error, theme.danger.ink)):
            label.setFont(metrics.ui("caption"))
            label.setStyleSheet(f"color: {colour}")
        for button, name in ((self.previous_button, "back"), (self.next_button, "forward")):
            button.setIcon(icon(name, theme, side, ratio=ratio))
            button.setIconSize(QSize(side, side))
            button.setFixedSize(metrics.px(CONTROL_PX), metrics.px(CONTROL_PX))
        self._show()
