"""What the Layout workspace gives away as text."""

from __future__ import annotations

import csv
import io

import pytest
from pytestqt.qtbot import QtBot

from core.layout.analysis import Question, analyse
from core.layout.model import flattened
from core.layout.survey import SurveyRow, survey
from gui.layout_session import LayoutSession
from gui.widgets.layout.export import as_text, markdown, members_csv, survey_csv
from gui.widgets.layout.member_rows import Row, RowKind
from tests.gui.layout_stands import BIG_ENDIAN, DEBIAN, PAYS, with_own_guard


@pytest.fixture
def opened(qtbot: QtBot) -> LayoutSession:
    """Debian's 6.1, with a bit."""
    session = LayoutSession()
    assert session.open(DEBIAN)
    assert session.set_field("bit1")
    return session


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_report_has_what_a_mail_needs(opened: LayoutSession) -> None:
    text = " ".join(as_text(opened).split())
    for needed in (
        "struct task_struct of Debian 6.1 amd64", "6.1.192", "9,792 bytes",
        "New field: unsigned int in_page_owner:1;", "byte 2,344, bit 11, cache line 36",
        "Growth: 0 bytes, sizeof 9,792", "exact: every alignment", "4 members (in_eventfd",
        "5 in a slab of 32,768", "6,554 bytes a task", "6.25 MiB for 1,000 tasks",
        "5 → 4 objects a slab", "Assumed: 8 CPUs", "page_owner itself takes 16 MiB",
    ):  # fmt: skip
        assert needed in text, needed
    assert max(map(len, as_text(opened).splitlines())) <= 78


def test_the_report_says_why_there_is_no_prediction(opened: LayoutSession) -> None:
    opened.say(shuffled_by="/boot/config")
    assert "No prediction: " in as_text(opened)
    assert markdown(opened) == ""


def test_the_report_without_a_field_says_what_is_now(opened: LayoutSession) -> None:
    opened.set_field("")
    assert "Slab now: objects of 6,528 bytes" in as_text(opened)
    assert "New field" not in as_text(opened)


def test_the_report_tells_of_the_kernels_own_guard(opened: LayoutSession) -> None:
    opened._types = with_own_guard()
    opened._take(analyse(opened._types, Question()))
    assert "in_page_owner already" in as_text(opened)


def test_nothing_open_is_nothing_said(qtbot: QtBot) -> None:
    session = LayoutSession()
    assert as_text(session) == ""
    assert markdown(session) == ""
    assert read(members_csv(session)) == []


@pytest.mark.parametrize("kernel", [DEBIAN, BIG_ENDIAN])
def test_members_as_csv_are_those_of_the_struct(opened: LayoutSession, kernel: str) -> None:
    assert opened.open(kernel)
    assert opened.layout is not None
    rows = read(members_csv(opened))
    members = [row for row in rows if row["kind"] == "member"]
    real = list(flattened(opened.layout.struct.members))
    assert [row["name"] for row in members] == [member.name for member in real]
    assert [int(row["offset_bits"]) for row in members] == [member.offset_bits for member in real]
    assert [int(row["size_bits"]) for row in members] == [member.size_bits for member in real]
    (field,) = (row for row in rows if row["kind"] == "new field")
    assert opened.answer is not None
    assert int(field["offset"]) == opened.answer.field.byte_offset
    assert int(field["bit"]) == opened.answer.field.bit_offset
    assert int(field["cache_line"]) == opened.answer.field.cache_line
    moved = {row["name"]: int(row["moves_to_bits"]) for row in rows if row["moves_to_bits"]}
    assert moved == {move.member: move.to_bits for move in opened.answer.moved}


def test_the_survey_as_csv_keeps_what_failed() -> None:
    rows = read(survey_csv(survey([PAYS, "no such kernel"])))
    assert int(rows[0]["uint_growth_likely"]) == 64
    assert int(rows[0]["bit1_growth_likely"]) == 0
    assert int(rows[0]["uint_sizeof"]) == int(rows[0]["sizeof"]) + 64
    assert rows[0]["problem"] == ""
    assert rows[1]["sizeof"] == ""
    assert "no such kernel" in rows[1]["problem"]


def test_no_name_becomes_a_formula(opened: LayoutSession, monkeypatch: pytest.MonkeyPatch) -> None:
    row = Row(RowKind.MEMBER, "=1+1", "int", 0, 0, 32)
    monkeypatch.setattr("gui.widgets.layout.export.member_rows", lambda *_: (row,))
    assert read(members_csv(opened))[0]["name"] == "'=1+1"
    bad = SurveyRow("=cmd", "=cmd", problem='a "quoted" problem')
    assert read(survey_csv([bad]))[0]["name"] == "'=cmd"
    assert read(survey_csv([bad]))[0]["problem"] == 'a "quoted" problem'


def test_markdown_marks_the_best_and_is_a_table(opened: LayoutSession) -> None:
    assert opened.open(PAYS)
    text = markdown(opened)
    lines = text.splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert len({line.count("|") for line in table}) == 1
    assert "| Growth | +64 bytes | **0 bytes** | **0 bytes** |" in table
    assert "task\\_struct" in lines[0]
    assert lines[-1].startswith("1 bit and 2 bits fit into a hole")
