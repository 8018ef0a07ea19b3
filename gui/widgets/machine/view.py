"""What the views of the machine have in common: where they stand, and a table over details."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QLabel, QSplitter, QToolButton, QVBoxLayout, QWidget

from gui.widgets.arrange import splitter
from gui.widgets.flow import FlowLayout
from gui.widgets.machine.details import About, Details
from gui.widgets.machine.table import HeldTable

if TYPE_CHECKING:
    from core.trace.holdings.state import Holdings
    from gui.theme import ThemeManager


SHARES = (320, 180)
"""How a view begins to divide its height between the things and what is said about one."""


class HeldView(QWidget):
    """One sort of things the machine holds.

    Args:
        name: What a screen reader calls it.
        themes: The theme in force.
    """

    asked = Signal(int)
    """The user wants the cursor at a position."""

    def __init__(self, name: str, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.setAccessibleName(name)

    @abstractmethod
    def show_at(self, holdings: Holdings, position: int) -> None:
        """Show the things of a run at a position."""

    @abstractmethod
    def dress(self) -> None:
        """Take on the theme in force."""


class Chips(QWidget):
    """Which things are shown: one of a few, each with how many there are.

    Args:
        options: Value and text of each.
        themes: The theme in force.
        chosen: Called when the user chose another.
    """

    def __init__(
        self, options: Sequence[tuple[Any, str]], themes: ThemeManager, chosen: Callable[[], object]
    ) -> None:
        super().__init__()
        self._themes = themes
        self._texts = dict(options)
        self._group = QButtonGroup(self)
        self._flow = FlowLayout(self)
        self.buttons: dict[Any, QToolButton] = {}
        for value, text in options:
            button = QToolButton()
            button.setText(text)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._group.addButton(button)
            self._flow.addWidget(button)
            self.buttons[value] = button
        self._flow.addWidget(QLabel())  # the last one of a flow stands at the right
        self.buttons[options[0][0]].setChecked(True)
        self._group.buttonClicked.connect(lambda _: chosen())

    @property
    def value(self) -> Any:
        """What is chosen."""
        return next(value for value, button in self.buttons.items() if button.isChecked())

    def show_counts(self, counts: dict[Any, int]) -> None:
        """Show how many things there are of each."""
        for value, button in self.buttons.items():
            text = f"{self._texts[value]} {counts[value]:,}"
            if button.text() != text:
                button.setText(text)
                button.setAccessibleName(f"Show {text.lower()}")

    def dress(self) -> None:
        """Take on the theme in force."""
        metrics = self._themes.metrics
        self._flow.gaps = metrics.px(2), metrics.px(2)
        for button in self.buttons.values():
            button.setFont(metrics.ui())


class TableView(HeldView):
    """A table, and under it what there is to know about the selected thing.

    Args:
        name: What a screen reader calls it.
        table: The table.
        hint: What is said where nothing is selected.
        themes: The theme in force.
        head: What stands over the table.
    """

    def __init__(
        self,
        name: str,
        table: HeldTable,
        hint: str,
        themes: ThemeManager,
        head: Sequence[QWidget] = (),
    ) -> None:
        super().__init__(name, themes)
        self.table, self.details = table, Details(hint, themes)
        self.empty = QLabel(wordWrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        table.setAccessibleName(name)
        self._column, upper = QVBoxLayout(self), QWidget()
        self._upper = QVBoxLayout(upper)
        self._upper.setContentsMargins(0, 0, 0, 0)
        for widget in (*head, self.empty):
            self._upper.addWidget(widget)
        self._upper.addWidget(table, 1)
        self.parts: QSplitter = splitter(Qt.Orientation.Vertical, upper, self.details)
        self.parts.setSizes(list(SHARES))
        self._column.addWidget(self.parts)
        table.selected.connect(lambda _: self._show_details())
        table.activated_thing.connect(self._go)
        self.details.asked.connect(self.asked)

    @abstractmethod
    def about(self, thing: Any) -> About:
        """Return what there is to know about a thing."""

    @abstractmethod
    def made_at(self, thing: Any) -> int:
        """Return the position of the event that made a thing, -1 where none did."""

    def subject(self) -> Any:
        """Return what the details are about, None where about nothing."""
        return self.table.current

    def _show_details(self) -> None:
        subject = self.subject()
        self.details.show_about(self.about(subject) if subject is not None else None)

    def _go(self, thing: Any) -> None:
        if thing is not None and self.made_at(thing) >= 0:
            self.asked.emit(self.made_at(thing))

    def say_empty(self, sentence: str) -> None:
        """Say why there is nothing to see; an empty sentence shows the table again."""
        self.empty.setText(sentence)
        self.empty.setVisible(bool(sentence))
        self.table.setVisible(not sentence)

    def dress(self) -> None:
        """Take on the theme in force."""
        theme, metrics = self._themes.theme, self._themes.metrics
        pad = metrics.px(6)
        self._column.setContentsMargins(pad, pad, pad, 0)
        self._upper.setSpacing(metrics.px(4))
        self.empty.setStyleSheet(f"color: {theme.muted}; padding: {metrics.px(8)}px")
        self.empty.setFont(metrics.ui())
        self.table.dress()
        self.details.dress()
