"""The first line of the strip: which step of how many, its title, and the way on and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from gui.icons import icon

if TYPE_CHECKING:
    from gui.actions import ActionRegistry
    from gui.lesson_session import LessonSession
    from gui.theme import ThemeManager

PRESENT = "present.start"
_BUTTONS = ("lesson.previous", "lesson.next", "lesson.fold", "lesson.close")
_NARROW_PX = 620
"""Width at 100 % below which buttons show their icons only."""


class _Title(QWidget):
    """One line of text that ends in dots where there is no room."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.text = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def show_text(self, text: str) -> None:
        self.text = text
        self.setAccessibleName(text)
        self.setToolTip(text)
        self.update()

    def sizeHint(self) -> QSize:
        font = self._themes.metrics.frame().ui("title", bold=True)
        return QSize(QFontMetrics(font).horizontalAdvance(self.text), QFontMetrics(font).height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._themes.metrics.chrome(40), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        font = self._themes.metrics.frame().ui("title", bold=True)
        text = QFontMetrics(font).elidedText(self.text, Qt.TextElideMode.ElideRight, self.width())
        with QPainter(self) as painter:
            painter.setFont(font)
            painter.setPen(QColor(self._themes.theme.text))
            painter.drawText(
                self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text
            )


class StripHead(QWidget):
    """Number and title of the step, and buttons.

    Args:
        session: The lesson.
        registry: The commands of the buttons.
        themes: The theme in force.
    """

    def __init__(
        self, session: LessonSession, registry: ActionRegistry, themes: ThemeManager
    ) -> None:
        super().__init__()
        self._session, self._registry, self._themes = session, registry, themes
        self.number, self.title = QLabel(), _Title(themes)
        self.back = QToolButton()
        self.back.setText(registry.action("lesson.back_to_step").text())
        self.back.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.back.clicked.connect(lambda: registry.run("lesson.back_to_step"))
        self.back.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.back.setObjectName("backToStep")
        self.present = self._present_button()
        self.buttons = [self._button(command) for command in _BUTTONS]
        self._row = QHBoxLayout(self)
        for widget in (self.number, self.title, self.back, self.present, *self.buttons):
            self._row.addWidget(widget)
        self._row.setStretch(1, 1)
        session.away_changed.connect(self.back.setVisible)
        themes.changed.connect(self.dress)
        self.back.setVisible(session.away)
        self.dress()
        self.show_folded(False)

    def _button(self, command: str) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(self._registry.action(command))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        # A click is not to take the keyboard from the picture.
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _present_button(self) -> QToolButton:
        """Return the way to the projector, named: who needs it has no time to look for it."""
        action, button = self._registry.action(PRESENT), QToolButton()
        button.setText("Present")
        button.setAccessibleName(action.text())
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(action.trigger)

        def follow() -> None:
            button.setEnabled(action.isEnabled())
            button.setToolTip(action.toolTip())
            button.setIcon(action.icon())

        action.changed.connect(follow)
        follow()
        return button

    def renew(self) -> None:
        """Show which step it is."""
        session, step = self._session, self._session.step
        if step is not None:
            self.number.setText(f"{step.number} of {len(session.steps)}")
            self.number.setAccessibleName(f"Step {step.number} of {len(session.steps)}")
            self.title.show_text(step.title)

    def show_folded(self, folded: bool) -> None:
        """Let the button say what it does next."""
        self._registry.set_icon("lesson.fold", "unfold" if folded else "fold")

    def _fit(self) -> None:
        """Leave the room of the buttons' words to the title where the window is narrow."""
        style = Qt.ToolButtonStyle
        narrow = self.width() < self._themes.metrics.chrome(_NARROW_PX)
        for button in (self.back, self.present):
            button.setToolButtonStyle(
                style.ToolButtonIconOnly if narrow else style.ToolButtonTextBesideIcon
            )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width."""
        super().resizeEvent(event)
        self._fit()

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        self._fit()
        theme, metrics = self._themes.theme, self._themes.metrics
        side, pad = metrics.chrome(16), metrics.chrome(5)
        self._row.setContentsMargins(side, pad, metrics.chrome(8), pad)
        self._row.setSpacing(metrics.chrome(6))
        size = metrics.frame().ui("body").pixelSize()
        self.number.setStyleSheet(
            f"color: {theme.accent_ink}; font-size: {size}px; font-weight: 600;"
            f"padding-right: {metrics.chrome(6)}px"
        )
        self.back.setStyleSheet(
            f"QToolButton {{ background: {theme.accent}; color: {theme.on_accent};"
            f"font-size: {size}px; padding: {metrics.chrome(3)}px {metrics.chrome(10)}px;"
            f"border-radius: {metrics.chrome(7)}px }}"
            f"QToolButton:focus {{ border: 2px solid {theme.text} }}"
        )
        self.back.setToolTip(self._registry.action("lesson.back_to_step").toolTip())
        drawn = icon("undo", theme, metrics.chrome(16), colour=theme.on_accent)
        self.back.setIcon(drawn)
        self.present.setFont(metrics.frame().ui("body"))
        for button in (self.back, self.present, *self.buttons):
            button.setIconSize(QSize(1, 1) * metrics.chrome(18))
