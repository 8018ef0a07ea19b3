"""The step plots on the timeline's axis."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from core.trace import signal_table as tables
from gui.runner import Runner
from gui.session import Session
from gui.theme import ThemeManager
from gui.viewport import Viewport
from gui.widgets.plots import signals as module
from gui.widgets.plots.margins import GUTTER_PX, RIGHT_PX
from gui.widgets.plots.signal_paint import SignalPainter
from gui.widgets.plots.signal_plot import SignalPlot
from gui.widgets.plots.signals import USUAL, SignalPlots
from tests.gui.stands import EVERYTHING_AT_ONCE

SIZE = (900, 460)
Stand = tuple[SignalPlots, Session, Viewport]

SIMULATED = tuple(name for name in USUAL if name != "stack_depth")
"""A recording has the depth of the stack instead of its bytes."""


def stand(qtbot: QtBot, scenario: str = "depth-law", size: tuple[int, int] = SIZE) -> Stand:
    themes, session = ThemeManager(), Session(Runner(probe_events=EVERYTHING_AT_ONCE))
    viewport = Viewport(session)
    plots = SignalPlots(session, viewport, themes)
    qtbot.addWidget(plots)
    plots.resize(*size)
    with qtbot.waitExposed(plots):
        plots.show()
    if scenario:
        assert session.open(scenario)
        QApplication.processEvents()
    return plots, session, viewport


def spot(plots: SignalPlots, plot: SignalPlot, position: int) -> QPoint:
    """The middle of a position's place in a plot."""
    x = plots.stage.axis().x_of(plots.stage.viewport.middle_of(position))
    return QPoint(round(x), plot.height() // 2)


def wheel(plot: SignalPlot, at: QPoint, turned: int, held: Any = None) -> bool:
    """Turn the wheel over a plot; returns whether the plot took it."""
    modifiers = held or Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        QPointF(at), QPointF(plot.mapToGlobal(at)), QPoint(0, 0), QPoint(0, turned),
        Qt.MouseButton.NoButton, modifiers, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(plot, event)
    return event.isAccepted()


# -- what is shown --------------------------------------------------------------------------------


def test_the_usual_values_from_top_to_bottom(qtbot: QtBot) -> None:
    plots, _, _ = stand(qtbot)
    assert plots.shown == SIMULATED
    tops = [plot.y() for plot in plots.plots.values()]
    assert tops == sorted(tops)
    assert all(plot.series is not None for plot in plots.plots.values())


def test_a_screen_reader_hears_the_value_at_the_cursor(qtbot: QtBot) -> None:
    plots, session, _ = stand(qtbot)
    stack = plots.plots["stack_bytes"]
    session.seek(0)
    state = session.state()
    assert state is not None
    assert stack.accessibleName() == f"Stack: {state.stack_bytes:,} bytes"
    session.seek(400)
    state = session.state()
    assert state is not None
    assert stack.accessibleName() == f"Stack: {state.stack_bytes:,} bytes"
    assert "Bytes of the call stack" in stack.accessibleDescription()


def test_one_is_not_several(qtbot: QtBot) -> None:
    plots, session, _ = stand(qtbot, "mail-chain")
    session.seek(len(session.trace or ()) - 1)
    assert plots.plots["owners_lost"].accessibleName() == "Owners lost: 1 page"


def test_tab_goes_from_plot_to_plot(qtbot: QtBot) -> None:
    plots, _, _ = stand(qtbot)
    plots.saver.setFocus()
    reached = []
    for _ in plots.plots:
        here = QApplication.focusWidget()
        assert here is not None
        QTest.keyClick(here, Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget())
    assert reached == list(plots.plots.values())


def test_the_axis_is_the_timelines_with_and_without_a_scroll_bar(qtbot: QtBot) -> None:
    for height in (600, 200):
        plots, _, _ = stand(qtbot, size=(900, height))
        axis = plots.stage.axis()
        assert (axis.left, axis.left + axis.width) == (GUTTER_PX, 900 - RIGHT_PX)
        plot = plots.plots["stack_bytes"]
        assert plot.area().left() == GUTTER_PX
        assert plot.area().right() == 900 - RIGHT_PX
        assert plot.width() >= 900 - RIGHT_PX, "the bar lies in the margin"


def test_a_value_that_never_changes_takes_little_room(qtbot: QtBot) -> None:
    plots, session, _ = stand(qtbot)
    assert plots.plots["depot_pages"].height() < plots.plots["stack_bytes"].height() / 2
    assert session.open("depot-growth")
    qtbot.waitUntil(lambda: plots.plots["depot_pages"].height() > 50)


def test_nothing_open_and_nothing_chosen_say_what_to_do(qtbot: QtBot) -> None:
    plots, session, _ = stand(qtbot, "")
    assert plots.empty.isVisible()
    assert "Open a scenario" in plots.empty.text()
    assert session.open("mail-chain")
    assert not plots.empty.isVisible()
    plots.show_only([])
    assert plots.empty.isVisible()
    assert "choose some under Values" in plots.empty.text()


# -- the picture ----------------------------------------------------------------------------------


def test_the_line_is_where_the_value_is(qtbot: QtBot) -> None:
    plots, session, viewport = stand(qtbot)
    assert session.trace is not None
    plot = plots.plots["guard_value"]
    assert plot.series is not None
    signal = plot.series.signal
    at = int(signal.positions[0])
    viewport.show(at - 2.0, at + 2.0)
    image = plot.grab().toImage()
    themes = plots.stage.themes
    line = QColor(themes.theme.role("guard").colour)
    inside = SignalPainter(themes.theme, themes.metrics).inside(plot.area(), plot.series)
    for position in (at - 1, at):
        x = spot(plots, plot, position).x()
        rows = [y for y in range(plot.height()) if image.pixelColor(x, y) == line]
        value = signal.value_at(position)
        share = (plot.series.high - value) / (plot.series.high - plot.series.low)
        assert rows
        assert abs(rows[0] - (inside.top() + share * inside.height())) <= 2


@pytest.mark.parametrize("size", [SIZE, (500, 300)])
@pytest.mark.parametrize(
    ("scenario", "name", "past"),
    [("depth-law", "guard_value", False), ("no-guard-overflow", "stack_bytes", True)],
)
def test_the_words_about_a_limit_are_above_it(
    qtbot: QtBot, scenario: str, name: str, past: bool, size: tuple[int, int]
) -> None:
    plots, _, _ = stand(qtbot, scenario, size)
    plot, themes = plots.plots[name], plots.stage.themes
    painter = SignalPainter(themes.theme, themes.metrics)
    series, area = plot.series, plot.area()
    assert series is not None
    assert series.limit is not None
    box = painter.limit_box(series, area)
    assert box is not None
    assert area.contains(box)
    assert box.bottom() <= painter.y_of(series, series.limit.value, painter.inside(area, series))
    # Where the run goes past its limit it does so at the end.
    assert (box.left() == area.left()) is past
    assert (box.right() == area.right()) is not past


def test_a_low_plot_spends_no_line_on_words(qtbot: QtBot) -> None:
    plots, _, _ = stand(qtbot)
    plot, themes = plots.plots["guard_value"], plots.stage.themes
    painter = SignalPainter(themes.theme, themes.metrics)
    assert plot.series is not None
    low = QRectF(0, 0, 600, themes.metrics.px(26))
    assert painter.limit_box(plot.series, low) is None
    assert painter.inside(low, plot.series).top() == themes.metrics.px(4)


def test_the_playhead_is_in_every_plot(qtbot: QtBot) -> None:
    plots, session, _ = stand(qtbot)
    session.seek(100)
    text = QColor(plots.stage.themes.theme.text)
    for plot in plots.plots.values():
        x = spot(plots, plot, 100).x()
        image = plot.grab().toImage()
        assert text in [image.pixelColor(near, 1) for near in range(x - 1, x + 2)]


def test_the_picture_is_drawn_once_for_a_view(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gui.widgets.plots.signal_paint import SignalPainter

    plots, session, viewport = stand(qtbot)
    drawn: list[str] = []
    made = SignalPainter.picture

    def counted(self: SignalPainter, series: Any, *rest: Any) -> QImage:
        drawn.append(series.plotted.name)
        return made(self, series, *rest)

    monkeypatch.setattr(SignalPainter, "picture", counted)
    plot = plots.plots["stack_bytes"]
    plot.grab()
    before = len(drawn)
    for position in range(5):
        session.seek(position)
        plot.grab()
    assert len(drawn) == before
    viewport.zoom(0.5, 0.0)
    plot.grab()
    assert len(drawn) > before


@pytest.mark.parametrize("scale", [1.0, 2.0, 3.0])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_painted_at_every_size(qtbot: QtBot, theme: str, scale: float) -> None:
    plots, session, viewport = stand(qtbot, "two-tasks")
    plots.stage.themes.choose(theme)
    plots.stage.themes.set_scale(scale)
    viewport.set_mode("time")
    viewport.set_crosshair(500.0)
    session.select_range(10, 50)
    for name in [each.name for each in plots.known]:
        plots.show_only([name])
        (plot,) = plots.plots.values()
        colours = plot.grab().toImage()
        found = [colours.pixelColor(x, 2) for x in range(0, colours.width(), 7)]
        assert QColor(plots.stage.themes.theme.surface) in found


# -- the mouse ------------------------------------------------------------------------------------


def test_a_click_goes_there(qtbot: QtBot) -> None:
    plots, session, _ = stand(qtbot)
    plot = plots.plots["recursion"]
    with qtbot.waitSignal(session.position_changed) as got:
        QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=spot(plots, plot, 700))
    assert abs(got.args[0] - 700) <= 2  # the run has more events than pixels


def test_a_click_in_the_gutter_goes_nowhere(qtbot: QtBot) -> None:
    plots, session, _ = stand(qtbot)
    plot = plots.plots["recursion"]
    with qtbot.assertNotEmitted(session.position_changed):
        QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=QPoint(30, 10))


def test_a_drag_pans_and_goes_nowhere(qtbot: QtBot) -> None:
    plots, session, viewport = stand(qtbot)
    viewport.show(500.0, 700.0)
    plot = plots.plots["stack_bytes"]
    value = plots.stage.axis().value_at(400.0)
    with qtbot.assertNotEmitted(session.position_changed):
        QTest.mousePress(plot, Qt.MouseButton.LeftButton, pos=QPoint(400, 20))
        QTest.mouseMove(plot, QPoint(450, 20))
        QTest.mouseMove(plot, QPoint(500, 20))
        QTest.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=QPoint(500, 20))
    assert plots.stage.axis().value_at(500.0) == pytest.approx(value)
    assert viewport.view.width == pytest.approx(200)


def test_a_drag_with_shift_selects(qtbot: QtBot) -> None:
    plots, session, viewport = stand(qtbot)
    viewport.show(500.0, 700.0)
    plot, held = plots.plots["stack_bytes"], Qt.KeyboardModifier.ShiftModifier
    ends = [spot(plots, plot, 550), spot(plots, plot, 600)]
    with qtbot.assertNotEmitted(session.position_changed):
        QTest.mousePress(plot, Qt.MouseButton.LeftButton, held, ends[0])
        QTest.mouseMove(plot, ends[1])
        QTest.mouseRelease(plot, Qt.MouseButton.LeftButton, held, ends[1])
    assert session.range == (550, 600)
    assert viewport.view.first == 500.0


def test_the_wheel_zooms_where_the_mouse_is(qtbot: QtBot) -> None:
    plots, _, viewport = stand(qtbot)
    viewport.show(500.0, 1500.0)
    plot, at = plots.plots["stack_bytes"], QPoint(400, 20)
    value = plots.stage.axis().value_at(400.0)
    held = Qt.KeyboardModifier
    widths = {}
    for name, modifier in (
        ("plain", None), ("finer", held.ControlModifier), ("coarser", held.ShiftModifier),
    ):  # fmt: skip
        viewport.show(500.0, 1500.0)
        wheel(plot, at, 120, modifier)
        assert plots.stage.axis().value_at(400.0) == pytest.approx(value)
        widths[name] = viewport.view.width
    assert widths["coarser"] < widths["plain"] < widths["finer"] < 1000
    wheel(plot, at, -120)
    assert viewport.view.width > widths["coarser"]


def test_the_wheel_over_the_gutter_is_for_who_scrolls(qtbot: QtBot) -> None:
    plots, _, viewport = stand(qtbot, size=(900, 160))
    before = viewport.view
    assert not wheel(plots.plots["stack_bytes"], QPoint(20, 20), -120)
    assert viewport.view == before
    assert wheel(plots.plots["stack_bytes"], QPoint(400, 20), 120)
    assert viewport.view != before


def test_the_crosshair_is_shared(qtbot: QtBot) -> None:
    plots, _, viewport = stand(qtbot)
    plot = plots.plots["stack_bytes"]
    where = spot(plots, plot, 600)
    with qtbot.waitSignal(viewport.crosshair_moved):
        QTest.mouseMove(plot, where)
    assert viewport.crosshair == pytest.approx(plots.stage.axis().value_at(float(where.x())))
    there = viewport.position_at(viewport.crosshair or 0.0)
    for each in plots.plots.values():
        assert each.series is not None
        assert each.reading().there == f"{each.series.signal.value_at(there):,}"
    viewport.set_crosshair(None)
    assert plot.reading().there == ""


def test_the_tip_says_value_event_time_and_what_happened(qtbot: QtBot) -> None:
    from core.trace.explain import explain

    plots, session, viewport = stand(qtbot, "mail-chain")
    assert session.trace is not None
    viewport.set_crosshair(40.5)
    tip = plots.plots["stack_bytes"].tip()
    value = session.trace.state_at(40).stack_bytes
    assert f"Stack: {value:,} bytes" in tip
    assert f"Event 41 of {len(session.trace):,}, {session.trace.clock_ns(40)} ns" in tip
    assert explain(session.trace, 40).split(" ")[0] in tip
    viewport.set_crosshair(None)
    assert plots.plots["stack_bytes"].tip() == ""


# -- the choice -----------------------------------------------------------------------------------


def test_values_are_chosen_in_a_menu(qtbot: QtBot) -> None:
    plots, _, _ = stand(qtbot)
    menu = QMenu()
    qtbot.addWidget(menu)
    plots.fill_choice(menu)
    ticked = {action.text() for action in menu.actions() if action.isChecked()}
    assert ticked == {plot.plotted.label for plot in plots.plots.values()}
    recursion = next(each for each in menu.actions() if each.text() == "Recursion")
    with qtbot.waitSignal(plots.shown_changed):
        recursion.trigger()
    assert plots.shown == ("stack_bytes", "guard_value", "depot_pages", "owners_lost")
    plots.toggle("pages_in_use")
    plots.toggle("recursion")
    assert plots.shown == (*SIMULATED, "pages_in_use")


def test_a_choice_outlives_a_run_that_lacks_the_value(qtbot: QtBot) -> None:
    plots, session, _ = stand(qtbot)
    assert session.override(guard="none")
    assert "guard_value" not in plots.shown
    plots.toggle("pages_in_use")
    assert session.override(guard="bit1")
    assert "guard_value" in plots.shown
    assert "pages_in_use" in plots.shown


def test_each_task_may_have_its_own_plot(qtbot: QtBot) -> None:
    plots, session, _ = stand(qtbot, "two-tasks")
    assert session.trace is not None
    plots.toggle("stack_bytes/1")
    task = session.trace.info.tasks[1]
    assert plots.plots["stack_bytes/1"].plotted.label == f"Stack of {task.comm}/{task.pid}"


def test_the_context_menu_has_values_and_exports(qtbot: QtBot) -> None:
    plots, _, _ = stand(qtbot)
    menu = plots.context_menu()
    said = [action.text() for action in menu.actions()]
    assert "Stack" in said
    assert any("SVG" in text for text in said)
    menu.close()


def test_a_long_run_is_built_value_by_value(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AT_ONCE_EVENTS", 10)
    plots, session, _ = stand(qtbot, "mail-chain")
    assert session.open("depth-law")
    assert any(plot.series is None for plot in plots.plots.values())
    plots.grab()  # an unbuilt plot is empty, and no error
    qtbot.waitUntil(lambda: all(plot.series is not None for plot in plots.plots.values()))


# -- files ----------------------------------------------------------------------------------------


def test_the_table_is_what_is_in_view_or_selected(qtbot: QtBot, tmp_path: Path) -> None:
    plots, session, viewport = stand(qtbot)
    assert session.trace is not None
    viewport.show(100.0, 200.0)
    with qtbot.waitSignal(plots.exported) as got:
        assert plots.export(tmp_path / "plots.csv")
    assert got.args == [f"Written: {tmp_path / 'plots.csv'}"]
    rows = list(csv.DictReader((tmp_path / "plots.csv").read_text().splitlines()))
    assert int(rows[0]["position"]) == 100
    assert int(rows[-1]["position"]) < 200
    for row in rows:
        state = session.trace.state_at(int(row["position"]))
        assert (int(row["stack_bytes"]), int(row["time_ns"])) == (state.stack_bytes, state.clock_ns)
    session.select_range(120, 130)
    assert plots.export(tmp_path / "plots.csv")
    rows = list(csv.DictReader((tmp_path / "plots.csv").read_text().splitlines()))
    assert int(rows[0]["position"]) == 120
    assert int(rows[-1]["position"]) <= 130


@pytest.mark.parametrize("events", [8, 2000])
def test_the_drawing_has_real_text_and_stays_small(
    qtbot: QtBot, tmp_path: Path, events: int
) -> None:
    plots, session, _ = stand(qtbot)
    session.set_parameter("events", events)
    plots.export_svg(tmp_path / "plots.svg")
    root = ElementTree.parse(tmp_path / "plots.svg").getroot()
    said = " ".join("".join(node.itertext()) for node in root.iter() if node.tag.endswith("}text"))
    for plot in plots.plots.values():
        assert plot.plotted.label in said
    assert "depth-law, Linux 6.1 x86_64" in said
    assert "THREAD_SIZE" not in said, "far above everything: no line"
    assert not [node for node in root.iter() if node.tag.endswith("}image")]
    assert (tmp_path / "plots.svg").stat().st_size < 2_000_000


def test_the_picture_is_twice_the_size(qtbot: QtBot, tmp_path: Path) -> None:
    plots, _, viewport = stand(qtbot)
    viewport.set_mode("time")
    assert plots.export(tmp_path / "plots.png")
    image = QImage(str(tmp_path / "plots.png"))
    assert image.width() == 2 * SIZE[0]


@pytest.mark.parametrize("suffix", [".svg", ".png", ".csv"])
def test_a_place_that_cannot_be_written_is_said(qtbot: QtBot, tmp_path: Path, suffix: str) -> None:
    plots, _, _ = stand(qtbot)
    with qtbot.waitSignal(plots.failed) as got:
        assert not plots.export(tmp_path / "missing" / f"plots{suffix}")
    assert "choose another place" in got.args[0]
    assert not list(tmp_path.iterdir())


def test_a_table_too_long_is_said(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    plots, _, _ = stand(qtbot)
    with qtbot.waitSignal(plots.failed) as got:
        assert not plots.export(tmp_path / "plots.csv")
    assert "smaller part" in got.args[0]


@pytest.mark.parametrize("typed", ["mine.svg", "mine"])
def test_the_file_dialog_gets_its_suffix(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    plots, _, _ = stand(qtbot)
    answer: Callable[..., tuple[str, str]] = lambda *_: (str(tmp_path / typed), "")  # noqa: E731
    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    menu = QMenu()
    qtbot.addWidget(menu)
    plots.fill_export(menu)
    menu.actions()[0].trigger()
    assert [path.name for path in tmp_path.iterdir()] == ["mine.svg"]
