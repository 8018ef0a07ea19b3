"""What is looked at: a property with its counterexample, or a state with the way to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.icons import icon
from gui.widgets.arrange import scrolled
from gui.widgets.explore.choices import Choices
from gui.widgets.explore.property_model import sentence_of
from gui.widgets.explore.words import (
    counted,
    facts_words,
    property_title,
    state_words,
)
from gui.widgets.flow import FlowLayout

if TYPE_CHECKING:
    from gui.actions import ActionRegistry
    from gui.explore_session import ExploreSession
    from gui.theme import ThemeManager

_BUTTONS = {
    "explore.live": ("Play in Live", "Live", "live"),
    "explore.timeline": ("Show on the timeline", "Timeline", "timeline"),
    "explore.save": ("Save as scenario…", "Save…", "scenario"),
}
"""What a button says, what it says where room is short, and its icon."""


class Said(NamedTuple):
    """What is said of what is looked at.

    Attributes:
        title: A few words.
        meaning: What the property asks for.
        found: What was found.
        facts: How large the run is.
        choices: What happens in it, None where there is no run to play.
    """

    title: str
    meaning: str = ""
    found: str = ""
    facts: str = ""
    choices: tuple[str, ...] | None = None


def said_of(session: ExploreSession) -> Said:
    """Return what is said of what is looked at."""
    result = session.result
    if result is None or session.busy:
        return Said("")
    if session.node >= 0 and result.graph is not None:
        choices = result.graph.nodes[session.node].choices
        words = state_words(result.graph, session.node)
        title, _, rest = words.partition("; ")
        return Said(title, found=rest[:1].upper() + rest[1:] + ".", choices=choices)
    found = session.property(session.selected)
    if found is None:
        return Said("", "Choose a property, or a state of the picture, to see more of it.")
    title, meaning = property_title(found.name), sentence_of(found.name)
    if found.holds:
        runs = counted(result.runs, "run", digits=True)
        so_far = f"It holds in every one of {runs}."
        if not result.complete:
            so_far = f"It held in the {runs} tried before it was stopped."
        return Said(title, meaning, so_far)
    example = found.counterexample
    if example is None:
        return Said(title, meaning, "It is broken; the run was not kept.")
    sentence = example.sentence[:1].upper() + example.sentence[1:].rstrip(".")
    return Said(
        title, meaning, f"{sentence}." if sentence else "", facts_words(example), example.choices
    )


class Detail(QFrame):
    """What is looked at, with what can be done with its run.

    Args:
        session: What is looked at.
        registry: For the buttons that are commands.
        themes: The theme in force.
    """

    def __init__(
        self, session: ExploreSession, registry: ActionRegistry, themes: ThemeManager
    ) -> None:
        super().__init__()
        self._session, self._registry, self._themes = session, registry, themes
        self.said = Said("")
        self.title, self.meaning = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.found, self.facts = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.default = QLabel("Nothing is chosen on the way.", wordWrap=True)
        self.choices = Choices(themes)
        self.buttons = {command: self._button(command) for command in _BUTTONS}
        self._build()
        session.selection_changed.connect(self.renew)
        session.result_changed.connect(self.renew)
        session.started.connect(self.renew)
        session.ended.connect(self.renew)
        themes.changed.connect(self._dress)
        self._dress()
        self.renew()

    def _button(self, command: str) -> QPushButton:
        button = QPushButton(_BUTTONS[command][0])
        button.setAutoDefault(False)
        button.setToolTip(self._registry.action(command).toolTip())
        button.clicked.connect(lambda: self._registry.run(command))
        return button

    def _build(self) -> None:
        inside = QWidget()
        self._inside, self._column = QVBoxLayout(inside), QVBoxLayout(self)
        flags = Qt.TextInteractionFlag.TextSelectableByMouse
        for label in (self.title, self.meaning, self.found, self.facts):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(flags)
        for widget in (
            self.title, self.found, self.choices, self.default, self.facts, self.meaning,
        ):  # fmt: skip
            self._inside.addWidget(widget)
        self._inside.addStretch(1)
        self.area = scrolled(inside, "What is looked at")
        self.area.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        row = QWidget()
        self._flow, self._row = FlowLayout(row), QHBoxLayout()
        # FlowLayout moves its last item to the right edge.
        for button in (*self.buttons.values(), QWidget()):
            self._flow.addWidget(button)
        self._row.addWidget(row)
        self._column.addWidget(self.area, 1)
        self._column.addLayout(self._row)
        self.setAccessibleName("What is looked at")

    def renew(self) -> None:
        """Say what is so now."""
        self.said = said = said_of(self._session)
        for label, text in (
            (self.title, said.title), (self.meaning, said.meaning), (self.found, said.found),
            (self.facts, said.facts),
        ):  # fmt: skip
            label.setText(text)
            label.setVisible(bool(text))
        self.choices.show_choices(said.choices or ())
        self.choices.setVisible(bool(said.choices))
        self.default.setVisible(said.choices == ())
        for button in self.buttons.values():
            button.setVisible(said.choices is not None)
        # A font that was set while a label was hidden is forgotten when its window is first shown.
        self._dress()

    def _colour(self) -> None:
        theme = self._themes.theme
        result = self._session.property(self._session.selected)
        role = theme.danger if result is not None and not result.holds else theme.ok
        if self._session.node >= 0:
            ink = theme.text
        else:
            ink = role.ink if result is not None else theme.muted
        self.found.setStyleSheet(f"color: {ink}")
        for label in (self.meaning, self.facts, self.default):
            label.setStyleSheet(f"color: {theme.muted}")

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        px = metrics.px
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self._column.setContentsMargins(0, 0, 0, px(10))
        self._column.setSpacing(px(4))
        self._inside.setContentsMargins(px(14), px(10), px(12), px(6))
        self._inside.setSpacing(px(6))
        self._row.setContentsMargins(px(14), 0, px(12), 0)
        self._flow.gaps = px(8), px(6)
        self.title.setFont(metrics.ui("title", bold=True))
        self.found.setFont(metrics.ui("title"))
        for label in (self.meaning, self.facts, self.default):
            label.setFont(metrics.ui())
        side = px(16)
        for command, button in self.buttons.items():
            button.setFont(metrics.ui())
            sign = _BUTTONS[command][2]
            button.setIcon(icon(sign, theme, side, ratio=self.devicePixelRatioF()))
            button.setIconSize(QSize(side, side))
        self._colour()
        self._fit()

    def _fit(self) -> None:
        """Let the buttons say as much as there is room for."""
        px = self._themes.metrics.px
        room = self.width() - px(14 + 12 + 8 * len(self.buttons))
        for short in range(len(self.buttons) + 1):
            for at, (command, button) in enumerate(reversed(self.buttons.items())):
                button.setText(_BUTTONS[command][at < short])
            if sum(button.sizeHint().width() for button in self.buttons.values()) <= room:
                break

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room there is."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Return room for the short buttons and some lines."""
        px = self._themes.metrics.px
        return QSize(px(180), px(120))
