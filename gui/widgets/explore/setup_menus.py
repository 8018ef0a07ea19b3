"""The menus over an exploration: the scenario, and what is set about its guard."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QMenu, QWidget

from core.guards.catalog import ALTERNATIVES, COUNTING, DESIGNS, EITHER_WORD
from gui.widgets.controls import MenuButton
from gui.widgets.guard_choice import GUARDS, WORD_TIPS, WORDS, WORDS_TOLD, tip_of, wrapped

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from core.scenario.run import Plan
    from gui.explore_session import ExploreSession
    from gui.session import Session
    from gui.settings import Settings
    from gui.theme import ThemeManager

_DEEPEST_OFFERED = 4
_TITLE_PX = 210
"""Room for a scenario's title: with a longer one the bar would need a second row."""


class SetupMenus(QWidget):
    """Four buttons with a menu each; they stand where their owner puts them.

    Args:
        session: The question.
        player: The scenario and what is set about it.
        settings: Where the recent files are kept.
        themes: The theme in force.
    """

    open_asked = Signal()
    """The user wants to choose a file."""

    def __init__(
        self,
        session: ExploreSession,
        player: Session,
        settings: Settings,
        themes: ThemeManager,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._session, self._player = session, player
        self._settings, self._themes = settings, themes
        self.scenario = MenuButton("Scenario", themes, self._fill_scenarios)
        self.guard = MenuButton("Guard", themes, self._fill_guards)
        self.max_depth = MenuButton("Maximum depth", themes, self._fill_depths)
        self.word = MenuButton("Word of bits", themes, self._fill_words)
        self.hide()

    @property
    def _plan(self) -> Plan | None:
        return self._player.plan

    def applies(self, name: str) -> bool:
        """Return whether a thing can be set about the guard that is set."""
        design = self._plan.scenario.guard.design if self._plan is not None else ""
        return design in {"max_depth": COUNTING, "word": EITHER_WORD}.get(name, (design,))

    def show_question(self) -> None:
        """Show what is set."""
        question, plan = self._session.question, self._plan
        if question is None or plan is None:
            self.scenario.show_value("None is open", "Choose what to explore")
            return
        document, guard = question.source.document, plan.scenario.guard
        title = str(document.get("title", question.source.where))
        font, room = self._themes.metrics.frame().ui(), self._themes.metrics.frame().px(_TITLE_PX)
        short = QFontMetrics(font).elidedText(title, Qt.TextElideMode.ElideRight, room)
        shows = wrapped(str(document.get("shows", "")))
        self.scenario.show_value(short, f"{title}\n{shows}".rstrip())
        self.scenario.setAccessibleName(f"Scenario: {title}")
        self.guard.show_value(GUARDS[guard.design], tip_of(guard.design))
        self.max_depth.show_value(str(guard.max_depth), "How many saves of a task may be under way")
        self.word.show_value(WORDS[guard.word], wrapped(WORD_TIPS[guard.word]))

    # -- menus ----------------------------------------------------------------------------

    def _entry(
        self, menu: QMenu, text: str, chosen: bool, act: Callable[[], object], tip: str = ""
    ) -> QAction:
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(chosen)
        action.setToolTip(tip)
        # Later: the menu is still on the screen now, and the answer may be a message.
        action.triggered.connect(lambda: QTimer.singleShot(0, self, act))
        return action

    def _fill_scenarios(self, menu: QMenu) -> None:
        from gui.widgets.scenario.entries import bundled_entries, read_entry

        question = self._session.question
        here = question.source.where if question is not None else ""
        recent = [path for path in self._settings.recent_files if path.suffix == ".toml"]
        for entries in (bundled_entries(), [read_entry(str(path)) for path in recent]):
            for entry in entries:
                open_it = partial(self._player.open, entry.where)
                action = self._entry(
                    menu, entry.title, entry.where == here, open_it, wrapped(entry.shows)
                )
                action.setEnabled(entry.readable)
            menu.addSeparator()
        menu.addAction("From file…").triggered.connect(self.open_asked)

    def _fill_guards(self, menu: QMenu) -> None:
        now = self._plan.scenario.guard.design if self._plan is not None else ""
        for design, told in DESIGNS.items():
            if design == ALTERNATIVES[0]:
                menu.addSeparator()
            act = partial(self._set_guard, design)
            self._entry(menu, f"{GUARDS[design]}: {told}", design == now, act, tip_of(design))

    def _set_guard(self, design: str) -> None:
        """Set the guard; one without bits cannot have them in the wrong word."""
        word = self._plan.scenario.guard.word if self._plan is not None else "current"
        if design not in EITHER_WORD and word != "current":
            self._player.override(guard=design, word="current")
        else:
            self._player.override(guard=design)

    def _fill_depths(self, menu: QMenu) -> None:
        now = self._plan.scenario.guard.max_depth if self._plan is not None else 1
        for depth in sorted({*range(1, _DEEPEST_OFFERED + 1), now}):
            act = partial(self._player.override, max_depth=depth)
            self._entry(menu, f"{depth:,}", depth == now, act)

    def _fill_words(self, menu: QMenu) -> None:
        now = self._plan.scenario.guard.word if self._plan is not None else ""
        for word, told in WORDS_TOLD.items():
            act = partial(self._player.override, word=word)
            self._entry(menu, told, word == now, act, wrapped(WORD_TIPS[word]))
