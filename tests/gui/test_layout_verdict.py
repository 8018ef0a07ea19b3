"""The answer that stands first: what the field that was asked about costs, and how sure."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from core.layout import library
from core.layout.analysis import Analysis, Question, analyse
from gui.geometry.columns import conclusion, each_of, facts, many_of
from gui.widgets.layout.columns import StorageColumns
from gui.widgets.layout.staircase import StaircaseView
from gui.widgets.layout.tasks import TasksPanel
from gui.widgets.layout.verdict import verdict
from tests.gui.layout_stands import BTF, DEBIAN, PAYS, shown

LIKELY = str(BTF / "x86_64-tinyconfig.btf")
"""The struct's alignment is not settled here, and before thread an unsigned int needs a line."""
SIZE = (760, 700)


def about(kernel: str, struct: str = "task_struct") -> Analysis:
    return analyse(library.open_kernel(kernel), Question(struct=struct))


@pytest.mark.parametrize(
    ("kernel", "field", "place", "level", "head"),
    [
        (DEBIAN, "uint", "", "ok", "unsigned int adds nothing: sizeof stays 9,792"),
        (PAYS, "uint", "", "warning", "unsigned int adds 64 bytes: sizeof 6,336 → 6,400"),
        (LIKELY, "uint", "end", "warning",
         "unsigned int likely adds 64 bytes: sizeof 5,888 → 5,952"),
        (DEBIAN, "bit2", "", "ok", "2 bits add nothing: sizeof stays 9,792"),
        (DEBIAN, "char x[200]", "", "danger", "char x[200] adds 192 bytes: sizeof 9,792 → 9,984"),
    ],
)  # fmt: skip
def test_what_it_costs(kernel: str, field: str, place: str, level: str, head: str) -> None:
    analysis = about(kernel)
    said = verdict(analysis, analysis.ask(field, place))
    assert (said.level, said.head) == (level, head)


def test_how_sure_where_and_for_how_much() -> None:
    analysis = about(LIKELY)
    assert verdict(analysis, analysis.ask("uint", "end")).detail == (
        "Likely: 64 to 256 bytes are possible. At byte 1,472, cache line 23; 1 member moves."
        " A task costs 2,731 bytes as now, 2,979 at most."
    )
    analysis = about(DEBIAN)
    assert verdict(analysis, analysis.ask("char x[200]")).detail.endswith(
        "A task costs 8,192 bytes instead of 6,554."
    )


def test_only_a_task_is_called_a_task() -> None:
    analysis = about(DEBIAN, "sched_entity")
    answers = analysis.compare()
    assert each_of(analysis) == "an object"
    assert many_of(analysis, 1) == "1 object"
    assert "An object costs" in verdict(analysis, answers[0]).detail
    told = [
        conclusion(analysis, answers, ()),
        *(fact.label for fact in facts(analysis, answers, 9)),
    ]
    assert not any("task" in text for text in told)


def test_the_answer_is_about_the_place_that_was_asked_for(qtbot: QtBot) -> None:
    view, session, _ = shown(qtbot, StorageColumns, SIZE, LIKELY)
    assert "adds nothing" in view.verdict.head.text()
    assert session.set_place("end")
    assert "likely adds 64 bytes" in view.verdict.head.text()
    # What the columns say is about another place: none of them is the one in force.
    assert not any(card.isChecked() for card in view.cards.values())
    assert "“end”" in view.elsewhere.text()
    assert view.verdict.y() < view.elsewhere.y() < view.sentence.y() < view.cards["uint"].y()


def test_without_a_field_there_is_no_answer(qtbot: QtBot) -> None:
    view, session, _ = shown(qtbot, StorageColumns, SIZE)
    assert view.verdict.isVisible()
    session.set_field("")
    assert not view.verdict.isVisible()


def test_the_height_of_the_comparison_is_that_of_its_texts(qtbot: QtBot) -> None:
    view, _, _ = shown(qtbot, StorageColumns, (900, 900))
    qtbot.waitUntil(lambda: view.cards["uint"].width() > 150)
    bottom = view.notes.y() + view.notes.height()
    assert bottom <= view.wanted_height() <= bottom + 60
    assert view.minimumSizeHint().height() < view.wanted_height()


def test_the_staircase_shows_the_field_where_it_was_put(qtbot: QtBot) -> None:
    view, session, _ = shown(qtbot, StaircaseView, (640, 320), LIKELY)
    assert [mark.text for mark in view.marks[1:]] == ["unsigned int", "1 bit and 2 bits"]
    session.set_place("end")
    assert [mark.text for mark in view.marks[1:]] == ["unsigned int"]
    session.set_field("struct list_head node")
    assert [(mark.x, mark.text) for mark in view.marks[1:]] == [(16, "struct list_head node")]
    session.set_place("")
    assert [mark.text for mark in view.marks[1:]][-1] == "struct list_head node"
    assert len(view.marks) == 4


def test_more_at_most_and_no_more_at_once_is_said_in_one_sentence(qtbot: QtBot) -> None:
    panel, session, _ = shown(qtbot, TasksPanel, (700, 80), LIKELY)
    session.set_place("end")
    assert panel.sentence() == (
        "1,000 tasks take 2.62 MiB, likely no more with unsigned int, 2.84 MiB at most."
    )
    session.show_struct("sched_entity")
    assert panel.caption.text() == "Objects"
    assert panel.sentence().startswith("1,000 objects take")
