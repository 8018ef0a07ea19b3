"""Panels that share one place: a choice on top, and the chosen one below, built when first seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from gui.covered import Covered
from gui.widgets.controls import Segments
from gui.widgets.cover import Cover
from gui.widgets.keyboard import focus_home

if TYPE_CHECKING:
    from gui.theme import ThemeManager


class Panel(NamedTuple):
    """One of them.

    Attributes:
        name: Its id.
        text: What the choice says.
        tip: One more sentence.
        make: Builds it, the first time it is shown.
        place: What it would give away of what a lesson asks (``core.lesson.covered``), or empty.
    """

    name: str
    text: str
    tip: str
    make: Callable[[], QWidget]
    place: str = ""


class SidePanels(QFrame):
    """A choice of panels; the first one is in front at first.

    Args:
        panels: What there is to choose from.
        themes: The theme in force.
        covered: What is covered at present because a lesson asks for it.
    """

    def __init__(
        self, panels: Sequence[Panel], themes: ThemeManager, covered: Covered | None = None
    ) -> None:
        super().__init__()
        self._themes = themes
        self._makers = {panel.name: panel.make for panel in panels}
        self._made: dict[str, QWidget] = {}
        self._places = {panel.name: panel.place for panel in panels}
        self._stack = QStackedWidget()
        self.cover = Cover(self._stack, covered or Covered(self), "", themes)
        self.choice = Segments([panel[:3] for panel in panels], themes, self.show_panel)
        column, self._head = QVBoxLayout(self), QHBoxLayout()
        self._head.addWidget(self.choice)
        self._head.addStretch(1)
        column.addLayout(self._head)
        column.addWidget(self.cover, 1)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        themes.changed.connect(self._dress)
        self._dress()
        self.show_panel(panels[0].name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all panels."""
        return tuple(self._makers)

    @property
    def shown(self) -> str:
        """Name of the panel in front."""
        front = self._stack.currentWidget()
        return next((name for name, made in self._made.items() if made is front), "")

    def panel(self, name: str) -> QWidget:
        """Return a panel; it is built if it was never shown."""
        if name not in self._made:
            self._made[name] = self._makers[name]()
            self._stack.addWidget(self._made[name])
        return self._made[name]

    def show_panel(self, name: str) -> None:
        """Bring a panel to the front; its fields get the keyboard only when the user goes there."""
        panel, focused = self.panel(name), self.window().focusWidget()
        if panel is not self._stack.currentWidget() and focused in self._stack.findChildren(
            QWidget
        ):
            # Qt would give it to the first field of the next panel, whose keys are not the run's.
            focus_home(self)
            if self.window().focusWidget() is focused:
                self.choice.buttons[name].setFocus(Qt.FocusReason.OtherFocusReason)
        self._stack.setCurrentWidget(panel)
        self.cover.set_place(self._places[name])
        self.choice.show_value(name)

    def _dress(self) -> None:
        px = self._themes.metrics.frame().px
        self._head.setContentsMargins(px(12), px(7), px(12), px(7))
