"""One count as a card: its name, its value at the cursor, the run's total, what the event added."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.covered import ASKED, MARK
from gui.theme import Metrics, Role, TextStep, ThemeManager
from gui.widgets.counts_words import COUNTS, Count

INSET_PX = 19
"""What a card has beside its words, at 100 %."""
_BETWEEN_PX = 5
"""Between a value and the total beside it, at 100 %."""

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
    """One count, painted: labels would have all that lies around them laid out at every event.

    Args:
        count: Which one.
        themes: The theme in force.

    Attributes:
        value: The value that is shown; None where there is none, or a lesson asks for it.
        change: What the event at the cursor added to it.
        value_text: The value as it is shown.
        total_text: The run's total as it is shown.
        change_text: What the event added, as it is shown.
    """

    def __init__(self, count: Count, themes: ThemeManager) -> None:
        super().__init__()
        self.count, self._themes = count, themes
        self.value: int | None = None
        self.change = 0
        self.value_text = self.total_text = self.change_text = ""
        self._total: int | None = None
        self._share, self._asked = 0.0, False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(count.label)
        self.dress(FORMS[0])

    @property
    def _role(self) -> Role:
        return self._themes.theme.role(self.count.subsystem)

    @property
    def spoken(self) -> str:
        """What a screen reader says of it among the others."""
        name, shown, of = self.count.label, self.value_text, self.total_text
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
        before = self.value_text, self.total_text, self.change_text, self._share, self._asked
        self.value = None if value_asked else value
        self.change = change = 0 if value_asked else change
        self._share = value / total if value and total and not total_asked else 0.0
        self.value_text = "–" if value is None else MARK if value_asked else f"{value:,}"
        self.total_text = "" if total is None else f"of {MARK if total_asked else f'{total:,}'}"
        self.change_text = f"{change:+,}" if change else ""
        self._asked = value_asked or total_asked
        if total != self._total:
            self._total = total
            self.updateGeometry()
        now = self.value_text, self.total_text, self.change_text, self._share, self._asked
        if now != before:
            self._tell()
            self.update()

    def _tell(self) -> None:
        """Say it to those who point at it, and to those who listen."""
        about = f"{ASKED}. {self.count.about}" if self._asked else self.count.about
        cut = self._name_room().width() < self._name_px
        self.setToolTip(f"{self.count.label}: {about}" if cut else about)
        shown = "" if self.value_text == MARK else self.value_text
        known = shown if MARK in self.total_text else f"{shown} {self.total_text}"
        self.setAccessibleDescription(", ".join(filter(None, (known.strip(), about))))

    def dress(self, form: Form) -> None:
        """Take on the theme, the scale and a form of ``FORMS``."""
        metrics = self._themes.metrics
        self._form = form
        caption = metrics.ui("caption")
        self._fonts = metrics.mono(form[0], bold=True), caption, metrics.mono("caption", bold=True)
        """Those of the value, of the name and the total, and of the change."""
        self._name_px = QFontMetrics(caption).horizontalAdvance(self.count.label)
        self._tell()
        self.updateGeometry()
        self.update()

    # -- where it lies ------------------------------------------------------------------------

    def _inside(self) -> QRect:
        px = self._themes.metrics.px
        return self.rect().adjusted(px(11), px(5), -px(8), -px(8))

    def _name_room(self) -> QRect:
        """The line of the name, as far as what the event added leaves it."""
        _, caption, small = self._fonts
        line = self._inside()
        line.setHeight(QFontMetrics(caption).height())
        return line.adjusted(0, 0, -QFontMetrics(small).horizontalAdvance(self.change_text), 0)

    @property
    def words_px(self) -> tuple[int, int]:
        """How wide the value with its total is, and how much room it has."""
        value, caption, _ = self._fonts
        value_px = QFontMetrics(value).horizontalAdvance(self.value_text)
        total_px = QFontMetrics(caption).horizontalAdvance(self.total_text)
        beside = value_px + self._themes.metrics.px(_BETWEEN_PX) + total_px
        return max(value_px, total_px) if self._form[1] else beside, self._inside().width()

    def sizeHint(self) -> QSize:
        """Return room for all of it."""
        px, (value, caption, _) = self._themes.metrics.px, self._fonts
        lines = (value, caption, caption) if self._form[1] else (value, caption)
        height = sum(QFontMetrics(font).height() for font in lines)
        return QSize(self._name_px + px(INSET_PX), height + px(5) + px(8))

    def minimumSizeHint(self) -> QSize:
        """Return room for the value when it has grown to the total; the name may be cut off."""
        width = tile_width(self._themes.metrics, self._form, self._total or 0)
        return QSize(width, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say the name where another width cuts it off."""
        super().resizeEvent(event)
        self._tell()

    # -- how it looks -------------------------------------------------------------------------

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
            self._paint_words(painter)

    def _paint_words(self, painter: QPainter) -> None:
        theme, (value, caption, small) = self._themes.theme, self._fonts
        inside, name = self._inside(), self._name_room()
        large, little = QFontMetrics(value), QFontMetrics(caption)
        base = name.bottom() + 1 + large.ascent()
        painter.setFont(caption)
        painter.setPen(QColor(theme.muted))
        shown = little.elidedText(self.count.label, Qt.TextElideMode.ElideRight, name.width())
        painter.drawText(name.left(), name.top() + little.ascent(), shown)
        if self._form[1]:
            under = base + large.descent() + little.ascent()
            painter.drawText(inside.left(), under, self.total_text)
        else:
            after = large.horizontalAdvance(self.value_text) + self._themes.metrics.px(_BETWEEN_PX)
            painter.drawText(inside.left() + after, base, self.total_text)
        painter.setFont(value)
        painter.setPen(QColor(theme.text))
        painter.drawText(inside.left(), base, self.value_text)
        if self.change_text:
            painter.setFont(small)
            painter.setPen(QColor(self._role.ink))
            painter.drawText(name.right() + 1, name.top() + little.ascent(), self.change_text)
