"""The picture of the states in the window, and how the workspace looks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from gui.controller import Controller
from gui.theme import SCALES
from gui.widgets import ask
from gui.widgets.explore.graph_paint import in_order
from gui.widgets.explore.words import ENDED_BADLY, ENDED_WELL, GOES_ON, SEEN
from tests.gui.explore_stands import (
    CLICK,
    GRAPH,
    KEY,
    a_faking_window,
    answered,
    at,
    messages,
    page,
)
from tests.gui.explored import broken, verified

pytestmark = pytest.mark.usefixtures("undressed")


@pytest.fixture
def controller(qtbot: QtBot, tmp_path: Path) -> Controller:
    """A window with workers that answer what a test wants."""
    return a_faking_window(qtbot, tmp_path)


# -- the picture ----------------------------------------------------------------------------------


def test_too_many_states_are_not_drawn_and_that_is_said(controller: Controller) -> None:
    shown = answered(controller, msgspec.structs.replace(verified(), states=81_000))
    assert shown.graph.why.isVisible()
    assert shown.graph.why.text().startswith("81,000 states are too many for a picture")
    assert not shown.graph.legend.isVisible()


def test_a_click_looks_at_a_state_and_keys_go_on(controller: Controller, qtbot: QtBot) -> None:
    shown = answered(controller, verified(graph=GRAPH))
    view = shown.graph.view
    QTest.mouseClick(view, CLICK, pos=at(shown, 0))
    assert shown.session.node == 0
    view.setFocus()
    QTest.keyClick(view, KEY.Key_Right)
    step = shown.session.node
    assert (0, step) in view.scene.edges  # type: ignore[union-attr]
    assert shown.detail.title.text() == f"State {step}, 1 point from the start"
    assert view.accessibleDescription().startswith(f"State {step}")
    column = view.scene.placed.columns[1]  # type: ignore[union-attr]
    QTest.keyClick(view, KEY.Key_Down if step == column[0] else KEY.Key_Up)
    assert shown.session.node in {*column} - {step}
    QTest.keyClick(view, KEY.Key_Home)
    assert shown.session.node == 0
    QTest.keyClick(view, KEY.Key_Escape)
    assert shown.session.node == -1


@pytest.mark.parametrize("key", [KEY.Key_Up, KEY.Key_Down, KEY.Key_Left, KEY.Key_Right])
def test_an_arrow_begins_at_the_start(controller: Controller, key: KEY) -> None:
    shown = answered(controller, verified(graph=GRAPH))
    assert shown.session.node == -1
    shown.graph.view.setFocus()
    QTest.keyClick(shown.graph.view, key)
    assert shown.session.node == 0


def test_hovering_tells_the_state_and_its_choices(controller: Controller) -> None:
    shown = answered(controller, verified(graph=GRAPH))
    view = shown.graph.view
    node = next(at for at, each in enumerate(GRAPH.nodes) if len(each.choices) == 1)
    QTest.mouseMove(view, at(shown, node))
    assert view.hovered == node
    assert "Point " in view.words(node)
    QTest.mouseMove(view, QPoint(2, 2))
    assert view.hovered == -1


def test_it_zooms_and_pans_and_goes_back(controller: Controller) -> None:
    shown = answered(controller, verified(graph=GRAPH))
    view = shown.graph.view
    whole = view.camera.view
    spot = QPointF(at(shown, 3))
    _wheel(view, spot, 120)
    assert view.camera.zoom == pytest.approx(1.25)
    assert view.point_of(3).toTuple() == pytest.approx(spot.toTuple(), abs=1)
    QTest.keyClick(view, KEY.Key_Backspace)
    assert view.camera.view == whole
    QTest.keyClick(view, KEY.Key_W)
    assert view.camera.zoom > 1
    QTest.keyClick(view, KEY.Key_D)
    QTest.keyClick(view, KEY.Key_F)
    assert view.camera.view == whole
    QTest.mousePress(view, CLICK, pos=QPoint(50, 50))
    QTest.mouseMove(view, QPoint(120, 90))
    QTest.mouseRelease(view, CLICK, pos=QPoint(120, 90))
    assert (view.camera.view.left, view.camera.view.top) == pytest.approx(
        (whole.left + 70, whole.top + 40)
    )
    assert shown.session.node == -1
    QTest.mouseClick(shown.graph.whole_button, CLICK)
    assert view.camera.is_whole


def _wheel(view: QWidget, spot: QPointF, turned: int) -> None:
    event = QWheelEvent(
        spot, view.mapToGlobal(spot), QPoint(), QPoint(0, turned), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


def test_the_picture_is_put_away_and_stays_away(controller: Controller) -> None:
    shown = answered(controller, verified(graph=GRAPH))
    assert shown.picture_shown
    QTest.keyClick(shown.list, KEY.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert not shown.picture_shown
    shown.resize(shown.width() - 40, shown.height())
    QApplication.processEvents()
    assert not shown.picture_shown
    controller.window.registry.run("explore.picture")
    assert shown.picture_shown


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_the_picture_is_exported_with_the_verdict(
    controller: Controller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(ask, "_folders", [tmp_path])
    path = tmp_path / f"states.{kind}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), f"(*.{kind})"))
    controller.window.registry.run("explore.export")
    assert messages(controller) == ["There is no picture of states to export."]
    answered(controller, broken(GRAPH))
    controller.window.registry.run("explore.export")
    written = path.read_bytes()
    assert written.startswith(b"\x89PNG" if kind == "png" else b"<?xml")
    assert kind == "png" or b"Counterexample: the guard stays set" in written


# -- how it looks ---------------------------------------------------------------------------------


def test_there_is_nothing_to_play_before_there_is(controller: Controller) -> None:
    for command in ("explore.live", "explore.timeline", "explore.save"):
        assert not controller.window.registry.action(command).isEnabled()
    answered(controller, broken())
    assert controller.window.registry.action("explore.live").isEnabled()
    answered(controller, verified())
    assert not controller.window.registry.action("explore.live").isEnabled()


@pytest.mark.parametrize("scale", [SCALES[0], 1.0, 2.0, SCALES[-1]])
@pytest.mark.usefixtures("dressed")
def test_it_fits_every_size_at_every_scale(controller: Controller, scale: float) -> None:
    window, shown = controller.window, answered(controller, broken(GRAPH))
    window.themes.set_scale(scale)
    # A theme has other colours and no other sizes.
    for theme, sizes in (("dark", [(960, 640), (1280, 800)]), ("light", [(1920, 1080)])):
        window.themes.choose(theme)
        for size in sizes:
            window.resize(*size)
            for _ in range(6):
                QApplication.processEvents()
            inside = shown.area.widget()
            assert inside is not None
            assert inside.width() <= shown.area.viewport().width()
            assert shown.area.verticalScrollBar().value() in (0, shown.banner.y())
            banner = shown.banner
            for label in (banner.sentence, banner.figures):
                assert label.height() >= label.heightForWidth(label.width())
            assert shown.list.isVisible()
            assert not window.grab().isNull()


@pytest.mark.usefixtures("dressed")
def test_what_it_says_at_first_fits_as_well(controller: Controller) -> None:
    shown = page(controller)
    controller.window.resize(960, 640)
    controller.window.themes.set_scale(SCALES[-1])
    for _ in range(6):
        QApplication.processEvents()
    inside = shown.area.widget()
    assert inside is not None
    assert inside.width() <= shown.area.viewport().width()


@pytest.mark.usefixtures("dressed")
def test_where_room_is_short_they_take_turns(controller: Controller) -> None:
    shown = answered(controller, broken(GRAPH))
    controller.window.themes.set_scale(3.0)
    QApplication.processEvents()
    assert shown.turns.isVisible()
    assert not shown.graph.isVisible()
    shown.list.setFocus()
    QTest.mouseClick(shown.turns.buttons["picture"], CLICK)
    assert shown.graph.isVisible()
    assert not shown.list.isVisible()
    assert shown.main_view is shown.graph.view
    assert shown.graph.view.hasFocus()
    controller.window.registry.run("explore.picture")
    assert shown.list.isVisible()


def test_every_view_has_a_name_for_screen_readers(controller: Controller) -> None:
    shown = answered(controller, broken(GRAPH))
    views = (shown.bar, shown.banner, shown.list, shown.detail, shown.graph.view)
    named: Callable[[QWidget], str] = QWidget.accessibleName
    assert all(map(named, (*views, *shown.bar.fields.values(), shown.graph.legend)))
    assert "still running" in shown.graph.legend.accessibleDescription()


def test_states_are_drawn_in_the_same_order_each_time() -> None:
    # Not in that of a set, which is another one in each process: the file would be another one.
    others = sorted([ENDED_WELL, GOES_ON, SEEN])
    assert in_order([ENDED_BADLY, SEEN, GOES_ON, ENDED_WELL, SEEN]) == [*others, ENDED_BADLY]
