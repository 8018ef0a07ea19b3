"""The choices of a run, one below the other: where, and what then happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from gui.widgets.explore.graph_style import GO_ON, KINDS, step_pen
from gui.widgets.explore.words import choice_words, way_of

if TYPE_CHECKING:
    from gui.theme import ThemeManager

_SIGN_PX = 34


class _Sign(QWidget):
    """The line that a kind of step is drawn as in the picture."""

    def __init__(self, kind: str, themes: ThemeManager) -> None:
        super().__init__()
        self._kind, self._themes = kind, themes

    def sizeHint(self) -> QSize:
        """Return room for a line."""
        px = self._themes.metrics.px
        return QSize(px(_SIGN_PX), px(18))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the line."""
        px, middle = self._themes.metrics.px, self.height() / 2
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(step_pen(self._themes.theme, self._kind, px(2.5)))
            painter.drawLine(QPointF(px(2), middle), QPointF(self.width() - px(2), middle))


class Choices(QWidget):
    """A list of choices.

    Args:
        themes: The theme in force.
    """

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.choices: tuple[str, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setColumnStretch(2, 1)
        self._labels: list[tuple[QLabel, QLabel]] = []
        self.setAccessibleName("Choices")
        themes.changed.connect(self.dress)

    def show_choices(self, choices: tuple[str, ...]) -> None:
        """Show others."""
        if choices == self.choices:
            return
        self.choices = choices
        while self._grid.count():
            item = self._grid.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._labels = []
        for row, choice in enumerate(choices):
            where, what = choice_words(choice)
            told = QLabel(where), QLabel(what, wordWrap=True)
            self._labels.append(told)
            self._grid.addWidget(_Sign(KINDS.get(way_of(choice), GO_ON), self._themes), row, 0)
            self._grid.addWidget(told[0], row, 1)
            self._grid.addWidget(told[1], row, 2)
        self.setAccessibleDescription(
            "; ".join(f"{where.text()}: {what.text()}" for where, what in self._labels)
        )
        self.dress()

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        theme, metrics = self._themes.theme, self._themes.metrics
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(metrics.px(10))
        self._grid.setVerticalSpacing(metrics.px(4))
        for where, what in self._labels:
            where.setFont(metrics.ui())
            where.setStyleSheet(f"color: {theme.muted}")
            what.setFont(metrics.ui(bold=True))
