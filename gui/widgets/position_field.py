"""The position as a readout that turns into a field to type another into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QLineEdit,
    QSizePolicy,
    QStackedWidget,
    QStyle,
    QStyleOptionToolButton,
    QToolButton,
)

from core.lesson.covered import LENGTH
from gui.covered import ASKED, MARK
from gui.geometry.scrubber import parse_position
from gui.widgets.own_keys import claims

if TYPE_CHECKING:
    from gui.session import Session
    from gui.theme import ThemeManager

_TIP = "Click to type a position"


class PositionField(QStackedWidget):
    """The position, as 36 / 116; a click or Enter lets one type another.

    Args:
        session: Whose position it shows.
        themes: The theme in force.
    """

    def __init__(self, session: Session, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self.label = _Readout(themes)
        self.field = _Typed()
        self.addWidget(self.label)
        self.addWidget(self.field)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.label.clicked.connect(self.edit)
        self.field.returnPressed.connect(self._go)
        self.field.textEdited.connect(lambda: self._mark(wrong=False))
        self.field.left.connect(self.show_position)
        session.trace_changed.connect(self._resized)
        session.position_changed.connect(self._show_label)
        session.covered.changed.connect(self.show_position)
        themes.changed.connect(self._resized)
        self._resized()

    @property
    def editing(self) -> bool:
        """Whether the user is typing."""
        return self.currentWidget() is self.field

    def edit(self) -> None:
        """Let the user type over the number."""
        if self._session.trace is not None:
            self.field.setText(str(self._session.position + 1))
            self._mark(wrong=False)
            self.setCurrentWidget(self.field)
            self.field.selectAll()
            self.field.setFocus()

    def show_position(self) -> None:
        """Stop typing and show where the cursor is."""
        had_focus = self.field.hasFocus()
        self.setCurrentWidget(self.label)
        if had_focus:
            self.label.setFocus()
        self._show_label()

    def _go(self) -> None:
        trace = self._session.trace
        position = parse_position(self.field.text(), len(trace)) if trace is not None else None
        if position is None:
            self._mark(wrong=True)
            return
        self.show_position()
        self._session.seek(position)

    def _mark(self, *, wrong: bool) -> None:
        theme, events = self._themes.theme, f" to {len(self._session.trace or ()):,}"
        if LENGTH in self._session.covered:
            events = " on"
        advice = f"A number from 0{events}, or a percentage such as 50 %"
        self.field.setToolTip(advice)
        self.field.setAccessibleDescription(f"Not a position. {advice}" if wrong else advice)
        self.field.setStyleSheet(
            f"border: 2px solid {theme.danger.colour}; color: {theme.danger.ink}" if wrong else ""
        )

    def _show_label(self) -> None:
        trace = self._session.trace
        at, events = (self._session.position + 1, len(trace)) if trace is not None else (0, 0)
        asked = LENGTH in self._session.covered
        self.label.show_numbers(f"{at:,}", MARK if asked else f"{events:,}", asked=asked)
        self.label.setEnabled(trace is not None)

    def _resized(self) -> None:
        metrics = self._themes.metrics
        font = metrics.frame().mono()
        self.label.setFont(font)
        self.field.setFont(font)
        self.label.widest = f"{len(self._session.trace or ()):,}"
        wide = self.label.sizeHint()
        self.setFixedSize(wide.width(), max(wide.height(), metrics.chrome(30)))
        self.show_position()


class _Readout(QToolButton):
    """Where one is, strong, of how many, muted."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._at, self._of, self.widest = "0", "0", "0"
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_numbers(self, at: str, of: str, *, asked: bool = False) -> None:
        """Show a position; ``asked`` where a lesson asks what it is out of."""
        self._at, self._of = at, of
        self.setAccessibleName(f"Event {at}. {ASKED}" if asked else f"Event {at} of {of}")
        self.setToolTip(f"{ASKED}. {_TIP}" if asked else _TIP)
        self.setAccessibleDescription("Press to type a position")
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for the largest position, so that nothing jumps."""
        pad, digits = self._themes.metrics.chrome(18), max(6, len(self.widest) * 2 + 3)
        wide = QFontMetrics(self._figures).horizontalAdvance("0") * digits + pad
        return QSize(wide, super().sizeHint().height())

    @property
    def _figures(self) -> QFont:
        # Not the button's own font: the style puts the application's back when it is first shown.
        return self._themes.metrics.frame().mono()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the button and the two numbers."""
        theme = self._themes.theme
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        wide, events = QRect(self.rect()), f" / {self._of}"
        # Right-aligned to the widest number: the slash stays where it is.
        wide.setLeft(self._themes.metrics.chrome(9))
        wide.setWidth(QFontMetrics(self._figures).horizontalAdvance(self.widest))
        middle, strong = Qt.AlignmentFlag.AlignVCenter, self._figures
        strong.setBold(True)
        with QPainter(self) as painter:
            self.style().drawComplexControl(
                QStyle.ComplexControl.CC_ToolButton, option, painter, self
            )
            painter.setFont(self._figures)
            painter.setPen(QColor(theme.muted if self.isEnabled() else theme.disabled))
            rest = QRect(wide.right() + 1, 0, self.width() - wide.right(), self.height())
            painter.drawText(rest, middle | Qt.AlignmentFlag.AlignLeft, events)
            painter.setFont(strong)
            painter.setPen(QColor(theme.text if self.isEnabled() else theme.disabled))
            painter.drawText(wide, middle | Qt.AlignmentFlag.AlignRight, self._at)


class _Typed(QLineEdit):
    """The field a position is typed into."""

    left = Signal()
    """The user gave up: Esc, or the focus went elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Position")
        self.setFrame(True)

    def event(self, event: QEvent) -> bool:
        """Keep Esc: it leaves the field and must not cancel a run."""
        return claims(event, (Qt.Key.Key_Escape,)) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave on Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leave when the user goes elsewhere."""
        super().focusOutEvent(event)
        self.left.emit()
