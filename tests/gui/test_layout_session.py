"""What is looked at in the Layout workspace: opening, asking, placing, and what goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.layout import library
from gui.layout_session import LayoutSession

BTF = Path(__file__).parents[1] / "data" / "btf"
DEBIAN = "debian-6.1-amd64"


@pytest.fixture
def session(qtbot: QtBot) -> LayoutSession:
    made = LayoutSession()
    assert made.open(DEBIAN)
    return made


def landed(session: LayoutSession) -> tuple[str, int, int]:
    assert session.answer is not None
    field = session.answer.field
    return field.place, field.byte_offset, field.bit_offset


def test_a_kernel_is_opened_with_the_first_patchs_field(session: LayoutSession) -> None:
    assert session.layout is not None
    assert session.layout.struct.size_bytes == 9792
    assert session.line_bytes == 64
    assert landed(session) == ("v1", 5312, 0)
    assert [one.what_if.growth.best for one in session.comparison()] == [0, 0, 0]
    assert session.staircase()[0].objects == 5


def test_a_question_is_answered_with_one_signal(qtbot: QtBot, session: LayoutSession) -> None:
    with qtbot.waitSignal(session.answer_changed):
        assert session.set_field("bit1")
    assert landed(session) == ("upstream", 2344, 11)
    assert session.set_place("after:comm")
    assert session.answer is not None
    assert session.answer.field.place == "after:comm"


def test_a_place_that_is_none_keeps_what_was_asked(qtbot: QtBot, session: LayoutSession) -> None:
    with qtbot.waitSignal(session.failed) as got:
        assert not session.set_place("upstream")
    assert got.args is not None
    assert "whole member" in got.args[0]
    assert (session.field_text, session.place) == ("uint", "")
    assert landed(session) == ("v1", 5312, 0)
    assert session.can_place("upstream")
    assert not session.can_place("end")


def test_no_field_at_all(session: LayoutSession) -> None:
    assert session.set_field("")
    assert session.answer is None
    assert session.reason == ""
    assert session.can_place("v1") == "there is no field to place"
    assert len(session.comparison()) == 3


def test_a_file_that_cannot_be_read_leaves_what_was_open(
    qtbot: QtBot, session: LayoutSession, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.btf"
    broken.write_bytes((BTF / "x86_64-tinyconfig.btf").read_bytes()[:3000])
    with qtbot.waitSignal(session.failed) as got:
        assert not session.open(str(broken))
    assert got.args is not None
    assert "truncated" in got.args[0]
    assert session.opened == DEBIAN


def test_other_structs_of_the_kernel(qtbot: QtBot, session: LayoutSession) -> None:
    session.set_place("end")
    assert session.open(str(BTF / "debian-6.1-amd64-vmlinux.btf.zst"))
    with qtbot.waitSignal(session.layout_changed):
        assert session.show_struct("list_head")
    assert session.layout is not None
    assert session.layout.struct.size_bytes == 16
    assert landed(session) == ("end", 16, 0)
    with qtbot.waitSignal(session.failed):
        assert not session.show_struct("nosuch")
    assert session.show_struct("task_struct")
    # Another kernel is looked at where this one was.
    assert session.show_struct("super_block")
    assert session.open(DEBIAN)
    assert session.layout is not None
    assert session.layout.struct.name == "task_struct"


def test_what_is_said_about_the_machine(session: LayoutSession) -> None:
    assert session.analysis is not None
    assert session.analysis.before.slab.objects == 5
    assert session.say(xstate_bytes=2440, cpus=64)
    assert session.analysis.before.slab.objects == 4
    assert not session.say(align_bytes=4096)


def test_selection_and_tasks_tell_once(qtbot: QtBot, session: LayoutSession) -> None:
    with qtbot.waitSignal(session.member_selected) as got:
        session.select("comm")
    assert got.args == ["comm"]
    with qtbot.assertNotEmitted(session.member_selected):
        session.select("comm")
    with qtbot.waitSignal(session.tasks_changed) as tasks:
        session.set_tasks(0)
    assert tasks.args == [1]


def test_pasted_text_is_a_kernel(qtbot: QtBot, session: LayoutSession) -> None:
    text = (
        "> struct foo {\n> \tint                a;                    /*     0     4 */\n>\n"
        "> \t/* XXX 4 bytes hole, try to pack */\n>\n"
        "> \tlong unsigned int          b;                    /*     8     8 */\n>\n"
        "> \t/* size: 16, cachelines: 1, members: 2 */\n"
        "> \t/* sum members: 12, holes: 1, sum holes: 4 */\n> };\n"
    )
    assert session.open_text(text)
    assert session.layout is not None
    assert session.layout.struct.names == ("a", "b")
    assert session.set_place("after:a")
    assert landed(session) == ("after:a", 4, 0)
    with qtbot.waitSignal(session.failed):
        assert not session.open_text("no struct at all")


@pytest.mark.skipif(not library.THIS_MACHINE_BTF.exists(), reason="the kernel carries no BTF")
def test_this_machine_is_asked_about_itself(session: LayoutSession) -> None:
    assert session.open(library.THIS_MACHINE)
    assert session.analysis is not None
    assert "cpus" not in session.analysis.machine.assumed
