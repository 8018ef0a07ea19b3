"""A lesson made with mouse and keys: recorded, reordered, written, saved and opened again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from core.errors import LessonError
from core.lesson.loader import open_lesson
from core.lesson.schema import Lesson, Question
from gui.lesson_editor.document import EditedLesson
from gui.lesson_editor.record import record
from tests.gui.lesson_editor.samples import STEPS, Stand, lesson

pytestmark = pytest.mark.usefixtures("undressed")

KEY, HELD = Qt.Key, Qt.KeyboardModifier
RECURSIVE = Qt.MatchFlag.MatchRecursive
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def stand(qtbot: QtBot, tmp_path: Path) -> Iterator[Stand]:
    made = Stand(qtbot, tmp_path)
    yield made
    made.close()


def save_as(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))


def click(message_button: str, stand: Stand) -> None:
    buttons = stand.editor.messages.findChildren(QPushButton)
    wanted = next(each for each in buttons if each.text() == message_button)
    QTest.mouseClick(wanted, LEFT)


def typed(stand: Stand, title: str) -> None:
    QTest.keyClick(stand.editor.words.title, KEY.Key_A, HELD.ControlModifier)
    QTest.keyClicks(stand.editor.words.title, title)


def test_three_steps_are_recorded_reordered_written_saved_and_opened_again(
    stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, run = stand.session, stand.window.registry.run
    trace = session.trace
    assert trace is not None
    run("lesson.record")  # begins a lesson
    session.seek(int(trace.short_circuits[0]))
    session.set_essential_only(True)
    run("lesson.record")
    session.set_essential_only(False)
    assert session.override(guard="uint", max_depth=2)
    stand.window.show_workspace("timeline")
    stand.parts.controller.viewport.show_positions(3, 20)
    session.seek(len(session.trace or ()) - 1)
    run("lesson.record")
    editor = stand.to_front()
    steps = editor.edited.steps
    assert [step.position for step in steps] == ["start", "first short-circuit", "end"]
    assert [step.workspace for step in steps] == ["live", "live", "timeline"]
    assert steps[1].essential is True and steps[2].essential is False
    assert (steps[2].guard, steps[2].max_depth) == ("uint", 2)
    assert len(steps[2].zoom) == 2
    typed(stand, "Three")
    QTest.keyClick(editor.list, KEY.Key_Up, HELD.AltModifier)
    assert [step.title for step in editor.edited.steps][1] == "Three"
    QTest.keyClicks(editor.words.text.editor, "It **ends**.")
    assert editor.words.text.preview.toPlainText() == "It ends."
    save_as(monkeypatch, tmp_path / "mine.toml")
    QTest.keyClick(editor, KEY.Key_S, HELD.ControlModifier)
    assert not editor.isWindowModified()
    opened = open_lesson(tmp_path / "mine.toml").lesson
    assert opened == editor.edited.lesson
    assert opened.steps[1].text == "It **ends**."


def test_keys_undo_and_redo_even_while_one_types(stand: Stand) -> None:
    stand.window.registry.run("lesson.new")
    editor = stand.to_front()
    typed(stand, "Another")
    QTest.keyClicks(editor.words.text.editor, "words")
    editor.words.text.editor.setFocus()
    QTest.keyClick(editor.words.text.editor, KEY.Key_Z, HELD.ControlModifier)
    assert editor.words.text.editor.toPlainText() == ""
    QTest.keyClick(editor.words.title, KEY.Key_Z, HELD.ControlModifier)
    assert editor.words.title.text() == "Start"
    QTest.keyClick(editor, KEY.Key_Z, HELD.ControlModifier | HELD.ShiftModifier)
    assert editor.words.title.text() == "Another"


def test_steps_are_moved_and_removed_with_the_keys(stand: Stand) -> None:
    stand.editing._show(EditedLesson(lesson()))
    editor = stand.to_front()
    QTest.keyClick(editor.list, KEY.Key_Down, HELD.AltModifier)
    assert [step.title for step in editor.edited.steps] == ["Two", "One", "Three"]
    assert editor.list.currentIndex().row() == 1
    QTest.keyClick(editor.list, KEY.Key_Down)
    assert editor.words.title.text() == "Three"
    QTest.keyClick(editor.list, KEY.Key_Backspace, HELD.ControlModifier)
    assert [step.title for step in editor.edited.steps] == ["Two", "One"]
    click("Undo", stand)
    assert len(editor.edited.steps) == 3


def test_the_form_changes_the_step_and_offers_what_the_run_has(stand: Stand) -> None:
    stand.editing._show(EditedLesson(lesson()))
    editor = stand.to_front()
    stand.qtbot.waitUntil(lambda: editor.checker.shown(0) is not None)
    form = editor.view_form
    QTest.keyClick(form.position, KEY.Key_A, HELD.ControlModifier)
    QTest.keyClicks(form.position, "first sh")
    assert form.position.completions.currentCompletion() == "first short-circuit"
    form.position.completions.popup().hide()  # type: ignore[union-attr]
    QTest.keyClicks(form.highlights, "bits, function:save_st")
    assert form.highlights.completions.currentCompletion() == "function:save_stack"
    form.highlights._take("function:save_stack")
    form.highlights.completions.popup().hide()  # type: ignore[union-attr]
    step = editor.edited.step
    assert step is not None and step.highlights == ("bits", "function:save_stack")


def test_what_is_wrong_stands_beside_the_step(stand: Stand) -> None:
    stand.editing._show(EditedLesson(lesson()))
    editor = stand.editor
    editor.edited.set_step(position="save_stock call 1")
    stand.qtbot.waitUntil(lambda: 0 in editor.checker.problems())
    assert "save_stock is never called" in editor.problem.text()
    assert not editor.problem.isHidden()
    editor.edited.undo.undo()
    stand.qtbot.waitUntil(lambda: 0 not in editor.checker.problems())
    assert editor.problem.isHidden()


def test_a_run_that_is_too_long_is_not_checked(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.lesson_editor.checker.MOST_EVENTS", 50)
    stand.editing._show(EditedLesson(lesson(STEPS[0])))
    checker = stand.editor.checker
    stand.editor.edited.set_step(position="5000")
    stand.qtbot.waitUntil(lambda: not checker.busy)
    assert checker.problems() == {}
    assert checker.shown(0) is None


def test_the_answer_comes_from_the_run(stand: Stand) -> None:
    asked = Question(about="bit", ask="The bit?")
    stand.editing._show(EditedLesson(lesson(STEPS[0], STEPS[1])))
    editor = stand.editor
    editor.edited.select(1)
    editor.edited.set_step(questions=(asked,))
    card = editor.questions.cards[0]
    stand.qtbot.waitUntil(lambda: card.answer.text().startswith("1"))
    QTest.mouseClick(editor.questions.add_button, LEFT)
    assert len(editor.questions.cards) == 2
    QTest.mouseClick(editor.questions.cards[0].remove_button, LEFT)
    step = editor.edited.step
    assert step is not None and [each.about for each in step.questions] == ["function"]


def test_a_step_is_shown_in_the_program(stand: Stand) -> None:
    stand.editing._show(EditedLesson(lesson()))
    editor = stand.to_front()
    QTest.keyClick(editor.list, KEY.Key_Down)
    QTest.keyClick(editor, KEY.Key_F5)
    session, trace = stand.session, stand.session.trace
    assert stand.parts.session.index == 1
    assert trace is not None and session.position == int(trace.short_circuits[0])


def test_closing_asks_in_the_window_and_saves(
    stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept.toml"
    stand.editing._show(EditedLesson(lesson()))
    editor = stand.editor
    editor.edited.set_step(title="Changed")
    assert editor.isWindowModified()
    assert not editor.close() and editor.isVisible()
    assert "not saved" in editor.messages.messages[0].text
    assert not stand.window.close()  # the program stays too
    save_as(monkeypatch, path)
    with stand.qtbot.waitSignal(editor.closed):
        click("Save and close", stand)
    assert open_lesson(path).lesson.steps[0].title == "Changed"
    assert stand.editing.editor is None


def test_what_is_saved_is_listed_and_what_is_in_front_stays(stand: Stand, tmp_path: Path) -> None:
    stand.window.show_workspace("lessons")
    stand.window.show_workspace("timeline")
    stand.editing._show(EditedLesson(lesson()))
    for title in ("First name", "Second name"):
        stand.editor.edited.set_lesson(title=title)
        assert stand.editor.save_to(tmp_path / "mine.toml")
    assert stand.window.workspace == "timeline"
    page = stand.parts.page
    assert page is not None
    own = page.outline.findItems("Second name", Qt.MatchFlag.MatchContains | RECURSIVE)
    assert len(own) == 1
    assert not page.outline.findItems("First name", Qt.MatchFlag.MatchContains | RECURSIVE)


def test_closing_without_saving(stand: Stand) -> None:
    stand.editing._show(EditedLesson(lesson()))
    stand.editor.edited.set_step(title="Changed")
    stand.editor.close()
    click("Close without saving", stand)
    assert stand.editing.editor is None


def test_a_failing_save_is_said_and_asked_again(
    stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "no" / "such" / "folder.toml"
    stand.editing._show(EditedLesson(lesson()))
    editor = stand.editor
    editor.edited.set_step(title="Changed")
    save_as(monkeypatch, path)
    assert not editor.save()
    assert "cannot write the lesson" in editor.messages.messages[0].text
    assert editor.edited.unsaved and editor.edited.path is None
    assert editor.save_to(tmp_path / "mine.toml")
    assert [each.text for each in editor.messages.messages] == [f"Saved: {tmp_path / 'mine.toml'}"]


def test_the_lesson_that_is_looked_at_is_edited_as_a_copy(stand: Stand) -> None:
    assert stand.parts.choose("one-bit")
    stand.window.registry.run("lesson.edit")
    assert stand.editor.edited.path is None
    assert stand.editor.edited.lesson.title.endswith("(copy)")


def test_a_handout_is_written_from_the_window(
    stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, path = lesson(STEPS[0]), tmp_path / "out.html"
    stand.editing._show(EditedLesson(small))
    editor = stand.to_front()
    save_as(monkeypatch, path)
    with stand.qtbot.waitSignal(stand.editing.job.finished):
        QTest.keyClick(editor, KEY.Key_E, HELD.ControlModifier)
    assert b"<h1>Small</h1>" in path.read_bytes()
    assert editor.messages.messages[0].text == f"Written: {path}"


def test_a_handout_that_is_cancelled_or_fails_keeps_the_old_file(
    stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, job = tmp_path / "out.pdf", stand.editing.job
    path.write_bytes(b"old")
    with stand.qtbot.waitSignal(job.progressed):
        stand.editing.export_to(lesson(), path, stand.window)
    job.cancel()
    assert path.read_bytes() == b"old" and not job.busy

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gui.handout.job.write_aside", full)
    with stand.qtbot.waitSignal(job.failed) as told:
        stand.editing.export_to(lesson(STEPS[0]), path, stand.window)
    assert "No space left on device" in told.args[0]
    assert path.read_bytes() == b"old"
    assert stand.window.messages.messages[0].text == told.args[0]


def test_a_drag_moves_a_step(stand: Stand) -> None:
    stand.editing._show(EditedLesson(lesson()))
    rows, model = stand.editor.list, stand.editor.model
    middle = rows.visualRect(model.index(2)).center()
    assert rows.indexAt(middle).row() == 2
    assert rows.indexAt(QPoint(5, 5)).row() == 0
    data = model.mimeData([model.index(2)])
    model.dropMimeData(data, Qt.DropAction.MoveAction, 0, 0, rows.rootIndex())
    assert rows.currentIndex().row() == 0
    assert stand.editor.words.title.text() == "Three"


def test_every_workspace_is_recorded_or_says_why_not(stand: Stand) -> None:
    parts, window = stand.parts, stand.window
    comparison = stand.editing.comparison

    def taken() -> Lesson:
        return lesson(record(parts.controller, comparison))

    window.show_workspace("compare")
    stand.qtbot.waitUntil(lambda: comparison.alignment is not None)
    step = taken().steps[0]
    assert (step.workspace, step.lanes) == ("compare", ("uint", "bit1", "bit2"))
    window.show_workspace("layout")
    step = taken().steps[0]
    assert (step.workspace, step.field) == ("layout", "uint")
    assert step.layout
    window.show_workspace("recordings")
    with pytest.raises(LessonError, match="no recording is open"):
        taken()
    window.show_workspace("lessons")
    with pytest.raises(LessonError, match="this workspace shows nothing"):
        taken()


@pytest.mark.usefixtures("dressed")
def test_in_a_narrow_window_what_a_step_shows_is_below_its_words(stand: Stand) -> None:
    stand.window.registry.run("lesson.new")
    editor = stand.editor
    editor.resize(1280, 800)
    assert editor.forms.orientation() is Qt.Orientation.Horizontal
    stand.window.themes.set_scale(2.0)
    assert editor.forms.orientation() is Qt.Orientation.Vertical
    stand.window.themes.set_scale(1.0)
    editor.resize(700, 640)
    assert editor.forms.orientation() is Qt.Orientation.Vertical
