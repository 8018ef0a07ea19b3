"""Controls for a bar: a button, a choice in segments, a value with a menu, captions over them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.widgets.own_keys import claims

if TYPE_CHECKING:
    from gui.theme import ThemeManager

CONTROL_PX, RADIUS_PX = 30, 7
"""Height and corner of a control at the scale of 1."""
_CAPTION_PX = 17


def tip_button(tip: str) -> QToolButton:
    """Return a button that a click does not give the keyboard to; its tip is its name, then keys.

    Args:
        tip: What it does, and behind two spaces the keys that do it as well.
    """
    button = QToolButton()
    button.setToolTip(tip)
    button.setAccessibleName(tip.partition("  ")[0])
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


class _Segment(QToolButton):
    """One choice of a segmented control; the arrows go to its neighbours."""

    def __init__(self, text: str, tip: str, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.setText(text)
        self.setToolTip(tip)
        self.setAccessibleName(f"{text}: {tip}")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        """Return room for the text as it is when chosen."""
        metrics = self._themes.metrics.frame()
        strong = QFontMetrics(metrics.ui(bold=True))
        return QSize(strong.horizontalAdvance(self.text()) + metrics.px(18), metrics.px(CONTROL_PX))

    def event(self, event: QEvent) -> bool:
        """Keep the arrows from the commands that move the cursor."""
        return claims(event, (Qt.Key.Key_Left, Qt.Key.Key_Right)) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the neighbour."""
        way = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if way is None:
            super().keyPressEvent(event)
            return
        buttons = self.group().buttons()
        at = buttons.index(self) + way
        if 0 <= at < len(buttons):
            buttons[at].setFocus(Qt.FocusReason.TabFocusReason)
            buttons[at].click()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the text, on a filled block where it is chosen."""
        theme, metrics = self._themes.theme, self._themes.metrics.frame()
        inside = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        radius = metrics.px(RADIUS_PX - 2)
        back = theme.accent if self.isChecked() else theme.hover if self.underMouse() else ""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            if back and self.isEnabled():
                painter.setBrush(QColor(back))
                painter.drawRoundedRect(inside, radius, radius)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                ring = theme.on_accent if self.isChecked() else theme.focus
                painter.setPen(QPen(QColor(ring), metrics.px(2)))
                painter.drawRoundedRect(inside.adjusted(2, 2, -2, -2), radius, radius)
            text = theme.on_accent if self.isChecked() else theme.text
            painter.setPen(QColor(text if self.isEnabled() else theme.disabled))
            painter.setFont(metrics.ui(bold=self.isChecked()))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class Segments(QFrame):
    """A choice among few, all of them in sight.

    Args:
        options: Value, text and tip of each.
        themes: The theme in force.
        chosen: Called with the value the user chose.
    """

    def __init__(
        self,
        options: Iterable[tuple[str, str, str]],
        themes: ThemeManager,
        chosen: Callable[[str], object],
    ) -> None:
        super().__init__()
        self._themes = themes
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for value, text, tip in options:
            button = _Segment(text, tip, themes)
            button.clicked.connect(partial(chosen, value))
            self._group.addButton(button)
            self.buttons[value] = button
            row.addWidget(button)

    def add_widget(self, widget: QWidget) -> None:
        """Put something more behind the segments, in the same well."""
        layout = self.layout()
        assert layout is not None
        layout.addWidget(widget)

    def show_value(self, value: str | None) -> None:
        """Show what is chosen; None where it is none of these."""
        if value is not None:
            self.buttons[value].setChecked(True)
            return
        self._group.setExclusive(False)
        for button in self.buttons.values():
            button.setChecked(False)
        self._group.setExclusive(True)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the well the segments lie in."""
        theme, radius = self._themes.theme, self._themes.metrics.chrome(RADIUS_PX)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.outline), 1))
            painter.setBrush(QColor(theme.surface))
            painter.drawRoundedRect(
                QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius
            )


def menu_filled_by(fill: Callable[[QMenu], object], owner: QWidget) -> QMenu:
    """Return a menu with tips that is filled anew whenever it is about to show."""
    menu = QMenu(owner)
    menu.setToolTipsVisible(True)
    menu.aboutToShow.connect(menu.clear)
    menu.aboutToShow.connect(lambda: fill(menu))
    return menu


class MenuButton(QToolButton):
    """A value, and a menu of the others.

    Args:
        name: What it is the value of.
        themes: The theme in force.
        fill: Fills the menu when it is about to show.
    """

    def __init__(self, name: str, themes: ThemeManager, fill: Callable[[QMenu], object]) -> None:
        super().__init__()
        self._name, self._themes = name, themes
        self.setMenu(menu_filled_by(fill, self))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_value(self, text: str, tip: str) -> None:
        """Show a value."""
        self.setText(text)
        self.setToolTip(tip)
        self.setAccessibleName(f"{self._name}: {text}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for the text and the chevron."""
        metrics = self._themes.metrics.frame()
        wide = QFontMetrics(metrics.ui()).horizontalAdvance(self.text())
        return QSize(wide + metrics.px(40), metrics.px(CONTROL_PX))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the value in a field, with a chevron."""
        theme, metrics = self._themes.theme, self._themes.metrics.frame()
        px, on = metrics.px, self.isEnabled()
        thick = px(2) if self.hasFocus() else 1
        field = QRectF(self.rect()).adjusted(thick / 2, thick / 2, -thick / 2, -thick / 2)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            edge = theme.focus if self.hasFocus() else theme.outline if on else theme.border
            painter.setPen(QPen(QColor(edge), thick))
            painter.setBrush(QColor(theme.hover if on and self.underMouse() else theme.surface))
            painter.drawRoundedRect(field, px(RADIUS_PX), px(RADIUS_PX))
            painter.setFont(metrics.ui())
            painter.setPen(QColor(theme.text if on else theme.disabled))
            inside = self.rect().adjusted(px(11), 0, -px(28), 0)
            painter.drawText(inside, int(Qt.AlignmentFlag.AlignVCenter), self.text())
            painter.setPen(QPen(QColor(theme.muted if on else theme.disabled), px(1.5)))
            x, y = self.width() - px(17), self.height() / 2 - px(2)
            half = px(4)
            painter.drawPolyline([QPointF(x - half, y), QPointF(x, y + half), QPointF(x + half, y)])


class Captioned(QWidget):
    """A control under its caption; a dot says that it is not as the scenario has it."""

    def __init__(self, caption: str, control: QWidget, themes: ThemeManager) -> None:
        super().__init__()
        self._caption, self._themes, self._changed = caption, themes, False
        self.control = control
        self._column = QVBoxLayout(self)
        self._column.addWidget(control)
        self.dress()

    @property
    def caption(self) -> str:
        """What stands over the control."""
        return self._caption

    def show_caption(self, caption: str) -> None:
        """Show another caption."""
        self._caption = caption
        self.dress()
        self.update()

    def show_changed(self, changed: bool) -> None:
        """Say whether the control differs from the scenario."""
        self._changed = changed
        note = "Changed: not as the scenario has it" if changed else ""
        self.control.setAccessibleDescription(note)
        self.update()

    def dress(self) -> None:
        """Take on the scale in force."""
        metrics = self._themes.metrics.frame()
        self._column.setContentsMargins(0, metrics.px(_CAPTION_PX), 0, 0)
        widest = QFontMetrics(metrics.ui("caption", bold=True))
        self.setMinimumWidth(widest.horizontalAdvance(f"{self._caption} •") + metrics.px(2))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the caption, and the dot before it."""
        theme, metrics = self._themes.theme, self._themes.metrics.frame()
        px, left = metrics.px, metrics.px(1)
        line = QRect(left, 0, self.width() - left, px(15))
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(theme.accent_ink if self._changed else theme.muted))
            painter.setFont(metrics.ui("caption", bold=self._changed))
            text = f"{self._caption} •" if self._changed else self._caption
            painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter), text)
