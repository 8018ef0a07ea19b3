"""One count as a card: its name, its value at the cursor, the run's total, what the event added."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.covered import ASKED, MARK
from gui.theme import Metrics, Role, TextStep, ThemeManager
from gui.widgets.counts_words import COUNTS, Count
from gui.widgets.elided import ElidedLabel

INSET_PX = 19
"""What a card has beside its words, at 100 %."""

Form = tuple[TextStep, bool]
"""How a count may look: the size of the value, and whether the total stands below it."""
FORMS: tuple[Form, ...] = (
    ("heading", False), ("title", False), ("body", False), ("body", True), ("caption", True),
)  # fmt: skip
"""The best first that lets the run's largest count fit."""


def name_width(metrics: Metrics) -> int:
    """Return how wide a count is whose name is the longest."""
    font = QFontMetrics(metrics.ui("caption"))
    longest = max(font.horizontalAdvance(count.label) for count in COUNTS.values())
    return longest + metrics.px(INSET_PX)


def tile_width(metrics: Metrics, form: Form, largest: int) -> int:
    """Return how wide a count is that may grow to the largest one of the run."""
    step, stacked = form
    value = QFontMetrics(metrics.mono(step, bold=True)).horizontalAdvance(f"{largest:,}")
    total = QFontMetrics(metrics.ui("caption")).horizontalAdvance(f"of {largest:,}")
    side_by_side = max(value, total) if stacked else value + total + metrics.px(2 * 5)
    return side_by_side + metrics.px(INSET_PX)


class Tile(QWidget):
    """One count.

    Args:
        count: Which one.
        themes: The theme in force.
    """

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

    def dress(self, form: Form) -> None:
        """Take on the theme, the scale and a form of ``FORMS``."""
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
