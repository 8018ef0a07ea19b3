"""Recordings in a lesson's steps: played, looked at, and read before they are wanted."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.lesson.loader import parse
from core.recording.examples import EXAMPLES
from core.recording.opening import Recording, open_recording
from gui.lesson_recordings import MOST_KEPT, LessonRecordings
from gui.lesson_stage import LessonStage
from gui.recording_look import FLAME, HEAVY, SANDWICH, TIME
from gui.workspaces.recordings import RecordingsWorkspace
from tests.gui.lesson_stands import HELD, KEY, PATIENCE, Stand

pytestmark = pytest.mark.usefixtures("undressed")

PATHS = {each.name: each.path for each in EXAMPLES}
HEAD = 'schema = 1\nname = "recorded"\ntitle = "Recorded"\n'
STEPS = """
[[steps]]
title = "Simulated"
scenario = "mail-chain"
position = "first short-circuit"

[[steps]]
title = "Recorded, in Live"
recording = "recursion"
position = "first short-circuit"
highlights = ["function:save_stack", "frame:6"]
[[steps.questions]]
about = "saves"
ask = "How many saves?"

[[steps]]
title = "On the timeline"
workspace = "timeline"
position = "first short-circuit"
zoom = ["save_stack call 2 - 6", "first short-circuit + 6"]
play = { start = "save_stack call 2 - 4", end = "first short-circuit", speed = 2.0 }

[[steps]]
title = "In order of time"
workspace = "recordings"
view = "time"
highlights = ["function:save_stack"]

[[steps]]
title = "Callers and callees"
workspace = "recordings"
view = "sandwich"
highlights = ["function:save_stack"]

[[steps]]
title = "A dump as areas"
workspace = "recordings"
recording = "boot_dump"
highlights = ["panel:treemap"]

[[steps]]
title = "A dump has nothing to play"
workspace = "live"

[[steps]]
title = "Simulated again"
scenario = "mail-chain"
"""


@cache
def opened(name: str) -> Recording:
    return open_recording(PATHS[name])


@pytest.fixture
def fresh(qtbot: QtBot, tmp_path: Path) -> Stand:
    made = Stand(qtbot, tmp_path)
    made.start(HEAD + STEPS)
    return made


@pytest.fixture
def stand(fresh: Stand) -> Stand:
    """The lesson with its recordings read."""
    for name in ("recursion", "boot_dump"):
        fresh.session.stage.reading.kept.keep(PATHS[name], opened(name))
    return fresh


def show(stand: Stand, number: int) -> None:
    stand.session.show_step(number - 1)
    stand.settle()


def test_a_recording_is_played_in_live_at_the_steps_place(stand: Stand) -> None:
    show(stand, 2)
    session = stand.controller.session
    assert stand.session.problem == ""
    assert stand.window.workspace == "live"
    assert session.trace is not None
    assert session.trace.info.recording is not None
    assert session.position == session.trace.short_circuits[0]
    assert [frame.function.name for frame in session.frames()].count("save_stack") == 2
    assert session.highlights == ("function:save_stack", "frame:6")
    assert [asked.answer for asked in stand.session.questions] == ["2"]


def test_the_next_step_plays_it_on_the_timeline(stand: Stand) -> None:
    show(stand, 2)
    run = stand.controller.session.trace
    stand.press(KEY.Key_PageDown)
    session, stage = stand.controller.session, stand.session.stage
    assert (stand.window.workspace, stand.session.problem) == ("timeline", "")
    assert session.trace is run
    assert run is not None
    hit = int(run.short_circuits[0])
    first, last = stand.controller.viewport.seen
    assert (first, last) == pytest.approx((hit - 7, hit + 6), abs=1)
    assert stage.played == (hit - 5, hit)
    assert session.position == hit
    assert not stand.session.away


def test_an_excursion_from_a_recording_ends_with_it(stand: Stand) -> None:
    show(stand, 2)
    session = stand.controller.session
    run, position = session.trace, session.position
    assert session.open("depot-growth")
    stand.qtbot.waitUntil(lambda: session.trace is not run)
    assert stand.session.away
    stand.press(KEY.Key_Home, HELD.ControlModifier)
    assert (session.trace, session.position) == (run, position)
    assert not stand.session.away
    session.seek(3)
    assert stand.session.away
    session.seek(position)
    assert not stand.session.away


def test_a_step_says_which_view_of_a_recording_is_open(stand: Stand) -> None:
    recordings = stand.controller.recordings
    show(stand, 4)
    page = stand.window.findChild(RecordingsWorkspace)
    assert page is not None
    assert (recordings.order, recordings.view) == (TIME, FLAME)
    assert recordings.search == "^(save_stack)$"
    assert page.side.shown == "top"
    show(stand, 5)
    assert (recordings.view, recordings.function) == (SANDWICH, "save_stack")
    show(stand, 6)
    assert (recordings.order, recordings.view, page.side.shown) == (HEAVY, FLAME, "treemap")
    show(stand, 4)
    assert (recordings.order, recordings.view, page.side.shown) == (TIME, FLAME, "top")


@pytest.mark.usefixtures("dressed")
def test_a_step_is_seen_whole_again_after_an_excursion(stand: Stand) -> None:
    show(stand, 4)
    recordings = stand.controller.recordings
    recordings.set_order(HEAVY)
    assert stand.session.away
    recordings.set_order(TIME)
    assert not stand.session.away
    recordings.hide("save_stack")
    assert stand.session.away
    stand.press(KEY.Key_Home, HELD.ControlModifier)
    assert (recordings.order, recordings.hidden, recordings.search) == (TIME, (), "^(save_stack)$")
    assert not stand.session.away


def test_what_has_no_order_is_not_played_and_the_lesson_goes_on(stand: Stand) -> None:
    show(stand, 7)
    assert stand.session.problem.startswith("step 7 (A dump has nothing to play): ")
    assert "nothing to play" in stand.session.problem
    stand.press(KEY.Key_PageDown)
    assert (stand.session.problem, stand.controller.session.position) == ("", -1)
    trace = stand.controller.session.trace
    assert trace is not None
    assert trace.info.recording is None


def test_a_recording_lies_beside_the_lessons_file(stand: Stand, tmp_path: Path) -> None:
    copy = tmp_path / "boot.zst"
    copy.write_bytes(PATHS["recursion"].read_bytes())
    text = f'{HEAD}[[steps]]\ntitle = "Mine"\nrecording = "boot.zst"\nposition = "deepest"\n'
    file = tmp_path / "lesson.toml"
    file.write_text(text)
    stand.start(parse(text, where=str(file)))
    assert stand.session.problem == ""
    assert stand.controller.recordings.title == "boot.zst"
    copy.unlink()
    stand.session.back_to_step()
    assert "there is no recording" in stand.session.problem


def test_who_stops_the_reading_is_told_and_waits_no_more(fresh: Stand) -> None:
    fresh.session.show_step(1)
    assert fresh.session.stage.pending
    fresh.controller.recordings.cancel()
    fresh.settle()
    assert "not read to its end" in fresh.session.problem
    show(fresh, 2)
    assert fresh.session.problem == ""
    assert fresh.window.workspace == "live"


# -- ahead ----------------------------------------------------------------------------------------


def test_the_next_steps_recording_is_read_while_one_looks_at_this_one(fresh: Stand) -> None:
    session, stage = fresh.controller.session, fresh.session.stage
    before = session.trace, session.position, fresh.window.workspace
    fresh.qtbot.waitUntil(lambda: PATHS["recursion"] in stage.reading.kept, timeout=PATIENCE)
    assert (session.trace, session.position, fresh.window.workspace) == before
    assert fresh.controller.recordings.recording is None
    fresh.session.next()
    assert not stage.pending
    assert fresh.session.problem == ""
    assert fresh.window.workspace == "live"


def test_a_few_recordings_are_kept_and_files_that_changed_are_read_again(
    qtbot: QtBot, tmp_path: Path
) -> None:
    kept = LessonRecordings()
    recording = opened("guard_hits")
    paths = [tmp_path / f"{number}.txt" for number in range(MOST_KEPT + 1)]
    for path in paths[:-1]:
        path.write_text("x")
        kept.keep(path, recording)
    assert kept.find(paths[0]) is not None
    paths[-1].write_text("x")
    kept.keep(paths[-1], recording)
    assert len(kept) == MOST_KEPT
    # The one that was asked for just now stays, the next one goes.
    assert [path in kept for path in paths] == [True, False, True, True]
    paths[0].write_text("another")
    assert kept.find(paths[0]) is None
    kept.prepare(tmp_path / "nothing")
    assert not kept.reader.busy


def test_a_recording_read_ahead_is_a_profile_too(qtbot: QtBot) -> None:
    kept = LessonRecordings()
    with qtbot.waitSignal(kept.prepared, timeout=PATIENCE) as got:
        kept.prepare(PATHS["guard_hits"])
        kept.prepare(PATHS["guard_hits"])
    assert got.args == [PATHS["guard_hits"]]
    found = kept.find(PATHS["guard_hits"])
    assert found is not None
    assert found.recording.trace is not None
    assert found.profile is not None
    kept.forget()
    assert len(kept) == 0


def test_ending_a_lesson_keeps_no_recording(stand: Stand) -> None:
    show(stand, 2)
    stage: LessonStage = stand.session.stage
    assert len(stage.reading.kept)
    stand.session.close()
    assert not len(stage.reading.kept)
    assert not stage.reading.kept.reader.busy
