"""What there is to know about a selected thing, its stack, and the way to what made it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from gui.widgets.elided import ElidedLabel, ElidedLines
from gui.widgets.flow import FlowLayout

if TYPE_CHECKING:
    from gui.theme import ThemeManager


_MOST_LINKS = 3


class Link(NamedTuple):
    """A way to an event: what it says, and the event's position."""

    text: str
    position: int


class About(NamedTuple):
    """What is said about a thing.

    Attributes:
        title: What it is.
        facts: Sentences, a line each.
        stack: Function names, innermost first, as the kernel prints them.
        links: Events to go to; those before the run (-1) are left out.
    """

    title: str
    facts: Sequence[str] = ()
    stack: Sequence[str] = ()
    links: Sequence[Link] = ()


class Details(QScrollArea):
    """Shows ``About``, and offers its links.

    Args:
        hint: What is said where nothing is selected.
        themes: The theme in force.
    """

    asked = Signal(int)
    """The user wants to go to a position."""

    def __init__(self, hint: str, themes: ThemeManager) -> None:
        super().__init__()
        self._hint, self._themes = hint, themes
        self.about: About | None = None
        self.title, self.facts, self.stack = ElidedLabel(), QLabel(), ElidedLines()
        self.links = [QPushButton(flat=True) for _ in range(_MOST_LINKS)]
        self._shown: Sequence[Link] = ()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        content, self._row = QWidget(), QWidget()
        self._flow = FlowLayout(self._row)
        self._column = QVBoxLayout(content)
        for at, button in enumerate(self.links):
            button.clicked.connect(lambda _=False, at=at: self._follow(at))
            self._flow.addWidget(button)
        self._flow.addWidget(QLabel())  # the last one of a flow stands at the right
        self.facts.setWordWrap(True)
        for widget in (self.title, self.facts, self._row, self.stack):
            self._column.addWidget(widget)
        self._column.addStretch(1)
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self.facts, self.stack):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setWidget(content)
        content.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAccessibleName("Details")
        self.dress()
        self.show_about(None)

    def show_about(self, about: About | None) -> None:
        """Show a thing, or that none is selected."""
        if about is not None and about == self.about:
            return
        self.about = about
        self.title.set_text(about.title if about is not None else "")
        self.title.setVisible(about is not None)
        self.facts.setText("\n".join(about.facts) if about is not None else self._hint)
        self.stack.show_lines(about.stack if about is not None else ())
        self.stack.setVisible(bool(about is not None and about.stack))
        self._show_links([link for link in about.links if link.position >= 0] if about else [])
        spoken = [self.facts.text()]
        if about is not None and about.stack:
            spoken.append("Stack, innermost first: " + ", ".join(about.stack))
        self.setAccessibleDescription(" ".join(spoken))

    def _show_links(self, links: Sequence[Link]) -> None:
        self._shown = links[:_MOST_LINKS]
        for button, link in zip(self.links, links, strict=False):
            button.setText(link.text)
            button.setToolTip(f"Move the cursor to event {link.position + 1:,}")
            button.setAccessibleName(f"{link.text}, event {link.position + 1}")
            button.show()
        for button in self.links[len(links) :]:
            button.hide()
        self._row.setVisible(bool(links))

    def _follow(self, at: int) -> None:
        if at < len(self._shown):
            self.asked.emit(self._shown[at].position)

    def dress(self) -> None:
        """Take on the theme in force."""
        theme, metrics = self._themes.theme, self._themes.metrics
        pad = metrics.px(10)
        self._column.setContentsMargins(pad, metrics.px(6), pad, metrics.px(6))
        self._column.setSpacing(metrics.px(4))
        self._flow.setContentsMargins(0, 0, 0, 0)
        for button in self.links:
            # They stand where text begins, as links do.
            button.setStyleSheet(f"padding: {metrics.px(3)}px {metrics.px(4)}px")
        self._flow.gaps = metrics.px(4), metrics.px(2)
        self.title.setFont(metrics.ui(bold=True))
        self.facts.setFont(metrics.ui())
        self.facts.setStyleSheet(f"color: {theme.muted}")
        self.stack.setFont(metrics.mono())
        self.stack.setStyleSheet(f"color: {theme.text}")
