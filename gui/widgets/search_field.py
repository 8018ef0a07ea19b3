"""A slim bar to find functions: a field, how many hits, and the way to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.icons import icon, pixmap
from gui.widgets.bar import fill_bar
from gui.widgets.controls import CONTROL_PX, tip_button
from gui.widgets.pattern_field import PatternField

if TYPE_CHECKING:
    from gui.search import Search
    from gui.theme import ThemeManager

_SHORT_PX = 300
_FIELD_PX = 260
"""The field grows no wider than this, at 100 %."""


class SearchField(QWidget):
    """Finds the calls of functions by a regular expression.

    Args:
        search: What is looked for.
        themes: The theme in force.
    """

    closed = Signal()
    """The user is done: Esc, or the cross."""

    def __init__(self, search: Search, themes: ThemeManager) -> None:
        super().__init__()
        self._search, self._themes = search, themes
        self.field = PatternField("Function, or regular expression")
        self.counter = QLabel()
        self.error_label = QLabel(wordWrap=True)
        self.previous_button = tip_button("Hit before  (Shift+Enter)")
        self.next_button = tip_button("Next hit  (Enter)")
        self.close_button = tip_button("End the search  (Esc)")
        self._sign = QLabel()
        self._build()
        self.field.textEdited.connect(search.set_pattern)
        self.field.went.connect(self._go)
        self.field.left.connect(self.close_bar)
        self.previous_button.clicked.connect(search.previous)
        self.next_button.clicked.connect(search.next)
        self.close_button.clicked.connect(self.close_bar)
        search.changed.connect(self._show)
        search.session.position_changed.connect(self._count)
        themes.changed.connect(self._dress)
        self._dress()
        self._show()

    def _build(self) -> None:
        self._column, self._row = QVBoxLayout(self), QHBoxLayout()
        self._column.setSpacing(0)
        self._row.addWidget(self._sign)
        self._row.addWidget(self.field, 1)
        for widget in (
            self.counter, self.previous_button, self.next_button, self.close_button,
        ):  # fmt: skip
            self._row.addWidget(widget)
        self._column.addLayout(self._row)
        self._column.addWidget(self.error_label)
        self.setFocusProxy(self.field)
        self.setAccessibleName("Search functions")

    # -- what the user does ---------------------------------------------------------------

    def open_bar(self) -> None:
        """Show the bar and let the user type over what was looked for."""
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def close_bar(self) -> None:
        """Look for nothing and go."""
        self._search.clear()
        self.hide()
        self.closed.emit()

    def _go(self, way: int) -> None:
        if way > 0:
            self._search.next()
        else:
            self._search.previous()

    # -- what is shown --------------------------------------------------------------------

    def _show(self) -> None:
        search = self._search
        if self.field.text() != search.pattern:
            self.field.setText(search.pattern)
        for button in (self.previous_button, self.next_button):
            button.setEnabled(search.total > 0)
        self.error_label.setVisible(bool(search.error))
        self.error_label.setText(search.error[:1].upper() + search.error[1:])
        theme = self._themes.theme
        self.field.setStyleSheet(
            f"border: 2px solid {theme.danger.colour}; padding: 3px 7px" if search.error else ""
        )
        functions = ", ".join(search.hits.functions[:20]) if search.hits is not None else ""
        self.counter.setToolTip(functions)
        self._count()

    def _count(self, _position: int = 0) -> None:
        search = self._search
        text = ""
        if search.hits is not None:
            text = f"{search.number:,} of {search.total:,}" if search.total else "no call"
        self.counter.setText(text)
        told = search.error or (f"hit {text}" if search.total else text)
        self.field.setAccessibleDescription(told)

    def _dress(self) -> None:
        theme, frame = self._themes.theme, self._themes.metrics.frame()
        ratio, side = self.devicePixelRatioF(), frame.px(16)
        self._column.setContentsMargins(frame.px(10), frame.px(4), frame.px(6), frame.px(4))
        self._row.setSpacing(frame.px(4))
        self._sign.setPixmap(pixmap("search", theme.muted, side, ratio))
        self.field.setFont(frame.mono())
        self.field.setMinimumWidth(frame.px(70))
        self.counter.setFont(frame.ui("caption"))
        self.counter.setStyleSheet(f"color: {theme.muted}; padding: 0 {frame.px(4)}px")
        self.counter.setMinimumWidth(
            QFontMetrics(self.counter.font()).horizontalAdvance("0 of 000")
        )
        for button, name in (
            (self.previous_button, "back"),
            (self.next_button, "forward"),
            (self.close_button, "close"),
        ):
            button.setIcon(icon(name, theme, side, ratio=ratio))
            button.setIconSize(QSize(side, side))
            button.setFixedSize(frame.px(CONTROL_PX), frame.px(CONTROL_PX))
        self.error_label.setFont(frame.ui("caption"))
        self.error_label.setStyleSheet(f"color: {theme.danger.ink}")
        self._fit()
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the sign out where there is little room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self._sign.setVisible(self.width() >= self._themes.metrics.frame().px(_SHORT_PX))

    def sizeHint(self) -> QSize:
        """Return room for the field, the counter and the buttons."""
        frame = self._themes.metrics.frame()
        return QSize(frame.px(_FIELD_PX + 200), super().sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill the bar, with a hairline below it."""
        fill_bar(self, self._themes.theme)
