"""The Timeline workspace in the window: keys, panels, search, selection, export, saving."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from core.errors import OwnerscopeError
from gui.actions import ActionRegistry
from gui.app import _add_workspaces
from gui.controller import Controller
from gui.settings import Settings
from gui.theme import ThemeManager
from gui.widgets.functions.panel import FunctionsPanel
from gui.widgets.timeline.export import calls_csv
from gui.window import MainWindow
from gui.workspaces.timeline import TimelineWorkspace

pytestmark = pytest.mark.usefixtures("undressed")

KEY, HELD = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def controller(qtbot: QtBot, tmp_path: Path) -> Controller:
    settings = Settings(tmp_path / "settings.ini")
    window = MainWindow(ThemeManager(settings), ActionRegistry(settings), settings)
    qtbot.addWidget(window)
    made = Controller(window)
    _add_workspaces(window, made)
    window.resize(1400, 850)
    with qtbot.waitExposed(window):
        window.show()
    made.open_first()
    window.show_workspace("timeline")
    qtbot.wait(1)
    return made


def page(controller: Controller) -> TimelineWorkspace:
    found = controller.window.findChild(TimelineWorkspace)
    assert isinstance(found, TimelineWorkspace)
    return found


def press(controller: Controller, key: Qt.Key, held: Qt.KeyboardModifier | None = None) -> None:
    QTest.keyClick(page(controller).timeline, key, held or HELD.NoModifier)


def test_w_and_s_zoom_a_and_d_move(controller: Controller) -> None:
    viewport = controller.viewport
    whole = viewport.view
    controller.session.seek(60)
    press(controller, KEY.Key_W)
    once = viewport.view
    assert once.width == pytest.approx(whole.width * 0.7)
    assert once.first < 60.5 < once.last
    press(controller, KEY.Key_W, HELD.ShiftModifier)
    assert viewport.view.width == pytest.approx(once.width * 0.7**3)
    press(controller, KEY.Key_W, HELD.ControlModifier)
    assert viewport.view.width == pytest.approx(once.width * 0.7**3.25)
    before = viewport.view
    press(controller, KEY.Key_D)
    assert viewport.view.first == pytest.approx(before.first + before.width * 0.15)
    press(controller, KEY.Key_A)
    assert viewport.view.first == pytest.approx(before.first)
    press(controller, KEY.Key_F)
    assert viewport.view == viewport.bounds
    press(controller, KEY.Key_Backspace)
    assert viewport.view.width < whole.width
    press(controller, KEY.Key_S, HELD.ShiftModifier)
    press(controller, KEY.Key_S, HELD.ShiftModifier)
    assert viewport.view == viewport.bounds


def test_o_and_c_change_axis_and_colours_and_the_bar_says_so(controller: Controller) -> None:
    shown = page(controller)
    press(controller, KEY.Key_O)
    assert controller.viewport.mode == "time"
    assert shown.bar.modes.buttons["time"].isChecked()
    press(controller, KEY.Key_C)
    assert shown.model.colouring == "function"
    assert shown.bar.colours.buttons["function"].isChecked()
    assert shown.bar.legend.entries() == []
    press(controller, KEY.Key_C)
    assert "page_owner" in [role.label for role in shown.bar.legend.entries()]


def test_slash_searches_and_n_and_p_go_through_the_hits(controller: Controller) -> None:
    shown, session = page(controller), controller.session
    press(controller, KEY.Key_Slash)
    assert shown.bar.search.isVisible()
    QTest.keyClicks(shown.bar.search.field, "^save_stack$")
    assert session.trace is not None
    calls = [
        at for at in range(len(session.trace))
        if session.trace.function(at).name == "save_stack"
        and session.trace.kind(at).name == "CALLED"
    ]  # fmt: skip
    assert shown.search.total == len(calls)
    QTest.keyClick(shown.bar.search.field, KEY.Key_Return)
    assert session.position == calls[0]
    assert shown.timeline.hasFocus(), "the hits are gone through from the timeline"
    press(controller, KEY.Key_N)
    assert session.position == calls[1]
    press(controller, KEY.Key_P)
    assert session.position == calls[0]
    press(controller, KEY.Key_Slash)
    QTest.keyClick(shown.bar.search.field, KEY.Key_Escape)
    assert not shown.bar.search.isVisible()
    assert shown.timeline.hasFocus()


def test_what_could_not_be_opened_stays_said(controller: Controller, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("this is no scenario")
    controller.window.open_file(bad)
    controller.open_first()
    texts = [message.text for message in controller.window.messages.messages]
    assert any("bad.toml" in text for text in texts)


@pytest.mark.parametrize("width", [960, 1400])
@pytest.mark.usefixtures("dressed")
def test_the_legend_names_every_colour_or_gives_its_letter(
    controller: Controller, width: int
) -> None:
    controller.window.resize(width, 700)
    legend = page(controller).bar.legend
    assert not legend.grab().isNull()
    for role in legend.entries():
        assert f"{role.glyph}: {role.label}" in legend.toolTip()


def test_a_selected_part_rules_the_other_panels(controller: Controller) -> None:
    shown, session = page(controller), controller.session
    controller.viewport.show_positions(30, 60)
    press(controller, KEY.Key_R)
    assert session.range == (30, 60)
    assert shown.bar.chip.isVisible()
    assert shown.bar.chip.accessibleName().startswith("Selected: events 31 to 61: 31 events")
    functions = shown.side.panel("functions")
    assert isinstance(functions, FunctionsPanel)
    texts = " ".join(label.text() for label in functions.findChildren(QLabel))
    assert "31 to 61" in texts
    QTest.mouseClick(shown.bar.chip, Qt.MouseButton.LeftButton)
    assert session.range is None
    assert not shown.bar.chip.isVisible()


def test_every_panel_can_be_shown_and_all_of_them_put_away(controller: Controller) -> None:
    shown = page(controller)
    for name in ("recursion", "machine", "stops", "plots", "functions"):
        QTest.mouseClick(shown.side.choice.buttons[name], Qt.MouseButton.LeftButton)
        assert shown.side.shown == name
        assert shown.side.panel(name).isVisible()
    press(controller, KEY.Key_G, HELD.ControlModifier)
    assert not shown.side_shown
    press(controller, KEY.Key_G, HELD.ControlModifier)
    assert shown.side_shown


@pytest.mark.usefixtures("dressed")
def test_timeline_plots_and_overview_lie_on_one_axis(controller: Controller) -> None:
    shown, window = page(controller), controller.window
    controller.session.seek(50)
    value = controller.viewport.middle_of(50)
    lines = {
        round(view.mapTo(window, QPoint(0, 0)).x() + axis.x_of(value))
        for view, axis in (
            (shown.timeline, shown.timeline.axis),
            *((plot, shown.plots.stage.axis()) for plot in shown.plots.plots.values()),
        )
    }
    assert len(lines) == 1
    assert shown.minimap.axis.left == shown.timeline.axis.left
    assert shown.minimap.axis.width == shown.timeline.axis.width


def test_the_digits_and_brackets_play_here_too(controller: Controller) -> None:
    session = controller.session
    press(controller, KEY.Key_5)
    assert session.trace is not None
    assert session.position == len(session.trace) * 5 // 10
    press(controller, KEY.Key_BracketLeft)
    assert session.position in session.trace.short_circuits


def export(controller: Controller, path: Path, qtbot: QtBot) -> None:
    exporter, view = page(controller).exporter, page(controller).timeline
    with qtbot.waitSignal(exporter.written, timeout=5000) as got:
        exporter.export(view, path)
    assert got.args == [path]


def test_exports_hold_what_is_in_view(controller: Controller, tmp_path: Path, qtbot: QtBot) -> None:
    shown = page(controller)
    export(controller, tmp_path / "run.svg", qtbot)
    text = (tmp_path / "run.svg").read_text()
    assert ">get_page_from_freelist<" in text
    assert "mail-chain, Linux 5.12 ia64, guard bit1: events 1 to 116 of 116" in text
    assert ">Stack depot<" in text, "what the colours mean"
    assert "<image" not in text, "few calls are shapes"
    export(controller, tmp_path / "run.png", qtbot)
    assert (tmp_path / "run.png").read_bytes().startswith(b"\x89PNG")
    controller.viewport.show_positions(30, 40)
    export(controller, tmp_path / "run.csv", qtbot)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "run.csv").read_text())))
    trace, spans = shown.model.trace, shown.model.spans
    assert trace is not None
    assert spans is not None
    inside = [
        span for span in range(len(spans)) if spans.calls[span] <= 40 and spans.ends[span] > 30
    ]
    assert len(rows) == len(inside)
    for row in rows:
        call = int(row["event"]) - 1
        assert row["function"] == trace.function(call).name
        assert int(row["depth"]) == len(trace.calls_at(call)) - 1
        assert int(row["start_ns"]) == trace.clock_ns(call - 1)
    with qtbot.waitSignal(shown.exporter.failed) as told:
        shown.exporter.export(shown.timeline, tmp_path / "run.gif")
    assert "expected a name that ends in .svg" in told.args[0]


def test_too_much_is_refused_with_advice(
    controller: Controller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.widgets.timeline.export.MOST_ROWS", 10)
    model = page(controller).model
    assert model.trace is not None
    assert model.spans is not None
    with pytest.raises(OwnerscopeError, match="zoom in, or select a part"):
        calls_csv(model.trace, model.spans, 0, len(model.trace))


def test_a_failed_export_is_told_and_leaves_what_was_there(
    controller: Controller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    (tmp_path / "folder.svg").mkdir()
    answer = (str(tmp_path / "folder.svg"), "Drawing (*.svg)")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: answer)
    with qtbot.waitSignal(page(controller).exporter.failed, timeout=5000):
        press(controller, KEY.Key_E, HELD.ControlModifier)
    texts = [message.text for message in controller.window.messages.messages]
    assert any("choose another place" in text for text in texts)
    assert (tmp_path / "folder.svg").is_dir()


def test_a_run_is_saved_and_opened_where_it_was_left(
    controller: Controller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    session, viewport = controller.session, controller.viewport
    assert session.override(max_depth=2, guard="uint")
    session.seek(44)
    session.select_range(20, 50)
    viewport.show_positions(10, 70)
    session.stops.toggle_function("build_script")
    controller.playback.set_speed(8.0)
    page(controller).side.show_panel("recursion")
    saved = (str(tmp_path / "mine"), "")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: saved)
    with qtbot.waitSignal(controller.saver.saved, timeout=5000) as got:
        controller.window.registry.run("file.save_run")
    path = got.args[0]
    assert path.name == "mine.ownertrace"
    assert session.open("two-tasks")
    controller.window.show_workspace("live")
    controller.playback.set_speed(1.0)
    page(controller).side.show_panel("functions")
    controller.window.open_file(path)
    assert controller.window.workspace == "timeline"
    assert page(controller).side.shown == "recursion"
    assert controller.playback.speed == 8.0
    assert session.trace is not None
    assert session.trace.info.scenario == "mail-chain"
    assert session.trace.info.guard.design == "uint"
    assert session.position == 44
    assert session.range == (20, 50)
    assert viewport.seen == (10, 70)
    assert [stop.value for stop in session.stops.listed] == ["build_script"]
    assert session.override(guard="none"), "it can be changed and run again"
    assert session.trace.info.outcome == "stack_overflow"


@pytest.mark.parametrize(
    ("size", "scale"), [((960, 640), 1.0), ((1600, 900), 2.0), ((1280, 800), 3.0)]
)
@pytest.mark.usefixtures("dressed")
def test_calls_can_be_read_at_every_scale(
    controller: Controller, size: tuple[int, int], scale: float, qtbot: QtBot
) -> None:
    shown = page(controller)
    controller.window.resize(*size)
    controller.window.themes.set_scale(scale)
    qtbot.waitUntil(lambda: shown.plots.isVisible() == (scale == 1.0))
    qtbot.waitUntil(lambda: shown.timeline.area.height() >= 4 * shown.timeline.lanes.row)
    assert shown.minimap.isVisible() == (scale < 3.0)
    if scale > 1:
        assert shown.timeline.lanes.row >= 13 * scale, "rows are to be read from afar"
