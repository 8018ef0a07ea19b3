"""The menus and the toolbar beside them: what is shown where room is short."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from gui.actions import ActionRegistry
from gui.commands import MENUS
from gui.settings import Settings
from gui.theme import ThemeManager
from gui.window import MINIMUM, MainWindow

WORKSPACES = ("live", "timeline", "compare", "layout", "recordings", "explore", "lessons")


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> MainWindow:
    """The smallest window there is."""
    settings = Settings(tmp_path / "settings.ini")
    made = MainWindow(ThemeManager(settings), ActionRegistry(settings), settings)
    qtbot.addWidget(made)
    for name in WORKSPACES:
        made.add_workspace(name, name.capitalize(), name.replace("lessons", "lesson"), QWidget)
    made.resize(MINIMUM)
    with qtbot.waitExposed(made):
        made.show()
    return made


def titles(window: MainWindow) -> list[str]:
    return [action.text().replace("&", "") for action in window.menus.actions()]


def test_the_menu_of_a_workspace_is_there_in_that_workspace_only(window: MainWindow) -> None:
    always = ["File", "View", "Playback", "Run", "Lesson", "Help"]
    for name in ("live", "lessons"):
        window.show_workspace(name)
        assert titles(window) == always
    for name in ("timeline", "compare", "layout", "recordings", "explore"):
        window.show_workspace(name)
        assert titles(window) == [*always[:4], name.capitalize(), *always[4:]]


def test_every_menu_has_a_letter_of_its_own() -> None:
    for one, other in combinations(MENUS, 2):
        if not one.workspace or not other.workspace:
            letters = [menu.title[menu.title.index("&") + 1].lower() for menu in (one, other)]
            assert letters[0] != letters[1], (one.title, other.title)


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0, 3.0])
def test_menus_and_tools_fit_the_smallest_window(window: MainWindow, scale: float) -> None:
    window.themes.set_scale(scale)
    for name in ("live", "recordings"):
        window.show_workspace(name)
        bar, tools = window.menus, window.top_bar
        assert bar.sizeHint().width() + tools.sizeHint().width() <= window.width()
        assert ("More" in titles(window)) == (scale == 3.0 and name == "recordings")


def test_menus_without_room_are_in_the_last_one_and_come_back(window: MainWindow) -> None:
    window.show_workspace("recordings")
    before = titles(window)
    window.themes.set_scale(3.0)
    shown = titles(window)
    more = next(menu for menu in window.menus.findChildren(QMenu) if menu.title() == "&More")
    below = [action.text().replace("&", "") for action in more.actions()]
    assert shown[-1] == "More"
    assert [*shown[:-1], *below] == before
    window.themes.set_scale(1.0)
    assert titles(window) == before


def test_a_tool_without_room_keeps_its_key(window: MainWindow) -> None:
    window.registry.connect("file.reload", lambda: None)
    window.show_workspace("recordings")
    reload = window.registry.action("file.reload")
    assert reload in window.top_bar.actions()
    window.themes.set_scale(3.0)
    assert reload not in window.top_bar.actions()
    assert reload.isVisible()
    assert reload.isEnabled()


def test_the_bar_of_workspaces_is_narrow_without_names(window: MainWindow, qtbot: QtBot) -> None:
    bar = window.findChild(QWidget, "workspaceBar")
    assert isinstance(bar, QWidget)
    named = bar.width()
    window.themes.set_scale(3.0)
    qtbot.waitUntil(lambda: bar.width() < 1.5 * named)
    window.themes.set_scale(1.0)
    qtbot.waitUntil(lambda: bar.width() == named)
