"""The choice of a guard: those of the patch and its review in sight, the others in a menu."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from core.guards.catalog import ALTERNATIVES, COSTS, DESIGNS, REVIEWED, STORIES
from gui.widgets.controls import CONTROL_PX, RADIUS_PX, Segments, menu_filled_by
from gui.widgets.warning_strip import capitalised

if TYPE_CHECKING:
    from gui.theme import ThemeManager

GUARDS = {
    "none": "None",
    "scan": "Scan",
    "uint": "uint",
    "bit1": "1 bit",
    "bit2": "2 bits",
    "atomic": "Atomic",
    "percpu": "Per CPU",
    "gfp": "gfp flag",
}
"""The designs as a segment says them; their tips come from ``core.guards.catalog``."""

WORDS = {"current": "Current", "serialized": "Serialized"}
"""The two words of bits, in as few letters as fit into a bar."""

WORDS_TOLD = {
    "current": "Strictly current: only the running task writes it",
    "serialized": "Serialized by the scheduler: other CPUs write it too, which is the mistake",
}
"""The two words of bits as a menu says them."""

WORD_TIPS = {
    "current": "Only the running task writes this word, and it never runs on two CPUs at once: "
    "plain reads and writes are enough.",
    "serialized": "The mistake that the review's advice avoids: other CPUs write this word for a "
    "running task too, under a lock that the guard does not take. A bitfield write stores the "
    "whole word, so one of two writes at the same time is lost, and the guard is stuck or gone.",
}

NO_WORD_TIP = "Only a guard of one or two bits shares a word with others"

_TIP_LETTERS = 72
"""How wide a tip may be."""

_DOTS_PX = 34
"""Room for the three dots."""


def wrapped(text: str) -> str:
    """Return a tip in lines that are not too long."""
    return textwrap.fill(text, _TIP_LETTERS)


def tip_of(design: str) -> str:
    """Return what a design is, its story and its cost."""
    return "\n\n".join((capitalised(DESIGNS[design]), wrapped(STORIES[design]), _cost(design)))


def _cost(design: str) -> str:
    return wrapped(f"Costs: {COSTS[design]}")


class GuardChoice(QWidget):
    """Segments for the guards of the review, and a menu for the alternatives.

    Args:
        themes: The theme in force.
        chosen: Called with the design the user chose.
    """

    def __init__(self, themes: ThemeManager, chosen: Callable[[str], object]) -> None:
        super().__init__()
        self._chosen = chosen
        options = [(design, GUARDS[design], capitalised(DESIGNS[design])) for design in REVIEWED]
        self._segments = Segments(options, themes, chosen)
        self.buttons = self._segments.buttons
        """The segments, by design."""
        for design, button in self.buttons.items():
            button.setToolTip(tip_of(design))
        self.more = _MoreSegment(themes, self._fill)
        self._segments.add_widget(self.more)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._segments)
        self.value = ""
        """The design that is shown."""

    def show_value(self, design: str) -> None:
        """Show what is chosen."""
        self.value = design
        self._segments.show_value(design if design in self.buttons else None)
        self.more.show_chosen(design if design in ALTERNATIVES else "")

    def chosen_button(self) -> QToolButton:
        """Return the button that shows what is chosen."""
        return self.buttons.get(self.value, self.more)

    def _fill(self, menu: QMenu) -> None:
        for design in ALTERNATIVES:
            action = menu.addAction(f"{GUARDS[design]}: {DESIGNS[design]}")
            action.setCheckable(True)
            action.setChecked(design == self.value)
            action.setToolTip(tip_of(design))
            # Later: the menu is still on the screen now, and the answer may be a message.
            action.triggered.connect(
                lambda *_checked, design=design: QTimer.singleShot(
                    0, self, partial(self._chosen, design)
                )
            )


class _MoreSegment(QToolButton):
    """The alternatives: three dots, or the one that is chosen, as a segment is, with a chevron."""

    def __init__(self, themes: ThemeManager, fill: Callable[[QMenu], object]) -> None:
        super().__init__()
        self._themes = themes
        self.setMenu(menu_filled_by(fill, self))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.show_chosen("")

    def show_chosen(self, design: str) -> None:
        """Show an alternative as chosen, or none."""
        text = GUARDS[design] if design else ""
        self.setText(text)
        self.setToolTip(tip_of(design) if design else "Other guards, for comparison")
        self.setAccessibleName(f"Other guards: {text}" if design else "Other guards")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for the name and the chevron, or for the dots."""
        metrics = self._themes.metrics.frame()
        strong = QFontMetrics(metrics.ui(bold=True))
        wide = strong.horizontalAdvance(self.text()) + metrics.px(16) if self.text() else 0
        return QSize(wide + metrics.px(_DOTS_PX), metrics.px(CONTROL_PX))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the name and a chevron on a filled block where it is chosen, or three dots."""
        theme, metrics = self._themes.theme, self._themes.metrics.frame()
        px, on, chosen = metrics.px, self.isEnabled(), bool(self.text())
        inside = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        radius = px(RADIUS_PX - 2)
        back = theme.accent if chosen else theme.hover if self.underMouse() else ""
        ink = QColor(theme.disabled if not on else theme.on_accent if chosen else theme.text)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            if back and on:
                painter.setBrush(QColor(back))
                painter.drawRoundedRect(inside, radius, radius)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(theme.on_accent if chosen else theme.focus), px(2)))
                painter.drawRoundedRect(inside.adjusted(2, 2, -2, -2), radius, radius)
            middle = self.height() / 2
            if chosen:
                painter.setPen(ink)
                painter.setFont(metrics.ui(bold=True))
                words = self.rect().adjusted(px(9), 0, -px(22), 0)
                painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), self.text())
                painter.setPen(QPen(ink, px(1.5)))
                x, y, half = self.width() - px(15), middle - px(2), px(4)
                tip = QPointF(x, y + half)
                painter.drawPolyline([QPointF(x - half, y), tip, QPointF(x + half, y)])
            else:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(ink)
                for step in (-1, 0, 1):
                    at = QPointF(self.width() / 2 + step * px(6), middle)
                    painter.drawEllipse(at, px(1.6), px(1.6))
