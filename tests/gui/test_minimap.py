"""The overview: grips, drags and clicks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.geometry.axis import Axis, View
from gui.geometry.minimap import dragged, grip_at
from tests.gui.timeline_stands import Stand, drag, stand, wheel

WHOLE = Axis(View(0.0, 1000.0), 10.0, 500.0)
LEFT = Qt.MouseButton.LeftButton


@pytest.mark.parametrize(
    ("x", "grip"),
    [(60, "outside"), (108, "left"), (112, "left"), (150, "window"), (211, "right"),
     (230, "outside")],
)  # fmt: skip
def test_the_window_has_two_edges_and_a_middle(x: float, grip: str) -> None:
    assert grip_at(WHOLE, View(200.0, 400.0), x, 5.0) == grip


def test_a_thin_window_is_one_piece_and_the_whole_run_none() -> None:
    thin = View(200.0, 204.0)
    assert grip_at(WHOLE, thin, 111, 5.0) == "window"
    assert grip_at(WHOLE, thin, 107, 5.0) == "window"
    assert grip_at(WHOLE, thin, 120, 5.0) == "outside"
    assert grip_at(WHOLE, View(0.0, 1000.0), 250, 5.0) == "outside"


@given(
    st.sampled_from(["left", "right", "window", "outside"]),
    st.floats(0, 900), st.floats(1, 100), st.floats(0, 1000), st.floats(-2000, 3000),
)  # fmt: skip
def test_a_drag_never_leaves_the_run(
    grip: str, first: float, width: float, pressed: float, now: float
) -> None:
    start, bounds = View(first, first + width), View(0.0, 1000.0)
    view = dragged(grip, start, pressed, now, bounds)  # type: ignore[arg-type]
    assert bounds.holds(view) or view.first >= view.last
    if grip == "window":
        assert view.width == pytest.approx(width)


@pytest.fixture
def law(qtbot: QtBot) -> Stand:
    return stand(qtbot, "depth-law")


def at(made: Stand, value: float) -> QPoint:
    return QPoint(round(made.minimap.axis.x_of(value)), 25)


def test_a_drag_beside_the_window_draws_a_new_one(law: Stand) -> None:
    law.viewport.show(100, 200)
    drag(law.minimap, at(law, 900), at(law, 1500))
    assert law.viewport.view.first == pytest.approx(900, abs=4)
    assert law.viewport.view.last == pytest.approx(1500, abs=4)


def test_the_window_and_its_edges_are_dragged(law: Stand) -> None:
    law.viewport.show(600, 1200)
    drag(law.minimap, at(law, 900), at(law, 1000))
    assert law.viewport.view.first == pytest.approx(700, abs=4)
    assert law.viewport.view.width == pytest.approx(600)
    drag(law.minimap, at(law, 1300), at(law, 1500))
    assert law.viewport.view.last == pytest.approx(1500, abs=6)
    assert law.viewport.view.first == pytest.approx(700, abs=6)


def test_a_click_brings_the_window_there_and_a_double_click_shows_all(law: Stand) -> None:
    law.viewport.show(100, 300)
    QTest.mouseClick(law.minimap, LEFT, pos=at(law, 1500))
    view = law.viewport.view
    assert (view.first + view.last) / 2 == pytest.approx(1500, abs=4)
    assert view.width == pytest.approx(200)
    QTest.mouseDClick(law.minimap, LEFT, pos=at(law, 400))
    assert law.viewport.view == law.viewport.bounds


def test_the_wheel_zooms_the_window(law: Stand) -> None:
    law.viewport.show(600, 1200)
    wheel(law.minimap, at(law, 900), 1)
    assert law.viewport.view.width == pytest.approx(480)
    assert (law.viewport.view.first + law.viewport.view.last) / 2 == pytest.approx(900, abs=6)


def test_it_paints_with_everything_on(law: Stand) -> None:
    law.search.set_pattern("save_stack")
    law.session.select_range(50, 90)
    for theme in ("light", "dark"):
        law.themes.choose(theme)
        law.viewport.set_mode("time" if theme == "dark" else "order")
        assert not law.minimap.grab().isNull()
