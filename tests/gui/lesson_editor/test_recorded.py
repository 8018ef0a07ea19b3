"""Steps made of recordings: what is in view, named so that it is found again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.lesson.check import problems
from core.lesson.positions import position_of
from core.lesson.schema import Question, Step
from core.recording.examples import EXAMPLES
from core.recording.opening import open_recording
from gui.lesson_editor import checker as checking
from gui.lesson_editor.document import EditedLesson
from gui.lesson_editor.record import record
from gui.workspaces.recordings import RecordingsWorkspace
from tests.gui.lesson_editor.samples import Stand, lesson

pytestmark = pytest.mark.usefixtures("undressed")


@pytest.fixture
def stand(qtbot: QtBot, tmp_path: Path) -> Iterator[Stand]:
    made = Stand(qtbot, tmp_path)
    yield made
    made.close()


def test_a_recording_that_plays_is_recorded_from_live_timeline_and_recordings(
    stand: Stand, tmp_path: Path
) -> None:
    controller, window = stand.parts.controller, stand.window
    file = tmp_path / "logs" / "boot.zst"
    file.parent.mkdir()
    example = next(each.path for each in EXAMPLES if each.name == "recursion")
    file.write_bytes(example.read_bytes())
    recordings = controller.recordings
    recordings.show(replace(open_recording(example), name=str(file)))

    def taken(workspace: str) -> Step:
        window.show_workspace(workspace)
        step = record(controller, stand.editing.comparison, workspace, tmp_path)
        assert problems(lesson(step), tmp_path) == []
        return step

    recordings.set_order("time")
    step = taken("recordings")
    assert (step.recording, step.view, step.scenario) == ("logs/boot.zst", "time", "")
    recordings.select_function("save_stack")
    recordings.set_view("sandwich")
    step = taken("recordings")
    assert (step.view, step.highlights) == ("sandwich", ("function:save_stack",))
    page = window.findChild(RecordingsWorkspace)
    assert page is not None
    recordings.set_order("heavy")
    page.side.show_panel("treemap")
    assert taken("recordings").highlights == ("function:save_stack", "panel:treemap")

    window.registry.run("recordings.live")
    trace = controller.session.trace
    assert trace is not None
    controller.session.seek(int(trace.short_circuits[0]))
    step = taken("live")
    assert (step.recording, step.position) == ("logs/boot.zst", "first short-circuit")
    controller.viewport.show_positions(370, 390)
    step = taken("timeline")
    assert [position_of(text, trace) for text in step.zoom] == [370, 390]

    # Saved elsewhere, the lesson still finds it, and saved beside it by a name that can be carried.
    edited = EditedLesson(lesson(step), tmp_path / "here.toml")
    other = tmp_path / "other"
    other.mkdir()
    edited.save(other / "there.toml")
    assert edited.steps[0].recording == str(file)
    assert problems(edited.lesson, edited.folder) == []
    edited.save(file.parent / "beside.toml")
    assert edited.steps[0].recording == "boot.zst"
    assert problems(edited.lesson, edited.folder) == []


def test_the_form_of_a_recording_offers_what_it_has(stand: Stand) -> None:
    asked = Question(about="calls", ask="?", function="save_stack")
    steps = (
        Step(title="Played", recording="recursion", questions=(asked,)),
        Step(title="Seen", workspace="recordings", recording="boot_dump"),
    )
    stand.editing._show(EditedLesson(lesson(*steps)))
    editor = stand.editor
    form, (card,) = editor.view_form, editor.questions.cards
    stand.qtbot.waitUntil(lambda: card.answer.text().startswith("3"))
    assert not form.view.isVisibleTo(editor)
    assert card.function.isVisibleTo(editor)
    form.highlights.setText("bi")
    assert "bits" not in form.highlights._known.stringList()
    assert "function:save_stack" in form.highlights._known.stringList()
    editor.edited.select(1)
    assert form.view.isVisibleTo(editor)
    stand.qtbot.waitUntil(lambda: editor.checker.shown(1) is not None, timeout=20_000)
    assert "function:register_dummy_stack" in form.highlights._known.stringList()
    form.view.activated.emit(2)
    assert editor.edited.steps[1].view == "sandwich"


def test_a_large_recording_is_not_read_while_one_edits(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "MOST_BYTES", 1000)
    stand.editing._show(EditedLesson(lesson(Step(title="Large", recording="recursion"))))
    checker = stand.editor.checker
    stand.qtbot.waitUntil(lambda: not checker.busy)
    assert checker.shown(0) is None
    assert checker.problems() == {}
