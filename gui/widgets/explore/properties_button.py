"""What must hold: a button with how many of it, and a list to check with a sentence on each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QLabel, QVBoxLayout, QWidget, QWidgetAction

from gui.widgets.controls import MenuButton
from gui.widgets.explore.words import property_title

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from gui.explore_session import ExploreSession
    from gui.theme import ThemeManager

_WIDE_PX = 380


class PropertiesButton(MenuButton):
    """How many properties are asked for; opens the list of all.

    Args:
        session: Whose question it is.
        themes: The theme in force.
    """

    def __init__(self, session: ExploreSession, themes: ThemeManager) -> None:
        super().__init__("Must hold", themes, self._fill)
        self._session = session
        self.list: PropertyChecks | None = None
        session.question_changed.connect(self.show_question)
        self.show_question()

    def show_question(self) -> None:
        """Show how many of them must hold."""
        from core.explore.properties import PROPERTIES

        chosen = self._session.properties
        text = f"{len(chosen)} of {len(PROPERTIES)} properties" if chosen else "Nothing: choose"
        titles = "\n".join(property_title(each) for each in chosen)
        self.show_value(text, f"What must hold in every run\n{titles}".rstrip())

    def _fill(self, menu: QMenu) -> None:
        self.list = PropertyChecks(self._session, self._themes)
        action = QWidgetAction(menu)
        action.setDefaultWidget(self.list)
        menu.addAction(action)
        first = next(iter(self.list.boxes.values()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.PopupFocusReason)


class PropertyChecks(QFrame):
    """Every property with a box to check and what it means. It stays open while one checks.

    Args:
        session: Whose question it is.
        themes: The theme in force.
    """

    def __init__(self, session: ExploreSession, themes: ThemeManager) -> None:
        super().__init__()
        from core.explore.properties import PROPERTIES

        self._themes = themes
        self.boxes: dict[str, QCheckBox] = {}
        metrics, theme = themes.metrics.frame(), themes.theme
        px = metrics.px
        column = QVBoxLayout(self)
        column.setContentsMargins(px(8), px(4), px(12), px(8))
        column.setSpacing(px(1))
        for name, sentence in PROPERTIES.items():
            box = self.boxes[name] = QCheckBox(property_title(name))
            box.setChecked(name in session.properties)
            box.setFont(metrics.ui())
            box.setToolTip(sentence)
            box.setAccessibleDescription(sentence)
            box.toggled.connect(lambda on, name=name: session.set_property(name, on))
            said = QLabel(sentence, wordWrap=True)
            said.setFont(metrics.ui("caption"))
            said.setStyleSheet(f"color: {theme.muted}; padding-left: {px(28)}px")
            said.setFixedWidth(px(_WIDE_PX))
            column.addWidget(box)
            column.addWidget(said)
        self.setAccessibleName("What must hold in every run")

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Go round the boxes: a menu would take the keyboard to itself."""
        boxes: list[QWidget] = list(self.boxes.values())
        here = self.focusWidget()
        at = boxes.index(here) if here in boxes else -1
        step = (at + (1 if forward else -1)) % len(boxes)
        boxes[step].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Lie on the menu's ground."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self._themes.theme.raised))
