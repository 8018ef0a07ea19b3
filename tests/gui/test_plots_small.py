"""The small plots: the law, how full the stack was, what guards cost."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from core.compare.probes import LAW_DEPTHS, GuardCost, cost_of, probe
from core.guards.catalog import DESIGNS
from core.scenario.loader import ScenarioText, Value, open_scenario
from core.scenario.measured import ALLOCATING, CONTROL
from core.scenario.run import Overrides
from gui.runner import Runner
from gui.session import Session
from gui.theme import ThemeManager
from gui.widgets.plots.guard_cost import GuardCostPlot
from gui.widgets.plots.keys import Key, KeyPainter
from gui.widgets.plots.law import LawPlot
from gui.widgets.plots.panel import PlotsPanel
from gui.widgets.plots.small import SmallPlot
from gui.widgets.plots.stack_histogram import StackHistogram
from tests.gui.stands import EVERYTHING_AT_ONCE, shown

SIZE = (420, 480)
Settings = Mapping[str, Value]
Cost = GuardCost | None
PROBED: dict[tuple[str, tuple[tuple[str, Value], ...], Overrides, str], Cost] = {}


@pytest.fixture(autouse=True)
def probed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each guard on each work once for all tests: it always comes to the same."""

    def known(source: ScenarioText, settings: Settings, asked: Overrides, design: str) -> Cost:
        key = source.text, tuple(sorted(settings.items())), asked, design
        if key not in PROBED:
            PROBED[key] = probe(source, settings, asked, design)
        return PROBED[key]

    monkeypatch.setattr("gui.widgets.plots.guard_cost.probe", known)


def law(qtbot: QtBot) -> LawPlot:
    plot = LawPlot(ThemeManager())
    qtbot.addWidget(plot)
    plot.resize(*SIZE)
    with qtbot.waitExposed(plot):
        plot.show()
    qtbot.waitUntil(lambda: len(plot.points) == len(LAW_DEPTHS))
    return plot


def panel(qtbot: QtBot, scenario: str = "depth-law") -> tuple[PlotsPanel, Session]:
    made, session, _ = shown(qtbot, PlotsPanel, SIZE, scenario)
    return made, session


def rows_of(plot: SmallPlot) -> list[dict[str, str]]:
    return list(csv.DictReader(plot.csv().decode().splitlines()))


# -- the law --------------------------------------------------------------------------------------


def test_simulated_and_measured_points_stand_on_the_law(qtbot: QtBot) -> None:
    rows = rows_of(law(qtbot))
    assert [row["simulated"] for row in rows] == ["1", "3", "7", "15", "31", "63"]
    assert [row["law"] for row in rows] == [row["simulated"] for row in rows]
    for row, run in zip(rows, ALLOCATING, strict=False):
        assert float(row["measured"]) == pytest.approx(run.unwinds / CONTROL.calls, abs=1e-4)
    assert [row["measured"] for row in rows[4:]] == ["", ""]


def test_measured_and_simulated_points_look_different(qtbot: QtBot) -> None:
    plot = law(qtbot)
    glyphs = {key.text: key.glyph for key in plot.keys_now()}
    assert glyphs["simulated"] != glyphs["measured"]
    import pyqtgraph as pg

    items = plot.plot.getPlotItem().items
    symbols = {
        item.opts["symbol"]: len(item.data)
        for item in items
        if isinstance(item, pg.ScatterPlotItem)
    }
    assert symbols == {"o": len(LAW_DEPTHS), "d": len(ALLOCATING)}


def test_the_caption_cites_the_source(qtbot: QtBot) -> None:
    said = law(qtbot).caption.text()
    assert "Linux 6.1.192" in said
    assert "4,075" in said
    assert "holds only for such an unwinder" in said


def test_the_arrows_go_from_depth_to_depth(qtbot: QtBot) -> None:
    plot = law(qtbot)
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert plot.readout.text().startswith("Depth 1: the law says 1, simulated 1, measured 1.00")
    QTest.keyClick(plot, Qt.Key.Key_Right)
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert "measured 6.84 (27,862 unwinds)" in plot.readout.text()
    assert plot.readout.text() in plot.accessibleDescription()
    QTest.keyClick(plot, Qt.Key.Key_End)
    assert plot.readout.text() == "Depth 6: the law says 63, simulated 63."
    QTest.keyClick(plot, Qt.Key.Key_Left)
    assert "Depth 5" in plot.readout.text()
    QTest.keyClick(plot, Qt.Key.Key_Home)
    assert "Depth 1" in plot.readout.text()


def test_the_window_does_not_get_the_arrows(qtbot: QtBot) -> None:
    plot = law(qtbot)
    for key, kept in ((Qt.Key.Key_Left, True), (Qt.Key.Key_Space, False)):
        asked = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
        asked.ignore()
        QApplication.sendEvent(plot, asked)
        assert asked.isAccepted() is kept


def test_the_mouse_moves_the_crosshair_to_the_nearest_depth(qtbot: QtBot) -> None:
    plot = law(qtbot)
    box = plot.plot.getViewBox()
    plot.plot.scene().sigMouseMoved.emit(box.mapViewToScene(QPointF(3.8, 2.0)))
    assert plot.readout.text().startswith("Depth 4")


def test_nothing_is_simulated_before_it_is_seen(qtbot: QtBot) -> None:
    plot = LawPlot(ThemeManager())
    qtbot.addWidget(plot)
    assert plot.plot is None
    assert not plot.points
    assert plot.csv().decode().count("\n") == 1 + len(LAW_DEPTHS)


# -- how full the stack was -----------------------------------------------------------------------


def test_the_histogram_has_every_event_of_the_run(qtbot: QtBot) -> None:
    plot, session, _ = shown(qtbot, StackHistogram, SIZE, "depth-law")
    assert session.trace is not None
    assert sum(int(row["events"]) for row in rows_of(plot)) == len(session.trace)
    peak = max(session.trace.state_at(at).stack_bytes for at in range(len(session.trace)))
    assert f"peak {peak:,} bytes" in plot.keys.accessibleName()
    assert "THREAD_SIZE is 16,384 bytes" in plot.caption.text()


def test_a_selected_part_is_all_that_counts(qtbot: QtBot) -> None:
    plot, session, _ = shown(qtbot, StackHistogram, SIZE, "depth-law")
    session.select_range(100, 149)
    assert sum(int(row["events"]) for row in rows_of(plot)) == 50
    assert "Events 101 to 150" in plot.caption.text()
    session.clear_range()
    assert "All" in plot.caption.text()


def test_time_weighs_otherwise(qtbot: QtBot) -> None:
    plot, session, _ = shown(qtbot, StackHistogram, SIZE, "depth-law")
    assert session.trace is not None
    QTest.mouseClick(plot.choice.buttons["time"], Qt.MouseButton.LeftButton)
    total = sum(int(row["ns"]) for row in rows_of(plot))
    # The first event happens at the end of its own time: what comes before has no stack.
    assert total == session.trace.clock.end_ns - session.trace.clock_ns(0)
    plot.stand(3)
    assert "%" in plot.readout.text()


def test_a_stack_that_runs_over_has_its_limit_drawn(qtbot: QtBot) -> None:
    plot, session, _ = shown(qtbot, StackHistogram, SIZE, "no-guard-overflow")
    assert session.trace is not None
    assert "THREAD_SIZE 16,384 bytes" in plot.keys.accessibleName()
    assert "times the peak" not in plot.caption.text()


def test_without_a_run_it_says_what_to_do(qtbot: QtBot) -> None:
    themes, session = ThemeManager(), Session(Runner())
    for kind in (StackHistogram, GuardCostPlot):
        plot = kind(session, themes)
        qtbot.addWidget(plot)
        plot.show()
        assert plot.caption.text().startswith("Open a scenario")
        assert not plot.stops()
        QTest.keyClick(plot, Qt.Key.Key_Right)


# -- what guards cost -----------------------------------------------------------------------------


def costs(qtbot: QtBot, scenario: str, **overrides: object) -> tuple[GuardCostPlot, Session]:
    plot, session, _ = shown(qtbot, GuardCostPlot, SIZE, scenario, **overrides)
    qtbot.waitUntil(lambda: len(plot.costs) == len(DESIGNS))
    return plot, session


def test_every_guard_runs_on_the_open_work(qtbot: QtBot) -> None:
    plot, session = costs(qtbot, "mail-chain")
    assert session.trace is not None
    assert [cost.design for cost in plot.known] == list(DESIGNS)
    outcomes = {row["guard"]: row["outcome"] for row in rows_of(plot)}
    assert outcomes["none"] == outcomes["scan"] == "stack_overflow"
    assert outcomes["bit1"] == "completed"
    assert plot.costs["bit1"] == cost_of(session.trace)
    assert any(key.text == "up to where the run failed" for key in plot.keys_now())


def test_a_bar_says_its_numbers(qtbot: QtBot) -> None:
    plot, _ = costs(qtbot, "mail-chain")
    cost = plot.costs["bit1"]
    assert cost is not None
    plot.stand(list(DESIGNS).index("bit1"))
    said = plot.readout.text()
    assert said.startswith(f"1 bit: {cost.instructions} instructions")
    assert f"{cost.hits} guard hits" in said
    plot.stand(0)
    assert "the run ended with stack overflow" in plot.readout.text()


def test_narrow_bars_have_a_cross_where_the_word_does_not_fit(qtbot: QtBot) -> None:
    import pyqtgraph as pg

    plot, _ = costs(qtbot, "mail-chain")

    def said() -> set[str]:
        items = plot.plot.getPlotItem().items
        return {item.toPlainText() for item in items if isinstance(item, pg.TextItem)}

    for width, word in ((900, "overflow"), (420, "✕"), (900, "overflow")):
        plot.resize(width, 500)
        assert word in said()
        assert len(said() & {"overflow", "✕"}) == 1


def test_another_depth_is_other_work(qtbot: QtBot) -> None:
    plot, session = costs(qtbot, "depth-law")
    before = plot.costs["uint"]
    assert session.override(max_depth=1)
    qtbot.waitUntil(lambda: len(plot.costs) == len(DESIGNS))
    after = plot.costs["uint"]
    assert before is not None
    assert after is not None
    assert after.times.save_ns < before.times.save_ns
    assert "maximum depth 1" in plot.caption.text()


def test_long_work_is_shortened_and_says_so(qtbot: QtBot) -> None:
    plot, session, _ = shown(qtbot, GuardCostPlot, SIZE, "depth-law")
    session.set_parameter("events", 400)
    qtbot.waitUntil(lambda: len(plot.costs) == len(DESIGNS))
    assert [cost.design for cost in plot.known] == list(DESIGNS)
    assert plot.work is not None
    assert plot.caption.text().startswith(f"Run on {plot.work.value} of 400 page events")
    opened = plot.costs["uint"]
    assert opened == probe(
        open_scenario("depth-law"), {"events": plot.work.value}, session.overrides, "uint"
    )
    session.set_parameter("events", 8)
    qtbot.waitUntil(lambda: len(plot.costs) == len(DESIGNS))
    assert plot.work is None
    assert "page events" not in plot.caption.text()


def test_long_work_that_nothing_shortens_shows_the_open_guard_only(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.widgets.plots.guard_cost.PROBE_EVENTS", 50)
    plot, session = costs(qtbot, "smp-depth-two")
    assert session.trace is not None
    assert len(session.trace) > 50
    assert [cost.design for cost in plot.known] == [session.trace.info.guard.design]
    assert "longer than 50 events" in plot.caption.text()


# -- the panel ------------------------------------------------------------------------------------


def test_the_segments_change_the_plot(qtbot: QtBot) -> None:
    made, _ = panel(qtbot)
    assert made.shown == "stack"
    for name in ("law", "cost", "stack"):
        QTest.mouseClick(made.choice.buttons[name], Qt.MouseButton.LeftButton)
        assert made.shown == name
        assert made.plot is made.plots[name]
        assert made.plot.isVisible()


@pytest.mark.parametrize("name", ["law", "stack", "cost"])
def test_each_plot_is_written_in_every_form(qtbot: QtBot, tmp_path: Path, name: str) -> None:
    made, _ = panel(qtbot)
    made.show_plot(name)
    for suffix in (".svg", ".png", ".csv"):
        with qtbot.waitSignal(made.exported):
            assert made.export(tmp_path / f"{name}{suffix}")
    root = ElementTree.parse(tmp_path / f"{name}.svg").getroot()
    said = " ".join("".join(node.itertext()) for node in root.iter() if node.tag.endswith("}text"))
    assert made.plot.title.split(",")[0] in said
    assert made.plot.keys_now()[0].text in said
    assert not [node for node in root.iter() if node.tag.endswith("}image")]
    assert QImage(str(tmp_path / f"{name}.png")).width() > 2 * 300
    assert (tmp_path / f"{name}.csv").read_bytes() == made.plot.csv()


def test_a_place_that_cannot_be_written_is_said(qtbot: QtBot, tmp_path: Path) -> None:
    made, _ = panel(qtbot)
    with qtbot.waitSignal(made.failed) as got:
        assert not made.export(tmp_path / "missing" / "plot.png")
    assert "choose another place" in got.args[0]


def test_the_export_menu_asks_where(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _ = panel(qtbot)
    chosen = str(tmp_path / "mine"), ""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: chosen)
    menu = QMenu()
    qtbot.addWidget(menu)
    made.fill_export(menu)
    menu.actions()[2].trigger()
    assert [path.name for path in tmp_path.iterdir()] == ["mine.csv"]


@pytest.mark.parametrize("scale", [1.0, 2.0, 3.0])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_takes_on_theme_and_scale(qtbot: QtBot, theme: str, scale: float) -> None:
    themes, session = ThemeManager(), Session(Runner(probe_events=EVERYTHING_AT_ONCE))
    made = PlotsPanel(session, themes)
    qtbot.addWidget(made)
    made.show()
    assert session.open("mail-chain")
    themes.choose(theme)
    themes.set_scale(scale)
    for name, plot in made.plots.items():
        made.show_plot(name)
        ground = plot.plot.backgroundBrush().color().name().upper()
        assert ground == themes.theme.surface
        image = plot.grab().toImage()
        assert not image.isNull()
        assert plot.plot.minimumHeight() == themes.metrics.px(170)


def test_keys_that_do_not_fit_go_into_more_rows(qtbot: QtBot) -> None:
    themes = ThemeManager()
    keys = [Key("dot", f"a key of some length {at}", "#123456") for at in range(4)]
    painter = KeyPainter(keys, themes.theme, themes.metrics)
    assert painter.height(200) == 4 * painter.height(2000)
