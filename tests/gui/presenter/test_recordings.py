"""A recording before an audience: the view that a step wants, and panels beside it."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from core.lesson.loader import parse
from core.recording.examples import EXAMPLES
from core.recording.opening import open_recording
from gui.presenter.hall import HallThemes
from gui.presenter.recordings import HallRecording
from gui.presenter.thumbnails import Thumbnails
from gui.recording_look import SANDWICH, Look
from gui.recording_session import RecordingSession
from gui.theme import ThemeManager
from gui.widgets.flame.sandwich import SandwichView
from tests.gui.lesson_stands import Stand
from tests.gui.presenter.conftest import Hall


def test_panels_that_a_step_points_at_stand_beside_the_graph(qtbot: QtBot) -> None:
    session = RecordingSession()
    session.show(open_recording(EXAMPLES[1].path))
    view = HallRecording(session, HallThemes(ThemeManager()))
    qtbot.addWidget(view)
    view.resize(1600, 700)
    view.show()
    assert view.graph.width() == view.width()
    made = view.show_panels(("treemap", "special", "flame"))
    assert len(made) == 2
    assert view.show_panels(("special",)) == []
    qtbot.waitUntil(lambda: view.graph.width() < view.width())
    assert [name for name, panel in view.panels.items() if panel.isVisible()] == ["special"]
    special = view.panels["special"]
    qtbot.waitUntil(lambda: special.width() >= 0.4 * view.width())
    assert special.geometry().left() >= view.graph.geometry().right()
    view.show_panels(())
    qtbot.waitUntil(lambda: view.graph.width() == view.width())


def test_callers_and_callees_take_the_graphs_place(qtbot: QtBot) -> None:
    session = RecordingSession()
    recording = open_recording(EXAMPLES[1].path)
    session.show(recording)
    view = HallRecording(session, HallThemes(ThemeManager()))
    qtbot.addWidget(view)
    assert view.graph.currentWidget() is view.flame
    session.show(recording, Look(view=SANDWICH, function="save_stack"))
    assert isinstance(view.graph.currentWidget(), SandwichView)
    session.show(recording)
    assert view.graph.currentWidget() is view.flame


LESSON = """
schema = 1
name = "thumbs"
title = "Thumbs"
[[steps]]
title = "Simulated"
scenario = "mail-chain"
[[steps]]
title = "Recorded"
workspace = "timeline"
recording = "recursion"
position = "first short-circuit"
"""


def test_the_picture_of_a_recorded_step_is_made_once_it_is_read(
    qtbot: QtBot, tmp_path: Path
) -> None:
    stand = Stand(qtbot, tmp_path)
    stand.start(LESSON)
    stage = stand.session.stage
    # Nobody reads it ahead: a slow machine would have it read by now.
    stand.session._later.stop()
    stage.reading.kept.stop()
    thumbnails = Thumbnails(stand.session, HallThemes(stand.window.themes))
    thumbnails.start()
    thumbnails._timer.start(0)
    qtbot.waitUntil(lambda: not thumbnails._timer.isActive())
    assert list(thumbnails._made) == [0]
    stage.reading.kept.keep(EXAMPLES[1].path, open_recording(EXAMPLES[1].path))
    with qtbot.waitSignal(thumbnails.changed) as got:
        stage.reading.kept.prepared.emit(EXAMPLES[1].path)
    assert got.args == [1]
    thumbnails.stop()


def test_who_goes_on_meanwhile_waits_for_no_recording(hall: Hall) -> None:
    stage, lessons = hall.audience.stage, hall.lessons
    lessons.open(parse(LESSON, where="thumbs"), 1)
    assert stage.currentWidget() is stage.problem
    lessons.previous()
    assert stage.currentWidget() is stage.view("live")


def test_nothing_of_another_step_is_seen_while_a_recording_is_read(
    hall: Hall, qtbot: QtBot
) -> None:
    stage, lessons = hall.audience.stage, hall.lessons
    lessons.open(parse(LESSON, where="thumbs"), 1)
    assert lessons.stage.pending
    assert stage.currentWidget() is stage.problem
    assert stage.problem.text() == f"Reading {EXAMPLES[1].path.name}…"
    qtbot.waitUntil(lambda: not lessons.stage.pending, timeout=20_000)
    assert lessons.problem == ""
    assert stage.currentWidget() is stage.view("timeline")
    lessons.back_to_step()
    assert stage.currentWidget() is stage.view("timeline")
