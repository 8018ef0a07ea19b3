"""Every change can be undone, and saving loses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from core.errors import LessonError
from core.lesson.loader import bundled, open_lesson
from core.lesson.schema import Step
from gui.lesson_editor.document import EditedLesson, name_of, new_lesson
from gui.lesson_editor.step_model import PROBLEM, StepModel
from tests.gui.lesson_editor.samples import STEPS, lesson


@pytest.fixture
def edited(qapp: QApplication) -> EditedLesson:
    return EditedLesson(lesson())


def titles(edited: EditedLesson) -> str:
    return " ".join(step.title for step in edited.steps)


def test_steps_are_added_moved_duplicated_removed_and_all_of_it_undone(
    edited: EditedLesson,
) -> None:
    edited.add(Step(title="New"))
    assert (titles(edited), edited.current) == ("One New Two Three", 1)
    assert edited.move(1, 3)
    assert (titles(edited), edited.current) == ("One Two Three New", 3)
    edited.duplicate()
    edited.select(0)
    assert edited.remove()
    assert titles(edited) == "Two Three New New"
    while edited.undo.canUndo():
        edited.undo.undo()
    assert edited.lesson == lesson() and not edited.unsaved
    while edited.undo.canRedo():
        edited.undo.redo()
    assert titles(edited) == "Two Three New New"


def test_a_lesson_keeps_one_step(qapp: QApplication) -> None:
    edited = EditedLesson(lesson(STEPS[0]))
    assert not edited.remove()
    assert titles(edited) == "One"


def test_typing_in_a_field_is_one_change_and_another_field_another(edited: EditedLesson) -> None:
    for text in ("F", "Fi", "Fir"):
        edited.set_step(title=text)
    edited.set_step(text="words")
    edited.set_step(title="First")
    assert edited.undo.count() == 3
    edited.undo.undo()
    edited.undo.undo()
    assert edited.steps[0].title == "Fir" and edited.steps[0].text == ""
    edited.undo.undo()
    assert edited.lesson == lesson()


def test_saving_keeps_the_version_before(edited: EditedLesson, tmp_path: Path) -> None:
    path = tmp_path / "My lesson.toml"
    edited.save(path)
    first = path.read_text("utf-8")
    edited.set_step(title="Changed")
    assert edited.unsaved
    edited.save()
    assert not edited.unsaved
    assert path.with_name("My lesson.toml~").read_text("utf-8") == first
    assert open_lesson(path).lesson == edited.lesson
    assert edited.lesson.name == "my-lesson"


def test_what_could_not_be_opened_again_is_not_saved(edited: EditedLesson, tmp_path: Path) -> None:
    path = tmp_path / "lesson.toml"
    edited.save(path)
    before = path.read_bytes()
    edited.set_step(title="")
    with pytest.raises(LessonError, match="step 1"):
        edited.save()
    assert path.read_bytes() == before and edited.unsaved


def test_a_failing_save_keeps_the_old_file(
    edited: EditedLesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lesson.toml"
    edited.save(path)
    before = path.read_bytes()
    edited.set_step(title="Changed")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.lesson.loader.write_aside", full)
    with pytest.raises(LessonError, match="No space left"):
        edited.save()
    assert path.read_bytes() == before and edited.unsaved


def test_a_bundled_lesson_is_edited_as_a_copy(qapp: QApplication) -> None:
    text = open_lesson(bundled()[0])
    edited = EditedLesson.of(text)
    assert edited.path is None and not edited.unsaved
    assert edited.lesson.title.endswith("(copy)")
    assert edited.steps == text.lesson.steps
    with pytest.raises(LessonError, match="no file"):
        edited.save()


def test_names_of_files_become_names_of_lessons() -> None:
    assert name_of("Zwei Bits, bitte!") == "zwei-bits-bitte"
    assert name_of("…") == "lesson"
    assert new_lesson(STEPS[0], title="A b").name == "a-b"


Move = st.tuples(st.sampled_from("amdrux"), st.integers(0, 5), st.integers(0, 5))


@given(st.lists(Move, max_size=20))
def test_a_list_of_steps_says_what_it_does(moves: list[tuple[str, int, int]]) -> None:
    """Rows are told as Qt wants them, and always are the steps."""
    edited = EditedLesson(lesson())
    model = StepModel(edited)
    for number, (what, one, other) in enumerate(moves):
        edited.select(one)
        if what == "a":
            edited.add(Step(title=f"New {number}"))
        elif what == "m":
            edited.move(one, other)
        elif what == "d":
            edited.duplicate()
        elif what == "r":
            edited.remove()
        elif what == "u":
            edited.undo.undo()
        else:
            edited.undo.redo()
        assert model.rowCount() == len(edited.steps)
        shown = [model.data(model.index(row)) for row in range(model.rowCount())]
        assert shown == [step.title for step in edited.steps]
        assert 0 <= edited.current < len(edited.steps)


def test_the_model_is_one(qtbot: QtBot, qtmodeltester: ModelTester, edited: EditedLesson) -> None:
    model = StepModel(edited)
    qtmodeltester.check(model, force_py=True)  # type: ignore[no-untyped-call]
    edited.add(STEPS[1])
    edited.move(0, 3)
    edited.remove()
    edited.undo.undo()
    model.set_problems({1: "Nothing there"})
    assert model.data(model.index(1), PROBLEM) == "Nothing there"


def test_a_step_is_dropped_where_it_belongs(edited: EditedLesson) -> None:
    model = StepModel(edited)
    dragged = model.mimeData([model.index(0)])
    move = model.supportedDropActions()
    nowhere = model.index(-1)
    assert not model.dropMimeData(dragged, move, 3, 0, nowhere)  # the view is to remove nothing
    assert titles(edited) == "Two Three One"
    dragged = model.mimeData([model.index(2)])
    model.dropMimeData(dragged, move, 0, 0, nowhere)
    assert titles(edited) == "One Two Three"
    model.dropMimeData(model.mimeData([model.index(0)]), move, -1, -1, model.index(2))
    assert titles(edited) == "Two One Three"
