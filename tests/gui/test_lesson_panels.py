"""A step points at whole panels of the window, and opens those that are put away."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.lesson.panels import PANELS
from gui.lesson_panels import PLACES
from gui.presenter import layouts, stage
from gui.theme import ThemeManager
from gui.widgets.lesson.head import PRESENT
from gui.widgets.pointer import PanelRing
from gui.workspaces.explore import ExploreWorkspace
from gui.workspaces.live import LiveWorkspace
from tests.gui.lesson_stands import PATIENCE, Stand

pytestmark = pytest.mark.usefixtures("undressed")

POINTS = """
schema = 1
name = "points"
title = "A lesson that points"

[[steps]]
title = "The machine"
scenario = "mail-chain"
position = "first short-circuit"
highlights = ["panel:machine", "panel:gauge"]

[[steps]]
title = "Nothing"

[[steps]]
title = "Members"
workspace = "layout"
layout = "debian-6.1-amd64"
field = "bit1"
highlights = ["panel:members"]
"""


@pytest.fixture
def stand(qtbot: QtBot, tmp_path: Path) -> Stand:
    return Stand(qtbot, tmp_path)


def live(stand: Stand) -> LiveWorkspace:
    page = stand.window.build_workspace("live")
    assert isinstance(page, LiveWorkspace)
    return page


def ringed(stand: Stand) -> list[QWidget | None]:
    return [ring.parentWidget() for ring in stand.parts.panels.rings]


def test_the_window_has_every_panel_that_a_lesson_may_name(stand: Stand) -> None:
    for workspace, names in PANELS.items():
        known = PLACES[workspace](stand.window.build_workspace(workspace))
        assert set(known) == set(names), workspace
        for name in names:
            assert all(isinstance(view, QWidget) for view in known[name]().views)


def test_the_audience_knows_no_other_names() -> None:
    assert set(stage._PANELS) <= {*PANELS["live"], *PANELS["timeline"]}
    assert set(layouts.PANELS) <= set(PANELS["layout"])


def test_a_panel_in_the_background_is_opened_and_put_back(stand: Stand) -> None:
    page = live(stand)
    assert page.side.shown == "moment"
    stand.start(POINTS)
    assert page.side.shown == "machine"
    assert ringed(stand) == [page.side.panel("machine"), page.gauge]
    stand.session.next()
    stand.settle()
    assert page.side.shown == "moment"
    assert not ringed(stand)


def test_panels_that_were_put_away_are_there_for_the_step(stand: Stand) -> None:
    page, registry = live(stand), stand.window.registry
    registry.action("view.details").trigger()
    assert page.side.isHidden()
    stand.start(POINTS)
    assert page.side.isVisible()
    assert registry.action("view.details").isChecked()
    stand.session.close()
    assert page.side.isHidden()
    assert not registry.action("view.details").isChecked()
    assert not ringed(stand)


def test_what_the_user_opened_meanwhile_stays_open(stand: Stand) -> None:
    page = live(stand)
    stand.start(POINTS)
    QTest.mouseClick(page.side.choice.buttons["stops"], Qt.MouseButton.LeftButton)
    stand.session.next()
    stand.settle()
    assert page.side.shown == "stops"


def test_a_tab_of_the_layout_is_opened_and_put_back(stand: Stand) -> None:
    stand.start(POINTS)
    stand.session.last()
    stand.settle()
    page = stand.window.build_workspace("layout")
    assert page.panel == "members"  # type: ignore[attr-defined]
    stand.session.previous()
    stand.settle()
    assert page.panel == "cost"  # type: ignore[attr-defined]


def test_a_ring_lies_within_the_panel_and_takes_no_click(
    qtbot: QtBot, themes: ThemeManager
) -> None:
    panel = QWidget()
    qtbot.addWidget(panel)
    panel.resize(300, 200)
    ring = PanelRing(panel, themes)
    with qtbot.waitExposed(panel):
        panel.show()
    assert ring.geometry() == panel.rect()
    assert not ring.mask().contains(panel.rect().center())
    panel.resize(180, 90)
    assert ring.geometry() == panel.rect()
    bare = panel.grab().toImage()
    ring.remove()
    assert panel.grab().toImage() != bare
    ring = PanelRing(panel, themes)
    edge = panel.mapToGlobal(ring.rect().topLeft() + QPoint(3, 3))
    assert QApplication.widgetAt(edge) is panel


# -- where there is little room --------------------------------------------------------------------

NARROW = """
schema = 1
name = "narrow"
title = "A lesson with little room"

[[steps]]
title = "The bits"
scenario = "mail-chain"
position = "first short-circuit"
highlights = ["bits"]

[[steps]]
title = "The gauge and the counts"
highlights = ["panel:gauge", "panel:counts"]

[[steps]]
title = "The tree"
workspace = "timeline"
highlights = ["panel:recursion", "panel:sentence"]

[[steps]]
title = "The costs"
workspace = "compare"
lanes = ["uint", "bit1"]
highlights = ["panel:table"]

[[steps]]
title = "The word"
workspace = "layout"
layout = "debian-6.1-amd64"
field = "bit1"
highlights = ["panel:word"]

[[steps]]
title = "Two of one place"
workspace = "recordings"
recording = "boot_dump"
highlights = ["panel:treemap", "panel:special"]

[[steps]]
title = "Nothing"
workspace = "live"
scenario = "mail-chain"
"""


def seen(view: QWidget) -> bool:
    return view.isVisible() and not view.visibleRegion().isEmpty()


@pytest.mark.parametrize(("wide", "high", "scale"), [(1280, 800, 2.0), (1000, 700, 2.5)])
@pytest.mark.usefixtures("dressed")
def test_what_has_made_room_comes_back_for_the_step(
    stand: Stand, wide: int, high: int, scale: float
) -> None:
    page = live(stand)
    stand.window.resize(wide, high)
    stand.window.themes.set_scale(scale)
    stand.qtbot.waitUntil(page.side.isHidden)
    pages: dict[str, Any] = {name: stand.window.build_workspace(name) for name in PANELS}
    stand.start(NARROW)
    stand.qtbot.waitUntil(lambda: seen(page.word))
    assert not ringed(stand)
    tree = pages["timeline"].side.panel("recursion")
    for pointed in (
        [page.gauge, page.counts],
        [tree, pages["timeline"].explanation],
        [pages["compare"].table],
        [pages["layout"].bits],
    ):
        stand.session.next()
        stand.settle()
        assert ringed(stand) == pointed
        stand.qtbot.waitUntil(partial(seen, pointed[0]))
        assert all(view.isVisible() for view in pointed)
    stand.session.last()
    stand.settle()
    assert not ringed(stand)
    assert page.side.isHidden()


def test_of_two_in_one_place_the_one_behind_has_its_button_ringed(stand: Stand) -> None:
    stand.start(NARROW)
    stand.session.show_step(5)
    stand.settle()
    side = stand.window.build_workspace("recordings").side  # type: ignore[attr-defined]
    behind = side.panel("treemap")
    assert ringed(stand) == [behind, side.choice.buttons["treemap"], side.panel("notes")]
    QTest.mouseClick(side.choice.buttons["treemap"], Qt.MouseButton.LeftButton)
    assert stand.parts.panels.rings[0].isVisible()


EXPLORED = """
schema = 1
name = "explored"
title = "A lesson that explores"

[[steps]]
title = "Every order"
workspace = "explore"
scenario = "smp-depth-two"
highlights = ["panel:answer", "panel:table", "panel:states"]
"""


def test_what_explore_points_at_is_there_without_a_button(stand: Stand) -> None:
    page = stand.window.build_workspace("explore")
    assert isinstance(page, ExploreWorkspace)
    stand.start(EXPLORED)
    assert ringed(stand) == [page.banner, page.list, page.graph]
    assert all(ring.isVisible() for ring in stand.parts.panels.rings)
    stand.qtbot.waitUntil(lambda: page.session.result is not None, timeout=PATIENCE)
    assert all(ring.isVisible() for ring in stand.parts.panels.rings)


def test_explore_points_at_its_button_where_it_would_take_too_long(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = stand.window.build_workspace("explore")
    assert isinstance(page, ExploreWorkspace)
    monkeypatch.setattr(page.session, "start", lambda: False)
    stand.start(EXPLORED)
    assert ringed(stand).count(page.empty.button) == 3


# -- the way to the projector ---------------------------------------------------------------------


def test_the_strip_and_the_lessons_have_a_button_that_presents(stand: Stand) -> None:
    started: list[bool] = []
    registry = stand.window.registry
    registry.connect(PRESENT, lambda: started.append(True))
    stand.start()
    strip = stand.parts.strip
    assert strip is not None
    button = strip.head.present
    assert button.isVisible()
    assert button.text() == "Present"
    assert "Ctrl+F5" in button.toolTip()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    stand.window.show_workspace("lessons")
    page = stand.parts.page
    assert page is not None
    assert "Ctrl+F5" in page.more[PRESENT].toolTip()
    QTest.mouseClick(page.more[PRESENT], Qt.MouseButton.LeftButton)
    assert len(started) >= 2
